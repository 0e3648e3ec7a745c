//! Parameters as the screen shows them, by region. What is secret is not shown.

use sim::World;
use sim::view::View;

use super::parameter::{Parameter, ParameterType};
use super::state::State;

/// How many parameters of a region are shown.
const PARAMETERS_MAX: usize = 50;
/// How many characters of a value are shown.
const VALUE_MAX: usize = 60;

/// What the view shows: every parameter, by region.
pub(super) fn view(world: &World) -> View {
    let mut view = View::default();
    let state = world.get::<State>();
    for (place, region) in state.regions().filter(|(_, region)| !region.is_empty()) {
        let heading = if place.region == world.config().region {
            "Parameters".to_owned()
        } else {
            format!("Parameters · {}", place.region)
        };
        let rows = region.iter().take(PARAMETERS_MAX).filter_map(|(n, p)| row(n, p)).collect();
        view = view.section(heading).table(&["Name", "Type", "Version", "Value", "Labels"], rows);
        if let Some(more @ 1..) = region.len().checked_sub(PARAMETERS_MAX) {
            view = view.note(format!("and {more} more"));
        }
    }
    if view.sections.is_empty() {
        view = view.section("Parameters").note("There is no parameter yet: aws ssm put-parameter");
    }
    view
}

fn row(name: &str, parameter: &Parameter) -> Option<Vec<String>> {
    let (number, version) = parameter.newest()?;
    let value = if version.kind == ParameterType::SecureString {
        "(secret)".to_owned()
    } else {
        version.value.chars().take(VALUE_MAX).collect::<String>().replace('\n', " ")
    };
    let labels = parameter.versions.iter().flat_map(|(number, version)| {
        version.labels.iter().map(move |label| format!("{label}={number}"))
    });
    let labels = labels.collect::<Vec<_>>().join(", ");
    Some(vec![name.to_owned(), version.kind.as_str().into(), number.to_string(), value, labels])
}
