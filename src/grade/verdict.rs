//! Replays a submission and judges each step where the learner passed it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};

use super::effort::{self, Walked, wall};
use super::graded::{Graded, StepGrade, Verdict, hurried, worse};
use super::points::Points;
use super::replayed::Replayed;
use super::submission::Submission;
use base::{Digest, Time};
use course::{self, Answer, Lab, Learner, Output, Step, WorldSpec};
use gateway::Place;
use session::Manifest;
use session::check::{attested, card, only_looks, output};
use session::class::Class;
use session::history::{self, Act, Fact, Kept};
use session::run::{self, Captured};
use store::{BlobStore, Entry};
use systems::{SYSTEMS, Systems};

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
    let kept: Vec<&Entry> = history::counting(&submission.entries)?.collect();
    let (start, end) = (Time(head.world.start), Time(head.world.start).plus(LAB_TIME_MAX));
    if let Some(far) = submission.entries.iter().find(|e| Time(e.at) > end || Time(e.at) < start) {
        bail!("entry {} lies outside of any lab's time", far.seq);
    }
    let counting: Vec<u64> = kept.iter().map(|entry| entry.seq).collect();
    let walked = effort::walk(lab, &submission.entries, &counting)?;
    if head.world.model != sim::MODEL {
        return incomparable(submission, lab, &kept, walked);
    }
    if !head.world.fits(&began.spec) {
        let known = if head.lab_digest == lab_digest {
            "no distlab makes such a world from this lab"
        } else {
            "the lab's text was changed since: the text that the learner had grades it"
        };
        bail!(
            "the world it was done in began differently from the lab's here (regions, parts, or \
             what exists), so it is not replayed; {known}"
        );
    }
    let mut replay = Replay::new(systems, submission, lab, blobs)?;
    replay.run(&kept)?;
    replay.weigh();
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
    Ok(summary(submission, lab, &replay.judged, notes, walked))
}

/// Whether a submission is from this class, and from whom it says: the seed follows from both, and the
/// journal's origin covers all three.
///
/// `first` is the lab in which the world began, and `spec` what it was made as.
pub fn belongs(
    submission: &Submission,
    class: &Class,
    first: &str,
    spec: &WorldSpec,
) -> anyhow::Result<()> {
    let world = &submission.head.world;
    let name = &class.terms.name;
    let Some(id) = world.class else {
        bail!(
            "it was not done for a class, and this is {name:?}: its lab was begun before distlab join"
        );
    };
    if id != class.id() {
        bail!("it was done for another class than {name:?}, or for another file of it");
    }
    let person = world.person.as_ref().ok_or_else(|| anyhow!("it does not say who it is from"))?;
    if world.learner_seed != class.seed(person) {
        bail!(
            "its seed is not the one that {name:?} gives to {} ({}): the name, the number or the seed \
             was altered",
            person.name,
            person.number
        );
    }
    let learner = Learner { name: world.learner.clone(), seed: world.learner_seed };
    if world.seed != Manifest::new(first, spec, &learner, Time(world.start)).seed {
        bail!("the seed of its world does not follow from the learner's: it was altered");
    }
    if !class.has(person) {
        bail!("{name:?} has nobody with the number {:?} on its roster", person.number);
    }
    Ok(())
}

/// What was done by other rules is neither believed nor doubted.
fn incomparable(
    submission: &Submission,
    lab: &Lab,
    kept: &[&Entry],
    walked: Walked,
) -> anyhow::Result<Graded> {
    let head = &submission.head;
    let mut passed = BTreeMap::new();
    for entry in kept.iter().filter(|entry| entry.kind == "pass") {
        let kept = history::decode(entry)?;
        let passed_at = wall(&kept.act);
        if let Act::Pass { step, .. } = kept.act {
            passed.insert(step, Judged { passed: passed_at, ..Judged::of(Verdict::Incomparable) });
        }
    }
    let note = format!(
        "handed in with distlab {}, whose simulation goes by other rules (model {}; this one has model \
         {}): it is not comparable here. distlab {} grades it",
        head.program,
        head.world.model,
        sim::MODEL,
        head.program
    );
    Ok(summary(submission, lab, &passed, vec![note], walked))
}

fn summary(
    submission: &Submission,
    lab: &Lab,
    judged: &BTreeMap<String, Judged>,
    mut notes: Vec<String>,
    walked: Walked,
) -> Graded {
    let world = &submission.head.world;
    let steps: Vec<StepGrade> = lab
        .steps
        .iter()
        .map(|step| {
            let found = judged.get(&step.id).cloned().unwrap_or_else(|| Judged::of(Verdict::Open));
            let all = Points::whole(step.points);
            StepGrade {
                step: step.id.clone(),
                title: step.title.clone(),
                points: step.points,
                earned: match found.verdict {
                    Verdict::Verified | Verdict::Attested => all,
                    Verdict::Open => found.part.map_or(Points(0), |(part, of)| all.share(part, of)),
                    _ => Points(0),
                },
                verdict: found.verdict,
                passed: found.passed,
                late_days: 0,
                notes: found.notes,
            }
        })
        .collect();
    notes.extend(walked.notes);
    let mut graded = Graded {
        learner: world.learner.clone(),
        person: world.person.clone(),
        class: world.class,
        seed: world.learner_seed,
        world_seed: world.seed,
        lab: lab.id.clone(),
        title: lab.title.clone(),
        replayed: Points(0),
        attested: Points(0),
        possible: lab.points(),
        late_days: 0,
        steps,
        notes,
        alike: Vec::new(),
        effort: walked.effort,
        troubles: walked.troubles,
        story: walked.story,
        written: Time(submission.head.written),
        head: submission.head.head,
        prints: walked.prints,
    };
    graded.add_up();
    if let Some(note) = hurried(&graded) {
        graded.notes.push(note);
    }
    graded
}

#[derive(Clone, Debug)]
struct Judged {
    verdict: Verdict,
    notes: Vec<String>,
    passed: Option<Time>,
    /// Of a step that was not passed: the weight of what holds, and of all.
    part: Option<(u32, u32)>,
}

impl Judged {
    fn of(verdict: Verdict) -> Self {
        Self { verdict, notes: Vec::new(), passed: None, part: None }
    }
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
        for judged in self.judged.values_mut() {
            judged.part = None;
            if judged.verdict == Verdict::Verified {
                judged.verdict = instead;
            }
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

    fn run(&mut self, kept: &[&Entry]) -> anyhow::Result<()> {
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
                Act::Answer { step, ask, given, right, .. } => {
                    self.gateway.world().advance(entry.at);
                    self.answered(step, *ask, given, *right);
                }
                Act::Pass { step, facts, wall } => {
                    self.gateway.world().advance(entry.at);
                    self.passed(step, facts, *wall);
                }
                // Believed as it was attested; what rests on it is told apart when it is judged.
                Act::Observed { .. } => {
                    let _ = history::apply(&mut self.gateway.world(), entry.clone())?;
                }
                Act::Advance
                | Act::Begin { .. }
                | Act::Hint { .. }
                | Act::Submit { .. }
                | Act::Undo
                | Act::Reset { .. } => {
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

    fn passed(&mut self, id: &str, facts: &[Fact], wall: Option<Time>) {
        let Some(step) = self.lab.steps.iter().find(|s| s.id == id) else {
            self.notes.push(format!("the step {id} was passed, which this lab does not have"));
            return;
        };
        let judged = Judged { passed: wall, ..self.judge(step, facts) };
        self.judged.insert(id.to_owned(), judged);
    }

    /// Gives steps that were not passed the part that holds at the end, where the lab says what the
    /// parts of a step weigh. What does not replay holds no part.
    fn weigh(&mut self) {
        let open = self.lab.steps.iter().filter(|step| !self.judged.contains_key(&step.id));
        let mut found = Vec::new();
        for step in open {
            let expects = step.expects.iter().filter(|expect| expect.weight > 0).map(|expect| {
                let (seen, rests) = self.see(&expect.run);
                let outside = rests || attested(self.lab, &expect.run);
                (expect.weight, !outside && card(expect, &output(&seen)).is_none())
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
        Judged { notes, ..Judged::of(verdict) }
    }
}

fn recorded(fact: &Fact) -> Output {
    Output { stdout: fact.stdout.clone(), stderr: fact.stderr.clone(), code: fact.code }
}

/// What an operation says when a body was too large to come along.
const MISSING_BODY: &str = "No such file or directory (os error 2)";
