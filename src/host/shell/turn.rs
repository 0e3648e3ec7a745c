//! One step of a shell: its process, its state, and the ways out of what it does.

use std::sync::Arc;

use super::ast::{List, Word};
use super::expand::{Expander, Stop};
use super::state::{Frame, Origin, Pid, Shell, Source};
use crate::Host;
use crate::process::{Kind, State, signal_name};

/// What a builtin comes to.
pub enum Outcome {
    Done(i32),
    /// It waits; it is asked again afterwards.
    Wait(State),
    /// It changed what runs next, and the status with it.
    Jump,
}

/// A shell while it takes a step.
pub struct Turn<'a> {
    pub host: &'a mut Host,
    pub pid: Pid,
    pub shell: Box<Shell>,
    /// The process is no shell any more.
    pub gone: bool,
}

impl<'a> Turn<'a> {
    /// Takes a process's shell out of it, for one step.
    pub fn begin(host: &'a mut Host, pid: Pid) -> Option<Self> {
        let process = host.processes.get_mut(&pid)?;
        match std::mem::replace(&mut process.kind, Kind::Daemon) {
            Kind::Shell(shell) => Some(Self { host, pid, shell, gone: false }),
            other => {
                process.kind = other;
                None
            }
        }
    }

    /// Puts it back.
    pub fn end(self) {
        if !self.gone
            && let Some(process) = self.host.processes.get_mut(&self.pid)
        {
            process.kind = Kind::Shell(self.shell);
        }
    }

    pub fn push(&mut self, frame: Frame) {
        self.shell.frames.push(frame);
    }

    /// Comes back to a frame when what is waited for is there.
    pub fn wait(&mut self, frame: Frame, state: State) {
        self.push(frame);
        self.host.process_mut(self.pid).state = state;
    }

    pub fn out(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.host.write(self.pid, 1, text.as_ref()).is_ok()
    }

    pub fn err(&mut self, text: impl AsRef<[u8]>) {
        let _ = self.host.write(self.pid, 2, text.as_ref());
    }

    /// A complaint, with the shell's name and line before it.
    pub fn complain(&mut self, text: &str) {
        let line = format!("{}{text}\n", self.shell.prefix());
        self.err(line);
    }

    /// Expands; comes back to `again` when something has to be run first.
    pub fn expand<T>(
        &mut self,
        again: Frame,
        expand: impl FnOnce(&mut Expander<'_>) -> Result<T, Stop>,
    ) -> Option<T> {
        let mut expander = Expander::new(self.host, self.pid, &mut self.shell);
        let result = expand(&mut expander);
        match expander.finish(result) {
            Ok(value) => Some(value),
            Err(Stop::Need(list)) => {
                self.push(again);
                self.capture(&list);
                None
            }
            Err(Stop::Error(text)) => {
                self.complain(&text);
                self.broken(&text);
                None
            }
        }
    }

    /// Expands to one text.
    pub fn expand_one(&mut self, again: Frame, word: &Word) -> Option<String> {
        self.expand(again, |expander| expander.one(word))
    }

    /// An expansion failed: a missing variable ends a script, anything else its line.
    fn broken(&mut self, text: &str) {
        self.shell.status = 1;
        let fatal = text.ends_with("unbound variable")
            || text.contains(": parameter ")
            || !text.contains("error token");
        if fatal && !self.shell.interactive {
            let subst = text.ends_with("bad substitution") || text.ends_with("readonly variable");
            self.leave(if subst || self.is_file() { 1 } else { 127 });
            return;
        }
        self.discard();
    }

    fn is_file(&self) -> bool {
        self.shell
            .frames
            .iter()
            .any(|frame| matches!(frame, Frame::Source(Source { origin: Origin::File, .. })))
    }

    /// Gives up what runs, back to where the next line is read.
    pub fn discard(&mut self) {
        while let Some(frame) = self.shell.frames.pop() {
            match frame {
                Frame::Source(Source { origin: Origin::File | Origin::Input, .. }) => {
                    self.push(frame);
                    return;
                }
                frame => self.undo(frame),
            }
        }
    }

    /// Puts back what a frame keeps.
    pub fn undo(&mut self, frame: Frame) {
        match frame {
            Frame::Redirects(saved) => self.restore(saved),
            Frame::Assigns(saved) => self.put_back(saved),
            Frame::Call { params, locals, .. } => {
                self.shell.params = params;
                self.put_back(locals);
            }
            Frame::Dot(Some(params)) => self.shell.params = params,
            Frame::Capture { output, .. } => self.host.release(output),
            _ => {}
        }
    }

    fn put_back(&mut self, saved: Vec<(String, Option<super::state::Var>)>) {
        for (name, var) in saved.into_iter().rev() {
            match var {
                Some(var) => self.shell.vars.insert(name, var),
                None => self.shell.vars.remove(&name),
            };
        }
    }

    /// Ends the shell, after its trap.
    pub fn leave(&mut self, status: i32) {
        while let Some(frame) = self.shell.frames.pop() {
            self.undo(frame);
        }
        self.shell.status = status;
        if let Some(action) = self.shell.traps.remove("EXIT").filter(|action| !action.is_empty()) {
            self.push(Frame::Exit);
            self.act(&action);
            return;
        }
        self.gone = true;
        self.host.exit(self.pid, status & 255);
    }

    /// Runs a trap's action.
    pub fn act(&mut self, action: &str) {
        let status = self.shell.status;
        self.push(Frame::Trap { status });
        let line = self.shell.line;
        self.push(Frame::Source(Source { text: action.into(), line, origin: Origin::Eval }));
    }

    /// What a signal does to a shell.
    pub fn signalled(&mut self, signal: u8) {
        let name = signal_name(signal).unwrap_or_default();
        if let Some(action) = self.shell.traps.get(name).cloned() {
            if !action.is_empty() {
                self.act(&action);
            }
            return;
        }
        if signal == 17 || (self.shell.interactive && matches!(signal, 2 | 15)) {
            if signal == 2 {
                self.shell.status = 130;
                self.discard();
            }
            return;
        }
        self.leave(128 + i32::from(signal));
    }

    /// Runs a list in a copy of this shell whose output is kept.
    fn capture(&mut self, list: &Arc<List>) {
        let (output, input) = self.host.pipe();
        self.host.hold(output);
        let child = self.child(vec![Frame::List { list: list.clone(), at: 0 }]);
        match child {
            Some(pid) => {
                self.host.set_fd(pid, 1, input);
                self.push(Frame::Capture { pid, output, bytes: Vec::new() });
            }
            None => self.no_fork(),
        }
    }

    fn no_fork(&mut self) {
        self.complain("fork: retry: Resource temporarily unavailable");
        self.leave(254);
    }

    /// A copy of this shell that runs these frames.
    pub fn child(&mut self, frames: Vec<Frame>) -> Option<Pid> {
        let mut shell = Shell { frames: Vec::new(), ..self.shell_without_frames() };
        shell.frames = frames;
        shell.subshell = true;
        shell.interactive = false;
        shell.jobs.clear();
        shell.substituted.clear();
        shell.traps.retain(|_, action| action.is_empty());
        shell.random = shell.random.wrapping_add(1);
        self.host.fork(self.pid, Kind::Shell(Box::new(shell)))
    }

    fn shell_without_frames(&mut self) -> Shell {
        let frames = std::mem::take(&mut self.shell.frames);
        let copy = (*self.shell).clone();
        self.shell.frames = frames;
        copy
    }

    /// Whether `set -e` ends the shell now.
    pub fn check_error(&mut self) {
        if self.shell.status != 0 && !self.shell.tested() {
            if let Some(action) = self.shell.traps.get("ERR").cloned() {
                self.act(&action);
            }
            if self.shell.options.exit_on_error {
                self.leave(self.shell.status);
            }
        }
    }

    /// `break` and `continue`: out of so many loops.
    pub fn break_loops(&mut self, mut count: usize, go_on: bool) {
        let depth = self
            .shell
            .frames
            .iter()
            .rev()
            .take_while(|f| !matches!(f, Frame::Call { .. } | Frame::Dot(_)))
            .filter(|f| is_loop(f))
            .count();
        count = count.min(depth);
        while count > 0 {
            let Some(frame) = self.shell.frames.pop() else { return };
            if is_loop(&frame) {
                count -= 1;
                if count == 0 && go_on {
                    self.push(frame);
                    return;
                }
            }
            self.undo(frame);
        }
    }

    /// `return`: out of a function or a text that `.` runs; says whether there was one.
    pub fn return_from(&mut self, status: i32) -> bool {
        let inside =
            self.shell.frames.iter().any(|f| matches!(f, Frame::Call { .. } | Frame::Dot(_)));
        if !inside {
            return false;
        }
        while let Some(frame) = self.shell.frames.pop() {
            let last = matches!(frame, Frame::Call { .. } | Frame::Dot(_));
            self.undo(frame);
            if last {
                break;
            }
        }
        self.shell.status = status;
        true
    }
}

fn is_loop(frame: &Frame) -> bool {
    matches!(frame, Frame::While { .. } | Frame::For { .. } | Frame::ForArithmetic { .. })
}
