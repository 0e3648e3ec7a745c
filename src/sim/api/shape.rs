//! The description of inputs and outputs that the codecs walk.
//!
//! Between wire and operation a value is a [`serde_json::Value`] keyed by the API's member names
//! (`Bucket`, `VersionId`), which is also what the journal keeps. Leaf spellings there:
//! a timestamp is a number of milliseconds, a body coming in is a [`Blob`], a body going out is a
//! list of [`Slice`]s.

use std::collections::BTreeMap;

use base::{Blob, Slice, Time};

/// What kind of value a member holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    String,
    /// A string out of a fixed set, in the order of the real documentation.
    Enum(&'static [&'static str]),
    Integer,
    Boolean,
    Timestamp,
    /// A body coming in: a [`Blob`].
    BlobIn,
    /// A body going out: a list of [`Slice`]s.
    BlobOut,
    List(fn() -> Shape),
    /// From strings to strings.
    Map,
    Structure(fn() -> &'static StructShape),
}

/// A structure's members, in the order of the real documentation.
#[derive(Debug)]
pub struct StructShape {
    pub name: &'static str,
    pub doc: &'static str,
    pub members: &'static [Member],
}

impl StructShape {
    /// The member of that API name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|m| m.name == name)
    }
}

/// One member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The API's name: `VersionId`. Keys of the [`serde_json::Value`] and, in kebab case, the flag.
    pub name: &'static str,
    pub doc: &'static str,
    pub required: bool,
    pub location: Location,
    pub shape: fn() -> Shape,
}

impl Member {
    /// The element's name in an XML body.
    #[must_use]
    pub fn xml_name(&self) -> &'static str {
        match self.location {
            Location::Xml(name)
            | Location::XmlList(name, _)
            | Location::XmlFlat(name)
            | Location::XmlAttribute(name)
            | Location::Payload(name) => name,
            _ => self.name,
        }
    }
}

/// Where a member travels. In `query` and `json` protocols everything is `Body`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Location {
    /// In the body, under its own name; the items of a list are called `member`.
    Body,
    /// In an XML body under another element name.
    Xml(&'static str),
    /// In an XML body: a wrapping element (first) around the items' elements (second).
    XmlList(&'static str, &'static str),
    /// In an XML body: repeated elements of this name with nothing around them.
    XmlFlat(&'static str),
    /// An attribute of the element that holds the structure (`xsi:type`).
    XmlAttribute(&'static str),
    /// It is the whole body: a stream, text, or an XML document whose root has this name.
    Payload(&'static str),
    /// A label of the path.
    Uri,
    /// A query parameter of this name.
    Query(&'static str),
    /// A header of this name.
    Header(&'static str),
    /// All headers that begin with this prefix, as a map.
    Headers(&'static str),
}

/// A type that can stand in a member.
pub trait Shaped {
    /// Whether a value must be given.
    const REQUIRED: bool = true;
    fn shape() -> Shape;
    /// Whether this value is left out of the serialized form.
    fn is_absent(&self) -> bool {
        false
    }
}

/// [`Shaped::REQUIRED`] of a type, callable in a constant.
#[must_use]
pub const fn required<T: Shaped>() -> bool {
    T::REQUIRED
}

/// The success status: the one given, or 200.
#[must_use]
pub const fn status_code(given: &[u16]) -> u16 {
    if given.is_empty() { 200 } else { given[0] }
}

macro_rules! leaf {
    ($($type:ty => $shape:expr),* $(,)?) => {
        $(impl Shaped for $type {
            fn shape() -> Shape { $shape }
        })*
    };
}

leaf! {
    String => Shape::String,
    bool => Shape::Boolean,
    i64 => Shape::Integer,
    i32 => Shape::Integer,
    u32 => Shape::Integer,
    u64 => Shape::Integer,
    Time => Shape::Timestamp,
    Blob => Shape::BlobIn,
}

impl<T: Shaped> Shaped for Option<T> {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        T::shape()
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::List(T::shape)
    }
}

/// The only list of slices there is: a body going out.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Body(pub Vec<Slice>);

impl Shaped for Body {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::BlobOut
    }
}

impl Shaped for BTreeMap<String, String> {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::Map
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
