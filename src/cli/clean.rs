//! `distlab clean`: removes from the engine what labs left there, and nothing else; then says what
//! stays.

use std::fs;

use serde_json::json;

use super::steps::agreed;
use super::{Args, DONE, NO, Stop, at_terminal, say, say_json};
use base::text::plural;
use docker::images::{self, Source};
use docker::{CleanReport, Engine, EngineError, block_on};

/// Removes what a lab left, or all labs. The latter asks: an engine may be shared, and what is removed
/// then is everybody's, whatever runs. Where nobody can be asked, it is done with `--yes` alone.
pub(super) fn run(args: &Args, lab: Option<&str>, yes: bool, as_json: bool) -> anyhow::Result<u8> {
    if lab.is_none() && !yes {
        if !at_terminal() {
            return Err(Stop::usage(
                "without a lab's name this removes what every lab and every profile has on this engine, \
                 also what runs there now. Name a lab (distlab clean docker-intro), or say --yes",
            ));
        }
        let all =
            "Remove what every lab and every profile has on this engine, also what runs there now?";
        if !agreed(all)? {
            say("Nothing was removed.")?;
            return Ok(NO);
        }
    }
    let (report, here) = block_on(async {
        let engine = Engine::connect(None).await?;
        let report = engine.clean(lab).await?;
        Ok::<_, EngineError>((report, images::status(&engine).await?))
    })
    .map_err(|error| Stop::missing(error.to_string()))?;
    let stays = stays(args, lab, &here);
    let code = if report.failed.is_empty() { DONE } else { NO };
    if as_json {
        say_json(&json!({
            "services": report.services, "secrets": report.secrets, "configs": report.configs,
            "containers": report.containers, "networks": report.networks,
            "volumes": report.volumes, "images": report.images, "left_swarm": report.left_swarm,
            "failed": report.failed, "stays": stays,
        }))?;
        return Ok(code);
    }
    tell(&report, lab)?;
    for line in stays {
        say(line)?;
    }
    Ok(code)
}

fn tell(report: &CleanReport, lab: Option<&str>) -> anyhow::Result<()> {
    if report.is_empty() {
        let whose = lab.map_or_else(|| "distlab".to_owned(), |lab| format!("the lab {lab}"));
        return say(format!("There is nothing of {whose} on the engine."));
    }
    let parts = [
        ("service", &report.services),
        ("secret", &report.secrets),
        ("config", &report.configs),
        ("container", &report.containers),
        ("network", &report.networks),
        ("volume", &report.volumes),
        ("image", &report.images),
    ];
    for (noun, names) in parts.iter().filter(|(_, names)| !names.is_empty()) {
        say(format!("Removed {}: {}", plural(names.len(), noun), names.join(", ")))?;
    }
    if report.left_swarm {
        say("The engine has left the swarm that the lab set up.")?;
    }
    for failed in &report.failed {
        say(format!("Could not be removed: {failed}"))?;
    }
    Ok(())
}

/// What stays, and how it would go.
fn stays(args: &Args, lab: Option<&str>, here: &[images::Status]) -> Vec<String> {
    let of = |source: Source| {
        let found = here.iter().filter(|image| image.source == Some(source));
        found.map(|image| image.name).collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    let (genuine, stand_ins) = (of(Source::Present), of(Source::StandIn));
    if !genuine.is_empty() {
        lines.push(format!(
            "Stays: {} that labs use ({}), which other work may use too: docker rmi NAME removes one.",
            plural(genuine.len(), "image"),
            genuine.join(", ")
        ));
    }
    if !stand_ins.is_empty() {
        lines.push(format!(
            "Stays: {} for the next lab ({}): distlab images rm removes them.",
            plural(stand_ins.len(), "stand-in"),
            stand_ins.join(", ")
        ));
    }
    // A profile that was never made is not made to be told of.
    if let Some(home) = args.home().ok().filter(|home| home.join("labs").is_dir()) {
        let labs = home.join("labs");
        let begun = fs::read_dir(&labs).map_or(0, Iterator::count);
        lines.extend(match lab {
            _ if begun == 0 => None,
            Some(lab) if labs.join(lab).is_dir() => Some(format!(
                "Stays: your progress in {lab} and its folder {}; distlab reset {lab} begins it anew.",
                labs.join(lab).display()
            )),
            _ => Some(format!(
                "Stays: your progress and the folders of {} in {}.",
                plural(begun, "lab"),
                home.display()
            )),
        });
    }
    lines
}
