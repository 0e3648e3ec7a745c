//! Templates by themselves.

use aws::place::Place;
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

use super::source;
use super::stacks::no_template;
use crate::State;
use crate::errors::{invalid, no_change_set, no_stack_with_id};
use crate::shapes::{Capability, TemplateGiven};
use crate::template::{Declaration, Template};

sim::structure! {
    /// A parameter that a template declares.
    pub struct TemplateParameter {
        /// Its name.
        pub parameter_key: Option<String> => "ParameterKey",
        /// Its value when none is given.
        pub default_value: Option<String> => "DefaultValue",
        /// Whether its value is not to be seen.
        pub no_echo: Option<bool> => "NoEcho",
        /// What the template says of it.
        pub description: Option<String> => "Description",
    }
}

/// What has to be agreed to, and why.
fn capabilities(template: &Template) -> (Vec<Capability>, Option<String>) {
    let Some((name, kinds)) = template.capability() else { return (Vec::new(), None) };
    let named = name == Capability::NamedIam.as_str();
    let capability = if named { Capability::NamedIam } else { Capability::Iam };
    let kinds = kinds.join(", ");
    let reason = format!("The following resource(s) require capabilities: [{kinds}]");
    (vec![capability], Some(reason))
}

sim::operation! {
    /// Validates a specified template.
    write ValidateTemplate in "cloudformation" = "POST /";
    input {
        ..template: TemplateGiven,
    }
    output ValidateTemplateOutput {
        /// The parameters.
        pub parameters: Vec<TemplateParameter> => "Parameters",
        /// What the template says of itself.
        pub description: Option<String> => "Description",
        /// What has to be agreed to.
        pub capabilities: Vec<Capability> => "Capabilities",
        /// Why.
        pub capabilities_reason: Option<String> => "CapabilitiesReason",
        /// The macros that it uses.
        pub declared_transforms: Vec<String> => "DeclaredTransforms",
    }
    errors ["ValidationError"]
    access { "cloudformation:ValidateTemplate" on "*" }
}

impl Write for ValidateTemplate {
    type Output = ValidateTemplateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let text = source::given(world, cx, &self.template)?.ok_or_else(no_template)?;
        let template = Template::read(&text)?;
        let (capabilities, capabilities_reason) = capabilities(&template);
        let shown = |(name, declared): (&String, &Declaration)| TemplateParameter {
            parameter_key: Some(name.clone()),
            default_value: declared.default.clone(),
            no_echo: Some(declared.no_echo),
            description: declared.description.clone(),
        };
        Ok(ValidateTemplateOutput {
            parameters: template.parameters.iter().map(shown).collect(),
            description: template.description,
            capabilities,
            capabilities_reason,
            declared_transforms: Vec::new(),
        })
    }
}

sim::string_enum! {
    /// Which text of a template.
    pub enum TemplateStage {
        Original = "Original",
        Processed = "Processed",
    }
}

sim::operation! {
    /// Returns the template body for a specified stack.
    read GetTemplate in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: Option<String> => "StackName",
        /// The name or the id of a change set.
        change_set_name: Option<String> => "ChangeSetName",
        /// Before or after macros, of which there are none here.
        _stage: Option<TemplateStage> => "TemplateStage",
    }
    output GetTemplateOutput {
        /// The template's text.
        pub template_body: Option<String> => "TemplateBody",
        /// The texts that there are.
        pub stages_available: Vec<TemplateStage> => "StagesAvailable",
    }
    errors ["ChangeSetNotFound"]
    access {
        "cloudformation:GetTemplate" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
}

impl Read for GetTemplate {
    type Output = GetTemplateOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let Some(name) = &self.stack_name else {
            return Err(invalid("StackName is required if ChangeSetName is not specified."));
        };
        let stack = world.get::<State>().find(&Place::of(cx), name);
        let stack = stack.ok_or_else(|| no_stack_with_id(name))?;
        let revision = match &self.change_set_name {
            None => &stack.revision,
            Some(name) => {
                let mut all = stack.change_sets.values();
                let set = all.find(|set| set.name == *name || set.id == *name);
                &set.ok_or_else(|| no_change_set(name))?.revision
            }
        };
        Ok(GetTemplateOutput {
            template_body: Some(revision.template.text.clone()),
            stages_available: vec![TemplateStage::Original, TemplateStage::Processed],
        })
    }
}

sim::structure! {
    /// What a value of a parameter has to be.
    pub struct ParameterConstraints {
        /// One of these.
        pub allowed_values: Vec<String> => "AllowedValues",
    }
}

sim::structure! {
    /// A parameter that a template declares.
    pub struct ParameterDeclaration {
        /// Its name.
        pub parameter_key: Option<String> => "ParameterKey",
        /// Its value when none is given.
        pub default_value: Option<String> => "DefaultValue",
        /// Its type.
        pub parameter_type: Option<String> => "ParameterType",
        /// Whether its value is not to be seen.
        pub no_echo: Option<bool> => "NoEcho",
        /// What the template says of it.
        pub description: Option<String> => "Description",
        /// What a value has to be.
        pub parameter_constraints: Option<ParameterConstraints> => "ParameterConstraints",
    }
}

sim::structure! {
    /// How resources of a type are known when they are imported.
    pub struct ResourceIdentifierSummary {
        /// The type.
        pub resource_type: Option<String> => "ResourceType",
        /// The resources' names in the template.
        pub logical_resource_ids: Vec<String> => "LogicalResourceIds",
        /// The properties that they are known by.
        pub resource_identifiers: Vec<String> => "ResourceIdentifiers",
    }
}

sim::structure! {
    /// What is odd about a template.
    pub struct Warnings {
        /// The types that are none.
        pub unrecognized_resource_types: Vec<String> => "UnrecognizedResourceTypes",
    }
}

sim::operation! {
    /// Returns information about a new or existing template.
    write GetTemplateSummary in "cloudformation" = "POST /";
    input {
        ..template: TemplateGiven,
        /// The name or the id of a stack.
        stack_name: Option<String> => "StackName",
        /// The name of a stack set.
        _stack_set_name: Refused<String> => "StackSetName",
        /// As whom a stack set is looked at.
        _call_as: Refused<String> => "CallAs",
        /// Whether types that are none are told as warnings.
        _config: Refused<Value> => "TemplateSummaryConfig",
    }
    output GetTemplateSummaryOutput {
        /// The parameters.
        pub parameters: Vec<ParameterDeclaration> => "Parameters",
        /// What the template says of itself.
        pub description: Option<String> => "Description",
        /// What has to be agreed to.
        pub capabilities: Vec<Capability> => "Capabilities",
        /// Why.
        pub capabilities_reason: Option<String> => "CapabilitiesReason",
        /// The types of the resources.
        pub resource_types: Vec<String> => "ResourceTypes",
        /// The version of the template's format.
        pub version: Option<String> => "Version",
        /// What the template says beside all that, as JSON.
        pub metadata: Option<String> => "Metadata",
        /// The macros that it uses.
        pub declared_transforms: Vec<String> => "DeclaredTransforms",
        /// How its resources are known when they are imported.
        pub identifiers: Vec<ResourceIdentifierSummary> => "ResourceIdentifierSummaries",
        /// What is odd about it.
        pub warnings: Option<Warnings> => "Warnings",
    }
    errors ["StackSetNotFoundException"]
    access { "cloudformation:GetTemplateSummary" on "*" }
}

impl Write for GetTemplateSummary {
    type Output = GetTemplateSummaryOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let text = match (source::given(world, cx, &self.template)?, &self.stack_name) {
            (Some(text), _) => text,
            (None, Some(name)) => {
                let stack = world.get::<State>().find(&Place::of(cx), name);
                let stack = stack.ok_or_else(|| no_stack_with_id(name))?;
                stack.revision.template.text.clone()
            }
            (None, None) => return Err(no_template()),
        };
        let template = Template::read(&text)?;
        let (capabilities, capabilities_reason) = capabilities(&template);
        let shown = |(name, declared): (&String, &Declaration)| ParameterDeclaration {
            parameter_key: Some(name.clone()),
            default_value: declared.default.clone(),
            parameter_type: Some(declared.kind.clone()),
            no_echo: Some(declared.no_echo),
            description: declared.description.clone(),
            parameter_constraints: Some(ParameterConstraints {
                allowed_values: declared.allowed.clone(),
            }),
        };
        let mut resource_types: Vec<String> =
            template.resources.values().map(|resource| resource.kind.clone()).collect();
        resource_types.sort();
        resource_types.dedup();
        Ok(GetTemplateSummaryOutput {
            parameters: template.parameters.iter().map(shown).collect(),
            description: template.description,
            capabilities,
            capabilities_reason,
            resource_types,
            version: template.version,
            metadata: template.metadata.as_ref().map(Value::to_string),
            ..GetTemplateSummaryOutput::default()
        })
    }
}
