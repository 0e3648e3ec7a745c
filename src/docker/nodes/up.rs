//! Nodes come and go: up, down, killed, started again.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;

use super::make::{self, IMAGE, Plan, Rights};
use super::{FIRST, Machine, NODES_MAX, Nodes, forget_socket, leave_own_swarm, number};
use crate::{Engine, EngineError, images};

/// How long a node's engine may take until it answers.
const PATIENCE: Duration = Duration::from_secs(90);
/// A container that runs but whose socket is dead for so long has one that does not reach here.
const SOCKET_PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(50);

/// What `up` brought about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Up {
    /// All of them answer: their names.
    Nodes(Vec<String>),
    /// The learner's own engine is the one node, for this reason.
    Own(String),
}

/// Which nodes a wish changed, and which were that way already.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changed {
    pub done: Vec<String>,
    pub already: Vec<String>,
}

/// What `down` took away.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gone {
    pub nodes: Vec<String>,
    /// The learner's own engine was the one node, and is none any more.
    pub own: bool,
    /// It left the swarm that the lab had made of it.
    pub left_swarm: bool,
}

/// Why a node could not be had.
enum Failure {
    /// The engine cannot run another one: said to the learner, who goes on with one node.
    Cannot(String),
    Broken(EngineError),
}

impl Failure {
    /// For a node beside others that do work: there is nothing to fall back to.
    fn into_error(self) -> EngineError {
        match self {
            Self::Cannot(why) => EngineError::Nodes(why),
            Self::Broken(error) => error,
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Broken(error)
    }
}

impl Nodes {
    /// Sees to it that there are so many nodes and that each answers. Sockets come below `folder`.
    /// Each line of what happens is told to `say`.
    ///
    /// # Errors
    /// When the learner's engine cannot be asked, and when it can be no node itself because it
    /// belongs to a swarm; nothing is changed then.
    pub async fn up(
        &self,
        count: usize,
        folder: &Path,
        say: &mut dyn FnMut(String),
    ) -> Result<Up, EngineError> {
        if let Some(why) = self.own().await? {
            return Ok(Up::Own(why));
        }
        match self.bring_up(count.clamp(1, NODES_MAX), folder, say).await {
            Ok(names) => Ok(Up::Nodes(names)),
            Err(Failure::Broken(error)) => Err(error),
            Err(Failure::Cannot(why)) => {
                if self.machines().await?.is_empty() {
                    self.remove_network().await?;
                }
                self.be_own(why).await
            }
        }
    }

    /// The learner's own engine as the one node, if it is free.
    async fn be_own(&self, why: String) -> Result<Up, EngineError> {
        let info = self.engine.get_json("/info").await?;
        let state = info.pointer("/Swarm/LocalNodeState").and_then(Value::as_str);
        if state.is_some_and(|s| !s.is_empty() && s != "inactive") {
            return Err(EngineError::Nodes(format!(
                "{why}; and your own engine belongs to a swarm already, which is left as it is. Leave it (docker swarm leave) to use your engine as {FIRST}"
            )));
        }
        self.take_own(&why).await?;
        Ok(Up::Own(why))
    }

    async fn bring_up(
        &self,
        count: usize,
        folder: &Path,
        say: &mut dyn FnMut(String),
    ) -> Result<Vec<String>, Failure> {
        let folder = make::folder(folder)?;
        let group = std::fs::metadata(&folder).map(|m| m.gid()).unwrap_or_default();
        let machines = self.machines().await?;
        if let Some(other) = machines.iter().find(|m| !m.socket.starts_with(&folder)) {
            return Err(Failure::Broken(EngineError::Nodes(format!(
                "{} belongs to another profile (its socket is {}); take its nodes down there first",
                other.name,
                other.socket.display()
            ))));
        }
        let names: Vec<String> = (1..=count).map(|i| format!("node{i}")).collect();
        let have = |name: &String| machines.iter().any(|m| m.name == *name);
        let fresh: Vec<String> = names.into_iter().filter(|n| !have(n)).collect();
        if !fresh.is_empty() {
            self.ensure_image(say).await?;
        }
        let offline = self.offline().await?;
        let subnet = self.ensure_network().await?;
        let plan = Plan { subnet, folder, group, offline };
        let asleep: Vec<Machine> = machines.iter().filter(|m| !m.running).cloned().collect();
        for machine in &asleep {
            self.engine.start(&machine.container).await?;
        }
        self.make_all(&fresh, &plan, say).await?;
        for machine in &asleep {
            self.answers(machine).await?;
            say(format!("{} is started again at {}", machine.name, machine.address));
        }
        let changed: Vec<&String> =
            fresh.iter().chain(asleep.iter().map(|machine| &machine.name)).collect();
        self.catch_up(&changed, say).await?;
        let mut all: Vec<String> = machines.into_iter().map(|m| m.name).chain(fresh).collect();
        all.sort_by_key(|name| number(name));
        Ok(all)
    }

    async fn ensure_image(&self, say: &mut dyn FnMut(String)) -> Result<(), Failure> {
        match images::ensure(&self.engine, IMAGE, say).await {
            Ok(_) => Ok(()),
            Err(e) if e.is_unreachable() => Err(e.into()),
            Err(e) => {
                let why = e.message();
                Err(Failure::Cannot(format!("there is no image for a node: {why}")))
            }
        }
    }

    /// The first finds out which rights there are, the others come at once.
    async fn make_all(
        &self,
        fresh: &[String],
        plan: &Plan,
        say: &mut dyn FnMut(String),
    ) -> Result<(), Failure> {
        let Some((first, others)) = fresh.split_first() else { return Ok(()) };
        let rights = self.make_first(first, plan).await?;
        say(format!("{first} is up at {}", plan.address(first)));
        let mut making = JoinSet::new();
        for name in others.iter().cloned() {
            let (nodes, plan) = (self.clone(), plan.clone());
            making.spawn(async move {
                nodes.create(&name, &plan, rights).await?;
                nodes.answers(&nodes.machine(&name, &plan)).await.map(|()| name)
            });
        }
        while let Some(made) = making.join_next().await {
            match made.map_err(|e| EngineError::Broken(e.to_string()))? {
                Ok(name) => say(format!("{name} is up at {}", plan.address(&name))),
                Err(failure) => return Err(failure.into_error().into()),
            }
        }
        Ok(())
    }

    fn machine(&self, name: &str, plan: &Plan) -> Machine {
        Machine {
            name: name.to_owned(),
            container: self.thing(name),
            running: true,
            address: plan.address(name),
            socket: plan.socket(name),
        }
    }

    /// A node with all rights, or with those that are needed where all are not to be had.
    async fn make_first(&self, name: &str, plan: &Plan) -> Result<Rights, Failure> {
        let mut refusal = String::new();
        for rights in [Rights::Privileged, Rights::Listed] {
            match self.create(name, plan, rights).await {
                Ok(()) => {
                    let answers = self.answers(&self.machine(name, plan)).await;
                    if answers.is_err() {
                        self.remove(name).await?;
                        forget_socket(&plan.socket(name));
                    }
                    return answers.map(|()| rights);
                }
                Err(e) if e.is_unreachable() => return Err(e.into()),
                Err(EngineError::Refused { status: 409, message }) => {
                    return Err(EngineError::Refused { status: 409, message }.into());
                }
                // The engine does not see this machine's files.
                Err(e) if e.message().contains("bind source path does not exist") => {
                    self.remove(name).await?;
                    forget_socket(&plan.socket(name));
                    return Err(Failure::Cannot(no_socket(name)));
                }
                Err(e) => {
                    refusal = e.message();
                    self.remove(name).await?;
                }
            }
        }
        forget_socket(&plan.socket(name));
        Err(Failure::Cannot(format!(
            "your engine lacks the privileges to run another engine: {refusal}"
        )))
    }

    /// Waits until the engine in a node answers on this machine.
    async fn answers(&self, machine: &Machine) -> Result<(), Failure> {
        let began = Instant::now();
        loop {
            if answers(machine).await {
                return Ok(());
            }
            let state = self.engine.inspect(&machine.container).await?;
            let running = state.pointer("/State/Running").and_then(Value::as_bool);
            let name = &machine.name;
            if running != Some(true) {
                let last = self.last_words(&machine.container).await.unwrap_or_default();
                return Err(Failure::Cannot(format!(
                    "the engine in {name} lacks the privileges it needs and ended: {last}"
                )));
            }
            if began.elapsed() > SOCKET_PATIENCE {
                let inside = self.run_in(&machine.container, "test -S /distlab/s").await;
                // In this order: the socket may appear while the question is on its way.
                if inside.is_ok_and(|(code, _)| code == 0) && !reaches(&machine.socket) {
                    return Err(Failure::Cannot(no_socket(name)));
                }
            }
            if began.elapsed() > PATIENCE {
                return Err(Failure::Cannot(format!(
                    "the engine in {name} did not answer within {} s",
                    PATIENCE.as_secs()
                )));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The last line that a container printed.
    async fn last_words(&self, container: &str) -> Result<String, EngineError> {
        let mut output = self.engine.logs(container, false, "stdout=1&stderr=1&tail=3").await?;
        let mut text = Vec::new();
        while let Some((_, piece)) = output.next().await? {
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(text.trim_end().lines().last().unwrap_or_default().to_owned())
    }

    /// Takes all nodes away with everything in them, and their network. A swarm of the learner's own
    /// engine is left only when this lab made it.
    pub async fn down(&self) -> Result<Gone, EngineError> {
        let mut gone = Gone::default();
        let machines = self.machines().await?;
        let mut removing = JoinSet::new();
        for machine in machines {
            let nodes = self.clone();
            removing.spawn(async move { nodes.remove(&machine.name).await.map(|()| machine) });
        }
        while let Some(removed) = removing.join_next().await {
            let machine = removed.map_err(|e| EngineError::Broken(e.to_string()))??;
            forget_socket(&machine.socket);
            gone.nodes.push(machine.name);
        }
        gone.nodes.sort_by_key(|name| number(name));
        self.remove_network().await?;
        if self.own().await?.is_some() {
            gone.left_swarm = leave_own_swarm(&self.engine, Some(&self.lab)).await?;
            self.engine.delete(&format!("/volumes/{}", self.own_volume())).await?;
            gone.own = true;
        }
        Ok(gone)
    }

    async fn remove_network(&self) -> Result<(), EngineError> {
        let path = format!("/networks/{}", self.network());
        let network = match self.engine.get_json(&path).await {
            Err(e) if e.is_not_found() => return Ok(()),
            other => other?,
        };
        let label = network.pointer("/Labels").and_then(|l| l.get(super::LABEL));
        if label.and_then(Value::as_str) == Some(self.lab.as_str()) {
            self.engine.delete(&path).await?;
        }
        Ok(())
    }

    /// Pulls the plug of these nodes: nothing in them gets a word.
    pub async fn kill(&self, names: &[String]) -> Result<Changed, EngineError> {
        let mut changed = Changed::default();
        for machine in self.named(names).await? {
            if machine.running {
                self.engine.wait_killed(&machine.container).await?;
                changed.done.push(machine.name);
            } else {
                changed.already.push(machine.name);
            }
        }
        Ok(changed)
    }

    /// Puts the plugs back; the nodes have their data, and a member of a swarm joins it again.
    pub async fn start(
        &self,
        names: &[String],
        say: &mut dyn FnMut(String),
    ) -> Result<Changed, EngineError> {
        let machines = self.named(names).await?;
        let (awake, asleep): (Vec<_>, Vec<_>) = machines.into_iter().partition(|m| m.running);
        for machine in &asleep {
            self.engine.start(&machine.container).await?;
        }
        for machine in &asleep {
            self.answers(machine).await.map_err(Failure::into_error)?;
        }
        let names: Vec<&String> = asleep.iter().map(|m| &m.name).collect();
        self.catch_up(&names, say).await?;
        let name = |machines: Vec<Machine>| machines.into_iter().map(|m| m.name).collect();
        Ok(Changed { done: name(asleep), already: name(awake) })
    }
}

/// Why a node of an engine that runs elsewhere is of no use here.
fn no_socket(name: &str) -> String {
    format!(
        "the socket of {name} does not reach this machine, as with an engine in a virtual machine"
    )
}

/// Whether somebody listens at a socket. An engine that is only slow to answer does from its beginning,
/// so on a busy machine it is waited for; the file alone says nothing, as some virtual machines show
/// it on this side too.
fn reaches(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}

/// Whether the engine in a node answers now.
pub(super) async fn answers(machine: &Machine) -> bool {
    let Ok(engine) = machine.engine() else { return false };
    let ping = tokio::time::timeout(Duration::from_secs(2), engine.get("/_ping")).await;
    matches!(ping, Ok(Ok(_)))
}

impl Engine {
    /// Kills a container and waits until it is no more.
    async fn wait_killed(&self, container: &str) -> Result<(), EngineError> {
        let waiter = self.wait(container, "not-running").await?;
        self.kill(container, "KILL").await?;
        waiter.code().await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::reaches;

    #[test]
    fn an_engine_that_is_slow_to_answer_listens() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("s");
        assert!(!reaches(&socket), "there is no file yet");
        let slow = UnixListener::bind(&socket).expect("a socket");
        assert!(reaches(&socket), "nobody has accepted, and somebody listens");
        drop(slow);
        assert!(socket.exists() && !reaches(&socket), "the file alone says nothing");
    }
}
