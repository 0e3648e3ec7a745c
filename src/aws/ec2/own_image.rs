//! An image of an account's own, as its region keeps it.

use std::collections::BTreeSet;

use super::shapes::image::Image;

/// An image that an account has made.
#[derive(Clone, Hash, Debug)]
pub(crate) struct OwnImage {
    pub(crate) id: String,
    /// It as it is described, but for its tags.
    pub(crate) image: Image,
    /// The image of the catalogue that its root disk goes back to, by name.
    pub(crate) base: Option<&'static str>,
    /// The accounts that may launch from it.
    pub(crate) users: BTreeSet<String>,
}

impl OwnImage {
    /// Whether an account that is not its owner may launch from it.
    pub(crate) fn lets(&self, account: &str) -> bool {
        self.image.public || self.users.contains(account)
    }

    pub(crate) fn is_available(&self) -> bool {
        self.image.state == "available"
    }
}
