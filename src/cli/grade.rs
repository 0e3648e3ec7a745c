//! `distlab grade`: replays submissions and reports on the class. One bad file never stops the batch:
//! each is graded by a process of its own (`distlab grade-one`), here or on a cluster.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::{Args, DONE, NO, Stop, args, class, say};
use base::Digest;
use course::{Catalog, Lab, Learner};
use grade::child::{self, Answer, Job};
use grade::progress::Progress;
use grade::queue::{self, On, Results};
use grade::report::{self, REPORTS};
use grade::shards::Plan;
use grade::{Batch, Began, Graded, Take, belongs, grade, kubernetes, submission, swarm, task};
use session::class::Class;
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
    let program = session::program::own()?;
    let text = of.as_ref().map(Class::text).transpose()?;
    let labs = args.labs_folder().map(|labs| labs.canonicalize().unwrap_or(labs));
    let on = On::new(program, what.nonce.clone(), text, labs)?;
    let files = queue::files(&what.files)?;
    if what.kubernetes {
        return on_kubernetes(&on, &files, what.image.as_deref().unwrap_or_default());
    }
    let graded = all(what, &on, &files)?;
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

/// Grades every file of which no result is known: on the swarm, if one is to do it, and here.
fn all(
    what: &args::Grade,
    on: &On,
    files: &[PathBuf],
) -> anyhow::Result<Vec<(String, Result<Graded, String>)>> {
    let progress = Progress::of(files.len());
    let results = what.results.as_deref().map(|path| Results::open(path, on.terms)).transpose()?;
    let mut known: BTreeMap<Digest, Answer> = BTreeMap::new();
    if let (Some(results), Some(path)) = (&results, &what.results) {
        for line in queue::found(&results.records, path) {
            progress.say(&line);
        }
        known.clone_from(&results.records.graded);
    }
    if let Some(manager) = &what.swarm {
        let open = identified(files);
        let open: Vec<(PathBuf, Digest)> =
            open.into_iter().filter(|(_, digest)| !known.contains_key(digest)).collect();
        if !open.is_empty() {
            let progress = Progress::of(open.len());
            let manager = Some(manager.clone()).filter(|manager| !manager.is_empty());
            let (image, push) = (what.image.clone(), &push);
            let files = open;
            let asked = swarm::Asked { on, files, manager, image, push, progress: &progress };
            let found = swarm::grade(&asked)?;
            progress.end();
            if let Some(results) = &results {
                queue::keep(results, on, &found)?;
            }
            known.extend(found);
        }
    }
    queue::grade_all(files, on, &known, results.as_ref(), &progress)
}

/// The files that can be told from others, each once.
fn identified(files: &[PathBuf]) -> Vec<(PathBuf, Digest)> {
    let mut seen = BTreeMap::new();
    for file in files {
        if let Some(digest) = queue::digest(file) {
            seen.entry(digest).or_insert_with(|| file.clone());
        }
    }
    seen.into_iter().map(|(digest, file)| (file, digest)).collect()
}

/// Pushes an image as the `docker` command does, with the logins that it knows.
fn push(host: &str, image: &str) -> anyhow::Result<()> {
    let program = session::program::own()?;
    let pushed = Command::new(program)
        .arg0("docker")
        .args(["push", "--quiet", image])
        .env("DOCKER_HOST", host)
        .env_remove("DISTLAB_ENGINE")
        .stdout(io::stderr())
        .status()
        .context("docker push cannot be started")?;
    if !pushed.success() {
        bail!("{image} could not be pushed; log in to its registry first (docker login)");
    }
    Ok(())
}

/// Makes the image of the class, and prints the job that grades with it.
fn on_kubernetes(on: &On, files: &[PathBuf], image: &str) -> anyhow::Result<u8> {
    /// Pods at once, where nobody knows how large the cluster is; the manifest is there to be edited.
    const AT_ONCE: usize = 10;
    let files = identified(files);
    let digests = files.iter().map(|(_, digest)| *digest).collect();
    let plan = Plan::new(on, digests, AT_ONCE);
    let program = task::image(image, on, &files, &plan)?;
    docker::block_on(async { program.load(&docker::Engine::connect(None).await?).await })
        .map_err(|error| Stop::missing(error.to_string()))?;
    let progress = Progress::of(files.len());
    let job = kubernetes::NAME;
    for line in [
        format!("the image {image} is on your engine; push it: docker push {image}"),
        "then: kubectl apply -f the manifest below".to_owned(),
        format!("      kubectl wait --for=condition=complete --timeout=-1s job/{job}"),
        format!("      kubectl logs --tail=-1 -l job-name={job} > results"),
        "      distlab grade --results results, with the same files, class, word and labs"
            .to_owned(),
    ] {
        progress.say(&line);
    }
    say(kubernetes::manifest(image, plan.shards, AT_ONCE).trim_end())?;
    Ok(DONE)
}

/// `distlab grade-shard`: what a container of a cluster does.
pub(super) fn shard(folder: &Path) -> anyhow::Result<u8> {
    let plan = Plan::read(folder)?;
    let shard = match (std::env::var(kubernetes::INDEX), std::env::var(task::SHARDS)) {
        (Ok(index), _) => index
            .parse()
            .with_context(|| format!("{} is no number: {index:?}", kubernetes::INDEX))?,
        (_, Ok(shards)) => task::shard_of(&shards, &std::env::var(task::SLOT).unwrap_or_default())?,
        _ => bail!("neither {} nor {} says which shard it is", kubernetes::INDEX, task::SHARDS),
    };
    let program = session::program::own()?;
    plan.grade(folder, program, shard, &mut io::stdout().lock())?;
    Ok(DONE)
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
        lab.map_err(|problems| anyhow::anyhow!(super::lab_session::list(&problems)))
    };
    let lab = open(&entry.id)?;
    let began = first(&lab, open)?;
    let source = catalog.source(&entry.id);
    let source = source.map_err(|problems| anyhow::anyhow!(super::lab_session::list(&problems)))?;
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
