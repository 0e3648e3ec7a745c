//! The kinds of things in a region: how their ids begin, and what is said when there is none.

use super::error::{invalid, refuse};
use base::Rng;
use base::rng::HEX;
use sim::api::ApiError;

/// A kind of resource that has ids.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Kind {
    Acl,
    Address,
    DhcpOptions,
    Group,
    GroupRule,
    Image,
    Instance,
    Interface,
    InternetGateway,
    KeyPair,
    LaunchTemplate,
    NatGateway,
    RouteTable,
    Snapshot,
    Subnet,
    Volume,
    Vpc,
}

/// How a kind is spoken of.
struct Words {
    /// What its ids begin with.
    prefix: &'static str,
    /// `ResourceType` of tags.
    resource: &'static str,
    /// The code of the refusal when there is none of this id.
    code: &'static str,
    /// The words around the id.
    before: &'static str,
    after: &'static str,
    /// The code of the refusal of an id that is none at all; empty when it is refused as one that is
    /// not there.
    malformed: &'static str,
}

/// Makes a row of the table.
const fn words(
    prefix: &'static str,
    resource: &'static str,
    code: &'static str,
    before: &'static str,
    malformed: &'static str,
) -> Words {
    Words { prefix, resource, code, before, after: "' does not exist", malformed }
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Acl,
        Self::Address,
        Self::DhcpOptions,
        Self::Group,
        Self::GroupRule,
        Self::Image,
        Self::Instance,
        Self::Interface,
        Self::InternetGateway,
        Self::KeyPair,
        Self::LaunchTemplate,
        Self::NatGateway,
        Self::RouteTable,
        Self::Snapshot,
        Self::Subnet,
        Self::Volume,
        Self::Vpc,
    ];

    #[rustfmt::skip]
    const fn words(self) -> Words {
        match self {
            Self::Acl => words("acl-", "network-acl", "InvalidNetworkAclID.NotFound", "The networkAcl ID '", ""),
            Self::Address => words("eipalloc-", "elastic-ip", "InvalidAllocationID.NotFound", "The allocation ID '", ""),
            Self::DhcpOptions => words("dopt-", "dhcp-options", "InvalidDhcpOptionID.NotFound", "The dhcpOption ID '", ""),
            Self::Group => words("sg-", "security-group", "InvalidGroup.NotFound", "The security group '", "InvalidGroupId.Malformed"),
            Self::GroupRule => words("sgr-", "security-group-rule", "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '", "InvalidSecurityGroupRuleId.Malformed"),
            Self::Image => Words { after: "]' does not exist", ..words("ami-", "image", "InvalidAMIID.NotFound", "The image id '[", "InvalidAMIID.Malformed") },
            Self::Instance => words("i-", "instance", "InvalidInstanceID.NotFound", "The instance ID '", "InvalidInstanceID.Malformed"),
            Self::Interface => words("eni-", "network-interface", "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '", ""),
            Self::InternetGateway => words("igw-", "internet-gateway", "InvalidInternetGatewayID.NotFound", "The internetGateway ID '", ""),
            Self::KeyPair => words("key-", "key-pair", "InvalidKeyPair.NotFound", "The key pair '", ""),
            Self::LaunchTemplate => Words { after: ", does not exist.", ..words("lt-", "launch-template", "InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID ", "InvalidLaunchTemplateId.Malformed") },
            Self::NatGateway => Words { after: " was not found", ..words("nat-", "natgateway", "NatGatewayNotFound", "The Nat Gateway ", "") },
            Self::RouteTable => words("rtb-", "route-table", "InvalidRouteTableID.NotFound", "The routeTable ID '", ""),
            Self::Snapshot => Words { after: "' does not exist.", ..words("snap-", "snapshot", "InvalidSnapshot.NotFound", "The snapshot '", "InvalidSnapshotID.Malformed") },
            Self::Subnet => words("subnet-", "subnet", "InvalidSubnetID.NotFound", "The subnet ID '", ""),
            Self::Volume => Words { after: "' does not exist.", ..words("vol-", "volume", "InvalidVolume.NotFound", "The volume '", "InvalidVolumeID.Malformed") },
            Self::Vpc => words("vpc-", "vpc", "InvalidVpcID.NotFound", "The vpc ID '", ""),
        }
    }

    /// What ids of this kind begin with.
    pub(crate) const fn prefix(self) -> &'static str {
        self.words().prefix
    }

    /// `security-group`, as tags name it.
    pub(crate) const fn resource(self) -> &'static str {
        self.words().resource
    }

    /// The kind that an id is of, by how it begins.
    pub(crate) fn of(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| id.starts_with(kind.prefix()))
    }

    /// Whether something looks like an id of this kind.
    pub(crate) fn is_well_formed(self, id: &str) -> bool {
        well_formed(self.prefix(), id)
    }

    /// A new id.
    pub(crate) fn draw(self, rng: &mut Rng) -> String {
        draw(self.prefix(), rng)
    }

    /// That there is none of this id.
    pub(crate) fn none(self, id: &str) -> ApiError {
        let words = self.words();
        if !words.malformed.is_empty() && !well_formed(words.prefix, id) {
            let expecting = if id.starts_with(words.prefix) {
                String::new()
            } else {
                format!(" (expecting \"{}...\")", words.prefix)
            };
            return refuse(words.malformed, format!("Invalid id: \"{id}\"{expecting}"));
        }
        refuse(words.code, format!("{}{id}{}", words.before, words.after))
    }
}

/// A new id: seventeen hexadecimal digits behind a prefix, the first of which is 0 on AWS.
pub(crate) fn draw(prefix: &str, rng: &mut Rng) -> String {
    format!("{prefix}0{}", rng.text(HEX, 16))
}

/// Whether something looks like an id: eight or seventeen hexadecimal digits behind the prefix.
fn well_formed(prefix: &str, id: &str) -> bool {
    id.strip_prefix(prefix).is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| HEX.contains(&b))
    })
}

/// Refuses an id of something that cannot be tagged.
pub(crate) fn untaggable(id: &str) -> ApiError {
    if id.contains('-') {
        return refuse("InvalidID", format!("The ID '{id}' is not valid"));
    }
    invalid(format!("Value ({id}) for parameter resourceId is invalid."))
}
