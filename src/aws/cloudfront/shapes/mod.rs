//! The structures of the API. What is a setting that this simulation does not act on is refused when
//! it is given; where clients send back a neutral value of their own accord, that one is taken
//! ([`crate::check`]).

pub(crate) mod access;
pub(crate) mod behavior;
pub(crate) mod distribution;
pub(crate) mod invalidation;
pub(crate) mod items;
pub(crate) mod origin;
pub(crate) mod policy;
pub(crate) mod tags;
