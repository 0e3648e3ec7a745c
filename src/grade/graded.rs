//! What grading finds of one learner's lab: plain data, which a child process hands to the one that
//! reports on the class.

use serde::{Deserialize, Serialize};

use super::effort::{Effort, Told, Trouble};
use super::points::Points;
use super::prints::Prints;
use base::{Digest, Time};
use session::class::Person;

/// What is known of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepGrade {
    pub step: String,
    pub title: String,
    /// What it is worth.
    pub points: u32,
    /// What was earned of it, by replay or as attested.
    pub earned: Points,
    pub verdict: Verdict,
    /// When it was passed, by the clock of the learner's machine.
    pub passed: Option<Time>,
    #[serde(default)]
    pub late_days: u32,
    /// Why, when it is not plainly verified.
    pub notes: Vec<String>,
}

/// One learner's lab.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Graded {
    pub learner: String,
    /// Who the learner says they are, in the origin of the journal.
    pub person: Option<Person>,
    pub class: Option<Digest>,
    pub seed: u64,
    pub world_seed: u64,
    pub lab: String,
    pub title: String,
    pub replayed: Points,
    pub attested: Points,
    pub possible: u32,
    #[serde(default)]
    pub late_days: u32,
    pub steps: Vec<StepGrade>,
    /// What a teacher should know of the whole file.
    pub notes: Vec<String>,
    /// What it has in common with files of others: for the teacher's eyes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<String>,
    pub effort: Effort,
    pub troubles: Vec<Trouble>,
    pub story: Vec<Told>,
    /// When it was written down, as the file says.
    pub written: Time,
    /// Identifies the work, to find copies.
    pub head: Digest,
    #[serde(default)]
    pub prints: Prints,
}

impl Graded {
    /// Whose work it is: what tells two learners apart.
    #[must_use]
    pub fn identity(&self) -> (String, u64) {
        match &self.person {
            Some(person) if !person.number.is_empty() => (person.number.to_lowercase(), 0),
            Some(person) => (format!("{}\n{}", person.name, person.mail), 0),
            None => (self.learner.clone(), self.seed),
        }
    }

    /// What to call the learner.
    #[must_use]
    pub fn called(&self) -> &str {
        self.person.as_ref().map_or(&self.learner, |person| &person.name)
    }

    /// The points that count.
    #[must_use]
    pub fn earned(&self, with_attested: bool) -> Points {
        if with_attested { self.replayed + self.attested } else { self.replayed }
    }

    /// Adds up what the steps earned.
    pub(super) fn add_up(&mut self) {
        let sum = |attested: bool| {
            let steps = self.steps.iter().filter(|s| (s.verdict == Verdict::Attested) == attested);
            steps.map(|s| s.earned).sum()
        };
        (self.replayed, self.attested) = (sum(false), sum(true));
        self.late_days = self.steps.iter().map(|s| s.late_days).max().unwrap_or(0);
    }
}

/// Nobody reads, tries and answers for a point in less than this.
const SECONDS_A_POINT: u64 = 5;
/// Fewer points may be had quickly.
const HURRIED_POINTS_MIN: u32 = 5;

/// A sentence when the points came faster than anybody works.
pub(super) fn hurried(graded: &Graded) -> Option<String> {
    let all = graded.earned(true);
    // Without a date nobody knows how long it took: lab time stands still between single commands.
    graded.effort.first?;
    let took = graded.effort.active_s;
    let least = u64::from(all.0 / 100) * SECONDS_A_POINT;
    (all >= Points::whole(HURRIED_POINTS_MIN) && took < least).then(|| {
        let took = base::text::plural(usize::try_from(took).unwrap_or(usize::MAX), "second");
        format!("{all} points in {took}")
    })
}

/// The one that says less for the learner.
#[must_use]
pub(super) fn worse(a: Verdict, b: Verdict) -> Verdict {
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
