//! Who listens on a host, and what a web server of it answers.

use crate::Host;
use crate::files::{Errno, Who, path};
use crate::process::{Kind, Pid, State};
use crate::services::Active;

/// A port that somebody listens on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listener {
    pub port: u16,
    pub pid: Pid,
    /// `httpd`
    pub name: String,
    pub serves: Serves,
}

/// What is served there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Serves {
    Ssh,
    /// The files of a folder, as a user reads them.
    Files {
        folder: String,
        who: Who,
        /// As the `Server` header says it.
        server: &'static str,
    },
    /// A connection is taken, and nothing is said.
    Silence,
}

/// What a web server answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    pub status: u16,
    pub kind: &'static str,
    pub server: &'static str,
    pub body: Vec<u8>,
}

/// Types by the end of a file's name (`/etc/mime.types`).
const TYPES: [(&str, &str); 10] = [
    ("css", "text/css"),
    ("gif", "image/gif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
];

/// Who serves pages: the users that the packages make, which are neither root nor own the files.
fn server_user() -> Who {
    Who { uid: 48, gid: 48, groups: Vec::new() }
}

impl Host {
    /// Everything that listens, in the order of the ports.
    pub fn listeners(&self) -> Vec<Listener> {
        let mut all = Vec::new();
        for (name, service) in &self.services {
            let (Active::Running, Some(pid)) = (service.active, service.pid) else { continue };
            let mut add = |port, serves| {
                all.push(Listener { port, pid, name: name.clone(), serves });
            };
            match name.as_str() {
                "sshd" => add(22, Serves::Ssh),
                "httpd" => {
                    let (ports, folder) = self.apache();
                    for port in ports {
                        let server = "Apache/2.4.62 (Amazon Linux)";
                        add(
                            port,
                            Serves::Files { folder: folder.clone(), who: server_user(), server },
                        );
                    }
                }
                "nginx" => {
                    let folder = "/usr/share/nginx/html".to_owned();
                    add(80, Serves::Files { folder, who: server_user(), server: "nginx/1.26.2" });
                }
                _ => {}
            }
        }
        for (pid, process) in &self.processes {
            if matches!(process.state, State::Ended(_)) {
                continue;
            }
            let Kind::Program(program) = &process.kind else { continue };
            let Some(port) = crate::commands::listens(program) else { continue };
            let serves = if program.name == "python3" {
                Serves::Files {
                    folder: process.cwd.clone(),
                    who: process.who.clone(),
                    server: "SimpleHTTP/0.6 Python/3.9.20",
                }
            } else {
                Serves::Silence
            };
            all.push(Listener { port, pid: *pid, name: program.name.clone(), serves });
        }
        all.sort_by_key(|listener| (listener.port, listener.pid));
        all
    }

    /// Apache's ports and folder, as its file of settings says.
    fn apache(&self) -> (Vec<u16>, String) {
        let text = self.system_text("/etc/httpd/conf/httpd.conf");
        let mut ports = Vec::new();
        let mut folder = "/var/www/html".to_owned();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("Listen"), Some(value)) => {
                    ports
                        .extend(value.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()));
                }
                (Some("DocumentRoot"), Some(value)) => {
                    value.trim_matches('"').clone_into(&mut folder);
                }
                _ => {}
            }
        }
        (ports, folder)
    }

    /// Who listens on a port.
    pub fn listener(&self, port: u16) -> Option<Listener> {
        self.listeners().into_iter().find(|listener| listener.port == port)
    }

    /// What a server at a port answers for a path of HTTP; nothing when none speaks it there.
    pub fn get(&self, port: u16, target: &str) -> Option<Page> {
        let Serves::Files { folder, who, server } = self.listener(port)?.serves else {
            return None;
        };
        let target = target.split(['?', '#']).next().unwrap_or("/");
        let clean = path::join("/", target);
        let at = |name: &str| if name == "/" { folder.clone() } else { format!("{folder}{name}") };
        let mut file = at(&clean);
        let is_folder = self.files.list(&who, &file).is_ok();
        if is_folder {
            let index = format!("{}/index.html", file.trim_end_matches('/'));
            if self.files.look(&who, &index, true).is_err() && server.starts_with("SimpleHTTP") {
                return Some(self.index_of(&who, &file, target, server));
            }
            file = index;
        }
        Some(match self.files.read(&who, &file) {
            Ok(bytes) => {
                let end = file.rsplit('.').next().unwrap_or_default();
                let known = TYPES.iter().find(|(suffix, _)| *suffix == end);
                let kind = known.map_or("text/plain", |(_, kind)| *kind);
                Page { status: 200, kind, server, body: bytes.to_vec() }
            }
            // Apache shows its own page where nothing is to be shown, and says 403.
            Err(Errno::NoEntry) if is_folder => refused(403, server),
            Err(Errno::NoEntry | Errno::NotFolder) => refused(404, server),
            Err(_) => refused(403, server),
        })
    }

    fn index_of(&self, who: &Who, folder: &str, target: &str, server: &'static str) -> Page {
        let mut body = format!(
            "<!DOCTYPE HTML>\n<html>\n<head><title>Directory listing for {target}</title></head>\n\
             <body>\n<h1>Directory listing for {target}</h1>\n<hr>\n<ul>\n"
        );
        for name in self.files.list(who, folder).unwrap_or_default() {
            body.push_str(&format!("<li><a href=\"{name}\">{name}</a></li>\n"));
        }
        body.push_str("</ul>\n<hr>\n</body>\n</html>\n");
        Page { status: 200, kind: "text/html", server, body: body.into_bytes() }
    }
}

fn refused(status: u16, server: &'static str) -> Page {
    let name = if status == 404 { "Not Found" } else { "Forbidden" };
    let body = format!(
        "<html><head><title>{status} {name}</title></head><body><h1>{name}</h1></body></html>\n"
    );
    Page { status, kind: "text/html", server, body: body.into_bytes() }
}
