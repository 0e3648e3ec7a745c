//! Identity and Access Management: users, groups, roles, policies and access keys.
//!
//! Follows the IAM API reference, version 2010-05-08.

mod standing;

use crate::base::rng::{ALNUM, BASE32};
use crate::base::{Rng, Time};
use crate::sim::api::{Protocol, Service};
use crate::sim::{Config, Principal, World};

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "iam",
    title: "AWS Identity and Access Management",
    protocol: Protocol::Query,
    signing_name: "iam",
    api_version: "2010-05-08",
    xml_namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    operations: &[],
};

/// The account's identities.
#[derive(Hash, Debug)]
pub struct State {
    root_key: (String, String),
}

impl State {
    /// An account with nothing but its root user, who has one access key drawn from the seed.
    pub(in crate::sim) fn new(_config: &Config, rng: &mut Rng) -> Self {
        let id = format!("AKIA{}", rng.text(BASE32, 16));
        Self { root_key: (id, rng.text(ALNUM, 40)) }
    }
}

/// What an access key opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub access_key_id: String,
    pub secret_access_key: String,
    /// Temporary credentials carry a token that must come with each request.
    pub session_token: Option<String>,
    pub principal: Principal,
    /// Temporary credentials end at this instant.
    pub expires: Option<Time>,
}

impl World {
    /// The account's root credential, which the learner's profile uses.
    #[must_use]
    pub fn root_credential(&self) -> Credential {
        Credential {
            access_key_id: self.iam.root_key.0.clone(),
            secret_access_key: self.iam.root_key.1.clone(),
            session_token: None,
            principal: Principal::Root,
            expires: None,
        }
    }

    /// The credential with this access key id, if it exists and is active.
    #[must_use]
    pub fn credential(&self, access_key_id: &str) -> Option<Credential> {
        let root = self.root_credential();
        (root.access_key_id == access_key_id).then_some(root)
    }
}
