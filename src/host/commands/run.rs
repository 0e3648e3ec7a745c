//! Commands that run others, and `sleep`.

use std::time::Duration;

use super::{Call, Ran, Wait, lines};

pub(super) fn sleep(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    if args.is_empty() {
        return Ok(call.missing(1));
    }
    let mut total = 0.0;
    for arg in &args {
        let (digits, unit) = match arg.chars().last() {
            Some('s') => (&arg[..arg.len() - 1], 1.0),
            Some('m') => (&arg[..arg.len() - 1], 60.0),
            Some('h') => (&arg[..arg.len() - 1], 3600.0),
            Some('d') => (&arg[..arg.len() - 1], 86_400.0),
            _ if arg == "infinity" => return Err(Wait::Forever),
            _ => (arg.as_str(), 1.0),
        };
        match digits.parse::<f64>() {
            Ok(value) if value >= 0.0 && value.is_finite() => total += value * unit,
            _ => {
                call.complain(format!("invalid time interval ‘{arg}’"));
                call.err("Try 'sleep --help' for more information.");
                return Ok(1);
            }
        }
    }
    call.sleep(Duration::try_from_secs_f64(total.min(1e9)).unwrap_or_default())?;
    Ok(0)
}

/// A service's program: it stays.
pub(super) fn daemon(_: &mut Call<'_>) -> Ran {
    Err(Wait::Forever)
}

pub(super) fn env(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let mut env = call.program.env.clone();
    let mut at = 0;
    while let Some(word) = args.get(at) {
        match word.as_str() {
            "-i" | "-" | "--ignore-environment" => env.clear(),
            "-u" => {
                at += 1;
                env.remove(args.get(at).map_or("", String::as_str));
            }
            option if option.starts_with('-') => return Ok(call.unknown(option, 125)),
            word => match word.split_once('=') {
                Some((name, value)) => drop(env.insert(name.to_owned(), value.to_owned())),
                None => break,
            },
        }
        at += 1;
    }
    if at >= args.len() {
        for (name, value) in env {
            call.line(format!("{name}={value}"));
        }
        return Ok(0);
    }
    let mut run = call.child(args[at..].to_vec());
    run.env = env;
    call.run(run)
}

pub(super) fn printenv(call: &mut Call<'_>) -> Ran {
    let env = call.program.env.clone();
    let args = call.args();
    if args.is_empty() {
        for (name, value) in env {
            call.line(format!("{name}={value}"));
        }
        return Ok(0);
    }
    let mut status = 0;
    for name in args {
        match env.get(&name) {
            Some(value) => call.line(value),
            None => status = 1,
        }
    }
    Ok(status)
}

pub(super) fn nohup(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    if args.is_empty() {
        return Ok(call.missing(125));
    }
    let run = call.child(args);
    call.run(run)
}

/// The words of `xargs`: blanks and line ends part them, quotes and backslashes keep them together.
fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut current: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => current.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                current.get_or_insert_default();
            }
            None if c == '\\' => current.get_or_insert_default().extend(chars.next()),
            None if c.is_whitespace() => all.extend(current.take()),
            None => current.get_or_insert_default().push(c),
        }
    }
    all.extend(current);
    all
}

pub(super) fn xargs(call: &mut Call<'_>) -> Ran {
    let (mut most, mut replace, mut zero, mut skip_empty, mut by_line, mut show) =
        (5000, None, false, false, None, false);
    let args = call.args();
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|word| word.starts_with('-') && word.len() > 1) {
        at += 1;
        let (option, mut value) = word.split_at(2);
        if matches!(option, "-n" | "-I" | "-L" | "-P" | "-d") && value.is_empty() {
            value = args.get(at).map_or("", String::as_str);
            at += 1;
        }
        match option {
            "-n" => most = value.parse().unwrap_or(1_usize).max(1),
            "-I" => replace = Some(value.to_owned()),
            "-L" => by_line = value.parse::<usize>().ok(),
            "-P" => {}
            "-0" => zero = true,
            "-r" => skip_empty = true,
            "-t" => show = true,
            "-d" => by_line = None,
            _ if word == "--no-run-if-empty" => skip_empty = true,
            _ => return Ok(call.unknown(word, 1)),
        }
    }
    let mut command = args[at.min(args.len())..].to_vec();
    if command.is_empty() {
        command.push("echo".into());
    }
    let bytes = call.input()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut batches: Vec<Vec<String>> = Vec::new();
    if let Some(mark) = &replace {
        for line in lines(&bytes).iter().filter(|line| !line.trim().is_empty()) {
            let line = line.trim_start();
            batches.push(command.iter().map(|word| word.replace(mark, line)).collect());
        }
    } else {
        let items: Vec<Vec<String>> = if zero {
            text.split_terminator('\0').map(|word| vec![word.to_owned()]).collect()
        } else if by_line.is_some() {
            lines(&bytes).iter().map(|line| words(line)).filter(|w| !w.is_empty()).collect()
        } else {
            words(&text).into_iter().map(|word| vec![word]).collect()
        };
        let size = by_line.unwrap_or(most);
        for batch in items.chunks(size) {
            let mut args = command.clone();
            args.extend(batch.iter().flatten().cloned());
            batches.push(args);
        }
        if batches.is_empty() && !skip_empty {
            batches.push(command);
        }
    }
    let mut status = 0;
    for args in batches {
        if show {
            call.err(args.join(" "));
        }
        let mut run = call.child(args);
        run.input = Some(Vec::new());
        match call.run(run)? {
            0 => {}
            code @ (126 | 127) => return Ok(code),
            255 => return Ok(124),
            _ => status = 123,
        }
    }
    Ok(status)
}
