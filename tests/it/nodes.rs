//! Nodes of real engines, through the program itself. Without an engine they are skipped with a word,
//! or fail when `DISTLAB_REQUIRE_DOCKER=1`. Each test has a lab of its own name, and takes away what
//! it made.

use std::time::{Duration, Instant};

use distlab::docker::{Engine, block_on};
use serde_json::Value;

use crate::support::{Home, Ran, Screen};

/// A lab that needs a swarm, in a folder of labs.
struct Lab {
    home: Home,
    engine: Engine,
    id: String,
}

impl Lab {
    /// `None` when there is no engine and none is required.
    fn new(test: &str) -> Option<Self> {
        let engine = match block_on(Engine::connect(None)) {
            Ok(engine) => engine,
            Err(why) => {
                let required = std::env::var("DISTLAB_REQUIRE_DOCKER").is_ok_and(|v| v == "1");
                assert!(!required, "an engine is required: {why}");
                eprintln!("skipped {test}: {why}");
                return None;
            }
        };
        let id = format!("it-{test}");
        let home = Home::new();
        home.write(
            &format!("labs/containers/01-{id}/lab.md"),
            &format!(
                "+++\nformat = 1\nid = \"{id}\"\ntitle = \"Nodes\"\ntrack = \"containers\"\nminutes = 1\nneeds = [\"docker\", \"swarm\"]\n+++\n# Nodes\n\nSeveral engines.\n\n## Read {{#read points=0 minutes=1}}\n\nNothing to do.\n"
            ),
        );
        let lab = Self { home, engine, id };
        block_on(lab.engine.clean(Some(&lab.id))).expect("cleaned");
        Some(lab)
    }

    fn run(&self, words: &[&str]) -> Ran {
        self.run_on(None, words)
    }

    /// As [`Self::run`], with another engine as the learner's own.
    fn run_on(&self, host: Option<&str>, words: &[&str]) -> Ran {
        let mut command = self.home.command();
        if let Some(host) = host {
            command.env("DOCKER_HOST", host);
        }
        command.env("DISTLAB_LABS", self.home.path().join("labs"));
        command.args(["exec", &self.id, "--"]).args(words);
        command.output().expect("the program runs").into()
    }

    /// Standard output of a line that must work.
    fn ok(&self, line: &str) -> String {
        let words = shlex::split(line).expect("words");
        let ran = self.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.out, ran.err);
        ran.out
    }

    /// What a node's engine answers.
    fn asked(&self, node: &str, path: &str) -> Value {
        block_on(self.engine_of(node).get_json(path)).expect("an answer")
    }

    fn engine_of(&self, node: &str) -> Engine {
        let all: Value = serde_json::from_str(&self.ok("nodes ls --json")).expect("JSON");
        let found = all.as_array().expect("nodes").iter().find(|n| n["name"] == node);
        let host = found.expect("a node")["host"].as_str().expect("a host");
        Engine::open(Some(host)).expect("an engine")
    }

    fn told(&self, node: &str, path: &str, body: &Value) -> Value {
        block_on(self.engine_of(node).post_json(path, Some(body))).expect("an answer")
    }

    /// One column of `nodes ls` for one node.
    fn word(&self, node: &str, key: &str) -> String {
        let all: Value = serde_json::from_str(&self.ok("nodes ls --json")).expect("JSON");
        let found = all.as_array().expect("nodes").iter().find(|n| n["name"] == node);
        found.map(|n| n[key].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
    }

    fn wait_for(&self, node: &str, key: &str, want: &str) {
        let began = Instant::now();
        loop {
            let is = self.word(node, key);
            if is == want {
                return;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "{node}: {key} is {is}, not {want}");
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// Everything on the engine that carries this lab's label.
    fn left(&self) -> Vec<String> {
        let filter = Engine::escape(&format!("{{\"label\":[\"distlab={}\"]}}", self.id));
        let ask = |path: &str| block_on(self.engine.get_json(path)).expect("an answer");
        let containers = ask(&format!("/containers/json?all=1&filters={filter}"));
        let networks = ask(&format!("/networks?filters={filter}"));
        let volumes = ask(&format!("/volumes?filters={filter}"));
        let all = [&containers, &networks, &volumes["Volumes"]];
        all.iter().filter_map(|v| v.as_array()).flatten().map(ToString::to_string).collect()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = block_on(self.engine.clean(Some(&self.id)));
    }
}

#[test]
fn a_swarm_of_three_forms_breaks_and_heals() {
    let Some(lab) = Lab::new("swarm") else { return };
    lab.ok("nodes up 3");
    lab.ok("nodes load busybox");
    let address = lab.word("node1", "address");
    let init = serde_json::json!({ "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": address });
    lab.told("node1", "/swarm/init", &init);
    let token = lab.asked("node1", "/swarm")["JoinTokens"]["Worker"].clone();
    let join = serde_json::json!({
        "ListenAddr": "0.0.0.0:2377", "RemoteAddrs": [address], "JoinToken": token,
    });
    lab.told("node2", "/swarm/join", &join);
    lab.told("node3", "/swarm/join", &join);
    // What lets managers find each other again soon after a cut is set in each machine.
    for node in ["node1", "node2", "node3"] {
        let container = format!("it-swarm-{node}");
        let retries = "cat /proc/sys/net/ipv4/tcp_retries2";
        assert_eq!(lab.ok(&format!("docker exec {container} {retries}")), "5\n", "{node}");
    }
    lab.wait_for("node3", "seen", "ready");
    assert_eq!(lab.word("node1", "role"), "leader");
    assert_eq!(lab.word("node2", "role"), "worker");

    // The docker command finds nodes by name; what it makes there carries the label too.
    lab.ok("docker -c node2 run -d --name {n} busybox sleep 300".replace("{n}", "here").as_str());
    let names = "ps --format {{.Names}} --filter label=distlab=it-swarm";
    assert_eq!(lab.ok(&format!("docker --context node2 {names}")), "here\n");
    assert_eq!(lab.ok(&format!("docker -c node3 {names}")), "");
    assert!(lab.ok(&format!("docker -c default {names}")).contains("it-swarm-node1\n"));
    let unknown = lab.run(&["docker", "-c", "node9", "ps"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("there is no machine node9 in this lab now"), "{}", unknown.err);

    lab.ok("nodes kill node3");
    assert_eq!(lab.word("node3", "state"), "down");
    lab.wait_for("node3", "seen", "down");
    lab.ok("nodes start node3");
    lab.wait_for("node3", "seen", "ready");
    assert!(lab.ok("docker -c node3 images").contains("busybox"), "it kept its images");

    lab.ok("nodes partition node2");
    assert_eq!(lab.word("node2", "state"), "cut off");
    assert_eq!(lab.ok(&format!("docker -c node2 {names}")), "here\n", "its socket answers");
    lab.wait_for("node2", "seen", "down");
    assert_eq!(lab.ok(&format!("docker -c node2 {names}")), "here\n", "its containers run on");
    lab.ok("nodes heal");
    lab.wait_for("node2", "seen", "ready");
    assert_eq!(lab.word("node2", "address"), "10.213.0.12".replace("10.213.0", prefix(&address)));

    lab.ok("nodes down");
    assert_eq!(lab.left(), Vec::<String>::new());
    assert_eq!(lab.ok("nodes ls --json"), "[]\n");
}

/// A class is graded on a swarm, and a node that dies meanwhile costs nobody a grade.
#[test]
fn a_class_is_graded_on_a_swarm_of_which_a_node_dies() {
    let Some(lab) = Lab::new("grade") else { return };
    let home = &lab.home;
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://a-bucket-of-mine"]);
    std::fs::create_dir(home.path().join("in")).expect("made");
    for number in 0..12 {
        home.expect(0, &["submit", "s3", "--out", &format!("in/{number}.dlab")]);
    }
    home.write("in/bad.dlab", "no submission");
    let here = home.run(&["grade", "in", "--format", "json"]);

    lab.ok("nodes up 3");
    let address = lab.word("node1", "address");
    lab.ok(&format!("docker -c node1 swarm init --advertise-addr {address}"));
    let token = lab.ok("docker -c node1 swarm join-token -q worker");
    for node in ["node2", "node3"] {
        lab.ok(&format!("docker -c {node} swarm join --token {} {address}:2377", token.trim()));
    }
    lab.wait_for("node3", "seen", "ready");
    let manager = lab.word("node1", "host");
    let swarm = format!("--swarm={manager}");
    let there = std::thread::scope(|scope| {
        let grading =
            scope.spawn(|| home.run(&["grade", "in", "--format", "json", swarm.as_str()]));
        // As soon as something of it runs anywhere.
        while !grading.is_finished() && lab.asked("node1", "/tasks") == serde_json::json!([]) {
            std::thread::sleep(Duration::from_millis(50));
        }
        lab.ok("nodes kill node3");
        grading.join().expect("it ends")
    });
    assert!(there.err.contains("13 files in 6 shards on 3 nodes"), "{}", there.err);
    assert_eq!((there.code, &there.out), (here.code, &here.out), "{}", there.err);
    assert_eq!(lab.asked("node1", "/services"), serde_json::json!([]), "nothing is left");
    for node in ["node1", "node2"] {
        let left = lab.ok(&format!("docker -c {node} ps --all --quiet"));
        assert_eq!(left + &lab.ok(&format!("docker -c {node} images --quiet")), "", "{node}");
    }
}

fn prefix(address: &str) -> &str {
    address.rsplit_once('.').expect("an address").0
}

#[test]
fn nodes_are_made_once_and_found_again() {
    let Some(lab) = Lab::new("again") else { return };
    lab.ok("nodes up 1");
    let before = lab.word("node1", "host");
    lab.ok("nodes load alpine");
    // A later node gets what the others have; the first stays as it is.
    let said = lab.ok("nodes up 2");
    assert!(said.contains("alpine:latest is on node2"), "{said}");
    assert_eq!(lab.word("node1", "host"), before);
    let wrong = lab.run(&["nodes", "kill", "node7"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.err.contains("its nodes are node1, node2"), "{}", wrong.err);
    assert_eq!(lab.run(&["nodes", "up", "ten"]).code, 2);
    // Clean-up finds nodes by their labels.
    block_on(lab.engine.clean(Some(&lab.id))).expect("cleaned");
    assert_eq!(lab.left(), Vec::<String>::new());
}

/// An engine that sees none of this machine's files is its own one node. A node serves as one.
#[test]
fn an_engine_elsewhere_is_the_one_node_unless_it_has_a_swarm() {
    let Some(lab) = Lab::new("elsewhere") else { return };
    lab.ok("nodes up 1");
    let host = lab.word("node1", "host");
    let Some(other) = Lab::new("lonely") else { return };
    let run = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        other.run_on(Some(&host), &words)
    };
    let swarm = || {
        let info = lab.asked("node1", "/info");
        info["Swarm"]["LocalNodeState"].as_str().unwrap_or_default().to_owned()
    };

    let up = run("nodes up 3");
    assert_eq!(up.code, 0, "{up:?}");
    assert!(up.err.contains("does not reach this machine"), "{}", up.err);
    assert!(up.out.contains("node1 is your own engine"), "{}", up.out);
    assert_eq!(run("docker -c node1 info --format {{.Name}}").out, "node1\n");
    assert_eq!(run("nodes kill node1").code, 1);
    let init = serde_json::json!({ "ListenAddr": "0.0.0.0:2377" });
    let made = run("docker -c node1 swarm init --advertise-addr eth0");
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(swarm(), "active");
    let down = run("nodes down");
    assert!(down.out.contains("has left the swarm"), "{down:?}");
    assert_eq!(swarm(), "inactive", "what the lab made of the engine is taken back");

    // A swarm that no lab made is left alone, and the engine is no node then.
    lab.told("node1", "/swarm/init", &init);
    let refused = run("nodes up 3");
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("belongs to a swarm already"), "{}", refused.err);
    assert_eq!(run("docker -c node1 ps").code, 1, "it is no node");
    run("nodes down");
    let engine = lab.engine_of("node1");
    block_on(engine.clean(None)).expect("cleaned");
    assert_eq!(swarm(), "active");
    let left = block_on(engine.get_json("/volumes")).expect("volumes");
    assert!(left["Volumes"].as_array().is_none_or(Vec::is_empty), "{left}");
}

/// A tab for each live node: docker speaks to that node there, and the tab goes with the node.
#[test]
fn the_screen_has_a_tab_for_each_node() {
    let Some(lab) = Lab::new("tabs") else { return };
    let labs = lab.home.path().join("labs").display().to_string();
    let args = ["open", lab.id.as_str()];
    let env = [("DISTLAB_LABS", labs.as_str())];
    let mut screen = Screen::open_with(&lab.home, &args, (140, 40), &env);
    screen.wait_until("the lab", |t| t.contains("step 1 of"));
    screen.command("distlab nodes up 2");
    screen.wait_until("the tabs, and engines that answer", |t| {
        t.contains("[Shell] node1 node2") && t.contains("docker -c NAME")
    });
    screen.keys("\x1b[1;3C\x1b[1;3C");
    screen.wait_until("a prompt", |t| t.contains("Shell node1 [node2]") && t.contains("node2$"));
    screen.command("docker info --format 'here-is-{{.Name}}'");
    screen.wait_for("here-is-node2");
    screen.command("distlab nodes kill node2");
    let text = screen.wait_until("the lab's own shell", |t| t.contains("[Shell] node1 ─"));
    assert!(text.contains("nodes up 2"), "it kept what it showed:\n{text}");
}
