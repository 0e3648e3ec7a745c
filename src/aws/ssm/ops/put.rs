//! Parameters: written and deleted.

use std::collections::{BTreeMap, BTreeSet};

use sim::api::{ApiError, Refused, Write, Wrong};
use sim::{Cx, World};

use super::allowed;
use super::tags::{Tag, check as check_tags};
use crate::constraint::Faults;
use crate::iam::effective_policies::effective_policies;
use crate::place::Place;
use crate::ssm::faults::{INVALID, invalid, not_found, refuse};
use crate::ssm::filters::KEY;
use crate::ssm::parameter::{Parameter, ParameterTier, ParameterType, Version, check_name};
use crate::ssm::state::State;
use crate::ssm::value::Sealed;

/// Names of a request.
const NAMES_MAX: usize = 10;
/// Parameters of a region (AWS General Reference, "Systems Manager quotas").
const STANDARD_COUNT_MAX: usize = 10_000;
/// Bytes of a value from which an intelligent tier is the advanced one.
const STANDARD_BYTES_MAX: usize = 4096;

sim::operation! {
    /// Writes a parameter: a new one, or with `Overwrite` a new version of one that is there.
    write PutParameter in "ssm" = "POST /";
    input {
        /// The name: letters, digits, `.`, `-` and `_`; or a path of those that begins with `/`.
        name: String => "Name",
        /// What it is for.
        description: Option<String> => "Description",
        /// The value: up to 4 KB, and up to 8 KB of the advanced tier.
        value: Sealed => "Value",
        /// `String`, `StringList` (values between commas) or `SecureString`.
        kind: Option<ParameterType> => "Type",
        /// The key of a `SecureString`: `alias/aws/ssm`, as there is no other.
        key_id: Option<String> => "KeyId",
        /// Whether a parameter that is there gets a new version.
        overwrite: Option<bool> => "Overwrite",
        /// A regular expression that values have to match.
        allowed_pattern: Option<String> => "AllowedPattern",
        /// Labels of a new parameter.
        tags: Option<Vec<Tag>> => "Tags",
        /// `Standard`, `Advanced` or `Intelligent-Tiering`.
        tier: Option<ParameterTier> => "Tier",
        /// When it ends or is told of; not simulated.
        _policies: Refused<String> => "Policies",
        /// `text`; that a value is an image is not simulated.
        data_type: Option<String> => "DataType",
    }
    output PutParameterOutput {
        /// The number of the version.
        pub version: i64 => "Version",
        /// The tier.
        pub tier: ParameterTier => "Tier",
    }
    errors [
        "InvalidKeyId", "ParameterAlreadyExists", "ParameterLimitExceeded",
        "HierarchyLevelLimitExceededException", "InvalidAllowedPatternException",
        "ParameterMaxVersionLimitExceeded", "ParameterPatternMismatchException",
    ]
    access itself
}

impl Write for PutParameter {
    type Output = PutParameterOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = allowed(world, cx, "ssm:PutParameter", &self.name)?.name;
        check_name(&name)?;
        self.check_key(cx)?;
        let tags = self.new_tags()?;
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let before = region.and_then(|region| region.get(&name));
        if before.is_some() && self.overwrite != Some(true) {
            return Err(refuse(
                "ParameterAlreadyExists",
                "The parameter already exists. To overwrite this value, set the overwrite option in the \
                 request to true.",
            ));
        }
        if before.is_none() && region.map_or(0, BTreeMap::len) >= STANDARD_COUNT_MAX {
            let message = "You have exceeded the number of parameters for this AWS account. Delete one or \
                           more parameters and try again.";
            return Err(refuse("ParameterLimitExceeded", message));
        }
        let by = effective_policies(world, cx.caller).who.arn;
        let version = self.version(world, cx, before.and_then(Parameter::newest), by)?;
        version.check()?;
        let tier = version.tier;
        let mut parameter = before.cloned().unwrap_or_default();
        let number = parameter.add(&name, version)?;
        parameter.tags.extend(tags);
        world.get_mut::<State>().region_mut(&place).insert(name, parameter);
        Ok(PutParameterOutput { version: number, tier })
    }
}

impl PutParameter {
    fn check_key(&self, cx: &Cx<'_>) -> Result<(), ApiError> {
        let Some(key) = &self.key_id else { return Ok(()) };
        if self.kind.is_some_and(|kind| kind != ParameterType::SecureString) {
            return Err(invalid("KeyId is required for SecureString type parameter only."));
        }
        let arn = format!("arn:aws:kms:{}:{}:{key}", cx.region, cx.account);
        if key == KEY || arn.ends_with(&format!(":{KEY}")) {
            return Ok(());
        }
        let what = if key.contains("alias/") { "Alias" } else { "Key" };
        let arn = if key.starts_with("arn:") { key.clone() } else { arn };
        Err(refuse("InvalidKeyId", format!("{what} {arn} is not found.")))
    }

    fn new_tags(&self) -> Result<BTreeMap<String, String>, ApiError> {
        let Some(tags) = self.tags.as_ref().filter(|tags| !tags.is_empty()) else {
            return Ok(BTreeMap::new());
        };
        if self.overwrite == Some(true) {
            return Err(invalid(
                "Invalid request: tags and overwrite can't be used together. To create a parameter with \
                 tags, please remove overwrite flag. To update tags for an existing parameter, please use \
                 AddTagsToResource or RemoveTagsFromResource.",
            ));
        }
        check_tags(tags)
    }

    /// The version that is to be, behind the one that is the newest.
    fn version(
        &self,
        world: &World,
        cx: &Cx<'_>,
        before: Option<(i64, &Version)>,
        by: String,
    ) -> Result<Version, ApiError> {
        let before = before.map(|(_, version)| version);
        let kind = self
            .kind
            .or(before.map(|version| version.kind))
            .ok_or_else(|| invalid("A parameter type is required when you create a parameter."))?;
        let value = self.value.0.clone();
        if value.contains("{{") && value.contains("}}") {
            return Err(invalid(
                "Parameter value can't nest another parameter. Do not use \"{{}}\" in the value.",
            ));
        }
        let advanced = before.is_some_and(|version| version.tier == ParameterTier::Advanced);
        let tier = match self.tier {
            Some(ParameterTier::Standard) if advanced => {
                return Err(invalid(
                    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from \
                     the advanced-parameter tier to the standard-parameter tier. If necessary, you can \
                     delete the advanced parameter and recreate it as a standard parameter.",
                ));
            }
            Some(ParameterTier::Advanced) => ParameterTier::Advanced,
            _ if advanced => ParameterTier::Advanced,
            Some(ParameterTier::IntelligentTiering) if value.len() > STANDARD_BYTES_MAX => {
                ParameterTier::Advanced
            }
            _ => ParameterTier::Standard,
        };
        let data_type = self.data_type.clone().unwrap_or_else(|| "text".to_owned());
        match data_type.as_str() {
            "text" => {}
            "aws:ec2:image" | "aws:ssm:integration" => {
                return Err(Self::DEF.refusal(world, Wrong::Refused("DataType".to_owned())));
            }
            other => {
                return Err(invalid(format!(
                    "The following data type is not supported: {other} (Data type names are all \
                     lowercase.)"
                )));
            }
        }
        let kept = |of: fn(&Version) -> &Option<String>| before.and_then(|v| of(v).clone());
        Ok(Version {
            kind,
            value,
            at: cx.at,
            by,
            description: self.description.clone().or_else(|| kept(|v| &v.description)),
            allowed_pattern: self.allowed_pattern.clone().or_else(|| kept(|v| &v.allowed_pattern)),
            tier,
            data_type,
            labels: BTreeSet::new(),
        })
    }
}

sim::operation! {
    /// Deletes a parameter with all its versions.
    write DeleteParameter in "ssm" = "POST /";
    input {
        /// The name of the parameter.
        name: String => "Name",
    }
    output DeleteParameterOutput {}
    errors ["ParameterNotFound"]
    access itself
}

impl Write for DeleteParameter {
    type Output = DeleteParameterOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = allowed(world, cx, "ssm:DeleteParameter", &self.name)?.name;
        let place = Place::of(cx);
        world.get::<State>().parameter(&place, &name).map_err(|_| not_found(&self.name))?;
        world.get_mut::<State>().region_mut(&place).remove(&name);
        Ok(DeleteParameterOutput {})
    }
}

sim::operation! {
    /// Deletes parameters, and says which of the names were none.
    write DeleteParameters in "ssm" = "POST /";
    input {
        /// The names: up to ten.
        names: Vec<String> => required "Names",
    }
    output DeleteParametersOutput {
        /// What was deleted.
        pub deleted_parameters: Vec<String> => "DeletedParameters",
        /// What was not there.
        pub invalid_parameters: Vec<String> => "InvalidParameters",
    }
    errors []
    access itself
}

impl Write for DeleteParameters {
    type Output = DeleteParametersOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut faults = Faults::default();
        faults.count("names", &self.names, 1, NAMES_MAX);
        faults.check(INVALID)?;
        let mut names = Vec::new();
        for name in &self.names {
            names.push(allowed(world, cx, "ssm:DeleteParameters", name)?.name);
        }
        let region = world.get_mut::<State>().region_mut(&Place::of(cx));
        let (mut deleted_parameters, mut invalid_parameters) = (Vec::new(), Vec::new());
        for name in names {
            let was = region.remove(&name).is_some();
            if was { &mut deleted_parameters } else { &mut invalid_parameters }.push(name);
        }
        Ok(DeleteParametersOutput { deleted_parameters, invalid_parameters })
    }
}
