//! What a page of another origin may do with a bucket: the question that a browser asks with
//! `OPTIONS`, and the headers by which it judges every other answer.
//!
//! Follows the S3 User Guide, "Using cross-origin resource sharing (CORS)". It is no operation that a
//! client could call: the endpoint asks it, of anybody's request, before it looks at signatures.

use super::shapes::CORSRule;
use crate::s3;
use crate::s3::errors::bad;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Says what a page of another origin may do with a bucket.
    read CrossOrigin in "s3" = "OPTIONS /{Bucket}";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Whether it is about an object, not about the bucket itself.
        on_object: bool => "OnObject",
        /// Where the page comes from.
        origin: Option<String> => "Origin" Header("Origin"),
        /// The method that it wants to use, or has used.
        method: Option<String> => "Method" Header("Access-Control-Request-Method"),
        /// The headers that it wants to send, with commas between them.
        headers: Option<String> => "Headers" Header("Access-Control-Request-Headers"),
    }
    output CrossOriginOutput {
        /// The origin that may ask, or `*`.
        pub allow_origin: Option<String> => "AllowOrigin" Header("Access-Control-Allow-Origin"),
        /// The methods it may use.
        pub allow_methods: Option<String> => "AllowMethods" Header("Access-Control-Allow-Methods"),
        /// Of the headers it wants to send those it may: all of them.
        pub allow_headers: Option<String> => "AllowHeaders" Header("Access-Control-Allow-Headers"),
        /// The headers of an answer that it may see.
        pub expose_headers: Option<String> => "ExposeHeaders" Header("Access-Control-Expose-Headers"),
        /// For how many seconds the browser may keep the answer.
        pub max_age: Option<i64> => "MaxAge" Header("Access-Control-Max-Age"),
        /// Whether it may send what the browser knows of the learner.
        pub allow_credentials: Option<bool> => "AllowCredentials" Header("Access-Control-Allow-Credentials"),
        /// What the answer depends on, for caches.
        pub vary: Option<String> => "Vary" Header("Vary"),
    }
    errors ["AccessForbidden", "BadRequest"]
    access unsigned
}

/// The methods that a rule may name.
pub(super) const METHODS: &[&str] = &["GET", "PUT", "HEAD", "POST", "DELETE"];

const NOT_ALLOWED: &str = "CORSResponse: This CORS request is not allowed. This is usually because \
                           the evalution of Origin, request method / \
                           Access-Control-Request-Method or Access-Control-Request-Headers are not \
                           whitelisted by the resource's CORS spec.";

impl Read for CrossOrigin {
    type Output = CrossOriginOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let origin = self.origin.as_deref().ok_or_else(|| {
            bad("BadRequest", "Insufficient information. Origin request header needed.")
        })?;
        let method = self.method.as_deref().unwrap_or("null");
        if !METHODS.contains(&method) {
            let message = format!("Invalid Access-Control-Request-Method: {method}");
            return Err(bad("BadRequest", message));
        }
        let kind = if self.on_object { "OBJECT" } else { "BUCKET" };
        let forbidden = |message: &str| {
            ApiError::new(403, "AccessForbidden", message)
                .with("Method", method)
                .with("ResourceType", kind)
        };
        let bucket = world.get::<s3::State>().buckets.get(&self.bucket);
        let bucket = bucket.ok_or_else(|| forbidden("CORSResponse: Bucket not found"))?;
        let cors = bucket.cors.as_ref();
        let cors =
            cors.ok_or_else(|| forbidden("CORSResponse: CORS is not enabled for this bucket."))?;
        let headers = self.headers.as_deref().map(names).unwrap_or_default();
        cors.iter()
            .find_map(|rule| answer(rule, origin, method, &headers))
            .ok_or_else(|| forbidden(NOT_ALLOWED))
    }
}

/// The names in a list of headers, in lower case.
fn names(list: &str) -> Vec<String> {
    let names = list.split(',').map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty()).collect()
}

/// What a rule answers, when it is about such a request.
fn answer(
    rule: &CORSRule,
    origin: &str,
    method: &str,
    headers: &[String],
) -> Option<CrossOriginOutput> {
    let allowed = rule.allowed_origins.iter().find(|pattern| fits(pattern, origin))?;
    if !rule.allowed_methods.iter().any(|m| m == method) {
        return None;
    }
    let may_send =
        |name: &String| rule.allowed_headers.iter().any(|p| fits(&p.to_ascii_lowercase(), name));
    if !headers.iter().all(may_send) {
        return None;
    }
    let everybody = allowed == "*";
    let listed = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
    Some(CrossOriginOutput {
        allow_origin: Some(if everybody { "*" } else { origin }.to_owned()),
        allow_methods: listed(&rule.allowed_methods),
        allow_headers: listed(headers),
        expose_headers: listed(&rule.expose_headers),
        max_age: rule.max_age_seconds,
        allow_credentials: (!everybody).then_some(true),
        vary: Some(
            "Origin, Access-Control-Request-Headers, Access-Control-Request-Method".to_owned(),
        ),
    })
}

/// Whether a text fits a pattern in which at most one `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((front, back)) = pattern.split_once('*') else { return pattern == text };
    text.len() >= front.len() + back.len() && text.starts_with(front) && text.ends_with(back)
}
