//! Programs that listen or connect (`python3 -m http.server`, `nc`, `ss`), and those about the host's
//! power.

use std::time::Duration;

use super::{Call, Ran, Wait, options};
use crate::outside::{Answer, Ask, Failure};
use crate::power::Wish;
use crate::process::Program;

/// The port of `python3 -m http.server` unless another is named.
const PYTHON_PORT: u16 = 8000;

/// How long a connection that nobody answers is waited for.
const CONNECT: Duration = Duration::from_secs(131);

/// Ports below are root's.
const FIRST_FREE_PORT: u16 = 1024;

/// The port that a program listens on, while it runs.
pub(crate) fn listens(program: &Program) -> Option<u16> {
    let words: Vec<&str> = program.args.iter().skip(1).map(String::as_str).collect();
    match program.name.as_str() {
        "python3" => python_port(&words).ok(),
        "nc" => match nc(&words)? {
            Nc::Listen(port) => Some(port),
            Nc::Connect { .. } => None,
        },
        _ => None,
    }
}

fn python_port(words: &[&str]) -> Result<u16, String> {
    let rest = match words {
        ["-m", "http.server", rest @ ..] => rest,
        ["-u", "-m", "http.server", rest @ ..] => rest,
        _ => return Err("only python3 -m http.server [PORT] is simulated here".into()),
    };
    match rest.first() {
        None => Ok(PYTHON_PORT),
        Some(word) => {
            word.parse().map_err(|_| format!("argument port: invalid int value: '{word}'"))
        }
    }
}

pub(super) fn python3(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    if matches!(words.as_slice(), ["-V" | "--version"]) {
        call.line("Python 3.9.20");
        return Ok(0);
    }
    let port = match python_port(&words) {
        Ok(port) => port,
        Err(why) => {
            call.complain(why);
            return Ok(2);
        }
    };
    if let Some(why) = taken(call, port) {
        call.err(why);
        return Ok(1);
    }
    call.line(format!("Serving HTTP on 0.0.0.0 port {port} (http://0.0.0.0:{port}/) ..."));
    Err(Wait::Forever)
}

/// Why this program cannot listen on a port.
fn taken(call: &Call<'_>, port: u16) -> Option<String> {
    if port < FIRST_FREE_PORT && call.who().uid != 0 {
        return Some("PermissionError: [Errno 13] Permission denied".into());
    }
    let other = call.host.listener(port)?;
    (other.pid != call.pid).then(|| "OSError: [Errno 98] Address already in use".into())
}

enum Nc {
    Listen(u16),
    Connect { host: String, port: u16, says: bool, limit: Option<Duration> },
}

fn nc(words: &[&str]) -> Option<Nc> {
    let (mut listen, mut says, mut limit, mut rest) = (false, false, None, Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-w" => limit = words.next()?.parse().ok().map(Duration::from_secs),
            "-p" => rest.push(*words.next()?),
            letters if letters.starts_with('-') && letters.len() > 1 => {
                for letter in letters[1..].chars() {
                    match letter {
                        'l' => listen = true,
                        'v' => says = true,
                        'z' | 'k' | 'n' | '4' => {}
                        _ => return None,
                    }
                }
            }
            word => rest.push(word),
        }
    }
    match (listen, rest.as_slice()) {
        (true, [.., port]) => Some(Nc::Listen(port.parse().ok()?)),
        (false, [host, port]) => {
            Some(Nc::Connect { host: (*host).to_owned(), port: port.parse().ok()?, says, limit })
        }
        _ => None,
    }
}

pub(super) fn netcat(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let (host, port, says, limit) = match nc(&words) {
        None => {
            call.err("Ncat: You must specify a host and a port (nc -zv HOST PORT), or nc -l PORT.");
            return Ok(2);
        }
        Some(Nc::Listen(port)) => {
            if let Some(why) = taken(call, port) {
                let why = why.rsplit("] ").next().unwrap_or_default().to_owned();
                call.err(format!("Ncat: bind to 0.0.0.0:{port}: {why}. QUITTING."));
                return Ok(2);
            }
            return Err(Wait::Forever);
        }
        Some(Nc::Connect { host, port, says, limit }) => (host, port, says, limit),
    };
    match call.ask(Ask::Connect { host: host.clone(), port })? {
        Answer::Connected { address } => {
            if says {
                call.err("Ncat: Version 7.93 ( https://nmap.org/ncat )");
                call.err(format!("Ncat: Connected to {address}:{port}."));
                call.err("Ncat: 0 bytes sent, 0 bytes received in 0.01 seconds.");
            }
            Ok(0)
        }
        Answer::Failed(Failure::Refused) => {
            call.err("Ncat: Connection refused.");
            Ok(1)
        }
        Answer::Failed(Failure::UnknownHost) => {
            call.err(format!(
                "Ncat: Could not resolve hostname \"{host}\": Name or service not known. QUITTING."
            ));
            Ok(2)
        }
        Answer::Failed(Failure::NoRoute) => {
            call.err("Ncat: No route to host.");
            Ok(1)
        }
        _ => {
            call.sleep(limit.unwrap_or(CONNECT))?;
            call.err("Ncat: TIMEOUT.");
            Ok(1)
        }
    }
}

/// `ss -ltn`: who listens.
pub(super) fn ss(call: &mut Call<'_>) -> Ran {
    let given = match options(call, "l t n p a u listening tcp numeric processes", "", 255) {
        Ok(given) => given,
        Err(status) => return Ok(status),
    };
    let names = given.has("p|processes") && call.who().uid == 0;
    call.line("State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess");
    for listener in call.host.listeners() {
        let local = format!("0.0.0.0:{}", listener.port);
        let process = if names {
            format!(" users:((\"{}\",pid={},fd=3))", listener.name, listener.pid)
        } else {
            String::new()
        };
        call.line(format!("LISTEN 0      128    {local:>18} {:>16}{process}", "0.0.0.0:*"));
    }
    Ok(0)
}

/// `reboot`, `poweroff`, `halt`, `shutdown`.
pub(super) fn power(call: &mut Call<'_>) -> Ran {
    let (name, args) = (super::base(&call.name()).to_owned(), call.args());
    if call.who().uid != 0 {
        let what = if name == "reboot" { "reboot" } else { "power off" };
        call.err("Failed to set wall message, ignoring: Interactive authentication required.");
        call.err(format!(
            "Failed to {what} system via logind: Interactive authentication required."
        ));
        return Ok(1);
    }
    let again = name == "reboot" || args.iter().any(|arg| arg == "-r" || arg == "--reboot");
    if name == "shutdown" {
        let when = args.iter().find(|arg| !arg.starts_with('-'));
        let minutes = match when.map(|word| word.trim_start_matches('+')) {
            None => 1,
            Some("now" | "0") => 0,
            Some(text) => match text.parse::<u64>() {
                Ok(minutes) => minutes,
                Err(_) => {
                    call.err(format!("Failed to parse time specification: {text}"));
                    return Ok(1);
                }
            },
        };
        if minutes > 0 {
            call.sleep(Duration::from_secs(60 * minutes))?;
        }
    }
    call.host.wish(if again { Wish::Again } else { Wish::Off });
    Ok(0)
}

/// `tput cols`, `tput lines`, `stty size`: how large the terminal is.
pub(super) fn size(call: &mut Call<'_>) -> Ran {
    let (name, args) = (super::base(&call.name()).to_owned(), call.args());
    let terminal = call.host.process(call.pid).terminal;
    let known = terminal.and_then(|id| call.host.terminals.get(&id)).filter(|t| t.real);
    let (columns, rows) = known.map(|t| t.size).filter(|size| size.0 > 0).unwrap_or((80, 24));
    let is_terminal = known.is_some();
    match (name.as_str(), args.first().map(String::as_str)) {
        ("tput", Some("cols")) => call.line(columns.to_string()),
        ("tput", Some("lines")) => call.line(rows.to_string()),
        ("stty", _) if !is_terminal => {
            call.complain("'standard input': Inappropriate ioctl for device");
            return Ok(1);
        }
        ("stty", Some("size")) => call.line(format!("{rows} {columns}")),
        (_, other) => {
            let other = other.unwrap_or_default().to_owned();
            call.complain(format!("'{other}' is not simulated here"));
            return Ok(1);
        }
    }
    Ok(0)
}
