//! What a command of `docker` is: its names, what it takes, and what it does. Which commands there are
//! stands in [`super::tree`].

use super::cx::{Cx, Fail};
use command_line::flags;
use command_line::flags::{Flag, Parsed};

/// The group that is a plugin of the reference client, with words and exit codes of its own.
pub(super) const PLUGIN: &str = "compose";

/// A family of commands: `docker container …`.
pub(super) struct Group {
    /// Empty for the commands that stand at the top level alone.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Flags between the group's name and the command's (`docker compose -f FILE up`).
    pub(super) flags: &'static [Flag],
    /// In alphabetical order.
    pub(super) verbs: &'static [&'static Verb],
}

/// One command.
pub(super) struct Verb {
    /// The name of its [`Group`].
    pub(super) group: &'static str,
    /// Its name in the group.
    pub(super) name: &'static str,
    /// Its other names in the group.
    pub(super) aliases: &'static [&'static str],
    /// Its short form: `ps` for `container ls`.
    pub(super) top: Option<&'static str>,
    /// `[OPTIONS] CONTAINER`
    pub(super) usage: &'static str,
    pub(super) about: &'static str,
    pub(super) flags: &'static [&'static [Flag]],
    pub(super) args: Args,
    /// Whether flags may stand behind arguments; not where those are a command of their own.
    pub(super) interspersed: bool,
    /// Whether it only looks, with these arguments, and ends by itself.
    pub(super) looks: fn(&Parsed) -> bool,
    pub(super) run: fn(&mut Cx<'_, '_>, &Parsed) -> Result<u8, Fail>,
}

/// How many arguments a command takes.
#[derive(Clone, Copy)]
pub(super) enum Args {
    /// It counts them itself.
    Any,
    None,
    Exactly(usize),
    AtLeast(usize),
    AtMost(usize),
    Between(usize, usize),
}

impl Args {
    /// What is wrong with that many, and the word that points to the help page.
    fn wrong(self, count: usize) -> Option<(String, &'static str)> {
        let arguments = |n: usize| if n == 1 { "argument" } else { "arguments" };
        match self {
            Self::None if count > 0 => Some(("accepts no arguments".into(), "Run")),
            Self::Exactly(n) if count != n => {
                Some((format!("requires {n} {}", arguments(n)), "Run"))
            }
            Self::AtLeast(n) if count < n => {
                Some((format!("requires at least {n} {}", arguments(n)), "See"))
            }
            Self::AtMost(n) if count > n => {
                Some((format!("requires at most {n} {}", arguments(n)), "Run"))
            }
            Self::Between(low, high) if count < low || count > high => Some((
                format!("requires at least {low} and at most {high} {}", arguments(high)),
                "Run",
            )),
            _ => None,
        }
    }
}

/// Always only looks.
pub(super) fn always(_: &Parsed) -> bool {
    true
}

/// Changes something.
pub(super) fn never(_: &Parsed) -> bool {
    false
}

impl Verb {
    /// Reads the words behind the command.
    ///
    /// # Errors
    /// What is wrong with them, with the usage line and the exit code of the client.
    pub(super) fn parse(&self, path: &str, words: &[String]) -> Result<Parsed, Fail> {
        let usage = format!("Usage:  {path} {}", self.usage);
        let usage = usage.trim_end();
        let parsed = flags::parse(words, self.flags, self.interspersed).map_err(|why| {
            if self.group == PLUGIN {
                return Fail::new(16, why);
            }
            Fail::new(125, format!("{why}\n\n{usage}\n\nRun '{path} --help' for more information"))
        })?;
        if parsed.help.is_none()
            && let Some((why, word)) = self.args.wrong(parsed.args.len())
        {
            if self.group == PLUGIN {
                return Err(self.plugin_wrong(path, &parsed.args));
            }
            return Err(Fail::new(
                1,
                format!(
                    "docker: '{path}' {why}\n\n{usage}\n\n{word} '{path} --help' for more information"
                ),
            ));
        }
        Ok(parsed)
    }

    /// What the plugin says of arguments that are too few or too many.
    fn plugin_wrong(&self, path: &str, args: &[String]) -> Fail {
        let (usage, about) = (self.usage, self.about);
        let page = |why: String| {
            format!("\"{path}\" {why}\nSee '{path} --help'.\n\nUsage:  {path} {usage}\n\n{about}")
        };
        let text = match self.args {
            Args::AtLeast(least) => {
                format!("requires at least {least} arg(s), only received {}", args.len())
            }
            Args::Exactly(count) => page(format!("requires exactly {count} arguments.")),
            Args::Between(least, _) => page(format!("requires at least {least} argument.")),
            Args::None | Args::AtMost(_) | Args::Any => {
                let first = args.first().map(String::as_str).unwrap_or_default();
                format!("unknown command {first:?} for {path:?}")
            }
        };
        Fail::new(1, text)
    }
}
