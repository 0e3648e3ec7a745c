//! Sessions: somebody logs in, types, sees what comes, and leaves.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::{hands, no_host, no_session};
use crate::sessions::{self, Wish};
use crate::state::{Kind, Session, State};
use crate::{boot, pump, sftp};

/// Bytes that one answer carries of what a session shows.
const SHOWN_MAX: usize = 64 * 1024;

sim::structure! {
    /// How large a terminal is.
    pub struct Size {
        /// Characters of a line.
        pub columns: u32 => "columns",
        /// Lines.
        pub rows: u32 => "rows",
    }
}

sim::operation! {
    /// Logs somebody in whose key was looked at.
    write OpenSession in "hosts" = "";
    input {
        /// The instance's id.
        pub instance: String => "instance",
        /// The user.
        pub user: String => "user",
        /// What is to run; a shell unless given.
        pub command: Option<String> => "command",
        /// The terminal, where there is one.
        pub terminal: Option<Size> => "terminal",
        /// Whether files are to be transferred.
        pub files: Option<bool> => "files",
    }
    output OpenSessionOutput {
        /// The session's number.
        pub session: u64 => "session",
    }
    errors ["AccessControlException", "NoSuchHost"]
    access itself
}

impl Write for OpenSession {
    type Output = OpenSessionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let wish = match (self.files, self.terminal, self.command) {
            (Some(true), _, _) => Wish::Sftp,
            (_, Some(size), Some(command)) => {
                Wish::TerminalCommand { command, columns: size.columns, rows: size.rows }
            }
            (_, Some(size), None) => Wish::Terminal { columns: size.columns, rows: size.rows },
            (_, None, command) => Wish::Remote(command),
        };
        let session = sessions::open(world, &self.instance, &self.user, wish);
        let session = session.ok_or_else(|| no_host(&self.instance))?;
        Ok(OpenSessionOutput { session })
    }
}

/// The host and the process of a session's terminal.
fn typing(world: &mut World, number: u64) -> Result<(String, u32), ApiError> {
    let session = world.get::<State>().sessions.get(&number);
    let session = session.filter(|session| session.status.is_none());
    let session = session.ok_or_else(|| no_session(number))?;
    let pid = match &session.kind {
        Kind::Terminal { pid, .. } => *pid,
        Kind::Remote(remote) => remote.pid,
        Kind::Sftp(_) => return Err(no_session(number)),
    };
    Ok((session.instance.clone(), pid))
}

/// Forgets what somebody has seen.
fn seen(world: &mut World, number: u64, output: u64, errors: u64) {
    if let Some(session) = world.get_mut::<State>().sessions.get_mut(&number) {
        session.output.seen(output);
        session.errors.seen(errors);
    }
}

sim::operation! {
    /// Types at a terminal, or sends what a command reads.
    write TypeInput in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
        /// What is typed; whole lines where there is a terminal.
        pub input: Vec<u8> => "input",
        /// Whether nothing more comes.
        pub ends: Option<bool> => "ends",
        /// As far as the output was seen.
        pub seen: u64 => "seen",
        /// As far as the errors were seen.
        pub seen_errors: u64 => "seenErrors",
    }
    output TypeInputOutput {}
    errors ["AccessControlException", "NoSuchSession"]
    access itself
}

impl Write for TypeInput {
    type Output = TypeInputOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let (id, pid) = typing(world, self.session)?;
        seen(world, self.session, self.seen, self.seen_errors);
        let typed = !self.input.is_empty() || self.ends == Some(true);
        if typed
            && let Some(Session { kind: Kind::Terminal { prompted, .. }, .. }) =
                world.get_mut::<State>().sessions.get_mut(&self.session)
        {
            *prompted = false;
        }
        if let Some(host) = boot::host(world, &id) {
            host.type_bytes(pid, &self.input);
            if self.ends == Some(true) {
                host.type_end(pid);
            }
        }
        pump::run(world, &id);
        Ok(TypeInputOutput {})
    }
}

sim::operation! {
    /// Interrupts what runs at a terminal, as Ctrl-C does.
    write Interrupt in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
    }
    output InterruptOutput {}
    errors ["AccessControlException", "NoSuchSession"]
    access itself
}

impl Write for Interrupt {
    type Output = InterruptOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let (id, pid) = typing(world, self.session)?;
        if let Some(Session { kind: Kind::Terminal { prompted, .. }, .. }) =
            world.get_mut::<State>().sessions.get_mut(&self.session)
        {
            *prompted = false;
        }
        if let Some(host) = boot::host(world, &id) {
            host.interrupt(pid);
        }
        pump::run(world, &id);
        Ok(InterruptOutput {})
    }
}

sim::operation! {
    /// Says how large a terminal is now.
    write ResizeTerminal in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
        /// How large.
        pub terminal: Size => "terminal",
    }
    output ResizeTerminalOutput {}
    errors ["AccessControlException", "NoSuchSession"]
    access itself
}

impl Write for ResizeTerminal {
    type Output = ResizeTerminalOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let (id, pid) = typing(world, self.session)?;
        if let Some(host) = boot::host(world, &id) {
            host.resize(pid, self.terminal.columns, self.terminal.rows);
        }
        Ok(ResizeTerminalOutput {})
    }
}

sim::operation! {
    /// Shows what has come since.
    read ReadSession in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
        /// From where on in the output.
        pub from: u64 => "from",
        /// From where on in the errors.
        pub from_errors: u64 => "fromErrors",
    }
    output ReadSessionOutput {
        /// The output.
        pub output: Vec<u8> => "output",
        /// The errors.
        pub errors: Vec<u8> => "errors",
        /// How it ended, once it has and all was shown.
        pub status: Option<i64> => "status",
        /// Whether a shell waits for a line at the prompt.
        pub prompted: bool => "prompted",
        /// Whether nothing will come before something is typed.
        pub idle: bool => "idle",
    }
    errors ["AccessControlException", "NoSuchSession"]
    access itself
}

impl Read for ReadSession {
    type Output = ReadSessionOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let state = world.get::<State>();
        let session = state.sessions.get(&self.session);
        let session = session.ok_or_else(|| no_session(self.session))?;
        let cut = |bytes: &[u8]| bytes[..bytes.len().min(SHOWN_MAX)].to_vec();
        let (output, errors) =
            (session.output.from(self.from), session.errors.from(self.from_errors));
        let all = output.len() <= SHOWN_MAX && errors.len() <= SHOWN_MAX;
        let prompted = matches!(session.kind, Kind::Terminal { prompted: true, .. });
        let guest = state.guests.get(&session.instance);
        let asks =
            guest.and_then(|guest| guest.host.as_ref()).is_some_and(|h| !h.asks().is_empty());
        let idle = !asks && guest.is_none_or(|guest| guest.wake.is_none());
        Ok(ReadSessionOutput {
            output: cut(output),
            errors: cut(errors),
            status: session.status.filter(|_| all).map(i64::from),
            prompted,
            idle: all && idle,
        })
    }
}

sim::operation! {
    /// Ends a session.
    write CloseSession in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
    }
    output CloseSessionOutput {}
    errors ["AccessControlException"]
    access itself
}

impl Write for CloseSession {
    type Output = CloseSessionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        sessions::close(world, self.session);
        Ok(CloseSessionOutput {})
    }
}

sim::operation! {
    /// Says what a word that is being typed may become.
    read Complete in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
        /// What stands before the cursor.
        pub line: String => "line",
    }
    output CompleteOutput {
        /// What the last word may be; folders with a slash.
        pub words: Vec<String> => "words",
    }
    errors ["AccessControlException", "NoSuchSession"]
    access itself
}

impl Read for Complete {
    type Output = CompleteOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let state = world.get::<State>();
        let session = state.sessions.get(&self.session);
        let session = session.ok_or_else(|| no_session(self.session))?;
        let Kind::Terminal { pid, .. } = session.kind else {
            return Ok(CompleteOutput::default());
        };
        let host = state.guests.get(&session.instance).and_then(|guest| guest.host.as_deref());
        Ok(CompleteOutput { words: host.map(|h| h.complete(pid, &self.line)).unwrap_or_default() })
    }
}

sim::operation! {
    /// One packet of SFTP that changes something, and its answer.
    write TransferFiles in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
        /// The packet, without its length.
        pub packet: Vec<u8> => "packet",
    }
    output TransferFilesOutput {
        /// The answer, without its length.
        pub packet: Vec<u8> => "packet",
    }
    errors ["AccessControlException", "NoSuchSession"]
    access itself
}

impl Write for TransferFiles {
    type Output = TransferFilesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let now = world.now();
        let state = world.get_mut::<State>();
        let session = state.sessions.get_mut(&self.session);
        let session = session.ok_or_else(|| no_session(self.session))?;
        let guest = state.guests.get_mut(&session.instance);
        let host = guest.and_then(|guest| guest.host.as_deref_mut());
        let (Kind::Sftp(files), Some(host)) = (&mut session.kind, host) else {
            return Err(no_session(self.session));
        };
        host.now = host.now.max(now);
        Ok(TransferFilesOutput { packet: files.answer(host, &self.packet) })
    }
}

sim::operation! {
    /// One packet of SFTP that only looks, and its answer.
    read LookAtFiles in "hosts" = "";
    input {
        /// The session's number.
        pub session: u64 => "session",
        /// The packet, without its length.
        pub packet: Vec<u8> => "packet",
    }
    output LookAtFilesOutput {
        /// The answer, without its length.
        pub packet: Vec<u8> => "packet",
    }
    errors ["AccessControlException", "NoSuchSession"]
    access itself
}

impl Read for LookAtFiles {
    type Output = LookAtFilesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let state = world.get::<State>();
        let session = state.sessions.get(&self.session);
        let session = session.ok_or_else(|| no_session(self.session))?;
        let guest = state.guests.get(&session.instance);
        let host = guest.and_then(|guest| guest.host.as_deref());
        let (Kind::Sftp(files), Some(host), true) =
            (&session.kind, host, sftp::only_looks(&self.packet))
        else {
            return Err(no_session(self.session));
        };
        Ok(LookAtFilesOutput { packet: files.look_at(host, &self.packet) })
    }
}
