//! Headers that a load balancer adds, changes and drops on the way to a target and back.
//!
//! Source: the User Guide for Application Load Balancers, "HTTP headers and Application Load Balancers",
//! "Request tracing"; RFC 9110, 7.6.1, for what is said to the next machine only.

use base::Rng;
use base::rng::HEX;

use super::Field;
use std::collections::BTreeMap;

use crate::attributes::{self, ANSWER_HEADERS, LISTENER};
use crate::balancer::Balancer;
use crate::entry::CLIENT_PORT;
use crate::route::Request;

/// The attributes of a listener that were set.
pub(super) type Set = BTreeMap<String, String>;

/// What is said to the next machine only.
const HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The id under which a request can be traced: what the client says, or a new one.
pub(super) fn trace(request: &Request, rng: &mut Rng) -> String {
    let fresh =
        |rng: &mut Rng| format!("1-{:08x}-{}", request.at.secs() & 0xffff_ffff, rng.text(HEX, 24));
    match request.header("x-amzn-trace-id") {
        Some(given) if given.contains("Root=") => {
            let kept: Vec<&str> = given
                .split(';')
                .map(str::trim)
                .filter(|part| !part.is_empty() && !part.starts_with("Self="))
                .collect();
            format!("Self={};{}", fresh(rng), kept.join(";"))
        }
        Some(given) if !given.trim().is_empty() => format!("Root={};{given}", fresh(rng)),
        _ => format!("Root={}", fresh(rng)),
    }
}

fn is_named(name: &str, among: &[&str]) -> bool {
    among.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Whether a header may stay where those with odd names are dropped.
fn is_valid(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The headers that a target gets.
pub(super) fn onward(balancer: &Balancer, request: &Request, trace: &str) -> Vec<Field> {
    let drops = balancer.is_on("routing.http.drop_invalid_header_fields.enabled");
    let mode = balancer.attribute("routing.http.xff_header_processing.mode");
    let own = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id"];
    let named: Vec<String> = request
        .all("connection")
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let mut fields = Vec::new();
    for (name, value) in &request.headers {
        let hop = is_named(name, HOP) || named.contains(&name.to_ascii_lowercase());
        if hop || is_named(name, &own) || (drops && !is_valid(name)) {
            continue;
        }
        if name.eq_ignore_ascii_case("host") {
            fields.push(Field::new(name, host(balancer, request, value)));
        } else {
            fields.push(Field::new(name, value));
        }
    }
    let came: Vec<&str> = request.all("x-forwarded-for").collect();
    let client = if balancer.is_on("routing.http.xff_client_port.enabled") {
        format!("{}:{}", request.client, CLIENT_PORT)
    } else {
        request.client.to_string()
    };
    match mode {
        "remove" => {}
        "preserve" => fields.extend(came.iter().map(|value| Field::new("X-Forwarded-For", *value))),
        _ => {
            let all: Vec<&str> = came.into_iter().chain([client.as_str()]).collect();
            fields.push(Field::new("X-Forwarded-For", all.join(", ")));
        }
    }
    fields.push(Field::new("X-Forwarded-Proto", request.scheme()));
    fields.push(Field::new("X-Forwarded-Port", request.port.to_string()));
    fields.push(Field::new("X-Amzn-Trace-Id", trace));
    fields
}

/// The host that a target hears: with the listener's port, where that is none of the usual ones, unless
/// the host is to be left as it is.
fn host(balancer: &Balancer, request: &Request, value: &str) -> String {
    let kept = balancer.is_on("routing.http.preserve_host_header.enabled");
    if kept || value.contains(':') || matches!(request.port, 80 | 443) {
        return value.to_owned();
    }
    format!("{value}:{}", request.port)
}

/// The headers that a client gets of a target's answer.
pub(super) fn back(set: &Set, given: Vec<(String, String)>, body: usize) -> Vec<Field> {
    let mut fields: Vec<Field> = given
        .into_iter()
        .filter(|(name, _)| !is_named(name, HOP) && !name.eq_ignore_ascii_case("content-length"))
        .map(|(name, value)| Field::new(name, value))
        .collect();
    fields.push(Field::new("Content-Length", body.to_string()));
    finish(set, &mut fields);
    fields
}

/// What a listener's attributes do to the headers of any answer.
pub(super) fn finish(set: &Set, fields: &mut Vec<Field>) {
    let attribute = |key| attributes::value(LISTENER, set, key);
    if attribute("routing.http.response.server.enabled") == "false" {
        fields.retain(|field| !field.name.eq_ignore_ascii_case("server"));
    }
    for (key, name) in ANSWER_HEADERS {
        let value = attribute(key);
        if !value.is_empty() {
            fields.retain(|field| !field.name.eq_ignore_ascii_case(name));
            fields.push(Field::new(*name, value));
        }
    }
}
