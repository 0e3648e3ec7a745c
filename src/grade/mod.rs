//! Hand-in and marking: a submission is a journal with what it needs to replay; grading replays it
//! in a fresh world and tells what was replayed from what is only attested.
//!
//! A submission is untrusted: it is bounded in size, entries and time, and no command of the host is
//! ever run from one.

pub mod report;
pub mod submission;
pub mod verdict;

#[cfg(test)]
mod tests;
#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests_observed;

pub use submission::Submission;
pub use verdict::{Began, Graded, StepGrade, Verdict, grade};
