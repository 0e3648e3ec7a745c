//! The entries of network ACLs.

use super::super::cidr::Cidr;
use super::super::defaults::{self, LAST_ENTRY};
use super::super::error::{invalid, invalid_value, missing, refuse};
use super::super::filter::Dry;
use super::super::shapes::acl::{
    IcmpTypeCode, IcmpTypeCodeGiven, NetworkAcl, NetworkAclEntry, PortRange, PortRangeGiven,
};
use super::super::state::change;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

/// The highest number of an entry of one's own.
const ENTRY_MAX: i64 = 32_766;

/// What requests say of an entry.
struct Wanted<'a> {
    number: i64,
    egress: bool,
    protocol: &'a str,
    action: &'a str,
    cidr: Option<&'a str>,
    ports: Option<&'a PortRangeGiven>,
    icmp: Option<&'a IcmpTypeCodeGiven>,
}

/// The numbers of protocols that have ports, or types and codes.
const ICMP: &str = "1";
const TCP: &str = "6";
const UDP: &str = "17";

fn entry(wanted: &Wanted<'_>) -> Result<NetworkAclEntry, ApiError> {
    let number = wanted.number;
    if !(1..=ENTRY_MAX).contains(&number) {
        let more = "Must be between 1 and 32766";
        return Err(invalid_value(&number.to_string(), "ruleNumber", more));
    }
    if !matches!(wanted.action, "allow" | "deny") {
        return Err(invalid(format!("Invalid value '{}' for ruleAction.", wanted.action)));
    }
    let protocol = match wanted.protocol.to_ascii_lowercase().as_str() {
        "-1" | "all" => "-1".to_owned(),
        "icmp" => ICMP.to_owned(),
        "tcp" => TCP.to_owned(),
        "udp" => UDP.to_owned(),
        other => match other.parse::<u8>() {
            Ok(number) => number.to_string(),
            Err(_) => return Err(invalid_value(wanted.protocol, "protocol", "")),
        },
    };
    let cidr = Cidr::read(wanted.cidr.ok_or_else(|| missing("cidrBlock"))?, "cidrBlock")?;
    let mut made = NetworkAclEntry {
        cidr_block: cidr.to_string(),
        egress: wanted.egress,
        protocol,
        rule_action: wanted.action.to_owned(),
        rule_number: number,
        ..NetworkAclEntry::default()
    };
    match made.protocol.as_str() {
        TCP | UDP => {
            let ports = wanted.ports.and_then(|range| Some((range.from?, range.to?)));
            let (from, to) = ports.ok_or_else(|| missing("portRange"))?;
            if !(0..=65_535).contains(&from) || !(from..=65_535).contains(&to) {
                return Err(invalid(format!("Invalid TCP/UDP port range ({from}:{to})")));
            }
            made.port_range = Some(PortRange { from, to });
        }
        ICMP => {
            let both = wanted.icmp.and_then(|icmp| Some((icmp.kind?, icmp.code?)));
            let (kind, code) = both.ok_or_else(|| missing("icmpTypeCode.code"))?;
            made.icmp_type_code = Some(IcmpTypeCode { code, kind });
        }
        _ => {}
    }
    Ok(made)
}

fn position(acl: &NetworkAcl, number: i64, egress: bool) -> Option<usize> {
    acl.entries.iter().position(|entry| (entry.rule_number, entry.egress) == (number, egress))
}

fn no_entry(acl: &str, number: i64, egress: bool) -> ApiError {
    let way = if egress { "egress" } else { "ingress" };
    let message = format!(
        "The {way} network acl entry identified by {number} in the network ACL '{acl}' does not exist"
    );
    refuse("InvalidNetworkAclEntry.NotFound", message)
}

sim::operation! {
    /// Creates an entry (a rule) in a network ACL with the specified rule number.
    write CreateNetworkAclEntry in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the network ACL.
        network_acl_id: String => "NetworkAclId",
        /// The rule number for the entry (for example, 100).
        rule_number: i64 => "RuleNumber",
        /// The protocol number.
        protocol: String => "Protocol",
        /// Indicates whether to allow or deny the traffic that matches the rule.
        rule_action: String => "RuleAction",
        /// Indicates whether this is an egress rule (rule is applied to traffic leaving the
        /// subnet).
        egress: bool => "Egress",
        /// The IPv4 network range to allow or deny, in CIDR notation (for example 172.16.0.0/24).
        cidr_block: Option<String> => "CidrBlock",
        /// The IPv6 network range to allow or deny, in CIDR notation (for example
        /// 2001:db8:1234:1a00::/64).
        _ipv6_cidr_block: Refused<String> => "Ipv6CidrBlock",
        /// ICMP protocol: The ICMP or ICMPv6 type and code.
        icmp_type_code: Option<IcmpTypeCodeGiven> => "IcmpTypeCode" Xml("Icmp"),
        /// TCP or UDP protocols: The range of ports the rule applies to.
        port_range: Option<PortRangeGiven> => "PortRange",
    }
    output CreateNetworkAclEntryOutput {}
    errors [
        "InvalidNetworkAclID.NotFound",
        "InvalidParameterValue",
        "MissingParameter",
        "NetworkAclEntryAlreadyExists",
    ]
    access {
        "ec2:CreateNetworkAclEntry" on "arn:aws:ec2:{region}:{account}:network-acl/{NetworkAclId}",
    }
}

impl Write for CreateNetworkAclEntry {
    type Output = CreateNetworkAclEntryOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let made = entry(&Wanted {
            number: self.rule_number,
            egress: self.egress,
            protocol: &self.protocol,
            action: &self.rule_action,
            cidr: self.cidr_block.as_deref(),
            ports: self.port_range.as_ref(),
            icmp: self.icmp_type_code.as_ref(),
        })?;
        change(world, cx, |change| {
            let acl = change.region.find_mut::<NetworkAcl>(&self.network_acl_id)?;
            if position(acl, self.rule_number, self.egress).is_some() {
                let message = format!(
                    "The network acl entry identified by {} already exists.",
                    self.rule_number
                );
                return Err(refuse("NetworkAclEntryAlreadyExists", message));
            }
            self.dry.stop()?;
            acl.entries.push(made);
            defaults::sort_entries(acl);
            Ok(CreateNetworkAclEntryOutput {})
        })
    }
}

sim::operation! {
    /// Replaces an entry (rule) in a network ACL.
    write ReplaceNetworkAclEntry in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the ACL.
        network_acl_id: String => "NetworkAclId",
        /// The rule number of the entry to replace.
        rule_number: i64 => "RuleNumber",
        /// The protocol number.
        protocol: String => "Protocol",
        /// Indicates whether to allow or deny the traffic that matches the rule.
        rule_action: String => "RuleAction",
        /// Indicates whether to replace the egress rule.
        egress: bool => "Egress",
        /// The IPv4 network range to allow or deny, in CIDR notation (for example 172.16.0.0/24).
        cidr_block: Option<String> => "CidrBlock",
        /// The IPv6 network range to allow or deny, in CIDR notation (for example
        /// 2001:bd8:1234:1a00::/64).
        _ipv6_cidr_block: Refused<String> => "Ipv6CidrBlock",
        /// ICMP protocol: The ICMP or ICMPv6 type and code.
        icmp_type_code: Option<IcmpTypeCodeGiven> => "IcmpTypeCode" Xml("Icmp"),
        /// TCP or UDP protocols: The range of ports the rule applies to.
        port_range: Option<PortRangeGiven> => "PortRange",
    }
    output ReplaceNetworkAclEntryOutput {}
    errors [
        "InvalidNetworkAclEntry.NotFound",
        "InvalidNetworkAclID.NotFound",
        "InvalidParameterValue",
        "MissingParameter",
    ]
    access {
        "ec2:ReplaceNetworkAclEntry" on "arn:aws:ec2:{region}:{account}:network-acl/{NetworkAclId}",
    }
}

impl Write for ReplaceNetworkAclEntry {
    type Output = ReplaceNetworkAclEntryOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let made = entry(&Wanted {
            number: self.rule_number,
            egress: self.egress,
            protocol: &self.protocol,
            action: &self.rule_action,
            cidr: self.cidr_block.as_deref(),
            ports: self.port_range.as_ref(),
            icmp: self.icmp_type_code.as_ref(),
        })?;
        change(world, cx, |change| {
            let (id, number) = (&self.network_acl_id, self.rule_number);
            let acl = change.region.find_mut::<NetworkAcl>(id)?;
            let at = position(acl, number, self.egress);
            let at = at.ok_or_else(|| no_entry(id, number, self.egress))?;
            self.dry.stop()?;
            acl.entries[at] = made;
            Ok(ReplaceNetworkAclEntryOutput {})
        })
    }
}

sim::operation! {
    /// Deletes the specified ingress or egress entry (rule) from the specified network ACL.
    write DeleteNetworkAclEntry in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the network ACL.
        network_acl_id: String => "NetworkAclId",
        /// The rule number of the entry to delete.
        rule_number: i64 => "RuleNumber",
        /// Indicates whether the rule is an egress rule.
        egress: bool => "Egress",
    }
    output DeleteNetworkAclEntryOutput {}
    errors [
        "InvalidNetworkAclEntry.NotFound",
        "InvalidNetworkAclID.NotFound",
        "InvalidParameterValue",
    ]
    access {
        "ec2:DeleteNetworkAclEntry" on "arn:aws:ec2:{region}:{account}:network-acl/{NetworkAclId}",
    }
}

impl Write for DeleteNetworkAclEntry {
    type Output = DeleteNetworkAclEntryOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (id, number) = (&self.network_acl_id, self.rule_number);
            let acl = change.region.find_mut::<NetworkAcl>(id)?;
            let at = position(acl, number, self.egress);
            let at = at.ok_or_else(|| no_entry(id, number, self.egress))?;
            if number == LAST_ENTRY {
                return Err(invalid_value(
                    &number.to_string(),
                    "ruleNumber",
                    "Must be between 1 and 32766",
                ));
            }
            self.dry.stop()?;
            acl.entries.remove(at);
            Ok(DeleteNetworkAclEntryOutput {})
        })
    }
}
