//! `docker network create`: a network, its driver and its addresses.

use serde_json::{Map, Value, json};

use crate::cx::{Cx, Fail};
use crate::values;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::LABEL;

use super::subnet::Subnet;

static FLAGS: &[Flag] = &[
    switch("attachable", "Let containers outside of services join it"),
    flag("aux-address", "map", "Address that is taken already (name=address)"),
    flag("config-from", "string", "Network whose settings to take"),
    switch("config-only", "Make a network of settings for others to take"),
    flag("driver", "string", "Driver of the network (default \"bridge\")").short('d'),
    flag("gateway", "strings", "Gateway of the subnet"),
    switch("ingress", "Make it the network of published service ports"),
    switch("internal", "No way out of the network"),
    flag("ip-range", "strings", "Give out addresses of this part of the subnet alone"),
    flag("ipam-driver", "string", "Driver that gives out addresses (default \"default\")"),
    flag("ipam-opt", "map", "Option of that driver"),
    switch("ipv4", "Whether containers get an IPv4 address (default true)"),
    switch("ipv6", "Whether containers get an IPv6 address"),
    flag("label", "list", "Set a label").check(values::label),
    flag("opt", "map", "Option of the network's driver").short('o'),
    flag("scope", "string", "How far the network reaches (local, swarm)"),
    flag("subnet", "strings", "Its addresses (10.5.0.0/16)"),
];

pub(crate) static VERB: Verb = Verb {
    group: "network",
    name: "create",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] NETWORK",
    about: "Create a network",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: create,
};

fn create(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let pools = pools(given).map_err(|why| Fail::new(1, why))?;
    let mut labels = given.pairs("label");
    // One that takes the settings of another takes its labels too and may have none of its own.
    if given.text("config-from").is_none() {
        labels.insert(LABEL.to_owned(), Value::from(cx.lab()));
    }
    let mut body = json!({
        "Name": given.args[0],
        // Engines before 25 take a second network of the same name unless told not to.
        "CheckDuplicate": true,
        "Driver": given.get("driver").unwrap_or("bridge"),
        "Scope": given.get("scope").unwrap_or_default(),
        "Options": given.pairs("opt"),
        "IPAM": {
            "Driver": given.get("ipam-driver").unwrap_or("default"),
            "Options": given.pairs("ipam-opt"),
            "Config": pools,
        },
        "Internal": given.is("internal"),
        "Attachable": given.is("attachable"),
        "Ingress": given.is("ingress"),
        "ConfigOnly": given.is("config-only"),
        "Labels": labels,
    });
    if let Some(from) = given.text("config-from") {
        body["ConfigFrom"] = json!({ "Network": from });
    }
    for (switch, field) in [("ipv4", "EnableIPv4"), ("ipv6", "EnableIPv6")] {
        if given.get(switch).is_some() {
            body[field] = Value::from(given.is(switch));
        }
    }
    let engine = cx.engine()?;
    let made = cx.wait(engine.post_json("/networks/create", Some(&body)))?;
    let text = |key: &str| made.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (id, warning) = (text("Id"), text("Warning"));
    if !warning.is_empty() {
        cx.complain(format!("WARNING: {warning}"));
    }
    cx.out(id + "\n");
    Ok(0)
}

/// One subnet and what of it was said.
struct Pool {
    subnet: Subnet,
    text: String,
    range: Option<String>,
    gateway: Option<String>,
    taken: Map<String, Value>,
}

/// The subnets with their ranges, gateways and taken addresses, each of which must lie in one.
fn pools(given: &Parsed) -> Result<Vec<Value>, String> {
    let subnets = given.list("subnet");
    let (ranges, gateways) = (given.list("ip-range"), given.list("gateway"));
    if subnets.len() < ranges.len().max(gateways.len()) {
        return Err("every ip-range or gateway must have a corresponding subnet".to_owned());
    }
    // What is no subnet at all is the engine's to refuse when nothing is compared with it.
    if let ([text], [], []) = (subnets.as_slice(), ranges.as_slice(), gateways.as_slice())
        && given.all("aux-address").is_empty()
    {
        return Ok(vec![json!({ "Subnet": text })]);
    }
    let mut pools: Vec<Pool> = Vec::new();
    for text in subnets {
        let subnet = Subnet::parse(&text).map_err(|why| format!("invalid subnet: {why}"))?;
        if pools.iter().any(|p| p.subnet.overlaps(&subnet)) {
            return Err("multiple overlapping subnet configuration is not supported".to_owned());
        }
        pools.push(Pool { subnet, text, range: None, gateway: None, taken: Map::new() });
    }
    for range in ranges {
        Subnet::parse(&range)?;
        let pool = holding(&mut pools, "range", &range)?;
        if let Some(other) = &pool.range {
            return Err(format!(
                "cannot configure multiple ranges ({range}, {other}) on the same subnet ({})",
                pool.text
            ));
        }
        pool.range = Some(range);
    }
    for gateway in gateways {
        let pool = holding(&mut pools, "gateway", &gateway)?;
        if let Some(other) = &pool.gateway {
            return Err(format!(
                "cannot configure multiple gateways ({gateway}, {other}) for the same subnet ({})",
                pool.text
            ));
        }
        pool.gateway = Some(gateway);
    }
    for (name, address) in given.pairs("aux-address") {
        let text = address.as_str().unwrap_or_default().to_owned();
        holding(&mut pools, "aux-address", &text)?.taken.insert(name, address);
    }
    Ok(pools.into_iter().map(Pool::into_json).collect())
}

/// The pool that this address (or the first of this range) is in.
fn holding<'p>(pools: &'p mut [Pool], what: &str, text: &str) -> Result<&'p mut Pool, String> {
    let held = pools.iter_mut().find(|p| p.subnet.holds(text));
    held.ok_or_else(|| format!("no matching subnet for {what} {text}"))
}

impl Pool {
    fn into_json(self) -> Value {
        let mut pool = json!({ "Subnet": self.text });
        if let Some(range) = self.range {
            pool["IPRange"] = Value::from(range);
        }
        if let Some(gateway) = self.gateway {
            pool["Gateway"] = Value::from(gateway);
        }
        if !self.taken.is_empty() {
            pool["AuxiliaryAddresses"] = Value::from(self.taken);
        }
        pool
    }
}
