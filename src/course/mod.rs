//! Labs, their worlds and notes as data: manifests, lesson blocks, checks, questions, search. Touches no
//! engine and no terminal.
//!
//! `parse` reads one lab file, `catalog` knows all of them, `matcher` and `answer` judge what commands
//! printed, `lint` finds what only a human would mind, `notes` has the course notes, `syllabus` the order of
//! the whole course, and `reference` writes down the format from the same tables that the parser reads by.

pub mod answer;
mod block;
pub mod catalog;
mod fence;
mod footprint;
mod front;
mod glossary;
mod keys;
pub mod lab;
pub mod lesson;
pub mod lint;
pub mod matcher;
mod naming;
pub mod notes;
mod observe;
mod outline;
mod parse;
mod problem;
mod quantity;
mod reference;
mod roles;
mod search;
mod skeleton;
mod source;
pub mod syllabus;
#[cfg(test)]
mod syllabus_tests;
mod table;
#[cfg(test)]
mod tests;
mod vars;
mod world;

pub use answer::{chosen, compute, judge, right_answer, why_not};
pub use catalog::{Broken, Catalog, Entry, Source, Unknown};
pub use footprint::{Footprint, Run, When};
pub use glossary::Term;
pub use lab::{Answer, Ask, Expect, Lab, Learner, NamedDoors, Need, Script, Step, Var, WorldSpec};
pub use lesson::{Block, Span};
pub use lint::{Finding, Severity};
pub use matcher::{MATCHERS, Matcher, Outcome, evaluate, hides};
pub use naming::{Unnamed, named};
pub use notes::{NoteIndexRow, Notes, Page};
pub use observe::{Output, Seen, observe, readable};
pub use problem::Problem;
pub use reference::reference;
pub use search::{Wanted, standing};
pub use skeleton::skeleton;
pub use syllabus::Syllabus;
