//! CloudWatch as the screen shows it: alarms with their states, and metrics with their last values.

use base::Time;
use sim::World;
use sim::view::View;

use super::alarm::{Alarm, Watch};
use super::state::{Region, State};

/// How many alarms and metrics of a region are shown.
const ROWS_MAX: usize = 40;

/// What the view shows: alarms and metrics, by region.
pub(super) fn view(world: &World) -> View {
    let own = &world.config().region;
    let mut view = View::default();
    for (place, region) in world.get::<State>().regions() {
        let of = |what: &str| {
            if place.region == *own {
                what.to_owned()
            } else {
                format!("{what} · {}", place.region)
            }
        };
        if !region.alarms.is_empty() {
            view = alarms(view.section(of("Alarms")), region);
        }
        if !region.metrics.is_empty() {
            view = metrics(view.section(of("Metrics")), region);
        }
    }
    if view.sections.is_empty() {
        let note = "Nothing was measured yet: aws cloudwatch put-metric-data";
        view = view.section("Metrics").note(note);
    }
    view
}

fn alarms(view: View, region: &Region) -> View {
    let row = |(name, alarm): (&String, &Alarm)| {
        let watched = match &alarm.watch {
            Watch::Metric(watch) => format!(
                "{} {} is {} {}",
                watch.stat_text,
                watch.metric.name,
                watch.operator.words(),
                watch.threshold.0
            ),
            Watch::Rule(rule) => rule.clone(),
        };
        let since = alarm.transitioned.iso_secs();
        vec![name.clone(), alarm.state.as_str().to_owned(), since, watched]
    };
    let rows = region.alarms.iter().take(ROWS_MAX).map(row).collect();
    more(view.table(&["Alarm", "State", "Since", "When"], rows), region.alarms.len())
}

fn metrics(view: View, region: &Region) -> View {
    let rows = region.metrics.iter().take(ROWS_MAX).map(|(metric, series)| {
        let dimension = |(name, value): &(String, String)| format!("{name}={value}");
        let dimensions: Vec<String> = metric.dimensions.iter().map(dimension).collect();
        let last = series.last_s().map(|second| Time(second * 1000).iso_secs());
        let name = format!("{} {}", metric.namespace, metric.name);
        vec![name, dimensions.join(", "), last.unwrap_or_default()]
    });
    let rows = rows.collect();
    more(view.table(&["Metric", "Dimensions", "Last value"], rows), region.metrics.len())
}

fn more(view: View, count: usize) -> View {
    match count.checked_sub(ROWS_MAX) {
        Some(more @ 1..) => view.note(format!("and {more} more")),
        _ => view,
    }
}
