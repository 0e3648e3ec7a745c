//! The public parameters below `/aws/service`, by which images are found: data, the same for everybody
//! in a region.
//!
//! Source of the names: Systems Manager user guide, "Calling AMI public parameters"; ECS developer
//! guide, "Retrieving Amazon ECS-optimized Linux AMI metadata"; Canonical's documentation of its
//! images. The images are those of EC2's catalogue.

use std::collections::BTreeSet;

use crate::ec2::catalogue::images::{IMAGES, of_parameter};
use base::Time;

/// What all public parameters begin with.
pub(crate) const ROOT: &str = "/aws/service";

/// When they were written: 2026-11-02T19:00:00Z.
pub(crate) const WRITTEN: Time = Time(1_793_646_000_000);

/// The images for ECS: what stands before `recommended`, and the operating system.
const ECS: &[(&str, &str)] = &[
    ("/aws/service/ecs/optimized-ami/amazon-linux-2", "Amazon Linux 2"),
    ("/aws/service/ecs/optimized-ami/amazon-linux-2/arm64", "Amazon Linux 2"),
    ("/aws/service/ecs/optimized-ami/amazon-linux-2023", "Amazon Linux 2023"),
    ("/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64", "Amazon Linux 2023"),
];

/// What is told of an image for ECS, one parameter each, beside all of it as one document.
const ECS_FACTS: &[&str] =
    &["ecs_agent_version", "ecs_runtime_version", "image_id", "image_name", "os", "schema_version"];
const ECS_AGENT: &str = "1.97.1";
const ECS_RUNTIME: &str = "Docker version 25.0.8";

/// The names of all public parameters.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let ecs = ECS.iter().flat_map(|(path, _)| {
        let facts = ECS_FACTS.iter().map(move |fact| format!("{path}/recommended/{fact}"));
        std::iter::once(format!("{path}/recommended")).chain(facts)
    });
    let images = IMAGES.iter().flat_map(|image| image.parameters);
    let all: BTreeSet<String> = images.map(|name| (*name).to_owned()).chain(ecs).collect();
    all.into_iter()
}

/// The value of a public parameter in a region.
pub(crate) fn value(region: &str, name: &str) -> Option<String> {
    let Some((path, fact)) = name.split_once("/recommended") else {
        return Some(of_parameter(name)?.id(region));
    };
    let (_, os) = ECS.iter().find(|(of, _)| *of == path)?;
    let image = of_parameter(&format!("{path}/recommended/image_id"))?;
    let told = |fact: &str| match fact {
        "ecs_agent_version" => Some(ECS_AGENT.to_owned()),
        "ecs_runtime_version" => Some(ECS_RUNTIME.to_owned()),
        "image_id" => Some(image.id(region)),
        "image_name" => Some(image.name.to_owned()),
        "os" => Some((*os).to_owned()),
        "schema_version" => Some("1".to_owned()),
        _ => None,
    };
    if fact.is_empty() {
        let member = |fact: &&str| Some(((*fact).to_owned(), serde_json::Value::from(told(fact)?)));
        let document: serde_json::Map<_, _> = ECS_FACTS.iter().filter_map(member).collect();
        return Some(serde_json::Value::Object(document).to_string());
    }
    told(fact.strip_prefix('/')?)
}

/// What kind of value a public parameter has.
pub(crate) fn data_type(name: &str) -> &'static str {
    let is_image = !name.contains("/recommended") && of_parameter(name).is_some();
    if is_image { "aws:ec2:image" } else { "text" }
}
