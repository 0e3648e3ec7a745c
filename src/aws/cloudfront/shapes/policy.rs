//! Policies: what a copy's key is made of, how long a copy is good, and what else an origin is told.

use super::items::Items;
use base::Time;

sim::structure! {
    /// Names of headers.
    pub struct Headers {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<String> => "Items" XmlList("Items", "Name"),
    }
}

sim::structure! {
    /// Names of cookies.
    pub struct CookieNames {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<String> => "Items" XmlList("Items", "Name"),
    }
}

sim::structure! {
    /// Names of parameters of the query.
    pub struct QueryStringNames {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<String> => "Items" XmlList("Items", "Name"),
    }
}

sim::string_enum! {
    /// Which of several count.
    pub enum Selection {
        None = "none",
        Whitelist = "whitelist",
        AllExcept = "allExcept",
        All = "all",
    }
}

sim::string_enum! {
    /// Which headers are part of a key.
    pub enum HeaderSelection {
        None = "none",
        Whitelist = "whitelist",
    }
}

sim::string_enum! {
    /// Which headers an origin is told.
    pub enum OriginHeaderSelection {
        None = "none",
        Whitelist = "whitelist",
        AllViewer = "allViewer",
        AllViewerAndWhitelistCloudFront = "allViewerAndWhitelistCloudFront",
        AllExcept = "allExcept",
    }
}

sim::string_enum! {
    /// Whose a policy is.
    pub enum PolicyType {
        Managed = "managed",
        Custom = "custom",
    }
}

sim::structure! {
    /// Which cookies count.
    pub struct CookiesConfig {
        /// None, some, all but some, or all.
        pub behavior: Selection => "CookieBehavior",
        /// Some.
        pub cookies: Option<CookieNames> => "Cookies",
    }
}

sim::structure! {
    /// Which parameters of the query count.
    pub struct QueryStringsConfig {
        /// None, some, all but some, or all.
        pub behavior: Selection => "QueryStringBehavior",
        /// Some.
        pub query_strings: Option<QueryStringNames> => "QueryStrings",
    }
}

sim::structure! {
    /// Which headers are part of a key.
    pub struct CacheHeadersConfig {
        /// None, or some.
        pub behavior: HeaderSelection => "HeaderBehavior",
        /// Some.
        pub headers: Option<Headers> => "Headers",
    }
}

sim::structure! {
    /// Which headers an origin is told.
    pub struct OriginHeadersConfig {
        /// None, some, all but some, or all.
        pub behavior: OriginHeaderSelection => "HeaderBehavior",
        /// Some.
        pub headers: Option<Headers> => "Headers",
    }
}

sim::structure! {
    /// What a key is made of beside the path, and what the origin is told of it.
    pub struct KeyParameters {
        /// Whether copies differ by whether the viewer reads gzip.
        pub gzip: bool => "EnableAcceptEncodingGzip",
        /// Whether copies differ by whether the viewer reads Brotli.
        pub brotli: Option<bool> => "EnableAcceptEncodingBrotli",
        /// Headers.
        pub headers: CacheHeadersConfig => "HeadersConfig",
        /// Cookies.
        pub cookies: CookiesConfig => "CookiesConfig",
        /// Parameters of the query.
        pub query_strings: QueryStringsConfig => "QueryStringsConfig",
    }
}

sim::structure! {
    /// What a cache policy says.
    pub struct CachePolicyConfig {
        /// A description, at most 128 characters.
        pub comment: Option<String> => "Comment",
        /// The name, of which an account has only one.
        pub name: String => "Name",
        /// How long a copy is good where the origin does not say, in seconds.
        pub default_ttl: Option<i64> => "DefaultTTL",
        /// How long at most, in seconds.
        pub max_ttl: Option<i64> => "MaxTTL",
        /// How long at least, in seconds.
        pub min_ttl: i64 => "MinTTL",
        /// What the key is made of beside the path.
        pub parameters: Option<KeyParameters> => "ParametersInCacheKeyAndForwardedToOrigin",
    }
}

sim::structure! {
    /// What an origin request policy says: what the origin is told that is not part of the key.
    pub struct OriginRequestPolicyConfig {
        /// A description, at most 128 characters.
        pub comment: Option<String> => "Comment",
        /// The name, of which an account has only one.
        pub name: String => "Name",
        /// Headers.
        pub headers: OriginHeadersConfig => "HeadersConfig",
        /// Cookies.
        pub cookies: CookiesConfig => "CookiesConfig",
        /// Parameters of the query.
        pub query_strings: QueryStringsConfig => "QueryStringsConfig",
    }
}

sim::structure! {
    /// A cache policy.
    pub struct CachePolicy {
        /// Its id: a UUID.
        pub id: String => "Id",
        /// When it was last changed.
        pub last_modified_time: Time => "LastModifiedTime",
        /// What it says.
        pub config: CachePolicyConfig => "CachePolicyConfig",
    }
}

sim::structure! {
    /// A page of cache policies.
    pub struct CachePolicyList {
        /// Where the next one begins.
        pub next_marker: Option<String> => "NextMarker",
        /// How many a page may have.
        pub max_items: i64 => "MaxItems",
        /// How many are on this page.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<CachePolicySummary> => "Items" XmlList("Items", "CachePolicySummary"),
    }
}

sim::structure! {
    /// A cache policy in a list.
    pub struct CachePolicySummary {
        /// Whose it is.
        pub kind: PolicyType => "Type",
        /// The policy.
        pub policy: CachePolicy => "CachePolicy",
    }
}

sim::structure! {
    /// A origin request policy.
    pub struct OriginRequestPolicy {
        /// Its id: a UUID.
        pub id: String => "Id",
        /// When it was last changed.
        pub last_modified_time: Time => "LastModifiedTime",
        /// What it says.
        pub config: OriginRequestPolicyConfig => "OriginRequestPolicyConfig",
    }
}

sim::structure! {
    /// A page of origin request policies.
    pub struct OriginRequestPolicyList {
        /// Where the next one begins.
        pub next_marker: Option<String> => "NextMarker",
        /// How many a page may have.
        pub max_items: i64 => "MaxItems",
        /// How many are on this page.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<OriginRequestPolicySummary> => "Items" XmlList("Items", "OriginRequestPolicySummary"),
    }
}

sim::structure! {
    /// A origin request policy in a list.
    pub struct OriginRequestPolicySummary {
        /// Whose it is.
        pub kind: PolicyType => "Type",
        /// The policy.
        pub policy: OriginRequestPolicy => "OriginRequestPolicy",
    }
}
