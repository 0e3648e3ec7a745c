//! Settings of a whole swarm, as `init`, `update` and `ca` take them.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::values;
use command_line::duration;
use command_line::flags::{Flag, Parsed, flag, int, switch, uint};
use docker::Engine;

/// What `init` and `update` both set.
pub(super) static FLAGS: &[Flag] = &[
    switch("autolock", "Ask for a key before a manager starts again"),
    CERT_EXPIRY,
    flag("dispatcher-heartbeat", "duration", "Time between two signs of life (default 5s)")
        .check(values::duration),
    EXTERNAL_CA,
    flag("max-snapshots", "uint", "How many older Raft snapshots to keep").check(uint),
    flag("snapshot-interval", "uint", "Log entries between two Raft snapshots (default 10000)")
        .check(uint),
    flag("task-history-limit", "int", "How many ended tasks to remember (default 5)").check(int),
];

pub(super) const CERT_EXPIRY: Flag =
    flag("cert-expiry", "duration", "How long a node's certificate is good (default 2160h0m0s)")
        .check(values::duration);

pub(super) const EXTERNAL_CA: Flag =
    flag("external-ca", "external-ca", "Where certificates are signed (protocol=cfssl,url=…)")
        .check(check_external_ca);

/// The flags that say how the engine is reached, of `init` and `join`.
pub(super) static ADDRESSES: &[Flag] = &[
    flag("advertise-addr", "string", "Address that the others use (<ip|interface>[:port])"),
    flag("availability", "string", "Whether it takes tasks (active, pause, drain)"),
    flag("data-path-addr", "string", "Address for the traffic between containers"),
    flag("listen-addr", "node-addr", "Address to listen at (default 0.0.0.0:2377)")
        .check(|text| listen_address(text).map(drop)),
];

/// Puts what was given into a swarm's spec, and leaves the rest of it alone.
pub(super) fn merge(given: &Parsed, spec: &mut Value) {
    let span = |name: &str| given.get(name).and_then(|t| duration::parse(t).ok());
    let set = |spec: &mut Value, part: &str, field: &str, value: Option<Value>| {
        if let Some(value) = value {
            spec[part][field] = value;
        }
    };
    let number = |name: &str| given.number(name).map(Value::from);
    set(spec, "Orchestration", "TaskHistoryRetentionLimit", number("task-history-limit"));
    set(spec, "Raft", "SnapshotInterval", number("snapshot-interval"));
    set(spec, "Raft", "KeepOldSnapshots", number("max-snapshots"));
    set(spec, "Dispatcher", "HeartbeatPeriod", span("dispatcher-heartbeat").map(Value::from));
    set(spec, "CAConfig", "NodeCertExpiry", span("cert-expiry").map(Value::from));
    if !given.all("external-ca").is_empty() {
        spec["CAConfig"]["ExternalCAs"] = external_cas(given);
    }
    if given.get("autolock").is_some() {
        spec["EncryptionConfig"]["AutoLockManagers"] = given.is("autolock").into();
    }
}

fn external_cas(given: &Parsed) -> Value {
    given.all("external-ca").iter().filter_map(|text| external_ca(text).ok()).collect()
}

fn check_external_ca(text: &str) -> Result<(), String> {
    external_ca(text).map(drop)
}

/// `protocol=cfssl,url=https://…`
fn external_ca(text: &str) -> Result<Value, String> {
    let (mut protocol, mut url) = (false, String::new());
    let mut certificate = String::new();
    let mut options = serde_json::Map::new();
    for field in text.split(',') {
        let (key, value) = field
            .split_once('=')
            .ok_or_else(|| format!("invalid field '{field}' must be a key=value pair"))?;
        match key.trim().to_lowercase().as_str() {
            "protocol" if value.eq_ignore_ascii_case("cfssl") => protocol = true,
            "protocol" => return Err(format!("unrecognized external CA protocol {value}")),
            "url" => value.clone_into(&mut url),
            "cacert" => {
                certificate = std::fs::read_to_string(value)
                    .map_err(|e| format!("unable to read CA cert for external CA: {e}"))?;
            }
            other => {
                options.insert(other.to_owned(), value.into());
            }
        }
    }
    if !protocol {
        return Err("the external-ca option needs a protocol= parameter".to_owned());
    }
    if url.is_empty() {
        return Err("the external-ca option needs a url= parameter".to_owned());
    }
    let mut found = json!({ "Protocol": "cfssl", "URL": url, "CACert": certificate });
    if !options.is_empty() {
        found["Options"] = options.into();
    }
    Ok(found)
}

/// Whether the node takes tasks; nothing when it was not said.
pub(super) fn availability(given: &Parsed) -> Result<Option<String>, Fail> {
    let Some(text) = given.get("availability") else { return Ok(None) };
    let lower = text.to_lowercase();
    if ["active", "pause", "drain"].contains(&lower.as_str()) {
        return Ok(Some(lower));
    }
    let why = format!("invalid availability {text:?}, only active, pause and drain are supported");
    Err(Fail::new(1, why))
}

/// The address to listen at, with the usual host and port where one is not said.
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn listen_address(text: &str) -> Result<String, String> {
    const USUAL: (&str, &str) = ("0.0.0.0", "2377");
    if text.contains("://") && !text.starts_with("tcp://") {
        return Err(format!("invalid proto, expected tcp: {text}"));
    }
    let bare = text.strip_prefix("tcp://").unwrap_or(text);
    let (host, port) = match bare.rsplit_once(':') {
        Some((host, port)) if !bare.ends_with(']') => (host, port),
        _ => (bare, ""),
    };
    let inner = host.trim_start_matches('[').trim_end_matches(']');
    let port_is_wrong = port.parse::<u16>().is_err() && !port.is_empty();
    if port_is_wrong || host == inner && host.contains(':') {
        let port = bare.split_once(':').map_or(port, |(_, rest)| rest);
        return Err(format!("parse \"tcp://{bare}\": invalid port \":{}\" after host", last(port)));
    }
    let host = if host.is_empty() { USUAL.0 } else { host };
    Ok(format!("{host}:{}", if port.is_empty() { USUAL.1 } else { port }))
}

/// What stands behind the last colon.
fn last(text: &str) -> &str {
    text.rsplit(':').next().unwrap_or(text)
}

/// The paragraph that tells how another node joins.
pub(super) fn print_join_command(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    node: &str,
    role: Role,
) -> Result<(), Fail> {
    // The swarm first: an engine outside of one has no node to ask about.
    let swarm = cx.wait(engine.swarm())?;
    let node = cx.wait(engine.node(node))?;
    let address = node.pointer("/ManagerStatus/Addr").and_then(Value::as_str);
    if let Some(address) = address {
        let token = role.token(&swarm);
        cx.out(format!(
            "To add a {} to this swarm, run the following command:\n\n    docker swarm join --token {token} {address}\n\n",
            role.name()
        ));
    }
    Ok(())
}

/// What a node of a swarm may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Worker,
    Manager,
}

impl Role {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "worker" => Some(Self::Worker),
            "manager" => Some(Self::Manager),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Manager => "manager",
        }
    }

    /// The token with which such a node joins.
    pub(super) fn token(self, swarm: &Value) -> String {
        let pointer = match self {
            Self::Worker => "/JoinTokens/Worker",
            Self::Manager => "/JoinTokens/Manager",
        };
        docker::swarm::text(swarm, pointer).to_owned()
    }
}

/// The paragraph that shows the key of a locked manager.
pub(super) fn print_unlock_command(cx: &mut Cx<'_, '_>, key: &str) {
    if !key.is_empty() {
        cx.out(format!(
            "To unlock a swarm manager after it restarts, run the `docker swarm unlock`\ncommand and provide the following key:\n\n    {key}\n\nRemember to store this key in a password manager, since without it you\nwill not be able to restart the manager.\n"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed() {
        let check = |text: &str, want: &str| assert_eq!(listen_address(text).unwrap(), want);
        check("", "0.0.0.0:2377");
        check("10.0.0.1", "10.0.0.1:2377");
        check("10.0.0.1:99", "10.0.0.1:99");
        check("eth0:99", "eth0:99");
        check("[::1]:99", "[::1]:99");
        check("[::1]", "[::1]:2377");
        assert_eq!(
            listen_address("foo:bar:baz").unwrap_err(),
            "parse \"tcp://foo:bar:baz\": invalid port \":baz\" after host"
        );
    }

    #[test]
    fn external_authorities_are_read() {
        let check = |text: &str, want: &str| assert_eq!(external_ca(text).unwrap_err(), want);
        check("foo", "invalid field 'foo' must be a key=value pair");
        check("protocol=foo,url=x", "unrecognized external CA protocol foo");
        check("url=x", "the external-ca option needs a protocol= parameter");
        check("protocol=cfssl", "the external-ca option needs a url= parameter");
        let found = external_ca("protocol=cfssl,url=https://x,a=b").unwrap();
        assert_eq!(
            found,
            json!({ "Protocol": "cfssl", "URL": "https://x", "CACert": "", "Options": { "a": "b" } })
        );
    }
}
