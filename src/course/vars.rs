//! A lab's variables: drawn for one learner, and put into the text before it is read.
//!
//! The value hangs on the variable's name, the learner's name and seed, and the lab in whose world the
//! learner is. So two labs never name their containers alike on the engine that they share, and a lab
//! that continues another and declares the same variable gets the same value.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeValue;

use super::keys::VAR;
use super::lab::{Learner, Need, Var};
use super::problem::{Report, remedy};
use super::table;
use base::Rng;
use base::rng::LOWER;

/// Words of Go's templates that look like variables (`docker inspect --format '{{end}}'`): they are
/// left as they stand, and no variable may be called so.
const GO_WORDS: &[&str] = &[
    "block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with",
];

/// The address of the learner's registry, a variable of every lab that needs one.
const REGISTRY: &str = "registry";

/// The longest learner's name inside a value: bucket names have 63 characters in all.
const LEARNER_MAX: usize = 20;

/// What a variable is, as the front matter says.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) var: Var,
    pub(super) line: usize,
}

/// Reads one entry of `[vars]`. What is wrong is reported, and stands for itself, so that its uses
/// are not reported once more.
pub(super) fn declare(
    name: &str,
    line: usize,
    value: &DeValue<'_>,
    report: &mut Report,
) -> Declared {
    let var = match read(value) {
        Ok(var) => var,
        Err((what, remedy)) => {
            report.add(line, format!("the variable `{name}` {what}"), remedy);
            Var::Template(name.to_owned())
        }
    };
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(good) {
        report.add(
            line,
            format!("{name:?} cannot be the name of a variable"),
            "take a letter, then letters, digits, `_` and `-`",
        );
    } else if GO_WORDS.contains(&name) {
        report.add(
            line,
            format!("`{name}` is a word of Go's templates, so `{{{{{name}}}}}` stays as it is"),
            "take another name",
        );
    } else if name == REGISTRY {
        report.add(line, format!("`{name}` gets its value from the program"), "take it out");
    }
    if let Var::Template(text) = &var
        && let Err((what, remedy)) = fill(text, "x", &mut Rng::new(0))
    {
        report.add(line, format!("the variable `{name}` {what}"), remedy);
    }
    Declared { var, line }
}

fn read(value: &DeValue<'_>) -> Result<Var, (String, String)> {
    if let Some(text) = value.as_str() {
        return plain(text).map(Var::Template);
    }
    let ways = || VAR.iter().map(|k| k.name);
    let one = || format!("write it like `{}`", VAR[0].example);
    let Some(table) = value.as_table() else {
        return Err((format!("is of type {}", value.type_str()), one()));
    };
    let mut keys = table.iter();
    let (Some((key, inside)), None) = (keys.next(), keys.next()) else {
        return Err(("must say exactly one of `template`, `choice` and `int`".into(), one()));
    };
    match (key.get_ref().as_ref(), inside.get_ref()) {
        ("template", DeValue::String(text)) => plain(text).map(Var::Template),
        ("choice", DeValue::Array(list)) if !list.is_empty() => {
            let texts = list.iter().map(|v| v.get_ref().as_str().and_then(|t| plain(t).ok()));
            texts.collect::<Option<Vec<_>>>().map(Var::Choice).ok_or_else(|| {
                (
                    "chooses among things that are not one line of text".into(),
                    "put each in quotes".into(),
                )
            })
        }
        ("int", DeValue::Array(list)) => {
            let ends: Vec<_> = list.iter().filter_map(|v| table::integer(v.get_ref())).collect();
            match ends[..] {
                [low, high] if low <= high && list.len() == 2 => Ok(Var::Int(low, high)),
                _ => Err(("has no range".into(), format!("write it like `{}`", VAR[2].example))),
            }
        }
        (key, _) if ways().any(|k| k == key) => Err((format!("has no good `{key}`"), one())),
        (key, _) => Err((format!("does not know `{key}`"), remedy(key, ways()))),
    }
}

/// One line of printable text; a line break would move all the lines below it.
fn plain(text: &str) -> Result<String, (String, String)> {
    if text.chars().any(char::is_control) {
        return Err((
            "holds a line break or another control character".into(),
            "take it out".into(),
        ));
    }
    Ok(text.to_owned())
}

/// The values for one learner, of a lab with these needs, whose world is that of the lab `began`.
pub(super) fn draw(
    vars: &BTreeMap<String, Declared>,
    needs: &[Need],
    who: &Learner,
    began: &str,
) -> BTreeMap<String, String> {
    let address = || format!("localhost:{}", who.registry_port());
    let built_in = needs.contains(&Need::Registry).then(|| (REGISTRY.to_owned(), address()));
    vars.iter()
        .map(|(name, declared)| {
            let mut rng = Rng::labelled(who.seed, &format!("{}\n{began}\n{name}", who.name));
            let value = match &declared.var {
                Var::Template(text) => {
                    fill(text, &learner_id(&who.name), &mut rng).unwrap_or_else(|_| text.clone())
                }
                Var::Choice(list) => rng.pick(list).cloned().unwrap_or_default(),
                Var::Int(low, high) => between(*low, *high, &mut rng).to_string(),
            };
            (name.clone(), value)
        })
        .chain(built_in)
        .collect()
}

/// The variables whose values no two learners share: those with enough random letters.
pub(super) fn own(vars: &BTreeMap<String, Declared>) -> Vec<String> {
    let random = |text: &str| {
        let lengths = text.split("{rand:").skip(1).filter_map(|rest| rest.split_once('}'));
        lengths.filter_map(|(n, _)| n.parse::<usize>().ok()).sum::<usize>()
    };
    let own = vars.iter().filter(|(_, declared)| match &declared.var {
        Var::Template(text) => random(text) >= OWN_LETTERS_MIN,
        Var::Choice(_) | Var::Int(..) => false,
    });
    own.map(|(name, _)| name.clone()).collect()
}

/// So many random letters are enough for a class.
const OWN_LETTERS_MIN: usize = 5;

/// The learner's name as it may stand in the name of a bucket.
fn learner_id(name: &str) -> String {
    let id = super::keys::to_id(name);
    let id: String = id.chars().take(LEARNER_MAX).collect();
    let id = id.trim_matches('-');
    if id.is_empty() { "learner".into() } else { id.into() }
}

fn between(low: i64, high: i64, rng: &mut Rng) -> i64 {
    let width = u64::try_from(i128::from(high) - i128::from(low) + 1).unwrap_or(u64::MAX);
    low.saturating_add(i64::try_from(rng.below(width)).unwrap_or(0))
}

/// Fills the placeholders of a template.
fn fill(template: &str, learner: &str, rng: &mut Rng) -> Result<String, (String, String)> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out += &rest[..open];
        let Some(close) = rest[open..].find('}') else {
            return Err(("has a `{` that is never closed".into(), "close it with `}`".into()));
        };
        let inside = &rest[open + 1..open + close];
        rest = &rest[open + close + 1..];
        out += &placeholder(inside, learner, rng)?;
    }
    out += rest;
    Ok(out)
}

fn placeholder(inside: &str, learner: &str, rng: &mut Rng) -> Result<String, (String, String)> {
    let (word, rest) = inside.split_once(':').unwrap_or((inside, ""));
    let bad = |like: &str| {
        (format!("has the placeholder `{{{inside}}}`"), format!("write it like `{like}`"))
    };
    match word {
        "learner" if rest.is_empty() => Ok(learner.to_owned()),
        "rand" => match rest.parse::<usize>() {
            Ok(n @ 1..=32) => Ok(rng.text(LOWER, n)),
            _ => Err(bad("{rand:6}")),
        },
        "pick" if !rest.is_empty() => {
            let words: Vec<&str> = rest.split('|').collect();
            Ok(rng.pick(&words).copied().unwrap_or_default().to_owned())
        }
        "int" => {
            let ends =
                rest.split_once('-').and_then(|(l, h)| Some((l.parse().ok()?, h.parse().ok()?)));
            match ends {
                Some((low, high)) if low <= high => Ok(between(low, high, rng).to_string()),
                _ => Err(bad("{int:1-6}")),
            }
        }
        _ => Err((
            format!("has the placeholder `{{{inside}}}`"),
            remedy(word, ["learner", "rand", "pick", "int"]),
        )),
    }
}

/// Puts the values into text: `{{name}}`, and nothing else, is a variable (`{{.Names}}` and
/// `{{json .}}` are Go's). Names that are not declared are reported when there is a report.
pub(super) fn substitute(
    text: &str,
    first_line: usize,
    values: &BTreeMap<String, String>,
    used: &mut BTreeSet<String>,
    mut report: Option<&mut Report>,
) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let mut rest = line;
        while let Some(open) = rest.find("{{") {
            let Some(name) = name_at(&rest[open + 2..]) else {
                out += &rest[..=open];
                rest = &rest[open + 1..];
                continue;
            };
            out += &rest[..open];
            let column = line[..line.len() - rest.len() + open].chars().count() + 1;
            rest = &rest[open + name.len() + 4..];
            if let Some(value) = values.get(name) {
                out += value;
                used.insert(name.to_owned());
                continue;
            }
            out.push_str("{{");
            out += name;
            out.push_str("}}");
            if let Some(report) = report.as_deref_mut() {
                report.add_at(
                    first_line + number,
                    Some(column),
                    format!("`{name}` is not a variable of this lab"),
                    undeclared(name, values),
                );
            }
        }
        out += rest;
    }
    out
}

fn undeclared(name: &str, values: &BTreeMap<String, String>) -> String {
    if name == REGISTRY {
        return "write `registry` among the `needs`".into();
    }
    match base::text::nearest(name, values.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{{{{{near}}}}}`?"),
        None => format!("declare it under [vars], like `{name} = {{ template = \"{{rand:6}}\" }}`"),
    }
}

/// The variable's name in front of `}}`.
fn name_at(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))?;
    let name = &text[..end];
    let fits = text[end..].starts_with("}}")
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !GO_WORDS.contains(&name);
    fits.then_some(name)
}
