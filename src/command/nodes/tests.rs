//! Words and tables of both kinds of nodes; no engine and no world is asked.

use serde_json::json;

use super::{real, simulated, verb};
use base::Time;
use docker::nodes::Node;
use hadoop::hdfs::NodeReport;
use hadoop::hdfs::ops::nodes::ListNodesOutput;

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_verb_may_be_left_out() {
    let check = |line: &str, want: (&str, &str)| {
        let args = words(line);
        let (found, rest) = verb(&args);
        assert_eq!((found, rest.join(" ").as_str()), want, "{line}");
    };
    check("", ("ls", ""));
    check("--json", ("ls", "--json"));
    check("ls --json", ("ls", "--json"));
    check("kill node1 node2", ("kill", "node1 node2"));
}

#[test]
fn words_for_real_nodes_are_checked_before_an_engine_is_asked() {
    let check = |line: &str, want: Result<(&str, &str, bool), &str>| {
        let found = real::parse(&words(line)).map(|w| (w.verb, w.names.join(" "), w.json)).map_err(
            |(code, text)| {
                assert_eq!(code, 2, "{line}");
                text.lines().next().unwrap_or_default().to_owned()
            },
        );
        let want = want.map(|(verb, names, json)| (verb.to_owned(), names.to_owned(), json));
        assert_eq!(found, want.map_err(|why| format!("nodes: {why}")), "{line}");
    };
    check("", Ok(("ls", "", false)));
    check("--json", Ok(("ls", "", true)));
    check("up 3", Ok(("up", "3", false)));
    check("kill a b", Ok(("kill", "a b", false)));
    check("heal", Ok(("heal", "", false)));
    check("kill --help", Ok(("help", "", false)));
    let many =
        format!("up takes how many nodes there are to be, 1 to {}", docker::nodes::NODES_MAX);
    for line in ["up", "up 0", "up x", "up 1 2", "up 999"] {
        check(line, Err(&many));
    }
    check("kill", Err("kill needs the name of a node"));
    check("load", Err("load needs the name of an image"));
    check("ls a", Err("ls takes no names"));
    check("kill --force a", Err("--force is not known"));
    check("kil a", Err("kil is not known; did you mean kill?"));
}

#[test]
fn words_for_simulated_nodes_name_nodes_and_racks() {
    let check = |line: &str, want: Result<(&str, &str, bool), &str>| {
        let found = simulated::parse(&words(line))
            .map(|w| (w.names.join(" "), w.racks.join(" "), w.json))
            .map_err(|(_, text)| text.lines().next().unwrap_or_default().to_owned());
        let want = want.map(|(names, racks, json)| (names.to_owned(), racks.to_owned(), json));
        assert_eq!(found, want.map_err(|why| format!("nodes: {why}")), "{line}");
    };
    let filled = |line: &str| simulated::parse(&words(line)).map(|w| w.percent).ok().flatten();
    assert_eq!((filled("dn1"), filled("dn1 --percent 0")), (None, Some(0)));
    assert_eq!(filled("--percent=90 dn1"), Some(90));
    for line in ["dn1 --percent", "dn1 --percent 101", "dn1 --percent x"] {
        check(line, Err("--percent needs a whole number from 0 to 100"));
    }
    check("", Ok(("", "", false)));
    check("dn1 dn2 --json", Ok(("dn1 dn2", "", true)));
    check("--rack rack1 --rack=/rack2", Ok(("", "/rack1 /rack2", false)));
    check("--rack", Err("--rack needs the name of a rack"));
    check("-x", Err("-x is not known"));
}

#[test]
fn real_nodes_are_listed() {
    assert!(real::listing(&[]).contains("nodes up 3"));
    let node = |name: &str, state, role: &str| Node {
        name: name.into(),
        state,
        address: "10.0.0.2".into(),
        host: "unix:///run/x".into(),
        swarm: String::new(),
        role: role.into(),
        seen: String::new(),
    };
    let nodes = [node("node1", "up", "leader"), node("node2", "cut off", "")];
    assert_eq!(
        real::listing(&nodes),
        "NAME   STATE    ADDRESS   SWARM  ROLE    SEEN AS\n\
         node1  up       10.0.0.2  -      leader  -\n\
         node2  cut off  10.0.0.2  -      -       -\n"
    );
    let text = real::as_json(&nodes).expect("JSON");
    let found: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&found[1]["state"], &found[0]["role"]), (&json!("cut off"), &json!("leader")));
}

#[test]
fn simulated_nodes_are_listed_as_the_namenode_sees_them() {
    let node = NodeReport {
        name: "dn1".into(),
        rack: "/rack1".into(),
        state: "stale".into(),
        last_contact: Time(10_000),
        blocks: 7,
        ..NodeReport::default()
    };
    let output = ListNodesOutput { nodes: vec![node] };
    let check = |now: i64, want: &str| {
        let text = simulated::listing(&output, Time(now));
        assert!(text.contains(want), "{want:?} is not in:\n{text}");
    };
    check(10_000, "NAME  RACK    MACHINE  STATE  LAST CONTACT  BLOCKS  USED\n");
    check(10_000, "dn1   /rack1  down     stale  now           7       ");
    check(75_000, " ago ");
}
