//! Replays a submission and judges each step where the learner passed it.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{anyhow, bail};

use super::effort::{self, Walked, wall};
use super::graded::{Graded, StepGrade, Verdict, hurried};
use super::points::Points;
use super::replay::{Judged, Replay};
use super::submission::Submission;
use base::{Digest, Time};
use course::{Lab, Learner, WorldSpec};
use session::Manifest;
use session::check::only_looks;
use session::class::Class;
use session::history::{self, Act};
use store::{BlobStore, Entry};
use systems::{SYSTEMS, Systems};

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
