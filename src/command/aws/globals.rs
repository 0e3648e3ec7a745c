//! The options that stand before, between or behind everything: region, profile, output, query.
//!
//! What has no meaning inside a lab (`--endpoint-url`, `--no-verify-ssl`, timeouts) is taken and
//! ignored, so that commands from elsewhere work unchanged.

use super::argv::{self, Opt, Takes};
use super::fail::Failure;
use super::flags::Manner;
use super::output::Format;

/// Spellings of `--output`, in the order of the real client.
pub(super) const FORMATS: &[&str] = &["json", "text", "table", "yaml", "yaml-stream", "off"];

/// The global options with a line of help each: name, values, choices, help.
pub(super) const TABLE: &[(&str, Takes, &[&str], &str)] = &[
    ("--debug", Takes::Nothing, &[], "Accepted and ignored."),
    ("--endpoint-url", Takes::One, &[], "Accepted and ignored: there is one endpoint, the lab's."),
    ("--no-verify-ssl", Takes::Nothing, &[], "Accepted and ignored."),
    ("--no-paginate", Takes::Nothing, &[], "Makes one call instead of following all pages."),
    ("--output", Takes::One, FORMATS, "The layout of the answer."),
    ("--query", Takes::One, &[], "A JMESPath expression to filter the answer with."),
    ("--profile", Takes::One, &[], "A profile of your credential file."),
    ("--region", Takes::One, &[], "The region to use."),
    ("--version", Takes::Nothing, &[], "Displays the version of this tool."),
    ("--color", Takes::One, &["on", "off", "auto"], "Turns colour output on or off."),
    (
        "--no-sign-request",
        Takes::Nothing,
        &[],
        "Sends the request unsigned: no credentials are used.",
    ),
    ("--ca-bundle", Takes::One, &[], "Accepted and ignored."),
    ("--cli-read-timeout", Takes::One, &[], "Accepted and ignored."),
    ("--cli-connect-timeout", Takes::One, &[], "Accepted and ignored."),
    (
        "--cli-binary-format",
        Takes::One,
        &["base64", "raw-in-base64-out"],
        "How binary values are written.",
    ),
    ("--no-cli-pager", Takes::Nothing, &[], "Accepted; there is no pager."),
    ("--cli-auto-prompt", Takes::Nothing, &[], "Accepted and ignored."),
    ("--no-cli-auto-prompt", Takes::Nothing, &[], "Accepted and ignored."),
];

/// What the global options say.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, Default)]
pub(super) struct Globals {
    pub(super) output: Option<Format>,
    pub(super) query: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) region: Option<String>,
    pub(super) no_sign: bool,
    pub(super) no_paginate: bool,
    /// Bytes are typed as they are, rather than in base64.
    pub(super) raw: bool,
    pub(super) version: bool,
    /// `on`, `off` or nothing (a terminal decides).
    pub(super) color: Option<String>,
}

/// Takes the global options out of the arguments, and gives the others back in order.
pub(super) fn extract(args: &[String]) -> Result<(Globals, Vec<String>), Failure> {
    let table: Vec<Opt> = TABLE
        .iter()
        .map(|(name, takes, choices, _)| Opt { name: (*name).into(), takes: *takes, choices })
        .collect();
    let mut parsed = argv::parse(args, &table, 0)?;
    let rest = std::mem::take(&mut parsed.rest);
    let text = |name: &str| parsed.one(name).map(str::to_owned);
    let globals = Globals {
        output: parsed.one("--output").and_then(Format::named),
        query: text("--query"),
        profile: text("--profile"),
        region: text("--region"),
        no_sign: parsed.has("--no-sign-request"),
        no_paginate: parsed.has("--no-paginate"),
        raw: parsed.one("--cli-binary-format") == Some("raw-in-base64-out"),
        version: parsed.has("--version"),
        color: text("--color").filter(|c| c != "auto"),
    };
    Ok((globals, rest))
}

impl Globals {
    /// How the arguments of an operation are read.
    pub(super) fn manner(&self) -> Manner {
        Manner { paginate: !self.no_paginate, raw: self.raw }
    }
}

/// The first argument that is no option, and the others.
pub(super) fn split_first(args: &[String]) -> Option<(String, Vec<String>)> {
    let at = args.iter().position(|a| !argv::is_option(a))?;
    let mut rest = args.to_vec();
    let first = rest.remove(at);
    Some((first, rest))
}
