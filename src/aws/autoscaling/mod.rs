//! EC2 Auto Scaling (API version 2011-01-01): groups of instances that keep their size, replace what dies,
//! and follow alarms and schedules.
//!
//! Source: the Auto Scaling API reference and user guide. Instances are run and ended by EC2's own
//! operations, under the service's own role, so the account's rules hold; load balancers and alarms are
//! asked in the same way. Deliberately absent, and refused by name: mixed instances and spot capacity, warm
//! pools, notifications, predictive scaling, classic load balancers.

mod activity;
mod choose;
mod cron;
mod durations;
mod engine;
mod faults;
mod groups;
mod hooks;
mod launch;
mod leave;
mod life;
mod metrics;
pub mod ops;
mod page;
mod policy;
mod refresh;
mod refreshes;
mod role;
mod scheduled;
pub mod shapes;
mod state;
mod target_health;
mod targets;
mod view;
mod waits;
mod wakes;

#[cfg(test)]
mod tests;

use aws::alarm_action::AlarmAction;
use aws::ec2::news::InstanceTurned;
use aws::ec2::outage::ZoneTurned;
use aws::metrics::Measured;
use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, Subscriber, Subscription, System, World};
pub use state::State;
use state::{Event, What, group};

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]).with_view(view::view).subscribed(&[
    Subscription::of::<State, InstanceTurned>(),
    Subscription::of::<State, ZoneTurned>(),
    Subscription::of::<State, AlarmAction>(),
    Subscription::of::<State, Measured>(),
]);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "autoscaling",
    title: "Amazon EC2 Auto Scaling",
    protocol: Protocol::Query,
    signing_name: "autoscaling",
    api_version: "2011-01-01",
    xml_namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "autoscaling";
    type Event = Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: Event) {
        let whose = &event.whose;
        if group(world, whose).is_none_or(|group| group.id != event.id) {
            return;
        }
        match event.what {
            What::Look => engine::look(world, whose),
            What::Checked { instance } => life::check(world, whose, &instance),
            What::WaitEnds { instance, token } => hooks::timed_out(world, whose, &instance, &token),
            What::Drained { instance } => leave::check_drained(world, whose, &instance),
            What::TargetsChecked => target_health::check(world, whose),
            What::Scheduled { action, at } => scheduled::due(world, whose, &action, at),
            What::Minute => metrics::publish(world, whose),
            What::Refresh => refresh::look(world, whose),
        }
    }
}

impl Subscriber<InstanceTurned> for State {
    fn notify(world: &mut World, news: &InstanceTurned) {
        life::turned(world, news);
    }
}

impl Subscriber<ZoneTurned> for State {
    fn notify(world: &mut World, news: &ZoneTurned) {
        life::zone_turned(world, news);
    }
}

impl Subscriber<AlarmAction> for State {
    fn notify(world: &mut World, news: &AlarmAction) {
        policy::alarmed(world, news);
    }
}

impl Subscriber<Measured> for State {
    fn notify(world: &mut World, news: &Measured) {
        metrics::hear(world, news);
    }
}
