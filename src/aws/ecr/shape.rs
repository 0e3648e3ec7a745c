//! `[ecr]` of a world's shape: what scans of images find.
//!
//! A scan compares the packages in an image with what is known of them. Layers are not unpacked here,
//! so what it finds is said when the world is made.

use serde_json::Value;

use super::finding::{Finding, Severity};
use super::wildcard;
use sim::api::Shaped as _;
use sim::{Config, Key, Part, Wrong};

/// The part as the kernel knows it.
pub(super) const PART: Part = Part { name: "ecr", keys: KEYS, check };

const FINDINGS: &str = "findings";

const KEYS: &[Key] = &[Key {
    name: FINDINGS,
    about: "What scans of images find: tables with `name` and `severity` (INFORMATIONAL, LOW, MEDIUM, HIGH, \
            CRITICAL or UNDEFINED), and, where wanted, `repository` and `tag` (patterns with `*`; all \
            unless said), `package`, `version`, `description` and `uri`. Nothing is found by default.",
    example: "findings = [{ repository = \"web\", name = \"CVE-2024-3094\", severity = \"CRITICAL\", package = \"xz-utils\", version = \"5.6.0\" }]",
}];

const TEXTS: [&str; 8] =
    ["repository", "tag", "name", "severity", "package", "version", "description", "uri"];

fn check(_: &str, value: &Value, wrong: &mut Vec<Wrong>) {
    let Some(list) = value.as_array() else {
        let what = format!("`{FINDINGS}` is not a list");
        wrong.push(Wrong::new(&[FINDINGS], what, format!("write `{}`", KEYS[0].example)));
        return;
    };
    for (at, one) in list.iter().enumerate() {
        let at = at.to_string();
        let Some(table) = one.as_object() else {
            let what = format!("{one} is not a table");
            wrong.push(Wrong::new(
                &[FINDINGS, &at],
                what,
                "write `{ name = \"…\", severity = \"…\" }`",
            ));
            continue;
        };
        for (key, value) in table {
            if !TEXTS.contains(&key.as_str()) {
                wrong.push(Wrong::key(&[FINDINGS, &at, key], &TEXTS));
            } else if !value.is_string() {
                let what = format!("{value} is not a text");
                wrong.push(Wrong::new(&[FINDINGS, &at, key], what, "put it in quotes"));
            }
        }
        if !table.contains_key("name") {
            wrong.push(Wrong::new(
                &[FINDINGS, &at],
                "it has no `name`",
                "write `name = \"CVE-…\"`",
            ));
        }
        let severity = table.get("severity").cloned().unwrap_or_default();
        if Severity::from_value(severity).is_err() {
            let meant = "INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL or UNDEFINED";
            wrong.push(Wrong::new(&[FINDINGS, &at, "severity"], "it has no such severity", meant));
        }
    }
}

/// What a scan finds in an image with these tags.
pub(super) fn findings(config: &Config, repository: &str, tags: &[&str]) -> Vec<Finding> {
    let list = config.shape.say(PART.name, FINDINGS).and_then(Value::as_array);
    let mut found = Vec::new();
    for one in list.into_iter().flatten() {
        let text = |key: &str| one.get(key).and_then(Value::as_str);
        let of_repository = text("repository").is_none_or(|p| wildcard::fits(p, repository));
        let of_tag = text("tag").is_none_or(|p| tags.iter().any(|tag| wildcard::fits(p, tag)));
        if !of_repository || !of_tag {
            continue;
        }
        let severity = one.get("severity").cloned().unwrap_or_default();
        found.push(Finding {
            name: text("name").unwrap_or_default().to_owned(),
            severity: Severity::from_value(severity).unwrap_or_default(),
            description: text("description").map(str::to_owned),
            uri: text("uri").map(str::to_owned),
            package: text("package").map(str::to_owned),
            version: text("version").map(str::to_owned),
        });
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.name.cmp(&b.name)));
    found
}
