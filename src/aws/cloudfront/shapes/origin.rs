//! Origins: where an edge asks for what it does not have.

use super::items::Items;
use sim::api::{Refused, Value};

sim::structure! {
    /// The origins of a distribution.
    pub struct Origins {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<Origin> => required "Items" XmlList("Items", "Origin"),
    }
}

sim::structure! {
    /// An origin: a bucket, or a server that speaks HTTP.
    pub struct Origin {
        /// How behaviours call it.
        pub id: String => "Id",
        /// `pictures.s3.us-east-1.amazonaws.com`, or the server's name.
        pub domain_name: String => "DomainName",
        /// What stands before every path that is asked there: `/public`.
        pub origin_path: Option<String> => "OriginPath",
        /// Headers that only the edge sends.
        pub custom_headers: Option<CustomHeaders> => "CustomHeaders",
        /// That it is a bucket.
        pub s3_origin_config: Option<S3OriginConfig> => "S3OriginConfig",
        /// That it is a server.
        pub custom_origin_config: Option<CustomOriginConfig> => "CustomOriginConfig",
        /// An origin in a private network.
        pub vpc_origin_config: Refused<Value> => "VpcOriginConfig",
        /// How often a connection is tried, 1 to 3. Here the first try tells.
        pub connection_attempts: Option<i64> => "ConnectionAttempts",
        /// How long a connection may take, 1 to 10 seconds.
        pub connection_timeout: Option<i64> => "ConnectionTimeout",
        /// How long a whole answer may take, in seconds.
        pub response_completion_timeout: Refused<i64> => "ResponseCompletionTimeout",
        /// One more cache before the origin.
        pub origin_shield: Option<OriginShield> => "OriginShield",
        /// The origin access control that requests are signed by; empty for none.
        pub origin_access_control_id: Option<String> => "OriginAccessControlId",
    }
}

sim::structure! {
    /// Headers that only the edge sends.
    pub struct CustomHeaders {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<CustomHeader> => "Items" XmlList("Items", "OriginCustomHeader"),
    }
}

sim::structure! {
    /// One header.
    pub struct CustomHeader {
        /// Its name.
        pub header_name: String => "HeaderName",
        /// Its value.
        pub header_value: String => "HeaderValue",
    }
}

sim::structure! {
    /// A bucket as an origin.
    pub struct S3OriginConfig {
        /// The older way to sign requests; empty, since it is not simulated.
        pub origin_access_identity: String => "OriginAccessIdentity",
        /// How long the bucket may take, in seconds.
        pub origin_read_timeout: Option<i64> => "OriginReadTimeout",
    }
}

sim::structure! {
    /// A server as an origin.
    pub struct CustomOriginConfig {
        /// Where it speaks HTTP.
        pub http_port: i64 => "HTTPPort",
        /// Where it speaks HTTPS.
        pub https_port: i64 => "HTTPSPort",
        /// Which of the two is asked.
        pub protocol_policy: OriginProtocolPolicy => "OriginProtocolPolicy",
        /// Which versions of TLS may be spoken. A simulated server speaks the newest.
        pub ssl_protocols: Option<OriginSslProtocols> => "OriginSslProtocols",
        /// How long it may take to answer, in seconds.
        pub origin_read_timeout: Option<i64> => "OriginReadTimeout",
        /// How long an idle connection is kept, in seconds.
        pub origin_keepalive_timeout: Option<i64> => "OriginKeepaliveTimeout",
        /// Which version of IP.
        pub ip_address_type: Refused<String> => "IpAddressType",
        /// A certificate that the edge shows.
        pub origin_mtls_config: Refused<Value> => "OriginMtlsConfig",
    }
}

sim::string_enum! {
    /// Which protocol an edge speaks with a server.
    pub enum OriginProtocolPolicy {
        HttpOnly = "http-only",
        MatchViewer = "match-viewer",
        HttpsOnly = "https-only",
    }
}

sim::structure! {
    /// Versions of TLS.
    pub struct OriginSslProtocols {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<SslProtocol> => required "Items" XmlList("Items", "SslProtocol"),
    }
}

sim::string_enum! {
    /// A version of TLS.
    pub enum SslProtocol {
        Ssl3 = "SSLv3",
        Tls1 = "TLSv1",
        Tls11 = "TLSv1.1",
        Tls12 = "TLSv1.2",
    }
}

sim::structure! {
    /// One more cache before the origin.
    pub struct OriginShield {
        /// Whether it is there.
        pub enabled: bool => "Enabled",
        /// Where it is.
        pub region: Refused<String> => "OriginShieldRegion",
    }
}

sim::structure! {
    /// Pairs of origins, one for the other.
    pub struct OriginGroups {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Refused<Value> => "Items" XmlList("Items", "OriginGroup"),
    }
}
