//! `sort`.

use std::cmp::Ordering;

use super::{Call, Ran, lines, options, or_input};

/// How keys are compared.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are switches")]
struct How {
    numeric: bool,
    reverse: bool,
    fold: bool,
    human: bool,
    version: bool,
    blanks: bool,
}

struct Key {
    from: (usize, usize),
    to: Option<(usize, usize)>,
    how: How,
    own: bool,
}

fn switch(how: &mut How, letter: char) -> bool {
    match letter {
        'n' | 'g' => how.numeric = true,
        'r' => how.reverse = true,
        'f' => how.fold = true,
        'h' => how.human = true,
        'V' => how.version = true,
        'b' => how.blanks = true,
        'd' | 'i' => {}
        _ => return false,
    }
    true
}

fn key(text: &str) -> Option<Key> {
    let mut how = How::default();
    let mut own = false;
    let mut place = |text: &str| -> Option<(usize, usize)> {
        let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        for letter in text[end..].chars() {
            own = true;
            if !switch(&mut how, letter) {
                return None;
            }
        }
        let (field, letter) = text[..end].split_once('.').unwrap_or((&text[..end], "0"));
        Some((field.parse().ok().filter(|n| *n > 0)?, letter.parse().ok()?))
    };
    let (from, to) = match text.split_once(',') {
        Some((from, to)) => (place(from)?, Some(place(to)?)),
        None => (place(text)?, None),
    };
    Some(Key { from, to, how, own })
}

/// The part of a line that a key means.
fn part<'a>(line: &'a str, key: &Key, separator: Option<char>) -> &'a str {
    let mut starts = Vec::new();
    let mut ends = Vec::new();
    if let Some(separator) = separator {
        let mut at = 0;
        for field in line.split(separator) {
            starts.push(at);
            ends.push(at + field.len());
            at += field.len() + separator.len_utf8();
        }
    } else {
        // A field begins with the blanks before it.
        let mut at = 0;
        while at < line.len() {
            let rest = &line[at..];
            let word = rest.find(|c: char| c != ' ' && c != '\t').unwrap_or(rest.len());
            let end = rest[word..].find([' ', '\t']).map_or(rest.len(), |n| word + n);
            starts.push(at);
            ends.push(at + end);
            at += end;
        }
    }
    let (field, letter) = key.from;
    let Some(start) = starts.get(field - 1) else { return "" };
    let mut start = *start;
    if key.how.blanks {
        start += line[start..].len() - line[start..].trim_start().len();
    }
    let skip = letter.saturating_sub(1);
    start += line[start..].chars().take(skip).map(char::len_utf8).sum::<usize>();
    let end = match key.to {
        None => line.len(),
        Some((field, 0)) => ends.get(field - 1).copied().unwrap_or(line.len()),
        Some((field, letter)) => match starts.get(field - 1) {
            Some(begin) => {
                begin + line[*begin..].chars().take(letter).map(char::len_utf8).sum::<usize>()
            }
            None => line.len(),
        },
    };
    line.get(start.min(line.len())..end.max(start).min(line.len())).unwrap_or_default()
}

fn number(text: &str) -> f64 {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .find(|(n, c)| !(c.is_ascii_digit() || *c == '.' || (*n == 0 && *c == '-')))
        .map_or(text.len(), |(n, _)| n);
    text[..end].parse().unwrap_or(0.0)
}

fn scaled(text: &str) -> f64 {
    let trimmed = text.trim();
    let unit = match trimmed.chars().find(char::is_ascii_alphabetic) {
        Some('K' | 'k') => 1e3,
        Some('M') => 1e6,
        Some('G') => 1e9,
        Some('T') => 1e12,
        _ => 1.0,
    };
    number(trimmed) * unit
}

fn versions(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(String, u64)> {
        let mut all = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let digits =
                rest[word..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |n| word + n);
            all.push((rest[..word].to_owned(), rest[word..digits].parse().unwrap_or(0)));
            rest = &rest[digits..];
        }
        all
    };
    parts(a).cmp(&parts(b))
}

fn compare(a: &str, b: &str, how: How) -> Ordering {
    let order = if how.numeric {
        number(a).total_cmp(&number(b))
    } else if how.human {
        scaled(a).total_cmp(&scaled(b))
    } else if how.version {
        versions(a, b)
    } else if how.fold {
        a.to_uppercase().cmp(&b.to_uppercase())
    } else if how.blanks {
        a.trim_start().cmp(b.trim_start())
    } else {
        a.cmp(b)
    };
    if how.reverse { order.reverse() } else { order }
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
pub(super) fn sort(call: &mut Call<'_>) -> Ran {
    let o = match options(
        call,
        "n g r f h V b d i u s c z m unique reverse numeric-sort",
        "k t o key field-separator output",
        2,
    ) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let mut global = How::default();
    let (mut keys, mut separator) = (Vec::new(), None);
    for (name, value) in &o.given {
        let value = value.clone().unwrap_or_default();
        match name.as_str() {
            "k" | "key" => match key(&value) {
                Some(key) => keys.push(key),
                None => {
                    call.complain(format!(
                        "invalid number at field start: invalid count at start of ‘{value}’"
                    ));
                    return Ok(2);
                }
            },
            "t" | "field-separator" => {
                separator = if value == "\\0" { Some('\0') } else { value.chars().next() };
            }
            "reverse" => global.reverse = true,
            "numeric-sort" => global.numeric = true,
            letter => {
                let _ = letter
                    .chars()
                    .next()
                    .is_some_and(|c| letter.len() == 1 && switch(&mut global, c));
            }
        }
    }
    for key in keys.iter_mut().filter(|key| !key.own) {
        key.how = global;
    }
    let mut all = Vec::new();
    for file in or_input(&o.rest) {
        match call.read(&file)? {
            Ok(bytes) => all.extend(lines(&bytes)),
            Err(e) => {
                let verb =
                    if e == crate::files::Errno::IsFolder { "read failed" } else { "cannot read" };
                call.complain(format!("{verb}: {file}: {e}"));
                return Ok(2);
            }
        }
    }
    let by_keys = |a: &str, b: &str| {
        if keys.is_empty() {
            return compare(a, b, global);
        }
        let orders = keys
            .iter()
            .map(|key| compare(part(a, key, separator), part(b, key, separator), key.how));
        orders.into_iter().find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
    };
    let unique = o.has("u|unique");
    let whole = |a: &str, b: &str| {
        let order = by_keys(a, b);
        if order != Ordering::Equal || unique || o.has("s") {
            return order;
        }
        if global.reverse { b.cmp(a) } else { a.cmp(b) }
    };
    if o.has("c") {
        for (n, pair) in all.windows(2).enumerate() {
            if whole(&pair[0], &pair[1]) == Ordering::Greater {
                let file = o.rest.first().map_or("-", String::as_str).to_owned();
                call.complain(format!("{file}:{}: disorder: {}", n + 2, pair[1]));
                return Ok(1);
            }
        }
        return Ok(0);
    }
    all.sort_by(|a, b| whole(a, b));
    if unique {
        all.dedup_by(|a, b| by_keys(a, b) == Ordering::Equal);
    }
    let text: String = all.iter().map(|line| format!("{line}\n")).collect();
    match o.value("o|output") {
        Some(file) => {
            let (path, who, now) = (call.path(file), call.who(), call.host.now);
            if let Err(e) = call.host.files.write(&who, &path, text.into_bytes(), 0o644, now) {
                call.complain(format!("open failed: {file}: {e}"));
                return Ok(2);
            }
        }
        None => call.out(text),
    }
    Ok(0)
}
