//! Grading on a Docker Swarm: an image of this program with the class in it, and a replicated job of
//! which each task grades a shard and prints the records.
//!
//! Nothing listens anywhere: the class travels in the image, the records in the tasks' logs, which a
//! manager fetches. A task that fails is begun again by the swarm; a shard of which no log can be had
//! (its node is gone) is handed out again. What is missing after that is for the one who asked to grade.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::task::JoinSet;

use super::child::Answer;
use super::progress::Progress;
use super::queue::On;
use super::record::Records;
use super::shards::Plan;
use super::task::{image, room, spec};
use base::Digest;
use base::text::plural;
use docker::nodes::reached;
use docker::swarm::{Speaker, text, version};
use docker::{Engine, EngineError};
use store::entropy;

/// How often a shard is handed out.
const ROUNDS: usize = 3;
/// Between two looks at the tasks.
const PAUSE: Duration = Duration::from_millis(500);
/// A log that takes longer is not had.
const LOG_TIME_MAX: Duration = Duration::from_secs(30);
/// How often a log is asked for; the last lines of a task may come late.
const LOG_TRIES: usize = 5;
/// A swarm in which nothing runs and nothing begins for so long has no room for what is left.
const IDLE_MAX: Duration = Duration::from_secs(90);
/// A manager that does not answer for so long is gone.
const SILENT_MAX: Duration = Duration::from_mins(1);
/// What is asked of a swarm.
pub struct Asked<'a> {
    pub on: &'a On,
    /// Each file with its digest.
    pub files: Vec<(PathBuf, Digest)>,
    /// Where a manager listens (`unix://…`), or the name of a node of a lab; the environment's engine
    /// unless said.
    pub manager: Option<String>,
    /// What the image is called where nodes pull it.
    pub image: Option<String>,
    /// Pushes the image of that name from the engine at that address.
    pub push: &'a dyn Fn(&str, &str) -> anyhow::Result<()>,
    pub progress: &'a Progress,
}

/// Hands the class out and gives what came back; what is missing was lost.
pub fn grade(asked: &Asked<'_>) -> anyhow::Result<BTreeMap<Digest, Answer>> {
    let interrupted = || bail!("grading was interrupted; what was made on the swarm is removed");
    docker::block_on(async {
        Ok::<_, EngineError>(
            async {
                let manager = manager(asked.manager.as_deref()).await?;
                let (service, engines) = (format!("distlab-grade-{:016x}", entropy()), Vec::new());
                let mut job = Job { manager, service, image: String::new(), engines };
                let done = tokio::select! {
                    done = job.run(asked) => done,
                    _ = tokio::signal::ctrl_c() => interrupted(),
                };
                job.clear().await;
                done
            }
            .await,
        )
    })?
}

/// The engine that is asked to manage.
async fn manager(named: Option<&str>) -> anyhow::Result<Engine> {
    let host = match named {
        None | Some("") => std::env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty()),
        Some(host) if host.contains("://") => Some(host.to_owned()),
        Some(node) => {
            let nodes = reached(&Engine::connect(None).await?).await?;
            let mut found = nodes.iter().filter(|reached| reached.name == node);
            let Some(one) = found.next() else { bail!("no lab has a running node {node}") };
            if found.next().is_some() {
                bail!("more than one lab has a node {node}: name its socket, --swarm=unix://…");
            }
            Some(one.engine.host().to_owned())
        }
    };
    let engine = Engine::connect(host.as_deref()).await?;
    let info = engine.get_json("/info").await?;
    if info.pointer("/Swarm/ControlAvailable").and_then(Value::as_bool) != Some(true) {
        bail!(
            "the engine at {} manages no swarm: make one there (docker swarm init), or name a manager \
             (--swarm=unix:///path/of/its/socket, or --swarm=node1 for a node of a lab)",
            engine.host()
        );
    }
    Ok(engine)
}

/// A job on a swarm, and what is to be removed after it.
struct Job {
    manager: Engine,
    service: String,
    image: String,
    /// The engines that were given the image.
    engines: Vec<Engine>,
}

impl Job {
    async fn run(&mut self, asked: &Asked<'_>) -> anyhow::Result<BTreeMap<Digest, Answer>> {
        let nodes = self.manager.nodes(&BTreeMap::new()).await?;
        let ready: Vec<&Value> = nodes.iter().filter(|node| is_ready(node)).collect();
        let at_once = ready.iter().map(|node| room(node)).sum::<usize>().max(1);
        let digests = asked.files.iter().map(|(_, digest)| *digest).collect();
        let plan = Plan::new(asked.on, digests, at_once);
        self.give(asked, &plan, &ready).await?;
        asked.progress.say(&format!(
            "{} in {} on {} of the swarm",
            plural(asked.files.len(), "file"),
            plural(plan.shards, "shard"),
            plural(ready.len(), "node"),
        ));
        let mut records = Records::default();
        let mut left: BTreeSet<usize> = (0..plan.shards).collect();
        for round in 1..=ROUNDS {
            let shards: Vec<usize> = left.iter().copied().collect();
            let id = self.begin(&shards, at_once).await?;
            let end = self.follow(asked, &id, &shards, &mut records).await;
            for shard in &records.ended {
                left.remove(shard);
            }
            // Whatever is behind it, it must not go on beside the next round.
            let _ = self.manager.service_remove(&id).await;
            if left.is_empty() {
                break;
            }
            let lost = plural(left.len(), "shard");
            match (end, round) {
                (Err(error), _) => {
                    asked.progress.say(&format!("{lost} lost: {error:#}"));
                    break;
                }
                (Ok(why), ROUNDS) => {
                    asked.progress.say(&format!("{lost} lost ({why}); they are graded here"));
                }
                (Ok(why), _) => {
                    asked.progress.say(&format!("{lost} lost ({why}); handed out again"));
                }
            }
        }
        Ok(records.graded)
    }

    /// Brings the image to every node: by hand where its engine is reached, by a registry elsewhere.
    async fn give(
        &mut self,
        asked: &Asked<'_>,
        plan: &Plan,
        ready: &[&Value],
    ) -> anyhow::Result<()> {
        let mut engines = vec![self.manager.clone()];
        if let Ok(own) = Engine::connect(None).await {
            engines.extend(reached(&own).await?.into_iter().map(|node| node.engine));
            engines.push(own);
        }
        let mut given = BTreeMap::new();
        for engine in engines {
            // One that does not answer is a node that is not reached.
            let Ok(info) = engine.get_json("/info").await else { continue };
            given.entry(text(&info, "/Swarm/NodeID").to_owned()).or_insert(engine);
        }
        let out_of_reach: Vec<&str> = ready
            .iter()
            .filter(|node| !given.contains_key(text(node, "/ID")))
            .map(|node| text(node, "/Description/Hostname"))
            .collect();
        if let (false, None) = (out_of_reach.is_empty(), &asked.image) {
            bail!(
                "{} cannot be reached from here to be given the image: say what it is to be called in a \
                 registry that the nodes reach, --image REGISTRY/NAME:TAG",
                out_of_reach.join(", ")
            );
        }
        let digest = Digest::of(&serde_json::to_vec(plan)?).to_string();
        self.image =
            asked.image.clone().unwrap_or_else(|| format!("distlab-grade:{}", &digest[..12]));
        let image = image(&self.image, asked.on, &asked.files, plan)?;
        let mut giving = JoinSet::new();
        for node in ready {
            if let Some(engine) = given.remove(text(node, "/ID")) {
                self.engines.push(engine.clone());
                let image = image.clone();
                giving.spawn(async move { image.load(&engine).await });
            }
        }
        while let Some(one) = giving.join_next().await {
            one.context("the image was not given")??;
        }
        if !out_of_reach.is_empty() {
            (asked.push)(self.manager.host(), &self.image)?;
        }
        Ok(())
    }

    /// Makes the service, and says its id.
    async fn begin(&self, shards: &[usize], at_once: usize) -> anyhow::Result<String> {
        let spec = spec(&self.service, &self.image, shards, at_once);
        let made = self.manager.service_create(&spec, None).await;
        let made = made.context("the swarm does not take the job")?;
        Ok(text(&made, "/ID").to_owned())
    }

    /// Fetches the records of tasks as they complete, until there is nothing to wait for any more; says
    /// why some are missing.
    async fn follow(
        &self,
        asked: &Asked<'_>,
        service: &str,
        shards: &[usize],
        records: &mut Records,
    ) -> anyhow::Result<String> {
        let filter = BTreeMap::from([("service".to_owned(), vec![service.to_owned()])]);
        let (mut tries, mut fetched) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
        let (mut heard, mut moved) = (Instant::now(), Instant::now());
        loop {
            let looked = match self.manager.tasks(&filter).await {
                Ok(tasks) => self.manager.nodes(&BTreeMap::new()).await.map(|nodes| (tasks, nodes)),
                Err(error) => Err(error),
            };
            let (tasks, nodes) = match looked {
                Ok(looked) => looked,
                Err(error) if heard.elapsed() > SILENT_MAX => {
                    return Err(error).context("the manager does not answer");
                }
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            heard = Instant::now();
            let down: BTreeSet<&str> = nodes
                .iter()
                .filter(|node| text(node, "/Status/State") == "down")
                .map(|node| text(node, "/ID"))
                .collect();
            for task in &tasks {
                let id = text(task, "/ID");
                let times = tries.get(id).copied().unwrap_or_default();
                let complete = text(task, "/Status/State") == "complete";
                if !complete || fetched.contains(id) || times >= LOG_TRIES {
                    continue;
                }
                let lost = down.contains(text(task, "/NodeID"));
                if !lost && self.fetch(asked, id, records).await {
                    fetched.insert(id.to_owned());
                } else {
                    tries.insert(id.to_owned(), if lost { LOG_TRIES } else { times + 1 });
                }
                moved = Instant::now();
            }
            if shards.iter().all(|shard| records.ended.contains(shard)) {
                return Ok(String::new());
            }
            let open = tasks.iter().any(|task| {
                let id = text(task, "/ID");
                let waits = text(task, "/Status/State") == "complete" && !fetched.contains(id);
                waits && tries.get(id).is_none_or(|tried| *tried < LOG_TRIES)
            });
            if open || tasks.iter().any(|task| runs(task, &down)) {
                moved = Instant::now();
            } else if let Some(why) = over(&tasks, shards.len(), &down, moved) {
                return Ok(why);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Reads the log of a task that has completed; whether all of it was there.
    async fn fetch(&self, asked: &Asked<'_>, task: &str, records: &mut Records) -> bool {
        let read = async {
            let query = "stdout=1&tail=all";
            let mut log = self.manager.swarm_logs(Speaker::Task, task, false, query).await?;
            let mut bytes = Vec::new();
            while let Some((_, piece)) = log.next().await? {
                bytes.extend_from_slice(&piece);
            }
            Ok::<_, EngineError>(bytes)
        };
        let Ok(Ok(bytes)) = tokio::time::timeout(LOG_TIME_MAX, read).await else { return false };
        let before: BTreeSet<Digest> = records.graded.keys().copied().collect();
        let ended = records.ended.len();
        if records.read(asked.on.terms, bytes.as_slice()).is_err() {
            return false;
        }
        for (_, answer) in records.graded.iter().filter(|(file, _)| !before.contains(file)) {
            asked.progress.step(matches!(answer, Answer::Error(_)), true);
        }
        records.ended.len() > ended
    }

    /// Removes what was made. What cannot be removed has the label by which clean-up finds it.
    async fn clear(&self) {
        let services = self.manager.services(&BTreeMap::new(), false).await.unwrap_or_default();
        for service in &services {
            if text(service, "/Spec/Name") == self.service {
                let _ = self.manager.service_remove(text(service, "/ID")).await;
            }
        }
        // Of a job that is removed the swarm leaves the containers, and they hold the image.
        let label = format!("com.docker.swarm.service.name={}", self.service);
        let filter = BTreeMap::from([("label".to_owned(), vec![label])]);
        for engine in &self.engines {
            let containers =
                engine.containers(true, None, false, &filter).await.unwrap_or_default();
            for id in containers.into_iter().filter_map(|container| container.id) {
                let _ = engine.delete(&format!("/containers/{id}?force=1&v=1")).await;
            }
            let _ = engine.remove_image(&self.image, true, false).await;
        }
    }
}

/// Whether a node takes tasks.
fn is_ready(node: &Value) -> bool {
    text(node, "/Status/State") == "ready" && text(node, "/Spec/Availability") == "active"
}

/// Whether a task is under way, on a node that is there.
fn runs(task: &Value, down: &BTreeSet<&str>) -> bool {
    let under_way = ["assigned", "accepted", "preparing", "ready", "starting", "running"];
    let wanted =
        text(task, "/DesiredState") != "shutdown" && text(task, "/DesiredState") != "remove";
    wanted
        && under_way.contains(&text(task, "/Status/State"))
        && !down.contains(text(task, "/NodeID"))
}

/// Why there is nothing to wait for any more, when nothing runs. A swarm does not begin a job's task
/// again when its node is gone.
fn over(tasks: &[Value], shards: usize, down: &BTreeSet<&str>, moved: Instant) -> Option<String> {
    let (complete, open): (Vec<&Value>, Vec<&Value>) =
        tasks.iter().partition(|task| text(task, "/Status/State") == "complete");
    let gone = open.iter().filter(|task| down.contains(text(task, "/NodeID"))).count();
    if gone > 0 && complete.len() + gone >= shards {
        return Some("their node is down".into());
    }
    if complete.len() >= shards {
        return Some("the logs of their tasks cannot be had".into());
    }
    if moved.elapsed() < IDLE_MAX {
        return None;
    }
    let said = open.iter().max_by_key(|task| version(task)).map(|task| {
        let error = text(task, "/Status/Err");
        if error.is_empty() { text(task, "/Status/Message") } else { error }
    });
    Some(said.filter(|said| !said.is_empty()).unwrap_or("nothing runs them").to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_dead_node_had_is_not_waited_for() {
        let task = |node: &str, state: &str| json!({"NodeID": node, "Status": {"State": state}});
        let down = BTreeSet::from(["b"]);
        let check = |tasks: &[(&str, &str)], idle: bool, want: Option<&str>| {
            let tasks: Vec<Value> = tasks.iter().map(|(node, state)| task(node, state)).collect();
            let moved = Instant::now();
            let moved = if idle { moved.checked_sub(IDLE_MAX).unwrap() } else { moved };
            assert_eq!(over(&tasks, 2, &down, moved).as_deref(), want, "{tasks:?}");
        };
        check(&[("a", "complete"), ("b", "running")], false, Some("their node is down"));
        check(&[("b", "running"), ("b", "running")], false, Some("their node is down"));
        let logs = "the logs of their tasks cannot be had";
        check(&[("a", "complete"), ("b", "complete")], false, Some(logs));
        check(&[("a", "complete"), ("", "pending")], false, None);
        check(&[("a", "complete"), ("", "pending")], true, Some("nothing runs them"));
        assert!(runs(&task("a", "running"), &down) && !runs(&task("b", "running"), &down));
        assert!(!runs(&task("a", "complete"), &down));
    }
}
