//! A look into a host, for checks.

use aws::ec2::guests;
use host::files::Who;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use super::{hands, no_host};
use crate::state::State;

sim::operation! {
    /// Says what a host is doing, or what stands in a file of it.
    read LookInside in "hosts" = "";
    input {
        /// The instance's id, or its tag `Name`.
        pub instance: String => "instance",
        /// A file of it.
        pub file: Option<String> => "file",
    }
    output LookInsideOutput {
        /// Whether it is up.
        pub up: bool => "up",
        /// How often it has booted.
        pub boots: u32 => "boots",
        /// How often somebody has logged in.
        pub logins: u32 => "logins",
        /// The ports that are listened on.
        pub ports: Vec<u32> => "ports",
        /// The services that run.
        pub services: Vec<String> => "services",
        /// The file's bytes.
        pub content: Vec<u8> => "content",
    }
    errors ["AccessControlException", "NoSuchFile", "NoSuchHost"]
    access itself
}

impl Read for LookInside {
    type Output = LookInsideOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let named = guests::by_tag(world, &self.instance).map(|(_, id)| id);
        let state = world.get::<State>();
        let guest = state.guests.get(&self.instance);
        let guest = guest.or_else(|| state.guests.get(&named?));
        let guest = guest.ok_or_else(|| no_host(&self.instance))?;
        let mut out = LookInsideOutput {
            up: guest.up().is_some(),
            boots: guest.boots,
            logins: guest.logins,
            ..LookInsideOutput::default()
        };
        let Some(host) = &guest.host else {
            // Nobody has changed what a fresh host does.
            if let Some(file) = self.file {
                return Err(no_file(&file, "No such file (nobody has been on this machine yet)"));
            }
            if out.up {
                out.ports = vec![22];
            }
            return Ok(out);
        };
        if let Some(file) = self.file {
            let bytes = host.files.read(&Who::root(), &file);
            out.content = bytes.map_err(|e| no_file(&file, &e.to_string()))?.to_vec();
            return Ok(out);
        }
        out.ports = host.listeners().into_iter().map(|listener| listener.port.into()).collect();
        out.ports.dedup();
        let running = host
            .services
            .iter()
            .filter(|(_, service)| service.active == host::services::Active::Running);
        out.services = running.map(|(name, _)| name.clone()).collect();
        Ok(out)
    }
}

fn no_file(file: &str, why: &str) -> ApiError {
    ApiError::new(404, "NoSuchFile", format!("{file}: {why}"))
}
