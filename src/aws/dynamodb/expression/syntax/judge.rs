//! What is judged of a text whose syntax is sound: its parentheses, and names,
//! indexes, functions and sections in their order.

use super::super::reserved::is_reserved;
use super::super::{Fault, Kind};
use super::Parser;

/// What is judged by itself, in the order of the text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Note<'a> {
    Name(&'a str),
    Index(&'a str),
    Call { name: &'a str, nested: bool },
    Section(&'static str),
}

impl Parser<'_> {
    /// The first fault of a text whose syntax is sound.
    pub(super) fn judge(&self) -> Result<(), Fault> {
        if self.redundant_parentheses {
            return Err("The expression has redundant parentheses;".to_owned());
        }
        let mut sections = Vec::new();
        let mut faults = self.notes.iter().filter_map(|note| match *note {
            Note::Name(name) => is_reserved(name)
                .then(|| format!("Attribute name is a reserved keyword; reserved keyword: {name}")),
            Note::Index(index) => list_index(index)
                .is_none()
                .then(|| format!("List index is not within the allowable range; index: [{index}]")),
            Note::Call { name, nested } => call_fault(self.kind, name, nested),
            Note::Section(section) => {
                let repeated = sections.contains(&section);
                sections.push(section);
                repeated.then(|| {
                    format!(
                        "The \"{section}\" section can only be used once in an update expression;"
                    )
                })
            }
        });
        faults.next().map_or(Ok(()), Err)
    }
}

/// An index of 31 bits.
pub(super) fn list_index(text: &str) -> Option<usize> {
    usize::try_from(text.parse::<i32>().ok()?).ok()
}

const CONDITION_FUNCTIONS: [&str; 6] = [
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "size",
];
const UPDATE_FUNCTIONS: [&str; 2] = ["if_not_exists", "list_append"];

fn call_fault(kind: Kind, name: &str, nested: bool) -> Option<Fault> {
    let conditional = CONDITION_FUNCTIONS.contains(&name);
    let updating = UPDATE_FUNCTIONS.contains(&name);
    if !conditional && !updating {
        return Some(format!("Invalid function name; function: {name}"));
    }
    if kind == Kind::Update && !updating {
        return Some(format!(
            "The function is not allowed in an update expression; function: {name}"
        ));
    }
    if kind != Kind::Update && !conditional {
        return Some(format!(
            "The function is not allowed in a condition expression; function: {name}"
        ));
    }
    // Only `size` and `if_not_exists` give operands; only `size` is no condition.
    let in_place = match name {
        "size" => nested,
        "if_not_exists" => true,
        _ => !nested,
    };
    (!in_place).then(|| {
        format!(
            "The function is not allowed to be used this way in an expression; function: {name}"
        )
    })
}
