//! What lies over a screen: lists, questions and prompts, each in a box in the middle.

use ratatui::layout::Rect;
use ratatui::widgets::{Borders, Clear, Widget};

use super::Canvas;
use app::draft::Draft;
use app::flow::{Line, Tone, fit, pad};
use app::layout::Pane;
use app::overlay::{Confirm, Item, List, ListKind, Overlay, Prompt};

pub(super) fn draw(overlay: &Overlay, area: Rect, canvas: &mut Canvas) {
    match overlay {
        Overlay::List(list) => draw_list(list, area, canvas),
        Overlay::Confirm(confirm) => draw_confirm(confirm, area, canvas),
        Overlay::Prompt(prompt) => draw_prompt(prompt, area, canvas),
        Overlay::Draft(draft) => draw_draft(draft, area, canvas),
    }
}

/// A box in the middle of the screen, emptied and framed; its inside.
fn boxed(title: &str, width: u16, height: u16, area: Rect, canvas: &mut Canvas) -> Rect {
    // A strip of a few cells at each side shows nothing but scraps.
    let width = if width + 12 > area.width { area.width } else { width };
    let height = height.min(area.height.saturating_sub(3));
    let frame = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height.saturating_sub(height + 1)) / 2,
        width,
        height,
    };
    // A wide character that begins left of the box must not reach into it.
    if frame.x > 0 {
        for y in frame.y..frame.bottom() {
            let cell = &mut canvas.buffer[(frame.x - 1, y)];
            if Line::of(Tone::Plain, cell.symbol()).width() > 1 {
                cell.set_symbol(" ");
            }
        }
    }
    Clear.render(frame, canvas.buffer);
    let inner = Rect {
        x: frame.x + 2,
        y: frame.y + 1,
        width: width.saturating_sub(4),
        height: height.saturating_sub(2),
    };
    canvas.frame(Pane { frame, inner, borders: Borders::ALL }, title, true);
    inner
}

fn draw_list(list: &List, area: Rect, canvas: &mut Canvas) {
    let inner = boxed(list.title(), 100, 30, area, canvas);
    canvas.input(Rect { height: 1, ..inner }, "Search: ", &list.query);
    let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(2), ..inner };
    if list.shown.is_empty() {
        let text = match list.kind {
            ListKind::Find if list.query.is_empty() => "Type what you are looking for.",
            _ => "Nothing found.",
        };
        canvas.text(rows.x, rows.y, rows.width, Tone::Dim, text);
        return;
    }
    let width = usize::from(rows.width.saturating_sub(1));
    // The longest label that is not longer than the rest of the row can bear.
    let labels = list.items.iter().map(|i| Line::of(Tone::Dim, i.label.as_str()).width());
    let label_width = labels.max().unwrap_or(0).min(width / 3);
    let lines: Vec<Line> =
        list.shown.iter().map(|i| item_line(&list.items[*i], label_width)).collect();
    let height = usize::from(rows.height);
    let first = canvas.lines(rows, &lines, (list.selected + 1).saturating_sub(height));
    if let Some(row) = list.selected.checked_sub(first).filter(|r| *r < height) {
        let y = rows.y + u16::try_from(row).unwrap_or(0);
        canvas.choose(Rect { y, height: 1, width: rows.width.saturating_sub(1), ..rows });
    }
    // What did not fit on the chosen row stands below the list in full.
    if let Some(item) = list.chosen() {
        let y = inner.bottom().saturating_sub(1);
        let note = if item.valid { "" } else { "Not now. " };
        canvas.text(inner.x, y, inner.width, Tone::Dim, &format!("{note}{}", item.detail));
    }
}

fn item_line(item: &Item, label_width: usize) -> Line {
    let (tone, title) = if item.valid {
        (Tone::Plain, item.title.clone())
    } else {
        (Tone::Dim, format!("{} (not now)", item.title))
    };
    let mut line = Line::of(Tone::Code, pad(&item.label, label_width));
    line.push(tone, format!("  {title}"));
    line
}

fn draw_confirm(confirm: &Confirm, area: Rect, canvas: &mut Canvas) {
    let cols = area.width;
    let lines = confirm.lines(cols);
    let inner = boxed(&confirm.title, confirm.width(cols), confirm.height(cols), area, canvas);
    // Above the line with the keys one stays empty.
    let height = inner.height.saturating_sub(2);
    // A bar stands beside the text.
    let rows = Rect { height, width: inner.width + 1, ..inner };
    let first = canvas.lines(rows, &lines, confirm.scroll);
    let more = lines.len() > first + usize::from(rows.height);
    let y = inner.bottom().saturating_sub(1);
    let keys = if more { "↓ more below    y yes    n no" } else { "y yes    n no" };
    canvas.text(inner.x, y, inner.width, Tone::Bold, keys);
}

fn draw_prompt(prompt: &Prompt, area: Rect, canvas: &mut Canvas) {
    let inner = boxed(&prompt.title, 64, 5, area, canvas);
    canvas.text(inner.x, inner.y, inner.width, Tone::Plain, &prompt.help);
    canvas.input(Rect { y: inner.y + 1, height: 1, ..inner }, "> ", &prompt.input);
    if let Some(error) = &prompt.error {
        let text = fit(&format!("✘ {error}"), usize::from(inner.width));
        canvas.text(inner.x, inner.y + 2, inner.width, Tone::Bad, &text);
    }
}

/// The field for notes of one's own.
fn draw_draft(draft: &Draft, area: Rect, canvas: &mut Canvas) {
    let title = format!("Your notes: {}", draft.title);
    let inner = boxed(&title, 80, 20, area, canvas);
    let rows = Rect { height: inner.height.saturating_sub(2), ..inner };
    let (lines, caret) = draft.lay(usize::from(inner.width.saturating_sub(1)));
    let height = usize::from(rows.height);
    // The caret stays in sight, with what stands before it.
    let first = (caret.0 + 1).saturating_sub(height);
    for (y, line) in (rows.y..rows.bottom()).zip(lines.iter().skip(first)) {
        canvas.text(rows.x, y, rows.width, Tone::Plain, line);
    }
    let cell = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let (x, y) = (cell(caret.1), cell(caret.0 - first));
    canvas.cursor = Some((rows.x.saturating_add(x), rows.y.saturating_add(y)).into());
    let y = inner.bottom().saturating_sub(1);
    let keys = "Esc keeps and closes    Ctrl-C closes without keeping";
    canvas.text(inner.x, y, inner.width, Tone::Bold, keys);
}
