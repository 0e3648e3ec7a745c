//! Who pays for a request.

use serde_json::Value;
use sim::api::{Shape, Shaped, Wrong};

/// That whoever asks agrees to pay. It changes nothing where the bucket's owner pays, as in the service;
/// anything but `requester` is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Payer;

impl Shaped for Payer {
    fn shape() -> Shape {
        Shape::String
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        match value.as_str() {
            Some("requester") => Ok(Self),
            _ => Err(Wrong::Refused(String::new())),
        }
    }
    fn into_value(self) -> Value {
        "requester".into()
    }
}
