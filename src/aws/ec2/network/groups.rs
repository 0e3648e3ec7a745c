//! Security groups.

use super::super::defaults;
use super::super::error::{combination, dependency, invalid_value, refuse};
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::limits::GROUPS;
use super::super::region::Region;
use super::super::shapes::group::{SecurityGroup, SecurityGroupRule};
use super::super::shapes::interface::NetworkInterface;
use super::super::shapes::network::Vpc;
use super::super::shapes::tag::{Tag, TagSpecification};
use super::super::state::{change, look};
use super::super::tags;
use super::rules;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// Characters of names and descriptions.
const LEN_MAX: usize = 255;

sim::operation! {
    /// Creates a security group.
    write CreateSecurityGroup in "ec2" = "";
    input {
        ..dry: Dry,
        /// A description for the security group.
        description: String => "Description" Xml("GroupDescription"),
        /// The name of the security group.
        group_name: String => "GroupName",
        /// The ID of the VPC.
        vpc_id: Option<String> => "VpcId",
        /// The tags to assign to the security group.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
    }
    output CreateSecurityGroupOutput {
        /// The ID of the security group.
        pub group_id: String => "GroupId",
        /// The tags assigned to the security group.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The security group ARN.
        pub security_group_arn: String => "SecurityGroupArn",
    }
    errors [
        "InvalidGroup.Duplicate",
        "InvalidGroup.Reserved",
        "InvalidParameterValue",
        "InvalidVpcID.NotFound",
        "SecurityGroupLimitExceeded",
        "VPCIdNotSpecified",
    ]
    access {
        "ec2:CreateSecurityGroup" on "arn:aws:ec2:{region}:{account}:security-group/*",
        "ec2:CreateSecurityGroup" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}",
    }
}

impl Write for CreateSecurityGroup {
    type Output = CreateSecurityGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.check()?;
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Group)?;
        change(world, cx, |change| {
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            let vpc = match &self.vpc_id {
                Some(id) => region.find::<Vpc>(id)?.vpc_id.clone(),
                None => default_vpc(region)?,
            };
            if region.group_named(&vpc, &self.group_name).is_some() {
                let message = format!(
                    "The security group '{}' already exists for VPC '{vpc}'",
                    self.group_name
                );
                return Err(refuse("InvalidGroup.Duplicate", message));
            }
            if region.groups.len() >= GROUPS {
                let message = "The maximum number of security groups has been reached.";
                return Err(refuse("SecurityGroupLimitExceeded", message));
            }
            self.dry.stop()?;
            let id = defaults::group(region, rng, &vpc, &self.group_name, &self.description);
            tags::attach(region, &id, tags);
            Ok(CreateSecurityGroupOutput {
                tags: region.tags(&id),
                security_group_arn: region.place.arn("ec2", &format!("security-group/{id}")),
                group_id: id,
            })
        })
    }
}

impl CreateSecurityGroup {
    fn check(&self) -> Result<(), ApiError> {
        let name = self.group_name.as_str();
        if name == "default" {
            let message = "Cannot use reserved security group name: default";
            return Err(refuse("InvalidGroup.Reserved", message));
        }
        if name.starts_with("sg-") {
            let more = "Group names may not be in the format sg-*";
            return Err(invalid_value(name, "groupName", more));
        }
        for (text, parameter) in [(name, "groupName"), (&*self.description, "GroupDescription")] {
            if !text.is_ascii() {
                let more = "Character sets beyond ASCII are not supported.";
                return Err(invalid_value(text, parameter, more));
            }
            if text.is_empty() || text.len() > LEN_MAX {
                return Err(invalid_value(text, parameter, ""));
            }
        }
        Ok(())
    }
}

fn default_vpc(region: &Region) -> Result<String, ApiError> {
    region
        .default_vpc()
        .map(|vpc| vpc.vpc_id.clone())
        .ok_or_else(|| refuse("VPCIdNotSpecified", "No default VPC for this user"))
}

/// The group that a request names by its id, or by its name in the default VPC.
pub(super) fn find(
    region: &Region,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<SecurityGroup, ApiError> {
    match (id, name) {
        (Some(id), _) => region.find::<SecurityGroup>(id).cloned(),
        (None, Some(name)) => {
            let vpc = default_vpc(region)?;
            region.group_named(&vpc, name).cloned().ok_or_else(|| {
                let message =
                    format!("The security group '{name}' does not exist in default VPC '{vpc}'");
                refuse("InvalidGroup.NotFound", message)
            })
        }
        (None, None) => {
            let message = "The request must contain the parameter groupName or groupId";
            Err(refuse("MissingParameter", message))
        }
    }
}

sim::operation! {
    /// Deletes a security group.
    write DeleteSecurityGroup in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the security group.
        group_id: Option<String> => "GroupId",
        /// The name of the security group.
        group_name: Option<String> => "GroupName",
    }
    output DeleteSecurityGroupOutput {
        /// Returns true if the request succeeds; otherwise, returns an error.
        pub returned: bool => "Return",
        /// The ID of the deleted security group.
        pub group_id: String => "GroupId",
    }
    errors [
        "CannotDelete",
        "DependencyViolation",
        "InvalidGroup.NotFound",
        "MissingParameter",
    ]
    access {
        "ec2:DeleteSecurityGroup" on "arn:aws:ec2:{region}:{account}:security-group/{GroupId}",
    }
}

impl Write for DeleteSecurityGroup {
    type Output = DeleteSecurityGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let region = &mut *change.region;
            let group = find(region, self.group_id.as_deref(), self.group_name.as_deref())?;
            let id = group.group_id;
            if group.group_name == "default" {
                let message = format!(
                    "the specified group: \"{id}\" name: \"default\" cannot be deleted by a user"
                );
                return Err(refuse("CannotDelete", message));
            }
            let names_it = |rule: &SecurityGroupRule| {
                rule.group_id != id
                    && rule.referenced_group_info.as_ref().is_some_and(|group| group.group_id == id)
            };
            let worn = |interface: &NetworkInterface| {
                interface.groups.iter().any(|group| group.group_id == id)
            };
            if region.group_rules.values().any(names_it) || region.interfaces.values().any(worn) {
                return Err(dependency(format!("resource {id} has a dependent object")));
            }
            self.dry.stop()?;
            let own: Vec<String> = region
                .group_rules
                .values()
                .filter(|rule| rule.group_id == id)
                .map(|rule| rule.security_group_rule_id.clone())
                .collect();
            for rule in own {
                region.remove::<SecurityGroupRule>(&rule);
            }
            region.remove::<SecurityGroup>(&id);
            Ok(DeleteSecurityGroupOutput { returned: true, group_id: id })
        })
    }
}

sim::operation! {
    /// Describes the specified security groups or all of your security groups.
    read DescribeSecurityGroups in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of the security groups.
        group_ids: Vec<String> => "GroupIds" Xml("GroupId"),
        /// The names of the security groups.
        group_names: Vec<String> => "GroupNames" Xml("GroupName"),
    }
    output DescribeSecurityGroupsOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the security groups.
        pub security_groups: Vec<SecurityGroup> => "SecurityGroups" Xml("securityGroupInfo"),
    }
    errors []
    access { "ec2:DescribeSecurityGroups" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["SecurityGroups"],
    }
    waiters [
        waiter("SecurityGroupExists", 5, 6, &[
            success(Is("length(SecurityGroups[].GroupId) > `0`", true)),
            retry(Error("InvalidGroup.NotFound")),
        ]),
    ]
}

impl Listed for SecurityGroup {
    const FILTERS: &'static [&'static str] = &[
        "description",
        "egress.ip-permission.cidr",
        "egress.ip-permission.from-port",
        "egress.ip-permission.group-id",
        "egress.ip-permission.ipv6-cidr",
        "egress.ip-permission.protocol",
        "egress.ip-permission.to-port",
        "group-id",
        "group-name",
        "ip-permission.cidr",
        "ip-permission.from-port",
        "ip-permission.group-id",
        "ip-permission.ipv6-cidr",
        "ip-permission.protocol",
        "ip-permission.to-port",
        "owner-id",
        "vpc-id",
    ];

    fn values(&self, region: &Region, filter: &str) -> Vec<String> {
        let (egress, rest) = match filter.strip_prefix("egress.") {
            Some(rest) => (true, rest),
            None => (false, filter),
        };
        let rules = || region.rules(&self.group_id, egress);
        match rest {
            "description" => vec![self.description.clone()],
            "group-id" => vec![self.group_id.clone()],
            "group-name" => vec![self.group_name.clone()],
            "ip-permission.cidr" => rules().filter_map(|rule| rule.cidr_ipv4.clone()).collect(),
            "ip-permission.from-port" => rules().map(|rule| rule.from_port.to_string()).collect(),
            "ip-permission.group-id" => rules()
                .filter_map(|rule| Some(rule.referenced_group_info.as_ref()?.group_id.clone()))
                .collect(),
            "ip-permission.ipv6-cidr" => {
                rules().filter_map(|rule| rule.cidr_ipv6.clone()).collect()
            }
            "ip-permission.protocol" => rules().map(|rule| rule.ip_protocol.clone()).collect(),
            "ip-permission.to-port" => rules().map(|rule| rule.to_port.to_string()).collect(),
            "owner-id" => vec![self.owner_id.clone()],
            "vpc-id" => vec![self.vpc_id.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self {
            tags: region.tags(&self.group_id),
            ip_permissions: rules::permissions(region.rules(&self.group_id, false)),
            ip_permissions_egress: rules::permissions(region.rules(&self.group_id, true)),
            ..self.clone()
        }
    }
}

impl Read for DescribeSecurityGroups {
    type Output = DescribeSecurityGroupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        if !self.group_names.is_empty() && self.listing.max_results.is_some() {
            return Err(combination("The parameter MaxResults cannot be used with group names."));
        }
        let mut ids = self.group_ids.clone();
        for name in &self.group_names {
            ids.push(find(&region, None, Some(name))?.group_id);
        }
        let (groups, next_token) = self.listing.page(&region, &ids)?;
        Ok(DescribeSecurityGroupsOutput { next_token, security_groups: groups })
    }
}
