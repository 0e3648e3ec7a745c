//! The structures of the API.

pub(crate) mod record;
pub(crate) mod tags;
pub(crate) mod zone;
