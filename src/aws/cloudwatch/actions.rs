//! The actions of alarms: handed to whoever they are for, and what came of each noted.
//!
//! Source: user guide, "Using Amazon CloudWatch alarms": an action is done once, when the alarm comes into
//! its state; one of Auto Scaling again at each evaluation, as long as the alarm stays in it.

use std::cell::RefCell;

use base::Time;
use serde_json::{Value, json};
use sim::World;

use super::alarm::{Alarm, HistoryItemType, StateValue, Watch};
use super::state::State;
use crate::alarm_action::AlarmAction;
use crate::place::Place;

/// What the ARNs of actions of Auto Scaling begin with.
const SCALING: &str = "arn:aws:autoscaling:";
/// Characters of a summary.
const SUMMARY_LEN_MAX: usize = 255;

/// Whether an alarm's actions are done again as long as it stays in its state.
pub(super) fn repeats(alarm: &Alarm) -> bool {
    let mut actions = alarm.actions.get(&alarm.state).into_iter().flatten();
    alarm.actions_enabled
        && alarm.state == StateValue::Alarm
        && actions.any(|action| action.starts_with(SCALING))
}

/// Does what is to be done when an alarm has come into its state.
pub(super) fn entered(world: &mut World, place: &Place, name: &str) {
    let Some((alarm, actions)) = wanted(world, place, name) else { return };
    let now = world.now();
    for action in actions {
        let outcome = ask(world, place, name, &alarm, &action);
        note(world, place, name, &alarm, &action, outcome, now);
    }
}

/// Does again what Auto Scaling is to do.
pub(super) fn again(world: &mut World, place: &Place, name: &str, data: Option<&str>) {
    let Some((mut alarm, actions)) = wanted(world, place, name) else { return };
    alarm.reason_data = data.map(str::to_owned);
    for action in actions.into_iter().filter(|action| action.starts_with(SCALING)) {
        let _ = ask(world, place, name, &alarm, &action);
    }
}

fn wanted(world: &World, place: &Place, name: &str) -> Option<(Alarm, Vec<String>)> {
    let alarm = world.get::<State>().region(place)?.alarms.get(name)?;
    let actions = alarm.actions_of(alarm.state);
    (alarm.actions_enabled && !actions.is_empty()).then(|| (alarm.clone(), actions))
}

fn ask(
    world: &mut World,
    place: &Place,
    name: &str,
    alarm: &Alarm,
    action: &str,
) -> Result<(), String> {
    let data =
        alarm.reason_data.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let figures = data.as_ref().and_then(|data| data["recentDatapoints"].as_array());
    let values = figures.into_iter().flatten().filter_map(Value::as_f64).collect();
    let threshold = match &alarm.watch {
        Watch::Metric(watch) => Some(watch.threshold.0),
        Watch::Rule(_) => None,
    };
    let news = AlarmAction {
        place: place.clone(),
        alarm: name.to_owned(),
        state: alarm.state.as_str(),
        action: action.to_owned(),
        values,
        threshold,
        outcome: RefCell::new(None),
    };
    world.tell(&news);
    let outcome = news.outcome.into_inner();
    outcome.unwrap_or_else(|| Err(format!("Resource {action} does not exist")))
}

fn note(
    world: &mut World,
    place: &Place,
    name: &str,
    alarm: &Alarm,
    action: &str,
    outcome: Result<(), String>,
    now: Time,
) {
    let (summary, data) = match outcome {
        Ok(()) => (
            format!("Successfully executed action {action}"),
            json!({"actionState": "Succeeded", "stateUpdateTimestamp": now.0,
                "notificationResource": action}),
        ),
        Err(error) => (
            format!("Failed to execute action {action}. Received error: \"{error}\""),
            json!({"actionState": "Failed", "stateUpdateTimestamp": now.0,
                "notificationResource": action, "error": error}),
        ),
    };
    let summary = summary.chars().take(SUMMARY_LEN_MAX).collect();
    let region = world.get_mut::<State>().region_mut(place);
    region.note(name, alarm.kind(), now, HistoryItemType::Action, summary, data.to_string());
}

/// The names of the alarms that do something, by its ARN.
#[must_use]
pub fn alarms_that_do(world: &World, place: &Place, action: &str) -> Vec<String> {
    let alarms = world.get::<State>().region(place).into_iter().flat_map(|region| &region.alarms);
    let does = |alarm: &Alarm| alarm.actions.values().flatten().any(|known| known == action);
    alarms.filter(|(_, alarm)| does(alarm)).map(|(name, _)| name.clone()).collect()
}
