//! What becomes of a host when its instance gets power, loses it, or goes.

use aws::ec2::guests::{self, Place};
use aws::ec2::news::{InstanceTurned, Turn};
use sim::World;

use crate::durations::BOOT;
use crate::state::{Event, Guest, Power, State, What};
use crate::{boot, cloud, pump, sessions};

/// A turn in an instance's life.
pub(crate) fn turn(world: &mut World, news: &InstanceTurned) {
    let id = news.instance.as_str();
    match news.turn {
        Turn::Starting => starting(world, &news.place, id),
        Turn::Running => power(world, id),
        Turn::Rebooted => {
            off(world, id);
            power(world, id);
        }
        Turn::Stopping | Turn::Ending => off(world, id),
        Turn::Stopped => {}
        Turn::Terminated => {
            world.get_mut::<State>().guests.remove(id);
        }
    }
}

/// The power of a zone has gone, and with it that of these instances.
pub(crate) fn dark(world: &mut World, instances: &[String]) {
    for id in instances {
        off(world, id);
    }
}

/// It was launched or started. The key is the launch's: pairs that are deleted later still open it.
fn starting(world: &mut World, place: &Place, id: &str) {
    let facts = guests::facts(world, place, id);
    let state = world.get_mut::<State>();
    let Some(facts) = facts else { return };
    if let Some((address, _)) = facts.public {
        state.addresses.insert(address);
    }
    let key = facts.key.and_then(|(_, line)| line);
    state.guests.entry(id.to_owned()).or_insert_with(|| Guest::new(place.clone(), key));
}

/// It has power.
fn power(world: &mut World, id: &str) {
    let at = world.now().plus(BOOT);
    let Some(guest) = world.get_mut::<State>().guests.get_mut(id) else { return };
    guest.life += 1;
    guest.power = Power::Booting(at);
    (guest.wake, guest.busy, guest.data) = (None, 0, None);
    let life = guest.life;
    world.schedule::<State>(at, Event { instance: id.to_owned(), life, what: What::Booted });
}

/// It has lost its power, or its system has come to an end.
fn off(world: &mut World, id: &str) {
    let now = world.now();
    let state = world.get_mut::<State>();
    let Some(guest) = state.guests.get_mut(id) else { return };
    guest.life += 1;
    guest.power = Power::Off;
    (guest.wake, guest.busy, guest.data) = (None, 0, None);
    guest.tokens.clear();
    if let Some(host) = &mut guest.host {
        host.power_off(now);
    }
    sessions::cut(state, id);
}

/// Lets something happen.
pub(crate) fn happen(world: &mut World, event: &Event) {
    let now = world.now();
    let state = world.get_mut::<State>();
    let Some(guest) = state.guests.get_mut(&event.instance) else { return };
    if guest.life != event.life {
        return;
    }
    match event.what {
        What::Booted => {
            guest.power = Power::Up(now);
            guest.boots += 1;
            booted(world, &event.instance);
        }
        What::Wake if guest.wake == Some(now) => {
            guest.wake = None;
            pump::run(world, &event.instance);
        }
        What::Wake => {}
    }
}

/// It is up: what the boot has to do is done.
fn booted(world: &mut World, id: &str) {
    let Some(guest) = world.get::<State>().guests.get(id) else { return };
    let (place, first, made) = (guest.place.clone(), guest.boots == 1, guest.host.is_some());
    let Some(facts) = guests::facts(world, &place, id) else { return };
    if made && let Some(host) = boot::host(world, id) {
        host.power_on(facts.running_since.unwrap_or(facts.launched).plus(BOOT));
    }
    cloud::announce(world, &place, id, &facts);
    if first && let Some(data) = &facts.user_data {
        cloud::begin(world, id, data);
    }
    pump::run(world, id);
}
