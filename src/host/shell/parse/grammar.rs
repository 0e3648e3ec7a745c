//! Commands, pipelines and lists.

use std::sync::Arc;

use super::super::ast::{
    Arm, ArmEnd, Command, Item, Kind, Link, List, Pipeline, Redirect, RedirectKind, Word,
};
use super::assign::assignment;
use super::words::Inside;
use super::{Parsed, Reader, Wrong};

const RESERVED: [&str; 9] = ["then", "else", "elif", "fi", "do", "done", "esac", "}", "in"];

impl Reader<'_> {
    /// Commands up to something that cannot begin one; over lines, if asked.
    pub(super) fn list(&mut self, lines: bool) -> Parsed<List> {
        let mut items = Vec::new();
        loop {
            if lines {
                self.lines();
            }
            self.blanks();
            if self.ends_list() {
                break;
            }
            let start = self.at;
            let chain = self.chain()?;
            let text: String = self.chars[start..self.at].iter().collect();
            self.blanks();
            let mut item = Item { chain, background: false, text: text.trim_end().into() };
            match self.peek() {
                Some('&') => {
                    self.at += 1;
                    item.background = true;
                    items.push(item);
                }
                Some(';') if !matches!(self.peek_at(1), Some(';' | '&')) => {
                    self.at += 1;
                    items.push(item);
                }
                Some('\n') if lines => items.push(item),
                _ => {
                    items.push(item);
                    break;
                }
            }
        }
        Ok(List(items))
    }

    /// The word that stands here, when nothing in it is quoted.
    fn reserved(&self) -> String {
        let mut word = String::new();
        let mut ahead = 0;
        while let Some(c) = self.peek_at(ahead) {
            if matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')') {
                break;
            }
            word.push(c);
            ahead += 1;
        }
        word
    }

    fn ends_list(&self) -> bool {
        match self.peek() {
            None | Some(')' | '\n') => true,
            Some(';' | '&') => self.starts(";;") || self.starts(";&"),
            Some(_) => RESERVED[..8].contains(&self.reserved().as_str()),
        }
    }

    fn chain(&mut self) -> Parsed<Vec<(Link, Pipeline)>> {
        let mut chain = vec![(Link::First, self.pipeline()?)];
        loop {
            self.blanks();
            let link = if self.starts("&&") {
                Link::And
            } else if self.starts("||") {
                Link::Or
            } else {
                return Ok(chain);
            };
            self.at += 2;
            self.lines();
            chain.push((link, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let (mut negated, mut timed) = (false, false);
        loop {
            self.blanks();
            match self.reserved().as_str() {
                "!" => {
                    negated = !negated;
                    self.at += 1;
                }
                "time" => {
                    timed = true;
                    self.at += 4;
                }
                _ => break,
            }
        }
        let mut commands = vec![self.command()?];
        loop {
            self.blanks();
            if self.peek() != Some('|') || self.peek_at(1) == Some('|') {
                break;
            }
            self.at += 1;
            if self.peek() == Some('&') {
                self.at += 1;
                if let Some(last) = commands.last_mut() {
                    Arc::make_mut(last).redirects.push(Redirect {
                        fd: Some(2),
                        kind: RedirectKind::CopyOut,
                        target: Word::literal("1"),
                    });
                }
            }
            self.lines();
            commands.push(self.command()?);
        }
        Ok(Pipeline { negated, timed, commands })
    }

    fn command(&mut self) -> Parsed<Arc<Command>> {
        self.deeper(|this| {
            this.blanks();
            let line = this.line;
            let kind = this.compound()?;
            let Some(kind) = kind else { return this.simple() };
            let mut redirects = Vec::new();
            if !matches!(kind, Kind::Function { .. }) {
                while let Some(redirect) = this.redirect()? {
                    redirects.push(redirect);
                }
            }
            Ok(Arc::new(Command { kind, redirects, line }))
        })
    }

    fn compound(&mut self) -> Parsed<Option<Kind>> {
        let word = self.reserved();
        if word.is_empty() && self.peek() == Some('(') {
            self.at += 1;
            if self.peek() == Some('(') {
                let start = (self.at, self.line);
                self.at += 1;
                let parts = self.double_parts(Inside::Arithmetic)?;
                if self.starts("))") {
                    self.at += 2;
                    return Ok(Some(Kind::Arithmetic(Word(parts))));
                }
                (self.at, self.line) = start;
            }
            let list = self.body()?;
            self.close(")")?;
            return Ok(Some(Kind::Subshell(list)));
        }
        let length = word.chars().count();
        match word.as_str() {
            "{" | "if" | "while" | "until" | "for" | "case" | "[[" | "function" => {
                self.at += length;
            }
            word if RESERVED[..8].contains(&word) => return Err(self.unexpected()),
            _ => return self.function(&word),
        }
        let kind = match word.as_str() {
            "{" => {
                let list = self.body()?;
                self.close("}")?;
                Kind::Group(list)
            }
            "if" => self.conditional()?,
            "while" | "until" => {
                let condition = self.body()?;
                Kind::While { until: word == "until", condition, body: self.do_group()? }
            }
            "for" => self.for_loop()?,
            "case" => self.case()?,
            "[[" => Kind::Test(self.test()?),
            _ => {
                self.blanks();
                let name = self.reserved();
                self.at += name.chars().count();
                self.blanks();
                if self.peek() == Some('(') {
                    self.at += 1;
                    self.close(")")?;
                }
                self.lines();
                Kind::Function { name, body: self.command()? }
            }
        };
        Ok(Some(kind))
    }

    /// `NAME () body`
    fn function(&mut self, name: &str) -> Parsed<Option<Kind>> {
        let start = self.at;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        if name.is_empty() || !name.chars().all(plain) {
            return Ok(None);
        }
        self.at += name.chars().count();
        self.blanks();
        if self.peek() != Some('(') {
            self.at = start;
            return Ok(None);
        }
        self.at += 1;
        self.blanks();
        if self.peek() != Some(')') {
            return Err(self.unexpected());
        }
        self.at += 1;
        self.lines();
        Ok(Some(Kind::Function { name: name.to_owned(), body: self.command()? }))
    }

    /// A list that may not be empty.
    fn body(&mut self) -> Parsed<Arc<List>> {
        let list = self.list(true)?;
        if list.0.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Arc::new(list))
    }

    fn close(&mut self, word: &str) -> Parsed<()> {
        self.lines();
        let here = self.reserved();
        if self.starts(word) && (here == word || word == ")") {
            self.at += word.len();
            return Ok(());
        }
        Err(self.unexpected())
    }

    fn conditional(&mut self) -> Parsed<Kind> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.body()?;
            self.close("then")?;
            arms.push((condition, self.body()?));
            self.lines();
            match self.reserved().as_str() {
                "elif" => self.at += 4,
                "else" => {
                    self.at += 4;
                    otherwise = Some(self.body()?);
                    self.close("fi")?;
                    break;
                }
                _ => {
                    self.close("fi")?;
                    break;
                }
            }
        }
        Ok(Kind::If { arms, otherwise })
    }

    fn do_group(&mut self) -> Parsed<Arc<List>> {
        self.close("do")?;
        let body = self.body()?;
        self.close("done")?;
        Ok(body)
    }

    fn for_loop(&mut self) -> Parsed<Kind> {
        self.blanks();
        if self.starts("((") {
            self.at += 2;
            let mut parts = Vec::new();
            for end in [";", ";", ")"] {
                let depth = std::cell::Cell::new(0_u32);
                let part = self.word_until(&|c| {
                    match c {
                        '(' => depth.set(depth.get() + 1),
                        ')' if depth.get() > 0 => {
                            depth.set(depth.get() - 1);
                            return false;
                        }
                        _ => {}
                    }
                    end.contains(c) && depth.get() == 0
                })?;
                self.take();
                parts.push(part);
            }
            self.close(")")?;
            self.optional_semicolon();
            let mut parts = parts.into_iter();
            let mut next = || parts.next().unwrap_or_default();
            let parts = Box::new([next(), next(), next()]);
            return Ok(Kind::ForArithmetic { parts, body: self.do_group()? });
        }
        let name = self.reserved();
        let valid = name
            .chars()
            .enumerate()
            .all(|(n, c)| c == '_' || c.is_ascii_alphabetic() || (n > 0 && c.is_ascii_digit()));
        if name.is_empty() {
            return Err(self.unexpected());
        }
        self.at += name.chars().count();
        if !valid {
            return Err(Wrong::Other(format!("`{name}': not a valid identifier"), self.line));
        }
        self.lines();
        let words = if self.reserved() == "in" {
            self.at += 2;
            let mut words = Vec::new();
            loop {
                self.blanks();
                match self.word()? {
                    Some(word) => words.push(word),
                    None => break,
                }
            }
            Some(words)
        } else {
            None
        };
        self.optional_semicolon();
        Ok(Kind::For { name, words, body: self.do_group()? })
    }

    fn optional_semicolon(&mut self) {
        self.blanks();
        if self.peek() == Some(';') {
            self.at += 1;
        }
    }

    fn case(&mut self) -> Parsed<Kind> {
        self.blanks();
        let Some(word) = self.word()? else { return Err(self.unexpected()) };
        self.close("in")?;
        let mut arms = Vec::new();
        loop {
            self.lines();
            if self.reserved() == "esac" {
                self.at += 4;
                return Ok(Kind::Case { word, arms });
            }
            if self.peek() == Some('(') {
                self.at += 1;
            }
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                let Some(pattern) = self.word()? else { return Err(self.unexpected()) };
                patterns.push(pattern);
                self.blanks();
                match self.peek() {
                    Some('|') => self.at += 1,
                    Some(')') => break,
                    _ => return Err(self.unexpected()),
                }
            }
            self.at += 1;
            let body = Arc::new(self.list(true)?);
            self.lines();
            let mut end = ArmEnd::Break;
            for (text, kind) in
                [(";;&", ArmEnd::Resume), (";;", ArmEnd::Break), (";&", ArmEnd::Fall)]
            {
                if self.starts(text) {
                    self.at += text.len();
                    end = kind;
                    arms.push(Arm {
                        patterns: std::mem::take(&mut patterns),
                        body: body.clone(),
                        end,
                    });
                    break;
                }
            }
            if !patterns.is_empty() {
                arms.push(Arm { patterns, body, end });
                self.close("esac")?;
                return Ok(Kind::Case { word, arms });
            }
        }
    }

    fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        self.blanks();
        let start = self.at;
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        const OPERATORS: [(&str, RedirectKind); 12] = [
            ("<<<", RedirectKind::Text),
            ("<<-", RedirectKind::Document),
            ("<<", RedirectKind::Document),
            ("<&", RedirectKind::CopyIn),
            ("<>", RedirectKind::ReadWrite),
            ("<", RedirectKind::Read),
            (">>", RedirectKind::Append),
            (">&", RedirectKind::CopyOut),
            (">|", RedirectKind::Clobber),
            (">", RedirectKind::Write),
            ("&>>", RedirectKind::BothAppend),
            ("&>", RedirectKind::Both),
        ];
        let found = OPERATORS.iter().find(|(text, _)| self.starts(text));
        let Some((text, kind)) = found.filter(|(t, _)| digits.is_empty() || !t.starts_with('&'))
        else {
            self.at = start;
            return Ok(None);
        };
        self.at += text.len();
        let target = if *kind == RedirectKind::Document {
            self.here_document(*text == "<<-")?
        } else {
            self.blanks();
            match self.word()? {
                Some(word) => word,
                None => return Err(self.unexpected()),
            }
        };
        Ok(Some(Redirect { fd: digits.parse().ok(), kind: *kind, target }))
    }

    fn simple(&mut self) -> Parsed<Arc<Command>> {
        let line = self.line;
        let (mut assigns, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty() {
                self.replace_alias();
            }
            let Some(word) = self.word()? else { break };
            if words.is_empty()
                && let Some(assign) = assignment(&word)
            {
                assigns.push(assign);
                continue;
            }
            words.push(word);
        }
        if assigns.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected());
        }
        if self.peek() == Some('(') {
            return Err(self.unexpected());
        }
        Ok(Arc::new(Command { kind: Kind::Simple { assigns, words }, redirects, line }))
    }

    fn replace_alias(&mut self) {
        let word = self.reserved();
        let Some(text) = self.aliases.get(&word).filter(|_| !self.used.contains(&word)) else {
            return;
        };
        let end = self.at + word.chars().count();
        self.chars.splice(self.at..end, text.chars());
        if let Some((line_end, behind)) = &mut self.document {
            *line_end = *line_end + text.chars().count() - (end - self.at);
            *behind = *behind + text.chars().count() - (end - self.at);
        }
        self.used.insert(word);
    }
}
