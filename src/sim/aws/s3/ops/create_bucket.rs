//! `CreateBucket`.

use crate::sim::api::{ApiError, Write};
use crate::sim::{Cx, World};

crate::operation! {
    /// Creates a new S3 bucket.
    write CreateBucket in "s3" = "PUT /{Bucket}";
    input {
        /// The name of the bucket to create.
        pub bucket: String => "Bucket" Uri,
        /// The canned ACL to apply to the bucket.
        pub acl: Option<String> => "ACL" Header("x-amz-acl"),
    }
    output CreateBucketOutput {
        /// A forward slash followed by the name of the bucket.
        pub location: String => "Location" Header("Location"),
    }
    errors ["BucketAlreadyExists", "BucketAlreadyOwnedByYou"]
}

impl Write for CreateBucket {
    type Output = CreateBucketOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        world.s3.buckets.insert(self.bucket.clone(), cx.at);
        Ok(CreateBucketOutput { location: format!("/{}", self.bucket) })
    }
}
