//! What is wrong in a lab file, where, and what was meant.

use std::fmt;

/// One mistake in a lab file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The file, as it was named to the parser.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters, where it is known.
    pub column: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    /// `labs/x/lab.md:12: the step has no id; write {#id} behind its title`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.path, self.line)?;
        if let Some(column) = self.column {
            write!(f, "{column}:")?;
        }
        write!(f, " {}; {}", self.what, self.remedy)
    }
}

impl std::error::Error for Problem {}

/// Gathers the problems of one file.
pub(super) struct Report {
    path: String,
    found: Vec<Problem>,
}

impl Report {
    pub(super) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), found: Vec::new() }
    }

    pub(super) fn add(&mut self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.add_at(line, None, what, remedy);
    }

    pub(super) fn add_at(
        &mut self,
        line: usize,
        column: Option<usize>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (what, remedy) = (what.into(), remedy.into());
        self.found.push(Problem { path: self.path.clone(), line, column, what, remedy });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// In the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|p| (p.line, p.column));
        self.found
    }
}

/// ``; did you mean `x`?`` as a remedy, or all there is to choose from.
pub(super) fn remedy<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = base::text::nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<String> = known.into_iter().map(|k| format!("`{k}`")).collect();
    match all.len() {
        0 => "take it out".into(),
        _ => format!("known are {}", all.join(", ")),
    }
}
