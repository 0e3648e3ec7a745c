//! `docker swarm init`: makes the engine the first manager of a new swarm.

use serde_json::json;

use super::options::{self, Role};
use crate::cx::{Cx, Fail, error_text};
use crate::remedy;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch, uint32};
use docker::LABEL;

static FLAGS: &[Flag] = &[
    flag("data-path-port", "uint32", "Port for the traffic between containers (1024 - 49151)")
        .check(uint32),
    flag("default-addr-pool", "ipNetSlice", "Addresses for the swarm's networks (a CIDR)")
        .check(pool),
    flag("default-addr-pool-mask-length", "uint32", "Size of each such network (default 24)")
        .check(uint32),
    switch("force-new-cluster", "Make a new swarm of what this manager knows"),
];

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "init",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Initialize a swarm",
    flags: &[options::FLAGS, options::ADDRESSES, FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: init,
};

fn pool(text: &str) -> Result<(), String> {
    let wrong = || format!("invalid string being converted to CIDR: {text}");
    for part in text.split(',') {
        let (address, length) = part.trim().split_once('/').ok_or_else(wrong)?;
        let address: std::net::IpAddr = address.parse().map_err(|_| wrong())?;
        let length: u8 = length.parse().map_err(|_| wrong())?;
        if length > if address.is_ipv4() { 32 } else { 128 } {
            return Err(wrong());
        }
    }
    Ok(())
}

fn init(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let availability = options::availability(given)?;
    let listen = options::listen_address(given.text("listen-addr").unwrap_or_default());
    let text = |name: &str| given.text(name).unwrap_or_default();
    let pools: Vec<&str> = given
        .all("default-addr-pool")
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .collect();
    // Clean-up leaves a swarm that carries the label, and no other.
    let mut spec = json!({ "Labels": { (LABEL): cx.lab() } });
    options::merge(given, &mut spec);
    let mut request = json!({
        "ListenAddr": listen.map_err(|why| Fail::new(1, why))?,
        "AdvertiseAddr": text("advertise-addr"),
        "DataPathAddr": text("data-path-addr"),
        "DataPathPort": given.number("data-path-port").unwrap_or(0),
        "DefaultAddrPool": pools,
        "SubnetSize": given.number("default-addr-pool-mask-length").unwrap_or(24),
        "ForceNewCluster": given.is("force-new-cluster"),
        "AutoLockManagers": given.is("autolock"),
        "Spec": spec,
    });
    if let Some(availability) = availability {
        request["Availability"] = availability.into();
    }
    let engine = cx.engine()?;
    let node = cx.runtime.block_on(engine.swarm_init(&request)).map_err(|error| {
        let text = error_text(&error);
        let unclear = ["could not choose an IP address", "could not find the system's IP address"];
        let hint = if unclear.iter().any(|u| text.contains(u)) {
            " - specify one with --advertise-addr"
        } else {
            ""
        };
        Fail::new(1, text + hint)
    })?;
    cx.out(format!("Swarm initialized: current node ({node}) is now a manager.\n\n"));
    options::print_join_command(cx, &engine, &node, Role::Worker)?;
    cx.out(
        "To add a manager to this swarm, run 'docker swarm join-token manager' and follow the instructions.\n",
    );
    if given.is("autolock") {
        let key = cx.wait(engine.swarm_unlock_key())?;
        options::print_unlock_command(cx, &key);
    }
    if let Some(line) = remedy::own_swarm(cx) {
        cx.complain(line);
    }
    Ok(0)
}
