//! One request from head to answer: authenticate, read the body, decode, call, encode.

use std::sync::Arc;

use hyper::Response;
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Options;
use super::body::{self, Source};
use super::names;
use super::reply::{self, Prepared};
use super::route::{self, Target};
use super::verify::{self, Signer};
use crate::codec::error::RequestId;
use crate::codec::rest::{self, BodyIn, Matched, Router};
use crate::codec::{self, Head};
use crate::sigv4::chunked::Decoder;
use crate::sigv4::{Claim, Payload, Rules, Subject, sha256_hex};
use crate::stream::ReplyBody;
use gateway::{CallError, Gateway};
use sim::Caller;
use sim::api::{ApiError, OpDef, Service};
use sim::principal::{Principal, Scope, Via};

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
        let asked = signed.or_else(named).unwrap_or_default();
        let region = if asked == self.region { String::new() } else { asked };
        Scope { region, ..Scope::default() }
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
            Target::Rest(service) => {
                let resource = percent_decode_str(&inbound.head.path).decode_utf8_lossy();
                let resource = resource.into_owned();
                match self.rest(service, inbound).await {
                    Ok(prepared) => prepared.finish(head_only, dialect, &id),
                    Err(fault) => reply::error(dialect, &told(fault), &resource, &id, head_only),
                }
            }
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

    /// A request to S3.
    async fn rest(
        &self,
        service: &'static Service,
        inbound: Inbound,
    ) -> Result<Prepared, CallError> {
        let Inbound { mut head, host, via, scope, incoming, .. } = inbound;
        let sent_path = head.path.clone();
        if let Some(bucket) = route::bucket_in_host(&host) {
            head.path = format!("/{bucket}{sent_path}");
        }
        let mut source = Source::new(incoming, &head);
        let head_only = head.method == "HEAD";
        match self.rest_ask(service, head, &sent_path, &mut source).await {
            Ok((op, principal, key, input)) => {
                let caller = Caller::signed(principal, key, via, scope);
                self.call(service, op, caller, input, head_only, String::new()).await
            }
            Err(fault) => {
                source.drain().await;
                Err(fault)
            }
        }
    }

    /// Who asks for what, with which key and input.
    async fn rest_ask(
        &self,
        service: &'static Service,
        mut head: Head,
        sent_path: &str,
        source: &mut Source,
    ) -> Result<(&'static OpDef, Principal, String, Value), CallError> {
        let (signer, matched) = self.admit(service, &head, sent_path)?;
        let principal = signer.verified.principal.clone();
        let key = signer.verified.access_key.clone();
        let input = self.rest_input(&matched, &mut head, signer, source).await?;
        Ok((matched.op, principal, key, input))
    }

    /// Who asks, and for which operation.
    fn admit(
        &self,
        service: &'static Service,
        head: &Head,
        sent_path: &str,
    ) -> Result<(Signer, Matched), CallError> {
        let subject = Subject {
            head,
            sent_path,
            rules: Rules::S3,
            service: service.signing_name,
            body_sha256: None,
        };
        let wall = (self.options.clock)();
        let signer = verify::signer(&*self.gateway, &subject, self.options.no_auth, wall)?;
        Ok((signer, self.router(service)?.find(head)?))
    }

    /// Takes the body in, and makes the operation's input.
    async fn rest_input(
        &self,
        matched: &Matched,
        head: &mut Head,
        signer: Signer,
        source: &mut Source,
    ) -> Result<Value, CallError> {
        let stream = rest::takes_stream(matched.op);
        let (decoder, expected) = framing(head, signer.verified.chain, &signer.payload)?;
        let length = expected.or_else(|| number(head, "content-length"));
        if stream && length.is_none() {
            return Err(missing_length().into());
        }
        let max = if stream { self.options.stream_max } else { self.options.document_max as u64 };
        if let Some(length) = length.filter(|n| *n > max) {
            return Err(body::too_large(length, max).into());
        }
        if decoder.is_some() {
            without_framing(head, expected);
        }
        source.limit(decoder, expected, max);
        if stream {
            let blob = source.store(self.gateway.blobs()).await?;
            check_hash(&signer.payload, || blob.digest.to_string())?;
            take_trailers(head, source);
            return Ok(rest::decode(matched, head, BodyIn::Blob(&blob))?);
        }
        let bytes = source.collect().await?;
        check_hash(&signer.payload, || sha256_hex(&bytes))?;
        take_trailers(head, source);
        body::check_document(matched.op, head, &bytes)?;
        Ok(rest::decode(matched, head, BodyIn::Bytes(&bytes))?)
    }

    /// Asks the world, off the async threads, and makes the answer ready.
    pub(super) async fn call(
        &self,
        service: &'static Service,
        op: &'static OpDef,
        caller: Caller,
        input: Value,
        head_only: bool,
        request_id: String,
    ) -> Result<Prepared, CallError> {
        let gateway = Arc::clone(&self.gateway);
        let asked = tokio::task::spawn_blocking(move || {
            let output = gateway.call(&caller, op, input)?;
            let encoded = codec::encode(service, op, &output, &request_id);
            Prepared::new(encoded, gateway.blobs(), head_only)
                .map_err(|e| CallError::Broken(anyhow::Error::new(e).context("cannot read a body")))
        });
        match asked.await {
            Ok(prepared) => Ok(prepared?),
            // The operation panicked: the world's own keeper tells the learner.
            Err(_) => Err(body::internal().into()),
        }
    }
}

/// The decoder of an aws-chunked body, and how long its data is.
fn framing(
    head: &Head,
    chain: Option<crate::sigv4::Chain>,
    payload: &Payload,
) -> Result<(Option<Decoder>, Option<u64>), ApiError> {
    let Payload::Streaming { trailer, .. } = *payload else {
        return Ok((None, number(head, "content-length")));
    };
    let length = number(head, "x-amz-decoded-content-length").ok_or_else(missing_length)?;
    Ok((Some(Decoder::new(chain, trailer)), Some(length)))
}

/// What the head says once the framing is off.
fn without_framing(head: &mut Head, length: Option<u64>) {
    if let Some(length) = length {
        head.set_header("content-length", length.to_string());
    }
    let Some(text) = head.header("content-encoding") else { return };
    let kept: Vec<&str> = text.split(',').map(str::trim).filter(|e| *e != "aws-chunked").collect();
    let kept = kept.join(",");
    if kept.is_empty() {
        head.remove_header("content-encoding");
    } else {
        head.set_header("content-encoding", kept);
    }
}

fn number(head: &Head, name: &str) -> Option<u64> {
    head.header(name)?.trim().parse().ok()
}

fn missing_length() -> ApiError {
    ApiError::new(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
}

fn check_hash(payload: &Payload, computed: impl FnOnce() -> String) -> Result<(), ApiError> {
    let Payload::Hash(declared) = payload else { return Ok(()) };
    let computed = computed();
    if *declared == computed { Ok(()) } else { Err(verify::wrong_hash(declared, &computed)) }
}

/// Trailing checksums count like headers.
fn take_trailers(head: &mut Head, source: &Source) {
    for (name, value) in source.trailers() {
        if name.starts_with("x-amz-checksum-") {
            head.set_header(name, value.as_str());
        }
    }
}

/// What the client is told: the refusal, or that something is wrong on our side and what.
fn told(error: CallError) -> ApiError {
    match error {
        CallError::Api(error) => error,
        CallError::Broken(cause) => {
            let mut error = body::internal();
            error.message = format!("{} ({cause:#})", error.message);
            error
        }
    }
}
