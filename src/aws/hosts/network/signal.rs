//! `cfn-signal`: how an instance tells CloudFormation whether it has come up.
//!
//! Of the helper scripts of CloudFormation (User Guide, "CloudFormation helper scripts reference"). It
//! signs with the instance's identity, which needs no policy; what it does need is a way to
//! CloudFormation's endpoint. With the URL of a wait condition's handle it puts its signal there. Its
//! options for proxies, keys and roles are refused.

use std::net::Ipv4Addr;

use aws::ec2::guests::Facts;
use aws::ec2::reach::{self, End, Packet, Payload};
use host::Answer;
use serde_json::json;
use sim::{Principal, World};

/// Where it stands on Amazon Linux.
pub(crate) const PROGRAM: &str = "/opt/aws/bin/cfn-signal";

/// One of the addresses that AWS publishes for its endpoints.
const ENDPOINT: Ipv4Addr = Ipv4Addr::new(52, 94, 5, 7);
const HTTPS: u16 = 443;
/// A port that programs ask from.
const EPHEMERAL: u16 = 49_152;

/// What was said on the command line.
struct Signal {
    stack: String,
    resource: String,
    region: String,
    id: String,
    well: bool,
    reason: String,
    data: String,
    /// The address of a wait condition's handle.
    url: Option<String>,
}

/// Sends the signal that a command line asks for.
pub(super) fn run(world: &mut World, facts: &Facts, args: &[String]) -> Answer {
    let said = |status: i32, errors: String| Answer::Program {
        status,
        output: Vec::new(),
        errors: errors.into_bytes(),
    };
    let signal = match parse(args, facts) {
        Ok(signal) => signal,
        Err(why) => {
            return said(1, format!("Usage: cfn-signal [options]\n\ncfn-signal: error: {why}\n"));
        }
    };
    let packet = Packet {
        from: End::Interface(facts.interface.clone()),
        to: End::Address(ENDPOINT),
        payload: Payload::Tcp(EPHEMERAL, HTTPS),
        is_answer: false,
    };
    if reach::exchange_at(world, &facts.place, &packet).is_err() {
        return said(
            1,
            "Error signaling CloudFormation: [Errno 110] Connection timed out\n".into(),
        );
    }
    if let Some(url) = signal.url {
        let body = json!({
            "Status": if signal.well { "SUCCESS" } else { "FAILURE" },
            "Reason": signal.reason,
            "UniqueId": signal.id,
            "Data": signal.data,
        });
        let input = json!({"url": url, "body": body.to_string()});
        let caller = facts.place.caller(Principal::Anonymous);
        return match world.call_by(&caller, "cloudformation-handles", "TellHandle", input) {
            Ok(_) => said(0, String::new()),
            Err(error) => said(1, format!("{}: {}\n", error.code, error.message)),
        };
    }
    let mut caller = facts.place.caller(Principal::Root);
    caller.scope.region = signal.region;
    let input = json!({
        "StackName": signal.stack,
        "LogicalResourceId": signal.resource,
        "UniqueId": signal.id,
        "Status": if signal.well { "SUCCESS" } else { "FAILURE" },
    });
    match world.call_by(&caller, "cloudformation", "SignalResource", input) {
        Ok(_) => said(0, String::new()),
        Err(error) => said(1, format!("{}: {}\n", error.code, error.message)),
    }
}

/// Reads the command line.
fn parse(args: &[String], facts: &Facts) -> Result<Signal, String> {
    let mut signal = Signal {
        stack: String::new(),
        resource: String::new(),
        region: "us-east-1".into(),
        id: facts.instance.clone(),
        well: true,
        reason: String::new(),
        data: String::new(),
        url: None,
    };
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        let (flag, joined) = match arg.split_once('=').filter(|_| arg.starts_with("--")) {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        let mut value = || {
            let value = joined.clone().or_else(|| args.next().cloned());
            value.ok_or_else(|| format!("{flag} option requires 1 argument"))
        };
        match flag {
            "--stack" => signal.stack = value()?,
            "--resource" => signal.resource = value()?,
            "--region" => signal.region = value()?,
            "-i" | "--id" => signal.id = value()?,
            "-r" | "--reason" => signal.reason = value()?,
            "-d" | "--data" => signal.data = value()?,
            "-s" | "--success" => signal.well = value()? == "true",
            "-e" | "--exit-code" => {
                let code: i64 = value()?
                    .parse()
                    .map_err(|_| format!("option {flag}: invalid integer value"))?;
                signal.well = code == 0;
            }
            _ if flag.starts_with('-') => return Err(format!("no such option: {flag}")),
            _ => signal.url = Some(flag.to_owned()),
        }
    }
    if signal.url.is_none() && (signal.stack.is_empty() || signal.resource.is_empty()) {
        return Err("a stack and a resource are needed: --stack and --resource".into());
    }
    Ok(signal)
}
