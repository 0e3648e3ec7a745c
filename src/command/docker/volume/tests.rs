//! What lines of `docker volume` send to an engine, and what becomes of its answers.

use serde_json::{Value, json};

use crate::testing::run_on;

#[test]
fn volumes_are_removed_one_by_one() {
    let answers = [("DELETE /volumes/a", Value::Null), ("DELETE /volumes/b", Value::Null)];
    let check = |line: &str, code: u8, out: &str, err: &str, asked: &[&str]| {
        let ran = run_on(&answers, line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, out, err), "{line}");
        let paths: Vec<&str> = ran.changes.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, asked, "{line}");
    };
    check("volume rm a b", 0, "a\nb\n", "", &["DELETE /volumes/a", "DELETE /volumes/b"]);
    check("volume rm -f a", 0, "a\n", "", &["DELETE /volumes/a?force=1"]);
    check(
        "volume rm '' c b",
        1,
        "b\n",
        "invalid volume name or ID: value is empty\nError response from daemon: nothing at /volumes/c\n",
        &["DELETE /volumes/c", "DELETE /volumes/b"],
    );
}

#[test]
fn only_cluster_volumes_are_updated_and_only_by_new_engines() {
    let cluster = json!({
        "ClusterVolume": {
            "ID": "v1", "Version": { "Index": 3 }, "Spec": { "Group": "g", "Availability": "active" },
        },
    });
    let check = |version: &str, line: &str, code: u8, err: &str, asked: &[(&str, Value)]| {
        let answers = [
            ("GET /version", json!({ "ApiVersion": version })),
            (
                "GET /volumes/plain",
                json!({ "Name": "plain", "Driver": "local", "Mountpoint": "", "Labels": {}, "Scope": "local", "Options": {} }),
            ),
            ("GET /volumes/shared", {
                let mut volume = cluster.clone();
                for (field, value) in [
                    ("Name", json!("shared")),
                    ("Driver", json!("csi")),
                    ("Mountpoint", json!("")),
                    ("Labels", json!({})),
                    ("Scope", json!("global")),
                    ("Options", json!({})),
                ] {
                    volume[field] = value;
                }
                volume
            }),
            ("PUT /volumes/v1", Value::Null),
        ];
        let ran = run_on(&answers, line);
        assert_eq!((ran.code, ran.err.lines().next().unwrap_or_default()), (code, err), "{line}");
        let want: Vec<(String, Value)> =
            asked.iter().map(|(path, body)| ((*path).to_owned(), body.clone())).collect();
        assert_eq!(ran.changes, want, "{line}");
    };
    check(
        "1.41",
        "volume update plain",
        1,
        "docker volume update requires API version 1.42, but the Docker daemon API version is 1.41",
        &[],
    );
    check("1.43", "volume update", 1, "docker: 'docker volume update' requires 1 argument", &[]);
    check("1.43", "volume update plain", 1, "Can only update cluster volumes", &[]);
    check(
        "1.43",
        "volume update --availability drain shared",
        0,
        "",
        &[(
            "PUT /volumes/v1?version=3",
            json!({ "Spec": { "Group": "g", "Availability": "drain" } }),
        )],
    );
}
