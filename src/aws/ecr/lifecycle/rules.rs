//! What the rules of a policy mean.

use base::Time;
use registry::digest::ContentDigest;

use super::super::wildcard;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A policy.
#[derive(Clone, Hash, Debug)]
pub(in crate::ecr) struct Policy {
    /// As it was given.
    pub(in crate::ecr) text: String,
    /// From the first to the last to be applied.
    pub(super) rules: Vec<Rule>,
}

#[derive(Clone, Hash, Debug)]
pub(super) struct Rule {
    pub(super) priority: i64,
    pub(super) selects: Selects,
    pub(super) count: Count,
}

/// Which images a rule is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Selects {
    Any,
    Untagged,
    /// For each of these a tag that begins with it.
    Prefixes(Vec<String>),
    /// For each of these patterns a tag that fits.
    Patterns(Vec<String>),
}

/// Which of them expire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Count {
    /// All but so many of the youngest.
    MoreThan(usize),
    /// What was pushed more than so many days ago.
    OlderThan(i64),
}

/// A preview: what a policy would expire, which it does not do.
#[derive(Hash, Debug)]
pub(in crate::ecr) struct Preview {
    pub(in crate::ecr) policy: Policy,
    pub(in crate::ecr) begun: Time,
    /// What it found; nothing while it is under way.
    pub(in crate::ecr) found: Option<Vec<Expiring>>,
}

/// An image that a policy expires.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::ecr) struct Expiring {
    pub(in crate::ecr) digest: ContentDigest,
    pub(in crate::ecr) tags: Vec<String>,
    pub(in crate::ecr) pushed_at: Time,
    /// The priority of the rule.
    pub(in crate::ecr) rule: i64,
}

/// An image as rules see it.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) digest: &'a ContentDigest,
    pub(super) tags: Vec<&'a str>,
    pub(super) pushed_at: Time,
    /// Whether an index names it, which keeps it as long as that is there.
    pub(super) held: bool,
}

impl Selects {
    fn fits(&self, tags: &[&str]) -> bool {
        let all = |wanted: &[String], fits: fn(&str, &str) -> bool| {
            wanted.iter().all(|one| tags.iter().any(|tag| fits(one, tag)))
        };
        match self {
            Self::Any => true,
            Self::Untagged => tags.is_empty(),
            Self::Prefixes(prefixes) => all(prefixes, |prefix, tag| tag.starts_with(prefix)),
            Self::Patterns(patterns) => all(patterns, wildcard::fits),
        }
    }
}

impl Policy {
    /// The images that expire now, each with the priority of the rule that does it, in the order in
    /// which they were given.
    ///
    /// Rules are applied one after the other. An image that a rule selects is out of reach of all that
    /// come later, which count it all the same.
    pub(super) fn expiring<'c, 'a>(
        &self,
        images: &'c [Candidate<'a>],
        now: Time,
    ) -> Vec<(&'c Candidate<'a>, i64)> {
        let mut taken = vec![false; images.len()];
        let mut expired = vec![None; images.len()];
        for rule in &self.rules {
            let fits = |at: &usize| rule.selects.fits(&images[*at].tags);
            let mut selected: Vec<usize> = (0..images.len()).filter(fits).collect();
            // The youngest first; of two that came together, the order of digests decides.
            selected.sort_by(|&a, &b| {
                let key = |at: usize| (images[at].pushed_at, images[at].digest);
                key(b).cmp(&key(a))
            });
            for (place, &at) in selected.iter().enumerate() {
                let image = &images[at];
                let goes = match rule.count {
                    Count::MoreThan(keep) => place >= keep,
                    Count::OlderThan(days) => {
                        now.0.saturating_sub(image.pushed_at.0) > days.saturating_mul(DAY_MS)
                    }
                };
                if goes && !taken[at] && !image.held {
                    expired[at] = Some(rule.priority);
                }
            }
            for at in selected {
                taken[at] = true;
            }
        }
        images.iter().zip(expired).filter_map(|(image, rule)| Some((image, rule?))).collect()
    }
}
