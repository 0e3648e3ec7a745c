//! `systemctl` and `journalctl`.

use std::time::Duration;

use super::{Call, Ran};
use crate::services::Active;

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
pub(super) fn systemctl(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let now = args.iter().any(|arg| arg == "--now");
    let words: Vec<&str> =
        args.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let Some((verb, units)) = words.split_first() else {
        return Ok(listed(call));
    };
    let changes = matches!(
        *verb,
        "start" | "stop" | "restart" | "reload" | "enable" | "disable" | "daemon-reload"
    );
    if changes && call.who().uid != 0 {
        let name = units.first().map_or("", |unit| unit.trim_end_matches(".service"));
        call.err(format!("Failed to {verb} {name}.service: Access denied\nSee system logs and 'systemctl status {name}.service' for details."));
        return Ok(4);
    }
    match *verb {
        "daemon-reload" => {
            call.host.reload_units();
            return Ok(0);
        }
        "list-units" => return Ok(listed(call)),
        _ => {}
    }
    if units.is_empty() {
        call.err("Too few arguments.");
        return Ok(1);
    }
    let mut status = 0;
    for unit in units {
        let name = unit.trim_end_matches(".service").to_owned();
        let Some(service) = call.host.services.get(&name).cloned() else {
            status = unknown_unit(call, verb, &name);
            continue;
        };
        match *verb {
            "start" | "restart" | "reload" => {
                if *verb == "restart" {
                    call.host.stop_service(&name);
                }
                if !call.host.start_service(&name) {
                    call.err(format!("Job for {name}.service failed because the control process exited with error code.\nSee \"systemctl status {name}.service\" and \"journalctl -xeu {name}.service\" for details."));
                    status = 1;
                }
            }
            "stop" => call.host.stop_service(&name),
            "enable" | "disable" => {
                let on = *verb == "enable";
                let link = format!("/etc/systemd/system/multi-user.target.wants/{name}.service");
                if on != service.enabled {
                    call.err(if on {
                        format!("Created symlink {link} \u{2192} {}.", service.file)
                    } else {
                        format!("Removed \"{link}\".")
                    });
                }
                if let Some(service) = call.host.services.get_mut(&name) {
                    service.enabled = on;
                }
                if now && on {
                    call.host.start_service(&name);
                } else if now {
                    call.host.stop_service(&name);
                }
            }
            "is-active" => {
                let word = match service.active {
                    Active::Running | Active::Exited => "active",
                    Active::Inactive => "inactive",
                    Active::Failed(_) => "failed",
                };
                call.line(word);
                status = if word == "active" { 0 } else { 3 };
            }
            "is-enabled" => {
                call.line(if service.enabled { "enabled" } else { "disabled" });
                status = i32::from(!service.enabled);
            }
            "status" => status = shown(call, &name),
            "cat" => {
                let text = call.host.system_text(&service.file);
                call.out(format!("# {}\n{text}", service.file));
            }
            other => {
                call.err(format!("Unknown command verb {other}."));
                return Ok(1);
            }
        }
    }
    Ok(status)
}

fn unknown_unit(call: &mut Call<'_>, verb: &str, name: &str) -> i32 {
    match verb {
        "status" => {
            call.err(format!("Unit {name}.service could not be found."));
            4
        }
        "is-active" => {
            call.line("inactive");
            3
        }
        "is-enabled" => {
            call.err(format!(
                "Failed to get unit file state for {name}.service: No such file or directory"
            ));
            1
        }
        "enable" | "disable" => {
            call.err(format!("Failed to {verb} unit: Unit file {name}.service does not exist."));
            1
        }
        verb => {
            call.err(format!("Failed to {verb} {name}.service: Unit {name}.service not found."));
            5
        }
    }
}

fn listed(call: &mut Call<'_>) -> i32 {
    call.line("  UNIT                       LOAD   ACTIVE SUB     DESCRIPTION");
    let services = call.host.services.clone();
    for (name, service) in services.iter().filter(|(_, service)| service.active == Active::Running)
    {
        let unit = format!("{name}.service");
        call.line(format!("  {unit:<26} loaded active running {}", service.description));
    }
    0
}

fn ago(span: Duration) -> String {
    let secs = span.as_secs();
    match (secs / 86_400, secs / 3600 % 24, secs / 60 % 60, secs % 60) {
        (0, 0, 0, s) => format!("{s}s ago"),
        (0, 0, m, s) => format!("{m}min {s}s ago").replace(" 0s", ""),
        (0, h, m, _) => format!("{h}h {m}min ago"),
        (1, h, _, _) => format!("1 day {h}h ago"),
        (d, _, _, _) => format!("{d} days ago"),
    }
}

fn shown(call: &mut Call<'_>, name: &str) -> i32 {
    let Some(service) = call.host.services.get(name).cloned() else { return 4 };
    let dot = match service.active {
        Active::Running | Active::Exited => '\u{25cf}',
        Active::Inactive => '\u{25cb}',
        Active::Failed(_) => '\u{d7}',
    };
    call.line(format!("{dot} {name}.service - {}", service.description));
    let enabled = if service.enabled { "enabled" } else { "disabled" };
    call.line(format!("     Loaded: loaded ({}; {enabled}; preset: disabled)", service.file));
    let since = format!(
        "{}; {}",
        service.since.format("%a %Y-%m-%d %H:%M:%S UTC"),
        ago(call.host.now.since(service.since))
    );
    match service.active {
        Active::Running => call.line(format!("     Active: active (running) since {since}")),
        Active::Exited => call.line(format!("     Active: active (exited) since {since}")),
        Active::Inactive => call.line("     Active: inactive (dead)"),
        Active::Failed(_) => {
            call.line(format!("     Active: failed (Result: exit-code) since {since}"));
        }
    }
    if let Some(pid) = service.pid {
        let program = super::base(service.command.split(' ').next().unwrap_or_default()).to_owned();
        call.line(format!("   Main PID: {pid} ({program})"));
        call.line(format!("     CGroup: /system.slice/{name}.service"));
        call.line(format!("             \u{2514}\u{2500}{pid} {}", service.command));
    }
    let unit = format!("{name}.service");
    let entries: Vec<_> =
        call.host.journal.iter().filter(|entry| entry.unit == unit).cloned().collect();
    if !entries.is_empty() {
        call.line("");
    }
    for entry in entries.iter().skip(entries.len().saturating_sub(10)) {
        let line = spelled(call, entry);
        call.line(line);
    }
    match service.active {
        Active::Running | Active::Exited => 0,
        _ => 3,
    }
}

fn spelled(call: &Call<'_>, entry: &crate::services::Entry) -> String {
    let host = call.host.name.clone();
    format!(
        "{} {host} {}[{}]: {}",
        entry.at.format("%b %d %H:%M:%S"),
        entry.name,
        entry.pid,
        entry.text
    )
}

pub(super) fn journalctl(call: &mut Call<'_>) -> Ran {
    let (mut unit, mut most, mut reverse) = (None, usize::MAX, false);
    let args = call.args();
    let mut words = args.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-u" | "--unit" => unit = words.next(),
            "-n" | "--lines" => most = words.next().and_then(|n| n.parse().ok()).unwrap_or(10),
            "-r" => reverse = true,
            "-xe" | "-e" | "-x" | "--no-pager" | "-b" => {}
            "-xeu" | "-eu" | "-xu" => unit = words.next(),
            word if word.starts_with("-n") => most = word[2..].parse().unwrap_or(10),
            word if word.starts_with("--unit=") => unit = Some(word["--unit=".len()..].to_owned()),
            other => return Ok(call.unknown(other, 1)),
        }
    }
    let who = call.who();
    let may = who.uid == 0 || [4, 10, 190].iter().any(|gid| who.in_group(*gid));
    let unit = unit.map(|name| if name.contains('.') { name } else { format!("{name}.service") });
    let mut all: Vec<_> = call
        .host
        .journal
        .iter()
        .filter(|entry| may && unit.as_ref().is_none_or(|unit| entry.unit == *unit))
        .cloned()
        .collect();
    if all.is_empty() {
        call.line("-- No entries --");
        return Ok(0);
    }
    all.drain(..all.len().saturating_sub(most));
    if reverse {
        all.reverse();
    }
    for entry in all {
        let line = spelled(call, &entry);
        call.line(line);
    }
    Ok(0)
}
