//! `ModifyLaunchTemplate`, `DeleteLaunchTemplate` and `DeleteLaunchTemplateVersions`.

use super::super::error::{invalid, missing, refuse};
use super::super::filter::{Dry, Listed as _};
use super::super::shapes::template::LaunchTemplate;
use super::super::state::{Change, change};
use super::named;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

/// How many versions a request may delete.
const VERSIONS_PER_REQUEST: usize = 200;

sim::operation! {
    /// Modifies a launch template: which of its versions is the default.
    write ModifyLaunchTemplate in "ec2" = "";
    input {
        ..dry: Dry,
        /// Unique, case-sensitive identifier you provide to ensure the idempotency of the request;
        /// doing it twice is doing it once here.
        _client_token: Option<String> => "ClientToken",
        /// The ID of the launch template.
        launch_template_id: Option<String> => "LaunchTemplateId",
        /// The name of the launch template.
        launch_template_name: Option<String> => "LaunchTemplateName",
        /// The version number of the launch template to set as the default version.
        default_version: Option<String> => "DefaultVersion" Xml("SetDefaultVersion"),
    }
    output ModifyLaunchTemplateOutput {
        /// Information about the launch template.
        pub launch_template: LaunchTemplate => "LaunchTemplate",
    }
    errors [
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateId.VersionNotFound",
        "InvalidLaunchTemplateName.NotFoundException",
        "MissingParameter",
    ]
    access {
        "ec2:ModifyLaunchTemplate" on
            "arn:aws:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
    }
    token "ClientToken"
}

impl Write for ModifyLaunchTemplate {
    type Output = ModifyLaunchTemplateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        change(world, cx, |change| {
            let template = named::template(change.region, id, name)?;
            let text =
                self.default_version.as_deref().ok_or_else(|| missing("SetDefaultVersion"))?;
            let number = named::version(change.region, template, text)?.version_number;
            let id = template.launch_template_id.clone();
            self.dry.stop()?;
            change.region.find_mut::<LaunchTemplate>(&id)?.default_version_number = number;
            let launch_template = change.region.find::<LaunchTemplate>(&id)?.shown(change.region);
            Ok(ModifyLaunchTemplateOutput { launch_template })
        })
    }
}

sim::operation! {
    /// Deletes a launch template, with all its versions.
    write DeleteLaunchTemplate in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the launch template.
        launch_template_id: Option<String> => "LaunchTemplateId",
        /// The name of the launch template.
        launch_template_name: Option<String> => "LaunchTemplateName",
    }
    output DeleteLaunchTemplateOutput {
        /// Information about the launch template.
        pub launch_template: LaunchTemplate => "LaunchTemplate",
    }
    errors [
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateName.NotFoundException",
        "MissingParameter",
    ]
    access {
        "ec2:DeleteLaunchTemplate" on
            "arn:aws:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
    }
}

impl Write for DeleteLaunchTemplate {
    type Output = DeleteLaunchTemplateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        change(world, cx, |change| {
            let launch_template = named::template(change.region, id, name)?.shown(change.region);
            self.dry.stop()?;
            let id = &launch_template.launch_template_id;
            change.region.remove::<LaunchTemplate>(id);
            change.region.template_versions.remove(id);
            Ok(DeleteLaunchTemplateOutput { launch_template })
        })
    }
}

sim::structure! {
    /// Describes a launch template version that was successfully deleted.
    pub struct DeleteLaunchTemplateVersionsResponseSuccessItem {
        /// The ID of the launch template.
        pub launch_template_id: String => "LaunchTemplateId",
        /// The name of the launch template.
        pub launch_template_name: String => "LaunchTemplateName",
        /// The version number of the launch template.
        pub version_number: i64 => "VersionNumber",
    }
}

sim::structure! {
    /// Why a version could not be deleted.
    pub struct ResponseError {
        /// The error code.
        pub code: String => "Code",
        /// The error message, if applicable.
        pub message: String => "Message",
    }
}

sim::structure! {
    /// Describes a launch template version that could not be deleted.
    pub struct DeleteLaunchTemplateVersionsResponseErrorItem {
        /// The ID of the launch template.
        pub launch_template_id: String => "LaunchTemplateId",
        /// The name of the launch template.
        pub launch_template_name: String => "LaunchTemplateName",
        /// The version number of the launch template.
        pub version_number: i64 => "VersionNumber",
        /// Information about the error.
        pub response_error: ResponseError => "ResponseError",
    }
}

sim::operation! {
    /// Deletes one or more versions of a launch template. The default version stays.
    write DeleteLaunchTemplateVersions in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the launch template.
        launch_template_id: Option<String> => "LaunchTemplateId",
        /// The name of the launch template.
        launch_template_name: Option<String> => "LaunchTemplateName",
        /// The version numbers of one or more launch template versions to delete.
        versions: Vec<String> => required "Versions" Xml("LaunchTemplateVersion"),
    }
    output DeleteLaunchTemplateVersionsOutput {
        /// Information about the launch template versions that were successfully deleted.
        pub successfully_deleted_launch_template_versions:
            Vec<DeleteLaunchTemplateVersionsResponseSuccessItem> =>
            "SuccessfullyDeletedLaunchTemplateVersions" Xml("successfullyDeletedLaunchTemplateVersionSet"),
        /// Information about the launch template versions that could not be deleted.
        pub unsuccessfully_deleted_launch_template_versions:
            Vec<DeleteLaunchTemplateVersionsResponseErrorItem> =>
            "UnsuccessfullyDeletedLaunchTemplateVersions" Xml("unsuccessfullyDeletedLaunchTemplateVersionSet"),
    }
    errors [
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateName.NotFoundException",
        "InvalidParameterValue",
        "MissingParameter",
    ]
    access {
        "ec2:DeleteLaunchTemplateVersions" on
            "arn:aws:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
    }
}

impl Write for DeleteLaunchTemplateVersions {
    type Output = DeleteLaunchTemplateVersionsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.versions.is_empty() {
            return Err(missing("LaunchTemplateVersion"));
        }
        if self.versions.len() > VERSIONS_PER_REQUEST {
            return Err(invalid(format!(
                "At most {VERSIONS_PER_REQUEST} launch template versions can be deleted in a request"
            )));
        }
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        change(world, cx, |change| {
            let template = named::template(change.region, id, name)?.clone();
            for text in &self.versions {
                named::number(&template, text)?;
            }
            self.dry.stop()?;
            let mut output = DeleteLaunchTemplateVersionsOutput::default();
            for text in &self.versions {
                let number = named::number(&template, text)?;
                let (id, name) =
                    (template.launch_template_id.clone(), template.launch_template_name.clone());
                match delete(change, &template, text) {
                    Ok(()) => output.successfully_deleted_launch_template_versions.push(
                        DeleteLaunchTemplateVersionsResponseSuccessItem {
                            launch_template_id: id,
                            launch_template_name: name,
                            version_number: number,
                        },
                    ),
                    Err(error) => output.unsuccessfully_deleted_launch_template_versions.push(
                        DeleteLaunchTemplateVersionsResponseErrorItem {
                            launch_template_id: id,
                            launch_template_name: name,
                            version_number: number,
                            response_error: ResponseError {
                                code: error.code,
                                message: error.message,
                            },
                        },
                    ),
                }
            }
            Ok(output)
        })
    }
}

fn delete(change: &mut Change<'_>, template: &LaunchTemplate, text: &str) -> Result<(), ApiError> {
    let number = named::number(template, text)?;
    let versions = change.region.template_versions.get_mut(&template.launch_template_id);
    let versions = versions.ok_or_else(|| named::no_version(template, text))?;
    if number == template.default_version_number {
        let message = "You cannot delete the default version of a launch template.";
        return Err(refuse("operationNotSupported", message));
    }
    if versions.all.remove(&number).is_none() {
        return Err(refuse(
            "launchTemplateVersionDoesNotExist",
            named::no_version(template, text).message,
        ));
    }
    let latest = versions.all.keys().next_back().copied().unwrap_or(1);
    change.region.find_mut::<LaunchTemplate>(&template.launch_template_id)?.latest_version_number =
        latest;
    Ok(())
}
