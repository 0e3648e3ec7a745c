//! The screen: `distlab` alone, and `distlab open LAB`.

use std::sync::Arc;

use super::classroom::LocalClassroom;
use super::{Args, DONE, Stop, config};
use app::{Options, Start, runtime};
use course::Notes;
use session::Mode;
use session::profile::Profile;

/// The home screen.
pub(super) fn home(args: &Args) -> anyhow::Result<u8> {
    run(args, Start::Home, false)
}

/// One lab.
pub(super) fn lab(args: &Args, id: &str, read_only: bool) -> anyhow::Result<u8> {
    not_inside_another()?;
    let catalog = args.listing();
    if !catalog.broken().iter().any(|b| b.id_or_path == id) {
        catalog.get(id).map_err(|unknown| Stop::usage(unknown.to_string()))?;
    }
    run(args, Start::Lab(id.to_owned()), read_only)
}

fn run(args: &Args, start: Start, read_only: bool) -> anyhow::Result<u8> {
    not_inside_another()?;
    args.course_is_sound()?;
    let (profile, _kept_open) =
        if read_only { Profile::look(&args.home()?)? } else { args.profile_with()? };
    let classroom = LocalClassroom {
        profile,
        labs: args.labs_folder(),
        course: args.course_file(),
        mode: if read_only { Mode::ReadOnly } else { Mode::Live },
        notes: Notes::load(),
    };
    let plain = args.plain || config::config().get("plain") == Some("true");
    let options = Options {
        color: config::color(),
        plain,
        share: classroom.share(),
        leader: config::leader(),
    };
    // It is never shut down: threads that wait for the terminal or the engine must not hold up the end.
    let workers = wire::runtime()?.handle();
    runtime::run(Arc::new(classroom), start, options, ui::draw, workers)?;
    Ok(DONE)
}

/// A screen inside the shell of another would show a lesson in half the width of a lesson, and take the
/// keys of both.
fn not_inside_another() -> anyhow::Result<()> {
    let Some(lab) = std::env::var(runtime::INSIDE).ok().filter(|lab| !lab.is_empty()) else {
        return Ok(());
    };
    let leader = app::leader::leader_name(config::leader());
    Err(Stop::usage(format!(
        "this is the shell of the lab {lab}, and distlab is open around it. F2 goes to its lesson, \
         {leader} p to any other lab, F10 out of this one"
    )))
}
