//! Structures that several operations have.

use std::collections::BTreeMap;

use base::Time;

use crate::ecr::errors::{invalid, not_simulated};
use crate::ecr::finding::Scan;
use crate::ecr::place::Place;
use crate::ecr::state::{self, Mutability};
use sim::api::{ApiError, Refused};

sim::structure! {
    /// A repository.
    pub struct Repository {
        /// Its ARN.
        pub repository_arn: String => "repositoryArn",
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// Its name.
        pub repository_name: String => "repositoryName",
        /// Its name as `docker` writes it.
        pub repository_uri: String => "repositoryUri",
        /// When it was created.
        pub created_at: Time => "createdAt",
        /// Whether a tag may be moved to another image.
        pub image_tag_mutability: Mutability => "imageTagMutability",
        /// The tags for which the opposite holds.
        pub exclusions: Option<Vec<ExclusionFilter>> => "imageTagMutabilityExclusionFilters",
        /// Whether images are scanned as they are pushed.
        pub scanning: ImageScanningConfiguration => "imageScanningConfiguration",
        /// How images are encrypted.
        pub encryption: EncryptionConfiguration => "encryptionConfiguration",
    }
}

impl Repository {
    pub(super) fn of(place: &Place, name: &str, repository: &state::Repository) -> Self {
        Self {
            repository_arn: place.repository_arn(name),
            registry_id: place.account.clone(),
            repository_name: name.to_owned(),
            repository_uri: place.uri(name),
            created_at: repository.created_at,
            image_tag_mutability: repository.mutability,
            exclusions: filters(&repository.exclusions),
            scanning: ImageScanningConfiguration { scan_on_push: Some(repository.scan_on_push) },
            encryption: EncryptionConfiguration::default(),
        }
    }
}

sim::string_enum! {
    /// How a filter is written.
    pub enum FilterType { Wildcard = "WILDCARD" }
}

sim::structure! {
    /// Tags for which the opposite of a repository's setting holds.
    pub struct ExclusionFilter {
        /// How it is written.
        pub filter_type: FilterType => "filterType",
        /// The pattern; `*` stands for anything.
        pub filter: String => "filter",
    }
}

/// Filters of a request that goes with a setting.
///
/// # Errors
/// They do not go with it, there are too many, or one cannot be a filter.
pub(super) fn exclusions(
    mutability: Mutability,
    filters: Vec<ExclusionFilter>,
) -> Result<Vec<String>, ApiError> {
    const MEMBER: &str = "imageTagMutabilityExclusionFilters";
    let excludes =
        matches!(mutability, Mutability::ImmutableWithExclusion | Mutability::MutableWithExclusion);
    if excludes == filters.is_empty() {
        let must = if excludes { "can't be null" } else { "must be null" };
        let set = mutability.as_str();
        return Err(invalid(
            MEMBER,
            format!(
                "ImageTagMutabilityExclusionFilters {must} when imageTagMutability is set as {set}"
            ),
        ));
    }
    if filters.len() > 5 {
        return Err(invalid(MEMBER, "Member must have length less than or equal to 5"));
    }
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"._*-".contains(&b);
    for ExclusionFilter { filter, filter_type: FilterType::Wildcard } in &filters {
        if !(1..=128).contains(&filter.len()) || !filter.bytes().all(legal) {
            let must = "must satisfy regular expression '^[0-9a-zA-Z._*-]{1,128}$'";
            return Err(invalid(MEMBER, must));
        }
    }
    Ok(filters.into_iter().map(|filter| filter.filter).collect())
}

/// Filters of an answer; nothing where there are none.
pub(super) fn filters(exclusions: &[String]) -> Option<Vec<ExclusionFilter>> {
    let filter = |filter: &String| ExclusionFilter {
        filter_type: FilterType::Wildcard,
        filter: filter.clone(),
    };
    (!exclusions.is_empty()).then(|| exclusions.iter().map(filter).collect())
}

sim::structure! {
    /// Whether images are scanned as they are pushed.
    pub struct ImageScanningConfiguration {
        /// Whether they are.
        pub scan_on_push: Option<bool> => "scanOnPush",
    }
}

sim::string_enum! {
    /// How images are encrypted.
    pub enum EncryptionType { Aes256 = "AES256", Kms = "KMS", KmsDsse = "KMS_DSSE" }
}

sim::structure! {
    /// How images are encrypted.
    pub struct EncryptionConfiguration {
        /// By which keys.
        pub encryption_type: EncryptionType => "encryptionType",
        /// Not simulated: a key of KMS.
        pub kms_key: Refused<String> => "kmsKey",
    }
}

impl EncryptionConfiguration {
    /// # Errors
    /// It asks for keys of KMS.
    pub(super) fn check(&self) -> Result<(), ApiError> {
        if self.encryption_type == EncryptionType::Aes256 {
            return Ok(());
        }
        Err(not_simulated("encryptionConfiguration", self.encryption_type.as_str()))
    }
}

sim::string_enum! {
    /// When images are scanned.
    pub enum ScanFrequency {
        ScanOnPush = "SCAN_ON_PUSH",
        ContinuousScan = "CONTINUOUS_SCAN",
        Manual = "MANUAL",
    }
}

sim::structure! {
    /// Repositories that a rule is for.
    pub struct RepositoryFilter {
        /// The pattern of their names.
        pub filter: String => "filter",
        /// How it is written.
        pub filter_type: String => "filterType",
    }
}

sim::structure! {
    /// A label.
    pub struct Tag {
        /// Its key.
        pub key: String => "Key",
        /// Its value.
        pub value: String => "Value",
    }
}

sim::string_enum! {
    /// Which images a list has.
    pub enum TagStatus { Tagged = "TAGGED", Untagged = "UNTAGGED", Any = "ANY" }
}

sim::string_enum! {
    /// Which images a list has, by whether they are in the archive.
    pub enum StatusFilter {
        Active = "ACTIVE",
        Archived = "ARCHIVED",
        Activating = "ACTIVATING",
        Any = "ANY",
    }
}

sim::argument! {
    /// Which images a list has.
    pub struct ImagesFilter {
        /// By whether they have tags.
        tag_status: Option<TagStatus> => "tagStatus",
        /// By whether they are in the archive, in which none is here.
        image_status: Option<StatusFilter> => "imageStatus",
    }
}

impl ImagesFilter {
    /// Whether it lets images through that have tags, or none.
    pub(super) fn lets(&self, tagged: bool) -> bool {
        let here =
            !matches!(self.image_status, Some(StatusFilter::Archived | StatusFilter::Activating));
        let of_tags = match self.tag_status {
            None | Some(TagStatus::Any) => true,
            Some(TagStatus::Tagged) => tagged,
            Some(TagStatus::Untagged) => !tagged,
        };
        here && of_tags
    }
}

sim::string_enum! {
    /// How far a scan is.
    pub enum ScanStatus {
        InProgress = "IN_PROGRESS",
        Complete = "COMPLETE",
        Failed = "FAILED",
        UnsupportedImage = "UNSUPPORTED_IMAGE",
        Active = "ACTIVE",
        Pending = "PENDING",
        ScanEligibilityExpired = "SCAN_ELIGIBILITY_EXPIRED",
        FindingsUnavailable = "FINDINGS_UNAVAILABLE",
        LimitExceeded = "LIMIT_EXCEEDED",
        ImageArchived = "IMAGE_ARCHIVED",
    }
}

sim::structure! {
    /// How far a scan is.
    pub struct ImageScanStatus {
        /// How far it is.
        pub status: Option<ScanStatus> => "status",
        /// The same as a sentence.
        pub description: Option<String> => "description",
    }
}

impl ImageScanStatus {
    pub(super) fn of(scan: &Scan) -> Self {
        let (status, description) = match scan.completed {
            None => (ScanStatus::InProgress, None),
            Some(_) => (ScanStatus::Complete, Some("The scan was completed successfully.".into())),
        };
        Self { status: Some(status), description }
    }
}

sim::structure! {
    /// What a scan found, in numbers.
    pub struct FindingsSummary {
        /// When the scan ended.
        pub image_scan_completed_at: Option<Time> => "imageScanCompletedAt",
        /// When what is known of vulnerabilities was brought up to date last.
        pub vulnerability_source_updated_at: Option<Time> => "vulnerabilitySourceUpdatedAt",
        /// How many findings there are of each severity.
        pub finding_severity_counts: BTreeMap<String, i64> => "findingSeverityCounts",
    }
}

impl FindingsSummary {
    /// Of a scan that has ended. What is known of vulnerabilities is that of the scan's own time.
    pub(super) fn of(scan: &Scan) -> Option<Self> {
        let at = scan.completed?;
        Some(Self {
            image_scan_completed_at: Some(at),
            vulnerability_source_updated_at: Some(at),
            finding_severity_counts: scan.counts(),
        })
    }
}
