//! How far a service's tasks are: which of them count, and what is shown of each.

use std::collections::BTreeMap;

use serde_json::Value;

use command_line::text::ellipsis;
use docker::swarm::text;

/// The states that a task goes through, in order. What stands behind `running` is an end.
const STATES: &[&str] = &[
    "new",
    "allocated",
    "pending",
    "assigned",
    "accepted",
    "preparing",
    "ready",
    "starting",
    "running",
    "complete",
    "shutdown",
    "failed",
    "rejected",
];
const RUNNING: usize = 9;
const COMPLETE: usize = 10;
/// The longest state that is shown.
const STATE_WIDTH: usize = "preparing".len();
/// Services with more tasks than that show the sum alone.
const BARS_MAX: u64 = 20;
/// Characters of an error that a line shows.
const ERROR_WIDTH: usize = 75;

const JOB: &str = "job progress";

/// A line of progress.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Overall(u64, u64),
    /// No task has been made yet.
    Waiting,
    Text(String, String),
    Bar {
        name: String,
        label: String,
        done: u64,
        all: u64,
    },
}

/// The tasks of one service, watched.
#[derive(Debug)]
pub(super) struct Tasks {
    mode: Mode,
    /// The first lines are drawn.
    begun: bool,
    /// All were up at the last look.
    done: bool,
    /// Which line each slot has; slots may have gaps.
    lines: BTreeMap<u64, u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Replicated,
    Global,
    /// How many are to be completed, how many may run at once, and which run of the job it is.
    ReplicatedJob {
        total: u64,
        at_once: u64,
        iteration: u64,
    },
    GlobalJob {
        iteration: u64,
    },
}

/// Where a state stands; 0 is none that is known.
fn rank(state: &str) -> usize {
    STATES.iter().position(|s| *s == state).map_or(0, |at| at + 1)
}

fn state(task: &Value) -> usize {
    rank(text(task, "/Status/State"))
}

fn desired(task: &Value) -> usize {
    rank(text(task, "/DesiredState"))
}

fn iteration(task: &Value) -> u64 {
    task.pointer("/JobIteration/Index").and_then(Value::as_u64).unwrap_or(0)
}

impl Tasks {
    /// `None` for a mode that is not known.
    pub(super) fn of(service: &Value) -> Option<Self> {
        let mode = service.pointer("/Spec/Mode")?;
        let number = |pointer: &str| service.pointer(pointer).and_then(Value::as_u64);
        let iteration = number("/JobStatus/JobIteration/Index").unwrap_or(0);
        let mode = if mode.get("Replicated").is_some() {
            Mode::Replicated
        } else if mode.get("Global").is_some() {
            Mode::Global
        } else if mode.get("ReplicatedJob").is_some() {
            let at_once = number("/Spec/Mode/ReplicatedJob/MaxConcurrent").unwrap_or(1);
            let total = number("/Spec/Mode/ReplicatedJob/TotalCompletions").unwrap_or(at_once);
            Mode::ReplicatedJob { total, at_once, iteration }
        } else if mode.get("GlobalJob").is_some() {
            Mode::GlobalJob { iteration }
        } else {
            return None;
        };
        Some(Self { mode, begun: false, done: false, lines: BTreeMap::new() })
    }

    /// Jobs are not verified: what is complete stays so.
    pub(super) fn are_of_a_job(&self) -> bool {
        matches!(self.mode, Mode::ReplicatedJob { .. } | Mode::GlobalJob { .. })
    }

    /// What has changed, as lines; and whether all tasks are where they should be.
    pub(super) fn look(
        &mut self,
        service: &Value,
        tasks: &[Value],
        node_is_up: &dyn Fn(&str) -> bool,
    ) -> (Vec<Shown>, bool) {
        match self.mode {
            Mode::Replicated => {
                let replicas = service.pointer("/Spec/Mode/Replicated/Replicas");
                let replicas = replicas.and_then(Value::as_u64).unwrap_or(1);
                self.replicated(replicas, tasks, node_is_up)
            }
            Mode::Global => self.global(tasks, node_is_up),
            Mode::ReplicatedJob { total, at_once, iteration } => {
                self.replicated_job(tasks, total, at_once, iteration)
            }
            Mode::GlobalJob { iteration } => self.global_job(tasks, iteration, node_is_up),
        }
    }

    fn replicated(
        &mut self,
        replicas: u64,
        tasks: &[Value],
        node_is_up: &dyn Fn(&str) -> bool,
    ) -> (Vec<Shown>, bool) {
        let mut shown = Vec::new();
        if !self.begun {
            self.begun = true;
            shown.push(Shown::Overall(0, replicas));
            let bars = if replicas <= BARS_MAX { replicas } else { 0 };
            shown.extend((1..=bars).map(|i| Shown::Text(format!("{i}/{replicas}"), " ".into())));
        }
        let slot = |task: &Value| task.get("Slot").and_then(Value::as_u64).unwrap_or(0);
        let alive = |task: &Value| {
            let node = text(task, "/NodeID");
            node.is_empty() || node_is_up(node)
        };
        let by_slot = current(tasks, slot, alive);
        self.done = self.done && by_slot.values().all(|task| state(task) == RUNNING);
        let mut running = 0;
        for (slot, task) in &by_slot {
            let next = self.lines.len() as u64 + 1;
            let line = *self.lines.entry(*slot).or_insert(next);
            if desired(task) <= RUNNING && state(task) == RUNNING {
                running += 1;
            }
            if !self.done && replicas <= BARS_MAX && line <= replicas {
                shown.extend(task_line(&format!("{line}/{replicas}"), task, RUNNING));
            }
        }
        if !self.done {
            shown.push(Shown::Overall(running, replicas));
            self.done = running == replicas;
        }
        (shown, running == replicas)
    }

    fn global(&mut self, tasks: &[Value], node_is_up: &dyn Fn(&str) -> bool) -> (Vec<Shown>, bool) {
        let by_node = current(tasks, |task| text(task, "/NodeID").to_owned(), |_| true);
        let all = by_node.len() as u64;
        let mut shown = Vec::new();
        if !self.begun {
            if all == 0 {
                return (vec![Shown::Waiting], false);
            }
            self.begun = true;
            shown.push(Shown::Overall(0, all));
        }
        self.done = self.done && by_node.values().all(|task| state(task) == RUNNING);
        let mut running = 0;
        for (node, task) in by_node.iter().filter(|(node, _)| node_is_up(node)) {
            if desired(task) <= RUNNING && state(task) == RUNNING {
                running += 1;
            }
            if !self.done && all <= BARS_MAX {
                shown.extend(task_line(short(node), task, RUNNING));
            }
        }
        if !self.done {
            shown.push(Shown::Overall(running, all));
            self.done = running == all;
        }
        (shown, running == all)
    }

    fn replicated_job(
        &mut self,
        tasks: &[Value],
        total: u64,
        at_once: u64,
        run: u64,
    ) -> (Vec<Shown>, bool) {
        let of_run: Vec<&Value> = tasks.iter().filter(|task| iteration(task) == run).collect();
        let mut shown = Vec::new();
        if !self.begun {
            self.begun = true;
            shown.push(job_line(0, total));
            shown.push(Shown::Text(
                "active tasks".into(),
                format!("0 out of {} tasks", at_once.min(total)),
            ));
            if total <= BARS_MAX {
                shown.extend((1..=total).map(|i| Shown::Text(slot_name(i, total), " ".into())));
            }
        }
        let slot = |task: &Value| task.get("Slot").and_then(Value::as_u64).unwrap_or(0);
        let owned: Vec<Value> = of_run.into_iter().cloned().collect();
        let (mut complete, mut active) = (0, 0);
        for (slot, task) in &current(&owned, slot, |_| true) {
            match state(task) {
                COMPLETE => complete += 1,
                s if s <= RUNNING => active += 1,
                _ => {}
            }
            let next = self.lines.len() as u64 + 1;
            let line = *self.lines.entry(*slot).or_insert(next);
            if total <= BARS_MAX {
                shown.extend(task_line(&slot_name(line, total), task, COMPLETE));
            }
        }
        shown.push(job_line(complete, total));
        let room = at_once.min(total - complete.min(total));
        shown.push(Shown::Text("active tasks".into(), format!("{active} out of {room} tasks")));
        (shown, complete == total)
    }

    fn global_job(
        &mut self,
        tasks: &[Value],
        run: u64,
        node_is_up: &dyn Fn(&str) -> bool,
    ) -> (Vec<Shown>, bool) {
        let of_run: Vec<Value> =
            tasks.iter().filter(|task| iteration(task) == run).cloned().collect();
        let by_node = current(
            &of_run,
            |task| text(task, "/NodeID").to_owned(),
            |task| node_is_up(text(task, "/NodeID")),
        );
        let all = by_node.len() as u64;
        let mut shown = Vec::new();
        if !self.begun {
            if all == 0 {
                let waiting = Shown::Text(JOB.to_owned(), "waiting for tasks".to_owned());
                return (vec![waiting], false);
            }
            self.begun = true;
            shown.push(job_line(0, all));
        }
        let mut complete = 0;
        for (node, task) in &by_node {
            if state(task) == COMPLETE {
                complete += 1;
            }
            if all <= BARS_MAX {
                shown.extend(task_line(short(node), task, COMPLETE));
            }
        }
        shown.push(job_line(complete, all));
        (shown, complete == all)
    }
}

/// The task that counts in each place: the one with the lowest desired state, then the one that is
/// least far.
fn current<K: Ord>(
    tasks: &[Value],
    place: impl Fn(&Value) -> K,
    counts: impl Fn(&Value) -> bool,
) -> BTreeMap<K, &Value> {
    let mut found: BTreeMap<K, &Value> = BTreeMap::new();
    let known = |task: &&Value| desired(task) > 0 && state(task) > 0;
    for task in tasks.iter().filter(known) {
        let key = place(task);
        let better = found
            .get(&key)
            .is_none_or(|other| (desired(task), state(task)) < (desired(other), state(other)));
        if better && counts(task) {
            found.insert(key, task);
        }
    }
    found
}

/// The line of one task; none for one that is over, unless with an error.
fn task_line(name: &str, task: &Value, last: usize) -> Option<Shown> {
    let error = text(task, "/Status/Err");
    if !error.is_empty() {
        return Some(Shown::Text(name.to_owned(), cut(error)));
    }
    let (state, desired) = (state(task), desired(task));
    (state <= last && desired <= last).then(|| Shown::Bar {
        name: name.to_owned(),
        label: format!("{:<STATE_WIDTH$}", text(task, "/Status/State")),
        done: state as u64,
        all: last as u64,
    })
}

/// How much of a job is done.
fn job_line(complete: u64, all: u64) -> Shown {
    let label = format!("{complete} out of {all} complete");
    Shown::Bar { name: JOB.to_owned(), label, done: complete, all }
}

/// An error on one line.
fn cut(error: &str) -> String {
    ellipsis(&error.replace('\n', " "), ERROR_WIDTH)
}

fn slot_name(line: u64, total: u64) -> String {
    let width = total.to_string().len();
    format!("{line:>width$}/{total}")
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
