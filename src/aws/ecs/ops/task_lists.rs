//! Tasks listed, described and stopped.

use aws::place::Place;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

use super::runs::told;
use crate::faults::{invalid, no_service, no_task};
use crate::names::{self, last};
use crate::page;
use crate::shapes::common::{Failure, IncludeTags, LaunchType};
use crate::shapes::task::{StopCode, Task};
use crate::state::{Phase, Run, State, TaskId};
use crate::stop::{Why, stop};

sim::operation! {
    /// Describes tasks.
    read DescribeTasks in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Their ids or ARNs: up to 100.
        tasks: Vec<String> => required "tasks",
        /// What is told beside the usual.
        include: Vec<IncludeTags> => "include",
    }
    output DescribeTasksOutput {
        /// The tasks.
        pub tasks: Vec<Task> => "tasks",
        /// Those that are not there.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:DescribeTasks" on "arn:aws:ecs:{region}:{account}:task/{tasks}" }
    waiters [
        waiter("TasksRunning", 6, 100, &[
            failure(Any("tasks[].lastStatus", "STOPPED")),
            failure(Any("failures[].reason", "MISSING")),
            success(All("tasks[].lastStatus", "RUNNING")),
        ]),
        waiter("TasksStopped", 6, 100, &[success(All("tasks[].lastStatus", "STOPPED"))]),
    ]
}

impl Read for DescribeTasks {
    type Output = DescribeTasksOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        let unit = world.get::<State>().unit(&place, &cluster)?;
        if self.tasks.is_empty() {
            return Err(invalid("Tasks cannot be empty."));
        }
        if self.tasks.len() > 100 {
            return Err(invalid("Tasks can not have more than 100 elements."));
        }
        let mut out = DescribeTasksOutput::default();
        for given in &self.tasks {
            let id = last(given);
            match unit.tasks.get(id) {
                Some(run) => out.tasks.push(told(run, !self.include.is_empty())),
                None => out.failures.push(Failure::missing(names::task_arn(&place, &cluster, id))),
            }
        }
        Ok(out)
    }
}

sim::string_enum! {
    /// What tasks are to be.
    pub enum DesiredStatus {
        Running = "RUNNING",
        Pending = "PENDING",
        Stopped = "STOPPED",
    }
}

sim::operation! {
    /// Lists tasks; those that are to run unless said.
    read ListTasks in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// The container instance that they are on.
        container_instance: Option<String> => "containerInstance",
        /// The family of their definition.
        family: Option<String> => "family",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
        /// Who wanted them.
        started_by: Option<String> => "startedBy",
        /// The service that they belong to.
        service_name: Option<String> => "serviceName",
        /// What they are to be.
        desired_status: Option<DesiredStatus> => "desiredStatus",
        /// What they run on.
        launch_type: Option<LaunchType> => "launchType",
        /// A daemon of the new kind; not simulated.
        _daemon: Refused<String> => "daemonName",
    }
    output ListTasksOutput {
        /// Their ARNs.
        pub arns: Vec<String> => "taskArns",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "ServiceNotFoundException"]
    access { "ecs:ListTasks" on "*" keys { "ecs:cluster": "cluster" } }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["taskArns"],
    }
}

impl Read for ListTasks {
    type Output = ListTasksOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let cluster = names::cluster(self.cluster.as_deref());
        let unit = world.get::<State>().unit(&Place::of(cx), &cluster)?;
        let service = self.service_name.as_deref().map(last);
        if service.is_some_and(|name| !unit.services.contains_key(name)) {
            return Err(no_service());
        }
        let instance = self.container_instance.as_deref().map(last);
        // Nothing is ever to be PENDING (API reference, `ListTasks`).
        let wanted = self.desired_status.unwrap_or_default();
        let fits = |run: &&Run| {
            wanted.as_str() == run.task.desired_status
                && instance.is_none_or(|id| run.instance.as_deref() == Some(id))
                && self.family.as_ref().is_none_or(|family| *family == run.family)
                && (self.started_by.is_none() || self.started_by == run.task.started_by)
                && (self.launch_type.is_none() || self.launch_type == run.task.launch_type)
                && service
                    .is_none_or(|name| run.service.as_ref().is_some_and(|(own, _)| own == name))
        };
        let arns = unit.tasks.values().filter(fits).map(|run| run.task.arn.clone());
        let token = self.next_token.as_deref();
        let (arns, next_token) =
            page::cut(arns.collect(), String::as_str, token, self.max_results)?;
        Ok(ListTasksOutput { arns, next_token })
    }
}

sim::operation! {
    /// Stops a task. Its containers are asked to end, and killed when they do not.
    write StopTask in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Its id or ARN.
        task: String => "task",
        /// Why, in words for whoever looks at it later.
        reason: Option<String> => "reason",
    }
    output StopTaskOutput {
        /// The task.
        pub task: Task => "task",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:StopTask" on "arn:aws:ecs:{region}:{account}:task/{task}" }
    takes time
}

impl Write for StopTask {
    type Output = StopTaskOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        let id = last(&self.task).to_owned();
        let run = world.get::<State>().unit(&place, &cluster)?.task(&id)?;
        if run.phase == Phase::Stopped {
            return Ok(StopTaskOutput { task: told(run, false) });
        }
        let reason = self.reason.unwrap_or_else(|| "Task stopped by user".to_owned());
        let id = TaskId { place, cluster, task: id };
        stop(world, &id, Why::new(StopCode::UserInitiated, reason));
        let run = world.get::<State>().run(&id).ok_or_else(no_task)?;
        Ok(StopTaskOutput { task: told(run, false) })
    }
}
