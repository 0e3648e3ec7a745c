//! `sed`: the commands that people use: `s`, `d`, `p`, `q`, `a`, `i`, `c`, `y`, `n`, `=`, blocks, ranges.

use super::script::{Act, Address, Reader, Step};
use super::{Call, Ran, lines, or_input};
use crate::regex::{Found, Regex, Syntax};

/// What stands in the place of a match.
fn made(with: &str, line: &str, found: &Found, out: &mut String) {
    let mut chars = with.chars();
    let group = |n: usize, out: &mut String| {
        if let Some(Some((a, b))) = found.get(n) {
            out.push_str(&line[*a..*b]);
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '&' => group(0, out),
            '\\' => match chars.next() {
                Some(d) if d.is_ascii_digit() => group(d.to_digit(10).unwrap_or(0) as usize, out),
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
}

fn substituted(regex: &Regex, line: &str, with: &str, all: bool, nth: usize) -> Option<String> {
    let (mut out, mut at, mut copied, mut count, mut changed) = (String::new(), 0, 0, 0, false);
    while at <= line.len() {
        let Some(found) = regex.find(line, at) else { break };
        let Some(Some((start, end))) = found.first().copied() else { break };
        // Nothing is not found again where the last match ended.
        let empty = start == end && start == copied && count > 0;
        if !empty {
            count += 1;
            if count >= nth {
                out.push_str(&line[copied..start]);
                made(with, line, &found, &mut out);
                copied = end;
                changed = true;
                if !all {
                    break;
                }
            }
        }
        at = if end > start {
            end
        } else {
            start + line[start..].chars().next().map_or(1, char::len_utf8)
        };
    }
    out.push_str(&line[copied..]);
    changed.then_some(out)
}

struct Options {
    quiet: bool,
    in_place: Option<String>,
    syntax: Syntax,
    script: Option<String>,
    files: Vec<String>,
}

fn arguments(call: &mut Call<'_>) -> Result<Options, i32> {
    let mut o = Options {
        quiet: false,
        in_place: None,
        syntax: Syntax::Basic,
        script: None,
        files: Vec::new(),
    };
    let args = call.args();
    let mut words = args.into_iter();
    let add = |o: &mut Options, text: &str| {
        let script = o.script.get_or_insert_with(String::new);
        if !script.is_empty() {
            script.push('\n');
        }
        script.push_str(text);
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quiet" | "--silent" => o.quiet = true,
            "--regexp-extended" => o.syntax = Syntax::Extended,
            "--in-place" => o.in_place = Some(String::new()),
            "-" => o.files.push(word),
            "--" => o.files.extend(words.by_ref()),
            long if long.starts_with("--expression=") => {
                add(&mut o, &long["--expression=".len()..]);
            }
            long if long.starts_with("--") => {
                call.complain(format!("unrecognized option '{long}'"));
                call.err("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...");
                return Err(1);
            }
            short if short.starts_with('-') => {
                let mut letters = short[1..].chars();
                while let Some(letter) = letters.next() {
                    match letter {
                        'n' => o.quiet = true,
                        'E' | 'r' => o.syntax = Syntax::Extended,
                        's' | 'u' => {}
                        'i' => o.in_place = Some(letters.by_ref().collect()),
                        'e' => {
                            let rest: String = letters.by_ref().collect();
                            let text = if rest.is_empty() {
                                words.next().unwrap_or_default()
                            } else {
                                rest
                            };
                            add(&mut o, &text);
                        }
                        other => {
                            call.complain(format!("invalid option -- '{other}'"));
                            call.err("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...");
                            return Err(1);
                        }
                    }
                }
            }
            _ => o.files.push(word),
        }
    }
    if o.script.is_none() {
        if o.files.is_empty() {
            call.err("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...");
            return Err(1);
        }
        o.script = Some(o.files.remove(0));
    }
    Ok(o)
}

pub(super) fn sed(call: &mut Call<'_>) -> Ran {
    let o = match arguments(call) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let script = o.script.clone().unwrap_or_default();
    let mut reader = Reader { chars: script.chars().collect(), at: 0, syntax: o.syntax };
    let mut steps = match reader.steps() {
        Ok(steps) => steps,
        Err(text) => {
            call.complain(text);
            return Ok(1);
        }
    };
    let mut status = 0;
    let mut texts = Vec::new();
    for file in or_input(&o.files) {
        match call.read(&file)? {
            Ok(bytes) => texts.push((file, bytes)),
            Err(e) => {
                let text = if e == crate::files::Errno::IsFolder {
                    let verb = if o.in_place.is_some() { "couldn't edit" } else { "couldn't read" };
                    format!("{verb} {file}: not a regular file")
                        .replace("couldn't read", "read error on")
                        .replace(
                            ": not a regular file",
                            if o.in_place.is_some() {
                                ": not a regular file"
                            } else {
                                ": Is a directory"
                            },
                        )
                } else {
                    format!("can't read {file}: {e}")
                };
                call.complain(text);
                status = 2;
            }
        }
    }
    if let Some(suffix) = &o.in_place {
        for (file, bytes) in texts {
            let mut editor =
                Editor { steps: &mut steps, quiet: o.quiet, out: String::new(), number: 0 };
            let code = editor.run(&lines(&bytes), !bytes.ends_with(b"\n") && !bytes.is_empty());
            let out = std::mem::take(&mut editor.out);
            let (path, who, now) = (call.path(&file), call.who(), call.host.now);
            if !suffix.is_empty() {
                let _ = call.host.files.write(&who, &format!("{path}{suffix}"), bytes, 0o644, now);
            }
            if let Err(e) = call.host.files.write(&who, &path, out.into_bytes(), 0o644, now) {
                call.complain(format!("couldn't open file {file}: {e}"));
                return Ok(4);
            }
            if let Some(code) = code {
                return Ok(code);
            }
        }
        return Ok(status);
    }
    let open = texts.last().is_some_and(|(_, bytes)| !bytes.is_empty() && !bytes.ends_with(b"\n"));
    let all: Vec<String> = texts.iter().flat_map(|(_, bytes)| lines(bytes)).collect();
    let mut editor = Editor { steps: &mut steps, quiet: o.quiet, out: String::new(), number: 0 };
    let code = editor.run(&all, open);
    let out = std::mem::take(&mut editor.out);
    call.out(out);
    Ok(code.unwrap_or(status))
}

struct Editor<'a> {
    steps: &'a mut Vec<Step>,
    quiet: bool,
    out: String,
    number: usize,
}

fn holds(address: &Address, number: usize, last: bool, line: &str) -> bool {
    match address {
        Address::Line(n) => *n == number,
        Address::Last => last,
        Address::Match(regex) => regex.is_match(line),
        Address::Step(first, 0) => number == *first,
        Address::Step(first, step) => number >= *first && (number - first).is_multiple_of(*step),
    }
}

impl Editor<'_> {
    fn applies(&mut self, at: usize, line: &str, last: bool) -> bool {
        let number = self.number;
        let step = &mut self.steps[at];
        let found = match (&step.from, &step.to) {
            (None, _) => true,
            (Some(from), None) => holds(from, number, last, line),
            (Some(from), Some(to)) => {
                if step.open {
                    step.open = match to {
                        Address::Line(n) => number < *n,
                        to => !holds(to, number, last, line),
                    };
                    true
                } else if holds(from, number, last, line) {
                    step.open = !matches!(to, Address::Line(n) if *n <= number);
                    true
                } else {
                    false
                }
            }
        };
        found != step.not
    }

    /// Edits all lines; the status when `q` ended it.
    fn run(&mut self, all: &[String], open: bool) -> Option<i32> {
        let mut index = 0;
        while index < all.len() {
            let mut line = all[index].clone();
            index += 1;
            self.number = index;
            let (mut behind, mut deleted, mut quit, mut at) = (Vec::new(), false, None, 0);
            while at < self.steps.len() {
                let last = index == all.len();
                if !self.applies(at, &line, last) {
                    at = match self.steps[at].act {
                        Act::Block(end) => end,
                        _ => at + 1,
                    };
                    continue;
                }
                match &self.steps[at].act {
                    Act::Substitute { regex, with, all, nth, print } => {
                        if let Some(new) = substituted(regex, &line, with, *all, *nth) {
                            line = new;
                            if *print {
                                self.out.push_str(&format!("{line}\n"));
                            }
                        }
                    }
                    Act::Delete => deleted = true,
                    Act::Print => self.out.push_str(&format!("{line}\n")),
                    Act::Quit(code) => quit = Some(*code),
                    Act::Append(text) => behind.push(text.clone()),
                    Act::Insert(text) => self.out.push_str(&format!("{text}\n")),
                    Act::Change(text) => {
                        if !self.steps[at].open || self.steps[at].not {
                            self.out.push_str(&format!("{text}\n"));
                        }
                        deleted = true;
                    }
                    Act::Translate(from, to) => {
                        let new = |c: char| from.iter().position(|f| *f == c).map_or(c, |n| to[n]);
                        line = line.chars().map(new).collect();
                    }
                    Act::Next => {
                        if !self.quiet {
                            self.out.push_str(&format!("{line}\n"));
                        }
                        if index == all.len() {
                            return None;
                        }
                        line.clone_from(&all[index]);
                        index += 1;
                        self.number = index;
                    }
                    Act::Number => self.out.push_str(&format!("{}\n", self.number)),
                    Act::Block(_) | Act::End => {}
                }
                if deleted || quit.is_some() {
                    break;
                }
                at += 1;
            }
            if !deleted && !self.quiet && quit.is_none_or(|code| code & 256 == 0) {
                let end = if open && index == all.len() && behind.is_empty() { "" } else { "\n" };
                self.out.push_str(&format!("{line}{end}"));
            }
            for text in behind {
                self.out.push_str(&format!("{text}\n"));
            }
            if let Some(code) = quit {
                return Some(code & 255);
            }
        }
        None
    }
}
