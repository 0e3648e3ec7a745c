//! The session's proxy over real sockets: simulated names through TLS and in plain, everything else to
//! a proxy that was there before, and who is refused.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use distlab::base::Time;
use distlab::gateway::Gateway;
use distlab::wire::proxy::{Former, Options};
use distlab::wire::tls::Authority;
use distlab::wire::{Doors, proxy};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::http::{Client, connect};
use crate::wire::{Lab, address, options};

/// `distlab:token` in base64.
const TOKEN: &str = "Proxy-Authorization: Basic ZGlzdGxhYjp0b2tlbg==\r\n";

/// A world's endpoint and proxy. Its files go when this does.
struct Rig {
    doors: Doors,
    folder: tempfile::TempDir,
}

impl Rig {
    /// With these variables in the environment.
    fn new(env: &[(&str, &str)]) -> Self {
        let env = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::open(folder.path()).expect("an authority");
        authority.publish(folder.path(), &env).expect("written");
        let former = Former::read(&env).expect("a proxy of a kind that is known");
        let lab = Lab::new(Time(0));
        let doors = Doors::new(Arc::clone(&lab) as Arc<dyn Gateway>);
        doors.wish(options(&lab, 0, true));
        doors.wish(Options { token: "token".into(), authority: Arc::new(authority), former });
        doors.settle();
        Self { doors, folder }
    }

    fn proxy(&self) -> SocketAddr {
        address(&self.doors, "proxy")
    }

    /// A tunnel to a host and port, and the status with which it was granted or not.
    fn tunnel(&self, target: &str) -> (u16, TcpStream) {
        let mut stream = connect(self.proxy());
        let head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{TOKEN}\r\n");
        stream.write_all(head.as_bytes()).expect("sent");
        let head = head_of(&mut stream);
        (head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status"), stream)
    }

    /// TLS to a simulated name, believed because of the bundle that clients are given.
    fn secure(&self, name: &str) -> Client {
        let (status, stream) = self.tunnel(&format!("{name}:443"));
        assert_eq!(status, 200, "{name}");
        let name = ServerName::try_from(name.to_owned()).expect("a name");
        let session = ClientConnection::new(Arc::new(trust(self.folder.path())), name);
        Client::over(StreamOwned::new(session.expect("a client"), stream))
    }
}

/// A client that trusts what the bundle says.
fn trust(folder: &Path) -> ClientConfig {
    let file = [folder.join("bundle.pem"), folder.join("certificate.pem")];
    let file = file.into_iter().find(|f| f.is_file()).expect("a bundle");
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).expect("readable");
    roots.add_parsable_certificates(certificates.map(|c| c.expect("a certificate")));
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A head, and not a byte more.
fn head_of(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("text")
}

/// A made-up proxy or server: it tells the heads of requests, answers `CONNECT` and then sends back what
/// it gets, and answers everything else with `upstream`.
fn made_up() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, heads) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let head = head_of(&mut stream);
            let connect = head.starts_with("CONNECT");
            let _ = sender.send(head);
            if connect {
                let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
                let mut line = String::new();
                let _ = BufReader::new(&stream).read_line(&mut line);
                let _ = stream.write_all(line.to_uppercase().as_bytes());
            } else {
                let _ = stream.write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nupstream",
                );
            }
        }
    });
    (address, heads)
}

#[test]
fn a_bucket_is_reached_under_its_own_name_through_tls() {
    let rig = Rig::new(&[]);
    let mut client = rig.secure("notes.s3.amazonaws.com");
    let host = [("Host", "notes.s3.amazonaws.com")];
    assert_eq!(client.ask("PUT /", &host, "").status, 200);
    assert_eq!(client.ask("PUT /a/b", &host, "hello").status, 200);
    let long = "0123456789".repeat(300_000);
    assert_eq!(client.ask("PUT /long", &host, &long).status, 200);
    assert!(client.ask("GET /long", &host, "").body == long, "the body came back changed");
    // The same world answers under its address, and under the name of a region.
    let plain = Client::new(address(&rig.doors, "aws")).ask("GET /notes/a/b", &[], "");
    assert_eq!((plain.status, plain.body.as_str()), (200, "hello"));
    let regional = "s3.us-east-1.amazonaws.com";
    let got = rig.secure(regional).ask("GET /notes/a/b", &[("Host", regional)], "");
    assert_eq!((got.status, got.body.as_str()), (200, "hello"));
}

#[test]
fn the_host_tells_the_service_when_nothing_else_does() {
    let rig = Rig::new(&[]);
    let check = |host: &str, line: &str, status: u16, part: &str| {
        // Without a key nothing but the host says what it is for.
        let answer = rig.secure(host).without_key().ask(line, &[("Host", host)], "");
        assert_eq!(answer.status, status, "{host}: {}", answer.body);
        assert!(answer.body.contains(part), "{host}: {}", answer.body);
    };
    check("iam.amazonaws.com", "GET /?Action=ListUsers&Version=2010-05-08", 403, "Missing");
    check("sts.amazonaws.com", "GET /?Action=Nothing&Version=2011-06-15", 400, "InvalidAction");
    check("s3.amazonaws.com", "GET /none", 404, "NoSuchBucket");
    // What is not simulated says so in the service's own protocol, and never reaches the network.
    check("lambda.eu-west-1.amazonaws.com", "POST /", 400, "UnknownOperationException");
    check("notes.s3-website-us-east-1.amazonaws.com", "GET /", 501, "NotImplemented");
    check("nothing.at.all.amazonaws.com", "POST /", 400, "UnknownOperationException");
    assert_eq!(rig.tunnel("s3.amazonaws.com:22").0, 502);
    assert_eq!(rig.tunnel("S3.AMAZONAWS.COM.:443").0, 200);
}

#[test]
fn a_whole_url_is_answered_in_plain() {
    let rig = Rig::new(&[]);
    let mut client = Client::new(rig.proxy());
    let token = TOKEN.trim_end().split_once(": ").expect("a header");
    let url = "http://notes.s3.amazonaws.com";
    let ask = |client: &mut Client, line: &str, body: &str| client.ask(line, &[token], body);
    assert_eq!(ask(&mut client, &format!("PUT {url}/"), "").status, 200);
    // The URL's host counts, and a client may wait to be told to go on.
    client.send(
        format!(
            "PUT {url}/k HTTP/1.1\r\nHost: other.example\r\nAuthorization: AWS any:key\r\n{TOKEN}\
             Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        .as_bytes(),
    );
    assert!(client.head().expect("a head").starts_with("HTTP/1.1 100 "));
    client.send(b"hi");
    assert_eq!(client.answer(false).status, 200);
    let got = ask(&mut client, &format!("GET {url}/k"), "");
    assert_eq!((got.status, got.body.as_str()), (200, "hi"));
    let head = ask(&mut client, &format!("HEAD {url}/k"), "");
    assert_eq!((head.status, head.header("content-length")), (200, Some("2")));
    assert_eq!(ask(&mut client, "GET https://notes.s3.amazonaws.com/k", "").status, 400);
}

#[test]
fn nobody_uses_it_without_its_token() {
    let rig = Rig::new(&[]);
    let check = |line: &str, headers: &[(&str, &str)], status: u16| {
        let answer = Client::anonymous(rig.proxy()).ask(line, headers, "");
        assert_eq!(answer.status, status, "{line} {headers:?}: {}", answer.body);
        let asked = answer.header("proxy-authenticate").is_some();
        assert_eq!(asked, status == 407, "{line} {headers:?}");
    };
    let url = "GET http://s3.amazonaws.com/";
    let good = ("Proxy-Authorization", "Basic ZGlzdGxhYjp0b2tlbg==");
    check(url, &[good], 403);
    check(url, &[], 407);
    check(url, &[("Proxy-Authorization", "Basic ZGlzdGxhYjp0b2tlbQ==")], 407);
    check(url, &[("Proxy-Authorization", "Bearer ZGlzdGxhYjp0b2tlbg==")], 407);
    check(url, &[("Proxy-Authorization", "Basic !")], 407);
    check(url, &[("Authorization", good.1)], 407);
    check("CONNECT s3.amazonaws.com:443", &[], 407);
    check("CONNECT s3.amazonaws.com", &[good], 400);
    // All that a web page can send.
    check("GET /", &[("Origin", "http://example.org")], 400);
    check("GET /", &[good], 400);
}

#[test]
fn everything_else_goes_where_it_went_before() {
    let (upstream, heads) = made_up();
    let former = format!("http://ada:a%40b@{upstream}");
    let rig = Rig::new(&[
        ("http_proxy", &former),
        ("HTTPS_PROXY", &former),
        ("no_proxy", "direct.invalid,.inner.invalid"),
    ]);
    let token = TOKEN.trim_end().split_once(": ").expect("a header");
    let ask = |url: &str| {
        let headers = [token, ("Connection", "x-private"), ("x-private", "1"), ("x-kept", "1")];
        Client::anonymous(rig.proxy()).ask(&format!("GET {url}"), &headers, "")
    };
    // In plain, with the former proxy's own password and without ours.
    let got = ask("http://example.invalid/a?b=c");
    assert_eq!((got.status, got.body.as_str()), (200, "upstream"));
    let head = heads.recv().expect("a head");
    assert!(head.starts_with("GET http://example.invalid/a?b=c HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("Basic YWRhOmFAYg==\r\n"), "{head}");
    let head = head.to_lowercase();
    assert!(!head.contains("zglzdgxhyjp0b2tlbg"), "{head}");
    assert!(head.contains("x-kept: 1") && !head.contains("x-private"), "{head}");
    assert!(head.contains("host: example.invalid\r\n"), "{head}");
    // By a tunnel.
    let (status, mut stream) = rig.tunnel("example.invalid:443");
    assert_eq!(status, 200);
    stream.write_all(b"whatever\n").expect("sent");
    let mut back = String::new();
    stream.read_to_string(&mut back).expect("an echo");
    assert_eq!(back, "WHATEVER\n");
    let head = heads.recv().expect("a head");
    assert!(head.starts_with("CONNECT example.invalid:443 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("Proxy-Authorization: Basic YWRhOmFAYg==\r\n"), "{head}");
    // What the learner excepted is dialled directly; these names lead nowhere.
    assert_eq!(ask("http://direct.invalid/").status, 502);
    assert_eq!(rig.tunnel("a.inner.invalid:443").0, 502);
    // This machine is never asked of another.
    let (server, seen) = made_up();
    assert_eq!(ask(&format!("http://{server}/x")).body, "upstream");
    assert!(seen.recv().expect("a head").starts_with("GET /x HTTP/1.1\r\n"));
    assert!(heads.try_recv().is_err(), "the former proxy was asked");
    // And simulated names are not the former proxy's to see.
    assert_eq!(ask("http://s3.amazonaws.com/").status, 403);
    assert!(heads.try_recv().is_err(), "a simulated name left the machine");
}

#[test]
fn a_token_is_hard_to_guess() {
    let (one, other) = (proxy::token().expect("made"), proxy::token().expect("made"));
    assert_eq!(one.len(), 32);
    assert_ne!(one, other);
}
