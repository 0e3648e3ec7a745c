//! Requests to S3: bodies are streams, a bucket may stand in the host, and browsers ask by `OPTIONS` and
//! upload by forms.

mod cors;
mod form;
mod policy;
mod region;
mod unknown;
mod upload;

use hyper::Response;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::body::{self, Source};
use super::handle::{Endpoint, Inbound, told};
use super::reply::{self, Prepared};
use super::verify::{self, Signer};
use super::{guard, route};
use crate::codec::Head;
use crate::codec::rest::{self, BodyIn, Matched};
use crate::sigv4::chunked::Decoder;
use crate::sigv4::{Payload, Rules, Subject, sha256_hex};
use crate::stream::ReplyBody;
use gateway::CallError;
use sim::Caller;
use sim::api::{ApiError, OpDef, Service};
use sim::principal::Principal;

impl Endpoint {
    /// Answers a request to S3.
    pub(super) async fn s3(
        &self,
        service: &'static Service,
        mut inbound: Inbound,
    ) -> Response<ReplyBody> {
        let head_only = inbound.head.method == "HEAD";
        let id = inbound.id.clone();
        let sent_path = inbound.head.path.clone();
        if let Some(bucket) = route::bucket_in_host(&inbound.host) {
            inbound.head.path = format!("/{bucket}{sent_path}");
        }
        let shared = self.shared(service, &inbound.head);
        // A page of another site may read what it cannot see, and change what the bucket's rules let it.
        let reads = matches!(inbound.head.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        let barred = self.options.no_auth && !reads && shared.is_empty();
        let answer = if barred && guard::cross_site(&inbound.head) {
            Source::new(inbound.incoming, &inbound.head).drain().await;
            Err(guard::page_of_another_site().into())
        } else if inbound.head.method == "OPTIONS" {
            self.preflight(service, inbound).await
        } else if upload::is_upload(&inbound.head) {
            self.upload(service, inbound, &sent_path).await
        } else {
            self.rest(service, &sent_path, inbound).await
        };
        let dialect = reply::dialect(&route::Target::Rest(service));
        let mut response = match answer {
            Ok(prepared) => prepared.finish(head_only, dialect, &id),
            Err(fault) => {
                let resource = percent_decode_str(&sent_path).decode_utf8_lossy();
                reply::error(dialect, &told(fault), &resource, &id, head_only)
            }
        };
        for (name, value) in &shared {
            reply::add(&mut response, name, value);
        }
        response
    }

    /// A request that an operation answers.
    async fn rest(
        &self,
        service: &'static Service,
        sent_path: &str,
        inbound: Inbound,
    ) -> Result<Prepared, CallError> {
        let Inbound { head, host, via, scope, incoming, .. } = inbound;
        let mut source = Source::new(incoming, &head);
        let head_only = head.method == "HEAD";
        match self.rest_ask(service, head, (&host, sent_path), &mut source).await {
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
        (host, sent_path): (&str, &str),
        source: &mut Source,
    ) -> Result<(&'static OpDef, Principal, String, Value), CallError> {
        let (signer, matched) = self.admit(service, &head, sent_path)?;
        self.check_region(&head, host, &matched)?;
        unknown::check(matched.op, &head)?;
        let principal = signer.verified.principal.clone();
        let key = signer.verified.access_key.clone();
        read_as_latin(&mut head);
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
            unknown::check(matched.op, head)?;
            return Ok(rest::decode(matched, head, BodyIn::Blob(&blob))?);
        }
        let bytes = source.collect().await?;
        check_hash(&signer.payload, || sha256_hex(&bytes))?;
        take_trailers(head, source);
        body::check_document(matched.op, head, &bytes)?;
        Ok(rest::decode(matched, head, BodyIn::Bytes(&bytes))?)
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

/// S3 reads user metadata in headers as ISO 8859-1, whatever the client meant by its bytes. The signature
/// is over the bytes, so it has been looked at before.
fn read_as_latin(head: &mut Head) {
    for (name, value) in &mut head.headers {
        let meta = name.starts_with("x-amz-meta-") && !head.latin.contains(name);
        if meta && !value.is_ascii() {
            *value = value.bytes().map(char::from).collect();
        }
    }
}

/// Trailing checksums count like headers.
fn take_trailers(head: &mut Head, source: &Source) {
    for (name, value) in source.trailers() {
        if name.starts_with("x-amz-checksum-") {
            head.set_header(name, value.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_latin_whichever_bytes_it_came_in() {
        let mut head = Head::new("PUT", "/b/k", "", []);
        head.add_raw("X-Amz-Meta-Latin", b"na\xefve");
        head.add_raw("x-amz-meta-utf8", "na\u{ef}ve".as_bytes());
        head.add_raw("x-amz-copy-source", "/b/na\u{ef}ve".as_bytes());
        // What the client signed is the text that it meant.
        assert_eq!(head.header("x-amz-meta-latin"), Some("na\u{ef}ve"));
        read_as_latin(&mut head);
        assert_eq!(head.header("x-amz-meta-latin"), Some("na\u{ef}ve"));
        assert_eq!(head.header("x-amz-meta-utf8"), Some("na\u{c3}\u{af}ve"));
        assert_eq!(head.header("x-amz-copy-source"), Some("/b/na\u{ef}ve"));
    }
}
