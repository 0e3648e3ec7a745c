//! Launch templates: made, given further versions, listed, and looked up for a launch.

pub mod create;
pub mod data;
pub mod describe;
pub mod from_instance;
pub mod modify;
pub mod named;
