//! `aws s3 cp`, `mv`, `rm` and `sync`: what the arguments mean, then one item after the other.

use std::path::Path;

use super::Parsed;
use super::filter::Filter;
use super::options::Spec;
use super::path::{self, End, Root};
use super::perform::Performer;
use super::plan::{Action, Item, Job};
use super::progress::Printer;
use crate::Host;
use crate::aws::client::Client;
use crate::aws::fail::Failure;
use base::Time;

/// Runs one of them.
pub(super) fn run(
    spec: &Spec,
    parsed: &Parsed,
    client: &Client<'_>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let action = action(spec, &parsed.positional)?;
    let recursive = spec.name == "sync" || parsed.has("--recursive");
    let src = &parsed.positional[0];
    let dest = parsed.positional.get(1).unwrap_or(src);
    let streams = src == "-" || dest == "-";
    if streams && (spec.name != "cp" || recursive) {
        return Err(Failure::Invalid(
            "Streaming currently is only compatible with non-recursive cp commands".into(),
        ));
    }
    let mut performer = Performer::new(client, &host.cwd, parsed, action, spec.name == "mv")?;
    if streams {
        return stream(&mut performer, action, src, dest, parsed, host);
    }
    prepare(spec, action, src, dest, recursive, &host.cwd)?;
    let job = Job {
        client,
        clock: performer.clock,
        action,
        src: Root::new(src, recursive, &host.cwd),
        dest: Root::new(dest, recursive, &host.cwd),
        recursive,
        follow_symlinks: follows(parsed),
        filter: Filter::new(
            &parsed.ordered,
            &filter_root(src, recursive, &host.cwd),
            &filter_root(dest, recursive, &host.cwd),
        ),
        page_size: parsed.number("--page-size")?,
    };
    let mut printer = Printer::new(host.stdout, host.stderr);
    let quiet = parsed.has("--quiet");
    printer.shows_errors = !quiet;
    printer.shows_success = !quiet && !parsed.has("--only-show-errors");
    printer.shows_progress = printer.shows_success
        && host.terminal.is_some()
        && !parsed.has("--no-progress")
        && action != Action::Delete;
    let mut warnings = Vec::new();
    let mut warn = |text| warnings.push(text);
    let items =
        if spec.name == "sync" { job.differences(parsed, &mut warn) } else { job.items(&mut warn) };
    for warning in warnings {
        printer.warning(&warning)?;
    }
    match items {
        Ok(items) => all(&performer, &items, parsed.has("--dryrun"), &mut printer)?,
        Err(failure) => printer.fatal(&failure)?,
    }
    Ok(printer.code())
}

fn all(
    performer: &Performer<'_>,
    items: &[Item],
    dry_run: bool,
    printer: &mut Printer<'_>,
) -> Result<(), Failure> {
    printer.expect(items.len(), items.iter().filter_map(|i| i.size).sum());
    for item in items {
        let verb = performer.verb(item.action);
        let what = performer.describe(item);
        if dry_run {
            printer.dry_run(&format!("{verb}: {what}"))?;
            continue;
        }
        match performer.perform(item, printer) {
            Ok(()) => printer.success(&format!("{verb}: {what}"))?,
            Err(silent @ Failure::Silent(_)) => return Err(silent),
            Err(failure) => printer.failure(&format!("{verb} failed: {what} {failure}"))?,
        }
    }
    Ok(())
}

/// Standard input to an object, or an object to standard output.
fn stream(
    performer: &mut Performer<'_>,
    action: Action,
    src: &str,
    dest: &str,
    parsed: &Parsed,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let object = |argument: &str| {
        let root = Root::new(argument, false, &host.cwd);
        End::S3(root.path)
    };
    let (src, dest) = match action {
        Action::Upload => (End::Stream, object(dest)),
        _ => (object(src), End::Stream),
    };
    let item = Item { action, src, dest: Some(dest), size: None, modified: Time::default() };
    let mut printer = Printer::new(host.stdout, host.stderr);
    printer.shows_success = false;
    printer.shows_errors = !parsed.has("--quiet");
    printer.expect(1, 0);
    let what = performer.describe(&item);
    if parsed.has("--dryrun") {
        printer.dry_run(&format!("{}: {what}", action.name()))?;
        return Ok(printer.code());
    }
    let done = match action {
        Action::Upload => performer.upload_stream(&item, host.stdin, &mut printer),
        _ => performer.perform(&item, &mut printer),
    };
    match done {
        Ok(()) => printer.success("")?,
        Err(silent @ Failure::Silent(_)) => return Err(silent),
        Err(failure) => {
            printer.failure(&format!("{} failed: {what} {failure}", action.name()))?;
        }
    }
    Ok(printer.code())
}

fn follows(parsed: &Parsed) -> bool {
    let mut links =
        parsed.ordered.iter().rev().filter(|(name, _)| name.ends_with("follow-symlinks"));
    links.next().is_none_or(|(name, _)| name == "--follow-symlinks")
}

/// What the kinds of the paths make of the command.
fn action(spec: &Spec, paths: &[String]) -> Result<Action, Failure> {
    let kinds: Vec<bool> = paths.iter().map(|p| p.starts_with("s3://")).collect();
    Ok(match (spec.name, kinds.as_slice()) {
        ("rm", [true]) => Action::Delete,
        ("cp" | "mv" | "sync", [false, true]) => Action::Upload,
        ("cp" | "mv" | "sync", [true, false]) => Action::Download,
        ("cp" | "mv" | "sync", [true, true]) => Action::Copy,
        _ => {
            return Err(Failure::Invalid(format!(
                "usage: aws s3 {} {}\nError: Invalid argument type",
                spec.name, spec.usage
            )));
        }
    })
}

/// What must hold before anything is asked.
fn prepare(
    spec: &Spec,
    action: Action,
    src: &str,
    dest: &str,
    recursive: bool,
    cwd: &Path,
) -> Result<(), Failure> {
    if spec.name == "mv" && action == Action::Copy && same_object(src, dest) {
        return Err(Failure::Invalid(format!("Cannot mv a file onto itself: {src} - {dest}")));
    }
    if action == Action::Upload && !cwd.join(src).exists() {
        return Err(Failure::General(format!("The user-provided path {src} does not exist.")));
    }
    if action == Action::Download && recursive {
        std::fs::create_dir_all(cwd.join(dest))?;
    }
    Ok(())
}

fn same_object(src: &str, dest: &str) -> bool {
    let name = src.rsplit('/').next().unwrap_or_default();
    src == dest || dest.ends_with('/') && src == format!("{dest}{name}")
}

/// The folder or prefix that filters are relative to.
fn filter_root(argument: &str, recursive: bool, cwd: &Path) -> String {
    if let Some(s3) = argument.strip_prefix("s3://") {
        let (bucket, key) = path::split(s3);
        let above = |key: &str| key.rsplit_once('/').map_or(String::new(), |(k, _)| k.to_owned());
        let key = if recursive || key.ends_with('/') { key.to_owned() } else { above(key) };
        return format!("{bucket}/{key}");
    }
    let full = path::absolute(argument, cwd);
    if recursive {
        return full;
    }
    full.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
}
