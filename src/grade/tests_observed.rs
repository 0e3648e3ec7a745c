//! Work that rests on what was seen of a run: attested, never replayed, and whatever is forged of it
//! gains nothing that an honest run would not have.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::points::Points;
use super::tests::{altered, began};
use super::verdict::grade_of;
use super::{Graded, Verdict, submission};
use base::{Digest, Rng, Time};
use course::{Answer, Ask, Expect, Lab, Learner, Step, WorldSpec};
use gateway::Gateway as _;
use session::engine::Line;
use session::history::Act;
use session::profile::Profile;
use session::{Mode, Session};
use sim::api::{ApiError, OpDef, Protocol, Service, Write};
use sim::outside::{End, EndedBy, Limits, Output, Process};
use sim::{Caller, Config, Cx, Never, Observation, Principal, RunId, State, System, Wanted, World};
use store::BlobStore;

/// A made-up system that runs a line of shell and makes a bucket that is called what the line said.
#[derive(Hash, Debug, Default)]
struct Namer {
    failed: u64,
}

impl State for Namer {
    const NAME: &'static str = "namer";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }

    fn observed(world: &mut World, _: &RunId, seen: &Observation) {
        let name = match seen {
            Observation::Began => return,
            Observation::Ended(End { code: 0, stdout: Output::Text(text), .. }) => text.trim(),
            _ => {
                world.get_mut::<Self>().failed += 1;
                return;
            }
        };
        let (caller, config) = (Caller::from(Principal::Root), world.config().clone());
        let (account, region) = (&*config.account, &*config.region);
        let cx = Cx { at: world.now(), caller: &caller, account, region };
        if world.call(&cx, "s3", "CreateBucket", json!({"Bucket": name})).is_err() {
            world.get_mut::<Self>().failed += 1;
        }
    }
}

sim::operation! {
    /// Runs a line of shell.
    write Name in "namer" = "";
    input {
        /// The line.
        line: String => "Line",
    }
    output NameOutput {}
    errors []
    access open
}

impl Write for Name {
    type Output = NameOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<NameOutput, ApiError> {
        let limits = Limits {
            time: Some(Duration::from_mins(5)),
            memory_bytes: 256 << 20,
            output_bytes: 1 << 20,
        };
        world.want::<Namer>(Wanted::Process(Process {
            program: "sh".into(),
            args: vec!["-c".into(), self.line],
            env: [].into(),
            input: Vec::new(),
            limits,
        }));
        Ok(NameOutput {})
    }
}

static OPERATIONS: &[&OpDef] = &[&Name::DEF];
static SERVICE: Service = Service {
    name: "namer",
    title: "Namer",
    protocol: Protocol::Hadoop,
    signing_name: "namer",
    api_version: "1",
    xml_namespace: "",
    operations: OPERATIONS,
    refused: &[],
};
static NAMER: System = System::of::<Namer>(&[&SERVICE]);
static SYSTEMS: &[&System] = &[&NAMER, &aws::iam::SYSTEM, &aws::s3::SYSTEM];

const START: Time = Time(1_772_438_400_000);

/// A step that rests on the run by what it checks, one by its question, and one that does not.
fn lab() -> Lab {
    let expect = |run: &str, at: &str, want: &str| Expect {
        run: run.into(),
        at: Some(at.into()),
        matcher: "is".into(),
        want: want.into(),
        or_else: "it is {got}, and should be {want}".into(),
        line: 1,
        ..Expect::default()
    };
    let count =
        Answer::Live { run: "aws s3api list-buckets".into(), at: Some("length(Buckets)".into()) };
    let ask = Ask {
        question: "How many?".into(),
        choices: vec![],
        answer: count,
        why: "So many.".into(),
        line: 1,
        ..Ask::default()
    };
    let step = |id: &str, points, expects, asks| Step {
        id: id.into(),
        title: id.into(),
        points,
        expects,
        asks,
        ..Step::default()
    };
    let bucket = expect("aws s3api list-buckets", "Buckets[0].Name", "notes-ada");
    let user = expect("aws iam list-users", "Users[0].UserName", "ada");
    let steps = vec![step("bucket", 4, vec![bucket], vec![]), step("count", 2, vec![], vec![ask])];
    let steps = [vec![step("user", 1, vec![user], vec![])], steps].concat();
    Lab { id: "try".into(), speed: 1, steps, ..Lab::default() }
}

struct Class {
    dir: tempfile::TempDir,
    session: Option<Arc<Session>>,
}

impl Class {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut profile = Profile::open(&dir.path().join("home")).unwrap();
        profile.rename(Learner { name: "ada".into(), seed: 7 }).unwrap();
        let mut class = Self { dir, session: None };
        class.reopen();
        class
    }

    /// As a program does that reads the journal as it stands.
    fn reopen(&mut self) {
        self.session = None;
        let profile = Profile::open(&self.dir.path().join("home")).unwrap();
        let session = Session::open_of(SYSTEMS, &profile, lab(), Mode::Once, START).unwrap();
        self.session = Some(session);
    }

    fn session(&self) -> &Session {
        self.session.as_ref().expect("it is open")
    }

    fn call(&self, op: &'static OpDef, input: serde_json::Value) {
        let line = Line::separate(self.session().engine().clone());
        line.call(&Caller::from(Principal::Root), op, input).unwrap();
    }

    fn make_user(&self) {
        let op = aws::iam::SYSTEM.operation("iam", "CreateUser").unwrap();
        self.call(op, json!({"UserName": "ada"}));
    }

    fn run(&self, line: &str) {
        self.call(&Name::DEF, json!({"Line": line}));
    }

    fn until(&self, what: &str, so: impl Fn(&World) -> bool) {
        let began = Instant::now();
        while !self.session().engine().look(&so) {
            assert!(began.elapsed() < Duration::from_mins(1), "{what} never came");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn record(&self, act: &Act) {
        self.session().engine().record(0, act).unwrap();
    }

    fn pass(&self, step: &str) {
        self.record(&Act::Pass {
            step: step.into(),
            facts: vec![],
            wall: None,
            files: BTreeMap::default(),
        });
    }

    /// The honest way through the lab.
    fn work(&self) {
        self.make_user();
        self.run("echo notes-ada");
        self.until("the end of the run", |world| world.runs().next().is_none());
        self.session().check(None).unwrap();
        assert!(self.session().answer("count", 0, "1").unwrap().right);
        let steps = self.session().check(None).unwrap();
        assert!(steps.iter().all(|s| matches!(s.verdict, session::Verdict::Passed { .. })));
    }

    fn submit(&self) -> PathBuf {
        let path = self.dir.path().join("try-ada.dlab");
        submission::write(self.session(), Digest::of(b"lab"), None, START.0, &path).unwrap();
        path
    }

    fn grade(&self) -> anyhow::Result<Graded> {
        self.grade_file(&self.submit())
    }

    fn grade_file(&self, path: &std::path::Path) -> anyhow::Result<Graded> {
        let blobs = BlobStore::open(&self.dir.path().join("graded")).unwrap();
        let read = submission::read(path, &blobs)?;
        let began = began("try", &WorldSpec::default());
        grade_of(SYSTEMS, &read, &lab(), &began, Digest::of(b"lab"), &blobs)
    }
}

fn verdicts(graded: &Graded) -> Vec<Verdict> {
    graded.steps.iter().map(|s| s.verdict).collect()
}

fn ended(said: &str) -> Observation {
    let text = |text: &str| Output::Text(text.into());
    let (stdout, stderr) = (text(said), text(""));
    Observation::Ended(End { code: 0, by: EndedBy::Itself, stdout, stderr })
}

#[test]
fn what_rests_on_a_run_is_attested_and_the_rest_replayed() {
    let class = Class::new();
    class.work();
    let graded = class.grade().unwrap();
    let want = [Verdict::Verified, Verdict::Attested, Verdict::Attested];
    assert_eq!(verdicts(&graded), want, "{graded:?}");
    assert_eq!(
        (graded.replayed, graded.attested, graded.possible),
        (Points::whole(1), Points::whole(6), 7)
    );
    // A test does in a moment what takes a learner a while, and that is told.
    let notes = graded.notes.iter().filter(|note| !note.contains(" points in "));
    assert_eq!(notes.count(), 0, "{:?}", graded.notes);
}

#[test]
fn an_observation_that_was_edited_is_found_and_named() {
    let check = |from: &'static str, to: &'static str| {
        let class = Class::new();
        class.work();
        let path = class.submit();
        altered(&path, "journal.jsonl", |text| {
            let at = text.find("\"observed\"").expect("an observation");
            let (before, rest) = text.split_at(at);
            let edited = rest.replacen(from, to, 1);
            assert_ne!(rest, edited, "{from:?} is there");
            format!("{before}{edited}")
        });
        let error = format!("{:#}", class.grade_file(&path).unwrap_err());
        assert!(error.contains("was altered"), "{from:?}: {error}");
    };
    check("notes-ada", "notes-eve");
    check("\"observed\"", "\"advance\"");
    check("namer", "other");
}

/// A journal whose chain holds, since whoever forged it made the chain anew.
#[test]
fn a_forged_observation_gains_nothing_without_a_run_that_was_wanted() {
    let run = |cause, n| RunId { cause, system: "namer".into(), n };
    let check = |forge: &dyn Fn(&Class)| {
        let mut class = Class::new();
        class.make_user();
        forge(&class);
        class.pass("bucket");
        class.reopen();
        let graded = class.grade().unwrap();
        assert_eq!(verdicts(&graded)[1], Verdict::Contradicted, "{graded:?}");
        assert_eq!(graded.replayed + graded.attested, Points(0), "{graded:?}");
    };
    let observed = |run: RunId, seen: Observation| Act::Observed { run, seen };
    // Nobody wanted anything; an entry wanted nothing; its end without its beginning.
    check(&|class| class.record(&observed(run(0, 1), ended("notes-ada"))));
    check(&|class| {
        class.record(&observed(run(1, 1), Observation::Began));
        class.record(&observed(run(1, 1), ended("notes-ada")));
    });
    // It was run, and said something else, or nothing; what comes behind its end is no news.
    check(&|class| {
        class.run("echo notes-eve");
        class.until("the end of the run", |world| world.runs().next().is_none());
        class.record(&observed(run(2, 1), ended("notes-ada")));
    });
    check(&|class| {
        class.run("exit 1");
        class.until("the end of the run", |world| world.runs().next().is_none());
        class.record(&observed(run(2, 1), Observation::Began));
        class.record(&observed(run(2, 1), ended("notes-ada")));
    });
    // Another system's.
    check(&|class| {
        class.run("sleep 300");
        class.until("its beginning", |world| world.runs().any(|(_, run)| run.began.is_some()));
        let other = RunId { cause: 2, system: "s3".into(), n: 1 };
        class.record(&observed(other, ended("notes-ada")));
    });
}

/// That a run said something else than it did cannot be told from the journal: so it never counts as
/// replayed, whatever is claimed.
#[test]
fn what_a_wanted_run_is_claimed_to_have_said_is_attested_at_most() {
    let mut class = Class::new();
    class.make_user();
    class.run("sleep 300");
    class.until("its beginning", |world| world.runs().any(|(_, run)| run.began.is_some()));
    let run = RunId { cause: 2, system: "namer".into(), n: 1 };
    class.record(&Act::Observed { run, seen: ended("notes-ada") });
    class.pass("user");
    class.pass("bucket");
    class.reopen();
    let graded = class.grade().unwrap();
    assert_eq!(verdicts(&graded)[..2], [Verdict::Verified, Verdict::Attested], "{graded:?}");
    assert_eq!(
        (graded.replayed, graded.attested),
        (Points::whole(1), Points::whole(4)),
        "{graded:?}"
    );
}

/// A pass is not believed because an observation stands somewhere before it.
#[test]
fn a_pass_that_the_observation_does_not_bear_is_contradicted() {
    let class = Class::new();
    class.make_user();
    class.run("echo notes-eve");
    class.until("the end of the run", |world| world.runs().next().is_none());
    class.pass("bucket");
    let graded = class.grade().unwrap();
    assert_eq!(verdicts(&graded)[1], Verdict::Contradicted, "{graded:?}");
}

/// What is taken back takes along what was seen of it.
#[test]
fn an_undone_run_is_graded_as_if_it_had_never_been() {
    let class = Class::new();
    class.make_user();
    class.session().check(None).unwrap();
    class.run("echo notes-ada");
    class.until("the end of the run", |world| world.runs().next().is_none());
    class.session().check(None).unwrap();
    assert_eq!(verdicts(&class.grade().unwrap())[1], Verdict::Attested);
    class.session().undo().unwrap().expect("the run is taken back");
    let graded = class.grade().unwrap();
    assert_eq!(verdicts(&graded), [Verdict::Verified, Verdict::Open, Verdict::Open], "{graded:?}");
    assert_eq!(graded.notes, Vec::<String>::new());
}
