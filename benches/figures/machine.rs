//! The machine and its processes, as `/proc` tells of them. On a system without it the facts are
//! "unknown" and the figures about processes are zero.

use std::fs;

/// What stands beside every reading.
pub(crate) fn facts() -> Vec<(&'static str, String)> {
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".into());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".into());
    vec![
        ("cpu", cpu),
        ("cores", cores.to_string()),
        ("kernel", kernel.trim().to_owned()),
        ("memory", memory),
    ]
}

/// The load averages, and how many tasks want to run now.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(4).collect::<Vec<_>>().join(" ")
}

/// A value of a file of `name: value` lines.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

/// A value in kibibytes of one of a process's files, as mebibytes.
pub(crate) fn mebibytes(pid: u32, file: &str, name: &str) -> f64 {
    let text = field(&format!("/proc/{pid}/{file}"), name).unwrap_or_default();
    text.trim_end_matches("kB").trim().parse::<f64>().unwrap_or(0.0) / 1024.0
}

/// How often the threads of a process gave up the processor of their own will: each is a sleep, and
/// each sleep ends with a wake-up. With the thread's name.
pub(crate) fn sleeps(pid: u32) -> Vec<(String, u64)> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    tasks
        .flatten()
        .map(|task| {
            let status = task.path().join("status").display().to_string();
            let name = field(&status, "Name").unwrap_or_default();
            let count = field(&status, "voluntary_ctxt_switches").unwrap_or_default();
            (name, count.parse().unwrap_or(0))
        })
        .collect()
}

/// Processor time a process has used, in seconds; a tick of the kernel's is 10 ms.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let rest = text.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}
