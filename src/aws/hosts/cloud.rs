//! cloud-init, as far as an instance's first boot needs it: user data that is a script or a simple
//! `#cloud-config` runs once, as root, and what it prints is in `/var/log/cloud-init-output.log` and on
//! the console (cloud-init documentation, "User data formats").

use aws::ec2::guests::{self, Facts, Place};
use base::Time;
use host::files::Who;
use sim::World;
use std::time::Duration;

use crate::durations::BOOT;
use crate::state::{Run, State};
use crate::{boot, identity};

/// Where the output of scripts is kept.
const LOG: &str = "/var/log/cloud-init-output.log";

/// What user data comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// A script for root.
    pub(crate) script: Option<String>,
    /// What is said of it in the log, a line each.
    pub(crate) remarks: Vec<String>,
}

/// Runs the user data of a first boot.
pub(crate) fn begin(world: &mut World, id: &str, data: &[u8]) {
    let plan = plan(data);
    let Some(host) = boot::host(world, id) else { return };
    let now = host.now;
    let root = Who::root();
    let _ =
        host.files.write(&root, "/var/lib/cloud/instance/user-data.txt", data.to_vec(), 0o600, now);
    let mut head = format!(
        "Cloud-init v. 22.2.2 running 'modules:final' at {}. Up {}.00 seconds.\n",
        now.format("%a, %d %b %Y %H:%M:%S +0000"),
        BOOT.as_secs()
    );
    for remark in &plan.remarks {
        head.push_str(remark);
        head.push('\n');
    }
    let _ = host.files.write(&root, LOG, head.into_bytes(), 0o640, now);
    let pid = plan.script.map_or(0, |text| host.script(&text, Some(LOG)));
    if let Some(guest) = world.get_mut::<State>().guests.get_mut(id) {
        guest.data = Some(Run { pid, printed: 0 });
    }
}

/// Puts on the console what was printed since, and says when the script has ended.
pub(crate) fn follow(world: &mut World, id: &str) {
    let Some(guest) = world.get_mut::<State>().guests.get_mut(id) else { return };
    let place = guest.place.clone();
    let (Some(run), Some(host)) = (&mut guest.data, &mut guest.host) else { return };
    let status = if run.pid == 0 { Some(0) } else { host.status(run.pid) };
    if let Some(status) = status {
        let mut tail = String::new();
        if status != 0 {
            tail.push_str(&format!(
                "{} - cc_scripts_user.py[WARNING]: Failed to run module scripts-user (scripts in \
                 /var/lib/cloud/instance/scripts)\n",
                host.now.format("%Y-%m-%d %H:%M:%S,000")
            ));
        }
        tail.push_str(&finished(host.now, BOOT + host.now.since(host.booted)));
        append(host, &tail);
        if run.pid != 0 {
            host.forget(run.pid);
        }
    }
    let bytes = host.files.read(&Who::root(), LOG).unwrap_or_default();
    let fresh = bytes.get(run.printed..).unwrap_or_default();
    let text = String::from_utf8_lossy(fresh).into_owned();
    run.printed = bytes.len();
    if status.is_some() {
        guest.data = None;
    }
    if !text.is_empty() {
        guests::print(world, &place, id, &text);
    }
}

fn append(host: &mut host::Host, text: &str) {
    let root = Who::root();
    let mut bytes = host.files.read(&root, LOG).unwrap_or_default().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    let now = host.now;
    let _ = host.files.write(&root, LOG, bytes, 0o640, now);
}

/// What cloud-init says at its end.
pub(crate) fn finished(now: Time, up: Duration) -> String {
    format!(
        "Cloud-init v. 22.2.2 finished at {}. Datasource DataSourceEc2.  Up {}.00 seconds\n",
        now.format("%a, %d %b %Y %H:%M:%S +0000"),
        up.as_secs()
    )
}

/// Prints on the console what cloud-init says of the keys.
pub(crate) fn announce(world: &mut World, place: &Place, id: &str, facts: &Facts) {
    let seed = world.config().seed;
    let (line, print) = identity::public(seed, id);
    let host = facts.name.split('.').next().unwrap_or_default();
    let mut text = format!(
        "-----BEGIN SSH HOST KEY FINGERPRINTS-----\n256 {print} root@{host} (ED25519)\n\
         -----END SSH HOST KEY FINGERPRINTS-----\n-----BEGIN SSH HOST KEY KEYS-----\n\
         {line} root@{host}\n-----END SSH HOST KEY KEYS-----\n"
    );
    if facts.user_data.is_none() {
        let now = world.now();
        let up = facts.running_since.map_or(Duration::ZERO, |since| now.since(since));
        text.push_str(&finished(now, up));
    }
    guests::print(world, place, id, &text);
}

/// What is to be done with user data.
pub(crate) fn plan(data: &[u8]) -> Plan {
    let text = String::from_utf8_lossy(data).replace("\r\n", "\n");
    let first = text.lines().next().unwrap_or_default().trim_end();
    if first.starts_with("#!") {
        return Plan { script: Some(text), remarks: Vec::new() };
    }
    if first == "#cloud-config" {
        return config(&text);
    }
    let said: String = first.chars().take(20).collect();
    Plan {
        script: None,
        remarks: vec![format!(
            "__init__.py[WARNING]: Unhandled non-multipart (text/x-not-multipart) userdata: 'b'{said}'...'"
        )],
    }
}

/// The simple half of `#cloud-config`: `packages`, `runcmd`, `write_files`, `hostname`. What else it
/// names is refused in the log.
fn config(text: &str) -> Plan {
    let mut plan = Plan::default();
    let mut script = String::from("#!/bin/bash\n");
    for (key, lines) in sections(text) {
        match key.as_str() {
            "packages" => {
                let names: Vec<String> = items(&lines).iter().map(|item| unquoted(item)).collect();
                script.push_str(&format!("yum install -y {}\n", names.join(" ")));
            }
            "package_update" | "package_upgrade" => {}
            "runcmd" => {
                for item in items(&lines) {
                    script.push_str(&command(&item));
                    script.push('\n');
                }
            }
            "write_files" => script.push_str(&files(&lines, &mut plan.remarks)),
            "hostname" | "fqdn" => {
                let name = unquoted(lines.first().map_or("", String::as_str));
                script.push_str(&format!("hostname {name}\necho {name} > /etc/hostname\n"));
            }
            other => plan.remarks.push(format!(
                "schema.py[WARNING]: cloud-config key '{other}' is not simulated here and does nothing"
            )),
        }
    }
    plan.script = Some(script);
    plan
}

/// The keys of the first level with the lines that belong to them; a value on the key's own line comes
/// first.
fn sections(text: &str) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().skip(1) {
        if line.trim().is_empty() && !all.is_empty() {
            if let Some((_, lines)) = all.last_mut() {
                lines.push(String::new());
            }
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let is_key = !line.starts_with([' ', '-', '\t']) && line.contains(':');
        if is_key && let Some((key, value)) = line.split_once(':') {
            let value = value.trim();
            let first = (!value.is_empty()).then(|| value.to_owned());
            all.push((key.trim().to_owned(), first.into_iter().collect()));
        } else if let Some((_, lines)) = all.last_mut() {
            lines.push(line.to_owned());
        }
    }
    all
}

/// The items of a list: each begins with a hyphen, and further lines of it are indented below it.
fn items(lines: &[String]) -> Vec<String> {
    if let [one] = lines
        && let Some(inner) = one.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
    {
        return inner.split(',').map(|part| part.trim().to_owned()).collect();
    }
    let mut all: Vec<String> = Vec::new();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let level = lines.iter().find(|line| line.trim_start().starts_with('-')).map(|l| indent(l));
    for line in lines {
        let body = line.trim_start();
        if body.starts_with('-') && Some(indent(line)) == level {
            all.push(body[1..].strip_prefix(' ').unwrap_or(&body[1..]).to_owned());
        } else if let Some(last) = all.last_mut() {
            last.push('\n');
            last.push_str(line);
        }
    }
    all
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.to_owned();
        }
    }
    text.to_owned()
}

/// A command of `runcmd`: a line for the shell, a block of them, or a list of words.
fn command(item: &str) -> String {
    if let Some(inner) = item.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let words = inner.split(',').map(unquoted);
        return words.map(|word| host::escape::single(&word)).collect::<Vec<_>>().join(" ");
    }
    match item.split_once('\n') {
        Some((first, rest)) if matches!(first.trim(), "|" | "|-" | ">") => dedent(rest),
        _ => unquoted(item),
    }
}

/// Lines without the indentation of the first.
fn dedent(text: &str) -> String {
    let indent = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .map_or(0, |line| line.len() - line.trim_start().len());
    let line = |line: &str| line.get(indent..).unwrap_or_default().to_owned();
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A script that writes the files of `write_files`.
fn files(lines: &[String], remarks: &mut Vec<String>) -> String {
    let mut script = String::new();
    for item in items(lines) {
        let (mut path, mut content, mut mode, mut owner) =
            (String::new(), String::new(), "0644".to_owned(), String::new());
        let text: Vec<&str> = item.lines().collect();
        let mut at = 0;
        while let Some(line) = text.get(at) {
            at += 1;
            let Some((key, value)) = line.trim().split_once(':') else { continue };
            let value = value.trim();
            match key.trim() {
                "path" => path = unquoted(value),
                "permissions" => mode = unquoted(value),
                "owner" => owner = unquoted(value),
                "content" if matches!(value, "|" | "|-") => {
                    let own = line.len() - line.trim_start().len();
                    let block: Vec<&str> = text[at..]
                        .iter()
                        .take_while(|line| {
                            line.trim().is_empty() || line.len() - line.trim_start().len() > own
                        })
                        .copied()
                        .collect();
                    at += block.len();
                    content = dedent(&block.join("\n"));
                    content.push('\n');
                }
                "content" => content = unquoted(value),
                other => remarks.push(format!(
                    "schema.py[WARNING]: write_files: '{other}' is not simulated here and does nothing"
                )),
            }
        }
        if path.is_empty() {
            continue;
        }
        let quoted = host::escape::single(&path);
        script.push_str(&format!(
            "mkdir -p \"$(dirname {quoted})\"\nprintf %s {} > {quoted}\nchmod {mode} {quoted}\n",
            host::escape::single(&content)
        ));
        if !owner.is_empty() {
            script.push_str(&format!("chown {owner} {quoted}\n"));
        }
    }
    script
}
