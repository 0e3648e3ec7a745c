//! Primary keys: what an item's key is, whether it may be one, and where it stands in the order.
//!
//! A key is a string of bytes whose plain order is the service's: first the hash of the partition
//! key, then the partition key, then the sort key by its type, then (in an index) the key of the
//! table. So a partition, a range of sort keys, a segment of a scan and a page's beginning are all
//! ranges of bytes. The service hashes with a function that it does not tell; here it is the first
//! eight bytes of MD5, which scatters as well and is the same everywhere.
//!
//! Source: developer guide, "Core components: primary key", "Naming rules and data types",
//! "Quotas: partition keys and sort keys".

use std::borrow::Cow;

use md5::{Digest as _, Md5};

use super::error::{ApiError, validation};
use super::number::Number;
use super::value::{AttributeValue, Item};

/// The longest partition key.
pub const HASH_BYTES_MAX: usize = 2048;
/// The longest sort key.
pub const RANGE_BYTES_MAX: usize = 1024;

/// What the value of a key attribute is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ScalarType {
    S,
    N,
    B,
}

impl ScalarType {
    /// `S`, `N` or `B`.
    pub fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }
}

/// One attribute of a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KeyAttribute {
    pub name: String,
    pub kind: ScalarType,
}

/// The key of a table or an index.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KeySchema {
    pub hash: KeyAttribute,
    pub range: Option<KeyAttribute>,
}

impl KeySchema {
    /// The attributes, the partition key first.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.hash).chain(&self.range)
    }

    /// Whether an attribute is part of the key.
    pub fn has(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }

    /// The key's part of an item.
    pub fn pick(&self, item: &Item) -> Item {
        let part = |attribute: &KeyAttribute| item.get_key_value(&attribute.name);
        self.attributes().filter_map(part).map(|(name, v)| (name.clone(), v.clone())).collect()
    }

    /// The key of an item that is to be put.
    ///
    /// # Errors
    /// A key attribute is missing, has another type, is empty or too long.
    pub(crate) fn of_item(&self, item: &Item) -> Result<Key, ApiError> {
        for attribute in self.attributes() {
            let name = &attribute.name;
            let value = item
                .get(name)
                .ok_or_else(|| invalid(format!("Missing the key {name} in the item")))?;
            if scalar(value, attribute.kind).is_none() {
                let (want, got) = (attribute.kind.name(), value.type_name());
                let what = format!("Type mismatch for key {name} expected: {want} actual: {got}");
                return Err(invalid(what));
            }
        }
        self.checked(item)
    }

    /// The key that a request names: exactly the attributes of the key.
    ///
    /// # Errors
    /// Attributes are missing, too many or of another type; or a value is empty or too long.
    pub(crate) fn of_key(&self, key: &Item) -> Result<Key, ApiError> {
        let fits = |a: &KeyAttribute| key.get(&a.name).is_some_and(|v| scalar(v, a.kind).is_some());
        if key.len() != self.attributes().count() || !self.attributes().all(fits) {
            return Err(validation(NO_MATCH));
        }
        self.checked(key)
    }

    fn checked(&self, item: &Item) -> Result<Key, ApiError> {
        for attribute in self.attributes() {
            if let Some(kind) = item.get(&attribute.name).and_then(empty) {
                return Err(validation(format!(
                    "One or more parameter values are not valid. The AttributeValue for a key \
                     attribute cannot contain an empty {kind} value. Key: {}",
                    attribute.name
                )));
            }
        }
        self.sizes(item)?;
        self.find(item).ok_or_else(|| validation(NO_MATCH))
    }

    /// # Errors
    /// A key attribute of the item is longer than a key may be.
    pub(crate) fn sizes(&self, item: &Item) -> Result<(), ApiError> {
        let size = |a: &KeyAttribute| item.get(&a.name).map_or(0, scalar_bytes);
        if size(&self.hash) > HASH_BYTES_MAX {
            return Err(invalid(format!(
                // The service's own wording has no space there.
                "Size of hashkey has exceeded the maximum size limit of{HASH_BYTES_MAX} bytes"
            )));
        }
        if self.range.as_ref().map_or(0, size) > RANGE_BYTES_MAX {
            return Err(invalid(format!(
                "Aggregated size of all range keys has exceeded the size limit of \
                 {RANGE_BYTES_MAX} bytes"
            )));
        }
        Ok(())
    }

    /// The item's key, if it has all of it in the right types.
    pub(crate) fn find(&self, item: &Item) -> Option<Key> {
        let hash = scalar(item.get(&self.hash.name)?, self.hash.kind)?;
        let mut key = Key::partition(&hash);
        if let Some(range) = &self.range {
            key.push(&scalar(item.get(&range.name)?, range.kind)?);
        }
        Some(key)
    }
}

const NO_MATCH: &str = "The provided key element does not match the schema";

/// A place in the order of a table or an index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(Vec<u8>);

/// What ends a part of a key. A zero byte inside of one is followed by 255, so the end comes first.
const END: [u8; 2] = [0, 1];
const SLOT_BYTES: usize = 8;

impl Key {
    /// Where a partition begins: all its keys begin with these bytes.
    pub(crate) fn partition(hash: &[u8]) -> Self {
        let mut key = Self(slot(hash).to_be_bytes().to_vec());
        key.push(hash);
        key
    }

    /// This place with one more part.
    #[must_use]
    pub(crate) fn with(mut self, part: &[u8]) -> Self {
        self.push(part);
        self
    }

    fn push(&mut self, part: &[u8]) {
        self.push_open(part);
        self.0.extend(END);
    }

    fn push_open(&mut self, part: &[u8]) {
        for byte in part {
            self.0.push(*byte);
            if *byte == 0 {
                self.0.push(255);
            }
        }
    }

    /// This place with the beginning of one more part.
    #[must_use]
    pub(crate) fn with_prefix(mut self, part: &[u8]) -> Self {
        self.push_open(part);
        self
    }

    /// This place, and behind it the place of another key.
    #[must_use]
    pub(crate) fn then(mut self, base: &Self) -> Self {
        self.0.extend(&base.0[SLOT_BYTES..]);
        self
    }

    /// The first place behind all that begin with this one.
    #[must_use]
    pub(crate) fn end(mut self) -> Self {
        while self.0.last() == Some(&255) {
            self.0.pop();
        }
        match self.0.last_mut() {
            Some(last) => *last += 1,
            // Nothing but 255: behind it is nothing that a key could be.
            None => self.0 = vec![255; SLOT_BYTES + 1],
        }
        self
    }

    /// The place directly behind this one.
    #[must_use]
    pub(crate) fn next(mut self) -> Self {
        self.0.push(0);
        self
    }

    /// Where the slots of one of `total` equal segments begin; for `segment == total`, the end.
    pub(crate) fn segment(segment: u32, total: u32) -> Self {
        let total = u128::from(total.max(1));
        let slot = (u128::from(segment) << 64).div_ceil(total);
        u64::try_from(slot).map_or_else(
            |_| Self(vec![255; SLOT_BYTES + 1]),
            |slot| Self(slot.to_be_bytes().to_vec()),
        )
    }

    /// The bytes of the partition: slot and partition key. `None` for what is no whole key.
    pub(crate) fn collection(&self) -> Option<Self> {
        let behind = self.0.get(SLOT_BYTES..)?;
        let end = behind.windows(2).position(|pair| pair == END)?;
        Some(Self(self.0[..SLOT_BYTES + end + END.len()].to_vec()))
    }
}

fn slot(hash: &[u8]) -> u64 {
    let digest = Md5::digest(hash);
    digest.iter().take(SLOT_BYTES).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The bytes that order a value of a key type, or `None` if it has another type.
pub(crate) fn scalar(value: &AttributeValue, kind: ScalarType) -> Option<Cow<'_, [u8]>> {
    match (value, kind) {
        (AttributeValue::S(text), ScalarType::S) => Some(Cow::Borrowed(text.as_bytes())),
        (AttributeValue::B(bytes), ScalarType::B) => Some(Cow::Borrowed(bytes)),
        (AttributeValue::N(number), ScalarType::N) => Some(Cow::Owned(number_bytes(*number))),
        _ => None,
    }
}

/// A number's sign, place and digits, so that bytes compare as the numbers do.
fn number_bytes(number: Number) -> Vec<u8> {
    let text = number.to_string();
    let (negative, text) = text.strip_prefix('-').map_or((false, &*text), |rest| (true, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    let Some(first) = digits.iter().position(|digit| *digit != 0) else { return vec![2] };
    let last = digits.iter().rposition(|digit| *digit != 0).unwrap_or(first);
    // From -130 to 125 in powers of ten, as 0 to 255.
    let place = u8::try_from((whole.len() + 129).saturating_sub(first)).unwrap_or(u8::MAX);
    let digits = &digits[first..=last];
    if negative {
        // Turned round, and longer ones first: their magnitude is larger.
        let digits = digits.iter().map(|digit| 10 - digit);
        [1, 255 - place].into_iter().chain(digits).chain([255]).collect()
    } else {
        [3, place].into_iter().chain(digits.iter().map(|digit| digit + 1)).collect()
    }
}

/// `string` or `binary` for a value that is empty and so cannot be a key.
pub(crate) fn empty(value: &AttributeValue) -> Option<&'static str> {
    match value {
        AttributeValue::S(text) if text.is_empty() => Some("string"),
        AttributeValue::B(bytes) if bytes.is_empty() => Some("binary"),
        _ => None,
    }
}

fn scalar_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.len(),
        // A number is never too long.
        _ => 0,
    }
}

/// The service's usual beginning of a complaint about a value.
pub(crate) fn invalid(what: impl std::fmt::Display) -> ApiError {
    validation(format!("One or more parameter values were invalid: {what}"))
}
