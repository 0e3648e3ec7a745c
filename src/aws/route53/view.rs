//! Route 53 as the screen shows it: each zone with its records, and what is on its way to the name
//! servers.

use sim::World;
use sim::view::View;

use crate::state::State;
use crate::zone::{Data, RecordSet, Routing, Zone};

/// How many zones, and record sets of each, are shown.
const ZONES_MAX: usize = 10;
const SETS_MAX: usize = 30;

/// What the view shows.
pub(super) fn view(world: &World) -> View {
    let state = world.get::<State>();
    let mut view = View::default();
    for (id, zone) in state.zones.iter().take(ZONES_MAX) {
        view = of_zone(view.section(zone.name.clone()), id, zone);
    }
    let under_way = state.changes.values().filter(|change| !change.done).count();
    if under_way > 0 {
        let text = base::text::plural(under_way, "change");
        view = view.note(format!("{text} on the way to the name servers."));
    }
    if view.sections.is_empty() {
        let note = "There is no hosted zone yet: aws route53 create-hosted-zone";
        view = view.section("Hosted zones").note(note);
    }
    view
}

fn of_zone(view: View, id: &str, zone: &Zone) -> View {
    let mut facts = vec![("id", id.to_owned())];
    match &zone.networks {
        None => facts.push(("known", "everywhere".to_owned())),
        Some(networks) => {
            let names: Vec<&str> = networks.iter().map(|(_, vpc)| vpc.as_str()).collect();
            facts.push(("known in", names.join(", ")));
        }
    }
    let row = |set: &RecordSet| {
        let routing = match set.routing {
            Routing::Simple => String::new(),
            Routing::Weighted(weight) => format!("weight {weight}"),
            Routing::MultiValue => "multivalue".to_owned(),
        };
        let (ttl, value) = match &set.data {
            Data::Plain { ttl, values } => (ttl.to_string(), values.join(", ")),
            Data::Alias { target, .. } => ("alias".to_owned(), target.clone()),
        };
        vec![set.name.clone(), set.kind.as_str().to_owned(), ttl, routing, value]
    };
    let rows = zone.records.values().take(SETS_MAX).map(row).collect();
    view.facts(facts).table(&["Name", "Type", "TTL", "Routing", "Leads to"], rows)
}
