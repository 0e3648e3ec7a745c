//! Reads a shell's text, one complete command at a time.
//!
//! Written by hand and not taken from a crate: the one that was tried brings seventy more, among them a
//! cache shared by the whole process, and its text is a stranger's, so its depth has to be bounded here.

mod assign;
mod grammar;
mod test;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ast::{List, Word};

/// How deep constructs may stand in one another.
const DEPTH_MAX: usize = 100;

/// Why a text is no command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// It ends too early; with the quote or bracket that is missing.
    Incomplete(Option<char>, u32),
    /// The token that cannot stand there, and its line.
    Token(String, u32),
    /// Anything else, in the shell's words.
    Other(String, u32),
}

pub(super) type Parsed<T> = Result<T, Wrong>;

/// The text, and how far it has been read.
pub struct Reader<'a> {
    chars: Vec<char>,
    at: usize,
    pub line: u32,
    /// Where the next here-document begins, and which line end it waits for.
    document: Option<(usize, usize)>,
    depth: usize,
    aliases: &'a BTreeMap<String, String>,
    /// Aliases that are being replaced, so that one may name itself.
    used: BTreeSet<String>,
    /// Here-documents that the end of the text ended: their line and the word.
    pub warnings: Vec<(u32, String)>,
}

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(text: &str, line: u32, aliases: &'a BTreeMap<String, String>) -> Self {
        Self {
            chars: text.chars().collect(),
            at: 0,
            line,
            document: None,
            depth: 0,
            aliases,
            used: BTreeSet::new(),
            warnings: Vec::new(),
        }
    }

    /// The next complete command, up to the end of its line; nothing at the end of the text.
    pub fn next_list(&mut self) -> Parsed<Option<List>> {
        loop {
            self.blanks();
            match self.peek() {
                None => return Ok(None),
                Some('\n') => self.newline(),
                Some(_) => break,
            }
        }
        self.used.clear();
        let list = self.list(false)?;
        match self.peek() {
            None => {}
            Some('\n') => self.newline(),
            Some(_) => return Err(self.unexpected()),
        }
        Ok(Some(list))
    }

    /// What has not been read yet.
    #[must_use]
    pub fn rest(&self) -> String {
        self.chars[self.at.min(self.chars.len())..].iter().collect()
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.peek_at(n) == Some(c))
    }

    /// Takes one character; a line's end leads over the documents that follow it.
    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        if c == '\n' {
            self.newline();
        } else {
            self.at += 1;
        }
        Some(c)
    }

    fn newline(&mut self) {
        self.line += 1;
        if let Some((end, behind)) = self.document.take() {
            if end == self.at {
                let lines = self.chars[self.at + 1..behind].iter().filter(|c| **c == '\n').count();
                self.line += u32::try_from(lines).unwrap_or(0);
                self.at = behind;
                return;
            }
            self.document = Some((end, behind));
        }
        self.at += 1;
    }

    /// Leads over blanks, continued lines and a comment.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.at += 1,
                Some('\\') if self.peek_at(1) == Some('\n') => {
                    self.at += 1;
                    self.newline();
                }
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn lines(&mut self) {
        self.blanks();
        while self.peek() == Some('\n') {
            self.newline();
            self.blanks();
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_MAX {
            return Err(Wrong::Other("memory exhausted".into(), self.line));
        }
        self.depth += 1;
        let got = read(self);
        self.depth -= 1;
        got
    }

    /// The complaint about what stands here.
    fn unexpected(&mut self) -> Wrong {
        self.blanks();
        let line = self.line;
        let Some(c) = self.peek() else { return Wrong::Incomplete(None, line) };
        let token = match c {
            '\n' => "newline".to_owned(),
            ';' | '&' | '|' | '<' | '>' | '(' | ')' => {
                let three = [";;&", "<<-", "<<<", "&>>"];
                let two = [";;", ";&", "&&", "||", "|&", "<<", ">>", "<&", ">&", "&>", ">|", "<>"];
                three
                    .iter()
                    .chain(two.iter())
                    .find(|op| self.starts(op))
                    .map_or_else(|| c.to_string(), |op| (*op).to_owned())
            }
            _ => {
                let start = self.at;
                let _ = self.word();
                self.chars[start..self.at].iter().collect()
            }
        };
        Wrong::Token(token, line)
    }

    /// Reads the here-document whose operator was just read.
    fn here_document(&mut self, strip: bool) -> Parsed<Word> {
        self.blanks();
        let start = self.at;
        let Some(_) = self.word()? else { return Err(self.unexpected()) };
        let raw: String = self.chars[start..self.at].iter().collect();
        let quoted = raw.contains(['\'', '"', '\\']);
        let end: String = raw.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
        let (line_end, mut at) = match self.document {
            Some(known) => known,
            None => {
                let ahead = self.chars[self.at..].iter().position(|c| *c == '\n');
                let Some(ahead) = ahead else {
                    return Err(Wrong::Incomplete(None, self.line));
                };
                (self.at + ahead, self.at + ahead + 1)
            }
        };
        let mut body = String::new();
        let mut found = false;
        while at < self.chars.len() {
            let stop = self.chars[at..].iter().position(|c| *c == '\n');
            let stop = stop.map_or(self.chars.len(), |n| at + n);
            let line: String = self.chars[at..stop].iter().collect();
            let line = if strip { line.trim_start_matches('\t') } else { &line };
            at = (stop + 1).min(self.chars.len());
            if line == end {
                found = true;
                break;
            }
            body.push_str(line);
            body.push('\n');
        }
        if !found {
            self.warnings.push((self.line, end));
        }
        self.document = Some((line_end, at));
        if quoted {
            return Ok(Word::literal(&body));
        }
        self.inner(&body, words::Inside::Document)
    }

    /// Reads another text (a document's, what stands between backquotes) with this one's rules.
    fn inner(&mut self, text: &str, inside: words::Inside) -> Parsed<Word> {
        self.deeper(|this| {
            let mut reader = Reader::new(text, this.line, this.aliases);
            reader.depth = this.depth;
            Ok(Word(reader.double_parts(inside)?))
        })
    }

    fn inner_list(&mut self, text: &str) -> Parsed<Arc<List>> {
        self.deeper(|this| {
            let mut reader = Reader::new(text, this.line, this.aliases);
            reader.depth = this.depth;
            let mut all = List::default();
            while let Some(List(items)) = reader.next_list()? {
                all.0.extend(items);
            }
            Ok(Arc::new(all))
        })
    }
}
