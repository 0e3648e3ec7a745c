//! What remains of a request: a line of the log.
//!
//! Source: the User Guide for Application Load Balancers, "Access log entries".

use std::net::Ipv4Addr;

use base::Time;

use super::request::{Request, Spoken};

/// The port that clients come from. What is on their side of the connection is not simulated.
pub(crate) const CLIENT_PORT: u16 = 50_000;

/// What is to be said of a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Entry {
    client: Ipv4Addr,
    /// `10.0.0.7:80`
    pub(crate) target: Option<String>,
    /// How long the target took; nothing when none was asked.
    pub(crate) target_ms: Option<i64>,
    pub(crate) status: u16,
    pub(crate) target_status: Option<u16>,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    request: String,
    agent: String,
    /// The ARN of the target group.
    pub(crate) group: Option<String>,
    pub(crate) trace: String,
    /// 0 is the default rule.
    pub(crate) priority: i64,
    created: Time,
    /// `forward`; nothing when none was taken.
    pub(crate) action: &'static str,
    pub(crate) redirect: Option<String>,
    tls: Option<Spoken>,
    /// The ARN of the certificate that the client was shown.
    certificate: Option<String>,
}

impl Entry {
    pub(crate) fn of(
        request: &Request,
        dns: &str,
        trace: String,
        body: usize,
        certificate: Option<String>,
    ) -> Self {
        let host = request.header("host").filter(|host| !host.is_empty()).unwrap_or(dns);
        let host = host.split(':').next().unwrap_or_default();
        let scheme = request.scheme();
        let line = format!(
            "{} {scheme}://{host}:{}{} HTTP/1.1",
            request.method, request.port, request.target
        );
        let head: usize =
            request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        let first = request.method.len() + request.target.len() + 12;
        Self {
            client: request.client,
            target: None,
            target_ms: None,
            status: 0,
            target_status: None,
            received: bytes(first + head + 2 + body),
            sent: 0,
            request: line,
            agent: request.header("user-agent").unwrap_or("-").to_owned(),
            group: None,
            trace,
            priority: 0,
            created: request.at,
            action: "-",
            redirect: None,
            tls: request.tls.clone(),
            certificate,
        }
    }

    /// Takes in what the client gets: a status, headers and a body of so many bytes.
    pub(crate) fn close(&mut self, status: u16, fields: usize, body: usize) {
        self.status = status;
        self.sent = bytes("HTTP/1.1 200 OK\r\n\r\n".len() + fields + body);
    }

    /// The line of a log, of a load balancer's `app/NAME/ID`.
    pub(crate) fn line(&self, path: &str, at: Time) -> String {
        let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
        let times = match self.target_ms {
            Some(ms) => format!("0.000 {} 0.000", seconds(ms)),
            None => "-1 -1 -1".to_owned(),
        };
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let target = or_dash(self.target.clone());
        let status = or_dash(self.target_status.map(|status| status.to_string()));
        let priority = if self.action == "-" { "-".to_owned() } else { self.priority.to_string() };
        let spoken =
            |part: fn(&Spoken) -> Option<String>| or_dash(self.tls.as_ref().and_then(part));
        format!(
            "{} {} {path} {}:{CLIENT_PORT} {target} {times} {} {status} {} {} \"{}\" \"{}\" {} {} {} \
             \"{}\" \"{}\" \"{}\" {priority} {} \"{}\" \"{}\" \"-\" \"{target}\" \"{status}\" \"-\" \
             \"-\" -",
            if self.tls.is_some() { "https" } else { "http" },
            micros(at),
            self.client,
            self.status,
            self.received,
            self.sent,
            quoted(&self.request),
            quoted(&self.agent),
            spoken(|tls| Some(tls.cipher.clone())),
            spoken(|tls| Some(tls.protocol.clone())),
            or_dash(self.group.clone()),
            self.trace,
            spoken(|tls| tls.name.clone()),
            or_dash(self.certificate.clone()),
            micros(self.created),
            self.action,
            or_dash(self.redirect.clone()),
        )
    }
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// `2026-11-22T10:00:00.000000Z`
fn micros(at: Time) -> String {
    let text = at.iso_millis();
    format!("{}000Z", text.trim_end_matches('Z'))
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
