//! EC2 as the screen shows it, made of general parts: each network as a map, and its security groups.

use base::Time;
use sim::World;
use sim::view::View;

use super::map;
use super::region::Region;
use super::shapes::group::SecurityGroupRule;
use super::shapes::network::Vpc;
use super::state::State;

/// How many groups of a network are shown.
const ROWS_MAX: usize = 30;

/// What the view shows: every network, by region.
pub(super) fn view(world: &World) -> View {
    let own = &world.config().region;
    let mut view = View::default();
    for (place, region) in &world.get::<State>().regions {
        for vpc in region.vpcs.values() {
            let at =
                if place.region == *own { String::new() } else { format!(" · {}", place.region) };
            view = network(view, region, vpc, &at, world.now());
        }
    }
    if view.sections.is_empty() {
        view = view.section("Networks").note(
            "Each region has its default VPC, and nothing of yours yet: aws ec2 describe-vpcs",
        );
    }
    view
}

fn network(view: View, region: &Region, vpc: &Vpc, at: &str, now: Time) -> View {
    let default = if vpc.is_default { ", default" } else { "" };
    let name = map::named(region, &vpc.vpc_id);
    let view = view.section(format!("{name} · {}{default}{at}", vpc.cidr_block));
    let view = view.tree(map::network(region, vpc, now));
    let groups = region.groups.values().filter(|group| group.vpc_id == vpc.vpc_id);
    let rows = groups.take(ROWS_MAX).map(|group| {
        let rules = |egress| {
            let words: Vec<String> = region.rules(&group.group_id, egress).map(rule).collect();
            if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
        };
        vec![format!("{} ({})", group.group_name, group.group_id), rules(false), rules(true)]
    });
    view.table(&["Security group", "Lets in", "Lets out"], rows.collect())
}

/// `tcp 22 from 0.0.0.0/0`
fn rule(rule: &SecurityGroupRule) -> String {
    let ports = match rule.ip_protocol.as_str() {
        "-1" => "everything".to_owned(),
        "tcp" | "udp" if rule.from_port == rule.to_port => {
            format!("{} {}", rule.ip_protocol, rule.from_port)
        }
        "tcp" | "udp" => format!("{} {}-{}", rule.ip_protocol, rule.from_port, rule.to_port),
        protocol => protocol.to_owned(),
    };
    let group = rule.referenced_group_info.as_ref().map(|group| group.group_id.as_str());
    let peer =
        rule.cidr_ipv4.as_deref().or(rule.cidr_ipv6.as_deref()).or(group).unwrap_or_default();
    let word = if rule.is_egress { "to" } else { "from" };
    format!("{ports} {word} {peer}")
}
