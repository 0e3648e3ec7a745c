//! Which operation a method, path and query mean.

use percent_encoding::percent_decode_str;

use crate::codec::Head;
use sim::api::{ApiError, Location, OpDef, Protocol, Service};

/// Query parameters that stand for a part of a bucket or object. A request that names one which no
/// operation here takes must not be answered as if it were not there.
pub(crate) const SUBRESOURCES: &[&str] = &[
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "annotation",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "select-type",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
];

/// An operation with the labels of its path.
#[derive(Clone, Debug)]
pub struct Matched {
    pub op: &'static OpDef,
    labels: Vec<(&'static str, String)>,
    json: bool,
}

impl Matched {
    /// Whether the service's documents are JSON.
    #[must_use]
    pub fn json(&self) -> bool {
        self.json
    }

    /// The decoded label of that name.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }
}

enum Segment {
    Literal(&'static str),
    Label(&'static str),
    /// Takes the rest of the path, slashes too.
    Greedy(&'static str),
}

struct Route {
    op: &'static OpDef,
    method: &'static str,
    path: Vec<Segment>,
    query: Vec<(&'static str, Option<&'static str>)>,
    headers: Vec<String>,
}

/// The operations of one service, by method, path and query.
pub struct Router {
    routes: Vec<Route>,
    protocol: Protocol,
    /// S3 refuses in its own words, and knows parameters that no operation may overlook.
    s3: bool,
}

impl Router {
    /// The routes of a service, from its operations' templates.
    #[must_use]
    pub fn new(service: &Service) -> Self {
        Self {
            routes: service.operations.iter().filter_map(|op| Route::new(op)).collect(),
            protocol: service.protocol,
            s3: service.protocol == Protocol::RestXml && service.signing_name == "s3",
        }
    }

    /// Whether an operation's path begins with this literal segment (`2015-03-31`).
    #[must_use]
    pub fn begins_with(&self, segment: &str) -> bool {
        let begins =
            |r: &Route| matches!(r.path.first(), Some(Segment::Literal(l)) if *l == segment);
        self.routes.iter().any(begins)
    }

    /// The operation that a request means.
    ///
    /// # Errors
    /// `NotImplemented` for a part of a resource that no operation here takes, `MethodNotAllowed`
    /// for a method that nothing has at this path, `InvalidURI` for a label that is not UTF-8.
    pub fn find(&self, head: &Head) -> Result<Matched, ApiError> {
        let mut best: Option<(&Route, Rank, RawLabels<'_>)> = None;
        for route in &self.routes {
            if route.method != head.method {
                continue;
            }
            let Some(query) = route.query_rank(head) else { continue };
            let Some(labels) = route.labels(&head.path) else { continue };
            let rank = Rank { query, headers: route.header_rank(head) };
            if best.as_ref().is_none_or(|(_, other, _)| rank > *other) {
                best = Some((route, rank, labels));
            }
        }
        let Some((route, _, labels)) = best else {
            return Err(if self.s3 { unmatched(head) } else { unknown(head) });
        };
        if let Some(name) = route.foreign_subresource(head).filter(|_| self.s3) {
            return Err(not_implemented().with("Header", name));
        }
        let labels = labels.into_iter().map(|(name, raw)| {
            let text = percent_decode_str(raw).decode_utf8();
            let text = text.map_err(|_| {
                ApiError::new(400, "InvalidURI", "Couldn't parse the specified URI.")
            })?;
            Ok((name, text.into_owned()))
        });
        let labels = labels.collect::<Result<_, ApiError>>()?;
        Ok(Matched { op: route.op, labels, json: self.protocol == Protocol::RestJson })
    }
}

/// Labels as they were sent, by name.
type RawLabels<'p> = Vec<(&'static str, &'p str)>;

/// The higher, the more a route says about the request.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    query: usize,
    /// How many required headers are there; negative when some are not.
    headers: isize,
}

impl Route {
    fn new(op: &'static OpDef) -> Option<Self> {
        let (method, target) = op.http.split_once(' ')?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments = path.trim_start_matches('/').split('/').filter(|s| !s.is_empty());
        let path = segments.map(|s| {
            let label = s.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            match label.map(|l| (l, l.strip_suffix('+'))) {
                None => Segment::Literal(s),
                Some((_, Some(greedy))) => Segment::Greedy(greedy),
                Some((label, None)) => Segment::Label(label),
            }
        });
        let pairs = query.split('&').filter(|p| !p.is_empty());
        let query = pairs.map(|p| p.split_once('=').map_or((p, None), |(n, v)| (n, Some(v))));
        let headers = (op.input)().members.iter().filter_map(|m| match m.location {
            Location::Header(name) if m.required => Some(name.to_ascii_lowercase()),
            _ => None,
        });
        Some(Self {
            op,
            method,
            path: path.collect(),
            query: query.collect(),
            headers: headers.collect(),
        })
    }

    /// How many parameters select it; `None` when one of them is not there.
    fn query_rank(&self, head: &Head) -> Option<usize> {
        let there = |(name, value): &(&str, Option<&str>)| {
            head.query.iter().any(|(n, v)| n == name && value.is_none_or(|want| want == v))
        };
        self.query.iter().all(there).then_some(self.query.len())
    }

    fn header_rank(&self, head: &Head) -> isize {
        let there = self.headers.iter().filter(|n| head.header_or_hoisted(n).is_some()).count();
        let there = isize::try_from(there).unwrap_or(isize::MAX);
        let wanted = isize::try_from(self.headers.len()).unwrap_or(isize::MAX);
        if there == wanted { there } else { there - wanted }
    }

    /// The raw labels, when the path fits.
    fn labels<'p>(&self, path: &'p str) -> Option<RawLabels<'p>> {
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        let mut labels = Vec::new();
        for segment in &self.path {
            let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
            match segment {
                Segment::Literal(text) if first == *text => rest = after,
                Segment::Label(name) if !first.is_empty() => {
                    labels.push((*name, first));
                    rest = after;
                }
                Segment::Greedy(name) if !rest.is_empty() => {
                    labels.push((*name, rest));
                    rest = "";
                }
                _ => return None,
            }
        }
        rest.is_empty().then_some(labels)
    }

    /// A part of a resource that the request names and this route does not take.
    fn foreign_subresource<'h>(&self, head: &'h Head) -> Option<&'h str> {
        let takes = |name: &str| {
            self.query.iter().any(|(n, _)| *n == name)
                || (self.op.input)()
                    .members
                    .iter()
                    .any(|m| matches!(m.location, Location::Query(n) if n == name))
        };
        let names = head.query.iter().map(|(n, _)| n.as_str());
        names.filter(|n| SUBRESOURCES.contains(n)).find(|n| !takes(n))
    }
}

/// What S3 answers to what it does not have.
#[must_use]
pub(crate) fn not_implemented() -> ApiError {
    ApiError::new(
        501,
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
    )
}

/// What the other REST services answer to a path that is no operation's.
fn unknown(head: &Head) -> ApiError {
    ApiError::new(
        404,
        "UnknownOperationException",
        format!("No operation is simulated here for {} {}", head.method, head.path),
    )
}

fn unmatched(head: &Head) -> ApiError {
    if head.query.iter().any(|(n, _)| SUBRESOURCES.contains(&n.as_str())) {
        return not_implemented();
    }
    let kind = match head.path.trim_matches('/').split_once('/') {
        Some(_) => "OBJECT",
        None if head.path.trim_matches('/').is_empty() => "SERVICE",
        None => "BUCKET",
    };
    ApiError::new(
        405,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    )
    .with("Method", &head.method)
    .with("ResourceType", kind)
}
