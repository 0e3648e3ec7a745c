//! Requests over one keep-alive connection, beside the peers in the same run when they are there.
//! All are sent the same signed requests.

use std::time::{Duration, Instant};

use crate::http::Http;
use crate::machine;
use crate::serve::{self, Server, beside};
use crate::sheet::{Bar, Sheet};
use crate::sign::{Ask, Signer};

/// Requests that are signed before a stretch of time is measured.
const BATCH: usize = 500;
/// How long each kind of request is sent.
const SPAN: Duration = Duration::from_secs(3);

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

pub(crate) fn s3(signer: &Signer, method: &str, path: &str, query: &str, body: &[u8]) -> Vec<u8> {
    signer.request(&Ask { service: "s3", method, path, query, kind: XML, target: "", body })
}

fn iam(signer: &Signer, body: &str) -> Vec<u8> {
    let body = body.as_bytes();
    signer.request(&Ask {
        service: "iam",
        method: "POST",
        path: "/",
        query: "",
        kind: FORM,
        target: "",
        body,
    })
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
    let pid = server.pid();
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
    let mut http = server.connect()?;
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
    let server = serve::ours(home.path());
    let mut http = prepared(&server).expect("the server takes them");
    let connect = |(name, peer)| Some((name, prepared(&peer)?, peer));
    let mut peers: Vec<_> = serve::peers().into_iter().filter_map(connect).collect();
    for kind in KINDS {
        let Some(mine) = rate(&server, &mut http, kind) else {
            let answer = String::from_utf8_lossy(http.body()).into_owned();
            sheet.absent("requests", kind.name, format!("refused: {answer}"));
            return;
        };
        let theirs: Vec<_> = peers
            .iter_mut()
            .map(|(name, http, peer)| match rate(peer, http, kind) {
                Some(rate) => (*name, Ok(rate.per_second)),
                None => (*name, Err("refuses it".to_owned())),
            })
            .collect();
        let beside = beside(mine.per_second, &theirs, "/s");
        let note = format!("signed; processor {:.0} µs each; {beside}", mine.cpu_us);
        sheet.add("requests", kind.name, mine.per_second, "/s", kind.bar, note);
    }
}
