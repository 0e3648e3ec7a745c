//! Labs and notes as data: manifests, lesson blocks, checks, questions, search. Touches no engine
//! and no terminal.

pub mod lab;
pub mod lesson;

pub use lab::{Answer, Ask, Expect, Lab, Need, Script, Step, Var};
pub use lesson::{Block, Span};
