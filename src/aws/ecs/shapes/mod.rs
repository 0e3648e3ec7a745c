//! The structures of the API, which are the state, too.

pub mod absent;
pub mod cluster;
pub mod common;
pub mod container;
pub mod definition;
pub mod instance;
pub mod service;
pub mod task;
