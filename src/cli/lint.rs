//! `distlab lint`: mistakes in lab files, found without an engine.

use std::path::Path;

use serde_json::json;

use super::{Args, DONE, NO, Stop, say, say_json};
use base::text::plural;
use course::{Catalog, Finding, Notes, Severity, Source, WorldSpec, lint};
use session::run::read_only;

pub(super) fn run(args: &Args, path: Option<&Path>, as_json: bool) -> anyhow::Result<u8> {
    // What is no path may be a lab's name.
    let named = path.filter(|p| !p.exists()).map(|path| lab(args, path)).transpose()?;
    let world = path.filter(|path| path.extension().is_some_and(|ext| ext == "toml"));
    let (labs, findings) = match (named, world) {
        (Some(findings), _) => (1, findings),
        (None, Some(path)) => (1, world_file(path)),
        (None, None) => find(args, path),
    };
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
    if as_json {
        let all: Vec<_> = findings
            .iter()
            .map(|f| {
                json!({
                    "severity": if f.severity == Severity::Error { "error" } else { "warning" },
                    "path": f.problem.path, "line": f.problem.line,
                    "what": f.problem.what, "remedy": f.problem.remedy,
                })
            })
            .collect();
        say_json(&all)?;
    } else {
        for finding in &findings {
            say(finding.to_string())?;
        }
        let warnings = findings.len() - errors;
        say(format!(
            "{} read: {}, {}",
            plural(labs, if world.is_some() { "world" } else { "lab" }),
            plural(errors, "error"),
            plural(warnings, "warning")
        ))?;
    }
    Ok(if errors == 0 { DONE } else { NO })
}

/// What is wrong in a file for `distlab serve --world`.
fn world_file(path: &Path) -> Vec<Finding> {
    let problems = WorldSpec::read(path).err().unwrap_or_default();
    let error = |problem| Finding { severity: Severity::Error, problem };
    problems.into_iter().map(error).collect()
}

/// What is wrong in a lab that was named.
fn lab(args: &Args, word: &Path) -> anyhow::Result<Vec<Finding>> {
    let mut args = args.same_place();
    let id = args.lab_named(&word.to_string_lossy()).map_err(|unnamed| {
        Stop::usage(format!("there is no file or folder {}, and {unnamed}", word.display()))
    })?;
    let catalog = args.catalog();
    let notes = Notes::load();
    let cx = lint::Context { is_read_only: &read_only, catalog: &catalog, notes: &notes };
    let error = |problem| Finding { severity: Severity::Error, problem };
    Ok(match catalog.source(&id) {
        Ok(source) => lint::lint(&source, &cx),
        Err(problems) => problems.into_iter().map(error).collect(),
    })
}

fn find(args: &Args, path: Option<&Path>) -> (usize, Vec<Finding>) {
    let folder = path.filter(|p| !is_lab(p)).map(Path::to_path_buf);
    let catalog = match &folder {
        Some(folder) => Catalog::load(Some(folder)),
        None => args.catalog(),
    };
    let notes = Notes::load();
    let cx = lint::Context { is_read_only: &read_only, catalog: &catalog, notes: &notes };
    if let Some(path) = path.filter(|p| is_lab(p)) {
        let findings = match Source::read(path) {
            Ok(source) => lint::lint(&source, &cx),
            Err(problem) => vec![Finding { severity: Severity::Error, problem }],
        };
        return (1, findings);
    }
    let count = catalog.entries().len() + catalog.broken().len();
    let mut findings = lint::lint_all(&cx);
    if let Some(folder) = folder {
        // With a folder only what stands below it is asked about.
        let inside = catalog.entries().iter().filter(|e| e.folder.is_some()).count();
        findings.retain(|f| Path::new(&f.problem.path).starts_with(&folder));
        return (inside + catalog.broken().len(), findings);
    }
    (count, findings)
}

fn is_lab(path: &Path) -> bool {
    path.is_file() || path.join("lab.md").is_file()
}
