//! Blocks of text, and what they say: all of it, and where their links lead.

/// A block of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    Heading {
        level: u8,
        text: Vec<Span>,
    },
    Paragraph(Vec<Span>),
    /// An example to run or to read; `lang` may be empty.
    Code {
        lang: String,
        text: String,
    },
    /// `first` is the number of the first item of an ordered list.
    List {
        first: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Quote(Vec<Block>),
    Table {
        header: Vec<Vec<Span>>,
        rows: Vec<Vec<Vec<Span>>>,
    },
    Rule,
}

/// A run of text in one style. A line break inside `text` is a hard one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub code: bool,
    /// Where it leads: a URL, or `notes:TRACK/PAGE`.
    pub link: Option<String>,
}

/// The elements whose tags are no text. Anything else in angle brackets is what a text writes for a
/// name to fill in, as `<bucket>`.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "source",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
];

/// Whether this is a tag (or another thing that HTML does not show), and no text.
pub(super) fn is_tag(tag: &str) -> bool {
    let Some(inside) = tag.strip_prefix('<') else { return false };
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let name = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let shown = inside[name.len()..].starts_with([' ', '\t', '\n', '/', '>']);
    inside.starts_with(['!', '?']) || shown && ELEMENTS.iter().any(|e| e.eq_ignore_ascii_case(name))
}

/// The text of HTML without its tags and comments.
pub(super) fn strip_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text += &rest[..at];
        rest = &rest[at..];
        let close = if rest.starts_with("<!--") { "-->" } else { ">" };
        let end = rest.find(close).map_or(rest.len(), |end| end + close.len());
        // A sign that closes nothing, or a name to fill in, is text.
        let taken = if is_tag(&rest[..end]) { end } else { 1 };
        if taken == 1 {
            text.push('<');
        }
        rest = &rest[taken..];
    }
    text += rest;
    text.trim().to_owned()
}

/// The words of some spans, without their styles.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans.iter().map(|s| s.text.as_str()).collect()
}

/// All that some blocks say, as plain text: the marks of headings and items with it, since a number
/// that orders is part of what is said. Code lines are as they are.
#[must_use]
pub fn text_of(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        write_text(block, ("", ""), &mut out);
    }
    out
}

/// Writes a block with what stands before its first line, and before the others.
fn write_text(block: &Block, (first, rest): (&str, &str), out: &mut String) {
    let mut before = first;
    let mut line = |text: &str| {
        for text in text.split('\n') {
            out.push_str(format!("{before}{text}").trim_end());
            out.push('\n');
            before = rest;
        }
    };
    match block {
        Block::Heading { level, text } => {
            line(&format!("{} {}", "#".repeat(usize::from(*level)), plain(text)));
        }
        Block::Paragraph(text) => line(&plain(text)),
        Block::Code { text, .. } => line(text.trim_end_matches('\n')),
        Block::Table { header, rows } => {
            for row in std::iter::once(header).chain(rows) {
                line(&row.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join("  "));
            }
        }
        Block::Rule => {}
        Block::Quote(inside) => write_inside(inside, (first, rest), out),
        Block::List { first: number, items } => {
            for (i, item) in items.iter().enumerate() {
                let mark = number.map_or_else(|| "- ".into(), |n| format!("{}. ", n + i as u64));
                let blank = " ".repeat(mark.len());
                let first = if i == 0 { first } else { rest };
                write_inside(item, (&format!("{first}{mark}"), &format!("{rest}{blank}")), out);
            }
        }
    }
}

fn write_inside(blocks: &[Block], (first, rest): (&str, &str), out: &mut String) {
    if blocks.is_empty() {
        out.push_str(first.trim_end());
        out.push('\n');
    }
    for (i, block) in blocks.iter().enumerate() {
        write_text(block, (if i == 0 { first } else { rest }, rest), out);
    }
}

/// Every link in some blocks.
#[must_use]
pub fn links(blocks: &[Block]) -> Vec<&str> {
    let mut found = Vec::new();
    for block in blocks {
        find_links(block, &mut found);
    }
    found
}

fn find_links<'b>(block: &'b Block, found: &mut Vec<&'b str>) {
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) => {
            found.extend(text.iter().filter_map(|s| s.link.as_deref()));
        }
        Block::Table { header, rows } => {
            let cells = header.iter().chain(rows.iter().flatten()).flatten();
            found.extend(cells.filter_map(|s| s.link.as_deref()));
        }
        Block::Quote(inside) => {
            for block in inside {
                find_links(block, found);
            }
        }
        Block::List { items, .. } => {
            for block in items.iter().flatten() {
                find_links(block, found);
            }
        }
        Block::Code { .. } | Block::Rule => {}
    }
}

/// The anchor of a heading, as GitHub makes it: lower case, hyphens for spaces, no punctuation.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        match c {
            ' ' | '-' => out.push('-'),
            '_' => out.push('_'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    out
}
