//! The shorthand syntax for structures: `Key=a,Value=b`, `TagSet=[{Key=a,Value=b}]`, with quotes
//! (AWS CLI User Guide, "Using shorthand syntax").
//!
//! The parser knows no shapes: every leaf is a string. [`conform`] then gives the leaves the types
//! that the shape asks for.

use serde_json::{Map, Value};

use sim::api::Shape;

/// Reads one argument; the error is the message behind `Error parsing parameter '--x': `.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0 };
    parser.pairs()
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

type Parsed<T> = Result<T, String>;

impl Parser {
    fn current(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.current().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// The input with a caret below the place.
    fn location(&self) -> String {
        let text: String = self.chars.iter().collect();
        let line_start = self.chars[..self.at.min(self.chars.len())]
            .iter()
            .rposition(|c| *c == '\n')
            .map_or(0, |n| n + 1);
        let caret = format!("{}^", " ".repeat(self.at - line_start));
        let line_end = self.chars[self.at.min(self.chars.len())..]
            .iter()
            .position(|c| *c == '\n')
            .map_or(self.chars.len(), |n| self.at + n);
        let head: String = self.chars[..line_end].iter().collect();
        let tail: String = text.chars().skip(line_end).collect();
        format!("{head}\n{caret}{tail}")
    }

    fn fail<T>(&self, expected: &str, received: &str) -> Parsed<T> {
        let location = self.location();
        Err(format!("Expected: '{expected}', received: '{received}' for input:\n{location}"))
    }

    fn expect(&mut self, wanted: char) -> Parsed<()> {
        match self.current() {
            Some(c) if c == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(c) => self.fail(&wanted.to_string(), &c.to_string()),
            None => self.fail(&wanted.to_string(), "EOF"),
        }
    }

    /// The same with blanks allowed on both sides.
    fn expect_loose(&mut self, wanted: char) -> Parsed<()> {
        self.blanks();
        self.expect(wanted)?;
        self.blanks();
        Ok(())
    }

    /// `key=value,key=value`
    fn pairs(&mut self) -> Parsed<Value> {
        let mut map = Map::new();
        let mut last = 0;
        loop {
            let key = self.key();
            self.expect_loose('=')?;
            let value = self.values()?;
            if map.contains_key(&key) {
                self.at = last + 1;
                return Err(format!(
                    "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often \
                     because there is a preceding \",\" instead of a space.",
                    self.location()
                ));
            }
            map.insert(key, value);
            last = self.at;
            if self.at >= self.chars.len() {
                return Ok(Value::Object(map));
            }
            self.expect_loose(',')?;
        }
    }

    fn key(&mut self) -> String {
        let start = self.at;
        while self.current().is_some_and(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(c)) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn values(&mut self) -> Parsed<Value> {
        match self.current() {
            None => Ok(Value::String(String::new())),
            Some('[') => self.list(),
            Some('{') => self.hash(),
            Some(_) => self.csv(),
        }
    }

    /// `a` or `a,b,c`; in `a,b=c` the comma ends the value, since `b` is the next key.
    fn csv(&mut self) -> Parsed<Value> {
        let first = self.word(Follow::First)?;
        self.blanks();
        if self.current() != Some(',') {
            return Ok(Value::String(first));
        }
        let mut items = vec![first];
        loop {
            let comma = self.at;
            self.at += 1;
            self.blanks();
            let Ok(item) = self.word(Follow::Second) else {
                if self.at >= self.chars.len() {
                    return self.fail("<second>", "<none>");
                }
                self.at = comma;
                break;
            };
            self.blanks();
            match self.current() {
                None => {
                    items.push(item);
                    break;
                }
                Some(',') => items.push(item),
                Some(_) => {
                    self.at = comma;
                    break;
                }
            }
        }
        if items.len() == 1 {
            return Ok(Value::String(items.remove(0)));
        }
        Ok(Value::Array(items.into_iter().map(Value::String).collect()))
    }

    fn list(&mut self) -> Parsed<Value> {
        self.expect_loose('[')?;
        let mut items = Vec::new();
        while self.current() != Some(']') {
            items.push(self.inner()?);
            self.separator(']')?;
        }
        self.expect(']')?;
        Ok(Value::Array(items))
    }

    fn hash(&mut self) -> Parsed<Value> {
        self.expect_loose('{')?;
        let mut map = Map::new();
        while self.current() != Some('}') {
            let key = self.key();
            self.expect_loose('=')?;
            let value = self.inner()?;
            map.insert(key, value);
            self.separator('}')?;
        }
        self.expect('}')?;
        Ok(Value::Object(map))
    }

    /// A comma, unless the closing bracket comes.
    fn separator(&mut self, close: char) -> Parsed<()> {
        self.blanks();
        if self.current() != Some(close) {
            self.expect(',')?;
            self.blanks();
        }
        Ok(())
    }

    /// A value inside of brackets, where commas separate.
    fn inner(&mut self) -> Parsed<Value> {
        match self.current() {
            Some('[') => self.list(),
            Some('{') => self.hash(),
            _ => Ok(Value::String(self.word(Follow::First)?)),
        }
    }

    fn word(&mut self, follow: Follow) -> Parsed<String> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.quoted(quote);
        }
        let start = self.at;
        let mut text = String::new();
        while let Some(c) = self.current() {
            if c == '\\' && self.chars.get(self.at + 1) == Some(&',') {
                text.push(',');
                self.at += 2;
                continue;
            }
            let allowed = if self.at == start { starts_word(c) } else { follows_word(c, follow) };
            if !allowed {
                break;
            }
            text.push(c);
            self.at += 1;
        }
        if self.at == start && follow == Follow::Second {
            return self.fail("<second>", "<none>");
        }
        Ok(text.trim_end().to_owned())
    }

    fn quoted(&mut self, quote: char) -> Parsed<String> {
        let name = if quote == '\'' { "<singled quoted>" } else { "<double quoted>" };
        let mut text = String::new();
        let mut at = self.at + 1;
        while let Some(c) = self.chars.get(at).copied() {
            match (c, self.chars.get(at + 1).copied()) {
                ('\\', Some(next)) if next == quote || next == '\\' => {
                    text.push(next);
                    at += 2;
                }
                (c, _) if c == quote => {
                    self.at = at + 1;
                    return Ok(text);
                }
                (c, _) => {
                    text.push(c);
                    at += 1;
                }
            }
        }
        self.fail(name, "<none>")
    }
}

/// Whether a word is the first of a value (where `=` and brackets may follow only inside) or a
/// later one of a comma list (where `=` means that it was a key).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    First,
    Second,
}

fn starts_word(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '\'' | ',' | '=' | '[' | '{')
}

fn follows_word(c: char, follow: Follow) -> bool {
    match c {
        '"' | '\'' | ',' => false,
        ']' | '}' => follow == Follow::Second,
        '=' => follow == Follow::First,
        _ => true,
    }
}

/// Gives the leaves of a shorthand value the types of its shape, and makes a list of a lone value
/// where a list is wanted. What does not fit is left as it is, for validation to name.
pub(super) fn conform(value: Value, shape: Shape) -> Value {
    match (shape, value) {
        (Shape::List(item), Value::Array(items)) => {
            Value::Array(items.into_iter().map(|v| conform(v, item())).collect())
        }
        (Shape::List(item), Value::String(text)) if !text.is_empty() => {
            Value::Array(vec![conform(Value::String(text), item())])
        }
        (Shape::Structure(of) | Shape::Union(of), Value::Object(map)) => {
            let of = of();
            let typed = map.into_iter().map(|(key, value)| match of.member(&key) {
                Some(member) => {
                    let value = conform(value, (member.shape)());
                    (key, value)
                }
                None => (key, value),
            });
            Value::Object(typed.collect())
        }
        (Shape::Integer, Value::String(text)) => match text.trim().parse::<i64>() {
            Ok(number) => Value::from(number),
            Err(_) => Value::String(text),
        },
        (Shape::Map(of), Value::Object(map)) => {
            Value::Object(map.into_iter().map(|(k, v)| (k, conform(v, of()))).collect())
        }
        (Shape::Double, Value::String(text)) => {
            let number = text.trim().parse().ok().and_then(serde_json::Number::from_f64);
            number.map_or(Value::String(text), Value::Number)
        }
        (Shape::Boolean, Value::String(text)) => {
            Value::Bool(!text.is_empty() && !text.eq_ignore_ascii_case("false"))
        }
        (_, value) => value,
    }
}
