//! The replay itself: entry for entry through a fresh world, and each step judged where it was passed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;

use super::graded::{Verdict, worse};
use super::replayed::Replayed;
use super::submission::Submission;
use base::Time;
use course::{self, Answer, Lab, Output, Step};
use gateway::Place;
use session::check::{attested, card, output};
use session::history::{self, Act, FACT_BYTES_MAX, Fact, Kept};
use session::run;
use session::seen::{self, Files};
use store::{BlobStore, Entry};
use systems::Systems;

/// A replay that takes longer is given up.
const REPLAY_TIME_MAX: Duration = Duration::from_mins(1);

#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) notes: Vec<String>,
    pub(super) passed: Option<Time>,
    /// Of a step that was not passed: the weight of what holds, and of all.
    pub(super) part: Option<(u32, u32)>,
}

impl Judged {
    pub(super) fn of(verdict: Verdict) -> Self {
        Self { verdict, notes: Vec::new(), passed: None, part: None }
    }
}

/// A submission as it is replayed, step for step.
pub(super) struct Replay<'a> {
    lab: &'a Lab,
    pub(super) gateway: Replayed,
    env: BTreeMap<String, String>,
    /// Rightness of the last answer to each question, and whether that is attested.
    answers: BTreeMap<(String, usize), (bool, bool)>,
    pub(super) judged: BTreeMap<String, Judged>,
    pub(super) notes: Vec<String>,
    /// The files that lay there when the work was written down.
    at_end: Files,
}

/// What a check's command prints here, where that is known without believing anybody.
enum Again {
    Seen {
        output: Output,
        /// Whether what it read rests on something that was observed outside.
        rests: bool,
        /// Whether a body that it read did not come along.
        missing: bool,
    },
    /// It was seen on the learner's machine alone; why, where that is worth a sentence.
    Not(Option<String>),
}

impl<'a> Replay<'a> {
    /// What the replay has shown is not believed.
    pub(super) fn doubt(&mut self, instead: Verdict) {
        for judged in self.judged.values_mut() {
            judged.part = None;
            if judged.verdict == Verdict::Verified {
                judged.verdict = instead;
            }
        }
    }

    pub(super) fn new(
        systems: Systems,
        submission: &Submission,
        lab: &'a Lab,
        blobs: &BlobStore,
    ) -> anyhow::Result<Self> {
        let world = submission.head.world.world_of(systems)?;
        let key = aws::iam::root_credential(&world);
        let env = [
            ("AWS_ACCESS_KEY_ID", key.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", key.secret_access_key),
            ("AWS_REGION", submission.head.world.region.clone()),
            ("HADOOP_USER_NAME", submission.head.world.learner.clone()),
        ];
        let place = Place {
            account: submission.head.world.account.clone(),
            region: submission.head.world.region.clone(),
            doors: Vec::new(),
        };
        Ok(Self {
            lab,
            gateway: Replayed {
                world: Mutex::new(world),
                rested: AtomicBool::new(false),
                blobs: blobs.clone(),
                place,
            },
            env: env.map(|(k, v)| (k.to_owned(), v)).into(),
            answers: BTreeMap::new(),
            judged: BTreeMap::new(),
            notes: Vec::new(),
            at_end: Files::new(),
        })
    }

    pub(super) fn run(&mut self, kept: &[&Entry]) -> anyhow::Result<()> {
        let began = Instant::now();
        for entry in kept {
            let entry: Kept = history::decode(entry)?;
            if began.elapsed() > REPLAY_TIME_MAX {
                bail!(
                    "the replay took longer than {} s and was given up",
                    REPLAY_TIME_MAX.as_secs()
                );
            }
            match &entry.act {
                Act::Use { .. } => {
                    let _never_refused = history::apply(&mut self.gateway.world(), entry.clone())?;
                }
                Act::Call { op, .. } => {
                    let replayed = history::apply(&mut self.gateway.world(), entry.clone())?;
                    if replayed.is_err() {
                        self.notes.push(format!(
                            "entry {} ({op}) went differently in the replay",
                            entry.seq
                        ));
                    }
                }
                Act::Answer { step, ask, given, right, files, .. } => {
                    self.gateway.world().advance(entry.at);
                    self.answered(step, *ask, given, *right, files);
                }
                Act::Pass { step, facts, wall, files } => {
                    self.gateway.world().advance(entry.at);
                    self.passed(step, facts, files, *wall);
                }
                Act::Submit { files, .. } => {
                    self.gateway.world().advance(entry.at);
                    self.at_end.clone_from(files);
                }
                // Believed as it was attested; what rests on it is told apart when it is judged.
                Act::Observed { .. } => {
                    let _ = history::apply(&mut self.gateway.world(), entry.clone())?;
                }
                Act::Advance
                | Act::Begin { .. }
                | Act::Hint { .. }
                | Act::Undo
                | Act::Reset { .. } => {
                    self.gateway.world().advance(entry.at);
                }
            }
        }
        Ok(())
    }

    /// Looks again: at the files that came along, or in the replayed world. Only the lab's own commands
    /// exist here, and no file of this machine does.
    fn again(&self, line: &str, files: &Files) -> Again {
        if let Some(paths) = run::files_named(line) {
            // What an older distlab wrote down says nothing of files, and is no reason for a sentence.
            if files.is_empty() {
                return Again::Not(None);
            }
            return match seen::cat(&paths, files, &self.gateway.blobs) {
                Ok(read) => Again::Seen { output: output(&read), rests: false, missing: false },
                Err(why) => Again::Not(Some(why)),
            };
        }
        if attested(self.lab, line) {
            return Again::Not(None);
        }
        self.gateway.rested.store(false, Ordering::Relaxed);
        let nowhere = Path::new("/nonexistent");
        let seen = run::capture(line, &self.gateway, nowhere, &self.env, &self.lab.id);
        Again::Seen {
            output: output(&seen),
            rests: self.gateway.rested.load(Ordering::Relaxed),
            missing: seen.stderr.contains(MISSING_BODY),
        }
    }

    fn answered(&mut self, step: &str, ask: usize, given: &str, recorded: bool, files: &Files) {
        let found = self.lab.steps.iter().find(|s| s.id == step).and_then(|s| s.asks.get(ask));
        let Some(question) = found else { return };
        let judged = match &question.answer {
            Answer::Fixed(_) => (course::judge(question, given, None), false),
            Answer::Live { run, .. } => match self.again(run, files) {
                Again::Not(_) => (recorded, true),
                Again::Seen { output, rests, .. } => {
                    let computed = course::compute(&question.answer, &output);
                    (course::judge(question, given, computed.as_deref()), rests)
                }
            },
        };
        self.answers.insert((step.to_owned(), ask), judged);
    }

    fn passed(&mut self, id: &str, facts: &[Fact], files: &Files, wall: Option<Time>) {
        let Some(step) = self.lab.steps.iter().find(|s| s.id == id) else {
            self.notes.push(format!("the step {id} was passed, which this lab does not have"));
            return;
        };
        let judged = Judged { passed: wall, ..self.judge(step, facts, files) };
        self.judged.insert(id.to_owned(), judged);
    }

    /// Gives steps that were not passed the part that holds at the end, where the lab says what the
    /// parts of a step weigh. What does not replay holds no part.
    pub(super) fn weigh(&mut self) {
        let open = self.lab.steps.iter().filter(|step| !self.judged.contains_key(&step.id));
        let mut found = Vec::new();
        for step in open {
            let expects = step.expects.iter().filter(|expect| expect.weight > 0).map(|expect| {
                let seen = self.again(&expect.run, &self.at_end);
                let holds = matches!(&seen, Again::Seen { output, rests: false, .. }
                    if card(expect, output).is_none());
                (expect.weight, holds)
            });
            let asks = step.asks.iter().enumerate().map(|(i, ask)| {
                let answer = self.answers.get(&(step.id.clone(), i));
                (ask.weight, answer == Some(&(true, false)))
            });
            let parts: Vec<(u32, bool)> = expects.chain(asks).collect();
            let of: u32 = parts.iter().map(|(weight, _)| weight).sum();
            let part: u32 =
                parts.iter().filter(|(_, holds)| *holds).map(|(weight, _)| weight).sum();
            if part > 0 {
                let notes = vec![format!("{part} of {of} parts hold; the step was not passed")];
                let judged = Judged { part: Some((part, of)), notes, ..Judged::of(Verdict::Open) };
                found.push((step.id.clone(), judged));
            }
        }
        self.judged.extend(found);
    }

    fn judge(&self, step: &Step, facts: &[Fact], files: &Files) -> Judged {
        let mut verdict = Verdict::Verified;
        let mut notes = Vec::new();
        for expect in &step.expects {
            match self.again(&expect.run, files) {
                Again::Seen { output, rests, missing } => {
                    if rests {
                        verdict = worse(verdict, Verdict::Attested);
                    }
                    let Some(card) = card(expect, &output) else { continue };
                    let found = if missing { Verdict::Inconclusive } else { Verdict::Contradicted };
                    verdict = worse(verdict, found);
                    notes.push(format!("replayed: {}", card.message));
                }
                Again::Not(why) => {
                    verdict = worse(verdict, Verdict::Attested);
                    notes.extend(why);
                    let Some(fact) = facts.iter().find(|f| f.run == expect.run) else {
                        verdict = worse(verdict, Verdict::Inconclusive);
                        notes.push(format!("nothing was recorded for: {}", expect.run));
                        continue;
                    };
                    let Some(card) = card(expect, &recorded(fact)) else { continue };
                    // A record is cut; what it lacks is nobody's fault.
                    if fact.stdout.len() + LETTER_BYTES_MAX > FACT_BYTES_MAX {
                        verdict = worse(verdict, Verdict::Inconclusive);
                        notes.push(format!("too little was recorded of: {}", expect.run));
                    } else {
                        verdict = worse(verdict, Verdict::Contradicted);
                        notes.push(format!("its own record says: {}", card.message));
                    }
                }
            }
        }
        // Several checks of one file say the same of it.
        notes.dedup();
        for i in 0..step.asks.len() {
            match self.answers.get(&(step.id.clone(), i)) {
                Some((true, true)) => verdict = worse(verdict, Verdict::Attested),
                Some((true, false)) => {}
                _ => {
                    verdict = worse(verdict, Verdict::Contradicted);
                    notes.push(format!("question {} was not answered rightly", i + 1));
                }
            }
        }
        Judged { notes, ..Judged::of(verdict) }
    }
}

/// A record is cut between two letters.
const LETTER_BYTES_MAX: usize = 4;

fn recorded(fact: &Fact) -> Output {
    Output { stdout: fact.stdout.clone(), stderr: fact.stderr.clone(), code: fact.code }
}

/// What an operation says when a body was too large to come along.
const MISSING_BODY: &str = "No such file or directory (os error 2)";
