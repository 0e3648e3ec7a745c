//! What happens by itself.

use sim::World;

use super::state::{Event, Phase, ServiceAt, State, TaskAt};
use super::{boot, join, scheduler, stop, tasks, watch};

/// Lets it happen.
pub(crate) fn happen(world: &mut World, event: Event) {
    match event {
        Event::Join(place, instance) => join::join(world, &place, &instance),
        Event::Turn(at) => turn(world, &at),
        Event::Exit(at, container, code, reason) => {
            boot::exited(world, &at, container, code, reason);
        }
        Event::Check(at, container) => boot::checked(world, &at, container),
        Event::Forget(TaskAt { id, .. }) => {
            if let Some(unit) = world.get_mut::<State>().find_mut(&id.place, &id.cluster) {
                unit.tasks.remove(&id.task);
            }
        }
        Event::Schedule(ServiceAt(id)) => scheduler::look(world, &id),
        Event::Look(ServiceAt(id)) => watch::look(world, &id),
        Event::ForgetService(ServiceAt(id)) => {
            if let Some(unit) = world.get_mut::<State>().find_mut(&id.place, &id.cluster)
                && unit.services.get(&id.service).is_some_and(super::state::Kept::is_over)
            {
                unit.services.remove(&id.service);
            }
        }
        Event::DeleteDefinition(place, family, revision) => {
            super::ops::definitions::delete(world, &place, &family, revision);
        }
    }
}

/// A task comes to the end of its phase, if it is in it still.
fn turn(world: &mut World, at: &TaskAt) {
    let Some(run) = world.get::<State>().run(&at.id) else { return };
    if run.life != at.life {
        return;
    }
    match run.phase {
        Phase::Provisioning => tasks::provisioned(world, &at.id),
        Phase::Pending => boot::pull(world, &at.id),
        Phase::Activating => tasks::activated(world, &at.id),
        Phase::Deactivating => stop::drained(world, &at.id),
        Phase::Stopping => stop::ended(world, &at.id),
        Phase::Deprovisioning => stop::gone(world, &at.id),
        Phase::Running | Phase::Stopped => {}
    }
}
