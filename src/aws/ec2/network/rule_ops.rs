//! Rules of security groups, changed and listed by their ids.

use super::super::error::{combination, missing};
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::region::Region;
use super::super::shapes::group::{SecurityGroup, SecurityGroupRule};
use super::super::state::{change, look};
use super::rules::{Named, Peer, Traffic, check_description};
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Describes one or more of your security group rules.
    read DescribeSecurityGroupRules in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of the security group rules.
        security_group_rule_ids: Vec<String> => "SecurityGroupRuleIds" Xml("SecurityGroupRuleId"),
    }
    output DescribeSecurityGroupRulesOutput {
        /// Information about security group rules.
        pub security_group_rules: Vec<SecurityGroupRule> =>
            "SecurityGroupRules" Xml("securityGroupRuleSet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeSecurityGroupRules" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["SecurityGroupRules"],
    }
}

impl Listed for SecurityGroupRule {
    const FILTERS: &'static [&'static str] = &["group-id", "security-group-rule-id"];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        match filter {
            "group-id" => vec![self.group_id.clone()],
            "security-group-rule-id" => vec![self.security_group_rule_id.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.security_group_rule_id), ..self.clone() }
    }
}

impl Read for DescribeSecurityGroupRules {
    type Output = DescribeSecurityGroupRulesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (rules, next) = self.listing.page(&look(world, cx), &self.security_group_rule_ids)?;
        Ok(DescribeSecurityGroupRulesOutput { next_token: next, security_group_rules: rules })
    }
}

sim::argument! {
    /// Describes a security group rule.
    pub struct SecurityGroupRuleRequest {
        /// The IP protocol name (tcp, udp, icmp, icmpv6) or number (see Protocol Numbers).
        pub(crate) ip_protocol: Option<String> => "IpProtocol",
        /// If the protocol is TCP or UDP, this is the start of the port range.
        pub(crate) from_port: Option<i64> => "FromPort",
        /// If the protocol is TCP or UDP, this is the end of the port range.
        pub(crate) to_port: Option<i64> => "ToPort",
        /// The IPv4 CIDR range.
        pub(crate) cidr_ipv4: Option<String> => "CidrIpv4",
        /// The IPv6 CIDR range.
        pub(crate) cidr_ipv6: Option<String> => "CidrIpv6",
        /// The ID of the prefix list.
        _prefix_list_id: Refused<String> => "PrefixListId",
        /// The ID of the security group that is referenced in the security group rule.
        pub(crate) referenced_group_id: Option<String> =>
            "ReferencedGroupId",
        /// The description of the security group rule.
        pub(crate) description: Option<String> => "Description",
    }
}

sim::argument! {
    /// Describes an update to a security group rule.
    pub struct SecurityGroupRuleUpdate {
        /// The ID of the security group rule.
        pub(crate) security_group_rule_id: String =>
            "SecurityGroupRuleId",
        /// Information about the security group rule.
        pub(crate) security_group_rule: Option<SecurityGroupRuleRequest> =>
            "SecurityGroupRule",
    }
}

sim::operation! {
    /// Modifies the rules of a security group.
    write ModifySecurityGroupRules in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the security group.
        group_id: String => "GroupId",
        /// Information about the security group properties to update.
        security_group_rules: Vec<SecurityGroupRuleUpdate> =>
            required "SecurityGroupRules" Xml("SecurityGroupRule"),
    }
    output ModifySecurityGroupRulesOutput {
        /// Returns true if the request succeeds; otherwise, returns an error.
        pub returned: bool => "Return",
    }
    errors [
        "InvalidGroup.NotFound",
        "InvalidParameterValue",
        "InvalidPermission.Duplicate",
        "InvalidSecurityGroupRuleId.NotFound",
        "MissingParameter",
    ]
    access {
        "ec2:ModifySecurityGroupRules" on "arn:aws:ec2:{region}:{account}:security-group/{GroupId}",
    }
}

impl Write for ModifySecurityGroupRules {
    type Output = ModifySecurityGroupRulesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.security_group_rules.is_empty() {
            return Err(missing("SecurityGroupRule"));
        }
        change(world, cx, |change| {
            let region = &mut *change.region;
            let group = region.find::<SecurityGroup>(&self.group_id)?.clone();
            let mut changed: Vec<SecurityGroupRule> = Vec::new();
            for update in &self.security_group_rules {
                let id = &update.security_group_rule_id;
                let mut rule = region.find::<SecurityGroupRule>(id)?.clone();
                if rule.group_id != group.group_id {
                    return Err(Kind::GroupRule.none(id));
                }
                let wish = update.named(region, &group.vpc_id)?;
                let others = region.rules(&group.group_id, rule.is_egress);
                if others.filter(|other| other.security_group_rule_id != *id).any(|o| wish.is(o)) {
                    return Err(wish.duplicate());
                }
                wish.write(&mut rule);
                changed.push(rule);
            }
            self.dry.stop()?;
            for rule in changed {
                region.put(rule);
            }
            Ok(ModifySecurityGroupRulesOutput { returned: true })
        })
    }
}

impl SecurityGroupRuleUpdate {
    fn named(&self, region: &Region, vpc: &str) -> Result<Named, ApiError> {
        let Some(rule) = &self.security_group_rule else {
            return Err(missing("SecurityGroupRule"));
        };
        let protocol = rule.ip_protocol.as_deref().ok_or_else(|| missing("IpProtocol"))?;
        let traffic = Traffic::read(protocol, rule.from_port, rule.to_port)?;
        let peer = match (&rule.cidr_ipv4, &rule.cidr_ipv6, &rule.referenced_group_id) {
            (Some(cidr), None, None) => Peer::v4(cidr)?,
            (None, Some(cidr), None) => Peer::v6(cidr)?,
            (None, None, Some(group)) => Peer::group(region, vpc, group)?,
            _ => return Err(combination("Exactly one source or destination must be specified")),
        };
        check_description(rule.description.as_ref())?;
        Ok(Named { traffic, peer, description: rule.description.clone() })
    }
}
