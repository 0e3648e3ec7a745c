//! The pseudo-terminal with the learner's own shell. Output is read only as fast as the screen
//! takes it, so a flooding job waits instead of filling memory or holding up keys.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use anyhow::Context as _;
use portable_pty::{ChildKiller, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tokio::sync::mpsc;

use super::Event;
use crate::msg::Msg;
use crate::ports::Desk;

/// Bytes read at once.
const CHUNK: usize = 16 * 1024;
/// Chunks that may be on their way to the screen.
const CHUNKS: usize = 2;
/// Pieces of input that may wait for a shell that does not read.
const INPUTS: usize = 1024;

pub(super) struct Pty {
    pub(super) id: u64,
    master: Box<dyn MasterPty + Send>,
    input: SyncSender<Vec<u8>>,
    permits: SyncSender<()>,
    killer: Box<dyn ChildKiller + Send + Sync>,
}

impl Pty {
    /// Starts the shell, the lab's own or a node's, in the desk's workspace.
    pub(super) fn start(
        id: u64,
        node: Option<&str>,
        desk: &dyn Desk,
        (cols, rows): (u16, u16),
        sender: mpsc::Sender<Event>,
    ) -> anyhow::Result<Self> {
        let pair = native_pty_system().openpty(size(cols, rows))?;
        let mut child = pair.slave.spawn_command(command(desk, node))?;
        drop(pair.slave);
        let killer = child.clone_killer();
        let reader = pair.master.try_clone_reader()?;
        let writer = pair.master.take_writer()?;
        let (input, inputs) = sync_channel(INPUTS);
        let (permits, permitted) = sync_channel(CHUNKS);
        for _ in 0..CHUNKS {
            permits.send(()).context("a channel was closed")?;
        }
        std::thread::spawn(move || write_all(writer, &inputs));
        let output = sender.clone();
        std::thread::spawn(move || read_all(id, reader, &permitted, &output));
        std::thread::spawn(move || {
            let how = match child.wait() {
                Ok(status) if status.success() => "The shell has ended.".to_owned(),
                Ok(status) => match status.signal() {
                    Some(signal) => format!("The shell was ended by a signal ({signal})."),
                    None => format!("The shell has ended with exit code {}.", status.exit_code()),
                },
                Err(error) => format!("The shell was lost: {error}."),
            };
            let _ = sender.blocking_send(Event::Msg(Msg::ShellEnded { shell: id, how }));
        });
        Ok(Self { id, master: pair.master, input, permits, killer })
    }

    /// The screen has taken a chunk; another may be read.
    pub(super) fn read_on(&self) {
        // The reader may be gone already, and never more permits are out than there is room for.
        let _ = self.permits.try_send(());
    }

    pub(super) fn write(&self, bytes: Vec<u8>) -> anyhow::Result<()> {
        match self.input.try_send(bytes) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
            Err(TrySendError::Full(_)) => {
                anyhow::bail!("The program in the shell does not read; what you typed was dropped.")
            }
        }
    }

    pub(super) fn resize(&self, cols: u16, rows: u16) -> anyhow::Result<()> {
        self.master.resize(size(cols, rows)).context("the shell's size could not be changed")
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // SIGHUP, as when a terminal window is closed. It may have ended by itself.
        let _ = self.killer.kill();
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// The learner's shell where it is bash, else bash, else sh: labs are written for those.
pub(crate) fn shell_program() -> String {
    let own = std::env::var("SHELL").unwrap_or_default();
    if Path::new(&own).file_name().is_some_and(|n| n == "bash") && Path::new(&own).exists() {
        return own;
    }
    let bash = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"];
    let found = bash.into_iter().find(|p| Path::new(p).exists());
    found.unwrap_or("/bin/sh").to_owned()
}

/// What the shell is started with.
pub(crate) fn shell_arguments(program: &str, desk: &dyn Desk) -> Vec<String> {
    match desk.shell_rc() {
        Some(rc) if program.ends_with("bash") => {
            vec!["--rcfile".into(), rc.display().to_string(), "-i".into()]
        }
        _ => vec!["-i".into()],
    }
}

fn command(desk: &dyn Desk, node: Option<&str>) -> CommandBuilder {
    let program = shell_program();
    let mut command = CommandBuilder::new(&program);
    command.args(shell_arguments(&program, desk));
    command.cwd(desk.workspace());
    for name in ["LINES", "COLUMNS", "TERM_PROGRAM", "COLORTERM"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color");
    let of_node = node.map(|node| desk.node_env(node)).unwrap_or_default();
    for (name, value) in desk.shell_env().into_iter().chain(of_node) {
        command.env(name, value);
    }
    command
}

fn write_all(mut writer: Box<dyn Write + Send>, inputs: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = inputs.recv() {
        if writer.write_all(&bytes).and_then(|()| writer.flush()).is_err() {
            return;
        }
    }
}

fn read_all(
    id: u64,
    mut reader: Box<dyn Read + Send>,
    permitted: &Receiver<()>,
    sender: &mpsc::Sender<Event>,
) {
    let mut buffer = vec![0; CHUNK];
    while permitted.recv().is_ok() {
        match reader.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(n) => {
                let msg = Msg::ShellOutput { shell: id, bytes: buffer[..n].to_vec() };
                if sender.blocking_send(Event::Msg(msg)).is_err() {
                    return;
                }
            }
        }
    }
}
