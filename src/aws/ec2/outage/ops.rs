//! The learner's hands on the power of zones: for [`Principal::Lab`] only.

use super::super::error::invalid;
use super::super::lifecycle;
use super::super::machine::{Machine, Phase};
use super::super::state::{Change, change_at, look};
use super::super::zones;
use super::ZoneTurned;
use crate::REGIONS;
use crate::place::Place;
use base::Time;
use base::text::nearest;
use sim::api::{ApiError, OpDef, Read, Write};
use sim::{Cx, Principal, World};

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[&ListZones::DEF, &KillZone::DEF, &StartZone::DEF];

/// That the lab itself asks.
fn hands(cx: &Cx<'_>) -> Result<(), ApiError> {
    if cx.caller.principal == Principal::Lab {
        return Ok(());
    }
    let message = "Only the lab itself can touch the power of a zone.";
    Err(ApiError::new(403, "AccessControlException", message))
}

/// The places of zones, each once. The name of a zone begins with that of its region.
fn find(world: &World, cx: &Cx<'_>, names: &[String]) -> Result<Vec<(Place, String)>, ApiError> {
    if names.is_empty() {
        return Err(invalid("no zone is named"));
    }
    let mut found = Vec::new();
    for name in names {
        let region = name.strip_suffix(|last: char| last.is_ascii_lowercase()).unwrap_or_default();
        let known = REGIONS.contains(&region)
            && world.config().has_region(region)
            && zones::id(region, name).is_some();
        if !known {
            let own = zones::names(cx.region);
            let hint = match nearest(name, own.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are {}", own.join(", ")),
            };
            let message = format!("there is no zone named {name}; {hint}");
            return Err(ApiError::new(404, "NoSuchZone", message));
        }
        let place = Place { account: cx.account.to_owned(), region: region.to_owned() };
        if !found.iter().any(|(_, own)| own == name) {
            found.push((place, name.clone()));
        }
    }
    Ok(found)
}

/// The instances of a zone that are in a phase.
fn in_phase(change: &Change<'_>, zone: &str, phase: Phase) -> Vec<String> {
    let own = |machine: &&Machine| machine.zone == zone && machine.phase == phase;
    change.region.instances.values().filter(own).map(|machine| machine.id.clone()).collect()
}

/// Takes the power of a zone, or gives it back; whether that was to be done.
fn turn(world: &mut World, place: &Place, zone: &str, on: bool) -> Result<bool, ApiError> {
    let now = world.now();
    let instances = change_at(world, place, now, |change| {
        if change.region.dark.has(zone) != on {
            return Ok(None);
        }
        let running = in_phase(change, zone, Phase::Running);
        if on {
            change.region.dark.end(zone);
            for id in &running {
                lifecycle::reboot(change, id);
            }
        } else {
            for id in in_phase(change, zone, Phase::Pending) {
                lifecycle::fail(change, &id);
            }
            change.region.dark.begin(zone, now);
        }
        Ok(Some(running))
    })?;
    let Some(instances) = instances else { return Ok(false) };
    world.tell(&ZoneTurned { place: place.clone(), zone: zone.to_owned(), on, instances });
    Ok(true)
}

/// The names of the zones that were turned, and of those that were so already.
fn turn_all(
    world: &mut World,
    cx: &Cx<'_>,
    names: &[String],
    on: bool,
) -> Result<(Vec<String>, Vec<String>), ApiError> {
    hands(cx)?;
    let (mut done, mut already) = (Vec::new(), Vec::new());
    for (place, zone) in find(world, cx, names)? {
        if turn(world, &place, &zone, on)? {
            done.push(zone);
        } else {
            already.push(zone);
        }
    }
    Ok((done, already))
}

sim::structure! {
    /// A zone, as the lab sees it.
    pub struct ZonePower {
        /// `us-east-1a`
        pub name: String => "name",
        /// `use1-az1`
        pub id: String => "id",
        /// Whether it has power.
        pub on: bool => "on",
        /// Since when it has none.
        pub dark_since: Option<Time> => "darkSince",
        /// How many instances are running there, or were when the power went.
        pub instances: u64 => "instances",
    }
}

sim::operation! {
    /// Lists the zones of a region.
    read ListZones in "zones" = "";
    input {}
    output ListZonesOutput {
        /// In the order of their names.
        pub zones: Vec<ZonePower> => "zones",
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for ListZones {
    type Output = ListZonesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let region = look(world, cx);
        let zone = |name: String| {
            let own = |machine: &&Machine| machine.zone == name && machine.phase == Phase::Running;
            ZonePower {
                id: zones::id(cx.region, &name).unwrap_or_default(),
                on: !region.dark.has(&name),
                dark_since: region.dark.since(&name),
                instances: region.instances.values().filter(own).count() as u64,
                name,
            }
        };
        Ok(ListZonesOutput { zones: zones::names(cx.region).into_iter().map(zone).collect() })
    }
}

sim::operation! {
    /// Takes the power of zones.
    write KillZone in "zones" = "";
    input {
        /// Names of zones.
        pub zones: Vec<String> => "zones",
    }
    output KillZoneOutput {
        /// Those that had power until now.
        pub killed: Vec<String> => "killed",
        /// Those that had none.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchZone"]
    access itself
}

impl Write for KillZone {
    type Output = KillZoneOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (killed, already) = turn_all(world, cx, &self.zones, false)?;
        Ok(KillZoneOutput { killed, already })
    }
}

sim::operation! {
    /// Gives zones their power back.
    write StartZone in "zones" = "";
    input {
        /// Names of zones.
        pub zones: Vec<String> => "zones",
    }
    output StartZoneOutput {
        /// Those that had none until now.
        pub started: Vec<String> => "started",
        /// Those that had power.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchZone"]
    access itself
}

impl Write for StartZone {
    type Output = StartZoneOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (started, already) = turn_all(world, cx, &self.zones, true)?;
        Ok(StartZoneOutput { started, already })
    }
}
