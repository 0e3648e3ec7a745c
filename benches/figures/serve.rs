//! `distlab serve` and its peers, started and stopped; start to first answer.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Http;
use crate::machine;
use crate::sheet::{Bar, Sheet, median, percentile, times};
use crate::sign::Signer;

/// Starts of which the median is taken.
const STARTS: usize = 15;
const PEER_STARTS: usize = 3;
/// A server that runs; killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) signer: Signer,
    /// Start to first answer, in milliseconds.
    pub(crate) took: f64,
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn connect(&self) -> Option<Http> {
        Http::connect(&self.signer.host)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `distlab serve`, until it has answered `GET /_distlab/health`.
pub(crate) fn ours(home: &Path) -> Server {
    shaped(home, None)
}

/// The same, of a world that a file shapes.
pub(crate) fn shaped(home: &Path, world: Option<&Path>) -> Server {
    let began = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_distlab"));
    command.args(["serve", "--port", "0", "--registry-port", "0", "--json"]);
    if let Some(file) = world {
        command.arg("--world").arg(file);
    }
    let mut child = command
        .env("DISTLAB_HOME", home)
        .env("DISTLAB_LEARNER", "ada")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut text = String::new();
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    while !text.ends_with("}\n") && lines.read_line(&mut text).expect("readable") > 0 {}
    let told: Value = serde_json::from_str(&text).expect("JSON");
    let text_of = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let host = text_of("endpoint").trim_start_matches("http://").to_owned();
    let mut http = Http::connect(&host).expect("it listens");
    let ask = format!("GET /_distlab/health HTTP/1.1\r\nHost: {host}\r\n\r\n");
    assert_eq!(http.send(ask.as_bytes()), Some(200));
    let took = began.elapsed().as_secs_f64() * 1e3;
    let signer = Signer {
        host,
        access_key_id: text_of("access_key_id"),
        secret: text_of("secret_access_key"),
    };
    Server { child, signer, took }
}

/// Another program that answers AWS's protocols.
pub(crate) struct Peer {
    /// Its program, as it is called on the PATH.
    pub(crate) name: &'static str,
    /// The variable that names the program's file.
    named_by: &'static str,
    /// What answers as soon as anything does.
    probe: &'static str,
    /// Tells it where to listen.
    listen: fn(&mut Command, port: u16),
}

const PEERS: &[Peer] = &[
    Peer {
        name: "moto_server",
        named_by: "MOTO_SERVER",
        probe: "/moto-api/",
        listen: |command, port| {
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        },
    },
    Peer {
        name: "ministack",
        named_by: "MINISTACK",
        probe: "/_ministack/health",
        listen: |command, port| {
            command.env("GATEWAY_PORT", port.to_string());
        },
    },
];

impl Peer {
    /// Its program, where it is installed.
    fn program(&self) -> Option<PathBuf> {
        if let Some(named) = std::env::var_os(self.named_by).filter(|p| !p.is_empty()) {
            return Some(PathBuf::from(named)).filter(|p| p.is_file());
        }
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|dir| dir.join(self.name)).find(|p| p.is_file())
    }

    /// It runs, until it answers.
    fn start(&self, program: &Path) -> Option<Server> {
        let free = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?;
        let host = free.to_string();
        let began = Instant::now();
        let mut command = Command::new(program);
        (self.listen)(&mut command, free.port());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().ok()?;
        let signer = Signer {
            host: host.clone(),
            access_key_id: "AKIAPEER".into(),
            secret: "secret".into(),
        };
        let mut server = Server { child, signer, took: 0.0 };
        let ask = format!("GET {} HTTP/1.1\r\nHost: {host}\r\n\r\n", self.probe);
        while began.elapsed() < Duration::from_mins(1) && server.child.try_wait().ok()?.is_none() {
            if Http::connect(&host).and_then(|mut http| http.send(ask.as_bytes())).is_some() {
                server.took = began.elapsed().as_secs_f64() * 1e3;
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        None
    }
}

/// The peers that are installed, running.
pub(crate) fn peers() -> Vec<(&'static str, Server)> {
    let running = |peer: &Peer| Some((peer.name, peer.start(&peer.program()?)?));
    PEERS.iter().filter_map(running).collect()
}

/// What the peers read of the same kind, as it stands in a note: each a figure, or why there is none.
pub(crate) fn beside(ours: f64, peers: &[(&str, Result<f64, String>)], unit: &str) -> String {
    let one = |(name, read): &(&str, Result<f64, String>)| match read {
        Ok(peer) => format!("{name} {peer:.0} {unit}, ratio {:.2}", ours / peer),
        Err(why) => format!("{name}: {why}"),
    };
    let notes: Vec<String> = peers.iter().map(one).collect();
    if notes.is_empty() { "no peer here".into() } else { notes.join("; ") }
}

/// `serve` to first answer.
pub(crate) fn start(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let first = ours(home.path()).took;
    let (mut took, mut cpu) = (Vec::new(), Vec::new());
    let starts = times(STARTS);
    for _ in 0..starts {
        let server = ours(home.path());
        took.push(server.took);
        cpu.push(machine::cpu_seconds(server.pid()) * 1e3);
    }
    let theirs: Vec<_> = PEERS
        .iter()
        .filter_map(|peer| {
            let program = peer.program()?;
            let starts = (0..PEER_STARTS).filter_map(|_| Some(peer.start(&program)?.took));
            let mut took: Vec<f64> = starts.collect();
            let read =
                if took.is_empty() { Err("does not start".into()) } else { Ok(median(&mut took)) };
            Some((peer.name, read))
        })
        .collect();
    let middle = median(&mut took);
    let note = format!(
        "median of {starts}; least {:.1} ms, processor {:.0} ms; new profile {first:.0} ms; {}",
        percentile(&mut took, 0),
        cpu.iter().sum::<f64>() / cpu.len() as f64,
        beside(middle, &theirs, "ms")
    );
    sheet.add("serve", "serve to first answer", middle, "ms", Bar::AtMost(20.0), note);
}
