//! Commands in containers.

use aws::place::Place;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::names::{self, last};
use crate::state::State;

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
    /// Runs a command in a container of a task that was run for it. The container must have an agent;
    /// there is none where no engine stands behind it, so no session is ever begun here.
    read ExecuteCommand in "ecs" = "POST /";
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

impl Read for ExecuteCommand {
    type Output = ExecuteCommandOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let cluster = names::cluster(self.cluster.as_deref());
        let run = world.get::<State>().unit(&Place::of(cx), &cluster)?.task(last(&self.task))?;
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
        // No container here has an agent: there is no engine behind it in which one could run.
        Err(invalid(
            "The execute command failed because execute command was not enabled when the task was run \
             or the execute command agent isn’t running. Wait and try again or run a new task with \
             execute command enabled and try again.",
        ))
    }
}
