//! `docker network connect`: a container joins one more network.

use serde_json::{Map, Value, json};

use crate::cx::{Cx, Fail, not_empty};
use crate::values;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, int};
use docker::Engine;

static FLAGS: &[Flag] = &[
    flag("alias", "strings", "Another name of the container on that network"),
    flag("driver-opt", "strings", "Option of the network's driver"),
    flag("gw-priority", "int", "The highest one gives the default gateway").check(int),
    flag("ip", "string", "Its IPv4 address there (172.30.100.104)"),
    flag("ip6", "string", "Its IPv6 address there (2001:db8::33)"),
    flag("link", "list", "Link to another container").check(values::link),
    flag("link-local-ip", "strings", "A link-local address for the container"),
];

pub(crate) static VERB: Verb = Verb {
    group: "network",
    name: "connect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] NETWORK CONTAINER",
    about: "Connect a container to a network",
    flags: &[FLAGS],
    args: Args::Exactly(2),
    interspersed: true,
    looks: never,
    run: connect,
};

fn connect(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let endpoint = endpoint(given).map_err(|why| Fail::new(1, why))?;
    let [network, container] = given.args.as_slice() else { unreachable!("two are required") };
    not_empty("network", network)?;
    not_empty("container", container)?;
    let engine = cx.engine()?;
    let path = format!("/networks/{}/connect", Engine::escape(network));
    let body = json!({ "Container": container, "EndpointConfig": endpoint });
    cx.wait(engine.post_json(&path, Some(&body)))?;
    Ok(0)
}

/// How the container is to stand on the network.
fn endpoint(given: &Parsed) -> Result<Value, String> {
    let mut options = Map::new();
    for text in given.list("driver-opt") {
        let (name, value) =
            text.split_once('=').ok_or("invalid key/value pair format in driver options")?;
        options.insert(name.trim().to_owned(), Value::from(value.trim()));
    }
    Ok(json!({
        "IPAMConfig": {
            "IPv4Address": given.get("ip").unwrap_or_default(),
            "IPv6Address": given.get("ip6").unwrap_or_default(),
            "LinkLocalIPs": given.list("link-local-ip"),
        },
        "Links": given.all("link"),
        "Aliases": given.list("alias"),
        "DriverOpts": options,
        "GwPriority": given.number("gw-priority").unwrap_or_default(),
    }))
}
