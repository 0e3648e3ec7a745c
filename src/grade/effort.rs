//! What a journal tells of how the work went: effort, a story to read, and what can be compared with
//! other journals. Everything counts here, also what was taken back later.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::prints::{Prints, Tracks};
use base::Time;
use course::Lab;
use session::history::Act;
use store::Entry;

/// How much work it was.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Effort {
    /// Seconds in which the learner was at it: a longer pause counts as [`PAUSE_MAX_MS`].
    pub active_s: u64,
    /// Commands that changed, or were to change, the world.
    pub commands: u32,
    /// Requests that were refused.
    pub refused: u32,
    pub wrong_answers: u32,
    pub hints: u32,
    pub undos: u32,
    pub resets: u32,
    /// By the clock of the learner's machine; none in a journal of an older distlab.
    pub first: Option<Time>,
    pub last: Option<Time>,
}

/// One line of the story.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Told {
    /// Lab time.
    pub at: Time,
    /// What the clock of the learner's machine showed, where that was written down.
    pub wall: Option<Time>,
    pub text: String,
    /// Whether it still counted in the end.
    pub counts: bool,
}

/// What went wrong in a step, and what it took.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Trouble {
    pub step: String,
    /// Wrong answers, as they were given.
    pub wrong: Vec<String>,
    pub hints: u32,
}

/// A pause that is longer counts as this long.
const PAUSE_MAX_MS: i64 = 5 * 60 * 1000;
/// Lines of a story that are kept; an honest journal rarely has as many.
const STORY_LINES_MAX: usize = 1_000;
/// Letters of a line of it.
const LINE_CHARS_MAX: usize = 160;
/// Wrong answers of a step that are kept.
const WRONG_MAX: usize = 20;

/// All that one walk over a journal finds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Walked {
    pub effort: Effort,
    /// Of that, the seconds in which each step was the one at hand.
    pub steps_s: BTreeMap<String, u64>,
    pub story: Vec<Told>,
    pub troubles: Vec<Trouble>,
    pub prints: Prints,
    pub notes: Vec<String>,
}

/// The state of a walk.
struct Walk<'a> {
    lab: &'a Lab,
    found: Walked,
    groups: BTreeSet<u64>,
    tracks: Tracks,
    /// The step that was begun last.
    step: Option<String>,
    untold: usize,
    /// The last entry's lab time.
    at: Option<Time>,
    /// The last date, and what was active by lab time since.
    dated: Option<(u64, Time)>,
    lab_ms: i64,
    /// Lab time since the last date that nobody moved on by hand.
    ran_ms: i64,
    backwards: bool,
    ahead: bool,
}

/// Walks a journal. `counting` are the numbers of the entries that count in the end, in order.
pub fn walk(lab: &Lab, entries: &[Entry], counting: &[u64]) -> anyhow::Result<Walked> {
    let mut walk = Walk {
        lab,
        found: Walked::default(),
        groups: BTreeSet::new(),
        tracks: Tracks::of(lab),
        step: None,
        untold: 0,
        at: None,
        dated: None,
        lab_ms: 0,
        ran_ms: 0,
        backwards: false,
        ahead: false,
    };
    let mut counting = counting.iter().peekable();
    for entry in entries {
        let counts = counting.next_if(|seq| **seq == entry.seq).is_some();
        walk.take(entry, counts)?;
    }
    Ok(walk.end())
}

impl Walk<'_> {
    fn take(&mut self, entry: &Entry, counts: bool) -> anyhow::Result<()> {
        let act = Act::decode(entry.seq, &entry.kind, &entry.body)?;
        let at = Time(entry.at);
        let gap = self.at.map_or(0, |before| (at.0.saturating_sub(before.0)).max(0));
        if !matches!(act, Act::Advance | Act::Reset { .. }) {
            self.lab_ms += (gap / i64::from(self.lab.speed.max(1))).min(PAUSE_MAX_MS);
            // A journal may claim any date.
            self.ran_ms = self.ran_ms.saturating_add(gap);
        }
        self.at = Some(at);
        let wall = wall(&act);
        if let Some(wall) = wall {
            self.date(entry.seq, wall);
        }
        if let Act::Begin { step, .. } = &act {
            self.step = Some(step.clone());
        }
        self.tracks.take(&act, gap, wall);
        self.count(&act, entry.group);
        self.tell(&act, at, wall, counts);
        Ok(())
    }

    /// Goes on to a date of the learner's clock.
    fn date(&mut self, seq: u64, wall: Time) {
        let effort = &mut self.found.effort;
        effort.first.get_or_insert(wall);
        effort.last = Some(effort.last.map_or(wall, |last| last.max(wall)));
        if let Some((before_seq, before)) = self.dated {
            let passed = wall.0.saturating_sub(before.0);
            if passed < -1000 && !self.backwards {
                self.backwards = true;
                self.found.notes.push(format!(
                    "its dates run backwards between entries {before_seq} and {seq}: the clock was set, \
                     or the dates were"
                ));
            }
            let most = passed.max(0).saturating_mul(i64::from(self.lab.speed.max(1)));
            if self.ran_ms > most.saturating_add(SLACK_MS) && !self.ahead {
                self.ahead = true;
                self.found.notes.push(format!(
                    "between entries {before_seq} and {seq} lab time ran {} further than the learner's \
                     clock allows",
                    base::text::span(ms((self.ran_ms - most).max(0)))
                ));
            }
            let active = passed.clamp(0, PAUSE_MAX_MS).max(self.lab_ms.min(passed.max(0)));
            self.active(active);
        } else {
            self.active(self.lab_ms);
        }
        self.dated = Some((seq, wall));
        (self.lab_ms, self.ran_ms) = (0, 0);
    }

    /// So long the learner was at it.
    fn active(&mut self, active_ms: i64) {
        let seconds = u64::try_from(active_ms / 1000).unwrap_or(0);
        self.found.effort.active_s += seconds;
        if let Some(step) = self.step.as_ref().filter(|step| self.lab.step(step).is_some()) {
            *self.found.steps_s.entry(step.clone()).or_default() += seconds;
        }
    }

    fn trouble(&mut self, step: &str) -> Option<&mut Trouble> {
        self.lab.step(step)?;
        let troubles = &mut self.found.troubles;
        let place = troubles.iter().position(|t| t.step == step).unwrap_or_else(|| {
            troubles.push(Trouble { step: step.to_owned(), ..Trouble::default() });
            troubles.len() - 1
        });
        troubles.get_mut(place)
    }

    fn count(&mut self, act: &Act, group: u64) {
        let effort = &mut self.found.effort;
        match act {
            Act::Call { ok, .. } => {
                effort.commands += u32::from(self.groups.insert(group));
                effort.refused += u32::from(!ok);
            }
            Act::Undo => effort.undos += 1,
            Act::Reset { .. } => effort.resets += 1,
            Act::Answer { step, given, right: false, .. } => {
                effort.wrong_answers += 1;
                let given = cut(given, 60);
                if let Some(trouble) = self.trouble(step).filter(|t| t.wrong.len() < WRONG_MAX) {
                    trouble.wrong.push(given);
                }
            }
            Act::Hint { step, .. } => {
                effort.hints += 1;
                if let Some(trouble) = self.trouble(step) {
                    trouble.hints += 1;
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, act: &Act, at: Time, wall: Option<Time>, counts: bool) {
        let Some((text, counts)) = sentence(act, counts) else { return };
        let story = &mut self.found.story;
        if story.len() >= STORY_LINES_MAX {
            self.untold += 1;
            return;
        }
        story.push(Told { at, wall, text: cut(&text, LINE_CHARS_MAX), counts });
    }

    fn end(mut self) -> Walked {
        self.active(self.lab_ms);
        if self.untold > 0
            && let Some(at) = self.at
        {
            let text = match self.untold {
                1 => "… and one more entry".to_owned(),
                more => format!("… and {more} others"),
            };
            self.found.story.push(Told { at, wall: None, text, counts: true });
        }
        self.found.prints = self.tracks.prints();
        self.found
    }
}

/// How far lab time may be ahead of the learner's clock: what a client waited for runs faster, and a
/// check takes its time.
const SLACK_MS: i64 = 60 * 60 * 1000;

fn ms(ms: i64) -> std::time::Duration {
    std::time::Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// What the learner's clock showed at an entry.
#[must_use]
pub fn wall(act: &Act) -> Option<Time> {
    match act {
        Act::Begin { wall, .. }
        | Act::Answer { wall, .. }
        | Act::Pass { wall, .. }
        | Act::Hint { wall, .. }
        | Act::Submit { wall, .. } => *wall,
        _ => None,
    }
}

/// An entry in words, and whether it counts; none for what only moves the clock along.
fn sentence(act: &Act, counts: bool) -> Option<(String, bool)> {
    let text = match act {
        Act::Call { service, op, input, ok, .. } => {
            let refused = if *ok { "" } else { ", which was refused" };
            format!("{service} {op}{}{refused}", arguments(input))
        }
        Act::Use { .. } | Act::Advance => return None,
        Act::Undo => return Some(("took back the last change".into(), true)),
        Act::Reset { keep: 0 } => return Some(("began anew".into(), true)),
        Act::Reset { keep } => return Some((format!("went back to entry {keep}"), true)),
        Act::Begin { step, .. } => format!("began the step {step}"),
        Act::Answer { step, ask, given, right, .. } => {
            let how = if *right { "rightly" } else { "wrongly" };
            format!("answered question {} of {step} {how}: {given:?}", ask + 1)
        }
        Act::Pass { step, .. } => format!("passed the step {step}"),
        Act::Hint { step, shown, .. } => format!("looked at hint {shown} of {step}"),
        Act::Submit { .. } => "wrote the work down for the teacher".into(),
        Act::Observed { run, .. } => format!("something was seen of a run of {}", run.system),
    };
    Some((text, counts))
}

/// The first plain members of a request.
fn arguments(input: &Value) -> String {
    let Some(members) = input.as_object() else { return String::new() };
    let plain = members.iter().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => cut(text, 40),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        Some(format!(" {name}={value}"))
    });
    plain.take(4).collect()
}

/// At most so many letters of a text.
#[must_use]
pub fn cut(text: &str, chars: usize) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(chars).collect();
    if letters.next().is_some() { start + "…" } else { start }
}
