//! One request at a load balancer.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::{Request, Response};

use super::reply::{Body, Parting, finish, plain};
use super::{Endpoint, outside, real};
use crate::aws::is_loopback;
use crate::stream::ReplyBody;
use elbv2::front::Field;
use elbv2::front::arrive::{Act, Arrive, ArriveOutput, Spoken};
use sim::api::Shaped as _;

/// The longest body that is given to the world, in bytes. Longer ones reach real targets only.
const BODY_MAX: usize = 1 << 20;
/// How long a connection stays open that nothing would answer.
const SILENCE: Duration = Duration::from_secs(75);

/// Answers one request.
pub(super) async fn answer(
    endpoint: Arc<Endpoint>,
    spoken: Option<Spoken>,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let (parts, incoming) = request.into_parts();
    let head_only = parts.method == hyper::Method::HEAD;
    let Ok(body) = read(incoming).await else { return plain(408) };
    let arrive = Arrive {
        name: endpoint.dns.clone(),
        port: i64::from(endpoint.port),
        method: parts.method.as_str().to_owned(),
        target: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        headers: fields(&endpoint, &parts),
        body: Some(body.begun.to_vec()).filter(|begun| !begun.is_empty()),
        long: body.rest.is_some(),
        tls: spoken,
        from: None,
    };
    let method = parts.method.clone();
    let target = arrive.target.clone();
    let told = endpoint.gateway.ask(outside(), &Arrive::DEF, arrive.into_value()).await;
    let Some(told) = told.ok().and_then(|told| ArriveOutput::from_value(told).ok()) else {
        return plain(500);
    };
    match told.act {
        Act::Answer => {
            if let Some(ticket) = told.ticket {
                let mut parting = Parting::new(Arc::clone(&endpoint.gateway), ticket);
                let wait = u64::try_from(told.wait_ms).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(wait)).await;
                // The world ends it by itself when its time has come.
                parting.disarm();
            }
            finish(told.status, &told.headers, told.body.into(), head_only)
        }
        Act::Forward => real::forward(&endpoint, method, &target, told, body).await,
        Act::Silent => {
            tokio::time::sleep(SILENCE).await;
            plain(504)
        }
        Act::Refused => plain(502),
    }
}

/// The headers as the world gets them. Who comes by another name of this machine means the balancer's own.
fn fields(endpoint: &Endpoint, parts: &hyper::http::request::Parts) -> Vec<Field> {
    let mut fields = Vec::with_capacity(parts.headers.len());
    let mut hosts = 0;
    for (name, value) in &parts.headers {
        let mut text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if name == hyper::header::HOST {
            hosts += 1;
            if is_loopback(&text) || is_localhost(&text) {
                text.clone_from(&endpoint.dns);
            }
        }
        fields.push(Field::new(name.as_str(), text));
    }
    if hosts == 0 && parts.version == hyper::Version::HTTP_10 {
        fields.push(Field::new("host", endpoint.dns.clone()));
    }
    fields
}

/// `NAME.localhost:PORT`
fn is_localhost(host: &str) -> bool {
    host.split(':').next().is_some_and(|name| name.ends_with(".localhost"))
}

async fn read(mut incoming: Incoming) -> Result<Body, hyper::Error> {
    let mut begun = BytesMut::new();
    while begun.len() <= BODY_MAX {
        match incoming.frame().await {
            None => return Ok(Body { begun: begun.freeze(), rest: None }),
            Some(frame) => {
                if let Ok(data) = frame?.into_data() {
                    begun.extend_from_slice(&data);
                }
            }
        }
    }
    Ok(Body { begun: begun.freeze(), rest: Some(incoming) })
}
