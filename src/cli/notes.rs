//! `distlab notes` and `distlab glossary`: read a page or one section of it, or search them all. Works
//! without any network or engine.

use anyhow::Context as _;
use serde_json::json;

use super::course::note_read;
use super::{Args, DONE, NO, say, say_json};
use app::lay::lay_to_print;
use base::text::nearest;
use course::notes::GLOSSARY;
use course::{Notes, Page, Wanted, standing};
use session::profile::Profile;
use store::{Hit, NoteRow, Store, StoreError};

/// More hits help nobody.
const HITS_MAX: usize = 20;
/// So many are looked at, so that one that is about the word is not beyond the best by count.
const LOOKED_AT: usize = 200;
/// Text is broken here, or where the terminal ends.
const WIDTH: usize = 100;
/// Words that show what a section is about.
const SNIPPET_WORDS: usize = 24;
/// Changes when the same notes are indexed otherwise.
const INDEX: &str = "2";

/// What was found.
pub(super) struct Found {
    pub hits: Vec<Hit>,
    /// What was searched for, when that is not what was typed.
    pub meant: Option<String>,
}

/// Searches the notes, after bringing the index up to date with them. What is about a word stands
/// before what only has it.
pub(super) fn search(
    profile: &Profile,
    notes: &Notes,
    query: &str,
    limit: usize,
) -> anyhow::Result<Found> {
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
) -> Result<Found, StoreError> {
    let rows = || {
        notes.sections().into_iter().map(|s| NoteRow {
            page: s.page,
            anchor: s.anchor,
            title: s.title,
            heading: s.heading,
            text: s.text,
        })
    };
    store.index_notes(&format!("{INDEX} {}", notes.digest()), rows)?;
    let wanted = notes.understand(query);
    let mut hits = find(store, notes, &wanted)?;
    hits.truncate(limit);
    Ok(Found { hits, meant: wanted.meant })
}

fn find(store: &Store, notes: &Notes, wanted: &Wanted) -> Result<Vec<Hit>, StoreError> {
    let mut hits = store.search_notes(&wanted.groups, LOOKED_AT)?;
    let top = |hit: &Hit| hit.heading.is_empty();
    hits.sort_by_key(|hit| match hit.page.as_str() {
        // A definition stands behind what is about the word, and before what only has it.
        GLOSSARY => 2,
        _ => standing(wanted, &hit.title, &hit.heading, top(hit)),
    });
    // What the glossary says of a word, and where it leads, is certain.
    let mut first: Vec<String> = Vec::new();
    for term in wanted.terms.iter().filter_map(|at| notes.terms().get(*at)) {
        let definition = format!("{GLOSSARY}#{}", term.anchor());
        if wanted.only_term {
            let (best, others) = term.see.split_at(term.see.len().min(1));
            first.extend(best.iter().cloned().chain([definition]).chain(others.iter().cloned()));
        }
    }
    let mut found: Vec<Hit> = Vec::new();
    for place in &first {
        let is_there = |hit: &Hit| place_of(hit) == *place || (top(hit) && hit.page == *place);
        match hits.iter().position(is_there) {
            Some(at) => found.push(hits.remove(at)),
            None => found.extend(hit_of(notes, place)),
        }
    }
    found.extend(hits);
    Ok(found)
}

/// A hit as `distlab notes` and links name it.
pub(super) fn place_of(hit: &Hit) -> String {
    if hit.heading.is_empty() { hit.page.clone() } else { format!("{}#{}", hit.page, hit.anchor) }
}

/// A section that holds none of the words that it is about.
fn hit_of(notes: &Notes, place: &str) -> Option<Hit> {
    let (id, anchor) = place.split_once('#').unwrap_or((place, ""));
    let row = notes.sections_of(id).into_iter().find(|row| match anchor {
        "" => row.heading.is_empty(),
        _ => row.anchor == anchor,
    })?;
    let words: Vec<&str> = row.text.split_whitespace().take(SNIPPET_WORDS).collect();
    let snippet = format!("{}…", words.join(" "));
    Some(Hit {
        page: row.page,
        anchor: row.anchor,
        title: row.title,
        heading: row.heading,
        snippet,
    })
}

pub(super) fn run(args: &Args, query: &[String], as_json: bool) -> anyhow::Result<u8> {
    let notes = Notes::load();
    let query = query.join(" ");
    if query.is_empty() {
        return list(&notes, as_json);
    }
    let place = query.trim_start_matches("notes:");
    let (id, anchor) = place.split_once('#').unwrap_or((place, ""));
    if let Some(page) = notes.page(id) {
        read(&page, anchor, as_json)?;
        if !as_json {
            // The course says what has been read; where that cannot be kept, it has been read all the same.
            let _ = args.profile().and_then(|profile| note_read(&profile.store()?, &page.id));
        }
        return Ok(DONE);
    }
    let found = search(&args.profile()?, &notes, &query, HITS_MAX)?;
    if as_json {
        let all: Vec<_> = found
            .hits
            .iter()
            .map(|h| json!({"page": h.page, "anchor": h.anchor, "title": h.title, "heading": h.heading, "snippet": h.snippet}))
            .collect();
        say_json(&all)?;
    } else {
        tell(&query, &found)?;
    }
    Ok(if found.hits.is_empty() { NO } else { DONE })
}

/// A page, or the section of it that was named.
fn read(page: &Page, anchor: &str, as_json: bool) -> anyhow::Result<()> {
    let blocks = match anchor {
        "" => &page.blocks[..],
        _ => &page.blocks[page.section(anchor).with_context(|| no_section(page, anchor))?],
    };
    if as_json {
        let text = course::lesson::text_of(blocks);
        say_json(&json!({
            "id": page.id, "anchor": anchor, "title": page.title, "track": page.track, "text": text,
        }))?;
    } else {
        print(blocks)?;
        if blocks.len() < page.blocks.len() {
            say(format!("\nThis is a section of: distlab notes {}", page.id))?;
        }
    }
    Ok(())
}

fn no_section(page: &Page, anchor: &str) -> String {
    let known = || page.anchors.iter().map(|(a, _)| a.as_str());
    let mend = match nearest(anchor, known()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
    };
    let id = &page.id;
    format!("the page {id} has no section {anchor:?}: {mend}")
}

fn print(blocks: &[course::Block]) -> anyhow::Result<()> {
    let columns = crossterm::terminal::size().ok().filter(|_| super::at_terminal());
    let width = columns.map_or(WIDTH, |(columns, _)| usize::from(columns).min(WIDTH));
    let lines = lay_to_print(blocks, width);
    say(lines.iter().map(|l| l.text().trim_end().to_owned()).collect::<Vec<_>>().join("\n"))
}

fn tell(query: &str, found: &Found) -> anyhow::Result<()> {
    if found.hits.is_empty() {
        return say(format!("No page holds {query:?}. distlab notes lists the pages."));
    }
    if let Some(meant) = &found.meant {
        say(format!(
            "No page holds {query:?}. Did you mean {meant:?}? Here is what there is on that:"
        ))?;
    }
    for hit in &found.hits {
        let heading =
            if hit.heading.is_empty() { String::new() } else { format!(" › {}", hit.heading) };
        say(format!("{}  {}{heading}", place_of(hit), hit.title))?;
        say(format!("    {}", hit.snippet.split_whitespace().collect::<Vec<_>>().join(" ")))?;
    }
    let place = place_of(&found.hits[0]);
    say(format!("Read one by its name: distlab notes {place}"))
}

/// `distlab glossary`: all words, or one.
pub(super) fn glossary(words: &[String], as_json: bool) -> anyhow::Result<u8> {
    let notes = Notes::load();
    let page = notes.page(GLOSSARY).context("this program has no glossary")?;
    let said = words.join(" ");
    if said.is_empty() {
        if as_json {
            say_json(&notes.terms().iter().map(as_value).collect::<Vec<_>>())?;
            return Ok(DONE);
        }
        for term in notes.terms() {
            let also = if term.also.is_empty() {
                String::new()
            } else {
                format!(" ({})", term.also.join(", "))
            };
            say(format!("{}{also}", term.name))?;
        }
        say("\nRead one: distlab glossary TERM")?;
        return Ok(DONE);
    }
    let meant = || {
        let wanted = notes.understand(&said);
        wanted.terms.first().and_then(|at| notes.terms().get(*at))
    };
    let Some(term) = notes.term(&said).or_else(meant) else {
        say(format!(
            "The glossary has no {said:?}. distlab glossary lists its words, and distlab notes {said} \
             looks in all pages."
        ))?;
        return Ok(NO);
    };
    if as_json {
        say_json(&as_value(term))?;
        return Ok(DONE);
    }
    let blocks = page.section(&term.anchor()).map_or(&[][..], |section| &page.blocks[section]);
    print(blocks)?;
    Ok(DONE)
}

fn as_value(term: &course::Term) -> serde_json::Value {
    json!({"name": term.name, "also": term.also, "text": term.text, "see": term.see})
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
