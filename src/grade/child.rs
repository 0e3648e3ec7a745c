//! Grading in a process of its own, within limits that the operating system keeps.
//!
//! The one that grades sets its limits before it reads a byte of the submission, so whatever a file
//! makes of it ends with it, and the class goes on. It hangs on a lifeline, its standard input: when the
//! process that asked is gone, it removes its folder and ends.

use std::io::{self, Read, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use super::graded::Graded;

/// What one process is asked to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Job {
    pub file: PathBuf,
    /// A folder for the bodies that come along.
    pub scratch: PathBuf,
    /// The folder to remove when the process that asked is gone.
    pub root: PathBuf,
    pub nonce: Option<String>,
    /// The text of a class file.
    pub class: Option<String>,
    pub labs: Option<PathBuf>,
}

/// What it answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Graded(Box<Graded>),
    Error(String),
}

/// What the process may have.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub memory_bytes: u64,
    pub processor_s: u64,
    /// On the wall clock: a busy machine gives it less than a processor.
    pub time: Duration,
    /// Of one file that it writes; all of them together are bounded by what is read.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 256 << 20,
            processor_s: 60,
            time: Duration::from_mins(3),
            file_bytes: 32 << 20,
        }
    }
}

/// More of an answer is not read.
const ANSWER_BYTES_MAX: u64 = 16 << 20;
/// More of what it says about its end is not read.
const WORDS_BYTES_MAX: u64 = 16 << 10;

/// A limit that cannot be set means that nothing is graded. A file's size counts in half kilobytes.
const LEADER: &str = r#"
ulimit -c 0 && ulimit -d "$1" && ulimit -t "$2" && ulimit -f "$3" || exit 125
shift 3
exec "$@"
"#;

impl Answer {
    /// What was graded, or why nothing was.
    pub fn outcome(self) -> Result<Graded, String> {
        match self {
            Self::Graded(graded) => Ok(*graded),
            Self::Error(why) => Err(why),
        }
    }
}

/// Has a file graded by `program`, called with `words`, which ends in [`serve`]. What the process
/// answered hangs on the file alone; how it ended otherwise may hang on the machine, and is the error.
pub fn ask(program: &Path, words: &[&str], job: &Job, limits: &Limits) -> Result<Answer, String> {
    asked(program, words, job, limits).map_err(|error| format!("{error:#}"))
}

fn asked(program: &Path, words: &[&str], job: &Job, limits: &Limits) -> anyhow::Result<Answer> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", LEADER, "sh"])
        .arg((limits.memory_bytes / 1024).to_string())
        .arg(limits.processor_s.to_string())
        .arg(limits.file_bytes.div_ceil(512).to_string())
        .arg(program)
        .args(words)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("no process can be started for it")?;
    let mut lifeline = child.stdin.take().context("a process has the input that it was given")?;
    let answer = follow(child.stdout.take(), ANSWER_BYTES_MAX);
    let said = follow(child.stderr.take(), WORDS_BYTES_MAX);
    // Should it be dead already, its end says so.
    let _ = lifeline.write_all((serde_json::to_string(job)? + "\n").as_bytes());
    let status = wait(&mut child, limits)?;
    drop(lifeline);
    let said = said.join().unwrap_or_default();
    let answer = answer.join().unwrap_or_default();
    let Some(status) = status else {
        bail!("it was given up after {} s", limits.time.as_secs());
    };
    if status.success() && answer.len() as u64 <= ANSWER_BYTES_MAX {
        return serde_json::from_slice(&answer).context("its grade is not readable");
    }
    bail!(cause(status, &String::from_utf8_lossy(&said), limits))
}

/// Why a process ended that gave no grade.
fn cause(status: ExitStatus, said: &str, limits: &Limits) -> String {
    // The numbers are those of Linux and the BSDs.
    match (status.signal(), status.code()) {
        (Some(6), _) if said.contains("memory allocation") => {
            format!("grading it needs more than {} MiB of memory", limits.memory_bytes >> 20)
        }
        (Some(9 | 24), _) => {
            format!("grading it takes longer than {} s, so it was given up", limits.processor_s)
        }
        (Some(25), _) => {
            format!("grading it writes a file of more than {} MiB", limits.file_bytes >> 20)
        }
        (Some(signal), _) => format!("the process that graded it ended by signal {signal}"),
        (None, Some(125)) => {
            "this system does not let distlab limit a process, and without limits \
                              nothing is graded: raise the hard limits (ulimit -H -d, -t, -f)"
                .into()
        }
        _ if status.success() => "its grade is too long to read".into(),
        (None, code) => format!(
            "the process that graded it ended with code {}: {}",
            code.unwrap_or(-1),
            said.trim()
        ),
    }
}

/// Reads a stream to its end on a thread of its own, keeps what it may have of it, and one byte more.
fn follow(from: Option<impl Read + Send + 'static>, most: u64) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let Some(mut from) = from else { return Vec::new() };
        let mut kept = Vec::new();
        // What cannot be read any more was said by a process that is gone.
        let _ = from.by_ref().take(most + 1).read_to_end(&mut kept);
        let _ = io::copy(&mut from, &mut io::sink());
        kept
    })
}

/// Waits for its end; none when its time is over.
fn wait(child: &mut Child, limits: &Limits) -> anyhow::Result<Option<ExitStatus>> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() > limits.time {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// The side of the process that grades: takes its job from standard input, answers on standard output.
pub fn serve(grade: impl FnOnce(&Job) -> anyhow::Result<Graded>) -> anyhow::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let job: Job = serde_json::from_str(&line).context("there is no job on standard input")?;
    let root = job.root.clone();
    thread::Builder::new().name("lifeline".into()).spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        // Whoever asked is gone, and so is whoever would have removed the folder.
        let _ = std::fs::remove_dir_all(&root);
        std::process::exit(1);
    })?;
    let answer = match grade(&job) {
        Ok(graded) => Answer::Graded(Box::new(graded)),
        Err(error) => Answer::Error(format!("{error:#}")),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    Ok(out.flush()?)
}
