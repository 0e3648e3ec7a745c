//! The data plane: what an edge location answers to a viewer.
//!
//! One operation is asked for each request of a viewer, and decides everything: behaviour, key, hit or
//! miss, how long a copy is good. Buckets are asked in the world itself. A server is outside of the
//! world's sight: the operation then answers what is to be asked of whom and changes nothing, and is
//! asked again with what came back. Bodies are slices of blobs.

pub(crate) mod cache;
mod compress;
mod finish;
mod key;
mod locations;
mod look;
pub(crate) mod origin;
mod outcome;
mod pages;
mod record;
mod serve;
mod site;
mod ttl;

use base::Blob;

pub use locations::{LOCATIONS, Location, near, of_city};
pub use look::{Copies, DescribeEdges, DescribeEdgesOutput, EdgeSite, PathTraffic};
use sim::api::{ApiError, Body, OpDef, Write};
use sim::{Cx, World};
pub use ttl::ERROR_TTL_S;

/// Where the names of distributions end.
pub const DOMAIN: &str = "cloudfront.net";

/// Of the lab's own service.
pub static ALL: &[&OpDef] = &[&DescribeEdges::DEF, &Serve::DEF];

/// A viewer's request.
pub(crate) struct Request {
    pub(crate) host: String,
    pub(crate) secure: bool,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) viewer: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) answers: Vec<OriginAnswer>,
    pub(crate) compressed: Vec<Compressed>,
    pub(crate) tls: Option<ViewerTls>,
    /// Of its body.
    pub(crate) body_bytes: u64,
}

sim::structure! {
    /// A header of HTTP.
    pub struct Header {
        /// Its name.
        pub name: String => "Name",
        /// Its value.
        pub value: String => "Value",
    }
}

sim::structure! {
    /// What became of bytes that were to be compressed.
    pub struct Compressed {
        /// The bytes.
        pub from: Body => "From",
        /// A file of gzip; nothing where they could not be compressed.
        pub blob: Option<Blob> => "Blob",
    }
}

sim::structure! {
    /// By which TLS a viewer came.
    pub struct ViewerTls {
        /// `TLSv1.3`
        pub protocol: String => "Protocol",
        /// `TLS_AES_128_GCM_SHA256`
        pub cipher: String => "Cipher",
    }
}

sim::structure! {
    /// What is to be asked of a server.
    pub struct OriginRequest {
        /// Its name.
        pub host: String => "Host",
        /// Its port.
        pub port: i64 => "Port",
        /// Whether by TLS.
        pub secure: bool => "Secure",
        /// The method.
        pub method: String => "Method",
        /// Path and query.
        pub target: String => "Target",
        /// The headers.
        pub headers: Vec<Header> => "Headers",
    }
}

sim::structure! {
    /// What a server answered.
    pub struct OriginAnswer {
        /// Its name.
        pub host: String => "Host",
        /// Path and query, as it was asked.
        pub target: String => "Target",
        /// The status; 0 when there was no answer.
        pub status: i64 => "Status",
        /// The headers.
        pub headers: Vec<Header> => "Headers",
        /// The body.
        pub body: Option<Blob> => "Body",
        /// Why there is no answer: `unresolved`, `refused`, `untrusted` or `silent`.
        pub failure: Option<String> => "Failure",
        /// How long it took, in milliseconds.
        pub took_ms: i64 => "TookMs",
    }
}

sim::operation! {
    /// Answers a viewer's request at an edge location, or says what is to be asked of a server first.
    write Serve in "edge" = "";
    input {
        /// `d111111abcdef8.cloudfront.net`, with a location in front where the viewer chooses one:
        /// `fra.d111111abcdef8.cloudfront.net`.
        pub host: String => "Host",
        /// Whether the viewer came by TLS.
        pub secure: bool => "Secure",
        /// The method.
        pub method: String => "Method",
        /// The path, as it was sent.
        pub path: String => "Path",
        /// The query, without the question mark.
        pub query: String => "Query",
        /// The viewer's address.
        pub viewer: String => "Viewer",
        /// The headers.
        pub headers: Vec<Header> => "Headers",
        /// What servers have answered so far.
        pub answers: Vec<OriginAnswer> => "Answers",
        /// What was compressed for it so far.
        pub compressed: Vec<Compressed> => "Compressed",
        /// The TLS that the viewer came by, where it is a real one.
        pub tls: Option<ViewerTls> => "Tls",
        /// How long the request's body is, where it has one.
        pub body_bytes: Option<u64> => "BodyBytes",
    }
    output ServeOutput {
        /// The status; 0 where something is to be done first.
        pub status: i64 => "Status",
        /// The headers.
        pub headers: Vec<Header> => "Headers",
        /// The body, as slices of blobs.
        pub body: Body => "Body",
        /// The body, where it is the edge's own.
        pub text: Option<String> => "Text",
        /// How long the answer takes, in milliseconds.
        pub took_ms: i64 => "TookMs",
        /// What is to be asked of a server first.
        pub ask: Option<OriginRequest> => "Ask",
        /// What is to be compressed first; empty where nothing is.
        pub compress: Body => "Compress",
    }
    errors []
    access unsigned
}

impl Write for Serve {
    type Output = ServeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let request = Request {
            host: self.host,
            secure: self.secure,
            method: self.method,
            path: self.path,
            query: self.query,
            viewer: self.viewer,
            headers: self.headers,
            answers: self.answers,
            compressed: self.compressed,
            tls: self.tls,
            body_bytes: self.body_bytes.unwrap_or(0),
        };
        Ok(serve::serve(request, world, cx))
    }
}

impl Request {
    /// The header of that name, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// How long it is, head and body.
    pub(crate) fn bytes(&self) -> u64 {
        let query = if self.query.is_empty() { 0 } else { self.query.len() + 1 };
        let first = self.method.len() + self.path.len() + query + "  HTTP/1.1\r\n".len();
        let lines = self.headers.iter().map(|h| h.name.len() + h.value.len() + 4);
        let head = first + lines.sum::<usize>() + 2;
        u64::try_from(head).unwrap_or(u64::MAX).saturating_add(self.body_bytes)
    }
}
