//! The policies that AWS keeps for everybody, under their real ids.
//!
//! Source: developer guide, "Use managed cache policies" and "Use managed origin request policies".
//! Absent are those for one other service each (Amplify, MediaPackage, MediaTailor).

use base::Time;

use crate::shapes::policy::{
    CacheHeadersConfig, CachePolicy, CachePolicyConfig, CookiesConfig, HeaderSelection, Headers,
    KeyParameters, OriginHeaderSelection, OriginHeadersConfig, OriginRequestPolicy,
    OriginRequestPolicyConfig, QueryStringsConfig, Selection,
};

/// A day and a year, in seconds.
const DAY: i64 = 86_400;
const YEAR: i64 = 31_536_000;

/// One cache policy of AWS.
struct Cache {
    id: &'static str,
    name: &'static str,
    /// Seconds: at least, unless said, at most.
    ttl: (i64, i64, i64),
    /// Whether copies differ by what the viewer reads of gzip and Brotli.
    encodings: bool,
    headers: &'static [&'static str],
    cookies: Selection,
    query: Selection,
}

const OVERRIDES: &[&str] =
    &["host", "origin", "x-http-method-override", "x-http-method", "x-method-override"];

static CACHE: &[Cache] = &[
    Cache {
        id: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        name: "Managed-CachingOptimized",
        ttl: (1, DAY, YEAR),
        encodings: true,
        headers: &[],
        cookies: Selection::None,
        query: Selection::None,
    },
    Cache {
        id: "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        name: "Managed-CachingOptimizedForUncompressedObjects",
        ttl: (1, DAY, YEAR),
        encodings: false,
        headers: &[],
        cookies: Selection::None,
        query: Selection::None,
    },
    Cache {
        id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        name: "Managed-CachingDisabled",
        ttl: (0, 0, 0),
        encodings: false,
        headers: &[],
        cookies: Selection::None,
        query: Selection::None,
    },
    Cache {
        id: "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        name: "UseOriginCacheControlHeaders",
        ttl: (0, 0, YEAR),
        encodings: true,
        headers: OVERRIDES,
        cookies: Selection::All,
        query: Selection::None,
    },
    Cache {
        id: "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        name: "UseOriginCacheControlHeaders-QueryStrings",
        ttl: (0, 0, YEAR),
        encodings: true,
        headers: OVERRIDES,
        cookies: Selection::All,
        query: Selection::All,
    },
];

/// One origin request policy of AWS.
struct ToOrigin {
    id: &'static str,
    name: &'static str,
    headers: (OriginHeaderSelection, &'static [&'static str]),
    /// Of cookies and of the query.
    rest: Selection,
}

const CORS: &[&str] =
    &["origin", "access-control-request-headers", "access-control-request-method"];

static TO_ORIGIN: &[ToOrigin] = &[
    ToOrigin {
        id: "acba4595-bd28-49b8-b9fe-13317c0390fa",
        name: "Managed-UserAgentRefererHeaders",
        headers: (OriginHeaderSelection::Whitelist, &["user-agent", "referer"]),
        rest: Selection::None,
    },
    ToOrigin {
        id: "59781a5b-3903-41f3-afcb-af62929ccde1",
        name: "Managed-CORS-CustomOrigin",
        headers: (OriginHeaderSelection::Whitelist, &["origin"]),
        rest: Selection::None,
    },
    ToOrigin {
        id: "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        name: "Managed-CORS-S3Origin",
        headers: (OriginHeaderSelection::Whitelist, CORS),
        rest: Selection::None,
    },
    ToOrigin {
        id: "216adef6-5c7f-47e4-b989-5492eafa07d3",
        name: "Managed-AllViewer",
        headers: (OriginHeaderSelection::AllViewer, &[]),
        rest: Selection::All,
    },
    ToOrigin {
        id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        name: "Managed-AllViewerExceptHostHeader",
        headers: (OriginHeaderSelection::AllExcept, &["host"]),
        rest: Selection::All,
    },
];

/// Every cache policy of AWS.
pub(crate) fn cache_policies() -> impl Iterator<Item = CachePolicy> {
    CACHE.iter().map(Cache::policy)
}

/// The cache policy of AWS with this id.
pub(crate) fn cache_policy(id: &str) -> Option<CachePolicy> {
    CACHE.iter().find(|policy| policy.id == id).map(Cache::policy)
}

/// Every origin request policy of AWS.
pub(crate) fn origin_request_policies() -> impl Iterator<Item = OriginRequestPolicy> {
    TO_ORIGIN.iter().map(ToOrigin::policy)
}

/// The origin request policy of AWS with this id.
pub(crate) fn origin_request_policy(id: &str) -> Option<OriginRequestPolicy> {
    TO_ORIGIN.iter().find(|policy| policy.id == id).map(ToOrigin::policy)
}

/// The version of every policy of AWS: none of them changes here.
pub(crate) const ETAG: &str = "E23ZP02F085DFQ";

/// When AWS made them, to no great exactness.
const MADE: Time = Time(1_594_944_000_000);

fn names(names: &[&str]) -> Option<Headers> {
    (!names.is_empty()).then(|| Headers {
        quantity: i64::try_from(names.len()).unwrap_or(0),
        items: names.iter().map(|&name| name.to_owned()).collect(),
    })
}

impl Cache {
    fn policy(&self) -> CachePolicy {
        let behavior = match self.headers {
            [] => HeaderSelection::None,
            _ => HeaderSelection::Whitelist,
        };
        let config = CachePolicyConfig {
            comment: Some(String::new()),
            name: self.name.to_owned(),
            default_ttl: Some(self.ttl.1),
            max_ttl: Some(self.ttl.2),
            min_ttl: self.ttl.0,
            parameters: Some(KeyParameters {
                gzip: self.encodings,
                brotli: Some(self.encodings),
                headers: CacheHeadersConfig { behavior, headers: names(self.headers) },
                cookies: CookiesConfig { behavior: self.cookies, cookies: None },
                query_strings: QueryStringsConfig { behavior: self.query, query_strings: None },
            }),
        };
        CachePolicy { id: self.id.to_owned(), last_modified_time: MADE, config }
    }
}

impl ToOrigin {
    fn policy(&self) -> OriginRequestPolicy {
        let (behavior, headers) = self.headers;
        let config = OriginRequestPolicyConfig {
            comment: Some(String::new()),
            name: self.name.to_owned(),
            headers: OriginHeadersConfig { behavior, headers: names(headers) },
            cookies: CookiesConfig { behavior: self.rest, cookies: None },
            query_strings: QueryStringsConfig { behavior: self.rest, query_strings: None },
        };
        OriginRequestPolicy { id: self.id.to_owned(), last_modified_time: MADE, config }
    }
}
