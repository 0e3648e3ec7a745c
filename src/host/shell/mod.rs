//! The shell: reads text, expands words, runs commands.
//!
//! It is a machine with a stack of frames and no recursion over what runs, so that a script can stand
//! still anywhere (for lab time, for a child, for an answer of the network) and be plain data meanwhile.

pub mod arithmetic;
pub mod ast;
mod braces;
pub mod builtins;
pub mod condition;
mod edit;
pub mod expand;
pub mod launch;
pub mod parse;
mod paths;
pub mod redirect;
pub mod run;
pub mod state;
pub mod turn;
