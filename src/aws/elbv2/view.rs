//! Load balancers as the screen shows them: listeners, rules, targets with their health and requests.

use aws::ec2::outage;
use aws::place::Place;
use sim::World;
use sim::view::View;

use super::balancer::{Balancer, Zone};
use super::group::Group;
use super::health;
use super::listener::{Listener, groups_in};
use super::shapes::rule::{Action, RuleCondition};
use super::state::{Region, State};

/// How many rules or targets of one thing are shown.
const ROWS_MAX: usize = 30;

/// What the view shows: every load balancer, by region, and the target groups that none uses.
pub(super) fn view(world: &World) -> View {
    let own = &world.config().region;
    let mut view = View::default();
    for (place, region) in world.get::<State>().regions() {
        let at = if place.region == *own { String::new() } else { format!(" · {}", place.region) };
        for balancer in region.balancers.values() {
            view = shown(view, world, place, region, balancer, &at);
        }
        for group in region.groups.values().filter(|group| region.user_of(&group.arn).is_none()) {
            view = view.section(format!("{} · used by no load balancer{at}", group.name));
            view = targets(view, world, place, None, group);
        }
    }
    if view.sections.is_empty() {
        let note = "No load balancer yet: aws elbv2 create-load-balancer";
        view = view.section("Load balancers").note(note);
    }
    view
}

fn shown(
    view: View,
    world: &World,
    place: &Place,
    region: &Region,
    balancer: &Balancer,
    at: &str,
) -> View {
    let state = if balancer.active { "active" } else { "provisioning" };
    let zone = |zone: &Zone| {
        let dark = outage::is_dark(world, place, &zone.name);
        format!("{}{}", zone.name, if dark { " (without power)" } else { "" })
    };
    let zones: Vec<String> = balancer.zones.iter().map(zone).collect();
    let mut view = view.section(format!("{} · {state}{at}", balancer.name)).facts([
        ("name", balancer.dns.clone()),
        ("zones", zones.join(", ")),
        ("requests", balancer.requests.to_string()),
    ]);
    let mut rows = Vec::new();
    let mut groups = std::collections::BTreeSet::new();
    for listener in region.listeners_of(&balancer.arn) {
        rows.extend(rules(region, listener));
        groups.extend(listener.groups());
    }
    rows.truncate(ROWS_MAX);
    view = if rows.is_empty() {
        view.note("No listener yet, so nothing answers.")
    } else {
        view.table(&["Port", "Rule", "If", "Then"], rows)
    };
    for group in groups.into_iter().filter_map(|group| region.groups.get(group)) {
        view = targets(view, world, place, Some(balancer), group);
    }
    view
}

/// The rules of a listener, in the order in which they are tried.
fn rules(region: &Region, listener: &Listener) -> Vec<Vec<String>> {
    let row = |priority: String, conditions: &[RuleCondition], actions: &[Action]| {
        let all: Vec<String> = conditions.iter().map(condition).collect();
        let all = if all.is_empty() { "anything".to_owned() } else { all.join(" and ") };
        let then: Vec<String> = actions.iter().map(|one| action(region, one)).collect();
        vec![listener.port.to_string(), priority, all, then.join(", ")]
    };
    let mut rows: Vec<Vec<String>> = listener
        .rules
        .iter()
        .map(|(priority, rule)| row(priority.to_string(), &rule.conditions, &rule.actions))
        .collect();
    rows.push(row("default".to_owned(), &[], &listener.default_actions));
    rows
}

fn condition(condition: &RuleCondition) -> String {
    let field = condition.field.as_deref().unwrap_or_default();
    let plain = condition.values.iter().flatten().cloned();
    let header = condition.http_header_config.iter().flat_map(|config| {
        let name = config.http_header_name.clone().unwrap_or_default();
        config.values.iter().map(move |value| format!("{name}: {value}"))
    });
    let method =
        condition.http_request_method_config.iter().flat_map(|config| config.values.clone());
    let source = condition.source_ip_config.iter().flat_map(|config| config.values.clone());
    let query =
        condition.query_string_config.iter().flat_map(|config| &config.values).map(|pair| {
            let value = pair.value.as_deref().unwrap_or_default();
            pair.key.as_ref().map_or_else(|| value.to_owned(), |key| format!("{key}={value}"))
        });
    let values: Vec<String> =
        plain.chain(header).chain(method).chain(source).chain(query).collect();
    format!("{field} {}", values.join(" or "))
}

fn action(region: &Region, action: &Action) -> String {
    if let Some(config) = &action.fixed_response_config {
        return format!("answer {}", config.status_code);
    }
    if let Some(config) = &action.redirect_config {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        return format!(
            "redirect to {}://{}:{}{}",
            part(&config.protocol),
            part(&config.host),
            part(&config.port),
            part(&config.path)
        );
    }
    let weights = action.forward_config.iter().flat_map(|config| &config.target_groups);
    let weight = |arn: &str| {
        let own = weights.clone().find(|group| group.target_group_arn.as_deref() == Some(arn));
        own.and_then(|group| group.weight).unwrap_or(1)
    };
    let groups = groups_in(std::slice::from_ref(action));
    let several = groups.len() > 1;
    let names = groups.into_iter().map(|arn| {
        let name = region.groups.get(arn).map_or(arn, |group| group.name.as_str());
        if several { format!("{name} ({})", weight(arn)) } else { name.to_owned() }
    });
    format!("forward to {}", names.collect::<Vec<_>>().join(", "))
}

fn targets(
    view: View,
    world: &World,
    place: &Place,
    user: Option<&Balancer>,
    group: &Group,
) -> View {
    if group.targets.is_empty() {
        return view.note(format!("{} has no targets.", group.name));
    }
    let row = |(key, target): (&super::group::TargetKey, &super::group::Target)| {
        let health = health::describe(world, place, user, group, key);
        let why = health.description.map(|text| format!(": {text}")).unwrap_or_default();
        vec![
            group.name.clone(),
            format!("{}:{}", key.id, key.port),
            format!("{}{why}", health.state),
            target.requests.to_string(),
            target.open.to_string(),
        ]
    };
    let rows = group.targets.iter().take(ROWS_MAX).map(row).collect();
    view.table(&["Target group", "Target", "Health", "Requests", "Open"], rows)
}
