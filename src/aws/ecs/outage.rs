//! What becomes of tasks when the power of a zone goes or comes back.
//!
//! Of an instance that is out the agent is no longer heard, and that is all that ECS knows: its tasks are
//! taken for running until a load balancer or the end of the instance says otherwise. Fargate knows its
//! own machines: tasks there have ended.

use aws::ec2::outage::ZoneTurned;
use sim::{Subscriber, World};

use super::durations::JOINING;
use super::events;
use super::shapes::common::LaunchType;
use super::shapes::task::StopCode;
use super::state::{Event, Run, State, TaskId};
use super::stop::{Why, vanish};

impl Subscriber<ZoneTurned> for State {
    fn notify(world: &mut World, news: &ZoneTurned) {
        let Some(region) = world.get::<Self>().places.get(&news.place) else { return };
        let clusters: Vec<String> = region.clusters.keys().cloned().collect();
        for cluster in clusters {
            turned(world, news, &cluster);
        }
    }
}

fn turned(world: &mut World, news: &ZoneTurned, cluster: &str) {
    let Some(unit) = world.get_mut::<State>().find_mut(&news.place, cluster) else { return };
    let mut over: Vec<(String, Why)> = Vec::new();
    let mut booting = Vec::new();
    for own in unit.instances.values_mut().filter(|own| own.zone == news.zone) {
        own.shown.agent_connected = false;
        own.shown.version += 1;
        if news.on && news.instances.contains(&own.shown.ec2_instance_id) {
            booting.push(own.shown.ec2_instance_id.clone());
            let reason = "Essential container in task exited";
            let why = Why::new(StopCode::EssentialContainerExited, reason);
            over.extend(own.tasks.iter().map(|task| (task.clone(), why.clone())));
        }
    }
    let on_fargate = |run: &&Run| {
        run.task.launch_type == Some(LaunchType::Fargate)
            && run.task.availability_zone.as_ref() == Some(&news.zone)
    };
    if !news.on {
        let all = unit.tasks.iter().filter(|(_, run)| on_fargate(run));
        let why = Why::new(StopCode::TerminationNotice, "Host Fargate terminated.");
        over.extend(all.map(|(task, _)| (task.clone(), why.clone())));
    }
    for (task, why) in over {
        let id = TaskId { place: news.place.clone(), cluster: cluster.to_owned(), task };
        vanish(world, &id, why);
    }
    for instance in booting {
        let at = world.now().plus(JOINING);
        world.schedule::<State>(at, Event::Join(news.place.clone(), instance));
    }
    events::nudge_all(world, &news.place, cluster);
}
