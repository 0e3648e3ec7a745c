//! Cache behaviours: what becomes of a request, by its path.

use super::items::Items;
use super::policy::{CookieNames, Headers};
use sim::api::{Refused, Value};

sim::structure! {
    /// What holds for every path that no other behaviour is for.
    pub struct DefaultCacheBehavior {
        ..pub rule: Rule,
    }
}

sim::structure! {
    /// What holds for some paths.
    pub struct CacheBehavior {
        ..pub rule: Rule,
        /// Which: `images/*.jpg`, with `*` for any text and `?` for one character.
        pub path_pattern: String => "PathPattern",
    }
}

sim::structure! {
    /// The behaviours for some paths, in the order in which they are tried.
    pub struct CacheBehaviors {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<CacheBehavior> => "Items" XmlList("Items", "CacheBehavior"),
    }
}

sim::structure! {
    /// What becomes of a request.
    pub struct Rule {
        /// The origin that is asked.
        pub target_origin_id: String => "TargetOriginId",
        /// Accounts whose keys sign URLs.
        pub trusted_signers: Option<TrustedSigners> => "TrustedSigners",
        /// Groups of keys that sign URLs.
        pub trusted_key_groups: Option<TrustedKeyGroups> => "TrustedKeyGroups",
        /// What becomes of plain HTTP.
        pub viewer_protocol_policy: ViewerProtocolPolicy => "ViewerProtocolPolicy",
        /// Which methods are let through.
        pub allowed_methods: Option<AllowedMethods> => "AllowedMethods",
        /// A format of streams.
        pub smooth_streaming: Option<bool> => "SmoothStreaming",
        /// Whether the edge compresses.
        pub compress: Option<bool> => "Compress",
        /// Functions that run beside the cache.
        pub lambda_function_associations: Option<LambdaFunctionAssociations> => "LambdaFunctionAssociations",
        /// Functions that run at the edge.
        pub function_associations: Option<FunctionAssociations> => "FunctionAssociations",
        /// Fields that the edge encrypts.
        pub field_level_encryption_id: Option<String> => "FieldLevelEncryptionId",
        /// A log in real time.
        pub realtime_log_config_arn: Refused<String> => "RealtimeLogConfigArn",
        /// The cache policy: what the key is made of and how long a copy is good.
        pub cache_policy_id: Option<String> => "CachePolicyId",
        /// What else the origin is told.
        pub origin_request_policy_id: Option<String> => "OriginRequestPolicyId",
        /// Headers that the edge adds.
        pub response_headers_policy_id: Refused<String> => "ResponseHeadersPolicyId",
        /// Remote procedure calls.
        pub grpc_config: Option<GrpcConfig> => "GrpcConfig",
        /// In the place of policies: what the key is made of, and told the origin.
        pub forwarded_values: Option<ForwardedValues> => "ForwardedValues",
        /// In the place of a policy: how long a copy is good at least, in seconds.
        pub min_ttl: Option<i64> => "MinTTL",
        /// In the place of a policy: how long, where the origin does not say, in seconds.
        pub default_ttl: Option<i64> => "DefaultTTL",
        /// In the place of a policy: how long at most, in seconds.
        pub max_ttl: Option<i64> => "MaxTTL",
    }
}

sim::string_enum! {
    /// What becomes of plain HTTP.
    pub enum ViewerProtocolPolicy {
        AllowAll = "allow-all",
        HttpsOnly = "https-only",
        RedirectToHttps = "redirect-to-https",
    }
}

sim::structure! {
    /// Methods that are let through.
    pub struct AllowedMethods {
        /// How many there are: two, three or seven.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<Method> => required "Items" XmlList("Items", "Method"),
        /// Of which of them answers are kept.
        pub cached_methods: Option<CachedMethods> => "CachedMethods",
    }
}

sim::structure! {
    /// Methods whose answers are kept.
    pub struct CachedMethods {
        /// How many there are: two or three.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<Method> => required "Items" XmlList("Items", "Method"),
    }
}

sim::string_enum! {
    /// A method of HTTP.
    pub enum Method {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Options = "OPTIONS",
        Delete = "DELETE",
    }
}

sim::structure! {
    /// In the place of policies: what the key is made of, and told the origin.
    pub struct ForwardedValues {
        /// Whether the query is part of it.
        pub query_string: bool => "QueryString",
        /// Which cookies.
        pub cookies: CookiePreference => "Cookies",
        /// Which headers; `*` for all, and then nothing is kept.
        pub headers: Option<Headers> => "Headers",
        /// Which parameters of the query; all unless said.
        pub query_string_cache_keys: Option<QueryStringCacheKeys> => "QueryStringCacheKeys",
    }
}

sim::structure! {
    /// Which cookies are part of the key.
    pub struct CookiePreference {
        /// None, some or all.
        pub forward: ItemSelection => "Forward",
        /// Some.
        pub whitelisted_names: Option<CookieNames> => "WhitelistedNames",
    }
}

sim::string_enum! {
    /// None, some or all.
    pub enum ItemSelection {
        None = "none",
        Whitelist = "whitelist",
        All = "all",
    }
}

sim::structure! {
    /// Parameters of the query.
    pub struct QueryStringCacheKeys {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<String> => "Items" XmlList("Items", "Name"),
    }
}

sim::structure! {
    /// Accounts whose keys sign URLs: none, since that is not simulated.
    pub struct TrustedSigners {
        /// Whether there are any.
        pub enabled: bool => "Enabled",
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Refused<Value> => "Items" XmlList("Items", "AwsAccountNumber"),
    }
}

sim::structure! {
    /// Groups of keys that sign URLs: none, since that is not simulated.
    pub struct TrustedKeyGroups {
        /// Whether there are any.
        pub enabled: bool => "Enabled",
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Refused<Value> => "Items" XmlList("Items", "KeyGroup"),
    }
}

sim::structure! {
    /// Functions beside the cache: none, since that is not simulated.
    pub struct LambdaFunctionAssociations {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Refused<Value> => "Items" XmlList("Items", "LambdaFunctionAssociation"),
    }
}

sim::structure! {
    /// Functions at the edge: none, since that is not simulated.
    pub struct FunctionAssociations {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Refused<Value> => "Items" XmlList("Items", "FunctionAssociation"),
    }
}

sim::structure! {
    /// Remote procedure calls: none, since that is not simulated.
    pub struct GrpcConfig {
        /// Whether they are let through.
        pub enabled: bool => "Enabled",
    }
}
