//! The AWS endpoint over real sockets: raw HTTP against a listener on a free port, with a small
//! gateway that keeps one world in memory.
//!
//! [`serve_for_peers`] is no test but the same endpoint left running, for the suites in
//! `tests/peers` when the program itself is not to be started.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use distlab::base::Time;
use distlab::gateway::{CallError, Gateway, Place};
use distlab::sim::Credential;
use distlab::sim::api::OpDef;
use distlab::sim::{Caller, Config, World};
use distlab::store::BlobStore;
use distlab::wire::Doors;
use distlab::wire::aws::{Options, wall_clock};
use distlab::wire::door::Port;
use serde_json::Value;

use crate::http::Client;

/// One world behind a lock.
pub(crate) struct Lab {
    world: Mutex<World>,
    blobs: BlobStore,
    start: Time,
    _folder: tempfile::TempDir,
}

impl Lab {
    pub(crate) fn new(start: Time) -> Arc<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blobs = BlobStore::open(folder.path()).expect("a blob store");
        let world = Mutex::new(distlab::systems::empty(Config::new(7, start)));
        Arc::new(Self { world, blobs, start, _folder: folder })
    }

    /// A panic in an operation must not lock the others out.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn reset(&self) {
        *self.world() = distlab::systems::empty(Config::new(7, self.start));
    }
}

impl Gateway for Lab {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        assert!(input["Bucket"] != "panic", "an operation that breaks");
        let at = if self.start == Time(0) { self.world().now() } else { wall_clock() };
        self.world().apply(at, caller, op, input).map_err(CallError::Api)
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        Ok(distlab::aws::iam::credential(&self.world(), access_key_id))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(distlab::aws::iam::root_credential(&self.world()))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.world().now())
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        let mut world = self.world();
        let to = world.now().plus(by);
        world.advance(to);
        Ok(world.now())
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        let world = self.world();
        let config = world.config();
        Place { account: config.account.clone(), region: config.region.clone(), doors: Vec::new() }
    }
}

/// Runs `test` against one door of a world that has what `wish` wants.
pub(crate) fn with_door(
    name: &str,
    wish: impl FnOnce(&Arc<Lab>, &Doors),
    test: impl FnOnce(SocketAddr, &Lab),
) {
    let lab = Lab::new(Time(0));
    let doors = Doors::new(Arc::clone(&lab) as Arc<dyn Gateway>);
    wish(&lab, &doors);
    doors.settle();
    test(address(&doors, name), &lab);
}

/// Where a door listens.
pub(crate) fn address(doors: &Doors, name: &str) -> SocketAddr {
    let row = doors.rows().into_iter().find(|row| row.name == name).expect("it is wanted");
    assert_eq!(row.trouble, None);
    row.address.replace("localhost", "127.0.0.1").parse().expect("an address")
}

pub(crate) fn with_endpoint(no_auth: bool, test: impl FnOnce(SocketAddr, &Lab)) {
    with_door("aws", |lab, doors| doors.wish(options(lab, 0, no_auth)), test);
}

pub(crate) fn options(lab: &Arc<Lab>, port: u16, no_auth: bool) -> Options {
    let again = Arc::clone(lab);
    let reset = move || {
        again.reset();
        Ok(())
    };
    let port = Port::of(port);
    Options { port, no_auth, reset: Some(Arc::new(reset)), ..Options::default() }
}

#[test]
fn objects_go_in_and_out_whole_and_in_part() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        let made = client.ask("PUT /notes", &[], "");
        assert_eq!((made.status, made.header("location")), (200, Some("/notes")), "{}", made.body);
        assert_eq!(made.header("server"), Some("AmazonS3"));
        assert!(made.header("x-amz-request-id").is_some_and(|id| id.len() == 16));
        let key = "PUT /notes/a%20b";
        let put =
            client.ask(key, &[("Content-Type", "text/plain"), ("x-amz-meta-n", "1")], "hello");
        let tag = "\"5d41402abc4b2a76b9719d911017c592\"";
        assert_eq!((put.status, put.header("etag")), (200, Some(tag)), "{}", put.body);
        let got = client.ask("GET /notes/a%20b", &[], "");
        assert_eq!((got.status, got.body.as_str()), (200, "hello"));
        assert_eq!(got.header("content-type"), Some("text/plain"));
        assert_eq!(got.header("x-amz-meta-n"), Some("1"));
        assert_eq!(got.header("content-length"), Some("5"));
        let part = client.ask("GET /notes/a%20b", &[("Range", "bytes=1-3")], "");
        assert_eq!((part.status, part.body.as_str()), (206, "ell"));
        assert_eq!(part.header("content-range"), Some("bytes 1-3/5"));
        let head = client.ask("HEAD /notes/a%20b", &[], "");
        assert_eq!((head.status, head.header("content-length")), (200, Some("5")));
        let same = client.ask("GET /notes/a%20b", &[("If-None-Match", tag)], "");
        assert_eq!((same.status, same.header("etag")), (304, Some(tag)));
        let gone = client.ask("GET /notes/none", &[], "");
        assert_eq!((gone.status, gone.element("Code")), (404, Some("NoSuchKey")));
        let gone = client.ask("HEAD /notes/none", &[], "");
        assert_eq!((gone.status, gone.body.as_str()), (404, ""));
        let hosted = client.ask("GET /a%20b", &[("Host", "notes.s3.amazonaws.com")], "");
        assert_eq!((hosted.status, hosted.body.as_str()), (200, "hello"));
    });
}

#[test]
fn long_bodies_stream_and_come_back_the_same() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        let numbers: Vec<String> = (0..400_000).map(|n: u32| format!("{n:07}")).collect();
        let body = numbers.join(" ");
        let put = client.ask("PUT /notes/long", &[], &body);
        assert_eq!(put.status, 200, "{}", put.body);
        let got = client.ask("GET /notes/long", &[], "");
        assert!(got.body == body, "the body came back changed");
        let part = client.ask("GET /notes/long", &[("Range", "bytes=1000000-2500000")], "");
        assert!(part.body == body[1_000_000..=2_500_000], "the part is another");
    });
}

#[test]
fn a_client_may_wait_to_be_told_to_go_on() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        client.send(
            b"PUT /notes/k HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS any:key\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
        );
        assert!(client.head().expect("a head").starts_with("HTTP/1.1 100 "));
        client.send(b"hi");
        assert_eq!(client.answer(false).status, 200);
        assert_eq!(client.ask("GET /notes/k", &[], "").body, "hi");
    });
}

#[test]
fn chunked_bodies_lose_their_framing_and_bring_checksums() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        let framed = |sum: &str| format!("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:{sum}\r\n\r\n");
        let headers = [
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("x-amz-decoded-content-length", "5"),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
            ("Content-Encoding", "aws-chunked"),
        ];
        let put = client.ask("PUT /notes/k", &headers, &framed("NhCmhg=="));
        assert_eq!((put.status, put.header("x-amz-checksum-crc32")), (200, Some("NhCmhg==")));
        let got = client.ask("GET /notes/k", &[], "");
        assert_eq!((got.body.as_str(), got.header("content-encoding")), ("hello", None));
        let bad = client.ask("PUT /notes/k", &headers, &framed("AAAAAA=="));
        assert_eq!((bad.status, bad.element("Code")), (400, Some("BadDigest")), "{}", bad.body);
        let short = client.ask("PUT /notes/k", &headers, "3\r\nhel\r\n0\r\nx-amz-a:b\r\n\r\n");
        assert_eq!(short.element("Code"), Some("IncompleteBody"), "{}", short.body);
        assert_eq!(client.ask("GET /notes/k", &[], "").body, "hello");
    });
}

#[test]
fn documents_are_held_to_their_checksums() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        let xml = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        let put = client.ask("PUT /notes?versioning", &[], xml);
        assert_eq!(put.status, 200, "{}", put.body);
        let got = client.ask("GET /notes?versioning", &[], "");
        assert_eq!(got.element("Status"), Some("Enabled"), "{}", got.body);
        let check = |client: &mut Client, headers: &[(&str, &str)], body: &str, code: &str| {
            let refused = client.ask("PUT /notes?versioning", headers, body);
            assert_eq!((refused.status, refused.element("Code")), (400, Some(code)));
        };
        check(&mut client, &[("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==")], xml, "BadDigest");
        check(&mut client, &[("Content-MD5", "x")], xml, "InvalidDigest");
        check(&mut client, &[("x-amz-checksum-crc32", "NhCmhg==")], xml, "BadDigest");
        check(&mut client, &[], "<Versioning", "MalformedXML");
    });
}

#[test]
fn a_page_of_another_origin_may_do_what_the_bucket_says() {
    let rules = "<CORSConfiguration><CORSRule><AllowedOrigin>http://*.example</AllowedOrigin>\
                 <AllowedMethod>GET</AllowedMethod><AllowedHeader>x-*</AllowedHeader>\
                 <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>30</MaxAgeSeconds></CORSRule>\
                 </CORSConfiguration>";
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        assert_eq!(client.ask("PUT /notes", &[], "").status, 200);
        // Nobody signs this.
        let ask = |method: &str| {
            let page = [
                ("Origin", "http://a.example"),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", "x-one"),
            ];
            Client::new(addr).ask("OPTIONS /notes/k", &page, "")
        };
        let refused = ask("GET");
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("CORS is not enabled for this bucket."), "{}", refused.body);
        let sum = [("Content-MD5", "gd6Cffth/Nea0466Yq3EGQ==")];
        let put = client.ask("PUT /notes?cors", &sum, rules);
        assert_eq!(put.status, 200, "{}", put.body);
        let allowed = ask("GET");
        assert_eq!(allowed.status, 200, "{}", allowed.body);
        let origin = Some("http://a.example");
        assert_eq!(allowed.header("access-control-allow-origin"), origin);
        assert_eq!(allowed.header("access-control-allow-methods"), Some("GET"));
        assert_eq!(allowed.header("access-control-allow-headers"), Some("x-one"));
        assert_eq!(allowed.header("access-control-max-age"), Some("30"));
        let refused = ask("PUT");
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("This CORS request is not allowed."), "{}", refused.body);
        // An answer to the page itself carries them too, a refusal included.
        let mut get = |from| client.ask("GET /notes/k", &[("Origin", from)], "");
        let got = get("http://a.example");
        assert_eq!((got.status, got.header("access-control-allow-origin")), (404, origin));
        assert_eq!(got.header("access-control-expose-headers"), Some("ETag"));
        assert_eq!(get("http://elsewhere").header("access-control-allow-origin"), None);
    });
}

#[test]
fn a_bucket_elsewhere_is_pointed_to() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        let mut ask = |line: &str, region: &str, host: &str, body: &str| {
            let key = format!(
                "AWS4-HMAC-SHA256 Credential=any/20261122/{region}/s3/aws4_request, \
                 SignedHeaders=host, Signature=00"
            );
            client.ask(line, &[("Authorization", &key), ("Host", host)], body)
        };
        let there = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                     </CreateBucketConfiguration>";
        assert_eq!(ask("PUT /notes", "us-east-1", "localhost", there).status, 200);
        let moved = ask("PUT /notes/k", "us-east-1", "localhost", "hello");
        assert_eq!((moved.status, moved.element("Code")), (301, Some("PermanentRedirect")));
        assert_eq!(moved.element("Endpoint"), Some("notes.s3.eu-west-1.amazonaws.com"));
        assert_eq!(moved.header("x-amz-bucket-region"), Some("eu-west-1"));
        let head = ask("HEAD /notes", "us-east-1", "localhost", "");
        assert_eq!((head.status, head.header("x-amz-bucket-region")), (301, Some("eu-west-1")));
        assert_eq!(ask("PUT /notes/k", "eu-west-1", "localhost", "hello").status, 200);
        let wrong = ask("GET /k", "us-east-1", "notes.s3.amazonaws.com", "");
        assert_eq!((wrong.status, wrong.element("Region")), (400, Some("eu-west-1")));
        assert_eq!(wrong.element("Code"), Some("AuthorizationHeaderMalformed"));
        assert_eq!(ask("GET /notes?location", "us-east-1", "localhost", "").status, 200);
        // Who signs for no region finds every bucket.
        assert_eq!(Client::new(addr).ask("GET /notes/k", &[], "").body, "hello");
    });
}

#[test]
fn what_is_not_here_is_named_in_its_own_protocol() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let mut target = |name: &str| client.ask("POST /", &[("X-Amz-Target", name)], "{}");
        let stream = target("Kinesis_20131202.PutRecord");
        assert_eq!(stream.status, 400);
        assert!(stream.body.contains("UnknownOperationException"), "{}", stream.body);
        assert!(stream.body.contains("Kinesis_20131202 is not simulated"), "{}", stream.body);
        let table = target("DynamoDB_20120810.ExecuteStatement");
        assert_eq!(table.status, 400);
        assert!(table.body.contains("UnknownOperationException"), "{}", table.body);
        let action = "Action=Frobnicate&Version=2010-05-08";
        let unknown = client.ask("POST /", &[form], action);
        assert_eq!((unknown.status, unknown.element("Code")), (400, Some("InvalidAction")));
        let message = "Could not find operation Frobnicate for version 2010-05-08";
        assert_eq!(unknown.element("Message"), Some(message));
        let part = client.ask("PUT /notes?replication", &[], "");
        assert_eq!((part.status, part.element("Code")), (501, Some("NotImplemented")));
        let odd = client.ask("PATCH /notes", &[], "");
        assert_eq!((odd.status, odd.element("ResourceType")), (405, Some("BUCKET")));
        let who = client.ask("POST /", &[form], "Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(who.element("Arn"), Some("arn:aws:iam::123456789012:root"), "{}", who.body);
        assert_eq!(who.header("content-type"), Some("text/xml"));
    });
}

#[test]
fn strangers_are_told_so() {
    with_endpoint(false, |addr, _| {
        let mut client = Client::anonymous(addr);
        let anonymous = client.ask("GET /", &[], "");
        assert_eq!((anonymous.status, anonymous.element("Code")), (403, Some("AccessDenied")));
        let date = wall_clock().format("%Y%m%dT%H%M%SZ");
        let key = format!(
            "AWS4-HMAC-SHA256 Credential=AKIANOBODY/{}/us-east-1/s3/aws4_request, \
             SignedHeaders=host, Signature=00",
            &date[..8]
        );
        let headers = [
            ("x-amz-date", date.as_str()),
            ("Authorization", key.as_str()),
            ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ];
        let stranger = client.ask("GET /", &headers, "");
        assert_eq!(stranger.element("Code"), Some("InvalidAccessKeyId"), "{}", stranger.body);
        assert_eq!(stranger.element("AWSAccessKeyId"), Some("AKIANOBODY"));
        // The body of a refused request does not spoil the connection.
        let refused = client.ask("PUT /notes/k", &headers, &"x".repeat(200_000));
        assert_eq!(refused.status, 403);
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let unsigned = client.ask("POST /", &[form], "Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(unsigned.element("Code"), Some("MissingAuthenticationToken"));
    });
}

#[test]
fn a_broken_operation_is_a_500_and_the_connection_lives_on() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        let broken = client.ask("PUT /panic", &[], "");
        assert_eq!((broken.status, broken.element("Code")), (500, Some("InternalError")));
        assert_eq!(client.ask("PUT /notes", &[], "").status, 200);
    });
}

#[test]
fn health_and_reset_are_for_this_machine_and_not_for_web_pages() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        let health = client.ask("GET /_distlab/health", &[], "");
        let value: Value = serde_json::from_str(&health.body).expect("json");
        assert_eq!((health.status, &value["status"]), (200, &Value::from("running")));
        assert!(value["services"].as_array().is_some_and(|s| s.contains(&"s3".into())));
        client.ask("PUT /notes", &[], "");
        let page = [("Origin", "http://example.org")];
        assert_eq!(client.ask("POST /_distlab/reset", &page, "").status, 403);
        let rebound = [("Host", "example.org")];
        assert_eq!(client.ask("POST /_distlab/reset", &rebound, "").status, 403);
        assert_eq!(client.ask("HEAD /notes", &[], "").status, 200);
        // A page has no key, and without one a request is anonymous.
        assert_eq!(Client::anonymous(addr).ask("GET /", &page, "").status, 403);
        assert_eq!(client.ask("POST /_distlab/reset", &[], "").status, 200);
        assert_eq!(client.ask("HEAD /notes", &[], "").status, 404);
    });
}

#[test]
fn limits_hold() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        let huge = "PUT /notes/k HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS any:key\r\nContent-Length: 6000000000\r\n\
                    Expect: 100-continue\r\n\r\n";
        client.send(huge.as_bytes());
        let refused = client.answer(false);
        assert_eq!(refused.element("Code"), Some("EntityTooLarge"), "{}", refused.body);
        let mut client = Client::new(addr);
        let document = "x".repeat(5 << 20);
        let refused = client.ask("PUT /notes?policy", &[], &document);
        assert_eq!(refused.status, 400);
        let mut client = Client::new(addr);
        client.send(
            b"PUT /notes/k HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS any:key\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        );
        assert_eq!(client.answer(false).element("Code"), Some("MissingContentLength"));
    });
}

/// Serves until its input ends: `DISTLAB_PEER_PORT=4566 cargo test --test it serve_for_peers --
/// --ignored --nocapture`. The first lines of its output are what `distlab serve` prints.
#[test]
#[ignore = "it is an endpoint for other programs, and runs until its input ends"]
fn serve_for_peers() {
    let port = std::env::var("DISTLAB_PEER_PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(0);
    let lab = Lab::new(wall_clock());
    let doors = Doors::new(Arc::clone(&lab) as Arc<dyn Gateway>);
    doors.wish(options(&lab, port, false));
    doors.settle();
    let root = lab.root_credential().expect("a root user");
    let mut out = std::io::stderr();
    writeln!(out, "AWS_ENDPOINT_URL=http://{}", address(&doors, "aws")).expect("told");
    writeln!(out, "AWS_ACCESS_KEY_ID={}", root.access_key_id).expect("told");
    writeln!(out, "AWS_SECRET_ACCESS_KEY={}", root.secret_access_key).expect("told");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
