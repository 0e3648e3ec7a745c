//! What the live view shows of tables.

use sim::view::{Part, View};

use super::*;
use crate::dynamodb::view::of_state;

/// The view as lines of text.
fn lines(view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for section in &view.sections {
        lines.push(section.heading.clone());
        for part in &section.parts {
            match part {
                Part::Facts(facts) => {
                    lines.extend(facts.iter().map(|(name, value)| format!("{name}: {value}")));
                }
                Part::Table { columns, rows } => {
                    lines.push(columns.join(" | "));
                    lines.extend(rows.iter().map(|row| row.join(" | ")));
                }
                Part::Note(text) => lines.push(text.clone()),
                Part::Tree(_) => {}
            }
        }
    }
    lines
}

#[test]
fn tables_are_shown_with_their_indexes_and_first_items() {
    let indexes = ["local loc id:S x:S ALL", "global glo x:S KEYS"];
    let spec = streaming(spec("tab", "id:S n:N", &indexes), StreamView::KeysOnly);
    let mut lab = Lab::with(&spec);
    lab.put(json!({"id": {"S": "a"}, "n": {"N": "1"}, "x": {"S": "word"}, "deep": {"M": {}}}));
    lab.put(json!({"id": {"S": "a"}, "n": {"N": "2"}, "long": {"S": "é".repeat(200)}}));
    let shown = lines(&of_state(&lab.state, "us-east-1"));
    assert_eq!(shown[0], "tab · ACTIVE");
    assert_eq!(shown[1], "key: id (S), n (N)");
    let has = |line: &str| assert!(shown.iter().any(|l| l == line), "{line:?} in {shown:#?}");
    has("stream: KEYS_ONLY, 2 records");
    has("loc | local | id (S), x (S) | ACTIVE | the table's | 1");
    has("id | n | Attributes");
    has("a | 1 | deep: 0 attributes, x: word");
    has(&format!("a | 2 | long: {}…", "é".repeat(32)));
    // A table elsewhere says where it is.
    assert_eq!(lines(&of_state(&lab.state, "eu-west-1"))[0], "tab · ACTIVE · us-east-1");
}

#[test]
fn many_items_are_counted_and_not_listed() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    assert!(lines(&of_state(&lab.state, "us-east-1")).contains(&"No item yet.".to_owned()));
    for number in 0..25 {
        lab.put(json!({"id": {"S": number.to_string()}}));
    }
    let shown = lines(&of_state(&lab.state, "us-east-1"));
    assert_eq!(shown.last().map(String::as_str), Some("and 5 more"));
    assert_eq!(shown.iter().filter(|line| line.ends_with(" | ")).count(), 20);
    let none = of_state(&State::default(), "us-east-1");
    assert_eq!(none.sections.len(), 1);
}
