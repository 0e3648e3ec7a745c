//! YAML text as plain values, by the rules and in the words of the reference's reader where they
//! are known.

use serde_json::Value;
use serde_saphyr::Error;

/// The values of a document; nothing at all is null.
///
/// # Errors
/// What is wrong with the text, with its line.
pub(super) fn read(text: &str) -> Result<Value, String> {
    if let Some(line) = text.lines().position(|l| l.trim_start_matches(' ').starts_with('\t')) {
        // Tabs never indent.
        let place = if line == 0 { String::new() } else { format!(" line {}:", line + 1) };
        return Err(format!("yaml:{place} found character that cannot start any token"));
    }
    let options = serde_saphyr::options! {
        strict_booleans: true,
        legacy_octal_numbers: true,
    };
    let read: Result<Option<Value>, Error> = serde_saphyr::from_str_with_options(text, options);
    read.map(Option::unwrap_or_default).map_err(|error| said(&error, text))
}

/// The reference's words for a document that is no mapping.
pub(super) fn no_mapping(value: &Value) -> String {
    let what = match value {
        Value::Null => return "empty compose file".to_owned(),
        Value::Array(_) => "!!seq".to_owned(),
        Value::Bool(truth) => format!("!!bool `{truth}`"),
        Value::Number(number) if number.is_f64() => format!("!!float `{number}`"),
        Value::Number(number) => format!("!!int `{number}`"),
        other => format!("!!str `{}`", other.as_str().unwrap_or_default()),
    };
    format!("yaml: unmarshal errors:\n  line 1: cannot unmarshal {what} into cli.named")
}

fn said(error: &Error, text: &str) -> String {
    let line = error.location().map_or(0, |place| place.line());
    let line = usize::try_from(line).unwrap_or_default();
    match error.without_snippet() {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            let first = text
                .lines()
                .position(|l| l.trim_start().starts_with(&format!("{key}:")))
                .map_or(0, |at| at + 1);
            format!(
                "yaml: unmarshal errors:\n  line {line}: mapping key {key:?} already defined at line {first}"
            )
        }
        Error::Message { msg, .. } if line > 0 => format!("yaml: line {line}: {msg}"),
        other => {
            let words = other.to_string();
            libyaml(words.lines().next().unwrap_or_default(), line, text)
        }
    }
}

/// The words of the reference's reader for what ours finds wrong. It counts lines from one where it
/// takes words apart, and from nought where it puts them together.
fn libyaml(ours: &str, line: usize, text: &str) -> String {
    const WORDS: &[(&str, &str, usize)] = &[
        ("mapping values are not allowed", "mapping values are not allowed in this context", 0),
        ("simple key expected", "could not find expected ':'", 0),
        ("cannot start any token", "found character that cannot start any token", 0),
        ("unexpected character", "found character that cannot start any token", 0),
        ("in multiline quoted scalar", "found unexpected end of stream", 1),
        ("mismatched bracket", "did not find expected node content", 1),
    ];
    let lines: Vec<&str> = text.lines().collect();
    let here = lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
    let (theirs, line) = if ours.contains("unknown anchor") {
        let name = here.split('*').nth(1).unwrap_or_default();
        let name = name.split([' ', ',', ']', '}']).next().unwrap_or_default();
        return format!("yaml: unknown anchor '{name}' referenced");
    } else if ours.contains("unclosed bracket") {
        let end = if ours.contains('{') { "}" } else { "]" };
        (format!("did not find expected ',' or '{end}'"), lines.len())
    } else if ours.contains("did not find expected key") {
        ("did not find expected key".to_owned(), around(&lines, line.saturating_sub(1)))
    } else {
        let Some((_, theirs, less)) = WORDS.iter().find(|(part, ..)| ours.contains(part)) else {
            return format!("yaml: {ours}");
        };
        let line = line.saturating_sub(*less);
        ((*theirs).to_owned(), if *less == 0 && line == 1 { 0 } else { line })
    };
    if line == 0 { format!("yaml: {theirs}") } else { format!("yaml: line {line}: {theirs}") }
}

/// Where the mapping begins that a line stands in, counted from nought.
fn around(lines: &[&str], at: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = lines.get(at).map_or(0, |line| indent(line));
    let mut begin = None;
    for above in (0..at).rev().filter(|i| !lines[*i].trim().is_empty()) {
        let there = indent(lines[above]);
        match begin {
            None if there < own => begin = Some((there, above)),
            Some((level, _)) if there == level => begin = Some((level, above)),
            Some((level, _)) if there < level => break,
            _ => {}
        }
    }
    begin.map_or(0, |(_, line)| line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_as_the_reference_reads_them() {
        let check = |text: &str, want: Value| assert_eq!(read(text), Ok(want), "{text}");
        check("", Value::Null);
        check("a: yes", json!({ "a": "yes" }));
        check("a: true", json!({ "a": true }));
        check("mode: 0440", json!({ "mode": 288 }));
        check("mode: 0o444", json!({ "mode": 292 }));
        check("port: 22:22", json!({ "port": "22:22" }));
        check("v: 1.50", json!({ "v": 1.5 }));
        check("v: \"1\"", json!({ "v": "1" }));
        check(
            "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3",
            json!({ "x": { "a": 1, "b": 2 }, "y": { "a": 1, "b": 3 } }),
        );
    }

    #[test]
    fn wrong_text_is_named_with_its_line() {
        let check = |text: &str, want: &str| {
            let found = read(text).expect_err(text);
            assert!(found.starts_with(want), "{text}: {found}");
        };
        check(
            "services:\n  web:\n    image: a\n    image: b\n",
            "yaml: unmarshal errors:\n  line 4: mapping key \"image\" already defined at line 3",
        );
        check("\tservices: 1\n", "yaml: found character that cannot start any token");
        check("a: [\n", "yaml: line 1: did not find expected ',' or ']'");
        check("a: b: c", "yaml: mapping values are not allowed in this context");
        check("a:\n  b: c: d", "yaml: line 2: mapping values are not allowed in this context");
        check("a: *x", "yaml: unknown anchor 'x' referenced");
        check("a:\n  b:\n    c: d\n   e: f\n", "yaml: line 1: did not find expected key");
    }
}
