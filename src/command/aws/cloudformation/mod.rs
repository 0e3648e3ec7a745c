//! The high-level `aws cloudformation deploy` and `aws cloudformation package`.

mod deploy;
mod package;

use serde_json::json;

use super::client::Client;
use super::fail::Failure;
use super::globals::Globals;
use super::{argv, help, own};
use crate::Host;
use argv::{Opt, Parsed, Takes};

/// An option with a line of help.
type Row = (&'static str, Takes, &'static str);

/// Runs the arguments behind `deploy` or `package`.
pub(super) fn run(
    name: &str,
    args: &[String],
    globals: &Globals,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    if name == own::DEPLOY {
        return deploy::run(args, globals, host);
    }
    package::run(args, globals, host)
}

/// Reads options of a table, of which some must be given.
fn parse(args: &[String], table: &[Row], must: &[&str]) -> Result<Parsed, Failure> {
    let options: Vec<Opt> = table.iter().map(|(name, takes, _)| Opt::new(*name, *takes)).collect();
    let parsed = argv::parse(args, &options, 0)?;
    let missing: Vec<String> =
        must.iter().filter(|name| !parsed.has(name)).map(|name| (*name).to_owned()).collect();
    argv::finish(&parsed, &missing)?;
    Ok(parsed)
}

/// Puts a template into a bucket, under the digest of its text. Its address.
fn upload(
    client: &Client<'_>,
    host: &mut Host<'_>,
    parsed: &Parsed,
    text: &str,
) -> Result<String, Failure> {
    let bucket = parsed.one("--s3-bucket").unwrap_or_default();
    let blob = host.gateway.blobs().put(&mut text.as_bytes())?;
    let name = format!("{}.template", blob.md5);
    let key = match parsed.one("--s3-prefix") {
        Some(prefix) => format!("{}/{name}", prefix.trim_end_matches('/')),
        None => name,
    };
    let body = serde_json::to_value(blob).map_err(|e| Failure::General(e.to_string()))?;
    let input = json!({"Bucket": bucket, "Key": key, "Body": body});
    client.ask("s3", "PutObject", input)?;
    let length = text.len();
    writeln!(host.stderr, "\rUploading to {key}  {length} / {length}.0  (100.00%)")?;
    let end = match client.region.as_str() {
        "us-east-1" => "s3.amazonaws.com".to_owned(),
        region => format!("s3.{region}.amazonaws.com"),
    };
    Ok(format!("https://{end}/{bucket}/{key}"))
}

/// The page of `help`.
fn page(name: &str, about: &str, table: &[Row], host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = help::Page::new(host);
    page.section("NAME");
    page.raw(1, &format!("{name} -"));
    page.section("DESCRIPTION");
    page.paragraph(1, about);
    page.section("SYNOPSIS");
    page.raw(2, name);
    for (name, takes, _) in table {
        let value = if *takes == Takes::Nothing { "" } else { " <value>" };
        page.raw(1, &format!("[{name}{value}]"));
    }
    page.section("OPTIONS");
    for (name, takes, text) in table {
        let kind = if *takes == Takes::Nothing { "boolean" } else { "string" };
        page.option(&format!("{name} ({kind})"), text);
    }
    page.print(host)
}
