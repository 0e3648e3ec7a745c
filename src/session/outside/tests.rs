//! Runs of a made-up system, as real processes and containers: ended, taken back, killed at each point.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fault::Point;
use super::made_up::{SYSTEMS, operation};
use super::process::{Place, find};
use crate::engine::{Line, replay_into};
use crate::history::{self, Act};
use crate::profile::{Profile, token};
use crate::{Mode, Session};
use base::{Rng, Time};
use course::{Lab, Learner};
use gateway::Gateway as _;
use sim::{Caller, Observation, Principal, World};

const START: Time = Time(1_772_438_400_000);
const PATIENCE: Duration = Duration::from_mins(2);

fn profile(home: &Path) -> Profile {
    let mut profile = Profile::open(home).unwrap();
    profile.rename(Learner { name: "ada".into(), seed: 7 }).unwrap();
    profile
}

fn open(profile: &Profile, lab: &str) -> Arc<Session> {
    let lab = Lab { id: lab.into(), speed: 1, ..Lab::default() };
    Session::open_of(SYSTEMS, profile, lab, Mode::Once, START).unwrap()
}

fn call(session: &Session, name: &str, input: Value) -> Value {
    let line = Line::separate(session.engine().clone());
    line.call(&Caller::from(Principal::Root), operation(name), input).unwrap()
}

fn submit(session: &Session, input: Value) {
    call(session, "Submit", input);
}

/// How many jobs are not over, and what became of the others.
fn list(session: &Session) -> (i64, String) {
    let seen = call(session, "List", json!({}));
    (seen["Open"].as_i64().unwrap(), seen["Over"].as_str().unwrap().to_owned())
}

/// Waits until something is so.
fn until(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What became of all jobs, once they are over.
fn over(session: &Session) -> String {
    until("the end of the jobs", || list(session).0 == 0);
    list(session).1
}

/// The processes on this machine that belong to runs of this profile, as folders of `/proc`.
fn ours(profile: &Profile) -> Vec<std::path::PathBuf> {
    let mark = format!("{}={}/", super::MARK, token(&profile.store().unwrap()).unwrap());
    let all = std::fs::read_dir("/proc").unwrap().flatten().map(|process| process.path());
    let ours = all.filter(|process| {
        let environ = std::fs::read(process.join("environ")).unwrap_or_default();
        environ.split(|byte| *byte == 0).any(|word| word.starts_with(mark.as_bytes()))
    });
    ours.collect()
}

/// How many there are.
fn left(profile: &Profile) -> usize {
    ours(profile).len()
}

/// Nothing of any run is on the machine.
fn nothing_left(profile: &Profile, lab: &str) {
    until("the end of all processes", || left(profile) == 0);
    let traces = profile.world_dir(lab).join("runs");
    let files = || std::fs::read_dir(&traces).into_iter().flatten().count();
    until("the end of all traces", || files() == 0);
}

/// Every run that began has an end in the journal or goes on, and a replay, which runs nothing, leads to
/// the same world.
fn sound(session: &Session) {
    let (digest, journal) = session.engine().sealed().unwrap();
    let kept = history::fold(&journal.entries).unwrap();
    let world = session.engine().manifest().world_of(SYSTEMS).unwrap();
    let replayed = replay_into(world, &kept).unwrap();
    assert_eq!(replayed.digest(), digest);
    let mut open = Vec::new();
    for entry in &kept {
        let Act::Observed { run, seen } = &entry.act else { continue };
        match seen {
            Observation::Began => open.push(run.clone()),
            Observation::Started { .. }
            | Observation::Printed { .. }
            | Observation::Health { .. } => {
                assert!(open.contains(run), "{run:?} goes on and never began");
            }
            Observation::Failed { .. }
            | Observation::NoImage { .. }
            | Observation::Unreachable { .. } => {
                open.retain(|began| began != run);
            }
            Observation::Ended(_) | Observation::Interrupted => {
                assert!(open.contains(run), "{run:?} ended and never began");
                open.retain(|began| began != run);
            }
        }
    }
    open.retain(|run| replayed.run(run).is_none_or(|run| run.began.is_none()));
    assert_eq!(open, [], "these began and have no end");
}

/// A profile for one test.
struct Home {
    _dir: tempfile::TempDir,
    profile: Profile,
}

fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    let profile = profile(dir.path());
    Home { _dir: dir, profile }
}

#[test]
fn a_process_runs_in_the_workspace_and_the_world_hears_of_its_end() {
    let check = |input: Value, want: &str| {
        let home = home();
        let session = open(&home.profile, "try");
        submit(&session, input.clone());
        let got = over(&session);
        assert!(got.contains(want), "{input}: {got}");
        sound(&session);
        nothing_left(&home.profile, "try");
    };
    check(json!({"Line": "basename $(pwd)"}), "1 1 0 by itself: work");
    check(json!({"Line": "echo $JOB; echo trouble >&2; exit 3"}), "3 by itself: made up trouble");
    check(json!({"Line": "cat; echo read"}), "0 by itself: read");
    check(json!({"Line": "kill -TERM $$"}), "143 by itself:");
    check(json!({"Line": "kill -KILL 0"}), "137 by itself:");
    check(json!({"Line": "head -c 5000 /dev/zero"}), "0 by itself: 5000 bytes");
    check(json!({"Line": "printf '\\377'"}), "0 by itself: 1 bytes");
    check(json!({"Line": "sleep 60", "Time": 200}), "137 by time:");
    check(json!({"Line": "yes", "Output": 5000}), "by output: 5000 bytes");
    check(json!({"Line": "head -c 5001 /dev/zero", "Output": 5000}), "by output: 5000 bytes");
    // What it leaves behind in its group, and what has left that.
    check(json!({"Line": "sleep 300 & echo done"}), "0 by itself: done");
    check(json!({"Line": "setsid sleep 300 & sleep 0.1; echo done"}), "0 by itself: done");
    check(json!({"Line": "setsid sleep 300 & sleep 60", "Time": 200}), "137 by time:");
}

#[test]
fn a_program_that_cannot_be_run_is_named_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = dir.path().to_path_buf();
    std::fs::write(workspace.join("map.py"), "print()").unwrap();
    std::fs::create_dir(workspace.join("folder")).unwrap();
    let env = [("PATH".to_owned(), "/bin:/usr/bin".to_owned())].into();
    let place = Place { workspace, env, mark: String::new() };
    let check = |program: &str, want: Result<&str, &str>| match (find(program, &place), want) {
        (Ok(found), Ok(want)) => assert!(found.ends_with(want), "{found:?}"),
        (Err(why), Err(want)) => assert!(why.contains(want), "{why}"),
        (found, want) => panic!("{program}: {found:?}, and not {want:?}"),
    };
    check("sh", Ok("sh"));
    check("/bin/sh", Ok("/bin/sh"));
    check("no-such-program", Err("no program no-such-program on this machine's PATH"));
    check("./map.py", Err("is not executable: chmod +x ./map.py"));
    check("./other.py", Err("no program ./other.py in the workspace"));
    check("./folder", Err("no program ./folder in the workspace"));
}

#[test]
fn what_the_world_does_not_want_any_longer_is_ended_and_heard_of() {
    let home = home();
    let session = open(&home.profile, "try");
    submit(&session, json!({"Line": "echo begun; sleep 300"}));
    until("a process", || left(&home.profile) > 0);
    call(&session, "Cancel", json!({}));
    let got = over(&session);
    assert!(got.starts_with("1 1 137 by world:"), "{got}");
    sound(&session);
    nothing_left(&home.profile, "try");
}

#[test]
fn an_undo_or_a_reset_takes_back_what_runs_and_all_that_was_seen_of_it() {
    let check = |back: fn(&Session)| {
        let home = home();
        let session = open(&home.profile, "try");
        let empty = session.engine().look(World::digest);
        submit(&session, json!({"Line": "sleep 300"}));
        until("a process", || left(&home.profile) > 0);
        back(&session);
        until("its end", || left(&home.profile) == 0);
        assert_eq!(session.engine().look(World::digest), empty);
        sound(&session);
        nothing_left(&home.profile, "try");
        // The same again is another run.
        submit(&session, json!({"Line": "echo again"}));
        assert!(over(&session).ends_with("0 by itself: again"));
        back(&session);
        assert_eq!(session.engine().look(World::digest), empty);
        sound(&session);
    };
    check(|session| drop(session.undo().unwrap().expect("something was done")));
    check(|session| drop(session.reset(None).unwrap()));
}

#[test]
fn a_run_that_lab_time_brings_begins_again_after_a_reset() {
    let home = home();
    let session = open(&home.profile, "try");
    submit(&session, json!({"Line": "sleep 300", "Later": 60_000}));
    session.engine().advance(Duration::from_secs(61)).unwrap();
    until("a process", || left(&home.profile) > 0);
    // The run has the name that it had, and what ran under that name is none of it.
    session.engine().reset(1).unwrap();
    until("its end", || left(&home.profile) == 0);
    assert_eq!(list(&session), (0, String::new()));
    session.engine().advance(Duration::from_secs(61)).unwrap();
    until("another process", || left(&home.profile) > 0);
    call(&session, "Cancel", json!({}));
    assert!(over(&session).starts_with("1 1 137 by world"));
    sound(&session);
    nothing_left(&home.profile, "try");
}

#[test]
fn more_than_are_let_be_at_once_come_one_after_the_other() {
    let home = home();
    let session = open(&home.profile, "try");
    for _ in 0..3 * super::AT_ONCE {
        submit(&session, json!({"Line": "sleep 0.05; echo done"}));
    }
    let ends = over(&session);
    assert_eq!(ends.matches("0 by itself: done").count(), 3 * super::AT_ONCE, "{ends}");
    sound(&session);
    nothing_left(&home.profile, "try");
}

#[test]
fn a_run_that_begins_while_a_session_looks_is_no_other_run() {
    let of_many = "outside::tests::more_than_are_let_be_at_once_come_one_after_the_other";
    let mut slow = Command::new(std::env::current_exe().unwrap());
    let ran = slow.args(["--exact", of_many]).env("DISTLAB_DAWDLES", "1").output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_session_that_ends_leaves_no_process_and_says_so() {
    let home = home();
    let session = open(&home.profile, "try");
    submit(&session, json!({"Line": "setsid sleep 300 & sleep 300", "Tries": 2}));
    until("processes", || left(&home.profile) > 3);
    drop(session);
    assert_eq!(left(&home.profile), 0);
    let session = open(&home.profile, "try");
    let began = Instant::now();
    until("the second try", || list(&session).1 == "1 1 interrupted" && left(&home.profile) > 0);
    assert!(began.elapsed() < PATIENCE);
    session.undo().unwrap().expect("it is taken back");
    sound(&session);
    nothing_left(&home.profile, "try");
}

/// The environment of a session that dies.
const DIES: &str = "DISTLAB_DIES_AT";
const HOME: &str = "DISTLAB_DIES_HOME";
const INPUT: &str = "DISTLAB_DIES_INPUT";
const LAB: &str = "DISTLAB_DIES_LAB";

/// Not a test of its own: a session that dies where it is told to.
#[test]
#[ignore = "dies, and is run by other tests"]
fn a_session_that_dies() {
    let var = |name: &str| std::env::var(name).unwrap();
    let session = open(&Profile::open(Path::new(&var(HOME))).unwrap(), &var(LAB));
    submit(&session, serde_json::from_str(&var(INPUT)).unwrap());
    over(&session);
    // What comes last happens behind the end that the world hears of.
    std::thread::sleep(Duration::from_secs(30));
}

/// A session of this profile, as a program of its own that does that.
fn another(profile: &Profile, lab: &str, input: &Value) -> Command {
    let mut session = Command::new(std::env::current_exe().unwrap());
    session
        .args(["--exact", "outside::tests::a_session_that_dies", "--ignored", "--nocapture"])
        .env(HOME, &profile.home)
        .env(LAB, lab)
        .env(INPUT, input.to_string());
    session
}

/// Lets a session of this profile do that, and die at that point.
fn die(profile: &Profile, lab: &str, input: &Value, point: Point) {
    let mut session = another(profile, lab, input);
    let ended = session.env(DIES, format!("{point:?}")).output().unwrap();
    let signal = std::os::unix::process::ExitStatusExt::signal(&ended.status);
    assert!(signal.is_some(), "it lived: {}", String::from_utf8_lossy(&ended.stdout));
}

const POINTS: [Point; 6] =
    [Point::BeforeBegan, Point::Began, Point::Prepared, Point::Started, Point::Over, Point::Told];

#[test]
fn a_process_whose_session_is_killed_at_any_point_is_ended_and_known() {
    for point in POINTS {
        let home = home();
        let input = json!({"Line": "echo x >> ran; sleep 0.3; echo y"});
        die(&home.profile, "try", &input, point);
        // Before anybody comes back: the lifeline broke.
        until("the end of all processes", || left(&home.profile) == 0);
        let session = open(&home.profile, "try");
        let want = match point {
            Point::BeforeBegan | Point::Told => "1 1 0 by itself: y",
            _ => "1 1 interrupted",
        };
        assert_eq!(over(&session), want, "{point:?}");
        let ran = std::fs::read_to_string(session.workspace().join("ran")).unwrap_or_default();
        let times = match point {
            Point::Began | Point::Prepared => 0..=0,
            Point::Started => 0..=1,
            Point::BeforeBegan | Point::Over | Point::Told => 1..=1,
        };
        assert!(times.contains(&ran.lines().count()), "{point:?}: {ran}");
        sound(&session);
        nothing_left(&home.profile, "try");
    }
}

#[test]
fn what_was_interrupted_is_tried_again_as_its_system_says() {
    for point in [Point::Began, Point::Started] {
        let home = home();
        die(&home.profile, "try", &json!({"Line": "echo y", "Tries": 2}), point);
        let session = open(&home.profile, "try");
        assert_eq!(over(&session), "1 1 interrupted\n1 2 0 by itself: y");
        sound(&session);
        // All of it belongs to what caused it.
        let undone = session.undo().unwrap();
        assert_eq!(undone.as_deref(), Some("jobs Submit"));
        assert_eq!(list(&session), (0, String::new()));
        sound(&session);
        nothing_left(&home.profile, "try");
    }
}

#[test]
fn in_whatever_order_things_come_the_journal_knows_all_and_nothing_is_left() {
    for seed in 0..12 {
        let mut rng = Rng::new(seed);
        let home = home();
        let mut session = open(&home.profile, "try");
        for _ in 0..25 {
            match rng.below(12) {
                0 | 1 => submit(&session, json!({"Line": "echo short"})),
                2 | 3 => submit(&session, json!({"Line": "sleep 300", "Tries": 2})),
                4 => submit(&session, json!({"Line": "setsid sleep 300 & sleep 0.02"})),
                5 => submit(&session, json!({"Line": "sleep 0.05", "Later": 1000 * rng.below(9)})),
                6 => drop(call(&session, "Cancel", json!({}))),
                7 => drop(session.undo().unwrap()),
                8 => session.engine().reset(rng.below(30)).unwrap(),
                9 => drop(session.engine().advance(Duration::from_secs(rng.below(5))).unwrap()),
                10 => {
                    drop(session);
                    assert_eq!(left(&home.profile), 0, "seed {seed}");
                    session = open(&home.profile, "try");
                }
                _ => std::thread::sleep(Duration::from_millis(rng.below(60))),
            }
        }
        session.engine().advance(Duration::from_secs(20)).unwrap();
        call(&session, "Cancel", json!({}));
        over(&session);
        sound(&session);
        nothing_left(&home.profile, "try");
    }
}

#[test]
fn a_process_reads_bodies_from_its_standard_input() {
    let home = home();
    let session = open(&home.profile, "try");
    let store = session.engine().blob_store();
    let store_body = |bytes: &[u8]| {
        let mut writer = store.writer().unwrap();
        std::io::Write::write_all(&mut writer, bytes).unwrap();
        writer.finish().unwrap()
    };
    let check = |input: Value, want: &str| {
        submit(&session, input);
        let got = over(&session);
        let last = got.lines().last().unwrap_or_default().to_owned();
        assert!(last.ends_with(want), "{last}, and not {want}");
    };
    let small = serde_json::to_value(store_body(b"one\ntwo\n")).unwrap();
    check(json!({"Line": "cat", "Input": small}), "0 by itself: one\ntwo".lines().last().unwrap());
    check(json!({"Line": "tr '\\n' ' '", "Input": small}), "0 by itself: one two");
    // A part of one body, and then all of it.
    check(json!({"Line": "tr '\\n' ' '", "Input": small, "Twice": 4}), "itself: one one two");
    // More than any pipe holds, read late, read not at all, and bytes that are no text.
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let large = serde_json::to_value(store_body(&large)).unwrap();
    check(json!({"Line": "sleep 0.2; wc -c", "Input": large}), "0 by itself: 3000000");
    check(json!({"Line": "echo done", "Input": large}), "0 by itself: done");
    check(json!({"Line": "cksum </dev/stdin | wc -w", "Input": large}), "0 by itself: 2");
    let empty = serde_json::to_value(store_body(b"")).unwrap();
    check(json!({"Line": "wc -c", "Input": empty}), "0 by itself: 0");
    // A body that is not there any more, or shorter than it was.
    let mut lost = small.clone();
    lost["len"] = 9.into();
    submit(&session, json!({"Line": "cat", "Input": lost}));
    let got = over(&session);
    assert!(got.lines().last().unwrap().contains("is shorter than recorded"), "{got}");
    sound(&session);
    nothing_left(&home.profile, "try");
}

#[test]
fn a_process_that_needs_more_memory_than_it_may_is_ended_and_known() {
    let check = |line: &str, mib: u64, by_memory: bool| {
        let home = home();
        let session = open(&home.profile, "try");
        submit(&session, json!({"Line": line, "Memory": mib << 20}));
        let got = over(&session);
        let want = if by_memory { "1 1 137 by memory:" } else { "1 1 0 by itself:" };
        assert!(got.starts_with(want), "{line}: {got}");
        sound(&session);
        nothing_left(&home.profile, "try");
    };
    let one = "head -c 150000000 /dev/zero | tail -c 149999999 | (sleep 1; wc -c)";
    check(one, 64, true);
    check(one, 1024, false);
    // It stays quiet with what it has, it grows step by step, and a child of it does, out of its group.
    let grows = "x=; while :; do x=$x$(head -c 2000000 /dev/zero | tr '\\0' x); done";
    check(grows, 64, true);
    check(&format!("setsid sh -c '{}' & wait", grows.replace('\'', "'\\''")), 64, true);
    let several = "for i in 1 2 3 4; do head -c 40000000 /dev/zero | tail -c 39999999 | \
                   (sleep 30; cat >/dev/null) & done; wait";
    check(several, 100, true);
}

/// Kills a session as `kill -9` does, in the middle of a run.
fn kill_in_the_middle(profile: &Profile, lab: &str, input: &Value, so: impl Fn() -> bool) {
    let mut session =
        another(profile, lab, input).stdout(std::process::Stdio::null()).spawn().unwrap();
    until("the middle of the run", so);
    session.kill().unwrap();
    let ended = session.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(9));
}

#[test]
fn what_left_its_group_outlives_a_kill_and_is_ended_by_the_session_that_comes_next() {
    let home = home();
    // The first has a session of its own, the second has lost its parent as well.
    let line = "setsid sleep 300 & (setsid sh -c 'sleep 301; true' &) ; touch ready; sleep 302";
    let ready = home.profile.workspace("try").join("ready");
    let input = json!({"Line": line, "Tries": 2});
    kill_in_the_middle(&home.profile, "try", &input, || ready.exists() && left(&home.profile) >= 6);
    // The lifeline breaks and takes the group along, and those two stay.
    let there = || commands(&home.profile);
    until("the end of the group", || !there().iter().any(|c| c.contains("302")));
    std::thread::sleep(Duration::from_millis(200));
    let (strays, pids) = (there(), ours(&home.profile));
    for stray in ["sleep 300", "sleep 301"] {
        assert!(strays.iter().any(|c| c.starts_with(stray)), "{stray}: {strays:?}");
    }
    let _ = std::fs::remove_file(&ready);
    let session = open(&home.profile, "try");
    until("the second try", || list(&session).1 == "1 1 interrupted" && ready.exists());
    until("the end of the strays", || !pids.iter().any(|process| process.exists()));
    session.undo().unwrap().expect("it is taken back");
    sound(&session);
    nothing_left(&home.profile, "try");
}

/// The command lines of the processes of this profile's runs.
fn commands(profile: &Profile) -> Vec<String> {
    let ours = ours(profile).into_iter();
    let words = ours.map(|process| std::fs::read(process.join("cmdline")).unwrap_or_default());
    words
        .map(|words| String::from_utf8_lossy(&words).replace('\0', " ").trim().to_owned())
        .collect()
}

/// How a made-up engine answers after it has begun a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    /// It closes what is open and listens no more.
    Stops,
    /// It takes connections and answers nothing more.
    Silent,
    /// It answers everything, and breaks off whoever reads the output.
    BreaksOff,
    /// It forgets its containers, as one does whose folder was removed.
    Forgets,
}

/// A made-up engine: it makes and starts one container, whose output it begins, and then goes on in its
/// manner, once it is told.
struct MadeUpEngine {
    socket: std::path::PathBuf,
    turned: Arc<std::sync::atomic::AtomicBool>,
    /// The requests after it turned.
    asked: Arc<std::sync::Mutex<Vec<String>>>,
    open: Arc<std::sync::Mutex<Vec<std::os::unix::net::UnixStream>>>,
    manner: Manner,
}

impl MadeUpEngine {
    fn new(folder: &Path, manner: Manner) -> Self {
        let socket = folder.join("engine");
        let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let engine = Self {
            socket,
            turned: Arc::default(),
            asked: Arc::default(),
            open: Arc::default(),
            manner,
        };
        let (turned, asked, open) =
            (engine.turned.clone(), engine.asked.clone(), engine.open.clone());
        let labels = Arc::new(std::sync::Mutex::new(None::<Value>));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                open.lock().unwrap().push(stream.try_clone().unwrap());
                let (turned, asked, labels) = (turned.clone(), asked.clone(), labels.clone());
                std::thread::spawn(move || converse(&stream, manner, &turned, &asked, &labels));
            }
        });
        engine
    }

    /// From now on it is in its manner.
    fn turn(&self) {
        self.turned.store(true, std::sync::atomic::Ordering::SeqCst);
        if self.manner == Manner::Stops {
            std::fs::remove_file(&self.socket).unwrap();
        }
        if self.manner != Manner::Silent {
            for stream in self.open.lock().unwrap().drain(..) {
                let _ = stream.shutdown(std::net::Shutdown::Both);
            }
        }
    }
}

/// The next request on a connection: its first line, and its body.
fn request(reader: &mut impl std::io::BufRead) -> Option<(String, Vec<u8>)> {
    let (mut head, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<u64>().ok())?
    });
    let mut body = Vec::new();
    let mut rest = std::io::Read::take(reader, length.unwrap_or(0));
    std::io::Read::read_to_end(&mut rest, &mut body).ok()?;
    Some((head.lines().next().unwrap_or_default().to_owned(), body))
}

/// Reads requests and answers them, with a connection for each or for several.
fn converse(
    stream: &std::os::unix::net::UnixStream,
    manner: Manner,
    turned: &std::sync::atomic::AtomicBool,
    asked: &std::sync::Mutex<Vec<String>>,
    labels: &std::sync::Mutex<Option<Value>>,
) {
    use std::io::{BufReader, Write as _};
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut to = stream;
    while let Some((request, body)) = request(&mut reader) {
        let after = turned.load(std::sync::atomic::Ordering::SeqCst);
        if after {
            asked.lock().unwrap().push(request.clone());
            if manner == Manner::Silent {
                // It holds the connection, and says nothing.
                std::thread::sleep(Duration::from_mins(5));
                return;
            }
        }
        let gone = after && manner == Manner::Forgets;
        let is = |method: &str, path: &str| request.starts_with(method) && request.contains(path);
        let (status, said) = if is("GET", "/version") {
            (200, json!({"ApiVersion": "1.47", "Version": "27.0.0"}).to_string())
        } else if is("GET", "/images/") {
            (200, json!({"Id": "sha256:1", "Config": {}, "RepoTags": ["made-up"]}).to_string())
        } else if is("GET", "/containers/json") {
            let known = labels.lock().unwrap().clone().filter(|_| !gone);
            let one = known.map(|l| json!({"Id": "c1", "State": "running", "Labels": l}));
            (200, Value::from_iter(one).to_string())
        } else if is("POST", "/containers/create") {
            let wanted: Value = serde_json::from_slice(&body).unwrap();
            *labels.lock().unwrap() = Some(wanted["Labels"].clone());
            (201, json!({"Id": "c1", "Warnings": []}).to_string())
        } else if is("POST", "/start") {
            (204, String::new())
        } else if gone {
            (404, json!({"message": "No such container: c1"}).to_string())
        } else if is("GET", "/logs") {
            if after {
                return;
            }
            let _ =
                to.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: x\r\n\r\n\x01\0\0\0\0\0\0\x03hi\n");
            std::thread::sleep(Duration::from_mins(5));
            return;
        } else if is("POST", "/wait") {
            let _ = to.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n");
            std::thread::sleep(Duration::from_mins(5));
            return;
        } else if is("DELETE", "/containers/") {
            *labels.lock().unwrap() = None;
            (204, String::new())
        } else {
            (
                500,
                json!({"message": format!("a made-up engine does not know {request}")}).to_string(),
            )
        };
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{said}",
            said.len()
        );
        if to.write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

/// What a session at a made-up engine does, and where it says what became of it.
const DOES: &str = "DISTLAB_DOES";
const SAYS: &str = "DISTLAB_SAYS";

/// Not a test of its own: a session whose engine is the one that its environment names. It says what it
/// comes to know, a line each.
#[test]
#[ignore = "runs at a made-up engine, and is run by other tests"]
fn a_session_at_a_made_up_engine() {
    use std::io::Write as _;
    let var = |name: &str| std::env::var(name).unwrap();
    let mut says = std::fs::OpenOptions::new().append(true).create(true).open(var(SAYS)).unwrap();
    let mut say = |line: &str| writeln!(says, "{line}").unwrap();
    let profile = Profile::open(Path::new(&var(HOME))).unwrap();
    let session = open(&profile, "try");
    if let Some(left) = session.left_behind() {
        say(&format!("left: {left}"));
    }
    let does = var(DOES);
    if does == "mend" {
        return nothing_left(&profile, "try");
    }
    if does == "look" {
        return;
    }
    submit(&session, serde_json::from_str(&var(INPUT)).unwrap());
    let news = session.engine().listen();
    until("a container", || session.engine().runs().iter().any(|(_, run)| run.began.is_some()));
    say("began");
    let turned = std::path::PathBuf::from(var(SAYS)).with_extension("turned");
    until("the turn", || turned.exists());
    if does == "close" {
        let taken_back = session.undo().unwrap();
        assert!(taken_back.is_some());
        std::thread::sleep(Duration::from_millis(300));
        let since = Instant::now();
        drop(session);
        say(&format!("closed in {} ms", since.elapsed().as_millis()));
        while let Ok(change) = news.try_recv() {
            if let crate::Change::Notice(text) = change {
                say(&format!("notice: {text}"));
            }
        }
        return;
    }
    let since = Instant::now();
    say(&format!("became {}", over(&session)));
    say(&format!("after {} ms", since.elapsed().as_millis()));
    sound(&session);
    let since = Instant::now();
    drop(session);
    say(&format!("closed in {} ms", since.elapsed().as_millis()));
}

/// Has a session do that at that engine, which turns once the container has begun; all that it said.
fn at_engine(home: &Home, engine: &MadeUpEngine, does: &str, input: &Value) -> String {
    let says = home.profile.home.join(format!("says-{does}"));
    let mut session = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "outside::tests::a_session_at_a_made_up_engine",
            "--ignored",
            "--nocapture",
        ])
        .env("DOCKER_HOST", format!("unix://{}", engine.socket.display()))
        .env_remove(docker::OWN_VARIABLE)
        .env(HOME, &home.profile.home)
        .env(INPUT, input.to_string())
        .env(SAYS, &says)
        .env(DOES, does)
        .spawn()
        .unwrap();
    let said = || std::fs::read_to_string(&says).unwrap_or_default();
    if does == "watch" || does == "close" {
        until("a container", || said().contains("began"));
        std::thread::sleep(Duration::from_millis(300));
        engine.turn();
        std::fs::write(says.with_extension("turned"), "").unwrap();
    }
    let ended = session.wait().unwrap();
    assert!(ended.success(), "{}", said());
    said()
}

fn milliseconds(said: &str, before: &str) -> u64 {
    let rest = said.split(before).nth(1).unwrap_or_else(|| panic!("{before:?} is not in {said}"));
    rest.split(' ').next().and_then(|n| n.parse().ok()).unwrap()
}

#[test]
fn an_engine_that_goes_away_in_the_middle_leaves_no_run_open() {
    for manner in [Manner::Stops, Manner::Silent, Manner::BreaksOff, Manner::Forgets] {
        let home = home();
        let engine = MadeUpEngine::new(&home.profile.home, manner);
        let input = json!({"Line": "echo hi; sleep 300", "Image": "made-up", "Time": 3000});
        let said = at_engine(&home, &engine, "watch", &input);
        assert!(said.contains("became 1 1 interrupted"), "{manner:?}: {said}");
        assert!(milliseconds(&said, "after ") < 40_000, "{manner:?}: {said}");
        assert!(milliseconds(&said, "closed in ") < 3_000, "{manner:?}: {said}");
        // It is asked now and again, and not without a pause.
        let asked = engine.asked.lock().unwrap().len();
        assert!(asked < 60, "{manner:?}: {asked} requests");
    }
}

#[test]
fn a_session_is_closed_although_its_engine_is_silent_and_says_what_it_left() {
    let home = home();
    let engine = MadeUpEngine::new(&home.profile.home, Manner::Silent);
    let input = json!({"Line": "sleep 300", "Image": "made-up"});
    let said = at_engine(&home, &engine, "close", &input);
    assert!(milliseconds(&said, "closed in ") < 3_000, "{said}");
    let sentence =
        "the engine could not be asked about one of its containers: The Docker Engine at";
    assert!(said.contains(&format!("notice: When the lab was closed, {sentence}")), "{said}");
    // To whoever opens it next, as long as it is so.
    assert!(at_engine(&home, &engine, "look", &input).contains(sentence));
    engine.turned.store(false, std::sync::atomic::Ordering::SeqCst);
    assert!(at_engine(&home, &engine, "mend", &input).contains(sentence));
    std::fs::remove_file(home.profile.home.join("says-look")).unwrap();
    assert_eq!(at_engine(&home, &engine, "look", &input), "");
}

/// Whether there is an engine. One that is required and does not answer is a failure.
fn engine() -> bool {
    let Some(why) = docker::problem() else { return true };
    let required = std::env::var("DISTLAB_REQUIRE_DOCKER").is_ok_and(|v| v == "1");
    assert!(!required, "an engine is required: {why}");
    eprintln!("skipped: {why}");
    false
}

/// The lab of a test with containers; takes what it left off the engine.
struct OnEngine(String);

impl OnEngine {
    fn new(test: &str) -> Self {
        Self(format!("outside-{test}-{}", std::process::id()))
    }

    /// The containers of runs of this profile, and how many of them were started.
    fn containers(&self, profile: &Profile) -> (usize, usize) {
        let owner = format!("{}/{}", token(&profile.store().unwrap()).unwrap(), self.0);
        let list = async { super::container::list(&docker::Engine::open(None)?, &owner).await };
        let found = docker::block_on(list).unwrap();
        (found.len(), found.iter().filter(|found| found.started).count())
    }
}

impl Drop for OnEngine {
    fn drop(&mut self) {
        docker::clean_now(&self.0);
    }
}

#[test]
fn a_container_runs_within_its_limits_and_is_taken_back() {
    if !engine() {
        return;
    }
    let lab = OnEngine::new("runs");
    let home = home();
    let session = open(&home.profile, &lab.0);
    let run = |mut input: Value| {
        until("the end of the one before", || lab.containers(&home.profile) == (0, 0));
        input["Image"] = "alpine".into();
        submit(&session, input);
    };
    let check = |input: Value, want: &str| {
        run(input.clone());
        let got = over(&session);
        let last = got.lines().last().unwrap_or_default();
        assert!(last.contains(want), "{input}: {last}");
    };
    check(json!({"Line": "echo $JOB; echo trouble >&2; exit 3"}), "3 by itself: made up trouble");
    check(json!({"Line": "sleep 60", "Time": 500}), "137 by time:");
    check(json!({"Line": "yes", "Output": 5000}), "by output: 5000 bytes");
    let needs = "head -c 150000000 /dev/zero | tail -c 149999999 | wc -c";
    check(json!({"Line": needs, "Memory": 32 << 20}), "by memory:");
    check(json!({"Line": needs, "Memory": 400 << 20}), "0 by itself: 149999999");
    submit(&session, json!({"Line": "", "Image": "localhost:1/no-such-image"}));
    let got = over(&session);
    assert!(got.contains("failed: there is no image localhost:1/no-such-image"), "{got}");
    run(json!({"Line": "sleep 300"}));
    until("a container", || lab.containers(&home.profile) == (1, 1));
    call(&session, "Cancel", json!({}));
    let got = over(&session);
    assert!(got.lines().last().unwrap_or_default().contains("137 by world"), "{got}");
    until("the end of all containers", || lab.containers(&home.profile) == (0, 0));
    run(json!({"Line": "sleep 300"}));
    until("a container", || lab.containers(&home.profile) == (1, 1));
    session.undo().unwrap().expect("something was done");
    until("the end of all containers", || lab.containers(&home.profile) == (0, 0));
    // Somebody takes one away.
    run(json!({"Line": "sleep 300"}));
    until("a container", || lab.containers(&home.profile) == (1, 1));
    docker::clean_now(&lab.0);
    let got = over(&session);
    let last = got.lines().last().unwrap_or_default();
    // Either its end was seen still, or only that it is gone.
    assert!(last.ends_with("137 by itself:") || last.ends_with("interrupted"), "{got}");
    sound(&session);
    nothing_left(&home.profile, &lab.0);
}

#[test]
fn a_container_outlives_its_session_and_is_taken_up_again_or_known_to_be_lost() {
    if !engine() {
        return;
    }
    for point in POINTS {
        let lab = OnEngine::new(&format!("{point:?}").to_lowercase());
        let home = home();
        let input = json!({"Line": "sleep 0.3; echo y", "Image": "alpine"});
        die(&home.profile, &lab.0, &input, point);
        let session = open(&home.profile, &lab.0);
        let want = match point {
            Point::Began | Point::Prepared => "1 1 interrupted",
            _ => "1 1 0 by itself: y",
        };
        assert_eq!(over(&session), want, "{point:?}");
        sound(&session);
        until("the end of all containers", || lab.containers(&home.profile) == (0, 0));
        nothing_left(&home.profile, &lab.0);
    }
    // Without a kill, too; and what is taken back meanwhile is ended.
    let lab = OnEngine::new("closed");
    let home = home();
    let session = open(&home.profile, &lab.0);
    submit(&session, json!({"Line": "sleep 1; echo y", "Image": "alpine"}));
    until("a container", || lab.containers(&home.profile) == (1, 1));
    drop(session);
    let session = open(&home.profile, &lab.0);
    assert_eq!(over(&session), "1 1 0 by itself: y");
    until("the end of the first", || lab.containers(&home.profile) == (0, 0));
    submit(&session, json!({"Line": "sleep 300", "Image": "alpine"}));
    until("another container", || lab.containers(&home.profile) == (1, 1));
    session.undo().unwrap().expect("something was done");
    drop(session);
    let session = open(&home.profile, &lab.0);
    until("the end of all containers", || lab.containers(&home.profile) == (0, 0));
    sound(&session);
    // Taken away by somebody, while nobody saw it.
    submit(&session, json!({"Line": "sleep 300", "Image": "alpine"}));
    until("a third container", || lab.containers(&home.profile) == (1, 1));
    drop(session);
    docker::clean_now(&lab.0);
    let session = open(&home.profile, &lab.0);
    assert!(over(&session).ends_with("interrupted"));
    sound(&session);
    nothing_left(&home.profile, &lab.0);
}

#[test]
fn a_container_that_serves_is_heard_of_while_it_goes_on() {
    if !engine() {
        return;
    }
    let lab = OnEngine::new("serves");
    let home = home();
    let session = open(&home.profile, &lab.0);
    let line = "trap 'echo bye; exit 7' TERM; echo up; touch /well; while :; do sleep 0.1; done";
    submit(&session, json!({"Line": line, "Image": "alpine", "Serves": true, "Time": 1}));
    let heard = |session: &Session, word: &str| list(session).1.lines().any(|line| line == word);
    for word in ["started with [80]", "up", "well: true"] {
        until(word, || heard(&session, word));
    }
    // It goes on without a session, and the next one hears of nothing twice.
    drop(session);
    let session = open(&home.profile, &lab.0);
    until("its watcher", || lab.containers(&home.profile) == (1, 1));
    call(&session, "Cancel", json!({}));
    assert_eq!(over(&session), "started with [80]\nup\nwell: true\nbye\n1 1 7 by world:");
    until("the end of the first", || lab.containers(&home.profile) == (0, 0));
    // One that does not heed is killed when it has had its time.
    let line = "trap '' TERM; echo up; while :; do sleep 0.1; done";
    submit(&session, json!({"Line": line, "Image": "alpine", "Serves": true}));
    until("the second", || list(&session).1.ends_with("up"));
    call(&session, "Cancel", json!({}));
    assert!(over(&session).ends_with(" 1 137 by world:"), "{}", over(&session));
    // An end by itself, and one by somebody else.
    submit(&session, json!({"Line": "echo a; exit 3", "Image": "alpine", "Serves": true}));
    assert!(over(&session).ends_with(" 1 3 by itself:"), "{}", over(&session));
    submit(&session, json!({"Line": "sleep 300", "Image": "alpine", "Serves": true}));
    until("the fourth", || lab.containers(&home.profile) == (1, 1) && list(&session).0 == 1);
    session.undo().unwrap().expect("something was done");
    until("the end of the fourth", || lab.containers(&home.profile) == (0, 0));
    sound(&session);
    drop(session);
    nothing_left(&home.profile, &lab.0);
}
