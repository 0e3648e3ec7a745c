//! What may stand where in a Compose file, and the reference's words for what may not.
//!
//! Source: the compose-spec and version 3 formats; which error is told of several follows the
//! reference's answers: the deepest, and of equals a wrong type.

use serde_json::{Map, Value};

/// Whose rules a file is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Version 3, for `docker stack`; the minor version.
    Stack(u8),
    /// The compose-spec, for `docker compose`.
    Compose,
}

/// What a value may be.
pub(super) enum Kind {
    Any,
    /// Any of these JSON types.
    Is(&'static [&'static str]),
    /// Text or a number of a certain form; its name, and the test.
    Form(&'static [&'static str], &'static str, fn(&str) -> bool),
    Word(&'static [&'static str]),
    /// A list; whether its items must differ.
    List(&'static Kind, bool),
    Struct(&'static Struct),
    /// Any names that the test lets pass.
    Dict(&'static Kind, fn(&str) -> bool),
    OneOf(&'static [&'static Kind]),
}

/// A mapping with known keys, in the order in which they are printed.
pub(super) struct Struct {
    pub(super) fields: &'static [Field],
    pub(super) required: &'static [&'static str],
    /// Whether it may be left empty.
    pub(super) nullable: bool,
    pub(super) extra: Extra,
}

/// What may stand beside the known keys.
#[derive(Clone, Copy)]
pub(super) enum Extra {
    Nothing,
    /// Keys that start with `x-`, from that minor version on.
    Extensions(u8),
    /// Anything, from that minor version on.
    All(u8),
}

/// One known key.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: &'static Kind,
    /// The minor version that brought it.
    pub(super) since: u8,
    /// Whether only one of the dialects has it in this form.
    pub(super) only: Option<Dialect>,
}

/// A key that both dialects have.
pub(super) const fn both(name: &'static str, kind: &'static Kind) -> Field {
    Field { name, kind, since: 0, only: None }
}

/// A key, or a form of it, that `docker stack` does not know.
pub(super) const fn spec(name: &'static str, kind: &'static Kind) -> Field {
    Field { name, kind, since: 0, only: Some(Dialect::Compose) }
}

/// The form of a key that `docker stack` alone reads.
pub(super) const fn v3(name: &'static str, kind: &'static Kind) -> Field {
    Field { name, kind, since: 0, only: Some(Dialect::Stack(0)) }
}

impl Field {
    pub(super) const fn since(mut self, minor: u8) -> Self {
        self.since = minor;
        self
    }

    fn fits(&self, dialect: Dialect) -> bool {
        match (dialect, self.only) {
            (Dialect::Stack(minor), None | Some(Dialect::Stack(_))) => self.since <= minor,
            (Dialect::Compose, only) => !matches!(only, Some(Dialect::Stack(_))),
            (Dialect::Stack(_), Some(Dialect::Compose)) => false,
        }
    }
}

impl Struct {
    /// The kind of a key, when the dialect has it.
    pub(super) fn find(&self, name: &str, dialect: Dialect) -> Option<&'static Kind> {
        let field = self.fields.iter().find(|f| f.name == name && f.fits(dialect));
        field.map(|f| f.kind).or_else(|| {
            let let_pass = match (self.extra, dialect) {
                (Extra::Nothing, Dialect::Stack(_)) => false,
                (_, Dialect::Compose) => name.starts_with("x-"),
                (Extra::Extensions(since), Dialect::Stack(m)) => {
                    m >= since && name.starts_with("x-")
                }
                (Extra::All(since), Dialect::Stack(m)) => m >= since,
            };
            let_pass.then_some(&Kind::Any)
        })
    }
}

/// What may stand under a name, or in a list where there is no name.
pub(super) fn below<'k>(kinds: &[&'k Kind], name: Option<&str>, dialect: Dialect) -> Vec<&'k Kind> {
    let mut found = Vec::new();
    for kind in kinds {
        match (kind, name) {
            (Kind::OneOf(forms), _) => found.extend(below(forms, name, dialect)),
            (Kind::List(item, _), None) | (Kind::Dict(item, _), Some(_)) => found.push(*item),
            (Kind::Struct(shape), Some(name)) => found.extend(shape.find(name, dialect)),
            _ => {}
        }
    }
    found
}

/// One thing that is wrong.
struct Wrong {
    path: String,
    what: What,
}

#[derive(Clone, PartialEq, Eq)]
enum What {
    Type(String),
    /// None of several forms; the errors of the nearest follow.
    NoForm,
    Other(String),
}

/// Says what is wrong with a value, if anything is.
pub(super) fn check(value: &Value, kind: &Kind, dialect: Dialect) -> Result<(), String> {
    let mut wrong = Vec::new();
    walk(value, kind, "", dialect, &mut wrong);
    let Some(worst) = most_specific(&wrong) else { return Ok(()) };
    let told = |what: &What| match what {
        What::Type(types) => types.clone(),
        What::Other(text) => text.clone(),
        What::NoForm => "Must validate one and only one schema (oneOf)".to_owned(),
    };
    let found = &wrong[worst];
    let text = match (&found.what, wrong.get(worst + 1)) {
        (What::NoForm, Some(next)) => told(&next.what),
        (what, _) => told(what),
    };
    let path = if found.path.is_empty() { "(root)" } else { &found.path };
    Err(format!("{path} {text}"))
}

fn most_specific(wrong: &[Wrong]) -> Option<usize> {
    let depth = |w: &Wrong| w.path.split('.').count();
    let is_type = |w: &Wrong| matches!(w.what, What::Type(_));
    let mut best = 0;
    for (at, found) in wrong.iter().enumerate().skip(1) {
        let (new, old) = (depth(found), depth(&wrong[best]));
        if new > old || new == old && is_type(found) && !is_type(&wrong[best]) {
            best = at;
        }
    }
    (!wrong.is_empty()).then_some(best)
}

/// Notes what is wrong below a value; how many parts were right tells forms apart.
fn walk(value: &Value, kind: &Kind, path: &str, dialect: Dialect, wrong: &mut Vec<Wrong>) -> usize {
    let note = |wrong: &mut Vec<Wrong>, what| wrong.push(Wrong { path: path.to_owned(), what });
    match kind {
        Kind::Any => 1,
        Kind::Is(types) => {
            let types = widened(types, dialect);
            if types.iter().any(|t| is(value, t)) {
                return 1;
            }
            note(wrong, What::Type(must_be(types)));
            0
        }
        Kind::Form(types, name, test) => {
            if !types.iter().any(|t| is(value, t)) {
                note(wrong, What::Type(must_be(types)));
                return 0;
            }
            // `docker compose` looks at forms when it reads the values.
            if dialect != Dialect::Compose && !value.as_str().is_none_or(test) {
                note(wrong, What::Other(format!("Does not match format '{name}'")));
            }
            1
        }
        Kind::Word(words) => {
            let Some(text) = value.as_str() else {
                note(wrong, What::Type(must_be(&["string"])));
                return 0;
            };
            if !words.contains(&text) {
                let listed: Vec<String> = words.iter().map(|w| format!("{w:?}")).collect();
                let listed = listed.join(", ");
                let text = format!("{path} must be one of the following: {listed}");
                note(wrong, What::Other(text));
            }
            1
        }
        Kind::List(item, unique) => walk_list(value, item, *unique, path, dialect, wrong),
        Kind::Dict(item, test) => walk_dict(value, item, *test, path, dialect, wrong),
        Kind::Struct(shape) => {
            let Value::Object(map) = value else {
                if shape.nullable && value.is_null() {
                    return 1;
                }
                note(wrong, What::Type(must_be(&["object"])));
                return 0;
            };
            1 + walk_struct(map, shape, path, dialect, wrong)
        }
        Kind::OneOf(forms) => {
            let mut nearest: Option<(usize, Vec<Wrong>)> = None;
            for form in *forms {
                let mut inner = Vec::new();
                let right = walk(value, form, path, dialect, &mut inner);
                if inner.is_empty() {
                    return right;
                }
                if nearest.as_ref().is_none_or(|(best, _)| right > *best) {
                    nearest = Some((right, inner));
                }
            }
            note(wrong, What::NoForm);
            let (right, inner) = nearest.unwrap_or_default();
            wrong.extend(inner);
            right
        }
    }
}

fn walk_list(
    value: &Value,
    item: &Kind,
    unique: bool,
    path: &str,
    dialect: Dialect,
    wrong: &mut Vec<Wrong>,
) -> usize {
    let note = |wrong: &mut Vec<Wrong>, what| wrong.push(Wrong { path: path.to_owned(), what });
    let Value::Array(items) = value else {
        note(wrong, What::Type(must_be(&["array"])));
        return 0;
    };
    let mut right = 1;
    for (at, value) in items.iter().enumerate() {
        right += walk(value, item, &join(path, &at.to_string()), dialect, wrong);
    }
    // `docker compose` has taken the second of two equal items away before.
    if unique
        && dialect != Dialect::Compose
        && let Some((a, b)) = first_equal(items)
    {
        note(wrong, What::Other(format!("array items[{a},{b}] must be unique")));
    }
    right
}

fn walk_dict(
    value: &Value,
    item: &Kind,
    test: fn(&str) -> bool,
    path: &str,
    dialect: Dialect,
    wrong: &mut Vec<Wrong>,
) -> usize {
    let Value::Object(map) = value else {
        wrong.push(Wrong { path: path.to_owned(), what: What::Type(must_be(&["object"])) });
        return 0;
    };
    let mut right = 1;
    for (name, value) in map {
        if test(name) {
            right += walk(value, item, &join(path, name), dialect, wrong);
        } else {
            wrong.push(Wrong { path: path.to_owned(), what: not_allowed(name) });
        }
    }
    right
}

fn walk_struct(
    map: &Map<String, Value>,
    shape: &Struct,
    path: &str,
    dialect: Dialect,
    wrong: &mut Vec<Wrong>,
) -> usize {
    let mut right = 0;
    for name in shape.required.iter().filter(|name| !map.contains_key(**name)) {
        wrong.push(Wrong {
            path: path.to_owned(),
            what: What::Other(format!("{name} is required")),
        });
    }
    let mut names: Vec<&String> = map.keys().collect();
    names.sort();
    for name in names {
        match shape.find(name, dialect) {
            Some(kind) => right += walk(&map[name], kind, &join(path, name), dialect, wrong),
            None => wrong.push(Wrong { path: path.to_owned(), what: not_allowed(name) }),
        }
    }
    right
}

/// In the compose-spec, text may stand for a number or a truth value: variables are text.
fn widened(types: &'static [&'static str], dialect: Dialect) -> &'static [&'static str] {
    match (dialect, types) {
        (Dialect::Compose, ["boolean"]) => &["boolean", "string"],
        (Dialect::Compose, ["integer"]) => &["integer", "string"],
        (Dialect::Compose, ["number"]) => &["number", "string"],
        (_, types) => types,
    }
}

fn not_allowed(name: &str) -> What {
    What::Other(format!("Additional property {name} is not allowed"))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The first two equal items.
fn first_equal(items: &[Value]) -> Option<(usize, usize)> {
    (0..items.len()).find_map(|b| (0..b).find(|a| items[*a] == items[b]).map(|a| (a, b)))
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn must_be(types: &[&str]) -> String {
    let name = |t: &str| match t {
        "object" => "mapping".to_owned(),
        "array" => "list".to_owned(),
        other => other.to_owned(),
    };
    let names: Vec<String> = types.iter().map(|t| name(t)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("must be a {} or {last}", rest.join(", "))
        }
        _ => format!("must be a {}", names.join("")),
    }
}
