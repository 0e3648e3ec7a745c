//! The learner's way through the steps: checking, answering, hints, undo, reset.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::given;
use super::history::{Act, Kept};
use super::run::{self, Captured};
use super::seen::{self, Files, Looked};
use super::{AskState, Session, StepState, Verdict, check};
use base::Time;
use base::text::{nearest, plural};
use course::{self, Answer, Ask, Lab, Need, Step};

/// What the history says of the steps, and what the last check found.
#[derive(Debug, Default)]
pub(super) struct Progress {
    passed: BTreeMap<String, Time>,
    /// The last entry before the step was begun.
    pub(super) begun: BTreeMap<String, u64>,
    answers: BTreeMap<(String, usize), (String, bool)>,
    /// Of steps that were checked and did not hold.
    cards: BTreeMap<String, (Verdict, Vec<super::Card>)>,
    /// Of steps that passed in this session, what was observed then.
    held: BTreeMap<String, Vec<super::Card>>,
    /// Questions whose answer could not be computed when they were answered last.
    early: BTreeSet<(String, usize)>,
}

impl Progress {
    pub(super) fn of(kept: &[Kept]) -> Self {
        let mut progress = Self::default();
        for entry in kept {
            match &entry.act {
                Act::Begin { step, .. } => {
                    progress.begun.insert(step.clone(), entry.seq.saturating_sub(1));
                }
                Act::Pass { step, .. } => {
                    progress.passed.insert(step.clone(), entry.at);
                }
                Act::Answer { step, ask, given, right, .. } => {
                    progress.answers.insert((step.clone(), *ask), (given.clone(), *right));
                }
                Act::Call { .. }
                | Act::Use { .. }
                | Act::Hint { .. }
                | Act::Submit { .. }
                | Act::Advance
                | Act::Undo
                | Act::Reset { .. }
                | Act::Observed { .. } => {}
            }
        }
        progress
    }
}

/// How an answer was judged.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Judgement {
    pub right: bool,
    /// Why, when it is right.
    pub why: Option<String>,
    /// Why it is wrong, where the lab says it.
    #[serde(default)]
    pub why_not: Option<String>,
    /// There is nothing to compare it with yet; it is judged when there is.
    #[serde(default)]
    pub early: bool,
    /// The question was answered rightly before, with this; nothing was changed.
    #[serde(default)]
    pub before: Option<String>,
}

impl Session {
    /// All steps as they stand, without checking anything.
    pub fn steps(&self) -> Vec<StepState> {
        let lab = self.lab();
        let progress = self.progress();
        lab.steps.iter().map(|step| self.step_state(step, &progress)).collect()
    }

    fn step_state(&self, step: &Step, progress: &Progress) -> StepState {
        let (verdict, cards) = match progress.passed.get(&step.id) {
            Some(at) => (Verdict::Passed { at: *at }, Vec::new()),
            None => progress.cards.get(&step.id).cloned().unwrap_or_default(),
        };
        let asks = step.asks.iter().enumerate().map(|(i, ask)| {
            let place = (step.id.clone(), i);
            let answer = progress.answers.get(&place);
            let right = answer.is_some_and(|(_, right)| *right);
            let wrong = answer.filter(|(_, right)| !*right);
            AskState {
                question: ask.question.clone(),
                choices: ask.choices.clone(),
                given: answer.map(|(given, _)| given.clone()),
                right,
                why: right.then(|| ask.why.clone()),
                why_not: wrong.and_then(|(given, _)| course::why_not(ask, given)).map(Into::into),
                early: wrong.is_some() && progress.early.contains(&place),
            }
        });
        StepState {
            id: step.id.clone(),
            title: step.title.clone(),
            points: step.points,
            verdict,
            cards,
            held: progress.held.get(&step.id).cloned().unwrap_or_default(),
            asks: asks.collect(),
            hints_shown: self.hints_shown(&step.id),
            hints: step.hints.len(),
        }
    }

    /// The step the learner is at: the first that is not passed.
    pub fn current(&self) -> Option<Step> {
        let lab = self.lab();
        let progress = self.progress();
        lab.steps.iter().find(|s| !progress.passed.contains_key(&s.id)).cloned()
    }

    /// Runs the setup of the step the learner is at, once.
    pub fn begin_step(&self) -> anyhow::Result<()> {
        // Behind a damaged journal nothing is begun; the lab can be looked at all the same.
        let keeps = !self.read_only() && self.engine.frozen().is_none();
        let Some(step) = self.current().filter(|_| keeps) else { return Ok(()) };
        if self.progress().begun.contains_key(&step.id) {
            return Ok(());
        }
        let seq = self
            .engine
            .record(0, &Act::Begin { step: step.id.clone(), wall: Some(self.wall()) })?;
        self.progress().begun.insert(step.id.clone(), seq.saturating_sub(1));
        // The first check from here on sees the step as the learner found it.
        self.engine.forget_progress(&found_key(&step.id))?;
        let stand = given::stand(&self.workspace(), &self.lab().files, &self.given_kept())?;
        self.engine.set_progress(&stand_key(&step.id), &serde_json::to_string(&stand)?)?;
        for setup in &step.setup {
            let ran = self.script(&setup.text)?;
            if !ran.ok {
                bail!("the setup of step {} did not succeed:\n{}", step.id, ran.output.trim_end());
            }
        }
        Ok(())
    }

    /// Checks one step, or the one the learner is at and, as long as each holds, those behind it.
    /// Returns all steps.
    pub fn check(&self, step: Option<&str>) -> anyhow::Result<Vec<StepState>> {
        if self.read_only() {
            return Ok(self.steps());
        }
        let _alone = self.judging.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = step {
            let step = find(&self.lab(), id)?.clone();
            self.begin_step()?;
            self.check_step(&step)?;
            self.begin_step()?;
            return Ok(self.steps());
        }
        self.begin_step()?;
        while let Some(step) = self.current() {
            if !self.check_step(&step)? {
                break;
            }
            self.begin_step()?;
        }
        Ok(self.steps())
    }

    /// Whether the step holds now. A step that holds is passed, for good.
    fn check_step(&self, step: &Step) -> anyhow::Result<bool> {
        if self.progress().passed.contains_key(&step.id) {
            return Ok(true);
        }
        check::only_looks(&self.lab(), step)?;
        if let Some(card) = self.missing_engine() {
            self.progress().cards.insert(step.id.clone(), (Verdict::Blocked, vec![card]));
            return Ok(false);
        }
        let (judged, looked) = self.judge(step)?;
        self.answer_late(step)?;
        let (answered, tried) = {
            let progress = self.progress();
            let answer = |i| progress.answers.get(&(step.id.clone(), i));
            let right = |i| answer(i).is_some_and(|(_, right)| *right);
            let asks = step.asks.len();
            ((0..asks).all(right), (0..asks).any(|i| answer(i).is_some()))
        };
        let holds = judged.holds() && answered;
        if holds {
            let facts = judged.facts;
            let files = looked.keep(self.engine.blob_store())?;
            let act = Act::Pass { step: step.id.clone(), facts, wall: Some(self.wall()), files };
            self.engine.record(0, &act)?;
            let at = self.engine.lab_time();
            let mut progress = self.progress();
            progress.passed.insert(step.id.clone(), at);
            progress.cards.remove(&step.id);
            progress.held.insert(step.id.clone(), judged.held);
        } else {
            let untouched = self.as_found(step, &judged.cards)? && !tried;
            let verdict = if untouched { Verdict::Open } else { Verdict::Failing };
            self.progress().cards.insert(step.id.clone(), (verdict, judged.cards));
        }
        Ok(holds)
    }

    /// What a step's checks find, and the files that they saw.
    fn judge(&self, step: &Step) -> anyhow::Result<(check::Judged, Looked)> {
        let (mut looked, mut broken) = (Looked::of(self.workspace()), None);
        let judged = check::judge(&self.lab(), step, &mut |line| {
            self.see(line, &mut looked).unwrap_or_else(|e| {
                broken = Some(e);
                Captured::default()
            })
        });
        match broken {
            Some(error) => Err(error.context("the check could not be run")),
            None => Ok((judged, looked)),
        }
    }

    /// Runs a check's command; files are looked at once.
    fn see(&self, line: &str, looked: &mut Looked) -> anyhow::Result<Captured> {
        match run::files_named(line) {
            Some(paths) => Ok(looked.cat(&paths)),
            None => self.capture(line),
        }
    }

    /// Whether all that a step's cards tell is as it was when the step was begun. What the first check
    /// sees is what the learner found.
    fn as_found(&self, step: &Step, cards: &[super::Card]) -> anyhow::Result<bool> {
        let key = found_key(&step.id);
        let now = check::fingerprint(cards);
        if let Some(found) = self.engine.progress(&key)? {
            return Ok(found == now);
        }
        // A step that was not begun has nothing that was found.
        if self.progress().begun.contains_key(&step.id) {
            self.engine.set_progress(&key, &now)?;
        }
        Ok(true)
    }

    /// Looks at the step the learner is at before anything is done in it, where no check does so by
    /// itself: what is there now is what the learner found.
    pub fn look_around(&self) -> anyhow::Result<()> {
        let Some(step) = self.current().filter(|_| !self.read_only()) else { return Ok(()) };
        let known = self.engine.progress(&found_key(&step.id))?.is_some();
        if known || step.expects.is_empty() || self.missing_engine().is_some() {
            return Ok(());
        }
        let (judged, _) = self.judge(&step)?;
        self.as_found(&step, &judged.cards)?;
        Ok(())
    }

    /// Judges answers anew that were wrong when the work was not done yet: the right answer hangs on
    /// the live state.
    fn answer_late(&self, step: &Step) -> anyhow::Result<()> {
        for (i, ask) in step.asks.iter().enumerate() {
            let place = (step.id.clone(), i);
            let given = self.progress().answers.get(&place).cloned();
            let Some((given, false)) = given.filter(|_| matches!(ask.answer, Answer::Live { .. }))
            else {
                continue;
            };
            self.answer_with(step, i, ask, &given, true)?;
        }
        Ok(())
    }

    /// The card that says which engine is missing, when the lab needs one and none answers.
    fn missing_engine(&self) -> Option<super::Card> {
        let lab = self.lab();
        if !lab.needs.contains(&Need::Docker) && !lab.needs.contains(&Need::Swarm) {
            return None;
        }
        let problem = docker::problem()?;
        Some(super::Card {
            message: problem,
            expected: "a Docker Engine that answers".into(),
            observed: "none".into(),
            command: "docker version".into(),
            ..super::Card::default()
        })
    }

    /// Judges an answer to a question and remembers it.
    pub fn answer(&self, step: &str, ask: usize, text: &str) -> anyhow::Result<Judgement> {
        let lab = self.lab();
        let step = find(&lab, step)?;
        let question = step.asks.get(ask).with_context(|| {
            format!(
                "step {} has {}; there is no number {}",
                step.id,
                plural(step.asks.len(), "question"),
                ask + 1
            )
        })?;
        check::only_looks(&lab, step)?;
        let known = self.progress().answers.get(&(step.id.clone(), ask)).cloned();
        if let Some((given, true)) = known {
            // What was right once stays so: a second try is no way to lose it.
            let why = Some(question.why.clone());
            return Ok(Judgement { right: true, why, before: Some(given), ..Judgement::default() });
        }
        self.answer_with(step, ask, question, text.trim(), false)
    }

    /// Judges an answer by the state as it is now. One that was judged before is remembered anew only
    /// when it has become right.
    fn answer_with(
        &self,
        step: &Step,
        ask: usize,
        question: &Ask,
        given: &str,
        again: bool,
    ) -> anyhow::Result<Judgement> {
        let (mut looked, mut broken) = (Looked::of(self.workspace()), None);
        let (computed, _) = check::live_answer(&self.lab(), question, &mut |line| {
            self.see(line, &mut looked).unwrap_or_else(|e| {
                broken = Some(e);
                Captured::default()
            })
        });
        if let Some(error) = broken {
            return Err(error.context("the right answer could not be computed"));
        }
        let right = course::judge(question, given, computed.as_deref());
        let early = computed.is_none() && matches!(question.answer, Answer::Live { .. });
        let place = (step.id.clone(), ask);
        if right || !again {
            let given = given.to_owned();
            let wall = Some(self.wall());
            // A wrong one earns nothing, whatever it was compared with.
            let files = if right { looked.keep(self.engine.blob_store())? } else { Files::new() };
            let step = step.id.clone();
            let act = Act::Answer { step, ask, given: given.clone(), right, wall, files };
            self.engine.record(0, &act)?;
            self.progress().answers.insert(place.clone(), (given, right));
        }
        let mut progress = self.progress();
        if early {
            progress.early.insert(place);
        } else {
            progress.early.remove(&place);
        }
        drop(progress);
        let why_not = course::why_not(question, given).filter(|_| !right).map(Into::into);
        let why = right.then(|| question.why.clone());
        Ok(Judgement { right, why, why_not, early, before: None })
    }

    /// What the clock of this machine shows, for an entry.
    fn wall(&self) -> Time {
        self.opened.0.plus(self.opened.1.elapsed())
    }

    /// Writes into the journal that it is written down for a teacher, with the word that the teacher
    /// gave out: so neither the word nor the day can be changed behind it. The files that checks of
    /// steps look at which were not passed are kept: parts of such a step may count.
    pub fn note_submitted(&self, nonce: Option<String>) -> anyhow::Result<()> {
        let lab = self.lab();
        let mut looked = Looked::of(self.workspace());
        let passed: BTreeSet<String> = self.progress().passed.keys().cloned().collect();
        let open = lab.steps.iter().filter(|step| !passed.contains(&step.id));
        let weighed = open.filter(|step| step.expects.iter().any(|expect| expect.weight > 0));
        for step in weighed {
            looked.cat(&seen::named(step).into_iter().collect::<Vec<_>>());
        }
        let files = looked.keep(self.engine.blob_store())?;
        self.engine.record(0, &Act::Submit { nonce, wall: Some(self.wall()), files })?;
        Ok(())
    }

    fn hints_shown(&self, step: &str) -> usize {
        let shown = self.engine.progress(&format!("hints/{step}")).ok().flatten();
        shown.and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// The next hint of a step (or of the one the learner is at), as the number of hints shown
    /// then; the last one again when there is no other. `None` when the step has none.
    pub fn hint(&self, step: Option<&str>) -> anyhow::Result<Option<(String, usize)>> {
        let lab = self.lab();
        let step = match step {
            Some(id) => find(&lab, id)?.clone(),
            None => match self.current() {
                Some(step) => step,
                None => return Ok(None),
            },
        };
        if step.hints.is_empty() {
            return Ok(None);
        }
        let before = self.hints_shown(&step.id);
        let shown = (before + 1).min(step.hints.len());
        // A teacher sees how much help it took; one that was seen already is no more help.
        if shown > before && !self.read_only() {
            let act = Act::Hint { step: step.id.clone(), shown, wall: Some(self.wall()) };
            self.engine.record(0, &act)?;
        }
        self.engine.set_progress(&format!("hints/{}", step.id), &shown.to_string())?;
        Ok(Some((step.id, shown)))
    }

    /// Points of passed steps, and all there are.
    pub fn points(&self) -> (u32, u32) {
        let lab = self.lab();
        let progress = self.progress();
        let earned = lab.steps.iter().filter(|s| progress.passed.contains_key(&s.id));
        (earned.map(|s| s.points).sum(), lab.steps.iter().map(|s| s.points).sum())
    }
}

/// Where it is kept what a learner found when a step was begun. The end is no part of any id, so that
/// forgetting one forgets no other.
fn found_key(step: &str) -> String {
    format!("found/{step}/")
}

/// Where it is kept how the given files stood when a step began.
pub(super) fn stand_key(step: &str) -> String {
    format!("given/{step}/")
}

/// The step of that id; the error names the nearest.
pub fn find<'a>(lab: &'a Lab, id: &str) -> anyhow::Result<&'a Step> {
    if let Some(step) = lab.steps.iter().find(|s| s.id == id) {
        return Ok(step);
    }
    // A number counts the steps from 1, as the screen does.
    let by_number = id.parse::<usize>().ok().and_then(|n| lab.steps.get(n.checked_sub(1)?));
    if let Some(step) = by_number {
        return Ok(step);
    }
    let ids: Vec<&str> = lab.steps.iter().map(|s| s.id.as_str()).collect();
    match nearest(id, ids.iter().copied()) {
        Some(meant) => bail!("{} has no step {id:?}; did you mean {meant:?}?", lab.id),
        None => bail!("{} has no step {id:?}; its steps are {}", lab.id, ids.join(", ")),
    }
}
