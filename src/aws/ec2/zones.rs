//! The zones of regions, as far as they show in names.
//!
//! Source: the EC2 User Guide, "Regions and Availability Zones". Which letter stands for which zone
//! differs between accounts on AWS; here the letters stand in the order of the zones.

/// The letters of a region's zones.
pub(crate) fn letters(region: &str) -> &'static [&'static str] {
    match region {
        "us-east-1" => &["a", "b", "c", "d", "e", "f"],
        "us-west-2" | "ap-northeast-2" => &["a", "b", "c", "d"],
        "us-west-1" => &["a", "c"],
        "ap-northeast-1" => &["a", "c", "d"],
        "ca-central-1" => &["a", "b", "d"],
        _ => &["a", "b", "c"],
    }
}

/// `us-east-1a` and its like.
pub(crate) fn names(region: &str) -> Vec<String> {
    letters(region).iter().map(|letter| format!("{region}{letter}")).collect()
}

/// The id of a zone: `use1-az1` of `us-east-1a`. None when the region has no such zone.
pub(crate) fn id(region: &str, name: &str) -> Option<String> {
    let letter = name.strip_prefix(region)?;
    let place = letters(region).iter().position(|known| *known == letter)?;
    let mut parts = region.split('-');
    let (area, direction, number) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{area}{}{number}-az{}", short(direction), place + 1))
}

fn short(direction: &str) -> &'static str {
    match direction {
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        "northeast" => "ne",
        "southeast" => "se",
        _ => "c",
    }
}

/// Whether an account must ask for a region before it can use it: those that are younger than
/// March 2019.
pub(crate) fn opted_in(region: &str) -> bool {
    const YOUNG: &[&str] = &[
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
    ];
    YOUNG.contains(&region)
}

/// The domain of private names: `ec2.internal` in `us-east-1`, `REGION.compute.internal` elsewhere.
pub(crate) fn private_domain(region: &str) -> String {
    if region == "us-east-1" {
        "ec2.internal".to_owned()
    } else {
        format!("{region}.compute.internal")
    }
}

#[cfg(test)]
mod tests {
    use super::id;

    #[test]
    fn zones_have_ids() {
        assert_eq!(id("us-east-1", "us-east-1b").as_deref(), Some("use1-az2"));
        assert_eq!(id("ap-southeast-1", "ap-southeast-1a").as_deref(), Some("apse1-az1"));
        assert_eq!(id("eu-central-1", "eu-central-1c").as_deref(), Some("euc1-az3"));
        assert_eq!(id("eu-central-1", "eu-central-1z"), None);
        assert_eq!(id("eu-central-1", "us-east-1a"), None);
    }
}
