//! The learner's shell: the cells of its terminal, with the colours the programs in it chose.

use ratatui::buffer::Cell;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use super::Canvas;
use app::LabState;
use app::emulator::{self as terminal, Emulator, Flags, NamedColor};
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
    if back > 0 && pane.borders.is_empty() {
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

fn cells(screen: &Emulator, area: Rect, canvas: &mut Canvas) {
    let color = canvas.theme.color;
    for row in 0..screen.size().0.min(area.height) {
        for (col, from) in (0..area.width).zip(screen.row(row)) {
            // Most cells are blank, and so is the buffer.
            if is_blank(from) {
                continue;
            }
            let to = &mut canvas.buffer[(area.x + col, area.y + row)];
            to.set_style(style(from, color));
            // The right half of a wide character is skipped by the terminal; a wide character in
            // the last column would reach into the border.
            if from.flags.contains(Flags::WIDE_CHAR) && col + 1 >= area.width {
                to.set_symbol("…");
            } else if from.flags.intersects(Flags::WIDE_CHAR_SPACER | Flags::HIDDEN) {
                to.set_symbol(" ");
            } else {
                symbol(from, to);
            }
        }
    }
}

fn is_blank(cell: &terminal::Cell) -> bool {
    let none = cell.fg == terminal::Color::Named(NamedColor::Foreground)
        && cell.bg == terminal::Color::Named(NamedColor::Background);
    // That a line goes on below is nothing to see.
    none && cell.c == ' ' && cell.extra.is_none() && (cell.flags - Flags::WRAPLINE).is_empty()
}

/// The letter of a cell, with what stands over and under it. A control character would move the real
/// cursor.
fn symbol(from: &terminal::Cell, to: &mut Cell) {
    let letter = if from.c.is_control() { ' ' } else { from.c };
    match from.zerowidth().filter(|more| !more.is_empty()) {
        None => to.set_char(letter),
        Some(more) => {
            let more = more.iter().filter(|c| !c.is_control());
            to.set_symbol(&std::iter::once(&letter).chain(more).collect::<String>())
        }
    };
}

fn style(cell: &terminal::Cell, color: bool) -> Style {
    let mut style = Style::new();
    if color {
        style = style.fg(paint(cell.fg)).bg(paint(cell.bg));
    }
    let modifiers = [
        (Flags::BOLD, Modifier::BOLD),
        (Flags::DIM, Modifier::DIM),
        (Flags::ITALIC, Modifier::ITALIC),
        (Flags::ALL_UNDERLINES, Modifier::UNDERLINED),
        (Flags::INVERSE, Modifier::REVERSED),
        (Flags::STRIKEOUT, Modifier::CROSSED_OUT),
    ];
    let on = modifiers.into_iter().filter(|(flags, _)| cell.flags.intersects(*flags));
    on.fold(style, |style, (_, modifier)| style.add_modifier(modifier))
}

fn paint(color: terminal::Color) -> Color {
    match color {
        terminal::Color::Indexed(index) => Color::Indexed(index),
        terminal::Color::Spec(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
        // The sixteen have the numbers of the palette; the others mean what the terminal has anyway.
        terminal::Color::Named(named) => {
            u8::try_from(named as usize).map_or(Color::Reset, Color::Indexed)
        }
    }
}
