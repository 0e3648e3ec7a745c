//! Which stored bodies a request's input names, read from its text without building it.
//!
//! A body stands in an input as its facts (`base::Blob`): an object with a digest, a length and an
//! MD5. Nothing else is looked at.

use std::fmt;

use base::Digest;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The digests and lengths of the bodies that a value names, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bodies(pub Vec<(Digest, u64)>);

impl<'de> Deserialize<'de> for Bodies {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Look).map(|seen| seen.bodies)
    }
}

/// One value as it was seen: what it is, as far as that matters, and the bodies in it.
#[derive(Default)]
struct Seen {
    digest: Option<Digest>,
    number: Option<u64>,
    bodies: Bodies,
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Look)
    }
}

/// The members that tell a body's facts from other objects.
enum Member {
    Digest,
    Len,
    Md5,
    Other,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Member;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_str<E>(self, name: &str) -> Result<Member, E> {
                Ok(match name {
                    "digest" => Member::Digest,
                    "len" => Member::Len,
                    "md5" => Member::Md5,
                    _ => Member::Other,
                })
            }
        }
        from.deserialize_str(Name)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Seen, E> {
        Ok(Seen { number: Some(number), ..Seen::default() })
    }

    fn visit_f64<E>(self, _: f64) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_unit<E>(self) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<Seen, E> {
        let digest = if text.len() == 64 { text.parse().ok() } else { None };
        Ok(Seen { digest, ..Seen::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Seen, A::Error> {
        let mut bodies = Bodies::default();
        while let Some(item) = items.next_element::<Seen>()? {
            bodies.0.extend(item.bodies.0);
        }
        Ok(Seen { bodies, ..Seen::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Seen, A::Error> {
        let (mut digest, mut len, mut md5) = (None, None, false);
        let mut bodies = Bodies::default();
        while let Some(member) = members.next_key::<Member>()? {
            match member {
                Member::Md5 => {
                    members.next_value::<IgnoredAny>()?;
                    md5 = true;
                }
                Member::Digest | Member::Len | Member::Other => {
                    let value = members.next_value::<Seen>()?;
                    bodies.0.extend(value.bodies.0);
                    match member {
                        Member::Digest => digest = value.digest,
                        Member::Len => len = value.number,
                        Member::Md5 | Member::Other => {}
                    }
                }
            }
        }
        if let (Some(digest), Some(len), true) = (digest, len, md5) {
            bodies.0.push((digest, len));
        }
        Ok(Seen { bodies, ..Seen::default() })
    }
}
