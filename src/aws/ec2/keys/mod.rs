//! Key pairs: how they are made, read and told apart ([`material`], [`public`]), and the operations.

pub mod material;
pub mod ops;
pub mod public;
