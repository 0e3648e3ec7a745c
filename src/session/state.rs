//! What a session tells about itself: plain data for the screen, for `--json` and for grading.

use serde::{Deserialize, Serialize};

use base::Time;

/// How a step stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StepState {
    pub id: String,
    pub title: String,
    pub points: u32,
    pub verdict: Verdict,
    /// The expectations that did not hold when it was last checked.
    pub cards: Vec<Card>,
    pub asks: Vec<AskState>,
    /// How many of the hints have been shown, of how many.
    pub hints_shown: usize,
    pub hints: usize,
}

/// The state of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Verdict {
    /// Not checked yet.
    #[default]
    Open,
    /// Checked, and something is missing still.
    Failing,
    /// Everything holds, or held once: a step that was passed stays passed.
    Passed { at: Time },
    /// It could not be checked (an engine is missing).
    Blocked,
}

/// Why an expectation does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Card {
    /// The lab's own sentence.
    pub message: String,
    pub expected: String,
    pub observed: String,
    /// The command that shows it.
    pub command: String,
    /// How many more expectations do not hold for the same reason, and have no card of their own.
    #[serde(default)]
    pub others: usize,
}

/// How a question stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AskState {
    pub question: String,
    pub choices: Vec<String>,
    /// The learner's last answer.
    pub given: Option<String>,
    pub right: bool,
    /// Why, once it is answered rightly.
    pub why: Option<String>,
}

/// What happened to a session, for whoever watches it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The world or the engine changed: checks and views may be out of date.
    World,
    /// Something to tell the learner.
    Notice(String),
    /// Doors were opened or closed: what tells an address is out of date.
    Doors,
    /// The steps were checked anew.
    Steps(Vec<StepState>),
}
