//! A fresh host, as an instance of Amazon Linux 2023 is after its first start.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Rng, Time};

use crate::commands;
use crate::files::{Device, Files, Kind, Who};
use crate::process::{Kind as Runs, Process, State};
use crate::services::Active;
use crate::{Host, Shape, packages};

/// Bytes of a program as `ls` shows it, where nothing else says so.
const PROGRAM_BYTES: u64 = 36_352;

/// Folders with their modes.
const FOLDERS: &[(&str, u16)] = &[
    ("/boot", 0o555),
    ("/dev", 0o755),
    ("/etc", 0o755),
    ("/etc/systemd/system", 0o755),
    ("/etc/yum.repos.d", 0o755),
    ("/home", 0o755),
    ("/media", 0o755),
    ("/mnt", 0o755),
    ("/opt", 0o755),
    ("/proc", 0o555),
    ("/root", 0o550),
    ("/run", 0o755),
    ("/srv", 0o755),
    ("/sys", 0o555),
    ("/tmp", 0o1777),
    ("/usr/bin", 0o555),
    ("/usr/lib/systemd/system", 0o755),
    ("/usr/local/bin", 0o755),
    ("/usr/local/sbin", 0o755),
    ("/usr/sbin", 0o555),
    ("/usr/share", 0o755),
    ("/var/lib/cloud/instance/scripts", 0o755),
    ("/var/log", 0o755),
    ("/var/tmp", 0o1777),
];

/// Files that do not depend on the host.
const FILES: &[(&str, u16, &str)] = &[
    (
        "/etc/os-release",
        0o644,
        "NAME=\"Amazon Linux\"\nVERSION=\"2023\"\nID=\"amzn\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"2023\"\n\
         PLATFORM_ID=\"platform:al2023\"\nPRETTY_NAME=\"Amazon Linux 2023.6.20241212\"\nANSI_COLOR=\"0;33\"\n\
         CPE_NAME=\"cpe:2.3:o:amazon:amazon_linux:2023\"\nHOME_URL=\"https://aws.amazon.com/linux/amazon-linux-2023/\"\n\
         DOCUMENTATION_URL=\"https://docs.aws.amazon.com/linux/\"\nSUPPORT_URL=\"https://aws.amazon.com/premiumsupport/\"\n\
         BUG_REPORT_URL=\"https://github.com/amazonlinux/amazon-linux-2023\"\nVENDOR_NAME=\"AWS\"\n\
         VENDOR_URL=\"https://aws.amazon.com/\"\nSUPPORT_END=\"2028-03-15\"\n",
    ),
    ("/etc/system-release", 0o644, "Amazon Linux release 2023.6.20241212 (Amazon Linux)\n"),
    (
        "/etc/passwd",
        0o644,
        "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\ndaemon:x:2:2:daemon:/sbin:/sbin/nologin\n\
         nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin\nsshd:x:74:74:Privilege-separated SSH:/usr/share/empty.sshd:/sbin/nologin\n\
         chrony:x:996:996::/var/lib/chrony:/sbin/nologin\nec2-user:x:1000:1000:EC2 Default User:/home/ec2-user:/bin/bash\n",
    ),
    (
        "/etc/group",
        0o644,
        "root:x:0:\nbin:x:1:\ndaemon:x:2:\nsys:x:3:\nadm:x:4:ec2-user\nwheel:x:10:ec2-user\nmail:x:12:\n\
         systemd-journal:x:190:ec2-user\nnobody:x:65534:\nsshd:x:74:\nchrony:x:996:\nec2-user:x:1000:\n",
    ),
    ("/etc/shadow", 0o000, "root:*LOCK*:14600::::::\nec2-user:!!:19700:0:99999:7:::\n"),
    ("/etc/shells", 0o644, "/bin/sh\n/bin/bash\n/usr/bin/sh\n/usr/bin/bash\n"),
    (
        "/etc/sudoers",
        0o440,
        "root\tALL=(ALL) \tALL\n%wheel\tALL=(ALL)\tALL\nec2-user ALL=(ALL) NOPASSWD:ALL\n",
    ),
    (
        "/etc/fstab",
        0o644,
        "#\nUUID=2a7884f1-a23b-49a0-8693-ae82c155e5af     /           xfs    defaults,noatime  1   1\n",
    ),
    ("/etc/motd", 0o644, ""),
    (
        "/etc/profile",
        0o644,
        "# System wide environment and startup programs\nexport HISTSIZE=1000\n",
    ),
    (
        "/etc/skel/.bash_profile",
        0o644,
        "# .bash_profile\n\n# Get the aliases and functions\nif [ -f ~/.bashrc ]; then\n    . ~/.bashrc\nfi\n",
    ),
    ("/etc/skel/.bashrc", 0o644, "# .bashrc\n\nalias ll='ls -l'\nalias l.='ls -d .*'\n"),
    ("/var/log/cloud-init.log", 0o640, ""),
    ("/var/log/cloud-init-output.log", 0o640, ""),
    ("/var/log/dnf.log", 0o644, ""),
];

/// Services of a fresh host: name, description, program.
const SERVICES: &[(&str, &str, &str)] = &[
    ("amazon-ssm-agent", "amazon-ssm-agent", "/usr/bin/amazon-ssm-agent"),
    ("chronyd", "NTP client/server", "/usr/sbin/chronyd"),
    ("sshd", "OpenSSH server daemon", "/usr/sbin/sshd -D"),
];

/// The unit file of a service.
pub(crate) fn unit(description: &str, command: &str) -> String {
    format!(
        "[Unit]\nDescription={description}\nAfter=network.target\n\n[Service]\nExecStart={command}\n\n\
         [Install]\nWantedBy=multi-user.target\n"
    )
}

fn tree(now: Time) -> Files {
    let root = Who::root();
    let mut files = Files::new(now);
    for (folder, mode) in FOLDERS {
        let _ = files.make_folders(&root, folder, 0o755, now);
        let _ = files.set_mode(&root, folder, *mode);
    }
    for (path, mode, text) in FILES {
        let _ = files.make_folders(&root, &crate::files::path::folder(path), 0o755, now);
        let _ = files.write(&root, path, text.as_bytes().to_vec(), *mode, now);
    }
    for (name, target) in [("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib")] {
        let _ = files.make(&root, &format!("/{name}"), Kind::Link(target.into()), 0o777, now);
    }
    for (name, device) in [
        ("null", Device::Null),
        ("zero", Device::Zero),
        ("full", Device::Full),
        ("random", Device::Random),
        ("urandom", Device::Random),
        ("tty", Device::Terminal),
    ] {
        let _ = files.make_device(&format!("/dev/{name}"), device, now);
    }
    for (name, target) in [("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        let _ = files.make(&root, &format!("/dev/{name}"), Kind::Link(target.into()), 0o777, now);
    }
    for name in ["cpuinfo", "loadavg", "meminfo", "mounts", "uptime", "version"] {
        let _ =
            files.make(&root, &format!("/proc/{name}"), Kind::Generated(name.into()), 0o444, now);
    }
    let _ = files.make_folders(&root, "/proc/sys/kernel", 0o555, now);
    let hostname = Kind::Generated("hostname".into());
    let _ = files.make(&root, "/proc/sys/kernel/hostname", hostname, 0o444, now);
    for name in commands::names().chain(["bash", "sh"]) {
        put_program(&mut files, &format!("/usr/bin/{name}"), name, now);
    }
    for (_, _, command) in SERVICES {
        let path = command.split(' ').next().unwrap_or_default();
        put_program(&mut files, path, "daemon", now);
    }
    files
}

/// Puts a program where it belongs.
pub(crate) fn put_program(files: &mut Files, path: &str, name: &str, now: Time) {
    let root = Who::root();
    let size = PROGRAM_BYTES + 4096 * path.len() as u64;
    let mode = if matches!(name, "sudo" | "su") { 0o4755 } else { 0o755 };
    let _ = files.make(&root, path, Kind::Program(name.to_owned(), size), mode, now);
}

impl Host {
    /// A host that has just started.
    #[must_use]
    pub fn new(shape: Shape, now: Time, seed: u64) -> Self {
        let mut host = Self {
            name: shape.name.clone(),
            files: tree(now),
            processes: BTreeMap::new(),
            opens: BTreeMap::new(),
            pipes: BTreeMap::new(),
            terminals: BTreeMap::new(),
            services: BTreeMap::new(),
            journal: Vec::new(),
            packages: BTreeMap::new(),
            programs: Vec::new(),
            booted: now,
            now,
            rng: Rng::labelled(seed, &shape.name),
            next_pid: 2000,
            next_open: 1,
            next_terminal: 1,
            last_turn: 0,
            busy: 0,
            wish: None,
            shape,
        };
        host.settle();
        host
    }

    fn settle(&mut self) {
        let (root, now) = (Who::root(), self.now);
        let short = self.name.split('.').next().unwrap_or_default().to_owned();
        for (path, text) in [
            ("/etc/hostname", format!("{}\n", self.name)),
            (
                "/etc/hosts",
                "127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4\n\
                 ::1         localhost6 localhost6.localdomain6\n"
                    .into(),
            ),
            ("/etc/resolv.conf", "search ec2.internal\nnameserver 10.0.0.2\n".into()),
            ("/etc/machine-id", format!("{}\n", self.rng.text(base::rng::HEX, 32))),
        ] {
            let _ = self.files.write(&root, path, text.into_bytes(), 0o644, now);
        }
        let init = Process {
            parent: 0,
            who: root.clone(),
            cwd: "/".into(),
            umask: 0o022,
            fds: BTreeMap::new(),
            kind: Runs::Daemon,
            state: State::Stopped,
            args: vec![
                "/usr/lib/systemd/systemd".into(),
                "--switched-root".into(),
                "--system".into(),
            ],
            started: now,
            terminal: None,
            signals: Vec::new(),
        };
        self.processes.insert(1, init);
        for package in packages::CATALOGUE.iter().filter(|package| package.base) {
            let installed = packages::Installed {
                version: package.version.into(),
                arch: package.arch.into(),
                from: "@System".into(),
            };
            self.packages.insert(package.name.into(), installed);
        }
        for (name, description, command) in SERVICES {
            let text = unit(description, command);
            let path = format!("/usr/lib/systemd/system/{name}.service");
            let _ = self.files.write(&root, &path, text.into_bytes(), 0o644, now);
        }
        self.reload_units();
        self.log(
            "kernel",
            None,
            &format!("Linux version {} booted on {short}", crate::generated::KERNEL),
        );
        for (name, _, _) in SERVICES {
            if let Some(service) = self.services.get_mut(*name) {
                service.enabled = true;
                service.active = Active::Inactive;
            }
            self.start_service(name);
        }
        if let Some(user) = self.user("ec2-user") {
            let who = self.who(&user);
            self.make_home(&user.home, &who);
        }
        let _ = self.files.set_mode(&root, "/root", 0o550);
        for name in [".bash_profile", ".bashrc"] {
            let text = self.system_text(&format!("/etc/skel/{name}"));
            let _ =
                self.files.write(&root, &format!("/root/{name}"), text.into_bytes(), 0o644, now);
        }
    }

    /// A user's folder, with what every new one gets.
    pub(crate) fn make_home(&mut self, home: &str, who: &Who) {
        let (root, now) = (Who::root(), self.now);
        let _ = self.files.make_folders(&root, home, 0o755, now);
        let _ = self.files.set_mode(&root, home, 0o700);
        let _ = self.files.set_owner(&root, home, Some(who.uid), Some(who.gid), true);
        for name in self.files.list(&root, "/etc/skel").unwrap_or_default() {
            let bytes = self.files.read(&root, &format!("/etc/skel/{name}")).unwrap_or_default();
            let path = format!("{home}/{name}");
            let file = Kind::File(Arc::new(bytes.to_vec()));
            let _ = self.files.make(&root, &path, file, 0o644, now);
            let _ = self.files.set_owner(&root, &path, Some(who.uid), Some(who.gid), true);
        }
    }

    /// Puts a program there that the world runs, by its path.
    pub fn add_program(&mut self, path: &str) {
        let name = crate::files::path::base(path).to_owned();
        let _ = self.files.make_folders(
            &Who::root(),
            &crate::files::path::folder(path),
            0o755,
            self.now,
        );
        put_program(&mut self.files, path, &name, self.now);
        self.programs.push(name);
    }
}
