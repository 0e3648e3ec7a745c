//! The glossary: what a word means in one paragraph, what else it is called, and where the notes are
//! about it. It is a page of the notes, and search goes by its words.

use std::fmt::Write as _;

use super::lesson;

/// The embedded file.
const FILE: &str = include_str!("../../assets/glossary.toml");

/// One word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    pub name: String,
    /// What else people call it, or type when they look for it.
    pub also: Vec<String>,
    /// What it means: a paragraph of Markdown.
    pub text: String,
    /// Sections of the notes that are about it, the best first: `cloud/s3#versions`.
    pub see: Vec<String>,
}

impl Term {
    /// Its section of the glossary's page.
    #[must_use]
    pub fn anchor(&self) -> String {
        lesson::slug(&self.name)
    }

    /// All that it is called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.also.iter().map(String::as_str))
    }
}

/// The terms of the program, by name.
///
/// # Errors
/// When the file is not what a glossary is. The embedded one is tried by a test.
pub(super) fn embedded() -> Result<Vec<Term>, String> {
    read(FILE)
}

/// Reads `[[term]]` tables with `name`, `text`, and perhaps `also` and `see`.
pub(super) fn read(text: &str) -> Result<Vec<Term>, String> {
    let file: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    if let Some(stray) = file.keys().find(|key| *key != "term") {
        return Err(format!("the glossary knows no {stray:?}: every entry is a [[term]]"));
    }
    let all = file.get("term").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut terms: Vec<Term> = all.iter().map(term).collect::<Result<_, _>>()?;
    terms.sort_by_key(|term| term.name.to_lowercase());
    match terms.windows(2).find(|pair| pair[0].anchor() == pair[1].anchor()) {
        Some(pair) => Err(format!("{:?} is in the glossary twice", pair[0].name)),
        None => Ok(terms),
    }
}

fn term(value: &toml::Value) -> Result<Term, String> {
    let table = value.as_table().ok_or("a term of the glossary is not a table")?;
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::trim);
    let name =
        text("name").filter(|n| !n.is_empty()).ok_or("a term of the glossary has no name")?;
    if let Some(stray) =
        table.keys().find(|k| !["name", "also", "text", "see"].contains(&k.as_str()))
    {
        return Err(format!("{name:?} in the glossary has a key {stray:?} that is not known"));
    }
    let list = |key: &str| -> Result<Vec<String>, String> {
        let Some(value) = table.get(key) else { return Ok(Vec::new()) };
        let texts = value.as_array().and_then(|all| {
            all.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        texts.ok_or_else(|| format!("`{key}` of {name:?} in the glossary is not a list of texts"))
    };
    let meaning = text("text").filter(|t| !t.is_empty());
    Ok(Term {
        name: name.to_owned(),
        also: list("also")?,
        text: meaning
            .ok_or_else(|| format!("{name:?} in the glossary is not explained"))?
            .to_owned(),
        see: list("see")?,
    })
}

/// The glossary's page. `title` gives what a section of the notes is called.
pub(super) fn markdown(terms: &[Term], title: impl Fn(&str) -> String) -> String {
    let mut out = String::from("# Glossary\n\n*What is it called, and where is it explained?*\n");
    for term in terms {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n## {}\n\n{}\n", term.name, term.text);
        if !term.also.is_empty() {
            let _ = writeln!(out, "\nAlso: {}.", term.also.join(", "));
        }
        if !term.see.is_empty() {
            let links = term.see.iter().map(|to| format!("[{}](notes:{to})", title(to)));
            let _ = writeln!(out, "\nRead: {}.", links.collect::<Vec<_>>().join(", "));
        }
    }
    out
}
