//! Between hyper and the [`Endpoint`]: one task for each request, so that a panic in it becomes a
//! 500 and the connection lives on; and the endpoint's own two paths.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response};
use serde_json::json;
use tokio::task::JoinSet;

use super::body::{self, Source};
use super::handle::{Endpoint, Inbound};
use super::{guard, handles, names, reply, route};
use crate::codec::error::Dialect;
use crate::codec::{BodyOut, Encoded, Head};
use crate::stream::{self, ReplyBody};
use hosts::address::LEARNER;
use sim::Via;

/// Where the endpoint's own paths begin. No bucket can have this name.
const OWN: &str = "/_distlab/";

/// What is told whoever asks for an action without a right to it.
const NOT_ALLOWED: &str = "requests to this endpoint must be signed: sign this one with root's key, or \
     send the profile's token (distlab serve prints it as DISTLAB_TOKEN) in the header X-Distlab-Token";

/// Answers one request.
pub(super) async fn answer(
    endpoint: Arc<Endpoint>,
    peer: IpAddr,
    secure: bool,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let id = reply::next_id();
    let (parts, incoming) = request.into_parts();
    let head = stream::head(&parts);
    let head_only = head.method == "HEAD";
    // An absolute target (through a proxy) names the host itself.
    let host = parts.uri.authority().map(ToString::to_string);
    let host = host.or_else(|| head.header("host").map(str::to_owned)).unwrap_or_default();
    if head.path.starts_with(OWN) {
        Source::new(incoming, &head).drain().await;
        let encoded = own(&endpoint, &head, &host).await;
        return reply::finish(encoded, head_only, Dialect::RestJson, &id);
    }
    if names::tells_address(&host) && head.path == "/" {
        Source::new(incoming, &head).drain().await;
        return reply::finish(address(), head_only, Dialect::RestJson, &id);
    }
    if handles::is_bucket(&host) {
        let target = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        return match handles::put(&endpoint, &head, &host, target, incoming).await {
            Ok(encoded) => reply::finish(encoded, head_only, Dialect::S3, &id),
            Err(error) => reply::error(Dialect::S3, &error, "", &id, head_only),
        };
    }
    if endpoint.options.no_auth && !guard::is_ours(&host) {
        Source::new(incoming, &head).drain().await;
        let dialect = reply::dialect(&names::target(&endpoint.services, &host, &head));
        return reply::error(dialect, &guard::another_host(&host), "", &id, head_only);
    }
    let target = names::target(&endpoint.services, &host, &head);
    let dialect = reply::dialect(&target);
    let via = Via {
        source_ip: peer.to_string(),
        user_agent: head.header("user-agent").unwrap_or_default().to_owned(),
        referer: head.header("referer").unwrap_or_default().to_owned(),
        secure,
        ..Via::default()
    };
    let scope = endpoint.scope(&head, &host);
    let inbound = Inbound { head, host, via, scope, incoming, id: id.clone() };
    let mut task = JoinSet::new();
    task.spawn(endpoint.handle(target, inbound));
    match task.join_next().await {
        Some(Ok(response)) => response,
        _ => reply::error(dialect, &body::internal(), "", &id, head_only),
    }
}

/// What whoever asks is seen as from outside.
fn address() -> Encoded {
    Encoded {
        status: 200,
        headers: vec![("Content-Type".into(), "text/plain;charset=UTF-8".into())],
        body: BodyOut::Text(format!("{LEARNER}\n")),
    }
}

/// `GET /_distlab/health` and `POST /_distlab/reset`.
async fn own(endpoint: &Arc<Endpoint>, head: &Head, host: &str) -> Encoded {
    // A web page may reach loopback too: it can neither read nor reset.
    if head.header("origin").is_some() || guard::cross_site(head) || !route::is_loopback(host) {
        return json_answer(403, &json!({"error": "not for web pages"}));
    }
    match (head.method.as_str(), &head.path[OWN.len()..]) {
        ("GET" | "HEAD", "health") => health(endpoint).await,
        ("POST", "reset") => {
            let Some(reset) = endpoint.options.reset.clone() else {
                return json_answer(404, &json!({"error": "this endpoint cannot be reset"}));
            };
            if !endpoint.may_change(head) {
                return json_answer(403, &json!({"error": NOT_ALLOWED}));
            }
            match tokio::task::spawn_blocking(move || reset()).await {
                Ok(Ok(())) => json_answer(200, &json!({"status": "reset"})),
                Ok(Err(e)) => json_answer(500, &json!({"error": format!("{e:#}")})),
                Err(_) => json_answer(500, &json!({"error": "the reset broke"})),
            }
        }
        _ => json_answer(404, &json!({"error": "there are health and reset here"})),
    }
}

async fn health(endpoint: &Arc<Endpoint>) -> Encoded {
    let gateway = Arc::clone(&endpoint.gateway);
    let asked = tokio::task::spawn_blocking(move || (gateway.now(), gateway.place())).await;
    let Ok((Ok(now), place)) = asked else {
        return json_answer(503, &json!({"status": "unreachable"}));
    };
    let services: Vec<&str> =
        systems::services().filter(|s| s.protocol.is_aws()).map(|s| s.name).collect();
    json_answer(
        200,
        &json!({
            "status": "running",
            "version": env!("CARGO_PKG_VERSION"),
            "account": place.account,
            "region": place.region,
            "time": now.iso_millis(),
            "services": services,
        }),
    )
}

fn json_answer(status: u16, value: &serde_json::Value) -> Encoded {
    Encoded {
        status,
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: BodyOut::Text(value.to_string()),
    }
}
