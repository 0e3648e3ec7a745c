//! What Route 53 keeps: hosted zones, and changes on their way to the name servers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::Time;
use sim::World;
use sim::api::ApiError;

use crate::faults::no_such_zone;
use crate::ids;
use crate::shapes::zone::{ChangeInfo, ChangeStatus};
use crate::zone::Zone;

/// How long a change takes to reach all name servers: generally within 60 seconds (API reference,
/// `ChangeResourceRecordSets`).
pub(crate) const PROPAGATION: Duration = Duration::from_mins(1);

/// Everything.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(crate) zones: BTreeMap<String, Zone>,
    pub(crate) changes: BTreeMap<String, Change>,
    /// How many zones were made.
    pub(crate) made: u64,
}

/// A change.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Change {
    pub(crate) submitted: Time,
    pub(crate) comment: Option<String>,
    pub(crate) done: bool,
}

/// What happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// A change has come to the name servers: from now on they know these records of this zone.
    InSync {
        /// Its id.
        change: String,
        /// The zone; nothing when its records are as they were.
        zone: Option<(String, Snapshot)>,
    },
}

/// The records of a zone at one time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Snapshot(pub(crate) Arc<crate::zone::Records>);

impl Change {
    pub(crate) fn told(&self, id: &str) -> ChangeInfo {
        ChangeInfo {
            id: format!("/change/{id}"),
            status: if self.done { ChangeStatus::Insync } else { ChangeStatus::Pending },
            submitted_at: self.submitted,
            comment: self.comment.clone(),
        }
    }
}

impl State {
    /// # Errors
    /// There is no zone of that id.
    pub(crate) fn zone(&self, id: &str) -> Result<&Zone, ApiError> {
        self.zones.get(id).ok_or_else(|| no_such_zone(id))
    }

    /// # Errors
    /// There is no zone of that id.
    pub(crate) fn zone_mut(&mut self, id: &str) -> Result<&mut Zone, ApiError> {
        self.zones.get_mut(id).ok_or_else(|| no_such_zone(id))
    }

    pub(crate) fn happen(&mut self, event: &Event) {
        let Event::InSync { change, zone } = event;
        if let Some(change) = self.changes.get_mut(change) {
            change.done = true;
        }
        let Some((id, snapshot)) = zone else { return };
        if let Some(zone) = self.zones.get_mut(id) {
            zone.live = Some(Arc::clone(&snapshot.0));
        }
    }
}

/// Sends what a zone has become to the name servers, or only a word that something was done.
pub(crate) fn submit(world: &mut World, zone: Option<&str>, comment: Option<String>) -> ChangeInfo {
    let at = world.now();
    let (state, rng) = world.parts::<State>();
    let id = ids::id(rng, 'C');
    let change = Change { submitted: at, comment, done: false };
    let told = change.told(&id);
    state.changes.insert(id.clone(), change);
    let zone = zone.and_then(|zone| {
        let records = state.zones.get(zone)?.records.clone();
        Some((zone.to_owned(), Snapshot(Arc::new(records))))
    });
    world.schedule::<State>(at.plus(PROPAGATION), Event::InSync { change: id, zone });
    told
}
