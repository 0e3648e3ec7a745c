//! `StartImageScan`, `DescribeImageScanFindings`.

use std::collections::BTreeMap;

use base::Time;

use super::shapes::{ImageScanStatus, ScanStatus};
use crate::ecr::State;
use crate::ecr::errors::scan_not_found;
use crate::ecr::finding::{Finding, Severity};
use crate::ecr::image::{self, ImageIdentifier};
use crate::ecr::page;
use crate::ecr::permit::open;
use crate::ecr::scan;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Begins a scan of an image.
    write StartImageScan in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The image.
        image_id: ImageIdentifier => "imageId",
    }
    output StartImageScanOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The image.
        pub image_id: ImageIdentifier => "imageId",
        /// How far the scan is.
        pub image_scan_status: ImageScanStatus => "imageScanStatus",
    }
    errors ["ImageNotFoundException", "InvalidParameterException", "LimitExceededException",
        "RepositoryNotFoundException", "UnsupportedImageTypeException"]
    access itself
    takes time
}

impl Write for StartImageScan {
    type Output = StartImageScanOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, _) = open(world, cx, "ecr:StartImageScan", registry, &name)?;
        let digest = image::one(world, &place, &name, &self.image_id)?.digest.clone();
        scan::begin(world, &place, &name, &digest, true)?;
        let image_digest = Some(digest.to_string());
        let status = Some(ScanStatus::InProgress);
        Ok(StartImageScanOutput {
            registry_id: place.account,
            repository_name: name,
            image_id: ImageIdentifier { image_digest, ..self.image_id },
            image_scan_status: ImageScanStatus { status, description: None },
        })
    }
}

sim::structure! {
    /// Something that is known of a finding.
    pub struct Attribute {
        /// What.
        pub key: String => "key",
        /// What it is.
        pub value: Option<String> => "value",
    }
}

sim::structure! {
    /// Something that a scan found.
    pub struct ImageScanFinding {
        /// The name of the vulnerability.
        pub name: String => "name",
        /// What it is.
        pub description: Option<String> => "description",
        /// Where more of it is told.
        pub uri: Option<String> => "uri",
        /// How bad it is.
        pub severity: Severity => "severity",
        /// The package that has it.
        pub attributes: Vec<Attribute> => "attributes",
    }
}

impl ImageScanFinding {
    fn of(finding: &Finding) -> Self {
        let attribute = |key: &str, value: &Option<String>| {
            value.as_ref().map(|v| Attribute { key: key.to_owned(), value: Some(v.clone()) })
        };
        let attributes = [
            attribute("package_version", &finding.version),
            attribute("package_name", &finding.package),
        ];
        Self {
            name: finding.name.clone(),
            description: finding.description.clone(),
            uri: finding.uri.clone(),
            severity: finding.severity,
            attributes: attributes.into_iter().flatten().collect(),
        }
    }
}

sim::structure! {
    /// What a scan found.
    pub struct ImageScanFindings {
        /// When the scan ended.
        pub image_scan_completed_at: Option<Time> => "imageScanCompletedAt",
        /// When what is known of vulnerabilities was brought up to date last.
        pub vulnerability_source_updated_at: Option<Time> => "vulnerabilitySourceUpdatedAt",
        /// How many findings there are of each severity.
        pub finding_severity_counts: BTreeMap<String, i64> => "findingSeverityCounts",
        /// The findings.
        pub findings: Vec<ImageScanFinding> => "findings",
    }
}

sim::operation! {
    /// Tells what the last scan of an image found.
    read DescribeImageScanFindings in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The image.
        image_id: ImageIdentifier => "imageId",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many at most.
        max_results: Option<i64> => "maxResults",
    }
    output DescribeImageScanFindingsOutput {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of the repository.
        pub repository_name: String => "repositoryName",
        /// The image.
        pub image_id: ImageIdentifier => "imageId",
        /// How far the scan is.
        pub image_scan_status: ImageScanStatus => "imageScanStatus",
        /// What it found.
        pub image_scan_findings: Option<ImageScanFindings> => "imageScanFindings",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ImageNotFoundException", "InvalidParameterException", "RepositoryNotFoundException",
        "ScanNotFoundException"]
    access itself
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["imageScanFindings.findings", "imageScanFindings.enhancedFindings"],
        shown: &["registryId", "repositoryName", "imageId", "imageScanStatus", "imageScanFindings"],
    }
    waiters [
        waiter("ImageScanComplete", 5, 60, &[
            success(Path("imageScanStatus.status", "COMPLETE")),
            failure(Path("imageScanStatus.status", "FAILED")),
        ])
    ]
}

impl Read for DescribeImageScanFindings {
    type Output = DescribeImageScanFindingsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), self.repository_name);
        let (place, _) = open(world, cx, "ecr:DescribeImageScanFindings", registry, &name)?;
        let image = image::one(world, &place, &name, &self.image_id)?;
        let repository = world.get::<State>().repository(&place, &name)?;
        let scan = repository.images.get(image.digest).and_then(|info| info.scan.as_ref());
        let (digest, tag) =
            (self.image_id.image_digest.as_deref(), self.image_id.image_tag.as_deref());
        let scan = scan.ok_or_else(|| scan_not_found(&place, &name, digest, tag))?;
        let numbered = scan.findings.iter().enumerate();
        let told = numbered.map(|(at, f)| (format!("{at:06}"), ImageScanFinding::of(f)));
        let (findings, next_token) =
            page::cut(told, self.next_token.as_deref(), self.max_results, 1000)?;
        let image_scan_findings = scan.completed.map(|at| ImageScanFindings {
            image_scan_completed_at: Some(at),
            vulnerability_source_updated_at: Some(at),
            finding_severity_counts: scan.counts(),
            findings,
        });
        Ok(DescribeImageScanFindingsOutput {
            registry_id: place.account,
            repository_name: name,
            image_id: ImageIdentifier {
                image_digest: Some(image.digest.to_string()),
                image_tag: self.image_id.image_tag,
            },
            image_scan_status: ImageScanStatus::of(scan),
            image_scan_findings,
            next_token,
        })
    }
}
