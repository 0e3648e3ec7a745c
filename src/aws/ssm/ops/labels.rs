//! Labels of versions.

use sim::api::{ApiError, Write};
use sim::{Cx, World};

use super::allowed;
use crate::constraint::Faults;
use crate::place::Place;
use crate::ssm::faults::{INVALID, no_version};
use crate::ssm::state::State;

/// Labels of a request.
const LABELS_MAX: usize = 10;

fn check(labels: &[String]) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    faults.count("labels", labels, 1, LABELS_MAX);
    for (i, label) in labels.iter().enumerate() {
        faults.length(&format!("labels.{}.member", i + 1), label, 1, 100);
    }
    faults.check(INVALID)
}

sim::operation! {
    /// Labels a version of a parameter. A label that another version has moves.
    write LabelParameterVersion in "ssm" = "POST /";
    input {
        /// The name of the parameter.
        name: String => "Name",
        /// The number of the version; the newest when nothing is said.
        parameter_version: Option<i64> => "ParameterVersion",
        /// The labels: up to ten.
        labels: Vec<String> => required "Labels",
    }
    output LabelParameterVersionOutput {
        /// What can be no label.
        pub invalid_labels: Vec<String> => "InvalidLabels",
        /// The number of the version.
        pub parameter_version: i64 => "ParameterVersion",
    }
    errors [
        "ParameterNotFound", "ParameterVersionNotFound", "ParameterVersionLabelLimitExceeded",
    ]
    access itself
}

impl Write for LabelParameterVersion {
    type Output = LabelParameterVersionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = allowed(world, cx, "ssm:LabelParameterVersion", &self.name)?.name;
        check(&self.labels)?;
        let place = Place::of(cx);
        world.get::<State>().parameter(&place, &name)?;
        let parameter = world.get_mut::<State>().parameter_mut(&place, &name)?;
        let (parameter_version, invalid_labels) =
            parameter.label(&name, self.parameter_version, &self.labels)?;
        Ok(LabelParameterVersionOutput { invalid_labels, parameter_version })
    }
}

sim::operation! {
    /// Takes labels from a version of a parameter.
    write UnlabelParameterVersion in "ssm" = "POST /";
    input {
        /// The name of the parameter.
        name: String => "Name",
        /// The number of the version.
        parameter_version: i64 => "ParameterVersion",
        /// The labels: up to ten.
        labels: Vec<String> => required "Labels",
    }
    output UnlabelParameterVersionOutput {
        /// What it had.
        pub removed_labels: Vec<String> => "RemovedLabels",
        /// What it had not.
        pub invalid_labels: Vec<String> => "InvalidLabels",
    }
    errors ["ParameterNotFound", "ParameterVersionNotFound"]
    access itself
}

impl Write for UnlabelParameterVersion {
    type Output = UnlabelParameterVersionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = allowed(world, cx, "ssm:UnlabelParameterVersion", &self.name)?.name;
        check(&self.labels)?;
        let place = Place::of(cx);
        world.get::<State>().parameter(&place, &name)?;
        let parameter = world.get_mut::<State>().parameter_mut(&place, &name)?;
        let version = parameter.versions.get_mut(&self.parameter_version);
        let version =
            version.ok_or_else(|| no_version(&name, &self.parameter_version.to_string()))?;
        let (removed_labels, invalid_labels) =
            self.labels.into_iter().partition(|label| version.labels.remove(label));
        Ok(UnlabelParameterVersionOutput { removed_labels, invalid_labels })
    }
}
