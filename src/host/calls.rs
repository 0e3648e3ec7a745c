//! The calls of the kernel: files, pipes, processes.

use std::collections::BTreeSet;

use crate::Host;
use crate::files::errno::{Called, Errno};
use crate::files::{self, Device, Ino, path};
use crate::process::{INIT, Kind, Open, OpenId, OpenKind, Pid, Pipe, Process, State};

/// Bytes that a pipe holds before its writer has to wait.
pub const PIPE_BYTES: usize = 65_536;

/// Processes that a host may have.
const PROCESSES_MAX: usize = 2000;

/// Bytes of files that a host may have.
const DISK_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How a file is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Read,
    Write,
    Append,
    /// To read and write, as `<>` does.
    Both,
    /// As `Write`, but only where nothing is.
    New,
}

/// What reading gives.
pub enum Got {
    Bytes(Vec<u8>),
    End,
    Wait,
}

impl Host {
    /// A process that is known to be there.
    ///
    /// Whoever holds a number got it from the table in the same step.
    pub(crate) fn process(&self, pid: Pid) -> &Process {
        self.processes.get(&pid).expect("a process that runs is in the table")
    }

    pub(crate) fn process_mut(&mut self, pid: Pid) -> &mut Process {
        self.processes.get_mut(&pid).expect("a process that runs is in the table")
    }

    /// A path as this process means it.
    pub(crate) fn at(&self, pid: Pid, text: &str) -> String {
        path::absolute(&self.process(pid).cwd, text)
    }

    /// Opens a file.
    pub(crate) fn open(&mut self, pid: Pid, text: &str, mode: Mode) -> Called<OpenId> {
        let path = self.at(pid, text);
        let (who, umask) = (self.process(pid).who.clone(), self.process(pid).umask);
        self.refresh(&path);
        let writes = mode != Mode::Read;
        let existing = self.files.find(&who, &path, true);
        if mode == Mode::New && existing.is_ok_and(|ino| !self.is_device(ino)) {
            return Err(Errno::Exists);
        }
        let ino = if writes {
            if existing.is_err() && self.files.bytes() > DISK_BYTES_MAX {
                return Err(Errno::NoSpace);
            }
            let empty = matches!(mode, Mode::Write | Mode::New);
            self.files.open_to_write(&who, &path, 0o666 & !umask, empty, self.now)?
        } else {
            existing?
        };
        let node = self.files.node(ino).ok_or(Errno::NoEntry)?;
        if matches!(mode, Mode::Read | Mode::Both) && !node.allows(&who, files::READ) {
            return Err(Errno::Access);
        }
        let kind = match &node.kind {
            files::Kind::Folder(_) => OpenKind::Folder,
            files::Kind::Device(device) => match device {
                Device::Null => OpenKind::Null,
                Device::Zero => OpenKind::Zero,
                Device::Full => OpenKind::Full,
                Device::Random => OpenKind::Random,
                Device::Terminal => {
                    OpenKind::Terminal(self.process(pid).terminal.ok_or(Errno::NotOpen)?)
                }
            },
            files::Kind::Generated(what) => {
                OpenKind::Text { bytes: self.generated(what).into_bytes(), place: 0 }
            }
            files::Kind::Program(..) if !writes => {
                OpenKind::Text { bytes: files::contents(node).to_vec(), place: 0 }
            }
            _ => OpenKind::File { ino, place: 0, append: mode == Mode::Append },
        };
        Ok(self.opened(kind, !writes || mode == Mode::Both, writes))
    }

    fn is_device(&self, ino: Ino) -> bool {
        matches!(self.files.node(ino).map(|n| &n.kind), Some(files::Kind::Device(_)))
    }

    /// Puts an open file into the table; nobody holds it yet.
    pub(crate) fn opened(&mut self, kind: OpenKind, readable: bool, writable: bool) -> OpenId {
        let id = self.next_open;
        self.next_open += 1;
        self.opens.insert(id, Open { kind, holders: 0, readable, writable });
        id
    }

    /// A pipe's two ends.
    pub(crate) fn pipe(&mut self) -> (OpenId, OpenId) {
        let pipe = self.next_open;
        self.next_open += 1;
        self.pipes.insert(pipe, Pipe::default());
        let read = self.opened(OpenKind::PipeEnd { pipe }, true, false);
        let write = self.opened(OpenKind::PipeEnd { pipe }, false, true);
        (read, write)
    }

    /// Gives an open file a descriptor, in the place of what had it.
    pub(crate) fn set_fd(&mut self, pid: Pid, fd: u32, open: OpenId) {
        self.hold(open);
        if let Some(old) = self.process_mut(pid).fds.insert(fd, open) {
            self.release(old);
        }
    }

    pub(crate) fn close_fd(&mut self, pid: Pid, fd: u32) {
        if let Some(old) = self.process_mut(pid).fds.remove(&fd) {
            self.release(old);
        }
    }

    /// One more holds an open file.
    pub(crate) fn hold(&mut self, open: OpenId) {
        let Some(known) = self.opens.get_mut(&open) else { return };
        known.holders += 1;
        if known.holders == 1
            && let OpenKind::PipeEnd { pipe } = known.kind
            && let Some(pipe) = self.pipes.get_mut(&pipe)
        {
            pipe.readers += u32::from(known.readable);
            pipe.writers += u32::from(known.writable);
        }
    }

    /// One less does.
    pub(crate) fn release(&mut self, open: OpenId) {
        let Some(known) = self.opens.get_mut(&open) else { return };
        known.holders = known.holders.saturating_sub(1);
        if known.holders > 0 {
            return;
        }
        if let Some(Open { kind: OpenKind::PipeEnd { pipe: id }, readable, writable, .. }) =
            self.opens.remove(&open)
            && let Some(pipe) = self.pipes.get_mut(&id)
        {
            pipe.readers -= u32::from(readable).min(pipe.readers);
            pipe.writers -= u32::from(writable).min(pipe.writers);
            if pipe.readers == 0 && pipe.writers == 0 {
                self.pipes.remove(&id);
            }
        }
    }

    /// Reads at most so many bytes; of a terminal or a pipe, what there is.
    pub(crate) fn read(&mut self, open: OpenId, most: usize) -> Got {
        let Some(known) = self.opens.get_mut(&open) else { return Got::End };
        match &mut known.kind {
            OpenKind::File { ino, place, .. } => {
                let Some(node) = self.files.node(*ino) else { return Got::End };
                let bytes = files::contents(node);
                let start = usize::try_from(*place).unwrap_or(usize::MAX).min(bytes.len());
                let end = start.saturating_add(most).min(bytes.len());
                *place = end as u64;
                if start == end { Got::End } else { Got::Bytes(bytes[start..end].to_vec()) }
            }
            OpenKind::Text { bytes, place } => {
                let (start, end) = (*place, place.saturating_add(most).min(bytes.len()));
                *place = end;
                if start == end { Got::End } else { Got::Bytes(bytes[start..end].to_vec()) }
            }
            OpenKind::PipeEnd { pipe } => {
                let Some(pipe) = self.pipes.get_mut(pipe) else { return Got::End };
                if pipe.bytes.is_empty() {
                    return if pipe.writers == 0 { Got::End } else { Got::Wait };
                }
                let end = most.min(pipe.bytes.len());
                Got::Bytes(pipe.bytes.drain(..end).collect())
            }
            OpenKind::Terminal(id) => {
                let Some(terminal) = self.terminals.get_mut(id) else { return Got::End };
                if terminal.typed.is_empty() {
                    return if terminal.ended { Got::End } else { Got::Wait };
                }
                let end = most.min(terminal.typed.len());
                Got::Bytes(terminal.typed.drain(..end).collect())
            }
            OpenKind::Zero | OpenKind::Full => Got::Bytes(vec![0; most.min(PIPE_BYTES)]),
            OpenKind::Random => {
                let rng = &mut self.rng;
                Got::Bytes(
                    (0..most.min(PIPE_BYTES)).map(|_| rng.next_u64().to_le_bytes()[0]).collect(),
                )
            }
            OpenKind::Null | OpenKind::Log { .. } | OpenKind::Folder => Got::End,
        }
    }

    /// Whether reading would not wait.
    pub(crate) fn has_input(&self, open: OpenId) -> bool {
        match self.opens.get(&open).map(|open| &open.kind) {
            Some(OpenKind::PipeEnd { pipe }) => {
                self.pipes.get(pipe).is_none_or(|pipe| !pipe.bytes.is_empty() || pipe.writers == 0)
            }
            Some(OpenKind::Terminal(id)) => {
                self.terminals.get(id).is_none_or(|t| !t.typed.is_empty() || t.ended)
            }
            _ => true,
        }
    }

    /// Whether writing would not wait.
    pub(crate) fn has_room(&self, open: OpenId) -> bool {
        match self.opens.get(&open).map(|open| &open.kind) {
            Some(OpenKind::PipeEnd { pipe }) => {
                self.pipes.get(pipe).is_none_or(|p| p.bytes.len() < PIPE_BYTES || p.readers == 0)
            }
            _ => true,
        }
    }

    /// Writes to a descriptor.
    pub(crate) fn write(&mut self, pid: Pid, fd: u32, bytes: &[u8]) -> Called<()> {
        let open = *self.process(pid).fds.get(&fd).ok_or(Errno::BadDescriptor)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let now = self.now;
        let known = self.opens.get_mut(&open).ok_or(Errno::BadDescriptor)?;
        if !known.writable {
            return Err(Errno::BadDescriptor);
        }
        match &mut known.kind {
            OpenKind::File { ino, place, append } => {
                if self.files.bytes() + bytes.len() as u64 > DISK_BYTES_MAX {
                    return Err(Errno::NoSpace);
                }
                *place = self.files.write_at(*ino, (!*append).then_some(*place), bytes, now);
            }
            OpenKind::PipeEnd { pipe } => {
                let pipe = self.pipes.get_mut(pipe).ok_or(Errno::BrokenPipe)?;
                if pipe.readers == 0 {
                    return Err(Errno::BrokenPipe);
                }
                pipe.bytes.extend_from_slice(bytes);
            }
            OpenKind::Terminal(id) => {
                if let Some(terminal) = self.terminals.get_mut(id) {
                    terminal.shown.extend_from_slice(bytes);
                }
            }
            OpenKind::Log { unit, part } => {
                part.extend_from_slice(bytes);
                let unit = unit.clone();
                let mut lines = Vec::new();
                while let Some(end) = part.iter().position(|b| *b == b'\n') {
                    let line: Vec<u8> = part.drain(..=end).collect();
                    lines.push(String::from_utf8_lossy(&line[..end]).into_owned());
                }
                for line in lines {
                    self.log(&unit, Some(pid), &line);
                }
            }
            OpenKind::Full => return Err(Errno::NoSpace),
            OpenKind::Null | OpenKind::Zero | OpenKind::Random => {}
            OpenKind::Text { .. } | OpenKind::Folder => return Err(Errno::BadDescriptor),
        }
        Ok(())
    }

    /// A copy of a process, with this inside it.
    pub(crate) fn fork(&mut self, parent: Pid, kind: Kind) -> Option<Pid> {
        if self.processes.len() >= PROCESSES_MAX {
            return None;
        }
        let pid = self.next_pid;
        self.next_pid += 1;
        let mut child = Process {
            parent,
            kind,
            state: State::Ready,
            started: self.now,
            signals: Vec::new(),
            ..self.process(parent).clone_outer()
        };
        for open in child.fds.values() {
            self.hold(*open);
        }
        child.terminal = self.process(parent).terminal;
        self.processes.insert(pid, child);
        Some(pid)
    }

    /// Ends a process: what it had open is closed, its children get another parent.
    pub(crate) fn exit(&mut self, pid: Pid, status: i32) {
        let Some(process) = self.processes.get_mut(&pid) else { return };
        process.state = State::Ended(status);
        process.kind = Kind::Daemon;
        let fds = std::mem::take(&mut process.fds);
        let parent = process.parent;
        for open in fds.into_values() {
            self.release(open);
        }
        let orphans: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(_, process)| process.parent == pid)
            .map(|(child, _)| *child)
            .collect();
        for orphan in orphans {
            self.process_mut(orphan).parent = INIT;
            if matches!(self.process(orphan).state, State::Ended(_)) {
                self.processes.remove(&orphan);
            }
        }
        self.ended(pid, status);
        // Nobody asks how a child of the first process ended.
        if parent == INIT {
            self.processes.remove(&pid);
        }
        let open: BTreeSet<Ino> = self
            .opens
            .values()
            .filter_map(|open| match open.kind {
                OpenKind::File { ino, .. } => Some(ino),
                _ => None,
            })
            .collect();
        self.files.sweep(&open);
    }

    /// How a child ended, once it has; it is gone from the table then.
    pub(crate) fn reap(&mut self, pid: Pid) -> Option<i32> {
        match self.processes.get(&pid).map(|process| &process.state) {
            None => Some(127),
            Some(State::Ended(status)) => {
                let status = *status;
                self.processes.remove(&pid);
                Some(status)
            }
            Some(_) => None,
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&mut self, pid: Pid, signal: u8) {
        let Some(process) = self.processes.get_mut(&pid) else { return };
        match (signal, &process.state) {
            (_, State::Ended(_)) | (0, _) => {}
            (9, _) => self.exit(pid, 128 + 9),
            (18, State::Stopped) => process.state = State::Ready,
            (18, _) => {}
            (19 | 20, _) => process.state = State::Stopped,
            _ => match process.kind {
                Kind::Shell(_) => process.signals.push(signal),
                _ if signal == 17 => {}
                _ => self.exit(pid, 128 + i32::from(signal)),
            },
        }
    }
}

impl Process {
    /// All but what it runs, which a fork replaces.
    fn clone_outer(&self) -> Self {
        Self {
            parent: self.parent,
            who: self.who.clone(),
            cwd: self.cwd.clone(),
            umask: self.umask,
            fds: self.fds.clone(),
            kind: Kind::Daemon,
            state: State::Ready,
            args: self.args.clone(),
            started: self.started,
            terminal: self.terminal,
            signals: Vec::new(),
        }
    }
}
