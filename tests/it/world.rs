//! Worlds shaped by data: `distlab serve --world FILE.toml`, and a lab's `[world]`.

use std::process::Stdio;

use crate::http::Client;
use crate::support::{Home, Ran};

const WORLD: &str = r#"region = "eu-west-1"
regions = ["us-east-1"]

[hadoop]
racks = ["/a", "/a", "/b"]

[hadoop.properties]
"dfs.replication" = "2"

[s3]
old-defaults = true

[[exists]]
service = "s3"
op = "CreateBucket"
input = { Bucket = "was-there", CreateBucketConfiguration = { LocationConstraint = "eu-west-1" } }

[[exists]]
service = "hdfs"
op = "Mkdirs"
input = { path = "/data" }
"#;

/// Runs `distlab serve`, which refuses to.
fn refused(home: &Home, args: &[&str]) -> Ran {
    let mut command = home.command();
    command.args(["serve", "--port", "0", "--registry-port", "0"]).args(args);
    let ran: Ran = command.stdin(Stdio::null()).output().expect("it ends").into();
    assert_eq!(ran.code, 1, "{ran:#?}");
    ran
}

#[test]
fn serve_begins_as_the_file_says() {
    let home = Home::new();
    home.write("world.toml", WORLD);
    home.expect(0, &["lint", "world.toml"]);
    let server = home.serve(&["--no-auth", "--world", "world.toml"]);
    let mut client = Client::new(&*server.address);
    let listed = client.ask("GET /", &[], "");
    assert!(listed.body.contains("<Name>was-there</Name>"), "{listed:?}");
    let block = client.ask("GET /was-there?publicAccessBlock", &[], "");
    assert_eq!(block.element("Code"), Some("NoSuchPublicAccessBlockConfiguration"), "{block:?}");
    let public = client.ask("PUT /was-there?acl", &[("x-amz-acl", "public-read")], "");
    assert_eq!(public.status, 200, "ACLs are on: {public:?}");
    let env = home.expect(0, &["env"]).out;
    assert!(env.contains("AWS_REGION=eu-west-1"), "{env}");
    let run = |words: &[&str]| home.expect(0, &[&["exec", "serve", "--"], words].concat()).out;
    assert!(run(&["hdfs", "dfs", "-ls", "/"]).contains("/data"));
    assert!(run(&["hdfs", "dfsadmin", "-report"]).contains("Live datanodes (3)"));
    assert_eq!(run(&["hdfs", "getconf", "-confKey", "dfs.replication"]).trim(), "2");
    let away = home.run(&[
        "exec",
        "serve",
        "--",
        "aws",
        "sts",
        "get-caller-identity",
        "--region",
        "sa-east-1",
    ]);
    assert!(away.code != 0 && away.err.contains("InvalidClientTokenId"), "{away:#?}");
    drop(server);

    // It is kept, with and without the file; another file needs --fresh.
    drop(home.serve(&["--no-auth", "--world", "world.toml"]));
    let server = home.serve(&["--no-auth"]);
    let listed = Client::new(&*server.address).ask("GET /", &[], "");
    assert!(listed.body.contains("was-there"), "{listed:?}");
    drop(server);
    home.write("other.toml", "[hadoop]\nracks = [\"/only\"]\n");
    let other = refused(&home, &["--world", "other.toml"]);
    assert!(other.err.contains("other.toml") && other.err.contains("--fresh"), "{other:#?}");
    let server = home.serve(&["--no-auth", "--world", "other.toml", "--fresh"]);
    let listed = Client::new(&*server.address).ask("GET /", &[], "");
    assert!(!listed.body.contains("was-there"), "{listed:?}");
}

#[test]
fn a_wrong_file_is_refused_with_its_line_before_anything_starts() {
    let home = Home::new();
    let check = |from: &str, to: &str, words: &[&str]| {
        assert!(WORLD.contains(from), "{from}");
        home.write("world.toml", &WORLD.replacen(from, to, 1));
        for ran in
            [refused(&home, &["--world", "world.toml"]), home.expect(1, &["lint", "world.toml"])]
        {
            for word in words {
                assert!(ran.all().contains(word), "{word:?} is not said: {ran:#?}");
            }
        }
    };
    check("[s3]", "[s4]", &["world.toml:10:", "did you mean `s3`?"]);
    check("\"/b\"", "\"b\"", &["world.toml:5:", "is not a rack"]);
    check("op = \"Mkdirs\"", "op = \"Mkdir\"", &["world.toml:20:", "did you mean `Mkdirs`?"]);
    check(
        "was-there",
        "Was",
        &["world.toml:13:", "`s3 CreateBucket` is refused: InvalidBucketName"],
    );
    let gone = refused(&home, &["--world", "nowhere.toml"]);
    assert!(gone.err.contains("nowhere.toml:1: cannot be read"), "{gone:#?}");
    home.expect(0, &["labs"]);
    assert!(!home.path().join("home/labs/serve/work").exists(), "no world was made");
}

const LAB: &str = r#"+++
format = 1
id = "shaped"
title = "Three machines and a bucket"
track = "cloud"
minutes = 5
[vars]
bucket = { template = "shaped-{learner}-{rand:6}" }
[world.hadoop]
racks = ["/a", "/a", "/b"]
[[world.exists]]
service = "s3"
op = "CreateBucket"
input = { Bucket = "{{bucket}}" }
+++
# Three machines and a bucket

What do you find when you come?

## Keep every version {#keep points=2 minutes=3}

The bucket {{bucket}} is there already. Let it remember.

```toml check
[[expect]]
run  = "aws s3api get-bucket-versioning --bucket {{bucket}}"
at   = "Status"
is   = "Enabled"
else = "Versioning is {got}; this step wants it {want}."
missing = "The bucket keeps no versions yet."

[[expect]]
run  = "hdfs dfsadmin -report"
at   = '/Live datanodes \((\d+)\)/'
is   = 3
else = "There are {got} DataNodes."
missing = "There are no DataNodes."
```
```md hint
`put-bucket-versioning`
```
```sh solve
aws s3api put-bucket-versioning --bucket {{bucket}} --versioning-configuration Status=Enabled
```
```sh reject
aws s3api put-bucket-versioning --bucket {{bucket}} --versioning-configuration Status=Suspended
```
"#;

const PATH: &str = "labs/cloud/01-shaped/lab.md";

#[test]
fn a_shaped_lab_is_proved_kept_handed_in_and_graded() {
    let home = Home::new();
    home.write(PATH, LAB);
    let run = |code: i32, words: &[&str]| home.expect(code, &[&["--labs", "labs"], words].concat());
    run(0, &["lint", PATH]);
    run(0, &["allow", "shaped"]);
    assert!(run(0, &["test", "shaped", "--seeds", "2"]).out.contains("0 misses"));
    let bucket = run(0, &["exec", "shaped", "--", "aws", "s3", "ls"]).out;
    let bucket = bucket.split_whitespace().last().expect("a bucket").to_owned();
    assert!(bucket.starts_with("shaped-ada-"), "{bucket}");
    run(0, &["exec", "shaped", "--", "aws", "s3", "rb", &format!("s3://{bucket}")]);
    run(0, &["reset", "shaped", "--yes"]);
    run(
        0,
        &[
            "exec",
            "shaped",
            "--",
            "aws",
            "s3api",
            "put-bucket-versioning",
            "--bucket",
            &bucket,
            "--versioning-configuration",
            "Status=Enabled",
        ],
    );
    run(0, &["check", "shaped"]);
    run(0, &["submit", "shaped", "--out", "ada.dlab"]);
    let graded = run(0, &["grade", "ada.dlab", "--format", "json"]).json();
    assert_eq!(graded[0]["graded"]["replayed"], 2, "{graded}");
    // A lab of other machines is not the one that was done; who began it keeps the three.
    home.write(PATH, &LAB.replace(r#"["/a", "/a", "/b"]"#, r#"["/a"]"#));
    let other = run(1, &["grade", "ada.dlab"]).out;
    assert!(other.contains("began differently") && other.contains("was changed since"), "{other}");
    run(0, &["allow", "shaped"]);
    let report = run(0, &["exec", "shaped", "--", "hdfs", "dfsadmin", "-report"]).out;
    assert!(report.contains("Live datanodes (3)"), "{report}");
    // A lab whose world cannot begin is named with its line, and stops no other.
    home.write(PATH, &LAB.replace("{{bucket}}\" }\n+++", "No\" }\n+++"));
    let broken = run(1, &["lint", PATH]).out;
    assert!(broken.contains("lab.md:11: `s3 CreateBucket` is refused"), "{broken}");
    run(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
}
