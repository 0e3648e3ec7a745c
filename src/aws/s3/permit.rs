//! What an access control list is made of: who may do what.

/// One grant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Permit {
    pub(super) who: Who,
    pub(super) permission: Permission,
}

sim::string_enum! {
    /// What a grant allows.
    pub(super) enum Permission {
        FullControl = "FULL_CONTROL",
        Write = "WRITE",
        WriteAcp = "WRITE_ACP",
        Read = "READ",
        ReadAcp = "READ_ACP",
    }
}

/// Whom a grant is for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Who {
    /// A canonical user id.
    User(String),
    /// Everyone, anonymous callers too.
    AllUsers,
    /// Every signed caller of every account.
    AuthenticatedUsers,
    /// S3's own log writer.
    LogDelivery,
}

impl Who {
    /// Whether it is a group that anyone can be in.
    pub(super) fn is_public(&self) -> bool {
        matches!(self, Self::AllUsers | Self::AuthenticatedUsers)
    }
}
