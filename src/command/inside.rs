//! `inside`: looks into a simulated machine without logging in, for checks. It changes nothing.

use super::{Command, Host, Problem, finish};
use gateway::CallError;
use hosts::ops::look::{LookInside, LookInsideOutput};
use serde_json::json;
use sim::api::Shaped as _;
use sim::{Caller, Principal};

/// The command.
pub(super) struct Inside;

const USAGE: &str = "\
Usage: inside INSTANCE              what it is doing: logins, ports that are listened on, services
       inside INSTANCE cat FILE     a file of it, whoever may read it
";

impl Command for Inside {
    fn name(&self) -> &'static str {
        "inside"
    }

    fn about(&self) -> &'static str {
        "Looks into a simulated machine without logging in."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        finish(perform(args, host), host)
    }

    fn read_only(&self, _: &[String]) -> bool {
        true
    }
}

fn perform(args: &[String], host: &Host<'_>) -> Result<String, Problem> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let (instance, file) = match words[..] {
        ["-h" | "--help"] => return Ok(USAGE.to_owned()),
        [instance] => (instance, None),
        [instance, "cat", file] => (instance, Some(file)),
        _ => return Err((2, format!("inside: which instance?\n{USAGE}"))),
    };
    let input = LookInside { instance: instance.to_owned(), file: file.map(str::to_owned) };
    let caller = Caller::from(Principal::Lab);
    let answer = host.gateway.call(&caller, &LookInside::DEF, input.into_value());
    let looked = match answer {
        Ok(value) => {
            LookInsideOutput::from_value(value).map_err(|e| (1, format!("inside: {e}\n")))?
        }
        Err(CallError::Api(error)) => return Err((1, format!("inside: {}\n", error.message))),
        Err(broken) => return Err((1, format!("inside: {broken}\n"))),
    };
    if file.is_some() {
        return Ok(String::from_utf8_lossy(&looked.content).into_owned());
    }
    let told = json!({
        "Up": looked.up, "Boots": looked.boots, "Logins": looked.logins, "Ports": looked.ports,
        "Services": looked.services,
    });
    Ok(format!("{told:#}\n"))
}
