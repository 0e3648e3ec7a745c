//! `echo`, `printf`, `read`, `test`.

use super::super::condition;
use super::super::turn::{Outcome, Turn};
use crate::calls::Got;
use crate::escape::{self, Style};
use crate::format;

pub(super) fn echo(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let (mut newline, mut escapes) = (true, false);
    let mut words = &args[1..];
    while let Some(word) = words.first() {
        let letters = word.strip_prefix('-').unwrap_or_default();
        if letters.is_empty() || !letters.chars().all(|c| "neE".contains(c)) {
            break;
        }
        for letter in letters.chars() {
            match letter {
                'n' => newline = false,
                letter => escapes = letter == 'e',
            }
        }
        words = &words[1..];
    }
    let text = words.join(" ");
    let mut bytes = text.clone().into_bytes();
    if escapes {
        let (unescaped, ended) = escape::unescape(&text, Style::Echo);
        bytes = unescaped;
        newline &= !ended;
    }
    if newline {
        bytes.push(b'\n');
    }
    written(turn, "echo", &bytes)
}

fn written(turn: &mut Turn<'_>, name: &str, bytes: &[u8]) -> Outcome {
    match turn.host.write(turn.pid, 1, bytes) {
        Ok(()) => Outcome::Done(0),
        Err(crate::files::Errno::BrokenPipe) => {
            turn.leave(128 + 13);
            Outcome::Jump
        }
        Err(e) => {
            turn.complain(&format!("{name}: write error: {e}"));
            Outcome::Done(1)
        }
    }
}

pub(super) fn printf(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut words = &args[1..];
    let mut variable = None;
    if words.first().is_some_and(|word| word == "-v") {
        variable = words.get(1).cloned();
        words = words.get(2..).unwrap_or_default();
    }
    if words.first().is_some_and(|word| word == "--") {
        words = &words[1..];
    }
    let Some(pattern) = words.first() else {
        turn.err("printf: usage: printf [-v var] format [arguments]\n");
        return Outcome::Done(2);
    };
    let now = turn.host.now;
    let made = format::printf(pattern, &words[1..], now);
    for text in &made.complaints {
        turn.complain(&format!("printf: {text}"));
    }
    if let Some(name) = variable {
        let text = String::from_utf8_lossy(&made.bytes).into_owned();
        if let Err(text) = turn.shell.set(&name, text) {
            turn.complain(&text);
            return Outcome::Done(1);
        }
    } else if let outcome @ (Outcome::Jump | Outcome::Done(1)) =
        written(turn, "printf", &made.bytes)
    {
        return outcome;
    }
    Outcome::Done(i32::from(!made.complaints.is_empty()))
}

pub(super) fn test(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut words = &args[1..];
    if args[0] == "[" {
        match words.split_last() {
            Some((last, rest)) if last == "]" => words = rest,
            _ => {
                turn.complain("[: missing `]'");
                return Outcome::Done(2);
            }
        }
    }
    let mut reader = Reader { turn, words, at: 0 };
    let result = if words.is_empty() { Ok(false) } else { reader.whole() };
    match result {
        Ok(holds) => Outcome::Done(i32::from(!holds)),
        Err(text) => {
            turn.complain(&format!("{}: {text}", args[0]));
            Outcome::Done(2)
        }
    }
}

struct Reader<'a, 'b> {
    turn: &'a mut Turn<'b>,
    words: &'a [String],
    at: usize,
}

impl Reader<'_, '_> {
    /// What POSIX says of so many arguments comes before what they look like.
    fn whole(&mut self) -> Result<bool, String> {
        match self.words {
            [one] => Ok(!one.is_empty()),
            [not, one] if not == "!" => Ok(one.is_empty()),
            [op, value] => {
                if !condition::is_unary(op) {
                    return Err(format!("{op}: unary operator expected"));
                }
                Ok(self.unary(op, value))
            }
            [left, op, right] if condition::is_binary(op) => self.binary(left, op, right),
            [left, op, right] if op == "-a" || op == "-o" => {
                let (left, right) = (!left.is_empty(), !right.is_empty());
                Ok(if op == "-a" { left && right } else { left || right })
            }
            [not, op, value] if not == "!" && condition::is_unary(op) => Ok(!self.unary(op, value)),
            [open, one, close] if open == "(" && close == ")" => Ok(!one.is_empty()),
            [_, op, _] if self.words[0] != "!" => Err(format!("{op}: binary operator expected")),
            [not, left, op, right] if not == "!" && condition::is_binary(op) => {
                self.binary(left, op, right).map(|holds| !holds)
            }
            _ => {
                let holds = self.either()?;
                if self.at < self.words.len() {
                    Err("too many arguments".into())
                } else {
                    Ok(holds)
                }
            }
        }
    }

    fn unary(&mut self, op: &str, value: &str) -> bool {
        let shell = self.turn.shell.clone();
        condition::unary(self.turn.host, self.turn.pid, Some(&shell), op, value)
    }

    fn binary(&mut self, left: &str, op: &str, right: &str) -> Result<bool, String> {
        condition::binary(self.turn.host, self.turn.pid, left, op, right)
    }

    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn either(&mut self) -> Result<bool, String> {
        let mut holds = self.both()?;
        while self.peek() == Some("-o") {
            self.at += 1;
            holds |= self.both()?;
        }
        Ok(holds)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut holds = self.primary()?;
        while self.peek() == Some("-a") {
            self.at += 1;
            holds &= self.primary()?;
        }
        Ok(holds)
    }

    fn primary(&mut self) -> Result<bool, String> {
        // As many `!` as there are words, and no deeper.
        let mut not = false;
        while self.peek() == Some("!") {
            not = !not;
            self.at += 1;
        }
        let rest = &self.words[self.at..];
        let holds = match rest {
            [] => return Err("argument expected".into()),
            [left, op, right, ..] if condition::is_binary(op) => {
                self.at += 3;
                self.binary(left, op, right)?
            }
            [op, value, ..] if condition::is_unary(op) => {
                self.at += 2;
                self.unary(op, value)
            }
            [one, ..] => {
                self.at += 1;
                !one.is_empty()
            }
        };
        Ok(holds != not)
    }
}

/// Reads a line byte by byte, so that what follows is left for others.
pub(super) fn read(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let (mut raw, mut end, mut count, mut prompt) = (false, b'\n', None, None);
    let mut at = 1;
    while let Some(word) = args.get(at).filter(|word| word.len() > 1 && word.starts_with('-')) {
        at += 1;
        let mut letters = word[1..].chars();
        while let Some(letter) = letters.next() {
            if letter == 'r' || letter == 's' || letter == 'e' {
                raw |= letter == 'r';
                continue;
            }
            let mut value: String = letters.by_ref().collect();
            if value.is_empty() && "dnptNu".contains(letter) {
                value = args.get(at).cloned().unwrap_or_default();
                at += 1;
            }
            match letter {
                'd' => end = value.bytes().next().unwrap_or(0),
                'n' | 'N' => count = value.parse::<usize>().ok(),
                'p' => prompt = Some(value),
                't' => {}
                other => {
                    turn.complain(&format!("read: -{other}: invalid option"));
                    return Outcome::Done(2);
                }
            }
        }
    }
    if let Some(text) = prompt
        && turn.shell.partial.is_empty()
        && turn.host.is_terminal(turn.pid, 0)
    {
        turn.err(text);
    }
    let Some(open) = turn.host.process(turn.pid).fds.get(&0).copied() else {
        turn.complain("read: read error: 0: Bad file descriptor");
        return Outcome::Done(1);
    };
    let mut status = 0;
    loop {
        if count.is_some_and(|count| turn.shell.partial.len() >= count) {
            break;
        }
        match turn.host.read(open, 1) {
            Got::Bytes(bytes) if bytes[0] == end => {
                let slashes = turn.shell.partial.iter().rev().take_while(|b| **b == b'\\').count();
                if raw || slashes % 2 == 0 {
                    break;
                }
                turn.shell.partial.pop();
            }
            Got::Bytes(bytes) => turn.shell.partial.extend(bytes),
            Got::Wait => return super::input(turn).map_or(Outcome::Done(1), Outcome::Wait),
            Got::End => {
                status = 1;
                break;
            }
        }
    }
    let bytes = std::mem::take(&mut turn.shell.partial);
    let line = String::from_utf8_lossy(&bytes).into_owned();
    match assign(turn, &args[at.min(args.len())..], &line, raw) {
        Ok(()) => Outcome::Done(status),
        Err(text) => {
            turn.complain(&format!("read: {text}"));
            Outcome::Done(1)
        }
    }
}

fn assign(turn: &mut Turn<'_>, names: &[String], line: &str, raw: bool) -> Result<(), String> {
    let mut chars = Vec::new();
    let mut all = line.chars();
    while let Some(c) = all.next() {
        match c {
            '\\' if !raw => chars.extend(all.next().map(|c| (c, true))),
            c => chars.push((c, false)),
        }
    }
    let text = |part: &[(char, bool)]| part.iter().map(|(c, _)| *c).collect::<String>();
    if names.is_empty() {
        return turn.shell.set("REPLY", text(&chars));
    }
    let separators = turn.shell.get("IFS").unwrap_or(" \t\n").to_owned();
    let blank =
        |(c, quoted): &(char, bool)| !quoted && separators.contains(*c) && c.is_whitespace();
    let separator = |(c, quoted): &(char, bool)| !quoted && separators.contains(*c);
    let mut at = 0;
    let skip = |at: &mut usize| {
        while chars.get(*at).is_some_and(blank) {
            *at += 1;
        }
    };
    skip(&mut at);
    for (n, name) in names.iter().enumerate() {
        let start = at;
        if n + 1 == names.len() {
            let mut end = chars.len();
            while end > start && blank(&chars[end - 1]) {
                end -= 1;
            }
            let rest = &chars[start..end];
            // One separator at the end, when nothing else is, belongs to the last field.
            let hard = rest.iter().filter(|c| separator(c)).count();
            let rest = match rest.split_last() {
                Some((last, before)) if separator(last) && !blank(last) && hard == 1 => before,
                _ => rest,
            };
            return turn.shell.set(name, text(rest));
        }
        while chars.get(at).is_some_and(|c| !separator(c)) {
            at += 1;
        }
        turn.shell.set(name, text(&chars[start..at]))?;
        skip(&mut at);
        if chars.get(at).is_some_and(|c| separator(c) && !blank(c)) {
            at += 1;
            skip(&mut at);
        }
    }
    Ok(())
}
