//! `distlab allow`, and the same question wherever a lab is opened that nobody has allowed yet.

use std::io::{self, BufRead as _, Write as _};

use serde_json::json;

use super::{Args, DONE, NO, Stop, at_terminal, say, say_json, width};
use app::lay::lay_for_speech;
use course::lesson;
use session::consent::{self, NotAllowed};
use session::profile::Profile;

/// Shows what a lab does on this machine, and allows it. At a terminal it is asked first; elsewhere
/// the verb is the answer.
pub(super) fn run(args: &Args, lab: Option<&str>, yes: bool, as_json: bool) -> anyhow::Result<u8> {
    let id = Args::here(lab)?;
    let profile = args.profile()?;
    let lab = args.lab(&id, &profile)?;
    let found = consent::find(&profile, &lab)?;
    if as_json {
        let told = found.as_ref().map(|found| lesson::text_of(&found.told()));
        say_json(&json!({"lab": id, "allowed": found.is_none(), "runs": told}))?;
        return Ok(if found.is_none() { DONE } else { NO });
    }
    let Some(found) = found else {
        say(format!("{id} is allowed already: there is nothing to do."))?;
        return Ok(DONE);
    };
    if at_terminal() && !yes {
        return Ok(if ask(&profile, &found)? { DONE } else { NO });
    }
    show(&found, &mut io::stdout())?;
    consent::allow(&profile, &found.lab, found.digest)?;
    say(format!("Allowed, until its text changes: {id}."))?;
    Ok(DONE)
}

/// Does something that opens labs. At a terminal the learner is asked about each that nobody has
/// allowed, and it is done again; elsewhere it is refused.
pub(super) fn asking<T>(
    profile: &Profile,
    mut work: impl FnMut() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    loop {
        let error = match work() {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some(found) = NotAllowed::of(&error).filter(|_| at_terminal()) else {
            return Err(error);
        };
        if !ask(profile, found)? {
            let message = format!("nothing in the lab {} was run", found.lab);
            return Err(Stop { code: NO, message }.into());
        }
    }
}

fn show(found: &NotAllowed, out: &mut dyn io::Write) -> io::Result<()> {
    for line in lay_for_speech(&found.told(), width()) {
        writeln!(out, "{}", line.text().trim_end())?;
    }
    writeln!(out)
}

/// Shows what a lab does and asks; what was shown is what is allowed. On standard error: the output
/// may be a program's.
fn ask(profile: &Profile, found: &NotAllowed) -> anyhow::Result<bool> {
    let mut out = io::stderr();
    show(found, &mut out)?;
    write!(out, "Allow it? [y/N] ")?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let yes = matches!(line.trim(), "y" | "Y" | "yes");
    if yes {
        consent::allow(profile, &found.lab, found.digest)?;
    }
    Ok(yes)
}
