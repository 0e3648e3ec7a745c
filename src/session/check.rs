//! Judges a step: runs what its checks say and compares.

use std::collections::BTreeMap;

use super::history::{FACT_BYTES_MAX, Fact};
use super::run::{self, Captured};
use super::state::Card;
use course::{self, Answer, Ask, Expect, Lab, Need, Output, Step};

/// Runs a command line of a check.
pub type Runner<'a> = dyn FnMut(&str) -> Captured + 'a;

/// What judging a step's expectations found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Judged {
    /// One for each expectation that does not hold.
    pub cards: Vec<Card>,
    pub facts: Vec<Fact>,
}

impl Judged {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.cards.is_empty()
    }
}

/// Judges all of a step's expectations. Of a thing that is missing on the real engine (`No such
/// container: x`) one card tells, however many expectations look at it.
pub fn judge(lab: &Lab, step: &Step, runner: &mut Runner<'_>) -> Judged {
    let mut judged = Judged::default();
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    for expect in &step.expects {
        let seen = runner(&expect.run);
        judged.facts.push(fact(lab, &expect.run, &seen));
        let Some(card) = card(expect, &output(&seen)) else { continue };
        if seen.code != 0 && attested(lab, &expect.run) {
            if let Some(first) = missing.get(&seen.stderr) {
                judged.cards[*first].others += 1;
                continue;
            }
            missing.insert(seen.stderr, judged.cards.len());
        }
        judged.cards.push(card);
    }
    judged
}

/// The card of an expectation that does not hold for this output.
pub fn card(expect: &Expect, output: &Output) -> Option<Card> {
    let outcome = course::evaluate(expect, output);
    (!outcome.holds).then(|| Card {
        message: outcome.message,
        expected: outcome.want,
        observed: outcome.got,
        command: expect.run.clone(),
        others: 0,
    })
}

/// The right answer that is computed from the live state; `None` for a fixed one.
pub fn live_answer(lab: &Lab, ask: &Ask, runner: &mut Runner<'_>) -> (Option<String>, Vec<Fact>) {
    match &ask.answer {
        Answer::Fixed(_) => (None, Vec::new()),
        Answer::Live { run, .. } => {
            let seen = runner(run);
            (course::compute(&ask.answer, &output(&seen)), vec![fact(lab, run, &seen)])
        }
    }
}

/// An output as the matchers want it.
#[must_use]
pub fn output(seen: &Captured) -> Output {
    Output { stdout: seen.stdout.clone(), stderr: seen.stderr.clone(), code: seen.code }
}

/// Whether a command line looks at the real engine or at a file, so that its answer does not replay.
#[must_use]
pub fn attested(lab: &Lab, line: &str) -> bool {
    let words = run::split(line).map(run::strip_program).unwrap_or_default();
    let Some(name) = words.first() else { return false };
    // A file of the workspace is no command of the lab.
    name == "cat"
        || command::find(name).is_some_and(|c| c.attested(lab.needs.contains(&Need::Swarm)))
}

fn fact(lab: &Lab, line: &str, seen: &Captured) -> Fact {
    Fact {
        run: line.to_owned(),
        attested: attested(lab, line),
        code: seen.code,
        stdout: cut(&seen.stdout),
        stderr: cut(&seen.stderr),
    }
}

fn cut(text: &str) -> String {
    if text.len() <= FACT_BYTES_MAX {
        return text.to_owned();
    }
    let end = (0..=FACT_BYTES_MAX).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Captured, Lab, Need, Step, attested, judge};
    use course::Expect;

    fn expect(run: &str) -> Expect {
        Expect {
            run: run.into(),
            at: Some("[0].State".into()),
            matcher: "is".into(),
            want: json!("running"),
            or_else: "It is {got}.".into(),
            weight: 0,
            line: 1,
        }
    }

    #[test]
    fn a_missing_thing_has_one_card() {
        let check = |lines: &[&str], want: usize| {
            let expects = lines.iter().map(|line| expect(line)).collect();
            let step = Step { expects, ..Step::default() };
            let judged = judge(&Lab::default(), &step, &mut |line| {
                let (_, name) = line.rsplit_once(' ').expect("a name");
                match name {
                    "there" => Captured { stdout: "[{}]".into(), ..Captured::default() },
                    _ => Captured { stderr: format!("no {name}"), code: 1, ..Captured::default() },
                }
            });
            assert_eq!(judged.cards.len(), want, "{lines:?}");
            let failing: usize = judged.cards.iter().map(|card| 1 + card.others).sum();
            assert_eq!(failing, lines.len(), "{lines:?}");
            assert_eq!(judged.facts.len(), lines.len());
            assert!(!judged.holds());
        };
        check(&["docker inspect a", "docker inspect a", "docker logs a"], 1);
        check(&["docker inspect a", "docker inspect b", "docker inspect b"], 2);
        check(&["docker inspect there", "docker inspect there"], 2);
        // A refusal of the simulated cloud does not say what was refused.
        check(&["aws s3 ls a", "aws s3 ls a"], 2);
    }
    #[test]
    fn what_does_not_replay_is_known() {
        let check = |needs: &[Need], line: &str, want: bool| {
            let lab = Lab { needs: needs.to_vec(), ..Lab::default() };
            assert_eq!(attested(&lab, line), want, "{needs:?} {line}");
        };
        check(&[], "docker ps", true);
        check(&[], "cat answer.txt", true);
        check(&[], "aws s3 ls", false);
        check(&[], "hdfs fsck /", false);
        check(&[], "'", false);
        check(&[Need::Docker], "distlab nodes ls", false);
        check(&[Need::Swarm], "distlab nodes ls --json", true);
        check(&[Need::Swarm], "nodes ls", true);
        check(&[Need::Swarm], "aws s3 ls", false);
    }
}
