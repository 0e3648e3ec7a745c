//! Who makes a request.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use base::Time;

/// An identity. In text: `anonymous`, `root`, `user/NAME`, `role/NAME/SESSION`, `service/NAME`,
/// `unix/NAME`, `lab`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Principal {
    /// Nobody: an unsigned request.
    #[default]
    Anonymous,
    /// The account's root user.
    Root,
    /// An IAM user, by name.
    User(String),
    /// An assumed IAM role.
    Role { role: String, session: String },
    /// A service of AWS that acts in its own name: `cloudfront.amazonaws.com`. For which resource it
    /// does so, [`Via::source_arn`] says.
    Service(String),
    /// A user of the simulated machines (Hadoop's simple authentication).
    Unix(String),
    /// The learner's hands on the machines: plugs pulled, nodes started.
    Lab,
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Root => f.write_str("root"),
            Self::User(name) => write!(f, "user/{name}"),
            Self::Role { role, session } => write!(f, "role/{role}/{session}"),
            Self::Service(name) => write!(f, "service/{name}"),
            Self::Unix(name) => write!(f, "unix/{name}"),
            Self::Lab => f.write_str("lab"),
        }
    }
}

impl FromStr for Principal {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = text.split_once('/').unwrap_or((text, ""));
        Ok(match (kind, rest) {
            ("anonymous", "") => Self::Anonymous,
            ("root", "") => Self::Root,
            ("lab", "") => Self::Lab,
            ("user", name) if !name.is_empty() => Self::User(name.into()),
            ("service", name) if !name.is_empty() => Self::Service(name.into()),
            ("unix", name) if !name.is_empty() => Self::Unix(name.into()),
            ("role", rest) => {
                let (role, session) =
                    rest.split_once('/').ok_or_else(|| format!("{text:?} names no session"))?;
                Self::Role { role: role.into(), session: session.into() }
            }
            _ => return Err(format!("{text:?} is not a principal")),
        })
    }
}

impl Serialize for Principal {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Principal {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How a request came: what policies' conditions may ask about.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Via {
    /// `aws:SourceIp`; empty when the request did not come over a network.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_ip: String,
    /// `aws:UserAgent`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user_agent: String,
    /// `aws:Referer`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub referer: String,
    /// `aws:SecureTransport`
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secure: bool,
    /// The id of the access key that signed; empty when none did, and for the root user.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_key: String,
    /// `aws:SourceArn`: the resource for which a service asks in its own name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_arn: String,
}

impl Via {
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a request was sent. What is empty is the world's own.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Twelve digits.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// `eu-west-1`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
}

impl Scope {
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// An identity, its way in, and where it turns to.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Caller {
    pub principal: Principal,
    #[serde(default, skip_serializing_if = "Via::is_default")]
    pub via: Via,
    #[serde(default, skip_serializing_if = "Scope::is_default")]
    pub scope: Scope,
}

impl Caller {
    /// A caller whose signature holds. The root user's key says no more than the principal does,
    /// and nearly every entry of a journal is the root user's, so it is left out.
    #[must_use]
    pub fn signed(principal: Principal, access_key: String, via: Via, scope: Scope) -> Self {
        let access_key = if principal == Principal::Root { String::new() } else { access_key };
        Self { principal, via: Via { access_key, ..via }, scope }
    }
}

impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        Self { principal, ..Self::default() }
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
