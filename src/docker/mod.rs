//! The learner's real Docker Engine: a typed facade over bollard, and what labs leave on it.
//!
//! Everything the lab creates carries the label `distlab=<lab>`; clean-up touches labelled things only.

pub mod view;

/// The label of everything made for a lab; its value is the lab's id.
pub const LABEL: &str = "distlab";
