//! The TOML fences of a step: `check` and `ask`.

use serde_json::Value;
use toml::de::DeTable;

use super::answer;
use super::keys::{ASK, CHECK, EXPECT, LIVE};
use super::lab::{Answer, Ask, Expect, Script};
use super::matcher::{self, MATCHERS};
use super::observe;
use super::problem::{Report, remedy};
use super::table::{Reader, Text};

/// Reads the expectations of a `check`.
pub(super) fn check(fence: &Script, report: &mut Report) -> Vec<Expect> {
    let text = Text::new(&fence.text, fence.line + 1, false);
    let Some(table) = text.parse(report) else { return Vec::new() };
    let loose = |key: &str| EXPECT.iter().any(|k| k.name == key) || matcher::find(key).is_some();
    if let Some(word) = table.keys().find(|k| loose(k.get_ref())) {
        let what = format!("`{}` is outside an expectation", word.get_ref());
        report.add(fence.line, what, "write `[[expect]]` above it");
        return Vec::new();
    }
    if table.get("expect").is_some_and(|v| v.get_ref().is_table()) {
        report.add(
            fence.line,
            "`[expect]` is one table",
            "write `[[expect]]`: there may be several",
        );
        return Vec::new();
    }
    if fence.text.trim().is_empty() {
        return Vec::new();
    }
    let reader = Reader::new(&text, &table, ("a check", fence.line), CHECK, &[], report);
    let tables = reader.tables("expect");
    tables.into_iter().filter_map(|(one, line)| expect(&text, one, line, report)).collect()
}

fn expect(
    text: &Text<'_>,
    table: &DeTable<'_>,
    line: usize,
    report: &mut Report,
) -> Option<Expect> {
    let names: Vec<&'static str> = MATCHERS.iter().map(|m| m.name()).collect();
    let reader = Reader::new(text, table, ("an expectation", line), EXPECT, &names, report);
    check_path(&reader, report);
    let there: Vec<&str> = names.iter().copied().filter(|n| reader.has(n)).collect();
    let [name] = there[..] else {
        match there.split_last() {
            None if table.keys().all(|key| EXPECT.iter().any(|k| k.name == key.get_ref())) => {
                let all = names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
                report.add(line, "the expectation expects nothing", format!("add one of {all}"));
            }
            // A misspelt matcher was reported as an unknown key.
            None => {}
            Some((last, others)) => {
                let at = reader.line_of(last);
                let what =
                    format!("the expectation has both `{}` and `{last}`", others.join("`, `"));
                report.add(at, what, "give each an [[expect]] of its own");
            }
        }
        return None;
    };
    let found = matcher::find(name)?;
    let at = reader.line_of(name);
    let mend = || format!("write it like `{}`", found.example());
    let Some(want) = reader.json(name) else {
        report.add(at, format!("`{name}` has a value that cannot be compared"), mend());
        return None;
    };
    if let Some(what) = matcher::refuse(found, &want) {
        report.add(at, format!("`{name}`: {what}"), mend());
        return None;
    }
    Some(Expect {
        run: reader.text("run")?.trim().to_owned(),
        at: reader.text("at"),
        matcher: name.to_owned(),
        want,
        or_else: reader.text("else")?,
        missing: reader.text("missing"),
        wanted: reader.text("want"),
        secret: reader.truth("secret"),
        weight: reader.integer("weight").unwrap_or(0),
        line,
    })
}

fn check_path(reader: &Reader<'_, '_>, report: &mut Report) {
    let at = reader.text("at");
    if let Some(pattern) = at.as_deref().and_then(observe::pattern) {
        if let Err(error) = regex_lite::Regex::new(pattern) {
            report.add(
                reader.line_of("at"),
                format!("`at` is not a pattern: {error}"),
                "a pattern is written between slashes, and its first group is what is looked at",
            );
        }
        return;
    }
    if let Some(Err(what)) = at.map(|path| observe::compile(&path).map(drop)) {
        report.add(
            reader.line_of("at"),
            format!("`at` is not a JMESPath: {what}"),
            "see https://jmespath.org; text in it goes in 'single quotes'",
        );
    }
}

/// Reads an `ask`.
pub(super) fn ask(fence: &Script, report: &mut Report) -> Option<Ask> {
    let text = Text::new(&fence.text, fence.line + 1, false);
    if fence.text.trim().is_empty() {
        return None;
    }
    let table = text.parse(report)?;
    let reader = Reader::new(&text, &table, ("a question", fence.line), ASK, &[], report);
    let choices: Vec<String> = reader.texts("choices").into_iter().map(|(t, _)| t).collect();
    if reader.has("choices") && choices.len() < 2 {
        let what = "the question offers fewer than two choices";
        report.add(reader.line_of("choices"), what, "offer more, or none for a free answer");
    }
    let answer = match reader.table("answer") {
        Some(live) => computed(&text, live, reader.line_of("answer"), report),
        None => fixed(&reader, report),
    };
    if let Some(Answer::Fixed(right)) = &answer
        && !choices.is_empty()
        && let Some(stray) = right.iter().find(|r| !choices.iter().any(|c| c.trim() == r.trim()))
    {
        let what = format!("the answer {stray:?} is not one of the choices");
        report.add(
            reader.line_of("answer"),
            what,
            remedy(stray, choices.iter().map(String::as_str)),
        );
    }
    let ask = Ask {
        question: reader.text("question")?,
        choices,
        answer: answer?,
        unit: reader.text("unit"),
        why: reader.text("why")?,
        why_not: Vec::new(),
        weight: reader.integer("weight").unwrap_or(0),
        line: fence.line,
    };
    let why_not = why_not(&text, &reader, &ask, report);
    Some(Ask { why_not, ..ask })
}

/// What is said to wrong answers; each is one that can be given, and wrong.
fn why_not(
    text: &Text<'_>,
    reader: &Reader<'_, '_>,
    ask: &Ask,
    report: &mut Report,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (word, line, value) in reader.table("why_not").into_iter().flat_map(|t| text.entries(t)) {
        let Some(sentence) = value.as_str().filter(|s| !s.trim().is_empty()) else {
            let what = format!("`why_not` has no text for {word:?}");
            report.add(line, what, "say in a sentence why it is wrong");
            continue;
        };
        let meant = answer::chosen(ask, word);
        if !ask.choices.is_empty() && !ask.choices.iter().any(|c| c == meant) {
            let what = format!("`why_not` names {word:?}, which is not one of the choices");
            report.add(line, what, "name a choice by its letter: a, b, c");
        } else if matches!(&ask.answer, Answer::Fixed(_)) && answer::judge(ask, word, None) {
            let what = format!("`why_not` names {word:?}, which is the right answer");
            report.add(line, what, "what is said to the right answer goes under `why`");
        } else {
            found.push((meant.to_owned(), sentence.to_owned()));
        }
    }
    found
}

fn computed(
    text: &Text<'_>,
    table: &DeTable<'_>,
    line: usize,
    report: &mut Report,
) -> Option<Answer> {
    let reader = Reader::new(text, table, ("a computed answer", line), LIVE, &[], report);
    check_path(&reader, report);
    Some(Answer::Live { run: reader.text("run")?.trim().to_owned(), at: reader.text("at") })
}

fn fixed(reader: &Reader<'_, '_>, report: &mut Report) -> Option<Answer> {
    let text = |value: &Value| match value {
        Value::Array(_) | Value::Object(_) => None,
        one => observe::scalar(one).filter(|t| !t.is_empty()),
    };
    let answers = match reader.json("answer")? {
        Value::Array(list) if !list.is_empty() => list.iter().map(text).collect(),
        one => text(&one).map(|t| vec![t]),
    };
    if answers.is_none() {
        let line = reader.line_of("answer");
        report.add(
            line,
            "`answer` is empty or not text",
            "give text, a number, a list of them, or `{ run, at }`",
        );
    }
    answers.map(Answer::Fixed)
}
