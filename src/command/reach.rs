//! `reach`: says whether a connection arrives in the simulated network, what it goes through, and what
//! stops it.

use serde_json::json;

use super::{Command, Host, Problem, finish};
use gateway::CallError;
use hosts::ops::find::{TraceConnection, TraceConnectionOutput};
use sim::api::Shaped as _;
use sim::{Caller, Principal};

/// The command.
pub(super) struct Reach;

const USAGE: &str = "\
Usage: reach TO:PORT              from your machine
       reach FROM TO:PORT         from an instance, or from an address outside

FROM and TO are an instance's id, its tag Name, its address or its name. --json prints the answer as JSON.
";

impl Command for Reach {
    fn name(&self) -> &'static str {
        "reach"
    }

    fn about(&self) -> &'static str {
        "Says why a packet does not arrive: routes, network ACLs, security groups."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        finish(perform(args, host), host)
    }

    fn read_only(&self, _: &[String]) -> bool {
        true
    }
}

fn perform(args: &[String], host: &Host<'_>) -> Result<String, Problem> {
    let usage = |why: &str| (2, format!("reach: {why}\n{USAGE}"));
    let json = args.iter().any(|arg| arg == "--json");
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|arg| *arg != "--json").collect();
    let (from, to) = match words[..] {
        ["-h" | "--help"] => return Ok(USAGE.to_owned()),
        [to] => (None, to),
        [from, to] => (Some(from), to),
        _ => return Err(usage("what is to be reached?")),
    };
    let (to, port) = to.rsplit_once(':').ok_or_else(|| usage("TO wants a port: i-0abc:22"))?;
    let port: u16 = port.parse().map_err(|_| usage(&format!("{port} is no port")))?;
    let input =
        TraceConnection { from: from.map(str::to_owned), to: to.to_owned(), port: port.into() };
    let caller = Caller::from(Principal::Lab);
    let answer = host.gateway.call(&caller, &TraceConnection::DEF, input.into_value());
    let traced = match answer {
        Ok(value) => {
            TraceConnectionOutput::from_value(value).map_err(|e| (1, format!("reach: {e}\n")))?
        }
        Err(CallError::Api(error)) => return Err((1, format!("reach: {}\n", error.message))),
        Err(broken) => return Err((1, format!("reach: {broken}\n"))),
    };
    if json {
        let told = json!({
            "Arrives": traced.arrives, "Verdict": traced.verdict, "Through": traced.through,
            "Address": traced.address, "Instance": traced.instance,
        });
        return Ok(format!("{told:#}\n"));
    }
    let own = || format!("your machine ({})", traced.own);
    Ok(told(&from.map_or_else(own, str::to_owned), to, port, &traced))
}

fn told(from: &str, to: &str, port: u16, traced: &TraceConnectionOutput) -> String {
    let address = traced.address.as_deref().filter(|address| *address != to);
    let at = address.map(|address| format!(" ({address})")).unwrap_or_default();
    let through = if traced.through.is_empty() {
        String::new()
    } else {
        format!("  through {}\n", traced.through.join(", "))
    };
    let word = if traced.arrives { "arrives" } else { "does not arrive" };
    let verdict = &traced.verdict;
    format!("from {from} to {to}{at}, TCP port {port}\n{through}  {word}: {verdict}\n")
}
