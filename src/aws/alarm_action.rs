//! What an alarm wants done: news that a service hears whose resource the action names.

use std::cell::RefCell;

use crate::place::Place;

/// An action of an alarm that has come into a state, or is in it still.
#[derive(Clone, Debug)]
pub struct AlarmAction {
    pub place: Place,
    /// The name of the alarm.
    pub alarm: String,
    /// `ALARM`, `OK` or `INSUFFICIENT_DATA`.
    pub state: &'static str,
    /// The ARN of what is to be done.
    pub action: String,
    /// The figures of the periods that the alarm looked at, the newest first, and what they were compared
    /// with.
    pub values: Vec<f64>,
    pub threshold: Option<f64>,
    /// What came of it: whoever the action is for says so. As long as nobody does, there is nothing that
    /// the action could reach.
    pub outcome: RefCell<Option<Result<(), String>>>,
}

impl AlarmAction {
    /// Says what came of it.
    pub fn done(&self, outcome: Result<(), String>) {
        self.outcome.replace(Some(outcome));
    }
}
