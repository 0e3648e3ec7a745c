//! The lines of the checks pane: how a step stands, a card for each thing that is missing, what
//! changed when it passed, and the questions. Which of them are shown is not decided here.

use super::flow::{Line, Piece, Tone, labelled, wrap};
use base::Time;
use course::Step;
use session::{AskState, Card, StepState, Verdict};

/// The sign and word of a verdict.
#[must_use]
pub fn verdict_sign(verdict: Verdict) -> (Tone, &'static str) {
    match verdict {
        Verdict::Open => (Tone::Dim, "○ to do"),
        Verdict::Failing => (Tone::Bad, "✘ not yet"),
        Verdict::Passed { .. } => (Tone::Good, "✔ done"),
        Verdict::Blocked => (Tone::Bad, "! blocked"),
    }
}

pub(super) fn verdict_line(step: &Step, state: &StepState, now: Time) -> Line {
    let (tone, sign) = verdict_sign(state.verdict);
    let mut line = Line::of(tone, sign);
    let all = step.expects.len();
    let asks = match state.asks.iter().filter(|a| !a.right).count() {
        0 => String::new(),
        open => format!("{} open", base::text::plural(open, "question")),
    };
    let checked = state.verdict == Verdict::Failing || !state.cards.is_empty();
    let detail = match state.verdict {
        Verdict::Passed { at } if at <= now => match now.since(at) {
            since if since.as_secs() == 0 => "  just now".to_owned(),
            since => format!("  {} ago, lab time", base::text::span(since)),
        },
        Verdict::Failing | Verdict::Open if all > 0 && checked => {
            let asks = if asks.is_empty() { asks } else { format!(", {asks}") };
            let failing: usize = state.cards.iter().map(|card| 1 + card.others).sum();
            let (checks, hold) =
                (base::text::plural(all, "check"), if all == 1 { "holds" } else { "hold" });
            format!("  {} of {checks} {hold}{asks}", all.saturating_sub(failing))
        }
        Verdict::Open if all > 0 => {
            let asks = if asks.is_empty() { asks } else { format!(", {asks}") };
            // Short enough for a narrow pane.
            format!("  {} not run yet{asks}", base::text::plural(all, "check"))
        }
        Verdict::Failing | Verdict::Open if !asks.is_empty() => format!("  {asks}"),
        _ => String::new(),
    };
    line.push(Tone::Dim, detail);
    line
}

pub(super) fn piece(tone: Tone, text: impl Into<String>) -> Piece {
    Piece { text: text.into(), tone }
}

/// What a step that nobody has worked on yet still lacks: no fault, so no more than the sentence.
pub(super) fn lay_to_do(card: &Card, width: usize, lines: &mut Vec<Line>) {
    lines.extend(labelled(&piece(Tone::Dim, "○ "), &piece(Tone::Plain, &card.message), width));
}

pub(super) fn lay_card(card: &Card, width: usize, lines: &mut Vec<Line>) {
    lines.extend(labelled(&piece(Tone::Bad, "✘ "), &piece(Tone::Bold, &card.message), width));
    let rows = [
        ("  expected ", Tone::Plain, card.expected.as_str()),
        ("  observed ", Tone::Plain, observed(card)),
        ("  see it   ", Tone::Code, &card.command),
    ];
    for (label, tone, text) in rows.into_iter().filter(|(_, _, text)| !text.is_empty()) {
        lines.extend(value_lines(label, tone, text, width));
    }
}

/// What was observed, unless the message quotes it: an error's sentence is not said twice.
#[must_use]
pub fn observed(card: &Card) -> &str {
    let quoted = card.observed.len() > QUOTED_MIN && card.message.contains(&card.observed);
    if quoted { "" } else { &card.observed }
}

/// Said to an answer that cannot be judged yet.
pub const EARLY: &str = "There is nothing to compare the answer with yet. It is kept, and judged \
                                when the work of the step is done.";

/// A shorter text may stand in a message by chance.
const QUOTED_MIN: usize = 20;
/// Lines of one value on a card; the command beside it shows the rest.
const VALUE_LINES: usize = 4;

/// A label and a value; of a long value the beginning and a sign that there is more.
fn value_lines(label: &str, tone: Tone, text: &str, width: usize) -> Vec<Line> {
    let mut lines = labelled(&piece(Tone::Dim, label), &piece(tone, text), width);
    if lines.len() > VALUE_LINES && tone != Tone::Code {
        let more = lines.len() - VALUE_LINES + 1;
        lines.truncate(VALUE_LINES - 1);
        let indent = " ".repeat(label.len());
        let count = base::text::plural(more, "line");
        lines.push(Line::of(Tone::Dim, format!("{indent}… {count} more")));
    }
    lines
}

/// A card of a step that passed since: what was observed then, and what is now. Where the step passed
/// in another session, what was wanted tells that as far as it is known.
pub(super) fn lay_change(card: &Card, held: &[Card], width: usize, lines: &mut Vec<Line>) {
    if card.command.is_empty() {
        return;
    }
    lines.extend(labelled(&piece(Tone::Good, "✔ "), &piece(Tone::Code, &card.command), width));
    let now = match held.iter().find(|now| now.expect == card.expect) {
        // A comparison has nothing to show: its outcome is what was wanted.
        Some(now) if now.observed.is_empty() => &now.expected,
        Some(now) => &now.observed,
        None => &card.expected,
    };
    let rows = [("  was ", &card.observed), ("  now ", now)];
    for (label, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
        lines.extend(value_lines(label, Tone::Plain, text, width));
    }
}

pub(super) fn lay_ask(
    index: usize,
    ask: &AskState,
    chosen: bool,
    count: usize,
    width: usize,
    lines: &mut Vec<Line>,
) {
    let number = if count > 1 { format!(" {}", index + 1) } else { String::new() };
    let (tone, sign) = match (&ask.given, ask.right) {
        (_, true) => (Tone::Good, "✔ answered"),
        (Some(_), false) if ask.early => (Tone::Ask, "? cannot be judged yet"),
        (Some(_), false) => (Tone::Bad, "✘ not right"),
        (None, false) => (Tone::Ask, "? question"),
    };
    let mark = if chosen && count > 1 { "▸" } else { "" };
    let label = piece(tone, format!("{mark}{sign}{number} "));
    let question = wrap(&[label, piece(Tone::Bold, &ask.question)], width.saturating_sub(2));
    for (i, mut line) in question.into_iter().enumerate() {
        if i > 0 {
            line.0.insert(0, piece(Tone::Plain, "  "));
        }
        lines.push(line);
    }
    if !ask.right {
        for (i, choice) in ask.choices.iter().enumerate() {
            let label = piece(Tone::Ask, format!("  {} ", i + 1));
            lines.extend(labelled(&label, &piece(Tone::Plain, choice), width));
        }
    }
    if let Some(given) = &ask.given {
        let label = piece(Tone::Dim, "  your answer ");
        lines.extend(labelled(&label, &piece(Tone::Plain, given), width));
    }
    if let Some(why) = ask.why_not.as_ref().filter(|_| !ask.right && !ask.early) {
        lines.extend(labelled(&piece(Tone::Dim, "  "), &piece(Tone::Plain, why), width));
    }
    if let Some(why) = ask.why.as_ref().filter(|_| ask.right) {
        lines.extend(labelled(&piece(Tone::Dim, "  "), &piece(Tone::Plain, why), width));
    }
}

#[cfg(test)]
mod tests {
    use super::{Card, Line, lay_card, lay_change, lay_to_do};

    fn text(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::text).collect()
    }

    fn card() -> Card {
        Card {
            message: "It is off.".into(),
            expected: "turned on".into(),
            observed: "off".into(),
            command: "look".into(),
            ..Card::default()
        }
    }

    #[test]
    fn a_card_says_what_was_observed_and_a_step_to_do_no_more_than_its_sentence() {
        let mut lines = Vec::new();
        lay_card(&card(), 40, &mut lines);
        assert_eq!(
            text(&lines),
            ["✘ It is off.", "  expected turned on", "  observed off", "  see it   look"]
        );
        lines.clear();
        lay_card(&Card { expected: String::new(), ..card() }, 40, &mut lines);
        assert_eq!(text(&lines), ["✘ It is off.", "  observed off", "  see it   look"]);
        lines.clear();
        lay_to_do(&card(), 40, &mut lines);
        assert_eq!(text(&lines), ["○ It is off."]);
    }

    #[test]
    fn a_step_that_passed_says_what_is_observed_now() {
        let check = |held: &[Card], want: &[&str]| {
            let mut lines = Vec::new();
            lay_change(&card(), held, 40, &mut lines);
            assert_eq!(text(&lines), want);
        };
        let now = Card { observed: "on since noon".into(), ..card() };
        check(std::slice::from_ref(&now), &["✔ look", "  was off", "  now on since noon"]);
        // Another expectation's, none that is known, and a comparison that has nothing to show.
        check(&[Card { expect: 1, ..now }], &["✔ look", "  was off", "  now turned on"]);
        check(&[], &["✔ look", "  was off", "  now turned on"]);
        let compared = Card { observed: String::new(), ..card() };
        check(&[compared], &["✔ look", "  was off", "  now turned on"]);
    }
}
