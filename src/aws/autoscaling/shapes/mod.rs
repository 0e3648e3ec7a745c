//! The structures of the API, which are the state as well.

pub mod activity;
pub mod configuration;
pub mod group;
pub mod policy;
pub mod refresh;
pub mod rest;
