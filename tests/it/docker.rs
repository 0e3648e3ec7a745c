//! The `docker` command and clean-up on the real engine. Each test makes its own names and labels and
//! removes what it made; nothing else on the engine is touched. Without an engine they are skipped
//! with a word, or fail when `DISTLAB_REQUIRE_DOCKER=1`.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::Duration;

use distlab::base::Time;
use distlab::command::{Host, find};
use distlab::docker::images::{self, Source};
use distlab::docker::{Engine, EngineError, Standing, block_on};
use distlab::gateway::{CallError, Gateway, Place};
use distlab::sim::Caller;
use distlab::sim::Credential;
use distlab::sim::api::OpDef;
use distlab::store::BlobStore;

/// A world that is not there: `docker` needs none.
struct NullGateway;

impl Gateway for NullGateway {
    fn call(
        &self,
        _: &Caller,
        _: &'static OpDef,
        _: serde_json::Value,
    ) -> Result<serde_json::Value, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn credential(&self, _: &str) -> Result<Option<Credential>, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn now(&self) -> Result<Time, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn advance(&self, _: Duration) -> Result<Time, CallError> {
        Err(CallError::Broken(anyhow::anyhow!("no world")))
    }

    fn blobs(&self) -> &BlobStore {
        unreachable!("docker stores nothing")
    }

    fn place(&self) -> Place {
        Place { account: String::new(), region: String::new(), doors: Vec::new() }
    }
}

/// A lab of one test, with the names of what it makes.
pub(crate) struct Lab {
    engine: Engine,
    id: String,
}

impl Lab {
    /// `None` when there is no engine and none is required.
    pub(crate) fn new(test: &str) -> Option<Self> {
        let host = std::env::var("DOCKER_HOST").ok();
        match block_on(Engine::connect(host.as_deref())) {
            Ok(engine) => Some(Self { engine, id: format!("it-{test}-{}", std::process::id()) }),
            Err(why) => {
                let required = std::env::var("DISTLAB_REQUIRE_DOCKER").is_ok_and(|v| v == "1");
                assert!(!required, "an engine is required: {why}");
                eprintln!("skipped {test}: {why}");
                None
            }
        }
    }

    /// What `{n}` stands for.
    pub(crate) fn name(&self) -> &str {
        &self.id
    }

    /// Makes sure of an image; the genuine one does as well as a stand-in.
    pub(crate) fn image(&self, name: &str) -> Source {
        block_on(images::ensure(&self.engine, name, &mut |_| {})).expect("an image")
    }

    /// Exit code, standard output and standard error. `{n}` stands for this lab's own name.
    pub(crate) fn docker(&self, line: &str, input: &[u8]) -> (u8, String, String) {
        let args = shlex::split(&line.replace("{n}", &self.id)).expect("words");
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut host = Host {
            gateway: &NullGateway,
            cwd: std::env::temp_dir(),
            env: std::env::vars().collect(),
            stdin: &mut Cursor::new(input.to_vec()),
            stdout: &mut stdout,
            stderr: &mut stderr,
            terminal: None,
            interactive: false,
            lab: self.id.clone(),
        };
        let code = find("docker").expect("the command").run(&args, &mut host);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (code, text(stdout), text(stderr))
    }

    /// Standard output of a line that must work.
    fn output(&self, line: &str) -> String {
        let (code, stdout, stderr) = self.docker(line, b"");
        assert_eq!(code, 0, "docker {line}: {stderr}");
        stdout
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = block_on(self.engine.clean(Some(&self.id)));
    }
}

#[test]
fn a_container_lives_and_dies_as_typed() {
    let Some(lab) = Lab::new("life") else { return };
    lab.image("alpine");
    let check = |line: &str, input: &[u8], code: u8, stdout: &str, stderr: &str| {
        let (found, out, err) = lab.docker(line, input);
        // A stand-in says at each use that it is one.
        let err: String =
            err.split_inclusive('\n').filter(|l| !l.starts_with("distlab: ")).collect();
        assert_eq!((found, out.as_str(), err.as_str()), (code, stdout, stderr), "docker {line}");
    };
    check("run --rm alpine echo hi", b"", 0, "hi\n", "");
    check("run --rm alpine sh -c 'echo a; echo b >&2; exit 3'", b"", 3, "a\n", "b\n");
    check("run --rm -i alpine cat", b"typed\n", 0, "typed\n", "");
    check("run --rm -e A=1 -w /tmp alpine sh -c 'echo $A; pwd'", b"", 0, "1\n/tmp\n", "");
    lab.output("run -d --name {n} alpine sleep 300");
    let state = "inspect -f '{{.State.Status}} {{index .Config.Labels \"distlab\"}}' {n}";
    check(state, b"", 0, &format!("running {}\n", lab.id), "");
    check("exec {n} sh -c 'echo x > /hello.txt'", b"", 0, "", "");
    check("exec {n} cat /hello.txt", b"", 0, "x\n", "");
    check("exec {n} sh -c 'exit 7'", b"", 7, "", "");
    check(
        "run --rm alpine ls /hello.txt",
        b"",
        1,
        "",
        "ls: /hello.txt: No such file or directory\n",
    );
    check("stop -t 0 {n}", b"", 0, &format!("{}\n", lab.id), "");
    check("ps -aq --filter status=running --filter name={n}", b"", 0, "", "");
    check("start {n}", b"", 0, &format!("{}\n", lab.id), "");
    check("exec {n} cat /hello.txt", b"", 0, "x\n", "");
    check("rm -f {n}", b"", 0, &format!("{}\n", lab.id), "");
}

#[test]
fn much_output_comes_whole() {
    let Some(lab) = Lab::new("much") else { return };
    lab.image("alpine");
    let input: Vec<u8> = b"0123456789abcde\n".repeat(1 << 16);
    let (code, out, _) = lab.docker("run --rm -i alpine cat", &input);
    assert_eq!((code, out.len()), (0, input.len()));
}

#[test]
fn cleaning_takes_this_labs_things_and_no_other() {
    let Some(lab) = Lab::new("clean") else { return };
    let Some(other) = Lab::new("other") else { return };
    lab.image("alpine");
    lab.output("create --name {n} -v {n}:/data alpine true");
    lab.output("run -d --name {n}-up alpine sleep 300");
    other.output("create --name {n} -v {n}:/data alpine true");
    let report = block_on(lab.engine.clean(Some(&lab.id))).expect("a report");
    let mut gone = report.containers.clone();
    gone.sort();
    assert_eq!(gone, [lab.id.clone(), format!("{}-up", lab.id)]);
    assert_eq!(report.volumes, [lab.id.as_str()]);
    assert_eq!((report.failed.as_slice(), report.images.len()), (&[][..], 0));
    assert!(block_on(lab.engine.inspect(&lab.id)).is_err_and(|e| e.is_not_found()));
    assert!(block_on(other.engine.inspect(&other.id)).is_ok(), "another lab's container stays");
    assert!(block_on(other.engine.inspect_volume(&other.id)).is_ok(), "and its volume");
    assert!(block_on(lab.engine.clean(Some(&lab.id))).expect("a report").is_empty());
}

#[test]
fn what_was_added_is_taken_back_unless_something_else_was_touched() {
    let Some(lab) = Lab::new("standing") else { return };
    lab.image("alpine");
    lab.output("create --name {n} -v {n}:/data alpine true");
    let stands = |name: &str| block_on(lab.engine.inspect(name)).is_ok();
    let standing = || Standing::of(&lab.id).expect("nothing runs");

    // The names of all images count, and those of the tests beside this one come and go.
    let back = || {
        let before = standing();
        lab.output("run -d --name {n}-new --network none alpine sleep 300");
        lab.output("network create {n}-new");
        lab.output("volume create {n}-new");
        assert!(Standing::of(&lab.id).is_none(), "a container of the lab runs");
        let back = before.again();
        if !back {
            lab.output("rm -f {n}-new");
            lab.output("network rm -f {n}-new");
            lab.output("volume rm -f {n}-new");
        }
        back
    };
    assert!((0..20).any(|_| back()));
    assert!(stands(&lab.id) && !stands(&format!("{}-new", lab.id)));
    assert_eq!(lab.output("volume ls -q --filter name={n}-new"), "");
    assert_eq!(lab.output("network ls -q --filter name={n}-new"), "");

    let touched = |line: &str| {
        let before = standing();
        lab.output(line);
        assert!(!before.again(), "{line}");
    };
    touched("start -a {n}");
    touched("rename {n} {n}-other");
    touched("run --rm -v {n}:/data alpine touch /data/x");
    touched("tag alpine {n}:moved");
    touched("rmi {n}:moved");
    touched("rm {n}-other");
    touched("volume rm {n}");
}

#[test]
fn the_view_tells_our_things_from_others() {
    let Some(lab) = Lab::new("view") else { return };
    let source = lab.image("alpine");
    lab.output("run -d --name {n} alpine sleep 300");
    let meter = distlab::docker::Meter::default();
    let part = distlab::docker::view::Part::Containers;
    let view = block_on(lab.engine.view(part, &lab.id, &meter)).expect("a view");
    let ours = view.containers.iter().find(|c| c.name == lab.id).expect("our container");
    assert_eq!(
        (ours.lab.as_str(), ours.state.as_str(), ours.image.as_str()),
        (lab.id.as_str(), "running", "alpine")
    );
    assert!(ours.status.starts_with("Up "), "{}", ours.status);
    let image = view.images.iter().find(|i| i.name == "alpine:latest").expect("our image");
    assert_eq!(image.stand_in, source == Source::StandIn);
    assert!(image.size > 100_000);
}

#[test]
fn events_tell_of_changes() {
    use futures_util::StreamExt;
    let Some(lab) = Lab::new("events") else { return };
    lab.image("alpine");
    let filter = BTreeMap::from([("label".to_owned(), vec![format!("distlab={}", lab.id)])]);
    let (engine, filter) = (&lab.engine, &filter);
    let seen = std::thread::scope(|scope| {
        let (ready, go) = std::sync::mpsc::channel();
        let watcher = scope.spawn(move || {
            block_on(async {
                let mut changes = Box::pin(engine.events(None, None, filter));
                let mut seen = Vec::new();
                // The request goes out with the first poll.
                let first = tokio::time::timeout(Duration::from_millis(300), changes.next()).await;
                assert!(first.is_err(), "nothing has happened yet");
                ready.send(()).expect("a listener");
                while let Ok(Some(change)) =
                    tokio::time::timeout(Duration::from_secs(20), changes.next()).await
                {
                    let change = change?;
                    seen.push((change.action, change.lab));
                    if seen.last().is_some_and(|(action, _)| action == "destroy") {
                        break;
                    }
                }
                Ok::<_, EngineError>(seen)
            })
        });
        go.recv().expect("a watcher");
        lab.output("create --name {n} alpine true");
        lab.output("rm {n}");
        watcher.join().expect("a watcher").expect("events")
    });
    let want: Vec<(String, String)> =
        ["create", "destroy"].map(|a| (a.to_owned(), lab.id.clone())).to_vec();
    assert_eq!(seen, want);
}

#[test]
fn images_that_labs_need_are_had_without_a_registry() {
    let Some(lab) = Lab::new("images") else { return };
    let source = lab.image("hello-world");
    let greeting = lab.output("run --rm hello-world");
    assert!(greeting.contains("Hello"), "{greeting}");
    let found = block_on(images::status(&lab.engine)).expect("a status");
    let hello = found.iter().find(|s| s.name == "hello-world:latest").expect("in the list");
    assert!(hello.source.is_some() && hello.size > 0);
    if source == Source::StandIn {
        let id = |engine: &Engine| {
            let image = block_on(engine.inspect_image("hello-world")).expect("an image");
            image["Id"].as_str().map(str::to_owned)
        };
        let before = id(&lab.engine);
        let need = images::find("hello-world").expect("a need");
        block_on(images::build(&lab.engine, need)).expect("built again");
        assert_eq!(before, id(&lab.engine), "the same files give the same image");
        let (_, _, stderr) = lab.docker("run --rm hello-world", b"");
        assert!(stderr.contains("stand-in"), "{stderr}");
        // As an older program made it.
        lab.output("create --name {n} hello-world");
        lab.output("commit -c 'LABEL distlab.standin.recipe=old' {n} hello-world:latest");
        lab.output("rm {n}");
        let old = id(&lab.engine).expect("an id");
        assert_ne!(before.as_ref(), Some(&old));
        assert_eq!(lab.image("hello-world"), Source::StandIn);
        assert_eq!(before, id(&lab.engine), "it was made anew");
        assert!(block_on(lab.engine.inspect_image(&old)).is_err(), "and the old one is gone");
    }
    lab.image("ubuntu");
    assert_eq!(lab.output("run --rm ubuntu bash -c 'echo ${BASH_VERSION:+bash}'"), "bash\n");
}
