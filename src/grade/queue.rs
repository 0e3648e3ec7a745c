//! Grading many files on one machine: each by a process of its own, as many at once as there are
//! processors, with word of how far it is; what was graded before is not graded again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, bail};
use serde_json::json;

use super::child::{self, Answer, Job, Limits};
use super::graded::Graded;
use super::progress::Progress;
use super::record::{Record, Records};
use super::submission::FILE_BYTES_MAX;
use base::Digest;
use base::text::plural;
use course::Catalog;
use session::scratch::Scratch;

/// On what terms files are graded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct On {
    /// The program that is called with `grade-one`.
    pub program: PathBuf,
    pub nonce: Option<String>,
    /// The text of a class file.
    pub class: Option<String>,
    pub labs: Option<PathBuf>,
    /// What tells these terms from others.
    pub terms: Digest,
}

impl On {
    /// Terms with their digest: it hangs on all that may change a grade.
    pub fn new(
        program: PathBuf,
        nonce: Option<String>,
        class: Option<String>,
        labs: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let catalog = Catalog::load(labs.as_deref());
        let mut texts = BTreeMap::new();
        for entry in catalog.entries() {
            // One that cannot be read grades nothing, and says so where it is asked for.
            let text = catalog.source(&entry.id).map(|source| source.text).unwrap_or_default();
            texts.insert(entry.id.clone(), Digest::of(text.as_bytes()));
        }
        let said = json!([env!("CARGO_PKG_VERSION"), sim::MODEL, nonce, class, texts]);
        let terms = Digest::of(said.to_string().as_bytes());
        Ok(Self { program, nonce, class, labs, terms })
    }

    /// What a process is asked to do with one file.
    fn job(&self, file: &Path, root: &Path, place: usize) -> Job {
        Job {
            file: file.to_owned(),
            scratch: root.join(place.to_string()),
            root: root.to_owned(),
            nonce: self.nonce.clone(),
            class: self.class.clone(),
            labs: self.labs.clone(),
        }
    }

    /// Has one file graded.
    pub(super) fn ask(&self, file: &Path, root: &Path, place: usize) -> Result<Answer, String> {
        let job = self.job(file, root, place);
        let answer = child::ask(&self.program, &["grade-one"], &job, &Limits::default());
        // What it wrote is of no use any more, and the next ones need the room.
        let _ = fs::remove_dir_all(&job.scratch);
        answer
    }
}

/// The file in which results are kept, and what stood in it.
#[derive(Debug)]
pub struct Results {
    file: Mutex<File>,
    pub records: Records,
}

impl Results {
    /// Opens the file, made when there is none, and reads what fits these terms.
    pub fn open(path: &Path, terms: Digest) -> anyhow::Result<Self> {
        let cannot = || format!("the results in {} cannot be used", path.display());
        let mut options = File::options();
        let file = options.read(true).append(true).create(true).open(path).with_context(cannot)?;
        if !file.metadata()?.is_file() {
            bail!("{} is no file for results", path.display());
        }
        if file.try_lock().is_err() {
            bail!("another distlab writes its results to {}: wait for it", path.display());
        }
        let mut records = Records::default();
        records.read(terms, BufReader::new(&file)).with_context(cannot)?;
        // The program may have been killed inside of a line.
        let len = file.metadata()?.len();
        let mut last = [b'\n'];
        if len > 0 {
            file.read_exact_at(&mut last, len - 1)?;
        }
        if last != [b'\n'] {
            (&file).write_all(b"\n")?;
        }
        Ok(Self { file: Mutex::new(file), records })
    }

    fn add(&self, record: &Record) -> anyhow::Result<()> {
        let lines = record.lines()?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(file.write_all(lines.as_bytes())?)
    }
}

/// The files that were named, and below each folder those that end in `.dlab`, in order. Links to
/// folders are not followed.
pub fn files(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        let mut folders = vec![path.clone()];
        while let Some(folder) = folders.pop() {
            let cannot = || format!("the folder {} cannot be read", folder.display());
            for entry in fs::read_dir(&folder).with_context(cannot)? {
                let entry = entry.with_context(cannot)?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if entry.path().extension().is_some_and(|e| e == "dlab") {
                    files.push(entry.path());
                }
            }
        }
        files[before..].sort();
        if files.len() == before {
            bail!("there is no submission (*.dlab) in {}", path.display());
        }
    }
    Ok(files)
}

/// What identifies a file that may be a submission; none of what is larger, or no file.
#[must_use]
pub fn digest(path: &Path) -> Option<Digest> {
    // Asked first: to open a pipe is to wait.
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= FILE_BYTES_MAX).then(|| Digest::of(&bytes))
}

/// Grades every file of which nothing is known yet, and gives all in their order.
pub fn grade_all(
    files: &[PathBuf],
    on: &On,
    known: &BTreeMap<Digest, Answer>,
    results: Option<&Results>,
    progress: &Progress,
) -> anyhow::Result<Vec<(String, Result<Graded, String>)>> {
    let scratch = Scratch::private("grade")?;
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![None; files.len()]);
    let failed = Mutex::new(None);
    let work = || {
        while let Some((place, file)) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            files.get(place).map(|file| (place, file))
        } {
            let identified =
                if known.is_empty() && results.is_none() { None } else { digest(file) };
            let before = identified.and_then(|digest| known.get(&digest)).cloned();
            let (fresh, answer) = match before {
                Some(answer) => (false, Ok(answer)),
                None => (true, on.ask(file, scratch.path(), place)),
            };
            if let (true, Ok(answer), Some(file), Some(results)) =
                (fresh, &answer, identified, results)
            {
                let record = Record { terms: on.terms, file, answer: answer.clone() };
                if let Err(error) = results.add(&record) {
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    // There is no use in grading what cannot be kept.
                    next.store(files.len(), Ordering::Relaxed);
                }
            }
            let outcome = answer.and_then(Answer::outcome);
            progress.step(outcome.is_err(), fresh);
            done.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(outcome);
        }
    };
    let at_once = thread::available_parallelism().map_or(1, usize::from).min(files.len());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(work);
        }
    });
    progress.end();
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.context("what was graded cannot be kept, so grading stopped"));
    }
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let missing = || Err("it was not graded".to_owned());
    let names = files.iter().map(|file| file.display().to_string());
    Ok(names.zip(done.into_iter().map(|one| one.unwrap_or_else(missing))).collect())
}

/// What the results say of what was found in them, where that is worth a line.
#[must_use]
pub fn found(records: &Records, path: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let path = path.display();
    if !records.graded.is_empty() {
        let count = plural(records.graded.len(), "file");
        lines.push(format!("{count} of {path} need not be graded again"));
    }
    if records.strange > 0 {
        let count = plural(records.strange, "result");
        lines.push(format!(
            "{count} of {path} were had on other terms (another distlab, class, word or labs) and are \
             not taken"
        ));
    }
    lines
}

/// Adds what was graded elsewhere to the file of results.
pub fn keep(results: &Results, on: &On, graded: &BTreeMap<Digest, Answer>) -> anyhow::Result<()> {
    for (file, answer) in graded {
        if !results.records.graded.contains_key(file) {
            results.add(&Record { terms: on.terms, file: *file, answer: answer.clone() })?;
        }
    }
    Ok(())
}
