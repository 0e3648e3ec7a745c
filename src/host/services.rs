//! Services and the journal.

use base::Time;

use crate::Host;
use crate::files::Who;
use crate::process::{Kind, OpenKind, Pid, State};

/// How many lines the journal keeps.
const ENTRIES_MAX: usize = 20_000;

/// Restarts that are allowed one after another (systemd's `StartLimitBurst`).
const RESTARTS_MAX: u32 = 5;

/// A unit that systemd knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    pub description: String,
    /// Its file.
    pub file: String,
    pub command: String,
    pub user: String,
    pub folder: String,
    pub environment: Vec<String>,
    pub one_shot: bool,
    /// `Restart=always` or `on-failure`.
    pub restart: String,
    pub enabled: bool,
    pub active: Active,
    pub since: Time,
    pub pid: Option<Pid>,
    pub restarts: u32,
}

/// What `systemctl status` says of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Active {
    Inactive,
    Running,
    /// A unit that ran once and stands as done.
    Exited,
    Failed(i32),
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    pub at: Time,
    pub unit: String,
    /// As it stands before the number: `systemd`, `sshd`.
    pub name: String,
    pub pid: Pid,
    pub text: String,
}

impl Host {
    /// Writes a line into the journal.
    pub fn log(&mut self, unit: &str, pid: Option<Pid>, text: &str) {
        let name = match pid {
            None | Some(1) => "systemd".to_owned(),
            Some(pid) => {
                let arg = self.processes.get(&pid).and_then(|process| process.args.first());
                crate::files::path::base(arg.map_or(unit, String::as_str)).to_owned()
            }
        };
        if self.journal.len() >= ENTRIES_MAX {
            self.journal.drain(..ENTRIES_MAX / 4);
        }
        let entry = Entry {
            at: self.now,
            unit: unit.to_owned(),
            name,
            pid: pid.unwrap_or(1),
            text: text.to_owned(),
        };
        self.journal.push(entry);
    }

    /// Reads the units that stand in files and are not known yet.
    pub fn reload_units(&mut self) {
        let root = Who::root();
        for folder in ["/usr/lib/systemd/system", "/etc/systemd/system"] {
            for name in self.files.list(&root, folder).unwrap_or_default() {
                let Some(unit) = name.strip_suffix(".service") else { continue };
                let file = format!("{folder}/{name}");
                let text = self.system_text(&file);
                let value = |key: &str| {
                    let found = text
                        .lines()
                        .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
                    found.unwrap_or_default().trim().to_owned()
                };
                let old = self.services.get(unit);
                let service = Service {
                    description: value("Description"),
                    command: value("ExecStart").trim_start_matches(['-', '@']).to_owned(),
                    user: value("User"),
                    folder: value("WorkingDirectory"),
                    environment: text
                        .lines()
                        .filter_map(|line| line.trim().strip_prefix("Environment="))
                        .map(|value| value.trim_matches('"').to_owned())
                        .collect(),
                    one_shot: value("Type") == "oneshot",
                    restart: value("Restart"),
                    file,
                    enabled: old.is_some_and(|old| old.enabled),
                    active: old.map_or(Active::Inactive, |old| old.active),
                    since: old.map_or(self.now, |old| old.since),
                    pid: old.and_then(|old| old.pid),
                    restarts: 0,
                };
                self.services.insert(unit.to_owned(), service);
            }
        }
    }

    /// Starts a unit; says whether it could be.
    pub fn start_service(&mut self, name: &str) -> bool {
        let Some(service) = self.services.get(name).cloned() else { return false };
        if service.active == Active::Running {
            return true;
        }
        let unit = format!("{name}.service");
        self.log(&unit, None, &format!("Starting {unit} - {}...", service.description));
        let mut env = crate::process::Env::new();
        env.insert("PATH".into(), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin".into());
        env.insert("LANG".into(), "C.UTF-8".into());
        for pair in &service.environment {
            if let Some((name, value)) = pair.split_once('=') {
                env.insert(name.to_owned(), value.to_owned());
            }
        }
        let args: Vec<String> = service.command.split_whitespace().map(str::to_owned).collect();
        let user = if service.user.is_empty() { "root" } else { &service.user };
        let known = !args.is_empty()
            && self.user(user).is_some()
            && self.files.allows(&Who::root(), &args[0], crate::files::EXECUTE);
        let now = self.now;
        let Some(kept) = self.services.get_mut(name) else { return false };
        kept.since = now;
        if !known {
            kept.active = Active::Failed(203);
            let text = format!("{unit}: Main process exited, code=exited, status=203/EXEC");
            self.log(&unit, None, &text);
            self.log(&unit, None, &format!("{unit}: Failed with result 'exit-code'."));
            return false;
        }
        kept.active = Active::Running;
        let pid = self.command(user, args, env, None);
        let open = self.opened(OpenKind::Log { unit: unit.clone(), part: Vec::new() }, false, true);
        if self.processes.get(&pid).is_some_and(|process| !matches!(process.state, State::Ended(_)))
        {
            self.process_mut(pid).terminal = None;
            self.process_mut(pid).parent = 1;
            if !service.folder.is_empty() {
                self.process_mut(pid).cwd.clone_from(&service.folder);
            }
            self.set_fd(pid, 1, open);
            self.set_fd(pid, 2, open);
        }
        if let Some(kept) = self.services.get_mut(name) {
            kept.pid = Some(pid);
        }
        self.log(&unit, None, &format!("Started {unit} - {}.", service.description));
        true
    }

    /// Stops a unit.
    pub fn stop_service(&mut self, name: &str) {
        let now = self.now;
        let Some(service) = self.services.get_mut(name) else { return };
        let pid = service.pid.take();
        let (was, description) = (service.active, service.description.clone());
        service.active = Active::Inactive;
        service.restarts = 0;
        if was == Active::Inactive {
            return;
        }
        service.since = now;
        let unit = format!("{name}.service");
        self.log(&unit, None, &format!("Stopping {unit} - {description}..."));
        for pid in self.family(pid) {
            self.signal(pid, 9);
        }
        self.log(&unit, None, &format!("{unit}: Deactivated successfully."));
        self.log(&unit, None, &format!("Stopped {unit} - {description}."));
    }

    /// A process and all that come from it.
    fn family(&self, pid: Option<Pid>) -> Vec<Pid> {
        let mut all: Vec<Pid> = pid.into_iter().collect();
        let mut at = 0;
        while at < all.len() {
            let parent = all[at];
            all.extend(
                self.processes.iter().filter(|(_, p)| p.parent == parent).map(|(pid, _)| *pid),
            );
            at += 1;
        }
        all
    }

    /// A process ended: its unit hears of it.
    pub(crate) fn ended(&mut self, pid: Pid, status: i32) {
        let found = self.services.iter_mut().find(|(_, service)| service.pid == Some(pid));
        let Some((name, service)) = found else { return };
        service.pid = None;
        service.since = self.now;
        let (name, one_shot) = (name.clone(), service.one_shot);
        let again = match service.restart.as_str() {
            "always" => true,
            "on-failure" => status != 0,
            _ => false,
        } && service.restarts < RESTARTS_MAX;
        service.restarts += 1;
        service.active = match (status, one_shot) {
            (0, true) => Active::Exited,
            (0, false) => Active::Inactive,
            (status, _) => Active::Failed(status),
        };
        let unit = format!("{name}.service");
        if status == 0 {
            self.log(&unit, None, &format!("{unit}: Deactivated successfully."));
        } else {
            let text = if status > 128 {
                let signal = u8::try_from(status - 128).ok().and_then(crate::process::signal_name);
                format!("code=killed, status={}/{}", status - 128, signal.unwrap_or("UNKNOWN"))
            } else {
                format!(
                    "code=exited, status={status}/{}",
                    if status == 1 { "FAILURE" } else { "n/a" }
                )
            };
            self.log(&unit, None, &format!("{unit}: Main process exited, {text}"));
            let result = if status > 128 { "signal" } else { "exit-code" };
            self.log(&unit, None, &format!("{unit}: Failed with result '{result}'."));
        }
        if again {
            let count = self.services.get(&name).map_or(0, |service| service.restarts);
            self.log(
                &unit,
                None,
                &format!("{unit}: Scheduled restart job, restart counter is at {count}."),
            );
            self.start_service(&name);
        }
    }

    /// Whether somebody on this host listens on a port.
    pub fn listens(&self, port: u16) -> bool {
        self.listener(port).is_some()
    }

    /// Whether a process is a service's.
    pub fn is_daemon(&self, pid: Pid) -> bool {
        self.processes.get(&pid).is_some_and(|process| matches!(process.kind, Kind::Daemon))
    }
}
