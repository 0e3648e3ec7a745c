//! The AWS endpoint: start to first answer, and requests over one keep-alive connection, beside
//! `moto_server` in the same run when it is there. Both are sent the same signed requests.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Http;
use crate::machine;
use crate::sheet::{Bar, Sheet, median, percentile};
use crate::sign::{Ask, Signer};

/// Starts of which the median is taken.
const STARTS: usize = 15;
const PEER_STARTS: usize = 3;
/// Requests that are signed before a stretch of time is measured.
const BATCH: usize = 500;
/// How long each kind of request is sent.
const SPAN: Duration = Duration::from_secs(3);

/// A server that runs; killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) signer: Signer,
    /// Start to first answer, in milliseconds.
    pub(crate) took: f64,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `distlab serve`, until it has answered `GET /_distlab/health`.
pub(crate) fn ours(home: &Path) -> Server {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_distlab"))
        .args(["serve", "--port", "0", "--registry-port", "0", "--json"])
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
    let word = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let host = word("endpoint").trim_start_matches("http://").to_owned();
    let mut http = Http::connect(&host).expect("it listens");
    let ask = format!("GET /_distlab/health HTTP/1.1\r\nHost: {host}\r\n\r\n");
    assert_eq!(http.send(ask.as_bytes()), Some(200));
    let took = began.elapsed().as_secs_f64() * 1e3;
    let signer =
        Signer { host, access_key_id: word("access_key_id"), secret: word("secret_access_key") };
    Server { child, signer, took }
}

/// The peer's program: `MOTO_SERVER`, or from the PATH.
fn peer_program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("MOTO_SERVER").filter(|p| !p.is_empty()) {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join("moto_server")).find(|p| p.is_file())
}

/// The peer, until it answers.
fn peer(program: &Path) -> Option<Server> {
    let free = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?;
    let host = free.to_string();
    let began = Instant::now();
    let child = Command::new(program)
        .args(["-H", "127.0.0.1", "-p", &free.port().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let signer =
        Signer { host: host.clone(), access_key_id: "AKIAPEER".into(), secret: "secret".into() };
    let mut server = Server { child, signer, took: 0.0 };
    let ask = format!("GET /moto-api/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
    while began.elapsed() < Duration::from_mins(1) && server.child.try_wait().ok()?.is_none() {
        if Http::connect(&host).and_then(|mut http| http.send(ask.as_bytes())).is_some() {
            server.took = began.elapsed().as_secs_f64() * 1e3;
            return Some(server);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    None
}

/// `serve` to first answer.
pub(crate) fn start(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let first = ours(home.path()).took;
    let (mut took, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = ours(home.path());
        took.push(server.took);
        cpu.push(machine::cpu_seconds(server.child.id()) * 1e3);
    }
    let peer = peer_program().map(|program| {
        let mut took: Vec<f64> =
            (0..PEER_STARTS).filter_map(|_| Some(peer(&program)?.took)).collect();
        median(&mut took)
    });
    let peer = peer.map_or_else(|| "no peer here".into(), |ms| format!("moto_server {ms:.0} ms"));
    let note = format!(
        "median of {STARTS}; least {:.1} ms, processor {:.0} ms; new profile {first:.0} ms; {peer}",
        percentile(&mut took, 0),
        cpu.iter().sum::<f64>() / cpu.len() as f64
    );
    sheet.add("serve", "serve to first answer", median(&mut took), "ms", Bar::AtMost(20.0), note);
}

/// A kind of request, by its number in the run.
struct Kind {
    name: &'static str,
    bar: Bar,
    make: fn(&Signer, usize) -> Vec<u8>,
}

const XML: &str = "application/xml";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// The bar is the one for journaled puts of streams and tables, which are small documents.
const JOURNALED: Bar = Bar::AtLeast(5000.0);

const KINDS: &[Kind] = &[
    Kind { name: "S3 PutObject, 1 KiB", bar: Bar::None, make: put },
    Kind { name: "S3 GetObject, 1 KiB", bar: Bar::None, make: get },
    Kind { name: "S3 PutObjectTagging (journaled)", bar: JOURNALED, make: tag },
    Kind { name: "IAM TagUser (journaled)", bar: JOURNALED, make: tag_user },
];

fn s3(signer: &Signer, method: &str, path: &str, query: &str, body: &[u8]) -> Vec<u8> {
    signer.request(&Ask { service: "s3", method, path, query, kind: XML, body })
}

fn iam(signer: &Signer, body: &str) -> Vec<u8> {
    let body = body.as_bytes();
    signer.request(&Ask { service: "iam", method: "POST", path: "/", query: "", kind: FORM, body })
}

/// Each body is another, so that none is stored already.
fn put(signer: &Signer, number: usize) -> Vec<u8> {
    let body = format!("{number:01024}");
    s3(signer, "PUT", &format!("/figures/object-{number:06}"), "", body.as_bytes())
}

fn get(signer: &Signer, number: usize) -> Vec<u8> {
    s3(signer, "GET", &format!("/figures/object-{:06}", number % BATCH), "", b"")
}

pub(crate) fn tag(signer: &Signer, number: usize) -> Vec<u8> {
    let body = format!(
        "<Tagging><TagSet><Tag><Key>turn</Key><Value>{number}</Value></Tag></TagSet></Tagging>"
    );
    let path = format!("/figures/object-{:06}", number % BATCH);
    s3(signer, "PUT", &path, "tagging=", body.as_bytes())
}

fn tag_user(signer: &Signer, number: usize) -> Vec<u8> {
    let body = format!(
        "Action=TagUser&Version=2010-05-08&UserName=ada&Tags.member.1.Key=turn\
         &Tags.member.1.Value={number}"
    );
    iam(signer, &body)
}

/// What one server did: requests per second of time, and processor time of one in microseconds.
struct Rate {
    per_second: f64,
    cpu_us: f64,
}

/// Sends requests of a kind for [`SPAN`], signed before the time that counts.
fn rate(server: &Server, http: &mut Http, kind: &Kind) -> Option<Rate> {
    let pid = server.child.id();
    let (mut sent, mut took, mut cpu) = (0, Duration::ZERO, 0.0);
    while took < SPAN {
        let batch: Vec<Vec<u8>> =
            (sent..sent + BATCH).map(|n| (kind.make)(&server.signer, n)).collect();
        let (used, began) = (machine::cpu_seconds(pid), Instant::now());
        for request in &batch {
            let status = http.send(request)?;
            if status / 100 != 2 {
                return None;
            }
            sent += 1;
            if began.elapsed() + took >= SPAN {
                break;
            }
        }
        took += began.elapsed();
        cpu += machine::cpu_seconds(pid) - used;
    }
    let sent = sent as f64;
    Some(Rate { per_second: sent / took.as_secs_f64(), cpu_us: cpu / sent * 1e6 })
}

/// A connection to a server that has the bucket, the objects and the user that are asked for.
pub(crate) fn prepared(server: &Server) -> Option<Http> {
    let mut http = Http::connect(&server.signer.host)?;
    http.send(&s3(&server.signer, "PUT", "/figures", "", b""))?;
    http.send(&iam(&server.signer, "Action=CreateUser&Version=2010-05-08&UserName=ada"))?;
    for number in 0..BATCH {
        http.send(&put(&server.signer, number))?;
    }
    Some(http)
}

/// Requests over one keep-alive connection.
pub(crate) fn requests(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let server = ours(home.path());
    let mut http = prepared(&server).expect("the server takes them");
    let other = peer_program().and_then(|program| peer(&program));
    let mut other = other.and_then(|peer| Some((prepared(&peer)?, peer)));
    for kind in KINDS {
        let Some(mine) = rate(&server, &mut http, kind) else {
            let answer = String::from_utf8_lossy(http.body()).into_owned();
            sheet.absent("requests", kind.name, format!("refused: {answer}"));
            return;
        };
        let peer = match &mut other {
            Some((http, peer)) => match rate(peer, http, kind) {
                Some(peer) => format!(
                    "moto_server {:.0} /s{}, ratio {:.1}",
                    peer.per_second,
                    if http.closes { " (it closes each connection)" } else { "" },
                    mine.per_second / peer.per_second
                ),
                None => "moto_server refuses it".into(),
            },
            None => "no peer here".into(),
        };
        let note = format!("signed; processor {:.0} µs each; {peer}", mine.cpu_us);
        sheet.add("requests", kind.name, mine.per_second, "/s", kind.bar, note);
    }
    sheet.absent("requests", "DynamoDB or Kinesis put", "these services do not exist yet");
}
