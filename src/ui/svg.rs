//! A frame as an SVG picture, for documents. The same buffer gives the same bytes; the palette is
//! fixed here, since a picture has no terminal to take colours from.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use app::App;

/// Size of a cell, in the picture's units.
const CELL_WIDTH: f64 = 8.4;
const CELL_HEIGHT: f64 = 18.0;
/// From the top of a cell to the line its letters stand on.
const BASELINE: f64 = 13.5;
const FONT_SIZE: u8 = 14;
/// Space around the frame.
const MARGIN: f64 = 12.0;
const PAPER: &str = "#1b1f27";
const INK: &str = "#d8dee9";

/// The sixteen colours, in the order of their numbers.
const PALETTE: [&str; 16] = [
    "#2e3440", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9",
    "#5c6370", "#ef8a92", "#b5e890", "#f0d399", "#82c4ff", "#dd9bf0", "#7fd7e0", "#ffffff",
];

/// A picture of the state as the screen would show it.
#[must_use]
pub fn picture(app: &App) -> String {
    let area = Rect { x: 0, y: 0, width: app.cols, height: app.rows };
    // A backend in memory cannot fail.
    match Terminal::new(TestBackend::new(area.width, area.height)) {
        Ok(mut terminal) => match terminal.draw(|frame| super::draw(app, None, frame)) {
            Ok(done) => render(done.buffer),
            Err(never) => match never {},
        },
        Err(never) => match never {},
    }
}

/// Draws a frame.
#[must_use]
pub fn render(buffer: &Buffer) -> String {
    let area = buffer.area;
    let width = f64::from(area.width) * CELL_WIDTH + 2.0 * MARGIN;
    let height = f64::from(area.height) * CELL_HEIGHT + 2.0 * MARGIN;
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"{FONT_SIZE}\">"
    );
    let _ = writeln!(
        svg,
        "<rect width=\"{width:.1}\" height=\"{height:.1}\" rx=\"8\" fill=\"{PAPER}\"/>"
    );
    for y in area.top()..area.bottom() {
        for run in runs(buffer, y) {
            draw_run(&run, f64::from(y - area.y), &mut svg);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Neighbouring cells that look the same.
struct Run {
    /// Counted in cells from the left.
    start: u16,
    cells: u16,
    text: String,
    look: Look,
}

#[derive(Clone, PartialEq)]
struct Look {
    ink: String,
    paper: Option<String>,
    modifier: Modifier,
}

fn look(cell: &Cell) -> Look {
    let (mut ink, mut paper) = (hex(cell.fg), hex(cell.bg));
    if cell.modifier.contains(Modifier::REVERSED) {
        (ink, paper) = (
            Some(paper.unwrap_or_else(|| PAPER.to_owned())),
            Some(ink.unwrap_or_else(|| INK.to_owned())),
        );
    }
    Look { ink: ink.unwrap_or_else(|| INK.to_owned()), paper, modifier: cell.modifier }
}

fn runs(buffer: &Buffer, y: u16) -> Vec<Run> {
    let area = buffer.area;
    let mut runs: Vec<Run> = Vec::new();
    let mut x = area.left();
    while x < area.right() {
        let cell = &buffer[(x, y)];
        let look = look(cell);
        let wide = u16::try_from(cell.symbol().width().max(1)).unwrap_or(1);
        match runs.last_mut() {
            Some(run) if run.look == look => {
                run.text.push_str(cell.symbol());
                run.cells += wide;
            }
            _ => runs.push(Run {
                start: x - area.x,
                cells: wide,
                text: cell.symbol().to_owned(),
                look,
            }),
        }
        x += wide;
    }
    runs
}

fn draw_run(run: &Run, row: f64, svg: &mut String) {
    let x = f64::from(run.start) * CELL_WIDTH + MARGIN;
    let y = row * CELL_HEIGHT + MARGIN;
    let width = f64::from(run.cells) * CELL_WIDTH;
    if let Some(paper) = &run.look.paper {
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{CELL_HEIGHT:.1}\" \
             fill=\"{paper}\"/>"
        );
    }
    if run.text.trim().is_empty() {
        return;
    }
    let mut attributes = String::new();
    let modifier = run.look.modifier;
    let looks = [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::DIM, " opacity=\"0.65\""),
    ];
    for (_, text) in looks.iter().filter(|(m, _)| modifier.contains(*m)) {
        attributes.push_str(text);
    }
    // `textLength` keeps columns in line whatever font the reader has.
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" fill=\"{}\" \
         xml:space=\"preserve\"{attributes}>{}</text>",
        y + BASELINE,
        run.look.ink,
        escape(&run.text)
    );
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A colour as `#rrggbb`; `None` for the terminal's own.
fn hex(color: Color) -> Option<String> {
    let index = match color {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => return Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Indexed(i) if i >= 16 => return Some(cube(i)),
        Color::Indexed(i) => i,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    Some(PALETTE[usize::from(index)].to_owned())
}

/// xterm's colours 16 to 255: a cube of six by six by six, then 24 greys.
fn cube(index: u8) -> String {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return format!("#{grey:02x}{grey:02x}{grey:02x}");
    }
    let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    let i = index - 16;
    format!("#{:02x}{:02x}{:02x}", level(i / 36), level(i / 6 % 6), level(i % 6))
}
