//! Many clients at once, each with calls of several services in turn: nothing may fail, nothing that was
//! acknowledged may be lost, and memory may not grow with what was only overwritten.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::http::Http;
use crate::machine;
use crate::requests::s3;
use crate::serve::{self, Server};
use crate::sheet::{Bar, Sheet, quick};
use crate::sign::Ask;
use crate::table;

/// Clients, each with a connection of its own.
const CLIENTS: usize = 200;
/// How long they ask.
const SPAN: Duration = Duration::from_secs(30);
/// Memory is measured from here on: everything that is overwritten later exists by then.
const SETTLED: f64 = 0.4;

/// What one client did: how many calls, and the last number that each of its writes was acknowledged
/// with.
#[derive(Default)]
struct Told {
    calls: usize,
    item: Option<usize>,
    object: Option<usize>,
    parameter: Option<usize>,
}

pub(crate) fn crowd(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let server = serve::ours(home.path());
    match run(&server) {
        Ok((calls, seconds, grown)) => {
            let what = format!("{CLIENTS} connections, mixed calls");
            let note = format!("for {seconds:.0} s: no error, no lost write");
            sheet.add("crowd", what, calls as f64 / seconds, "/s", Bar::None, note);
            let what = "the same: memory at the end against 40 % of the way";
            sheet.add("crowd", what, grown, "×", Bar::AtMost(1.1), "");
        }
        Err(why) => sheet.absent("crowd", "many clients at once", why),
    }
}

/// Calls, seconds, and the growth of memory.
fn run(server: &Server) -> Result<(usize, f64, f64), String> {
    table::prepare(server)?;
    let mut http = server.connect().ok_or("it does not listen")?;
    http.ask(&s3(&server.signer, "PUT", "/crowd", "", b""))?;
    let span = if quick() { SPAN / 10 } else { SPAN };
    let (over, began) = (AtomicBool::new(false), Instant::now());
    let (told, settled, last) = std::thread::scope(|scope| {
        let over = &over;
        let all: Vec<_> =
            (0..CLIENTS).map(|n| scope.spawn(move || client(server, n, over))).collect();
        std::thread::sleep(span.mul_f64(SETTLED));
        let settled = machine::mebibytes(server.pid(), "status", "VmRSS");
        std::thread::sleep(span.mul_f64(1.0 - SETTLED));
        let last = machine::mebibytes(server.pid(), "status", "VmRSS");
        over.store(true, Ordering::Relaxed);
        let died = || Err("a client's thread died".to_owned());
        let told: Result<Vec<Told>, String> =
            all.into_iter().map(|one| one.join().unwrap_or_else(|_| died())).collect();
        (told, settled, last)
    });
    let (told, seconds) = (told?, began.elapsed().as_secs_f64());
    for (n, told) in told.iter().enumerate() {
        kept(server, &mut http, n, told)?;
    }
    Ok((told.iter().map(|told| told.calls).sum(), seconds, last / settled))
}

/// One client: writes with rising numbers to things of its own, and reads of everybody's.
fn client(server: &Server, n: usize, over: &AtomicBool) -> Result<Told, String> {
    let mut http = server.connect().ok_or("it takes no more connections")?;
    let mut told = Told::default();
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        match number % 6 {
            0 => {
                http.ask(&put_item(server, n, number))?;
                told.item = Some(number);
            }
            1 => {
                let body = number.to_string();
                http.ask(&s3(&server.signer, "PUT", &object(n), "", body.as_bytes()))?;
                told.object = Some(number);
            }
            2 => {
                http.ask(&ssm_put(server, n, number))?;
                told.parameter = Some(number);
            }
            3 => drop(http.ask(&get_item(server, n))?),
            4 => drop(http.ask(&s3(&server.signer, "GET", &object(n), "", b""))?),
            _ => drop(http.ask(&ec2(server, "Action=DescribeVpcs"))?),
        }
        told.calls += 1;
    }
    Ok(told)
}

/// What was acknowledged last is what is read.
fn kept(server: &Server, http: &mut Http, n: usize, told: &Told) -> Result<(), String> {
    let lost = |what: &str, number: usize, found: &str| {
        Err(format!("the {what} of client {n} was acknowledged as {number} and reads {found}"))
    };
    if let Some(number) = told.item {
        let found = http.ask(&get_item(server, n))?;
        if !found.contains(&format!("\"{number}\"")) {
            return lost("item", number, &found);
        }
    }
    if let Some(number) = told.object {
        let found = http.ask(&s3(&server.signer, "GET", &object(n), "", b""))?;
        if found != number.to_string() {
            return lost("object", number, &found);
        }
    }
    if let Some(number) = told.parameter {
        let found = http.ask(&ssm(server, "GetParameter", &format!("{{\"Name\": \"/c/{n}\"}}")))?;
        if !found.contains(&format!("\"{number}\"")) {
            return lost("parameter", number, &found);
        }
    }
    Ok(())
}

fn object(n: usize) -> String {
    format!("/crowd/object-{n:03}")
}

fn put_item(server: &Server, n: usize, number: usize) -> Vec<u8> {
    let body = format!(
        "{{\"TableName\": \"figures\", \"Item\": {{\"id\": {{\"S\": \"crowd-{n}\"}}, \
         \"count\": {{\"N\": \"{number}\"}}}}}}"
    );
    table::request(&server.signer, "PutItem", &body)
}

fn get_item(server: &Server, n: usize) -> Vec<u8> {
    let body =
        format!("{{\"TableName\": \"figures\", \"Key\": {{\"id\": {{\"S\": \"crowd-{n}\"}}}}}}");
    table::request(&server.signer, "GetItem", &body)
}

fn ssm_put(server: &Server, n: usize, number: usize) -> Vec<u8> {
    let body = format!(
        "{{\"Name\": \"/c/{n}\", \"Value\": \"{number}\", \"Type\": \"String\", \
         \"Overwrite\": true}}"
    );
    ssm(server, "PutParameter", &body)
}

fn ssm(server: &Server, operation: &str, body: &str) -> Vec<u8> {
    server.signer.request(&Ask {
        service: "ssm",
        method: "POST",
        path: "/",
        query: "",
        kind: "application/x-amz-json-1.1",
        target: &format!("AmazonSSM.{operation}"),
        body: body.as_bytes(),
    })
}

fn ec2(server: &Server, body: &str) -> Vec<u8> {
    server.signer.request(&Ask {
        service: "ec2",
        method: "POST",
        path: "/",
        query: "",
        kind: "application/x-www-form-urlencoded; charset=utf-8",
        target: "",
        body: format!("{body}&Version=2016-11-15").as_bytes(),
    })
}
