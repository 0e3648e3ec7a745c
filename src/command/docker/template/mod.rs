//! Go templates, as far as `--format` takes them: fields, functions, pipes, variables, `if`, `with`,
//! `range`, trimming. No `define`, `template` or `call`.
//!
//! Source: Go's text/template, with the functions that the docker client adds.

mod eval;
mod functions;
mod lex;
mod parse;
#[cfg(test)]
mod tests;
mod value;

use serde_json::Value;

/// A template, read.
#[derive(Debug)]
pub(super) struct Template {
    nodes: Vec<parse::Node>,
}

/// What a template is applied to.
pub(super) struct Data<'a> {
    pub(super) value: &'a Value,
    /// The client's name of the type, when a missing field is an error of that type
    /// (`*formatter.ContainerContext`); otherwise it is a missing key.
    pub(super) type_name: Option<&'a str>,
    /// What `.Label "name"` answers.
    pub(super) label: Option<&'a dyn Fn(&str) -> String>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What Go says: `template: :1: unclosed action`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let pieces = lex::pieces(text)?;
        Ok(Self { nodes: parse::nodes(&pieces)? })
    }

    /// Fills it in.
    ///
    /// # Errors
    /// What Go says: `template: :1:2: executing "" at <.Foo>: …`.
    pub(super) fn apply(&self, data: &Data<'_>) -> Result<String, String> {
        eval::apply(&self.nodes, data)
    }
}
