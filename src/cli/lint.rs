//! `distlab lint`: mistakes in lab files, found without an engine.

use std::path::Path;

use serde_json::json;

use super::{Args, DONE, NO, Stop, say, say_json};
use base::text::plural;
use course::{Catalog, Finding, Notes, Problem, Severity, Source, Syllabus, WorldSpec, lint};
use session::run::read_only;

pub(super) fn run(args: &Args, path: Option<&Path>, as_json: bool) -> anyhow::Result<u8> {
    let toml = path.filter(|path| path.extension().is_some_and(|ext| ext == "toml"));
    let (noun, count, findings) = match (path, toml) {
        // What is no path may be a lab's name.
        (Some(path), _) if !path.exists() => ("lab", 1, lab(args, path)?),
        (_, Some(path)) if is_course(path) => {
            let catalog = args.catalog();
            let notes = Notes::load();
            let cx = lint::Context { is_read_only: &read_only, catalog: &catalog, notes: &notes };
            ("course", 1, course_file(Syllabus::read(path), &cx))
        }
        (_, Some(path)) => ("world", 1, world_file(path)),
        (_, None) => {
            let (labs, findings) = find(args, path);
            ("lab", labs, findings)
        }
    };
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
    if as_json {
        let all: Vec<_> = findings
            .iter()
            .map(|f| {
                json!({
                    "severity": if f.severity == Severity::Error { "error" } else { "warning" },
                    "path": f.problem.path, "line": f.problem.line, "column": f.problem.column,
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
            plural(count, noun),
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

fn is_course(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|source| Syllabus::is_meant(&source))
}

/// What is wrong in a course file: as far as it can be read, or else in what it names.
fn course_file(read: Result<Syllabus, Vec<Problem>>, cx: &lint::Context<'_>) -> Vec<Finding> {
    let error = |problem| Finding { severity: Severity::Error, problem };
    match read {
        Ok(course) => lint::syllabus(&course, cx),
        Err(problems) => problems.into_iter().map(error).collect(),
    }
}

/// What is wrong in the course that goes with these labs: the one that was named, or their folder's, or
/// the program's own.
pub(super) fn course_of(args: &Args, folder: Option<&Path>, catalog: &Catalog) -> Vec<Finding> {
    let notes = Notes::load();
    let cx = lint::Context { is_read_only: &read_only, catalog, notes: &notes };
    course_file(Syllabus::find(args.course_file().as_deref(), folder), &cx)
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
    let labs = folder.clone().or_else(|| args.labs_folder());
    findings.extend(course_of(args, labs.as_deref(), &catalog));
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
