//! Distributions as the edges know them.

use std::sync::Arc;

use crate::edge::{DOMAIN, Location, of_city};
use crate::shapes::distribution::DistributionConfig;
use crate::state::State;

/// A distribution as the edges know it.
pub(crate) struct Site {
    pub(crate) id: String,
    pub(crate) arn: String,
    /// Its own name.
    pub(crate) domain: String,
    pub(crate) config: Arc<DistributionConfig>,
}

/// The distribution that a name means, and the location that it chooses.
pub(crate) fn site(state: &State, host: &str) -> Option<(Site, Option<&'static Location>)> {
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let front = host.strip_suffix(DOMAIN)?.strip_suffix('.')?;
    let (city, name) = front.rsplit_once('.').unwrap_or(("", front));
    let chosen = of_city(city);
    if !city.is_empty() && chosen.is_none() {
        return None;
    }
    let id = state.domains.get(&format!("{name}.{DOMAIN}"))?;
    let found = state.distributions.get(id)?;
    let config = Arc::clone(found.live.as_ref()?);
    let (id, arn, domain) = (id.clone(), found.arn.clone(), found.domain.clone());
    let site = Site { id, arn, domain, config };
    Some((site, chosen))
}
