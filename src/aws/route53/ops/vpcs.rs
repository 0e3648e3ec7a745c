//! The networks that know a private zone.

use aws::ec2::guests;
use aws::place::Place;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::ids;
use crate::shapes::zone::{ChangeInfo, VpcGiven};
use crate::state::{State, submit};
use crate::zone::Network;

/// The network that is meant.
///
/// # Errors
/// `InvalidInput` when something is missing, `InvalidVPCId` when there is no such network.
pub(crate) fn network(world: &World, cx: &Cx<'_>, given: VpcGiven) -> Result<Network, ApiError> {
    let (Some(region), Some(id)) = (given.region, given.id) else {
        return Err(invalid("A VPC is named by both VPCRegion and VPCId."));
    };
    let place = Place { account: cx.account.to_owned(), region: region.clone() };
    if guests::dns(world, &place, &id).is_none() {
        let message = "The VPC ID that you specified either isn't a valid ID or the current account \
                       is not authorized to access this VPC.";
        return Err(ApiError::new(400, "InvalidVPCId", message));
    }
    Ok((region, id))
}

/// Whether a network knows no zone of this name yet.
///
/// # Errors
/// `ConflictingDomainExists`
pub(crate) fn free(state: &State, name: &str, network: &Network) -> Result<(), ApiError> {
    let (region, vpc) = network;
    let mut zones = state.zones.iter();
    let other = zones.find(|(_, zone)| zone.name == name && zone.is_known_in(region, vpc));
    let Some((id, _)) = other else { return Ok(()) };
    let message = format!(
        "The VPC {vpc} in region {region} has already been associated with the hosted zone {id} \
         with the same domain name."
    );
    Err(ApiError::new(400, "ConflictingDomainExists", message))
}

fn comment(given: Option<String>) -> Option<String> {
    given.filter(|text| !text.is_empty())
}

sim::operation! {
    /// Makes a private zone known to one more network.
    write AssociateVPCWithHostedZone in "route53" = "POST /2013-04-01/hostedzone/{HostedZoneId}/associatevpc";
    input {
        /// The zone.
        hosted_zone_id: String => "HostedZoneId" Uri,
        /// The network.
        vpc: VpcGiven => "VPC",
        /// What it is for.
        comment: Option<String> => "Comment",
    }
    output AssociateVPCWithHostedZoneResponse {
        /// The change.
        pub change: Option<ChangeInfo> => "ChangeInfo",
    }
    errors [
        "ConflictingDomainExists", "InvalidInput", "InvalidVPCId", "NoSuchHostedZone",
        "PublicZoneVPCAssociation",
    ]
    access { "route53:AssociateVPCWithHostedZone" on "arn:aws:route53:::hostedzone/{HostedZoneId}" }
    takes time
}

impl Write for AssociateVPCWithHostedZone {
    type Output = AssociateVPCWithHostedZoneResponse;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.hosted_zone_id).to_owned();
        let network = network(world, cx, self.vpc)?;
        let state = world.get::<State>();
        let zone = state.zone(&id)?;
        if !zone.is_private() {
            let message = "You're trying to associate a VPC with a public hosted zone. Amazon Route \
                           53 doesn't support associating a VPC with a public hosted zone.";
            return Err(ApiError::new(400, "PublicZoneVPCAssociation", message));
        }
        free(state, &zone.name, &network)?;
        world.get_mut::<State>().zone_mut(&id)?.networks.get_or_insert_default().insert(network);
        Ok(AssociateVPCWithHostedZoneResponse {
            change: Some(submit(world, None, comment(self.comment))),
        })
    }
}

sim::operation! {
    /// Lets a network forget a private zone, as long as another knows it.
    write DisassociateVPCFromHostedZone in "route53" = "POST /2013-04-01/hostedzone/{HostedZoneId}/disassociatevpc";
    input {
        /// The zone.
        hosted_zone_id: String => "HostedZoneId" Uri,
        /// The network.
        vpc: VpcGiven => "VPC",
        /// What it is for.
        comment: Option<String> => "Comment",
    }
    output DisassociateVPCFromHostedZoneResponse {
        /// The change.
        pub change: Option<ChangeInfo> => "ChangeInfo",
    }
    errors [
        "InvalidInput", "InvalidVPCId", "LastVPCAssociation", "NoSuchHostedZone",
        "VPCAssociationNotFound",
    ]
    access { "route53:DisassociateVPCFromHostedZone" on "arn:aws:route53:::hostedzone/{HostedZoneId}" }
    takes time
}

impl Write for DisassociateVPCFromHostedZone {
    type Output = DisassociateVPCFromHostedZoneResponse;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.hosted_zone_id).to_owned();
        let (Some(region), Some(vpc)) = (self.vpc.region, self.vpc.id) else {
            return Err(invalid("A VPC is named by both VPCRegion and VPCId."));
        };
        let zone = world.get::<State>().zone(&id)?;
        if !zone.is_known_in(&region, &vpc) {
            let message = "The specified VPC and hosted zone are not currently associated.";
            return Err(ApiError::new(404, "VPCAssociationNotFound", message));
        }
        if zone.networks.as_ref().is_some_and(|all| all.len() == 1) {
            let message = "The VPC that you're trying to disassociate from the private hosted zone \
                           is the last VPC that is associated with the hosted zone. Amazon Route 53 \
                           doesn't support disassociating the last VPC from a hosted zone.";
            return Err(ApiError::new(400, "LastVPCAssociation", message));
        }
        if let Some(networks) = &mut world.get_mut::<State>().zone_mut(&id)?.networks {
            networks.remove(&(region, vpc));
        }
        Ok(DisassociateVPCFromHostedZoneResponse {
            change: Some(submit(world, None, comment(self.comment))),
        })
    }
}
