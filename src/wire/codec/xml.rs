//! Reading and writing XML documents, bounded.
//!
//! A document type, an entity beyond the five of XML itself, a nesting deeper than [`DEPTH_MAX`] or
//! more than [`ELEMENTS_MAX`] elements are refused. Namespaces are not resolved: a prefix of an
//! element is dropped, as the services themselves are lenient about it.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// How deep elements may nest.
pub const DEPTH_MAX: usize = 24;
/// How many elements a document may have: a batch of ten thousand parts, with room.
pub const ELEMENTS_MAX: usize = 100_000;

/// An element with what it holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element<'a> {
    /// Without its prefix.
    pub name: &'a str,
    /// With their prefixes (`xsi:type`).
    pub attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// The text directly in it, joined.
    pub text: Cow<'a, str>,
    pub children: Vec<Element<'a>>,
}

impl<'a> Element<'a> {
    /// The first child of that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|c| c.name == name)
    }

    /// An attribute, by its name with prefix.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_ref())
    }
}

/// Reads a document. `None` when it is not well-formed, or beyond the limits.
#[must_use]
pub fn parse(text: &str) -> Option<Element<'_>> {
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut open: Vec<Element<'_>> = Vec::new();
    let mut root = None;
    let mut count = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                count += 1;
                if open.len() >= DEPTH_MAX || count > ELEMENTS_MAX || root.is_some() {
                    return None;
                }
                open.push(begin(text, &tag)?);
            }
            Event::Empty(tag) => {
                count += 1;
                if open.len() >= DEPTH_MAX || count > ELEMENTS_MAX || root.is_some() {
                    return None;
                }
                close(begin(text, &tag)?, &mut open, &mut root);
            }
            Event::End(_) => {
                let element = open.pop()?;
                close(element, &mut open, &mut root);
            }
            Event::Text(content) => add_text(&mut open, content.xml10_content())?,
            Event::CData(content) => add_text(&mut open, content.xml10_content())?,
            Event::GeneralRef(name) => {
                let character = match &*name {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "apos" => '\'',
                    "quot" => '"',
                    _ => name.resolve_char_ref().ok()??,
                };
                open.last_mut()?.text.to_mut().push(character);
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::DocType(_) => return None,
            Event::Eof => break,
        }
    }
    if open.is_empty() { root } else { None }
}

fn close<'a>(element: Element<'a>, open: &mut [Element<'a>], root: &mut Option<Element<'a>>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

fn add_text<'a>(open: &mut [Element<'a>], text: Cow<'a, str>) -> Option<()> {
    match open.last_mut() {
        Some(element) if element.text.is_empty() => element.text = text,
        Some(element) => element.text.to_mut().push_str(&text),
        // Outside of the root only white space may stand.
        None if text.trim().is_empty() => {}
        None => return None,
    }
    Some(())
}

/// The element a tag opens. Its name is borrowed from the document itself.
fn begin<'a>(document: &'a str, tag: &BytesStart<'_>) -> Option<Element<'a>> {
    let borrow = |part: &str| -> Option<&'a str> {
        let start = (part.as_ptr() as usize).checked_sub(document.as_ptr() as usize)?;
        document.get(start..start + part.len())
    };
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
        attributes.push((borrow(attribute.key.as_ref())?, Cow::Owned(value)));
    }
    Some(Element { name: borrow(tag.local_name().as_ref())?, attributes, ..Element::default() })
}

/// The declaration that opens every document.
pub const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// `<name>`
pub fn open(out: &mut String, name: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
}

/// `</name>`
pub fn shut(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// `<name>text</name>`
pub fn leaf(out: &mut String, name: &str, text: &str) {
    open(out, name);
    escape(out, text);
    shut(out, name);
}

/// `text` with markup escaped. Control characters become references, as S3 sends them.
pub fn escape(out: &mut String, text: &str) {
    // Nearly every text is plain.
    if text.bytes().all(|b| !b.is_ascii_control() && !matches!(b, b'<' | b'>' | b'&' | b'"')) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_ascii_control() => {
                out.push_str("&#x");
                out.extend(char::from_digit(u32::from(c) >> 4, 16));
                out.extend(char::from_digit(u32::from(c) & 15, 16));
                out.push(';');
            }
            c => out.push(c),
        }
    }
}
