//! EC2 as the screen shows it, made of general parts: each network with its subnets and what they lead
//! to, its instances, and its security groups.

use base::Time;
use sim::World;
use sim::view::View;

use super::machine::{Machine, Phase};
use super::region::Region;
use super::shapes::group::SecurityGroupRule;
use super::shapes::network::{Subnet, Vpc};
use super::state::State;

/// How many subnets or groups of a network are shown.
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

/// The name that a resource was given by its tag, behind its id.
fn named(region: &Region, id: &str) -> String {
    match region.tag(id, "Name") {
        Some(name) => format!("{name} ({id})"),
        None => id.to_owned(),
    }
}

fn network(view: View, region: &Region, vpc: &Vpc, at: &str, now: Time) -> View {
    let default = if vpc.is_default { ", default" } else { "" };
    let name = named(region, &vpc.vpc_id);
    let view = view.section(format!("{name} · {}{default}{at}", vpc.cidr_block));
    let subnets = region.subnets.values().filter(|subnet| subnet.vpc_id == vpc.vpc_id);
    let rows: Vec<_> = subnets.take(ROWS_MAX).map(|s| subnet(region, s)).collect();
    let view = if rows.is_empty() {
        view.note("No subnet yet.")
    } else {
        view.table(&["Subnet", "Addresses", "Zone", "Leads to"], rows)
    };
    let machines = region.instances.values().filter(|machine| machine.vpc == vpc.vpc_id);
    let rows: Vec<_> = machines.take(ROWS_MAX).map(|m| instance(region, m, now)).collect();
    let view = if rows.is_empty() {
        view
    } else {
        view.table(&["Instance", "Type", "State", "Private", "Public", "Subnet"], rows)
    };
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

fn instance(region: &Region, machine: &Machine, now: Time) -> Vec<String> {
    let state = match machine.phase {
        Phase::Running if machine.is_checked(now) => "running, 2/2 checks".to_owned(),
        Phase::Running => "running, initializing".to_owned(),
        phase => phase.name().to_owned(),
    };
    let first = region.first_interface(&machine.id);
    let public = first.and_then(|interface| interface.association.as_ref());
    vec![
        named(region, &machine.id),
        machine.kind.clone(),
        state,
        first.map(|interface| interface.private_ip_address.clone()).unwrap_or_default(),
        public.map(|association| association.public_ip.clone()).unwrap_or_default(),
        machine.subnet.clone(),
    ]
}

fn subnet(region: &Region, subnet: &Subnet) -> Vec<String> {
    let leads = region.table_of(subnet).map(|table| {
        let routes = table.routes.iter().filter(|route| route.origin == "CreateRoute");
        let words = routes.map(|route| {
            let to = route.gateway_id.clone().or_else(|| route.nat_gateway_id.clone());
            let to = to.or_else(|| route.instance_id.clone()).unwrap_or_default();
            let dead = if route.state == "blackhole" { " (blackhole)" } else { "" };
            format!("{} → {to}{dead}", route.destination_cidr_block)
        });
        words.collect::<Vec<_>>().join(", ")
    });
    vec![
        named(region, &subnet.subnet_id),
        subnet.cidr_block.clone(),
        subnet.availability_zone.clone(),
        leads.filter(|words| !words.is_empty()).unwrap_or_else(|| "this network only".into()),
    ]
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
