//! Rules of security groups that are taken away.

use super::super::error::{combination, missing, refuse};
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::region::Region;
use super::super::shapes::group::{
    IpPermission, IpPermissionGiven, SecurityGroup, SecurityGroupRule,
};
use super::super::state::change;
use super::groups::find;
use super::rules::{self, Named, named};
use super::single::{Single, given};
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

/// What became of a request to take rules away.
struct Taken {
    revoked: Vec<SecurityGroupRule>,
    /// What no rule says, which is no error in a default VPC.
    unknown: Vec<IpPermission>,
}

/// Takes away the rules of these ids, and those that say what is named.
fn take(
    region: &mut Region,
    group: &SecurityGroup,
    egress: bool,
    unwanted: &[Named],
    ids: &[String],
    dry: &Dry,
) -> Result<Taken, ApiError> {
    match (unwanted.is_empty(), ids.is_empty()) {
        (true, true) => return Err(missing("ipPermissions")),
        (false, false) => {
            let message =
                "The parameters ipPermissions and securityGroupRuleIds cannot be used together";
            return Err(combination(message));
        }
        _ => {}
    }
    let mut gone: Vec<SecurityGroupRule> = Vec::new();
    for id in ids {
        let rule = region.find::<SecurityGroupRule>(id)?;
        if rule.group_id != group.group_id || rule.is_egress != egress {
            return Err(Kind::GroupRule.none(id));
        }
        gone.push(rule.clone());
    }
    let default = region.vpcs.get(&group.vpc_id).is_some_and(|vpc| vpc.is_default);
    let mut unknown: Vec<SecurityGroupRule> = Vec::new();
    for named in unwanted {
        match region.rules(&group.group_id, egress).find(|rule| named.is(rule)) {
            Some(rule) => gone.push(rule.clone()),
            None if default => {
                let mut rule = SecurityGroupRule::default();
                named.write(&mut rule);
                unknown.push(rule);
            }
            None => {
                let message = "The specified rule does not exist in this security group.";
                return Err(refuse("InvalidPermission.NotFound", message));
            }
        }
    }
    dry.stop()?;
    for rule in &gone {
        region.remove::<SecurityGroupRule>(&rule.security_group_rule_id);
    }
    Ok(Taken { revoked: gone, unknown: rules::permissions(unknown.iter()) })
}

sim::structure! {
    /// A security group rule removed with RevokeSecurityGroupEgress or RevokeSecurityGroupIngress.
    pub struct RevokedSecurityGroupRule {
        /// A security group rule ID.
        pub security_group_rule_id: String => "SecurityGroupRuleId",
        /// A security group ID.
        pub group_id: String => "GroupId",
        /// Defines if a security group rule is an outbound rule.
        pub is_egress: bool => "IsEgress",
        /// The security group rule's protocol.
        pub ip_protocol: String => "IpProtocol",
        /// The 'from' port number of the security group rule.
        pub from_port: i64 => "FromPort",
        /// The 'to' port number of the security group rule.
        pub to_port: i64 => "ToPort",
        /// The IPv4 CIDR of the traffic source.
        pub cidr_ipv4: Option<String> => "CidrIpv4",
        /// The IPv6 CIDR of the traffic source.
        pub cidr_ipv6: Option<String> => "CidrIpv6",
        /// The ID of a referenced security group.
        pub referenced_group_id: Option<String> => "ReferencedGroupId",
        /// A description of the revoked security group rule.
        pub description: Option<String> => "Description",
    }
}

impl From<SecurityGroupRule> for RevokedSecurityGroupRule {
    fn from(rule: SecurityGroupRule) -> Self {
        Self {
            security_group_rule_id: rule.security_group_rule_id,
            group_id: rule.group_id,
            is_egress: rule.is_egress,
            ip_protocol: rule.ip_protocol,
            from_port: rule.from_port,
            to_port: rule.to_port,
            cidr_ipv4: rule.cidr_ipv4,
            cidr_ipv6: rule.cidr_ipv6,
            referenced_group_id: rule.referenced_group_info.map(|group| group.group_id),
            description: rule.description,
        }
    }
}

sim::operation! {
    /// Removes the specified inbound (ingress) rules from a security group.
    write RevokeSecurityGroupIngress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The CIDR IP address range.
        cidr_ip: Option<String> => "CidrIp",
        /// If the protocol is TCP or UDP, this is the start of the port range.
        from_port: Option<i64> => "FromPort",
        /// The ID of the security group.
        group_id: Option<String> => "GroupId",
        /// The name of the security group.
        group_name: Option<String> => "GroupName",
        /// The sets of IP permissions.
        ip_permissions: Vec<IpPermissionGiven> => "IpPermissions",
        /// The IP protocol name (tcp, udp, icmp) or number (see Protocol Numbers).
        ip_protocol: Option<String> => "IpProtocol",
        /// The name of the source security group.
        source_security_group_name: Option<String> =>
            "SourceSecurityGroupName",
        /// Not supported.
        source_security_group_owner_id: Option<String> =>
            "SourceSecurityGroupOwnerId",
        /// If the protocol is TCP or UDP, this is the end of the port range.
        to_port: Option<i64> => "ToPort",
        /// The IDs of the security group rules.
        security_group_rule_ids: Vec<String> => "SecurityGroupRuleIds" Xml("SecurityGroupRuleId"),
    }
    output RevokeSecurityGroupIngressOutput {
        /// Returns true if the request succeeds; otherwise, returns an error.
        pub returned: bool => "Return",
        /// The inbound rules that were unknown to the service.
        pub unknown_ip_permissions: Vec<IpPermission> =>
            "UnknownIpPermissions" Xml("unknownIpPermissionSet"),
        /// Details about the revoked security group rules.
        pub revoked_security_group_rules: Vec<RevokedSecurityGroupRule> =>
            "RevokedSecurityGroupRules" Xml("revokedSecurityGroupRuleSet"),
    }
    errors [
        "InvalidGroup.NotFound",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "InvalidPermission.NotFound",
        "InvalidSecurityGroupRuleId.NotFound",
        "MissingParameter",
    ]
    access {
        "ec2:RevokeSecurityGroupIngress" on "arn:aws:ec2:{region}:{account}:security-group/{GroupId}",
    }
}

impl Write for RevokeSecurityGroupIngress {
    type Output = RevokeSecurityGroupIngressOutput;
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
            let unwanted = named(change.region, &group.vpc_id, &permissions)?;
            let ids = &self.security_group_rule_ids;
            let taken = take(change.region, &group, false, &unwanted, ids, &self.dry)?;
            Ok(RevokeSecurityGroupIngressOutput {
                returned: true,
                unknown_ip_permissions: taken.unknown,
                revoked_security_group_rules: taken.revoked.into_iter().map(Into::into).collect(),
            })
        })
    }
}

sim::operation! {
    /// Removes the specified outbound (egress) rules from the specified security group.
    write RevokeSecurityGroupEgress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IDs of the security group rules.
        security_group_rule_ids: Vec<String> => "SecurityGroupRuleIds" Xml("SecurityGroupRuleId"),
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
        /// The sets of IP permissions.
        ip_permissions: Vec<IpPermissionGiven> => "IpPermissions",
    }
    output RevokeSecurityGroupEgressOutput {
        /// Returns true if the request succeeds; otherwise, returns an error.
        pub returned: bool => "Return",
        /// The outbound rules that were unknown to the service.
        pub unknown_ip_permissions: Vec<IpPermission> =>
            "UnknownIpPermissions" Xml("unknownIpPermissionSet"),
        /// Details about the revoked security group rules.
        pub revoked_security_group_rules: Vec<RevokedSecurityGroupRule> =>
            "RevokedSecurityGroupRules" Xml("revokedSecurityGroupRuleSet"),
    }
    errors [
        "InvalidGroup.NotFound",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "InvalidPermission.NotFound",
        "InvalidSecurityGroupRuleId.NotFound",
        "MissingParameter",
    ]
    access {
        "ec2:RevokeSecurityGroupEgress" on "arn:aws:ec2:{region}:{account}:security-group/{GroupId}",
    }
}

impl Write for RevokeSecurityGroupEgress {
    type Output = RevokeSecurityGroupEgressOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let group = find(change.region, Some(&self.group_id), None)?;
            let unwanted = named(change.region, &group.vpc_id, &self.ip_permissions)?;
            let ids = &self.security_group_rule_ids;
            let taken = take(change.region, &group, true, &unwanted, ids, &self.dry)?;
            Ok(RevokeSecurityGroupEgressOutput {
                returned: true,
                unknown_ip_permissions: taken.unknown,
                revoked_security_group_rules: taken.revoked.into_iter().map(Into::into).collect(),
            })
        })
    }
}
