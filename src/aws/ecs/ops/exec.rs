//! Commands in containers.

use aws::place::Place;
use base::rng::{HEX, LOWER};
use sim::api::{ApiError, Write};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::names::{self, last};
use crate::shapes::task::Container;
use crate::state::State;

/// What the ids of sessions begin with.
const SESSION: &str = "ecs-execute-command";
const SESSION_LEN: usize = 26;
const TOKEN_LEN: usize = 88;

sim::structure! {
    /// A session that was begun.
    pub struct Session {
        /// Its id.
        pub session_id: String => "sessionId",
        /// Where it speaks.
        pub stream_url: String => "streamUrl",
        /// What opens it.
        pub token_value: String => "tokenValue",
    }
}

sim::operation! {
    /// Runs a command in a container of a task that was run for it. The container must have an agent,
    /// which only one on an engine has. The session leads nowhere by itself: the lab's `aws` goes into
    /// the container by the engine.
    write ExecuteCommand in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// The container; the only one unless said.
        container: Option<String> => "container",
        /// The command.
        command: String => "command",
        /// Whether somebody types; it must be so.
        interactive: bool => "interactive",
        /// The id or ARN of the task.
        task: String => "task",
    }
    output ExecuteCommandOutput {
        /// The cluster's ARN.
        pub cluster_arn: String => "clusterArn",
        /// The container's ARN.
        pub container_arn: String => "containerArn",
        /// The container.
        pub container_name: String => "containerName",
        /// Whether somebody types.
        pub interactive: bool => "interactive",
        /// The session.
        pub session: Session => "session",
        /// The task's ARN.
        pub task_arn: String => "taskArn",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "TargetNotConnectedException"]
    access { "ecs:ExecuteCommand" on "arn:aws:ecs:{region}:{account}:task/{task}" }
}

impl Write for ExecuteCommand {
    type Output = ExecuteCommandOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let cluster = names::cluster(self.cluster.as_deref());
        let place = Place::of(cx);
        let run = world.get::<State>().unit(&place, &cluster)?.task(last(&self.task))?;
        if !self.interactive {
            return Err(invalid("Interactive is the only mode supported currently."));
        }
        if self.command.is_empty() {
            return Err(invalid("The command must not be empty."));
        }
        match &self.container {
            Some(name) if !run.task.containers.iter().any(|own| own.name == *name) => {
                return Err(invalid(format!("The container {name} was not found in the task.")));
            }
            None if run.task.containers.len() > 1 => {
                return Err(invalid(
                    "The task has several containers. Specify a container name and try again.",
                ));
            }
            _ => {}
        }
        let named = |own: &&Container| self.container.as_ref().is_none_or(|name| own.name == *name);
        let heard =
            |own: &&Container| own.managed_agents.iter().any(|a| a.last_status == "RUNNING");
        let Some(own) = run.task.containers.iter().find(named).filter(heard) else {
            return Err(invalid(
                "The execute command failed because execute command was not enabled when the task was \
                 run or the execute command agent isn’t running. Wait and try again or run a new task \
                 with execute command enabled and try again.",
            ));
        };
        let (container_arn, container_name) = (own.arn.clone(), own.name.clone());
        let (cluster_arn, task_arn) = (run.task.cluster_arn.clone(), run.task.arn.clone());
        let rng = world.rng::<State>();
        let session_id = format!("{SESSION}-{}", rng.text(LOWER, SESSION_LEN));
        let token_value = rng.text(HEX, TOKEN_LEN);
        let stream_url = format!(
            "wss://ssmmessages.{}.amazonaws.com/v1/data-channel/{session_id}?role=publish_subscribe",
            place.region
        );
        Ok(ExecuteCommandOutput {
            cluster_arn,
            container_arn,
            container_name,
            interactive: true,
            session: Session { session_id, stream_url, token_value },
            task_arn,
        })
    }
}
