//! Labels of certificates.

use std::collections::BTreeMap;

use aws::place::Place;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::{bad_tag, too_many_tags};
use crate::shapes::Tag;
use crate::state::State;

/// How many a certificate may have.
const TAGS_MAX: usize = 50;

/// The labels when these are added.
///
/// # Errors
/// One cannot be a label, or there are too many then.
pub(super) fn added(
    has: &BTreeMap<String, String>,
    given: Vec<Tag>,
) -> Result<BTreeMap<String, String>, ApiError> {
    let mut all = has.clone();
    for tag in given {
        let value = tag.value.unwrap_or_default();
        let fits = (1..=128).contains(&tag.key.chars().count()) && value.chars().count() <= 256;
        if !fits || tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(bad_tag(format!("The tag key '{}' or its value is not valid.", tag.key)));
        }
        all.insert(tag.key, value);
    }
    if all.len() > TAGS_MAX { Err(too_many_tags()) } else { Ok(all) }
}

sim::operation! {
    /// Adds labels to a certificate.
    write AddTagsToCertificate in "acm" = "POST /";
    input {
        /// Its ARN.
        certificate_arn: String => "CertificateArn",
        /// The labels; one of a key that is there replaces it.
        tags: Vec<Tag> => required "Tags",
    }
    output AddTagsToCertificateOutput {}
    errors [
        "InvalidArnException", "InvalidParameterException", "InvalidTagException",
        "ResourceNotFoundException", "TooManyTagsException",
    ]
    access { "acm:AddTagsToCertificate" on "{CertificateArn}" }
}

impl Write for AddTagsToCertificate {
    type Output = AddTagsToCertificateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found =
            world.get_mut::<State>().certificate_mut(&Place::of(cx), &self.certificate_arn)?;
        found.tags = added(&found.tags, self.tags)?;
        Ok(AddTagsToCertificateOutput {})
    }
}

sim::operation! {
    /// Takes labels from a certificate. One that says a value is taken only if it has that value.
    write RemoveTagsFromCertificate in "acm" = "POST /";
    input {
        /// Its ARN.
        certificate_arn: String => "CertificateArn",
        /// The labels.
        tags: Vec<Tag> => required "Tags",
    }
    output RemoveTagsFromCertificateOutput {}
    errors [
        "InvalidArnException", "InvalidParameterException", "InvalidTagException",
        "ResourceNotFoundException",
    ]
    access { "acm:RemoveTagsFromCertificate" on "{CertificateArn}" }
}

impl Write for RemoveTagsFromCertificate {
    type Output = RemoveTagsFromCertificateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found =
            world.get_mut::<State>().certificate_mut(&Place::of(cx), &self.certificate_arn)?;
        for tag in self.tags {
            let meant = |has: &String| tag.value.as_ref().is_none_or(|value| value == has);
            if found.tags.get(&tag.key).is_some_and(meant) {
                found.tags.remove(&tag.key);
            }
        }
        Ok(RemoveTagsFromCertificateOutput {})
    }
}

sim::operation! {
    /// Lists the labels of a certificate.
    read ListTagsForCertificate in "acm" = "POST /";
    input {
        /// Its ARN.
        certificate_arn: String => "CertificateArn",
    }
    output ListTagsForCertificateOutput {
        /// The labels.
        pub tags: Vec<Tag> => "Tags",
    }
    errors ["InvalidArnException", "ResourceNotFoundException"]
    access { "acm:ListTagsForCertificate" on "{CertificateArn}" }
}

impl Read for ListTagsForCertificate {
    type Output = ListTagsForCertificateOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().certificate(&Place::of(cx), &self.certificate_arn)?;
        let tag =
            |(key, value): (&String, &String)| Tag { key: key.clone(), value: Some(value.clone()) };
        Ok(ListTagsForCertificateOutput { tags: found.tags.iter().map(tag).collect() })
    }
}
