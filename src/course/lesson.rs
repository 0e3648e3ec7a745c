//! Lesson text: what Markdown says, without how wide the screen is.
//!
//! CommonMark with tables, task lists and GitHub's alerts. What a terminal has no use for is turned
//! into text (images become their description) or left out (comments, HTML tags).

use std::ops::Range;

use pulldown_cmark::{
    BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd,
};

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

/// A block that stands at the margin, with where it stands in the source.
#[derive(Debug)]
pub(super) struct Item {
    /// Bytes of the source.
    pub(super) range: Range<usize>,
    pub(super) kind: ItemKind,
}

/// What a block at the margin is.
#[derive(Debug)]
pub(super) enum ItemKind {
    Heading {
        level: u8,
        text: Vec<Span>,
    },
    /// A fenced block with everything behind its backticks.
    Fence {
        info: String,
        text: String,
    },
    Other(Vec<Block>),
}

/// How deep lists and quotes may nest; what is deeper is shown as text of the last level.
const DEPTH_MAX: usize = 16;

/// Reads Markdown. Never fails: all text is Markdown.
#[must_use]
pub fn parse(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for item in items(markdown).0 {
        match item.kind {
            ItemKind::Heading { level, text } => blocks.push(Block::Heading { level, text }),
            ItemKind::Fence { info, text } => blocks.push(code(&info, text)),
            ItemKind::Other(more) => blocks.extend(more),
        }
    }
    blocks
}

/// A code block with the language that its info string begins with.
pub(super) fn code(info: &str, text: String) -> Block {
    let lang = info.split([' ', '\t', ',', '{']).next().unwrap_or_default().to_owned();
    Block::Code { lang, text }
}

/// The blocks at the margin, and the fences that stand inside a list or quote: their offset and
/// what is behind their backticks.
pub(super) fn items(markdown: &str) -> (Vec<Item>, Vec<(usize, String)>) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    let events: Vec<_> = Parser::new_ext(markdown, options).into_offset_iter().collect();
    let mut builder = Builder { events: &events, next: 0, nested: Vec::new() };
    let mut found = Vec::new();
    while let Some((event, range)) = builder.peek() {
        let range = range.clone();
        let kind = match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let level = rank(*level);
                builder.next += 1;
                ItemKind::Heading { level, text: builder.spans() }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let info = info.to_string();
                builder.next += 1;
                ItemKind::Fence { info, text: builder.text() }
            }
            _ => {
                let mut blocks = Vec::new();
                builder.block(&mut blocks, 0);
                ItemKind::Other(blocks)
            }
        };
        found.push(Item { range, kind });
    }
    (found, builder.nested)
}

fn rank(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Walks the events of a document, each once.
struct Builder<'e, 'm> {
    events: &'e [(Event<'m>, Range<usize>)],
    next: usize,
    nested: Vec<(usize, String)>,
}

impl<'e, 'm> Builder<'e, 'm> {
    fn peek(&self) -> Option<&'e (Event<'m>, Range<usize>)> {
        self.events.get(self.next)
    }

    /// One block; always takes at least one event.
    fn block(&mut self, out: &mut Vec<Block>, depth: usize) {
        let Some((event, range)) = self.peek() else { return };
        if inline(event) {
            let spans = self.spans();
            if !spans.is_empty() {
                out.push(Block::Paragraph(spans));
            }
            return;
        }
        self.next += 1;
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                out.push(Block::Heading { level: rank(*level), text: self.spans() });
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                self.nested.push((range.start, info.to_string()));
                let text = self.text();
                out.push(code(info, text));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                let text = self.text();
                out.push(Block::Code { lang: String::new(), text });
            }
            Event::Start(Tag::BlockQuote(kind)) => {
                let mut inside: Vec<Block> = kind.iter().map(|k| alert(*k)).collect();
                self.until_end(&mut inside, depth + 1);
                push_nested(out, Block::Quote(inside), depth);
            }
            Event::Start(Tag::List(first)) => {
                let items = self.list(depth);
                push_nested(out, Block::List { first: *first, items }, depth);
            }
            Event::Start(Tag::Table(_)) => out.push(self.table()),
            Event::Start(Tag::HtmlBlock) => {
                let html = self.text();
                let text = strip_tags(&html);
                if !text.is_empty() {
                    out.push(Block::Paragraph(vec![Span { text, ..Span::default() }]));
                }
            }
            Event::Start(Tag::Paragraph) => {
                let spans = self.spans();
                if !spans.is_empty() {
                    out.push(Block::Paragraph(spans));
                }
            }
            Event::Start(_) => self.until_end(out, depth + 1),
            Event::Rule => out.push(Block::Rule),
            _ => {}
        }
    }

    /// Blocks up to the end of what was begun; takes that end too.
    fn until_end(&mut self, out: &mut Vec<Block>, depth: usize) {
        while let Some((event, _)) = self.peek() {
            if matches!(event, Event::End(_)) {
                self.next += 1;
                return;
            }
            if depth > 4 * DEPTH_MAX {
                self.skip();
            } else {
                self.block(out, depth);
            }
        }
    }

    /// Passes over the next event, and over all that it encloses.
    fn skip(&mut self) {
        let mut open = 0_usize;
        while let Some((event, _)) = self.peek() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) if open == 0 => return,
                Event::End(_) => open -= 1,
                _ => {}
            }
            self.next += 1;
            if open == 0 {
                return;
            }
        }
    }

    fn list(&mut self, depth: usize) -> Vec<Vec<Block>> {
        let mut items = Vec::new();
        while let Some((event, _)) = self.peek() {
            self.next += 1;
            match event {
                Event::Start(Tag::Item) => {
                    let mut inside = Vec::new();
                    self.until_end(&mut inside, depth + 1);
                    items.push(inside);
                }
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    fn table(&mut self) -> Block {
        let (mut header, mut rows) = (Vec::new(), Vec::new());
        let mut row = Vec::new();
        while let Some((event, _)) = self.peek() {
            self.next += 1;
            match event {
                Event::Start(Tag::TableCell) => row.push(self.spans()),
                Event::End(TagEnd::TableHead) => header = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        Block::Table { header, rows }
    }

    /// The text up to the next end, which is taken too.
    fn text(&mut self) -> String {
        let mut text = String::new();
        while let Some((event, _)) = self.peek() {
            self.next += 1;
            match event {
                Event::Text(more) | Event::Html(more) | Event::InlineHtml(more) => text += more,
                Event::End(_) => break,
                _ => {}
            }
        }
        text
    }

    /// Spans up to the end of the block they stand in (taken) or the next block (not taken).
    fn spans(&mut self) -> Vec<Span> {
        let mut out: Vec<Span> = Vec::new();
        let (mut bold, mut italic) = (0_usize, 0_usize);
        let mut links: Vec<String> = Vec::new();
        while let Some((event, _)) = self.peek() {
            let mut add = |text: &str, code: bool| {
                let link = links.last().cloned();
                push(
                    &mut out,
                    Span { text: text.into(), bold: bold > 0, italic: italic > 0, code, link },
                );
            };
            match event {
                Event::Text(text) => add(text, false),
                Event::Code(text) => add(text, true),
                Event::SoftBreak => add(" ", false),
                Event::HardBreak => add("\n", false),
                Event::TaskListMarker(done) => add(if *done { "[x] " } else { "[ ] " }, false),
                Event::InlineHtml(tag) if tag.starts_with("<br") => add("\n", false),
                Event::Start(Tag::Strong) => bold += 1,
                Event::End(TagEnd::Strong) => bold = bold.saturating_sub(1),
                Event::Start(Tag::Emphasis) => italic += 1,
                Event::End(TagEnd::Emphasis) => italic = italic.saturating_sub(1),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    links.push(dest_url.to_string());
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    links.pop();
                }
                // The end of a list item belongs to the item, whose text may stand without a paragraph.
                Event::End(TagEnd::Item) => break,
                Event::End(_) => {
                    self.next += 1;
                    break;
                }
                event if inline(event) => {}
                _ => break,
            }
            self.next += 1;
        }
        out
    }
}

/// Whether an event belongs to running text.
fn inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Strong | Tag::Emphasis | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
        ),
        Event::End(_) | Event::Rule | Event::Html(_) => false,
        _ => true,
    }
}

/// Puts a block that holds others, or, where it would nest too deep, what it holds.
fn push_nested(out: &mut Vec<Block>, block: Block, depth: usize) {
    match block {
        Block::Quote(inside) if depth >= DEPTH_MAX => out.extend(inside),
        Block::List { items, .. } if depth >= DEPTH_MAX => out.extend(items.into_iter().flatten()),
        block => out.push(block),
    }
}

/// Joins runs of one style.
fn push(out: &mut Vec<Span>, span: Span) {
    if let Some(last) = out.last_mut()
        && (last.bold, last.italic, last.code) == (span.bold, span.italic, span.code)
        && last.link == span.link
    {
        last.text += &span.text;
        return;
    }
    out.push(span);
}

fn alert(kind: BlockQuoteKind) -> Block {
    let text = match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    };
    Block::Paragraph(vec![Span { text: text.into(), bold: true, ..Span::default() }])
}

/// The text of HTML without its tags and comments.
fn strip_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text += &rest[..at];
        let close = if rest[at..].starts_with("<!--") { "-->" } else { ">" };
        rest = rest[at..].find(close).map_or("", |end| &rest[at + end + close.len()..]);
    }
    text += rest;
    text.trim().to_owned()
}

/// The words of some spans, without their styles.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans.iter().map(|s| s.text.as_str()).collect()
}

/// The words of some blocks, a line for each paragraph, code line, item or table row.
#[must_use]
pub fn text_of(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        write_text(block, &mut out);
    }
    out
}

fn write_text(block: &Block, out: &mut String) {
    let mut line = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) => line(&plain(text)),
        Block::Code { text, .. } => line(text),
        Block::Table { header, rows } => {
            for row in std::iter::once(header).chain(rows) {
                line(&row.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join("  "));
            }
        }
        Block::Rule => {}
        Block::Quote(inside) => {
            for block in inside {
                write_text(block, out);
            }
        }
        Block::List { items, .. } => {
            for block in items.iter().flatten() {
                write_text(block, out);
            }
        }
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
