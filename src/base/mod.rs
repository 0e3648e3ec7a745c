//! What every layer may use: time, randomness, content addresses, text.
//!
//! Nothing here reads a clock, a file or the environment; values come in as parameters.

pub mod blob;
pub mod range;
pub mod rng;
pub mod text;
pub mod time;

pub use blob::{Blob, Digest, Slice};
pub use rng::Rng;
pub use time::Time;
