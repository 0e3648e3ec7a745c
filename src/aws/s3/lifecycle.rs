//! What lifecycle rules do: at each midnight of the lab (UTC) objects that are due expire or move to
//! another storage class, and unfinished uploads are given up.
//!
//! Follows the S3 User Guide, "Managing the lifecycle of objects". S3 takes some hours of the day over
//! it; here all of it happens as the day begins.

use std::ops::Bound;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::errors::spelled;
use super::keys::Version;
use super::names;
use super::object::{Lock, Object, StorageClass};
use super::ops::lifecycle_shapes::LifecycleRule;
use super::state::{Bucket, State, Versioning};
use base::{Rng, Time};
use sim::World;

/// A day begins, and the rules of all buckets are worked off.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Midnight;

const DAY_MS: i64 = 86_400_000;
/// What is smaller does not move, unless a rule speaks of sizes, in bytes.
const MOVED_MIN: u64 = 128 << 10;

/// What a rule does to one version of a key.
enum Act {
    /// It is covered by a delete marker, or goes where there are no versions.
    Expire,
    /// It goes for good.
    Remove(String),
    Move(String, StorageClass),
}

/// The midnight at which something is due so many days after an instant.
fn due(from: Time, days: i64) -> Time {
    let end = from.0.saturating_add(days.saturating_mul(DAY_MS));
    Time(end.saturating_add(DAY_MS - 1).div_euclid(DAY_MS).saturating_mul(DAY_MS))
}

/// When an action is due that names a day, or days after an instant.
fn when(date: Option<Time>, days: Option<i64>, from: Time) -> Option<Time> {
    date.or_else(|| days.map(|days| due(from, days)))
}

/// Sees to it that the next midnight happens, as long as a bucket has rules.
pub(super) fn arrange(world: &mut World) {
    let next = Time((world.now().0.div_euclid(DAY_MS) + 1) * DAY_MS);
    let s3 = world.get_mut::<State>();
    if s3.awaits_midnight || s3.buckets.values().all(|bucket| bucket.lifecycle.is_none()) {
        return;
    }
    s3.awaits_midnight = true;
    world.schedule::<State>(next, Midnight);
}

/// Works the rules of all buckets off.
pub(super) fn work_off(world: &mut World) {
    let now = world.now();
    let (s3, rng) = world.parts::<State>();
    s3.awaits_midnight = false;
    for bucket in s3.buckets.values_mut() {
        let Some(all) = bucket.lifecycle.clone() else { continue };
        let rules: Vec<&LifecycleRule> =
            all.iter().filter(|rule| rule.status == "Enabled").collect();
        give_up_uploads(bucket, &rules, now);
        let mut next = bucket.keys.next_key(Bound::Unbounded).map(str::to_owned);
        while let Some(key) = next {
            for act in acts(bucket, &rules, &key, now) {
                perform(bucket, &key, act, now, rng);
            }
            next = bucket.keys.next_key(Bound::Excluded(&key)).map(str::to_owned);
        }
    }
    arrange(world);
}

fn give_up_uploads(bucket: &mut Bucket, rules: &[&LifecycleRule], now: Time) {
    bucket.uploads.retain(|key, uploads| {
        uploads
            .retain(|upload| aborts(rules, key, upload.initiated).is_none_or(|(at, _)| at > now));
        !uploads.is_empty()
    });
}

/// When an upload is given up at the earliest, and by which rule.
fn aborts<'r>(rules: &[&'r LifecycleRule], key: &str, from: Time) -> Option<(Time, &'r str)> {
    let all = rules.iter().filter(|rule| fits(rule, key, None)).filter_map(|rule| {
        let days = rule.abort_incomplete_multipart_upload.as_ref()?.days_after_initiation?;
        Some((due(from, days), rule.id.as_deref().unwrap_or_default()))
    });
    all.min_by_key(|(at, _)| *at)
}

/// When the newest object of a key expires at the earliest, and by which rule.
fn expires<'r>(
    rules: &[&'r LifecycleRule],
    key: &str,
    object: &Object,
    from: Time,
) -> Option<(Time, &'r str)> {
    let all = rules.iter().filter(|rule| fits(rule, key, Some(object))).filter_map(|rule| {
        let expiration = rule.expiration.as_ref()?;
        let at = when(expiration.date, expiration.days, from)?;
        Some((at, rule.id.as_deref().unwrap_or_default()))
    });
    all.min_by_key(|(at, _)| *at)
}

/// What is due of a key.
fn acts(bucket: &Bucket, rules: &[&LifecycleRule], key: &str, now: Time) -> Vec<Act> {
    let versions: Vec<&Version> = bucket.keys.versions(key).collect();
    let mut acts = Vec::new();
    for (newer, version) in versions.iter().enumerate() {
        let id = || version.id_text().to_owned();
        let object = version.object.as_deref();
        let moved = if let Some(above) = newer.checked_sub(1).and_then(|at| versions.get(at)) {
            let since = above.modified;
            if leaves(rules, key, (version, newer - 1), since, now) {
                acts.push(Act::Remove(id()));
                continue;
            }
            object.and_then(|object| {
                moves(rules, key, object, now, |rule| {
                    let all = rule.noncurrent_version_transitions.iter();
                    let all = all.filter(|t| kept(t.newer_noncurrent_versions) < newer);
                    let all = all.map(|t| {
                        let at = t.noncurrent_days.map(|days| due(since, days));
                        (at, t.storage_class.as_deref())
                    });
                    all.collect()
                })
            })
        } else if let Some(object) = object {
            if expires(rules, key, object, version.modified).is_some_and(|(at, _)| at <= now) {
                acts.push(Act::Expire);
                continue;
            }
            moves(rules, key, object, now, |rule| {
                let all = rule
                    .transitions
                    .iter()
                    .map(|t| (when(t.date, t.days, version.modified), t.storage_class.as_deref()));
                all.collect()
            })
        } else {
            if versions.len() == 1 && covers_nothing(rules, key, version.modified, now) {
                acts.push(Act::Remove(id()));
            }
            None
        };
        acts.extend(moved.map(|class| Act::Move(id(), class)));
    }
    acts
}

/// How many newer noncurrent versions a rule leaves alone.
fn kept(newer: Option<i64>) -> usize {
    newer.and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
}

/// Whether a noncurrent version, above which are so many more, goes for good.
fn leaves(
    rules: &[&LifecycleRule],
    key: &str,
    (version, newer): (&Version, usize),
    since: Time,
    now: Time,
) -> bool {
    let object = version.object.as_deref();
    if object.is_some_and(|object| is_locked(&object.about.lock, now)) {
        return false;
    }
    rules.iter().filter(|rule| fits(rule, key, object)).any(|rule| {
        rule.noncurrent_version_expiration.as_ref().is_some_and(|expiration| {
            let days = expiration.noncurrent_days.unwrap_or(i64::MAX);
            due(since, days) <= now && newer >= kept(expiration.newer_noncurrent_versions)
        })
    })
}

/// Whether a delete marker with nothing below it goes: by its own action, or by age as objects do.
fn covers_nothing(rules: &[&LifecycleRule], key: &str, from: Time, now: Time) -> bool {
    rules.iter().filter(|rule| fits(rule, key, None)).any(|rule| {
        rule.expiration.as_ref().is_some_and(|expiration| {
            expiration.expired_object_delete_marker == Some(true)
                || when(expiration.date, expiration.days, from).is_some_and(|at| at <= now)
        })
    })
}

/// The lowest class that an object is due to move to. `steps` are those of one rule.
fn moves<'r>(
    rules: &[&'r LifecycleRule],
    key: &str,
    object: &Object,
    now: Time,
    steps: impl Fn(&'r LifecycleRule) -> Vec<(Option<Time>, Option<&'r str>)>,
) -> Option<StorageClass> {
    let here = object.about.storage_class.depth();
    let fitting = rules.iter().filter(|rule| fits(rule, key, Some(object)));
    let fitting = fitting.filter(|rule| object.content.len >= MOVED_MIN || !sizes(rule).is_empty());
    let all = fitting.flat_map(|rule| steps(rule)).filter_map(|(at, class)| {
        let class: StorageClass = class.and_then(spelled)?;
        (at? <= now && class.depth() > here).then_some(class)
    });
    all.max_by_key(|class| class.depth())
}

/// The sizes that a rule speaks of: whether it means what is larger, and the size.
fn sizes(rule: &LifecycleRule) -> Vec<(bool, i64)> {
    let filter = rule.filter.as_ref();
    let and = filter.and_then(|filter| filter.and.as_ref());
    let larger = [
        filter.and_then(|f| f.object_size_greater_than),
        and.and_then(|and| and.object_size_greater_than),
    ];
    let smaller = [
        filter.and_then(|f| f.object_size_less_than),
        and.and_then(|and| and.object_size_less_than),
    ];
    let larger = larger.into_iter().flatten().map(|size| (true, size));
    larger.chain(smaller.into_iter().flatten().map(|size| (false, size))).collect()
}

/// Whether a rule is about such a key, and about this object. What is no object has neither tags nor
/// a size.
fn fits(rule: &LifecycleRule, key: &str, object: Option<&Object>) -> bool {
    let filter = rule.filter.as_ref();
    let and = filter.and_then(|filter| filter.and.as_ref());
    let prefixes = [
        rule.prefix.as_deref(),
        filter.and_then(|filter| filter.prefix.as_deref()),
        and.and_then(|and| and.prefix.as_deref()),
    ];
    let one = filter.and_then(|filter| filter.tag.as_ref()).into_iter();
    let mut tags = one.chain(and.map(|and| and.tags.as_slice()).unwrap_or_default());
    let len = object.map(|object| i64::try_from(object.content.len).unwrap_or(i64::MAX));
    prefixes.into_iter().flatten().all(|prefix| key.starts_with(prefix))
        && tags.all(|tag| object.is_some_and(|object| object.about.tags.contains(tag)))
        && sizes(rule).into_iter().all(|(larger, size)| {
            len.is_some_and(|len| if larger { len > size } else { len < size })
        })
}

fn is_locked(lock: &Lock, now: Time) -> bool {
    lock.hold == Some(true) || lock.retention.is_some_and(|retention| retention.until > now)
}

fn perform(bucket: &mut Bucket, key: &str, act: Act, now: Time, rng: &mut Rng) {
    match act {
        Act::Remove(id) => {
            bucket.keys.remove(key, &id);
        }
        Act::Move(id, class) => {
            if let Some(object) = bucket.keys.object_mut(key, Some(&id)) {
                object.about.storage_class = class;
            }
        }
        Act::Expire if bucket.versioning == Versioning::Off => {
            bucket.keys.remove(key, "null");
        }
        Act::Expire => {
            let id = (bucket.versioning == Versioning::Enabled).then(|| names::version_id(rng));
            bucket.keys.push(key, Version { id, modified: now, object: None });
        }
    }
}

impl Bucket {
    fn enabled_rules(&self) -> Vec<&LifecycleRule> {
        let all = self.lifecycle.iter().flatten();
        all.filter(|rule| rule.status == "Enabled").collect()
    }

    /// When an object expires that is the newest of its key, as a header says it.
    pub(super) fn expiry(&self, key: &str, object: &Object, modified: Time) -> Option<String> {
        let (at, rule) = expires(&self.enabled_rules(), key, object, modified)?;
        let rule = utf8_percent_encode(rule, NON_ALPHANUMERIC);
        Some(format!("expiry-date=\"{}\", rule-id=\"{rule}\"", at.http_date()))
    }

    /// When an upload is given up, and by which rule.
    pub(super) fn abort(&self, key: &str, initiated: Time) -> Option<(Time, String)> {
        let (at, rule) = aborts(&self.enabled_rules(), key, initiated)?;
        Some((at, rule.to_owned()))
    }
}
