//! Replays a submission and judges each step where the learner passed it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use serde::Serialize;
use serde_json::Value;

use super::submission::Submission;
use base::{Digest, Time};
use course::{self, Answer, Lab, Output, Step, WorldSpec};
use gateway::{CallError, Gateway, Place};
use session::check::{attested, card, only_looks, output};
use session::history::{self, Act, Fact, Kept};
use session::run::{self, Captured};
use sim::Credential;
use sim::api::OpDef;
use sim::{Caller, World};
use store::BlobStore;
use systems::{SYSTEMS, Systems};

/// What is known of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The learner did not pass it.
    Open,
    /// It holds in the replayed world.
    Verified,
    /// It rests, in whole or in part, on what the learner's machine saw outside of the simulation: on
    /// a real engine, or of a program that was run.
    Attested,
    /// The submission says it was passed, and the replay or its own record says otherwise.
    Contradicted,
    /// It could not be judged (a body is missing, the lab's text changed).
    Inconclusive,
    /// It was passed in a world that went by other rules than this program has.
    #[serde(rename = "not comparable")]
    Incomparable,
}

/// One step of one learner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StepGrade {
    pub step: String,
    pub title: String,
    pub points: u32,
    pub verdict: Verdict,
    /// Why, when it is not plainly verified.
    pub notes: Vec<String>,
}

/// One learner's lab.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Graded {
    pub learner: String,
    pub seed: u64,
    pub lab: String,
    pub replayed: u32,
    pub attested: u32,
    pub possible: u32,
    pub steps: Vec<StepGrade>,
    /// What a teacher should know of the whole file.
    pub notes: Vec<String>,
    /// Identifies the work, to find copies.
    pub head: Digest,
}

/// A replay that takes longer is given up.
const REPLAY_TIME_MAX: Duration = Duration::from_mins(1);
/// No lab runs longer than this of its own time.
const LAB_TIME_MAX: Duration = Duration::from_hours(8784);

/// How the world of a lab began: in the lab itself, or in the one which it goes on from.
#[derive(Clone, Debug)]
pub struct Began {
    /// The name of that lab.
    pub lab: String,
    /// What its world is made as.
    pub spec: WorldSpec,
}

/// Replays `submission` against the teacher's text of the lab (made for that learner).
pub fn grade(
    submission: &Submission,
    lab: &Lab,
    began: &Began,
    lab_digest: Digest,
    blobs: &BlobStore,
) -> anyhow::Result<Graded> {
    grade_of(SYSTEMS, submission, lab, began, lab_digest, blobs)
}

/// The same in a world of these systems, for tests of what none of the program's does.
pub(super) fn grade_of(
    systems: Systems,
    submission: &Submission,
    lab: &Lab,
    began: &Began,
    lab_digest: Digest,
    blobs: &BlobStore,
) -> anyhow::Result<Graded> {
    let head = &submission.head;
    lab.steps.iter().try_for_each(|step| only_looks(lab, step))?;
    let kept = history::fold(&submission.entries)?;
    let start = Time(head.world.start);
    if let Some(far) = kept.iter().find(|k| k.at > start.plus(LAB_TIME_MAX) || k.at < start) {
        bail!("entry {} lies outside of any lab's time", far.seq);
    }
    if head.world.model != sim::MODEL {
        return Ok(incomparable(submission, lab, &kept));
    }
    if !head.world.fits(&began.spec) {
        let known = if head.lab_digest == lab_digest {
            "no distlab makes such a world from this lab"
        } else {
            "the lab's text was changed since: the text that the learner had grades it"
        };
        bail!(
            "the world it was done in began otherwise than the lab's does here (regions, parts, or \
             what exists), so it is not replayed; {known}"
        );
    }
    let mut replay = Replay::new(systems, submission, lab, blobs)?;
    replay.run(&kept)?;
    let mut notes = std::mem::take(&mut replay.notes);
    let seed = head.world.seed_given(&began.lab, &began.spec);
    if head.world.seed != seed {
        notes.push(format!(
            "the world's seed is {}, and distlab gives the learner of the seed {} the world of the seed \
             {seed} in this lab: it is another learner's world, or one that somebody chose",
            head.world.seed, head.world.learner_seed
        ));
        replay.doubt(Verdict::Contradicted);
    }
    let same_program = head.program == env!("CARGO_PKG_VERSION");
    let at_end = replay.gateway.world().digest();
    if at_end != head.state {
        notes.push(if same_program {
            "the replayed world differs from the one that was handed in".into()
        } else {
            format!(
                "handed in with distlab {}, replayed with {}: the worlds differ",
                head.program,
                env!("CARGO_PKG_VERSION")
            )
        });
        let instead = if same_program { Verdict::Contradicted } else { Verdict::Inconclusive };
        replay.doubt(instead);
    }
    if head.lab_digest != lab_digest {
        notes.push("the lab's text was changed since; judged by the text here".into());
    }
    Ok(summary(submission, lab, &replay.judged, notes))
}

/// What was done by other rules is neither believed nor doubted.
fn incomparable(submission: &Submission, lab: &Lab, kept: &[Kept]) -> Graded {
    let head = &submission.head;
    let passed = kept.iter().filter_map(|entry| match &entry.act {
        Act::Pass { step, .. } => {
            let judged = Judged { verdict: Verdict::Incomparable, notes: Vec::new() };
            Some((step.clone(), judged))
        }
        _ => None,
    });
    let note = format!(
        "handed in with distlab {}, whose simulation goes by other rules (model {}; this one has model \
         {}): it is not comparable here. distlab {} grades it",
        head.program,
        head.world.model,
        sim::MODEL,
        head.program
    );
    summary(submission, lab, &passed.collect(), vec![note])
}

fn summary(
    submission: &Submission,
    lab: &Lab,
    judged: &BTreeMap<String, Judged>,
    notes: Vec<String>,
) -> Graded {
    let steps: Vec<StepGrade> = lab
        .steps
        .iter()
        .map(|step| {
            let found = judged.get(&step.id);
            StepGrade {
                step: step.id.clone(),
                title: step.title.clone(),
                points: step.points,
                verdict: found.map_or(Verdict::Open, |j| j.verdict),
                notes: found.map(|j| j.notes.clone()).unwrap_or_default(),
            }
        })
        .collect();
    let sum = |verdict| steps.iter().filter(|s| s.verdict == verdict).map(|s| s.points).sum();
    Graded {
        learner: submission.head.world.learner.clone(),
        seed: submission.head.world.learner_seed,
        lab: lab.id.clone(),
        replayed: sum(Verdict::Verified),
        attested: sum(Verdict::Attested),
        possible: lab.steps.iter().map(|s| s.points).sum(),
        steps,
        notes,
        head: submission.head.head,
    }
}

#[derive(Clone, Debug)]
struct Judged {
    verdict: Verdict,
    notes: Vec<String>,
}

struct Replay<'a> {
    lab: &'a Lab,
    gateway: Replayed,
    env: BTreeMap<String, String>,
    /// Rightness of the last answer to each question, and whether that is attested.
    answers: BTreeMap<(String, usize), (bool, bool)>,
    judged: BTreeMap<String, Judged>,
    notes: Vec<String>,
}

impl<'a> Replay<'a> {
    /// What the replay has shown is not believed.
    fn doubt(&mut self, instead: Verdict) {
        for judged in self.judged.values_mut().filter(|j| j.verdict == Verdict::Verified) {
            judged.verdict = instead;
        }
    }

    fn new(
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
        })
    }

    fn run(&mut self, kept: &[Kept]) -> anyhow::Result<()> {
        let began = Instant::now();
        for (number, entry) in kept.iter().enumerate() {
            if number % 256 == 0 && began.elapsed() > REPLAY_TIME_MAX {
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
                            "entry {} ({op}) went otherwise in the replay",
                            entry.seq
                        ));
                    }
                }
                Act::Answer { step, ask, given, right } => {
                    self.gateway.world().advance(entry.at);
                    self.answered(step, *ask, given, *right);
                }
                Act::Pass { step, facts } => {
                    self.gateway.world().advance(entry.at);
                    self.passed(step, facts);
                }
                // Believed as it was attested; what rests on it is told apart when it is judged.
                Act::Observed { .. } => {
                    let _ = history::apply(&mut self.gateway.world(), entry.clone())?;
                }
                Act::Advance | Act::Begin { .. } | Act::Undo | Act::Reset { .. } => {
                    self.gateway.world().advance(entry.at);
                }
            }
        }
        Ok(())
    }

    /// Runs a check's command in the replayed world, and says whether what it read there rests on
    /// something that was observed outside. Only the lab's own commands exist here.
    fn see(&self, line: &str) -> (Captured, bool) {
        self.gateway.rested.store(false, Ordering::Relaxed);
        let nowhere = Path::new("/nonexistent");
        let seen = run::capture(line, &self.gateway, nowhere, &self.env, &self.lab.id);
        (seen, self.gateway.rested.load(Ordering::Relaxed))
    }

    fn answered(&mut self, step: &str, ask: usize, given: &str, recorded: bool) {
        let found = self.lab.steps.iter().find(|s| s.id == step).and_then(|s| s.asks.get(ask));
        let Some(question) = found else { return };
        let judged = match &question.answer {
            Answer::Fixed(_) => (course::judge(question, given, None), false),
            Answer::Live { run, .. } if attested(self.lab, run) => (recorded, true),
            Answer::Live { run, .. } => {
                let (seen, rests) = self.see(run);
                let computed = course::compute(&question.answer, &output(&seen));
                (course::judge(question, given, computed.as_deref()), rests)
            }
        };
        self.answers.insert((step.to_owned(), ask), judged);
    }

    fn passed(&mut self, id: &str, facts: &[Fact]) {
        let Some(step) = self.lab.steps.iter().find(|s| s.id == id) else {
            self.notes.push(format!("the step {id} was passed, which this lab does not have"));
            return;
        };
        let judged = self.judge(step, facts);
        self.judged.insert(id.to_owned(), judged);
    }

    fn judge(&self, step: &Step, facts: &[Fact]) -> Judged {
        let mut verdict = Verdict::Verified;
        let mut notes = Vec::new();
        for expect in &step.expects {
            if attested(self.lab, &expect.run) {
                verdict = worse(verdict, Verdict::Attested);
                let Some(fact) = facts.iter().find(|f| f.run == expect.run) else {
                    verdict = worse(verdict, Verdict::Inconclusive);
                    notes.push(format!("nothing was recorded for: {}", expect.run));
                    continue;
                };
                if let Some(card) = card(expect, &recorded(fact)) {
                    verdict = worse(verdict, Verdict::Contradicted);
                    notes.push(format!("its own record says: {}", card.message));
                }
                continue;
            }
            let (seen, rests) = self.see(&expect.run);
            if rests {
                verdict = worse(verdict, Verdict::Attested);
            }
            if let Some(card) = card(expect, &output(&seen)) {
                let missing = seen.stderr.contains(MISSING_BODY);
                let found = if missing { Verdict::Inconclusive } else { Verdict::Contradicted };
                verdict = worse(verdict, found);
                notes.push(format!("replayed: {}", card.message));
            }
        }
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
        Judged { verdict, notes }
    }
}

/// The one that says less for the learner.
fn worse(a: Verdict, b: Verdict) -> Verdict {
    let rank = |v| match v {
        Verdict::Verified => 0,
        Verdict::Attested => 1,
        Verdict::Inconclusive => 2,
        Verdict::Contradicted => 3,
        Verdict::Incomparable => 4,
        Verdict::Open => 5,
    };
    if rank(a) >= rank(b) { a } else { b }
}

fn recorded(fact: &Fact) -> Output {
    Output { stdout: fact.stdout.clone(), stderr: fact.stderr.clone(), code: fact.code }
}

/// What an operation says when a body was too large to come along.
const MISSING_BODY: &str = "No such file or directory (os error 2)";

/// The door to a replayed world: it can be looked at, and nothing else.
struct Replayed {
    world: Mutex<World>,
    /// Whether anything that was read rests on an observation.
    rested: AtomicBool,
    blobs: BlobStore,
    place: Place,
}

impl Replayed {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gateway for Replayed {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        if !op.read_only() {
            return Err(CallError::Broken(anyhow!("a replayed world can only be looked at")));
        }
        let mut world = self.world();
        let now = world.now();
        let answer = world.look(now, caller, op, input);
        self.rested.fetch_or(world.rests_on_observed(), Ordering::Relaxed);
        Ok(answer?)
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        Ok(aws::iam::credential(&self.world(), access_key_id))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(aws::iam::root_credential(&self.world()))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.world().now())
    }

    fn advance(&self, _: Duration) -> Result<Time, CallError> {
        Err(CallError::Broken(anyhow!("a replayed world can only be looked at")))
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}
