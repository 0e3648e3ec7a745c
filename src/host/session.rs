//! Terminals and scripts: how somebody outside uses a host.

use crate::Host;
use crate::files::Who;
use crate::process::{Kind, OpenKind, Pid, Process, State, Terminal};
use crate::shell::builtins::jobs;
use crate::shell::state::{Frame, Origin, Source};
use crate::shell::turn::Turn;
use crate::users::User;

/// The path of a fresh login.
const PATH: &str = "/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin";

/// What runs for somebody who came in without a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Remote {
    pub pid: Pid,
    /// Where its errors go, for [`Host::written`].
    pub errors: u32,
}

impl Host {
    fn terminal(&mut self, real: bool) -> u32 {
        let id = self.next_terminal;
        self.next_terminal += 1;
        self.terminals.insert(id, Terminal { real, ..Terminal::default() });
        id
    }

    /// A process that comes from the first one, for a user.
    fn start(&mut self, who: Who, cwd: &str, args: Vec<String>) -> Pid {
        let pid = self.next_pid;
        self.next_pid += 1;
        let process = Process {
            parent: 0,
            who,
            cwd: cwd.to_owned(),
            umask: 0o022,
            fds: std::collections::BTreeMap::new(),
            kind: Kind::Daemon,
            state: State::Ready,
            args,
            started: self.now,
            terminal: None,
            signals: Vec::new(),
        };
        self.processes.insert(pid, process);
        pid
    }

    fn environment(user: &User) -> crate::process::Env {
        [
            ("HOME", user.home.as_str()),
            ("LANG", "C.UTF-8"),
            ("LOGNAME", &user.name),
            ("PATH", PATH),
            ("SHELL", &user.shell),
            ("USER", &user.name),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    /// Opens a terminal with a login shell; nothing when there is no such user, or none that may log in.
    pub fn login(&mut self, name: &str) -> Option<Pid> {
        self.sit_down(name, vec!["-bash".into()])
    }

    /// Opens a terminal at which one command runs.
    pub fn login_with(&mut self, name: &str, command: &str) -> Option<Pid> {
        self.sit_down(name, vec!["bash".into(), "-c".into(), command.to_owned()])
    }

    fn sit_down(&mut self, name: &str, args: Vec<String>) -> Option<Pid> {
        let user = self.user(name).filter(|user| user.shell.ends_with("sh"))?;
        let terminal = self.terminal(true);
        let pid = self.start(self.who(&user), &user.home, args.clone());
        self.process_mut(pid).terminal = Some(terminal);
        let open = self.opened(OpenKind::Terminal(terminal), true, true);
        for fd in 0..3 {
            self.set_fd(pid, fd, open);
        }
        let mut env = Self::environment(&user);
        env.insert("TERM".into(), "xterm-256color".into());
        if self.exec(pid, &user.shell, args, env).is_err() {
            self.exit(pid, 1);
            return None;
        }
        Some(pid)
    }

    /// Starts a script as root, as an instance does with its user data; its output is kept for
    /// [`Host::shown`] unless `log` names a file that gets it.
    pub fn script(&mut self, text: &str, log: Option<&str>) -> Pid {
        let root = Who::root();
        let folder = "/var/lib/cloud/instance/scripts";
        let file = format!("{folder}/part-001");
        let _ = self.files.make_folders(&root, folder, 0o755, self.now);
        let _ = self.files.write(&root, &file, text.as_bytes().to_vec(), 0o700, self.now);
        let mut env = crate::process::Env::new();
        env.insert(
            "PATH".into(),
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into(),
        );
        env.insert("LANG".into(), "C.UTF-8".into());
        self.command("root", vec![file], env, log)
    }

    /// Runs `bash -c text` as a user, as `ssh host command` does.
    pub fn remote(&mut self, name: &str, text: &str) -> Option<Pid> {
        let user = self.user(name)?;
        let env = Self::environment(&user);
        let args = vec!["bash".into(), "-c".into(), text.into()];
        Some(self.command(name, args, env, None))
    }

    /// Runs what somebody asks for who came in without a terminal: a command, or a login shell that
    /// reads what it is to do. Nothing when there is no such user, or none that may log in.
    pub fn connect(&mut self, name: &str, command: Option<&str>) -> Option<Remote> {
        let user = self.user(name).filter(|user| user.shell.ends_with("sh"))?;
        let env = Self::environment(&user);
        let args = match command {
            Some(text) => vec!["bash".into(), "-c".into(), text.to_owned()],
            None => vec!["-bash".into()],
        };
        let pid = self.start(self.who(&user), &user.home, args.clone());
        let (terminal, errors) = (self.terminal(false), self.terminal(false));
        self.process_mut(pid).terminal = Some(terminal);
        let both = self.opened(OpenKind::Terminal(terminal), true, true);
        self.set_fd(pid, 0, both);
        self.set_fd(pid, 1, both);
        let open = self.opened(OpenKind::Terminal(errors), false, true);
        self.set_fd(pid, 2, open);
        if self.exec(pid, &user.shell, args, env).is_err() {
            self.exit(pid, 1);
        }
        Some(Remote { pid, errors })
    }

    /// Says how large a process's terminal is.
    pub fn resize(&mut self, pid: Pid, columns: u32, rows: u32) {
        let terminal = self.processes.get(&pid).and_then(|process| process.terminal);
        if let Some(terminal) = terminal.and_then(|id| self.terminals.get_mut(&id)) {
            terminal.size = (columns, rows);
        }
    }

    /// Gives a terminal's process bytes to read, as they are.
    pub fn type_bytes(&mut self, pid: Pid, bytes: &[u8]) {
        if let Some(terminal) = self.processes.get(&pid).and_then(|process| process.terminal)
            && let Some(terminal) = self.terminals.get_mut(&terminal)
        {
            terminal.typed.extend_from_slice(bytes);
        }
    }

    /// What has been written to a place of output since it was last asked.
    pub fn written(&mut self, terminal: u32) -> Vec<u8> {
        self.terminals.get_mut(&terminal).map(|t| std::mem::take(&mut t.shown)).unwrap_or_default()
    }

    /// Forgets a place of output.
    pub fn close(&mut self, terminal: u32) {
        self.terminals.remove(&terminal);
    }

    /// Ends whatever runs at a process's terminal, as a line that is cut does.
    pub fn hang_up(&mut self, pid: Pid) {
        let Some(terminal) = self.processes.get(&pid).and_then(|process| process.terminal) else {
            return;
        };
        let jobs = self.background_of(pid);
        let all: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(other, process)| process.terminal == Some(terminal) && !jobs.contains(other))
            .map(|(other, _)| *other)
            .collect();
        for other in all.into_iter().rev() {
            self.signal(other, 9);
        }
        self.forget(pid);
    }

    /// Starts a program with its output in a place of its own.
    pub fn command(
        &mut self,
        name: &str,
        args: Vec<String>,
        env: crate::process::Env,
        log: Option<&str>,
    ) -> Pid {
        let user = self.user(name);
        let who = user.as_ref().map_or_else(Who::root, |user| self.who(user));
        let cwd = user
            .map_or_else(|| "/".into(), |user| if user.uid == 0 { "/".into() } else { user.home });
        let pid = self.start(who, &cwd, args.clone());
        let terminal = self.terminal(false);
        self.process_mut(pid).terminal = Some(terminal);
        let null = self.opened(OpenKind::Null, true, false);
        self.set_fd(pid, 0, null);
        let open = match log {
            Some(path) => self.open(pid, path, crate::calls::Mode::Append).ok(),
            None => None,
        };
        let open = open.unwrap_or_else(|| self.opened(OpenKind::Terminal(terminal), false, true));
        self.set_fd(pid, 1, open);
        self.set_fd(pid, 2, open);
        let search = env.get("PATH").cloned().unwrap_or_else(|| PATH.into());
        let started =
            self.locate(pid, &args[0], &search).and_then(|file| self.exec(pid, &file, args, env));
        if let Err((text, status)) = started {
            let _ = self.write(pid, 2, format!("{text}\n").as_bytes());
            self.exit(pid, status);
        }
        pid
    }

    /// Types a line at a terminal; the terminal shows it.
    pub fn type_line(&mut self, pid: Pid, line: &str) {
        let Some(terminal) = self.processes.get(&pid).and_then(|process| process.terminal) else {
            return;
        };
        if let Some(terminal) = self.terminals.get_mut(&terminal) {
            terminal.typed.extend_from_slice(line.as_bytes());
            terminal.typed.push(b'\n');
        }
    }

    /// Ctrl-D.
    pub fn type_end(&mut self, pid: Pid) {
        if let Some(terminal) = self.processes.get(&pid).and_then(|process| process.terminal)
            && let Some(terminal) = self.terminals.get_mut(&terminal)
        {
            terminal.ended = true;
        }
    }

    /// Ctrl-C: whatever runs at the terminal is interrupted.
    pub fn interrupt(&mut self, pid: Pid) {
        let Some(terminal) = self.processes.get(&pid).and_then(|process| process.terminal) else {
            return;
        };
        if let Some(known) = self.terminals.get_mut(&terminal) {
            known.typed.clear();
            known.shown.extend_from_slice(b"^C\n");
        }
        let jobs = self.background_of(pid);
        let all: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(other, process)| process.terminal == Some(terminal) && !jobs.contains(other))
            .map(|(other, _)| *other)
            .collect();
        for other in all.into_iter().rev() {
            self.signal(other, 2);
        }
    }

    fn background_of(&self, pid: Pid) -> Vec<Pid> {
        match self.processes.get(&pid).map(|process| &process.kind) {
            Some(Kind::Shell(shell)) => {
                shell.jobs.iter().flat_map(|job| job.pids.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What has been written to a process's terminal since it was last asked.
    pub fn shown(&mut self, pid: Pid) -> Vec<u8> {
        let Some(terminal) = self.processes.get(&pid).and_then(|process| process.terminal) else {
            return Vec::new();
        };
        self.terminals.get_mut(&terminal).map(|t| std::mem::take(&mut t.shown)).unwrap_or_default()
    }

    /// How a process ended, once it has. What it left is to be fetched before this is forgotten with
    /// [`Host::forget`].
    pub fn status(&self, pid: Pid) -> Option<i32> {
        match self.processes.get(&pid).map(|process| &process.state) {
            Some(State::Ended(status)) => Some(*status),
            Some(_) => None,
            None => Some(0),
        }
    }

    /// Takes an ended process and its terminal away.
    pub fn forget(&mut self, pid: Pid) {
        if self.status(pid).is_some()
            && let Some(process) = self.processes.remove(&pid)
            && let Some(terminal) = process.terminal
        {
            self.terminals.remove(&terminal);
        }
    }

    /// The prompt, when a terminal's shell waits for a line.
    pub fn prompt(&mut self, pid: Pid) -> Option<String> {
        let process = self.processes.get(&pid)?;
        let Kind::Shell(shell) = &process.kind else { return None };
        let Some(Frame::Source(Source { origin: Origin::Input, .. })) = shell.frames.last() else {
            return None;
        };
        if !matches!(process.state, State::Input(_)) {
            return None;
        }
        let pattern = if shell.pending.is_empty() { "PS1" } else { "PS2" };
        let pattern = shell.get(pattern).unwrap_or_default().to_owned();
        if let Some(mut turn) = Turn::begin(self, pid) {
            jobs::announce(&mut turn);
            turn.end();
        }
        Some(self.spelled(pid, &pattern))
    }

    /// A prompt's escapes replaced.
    fn spelled(&self, pid: Pid, pattern: &str) -> String {
        let process = self.process(pid);
        let user = self.user_name(process.who.uid);
        let home = self.user(&user).map(|user| user.home).unwrap_or_default();
        let cwd = match process.cwd.strip_prefix(&home) {
            Some(rest) if !home.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
                format!("~{rest}")
            }
            _ => process.cwd.clone(),
        };
        let mut text = String::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            match chars.next() {
                Some('u') => text.push_str(&user),
                Some('h') => text.push_str(self.name.split('.').next().unwrap_or_default()),
                Some('H') => text.push_str(&self.name),
                Some('w') => text.push_str(&cwd),
                Some('W') if cwd == "~" => text.push('~'),
                Some('W') => text.push_str(crate::files::path::base(&cwd)),
                Some('$') => text.push(if process.who.uid == 0 { '#' } else { '$' }),
                Some('n') => text.push('\n'),
                Some('t') => text.push_str(&self.now.format("%H:%M:%S")),
                Some('s') => text.push_str("bash"),
                Some('[' | ']') => {}
                Some(other) => text.push(other),
                None => text.push('\\'),
            }
        }
        text
    }

    /// Whether a descriptor is a terminal that somebody sits at.
    pub(crate) fn is_terminal(&self, pid: Pid, fd: u32) -> bool {
        let open = self.process(pid).fds.get(&fd).and_then(|open| self.opens.get(open));
        match open.map(|open| &open.kind) {
            Some(OpenKind::Terminal(id)) => {
                self.terminals.get(id).is_some_and(|terminal| terminal.real)
            }
            _ => false,
        }
    }
}
