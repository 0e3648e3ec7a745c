//! The high-level `aws s3`: `ls mb rb cp mv rm sync presign`, with the output of the real command.
//!
//! Transfers run one after the other, so that the lines come in a fixed order. Website hosting and
//! access points are not simulated.

mod bucket;
mod filter;
mod list;
mod local;
mod mime;
mod options;
mod path;
mod perform;
mod plan;
mod presign;
mod progress;
#[cfg(test)]
mod tests;
mod transfer;

use super::fail::{Failure, invalid_choice};
use super::globals::{Globals, split_first};
use super::{Context, argv};
use crate::Host;
use options::{COMMANDS, Spec};

/// The service that everything here asks.
const S3: &str = "s3";

/// Whether these arguments only look.
pub(super) fn read_only(args: &[String]) -> bool {
    let Some((name, args)) = split_first(args) else { return false };
    let Some(spec) = options::find(&name) else { return false };
    let Ok(parsed) = spec.parse(&args) else { return false };
    match spec.name {
        "ls" | "presign" => true,
        "cp" => {
            let to_stream = parsed.positional.get(1).is_some_and(|dest| dest == "-");
            to_stream && parsed.positional.first().is_some_and(|src| src.starts_with("s3://"))
        }
        _ => false,
    }
}

/// Runs the arguments behind `aws s3`.
pub(super) fn run(args: &[String], globals: &Globals, host: &mut Host<'_>) -> Result<u8, Failure> {
    let Some((name, args)) = split_first(args) else {
        if let Some(unknown) = args.first() {
            return Err(Failure::Unknown(vec![unknown.clone()]));
        }
        return Err(Failure::Invalid(
            "usage: aws [options] <command> <subcommand> [parameters]\naws: error: too few arguments"
                .into(),
        ));
    };
    if name == "help" {
        return options::overview(host);
    }
    let Some(spec) = options::find(&name) else {
        let names: Vec<&str> = COMMANDS.iter().map(|c| c.name).collect();
        return Err(invalid_choice("subcommand", &name, &names));
    };
    if args.len() == 1 && args[0] == "help" {
        return spec.help(host);
    }
    let parsed = spec.parse(&args)?;
    let context = Context::new(globals, host)?;
    let client = &context.client;
    match spec.name {
        "ls" => list::run(&parsed, client, host),
        "mb" => bucket::make(&parsed, client, host),
        "rb" => bucket::remove(&parsed, client, host),
        "presign" => presign::run(&parsed, client, host),
        "website" => Err(Failure::General(
            "website hosting is not simulated in this lab; the objects themselves can be read \
             through the endpoint"
                .into(),
        )),
        _ => transfer::run(spec, &parsed, client, host),
    }
}

/// What the arguments of one subcommand are.
type Parsed = argv::Parsed;

/// `s3://` is required here.
fn require_s3<'a>(spec: &Spec, path: &'a str) -> Result<&'a str, Failure> {
    path.strip_prefix("s3://")
        .ok_or_else(|| Failure::Invalid(format!("{}\nError: Invalid argument type", spec.usage)))
}

/// One line to standard output.
fn say(host: &mut Host<'_>, line: &str) -> Result<(), Failure> {
    Ok(writeln!(host.stdout, "{line}")?)
}
