//! The checks of the current step: what is missing and the command that shows it, what changed
//! when it passed, and its questions with the line to answer them in.

use ratatui::layout::Rect;

use super::Canvas;
use app::LabState;
use app::flow::Tone;
use app::lab::Focus;
use app::layout::Pane;
use app::leader::leader_name;

pub(super) fn draw(lab: &LabState, pane: Pane, canvas: &mut Canvas) {
    let title = lab
        .state()
        .map_or_else(String::new, |s| format!("Checks of step {}: {}", lab.current + 1, s.title));
    let focused = lab.focus == Focus::Checks;
    canvas.frame(pane, &title, focused);
    let (text, line) = split(pane.inner, lab.asking());
    let lines = lab.check_lines(usize::from(text.width.saturating_sub(1)));
    canvas.lines(text, &lines, lab.checks_scroll);
    let Some(line) = line else { return };
    if focused && lab.answering {
        let many = lab.state().is_some_and(|s| s.asks.len() > 1);
        let label =
            if many { format!("Answer to {}: ", lab.ask + 1) } else { "Answer: ".to_owned() };
        canvas.input(line, &label, &lab.answer);
    } else {
        let key = if focused { "Enter".to_owned() } else { leader_name(canvas.leader) + " a" };
        let text = ["? ", &key, " answers the question"].concat();
        canvas.text(line.x, line.y, line.width, Tone::Ask, &text);
    }
}

/// The lines, and below them the line for the answer where there is a question.
fn split(area: Rect, asking: bool) -> (Rect, Option<Rect>) {
    if !asking || area.height < 2 {
        return (area, None);
    }
    let text = Rect { height: area.height - 1, ..area };
    (text, Some(Rect { y: area.bottom() - 1, height: 1, ..area }))
}
