//! `CreateLaunchTemplate` and `CreateLaunchTemplateVersion`.

use std::collections::BTreeMap;

use super::super::error::{invalid, missing, refuse};
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::instances::plan::check_user_data;
use super::super::limits::{LAUNCH_TEMPLATE_VERSIONS, LAUNCH_TEMPLATES};
use super::super::region::{Region, Versions};
use super::super::shapes::tag::TagSpecification;
use super::super::shapes::template::{
    LaunchTemplate, LaunchTemplateVersion, RequestLaunchTemplateData, ResponseLaunchTemplateData,
};
use super::super::state::change;
use super::super::{filter::Listed as _, tags, tokens};
use super::data::{kept, overlaid};
use super::named;
use crate::iam::effective_policies::effective_policies;
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

/// Characters of a name, at least and at most.
const NAME_LEN: std::ops::RangeInclusive<usize> = 3..=128;
/// Characters of a version's description.
const DESCRIPTION_LEN_MAX: usize = 255;

sim::operation! {
    /// Creates a launch template.
    write CreateLaunchTemplate in "ec2" = "";
    input {
        ..dry: Dry,
        /// Unique, case-sensitive identifier you provide to ensure the idempotency of the request.
        client_token: Option<String> => "ClientToken",
        /// A name for the launch template.
        launch_template_name: String => "LaunchTemplateName",
        /// A description for the first version of the launch template.
        version_description: Option<String> => "VersionDescription",
        /// The information for the launch template.
        launch_template_data: RequestLaunchTemplateData => "LaunchTemplateData",
        /// Reserved for internal use.
        _operator: Refused<Value> => "Operator",
        /// The tags to apply to the launch template on creation.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
    }
    output CreateLaunchTemplateOutput {
        /// Information about the launch template.
        pub launch_template: LaunchTemplate => "LaunchTemplate",
    }
    errors [
        "IdempotentParameterMismatch",
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "InvalidLaunchTemplateName.MalformedException",
        "InvalidParameterValue",
        "InvalidUserData.Malformed",
        "MissingParameter",
    ]
    access { "ec2:CreateLaunchTemplate" on "arn:aws:ec2:{region}:{account}:launch-template/*" }
    token "ClientToken"
}

impl Write for CreateLaunchTemplate {
    type Output = CreateLaunchTemplateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        const NAME: &str = "CreateLaunchTemplate";
        let asked = format!("{self:?}");
        check_name(&self.launch_template_name)?;
        let data = kept(self.launch_template_data);
        check(&data, self.version_description.as_deref())?;
        let tags = tags::wanted_on(&self.tag_specifications, Kind::LaunchTemplate)?;
        let by = effective_policies(world, cx.caller).who.arn;
        let (dry, name, description) =
            (self.dry, self.launch_template_name, self.version_description);
        let token = self.client_token.filter(|token| !token.is_empty());
        change(world, cx, |change| {
            let done = tokens::done(change.region, NAME, token.as_deref(), &asked, change.now)?;
            if let Some(template) = done.and_then(|id| change.region.templates.get(&id)) {
                let launch_template = template.shown(change.region);
                return Ok(CreateLaunchTemplateOutput { launch_template });
            }
            let mut named = change.region.templates.values();
            if named.any(|template| template.launch_template_name == name) {
                let message = "Launch template name already in use.";
                return Err(refuse("InvalidLaunchTemplateName.AlreadyExistsException", message));
            }
            if change.region.templates.len() >= LAUNCH_TEMPLATES {
                let message = "The maximum number of launch templates has been reached.";
                return Err(refuse("LaunchTemplateLimitExceeded", message));
            }
            dry.stop()?;
            let id = Kind::LaunchTemplate.draw(change.rng);
            let template = LaunchTemplate {
                launch_template_id: id.clone(),
                launch_template_name: name.clone(),
                create_time: change.now,
                created_by: by.clone(),
                default_version_number: 1,
                latest_version_number: 1,
                tags: Vec::new(),
            };
            let first = LaunchTemplateVersion {
                launch_template_id: id.clone(),
                launch_template_name: name,
                version_number: 1,
                version_description: description,
                create_time: change.now,
                created_by: by,
                default_version: true,
                launch_template_data: data,
            };
            change.region.put(template);
            let versions = Versions { last: 1, all: BTreeMap::from([(1, first)]) };
            change.region.template_versions.insert(id.clone(), versions);
            tags::attach(change.region, &id, tags);
            let (region, now) = (&mut *change.region, change.now);
            tokens::keep(region, NAME, token.as_deref(), asked, id.clone(), now);
            let launch_template = region.find::<LaunchTemplate>(&id)?.shown(region);
            Ok(CreateLaunchTemplateOutput { launch_template })
        })
    }
}

sim::operation! {
    /// Creates a new version of a launch template.
    write CreateLaunchTemplateVersion in "ec2" = "";
    input {
        ..dry: Dry,
        /// Unique, case-sensitive identifier you provide to ensure the idempotency of the request.
        client_token: Option<String> => "ClientToken",
        /// The ID of the launch template.
        launch_template_id: Option<String> => "LaunchTemplateId",
        /// The name of the launch template.
        launch_template_name: Option<String> => "LaunchTemplateName",
        /// The version of the launch template on which to base the new version.
        source_version: Option<String> => "SourceVersion",
        /// A description for the version of the launch template.
        version_description: Option<String> => "VersionDescription",
        /// The information for the launch template.
        launch_template_data: RequestLaunchTemplateData => "LaunchTemplateData",
        /// If true, and if a Systems Manager parameter is specified for ImageId, the AMI ID is
        /// displayed in the response for imageID.
        resolve_alias: Option<bool> => "ResolveAlias",
    }
    output CreateLaunchTemplateVersionOutput {
        /// Information about the launch template version.
        pub launch_template_version: LaunchTemplateVersion => "LaunchTemplateVersion",
    }
    errors [
        "IdempotentParameterMismatch",
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateId.VersionNotFound",
        "InvalidLaunchTemplateName.NotFoundException",
        "InvalidUserData.Malformed",
        "MissingParameter",
    ]
    access {
        "ec2:CreateLaunchTemplateVersion" on
            "arn:aws:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
    }
    token "ClientToken"
}

impl Write for CreateLaunchTemplateVersion {
    type Output = CreateLaunchTemplateVersionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        const NAME: &str = "CreateLaunchTemplateVersion";
        let asked = format!("{self:?}");
        let data = kept(self.launch_template_data);
        check(&data, self.version_description.as_deref())?;
        let by = effective_policies(world, cx.caller).who.arn;
        let resolve = self.resolve_alias == Some(true);
        let (id, name) = (self.launch_template_id, self.launch_template_name);
        let (dry, source, description) = (self.dry, self.source_version, self.version_description);
        let token = self.client_token.filter(|token| !token.is_empty());
        change(world, cx, |change| {
            let template = named::template(change.region, id.as_deref(), name.as_deref())?.clone();
            let done = tokens::done(change.region, NAME, token.as_deref(), &asked, change.now)?;
            if let Some(number) = done {
                let version = named::version(change.region, &template, &number)?;
                return Ok(answer(change.region, version, resolve));
            }
            let data = match source.as_deref().filter(|source| !source.is_empty()) {
                None => data,
                Some(source) => {
                    let base = named::version(change.region, &template, source)?;
                    overlaid(base.launch_template_data.clone(), data)
                }
            };
            let versions = change.region.template_versions.get(&template.launch_template_id);
            if versions.is_some_and(|versions| versions.all.len() >= LAUNCH_TEMPLATE_VERSIONS) {
                let message = "The maximum number of launch template versions has been reached.";
                return Err(refuse("LaunchTemplateVersionLimitExceeded", message));
            }
            // The number of a version that was deleted does not come again.
            let number = versions.map_or(0, |versions| versions.last) + 1;
            dry.stop()?;
            let version = LaunchTemplateVersion {
                launch_template_id: template.launch_template_id.clone(),
                launch_template_name: template.launch_template_name.clone(),
                version_number: number,
                version_description: description,
                create_time: change.now,
                created_by: by,
                default_version: false,
                launch_template_data: data,
            };
            let id = template.launch_template_id;
            change.region.find_mut::<LaunchTemplate>(&id)?.latest_version_number = number;
            let versions = change.region.template_versions.entry(id).or_default();
            versions.last = number;
            versions.all.insert(number, version.clone());
            let (region, now) = (&mut *change.region, change.now);
            tokens::keep(region, NAME, token.as_deref(), asked, number.to_string(), now);
            Ok(answer(region, &version, resolve))
        })
    }
}

fn answer(
    region: &Region,
    version: &LaunchTemplateVersion,
    resolve: bool,
) -> CreateLaunchTemplateVersionOutput {
    let launch_template_version = super::describe::shown(region, version, resolve);
    CreateLaunchTemplateVersionOutput { launch_template_version }
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "().-/_".contains(c);
    if NAME_LEN.contains(&name.len()) && name.chars().all(fits) {
        return Ok(());
    }
    let message = "A launch template name must be between 3 and 128 characters, and may contain letters, \
                   numbers, and the following characters: - ( ) . / _.";
    Err(refuse("InvalidLaunchTemplateName.MalformedException", message))
}

/// Refuses data that say nothing, and user data that are none. Whether what they name exists is asked
/// when they are used.
fn check(data: &ResponseLaunchTemplateData, description: Option<&str>) -> Result<(), ApiError> {
    if *data == ResponseLaunchTemplateData::default() {
        return Err(missing("LaunchTemplateData"));
    }
    if description.is_some_and(|text| text.chars().count() > DESCRIPTION_LEN_MAX) {
        return Err(invalid(format!(
            "The version description exceeds the maximum length of {DESCRIPTION_LEN_MAX} characters"
        )));
    }
    match data.user_data.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => check_user_data(text),
        None => Ok(()),
    }
}
