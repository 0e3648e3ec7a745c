//! From a pattern to steps.

use super::{Regex, Step, Syntax};
use crate::glob;

const DEPTH_MAX: usize = 100;
const STEPS_MAX: usize = 50_000;

enum Tree {
    Empty,
    One(Step),
    Group(Box<Tree>, usize),
    All(Vec<Tree>),
    Either(Vec<Tree>),
    Repeat(Box<Tree>, u32, Option<u32>),
}

struct Reader {
    text: Vec<char>,
    at: usize,
    extended: bool,
    groups: usize,
    backs: bool,
    depth: usize,
}

pub(super) fn compile(pattern: &str, syntax: Syntax, fold: bool) -> Result<Regex, &'static str> {
    let mut reader = Reader {
        text: pattern.chars().collect(),
        at: 0,
        extended: syntax == Syntax::Extended,
        groups: 0,
        backs: false,
        depth: 0,
    };
    let tree = reader.either()?;
    if reader.at < reader.text.len() {
        return Err("Unmatched ) or \\)");
    }
    let mut steps = vec![Step::Save(0)];
    emit(&tree, &mut steps)?;
    steps.push(Step::Save(1));
    steps.push(Step::Match);
    Ok(Regex { steps, groups: reader.groups + 1, backs: reader.backs, fold })
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn starts(&self, token: &str) -> bool {
        token.chars().enumerate().all(|(n, c)| self.text.get(self.at + n) == Some(&c))
    }

    /// The operator, as this syntax writes it.
    fn takes(&mut self, extended: &str, basic: &str) -> bool {
        let token = if self.extended { extended } else { basic };
        let found = self.starts(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn ends(&self) -> bool {
        self.at >= self.text.len()
            || self.starts(if self.extended { "|" } else { "\\|" })
            || self.closes()
    }

    fn closes(&self) -> bool {
        self.starts(if self.extended { ")" } else { "\\)" }) && self.depth > 0
    }

    fn either(&mut self) -> Result<Tree, &'static str> {
        if self.depth > DEPTH_MAX {
            return Err("Regular expression too big");
        }
        let mut all = vec![self.all()?];
        while self.takes("|", "\\|") {
            all.push(self.all()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Tree::Either(all) })
    }

    fn all(&mut self) -> Result<Tree, &'static str> {
        let mut all = Vec::new();
        while !self.ends() {
            let first = all.is_empty();
            let mut one = self.one(first)?;
            loop {
                let (low, high) = if self.peek() == Some('*') {
                    self.at += 1;
                    (0, None)
                } else if self.takes("+", "\\+") {
                    (1, None)
                } else if self.takes("?", "\\?") {
                    (0, Some(1))
                } else if self.starts(if self.extended { "{" } else { "\\{" }) {
                    match self.bounds()? {
                        Some(bounds) => bounds,
                        None => break,
                    }
                } else {
                    break;
                };
                one = Tree::Repeat(Box::new(one), low, high);
            }
            all.push(one);
        }
        Ok(match all.len() {
            0 => Tree::Empty,
            1 => all.remove(0),
            _ => Tree::All(all),
        })
    }

    fn bounds(&mut self) -> Result<Option<(u32, Option<u32>)>, &'static str> {
        let start = self.at;
        self.at += if self.extended { 1 } else { 2 };
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_digit() || *c == ',') {
            text.push(c);
            self.at += 1;
        }
        if !self.takes("}", "\\}") || text.is_empty() {
            if self.extended {
                self.at = start;
                return Ok(None);
            }
            return Err("Unmatched \\{");
        }
        let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n <= 1000);
        let bounds = match text.split_once(',') {
            None => number(&text).map(|n| (n, Some(n))),
            Some((low, "")) => number(if low.is_empty() { "0" } else { low }).map(|n| (n, None)),
            Some((low, high)) => number(if low.is_empty() { "0" } else { low })
                .zip(number(high))
                .map(|(a, b)| (a, Some(b))),
        };
        match bounds {
            Some((low, Some(high))) if low > high => Err("Invalid content of \\{\\}"),
            Some(bounds) => Ok(Some(bounds)),
            None => Err("Regular expression too big"),
        }
    }

    fn one(&mut self, first: bool) -> Result<Tree, &'static str> {
        let c = self.peek().unwrap_or_default();
        if self.takes("(", "\\(") {
            self.groups += 1;
            let number = self.groups;
            self.depth += 1;
            let inner = self.either()?;
            if !self.takes(")", "\\)") {
                return Err("Unmatched ( or \\(");
            }
            self.depth -= 1;
            return Ok(Tree::Group(Box::new(inner), number));
        }
        self.at += 1;
        let step = match c {
            '.' => Step::Any,
            '[' => self.set()?,
            '^' if self.extended || first => Step::Start,
            '$' if self.extended || self.ends() => Step::End,
            '\\' => {
                let Some(e) = self.peek() else { return Err("Trailing backslash") };
                self.at += 1;
                match e {
                    '1'..='9' => {
                        let number = usize::try_from(e.to_digit(10).unwrap_or(1)).unwrap_or(1);
                        if number > self.groups {
                            return Err("Invalid back reference");
                        }
                        self.backs = true;
                        Step::Back(number)
                    }
                    'b' => Step::Word { at: true },
                    'B' => Step::Word { at: false },
                    '<' => Step::WordStart,
                    '>' => Step::WordEnd,
                    'w' | 'W' => word(e == 'W'),
                    's' | 'S' => Step::Set {
                        not: e == 'S',
                        ranges: Vec::new(),
                        classes: glob::class("space").into_iter().collect(),
                    },
                    'n' => Step::Char('\n'),
                    't' => Step::Char('\t'),
                    e => Step::Char(e),
                }
            }
            '*' | '+' | '?' if self.extended && first => Step::Char(c),
            c => Step::Char(c),
        };
        Ok(Tree::One(step))
    }

    fn set(&mut self) -> Result<Step, &'static str> {
        let wrong = "Unmatched [, [^, [:, [., or [=";
        let not = self.peek() == Some('^');
        self.at += usize::from(not);
        let (mut ranges, mut classes) = (Vec::new(), Vec::new());
        let start = self.at;
        loop {
            let c = self.peek().ok_or(wrong)?;
            if c == ']' && self.at > start {
                self.at += 1;
                return Ok(Step::Set { not, ranges, classes });
            }
            if self.starts("[:") {
                let rest: String = self.text[self.at + 2..].iter().collect();
                let (name, _) = rest.split_once(":]").ok_or(wrong)?;
                classes.push(glob::class(name).ok_or("Invalid character class name")?);
                self.at += 4 + name.chars().count();
                continue;
            }
            self.at += 1;
            let high = self.text.get(self.at + 1).copied().filter(|c| *c != ']');
            match high {
                Some(high) if self.peek() == Some('-') => {
                    if high < c {
                        return Err("Invalid range end");
                    }
                    ranges.push((c, high));
                    self.at += 2;
                }
                _ => ranges.push((c, c)),
            }
        }
    }
}

fn word(not: bool) -> Step {
    Step::Set { not, ranges: vec![('_', '_')], classes: glob::class("alnum").into_iter().collect() }
}

fn emit(tree: &Tree, steps: &mut Vec<Step>) -> Result<(), &'static str> {
    if steps.len() > STEPS_MAX {
        return Err("Regular expression too big");
    }
    match tree {
        Tree::Empty => {}
        Tree::One(step) => steps.push(step.clone()),
        Tree::Group(inner, number) => {
            steps.push(Step::Save(2 * number));
            emit(inner, steps)?;
            steps.push(Step::Save(2 * number + 1));
        }
        Tree::All(all) => {
            for one in all {
                emit(one, steps)?;
            }
        }
        Tree::Either(all) => {
            let mut ends = Vec::new();
            for (n, one) in all.iter().enumerate() {
                if n + 1 == all.len() {
                    emit(one, steps)?;
                    break;
                }
                let split = steps.len();
                steps.push(Step::Split(split + 1, 0));
                emit(one, steps)?;
                ends.push(steps.len());
                steps.push(Step::Jump(0));
                let next = steps.len();
                steps[split] = Step::Split(split + 1, next);
            }
            let end = steps.len();
            for at in ends {
                steps[at] = Step::Jump(end);
            }
        }
        Tree::Repeat(inner, low, high) => {
            for _ in 0..*low {
                emit(inner, steps)?;
            }
            if let Some(high) = high {
                let mut splits = Vec::new();
                for _ in *low..*high {
                    splits.push(steps.len());
                    steps.push(Step::Split(steps.len() + 1, 0));
                    emit(inner, steps)?;
                }
                let end = steps.len();
                for at in splits {
                    steps[at] = Step::Split(at + 1, end);
                }
            } else {
                let split = steps.len();
                steps.push(Step::Split(split + 1, 0));
                emit(inner, steps)?;
                steps.push(Step::Jump(split));
                let end = steps.len();
                steps[split] = Step::Split(split + 1, end);
            }
        }
    }
    Ok(())
}
