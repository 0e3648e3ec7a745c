//! Origin access controls: in whose name an edge asks an origin.

use super::items::Items;

sim::structure! {
    /// How an edge signs what it asks of an origin.
    pub struct OriginAccessControlConfig {
        /// The name, of which an account has only one.
        pub name: String => "Name",
        /// A description.
        pub description: Option<String> => "Description",
        /// How requests are signed.
        pub signing_protocol: SigningProtocol => "SigningProtocol",
        /// Which requests are signed.
        pub signing_behavior: SigningBehavior => "SigningBehavior",
        /// For which kind of origin.
        pub origin_type: OriginType => "OriginAccessControlOriginType",
    }
}

sim::string_enum! {
    /// How requests are signed.
    pub enum SigningProtocol {
        Sigv4 = "sigv4",
    }
}

sim::string_enum! {
    /// Which requests are signed.
    pub enum SigningBehavior {
        Always = "always",
        Never = "never",
        NoOverride = "no-override",
    }
}

sim::string_enum! {
    /// A kind of origin.
    pub enum OriginType {
        S3 = "s3",
        Mediastore = "mediastore",
        Mediapackagev2 = "mediapackagev2",
        Lambda = "lambda",
    }
}

sim::structure! {
    /// An origin access control.
    pub struct OriginAccessControl {
        /// `E2QWRUHEXAMPLE`
        pub id: String => "Id",
        /// What it says.
        pub config: Option<OriginAccessControlConfig> => "OriginAccessControlConfig",
    }
}

sim::structure! {
    /// A page of origin access controls.
    pub struct OriginAccessControlList {
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
        pub items: Items<OriginAccessControlSummary> => "Items" XmlList("Items", "OriginAccessControlSummary"),
    }
}

sim::structure! {
    /// An origin access control in a list.
    pub struct OriginAccessControlSummary {
        /// Its id.
        pub id: String => "Id",
        /// Its description.
        pub description: String => "Description",
        /// Its name.
        pub name: String => "Name",
        /// How requests are signed.
        pub signing_protocol: SigningProtocol => "SigningProtocol",
        /// Which requests are signed.
        pub signing_behavior: SigningBehavior => "SigningBehavior",
        /// For which kind of origin.
        pub origin_type: OriginType => "OriginAccessControlOriginType",
    }
}
