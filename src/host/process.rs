//! Processes, what they have open, and what they wait for.

use std::collections::BTreeMap;

use base::Time;

use crate::files::{Ino, Who};
use crate::outside::{Answer, Ask};
use crate::shell::state::Shell;

pub use crate::shell::state::{OpenId, Pid};

/// The process that all others come from.
pub const INIT: Pid = 1;

/// What an environment is.
pub type Env = BTreeMap<String, String>;

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Process {
    pub parent: Pid,
    pub who: Who,
    pub cwd: String,
    pub umask: u16,
    pub fds: BTreeMap<u32, OpenId>,
    pub kind: Kind,
    pub state: State,
    /// As `ps` shows it.
    pub args: Vec<String>,
    pub started: Time,
    pub terminal: Option<u32>,
    /// Signals that it has not seen yet.
    pub signals: Vec<u8>,
}

/// What a process runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Shell(Box<Shell>),
    Program(Box<Program>),
    /// A service's process; it runs nothing of its own.
    Daemon,
}

/// A command that runs. It is begun anew whenever something it waited for is there, and finds in
/// `replies` what it has heard before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Program {
    /// Its name in the table of commands.
    pub name: String,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// What was read of its standard input.
    pub input: Vec<u8>,
    pub input_ended: bool,
    pub replies: Vec<Reply>,
    /// Bytes of its output that have left it.
    pub written: usize,
}

/// What a command waited for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    Slept,
    Answer(Answer),
    Ended(i32),
    /// What it found out before it first waited, and must not look for again.
    Noted(Vec<String>),
}

/// Whether a process runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Ready,
    /// Until one of these has ended.
    Children(Vec<Pid>),
    /// Until there is something to read.
    Input(OpenId),
    /// Until there is room in a pipe.
    Output(OpenId),
    /// A command's time that passes.
    Until(Time),
    /// An answer of the world's.
    Asking(Box<Ask>),
    /// It was told to stand still.
    Stopped,
    /// It has ended, and its parent has not asked how.
    Ended(i32),
}

/// An open file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Open {
    pub kind: OpenKind,
    pub holders: u32,
    pub readable: bool,
    pub writable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OpenKind {
    File {
        ino: Ino,
        place: u64,
        append: bool,
    },
    /// Bytes that are read and nowhere kept: here-documents, files below `/proc`.
    Text {
        bytes: Vec<u8>,
        place: usize,
    },
    PipeEnd {
        pipe: u64,
    },
    Null,
    Zero,
    Full,
    Random,
    Terminal(u32),
    /// A service's output, which goes into the journal under its name.
    Log {
        unit: String,
        part: Vec<u8>,
    },
    Folder,
}

/// A pipe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pipe {
    pub bytes: Vec<u8>,
    pub readers: u32,
    pub writers: u32,
}

/// A terminal, or whatever takes a script's output.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Terminal {
    /// What was typed and not read.
    pub typed: Vec<u8>,
    /// Nothing more will be typed.
    pub ended: bool,
    /// What was written and not fetched.
    pub shown: Vec<u8>,
    /// Whether there is one, and not only somewhere for output to go.
    pub real: bool,
    /// Columns and rows; nothing where nobody has said.
    pub size: (u32, u32),
}

/// Signals by number, as `kill -l` names them.
pub const SIGNALS: [(u8, &str); 14] = [
    (1, "HUP"),
    (2, "INT"),
    (3, "QUIT"),
    (6, "ABRT"),
    (9, "KILL"),
    (10, "USR1"),
    (12, "USR2"),
    (13, "PIPE"),
    (14, "ALRM"),
    (15, "TERM"),
    (17, "CHLD"),
    (18, "CONT"),
    (19, "STOP"),
    (20, "TSTP"),
];

/// A signal by its name or number.
#[must_use]
pub fn signal(text: &str) -> Option<u8> {
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    match text.parse::<u8>() {
        Ok(number) => (number <= 64).then_some(number),
        Err(_) => SIGNALS.iter().find(|(_, known)| *known == name).map(|(number, _)| *number),
    }
}

/// A signal's name.
#[must_use]
pub fn signal_name(number: u8) -> Option<&'static str> {
    SIGNALS.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}
