//! Labels.

sim::structure! {
    /// Information about a tag.
    pub struct Tag {
        /// The key of the tag.
        pub key: String => "Key",
        /// The value of the tag.
        pub value: Option<String> => "Value",
    }
}

sim::structure! {
    /// The tags associated with a resource.
    pub struct TagDescription {
        /// The Amazon Resource Name (ARN) of the resource.
        pub resource_arn: String => "ResourceArn",
        /// Information about the tags.
        pub tags: Vec<Tag> => "Tags",
    }
}
