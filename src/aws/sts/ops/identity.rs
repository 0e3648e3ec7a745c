//! `GetCallerIdentity` and `GetAccessKeyInfo`.

use crate::iam;
use crate::iam::effective_policies::effective_policies;
use crate::iam::rules::check_access;
use crate::iam::rules::{constraint, invalid, missing, unsigned};
use crate::policy::RequesterKind;
use crate::sts::state::temporary_credential;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Returns details about the IAM user or role whose credentials are used to call the operation.
    /// No permissions are required, and none can forbid it.
    read GetCallerIdentity in "sts" = "POST /";
    input {}
    output GetCallerIdentityOutput {
        /// The unique identifier of the calling entity: of a role, with the name of its session.
        pub user_id: String => "UserId",
        /// The account that owns or contains the calling entity.
        pub account: String => "Account",
        /// The ARN of the calling entity.
        pub arn: String => "Arn",
    }
    errors ["MissingAuthenticationToken"]
    access open
}

impl Read for GetCallerIdentity {
    type Output = GetCallerIdentityOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let who = effective_policies(world, cx.caller).who;
        if who.kind == RequesterKind::Anonymous {
            return Err(unsigned());
        }
        Ok(GetCallerIdentityOutput { user_id: who.user_id, account: who.account, arn: who.arn })
    }
}

sim::operation! {
    /// Returns the account identifier for the specified access key id.
    read GetAccessKeyInfo in "sts" = "POST /";
    input {
        /// The identifier of an access key.
        access_key_id: String => "AccessKeyId",
    }
    output GetAccessKeyInfoOutput {
        /// The number of the AWS account.
        pub account: String => "Account",
    }
    errors ["AccessDenied", "ValidationError"]
    access open
}

impl Read for GetAccessKeyInfo {
    type Output = GetAccessKeyInfoOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = self.access_key_id.as_str();
        if id.is_empty() {
            return Err(missing("accessKeyId"));
        }
        if id.len() < 16 {
            let rule = "have length greater than or equal to 16";
            return Err(constraint(id, "accessKeyId", rule));
        }
        check_access(world, cx, "sts:GetAccessKeyInfo", "*", Vec::new())?;
        if !world.get::<iam::State>().keys.contains_key(id)
            && temporary_credential(world, id).is_none()
        {
            return Err(invalid(format!("Invalid AccessKeyId: {id}")));
        }
        Ok(GetAccessKeyInfoOutput { account: world.config().account.clone() })
    }
}
