//! Who asks, and asking: credentials are compared with the world's, then the operation is called.
//!
//! Inside the lab nothing is signed: the secret itself is compared, and a wrong one answers what the
//! service would answer to a wrong signature.

use std::path::Path;

use serde_json::Value;

use super::config::Key;
use super::fail::Failure;
use base::Time;
use gateway::Gateway;
use sim::Credential;
use sim::api::{ApiError, Location, Member, OpDef, Protocol, Shape, StructShape};
use sim::{self, Caller, Principal, Scope, Via};

/// A way to the world, as somebody.
pub(super) struct Client<'a> {
    pub(super) gateway: &'a dyn Gateway,
    pub(super) region: String,
    identity: Identity,
}

/// Who asks.
enum Identity {
    Nobody,
    /// The credential, as the world knows it.
    Known(Credential),
    Refused(Refusal),
    /// There are no credentials.
    Missing,
}

/// What is wrong with the credentials.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Refusal {
    UnknownKey,
    WrongSecret,
    WrongToken,
    Expired,
}

impl<'a> Client<'a> {
    /// As nobody.
    pub(super) fn anonymous(gateway: &'a dyn Gateway, region: String) -> Self {
        Self { gateway, region, identity: Identity::Nobody }
    }

    /// As whoever has this key.
    pub(super) fn with_key(
        gateway: &'a dyn Gateway,
        region: &str,
        key: Option<&Key>,
    ) -> Result<Self, Failure> {
        let identity = match key {
            Some(key) => identify(gateway, key)?,
            None => Identity::Missing,
        };
        Ok(Self { gateway, region: region.to_owned(), identity })
    }

    /// The credential in use; `None` for nobody.
    pub(super) fn credential(&self) -> Result<Option<&Credential>, Failure> {
        match &self.identity {
            Identity::Known(credential) => Ok(Some(credential)),
            Identity::Missing => Err(Failure::NoCredentials),
            Identity::Nobody | Identity::Refused(_) => Ok(None),
        }
    }

    /// Lab time.
    pub(super) fn now(&self) -> Result<Time, Failure> {
        self.gateway.now().map_err(|e| Failure::General(e.to_string()))
    }

    /// Calls an operation of a service by name.
    pub(super) fn ask(&self, service: &str, name: &str, input: Value) -> Result<Value, Failure> {
        let found = systems::service(service);
        let op = found.and_then(|s| s.operation(name)).ok_or_else(|| {
            Failure::General(format!("{service} has no operation {name} in this simulation"))
        })?;
        self.call(op, input)
    }

    /// Calls an operation.
    pub(super) fn call(&self, op: &'static OpDef, input: Value) -> Result<Value, Failure> {
        check_metadata(op, &input)?;
        let fail = |error: ApiError| Failure::call(op, error.into());
        let (principal, key) = match &self.identity {
            Identity::Nobody => (Principal::Anonymous, String::new()),
            Identity::Known(credential) => {
                (credential.principal.clone(), credential.access_key_id.clone())
            }
            Identity::Missing => return Err(Failure::NoCredentials),
            Identity::Refused(refusal) => {
                let protocol = systems::service(op.service).map_or(Protocol::Query, |s| s.protocol);
                let error = refusal.error(op.service == "s3");
                return Err(fail(protocol.worded(error)));
            }
        };
        // The real client speaks TLS, which policies may insist on.
        let via = Via { secure: true, ..Via::default() };
        let region = if self.region == self.gateway.place().region {
            String::new()
        } else {
            self.region.clone()
        };
        let scope = Scope { region, ..Scope::default() };
        let caller = Caller::signed(principal, key, via, scope);
        self.gateway.call(&caller, op, input).map_err(|e| Failure::call(op, e))
    }
}

/// The real client sends no metadata that a header cannot hold.
fn check_metadata(op: &OpDef, input: &Value) -> Result<(), Failure> {
    let in_headers = |member: &&Member| matches!(member.location, Location::Headers(_));
    let members = (op.input)().members.iter().filter(in_headers);
    for (key, value) in members.filter_map(|m| input.get(m.name)?.as_object()).flatten() {
        let value = value.as_str().unwrap_or_default();
        if !(key.is_ascii() && value.is_ascii()) {
            return Err(Failure::Invalid(format!(
                "Parameter validation failed:\nNon ascii characters found in S3 metadata for key \
                 \"{key}\", value: \"{value}\".  \nS3 metadata can only contain ASCII characters. "
            )));
        }
    }
    Ok(())
}

fn identify(gateway: &dyn Gateway, key: &Key) -> Result<Identity, Failure> {
    let unreachable = |e: gateway::CallError| Failure::General(e.to_string());
    let Some(known) = gateway.credential(&key.id).map_err(unreachable)? else {
        return Ok(Identity::Refused(Refusal::UnknownKey));
    };
    if known.secret_access_key != key.secret {
        return Ok(Identity::Refused(Refusal::WrongSecret));
    }
    if known.session_token != key.token {
        return Ok(Identity::Refused(Refusal::WrongToken));
    }
    if let Some(end) = known.expires
        && gateway.now().map_err(unreachable)? >= end
    {
        return Ok(Identity::Refused(Refusal::Expired));
    }
    Ok(Identity::Known(known))
}

impl Refusal {
    /// The wording of S3, or of the services that speak the query protocol.
    fn error(self, s3: bool) -> ApiError {
        const SIGNATURE: &str =
            "The request signature we calculated does not match the signature you provided.";
        let (status, code, message) = match (self, s3) {
            (Self::UnknownKey, true) => (
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.".into(),
            ),
            (Self::UnknownKey | Self::WrongToken, false) => (
                403,
                "InvalidClientTokenId",
                "The security token included in the request is invalid.".into(),
            ),
            (Self::WrongSecret, true) => (
                403,
                "SignatureDoesNotMatch",
                format!("{SIGNATURE} Check your key and signing method."),
            ),
            (Self::WrongSecret, false) => (
                403,
                "SignatureDoesNotMatch",
                format!(
                    "{SIGNATURE} Check your AWS Secret Access Key and signing method. Consult the \
                     service documentation for details."
                ),
            ),
            (Self::WrongToken, true) => (
                400,
                "InvalidToken",
                "The provided token is malformed or otherwise invalid.".into(),
            ),
            (Self::Expired, true) => {
                (400, "ExpiredToken", "The provided token has expired.".into())
            }
            (Self::Expired, false) => (
                403,
                "ExpiredToken",
                "The security token included in the request is expired".into(),
            ),
        };
        ApiError::new(status, code, message)
    }
}

/// Stores the files that an input's bodies name, and puts what is known of them in their place.
pub(super) fn store_bodies(
    input: &mut Value,
    shape: &StructShape,
    gateway: &dyn Gateway,
    cwd: &Path,
) -> Result<(), Failure> {
    let Some(map) = input.as_object_mut() else { return Ok(()) };
    for member in shape.members.iter().filter(|m| matches!((m.shape)(), Shape::BlobIn)) {
        let Some(value) = map.get_mut(member.name) else { continue };
        let Some(path) = value.as_str() else { continue };
        let flag = super::flags::name(member);
        let full = super::value::resolve(cwd, path);
        if !full.is_file() {
            return Err(Failure::param(&flag, "Blob values must be a path to a file."));
        }
        let mut file = std::fs::File::open(&full)?;
        let blob = gateway.blobs().put(&mut file)?;
        *value = serde_json::to_value(blob).map_err(|e| Failure::General(e.to_string()))?;
    }
    Ok(())
}
