//! Variables in a Compose file: `$X`, `${X:-default}` and their kin.
//!
//! Source: the reference's answers for `docker stack`; the compose-spec's "Interpolation" for the
//! forms with `+` and for what stands inside another, which `docker compose` alone knows.

use serde_json::{Number, Value};

use super::fields::ROOT;
use super::scalars;
use super::schema::{Dialect, Kind, below};

/// Says the value of a variable.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The parts of a file whose values may name variables.
const SECTIONS: &[&str] = &["name", "services", "volumes", "networks", "secrets", "configs"];

/// How a file is filled in.
pub(super) struct Fill<'a> {
    pub(super) lookup: Lookup<'a>,
    pub(super) dialect: Dialect,
    /// What the reference warns of: variables without a value and without a default.
    pub(super) warnings: Vec<String>,
}

impl Fill<'_> {
    /// Puts the values of variables into a file. A value that is to be a number or a truth value
    /// becomes one.
    ///
    /// # Errors
    /// The reference's words for a form that cannot be read or a variable that must be set.
    pub(super) fn file(&mut self, root: &mut Value) -> Result<(), String> {
        let Value::Object(map) = root else { return Ok(()) };
        let Kind::Struct(shape) = ROOT else { return Ok(()) };
        // In the order of names, so that the first of several errors is always the same.
        let mut names: Vec<String> = map.keys().cloned().collect();
        names.sort();
        for name in names.iter().filter(|name| SECTIONS.contains(&name.as_str())) {
            let kinds: Vec<&Kind> = shape.find(name, self.dialect).into_iter().collect();
            if let Some(value) = map.get_mut(name) {
                self.walk(value, &kinds, name)?;
            }
        }
        Ok(())
    }

    fn walk(&mut self, value: &mut Value, kinds: &[&Kind], path: &str) -> Result<(), String> {
        match value {
            Value::String(text) => {
                let filled =
                    self.substitute(text).map_err(|wrong| self.said(&wrong, path, text))?;
                let cast = match self.dialect {
                    Dialect::Compose => scalars::cast(path, filled),
                    Dialect::Stack(_) if filled == *text => return Ok(()),
                    Dialect::Stack(_) => cast(filled, &types(kinds)),
                };
                *value = cast.map_err(|why| {
                    format!(
                        "error while interpolating {path}: failed to cast to expected type: {why}"
                    )
                })?;
            }
            Value::Object(map) => {
                let mut names: Vec<String> = map.keys().cloned().collect();
                names.sort();
                for name in names {
                    let below = below(kinds, Some(&name), self.dialect);
                    if let Some(value) = map.get_mut(&name) {
                        self.walk(value, &below, &format!("{path}.{name}"))?;
                    }
                }
            }
            Value::Array(items) => {
                let below = below(kinds, None, self.dialect);
                for item in items {
                    // The reference names the list, not the place in it.
                    self.walk(item, &below, &format!("{path}.[]"))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn said(&self, wrong: &Wrong, path: &str, text: &str) -> String {
        match (self.dialect, wrong) {
            (Dialect::Compose, Wrong::Form) => format!(
                "invalid interpolation format for {path}.\nYou may need to escape any $ with another $.\n{text}"
            ),
            (Dialect::Compose, Wrong::Required(why)) => {
                format!("error while interpolating {path}: {}", why.trim_end_matches(": "))
            }
            (Dialect::Stack(_), Wrong::Form) => wrong_form(path, text),
            (Dialect::Stack(_), Wrong::Required(why)) => wrong_form(path, why),
        }
    }

    /// Fills in one text.
    pub(super) fn substitute(&mut self, text: &str) -> Result<String, Wrong> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some(inside) = rest.strip_prefix('{') {
                let end = closing(inside, self.dialect).ok_or(Wrong::Form)?;
                out.push_str(&self.braced(&inside[..end])?);
                rest = &inside[end + 1..];
            } else {
                let end = name_end(rest);
                match (end, self.dialect) {
                    (0, Dialect::Compose) => out.push('$'),
                    (0, Dialect::Stack(_)) => return Err(Wrong::Form),
                    _ => out.push_str(&self.value(&rest[..end])),
                }
                rest = &rest[end..];
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A variable's value; nothing when it has none.
    fn value(&mut self, name: &str) -> String {
        (self.lookup)(name).unwrap_or_else(|| {
            self.warnings
                .push(format!("The {name:?} variable is not set. Defaulting to a blank string."));
            String::new()
        })
    }

    fn braced(&mut self, inside: &str) -> Result<String, Wrong> {
        let (name, rest) = inside.split_at(name_end(inside));
        if name.is_empty() {
            return Err(Wrong::Form);
        }
        if rest.is_empty() {
            return Ok(self.value(name));
        }
        let (also_empty, rest) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let set = (self.lookup)(name).filter(|v| !also_empty || !v.is_empty());
        let mut chars = rest.chars();
        let kind = chars.next();
        if !matches!(kind, Some('-' | '?' | '+')) {
            return Err(Wrong::Form);
        }
        let word = chars.as_str();
        let word = match self.dialect {
            Dialect::Compose => self.substitute(word)?,
            Dialect::Stack(_) => word.to_owned(),
        };
        match (kind, self.dialect) {
            (Some('-'), _) => Ok(set.unwrap_or(word)),
            (Some('?'), _) => set.ok_or_else(|| {
                Wrong::Required(format!("required variable {name} is missing a value: {word}"))
            }),
            (_, Dialect::Compose) => Ok(set.map_or_else(String::new, |_| word)),
            (_, Dialect::Stack(_)) => Err(Wrong::Form),
        }
    }
}

/// A variable that a file names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) required: bool,
    /// Its value when it has none.
    pub(crate) default: String,
    /// What stands in its place when it has one.
    pub(crate) alternate: String,
}

/// The variables of a file, in the order of their names; the first mention of each counts. As with
/// the reference, texts count in mappings and in lists, and mappings in lists do not.
pub(crate) fn variables(root: &Value) -> Vec<Variable> {
    let mut found = Vec::new();
    collect(root, &mut found);
    found.sort_by(|a: &Variable, b| a.name.cmp(&b.name));
    found.dedup_by(|later, first| later.name == first.name);
    found
}

fn collect(value: &Value, found: &mut Vec<Variable>) {
    match value {
        Value::String(text) => named(text, found),
        Value::Object(map) => map.values().for_each(|value| collect(value, found)),
        Value::Array(items) => {
            items.iter().filter_map(Value::as_str).for_each(|text| named(text, found));
        }
        _ => {}
    }
}

/// The variables of one text.
fn named(text: &str, found: &mut Vec<Variable>) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
            continue;
        }
        let Some(inside) = rest.strip_prefix('{') else {
            let name = &rest[..name_end(rest)];
            if !name.is_empty() {
                found.push(Variable { name: name.to_owned(), ..Variable::default() });
            }
            rest = &rest[name.len()..];
            continue;
        };
        let Some(end) = closing(inside, Dialect::Compose) else { return };
        let (name, form) = inside[..end].split_at(name_end(&inside[..end]));
        rest = &inside[end + 1..];
        if name.is_empty() {
            continue;
        }
        let form = form.strip_prefix(':').unwrap_or(form);
        let word = form.get(1..).unwrap_or_default();
        let mut variable = Variable { name: name.to_owned(), ..Variable::default() };
        match form.chars().next() {
            Some('-') => word.clone_into(&mut variable.default),
            Some('+') => word.clone_into(&mut variable.alternate),
            Some('?') => variable.required = true,
            _ => {}
        }
        found.push(variable);
        named(word, found);
    }
}

fn wrong_form(path: &str, text: &str) -> String {
    format!(
        "invalid interpolation format for {path}: {text:?}; you may need to escape any $ with another $"
    )
}

/// The types that a value may have.
fn types(kinds: &[&Kind]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for kind in kinds {
        match kind {
            Kind::Is(types) | Kind::Form(types, ..) => found.extend_from_slice(types),
            Kind::OneOf(forms) => found.extend(self::types(forms)),
            Kind::Any | Kind::Word(_) => found.push("string"),
            Kind::List(..) | Kind::Struct(_) | Kind::Dict(..) => {}
        }
    }
    found
}

fn cast(text: String, types: &[&str]) -> Result<Value, String> {
    if types.is_empty() || types.contains(&"string") {
        return Ok(Value::String(text));
    }
    if types.contains(&"boolean") {
        return match text.to_lowercase().as_str() {
            "true" | "y" | "yes" | "on" => Ok(Value::Bool(true)),
            "false" | "n" | "no" | "off" => Ok(Value::Bool(false)),
            other => Err(format!("invalid boolean: {other}")),
        };
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(number.into());
    }
    if types.contains(&"number")
        && let Some(number) = text.parse().ok().and_then(Number::from_f64)
    {
        return Ok(Value::Number(number));
    }
    Err(format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
}

/// Why a text cannot be filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Form,
    /// A variable that must be set; the message.
    Required(String),
}

/// Where the brace is closed: the first one for `docker stack`, the matching one otherwise.
fn closing(text: &str, dialect: Dialect) -> Option<usize> {
    if dialect != Dialect::Compose {
        return text.find('}');
    }
    let mut depth = 0;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '{' if previous == '$' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
        previous = c;
    }
    None
}

/// How many bytes of a name a text begins with.
fn name_end(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        match name {
            "A" => Some("1".into()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    fn filled(text: &str, dialect: Dialect) -> Result<String, Wrong> {
        Fill { lookup: &lookup, dialect, warnings: Vec::new() }.substitute(text)
    }

    #[test]
    fn variables_are_filled_in() {
        let check = |text: &str, want: Option<&str>| {
            for dialect in [Dialect::Stack(13), Dialect::Compose] {
                assert_eq!(filled(text, dialect).ok().as_deref(), want, "{text}");
            }
        };
        check("a$A-${A}b", Some("a1-1b"));
        check("$NOPE", Some(""));
        check("$$A", Some("$A"));
        check("${EMPTY:-d}${EMPTY-d}${NOPE-d}", Some("dd"));
        check("${A:?x}", Some("1"));
        check("${NOPE:?x}", None);
        check("${EMPTY:?x}", None);
        check("${EMPTY?x}", Some(""));
        check("${", None);
        check("${1}", None);
        check("${A*x}", None);
    }

    #[test]
    fn compose_knows_more_forms() {
        let check = |text: &str, want: &str| {
            assert_eq!(filled(text, Dialect::Compose).as_deref(), Ok(want), "{text}");
            assert_eq!(filled(text, Dialect::Stack(13)), Err(Wrong::Form), "{text}");
        };
        check("${A:+x}", "x");
        check("${NOPE+x}", "");
        check("${EMPTY+x}${EMPTY:+y}", "x");
        check("$1", "$1");
        check("a$", "a$");
    }

    #[test]
    fn forms_stand_inside_each_other_in_compose() {
        let check = |text: &str, want: &str| {
            assert_eq!(filled(text, Dialect::Compose).as_deref(), Ok(want), "{text}");
        };
        check("${NOPE:-${B:-y}}", "y");
        check("${NOPE:-a${A}c}", "a1c");
    }

    #[test]
    fn variables_are_listed() {
        let root = serde_json::json!({
            "services": { "a": {
                "image": "${IMG:-bb:1}",
                "command": ["echo $$X $D ${C:?needed}", { "x": "${IN_A_LIST}" }],
                "x": "${E:+yes} ${B-${N:-1}}",
            } },
        });
        let check = |at: usize, name: &str, required: bool, default: &str, alternate: &str| {
            let want = Variable {
                name: name.into(),
                required,
                default: default.into(),
                alternate: alternate.into(),
            };
            assert_eq!(variables(&root)[at], want);
        };
        check(0, "B", false, "${N:-1}", "");
        check(1, "C", true, "", "");
        check(2, "D", false, "", "");
        check(3, "E", false, "", "yes");
        check(4, "IMG", false, "bb:1", "");
        check(5, "N", false, "1", "");
        assert_eq!(variables(&root).len(), 6);
    }
}
