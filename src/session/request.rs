//! One request: applied to the world, put on its way into the journal, and answered when it is there.
//!
//! A thread that may wait takes [`Engine::call`], a task [`Engine::ask`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, TryLockError};

use serde_json::Value;
use tokio::task::{spawn_blocking, yield_now};

use super::commit::Ticket;
use super::engine::{Core, Engine};
use super::history::Act;
use super::templates::leads_to_templates;
use gateway::CallError;
use sim::Caller;
use sim::api::{ApiError, OpDef};

/// A request that was applied.
struct Begun {
    applied: Result<Value, ApiError>,
    /// What must come first before that is told.
    ticket: Option<Ticket>,
}

/// How often a task steps back for others when somebody has the world. After that it waits on a thread
/// that may wait: a long replay may be going on.
const TURNS_MAX: usize = 16;

impl Engine {
    /// Whether requests of this operation are remembered in this world.
    pub(super) fn remembers(&self, op: &OpDef) -> bool {
        op.changes(&self.config)
    }

    /// Performs one request that leaves no trace.
    pub(super) fn look_by(
        &self,
        caller: &Caller,
        op: &'static OpDef,
        input: Value,
    ) -> Result<Value, CallError> {
        let mut core = self.core();
        let at = core.clock.now();
        Ok(guarded(|| core.world.look(at, caller, op, input))?)
    }

    /// Performs one request now, and waits for its entry on this thread.
    pub fn call(
        &self,
        group: u64,
        caller: &Caller,
        op: &'static OpDef,
        input: Value,
    ) -> Result<Value, CallError> {
        self.hand_over_templates(group, caller, op, &input);
        let core = if self.remembers(op) { self.changing() } else { self.core() };
        let begun = self.begin(core, group, caller, op, input)?;
        if let Some(ticket) = begun.ticket {
            self.settle(ticket).map_err(CallError::Broken)?;
        }
        Ok(begun.applied?)
    }

    /// Performs one request now, as a task: its thread never waits. As long as nobody else has the
    /// world it goes from one end to the other on one thread. Who drops it on the way has only given
    /// up the answer.
    pub async fn ask(
        self: &Arc<Self>,
        group: u64,
        caller: Caller,
        op: &'static OpDef,
        mut input: Value,
    ) -> Result<Value, CallError> {
        // What waits for entries of its own before it begins is for a thread that may wait.
        let turns = if leads_to_templates(op, &input) { 0 } else { TURNS_MAX };
        for _ in 0..turns {
            match self.try_begin(group, &caller, op, input) {
                Ok(begun) => {
                    let begun = begun?;
                    if let Some(ticket) = begun.ticket {
                        self.journaled(ticket).await.map_err(CallError::Broken)?;
                    }
                    return Ok(begun.applied?);
                }
                Err(back) => input = back,
            }
            yield_now().await;
        }
        let engine = Arc::clone(self);
        let waits = spawn_blocking(move || engine.call(group, &caller, op, input));
        waits.await.unwrap_or_else(|e| Err(CallError::Broken(e.into())))
    }

    /// Applies a request if that can be done at once, and else gives the input back.
    fn try_begin(
        &self,
        group: u64,
        caller: &Caller,
        op: &'static OpDef,
        input: Value,
    ) -> Result<Result<Begun, CallError>, Value> {
        let core = match self.core.try_lock() {
            Ok(core) => core,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                self.crowd.store(true, Ordering::Relaxed);
                return Err(input);
            }
        };
        if core.torn || (core.held && self.remembers(op)) {
            return Err(input);
        }
        Ok(self.begin(core, group, caller, op, input))
    }

    /// Applies a request, and puts what it changed on its way into the journal.
    fn begin(
        &self,
        mut core: MutexGuard<'_, Core>,
        group: u64,
        caller: &Caller,
        op: &'static OpDef,
        input: Value,
    ) -> Result<Begun, CallError> {
        let input = op.sealed(input);
        let at = core.clock.now();
        if !self.remembers(op) {
            let applied = guarded(|| core.world.apply(at, caller, op, input));
            let ticket = core.record_use(group, caller, op);
            return Ok(Begun { applied, ticket });
        }
        core.writable().map_err(CallError::Broken)?;
        let next = core.seq + 1;
        core.world.entry(next);
        let applied = guarded(|| core.world.apply(at, caller, op, input.clone()));
        if applied.as_ref().is_err_and(|e| e.code == BROKEN) {
            core.torn = true;
            drop(core);
            self.mend();
            return Ok(Begun { applied, ticket: None });
        }
        let act = Act::Call {
            caller: caller.clone(),
            service: op.service.into(),
            op: op.name.into(),
            input,
            ok: applied.is_ok(),
        };
        let at = core.world.now();
        match core.write(at, group, &act) {
            Ok(ticket) => {
                // It is written with the request's own entry at the latest.
                let _along = core.record_use(group, caller, op);
                core.announce(applied.is_ok());
                Ok(Begun { applied, ticket: Some(ticket) })
            }
            Err(error) => {
                // The world is ahead of what can be written.
                core.torn = true;
                drop(core);
                self.mend();
                Err(CallError::Broken(error))
            }
        }
    }

    /// Sees to it that an entry is in the journal.
    pub(super) fn settle(&self, ticket: Ticket) -> anyhow::Result<()> {
        if ticket.leads {
            self.flush(&mut self.book());
        }
        ticket.wait()
    }

    /// The same as a task.
    async fn journaled(self: &Arc<Self>, ticket: Ticket) -> anyhow::Result<()> {
        if ticket.leads {
            let lead = Lead(self);
            if self.crowd.load(Ordering::Relaxed) {
                // Requests that have arrived meanwhile are applied first, and written along. One that
                // comes alone would wait for nobody, and wake another thread for nothing.
                yield_now().await;
            }
            drop(lead);
        }
        ticket.await
    }

    /// Writes what waits to be written, unless somebody has the journal's file.
    fn try_flush(&self) -> bool {
        let mut book = match self.book.try_lock() {
            Ok(book) => book,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        self.flush(&mut book);
        true
    }
}

impl Core {
    /// Puts on its way that a key or a role was used, when that is to be recorded. Where nothing can be
    /// written, or another world is being built for this one's place, nothing is.
    fn record_use(&mut self, group: u64, caller: &Caller, op: &OpDef) -> Option<Ticket> {
        if self.held || self.torn || !systems::use_counts(&self.world, caller) {
            return None;
        }
        let service = op.service;
        let act = Act::Use { caller: caller.clone(), service: service.into() };
        let ticket = self.write(self.world.now(), group, &act).ok()?;
        systems::record_use(&mut self.world, caller, service);
        Some(ticket)
    }
}

/// Has the batch written when it is dropped: also when whoever brought its first entry hangs up, since
/// others may have joined it.
struct Lead<'a>(&'a Arc<Engine>);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if !self.0.try_flush() {
            let engine = Arc::clone(self.0);
            spawn_blocking(move || engine.flush(&mut engine.book()));
        }
    }
}

/// The code of the error that a panic inside the world becomes.
const BROKEN: &str = "DistlabBroken";

/// Runs a piece of the world; a panic becomes an error that says so.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let what = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(ApiError::new(
            500,
            BROKEN,
            format!("The simulation broke one of its own rules ({what}). The request was not kept; the journal that led here is a complete bug report: distlab submit writes it to a file."),
        ))
    })
}
