//! How values of the core stand in requests and answers: enumerations by their words, attribute
//! values by their own JSON.

use std::marker::PhantomData;

use serde_json::Value;
use sim::api::{Location, Member, Shape, Shaped, StructShape, Wrong};

use crate::dynamodb::item::ReturnValues;
use crate::dynamodb::key::ScalarType;
use crate::dynamodb::read::Select;
use crate::dynamodb::table::Status;
use crate::dynamodb::table::spec::{BillingMode, KeyRole, ProjectionKind, StreamView, TableClass};
use crate::dynamodb::ttl::TtlStatus;
use crate::dynamodb::value::AttributeValue;

/// An enumeration of the core, as the API spells it.
macro_rules! words {
    ($($type:ident { $($variant:ident = $text:literal),* $(,)? })*) => {$(
        impl Shaped for $type {
            fn shape() -> Shape {
                Shape::Enum(&[$($text),*])
            }
            fn from_value(value: Value) -> Result<Self, Wrong> {
                match value.as_str() {
                    $(Some($text) => Ok(Self::$variant),)*
                    _ => Err(Wrong::new(concat!("one of ", stringify!($type)), &value)),
                }
            }
            fn into_value(self) -> Value {
                Value::from(match self { $(Self::$variant => $text),* })
            }
        }
    )*};
}

// The order is that in which the service lists them when it refuses another.
words! {
    ScalarType { B = "B", N = "N", S = "S" }
    KeyRole { Hash = "HASH", Range = "RANGE" }
    BillingMode { Provisioned = "PROVISIONED", PayPerRequest = "PAY_PER_REQUEST" }
    ProjectionKind { All = "ALL", Include = "INCLUDE", KeysOnly = "KEYS_ONLY" }
    StreamView {
        NewImage = "NEW_IMAGE",
        OldImage = "OLD_IMAGE",
        NewAndOldImages = "NEW_AND_OLD_IMAGES",
        KeysOnly = "KEYS_ONLY",
    }
    TableClass { Standard = "STANDARD", StandardInfrequentAccess = "STANDARD_INFREQUENT_ACCESS" }
    Status {
        Creating = "CREATING",
        Updating = "UPDATING",
        Deleting = "DELETING",
        Active = "ACTIVE",
    }
    ReturnValues {
        AllNew = "ALL_NEW",
        UpdatedOld = "UPDATED_OLD",
        AllOld = "ALL_OLD",
        None = "NONE",
        UpdatedNew = "UPDATED_NEW",
    }
    Select {
        SpecificAttributes = "SPECIFIC_ATTRIBUTES",
        Count = "COUNT",
        AllAttributes = "ALL_ATTRIBUTES",
        AllProjectedAttributes = "ALL_PROJECTED_ATTRIBUTES",
    }
    TtlStatus {
        Enabling = "ENABLING",
        Disabling = "DISABLING",
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

const fn member(name: &'static str, doc: &'static str, shape: fn() -> Shape) -> Member {
    Member {
        name,
        doc,
        required: false,
        location: Location::Body,
        shape,
        refused: false,
        seal: None,
    }
}

static ATTRIBUTE: StructShape = StructShape {
    name: "AttributeValue",
    doc: "The value of an attribute: exactly one of its types.",
    members: &[
        member("S", "Text.", String::shape),
        member("N", "A number, written as text.", String::shape),
        member("B", "Bytes.", Vec::<u8>::shape),
        member("SS", "A set of texts.", Vec::<String>::shape),
        member("NS", "A set of numbers.", Vec::<String>::shape),
        member("BS", "A set of byte strings.", Vec::<Vec<u8>>::shape),
        member("M", "A map of values.", || Shape::Map(AttributeValue::shape)),
        member("L", "A list of values.", || Shape::List(AttributeValue::shape)),
        member("NULL", "Nothing; always true.", bool::shape),
        member("BOOL", "True or false.", bool::shape),
    ],
};

impl Shaped for AttributeValue {
    fn shape() -> Shape {
        Shape::Union(|| &ATTRIBUTE)
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        Self::from_json(&value).map_err(|_| Wrong::new("an attribute value", &value))
    }
    fn into_value(self) -> Value {
        self.into_json()
    }
}

/// A value of this shape as the request has it: what is wrong with it beyond the shape, the core
/// says in the service's words.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Given<T>(pub Value, PhantomData<T>);

impl<T: Shaped> Shaped for Given<T> {
    fn shape() -> Shape {
        T::shape()
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        Ok(Self(value, PhantomData))
    }
    fn into_value(self) -> Value {
        self.0
    }
}
