//! The public parameters below `/aws/service`, by which images are found: data, the same for everybody
//! in a region.
//!
//! Source of the names: Systems Manager user guide, "Calling AMI public parameters"; ECS developer
//! guide, "Retrieving Amazon ECS-optimized Linux AMI metadata"; Canonical's documentation of its
//! images. The identifiers are this simulation's own, a function of region and name.

use base::Time;
use base::blob::hex;
use sha2::{Digest as _, Sha256};

/// What all public parameters begin with.
pub(crate) const ROOT: &str = "/aws/service";

/// When they were written: 2026-11-02T19:00:00Z.
pub(crate) const WRITTEN: Time = Time(1_793_646_000_000);

/// Parameters whose value is the identifier of an image.
const IMAGES: &[&str] = &[
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-x86_64",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-arm64-gp2",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-x86_64-gp2",
    "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
    "/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id",
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
];

/// The images for ECS: what stands before `recommended`, the operating system, and the name.
const ECS: &[(&str, &str, &str)] = &[
    (
        "/aws/service/ecs/optimized-ami/amazon-linux-2",
        "Amazon Linux 2",
        "amzn2-ami-ecs-hvm-2.0.20261028-x86_64-ebs",
    ),
    (
        "/aws/service/ecs/optimized-ami/amazon-linux-2/arm64",
        "Amazon Linux 2",
        "amzn2-ami-ecs-hvm-2.0.20261028-arm64-ebs",
    ),
    (
        "/aws/service/ecs/optimized-ami/amazon-linux-2023",
        "Amazon Linux 2023",
        "al2023-ami-ecs-hvm-2023.0.20261028-kernel-6.1-x86_64",
    ),
    (
        "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64",
        "Amazon Linux 2023",
        "al2023-ami-ecs-hvm-2023.0.20261028-kernel-6.1-arm64",
    ),
];

/// What is told of an image for ECS, one parameter each, beside all of it as one document.
const ECS_FACTS: &[&str] =
    &["ecs_agent_version", "ecs_runtime_version", "image_id", "image_name", "os", "schema_version"];
const ECS_AGENT: &str = "1.97.1";
const ECS_RUNTIME: &str = "Docker version 25.0.8";

/// The names of all public parameters.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let ecs = ECS.iter().flat_map(|(path, ..)| {
        let whole = format!("{path}/recommended");
        let facts = ECS_FACTS.iter().map(|fact| format!("{path}/recommended/{fact}"));
        let facts: Vec<String> = facts.collect();
        std::iter::once(whole).chain(facts)
    });
    let mut all: Vec<String> = IMAGES.iter().map(|name| (*name).to_owned()).chain(ecs).collect();
    all.sort();
    all.into_iter()
}

/// The value of a public parameter in a region.
pub(crate) fn value(region: &str, name: &str) -> Option<String> {
    if IMAGES.contains(&name) {
        return Some(image(region, name));
    }
    let (path, fact) = name.split_once("/recommended")?;
    let (_, os, image_name) = ECS.iter().find(|(of, ..)| *of == path)?;
    let whole = format!("{path}/recommended");
    let told = |fact: &str| match fact {
        "ecs_agent_version" => Some(ECS_AGENT.to_owned()),
        "ecs_runtime_version" => Some(ECS_RUNTIME.to_owned()),
        "image_id" => Some(image(region, &whole)),
        "image_name" => Some((*image_name).to_owned()),
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
    if IMAGES.contains(&name) { "aws:ec2:image" } else { "text" }
}

/// The image that a public parameter names in a region.
fn image(region: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("distlab image {region} {name}"));
    format!("ami-0{}", &hex(&digest)[..16])
}
