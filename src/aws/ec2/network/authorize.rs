//! Rules of security groups that are granted.

use super::super::error::{invalid, missing, refuse};
use super::super::filter::{Dry, Listed};
use super::super::ids::Kind;
use super::super::limits::RULES_PER_GROUP;
use super::super::shapes::group::{IpPermissionGiven, SecurityGroup, SecurityGroupRule};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{Change, change};
use super::super::tags;
use super::groups::find;
use super::rules::{Named, named};
use super::single::{Single, given};
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

/// Grants what is named, all of it or nothing.
fn grant(
    change: &mut Change<'_>,
    group: &SecurityGroup,
    egress: bool,
    wanted: &[Named],
    specifications: &[TagSpecification],
    dry: &Dry,
) -> Result<Vec<SecurityGroupRule>, ApiError> {
    let tags = tags::wanted_on(specifications, Kind::GroupRule)?;
    if wanted.is_empty() {
        return Err(missing("ipPermissions"));
    }
    let has = || change.region.rules(&group.group_id, egress);
    let mut fresh = Vec::new();
    for (at, wish) in wanted.iter().enumerate() {
        let rule = wish.rule(group, egress, change.region, change.rng);
        if has().any(|rule| wish.is(rule)) {
            return Err(wish.duplicate());
        }
        if wanted[..at].iter().any(|other| other.is(&rule)) {
            let message = "The same permission must not appear multiple times";
            return Err(invalid(message));
        }
        fresh.push(rule);
    }
    if has().count() + fresh.len() > RULES_PER_GROUP {
        let message = "The maximum number of rules per security group has been reached.";
        return Err(refuse("RulesPerSecurityGroupLimitExceeded", message));
    }
    dry.stop()?;
    for rule in &fresh {
        tags::attach(change.region, &rule.security_group_rule_id, tags.clone());
        change.region.put(rule.clone());
    }
    Ok(fresh.into_iter().map(|rule| rule.shown(change.region)).collect())
}

sim::operation! {
    /// Adds the specified inbound (ingress) rules to a security group.
    write AuthorizeSecurityGroupIngress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IPv4 address range, in CIDR format.
        cidr_ip: Option<String> => "CidrIp",
        /// If the protocol is TCP or UDP, this is the start of the port range.
        from_port: Option<i64> => "FromPort",
        /// The ID of the security group.
        group_id: Option<String> => "GroupId",
        /// The name of the security group.
        group_name: Option<String> => "GroupName",
        /// The permissions for the security group rules.
        ip_permissions: Vec<IpPermissionGiven> => "IpPermissions",
        /// The IP protocol name (tcp, udp, icmp) or number (see Protocol Numbers).
        ip_protocol: Option<String> => "IpProtocol",
        /// The name of the source security group.
        source_security_group_name: Option<String> =>
            "SourceSecurityGroupName",
        /// The AWS account ID for the source security group, if the source security group is in a
        /// different account.
        source_security_group_owner_id: Option<String> =>
            "SourceSecurityGroupOwnerId",
        /// If the protocol is TCP or UDP, this is the end of the port range.
        to_port: Option<i64> => "ToPort",
        /// The tags applied to the security group rule.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
    }
    output AuthorizeSecurityGroupIngressOutput {
        /// Returns true if the request succeeds; otherwise, returns an error.
        pub returned: bool => "Return",
        /// Information about the inbound (ingress) security group rules that were added.
        pub security_group_rules: Vec<SecurityGroupRule> =>
            "SecurityGroupRules" Xml("securityGroupRuleSet"),
    }
    errors [
        "InvalidGroup.NotFound",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "InvalidPermission.Duplicate",
        "MissingParameter",
        "RulesPerSecurityGroupLimitExceeded",
    ]
    access {
        "ec2:AuthorizeSecurityGroupIngress" on "arn:aws:ec2:{region}:{account}:security-group/{GroupId}",
    }
}

impl Write for AuthorizeSecurityGroupIngress {
    type Output = AuthorizeSecurityGroupIngressOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let single = Single {
            protocol: self.ip_protocol.as_ref(),
            from: self.from_port,
            to: self.to_port,
            cidr: self.cidr_ip.as_ref(),
            group: self.source_security_group_name.as_ref(),
            owner: self.source_security_group_owner_id.as_ref(),
        };
        let permissions = given(self.ip_permissions, &single)?;
        change(world, cx, |change| {
            let (id, name) = (self.group_id.as_deref(), self.group_name.as_deref());
            let group = find(change.region, id, name)?;
            let wanted = named(change.region, &group.vpc_id, &permissions)?;
            let tags = &self.tag_specifications;
            let security_group_rules = grant(change, &group, false, &wanted, tags, &self.dry)?;
            Ok(AuthorizeSecurityGroupIngressOutput { returned: true, security_group_rules })
        })
    }
}

sim::operation! {
    /// Adds the specified outbound (egress) rules to a security group.
    write AuthorizeSecurityGroupEgress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The tags applied to the security group rule.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// The ID of the security group.
        group_id: String => "GroupId",
        /// Not supported.
        _source_security_group_name: Refused<String> => "SourceSecurityGroupName",
        /// Not supported.
        _source_security_group_owner_id: Refused<String> => "SourceSecurityGroupOwnerId",
        /// Not supported.
        _ip_protocol: Refused<String> => "IpProtocol",
        /// Not supported.
        _from_port: Refused<i64> => "FromPort",
        /// Not supported.
        _to_port: Refused<i64> => "ToPort",
        /// Not supported.
        _cidr_ip: Refused<String> => "CidrIp",
        /// The permissions for the security group rules.
        ip_permissions: Vec<IpPermissionGiven> => "IpPermissions",
    }
    output AuthorizeSecurityGroupEgressOutput {
        /// Returns true if the request succeeds; otherwise, returns an error.
        pub returned: bool => "Return",
        /// Information about the outbound (egress) security group rules that were added.
        pub security_group_rules: Vec<SecurityGroupRule> =>
            "SecurityGroupRules" Xml("securityGroupRuleSet"),
    }
    errors [
        "InvalidGroup.NotFound",
        "InvalidParameterValue",
        "InvalidPermission.Duplicate",
        "MissingParameter",
        "RulesPerSecurityGroupLimitExceeded",
    ]
    access {
        "ec2:AuthorizeSecurityGroupEgress" on "arn:aws:ec2:{region}:{account}:security-group/{GroupId}",
    }
}

impl Write for AuthorizeSecurityGroupEgress {
    type Output = AuthorizeSecurityGroupEgressOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let group = find(change.region, Some(&self.group_id), None)?;
            let wanted = named(change.region, &group.vpc_id, &self.ip_permissions)?;
            let tags = &self.tag_specifications;
            let security_group_rules = grant(change, &group, true, &wanted, tags, &self.dry)?;
            Ok(AuthorizeSecurityGroupEgressOutput { returned: true, security_group_rules })
        })
    }
}
