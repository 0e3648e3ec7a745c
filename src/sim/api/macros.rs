//! The macro in which a service says an operation once, [`operation!`](crate::operation), and what it
//! is made of. The types of its members are said by the macros of [`types`](super::types).

/// An operation: its input and output structures and its [`OpDef`](crate::api::OpDef), as the
/// associated constant `DEF` of the input. The behaviour is an `impl` of
/// [`Read`](crate::api::Read), [`Write`](crate::api::Write) or [`Meter`](crate::api::Meter) that
/// stands below it, as the first word says.
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
///     access { "s3:CreateBucket" on "arn:aws:s3:::{Bucket}" }
/// }
/// ```
/// Members without `pub` are the operation's alone: the compiler then tells of one that it takes
/// and does not read. One that has nothing to be read for, since the listener holds the request to
/// it or it has no effect in the real service either, has a field that begins with `_`; so has one
/// that is not simulated, whose type is [`Refused`](crate::api::Refused): a request that gives it is
/// refused before the operation runs.
///
/// Behind the errors stand, in this order and where they hold: `access` with actions and resources
/// (and `keys { "ec2:InstanceType": "InstanceType" }`), or `itself`, `open` or `unsigned`, see
/// [`Access`](crate::api::Access); `pages` with the fields of [`Pages`](crate::api::Pages); `token`
/// with the member that makes a repeated request one; `waiters` made by
/// [`waiter`](crate::api::waiter); and `takes time`.
#[macro_export]
macro_rules! operation {
    (
        $(#[doc = $doc:literal])*
        $kind:ident $name:ident in $service:literal = $http:literal $(($status:literal))?;
        input { $($input:tt)* }
        output $output:ident { $($out:tt)* }
        errors [$($error:literal),* $(,)?]
        $(access $access:tt)?
        $(pages { $($pages:tt)* })?
        $(token $token:literal)?
        $(waiters [ $($waiter:expr),* $(,)? ])?
        $(takes $time:ident)?
    ) => {
        $crate::input! {
            $(#[doc = $doc])*
            $name { $($input)* }
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
                access: $crate::access!($($access)?),
                pages: $crate::pages!($({ $($pages)* })?),
                token: $crate::given!($($token)?),
                waiters: &[$($(
                    {
                        #[allow(unused_imports)]
                        use $crate::api::{On::*, failure, retry, success, waiter};
                        $waiter
                    }
                ),*)?],
                takes_time: $crate::given!($($time)?).is_some(),
                run: $crate::run!($kind $name),
            };
        }
    };
}

/// What an operation says of its authorization.
#[doc(hidden)]
#[macro_export]
macro_rules! access {
    () => { $crate::api::Access::Unsaid };
    (itself) => { $crate::api::Access::Itself };
    (open) => { $crate::api::Access::Open };
    (unsigned) => { $crate::api::Access::Unsigned };
    ({ $(
        $action:literal on $resource:literal $(keys { $($key:literal : $member:literal),* $(,)? })?
    ),* $(,)? }) => {
        $crate::api::Access::Asks(&[$($crate::api::Grant {
            action: $action,
            resource: $resource,
            keys: &[$($(($key, $member)),*)?],
        }),*])
    };
}

/// How an operation pages.
#[doc(hidden)]
#[macro_export]
macro_rules! pages {
    () => { None };
    ({ $($pages:tt)* }) => {
        {
            #[allow(clippy::needless_update)]
            const PAGES: $crate::api::Pages =
                $crate::api::Pages { $($pages)* ..$crate::api::Pages::NONE };
            Some(PAGES)
        }
    };
}

/// A word, when it is there.
#[doc(hidden)]
#[macro_export]
macro_rules! given {
    () => {
        None::<&'static str>
    };
    (time) => {
        Some("time")
    };
    ($text:literal) => {
        Some($text)
    };
}

/// The type-erased runner of an operation.
#[macro_export]
macro_rules! run {
    (read $name:ident) => {
        $crate::api::Run::Read(|world, cx, input| {
            let op = $name::take(&mut $crate::api::object(input)?)
                .map_err(|wrong| $name::DEF.refusal(world, wrong))?;
            Ok($crate::api::Shaped::into_value($crate::api::Read::read(op, world, cx)?))
        })
    };
    (write $name:ident) => {
        $crate::api::Run::Write(|world, cx, input| {
            let op = $name::take(&mut $crate::api::object(input)?)
                .map_err(|wrong| $name::DEF.refusal(world, wrong))?;
            Ok($crate::api::Shaped::into_value($crate::api::Write::apply(op, world, cx)?))
        })
    };
    (meter $name:ident) => {
        $crate::api::Run::Meter($crate::api::Metering {
            counts: <$name as $crate::api::Meter>::counts,
            read: |world, cx, input| {
                let op = $name::take(&mut $crate::api::object(input)?)?;
                let (output, _) = $crate::api::Meter::read(op, world, cx, None)?;
                Ok($crate::api::Shaped::into_value(output))
            },
            charge: |world, cx, input| {
                let op = $name::take(&mut $crate::api::object(input)?)?;
                let (output, used) = $crate::api::Meter::read(op, world, cx, Some(cx.at))?;
                <$name as $crate::api::Meter>::charge(world, cx, used);
                Ok($crate::api::Shaped::into_value(output))
            },
        })
    };
}
