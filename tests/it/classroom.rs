//! A class of honest learners and hostile files, graded together.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use distlab::base::{Digest, Time};
use distlab::course::{Catalog, Learner, WorldSpec};
use distlab::gateway::Gateway as _;
use distlab::grade::child::Answer;
use distlab::grade::queue::{self, On};
use distlab::grade::record::Record;
use distlab::grade::shards::{Part, Plan};
use distlab::grade::submission;
use distlab::session::class::{Class, Person};
use distlab::session::engine::Line;
use distlab::session::profile::Profile;
use distlab::session::{Manifest, Mode, Session, consent};
use distlab::sim::{Caller, Principal};
use distlab::store::{Entry, NewEntry, link, origin};
use serde_json::{Value, json};

use crate::support::{Home, Ran, program};

const LAB: &str = r#"+++
format = 1
id = "try"
title = "Try <it>"
track = "cloud"
minutes = 5
[vars]
bucket = { template = "notes-{learner}-{rand:8}" }
+++
# Try it

Two buckets.

## Make two {#make points=3}

Make both of them.

```toml check
[[expect]]
run    = "aws s3api list-buckets"
at     = "Buckets[?Name=='{{bucket}}']"
count  = 1
else   = "There is no bucket {{bucket}} yet."
weight = 1
[[expect]]
run    = "aws s3api list-buckets"
at     = "Buckets[?Name=='{{bucket}}-more']"
count  = 1
else   = "There is no bucket {{bucket}}-more yet."
weight = 2
```
```md hint
Twice the same command.
```
```sh solve
aws s3 mb s3://{{bucket}}
aws s3 mb s3://{{bucket}}-more
```

## Count them {#count points=1}

And look how many there are.

```toml ask
question = "How many?"
answer   = { run = "aws s3api list-buckets", at = "length(Buckets)" }
why      = "So many."
```
"#;

/// When the class works: its date of delivery is the day after.
const MONDAY: Time = Time(1_795_000_000_000);
const DUE: &str = "2026-11-19T12:00:00Z";

/// How many are in the class; `DISTLAB_CLASS` says another number.
static HONEST: LazyLock<usize> = LazyLock::new(|| {
    std::env::var("DISTLAB_CLASS").map_or(36, |number| number.parse().expect("a number"))
});

struct School {
    teacher: Home,
    labs: PathBuf,
    class: Class,
    class_file: PathBuf,
    roster: PathBuf,
    dir: PathBuf,
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

fn person(number: usize) -> Person {
    Person::new(
        &format!("Žofie Nº{number}"),
        &format!("S{number}"),
        &format!("s{number}@example.org"),
    )
    .expect("a person")
}

impl School {
    fn new() -> Self {
        let teacher = Home::new();
        let lab = teacher.write("labs/cloud/01-try/lab.md", LAB);
        let labs = lab.ancestors().nth(3).expect("the folder of labs").to_owned();
        let mut roster = String::from("Full name,ID number,Email address\n");
        for number in 0..=*HONEST {
            let Person { name, number, mail } = person(number);
            roster = format!("{roster}{name},{number},{mail}\n");
        }
        let roster = teacher.write("roster.csv", &roster);
        let class_file = teacher.path().join("systems.class");
        teacher.expect(
            0,
            &[
                "--labs",
                text(&labs),
                "class",
                "new",
                "Systems & more",
                "--lab",
                &format!("try=8@{DUE}"),
                "--grace",
                "1h",
                "--late",
                "25",
                "--cutoff",
                "2",
                "--roster",
                text(&roster),
                "--out",
                text(&class_file),
            ],
        );
        let class = std::fs::read_to_string(&class_file).expect("written");
        let class = Class::read(&class).expect("a class");
        let dir = teacher.path().join("in");
        std::fs::create_dir_all(&dir).expect("made");
        Self { teacher, labs, class, class_file, roster, dir }
    }

    /// Opens the lab in a profile of that learner's own.
    fn open(&self, who: &Person, wall: Time) -> (tempfile::TempDir, std::sync::Arc<Session>) {
        let home = tempfile::tempdir().expect("a folder");
        let mut profile = Profile::open(home.path()).expect("a profile");
        profile.introduce(who.clone()).expect("a new name");
        profile.join(self.class.clone()).expect("on the roster");
        let lab = Catalog::load(Some(&self.labs)).open("try", &profile.learner).expect("a lab");
        consent::allow(&profile, "try", lab.digest.expect("a text")).expect("allowed");
        let session = Session::open(&profile, lab, Mode::Once, wall).expect("it opens");
        (home, session)
    }

    /// What one honest learner hands in, with pauses of their own.
    fn hand_in(&self, number: usize, wall: Time, all: bool) -> PathBuf {
        let (_home, session) = self.open(&person(number), wall);
        let bucket = session.lab().vars["bucket"].clone();
        let number = u64::try_from(number).expect("small");
        let pause = |step: u64| Duration::from_millis(1237 + 311 * step + 97 * number * step);
        let op = distlab::systems::service("s3").and_then(|s| s.operation("CreateBucket"));
        let op = op.expect("an operation");
        let names = [bucket.clone(), "somewhere-else".into(), format!("{bucket}-more")];
        for (step, name) in (0..).zip(names.iter().take(if all { 3 } else { 1 })) {
            for more in 0..3 {
                session.engine().advance(pause(3 * step + more + 1)).expect("time passes");
            }
            let line = Line::grouped(session.engine().clone());
            let made = line.call(&Caller::from(Principal::Root), op, json!({"Bucket": name}));
            made.expect("made");
        }
        session.check(None).expect("checked");
        if all {
            assert!(!session.answer("count", 0, "7").expect("judged").right);
            assert!(session.answer("count", 0, "3").expect("judged").right);
            session.hint(Some("make")).expect("a hint");
            session.check(None).expect("checked");
        }
        let path = self.dir.join(format!("honest-{number}.dlab"));
        let digest = Digest::of(LAB.as_bytes());
        submission::write(&session, digest, Some("week-7".into()), wall.0, &path).expect("written");
        path
    }

    fn grade(&self, files: &[PathBuf], more: &[&str]) -> Ran {
        let mut args = vec!["--labs", text(&self.labs), "grade", "--class", text(&self.class_file)];
        args.extend(["--roster", text(&self.roster)]);
        args.extend(more);
        args.extend(files.iter().map(|f| text(f)));
        let tmp = self.tmp();
        self.teacher.command().env("TMPDIR", &tmp).args(args).output().expect("it runs").into()
    }

    /// The folder for what grading writes on the way.
    fn tmp(&self) -> PathBuf {
        let tmp = self.teacher.path().join("tmp");
        std::fs::create_dir_all(&tmp).expect("made");
        tmp
    }

    fn left_behind(&self) -> usize {
        std::fs::read_dir(self.tmp()).expect("readable").count()
    }
}

/// A submission in parts, to be put together otherwise.
#[derive(Clone)]
struct Parts {
    head: Value,
    entries: Vec<Entry>,
}

impl Parts {
    fn of(path: &Path) -> Self {
        let (mut head, mut entries) = (Value::Null, Vec::new());
        let file = std::fs::File::open(path).expect("there");
        for part in tar::Archive::new(file).entries().expect("a tar") {
            let mut part = part.expect("a member");
            let mut text = String::new();
            let name = part.path().expect("a name").display().to_string();
            std::io::Read::read_to_string(&mut part, &mut text).expect("text");
            if name.as_str() == "manifest.json" {
                head = serde_json::from_str(&text).expect("JSON");
            } else {
                let lines = text.lines().map(|l| serde_json::from_str(l).expect("an entry"));
                entries = lines.collect();
            }
        }
        Self { head, entries }
    }

    /// As somebody would who has this program's sources: every hash fits again.
    fn chained(mut self) -> Self {
        let world: Manifest = serde_json::from_value(self.head["world"].clone()).expect("a world");
        let mut last = origin(&world.text().expect("text"));
        for (place, entry) in self.entries.iter_mut().enumerate() {
            entry.seq = place as u64 + 1;
            let Entry { at, group, kind, body, .. } = &*entry;
            let new = NewEntry { at: *at, group: *group, kind, body };
            last = link(&last, entry.seq, &new);
            entry.hash = last;
        }
        self.head["head"] = json!(last);
        self
    }

    fn set(mut self, pointer: &str, value: Value) -> Self {
        *self.head.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        self
    }

    /// Puts an entry in front of the last one.
    fn with(mut self, kind: &str, body: &Value) -> Self {
        let place = self.entries.len() - 1;
        let before = self.entries[place].clone();
        let entry = Entry { kind: kind.into(), body: body.to_string(), group: 900, ..before };
        self.entries.insert(place, entry);
        self
    }

    /// The members as [`submission::write`] writes them.
    fn members(&self) -> Vec<(String, Vec<u8>)> {
        let lines = self.entries.iter().map(|e| serde_json::to_string(e).expect("JSON") + "\n");
        vec![
            ("manifest.json".into(), self.head.to_string().into_bytes()),
            ("journal.jsonl".into(), lines.collect::<String>().into_bytes()),
        ]
    }
}

fn header(name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).expect("a name");
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn tar_of(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        tar.append(&header(name, bytes.len() as u64), bytes.as_slice()).expect("written");
    }
    tar.into_inner().expect("written")
}

/// One member whose header says what is not so.
fn claim(name: &str, size: u64, kind: tar::EntryType) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name).expect("a name");
    header.set_size(size);
    header.set_entry_type(kind);
    if kind == tar::EntryType::GNUSparse
        && let Some(gnu) = header.as_gnu_mut()
    {
        // Of 1 TiB the last 512 bytes are there.
        gnu.realsize.copy_from_slice(b"17777777777\0");
        gnu.sparse[0].offset.copy_from_slice(b"17777776777\0");
        gnu.sparse[0].numbytes.copy_from_slice(b"00000001000\0");
    }
    header.set_cksum();
    [header.as_bytes().as_slice(), &[b'{'; 512], &[0; 1024]].concat()
}

const TIB: u64 = 1 << 40;
const PAINT: &str = "x\n  Mallory  try  99  0  99\u{1b}[2J\u{202e}<script>alert(1)</script>=1+1";

/// Every hostile file, with words that its line of the report has.
#[expect(clippy::too_many_lines, reason = "a table")]
fn hostile(school: &School, honest: &Path, other: &Path) -> Vec<(PathBuf, &'static str)> {
    let base = Parts::of(honest);
    let mut cases: Vec<(&str, Vec<u8>, &'static str)> = Vec::new();
    let sound = base.members();
    let raw = |bytes: &[u8]| {
        tar_of(&[
            ("manifest.json".into(), sound[0].1.clone()),
            ("journal.jsonl".into(), bytes.to_vec()),
        ])
    };
    let with = |name: &str, bytes: &[u8]| {
        let mut members = sound.clone();
        members.push((name.into(), bytes.to_vec()));
        tar_of(&members)
    };
    let parts = |parts: Parts| tar_of(&parts.members());

    // Claims.
    let sparse = |name| claim(name, 512, tar::EntryType::GNUSparse);
    cases.push(("sparse-journal", sparse("journal.jsonl"), "of a kind that no submission has"));
    cases.push(("sparse-head", sparse("manifest.json"), "of a kind that no submission has"));
    let file = tar::EntryType::Regular;
    cases.push(("tib-journal", claim("journal.jsonl", TIB, file), "claims 1099511627776 bytes"));
    cases.push(("tib-head", claim("manifest.json", TIB, file), "claims 1099511627776 bytes"));
    let blob = format!("blobs/{}", Digest::of(b"x"));
    cases.push(("tib-body", claim(&blob, TIB, file), "claims 1099511627776 bytes"));
    cases.push(("max-body", claim(&blob, u64::MAX, file), "is not a submission"));
    cases.push(("long-name", claim("x", TIB, tar::EntryType::GNULongName), "of a kind"));
    cases.push(("extension", claim("x", TIB, tar::EntryType::XHeader), "of a kind"));
    cases.push(("link", claim("journal.jsonl", 0, tar::EntryType::Symlink), "of a kind"));
    cases.push(("hard-link", claim("passwd", 0, tar::EntryType::Link), "of a kind"));
    cases.push(("folder", claim("blobs", 0, tar::EntryType::Directory), "of a kind"));
    cases.push(("cut-member", claim("journal.jsonl", 60_000, file), "line 1 of its journal"));

    // What no submission is.
    cases.push(("empty", Vec::new(), "no manifest.json"));
    cases.push(("hello", b"hello".to_vec(), "cut short"));
    cases.push(("zeros", vec![0; 4096], "no manifest.json"));
    cases.push(("half", std::fs::read(honest).expect("there")[..2000].to_vec(), "cut short"));
    cases.push(("no-journal", tar_of(&sound[..1]), "no journal.jsonl"));
    cases.push(("twice", with("journal.jsonl", b""), "has it twice"));
    cases.push(("stranger", with("run.sh", b"rm -rf /"), "run.sh"));
    cases.push(("climbing", with("blobs/aaaa", b"x"), "misnamed"));
    cases.push(("other-body", with(&blob, b"y"), "was altered"));
    cases.push(("no-json", raw(b"no json\n"), "line 1 of its journal"));
    cases.push(("no-text", raw(&[0xff, 0xfe, 0x00, b'\n']), "line 1 of its journal"));
    cases.push(("long-line", raw(&vec![b' '; 33 << 20]), "line 1 of its journal has more than"));
    let mut deep = sound.clone();
    deep[0].1 = "[".repeat(100_000).into_bytes();
    cases.push(("deep", tar_of(&deep), "manifest.json cannot be understood"));
    cases.push(("format", parts(base.clone().set("/format", json!(9))), "format 9"));

    // Much work.
    let mut long = base.clone();
    let one =
        Entry { kind: "advance".into(), body: "{}".into(), group: 0, ..base.entries[0].clone() };
    long.entries.extend(std::iter::repeat_n(one.clone(), 60_000));
    let undo = Entry { kind: "undo".into(), ..one };
    long.entries.extend(std::iter::repeat_n(undo, 60_000));
    cases.push(("undos", parts(long.chained()), "the replayed world differs"));
    let zeros = format!("[{}0]", "0,".repeat(9_000_000));
    let mut bomb = base.clone();
    let call = bomb.entries.iter_mut().find(|e| e.kind == "call").expect("a call");
    let body: Value = serde_json::from_str(&call.body).expect("JSON");
    call.body = call.body.replacen(&body["input"]["Bucket"].to_string(), &zeros, 1);
    cases.push(("bomb", parts(bomb.chained()), "more than 256 MiB of memory"));

    // Who did it.
    let of = |parts: Parts| parts.chained();
    let seed = base.head["world"]["learner_seed"].as_u64().expect("a seed");
    let forged = base.clone().set("/world/learner_seed", json!(seed ^ 1));
    cases.push(("forged-seed", parts(of(forged)), "its seed is not the one"));
    let world = base.head["world"]["seed"].as_u64().expect("a seed");
    let forged = base.clone().set("/world/seed", json!(world ^ 1));
    cases.push(("world-seed", parts(of(forged)), "the seed of its world"));
    let renamed = base.clone().set("/world/person/name", json!("Mallory"));
    cases.push(("renamed", parts(renamed.clone()), "entry 1 was altered"));
    cases.push(("renamed-chained", parts(of(renamed)), "its seed is not the one"));
    let hidden = base.clone().set("/world/person/name", json!("a\u{202e}b"));
    cases.push(("hidden-name", parts(of(hidden)), "U+202E"));
    let mut outside = base.clone();
    outside.head["world"].as_object_mut().expect("an object").remove("class");
    cases.push(("no-class", parts(of(outside)), "it was not done for a class"));
    let elsewhere = base.clone().set("/world/class", json!(Digest::of(b"another")));
    cases.push(("other-class", parts(of(elsewhere)), "for another class"));
    let nonce = base.clone().set("/nonce", json!("week-8"));
    cases.push(("other-word", parts(nonce), "different word from its journal"));
    let lab = base.clone().set("/world/lab", json!("../../etc"));
    cases.push(("other-lab", parts(of(lab)), "there is no lab"));
    let learner = base.clone().set("/world/learner", json!("../x"));
    cases.push(("other-learner", parts(of(learner)), "not one that distlab gives"));
    let state = base.clone().set("/state", json!(Digest::of(b"a better world")));
    cases.push(("other-state", parts(state), "the replayed world differs"));
    let cut = Parts { entries: base.entries[..3].to_vec(), ..base.clone() };
    cases.push(("cut-journal", parts(cut), "entries are missing"));
    // Files that checks are said to have seen.
    let pass = base.entries.iter().rposition(|e| e.kind == "pass").expect("a pass");
    let claiming = |files: Value| {
        let mut parts = base.clone();
        let mut body: Value = serde_json::from_str(&parts.entries[pass].body).expect("JSON");
        body["files"] = files;
        parts.entries[pass].body = body.to_string();
        parts
    };
    let facts = |digest: Value, len: u64| {
        json!({"bytes": {"digest": digest, "len": len, "md5": "", "crc32": 0, "crc32c": 0,
            "crc64nvme": 0, "sha1": ""}})
    };
    let huge = claiming(json!({"../../etc/passwd": facts(json!(Digest::of(b"x")), u64::MAX)}));
    cases.push(("huge-file", parts(of(huge.clone())), "\"replayed\":4"));
    cases.push(("unchained-file", parts(huge), "was altered"));
    let short = claiming(json!({"a": facts(json!("00"), 1)}));
    cases.push(("short-digest", parts(of(short)), "cannot be understood"));
    let negative = claiming(json!({"a": {"bytes": {"digest": Digest::of(b"x"), "len": -1}}}));
    cases.push(("negative-file", parts(of(negative)), "cannot be understood"));
    let odd = claiming(json!({"a": {"link": "/etc/passwd"}}));
    cases.push(("linked-file", parts(of(odd)), "cannot be understood"));
    let many: serde_json::Map<String, Value> =
        (0..50_000).map(|n| (format!("f{n}"), json!("absent"))).collect();
    cases.push(("many-files", parts(of(claiming(many.into()))), "\"replayed\":4"));
    let mut doubled = base.clone();
    let body = &mut doubled.entries[pass].body;
    *body = body.replacen('{', "{\"files\":{\"a\":\"absent\",\"a\":{\"left\":\"x\"}},", 1);
    cases.push(("doubled-file", parts(of(doubled)), "\"replayed\":4"));
    let mut late = base.clone();
    late.entries[2].at = i64::MAX;
    cases.push(("end-of-time", parts(of(late)), "outside of any lab's time"));

    // What is graded, and seen to.
    let mut copy =
        Parts::of(other).with("hint", &json!({"step": "make", "shown": 2, "wall": null}));
    let thief = person(*HONEST);
    copy.head["world"]["person"] = json!(thief);
    copy.head["world"]["learner_seed"] = json!(school.class.seed(&thief));
    let mut world: Manifest = serde_json::from_value(copy.head["world"].clone()).expect("a world");
    let learner = Learner { name: world.learner.clone(), seed: world.learner_seed };
    world.seed = Manifest::new("try", &WorldSpec::default(), &learner, Time(world.start)).seed;
    copy.head["world"] = serde_json::to_value(&world).expect("JSON");
    cases.push(("copied", parts(copy.chained()), "pauses between them, are those of"));
    let paint = base.clone().with("pass", &json!({"step": PAINT, "facts": []}));
    cases.push(("paint", parts(paint.chained()), "which this lab does not have"));
    let mut warped = base.clone();
    let pass = warped.entries.iter().rposition(|e| e.kind == "pass").expect("a pass");
    let mut body: Value = serde_json::from_str(&warped.entries[pass].body).expect("JSON");
    body["wall"] = json!(MONDAY.0 - 86_400_000);
    warped.entries[pass].body = body.to_string();
    cases.push(("warped", parts(warped.chained()), "its dates run backwards"));

    let mut files = Vec::new();
    for (name, bytes, want) in cases {
        let path = school.dir.join(format!("bad-{name}.dlab"));
        std::fs::File::create(&path).and_then(|mut f| f.write_all(&bytes)).expect("written");
        files.push((path, want));
    }
    let pipe = school.dir.join("pipe.dlab");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    files.push((pipe, "is not a file"));
    files.push((school.dir.join("gone.dlab"), "cannot be read"));
    files
}

#[test]
fn a_class_is_graded_whatever_else_is_handed_in() {
    let school = School::new();
    let honest: Vec<PathBuf> =
        (0..*HONEST - 1).map(|number| school.hand_in(number, MONDAY, true)).collect();
    let bad = hostile(&school, &honest[0], &honest[1]);
    assert!(bad.len() >= 40, "{}", bad.len());
    let mut files = honest.clone();
    files.extend(bad.iter().map(|(file, _)| file.clone()));

    let ran = school.grade(&files, &["--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(school.left_behind(), 0);
    let report = ran.json();
    let seen = |file: &Path| {
        let lines = report.as_array().expect("an array");
        let found = lines.iter().find(|line| line["file"] == text(file));
        found.unwrap_or_else(|| panic!("{} is not in the report", file.display())).clone()
    };
    // The first two were copied; nobody else has anything in common.
    for (number, file) in honest.iter().enumerate() {
        let graded = &seen(file)["graded"];
        assert_eq!((&graded["replayed"], &graded["possible"]), (&json!(4), &json!(4)), "{graded}");
        assert_eq!(graded["notes"], json!([]), "{number}");
        assert_eq!(graded["person"]["number"], format!("S{number}"));
        let alike = graded["alike"].as_array().map_or(0, Vec::len);
        assert!(alike == 0 || number < 2, "{number}: {}", graded["alike"]);
    }
    assert!(seen(&honest[1])["graded"]["alike"].to_string().contains("bad-copied"));
    let otherwise: Vec<String> = bad
        .iter()
        .map(|(file, want)| (file, want, seen(file).to_string()))
        .filter(|(_, want, line)| !line.contains(*want))
        .map(|(file, want, line)| format!("{} ({want}): {line:.400}", file.display()))
        .collect();
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
    // A copy under another name earns nothing: the lab gave its thief other names.
    let copied = seen(&school.dir.join("bad-copied.dlab"));
    let earned = copied["graded"]["replayed"].as_f64().expect("points");
    assert!(earned <= 1.0, "{copied}");

    every_format_is_read(&school, &files, &report);
}

fn every_format_is_read(school: &School, files: &[PathBuf], json: &Value) {
    let few: Vec<PathBuf> = files
        .iter()
        .filter(|f| {
            let name = f.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            ["honest-0.", "honest-1.", "bad-paint", "bad-copied", "bad-hello"]
                .iter()
                .any(|start| name.starts_with(start))
        })
        .cloned()
        .collect();
    assert_eq!(few.len(), 5);
    let write = |format: &str| school.grade(&few, &["--format", format]).out;

    let table = write("text");
    let painted = table.lines().filter(|l| l.trim_start().starts_with("Mallory")).count();
    assert_eq!((painted, table.contains('\u{1b}'), table.contains('\u{202e}')), (0, false, false));
    assert!(table.contains("nothing was handed in"), "{table}");
    assert!(table.contains("Žofie Nº0"), "{table}");

    let rows = distlab::grade::roster::rows(&write("csv")).expect("CSV");
    let column = |name: &str| rows[0].iter().position(|c| c == name).expect("a column");
    let [earned, possible, total] = ["earned", "possible", "total"].map(column);
    let mine: Vec<&Vec<String>> = rows.iter().filter(|r| r[0].contains("honest-0")).collect();
    assert_eq!(mine.iter().map(|r| r[earned].as_str()).collect::<Vec<_>>(), ["3", "1"]);
    assert_eq!(mine.iter().map(|r| r[possible].as_str()).collect::<Vec<_>>(), ["3", "1"]);
    assert!(mine.iter().all(|r| r[total] == "4"), "{mine:?}");
    let effort = ["commands", "wrong_answers", "hints", "resets"].map(column);
    assert_eq!(effort.map(|place| mine[0][place].as_str()), ["3", "1", "1", "0"], "{mine:?}");
    assert!(rows.iter().all(|r| r.len() == rows[0].len()), "{rows:?}");

    let junit = write("junit");
    let mut cases = BTreeMap::new();
    let mut reader = quick_xml::Reader::from_str(&junit);
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap_or_else(|e| panic!("{e}: {junit}")) {
            Event::Start(tag) | Event::Empty(tag) => {
                let name: String = AsRef::<str>::as_ref(&tag.name()).to_owned();
                *cases.entry(name).or_insert(0) += 1;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((cases["testsuite"], cases["testcase"], cases["error"]), (5, 9, 1), "{junit}");
    assert!(junit.contains("3 of 3 points, verified"), "{junit}");

    let scope: Value = serde_json::from_str(&write("gradescope")).expect("JSON");
    for one in scope.as_array().expect("an array") {
        gradescope_schema(one);
        let mut seen = one.clone();
        let tests = seen["tests"].as_array_mut().expect("tests");
        tests.retain(|test| test["visibility"] != "hidden");
        let seen = seen.to_string();
        assert!(!seen.contains("honest-") && !seen.contains("bad-"), "{seen}");
    }

    let grades = distlab::grade::roster::rows(&write("moodle")).expect("CSV");
    assert_eq!(grades[0], ["ID number", "Email address", "Full name", "try", "Total"]);
    assert_eq!(grades[1], ["S0", "s0@example.org", "Žofie Nº0", "8", "8"]);
    assert_eq!(grades[3][3..], ["", ""], "nobody handed in: the platform keeps what it has");
    assert_eq!(grades.len(), *HONEST + 2);

    let page = write("html");
    assert!(!page.contains("<script") && !page.contains('\u{202e}'), "escaped");
    for word in
        ["Systems &amp; more", "Try &lt;it&gt;", "wrong answer: 7", "CreateBucket", "had it"]
    {
        assert!(page.contains(word), "{word} is not on the page");
    }
    for tag in ["table", "tr", "td", "th", "details", "ul", "li", "h2", "body", "html"] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert!(json.as_array().is_some_and(|lines| lines.len() == files.len()));
}

/// What Gradescope's documentation says of `results.json`.
fn gradescope_schema(one: &Value) {
    assert!(one["score"].is_number() && one["output"].is_string(), "{one}");
    let visible = |value: &Value| {
        let known = ["visible", "hidden", "after_due_date", "after_published"];
        value.as_str().is_some_and(|v| known.contains(&v))
    };
    assert!(visible(&one["visibility"]), "{one}");
    for test in one["tests"].as_array().expect("tests") {
        assert!(test["score"].is_number() && test["max_score"].is_number(), "{test}");
        assert!(test["name"].is_string() && test["output"].is_string(), "{test}");
        assert!(
            ["passed", "failed"].contains(&test["status"].as_str().unwrap_or_default()),
            "{test}"
        );
        assert!(visible(&test["visibility"]), "{test}");
    }
}

#[test]
fn late_work_parts_of_steps_and_several_files_are_counted_by_the_rules() {
    let school = School::new();
    let day = 86_400_000;
    let due = Time::parse_iso(DUE).expect("a date");
    let at = |number, ms: i64, all| school.hand_in(number, Time(due.0 + ms), all);
    let files = [
        at(0, 3_000_000, true),
        at(1, 3_700_000, true),
        at(2, day + 3_700_000, true),
        at(3, 3 * day, true),
        at(4, -day, false),
    ];
    let report = school.grade(&files, &["--format", "json"]).json();
    let found: Vec<(f64, u64)> = (0..5)
        .map(|place| {
            let graded = &report[place]["graded"];
            let days = graded["late_days"].as_u64().expect("days");
            (graded["replayed"].as_f64().expect("points"), days)
        })
        .collect();
    // In time by the grace; one day; two days; behind the cut-off; a third of a step.
    assert_eq!(found, [(4.0, 0), (3.0, 1), (2.0, 2), (0.0, 3), (1.0, 0)], "{report:#}");

    // The same learner again, with less and later.
    let first = school.dir.join("first.dlab");
    std::fs::rename(&files[0], &first).expect("renamed");
    let second = at(0, 3_600_000, false);
    let total = |take: &str| {
        let out =
            school.grade(&[first.clone(), second.clone()], &["--format", "moodle", "--take", take]);
        distlab::grade::roster::rows(&out.out).expect("CSV")[1][4].clone()
    };
    assert_eq!((total("best"), total("last")), ("8".to_owned(), "2".to_owned()));
}

#[test]
fn who_a_learner_is_stands_before_a_lab_begins() {
    let school = School::new();
    let learner = Home::new();
    let labs = text(&school.labs).to_owned();
    let run = |code: i32, args: &[&str]| {
        let mut all = vec!["--labs", labs.as_str()];
        all.extend(args);
        learner.expect(code, &all)
    };
    let class = text(&school.class_file);
    assert!(run(1, &["join", class]).err.contains("distlab me"));
    assert!(run(1, &["me", "--name", "a\tb"]).err.contains("U+0009"));
    run(0, &["me", "--name", "Ада Лавлейс", "--number", "S99"]);
    assert!(run(1, &["join", class]).err.contains("nobody with the number"));
    run(0, &["me", "--number", "s1"]);
    let joined = run(0, &["join", class]);
    assert!(joined.out.contains("Systems & more") && joined.out.contains(DUE), "{joined:#?}");
    run(0, &["allow", "try", "--yes"]);
    run(0, &["exec", "try", "--", "aws", "s3", "mb", "s3://a-bucket-of-mine"]);
    assert!(run(1, &["me", "--name", "Somebody Else"]).err.contains("before a lab begins"));
    let wrote = run(0, &["submit", "try", "--out", "mine.dlab"]);
    assert!(wrote.out.contains("Ада Лавлейс"), "{wrote:#?}");
    let file = learner.path().join("mine.dlab");
    let report = school.grade(std::slice::from_ref(&file), &["--format", "json"]).json();
    assert_eq!(report[0]["graded"]["person"]["name"], "Ада Лавлейс", "{report:#}");

    // Another teacher's class file, and an altered one.
    let other = Home::new();
    let grade = |home: &Home, more: &[&str]| {
        let mut args = vec!["--labs", labs.as_str(), "grade", text(&file), "--class", class];
        args.extend(more);
        home.run(&args)
    };
    assert!(grade(&other, &[]).err.contains("not this profile's"));
    assert_eq!(grade(&other, &["--teacher", school.class.teacher()]).code, 0);
    let altered = std::fs::read_to_string(class).expect("there").replace("Systems", "Sisters");
    let altered = other.write("altered.class", &altered);
    assert!(run(1, &["join", text(&altered)]).err.contains("altered"));
}

#[test]
fn a_grader_that_is_killed_leaves_nothing_for_long() {
    let school = School::new();
    let honest = school.hand_in(0, MONDAY, true);
    let mut long = Parts::of(&honest);
    let last = long.entries[long.entries.len() - 1].clone();
    long.entries.extend(std::iter::repeat_n(last, 60_000));
    let path = school.dir.join("long.dlab");
    std::fs::write(&path, tar_of(&long.chained().members())).expect("written");
    let mut command = school.teacher.command();
    let labs = text(&school.labs);
    command.env("TMPDIR", school.tmp()).args(["--labs", labs, "grade", text(&path)]);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().expect("it runs");
    let soon = |what: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !what() {
            assert!(began.elapsed() < Duration::from_mins(2));
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    soon(&|| school.left_behind() > 0);
    child.kill().expect("killed");
    child.wait().expect("gone");
    // Whatever was begun when it was killed, the next one finds it, once its process has noticed.
    soon(&|| {
        school.grade(std::slice::from_ref(&honest), &[]);
        school.left_behind() == 0
    });
}

/// What a class was graded to does not hang on where: here at once, here after a break, or in shards of
/// which one was lost.
#[test]
fn the_report_is_the_same_wherever_the_class_was_graded() {
    let school = School::new();
    let mut files: Vec<PathBuf> =
        (0..7).map(|number| school.hand_in(number, MONDAY, number != 3)).collect();
    let bad = hostile(&school, &files[0], &files[1]).into_iter().map(|(file, _)| file);
    // What takes long is graded in the other test.
    let long = ["undos", "bomb", "long-line"];
    files.extend(bad.filter(|file| long.iter().all(|name| !text(file).contains(name))));
    let whole = ["json", "html"].map(|format| school.grade(&files, &["--format", format]));
    let same = |results: &Path, what: &str| {
        for (format, whole) in ["json", "html"].iter().zip(&whole) {
            let more = ["--format", format, "--results", text(results)];
            let ran = school.grade(&files, &more);
            assert!(ran.out == whole.out, "{what}: the report as {format} differs");
            assert_eq!(ran.code, whole.code);
        }
    };
    let kept = school.dir.join("kept.results");
    same(&kept, "kept");
    // Killed inside of a line, and some of it lost.
    let text_of = std::fs::read_to_string(&kept).expect("results");
    let cut = school.dir.join("cut.results");
    std::fs::write(&cut, &text_of[..text_of.len() / 2]).expect("written");
    same(&cut, "cut");

    let class = Some(school.class.text().expect("text"));
    let labs = Some(school.labs.canonicalize().expect("there"));
    let on = On::new(program(), None, class, labs).expect("terms");
    let named: Vec<(PathBuf, Digest)> =
        files.iter().filter_map(|f| Some((f.clone(), queue::digest(f)?))).collect();
    let plan = Plan::new(&on, named.iter().map(|(_, digest)| *digest).collect(), 5);
    let paths: Vec<PathBuf> = named.iter().map(|(path, _)| path.clone()).collect();
    let folder = school.dir.join("batch");
    for (name, part) in plan.folder(&paths, on.labs.as_deref()).expect("a folder") {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        match part {
            Part::Text(text) => std::fs::write(path, text).expect("written"),
            Part::Copy(from) => drop(std::fs::copy(from, path).expect("copied")),
        }
    }
    let shard = |shard: usize| {
        let mut command = std::process::Command::new(program());
        command.arg("grade-shard").arg(&folder).env("JOB_COMPLETION_INDEX", shard.to_string());
        let ran: Ran = command.env("TMPDIR", school.tmp()).output().expect("it runs").into();
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    let logs: Vec<String> = (0..plan.shards).map(shard).collect();
    assert_eq!(logs.len(), 5);
    let all = school.dir.join("all.results");
    std::fs::write(&all, logs.concat()).expect("written");
    same(&all, "shards");
    let lost = school.dir.join("lost.results");
    std::fs::write(&lost, logs[..2].concat() + &logs[3..].concat()).expect("written");
    same(&lost, "a shard lost");
    assert_eq!(school.left_behind(), 0);
}

/// What is known is not graded again, and on other terms it is not known.
#[test]
fn results_are_of_files_and_terms() {
    let school = School::new();
    let file = school.hand_in(0, MONDAY, true);
    let class = Some(school.class.text().expect("text"));
    let labs = Some(school.labs.canonicalize().expect("there"));
    let on = On::new(program(), None, class, labs).expect("terms");
    let said = Answer::Error("graded before".into());
    let digest = queue::digest(&file).expect("a file");
    let record = Record { terms: on.terms, file: digest, answer: said };
    let before = school.dir.join("before.results");
    std::fs::write(&before, record.lines().expect("lines")).expect("written");
    let grade = |more: &[&str]| {
        let args = [&["--results", text(&before)], more].concat();
        school.grade(std::slice::from_ref(&file), &args)
    };
    let ran = grade(&[]);
    assert!(ran.out.contains("graded before"), "{ran:#?}");
    assert!(ran.err.contains("1 file of"), "{ran:#?}");
    let ran = grade(&["--nonce", "week-7"]);
    assert!(!ran.out.contains("graded before") && ran.err.contains("other terms"), "{ran:#?}");
    // A folder is what is in it, and below it.
    let few = school.dir.join("few");
    std::fs::create_dir_all(few.join("a student")).expect("made");
    std::fs::copy(&file, few.join("a student/x.dlab")).expect("copied");
    std::fs::write(few.join("feedback.txt"), "well done").expect("written");
    let ran = school.grade(std::slice::from_ref(&few), &["--format", "json"]);
    assert_eq!(ran.json().as_array().map(Vec::len), Some(1), "{ran:#?}");
    let none = school.grade(&[school.tmp()], &[]);
    assert!(none.err.contains("there is no submission"), "{none:#?}");
}
