//! The lexer of expressions. It never fails: what is no token becomes
//! [`Kind::Unknown`], which no rule of the parser accepts.
//!
//! Source: the token rules of the DynamoDB grammar published with the DAX
//! clients.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Identifier,
    /// `#name`
    NamePlaceholder,
    /// `:value`
    ValuePlaceholder,
    /// A whole number without leading zeros.
    Index,
    Keyword(Keyword),
    /// A comparator, a bracket, a comma …
    Symbol(&'static str),
    Unknown,
    End,
}

/// The words that are never attribute names, in any expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    In,
    Between,
    Not,
    And,
    Or,
    Set,
    Add,
    Delete,
    Remove,
}

/// A piece of the text, from byte `start` to `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The longer symbols come first.
const SYMBOLS: [&str; 14] =
    ["<>", "<=", ">=", "=", "<", ">", "+", "-", "(", ")", ",", ".", "[", "]"];

const KEYWORDS: [(&str, Keyword); 9] = [
    ("IN", Keyword::In),
    ("BETWEEN", Keyword::Between),
    ("NOT", Keyword::Not),
    ("AND", Keyword::And),
    ("OR", Keyword::Or),
    ("SET", Keyword::Set),
    ("ADD", Keyword::Add),
    ("DELETE", Keyword::Delete),
    ("REMOVE", Keyword::Remove),
];

/// Takes the text apart; the last token is the end.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let start = at + rest.len() - trimmed.len();
        let Some(first) = trimmed.chars().next() else {
            let (kind, end) = (Kind::End, text.len());
            tokens.push(Token { kind, start: end, end });
            return tokens;
        };
        let (kind, length) = token(trimmed, first);
        at = start + length;
        tokens.push(Token { kind, start, end: at });
    }
}

/// The token the text begins with, and its length in bytes.
fn token(text: &str, first: char) -> (Kind, usize) {
    let placeholder = |kind| match word_length(&text[1..]) {
        0 => (Kind::Unknown, 1),
        length => (kind, 1 + length),
    };
    match first {
        '#' => placeholder(Kind::NamePlaceholder),
        ':' => placeholder(Kind::ValuePlaceholder),
        'a'..='z' | 'A'..='Z' => {
            let length = word_length(text);
            (word(&text[..length]), length)
        }
        '0' => (Kind::Index, 1),
        '1'..='9' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit);
            (Kind::Index, digits.count())
        }
        // A text in quotes is one token, though no rule takes it.
        '"' | '\'' => (Kind::Unknown, quoted_length(text, first).unwrap_or(first.len_utf8())),
        _ => match SYMBOLS.iter().find(|symbol| text.starts_with(**symbol)) {
            Some(symbol) => (Kind::Symbol(symbol), symbol.len()),
            None => (Kind::Unknown, first.len_utf8()),
        },
    }
}

fn word(word: &str) -> Kind {
    let keyword = KEYWORDS.iter().find(|(text, _)| text.eq_ignore_ascii_case(word));
    keyword.map_or(Kind::Identifier, |(_, keyword)| Kind::Keyword(*keyword))
}

pub(super) fn word_length(text: &str) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    text.bytes().take_while(is_part).count()
}

fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == quote && !escaped {
            return Some(at + 1);
        }
        escaped = character == '\\' && !escaped;
    }
    None
}
