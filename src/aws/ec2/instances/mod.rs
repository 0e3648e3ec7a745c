//! Operations over instances.

pub mod attributes;
pub mod console_output;
pub mod describe;
pub mod interfaces;
pub mod launch;
pub mod metadata;
pub mod plan;
pub mod power;
pub mod run;
pub mod status;
