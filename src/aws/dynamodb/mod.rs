//! DynamoDB (API version 2012-08-10), the pure core: values, numbers and
//! expressions; and the state machine of tables, indexes, streams and backups
//! that they act on ([`state::State`]). No clock, no I/O, no floats: what goes
//! in decides what comes out. Operations and their JSON stand elsewhere.
//! Source: the DynamoDB developer guide and API reference.

pub mod backup;
pub mod batch;
pub mod capacity;
mod error;
pub mod expression;
pub mod failure;
pub mod item;
pub mod key;
pub mod legacy;
pub mod number;
pub mod query;
pub mod read;
pub mod rows;
pub mod scan;
pub mod state;
pub mod stream;
pub mod table;
pub mod tags;
pub mod time;
pub mod transact;
pub mod ttl;
pub mod value;
pub mod write;

#[cfg(test)]
mod tests;

pub use error::ApiError;
