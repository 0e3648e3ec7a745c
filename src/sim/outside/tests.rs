//! Runs as state: their names, what is heard of them, and what rests on that.

use std::collections::BTreeMap;
use std::slice;
use std::time::Duration;

use serde_json::{Value, json};

use super::{End, EndedBy, Limits, Observation, Output, Process, RunId, Wanted};
use crate::api::{ApiError, OpDef, Protocol, Read, Service, Write};
use crate::{Caller, Config, Cx, Never, Principal, State, System, World};
use base::{Rng, Time};

/// Runs programs, tries again what was interrupted, and writes down what it hears.
#[derive(Hash, Debug, Default)]
struct Jobs {
    heard: Vec<String>,
    last: Option<RunId>,
}

#[derive(Hash, Debug)]
enum Later {
    Run,
    Note,
}

fn program() -> Wanted {
    Wanted::Process(Process {
        program: "wc".into(),
        args: vec!["-l".into()],
        env: BTreeMap::new(),
        input: Vec::new(),
        limits: Limits {
            time: Some(Duration::from_secs(1)),
            memory_bytes: 1 << 20,
            output_bytes: 1 << 10,
        },
    })
}

impl State for Jobs {
    const NAME: &'static str = "jobs";
    type Event = Later;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: Later) {
        match event {
            Later::Run => {
                let run = world.want::<Self>(program());
                world.get_mut::<Self>().last = Some(run);
            }
            Later::Note => world.get_mut::<Notes>().0 += 1,
        }
    }

    fn observed(world: &mut World, run: &RunId, seen: &Observation) {
        let what = match seen {
            Observation::Began => "began",
            Observation::Ended(_) => "ended",
            Observation::Interrupted => "interrupted",
            Observation::Failed { .. } => "failed",
            Observation::NoImage { .. } => "no image",
            Observation::Unreachable { .. } => "unreachable",
            Observation::Started { .. } => "started",
            Observation::Printed { .. } => "printed",
            Observation::Health { .. } => "health",
        };
        world.get_mut::<Self>().heard.push(format!("{} {} {what}", run.cause, run.n));
        if *seen == Observation::Interrupted {
            world.want::<Self>(program());
            let at = Time(world.now().0 + 10);
            world.schedule::<Self>(at, Later::Note);
        }
    }
}

/// A system that has nothing to do with it.
#[derive(Hash, Debug, Default)]
struct Notes(u64);

impl State for Notes {
    const NAME: &'static str = "notes";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

crate::operation! {
    /// Runs a program, now or a minute later.
    write Submit in "jobs" = "";
    input {
        /// Whether now.
        now: bool => "Now",
        /// Refused, after it was thought of.
        refused: Option<bool> => "Refused",
    }
    output SubmitOutput {}
    errors ["No"]
    access open
}

impl Write for Submit {
    type Output = SubmitOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<SubmitOutput, ApiError> {
        if self.now {
            Jobs::happen(world, Later::Run);
        } else {
            world.schedule::<Jobs>(Time(cx.at.0 + 60_000), Later::Run);
        }
        if self.refused == Some(true) {
            return Err(ApiError::new(400, "No", "No."));
        }
        Ok(SubmitOutput {})
    }
}

crate::operation! {
    /// Wants the last program no longer.
    write Cancel in "jobs" = "";
    input {}
    output CancelOutput {}
    errors []
    access open
}

impl Write for Cancel {
    type Output = CancelOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<CancelOutput, ApiError> {
        if let Some(run) = world.get_mut::<Jobs>().last.take() {
            world.unwant(&run);
        }
        Ok(CancelOutput {})
    }
}

crate::operation! {
    /// What was heard.
    read Heard in "jobs" = "";
    input {}
    output HeardOutput {
        /// Of runs.
        pub heard: String => "Heard",
    }
    errors []
    access open
}

impl Read for Heard {
    type Output = HeardOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<HeardOutput, ApiError> {
        Ok(HeardOutput { heard: world.get::<Jobs>().heard.join(", ") })
    }
}

crate::operation! {
    /// Counts one note.
    write Note in "notes" = "";
    input {
        /// Whether it depends on what the jobs did.
        of_jobs: bool => "OfJobs",
    }
    output NoteOutput {}
    errors []
    access open
}

impl Write for Note {
    type Output = NoteOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<NoteOutput, ApiError> {
        let more = if self.of_jobs { world.get::<Jobs>().heard.len() } else { 1 };
        world.get_mut::<Notes>().0 += more as u64;
        Ok(NoteOutput {})
    }
}

crate::operation! {
    /// How many notes there are.
    read Count in "notes" = "";
    input {}
    output CountOutput {
        /// So many.
        pub count: i64 => "Count",
    }
    errors []
    access open
}

impl Read for Count {
    type Output = CountOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<CountOutput, ApiError> {
        Ok(CountOutput { count: world.get::<Notes>().0.cast_signed() })
    }
}

const fn service(name: &'static str, operations: &'static [&'static OpDef]) -> Service {
    Service {
        name,
        title: name,
        protocol: Protocol::Hadoop,
        signing_name: name,
        api_version: "1",
        xml_namespace: "",
        operations,
        refused: &[],
    }
}

static JOBS_SERVICE: Service = service("jobs", &[&Submit::DEF, &Cancel::DEF, &Heard::DEF]);
static NOTES_SERVICE: Service = service("notes", &[&Note::DEF, &Count::DEF]);
static JOBS: System = System::of::<Jobs>(&[&JOBS_SERVICE]);
static NOTES: System = System::of::<Notes>(&[&NOTES_SERVICE]);
static BOTH: &[&System] = &[&JOBS, &NOTES];
static ALONE: &[&System] = &[&NOTES];

fn world(systems: &'static [&'static System]) -> World {
    World::new(systems, Config::new(7, Time(0)))
}

/// Entry `number`, made at `at`.
fn ask(world: &mut World, number: u64, at: i64, op: &str, input: Value) -> Result<Value, ApiError> {
    let (service, op) = op.split_once(' ').expect("a service and an operation");
    let op = world.operation(service, op).expect("an operation");
    world.entry(number);
    world.apply(Time(at), &Caller::from(Principal::Lab), op, input)
}

fn submit(world: &mut World, number: u64, at: i64, now: bool) {
    ask(world, number, at, "jobs Submit", json!({"Now": now})).expect("submitted");
}

fn seen(world: &mut World, number: u64, at: i64, run: (u64, u32), what: &Observation) -> bool {
    world.entry(number);
    let id = RunId { cause: run.0, system: "jobs".into(), n: run.1 };
    world.observe(Time(at), &id, what)
}

fn ended() -> Observation {
    let nothing = || Output::Text(String::new());
    let by = EndedBy::Itself;
    Observation::Ended(End { code: 0, by, stdout: nothing(), stderr: nothing() })
}

fn runs(world: &World) -> Vec<(u64, u32, Option<u64>, bool)> {
    world.runs().map(|(id, run)| (id.cause, id.n, run.began, run.unwanted)).collect()
}

fn heard(world: &mut World) -> String {
    let answer = ask(world, 0, 0, "jobs Heard", json!({})).expect("an answer");
    answer["Heard"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_run_is_named_by_the_entry_that_caused_it_whatever_others_do() {
    let mut world = world(BOTH);
    submit(&mut world, 1, 0, false);
    submit(&mut world, 2, 10, true);
    submit(&mut world, 3, 61_000, true);
    assert_eq!(runs(&world), [(1, 1, None, false), (2, 1, None, false), (3, 1, None, false)]);
    // Without the second the others have the names that they had.
    let mut without = self::world(BOTH);
    submit(&mut without, 1, 0, false);
    submit(&mut without, 3, 61_000, true);
    assert_eq!(runs(&without), [(1, 1, None, false), (3, 1, None, false)]);
}

#[test]
fn what_is_seen_fits_how_a_run_stands_or_is_no_news() {
    // What was seen before, what is seen now, whether it is news, and what is left.
    let check = |before: &[Observation], now: &Observation, news: bool, left: usize| {
        let mut world = world(BOTH);
        submit(&mut world, 1, 0, true);
        for (number, what) in (2..).zip(before) {
            assert!(seen(&mut world, number, 0, (1, 1), what));
        }
        assert_eq!(seen(&mut world, 9, 0, (1, 1), now), news, "{before:?} {now:?}");
        assert_eq!(runs(&world).len(), left, "{before:?} {now:?}");
    };
    let (began, failed) = (Observation::Began, Observation::Failed { why: "no".into() });
    check(&[], &began, true, 1);
    check(&[], &ended(), false, 1);
    check(&[], &Observation::Interrupted, false, 1);
    check(&[], &failed, true, 0);
    check(slice::from_ref(&began), &began, false, 1);
    check(slice::from_ref(&began), &ended(), true, 0);
    check(slice::from_ref(&began), &failed, true, 0);
    // It is tried again, under the same cause.
    check(slice::from_ref(&began), &Observation::Interrupted, true, 1);
    check(&[began, ended()], &ended(), false, 0);
    let mut world = world(BOTH);
    assert!(!seen(&mut world, 1, 0, (7, 1), &Observation::Began), "nobody wants that");
    assert_eq!(world.digest(), self::world(BOTH).digest());
}

#[test]
fn what_is_tried_again_has_the_same_cause_and_a_number_of_its_own() {
    let mut world = world(BOTH);
    submit(&mut world, 1, 0, true);
    for (number, n) in [(2, 1), (4, 2)] {
        seen(&mut world, number, 0, (1, n), &Observation::Began);
        assert_eq!(runs(&world), [(1, n, Some(number), false)]);
        seen(&mut world, number + 1, 0, (1, n), &Observation::Interrupted);
    }
    assert_eq!(runs(&world), [(1, 3, None, false)]);
    assert_eq!(heard(&mut world), "1 1 began, 1 1 interrupted, 1 2 began, 1 2 interrupted");
}

#[test]
fn what_is_not_wanted_any_longer_is_heard_of_once_it_has_ended() {
    let mut world = world(BOTH);
    submit(&mut world, 1, 0, true);
    ask(&mut world, 2, 0, "jobs Cancel", json!({})).unwrap();
    assert_eq!(runs(&world), []);
    submit(&mut world, 3, 0, true);
    seen(&mut world, 4, 0, (3, 1), &Observation::Began);
    ask(&mut world, 5, 0, "jobs Cancel", json!({})).unwrap();
    assert_eq!(runs(&world), [(3, 1, Some(4), true)]);
    assert!(seen(&mut world, 6, 0, (3, 1), &ended()));
    assert_eq!(runs(&world), []);
    assert_eq!(heard(&mut world), "3 1 began, 3 1 ended");
}

#[test]
fn a_world_that_wants_nothing_is_as_it_was_before_there_were_runs() {
    let mut world = world(BOTH);
    assert_eq!(world.digest(), self::world(ALONE).digest());
    let refused = ask(&mut world, 1, 0, "jobs Submit", json!({"Now": true, "Refused": true}));
    assert!(refused.is_err());
    assert_eq!(runs(&world), [], "what was refused wants nothing");
    assert_eq!(world.digest(), self::world(ALONE).digest());
    submit(&mut world, 2, 0, true);
    assert_ne!(world.digest(), self::world(ALONE).digest());
}

#[test]
fn it_is_known_what_rests_on_an_observation() {
    let rests = |world: &mut World, op: &str| {
        let at = world.now().0;
        ask(world, 99, at, op, json!({})).expect("an answer");
        world.rests_on_observed()
    };
    let note = |world: &mut World, of_jobs: bool| {
        ask(world, 98, 0, "notes Note", json!({"OfJobs": of_jobs})).expect("noted");
    };
    let mut world = world(BOTH);
    submit(&mut world, 1, 0, true);
    note(&mut world, true);
    assert!(!rests(&mut world, "jobs Heard"), "nothing was seen yet");
    seen(&mut world, 2, 0, (1, 1), &Observation::Began);
    assert!(rests(&mut world, "jobs Heard"));
    assert!(!rests(&mut world, "notes Count"), "the other system heard nothing");
    note(&mut world, false);
    assert!(!rests(&mut world, "notes Count"));
    note(&mut world, true);
    assert!(rests(&mut world, "notes Count"), "it wrote what it had read there");

    // By what is scheduled, too.
    let mut world = self::world(BOTH);
    submit(&mut world, 1, 0, true);
    seen(&mut world, 2, 0, (1, 1), &Observation::Began);
    seen(&mut world, 3, 0, (1, 1), &Observation::Interrupted);
    assert!(!rests(&mut world, "notes Count"));
    world.advance(Time(20));
    assert!(rests(&mut world, "notes Count"));
}

#[test]
fn the_same_entries_lead_to_the_same_runs_in_one_step_or_in_many() {
    let play = |steps: bool| {
        let mut world = world(BOTH);
        submit(&mut world, 1, 0, false);
        if steps {
            (0..70).for_each(|second| world.advance(Time(second * 1000)));
        }
        seen(&mut world, 2, 70_000, (1, 1), &Observation::Began);
        seen(&mut world, 3, 70_001, (1, 1), &Observation::Interrupted);
        seen(&mut world, 4, 80_000, (1, 2), &Observation::Began);
        (runs(&world), world.digest())
    };
    assert_eq!(play(false), play(true));
    assert_eq!(play(false).0, [(1, 2, Some(4), false)]);
}
