//! The lab screen's state: the lesson laid out, how the steps stand, the shell, the live view.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Time;
use course::{Lab, Step};
use session::{Card, LiveView, Picture, StepState, Verdict};

pub use super::checks::verdict_sign;
use super::checks::{lay_ask, lay_card, lay_change, lay_to_do, piece, verdict_line};
use super::flow::{Line, Tone, labelled, wrap, wrap_text};
use super::input::Input;
use super::lay::lay;
use super::msg::Snapshot;
use super::shell::Shell;

/// Which pane gets the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Focus {
    Lesson,
    Checks,
    View,
    Shell,
}

/// A lab that is open.
#[expect(clippy::struct_excessive_bools, reason = "each says something else of the screen")]
pub struct LabState {
    pub lab: Arc<Lab>,
    pub steps: Vec<StepState>,
    /// The letter that is the leader together with Ctrl.
    pub leader: char,
    /// The step the learner is at.
    pub current: usize,
    pub focus: Focus,
    /// The live views in this lab's order: what its commands are about comes first.
    pub views: Vec<&'static LiveView>,
    /// The live view that stands beside the shell.
    pub view: Option<&'static LiveView>,
    /// The last picture of a view, and of which.
    pub picture: Option<(&'static LiveView, Box<Picture>)>,
    /// Whether the picture may be out of date.
    pub view_stale: bool,
    pub view_scroll: usize,
    pub clock: Clock,
    pub lesson: Lesson,
    pub lesson_scroll: usize,
    /// What was found in the lesson, in small letters: it is marked wherever it stands.
    pub marked: String,
    /// Whether the newest hint of the step is to be scrolled into sight.
    pub reveal: bool,
    /// Whether the chosen question is to be scrolled into sight.
    pub reveal_ask: bool,
    pub checks_scroll: usize,
    /// The question of the step that is chosen.
    pub ask: usize,
    /// Whether the learner opened the line for its answer, so that letters go there.
    pub answering: bool,
    /// Where the learner worked before going to the checks.
    pub from: Focus,
    pub answer: Input,
    /// The shell that is shown.
    pub shell: Shell,
    /// The other shells that were started.
    pub parked: Vec<Shell>,
    /// Where the simulated world can be reached: each door's name and address.
    pub doors: Vec<(String, String)>,
    /// The live nodes: each may have a shell.
    pub nodes: Vec<String>,
    /// What was missing when a step was last looked at before it passed: a pass shows the change.
    pub before: BTreeMap<String, Vec<Card>>,
    /// Whether the world changed while a check was running.
    pub stale: bool,
    /// The question that was answered rightly last: its step, and why the answer is right.
    pub answered: Option<(String, String)>,
    /// The step the lesson has just moved on from.
    pub finished: Option<Finished>,
    /// The lab that comes next in the course and is not done: its id and its title.
    pub next: Option<(String, String)>,
}

/// A step that was passed while the learner was at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Finished {
    pub step: usize,
    /// When, on the clock of the ticks.
    pub wall_ms: u64,
}

/// Lab time, carried on between two readings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Clock {
    pub now: Time,
    /// When it was read, on the clock of the ticks.
    pub wall_ms: u64,
    pub speed: u32,
}

impl Clock {
    #[must_use]
    pub fn at(self, wall_ms: u64) -> Time {
        let passed = wall_ms.saturating_sub(self.wall_ms).saturating_mul(u64::from(self.speed));
        Time(self.now.0.saturating_add(i64::try_from(passed).unwrap_or(i64::MAX)))
    }
}

/// The whole lesson as lines.
#[derive(Clone, Debug, Default)]
pub struct Lesson {
    pub width: usize,
    /// How many lines are in sight.
    pub height: usize,
    /// Whether the shell stands beside it.
    pub beside: bool,
    pub lines: Vec<Line>,
    /// The line each step begins at.
    pub starts: Vec<usize>,
    /// The line that the newest hint of each step begins at, where one is shown.
    pub hints: Vec<Option<usize>>,
}

impl Lesson {
    /// The lines of a step, as a range.
    #[must_use]
    pub fn range(&self, step: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(step).copied().unwrap_or(0);
        let end = self.starts.get(step + 1).copied().unwrap_or(self.lines.len());
        start..end
    }
}

impl LabState {
    #[must_use]
    pub fn new(snapshot: Snapshot, wall_ms: u64, shell: Shell) -> Self {
        let Snapshot { lab, steps, now, speed, doors, nodes, .. } = snapshot;
        let passed = |s: &StepState| matches!(s.verdict, Verdict::Passed { .. });
        let current = steps.iter().position(|s| !passed(s)).unwrap_or(0);
        let views = LiveView::of(&lab);
        let mut state = Self {
            lab,
            steps,
            current,
            focus: Focus::Lesson,
            views,
            view: None,
            picture: None,
            view_stale: false,
            view_scroll: 0,
            clock: Clock { now, wall_ms, speed },
            lesson: Lesson::default(),
            lesson_scroll: 0,
            marked: String::new(),
            reveal: false,
            reveal_ask: false,
            checks_scroll: 0,
            ask: 0,
            answering: false,
            from: Focus::Lesson,
            answer: Input::default(),
            shell,
            parked: Vec::new(),
            doors,
            nodes,
            before: BTreeMap::new(),
            stale: false,
            answered: None,
            finished: None,
            next: None,
            leader: super::leader::LEADER_LETTER,
        };
        state.choose_ask();
        state
    }

    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.lab.steps.get(self.current)
    }

    #[must_use]
    pub fn state(&self) -> Option<&StepState> {
        self.steps.get(self.current)
    }

    /// Points that were earned, and all.
    #[must_use]
    pub fn points(&self) -> (u32, u32) {
        let all = self.steps.iter().map(|s| s.points).sum();
        let passed = self.steps.iter().filter(|s| matches!(s.verdict, Verdict::Passed { .. }));
        (passed.map(|s| s.points).sum(), all)
    }

    /// Gives the keys to a pane. What is typed goes into no answer until that is asked for.
    pub fn set_focus(&mut self, focus: Focus) {
        if self.focus != Focus::Checks {
            self.from = self.focus;
        }
        self.focus = focus;
        self.answering = false;
    }

    /// Back from the checks to where the learner worked.
    pub fn back_to_work(&mut self) {
        if self.focus == Focus::Checks {
            self.set_focus(self.from);
        }
    }

    /// How the step stands, in a few words.
    #[must_use]
    pub fn stands(&self) -> String {
        let (Some(step), Some(state)) = (self.step(), self.state()) else { return String::new() };
        let line = verdict_line(step, state, self.clock.now).text();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether every step was passed.
    #[must_use]
    pub fn complete(&self) -> bool {
        let passed = |s: &StepState| matches!(s.verdict, Verdict::Passed { .. });
        !self.steps.is_empty() && self.steps.iter().all(passed)
    }

    /// Whether a question of the step is still to be answered.
    #[must_use]
    pub fn asking(&self) -> bool {
        self.state().and_then(|s| s.asks.get(self.ask)).is_some_and(|a| !a.right)
    }

    /// Goes to the first question without a right answer.
    pub fn choose_ask(&mut self) {
        let open = self.state().and_then(|s| s.asks.iter().position(|a| !a.right));
        self.ask = open.unwrap_or(0);
        self.reveal_ask = open.is_some() && self.focus == Focus::Checks;
        self.answer.clear();
    }

    /// Goes to a step, with its heading at the top of the pane.
    pub fn go_to(&mut self, step: usize) {
        self.current = step.min(self.lab.steps.len().saturating_sub(1));
        self.finished = None;
        self.checks_scroll = 0;
        self.lesson_scroll = self.lesson.range(self.current).start;
        self.choose_ask();
    }

    /// Goes on from the step the learner is at, which was just passed, and gives the title of the
    /// next; not when another part of the lesson is being read.
    pub fn move_on(&mut self, wall_ms: u64) -> Option<String> {
        let from = self.current;
        let range = self.lesson.range(from);
        let sight = self.lesson_scroll..self.lesson_scroll + self.lesson.height.max(1);
        let open = |s: &StepState| !matches!(s.verdict, Verdict::Passed { .. });
        let last = self.steps.len().checked_sub(1)?;
        let behind = (from + 1..=last).find(|i| open(&self.steps[*i]));
        let next = behind.or_else(|| (from < last && !self.steps.iter().any(open)).then_some(last));
        if sight.start >= range.end || sight.end <= range.start {
            return None;
        }
        let next = next?;
        self.back_to_work();
        self.go_to(next);
        self.finished = Some(Finished { step: from, wall_ms });
        self.reveal_ask = false;
        self.step().map(|s| s.title.clone())
    }

    /// Lays the lesson out anew when the width is another (0 makes any width another).
    pub fn reflow(&mut self, width: usize) {
        if self.lesson.width == width {
            return;
        }
        // What is at the top of the pane stays there: a line of a step, counted from its heading.
        let at = self.lesson_scroll;
        let step = self.lesson.starts.iter().rposition(|s| *s <= at);
        let inside = step.map_or(at, |s| at - self.lesson.starts[s]);
        let Lesson { height, beside, .. } = self.lesson;
        self.lesson = Lesson { height, beside, ..lay_lesson(&self.lab, &self.steps, width) };
        let start = step.map_or(0, |s| self.lesson.range(s).start);
        self.lesson_scroll = (start + inside).min(self.lesson.lines.len().saturating_sub(1));
    }

    /// The picture of the view that is chosen, once it has come.
    #[must_use]
    pub fn shown_picture(&self) -> Option<&Picture> {
        let (view, picture) = self.picture.as_ref()?;
        (self.view == Some(*view)).then_some(picture)
    }

    /// Where the chosen question stands among the lines of the checks pane.
    #[must_use]
    pub fn ask_range(&self, width: usize) -> Option<std::ops::Range<usize>> {
        self.lay_checks(width).1
    }

    /// The lines of the checks pane, without the line an answer is typed in.
    #[must_use]
    pub fn check_lines(&self, width: usize) -> Vec<Line> {
        self.lay_checks(width).0
    }

    /// What belongs to the step comes first, and of that what is still to do; what is done and the
    /// step before stand below. Also where the chosen question stands.
    fn lay_checks(&self, width: usize) -> (Vec<Line>, Option<std::ops::Range<usize>>) {
        let mut lines = self.complete_lines(width);
        let (Some(step), Some(state)) = (self.step(), self.state()) else { return (lines, None) };
        lines.push(verdict_line(step, state, self.clock.now));
        for card in &state.cards {
            match state.verdict {
                Verdict::Open => lay_to_do(card, width, &mut lines),
                _ => lay_card(card, width, &mut lines),
            }
        }
        let mut chosen = None;
        let (done, open): (Vec<_>, Vec<_>) =
            state.asks.iter().enumerate().partition(|(_, ask)| ask.right);
        for (i, ask) in open.into_iter().chain(done) {
            let here = i == self.ask;
            let start = lines.len();
            let mark = here && self.focus == Focus::Checks;
            lay_ask(i, ask, mark, state.asks.len(), width, &mut lines);
            if here {
                chosen = Some(start..lines.len());
            }
        }
        if matches!(state.verdict, Verdict::Passed { .. }) {
            self.lay_changes(state, width, &mut lines);
        }
        lines.extend(self.finished_lines(width));
        (lines, chosen)
    }

    /// What is to be done with a lab in which nothing is left to do.
    fn complete_lines(&self, width: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        if !self.complete() {
            return lines;
        }
        let (earned, _) = self.points();
        let points = base::text::plural(earned as usize, "point");
        lines.extend(wrap_text(Tone::Good, &format!("✔ This lab is complete: {points}."), width));
        let mut row = |label: &str, tone, text: &str| {
            lines.extend(labelled(&piece(Tone::Dim, label), &piece(tone, text), width));
        };
        row("  hand in  ", Tone::Code, &format!("distlab submit {}", self.lab.id));
        row("           ", Tone::Plain, "in a terminal of your own, once F10 has left distlab");
        match &self.next {
            Some((_, title)) => {
                let leader = super::leader::leader_name(self.leader);
                row("  next     ", Tone::Plain, &format!("“{title}”: {leader} N opens it"));
            }
            None => row("  next     ", Tone::Plain, "every lab is done; F10 shows them all"),
        }
        lines.push(Line::default());
        lines
    }

    fn lay_changes(&self, step: &StepState, width: usize, lines: &mut Vec<Line>) {
        for card in self.before.get(&step.id).into_iter().flatten() {
            lay_change(card, &step.held, width, lines);
        }
    }

    /// What is told of the step the lesson has just moved on from.
    fn finished_lines(&self, width: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        let step = self.finished.map_or(usize::MAX, |f| f.step);
        let Some(state) = self.steps.get(step) else { return lines };
        lines.push(Line::default());
        // A title may be a question: without quotes it would run into what is said of it.
        let title = format!("{}. “{}” ", step + 1, state.title);
        let done = piece(Tone::Dim, "is done");
        lines.extend(wrap(&[piece(Tone::Good, "✔ "), piece(Tone::Bold, title), done], width));
        self.lay_changes(state, width, &mut lines);
        if let Some((_, why)) = self.answered.as_ref().filter(|(id, _)| *id == state.id) {
            lines.extend(labelled(&piece(Tone::Dim, "  "), &piece(Tone::Plain, why), width));
        }
        lines
    }
}

fn lay_lesson(lab: &Lab, states: &[StepState], width: usize) -> Lesson {
    let mut lines = lay(&lab.intro, width);
    let (mut starts, mut hints) = (Vec::new(), Vec::new());
    for (i, step) in lab.steps.iter().enumerate() {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        starts.push(lines.len());
        lay_heading(i, step, states.get(i), width, &mut lines);
        lines.push(Line::default());
        lines.extend(lay(&step.blocks, width));
        let shown = states.get(i).map_or(0, |s| s.hints_shown);
        hints.push(None);
        for (n, hint) in step.hints.iter().take(shown).enumerate() {
            lines.push(Line::default());
            hints[i] = Some(lines.len());
            lines.push(Line::of(Tone::Ask, format!("Hint {} of {}", n + 1, step.hints.len())));
            lines.extend(lay(hint, width));
        }
    }
    Lesson { width, height: 0, beside: false, lines, starts, hints }
}

fn lay_heading(
    index: usize,
    step: &Step,
    state: Option<&StepState>,
    width: usize,
    lines: &mut Vec<Line>,
) {
    let title = format!("{}. {}", index + 1, step.title);
    lines.extend(wrap_text(Tone::Heading, &title, width));
    let (tone, sign) = verdict_sign(state.map_or(Verdict::Open, |s| s.verdict));
    let mut worth = vec![piece(tone, sign)];
    let mut facts = Vec::new();
    if step.points > 0 {
        facts.push(base::text::plural(step.points as usize, "point"));
    }
    if step.minutes > 0 {
        facts.push(format!("{} min", step.minutes));
    }
    if !step.asks.is_empty() {
        facts.push(base::text::plural(step.asks.len(), "question"));
    }
    if !facts.is_empty() {
        worth.push(piece(Tone::Dim, format!(" · {}", facts.join(" · "))));
    }
    lines.extend(wrap(&worth, width));
}
