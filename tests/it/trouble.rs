//! What goes wrong with an engine while a learner works: it stops in the middle of a step, an image
//! cannot be had, a port is taken, a disk is full. Each is said in one clear sentence, and the lab
//! goes on after the mend.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use distlab::docker::{Engine, block_on, images};

use crate::support::{Home, Ran};

/// A lab whose one step wants a container on the real engine.
const LAB: &str = r#"+++
format = 1
id = "trouble"
title = "One container"
track = "containers"
minutes = 5
needs = ["docker"]
+++
# One container

Which container is there?

## Make it {#make points=1 minutes=5}

Make a container called BOX.

```toml check
[[expect]]
run  = "docker container ls --all --filter name=BOX --format {{.Names}}"
is   = "BOX"
else = "There is none called BOX yet."
```
```sh solve
docker container create --name BOX alpine true
```
"#;

/// The engine's socket, or `None` when there is no engine and none is required.
fn engine_socket() -> Option<PathBuf> {
    let host = std::env::var("DOCKER_HOST").ok();
    match block_on(Engine::connect(host.as_deref())) {
        Ok(engine) => {
            block_on(images::ensure(&engine, "alpine", &mut |_| {})).expect("an image");
            Some(engine.host().strip_prefix("unix://").expect("a socket").into())
        }
        Err(why) => {
            let required = std::env::var("DISTLAB_REQUIRE_DOCKER").is_ok_and(|v| v == "1");
            assert!(!required, "an engine is required: {why}");
            None
        }
    }
}

/// A way to the engine that can be cut, as if the engine had stopped.
struct Way {
    socket: PathBuf,
    open: Arc<Mutex<Vec<UnixStream>>>,
}

impl Way {
    fn to(engine: &Path, at: &Path) -> Self {
        let listener = UnixListener::bind(at).expect("a socket");
        let open: Arc<Mutex<Vec<UnixStream>>> = Arc::default();
        let (all, engine) = (Arc::clone(&open), engine.to_owned());
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = UnixStream::connect(&engine) else { return };
                let twin = |stream: &UnixStream| stream.try_clone().expect("a twin");
                all.lock().expect("ours").extend([twin(&near), twin(&far)]);
                let pass = |mut from: UnixStream, mut to: UnixStream| {
                    std::thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Write);
                    });
                };
                pass(twin(&near), twin(&far));
                pass(far, near);
            }
        });
        Self { socket: at.to_owned(), open }
    }

    /// The engine stops: its socket is gone and everything that was open breaks off.
    fn cut(&self) {
        std::fs::remove_file(&self.socket).expect("it was there");
        for stream in self.open.lock().expect("ours").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn run(home: &Home, socket: &Path, args: &[&str]) -> Ran {
    let mut command = home.command();
    command.env("DOCKER_HOST", format!("unix://{}", socket.display())).args(args);
    command.output().expect("the program runs").into()
}

/// The lines that this program adds to what the engine says.
fn ours(ran: &Ran) -> Vec<&str> {
    ran.err.lines().filter(|l| l.starts_with("distlab: ") && !l.contains("stand-in for")).collect()
}

#[test]
fn an_engine_that_stops_in_a_step_is_said_and_the_lab_goes_on_after_it() {
    let Some(engine) = engine_socket() else { return };
    let home = Home::new();
    let name = format!("trouble-{}", std::process::id());
    home.write("labs/containers/01-trouble/lab.md", &LAB.replace("BOX", &name));
    home.expect(0, &["--labs", "labs", "allow", "trouble"]);
    let socket = home.path().join("way");
    let way = Way::to(&engine, &socket);
    let check = |code: i32, says: &str| {
        let ran = run(&home, &socket, &["--labs", "labs", "check", "trouble"]);
        assert_eq!(ran.code, code, "{ran:#?}");
        assert!(ran.out.contains(says), "{ran:#?}");
    };
    check(1, "There is none called");
    // In the middle of a command: it ends, and says why.
    let mut running = home.command();
    running.env("DOCKER_HOST", format!("unix://{}", socket.display()));
    running.args(["exec", "trouble", "--", "docker", "run", "--rm", "--init", "alpine"]);
    running.args(["sh", "-c", "echo up; sleep 60"]);
    let mut running =
        running.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut first = [0; 3];
    running.stdout.as_mut().expect("piped").read_exact(&mut first).expect("it runs");
    let began = Instant::now();
    way.cut();
    let broken: Ran = running.wait_with_output().expect("it ends").into();
    assert!(began.elapsed() < Duration::from_secs(20), "it ends by itself");
    assert!(broken.code != 0 && !broken.err.trim().is_empty(), "{broken:#?}");
    assert!(!broken.err.contains("panicked"), "{broken:#?}");
    // While it is down.
    check(3, "is not running");
    let refused = run(&home, &socket, &["exec", "trouble", "--", "docker", "ps"]);
    assert_eq!((refused.code, ours(&refused).len()), (1, 1), "{refused:#?}");
    // It comes back, and the step can be done.
    let _back = Way::to(&engine, &socket);
    check(1, "There is none called");
    let create = ["exec", "trouble", "--", "docker", "create", "--name", &name, "alpine", "true"];
    let made = run(&home, &socket, &create);
    assert_eq!(made.code, 0, "{made:#?}");
    check(0, "");
    run(&home, &socket, &["exec", "trouble", "--", "docker", "rm", &name]);
}

#[test]
fn a_taken_port_is_said_with_who_has_it() {
    let Some(engine) = engine_socket() else { return };
    let home = Home::new();
    let lab = format!("port-{}", std::process::id());
    let docker = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        run(&home, &engine, &[&["exec", "serve", "--", "docker"], &words[..]].concat())
    };
    let first = docker(&format!("run -d --init --name {lab} -p 80 alpine sleep 300"));
    assert_eq!(first.code, 0, "{first:#?}");
    let port = docker(&format!("port {lab} 80"));
    let port =
        port.out.lines().next().and_then(|l| l.rsplit(':').next()).expect("a port").to_owned();
    let second = format!("run -d --init --name {lab}-2 -p {port}:80 alpine sleep 300");
    let taken = docker(&second);
    assert_eq!(taken.code, 125, "{taken:#?}");
    assert!(
        taken.err.contains(&format!("Bind for 0.0.0.0:{port} failed: port is already allocated"))
    );
    assert_eq!(ours(&taken).len(), 1, "{taken:#?}");
    assert!(
        ours(&taken)[0].contains(&format!("the container {lab} has port {port}")),
        "{taken:#?}"
    );
    // After the mend the same port is there.
    docker(&format!("rm -f {lab}"));
    let started = docker(&format!("start {lab}-2"));
    let removed = docker(&format!("rm -f {lab}-2"));
    assert_eq!((started.code, removed.code), (0, 0), "{started:#?}");
}

/// An engine that answers as told and knows no image.
fn fake_engine(at: &Path, pull: String) {
    let listener = UnixListener::bind(at).expect("a socket");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let pull = pull.clone();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a twin"));
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|n| n > 0) {
                    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                    while reader.read_line(&mut line).is_ok_and(|n| n > 2) {}
                    line.clear();
                    let answer = if path.contains("/images/create") {
                        pull.clone()
                    } else if path.contains("/version") || path.contains("/_ping") {
                        whole(
                            200,
                            r#"{"ApiVersion":"1.41","MinAPIVersion":"1.12","Version":"20.10"}"#,
                        )
                    } else {
                        whole(404, r#"{"message":"No such image: alpine:latest"}"#)
                    };
                    if (&stream).write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
}

fn whole(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} x\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn an_image_that_cannot_be_had_is_said_in_one_sentence() {
    const LOOKUP: &str = "Get \\\"https://registry-1.docker.io/v2/\\\": dial tcp: lookup registry-1.docker.io: no such host";
    const WRITE: &str = "write /var/lib/docker/tmp/x: no space left on device";
    let offline = whole(500, &format!("{{\"message\":\"{LOOKUP}\"}}"));
    let full = whole(
        200,
        &format!("{{\"errorDetail\":{{\"message\":\"{WRITE}\"}},\"error\":\"{WRITE}\"}}"),
    );
    let check = |pull: &str, image: &str, says: &[&str]| {
        let home = Home::new();
        let socket = home.path().join("engine");
        fake_engine(&socket, pull.to_owned());
        for verb in [&["pull", image][..], &["run", "--rm", image, "true"]] {
            let ran = run(&home, &socket, &[&["exec", "serve", "--", "docker"], verb].concat());
            assert!(ran.code != 0, "{ran:#?}");
            assert_eq!(ours(&ran).len(), 1, "{ran:#?}");
            for word in says {
                assert!(ran.err.contains(word), "{word}: {ran:#?}");
            }
        }
    };
    check(
        &offline,
        "nosuchimage",
        &["no such host", "distlab: the registry cannot be reached", "alpine"],
    );
    // A full disk is no reason for a stand-in, which would not fit either.
    check(
        &full,
        "alpine",
        &["no space left on device", "the engine's disk is full", "system prune"],
    );
}
