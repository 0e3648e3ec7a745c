//! What sessions have to show.

use sim::World;

use crate::state::{Kind, State};

/// Fetches what the sessions at a host have to show.
pub(crate) fn gather(world: &mut World, id: &str) {
    let state = world.get_mut::<State>();
    let Some(host) = state.guests.get_mut(id).and_then(|guest| guest.host.as_deref_mut()) else {
        return;
    };
    for session in state.sessions.values_mut().filter(|session| session.instance == id) {
        if session.status.is_some() {
            continue;
        }
        match &mut session.kind {
            Kind::Terminal { pid, prompted } => {
                session.output.put(&host.shown(*pid));
                session.status = host.status(*pid);
                if session.status.is_some() {
                    host.forget(*pid);
                } else if !*prompted && let Some(prompt) = host.prompt(*pid) {
                    // Jobs that have ended are announced before it.
                    session.output.put(&host.shown(*pid));
                    session.output.put(prompt.as_bytes());
                    *prompted = true;
                }
            }
            Kind::Remote(remote) => {
                session.output.put(&host.shown(remote.pid));
                session.errors.put(&host.written(remote.errors));
                session.status = host.status(remote.pid);
                if session.status.is_some() {
                    host.close(remote.errors);
                    host.forget(remote.pid);
                }
            }
            Kind::Sftp(_) => {}
        }
    }
}
