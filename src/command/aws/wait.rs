//! `aws SERVICE wait NAME …`: calls an operation until its answer says that what was waited for is
//! there, in the manner of botocore's waiter.
//!
//! What is waited for is said in the operation's definition. Between two calls it is lab time that
//! passes, not the learner's.

use std::time::Duration;

use serde_json::Value;

use super::client::store_bodies;
use super::fail::{Failure, invalid_choice};
use super::flags::{self, Manner, Request};
use super::globals::{Globals, split_first};
use super::output::{Query, parsed};
use super::{Context, help};
use crate::Host;
use sim::api::{Acceptor, ApiError, On, OpDef, Service, Verdict, Waiter, kebab};

/// Everything a service can be waited for, sorted by its name on the command line.
pub(super) fn all(service: &Service) -> Vec<(String, &'static OpDef, &'static Waiter)> {
    let of = |op: &'static OpDef| op.waiters.iter().map(move |w| (kebab(w.name), op, w));
    let mut all: Vec<_> = service.operations.iter().copied().flat_map(of).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Runs the arguments behind `wait`.
pub(super) fn run(
    service: &'static Service,
    args: &[String],
    globals: &Globals,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let all = all(service);
    let Some((name, args)) = split_first(args) else {
        let missing = ["subcommand".to_owned()];
        super::argv::finish(&super::argv::parse(args, &[], 0)?, &missing)?;
        return Ok(0);
    };
    if name == "help" {
        return help::waiters(service, &all, host);
    }
    let Some((_, op, waiter)) = all.iter().find(|(n, ..)| *n == name) else {
        let names: Vec<&str> = all.iter().map(|(n, ..)| n.as_str()).chain(["help"]).collect();
        return Err(invalid_choice("subcommand", &name, &names));
    };
    let (op, waiter) = (*op, *waiter);
    if args.len() == 1 && args[0] == "help" {
        return help::waiter(op, waiter, host);
    }
    let manner = Manner { paginate: false, ..globals.manner() };
    let Request::Call(call) = flags::read(op, &args, manner, &host.cwd)? else {
        return Err(Failure::Usage("argument --generate-cli-skeleton: not of a waiter".into()));
    };
    let context = Context::new(globals, host)?;
    let mut input = call.input;
    store_bodies(&mut input, (op.input)(), host.gateway, &host.cwd)?;
    let mut ask = || match context.client.call(op, input.clone()) {
        Ok(output) => Ok(Ok(parsed(op, &output))),
        Err(Failure::Api { error, .. }) => Ok(Err(*error)),
        Err(other) => Err(other),
    };
    let mut pass = |by: Duration| {
        let passed = host.gateway.advance(by);
        passed.map(|_| ()).map_err(|e| Failure::General(e.to_string()))
    };
    wait(waiter, op.status, &mut ask, &mut pass)?;
    Ok(0)
}

/// One answer, ready to be shown, or the service's refusal.
type Answer = Result<Value, ApiError>;

/// Asks until it is decided. `pass` lets time pass.
pub(super) fn wait(
    waiter: &Waiter,
    status: u16,
    ask: &mut dyn FnMut() -> Result<Answer, Failure>,
    pass: &mut dyn FnMut(Duration) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failed =
        |reason: &str| Failure::General(format!("Waiter {} failed: {reason}", waiter.name));
    let mut last: Option<&Acceptor> = None;
    let mut attempts = 0;
    loop {
        let answer = ask()?;
        attempts += 1;
        let mut fitting = None;
        for acceptor in waiter.acceptors {
            if fits(acceptor.on, status, &answer)? {
                fitting = Some(acceptor);
                break;
            }
        }
        match (fitting, &answer) {
            (Some(acceptor), _) => {
                last = Some(acceptor);
                match acceptor.verdict {
                    Verdict::Success => return Ok(()),
                    Verdict::Failure => {
                        let why = explanation(acceptor.on);
                        return Err(failed(&format!(
                            "Waiter encountered a terminal failure state: {why}"
                        )));
                    }
                    Verdict::Retry => {}
                }
            }
            (None, Err(error)) => {
                let (code, message) = (&error.code, &error.message);
                return Err(failed(&format!("An error occurred ({code}): {message}")));
            }
            (None, Ok(_)) => {}
        }
        if attempts >= waiter.attempts_max {
            return Err(failed(&match last {
                None => "Max attempts exceeded".to_owned(),
                Some(acceptor) => format!(
                    "Max attempts exceeded. Previously accepted state: {}",
                    explanation(acceptor.on)
                ),
            }));
        }
        pass(Duration::from_secs(waiter.delay_s))?;
    }
}

/// Whether an answer is what an acceptor looks for.
fn fits(on: On, status: u16, answer: &Answer) -> Result<bool, Failure> {
    let look = |path: &str| match answer {
        Ok(value) => Query::new(path)?.apply(value),
        Err(_) => Ok(Value::Null),
    };
    let list = |path: &str| look(path).map(|found| found.as_array().cloned().unwrap_or_default());
    Ok(match on {
        On::Status(want) => want == answer.as_ref().map_or_else(|e| e.status, |_| status),
        On::Error(code) => answer.as_ref().err().is_some_and(|e| code.is_empty() || e.code == code),
        On::NoError => answer.is_ok(),
        On::Path(path, want) => look(path)? == want,
        On::Is(path, want) => look(path)? == want,
        On::All(path, want) => {
            let found = list(path)?;
            !found.is_empty() && found.iter().all(|v| v == want)
        }
        On::Any(path, want) => list(path)?.iter().any(|v| v == want),
    })
}

/// What was seen, in botocore's words.
fn explanation(on: On) -> String {
    match on {
        On::Status(status) => format!("Matched expected HTTP status code: {status}"),
        On::Error("") => "Matched expected service error code: True".to_owned(),
        On::Error(code) => format!("Matched expected service error code: {code}"),
        On::NoError => "Matched expected service error code: False".to_owned(),
        On::Path(path, want) => {
            format!("For expression \"{path}\" we matched expected path: \"{want}\"")
        }
        On::Is(path, want) => {
            let want = if want { "True" } else { "False" };
            format!("For expression \"{path}\" we matched expected path: \"{want}\"")
        }
        On::All(path, want) => {
            format!("For expression \"{path}\" all members matched expected path: \"{want}\"")
        }
        On::Any(path, want) => {
            format!("For expression \"{path}\" we matched expected path: \"{want}\" at least once")
        }
    }
}
