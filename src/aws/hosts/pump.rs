//! Letting a host run: as far as it can now, with answers to what it asks, and again when it can go on.

use std::time::Duration;

use host::{Answer, Ask, Next, Outside};
use sim::World;

use crate::state::{Event, State, What};
use crate::{boot, cloud, network, shown};

/// Steps of one turn.
const STEPS: u64 = 40_000;
/// How often a host is asked in one turn whether it has more questions.
const ROUNDS: u32 = 256;
/// From one turn of a host that has more to do than it gets to the next. It doubles each time, so that
/// an endless loop does not make lab time expensive.
const BUSY: Duration = Duration::from_millis(50);
/// As far as it doubles.
const BUSY_DOUBLINGS: u32 = 10;

/// Every question is answered after the turn: then the host stands in its place, and may be asked
/// itself.
struct Later;

impl Outside for Later {
    fn ask(&mut self, _: &Ask) -> Option<Answer> {
        None
    }
}

/// Lets the host behind an instance run, if it is up and anybody has had to do with it.
pub(crate) fn run(world: &mut World, id: &str) {
    let now = world.now();
    let mut next = Next::Idle;
    for _ in 0..ROUNDS {
        let Some(guest) = world.get_mut::<State>().guests.get_mut(id) else { return };
        if guest.up().is_none() {
            return;
        }
        let Some(host) = guest.host.as_deref_mut() else { return };
        next = host.run(now, &mut Later, STEPS);
        let asks = host.asks();
        let mut answered = false;
        for (pid, ask) in asks {
            let Some(answer) = network::answer(world, id, &ask) else { continue };
            if let Some(host) = boot::host(world, id) {
                host.answer(pid, answer);
                answered = true;
            }
        }
        if !answered {
            break;
        }
        next = Next::Busy;
    }
    let busy = next == Next::Busy;
    shown::gather(world, id);
    cloud::follow(world, id);
    if wishes(world, id) {
        return;
    }
    let Some(guest) = world.get_mut::<State>().guests.get_mut(id) else { return };
    guest.busy = if busy { guest.busy.saturating_add(1) } else { 0 };
    let at = match next {
        Next::Idle => return,
        Next::At(at) => at.max(now),
        Next::Busy => now.plus(BUSY * (1 << guest.busy.min(BUSY_DOUBLINGS))),
    };
    if guest.wake.is_some_and(|wake| wake <= at && wake > now) {
        return;
    }
    guest.wake = Some(at);
    let life = guest.life;
    world.schedule::<State>(at, Event { instance: id.to_owned(), life, what: What::Wake });
}

/// Does what a host wants done with its own power; whether it wants something.
fn wishes(world: &mut World, id: &str) -> bool {
    let Some(guest) = world.get_mut::<State>().guests.get_mut(id) else { return true };
    let place = guest.place.clone();
    match guest.host.as_mut().and_then(|host| host.take_wish()) {
        None => false,
        Some(host::Wish::Off) => {
            aws::ec2::guests::shut_down(world, &place, id);
            true
        }
        Some(host::Wish::Again) => {
            aws::ec2::guests::restart(world, &place, id);
            true
        }
    }
}
