//! `distlab test` proves a lab, and says what is wrong with one whose checks were weakened by hand.

use crate::support::{Home, Ran};

/// A small lab with a check of two expectations, a trap, a second way and both kinds of question.
const LAB: &str = r#"+++
format = 1
id = "tiny"
title = "A bucket that remembers"
track = "cloud"
minutes = 5
[vars]
bucket = { template = "tiny-{learner}-{rand:6}" }
+++
# A bucket that remembers

Does a bucket remember what it forgot?

## Make it {#make points=2 minutes=3}

Make the bucket, and let it remember.

```toml check
[[expect]]
run  = "aws s3api list-buckets"
at   = "length(Buckets[?Name=='{{bucket}}'])"
is   = 1
else = "There are {got} buckets called {{bucket}}."

[[expect]]
run  = "aws s3api get-bucket-versioning --bucket {{bucket}}"
at   = "Status"
is   = "Enabled"
else = "Versioning is {got}; this step wants it {want}."
```
```sh solve
aws s3 mb s3://{{bucket}}
aws s3api put-bucket-versioning --bucket {{bucket}} --versioning-configuration Status=Enabled
```
```sh accept
aws s3api create-bucket --bucket {{bucket}}
aws s3api put-bucket-versioning --bucket {{bucket}} --versioning-configuration '{"Status": "Enabled"}'
```
```sh reject
aws s3 mb s3://{{bucket}}
```
```sh reject
aws s3 mb s3://{{bucket}}
aws s3api put-bucket-versioning --bucket {{bucket}} --versioning-configuration Status=Suspended
```

## Look at it {#look points=1 minutes=2}

How many are there?

```toml ask
question = "How many buckets are there?"
answer   = { run = "aws s3api list-buckets", at = "length(Buckets)" }
why      = "One was made."
```
```toml ask
question = "Does it remember?"
choices  = ["Yes", "No"]
answer   = "Yes"
why      = "Its versioning is enabled."
```
"#;

const PATH: &str = "labs/cloud/01-tiny/lab.md";

fn test(home: &Home, text: &str) -> Ran {
    home.write(PATH, text);
    // One that cannot be read says so itself.
    home.run(&["--labs", "labs", "allow", "tiny"]);
    home.run(&["--labs", "labs", "test", "tiny"])
}

#[test]
fn a_sound_lab_is_proved() {
    let home = Home::new();
    let ran = test(&home, LAB);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(ran.out.contains("tiny (seed 7919): proved, 2 steps"), "{ran:#?}");
    let proof = home.json(&["--labs", "labs", "test", "tiny", "--seeds", "2", "--json"]);
    let proofs = proof.as_array().expect("a list");
    assert_eq!(proofs.len(), 2, "{proof}");
    for one in proofs {
        assert_eq!(one["misses"].as_array().map(Vec::len), Some(0), "{proof}");
        assert!(one["assertions"].as_u64() > Some(10), "{proof}");
    }
    // Nothing of a proof stays behind in the learner's profile.
    assert!(!home.path().join("home/labs/test-tiny").exists());
}

/// The line of the first occurrence of a text, counted from 1.
fn line_of(text: &str, needle: &str) -> usize {
    let before = text.split(needle).next().expect("a part");
    assert_ne!(before.len(), text.len(), "{needle:?} is in the lab");
    before.lines().count() + usize::from(before.ends_with('\n'))
}

/// Replaces `from` in the lab, and expects the proof to fail at the fence that begins with `fence`.
fn fails(from: &str, to: &str, fence: &str, step: &str, words: &str) {
    let text = LAB.replacen(from, to, 1);
    assert_ne!(text, LAB, "{from:?} is in the lab");
    let home = Home::new();
    let ran = test(&home, &text);
    assert_eq!(ran.code, 1, "weakened by {to:?}, and still: {ran:#?}");
    let place = format!("{PATH}:{}: step {step} ", line_of(&text, fence));
    let said = ran.out.lines().any(|l| l.contains(&place) && l.contains(words));
    assert!(said, "{place:?} and {words:?} are not said by: {}", ran.all());
    assert!(ran.out.contains("NOT PROVED"), "{ran:#?}");
}

const MAKE: &str = "## Make it";
const LOOK: &str = "## Look at it";
const SOLVE: &str = "```sh solve";
const ACCEPT: &str = "```sh accept";
const REJECT: &str = "```sh reject";
const SUSPENDED: &str = "```sh reject\naws s3 mb s3://{{bucket}}\naws s3api";
const NEAR: &str = "near miss passes";

#[test]
fn a_matcher_replaced_by_exists_is_found() {
    fails("is   = \"Enabled\"", "exists = true", SUSPENDED, "make", NEAR);
}

#[test]
fn a_removed_expectation_is_found() {
    let start = LAB.find("\n[[expect]]\nrun  = \"aws s3api get-bucket-v").expect("there");
    let end = start + LAB[start..].find("```").expect("closed");
    fails(&LAB[start..end], "", REJECT, "make", NEAR);
}

#[test]
fn a_near_miss_that_is_right_is_found() {
    fails("Status=Suspended", "Status=Enabled", SUSPENDED, "make", NEAR);
}

#[test]
fn a_check_that_always_holds_is_found() {
    let start = LAB.find("[[expect]]\nrun  = \"aws s3api list").expect("there");
    let end = start + LAB[start..].find("```").expect("closed");
    let weak = "[[expect]]\nrun = \"aws s3api list-buckets\"\nat = \"length(Buckets)\"\nat_least = 0\nelse = \"No {got}.\"\n";
    fails(&LAB[start..end], weak, MAKE, "make", "passes before anything was done");
}

#[test]
fn a_solution_whose_commands_fail_is_found() {
    fails(
        "aws s3 mb s3://{{bucket}}\naws s3api put-bucket",
        "aws s3 mb s3://{{bucket}}\naws s3api put-bukcet",
        SOLVE,
        "make",
        "commands fail",
    );
}

#[test]
fn a_solution_that_does_half_is_found() {
    fails(
        "versioning-configuration Status=Enabled",
        "versioning-configuration Status=Suspended",
        SOLVE,
        "make",
        "does not pass",
    );
}

#[test]
fn another_way_that_does_not_pass_is_found() {
    fails(
        "'{\"Status\": \"Enabled\"}'",
        "'{\"Status\": \"Suspended\"}'",
        ACCEPT,
        "make",
        "does not pass",
    );
}

#[test]
fn a_question_without_a_right_answer_is_found() {
    fails(
        "at = \"length(Buckets)\"",
        "at = \"Backets\"",
        "```toml ask",
        "look",
        "right answer cannot be computed",
    );
}

#[test]
fn a_question_that_takes_any_answer_is_found() {
    // All that is offered is right, so nothing is asked.
    let text = LAB.replacen("answer   = \"Yes\"", "answer   = [\"Yes\", \"No\"]", 1);
    let home = Home::new();
    let ran = test(&home, &text);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.out.contains("step look every choice"), "{ran:#?}");
}

#[test]
fn an_answer_that_is_not_offered_is_named_with_its_line() {
    let home = Home::new();
    let text = LAB.replacen("answer   = \"Yes\"", "answer   = \"Perhaps\"", 1);
    let ran = test(&home, &text);
    assert_eq!(ran.code, 2, "{ran:#?}");
    let at = line_of(&text, "question = \"Does it remember?\"");
    let near = (at - 1..=at + 2).any(|n| ran.err.contains(&format!("lab.md:{n}")));
    assert!(near && ran.err.contains("Perhaps"), "{ran:#?}");
}

#[test]
fn the_json_of_a_failed_proof_names_the_place() {
    let home = Home::new();
    let text = LAB.replacen("is   = \"Enabled\"", "exists = true", 1);
    home.write(PATH, &text);
    home.expect(0, &["--labs", "labs", "allow", "tiny"]);
    let ran = home.expect(1, &["--labs", "labs", "test", "tiny", "--json"]);
    let miss = &ran.json()[0]["misses"][0];
    assert_eq!(miss["step"], "make", "{ran:#?}");
    let place = format!("{PATH}:{}", line_of(&text, SUSPENDED));
    assert!(miss["place"].as_str().is_some_and(|p| p.ends_with(&place)), "{ran:#?}");
    assert_eq!(line_of(&text, LOOK), line_of(LAB, LOOK), "one line was replaced by one");
}

/// A lab that goes on from the small one, and finds its bucket there.
const NEXT: &str = r#"+++
format = 1
id = "next"
title = "What is in it?"
track = "cloud"
minutes = 5
continues = "tiny"
[vars]
bucket = { template = "tiny-{learner}-{rand:6}" }
+++
# What is in it?

What does a bucket hold that nobody filled?

## Fill it {#fill points=1 minutes=2}

Put something into the bucket that is there already.

```toml check
[[expect]]
run  = "aws s3api list-objects-v2 --bucket {{bucket}}"
at   = "length(Contents || `[]`)"
is   = 1
else = "The bucket holds {got} objects."
```
```sh solve
echo hello | aws s3 cp - s3://{{bucket}}/hello.txt
```
```sh reject
aws s3 ls s3://{{bucket}}
```
"#;

/// A lab on a real engine, where the second step needs what the first has left.
const REAL: &str = r#"+++
format = 1
id = "tiny"
title = "Two containers"
track = "cloud"
minutes = 5
needs = ["docker"]
images = ["alpine"]
[vars]
tag = { template = "{rand:5}" }
+++
# Two containers

What is left of one?

## Make it {#make points=1 minutes=3}

Make one.

```toml check
[[expect]]
run     = "docker container inspect one-{{tag}}"
at      = "[0].State.Status"
is      = "exited"
else    = "It is {got}."
missing = "There is none yet."
```
```sh solve
distlab images get alpine
docker container run --name one-{{tag}} alpine touch /made
```
```sh accept
distlab images get alpine
docker container run --name one-{{tag}} alpine touch /made /more
```
```sh reject
distlab images get alpine
docker container create --name one-{{tag}} alpine touch /made
```

## Rename it {#rename points=1 minutes=2}

Give it another name.

```toml check
[[expect]]
run     = "docker container diff two-{{tag}}"
matches = '(?m)^A /made$'
want    = "a file /made"
else    = "It has changed: {got}"
missing = "There is none yet."
```
```sh solve
docker container rename one-{{tag}} two-{{tag}}
```
```sh reject
docker container create --name two-{{tag}} alpine touch /made
```
"#;

#[test]
fn another_right_way_leads_on_through_the_steps_behind_it() {
    if let Some(why) = distlab::docker::problem() {
        let required = std::env::var("DISTLAB_REQUIRE_DOCKER").is_ok_and(|v| v == "1");
        assert!(!required, "an engine is required: {why}");
        return;
    }
    let home = Home::new();
    let ran = test(&home, REAL);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(ran.err.contains("other right ways, 1 of 1"), "{ran:#?}");
    // One that passes its own step, and leaves nothing to go on with.
    let dead_end = REAL.replace("touch /made /more", "true");
    let ran = test(&home, &dead_end);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.out.contains("step rename the solution does not pass"), "{ran:#?}");
}

#[test]
fn a_lab_goes_on_where_the_other_ends() {
    let home = Home::new();
    home.write(PATH, LAB);
    home.write("labs/cloud/02-next/lab.md", NEXT);
    for lab in ["tiny", "next"] {
        home.expect(0, &["--labs", "labs", "allow", lab]);
    }
    let proved = home.run(&["--labs", "labs", "test", "next"]);
    assert_eq!(proved.code, 0, "{proved:#?}");
    // Nobody began the small lab: its solution is played, and the learner's own stays untouched.
    let labs = ["--labs", "labs"];
    let run = |words: &[&str]| home.run(&[&labs[..], words].concat());
    let listed = run(&["exec", "next", "--", "aws", "s3api", "get-bucket-versioning", "--bucket"]);
    assert_ne!(listed.code, 0, "a usage error is one in a continued lab too");
    let listed = run(&["exec", "next", "--", "aws", "s3", "ls"]);
    assert!(listed.out.contains("tiny-"), "{listed:#?}");
    let first = run(&["exec", "tiny", "--", "aws", "s3", "ls"]);
    assert_eq!((first.code, first.out.as_str()), (0, ""), "{first:#?}");
    // A reset goes back to where the other lab ended, not to nothing.
    assert_eq!(run(&["reset", "next", "--yes"]).code, 0);
    let again = run(&["exec", "next", "--", "aws", "s3", "ls"]);
    assert_eq!(again.out, listed.out, "{again:#?}");
}
