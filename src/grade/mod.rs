//! Hand-in and marking: a submission is a journal with what it needs to replay; grading replays it
//! in a fresh world and tells what was replayed from what is only attested.
//!
//! A submission is untrusted: it is read within bounds, graded in a process of its own with limits of
//! the operating system (`child`), its text is shown as text only (`report::plain`), and no command of
//! the host is ever run from one.

pub mod batch;
pub mod child;
pub mod copies;
pub mod effort;
pub mod graded;
pub mod kubernetes;
pub mod log;
pub mod points;
pub mod prints;
pub mod progress;
pub mod queue;
pub mod record;
mod replay;
mod replayed;
pub mod report;
pub mod roster;
pub mod shards;
pub mod submission;
pub mod swarm;
pub mod task;
pub mod verdict;

#[cfg(test)]
mod tests;
#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests_observed;

pub use batch::{Batch, Line, Take};
pub use graded::{Graded, StepGrade, Verdict};
pub use points::Points;
pub use submission::Submission;
pub use verdict::{Began, belongs, grade};
