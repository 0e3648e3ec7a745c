//! Asking an origin: a bucket in the world itself, a server by whoever stands outside of it.

use std::fmt::Write as _;

use base::{Slice, Time};
use serde_json::{Value, json};

use crate::edge::cache::{Answer, Content, Copy};
use crate::edge::{Header, OriginAnswer, OriginRequest, Request, key, pages};
use crate::rules::{Pick, Picks, Rules};
use crate::shapes::access::SigningBehavior;
use crate::shapes::origin::{CustomOriginConfig, Origin, OriginProtocolPolicy};
use crate::state::State;
use sim::api::ApiError;
use sim::principal::{Scope, Via};
use sim::{Caller, Cx, Principal, World};

/// In whose name an edge signs.
const SERVICE: &str = "cloudfront.amazonaws.com";

/// What became of asking.
pub(crate) enum Fetched {
    /// An answer, and how many milliseconds it took.
    Answer(Answer, i64),
    /// The copy that is there is still good.
    Unchanged(i64),
    /// Somebody outside has to ask.
    Ask(Box<OriginRequest>),
}

/// The bucket and the region that an origin's name means. Without a region it is the first of all.
pub(crate) fn bucket(domain: &str) -> Option<(&str, &str)> {
    let front = domain.strip_suffix(".amazonaws.com")?;
    let (bucket, rest) = front.rsplit_once(".s3").filter(|(bucket, _)| !bucket.is_empty())?;
    match rest {
        "" => Some((bucket, "us-east-1")),
        rest => {
            let region = rest.strip_prefix(['.', '-'])?;
            aws::REGIONS.contains(&region).then_some((bucket, region))
        }
    }
}

/// What is asked, and on whose behalf.
#[derive(Clone, Copy)]
pub(crate) struct Errand<'a> {
    pub(crate) distribution_arn: &'a str,
    pub(crate) origin: &'a Origin,
    pub(crate) rules: &'a Rules,
    pub(crate) request: &'a Request,
    pub(crate) path: &'a str,
    /// The copy that may still be good.
    pub(crate) stale: Option<&'a Copy>,
    pub(crate) location: &'static super::Location,
}

impl Errand<'_> {
    /// Asks the origin.
    pub(crate) fn run(&self, world: &mut World, cx: &Cx<'_>) -> Fetched {
        match &self.origin.custom_origin_config {
            Some(custom) => self.server(custom),
            None => self.bucket(world, cx),
        }
    }

    fn whole_path(&self) -> String {
        format!("{}{}", self.origin.origin_path.as_deref().unwrap_or_default(), self.path)
    }

    /// The entity tag of the copy that may still be good.
    fn etag(&self) -> Option<&str> {
        let answer = &self.stale.filter(|copy| copy.answer.status == 200)?.answer;
        answer.origin_etag.as_deref().or_else(|| answer.header("etag"))
    }

    fn bucket(&self, world: &mut World, cx: &Cx<'_>) -> Fetched {
        let (bucket, region) = bucket(&self.origin.domain_name).unwrap_or_default();
        // A connection and a question, each there and back.
        let took = 2 * self.location.round_trip_to_ms(region);
        let key = decoded(self.whole_path().trim_start_matches('/'));
        if key.is_empty() {
            // A listing, which nobody may read who is no identity of the account.
            return Fetched::Answer(refused(&ApiError::new(403, "AccessDenied", "")), took);
        }
        let control = self.origin.origin_access_control_id.as_deref().unwrap_or_default();
        let control = world.get::<State>().controls.get(control);
        let signed = control.is_some_and(|kept| {
            kept.config.signing_behavior == SigningBehavior::Always
                || (kept.config.signing_behavior == SigningBehavior::NoOverride
                    && self.request.header("authorization").is_none())
        });
        let mut via = Via { secure: self.request.secure, ..Via::default() };
        let mut principal = Principal::Anonymous;
        if signed {
            // What is signed goes by TLS, whatever the viewer speaks.
            via.secure = true;
            self.distribution_arn.clone_into(&mut via.source_arn);
            principal = Principal::Service(SERVICE.to_owned());
        }
        let caller = Caller { principal, via, scope: Scope::default() };
        let cx = Cx { at: cx.at, caller: &caller, account: cx.account, region };
        let mut input = json!({"Bucket": bucket, "Key": key});
        if let Some(etag) = self.etag() {
            input["IfNoneMatch"] = etag.into();
        }
        match world.call(&cx, "s3", "GetObject", input) {
            Ok(found) => Fetched::Answer(object(&found, cx.at), took),
            Err(error) if error.status == 304 => Fetched::Unchanged(took),
            Err(error) => Fetched::Answer(refused(&error), took),
        }
    }

    fn server(&self, custom: &CustomOriginConfig) -> Fetched {
        let secure = match custom.protocol_policy {
            OriginProtocolPolicy::HttpOnly => false,
            OriginProtocolPolicy::HttpsOnly => true,
            OriginProtocolPolicy::MatchViewer => self.request.secure,
        };
        let asked = OriginRequest {
            host: self.origin.domain_name.clone(),
            port: if secure { custom.https_port } else { custom.http_port },
            secure,
            method: if self.request.method == "HEAD" {
                "GET".into()
            } else {
                self.request.method.clone()
            },
            target: self.target(),
            headers: self.told(),
        };
        let mut answers = self.request.answers.iter();
        match answers.find(|answer| answer.target == asked.target && answer.host == asked.host) {
            Some(answer) => self.answered(answer),
            None => Fetched::Ask(Box::new(asked)),
        }
    }

    fn answered(&self, answer: &OriginAnswer) -> Fetched {
        let took = answer.took_ms + 2 * self.location.round_trip_to_ms("us-east-1");
        if let Some(failure) = &answer.failure {
            return Fetched::Answer(pages::origin_failed(failure), took);
        }
        if answer.status == 304 && self.etag().is_some() {
            return Fetched::Unchanged(took);
        }
        let headers = answer.headers.iter().map(|h| (h.name.clone(), h.value.clone()));
        let content = match &answer.body {
            Some(blob) if blob.len > 0 => {
                Content::Slices(vec![Slice { digest: blob.digest, offset: 0, len: blob.len }])
            }
            _ => Content::Text(String::new()),
        };
        let headers = headers.collect();
        let told =
            Answer { status: answer.status, headers, content, origin_etag: None, detail: "" };
        Fetched::Answer(told, took)
    }

    /// Path and query as the origin is asked: what is in the key, and what it is told beside it.
    fn target(&self) -> String {
        let (key, told) = (&self.rules.key.query, &self.rules.told.query);
        let both = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            !name.is_empty() && (key.takes(name) || told.takes(name))
        };
        let query: Vec<&str> = self.request.query.split('&').filter(both).collect();
        let path = self.whole_path();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    fn told(&self) -> Vec<Header> {
        let Picks { headers, cookies, .. } = &self.rules.told;
        let mut told: Vec<(String, String)> = key::headers(&self.rules.key.headers, self.request);
        told.extend(key::headers(headers, self.request));
        told.sort();
        told.dedup();
        told.retain(|(name, _)| !HOP.contains(&name.as_str()));
        let both = match (&self.rules.key.cookies, cookies) {
            (Pick::None, other) | (other, Pick::None) => key::cookies(other, self.request),
            _ => key::cookies(&Pick::All, self.request),
        };
        if !both.is_empty() {
            told.push(("cookie".into(), both));
        }
        let encoding = key::encoding(self.rules, self.request);
        if !encoding.is_empty() {
            told.push(("accept-encoding".into(), encoding.into()));
        }
        if !told.iter().any(|(name, _)| name == "host") {
            told.push(("host".into(), self.origin.domain_name.clone()));
        }
        if !told.iter().any(|(name, _)| name == "user-agent") {
            told.push(("user-agent".into(), "Amazon CloudFront".into()));
        }
        told.push(("via".into(), self.location.via()));
        let before = self.request.header("x-forwarded-for").filter(|given| !given.is_empty());
        let viewer = &self.request.viewer;
        let addresses = before.map_or_else(|| viewer.clone(), |given| format!("{given}, {viewer}"));
        told.push(("x-forwarded-for".into(), addresses));
        if let Some(etag) = self.etag() {
            told.push(("if-none-match".into(), etag.to_owned()));
        }
        let own = self.origin.custom_headers.iter().flat_map(|all| &all.items);
        told.extend(own.map(|h| (h.header_name.to_ascii_lowercase(), h.header_value.clone())));
        told.into_iter().map(|(name, value)| Header { name, value }).collect()
    }
}

/// Headers that are said to the next machine only, or that the edge says anew.
const HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "upgrade",
    "content-length",
    "transfer-encoding",
    "if-none-match",
    "if-modified-since",
    "range",
    "via",
    "x-forwarded-for",
];

/// An object of a bucket as an answer.
fn object(found: &Value, at: Time) -> Answer {
    let text = |name: &str| found[name].as_str().map(str::to_owned);
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            headers.push((name.to_owned(), value));
        }
    };
    put("Content-Type", text("ContentType").or_else(|| Some("binary/octet-stream".into())));
    put("Date", Some(at.http_date()));
    put("Last-Modified", found["LastModified"].as_i64().map(|ms| Time(ms).http_date()));
    put("ETag", text("ETag"));
    put("x-amz-server-side-encryption", text("ServerSideEncryption"));
    put("x-amz-version-id", text("VersionId"));
    put("Cache-Control", text("CacheControl"));
    put("Content-Disposition", text("ContentDisposition"));
    put("Content-Encoding", text("ContentEncoding"));
    put("Content-Language", text("ContentLanguage"));
    put("Expires", text("Expires"));
    for (name, value) in found["Metadata"].as_object().into_iter().flatten() {
        put(&format!("x-amz-meta-{name}"), value.as_str().map(str::to_owned));
    }
    put("Accept-Ranges", Some("bytes".into()));
    put("Server", Some("AmazonS3".into()));
    let slices: Vec<Slice> = serde_json::from_value(found["Body"].clone()).unwrap_or_default();
    Answer { status: 200, headers, content: Content::Slices(slices), origin_etag: None, detail: "" }
}

/// A refusal of a bucket as an answer: S3's own document.
fn refused(error: &ApiError) -> Answer {
    // To a service, S3 names no reason.
    let message = if error.code == "AccessDenied" { "Access Denied" } else { &error.message };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
    let mut leaf = |name: &str, value: &str| {
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(text, "<{name}>{value}</{name}>");
    };
    leaf("Code", &error.code);
    leaf("Message", message);
    for (name, value) in &error.fields {
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            leaf(name, value);
        }
    }
    text.push_str("</Error>");
    let headers = vec![
        ("Content-Type".to_owned(), "application/xml".to_owned()),
        ("Server".to_owned(), "AmazonS3".to_owned()),
    ];
    let status = i64::from(error.status);
    Answer { status, headers, content: Content::Text(text), origin_etag: None, detail: "" }
}

/// A path without its percent signs.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |at: usize| tail.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = &tail[2..];
            }
            (b'+', ..) => {
                // S3 reads a plus in a path as a space.
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
