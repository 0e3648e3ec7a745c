//! Lesson text: what Markdown says, without how wide the screen is.
//!
//! CommonMark with tables, task lists and GitHub's alerts. What a terminal has no use for is turned
//! into text (images become their description) or left out (comments, HTML tags). Everything else
//! that is written is shown, down to the last word.

use std::ops::Range;

use pulldown_cmark::{
    BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd,
};

pub use super::block::{Block, Span, links, plain, slug, text_of};
use super::block::{is_tag, strip_tags};

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
    let mut builder = Builder { markdown, events: &events, next: 0, nested: Vec::new() };
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
    markdown: &'m str,
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
                self.flat(out);
            } else {
                self.block(out, depth);
            }
        }
    }

    /// The words of the next event and of all that it encloses, as one paragraph.
    fn flat(&mut self, out: &mut Vec<Block>) {
        let (mut open, mut spans) = (0_usize, Vec::new());
        while let Some((event, _)) = self.peek() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) if open == 0 => break,
                Event::End(_) => open -= 1,
                Event::Text(text) | Event::Code(text) | Event::Html(text) => {
                    let text = format!("{text} ");
                    push(&mut spans, Span { text, ..Span::default() });
                }
                _ => {}
            }
            self.next += 1;
            if open == 0 {
                break;
            }
        }
        if !spans.is_empty() {
            out.push(Block::Paragraph(spans));
        }
    }

    fn list(&mut self, depth: usize) -> Vec<Vec<Block>> {
        let mut items = Vec::new();
        while let Some((event, range)) = self.peek() {
            self.next += 1;
            match event {
                Event::Start(Tag::Item) => {
                    let mut inside = Vec::new();
                    let number = self.number(range.start);
                    self.until_end(&mut inside, depth + 1);
                    if let Some(number) = number {
                        number_is_text(number, &mut inside);
                    }
                    items.push(inside);
                }
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    /// The number with its sign that an item's text begins with, when Markdown takes it for the
    /// beginning of another list on the same line: `1. 403.` is the answer 403.
    fn number(&self, item: usize) -> Option<&'m str> {
        let (Event::Start(Tag::List(Some(_))), range) = self.peek()? else { return None };
        let text = &self.markdown[range.start..];
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let same_line = !self.markdown[item..range.start].contains('\n');
        same_line.then(|| text.get(..=digits)).flatten()
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
                Event::InlineHtml(tag) if !is_tag(tag) => add(tag, false),
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

/// Makes the list that an item begins with into the text that was meant, if it is one of one item.
fn number_is_text(number: &str, inside: &mut Vec<Block>) {
    let Some(Block::List { items, .. }) = inside.first_mut() else { return };
    let [item] = items.as_mut_slice() else { return };
    let mut blocks = std::mem::take(item);
    let mut spans = vec![Span { text: number.to_owned(), ..Span::default() }];
    if let Some(Block::Paragraph(more)) = blocks.first_mut() {
        push(&mut spans, Span { text: " ".into(), ..Span::default() });
        for span in std::mem::take(more) {
            push(&mut spans, span);
        }
        blocks.remove(0);
    }
    blocks.insert(0, Block::Paragraph(spans));
    inside.splice(..1, blocks);
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
