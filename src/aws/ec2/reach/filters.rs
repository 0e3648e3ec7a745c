//! Security groups and network ACLs, asked about one packet.

use std::net::Ipv4Addr;

use super::super::cidr::Cidr;
use super::super::region::Region;
use super::super::shapes::acl::NetworkAclEntry;
use super::super::shapes::group::SecurityGroupRule;
use super::super::shapes::interface::NetworkInterface;
use super::Payload;
use super::stop::Stop;

/// The other end of a packet, as a filter sees it.
#[derive(Clone, Copy)]
pub(super) struct Peer<'r> {
    pub(super) address: Ipv4Addr,
    /// Its interface, when the packet stays within the network: only then do groups know it.
    pub(super) interface: Option<&'r NetworkInterface>,
}

/// Whether a rule of the interface's groups lets the packet through.
pub(super) fn groups_let(
    region: &Region,
    interface: &NetworkInterface,
    egress: bool,
    payload: Payload,
    peer: Peer<'_>,
) -> bool {
    // An interface without any group (a gateway's) is not behind one.
    interface.groups.is_empty()
        || interface.groups.iter().any(|group| {
            region.rules(&group.group_id, egress).any(|rule| fits(rule, payload, peer))
        })
}

fn fits(rule: &SecurityGroupRule, payload: Payload, peer: Peer<'_>) -> bool {
    let traffic = match (rule.ip_protocol.as_str(), payload) {
        ("-1", _) => true,
        ("tcp", Payload::Tcp(_, port)) | ("udp", Payload::Udp(_, port)) => {
            (rule.from_port..=rule.to_port).contains(&i64::from(port))
        }
        ("icmp", Payload::Icmp(kind, code)) => {
            let any = |wanted: i64, got: u8| wanted == -1 || wanted == i64::from(got);
            any(rule.from_port, kind) && any(rule.to_port, code)
        }
        _ => false,
    };
    let by_block = || {
        let block = rule.cidr_ipv4.as_deref().and_then(Cidr::parse);
        block.is_some_and(|block| block.contains(peer.address))
    };
    let by_group = || {
        let Some(named) = &rule.referenced_group_info else { return false };
        let groups = peer.interface.map(|interface| interface.groups.as_slice());
        groups.unwrap_or_default().iter().any(|group| group.group_id == named.group_id)
    };
    traffic && (by_block() || by_group())
}

/// Asks the network ACL of a subnet.
///
/// # Errors
/// The first entry that fits refuses.
pub(super) fn acl_lets(
    region: &Region,
    subnet: &str,
    egress: bool,
    payload: Payload,
    peer: Ipv4Addr,
) -> Result<(), Stop> {
    let Some(acl) = region.acl_of(subnet) else { return Ok(()) };
    let mut entries: Vec<&NetworkAclEntry> =
        acl.entries.iter().filter(|entry| entry.egress == egress).collect();
    entries.sort_by_key(|entry| entry.rule_number);
    let first = entries.into_iter().find(|entry| entry_fits(entry, payload, peer));
    match first {
        Some(entry) if entry.rule_action == "allow" => Ok(()),
        refusing => {
            let (acl, subnet) = (acl.network_acl_id.clone(), subnet.to_owned());
            let entry = refusing.map_or(0, |entry| entry.rule_number);
            Err(if egress {
                Stop::AclOut { acl, subnet, entry }
            } else {
                Stop::AclIn { acl, subnet, entry }
            })
        }
    }
}

fn entry_fits(entry: &NetworkAclEntry, payload: Payload, peer: Ipv4Addr) -> bool {
    let traffic = match (entry.protocol.as_str(), payload) {
        ("-1", _) => true,
        ("6", Payload::Tcp(_, port)) | ("17", Payload::Udp(_, port)) => entry
            .port_range
            .as_ref()
            .is_none_or(|range| (range.from..=range.to).contains(&i64::from(port))),
        ("1", Payload::Icmp(kind, code)) => entry.icmp_type_code.as_ref().is_none_or(|wanted| {
            let any = |wanted: i64, got: u8| wanted == -1 || wanted == i64::from(got);
            any(wanted.kind, kind) && any(wanted.code, code)
        }),
        _ => false,
    };
    traffic && Cidr::parse(&entry.cidr_block).is_some_and(|block| block.contains(peer))
}
