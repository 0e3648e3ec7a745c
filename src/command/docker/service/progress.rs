//! Waiting until a service is what it is meant to be, and showing how far it is.
//!
//! Source: what the reference client prints, at a terminal and into a pipe.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::tasks::{Shown, Tasks};
use crate::cx::{Cx, Fail};
use crate::live_lines::{self, Steps};
use docker::Engine;
use docker::swarm::{Filters, text};

/// Time between two looks.
const TICK: Duration = Duration::from_millis(200);
/// How long all tasks must stay up, unless the service says otherwise.
const MONITOR: Duration = Duration::from_secs(5);

const OVERALL: &str = "overall progress";
const VERIFY: &str = "verify";
const ROLLBACK: &str = "rollback";

/// Waits until the service has converged. Ctrl-C stops the waiting, not the service.
///
/// # Errors
/// That an update or a rollback was paused, or that the engine cannot be asked.
pub(crate) fn converge(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    service: &str,
    quiet: bool,
) -> Result<(), Fail> {
    let terminal = cx.host.terminal;
    let mut nowhere = std::io::sink();
    let out: &mut (dyn std::io::Write + Send) =
        if quiet { &mut nowhere } else { &mut *cx.host.stdout };
    let steps = Steps::new(out, terminal.is_some());
    let columns = terminal.map_or(0, |(columns, _)| columns);
    let mut watch = Watch { engine, name: service, steps, columns, rollback: false };
    cx.runtime.block_on(watch.run())
}

struct Watch<'a> {
    engine: &'a Engine,
    /// What the last line calls the service.
    name: &'a str,
    steps: Steps<'a>,
    columns: u16,
    /// The update is being taken back.
    rollback: bool,
}

/// What an update's state means for the waiting.
enum Update {
    GoesOn,
    Over,
    RolledBack(String),
}

impl Watch<'_> {
    async fn run(&mut self) -> Result<(), Fail> {
        let mut tasks: Option<Tasks> = None;
        let mut converged_at: Option<Instant> = None;
        let mut monitor = MONITOR;
        let mut farewell = None;
        loop {
            let service = self.engine.service(self.name, false).await?;
            if let Some(nanos @ 1..) =
                service.pointer("/Spec/UpdateConfig/Monitor").and_then(Value::as_u64)
            {
                monitor = Duration::from_nanos(nanos);
            }
            match self.update_state(&service, converged_at.is_some())? {
                Update::GoesOn => {}
                Update::Over => return Ok(()),
                Update::RolledBack(message) => farewell = Some(message),
            }
            if converged_at.is_some_and(|at| at.elapsed() >= monitor) {
                self.steps.set(VERIFY, &format!("Service {} converged", self.name));
                if let Some(message) = farewell {
                    self.steps.say(&format!("{ROLLBACK}: {message}"));
                }
                return Ok(());
            }
            let tasks = match &mut tasks {
                Some(tasks) => tasks,
                none => none.insert(
                    Tasks::of(&service).ok_or_else(|| Fail::new(1, "unrecognized service mode"))?,
                ),
            };
            if self.look(tasks, &service).await? {
                if tasks.are_of_a_job() {
                    self.steps.say("job complete");
                    return Ok(());
                }
                let since = converged_at.get_or_insert_with(Instant::now).elapsed();
                if let Some(left) = monitor.checked_sub(since) {
                    let wait = format!(
                        "Waiting {} seconds to verify that tasks are stable...",
                        left.as_secs() + 1
                    );
                    self.steps.set(VERIFY, &wait);
                }
            } else if converged_at.take().is_some() {
                self.steps.set(VERIFY, "Detected task failure");
            }
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                _ = tokio::signal::ctrl_c() => {
                    if converged_at.is_none() {
                        self.steps.say("Operation continuing in background.");
                        self.steps.say(&format!(
                            "Use `docker service ps {}` to check progress.",
                            self.name
                        ));
                    }
                    return Ok(());
                }
            }
        }
    }

    fn update_state(&mut self, service: &Value, converged: bool) -> Result<Update, Fail> {
        let message = text(service, "/UpdateStatus/Message");
        match text(service, "/UpdateStatus/State") {
            "updating" => self.rollback = false,
            "completed" if !converged => return Ok(Update::Over),
            "paused" => return Err(Fail::new(1, format!("service update paused: {message}"))),
            "rollback_started" => {
                if !self.rollback && !message.is_empty() {
                    self.steps.set(ROLLBACK, message);
                }
                self.rollback = true;
            }
            "rollback_paused" => {
                return Err(Fail::new(1, format!("service rollback paused: {message}")));
            }
            "rollback_completed" => {
                self.rollback = true;
                if !converged {
                    return Ok(Update::RolledBack(message.to_owned()));
                }
            }
            _ => {}
        }
        Ok(Update::GoesOn)
    }

    /// Shows where the tasks are; whether all are where they should be.
    async fn look(&mut self, tasks: &mut Tasks, service: &Value) -> Result<bool, Fail> {
        let mut filters = Filters::new();
        filters.insert("service".to_owned(), vec![text(service, "/ID").to_owned()]);
        filters.insert("_up-to-date".to_owned(), vec!["true".to_owned()]);
        let found = self.engine.tasks(&filters).await?;
        let nodes = self.engine.nodes(&Filters::new()).await?;
        let up: BTreeSet<&str> = nodes
            .iter()
            .filter(|node| text(node, "/Status/State") != "down")
            .map(|node| text(node, "/ID"))
            .collect();
        let (lines, done) = tasks.look(service, &found, &|node| up.contains(node));
        for line in lines {
            match line {
                Shown::Overall(done, all) if self.rollback => {
                    let line = format!("rolling back update: {done} out of {all} tasks");
                    self.steps.set(OVERALL, &line);
                }
                Shown::Overall(done, all) => {
                    self.steps.set(OVERALL, &format!("{done} out of {all} tasks"));
                }
                Shown::Waiting => self.steps.set(OVERALL, "waiting for new tasks"),
                Shown::Text(name, line) => self.steps.set(&name, &line),
                Shown::Bar { name, label, done, all } => {
                    let bar = live_lines::bar(done, all, self.columns);
                    self.steps.set_moving(&name, &label, &bar);
                }
            }
        }
        Ok(done)
    }
}

/// Waits for several services, one after the other, and gathers what went wrong.
pub(crate) fn converge_all(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    names: &[String],
    quiet: bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in names {
        if let Err(fail) = converge(cx, engine, name, quiet) {
            wrong.push(format!("{name}: {}", fail.text));
        }
    }
    wrong
}
