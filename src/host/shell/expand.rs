//! From words to the arguments that a command gets.

use std::sync::Arc;

use super::arithmetic;
use super::ast::{List, Op, Parameter, Part, Word};
use super::braces::braces;
use super::edit::{replace, slice};
use super::state::{Pid, Shell, Var};
use crate::Host;
use crate::glob::{self, Ch};

/// Bytes that the words of one command may have.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Why an expansion did not come to its end.
#[derive(Debug)]
pub enum Stop {
    /// This has to be run first; its output is the next of [`Shell::substituted`].
    Need(Arc<List>),
    /// The shell's complaint, which ends a script.
    Error(String),
}

type Expanded<T> = Result<T, Stop>;

/// Expands within one command: what happened to variables is taken back when something has to be run
/// first, since the whole expansion is begun anew afterwards.
pub struct Expander<'a> {
    pub host: &'a mut Host,
    pub pid: Pid,
    pub shell: &'a mut Shell,
    used: usize,
    bytes: usize,
    undo: Vec<(String, Option<Var>)>,
}

/// Words being made.
#[derive(Default)]
struct Fields {
    done: Vec<Vec<Ch>>,
    current: Vec<Ch>,
    /// Whether there is a word, even an empty one.
    open: bool,
    /// The last thing was a separator that is no blank.
    hard: bool,
}

impl Fields {
    fn quoted(&mut self, text: &str) {
        self.current.extend(text.chars().map(|c| (c, true)));
        self.open = true;
    }

    fn end(&mut self) {
        if self.open {
            self.done.push(std::mem::take(&mut self.current));
            self.open = false;
        }
    }

    /// What an unquoted expansion gave.
    fn split(&mut self, text: &str, separators: &str) {
        for c in text.chars() {
            if !separators.contains(c) {
                self.current.push((c, false));
                self.open = true;
                self.hard = false;
            } else if matches!(c, ' ' | '\t' | '\n') {
                self.end();
            } else {
                if !self.open && (self.hard || self.done.is_empty()) {
                    self.open = true;
                }
                self.end();
                self.hard = true;
            }
        }
    }
}

impl<'a> Expander<'a> {
    pub fn new(host: &'a mut Host, pid: Pid, shell: &'a mut Shell) -> Self {
        Self { host, pid, shell, used: 0, bytes: 0, undo: Vec::new() }
    }

    /// Ends an expansion; with its result the substitutions are used up.
    pub fn finish<T>(self, result: Expanded<T>) -> Expanded<T> {
        match &result {
            Err(Stop::Need(_)) => {
                for (name, var) in self.undo.into_iter().rev() {
                    match var {
                        Some(var) => self.shell.vars.insert(name, var),
                        None => self.shell.vars.remove(&name),
                    };
                }
            }
            _ => self.shell.substituted.clear(),
        }
        result
    }

    /// All words, split and with patterns replaced by the files they match.
    pub fn words(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let mut all = Vec::new();
        for word in words {
            for word in braces(word) {
                let mut fields = Fields::default();
                self.parts(&word.0, &mut fields, false)?;
                fields.end();
                for field in fields.done {
                    self.files(&field, &mut all);
                }
            }
            if self.bytes > BYTES_MAX || all.len() > 1_000_000 {
                return Err(Stop::Error("cannot allocate memory".into()));
            }
        }
        Ok(all)
    }

    /// One word that is neither split nor matched: the value of an assignment, a redirection's target.
    pub fn one(&mut self, word: &Word) -> Expanded<String> {
        Ok(self.pattern(word)?.into_iter().map(|(c, _)| c).collect())
    }

    /// One word as a pattern.
    pub fn pattern(&mut self, word: &Word) -> Expanded<Vec<Ch>> {
        let mut fields = Fields::default();
        self.parts(&word.0, &mut fields, true)?;
        let separator = self.separator();
        let mut all = Vec::new();
        fields.open = true;
        fields.end();
        for (n, field) in fields.done.into_iter().enumerate() {
            if n > 0 {
                all.push((separator, true));
            }
            all.extend(field);
        }
        Ok(all)
    }

    fn separator(&self) -> char {
        self.shell.get("IFS").map_or(Some(' '), |ifs| ifs.chars().next()).unwrap_or(' ')
    }

    fn files(&mut self, field: &[Ch], all: &mut Vec<String>) {
        let plain = || field.iter().map(|(c, _)| *c).collect::<String>();
        if self.shell.options.no_glob || !glob::is_pattern(field) {
            all.push(plain());
            return;
        }
        let process = self.host.process(self.pid);
        let (who, cwd) = (process.who.clone(), process.cwd.clone());
        let mut found = self.host.matching(&who, &cwd, field);
        if found.is_empty() {
            found.push(plain());
        }
        self.bytes += found.iter().map(String::len).sum::<usize>();
        all.append(&mut found);
    }

    fn parts(&mut self, parts: &[Part], out: &mut Fields, whole: bool) -> Expanded<()> {
        for (n, part) in parts.iter().enumerate() {
            match part {
                Part::Plain(text) => {
                    let text =
                        if n == 0 { self.tilde(text, parts.len() == 1, out) } else { text.clone() };
                    if !text.is_empty() {
                        out.current.extend(text.chars().map(|c| (c, false)));
                        out.open = true;
                    }
                }
                Part::Quoted(text) => out.quoted(text),
                Part::Double(inner) => {
                    if let [Part::Parameter(p)] = inner.as_slice()
                        && p.name == "@"
                        && p.op == Op::None
                    {
                        self.each(out);
                        continue;
                    }
                    out.open = true;
                    self.quoted(inner, out)?;
                }
                Part::Parameter(p) => self.unquoted(p, out, whole)?,
                Part::Command(list) => {
                    let text = self.substituted(list)?;
                    self.add(&text, out, whole);
                }
                Part::Arithmetic(word) => {
                    let text = self.number(word)?;
                    self.add(&text, out, whole);
                }
            }
            self.bytes += out.current.len();
        }
        Ok(())
    }

    fn add(&mut self, text: &str, out: &mut Fields, whole: bool) {
        if whole {
            out.current.extend(text.chars().map(|c| (c, false)));
            out.open |= !text.is_empty();
        } else {
            let separators = self.shell.get("IFS").unwrap_or(" \t\n").to_owned();
            out.split(text, &separators);
        }
    }

    /// `"$@"`: each parameter a word of its own.
    fn each(&mut self, out: &mut Fields) {
        let params = self.shell.params.clone();
        let count = params.len();
        for (n, param) in params.into_iter().enumerate() {
            out.quoted(&param);
            if n + 1 < count {
                out.end();
            }
        }
    }

    /// Between double quotes.
    fn quoted(&mut self, parts: &[Part], out: &mut Fields) -> Expanded<()> {
        for part in parts {
            match part {
                Part::Parameter(p) if p.name == "@" && p.op == Op::None => self.each(out),
                Part::Parameter(p) => {
                    if let Op::Default { colon, sign, word } = &p.op
                        && self.takes_word(p, *colon, *sign)?
                    {
                        self.quoted(&word.0, out)?;
                        continue;
                    }
                    let text = self.parameter(p)?;
                    out.quoted(&text);
                }
                Part::Command(list) => {
                    let text = self.substituted(list)?;
                    out.quoted(&text);
                }
                Part::Arithmetic(word) => {
                    let text = self.number(word)?;
                    out.quoted(&text);
                }
                Part::Quoted(text) | Part::Plain(text) => out.quoted(text),
                Part::Double(inner) => self.quoted(inner, out)?,
            }
        }
        Ok(())
    }

    fn unquoted(&mut self, p: &Parameter, out: &mut Fields, whole: bool) -> Expanded<()> {
        if let Op::Default { colon, sign, word } = &p.op
            && self.takes_word(p, *colon, *sign)?
        {
            if whole {
                return self.parts(&word.0, out, true);
            }
            // The word's own quotes count, and what is outside of them is split.
            for part in &word.0 {
                match part {
                    Part::Plain(text) => {
                        let text = self.tilde(text, true, out);
                        self.add(&text, out, false);
                    }
                    other => self.parts(std::slice::from_ref(other), out, false)?,
                }
            }
            return Ok(());
        }
        if matches!(p.name.as_str(), "@" | "*") && p.op == Op::None && !whole {
            let params = self.shell.params.clone();
            for (n, param) in params.iter().enumerate() {
                if n > 0 {
                    out.end();
                }
                self.add(param, out, false);
            }
            return Ok(());
        }
        let text = self.parameter(p)?;
        self.add(&text, out, whole);
        Ok(())
    }

    fn tilde(&self, text: &str, alone: bool, out: &mut Fields) -> String {
        let Some(rest) = text.strip_prefix('~') else { return text.to_owned() };
        let end = rest.find(['/', ':']).unwrap_or(rest.len());
        if end == rest.len() && !alone {
            return text.to_owned();
        }
        let (name, rest) = rest.split_at(end);
        let home = match name {
            "" => self.shell.get("HOME").map(str::to_owned),
            "+" => self.shell.get("PWD").map(str::to_owned),
            "-" => self.shell.get("OLDPWD").map(str::to_owned),
            name => self.host.user(name).map(|user| user.home),
        };
        match home {
            Some(home) => {
                out.quoted(&home);
                rest.to_owned()
            }
            None => text.to_owned(),
        }
    }

    fn substituted(&mut self, list: &Arc<List>) -> Expanded<String> {
        let Some(text) = self.shell.substituted.get(self.used) else {
            return Err(Stop::Need(list.clone()));
        };
        self.used += 1;
        self.bytes += text.len();
        Ok(text.clone())
    }

    /// The value of an arithmetic text.
    pub fn number(&mut self, word: &Word) -> Expanded<String> {
        let text = self.one(word)?;
        // What it assigns has to be taken back with the rest.
        let before = self.shell.vars.clone();
        let value = arithmetic::evaluate(self.shell, &text);
        if before != self.shell.vars {
            for (name, var) in &self.shell.vars {
                if before.get(name) != Some(var) {
                    self.undo.push((name.clone(), before.get(name).cloned()));
                }
            }
        }
        value.map(|n| n.to_string()).map_err(Stop::Error)
    }

    /// The value of a parameter as it stands.
    fn value(&self, name: &str) -> Option<String> {
        let shell = &self.shell;
        Some(match name {
            "?" => shell.status.to_string(),
            "#" => shell.params.len().to_string(),
            "$" => shell.top.to_string(),
            "!" => shell.background?.to_string(),
            "-" => shell.flags(),
            "0" => shell.name.clone(),
            "@" | "*" => {
                if shell.params.is_empty() {
                    return None;
                }
                let separator = match shell.get("IFS") {
                    Some(ifs) if name == "*" => {
                        ifs.chars().next().map(String::from).unwrap_or_default()
                    }
                    _ => " ".into(),
                };
                shell.params.join(&separator)
            }
            "LINENO" => shell.line.to_string(),
            "EUID" | "UID" => self.host.process(self.pid).who.uid.to_string(),
            "PPID" => self.host.process(self.pid).parent.to_string(),
            "BASHPID" => self.pid.to_string(),
            "SECONDS" => {
                self.host.now.since(self.host.process(self.pid).started).as_secs().to_string()
            }
            "HOSTNAME" => shell.get(name).map_or_else(|| self.host.name.clone(), str::to_owned),
            "EPOCHSECONDS" => self.host.now.secs().to_string(),
            name if name.chars().all(|c| c.is_ascii_digit()) => {
                shell.params.get(name.parse::<usize>().ok()?.checked_sub(1)?)?.clone()
            }
            name => shell.get(name)?.to_owned(),
        })
    }

    /// Whether the word behind `-`, `=`, `?`, `+` is what stands there; assigns and complains.
    fn takes_word(&mut self, p: &Parameter, colon: bool, sign: char) -> Expanded<bool> {
        let Op::Default { word, .. } = &p.op else { return Ok(false) };
        let value = self.resolved(p)?.1;
        let missing = value.is_none_or(|value| colon && value.is_empty());
        match sign {
            '+' => Ok(!missing),
            _ if !missing => Ok(false),
            '-' => Ok(true),
            '=' => {
                let text = self.one(word)?;
                self.undo.push((p.name.clone(), self.shell.vars.get(&p.name).cloned()));
                self.shell.set(&p.name, text).map_err(Stop::Error)?;
                Ok(false)
            }
            _ => {
                let text = self.one(word)?;
                let what = match text.as_str() {
                    "" if colon => "parameter null or not set",
                    "" => "parameter not set",
                    text => text,
                };
                Err(Stop::Error(format!("{}: {what}", p.name)))
            }
        }
    }

    fn resolved(&mut self, p: &Parameter) -> Expanded<(String, Option<String>)> {
        if p.name.starts_with("${") {
            return Err(Stop::Error(format!("{}: bad substitution", p.name)));
        }
        if p.name == "RANDOM" {
            let random = self.shell.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            self.shell.random = random;
            return Ok((p.name.clone(), Some(((random >> 33) & 0x7fff).to_string())));
        }
        let value = self.value(&p.name);
        if p.indirect {
            let name = value.unwrap_or_default();
            let value = self.value(&name);
            return Ok((name, value));
        }
        Ok((p.name.clone(), value))
    }

    /// What a parameter with its operator gives, as one text.
    fn parameter(&mut self, p: &Parameter) -> Expanded<String> {
        let (name, value) = self.resolved(p)?;
        let always = matches!(name.as_str(), "@" | "*");
        if let Op::Default { sign, .. } = &p.op {
            // The word was not taken.
            return Ok(if *sign == '+' { String::new() } else { value.unwrap_or_default() });
        }
        let Some(value) = value else {
            if self.shell.options.no_unset && !always {
                return Err(Stop::Error(format!("{name}: unbound variable")));
            }
            return Ok(if p.op == Op::Length { "0".into() } else { String::new() });
        };
        match &p.op {
            Op::None | Op::Default { .. } => Ok(value),
            Op::Length if always => Ok(self.shell.params.len().to_string()),
            Op::Length => Ok(value.chars().count().to_string()),
            Op::Trim { suffix, longest, pattern } => {
                let pattern = self.pattern(pattern)?;
                let chars: Vec<char> = value.chars().collect();
                Ok(match glob::part(&pattern, &chars, *suffix, *longest) {
                    Some(n) if *suffix => chars[..chars.len() - n].iter().collect(),
                    Some(n) => chars[n..].iter().collect(),
                    None => value,
                })
            }
            Op::Replace { how, pattern, with } => {
                let pattern = self.pattern(pattern)?;
                let with = self.one(with)?;
                Ok(replace(&value, *how, &pattern, &with))
            }
            Op::Slice { offset, length } => {
                let offset: i64 = self.number(offset)?.parse().unwrap_or(0);
                let length = match length {
                    Some(word) => Some(self.number(word)?.parse::<i64>().unwrap_or(0)),
                    None => None,
                };
                slice(&value, offset, length).map_err(Stop::Error)
            }
            Op::Case { upper, all } => {
                let change = |c: char| -> String {
                    if *upper { c.to_uppercase().collect() } else { c.to_lowercase().collect() }
                };
                Ok(value
                    .chars()
                    .enumerate()
                    .map(|(n, c)| if *all || n == 0 { change(c) } else { c.to_string() })
                    .collect())
            }
        }
    }
}
