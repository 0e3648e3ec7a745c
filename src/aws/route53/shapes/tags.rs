//! Tags of hosted zones.

use std::collections::BTreeMap;

sim::string_enum! {
    /// What has tags.
    pub enum TagResourceType {
        Healthcheck = "healthcheck", Hostedzone = "hostedzone",
    }
}

sim::structure! {
    /// One tag.
    pub struct Tag {
        /// The key.
        pub key: Option<String> => "Key",
        /// The value.
        pub value: Option<String> => "Value",
    }
}

sim::argument! {
    /// A tag of a request.
    pub struct TagGiven {
        /// The key.
        pub(crate) key: Option<String> => "Key",
        /// The value; empty unless said.
        pub(crate) value: Option<String> => "Value",
    }
}

sim::structure! {
    /// The tags of one thing.
    pub struct ResourceTagSet {
        /// What it is.
        pub resource_type: Option<TagResourceType> => "ResourceType",
        /// Its id.
        pub resource_id: Option<String> => "ResourceId",
        /// The tags.
        pub tags: Vec<Tag> => "Tags" XmlList("Tags", "Tag"),
    }
}

impl ResourceTagSet {
    pub(crate) fn of(id: &str, tags: &BTreeMap<String, String>) -> Self {
        let tag = |(key, value): (&String, &String)| Tag {
            key: Some(key.clone()),
            value: Some(value.clone()),
        };
        Self {
            resource_type: Some(TagResourceType::Hostedzone),
            resource_id: Some(id.to_owned()),
            tags: tags.iter().map(tag).collect(),
        }
    }
}
