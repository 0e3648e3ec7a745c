//! Where a regional service keeps what it has.

use sim::{Caller, Cx, Principal, Scope};

/// An account's region.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    pub account: String,
    pub region: String,
}

impl Place {
    /// Where a request goes.
    pub fn of(cx: &Cx<'_>) -> Self {
        Self { account: cx.account.to_owned(), region: cx.region.to_owned() }
    }

    /// Somebody who asks for something there.
    #[must_use]
    pub fn caller(&self, principal: Principal) -> Caller {
        let scope = Scope { account: self.account.clone(), region: self.region.clone() };
        Caller { principal, scope, ..Caller::default() }
    }

    /// `arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1`
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }
}
