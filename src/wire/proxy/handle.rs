//! One connection to the proxy: requests, and the tunnel that one of them may become.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::former::Upstream;
use super::{Options, USER, tunnel};
use crate::door::{ConnectionInfo, Server, Servers, Stream, Transport};
use crate::follow::{Way as Led, follow};
use crate::http;
use crate::stream::{ReplyBody, empty, full};
use crate::tls::agreed_on;
use gateway::Gateway;

/// How long a host may take to be found and to take a connection, and a proxy to make a tunnel.
const DIAL_PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may take to agree on TLS.
const TLS_PATIENCE: Duration = Duration::from_secs(20);
/// The longest answer of the former proxy to `CONNECT`, in bytes.
const TUNNEL_HEAD_MAX: usize = 16 << 10;
/// What may be under way between a request with a whole URL and its server, in bytes.
const INNER_BUFFER: usize = 64 << 10;

/// What all connections share.
pub(super) struct Endpoint {
    pub(super) options: Options,
    pub(super) servers: Servers,
    pub(super) gateway: Arc<dyn Gateway>,
}

/// What a connection becomes after `CONNECT`.
enum Way {
    /// To a simulated name.
    Simulated { server: Arc<dyn Server>, tls: bool, host: String },
    /// To somewhere else, which is reached already.
    Outside(Stream),
}

/// A refusal of the proxy's own.
struct Refused(Box<Response<ReplyBody>>);

/// Where a tunnel that was granted waits for its connection.
type Granted = Arc<Mutex<Option<(OnUpgrade, Way)>>>;

/// Serves one connection to its end.
pub(super) async fn serve(endpoint: Arc<Endpoint>, stream: Stream, connection: ConnectionInfo) {
    let mut stopped = connection.stopped.clone();
    let granted = Granted::default();
    let answer = {
        let (endpoint, connection, granted) =
            (Arc::clone(&endpoint), connection.clone(), Arc::clone(&granted));
        move |request| {
            let (endpoint, connection) = (Arc::clone(&endpoint), connection.clone());
            let granted = Arc::clone(&granted);
            async move { endpoint.answer(&connection, request, &granted).await.unwrap_or_else(|r| *r.0) }
        }
    };
    http::serve(stream, connection.stopped.clone(), answer).await;
    let tunnel = granted.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((upgrade, way)) = tunnel else { return };
    let Ok(upgraded) = upgrade.await else { return };
    let stream: Stream = Box::new(TokioIo::new(upgraded));
    match way {
        // It hears of the end by itself, and may finish its answer.
        Way::Simulated { server, tls, host } => {
            endpoint.simulated(server, tls, &host, stream, connection).await;
        }
        Way::Outside(outside) => tokio::select! {
            () = tunnel::join(stream, outside) => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        },
    }
}

impl Endpoint {
    /// Answers one request.
    async fn answer(
        &self,
        connection: &ConnectionInfo,
        request: Request<Incoming>,
        granted: &Granted,
    ) -> Result<Response<ReplyBody>, Refused> {
        let connect = request.method() == Method::CONNECT;
        let Some(authority) = request.uri().authority().cloned() else {
            let why =
                "This is the proxy of a distlab session. It answers requests for other hosts.";
            return Err(refusal(StatusCode::BAD_REQUEST, why));
        };
        self.admit(request.headers())?;
        let https = request.uri().scheme_str().is_some_and(|s| s != "http");
        if https {
            let why = "https goes through CONNECT, not through a request with a whole URL";
            return Err(refusal(StatusCode::BAD_REQUEST, why));
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = match authority.port_u16() {
            Some(port) => port,
            None if connect || authority.as_str().ends_with(':') => {
                let why = format!("{authority} names no port");
                return Err(refusal(StatusCode::BAD_REQUEST, &why));
            }
            None => 80,
        };
        let led = follow(&self.servers, &*self.gateway, &host, port).map_err(|why| {
            let why = format!("could not resolve {host}: {why} (its hosted zone answers so)");
            refusal(StatusCode::BAD_GATEWAY, &why)
        })?;
        if let Led::Door(_, Transport::Refused) = led {
            let why = format!("{host} does not listen on port {port}: connection refused");
            return Err(refusal(StatusCode::BAD_GATEWAY, &why));
        }
        if connect {
            let way = match led {
                Led::Door(server, speech) => {
                    Way::Simulated { server, tls: speech == Transport::Tls, host }
                }
                Led::Outside(host) => Way::Outside(self.reach(&host, port).await?),
            };
            let upgrade = hyper::upgrade::on(request);
            *granted.lock().unwrap_or_else(PoisonError::into_inner) = Some((upgrade, way));
            return Ok(Response::new(empty()));
        }
        match led {
            Led::Door(server, _) => {
                let (near, far) = tokio::io::duplex(INNER_BUFFER);
                let server_keeps_host = server.keeps_host();
                tokio::spawn(server.serve(Box::new(far), connection.clone()));
                let mut request = request;
                // The server decides by itself whether it wants the body; whoever asked is told here.
                request.headers_mut().remove(header::EXPECT);
                let own = request.headers().get(header::HOST).cloned();
                let own = own.filter(|_| server_keeps_host);
                forward(Box::new(near), request, None, own).await
            }
            Led::Outside(host) => self.pass_on(&host, port, request).await,
        }
    }

    /// Lets in who knows the token.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let told = headers.get(header::PROXY_AUTHORIZATION).and_then(|v| v.to_str().ok());
        let told = told
            .and_then(|v| v.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        let pair = told.and_then(|(_, pair)| STANDARD.decode(pair.trim()).ok()).unwrap_or_default();
        let wanted = format!("{USER}:{}", self.options.token);
        if same(&pair, wanted.as_bytes()) {
            return Ok(());
        }
        let why =
            "This proxy belongs to a distlab session. `distlab env` prints its address and token.";
        let mut refused = refusal(StatusCode::PROXY_AUTHENTICATION_REQUIRED, why);
        let realm = HeaderValue::from_static(r#"Basic realm="distlab""#);
        refused.0.headers_mut().insert(header::PROXY_AUTHENTICATE, realm);
        Err(refused)
    }

    /// Speaks for a simulated name on a connection that was made for it.
    async fn simulated(
        &self,
        server: Arc<dyn Server>,
        tls: bool,
        host: &str,
        stream: Stream,
        mut connection: ConnectionInfo,
    ) {
        if !tls {
            return server.serve(stream, connection).await;
        }
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        let Ok(config) = self.options.authority.config(&name) else { return };
        let agreed = TlsAcceptor::from(config).accept(stream);
        // A client that does not trust the certificate says so itself.
        let Ok(Ok(stream)) = tokio::time::timeout(TLS_PATIENCE, agreed).await else { return };
        connection.secure = true;
        connection.tls = agreed_on(stream.get_ref().1);
        server.serve(Box::new(stream), connection).await;
    }

    /// A connection to a host that is not simulated, as it was made before: through the former proxy
    /// or directly.
    async fn reach(&self, host: &str, port: u16) -> Result<Stream, Refused> {
        let Some(upstream) = self.options.former.toward(true, host, port) else {
            return Ok(Box::new(dial(host, port).await?));
        };
        let stream = dial(&upstream.host, upstream.port).await?;
        in_time(host, tunnel_through(stream, upstream, host, port)).await
    }

    /// Hands a request with a whole URL on to where it went before.
    async fn pass_on(
        &self,
        host: &str,
        port: u16,
        request: Request<Incoming>,
    ) -> Result<Response<ReplyBody>, Refused> {
        let upstream = self.options.former.toward(false, host, port);
        let stream = match upstream {
            Some(upstream) => dial(&upstream.host, upstream.port).await?,
            None => dial(host, port).await?,
        };
        forward(Box::new(stream), request, upstream, None).await
    }
}

/// Asks on a connection of its own and hands the answer back. `host` counts more than what the URL says.
async fn forward(
    stream: Stream,
    mut request: Request<Incoming>,
    upstream: Option<&Upstream>,
    host: Option<HeaderValue>,
) -> Result<Response<ReplyBody>, Refused> {
    let failed = |error: hyper::Error| {
        refusal(StatusCode::BAD_GATEWAY, &format!("the connection broke off: {error}"))
    };
    if let Some(authority) = request.uri().authority() {
        // What the URL says counts (RFC 9112, 3.2.2).
        let named = HeaderValue::from_str(authority.as_str());
        let named = named.map_err(|_| refusal(StatusCode::BAD_REQUEST, "the host is not valid"))?;
        let host = host.unwrap_or(named);
        request.headers_mut().insert(header::HOST, host);
    }
    strip(request.headers_mut());
    if let Some(upstream) = upstream {
        let word = upstream.authorization.as_deref().and_then(|a| HeaderValue::from_str(a).ok());
        if let Some(word) = word {
            request.headers_mut().insert(header::PROXY_AUTHORIZATION, word);
        }
    } else {
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = path.map_or_else(|| Uri::from_static("/"), Uri::from);
    }
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    tokio::spawn(connection);
    let mut response = sender.send_request(request).await.map_err(failed)?;
    strip(response.headers_mut());
    Ok(response.map(|body| body.map_err(io::Error::other).boxed_unsync()))
}

/// Takes away what is said to the next machine only (RFC 9110, 7.6.1).
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| HeaderName::try_from(name.trim()).ok())
        .collect();
    let always =
        ["connection", "proxy-connection", "keep-alive", "te", "upgrade", "proxy-authorization"];
    for name in named.iter().map(HeaderName::as_str).chain(always) {
        headers.remove(name);
    }
}

/// Asks the former proxy for a tunnel.
async fn tunnel_through(
    mut stream: TcpStream,
    upstream: &Upstream,
    host: &str,
    port: u16,
) -> io::Result<Stream> {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let mut head = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if let Some(word) = &upstream.authorization {
        head.extend(["Proxy-Authorization: ", word, "\r\n"]);
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    // A byte at a time: what stands behind the head is not for us.
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= TUNNEL_HEAD_MAX {
            return Err(io::Error::other("your own proxy's answer is too long"));
        }
        answer.push(stream.read_u8().await?);
    }
    let line = String::from_utf8_lossy(&answer);
    let line = line.lines().next().unwrap_or_default();
    if line.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
        return Ok(Box::new(stream));
    }
    Err(io::Error::other(format!("your own proxy answers {line:?}")))
}

async fn dial(host: &str, port: u16) -> Result<TcpStream, Refused> {
    let stream = in_time(host, TcpStream::connect((host, port))).await?;
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Waits for a connection, but not without end.
async fn in_time<T>(host: &str, made: impl Future<Output = io::Result<T>>) -> Result<T, Refused> {
    match tokio::time::timeout(DIAL_PATIENCE, made).await {
        Ok(Ok(made)) => Ok(made),
        Ok(Err(e)) => {
            Err(refusal(StatusCode::BAD_GATEWAY, &format!("{host} cannot be reached: {e}")))
        }
        Err(_) => Err(refusal(StatusCode::GATEWAY_TIMEOUT, &format!("{host} does not answer"))),
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn refusal(status: StatusCode, why: &str) -> Refused {
    let mut response = Response::new(full(format!("distlab: {why}\n").into()));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Refused(Box::new(response))
}
