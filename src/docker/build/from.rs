//! The images that a Dockerfile begins with. Everything else in it is the engine's to read.
//!
//! Source: Dockerfile reference, "FROM", "ARG" before it, "COPY --from", escape directive.

use std::collections::BTreeMap;

/// The images that its `FROM` lines (and `COPY --from`) name, once each and in order, without
/// `scratch` and its own stages. `given` are the values of `--build-arg`.
#[must_use]
pub fn bases(dockerfile: &str, given: &BTreeMap<String, String>) -> Vec<String> {
    let mut args: BTreeMap<String, String> = BTreeMap::new();
    let mut stages: Vec<String> = Vec::new();
    let mut count = 0_usize;
    let mut found: Vec<String> = Vec::new();
    for line in instructions(dockerfile) {
        let mut words = line.split_whitespace();
        let instruction = words.next().unwrap_or_default().to_ascii_uppercase();
        let words: Vec<&str> = words.collect();
        let image = match instruction.as_str() {
            // Only those in front of the first FROM are seen by FROM lines.
            "ARG" if count == 0 => {
                for word in words {
                    let (name, default) = word.split_once('=').unwrap_or((word, ""));
                    let default = expand(default.trim_matches(['"', '\'']), &args);
                    let value = given.get(name).cloned().unwrap_or(default);
                    args.insert(name.to_owned(), value);
                }
                continue;
            }
            "FROM" => {
                let mut names = words.iter().filter(|w| !w.starts_with("--"));
                let Some(image) = names.next() else { continue };
                let image = expand(image, &args);
                let known = stages.iter().any(|s| s.eq_ignore_ascii_case(&image));
                count += 1;
                if let (Some(word), Some(stage)) = (names.next(), names.next())
                    && word.eq_ignore_ascii_case("as")
                {
                    stages.push((*stage).to_owned());
                }
                if known || image == "scratch" {
                    continue;
                }
                image
            }
            "COPY" => {
                let Some(from) = words.iter().find_map(|w| w.strip_prefix("--from=")) else {
                    continue;
                };
                let stage = stages.iter().any(|s| s.eq_ignore_ascii_case(from));
                if stage || from.parse::<usize>().is_ok_and(|n| n < count) {
                    continue;
                }
                from.to_owned()
            }
            _ => continue,
        };
        if !image.is_empty() && !found.contains(&image) {
            found.push(image);
        }
    }
    found
}

/// The lines with their continuations, without comments.
fn instructions(text: &str) -> Vec<String> {
    let mut escape = '\\';
    let mut head = true;
    let mut found = Vec::new();
    let mut open = String::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let bare = line.trim();
        if let Some(comment) = bare.strip_prefix('#') {
            if head && let Some((name, value)) = comment.split_once('=') {
                if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
                    escape = '`';
                }
                continue;
            }
            head = false;
            continue;
        }
        head = false;
        if bare.is_empty() {
            continue;
        }
        if let Some(more) = bare.strip_suffix(escape) {
            open.push_str(more);
            open.push(' ');
        } else {
            open.push_str(bare);
            found.push(std::mem::take(&mut open));
        }
    }
    if !open.is_empty() {
        found.push(open);
    }
    found
}

/// `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}` filled in.
fn expand(text: &str, args: &BTreeMap<String, String>) -> String {
    let value = |name: &str| args.get(name).cloned().unwrap_or_default();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some((inside, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            rest = after;
            if let Some((name, default)) = inside.split_once(":-") {
                let found = value(name);
                out.push_str(if found.is_empty() { default } else { &found });
            } else if let Some((name, other)) = inside.split_once(":+") {
                out.push_str(if value(name).is_empty() { "" } else { other });
            } else {
                out.push_str(&value(inside));
            }
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            out.push_str(&value(name));
        }
    }
    out.push_str(rest);
    out
}
