//! What the command adds to EC2's options, as the real one does: the parts of a rule by themselves, how
//! many instances to run, a public address for them, user data as it is typed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::argv::{Opt, Parsed, Takes};
use super::fail::Failure;
use sim::api::OpDef;

/// Which operation this is, as far as something is added to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rule,
    Run,
    Other,
}

fn kind(op: &OpDef) -> Kind {
    match (op.service, op.name) {
        (
            "ec2",
            "AuthorizeSecurityGroupIngress"
            | "AuthorizeSecurityGroupEgress"
            | "RevokeSecurityGroupIngress"
            | "RevokeSecurityGroupEgress",
        ) => Kind::Rule,
        ("ec2", "RunInstances") => Kind::Run,
        _ => Kind::Other,
    }
}

/// Options of a rule.
const RULE: [&str; 5] = ["--protocol", "--port", "--cidr", "--source-group", "--group-owner"];
/// A public address, or none.
const PUBLIC: [&str; 2] = ["--associate-public-ip-address", "--no-associate-public-ip-address"];

/// The options that an operation has beside its members.
pub(super) fn options(op: &OpDef) -> Vec<Opt> {
    match kind(op) {
        Kind::Rule => RULE.iter().map(|name| Opt::new(*name, Takes::One)).collect(),
        Kind::Run => {
            let public = PUBLIC.iter().map(|name| Opt::new(*name, Takes::Nothing));
            std::iter::once(Opt::new("--count", Takes::One)).chain(public).collect()
        }
        Kind::Other => Vec::new(),
    }
}

/// Whether a member that must be given may be left out on the command line.
pub(super) fn fills(op: &OpDef, flag: &str) -> bool {
    kind(op) == Kind::Run && matches!(flag, "--min-count" | "--max-count")
}

/// Puts what was given by these options into the input.
pub(super) fn apply(
    op: &OpDef,
    parsed: &Parsed,
    input: &mut Map<String, Value>,
) -> Result<(), Failure> {
    match kind(op) {
        Kind::Rule => rule(parsed, input),
        Kind::Run => {
            count(parsed, input)?;
            public(parsed, input)?;
            if let Some(Value::String(text)) = input.get_mut("UserData") {
                *text = STANDARD.encode(text.as_bytes());
            }
            Ok(())
        }
        Kind::Other => Ok(()),
    }
}

fn rule(parsed: &Parsed, input: &mut Map<String, Value>) -> Result<(), Failure> {
    let given: Vec<&str> = RULE.into_iter().filter(|name| parsed.has(name)).collect();
    let Some(first) = given.first() else { return Ok(()) };
    if parsed.has("--ip-permissions") {
        return Err(Failure::General(format!(
            "The {first} option is not compatible with the --ip-permissions option "
        )));
    }
    let mut permission = Map::new();
    if let Some(text) = parsed.one("--protocol") {
        permission.insert("IpProtocol".into(), protocol(text)?.into());
    }
    if let Some(text) = parsed.one("--port") {
        let (from, to) = ports(text)?;
        permission.insert("FromPort".into(), from.into());
        permission.insert("ToPort".into(), to.into());
    }
    if let Some(text) = parsed.one("--cidr") {
        permission.insert("IpRanges".into(), json!([{ "CidrIp": text }]));
    }
    let mut pair = Map::new();
    if let Some(text) = parsed.one("--source-group") {
        let key = if text.starts_with("sg-") { "GroupId" } else { "GroupName" };
        pair.insert(key.into(), text.into());
    }
    if let Some(text) = parsed.one("--group-owner") {
        pair.insert("UserId".into(), text.into());
    }
    if !pair.is_empty() {
        permission.insert("UserIdGroupPairs".into(), json!([pair]));
    }
    input.insert("IpPermissions".into(), json!([permission]));
    Ok(())
}

fn protocol(text: &str) -> Result<&str, Failure> {
    let wrong = |message: &str| Err(Failure::General(message.to_owned()));
    match (text, text.parse::<i64>()) {
        ("all", _) => Ok("-1"),
        (_, Ok(-1..=255)) | ("tcp" | "udp" | "icmp", _) => Ok(text),
        _ => wrong(
            "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number.",
        ),
    }
}

fn ports(text: &str) -> Result<(i64, i64), Failure> {
    if matches!(text, "-1" | "all") {
        return Ok((-1, -1));
    }
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (from.trim().parse(), to.trim().parse()) {
        (Ok(from), Ok(to)) => Ok((from, to)),
        _ => Err(Failure::General(
            "port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)".into(),
        )),
    }
}

fn count(parsed: &Parsed, input: &mut Map<String, Value>) -> Result<(), Failure> {
    let (min, max) = match parsed.one("--count") {
        None => ("1", "1"),
        Some(text) => text.split_once(':').unwrap_or((text, text)),
    };
    let number = |text: &str| {
        text.trim().parse::<i64>().map_err(|_| {
            Failure::General(
                "count parameter should be of form min[:max] (e.g. 1 or 1:10)".to_owned(),
            )
        })
    };
    let (min, max) = (number(min)?, number(max)?);
    if parsed.has("--count") && (input.contains_key("MinCount") || input.contains_key("MaxCount")) {
        return Err(Failure::General(
            "Mixing the --count option with --min-count or --max-count is not supported".into(),
        ));
    }
    input.entry("MinCount").or_insert_with(|| min.into());
    input.entry("MaxCount").or_insert_with(|| max.into());
    Ok(())
}

/// What stands in a request beside its network interfaces moves into the first one, when that is made
/// for the sake of a public address.
fn public(parsed: &Parsed, input: &mut Map<String, Value>) -> Result<(), Failure> {
    let given = parsed.ordered.iter().rev().find(|(name, _)| PUBLIC.contains(&name.as_str()));
    let Some((name, _)) = given else { return Ok(()) };
    if parsed.has("--network-interfaces") {
        return Err(Failure::General(
            "Mixing the --network-interfaces option with the simple, scalar options is not supported."
                .into(),
        ));
    }
    let mut interface = Map::new();
    interface.insert("DeviceIndex".into(), 0.into());
    interface.insert("AssociatePublicIpAddress".into(), (name == PUBLIC[0]).into());
    let moved = [
        ("SubnetId", "SubnetId"),
        ("SecurityGroupIds", "Groups"),
        ("PrivateIpAddress", "PrivateIpAddress"),
    ];
    for (member, inside) in moved {
        if let Some(value) = input.remove(member) {
            interface.insert(inside.into(), value);
        }
    }
    input.insert("NetworkInterfaces".into(), json!([interface]));
    Ok(())
}

/// Shows what an instance has printed as text, which travels in base64.
pub(super) fn readable(op: &OpDef, mut output: Value) -> Value {
    if (op.service, op.name) == ("ec2", "GetConsoleOutput")
        && let Some(Value::String(text)) = output.get_mut("Output")
        && let Some(bytes) = STANDARD.decode(&*text).ok()
    {
        *text = String::from_utf8_lossy(&bytes).into_owned();
    }
    output
}
