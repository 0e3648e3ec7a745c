//! Lifecycle actions that instances wait for: begun, found, given more time.
//!
//! Source: user guide, "Amazon EC2 Auto Scaling lifecycle hooks".

use std::time::Duration;

use base::Time;
use sim::World;
use sim::api::ApiError;

use super::durations::WAIT_MAX_S;
use super::faults::validation;
use super::shapes::group::LifecycleState;
use super::shapes::rest::LifecycleHook;
use super::state::{Group, Wait, What, Whose, group, group_mut, schedule, uuid};

/// The transitions that a hook can be for.
pub(crate) const LAUNCHING: &str = "autoscaling:EC2_INSTANCE_LAUNCHING";
pub(crate) const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";

/// How a lifecycle action ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Continue,
    Abandon,
}

impl Outcome {
    /// # Errors
    /// It is none.
    pub(crate) fn read(text: &str) -> Result<Self, ApiError> {
        match text {
            "CONTINUE" => Ok(Self::Continue),
            "ABANDON" => Ok(Self::Abandon),
            other => Err(validation(format!(
                "Invalid lifecycle action result: {other}. It must be CONTINUE or ABANDON."
            ))),
        }
    }
}

/// Whether the group has hooks for a transition.
pub(crate) fn has(group: &Group, transition: &str) -> bool {
    group.hooks.values().any(|hook| hook.lifecycle_transition == transition)
}

/// The longest that an instance waits for a hook.
pub(crate) fn at_most_s(heartbeat_s: i64) -> i64 {
    WAIT_MAX_S.min(heartbeat_s.saturating_mul(100))
}

/// Lets an instance wait for the first hook of a transition. Says whether there is one.
pub(crate) fn begin(world: &mut World, whose: &Whose, instance: &str, transition: &str) -> bool {
    let Some(group) = group(world, whose) else { return false };
    let hooks = group.hooks.values().filter(|hook| hook.lifecycle_transition == transition);
    let names: Vec<String> = hooks.map(|hook| hook.lifecycle_hook_name.clone()).collect();
    next(world, whose, instance, names)
}

/// Lets an instance wait for the next hook of these. Says whether there is one.
pub(crate) fn next(
    world: &mut World,
    whose: &Whose,
    instance: &str,
    mut names: Vec<String>,
) -> bool {
    let now = world.now();
    let hook = loop {
        if names.is_empty() {
            return false;
        }
        let name = names.remove(0);
        if let Some(hook) = group(world, whose).and_then(|group| group.hooks.get(&name)) {
            break hook.clone();
        }
    };
    let token = uuid(world);
    let until = after(now, hook.heartbeat_timeout);
    let Some(group) = group_mut(world, whose) else { return false };
    let Some(member) = group.members.get_mut(instance) else { return false };
    member.phase = if hook.lifecycle_transition == LAUNCHING {
        LifecycleState::PendingWait
    } else {
        LifecycleState::TerminatingWait
    };
    member.wait = Some(Wait {
        hook: hook.lifecycle_hook_name,
        token: token.clone(),
        until,
        at_most: after(now, hook.global_timeout),
        next: names,
    });
    schedule(world, whose, until, What::WaitEnds { instance: instance.to_owned(), token });
    true
}

fn after(now: Time, seconds: i64) -> Time {
    now.plus(Duration::from_secs(seconds.unsigned_abs()))
}

/// A hook of the group.
///
/// # Errors
/// There is none of that name.
pub(crate) fn named<'g>(group: &'g Group, name: &str) -> Result<&'g LifecycleHook, ApiError> {
    group.hooks.get(name).ok_or_else(|| {
        validation(format!("No active Lifecycle Action found with hook name {name}"))
    })
}

/// The instance that waits for a hook, by its id or the token of its action.
///
/// # Errors
/// None does.
pub(crate) fn waiting(
    group: &Group,
    hook: &str,
    instance: Option<&str>,
    token: Option<&str>,
) -> Result<String, ApiError> {
    let fits = |wait: &Wait, id: &str| {
        wait.hook == hook
            && instance.is_none_or(|instance| instance == id)
            && token.is_none_or(|token| token == wait.token)
    };
    let mut members = group.members.values();
    let found = members.find(|m| m.wait.as_ref().is_some_and(|wait| fits(wait, &m.id)));
    found.map(|member| member.id.clone()).ok_or_else(|| {
        let what = match (token, instance) {
            (Some(token), _) => format!("token {token}"),
            (None, Some(instance)) => format!("instance ID {instance}"),
            (None, None) => "no token or instance ID".to_owned(),
        };
        validation(format!("No active Lifecycle Action found with {what}"))
    })
}

/// Gives an instance more time.
pub(crate) fn heartbeat(world: &mut World, whose: &Whose, instance: &str) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let Some(member) = group.members.get_mut(instance) else { return };
    let Some(wait) = &mut member.wait else { return };
    let Some(hook) = group.hooks.get(&wait.hook) else { return };
    wait.until = after(now, hook.heartbeat_timeout).min(wait.at_most);
    let (until, token) = (wait.until, wait.token.clone());
    schedule(world, whose, until, What::WaitEnds { instance: instance.to_owned(), token });
}
