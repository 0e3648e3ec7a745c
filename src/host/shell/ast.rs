//! What a shell's text is, once it has been read.

use std::sync::Arc;

/// Commands one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct List(pub Vec<Item>);

/// One and-or list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    pub chain: Vec<(Link, Pipeline)>,
    /// Whether `&` stands behind it.
    pub background: bool,
    /// As it was typed, for the table of jobs.
    pub text: Arc<str>,
}

/// What stands before a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    First,
    And,
    Or,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pipeline {
    pub negated: bool,
    pub timed: bool,
    pub commands: Vec<Arc<Command>>,
}

/// One command with its redirections.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Command {
    pub kind: Kind,
    pub redirects: Vec<Redirect>,
    /// Counted from 1 in the text it stands in.
    pub line: u32,
}

/// What a command is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Simple { assigns: Vec<Assign>, words: Vec<Word> },
    Group(Arc<List>),
    Subshell(Arc<List>),
    If { arms: Vec<(Arc<List>, Arc<List>)>, otherwise: Option<Arc<List>> },
    While { until: bool, condition: Arc<List>, body: Arc<List> },
    For { name: String, words: Option<Vec<Word>>, body: Arc<List> },
    ForArithmetic { parts: Box<[Word; 3]>, body: Arc<List> },
    Case { word: Word, arms: Vec<Arm> },
    Arithmetic(Word),
    Test(Test),
    Function { name: String, body: Arc<Command> },
}

/// `NAME=value`, `NAME+=value`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Assign {
    pub name: String,
    pub append: bool,
    pub value: Word,
}

/// One arm of `case`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arm {
    pub patterns: Vec<Word>,
    pub body: Arc<List>,
    pub end: ArmEnd,
}

/// What comes after an arm: `;;`, `;&`, `;;&`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArmEnd {
    Break,
    Fall,
    Resume,
}

/// What stands between `[[` and `]]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    Word(Word),
    Unary(String, Word),
    Binary(Word, String, Word),
    Not(Box<Test>),
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Redirect {
    pub fd: Option<u32>,
    pub kind: RedirectKind,
    pub target: Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectKind {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>|`
    Clobber,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&`
    CopyIn,
    /// `>&`
    CopyOut,
    /// `&>`
    Both,
    /// `&>>`
    BothAppend,
    /// `<<` and `<<-`: the target is the document.
    Document,
    /// `<<<`
    Text,
}

/// A word, before it is expanded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Word(pub Vec<Part>);

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// As it stands, subject to patterns.
    Plain(String),
    /// Quoted: nothing in it means anything.
    Quoted(String),
    /// Between double quotes.
    Double(Vec<Part>),
    Parameter(Box<Parameter>),
    /// `$(…)` and backquotes.
    Command(Arc<List>),
    /// `$((…))`
    Arithmetic(Word),
}

/// `$NAME` and `${NAME…}`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parameter {
    pub name: String,
    /// `${!NAME}`
    pub indirect: bool,
    pub op: Op,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    None,
    Length,
    /// `-`, `=`, `?`, `+`, with or without a colon.
    Default {
        colon: bool,
        sign: char,
        word: Word,
    },
    Trim {
        suffix: bool,
        longest: bool,
        pattern: Word,
    },
    /// `/`, `//`, `/#`, `/%`
    Replace {
        how: Replace,
        pattern: Word,
        with: Word,
    },
    Slice {
        offset: Word,
        length: Option<Word>,
    },
    /// `^`, `^^`, `,`, `,,`
    Case {
        upper: bool,
        all: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replace {
    First,
    All,
    Start,
    End,
}

impl Word {
    /// A word that stands for itself.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self(vec![Part::Quoted(text.to_owned())])
    }

    /// The text of a word without quotes or expansions.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Plain(text)] => Some(text),
            _ => None,
        }
    }
}
