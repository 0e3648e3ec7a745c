//! CloudFront as the screen shows it: distributions, how viewers fare, and the copies at each edge.

use base::text::{binary_prefix, plural, span};
use sim::World;
use sim::view::View;
use std::time::Duration;

use crate::edge::cache::{Copy, Edge, Key};
use crate::state::{Distribution, State, Traffic};

/// How many distributions, paths and copies are shown.
const DISTRIBUTIONS_MAX: usize = 10;
const PATHS_MAX: usize = 15;
const COPIES_MAX: usize = 20;

/// What the view shows.
pub(super) fn view(world: &World) -> View {
    let state = world.get::<State>();
    let mut view = View::default();
    for (id, found) in state.distributions.iter().take(DISTRIBUTIONS_MAX) {
        view = of_distribution(view.section(found.domain.clone()), id, found);
        let edges = state.edges.get(id).into_iter().flatten();
        let copies = edges.flat_map(|(city, edge): (&&str, &Edge)| {
            edge.all().map(move |(key, copy)| (*city, key, copy))
        });
        let row = |(city, key, copy)| row(world, city, key, copy);
        let rows: Vec<Vec<String>> = copies.take(COPIES_MAX).map(row).collect();
        view = if rows.is_empty() {
            view.note("No edge has a copy of anything.")
        } else {
            view.table(&["Edge", "Copy of", "Status", "Age", "Good for", "Served", "Size"], rows)
        };
    }
    if view.sections.is_empty() {
        let note = "There is no distribution yet: aws cloudfront create-distribution";
        view = view.section("Distributions").note(note);
    }
    view
}

fn of_distribution(view: View, id: &str, found: &Distribution) -> View {
    let config = &found.kept.config;
    let origins: Vec<&str> = config.origins.items.iter().map(|o| o.domain_name.as_str()).collect();
    let mut facts = vec![
        ("id", id.to_owned()),
        ("status", found.status().to_owned()),
        ("origins", origins.join(", ")),
    ];
    if !config.enabled {
        facts.push(("enabled", "no".to_owned()));
    }
    if found.invalidating() > 0 {
        facts.push(("under way", plural(found.invalidating(), "invalidation")));
    }
    let view = view.facts(facts);
    if found.traffic.is_empty() {
        return view.note("No viewer has asked for anything yet.");
    }
    let row = |(path, traffic): (&String, &Traffic)| {
        let counts = [traffic.hits, traffic.misses, traffic.errors].map(|n| n.to_string());
        let bytes = binary_prefix(traffic.bytes, "B", 1);
        std::iter::once(path.clone()).chain(counts).chain([bytes]).collect()
    };
    let rows = found.traffic.iter().take(PATHS_MAX).map(row).collect();
    view.table(&["Path", "Hits", "Misses", "Errors", "Sent"], rows)
}

fn row(world: &World, city: &str, key: &Key, copy: &Copy) -> Vec<String> {
    let now = world.now();
    // The largest unit alone: seven columns have to stand in half a screen.
    let secs = |n: i64| {
        let text = span(Duration::from_secs(u64::try_from(n).unwrap_or(0)));
        text.split(' ').take(2).collect::<Vec<_>>().join(" ")
    };
    let query = if key.query.is_empty() { String::new() } else { format!("?{}", key.query) };
    let left = copy.fresh_until.secs() - now.secs();
    vec![
        city.to_owned(),
        format!("{}{query}", key.path),
        copy.answer.status.to_string(),
        secs(now.secs() - copy.good_since.secs()),
        if left > 0 { secs(left) } else { "stale".to_owned() },
        copy.hits.to_string(),
        binary_prefix(copy.answer.content.len(), "B", 1),
    ]
}
