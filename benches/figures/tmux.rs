//! The peer of the screen: tmux in a pseudo-terminal of the same size, with two panes side by side
//! and a server of its own, so that the learner's is not touched.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use portable_pty::CommandBuilder;

use crate::screen::Screen;

/// F2 moves the focus as it does in `distlab`, and the first row says where it is.
const SETTINGS: &str = "\
set -g default-command 'bash --norc --noprofile'
set -g status-position top
set -g status-left '<pane #{pane_index}> '
set -g status-right ''
set -s escape-time 0
bind -n F2 select-pane -t :.+
";

/// tmux is here.
pub(crate) struct Tmux {
    program: PathBuf,
}

/// A tmux that runs; it and its server end when this is dropped.
pub(crate) struct Running {
    pub(crate) screen: Screen,
    program: PathBuf,
    socket: PathBuf,
    // Behind the screen, whose program stands in it.
    _folder: tempfile::TempDir,
}

impl Tmux {
    /// Its first row, while the right pane has the focus.
    pub(crate) const FRAME: &'static str = "<pane 1>";
    /// What bash says when it has read no settings.
    pub(crate) const PROMPT: &'static str = "bash-";

    pub(crate) fn found() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let program = std::env::split_paths(&path).map(|d| d.join("tmux")).find(|p| p.is_file())?;
        Some(Self { program })
    }

    pub(crate) fn start(&self) -> Running {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let socket = folder.path().join(format!("tmux-{number}"));
        let settings = folder.path().join("tmux.conf");
        std::fs::write(&settings, SETTINGS).expect("written");
        let mut command = CommandBuilder::new(&self.program);
        command.arg("-S");
        command.arg(&socket);
        command.arg("-f");
        command.arg(&settings);
        command.args(["new-session", ";", "split-window", "-h"]);
        command.env_remove("TMUX");
        let screen = Screen::open(command, folder.path());
        Running { screen, program: self.program.clone(), socket, _folder: folder }
    }

    /// The peer's figure, as it stands in a note.
    pub(crate) fn beside(ours: f64, peer: Option<f64>) -> String {
        match peer {
            Some(peer) => format!("tmux {peer:.1} ms, ratio {:.2}", ours / peer),
            None => "no tmux here".into(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new(&self.program)
            .arg("-S")
            .arg(&self.socket)
            .arg("kill-server")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}
