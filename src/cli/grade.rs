//! `distlab grade`: replays submissions and reports on the class. One bad file never stops the batch:
//! each is graded by a process of its own (`distlab grade-one`).

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, bail};

use super::{Args, DONE, NO, Stop, args, class, say};
use base::Digest;
use course::{Catalog, Lab, Learner};
use grade::child::{self, Job, Limits};
use grade::report::{self, REPORTS};
use grade::{Batch, Began, Graded, Take, belongs, grade, submission};
use session::class::Class;
use session::scratch::Scratch;
use store::BlobStore;

pub(super) fn run(args: &Args, what: &args::Grade) -> anyhow::Result<u8> {
    let Some(report) = report::find(&what.format) else {
        let known: Vec<String> =
            REPORTS.iter().map(|r| format!("{} ({})", r.name(), r.about())).collect();
        return Err(Stop::usage(format!(
            "{:?} is not a format; there is {}",
            what.format,
            known.join(", ")
        )));
    };
    let teacher = what.teacher.as_deref();
    let of = what.class.as_deref().map(|file| class::trusted(args, file, teacher)).transpose()?;
    let people = what.roster.as_deref().map(class::read_roster).transpose()?.unwrap_or_default();
    let graded = all(args, what, of.as_ref())?;
    let failed = graded.iter().any(|(_, outcome)| outcome.is_err());
    let take = match what.take {
        args::Take::Best => Take::Best,
        args::Take::Last => Take::Last,
    };
    let batch = Batch::new(graded, of, people, take, what.attested);
    let text = report.write(&batch);
    match &what.out {
        Some(path) => fs::write(path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?,
        None => say(text.trim_end())?,
    }
    Ok(if failed { NO } else { DONE })
}

/// Grades every file, as many at once as there are processors, and gives them in their order.
fn all(
    args: &Args,
    what: &args::Grade,
    class: Option<&Class>,
) -> anyhow::Result<Vec<(String, Result<Graded, String>)>> {
    let scratch = Scratch::private("grade")?;
    let program = std::env::current_exe().context("this program's own path is not known")?;
    let class = class.map(Class::text).transpose()?;
    let labs = args.labs_folder().map(|labs| labs.canonicalize().unwrap_or(labs));
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![None; what.files.len()]);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = what.files.get(place) else { break };
            let job = Job {
                file: file.clone(),
                scratch: scratch.path().join(place.to_string()),
                root: scratch.path().to_owned(),
                nonce: what.nonce.clone(),
                class: class.clone(),
                labs: labs.clone(),
            };
            let outcome = child::ask(&program, &["grade-one"], &job, &Limits::default());
            // What it wrote is of no use any more, and the next ones need the room.
            let _ = fs::remove_dir_all(&job.scratch);
            done.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(outcome);
        }
    };
    let at_once = thread::available_parallelism().map_or(1, usize::from).min(what.files.len());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(work);
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let missing = || Err("it was not graded".to_owned());
    let files = what.files.iter().map(|file| file.display().to_string());
    Ok(files.zip(done.into_iter().map(|one| one.unwrap_or_else(missing))).collect())
}

/// `distlab grade-one`: the process that grades one file.
pub(super) fn serve() -> anyhow::Result<u8> {
    child::serve(one)?;
    Ok(DONE)
}

/// Grades one file; its bodies go into a folder of their own.
fn one(job: &Job) -> anyhow::Result<Graded> {
    let blobs = BlobStore::open(&job.scratch)?;
    let submission = submission::read(&job.file, &blobs)?;
    if let Some(nonce) = &job.nonce
        && submission.head.nonce.as_ref() != Some(nonce)
    {
        match &submission.head.nonce {
            Some(other) => {
                bail!("it carries the word {other:?}, and this assignment's is {nonce:?}")
            }
            None => bail!("it does not carry this assignment's word {nonce:?}"),
        }
    }
    let world = &submission.head.world;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if world.learner.is_empty() || world.learner.len() > 16 || !world.learner.chars().all(plain) {
        bail!("the learner's name {:?} is not one that distlab gives", world.learner);
    }
    if let Some(person) = &world.person {
        person.sound().context("who it is from cannot be read")?;
    }
    let learner = Learner { name: world.learner.clone(), seed: world.learner_seed };
    let catalog = Catalog::load(job.labs.as_deref());
    let entry = catalog.get(&world.lab).map_err(|unknown| anyhow::anyhow!(unknown.to_string()))?;
    let open = |id: &str| {
        let lab = catalog.open(id, &learner);
        lab.map_err(|problems| anyhow::anyhow!(super::desk::list(&problems)))
    };
    let lab = open(&entry.id)?;
    let began = first(&lab, open)?;
    let source = catalog.source(&entry.id);
    let source = source.map_err(|problems| anyhow::anyhow!(super::desk::list(&problems)))?;
    let digest = Digest::of(source.text.as_bytes());
    if let Some(text) = &job.class {
        let class = Class::read(text)?;
        belongs(&submission, &class, &began.lab, &began.spec)?;
        same_lab(&class, &lab, digest)?;
    }
    grade(&submission, &lab, &began, digest, &blobs)
}

/// The lab here is the one that the class was opened with: else it would be graded by another text.
fn same_lab(class: &Class, lab: &Lab, digest: Digest) -> anyhow::Result<()> {
    let Some(assignment) = class.assignment(&lab.id) else { return Ok(()) };
    if assignment.digest != digest {
        bail!(
            "the text of {} here is not the one with which {:?} was opened: grade with the distlab, or \
             the folder of labs (--labs), that the class was opened with",
            lab.id,
            class.terms.name
        );
    }
    Ok(())
}

/// How the world began that a lab goes on in.
fn first(lab: &Lab, open: impl Fn(&str) -> anyhow::Result<Lab>) -> anyhow::Result<Began> {
    let mut began = Began { lab: lab.id.clone(), spec: lab.world.clone() };
    let (mut before, mut seen) = (lab.continues.clone(), vec![lab.id.clone()]);
    while let Some(id) = before {
        if seen.contains(&id) {
            bail!("labs go on from each other in a circle: {}", seen.join(", "));
        }
        let lab = open(&id)?;
        (began, before) = (Began { lab: id.clone(), spec: lab.world }, lab.continues);
        seen.push(id);
    }
    Ok(began)
}
