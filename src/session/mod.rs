//! One learner in one lab: world, engine, workspace and progress; runs commands and checks.

pub mod state;

pub use state::{AskState, Card, Change, StepState, Verdict, Views};
