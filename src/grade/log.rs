//! What a journal tells the learner of their own work: how long each step took, what was answered and
//! what was seen. It is read and not replayed, and it says nothing that the learner has not found: no
//! right answer, and of a check that hides what it wants only that it held.

use std::collections::BTreeMap;

use serde::Serialize;

use super::effort::{self, cut, wall};
use base::Time;
use course::{Expect, Lab, Output, Step, evaluate, hides};
use session::history::{self, Act, Fact};
use store::Entry;

/// Letters of an answer, or of what was observed, that are told.
const TOLD_CHARS_MAX: usize = 160;

/// A lab as it was done.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct LabLog {
    pub lab: String,
    pub title: String,
    /// By the clock of the learner's machine.
    pub first: Option<Time>,
    pub last: Option<Time>,
    /// Seconds in which the learner was at it.
    pub active_s: u64,
    pub points: u32,
    pub points_earned: u32,
    pub resets: u32,
    pub steps: Vec<StepLog>,
}

/// A step as it was done.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct StepLog {
    pub step: String,
    pub title: String,
    pub points: u32,
    pub passed: bool,
    /// When it was passed, by the clock of the learner's machine.
    pub at: Option<Time>,
    pub active_s: u64,
    pub hints: usize,
    pub answers: Vec<Answered>,
    pub seen: Vec<Observed>,
    /// The learner's own words.
    pub notes: String,
}

/// A question and what the learner said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answered {
    pub question: String,
    /// All that was tried, in order.
    pub given: Vec<String>,
    /// Whether the last of it is right.
    pub right: bool,
}

/// A check that held.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Observed {
    pub command: String,
    /// Nothing where the check hides what it wants.
    pub observed: Option<String>,
}

/// Reads a journal. `notes` are the learner's own, by step.
///
/// # Errors
/// When an entry says nothing known.
pub fn log(
    lab: &Lab,
    entries: &[Entry],
    notes: &BTreeMap<String, String>,
) -> anyhow::Result<LabLog> {
    let kept: Vec<&Entry> = history::counting(entries)?.collect();
    let counting: Vec<u64> = kept.iter().map(|entry| entry.seq).collect();
    let walked = effort::walk(lab, entries, &counting)?;
    let mut log = LabLog {
        lab: lab.id.clone(),
        title: lab.title.clone(),
        first: walked.effort.first,
        last: walked.effort.last,
        active_s: walked.effort.active_s,
        points: lab.points(),
        resets: walked.effort.resets,
        ..LabLog::default()
    };
    for step in &lab.steps {
        log.steps.push(StepLog {
            step: step.id.clone(),
            title: step.title.clone(),
            points: step.points,
            active_s: walked.steps_s.get(&step.id).copied().unwrap_or(0),
            notes: notes.get(&step.id).map_or_else(String::new, |text| text.trim().to_owned()),
            ..StepLog::default()
        });
    }
    for entry in kept {
        take(lab, &mut log, &history::decode(entry)?.act);
    }
    log.points_earned = log.steps.iter().filter(|step| step.passed).map(|step| step.points).sum();
    Ok(log)
}

/// One entry that counts.
fn take(lab: &Lab, log: &mut LabLog, act: &Act) {
    let (Act::Pass { step: id, .. } | Act::Answer { step: id, .. } | Act::Hint { step: id, .. }) =
        act
    else {
        return;
    };
    let Some(place) = lab.steps.iter().position(|step| step.id == *id) else { return };
    let (Some(step), Some(told)) = (lab.steps.get(place), log.steps.get_mut(place)) else { return };
    match act {
        Act::Pass { facts, .. } => {
            told.passed = true;
            told.at = wall(act);
            told.seen = seen(step, facts);
        }
        Act::Answer { ask, given, right, .. } => {
            let Some(question) = step.asks.get(*ask).map(|ask| &ask.question) else { return };
            let given = cut(given, TOLD_CHARS_MAX);
            match told.answers.iter_mut().find(|answer| answer.question == *question) {
                Some(answer) => {
                    answer.given.push(given);
                    answer.right = *right;
                }
                None => told.answers.push(Answered {
                    question: question.clone(),
                    given: vec![given],
                    right: *right,
                }),
            }
        }
        Act::Hint { shown, .. } => told.hints = told.hints.max(*shown),
        _ => {}
    }
}

/// What the checks of a step saw when it was passed, as far as it may be told.
fn seen(step: &Step, facts: &[Fact]) -> Vec<Observed> {
    let observed = |expect: &Expect| {
        let fact = facts.iter().find(|fact| fact.run == expect.run)?;
        if hides(expect) {
            return Some(Observed { command: expect.run.clone(), observed: None });
        }
        let output =
            Output { stdout: fact.stdout.clone(), stderr: fact.stderr.clone(), code: fact.code };
        let outcome = evaluate(expect, &output);
        let got = outcome.got.split_whitespace().collect::<Vec<_>>().join(" ");
        // Beside words for what is wanted, a yes or no tells nothing; that they hold does.
        let told = if got.is_empty() { outcome.want } else { got };
        let told = cut(&told, TOLD_CHARS_MAX);
        outcome.holds.then(|| Observed { command: expect.run.clone(), observed: Some(told) })
    };
    step.expects.iter().filter_map(observed).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::log;
    use base::{Digest, Time};
    use course::{Ask, Expect, Lab, Step};
    use session::history::{Act, Fact};
    use store::Entry;

    const MINUTE: i64 = 60_000;

    fn expect(run: &str, secret: bool) -> Expect {
        Expect {
            run: run.into(),
            matcher: "contains".into(),
            want: json!("blue"),
            or_else: "It is {got}.".into(),
            secret: Some(secret),
            ..Expect::default()
        }
    }

    fn lab() -> Lab {
        let ask = Ask { question: "Which colour?".into(), why: "WHY".into(), ..Ask::default() };
        let step = |id: &str| Step {
            id: id.into(),
            title: id.to_uppercase(),
            points: 2,
            expects: vec![expect("look", false), expect("peep", true)],
            asks: vec![ask.clone()],
            ..Step::default()
        };
        Lab { id: "l".into(), speed: 1, steps: vec![step("one"), step("two")], ..Lab::default() }
    }

    fn entries(acts: &[(i64, Act)]) -> Vec<Entry> {
        let entry = |(i, (at, act)): (usize, &(i64, Act))| {
            let (kind, body) = act.encode().expect("an entry");
            let seq = i as u64 + 1;
            Entry { seq, at: *at, group: seq, kind, body, hash: Digest::of(b"") }
        };
        acts.iter().enumerate().map(entry).collect()
    }

    #[test]
    fn a_log_tells_what_was_done_and_no_more() {
        let at = |minutes: i64| Some(Time(minutes * MINUTE));
        let fact = |run: &str, stdout: &str| Fact {
            run: run.into(),
            attested: true,
            code: 0,
            stdout: stdout.into(),
            stderr: String::new(),
        };
        let answer = |given: &str, right, minutes| Act::Answer {
            step: "one".into(),
            ask: 0,
            given: given.into(),
            right,
            wall: at(minutes),
            files: BTreeMap::new(),
        };
        let facts = vec![fact("look", "light blue\n"), fact("peep", "deep blue\n")];
        let journal = entries(&[
            (0, Act::Begin { step: "one".into(), wall: at(100) }),
            (0, answer("red", false, 102)),
            (0, Act::Hint { step: "one".into(), shown: 1, wall: at(103) }),
            (0, answer("blue", true, 104)),
            // An hour away counts as five minutes.
            (0, Act::Pass { step: "one".into(), facts, wall: at(164), files: BTreeMap::new() }),
            (0, Act::Begin { step: "two".into(), wall: at(164) }),
            (0, Act::Hint { step: "two".into(), shown: 1, wall: at(166) }),
        ]);
        let notes = BTreeMap::from([("two".to_owned(), "Harder.\n".to_owned())]);
        let log = log(&lab(), &journal, &notes).expect("a log");
        assert_eq!((log.active_s, log.points, log.points_earned), (11 * 60, 4, 2));
        let [one, two] = log.steps.as_slice() else { panic!("{log:#?}") };
        assert_eq!((one.passed, one.at, one.active_s, one.hints), (true, at(164), 9 * 60, 1));
        assert_eq!((two.passed, two.active_s, two.notes.as_str()), (false, 2 * 60, "Harder."));
        assert_eq!(one.answers[0].given, ["red", "blue"]);
        assert!(one.answers[0].right);
        let told: Vec<_> =
            one.seen.iter().map(|s| (s.command.as_str(), s.observed.as_deref())).collect();
        assert_eq!(told, [("look", Some("light blue")), ("peep", None)]);
        let all = serde_json::to_string(&log).expect("plain data");
        assert!(!all.contains("WHY") && !all.contains("deep"), "{all}");
    }
}
