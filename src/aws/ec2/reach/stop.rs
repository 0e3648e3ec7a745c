//! What stops a packet.

use std::fmt;
use std::net::Ipv4Addr;

/// Why a packet does not arrive.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Stop {
    /// There is no network interface of this id.
    NoInterface(String),
    /// The instance that it belongs to does not run.
    NotRunning { instance: String, state: &'static str },
    /// The zone has no power.
    NoPower { zone: String },
    /// No rule of the security groups lets it out.
    GroupsOut { interface: String, groups: Vec<String> },
    /// No rule of the security groups lets it in.
    GroupsIn { interface: String, groups: Vec<String> },
    /// An entry of the network ACL refuses it on its way out of a subnet.
    AclOut { acl: String, subnet: String, entry: i64 },
    /// An entry of the network ACL refuses it on its way into a subnet.
    AclIn { acl: String, subnet: String, entry: i64 },
    /// The route table has no route to the address.
    NoRoute { table: String, address: Ipv4Addr },
    /// The route leads to something that is gone or detached.
    Blackhole { table: String, destination: String },
    /// The route leads to an internet gateway, and the interface has no public address.
    NoPublicAddress { interface: String, gateway: String },
    /// Nobody in the network has the address.
    Nobody(Ipv4Addr),
    /// The network has no internet gateway by which something could come in.
    NoGateway { vpc: String },
    /// Only what was asked for from inside comes in through a NAT gateway.
    NatInward { gateway: String },
    /// The NAT gateway is not available.
    NatState { gateway: String, state: String },
    /// A private address means nothing outside of its network.
    PrivateOutside(Ipv4Addr),
    /// An instance that a route leads to drops what is not for itself.
    SourceDestCheck { interface: String },
    /// It arrives, and the answer does not.
    Answer(Box<Stop>),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInterface(id) => write!(f, "there is no network interface {id}"),
            Self::NotRunning { instance, state } => write!(f, "{instance} is {state}"),
            Self::NoPower { zone } => write!(f, "{zone} has no power"),
            Self::GroupsOut { interface, groups } => {
                write!(f, "no rule of {} lets it out of {interface}", groups.join(", "))
            }
            Self::GroupsIn { interface, groups } => {
                write!(f, "no rule of {} lets it into {interface}", groups.join(", "))
            }
            Self::AclOut { acl, subnet, entry } => {
                write!(f, "entry {entry} of {acl} does not let it out of {subnet}")
            }
            Self::AclIn { acl, subnet, entry } => {
                write!(f, "entry {entry} of {acl} does not let it into {subnet}")
            }
            Self::NoRoute { table, address } => write!(f, "{table} has no route to {address}"),
            Self::Blackhole { table, destination } => {
                write!(f, "the route to {destination} in {table} leads to nothing any more")
            }
            Self::NoPublicAddress { interface, gateway } => {
                write!(f, "{interface} has no public address, which {gateway} wants")
            }
            Self::Nobody(address) => write!(f, "nobody in the network has {address}"),
            Self::NoGateway { vpc } => write!(f, "{vpc} has no internet gateway"),
            Self::NatInward { gateway } => {
                write!(f, "{gateway} lets nothing in that was not asked for from inside")
            }
            Self::NatState { gateway, state } => write!(f, "{gateway} is {state}"),
            Self::PrivateOutside(address) => {
                write!(f, "{address} is a private address, to which nothing outside leads")
            }
            Self::SourceDestCheck { interface } => {
                write!(f, "{interface} drops what is not for itself (its source/destination check)")
            }
            Self::Answer(stop) => write!(f, "it arrives, but its answer does not: {stop}"),
        }
    }
}

impl std::error::Error for Stop {}
