//! The configuration file: what may stand in it, what is wrong in one, and what is in force. Options
//! and the environment win over it.
//!
//! A setting is one entry of [`SETTINGS`]; the reader, `distlab config`, the manual page and the README
//! go by that table.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::json;
use toml::de::{DeTable, DeValue};

use super::{Args, DONE, NO, Stop, args, say, say_json};
use base::text::{nearest, plural, unseemly};
use session::shell;

/// What may be set.
pub(super) struct Setting {
    /// Its name in the file; one with a dot stands in a table (`[serve] port = …`).
    pub name: &'static str,
    pub about: &'static str,
    /// What holds when nobody sets it.
    pub default: &'static str,
    /// The variable that wins over the file.
    pub variable: &'static str,
    /// The option that wins over both.
    pub option: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Flag,
    Text,
    Folder,
    /// A file that is there, called by what it holds.
    File(&'static str),
    Port,
    OneOf(&'static [&'static str]),
    /// Ctrl with a key that no shell needs.
    Prefix,
}

/// Every setting.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "home",
        about: "the profile's folder",
        default: "the platform's data folder",
        variable: "DISTLAB_HOME",
        option: "--home",
        kind: Kind::Folder,
    },
    Setting {
        name: "labs",
        about: "a folder of labs that stand beside, or in place of, the built-in ones",
        default: "none",
        variable: "DISTLAB_LABS",
        option: "--labs",
        kind: Kind::Folder,
    },
    Setting {
        name: "course",
        about: "the file of a course, in place of the built-in one",
        default: "built in",
        variable: "DISTLAB_COURSE",
        option: "--course",
        kind: Kind::File("a course file"),
    },
    Setting {
        name: "theme",
        about: "color, or mono for bold, dim and reversed text alone",
        default: "color",
        variable: "NO_COLOR",
        option: "",
        kind: Kind::OneOf(&["color", "mono"]),
    },
    Setting {
        name: "plain",
        about: "whether labs open line by line instead of on a full screen",
        default: "false",
        variable: "",
        option: "--plain",
        kind: Kind::Flag,
    },
    Setting {
        name: "prefix",
        about: "the key before the screen's letters: ctrl- and one of a b e f g k n o t u v w x y ] \\ ^ _",
        default: "ctrl-]",
        variable: "",
        option: "",
        kind: Kind::Prefix,
    },
    Setting {
        name: "shell",
        about: "the shell that you work in (the scripts of labs always run in bash)",
        default: "bash",
        variable: "DISTLAB_SHELL",
        option: "",
        kind: Kind::File("a program"),
    },
    Setting {
        name: "learner",
        about: "the word in names of buckets and containers, for profiles that are made from now on",
        default: "your user name",
        variable: "DISTLAB_LEARNER",
        option: "",
        kind: Kind::Text,
    },
    Setting {
        name: "me.name",
        about: "your name, for profiles that do not know it yet (distlab me changes it)",
        default: "none",
        variable: "",
        option: "",
        kind: Kind::Text,
    },
    Setting {
        name: "me.number",
        about: "your student number, taken together with me.name",
        default: "none",
        variable: "",
        option: "",
        kind: Kind::Text,
    },
    Setting {
        name: "me.mail",
        about: "your mail address, taken together with me.name",
        default: "none",
        variable: "",
        option: "",
        kind: Kind::Text,
    },
    Setting {
        name: "serve.port",
        about: "the port of distlab serve; 0 takes a free one",
        default: "4566",
        variable: "",
        option: "serve --port",
        kind: Kind::Port,
    },
    Setting {
        name: "serve.registry-port",
        about: "the port of its registry of images; 0 takes a free one",
        default: "5000, or a free one",
        variable: "",
        option: "serve --registry-port",
        kind: Kind::Port,
    },
];

/// Letters that no line editor and no terminal needs as much as a learner does, and signs.
const PREFIXES: &str = "abefgknotuvwxy]\\^_";

/// A configuration file as it was read.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub file: PathBuf,
    /// What it sets, with the line that does.
    values: BTreeMap<&'static str, (usize, String)>,
    /// What is wrong in it, a line each.
    pub problems: Vec<String>,
}

impl Config {
    /// What the file sets.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(_, value)| value.as_str())
    }

    /// A number that the file sets.
    pub(super) fn port(&self, name: &str) -> Option<u16> {
        self.get(name)?.parse().ok()
    }

    /// Refuses to go on with a file in which something is wrong.
    pub(super) fn sound(&self) -> anyhow::Result<()> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(Stop::usage(self.problems.join("\n")))
    }
}

/// The configuration in force, read once.
pub(super) fn config() -> &'static Config {
    static CONFIG: OnceLock<Config> = OnceLock::new();
    CONFIG.get_or_init(|| file().map_or_else(Config::default, |file| read(&file)))
}

/// Where the file is: `DISTLAB_CONFIG`, or below the folder for configurations. `None` where no home
/// folder is known.
fn file() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    named("DISTLAB_CONFIG").or_else(|| {
        let folder = named("XDG_CONFIG_HOME").filter(|folder| folder.is_absolute());
        let folder = folder.or_else(|| Some(named("HOME")?.join(".config")))?;
        Some(folder.join("distlab/config.toml"))
    })
}

fn read(file: &Path) -> Config {
    let mut config = Config { file: file.to_owned(), ..Config::default() };
    match fs::read_to_string(file) {
        Ok(text) => parse(&text, &mut config),
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        Err(e) => config.problems.push(format!("{}: cannot be read: {e}", file.display())),
    }
    config
}

fn parse(text: &str, config: &mut Config) {
    let line = |offset: usize| 1 + text.get(..offset).unwrap_or(text).matches('\n').count();
    let place = |line: usize| format!("{}:{line}", config.file.display());
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().map_or(1, |span| line(span.start));
            config.problems.push(format!("{}: {}", place(at), error.message()));
            return;
        }
    };
    let mut found = Vec::new();
    for (word, value) in table.get_ref() {
        let (name, at) = (word.get_ref().as_ref(), line(word.span().start));
        match value.get_ref().as_table() {
            Some(inside) if is_table(name) => {
                for (word, value) in inside {
                    let at = line(word.span().start);
                    found.push((format!("{name}.{}", word.get_ref()), at, value.get_ref()));
                }
            }
            _ => found.push((name.to_owned(), at, value.get_ref())),
        }
    }
    found.sort_by_key(|(_, at, _)| *at);
    let mut problems = Vec::new();
    for (name, at, value) in found {
        match SETTINGS.iter().find(|setting| setting.name == name) {
            None => problems.push(format!("{}: {}", place(at), unknown(&name))),
            Some(setting) => match value_of(setting, value) {
                Ok(text) => drop(config.values.insert(setting.name, (at, text))),
                Err(wanted) => problems.push(format!("{}: {name} {wanted}", place(at))),
            },
        }
    }
    config.problems = problems;
}

fn is_table(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name.split_once('.').is_some_and(|(t, _)| t == name))
}

fn unknown(name: &str) -> String {
    let names = SETTINGS.iter().map(|setting| setting.name);
    // Somebody who leaves out the table is told the whole name.
    let end = names.clone().find(|known| known.split('.').next_back() == Some(name));
    let shown: String = name.chars().filter(|c| !unseemly(*c)).collect();
    match end.or_else(|| nearest(name, names)) {
        Some(meant) => format!("there is no setting `{shown}`; did you mean `{meant}`?"),
        None => format!("there is no setting `{shown}`; distlab config lists them"),
    }
}

/// The value as text, or what it should be.
fn value_of(setting: &Setting, value: &DeValue<'_>) -> Result<String, String> {
    let text = value.as_str().map(str::to_owned);
    match setting.kind {
        Kind::Flag => value.as_bool().map(|b| b.to_string()).ok_or("is true or false".into()),
        Kind::Port => {
            let number = value.as_integer().and_then(|i| i.as_str().parse::<u16>().ok());
            number.map(|n| n.to_string()).ok_or("is a number from 0 to 65535, unquoted".into())
        }
        Kind::Text => text
            .filter(|t| !t.trim().is_empty())
            .ok_or_else(|| "is a text in quotes, and not empty".into()),
        Kind::OneOf(words) => text
            .filter(|t| words.contains(&t.as_str()))
            .ok_or_else(|| format!("is one of {}, in quotes", words.join(", "))),
        Kind::Folder => text
            .map(|t| at_home(&t))
            .filter(|t| Path::new(t).is_absolute())
            .ok_or_else(|| "is the whole path of a folder, in quotes (~ is your home)".into()),
        Kind::File(what) => text
            .map(|t| at_home(&t))
            .filter(|t| Path::new(t).is_absolute() && Path::new(t).is_file())
            .ok_or_else(|| format!("is the whole path of {what} that is there, in quotes")),
        Kind::Prefix => text.filter(|t| prefix(t).is_some()).ok_or_else(|| {
            let all: Vec<String> = PREFIXES.chars().map(String::from).collect();
            format!("is \"ctrl-\" and one of {}", all.join(" "))
        }),
    }
}

/// The letter of a prefix such as `ctrl-]`.
fn prefix(text: &str) -> Option<char> {
    let key = text.to_ascii_lowercase();
    let mut letters = key.strip_prefix("ctrl-")?.chars();
    let letter = letters.next().filter(|c| PREFIXES.contains(*c))?;
    letters.next().is_none().then_some(letter)
}

/// The letter of the prefix in force.
pub(super) fn leader() -> char {
    config().get("prefix").and_then(prefix).unwrap_or(app::leader::LEADER_LETTER)
}

/// Whether colours are used: `NO_COLOR` says no, and so does the theme.
pub(super) fn color() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && config().get("theme") != Some("mono")
}

/// Makes the shell that was chosen the learner's.
///
/// # Errors
/// When `DISTLAB_SHELL` names no program.
pub(super) fn choose_shell() -> anyhow::Result<()> {
    let named = std::env::var_os("DISTLAB_SHELL").filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(missing) = named.as_ref().filter(|path| !path.is_file()) {
        return Err(Stop::usage(format!(
            "DISTLAB_SHELL is {}, and there is no such program: give its whole path",
            missing.display()
        )));
    }
    if let Some(chosen) = named.or_else(|| config().get("shell").map(PathBuf::from)) {
        shell::choose(chosen);
    }
    Ok(())
}

fn at_home(path: &str) -> String {
    let home = std::env::var("HOME").unwrap_or_default();
    match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
        _ => path.to_owned(),
    }
}

/// `distlab config`.
pub(super) fn run(
    args: &Args,
    command: Option<&args::Config>,
    as_json: bool,
) -> anyhow::Result<u8> {
    match command {
        None => show(args, as_json),
        Some(args::Config::Path) => {
            let file = config().file.display().to_string();
            if as_json {
                say_json(&json!({ "file": file }))?;
            } else {
                say(file)?;
            }
            Ok(DONE)
        }
        Some(args::Config::Check { file }) => match file {
            Some(file) if !file.is_file() => {
                Err(Stop::usage(format!("there is no file {}", file.display())))
            }
            Some(file) => check(&read(file), as_json),
            None => check(config(), as_json),
        },
    }
}

fn check(config: &Config, as_json: bool) -> anyhow::Result<u8> {
    let code = if config.problems.is_empty() { DONE } else { NO };
    if as_json {
        say_json(&json!({"file": config.file, "problems": config.problems}))?;
        return Ok(code);
    }
    for problem in &config.problems {
        say(problem)?;
    }
    let what = if config.file.is_file() {
        let set = plural(config.values.len(), "setting");
        format!("{set} read, {}", plural(config.problems.len(), "error"))
    } else {
        "there is no such file, so everything is as it is by default".into()
    };
    say(format!("{}: {what}", config.file.display()))?;
    Ok(code)
}

/// A setting as it is in force, and where that comes from.
fn in_force(args: &Args, setting: &Setting) -> (String, String) {
    let option = match setting.name {
        "home" => args.home.as_ref().map(|path| path.display().to_string()),
        "labs" => args.labs.as_ref().map(|path| path.display().to_string()),
        "plain" => args.plain.then(|| "true".to_owned()),
        _ => None,
    };
    if let Some(value) = option {
        return (value, setting.option.to_owned());
    }
    let variable = std::env::var(setting.variable).ok();
    if let Some(value) = variable.filter(|value| !setting.variable.is_empty() && !value.is_empty())
    {
        let value = if setting.name == "theme" { "mono".into() } else { value };
        return (value, setting.variable.to_owned());
    }
    match config().values.get(setting.name) {
        Some((line, value)) => (value.clone(), format!("{}:{line}", config().file.display())),
        None => (setting.default.to_owned(), "default".to_owned()),
    }
}

fn show(args: &Args, as_json: bool) -> anyhow::Result<u8> {
    let all = SETTINGS.iter().map(|setting| (setting, in_force(args, setting)));
    if as_json {
        let rows: Vec<_> = all
            .map(|(setting, (value, from))| {
                json!({"name": setting.name, "value": value, "from": from, "about": setting.about})
            })
            .collect();
        let file = &config().file;
        say_json(&json!({"file": file, "problems": config().problems, "settings": rows}))?;
    } else {
        for (setting, (value, from)) in all {
            say(format!("{:<20} {value:<28} {from}", setting.name))?;
        }
        say(format!("The file is {}.", config().file.display()))?;
        for problem in &config().problems {
            say(problem)?;
        }
    }
    Ok(if config().problems.is_empty() { DONE } else { NO })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Config {
        let mut config = Config { file: "c.toml".into(), ..Config::default() };
        parse(text, &mut config);
        config
    }

    #[test]
    fn a_setting_is_read_as_it_stands() {
        let check = |text: &str, name: &str, want: &str| {
            let config = of(text);
            assert_eq!(config.problems, Vec::<String>::new(), "{text}");
            assert_eq!(config.get(name), Some(want), "{text}");
        };
        check("theme = \"mono\"", "theme", "mono");
        check("plain = true", "plain", "true");
        check("prefix = \"Ctrl-A\"", "prefix", "Ctrl-A");
        check("home = \"/tmp/x\"", "home", "/tmp/x");
        check("[serve]\nport = 0\n", "serve.port", "0");
        check("serve.registry-port = 5001\n", "serve.registry-port", "5001");
        check("[me]\nname = \"Ada Lovelace\"\n", "me.name", "Ada Lovelace");
        check("shell = \"/bin/sh\"", "shell", "/bin/sh");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let check = |text: &str, want: &str| {
            let problems = of(text).problems.join("\n");
            assert!(problems.contains(want), "{text}: {problems:?}");
        };
        check("\nthem = \"mono\"", "c.toml:2: there is no setting `them`; did you mean `theme`?");
        check("port = 1", "c.toml:1: there is no setting `port`; did you mean `serve.port`?");
        check(
            "[serve]\nprot = 1",
            "c.toml:2: there is no setting `serve.prot`; did you mean `serve.port`?",
        );
        check("[elsewhere]\nx = 1", "there is no setting `elsewhere`; distlab config lists them");
        check("theme = \"dark\"", "theme is one of color, mono, in quotes");
        check("plain = \"yes\"", "plain is true or false");
        check("prefix = \"ctrl-c\"", "prefix is \"ctrl-\" and one of a b");
        check("prefix = \"a\"", "prefix is \"ctrl-\"");
        check("home = \"here\"", "home is the whole path of a folder");
        check("shell = \"/no/such/shell\"", "shell is the whole path of a program that is there");
        check("learner = \" \"", "learner is a text in quotes");
        check("[serve]\nport = 70000", "c.toml:2: serve.port is a number from 0 to 65535");
        check("theme = \n", "c.toml:1: ");
        check("theme = \"mono\"\ntheme = \"color\"", "c.toml:2: ");
    }

    #[test]
    fn every_letter_of_a_prefix_can_be_one() {
        assert!(PREFIXES.chars().all(|c| prefix(&format!("ctrl-{c}")) == Some(c)));
        assert!(SETTINGS.iter().any(|s| s.name == "prefix" && prefix(s.default) == Some(']')));
    }
}
