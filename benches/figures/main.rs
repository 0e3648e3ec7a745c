//! The figures of "Speed it must keep", each beside its bar, with the machine they were read on.
//!
//! `cargo bench` reads all of them; `FIGURES=start,serve cargo bench` some; `cargo bench -- --json`
//! prints them for a machine. No figure is asserted, since one that is read on a busy machine proves
//! nothing; that each can be read is: the exit code is 1 when one cannot. The AWS peers are
//! `moto_server` and `ministack`, by the files that `MOTO_SERVER` and `MINISTACK` name or on the PATH.
//! The screen's is `tmux`, the load balancer's `nginx`, docker's the reference client. A peer that is not
//! there is no failure, and the note says so.
//!
//! `FIGURES_QUICK=1 cargo bench --profile dev` does everything a tenth as often with a debug build:
//! that says whether the harness works, and nothing about speed.

mod balancer;
mod crowd;
mod docker;
mod form;
mod history;
mod http;
mod instances;
mod journal;
mod keys;
mod listing;
mod machine;
mod requests;
mod screen;
mod serve;
mod sheet;
mod sign;
mod stack;
mod table;
mod tmux;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sheet::Sheet;

/// Reads figures onto the sheet.
type Read = fn(&mut Sheet);

/// The groups of figures, and what reads them.
const GROUPS: &[(&str, Read)] = &[
    ("start", screen::start),
    ("key", keys::key),
    ("idle", screen::idle),
    ("serve", serve::start),
    ("requests", requests::requests),
    ("listing", listing::listing),
    ("table", table::table),
    ("instances", instances::instances),
    ("stack", stack::stack),
    ("crowd", crowd::crowd),
    ("balancer", balancer::through),
    ("body", journal::body),
    ("replay", journal::replay),
    ("reopen", journal::reopen),
    ("history", history::history),
    ("together", history::together),
    ("docker", docker::docker),
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
    let missing = sheet.missing();
    if !missing.is_empty() {
        let _ = writeln!(err, "could not be read: {}", missing.join("; "));
        std::process::exit(1);
    }
}
