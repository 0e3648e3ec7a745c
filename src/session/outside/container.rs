//! A container on the learner's engine, within its limits.
//!
//! Its labels say which run it is, so a session that comes later takes it up again: a container outlives
//! the session that began it, as everything on the engine does.

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::time::{Duration, Instant, SystemTime};

use base::Slice;
use docker::models::{
    ContainerCreateBody, HealthConfig, HostConfig, HostConfigLogConfig, PortBinding,
};
use docker::{Channel, Engine, EngineError, LABEL, images};

use super::following::{self, Following, Heard};
use super::output::{Budget, Stream};
use super::patience::{ANSWER_TIME_MAX, PAUSE, Patience};
use super::stop::{Stop, Why};
use super::traces::Begun;
use sim::Observation;
use sim::outside::{Check, Container, End, EndedBy, Image, Limits};
use store::BlobStore;

/// Whose run a container is: the value names the profile and the world.
const OWNER: &str = "distlab.run.of";
/// Which run it is, and by which entry it began.
const RUN: &str = "distlab.run";

/// A container as it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub id: String,
    /// `None` for one whose labels somebody changed.
    pub begun: Option<Begun>,
    /// Whether it was ever started.
    pub started: bool,
    /// How long ago it was made.
    pub age: Duration,
}

/// The containers of an owner's runs.
pub(super) async fn list(engine: &Engine, owner: &str) -> Result<Vec<Found>, EngineError> {
    let filter = BTreeMap::from([("label".to_owned(), vec![format!("{OWNER}={owner}")])]);
    let found = engine.containers(true, None, false, &filter).await?;
    // The engine is on this machine, and has its clock.
    let now =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let read = found.into_iter().filter_map(|container| {
        let labels = container.labels.unwrap_or_default();
        let made = container.created.and_then(|made| u64::try_from(made).ok()).unwrap_or(now);
        let state = container.state.map(|state| state.to_string()).unwrap_or_default();
        Some(Found {
            id: container.id?,
            begun: labels.get(RUN).and_then(|text| serde_json::from_str(text).ok()),
            started: state != "created",
            age: Duration::from_secs(now.saturating_sub(made)),
        })
    });
    Ok(read.collect())
}

/// Makes a container of a run from an image of the engine, which is not started; its id.
pub(super) async fn make(
    engine: &Engine,
    container: &Container,
    image: &str,
    lab: &str,
    owner: &str,
    begun: &Begun,
) -> Result<String, EngineError> {
    let text = serde_json::to_string(begun).map_err(|e| EngineError::Broken(e.to_string()))?;
    let mut labels: HashMap<String, String> = container.labels.clone().into_iter().collect();
    labels.extend([
        (LABEL.to_owned(), lab.to_owned()),
        (OWNER.to_owned(), owner.to_owned()),
        (RUN.to_owned(), text),
    ]);
    let given = |words: &[String]| (!words.is_empty()).then(|| words.to_vec());
    let serving = container.serving.as_ref();
    let ports = serving.map(|serving| serving.ports.iter().map(|port| format!("{port}/tcp")));
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        entrypoint: given(&container.entry_point),
        cmd: given(&container.command),
        env: Some(container.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
        labels: Some(labels),
        exposed_ports: ports.map(Iterator::collect),
        healthcheck: serving.and_then(|serving| serving.check.as_ref()).map(health),
        host_config: Some(host_config(container)),
        ..ContainerCreateBody::default()
    };
    Ok(engine.create(None, None, body).await?.id)
}

fn host_config(container: &Container) -> HostConfig {
    let memory = i64::try_from(container.limits.memory_bytes).unwrap_or(i64::MAX);
    // Bounded while nobody reads it, too: a copy that is longer than this has more than it may print,
    // however short its lines are.
    let most = container.limits.output_bytes.saturating_mul(64).saturating_add(1 << 20);
    let config = HashMap::from([
        ("max-size".to_owned(), most.to_string()),
        ("max-file".to_owned(), "2".to_owned()),
    ]);
    let log = HostConfigLogConfig { typ: Some("json-file".into()), config: Some(config) };
    let bindings = container.serving.as_ref().map(|serving| {
        // Loopback only, at a port that is free.
        let here = PortBinding { host_ip: Some("127.0.0.1".into()), host_port: Some("0".into()) };
        let bound = |port: &u16| (format!("{port}/tcp"), Some(vec![here.clone()]));
        serving.ports.iter().map(bound).collect()
    });
    HostConfig {
        memory: Some(memory),
        memory_swap: Some(memory),
        pids_limit: Some(PROCESSES_MAX),
        log_config: Some(log),
        port_bindings: bindings,
        ..HostConfig::default()
    }
}

fn health(check: &Check) -> HealthConfig {
    let nanos = |span: Duration| i64::try_from(span.as_nanos()).ok();
    HealthConfig {
        test: Some(check.command.clone()),
        interval: nanos(check.interval),
        timeout: nanos(check.timeout),
        retries: Some(check.retries.into()),
        start_period: nanos(check.start_period),
        ..HealthConfig::default()
    }
}

/// More processes at once are not let be.
const PROCESSES_MAX: i64 = 512;

/// Waits for something, unless the run is to be ended before.
pub(super) async fn unless_told<T>(stop: &Stop, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    loop {
        match tokio::time::timeout(PAUSE, &mut work).await {
            Ok(done) => return Some(done),
            Err(_) if stop.told().is_some() => return None,
            Err(_) => {}
        }
    }
}

/// Removes a container, running or not. One that is gone is removed.
pub(super) async fn remove(engine: &Engine, id: &str) -> Result<(), EngineError> {
    match engine.remove(id, true, true, false).await {
        Err(error) if error.is_not_found() => Ok(()),
        done => done,
    }
}

/// What became of a container that was watched.
#[expect(clippy::large_enum_variant, reason = "there is one for each run")]
pub(super) enum Outcome {
    Seen(Observation),
    /// Nobody wants to hear of it; it is to be removed.
    TakenBack,
    /// It goes on without this session.
    Left,
}

/// Watches over a container that was started and has `ran` for a while, until it ends or is to be ended.
pub(super) async fn watch(
    engine: &Engine,
    patience: &Patience,
    id: &str,
    ran: Duration,
    limits: &Limits,
    blobs: &BlobStore,
    stop: &Stop,
) -> Result<Outcome, EngineError> {
    let broken = |e: anyhow::Error| EngineError::Broken(format!("{e:#}"));
    let gone = || Ok(Outcome::Seen(Observation::Interrupted));
    let since = Instant::now();
    let budget = Budget::new(limits.output_bytes);
    let mut streams = [Stream::new(blobs), Stream::new(blobs)];
    let Some(mut following) = Following::begin(engine, patience, id).await? else { return gone() };
    let (mut by, mut killed) = (EndedBy::Itself, None::<Instant>);
    let code = loop {
        match following.next().await? {
            Heard::Said(channel, bytes) => {
                let may = budget.take(bytes.len());
                let stream = usize::from(channel == Channel::Err);
                streams[stream].take(&bytes[..may]).map_err(broken)?;
            }
            Heard::Nothing => {}
            Heard::Ended(code) => break code,
            Heard::Gone => return gone(),
        }
        let reason = match stop.told() {
            Some(Why::Closing) => return Ok(Outcome::Left),
            Some(Why::TakenBack) => return Ok(Outcome::TakenBack),
            Some(Why::Unwanted) => Some(EndedBy::World),
            None if budget.is_over() => Some(EndedBy::Output),
            None if limits.are_over(ran + since.elapsed()) => Some(EndedBy::Time),
            None => None,
        };
        if let Some(reason) = reason.filter(|_| killed.is_none()) {
            by = reason;
            following::kill(engine, patience, id, "KILL").await?;
            killed = Some(Instant::now());
        }
        if by == EndedBy::Output {
            // More than it may print is not read.
            following.stop_reading();
        }
        if killed.is_some_and(|at| at.elapsed() > ANSWER_TIME_MAX) {
            return Err(EngineError::silent());
        }
    };
    let Some(seen) = following::inspect(engine, patience, id).await? else { return gone() };
    if by == EndedBy::Itself && following::lacked_memory(&seen) {
        by = EndedBy::Memory;
    }
    let [stdout, stderr] = streams.map(Stream::end);
    Ok(Outcome::Seen(Observation::Ended(End {
        code: i32::try_from(code).unwrap_or(-1),
        by,
        stdout: stdout.map_err(broken)?,
        stderr: stderr.map_err(broken)?,
    })))
}

/// Makes sure of the image of a container, or says in a sentence why there is none; the name by which
/// the engine has it.
pub(super) async fn image(
    engine: &Engine,
    image: &Image,
    lab: &str,
    blobs: &BlobStore,
) -> Result<String, EngineError> {
    let stored = match image {
        Image::Named(name) => {
            images::ensure(engine, name, &mut |_| {}).await?;
            return Ok(name.clone());
        }
        Image::Stored(stored) => stored,
    };
    let broken = |error: std::io::Error| EngineError::Broken(error.to_string());
    let config = blobs.collect(std::slice::from_ref(&stored.config)).map_err(broken)?;
    let parts = images::Stored { id: &stored.id, config: &config };
    let layers = || {
        let layer = |slice: &Slice| Ok((slice.len, Box::new(blobs.read(slice)?) as _));
        stored.layers.iter().map(layer).collect()
    };
    parts.ensure(engine, lab, layers).await
}
