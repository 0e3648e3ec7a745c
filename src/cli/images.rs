//! `distlab images`: what labs need on the engine, pulled where a registry answers, otherwise built.

use serde_json::json;

use super::{Args, DONE, NO, Stop, args, say, say_json};
use docker::images::{self, Source};
use docker::{Engine, EngineError, block_on};

pub(super) fn run(
    args: &Args,
    command: Option<&args::Images>,
    as_json: bool,
) -> anyhow::Result<u8> {
    let missing = |error: EngineError| {
        if error.is_unreachable() { Stop::missing(error.to_string()) } else { error.into() }
    };
    match command {
        None | Some(args::Images::Ls) => ls(as_json).map_err(missing),
        Some(args::Images::Get { names }) => get(&wanted(args, names)),
        Some(args::Images::Rm { names }) => {
            let gone =
                block_on(async { images::remove(&Engine::connect(None).await?, names).await });
            let gone = gone.map_err(missing)?;
            if gone.is_empty() {
                say("There are no stand-ins on the engine.")?;
            }
            for name in gone {
                say(format!("Removed the stand-in {name}."))?;
            }
            Ok(DONE)
        }
    }
}

/// The images named, or all that any lab needs.
fn wanted(args: &Args, names: &[String]) -> Vec<String> {
    if !names.is_empty() {
        return names.to_vec();
    }
    let catalog = args.listing();
    let mut all: Vec<String> = catalog.entries().iter().flat_map(|e| e.images.clone()).collect();
    all.sort();
    all.dedup();
    all
}

fn ls(as_json: bool) -> Result<u8, EngineError> {
    let all = block_on(async { images::status(&Engine::connect(None).await?).await })?;
    if as_json {
        let rows: Vec<_> = all
            .iter()
            .map(|s| json!({"name": s.name, "state": state(s.source), "about": s.about}))
            .collect();
        let _ = say_json(&rows);
        return Ok(DONE);
    }
    for status in all {
        let _ = say(format!("{:<18} {:<12} {}", status.name, state(status.source), status.about));
    }
    Ok(DONE)
}

fn state(source: Option<Source>) -> &'static str {
    match source {
        None => "missing",
        Some(Source::Present | Source::Pulled) => "here",
        Some(Source::StandIn) => "stand-in",
    }
}

/// Gets each image; says where it came from, and goes on when one cannot be had.
fn get(names: &[String]) -> anyhow::Result<u8> {
    let mut code = DONE;
    for name in names {
        let outcome = block_on(async {
            let engine = Engine::connect(None).await?;
            let mut say = |line: String| drop(super::say(line));
            images::ensure(&engine, name, &mut say).await
        });
        match outcome {
            Ok(Source::Present) => say(format!("{name}: already here"))?,
            Ok(Source::Pulled) => say(format!("{name}: pulled"))?,
            Ok(Source::StandIn) => {
                say(format!("{name}: a stand-in, built from this machine's own files"))?;
            }
            Err(error) if error.is_unreachable() => return Err(Stop::missing(error.to_string())),
            Err(error) => {
                say(format!("{name}: {error}"))?;
                code = NO;
            }
        }
    }
    Ok(code)
}
