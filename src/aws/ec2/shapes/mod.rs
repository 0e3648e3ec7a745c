//! The structures of EC2's API, as answers show them and as the state keeps them: what a learner sees
//! is what there is. Tags stand apart, by the id of what they are on, and are put in on the way out.

pub mod acl;
pub mod address;
pub mod group;
pub mod image;
pub mod instance;
pub mod interface;
pub mod key;
pub mod launch;
pub mod network;
pub mod route;
pub mod storage;
pub mod tag;
pub mod template;
pub mod zone;
