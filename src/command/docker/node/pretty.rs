//! A node, for people.

use std::collections::BTreeMap;

use serde_json::Value;

use command_line::size;
use command_line::text::{capitalized, go_time};
use docker::swarm::text;

/// The page of `node inspect --pretty`.
pub(super) fn page(node: &Value) -> String {
    let mut lines = vec![format!("ID:\t\t\t{}", text(node, "/ID"))];
    if !text(node, "/Spec/Name").is_empty() {
        lines.push(format!("Name:\t\t\t{}", text(node, "/Spec/Name")));
    }
    labels(node.pointer("/Spec/Labels"), "Labels:", &mut lines);
    lines.push(format!("Hostname:              \t{}", text(node, "/Description/Hostname")));
    lines.push(format!(
        "Joined at:             \t{}",
        go_time(text(node, "/CreatedAt")).to_lowercase()
    ));
    lines.push("Status:".to_owned());
    lines.push(format!(" State:\t\t\t{}", capitalized(text(node, "/Status/State"))));
    let message = text(node, "/Status/Message");
    if !message.is_empty() {
        lines.push(format!(" Message:              \t{}", capitalized(message)));
    }
    let availability = capitalized(text(node, "/Spec/Availability"));
    lines.push(format!(" Availability:         \t{availability}"));
    if !text(node, "/Status/Addr").is_empty() {
        lines.push(format!(" Address:\t\t{}", text(node, "/Status/Addr")));
    }
    if let Some(manager) = node.get("ManagerStatus") {
        let leads = manager.get("Leader").and_then(Value::as_bool) == Some(true);
        lines.push("Manager Status:".to_owned());
        lines.push(format!(" Address:\t\t{}", text(manager, "/Addr")));
        lines.push(format!(" Raft Status:\t\t{}", capitalized(text(manager, "/Reachability"))));
        lines.push(format!(" Leader:\t\t{}", if leads { "Yes" } else { "No" }));
    }
    description(node, &mut lines);
    lines.join("\n") + "\n"
}

fn description(node: &Value, lines: &mut Vec<String>) {
    let number = |pointer: &str| node.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    let cpus = number("/Description/Resources/NanoCPUs") / 1_000_000_000;
    let memory = size::binary(number("/Description/Resources/MemoryBytes"));
    lines.extend([
        "Platform:".to_owned(),
        format!(" Operating System:\t{}", text(node, "/Description/Platform/OS")),
        format!(" Architecture:\t\t{}", text(node, "/Description/Platform/Architecture")),
        "Resources:".to_owned(),
        format!(" CPUs:\t\t\t{cpus}"),
        format!(" Memory:\t\t{memory}"),
    ]);
    let plugins = node.pointer("/Description/Engine/Plugins").and_then(Value::as_array);
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for plugin in plugins.into_iter().flatten() {
        kinds.entry(text(plugin, "/Type")).or_default().push(text(plugin, "/Name"));
    }
    if !kinds.is_empty() {
        lines.push("Plugins:".to_owned());
        lines.extend(kinds.iter().map(|(kind, names)| format!(" {kind}:\t\t{}", names.join(", "))));
    }
    lines.push(format!("Engine Version:\t\t{}", text(node, "/Description/Engine/EngineVersion")));
    labels(node.pointer("/Description/Engine/Labels"), "Engine Labels:", lines);
    if let Some(tls) = node.pointer("/Description/TLSInfo") {
        lines.push("TLS Info:".to_owned());
        lines.push(format!(" TrustRoot:\n{}", text(tls, "/TrustRoot")));
        lines.push(format!(" Issuer Subject:\t{}", text(tls, "/CertIssuerSubject")));
        lines.push(format!(" Issuer Public Key:\t{}", text(tls, "/CertIssuerPublicKey")));
    }
}

/// A heading and the labels by name; nothing without labels.
pub(crate) fn labels(found: Option<&Value>, heading: &str, lines: &mut Vec<String>) {
    let Some(labels) = found.and_then(Value::as_object).filter(|l| !l.is_empty()) else { return };
    lines.push(heading.to_owned());
    let sorted: BTreeMap<&String, &Value> = labels.iter().collect();
    lines.extend(sorted.into_iter().map(|(name, value)| match value.as_str() {
        None | Some("") => format!(" - {name}"),
        Some(value) => format!(" - {name}={value}"),
    }));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_says_what_the_swarm_knows() {
        let check = |node: Value, want: &[&str], none: &[&str]| {
            let page = page(&node);
            for line in want {
                assert!(page.lines().any(|l| l == *line), "{line:?} is not in:\n{page}");
            }
            for word in none {
                assert!(!page.contains(word), "{word:?} is in:\n{page}");
            }
        };
        check(
            json!({ "ID": "n1", "CreatedAt": "2026-11-22T10:00:00.5Z", "Status": { "State": "ready" } }),
            &[
                "ID:\t\t\tn1",
                " State:\t\t\tReady",
                "Joined at:             \t2026-11-22 10:00:00.5 +0000 utc",
            ],
            &["Labels", "Manager Status", "Plugins", "TLS", " Address"],
        );
        check(
            json!({ "Spec": { "Labels": { "zone": "b", "disk": "" }, "Availability": "pause" } }),
            &["Labels:", " - disk", " - zone=b", " Availability:         \tPause"],
            &[],
        );
        check(
            json!({ "ManagerStatus": { "Leader": true, "Reachability": "reachable", "Addr": "10.0.0.1:2377" } }),
            &[
                "Manager Status:",
                " Address:\t\t10.0.0.1:2377",
                " Raft Status:\t\tReachable",
                " Leader:\t\tYes",
            ],
            &[],
        );
        check(
            json!({ "Description": {
                "Resources": { "NanoCPUs": 2_000_000_000_u64, "MemoryBytes": 1_073_741_824 },
                "Engine": { "Plugins": [
                    { "Type": "Volume", "Name": "local" }, { "Type": "Log", "Name": "json-file" },
                    { "Type": "Log", "Name": "syslog" },
                ] },
            } }),
            &[
                " CPUs:\t\t\t2",
                " Memory:\t\t1GiB",
                " Log:\t\tjson-file, syslog",
                " Volume:\t\tlocal",
            ],
            &[],
        );
    }
}
