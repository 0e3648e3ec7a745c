//! Colours out of the terminal's sixteen, and the few shapes that all panels share. Without colour
//! bold, dim, underlined and reversed text remain, and nothing is said by colour alone.

use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::merge::MergeStrategy;
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::{Block, Borders, Widget};

use super::Canvas;
use app::flow::{Line, Tone, fit};
use app::input::Input;
use app::layout::Pane;

/// How tones look.
#[derive(Clone, Copy)]
pub(super) struct Theme {
    pub(super) color: bool,
}

impl Theme {
    fn ink(self, color: Color) -> Style {
        if self.color { Style::new().fg(color) } else { Style::new() }
    }

    pub(super) fn style(self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => Style::new(),
            Tone::Italic => Style::new().add_modifier(Modifier::ITALIC),
            Tone::Code if self.color => self.ink(Color::Yellow),
            Tone::Bold | Tone::Code => Style::new().add_modifier(Modifier::BOLD),
            Tone::Link => self.ink(Color::Blue).add_modifier(Modifier::UNDERLINED),
            Tone::Heading => self.ink(Color::Cyan).add_modifier(Modifier::BOLD),
            Tone::Dim => Style::new().add_modifier(Modifier::DIM),
            Tone::Good => self.ink(Color::Green).add_modifier(Modifier::BOLD),
            Tone::Bad => self.ink(Color::Red).add_modifier(Modifier::BOLD),
            Tone::Ask => self.ink(Color::Magenta).add_modifier(Modifier::BOLD),
        }
    }

    /// The chosen row of a list.
    pub(super) fn chosen() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub(super) fn line(self, line: &Line) -> TextLine<'static> {
        let spans = line.0.iter().map(|p| Span::styled(p.text.clone(), self.style(p.tone)));
        TextLine::from(spans.collect::<Vec<_>>())
    }
}

impl Canvas<'_> {
    /// Writes one line, no wider than `width`; what does not fit ends with `…`.
    pub(super) fn put(&mut self, x: u16, y: u16, width: u16, line: &Line) {
        let mut left = usize::from(width);
        let mut cut = Line::default();
        let surplus = line.width() > left;
        for piece in &line.0 {
            let piece_width = Line::of(piece.tone, piece.text.as_str()).width();
            // A piece that just fits is still cut when more would follow it.
            let text = if surplus && piece_width >= left {
                fit(&format!("{}  ", piece.text), left)
            } else {
                piece.text.clone()
            };
            let used = Line::of(piece.tone, text.as_str()).width();
            cut.push(piece.tone, text);
            left = left.saturating_sub(used);
            if left == 0 {
                break;
            }
        }
        self.buffer.set_line(x, y, &self.theme.line(&cut), width);
    }

    pub(super) fn text(&mut self, x: u16, y: u16, width: u16, tone: Tone, text: &str) {
        self.put(x, y, width, &Line::of(tone, text));
    }

    /// The lines around a pane with a title, where it has any; where they meet a neighbour's they
    /// become one. The focused pane is marked by `▸` and bold lines, not by colour alone.
    pub(super) fn frame(&mut self, pane: Pane, title: &str, focused: bool) {
        if pane.borders.is_empty() {
            return;
        }
        let (style, mark) = if focused {
            // The line may be a neighbour's too, and drawn dim for that.
            (self.theme.style(Tone::Heading).remove_modifier(Modifier::DIM), "▸ ")
        } else {
            (self.theme.style(Tone::Dim), "")
        };
        let room = usize::from(pane.frame.width.saturating_sub(4));
        let title = fit(&format!("{mark}{title}"), room);
        // With a corner at the left the title stands behind it, else behind a piece of the line.
        let line = if pane.borders.contains(Borders::LEFT) { "" } else { "─" };
        Block::new()
            .borders(pane.borders)
            .merge_borders(MergeStrategy::Exact)
            .border_style(style)
            .title(Span::styled(format!("{line} {title} "), style))
            .render(pane.frame, self.buffer);
    }

    /// Lines from `scroll` on, with a bar in the last column when there are more than fit. Gives
    /// back the first line that is shown.
    pub(super) fn lines(&mut self, area: Rect, lines: &[Line], scroll: usize) -> usize {
        let height = usize::from(area.height);
        let first = scroll.min(lines.len().saturating_sub(height));
        let width = area.width.saturating_sub(1);
        for (y, line) in (area.y..area.bottom()).zip(&lines[first..]) {
            self.put(area.x, y, width, line);
        }
        self.bar(area, lines.len(), first);
        first
    }

    /// The scroll bar: where the view is, and an arrow at an end beyond which there is more.
    pub(super) fn bar(&mut self, area: Rect, total: usize, first: usize) {
        let height = usize::from(area.height);
        if total <= height || height < 2 || area.width == 0 {
            return;
        }
        let x = area.right() - 1;
        let thumb = (height * height / total).max(1);
        let start = first * (height - thumb) / (total - height).max(1);
        for row in 0..height {
            let sign = match row {
                0 if first > 0 => "▲",
                r if r + 1 == height && first + height < total => "▼",
                r if (start..start + thumb).contains(&r) => "┃",
                _ => continue,
            };
            let y = area.y + u16::try_from(row).unwrap_or(0);
            self.text(x, y, 1, Tone::Dim, sign);
        }
    }

    /// A line that is being typed, with the cursor in it. A text too long for it shows its end.
    pub(super) fn input(&mut self, area: Rect, label: &str, input: &Input) {
        let label = fit(label, usize::from(area.width / 2));
        let label_width = u16::try_from(Line::of(Tone::Ask, label.as_str()).width()).unwrap_or(0);
        self.text(area.x, area.y, area.width, Tone::Ask, &label);
        let room = usize::from(area.width.saturating_sub(label_width + 1));
        let (before, after) = input.split();
        let before = tail(&before, room);
        let used = Line::of(Tone::Plain, before.as_str()).width();
        let x = area.x + label_width;
        self.text(x, area.y, area.width.saturating_sub(label_width), Tone::Plain, &before);
        let caret = x + u16::try_from(used).unwrap_or(0);
        let rest = area.right().saturating_sub(caret);
        self.text(caret, area.y, rest, Tone::Plain, &after);
        self.cursor = Some(Position { x: caret, y: area.y });
    }

    /// Reverses the cells of a row.
    pub(super) fn choose(&mut self, area: Rect) {
        self.buffer.set_style(area, Theme::chosen());
    }
}

/// The end of a text, with `…` before it when something is missing.
fn tail(text: &str, width: usize) -> String {
    if Line::of(Tone::Plain, text).width() <= width {
        return text.to_owned();
    }
    let reversed: String = text.chars().rev().collect();
    fit(&reversed, width).chars().rev().collect()
}
