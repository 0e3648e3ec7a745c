//! Tags: on what is made, and on what there is.

use std::collections::BTreeMap;

use super::error::{invalid, missing, refuse};
use super::filter::{Dry, Listing, page_size, token};
use super::ids::{Kind, untaggable};
use super::limits::TAGS_PER_RESOURCE;
use super::region::Region;
use super::shapes::tag::{TagDescription, TagGiven, TagSpecification};
use super::state::{change, look};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, Principal, World};

/// Characters of a key.
const KEY_LEN_MAX: usize = 128;
/// Characters of a value.
const VALUE_LEN_MAX: usize = 256;

/// The tags that a request wants on what it makes, each kind of which is named.
///
/// # Errors
/// `InvalidParameterValue` for another kind, and for tags that cannot be.
pub(super) fn wanted(
    specifications: &[TagSpecification],
    kinds: &[&str],
) -> Result<BTreeMap<String, BTreeMap<String, String>>, ApiError> {
    wanted_by(specifications, kinds, false)
}

/// The same; a service of AWS may want tags that are reserved.
///
/// # Errors
/// As [`wanted`].
pub(super) fn wanted_by(
    specifications: &[TagSpecification],
    kinds: &[&str],
    reserved: bool,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, ApiError> {
    let mut wanted: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for specification in specifications {
        let Some(kind) = specification.resource_type.as_deref().filter(|kind| !kind.is_empty())
        else {
            return Err(invalid("Tag specification resource type must have a value"));
        };
        if !kinds.contains(&kind) {
            return Err(invalid(format!(
                "'{kind}' is not a valid taggable resource type for this operation."
            )));
        }
        if specification.tags.is_empty() {
            return Err(invalid("Tag specification must have at least one tag"));
        }
        if wanted.contains_key(kind) {
            return Err(invalid(
                "The same resource type may not be specified more than once in tag \
                                specifications",
            ));
        }
        wanted.insert(kind.to_owned(), read(&specification.tags, reserved)?);
    }
    Ok(wanted)
}

/// Whether a service of AWS asks, under its own role: it may use the tags that are reserved for it.
pub(super) fn is_service(cx: &Cx<'_>) -> bool {
    matches!(
        &cx.caller.principal,
        Principal::Role { role, .. } if role.starts_with("AWSServiceRoleFor")
    )
}

/// The tags that a request wants on the one thing that it makes.
///
/// # Errors
/// As [`wanted`].
pub(super) fn wanted_on(
    specifications: &[TagSpecification],
    kind: Kind,
) -> Result<BTreeMap<String, String>, ApiError> {
    let mut wanted = wanted(specifications, &[kind.resource()])?;
    Ok(wanted.remove(kind.resource()).unwrap_or_default())
}

/// Puts tags on something that was made.
pub(super) fn attach(region: &mut Region, id: &str, tags: BTreeMap<String, String>) {
    if !tags.is_empty() {
        region.tags.insert(id.to_owned(), tags);
    }
}

fn read(given: &[TagGiven], reserved: bool) -> Result<BTreeMap<String, String>, ApiError> {
    let mut tags = BTreeMap::new();
    for tag in given {
        let key = tag.key.as_deref().unwrap_or_default();
        let value = tag.value.as_deref().unwrap_or_default();
        if key.is_empty() {
            return Err(invalid("Tag keys must not be empty."));
        }
        if key.chars().count() > KEY_LEN_MAX {
            return Err(invalid(format!(
                "Tag key exceeds the maximum length of {KEY_LEN_MAX} characters"
            )));
        }
        if value.chars().count() > VALUE_LEN_MAX {
            return Err(invalid(format!(
                "Tag value exceeds the maximum length of {VALUE_LEN_MAX} characters"
            )));
        }
        if !reserved && key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys starting with 'aws:' are reserved for internal use"));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(invalid(format!("Duplicate tag key '{key}' specified.")));
        }
    }
    if tags.len() > TAGS_PER_RESOURCE {
        return Err(too_many());
    }
    Ok(tags)
}

fn too_many() -> ApiError {
    refuse(
        "TagLimitExceeded",
        format!("The maximum number of Tags for a resource has been reached: {TAGS_PER_RESOURCE}"),
    )
}

/// Refuses what is not there, or cannot have tags.
fn check(region: &Region, id: &str) -> Result<(), ApiError> {
    macro_rules! there {
        ($($kind:ident: $type:ty),* $(,)?) => {
            match Kind::of(id) {
                $(Some(Kind::$kind) => region.find::<$type>(id).map(|_| ()),)*
                Some(Kind::Image) => region.image_there(id),
                Some(Kind::Instance) if region.instances.contains_key(id) => Ok(()),
                Some(Kind::Instance) => Err(Kind::Instance.none(id)),
                None => Err(untaggable(id)),
            }
        };
    }
    use super::shapes::{acl, address, group, interface, key, network, route, storage, template};
    there! {
        Acl: acl::NetworkAcl,
        Address: address::Address,
        DhcpOptions: network::DhcpOptions,
        Group: group::SecurityGroup,
        GroupRule: group::SecurityGroupRule,
        Interface: interface::NetworkInterface,
        InternetGateway: network::InternetGateway,
        KeyPair: key::KeyPairInfo,
        LaunchTemplate: template::LaunchTemplate,
        NatGateway: address::NatGateway,
        RouteTable: route::RouteTable,
        Snapshot: storage::Snapshot,
        Subnet: network::Subnet,
        Volume: storage::Volume,
        Vpc: network::Vpc,
    }
}

sim::operation! {
    /// Adds or overwrites only the specified tags for the specified Amazon EC2 resource or
    /// resources.
    write CreateTags in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IDs of the resources, separated by spaces.
        resources: Vec<String> => required "Resources" Xml("ResourceId"),
        /// The tags.
        tags: Vec<TagGiven> => required "Tags" Xml("Tag"),
    }
    output CreateTagsOutput {}
    errors ["InvalidID", "InvalidParameterValue", "MissingParameter", "TagLimitExceeded"]
    access { "ec2:CreateTags" on "arn:aws:ec2:{region}:{account}:*/*" }
}

impl Write for CreateTags {
    type Output = CreateTagsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.resources.is_empty() {
            return Err(missing("resourceIdSet"));
        }
        if self.tags.is_empty() {
            return Err(missing("tagSet"));
        }
        let tags = read(&self.tags, is_service(cx))?;
        self.dry.stop()?;
        change(world, cx, |change| {
            for id in &self.resources {
                check(change.region, id)?;
                let has = change.region.tags.get(id);
                let more = tags.keys().filter(|key| has.is_none_or(|has| !has.contains_key(*key)));
                if has.map_or(0, BTreeMap::len) + more.count() > TAGS_PER_RESOURCE {
                    return Err(too_many());
                }
            }
            for id in &self.resources {
                let own = change.region.tags.entry(id.clone()).or_default();
                own.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            Ok(CreateTagsOutput {})
        })
    }
}

sim::operation! {
    /// Deletes the specified set of tags from the specified set of resources.
    write DeleteTags in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IDs of the resources, separated by spaces.
        resources: Vec<String> => required "Resources" Xml("resourceId"),
        /// The tags to delete.
        tags: Vec<TagGiven> => "Tags" Xml("tag"),
    }
    output DeleteTagsOutput {}
    errors ["InvalidID", "MissingParameter"]
    access { "ec2:DeleteTags" on "arn:aws:ec2:{region}:{account}:*/*" }
}

impl Write for DeleteTags {
    type Output = DeleteTagsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.resources.is_empty() {
            return Err(missing("resourceIdSet"));
        }
        self.dry.stop()?;
        change(world, cx, |change| {
            for id in &self.resources {
                check(change.region, id)?;
            }
            for id in &self.resources {
                let Some(own) = change.region.tags.get_mut(id) else { continue };
                // A value that is given must be the tag's; none at all means every tag.
                own.retain(|key, value| {
                    let goes = |tag: &TagGiven| {
                        tag.key.as_deref() == Some(key)
                            && tag.value.as_deref().is_none_or(|given| given == value)
                    };
                    !(self.tags.is_empty() || self.tags.iter().any(goes))
                });
                if own.is_empty() {
                    change.region.tags.remove(id);
                }
            }
            Ok(DeleteTagsOutput {})
        })
    }
}

sim::operation! {
    /// Describes the specified tags for your EC2 resources.
    read DescribeTags in "ec2" = "";
    input {
        ..listing: Listing,
    }
    output DescribeTagsOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// The tags.
        pub tags: Vec<TagDescription> => "Tags" Xml("tagSet"),
    }
    errors []
    access { "ec2:DescribeTags" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Tags"],
    }
}

const TAG_FILTERS: &[&str] = &["key", "resource-id", "resource-type", "tag", "value"];

impl Read for DescribeTags {
    type Output = DescribeTagsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.listing.dry.stop()?;
        self.listing.known(TAG_FILTERS)?;
        if let Some(max) = self.listing.max_results {
            page_size(max, (5, 1000))?;
        }
        let region = look(world, cx);
        let after = self.listing.after()?;
        let mut found = Vec::new();
        let max =
            self.listing.max_results.and_then(|max| usize::try_from(max).ok()).unwrap_or(1000);
        let mut next_token = None;
        for (id, key, value) in region
            .tags
            .iter()
            .flat_map(|(id, tags)| tags.iter().map(move |(key, value)| (id, key, value)))
        {
            let place = format!("{id} {key}");
            let kind = Kind::of(id).map(Kind::resource).unwrap_or_default();
            let fits = self.listing.fit(|filter| match filter {
                "key" | "tag-key" => vec![key.clone()],
                "resource-id" => vec![id.clone()],
                "resource-type" => vec![kind.to_owned()],
                "value" => vec![value.clone()],
                filter if filter.strip_prefix("tag:") == Some(key) => vec![value.clone()],
                _ => Vec::new(),
            });
            if !fits || after.as_deref().is_some_and(|after| place.as_str() <= after) {
                continue;
            }
            if found.len() == max {
                next_token = found.last().map(|last: &TagDescription| {
                    token(&format!("{} {}", last.resource_id, last.key))
                });
                break;
            }
            found.push(TagDescription {
                key: key.clone(),
                resource_id: id.clone(),
                resource_type: kind.to_owned(),
                value: value.clone(),
            });
        }
        Ok(DescribeTagsOutput { next_token, tags: found })
    }
}
