//! Listeners and rules as they are kept.

use std::collections::{BTreeMap, BTreeSet};

use super::shapes::balancer::{Certificate, Listener as Shown, Protocol};
use super::shapes::rule::{Action, ActionType, Rule as RuleShown, RuleCondition};

/// A rule that is not a default one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Rule {
    pub(crate) arn: String,
    pub(crate) conditions: Vec<RuleCondition>,
    pub(crate) actions: Vec<Action>,
}

/// How a listener speaks TLS.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Secure {
    /// The ARN of its default certificate.
    pub(crate) certificate: String,
    /// The ARNs of those that are chosen by the name that a client asks for.
    pub(crate) others: BTreeSet<String>,
    /// The name of its security policy.
    pub(crate) policy: String,
}

impl Default for Secure {
    fn default() -> Self {
        let policy = "ELBSecurityPolicy-2016-08".to_owned();
        Self { certificate: String::new(), others: BTreeSet::new(), policy }
    }
}

impl Secure {
    /// Every certificate, the default one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        let others = self.others.iter().filter(|own| **own != self.certificate);
        std::iter::once(&self.certificate).chain(others)
    }
}

/// A listener.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Listener {
    pub(crate) arn: String,
    /// The ARN of its load balancer.
    pub(crate) balancer: String,
    pub(crate) port: u16,
    /// Nothing where it speaks HTTP.
    pub(crate) secure: Option<Secure>,
    pub(crate) default_actions: Vec<Action>,
    /// The ARN of its default rule.
    pub(crate) default_rule: String,
    /// By priority.
    pub(crate) rules: BTreeMap<i64, Rule>,
    /// Those that were set.
    pub(crate) attributes: BTreeMap<String, String>,
}

/// The target groups that actions lead to.
pub(crate) fn groups_in(actions: &[Action]) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for action in actions.iter().filter(|action| action.kind == ActionType::Forward) {
        found.extend(action.target_group_arn.as_deref());
        let several = action.forward_config.iter().flat_map(|config| &config.target_groups);
        found.extend(several.filter_map(|group| group.target_group_arn.as_deref()));
    }
    found
}

impl Listener {
    /// The target groups that it leads to.
    pub(crate) fn groups(&self) -> BTreeSet<&str> {
        let actions = self.rules.values().map(|rule| &rule.actions);
        actions.chain([&self.default_actions]).flat_map(|actions| groups_in(actions)).collect()
    }

    pub(crate) fn leads_to(&self, group: &str) -> bool {
        self.groups().contains(group)
    }

    pub(crate) fn protocol(&self) -> Protocol {
        if self.secure.is_some() { Protocol::Https } else { Protocol::Http }
    }

    /// As the API describes it.
    pub(crate) fn shown(&self) -> Shown {
        Shown {
            listener_arn: self.arn.clone(),
            load_balancer_arn: self.balancer.clone(),
            port: i64::from(self.port),
            protocol: self.protocol(),
            certificates: self.secure.as_ref().map(|secure| {
                let certificate_arn = Some(secure.certificate.clone());
                vec![Certificate { certificate_arn, is_default: None }]
            }),
            ssl_policy: self.secure.as_ref().map(|secure| secure.policy.clone()),
            default_actions: self.default_actions.clone(),
            ..Shown::default()
        }
    }

    /// Its rules as the API describes them: by priority, the default one last.
    pub(crate) fn rules_shown(&self) -> Vec<RuleShown> {
        let mut all: Vec<RuleShown> =
            self.rules.iter().map(|(priority, rule)| rule.shown(*priority)).collect();
        all.push(RuleShown {
            rule_arn: self.default_rule.clone(),
            priority: "default".to_owned(),
            actions: self.default_actions.clone(),
            is_default: true,
            ..RuleShown::default()
        });
        all
    }
}

impl Rule {
    /// As the API describes it.
    pub(crate) fn shown(&self, priority: i64) -> RuleShown {
        RuleShown {
            rule_arn: self.arn.clone(),
            priority: priority.to_string(),
            conditions: self.conditions.clone(),
            actions: self.actions.clone(),
            ..RuleShown::default()
        }
    }
}
