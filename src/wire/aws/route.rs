//! Which service a request is for, and the bucket in its host name.
//!
//! The order is `X-Amz-Target`, credential scope, `Action` and `Version`, then S3. What names a
//! service that is not simulated gets an error in that service's own protocol, and never falls
//! through to S3.

use crate::codec::Head;
use crate::codec::error::Dialect;
use crate::sigv4::Claim;
use sim::SERVICES;
use sim::api::{ApiError, Protocol, Service};

/// Where a request goes.
pub(super) enum Target {
    Rest(&'static Service),
    /// A form: which service is known, or is to be told by its `Action` and `Version`.
    Form(Option<&'static Service>),
    /// Something that is not simulated.
    Unknown(Dialect, ApiError),
}

/// Where a request goes, by its head alone.
pub(super) fn target(head: &Head) -> Target {
    if let Some(target) = head.header("x-amz-target") {
        let (service, operation) = target.rsplit_once('.').unwrap_or((target, ""));
        return Target::Unknown(Dialect::Json, unknown_target(service, operation));
    }
    if let Some(scope) = Claim::scope_of(head) {
        return of_service(head, &scope.service);
    }
    if is_form(head) || head.param("Action").is_some() {
        return Target::Form(None);
    }
    let s3 = SERVICES.iter().copied().find(|s| s.protocol == Protocol::RestXml);
    s3.map_or_else(|| not_simulated(head, "s3"), Target::Rest)
}

/// Whether the head itself names a service, so that its host need not be asked.
pub(super) fn says_service(head: &Head) -> bool {
    head.header("x-amz-target").is_some() || Claim::scope_of(head).is_some()
}

/// Where a request to this service goes.
pub(super) fn of_service(head: &Head, name: &str) -> Target {
    match by_signing_name(name) {
        Some(service) if service.protocol == Protocol::Query => Target::Form(Some(service)),
        Some(service) => Target::Rest(service),
        None => not_simulated(head, name),
    }
}

fn by_signing_name(name: &str) -> Option<&'static Service> {
    let ours = SERVICES.iter().copied().filter(|s| s.protocol.is_aws());
    ours.into_iter().find(|s| s.signing_name == name)
}

/// The service of a form that names none: the one whose version and operation it is.
pub(super) fn by_action(action: &str, version: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|s| {
        s.protocol == Protocol::Query && s.api_version == version && s.operation(action).is_some()
    })
}

fn is_form(head: &Head) -> bool {
    let kind = head.header("content-type").unwrap_or_default();
    head.method == "POST" && kind.starts_with("application/x-www-form-urlencoded")
}

fn unknown_target(service: &str, operation: &str) -> ApiError {
    ApiError::new(
        400,
        "UnknownOperationException",
        format!("{service} is not simulated here, so it has no operation {operation}"),
    )
}

/// The error of a service by its signing name, in the protocol its clients read.
fn not_simulated(head: &Head, name: &str) -> Target {
    let message = format!("The service {name} is not simulated here");
    match name {
        "ec2" => Target::Unknown(Dialect::Ec2, ApiError::new(400, "InvalidAction", message)),
        "cloudfront" | "route53" | "s3-object-lambda" | "s3express" | "s3-outposts"
        | "s3-website" | "s3-control" | "s3-accesspoint" | "s3-accelerate" => {
            Target::Unknown(Dialect::Query(""), ApiError::new(501, "NotImplemented", message))
        }
        _ if is_form(head) || head.param("Action").is_some() => {
            Target::Unknown(Dialect::Query(""), ApiError::new(400, "InvalidAction", message))
        }
        _ => {
            Target::Unknown(Dialect::Json, ApiError::new(400, "UnknownOperationException", message))
        }
    }
}

/// A host name without its port.
pub(super) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a `Host` header names this machine by itself.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = without_port(host);
    let bare = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')).unwrap_or(name);
    name == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The bucket that a virtual-hosted request names in its host.
pub(super) fn bucket_in_host(host: &str) -> Option<&str> {
    let name = without_port(host);
    if name.parse::<std::net::IpAddr>().is_ok() || name.starts_with('[') {
        return None;
    }
    // `bucket.s3.REGION.amazonaws.com`, `bucket.s3-REGION.…`, `bucket.s3.localhost.localstack.cloud`
    let mut end = None;
    let mut at = 0;
    for label in name.split('.') {
        if label == "s3" || label.starts_with("s3-") {
            end = Some(at);
        }
        at += label.len() + 1;
    }
    match end {
        Some(0) => None,
        Some(end) => name.get(..end - 1),
        None => name.strip_suffix(".localhost"),
    }
}
