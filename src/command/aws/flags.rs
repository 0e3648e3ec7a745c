//! The options of an operation, derived from its definition, and the reading of what was typed.
//!
//! Names no operation: the members of the input are the options, in kebab case.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::argv::{self, Opt, Parsed, Takes};
use super::ec2;
use super::fail::Failure;
use super::paging::{self, Paging};
use super::value;
use sim::api::{Location, Member, OpDef, Pages, Shape, StructShape, kebab};

/// The option of a member: `--max-keys`.
pub(super) fn name(member: &Member) -> String {
    format!("--{}", kebab(member.name))
}

/// Whether the operation answers with a body, for which the command takes a file.
pub(super) fn streams(op: &OpDef) -> bool {
    (op.output)().members.iter().any(|m| matches!((m.shape)(), Shape::BlobOut))
}

/// What the arguments behind the operation's name ask for.
#[derive(Debug)]
pub(super) enum Request {
    /// Print the shape of the input (`input`, `yaml-input`) or of the answer (`output`).
    Skeleton(String),
    Call(Call),
}

/// An operation to call.
#[derive(Debug)]
pub(super) struct Call {
    /// Checked against the shape, except that a body coming in is still the path of a file.
    pub(super) input: Value,
    /// Where a body going out is written.
    pub(super) outfile: Option<String>,
    /// How pages are followed, when they are.
    pub(super) paging: Option<Paging>,
}

/// The options of the command itself, beside those of the operation.
fn own_options(rule: Option<&Pages>) -> Vec<Opt> {
    let mut table = vec![
        Opt::new("--cli-input-json", Takes::One),
        Opt::new("--cli-input-yaml", Takes::One),
        Opt { name: "--generate-cli-skeleton".into(), takes: Takes::Maybe, choices: SKELETONS },
    ];
    if let Some(rule) = rule {
        table.push(Opt::new("--starting-token", Takes::One));
        table.push(Opt::new("--max-items", Takes::One));
        if rule.limit.is_some() {
            table.push(Opt::new("--page-size", Takes::One));
        }
    }
    table
}

const SKELETONS: &[&str] = &["input", "output", "yaml-input"];

/// The table of options: those of the command shadow the operation's.
fn table(shape: &StructShape, rule: Option<&Pages>) -> Vec<Opt> {
    let mut table = own_options(rule);
    for member in shape.members {
        let flag = name(member);
        if table.iter().any(|o| o.name == flag) {
            continue;
        }
        match (member.shape)() {
            Shape::Boolean => {
                table.push(Opt::new(format!("--no-{}", kebab(member.name)), Takes::Nothing));
                table.push(Opt::new(flag, Takes::Nothing));
            }
            Shape::List(_) => table.push(Opt::new(flag, Takes::Many)),
            _ => table.push(Opt::new(flag, Takes::One)),
        }
    }
    table
}

/// What the global options say of how arguments are read.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Whether pages are followed.
    pub(super) paginate: bool,
    /// Whether bytes are typed as they are, rather than in base64.
    pub(super) raw: bool,
}

/// Reads the arguments behind the operation's name.
pub(super) fn read(
    op: &'static OpDef,
    args: &[String],
    manner: Manner,
    cwd: &Path,
) -> Result<Request, Failure> {
    let shape = (op.input)();
    let rule = op.pages.as_ref();
    let positions = usize::from(streams(op));
    let mut options = table(shape, rule);
    options.extend(ec2::options(op));
    let parsed = argv::parse(args, &options, positions)?;
    let skeleton = parsed.options.get("--generate-cli-skeleton");
    let mut json = cli_input(&parsed, cwd)?;
    if let Some(map) = json.as_mut().filter(|_| manner.raw) {
        let mut value = Value::Object(std::mem::take(map));
        value::from_raw(&mut value, Shape::Structure(op.input));
        *map = value.as_object().cloned().unwrap_or_default();
    }
    let mut missing: Vec<String> = Vec::new();
    if skeleton.is_none() && json.is_none() {
        let required = shape.members.iter().filter(|m| m.required).map(name);
        missing.extend(required.filter(|flag| !parsed.has(flag) && !ec2::fills(op, flag)));
    }
    if positions > parsed.positional.len() && skeleton.is_none() {
        missing.push("outfile".into());
    }
    argv::finish(&parsed, &missing)?;
    if let Some(values) = skeleton {
        return Ok(Request::Skeleton(values.first().map_or("input", String::as_str).to_owned()));
    }
    let paging = want_paging(&parsed, rule, manner.paginate, json.as_ref())?;
    let mut input = json.unwrap_or_default();
    for (member, value) in members(&parsed, shape, paging.is_some(), manner.raw, cwd)? {
        input.insert(member.into(), value);
    }
    if let (Some(Paging { rule, .. }), Some(size)) = (&paging, parsed.number("--page-size")?)
        && let Some(limit) = rule.limit
    {
        input.insert(limit.into(), size.into());
    }
    ec2::apply(op, &parsed, &mut input)?;
    check_bucket(shape, &input)?;
    let input = value::validate(Value::Object(input), Shape::Structure(op.input))?;
    let outfile = parsed.positional.into_iter().next();
    Ok(Request::Call(Call { input, outfile, paging }))
}

/// What was given for the members of the input.
fn members(
    parsed: &Parsed,
    shape: &StructShape,
    paged: bool,
    raw: bool,
    cwd: &Path,
) -> Result<BTreeMap<&'static str, Value>, Failure> {
    let mut found = BTreeMap::new();
    for member in shape.members {
        let flag = name(member);
        // With paging on, `--max-items` counts for all pages together and is not the member.
        if paged && paging::OPTIONS.contains(&flag.as_str()) {
            continue;
        }
        if matches!((member.shape)(), Shape::Boolean) {
            let no = format!("--no-{}", kebab(member.name));
            let last = parsed.ordered.iter().rev().find(|(n, _)| *n == flag || *n == no);
            if let Some((given, _)) = last {
                found.insert(member.name, Value::Bool(*given == flag));
            }
        } else if member.refused && parsed.options.contains_key(&flag) {
            found.insert(member.name, Value::Bool(true));
        } else if let Some(values) = parsed.options.get(&flag) {
            let mut value = value::read(&flag, (member.shape)(), values, cwd)?;
            // What `fileb://` names is bytes, however others are typed.
            if raw && !values.iter().any(|v| v.starts_with("fileb://")) {
                value::from_raw(&mut value, (member.shape)());
            }
            found.insert(member.name, value);
        }
    }
    Ok(found)
}

/// What `--cli-input-json` or `--cli-input-yaml` give.
fn cli_input(parsed: &Parsed, cwd: &Path) -> Result<Option<Map<String, Value>>, Failure> {
    let (name, text) = match (parsed.one("--cli-input-json"), parsed.one("--cli-input-yaml")) {
        (Some(_), Some(_)) => {
            return Err(Failure::Invalid(
                "Only one --cli-input- parameter may be specified.".into(),
            ));
        }
        (Some(text), None) => ("cli-input-json", text),
        (None, Some(text)) => ("cli-input-yaml", text),
        (None, None) => return Ok(None),
    };
    let text = value::paramfile(name, text, cwd)?.unwrap_or_else(|| text.to_owned());
    let value: Value = if name == "cli-input-json" {
        value::json(name, &text)?
    } else {
        serde_saphyr::from_str(&text)
            .map_err(|e| Failure::param(name, format!("Invalid YAML received.\n{e}")))?
    };
    match value {
        Value::Object(map) => Ok(Some(map)),
        other => Err(Failure::param(
            name,
            format!("Invalid type: expecting map, received {}", value::python(&other)),
        )),
    }
}

/// Whether pages are to be followed. Whoever names a page's token or size by hand pages by hand.
fn want_paging(
    parsed: &Parsed,
    rule: Option<&'static Pages>,
    paginate: bool,
    json: Option<&Map<String, Value>>,
) -> Result<Option<Paging>, Failure> {
    let Some(rule) = rule else { return Ok(None) };
    let by_hand = rule.input.iter().chain(rule.limit.iter()).any(|member| {
        let flag = format!("--{}", kebab(member));
        (parsed.has(&flag) && !paging::OPTIONS.contains(&flag.as_str()))
            || json.is_some_and(|map| map.contains_key(*member))
    });
    if !paginate || by_hand {
        let shadowed = |flag: &str| rule.limit.is_some_and(|l| format!("--{}", kebab(l)) == flag);
        let used: Vec<&str> = ["--starting-token", "--page-size", "--max-items"]
            .into_iter()
            .filter(|flag| parsed.has(flag) && !shadowed(flag))
            .collect();
        if !used.is_empty() {
            return Err(Failure::General(format!(
                "Error during pagination: Cannot specify --no-paginate along with pagination \
                 arguments: {}",
                used.join(", ")
            )));
        }
        return Ok(None);
    }
    let max_items = parsed.number("--max-items")?.map(|n| u64::try_from(n).unwrap_or(0));
    let starting_token = parsed.one("--starting-token").map(str::to_owned);
    Ok(Some(Paging { rule, starting_token, max_items }))
}

/// What a bucket may be called, as the client (not the service) checks it.
fn check_bucket(shape: &StructShape, input: &Map<String, Value>) -> Result<(), Failure> {
    let member = shape.member("Bucket").filter(|m| m.location == Location::Uri);
    match member.and_then(|_| input.get("Bucket")).and_then(Value::as_str) {
        Some(bucket) => bucket_name(bucket),
        None => Ok(()),
    }
}

/// The client's own rule for bucket names.
pub(super) fn bucket_name(bucket: &str) -> Result<(), Failure> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if (1..=255).contains(&bucket.len()) && bucket.chars().all(allowed)
        || bucket.starts_with("arn:")
    {
        return Ok(());
    }
    Err(Failure::Invalid(format!(
        "Parameter validation failed:\nInvalid bucket name \"{bucket}\": Bucket name must match the \
         regex \"^[a-zA-Z0-9.\\-_]{{1,255}}$\" or be an ARN matching the regex \
         \"^arn:(aws).*:(s3|s3-object-lambda):[a-z\\-0-9]*:[0-9]{{12}}:accesspoint[/:]\
         [a-zA-Z0-9\\-.]{{1,63}}$|^arn:(aws).*:s3-outposts:[a-z\\-0-9]+:[0-9]{{12}}:outpost[/:]\
         [a-zA-Z0-9\\-]{{1,63}}[/:]accesspoint[/:][a-zA-Z0-9\\-]{{1,63}}$\""
    )))
}
