//! Tables of a lesson as lines: columns as wide as they need, narrowed where the screen is narrow,
//! with the text of a cell going on below itself.

use course::Span;

use super::flow::{Line, Piece, Tone, pieces, wrap};

/// Between two columns.
const GAP: &str = " │ ";
const GAP_WIDTH: usize = 3;
/// A column is not made narrower than this; when that is not enough, rows become lists.
const COLUMN_MIN: usize = 8;

type Cells = [Vec<Span>];

pub(super) fn lay_table(
    header: &Cells,
    rows: &[Vec<Vec<Span>>],
    width: usize,
    lines: &mut Vec<Line>,
) {
    let columns = rows.iter().map(Vec::len).chain([header.len()]).max().unwrap_or(0);
    if columns == 0 {
        return;
    }
    let mut widths = vec![1; columns];
    for cells in rows.iter().map(Vec::as_slice).chain([header]) {
        for (i, cell) in cells.iter().enumerate() {
            widths[i] = widths[i].max(Line(pieces(cell)).width());
        }
    }
    let room = width.saturating_sub(GAP_WIDTH * (columns - 1));
    if !narrow(&mut widths, room) {
        lay_as_list(header, rows, width, lines);
        return;
    }
    lay_row(header, &widths, Tone::Bold, lines);
    let rule: Vec<String> = widths.iter().map(|w| "─".repeat(*w)).collect();
    lines.push(Line::of(Tone::Dim, rule.join("─┼─")));
    for row in rows {
        lay_row(row, &widths, Tone::Plain, lines);
    }
}

/// Takes from the widest columns until the sum fits; whether it does.
fn narrow(widths: &mut [usize], room: usize) -> bool {
    let mut total: usize = widths.iter().sum();
    while total > room {
        let Some(widest) = widths.iter_mut().max() else { return false };
        if *widest <= COLUMN_MIN {
            return false;
        }
        *widest -= 1;
        total -= 1;
    }
    true
}

fn lay_row(cells: &Cells, widths: &[usize], plain: Tone, lines: &mut Vec<Line>) {
    let laid: Vec<Vec<Line>> = widths
        .iter()
        .enumerate()
        .map(|(i, width)| cells.get(i).map_or_else(Vec::new, |c| wrap(&toned(c, plain), *width)))
        .collect();
    let height = laid.iter().map(Vec::len).max().unwrap_or(0);
    for row in 0..height {
        let mut line = Line::default();
        for (i, width) in widths.iter().enumerate() {
            let part = laid[i].get(row).cloned().unwrap_or_default();
            let blanks = width.saturating_sub(part.width());
            line.0.extend(part.0);
            if i + 1 < widths.len() {
                line.push(Tone::Plain, " ".repeat(blanks));
                line.push(Tone::Dim, GAP);
            }
        }
        lines.push(line);
    }
}

fn toned(spans: &[Span], plain: Tone) -> Vec<Piece> {
    let mut pieces = pieces(spans);
    for piece in pieces.iter_mut().filter(|p| p.tone == Tone::Plain) {
        piece.tone = plain;
    }
    pieces
}

/// `header: cell` lines, for a screen too narrow for columns.
pub(super) fn lay_as_list(
    header: &Cells,
    rows: &[Vec<Vec<Span>>],
    width: usize,
    lines: &mut Vec<Line>,
) {
    // A table may be nothing but its header.
    let alone = header.iter().filter(|_| rows.is_empty());
    alone.for_each(|cell| lines.extend(wrap(&toned(cell, Tone::Bold), width)));
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            lines.push(Line::default());
        }
        for (column, cell) in row.iter().enumerate() {
            let mut label = header.get(column).map_or_else(Vec::new, |h| toned(h, Tone::Bold));
            label.push(Piece { text: ": ".into(), tone: Tone::Bold });
            label.extend(pieces(cell));
            lines.extend(wrap(&label, width));
        }
    }
}
