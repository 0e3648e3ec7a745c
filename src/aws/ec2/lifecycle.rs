//! How instances go from one phase to the next.

use super::durations::{CONSOLE, SHUTTING_DOWN, STARTING, STOPPING, TERMINATED_SHOWN};
use super::event::What;
use super::interfaces;
use super::machine::{Machine, Phase};
use super::news::Turn;
use super::shapes::storage::Volume;
use super::state::Change;
use base::Time;

/// How AWS writes when somebody did something.
fn stamp(now: Time) -> String {
    now.format("%Y-%m-%d %H:%M:%S GMT")
}

/// Why an instance no longer runs that a request has ended.
fn by_request() -> (String, String) {
    const CODE: &str = "Client.UserInitiatedShutdown";
    (CODE.to_owned(), format!("{CODE}: User initiated shutdown"))
}

/// Puts an instance into another phase. What it was waiting for no longer comes.
fn enter(machine: &mut Machine, phase: Phase) -> u32 {
    machine.phase = phase;
    machine.life += 1;
    if phase != Phase::Running {
        machine.running_since = None;
    }
    machine.life
}

/// Lets an instance that was made or is stopped start.
pub(super) fn start(change: &mut Change<'_>, id: &str) {
    let now = change.now;
    let Some(machine) = change.region.instances.get_mut(id) else { return };
    machine.launched = now;
    (machine.reason, machine.transition) = (None, String::new());
    machine.printed.clear();
    let life = enter(machine, Phase::Pending);
    let wants_public = machine.wants_public;
    let first = change.region.first_interface(id).map(|i| i.network_interface_id.clone());
    if let Some(first) = first.filter(|_| wants_public) {
        interfaces::give_public(change.region, change.rng, &first);
    }
    change.at(now.plus(STARTING), What::Turn { instance: id.to_owned(), life });
    change.tell(id, Turn::Starting);
}

/// Lets an instance that runs stop.
pub(super) fn stop(change: &mut Change<'_>, id: &str) {
    let now = change.now;
    let Some(machine) = change.region.instances.get_mut(id) else { return };
    machine.reason = Some(by_request());
    machine.transition = format!("User initiated ({})", stamp(now));
    let life = enter(machine, Phase::Stopping);
    change.at(now.plus(STOPPING), What::Turn { instance: id.to_owned(), life });
    change.tell(id, Turn::Stopping);
}

/// Lets an instance that runs start anew, without being seen to stop.
pub(super) fn reboot(change: &mut Change<'_>, id: &str) {
    let now = change.now;
    let Some(machine) = change.region.instances.get_mut(id) else { return };
    let life = enter(machine, Phase::Running);
    // Its status is checked from the beginning.
    machine.running_since = Some(now);
    machine.printed.clear();
    change.at(now.plus(CONSOLE), What::Console { instance: id.to_owned(), life });
    change.tell(id, Turn::Rebooted);
}

/// Lets an instance come to its end.
pub(super) fn terminate(change: &mut Change<'_>, id: &str) {
    let now = change.now;
    let Some(machine) = change.region.instances.get_mut(id) else { return };
    machine.reason = Some(by_request());
    machine.transition = format!("User initiated ({})", stamp(now));
    let was_stopped = machine.phase == Phase::Stopped;
    let life = enter(machine, Phase::ShuttingDown);
    // Nothing runs in a stopped one that would have to be shut down.
    let span = if was_stopped { STARTING } else { SHUTTING_DOWN };
    change.at(now.plus(span), What::Turn { instance: id.to_owned(), life });
    change.tell(id, Turn::Ending);
}

/// Ends an instance that was starting where there is nothing any more to start it on.
pub(super) fn fail(change: &mut Change<'_>, id: &str) {
    const CODE: &str = "Server.InternalError";
    terminate(change, id);
    let Some(machine) = change.region.instances.get_mut(id) else { return };
    let message = format!("{CODE}: Internal error on launch");
    machine.reason = Some((CODE.to_owned(), message));
    machine.transition = String::from(CODE);
}

/// The end of a phase.
pub(super) fn turn(change: &mut Change<'_>, id: &str, life: u32) {
    let now = change.now;
    let Some(machine) = change.region.instances.get_mut(id) else { return };
    if machine.life != life {
        return;
    }
    match machine.phase {
        Phase::Pending => {
            let life = enter(machine, Phase::Running);
            machine.running_since = Some(now);
            for interface in machine.interfaces.clone() {
                let interface = change.region.interfaces.get_mut(&interface);
                if let Some(own) = interface.and_then(|interface| interface.attachment.as_mut()) {
                    "attached".clone_into(&mut own.status);
                }
            }
            change.at(now.plus(CONSOLE), What::Console { instance: id.to_owned(), life });
            change.tell(id, Turn::Running);
        }
        Phase::Stopping => {
            enter(machine, Phase::Stopped);
            for interface in interfaces_of(change, id) {
                interfaces::take_public(change.region, &interface);
            }
            change.tell(id, Turn::Stopped);
        }
        Phase::ShuttingDown => {
            enter(machine, Phase::Terminated);
            take_apart(change, id);
            let vanish = What::Vanish { instance: id.to_owned() };
            change.at(now.plus(TERMINATED_SHOWN), vanish);
            change.tell(id, Turn::Terminated);
        }
        Phase::Running | Phase::Stopped | Phase::Terminated => {}
    }
}

fn interfaces_of(change: &Change<'_>, id: &str) -> Vec<String> {
    let own = change.region.interfaces_of(id).into_iter();
    own.map(|interface| interface.network_interface_id.clone()).collect()
}

/// Removes what goes with an instance, and lets go of the rest.
fn take_apart(change: &mut Change<'_>, id: &str) {
    for interface in interfaces_of(change, id) {
        let Some(there) = change.region.interfaces.get_mut(&interface) else { continue };
        if there.attachment.as_ref().is_some_and(|attached| attached.delete_on_termination) {
            interfaces::remove(change.region, &interface);
        } else {
            there.attachment = None;
            "available".clone_into(&mut there.status);
        }
    }
    let Some(machine) = change.region.instances.get_mut(id) else { return };
    machine.interfaces.clear();
    for volume in std::mem::take(&mut machine.volumes) {
        let Some(volume) = change.region.volumes.get(&volume).cloned() else { continue };
        let goes =
            volume.attachments.iter().any(|a| a.instance_id == id && a.delete_on_termination);
        if goes {
            change.region.remove::<Volume>(&volume.volume_id);
        } else if let Some(volume) = change.region.volumes.get_mut(&volume.volume_id) {
            volume.attachments.retain(|attachment| attachment.instance_id != id);
            if volume.attachments.is_empty() {
                "available".clone_into(&mut volume.state);
            }
        }
    }
    for route in change.region.route_tables.values_mut().flat_map(|table| &mut table.routes) {
        if route.instance_id.as_deref() == Some(id) {
            "blackhole".clone_into(&mut route.state);
        }
    }
}
