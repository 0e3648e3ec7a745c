//! `distlab lint`: mistakes in lab files, found without an engine.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Args, DONE, NO, say, say_json};
use crate::base::text::plural;
use crate::course::{Catalog, Finding, Learner, Severity, Source, lint};
use crate::session::run::read_only;

pub fn run(args: &Args, path: Option<&Path>, as_json: bool) -> anyhow::Result<u8> {
    let (labs, findings) = find(args, path);
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
            plural(labs, "lab"),
            plural(errors, "error"),
            plural(warnings, "warning")
        ))?;
    }
    Ok(if errors == 0 { DONE } else { NO })
}

fn find(args: &Args, path: Option<&Path>) -> (usize, Vec<Finding>) {
    let who = Learner { name: "ada".into(), seed: 7 };
    let catalog = Catalog::load(path.filter(|p| !is_lab(p)).or(args.labs.as_deref()));
    if let Some(path) = path.filter(|p| is_lab(p)) {
        return (1, lint_source(Source::read(path), &who, &catalog));
    }
    let mut findings = Vec::new();
    let mut count = 0;
    // With a path only what stands below it is asked about.
    let asked = |folder: Option<&PathBuf>| path.is_none() || folder.is_some();
    for entry in catalog.entries().iter().filter(|e| asked(e.folder.as_ref())) {
        count += 1;
        match catalog.source(&entry.id) {
            Ok(source) => findings.extend(lint_source(Ok(source), &who, &catalog)),
            Err(problems) => findings.extend(problems.into_iter().map(error)),
        }
    }
    for broken in catalog.broken() {
        count += 1;
        findings.extend(broken.problems.iter().cloned().map(error));
    }
    if path.is_none() {
        findings.extend(lint::catalog(&catalog));
    }
    (count, findings)
}

fn is_lab(path: &Path) -> bool {
    path.is_file() || path.join("lab.md").is_file()
}

fn lint_source(
    source: Result<Source, crate::course::Problem>,
    who: &Learner,
    catalog: &Catalog,
) -> Vec<Finding> {
    let source = match source {
        Ok(source) => source,
        Err(problem) => return vec![error(problem)],
    };
    match source.parse(who) {
        Ok(lab) => lint::lab(&lab, catalog, &read_only),
        Err(problems) => problems.into_iter().map(error).collect(),
    }
}

fn error(problem: crate::course::Problem) -> Finding {
    Finding { severity: Severity::Error, problem }
}
