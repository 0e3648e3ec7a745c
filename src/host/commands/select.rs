//! `grep`, `cut`, `uniq`, `tr`.

use super::{Call, Options, Ran, lines, options, or_input};
use crate::escape::{self, Style};
use crate::files::{Kind, path};
use crate::glob;
use crate::regex::{Regex, Syntax};

const GREP_FLAGS: &str = "E F G i v c l L n o q s r R w x h H a I y extended-regexp fixed-strings ignore-case \
                          invert-match count files-with-matches line-number only-matching quiet silent recursive \
                          word-regexp line-regexp no-filename with-filename color? text";

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
pub(super) fn grep(call: &mut Call<'_>) -> Ran {
    let flags = if call.name().ends_with("egrep") {
        "E"
    } else if call.name().ends_with("fgrep") {
        "F"
    } else {
        ""
    };
    let valued =
        "e f m A B C regexp file max-count include exclude after-context before-context context";
    let mut o = match options(call, GREP_FLAGS, valued, 2) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    if !flags.is_empty() {
        o.given.push((flags.into(), None));
    }
    let mut patterns: Vec<String> = Vec::new();
    for (name, value) in &o.given {
        let value = value.clone().unwrap_or_default();
        match name.as_str() {
            "e" | "regexp" => patterns.extend(value.split('\n').map(str::to_owned)),
            "f" | "file" => match call.read(&value)? {
                Ok(bytes) => patterns.extend(lines(&bytes)),
                Err(e) => {
                    call.complain(format!("{value}: {e}"));
                    return Ok(2);
                }
            },
            _ => {}
        }
    }
    if !o.has("e|regexp|f|file") {
        if o.rest.is_empty() {
            call.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.");
            return Ok(2);
        }
        patterns.extend(o.rest.remove(0).split('\n').map(str::to_owned));
    }
    let mut regexes = Vec::new();
    for pattern in &patterns {
        let pattern = if o.has("F|fixed-strings") { literal(pattern) } else { pattern.clone() };
        let extended = o.has("E|extended-regexp") && !o.has("F|fixed-strings");
        let syntax = if extended { Syntax::Extended } else { Syntax::Basic };
        match Regex::new(&pattern, syntax, o.has("i|ignore-case|y")) {
            Ok(regex) => regexes.push(regex),
            Err(text) => {
                call.complain(text);
                return Ok(2);
            }
        }
    }
    let recursive = o.has("r|R|recursive");
    let mut files =
        if o.rest.is_empty() && recursive { vec![".".into()] } else { or_input(&o.rest) };
    let many = files.len() > 1 || recursive;
    if recursive {
        let bare = o.rest.is_empty();
        files = files.iter().flat_map(|file| below(call, file, &o)).collect();
        if bare {
            for file in &mut files {
                *file = file.trim_start_matches("./").to_owned();
            }
        }
    }
    let named = (many || o.has("H|with-filename")) && !o.has("h|no-filename");
    let mut search = Search { regexes, o, named, found: false, failed: false };
    for file in files {
        if search.file(call, &file)? {
            return Ok(0);
        }
    }
    Ok(if search.failed && !(search.found && search.o.has("q|quiet|silent")) {
        2
    } else {
        i32::from(!search.found)
    })
}

/// A basic pattern that means this text.
fn literal(text: &str) -> String {
    text.chars()
        .map(|c| if "\\.[]*^$".contains(c) { format!("\\{c}") } else { c.to_string() })
        .collect()
}

/// The files below a folder, in their order.
fn below(call: &mut Call<'_>, file: &str, o: &Options) -> Vec<String> {
    let full = call.path(file);
    let who = call.who();
    let Ok(names) = call.host.files.list(&who, &full) else { return vec![file.to_owned()] };
    let mut all = Vec::new();
    for name in names {
        let inner = path::child(file, &name);
        let folder = match call.host.files.look(&who, &path::child(&full, &name), false) {
            Ok(node) if matches!(node.kind, Kind::Link(_)) => continue,
            Ok(node) => matches!(node.kind, Kind::Folder(_)),
            Err(_) => continue,
        };
        let fits = |pattern: &str| glob::matches(&glob::parse(pattern), &name);
        if folder {
            all.extend(below(call, &inner, o));
        } else if o.value("include").is_none_or(fits) && !o.value("exclude").is_some_and(fits) {
            all.push(inner);
        }
    }
    all
}

struct Search {
    regexes: Vec<Regex>,
    o: Options,
    named: bool,
    found: bool,
    failed: bool,
}

impl Search {
    /// The places where a line matches.
    fn places(&self, line: &str) -> Vec<(usize, usize)> {
        let (words, whole) = (self.o.has("w|word-regexp"), self.o.has("x|line-regexp"));
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let mut all = Vec::new();
        let mut at = 0;
        while at <= line.len() {
            let found = self
                .regexes
                .iter()
                .filter_map(|regex| regex.find(line, at)?.first().copied()?)
                .min_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
            let Some((start, end)) = found else { break };
            let bounded =
                !is_word(line[..start].chars().next_back()) && !is_word(line[end..].chars().next());
            let fits = (!words || bounded) && (!whole || (start == 0 && end == line.len()));
            if fits {
                all.push((start, end));
            }
            at = if end > start && fits {
                end
            } else {
                start + line[start..].chars().next().map_or(1, char::len_utf8)
            };
        }
        all
    }

    #[allow(clippy::too_many_lines, reason = "a table in all but form")]
    /// Searches one file; says whether all is known now.
    fn file(&mut self, call: &mut Call<'_>, file: &str) -> Result<bool, super::Wait> {
        let bytes = match call.read(file)? {
            Ok(bytes) => bytes,
            Err(e) => {
                if !self.o.has("s") {
                    call.complain(format!("{file}: {e}"));
                }
                self.failed |= e != crate::files::Errno::IsFolder;
                return Ok(false);
            }
        };
        let o = &self.o;
        let shown = if file == "-" { "(standard input)" } else { file };
        let most = o.value("m|max-count").and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
        let around = |name: &str| o.value(name).and_then(|n| n.parse::<usize>().ok());
        let both = around("C|context");
        let before = around("B|before-context").or(both).unwrap_or(0);
        let after = around("A|after-context").or(both).unwrap_or(0);
        let (mut count, mut printed, mut until): (usize, Option<usize>, usize) = (0, None, 0);
        let binary = bytes.contains(&0) && !o.has("a|text");
        let all = lines(&bytes);
        let plain = !o.has("c|count|l|files-with-matches|L|q|quiet|silent");
        let mut text = String::new();
        for (n, line) in all.iter().enumerate() {
            let places = self.places(line);
            if places.is_empty() != o.has("v|invert-match") {
                if n < until && plain {
                    self.put(&mut text, shown, n, '-', line);
                    printed = Some(n);
                }
                continue;
            }
            if count >= most {
                break;
            }
            count += 1;
            if o.has("q|quiet|silent") {
                self.found = true;
                return Ok(true);
            }
            if !plain {
                continue;
            }
            if o.has("o|only-matching") {
                for (start, end) in places.into_iter().filter(|(start, end)| end > start) {
                    self.put(&mut text, shown, n, ':', &line[start..end]);
                }
                continue;
            }
            let start = n.saturating_sub(before).max(printed.map_or(0, |last| last + 1));
            if (before > 0 || after > 0) && printed.is_some_and(|last| last + 1 < start) {
                text.push_str("--\n");
            }
            for (number, line) in all.iter().enumerate().take(n).skip(start) {
                self.put(&mut text, shown, number, '-', line);
            }
            self.put(&mut text, shown, n, ':', line);
            printed = Some(n);
            until = n + 1 + after;
        }
        self.found |= (count > 0) != self.o.has("L");
        if binary && count > 0 && plain {
            call.line(format!("grep: {file}: binary file matches"));
            return Ok(false);
        }
        if self.o.has("c|count") {
            let name = if self.named { format!("{shown}:") } else { String::new() };
            text = format!("{name}{count}\n");
        }
        if (self.o.has("l|files-with-matches") && count > 0) || (self.o.has("L") && count == 0) {
            text = format!("{shown}\n");
        }
        call.out(text);
        Ok(false)
    }

    fn put(&self, text: &mut String, file: &str, n: usize, sign: char, line: &str) {
        if self.named {
            text.push_str(&format!("{file}{sign}"));
        }
        if self.o.has("n|line-number") {
            text.push_str(&format!("{}{sign}", n + 1));
        }
        text.push_str(line);
        text.push('\n');
    }
}

/// `1,3-5,7-`: whether a position, counted from 1, is in it.
fn positions(list: &str) -> Option<Vec<(usize, usize)>> {
    list.split(',')
        .map(|part| {
            let number = |text: &str| text.parse::<usize>().ok().filter(|n| *n > 0);
            match part.split_once('-') {
                None => number(part).map(|n| (n, n)),
                Some(("", "")) => None,
                Some(("", high)) => number(high).map(|n| (1, n)),
                Some((low, "")) => number(low).map(|n| (n, usize::MAX)),
                Some((low, high)) => number(low).zip(number(high)).filter(|(a, b)| a <= b),
            }
        })
        .collect()
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
pub(super) fn cut(call: &mut Call<'_>) -> Ran {
    let o = match options(
        call,
        "s n complement only-delimited",
        "d f c b delimiter fields output-delimiter",
        1,
    ) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let fields = o.has("f|fields");
    let Some(list) = o.value("f|fields").or(o.value("c")).or(o.value("b")) else {
        call.complain("you must specify a list of bytes, characters, or fields");
        call.err("Try 'cut --help' for more information.");
        return Ok(1);
    };
    let Some(wanted) = positions(list) else {
        let what = if fields { "field" } else { "byte/character position" };
        let text = if list.split(['-', ',']).any(|n| n == "0") {
            if fields {
                "fields are numbered from 1".into()
            } else {
                "byte/character positions are numbered from 1".to_owned()
            }
        } else {
            format!("invalid {what} value ‘{list}’")
        };
        call.complain(text);
        call.err("Try 'cut --help' for more information.");
        return Ok(1);
    };
    let delimiter = o.value("d|delimiter").unwrap_or("\t").to_owned();
    if delimiter.chars().count() > 1 {
        call.complain("the delimiter must be a single character");
        call.err("Try 'cut --help' for more information.");
        return Ok(1);
    }
    let between = o.value("output-delimiter").unwrap_or(&delimiter).to_owned();
    let takes = |n: usize| wanted.iter().any(|(a, b)| *a <= n && n <= *b) != o.has("complement");
    let mut status = 0;
    for file in or_input(&o.rest) {
        let bytes = match call.read(&file)? {
            Ok(bytes) => bytes,
            Err(e) => {
                call.complain(format!("{file}: {e}"));
                status = 1;
                continue;
            }
        };
        if fields {
            for line in lines(&bytes) {
                if !line.contains(&delimiter) {
                    if !o.has("s|only-delimited") {
                        call.line(line);
                    }
                    continue;
                }
                let kept: Vec<&str> = line
                    .split(&delimiter)
                    .enumerate()
                    .filter(|(n, _)| takes(n + 1))
                    .map(|(_, f)| f)
                    .collect();
                call.line(kept.join(&between));
            }
        } else {
            // Bytes, as GNU's takes characters to be.
            for line in bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|b| *b == b'\n') {
                let kept: Vec<u8> = line
                    .iter()
                    .enumerate()
                    .filter(|(n, _)| takes(n + 1))
                    .map(|(_, b)| *b)
                    .collect();
                call.out(kept);
                call.out("\n");
            }
        }
    }
    Ok(status)
}

pub(super) fn uniq(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "c d u i count repeated unique", "f s", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let file = o.rest.first().map_or("-", String::as_str).to_owned();
    let bytes = match call.read(&file)? {
        Ok(bytes) => bytes,
        Err(e) => {
            call.complain(format!("{file}: {e}"));
            return Ok(1);
        }
    };
    let skip = o.value("f").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    let key = |line: &str| {
        let mut rest = line;
        for _ in 0..skip {
            rest = rest.trim_start();
            rest = &rest[rest.find(char::is_whitespace).unwrap_or(rest.len())..];
        }
        if o.has("i") { rest.to_lowercase() } else { rest.to_owned() }
    };
    let mut groups: Vec<(String, usize)> = Vec::new();
    for line in lines(&bytes) {
        match groups.last_mut() {
            Some((last, count)) if key(last) == key(&line) => *count += 1,
            _ => groups.push((line, 1)),
        }
    }
    for (line, count) in groups {
        if (o.has("d|repeated") && count == 1) || (o.has("u|unique") && count > 1) {
            continue;
        }
        call.line(if o.has("c|count") { format!("{count:>7} {line}") } else { line });
    }
    Ok(0)
}

/// The characters of a set of `tr`.
fn set(text: &str) -> Vec<char> {
    let unescaped = String::from_utf8_lossy(&escape::unescape(text, Style::Format).0).into_owned();
    let chars: Vec<char> = unescaped.chars().collect();
    let mut all = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] == '[' && chars.get(at + 1) == Some(&':') {
            let rest: String = chars[at + 2..].iter().collect();
            if let Some((name, _)) = rest.split_once(":]")
                && let Some(class) = glob::class(name)
            {
                all.extend((0_u8..128).map(char::from).filter(class));
                at += name.chars().count() + 4;
                continue;
            }
        }
        if chars.get(at + 1) == Some(&'-') && at + 2 < chars.len() && chars[at] <= chars[at + 2] {
            all.extend(chars[at]..=chars[at + 2]);
            at += 3;
        } else {
            all.push(chars[at]);
            at += 1;
        }
    }
    all
}

pub(super) fn tr(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "d s c C t delete squeeze-repeats complement", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let Some(first) = o.rest.first() else { return Ok(call.missing(1)) };
    let (delete, squeeze) = (o.has("d|delete"), o.has("s|squeeze-repeats"));
    if o.rest.len() == 1 && !delete && !squeeze {
        call.complain(format!("missing operand after ‘{first}’"));
        call.err("Two strings must be given when translating.");
        call.err("Try 'tr --help' for more information.");
        return Ok(1);
    }
    let from = set(first);
    let to = o.rest.get(1).map(String::as_str).map(set).unwrap_or_default();
    let not = o.has("c|C|complement");
    let bytes = call.input()?;
    let text = String::from_utf8_lossy(&bytes);
    let squeezed = if o.rest.len() == 2 { to.clone() } else { from.clone() };
    let mut out = String::with_capacity(text.len());
    let mut last = None;
    for c in text.chars() {
        let place = from.iter().rposition(|f| *f == c);
        let inside = place.is_some() != not;
        if delete && inside {
            continue;
        }
        let made = if !delete && inside && !to.is_empty() {
            let at = if not { to.len() - 1 } else { place.unwrap_or(0).min(to.len() - 1) };
            to[at]
        } else {
            c
        };
        let repeats = squeeze && last == Some(made) && {
            if o.rest.len() == 2 {
                squeezed.contains(&made)
            } else {
                squeezed.contains(&made) != not
            }
        };
        if !repeats {
            out.push(made);
        }
        last = Some(made);
    }
    call.out(out);
    Ok(0)
}
