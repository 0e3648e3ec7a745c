//! Values of a service's flags that have a grammar of their own: ports, networks, secrets, configs,
//! resources. Each reader gives the client's words for what is wrong.

use serde_json::{Value, json};

use crate::container::ports;
use crate::values;

/// What is read of `--secret` and `--config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// What it is called in the swarm.
    pub(super) source: String,
    /// The API's `File`: name in the container, owner, mode.
    pub(super) target: Value,
}

/// A duration that is not negative.
pub(super) fn span(text: &str) -> Result<(), String> {
    match text.strip_prefix('-') {
        Some(rest) if values::duration(rest).is_ok() => {
            Err("duration cannot be negative".to_owned())
        }
        _ => values::duration(text),
    }
}

/// Words of a command, as a shell would split them.
pub(super) fn words(text: &str) -> Result<Vec<String>, String> {
    shlex::split(text).ok_or_else(|| "EOF found when expecting closing quote".to_owned())
}

pub(super) fn check_words(text: &str) -> Result<(), String> {
    words(text).map(drop)
}

pub(super) fn check_domain(text: &str) -> Result<(), String> {
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    let trimmed = text.trim();
    if trimmed == "." || trimmed.trim_end_matches('.').split('.').all(word) {
        return Ok(());
    }
    Err(format!("{text} is not a valid domain"))
}

/// `config://NAME`, `file://NAME` or `registry://NAME`.
pub(super) fn credentials(text: &str) -> Result<Value, String> {
    const KINDS: &[(&str, &str)] =
        &[("config://", "Config"), ("file://", "File"), ("registry://", "Registry")];
    if text.is_empty() {
        return Ok(json!({}));
    }
    let found = KINDS.iter().find_map(|(prefix, field)| Some((field, text.strip_prefix(prefix)?)));
    match found {
        Some((_, "")) => {
            Err("invalid credential spec: no value after the prefix".to_owned())
        }
        Some((field, name)) => Ok(json!({ (*field): name })),
        None => Err(
            r#"invalid credential spec: value must be prefixed with "config://", "file://", or "registry://""#
                .to_owned(),
        ),
    }
}

pub(super) fn check_credentials(text: &str) -> Result<(), String> {
    credentials(text).map(drop)
}

/// `spread=node.labels.rack`
pub(super) fn preference(text: &str) -> Result<Value, String> {
    let fields: Vec<&str> = text.split('=').collect();
    match fields.as_slice() {
        ["spread", descriptor] => Ok(json!({ "Spread": { "SpreadDescriptor": descriptor } })),
        [strategy, _] => {
            Err(format!("unsupported placement preference {strategy} (only spread is supported)"))
        }
        _ => Err("placement preference must be of the format \"<strategy>=<arg>\"".to_owned()),
    }
}

pub(super) fn check_preference(text: &str) -> Result<(), String> {
    preference(text).map(drop)
}

/// `gpu=2`
pub(super) fn resource(text: &str) -> Result<Value, String> {
    let (kind, value) = text
        .split_once('=')
        .filter(|(kind, value)| !kind.is_empty() && !value.is_empty())
        .ok_or_else(|| format!("invalid generic-resource format `{text}` expected `name=value`"))?;
    match value.parse::<i64>() {
        Ok(count) => Ok(json!({ "DiscreteResourceSpec": { "Kind": kind, "Value": count } })),
        Err(_) => Ok(json!({ "NamedResourceSpec": { "Kind": kind, "Value": value } })),
    }
}

pub(super) fn check_resource(text: &str) -> Result<(), String> {
    resource(text).map(drop)
}

/// Several of them; the swarm reserves counts only.
///
/// # Errors
/// That a resource is named instead of counted.
pub(super) fn resources(texts: &[String]) -> Result<Vec<Value>, String> {
    texts
        .iter()
        .map(|text| match resource(text)? {
            named if named.get("NamedResourceSpec").is_some() => Err(format!(
                "invalid generic-resource request `{text}`, Named Generic Resources is not supported for service create or update"
            )),
            counted => Ok(counted),
        })
        .collect()
}

/// Whether a value is spelled in fields: `name=value,…`.
fn in_fields(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let bytes = text.as_bytes();
    text.match_indices('=').any(|(at, _)| {
        at > 0
            && word(char::from(bytes[at - 1]))
            && bytes.get(at + 1).is_some_and(|b| word(char::from(*b)))
    })
}

/// Ports that are published: `8080:80/tcp`, ranges, or `published=8080,target=80,mode=host`.
pub(super) fn published(text: &str) -> Result<Vec<Value>, String> {
    if in_fields(text) {
        return published_fields(text).map(|port| vec![port]);
    }
    let mut found = ports::Ports::new();
    ports::publish(text, &mut found)?;
    let mut all = Vec::new();
    let mut targets: Vec<(u64, &str, &str)> = Vec::new();
    for key in found.keys() {
        let (number, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
        targets.push((number.parse().unwrap_or(0), protocol, key));
    }
    targets.sort_unstable();
    for (target, protocol, key) in targets {
        for binding in &found[key] {
            if binding.host_ip.as_deref().is_some_and(|ip| !ip.is_empty()) {
                return Err("hostip is not supported".to_owned());
            }
            let range = binding.host_port.as_deref().unwrap_or_default();
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let number = |text: &str| text.parse::<u64>().unwrap_or(0);
            for host in number(first)..=number(last) {
                all.push(one_port(protocol, target, host, "ingress"));
            }
        }
    }
    Ok(all)
}

fn one_port(protocol: &str, target: u64, published: u64, mode: &str) -> Value {
    let mut port = json!({ "Protocol": protocol, "TargetPort": target });
    if published > 0 {
        port["PublishedPort"] = published.into();
    }
    port["PublishMode"] = mode.into();
    port
}

fn published_fields(text: &str) -> Result<Value, String> {
    let (mut protocol, mut mode) = ("tcp".to_owned(), "ingress".to_owned());
    let (mut target, mut published) = (0, 0);
    let number = |what: &str, value: &str| {
        value.parse::<u16>().map(u64::from).map_err(|e| {
            let why = match e.kind() {
                std::num::IntErrorKind::PosOverflow => "value out of range",
                _ => "invalid syntax",
            };
            format!("invalid {what} port ({value}): value must be an integer: {why}")
        })
    };
    for field in text.to_lowercase().split(',') {
        let (key, value) = field
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| format!("invalid field: {field}"))?;
        match key {
            "protocol" if ["tcp", "udp", "sctp"].contains(&value) => {
                value.clone_into(&mut protocol);
            }
            "protocol" => return Err(format!("invalid protocol value '{value}'")),
            "mode" if ["ingress", "host"].contains(&value) => value.clone_into(&mut mode),
            "mode" => {
                return Err(format!(
                    "invalid publish mode value ({value}): must be either 'ingress' or 'host'"
                ));
            }
            "target" => target = number("target", value)?,
            "published" => published = number("published", value)?,
            other => return Err(format!("invalid field key: {other}")),
        }
    }
    if target == 0 {
        return Err("missing mandatory field 'target'".to_owned());
    }
    Ok(one_port(&protocol, target, published, &mode))
}

pub(super) fn check_ports(text: &str) -> Result<(), String> {
    published(text).map(drop)
}

/// A network by name, or `name=web,alias=db,driver-opt=k=v`.
pub(super) fn network(text: &str) -> Result<Value, String> {
    if !in_fields(text) {
        return Ok(json!({ "Target": text }));
    }
    let (mut target, mut aliases) = ("", Vec::new());
    let mut options = serde_json::Map::new();
    for field in text.split(',') {
        let (key, value) = field
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| format!("invalid field: {field}"))?;
        match key.trim().to_lowercase().as_str() {
            "name" => target = value,
            "alias" => aliases.push(value),
            "driver-opt" => {
                let (name, value) = value
                    .split_once('=')
                    .ok_or_else(|| "invalid key value pair format in driver options".to_owned())?;
                options.insert(name.trim().to_lowercase(), value.trim().into());
            }
            // Of single containers; a service has no such addresses.
            "ip" | "ip6" | "mac-address" | "link-local-ip" | "gw-priority" => {}
            other => return Err(format!("invalid field key {other}")),
        }
    }
    if target.is_empty() {
        return Err("network name/id is not specified".to_owned());
    }
    let mut found = json!({ "Target": target });
    if !aliases.is_empty() {
        found["Aliases"] = aliases.into();
    }
    if !options.is_empty() {
        found["DriverOpts"] = options.into();
    }
    Ok(found)
}

pub(super) fn check_network(text: &str) -> Result<(), String> {
    network(text).map(drop)
}

/// A secret or a config: its name, or `source=…,target=…,uid=…,gid=…,mode=0400`.
pub(super) fn file(text: &str, kind: &str) -> Result<File, String> {
    let (mut source, mut name) = (String::new(), None);
    let (mut uid, mut gid, mut mode) = ("0", "0", 0o444);
    let fields: Vec<&str> = text.split(',').collect();
    if let [alone] = fields.as_slice()
        && !alone.contains('=')
    {
        (*alone).clone_into(&mut source);
    } else {
        for field in fields {
            let (key, value) = field
                .split_once('=')
                .ok_or_else(|| format!("invalid field '{field}' must be a key=value pair"))?;
            match key.to_lowercase().as_str() {
                "source" | "src" => value.clone_into(&mut source),
                "target" => name = Some(value.to_owned()),
                "uid" => uid = value,
                "gid" => gid = value,
                "mode" => {
                    mode = mode_number(value).ok_or_else(|| {
                        format!(
                            "invalid mode specified: strconv.ParseUint: parsing {value:?}: invalid syntax"
                        )
                    })?;
                }
                other => return Err(format!("invalid field in {kind} request: {other}")),
            }
        }
    }
    if source.is_empty() {
        return Err("source is required".to_owned());
    }
    let name = name.unwrap_or_else(|| source.clone());
    let target = json!({ "Name": name, "UID": uid, "GID": gid, "Mode": mode });
    Ok(File { source, target })
}

/// Octal with a leading zero, hexadecimal with `0x`, else decimal.
fn mode_number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None if text.starts_with('0') => u32::from_str_radix(text.trim_start_matches("0o"), 8).ok(),
        None => text.parse().ok(),
    }
}

pub(super) fn check_secret(text: &str) -> Result<(), String> {
    file(text, "secret").map(drop)
}

pub(super) fn check_config(text: &str) -> Result<(), String> {
    file(text, "config").map(drop)
}

/// `10.0.0.1 web`, the line of /etc/hosts, for `web:10.0.0.1`.
pub(super) fn host_line(text: &str) -> String {
    let (name, address) =
        text.split_once('=').or_else(|| text.split_once(':')).unwrap_or((text, ""));
    format!("{address} {name}")
}

/// Capabilities by their whole names, in order and each once. What is given is not taken away.
pub(super) fn capabilities(add: &[String], drop: &[String]) -> (Vec<String>, Vec<String>) {
    let whole = |list: &[String]| {
        let mut names: Vec<String> = list
            .iter()
            .map(|name| name.trim().to_ascii_uppercase())
            .map(|name| {
                if name == "ALL" || name.starts_with("CAP_") { name } else { format!("CAP_{name}") }
            })
            .collect();
        if names.iter().any(|name| name == "ALL") {
            names = vec!["ALL".to_owned()];
        }
        names.sort_unstable();
        names.dedup();
        names
    };
    let add = whole(add);
    let mut drop = whole(drop);
    drop.retain(|name| !add.contains(name));
    (add, drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_published() {
        let check = |text: &str, want: &[(&str, u64, u64, &str)]| {
            let want: Vec<Value> = want.iter().map(|(p, t, h, m)| one_port(p, *t, *h, m)).collect();
            assert_eq!(published(text).as_deref(), Ok(want.as_slice()), "{text}");
        };
        check("80", &[("tcp", 80, 0, "ingress")]);
        check("8080:80/udp", &[("udp", 80, 8080, "ingress")]);
        check("8081-8082:81-82", &[("tcp", 81, 8081, "ingress"), ("tcp", 82, 8082, "ingress")]);
        check("target=80,published=8080,mode=host", &[("tcp", 80, 8080, "host")]);
    }

    #[test]
    fn wrong_ports_are_named() {
        let check = |text: &str, want: &str| assert_eq!(published(text).unwrap_err(), want);
        check("abc", "invalid containerPort: abc");
        check("127.0.0.1:80:80", "hostip is not supported");
        check("published=80", "missing mandatory field 'target'");
        check("target=80,foo=1", "invalid field key: foo");
        check("target=x", "invalid target port (x): value must be an integer: invalid syntax");
        check(
            "mode=foo,target=80",
            "invalid publish mode value (foo): must be either 'ingress' or 'host'",
        );
    }

    #[test]
    fn files_are_read_or_refused() {
        let found = file("source=s1,target=t2,uid=1,gid=2,mode=0400", "secret").unwrap();
        assert_eq!(found.source, "s1");
        assert_eq!(found.target, json!({ "Name": "t2", "UID": "1", "GID": "2", "Mode": 0o400 }));
        let check = |text: &str, want: &str| assert_eq!(file(text, "secret").unwrap_err(), want);
        check("foo=x", "invalid field in secret request: foo");
        check("target=x", "source is required");
        check(
            "source=a,mode=x",
            "invalid mode specified: strconv.ParseUint: parsing \"x\": invalid syntax",
        );
    }

    #[test]
    fn networks_are_read_or_refused() {
        let found = network("name=ov,alias=x,driver-opt=a=b").unwrap();
        assert_eq!(found, json!({ "Target": "ov", "Aliases": ["x"], "DriverOpts": { "a": "b" } }));
        assert_eq!(network("name=ov,foo=1").unwrap_err(), "invalid field key foo");
        assert_eq!(network("alias=x").unwrap_err(), "network name/id is not specified");
    }

    #[test]
    fn capabilities_are_spelled_out() {
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let (add, drop) = capabilities(&list(&["net_admin", "CAP_CHOWN"]), &list(&["all"]));
        assert_eq!((add, drop), (list(&["CAP_CHOWN", "CAP_NET_ADMIN"]), list(&["ALL"])));
    }
}
