//! What the world wants of the outside for its load balancers, and what was seen there.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::health;
use crate::matcher::judge;
use crate::probe::Outcome;
use crate::shapes::balancer::Scheme;
use crate::state::State;

sim::structure! {
    /// A listener that can be reached from outside.
    pub struct Entrance {
        /// The DNS name of its load balancer.
        pub dns: String => "dns",
        /// The name of its load balancer.
        pub name: String => "name",
        /// Its port.
        pub port: i64 => "port",
        /// Whether it speaks TLS.
        pub secure: bool => "secure",
    }
}

sim::operation! {
    /// Lists the listeners that can be reached from outside.
    read Listening in "elb-front" = "";
    input {}
    output ListeningOutput {
        /// The listeners.
        pub entrances: Vec<Entrance> => "entrances",
    }
    errors []
    access unsigned
}

impl Read for Listening {
    type Output = ListeningOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut entrances = Vec::new();
        for (_, region) in world.get::<State>().regions() {
            for listener in region.listeners.values() {
                let Some(balancer) = region.balancers.get(&listener.balancer) else { continue };
                if balancer.active && balancer.scheme == Scheme::InternetFacing {
                    entrances.push(Entrance {
                        dns: balancer.dns.clone(),
                        name: balancer.name.clone(),
                        port: i64::from(listener.port),
                        secure: listener.secure.is_some(),
                    });
                }
            }
        }
        Ok(ListeningOutput { entrances })
    }
}

sim::structure! {
    /// A health check that only the outside can make.
    pub struct ProbeWanted {
        /// Its number.
        pub number: u64 => "number",
        /// `127.0.0.1:49153`
        pub address: String => "address",
        /// The path that is asked for.
        pub path: String => "path",
        /// The host that is asked for.
        pub host: String => "host",
        /// How long the answer may take, in milliseconds.
        pub timeout_ms: i64 => "timeoutMs",
    }
}

sim::operation! {
    /// Lists what the outside is wanted for.
    read Wanted in "elb-front" = "";
    input {}
    output WantedOutput {
        /// Health checks.
        pub probes: Vec<ProbeWanted> => "probes",
    }
    errors []
    access unsigned
}

impl Read for Wanted {
    type Output = WantedOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let probes = world.get::<State>().probes.iter().map(|(number, probe)| ProbeWanted {
            number: *number,
            address: probe.address.to_string(),
            path: probe.path.clone(),
            host: probe.host.clone(),
            timeout_ms: i64::try_from(probe.timeout.as_millis()).unwrap_or(i64::MAX),
        });
        Ok(WantedOutput { probes: probes.collect() })
    }
}

sim::string_enum! {
    /// What a health check of the outside saw.
    pub enum Saw {
        Answer = "answer", Timeout = "timeout", Failed = "failed",
    }
}

sim::operation! {
    /// Tells what a health check of the outside saw.
    write Probed in "elb-front" = "";
    input {
        /// Its number.
        pub number: u64 => "number",
        /// What was seen.
        pub saw: Saw => "saw",
        /// The status of the answer.
        pub status: Option<i64> => "status",
    }
    output ProbedOutput {}
    errors []
    access unsigned
}

impl Write for Probed {
    type Output = ProbedOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let Some(probe) = state.probes.get(&self.number) else { return Ok(ProbedOutput {}) };
        let status = self.status.and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
        let group = state.region(&probe.place).groups.get(&probe.group);
        let matcher = group.map_or("", |group| group.check.matcher.as_str());
        let outcome = match self.saw {
            Saw::Answer => judge(matcher, status),
            Saw::Timeout => Outcome::Timeout,
            Saw::Failed => Outcome::Failed,
        };
        health::probed(world, self.number, &outcome);
        Ok(ProbedOutput {})
    }
}
