//! The cluster query language, in which constraints say which instances they mean (Amazon ECS developer
//! guide, "Create expressions to define container instances for Amazon ECS tasks").
//!
//! ```text
//! expression   term { (or | ||) term }
//! term         factor { (and | &&) factor }
//! factor       [not | !] ( "(" expression ")" | subject operator argument | subject [exists | !exists] )
//! subject      attribute:NAME, ec2InstanceId, task:group
//! operator     ==, equals, !=, not_equals, >, >=, <, <=, =~, matches, !~, not_matches,
//!              in, not_in with [a, b]
//! ```

use regex_lite::Regex;

/// What an instance says of itself.
pub(crate) trait Subject {
    /// The values of `attribute:NAME` and the other subjects; none when there is no such thing.
    fn values(&self, subject: &str) -> Vec<String>;
}

/// A constraint's expression.
#[derive(Clone, Debug)]
pub(crate) enum Query {
    All(Vec<Query>),
    Any(Vec<Query>),
    Not(Box<Query>),
    Exists(String),
    Is(String, String),
    Order(String, bool, bool, String),
    Like(String, Box<Regex>),
}

/// Reads an expression; nothing when it is none.
pub(crate) fn parse(text: &str) -> Option<Query> {
    let words = words(text)?;
    let mut reader = Reader { words: &words, at: 0 };
    let query = reader.any()?;
    (reader.at == words.len()).then_some(query)
}

impl Query {
    pub(crate) fn fits(&self, of: &dyn Subject) -> bool {
        match self {
            Self::All(all) => all.iter().all(|query| query.fits(of)),
            Self::Any(any) => any.iter().any(|query| query.fits(of)),
            Self::Not(query) => !query.fits(of),
            Self::Exists(subject) => !of.values(subject).is_empty(),
            Self::Is(subject, value) => of.values(subject).contains(value),
            Self::Like(subject, pattern) => of.values(subject).iter().any(|v| pattern.is_match(v)),
            Self::Order(subject, greater, equal, value) => {
                let order = |got: &String| match (got.parse::<f64>(), value.parse::<f64>()) {
                    (Ok(got), Ok(value)) => got.total_cmp(&value),
                    _ => got.cmp(value),
                };
                of.values(subject).iter().any(|got| {
                    let order = order(got);
                    (*equal && order.is_eq())
                        || if *greater { order.is_gt() } else { order.is_lt() }
                })
            }
        }
    }
}

/// The words of an expression; signs are words of their own.
fn words(text: &str) -> Option<Vec<String>> {
    const SIGNS: [&str; 14] =
        ["==", "!=", ">=", "<=", "=~", "!~", "&&", "||", "(", ")", "[", "]", ",", "!"];
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(sign) = SIGNS.iter().chain(&[">", "<"]).find(|sign| rest.starts_with(**sign)) {
            words.push((*sign).to_owned());
            rest = rest[sign.len()..].trim_start();
        } else if let Some(quoted) = rest.strip_prefix('"') {
            let (word, behind) = quoted.split_once('"')?;
            words.push(word.to_owned());
            rest = behind.trim_start();
        } else {
            let ends = |c: char| c.is_whitespace() || "()[],<>=!&|\"".contains(c);
            let end = rest.find(ends).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            words.push(rest[..end].to_owned());
            rest = rest[end..].trim_start();
        }
    }
    Some(words)
}

struct Reader<'w> {
    words: &'w [String],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> &str {
        self.words.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at)?.clone();
        self.at += 1;
        Some(word)
    }

    fn eat(&mut self, words: &[&str]) -> bool {
        let there = words.contains(&self.peek());
        self.at += usize::from(there);
        there
    }

    fn any(&mut self) -> Option<Query> {
        let mut any = vec![self.all()?];
        while self.eat(&["or", "||"]) {
            any.push(self.all()?);
        }
        Some(Query::Any(any))
    }

    fn all(&mut self) -> Option<Query> {
        let mut all = vec![self.one()?];
        while self.eat(&["and", "&&"]) {
            all.push(self.one()?);
        }
        Some(Query::All(all))
    }

    fn one(&mut self) -> Option<Query> {
        if self.eat(&["not", "!"]) {
            return Some(Query::Not(Box::new(self.one()?)));
        }
        if self.eat(&["("]) {
            let inner = self.any()?;
            return self.eat(&[")"]).then_some(inner);
        }
        let subject = self.next().filter(|subject| is_subject(subject))?;
        let not = |query| Query::Not(Box::new(query));
        let operator = self.peek().to_owned();
        let order =
            |greater, equal| move |subject, value| Query::Order(subject, greater, equal, value);
        if !matches!(operator.as_str(), "" | ")" | "and" | "or" | "&&" | "||") {
            self.at += 1;
        }
        Some(match operator.as_str() {
            "==" | "equals" => Query::Is(subject, self.next()?),
            "!=" | "not_equals" => not(Query::Is(subject, self.next()?)),
            ">" | "greater_than" => order(true, false)(subject, self.next()?),
            ">=" | "greater_than_equal" => order(true, true)(subject, self.next()?),
            "<" | "less_than" => order(false, false)(subject, self.next()?),
            "<=" | "less_than_equal" => order(false, true)(subject, self.next()?),
            "=~" | "matches" => Query::Like(subject, self.pattern()?),
            "!~" | "not_matches" => not(Query::Like(subject, self.pattern()?)),
            "in" => self.list(&subject)?,
            "not_in" => not(self.list(&subject)?),
            "!" => self.eat(&["exists"]).then(|| not(Query::Exists(subject)))?,
            "exists" | "" | ")" | "and" | "or" | "&&" | "||" => Query::Exists(subject),
            _ => return None,
        })
    }

    fn pattern(&mut self) -> Option<Box<Regex>> {
        // A star stands for anything, as the guide's examples have it.
        let word = self.next()?;
        let pattern = if word.contains(".*") { word } else { word.replace('*', ".*") };
        Regex::new(&format!("^(?:{pattern})$")).ok().map(Box::new)
    }

    fn list(&mut self, subject: &str) -> Option<Query> {
        if !self.eat(&["["]) {
            return None;
        }
        let mut any = Vec::new();
        loop {
            any.push(Query::Is(subject.to_owned(), self.next()?));
            if self.eat(&["]"]) {
                return Some(Query::Any(any));
            }
            if !self.eat(&[","]) {
                return None;
            }
        }
    }
}

fn is_subject(word: &str) -> bool {
    word.starts_with("attribute:")
        || matches!(word, "ec2InstanceId" | "task:group" | "agentConnected" | "runningTasksCount")
}

#[cfg(test)]
mod tests {
    use super::{Subject, parse};

    struct One;

    impl Subject for One {
        fn values(&self, subject: &str) -> Vec<String> {
            let values: &[&str] = match subject {
                "attribute:ecs.instance-type" => &["t2.small"],
                "attribute:stack" => &["prod"],
                "task:group" => &["service:web", "family:job"],
                "runningTasksCount" => &["2"],
                _ => &[],
            };
            values.iter().map(|value| (*value).to_owned()).collect()
        }
    }

    #[test]
    fn expressions_say_which_instances_are_meant() {
        let check = |text: &str, want: Option<bool>| {
            assert_eq!(parse(text).map(|query| query.fits(&One)), want, "{text}");
        };
        check("attribute:ecs.instance-type == t2.small", Some(true));
        check("attribute:ecs.instance-type != t2.small", Some(false));
        check("attribute:ecs.instance-type =~ t2.*", Some(true));
        check("attribute:ecs.instance-type =~ m*", Some(false));
        check("attribute:ecs.instance-type in [t2.micro, t2.small]", Some(true));
        check("attribute:stack", Some(true));
        check("attribute:stack exists", Some(true));
        check("attribute:color exists", Some(false));
        check("attribute:color !exists", Some(true));
        check("task:group == service:web", Some(true));
        check("not(task:group == service:db)", Some(true));
        check("attribute:stack == prod and attribute:color == red", Some(false));
        check("attribute:stack == prod or attribute:color == red", Some(true));
        check("runningTasksCount < 3 && runningTasksCount >= 2", Some(true));
        check("stack == prod", None);
        check("attribute:stack ==", None);
        check("(attribute:stack", None);
    }
}
