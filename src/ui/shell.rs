//! The learner's shell: the cells of its terminal, with the colours the programs in it chose.

use ratatui::buffer::Cell;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use tui_term::vt100;

use super::Canvas;
use app::LabState;
use app::flow::Tone;
use app::lab::Focus;
use app::layout::Pane;
use base::text::plural;

pub(super) fn draw(lab: &LabState, pane: Pane, canvas: &mut Canvas) {
    let focused = lab.focus == Focus::Shell;
    let screen = lab.shell.screen();
    let back = screen.scrollback();
    let tabs = tabs(lab);
    let title = if back > 0 {
        format!("{tabs}, {} back (Shift-PgDn goes forward)", plural(back, "line"))
    } else {
        tabs
    };
    canvas.frame(pane, &title, focused);
    let area = pane.inner;
    cells(screen, area, canvas);
    if let Some(how) = &lab.shell.ended {
        let y = area.bottom().saturating_sub(1);
        let text = app::flow::pad(
            &format!("{how} Press Enter here to start another."),
            usize::from(area.width),
        );
        canvas.text(area.x, y, area.width, Tone::Bad, &text);
    } else if focused && back == 0 && !screen.hide_cursor() {
        let (row, col) = screen.cursor_position();
        let position = Position { x: area.x + col, y: area.y + row };
        if area.contains(position) {
            canvas.cursor = Some(position);
        }
    }
    if back > 0 && pane.frame == pane.inner {
        let text = format!(" {} back ", plural(back, "line"));
        let width = u16::try_from(text.len()).unwrap_or(0).min(area.width);
        canvas.text(area.right() - width, area.y, width, Tone::Heading, &text);
    }
}

/// The pane's name; with nodes, all its tabs, the one that is shown between brackets.
fn tabs(lab: &LabState) -> String {
    if lab.nodes.is_empty() {
        return "Shell".to_owned();
    }
    let shown = lab.shell.node.as_deref();
    let tab = |name: &str, here: bool| if here { format!("[{name}]") } else { name.to_owned() };
    let nodes = lab.nodes.iter().map(|node| tab(node, shown == Some(node)));
    std::iter::once(tab("Shell", shown.is_none())).chain(nodes).collect::<Vec<_>>().join(" ")
}

fn cells(screen: &vt100::Screen, area: Rect, canvas: &mut Canvas) {
    let (rows, cols) = screen.size();
    let color = canvas.theme.color;
    let plain = if color { Style::new().fg(Color::Reset).bg(Color::Reset) } else { Style::new() };
    for row in 0..rows.min(area.height) {
        for col in 0..cols.min(area.width) {
            let Some(from) = screen.cell(row, col) else { continue };
            let style = style(from, color);
            // Most cells are blank, and so is the buffer.
            if style == plain && !from.has_contents() && !from.is_wide_continuation() {
                continue;
            }
            let to = &mut canvas.buffer[(area.x + col, area.y + row)];
            // The right half of a wide character is skipped by the terminal; a wide character in
            // the last column would reach into the border.
            if from.is_wide_continuation() {
                to.set_symbol(" ");
            } else if from.is_wide() && col + 1 >= area.width {
                to.set_symbol("…");
            } else if from.has_contents() {
                to.set_symbol(from.contents());
            } else {
                to.set_symbol(" ");
            }
            to.set_style(style);
            hide_controls(to);
        }
    }
}

/// A control character among the cells would move the real cursor.
fn hide_controls(cell: &mut Cell) {
    if cell.symbol().chars().any(char::is_control) {
        cell.set_symbol(" ");
    }
}

fn style(cell: &vt100::Cell, color: bool) -> Style {
    let mut style = Style::new();
    if color {
        style = style.fg(paint(cell.fgcolor())).bg(paint(cell.bgcolor()));
    }
    let modifiers = [
        (cell.bold(), Modifier::BOLD),
        (cell.dim(), Modifier::DIM),
        (cell.italic(), Modifier::ITALIC),
        (cell.underline(), Modifier::UNDERLINED),
        (cell.inverse(), Modifier::REVERSED),
    ];
    modifiers.into_iter().filter(|(on, _)| *on).fold(style, |s, (_, m)| s.add_modifier(m))
}

fn paint(color: vt100::Color) -> Color {
    match color {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(i) => Color::Indexed(i),
        vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}
