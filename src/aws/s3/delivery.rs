//! Whether a bucket lets in what a service of AWS delivers to it.

use super::access::Door;
use super::permit::Permission;
use sim::{Caller, Cx, World};

/// The ACL that deliveries ask for, and that policies may insist on.
pub const ACL: &str = "bucket-owner-full-control";

/// Whether a bucket would let a service put this key. The caller says its account and region.
#[must_use]
pub fn lets_in(world: &World, by: &Caller, bucket: &str, key: &str) -> bool {
    let (account, region) = (by.scope.account.as_str(), by.scope.region.as_str());
    let cx = Cx { at: world.now(), caller: by, account, region };
    let Ok(door) = Door::open(world, &cx, bucket, None) else { return false };
    let facts = vec![("s3:x-amz-acl", ACL.to_owned())];
    door.on_key("s3:PutObject", key, Some(Permission::Write), facts).is_ok()
}
