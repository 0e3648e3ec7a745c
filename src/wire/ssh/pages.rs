//! Web servers of simulated hosts, under their instances' public addresses: the session's proxy leads
//! there.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response, StatusCode};

use crate::aws;
use crate::door::{ConnectionInfo, Door, Opening, Port, Served, Server, Site, Stream, Transport};
use crate::http;
use crate::stream::{ReplyBody, empty, full};
use gateway::Gateway;
use hosts::ops::find::{FetchPage, FetchPageOutput, FindHost, FindHostOutput};
use sim::api::Shaped as _;
use sim::{Caller, Principal};

/// The name of its row in the table.
const DOOR: &str = "hosts";

/// How long a client waits for an address that says nothing: as long as Linux tries.
const SILENCE: Duration = Duration::from_secs(131);

/// The hosts' pages as a door. It is open while the AWS endpoint is.
pub struct Pages;

impl Door for Pages {
    fn name(&self) -> &'static str {
        DOOR
    }

    fn title(&self) -> &'static str {
        "way to pages of simulated hosts"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        let wish = site.wishes.get::<aws::Options>();
        wish.map(|_| Opening { name: DOOR.into(), host: "127.0.0.1", port: Port::Free })
            .into_iter()
            .collect()
    }

    fn server(&self, site: &Site, _opening: &Opening) -> Option<Arc<dyn Server>> {
        site.wishes.get::<aws::Options>()?;
        Some(Arc::new(Endpoint { gateway: Arc::clone(&site.gateway) }))
    }
}

struct Endpoint {
    gateway: Arc<dyn Gateway>,
}

impl Server for Endpoint {
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served {
        Box::pin(async move {
            let stopped = connection.stopped.clone();
            let answer = move |request| {
                let endpoint = Arc::clone(&self);
                async move { endpoint.answer(request).await }
            };
            http::serve(stream, stopped, answer).await;
        })
    }

    fn answers(&self, host: &str, port: u16) -> Option<Transport> {
        // Most names are none of a host, and the world need not be asked.
        let is_address = host.parse::<std::net::Ipv4Addr>().is_ok();
        if !is_address && ::aws::ec2::guests::public_name(host).is_none() {
            return None;
        }
        let input = FindHost { host: host.to_owned(), port: port.into() }.into_value();
        let answer =
            self.gateway.call(&Caller::from(Principal::Lab), &FindHost::DEF, input).ok()?;
        let found = FindHostOutput::from_value(answer).ok()?;
        if !found.known {
            return None;
        }
        Some(if found.verdict == "refused" { Transport::Refused } else { Transport::Plain })
    }
}

impl Endpoint {
    async fn answer(&self, request: Request<Incoming>) -> Response<ReplyBody> {
        let host = request.headers().get("host").and_then(|value| value.to_str().ok());
        let host = host.unwrap_or_default();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) => (name, port.parse().unwrap_or(80)),
            None => (host, 80),
        };
        let input = FetchPage {
            host: name.to_owned(),
            port,
            method: request.method().as_str().to_owned(),
            target: request.uri().path_and_query().map_or("/", PathAndQuery::as_str).to_owned(),
        };
        let caller = Caller::from(Principal::Lab);
        let answer = self.gateway.ask(caller, &FetchPage::DEF, input.into_value()).await;
        let page = answer.ok().and_then(|value| FetchPageOutput::from_value(value).ok());
        let page = page.unwrap_or_default();
        match page.verdict.as_str() {
            "answered" => shown(page),
            "refused" => plain(StatusCode::BAD_GATEWAY),
            _ => {
                tokio::time::sleep(SILENCE).await;
                plain(StatusCode::GATEWAY_TIMEOUT)
            }
        }
    }
}

fn plain(status: StatusCode) -> Response<ReplyBody> {
    let mut response = Response::new(empty());
    *response.status_mut() = status;
    response
}

fn shown(page: FetchPageOutput) -> Response<ReplyBody> {
    let status = u16::try_from(page.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
    let body = if page.body.is_empty() { empty() } else { full(Bytes::from(page.body)) };
    let mut response = Response::new(body);
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    for header in page.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&header.value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
