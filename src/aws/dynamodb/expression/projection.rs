//! Projections: the parts of an item a request asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::super::error::ApiError;
use super::super::value::{AttributeValue, Item};

use super::path::{Attributes, Path, Tree, check_apart, tree};
use super::substitutions::Substitutions;
use super::{Fault, Kind, syntax};

/// The parts of an item to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    attributes: Attributes<()>,
}

impl Projection {
    /// Parses a projection expression.
    ///
    /// # Errors
    /// The text is no list of paths, or two of them concern the same part.
    pub fn parse(text: &str, substitutions: &mut Substitutions) -> Result<Self, ApiError> {
        let mut checked = || -> Result<Self, Fault> {
            let raw = syntax::parse_projection(text)?;
            let paths = raw.iter().map(|path| substitutions.path(path));
            let paths = paths.collect::<Result<Vec<_>, _>>()?;
            check_apart(&paths.iter().collect::<Vec<_>>())?;
            Ok(Self::of(&paths))
        };
        checked().map_err(|fault| Kind::Projection.invalid(&fault))
    }

    /// The projection onto paths that neither overlap nor conflict.
    pub(crate) fn of<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Self {
        Self { attributes: tree(paths.into_iter().map(|path| (path, ()))) }
    }

    /// The parts the item has. Of a list the chosen elements follow each other.
    pub fn apply(&self, item: &Item) -> Item {
        members(&self.attributes, item)
    }

    /// The attributes the parts lie in.
    pub fn attributes(&self) -> BTreeSet<&str> {
        self.attributes.keys().map(String::as_str).collect()
    }
}

fn members(chosen: &BTreeMap<String, Tree<()>>, from: &Item) -> Item {
    let parts = chosen.iter().filter_map(|(name, tree)| {
        let value = part(tree, from.get(name)?)?;
        Some((name.clone(), value))
    });
    parts.collect()
}

fn part(tree: &Tree<()>, value: &AttributeValue) -> Option<AttributeValue> {
    match (tree, value) {
        (Tree::Leaf(()), value) => Some(value.clone()),
        (Tree::Names(chosen), AttributeValue::M(from)) => {
            let found = members(chosen, from);
            (!found.is_empty()).then_some(AttributeValue::M(found))
        }
        (Tree::Indexes(chosen), AttributeValue::L(from)) => {
            let found = chosen.iter().filter_map(|(index, tree)| part(tree, from.get(*index)?));
            let found = found.collect::<Vec<_>>();
            (!found.is_empty()).then_some(AttributeValue::L(found))
        }
        _ => None,
    }
}
