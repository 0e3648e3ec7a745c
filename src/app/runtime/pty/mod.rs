//! The pseudo-terminal with the learner's own shell. It is read and written by the thread that draws,
//! and never waited for: each thread that a key or its echo would pass through costs as much as the
//! drawing. Output is read only as fast as the screen takes it, so a flooding job waits instead of
//! filling memory or holding up keys.

#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::io::{ErrorKind, Read as _, Write as _};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use anyhow::Context as _;
use filedescriptor::FileDescriptor;
use portable_pty::{Child, ChildKiller, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;

use super::Event;
use crate::msg::Msg;
use crate::ports::OpenLab;

/// Bytes read at once: as long as they are taken in, no key is looked at.
const CHUNK: usize = 16 * 1024;
/// Bytes of input that may wait for a shell that does not read.
const UNSENT_MAX: usize = 1 << 20;

pub(super) struct Pty {
    pub(super) id: u64,
    size: (u16, u16),
    line: Line,
    /// What was typed while the line was not there yet, or full.
    unsent: Vec<u8>,
    /// Resizes it; `None` until the shell is started.
    master: Option<Box<dyn MasterPty + Send>>,
    /// `None` before, and when the shell has ended: its number may be another process's by then.
    killer: Option<Killer>,
}

type Killer = Box<dyn ChildKiller + Send + Sync>;

/// The master, to read and write.
enum Line {
    Starting,
    Open(AsyncFd<FileDescriptor>),
    /// The shell has ended, and all that it wrote was read.
    Closed,
}

/// A shell that was started.
pub(super) struct Begun {
    master: Box<dyn MasterPty + Send>,
    line: FileDescriptor,
    killer: Killer,
}

/// Starts the shell, the lab's own or a node's, in the open lab's workspace,
/// and tells of it and of its end.
/// Making a process takes longer than drawing, so this has a thread of its own.
pub(super) fn start(
    id: u64,
    node: Option<String>,
    lab: Arc<dyn OpenLab>,
    size: (u16, u16),
    sender: mpsc::Sender<Event>,
) -> Pty {
    run(id, move || command(lab.as_ref(), node.as_deref()), size, sender)
}

fn run(
    id: u64,
    command: impl FnOnce() -> CommandBuilder + Send + 'static,
    size: (u16, u16),
    sender: mpsc::Sender<Event>,
) -> Pty {
    std::thread::spawn(move || {
        let (begun, child) = match spawn(command(), size) {
            Ok((begun, child)) => (Ok(begun), Some(child)),
            Err(error) => (Err(error), None),
        };
        let told = sender.blocking_send(Event::Began { shell: id, begun });
        if let (Ok(()), Some(mut child)) = (told, child) {
            let how = match child.wait() {
                Ok(status) if status.success() => "The shell has ended.".to_owned(),
                Ok(status) => match status.signal() {
                    Some(signal) => format!("The shell was ended by a signal ({signal})."),
                    None => format!("The shell has ended with exit code {}.", status.exit_code()),
                },
                Err(error) => format!("The shell was lost: {error}."),
            };
            let _ = sender.blocking_send(Event::Msg(Msg::ShellEnded { shell: id, how }));
        }
    });
    Pty { id, size, line: Line::Starting, unsent: Vec::new(), master: None, killer: None }
}

fn spawn(
    command: CommandBuilder,
    size: (u16, u16),
) -> anyhow::Result<(Begun, Box<dyn Child + Send + Sync>)> {
    let pair = native_pty_system().openpty(cells(size))?;
    let master = pair.master.as_raw_fd().context("the pseudo-terminal has no descriptor")?;
    let mut line = FileDescriptor::dup(&master)?;
    line.set_non_blocking(true)?;
    let child = pair.slave.spawn_command(command)?;
    let killer = child.clone_killer();
    Ok((Begun { master: pair.master, line, killer }, child))
}

impl Pty {
    /// The shell is there: it gets what was typed for it meanwhile.
    pub(super) fn began(&mut self, begun: Begun) -> anyhow::Result<()> {
        #[expect(
            deprecated,
            reason = "what replaces it is unsafe, for types that own no descriptor"
        )]
        let line = AsyncFd::new(begun.line)?;
        self.line = Line::Open(line);
        self.master = Some(begun.master);
        self.killer = Some(begun.killer);
        let (cols, rows) = self.size;
        self.resize(cols, rows)?;
        self.send();
        Ok(())
    }

    /// Types into the shell. What it has no room for is sent on when it reads.
    pub(super) fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        if matches!(self.line, Line::Closed) {
            return Ok(());
        }
        if self.unsent.len() + bytes.len() > UNSENT_MAX {
            anyhow::bail!("The program in the shell does not read; what you typed was dropped.")
        }
        self.unsent.extend_from_slice(bytes);
        self.send();
        Ok(())
    }

    /// Sends what there is room for. A line that cannot be written to has ended, and reading says so.
    fn send(&mut self) {
        let Line::Open(line) = &mut self.line else { return };
        while !self.unsent.is_empty() {
            match line.get_mut().write(&self.unsent) {
                Ok(sent @ 1..) => drop(self.unsent.drain(..sent)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => return,
            }
        }
    }

    pub(super) fn resize(&mut self, cols: u16, rows: u16) -> anyhow::Result<()> {
        self.size = (cols, rows);
        let Some(master) = &self.master else { return Ok(()) };
        master.resize(cells(self.size)).context("the shell's size could not be changed")
    }

    /// The shell has ended, though what it wrote last may still have to be read.
    pub(super) fn ended(&mut self) {
        self.killer = None;
        if matches!(self.line, Line::Starting) {
            self.line = Line::Closed;
        }
    }

    /// Whether there is nothing left to read or to end.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.line, Line::Closed) && self.killer.is_none()
    }

    /// What the programs wrote, one read of it; nothing when the last of them is gone.
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<usize> {
        if !self.unsent.is_empty() {
            self.poll_send(cx);
        }
        let Line::Open(line) = &mut self.line else { return Poll::Pending };
        while let Ok(mut ready) = ready!(line.poll_read_ready_mut(cx)) {
            match ready.try_io(|line| line.get_mut().read(buffer)) {
                Ok(Ok(0)) => break,
                Ok(Ok(read)) => return Poll::Ready(read),
                Ok(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
                // Linux says so with an error when the other end was closed.
                Ok(Err(_)) => break,
                Err(_would_block) => {}
            }
        }
        self.line = Line::Closed;
        self.unsent.clear();
        Poll::Ready(0)
    }

    /// Sends on what waits, and has the task woken when there is room for the rest.
    fn poll_send(&mut self, cx: &mut Context<'_>) {
        while !self.unsent.is_empty() {
            let Line::Open(line) = &mut self.line else { return };
            let Poll::Ready(Ok(mut ready)) = line.poll_write_ready_mut(cx) else { return };
            let unsent = &mut self.unsent;
            let sent = ready.try_io(|line| match line.get_mut().write(unsent) {
                Ok(0) => Err(ErrorKind::WouldBlock.into()),
                sent => sent,
            });
            match sent {
                Ok(Ok(sent)) => drop(unsent.drain(..sent)),
                Ok(Err(error)) if error.kind() != ErrorKind::Interrupted => return,
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }
}

/// What was read from a shell.
pub(super) struct Output {
    pub(super) shell: u64,
    /// How many bytes of the buffer; 0 when no program is left that could write.
    pub(super) read: usize,
}

/// Waits for what the programs in any of the shells write.
pub(super) async fn output(ptys: &mut [Pty], buffer: &mut Vec<u8>) -> Output {
    poll_fn(|cx| poll_output(ptys, buffer, cx)).await
}

/// What one of the shells has written, if there is something. The one that was read comes last the
/// next time, so that a flood in one holds up none.
pub(super) fn poll_output(
    ptys: &mut [Pty],
    buffer: &mut Vec<u8>,
    cx: &mut Context<'_>,
) -> Poll<Output> {
    buffer.resize(CHUNK, 0);
    for place in 0..ptys.len() {
        if let Poll::Ready(read) = ptys[place].poll_read(cx, buffer) {
            let shell = ptys[place].id;
            ptys[place..].rotate_left(1);
            return Poll::Ready(Output { shell, read });
        }
    }
    Poll::Pending
}

impl Drop for Pty {
    fn drop(&mut self) {
        // SIGHUP, as when a terminal window is closed. It may just have ended by itself.
        if let Some(killer) = &mut self.killer {
            let _ = killer.kill();
        }
    }
}

fn cells((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// The shell that the learner works in.
pub(crate) fn shell_program() -> String {
    session::shell::own().display().to_string()
}

/// What the shell is started with.
pub(crate) fn shell_arguments(program: &str, lab: &dyn OpenLab) -> Vec<String> {
    match lab.shell_rc() {
        Some(rc) if program.ends_with("bash") => {
            vec!["--rcfile".into(), rc.display().to_string(), "-i".into()]
        }
        _ => vec!["-i".into()],
    }
}

fn command(lab: &dyn OpenLab, node: Option<&str>) -> CommandBuilder {
    let program = shell_program();
    let mut command = CommandBuilder::new(&program);
    command.args(shell_arguments(&program, lab));
    command.cwd(lab.workspace());
    for name in ["LINES", "COLUMNS", "TERM_PROGRAM", "COLORTERM"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color");
    command.env(super::INSIDE, lab.lab().id.as_str());
    let of_node = node.map(|node| lab.node_env(node)).unwrap_or_default();
    for (name, value) in lab.shell_env().into_iter().chain(of_node) {
        command.env(name, value);
    }
    command
}
