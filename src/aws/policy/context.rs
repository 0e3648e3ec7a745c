//! The values of a request that conditions and variables ask for.

use std::collections::BTreeMap;

use base::Time;
use sim::Via;

use super::requester::Requester;

/// Condition keys with their values. Names are compared whatever their case.
#[derive(Clone, Debug, Default)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// Adds a value; a key that is given more than once has several.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        self.values.entry(key.to_ascii_lowercase()).or_default().push(value.into());
    }

    /// Replaces all values of a key.
    pub fn set(&mut self, key: &str, values: Vec<String>) {
        self.values.insert(key.to_ascii_lowercase(), values);
    }

    /// Says whether, and how long ago, a code of a device was given.
    pub(crate) fn set_mfa(&mut self, mfa: Option<Time>, at: Time) {
        self.set("aws:MultiFactorAuthPresent", vec![mfa.is_some().to_string()]);
        if let Some(given) = mfa {
            self.set("aws:MultiFactorAuthAge", vec![(at.secs() - given.secs()).to_string()]);
        }
    }

    /// The values of a key, when the request has it.
    #[must_use]
    pub fn values(&self, key: &str) -> Option<Vec<String>> {
        self.values.get(&key.to_ascii_lowercase()).cloned()
    }

    /// The global keys of a request.
    pub(crate) fn of(who: &Requester, at: Time, via: &Via, region: &str) -> Self {
        let mut context = Self::of_principal(who, at);
        let given = [
            ("aws:SourceIp", &via.source_ip),
            ("aws:UserAgent", &via.user_agent),
            ("aws:Referer", &via.referer),
        ];
        for (key, value) in given {
            if !value.is_empty() {
                context.add(key, value.as_str());
            }
        }
        context.add("aws:SecureTransport", via.secure.to_string());
        context.add("aws:RequestedRegion", region);
        context
    }

    /// The global keys that do not depend on how a request came.
    pub(crate) fn of_principal(who: &Requester, at: Time) -> Self {
        let mut context = Self::default();
        let given = [
            ("aws:PrincipalArn", &who.principal_arn),
            ("aws:PrincipalAccount", &who.account),
            ("aws:userid", &who.user_id),
            ("aws:username", &who.user_name),
            ("aws:SourceIdentity", &who.source_identity),
        ];
        for (key, value) in given {
            if !value.is_empty() {
                context.add(key, value.as_str());
            }
        }
        context.add("aws:PrincipalType", who.kind.as_str());
        context.add("aws:CurrentTime", at.iso_secs());
        context.add("aws:EpochTime", at.secs().to_string());
        if who.temporary {
            context.set_mfa(who.mfa, at);
        }
        for (key, value) in &who.tags {
            context.add(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        context
    }
}
