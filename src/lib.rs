//! A terminal learning lab for distributed systems.
//!
//! `ARCHITECTURE.md` is the map. A module imports only what stands below it in this list.

pub mod app;
pub mod base;
pub mod cli;
pub mod command;
pub mod course;
pub mod docker;
pub mod grade;
pub mod session;
pub mod sim;
pub mod store;
pub mod ui;
pub mod wire;
