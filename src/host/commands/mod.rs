//! The commands of a host: functions over what they were given.
//!
//! A command that has to wait gives up and is begun anew when what it waited for is there; it finds what
//! it heard in the same order, and what it has written before is not written twice. So a command may not
//! change anything before its last wait that it would not change in the same way again.
#![allow(clippy::unnecessary_wraps, reason = "all commands have one type")]

mod files;
mod find;
mod links;
mod list;
mod lookup;
mod names;
mod network;
mod rights;
mod run;
mod script;
mod sed;
mod select;
mod serve;
mod software;
mod sort;
mod system;
mod text;
mod users;
mod yum;

use std::time::Duration;

use base::Time;

use crate::Host;
use crate::files::{Called, Who, path};
use crate::outside::{Answer, Ask, Failure};
use crate::process::{Env, Pid, Program, Reply};

pub use lookup::{find, names};
pub(crate) use serve::listens;

/// A command.
pub type Command = fn(&mut Call<'_>) -> Ran;

/// Its status, or what it waits for.
pub type Ran = Result<i32, Wait>;

/// Why a command gives up for now.
pub enum Wait {
    /// Its standard input has not ended.
    Input,
    /// It has more to write than fits.
    Again,
    Until(Time),
    Forever,
    Ask(Box<Ask>),
    Run(Box<Run>),
}

/// A program to be run by another.
pub struct Run {
    pub args: Vec<String>,
    pub env: Env,
    pub who: Option<Who>,
    pub cwd: Option<String>,
    pub input: Option<Vec<u8>>,
    /// What a complaint begins with, when it cannot be run.
    pub label: String,
}

/// One run of a command.
pub struct Call<'a> {
    pub host: &'a mut Host,
    pub pid: Pid,
    pub program: Program,
    chunks: Vec<(u32, Vec<u8>)>,
    heard: usize,
}

impl<'a> Call<'a> {
    pub fn new(host: &'a mut Host, pid: Pid, program: Program) -> Self {
        Self { host, pid, program, chunks: Vec::new(), heard: 0 }
    }

    pub(crate) fn into_parts(self) -> (Program, Vec<(u32, Vec<u8>)>) {
        (self.program, self.chunks)
    }

    /// What it is called, as complaints say it.
    pub fn name(&self) -> String {
        self.program.args.first().cloned().unwrap_or_default()
    }

    /// The arguments behind the name.
    pub fn args(&self) -> Vec<String> {
        self.program.args.get(1..).unwrap_or_default().to_vec()
    }

    pub fn who(&self) -> Who {
        self.host.process(self.pid).who.clone()
    }

    pub fn path(&mut self, text: &str) -> String {
        let path = self.host.at(self.pid, text);
        self.host.refresh(&path);
        path
    }

    pub fn out(&mut self, text: impl AsRef<[u8]>) {
        self.emit(1, text.as_ref());
    }

    pub fn line(&mut self, text: impl AsRef<str>) {
        self.emit(1, format!("{}\n", text.as_ref()).as_bytes());
    }

    fn emit(&mut self, fd: u32, bytes: &[u8]) {
        match self.chunks.last_mut() {
            Some((last, kept)) if *last == fd => kept.extend_from_slice(bytes),
            _ => self.chunks.push((fd, bytes.to_vec())),
        }
    }

    /// A complaint as it stands.
    pub fn err(&mut self, text: impl AsRef<str>) {
        self.emit(2, format!("{}\n", text.as_ref()).as_bytes());
    }

    /// A complaint with the command's name before it.
    pub fn complain(&mut self, text: impl AsRef<str>) {
        let name = self.name();
        self.err(format!("{name}: {}", text.as_ref()));
    }

    /// Complains of an option in GNU's words; the status is the caller's.
    pub fn unknown(&mut self, option: &str, status: i32) -> i32 {
        match option.strip_prefix("--") {
            Some(_) => self.complain(format!("unrecognized option '{option}'")),
            None => {
                self.complain(format!("invalid option -- '{}'", option.trim_start_matches('-')));
            }
        }
        let name = self.name();
        self.err(format!("Try '{name} --help' for more information."));
        status
    }

    /// Complains that an operand is missing.
    pub fn missing(&mut self, status: i32) -> i32 {
        self.complain("missing operand");
        let name = self.name();
        self.err(format!("Try '{name} --help' for more information."));
        status
    }

    /// All of standard input.
    pub fn input(&mut self) -> Result<Vec<u8>, Wait> {
        if self.program.input_ended { Ok(self.program.input.clone()) } else { Err(Wait::Input) }
    }

    /// A file's bytes; `-` is standard input.
    pub fn read(&mut self, file: &str) -> Result<Called<Vec<u8>>, Wait> {
        if file == "-" || file == "/dev/stdin" {
            return self.input().map(Ok);
        }
        let path = self.path(file);
        let who = self.who();
        let generated = match self.host.files.look(&who, &path, true).map(|node| &node.kind) {
            Ok(crate::files::Kind::Generated(what)) => Some(what.clone()),
            _ => None,
        };
        if let Some(what) = generated {
            return Ok(Ok(self.host.generated(&what).into_bytes()));
        }
        Ok(self.host.files.read(&who, &path).map(|bytes| bytes.to_vec()))
    }

    /// What was heard next, if it was.
    fn next_reply(&mut self) -> Option<Reply> {
        let reply = self.program.replies.get(self.heard).cloned();
        self.heard += usize::from(reply.is_some());
        reply
    }

    /// Lets lab time pass.
    pub fn sleep(&mut self, span: Duration) -> Result<(), Wait> {
        match self.next_reply() {
            Some(_) => Ok(()),
            None => Err(Wait::Until(self.host.now.plus(span))),
        }
    }

    /// Asks the world.
    pub fn ask(&mut self, ask: Ask) -> Result<Answer, Wait> {
        match self.next_reply() {
            Some(Reply::Answer(answer)) => Ok(answer),
            Some(_) => Ok(Answer::Failed(Failure::Silent)),
            None => Err(Wait::Ask(Box::new(ask))),
        }
    }

    /// Runs another program and waits for it.
    pub fn run(&mut self, run: Run) -> Result<i32, Wait> {
        match self.next_reply() {
            Some(Reply::Ended(status)) => Ok(status),
            Some(_) => Ok(0),
            None => Err(Wait::Run(Box::new(run))),
        }
    }

    /// A run of these arguments with this command's own environment.
    pub fn child(&self, args: Vec<String>) -> Run {
        let label = self.name();
        Run { args, env: self.program.env.clone(), who: None, cwd: None, input: None, label }
    }

    /// What was found out at the first time, and is not looked for again.
    pub fn once(&mut self, find: impl FnOnce(&mut Self) -> Vec<String>) -> Vec<String> {
        if let Some(Reply::Noted(found)) = self.next_reply() {
            return found;
        }
        let found = find(self);
        self.program.replies.push(Reply::Noted(found.clone()));
        self.heard += 1;
        found
    }
}

/// What a program says that could not start another.
pub(crate) fn not_started(label: &str, name: &str, text: &str) -> String {
    let text = match text.strip_suffix(": command not found") {
        Some(_) if label == "sudo" => return format!("sudo: {name}: command not found\n"),
        Some(name) => format!("{name}: No such file or directory"),
        None => text.to_owned(),
    };
    let quoted = text.replacen(name, &curled(name), 1);
    if label == "xargs" { format!("{label}: {text}\n") } else { format!("{label}: {quoted}\n") }
}

/// A program that the world runs.
pub(crate) fn world(call: &mut Call<'_>) -> Ran {
    // What it reads is known to have ended only where it is no terminal.
    let input = if call.host.is_terminal(call.pid, 0) { Vec::new() } else { call.input()? };
    let process = call.host.process(call.pid);
    let (cwd, uid) = (process.cwd.clone(), process.who.uid);
    let ask = Ask::Program {
        args: call.program.args.clone(),
        env: call.program.env.clone(),
        cwd,
        input,
        user: call.host.user_name(uid),
    };
    match call.ask(ask)? {
        Answer::Program { status, output, errors } => {
            call.out(output);
            call.emit(2, &errors);
            Ok(status)
        }
        _ => {
            call.complain("cannot execute: required file not found");
            Ok(127)
        }
    }
}

/// Arguments taken apart in GNU's manner: options wherever they stand, until `--`.
pub struct Options {
    /// A letter or a long name, and its value.
    pub given: Vec<(String, Option<String>)>,
    pub rest: Vec<String>,
}

impl Options {
    pub fn has(&self, name: &str) -> bool {
        name.split('|').any(|name| self.given.iter().any(|(given, _)| given == name))
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        let found =
            self.given.iter().rev().find(|(given, _)| name.split('|').any(|name| given == name));
        found?.1.as_deref()
    }
}

/// Takes arguments apart. `flags` and `valued` are letters and long names between blanks; a long name
/// ends with `=` where it takes a value, and with `?` where it may. The error is the option that is not
/// known, or the status after a complaint about a missing value.
pub fn options(
    call: &mut Call<'_>,
    flags: &str,
    valued: &str,
    status: i32,
) -> Result<Options, i32> {
    let mut options = Options { given: Vec::new(), rest: Vec::new() };
    let args = call.args();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            options.rest.extend(words.cloned());
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            if flags.split(' ').any(|f| f.trim_end_matches('?') == name && f.len() > 1)
                && (value.is_none() || flags.split(' ').any(|f| f == format!("{name}?")))
            {
                options.given.push((name.to_owned(), value));
            } else if valued.split(' ').any(|v| v == name && v.len() > 1) {
                let Some(value) = value.or_else(|| words.next().cloned()) else {
                    call.complain(format!("option '--{name}' requires an argument"));
                    let name = call.name();
                    call.err(format!("Try '{name} --help' for more information."));
                    return Err(status);
                };
                options.given.push((name.to_owned(), Some(value)));
            } else {
                return Err(call.unknown(&format!("--{name}"), status));
            }
            continue;
        }
        if word.len() < 2 || !word.starts_with('-') {
            options.rest.push(word.clone());
            continue;
        }
        let mut letters = word[1..].chars();
        while let Some(letter) = letters.next() {
            let one = letter.to_string();
            if flags.split(' ').any(|f| f == one) {
                options.given.push((one, None));
            } else if valued.split(' ').any(|v| v == one) {
                let mut value: String = letters.by_ref().collect();
                if value.is_empty() {
                    let Some(next) = words.next() else {
                        call.complain(format!("option requires an argument -- '{letter}'"));
                        let name = call.name();
                        call.err(format!("Try '{name} --help' for more information."));
                        return Err(status);
                    };
                    value.clone_from(next);
                }
                options.given.push((one, Some(value)));
            } else {
                return Err(call.unknown(&format!("-{letter}"), status));
            }
        }
    }
    Ok(options)
}

/// Text without its last line end, as lines.
pub fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if bytes.is_empty() { Vec::new() } else { text.split('\n').map(str::to_owned).collect() }
}

/// The files that are named, or standard input.
pub fn or_input(files: &[String]) -> Vec<String> {
    if files.is_empty() { vec!["-".into()] } else { files.to_vec() }
}

/// A name as GNU's complaints quote it.
pub fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "'\\''"))
}

/// A name as `quote` of gnulib writes it in UTF-8; `quoteaf`, which most complaints about files use, is
/// [`quoted`].
pub fn curled(name: &str) -> String {
    format!("\u{2018}{name}\u{2019}")
}

/// The last name of a path.
pub fn base(text: &str) -> &str {
    path::base(text)
}
