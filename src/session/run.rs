//! Runs one of the lab's commands inside this process, with its output captured: what a check does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::Path;

use command::{self, Host};
use course::{Lab, Problem, lint};
use gateway::Gateway;

/// What a command printed and how it ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Captured {
    pub stdout: String,
    pub stderr: String,
    pub code: u8,
}

/// More output than this is not kept: a check that needs it looks at too much.
const OUTPUT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Splits a command line as a shell would, without expanding anything.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let words = shlex::split(line).ok_or_else(|| format!("{line:?} has an open quote"))?;
    if words.is_empty() { Err("the command is empty".into()) } else { Ok(words) }
}

/// The files that a check's command line prints, when it is one that prints files (`cat FILE`); what
/// those held is for `seen` to say.
#[must_use]
pub fn files_named(line: &str) -> Option<Vec<String>> {
    let words = split(line).ok()?;
    (words[0] == "cat").then(|| words[1..].to_vec())
}

/// Runs a command line. `cat FILE` reads a file of the workspace; everything else is a command of
/// the lab. What is not known answers as a shell does, with code 127.
pub fn capture(
    line: &str,
    gateway: &dyn Gateway,
    cwd: &Path,
    env: &BTreeMap<String, String>,
    lab: &str,
) -> Captured {
    let words = match split(line) {
        Ok(words) => words,
        Err(problem) => {
            return Captured {
                stderr: format!("distlab: {problem}\n"),
                code: 2,
                ..Captured::default()
            };
        }
    };
    if words[0] == "cat" {
        return cat(&words[1..], &mut |path| read_file(cwd, path));
    }
    let (mut stdout, mut stderr) = (Bounded::default(), Bounded::default());
    let words = strip_program(words);
    let code = if let Some(found) = command::find(&words[0]) {
        found.run(
            &words[1..],
            &mut Host {
                gateway,
                cwd: cwd.to_path_buf(),
                env: env.clone(),
                stdin: &mut io::empty(),
                stdout: &mut stdout,
                stderr: &mut stderr,
                terminal: None,
                interactive: false,
                lab: lab.to_owned(),
            },
        )
    } else {
        stderr.say(&format!("{}: command not found\n", words[0]));
        127
    };
    Captured { stdout: stdout.text(), stderr: stderr.text(), code }
}

/// `distlab nodes ls` is how a learner types the command `nodes`.
pub(super) fn strip_program(mut words: Vec<String>) -> Vec<String> {
    if words.len() > 1 && words[0] == "distlab" && command::find(&words[1]).is_some() {
        words.remove(0);
    }
    words
}

/// Refuses what lint refuses of a check's command, in the same words.
pub fn looks(lab: &Lab, line: &str, at: usize) -> Result<(), Problem> {
    lint::looks(line, &read_only).map_err(|refused| Problem {
        path: lab.path.clone(),
        line: at,
        column: None,
        what: refused.what,
        remedy: refused.remedy.into(),
    })
}

/// Whether a command line only looks; `None` when it is no command of the lab.
#[must_use]
pub fn read_only(words: &[String]) -> Option<bool> {
    let words = strip_program(words.to_vec());
    let (name, args) = words.split_first()?;
    match command::find(name) {
        Some(found) => Some(found.read_only(args)),
        None => (name == "cat").then_some(true),
    }
}

/// Reads a file of the workspace. A path that leads out of it is refused, also through a link: a check
/// of a lab from elsewhere must not read the learner's other files. A pipe is none: to open one is to
/// wait for somebody who writes into it.
pub(super) fn read_file(folder: &Path, path: &str) -> io::Result<Vec<u8>> {
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let full = folder.join(path).canonicalize()?;
    if !full.starts_with(&root) {
        return Err(io::Error::other("outside of the workspace"));
    }
    if !fs::metadata(&full)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let most = OUTPUT_BYTES_MAX as u64;
    let mut bytes = Vec::new();
    File::open(full)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other("too large for a check"));
    }
    Ok(bytes)
}

/// Prints files, which `read` gives.
pub(super) fn cat(paths: &[String], read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> Captured {
    let (mut stdout, mut stderr) = (Bounded::default(), Bounded::default());
    let mut code = 0;
    for path in paths {
        match read(path).and_then(|bytes| stdout.write_all(&bytes)) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                stderr.say(&format!("cat: {path}: No such file or directory\n"));
                code = 1;
            }
            Err(e) => {
                stderr.say(&format!("cat: {path}: {e}\n"));
                code = 1;
            }
        }
    }
    Captured { stdout: stdout.text(), stderr: stderr.text(), code }
}

/// A writer that keeps so much and no more.
#[derive(Default)]
struct Bounded(Vec<u8>);

impl Bounded {
    fn say(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES_MAX {
            return Err(io::Error::other("the output is too long for a check"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
