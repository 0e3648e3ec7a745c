//! By which certificates a listener speaks.

use acm::names;
use aws::place::Place;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use crate::listener::{Listener, Secure};
use crate::ops::security;
use crate::request::Request;
use crate::state::State;

sim::structure! {
    /// A certificate that a listener can show.
    pub struct Presentable {
        /// The hosts that it is for, with asterisks.
        pub domains: Vec<String> => "domains",
        /// Itself and its chain, as text.
        pub chain: String => "chain",
        /// Its private key, as text.
        pub key: String => "key",
    }
}

sim::operation! {
    /// Tells by which certificates a listener speaks, and what of TLS.
    read Presented in "elb-front" = "";
    input {
        /// The DNS name of the load balancer.
        pub name: String => "name",
        /// The port of the listener.
        pub port: i64 => "port",
    }
    output PresentedOutput {
        /// Whether it speaks TLS.
        pub secure: bool => "secure",
        /// The certificates, the default one first.
        pub certificates: Vec<Presentable> => "certificates",
        /// `TLSv1.2`
        pub protocols: Vec<String> => "protocols",
        /// Of its policy, by the names of OpenSSL.
        pub ciphers: Vec<String> => "ciphers",
    }
    errors []
    access unsigned
}

impl Read for Presented {
    type Output = PresentedOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let nothing = PresentedOutput::default;
        let Some((place, arn)) = state.names.get(&self.name.to_ascii_lowercase()) else {
            return Ok(nothing());
        };
        let mut listeners = state.region(place).listeners_of(arn);
        let found = listeners.find(|listener| i64::from(listener.port) == self.port);
        let Some(secure) = found.and_then(|listener| listener.secure.as_ref()) else {
            return Ok(nothing());
        };
        let all = secure.all().filter_map(|arn| acm::find(world, place, arn));
        let certificates = all.map(|one| Presentable {
            domains: one.domains(),
            chain: one.pem(),
            key: one.key().pem(),
        });
        let policy = security::policy_of(&secure.policy)?;
        Ok(PresentedOutput {
            secure: true,
            certificates: certificates.collect(),
            protocols: policy.ssl_protocols,
            ciphers: policy.ciphers.into_iter().map(|cipher| cipher.name).collect(),
        })
    }
}

/// Which of several certificates is shown to a client that asks for this host: the first that is for it,
/// an exact name before one with an asterisk; else the default one, which is the first.
#[must_use]
pub fn choose(domains: &[&[String]], host: Option<&str>) -> usize {
    let Some(host) = host else { return 0 };
    let fits = |exact: bool| {
        let is_for = |one: &String| names(one, host) && one.starts_with("*.") != exact;
        domains.iter().position(|own| own.iter().any(is_for))
    };
    fits(true).or_else(|| fits(false)).unwrap_or(0)
}

/// The ARN of the certificate that a client was shown.
pub(super) fn chosen(
    world: &World,
    place: &Place,
    listener: &Listener,
    request: &Request,
) -> Option<String> {
    let secure: &Secure = listener.secure.as_ref()?;
    let all: Vec<(&String, Vec<String>)> = secure
        .all()
        .filter_map(|arn| Some((arn, acm::find(world, place, arn)?.domains())))
        .collect();
    let host = request.tls.as_ref()?.name.as_deref();
    let domains: Vec<&[String]> = all.iter().map(|(_, domains)| domains.as_slice()).collect();
    let at = choose(&domains, host);
    all.get(at).map(|(arn, _)| (*arn).clone())
}
