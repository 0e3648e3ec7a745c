//! What a running shell is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{Command, List};

/// A process's number.
pub type Pid = u32;

/// The number of an open file.
pub type OpenId = u64;

/// A variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Var {
    /// Nothing when it was only declared.
    pub value: Option<String>,
    pub exported: bool,
    pub read_only: bool,
    pub integer: bool,
}

/// What `set` switches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools, reason = "they are switches")]
pub struct Options {
    pub all_export: bool,
    pub exit_on_error: bool,
    pub no_clobber: bool,
    pub no_exec: bool,
    pub no_glob: bool,
    pub no_unset: bool,
    pub pipe_fail: bool,
    pub trace: bool,
    pub verbose: bool,
}

/// A job in the background.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    pub number: u32,
    pub pids: Vec<Pid>,
    pub text: Arc<str>,
    /// Of the last process, once it has ended.
    pub status: Option<i32>,
}

/// Where commands come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// `-c`
    Text,
    /// A script's file, or standard input, by the name that complaints begin with.
    File,
    Eval,
    Dot,
    /// Line by line from standard input.
    Input,
}

/// A text that is being run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    pub text: Arc<str>,
    pub line: u32,
    pub origin: Origin,
}

/// What is under way, the innermost last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Frame {
    Source(Source),
    List {
        list: Arc<List>,
        at: usize,
    },
    Chain {
        list: Arc<List>,
        item: usize,
        at: usize,
    },
    /// A pipeline whose status is yet to be judged. `checked` says whether `set -e` asks for it.
    Judge {
        negated: bool,
        checked: bool,
    },
    /// Processes that are waited for, and the statuses of those that have ended.
    Wait {
        pids: Vec<Pid>,
        statuses: Vec<Option<i32>>,
        foreground: bool,
    },
    Run(Arc<Command>),
    /// A compound command whose redirections are in place.
    Begin(Arc<Command>),
    If {
        command: Arc<Command>,
        arm: usize,
        testing: bool,
    },
    While {
        command: Arc<Command>,
        testing: bool,
        last: i32,
    },
    For {
        command: Arc<Command>,
        values: Vec<String>,
        at: usize,
    },
    ForArithmetic {
        command: Arc<Command>,
        stage: u8,
    },
    Case {
        command: Arc<Command>,
        word: String,
        arm: usize,
        fall: bool,
    },
    /// Descriptors to put back.
    Redirects(Vec<(u32, Option<OpenId>)>),
    /// Variables to put back.
    Assigns(Vec<(String, Option<Var>)>),
    /// A function that runs: the caller's parameters and what `local` hides.
    Call {
        name: String,
        params: Vec<String>,
        locals: Vec<(String, Option<Var>)>,
    },
    /// A text that `.` runs, with the caller's parameters when it was given its own.
    Dot(Option<Vec<String>>),
    /// A command substitution that is waited for.
    Capture {
        pid: Pid,
        output: OpenId,
        bytes: Vec<u8>,
    },
    Builtin {
        args: Vec<String>,
    },
    /// A trap's action; the status that stands when it is over.
    Trap {
        status: i32,
    },
    /// The last frame of a shell that ends.
    Exit,
}

/// A shell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shell {
    pub vars: BTreeMap<String, Var>,
    pub functions: BTreeMap<String, Arc<Command>>,
    pub aliases: BTreeMap<String, String>,
    /// `$1` and on.
    pub params: Vec<String>,
    /// `$0`
    pub name: String,
    /// `$$`, which a subshell keeps.
    pub top: Pid,
    pub status: i32,
    pub options: Options,
    pub frames: Vec<Frame>,
    /// What substitutions of the words being expanded gave so far, in their order.
    pub substituted: Vec<String>,
    /// The status of the last of them.
    pub substitution_status: Option<i32>,
    pub background: Option<Pid>,
    pub jobs: Vec<Job>,
    pub traps: BTreeMap<String, String>,
    pub interactive: bool,
    pub login: bool,
    /// Whether it is a copy of a shell, made for a part of its text.
    pub subshell: bool,
    /// The line of the command that runs.
    pub line: u32,
    pub random: u64,
    pub history: Vec<String>,
    /// How far `getopts` is in an argument of several letters.
    pub letters: usize,
    /// `getopts` has seen this `OPTIND`.
    pub option_index: usize,
    /// Lines that do not yet make a command.
    pub pending: String,
    /// Bytes of a line that is not complete yet.
    pub partial: Vec<u8>,
}

impl Shell {
    /// A variable's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name)?.value.as_deref()
    }

    /// Sets a variable, unless it may not be changed.
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> Result<(), String> {
        let export = self.options.all_export;
        let var = self.vars.entry(name.to_owned()).or_default();
        if var.read_only {
            return Err(format!("{name}: readonly variable"));
        }
        var.value = Some(value.into());
        var.exported |= export;
        Ok(())
    }

    /// Sets a variable that children see too.
    pub fn export(&mut self, name: &str, value: &str) {
        let var = Var { value: Some(value.to_owned()), exported: true, ..Var::default() };
        self.vars.insert(name.to_owned(), var);
    }

    /// What a child's environment is.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        self.vars
            .iter()
            .filter(|(_, var)| var.exported)
            .filter_map(|(name, var)| Some((name.clone(), var.value.clone()?)))
            .collect()
    }

    /// What a complaint begins with.
    #[must_use]
    pub fn prefix(&self) -> String {
        if self.interactive {
            return format!("{}: ", self.name);
        }
        format!("{}: line {}: ", self.name, self.line.max(1))
    }

    /// The letters of `$-`.
    #[must_use]
    pub fn flags(&self) -> String {
        let o = &self.options;
        let mut text = String::new();
        for (on, letter) in [
            (o.all_export, 'a'),
            (o.exit_on_error, 'e'),
            (o.no_glob, 'f'),
            (true, 'h'),
            (self.interactive, 'i'),
            (self.interactive, 'm'),
            (o.no_exec, 'n'),
            (o.no_unset, 'u'),
            (o.verbose, 'v'),
            (o.trace, 'x'),
            (true, 'B'),
            (o.no_clobber, 'C'),
            (self.interactive, 'H'),
        ] {
            if on {
                text.push(letter);
            }
        }
        text
    }

    /// Whether what fails now is only being asked.
    #[must_use]
    pub fn tested(&self) -> bool {
        self.frames.iter().any(|frame| match frame {
            Frame::If { testing, .. } | Frame::While { testing, .. } => *testing,
            Frame::Judge { negated, .. } => *negated,
            Frame::Chain { list, item, at } => {
                list.0.get(*item).is_some_and(|item| *at < item.chain.len())
            }
            _ => false,
        })
    }
}
