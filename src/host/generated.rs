//! What stands below `/proc`, made when it is looked at.

use std::fmt::Write as _;

use crate::Host;
use crate::files::{Kind, Who, path};
use crate::process::State;

/// The kernel of Amazon Linux 2023 at the time of writing.
pub const KERNEL: &str = "6.1.119-129.201.amzn2023.x86_64";

/// Files that each process has.
const OF_PROCESS: [&str; 4] = ["cmdline", "comm", "environ", "status"];

impl Host {
    /// Makes `/proc`'s folders of processes agree with the processes, when a path leads there.
    pub(crate) fn refresh(&mut self, wanted: &str) {
        let full = path::join("/", wanted);
        if full != "/proc" && !full.starts_with("/proc/") {
            return;
        }
        let root = Who::root();
        let now = self.now;
        let known = self.files.list(&root, "/proc").unwrap_or_default();
        for name in known.iter().filter(|name| name.parse::<u32>().is_ok()) {
            if !self.processes.contains_key(&name.parse().unwrap_or(0)) {
                self.files.forget_process(name);
            }
        }
        for pid in self.processes.keys().copied().collect::<Vec<_>>() {
            let folder = format!("/proc/{pid}");
            if known.contains(&pid.to_string()) {
                continue;
            }
            let who = self.process(pid).who.clone();
            let _ = self.files.make_folders(&root, &folder, 0o555, now);
            for name in OF_PROCESS {
                let kind = Kind::Generated(format!("{pid}/{name}"));
                let mode = if name == "environ" { 0o400 } else { 0o444 };
                let path = format!("{folder}/{name}");
                let _ = self.files.make(&root, &path, kind, mode, now);
                let _ = self.files.set_owner(&root, &path, Some(who.uid), Some(who.gid), false);
            }
        }
    }

    /// Bytes of memory that are used.
    pub fn memory_used(&self) -> u64 {
        // What the kernel and the services of a fresh instance take, and some for each process.
        let base = 150 * 1024 * 1024;
        (base + self.processes.len() as u64 * 3 * 1024 * 1024).min(self.shape.memory)
    }

    /// Hundredths of the load average of a minute.
    pub fn load(&self) -> u64 {
        let ready = self.processes.values().filter(|p| p.state == State::Ready).count() as u64;
        ready.saturating_sub(1) * 100
    }

    /// The text of a generated file.
    pub(crate) fn generated(&self, what: &str) -> String {
        if let Some((pid, name)) = what.split_once('/') {
            return pid.parse().map_or_else(|_| String::new(), |pid| self.of_process(pid, name));
        }
        let uptime = self.now.since(self.booted);
        match what {
            "cpuinfo" => self.cpuinfo(),
            "meminfo" => self.meminfo(),
            "loadavg" => {
                let load = self.load();
                let text = format!("{}.{:02}", load / 100, load % 100);
                format!("{text} {text} {text} 1/{} {}\n", self.processes.len() + 60, self.next_pid)
            }
            "uptime" => {
                let (secs, hundredths) = (uptime.as_secs(), uptime.subsec_millis() / 10);
                format!("{secs}.{hundredths:02} {secs}.{hundredths:02}\n")
            }
            "version" => format!(
                "Linux version {KERNEL} (mockbuild@ip-10-0-0-1) (gcc (GCC) 11.4.1 20230605 (Red Hat 11.4.1-2), \
                 GNU ld version 2.39-6.amzn2023.0.11) #1 SMP PREEMPT_DYNAMIC Tue Dec  3 21:07:35 UTC 2024\n"
            ),
            "mounts" => "/dev/xvda1 / xfs rw,seclabel,noatime,attr2,inode64,logbufs=8,logbsize=32k,sunit=1024,\
                         swidth=1024,noquota 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n\
                         tmpfs /run tmpfs rw,seclabel,nosuid,nodev,mode=755 0 0\n"
                .into(),
            "hostname" => format!("{}\n", self.name),
            _ => String::new(),
        }
    }

    fn of_process(&self, pid: u32, name: &str) -> String {
        let Some(process) = self.processes.get(&pid) else { return String::new() };
        let comm = process.args.first().map_or("", |arg| path::base(arg.trim_start_matches('-')));
        match name {
            "cmdline" => process.args.iter().map(|arg| format!("{arg}\0")).collect(),
            "comm" => format!("{comm}\n"),
            "status" => format!(
                "Name:\t{comm}\nState:\tS (sleeping)\nPid:\t{pid}\nPPid:\t{}\nUid:\t{u}\t{u}\t{u}\t{u}\n\
                 Gid:\t{g}\t{g}\t{g}\t{g}\n",
                process.parent,
                u = process.who.uid,
                g = process.who.gid
            ),
            _ => String::new(),
        }
    }

    fn cpuinfo(&self) -> String {
        let mut text = String::new();
        for core in 0..self.shape.cores {
            let _ = write!(
                text,
                "processor\t: {core}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 79\n\
                 model name\t: Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz\nstepping\t: 1\n\
                 cpu MHz\t\t: 2299.998\ncache size\t: 46080 KB\nsiblings\t: {0}\ncpu cores\t: {0}\n\
                 bogomips\t: 4599.99\n\n",
                self.shape.cores
            );
        }
        text
    }

    fn meminfo(&self) -> String {
        let total = self.shape.memory / 1024;
        let used = self.memory_used() / 1024;
        let free = total.saturating_sub(used);
        let mut text = String::new();
        for (name, kib) in [
            ("MemTotal", total),
            ("MemFree", free),
            ("MemAvailable", free),
            ("Buffers", 0),
            ("Cached", 0),
            ("SwapTotal", 0),
            ("SwapFree", 0),
        ] {
            let _ = writeln!(text, "{:<15} {kib:>8} kB", format!("{name}:"));
        }
        text
    }
}
