//! What a host says of itself: `date`, `uname`, `ps`, `df`, `free` and their like.

use base::Time;

use super::text::human;
use super::{Call, Ran, options};
use crate::generated::KERNEL;
use crate::process::{self, Kind, Process, State};

/// Reads what `date -d` and `touch -d` take: `@seconds`, a date, `now`, `N days ago`.
pub(super) fn read_date(text: &str, now: Time) -> Option<Time> {
    let text = text.trim();
    if let Some(secs) = text.strip_prefix('@') {
        return secs.parse::<i64>().ok().map(|secs| Time(secs.saturating_mul(1000)));
    }
    let midnight = |text: &str| Time::parse_iso(&format!("{text}T00:00:00Z"));
    const DAY: i64 = 86_400_000;
    match text {
        "now" | "today" | "" => return Some(now),
        "yesterday" => return Some(Time(now.0 - DAY)),
        "tomorrow" => return Some(Time(now.0 + DAY)),
        _ => {}
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [count, unit, rest @ ..] = words.as_slice()
        && let Ok(count) = count.parse::<i64>()
    {
        let span = match unit.trim_end_matches('s') {
            "sec" | "second" => 1000,
            "min" | "minute" => 60_000,
            "hour" => 3_600_000,
            "day" => DAY,
            "week" => 7 * DAY,
            _ => return None,
        };
        let sign = if rest == ["ago"] { -1 } else { 1 };
        return Some(Time(now.0.saturating_add(sign * count.saturating_mul(span))));
    }
    midnight(text)
        .or_else(|| Time::parse_iso(&format!("{}Z", text.replacen(' ', "T", 1))))
        .or_else(|| Time::parse_iso(&text.replacen(' ', "T", 1)))
}

pub(super) fn date(call: &mut Call<'_>) -> Ran {
    let (mut time, mut pattern) = (call.host.now, "%a %b %e %H:%M:%S UTC %Y".to_owned());
    let args = call.args();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-u" | "--utc" => {}
            "-R" => pattern = "%a, %d %b %Y %H:%M:%S +0000".into(),
            "-I" | "--iso-8601" => pattern = "%Y-%m-%d".into(),
            "-Iseconds" | "--iso-8601=seconds" => pattern = "%Y-%m-%dT%H:%M:%S+00:00".into(),
            "-d" | "--date" => {
                let text = words.next().cloned().unwrap_or_default();
                match read_date(&text, time) {
                    Some(given) => time = given,
                    None => {
                        call.complain(format!("invalid date ‘{text}’"));
                        return Ok(1);
                    }
                }
            }
            word if word.starts_with('+') => word[1..].clone_into(&mut pattern),
            word if word.starts_with('-') => return Ok(call.unknown(word, 1)),
            word => {
                call.complain(format!("invalid date ‘{word}’"));
                return Ok(1);
            }
        }
    }
    let nanos = format!("{:09}", time.0.rem_euclid(1000) * 1_000_000);
    let pattern = pattern.replace("%3N", &nanos[..3]).replace("%N", &nanos).replace("%Z", "UTC");
    call.line(time.format(&pattern));
    Ok(0)
}

pub(super) fn uname(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "a s n r v m p i o", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let all = o.has("a");
    let node = call.host.name.clone();
    let version = "#1 SMP PREEMPT_DYNAMIC Tue Dec  3 21:07:35 UTC 2024";
    let parts = [
        ("s", "Linux"),
        ("n", node.as_str()),
        ("r", KERNEL),
        ("v", version),
        ("m", "x86_64"),
        ("p", "x86_64"),
        ("i", "x86_64"),
        ("o", "GNU/Linux"),
    ];
    let shown: Vec<&str> = parts
        .iter()
        .filter(|(name, _)| all || o.has(name) || (o.given.is_empty() && *name == "s"))
        .map(|(_, text)| *text)
        .collect();
    call.line(shown.join(" "));
    Ok(0)
}

pub(super) fn hostname(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    match args.first().map(String::as_str) {
        None | Some("-f" | "--fqdn") => {
            let name = call.host.name.clone();
            call.line(name);
        }
        Some("-s") => {
            let name = call.host.name.split('.').next().unwrap_or_default().to_owned();
            call.line(name);
        }
        Some("-i" | "-I") => {
            let address = call.host.shape.address.clone();
            call.line(format!("{address} "));
        }
        Some(option) if option.starts_with('-') => return Ok(call.unknown(option, 4)),
        Some(_) if call.who().uid != 0 => {
            call.complain("you must be root to change the host name");
            return Ok(1);
        }
        Some(name) => name.clone_into(&mut call.host.name),
    }
    Ok(0)
}

pub(super) fn whoami(call: &mut Call<'_>) -> Ran {
    let uid = call.who().uid;
    let name = call.host.user_name(uid);
    call.line(name);
    Ok(0)
}

pub(super) fn id(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "u g n G r", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let who = match o.rest.first() {
        None => call.who(),
        Some(name) => match call.host.user(name) {
            Some(user) => call.host.who(&user),
            None => {
                call.complain(format!("‘{name}’: no such user"));
                return Ok(1);
            }
        },
    };
    let (user, group) = (call.host.user_name(who.uid), call.host.group_name(who.gid));
    let mut groups = vec![who.gid];
    groups.extend(who.groups.iter().copied().filter(|gid| *gid != who.gid));
    if o.has("u") {
        call.line(if o.has("n") { user } else { who.uid.to_string() });
    } else if o.has("g") {
        call.line(if o.has("n") { group } else { who.gid.to_string() });
    } else if o.has("G") {
        let shown: Vec<String> = groups
            .iter()
            .map(|g| if o.has("n") { call.host.group_name(*g) } else { g.to_string() })
            .collect();
        call.line(shown.join(" "));
    } else {
        let shown: Vec<String> =
            groups.iter().map(|g| format!("{g}({})", call.host.group_name(*g))).collect();
        call.line(format!(
            "uid={}({user}) gid={}({group}) groups={}",
            who.uid,
            who.gid,
            shown.join(",")
        ));
    }
    Ok(0)
}

pub(super) fn groups(call: &mut Call<'_>) -> Ran {
    let who = call.who();
    let mut gids = vec![who.gid];
    gids.extend(who.groups.iter().copied().filter(|gid| *gid != who.gid));
    let shown: Vec<String> = gids.iter().map(|gid| call.host.group_name(*gid)).collect();
    call.line(shown.join(" "));
    Ok(0)
}

fn letter(process: &Process) -> &'static str {
    match (&process.state, &process.kind) {
        (_, Kind::Daemon) => "Ss",
        (State::Stopped, _) => "T",
        (State::Ready, _) => "R+",
        (State::Ended(_), _) => "Z",
        _ => "S",
    }
}

fn terminal(process: &Process) -> String {
    process
        .terminal
        .map_or_else(|| "?".into(), |number| format!("pts/{}", number.saturating_sub(1)))
}

pub(super) fn ps(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let letters: String = args.iter().map(|arg| arg.trim_start_matches('-')).collect();
    if let Some(bad) = letters.chars().find(|c| !"aAeflujxwp0123456789o,".contains(*c)) {
        call.err(
            format!("error: unsupported option (BSD syntax) -- '{bad}'").replace(" -- ", ": "),
        );
        return Ok(1);
    }
    let everything = letters.contains(['e', 'A']) || letters.contains('a') && letters.contains('x');
    let own = call.host.process(call.pid).terminal;
    let only: Vec<u32> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let processes: Vec<(u32, Process)> = call
        .host
        .processes
        .iter()
        .filter(|(pid, process)| {
            if only.is_empty() { everything || process.terminal == own } else { only.contains(pid) }
        })
        .map(|(pid, process)| (*pid, process.clone()))
        .collect();
    let long = letters.contains('u') && !args.iter().any(|arg| arg.starts_with("-u"));
    let full = letters.contains('f');
    call.line(if long {
        "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"
    } else if full {
        "UID          PID    PPID  C STIME TTY          TIME CMD"
    } else {
        "    PID TTY          TIME CMD"
    });
    for (pid, process) in processes {
        let user = call.host.user_name(process.who.uid);
        let command = process.args.join(" ");
        let short = super::base(process.args.first().map_or("", |arg| arg.trim_start_matches('-')))
            .to_owned();
        let (tty, start) = (terminal(&process), process.started.format("%H:%M"));
        call.line(if long {
            format!(
                "{user:<8} {pid:>7}  0.0  0.3  11000  3000 {tty:<8} {:<4} {start}   0:00 {command}",
                letter(&process)
            )
        } else if full {
            format!(
                "{user:<8} {pid:>7} {:>7}  0 {start} {tty:<8} 00:00:00 {command}",
                process.parent
            )
        } else {
            format!("{pid:>7} {tty:<8} 00:00:00 {short}")
        });
    }
    Ok(0)
}

/// `pgrep` and `pkill`.
pub(super) fn pgrep(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "f l a x 9", "u signal", 2) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let Some(pattern) = o.rest.first().cloned() else {
        call.complain("no matching criteria specified");
        let name = call.name();
        call.err(format!("Try `{name} --help' for more information."));
        return Ok(2);
    };
    let kills = call.name().ends_with("pkill");
    let found: Vec<(u32, String)> = call
        .host
        .processes
        .iter()
        .filter(|(pid, process)| **pid != call.pid && !matches!(process.state, State::Ended(_)))
        .filter_map(|(pid, process)| {
            let all = process.args.join(" ");
            let text = if o.has("f") {
                all.clone()
            } else {
                super::base(process.args.first()?).to_owned()
            };
            text.contains(&pattern).then_some((*pid, if o.has("a") { all } else { text }))
        })
        .collect();
    let signal =
        if o.has("9") { 9 } else { o.value("signal").and_then(process::signal).unwrap_or(15) };
    for (pid, text) in &found {
        if kills {
            if call.host.may_signal(call.pid, *pid).is_ok() {
                call.host.signal(*pid, signal);
            } else {
                call.complain(format!("killing pid {pid} failed: Operation not permitted"));
            }
        } else if o.has("l|a") {
            call.line(format!("{pid} {text}"));
        } else {
            call.line(pid.to_string());
        }
    }
    Ok(i32::from(found.is_empty()))
}

fn up(call: &Call<'_>) -> String {
    let secs = call.host.now.since(call.host.booted).as_secs();
    let (days, hours, minutes) = (secs / 86_400, secs / 3600 % 24, secs / 60 % 60);
    let days = match days {
        0 => String::new(),
        1 => "1 day, ".into(),
        days => format!("{days} days, "),
    };
    let rest =
        if hours > 0 { format!("{hours:>2}:{minutes:02}") } else { format!("{minutes} min") };
    let users = call
        .host
        .processes
        .values()
        .filter(|p| matches!(&p.kind, Kind::Shell(shell) if shell.interactive && shell.login))
        .count();
    let load = call.host.load();
    let load = format!("{}.{:02}", load / 100, load % 100);
    let word = if users == 1 { "user" } else { "users" };
    format!(
        " {} up {days}{rest},  {users} {word},  load average: {load}, {load}, {load}",
        call.host.now.format("%H:%M:%S")
    )
}

pub(super) fn uptime(call: &mut Call<'_>) -> Ran {
    let text = up(call);
    call.line(text);
    Ok(0)
}

pub(super) fn top(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    if !args.iter().any(|arg| arg.starts_with("-b") || arg.starts_with("-n")) {
        call.complain("failed tty get");
        return Ok(1);
    }
    let text = up(call);
    call.line(format!("top -{text}"));
    let count = call.host.processes.len();
    call.line(format!(
        "Tasks: {count:>3} total,   1 running, {:>3} sleeping,   0 stopped,   0 zombie",
        count.saturating_sub(1)
    ));
    call.line("%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st");
    let mib = |bytes: u64| format!("{:.1}", bytes as f64 / 1_048_576.0);
    let (total, used) = (call.host.shape.memory, call.host.memory_used());
    call.line(format!(
        "MiB Mem : {:>8} total, {:>8} free, {:>8} used, {:>8} buff/cache",
        mib(total),
        mib(total - used),
        mib(used),
        mib(0)
    ));
    call.line(format!(
        "MiB Swap:      0.0 total,      0.0 free,      0.0 used. {:>8} avail Mem",
        mib(total - used)
    ));
    call.line("\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND");
    let all: Vec<(u32, Process)> =
        call.host.processes.iter().map(|(p, process)| (*p, process.clone())).collect();
    for (pid, process) in all {
        let user = call.host.user_name(process.who.uid);
        let name = super::base(process.args.first().map_or("", String::as_str)).to_owned();
        let state = letter(&process).chars().next().unwrap_or('S');
        call.line(format!(
            "{pid:>7} {user:<8}  20   0   11000   3000   2600 {state}   0.0   0.3   0:00.00 {name}"
        ));
    }
    Ok(0)
}

pub(super) fn free(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "h m g b k human mega giga", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let (total, used) = (call.host.shape.memory, call.host.memory_used());
    let shown = |bytes: u64| {
        if o.has("h|human") {
            let text = human(bytes);
            if bytes == 0 { "0B".into() } else { format!("{text}i") }
        } else if o.has("m|mega") {
            (bytes / 1_048_576).to_string()
        } else if o.has("g|giga") {
            (bytes / 1_073_741_824).to_string()
        } else if o.has("b") {
            bytes.to_string()
        } else {
            (bytes / 1024).to_string()
        }
    };
    call.line("               total        used        free      shared  buff/cache   available");
    let row = |name: &str, values: &[u64]| {
        let cells: Vec<String> =
            values.iter().map(|bytes| format!("{:>11}", shown(*bytes))).collect();
        format!("{name:<9}{}", cells.join(" "))
    };
    call.line(row("Mem:", &[total, used, total - used, 0, 0, total - used]));
    call.line(row("Swap:", &[0, 0, 0]));
    Ok(0)
}

pub(super) fn df(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "h k m T a i human-readable", "", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    // What the system itself takes on a fresh root disk of Amazon Linux 2023.
    let base = 1_610_612_736;
    let total = call.host.shape.disk;
    let used = (base + call.host.files.bytes()).min(total);
    let memory = call.host.shape.memory / 2;
    let percent = (used * 100).div_ceil(total.max(1));
    let rows = [
        ("devtmpfs", "devtmpfs", 4_194_304, 0, 0, "/dev"),
        ("tmpfs", "tmpfs", memory, 0, 0, "/dev/shm"),
        ("/dev/xvda1", "xfs", total, used, percent, "/"),
    ];
    let shown = |bytes: u64| {
        if o.has("h|human-readable") { human(bytes) } else { (bytes / 1024).to_string() }
    };
    let size = if o.has("h|human-readable") { "Size" } else { "1K-blocks" };
    let avail = if o.has("h|human-readable") { "Avail" } else { "Available" };
    let width = rows.iter().map(|row| shown(row.2).len()).max().unwrap_or(0).max(size.len());
    let used_width = rows.iter().map(|row| shown(row.3).len()).max().unwrap_or(0).max(5);
    let left_width =
        rows.iter().map(|row| shown(row.2 - row.3).len()).max().unwrap_or(0).max(avail.len());
    let kind = |text: &str| if o.has("T") { format!("{text:<8} ") } else { String::new() };
    call.line(format!(
        "{:<14} {}{size:>width$} {:>used_width$} {avail:>left_width$} Use% Mounted on",
        "Filesystem",
        kind("Type"),
        "Used"
    ));
    let only = !o.rest.is_empty();
    for (name, fs, total, used, percent, place) in rows {
        if only && place != "/" {
            continue;
        }
        call.line(format!(
            "{name:<14} {}{:>width$} {:>used_width$} {:>left_width$} {percent:>3}% {place}",
            kind(fs),
            shown(total),
            shown(used),
            shown(total - used)
        ));
    }
    Ok(0)
}

pub(super) fn du(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "h s a k c b summarize human-readable", "d max-depth", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let mut status = 0;
    for root in if o.rest.is_empty() { vec![".".to_owned()] } else { o.rest.clone() } {
        let depth = if o.has("s|summarize") {
            0
        } else {
            o.value("d|max-depth").and_then(|n| n.parse().ok()).unwrap_or(usize::MAX)
        };
        let (path, who) = (call.path(&root), call.who());
        if let Err(e) = call.host.files.look(&who, &path, false) {
            call.complain(format!("cannot access '{root}': {e}"));
            status = 1;
            continue;
        }
        measure(call, &root, 0, depth, &o);
    }
    Ok(status)
}

fn measure(call: &mut Call<'_>, file: &str, at: usize, depth: usize, o: &super::Options) -> u64 {
    let (path, who) = (call.path(file), call.who());
    let Ok(node) = call.host.files.look(&who, &path, false) else { return 0 };
    let folder = matches!(node.kind, crate::files::Kind::Folder(_));
    let mut total = if folder { 4096 } else { node.size().div_ceil(4096) * 4096 };
    if folder {
        for name in call.host.files.list(&who, &path).unwrap_or_default() {
            total += measure(call, &crate::files::path::child(file, &name), at + 1, depth, o);
        }
    }
    if at <= depth && (folder || o.has("a") || at == 0) {
        let size =
            if o.has("h|human-readable") { human(total) } else { (total / 1024).to_string() };
        call.line(format!("{size}\t{file}"));
    }
    total
}

pub(super) fn nproc(call: &mut Call<'_>) -> Ran {
    let cores = call.host.shape.cores;
    call.line(cores.to_string());
    Ok(0)
}
