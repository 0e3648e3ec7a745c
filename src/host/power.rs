//! A host's own power: what becomes of it when it starts anew, and what it may ask for itself.

use std::collections::BTreeMap;

use base::{Rng, Time};

use crate::files::Who;
use crate::process::INIT;
use crate::services::Active;
use crate::{Host, Shape};

/// What a host wants done with its power, by `shutdown` and the like. Whoever runs it does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    Off,
    Again,
}

impl Host {
    /// Asks for it; the first wish counts.
    pub(crate) fn wish(&mut self, wish: Wish) {
        self.wish.get_or_insert(wish);
    }

    /// What it wants done with its power, told once.
    pub fn take_wish(&mut self) -> Option<Wish> {
        self.wish.take()
    }

    /// Ends everything that runs: its files stay, and nothing else.
    pub fn power_off(&mut self, now: Time) {
        self.now = self.now.max(now);
        self.processes.retain(|pid, _| *pid == INIT);
        (self.opens, self.pipes, self.terminals) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for service in self.services.values_mut() {
            service.active = Active::Inactive;
            service.pid = None;
            service.restarts = 0;
        }
        self.wish = None;
    }

    /// What boots from a copy of its disk in another machine: its files, packages and services, and a name of
    /// its own.
    #[must_use]
    pub fn on_another(&self, shape: Shape, now: Time, seed: u64) -> Self {
        let mut host = self.clone();
        host.power_off(now);
        host.now = now;
        host.name.clone_from(&shape.name);
        host.rng = Rng::labelled(seed, &shape.name);
        let text = format!("{}\n", shape.name).into_bytes();
        let _ = host.files.write(&Who::root(), "/etc/hostname", text, 0o644, now);
        host.shape = shape;
        host.power_on(now);
        host
    }

    /// Boots it anew: the services that are enabled start.
    pub fn power_on(&mut self, now: Time) {
        self.power_off(now);
        self.booted = self.now;
        self.busy = 0;
        let name = self.system_text("/etc/hostname").trim().to_owned();
        if !name.is_empty() {
            self.name = name;
        }
        self.reload_units();
        let short = self.name.split('.').next().unwrap_or_default().to_owned();
        let version = crate::generated::KERNEL;
        self.log("kernel", None, &format!("Linux version {version} booted on {short}"));
        let wanted: Vec<String> = self
            .services
            .iter()
            .filter(|(_, service)| service.enabled)
            .map(|(name, _)| name.clone())
            .collect();
        for name in wanted {
            self.start_service(&name);
        }
    }
}
