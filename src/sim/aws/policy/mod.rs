//! IAM's policy language: documents, their evaluation, and whether one is public.

use super::{AccessRequest, Denied};
use crate::sim::{Cx, Principal, World};

/// A parsed policy document.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Policy {
    /// The document as it was given.
    pub text: String,
}

/// The rules of [`World::authorize`].
pub(super) fn evaluate(
    _world: &World,
    cx: &Cx<'_>,
    request: &AccessRequest<'_>,
) -> Result<(), Denied> {
    if cx.caller.principal == Principal::Root || request.acl_allows {
        return Ok(());
    }
    Err(Denied { principal: cx.caller.principal.to_string(), explicit: false })
}
