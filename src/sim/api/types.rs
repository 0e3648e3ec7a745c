//! The macros in which a service says its types once: [`structure!`](crate::structure),
//! [`argument!`](crate::argument), [`string_enum!`](crate::string_enum), [`union!`](crate::union) and
//! [`group!`](crate::group).

/// A structure of the API.
///
/// ```ignore
/// structure! {
///     /// Who a grant is for.
///     pub struct Owner {
///         ..pub place: Place,
///         /// The canonical user id.
///         pub id: Option<String> => "ID",
///         pub tags: Vec<Tag> => required "TagSet" XmlList("TagSet", "Tag"),
///     }
/// }
/// ```
/// Behind `=>` stands the API's name, then where it travels when that is not
/// [`Body`](crate::api::Location::Body). A member must be given when its type says so; of a list or
/// map, which is empty otherwise, `required` says it. A line of two dots stands for all members of
/// another structure: they travel as if they stood here, behind the own ones. A member of the type
/// [`Refused`](crate::api::Refused) is known and must not be given.
#[macro_export]
macro_rules! structure {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident { $($members:tt)* }) => {
        $crate::members! {
            #[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
            $(#[doc = $doc])* $vis struct $name { $($members)* }
        }
        $crate::reading! { $name { $($members)* } }
        $crate::writing! { $name { $($members)* } }
        impl $crate::api::Shaped for $name {
            fn shape() -> $crate::api::Shape {
                $crate::api::Shape::Structure(|| $name::SHAPE)
            }
            fn from_value(value: $crate::api::Value) -> Result<Self, $crate::api::Wrong> {
                Self::take(&mut $crate::api::object(value)?)
            }
            fn into_value(self) -> $crate::api::Value {
                let mut map = $crate::api::Map::with_capacity($name::SHAPE.members.len());
                self.put(&mut map);
                $crate::api::Value::Object(map)
            }
        }
    };
}

/// A structure that only requests have. It is made from a value and never becomes one, so the compiler
/// tells of a member that nothing reads, as long as none is `pub`.
#[macro_export]
macro_rules! argument {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident { $($members:tt)* }) => {
        $crate::members! {
            #[derive(Clone, Debug, Default)]
            $(#[doc = $doc])* $vis struct $name { $($members)* }
        }
        $crate::reading! { $name { $($members)* } }
        impl $crate::api::Shaped for $name {
            fn shape() -> $crate::api::Shape {
                $crate::api::Shape::Structure(|| $name::SHAPE)
            }
            fn from_value(value: $crate::api::Value) -> Result<Self, $crate::api::Wrong> {
                Self::take(&mut $crate::api::object(value)?)
            }
            fn into_value(self) -> $crate::api::Value {
                // No answer has it.
                $crate::api::Value::Null
            }
        }
    };
}

/// The structure itself and its description.
#[doc(hidden)]
#[macro_export]
macro_rules! members {
    (
        #[derive($($derive:ident),*)]
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $(.. $gvis:vis $group:ident : $gtype:ty,)*
            $(
                $(#[doc = $fdoc:literal])*
                $fvis:vis $field:ident : $type:ty =>
                    $($must:ident)? $wire:literal $($loc:ident $(( $($arg:literal),+ ))?)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive($($derive),*)]
        // The API names the members.
        #[allow(clippy::struct_field_names)]
        $vis struct $name {
            $($gvis $group: $gtype,)*
            $(
                $(#[doc = $fdoc])*
                $fvis $field: $type,
            )*
        }

        impl $name {
            const PARTS: &'static [$crate::api::Members] = &[
                $crate::api::Members::Own(&[$(
                    $crate::api::Member {
                        name: $wire,
                        doc: concat!($($fdoc, "\n"),*),
                        required: $crate::must!($type $(, $must)?),
                        location: $crate::location!($($loc $(( $($arg),+ ))?)?),
                        shape: <$type as $crate::api::Shaped>::shape,
                        refused: $crate::api::refused::<$type>(),
                        seal: $crate::api::seal::<$type>(),
                    },
                )*]),
                $($crate::api::Members::Group(<$gtype>::SHAPE),)*
            ];

            /// The description of this structure.
            $vis const SHAPE: &'static $crate::api::StructShape = &$crate::api::StructShape {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                members: &$crate::api::flat::<{ $crate::api::count(Self::PARTS) }>(Self::PARTS),
            };
        }
    };
}

/// Making the structure out of an object's members.
#[doc(hidden)]
#[macro_export]
macro_rules! reading {
    ($name:ident {
        $(.. $gvis:vis $group:ident : $gtype:ty,)*
        $(
            $(#[doc = $fdoc:literal])*
            $fvis:vis $field:ident : $type:ty =>
                $($must:ident)? $wire:literal $($loc:ident $(( $($arg:literal),+ ))?)?
        ),* $(,)?
    }) => {
        impl $name {
            #[allow(unused_variables, clippy::missing_errors_doc, clippy::unnecessary_wraps)]
            pub fn take(
                map: &mut $crate::api::Map<String, $crate::api::Value>,
            ) -> Result<Self, $crate::api::Wrong> {
                Ok(Self {
                    $($group: <$gtype>::take(map)?,)*
                    $($field: $crate::api::take(map, $wire)?,)*
                })
            }
        }
    };
}

/// Making an object's members out of the structure.
#[doc(hidden)]
#[macro_export]
macro_rules! writing {
    ($name:ident {
        $(.. $gvis:vis $group:ident : $gtype:ty,)*
        $(
            $(#[doc = $fdoc:literal])*
            $fvis:vis $field:ident : $type:ty =>
                $($must:ident)? $wire:literal $($loc:ident $(( $($arg:literal),+ ))?)?
        ),* $(,)?
    }) => {
        impl $name {
            #[allow(unused_variables)]
            pub fn put(self, map: &mut $crate::api::Map<String, $crate::api::Value>) {
                $($crate::api::put(map, $wire, self.$field);)*
                $(self.$group.put(map);)*
            }
        }
    };
}

/// The input of an operation. Where all its members are public, clients in Rust make it, so it
/// becomes a value too; where they are not, nothing but the operation reads them, and the compiler
/// tells of one that it does not read.
#[doc(hidden)]
#[macro_export]
macro_rules! input {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $(.. pub $group:ident : $gtype:ty,)*
            $(
                $(#[doc = $fdoc:literal])*
                pub $field:ident : $type:ty =>
                    $($must:ident)? $wire:literal $($loc:ident $(( $($arg:literal),+ ))?)?
            ),* $(,)?
        }
    ) => {
        $crate::structure! {
            $(#[doc = $doc])*
            pub struct $name {
                $(.. pub $group: $gtype,)*
                $(
                    $(#[doc = $fdoc])*
                    pub $field: $type => $($must)? $wire $($loc $(( $($arg),+ ))?)?,
                )*
            }
        }
    };
    ($(#[doc = $doc:literal])* $name:ident { $($members:tt)* }) => {
        $crate::members! {
            #[derive(Clone, Debug, Default)]
            $(#[doc = $doc])* pub struct $name { $($members)* }
        }
        $crate::reading! { $name { $($members)* } }
    };
}

/// Members that several inputs have, said once: a line `..NAME: TYPE,` in each takes them in. The
/// compiler tells of one that nothing reads.
#[macro_export]
macro_rules! group {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident { $($members:tt)* }) => {
        $crate::members! {
            #[derive(Clone, Debug, Default)]
            $(#[doc = $doc])* $vis struct $name { $($members)* }
        }
        $crate::reading! { $name { $($members)* } }
    };
}

/// Whether a member must be given.
#[doc(hidden)]
#[macro_export]
macro_rules! must {
    ($type:ty) => {
        $crate::api::required::<$type>()
    };
    ($type:ty, required) => {
        true
    };
}

/// Where a member travels; nothing means the body.
#[macro_export]
macro_rules! location {
    () => { $crate::api::Location::Body };
    ($loc:ident $(( $($arg:literal),+ ))?) => { $crate::api::Location::$loc $(( $($arg),+ ))? };
}

/// An enumeration of strings. The first is the default.
#[macro_export]
macro_rules! string_enum {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident { $first:ident = $ftext:literal $(, $variant:ident = $text:literal)* $(,)? }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        $vis enum $name {
            #[default]
            $first,
            $($variant,)*
        }

        impl $name {
            /// The spelling of the real API.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self { Self::$first => $ftext, $(Self::$variant => $text,)* }
            }
        }

        impl $crate::api::Shaped for $name {
            fn shape() -> $crate::api::Shape {
                $crate::api::Shape::Enum(&[$ftext $(, $text)*])
            }
            fn from_value(value: $crate::api::Value) -> Result<Self, $crate::api::Wrong> {
                match value.as_str() {
                    Some($ftext) => Ok(Self::$first),
                    $(Some($text) => Ok(Self::$variant),)*
                    _ => Err($crate::api::Wrong::new(concat!("one of ", stringify!($name)), &value)),
                }
            }
            fn into_value(self) -> $crate::api::Value {
                $crate::api::Value::from(self.as_str())
            }
        }
    };
}

/// A union: exactly one of its members is there. The first, empty, is the default.
///
/// ```ignore
/// union! {
///     /// A value of an item.
///     pub enum AttributeValue {
///         /// Text.
///         S(String) => "S",
///         /// A list of values.
///         L(Vec<AttributeValue>) => "L",
///     }
/// }
/// ```
#[macro_export]
macro_rules! union {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident {
            $(#[doc = $fdoc1:literal])*
            $first:ident($ftype:ty) => $fwire:literal
            $(,
                $(#[doc = $fdoc:literal])*
                $variant:ident($type:ty) => $wire:literal
            )* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        $vis enum $name {
            $(#[doc = $fdoc1])*
            $first($ftype),
            $(
                $(#[doc = $fdoc])*
                $variant($type),
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$first(Default::default())
            }
        }

        impl $name {
            /// The description of this union.
            $vis const SHAPE: &'static $crate::api::StructShape = &$crate::api::StructShape {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                members: &[
                    $crate::api::Member {
                        name: $fwire,
                        doc: concat!($($fdoc1, "\n"),*),
                        required: false,
                        location: $crate::api::Location::Body,
                        shape: <$ftype as $crate::api::Shaped>::shape,
                        refused: $crate::api::refused::<$ftype>(),
                        seal: $crate::api::seal::<$ftype>(),
                    },
                    $($crate::api::Member {
                        name: $wire,
                        doc: concat!($($fdoc, "\n"),*),
                        required: false,
                        location: $crate::api::Location::Body,
                        shape: <$type as $crate::api::Shaped>::shape,
                        refused: $crate::api::refused::<$type>(),
                        seal: $crate::api::seal::<$type>(),
                    },)*
                ],
            };
        }

        impl $crate::api::Shaped for $name {
            fn shape() -> $crate::api::Shape {
                $crate::api::Shape::Union(|| $name::SHAPE)
            }
            fn from_value(value: $crate::api::Value) -> Result<Self, $crate::api::Wrong> {
                let (name, value) = $crate::api::only(value)?;
                match name.as_str() {
                    $fwire => $crate::api::Shaped::from_value(value).map(Self::$first),
                    $($wire => $crate::api::Shaped::from_value(value).map(Self::$variant),)*
                    _ => Err($crate::api::Wrong::new(
                        concat!("a member of ", stringify!($name)),
                        &$crate::api::Value::from(name),
                    )),
                }
            }
            fn into_value(self) -> $crate::api::Value {
                let (name, value) = match self {
                    Self::$first(value) => ($fwire, $crate::api::Shaped::into_value(value)),
                    $(Self::$variant(value) => ($wire, $crate::api::Shaped::into_value(value)),)*
                };
                $crate::api::Value::Object([(name.to_owned(), value)].into_iter().collect())
            }
        }
    };
}
