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
    /// What was observed of each expectation when the step passed, if that was in this session.
    #[serde(default)]
    pub held: Vec<Card>,
    pub asks: Vec<AskState>,
    /// How many of the hints have been shown, of how many.
    pub hints_shown: usize,
    pub hints: usize,
}

/// The state of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Verdict {
    /// To do: not checked yet, or all that its checks look at is as the learner found it.
    #[default]
    Open,
    /// Checked after something was done, and something is missing still.
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
    /// In words; empty where that is the answer.
    pub expected: String,
    /// In words; empty where the message says that there is nothing.
    pub observed: String,
    /// The command that shows it.
    pub command: String,
    /// How many more expectations do not hold for the same reason, and have no card of their own.
    #[serde(default)]
    pub others: usize,
    /// Which of the step's expectations it is about, from 0.
    #[serde(default)]
    pub expect: usize,
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
    /// Why the answer given is wrong, where the lab says it.
    #[serde(default)]
    pub why_not: Option<String>,
    /// The answer cannot be judged yet: what it is compared with does not exist. It is judged when it
    /// does.
    #[serde(default)]
    pub early: bool,
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
