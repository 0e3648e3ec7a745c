//! What the learner's machine asks of hosted zones: a service of the lab's own.
//!
//! Programs of the lab's shell resolve nothing: they hand names to the session's proxy, and it has to
//! know behind which door a name leads. So here a name is followed to the last name that something of
//! AWS's own answers to, or to an address, where a resolver would give addresses alone.

use sim::api::{ApiError, OpDef, Protocol, Read, Service};
use sim::names::Query;
use sim::{Cx, World};

use crate::answer::{picked, sets_at};
use crate::lookup::{self, Authority};
use crate::name;
use crate::state::State;
use crate::zone::Data;

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "names",
    title: "Names of hosted zones, from the outside",
    protocol: Protocol::Lab,
    signing_name: "names",
    api_version: "",
    xml_namespace: "",
    operations: ALL,
    refused: &[],
};

static ALL: &[&OpDef] = &[&Lead::DEF, &Settled::DEF];

/// How many names may stand for one another.
const CHAIN_MAX: usize = 10;

sim::operation! {
    /// Tells where a name leads.
    read Lead in "names" = "";
    input {
        /// The name.
        pub name: String => "name",
    }
    output LeadOutput {
        /// Whether a hosted zone answers for it.
        pub known: bool => "known",
        /// The name or the address that it leads to; nothing when there is none.
        pub target: Option<String> => "target",
        /// `NXDOMAIN`, when there is none.
        pub why: Option<String> => "why",
    }
    errors []
    access unsigned
}

impl Read for Lead {
    type Output = LeadOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let nothing =
            |why: &str| LeadOutput { known: true, target: None, why: Some(why.to_owned()) };
        let mut at = self.name;
        for steps in 0..CHAIN_MAX {
            let bare = at.trim_end_matches('.').to_ascii_lowercase();
            let to = |known| LeadOutput { known, target: Some(bare.clone()), why: None };
            let Ok(asked) = name::parse(&bare) else { return Ok(LeadOutput::default()) };
            let (zone, records) = match lookup::public(world, &asked) {
                None if steps == 0 => return Ok(LeadOutput::default()),
                None => return Ok(to(true)),
                Some(Authority::Nobody) => return Ok(nothing("SERVFAIL")),
                Some(Authority::Zone(id, zone)) => (id, zone.live.as_deref()),
            };
            let Some(records) = records else { return Ok(nothing("SERVFAIL")) };
            let Some(sets) = sets_at(records, &asked) else { return Ok(nothing("NXDOMAIN")) };
            let query = Query::new(&bare, "A", None);
            let find = |kind: &str| picked(world, &query, &sets, kind).into_iter().next();
            let Some(set) = find("A").or_else(|| find("CNAME")) else {
                return Ok(nothing("the name has no address"));
            };
            match &set.data {
                Data::Alias { zone: own, target, .. } if own == zone => at.clone_from(target),
                Data::Alias { target, .. } => {
                    let target = target.trim_end_matches('.');
                    let target = target.strip_prefix("dualstack.").unwrap_or(target).to_owned();
                    return Ok(LeadOutput { known: true, target: Some(target), why: None });
                }
                Data::Plain { values, .. } => match (set.kind.as_str(), values.first()) {
                    ("CNAME", Some(value)) => at.clone_from(value),
                    (_, first) => {
                        return Ok(LeadOutput { known: true, target: first.cloned(), why: None });
                    }
                },
            }
        }
        Ok(nothing("SERVFAIL"))
    }
}

sim::operation! {
    /// Tells whether the name servers know a zone as it is: whoever makes one for somebody else waits
    /// for that.
    read Settled in "names" = "";
    input {
        /// Its id.
        zone: String => "zone",
    }
    output SettledOutput {
        /// Whether they do.
        pub settled: bool => "settled",
    }
    errors ["NoSuchHostedZone"]
    access unsigned
}

impl Read for Settled {
    type Output = SettledOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let zone = world.get::<State>().zone(&self.zone)?;
        Ok(SettledOutput { settled: zone.live.as_deref() == Some(&zone.records) })
    }
}
