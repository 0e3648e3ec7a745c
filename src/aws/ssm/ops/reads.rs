//! Values of parameters that are named.

use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use super::allowed;
use crate::constraint::Faults;
use crate::place::Place;
use crate::ssm::faults::INVALID;
use crate::ssm::parameter::ParameterType;
use crate::ssm::selector::Found;
use crate::ssm::state::State;
use crate::ssm::value;

/// Names of a request.
const NAMES_MAX: usize = 10;

sim::structure! {
    /// A parameter with its value.
    pub struct Parameter {
        /// Its name.
        pub name: String => "Name",
        /// What its value is.
        pub kind: ParameterType => "Type",
        /// The value; of a secret that is not to be decrypted, what it was encrypted to.
        pub value: String => "Value",
        /// The number of its version.
        pub version: i64 => "Version",
        /// The version or label that was asked for, behind a colon.
        pub selector: Option<String> => "Selector",
        /// When it was written.
        pub last_modified_date: Time => "LastModifiedDate",
        /// Its ARN.
        pub arn: String => "ARN",
        /// `text`, or `aws:ec2:image`.
        pub data_type: String => "DataType",
    }
}

impl Parameter {
    pub(super) fn of(found: Found, decrypted: bool) -> Self {
        Self {
            name: found.name,
            value: shown(found.version.kind, &found.version.value, decrypted),
            kind: found.version.kind,
            version: found.number,
            selector: found.selector,
            last_modified_date: found.version.at,
            arn: found.arn,
            data_type: found.version.data_type,
        }
    }
}

/// A value as it is given.
pub(super) fn shown(kind: ParameterType, text: &str, decrypted: bool) -> String {
    if kind == ParameterType::SecureString && !decrypted {
        value::encrypted(text)
    } else {
        text.to_owned()
    }
}

sim::operation! {
    /// Gives a parameter: its newest version, or with `:` and a number or label another one.
    read GetParameter in "ssm" = "POST /";
    input {
        /// The name or ARN.
        name: String => "Name",
        /// Whether a secret is decrypted.
        with_decryption: Option<bool> => "WithDecryption",
    }
    output GetParameterOutput {
        /// The parameter.
        pub parameter: Parameter => "Parameter",
    }
    errors ["ParameterNotFound", "ParameterVersionNotFound"]
    access itself
}

impl Read for GetParameter {
    type Output = GetParameterOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let named = allowed(world, cx, "ssm:GetParameter", &self.name)?;
        let found = world.get::<State>().find(&Place::of(cx), &named)?;
        let parameter = Parameter::of(found, self.with_decryption == Some(true));
        Ok(GetParameterOutput { parameter })
    }
}

sim::operation! {
    /// Gives several parameters, and says which of the names are none.
    read GetParameters in "ssm" = "POST /";
    input {
        /// The names or ARNs: up to ten.
        names: Vec<String> => required "Names",
        /// Whether secrets are decrypted.
        with_decryption: Option<bool> => "WithDecryption",
    }
    output GetParametersOutput {
        /// The parameters, by name.
        pub parameters: Vec<Parameter> => "Parameters",
        /// What is not there.
        pub invalid_parameters: Vec<String> => "InvalidParameters",
    }
    errors []
    access itself
}

impl Read for GetParameters {
    type Output = GetParametersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut faults = Faults::default();
        faults.count("names", &self.names, 1, NAMES_MAX);
        faults.check(INVALID)?;
        let mut named = Vec::new();
        for name in &self.names {
            named.push((name, allowed(world, cx, "ssm:GetParameters", name)?));
        }
        let place = Place::of(cx);
        let (mut parameters, mut invalid_parameters) = (Vec::new(), Vec::new());
        for (name, named) in named {
            match world.get::<State>().find(&place, &named) {
                Ok(found) => {
                    parameters.push(Parameter::of(found, self.with_decryption == Some(true)));
                }
                Err(_) => invalid_parameters.push(name.clone()),
            }
        }
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(GetParametersOutput { parameters, invalid_parameters })
    }
}
