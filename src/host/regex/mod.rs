//! POSIX regular expressions, basic and extended, as grep, sed and awk take them.
//!
//! The crates that are at hand take the first alternative that fits and know no back-references; the
//! tools take the longest match and do. Patterns are strangers' text, so a match is bounded: without
//! back-references no state is tried twice at one place.

mod parse;
mod run;

/// How a pattern is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    Basic,
    Extended,
}

/// One step of the machine.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Char(char),
    Any,
    Set {
        not: bool,
        ranges: Vec<(char, char)>,
        classes: Vec<fn(&char) -> bool>,
    },
    /// Both are tried, the first one first.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Start,
    End,
    Word {
        at: bool,
    },
    WordStart,
    WordEnd,
    Back(usize),
    Match,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regex {
    pub(crate) steps: Vec<Step>,
    pub(crate) groups: usize,
    pub(crate) backs: bool,
    pub(crate) fold: bool,
}

/// Where the whole and its groups matched, in bytes.
pub type Found = Vec<Option<(usize, usize)>>;

impl Regex {
    /// Compiles; the error is the tools' own wording.
    pub fn new(pattern: &str, syntax: Syntax, fold: bool) -> Result<Self, &'static str> {
        parse::compile(pattern, syntax, fold)
    }

    /// The first match that begins at this byte or behind it, the longest of those that begin there.
    pub fn find(&self, text: &str, from: usize) -> Option<Found> {
        run::find(self, text, from)
    }

    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.find(text, 0).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended() {
        let check = |pattern: &str, text: &str, want: Option<(usize, usize)>| {
            let regex = Regex::new(pattern, Syntax::Extended, false).unwrap();
            assert_eq!(regex.find(text, 0).and_then(|found| found[0]), want, "{pattern} {text}");
        };
        check("a|ab", "xab", Some((1, 3)));
        check("a{2,3}", "aaaa", Some((0, 3)));
        check("^[[:digit:]]+$", "123", Some((0, 3)));
        check("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaac", None);
        check(r"\bfoo\b", "a foo b", Some((2, 5)));
        check("x?", "abc", Some((0, 0)));
        check("[^a-c]", "abcd", Some((3, 4)));
        check("(a)(b)?", "ac", Some((0, 1)));
        check("", "abc", Some((0, 0)));
        check("é.", "né!", Some((1, 4)));
    }

    #[test]
    fn basic() {
        let check = |pattern: &str, text: &str, want: Option<(usize, usize)>| {
            let regex = Regex::new(pattern, Syntax::Basic, false).unwrap();
            assert_eq!(regex.find(text, 0).and_then(|found| found[0]), want, "{pattern} {text}");
        };
        check("a+b", "a+b", Some((0, 3)));
        check(r"\(.\)\1", "abb", Some((1, 3)));
        check(r"a\{2\}", "baa", Some((1, 3)));
        check("*a", "*a", Some((0, 2)));
        check(r"a\|b", "b", Some((0, 1)));
        assert!(Regex::new("[a", Syntax::Basic, false).is_err());
    }
}
