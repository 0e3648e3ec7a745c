//! `distlab labs`: what there is, and how far the learner is.

use serde_json::json;

use super::{Args, DONE, say, say_json};
use base::text::plural;
use course::Entry;
use store::Store;

/// How far the learner is in a lab: steps passed.
pub(super) fn steps_done(store: &Store, lab: &str) -> Vec<String> {
    let Ok(Some(row)) = store.world(lab) else { return Vec::new() };
    session::passed(store, &row).unwrap_or_default()
}

/// The words for what a lab needs.
fn needs(entry: &Entry) -> Vec<&'static str> {
    entry.needs.iter().map(|need| need.name()).collect()
}

pub(super) fn run(args: &Args, as_json: bool) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let store = profile.store()?;
    let catalog = args.catalog();
    let done: Vec<usize> = catalog
        .entries()
        .iter()
        .map(|entry| steps_done(&store, &entry.id).len().min(entry.steps))
        .collect();
    if as_json {
        let all: Vec<_> = catalog
            .entries()
            .iter()
            .zip(&done)
            .enumerate()
            .map(|(place, (e, done))| {
                json!({
                    "number": place + 1, "id": e.id, "title": e.title, "track": e.track, "minutes": e.minutes,
                    "points": e.points, "steps": e.steps, "steps_done": done,
                    "needs": needs(e),
                    "after": e.after, "path": e.path,
                })
            })
            .collect();
        say_json(&all)?;
        return Ok(DONE);
    }
    let width = catalog.entries().iter().map(|e| e.title.chars().count()).max().unwrap_or(0);
    for track in catalog.tracks() {
        say(track)?;
        let all = catalog.entries().iter().zip(&done).enumerate();
        for (place, (entry, done)) in all.filter(|(_, (e, _))| e.track == track) {
            let state = match *done {
                0 => plural(entry.steps, "step"),
                n if n == entry.steps => "done".into(),
                n => format!("{n} of {}", plural(entry.steps, "step")),
            };
            let needs = needs(entry).join(", ");
            let needs = if needs.is_empty() { needs } else { format!("  needs {needs}") };
            say(format!(
                "{:>4}. {:<22} {:<width$}  {:>3} min  {state}{needs}",
                place + 1,
                entry.id,
                entry.title,
                entry.minutes
            ))?;
        }
    }
    for damaged in catalog.entries().iter().filter_map(|e| session::damage(&store, &e.id)) {
        say(damaged)?;
    }
    for broken in catalog.broken() {
        say(format!("  {:<24} cannot be opened:", broken.id_or_path))?;
        say(super::lab_session::list(&broken.problems))?;
    }
    Ok(DONE)
}
