//! CloudWatch Logs as the screen shows it: groups with their streams, and the last lines of each.

use base::Time;
use base::text::{binary_prefix, plural};
use sim::World;
use sim::view::View;

use super::group::{Group, Stream};
use super::state::State;

/// How many groups of a region are shown.
const GROUPS_MAX: usize = 20;
/// How many streams of a group are shown.
const STREAMS_MAX: usize = 10;
/// How many of a group's last events are shown.
const EVENTS_MAX: usize = 15;
/// How many characters of a message are shown.
const MESSAGE_MAX: usize = 100;

/// What the view shows: every group, by region.
pub(super) fn view(world: &World) -> View {
    let (own, now) = (&world.config().region, world.now());
    let mut view = View::default();
    for (place, region) in world.get::<State>().regions() {
        for (name, group) in region.iter().take(GROUPS_MAX) {
            let heading = if place.region == *own {
                name.clone()
            } else {
                format!("{name} · {}", place.region)
            };
            view = of_group(view.section(heading), group, now);
        }
        if let Some(more @ 1..) = region.len().checked_sub(GROUPS_MAX) {
            view = view.section(format!("and {more} more in {}", place.region));
        }
    }
    if view.sections.is_empty() {
        let note = "There is no log group yet: aws logs create-log-group";
        view = view.section("Log groups").note(note);
    }
    view
}

fn of_group(view: View, group: &Group, now: Time) -> View {
    let days = |days| plural(usize::try_from(days).unwrap_or(0), "day");
    let bytes = u64::try_from(group.stored_bytes(now)).unwrap_or(0);
    let mut facts = vec![
        ("kept", group.retention_days.map_or_else(|| "for ever".to_owned(), days)),
        ("stored", binary_prefix(bytes, "B", 1)),
    ];
    if !group.filters.is_empty() {
        let names: Vec<&str> = group.filters.keys().map(String::as_str).collect();
        facts.push(("metric filters", names.join(", ")));
    }
    if group.protected {
        facts.push(("deletion", "protected".to_owned()));
    }
    let view = view.facts(facts);
    if group.streams.is_empty() {
        return view.note("No stream yet.");
    }
    let row = |(name, stream): (&String, &Stream)| {
        let last = stream.last().map_or_else(|| "none yet".to_owned(), |at| Time(at).iso_secs());
        vec![name.clone(), stream.events.len().to_string(), last]
    };
    let rows = group.streams.iter().take(STREAMS_MAX).map(row).collect();
    let view = view.table(&["Stream", "Events", "Last event"], rows);
    last_events(view, group)
}

fn last_events(view: View, group: &Group) -> View {
    let tail = |(name, stream): (&'_ String, &'_ Stream)| {
        let last = stream.events.iter().rev().take(EVENTS_MAX);
        let row = |(place, event): (&super::event::Place, &super::event::LogEvent)| {
            let message: String = event.message.chars().take(MESSAGE_MAX).collect();
            (*place, vec![Time(place.at).iso_millis(), name.clone(), message.replace('\n', " ")])
        };
        last.map(row).collect::<Vec<_>>()
    };
    let mut events: Vec<_> = group.streams.iter().flat_map(tail).collect();
    events.sort_by_key(|(place, _)| *place);
    let skip = events.len().saturating_sub(EVENTS_MAX);
    let rows: Vec<_> = events.into_iter().skip(skip).map(|(_, row)| row).collect();
    if rows.is_empty() { view } else { view.table(&["Time", "Stream", "Message"], rows) }
}
