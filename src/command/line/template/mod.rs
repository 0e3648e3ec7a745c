//! Go templates, as far as `--format` takes them: fields, functions, pipes, variables, `if`, `with`,
//! `range`, trimming. No `define`, `template` or `call`.
//!
//! Source: Go's text/template; the functions and their words are those of the docker client.

mod eval;
mod float;
mod functions;
mod lex;
mod parse;
mod printf;
mod shape;
#[cfg(test)]
mod tests;
mod value;

use serde_json::Value;

pub use shape::{InJson, Member, Shape, Struct};

/// A template, read.
#[derive(Debug)]
pub struct Template {
    nodes: Vec<parse::Node>,
}

/// What a template is applied to.
pub struct Data<'a> {
    pub value: &'a Value,
    /// What it is in the client's program.
    pub shape: &'a Shape,
    /// The client's name of the type of a row whose shape is [`Shape::Any`], when a missing field is
    /// an error of that type (`*formatter.ContainerContext`); otherwise it is a missing key.
    pub type_name: Option<&'a str>,
    /// Methods of the value that take one text: `.Label "name"`.
    pub methods: &'a [Method<'a>],
}

/// A method's name, and what it answers.
pub type Method<'a> = (&'a str, &'a dyn Fn(&str) -> String);

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
        let mut out = String::new();
        self.apply_to(&mut out, data)?;
        Ok(out)
    }

    /// Fills it in, for a client that prints what there is before something goes wrong.
    ///
    /// # Errors
    /// As [`Template::apply`].
    pub fn apply_to(&self, out: &mut String, data: &Data<'_>) -> Result<(), String> {
        eval::apply(&self.nodes, data, out)
    }
}
