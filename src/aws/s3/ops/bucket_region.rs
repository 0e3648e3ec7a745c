//! Where a bucket is: each region has an endpoint of its own, and a request to another one is sent on.
//!
//! It is no operation that a client could call: the endpoint asks it, once it knows who asks for what.

use crate::s3;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Says in which region a bucket is.
    read BucketRegion in "s3" = "HEAD /{Bucket}";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
    }
    output BucketRegionOutput {
        /// The region; nothing where there is no such bucket.
        pub region: Option<String> => "Region",
    }
    errors []
    access unsigned
}

impl Read for BucketRegion {
    type Output = BucketRegionOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let bucket = world.get::<s3::State>().buckets.get(&self.bucket);
        Ok(BucketRegionOutput { region: bucket.map(|bucket| bucket.region.clone()) })
    }
}
