//! What the log says of a request: 33 fields.
//!
//! Source: developer guide, "Standard logging reference", "Log file fields".

use std::fmt::Write as _;

use crate::edge::{Header, Location, Request};
use base::Time;

/// The port that viewers come from. What is on their side of the connection is not simulated.
const VIEWER_PORT: u16 = 50_000;

/// What became of a request.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    pub(crate) request: &'a Request,
    /// The name of the distribution.
    pub(crate) domain: &'a str,
    pub(crate) place: &'static Location,
    /// When the answer was sent.
    pub(crate) at: Time,
    pub(crate) took_ms: i64,
    pub(crate) status: i64,
    /// Of the answer.
    pub(crate) headers: &'a [Header],
    /// Of the body that was sent, in bytes.
    pub(crate) bytes: u64,
    /// `Hit`
    pub(crate) result: &'static str,
    /// `OriginDnsError`, or the result again.
    pub(crate) detail: &'static str,
    pub(crate) cookies: bool,
}

impl Record<'_> {
    /// The line.
    pub(crate) fn line(&self) -> String {
        let Self { request, place, .. } = self;
        let scheme = if request.secure { "https" } else { "http" };
        let seconds = format!("{}.{:03}", self.took_ms / 1000, self.took_ms % 1000);
        let cookie = request.header("cookie").filter(|_| self.cookies);
        let range = self.answer("content-range").and_then(|range| {
            let (first, last) = range.strip_prefix("bytes ")?.split_once('/')?.0.split_once('-')?;
            Some((first, last))
        });
        let host = request.header("host").unwrap_or(&request.host);
        let kind = self.answer("content-type");
        let fields = [
            self.at.format("%Y-%m-%d"),
            self.at.format("%H:%M:%S"),
            place.name.to_owned(),
            (self.head_bytes() + self.bytes).to_string(),
            request.viewer.clone(),
            request.method.clone(),
            self.domain.to_owned(),
            encoded(&request.path),
            self.status.to_string(),
            or_dash(request.header("referer")),
            or_dash(request.header("user-agent")),
            or_dash(Some(&request.query)),
            or_dash(cookie),
            self.result.to_owned(),
            self.answer("x-amz-cf-id").unwrap_or("-").to_owned(),
            or_dash(Some(host)),
            scheme.to_owned(),
            request.bytes().to_string(),
            seconds.clone(),
            or_dash(request.header("x-forwarded-for")),
            or_dash(request.tls.as_ref().map(|tls| tls.protocol.as_str())),
            or_dash(request.tls.as_ref().map(|tls| tls.cipher.as_str())),
            self.result.to_owned(),
            "HTTP/1.1".to_owned(),
            "-".to_owned(),
            "-".to_owned(),
            VIEWER_PORT.to_string(),
            seconds,
            self.detail.to_owned(),
            or_dash(kind),
            or_dash(self.answer("content-length")),
            or_dash(range.map(|(first, _)| first)),
            or_dash(range.map(|(_, last)| last)),
        ];
        fields.join("\t")
    }

    fn answer(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// The bytes of the answer's head.
    fn head_bytes(&self) -> u64 {
        let lines = self.headers.iter().map(|h| h.name.len() + h.value.len() + 4);
        let first = "HTTP/1.1 200 OK\r\n\r\n".len();
        u64::try_from(lines.sum::<usize>() + first).unwrap_or(u64::MAX)
    }
}

fn or_dash(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).map_or_else(|| "-".to_owned(), encoded)
}

/// With percent signs for what would be in the way: controls, spaces, what is not ASCII, and a few more.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte <= 32 || byte >= 127 || b"<>\"#%{|}\\^~[]`'".contains(&byte) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}
