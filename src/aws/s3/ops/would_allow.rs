//! Whether somebody could do something, asked without doing it.
//!
//! AWS has nothing of the kind for strangers (IAM's policy simulator knows identities alone), so it is
//! no operation of S3 but a service of the lab's own. Checks of labs only look: what a stranger could
//! write, or read of what is uploaded tomorrow, they can only ask here. The answer is that of the door
//! that guards every request.

use crate::s3::access::Door;
use crate::s3::errors::bad;
use crate::s3::permit::Permission;
use sim::api::{ApiError, OpDef, Read};
use sim::{Cx, World};

/// Every operation of the service.
pub(in crate::s3) static ALL: &[&OpDef] = &[&WouldAllow::DEF];

sim::operation! {
    /// Says whether the caller could do this, without doing it.
    read WouldAllow in "access" = "";
    input {
        /// `s3:PutObject`
        pub action: String => "action",
        /// The ARN of a bucket or of an object, which need not exist.
        pub resource: String => "resource",
    }
    output WouldAllowOutput {
        /// Whether it would be allowed.
        pub allowed: bool => "allowed",
    }
    errors ["NoSuchBucket", "InvalidArgument"]
    access unsigned
}

/// What can be asked about an object, and about a bucket.
const ACTIONS: &str = "s3:GetObject, s3:GetObjectVersion, s3:PutObject, s3:PutObjectAcl and \
                       s3:DeleteObject of an object, and s3:ListBucket of a bucket";

impl Read for WouldAllow {
    type Output = WouldAllowOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = self.resource.strip_prefix("arn:aws:s3:::").filter(|name| !name.is_empty());
        let Some(name) = name else {
            let message = format!("{} is not the ARN of a bucket or an object", self.resource);
            return Err(bad("InvalidArgument", message));
        };
        let (bucket, key) = name.split_once('/').map_or((name, None), |(b, key)| (b, Some(key)));
        let door = Door::open(world, cx, bucket, None)?;
        let action = self.action.as_str();
        let asked = match (action, key) {
            ("s3:GetObject", Some(key)) => match door.bucket.keys.current(key) {
                Some((_, object)) => {
                    door.on_object(action, key, &object.about, Permission::Read, Vec::new())
                }
                None => door.on_key(action, key, None, Vec::new()),
            },
            // Each version has an ACL of its own: all of them are meant.
            ("s3:GetObjectVersion", Some(key)) => {
                let objects = door.bucket.keys.versions(key).filter_map(|v| v.object.as_deref());
                let mut objects = objects.peekable();
                if objects.peek().is_none() {
                    door.on_key(action, key, None, Vec::new())
                } else {
                    objects.try_for_each(|object| {
                        door.on_object(action, key, &object.about, Permission::Read, Vec::new())
                    })
                }
            }
            ("s3:PutObjectAcl", Some(key)) => match door.bucket.keys.current(key) {
                Some((_, object)) => {
                    door.on_object(action, key, &object.about, Permission::WriteAcp, Vec::new())
                }
                None => door.on_key(action, key, None, Vec::new()),
            },
            ("s3:PutObject" | "s3:DeleteObject", Some(key)) => {
                door.on_key(action, key, Some(Permission::Write), Vec::new())
            }
            ("s3:ListBucket", None) => door.on_bucket_or(action, Permission::Read, Vec::new()),
            _ => {
                let message =
                    format!("{action} of {name} cannot be asked here; these can: {ACTIONS}");
                return Err(bad("InvalidArgument", message));
            }
        };
        Ok(WouldAllowOutput { allowed: asked.is_ok() })
    }
}
