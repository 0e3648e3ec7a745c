//! Fields between spaces: `[ip, user, ..., status = 4*, bytes > 1000]`. What stands in brackets or in
//! double quotes is one field of an event.

use std::collections::BTreeMap;

use sim::api::ApiError;

use super::condition::{Condition, Scalar};
use super::cursor::Cursor;
use super::{bad_term, malformed};

/// What the fields of an event are.
#[derive(Debug)]
pub(crate) struct Fields {
    before: Vec<Field>,
    /// Those behind the dots, where there are dots.
    behind: Option<Vec<Field>>,
}

/// A field and what it has to be: all of one of the lists.
#[derive(Debug)]
struct Field {
    /// Empty where it has none.
    name: String,
    any: Vec<Vec<Condition>>,
}

impl Fields {
    /// Reads what stands between the brackets.
    ///
    /// # Errors
    /// It names no fields.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let mut fields = Self { before: Vec::new(), behind: None };
        let mut cursor = Cursor::new(text);
        loop {
            if cursor.eat("...") {
                if fields.behind.replace(Vec::new()).is_some() {
                    return Err(malformed());
                }
            } else {
                let field = Field::parse(&mut cursor)?;
                fields.behind.as_mut().unwrap_or(&mut fields.before).push(field);
            }
            if cursor.is_done() {
                break;
            }
            if !cursor.eat(",") {
                return Err(cursor.peek().map_or_else(malformed, bad_term));
            }
        }
        let mut names: Vec<&str> = fields.all().map(|f| f.name.as_str()).collect();
        names.retain(|name| !name.is_empty());
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < count { Err(malformed()) } else { Ok(fields) }
    }

    fn all(&self) -> impl Iterator<Item = &Field> {
        self.before.iter().chain(self.behind.iter().flatten())
    }

    pub(super) fn expressions(&self) -> usize {
        let conditions = self.all().flat_map(|field| field.any.iter().flatten());
        conditions.filter(|condition| condition.has_expression()).count()
    }

    /// Whether there is a field of this name (`bytes`).
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all().any(|field| field.name == name)
    }

    /// The fields of an event that is so: by name, or by number where they have none.
    pub(super) fn find(&self, message: &str) -> Option<BTreeMap<String, String>> {
        let values = split(message);
        let behind = self.behind.as_ref().map_or(0, Vec::len);
        let few = self.before.len() + behind;
        if values.len() < few || (self.behind.is_none() && values.len() > few) {
            return None;
        }
        let rest = values.len() - behind;
        let mut found = BTreeMap::new();
        for (at, value) in values.iter().enumerate() {
            let field = match at.checked_sub(rest) {
                Some(at) => self.behind.as_ref().and_then(|fields| fields.get(at)),
                None => self.before.get(at),
            };
            if !field.is_none_or(|field| field.allows(value)) {
                return None;
            }
            let name = field.map(|field| field.name.as_str()).filter(|name| !name.is_empty());
            let name = name.map_or_else(|| format!("${}", at + 1), |name| format!("${name}"));
            found.insert(name, (*value).to_owned());
        }
        Some(found)
    }
}

impl Field {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ApiError> {
        cursor.blanks();
        let name = name(cursor).to_owned();
        let mut any = Vec::new();
        let Some(first) = Condition::parse(cursor)? else { return Ok(Self { name, any }) };
        let mut all = vec![first];
        loop {
            let or = cursor.eat("||");
            if !or && !cursor.eat("&&") {
                break;
            }
            cursor.blanks();
            // Each condition names the field anew.
            if self::name(cursor) != name {
                return Err(malformed());
            }
            let next = Condition::parse(cursor)?.ok_or_else(malformed)?;
            if or {
                any.push(std::mem::take(&mut all));
            }
            all.push(next);
        }
        any.push(all);
        Ok(Self { name, any })
    }

    fn allows(&self, value: &str) -> bool {
        let holds = |condition: &Condition| condition.holds(&Scalar::Field(value));
        self.any.is_empty() || self.any.iter().any(|all| all.iter().all(holds))
    }
}

fn name<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    cursor.while_is(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// The fields of an event.
fn split(message: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = message.trim();
    while let Some(first) = rest.chars().next() {
        let close = match first {
            '[' => Some(']'),
            '"' => Some('"'),
            _ => None,
        };
        let inside = close.and_then(|close| {
            let (inside, behind) = rest[1..].split_once(close)?;
            behind.chars().next().is_none_or(char::is_whitespace).then_some((inside, behind))
        });
        let (field, behind) = inside
            .unwrap_or_else(|| rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())));
        fields.push(field);
        rest = behind.trim_start();
    }
    fields
}
