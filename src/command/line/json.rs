//! JSON as clients written in Go print it, and a server's own text re-indented.

use serde_json::Value;

/// Compact, with `<`, `>` and `&` escaped as Go's encoder does unless told not to.
pub fn compact(value: &Value, escape_html: bool) -> String {
    let text = value.to_string();
    if !escape_html {
        return text;
    }
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The same value with the keys of all its objects in order, as Go's encoder prints a map.
pub fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> =
                fields.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        other => other.clone(),
    }
}

/// Indents JSON text by four spaces a level and leaves every value as it is spelled, so that
/// numbers and escapes stay the server's.
pub fn indent(text: &str, level: usize) -> String {
    indent_with(text, level, "    ")
}

/// [`indent`] by something else than four spaces.
pub fn indent_by(text: &str, step: &str) -> String {
    indent_with(text, 0, step)
}

fn indent_with(text: &str, mut level: usize, step: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut chars = text.trim().chars().peekable();
    let line = |out: &mut String, level: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(step, level));
    };
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push('"');
                while let Some(inner) = chars.next() {
                    out.push(inner);
                    match inner {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                out.push(c);
                if let Some(close) = chars.next_if(|c| matches!(c, '}' | ']')) {
                    out.push(close);
                } else {
                    level += 1;
                    line(&mut out, level);
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                line(&mut out, level);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, level);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_spelling_stays() {
        let check = |text: &str, want: &str| assert_eq!(indent(text, 0), want);
        check("{}", "{}");
        check("[ ]", "[]");
        check(
            r#"{"a":1.50,"b":["x:,{\"","\u003c"],"c":{}}"#,
            "{\n    \"a\": 1.50,\n    \"b\": [\n        \"x:,{\\\"\",\n        \"\\u003c\"\n    ],\n    \"c\": {}\n}",
        );
    }

    #[test]
    fn html_is_escaped_where_go_does() {
        let value = serde_json::json!({ "a": "<none>" });
        assert_eq!(compact(&value, true), r#"{"a":"\u003cnone\u003e"}"#);
        assert_eq!(compact(&value, false), r#"{"a":"<none>"}"#);
    }
}
