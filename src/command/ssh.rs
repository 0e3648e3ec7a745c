//! `ssh`, `scp`, `sftp`: the learner's own OpenSSH, which finds simulated hosts too.
//!
//! It gets a file of settings that includes the learner's own. Where an address is one of this world's,
//! OpenSSH dials by a `ProxyCommand`, which is this program again: it asks the world what becomes of the
//! connection, and is silent where the network would be. Every other address goes out as ever.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::time::Duration;

use super::{Command, Host, Problem, refuse};
use hosts::ops::find::{FindHost, FindHostOutput};
use sim::api::Shaped as _;
use sim::{Caller, Principal};

/// Asks whether an address is one of this world's.
const KNOWN: &str = "--distlab-known";
/// Dials one.
const DIAL: &str = "--distlab-dial";

/// How long a connection that nobody answers is tried: Linux gives up after six attempts.
const CONNECT: Duration = Duration::from_secs(131);

/// `ssh`
pub(super) struct Ssh;
/// `scp`
pub(super) struct Scp;
/// `sftp`
pub(super) struct Sftp;

macro_rules! client {
    ($type:ident, $name:literal, $about:literal) => {
        impl Command for $type {
            fn name(&self) -> &'static str {
                $name
            }

            fn about(&self) -> &'static str {
                $about
            }

            fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
                match args {
                    [word, name, port] if word == KNOWN => known(host, name, port),
                    [word, name, port] if word == DIAL => dial(host, name, port),
                    _ => client($name, args, host).unwrap_or_else(|why| refuse(why, host)),
                }
            }

            fn attested(&self, _: bool) -> bool {
                true
            }

            fn read_only(&self, _: &[String]) -> bool {
                false
            }
        }
    };
}

client!(Ssh, "ssh", "Your own OpenSSH; it finds simulated machines, too.");
client!(Scp, "scp", "Your own OpenSSH's scp; it finds simulated machines, too.");
client!(Sftp, "sftp", "Your own OpenSSH's sftp; it finds simulated machines, too.");

fn find(host: &Host<'_>, name: &str, port: &str) -> Option<FindHostOutput> {
    let input = FindHost { host: name.to_owned(), port: port.parse().unwrap_or(0) };
    let caller = Caller::from(Principal::Lab);
    let answer = host.gateway.call(&caller, &FindHost::DEF, input.into_value()).ok()?;
    FindHostOutput::from_value(answer).ok()
}

fn known(host: &Host<'_>, name: &str, port: &str) -> u8 {
    u8::from(!find(host, name, port).is_some_and(|found| found.known))
}

/// Carries one connection between OpenSSH and the session.
fn dial(host: &mut Host<'_>, name: &str, port: &str) -> u8 {
    let say = |host: &mut Host<'_>, what: &str| {
        let text = format!("ssh: connect to host {name} port {port}: {what}\r\n");
        let _ = host.stderr.write_all(text.as_bytes());
        255
    };
    let Some(found) = find(host, name, port) else { return say(host, "No route to host") };
    match found.verdict.as_str() {
        "open" => {}
        "refused" => return say(host, "Connection refused"),
        _ => {
            // OpenSSH ends this when its own patience does.
            std::thread::sleep(CONNECT);
            return say(host, "Connection timed out");
        }
    }
    let place = host.gateway.place();
    let Some(door) = place.door("ssh") else {
        return say(
            host,
            "no session of the lab is open; open its shell (distlab open, distlab shell)",
        );
    };
    let Ok(stream) = TcpStream::connect(&door.address) else {
        return say(host, "the session of the lab does not answer");
    };
    carry(stream, name, port, host).map_or(255, |()| 0)
}

fn carry(
    mut stream: TcpStream,
    name: &str,
    port: &str,
    host: &mut Host<'_>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(format!("distlab-ssh {name} {port}\n").as_bytes())?;
    let mut out = stream.try_clone()?;
    // It ends with this process: nobody waits for a client that has said all.
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin();
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count) = stdin.read(&mut bytes) {
            if count == 0 || out.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = out.shutdown(std::net::Shutdown::Write);
    });
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let count = stream.read(&mut bytes)?;
        if count == 0 {
            return Ok(());
        }
        host.stdout.write_all(&bytes[..count])?;
        host.stdout.flush()?;
    }
}

/// Runs the learner's own client with the lab's settings.
fn client(name: &str, args: &[String], host: &Host<'_>) -> Result<u8, Problem> {
    let own = std::env::current_exe().and_then(std::fs::canonicalize).ok();
    let program = on_path(name, host, own.as_deref()).ok_or_else(|| {
        let why = format!("{name}: OpenSSH is not installed here, or not on PATH (its package is called openssh-client or openssh-clients)\n");
        (127, why)
    })?;
    let own = own.ok_or_else(|| (1, format!("{name}: this program's own path is not known\n")))?;
    let (theirs, args) = without_settings(args);
    let file = settings(&own, theirs.as_deref(), host)
        .map_err(|e| (1, format!("{name}: the lab's settings for SSH cannot be written: {e}\n")))?;
    let status = Process::new(program)
        .arg("-F")
        .arg(file)
        .args(args)
        .current_dir(&host.cwd)
        .envs(&host.env)
        .status()
        .map_err(|e| (126, format!("{name}: {e}\n")))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(255))
}

/// The program of that name that is not this one.
fn on_path(name: &str, host: &Host<'_>, own: Option<&Path>) -> Option<PathBuf> {
    let path = host.env.get("PATH")?;
    let files = std::env::split_paths(path).map(|folder| folder.join(name));
    let mut files = files.filter(|file| file.is_file());
    files.find(|file| std::fs::canonicalize(file).ok().as_deref() != own)
}

/// The file of settings that was named with `-F`, and the other arguments.
fn without_settings(args: &[String]) -> (Option<String>, Vec<String>) {
    let mut rest = Vec::new();
    let mut named = None;
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if word == "-F" {
            named = words.next().cloned();
        } else if let Some(file) = word.strip_prefix("-F") {
            named = Some(file.to_owned());
        } else {
            rest.push(word.clone());
        }
    }
    (named, rest)
}

/// The settings: those for simulated hosts first, since the first that says something counts.
fn text(folder: &Path, theirs: Option<&str>) -> String {
    let link = folder.join("ssh");
    let included = match theirs {
        Some(file) => format!("Include \"{file}\"\n"),
        None => "Include ~/.ssh/config\nInclude /etc/ssh/ssh_config\n".to_owned(),
    };
    format!(
        "# Written by distlab whenever ssh runs in the lab's shell.\n\
         Match final exec \"'{0}' {KNOWN} '%h' '%p'\"\n    \
         ProxyCommand '{0}' {DIAL} '%h' '%p'\n    \
         UserKnownHostsFile \"{1}\"\n    \
         CheckHostIP no\n    \
         ControlMaster no\n    \
         ControlPath none\n\
         Match all\n{included}",
        link.display(),
        folder.join("known_hosts").display(),
    )
}

fn settings(own: &Path, theirs: Option<&str>, host: &Host<'_>) -> std::io::Result<PathBuf> {
    let folder = host.env.get("DISTLAB_SSH").map(PathBuf::from);
    let folder = folder.ok_or_else(|| std::io::Error::other("DISTLAB_SSH is not set"))?;
    std::fs::create_dir_all(&folder)?;
    let link = folder.join("ssh");
    if !std::fs::read_link(&link).is_ok_and(|target| target == own) {
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(own, &link)?;
    }
    let theirs = theirs.map(|file| host.cwd.join(file).display().to_string());
    let file = folder.join("config");
    let text = text(&folder, theirs.as_deref());
    if std::fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return Ok(file);
    }
    // Another may read it at this moment.
    let fresh = folder.join(format!(".config-{}", std::process::id()));
    std::fs::write(&fresh, text)?;
    std::fs::rename(&fresh, &file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::without_settings;

    #[test]
    fn settings_that_are_named_are_included() {
        let check = |args: &[&str], file: Option<&str>, rest: &[&str]| {
            let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
            let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(without_settings(&args), (file.map(str::to_owned), rest));
        };
        check(&["-v", "host"], None, &["-v", "host"]);
        check(&["-F", "x", "host"], Some("x"), &["host"]);
        check(&["-Fx", "host"], Some("x"), &["host"]);
    }
}
