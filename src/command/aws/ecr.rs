//! `aws ecr get-login-password`, and the `aws ecr get-login` of AWS CLI version 1: what logs `docker`
//! in at the account's registry.
//!
//! Source: the AWS CLI's own commands of these names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Context;
use super::argv::{self, Opt, Takes};
use super::fail::Failure;
use super::globals::{Globals, split_first};
use super::help::Page;
use crate::Host;

const PASSWORD: &str = "get-login-password";
const LOGIN: &str = "get-login";

/// The names of these commands.
pub(super) const NAMES: &[&str] = &[LOGIN, PASSWORD];

/// Whether these arguments, behind `aws ecr`, are one of these commands.
pub(super) fn is_own(args: &[String]) -> bool {
    split_first(args).is_some_and(|(name, _)| NAMES.contains(&name.as_str()))
}

/// Runs it.
pub(super) fn run(args: &[String], globals: &Globals, host: &mut Host<'_>) -> Result<u8, Failure> {
    let Some((name, args)) = split_first(args) else { return Ok(0) };
    if args.iter().any(|arg| arg == "help") {
        return help(&name, host);
    }
    if name == PASSWORD {
        argv::finish(&argv::parse(&args, &[], 0)?, &[])?;
        let told = ask(globals, host, json!({}))?;
        let (_, password) = told.first().map(opened).transpose()?.unwrap_or_default();
        writeln!(host.stdout, "{password}")?;
        return Ok(0);
    }
    let table = [
        Opt::new("--registry-ids", Takes::Many),
        Opt::new("--include-email", Takes::Nothing),
        Opt::new("--no-include-email", Takes::Nothing),
    ];
    let parsed = argv::parse(&args, &table, 0)?;
    argv::finish(&parsed, &[])?;
    let input = match parsed.options.get("--registry-ids") {
        Some(ids) => json!({ "registryIds": ids }),
        None => json!({}),
    };
    let email = if parsed.has("--no-include-email") { "" } else { " -e none" };
    for data in ask(globals, host, input)? {
        let (user, password) = opened(&data)?;
        let endpoint = data["proxyEndpoint"].as_str().unwrap_or_default();
        writeln!(host.stdout, "docker login -u {user} -p {password}{email} {endpoint}")?;
    }
    Ok(0)
}

/// What opens the registries.
fn ask(globals: &Globals, host: &Host<'_>, input: Value) -> Result<Vec<Value>, Failure> {
    let context = Context::new(globals, host)?;
    let mut told = context.client.ask("ecr", "GetAuthorizationToken", input)?;
    let data = told["authorizationData"].take();
    Ok(data.as_array().cloned().unwrap_or_default())
}

/// User and password.
fn opened(data: &Value) -> Result<(String, String), Failure> {
    let token = data["authorizationToken"].as_str().unwrap_or_default();
    let pair = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
    let (user, password) =
        pair.ok_or_else(|| Failure::General("the authorization token cannot be read".into()))?;
    Ok((user.to_owned(), password.to_owned()))
}

fn help(name: &str, host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    page.section("NAME");
    page.raw(1, &format!("{name} -"));
    page.section("DESCRIPTION");
    if name == PASSWORD {
        page.paragraph(
            1,
            "Prints a password for the account's registry, which holds for twelve hours. Pass it on: \
             aws ecr get-login-password | docker login --username AWS --password-stdin \
             ACCOUNT.dkr.ecr.REGION.amazonaws.com",
        );
        return page.print(host);
    }
    page.paragraph(
        1,
        "Prints the docker login command that logs in at the account's registry. AWS CLI version 2 has \
         get-login-password in its place.",
    );
    page.section("OPTIONS");
    page.option("--registry-ids (list)", "The accounts whose registries it is for.");
    page.option(
        "--include-email | --no-include-email",
        "Whether -e stands in the command, which docker does not know since version 17.06.",
    );
    page.print(host)
}
