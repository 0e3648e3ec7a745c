//! Finding a template and a version of it, by what a request says.

use super::super::error::{combination, invalid, missing, refuse};
use super::super::region::Region;
use super::super::shapes::template::{
    LaunchTemplate, LaunchTemplateSpecification, LaunchTemplateVersion,
};
use sim::api::ApiError;

/// The template that a request names, by id or by name.
///
/// # Errors
/// It names none, names two, or there is none.
pub(super) fn template<'r>(
    region: &'r Region,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<&'r LaunchTemplate, ApiError> {
    match (id, name) {
        (Some(id), None) => region.find(id),
        (None, Some(name)) => {
            let found = region.templates.values().find(|t| t.launch_template_name == name);
            found.ok_or_else(|| none_named(name))
        }
        (None, None) => Err(missing("LaunchTemplateId or LaunchTemplateName")),
        (Some(_), Some(_)) => Err(combination(
            "Either a launch template ID or a launch template name must be specified in the request, but \
             not both",
        )),
    }
}

/// That no template has this name.
pub(super) fn none_named(name: &str) -> ApiError {
    let message =
        format!("The specified launch template, with template name {name}, does not exist.");
    refuse("InvalidLaunchTemplateName.NotFoundException", message)
}

/// The number that a version's text stands for: `$Default`, `$Latest`, or a number.
///
/// # Errors
/// It stands for none.
pub(super) fn number(template: &LaunchTemplate, text: &str) -> Result<i64, ApiError> {
    match text {
        "$Default" => Ok(template.default_version_number),
        "$Latest" => Ok(template.latest_version_number),
        text => text.parse().ok().filter(|number| *number > 0).ok_or_else(|| {
            invalid(format!(
                "Invalid launch template version: {text}. Valid values are $Latest, $Default, or a version \
                 number"
            ))
        }),
    }
}

/// That a template has no such version.
pub(super) fn no_version(template: &LaunchTemplate, text: &str) -> ApiError {
    let id = &template.launch_template_id;
    let message = format!(
        "Could not find the specified version {text} for the launch template with ID {id}."
    );
    refuse("InvalidLaunchTemplateId.VersionNotFound", message)
}

/// A version of a template.
///
/// # Errors
/// There is none of that number.
pub(super) fn version<'r>(
    region: &'r Region,
    template: &LaunchTemplate,
    text: &str,
) -> Result<&'r LaunchTemplateVersion, ApiError> {
    let number = number(template, text)?;
    let versions = region.template_versions.get(&template.launch_template_id);
    versions
        .and_then(|versions| versions.all.get(&number))
        .ok_or_else(|| no_version(template, text))
}

/// The version that a launch is told to follow.
///
/// # Errors
/// There is no such template, or no such version of it.
pub(in super::super) fn specified<'r>(
    region: &'r Region,
    given: &LaunchTemplateSpecification,
) -> Result<&'r LaunchTemplateVersion, ApiError> {
    let (id, name) = (&given.launch_template_id, &given.launch_template_name);
    let template = template(region, id.as_deref(), name.as_deref())?;
    let text = given.version.as_deref().filter(|text| !text.is_empty()).unwrap_or("$Default");
    version(region, template, text)
}
