//! A live view made of general parts: what a simulated system shows of itself without drawing code
//! of its own. Plain data, made from the world each time somebody looks; says nothing of colours,
//! widths or places.
//!
//! ```text
//! Tables · 2                 heading of a section
//!   region   us-east-1       facts
//!   Id │ Name                table
//!   a1 │ first
//!   ├─ one                   tree
//!   │  └─ inside of one
//!   None yet.                note
//! ```

/// What a system shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    pub sections: Vec<Section>,
}

/// A heading with what belongs to it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Section {
    pub heading: String,
    pub parts: Vec<Part>,
}

/// Something below a heading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Names and values, one below the other.
    Facts(Vec<(String, String)>),
    /// Each row has as many cells as there are columns; missing ones are empty.
    Table { columns: Vec<String>, rows: Vec<Vec<String>> },
    /// Things that stand in one another: networks and what is in them.
    Tree(Vec<Branch>),
    /// A sentence.
    Note(String),
}

/// A line of a tree, with what hangs on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Branch {
    pub text: String,
    pub mood: Mood,
    pub children: Vec<Branch>,
}

/// How a line of a tree stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mood {
    #[default]
    Plain,
    /// What stands for something else, or is of less importance.
    Aside,
    Good,
    Bad,
    /// Under way.
    Going,
}

impl Branch {
    #[must_use]
    pub fn new(mood: Mood, text: impl Into<String>) -> Self {
        Self { text: text.into(), mood, children: Vec::new() }
    }

    /// It, with these on it.
    #[must_use]
    pub fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    fn lines(&self) -> usize {
        2 + self.children.iter().map(Self::lines).sum::<usize>()
    }
}

impl View {
    /// Begins a section.
    #[must_use]
    pub fn section(mut self, heading: impl Into<String>) -> Self {
        self.sections.push(Section { heading: heading.into(), parts: Vec::new() });
        self
    }

    /// Puts names and values into the last section.
    #[must_use]
    pub fn facts(self, facts: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.part(Part::Facts(facts))
    }

    /// Puts a table into the last section.
    #[must_use]
    pub fn table(self, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        let columns = columns.iter().map(|c| (*c).to_owned()).collect();
        self.part(Part::Table { columns, rows })
    }

    /// Puts a tree into the last section.
    #[must_use]
    pub fn tree(self, branches: impl IntoIterator<Item = Branch>) -> Self {
        self.part(Part::Tree(branches.into_iter().collect()))
    }

    /// Puts a sentence into the last section.
    #[must_use]
    pub fn note(self, text: impl Into<String>) -> Self {
        self.part(Part::Note(text.into()))
    }

    fn part(mut self, part: Part) -> Self {
        if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
        if let Some(last) = self.sections.last_mut() {
            last.parts.push(part);
        }
        self
    }

    /// About how many lines it has, and not fewer on any screen of usual width.
    #[must_use]
    pub fn lines_about(&self) -> usize {
        let part = |part: &Part| match part {
            Part::Facts(facts) => 2 * facts.len() + 1,
            // In a narrow pane each cell has a line of its own.
            Part::Table { columns, rows } => (rows.len() + 1) * (columns.len() + 1) + 2,
            Part::Tree(branches) => branches.iter().map(Branch::lines).sum(),
            Part::Note(_) => 4,
        };
        self.sections.iter().map(|s| s.parts.iter().map(part).sum::<usize>() + 3).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, View};

    #[test]
    fn parts_go_into_the_last_section() {
        let view = View::default()
            .note("before any heading")
            .section("Tables")
            .facts([("region", "us-east-1".to_owned())])
            .table(&["Id"], vec![vec!["a".to_owned()]]);
        let counts: Vec<(&str, usize)> =
            view.sections.iter().map(|s| (s.heading.as_str(), s.parts.len())).collect();
        assert_eq!(counts, [("", 1), ("Tables", 2)]);
        assert_eq!(view.sections[0].parts, [Part::Note("before any heading".to_owned())]);
        assert!(view.lines_about() >= 9);
    }
}
