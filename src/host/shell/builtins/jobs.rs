//! Jobs, signals, history.

use super::super::state::Pid;
use super::super::turn::{Outcome, Turn};
use crate::escape;
use crate::process::{self, SIGNALS, State};

/// Notes which jobs have ended.
fn look(turn: &mut Turn<'_>) {
    for job in &mut turn.shell.jobs {
        if job.status.is_none()
            && let Some(pid) = job.pids.last()
            && let Some(status) = turn.host.reap(*pid)
        {
            job.status = Some(status);
        }
    }
}

fn line(job: &super::super::state::Job, sign: char) -> String {
    let (state, end) = match job.status {
        None => ("Running".to_owned(), " &"),
        Some(0) => ("Done".to_owned(), ""),
        Some(143) => ("Terminated".to_owned(), ""),
        Some(137) => ("Killed".to_owned(), ""),
        Some(status) => (format!("Exit {status}"), ""),
    };
    format!("[{}]{sign}  {state:<24}{}{end}\n", job.number, job.text)
}

pub(super) fn jobs(turn: &mut Turn<'_>, _: &[String]) -> Outcome {
    look(turn);
    let text = listed(turn, false);
    turn.out(text);
    turn.shell.jobs.retain(|job| job.status.is_none());
    Outcome::Done(0)
}

fn listed(turn: &Turn<'_>, only_ended: bool) -> String {
    let count = turn.shell.jobs.len();
    let mut text = String::new();
    for (n, job) in turn.shell.jobs.iter().enumerate() {
        let sign = if n + 1 == count {
            '+'
        } else if n + 2 == count {
            '-'
        } else {
            ' '
        };
        if !only_ended || job.status.is_some() {
            text.push_str(&line(job, sign));
        }
    }
    text
}

/// What a terminal's shell says of jobs before its next prompt.
pub fn announce(turn: &mut Turn<'_>) {
    look(turn);
    let text = listed(turn, true);
    turn.err(text);
    turn.shell.jobs.retain(|job| job.status.is_none());
}

fn job(turn: &Turn<'_>, text: &str) -> Option<Vec<Pid>> {
    let jobs = &turn.shell.jobs;
    let found = match text.strip_prefix('%')? {
        "" | "+" | "%" => jobs.last(),
        "-" => jobs.iter().rev().nth(1),
        number => jobs.iter().find(|job| job.number.to_string() == number),
    };
    found.map(|job| job.pids.clone())
}

/// `fg` and `bg`
pub(super) fn resume(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    look(turn);
    let name = args.get(1).map_or("%+", String::as_str);
    let Some(pids) = job(turn, name) else {
        let shown = args.get(1).map_or("current", String::as_str);
        turn.complain(&format!("{}: {shown}: no such job", args[0]));
        return Outcome::Done(1);
    };
    for pid in &pids {
        turn.host.signal(*pid, 18);
    }
    let text = turn.shell.jobs.iter().find(|j| j.pids == pids).map(|j| j.text.to_string());
    if args[0] == "bg" {
        return Outcome::Done(0);
    }
    turn.out(format!("{}\n", text.unwrap_or_default()));
    turn.shell.jobs.retain(|job| job.pids != pids);
    turn.push(super::Frame::Wait { pids, statuses: Vec::new(), foreground: true });
    Outcome::Jump
}

pub(super) fn wait(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    look(turn);
    let mut status = 0;
    let mut open: Vec<Pid> = Vec::new();
    if args.len() == 1 {
        open = turn
            .shell
            .jobs
            .iter()
            .filter(|j| j.status.is_none())
            .flat_map(|j| j.pids.clone())
            .collect();
    }
    for word in &args[1..] {
        let pids = match word.parse::<Pid>() {
            Ok(pid) => vec![pid],
            Err(_) => match job(turn, word) {
                Some(pids) => pids,
                None => {
                    turn.complain(&format!("wait: `{word}': not a pid or valid job spec"));
                    return Outcome::Done(1);
                }
            },
        };
        let Some(job) = turn.shell.jobs.iter().find(|job| job.pids == pids) else {
            turn.complain(&format!("wait: pid {} is not a child of this shell", pids[0]));
            status = 127;
            continue;
        };
        match job.status {
            Some(ended) => status = ended,
            None => open.extend(pids),
        }
    }
    if open.is_empty() {
        if args.len() == 1 {
            turn.shell.jobs.clear();
        }
        return Outcome::Done(status);
    }
    Outcome::Wait(State::Children(open))
}

pub(super) fn kill(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    let mut signal = 15;
    let mut words = &args[1..];
    if let Some(option) = words.first().and_then(|word| word.strip_prefix('-')) {
        if option == "l" {
            let names: Vec<String> =
                SIGNALS.iter().map(|(n, name)| format!("{n:>2}) SIG{name}")).collect();
            turn.out(format!("{}\n", names.join("\t")));
            return Outcome::Done(0);
        }
        let name = if option == "s" || option == "n" {
            words = &words[1..];
            words.first().cloned().unwrap_or_default()
        } else {
            option.to_owned()
        };
        words = words.get(1..).unwrap_or_default();
        match process::signal(&name) {
            Some(found) => signal = found,
            None => {
                turn.complain(&format!("kill: {name}: invalid signal specification"));
                return Outcome::Done(1);
            }
        }
    }
    if words.is_empty() {
        turn.err(
            "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n",
        );
        return Outcome::Done(2);
    }
    let mut status = 0;
    for word in words {
        let pids = match (word.parse::<Pid>(), job(turn, word)) {
            (Ok(pid), _) => vec![pid],
            (_, Some(pids)) => pids,
            _ => {
                let what = if word.starts_with('%') {
                    "no such job"
                } else {
                    "arguments must be process or job IDs"
                };
                turn.complain(&format!("kill: {word}: {what}"));
                status = 1;
                continue;
            }
        };
        for pid in pids {
            if pid == turn.pid {
                turn.host.process_mut(pid).signals.push(signal);
            } else if let Err(e) = turn.host.may_signal(turn.pid, pid) {
                turn.complain(&format!("kill: ({pid}) - {e}"));
                status = 1;
            } else {
                turn.host.signal(pid, signal);
            }
        }
    }
    Outcome::Done(status)
}

pub(super) fn trap(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    if args.len() == 1 || args[1] == "-p" {
        let lines: Vec<String> = turn
            .shell
            .traps
            .iter()
            .map(|(name, action)| {
                let signal = if matches!(name.as_str(), "EXIT" | "ERR") {
                    name.clone()
                } else {
                    format!("SIG{name}")
                };
                format!("trap -- {} {signal}\n", escape::single(action))
            })
            .collect();
        turn.out(lines.concat());
        return Outcome::Done(0);
    }
    let (action, names) =
        if args.len() == 2 { ("-", &args[1..]) } else { (args[1].as_str(), &args[2..]) };
    let mut status = 0;
    for name in names {
        let upper = name.to_ascii_uppercase();
        let known = match upper.trim_start_matches("SIG") {
            "EXIT" | "0" => Some("EXIT"),
            "ERR" => Some("ERR"),
            _ => process::signal(name).and_then(process::signal_name),
        };
        let Some(known) = known else {
            turn.complain(&format!("trap: {name}: invalid signal specification"));
            status = 1;
            continue;
        };
        if action == "-" {
            turn.shell.traps.remove(known);
        } else {
            turn.shell.traps.insert(known.to_owned(), action.to_owned());
        }
    }
    Outcome::Done(status)
}

pub(super) fn history(turn: &mut Turn<'_>, args: &[String]) -> Outcome {
    if args.get(1).is_some_and(|arg| arg == "-c") {
        turn.shell.history.clear();
        return Outcome::Done(0);
    }
    let most = match super::number(args.get(1), i32::MAX) {
        Ok(most) => usize::try_from(most).unwrap_or(0),
        Err(text) => {
            turn.complain(&format!("history: {text}: numeric argument required"));
            return Outcome::Done(1);
        }
    };
    let skip = turn.shell.history.len().saturating_sub(most);
    let lines: Vec<String> = turn
        .shell
        .history
        .iter()
        .enumerate()
        .skip(skip)
        .map(|(n, text)| format!("{:>5}  {text}\n", n + 1))
        .collect();
    turn.out(lines.concat());
    Outcome::Done(0)
}
