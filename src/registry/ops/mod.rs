//! The operations: blobs, manifests, listings.

pub mod blobs;
pub mod listing;
pub mod manifests;

use sim::api::OpDef;

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[
    &blobs::GetBlob::DEF,
    &blobs::PutBlob::DEF,
    &blobs::MountBlob::DEF,
    &blobs::DeleteBlob::DEF,
    &manifests::GetManifest::DEF,
    &manifests::PutManifest::DEF,
    &manifests::DeleteManifest::DEF,
    &listing::ListRepositories::DEF,
    &listing::ListTags::DEF,
    &listing::ListReferrers::DEF,
];
