//! Between the types of operations and [`serde_json::Value`]s, by plain code that the macros write.
//!
//! Deriving serde instead costs five times the time to compile. What a type needs beyond the macros
//! (a union with rules of its own) it gives by an `impl` of [`Shaped`].

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value};

use super::{ApiError, Seal, Shape};
use base::{Blob, Slice, Time};

/// Why a value cannot be taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// It is not of its type. The codecs hold values to the shape first, so that a client never sees
    /// this.
    Type(String),
    /// It is given, and not simulated: the path of members that leads to it.
    Refused(String),
}

impl Wrong {
    /// What was wanted, and what came.
    #[must_use]
    pub fn new(want: &str, got: &Value) -> Self {
        Self::Type(format!("expected {want}, got {got}"))
    }

    /// The same, of this member.
    #[must_use]
    fn of(self, member: &str) -> Self {
        match self {
            Self::Type(text) => Self::Type(format!("{member}: {text}")),
            Self::Refused(path) if path.is_empty() => Self::Refused(member.to_owned()),
            Self::Refused(path) => Self::Refused(format!("{member}.{path}")),
        }
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Type(text) => f.write_str(text),
            Self::Refused(path) => write!(f, "{path} is not simulated here, so it cannot be given"),
        }
    }
}

impl std::error::Error for Wrong {}

impl From<Wrong> for ApiError {
    fn from(wrong: Wrong) -> Self {
        Self::new(400, "ValidationError", wrong.to_string())
    }
}

/// A type that can stand in a member.
pub trait Shaped: Sized {
    /// Whether a value must be given.
    const REQUIRED: bool = true;

    /// Whether no value may be given.
    const REFUSED: bool = false;

    /// How a value is sealed when it is a secret, which nobody here keeps.
    const SEAL: Option<Seal> = None;

    fn shape() -> Shape;

    /// # Errors
    /// When the value is not of this type.
    fn from_value(value: Value) -> Result<Self, Wrong>;

    fn into_value(self) -> Value;

    /// Whether this value is left out of the structure that it stands in.
    fn is_absent(&self) -> bool {
        false
    }
}

/// [`Shaped::REQUIRED`] of a type, callable in a constant.
#[must_use]
pub const fn required<T: Shaped>() -> bool {
    T::REQUIRED
}

/// [`Shaped::REFUSED`] of a type, callable in a constant.
#[must_use]
pub const fn refused<T: Shaped>() -> bool {
    T::REFUSED
}

/// [`Shaped::SEAL`] of a type, callable in a constant.
#[must_use]
pub const fn seal<T: Shaped>() -> Option<Seal> {
    T::SEAL
}

/// A member that the real service has and that is not simulated: a request that gives it is refused
/// in the service's own words. `T` is what the real one holds, for help and command line; where that
/// is a structure of its own, [`Value`] will do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Refused<T>(PhantomData<T>);

impl<T: Shaped> Shaped for Refused<T> {
    const REQUIRED: bool = false;
    const REFUSED: bool = true;
    fn shape() -> Shape {
        T::shape()
    }
    fn from_value(_: Value) -> Result<Self, Wrong> {
        Err(Wrong::Refused(String::new()))
    }
    fn into_value(self) -> Value {
        Value::Null
    }
    fn is_absent(&self) -> bool {
        true
    }
}

/// Takes a member out of an object; its default when it is not there.
///
/// # Errors
/// When it is of another type.
pub fn take<T: Shaped + Default>(map: &mut Map<String, Value>, name: &str) -> Result<T, Wrong> {
    match member(map, name).map(Value::take) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => T::from_value(value).map_err(|wrong| wrong.of(name)),
    }
}

/// Up to so many members, comparing all names is quicker than hashing one.
const FEW: usize = 8;

/// A member of an object. Operations have up to fifty of them, of which a request gives a few.
fn member<'m>(map: &'m mut Map<String, Value>, name: &str) -> Option<&'m mut Value> {
    if map.len() > FEW {
        return map.get_mut(name);
    }
    map.iter_mut().find(|(given, _)| *given == name).map(|(_, value)| value)
}

/// Puts a member into an object, unless it is absent.
pub fn put<T: Shaped>(map: &mut Map<String, Value>, name: &str, value: T) {
    if !value.is_absent() {
        map.insert(name.to_owned(), value.into_value());
    }
}

/// The object that a structure is made from.
///
/// # Errors
/// When the value is none.
pub fn object(value: Value) -> Result<Map<String, Value>, Wrong> {
    match value {
        Value::Object(map) => Ok(map),
        other => Err(Wrong::new("an object", &other)),
    }
}

/// The one member of a union.
///
/// # Errors
/// When there are none or several.
pub fn only(value: Value) -> Result<(String, Value), Wrong> {
    let mut map = object(value)?;
    map.retain(|_, value| !value.is_null());
    let count = map.len();
    match map.into_iter().next() {
        Some(one) if count == 1 => Ok(one),
        _ => Err(Wrong::Type(format!("expected exactly one member, got {count}"))),
    }
}

impl Shaped for String {
    fn shape() -> Shape {
        Shape::String
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(Wrong::new("a string", &other)),
        }
    }
    fn into_value(self) -> Value {
        Value::String(self)
    }
}

impl Shaped for bool {
    fn shape() -> Shape {
        Shape::Boolean
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| Wrong::new("true or false", &value))
    }
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Shaped for $type {
            fn shape() -> Shape {
                Shape::Integer
            }
            fn from_value(value: Value) -> Result<Self, Wrong> {
                let signed = value.as_i64().and_then(|n| Self::try_from(n).ok());
                let number = signed.or_else(|| value.as_u64().and_then(|n| Self::try_from(n).ok()));
                number.ok_or_else(|| Wrong::new(concat!("an integer (", stringify!($type), ")"), &value))
            }
            fn into_value(self) -> Value {
                Value::from(self)
            }
        }
    )*};
}

integers!(i64 i32 u32 u64);

/// A floating-point number that can be compared, sorted and hashed: by its bits, so that a world's
/// digest is exact. It is written in the fewest digits that read back as the same number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Double(pub f64);

impl PartialEq for Double {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Double {}

impl PartialOrd for Double {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Double {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Hash for Double {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl Shaped for Double {
    fn shape() -> Shape {
        Shape::Double
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        let number = match value.as_str() {
            Some("NaN") => Some(f64::NAN),
            Some("Infinity") => Some(f64::INFINITY),
            Some("-Infinity") => Some(f64::NEG_INFINITY),
            _ => value.as_f64(),
        };
        number.map(Self).ok_or_else(|| Wrong::new("a number", &value))
    }
    fn into_value(self) -> Value {
        match Number::from_f64(self.0) {
            Some(number) => Value::Number(number),
            None if self.0.is_nan() => Value::from("NaN"),
            None if self.0 > 0.0 => Value::from("Infinity"),
            None => Value::from("-Infinity"),
        }
    }
}

impl Shaped for Time {
    fn shape() -> Shape {
        Shape::Timestamp
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        value.as_i64().map(Self).ok_or_else(|| Wrong::new("an instant in milliseconds", &value))
    }
    fn into_value(self) -> Value {
        Value::from(self.0)
    }
}

/// Bytes in a document. No list of numbers is one, as no AWS type has bytes for its items.
impl Shaped for Vec<u8> {
    fn shape() -> Shape {
        Shape::Binary
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
        bytes.ok_or_else(|| Wrong::new("base64", &value))
    }
    fn into_value(self) -> Value {
        Value::String(STANDARD.encode(self))
    }
}

impl Shaped for Value {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::Document
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        Ok(value)
    }
    fn into_value(self) -> Value {
        self
    }
    fn is_absent(&self) -> bool {
        self.is_null()
    }
}

/// What serde says of a type whose form [`base`] has fixed.
fn by_serde<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Wrong> {
    serde_json::from_value(value).map_err(|e| Wrong::Type(e.to_string()))
}

impl Shaped for Blob {
    fn shape() -> Shape {
        Shape::BlobIn
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        by_serde(value)
    }
    fn into_value(self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The only list of slices there is: a body going out.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Body(pub Vec<Slice>);

impl Shaped for Body {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::BlobOut
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        by_serde(value).map(Self)
    }
    fn into_value(self) -> Value {
        serde_json::to_value(self.0).unwrap_or_default()
    }
}

impl<T: Shaped> Shaped for Option<T> {
    const REQUIRED: bool = false;
    const SEAL: Option<Seal> = T::SEAL;
    fn shape() -> Shape {
        T::shape()
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// A structure that contains itself.
impl<T: Shaped> Shaped for Box<T> {
    const REQUIRED: bool = T::REQUIRED;
    fn shape() -> Shape {
        T::shape()
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        T::from_value(value).map(Self::new)
    }
    fn into_value(self) -> Value {
        T::into_value(*self)
    }
    fn is_absent(&self) -> bool {
        T::is_absent(self)
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::List(T::shape)
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::Array(items) => items.into_iter().map(T::from_value).collect(),
            other => Err(Wrong::new("a list", &other)),
        }
    }
    fn into_value(self) -> Value {
        Value::Array(self.into_iter().map(T::into_value).collect())
    }
}

impl<T: Shaped> Shaped for BTreeMap<String, T> {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::Map(T::shape)
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        let pairs = object(value)?.into_iter();
        pairs.map(|(name, value)| Ok((name, T::from_value(value)?))).collect()
    }
    fn into_value(self) -> Value {
        Value::Object(self.into_iter().map(|(name, value)| (name, value.into_value())).collect())
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
