//! XML elements to values and back, by shape.
//!
//! Reading refuses what is missing, of the wrong type, or unknown to the shape. Writing leaves out what the value does not have. A member called `""` is the text of
//! the element that holds the structure.

use serde_json::{Map, Value};

use super::xml::{self, Element};
use super::{in_document, leaf_from_text, leaf_to_text};
use base::Time;
use sim::api::{Location, Member, Shape, StructShape};

/// The namespace of `xsi:type`.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An element does not fit its shape.
#[derive(Debug)]
pub(super) struct Misfit;

/// The structure that an element holds.
pub(super) fn structure(
    shape: &StructShape,
    element: &Element<'_>,
) -> Result<Map<String, Value>, Misfit> {
    let known = |child: &Element<'_>| {
        shape.members.iter().filter(|m| in_document(m)).any(|m| element_of(m) == child.name)
    };
    if !element.children.iter().all(known) {
        return Err(Misfit);
    }
    let mut map = Map::new();
    for member in shape.members.iter().filter(|m| in_document(m)) {
        match read_member(member, element)? {
            Some(value) => {
                map.insert(member.name.to_owned(), value);
            }
            None if member.required => return Err(Misfit),
            None => {}
        }
    }
    Ok(map)
}

/// The element in which a member stands; several of them for a flat list.
fn element_of(member: &Member) -> &'static str {
    match member.location {
        Location::XmlFlat(name) => name,
        Location::XmlList(wrap, _) => wrap,
        _ => member.xml_name(),
    }
}

/// A member's value, when it is there.
fn read_member(member: &Member, element: &Element<'_>) -> Result<Option<Value>, Misfit> {
    let shape = (member.shape)();
    if member.refused {
        let given = match member.location {
            Location::XmlAttribute(name) => element.attribute(name).is_some(),
            Location::Xml("") => !element.text.is_empty(),
            _ => element.child(member.xml_name()).is_some(),
        };
        return Ok(given.then_some(Value::Bool(true)));
    }
    match (member.location, shape) {
        (Location::XmlAttribute(name), _) => {
            element.attribute(name).map(|text| leaf(shape, text)).transpose()
        }
        (Location::Xml(""), _) => leaf(shape, &element.text).map(Some),
        (Location::XmlFlat(name), Shape::List(item)) => {
            let items = items(item, element, name)?;
            Ok((!items.is_empty()).then_some(Value::Array(items)))
        }
        (Location::XmlList(wrap, name), Shape::List(item)) => {
            let Some(list) = element.child(wrap) else { return Ok(None) };
            if list.children.iter().any(|child| child.name != name) {
                return Err(Misfit);
            }
            Ok(Some(Value::Array(items(item, list, name)?)))
        }
        _ => element.child(member.xml_name()).map(|child| value(shape, child)).transpose(),
    }
}

fn leaf(shape: Shape, text: &str) -> Result<Value, Misfit> {
    leaf_from_text(shape, text).ok_or(Misfit)
}

fn items(item: fn() -> Shape, parent: &Element<'_>, name: &str) -> Result<Vec<Value>, Misfit> {
    parent.children.iter().filter(|c| c.name == name).map(|c| value(item(), c)).collect()
}

/// The value an element holds.
pub(super) fn value(shape: Shape, element: &Element<'_>) -> Result<Value, Misfit> {
    match shape {
        Shape::Structure(inner) | Shape::Union(inner) => {
            structure(inner(), element).map(Value::Object)
        }
        Shape::List(item) => items(item, element, "member").map(Value::Array),
        Shape::Map(of) => {
            let entries = element.children.iter().filter(|c| c.name == "entry");
            let pairs = entries.map(|entry| {
                let key = entry.child("key").ok_or(Misfit)?.text.to_string();
                Ok((key, value(of(), entry.child("value").ok_or(Misfit)?)?))
            });
            pairs.collect::<Result<Map<_, _>, Misfit>>().map(Value::Object)
        }
        other => leaf(other, &element.text),
    }
}

/// How a protocol spells what the shapes do not say.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) time: fn(Time) -> String,
    /// The elements of a list.
    pub(super) item: &'static str,
    /// Whether a member's element begins with a small letter, when nothing else is said.
    pub(super) lowers: bool,
}

/// The name of an element, as it is written.
#[derive(Clone, Copy)]
struct Tag<'a> {
    name: &'a str,
    lowers: bool,
}

impl<'a> Tag<'a> {
    fn plain(name: &'a str) -> Self {
        Self { name, lowers: false }
    }

    fn put(self, out: &mut String) {
        let mut chars = self.name.chars();
        match chars.next().filter(|_| self.lowers) {
            Some(first) => {
                out.push(first.to_ascii_lowercase());
                out.push_str(chars.as_str());
            }
            None => out.push_str(self.name),
        }
    }

    fn open(self, out: &mut String) {
        out.push('<');
        self.put(out);
        out.push('>');
    }

    fn shut(self, out: &mut String) {
        out.push_str("</");
        self.put(out);
        out.push('>');
    }
}

impl Style {
    /// Of every protocol but EC2's.
    pub(super) const fn new(time: fn(Time) -> String) -> Self {
        Self { time, item: "member", lowers: false }
    }

    fn name_of(self, member: &Member) -> Tag<'static> {
        match member.location {
            Location::Body => Tag { name: member.name, lowers: self.lowers },
            _ => Tag::plain(member.xml_name()),
        }
    }
}

/// Writes the members of a structure that travel in the body.
pub(super) fn write_members(
    out: &mut String,
    shape: &StructShape,
    map: &Map<String, Value>,
    style: Style,
) {
    // Values come in the order of their shape, so most are found without a search.
    let mut entries = map.iter().peekable();
    for member in shape.members.iter().filter(|m| in_document(m)) {
        if matches!(member.location, Location::XmlAttribute(_)) {
            continue;
        }
        let value = match entries.next_if(|(name, _)| *name == member.name) {
            Some((_, value)) => Some(value),
            None => map.get(member.name),
        };
        let Some(value) = value.filter(|v| !v.is_null()) else { continue };
        write_member(out, member, value, style);
    }
}

fn write_member(out: &mut String, member: &Member, value: &Value, style: Style) {
    let shape = (member.shape)();
    if member.location == Location::Xml("") {
        let text = leaf_to_text(shape, value, style.time);
        return xml::escape(out, &text.unwrap_or_default());
    }
    let Shape::List(item) = shape else {
        return write_as(out, style.name_of(member), shape, value, style);
    };
    let (wrap, name) = match member.location {
        Location::XmlFlat(name) => (None, name),
        Location::XmlList(wrap, name) => (Some(Tag::plain(wrap)), name),
        _ => (Some(style.name_of(member)), style.item),
    };
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    if let Some(wrap) = wrap {
        wrap.open(out);
    }
    for value in items {
        write(out, name, item(), value, style);
    }
    if let Some(wrap) = wrap {
        wrap.shut(out);
    }
}

/// Writes one element.
pub(super) fn write(out: &mut String, name: &str, shape: Shape, value: &Value, style: Style) {
    write_as(out, Tag::plain(name), shape, value, style);
}

fn write_as(out: &mut String, tag: Tag<'_>, shape: Shape, value: &Value, style: Style) {
    match (shape, value) {
        (Shape::Structure(inner) | Shape::Union(inner), Value::Object(map)) => {
            open_with_attributes(out, tag, inner(), map);
            write_members(out, inner(), map, style);
        }
        (Shape::List(item), Value::Array(items)) => {
            tag.open(out);
            for value in items {
                write(out, style.item, item(), value, style);
            }
        }
        (Shape::Map(of), Value::Object(map)) => {
            tag.open(out);
            for (key, value) in map {
                xml::open(out, "entry");
                xml::leaf(out, "key", key);
                write(out, "value", of(), value, style);
                xml::shut(out, "entry");
            }
        }
        (shape, value) => {
            tag.open(out);
            xml::escape(out, &leaf_to_text(shape, value, style.time).unwrap_or_default());
        }
    }
    tag.shut(out);
}

/// The opening tag with those members that are attributes.
fn open_with_attributes(
    out: &mut String,
    tag: Tag<'_>,
    shape: &StructShape,
    map: &Map<String, Value>,
) {
    out.push('<');
    tag.put(out);
    for member in shape.members {
        let Location::XmlAttribute(attribute) = member.location else { continue };
        let Some(text) = map.get(member.name).and_then(Value::as_str) else { continue };
        if attribute.starts_with("xsi:") {
            out.push_str(" xmlns:xsi=\"");
            out.push_str(XSI);
            out.push('"');
        }
        out.push(' ');
        out.push_str(attribute);
        out.push_str("=\"");
        xml::escape(out, text);
        out.push('"');
    }
    out.push('>');
}
