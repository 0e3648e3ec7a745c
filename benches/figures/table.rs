//! DynamoDB's `PutItem` and `GetItem` over several connections at once, beside the peers in the
//! same run. The table and its requests are made with the wire protocol alone (JSON 1.0), so that a
//! program that does not know the service says so.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use distlab::base::text::plural;

use crate::serve::{self, Server, beside};
use crate::sheet::{Bar, Sheet, quick};
use crate::sign::{Ask, Signer};

/// Connections that ask at the same time.
const CONNECTIONS: &[usize] = &[1, 8, 64];
/// Requests that a connection has signed before the time that counts; it sends them in a circle.
const SIGNED: usize = 200;
/// How long each kind of request is sent.
const SPAN: Duration = Duration::from_secs(3);
/// A table that is not active by then will not be.
const PATIENCE: Duration = Duration::from_mins(1);

/// An operation and the bar for one connection.
const KINDS: &[(&str, Bar)] = &[("PutItem", Bar::AtLeast(5000.0)), ("GetItem", Bar::None)];

pub(crate) fn table(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let server = serve::ours(home.path());
    if let Err(why) = prepare(&server) {
        return sheet.absent("table", "DynamoDB PutItem and GetItem", why);
    }
    let prepared = |(name, peer)| (name, prepare(&peer).map(|()| peer));
    let peers: Vec<_> = serve::peers().into_iter().map(prepared).collect();
    for &(operation, bar) in KINDS {
        for &connections in CONNECTIONS {
            let what = format!("DynamoDB {operation}, {}", plural(connections, "connection"));
            let ours = match rate(&server, operation, connections) {
                Ok(ours) => ours,
                Err(why) => return sheet.absent("table", &what, why),
            };
            let theirs = |(name, peer): &(&'static str, Result<Server, String>)| {
                let peer = peer.as_ref().map_err(Clone::clone);
                (*name, peer.and_then(|peer| rate(peer, operation, connections)))
            };
            let theirs: Vec<_> = peers.iter().map(theirs).collect();
            let bar = if connections == 1 { bar } else { Bar::None };
            let note = format!("signed; {}", beside(ours, &theirs, "/s"));
            sheet.add("table", what, ours, "/s", bar, note);
        }
    }
}

pub(crate) fn request(signer: &Signer, operation: &str, body: &str) -> Vec<u8> {
    signer.request(&Ask {
        service: "dynamodb",
        method: "POST",
        path: "/",
        query: "",
        kind: "application/x-amz-json-1.0",
        target: &format!("DynamoDB_20120810.{operation}"),
        body: body.as_bytes(),
    })
}

/// A request of a connection, by its number; each connection has items of its own.
fn item(signer: &Signer, operation: &str, connection: usize, number: usize) -> Vec<u8> {
    let id = format!("\"id\": {{\"S\": \"item-{connection:02}-{number:04}\"}}");
    let body = match operation {
        "PutItem" => format!(
            "{{\"TableName\": \"figures\", \"Item\": {{{id}, \"text\": {{\"S\": \"{}\"}}, \
             \"count\": {{\"N\": \"{number}\"}}}}}}",
            "x".repeat(100)
        ),
        _ => format!("{{\"TableName\": \"figures\", \"Key\": {{{id}}}}}"),
    };
    request(signer, operation, &body)
}

/// Makes the table and waits until it takes items.
pub(crate) fn prepare(server: &Server) -> Result<(), String> {
    let mut http = server.connect().ok_or("it does not listen")?;
    let made = http.ask(&request(
        &server.signer,
        "CreateTable",
        "{\"TableName\": \"figures\", \"BillingMode\": \"PAY_PER_REQUEST\", \
             \"AttributeDefinitions\": [{\"AttributeName\": \"id\", \"AttributeType\": \"S\"}], \
             \"KeySchema\": [{\"AttributeName\": \"id\", \"KeyType\": \"HASH\"}]}",
    ));
    made.map_err(|why| format!("the program makes no table: {why}"))?;
    let began = Instant::now();
    loop {
        let describe = request(&server.signer, "DescribeTable", "{\"TableName\": \"figures\"}");
        let told: serde_json::Value =
            serde_json::from_str(&http.ask(&describe)?).map_err(|e| e.to_string())?;
        if told["Table"]["TableStatus"] == "ACTIVE" {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("the table does not become active: {told}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Requests per second of all connections together.
fn rate(server: &Server, operation: &str, connections: usize) -> Result<f64, String> {
    let span = if quick() { SPAN / 10 } else { SPAN };
    let barrier = Barrier::new(connections);
    let run = |connection: usize| -> Result<f64, String> {
        let signed: Vec<Vec<u8>> =
            (0..SIGNED).map(|number| item(&server.signer, operation, connection, number)).collect();
        let http = server.connect();
        barrier.wait();
        let mut http = http.ok_or("it takes no more connections")?;
        let (mut sent, began) = (0_usize, Instant::now());
        for request in signed.iter().cycle() {
            http.ask(request)?;
            sent += 1;
            if began.elapsed() >= span {
                break;
            }
        }
        Ok(sent as f64 / began.elapsed().as_secs_f64())
    };
    let done: Vec<Result<f64, String>> = std::thread::scope(|scope| {
        let run = &run;
        let all: Vec<_> = (0..connections).map(|n| scope.spawn(move || run(n))).collect();
        all.into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err("a connection's thread died".into())))
            .collect()
    });
    done.into_iter().sum()
}
