//! What becomes of tasks when the power of a zone goes or comes back.
//!
//! Of an instance that is out the agent is no longer heard, and that is all that ECS knows: its tasks are
//! taken for running until a load balancer or the end of the instance says otherwise. Fargate knows its
//! own machines: tasks there have ended.

use aws::ec2::guests;
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
        let region = world.get::<Self>().places.get(&news.place);
        let clusters: Vec<String> =
            region.into_iter().flat_map(|region| region.clusters.keys().cloned()).collect();
        for cluster in clusters {
            turned(world, news, &cluster);
        }
        if !news.on {
            return;
        }
        // Each boots anew, those too whose agents had not joined yet.
        let has_agent = |id: &&String| {
            guests::facts(world, &news.place, id).is_some_and(|own| own.for_containers)
        };
        let booting: Vec<String> = news.instances.iter().filter(has_agent).cloned().collect();
        let at = world.now().plus(JOINING);
        for instance in booting {
            world.schedule::<Self>(at, Event::Join(news.place.clone(), instance));
        }
    }
}

fn turned(world: &mut World, news: &ZoneTurned, cluster: &str) {
    let Some(unit) = world.get_mut::<State>().find_mut(&news.place, cluster) else { return };
    let mut over: Vec<(String, Why)> = Vec::new();
    for own in unit.instances.values_mut().filter(|own| own.zone == news.zone) {
        own.shown.agent_connected = false;
        own.shown.version += 1;
        if news.on && news.instances.contains(&own.shown.ec2_instance_id) {
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
    events::nudge_all(world, &news.place, cluster);
}
