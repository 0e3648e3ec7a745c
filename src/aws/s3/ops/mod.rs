//! One file per operation or family of operations.

pub mod bucket_acl;
pub mod bucket_region;
pub mod bucket_tagging;
pub mod buckets;
pub mod complete_multipart_upload;
pub mod copy_object;
pub mod cors;
pub mod create_bucket;
pub mod create_multipart_upload;
pub mod cross_origin;
pub mod delete_object;
pub mod delete_objects;
pub mod encryption;
pub mod get_object;
pub mod get_object_attributes;
pub mod head_object;
pub mod lifecycle;
mod lifecycle_rules;
pub mod lifecycle_shapes;
pub mod list_multipart_uploads;
pub mod list_object_versions;
pub mod list_objects;
pub mod list_objects_v2;
mod listings;
pub mod object_acl;
pub mod object_lock;
pub mod object_tagging;
pub mod ownership;
pub mod policy;
pub mod public_access;
pub mod put_object;
pub mod shapes;
pub mod unconfigured;
pub mod upload_part;
pub mod upload_part_copy;
pub mod uploads;
pub mod versioning;
pub mod would_allow;

use sim::api::OpDef;

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[
    &uploads::AbortMultipartUpload::DEF,
    &complete_multipart_upload::CompleteMultipartUpload::DEF,
    &copy_object::CopyObject::DEF,
    &create_bucket::CreateBucket::DEF,
    &create_multipart_upload::CreateMultipartUpload::DEF,
    &buckets::DeleteBucket::DEF,
    &cors::DeleteBucketCors::DEF,
    &encryption::DeleteBucketEncryption::DEF,
    &lifecycle::DeleteBucketLifecycle::DEF,
    &ownership::DeleteBucketOwnershipControls::DEF,
    &policy::DeleteBucketPolicy::DEF,
    &bucket_tagging::DeleteBucketTagging::DEF,
    &delete_object::DeleteObject::DEF,
    &object_tagging::DeleteObjectTagging::DEF,
    &delete_objects::DeleteObjects::DEF,
    &public_access::DeletePublicAccessBlock::DEF,
    &unconfigured::GetBucketAccelerateConfiguration::DEF,
    &bucket_acl::GetBucketAcl::DEF,
    &cors::GetBucketCors::DEF,
    &encryption::GetBucketEncryption::DEF,
    &lifecycle::GetBucketLifecycleConfiguration::DEF,
    &buckets::GetBucketLocation::DEF,
    &unconfigured::GetBucketLogging::DEF,
    &unconfigured::GetBucketNotificationConfiguration::DEF,
    &ownership::GetBucketOwnershipControls::DEF,
    &policy::GetBucketPolicy::DEF,
    &policy::GetBucketPolicyStatus::DEF,
    &unconfigured::GetBucketReplication::DEF,
    &unconfigured::GetBucketRequestPayment::DEF,
    &bucket_tagging::GetBucketTagging::DEF,
    &versioning::GetBucketVersioning::DEF,
    &unconfigured::GetBucketWebsite::DEF,
    &get_object::GetObject::DEF,
    &object_acl::GetObjectAcl::DEF,
    &get_object_attributes::GetObjectAttributes::DEF,
    &object_lock::GetObjectLegalHold::DEF,
    &object_lock::GetObjectLockConfiguration::DEF,
    &object_lock::GetObjectRetention::DEF,
    &object_tagging::GetObjectTagging::DEF,
    &public_access::GetPublicAccessBlock::DEF,
    &buckets::HeadBucket::DEF,
    &head_object::HeadObject::DEF,
    &buckets::ListBuckets::DEF,
    &list_multipart_uploads::ListMultipartUploads::DEF,
    &list_object_versions::ListObjectVersions::DEF,
    &list_objects::ListObjects::DEF,
    &list_objects_v2::ListObjectsV2::DEF,
    &uploads::ListParts::DEF,
    &bucket_acl::PutBucketAcl::DEF,
    &cors::PutBucketCors::DEF,
    &encryption::PutBucketEncryption::DEF,
    &lifecycle::PutBucketLifecycleConfiguration::DEF,
    &ownership::PutBucketOwnershipControls::DEF,
    &policy::PutBucketPolicy::DEF,
    &bucket_tagging::PutBucketTagging::DEF,
    &versioning::PutBucketVersioning::DEF,
    &put_object::PutObject::DEF,
    &object_acl::PutObjectAcl::DEF,
    &object_lock::PutObjectLegalHold::DEF,
    &object_lock::PutObjectLockConfiguration::DEF,
    &object_lock::PutObjectRetention::DEF,
    &object_tagging::PutObjectTagging::DEF,
    &public_access::PutPublicAccessBlock::DEF,
    &upload_part::UploadPart::DEF,
    &upload_part_copy::UploadPartCopy::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "CreateBucketMetadataConfiguration",
    "CreateBucketMetadataTableConfiguration",
    "CreateSession",
    "DeleteBucketAnalyticsConfiguration",
    "DeleteBucketIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration",
    "DeleteBucketMetadataConfiguration",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketMetricsConfiguration",
    "DeleteBucketReplication",
    "DeleteBucketWebsite",
    "GetBucketAbac",
    "GetBucketAnalyticsConfiguration",
    "GetBucketIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration",
    "GetBucketLifecycle",
    "GetBucketMetadataConfiguration",
    "GetBucketMetadataTableConfiguration",
    "GetBucketMetricsConfiguration",
    "GetBucketNotification",
    "GetObjectTorrent",
    "ListBucketAnalyticsConfigurations",
    "ListBucketIntelligentTieringConfigurations",
    "ListBucketInventoryConfigurations",
    "ListBucketMetricsConfigurations",
    "ListDirectoryBuckets",
    "PutBucketAbac",
    "PutBucketAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration",
    "PutBucketIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration",
    "PutBucketLifecycle",
    "PutBucketLogging",
    "PutBucketMetricsConfiguration",
    "PutBucketNotification",
    "PutBucketNotificationConfiguration",
    "PutBucketReplication",
    "PutBucketRequestPayment",
    "PutBucketWebsite",
    "RenameObject",
    "RestoreObject",
    "SelectObjectContent",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "UpdateObjectEncryption",
    "WriteGetObjectResponse",
];
