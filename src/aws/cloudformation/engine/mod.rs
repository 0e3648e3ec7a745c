//! The engine: it lets a stack become what its template says, in lab time.
//!
//! An operation on a stack is a graph of jobs: one for each resource that is made or taken away, with
//! those that it waits for. Jobs whose predecessors are done run side by side. When all are done, the
//! phase ends ([`end`]), and another may follow it: a cleaning up, or a way back.

mod end;
mod fail;
mod look;
mod make;
pub(crate) mod nested;
mod outputs;
mod plan;
pub(crate) mod policy;
mod remove;
mod start;

use aws::place::Place;
use base::Time;
use sim::World;

pub(crate) use fail::{cancel_update, continue_rollback};
pub(crate) use look::Live;
pub(crate) use make::with_tags;
pub(crate) use start::{begin_create, begin_delete, begin_update};

use crate::State;
use crate::durations::{ASKING, ENDING};
use crate::job::{Job, JobState, Phase, Task, Undo};
use crate::state::Stack;

/// Something that happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(crate) at: At,
    /// The stack's [`run`](Stack::run) when it was planned.
    pub(crate) run: u32,
    pub(crate) what: What,
}

/// Which stack.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct At {
    pub(crate) place: Place,
    pub(crate) id: String,
}

/// What happens.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum What {
    /// The first jobs begin.
    Begin,
    /// A job asks its service.
    Act(usize),
    /// A job looks whether it is done. It looks since this time.
    Look(usize, Time),
    /// All jobs are done.
    End,
    /// The time that a stack's making may take is over.
    Timeout,
    /// A change set is computed.
    ChangeSet(String),
}

/// Lets an event happen.
pub(crate) fn happen(world: &mut World, event: &Event) {
    let at = &event.at;
    if let What::ChangeSet(name) = &event.what {
        crate::ops::compute_change_set(world, at, name);
        return;
    }
    let Some(stack) = stack(world, at) else { return };
    if stack.run != event.run {
        return;
    }
    match &event.what {
        What::Begin => start::begin(world, at),
        What::Act(job) => make::act(world, at, *job),
        What::Look(job, since) => make::look(world, at, *job, *since),
        What::End => end::end(world, at),
        What::Timeout => fail::timeout(world, at),
        What::ChangeSet(_) => {}
    }
}

/// The stack, to be changed.
pub(crate) fn stack<'w>(world: &'w mut World, at: &At) -> Option<&'w mut Stack> {
    world.get_mut::<State>().by_id(&at.place, &at.id)
}

/// Puts an event of the stack's present run into the queue.
pub(crate) fn schedule(world: &mut World, at: &At, when: Time, what: What) {
    let Some(stack) = stack(world, at) else { return };
    let event = Event { at: at.clone(), run: stack.run, what };
    world.schedule::<State>(when, event);
}

/// Lets the jobs run that wait for none.
fn pump(world: &mut World, at: &At) {
    let Some(stack) = stack(world, at) else { return };
    if stack.open == 0 {
        let when = world.now().plus(ENDING);
        schedule(world, at, when, What::End);
        return;
    }
    let run = stack.run;
    let free = |job: &Job| job.waits == 0 && job.state == JobState::Waiting;
    let ready: Vec<usize> =
        stack.jobs.iter().enumerate().filter(|(_, job)| free(job)).map(|(n, _)| n).collect();
    for job in ready {
        run_job(world, at, run, job);
    }
}

/// Starts a job, unless the run is over since an earlier one failed.
fn run_job(world: &mut World, at: &At, run: u32, job: usize) {
    if stack(world, at).is_some_and(|stack| stack.run == run) {
        make::start(world, at, job);
    }
}

/// A job is done: those that waited for it only begin.
fn done(world: &mut World, at: &At, job: usize) {
    let Some(stack) = stack(world, at) else { return };
    if std::mem::replace(&mut stack.jobs[job].state, JobState::Done) == JobState::Done {
        return;
    }
    stack.open -= 1;
    let run = stack.run;
    let mut ready = Vec::new();
    for follower in stack.jobs[job].followers.clone() {
        let follower_job = &mut stack.jobs[follower];
        follower_job.waits = follower_job.waits.saturating_sub(1);
        if follower_job.waits == 0 && follower_job.state == JobState::Waiting {
            ready.push(follower);
        }
    }
    let is_last = stack.open == 0;
    for follower in ready {
        run_job(world, at, run, follower);
    }
    if is_last {
        let when = world.now().plus(ENDING);
        schedule(world, at, when, What::End);
    }
}

/// After a moment, the job asks its service.
fn ask_soon(world: &mut World, at: &At, job: usize) {
    let when = world.now().plus(ASKING);
    schedule(world, at, when, What::Act(job));
}
