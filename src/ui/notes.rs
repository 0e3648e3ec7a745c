//! The notes reader: the list of pages or of what was found, and the page.

use ratatui::layout::Rect;

use super::Canvas;
use app::App;
use app::flow::{Line, Tone, wrap_text};
use app::home::track_title;
use app::layout;
use app::notes::Notes;

pub(super) fn draw(app: &App, area: Rect, canvas: &mut Canvas) {
    let notes = &app.notes;
    let (list, page) = layout::notes_panes(area.width, area.height, notes.reading);
    if let Some(pane) = page {
        let title = notes.page.as_ref().map_or("Page", |p| p.title.as_str());
        canvas.frame(pane, title, notes.reading);
        if notes.page.is_none() {
            let text = "Choose a page and press Enter; / searches all pages.";
            for (y, line) in (pane.inner.y..pane.inner.bottom()).zip(wrap_text(
                Tone::Dim,
                text,
                usize::from(pane.inner.width),
            )) {
                canvas.put(pane.inner.x, y, pane.inner.width, &line);
            }
        }
        canvas.lines(pane.inner, &notes.lines, notes.scroll);
    }
    if let Some(pane) = list {
        let title = match (&notes.hits, &notes.meant) {
            (Some(_), Some(meant)) => format!("Found for {meant:?}"),
            (Some(_), None) => "Found".to_owned(),
            (None, _) => "Pages".to_owned(),
        };
        canvas.frame(pane, &title, !notes.reading);
        draw_list(notes, pane.inner, canvas);
    }
}

fn draw_list(notes: &Notes, inner: Rect, canvas: &mut Canvas) {
    let searching = notes.searching || !notes.query.is_empty();
    let top = u16::from(searching);
    if searching {
        canvas.input(Rect { height: 1, ..inner }, "Search: ", &notes.query);
        if !notes.searching {
            canvas.cursor = None;
        }
    }
    let area = Rect { y: inner.y + top, height: inner.height.saturating_sub(top), ..inner };
    let width = usize::from(area.width.saturating_sub(1));
    let (lines, places) = match &notes.hits {
        Some(_) => hit_lines(notes, width),
        None => page_lines(notes),
    };
    if places.is_empty() {
        let text = match (&notes.hits, notes.loaded) {
            (Some(_), _) => "Nothing found. Esc shows all pages.",
            (None, true) => "There are no pages.",
            (None, false) => "The pages are being read …",
        };
        canvas.text(area.x, area.y, area.width, Tone::Plain, text);
        return;
    }
    let chosen = places.get(notes.selected).cloned().unwrap_or(0..0);
    let height = usize::from(area.height);
    let first = canvas.lines(area, &lines, (chosen.end + 1).saturating_sub(height));
    for line in chosen.filter(|l| (first..first + height).contains(l)) {
        let y = area.y + u16::try_from(line - first).unwrap_or(0);
        canvas.choose(Rect { y, height: 1, width: area.width.saturating_sub(1), ..area });
    }
}

type Placed = (Vec<Line>, Vec<std::ops::Range<usize>>);

fn page_lines(notes: &Notes) -> Placed {
    let (mut lines, mut places) = (Vec::new(), Vec::new());
    let mut track = None;
    for page in &notes.pages {
        if track != Some(&page.track) {
            if track.is_some() {
                lines.push(Line::default());
            }
            track = Some(&page.track);
            lines.push(Line::of(Tone::Heading, track_title(&page.track)));
        }
        places.push(lines.len()..lines.len() + 1);
        lines.push(Line::of(Tone::Plain, format!(" {}", page.title)));
    }
    (lines, places)
}

/// A title and up to two lines of what stands around the place.
fn hit_lines(notes: &Notes, width: usize) -> Placed {
    let (mut lines, mut places) = (Vec::new(), Vec::new());
    for hit in notes.hits.iter().flatten() {
        let start = lines.len();
        lines.push(Line::of(Tone::Bold, hit.title.clone()));
        let mut snippet = wrap_text(Tone::Dim, &hit.snippet, width.saturating_sub(2));
        let more = snippet.len() > 2;
        snippet.truncate(2);
        for (i, line) in snippet.into_iter().enumerate() {
            let end = if more && i == 1 { " …" } else { "" };
            lines.push(Line::of(Tone::Dim, format!("  {}{end}", line.text())));
        }
        places.push(start..lines.len());
    }
    (lines, places)
}
