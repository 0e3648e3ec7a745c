//! `cat`, `head`, `tail`, `wc`, `tee`, `seq`, `yes`, `tac`, `nl`, `basename`, `dirname`.

use super::{Call, Ran, Wait, base, lines, options, or_input};
use crate::files::path;
use crate::format::general;

pub(super) fn cat(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "n b A E T s u number", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let (numbers, filled, ends) = (o.has("n|number"), o.has("b"), o.has("E|A"));
    let (mut status, mut count) = (0, 0);
    for file in or_input(&o.rest) {
        let bytes = match call.read(&file)? {
            Ok(bytes) => bytes,
            Err(e) => {
                call.complain(format!("{file}: {e}"));
                status = 1;
                continue;
            }
        };
        if !numbers && !filled && !ends {
            call.out(bytes);
            continue;
        }
        let open = !bytes.ends_with(b"\n");
        let all = lines(&bytes);
        for (n, line) in all.iter().enumerate() {
            if (numbers && !filled) || (filled && !line.is_empty()) {
                count += 1;
                call.out(format!("{count:>6}\t"));
            }
            call.out(line);
            if !(open && n + 1 == all.len()) {
                call.out(if ends { "$\n" } else { "\n" });
            }
        }
    }
    Ok(status)
}

/// A count such as `10`, `+3`, `-5`, `2K`.
fn number(text: &str) -> Option<(char, usize)> {
    let (sign, digits) = match text.chars().next()? {
        c @ ('+' | '-') => (c, &text[1..]),
        _ => (' ', text),
    };
    let (digits, unit) = match digits.chars().last()? {
        'K' | 'k' => (&digits[..digits.len() - 1], 1024),
        'M' => (&digits[..digits.len() - 1], 1024 * 1024),
        _ => (digits, 1),
    };
    Some((sign, digits.parse::<usize>().ok()?.checked_mul(unit)?))
}

/// `head -5` is `head -n 5`.
fn old_style(call: &mut Call<'_>) {
    if let Some(first) = call.program.args.get(1).cloned()
        && let Some(count) = first.strip_prefix('-')
        && !count.is_empty()
        && count.chars().all(|c| c.is_ascii_digit())
    {
        call.program.args.splice(1..2, ["-n".to_owned(), count.to_owned()]);
    }
}

pub(super) fn head(call: &mut Call<'_>) -> Ran {
    old_style(call);
    let o = match options(call, "q v", "n c lines bytes", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let by_bytes = o.has("c|bytes");
    let text = o.value("n|lines").or(o.value("c|bytes")).unwrap_or("10").to_owned();
    let Some((sign, count)) = number(&text) else {
        let what = if by_bytes { "bytes" } else { "lines" };
        call.complain(format!("invalid number of {what}: ‘{text}’"));
        return Ok(1);
    };
    let files = or_input(&o.rest);
    let (mut status, mut first) = (0, true);
    for file in &files {
        // What is enough need not have ended.
        let enough = file == "-" && sign != '-' && {
            let input = &call.program.input;
            let have =
                if by_bytes { input.len() } else { input.iter().filter(|b| **b == b'\n').count() };
            have >= count
        };
        let bytes = if enough {
            call.program.input.clone()
        } else {
            match call.read(file)? {
                Ok(bytes) => bytes,
                Err(e) => {
                    let what = if e == crate::files::Errno::IsFolder {
                        format!("error reading '{file}': {e}")
                    } else {
                        format!("cannot open '{file}' for reading: {e}")
                    };
                    call.complain(what);
                    status = 1;
                    continue;
                }
            }
        };
        title(call, file, &mut first, (files.len() > 1 || o.has("v")) && !o.has("q"));
        let total = if by_bytes { bytes.len() } else { line_count(&bytes) };
        let take = if sign == '-' { total.saturating_sub(count) } else { count };
        let end = if by_bytes { take.min(bytes.len()) } else { line_start(&bytes, take) };
        call.out(&bytes[..end]);
    }
    Ok(status)
}

fn title(call: &mut Call<'_>, file: &str, first: &mut bool, shown: bool) {
    if shown {
        let name = if file == "-" { "standard input" } else { file };
        call.out(format!("{}==> {name} <==\n", if *first { "" } else { "\n" }));
    }
    *first = false;
}

fn line_count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b == b'\n').count()
        + usize::from(!bytes.is_empty() && !bytes.ends_with(b"\n"))
}

/// Where the line with this number, counted from 0, begins.
fn line_start(bytes: &[u8], number: usize) -> usize {
    if number == 0 {
        return 0;
    }
    let ends = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n');
    ends.map(|(at, _)| at + 1).nth(number - 1).unwrap_or(bytes.len())
}

pub(super) fn tail(call: &mut Call<'_>) -> Ran {
    old_style(call);
    let o = match options(call, "q v f F", "n c lines bytes", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let by_bytes = o.has("c|bytes");
    let text = o.value("n|lines").or(o.value("c|bytes")).unwrap_or("10").to_owned();
    let Some((sign, count)) = number(&text) else {
        let what = if by_bytes { "bytes" } else { "lines" };
        call.complain(format!("invalid number of {what}: ‘{text}’"));
        return Ok(1);
    };
    let files = or_input(&o.rest);
    let (mut status, mut first) = (0, true);
    for file in &files {
        let bytes = match call.read(file)? {
            Ok(bytes) => bytes,
            Err(e) => {
                call.complain(format!("cannot open '{file}' for reading: {e}"));
                status = 1;
                continue;
            }
        };
        title(call, file, &mut first, (files.len() > 1 || o.has("v")) && !o.has("q"));
        let total = if by_bytes { bytes.len() } else { line_count(&bytes) };
        let skip = if sign == '+' { count.saturating_sub(1) } else { total.saturating_sub(count) };
        let start = if by_bytes { skip.min(bytes.len()) } else { line_start(&bytes, skip) };
        if o.has("f|F") && file != "-" {
            return follow(call, file, start);
        }
        call.out(&bytes[start..]);
    }
    Ok(status)
}

/// How often `tail -f` looks, as GNU's does without inotify.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

fn follow(call: &mut Call<'_>, file: &str, start: usize) -> Ran {
    let began = call.once(|_| vec![start.to_string()]);
    let start = began.first().and_then(|n| n.parse().ok()).unwrap_or(start);
    let bytes = call.read(file)?.unwrap_or_default();
    call.out(bytes.get(start..).unwrap_or_default());
    // The same wait again and again: what was heard before says nothing.
    call.program.replies.truncate(1);
    Err(Wait::Until(call.host.now.plus(LOOK)))
}

pub(super) fn wc(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "l w c m L lines words bytes chars", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let all = o.given.is_empty();
    let wanted = [
        all || o.has("l|lines"),
        all || o.has("w|words"),
        o.has("m|chars"),
        all || o.has("c|bytes"),
        o.has("L"),
    ];
    let files = or_input(&o.rest);
    let mut rows = Vec::new();
    let (mut status, mut total) = (0, [0_usize; 5]);
    for file in &files {
        match call.read(file)? {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let counts = [
                    bytes.iter().filter(|b| **b == b'\n').count(),
                    text.split_whitespace().count(),
                    text.chars().count(),
                    bytes.len(),
                    text.lines().map(|line| line.chars().count()).max().unwrap_or(0),
                ];
                for (n, count) in counts.iter().enumerate() {
                    total[n] = if n == 4 { total[n].max(*count) } else { total[n] + count };
                }
                rows.push((
                    counts,
                    if o.rest.is_empty() { String::new() } else { format!(" {file}") },
                ));
            }
            Err(e) => {
                call.complain(format!("{file}: {e}"));
                if e == crate::files::Errno::IsFolder {
                    rows.push(([0; 5], format!(" {file}")));
                }
                status = 1;
            }
        }
    }
    if files.len() > 1 {
        rows.push((total, " total".into()));
    }
    let single = wanted.iter().filter(|on| **on).count() == 1;
    let width = if single && files.len() == 1 {
        1
    } else if o.rest.is_empty() || files.iter().any(|file| file == "-") {
        7
    } else {
        total[3].to_string().len()
    };
    for (counts, name) in rows {
        let shown: Vec<String> = counts
            .iter()
            .zip(wanted)
            .filter(|(_, on)| *on)
            .map(|(count, _)| format!("{count:>width$}"))
            .collect();
        call.line(format!("{}{name}", shown.join(" ")));
    }
    Ok(status)
}

pub(super) fn tee(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "a i append", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let bytes = call.input()?;
    call.out(&bytes);
    let mut status = 0;
    for file in &o.rest {
        let mode =
            if o.has("a|append") { crate::calls::Mode::Append } else { crate::calls::Mode::Write };
        match call.host.open(call.pid, file, mode) {
            Ok(open) => {
                call.host.set_fd(call.pid, 99, open);
                let _ = call.host.write(call.pid, 99, &bytes);
                call.host.close_fd(call.pid, 99);
            }
            Err(e) => {
                call.complain(format!("{file}: {e}"));
                status = 1;
            }
        }
    }
    Ok(status)
}

pub(super) fn seq(call: &mut Call<'_>) -> Ran {
    let (mut separator, mut wide, mut numbers) = ("\n".to_owned(), false, Vec::new());
    let args = call.args();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-w" => wide = true,
            "-s" => separator = words.next().cloned().unwrap_or_default(),
            word if word.starts_with("-s") => word[2..].clone_into(&mut separator),
            word => match word.parse::<f64>() {
                Ok(number) if number.is_finite() => numbers.push((number, word.to_owned())),
                _ => {
                    call.complain(format!("invalid floating point argument: ‘{word}’"));
                    call.err("Try 'seq --help' for more information.");
                    return Ok(1);
                }
            },
        }
    }
    let get = |n: usize| numbers[n].0;
    let (first, step, last) = match numbers.len() {
        0 => return Ok(call.missing(1)),
        1 => (1.0, 1.0, get(0)),
        2 => (get(0), 1.0, get(1)),
        _ => (get(0), get(1), get(2)),
    };
    if step == 0.0 {
        call.complain("invalid Zero increment value: '0'");
        return Ok(1);
    }
    let decimals = |text: &str| text.split_once('.').map_or(0, |(_, d)| d.len());
    let used = numbers.len().min(2);
    let places = numbers[..used].iter().map(|(_, text)| decimals(text)).max().unwrap_or(0);
    let places = if numbers.len() == 1 { 0 } else { places };
    let mut all = Vec::new();
    let mut n = 0_u32;
    while n < 5_000_000 {
        let value = first + f64::from(n) * step;
        // Half a unit of the last place that is shown.
        let slack = step.abs() / 1e6;
        if (step > 0.0 && value > last + slack) || (step < 0.0 && value < last - slack) {
            break;
        }
        all.push(format!("{value:.places$}"));
        n += 1;
    }
    let width = if wide { all.iter().map(String::len).max().unwrap_or(0) } else { 0 };
    let all: Vec<String> = all.iter().map(|text| format!("{text:0>width$}")).collect();
    if !all.is_empty() {
        call.line(all.join(&separator));
    }
    Ok(0)
}

/// Bytes that `yes` writes at a time.
const YES_BYTES: usize = 8192;

pub(super) fn yes(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let word = if args.is_empty() { "y".to_owned() } else { args.join(" ") };
    let line = format!("{word}\n");
    call.out(line.repeat((YES_BYTES / line.len()).max(1)));
    Err(Wait::Again)
}

pub(super) fn tac(call: &mut Call<'_>) -> Ran {
    let mut status = 0;
    for file in or_input(&call.args()) {
        match call.read(&file)? {
            Ok(bytes) => {
                for line in lines(&bytes).iter().rev() {
                    call.line(line);
                }
            }
            Err(e) => {
                call.complain(format!("failed to open '{file}' for reading: {e}"));
                status = 1;
            }
        }
    }
    Ok(status)
}

pub(super) fn nl(call: &mut Call<'_>) -> Ran {
    let mut count = 0;
    for file in or_input(&call.args()) {
        match call.read(&file)? {
            Ok(bytes) => {
                for line in lines(&bytes) {
                    if line.is_empty() {
                        call.line("       ");
                    } else {
                        count += 1;
                        call.line(format!("{count:>6}\t{line}"));
                    }
                }
            }
            Err(e) => {
                call.complain(format!("{file}: {e}"));
                return Ok(1);
            }
        }
    }
    Ok(0)
}

pub(super) fn rev(call: &mut Call<'_>) -> Ran {
    for file in or_input(&call.args()) {
        let bytes = call.read(&file)?.unwrap_or_default();
        for line in lines(&bytes) {
            call.line(line.chars().rev().collect::<String>());
        }
    }
    Ok(0)
}

pub(super) fn basename(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let Some(first) = args.first() else { return Ok(call.missing(1)) };
    let name = base(first);
    let shown = match args.get(1) {
        Some(suffix) if name != suffix => name.strip_suffix(suffix.as_str()).unwrap_or(name),
        _ => name,
    };
    call.line(shown);
    Ok(0)
}

pub(super) fn dirname(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    if args.is_empty() {
        return Ok(call.missing(1));
    }
    for arg in args {
        call.line(path::folder(&arg));
    }
    Ok(0)
}

/// A size as `-h` of the tools shows it: rounded up, one decimal below ten.
pub(super) fn human(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["", "K", "M", "G", "T", "P", "E"];
    let (mut unit, mut scale) = (0, 1_u64);
    while unit + 1 < UNITS.len() && bytes.div_ceil(scale) >= 1024 {
        unit += 1;
        scale *= 1024;
    }
    if unit == 0 {
        return bytes.to_string();
    }
    let tenths = (u128::from(bytes) * 10).div_ceil(u128::from(scale));
    if tenths < 100 {
        return format!("{}.{}{}", tenths / 10, tenths % 10, UNITS[unit]);
    }
    let whole = bytes.div_ceil(scale);
    format!("{}{}", general(whole as f64, 6, false), UNITS[unit])
}
