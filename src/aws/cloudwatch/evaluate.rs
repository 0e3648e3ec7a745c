//! Alarms in lab time: when they are evaluated, and what comes of it.
//!
//! Source: user guide, "Configuring how CloudWatch alarms treat missing data".

use std::time::Duration;

use base::Time;
use serde_json::json;
use sim::World;

use super::actions;
use super::alarm::{
    Alarm, HistoryItemType, MetricWatch, StateValue, TreatMissingData, Verdict, Watch,
};
use super::composite::{Rule, State as Known};
use super::metric::{Metric, StandardUnit};
use super::series::{MINUTE_S, Points, Window};
use super::state::{Event, Region, State};
use crate::metrics::Measured;
use crate::place::Place;

/// How often an alarm is evaluated; one of a shorter period than a minute every ten seconds.
const EVERY: Duration = Duration::from_mins(1);
const EVERY_HIGH: Duration = Duration::from_secs(10);
/// How many periods more than an alarm has are looked at, so that what is missing is passed over.
const SPARE_PERIODS: i64 = 2;

/// A service has measured something.
pub(super) fn take(world: &mut World, news: &Measured) {
    let metric = Metric {
        namespace: news.namespace.clone(),
        name: news.name.clone(),
        dimensions: news.dimensions.clone(),
    };
    let unit = StandardUnit::named(news.unit.as_deref());
    put(world, &news.place, &metric, unit, &[(news.at, false, Points::of(news.value, 1.0))]);
}

/// Puts values to a metric, and wakes the alarms that watch it.
pub(super) fn put(
    world: &mut World,
    place: &Place,
    metric: &Metric,
    unit: StandardUnit,
    values: &[(Time, bool, Points)],
) {
    let now = world.now();
    let region = world.get_mut::<State>().region_mut(place);
    if !region.metrics.contains_key(metric) {
        region.metrics.insert(metric.clone(), super::series::Series::default());
    }
    if let Some(series) = region.metrics.get_mut(metric) {
        for (at, high, points) in values {
            series.put(*at, unit, *high, points, now);
        }
    }
    let watching = region.alarms.iter().filter(|(_, alarm)| match &alarm.watch {
        Watch::Metric(watch) => watch.metric == *metric,
        Watch::Rule(_) => false,
    });
    let names: Vec<String> = watching.map(|(name, _)| name.clone()).collect();
    for name in names {
        plan(world, place, &name);
    }
}

/// Plans the next evaluation of an alarm, unless one is planned.
pub(super) fn plan(world: &mut World, place: &Place, name: &str) {
    let now = world.now();
    let region = world.get_mut::<State>().region_mut(place);
    let Some(alarm) = region.alarms.get_mut(name) else { return };
    let Watch::Metric(watch) = &alarm.watch else { return };
    if alarm.planned.is_some_and(|planned| planned > now) {
        return;
    }
    let every = if watch.period_s < MINUTE_S { EVERY_HIGH } else { EVERY };
    let step = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    let next = Time((now.0.div_euclid(step) + 1) * step);
    alarm.planned = Some(next);
    let event = Event { place: place.clone(), alarm: name.to_owned() };
    world.schedule::<State>(next, event);
}

/// An alarm is evaluated, and again as long as that may change something.
pub(super) fn happen(world: &mut World, event: &Event) {
    let now = world.now();
    let region = world.get_mut::<State>().region_mut(&event.place);
    let Some(alarm) = region.alarms.get_mut(&event.alarm) else { return };
    if alarm.planned != Some(now) {
        return;
    }
    alarm.planned = None;
    let Watch::Metric(watch) = alarm.watch.clone() else { return };
    let (verdict, lively) = verdict(region, &watch, now);
    let alarm = region.alarms.get(&event.alarm);
    let settled = verdict
        .as_ref()
        .is_none_or(|verdict| alarm.is_some_and(|alarm| alarm.state == verdict.state));
    let repeats = settled && alarm.is_some_and(actions::repeats);
    match verdict {
        Some(verdict) if repeats => {
            actions::again(world, &event.place, &event.alarm, verdict.data.as_deref());
        }
        Some(verdict) => enter(world, &event.place, &event.alarm, verdict),
        None => {}
    }
    if lively || !settled || repeats {
        plan(world, &event.place, &event.alarm);
    }
}

/// Puts an alarm into a state, and those that are made of it, and does what is to be done then.
pub(super) fn enter(world: &mut World, place: &Place, name: &str, verdict: Verdict) {
    let now = world.now();
    let mut changed = Vec::new();
    turn(world.get_mut::<State>().region_mut(place), name, verdict, now, &mut changed);
    for name in changed {
        actions::entered(world, place, &name);
    }
}

fn turn(region: &mut Region, name: &str, verdict: Verdict, now: Time, changed: &mut Vec<String>) {
    if region.enter(name, verdict, now) {
        changed.push(name.to_owned());
        follow(region, name, now, changed);
    }
}

/// Evaluates the rules that name an alarm.
fn follow(region: &mut Region, because: &str, now: Time, changed: &mut Vec<String>) {
    let rules: Vec<(String, Rule)> = region
        .alarms
        .iter()
        .filter_map(|(name, alarm)| Some((name.clone(), rule(alarm)?)))
        .filter(|(_, rule)| rule.names().contains(&because))
        .collect();
    for (name, rule) in rules {
        let verdict = composite(region, &rule, because);
        if region.alarms.get(&name).is_some_and(|alarm| alarm.state != verdict.state) {
            turn(region, &name, verdict, now, changed);
        }
    }
}

fn rule(alarm: &Alarm) -> Option<Rule> {
    match &alarm.watch {
        Watch::Rule(text) => Rule::parse(text).ok(),
        Watch::Metric(_) => None,
    }
}

/// What a rule says now.
pub(super) fn composite(region: &Region, rule: &Rule, because: &str) -> Verdict {
    let known = |name: &str| region.alarms.get(name).map(|alarm| alarm.state);
    let state = match rule.holds(&known) {
        Known::True => StateValue::Alarm,
        Known::False => StateValue::Ok,
    };
    let told = known(because).map_or("unknown", StateValue::as_str);
    let reason = format!("{because} transitioned to {told}, so the rule is {}", state.as_str());
    Verdict { state, reason, data: None }
}

/// What is to be said of a metric now, if anything, and whether that may change by itself.
fn verdict(region: &Region, watch: &MetricWatch, now: Time) -> (Option<Verdict>, bool) {
    let period = watch.period_s;
    let end_s = now.secs() - now.secs().rem_euclid(period);
    let range = watch.periods + SPARE_PERIODS;
    let window =
        Window { start_s: end_s - range * period, end_s, period_s: period, unit: watch.unit };
    let periods = region.series(&watch.metric).map(|s| s.merged(&window, now)).unwrap_or_default();
    let figures =
        periods.iter().rev().filter_map(|(at, points)| Some((*at, watch.stat.of(points)?)));
    let count = usize::try_from(watch.periods).unwrap_or(usize::MAX);
    let figures: Vec<(i64, f64)> = figures.take(count).collect();
    let last = region.last_value(&watch.metric);
    // As long as a value is in the range, or comes into it later, the next evaluation may differ.
    let lively = last.is_some_and(|last| last.secs() >= window.start_s);
    (judge(watch, &figures), lively)
}

/// The state by the newest figures, of which there may be fewer than the alarm has periods.
pub(super) fn judge(watch: &MetricWatch, figures: &[(i64, f64)]) -> Option<Verdict> {
    let breaches = |value: f64| watch.operator.breaches(value, watch.threshold.0);
    let breaching = figures.iter().filter(|(_, value)| breaches(*value)).count();
    let fine = figures.len() - breaching;
    let count = usize::try_from(watch.periods).unwrap_or(usize::MAX);
    let needed = usize::try_from(watch.to_alarm.unwrap_or(watch.periods)).unwrap_or(usize::MAX);
    let missing = count.saturating_sub(figures.len());
    let state = match watch.missing.unwrap_or_default() {
        TreatMissingData::Breaching if breaching + missing >= needed => StateValue::Alarm,
        _ if breaching >= needed => StateValue::Alarm,
        TreatMissingData::Breaching | TreatMissingData::NotBreaching => StateValue::Ok,
        _ if fine > 0 => StateValue::Ok,
        TreatMissingData::Ignore => return None,
        TreatMissingData::Missing if breaching > 0 => StateValue::Alarm,
        TreatMissingData::Missing => StateValue::InsufficientData,
    };
    Some(Verdict {
        state,
        reason: reason(watch, state, figures, needed, missing),
        data: Some(reason_data(watch, figures)),
    })
}

fn reason(
    watch: &MetricWatch,
    state: StateValue,
    figures: &[(i64, f64)],
    needed: usize,
    missing: usize,
) -> String {
    let points = |count: usize| if count == 1 { "datapoint" } else { "datapoints" };
    if figures.is_empty() {
        let count = watch.periods;
        let were = if count == 1 { "was" } else { "were" };
        let noun = points(missing);
        return match (state, watch.missing.unwrap_or_default()) {
            (StateValue::InsufficientData, _) => {
                format!("Insufficient Data: {count} {noun} {were} unknown.")
            }
            (_, treated) => {
                let treated = match treated {
                    TreatMissingData::Breaching => "Breaching",
                    _ => "NonBreaching",
                };
                format!(
                    "Threshold Crossed: no datapoints were received for {count} period{} and {count} \
                     missing {noun} {were} treated as [{treated}].",
                    if count == 1 { "" } else { "s" }
                )
            }
        };
    }
    let alarm = state == StateValue::Alarm;
    let told: Vec<&(i64, f64)> = figures
        .iter()
        .filter(|(_, value)| watch.operator.breaches(*value, watch.threshold.0) == alarm)
        .collect();
    let told = if told.is_empty() { figures.iter().collect() } else { told };
    let list: Vec<String> = told
        .iter()
        .map(|(at, value)| {
            let at = Time(at.saturating_mul(1000)).format("%d/%m/%y %H:%M:%S");
            format!("{value:?} ({at})")
        })
        .collect();
    let (count, were) = (told.len(), if told.len() == 1 { "was" } else { "were" });
    let (not, change) = if alarm { ("", "OK -> ALARM") } else { ("not ", "ALARM -> OK") };
    let least = if alarm {
        needed
    } else {
        usize::try_from(watch.periods).unwrap_or(usize::MAX).saturating_sub(needed) + 1
    };
    format!(
        "Threshold Crossed: {count} out of the last {} datapoints [{}] {were} {not}{} the threshold ({:?}) (minimum \
         {least} {} for {change} transition).",
        watch.periods,
        list.join(", "),
        watch.operator.words(),
        watch.threshold.0,
        points(least),
    )
}

/// The same for programs.
fn reason_data(watch: &MetricWatch, figures: &[(i64, f64)]) -> String {
    let values: Vec<f64> = figures.iter().map(|(_, value)| *value).collect();
    let start = figures.last().map(|(at, _)| Time(at.saturating_mul(1000)).iso_millis());
    json!({"version": "1.0", "statistic": watch.stat_text, "period": watch.period_s,
        "startDate": start, "recentDatapoints": values, "threshold": watch.threshold.0})
    .to_string()
}

/// Notes that an alarm was made or changed.
pub(super) fn configured(region: &mut Region, name: &str, is_new: bool, now: Time) {
    let Some(alarm) = region.alarms.get(name) else { return };
    let kind = alarm.kind();
    let what = if is_new { "created" } else { "updated" };
    let data = json!({"version": "1.0", "type": if is_new { "Create" } else { "Update" }});
    let item = HistoryItemType::ConfigurationUpdate;
    region.note(name, kind, now, item, format!("Alarm \"{name}\" {what}"), data.to_string());
}
