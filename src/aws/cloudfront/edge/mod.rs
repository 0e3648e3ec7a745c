//! The data plane: what an edge location answers to a viewer.
//!
//! One operation is asked for each request of a viewer, and decides everything: behaviour, key, hit or
//! miss, how long a copy is good. Buckets are asked in the world itself. A server is outside of the
//! world's sight: the operation then answers what is to be asked of whom and changes nothing, and is
//! asked again with what came back. Bodies are slices of blobs.

pub(crate) mod cache;
mod finish;
mod key;
mod locations;
mod look;
pub(crate) mod origin;
mod outcome;
mod pages;
mod serve;
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
        /// Why there is no answer: `unresolved`, `refused` or `silent`.
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
    }
    output ServeOutput {
        /// The status; 0 where a server is to be asked first.
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
}
