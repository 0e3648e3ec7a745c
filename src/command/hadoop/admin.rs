//! `hdfs dfsadmin`: the cluster's figures, its racks, safe mode, quotas.
//!
//! The reports are open to every user here; the real NameNode gives them to its superuser only.

use std::fmt::Write as _;
use std::time::Duration;

use super::client::Failure;
use super::{Client, Host, print, say};
use base::Time;
use base::text::binary_prefix;
use hadoop::hdfs::NodeReport;
use hadoop::hdfs::ops::admin::{
    DatanodeReport, DatanodeReportOutput, GetSafeMode, GetSafeModeOutput, SetSafeMode,
    SetSafeModeOutput,
};
use hadoop::hdfs::ops::attributes::{SetQuota, SetQuotaOutput};

/// Name, what follows it, what it does.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        "-report",
        "[-live] [-dead] [-decommissioning] [-enteringmaintenance] [-inmaintenance]",
        "Reports figures of the file system and of its DataNodes, of some kinds only when said.",
    ),
    (
        "-safemode",
        "<enter | leave | get | wait | forceExit>",
        "Enters, leaves or tells safe mode, in which the name space cannot be changed.",
    ),
    (
        "-setQuota",
        "<quota> <dirname>...<dirname>",
        "Sets how many names may be at and below directories.",
    ),
    ("-clrQuota", "<dirname>...<dirname>", "Lifts the quota of names."),
    (
        "-setSpaceQuota",
        "<quota> <dirname>...<dirname>",
        "Sets how many bytes of replicas may be below directories.",
    ),
    ("-clrSpaceQuota", "<dirname>...<dirname>", "Lifts the quota of bytes."),
    ("-refreshNodes", "", "Reads anew which DataNodes may connect."),
    ("-printTopology", "", "Prints the racks with their DataNodes."),
    ("-help", "[cmd]", "Tells about one command or all."),
];

/// Whether these arguments only look.
pub(super) fn read_only(args: &[String]) -> bool {
    match args.first().map(String::as_str) {
        Some("-safemode") => args.get(1).is_some_and(|a| a == "get"),
        Some(first) => ["-report", "-printTopology", "-help"].contains(&first),
        None => true,
    }
}

/// Runs `hdfs dfsadmin`.
pub(super) fn run(args: &[String], host: &mut Host<'_>) -> u8 {
    let Some((first, rest)) = args.split_first() else {
        say(host, &usage());
        return 255;
    };
    let result = match first.as_str() {
        "-report" => report(rest, host),
        "-printTopology" => topology(host),
        "-safemode" if rest.len() == 1 => return safe_mode(&rest[0], host),
        "-setQuota" | "-clrQuota" | "-setSpaceQuota" | "-clrSpaceQuota" => {
            return quota(first, rest, host);
        }
        "-refreshNodes" => {
            let client = Client::new(host.gateway, &host.env);
            if client.user == "hdfs" {
                print(host, "Refresh nodes successful\n");
                Ok(())
            } else {
                let message = format!(
                    "Access denied for user {}. Superuser privilege is required",
                    client.user
                );
                Err(Failure::Broken(message))
            }
        }
        "-help" => {
            help(rest, host);
            Ok(())
        }
        known if COMMANDS.iter().any(|(name, ..)| *name == known) => {
            say(host, &usage_of(known));
            return 255;
        }
        other => {
            say(host, &format!("{}: Unknown command\n{}", other.trim_start_matches('-'), usage()));
            return 255;
        }
    };
    finish(first, result, host)
}

fn finish(command: &str, result: Result<(), Failure>, host: &mut Host<'_>) -> u8 {
    match result {
        Ok(()) => 0,
        Err(failure) => {
            say(host, &format!("{}: {}\n", command.trim_start_matches('-'), failure.line()));
            255
        }
    }
}

fn usage() -> String {
    let mut text = String::from(
        "Usage: hdfs dfsadmin\nNote: Administrative commands can only be run as the HDFS superuser.\n",
    );
    for (name, takes, _) in COMMANDS {
        let _ = writeln!(text, "\t[{}]", format!("{name} {takes}").trim_end());
    }
    text.push('\n');
    text.push_str(super::fs::GENERIC);
    text
}

fn usage_of(command: &str) -> String {
    let found = COMMANDS.iter().find(|(name, ..)| *name == command);
    found.map_or_else(usage, |(name, takes, _)| {
        format!("Usage: hdfs dfsadmin [{}]\n", format!("{name} {takes}").trim_end())
    })
}

fn help(args: &[String], host: &mut Host<'_>) {
    let wanted = args.first().map(|a| format!("-{}", a.trim_start_matches('-')));
    let known = COMMANDS.iter().any(|(name, ..)| wanted.as_deref() == Some(*name));
    if !known {
        print(host, "hdfs dfsadmin performs DFS administrative commands.\n\n");
    }
    for (name, takes, about) in COMMANDS {
        if !known || wanted.as_deref() == Some(*name) {
            let head = format!("{name} {takes}");
            print(host, &format!("{}: \n\t{about}\n\n", head.trim_end()));
        }
    }
}

fn sized(name: &str, bytes: u64) -> String {
    format!("{name}: {bytes} ({})\n", binary_prefix(bytes, "B", 2))
}

fn percent(part: u64, whole: u64, without: &str) -> String {
    if whole == 0 {
        return without.into();
    }
    let hundredths = (u128::from(part) * 10_000 * 2 + u128::from(whole)) / (2 * u128::from(whole));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn fetch(host: &Host<'_>) -> Result<DatanodeReportOutput, Failure> {
    Client::new(host.gateway, &host.env).call(&DatanodeReport::DEF, &DatanodeReport {})
}

fn report(args: &[String], host: &mut Host<'_>) -> Result<(), Failure> {
    let known = [
        "-live",
        "-dead",
        "-decommissioning",
        "-enteringmaintenance",
        "-inmaintenance",
        "-slownodes",
    ];
    if args.iter().any(|a| !known.contains(&a.as_str())) {
        return Err(Failure::Broken(usage_of("-report")));
    }
    let all = args.is_empty();
    let shows = |kind: &str| all || args.iter().any(|a| a == kind);
    let output = fetch(host)?;
    let c = &output.cluster;
    let mut out = String::new();
    if c.safe_mode {
        out.push_str("Safe mode is ON\n");
    }
    let present = c.used + c.remaining;
    out.push_str(&sized("Configured Capacity", c.capacity));
    out.push_str(&sized("Present Capacity", present));
    out.push_str(&sized("DFS Remaining", c.remaining));
    out.push_str(&sized("DFS Used", c.used));
    let _ = write!(
        out,
        "DFS Used%: {}\nReplicated Blocks:\n\tUnder replicated blocks: {}\n\tBlocks with corrupt \
         replicas: {}\n\tMissing blocks: {}\n\tMissing blocks (with replication factor 1): {}\n\t\
         Low redundancy blocks with highest priority to recover: {}\n\tPending deletion blocks: {}\n\
         Erasure Coded Block Groups: \n\tLow redundancy block groups: 0\n\tBlock groups with corrupt \
         internal blocks: 0\n\tMissing block groups: 0\n\tLow redundancy blocks with highest priority \
         to recover: 0\n\tPending deletion blocks: 0\n\n{}\n",
        percent(c.used, present, "0.00%"),
        c.under_replicated,
        c.corrupt,
        c.missing,
        c.missing_single,
        c.highest_priority,
        c.pending_deletion,
        "-".repeat(49)
    );
    for (kind, title, dead) in [("-live", "Live", false), ("-dead", "Dead", true)] {
        let nodes: Vec<_> = output.nodes.iter().filter(|n| (n.state == "dead") == dead).collect();
        if !shows(kind) || (nodes.is_empty() && all) {
            continue;
        }
        let _ = writeln!(out, "{title} datanodes ({}):\n", nodes.len());
        for node in nodes {
            out.push_str(&node_report(node));
        }
    }
    print(host, &out);
    Ok(())
}

fn node_report(node: &NodeReport) -> String {
    let mut out = format!(
        "Name: {} ({})\nHostname: {}\nRack: {}\nDecommission Status : Normal\n",
        node.address, node.name, node.name, node.rack
    );
    out.push_str(&sized("Configured Capacity", node.capacity));
    out.push_str(&sized("DFS Used", node.used));
    out.push_str(&sized("Non DFS Used", node.non_dfs_used));
    out.push_str(&sized("DFS Remaining", node.remaining));
    let _ = write!(
        out,
        "DFS Used%: {}\nDFS Remaining%: {}\nConfigured Cache Capacity: 0 (0 B)\nCache Used: 0 (0 B)\n\
         Cache Remaining: 0 (0 B)\nCache Used%: 100.00%\nCache Remaining%: 0.00%\nXceivers: 0\n\
         Last contact: {}\nLast Block Report: {}\nNum of Blocks: {}\n\n\n",
        percent(node.used, node.capacity, "100.00%"),
        percent(node.remaining, node.capacity, "0.00%"),
        java_date(node.last_contact),
        java_date(node.last_block_report),
        node.blocks
    );
    out
}

/// `Sun Nov 22 10:00:00 UTC 2026`
fn java_date(at: Time) -> String {
    at.format("%a %b %d %H:%M:%S UTC %Y")
}

fn topology(host: &mut Host<'_>) -> Result<(), Failure> {
    let output = fetch(host)?;
    let mut racks: std::collections::BTreeMap<&str, Vec<String>> =
        std::collections::BTreeMap::new();
    for node in &output.nodes {
        let entry = format!("   {} ({})", node.address, node.name);
        racks.entry(&node.rack).or_default().push(entry);
    }
    let mut out = String::new();
    for (rack, mut nodes) in racks {
        nodes.sort();
        let _ = write!(out, "Rack: {rack}\n{}\n\n", nodes.join("\n"));
    }
    print(host, &out);
    Ok(())
}

fn safe_mode(action: &str, host: &mut Host<'_>) -> u8 {
    let client = Client::new(host.gateway, &host.env);
    let result = match action {
        "get" => client.call::<GetSafeModeOutput>(&GetSafeMode::DEF, &GetSafeMode {}).map(|o| o.on),
        "enter" | "leave" | "forceExit" => {
            let action = if action == "enter" { "enter" } else { "leave" };
            let input = SetSafeMode { action: action.into() };
            client.call::<SetSafeModeOutput>(&SetSafeMode::DEF, &input).map(|o| o.on)
        }
        "wait" => wait_for_safe_mode(&client),
        _ => {
            say(host, &usage_of("-safemode"));
            return 255;
        }
    };
    match result {
        Ok(on) => {
            print(host, if on { "Safe mode is ON\n" } else { "Safe mode is OFF\n" });
            0
        }
        Err(failure) => finish("-safemode", Err(failure), host),
    }
}

/// Lets lab time pass until safe mode is off, for an hour at most.
fn wait_for_safe_mode(client: &Client<'_>) -> Result<bool, Failure> {
    for _ in 0..720 {
        let now: GetSafeModeOutput = client.call(&GetSafeMode::DEF, &GetSafeMode {})?;
        if !now.on {
            return Ok(false);
        }
        let broken = |e: gateway::CallError| Failure::Broken(e.to_string());
        client.gateway.advance(Duration::from_secs(5)).map_err(broken)?;
    }
    Ok(true)
}

fn quota(command: &str, args: &[String], host: &mut Host<'_>) -> u8 {
    let client = Client::new(host.gateway, &host.env);
    let (sets, space) = (command.starts_with("-set"), command.contains("Space"));
    let (value, paths) = match args.split_first() {
        Some((first, rest)) if sets && !rest.is_empty() => {
            let Some(value) = quota_size(first, space) else {
                say(host, &format!("{}: For input string: \"{first}\"\n", &command[1..]));
                return 255;
            };
            (value, rest)
        }
        Some(_) if !sets => (-1, args),
        _ => {
            say(host, &usage_of(command));
            return 255;
        }
    };
    let mut code = 0;
    for given in paths {
        let result = client.absolute(given).map_err(Failure::Broken).and_then(|path| {
            let input = SetQuota {
                path,
                namespace_quota: (!space).then_some(value),
                storagespace_quota: space.then_some(value),
            };
            client.call::<SetQuotaOutput>(&SetQuota::DEF, &input)
        });
        if let Err(failure) = result {
            say(host, &format!("{}: {}\n", &command[1..], failure.line()));
            code = 255;
        }
    }
    code
}

/// A quota: a number, for bytes with an optional prefix (`10g`).
fn quota_size(text: &str, prefixes: bool) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let shift = ["k", "m", "g", "t", "p"].iter().position(|p| prefixes && lower.ends_with(p));
    let (digits, bits) = match shift {
        Some(at) => (&lower[..lower.len() - 1], 10 * (at + 1)),
        None => (lower.as_str(), 0),
    };
    digits.parse::<i64>().ok()?.checked_mul(1_i64 << bits)
}
