//! What exists in a world before anybody does something.

use std::sync::Arc;

use super::api::{ApiError, Protocol};
use super::shape::{Beginning, Refused};
use super::{World, unknown};

impl World {
    /// Lets everything exist that the shape lists, in its order, before anybody else does something.
    /// What takes time has come to its end before the next begins, so that the world may stand a
    /// little behind its start then.
    ///
    /// # Errors
    /// The first that is refused.
    pub fn begin(&mut self) -> Result<(), Refused> {
        let config = Arc::clone(&self.config);
        for (at, beginning) in config.shape.exists.iter().enumerate() {
            self.begin_with(beginning).map_err(|error| Refused { at, error })?;
        }
        self.effects.clear();
        Ok(())
    }

    fn begin_with(&mut self, beginning: &Beginning) -> Result<(), ApiError> {
        let (service, name) = (beginning.service.as_str(), beginning.op.as_str());
        let mut systems = self.systems.iter().enumerate();
        let found = systems.find_map(|(at, system)| Some((at, system.operation(service, name)?)));
        let (place, op) = found.ok_or_else(|| unknown(service, name))?;
        let protocol = self.service(service).map_or(Protocol::Lab, |service| service.protocol);
        let before = self.slots[place].sequence;
        self.apply(self.now, &beginning.caller(protocol), op, beginning.input.clone())?;
        if op.takes_time {
            let system = self.systems[place].name;
            let begun = self.queue.keys().filter(|due| due.1 == system && due.2 > before);
            if let Some(end) = begun.map(|due| due.0).max() {
                self.advance(end);
            }
        }
        Ok(())
    }
}
