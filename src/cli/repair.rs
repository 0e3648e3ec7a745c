//! `distlab repair`: the way on from a journal that does not hold.

use super::{Args, DONE, say};
use base::text::plural;
use session::{Repaired, repair};

pub(super) fn run(args: &Args, lab: Option<&str>) -> anyhow::Result<u8> {
    let lab = Args::here(lab)?;
    match repair(&args.profile()?, &lab)? {
        Repaired::Sound { entries } => say(format!(
            "The journal of {lab} is sound to its last entry, number {entries}: there is nothing to \
             repair."
        ))?,
        Repaired::Cut { what, good, cut, kept_in } => say(format!(
            "The journal of {lab} did not hold: {what}.\n\
             All of it is kept in {}, a line for each entry.\n\
             The lab goes on from entry {good}. What came after it ({}) no longer counts.",
            kept_in.display(),
            plural(cut, "line")
        ))?,
    }
    Ok(DONE)
}
