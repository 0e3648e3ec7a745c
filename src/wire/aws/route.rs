//! Which service a request is for, and the bucket in its host name.
//!
//! The order is `X-Amz-Target`, credential scope, `Action` and `Version`, path prefix, then S3. What
//! names a service that is not simulated gets an error in that service's own protocol, and never
//! falls through to S3.

use crate::codec::Head;
use crate::codec::error::Dialect;
use crate::sigv4::Claim;
use sim::api::{ApiError, OpDef, Protocol, Service};

/// Where a request goes.
pub(super) enum Target {
    /// S3, whose bodies are streams.
    Rest(&'static Service),
    /// A REST service whose bodies are documents.
    Document(&'static Service),
    /// A form: its `Action` and `Version` say which of these services it is for.
    Form(Vec<&'static Service>),
    /// A JSON service, and the name of the operation.
    Json(&'static Service, String),
    /// Something that is not simulated.
    Unknown(Dialect, ApiError),
}

/// Where a request goes, by its head alone.
pub(super) fn target(services: &[&'static Service], head: &Head) -> Target {
    if let Some(target) = head.header("x-amz-target") {
        return by_target(services, target);
    }
    if let Some(scope) = Claim::scope_of(head) {
        return by_scope(services, head, &scope.service);
    }
    if is_form(head) || head.param("Action").is_some() {
        return Target::Form(services.iter().copied().filter(|s| takes_forms(s)).collect());
    }
    if let Some(service) = by_path(services.iter().copied(), head) {
        return Target::Document(service);
    }
    let s3 = services.iter().copied().find(|s| is_s3(s));
    s3.map_or_else(|| not_simulated(head, "s3"), Target::Rest)
}

/// Whether the head itself names a service, so that its host need not be asked.
pub(super) fn says_service(head: &Head) -> bool {
    head.header("x-amz-target").is_some() || Claim::scope_of(head).is_some()
}

fn is_s3(service: &Service) -> bool {
    service.protocol == Protocol::RestXml && service.signing_name == "s3"
}

fn takes_forms(service: &Service) -> bool {
    matches!(service.protocol, Protocol::Query | Protocol::Ec2)
}

fn by_target(services: &[&'static Service], text: &str) -> Target {
    let (prefix, operation) = text.rsplit_once('.').unwrap_or((text, ""));
    let is_it =
        |s: &&Service| matches!(s.protocol, Protocol::Json { target, .. } if target == prefix);
    match services.iter().copied().find(is_it) {
        Some(service) => Target::Json(service, operation.to_owned()),
        None => Target::Unknown(Dialect::JSON, unknown_target(prefix, operation)),
    }
}

/// The service of a signature, or of a host. Several may sign with one name: the request itself says which it is.
pub(super) fn by_scope(services: &[&'static Service], head: &Head, name: &str) -> Target {
    let signing =
        || services.iter().copied().filter(|s| s.protocol.is_aws() && s.signing_name == name);
    let Some(first) = signing().next() else { return not_simulated(head, name) };
    let forms: Vec<&'static Service> = signing().filter(|s| takes_forms(s)).collect();
    if !forms.is_empty() {
        return Target::Form(forms);
    }
    if let Some(s3) = signing().find(|s| is_s3(s)) {
        return Target::Rest(s3);
    }
    let rest = || signing().filter(|s| s.protocol.is_rest());
    if let Some(service) = by_path(rest(), head).or_else(|| rest().next()) {
        return Target::Document(service);
    }
    Target::Unknown(
        Dialect::of(first),
        ApiError::new(400, "UnknownOperationException", "The header X-Amz-Target is missing"),
    )
}

/// The service with an operation whose path begins as this one's does, when that is a literal: no
/// path of S3 begins so.
fn by_path(
    services: impl Iterator<Item = &'static Service>,
    head: &Head,
) -> Option<&'static Service> {
    let first = head.path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
    let begins = |op: &OpDef| {
        let path = op.http.split_once(" /").map_or("", |(_, path)| path);
        path.split(['/', '?']).next().is_some_and(|f| !f.is_empty() && f == first)
    };
    let mut rest = services.filter(|s| s.protocol.is_rest());
    rest.find(|s| s.operations.iter().any(|op| begins(op)))
}

/// The service and operation of a form, of these services. `dialect` becomes the service's.
///
/// # Errors
/// `MissingAction`; `InvalidAction` for what no service has in this version; the service's own refusal
/// of what is not simulated.
pub(super) fn by_action(
    services: &[&'static Service],
    form: &[(String, String)],
    dialect: &mut Dialect,
) -> Result<(&'static Service, &'static OpDef), ApiError> {
    let get = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let action = get("Action").unwrap_or_default();
    if action.is_empty() {
        let message = "The request must contain the parameter Action";
        return Err(ApiError::new(400, "MissingAction", message));
    }
    let version = get("Version").unwrap_or("NO_VERSION_SPECIFIED");
    let mut versioned = services.iter().copied().filter(|s| s.api_version == version);
    let of_version = versioned.clone().next();
    let found = versioned.find_map(|s| Some((s, s.operation(action)?)));
    if let Some(service) = found.map(|(service, _)| service).or(of_version) {
        *dialect = Dialect::of(service);
    }
    let unknown = || {
        let message = match of_version.map(|service| service.protocol) {
            Some(Protocol::Ec2) => {
                format!("The action {action} is not valid for this web service.")
            }
            _ => format!("Could not find operation {action} for version {version}"),
        };
        ApiError::new(400, "InvalidAction", message)
    };
    found.ok_or_else(|| of_version.and_then(|s| s.refusal(action)).unwrap_or_else(unknown))
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
        "cloudfront" | "route53" | "s3-object-lambda" | "s3express" | "s3-outposts"
        | "s3-website" | "s3-control" | "s3-accesspoint" | "s3-accelerate" => {
            Target::Unknown(Dialect::Query(""), ApiError::new(501, "NotImplemented", message))
        }
        _ if is_form(head) || head.param("Action").is_some() => {
            Target::Unknown(Dialect::Query(""), ApiError::new(400, "InvalidAction", message))
        }
        _ => {
            Target::Unknown(Dialect::JSON, ApiError::new(400, "UnknownOperationException", message))
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
pub(crate) fn is_loopback(host: &str) -> bool {
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
