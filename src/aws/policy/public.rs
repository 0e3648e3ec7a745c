//! Whether a policy opens a resource to the public (S3 User Guide, 'The meaning of "public"').

use core::net::IpAddr;

use super::condition::{Condition, Quantifier, Range, Test};
use super::{Effect, Policy, Principals, Set, Statement};

/// Keys that pin the caller down when their values are fixed.
const PINNING_KEYS: &[&str] = &[
    "aws:SourceIp",
    "aws:SourceArn",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceOwner",
    "aws:SourceAccount",
    "aws:userid",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
];

impl Policy {
    /// Whether some statement allows something to everyone without pinning the caller to fixed
    /// addresses, networks, accounts or identities.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(Statement::is_public)
    }
}

impl Statement {
    fn is_public(&self) -> bool {
        self.effect == Effect::Allow
            && match &self.principals {
                Some(Set::Only(Principals { everyone, .. })) => *everyone,
                Some(Set::AllBut(_)) => true,
                None => false,
            }
            && !self.conditions.iter().any(Condition::pins)
    }
}

impl Condition {
    fn pins(&self) -> bool {
        let known = PINNING_KEYS.iter().any(|k| k.eq_ignore_ascii_case(&self.key));
        // For all of no values everything holds, so such a test does not pin.
        known
            && !self.negated
            && !self.if_exists
            && self.quantifier != Quantifier::AllValues
            && !self.values.is_empty()
            && self.values.iter().all(|value| self.fixed(value))
    }

    fn fixed(&self, value: &str) -> bool {
        match self.test {
            Test::Ip => Range::parse(value).is_some_and(Range::narrow),
            Test::Equals | Test::EqualsIgnoreCase => !value.contains("${"),
            Test::Like | Test::Arn => {
                !value.contains("${")
                    && (!value.contains(['*', '?'])
                        // A role's sessions: `AROA…:*`.
                        || (self.key.eq_ignore_ascii_case("aws:userid")
                            && value.starts_with("AROA")
                            && value.find(['*', '?']) > value.find(':')))
            }
            _ => false,
        }
    }
}

impl Range {
    /// Whether S3 takes it for a fixed range: at least /8 (IPv4) or /32 (IPv6).
    fn narrow(self) -> bool {
        self.prefix >= if matches!(self.address, IpAddr::V4(_)) { 8 } else { 32 }
    }
}
