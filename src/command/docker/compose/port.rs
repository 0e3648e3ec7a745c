//! `docker compose port`: where a port of a service is reached.

use serde_json::Value;

use super::{BASE, containers, load};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, int};
use docker::text::join;

static FLAGS: &[Flag] = &[
    flag("index", "int", "Which container of the service").check(int),
    flag("protocol", "string", "tcp or udp"),
];

pub(crate) static VERB: Verb = Verb {
    name: "port",
    usage: "[OPTIONS] SERVICE PRIVATE_PORT",
    about: "Print the public port for a port binding",
    flags: &[FLAGS],
    args: Args::AtLeast(2),
    looks: always,
    run: port,
    ..BASE
};

fn port(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let wanted = &given.args[1];
    let wanted: u16 = wanted.parse().map_err(|_| {
        Fail::new(1, format!("strconv.ParseUint: parsing {wanted:?}: invalid syntax"))
    })?;
    let protocol = given.text("protocol").unwrap_or("tcp").to_lowercase();
    let (name, _) = load::name(cx)?;
    let engine = cx.engine()?;
    let container = containers::one(cx, &engine, &name, &given.args[0], given.number("index"))?;
    let ports =
        container.listed.get("Ports").and_then(Value::as_array).cloned().unwrap_or_default();
    let number = |port: &Value, key: &str| port.get(key).and_then(Value::as_u64).unwrap_or(0);
    let text = |port: &Value, key: &str| {
        port.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let found = ports.iter().find(|port| {
        number(port, "PrivatePort") == u64::from(wanted) && text(port, "Type") == protocol
    });
    let Some(found) = found else {
        let there: Vec<String> = ports
            .iter()
            .map(|port| format!("{}/{}", number(port, "PublicPort"), text(port, "Type")))
            .collect();
        return Err(Fail::new(
            1,
            format!(
                "no port {wanted}/{protocol} for container {}: {}",
                container.name,
                there.join(", ")
            ),
        ));
    };
    let address = join(&text(found, "IP"), &number(found, "PublicPort").to_string());
    cx.out(address + "\n");
    Ok(0)
}
