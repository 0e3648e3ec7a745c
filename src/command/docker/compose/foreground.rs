//! `docker compose up` in the foreground: containers are started, followed and stopped.

use serde_json::Value;

use super::project::Project;
use super::{containers, logs, start, step};
use crate::cx::{Cx, Fail};
use command_line::flags::Parsed;
use docker::Engine;

/// When it ends, and with which code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// With the last container, and well.
    Last,
    /// With the first, and its code.
    First,
    /// With the first, and the code of that service.
    Of(String),
}

impl Exit {
    pub(super) fn read(given: &Parsed) -> Self {
        match given.text("exit-code-from") {
            Some(service) => Self::Of(service.to_owned()),
            None if given.is("abort-on-container-exit") => Self::First,
            None => Self::Last,
        }
    }

    /// Refuses a service that does not take part, before anything is made.
    ///
    /// # Errors
    /// Which one.
    pub(super) fn check(&self, names: &[String]) -> Result<(), Fail> {
        match self {
            Self::Of(service) if !names.contains(service) => {
                Err(Fail::new(1, format!("no such service: {service}: not found")))
            }
            _ => Ok(()),
        }
    }
}

/// Starts services and follows the containers of those that were asked for.
///
/// # Errors
/// The engine's refusal, or something waited for that failed.
pub(super) fn run(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    (names, asked): (&[String], &[String]),
    exit: &Exit,
    given: &Parsed,
) -> Result<u8, Fail> {
    let shown = containers::list(cx, engine, &project.name, asked)?;
    let listed: Vec<String> = shown.iter().map(containers::Found::short).collect();
    cx.out(format!("Attaching to {}\n", listed.join(", ")));
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.map(|d| format!("{}.{:09}", d.as_secs(), d.subsec_nanos()));
    start::services(cx, engine, project, names, start::Progress::Hidden)?;
    let show = logs::Show {
        prefix: !given.is("no-log-prefix"),
        timestamps: given.is("timestamps"),
        follow: true,
        apart: true,
        until_first: *exit != Exit::Last,
        query: format!("since={}", since.unwrap_or_default()),
    };
    let ended = logs::show(cx, engine, &shown, &show)?;
    match ended {
        logs::Ended::Closed if *exit == Exit::Last => return Ok(0),
        logs::Ended::Interrupted => {
            cx.complain("Gracefully stopping... (press Ctrl+C again to force)");
        }
        logs::Ended::Closed | logs::Ended::First(_) => {
            cx.complain("Aborting on container exit...");
        }
    }
    let timeout = given.number("timeout").and_then(|n| i32::try_from(n).ok());
    let mut all = containers::list(cx, engine, &project.name, names)?;
    let place = |c: &containers::Found| names.iter().position(|n| *n == c.service);
    all.sort_by_key(|c| std::cmp::Reverse(place(c)));
    for container in &all {
        step(cx, "Container", &container.name, "Stopping");
        cx.wait(engine.stop(&container.id, None, timeout))?;
        step(cx, "Container", &container.name, "Stopped");
    }
    let code_of = |cx: &Cx<'_, '_>, id: &str| -> Result<u8, Fail> {
        let whole = cx.wait(engine.inspect(id))?;
        let code = whole.pointer("/State/ExitCode").and_then(Value::as_u64).unwrap_or(0);
        Ok(u8::try_from(code).unwrap_or(u8::MAX))
    };
    match (exit, ended) {
        (_, logs::Ended::Interrupted) => Ok(130),
        (Exit::Of(service), _) => match all.iter().find(|c| c.service == *service) {
            Some(container) => code_of(cx, &container.id),
            None => Ok(0),
        },
        (_, logs::Ended::First(at)) => code_of(cx, &shown[at].id),
        _ => Ok(0),
    }
}
