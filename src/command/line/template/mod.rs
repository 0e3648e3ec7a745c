//! Go templates, as far as `--format` takes them: fields, functions, pipes, variables, `if`, `with`,
//! `range`, trimming. No `define`, `template` or `call`.
//!
//! Source: Go's text/template; the functions and their words are those of the docker client.

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
pub struct Template {
    nodes: Vec<parse::Node>,
}

/// What a template is applied to.
pub struct Data<'a> {
    pub value: &'a Value,
    /// The client's name of the type, when a missing field is an error of that type
    /// (`*formatter.ContainerContext`); otherwise it is a missing key.
    pub type_name: Option<&'a str>,
    /// Methods of the value that take one text: `.Label "name"`.
    pub methods: &'a [Method<'a>],
    /// What `null` stands for.
    pub kinds: &'a FieldKinds,
}

/// A method's name, and what it answers.
pub type Method<'a> = (&'a str, &'a dyn Fn(&str) -> String);

/// Which fields are maps and which are lists, whatever they are nested in: JSON has `null` for an
/// empty one of either, and objects for maps and structs alike.
#[derive(Debug)]
pub struct FieldKinds {
    pub maps: &'static [&'static str],
    pub lists: &'static [&'static str],
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What Go says: `template: :1: unclosed action`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pieces = lex::pieces(text)?;
        Ok(Self { nodes: parse::nodes(&pieces)? })
    }

    /// Fills it in.
    ///
    /// # Errors
    /// What Go says: `template: :1:2: executing "" at <.Foo>: …`.
    pub fn apply(&self, data: &Data<'_>) -> Result<String, String> {
        eval::apply(&self.nodes, data)
    }
}
