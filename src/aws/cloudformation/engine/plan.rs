//! Graphs of jobs.

use std::collections::{BTreeMap, BTreeSet};

use crate::job::{Job, JobState, Leftover, Task};
use crate::state::{Revision, Stack};

/// The jobs that make these resources, each behind those that it needs.
pub(super) fn makes(
    revision: &Revision,
    tasks: impl IntoIterator<Item = (String, Task)>,
) -> Vec<Job> {
    let needs = revision.template.needs(Some(&revision.conditions));
    let jobs: Vec<Job> = tasks.into_iter().map(|(logical, task)| job(logical, task)).collect();
    linked(jobs, |logical| needs.get(logical).into_iter().flatten().cloned().collect())
}

/// The jobs that take these away, each behind those that need it.
pub(super) fn removals(stack: &Stack, leftovers: Vec<Leftover>) -> Vec<Job> {
    let mut needed_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for revision in [Some(&stack.revision), stack.before.as_ref()].into_iter().flatten() {
        for (name, needs) in revision.template.needs(Some(&revision.conditions)) {
            for needed in needs {
                needed_by.entry(needed).or_default().insert(name.clone());
            }
        }
    }
    let jobs = leftovers.into_iter().map(|old| job(old.logical.clone(), Task::Remove(old)));
    linked(jobs.collect(), |logical| {
        needed_by.get(logical).into_iter().flatten().cloned().collect()
    })
}

fn job(logical: String, task: Task) -> Job {
    Job { logical, task, waits: 0, followers: Vec::new(), state: JobState::Waiting }
}

/// These jobs, linked by what each has to wait for.
fn linked(mut jobs: Vec<Job>, waits_for: impl Fn(&str) -> Vec<String>) -> Vec<Job> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (n, job) in jobs.iter().enumerate() {
        places.entry(job.logical.clone()).or_default().push(n);
    }
    for n in 0..jobs.len() {
        for name in waits_for(&jobs[n].logical) {
            for before in places.get(&name).into_iter().flatten() {
                if *before != n {
                    jobs[*before].followers.push(n);
                    jobs[n].waits += 1;
                }
            }
        }
    }
    jobs
}

impl Stack {
    /// Begins another run with these jobs.
    pub(super) fn set_jobs(&mut self, phase: super::Phase, jobs: Vec<Job>) {
        self.run += 1;
        self.phase = phase;
        self.open = jobs.len();
        self.jobs = jobs;
        self.failed.clear();
    }

    /// Everything that it has, to be taken away.
    pub(super) fn everything(&self) -> Vec<Leftover> {
        let own = self.resources.iter().filter_map(|(logical, resource)| {
            self.leftover(logical, resource, resource.deletion_policy.as_deref())
        });
        own.collect()
    }

    /// A resource, to be taken away unless its policy is against it.
    pub(super) fn leftover(
        &self,
        logical: &str,
        resource: &crate::state::Resource,
        policy: Option<&str>,
    ) -> Option<Leftover> {
        use crate::shapes::ResourceStatus as S;
        if matches!(resource.status, S::DeleteComplete | S::DeleteSkipped) {
            return None;
        }
        let creating = matches!(self.phase, super::Phase::Create | super::Phase::Undo);
        let keep = match policy {
            Some("Retain") => !(creating && self.retain_except_on_create),
            Some("RetainExceptOnCreate") => !creating,
            _ => false,
        };
        Some(Leftover {
            logical: logical.to_owned(),
            kind: resource.kind.clone(),
            physical: resource.physical.clone()?,
            properties: resource.properties.clone(),
            keep: keep || self.retained.contains(logical),
        })
    }
}
