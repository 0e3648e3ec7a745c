//! `distlab repair`: the way on from a journal, or a whole profile, that does not hold.

use super::{Args, DONE, say};
use base::text::plural;
use session::{Repaired, repair, repair_profile};

pub(super) fn run(args: &Args, lab: Option<&str>) -> anyhow::Result<u8> {
    let mended = repair_profile(&args.home()?)?;
    for part in &mended {
        say(format!(
            "What did not hold: {}.\nIt is kept as it was in {}, and the profile goes on from what could \
             be read of it.",
            part.what,
            part.kept_in.display()
        ))?;
    }
    let lab = match Args::here(lab) {
        Err(_) if !mended.is_empty() => return Ok(DONE),
        lab => lab?,
    };
    match repair(&args.profile()?, &lab)? {
        Repaired::Sound { entries } => say(format!(
            "The journal of {lab} is sound to its last entry, number {entries}: there is nothing to \
             repair."
        ))?,
        Repaired::Cut { what, good, cut, kept_in } => say(format!(
            "The journal of {lab} did not hold: {what}.\n\
             All of it is kept in {}, behind its record a line for each entry.\n\
             The lab goes on from entry {good}. What came after it ({}) no longer counts.",
            kept_in.display(),
            plural(cut, "line")
        ))?,
    }
    Ok(DONE)
}
