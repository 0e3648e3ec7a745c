//! Where a regional service keeps what it has.

use sim::Cx;

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

    /// `arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1`
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }
}
