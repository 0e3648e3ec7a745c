//! `aws ecs execute-command`: a session in a container of a task. The real client hands the session to
//! Amazon's plugin; here the container stands on the learner's engine, so the engine is asked.
//!
//! Source: the AWS CLI's own command of this name, and the words of its Session Manager plugin.

use serde_json::{Value, json};

use super::Context;
use super::fail::Failure;
use crate::Host;
use gateway::Command as _;
use sim::api::OpDef;

/// Asks for a session and goes into it; the exit code of what was run.
pub(super) fn execute(
    op: &'static OpDef,
    input: Value,
    context: &Context<'_>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let command = input["command"].as_str().unwrap_or_default().to_owned();
    let told = context.client.call(op, input)?;
    let container = container(context, &told)?;
    let session = told["session"]["sessionId"].as_str().unwrap_or_default();
    writeln!(host.stdout, "\nStarting session with SessionId: {session}")?;
    host.stdout.flush()?;
    let mut words = vec!["exec".to_owned(), "-i".to_owned()];
    if host.interactive {
        words.push("-t".to_owned());
    }
    words.extend([container, "/bin/sh".into(), "-c".into(), command]);
    let code = command_docker::Docker.run(&words, host);
    writeln!(host.stdout, "\n\nExiting session with sessionId: {session}.\n")?;
    Ok(code)
}

/// The engine's id of the container that a session leads to.
fn container(context: &Context<'_>, told: &Value) -> Result<String, Failure> {
    let ask = json!({ "cluster": told["clusterArn"], "tasks": [told["taskArn"]] });
    let tasks = context.client.ask("ecs", "DescribeTasks", ask)?;
    let own = tasks["tasks"][0]["containers"].as_array().into_iter().flatten();
    let mut named = own.filter(|own| own["containerArn"] == told["containerArn"]);
    let id = named.next().and_then(|own| own["runtimeId"].as_str());
    id.map(str::to_owned).ok_or_else(|| {
        Failure::General("the container ended before the session could begin in it".into())
    })
}
