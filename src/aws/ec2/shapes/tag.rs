//! Labels of resources.

sim::structure! {
    /// Describes a tag.
    pub struct Tag {
        /// The key of the tag.
        pub key: String => "Key",
        /// The value of the tag.
        pub value: String => "Value",
    }
}

sim::argument! {
    /// A tag as requests give it.
    pub struct TagGiven {
        /// The key of the tag.
        pub(crate) key: Option<String> => "Key",
        /// The value of the tag; empty when it is not given.
        pub(crate) value: Option<String> => "Value",
    }
}

sim::argument! {
    /// The tags to apply to a resource when the resource is being created.
    pub struct TagSpecification {
        /// The type of resource to tag on creation.
        pub(crate) resource_type: Option<String> => "ResourceType",
        /// The tags to apply to the resource.
        pub(crate) tags: Vec<TagGiven> => "Tags" Xml("Tag"),
    }
}

sim::structure! {
    /// Describes a tag.
    pub struct TagDescription {
        /// The tag key.
        pub key: String => "Key",
        /// The ID of the resource.
        pub resource_id: String => "ResourceId",
        /// The resource type.
        pub resource_type: String => "ResourceType",
        /// The tag value.
        pub value: String => "Value",
    }
}
