//! Behind which door a name leads: one that answers to it by itself, or one that a hosted zone's record
//! leads to.

use std::sync::Arc;

use super::door::{Server, Servers, Transport};
use gateway::Gateway;
use route53::outside::{Lead, LeadOutput};
use sim::api::Shaped as _;
use sim::{Caller, Principal};

/// Where a name and a port lead.
pub(crate) enum Way {
    /// To a door.
    Door(Arc<dyn Server>, Transport),
    /// To a name or an address that nothing simulated answers to.
    Outside(String),
}

/// Follows a name.
///
/// # Errors
/// A hosted zone answers for the name and has no address of it: what it answers (`NXDOMAIN`).
pub(crate) fn follow(
    servers: &Servers,
    gateway: &dyn Gateway,
    host: &str,
    port: u16,
) -> Result<Way, String> {
    if let Some((server, transport)) = servers.find(host, port) {
        return Ok(Way::Door(server, transport));
    }
    // No record stands at an address.
    let led = Some(host).filter(|host| host.parse::<std::net::IpAddr>().is_err());
    let led = led.and_then(|host| lead(gateway, host)).filter(|led| led.known);
    match led {
        None => Ok(Way::Outside(host.to_owned())),
        Some(LeadOutput { target: Some(target), .. }) => Ok(match servers.find(&target, port) {
            Some((server, transport)) => Way::Door(server, transport),
            None => Way::Outside(target),
        }),
        Some(LeadOutput { why, .. }) => Err(why.unwrap_or_default()),
    }
}

fn lead(gateway: &dyn Gateway, host: &str) -> Option<LeadOutput> {
    let input = Lead { name: host.to_owned() }.into_value();
    let told = gateway.call(&Caller::from(Principal::Lab), &Lead::DEF, input).ok()?;
    LeadOutput::from_value(told).ok()
}
