//! A made-up system that wants things outside, for the tests: jobs that run a line of shell in a process
//! or a container, are tried again as often as was said when they are interrupted, and remember what
//! became of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base::{Blob, Rng, Slice, Time};
use sim::api::{ApiError, OpDef, Protocol, Read, Service, Write};
use sim::outside::{
    Check, Container, End, EndedBy, Image, Limits, Output, Process, Serving, Wanted,
};
use sim::{Config, Cx, Observation, RunId, State, System, World};

#[derive(Hash, Debug, Default)]
pub(super) struct Jobs {
    jobs: BTreeMap<RunId, Job>,
    /// What became of those that are over.
    over: Vec<String>,
}

#[derive(Clone, Hash, Debug)]
struct Job {
    line: String,
    input: Vec<Slice>,
    image: Option<String>,
    tries: i64,
    limits: Limits,
    serves: bool,
}

/// A job whose time comes later.
#[derive(Hash, Debug)]
pub(super) struct Due(Job);

fn run(world: &mut World, job: Job) {
    let command = vec!["sh".to_owned(), "-c".to_owned(), job.line.clone()];
    let (env, limits) =
        (BTreeMap::from([("JOB".to_owned(), "made up".to_owned())]), job.limits.clone());
    let wanted = if let Some(image) = &job.image {
        Wanted::Container(Box::new(Container {
            image: Image::Named(image.clone()),
            entry_point: Vec::new(),
            command,
            env,
            labels: BTreeMap::new(),
            limits,
            serving: job.serves.then(serving),
        }))
    } else {
        let mut args = command;
        let program = args.remove(0);
        Wanted::Process(Process { program, args, env, input: job.input.clone(), limits })
    };
    let id = world.want::<Jobs>(wanted);
    world.get_mut::<Jobs>().jobs.insert(id, job);
}

/// What serves here: a port, a check, and two seconds to end in.
fn serving() -> Serving {
    Serving {
        ports: BTreeSet::from([80]),
        stop_time: Duration::from_secs(2),
        check: Some(Check {
            command: vec!["CMD-SHELL".into(), "test -e /well".into()],
            interval: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            retries: 1,
            start_period: Duration::ZERO,
        }),
    }
}

fn words(end: &End) -> String {
    let text = |output: &Output| match output {
        Output::Text(text) => text.trim_end().to_owned(),
        Output::Stored(blob) => format!("{} bytes", blob.len),
    };
    let by = match end.by {
        EndedBy::Itself => "itself",
        EndedBy::World => "world",
        EndedBy::Time => "time",
        EndedBy::Memory => "memory",
        EndedBy::Output => "output",
    };
    format!("{} by {by}: {} {}", end.code, text(&end.stdout), text(&end.stderr))
        .trim_end()
        .to_owned()
}

impl State for Jobs {
    const NAME: &'static str = "jobs";
    type Event = Due;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: Due) {
        run(world, event.0);
    }

    fn observed(world: &mut World, id: &RunId, seen: &Observation) {
        let state = world.get_mut::<Self>();
        let became = match seen {
            Observation::Began => return,
            Observation::Started { ports, .. } => {
                let open: Vec<u16> = ports.iter().map(|(inside, _)| *inside).collect();
                return state.over.push(format!("started with {open:?}"));
            }
            Observation::Printed { lines } => return state.over.extend(lines.iter().cloned()),
            Observation::Health { well } => return state.over.push(format!("well: {well}")),
            Observation::Unreachable { .. } => "no engine".into(),
            Observation::Ended(end) => words(end),
            Observation::Failed { why } | Observation::NoImage { why } => format!("failed: {why}"),
            Observation::Interrupted => "interrupted".into(),
        };
        let Some(mut job) = state.jobs.remove(id) else { return };
        state.over.push(format!("{} {} {became}", id.cause, id.n));
        if *seen == Observation::Interrupted && job.tries > 1 {
            job.tries -= 1;
            run(world, job);
        }
    }
}

sim::operation! {
    /// Runs a line of shell.
    write Submit in "jobs" = "";
    input {
        /// The line.
        line: String => "Line",
        /// What it reads from its standard input.
        input: Option<Blob> => "Input",
        /// How much of that at the beginning it reads twice.
        twice: Option<i64> => "Twice",
        /// In a container of that image.
        image: Option<String> => "Image",
        /// After so much lab time.
        later_ms: Option<i64> => "Later",
        /// How often at most.
        tries: Option<i64> => "Tries",
        /// How long it may take.
        time_ms: Option<i64> => "Time",
        /// How much memory it may have.
        memory: Option<i64> => "Memory",
        /// How much it may print.
        output: Option<i64> => "Output",
        /// Whether the container serves.
        serves: bool => "Serves",
    }
    output SubmitOutput {}
    errors []
    access open
}

impl Write for Submit {
    type Output = SubmitOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<SubmitOutput, ApiError> {
        let or = |given: Option<i64>, usual: u64| given.map_or(usual, i64::cast_unsigned);
        let limits = Limits {
            time: Some(Duration::from_millis(or(self.time_ms, 60_000))),
            memory_bytes: or(self.memory, 256 << 20),
            output_bytes: or(self.output, 1 << 20),
        };
        let whole = self.input.map(|blob| Slice { digest: blob.digest, offset: 0, len: blob.len });
        let again = self.twice.map(i64::cast_unsigned);
        let first = whole.clone().zip(again).map(|(whole, len)| Slice { len, ..whole });
        let input = first.into_iter().chain(whole).collect();
        let job = Job {
            line: self.line,
            input,
            image: self.image,
            tries: self.tries.unwrap_or(1),
            limits,
            serves: self.serves,
        };
        match self.later_ms {
            Some(ms) => world.schedule::<Jobs>(Time(cx.at.0 + ms), Due(job)),
            None => run(world, job),
        }
        Ok(SubmitOutput {})
    }
}

sim::operation! {
    /// Ends all jobs.
    write Cancel in "jobs" = "";
    input {}
    output CancelOutput {}
    errors []
    access open
}

impl Write for Cancel {
    type Output = CancelOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<CancelOutput, ApiError> {
        let all: Vec<RunId> = world.get_mut::<Jobs>().jobs.keys().cloned().collect();
        for id in all {
            world.unwant(&id);
            if world.run(&id).is_none() {
                world.get_mut::<Jobs>().jobs.remove(&id);
            }
        }
        Ok(CancelOutput {})
    }
}

sim::operation! {
    /// What became of the jobs.
    read List in "jobs" = "";
    input {}
    output ListOutput {
        /// How many are not over.
        pub open: i64 => "Open",
        /// What became of the others, a line each.
        pub over: String => "Over",
    }
    errors []
    access open
}

impl Read for List {
    type Output = ListOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<ListOutput, ApiError> {
        let Jobs { jobs, over } = world.get::<Jobs>();
        let open = i64::try_from(jobs.len()).unwrap_or(i64::MAX);
        Ok(ListOutput { open, over: over.join("\n") })
    }
}

static OPERATIONS: &[&OpDef] = &[&Submit::DEF, &Cancel::DEF, &List::DEF];

static SERVICE: Service = Service {
    name: "jobs",
    title: "Jobs",
    protocol: Protocol::Hadoop,
    signing_name: "jobs",
    api_version: "1",
    xml_namespace: "",
    operations: OPERATIONS,
    refused: &[],
};

static SYSTEM: System = System::of::<Jobs>(&[&SERVICE]);

/// The made-up system beside those that a world's credentials come from.
pub(super) static SYSTEMS: &[&System] =
    &[&SYSTEM, &aws::iam::SYSTEM, &aws::s3::SYSTEM, &machines::SYSTEM];

/// An operation of the made-up system.
pub(super) fn operation(name: &str) -> &'static OpDef {
    OPERATIONS.iter().find(|op| op.name == name).expect("an operation of the made-up system")
}
