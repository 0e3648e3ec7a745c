//! Distributions: a name in front of origins, and the rules that hold there.

use base::Time;

use super::behavior::{CacheBehaviors, DefaultCacheBehavior};
use super::items::Items;
use super::origin::{OriginGroups, Origins};
use super::tags::Tags;
use sim::api::{Refused, Value};

sim::structure! {
    /// What a distribution is to do.
    pub struct DistributionConfig {
        /// What makes a repeated request one.
        pub caller_reference: String => "CallerReference",
        /// Other names that it answers to.
        pub aliases: Option<Aliases> => "Aliases",
        /// What is served for `/`: `index.html`.
        pub default_root_object: Option<String> => "DefaultRootObject",
        /// Where it asks for what it does not have.
        pub origins: Origins => "Origins",
        /// Pairs of origins, one for the other.
        pub origin_groups: Option<OriginGroups> => "OriginGroups",
        /// What holds for every path that no other behaviour is for.
        pub default_cache_behavior: DefaultCacheBehavior => "DefaultCacheBehavior",
        /// What holds for some paths.
        pub cache_behaviors: Option<CacheBehaviors> => "CacheBehaviors",
        /// What viewers get in the place of errors, and how long errors are kept.
        pub custom_error_responses: Option<CustomErrorResponses> => "CustomErrorResponses",
        /// A description, at most 128 characters.
        pub comment: String => "Comment",
        /// Where every request is written down.
        pub logging: Option<LoggingConfig> => "Logging",
        /// In which parts of the world edges serve it.
        pub price_class: Option<PriceClass> => "PriceClass",
        /// Whether it serves at all.
        pub enabled: bool => "Enabled",
        /// By which certificate it speaks TLS.
        pub viewer_certificate: Option<ViewerCertificate> => "ViewerCertificate",
        /// In which countries it serves.
        pub restrictions: Option<Restrictions> => "Restrictions",
        /// A firewall in front.
        pub web_acl_id: Option<String> => "WebACLId",
        /// The newest version of HTTP that it may speak.
        pub http_version: Option<HttpVersion> => "HttpVersion",
        /// Whether it answers to IPv6 as well. The simulated network speaks version 4.
        pub is_ipv6_enabled: Option<bool> => "IsIPV6Enabled",
        /// A distribution that takes part of the traffic.
        pub continuous_deployment_policy_id: Option<String> => "ContinuousDeploymentPolicyId",
        /// Whether it is such a one.
        pub staging: Option<bool> => "Staging",
        /// Addresses of its own.
        pub anycast_ip_list_id: Refused<String> => "AnycastIpListId",
        /// What its tenants may say.
        pub tenant_config: Refused<Value> => "TenantConfig",
        /// Whether only tenants are served.
        pub connection_mode: Refused<String> => "ConnectionMode",
        /// Certificates that viewers show.
        pub viewer_mtls_config: Refused<Value> => "ViewerMtlsConfig",
        /// A function that judges connections.
        pub connection_function_association: Refused<Value> => "ConnectionFunctionAssociation",
        /// Tags of copies, by which they are invalidated.
        pub cache_tag_config: Refused<Value> => "CacheTagConfig",
    }
}

sim::structure! {
    /// Other names: none, since they need a certificate, and those are not simulated.
    pub struct Aliases {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Refused<Value> => "Items" XmlList("Items", "CNAME"),
    }
}

sim::structure! {
    /// What viewers get in the place of errors.
    pub struct CustomErrorResponses {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<CustomErrorResponse> => "Items" XmlList("Items", "CustomErrorResponse"),
    }
}

sim::structure! {
    /// What viewers get in the place of one error.
    pub struct CustomErrorResponse {
        /// The status of the origin.
        pub error_code: i64 => "ErrorCode",
        /// The page that is served instead: `/errors/404.html`.
        pub response_page_path: Option<String> => "ResponsePagePath",
        /// The status that it is served with.
        pub response_code: Option<String> => "ResponseCode",
        /// How long the error is kept at least, in seconds.
        pub error_caching_min_ttl: Option<i64> => "ErrorCachingMinTTL",
    }
}

sim::structure! {
    /// Where every request is written down.
    pub struct LoggingConfig {
        /// Whether it is.
        pub enabled: Option<bool> => "Enabled",
        /// Whether cookies are written down too.
        pub include_cookies: Option<bool> => "IncludeCookies",
        /// The bucket: `logs.s3.amazonaws.com`.
        pub bucket: Option<String> => "Bucket",
        /// What stands before the names of the files.
        pub prefix: Option<String> => "Prefix",
    }
}

sim::string_enum! {
    /// In which parts of the world edges serve.
    pub enum PriceClass {
        All = "PriceClass_All",
        Class200 = "PriceClass_200",
        Class100 = "PriceClass_100",
    }
}

sim::structure! {
    /// By which certificate it speaks TLS.
    pub struct ViewerCertificate {
        /// CloudFront's own, for its own name.
        pub default_certificate: Option<bool> => "CloudFrontDefaultCertificate",
        /// One that IAM has.
        pub iam_certificate_id: Refused<String> => "IAMCertificateId",
        /// One of Certificate Manager.
        pub acm_certificate_arn: Refused<String> => "ACMCertificateArn",
        /// How a name is told.
        pub ssl_support_method: Option<String> => "SSLSupportMethod",
        /// The oldest version of TLS that may be spoken.
        pub minimum_protocol_version: Option<String> => "MinimumProtocolVersion",
        /// What the two above came from.
        pub certificate: Refused<String> => "Certificate",
        /// Whose certificate it is.
        pub certificate_source: Option<String> => "CertificateSource",
    }
}

sim::structure! {
    /// In which countries it serves.
    pub struct Restrictions {
        /// By the viewer's country.
        pub geo_restriction: GeoRestriction => "GeoRestriction",
    }
}

sim::structure! {
    /// By the viewer's country.
    pub struct GeoRestriction {
        /// Whether these are let in, or kept out.
        pub restriction_type: GeoRestrictionType => "RestrictionType",
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These: `DE`.
        pub items: Items<String> => "Items" XmlList("Items", "Location"),
    }
}

sim::string_enum! {
    /// Whether countries are let in, or kept out.
    pub enum GeoRestrictionType {
        None = "none",
        Blacklist = "blacklist",
        Whitelist = "whitelist",
    }
}

sim::string_enum! {
    /// A version of HTTP.
    pub enum HttpVersion {
        Http2 = "http2",
        Http11 = "http1.1",
        Http3 = "http3",
        Http2And3 = "http2and3",
    }
}

sim::structure! {
    /// A distribution.
    pub struct Distribution {
        /// `EDFDVBD6EXAMPLE`
        pub id: String => "Id",
        /// Its ARN.
        pub arn: String => "ARN",
        /// `InProgress` or `Deployed`.
        pub status: String => "Status",
        /// When it was last changed.
        pub last_modified_time: Time => "LastModifiedTime",
        /// How many invalidations are under way.
        pub in_progress_invalidation_batches: i64 => "InProgressInvalidationBatches",
        /// `d111111abcdef8.cloudfront.net`
        pub domain_name: String => "DomainName",
        /// Accounts whose keys sign URLs.
        pub active_trusted_signers: Option<ActiveSigners> => "ActiveTrustedSigners",
        /// Groups of keys that sign URLs.
        pub active_trusted_key_groups: Option<ActiveSigners> => "ActiveTrustedKeyGroups",
        /// What it is to do.
        pub config: DistributionConfig => "DistributionConfig",
    }
}

sim::structure! {
    /// Who signs URLs: nobody.
    pub struct ActiveSigners {
        /// Whether there are any.
        pub enabled: bool => "Enabled",
        /// How many there are.
        pub quantity: i64 => "Quantity",
    }
}

sim::argument! {
    /// A distribution to make, and its tags.
    pub struct DistributionConfigWithTags {
        /// What it is to do.
        pub(crate) config: DistributionConfig => "DistributionConfig",
        /// Its tags.
        pub(crate) tags: Tags => "Tags",
    }
}

sim::structure! {
    /// A page of distributions.
    pub struct DistributionList {
        /// Where the page begins.
        pub marker: String => "Marker",
        /// Where the next one begins.
        pub next_marker: Option<String> => "NextMarker",
        /// How many a page may have.
        pub max_items: i64 => "MaxItems",
        /// Whether there are more.
        pub is_truncated: bool => "IsTruncated",
        /// How many are on this page.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<DistributionSummary> => "Items" XmlList("Items", "DistributionSummary"),
    }
}

sim::structure! {
    /// A distribution in a list.
    pub struct DistributionSummary {
        /// Its id.
        pub id: String => "Id",
        /// Its ARN.
        pub arn: String => "ARN",
        /// The version of its configuration.
        pub etag: Option<String> => "ETag",
        /// `InProgress` or `Deployed`.
        pub status: String => "Status",
        /// When it was last changed.
        pub last_modified_time: Time => "LastModifiedTime",
        /// Its name.
        pub domain_name: String => "DomainName",
        /// Its other names.
        pub aliases: Aliases => "Aliases",
        /// Where it asks.
        pub origins: Origins => "Origins",
        /// Pairs of origins.
        pub origin_groups: Option<OriginGroups> => "OriginGroups",
        /// What holds for every other path.
        pub default_cache_behavior: DefaultCacheBehavior => "DefaultCacheBehavior",
        /// What holds for some paths.
        pub cache_behaviors: CacheBehaviors => "CacheBehaviors",
        /// What viewers get in the place of errors.
        pub custom_error_responses: CustomErrorResponses => "CustomErrorResponses",
        /// Its description.
        pub comment: String => "Comment",
        /// Where it serves.
        pub price_class: PriceClass => "PriceClass",
        /// Whether it serves.
        pub enabled: bool => "Enabled",
        /// By which certificate.
        pub viewer_certificate: ViewerCertificate => "ViewerCertificate",
        /// In which countries.
        pub restrictions: Restrictions => "Restrictions",
        /// The firewall in front.
        pub web_acl_id: String => "WebACLId",
        /// Its version of HTTP.
        pub http_version: HttpVersion => "HttpVersion",
        /// Whether it answers to IPv6.
        pub is_ipv6_enabled: bool => "IsIPV6Enabled",
        /// Whether it takes part of another's traffic.
        pub staging: bool => "Staging",
    }
}
