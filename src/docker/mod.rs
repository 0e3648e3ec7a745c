//! The learner's real Docker Engine: a typed facade over bollard, and what labs leave on it.
//!
//! Everything the lab creates carries the label `distlab=<lab>`; clean-up touches labelled things only.
//! Only Unix sockets are spoken to: a lab's files and terminals are on the engine's own machine.

mod blocking;
mod blocking_calls;
pub mod build;
mod clean;
mod containers;
pub mod contexts;
mod engine;
mod error;
mod events;
mod http;
mod image;
pub mod images;
mod meter;
pub mod nodes;
mod standing;
mod stats;
pub mod swarm;
pub mod text;
mod upload;
pub mod view;
mod volume;

pub use blocking::block_on;
pub use blocking_calls::{clean_now, each_event, live_nodes, own_host, problem, version_line};
pub use clean::CleanReport;
pub use containers::{Attached, ExecSpec, Output, Waiter};
pub use engine::{Engine, OWN_VARIABLE};
pub use error::EngineError;
pub use events::Change;
pub use http::{Answer, Body, Channel};
pub use hyper::Method;
pub use image::Pull;
pub use meter::Meter;
pub use standing::Standing;
pub use stats::{Sample, Samples};
pub use upload::Upload;
pub use view::view_now;

/// The engine's own data types, as bollard models them.
pub use bollard::{models, query_parameters};

/// The label of everything made for a lab; its value is the lab's id.
pub const LABEL: &str = "distlab";

/// The value of [`LABEL`] for what is made outside of any lab.
pub const NO_LAB: &str = "shell";

/// The label of an image that was built from the host's own files; its value is the name it stands
/// in for. Stand-ins carry no [`LABEL`]: a container inherits the labels of its image, and a
/// learner's own container must not look as if a lab had made it.
pub const STAND_IN_LABEL: &str = "distlab.standin";
