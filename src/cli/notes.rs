//! `distlab notes`: read a page, or search them all. Works without any network or engine.

use serde_json::json;

use super::{Args, DONE, NO, say, say_json};
use course::Notes;
use session::profile::Profile;
use store::{Hit, NoteRow, Store, StoreError};

/// More hits help nobody.
const HITS_MAX: usize = 20;

/// Searches the notes, after bringing the index up to date with them.
pub(super) fn search(
    profile: &Profile,
    notes: &Notes,
    query: &str,
    limit: usize,
) -> anyhow::Result<Vec<Hit>> {
    let mut store = profile.store()?;
    match search_in(&mut store, notes, query, limit) {
        // The index is made from the notes, so a damaged one is made anew.
        Err(StoreError::Damaged { .. }) => {
            store.forget_notes()?;
            Ok(search_in(&mut store, notes, query, limit)?)
        }
        found => Ok(found?),
    }
}

fn search_in(
    store: &mut Store,
    notes: &Notes,
    query: &str,
    limit: usize,
) -> Result<Vec<Hit>, StoreError> {
    let rows = || {
        notes.sections().into_iter().map(|s| NoteRow {
            page: s.page,
            anchor: s.anchor,
            title: s.title,
            heading: s.heading,
            text: s.text,
        })
    };
    store.index_notes(&notes.digest().to_string(), rows)?;
    store.search_notes(query, limit)
}

pub(super) fn run(args: &Args, query: &[String], as_json: bool) -> anyhow::Result<u8> {
    let notes = Notes::load();
    let query = query.join(" ");
    if query.is_empty() {
        return list(&notes, as_json);
    }
    if let Some(page) = notes.page(query.trim_start_matches("notes:")) {
        if as_json {
            say_json(
                &json!({"id": page.id, "title": page.title, "track": page.track, "text": page.text}),
            )?;
        } else {
            say(page.text.trim_end())?;
        }
        return Ok(DONE);
    }
    let hits = search(&args.profile()?, &notes, &query, HITS_MAX)?;
    if as_json {
        let all: Vec<_> = hits
            .iter()
            .map(|h| json!({"page": h.page, "anchor": h.anchor, "title": h.title, "heading": h.heading, "snippet": h.snippet}))
            .collect();
        say_json(&all)?;
    } else {
        for hit in &hits {
            let heading = if hit.heading.is_empty() {
                String::new()
            } else {
                format!(" › {}", hit.heading)
            };
            say(format!("{}  {}{heading}", hit.page, hit.title))?;
            say(format!("    {}", hit.snippet.split_whitespace().collect::<Vec<_>>().join(" ")))?;
        }
        if hits.is_empty() {
            say(format!("No page holds {query:?}. distlab notes lists the pages."))?;
        } else {
            say("Read one with: distlab notes PAGE")?;
        }
    }
    Ok(if hits.is_empty() { NO } else { DONE })
}

fn list(notes: &Notes, as_json: bool) -> anyhow::Result<u8> {
    if as_json {
        let all: Vec<_> = notes
            .list()
            .map(|(id, title, track)| json!({"id": id, "title": title, "track": track}))
            .collect();
        say_json(&all)?;
        return Ok(DONE);
    }
    let mut last = "";
    for (id, title, track) in notes.list() {
        if track != last {
            say(track)?;
            last = track;
        }
        say(format!("  {id:<32} {title}"))?;
    }
    Ok(DONE)
}
