//! `aws SERVICE OPERATION …`: from arguments to one call (or all its pages) and its answer.

use std::fs::File;
use std::io::{self, Write};

use serde_json::Value;

use super::client::store_bodies;
use super::ec2;
use super::fail::{Failure, invalid_choice, os_error};
use super::flags::{self, Call, Request};
use super::globals::{Globals, split_first};
use super::output::{Answer, Format, Style, parsed};
use super::token::token;
use super::{
    Context, argv, cloudformation, cloudfront, ecr, ecs, find_operation, help, logs, own, paging,
    route53, skeleton, value, wait,
};
use crate::Host;
use base::Slice;
use gateway::Gateway;
use sim::api::{Location, OpDef, Service, Shape, kebab};

/// Whether these arguments only look.
pub(super) fn read_only(service: &Service, args: &[String]) -> bool {
    let Some((name, args)) = split_first(args) else { return false };
    match (service.name, name.as_str()) {
        ("logs", own::TAIL) => return logs::read_only(&args),
        ("ecr", own::LOGIN | own::PASSWORD) => return true,
        ("cloudformation", own::DEPLOY | own::PACKAGE) => {
            return args.iter().any(|arg| arg == "help");
        }
        _ => {}
    }
    let Some(op) = find_operation(service, &name) else { return false };
    let nowhere = std::path::Path::new("");
    let manner = flags::Manner { paginate: true, raw: false };
    match flags::read(op, &args, manner, nowhere) {
        Ok(Request::Skeleton(_)) => true,
        Ok(Request::Call(call)) => {
            op.read_only()
                && call.outfile.is_none_or(|file| is_stdout(&file) || file == "/dev/null")
        }
        // Files are not at hand here, so an argument that names one does not tell anything; an
        // operation that streams may write one.
        Err(_) => op.read_only() && !flags::streams(op),
    }
}

fn is_stdout(path: &str) -> bool {
    path == "-" || path == "/dev/stdout"
}

/// Runs the arguments behind the service's name.
pub(super) fn run(
    service: &'static Service,
    args: &[String],
    globals: &Globals,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let Some((name, args)) = split_first(args) else {
        argv::finish(&argv::parse(args, &[], 0)?, &["operation".to_owned()])?;
        return Ok(0);
    };
    if name == "help" {
        return help::service(service, host);
    }
    if name == "wait" && !wait::all(service).is_empty() {
        return wait::run(service, &args, globals, host);
    }
    match (service.name, name.as_str()) {
        ("logs", own::TAIL) => return logs::run(&args, globals, host),
        ("ecr", own::LOGIN | own::PASSWORD) => return ecr::run(&name, &args, globals, host),
        ("cloudformation", own::DEPLOY | own::PACKAGE) => {
            return cloudformation::run(&name, &args, globals, host);
        }
        _ => {}
    }
    let Some(op) = find_operation(service, &name) else {
        let refused = service.refused.iter().find(|refused| kebab(refused) == name);
        if let Some((refused, error)) = refused.and_then(|r| Some((r, service.refusal(r)?))) {
            return Err(Failure::refused(refused, error));
        }
        let mut names: Vec<String> = service.operations.iter().map(|op| op.kebab()).collect();
        if !wait::all(service).is_empty() {
            names.push("wait".into());
        }
        names.extend(own::names(service.name));
        names.sort_unstable();
        names.push("help".into());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        return Err(invalid_choice("operation", &name, &names));
    };
    if args.iter().any(|a| a == "help") && args.len() == 1 {
        return help::operation(service, op, host);
    }
    let args = match service.name {
        "cloudfront" => cloudfront::expand(&name, args)?,
        "route53" => route53::bare(args),
        _ => args,
    };
    let call = match flags::read(op, &args, globals.manner(), &host.cwd)? {
        Request::Call(call) => call,
        Request::Skeleton(kind) => return print_skeleton(op, &kind, globals, host),
    };
    let context = Context::new(globals, host)?;
    if (service.name, name.as_str()) == ("ecs", own::EXECUTE) {
        return ecs::execute(op, call.input, &context, host);
    }
    perform(op, call, &context, host)
}

fn print_skeleton(
    op: &OpDef,
    kind: &str,
    globals: &Globals,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let shape = if kind == "output" { (op.output)() } else { (op.input)() };
    let format = if kind == "yaml-input" { Format::Yaml } else { Format::Json };
    let query = match (&globals.query, kind) {
        (Some(query), "output") => Some(super::output::Query::new(query)?),
        _ => None,
    };
    let style = Style { format, query, width: 80, color: false };
    style.print(op.name, Answer::One(skeleton::of(shape)), host.stdout)?;
    Ok(0)
}

fn perform(
    op: &'static OpDef,
    call: Call,
    context: &Context<'_>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let Call { mut input, outfile, paging } = call;
    store_bodies(&mut input, (op.input)(), host.gateway, &host.cwd)?;
    quote_copy_source(op, &mut input);
    ask_for_checksum(op, &mut input);
    fill_token(op, &mut input);
    let answer = match (paging, input) {
        (Some(paging), Value::Object(input)) => {
            let mut ask = |input| Ok(parsed(op, &context.client.call(op, input)?));
            let pages = paging::follow(op, input, &paging, &mut ask)?;
            Answer::Paged { full: pages.full, each: pages.each }
        }
        (_, input) => {
            let output = ec2::readable(op, context.client.call(op, input)?);
            if let Some(path) = &outfile {
                write_body(op, &output, path, host)?;
            }
            Answer::One(parsed(op, &output))
        }
    };
    context.style.print(op.name, answer, host.stdout)?;
    Ok(0)
}

/// Characters of a copy source that travel as they are.
const UNQUOTED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The source of a copy travels in a header and is percent-encoded by the client, all but its
/// `?versionId=`.
pub(super) fn quote(source: &str) -> String {
    let encode = |text: &str| percent_encoding::utf8_percent_encode(text, UNQUOTED).to_string();
    match source.split_once("?versionId=") {
        Some((path, version)) => format!("{}?versionId={version}", encode(path)),
        None => encode(source),
    }
}

fn quote_copy_source(op: &OpDef, input: &mut Value) {
    for member in (op.input)().members {
        if member.location == Location::Header("x-amz-copy-source")
            && let Some(value) = input.get_mut(member.name)
            && let Some(text) = value.as_str()
        {
            *value = Value::String(quote(text));
        }
    }
}

/// The real client checks what it downloads, and so asks for the checksum of every body.
fn ask_for_checksum(op: &OpDef, input: &mut Value) {
    const MODE: &str = "ChecksumMode";
    if !flags::streams(op) || (op.input)().member(MODE).is_none() {
        return;
    }
    if let Some(map) = input.as_object_mut() {
        map.entry(MODE).or_insert_with(|| "ENABLED".into());
    }
}

/// The token by which a service knows a repeated request is made up by the client, as a UUID.
fn fill_token(op: &OpDef, input: &mut Value) {
    let (Some(member), Some(map)) = (op.token, input.as_object_mut()) else { return };
    map.entry(member).or_insert_with(|| Value::String(token()));
}

/// Writes the body of an answer where the learner wants it.
fn write_body(op: &OpDef, output: &Value, path: &str, host: &mut Host<'_>) -> Result<(), Failure> {
    let body = (op.output)().members.iter().find(|m| matches!((m.shape)(), Shape::BlobOut));
    let slices = body.and_then(|m| output.get(m.name)).cloned().unwrap_or_default();
    let slices: Vec<Slice> = serde_json::from_value(slices).unwrap_or_default();
    if is_stdout(path) {
        return copy_body(&slices, host.gateway, host.stdout);
    }
    let full = value::resolve(&host.cwd, path);
    let mut file = File::create(full).map_err(|e| Failure::General(os_error(&e, Some(path))))?;
    copy_body(&slices, host.gateway, &mut file)
}

/// Copies the bytes of some slices.
pub(super) fn copy_body(
    slices: &[Slice],
    gateway: &dyn Gateway,
    to: &mut dyn Write,
) -> Result<(), Failure> {
    for slice in slices {
        let copied = io::copy(&mut gateway.blobs().read(slice)?, to)?;
        if copied != slice.len {
            return Err(Failure::General(format!(
                "Connection broken: {copied} bytes read, {} more expected",
                slice.len - copied
            )));
        }
    }
    Ok(to.flush()?)
}
