//! Who is logged in at a host, and what they see.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use host::Host;
use host::files::Who;
use sim::World;

use crate::boot;
use crate::sftp::Sftp;
use crate::state::{Kept, Kind, Session, State};

/// What somebody wants who logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// A shell at a terminal.
    Terminal {
        columns: u32,
        rows: u32,
    },
    /// A command at a terminal (`ssh -t`).
    TerminalCommand {
        command: String,
        columns: u32,
        rows: u32,
    },
    /// A command, or a shell that reads from a pipe.
    Remote(Option<String>),
    Sftp,
}

/// Whether a key opens a user's door: as sshd looks, which believes no files that others may write.
pub(crate) fn opens(host: &Host, user: &str, key: &[u8]) -> bool {
    let Some(user) = host.user(user).filter(|user| user.shell.ends_with("sh")) else {
        return false;
    };
    let root = Who::root();
    let folder = format!("{}/.ssh", user.home);
    let file = format!("{folder}/authorized_keys");
    let safe = [user.home.as_str(), &folder, &file].into_iter().all(|path| {
        let node = host.files.look(&root, path, true);
        node.is_ok_and(|node| (node.uid == user.uid || node.uid == 0) && node.mode & 0o022 == 0)
    });
    let Ok(bytes) = host.files.read(&root, &file) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    safe && lines.any(|line| is_key(line, key))
}

/// Whether a line of `authorized_keys` is about a key.
pub(crate) fn is_key(line: &str, key: &[u8]) -> bool {
    line.split_whitespace().any(|word| STANDARD.decode(word).is_ok_and(|blob| blob == key))
}

/// Logs somebody in; the number of what he got. Nothing when he may not.
pub(crate) fn open(world: &mut World, id: &str, user: &str, wish: Wish) -> Option<u64> {
    world.get::<State>().guests.get(id)?.up()?;
    let host = boot::host(world, id)?;
    let kind = match wish {
        Wish::Terminal { columns, rows } => {
            let pid = host.login(user)?;
            host.resize(pid, columns, rows);
            Kind::Terminal { pid, prompted: false }
        }
        Wish::TerminalCommand { command, columns, rows } => {
            let pid = host.login_with(user, &command)?;
            host.resize(pid, columns, rows);
            Kind::Terminal { pid, prompted: false }
        }
        Wish::Remote(command) => Kind::Remote(host.connect(user, command.as_deref())?),
        Wish::Sftp => {
            let known = host.user(user)?;
            Kind::Sftp(Box::new(Sftp::new(host.who(&known), known.home)))
        }
    };
    let unit = "sshd.service";
    host.log(unit, None, &format!("pam_unix(sshd:session): session opened for user {user}"));
    let state = world.get_mut::<State>();
    let number = state.next_session;
    state.next_session += 1;
    if let Some(guest) = state.guests.get_mut(id) {
        guest.logins += 1;
    }
    let session = Session {
        instance: id.to_owned(),
        user: user.to_owned(),
        kind,
        output: Kept::default(),
        errors: Kept::default(),
        status: None,
    };
    state.sessions.insert(number, session);
    crate::pump::run(world, id);
    Some(number)
}

/// Takes a session away; what runs at its terminal ends.
pub(crate) fn close(world: &mut World, number: u64) {
    let state = world.get_mut::<State>();
    let Some(session) = state.sessions.remove(&number) else { return };
    let id = session.instance;
    if let Some(host) = state.guests.get_mut(&id).and_then(|guest| guest.host.as_deref_mut()) {
        match session.kind {
            Kind::Terminal { pid, .. } if session.status.is_none() => host.hang_up(pid),
            Kind::Remote(remote) if session.status.is_none() => {
                host.hang_up(remote.pid);
                host.close(remote.errors);
            }
            _ => {}
        }
        let text = format!("pam_unix(sshd:session): session closed for user {}", session.user);
        host.log("sshd.service", None, &text);
    }
    crate::pump::run(world, &id);
}

/// Cuts all sessions of a host that has no power any more.
pub(crate) fn cut(state: &mut State, id: &str) {
    state.sessions.retain(|_, session| session.instance != id);
}
