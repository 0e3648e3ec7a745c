//! Arguments and exit codes only.

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> =
        std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    ExitCode::from(distlab::cli::run(&words))
}
