//! The machines of a simulated cluster.
//!
//! `nodes ls` shows each machine as it is and as the NameNode sees it; `nodes kill` pulls the plug,
//! `nodes start` puts it back; `nodes partition` cuts the network, `nodes heal` mends it; `nodes fill`
//! takes the room on its disks. No real machine is touched.

use super::{Host, Problem, unknown, verb};
use base::text::{binary_prefix, span};
use command_line::table::columns;
use hadoop::hdfs::ops::nodes::{
    ListNodes, ListNodesOutput, RestartNameNode, RestartNameNodeOutput,
};
use machines::ops::{
    CutNetwork, CutNetworkOutput, FillDisk, FillDiskOutput, HealNetwork, HealNetworkOutput,
    KillMachine, KillMachineOutput, StartMachine, StartMachineOutput,
};
use sim::api::{OpDef, Shaped};
use sim::{Caller, Principal};

const USAGE: &str = "\
Usage: nodes ls [--json]
       nodes kill  NAME... [--rack /RACK] [--json]
       nodes start NAME... [--rack /RACK] [--json]
       nodes partition NAME... [--rack /RACK] [--json]   cut off from all that are not named
       nodes heal [NAME...] [--rack /RACK] [--json]      connect again
       nodes fill NAME... [--rack /RACK] [--percent N] [--json]
                          files of nobody's take N % of each disk, all of it
                          unless said; 0 takes them away again
       nodes restart namenode

NAME is a machine's name, such as dn3; --rack takes every machine of a rack.
";

fn call<O: Shaped>(
    host: &Host<'_>,
    op: &'static OpDef,
    input: &(impl Shaped + Clone),
) -> Result<O, Problem> {
    let fail = |text: String| (1, format!("nodes: {text}\n"));
    let input = input.clone().into_value();
    let answer = host.gateway.call(&Caller::from(Principal::Lab), op, input);
    let answer = answer.map_err(|e| match e {
        gateway::CallError::Api(error) => fail(error.message),
        broken @ gateway::CallError::Broken(_) => fail(broken.to_string()),
    })?;
    O::from_value(answer).map_err(|e| fail(e.to_string()))
}

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) names: Vec<String>,
    pub(super) racks: Vec<String>,
    pub(super) json: bool,
    /// How full disks are to be.
    pub(super) percent: Option<u32>,
}

pub(super) fn parse(args: &[String]) -> Result<Wanted, Problem> {
    let mut wanted = Wanted::default();
    let mut rest = args.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--json" => wanted.json = true,
            "--rack" => match rest.next() {
                Some(rack) => wanted.racks.push(rack_name(rack)),
                None => return Err(usage("--rack needs the name of a rack")),
            },
            flag if flag.starts_with("--rack=") => {
                wanted.racks.push(rack_name(&flag["--rack=".len()..]));
            }
            "--percent" => {
                let word = rest.next().map(String::as_str).unwrap_or_default();
                wanted.percent = Some(percent(word)?);
            }
            flag if flag.starts_with("--percent=") => {
                wanted.percent = Some(percent(&flag["--percent=".len()..])?);
            }
            flag if flag.starts_with('-') => return Err(usage(&format!("{flag} is not known"))),
            name => wanted.names.push(name.to_owned()),
        }
    }
    Ok(wanted)
}

fn percent(word: &str) -> Result<u32, Problem> {
    let number = word.parse().ok().filter(|number| *number <= 100);
    number.ok_or_else(|| usage("--percent needs a whole number from 0 to 100"))
}

/// `rack1` is `/rack1`.
fn rack_name(text: &str) -> String {
    if text.starts_with('/') { text.to_owned() } else { format!("/{text}") }
}

fn usage(message: &str) -> Problem {
    (2, format!("nodes: {message}\n{USAGE}"))
}

pub(super) fn perform(args: &[String], host: &Host<'_>) -> Result<String, Problem> {
    let (verb, rest) = verb(args);
    let wanted = parse(rest)?;
    if wanted.percent.is_some() && verb != "fill" {
        return Err(usage(&format!("{verb} takes no --percent")));
    }
    match verb {
        "ls" if wanted.names.is_empty() && wanted.racks.is_empty() => list(host, wanted.json),
        "ls" => Err(usage("ls takes no names")),
        "kill" | "start" | "partition" | "fill"
            if wanted.names.is_empty() && wanted.racks.is_empty() =>
        {
            Err(usage(&format!("{verb} needs the name of a machine, or --rack")))
        }
        "kill" => {
            let input = KillMachine { names: wanted.names, racks: wanted.racks };
            let done: KillMachineOutput = call(host, &KillMachine::DEF, &input)?;
            changed(wanted.json, &done, &done.killed, "is down", &done.already, "was down already")
        }
        "start" => {
            let input = StartMachine { names: wanted.names, racks: wanted.racks };
            let done: StartMachineOutput = call(host, &StartMachine::DEF, &input)?;
            changed(wanted.json, &done, &done.started, "is starting", &done.already, "runs already")
        }
        "partition" => {
            let input = CutNetwork { names: wanted.names, racks: wanted.racks };
            let done: CutNetworkOutput = call(host, &CutNetwork::DEF, &input)?;
            changed(
                wanted.json,
                &done,
                &done.cut,
                "is cut off",
                &done.already,
                "was already cut off",
            )
        }
        "heal" => {
            let input = HealNetwork { names: wanted.names, racks: wanted.racks };
            let done: HealNetworkOutput = call(host, &HealNetwork::DEF, &input)?;
            if !wanted.json && done.healed.is_empty() && done.already.is_empty() {
                return Ok("no node is cut off\n".into());
            }
            let (what, why) = ("is connected again", "was not cut off");
            changed(wanted.json, &done, &done.healed, what, &done.already, why)
        }
        "fill" => fill(host, wanted),
        "restart" if wanted.names == ["namenode"] => {
            call::<RestartNameNodeOutput>(host, &RestartNameNode::DEF, &RestartNameNode {})?;
            Ok("namenode has restarted\n".into())
        }
        "restart" => Err(usage("restart takes the name namenode")),
        "-h" | "--help" | "help" => Ok(USAGE.into()),
        "up" | "down" | "load" => Err(usage(&format!(
            "{verb} is for the real nodes of a lab that needs a swarm; this lab's are simulated"
        ))),
        other => {
            let verbs = ["ls", "kill", "start", "partition", "heal", "fill", "restart"];
            Err(unknown(other, &verbs, USAGE))
        }
    }
}

fn fill(host: &Host<'_>, wanted: Wanted) -> Result<String, Problem> {
    let percent = wanted.percent.unwrap_or(100);
    let input = FillDisk { names: wanted.names, racks: wanted.racks, percent };
    let done: FillDiskOutput = call(host, &FillDisk::DEF, &input)?;
    if wanted.json {
        return pretty(&done);
    }
    let what = match percent {
        0 => "has no such files on its disks any more".to_owned(),
        percent => format!("has {percent} % of its disks taken by other files"),
    };
    let told: Vec<String> = done.filled.iter().map(|name| format!("{name} {what}\n")).collect();
    Ok(told.concat())
}

fn changed(
    json: bool,
    whole: &(impl Shaped + Clone),
    done: &[String],
    what: &str,
    already: &[String],
    why: &str,
) -> Result<String, Problem> {
    if json {
        return pretty(whole);
    }
    let line = |name: &String, text: &str| format!("{name} {text}\n");
    Ok(done.iter().map(|n| line(n, what)).chain(already.iter().map(|n| line(n, why))).collect())
}

fn pretty(value: &(impl Shaped + Clone)) -> Result<String, Problem> {
    let value = value.clone().into_value();
    let text = serde_json::to_string_pretty(&value).map_err(|e| (1, format!("nodes: {e}\n")))?;
    Ok(format!("{text}\n"))
}

fn list(host: &Host<'_>, json: bool) -> Result<String, Problem> {
    let output: ListNodesOutput = call(host, &ListNodes::DEF, &ListNodes {})?;
    if json {
        return pretty(&output);
    }
    let now = host.gateway.now().map_err(|e| (1, format!("nodes: {e}\n")))?;
    Ok(listing(&output, now))
}

/// The machines as a table; `now` is the lab's time.
pub(super) fn listing(output: &ListNodesOutput, now: base::Time) -> String {
    let head = ["NAME", "RACK", "MACHINE", "STATE", "LAST CONTACT", "BLOCKS", "USED"];
    let mut rows = vec![head.map(String::from)];
    for node in &output.nodes {
        let silence = now.since(node.last_contact);
        let ago =
            if silence.as_secs() == 0 { "now".into() } else { format!("{} ago", span(silence)) };
        rows.push([
            node.name.clone(),
            node.rack.clone(),
            if node.running { "up" } else { "down" }.into(),
            node.state.clone(),
            ago,
            node.blocks.to_string(),
            binary_prefix(node.used, "B", 1),
        ]);
    }
    columns(&rows, &[])
}
