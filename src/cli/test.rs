//! `distlab test`: proves labs on the real engines.

use std::io::Write as _;
use std::time::Instant;

use serde_json::json;

use super::allow::asking;
use super::{Args, DONE, NO, Stop, args, lab_session, lint, say, say_json};
use base::text::plural;
use course::{Learner, Need, Severity};
use session::prove::{self, Proof};

pub(super) fn run(args: &Args, what: &args::Test) -> anyhow::Result<u8> {
    let catalog = args.catalog();
    if let (true, Some(broken)) = (what.all, catalog.broken().first()) {
        return Err(Stop::usage(lab_session::list(&broken.problems)));
    }
    if what.all {
        let found = lint::course_of(args, args.labs_folder().as_deref(), &catalog);
        if let Some(wrong) = found.iter().find(|f| f.severity == Severity::Error) {
            return Err(Stop::usage(wrong.problem.to_string()));
        }
    }
    let labs: Vec<String> = if what.all {
        catalog.entries().iter().map(|e| e.id.clone()).collect()
    } else {
        what.labs.clone()
    };
    if labs.is_empty() {
        return Err(Stop::usage("which lab? Name some, or --all"));
    }
    let mut proofs = Vec::new();
    let mut skipped = Vec::new();
    for id in &labs {
        if let Some(broken) = catalog.broken().iter().find(|b| b.id_or_path == *id) {
            return Err(Stop::usage(lab_session::list(&broken.problems)));
        }
        let entry = catalog.get(id).map_err(|unknown| Stop::usage(unknown.to_string()))?;
        let real = entry.needs.contains(&Need::Docker) || entry.needs.contains(&Need::Swarm);
        if let (true, Some(problem)) = (real, docker::problem()) {
            if std::env::var_os("DISTLAB_REQUIRE_DOCKER").is_some() || !what.all {
                return Err(Stop::missing(problem));
            }
            skipped.push((id.clone(), problem));
            continue;
        }
        for seed in 1..=what.seeds.max(1) {
            proofs.push(one(args, id, seed, what.json)?);
        }
    }
    report(&proofs, &skipped, what.json)
}

/// Names of learners whose variables are tried.
const LEARNERS: &[&str] = &["ada", "grace", "edsger", "leslie", "barbara"];

fn one(args: &Args, id: &str, seed: u64, quiet: bool) -> anyhow::Result<Proof> {
    let place = usize::try_from(seed).unwrap_or(0) % LEARNERS.len();
    let learner = Learner { name: LEARNERS[place].into(), seed: seed.wrapping_mul(7919) };
    let lab = args
        .listing()
        .open(id, &learner)
        .map_err(|problems| Stop::usage(lab_session::list(&problems)))?;
    let before = lab_session::chain(&args.listing(), &learner, &lab)?;
    let began = Instant::now();
    let mut stderr = std::io::stderr();
    let author = args.profile()?;
    let proof = asking(&author, || {
        prove::prove(&author, lab.clone(), &before, &learner, &mut |step| {
            if !quiet {
                let _ = writeln!(stderr, "  {step}");
            }
        })
    })
    .map_err(|error| {
        error.context(format!("lab {id}, learner {}, seed {}", learner.name, learner.seed))
    })?;
    if !quiet {
        let verdict = if proof.misses.is_empty() { "proved" } else { "NOT PROVED" };
        say(format!(
            "{id} (seed {}): {verdict}, {}, {}, {:.1} s",
            learner.seed,
            plural(proof.steps, "step"),
            plural(proof.assertions, "assertion"),
            began.elapsed().as_secs_f64()
        ))?;
    }
    Ok(proof)
}

fn report(proofs: &[Proof], skipped: &[(String, String)], as_json: bool) -> anyhow::Result<u8> {
    let misses: usize = proofs.iter().map(|p| p.misses.len()).sum();
    if as_json {
        let all: Vec<_> = proofs
            .iter()
            .map(|p| {
                let misses: Vec<_> = p
                    .misses
                    .iter()
                    .map(|m| json!({"step": m.step, "place": m.place, "what": m.what}))
                    .collect();
                json!({"lab": p.lab, "steps": p.steps, "assertions": p.assertions, "misses": misses})
            })
            .collect();
        say_json(&all)?;
    } else {
        for miss in proofs.iter().flat_map(|p| &p.misses) {
            say(format!("{}: step {} {}", miss.place, miss.step, miss.what))?;
        }
        for (lab, problem) in skipped {
            say(format!("{lab}: skipped: {problem}"))?;
        }
        let steps: usize = proofs.iter().map(|p| p.steps).sum();
        let assertions: usize = proofs.iter().map(|p| p.assertions).sum();
        say(format!(
            "{} with {} and {}: {}, {} skipped",
            plural(proofs.len(), "proof"),
            plural(steps, "lab step"),
            plural(assertions, "assertion"),
            plural(misses, "miss").replace("misss", "misses"),
            skipped.len()
        ))?;
    }
    Ok(if misses == 0 { DONE } else { NO })
}
