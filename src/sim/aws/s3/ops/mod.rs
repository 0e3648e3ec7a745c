//! One file per operation or family of operations.

pub mod create_bucket;

use crate::sim::api::OpDef;

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[&create_bucket::CreateBucket::DEF];
