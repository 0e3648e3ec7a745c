//! `docker info`, `version`, `events` and `inspect`: the engine as a whole.

pub(super) mod events;
pub(super) mod info;
pub(super) mod inspect;
pub(super) mod version;
