//! What each frame does when it is its turn.

use std::sync::Arc;

use super::ast::{ArmEnd, Command, Kind, Link, List};
use super::parse::{Reader, Wrong};
use super::state::{Frame, Origin, Pid, Source};
use super::turn::Turn;
use crate::Host;
use crate::calls::Got;
use crate::glob;
use crate::process::State;

/// Frames that may stand on one another; a function that calls itself without end meets it.
const FRAMES_MAX: usize = 20_000;

/// Lets a shell take one step.
pub fn step(host: &mut Host, pid: Pid) {
    let Some(mut turn) = Turn::begin(host, pid) else { return };
    let signals = std::mem::take(&mut turn.host.process_mut(pid).signals);
    let waits =
        turn.shell.frames.last().is_some_and(|f| matches!(f, Frame::Wait { foreground: true, .. }));
    if let Some((first, rest)) = signals.split_first() {
        // A trap waits until the command in the foreground has ended.
        if waits && turn.shell.traps.keys().any(|name| crate::process::signal(name) == Some(*first))
        {
            turn.host.process_mut(pid).signals = signals;
            turn.step();
        } else {
            turn.host.process_mut(pid).signals = rest.to_vec();
            turn.signalled(*first);
        }
    } else {
        turn.step();
    }
    turn.end();
}

impl Turn<'_> {
    fn step(&mut self) {
        if self.shell.frames.len() > FRAMES_MAX {
            let name = self.shell.frames.iter().rev().find_map(|frame| match frame {
                Frame::Call { name, .. } => Some(name.clone()),
                _ => None,
            });
            let name = name.unwrap_or_else(|| "eval".into());
            self.complain(&format!(
                "{name}: maximum function nesting level exceeded ({FRAMES_MAX})"
            ));
            self.shell.status = 1;
            self.discard();
            return;
        }
        let Some(frame) = self.shell.frames.pop() else {
            self.leave(self.shell.status);
            return;
        };
        match frame {
            Frame::Source(source) => self.source(source),
            Frame::List { list, at } => self.list(&list, at),
            Frame::Chain { list, item, at } => self.chain(&list, item, at),
            Frame::Judge { negated, checked } => {
                if negated {
                    self.shell.status = i32::from(self.shell.status == 0);
                } else if checked {
                    self.check_error();
                }
            }
            Frame::Wait { pids, statuses, foreground } => self.collect(pids, statuses, foreground),
            Frame::Run(command) => self.run_command(command),
            Frame::Begin(command) => self.compound(command),
            Frame::If { command, arm, testing } => self.conditional(command, arm, testing),
            Frame::While { command, testing, last } => self.while_loop(command, testing, last),
            Frame::For { command, values, at } => self.for_loop(command, values, at),
            Frame::ForArithmetic { command, stage } => self.for_arithmetic(&command, stage),
            Frame::Case { command, word, arm, fall } => self.case(&command, word, arm, fall),
            Frame::Capture { pid, output, bytes } => self.captured(pid, output, bytes),
            Frame::Builtin { args } => self.builtin(args),
            Frame::Trap { status } => self.shell.status = status,
            Frame::Exit => {
                let status = self.shell.status;
                self.gone = true;
                self.host.exit(self.pid, status & 255);
            }
            other => self.undo(other),
        }
    }

    /// Reads the next command of a text.
    fn source(&mut self, mut source: Source) {
        if source.origin == Origin::Input {
            self.input(source);
            return;
        }
        let aliases = std::mem::take(&mut self.shell.aliases);
        let known = if self.shell.interactive {
            aliases.clone()
        } else {
            std::collections::BTreeMap::new()
        };
        self.shell.aliases = aliases;
        let mut reader = Reader::new(&source.text, source.line, &known);
        let read = reader.next_list();
        let warnings = std::mem::take(&mut reader.warnings);
        let (rest, line) = (reader.rest(), reader.line);
        self.warn(&warnings, line);
        match read {
            Ok(None) => {}
            Ok(Some(list)) => {
                if source.origin != Origin::Text && self.shell.options.verbose {
                    let shown = source.text[..source.text.len() - rest.len()].to_owned();
                    self.err(shown);
                }
                source.text = rest.into();
                source.line = line;
                self.push(Frame::Source(source));
                if !self.shell.options.no_exec {
                    self.push(Frame::List { list: Arc::new(list), at: 0 });
                }
            }
            Err(wrong) => self.syntax(&wrong, &source),
        }
    }

    fn warn(&mut self, warnings: &[(u32, String)], end: u32) {
        for (line, word) in warnings {
            self.shell.line = end;
            self.complain(&format!(
                "warning: here-document at line {line} delimited by end-of-file (wanted `{word}')"
            ));
        }
    }

    fn syntax(&mut self, wrong: &Wrong, source: &Source) {
        let name = self.shell.name.clone();
        let text: Vec<&str> = source.text.lines().collect();
        let start = |line: u32| match source.origin {
            Origin::Text => format!("{name}: -c: line {line}: "),
            Origin::Eval => format!("{name}: eval: line {line}: "),
            _ if self.shell.interactive => format!("{name}: "),
            _ => format!("{name}: line {line}: "),
        };
        let last = source.line + u32::try_from(text.len()).unwrap_or(0);
        let complaint = match wrong {
            Wrong::Token(token, line) => {
                let at = usize::try_from(line.saturating_sub(source.line)).unwrap_or(0);
                let shown = text.get(at).copied().unwrap_or_default();
                let before = start(*line);
                format!("{before}syntax error near unexpected token `{token}'\n{before}`{shown}'\n")
            }
            Wrong::Incomplete(None, _) => {
                format!("{}syntax error: unexpected end of file\n", start(last))
            }
            Wrong::Incomplete(Some(c), line) => {
                format!("{}unexpected EOF while looking for matching `{c}'\n", start(*line))
            }
            Wrong::Other(text, line) => format!("{}{text}\n", start(*line)),
        };
        self.err(complaint);
        self.shell.status = 2;
        if source.origin == Origin::Eval && !self.shell.interactive {
            self.shell.status = 1;
        }
    }

    /// Reads from standard input until there is a complete command.
    fn input(&mut self, mut source: Source) {
        let Some(open) = self.host.process(self.pid).fds.get(&0).copied() else { return };
        loop {
            match self.host.read(open, 1) {
                Got::Bytes(bytes) => {
                    self.shell.partial.extend(&bytes);
                    if bytes[0] == b'\n' {
                        self.take_partial();
                        break;
                    }
                }
                Got::Wait => {
                    self.wait(Frame::Source(source), State::Input(open));
                    return;
                }
                Got::End => {
                    self.take_partial();
                    let text = std::mem::take(&mut self.shell.pending);
                    if !text.is_empty() {
                        source.origin = Origin::File;
                        source.text = text.into();
                        self.push(Frame::Source(source));
                    } else if self.shell.interactive {
                        let word = if self.shell.login { "logout\n" } else { "exit\n" };
                        self.err(word);
                    }
                    return;
                }
            }
        }
        let text = self.shell.pending.clone();
        let known = if self.shell.interactive {
            self.shell.aliases.clone()
        } else {
            std::collections::BTreeMap::default()
        };
        let mut reader = Reader::new(&text, source.line, &known);
        let mut all = List::default();
        let read = loop {
            match reader.next_list() {
                Ok(None) => break Ok(()),
                Ok(Some(List(items))) => all.0.extend(items),
                Err(wrong) => break Err(wrong),
            }
        };
        let unfinished = matches!(read, Err(Wrong::Incomplete(..))) || !reader.warnings.is_empty();
        if unfinished || text.ends_with("\\\n") {
            self.push(Frame::Source(source));
            return;
        }
        self.shell.pending.clear();
        if self.shell.interactive && !text.trim().is_empty() {
            self.shell.history.push(text.trim_end().to_owned());
        }
        let next = reader.line;
        match read {
            Ok(()) => {
                source.line = next;
                self.push(Frame::Source(source));
                self.push(Frame::List { list: Arc::new(all), at: 0 });
            }
            Err(wrong) => {
                let shown = Source { text: text.into(), ..source.clone() };
                self.syntax(&wrong, &shown);
                if self.shell.interactive {
                    self.push(Frame::Source(source));
                }
            }
        }
    }

    fn take_partial(&mut self) {
        let bytes = std::mem::take(&mut self.shell.partial);
        self.shell.pending.push_str(&String::from_utf8_lossy(&bytes));
    }

    fn list(&mut self, list: &Arc<List>, at: usize) {
        let Some(item) = list.0.get(at) else { return };
        if at + 1 < list.0.len() {
            self.push(Frame::List { list: list.clone(), at: at + 1 });
        }
        if item.background {
            self.background(list, at);
        } else {
            self.push(Frame::Chain { list: list.clone(), item: at, at: 0 });
        }
    }

    fn chain(&mut self, list: &Arc<List>, item: usize, at: usize) {
        let Some((link, pipeline)) = list.0[item].chain.get(at) else { return };
        let go = match link {
            Link::First => true,
            Link::And => self.shell.status == 0,
            Link::Or => self.shell.status != 0,
        };
        if at + 1 < list.0[item].chain.len() {
            self.push(Frame::Chain { list: list.clone(), item, at: at + 1 });
        }
        if go {
            self.pipeline(pipeline);
        }
    }

    /// Waits for processes; the status is the last one's.
    fn collect(&mut self, pids: Vec<Pid>, mut statuses: Vec<Option<i32>>, foreground: bool) {
        statuses.resize(pids.len(), None);
        for (pid, status) in pids.iter().zip(&mut statuses) {
            if status.is_none() {
                *status = self.host.reap(*pid);
            }
        }
        if statuses.iter().any(Option::is_none) {
            let open = pids.clone();
            self.wait(Frame::Wait { pids, statuses, foreground }, State::Children(open));
            return;
        }
        let mut all = statuses.into_iter().flatten();
        self.shell.status = if self.shell.options.pipe_fail {
            all.rfind(|status| *status != 0).unwrap_or(0)
        } else {
            all.next_back().unwrap_or(0)
        };
        if self.shell.interactive && self.shell.status == 130 {
            self.discard();
        }
    }

    fn conditional(&mut self, command: Arc<Command>, arm: usize, testing: bool) {
        let Kind::If { arms, otherwise } = &command.kind else { return };
        if !testing {
            return;
        }
        if self.shell.status == 0 {
            self.push(Frame::List { list: arms[arm].1.clone(), at: 0 });
        } else if let Some((condition, _)) = arms.get(arm + 1) {
            let condition = condition.clone();
            self.push(Frame::If { command, arm: arm + 1, testing: true });
            self.push(Frame::List { list: condition, at: 0 });
        } else if let Some(list) = otherwise {
            self.push(Frame::List { list: list.clone(), at: 0 });
        } else {
            self.shell.status = 0;
        }
    }

    fn while_loop(&mut self, command: Arc<Command>, testing: bool, last: i32) {
        let Kind::While { until, condition, body } = &command.kind else { return };
        if testing && (self.shell.status == 0) == *until {
            self.shell.status = last;
            return;
        }
        let (list, last) =
            if testing { (body.clone(), 0) } else { (condition.clone(), self.shell.status) };
        self.push(Frame::While { command, testing: !testing, last });
        self.push(Frame::List { list, at: 0 });
    }

    fn for_loop(&mut self, command: Arc<Command>, values: Vec<String>, at: usize) {
        let Kind::For { name, body, .. } = &command.kind else { return };
        let Some(value) = values.get(at) else { return };
        if let Err(text) = self.shell.set(name, value.clone()) {
            self.complain(&text);
            self.shell.status = 1;
            return;
        }
        let list = body.clone();
        self.push(Frame::For { command, values, at: at + 1 });
        self.push(Frame::List { list, at: 0 });
    }

    fn for_arithmetic(&mut self, command: &Arc<Command>, stage: u8) {
        let Kind::ForArithmetic { parts, body } = &command.kind else { return };
        let part = &parts[usize::from(stage)];
        let again = Frame::ForArithmetic { command: command.clone(), stage };
        let Some(value) = self.expand(again, |expander| expander.number(part)) else { return };
        match stage {
            0 | 2 => self.push(Frame::ForArithmetic { command: command.clone(), stage: 1 }),
            _ if value != "0" || part.0.is_empty() => {
                let list = body.clone();
                self.push(Frame::ForArithmetic { command: command.clone(), stage: 2 });
                self.push(Frame::List { list, at: 0 });
            }
            _ => {}
        }
    }

    fn case(&mut self, command: &Arc<Command>, word: String, arm: usize, fall: bool) {
        let Kind::Case { arms, .. } = &command.kind else { return };
        let Some(found) = arms.get(arm) else { return };
        let again = Frame::Case { command: command.clone(), word: word.clone(), arm, fall };
        let patterns = self.expand(again, |expander| {
            found
                .patterns
                .iter()
                .map(|pattern| expander.pattern(pattern))
                .collect::<Result<Vec<_>, _>>()
        });
        let Some(patterns) = patterns else { return };
        let taken = fall || patterns.iter().any(|pattern| glob::matches(pattern, &word));
        if !taken || found.end != ArmEnd::Break {
            let fall = taken && found.end == ArmEnd::Fall;
            self.push(Frame::Case { command: command.clone(), word, arm: arm + 1, fall });
        }
        if taken {
            self.shell.status = 0;
            self.push(Frame::List { list: found.body.clone(), at: 0 });
        }
    }

    fn captured(&mut self, pid: Pid, output: u64, mut bytes: Vec<u8>) {
        loop {
            match self.host.read(output, usize::MAX) {
                Got::Bytes(more) => bytes.extend(more),
                Got::Wait => {
                    self.wait(Frame::Capture { pid, output, bytes }, State::Input(output));
                    return;
                }
                Got::End => break,
            }
        }
        let Some(status) = self.host.reap(pid) else {
            self.wait(Frame::Capture { pid, output, bytes }, State::Children(vec![pid]));
            return;
        };
        self.host.release(output);
        bytes.retain(|b| *b != 0);
        while bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        self.shell.substituted.push(String::from_utf8_lossy(&bytes).into_owned());
        self.shell.substitution_status = Some(status);
    }
}
