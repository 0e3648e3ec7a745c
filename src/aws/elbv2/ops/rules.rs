//! Rules: made, described, changed, put in another order, deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::{actions, conditions, listeners, tags};
use crate::faults::{invalid, no_rule, not_permitted, other};
use crate::health;
use crate::listener::Rule;
use crate::page::Paging;
use crate::shapes::rule::{self, Action, RuleCondition};
use crate::shapes::tag::Tag;
use crate::state::{Region, State};
use aws::place::Place;
use base::rng::HEX;
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

/// Rules of a load balancer, default ones apart (quotas of Application Load Balancers).
const RULES_MAX: usize = 100;
const PRIORITY_MAX: i64 = 50_000;

fn priority(given: i64) -> Result<i64, ApiError> {
    if (1..=PRIORITY_MAX).contains(&given) {
        return Ok(given);
    }
    Err(invalid(format!("Priority '{given}' must be between 1 and {PRIORITY_MAX}")))
}

fn taken(priority: i64) -> ApiError {
    other("PriorityInUse", format!("Priority '{priority}' is currently in use"))
}

sim::operation! {
    /// Creates a rule for the specified listener.
    write CreateRule in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
        /// The conditions.
        conditions: Vec<RuleCondition> => required "Conditions",
        /// The rule priority.
        priority: i64 => "Priority",
        /// The actions.
        actions: Vec<Action> => required "Actions",
        /// The tags to assign to the rule.
        tags: Vec<Tag> => "Tags",
        /// The transforms to apply to requests that match this rule.
        _transforms: Refused<Value> => "Transforms",
    }
    output CreateRuleOutput {
        /// Information about the rule.
        pub rules: Vec<rule::Rule> => "Rules",
    }
    errors [
        "PriorityInUse", "TooManyTargetGroups", "TooManyRules", "TargetGroupAssociationLimit",
        "ListenerNotFound", "TargetGroupNotFound", "InvalidConfigurationRequest",
        "InvalidLoadBalancerAction", "TooManyUniqueTargetGroupsPerLoadBalancer", "TooManyTags",
    ]
    access { "elasticloadbalancing:CreateRule" on "{ListenerArn}" }
}

impl Write for CreateRule {
    type Output = CreateRuleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let listener = region.listener(&self.listener_arn)?;
        let balancer = region.balancer(&listener.balancer)?;
        let priority = priority(self.priority)?;
        let conditions = conditions::read(self.conditions)?;
        let actions = actions::read(region, balancer, self.actions)?;
        let tags = tags::read(self.tags)?;
        if listener.rules.contains_key(&priority) {
            return Err(taken(priority));
        }
        let count: usize = region.listeners_of(&balancer.arn).map(|l| l.rules.len()).sum();
        if count >= RULES_MAX {
            let message = format!("A load balancer can have at most {RULES_MAX} rules");
            return Err(other("TooManyRules", message));
        }
        listeners::few_groups(region, &balancer.arn, &actions)?;
        let path = self.listener_arn.split_once("listener/").map_or("", |(_, path)| path);
        let (state, rng) = world.parts::<State>();
        let id = rng.text(HEX, 16);
        let arn = place.arn("elasticloadbalancing", &format!("listener-rule/{path}/{id}"));
        let rule = Rule { arn: arn.clone(), conditions, actions };
        let shown = rule.shown(priority);
        let region = state.region_mut(&place);
        if !tags.is_empty() {
            region.tags.insert(arn, tags);
        }
        if let Some(listener) = region.listeners.get_mut(&self.listener_arn) {
            listener.rules.insert(priority, rule);
        }
        health::settle(world, &place);
        Ok(CreateRuleOutput { rules: vec![shown] })
    }
}

sim::operation! {
    /// Describes the specified rules or the rules for the specified listener.
    read DescribeRules in "elbv2" = "";
    input {
        ..paging: Paging,
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: Option<String> => "ListenerArn",
        /// The Amazon Resource Names (ARN) of the rules.
        rule_arns: Vec<String> => "RuleArns",
    }
    output DescribeRulesOutput {
        /// Information about the rules.
        pub rules: Vec<rule::Rule> => "Rules",
        /// If there are additional results, this is the marker for the next set of results.
        pub next_marker: Option<String> => "NextMarker",
    }
    errors ["ListenerNotFound", "RuleNotFound", "UnsupportedProtocol"]
    access { "elasticloadbalancing:DescribeRules" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        limit: Some("PageSize"),
        results: &["Rules"],
    }
}

impl Read for DescribeRules {
    type Output = DescribeRulesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let found = match (&self.listener_arn, self.rule_arns.is_empty()) {
            (Some(arn), true) => region.listener(arn)?.rules_shown(),
            (None, false) => {
                self.rule_arns.iter().map(|arn| shown(region, arn)).collect::<Result<_, _>>()?
            }
            _ => {
                return Err(invalid(
                    "You must specify either listener rule ARNs or a listener ARN",
                ));
            }
        };
        let (rules, next_marker) = self.paging.page(found, |rule| rule.rule_arn.clone())?;
        Ok(DescribeRulesOutput { rules, next_marker })
    }
}

/// A rule of any kind as the API describes it.
fn shown(region: &Region, arn: &str) -> Result<rule::Rule, ApiError> {
    let listener = region.listeners.values().find(|listener| listener.default_rule == arn);
    if let Some(rule) = listener.and_then(|listener| listener.rules_shown().pop()) {
        return Ok(rule);
    }
    region.rule(arn).map(|(_, priority, rule)| rule.shown(priority))
}

sim::operation! {
    /// Replaces the specified properties of the specified rule.
    write ModifyRule in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the rule.
        rule_arn: String => "RuleArn",
        /// The conditions.
        conditions: Vec<RuleCondition> => "Conditions",
        /// The actions.
        actions: Vec<Action> => "Actions",
        /// The transforms to apply to requests that match this rule.
        _transforms: Refused<Value> => "Transforms",
        /// Indicates whether to remove all transforms from the rule.
        _reset_transforms: Refused<bool> => "ResetTransforms",
    }
    output ModifyRuleOutput {
        /// Information about the modified rule.
        pub rules: Vec<rule::Rule> => "Rules",
    }
    errors [
        "TargetGroupAssociationLimit", "RuleNotFound", "OperationNotPermitted",
        "TargetGroupNotFound", "InvalidLoadBalancerAction",
        "TooManyUniqueTargetGroupsPerLoadBalancer",
    ]
    access { "elasticloadbalancing:ModifyRule" on "{RuleArn}" }
}

impl Write for ModifyRule {
    type Output = ModifyRuleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        if region.is_default_rule(&self.rule_arn) {
            let message = format!("Default rule '{}' cannot be modified", self.rule_arn);
            return Err(not_permitted(message));
        }
        let (listener, priority, rule) = region.rule(&self.rule_arn)?;
        let balancer = region.balancer(&region.listener(listener)?.balancer)?;
        let mut rule = rule.clone();
        if !self.conditions.is_empty() {
            rule.conditions = conditions::read(self.conditions)?;
        }
        if !self.actions.is_empty() {
            rule.actions = actions::read(region, balancer, self.actions)?;
            listeners::few_groups(region, &balancer.arn, &rule.actions)?;
        }
        let shown = rule.shown(priority);
        let listener = listener.to_owned();
        let region = world.get_mut::<State>().region_mut(&place);
        if let Some(listener) = region.listeners.get_mut(&listener) {
            listener.rules.insert(priority, rule);
        }
        health::settle(world, &place);
        Ok(ModifyRuleOutput { rules: vec![shown] })
    }
}

sim::operation! {
    /// Deletes the specified rule.
    write DeleteRule in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the rule.
        rule_arn: String => "RuleArn",
    }
    output DeleteRuleOutput {}
    errors ["RuleNotFound", "OperationNotPermitted"]
    access { "elasticloadbalancing:DeleteRule" on "{RuleArn}" }
}

impl Write for DeleteRule {
    type Output = DeleteRuleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        if region.is_default_rule(&self.rule_arn) {
            let message = format!("Default rule '{}' cannot be deleted", self.rule_arn);
            return Err(not_permitted(message));
        }
        let (listener, priority, _) = region.rule(&self.rule_arn)?;
        let listener = listener.to_owned();
        let region = world.get_mut::<State>().region_mut(&place);
        if let Some(listener) = region.listeners.get_mut(&listener) {
            listener.rules.remove(&priority);
        }
        region.tags.remove(&self.rule_arn);
        health::settle(world, &place);
        Ok(DeleteRuleOutput {})
    }
}

sim::argument! {
    /// Information about the priority of a rule.
    pub struct RulePriorityPair {
        /// The Amazon Resource Name (ARN) of the rule.
        rule_arn: Option<String> => "RuleArn",
        /// The rule priority.
        priority: Option<i64> => "Priority",
    }
}

sim::operation! {
    /// Sets the priorities of the specified rules, which may change places with each other.
    write SetRulePriorities in "elbv2" = "";
    input {
        /// The rule priorities.
        rule_priorities: Vec<RulePriorityPair> => required "RulePriorities",
    }
    output SetRulePrioritiesOutput {
        /// Information about the rules.
        pub rules: Vec<rule::Rule> => "Rules",
    }
    errors ["RuleNotFound", "PriorityInUse", "OperationNotPermitted"]
    access { "elasticloadbalancing:SetRulePriorities" on "{RulePriorities.RuleArn}" }
}

impl Write for SetRulePriorities {
    type Output = SetRulePrioritiesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let mut moves: BTreeMap<String, (String, i64, i64)> = BTreeMap::new();
        let mut wanted = BTreeSet::new();
        for pair in self.rule_priorities {
            let arn = pair.rule_arn.unwrap_or_default();
            let new = priority(pair.priority.unwrap_or_default())?;
            if region.is_default_rule(&arn) {
                let message = format!("The priority of the default rule '{arn}' cannot be set");
                return Err(not_permitted(message));
            }
            let (listener, old, _) = region.rule(&arn).map_err(|_| no_rule())?;
            if !wanted.insert((listener.to_owned(), new)) {
                return Err(taken(new));
            }
            moves.insert(arn, (listener.to_owned(), old, new));
        }
        for (listener, new) in &wanted {
            let there = region.listener(listener)?.rules.get(new);
            if there.is_some_and(|rule| !moves.contains_key(&rule.arn)) {
                return Err(taken(*new));
            }
        }
        let region = world.get_mut::<State>().region_mut(&place);
        let mut lifted = Vec::new();
        for (listener, old, new) in moves.into_values() {
            let found = region.listeners.get_mut(&listener).and_then(|l| l.rules.remove(&old));
            lifted.extend(found.map(|rule| (listener, new, rule)));
        }
        let mut rules = Vec::new();
        for (listener, new, rule) in lifted {
            rules.push(rule.shown(new));
            if let Some(listener) = region.listeners.get_mut(&listener) {
                listener.rules.insert(new, rule);
            }
        }
        Ok(SetRulePrioritiesOutput { rules })
    }
}
