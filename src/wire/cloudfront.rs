//! The edge of CloudFront: a listener that answers to the names of distributions.
//!
//! The world decides what a viewer gets ([`cloudfront::edge`]); here bytes are read and sent, and servers
//! are asked that stand behind other doors. It is reached by the real names through the session's proxy
//! (`https://d111111abcdef8.cloudfront.net`), with a location in front for a viewer elsewhere
//! (`fra.d111111abcdef8.cloudfront.net`), and by `d111111abcdef8.localhost:PORT` in a browser, which
//! counts as having come by TLS.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::cloudfront::edge::{
    Compressed, DOMAIN, Header, OriginAnswer, OriginRequest, Serve, ServeOutput, ViewerTls,
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

use super::aws;
use super::door::{
    ConnectionInfo, Door, Opening, Port, Served, Server, Servers, Site, Stream, Transport,
};
use super::follow::{Way, follow};
use super::http;
use super::stream::{self, Pieces, ReplyBody, empty, full};
use gateway::{CallError, Gateway};
use sim::Caller;
use sim::api::{Body, Shaped as _};

/// The name of its row in the table.
pub const DOOR: &str = "cloudfront";

/// How long a server may take (developer guide, "Response timeout").
const ORIGIN_PATIENCE: Duration = Duration::from_secs(30);
/// The longest body that a viewer may send through an edge, in bytes.
const BODY_MAX: usize = 8 << 20;
/// How often one request may need a server: for what it asks, and for the page of an error.
const ASKS_MAX: usize = 3;
/// The longest that an answer is held back for the sake of the distance.
const DISTANCE_MAX: Duration = Duration::from_secs(1);
/// What may be under way between the edge and a server, in bytes.
const INNER_BUFFER: usize = 64 << 10;

/// The edge as a door. It is open while the AWS endpoint is.
pub struct Cloudfront;

impl Door for Cloudfront {
    fn name(&self) -> &'static str {
        DOOR
    }

    fn title(&self) -> &'static str {
        "edge of CloudFront"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        let wish = site.wishes.get::<aws::Options>();
        wish.map(|_| Opening { name: DOOR.into(), host: "localhost", port: Port::Free })
            .into_iter()
            .collect()
    }

    fn server(&self, site: &Site, _opening: &Opening) -> Option<Arc<dyn Server>> {
        site.wishes.get::<aws::Options>()?;
        let (gateway, servers) = (Arc::clone(&site.gateway), site.servers.clone());
        Some(Arc::new(Endpoint { gateway, servers }))
    }
}

/// What all connections share.
struct Endpoint {
    gateway: Arc<dyn Gateway>,
    servers: Servers,
}

impl Server for Endpoint {
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served {
        let stopped = connection.stopped.clone();
        let answer = move |request| {
            let (endpoint, connection) = (Arc::clone(&self), connection.clone());
            async move { endpoint.answer(&connection, request).await }
        };
        Box::pin(http::serve(stream, stopped, answer))
    }

    fn answers(&self, host: &str, port: u16) -> Option<Transport> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        host.strip_suffix(DOMAIN)?.strip_suffix('.')?;
        Some(match port {
            443 => Transport::Tls,
            80 => Transport::Plain,
            _ => Transport::Refused,
        })
    }
}

impl Endpoint {
    /// Answers one request, whatever becomes of it.
    async fn answer(
        &self,
        connection: &ConnectionInfo,
        request: Request<Incoming>,
    ) -> Response<ReplyBody> {
        let told = self.served(connection, request).await;
        told.unwrap_or_else(|error| {
            let why = match error {
                CallError::Api(error) => error.to_string(),
                CallError::Broken(cause) => format!("{cause:#}"),
            };
            let mut response = Response::new(full(format!("{why}\n").into()));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
    }

    async fn served(
        &self,
        connection: &ConnectionInfo,
        request: Request<Incoming>,
    ) -> Result<Response<ReplyBody>, CallError> {
        let (parts, incoming) = request.into_parts();
        let head = stream::head(&parts);
        let named = parts.uri.authority().map(ToString::to_string);
        let host = named.or_else(|| head.header("host").map(str::to_owned)).unwrap_or_default();
        let (host, local) = real_name(&host);
        let Ok(body) = Limited::new(incoming, BODY_MAX).collect().await else {
            let mut response = Response::new(empty());
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            return Ok(response);
        };
        let body = body.to_bytes();
        // Who speaks the older version reads nothing that is compressed (developer guide, "HTTP 1.0").
        let old = parts.version < hyper::Version::HTTP_11;
        let counts = |(name, _): &&(String, String)| !(old && name == "accept-encoding");
        let header =
            |(name, value): &(String, String)| Header { name: name.clone(), value: value.clone() };
        let mut serve = Serve {
            host,
            secure: connection.secure || local,
            method: head.method.clone(),
            path: head.path.clone(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            viewer: connection.peer.to_string(),
            headers: head.headers.iter().filter(counts).map(header).collect(),
            answers: Vec::new(),
            compressed: Vec::new(),
            tls: connection.tls.map(|tls| ViewerTls {
                protocol: tls.protocol.to_owned(),
                cipher: tls.cipher.to_owned(),
            }),
            body_bytes: u64::try_from(body.len()).ok().filter(|len| *len > 0),
        };
        loop {
            let input = serve.clone().into_value();
            let told = self.gateway.ask(Caller::default(), &Serve::DEF, input).await?;
            let told = ServeOutput::from_value(told).map_err(|e| CallError::Broken(e.into()))?;
            if !told.compress.0.is_empty() {
                serve.compressed.push(self.compress(told.compress).await?);
                if serve.compressed.len() > ASKS_MAX {
                    let cause = anyhow::anyhow!("the edge compresses without end");
                    return Err(CallError::Broken(cause));
                }
                continue;
            }
            match &told.ask {
                Some(ask) if serve.answers.len() < ASKS_MAX => {
                    let answer = self.ask(ask, &body, connection).await?;
                    serve.answers.push(answer);
                }
                Some(_) => {
                    let cause = anyhow::anyhow!("the edge asks its origin without end");
                    return Err(CallError::Broken(cause));
                }
                None => return self.reply(told).await,
            }
        }
    }

    /// Compresses bytes, and keeps what comes of it.
    async fn compress(&self, from: Body) -> Result<Compressed, CallError> {
        let blobs = self.gateway.blobs().clone();
        let slices = from.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            let bytes = blobs.collect(&slices)?;
            blobs.put_compressed(&bytes)
        });
        let stored = done.await.map_err(|e| CallError::Broken(e.into()))?;
        let blob = stored.map_err(|e| {
            CallError::Broken(anyhow::Error::new(e).context("cannot compress a body"))
        })?;
        Ok(Compressed { from, blob: Some(blob) })
    }

    /// Asks a server.
    async fn ask(
        &self,
        asked: &OriginRequest,
        body: &Bytes,
        connection: &ConnectionInfo,
    ) -> Result<OriginAnswer, CallError> {
        let begun = Instant::now();
        let answer = OriginAnswer {
            host: asked.host.clone(),
            target: asked.target.clone(),
            ..OriginAnswer::default()
        };
        let failed = |why: &str| OriginAnswer { failure: Some(why.to_owned()), ..answer.clone() };
        let port = u16::try_from(asked.port).unwrap_or_default();
        // A name that nothing simulated answers to must not reach the real network from here.
        let server = match follow(&self.servers, &*self.gateway, &asked.host, port) {
            Err(_) | Ok(Way::Outside(_)) => return Ok(failed("unresolved")),
            Ok(Way::Door(_, Transport::Refused)) => return Ok(failed("refused")),
            // Its certificate would have to come from an authority that everybody trusts, and those of
            // load balancers were made by somebody else.
            Ok(Way::Door(_, Transport::Plain)) if asked.secure => return Ok(failed("untrusted")),
            Ok(Way::Door(server, _)) => server,
        };
        let (near, far) = tokio::io::duplex(INNER_BUFFER);
        let inner = ConnectionInfo {
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: asked.secure,
            tls: None,
            stopped: connection.stopped.clone(),
        };
        tokio::spawn(server.serve(Box::new(far), inner));
        let asking = exchange(Box::new(near), asked, body.clone());
        let told = match tokio::time::timeout(ORIGIN_PATIENCE, asking).await {
            Ok(Ok(told)) => told,
            Ok(Err(_)) => return Ok(failed("refused")),
            Err(_) => return Ok(failed("silent")),
        };
        let (parts, bytes) = told;
        let blobs = self.gateway.blobs().clone();
        let stored = tokio::task::spawn_blocking(move || blobs.put(&mut bytes.as_ref())).await;
        let stored = stored.map_err(|e| CallError::Broken(e.into()))?;
        let blob = stored
            .map_err(|e| CallError::Broken(anyhow::Error::new(e).context("cannot store a body")))?;
        let headers = parts.headers.iter().map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        });
        Ok(OriginAnswer {
            status: i64::from(parts.status.as_u16()),
            headers: headers.collect(),
            body: Some(blob),
            took_ms: i64::try_from(begun.elapsed().as_millis()).unwrap_or(0),
            ..answer
        })
    }

    /// The response, as late as the distance makes it.
    async fn reply(&self, told: ServeOutput) -> Result<Response<ReplyBody>, CallError> {
        let ms = u64::try_from(told.took_ms).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(ms).min(DISTANCE_MAX)).await;
        let Body(slices) = told.body;
        let body = match told.text {
            Some(text) => full(text.into()),
            None if slices.is_empty() => empty(),
            None => {
                let pieces = Pieces::open(self.gateway.blobs().clone(), slices);
                let broken =
                    |e| CallError::Broken(anyhow::Error::new(e).context("cannot read a body"));
                pieces.map_err(broken)?.body()
            }
        };
        let mut response = Response::new(body);
        let status = u16::try_from(told.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
        *response.status_mut() = status.unwrap_or(StatusCode::BAD_GATEWAY);
        for header in &told.headers {
            // A value with a line end in it is left out rather than let it make a header of its own.
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(header.name.as_bytes()),
                HeaderValue::from_bytes(header.value.as_bytes()),
            ) {
                response.headers_mut().append(name, value);
            }
        }
        Ok(response)
    }
}

/// One request on a connection of its own.
async fn exchange(
    stream: Stream,
    asked: &OriginRequest,
    body: Bytes,
) -> anyhow::Result<(hyper::http::response::Parts, Bytes)> {
    let mut request = Request::builder().method(asked.method.as_str()).uri(asked.target.as_str());
    for header in &asked.headers {
        request = request.header(header.name.as_str(), header.value.as_str());
    }
    let request = request.body(Full::new(body))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    Ok((parts, body.collect().await?.to_bytes()))
}

/// The name that a browser means which sees no shell's environment, and whether it is one.
fn real_name(host: &str) -> (String, bool) {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    match name.strip_suffix(".localhost") {
        Some(front) => (format!("{front}.{DOMAIN}"), true),
        None => (host.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::real_name;

    #[test]
    fn a_browser_says_localhost() {
        let check = |host: &str, want: &str, local: bool| {
            assert_eq!(real_name(host), (want.to_owned(), local), "{host}");
        };
        check("d1.localhost:4567", "d1.cloudfront.net", true);
        check("fra.d1.localhost:4567", "fra.d1.cloudfront.net", true);
        check("d1.cloudfront.net", "d1.cloudfront.net", false);
        check("localhost:4567", "localhost:4567", false);
    }
}
