//! Document paths: where in an item a value lies, and trees of such paths.

use std::collections::BTreeMap;
use std::fmt;

use super::super::value::{AttributeValue, Item};

use super::Fault;

/// The most steps a path has.
const STEPS_MAX: usize = 32;

/// A document path, placeholders put in: an attribute and steps into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    attribute: String,
    steps: Vec<Step>,
}

/// A step into a map or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Name(String),
    Index(usize),
}

impl Path {
    /// The path of an attribute itself.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self { attribute: name.into(), steps: Vec::new() }
    }

    pub(super) fn new(attribute: String, steps: Vec<Step>) -> Result<Self, Fault> {
        let levels = steps.len() + 1;
        if levels > STEPS_MAX {
            return Err(format!(
                "The document path has too many nesting levels; nesting levels: {levels}"
            ));
        }
        Ok(Self { attribute, steps })
    }

    /// The attribute the path begins with.
    pub fn top(&self) -> &str {
        &self.attribute
    }

    /// Whether the path leads into the attribute.
    pub fn is_nested(&self) -> bool {
        !self.steps.is_empty()
    }

    /// What the item has there.
    pub fn find<'a>(&self, item: &'a Item) -> Option<&'a AttributeValue> {
        let attribute = item.get(&self.attribute)?;
        self.steps.iter().try_fold(attribute, |value, step| match (value, step) {
            (AttributeValue::M(members), Step::Name(name)) => members.get(name),
            (AttributeValue::L(elements), Step::Index(index)) => elements.get(*index),
            _ => None,
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.attribute)?;
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, ", {name}")?,
                Step::Index(index) => write!(f, ", [{index}]")?,
            }
        }
        f.write_str("]")
    }
}

/// Paths that begin alike, joined, with something at the end of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree<T> {
    Leaf(T),
    Names(BTreeMap<String, Tree<T>>),
    Indexes(BTreeMap<usize, Tree<T>>),
}

/// The attributes at the root of a [`Tree`].
pub(super) type Attributes<T> = BTreeMap<String, Tree<T>>;

/// Joins paths that neither overlap nor conflict ([`check_apart`]).
pub(super) fn tree<'a, T>(paths: impl Iterator<Item = (&'a Path, T)>) -> Attributes<T> {
    let mut by_attribute: BTreeMap<String, Vec<(&[Step], T)>> = BTreeMap::new();
    for (path, leaf) in paths {
        let attribute = by_attribute.entry(path.attribute.clone()).or_default();
        attribute.push((&path.steps, leaf));
    }
    join(by_attribute)
}

fn join<K: Ord, T>(branches: BTreeMap<K, Vec<(&[Step], T)>>) -> BTreeMap<K, Tree<T>> {
    let branches = branches.into_iter();
    let joined = branches.filter_map(|(key, branch)| Some((key, branch_of(branch)?)));
    joined.collect()
}

fn branch_of<T>(branch: Vec<(&[Step], T)>) -> Option<Tree<T>> {
    let mut names: BTreeMap<String, Vec<(&[Step], T)>> = BTreeMap::new();
    let mut indexes: BTreeMap<usize, Vec<(&[Step], T)>> = BTreeMap::new();
    let mut end = None;
    for (steps, leaf) in branch {
        match steps.split_first() {
            None => end = Some(leaf),
            Some((Step::Name(name), rest)) => {
                names.entry(name.clone()).or_default().push((rest, leaf));
            }
            Some((Step::Index(index), rest)) => {
                indexes.entry(*index).or_default().push((rest, leaf));
            }
        }
    }
    match (end, names.is_empty(), indexes.is_empty()) {
        (Some(leaf), ..) => Some(Tree::Leaf(leaf)),
        (None, false, _) => Some(Tree::Names(join(names))),
        (None, true, false) => Some(Tree::Indexes(join(indexes))),
        (None, true, true) => None,
    }
}

/// Refuses paths of which one holds the other, or of which one takes for a map
/// what the other takes for a list.
pub(super) fn check_apart(paths: &[&Path]) -> Result<(), Fault> {
    let mut conflict = None;
    for (at, second) in paths.iter().enumerate() {
        for first in &paths[..at] {
            match relation(first, second) {
                Relation::Apart => {}
                Relation::Overlap => return Err(clash("overlap", first, second)),
                Relation::Conflict => {
                    conflict.get_or_insert_with(|| clash("conflict", first, second));
                }
            }
        }
    }
    conflict.map_or(Ok(()), Err)
}

enum Relation {
    Apart,
    Overlap,
    Conflict,
}

fn relation(first: &Path, second: &Path) -> Relation {
    if first.attribute != second.attribute {
        return Relation::Apart;
    }
    for pair in first.steps.iter().zip(&second.steps) {
        match pair {
            (Step::Name(first), Step::Name(second)) if first == second => {}
            (Step::Index(first), Step::Index(second)) if first == second => {}
            (Step::Name(_), Step::Name(_)) | (Step::Index(_), Step::Index(_)) => {
                return Relation::Apart;
            }
            _ => return Relation::Conflict,
        }
    }
    Relation::Overlap
}

fn clash(how: &str, first: &Path, second: &Path) -> Fault {
    format!(
        "Two document paths {how} with each other; must remove or rewrite one of these paths; \
         path one: {first}, path two: {second}"
    )
}
