//! DynamoDB (API version 2012-08-10), the pure core: values, numbers and
//! expressions. No clock, no I/O, no floats: what goes in decides what comes
//! out. Source: the DynamoDB developer guide and API reference.

mod error;
pub mod expression;
pub mod legacy;
pub mod number;
pub mod value;

pub use error::ApiError;
