//! `aws cloudformation package`: puts the templates of nested stacks that stand in files into a bucket,
//! and their addresses into the template.
//!
//! The real client writes the template anew, in a layout of its own and without comments; here the text
//! stays as it is but for the addresses.

use std::path::Path;

use super::{Row, page, parse, upload};
use crate::Host;
use crate::aws::argv::{Parsed, Takes};
use crate::aws::client::Client;
use crate::aws::fail::Failure;
use crate::aws::globals::Globals;
use crate::aws::{Context, value};

/// How deep templates may nest.
const DEPTH_MAX: usize = 16;

const TABLE: &[Row] = &[
    ("--template-file", Takes::One, "The file with the template."),
    ("--s3-bucket", Takes::One, "The bucket that files are put into."),
    ("--s3-prefix", Takes::One, "What the names of objects in the bucket begin with."),
    (
        "--output-template-file",
        Takes::One,
        "The file that the template is written to; standard output by default.",
    ),
];

pub(super) fn run(args: &[String], globals: &Globals, host: &mut Host<'_>) -> Result<u8, Failure> {
    if args.len() == 1 && args[0] == "help" {
        let about = "Puts what a template names in files (the templates of nested stacks) into a bucket, \
                     and writes the template with the addresses of the objects.";
        return page("package", about, TABLE, host);
    }
    let parsed = parse(args, TABLE, &["--template-file", "--s3-bucket"])?;
    let file = parsed.one("--template-file").unwrap_or_default();
    let path = value::resolve(&host.cwd, file);
    if !path.is_file() {
        return Err(Failure::General(format!("Invalid template path {file}")));
    }
    let context = Context::new(globals, host)?;
    let text = packaged(&path, &context.client, &parsed, host, 0)?;
    let Some(output) = parsed.one("--output-template-file") else {
        host.stdout.write_all(text.as_bytes())?;
        return Ok(0);
    };
    let output = value::resolve(&host.cwd, output);
    std::fs::write(&output, text)?;
    writeln!(
        host.stdout,
        "Successfully packaged artifacts and wrote output template to file {}.\nExecute the following \
         command to deploy the packaged template\naws cloudformation deploy --template-file {} \
         --stack-name <YOUR STACK NAME>",
        parsed.one("--output-template-file").unwrap_or_default(),
        output.display(),
    )?;
    Ok(0)
}

/// A template with the addresses of what it names in files.
fn packaged(
    path: &Path,
    client: &Client<'_>,
    parsed: &Parsed,
    host: &mut Host<'_>,
    depth: usize,
) -> Result<String, Failure> {
    let mut text = std::fs::read_to_string(path)?;
    for url in systems::nested_template_urls(&text) {
        if url.starts_with("https://") || url.starts_with("http://") || url.starts_with("s3://") {
            continue;
        }
        let file = path.parent().unwrap_or(Path::new("")).join(&url);
        if !file.is_file() || depth >= DEPTH_MAX {
            return Err(Failure::General(format!(
                "TemplateURL parameter of the nested stack is invalid. It must be a S3 URL or path to \
                 CloudFormation template file. Actual: {}",
                file.display()
            )));
        }
        let inner = packaged(&file, client, parsed, host, depth + 1)?;
        let address = upload(client, host, parsed, &inner)?;
        text = named(&text, &url, &address);
    }
    Ok(text)
}

/// The text with another address where this one stands.
fn named(text: &str, url: &str, address: &str) -> String {
    let line = |line: &str| {
        if line.contains("TemplateURL") { line.replace(url, address) } else { line.to_owned() }
    };
    text.split_inclusive('\n').map(line).collect()
}
