//! `docker port`: where a container's published ports are reached.

use serde_json::Value;

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, always};
use command_line::flags::Parsed;
use docker::text::join;

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "port",
    aliases: &[],
    top: Some("port"),
    usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
    about: "List port mappings or a specific mapping for the container",
    flags: &[],
    args: Args::Between(1, 2),
    interspersed: true,
    looks: always,
    run: port,
};

fn port(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let name = &given.args[0];
    let container = cx.wait(engine.inspect(name))?;
    let empty = serde_json::Map::new();
    let ports = container.pointer("/NetworkSettings/Ports").and_then(Value::as_object);
    let ports = ports.unwrap_or(&empty);
    if let Some(wanted) = given.args.get(1) {
        let (number, kind) = wanted.split_once('/').unwrap_or((wanted, "tcp"));
        if number.parse::<u16>().is_err() {
            return Err(Fail::new(
                1,
                format!(
                    "Error: invalid port ({wanted}): strconv.ParseUint: parsing {number:?}: invalid syntax"
                ),
            ));
        }
        let places = bindings(ports.get(&format!("{number}/{kind}")));
        if places.is_empty() {
            return Err(Fail::new(
                1,
                format!("Error: No public port '{wanted}' published for {name}"),
            ));
        }
        for place in places {
            cx.out(place + "\n");
        }
        return Ok(0);
    }
    let mut lines: Vec<(u16, String)> = Vec::new();
    for (port, bound) in ports {
        let number = port.split('/').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        lines.extend(
            bindings(Some(bound)).into_iter().map(|b| (number, format!("{port} -> {b}\n"))),
        );
    }
    lines.sort();
    for (_, line) in lines {
        cx.out(line);
    }
    Ok(0)
}

fn bindings(bound: Option<&Value>) -> Vec<String> {
    let text = |b: &Value, key: &str| b.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let list = bound.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().map(|b| join(&text(b, "HostIp"), &text(b, "HostPort"))).collect()
}
