//! `docker service scale`: how many tasks services have.

use serde_json::Value;

use super::progress;
use super::update::change;
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, switch, uint};
use docker::Engine;
use docker::swarm::ServiceChange;

static FLAGS: &[Flag] = &[switch("detach", "Do not wait until it has converged").short('d')];

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "scale",
    aliases: &[],
    top: None,
    usage: "SERVICE=REPLICAS [SERVICE=REPLICAS...]",
    about: "Scale one or multiple replicated services",
    flags: &[FLAGS],
    args: Args::AtLeast(1),
    interspersed: true,
    looks: never,
    run: scale,
};

fn scale(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let mut wishes = Vec::new();
    for word in &given.args {
        match word.split_once('=').filter(|(name, count)| !name.is_empty() && !count.is_empty()) {
            Some(wish) => wishes.push(wish),
            None => return Err(misread(word)),
        }
    }
    let engine = cx.engine()?;
    let (mut wrong, mut scaled) = (Vec::new(), Vec::new());
    for (name, count) in wishes {
        let read = uint(count).map(|()| count.parse::<u64>().unwrap_or(0));
        let done = read
            .map_err(|why| format!("invalid replicas value {count}: {why}"))
            .and_then(|count| set(cx, &engine, name, count));
        match done {
            Ok(()) => {
                cx.out(format!("{name} scaled to {count}\n"));
                scaled.push(name.to_owned());
            }
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
    }
    if !given.is("detach") {
        wrong.extend(progress::converge_all(cx, &engine, &scaled, false));
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}

fn misread(word: &str) -> Fail {
    Fail::new(
        1,
        format!(
            "invalid scale specifier '{word}'.\nSee 'docker service scale --help'.\n\nUsage:  docker service scale {}\n\n{}",
            VERB.usage, VERB.about
        ),
    )
}

fn set(cx: &mut Cx<'_, '_>, engine: &Engine, name: &str, count: u64) -> Result<(), String> {
    let done = change(cx, engine, name, &ServiceChange::default(), |_, spec| {
        set_count(spec, count).map_err(|why| Fail::new(1, why))
    });
    done.map(drop).map_err(|fail| fail.text)
}

fn set_count(spec: &mut Value, count: u64) -> Result<(), &'static str> {
    let mode = &mut spec["Mode"];
    if mode.get("Replicated").is_some() {
        mode["Replicated"]["Replicas"] = count.into();
    } else if mode.get("ReplicatedJob").is_some() {
        mode["ReplicatedJob"]["TotalCompletions"] = count.into();
    } else {
        return Err("scale can only be used with replicated or replicated-job mode");
    }
    Ok(())
}
