//! The description of inputs and outputs that the codecs walk.
//!
//! Between wire and operation a value is a [`serde_json::Value`] keyed by the API's member names
//! (`Bucket`, `VersionId`), which is also what the journal keeps. Leaf spellings there: a timestamp
//! is a number of milliseconds, bytes in a document are base64, a body coming in is a
//! [`Blob`](base::Blob), a body going out is a list of [`Slice`](base::Slice)s. How the types of
//! Rust become such values is in [`Shaped`](super::Shaped).

use super::Seal;

/// What kind of value a member holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    String,
    /// A string out of a fixed set, in the order of the real documentation.
    Enum(&'static [&'static str]),
    Integer,
    /// A floating-point number; `NaN`, `Infinity` and `-Infinity` are strings.
    Double,
    Boolean,
    Timestamp,
    /// Bytes that stand in a document: base64.
    Binary,
    /// A free document: whatever JSON can say.
    Document,
    /// A body coming in: a [`Blob`](base::Blob).
    BlobIn,
    /// A body going out: a list of [`Slice`](base::Slice)s.
    BlobOut,
    List(fn() -> Shape),
    /// From strings to values of this shape.
    Map(fn() -> Shape),
    Structure(fn() -> &'static StructShape),
    /// A structure of which exactly one member is given.
    Union(fn() -> &'static StructShape),
}

impl Shape {
    /// The members of a structure or union.
    #[must_use]
    pub fn members(self) -> Option<&'static StructShape> {
        match self {
            Self::Structure(of) | Self::Union(of) => Some(of()),
            _ => None,
        }
    }
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
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The API's name: `VersionId`. Keys of the [`serde_json::Value`] and, in kebab case, the flag.
    pub name: &'static str,
    pub doc: &'static str,
    pub required: bool,
    pub location: Location,
    pub shape: fn() -> Shape,
    /// Whether it is not simulated, so that a request which gives it is refused. That it is given is
    /// all that anybody reads of it: codecs hand on `true`, whatever its shape.
    pub refused: bool,
    /// How it is sealed when it is a secret: that is all the journal has of it.
    pub seal: Option<Seal>,
}

impl Member {
    /// What an array of members is filled with before they are known.
    const NONE: Self = Self {
        name: "",
        doc: "",
        required: false,
        location: Location::Body,
        shape: || Shape::Document,
        refused: false,
        seal: None,
    };

    /// The element's name in an XML body.
    #[must_use]
    pub fn xml_name(&self) -> &'static str {
        match self.location {
            Location::Xml(name)
            | Location::XmlList(name, _)
            | Location::XmlFlat(name)
            | Location::XmlAttribute(name)
            | Location::Payload(name)
            | Location::Ec2(name, _) => name,
            _ => self.name,
        }
    }
}

/// Where a member travels. Only the REST protocols know another place than the body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Location {
    /// In the body, under its own name; the items of a list are called `member`. In EC2's protocol
    /// the name begins in lower case, and the items of a list are called `item`.
    Body,
    /// In the body under another name.
    Xml(&'static str),
    /// In an XML body: a wrapping element (first) around the items' elements (second).
    XmlList(&'static str, &'static str),
    /// In an XML body: repeated elements of this name with nothing around them.
    XmlFlat(&'static str),
    /// An attribute of the element that holds the structure (`xsi:type`).
    XmlAttribute(&'static str),
    /// It is the whole body: a stream, text, or an XML document whose root has this name.
    Payload(&'static str),
    /// In EC2's protocol: the element's name in an answer, and the parameter's in a request.
    Ec2(&'static str, &'static str),
    /// A label of the path.
    Uri,
    /// A query parameter of this name.
    Query(&'static str),
    /// A header of this name.
    Header(&'static str),
    /// All headers that begin with this prefix, as a map.
    Headers(&'static str),
}

/// The success status: the one given, or 200.
#[must_use]
pub const fn status_code(given: &[u16]) -> u16 {
    if given.is_empty() { 200 } else { given[0] }
}

/// Members as a structure's definition says them: one, or all of a group.
#[derive(Clone, Copy)]
pub enum Members {
    Own(&'static [Member]),
    Group(&'static StructShape),
}

impl Members {
    const fn all(self) -> &'static [Member] {
        match self {
            Self::Own(members) => members,
            Self::Group(shape) => shape.members,
        }
    }
}

/// How many members these are.
#[must_use]
pub const fn count(parts: &[Members]) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < parts.len() {
        n += parts[i].all().len();
        i += 1;
    }
    n
}

/// These members, one after the other.
#[must_use]
pub const fn flat<const N: usize>(parts: &[Members]) -> [Member; N] {
    let mut out = [Member::NONE; N];
    let (mut n, mut i) = (0, 0);
    while i < parts.len() {
        let members = parts[i].all();
        let mut j = 0;
        while j < members.len() {
            out[n] = members[j];
            (n, j) = (n + 1, j + 1);
        }
        i += 1;
    }
    out
}
