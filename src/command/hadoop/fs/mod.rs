//! The file system shell: `hdfs dfs` and `hadoop fs`.
//!
//! [`table`] has one entry per command with its usage and help; how a command treats one path after
//! the other, and what it says when that fails, follows Hadoop's own `FsShell`. ACLs, extended
//! attributes, snapshots, `-concat` and `-truncate` are not built.

mod attributes;
mod copy;
mod find;
mod glob;
mod list;
mod local;
mod names;
mod options;
mod show;
mod size;
mod table;

use std::fmt::Write as _;
use std::time::Duration;

use super::client::{self, Client, DEFAULT_FS, Failure};
use super::{Host, say};
use hadoop::hdfs::ops::{FileStatus, FileType};
use options::Illegal;
use sim::api::{OpDef, Shaped};
use table::Sub;

/// What Hadoop tools say of the options that all of them take.
pub(super) const GENERIC: &str = "\
Generic options supported are:
-conf <configuration file>        specify an application configuration file
-D <property=value>               define a value for a given property
-fs <file:///|hdfs://namenode:port> specify default filesystem URL to use, overrides 'fs.defaultFS' property from configurations.
-jt <local|resourcemanager:port>  specify a ResourceManager
-files <file1,...>                specify a comma-separated list of files to be copied to the map reduce cluster
-libjars <jar1,...>               specify a comma-separated list of jar files to be included in the classpath
-archives <archive1,...>          specify a comma-separated list of archives to be unarchived on the compute machines

The general command line syntax is:
command [genericOptions] [commandOptions]

";

/// One run of one command.
pub(super) struct Shell<'h, 'a> {
    host: &'h mut Host<'a>,
    client: Client<'a>,
    settings: Settings,
    /// The command's name without its dash.
    name: &'static str,
    exit: u8,
}

/// Settings of the client that `-D` can change.
#[derive(Clone, Debug)]
struct Settings {
    block_size: Option<u64>,
    replication: Option<u32>,
    umask: u16,
}

/// A path with what is there.
#[derive(Clone, Debug)]
struct Item {
    /// As the learner wrote it, or as it follows from that.
    shown: String,
    /// Absolute.
    path: String,
    status: Option<FileStatus>,
}

impl Item {
    fn is_directory(&self) -> bool {
        self.status.as_ref().is_some_and(|s| s.kind == FileType::Directory)
    }

    fn is_file(&self) -> bool {
        self.status.as_ref().is_some_and(|s| s.kind == FileType::File)
    }

    /// The name of a child as messages spell it.
    fn child_name(&self, name: &str) -> String {
        if self.shown == "." {
            name.to_owned()
        } else if self.shown.ends_with('/') {
            format!("{}{name}", self.shown)
        } else {
            format!("{}/{name}", self.shown)
        }
    }

    /// The item of an entry of this directory.
    fn child(&self, status: FileStatus) -> Self {
        let name = status.path_suffix.clone();
        Self { shown: self.child_name(&name), path: join(&self.path, &name), status: Some(status) }
    }

    /// The path with scheme and NameNode.
    fn qualified(&self) -> String {
        format!("{DEFAULT_FS}{}", self.path)
    }
}

fn join(directory: &str, name: &str) -> String {
    if directory == "/" { format!("/{name}") } else { format!("{directory}/{name}") }
}

/// Why one path could not be treated; the next one still is.
#[derive(Debug)]
enum Trouble {
    /// A message about a path: `` `x': No such file or directory ``.
    Said(String),
    Failed(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

type Outcome = Result<(), Trouble>;

fn trouble<T>(shown: &str, what: &str) -> Result<T, Trouble> {
    Err(Trouble::Said(format!("`{shown}': {what}")))
}

fn no_such<T>(shown: &str) -> Result<T, Trouble> {
    trouble(shown, "No such file or directory")
}

/// Runs `hdfs dfs` with these arguments.
pub(super) fn run(args: &[String], host: &mut Host<'_>) -> u8 {
    let (settings, rest) = match generic_options(args) {
        Ok(found) => found,
        Err(message) => {
            say(host, &format!("{message}\n"));
            return 255;
        }
    };
    let Some((first, rest)) = rest.split_first() else {
        say(host, &table::usage());
        return 255;
    };
    let Some(sub) = first.strip_prefix('-').and_then(table::find) else {
        let mut text = format!("{first}: Unknown command\n");
        if table::find(first).is_some() {
            let _ = writeln!(text, "Did you mean -{first}?  This command begins with a dash.");
        }
        say(host, &format!("{text}{}", table::usage()));
        return 255;
    };
    let client = Client::new(host.gateway, &host.env);
    let mut shell = Shell { host, client, settings, name: sub.name, exit: 0 };
    match (sub.run)(&mut shell, rest) {
        Ok(()) => shell.exit,
        Err(illegal) => shell.refuse(sub, &illegal),
    }
}

/// Whether these arguments only look.
pub(super) fn read_only(args: &[String]) -> bool {
    let Ok((_, rest)) = generic_options(args) else { return true };
    let Some(first) = rest.first() else { return true };
    first.strip_prefix('-').and_then(table::find).is_none_or(|sub| match sub.name {
        // To standard output these only look too.
        "get" | "copyToLocal" => rest.last().is_some_and(|last| last == "-"),
        _ => sub.read_only,
    })
}

/// Takes `-D name=value` and `-fs URI` off the front.
fn generic_options(args: &[String]) -> Result<(Settings, &[String]), String> {
    let mut settings = Settings { block_size: None, replication: None, umask: 0o022 };
    let mut rest = args;
    loop {
        let (define, after) = match rest {
            [flag, value, after @ ..] if flag == "-D" => (value.as_str(), after),
            [flag, uri, after @ ..] if flag == "-fs" => {
                client::split_scheme(uri)?;
                rest = after;
                continue;
            }
            [flag, after @ ..] if flag.starts_with("-D") && flag.contains('=') => {
                (&flag[2..], after)
            }
            _ => return Ok((settings, rest)),
        };
        settings.set(define)?;
        rest = after;
    }
}

impl Settings {
    fn set(&mut self, define: &str) -> Result<(), String> {
        let (name, value) = define.split_once('=').unwrap_or((define, ""));
        let bad = || format!("For input string: \"{value}\"");
        match name {
            "dfs.blocksize" | "dfs.block.size" => {
                self.block_size = Some(size::parse(value).ok_or_else(bad)?);
            }
            "dfs.replication" => self.replication = Some(value.parse().map_err(|_| bad())?),
            "fs.permissions.umask-mode" => {
                self.umask = u16::from_str_radix(value, 8).map_err(|_| bad())?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Shell<'_, '_> {
    fn print(&mut self, text: &str) {
        // A reader that has gone away ends the output, not the command's meaning.
        let _ = self.host.stdout.write_all(text.as_bytes());
    }

    fn warn(&mut self, text: &str) {
        let _ = self.host.stderr.write_all(text.as_bytes());
    }

    /// Says what went wrong with one path.
    fn complain(&mut self, trouble: &Trouble) {
        let line = match trouble {
            Trouble::Said(line) => line.clone(),
            Trouble::Failed(failure) => failure.line(),
        };
        let name = self.name;
        self.warn(&format!("{name}: {line}\n"));
        self.exit = 1;
    }

    /// Arguments that make no sense: message, whole usage, the command's usage.
    fn refuse(&mut self, sub: &Sub, illegal: &Illegal) -> u8 {
        let text =
            format!("-{}: {}\n{}{}\n", sub.name, illegal.0, table::usage(), sub.usage_line());
        self.warn(&text);
        255
    }

    fn call<O: Shaped>(
        &self,
        op: &'static OpDef,
        input: &(impl Shaped + Clone),
    ) -> Result<O, Failure> {
        self.client.call(op, input)
    }

    /// One path, with what is there.
    fn item(&self, given: &str) -> Result<Item, Trouble> {
        let path = self.client.absolute(given).map_err(Trouble::Said)?;
        let status = self.client.status(&path)?;
        Ok(Item { shown: given.to_owned(), path, status })
    }

    /// The entries of a directory.
    fn children(&self, directory: &Item) -> Result<Vec<Item>, Trouble> {
        let entries = self.client.list(&directory.path)?;
        Ok(entries.into_iter().map(|status| directory.child(status)).collect())
    }

    /// What an argument stands for: itself, or what its pattern matches.
    fn expand(&self, given: &str) -> Result<Vec<Item>, Trouble> {
        if glob::is_pattern(given) {
            let found = self.matches(given)?;
            return if found.is_empty() { no_such(given) } else { Ok(found) };
        }
        Ok(vec![self.item(given)?])
    }

    /// Does something with everything that the arguments stand for and that exists; says so of
    /// what does not.
    fn each(
        &mut self,
        args: &[String],
        mut act: impl FnMut(&mut Self, &Item) -> Outcome,
    ) -> Result<(), Illegal> {
        for given in args {
            if given.is_empty() {
                return Err(Illegal("Can not create a Path from an empty string".into()));
            }
            let items = match self.expand(given) {
                Ok(items) => items,
                Err(trouble) => {
                    self.complain(&trouble);
                    continue;
                }
            };
            for item in items {
                let outcome =
                    if item.status.is_none() { no_such(&item.shown) } else { act(self, &item) };
                if let Err(trouble) = outcome {
                    self.complain(&trouble);
                }
            }
        }
        Ok(())
    }

    /// As [`Shell::each`], for commands that make what does not exist.
    fn each_name(
        &mut self,
        args: &[String],
        mut act: impl FnMut(&mut Self, &Item) -> Outcome,
    ) -> Result<(), Illegal> {
        for given in args {
            if given.is_empty() {
                return Err(Illegal("Can not create a Path from an empty string".into()));
            }
            let outcome = match self.expand(given) {
                Ok(items) => items.iter().try_for_each(|item| act(self, item)),
                Err(trouble) => Err(trouble),
            };
            if let Err(trouble) = outcome {
                self.complain(&trouble);
            }
        }
        Ok(())
    }

    /// That the directory a new path stands in exists.
    fn parent_exists(&self, item: &Item) -> Outcome {
        if self.client.status(client::parent(&item.path))?.is_some() {
            return Ok(());
        }
        let shown = &item.shown;
        let whole = item.qualified();
        Err(Trouble::Said(format!("`{shown}': No such file or directory: `{whole}'")))
    }

    /// Lets lab time pass.
    fn sleep(&mut self, secs: u64) -> Outcome {
        let moved = self.host.gateway.advance(Duration::from_secs(secs));
        moved.map(|_| ()).map_err(|e| Failure::Broken(e.to_string()).into())
    }
}
