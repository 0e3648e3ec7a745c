//! One request from head to answer: authenticate, read the body, decode, call, encode.

use std::sync::Arc;

use hyper::Response;
use hyper::body::Incoming;
use serde_json::Value;

use super::Options;
use super::body::{self, Source};
use super::names;
use super::reply::{self, Prepared};
use super::route::Target;
use crate::codec::error::RequestId;
use crate::codec::rest::Router;
use crate::codec::{self, Head};
use crate::sigv4::Claim;
use crate::stream::ReplyBody;
use gateway::{CallError, Gateway};
use sim::Caller;
use sim::api::{ApiError, OpDef, Service};
use sim::principal::{Scope, Via};

/// What all connections share.
pub(super) struct Endpoint {
    pub(super) gateway: Arc<dyn Gateway>,
    pub(super) options: Options,
    region: String,
    pub(super) services: Vec<&'static Service>,
    routers: Vec<(&'static str, Router)>,
}

/// A request as it came, without a word believed.
pub(super) struct Inbound {
    pub(super) head: Head,
    pub(super) host: String,
    pub(super) via: Via,
    /// The region it was signed for, unless that is the world's own.
    pub(super) scope: Scope,
    pub(super) incoming: Incoming,
    pub(super) id: RequestId,
}

impl Endpoint {
    pub(super) fn new(gateway: Arc<dyn Gateway>, options: Options) -> Self {
        let services: Vec<&'static Service> = systems::services().collect();
        let rest = services.iter().filter(|s| s.protocol.is_rest());
        let routers = rest.map(|s| (s.name, Router::new(s))).collect();
        let region = gateway.place().region;
        Self { gateway, options, region, services, routers }
    }

    /// Where a request turns to: by what it was signed for, else by its host. What is empty is the
    /// world's own.
    pub(super) fn scope(&self, head: &Head, host: &str) -> Scope {
        let signed = Claim::scope_of(head).map(|scope| scope.region);
        let named = || names::read(host).and_then(|named| named.region);
        let region = self.elsewhere(&signed.or_else(named).unwrap_or_default());
        Scope { region, ..Scope::default() }
    }

    /// A region, or nothing where it is the world's own.
    pub(super) fn elsewhere(&self, region: &str) -> String {
        if region == self.region { String::new() } else { region.to_owned() }
    }

    /// The routes of a REST service.
    pub(super) fn router(&self, service: &Service) -> Result<&Router, ApiError> {
        let router = self.routers.iter().find(|(name, _)| *name == service.name);
        router.map(|(_, router)| router).ok_or_else(body::internal)
    }

    /// Answers one request, whatever becomes of it.
    pub(super) async fn handle(
        self: Arc<Self>,
        target: Target,
        inbound: Inbound,
    ) -> Response<ReplyBody> {
        let head_only = inbound.head.method == "HEAD";
        let id = inbound.id.clone();
        let dialect = reply::dialect(&target);
        match target {
            Target::Rest(service) => self.s3(service, inbound).await,
            Target::Form(_) | Target::Json(..) | Target::Document(_) => {
                let mut dialect = dialect;
                match self.document(target, inbound, &mut dialect).await {
                    Ok(prepared) => prepared.finish(head_only, dialect, &reply::uuid(&id)),
                    Err(fault) => reply::error(dialect, &told(fault), "", &id, head_only),
                }
            }
            Target::Unknown(dialect, error) => {
                Source::new(inbound.incoming, &inbound.head).drain().await;
                reply::error(dialect, &error, "", &id, head_only)
            }
        }
    }

    /// Asks the world, and makes the answer ready.
    pub(super) async fn call(
        &self,
        service: &'static Service,
        op: &'static OpDef,
        caller: Caller,
        input: Value,
        head_only: bool,
        request_id: String,
    ) -> Result<Prepared, CallError> {
        let output = self.gateway.ask(caller, op, input).await?;
        let encoded = codec::encode(service, op, &output, &request_id);
        Prepared::new(encoded, self.gateway.blobs(), head_only)
            .map_err(|e| CallError::Broken(anyhow::Error::new(e).context("cannot read a body")))
    }
}

/// What the client is told: the refusal, or that something is wrong on our side and what.
pub(super) fn told(error: CallError) -> ApiError {
    match error {
        CallError::Api(error) => error,
        CallError::Broken(cause) => {
            let mut error = body::internal();
            error.message = format!("{} ({cause:#})", error.message);
            error
        }
    }
}
