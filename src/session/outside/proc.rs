//! The machine's processes, as the kernel lists them. Where there is no such list nothing is found, and
//! what ends a run is its lifeline alone.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// One process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub pid: i32,
    pub group: i32,
    /// Since the machine was started, in the kernel's ticks.
    pub started: u64,
}

/// Every process that can be read.
fn all() -> Vec<Found> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    folders.filter_map(|f| find(f.file_name().to_str()?.parse().ok()?)).collect()
}

/// One process; none when it has ended.
pub(super) fn find(pid: i32) -> Option<Found> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may have any characters, brackets too.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let dead = fields.next()? == "Z";
    let group = fields.nth(1)?.parse().ok()?;
    let started = fields.nth(16)?.parse().ok()?;
    (!dead).then_some(Found { pid, group, started })
}

/// Whether there is such a list on this machine.
pub(super) fn listed() -> bool {
    fs::exists("/proc/self/stat").unwrap_or(false)
}

/// What a process has of the machine's memory, and the most that it ever had.
fn memory(pid: i32) -> (u64, u64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        kib.unwrap_or_default() * 1024
    };
    (bytes("VmRSS:"), bytes("VmHWM:"))
}

/// What these processes need of the machine's memory: all of them now, or one of them once, if that
/// was more.
fn needed(pids: impl Iterator<Item = i32>) -> u64 {
    let (all, most) =
        pids.map(memory).fold((0, 0), |(all, most), (now, peak)| (all + now, peak.max(most)));
    all.max(most)
}

/// What a process and those that it started need. Looks at no other process, so that it can be asked
/// every few milliseconds.
pub(super) fn tree_bytes(pid: i32) -> u64 {
    let mut tree = vec![pid];
    let mut next = 0;
    while let Some(pid) = tree.get(next).copied() {
        next += 1;
        let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for thread in threads {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            tree.extend(children.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
        }
    }
    needed(tree.into_iter())
}

/// What a group needs, those among them whose parents have ended.
pub(super) fn group_bytes(group: i32) -> u64 {
    needed(all().into_iter().filter(|found| found.group == group).map(|found| found.pid))
}

/// Whether a process has this in its environment, which it inherits from whoever started it.
fn has(found: Found, marked: &str) -> bool {
    let environ = fs::read(format!("/proc/{}/environ", found.pid)).unwrap_or_default();
    environ.split(|byte| *byte == 0).any(|word| word == marked.as_bytes())
}

/// How often, and after which pause, it is looked whether all are gone.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(25);

/// Ends every process that has `marked` in its environment, and those of a group whose leader is known
/// to be the same still. Whether none is left.
pub(super) fn end(marked: &str, leader: Option<(i32, u64)>) -> bool {
    for attempt in 0..ATTEMPTS {
        let same = |(pid, started): &(i32, u64)| find(*pid).is_some_and(|f| f.started == *started);
        let group = leader.filter(same).map(|(pid, _)| pid);
        let left = all().into_iter().filter(|f| Some(f.group) == group || has(*f, marked));
        let pids: Vec<String> = left.map(|found| found.pid.to_string()).collect();
        if pids.is_empty() {
            return true;
        }
        if attempt > 0 {
            thread::sleep(PAUSE);
        }
        let mut kill = Command::new("/bin/sh");
        kill.args(["-c", "kill -KILL \"$@\"", "sh"]).args(&pids);
        // Some may have ended by themselves meanwhile.
        let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    false
}
