//! Where a request goes: listener, rule, action, target group, target.

mod choose;
pub(crate) mod conditions;
mod cookies;
mod redirect;

use super::listener::Listener;
pub(crate) use super::request::Request;
use super::shapes::rule::{Action, FixedResponseActionConfig};

pub(crate) use choose::{Choice, choose};
pub(crate) use cookies::set_app_cookie;
pub(crate) use redirect::location;

/// What is done with a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Verdict {
    /// The groups that it may go to, with their weights, and how long it sticks to one.
    Forward {
        groups: Vec<(String, i64)>,
        sticky_s: Option<i64>,
    },
    /// A status and where to go.
    Redirect {
        status: u16,
        location: String,
    },
    Fixed(FixedResponseActionConfig),
}

/// What a listener does with a request, and the priority of the rule that says so; 0 is the default one.
pub(crate) fn decide(listener: &Listener, request: &Request) -> (i64, Verdict) {
    let mut rules = listener.rules.iter();
    let fitting = rules.find(|(_, rule)| conditions::all(&rule.conditions, request));
    let (priority, actions) = fitting
        .map_or((0, &listener.default_actions), |(priority, rule)| (*priority, &rule.actions));
    let verdict = actions.first().map_or_else(nothing, |action| verdict(action, request));
    (priority, verdict)
}

fn nothing() -> Verdict {
    Verdict::Forward { groups: Vec::new(), sticky_s: None }
}

fn verdict(action: &Action, request: &Request) -> Verdict {
    if let Some(config) = &action.redirect_config {
        let status = config.status_code.as_str();
        let status = status.trim_start_matches("HTTP_").parse().unwrap_or(302);
        return Verdict::Redirect { status, location: location(config, request) };
    }
    if let Some(config) = &action.fixed_response_config {
        return Verdict::Fixed(config.clone());
    }
    let config = action.forward_config.clone().unwrap_or_default();
    let groups = config.target_groups.into_iter();
    let groups = groups
        .filter_map(|group| Some((group.target_group_arn?, group.weight.unwrap_or(1))))
        .collect();
    let sticky = config.stickiness.filter(|sticky| sticky.enabled == Some(true));
    Verdict::Forward { groups, sticky_s: sticky.and_then(|sticky| sticky.duration_seconds) }
}
