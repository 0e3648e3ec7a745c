//! Security Token Service: who am I, and temporary credentials.
//!
//! Follows the STS API reference, version 2011-06-15.

use crate::sim::api::{ApiError, Protocol, Read, Service};
use crate::sim::{Cx, Principal, World};

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "sts",
    title: "AWS Security Token Service",
    protocol: Protocol::Query,
    signing_name: "sts",
    api_version: "2011-06-15",
    xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    operations: &[&GetCallerIdentity::DEF],
};

/// Temporary credentials in force.
#[derive(Hash, Debug, Default)]
pub struct State {}

crate::operation! {
    /// Returns details about the identity whose credentials are used to call the operation.
    read GetCallerIdentity in "sts" = "POST /";
    input {}
    output GetCallerIdentityOutput {
        /// The unique identifier of the calling entity.
        pub user_id: String => "UserId",
        /// The account that owns the calling entity.
        pub account: String => "Account",
        /// The ARN of the calling entity.
        pub arn: String => "Arn",
    }
    errors []
}

impl Read for GetCallerIdentity {
    type Output = GetCallerIdentityOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let account = world.config().account.clone();
        match &cx.caller.principal {
            Principal::Root => Ok(GetCallerIdentityOutput {
                user_id: account.clone(),
                arn: format!("arn:aws:iam::{account}:root"),
                account,
            }),
            _ => Err(ApiError::new(403, "AccessDenied", "Access Denied")),
        }
    }
}
