//! `GetObject`.

use crate::s3::read::{ObjectAnswer, ReadHeaders};
use base::range;
use sim::api::{ApiError, Body, Read};
use sim::{Cx, World};

sim::operation! {
    /// Retrieves an object.
    read GetObject in "s3" = "GET /{Bucket}/{Key+}";
    input {
        ..asked: ReadHeaders,
    }
    output GetObjectOutput {
        ..pub object: ObjectAnswer,
        /// The content.
        pub body: Body => "Body" Payload("Body"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "InvalidRange", "InvalidPartNumber", "PreconditionFailed", "NotModified", "InvalidObjectState"]
    access itself
}

impl Read for GetObject {
    type Output = GetObjectOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = self.asked.look(world, cx, "GET")?;
        found.check_state()?;
        let slices = &found.object.content.slices;
        let body = Body(match found.span {
            None => slices.clone(),
            Some((first, last)) => range::cut(slices, first, last),
        });
        Ok(GetObjectOutput { object: self.asked.answer(&found), body })
    }
}
