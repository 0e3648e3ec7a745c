//! Variables, parameters, aliases and options.

use super::super::arithmetic;
use super::super::state::Var;
use super::super::turn::{Outcome, Turn};
use crate::escape;

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .enumerate()
            .all(|(n, c)| c == '_' || c.is_ascii_alphabetic() || (n > 0 && c.is_ascii_digit()))
}

fn quoted(value: &str) -> String {
    if value.chars().any(char::is_control) {
        return escape::single(value);
    }
    let mut text = String::from("\"");
    for c in value.chars() {
        if "\"$`\\".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
/// `export`, `readonly`, `local`, `declare`.
pub(super) fn declare(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let name = args[0].as_str();
    let mut flags = String::new();
    let mut words = &args[1..];
    while let Some(word) =
        words.first().filter(|word| word.len() > 1 && word.starts_with(['-', '+']))
    {
        flags.push_str(&word[1..]);
        words = &words[1..];
        if word == "--" {
            break;
        }
    }
    if let Some(bad) = flags.chars().find(|c| !"npxrigfF-".contains(*c)) {
        turn.complain(&format!("{name}: -{bad}: invalid option"));
        return Outcome::Done(2);
    }
    let exports = name == "export" || flags.contains('x');
    let seals = name == "readonly" || flags.contains('r');
    if words.is_empty() {
        let mut text = String::new();
        for (name, var) in &turn.shell.vars {
            if (exports && !var.exported) || (seals && !var.read_only) {
                continue;
            }
            let letters = match (var.exported, var.read_only) {
                (true, true) => "-rx",
                (true, false) => "-x",
                (false, true) => "-r",
                (false, false) => "--",
            };
            match &var.value {
                Some(value) => {
                    text.push_str(&format!("declare {letters} {name}={}\n", quoted(value)));
                }
                None => text.push_str(&format!("declare {letters} {name}\n")),
            }
        }
        turn.out(text);
        return Outcome::Done(0);
    }
    let mut status = 0;
    for word in words {
        let (variable, value) = match word.split_once('=') {
            Some((variable, value)) => (variable, Some(value)),
            None => (word.as_str(), None),
        };
        let (variable, append) = match variable.strip_suffix('+') {
            Some(variable) => (variable, true),
            None => (variable, false),
        };
        if !is_name(variable) {
            turn.complain(&format!("{name}: `{word}': not a valid identifier"));
            status = 1;
            continue;
        }
        let inside =
            name == "local" || ((name == "declare" || name == "typeset") && !flags.contains('g'));
        if inside {
            if !turn.hide(variable) && name == "local" {
                turn.complain("local: can only be used in a function");
                return Outcome::Done(1);
            }
            if name == "local" && value.is_none() {
                turn.shell.vars.insert(variable.to_owned(), Var::default());
            }
        }
        if let Some(value) = value {
            let old = if append { turn.shell.get(variable).unwrap_or_default() } else { "" };
            let mut value = format!("{old}{value}");
            if flags.contains('i') {
                value = arithmetic::evaluate(&mut turn.shell, &value).unwrap_or(0).to_string();
            }
            if let Err(text) = turn.shell.set(variable, value) {
                turn.complain(&text);
                status = 1;
                continue;
            }
        }
        let var = turn.shell.vars.entry(variable.to_owned()).or_default();
        var.exported = (var.exported || exports) && !(name == "export" && flags.contains('n'));
        var.read_only |= seals;
    }
    Outcome::Done(status)
}

pub(super) fn unset(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut status = 0;
    let only_functions = args.get(1).is_some_and(|arg| arg == "-f");
    for name in args[1..].iter().filter(|arg| !matches!(arg.as_str(), "-f" | "-v")) {
        match turn.shell.vars.get(name) {
            Some(var) if var.read_only && !only_functions => {
                turn.complain(&format!("unset: {name}: cannot unset: readonly variable"));
                status = 1;
            }
            Some(_) if !only_functions => {
                turn.shell.vars.remove(name);
            }
            _ => {
                turn.shell.functions.remove(name);
            }
        }
    }
    Outcome::Done(status)
}

pub(super) fn shift(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let count = match super::number(args.get(1), 1) {
        Ok(count) => count,
        Err(text) => {
            turn.complain(&format!("shift: {text}: numeric argument required"));
            return Outcome::Done(1);
        }
    };
    match usize::try_from(count) {
        Ok(count) if count <= turn.shell.params.len() => {
            turn.shell.params.drain(..count);
            Outcome::Done(0)
        }
        Ok(_) => Outcome::Done(1),
        Err(_) => {
            turn.complain(&format!("shift: {count}: shift count out of range"));
            Outcome::Done(1)
        }
    }
}

const OPTIONS: [(&str, char); 9] = [
    ("allexport", 'a'),
    ("errexit", 'e'),
    ("noclobber", 'C'),
    ("noexec", 'n'),
    ("noglob", 'f'),
    ("nounset", 'u'),
    ("pipefail", ' '),
    ("verbose", 'v'),
    ("xtrace", 'x'),
];

fn switch<'a>(turn: &'a mut Turn<'_>, letter: char) -> Option<&'a mut bool> {
    let o = &mut turn.shell.options;
    Some(match letter {
        'a' => &mut o.all_export,
        'e' => &mut o.exit_on_error,
        'C' => &mut o.no_clobber,
        'n' => &mut o.no_exec,
        'f' => &mut o.no_glob,
        'u' => &mut o.no_unset,
        ' ' => &mut o.pipe_fail,
        'v' => &mut o.verbose,
        'x' => &mut o.trace,
        _ => return None,
    })
}

pub(super) fn set(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    if args.len() == 1 {
        let lines: Vec<String> = turn
            .shell
            .vars
            .iter()
            .filter_map(|(name, var)| Some(format!("{name}={}\n", shown(var.value.as_ref()?))))
            .collect();
        turn.out(lines.concat());
        return Outcome::Done(0);
    }
    let mut at = 1;
    while let Some(word) = args.get(at) {
        if word == "--" || word == "-" {
            turn.shell.params = args[at + 1..].to_vec();
            return Outcome::Done(0);
        }
        let on = word.starts_with('-');
        if !on && !word.starts_with('+') {
            turn.shell.params = args[at..].to_vec();
            return Outcome::Done(0);
        }
        at += 1;
        for letter in word[1..].chars() {
            let mut letter = letter;
            if letter == 'h' || letter == 'B' || letter == 'm' || letter == 'E' {
                continue;
            }
            if letter == 'o' {
                let Some(name) = args.get(at) else {
                    list_options(turn, on);
                    return Outcome::Done(0);
                };
                at += 1;
                match OPTIONS.iter().find(|(known, _)| known == name) {
                    Some((_, found)) => letter = *found,
                    None => {
                        turn.complain(&format!("set: {name}: invalid option name"));
                        return Outcome::Done(1);
                    }
                }
            }
            if let Some(option) = switch(turn, letter) {
                *option = on;
            } else {
                let sign = if on { '-' } else { '+' };
                turn.complain(&format!("set: {sign}{letter}: invalid option"));
                turn.err(
                    "set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n",
                );
                return Outcome::Done(2);
            }
        }
    }
    Outcome::Done(0)
}

fn shown(value: &str) -> String {
    if value.is_empty() { String::new() } else { escape::shown(value) }
}

fn list_options(turn: &mut Turn<'_>, long: bool) {
    let mut text = String::new();
    for (name, letter) in OPTIONS {
        let on = switch(turn, letter).is_some_and(|on| *on);
        if long {
            text.push_str(&format!("{name:<15}\t{}\n", if on { "on" } else { "off" }));
        } else {
            text.push_str(&format!("set {}o {name}\n", if on { '-' } else { '+' }));
        }
    }
    turn.out(text);
}

pub(super) fn alias(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut status = 0;
    if args.len() == 1 {
        let lines: Vec<String> = turn
            .shell
            .aliases
            .iter()
            .map(|(name, value)| format!("alias {name}={}\n", escape::single(value)))
            .collect();
        turn.out(lines.concat());
    }
    for word in &args[1..] {
        if let Some((name, value)) = word.split_once('=') {
            turn.shell.aliases.insert(name.to_owned(), value.to_owned());
        } else if let Some(value) = turn.shell.aliases.get(word) {
            let line = format!("alias {word}={}\n", escape::single(value));
            turn.out(line);
        } else {
            turn.complain(&format!("alias: {word}: not found"));
            status = 1;
        }
    }
    Outcome::Done(status)
}

pub(super) fn unalias(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut status = 0;
    for word in &args[1..] {
        if word == "-a" {
            turn.shell.aliases.clear();
        } else if turn.shell.aliases.remove(word).is_none() {
            turn.complain(&format!("unalias: {word}: not found"));
            status = 1;
        }
    }
    Outcome::Done(status)
}

/// `let`
pub(super) fn arithmetic(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut value = 0;
    for word in &args[1..] {
        match arithmetic::evaluate(&mut turn.shell, word) {
            Ok(got) => value = got,
            Err(text) => {
                turn.complain(&format!("let: {text}"));
                return Outcome::Done(1);
            }
        }
    }
    Outcome::Done(i32::from(value == 0))
}

pub(super) fn getopts(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let (Some(letters), Some(name)) = (args.get(1), args.get(2)) else {
        turn.err("getopts: usage: getopts optstring name [arg ...]\n");
        return Outcome::Done(2);
    };
    let words = if args.len() > 3 { args[3..].to_vec() } else { turn.shell.params.clone() };
    let mut index: usize = turn.shell.get("OPTIND").and_then(|n| n.parse().ok()).unwrap_or(1);
    if index != turn.shell.option_index {
        turn.shell.letters = 0;
    }
    let silent = letters.starts_with(':');
    let word = words.get(index.saturating_sub(1)).cloned().unwrap_or_default();
    let mut status = 0;
    let mut found = String::from("?");
    turn.shell.vars.remove("OPTARG");
    if turn.shell.letters == 0 && (!word.starts_with('-') || word.len() < 2 || word == "--") {
        index += usize::from(word == "--");
        status = 1;
    } else {
        let at = turn.shell.letters.max(1);
        let letter = word.chars().nth(at).unwrap_or('?');
        let behind: String = word.chars().skip(at + 1).collect();
        turn.shell.letters = at + 1;
        let known = letters.trim_start_matches(':').find(letter).filter(|_| letter != ':');
        let takes =
            known.is_some_and(|n| letters.trim_start_matches(':')[n + 1..].starts_with(':'));
        if takes {
            let value = if behind.is_empty() {
                index += 1;
                words.get(index - 1).cloned()
            } else {
                Some(behind.clone())
            };
            found = letter.to_string();
            match value {
                Some(value) => drop(turn.shell.set("OPTARG", value)),
                None if silent => {
                    found = ":".into();
                    let _ = turn.shell.set("OPTARG", letter.to_string());
                }
                None => {
                    found = "?".into();
                    let name = turn.shell.name.clone();
                    turn.err(format!("{name}: option requires an argument -- {letter}\n"));
                }
            }
        } else if known.is_some() {
            found = letter.to_string();
        } else if silent {
            let _ = turn.shell.set("OPTARG", letter.to_string());
        } else {
            let name = turn.shell.name.clone();
            turn.err(format!("{name}: illegal option -- {letter}\n"));
        }
        if takes || behind.is_empty() {
            index += 1;
            turn.shell.letters = 0;
        }
    }
    turn.shell.option_index = index;
    let _ = turn.shell.set("OPTIND", index.to_string());
    let _ = turn.shell.set(name, found);
    Outcome::Done(status)
}
