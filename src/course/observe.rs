//! What a command's answer says at a path, and how values are compared and shown.
//!
//! Runs nothing: it gets what a command printed.

use std::cmp::Ordering;

use jmespath::ast::Ast;
use serde_json::Value;

/// What a command left behind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    /// 0 when it succeeded.
    pub code: u8,
}

/// What was looked at.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    /// The value at the path, or the words of the terminal.
    pub value: Value,
    /// The command failed, or a path was to be followed in what is not JSON: `value` is the error.
    pub failed: bool,
    /// No path: all that the terminal shows.
    pub whole: bool,
}

impl Seen {
    /// For people, at most some lines of it.
    #[must_use]
    pub fn readable(&self) -> String {
        readable(&self.value)
    }

    /// Whether what was looked at does not exist: the command says so, or nothing is at the path. A
    /// command that failed otherwise says nothing of that.
    #[must_use]
    pub fn not_there(&self) -> bool {
        match (&self.value, self.failed) {
            (Value::String(error), true) => says_not_there(error),
            (Value::Null, _) => true,
            (Value::String(text), false) => !self.whole && text.trim().is_empty(),
            (Value::Array(list), _) => list.is_empty(),
            _ => false,
        }
    }
}

/// How engines, clouds and file systems say that something does not exist.
fn says_not_there(error: &str) -> bool {
    // A container that does not run has nothing that answers.
    const WORDS: &[&str] = &[
        "no such",
        "nosuch",
        "not found",
        "notfound",
        "not exist",
        // As databases say it.
        "doesn't exist",
        "unknown database",
        "(404)",
        "nothing found",
        "is not running",
        // Nothing of a swarm exists for an engine that is in none.
        "is not a swarm manager",
        "there is no ",
    ];
    let error = error.to_lowercase();
    WORDS.iter().any(|word| error.contains(word))
}

/// Reads a command's answer: by a JMESPath, by a pattern between slashes, or as the text that the terminal shows (standard output,
/// then standard error, trimmed).
#[must_use]
pub fn observe(at: Option<&str>, output: &Output) -> Seen {
    let Some(path) = at else {
        let text = shown(output);
        return Seen { value: Value::String(text), failed: output.code != 0, whole: true };
    };
    if output.code != 0 {
        let text = if output.stderr.trim().is_empty() { &output.stdout } else { &output.stderr };
        let text = match text.trim() {
            "" => format!("the command failed with exit code {}", output.code),
            text => text.to_owned(),
        };
        return Seen { value: Value::String(text), failed: true, whole: false };
    }
    if let Some(pattern) = pattern(path) {
        return captured(pattern, &output.stdout);
    }
    match document(&output.stdout, path).and_then(|json| search(path, &json)) {
        Ok(value) => Seen { value, failed: false, whole: false },
        Err(what) => Seen { value: Value::String(what), failed: true, whole: false },
    }
}

/// The pattern of an `at` that stands between slashes: for commands that print text, not JSON.
pub(super) fn pattern(at: &str) -> Option<&str> {
    at.strip_prefix('/')?.strip_suffix('/')
}

/// What a pattern's first group (or, without one, the whole match) finds; null where it finds nothing.
fn captured(pattern: &str, text: &str) -> Seen {
    let Ok(expression) = regex_lite::Regex::new(pattern) else {
        let value = Value::String(format!("not a pattern: {pattern}"));
        return Seen { value, failed: true, whole: false };
    };
    let found = expression.captures(text).and_then(|c| c.get(1).or_else(|| c.get(0)));
    let value = found.map_or(Value::Null, |m| Value::String(m.as_str().to_owned()));
    Seen { value, failed: false, whole: false }
}

fn shown(output: &Output) -> String {
    let (out, err) = (output.stdout.trim(), output.stderr.trim());
    match (out.is_empty(), err.is_empty()) {
        (_, true) => out.to_owned(),
        (true, false) => err.to_owned(),
        (false, false) => format!("{out}\n{err}"),
    }
}

/// The JSON that was printed. No output is `null` (the AWS CLI prints nothing for an empty answer).
/// Several values (`docker container ls --format json`) are a list; a single one is one as well
/// when the path begins with a list's brackets, for a list of one must not look otherwise.
fn document(stdout: &str, path: &str) -> Result<Value, String> {
    let listed = takes_list(path);
    let text = stdout.trim();
    let whole = if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(text) };
    match whole {
        Ok(Value::Null) if listed => Ok(Value::Array(Vec::new())),
        Ok(value @ Value::Object(_)) if listed => Ok(Value::Array(vec![value])),
        Ok(value) => Ok(value),
        Err(_) => {
            // Two files that people wrote may lay each value out over several lines.
            let values = serde_json::Deserializer::from_str(text).into_iter();
            let list: Result<Vec<Value>, _> = values.collect();
            list.map(Value::Array).map_err(|_| format!("not JSON: {text}"))
        }
    }
}

/// Whether a path begins with `[*]`, `[]`, `[?…]`, an index or a slice.
fn takes_list(path: &str) -> bool {
    path.trim_start().strip_prefix('[').is_some_and(|rest| {
        rest.starts_with(|c: char| matches!(c, '*' | ']' | '?' | ':' | '-') || c.is_ascii_digit())
    })
}

const NOT_THERE: &str = "what is looked for does not exist";

/// Follows a JMESPath.
fn search(path: &str, json: &Value) -> Result<Value, String> {
    let expression = compile(path)?;
    // A function of a path was given something else than it takes, most of all null: what it looks for
    // is not there. A learner has no use for the path.
    let found = expression.search(json).map_err(|_| NOT_THERE.to_owned())?;
    serde_json::to_value(&*found).map_err(|e| e.to_string())
}

/// Compiles a JMESPath; the error says what is wrong in one line.
pub(super) fn compile(path: &str) -> Result<jmespath::Expression<'static>, String> {
    /// The crate's parser recurses; no path of a lab comes near this.
    const LEN_MAX: usize = 1000;
    if path.len() > LEN_MAX {
        return Err(format!("the path is longer than {LEN_MAX} bytes"));
    }
    let compiled = jmespath::compile(path).map_err(|e| {
        let reason = e.reason.to_string();
        let reason = reason.lines().next().unwrap_or_default().trim_end_matches(':').to_owned();
        format!("{reason} (character {})", e.offset + 1)
    })?;
    match unknown_function(compiled.as_ast()) {
        Some(name) => Err(format!("it has no function `{name}`")),
        None => Ok(compiled),
    }
}

/// A function that JMESPath does not have. The crate finds it only when it runs the path.
fn unknown_function(ast: &Ast) -> Option<&str> {
    match ast {
        Ast::Function { name, args, .. } => match jmespath::DEFAULT_RUNTIME.get_function(name) {
            None => Some(name),
            Some(_) => args.iter().find_map(unknown_function),
        },
        Ast::MultiList { elements, .. } => elements.iter().find_map(unknown_function),
        Ast::MultiHash { elements, .. } => {
            elements.iter().find_map(|pair| unknown_function(&pair.value))
        }
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => unknown_function(lhs).or_else(|| unknown_function(rhs)),
        Ast::Condition { predicate, then, .. } => {
            unknown_function(predicate).or_else(|| unknown_function(then))
        }
        Ast::Expref { ast: node, .. }
        | Ast::Flatten { node, .. }
        | Ast::Not { node, .. }
        | Ast::ObjectValues { node, .. } => unknown_function(node),
        Ast::Identity { .. }
        | Ast::Field { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => None,
    }
}

/// A value for people: text without quotes, `nothing` for what is empty, `yes` and `no`, members by
/// commas, and of a table each key with its value.
#[must_use]
pub fn readable(value: &Value) -> String {
    const MAX: usize = 2000;
    let text = words(value, true);
    match text.char_indices().nth(MAX) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

fn words(value: &Value, outer: bool) -> String {
    let part = |value: &Value| {
        let compound = value.is_array() || value.is_object();
        // Lists of lists and tables in tables would run into each other.
        let text = words(value, false);
        if compound && !outer && text != NOTHING { format!("({text})") } else { text }
    };
    match value {
        Value::Null => NOTHING.into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) if text.trim().is_empty() => NOTHING.into(),
        Value::Array(list) if list.is_empty() => NOTHING.into(),
        Value::Object(table) if table.is_empty() => NOTHING.into(),
        Value::Array(list) => {
            let between =
                if list.iter().any(|v| v.is_array() || v.is_object()) { "; " } else { ", " };
            list.iter().map(part).collect::<Vec<_>>().join(between)
        }
        Value::Object(table) => {
            let entries = table.iter().map(|(key, value)| format!("{key} {}", part(value)));
            entries.collect::<Vec<_>>().join(", ")
        }
        other => scalar(other).unwrap_or_default(),
    }
}

const NOTHING: &str = "nothing";

/// The text of a value that is no list and no table; null has none.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(n) => {
            Some(n.as_f64().filter(|f| n.is_f64() && f.fract() == 0.0).map_or_else(
                || n.to_string(),
                // `3.0` is written `3`: JMESPath computes with floating-point numbers.
                |whole| format!("{whole:.0}"),
            ))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number, exact where it is whole.
#[derive(Clone, Copy, Debug)]
pub(super) enum Num {
    Whole(i128),
    Real(f64),
}

/// Reads a number, or text that is one.
pub(super) fn number(value: &Value) -> Option<Num> {
    match value {
        Value::Number(n) => n
            .as_i64()
            .map(i128::from)
            .or_else(|| n.as_u64().map(i128::from))
            .map(Num::Whole)
            .or_else(|| n.as_f64().map(Num::Real)),
        Value::String(text) => number_in(text),
        _ => None,
    }
}

/// Reads text that is a number, with or without commas between thousands.
pub(super) fn number_in(text: &str) -> Option<Num> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.') {
        return None;
    }
    let plain = if thousands(text) { text.replace(',', "") } else { text.to_owned() };
    if let Ok(n) = plain.parse() {
        return Some(Num::Whole(n));
    }
    plain.parse().ok().filter(|f: &f64| f.is_finite()).map(Num::Real)
}

/// `1,000` and `12,345,678.5`, but not `1,2`.
fn thousands(text: &str) -> bool {
    let whole = text.trim_start_matches(['-', '+']).split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && whole.contains(',') && groups.all(|g| g.len() == 3)
}

/// Compares two values as numbers, when both are.
pub(super) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    compare(number(a)?, number(b)?)
}

pub(super) fn compare(a: Num, b: Num) -> Option<Ordering> {
    // As real numbers a whole one beyond 2^53 is rounded; there is no other common ground.
    #[expect(clippy::cast_precision_loss, reason = "said above")]
    let real = |n: Num| match n {
        Num::Whole(n) => n as f64,
        Num::Real(f) => f,
    };
    match (a, b) {
        (Num::Whole(a), Num::Whole(b)) => Some(a.cmp(&b)),
        (a, b) => real(a).partial_cmp(&real(b)),
    }
}

/// Equality as `is` means it.
pub(super) fn same(want: &Value, got: &Value) -> bool {
    match (want, got) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, a)| b.get(k).is_some_and(|b| same(a, b)))
        }
        (Value::Number(_), _) | (_, Value::Number(_)) => order(want, got) == Some(Ordering::Equal),
        (Value::Bool(flag), Value::String(text)) | (Value::String(text), Value::Bool(flag)) => {
            text.trim().eq_ignore_ascii_case(&flag.to_string())
        }
        (want, got) => scalar(want).is_some() && scalar(want) == scalar(got),
    }
}
