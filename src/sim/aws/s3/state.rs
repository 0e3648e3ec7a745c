//! What S3 remembers.

use std::collections::BTreeMap;

use crate::base::Time;

/// All buckets of the region's partition.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(super) buckets: BTreeMap<String, Time>,
}
