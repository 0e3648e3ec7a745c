//! The screen: `distlab` alone, and `distlab open LAB`.

use std::sync::Arc;

use super::room::Room;
use super::{Args, DONE, Stop};
use app::{Options, Start, runtime};
use course::Notes;
use session::Mode;

/// The home screen.
pub(super) fn home(args: &Args) -> anyhow::Result<u8> {
    run(args, Start::Home, false)
}

/// One lab.
pub(super) fn lab(args: &Args, id: &str, read_only: bool) -> anyhow::Result<u8> {
    let catalog = args.catalog();
    if !catalog.broken().iter().any(|b| b.id_or_path == id) {
        catalog.get(id).map_err(|unknown| Stop::usage(unknown.to_string()))?;
    }
    run(args, Start::Lab(id.to_owned()), read_only)
}

fn run(args: &Args, start: Start, read_only: bool) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let room = Room {
        profile,
        labs: args.labs_folder(),
        mode: if read_only { Mode::ReadOnly } else { Mode::Live },
        runtime: runtime.handle().clone(),
        notes: Notes::load(),
    };
    let color = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let options = Options { color, plain: args.plain };
    let outcome = runtime.block_on(runtime::run(Arc::new(room), start, options, ui::draw));
    // Threads that wait for the terminal or the engine must not hold up the end.
    runtime.shutdown_background();
    outcome.map(|()| DONE)
}
