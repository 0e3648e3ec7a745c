//! What snapshots of root disks hold: files, packages and services, as they were when one was taken.

use std::sync::Arc;

use aws::ec2::guests;
use aws::ec2::news::{DiskTurn, DiskTurned};
use sim::World;

use crate::state::State;

/// A snapshot was taken, copied or deleted.
pub(crate) fn turn(world: &mut World, news: &DiskTurned) {
    let now = world.now();
    let held = match &news.turn {
        DiskTurn::Taken { instance } => {
            let facts = guests::facts(world, &news.place, instance);
            let state = world.get::<State>();
            let host = state.guests.get(instance).and_then(|guest| guest.host.as_deref());
            if let Some(host) = host {
                let mut disk = host.clone();
                disk.power_off(now);
                Some(Arc::new(disk))
            } else {
                // Nobody has had to do with it: it holds what it was made of.
                let from = facts.and_then(|facts| facts.snapshot);
                from.and_then(|from| state.disks.get(&from)).cloned()
            }
        }
        DiskTurn::Copied { from } => world.get::<State>().disks.get(from).cloned(),
        DiskTurn::Gone => None,
    };
    let known = world.get::<State>().disks.contains_key(&news.snapshot);
    if held.is_none() && !known {
        return;
    }
    let disks = &mut world.get_mut::<State>().disks;
    match held {
        Some(disk) => disks.insert(news.snapshot.clone(), disk),
        None => disks.remove(&news.snapshot),
    };
}
