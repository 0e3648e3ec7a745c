//! `docker update`: other limits for containers that exist.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail, error_text, not_empty};
use crate::values;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, int};
use command_line::size;
use docker::Engine;

use super::config;

static FLAGS: &[Flag] = &[
    flag("blkio-weight", "uint16", "Weight of its block I/O (10 to 1000, 0 for none)")
        .check(values::weight),
    flag("cpu-period", "int", "Length of a scheduling period, in microseconds").check(int),
    flag("cpu-quota", "int", "Processor time per period, in microseconds").check(int),
    flag("cpu-rt-period", "int", "Real-time period, in microseconds").check(int),
    flag("cpu-rt-runtime", "int", "Real-time processor time, in microseconds").check(int),
    flag("cpu-shares", "int", "Weight among containers").short('c').check(int),
    flag("cpus", "decimal", "Number of processors it may use").check(values::cpus),
    flag("cpuset-cpus", "string", "Which processors it may use (0-3, 0,1)"),
    flag("cpuset-mems", "string", "Which memory nodes it may use (0-3, 0,1)"),
    flag("memory", "bytes", "Most memory it may use").short('m').check(values::size),
    flag("memory-reservation", "bytes", "Memory it is meant to use").check(values::size),
    flag("memory-swap", "bytes", "Most memory and swap together; -1 for any")
        .check(values::size_or_unlimited),
    flag("pids-limit", "int", "Most processes it may have; -1 for any").check(int),
    flag("restart", "string", "What to do when it ends"),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "update",
    aliases: &[],
    top: Some("update"),
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    about: "Update configuration of one or more containers",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: update,
};

fn update(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let changes = changes(given).map_err(|why| Fail::new(1, why))?;
    let engine = cx.engine()?;
    let mut warnings = Vec::new();
    let mut wrong = Vec::new();
    for name in &given.args {
        if let Err(fail) = not_empty("container", name) {
            wrong.push(fail.text);
            continue;
        }
        let path = format!("/containers/{}/update", Engine::escape(name));
        match cx.runtime.block_on(engine.post_json(&path, Some(&changes))) {
            Ok(answer) => {
                cx.out(format!("{name}\n"));
                let found = answer.get("Warnings").and_then(Value::as_array);
                warnings.extend(
                    found.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
                );
            }
            Err(error) if error.is_unreachable() => return Err(error.into()),
            Err(error) => wrong.push(error_text(&error)),
        }
    }
    if !warnings.is_empty() {
        cx.out(warnings.join("\n") + "\n");
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}

/// What is to change; what is not named stays.
fn changes(given: &Parsed) -> Result<Value, String> {
    if FLAGS.iter().all(|flag| given.get(flag.long).is_none()) {
        return Err("you must provide one or more flags when using this command".to_owned());
    }
    let mut body = json!({});
    for (flag, field) in [
        ("blkio-weight", "BlkioWeight"),
        ("cpu-period", "CpuPeriod"),
        ("cpu-quota", "CpuQuota"),
        ("cpu-rt-period", "CpuRealtimePeriod"),
        ("cpu-rt-runtime", "CpuRealtimeRuntime"),
        ("cpu-shares", "CpuShares"),
        ("pids-limit", "PidsLimit"),
    ] {
        if let Some(number) = given.number(flag) {
            body[field] = Value::from(number);
        }
    }
    for (flag, field) in [("cpuset-cpus", "CpusetCpus"), ("cpuset-mems", "CpusetMems")] {
        if let Some(text) = given.get(flag) {
            body[field] = Value::from(text);
        }
    }
    for (flag, field) in [
        ("memory", "Memory"),
        ("memory-reservation", "MemoryReservation"),
        ("memory-swap", "MemorySwap"),
    ] {
        if let Some(text) = given.get(flag) {
            // Its check has let -1 through where that stands for no limit.
            body[field] = Value::from(size::parse(text).unwrap_or(-1));
        }
    }
    if let Some(cpus) = given.get("cpus") {
        body["NanoCpus"] = Value::from(values::nano_cpus(cpus)?);
    }
    if let Some(policy) = given.text("restart") {
        body["RestartPolicy"] = json!(config::restart_policy(policy)?);
    }
    Ok(body)
}
