//! The figures of "Speed it must keep", each beside its bar, with the machine they were read on.
//!
//! `cargo bench` reads all of them; `FIGURES=start,serve cargo bench` some; `cargo bench -- --json`
//! prints them for a machine. Nothing is asserted: a figure read on a busy machine proves nothing.
//! `MOTO_SERVER` names the peer's program; without it, `moto_server` on the PATH is the peer.

mod engine;
mod history;
mod http;
mod machine;
mod screen;
mod serve;
mod sheet;
mod sign;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sheet::Sheet;

/// Reads figures onto the sheet.
type Read = fn(&mut Sheet);

/// The groups of figures, and what reads them.
const GROUPS: &[(&str, Read)] = &[
    ("start", screen::start),
    ("key", screen::key),
    ("idle", screen::idle),
    ("serve", serve::start),
    ("requests", serve::requests),
    ("body", engine::body),
    ("replay", engine::replay),
    ("history", history::history),
    ("together", history::together),
    ("docker", engine::docker),
];

fn main() {
    let json = std::env::args().any(|arg| arg == "--json");
    let chosen = std::env::var("FIGURES").unwrap_or_default();
    let chosen: Vec<&str> = chosen.split(',').map(str::trim).filter(|n| !n.is_empty()).collect();
    let mut err = std::io::stderr();
    let known = |name: &&str| GROUPS.iter().any(|(group, _)| group == name);
    if let Some(unknown) = chosen.iter().find(|name| !known(name)) {
        let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        let _ = writeln!(err, "there are no figures {unknown:?}; there are {}", names.join(", "));
        std::process::exit(2);
    }
    let mut sheet = Sheet::new();
    for (name, read) in GROUPS {
        if chosen.is_empty() || chosen.contains(name) {
            let _ = writeln!(err, "reading {name} …");
            // What cannot be read here must not take the other figures with it.
            if catch_unwind(AssertUnwindSafe(|| read(&mut sheet))).is_err() {
                sheet.absent(name, "the rest of these", "could not be read; see above");
            }
        }
    }
    let text = if json { sheet.json() } else { sheet.text() };
    // Whoever reads it may have had enough.
    let _ = writeln!(std::io::stdout(), "{text}");
}
