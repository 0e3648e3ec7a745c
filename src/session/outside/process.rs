//! A program of the learner's machine, run in the workspace within its limits.
//!
//! Between the session and the program stands a shell that leads a group of processes. It does nothing
//! before it is told to go, so that nothing runs of which there is no trace. Its standard input is a
//! lifeline: when that breaks, by the session's will or by its death, everything in the group is killed.
//! All of them carry a mark in their environment, by which those are found that left the group.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};

use super::output::{Budget, Stream};
use super::proc;
use super::stop::{Stop, Why};
use super::traces::Thing;
use sim::Observation;
use sim::outside::{End, EndedBy, Limits, Output, Process};
use store::BlobStore;

/// Where and with what a program runs.
pub(super) struct Place {
    pub workspace: PathBuf,
    pub env: BTreeMap<String, String>,
    /// What its processes are known by.
    pub mark: String,
}

/// The variable of the mark.
pub(super) const MARK: &str = "DISTLAB_RUN";

/// How much more memory than it may have a program gets before it is refused more. It is measured and
/// ended as soon as it has too much, as a container is; refused, it would fail in some way of its own,
/// and nobody would know of what. This stops one that is faster than the measuring.
const REFUSED_FROM: u64 = 4;

/// The shell's part. Nothing happens when the session dies before it says to go. A limit that cannot be
/// set is stricter already, or not known to this system.
const LEADER: &str = r#"
read -r go || exit 125
input=$1
ulimit -c 0
ulimit -d "$2" 2>/dev/null
shift 2
exec 3<&0
"$@" <"$input" 3<&- &
program=$!
{ read -r gone <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec 3<&-
wait "$program"
"#;

/// Looks for a program as a shell in the workspace would, and says in a sentence why there is none.
pub(super) fn find(program: &str, place: &Place) -> Result<PathBuf, String> {
    let runs = |path: &PathBuf| {
        let meta = fs::metadata(path).ok();
        meta.is_some_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        let path = place.workspace.join(program);
        if runs(&path) {
            return Ok(path);
        }
        return Err(if path.is_file() {
            format!("{program} is not executable: chmod +x {program} makes it so")
        } else {
            format!("there is no program {program} in the workspace")
        });
    }
    let path = place.env.get("PATH").map(String::as_str).unwrap_or_default();
    let mut found = path.split(':').filter(|p| !p.is_empty()).map(|p| Path::new(p).join(program));
    found.find(runs).ok_or_else(|| {
        format!("there is no program {program} on this machine's PATH: install it, and try again")
    })
}

/// A program that is ready and does nothing yet.
pub(super) struct Prepared {
    leader: Child,
    lifeline: ChildStdin,
}

/// Prepares a program. It reads its input from that file.
pub(super) fn prepare(
    program: &Path,
    process: &Process,
    place: &Place,
    input: &Path,
) -> anyhow::Result<Prepared> {
    // Where nothing can be measured, what is refused is all there is.
    let times = if proc::listed() { REFUSED_FROM } else { 1 };
    let data_kib = process.limits.memory_bytes.saturating_mul(times).div_ceil(1024);
    let mut leader = Command::new("/bin/sh")
        .args(["-c", LEADER, "sh"])
        .arg(input)
        .arg(data_kib.to_string())
        .arg(program)
        .args(&process.args)
        .current_dir(&place.workspace)
        .envs(&place.env)
        .envs(&process.env)
        .env(MARK, &place.mark)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("no process can be started")?;
    let lifeline = leader.stdin.take().context("a process has the input that it was given")?;
    Ok(Prepared { leader, lifeline })
}

impl Prepared {
    fn pid(&self) -> i32 {
        self.leader.id().cast_signed()
    }

    /// What will be on the machine.
    pub(super) fn thing(&self) -> Thing {
        let pid = self.pid();
        Thing::Process { pid, started: proc::find(pid).map_or(0, |found| found.started) }
    }

    /// Lets it go, and watches over it until nothing of it is left. `None` when nobody wants to hear of
    /// its end.
    pub(super) fn run(
        mut self,
        limits: &Limits,
        place: &Place,
        blobs: &BlobStore,
        stop: &Stop,
        begun: impl FnOnce(),
    ) -> anyhow::Result<Option<Observation>> {
        let budget = Budget::new(limits.output_bytes);
        let stdout = self.leader.stdout.take().context("a process has the outputs it was given")?;
        let stderr = self.leader.stderr.take().context("a process has the outputs it was given")?;
        let outputs = [follow(stdout, blobs, &budget)?, follow(stderr, blobs, &budget)?];
        // Should it be dead already, its end says so.
        let _ = self.lifeline.write_all(b"go\n");
        begun();
        let group = self.pid();
        let ended = watch(&mut self.leader, group, limits, &budget, stop)?;
        // Whatever it left in its group is killed as the lifeline breaks.
        drop(self.lifeline);
        let (by, status) = match ended {
            Ended::Program(status) => (Ok(EndedBy::Itself), status),
            Ended::Limit(by) => (Ok(by), reap(&mut self.leader)?),
            Ended::Told(why) => (Err(why), reap(&mut self.leader)?),
        };
        let gone = proc::end(&format!("{MARK}={}", place.mark), None);
        let by = match by {
            Ok(by) => by,
            Err(Why::Unwanted) => EndedBy::World,
            Err(Why::Closing) => return Ok(Some(Observation::Interrupted)),
            Err(Why::TakenBack) => return Ok(None),
        };
        let [stdout, stderr] = outputs.map(|output| output.recv_timeout(LAST_WORDS));
        let (Ok(stdout), Ok(stderr), true) = (stdout, stderr, gone) else {
            // Something of it cannot be killed, so nobody knows what else it will say.
            return Ok(Some(Observation::Interrupted));
        };
        // One that was over may have gone on saying what it said before.
        let by = if by == EndedBy::Itself && budget.is_over() { EndedBy::Output } else { by };
        Ok(Some(Observation::Ended(End {
            code: code(status),
            by,
            stdout: stdout?,
            stderr: stderr?,
        })))
    }
}

/// How long until an output ends whose processes are all gone.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What put an end to it.
enum Ended {
    Program(ExitStatus),
    Limit(EndedBy),
    Told(Why),
}

/// How often it is looked how much memory a program's whole group needs, which means a look at every
/// process of the machine.
const MEASURED_EACH: Duration = Duration::from_millis(100);
/// The longest pause between two looks at a program, what it and its children need among them.
const PAUSE_MAX: Duration = Duration::from_millis(5);

/// Waits for the end of a program or for a reason to put an end to it.
fn watch(
    leader: &mut Child,
    group: i32,
    limits: &Limits,
    budget: &Budget,
    stop: &Stop,
) -> anyhow::Result<Ended> {
    let began = Instant::now();
    let (mut measured, mut pause) = (began, Duration::from_millis(1));
    loop {
        if let Some(status) = leader.try_wait()? {
            return Ok(Ended::Program(status));
        }
        if let Some(why) = stop.told() {
            return Ok(Ended::Told(why));
        }
        if budget.is_over() {
            return Ok(Ended::Limit(EndedBy::Output));
        }
        if limits.are_over(began.elapsed()) {
            return Ok(Ended::Limit(EndedBy::Time));
        }
        let mut bytes = proc::tree_bytes(group);
        if measured.elapsed() > MEASURED_EACH {
            bytes = bytes.max(proc::group_bytes(group));
            measured = Instant::now();
        }
        if bytes > limits.memory_bytes {
            return Ok(Ended::Limit(EndedBy::Memory));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// Waits for a leader whose lifeline broke. It may have killed whoever was to kill it.
fn reap(leader: &mut Child) -> anyhow::Result<ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        if let Some(status) = leader.try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(2));
    }
    leader.kill()?;
    Ok(leader.wait()?)
}

fn code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

/// Reads a stream to its end on a thread of its own, and no more than it may have.
fn follow(
    mut from: impl Read + Send + 'static,
    blobs: &BlobStore,
    budget: &Arc<Budget>,
) -> anyhow::Result<Receiver<anyhow::Result<Output>>> {
    let (sender, receiver) = sync_channel(1);
    let (mut stream, budget) = (Stream::new(blobs), Arc::clone(budget));
    thread::Builder::new().name("output".into()).spawn(move || {
        let mut read = || {
            let mut bytes = vec![0; 64 * 1024];
            loop {
                let count = match from.read(&mut bytes) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    read => read?,
                };
                let may = budget.take(count);
                stream.take(&bytes[..may])?;
                if count == 0 || may < count {
                    return anyhow::Ok(());
                }
            }
        };
        let done = read();
        // Nobody may listen any more.
        let _ = sender.send(done.and_then(|()| stream.end()));
    })?;
    Ok(receiver)
}

/// Puts what a program reads into a file, unless it reads nothing; that file's path.
pub(super) fn input(process: &Process, blobs: &BlobStore, file: &Path) -> anyhow::Result<PathBuf> {
    if process.input.is_empty() {
        return Ok("/dev/null".into());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut to = fs::File::create(file)?;
    for slice in &process.input {
        let copied = std::io::copy(&mut blobs.read(slice)?, &mut to)?;
        if copied != slice.len {
            return Err(anyhow!("a body that it reads has only {copied} of {} bytes", slice.len));
        }
    }
    Ok(file.to_path_buf())
}
