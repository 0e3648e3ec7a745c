//! What lines of `docker node` send to an engine, and what becomes of its answers.

use serde_json::{Value, json};

use crate::testing::run_on;

fn answers() -> [(&'static str, Value); 6] {
    let node = |id: &str, role: &str| {
        json!({
            "ID": id, "Version": { "Index": 4 },
            "Spec": { "Role": role, "Availability": "active", "Labels": { "a": "1" } },
            "Description": { "Hostname": format!("host-{id}") },
            "Status": { "State": "ready" },
        })
    };
    [
        ("GET /info", json!({ "Swarm": { "NodeID": "n1" } })),
        ("GET /nodes/n1", node("n1", "manager")),
        ("GET /nodes/n2", node("n2", "worker")),
        ("POST /nodes/n1/update", json!({})),
        ("POST /nodes/n2/update", json!({})),
        ("DELETE /nodes/n2", json!({})),
    ]
}

#[test]
fn a_change_sends_back_the_rest() {
    let check = |line: &str, out: &str, want: &[(&str, &str, Value)]| {
        let ran = run_on(&answers(), line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, out, ""), "{line}");
        assert_eq!(ran.changes.len(), want.len(), "{line}: {:?}", ran.changes);
        for ((asked, spec), (path, at, value)) in ran.changes.iter().zip(want) {
            assert_eq!(asked, &format!("POST {path}/update?version=4"), "{line}");
            assert_eq!(spec.pointer(at), Some(value), "{line}: {spec}");
        }
    };
    check(
        "node update --availability drain n2",
        "n2\n",
        &[(
            "/nodes/n2",
            "",
            json!({ "Role": "worker", "Availability": "drain", "Labels": { "a": "1" } }),
        )],
    );
    check(
        "node update --label-add b=2 --label-rm a n2",
        "n2\n",
        &[("/nodes/n2", "/Labels", json!({ "b": "2" }))],
    );
    check(
        "node promote n1 n2",
        "Node n1 is already a manager.\nNode n2 promoted to a manager in the swarm.\n",
        &[("/nodes/n2", "/Role", json!("manager"))],
    );
    check(
        "node demote n1",
        "Node n1 demoted in the swarm.\n",
        &[("/nodes/n1", "/Role", json!("worker"))],
    );
}

#[test]
fn nodes_are_removed_one_by_one() {
    let check = |line: &str, code: u8, out: &str, err: &str, asked: &[&str]| {
        let ran = run_on(&answers(), line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, out, err), "{line}");
        let paths: Vec<&str> = ran.changes.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, asked, "{line}");
    };
    check("node rm n2", 0, "n2\n", "", &["DELETE /nodes/n2"]);
    check("node rm -f n2", 0, "n2\n", "", &["DELETE /nodes/n2?force=1"]);
    check(
        "node rm n3 n2",
        1,
        "n2\n",
        "Error response from daemon: nothing at /nodes/n3\n",
        &["DELETE /nodes/n3", "DELETE /nodes/n2"],
    );
}

#[test]
fn self_is_the_engines_own_node() {
    let check = |line: &str, want: &str| {
        let ran = run_on(&answers(), line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, want, ""), "{line}");
    };
    check("node inspect -f {{.ID}} self n2", "n1\nn2\n");
    check("node inspect -f '{{.Spec.Labels}}' self", "map[a:1]\n");
    let alone = [("GET /info", json!({}))];
    let ran = run_on(&alone, "node inspect self");
    assert_eq!((ran.code, ran.out.as_str()), (1, "[]\n"));
    assert_eq!(ran.err, "Error response from daemon: nothing at /nodes/self\n");
}
