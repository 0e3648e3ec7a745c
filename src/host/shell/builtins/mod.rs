//! What the shell does itself.

pub mod jobs;
mod text;
mod variables;

use std::collections::BTreeMap;

use super::state::{Frame, Origin, Source};
use super::turn::{Outcome, Turn};
use crate::files::{self, path};
use crate::process::State;

/// A builtin: its arguments begin with its own name.
pub type Builtin = fn(&mut Turn<'_>, &[String]) -> Outcome;

/// All of them, in the order of their names.
pub const NAMES: [&str; 39] = [
    ".", ":", "[", "alias", "bg", "break", "builtin", "cd", "command", "continue", "echo", "eval",
    "exec", "exit", "export", "false", "fg", "getopts", "hash", "history", "jobs", "kill", "let",
    "local", "printf", "pwd", "read", "readonly", "return", "set", "shift", "source", "test",
    "trap", "true", "type", "unset", "wait", "unalias",
];

/// The builtin of this name.
#[must_use]
pub fn find(name: &str) -> Option<Builtin> {
    Some(match name {
        "." | "source" => dot,
        ":" | "true" => |_, _| Outcome::Done(0),
        "false" => |_, _| Outcome::Done(1),
        "[" | "test" => text::test,
        "alias" => variables::alias,
        "unalias" => variables::unalias,
        "break" | "continue" => loops,
        "builtin" | "command" => command,
        "cd" => cd,
        "echo" => text::echo,
        "eval" => eval,
        "exec" => exec,
        "exit" | "logout" => exit,
        "export" | "readonly" | "declare" | "typeset" | "local" => variables::declare,
        "getopts" => variables::getopts,
        "hash" => |_, _| Outcome::Done(0),
        "history" => jobs::history,
        "jobs" => jobs::jobs,
        "fg" | "bg" => jobs::resume,
        "kill" => jobs::kill,
        "let" => variables::arithmetic,
        "printf" => text::printf,
        "pwd" => pwd,
        "read" => text::read,
        "return" => give_back,
        "set" => variables::set,
        "shopt" => |_, _| Outcome::Done(0),
        "shift" => variables::shift,
        "trap" => jobs::trap,
        "type" => kinds,
        "ulimit" => ulimit,
        "umask" => umask,
        "unset" => variables::unset,
        "wait" => jobs::wait,
        "\0time" => timed,
        _ => return None,
    })
}

fn number(text: Option<&String>, otherwise: i32) -> Result<i32, String> {
    match text {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| text.clone()),
    }
}

fn exit(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    if turn.shell.interactive {
        turn.err(if turn.shell.login { "logout\n" } else { "exit\n" });
    }
    let status = number(args.get(1), turn.shell.status).unwrap_or_else(|text| {
        turn.complain(&format!("exit: {text}: numeric argument required"));
        2
    });
    turn.leave(status & 255);
    Outcome::Jump
}

fn give_back(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let status = number(args.get(1), turn.shell.status).unwrap_or(2) & 255;
    if !turn.return_from(status) {
        turn.complain("return: can only `return' from a function or sourced script");
        return Outcome::Done(2);
    }
    Outcome::Jump
}

fn loops(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let count = match number(args.get(1), 1) {
        Ok(count) if count > 0 => usize::try_from(count).unwrap_or(1),
        Ok(count) => {
            turn.complain(&format!("{}: {count}: loop count out of range", args[0]));
            return Outcome::Done(1);
        }
        Err(text) => {
            turn.complain(&format!("{}: {text}: numeric argument required", args[0]));
            turn.leave(128);
            return Outcome::Jump;
        }
    };
    turn.shell.status = 0;
    let inside = turn.shell.frames.iter().any(|f| {
        matches!(f, Frame::While { .. } | Frame::For { .. } | Frame::ForArithmetic { .. })
    });
    if !inside {
        let text = format!("{}: only meaningful in a `for', `while', or `until' loop", args[0]);
        turn.complain(&text);
        return Outcome::Done(0);
    }
    turn.break_loops(count, args[0] == "continue");
    Outcome::Jump
}

fn eval(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let text = args[1..].join(" ");
    turn.shell.status = 0;
    let line = turn.shell.line;
    turn.push(Frame::Source(Source { text: text.into(), line, origin: Origin::Eval }));
    Outcome::Jump
}

fn dot(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let Some(name) = args.get(1) else {
        turn.complain(&format!("{}: filename argument required", args[0]));
        turn.err(format!("{0}: usage: {0} filename [arguments]\n", args[0]));
        return Outcome::Done(2);
    };
    let mut file = turn.host.at(turn.pid, name);
    let who = turn.host.process(turn.pid).who.clone();
    if !name.contains('/') {
        let path = turn.shell.get("PATH").unwrap_or_default().to_owned();
        let found = path.split(':').map(|folder| path::child(folder, name));
        let files = &turn.host.files;
        if let Some(found) = found.into_iter().find(|file| files.read(&who, file).is_ok()) {
            file = found;
        }
    }
    match turn.host.files.read(&who, &file) {
        Ok(bytes) => {
            let params = (args.len() > 2)
                .then(|| std::mem::replace(&mut turn.shell.params, args[2..].to_vec()));
            turn.shell.status = 0;
            turn.push(Frame::Dot(params));
            let text = String::from_utf8_lossy(&bytes).into_owned().into();
            turn.push(Frame::Source(Source { text, line: 1, origin: Origin::Dot }));
            Outcome::Jump
        }
        Err(e) => {
            turn.complain(&format!("{name}: {e}"));
            Outcome::Done(1)
        }
    }
}

fn exec(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let Some(name) = args.get(1) else { return Outcome::Done(0) };
    match turn.locate(name) {
        Ok(path) => {
            let env: BTreeMap<String, String> = turn.shell.environment();
            turn.become_program(&path, args[1..].to_vec(), env);
        }
        Err((text, status)) => {
            let text = text.replace(": command not found", ": not found");
            turn.complain(&format!("exec: {text}"));
            if turn.shell.interactive {
                return Outcome::Done(status);
            }
            turn.leave(status);
        }
    }
    Outcome::Jump
}

fn cd(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut words: Vec<&str> = args[1..].iter().map(String::as_str).collect();
    let physical = words.contains(&"-P");
    words.retain(|word| !matches!(*word, "-P" | "-L" | "--"));
    if words.len() > 1 {
        turn.complain("cd: too many arguments");
        return Outcome::Done(1);
    }
    let shown = words.first() == Some(&"-");
    let target = match words.first() {
        None => turn.shell.get("HOME").map(str::to_owned).ok_or("HOME not set"),
        Some(&"-") => turn.shell.get("OLDPWD").map(str::to_owned).ok_or("OLDPWD not set"),
        Some(word) => Ok((*word).to_owned()),
    };
    let target = match target {
        Ok(target) => target,
        Err(text) => {
            turn.complain(&format!("cd: {text}"));
            return Outcome::Done(1);
        }
    };
    let process = turn.host.process(turn.pid);
    let (who, cwd) = (process.who.clone(), process.cwd.clone());
    let mut full = path::join(&cwd, &target);
    turn.host.refresh(&full);
    if physical && let Ok(real) = turn.host.files.real_path(&who, &full) {
        full = real;
    }
    let error = match turn.host.files.look(&who, &full, true) {
        Ok(node) if !matches!(node.kind, files::Kind::Folder(_)) => Some(files::Errno::NotFolder),
        Ok(node) if !node.allows(&who, files::EXECUTE) => Some(files::Errno::Access),
        Ok(_) => None,
        Err(e) => Some(e),
    };
    if let Some(e) = error {
        turn.complain(&format!("cd: {target}: {e}"));
        return Outcome::Done(1);
    }
    turn.host.process_mut(turn.pid).cwd.clone_from(&full);
    let _ = turn.shell.set("OLDPWD", cwd);
    let _ = turn.shell.set("PWD", full.clone());
    if shown {
        turn.out(format!("{full}\n"));
    }
    Outcome::Done(0)
}

fn pwd(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let process = turn.host.process(turn.pid);
    let (who, mut cwd) = (process.who.clone(), process.cwd.clone());
    if args.get(1).is_some_and(|arg| arg == "-P")
        && let Ok(real) = turn.host.files.real_path(&who, &cwd)
    {
        cwd = real;
    }
    turn.out(format!("{cwd}\n"));
    Outcome::Done(0)
}

/// `command` and `builtin`.
fn command(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    match args.get(1).map(String::as_str) {
        None => Outcome::Done(0),
        Some(option @ ("-v" | "-V")) => {
            let mut status = 0;
            for name in &args[2..] {
                match describe(turn, name, option == "-V") {
                    Some(text) => {
                        turn.out(format!("{text}\n"));
                    }
                    None => {
                        if option == "-V" {
                            turn.complain(&format!("command: {name}: not found"));
                        }
                        status = 1;
                    }
                }
            }
            Outcome::Done(status)
        }
        Some(_) => {
            let rest = args[1..].to_vec();
            if let Some(run) = find(&rest[0]) {
                return run(turn, &rest);
            }
            if args[0] == "builtin" {
                turn.complain(&format!("builtin: {}: not a shell builtin", rest[0]));
                return Outcome::Done(1);
            }
            turn.external(rest, &[]);
            Outcome::Jump
        }
    }
}

const KEYWORDS: [&str; 19] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "function", "in", "time", "{", "}", "!", "[[",
];

/// What a name is, as `type` (long) or `command -v` says it.
fn describe(turn: &mut Turn<'_>, name: &str, long: bool) -> Option<String> {
    if let Some(text) = turn.shell.aliases.get(name) {
        return Some(if long {
            format!("{name} is aliased to `{text}'")
        } else {
            format!("alias {name}='{text}'")
        });
    }
    let kind = if KEYWORDS.contains(&name) {
        "a shell keyword"
    } else if turn.shell.functions.contains_key(name) {
        "a function"
    } else if find(name).is_some() {
        "a shell builtin"
    } else {
        let path = turn.locate(name).ok()?;
        return Some(if long { format!("{name} is {path}") } else { path });
    };
    Some(if long { format!("{name} is {kind}") } else { name.to_owned() })
}

/// `type`
fn kinds(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut status = 0;
    let short = args.get(1).is_some_and(|arg| arg == "-t");
    let only_path = args.get(1).is_some_and(|arg| arg == "-p" || arg == "-P");
    for name in args[1..].iter().skip(usize::from(short || only_path)) {
        match describe(turn, name, true) {
            Some(text) if short => {
                let word = match text.rsplit(' ').next().unwrap_or_default() {
                    "keyword" => "keyword",
                    "function" => "function",
                    "builtin" => "builtin",
                    _ if text.contains(" aliased to ") => "alias",
                    _ => "file",
                };
                turn.out(format!("{word}\n"));
            }
            Some(text) if only_path => {
                if let Some((_, path)) = text.split_once(" is /") {
                    turn.out(format!("/{path}\n"));
                }
            }
            Some(text) => {
                turn.out(format!("{text}\n"));
            }
            None => {
                if !short && !only_path {
                    turn.complain(&format!("type: {name}: not found"));
                }
                status = 1;
            }
        }
    }
    Outcome::Done(status)
}

fn umask(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mask = turn.host.process(turn.pid).umask;
    match args.get(1) {
        None => {
            turn.out(format!("{mask:04o}\n"));
        }
        Some(text) => match u16::from_str_radix(text, 8) {
            Ok(mask) if mask <= 0o777 => turn.host.process_mut(turn.pid).umask = mask,
            _ => {
                turn.complain(&format!("umask: {text}: octal number out of range"));
                return Outcome::Done(1);
            }
        },
    }
    Outcome::Done(0)
}

fn ulimit(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    match args.get(1).map(String::as_str) {
        None | Some("-f" | "-c") => turn.out("unlimited\n"),
        Some("-n") => turn.out("1024\n"),
        Some("-u") => turn.out("7726\n"),
        Some(other) => {
            turn.complain(&format!(
                "ulimit: {other}: cannot modify limit: Operation not permitted"
            ));
            return Outcome::Done(1);
        }
    };
    Outcome::Done(0)
}

/// The end of what `time` measured.
fn timed(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let began: i64 = args[2].parse().unwrap_or(turn.host.now.0);
    let took = turn.host.now.0.saturating_sub(began);
    let (minutes, rest) = (took / 60_000, took % 60_000);
    let text = format!(
        "\nreal\t{minutes}m{}.{:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n",
        rest / 1000,
        rest % 1000
    );
    turn.err(text);
    Outcome::Done(turn.shell.status)
}

/// Waits for standard input.
fn input(turn: &Turn<'_>) -> Option<State> {
    turn.host.process(turn.pid).fds.get(&0).map(|open| State::Input(*open))
}
