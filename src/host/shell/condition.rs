//! `test`, `[` and `[[`.

use super::arithmetic;
use super::ast::Test;
use super::expand::{Expander, Stop};
use super::state::{Pid, Shell};
use crate::Host;
use crate::files::{EXECUTE, Kind, READ, SET_GROUP, SET_USER, STICKY, WRITE};
use crate::glob;
use crate::regex::{Regex, Syntax};

/// The operators of one operand.
#[must_use]
pub fn is_unary(op: &str) -> bool {
    op.len() == 2 && op.starts_with('-') && "bcdefghknoprstuvwxzGLNOS".contains(&op[1..])
}

/// The operators of two.
#[must_use]
pub fn is_binary(op: &str) -> bool {
    matches!(
        op,
        "=" | "=="
            | "!="
            | "<"
            | ">"
            | "-eq"
            | "-ne"
            | "-lt"
            | "-le"
            | "-gt"
            | "-ge"
            | "-nt"
            | "-ot"
            | "-ef"
    )
}

/// `-f x` and its like.
pub fn unary(host: &mut Host, pid: Pid, shell: Option<&Shell>, op: &str, value: &str) -> bool {
    match op {
        "-n" => return !value.is_empty(),
        "-z" => return value.is_empty(),
        "-v" => return shell.is_some_and(|shell| shell.get(value).is_some()),
        "-o" => return false,
        "-t" => {
            let fd: u32 = value.parse().unwrap_or(u32::MAX);
            return host.is_terminal(pid, fd);
        }
        _ => {}
    }
    if value.is_empty() {
        return false;
    }
    let path = host.at(pid, value);
    host.refresh(&path);
    let who = host.process(pid).who.clone();
    let follow = !matches!(op, "-L" | "-h");
    let Ok(node) = host.files.look(&who, &path, follow) else { return false };
    match op {
        "-f" => matches!(node.kind, Kind::File(_) | Kind::Program(..) | Kind::Generated(_)),
        "-d" => matches!(node.kind, Kind::Folder(_)),
        "-L" | "-h" => matches!(node.kind, Kind::Link(_)),
        "-c" => matches!(node.kind, Kind::Device(_)),
        "-b" | "-p" | "-S" => false,
        "-r" => node.allows(&who, READ),
        "-w" => node.allows(&who, WRITE),
        "-x" => node.allows(&who, EXECUTE),
        "-s" => node.size() > 0,
        "-u" => node.mode & SET_USER != 0,
        "-g" => node.mode & SET_GROUP != 0,
        "-k" => node.mode & STICKY != 0,
        "-O" => node.uid == who.uid,
        "-G" => node.gid == who.gid,
        _ => true,
    }
}

/// Two texts, two numbers or two files; a complaint when a number is none.
pub fn binary(
    host: &mut Host,
    pid: Pid,
    left: &str,
    op: &str,
    right: &str,
) -> Result<bool, String> {
    let number = |text: &str| {
        text.trim().parse::<i64>().map_err(|_| format!("{text}: integer expression expected"))
    };
    Ok(match op {
        "=" | "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        ">" => left > right,
        "-eq" => number(left)? == number(right)?,
        "-ne" => number(left)? != number(right)?,
        "-lt" => number(left)? < number(right)?,
        "-le" => number(left)? <= number(right)?,
        "-gt" => number(left)? > number(right)?,
        "-ge" => number(left)? >= number(right)?,
        _ => {
            let who = host.process(pid).who.clone();
            let (a, b) = (host.at(pid, left), host.at(pid, right));
            let time =
                |path: &str| host.files.look(&who, path, true).ok().map(|node| node.modified);
            match op {
                "-nt" => time(&a).is_some() && time(&a) > time(&b),
                "-ot" => time(&b).is_some() && time(&a) < time(&b),
                _ => {
                    let (a, b) = (host.files.find(&who, &a, true), host.files.find(&who, &b, true));
                    a.is_ok() && a == b
                }
            }
        }
    })
}

/// `[[ … ]]`: what holds, or a complaint.
pub fn evaluate(e: &mut Expander<'_>, test: &Test) -> Result<Result<bool, String>, Stop> {
    let inner = |e: &mut Expander<'_>, test: &Test| evaluate(e, test);
    Ok(match test {
        Test::Word(word) => Ok(!e.one(word)?.is_empty()),
        Test::Unary(op, word) => {
            let value = e.one(word)?;
            if !is_unary(op) {
                return Ok(Err(format!("{op}: unary operator expected")));
            }
            Ok(unary(e.host, e.pid, Some(e.shell), op, &value))
        }
        Test::Not(test) => inner(e, test)?.map(|holds| !holds),
        Test::And(left, right) => match inner(e, left)? {
            Ok(true) => inner(e, right)?,
            other => other,
        },
        Test::Or(left, right) => match inner(e, left)? {
            Ok(false) => inner(e, right)?,
            other => other,
        },
        Test::Binary(left, op, right) => {
            let text = e.one(left)?;
            match op.as_str() {
                "=" | "==" => Ok(glob::matches(&e.pattern(right)?, &text)),
                "!=" => Ok(!glob::matches(&e.pattern(right)?, &text)),
                "=~" => {
                    let pattern: String = e
                        .pattern(right)?
                        .into_iter()
                        .map(|(c, quoted)| {
                            if quoted && !c.is_alphanumeric() {
                                format!("\\{c}")
                            } else {
                                c.to_string()
                            }
                        })
                        .collect();
                    match Regex::new(&pattern, Syntax::Extended, false) {
                        Ok(regex) => Ok(regex.find(&text, 0).is_some()),
                        Err(_) => return Ok(Err(String::new())),
                    }
                }
                "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => {
                    let right = e.one(right)?;
                    let a = arithmetic::evaluate(e.shell, &text).map_err(Stop::Error)?;
                    let b = arithmetic::evaluate(e.shell, &right).map_err(Stop::Error)?;
                    binary(e.host, e.pid, &a.to_string(), op, &b.to_string())
                }
                op if is_binary(op) => {
                    let right = e.one(right)?;
                    binary(e.host, e.pid, &text, op, &right)
                }
                op => Err(format!("{op}: conditional binary operator expected")),
            }
        }
    })
}
