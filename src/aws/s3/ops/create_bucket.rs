//! `CreateBucket`.

use super::shapes::Tag;
use crate::s3;
use crate::s3::access::on_account;
use crate::s3::acl::{self, Asked, GrantHeaders, Owners};
use crate::s3::bucket_name::is_bucket_name;
use crate::s3::errors::{bad, invalid_bucket_name, spelled};
use crate::s3::identifiers::bucket_arn;
use crate::s3::names::{self, Tagged};
use crate::s3::permit::Permit;
use crate::s3::state::{Bucket, Defaults, Ownership, Versioning, defaults};
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a bucket.
    write CreateBucket in "s3" = "PUT /{Bucket}";
    input {
        ..grants: GrantHeaders,
        /// The namespace of the name: of the account, or global.
        _bucket_namespace: Refused<String> => "BucketNamespace" Header("x-amz-bucket-namespace"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Where to create the bucket.
        create_bucket_configuration: Option<CreateBucketConfiguration> => "CreateBucketConfiguration" Payload("CreateBucketConfiguration"),
        /// Who may write.
        grant_write: Option<String> => "GrantWrite" Header("x-amz-grant-write"),
        /// Whether versions in it can be locked; it is versioned then.
        object_lock_enabled_for_bucket: Option<bool> => "ObjectLockEnabledForBucket" Header("x-amz-bucket-object-lock-enabled"),
        /// `BucketOwnerEnforced` (ACLs are off), `BucketOwnerPreferred` or `ObjectWriter`.
        object_ownership: Option<String> => "ObjectOwnership" Header("x-amz-object-ownership"),
    }
    output CreateBucketOutput {
        /// The path of the bucket.
        pub location: Option<String> => "Location" Header("Location"),
        /// The ARN of the bucket.
        pub bucket_arn: Option<String> => "BucketArn" Header("x-amz-bucket-arn"),
    }
    errors ["BucketAlreadyExists", "BucketAlreadyOwnedByYou", "InvalidBucketName", "IllegalLocationConstraintException", "InvalidLocationConstraint", "InvalidBucketAclWithObjectOwnership", "InvalidBucketAclWithBlockPublicAccessError", "TooManyBuckets"]
    access itself
}

sim::argument! {
    /// Where to create a bucket.
    pub struct CreateBucketConfiguration {
        /// The region; none stands for us-east-1.
        pub(in crate::s3) location_constraint: Option<String> => "LocationConstraint",
        /// The tags.
        pub(in crate::s3) tags: Vec<Tag> => "Tags" XmlList("Tags", "Tag"),
        /// Where a directory bucket is to be.
        pub(in crate::s3) location: Refused<Value> => "Location",
        /// What a directory bucket is to be.
        pub(in crate::s3) bucket: Refused<Value> => "Bucket",
    }
}

/// An account has at most this many buckets.
const BUCKETS_MAX: usize = 10_000;

/// The region a bucket is to be in.
fn region(here: &str, constraint: Option<&str>) -> Result<String, ApiError> {
    let illegal = |what: &str| {
        bad(
            "IllegalLocationConstraintException",
            format!(
                "The {what} location constraint is incompatible for the region specific endpoint \
                 this request was sent to."
            ),
        )
    };
    let constraint =
        constraint.filter(|c| !c.is_empty()).map(|c| if c == "EU" { "eu-west-1" } else { c });
    match constraint {
        None if here == "us-east-1" => Ok(here.to_owned()),
        None => Err(illegal("unspecified")),
        // No constraint is how a bucket is asked for in us-east-1.
        Some(region) if region == "us-east-1" || !crate::REGIONS.contains(&region) => {
            Err(bad("InvalidLocationConstraint", "The specified location-constraint is not valid")
                .with("LocationConstraint", region))
        }
        Some(region) if here == "us-east-1" || here == region => Ok(region.to_owned()),
        Some(region) => Err(illegal(region)),
    }
}

/// Who owns a bucket's objects, and the bucket's own ACL.
type Control = (Option<Ownership>, Option<Vec<Permit>>);

impl CreateBucket {
    fn asked_acl(&self) -> Asked<'_> {
        Asked { write: self.grant_write.as_deref(), ..self.grants.asked() }
    }

    fn authorize(&self, world: &World, cx: &Cx<'_>, tags: &[Tag]) -> Result<(), ApiError> {
        let arn = bucket_arn(&self.bucket);
        on_account(world, cx, "s3:CreateBucket", &arn)?;
        if self.asked_acl().is_given() {
            on_account(world, cx, "s3:PutBucketAcl", &arn)?;
        }
        if self.object_ownership.is_some() {
            on_account(world, cx, "s3:PutBucketOwnershipControls", &arn)?;
        }
        if self.object_lock_enabled_for_bucket == Some(true) {
            on_account(world, cx, "s3:PutBucketObjectLockConfiguration", &arn)?;
            on_account(world, cx, "s3:PutBucketVersioning", &arn)?;
        }
        if !tags.is_empty() {
            on_account(world, cx, "s3:TagResource", &arn)?;
        }
        Ok(())
    }

    /// How the bucket is controlled.
    fn control(&self, world: &World, defaults: &Defaults) -> Result<Control, ApiError> {
        let ownership = match self.object_ownership.as_deref() {
            None => defaults.ownership,
            Some(name) => Some(spelled(name).ok_or_else(|| {
                crate::s3::errors::argument(
                    "Invalid x-amz-object-ownership header",
                    "x-amz-object-ownership",
                    name,
                )
            })?),
        };
        let permits = self.asked_acl().permits(&Owners::account(world))?;
        let private = self.grants.canned() == Some("private");
        if let Some(permits) = &permits {
            if ownership == Some(Ownership::BucketOwnerEnforced) && acl::is_shared(permits) {
                return Err(bad(
                    "InvalidBucketAclWithObjectOwnership",
                    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                ));
            }
            if acl::is_public(permits) && defaults.public_access.is_some() {
                return Err(bad(
                    "InvalidBucketAclWithBlockPublicAccessError",
                    "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
                ));
            }
        }
        Ok((ownership, permits.filter(|_| !private)))
    }
}

impl Write for CreateBucket {
    type Output = CreateBucketOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let configuration = self.create_bucket_configuration.clone().unwrap_or_default();
        let tags = configuration.tags;
        self.authorize(world, cx, &tags)?;
        if !is_bucket_name(&self.bucket) {
            return Err(invalid_bucket_name(&self.bucket));
        }
        let region = region(cx.region, configuration.location_constraint.as_deref())?;
        names::check_tags(&tags, Tagged::Bucket)?;
        let defaults = defaults(world.config());
        let (ownership, permits) = self.control(world, &defaults)?;
        let output = CreateBucketOutput {
            location: Some(format!("/{}", self.bucket)),
            bucket_arn: Some(bucket_arn(&self.bucket)),
        };
        if let Some(old) = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket) {
            // An old promise of the first region: creating one's own bucket again succeeds there.
            if cx.region == "us-east-1" && region == "us-east-1" && old.region == region {
                old.acl = permits.filter(|_| !old.enforced());
                return Ok(output);
            }
            return Err(ApiError::new(
                409,
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
            )
            .with("BucketName", self.bucket));
        }
        if world.get::<s3::State>().buckets.len() >= BUCKETS_MAX {
            return Err(bad(
                "TooManyBuckets",
                "You have attempted to create more buckets than allowed",
            ));
        }
        let mut bucket = Bucket::new(crate::s3::store::seconds(cx.at), region, &defaults);
        bucket.ownership = ownership;
        bucket.acl = permits;
        bucket.tags = tags;
        if self.object_lock_enabled_for_bucket == Some(true) {
            bucket.versioning = Versioning::Enabled;
            bucket.object_lock = Some(None);
        }
        world.get_mut::<s3::State>().buckets.insert(self.bucket, bucket);
        Ok(output)
    }
}
