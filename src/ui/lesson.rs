//! The lesson: all of it, with a bar beside the step the learner is at.

use super::Canvas;
use app::LabState;
use app::flow::{Line, Tone, places};
use app::lab::Focus;
use app::layout::Pane;
use app::leader::leader_name;
use course::Block;
use ratatui::layout::Rect;

/// The mark of the current step, and the blank after it.
const GUTTER: u16 = 2;

pub(super) fn draw(lab: &LabState, pane: Pane, canvas: &mut Canvas) {
    let runs = |b: &Block| matches!(b, Block::Code { lang, .. } if lang == "sh");
    let commands = lab.step().is_some_and(|s| s.blocks.iter().any(runs));
    let title = if commands {
        format!("Lesson ({} e types its commands)", leader_name(canvas.leader))
    } else {
        "Lesson".to_owned()
    };
    canvas.frame(pane, &title, lab.focus == Focus::Lesson);
    let inner = pane.inner;
    let text = Rect { x: inner.x + GUTTER, width: inner.width.saturating_sub(GUTTER), ..inner };
    let first = canvas.lines(text, &lab.lesson.lines, lab.lesson_scroll);
    let current = lab.lesson.range(lab.current);
    for (y, line) in (inner.y..inner.bottom()).zip(first..lab.lesson.lines.len()) {
        if current.contains(&line) {
            canvas.text(inner.x, y, 1, Tone::Heading, "▌");
        }
        if !lab.marked.is_empty() {
            mark(Rect { y, height: 1, ..text }, &lab.lesson.lines[line], &lab.marked, canvas);
        }
    }
}

/// Reverses what was found in a line.
fn mark(row: Rect, line: &Line, marked: &str, canvas: &mut Canvas) {
    for found in places(&line.text(), marked) {
        let cells = |columns: usize| u16::try_from(columns).unwrap_or(u16::MAX);
        let x = row.x.saturating_add(cells(found.start));
        let width = cells(found.end - found.start);
        canvas.choose(Rect { x, width, ..row }.intersection(row));
    }
}
