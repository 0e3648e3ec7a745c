//! Asks a model for its fields.

use std::fmt;
use std::sync::Arc;

use command_line::template::{InJson, Member, Shape, Struct};
use serde::de::value::{BorrowedStrDeserializer, UnitDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::tables::{EMBEDDED, Kind, LATER, MORE, NAMES, stands_in};

/// A deserializer that has no data: it notes what it is asked for, and answers something empty.
pub(super) struct Tracer<'a> {
    pub(super) into: &'a mut Shape,
    /// Makes a field of a type, by its name in JSON.
    pub(super) member: MakeField,
}

/// A field of a type: the type, the field in JSON, and what was noted of it.
pub(super) type MakeField = fn(&str, &str, Shape) -> Member;

/// Why tracing one type ended early.
#[derive(Debug)]
pub(super) struct Stopped(String);

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stopped {}

impl serde::de::Error for Stopped {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

macro_rules! scalars {
    ($($method:ident => $shape:ident, $visit:ident($($value:expr)?);)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
            *self.into = Shape::$shape;
            visitor.$visit($($value)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Stopped;

    scalars! {
        deserialize_any => Any, visit_unit();
        deserialize_ignored_any => Any, visit_unit();
        deserialize_unit => Any, visit_unit();
        deserialize_bool => Bool, visit_bool(false);
        deserialize_i8 => Number, visit_i8(0);
        deserialize_i16 => Number, visit_i16(0);
        deserialize_i32 => Number, visit_i32(0);
        deserialize_i64 => Number, visit_i64(0);
        deserialize_u8 => Number, visit_u8(0);
        deserialize_u16 => Number, visit_u16(0);
        deserialize_u32 => Number, visit_u32(0);
        deserialize_u64 => Number, visit_u64(0);
        deserialize_f32 => Number, visit_f32(0.0);
        deserialize_f64 => Number, visit_f64(0.0);
        deserialize_char => Text, visit_char(' ');
        deserialize_str => Text, visit_borrowed_str("");
        deserialize_string => Text, visit_borrowed_str("");
        deserialize_identifier => Text, visit_borrowed_str("");
        deserialize_bytes => Text, visit_borrowed_bytes(b"");
        deserialize_byte_buf => Text, visit_borrowed_bytes(b"");
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        let mut inner = Shape::Any;
        let made = visitor.visit_seq(One { left: true, into: &mut inner, member: self.member });
        *self.into = Shape::List(Arc::new(inner));
        made
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Stopped> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        let mut inner = Shape::Any;
        let made = visitor.visit_map(One { left: true, into: &mut inner, member: self.member });
        *self.into = Shape::Map(Arc::new(inner));
        made
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        let mut found = Vec::new();
        let made = visitor.visit_map(Fields {
            of: name,
            rest: fields,
            found: &mut found,
            member: self.member,
        });
        let later = |m: &Member| stands_in(LATER, name, &m.key);
        found.retain(|m| !later(m));
        let more = MORE.iter().filter(|(of, _)| *of == name).flat_map(|(_, more)| *more);
        for (key, kind) in more {
            let shape = match kind {
                Kind::Bool => Shape::Bool,
                Kind::ContainerConfig => {
                    use docker::models::ContainerConfig;
                    use serde::Deserialize as _;
                    let mut shape = Shape::Any;
                    let _ = ContainerConfig::deserialize(Tracer {
                        into: &mut shape,
                        member: self.member,
                    });
                    shape
                }
                Kind::List => Shape::List(Arc::new(Shape::Any)),
                Kind::Number => Shape::Number,
                Kind::Text => Shape::Text,
            };
            if found.iter().all(|m| m.key != *key) {
                found.push((self.member)(name, key, shape));
            }
        }
        for (_, names) in EMBEDDED.iter().filter(|(of, _)| *of == name) {
            found.extend(names.iter().map(|name| Member {
                name: (*name).to_owned(),
                key: String::new(),
                shape: Shape::Any,
                json: InJson::AsGiven,
            }));
        }
        let go = NAMES.iter().find(|(model, _)| *model == name).map_or(name, |(_, go)| go);
        *self.into = Shape::Struct(Arc::new(Struct { name: go.to_owned(), fields: found }));
        made
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        *self.into = Shape::Text;
        visitor.visit_enum(First(variants.first().copied().unwrap_or_default()))
    }
}

/// A list or a map with one entry.
struct One<'a> {
    left: bool,
    into: &'a mut Shape,
    member: MakeField,
}

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Stopped;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stopped> {
        if !std::mem::take(&mut self.left) {
            return Ok(None);
        }
        seed.deserialize(Tracer { into: self.into, member: self.member }).map(Some)
    }
}

impl<'de> MapAccess<'de> for One<'_> {
    type Error = Stopped;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stopped> {
        if !std::mem::take(&mut self.left) {
            return Ok(None);
        }
        seed.deserialize(Tracer { into: &mut Shape::Any, member: self.member }).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stopped> {
        seed.deserialize(Tracer { into: self.into, member: self.member })
    }
}

/// A struct with all of its fields.
struct Fields<'a> {
    of: &'static str,
    rest: &'static [&'static str],
    found: &'a mut Vec<Member>,
    member: MakeField,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Stopped;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stopped> {
        let Some(key) = self.rest.first() else { return Ok(None) };
        let key: BorrowedStrDeserializer<'de, Stopped> = BorrowedStrDeserializer::new(key);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stopped> {
        let Some((key, rest)) = self.rest.split_first() else {
            return Err(Stopped("a value without a name was asked for".to_owned()));
        };
        self.rest = rest;
        let mut shape = Shape::Any;
        let made = seed.deserialize(Tracer { into: &mut shape, member: self.member });
        self.found.push((self.member)(self.of, key, shape));
        made
    }
}

/// The first variant of an enum.
struct First(&'static str);

impl<'de> EnumAccess<'de> for First {
    type Error = Stopped;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Stopped> {
        let name: BorrowedStrDeserializer<'de, Stopped> = BorrowedStrDeserializer::new(self.0);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for First {
    type Error = Stopped;

    fn unit_variant(self) -> Result<(), Stopped> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Stopped> {
        let nothing: UnitDeserializer<Stopped> = ().into_deserializer();
        seed.deserialize(nothing)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Stopped> {
        Err(Stopped("no model has such a variant".to_owned()))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stopped> {
        Err(Stopped("no model has such a variant".to_owned()))
    }
}
