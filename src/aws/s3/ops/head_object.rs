//! `HeadObject`.

use crate::s3::read::{ObjectAnswer, ReadHeaders};
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Retrieves what is known of an object, without the content.
    read HeadObject in "s3" = "HEAD /{Bucket}/{Key+}";
    input {
        ..asked: ReadHeaders,
    }
    output HeadObjectOutput {
        ..pub object: ObjectAnswer,
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "InvalidRange", "PreconditionFailed", "NotModified"]
    access itself
    waiters [
        waiter("ObjectExists", 5, 20, &[success(Status(200)), retry(Status(404))]),
        waiter("ObjectNotExists", 5, 20, &[success(Status(404))]),
    ]
}

impl Read for HeadObject {
    type Output = HeadObjectOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = self.asked.look(world, cx, "HEAD")?;
        Ok(HeadObjectOutput { object: self.asked.answer(&found) })
    }
}
