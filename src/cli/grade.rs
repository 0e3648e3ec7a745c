//! `distlab grade`: replays submissions and reports on the class. One bad file never stops the batch.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::submit::lab_digest;
use super::{Args, DONE, NO, Stop, args, say};
use course::{Lab, Learner};
use grade::report::{self, Line, REPORTS};
use grade::{Began, Graded, grade, submission};
use session::scratch::Scratch;
use store::BlobStore;

pub(super) fn run(args: &Args, what: &args::Grade) -> anyhow::Result<u8> {
    let Some(report) = report::find(&what.format) else {
        let known: Vec<String> =
            REPORTS.iter().map(|r| format!("{} ({})", r.name(), r.about())).collect();
        return Err(Stop::usage(format!(
            "{:?} is no format; there is {}",
            what.format,
            known.join(", ")
        )));
    };
    let scratch = Scratch::named("grade");
    fs::create_dir_all(&scratch.0)?;
    let mut lines: Vec<Line> = what
        .files
        .iter()
        .enumerate()
        .map(|(number, file)| Line {
            file: file.display().to_string(),
            outcome: one(args, what, file, &scratch.0.join(number.to_string()))
                .map_err(|error| format!("{error:#}")),
        })
        .collect();
    report::mark_copies(&mut lines);
    let text = report.write(&lines);
    match &what.out {
        Some(path) => fs::write(path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?,
        None => say(text.trim_end())?,
    }
    Ok(if lines.iter().all(|l| l.outcome.is_ok()) { DONE } else { NO })
}

/// Grades one file; its bodies go into a folder of their own.
fn one(args: &Args, what: &args::Grade, file: &Path, scratch: &Path) -> anyhow::Result<Graded> {
    let blobs = BlobStore::open(scratch)?;
    let submission = submission::read(file, &blobs)?;
    if let Some(nonce) = &what.nonce
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
        bail!("the learner's name {:?} is none that distlab gives", world.learner);
    }
    let learner = Learner { name: world.learner.clone(), seed: world.learner_seed };
    let catalog = args.listing();
    let entry = catalog.get(&world.lab).map_err(|unknown| anyhow::anyhow!(unknown.to_string()))?;
    let open = |id: &str| {
        let lab = catalog.open(id, &learner);
        lab.map_err(|problems| anyhow::anyhow!(super::desk::list(&problems)))
    };
    let lab = open(&entry.id)?;
    let began = first(&lab, open)?;
    grade(&submission, &lab, &began, lab_digest(args, &entry.id)?, &blobs)
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
