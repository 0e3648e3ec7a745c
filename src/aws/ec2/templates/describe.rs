//! `DescribeLaunchTemplates` and `DescribeLaunchTemplateVersions`.

use super::super::catalogue::images;
use super::super::error::combination;
use super::super::filter::{Listed, Listing, page_size, token};
use super::super::region::Region;
use super::super::shapes::template::{LaunchTemplate, LaunchTemplateVersion};
use super::super::state::look;
use super::named;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

/// How long a page is.
const PAGE: (i64, i64) = (1, 200);

sim::operation! {
    /// Describes one or more launch templates.
    read DescribeLaunchTemplates in "ec2" = "";
    input {
        ..listing: Listing,
        /// One or more launch template IDs.
        launch_template_ids: Vec<String> => "LaunchTemplateIds" Xml("LaunchTemplateId"),
        /// One or more launch template names.
        launch_template_names: Vec<String> => "LaunchTemplateNames" Xml("LaunchTemplateName"),
        /// Indicates whether to include managed resources in the output.
        _include_managed_resources: Option<bool> => "IncludeManagedResources",
    }
    output DescribeLaunchTemplatesOutput {
        /// Information about the launch templates.
        pub launch_templates: Vec<LaunchTemplate> => "LaunchTemplates",
        /// The token to use to retrieve the next page of results.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateName.NotFoundException"]
    access { "ec2:DescribeLaunchTemplates" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["LaunchTemplates"],
    }
}

impl Listed for LaunchTemplate {
    const FILTERS: &'static [&'static str] = &["create-time", "launch-template-name"];
    const PAGE: (i64, i64) = PAGE;
    const PAGE_DEFAULT: usize = 200;

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        match filter {
            "create-time" => vec![self.create_time.iso_millis()],
            "launch-template-name" => vec![self.launch_template_name.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.launch_template_id), ..self.clone() }
    }
}

impl Read for DescribeLaunchTemplates {
    type Output = DescribeLaunchTemplatesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let mut ids = self.launch_template_ids;
        for name in &self.launch_template_names {
            ids.push(named::template(&region, None, Some(name))?.launch_template_id.clone());
        }
        let (launch_templates, next_token) = self.listing.page(&region, &ids)?;
        Ok(DescribeLaunchTemplatesOutput { launch_templates, next_token })
    }
}

sim::operation! {
    /// Describes one or more versions of a specified launch template.
    read DescribeLaunchTemplateVersions in "ec2" = "";
    input {
        ..listing: Listing,
        /// The ID of the launch template; without it and its name, `$Latest` or `$Default` of all.
        launch_template_id: Option<String> => "LaunchTemplateId",
        /// The name of the launch template.
        launch_template_name: Option<String> => "LaunchTemplateName",
        /// One or more versions of the launch template.
        versions: Vec<String> => "Versions" Xml("LaunchTemplateVersion"),
        /// The version number after which to describe launch template versions.
        min_version: Option<String> => "MinVersion",
        /// The version number up to which to describe launch template versions.
        max_version: Option<String> => "MaxVersion",
        /// If true, and if a Systems Manager parameter is specified for ImageId, the AMI ID is
        /// displayed in the response for imageId.
        resolve_alias: Option<bool> => "ResolveAlias",
        /// Indicates whether to include managed resources in the output.
        _include_managed_resources: Option<bool> => "IncludeManagedResources",
    }
    output DescribeLaunchTemplateVersionsOutput {
        /// Information about the launch template versions.
        pub launch_template_versions: Vec<LaunchTemplateVersion> =>
            "LaunchTemplateVersions" Xml("launchTemplateVersionSet"),
        /// The token to use to retrieve the next page of results.
        pub next_token: Option<String> => "NextToken",
    }
    errors [
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateId.VersionNotFound",
        "InvalidLaunchTemplateName.NotFoundException",
        "InvalidParameterCombination",
        "MissingParameter",
    ]
    access { "ec2:DescribeLaunchTemplateVersions" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["LaunchTemplateVersions"],
    }
}

const FILTERS: &[&str] = &[
    "create-time",
    "ebs-optimized",
    "iam-instance-profile",
    "image-id",
    "instance-type",
    "is-default-version",
];

fn values(version: &LaunchTemplateVersion, filter: &str) -> Vec<String> {
    let data = &version.launch_template_data;
    let profile = data.iam_instance_profile.as_ref();
    match filter {
        "create-time" => vec![version.create_time.iso_millis()],
        "ebs-optimized" => vec![data.ebs_optimized.unwrap_or(false).to_string()],
        "iam-instance-profile" => {
            profile.and_then(|p| p.arn.clone().or_else(|| p.name.clone())).into_iter().collect()
        }
        "image-id" => data.image_id.clone().into_iter().collect(),
        "instance-type" => data.instance_type.clone().into_iter().collect(),
        "is-default-version" => vec![version.default_version.to_string()],
        _ => Vec::new(),
    }
}

/// A version, with the image in the place of the parameter that leads to it where that is wanted.
pub(super) fn shown(
    region: &Region,
    version: &LaunchTemplateVersion,
    resolve: bool,
) -> LaunchTemplateVersion {
    let mut version = version.clone();
    let template = region.templates.get(&version.launch_template_id);
    version.default_version =
        template.is_some_and(|t| t.default_version_number == version.version_number);
    let image = version.launch_template_data.image_id.as_deref();
    if let Some(parameter) = image.and_then(|image| image.strip_prefix("resolve:ssm:"))
        && resolve
        && let Some(entry) = images::of_parameter(parameter)
    {
        version.launch_template_data.image_id = Some(entry.id(&region.place.region));
    }
    version
}

impl DescribeLaunchTemplateVersions {
    /// The versions that are asked for, the newest of a template first.
    fn asked(&self, region: &Region) -> Result<Vec<LaunchTemplateVersion>, ApiError> {
        let resolve = self.resolve_alias == Some(true);
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        if id.is_none() && name.is_none() && !self.versions.is_empty() {
            // Of all templates, only what each of them has can be asked for.
            if self.versions.iter().any(|text| !text.starts_with('$')) {
                return Err(super::super::error::missing("LaunchTemplateId or LaunchTemplateName"));
            }
            let mut found = Vec::new();
            for template in region.templates.values() {
                for text in &self.versions {
                    found.push(shown(region, named::version(region, template, text)?, resolve));
                }
            }
            return Ok(found);
        }
        let template = named::template(region, id, name)?;
        let ranged = self.min_version.is_some() || self.max_version.is_some();
        if ranged && !self.versions.is_empty() {
            return Err(combination(
                "A list of versions and a range of versions may not be specified on the same request",
            ));
        }
        if !self.versions.is_empty() {
            let one =
                |text: &String| Ok(shown(region, named::version(region, template, text)?, resolve));
            return self.versions.iter().map(one).collect();
        }
        let bound = |text: &Option<String>| {
            text.as_deref().map(|text| named::number(template, text)).transpose()
        };
        let least = bound(&self.min_version)?.unwrap_or(1);
        let most = bound(&self.max_version)?.unwrap_or(i64::MAX);
        let all = region.template_versions.get(&template.launch_template_id);
        let all = all.into_iter().flat_map(|versions| versions.all.values().rev());
        let within = all.filter(|version| (least..=most).contains(&version.version_number));
        Ok(within.map(|version| shown(region, version, resolve)).collect())
    }
}

impl Read for DescribeLaunchTemplateVersions {
    type Output = DescribeLaunchTemplateVersionsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.listing.dry.stop()?;
        self.listing.known(FILTERS)?;
        if let Some(max) = self.listing.max_results {
            page_size(max, PAGE)?;
        }
        let mut found = self.asked(&look(world, cx))?;
        found.retain(|version| self.listing.fit(|filter| values(version, filter)));
        let key = |version: &LaunchTemplateVersion| {
            format!("{}:{}", version.launch_template_id, version.version_number)
        };
        if let Some(after) = self.listing.after()? {
            let at = found.iter().position(|version| key(version) == after);
            found.drain(..at.map_or(0, |at| at + 1));
        }
        let max = self.listing.max_results.unwrap_or(PAGE.1);
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let more = found.len() > max;
        found.truncate(max);
        let next_token = found.last().filter(|_| more).map(|last| token(&key(last)));
        Ok(DescribeLaunchTemplateVersionsOutput { launch_template_versions: found, next_token })
    }
}
