//! What rules of security groups are made of: read from requests, and shown as permissions.

use super::super::cidr::Cidr;
use super::super::error::{invalid, refuse};
use super::super::ids::Kind;
use super::super::region::Region;
use super::super::shapes::group::{
    IpPermission, IpPermissionGiven, IpRange, Ipv6Range, ReferencedSecurityGroup, SecurityGroup,
    SecurityGroupRule, UserIdGroupPair, UserIdGroupPairGiven,
};
use base::Rng;
use sim::api::ApiError;

/// A protocol, as rules name it.
pub(super) const ALL: &str = "-1";
/// The highest number of a port.
const PORT_MAX: i64 = 65_535;
/// The highest number of a protocol.
const PROTOCOL_MAX: u16 = 255;
/// The most characters of a description.
const DESCRIPTION_LEN_MAX: usize = 255;

/// Whom a rule is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Peer {
    V4(Cidr),
    V6(String),
    Group { id: String, owner: String },
}

/// Which traffic a rule is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Traffic {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
    pub(super) protocol: String,
    /// The first port, or an ICMP type.
    pub(super) from: i64,
    /// The last port, or an ICMP code.
    pub(super) to: i64,
}

/// A rule that a request names.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) traffic: Traffic,
    pub(super) peer: Peer,
    pub(super) description: Option<String>,
}

impl Traffic {
    /// Reads protocol and ports, of which some protocols have none.
    pub(super) fn read(
        protocol: &str,
        from: Option<i64>,
        to: Option<i64>,
    ) -> Result<Self, ApiError> {
        let name = match protocol.to_ascii_lowercase().as_str() {
            "-1" | "all" => ALL.to_owned(),
            "6" | "tcp" => "tcp".to_owned(),
            "17" | "udp" => "udp".to_owned(),
            "1" | "icmp" => "icmp".to_owned(),
            "58" | "icmpv6" => "icmpv6".to_owned(),
            number => match number.parse::<u16>() {
                Ok(n) if n <= PROTOCOL_MAX => n.to_string(),
                _ => {
                    return Err(invalid(format!(
                        "Invalid value '{protocol}' for IP protocol. Unknown protocol."
                    )));
                }
            },
        };
        let (from, to) = match name.as_str() {
            "tcp" | "udp" => ports(from, to)?,
            "icmp" | "icmpv6" => (from.unwrap_or(-1), to.unwrap_or(-1)),
            _ => (-1, -1),
        };
        Ok(Self { protocol: name, from, to })
    }

    /// As refusals speak of it: `TCP, from port: 22, to port: 22`.
    fn words(&self) -> String {
        let all = |n: i64| if n == -1 { "ALL".to_owned() } else { n.to_string() };
        match self.protocol.as_str() {
            ALL => "ALL".to_owned(),
            "tcp" | "udp" => format!(
                "{}, from port: {}, to port: {}",
                self.protocol.to_ascii_uppercase(),
                self.from,
                self.to
            ),
            "icmp" | "icmpv6" => format!(
                "{}, type: {}, code: {}",
                self.protocol.to_ascii_uppercase(),
                all(self.from),
                all(self.to)
            ),
            number => number.to_owned(),
        }
    }
}

fn ports(from: Option<i64>, to: Option<i64>) -> Result<(i64, i64), ApiError> {
    let (Some(from), Some(to)) = (from, to) else {
        return Err(invalid(
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        ));
    };
    // Clients may say that they mean all ports.
    if (from, to) == (-1, -1) {
        return Ok((0, PORT_MAX));
    }
    if !(0..=PORT_MAX).contains(&from) || !(0..=PORT_MAX).contains(&to) || from > to {
        return Err(invalid(format!("Invalid TCP/UDP port range ({from}:{to})")));
    }
    Ok((from, to))
}

impl Peer {
    pub(super) fn v4(text: &str) -> Result<Self, ApiError> {
        let malformed = || invalid(format!("CIDR block {text} is malformed"));
        Cidr::parse(text).map(Self::V4).ok_or_else(malformed)
    }

    pub(super) fn v6(text: &str) -> Result<Self, ApiError> {
        let malformed = || invalid(format!("CIDR block {text} is malformed"));
        let (address, bits) = text.split_once('/').ok_or_else(malformed)?;
        let address: std::net::Ipv6Addr = address.parse().map_err(|_| malformed())?;
        let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 128).ok_or_else(malformed)?;
        let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
        let first = std::net::Ipv6Addr::from(u128::from(address) & mask);
        Ok(Self::V6(format!("{first}/{bits}")))
    }

    /// A group of the same VPC.
    pub(super) fn group(region: &Region, vpc: &str, id: &str) -> Result<Self, ApiError> {
        let group = region.groups.get(id).filter(|group| group.vpc_id == vpc);
        let group = group.ok_or_else(|| Kind::Group.none(id))?;
        Ok(Self::Group { id: group.group_id.clone(), owner: group.owner_id.clone() })
    }

    fn pair(region: &Region, vpc: &str, pair: &UserIdGroupPairGiven) -> Result<Self, ApiError> {
        if pair.vpc_id.as_deref().is_some_and(|given| given != vpc) {
            let id = pair.group_id.as_deref().unwrap_or_default();
            return Err(Kind::Group.none(id));
        }
        if let Some(user) = pair.user_id.as_deref().filter(|u| *u != region.place.account) {
            return Err(refuse("InvalidUserID.Malformed", format!("Invalid id: \"{user}\"")));
        }
        match (&pair.group_id, &pair.group_name) {
            (Some(id), _) => Self::group(region, vpc, id),
            (None, Some(name)) => match region.group_named(vpc, name) {
                Some(group) => Self::group(region, vpc, &group.group_id),
                None => Err(Kind::Group.none(name)),
            },
            (None, None) => Err(refuse("MissingParameter", "Source group ID missing.")),
        }
    }

    fn of(rule: &SecurityGroupRule) -> Option<Self> {
        if let Some(text) = &rule.cidr_ipv4 {
            return Cidr::parse(text).map(Self::V4);
        }
        if let Some(text) = &rule.cidr_ipv6 {
            return Some(Self::V6(text.clone()));
        }
        let group = rule.referenced_group_info.as_ref()?;
        Some(Self::Group { id: group.group_id.clone(), owner: group.user_id.clone() })
    }

    fn words(&self) -> String {
        match self {
            Self::V4(cidr) => cidr.to_string(),
            Self::V6(text) => text.clone(),
            Self::Group { id, .. } => id.clone(),
        }
    }
}

/// Refuses what cannot be a description.
pub(super) fn check_description(text: Option<&String>) -> Result<(), ApiError> {
    let odd = |c: char| !(c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c));
    match text {
        Some(text) if text.len() > DESCRIPTION_LEN_MAX || text.contains(odd) => Err(invalid(
            "Invalid rule description. Valid descriptions are strings less than 256 characters from the \
             following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        )),
        _ => Ok(()),
    }
}

/// The rules that permissions of a request name, for a group of this VPC.
pub(super) fn named(
    region: &Region,
    vpc: &str,
    permissions: &[IpPermissionGiven],
) -> Result<Vec<Named>, ApiError> {
    let mut found = Vec::new();
    for given in permissions {
        let protocol = given.ip_protocol.as_deref().unwrap_or_default();
        let traffic = Traffic::read(protocol, given.from_port, given.to_port)?;
        // What was described may be given back, and then it has an empty list.
        if let Some(list) = given.prefix_list_ids.first() {
            let id = list.prefix_list_id.as_deref().unwrap_or_default();
            let message = format!("The prefix list {id} is not simulated here");
            return Err(refuse("UnsupportedOperation", message));
        }
        let before = found.len();
        let mut name = |peer: Peer, description: &Option<String>| {
            check_description(description.as_ref())?;
            found.push(Named { traffic: traffic.clone(), peer, description: description.clone() });
            Ok::<(), ApiError>(())
        };
        for range in &given.ip_ranges {
            name(Peer::v4(range.cidr_ip.as_deref().unwrap_or_default())?, &range.description)?;
        }
        for range in &given.ipv6_ranges {
            name(Peer::v6(range.cidr_ipv6.as_deref().unwrap_or_default())?, &range.description)?;
        }
        for pair in &given.user_id_group_pairs {
            name(Peer::pair(region, vpc, pair)?, &pair.description)?;
        }
        if found.len() == before {
            return Err(refuse("MissingParameter", "Source group ID missing."));
        }
    }
    Ok(found)
}

impl Named {
    /// Whether a rule says the same, whatever its description.
    pub(super) fn is(&self, rule: &SecurityGroupRule) -> bool {
        rule.ip_protocol == self.traffic.protocol
            && (rule.from_port, rule.to_port) == (self.traffic.from, self.traffic.to)
            && Peer::of(rule).as_ref() == Some(&self.peer)
    }

    /// That a group has it already.
    pub(super) fn duplicate(&self) -> ApiError {
        let message = format!(
            "the specified rule \"peer: {}, {}, ALLOW\" already exists",
            self.peer.words(),
            self.traffic.words()
        );
        refuse("InvalidPermission.Duplicate", message)
    }

    /// It as a rule of a group.
    pub(super) fn rule(
        &self,
        group: &SecurityGroup,
        egress: bool,
        region: &Region,
        rng: &mut Rng,
    ) -> SecurityGroupRule {
        let id = Kind::GroupRule.draw(rng);
        let mut rule = SecurityGroupRule {
            security_group_rule_arn: region.place.arn("ec2", &format!("security-group-rule/{id}")),
            security_group_rule_id: id,
            group_id: group.group_id.clone(),
            group_owner_id: group.owner_id.clone(),
            is_egress: egress,
            ..SecurityGroupRule::default()
        };
        self.write(&mut rule);
        rule
    }

    /// Makes a rule say this.
    pub(super) fn write(&self, rule: &mut SecurityGroupRule) {
        rule.ip_protocol.clone_from(&self.traffic.protocol);
        (rule.from_port, rule.to_port) = (self.traffic.from, self.traffic.to);
        rule.description.clone_from(&self.description);
        (rule.cidr_ipv4, rule.cidr_ipv6, rule.referenced_group_info) = (None, None, None);
        match &self.peer {
            Peer::V4(cidr) => rule.cidr_ipv4 = Some(cidr.to_string()),
            Peer::V6(text) => rule.cidr_ipv6 = Some(text.clone()),
            Peer::Group { id, owner } => {
                rule.referenced_group_info =
                    Some(ReferencedSecurityGroup { group_id: id.clone(), user_id: owner.clone() });
            }
        }
    }
}

/// Rules as permissions: those about the same traffic together.
pub(super) fn permissions<'r>(
    rules: impl Iterator<Item = &'r SecurityGroupRule>,
) -> Vec<IpPermission> {
    let mut found: Vec<IpPermission> = Vec::new();
    for rule in rules {
        let ports = (rule.ip_protocol != ALL).then_some((rule.from_port, rule.to_port));
        let (from_port, to_port) = ports.unzip();
        let same = |permission: &&mut IpPermission| {
            permission.ip_protocol == rule.ip_protocol
                && (permission.from_port, permission.to_port) == (from_port, to_port)
        };
        if !found.iter_mut().any(|permission| same(&permission)) {
            found.push(IpPermission {
                ip_protocol: rule.ip_protocol.clone(),
                from_port,
                to_port,
                ..IpPermission::default()
            });
        }
        let Some(permission) = found.iter_mut().find(same) else { continue };
        let description = rule.description.clone();
        if let Some(cidr_ip) = rule.cidr_ipv4.clone() {
            permission.ip_ranges.push(IpRange { description, cidr_ip });
        } else if let Some(cidr_ipv6) = rule.cidr_ipv6.clone() {
            permission.ipv6_ranges.push(Ipv6Range { description, cidr_ipv6 });
        } else if let Some(group) = &rule.referenced_group_info {
            permission.user_id_group_pairs.push(UserIdGroupPair {
                description,
                user_id: group.user_id.clone(),
                group_id: group.group_id.clone(),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Peer, Traffic};

    #[test]
    fn traffic_is_read_as_the_service_reads_it() {
        let check = |protocol: &str, from: Option<i64>, to: Option<i64>, want: &str| {
            let got = Traffic::read(protocol, from, to);
            let got = got.map_or_else(
                |error| error.message,
                |t| format!("{} {} {}", t.protocol, t.from, t.to),
            );
            assert_eq!(got, want, "{protocol} {from:?} {to:?}");
        };
        check("tcp", Some(22), Some(22), "tcp 22 22");
        check("6", Some(1), Some(65_535), "tcp 1 65535");
        check("-1", Some(22), Some(22), "-1 -1 -1");
        check("icmp", None, None, "icmp -1 -1");
        check("icmp", Some(8), Some(0), "icmp 8 0");
        check("50", Some(1), Some(2), "50 -1 -1");
        check("tcp", Some(80), Some(22), "Invalid TCP/UDP port range (80:22)");
        check(
            "udp",
            None,
            None,
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        );
        check("tpc", None, None, "Invalid value 'tpc' for IP protocol. Unknown protocol.");
        check("256", None, None, "Invalid value '256' for IP protocol. Unknown protocol.");
    }

    #[test]
    fn blocks_of_peers_are_those_around_their_addresses() {
        assert_eq!(Peer::v4("10.1.2.3/8").map(|peer| peer.words()), Ok("10.0.0.0/8".into()));
        assert_eq!(Peer::v6("2001:db8::1/32").map(|peer| peer.words()), Ok("2001:db8::/32".into()));
        assert_eq!(Peer::v6("::/0").map(|peer| peer.words()), Ok("::/0".into()));
        let error = Peer::v4("0.0.0.0").expect_err("malformed");
        assert_eq!(error.message, "CIDR block 0.0.0.0 is malformed");
    }
}
