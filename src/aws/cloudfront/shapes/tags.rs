//! Tags of distributions.

use super::items::Items;
use std::collections::BTreeMap;

sim::structure! {
    /// Tags.
    pub struct Tags {
        /// The tags.
        pub items: Items<Tag> => "Items" XmlList("Items", "Tag"),
    }
}

sim::structure! {
    /// One tag.
    pub struct Tag {
        /// The key.
        pub key: String => "Key",
        /// The value; empty unless said.
        pub value: Option<String> => "Value",
    }
}

sim::argument! {
    /// Keys of tags.
    pub struct TagKeys {
        /// The keys.
        pub(crate) items: Items<String> => "Items" XmlList("Items", "Key"),
    }
}

impl From<&BTreeMap<String, String>> for Tags {
    fn from(tags: &BTreeMap<String, String>) -> Self {
        let tag =
            |(key, value): (&String, &String)| Tag { key: key.clone(), value: Some(value.clone()) };
        Self { items: tags.iter().map(tag).collect() }
    }
}
