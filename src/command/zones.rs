//! `zones`: the learner's hands on the power of Availability Zones.

use std::fmt::Write as _;

use super::{Command, Host, Problem, finish};
use aws::ec2::outage::ops::{
    KillZone, KillZoneOutput, ListZones, ListZonesOutput, StartZone, StartZoneOutput,
};
use base::text::{nearest, span};
use command_line::table::columns;
use gateway::CallError;
use sim::api::{OpDef, Shaped};
use sim::{Caller, Principal, Scope};

/// The command.
pub(super) struct Zones;

const USAGE: &str = "\
Usage: zones ls [--json]
       zones kill  ZONE... [--json]
       zones start ZONE... [--json]

kill takes the power of whole Availability Zones, start gives it back. ZONE
is a zone's name, such as us-east-1a. An instance in a dark zone goes on
being running in EC2's list, and nothing reaches it.
";

impl Command for Zones {
    fn name(&self) -> &'static str {
        "zones"
    }

    fn about(&self) -> &'static str {
        "The power of Availability Zones: who has it, take it away, give it back."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        finish(perform(args, host), host)
    }

    fn read_only(&self, args: &[String]) -> bool {
        args.first().is_none_or(|word| !matches!(word.as_str(), "kill" | "start"))
    }
}

fn perform(args: &[String], host: &Host<'_>) -> Result<String, Problem> {
    let usage = |why: &str| (2, format!("zones: {why}\n{USAGE}"));
    let json = args.iter().any(|arg| arg == "--json");
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|arg| *arg != "--json").collect();
    if words.iter().any(|word| matches!(*word, "-h" | "--help" | "help")) {
        return Ok(USAGE.to_owned());
    }
    if let Some(flag) = words.iter().find(|word| word.starts_with('-')) {
        return Err(usage(&format!("{flag} is not known")));
    }
    let named = |words: &[&str]| -> Vec<String> { words.iter().map(|w| (*w).to_owned()).collect() };
    match words[..] {
        [] | ["ls"] => list(host, json),
        ["ls", ..] => Err(usage("ls takes no names")),
        ["kill" | "start"] => Err(usage("which zone? zones ls names them")),
        ["kill", ref zones @ ..] => {
            let done = call(host, &KillZone::DEF, KillZone { zones: named(zones) })?;
            let KillZoneOutput { killed, already } = read(&done)?;
            Ok(told(json, &done, (&killed, "has no power"), (&already, "has none already")))
        }
        ["start", ref zones @ ..] => {
            let done = call(host, &StartZone::DEF, StartZone { zones: named(zones) })?;
            let StartZoneOutput { started, already } = read(&done)?;
            let back = "has power again; what stands there is booting";
            Ok(told(json, &done, (&started, back), (&already, "has power already")))
        }
        [other, ..] => {
            let hint = nearest(other, ["ls", "kill", "start"]);
            let hint = hint.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            Err(usage(&format!("{other} is not known{hint}")))
        }
    }
}

fn call(
    host: &Host<'_>,
    op: &'static OpDef,
    input: impl Shaped,
) -> Result<serde_json::Value, Problem> {
    let region = host.env.get("AWS_REGION").or_else(|| host.env.get("AWS_DEFAULT_REGION"));
    let scope = Scope { region: region.cloned().unwrap_or_default(), ..Scope::default() };
    let caller = Caller { scope, ..Caller::from(Principal::Lab) };
    host.gateway.call(&caller, op, input.into_value()).map_err(|error| match error {
        CallError::Api(error) => (1, format!("zones: {}\n", error.message)),
        broken @ CallError::Broken(_) => (1, format!("zones: {broken}\n")),
    })
}

fn read<O: Shaped>(answer: &serde_json::Value) -> Result<O, Problem> {
    O::from_value(answer.clone()).map_err(|e| (1, format!("zones: {e}\n")))
}

/// A line for each zone: those that changed, and those that were so already.
fn told(
    json: bool,
    whole: &serde_json::Value,
    done: (&[String], &str),
    already: (&[String], &str),
) -> String {
    if json {
        return format!("{whole:#}\n");
    }
    let mut out = String::new();
    for (zones, what) in [done, already] {
        for zone in zones {
            let _ = writeln!(out, "{zone} {what}");
        }
    }
    out
}

fn list(host: &Host<'_>, json: bool) -> Result<String, Problem> {
    let answer = call(host, &ListZones::DEF, ListZones {})?;
    if json {
        return Ok(format!("{answer:#}\n"));
    }
    let listed: ListZonesOutput = read(&answer)?;
    let now = host.gateway.now().map_err(|e| (1, format!("zones: {e}\n")))?;
    let mut rows = vec![["ZONE", "ID", "POWER", "INSTANCES"].map(String::from)];
    for zone in listed.zones {
        let power = match zone.dark_since {
            None => "on".to_owned(),
            Some(since) => format!("none for {}", span(now.since(since))),
        };
        rows.push([zone.name, zone.id, power, zone.instances.to_string()]);
    }
    Ok(columns(&rows, &[]))
}

#[cfg(test)]
mod tests {
    use super::Zones;
    use crate::aws::Aws;
    use crate::testing::Lab;

    #[test]
    fn power_is_taken_and_given_back() {
        let lab = Lab::new();
        let check = |line: &str, code: u8, want: &str| {
            let done = lab.run(&Zones, line);
            assert_eq!(done.code, code, "{line}: {}", done.err);
            let said = done.out + &done.err;
            assert!(said.contains(want), "{line}: {said}");
        };
        check("ls", 0, "us-east-1f  use1-az6  on     0\n");
        check(
            "kill us-east-1a us-east-1b",
            0,
            "us-east-1a has no power\nus-east-1b has no power\n",
        );
        check("kill us-east-1a", 0, "has none already");
        check("ls", 0, "us-east-1a  use1-az1  none for 0 s");
        check("--json", 0, "\"darkSince\"");
        let zones = lab
            .run(&Aws, "ec2 describe-availability-zones --filters Name=state,Values=unavailable");
        assert!(
            zones.out.contains("us-east-1b") && !zones.out.contains("us-east-1c"),
            "{}",
            zones.out
        );
        check("start us-east-1b", 0, "us-east-1b has power again");
        check("start us-east-1b", 0, "has power already");
        check("kill us-east-1A", 1, "did you mean us-east-1a?");
        check("kill b", 1, "there are us-east-1a, us-east-1b");
        check("kill", 2, "which zone?");
        check("kil us-east-1a", 2, "did you mean kill?");
        check("kill --all", 2, "--all is not known");
    }
}
