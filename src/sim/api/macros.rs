//! The three macros in which a service says its types once.

/// A structure of the API.
///
/// ```ignore
/// structure! {
///     /// Who a grant is for.
///     pub struct Owner {
///         /// The canonical user id.
///         pub id: Option<String> => "ID",
///         pub tags: Vec<Tag> => "TagSet" XmlList("TagSet", "Tag"),
///     }
/// }
/// ```
/// Behind `=>` stands the API's name, then where it travels when that is not
/// [`Body`](crate::api::Location::Body).
#[macro_export]
macro_rules! structure {
    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $(
                $(#[doc = $fdoc:literal])*
                $fvis:vis $field:ident : $type:ty => $wire:literal $($loc:ident $(( $($arg:literal),+ ))?)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        $vis struct $name {
            $(
                $(#[doc = $fdoc])*
                #[serde(rename = $wire, skip_serializing_if = "sim::api::Shaped::is_absent")]
                $fvis $field: $type,
            )*
        }

        impl $name {
            /// The description of this structure.
            $vis const SHAPE: &'static $crate::api::StructShape = &$crate::api::StructShape {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                members: &[$(
                    $crate::api::Member {
                        name: $wire,
                        doc: concat!($($fdoc, "\n"),*),
                        required: $crate::api::required::<$type>(),
                        location: $crate::location!($($loc $(( $($arg),+ ))?)?),
                        shape: <$type as $crate::api::Shaped>::shape,
                    },
                )*],
            };
        }

        impl $crate::api::Shaped for $name {
            fn shape() -> $crate::api::Shape {
                $crate::api::Shape::Structure(|| $name::SHAPE)
            }
        }
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
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
        $vis enum $name {
            #[default]
            #[serde(rename = $ftext)]
            $first,
            $(#[serde(rename = $text)] $variant,)*
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
        }
    };
}

/// An operation: its input and output structures and its [`OpDef`](crate::api::OpDef), as the
/// associated constant `DEF` of the input. The behaviour is an `impl` of
/// [`Read`](crate::api::Read) or [`Write`](crate::api::Write) that stands below it.
///
/// ```ignore
/// operation! {
///     /// Creates a bucket.
///     write CreateBucket in "s3" = "PUT /{Bucket}" (200);
///     input {
///         /// The name of the bucket to create.
///         bucket: String => "Bucket" Uri,
///         acl: Option<String> => "ACL" Header("x-amz-acl"),
///     }
///     output CreateBucketOutput {
///         location: String => "Location" Header("Location"),
///     }
///     errors ["BucketAlreadyExists"]
/// }
/// ```
#[macro_export]
macro_rules! operation {
    (
        $(#[doc = $doc:literal])*
        $kind:ident $name:ident in $service:literal = $http:literal $(($status:literal))?;
        input { $($input:tt)* }
        output $output:ident { $($out:tt)* }
        errors [$($error:literal),* $(,)?]
    ) => {
        $crate::structure! {
            $(#[doc = $doc])*
            pub struct $name { $($input)* }
        }
        $crate::structure! {
            /// What the operation answers.
            pub struct $output { $($out)* }
        }
        impl $name {
            /// The registry entry.
            pub const DEF: $crate::api::OpDef = $crate::api::OpDef {
                service: $service,
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                http: $http,
                status: $crate::api::status_code(&[$($status)?]),
                input: || $name::SHAPE,
                output: || $output::SHAPE,
                errors: &[$($error),*],
                run: $crate::run!($kind $name),
            };
        }
    };
}

/// The type-erased runner of an operation.
#[macro_export]
macro_rules! run {
    (read $name:ident) => {
        $crate::api::Run::Read(|world, cx, input| {
            let op: $name = $crate::api::decode(input)?;
            $crate::api::encode(&$crate::api::Read::read(op, world, cx)?)
        })
    };
    (write $name:ident) => {
        $crate::api::Run::Write(|world, cx, input| {
            let op: $name = $crate::api::decode(input)?;
            $crate::api::encode(&$crate::api::Write::apply(op, world, cx)?)
        })
    };
}
