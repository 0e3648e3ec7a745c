//! Commands: simple ones, compound ones, pipelines, and what runs beside.

use std::sync::Arc;

use super::ast::{Command, Kind, List, Pipeline, Redirect, Word};
use super::builtins;
use super::condition;
use super::state::{Frame, Job, Var};
use super::turn::{Outcome, Turn};
use crate::escape;
use crate::process;

impl Turn<'_> {
    /// One command, from its words on.
    pub(super) fn run_command(&mut self, command: Arc<Command>) {
        self.shell.line = command.line;
        match &command.kind {
            Kind::Simple { words, .. } => self.simple(&command, words),
            Kind::Function { name, body } => {
                self.shell.functions.insert(name.clone(), body.clone());
                self.shell.status = 0;
            }
            _ if command.redirects.is_empty() => self.compound(command),
            _ => {
                let again = Frame::Run(command.clone());
                let Some(targets) = self.targets(again, &command.redirects) else { return };
                let Some(saved) = self.redirect(&command.redirects, &targets) else { return };
                self.push(Frame::Redirects(saved));
                self.push(Frame::Begin(command));
            }
        }
    }

    fn targets(&mut self, again: Frame, redirects: &[Redirect]) -> Option<Vec<String>> {
        self.expand(again, |e| redirects.iter().map(|r| e.one(&r.target)).collect())
    }

    pub(super) fn compound(&mut self, command: Arc<Command>) {
        let again = Frame::Begin(command.clone());
        match &command.kind {
            Kind::Group(list) => self.push(Frame::List { list: list.clone(), at: 0 }),
            Kind::Subshell(list) => {
                match self.child(vec![Frame::List { list: list.clone(), at: 0 }]) {
                    Some(pid) => self.push(Frame::Wait {
                        pids: vec![pid],
                        statuses: vec![],
                        foreground: true,
                    }),
                    None => self.no_process(),
                }
            }
            Kind::If { arms, .. } => {
                let list = arms[0].0.clone();
                self.push(Frame::If { command, arm: 0, testing: true });
                self.push(Frame::List { list, at: 0 });
            }
            Kind::While { .. } => {
                self.shell.status = 0;
                self.push(Frame::While { command, testing: false, last: 0 });
            }
            Kind::For { words, .. } => {
                let values = match words {
                    None => Some(self.shell.params.clone()),
                    Some(words) => self.expand(again, |e| e.words(words)),
                };
                if let Some(values) = values {
                    self.shell.status = 0;
                    self.push(Frame::For { command: command.clone(), values, at: 0 });
                }
            }
            Kind::ForArithmetic { .. } => {
                self.shell.status = 0;
                self.push(Frame::ForArithmetic { command, stage: 0 });
            }
            Kind::Case { word, .. } => {
                let Some(word) = self.expand_one(again, word) else { return };
                self.shell.status = 0;
                self.push(Frame::Case { command: command.clone(), word, arm: 0, fall: false });
            }
            Kind::Arithmetic(word) => {
                if let Some(value) = self.expand(again, |e| e.number(word)) {
                    self.shell.status = i32::from(value == "0");
                }
            }
            Kind::Test(test) => {
                if let Some(holds) = self.expand(again, |e| condition::evaluate(e, test)) {
                    self.shell.status = match holds {
                        Ok(holds) => i32::from(!holds),
                        Err(text) => {
                            self.complain(&text);
                            2
                        }
                    };
                }
            }
            Kind::Simple { .. } | Kind::Function { .. } => {}
        }
    }

    fn no_process(&mut self) {
        self.complain("fork: retry: Resource temporarily unavailable");
        self.leave(254);
    }

    #[allow(clippy::too_many_lines, reason = "a table in all but form")]
    fn simple(&mut self, command: &Arc<Command>, words: &[Word]) {
        let Kind::Simple { assigns, .. } = &command.kind else { return };
        let again = Frame::Run(command.clone());
        let expanded = self.expand(again, |e| {
            let args = e.words(words)?;
            let targets = command
                .redirects
                .iter()
                .map(|r| e.one(&r.target))
                .collect::<Result<Vec<_>, _>>()?;
            let mut values = Vec::new();
            for assign in assigns {
                let text = e.one(&assign.value)?;
                // One may use the one before it.
                if args.is_empty() {
                    let old = if assign.append {
                        e.shell.get(&assign.name).unwrap_or_default()
                    } else {
                        ""
                    };
                    let text = format!("{old}{text}");
                    values.push((assign.name.clone(), text));
                } else {
                    values.push((assign.name.clone(), text));
                }
            }
            Ok((args, targets, values))
        });
        let Some((args, targets, values)) = expanded else { return };
        if self.shell.options.trace {
            self.trace(&values, &args);
        }
        let substituted = self.shell.substitution_status.take();
        if args.is_empty() {
            self.shell.status = substituted.unwrap_or(0);
            let Some(saved) = self.redirect(&command.redirects, &targets) else { return };
            self.restore(saved);
            for (name, value) in values {
                if let Err(text) = self.shell.set(&name, value) {
                    self.complain(&text);
                    self.shell.status = 1;
                    if !self.shell.interactive {
                        self.leave(1);
                    }
                    return;
                }
            }
            return;
        }
        let Some(saved) = self.redirect(&command.redirects, &targets) else { return };
        if args[0] == "exec" {
            self.keep_redirects(saved);
        } else if !saved.is_empty() {
            self.push(Frame::Redirects(saved));
        }
        let inside =
            self.shell.functions.contains_key(&args[0]) || builtins::find(&args[0]).is_some();
        if !values.is_empty() && inside {
            let kept =
                values.iter().map(|(n, _)| (n.clone(), self.shell.vars.get(n).cloned())).collect();
            self.push(Frame::Assigns(kept));
        }
        if inside {
            for (name, value) in values {
                if let Err(text) = self.shell.set(&name, value) {
                    self.complain(&text);
                    self.shell.status = 1;
                    return;
                }
                if let Some(var) = self.shell.vars.get_mut(&name) {
                    var.exported = true;
                }
            }
            self.invoke(args);
        } else {
            self.external(args, &values);
        }
    }

    /// A function or a builtin.
    pub fn invoke(&mut self, args: Vec<String>) {
        if let Some(body) = self.shell.functions.get(&args[0]).cloned() {
            let params = std::mem::replace(&mut self.shell.params, args[1..].to_vec());
            self.push(Frame::Call { name: args[0].clone(), params, locals: Vec::new() });
            self.push(Frame::Run(body));
            return;
        }
        self.builtin(args);
    }

    pub(super) fn builtin(&mut self, args: Vec<String>) {
        let Some(run) = builtins::find(&args[0]) else { return };
        match run(self, &args) {
            Outcome::Done(status) => self.shell.status = status,
            Outcome::Wait(state) => self.wait(Frame::Builtin { args }, state),
            Outcome::Jump => {}
        }
    }

    /// A program in a process of its own; a shell that has nothing else to do becomes it.
    pub fn external(&mut self, args: Vec<String>, values: &[(String, String)]) {
        let path = match self.locate(&args[0]) {
            Ok(path) => path,
            Err((text, status)) => {
                self.complain(&text);
                self.shell.status = status;
                return;
            }
        };
        let mut env = self.shell.environment();
        env.extend(values.iter().cloned());
        env.insert("_".into(), path.clone());
        if self.shell.subshell && self.shell.frames.is_empty() && self.shell.traps.is_empty() {
            self.become_program(&path, args, env);
            return;
        }
        let Some(pid) = self.host.fork(self.pid, process::Kind::Daemon) else {
            self.no_process();
            return;
        };
        let started = self.host.exec(pid, &path, args, env);
        if let Err((text, status)) = started {
            self.host.exit(pid, status);
            self.host.reap(pid);
            self.complain(&text);
            self.shell.status = status;
            return;
        }
        self.push(Frame::Wait { pids: vec![pid], statuses: Vec::new(), foreground: true });
    }

    /// Becomes a program, as `exec` does; a shell that cannot ends.
    pub fn become_program(
        &mut self,
        path: &str,
        args: Vec<String>,
        env: std::collections::BTreeMap<String, String>,
    ) {
        match self.host.exec(self.pid, path, args, env) {
            Ok(()) => self.gone = true,
            Err((text, status)) => {
                self.complain(&text);
                self.leave(status);
            }
        }
    }

    /// Where a command's program is, by `PATH`.
    pub fn locate(&mut self, name: &str) -> Result<String, (String, i32)> {
        let path = self.shell.get("PATH").unwrap_or_default().to_owned();
        self.host.locate(self.pid, name, &path)
    }

    fn trace(&mut self, values: &[(String, String)], args: &[String]) {
        let sign = self.shell.get("PS4").unwrap_or("+ ").to_owned();
        for (name, value) in values {
            let shown = if value.is_empty() { String::new() } else { escape::shown(value) };
            self.err(format!("{sign}{name}={shown}\n"));
        }
        if !args.is_empty() {
            let words: Vec<String> = args.iter().map(|word| escape::shown(word)).collect();
            self.err(format!("{sign}{}\n", words.join(" ")));
        }
    }

    pub(super) fn pipeline(&mut self, pipeline: &Pipeline) {
        let single = pipeline.commands.len() == 1;
        let checked = !single
            || matches!(
                pipeline.commands[0].kind,
                Kind::Simple { .. } | Kind::Subshell(_) | Kind::Arithmetic(_) | Kind::Test(_)
            );
        self.push(Frame::Judge { negated: pipeline.negated, checked });
        if pipeline.timed {
            let text = "\nreal\t0m0.000s\nuser\t0m0.000s\nsys\t0m0.000s\n";
            self.push(Frame::Builtin {
                args: vec!["\0time".into(), text.into(), self.host.now.0.to_string()],
            });
        }
        if single {
            self.push(Frame::Run(pipeline.commands[0].clone()));
            return;
        }
        match self.spawn(pipeline) {
            Some(pids) => self.push(Frame::Wait { pids, statuses: Vec::new(), foreground: true }),
            None => self.no_process(),
        }
    }

    /// Starts all commands of a pipeline, each in a copy of this shell.
    fn spawn(&mut self, pipeline: &Pipeline) -> Option<Vec<u32>> {
        let mut pids = Vec::new();
        let mut input = None;
        for (n, command) in pipeline.commands.iter().enumerate() {
            let pid = self.child(vec![Frame::Run(command.clone())])?;
            if let Some(open) = input.take() {
                self.host.set_fd(pid, 0, open);
                self.host.release(open);
            }
            if n + 1 < pipeline.commands.len() {
                let (read, write) = self.host.pipe();
                self.host.hold(read);
                self.host.set_fd(pid, 1, write);
                input = Some(read);
            }
            pids.push(pid);
        }
        Some(pids)
    }

    /// `… &`
    pub(super) fn background(&mut self, list: &Arc<List>, at: usize) {
        let item = &list.0[at];
        let alone = Arc::new(List(vec![super::ast::Item { background: false, ..item.clone() }]));
        let Some(pid) = self.child(vec![Frame::List { list: alone, at: 0 }]) else {
            self.no_process();
            return;
        };
        if !self.shell.interactive {
            let null = self.host.opened(process::OpenKind::Null, true, false);
            self.host.set_fd(pid, 0, null);
        }
        let number = self.shell.jobs.iter().map(|job| job.number).max().unwrap_or(0) + 1;
        self.shell.background = Some(pid);
        self.shell.jobs.push(Job {
            number,
            pids: vec![pid],
            text: item.text.clone(),
            status: None,
        });
        self.shell.status = 0;
        if self.shell.interactive {
            self.err(format!("[{number}] {pid}\n"));
        }
    }

    /// A variable that a function's end puts back.
    pub fn hide(&mut self, name: &str) -> bool {
        let old: Option<Var> = self.shell.vars.get(name).cloned();
        for frame in self.shell.frames.iter_mut().rev() {
            if let Frame::Call { locals, .. } = frame {
                if !locals.iter().any(|(known, _)| known == name) {
                    locals.push((name.to_owned(), old));
                }
                return true;
            }
        }
        false
    }
}
