//! What a world file and `[world]` may say, and where each mistake is told.

use serde_json::json;

use super::super::lab::{Lab, Learner, WorldSpec};
use super::super::reference::WORLD_EXAMPLE;
use base::Time;

fn told(problems: &[super::Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// Each expected problem of a world file is its line and parts of what is said.
#[track_caller]
fn refuses(source: &str, expected: &[(usize, &[&str])]) {
    let problems = WorldSpec::parse("world.toml", source).err().unwrap_or_default();
    let shown = told(&problems);
    assert_eq!(problems.len(), expected.len(), "{source}\n{shown:#?}");
    for (problem, (line, parts)) in problems.iter().zip(expected) {
        let text = problem.to_string();
        assert!(text.starts_with(&format!("world.toml:{line}:")), "line {line}: {shown:#?}");
        for part in *parts {
            assert!(text.contains(part), "{part:?} is not said in {shown:#?}");
        }
    }
}

#[test]
fn the_example_is_a_good_world() {
    let spec = WorldSpec::parse("world.toml", WORLD_EXAMPLE);
    let spec = spec.unwrap_or_else(|problems| panic!("{:#?}", told(&problems)));
    assert_eq!((spec.seed, spec.region.as_deref()), (Some(7), Some("eu-west-1")));
    assert_eq!(spec.shape.regions, ["us-east-1"]);
    assert_eq!(spec.shape.say("hadoop", "racks"), Some(&json!(["/rack1", "/rack1", "/rack2"])));
    let item = &spec.shape.exists[2];
    assert_eq!((item.service.as_str(), item.op.as_str()), ("dynamodb", "PutItem"));
    assert_eq!(item.input["Item"]["pieces"], json!({"N": "3"}));
}

#[test]
fn an_empty_file_says_nothing() {
    assert_eq!(WorldSpec::parse("world.toml", ""), Ok(WorldSpec::default()));
    let spec = WorldSpec::parse(
        "world.toml",
        "start = 2026-03-02T08:00:00Z\naccount = \"111122223333\"\n",
    );
    let spec = spec.expect("good");
    assert_eq!(spec.start, Some(Time(1_772_438_400_000)));
    assert_eq!(spec.account.as_deref(), Some("111122223333"));
}

#[test]
fn every_mistake_is_told_with_its_line_and_what_was_meant() {
    refuses("[hadop]\nracks = []\n", &[(1, &["`hadop` is not a key", "did you mean `hadoop`?"])]);
    refuses(
        "[hadoop]\nracks = [\n  \"/rack1\",\n  \"rack2\",\n]\n\n[hadoop.properties]\n\"dfs.replicaton\" = \"2\"\n\"dfs.blocksize\" = 7\n",
        &[
            (4, &["\"rack2\" is not a rack", "a slash and a name"]),
            (8, &["`dfs.replicaton` is not a property", "did you mean `dfs.replication`?"]),
            (9, &["`dfs.blocksize` is 7", "write bytes"]),
        ],
    );
    refuses("[hadoop]\nrack = []\n", &[(2, &["`rack` is not known", "`racks`"])]);
    refuses("hadoop = 3\n", &[(1, &["`hadoop` is not a table", "[hadoop]"])]);
    refuses("[machines]\n\ndisks = [\"1 GB\"]\n", &[(3, &["\"1 GB\" is not a size"])]);
    refuses("[s3]\nold-defaults = \"yes\"\n", &[(2, &["`old-defaults`", "true"])]);
    refuses("[s3]\nold-default = true\n", &[(2, &["did you mean `old-defaults`?"])]);
    refuses("[dynamodb]\nthrottling = 1\n", &[(2, &["`throttling` is 1", "throttling = true"])]);
    refuses(
        "region = \"eu-wset-1\"\nregions = [\n\"us-east-1\",\n\"mars\"]\n",
        &[(1, &["did you mean `eu-west-1`?"]), (4, &["\"mars\" is not a region"])],
    );
    refuses("account = \"12\"\nseed = -1\n", &[(1, &["twelve digits"]), (2, &["`seed` is -1"])]);
    refuses("start = 2026-03-02\n", &[(1, &["`start` is not an instant", "2026-03-02T08:00:00Z"])]);
    refuses("seed = \n", &[(1, &["this is not TOML"])]);
}

#[test]
fn what_exists_is_held_to_its_operation() {
    let one = |lines: &str| format!("\n[[exists]]\n{lines}");
    refuses(&one("service = \"s3\"\n"), &[(2, &["has no `op`"])]);
    refuses(
        &one("service = \"dynamo\"\nop = \"X\"\n"),
        &[(3, &["no service `dynamo`", "did you mean `dynamodb`?"])],
    );
    refuses(
        &one("service = \"s3\"\nop = \"CreateBuket\"\n"),
        &[(4, &["no operation `CreateBuket`", "`CreateBucket`"])],
    );
    refuses(&one("service = \"s3\"\nop = \"ListBuckets\"\n"), &[(4, &["only looks"])]);
    refuses(
        &one("service = \"s3\"\nop = \"CreateBucket\"\n[exists.input]\nBuket = \"a-bucket\"\n"),
        &[
            (5, &["the input of `s3 CreateBucket` has no `Bucket`"]),
            (6, &["`Buket` is not a member", "did you mean `Bucket`?"]),
        ],
    );
    refuses(
        &one("service = \"s3\"\nop = \"CreateBucket\"\ninput = { Bucket = 3 }\n"),
        &[(5, &["`Bucket` is of type integer", "write text"])],
    );
    refuses(
        &one(
            "service = \"s3\"\nop = \"PutObject\"\ninput = { Bucket = \"b\", Key = \"k\", Body = \"x\" }\n",
        ),
        &[(5, &["`Body` is a body", "`setup`"])],
    );
    refuses(
        &one(
            "service = \"s3\"\nop = \"CreateBucket\"\nregoin = \"eu-west-1\"\ninput = { Bucket = \"a-bucket\" }\n",
        ),
        &[(5, &["`regoin`", "did you mean `region`?"])],
    );
}

/// Machines whose disks are full at the beginning: an operation of the lab's own hands.
#[test]
fn disks_may_be_full_at_the_beginning() {
    let fill = |name: &str| {
        format!(
            "[[exists]]\nservice = \"machines\"\nop = \"FillDisk\"\ninput = {{ names = [\"{name}\"], percent = 100 }}\n"
        )
    };
    let spec = WorldSpec::parse("w.toml", &fill("dn3")).expect("a world");
    let mut world = systems::world(spec.config(7, Time(0))).expect("it begins");
    let op = systems::service("machines").and_then(|s| s.operation("ListMachines"));
    let (now, lab) = (world.now(), sim::Caller::from(sim::Principal::Lab));
    let listed = world.apply(now, &lab, op.expect("an operation"), json!({})).expect("listed");
    let filled = |at: usize| listed["machines"][at]["filled"].clone();
    assert_eq!((filled(2), filled(3)), (json!(100), json!(0)));
    refuses(
        &fill("dn33"),
        &[(1, &["`machines FillDisk` is refused", "no node named dn33", "mend this entry"])],
    );
}

#[test]
fn what_is_refused_has_the_line_of_its_entry() {
    let bucket = |name: &str| {
        format!(
            "[[exists]]\nservice = \"s3\"\nop = \"CreateBucket\"\ninput = {{ Bucket = \"{name}\" }}\n"
        )
    };
    refuses(
        &format!("{}{}", bucket("a-bucket"), bucket("No")),
        &[(5, &["`s3 CreateBucket` is refused", "InvalidBucketName"])],
    );
    let there = format!("region = \"eu-west-1\"\n{}", bucket("a-bucket"));
    refuses(&there, &[(2, &["IllegalLocationConstraintException"])]);
    // Regions that do not exist take nothing.
    let away = bucket("a-bucket").replace("input", "region = \"eu-west-2\"\ninput");
    refuses(&format!("regions = [\"eu-west-1\"]\n{away}"), &[(2, &["InvalidClientTokenId"])]);
}

const LAB: &str = "+++\nformat = 1\nid = \"a-lab\"\ntitle = \"T\"\ntrack = \"cloud\"\nminutes = 10\n@\n[vars]\nbucket = \"b-{rand:6}\"\n[[world.exists]]\nservice = \"s3\"\nop = \"CreateBucket\"\ninput = { Bucket = \"{{bucket}}\" }\n+++\n# T\n\n## S {#s}\n\nText.\n";

fn lab(source: &str) -> Result<Lab, Vec<String>> {
    let who = Learner { name: "ada".into(), seed: 7 };
    Lab::parse("lab.md", source, Vec::new(), &who).map_err(|problems| told(&problems))
}

#[test]
fn a_lab_has_a_world_with_its_learners_variables() {
    let good = lab(&LAB.replace('@', "world.hadoop.racks = [\"/a\"]")).expect("good");
    assert_eq!(good.world.shape.exists[0].input, json!({"Bucket": good.vars["bucket"]}));
    assert_eq!(good.world.shape.say("hadoop", "racks"), Some(&json!(["/a"])));
    let check = |source: &str, want: &str| {
        let told = lab(source).expect_err("wrong");
        assert!(told.len() == 1 && told[0].contains(want), "{want:?} is not {told:#?}");
    };
    check(&LAB.replace('@', "world.seed = 7"), "lab.md:7: `seed` is not a key of `[world]`");
    check(&LAB.replace('@', "continues = \"b-lab\""), "the lab continues `b-lab`");
    check(&LAB.replace('@', "").replace("{{bucket}}", "{{buket}}"), "lab.md:10: `buket`");
    check(
        &LAB.replace('@', "").replace("b-{rand:6}", "b"),
        "lab.md:10: `s3 CreateBucket` is refused",
    );
}

#[test]
fn what_exists_keeps_no_password() {
    let source = "[[exists]]\nservice = \"iam\"\nop = \"CreateUser\"\ninput = { UserName = \"ada\" }\n\
        [[exists]]\nservice = \"iam\"\nop = \"CreateLoginProfile\"\n\
        input = { UserName = \"ada\", Password = \"Tr0ub4dor&3\" }\n";
    let spec = WorldSpec::parse("world.toml", source).unwrap();
    let kept = serde_json::to_string(&spec.shape).unwrap();
    assert!(kept.contains("\"Password\":\"sealed:") && !kept.contains("Tr0ub4dor"), "{kept}");
    systems::world(spec.config(1, Time(1_772_438_400_000))).unwrap();
}
