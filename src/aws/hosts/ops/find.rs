//! What stands at an address, and whether a connection gets there.

use std::net::Ipv4Addr;

use aws::ec2::guests;
use sim::api::{ApiError, Read};
use sim::traffic::{self, HttpRequest, Question};
use sim::{Cx, World};

use super::{hands, no_host};
use crate::address::{self, Found, LEARNER, Port};
use crate::network::{self, METADATA};
use crate::state::State;
use crate::{identity, sessions, trace};

sim::operation! {
    /// Says what a connection from the learner's machine to an address comes to.
    read FindHost in "hosts" = "";
    input {
        /// A name or an address.
        pub host: String => "host",
        /// The port.
        pub port: u32 => "port",
    }
    output FindHostOutput {
        /// Whether the address is one of this world's.
        pub known: bool => "known",
        /// The instance that has it, if one has.
        pub instance: Option<String> => "instance",
        /// `open`, `refused` or `silent`.
        pub verdict: String => "verdict",
        /// Why nothing comes back, in words.
        pub reason: Option<String> => "reason",
        /// The secret half of the host's own key for SSH, where its port 22 is open.
        pub host_key: Option<Vec<u8>> => "hostKey",
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for FindHost {
    type Output = FindHostOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let port = u16::try_from(self.port).unwrap_or_default();
        if self.host == METADATA.to_string() {
            // Whatever stands there on the learner's machine (a real cloud's, say) is not meant.
            let reason = format!("{METADATA} is an address that only instances have");
            let verdict = "refused".to_owned();
            let reason = Some(reason);
            return Ok(FindHostOutput {
                known: true,
                verdict,
                reason,
                ..FindHostOutput::default()
            });
        }
        let silent = |reason: String| FindHostOutput {
            known: true,
            verdict: "silent".into(),
            reason: Some(reason),
            ..FindHostOutput::default()
        };
        let (place, instance, address) = match address::outside(world, &self.host) {
            Found::Foreign => {
                return Ok(FindHostOutput { verdict: "open".into(), ..FindHostOutput::default() });
            }
            Found::Nobody(address) => {
                return Ok(silent(format!("no instance has {address} any more")));
            }
            Found::Private(_, instance) => {
                return Ok(silent(format!(
                    "{} is a private address of {instance}, to which nothing outside of its VPC leads",
                    self.host
                )));
            }
            Found::Instance(place, instance, address) => (place, instance, address),
        };
        if let Err(stop) = address::from_outside(world, &place, address, LEARNER, port) {
            let found = FindHostOutput { instance: Some(instance), ..silent(stop.to_string()) };
            return Ok(found);
        }
        let (verdict, reason) = match address::port(world, &instance, port) {
            Port::Open => ("open", None),
            Port::Refused => ("refused", Some(format!("nothing listens on port {port}"))),
            Port::Silent => ("silent", Some("its system has not started yet".to_owned())),
        };
        let key = verdict == "open" && port == 22;
        let key = key.then(|| identity::secret(world.config().seed, &instance).to_vec());
        Ok(FindHostOutput {
            known: true,
            instance: Some(instance),
            verdict: verdict.into(),
            reason,
            host_key: key,
        })
    }
}

sim::operation! {
    /// Follows a connection on its way, and says what stops it.
    read TraceConnection in "hosts" = "";
    input {
        /// From where: an instance's id, an address, or nothing for the learner's machine.
        pub from: Option<String> => "from",
        /// An instance's id, a name or an address.
        pub to: String => "to",
        /// The port.
        pub port: u32 => "port",
    }
    output TraceConnectionOutput {
        /// Whether it arrives and an answer comes back.
        pub arrives: bool => "arrives",
        /// What it goes through, in order.
        pub through: Vec<String> => "through",
        /// What stops it, or what becomes of it where it has arrived.
        pub verdict: String => "verdict",
        /// The address that it turned to.
        pub address: Option<String> => "address",
        /// The instance that it was to come to.
        pub instance: Option<String> => "instance",
        /// The address from which the learner's machine is seen.
        pub own: String => "own",
    }
    errors ["AccessControlException", "NoSuchHost"]
    access itself
}

impl Read for TraceConnection {
    type Output = TraceConnectionOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let traced = trace::trace(world, self.from.as_deref(), &self.to, self.port)?;
        Ok(TraceConnectionOutput {
            arrives: traced.arrives,
            through: traced.through,
            verdict: traced.verdict,
            address: traced.address,
            instance: traced.instance,
            own: LEARNER.to_string(),
        })
    }
}

sim::operation! {
    /// Says whether a key opens a user's door.
    read CheckKey in "hosts" = "";
    input {
        /// The instance's id.
        pub instance: String => "instance",
        /// The user.
        pub user: String => "user",
        /// The public key as SSH sends it.
        pub key: Vec<u8> => "key",
    }
    output CheckKeyOutput {
        /// Whether it does.
        pub opens: bool => "opens",
    }
    errors ["AccessControlException", "NoSuchHost"]
    access itself
}

impl Read for CheckKey {
    type Output = CheckKeyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let guest = world.get::<State>().guests.get(&self.instance);
        let guest = guest.filter(|guest| guest.up().is_some());
        let guest = guest.ok_or_else(|| no_host(&self.instance))?;
        let opens = if let Some(host) = &guest.host {
            sessions::opens(host, &self.user, &self.key)
        } else {
            // What a fresh host has is the launch's key alone.
            let facts = guests::facts(world, &guest.place, &self.instance);
            let line = guest.key.as_deref().unwrap_or_default();
            facts.is_some_and(|facts| facts.user == self.user) && sessions::is_key(line, &self.key)
        };
        Ok(CheckKeyOutput { opens })
    }
}

sim::structure! {
    /// A header of HTTP.
    pub struct Header {
        /// Its name.
        pub name: String => "name",
        /// Its value.
        pub value: String => "value",
    }
}

sim::operation! {
    /// Asks a host for a page, as a browser on the learner's machine does.
    read FetchPage in "hosts" = "";
    input {
        /// A name or an address.
        pub host: String => "host",
        /// The port.
        pub port: u32 => "port",
        /// `GET`
        pub method: String => "method",
        /// The path with its query.
        pub target: String => "target",
    }
    output FetchPageOutput {
        /// `answered`, `refused` or `silent`.
        pub verdict: String => "verdict",
        /// The status.
        pub status: u32 => "status",
        /// The headers.
        pub headers: Vec<Header> => "headers",
        /// The body.
        pub body: Vec<u8> => "body",
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for FetchPage {
    type Output = FetchPageOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let only = |verdict: &str| FetchPageOutput {
            verdict: verdict.into(),
            ..FetchPageOutput::default()
        };
        let port = u16::try_from(self.port).unwrap_or_default();
        let Found::Instance(place, instance, address) = address::outside(world, &self.host) else {
            return Ok(only("silent"));
        };
        let source: Ipv4Addr = LEARNER;
        if address::from_outside(world, &place, address, source, port).is_err() {
            return Ok(only("silent"));
        }
        let request =
            HttpRequest { method: self.method, target: self.target, ..HttpRequest::default() };
        match network::tell(world, &instance, port, &Question::Http(request)) {
            Some(traffic::Answer::Http(response)) => Ok(FetchPageOutput {
                verdict: "answered".into(),
                status: u32::from(response.status),
                headers: response
                    .headers
                    .into_iter()
                    .map(|(name, value)| Header { name, value })
                    .collect(),
                body: response.body,
            }),
            Some(traffic::Answer::Refused) => Ok(only("refused")),
            _ => Ok(only("silent")),
        }
    }
}
