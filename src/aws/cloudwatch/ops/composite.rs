//! Composite alarms, which are made of others.

use base::Time;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

use super::alarms::{Given, check_actions, check_name};
use super::tags::{Tag, check as check_tags};
use crate::cloudwatch::alarm::{Alarm, StateValue, Watch, arn};
use crate::cloudwatch::composite::Rule;
use crate::cloudwatch::evaluate;
use crate::cloudwatch::faults::validation;
use crate::cloudwatch::state::{Region, State};
use crate::place::Place;

/// Alarms that a rule may name (API reference, `PutCompositeAlarm`).
const CHILDREN_MAX: usize = 100;

sim::structure! {
    /// An alarm over others.
    pub struct CompositeAlarm {
        /// Whether its actions are done.
        pub actions_enabled: bool => "ActionsEnabled",
        /// What is done when it becomes `ALARM`.
        pub alarm_actions: Vec<String> => "AlarmActions",
        /// Its ARN.
        pub alarm_arn: String => "AlarmArn",
        /// When it was last made or changed.
        pub alarm_configuration_updated_timestamp: Time => "AlarmConfigurationUpdatedTimestamp",
        /// What it is for.
        pub alarm_description: Option<String> => "AlarmDescription",
        /// Its name.
        pub alarm_name: String => "AlarmName",
        /// When it is in `ALARM`.
        pub alarm_rule: String => "AlarmRule",
        /// What is done when it becomes `INSUFFICIENT_DATA`.
        pub insufficient_data_actions: Vec<String> => "InsufficientDataActions",
        /// What is done when it becomes `OK`.
        pub ok_actions: Vec<String> => "OKActions",
        /// Why it is in its state.
        pub state_reason: String => "StateReason",
        /// The same for programs.
        pub state_reason_data: Option<String> => "StateReasonData",
        /// When that was last said.
        pub state_updated_timestamp: Time => "StateUpdatedTimestamp",
        /// Its state.
        pub state_value: StateValue => "StateValue",
        /// When it came into its state.
        pub state_transitioned_timestamp: Time => "StateTransitionedTimestamp",
    }
}

impl CompositeAlarm {
    pub(super) fn of(place: &Place, name: &str, alarm: &Alarm, rule: &str) -> Self {
        Self {
            actions_enabled: alarm.actions_enabled,
            alarm_actions: alarm.actions_of(StateValue::Alarm),
            alarm_arn: arn(place, name),
            alarm_configuration_updated_timestamp: alarm.configured,
            alarm_description: alarm.description.clone(),
            alarm_name: name.to_owned(),
            alarm_rule: rule.to_owned(),
            insufficient_data_actions: alarm.actions_of(StateValue::InsufficientData),
            ok_actions: alarm.actions_of(StateValue::Ok),
            state_reason: alarm.reason.clone(),
            state_reason_data: alarm.reason_data.clone(),
            state_updated_timestamp: alarm.updated,
            state_value: alarm.state,
            state_transitioned_timestamp: alarm.transitioned,
        }
    }
}

sim::operation! {
    /// Makes an alarm over others, or changes one.
    write PutCompositeAlarm in "cloudwatch" = "POST /";
    input {
        /// Whether its actions are done.
        actions_enabled: Option<bool> => "ActionsEnabled",
        /// What is done when it becomes `ALARM`: ARNs.
        alarm_actions: Option<Vec<String>> => "AlarmActions",
        /// What it is for.
        alarm_description: Option<String> => "AlarmDescription",
        /// The name.
        alarm_name: String => "AlarmName",
        /// When it is in `ALARM`: `ALARM(a) AND NOT OK("b c")`, with `OR`, parentheses, `TRUE` and `FALSE`.
        alarm_rule: String => "AlarmRule",
        /// What is done when it becomes `INSUFFICIENT_DATA`: ARNs.
        insufficient_data_actions: Option<Vec<String>> => "InsufficientDataActions",
        /// What is done when it becomes `OK`: ARNs.
        ok_actions: Option<Vec<String>> => "OKActions",
        /// Labels of a new alarm.
        tags: Option<Vec<Tag>> => "Tags",
        /// An alarm that holds its actions back; not simulated.
        _actions_suppressor: Refused<String> => "ActionsSuppressor",
        /// How long it waits for that; not simulated.
        _actions_suppressor_wait_period: Refused<i64> => "ActionsSuppressorWaitPeriod",
        /// How long it holds back behind that; not simulated.
        _actions_suppressor_extension_period: Refused<i64> => "ActionsSuppressorExtensionPeriod",
    }
    output PutCompositeAlarmOutput {}
    errors ["LimitExceeded"]
    access {
        "cloudwatch:PutCompositeAlarm" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}",
    }
}

impl Write for PutCompositeAlarm {
    type Output = PutCompositeAlarmOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.alarm_name)?;
        check_actions(&[&self.ok_actions, &self.alarm_actions, &self.insufficient_data_actions])?;
        let tags = check_tags(self.tags.as_deref().unwrap_or_default())?;
        let rule = Rule::parse(&self.alarm_rule)?;
        let place = Place::of(cx);
        let empty = Region::default();
        let region = world.get::<State>().region(&place).unwrap_or(&empty);
        if rule.names().len() > CHILDREN_MAX {
            return Err(validation("AlarmRule names more than 100 alarms."));
        }
        if let Some(unknown) = rule.names().into_iter().find(|n| !region.alarms.contains_key(*n)) {
            return Err(validation(format!("Could not find alarms in AlarmRule: {unknown}")));
        }
        if reaches(region, &rule, &self.alarm_name) {
            return Err(validation("AlarmRule must not lead back to the alarm itself."));
        }
        let actions = [
            (StateValue::Ok, self.ok_actions),
            (StateValue::Alarm, self.alarm_actions),
            (StateValue::InsufficientData, self.insufficient_data_actions),
        ];
        let list =
            |(state, list): (StateValue, Option<Vec<String>>)| (state, list.unwrap_or_default());
        let given = Given {
            description: self.alarm_description,
            enabled: self.actions_enabled.unwrap_or(true),
            actions: actions.into_iter().map(list).collect(),
            watch: Watch::Rule(self.alarm_rule),
            tags,
        };
        given.keep(world, &place, &self.alarm_name, cx.at);
        let region = &*world.get_mut::<State>().region_mut(&place);
        let because = rule.names().first().copied().unwrap_or_default().to_owned();
        let verdict = evaluate::composite(region, &rule, &because);
        evaluate::enter(world, &place, &self.alarm_name, verdict);
        Ok(PutCompositeAlarmOutput {})
    }
}

/// Whether a rule names an alarm, or one whose own rule does.
fn reaches(region: &Region, rule: &Rule, name: &str) -> bool {
    let mut seen: Vec<String> = Vec::new();
    let mut waiting: Vec<String> = rule.names().into_iter().map(str::to_owned).collect();
    while let Some(next) = waiting.pop() {
        if next == name {
            return true;
        }
        if seen.contains(&next) {
            continue;
        }
        if let Some(Watch::Rule(text)) = region.alarms.get(&next).map(|alarm| &alarm.watch)
            && let Ok(rule) = Rule::parse(text)
        {
            waiting.extend(rule.names().into_iter().map(str::to_owned));
        }
        seen.push(next);
    }
    false
}
