//! What the command lines of real clients are made of, most of all of those written in Go: flags as
//! pflag reads them, help pages, templates, tables, and how sizes, durations and quoted text are
//! spelled.
//!
//! It knows no command and no world, asks nobody and prints nothing: words in, text out.

pub mod duration;
pub mod flags;
pub mod help;
pub mod json;
pub mod size;
pub mod table;
pub mod template;
pub mod text;
