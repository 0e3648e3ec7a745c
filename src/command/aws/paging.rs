//! Following pages: the real client calls until there is no next page and shows one answer.
//!
//! Follows botocore's paginator. Which operations have pages is told by the names of their members
//! ([`RULES`]), so an operation with the usual names is paged without being listed here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};

use super::fail::Failure;
use super::flags::Paging;
use sim::api::{OpDef, Shape};

/// The client's own options for paging; on a paged operation they shadow the members of that name.
pub(super) const OPTIONS: &[&str] = &["--starting-token", "--page-size", "--max-items"];

/// How one family of operations pages.
#[derive(Debug)]
pub(super) struct Rule {
    /// The members that say where a page begins.
    pub(super) input: &'static [&'static str],
    /// The members of the answer that say where the next one begins, in the same order.
    output: &'static [&'static str],
    /// Says whether there is more.
    more: Option<&'static str>,
    /// Says how long a page is.
    pub(super) limit: Option<&'static str>,
    /// When the answer names no next page, the last item of `.0` has it in member `.1`.
    last: Option<(&'static str, &'static str)>,
    /// Members that are shown beside the lists, null when they are absent …
    shown: &'static [&'static str],
    /// … and those shown only where the operation has them.
    known: &'static [&'static str],
}

const NONE: Rule =
    Rule { input: &[], output: &[], more: None, limit: None, last: None, shown: &[], known: &[] };

/// The families. The first whose members an operation has is its own.
static RULES: &[Rule] = &[
    Rule {
        input: &["ContinuationToken"],
        output: &["NextContinuationToken"],
        more: Some("IsTruncated"),
        limit: Some("MaxKeys"),
        shown: &["RequestCharged", "Prefix"],
        ..NONE
    },
    Rule {
        input: &["ContinuationToken"],
        output: &["ContinuationToken"],
        limit: Some("MaxBuckets"),
        shown: &["Owner", "Prefix"],
        ..NONE
    },
    Rule {
        input: &["KeyMarker", "VersionIdMarker"],
        output: &["NextKeyMarker", "NextVersionIdMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxKeys"),
        shown: &["RequestCharged", "Prefix"],
        ..NONE
    },
    Rule {
        input: &["KeyMarker", "UploadIdMarker"],
        output: &["NextKeyMarker", "NextUploadIdMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxUploads"),
        shown: &["RequestCharged", "Prefix"],
        ..NONE
    },
    Rule {
        input: &["Marker"],
        output: &["NextMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxKeys"),
        last: Some(("Contents", "Key")),
        shown: &["RequestCharged", "Prefix"],
        ..NONE
    },
    Rule {
        input: &["PartNumberMarker"],
        output: &["NextPartNumberMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxParts"),
        known: &["ChecksumAlgorithm", "Initiator", "Owner", "StorageClass", "ChecksumType"],
        ..NONE
    },
    Rule {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        known: &["Group"],
        ..NONE
    },
    Rule { input: &["NextToken"], output: &["NextToken"], limit: Some("MaxResults"), ..NONE },
];

/// How this operation pages, if it does.
pub(super) fn rule(op: &OpDef) -> Option<&'static Rule> {
    let (input, output) = ((op.input)(), (op.output)());
    RULES.iter().find(|rule| {
        rule.input.iter().chain(rule.limit.iter()).all(|m| input.member(m).is_some())
            && rule.output.iter().chain(rule.more.iter()).all(|m| output.member(m).is_some())
    })
}

/// The lists that pages carry; the first is the one that `--max-items` counts.
fn lists(op: &OpDef) -> Vec<&'static str> {
    let members = (op.output)().members.iter();
    members.filter(|m| matches!((m.shape)(), Shape::List(_))).map(|m| m.name).collect()
}

/// All pages.
pub(super) struct Pages {
    /// Everything in one answer.
    pub(super) full: Value,
    /// The pages as `--output text` shows them one by one.
    pub(super) each: Vec<Value>,
}

/// Calls until there is no more, or until there is enough. `call` gives answers ready to be shown.
pub(super) fn follow(
    op: &OpDef,
    mut input: Map<String, Value>,
    paging: &Paging,
    call: &mut dyn FnMut(Value) -> Result<Value, Failure>,
) -> Result<Pages, Failure> {
    let rule = paging.rule;
    let lists = lists(op);
    let Some(primary) = lists.first().copied() else {
        let page = call(Value::Object(input))?;
        return Ok(Pages { each: vec![page.clone()], full: page });
    };
    let mut next: Map<String, Value> =
        rule.input.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let mut skip = 0;
    if let Some(token) = &paging.starting_token {
        (next, skip) = open_token(token, rule)?;
        inject(&mut input, &next);
    }
    let mut pages = Vec::new();
    let mut fixed = Map::new();
    let mut total = 0_u64;
    let mut resume = None;
    loop {
        let mut page = call(Value::Object(input.clone()))?;
        if pages.is_empty() {
            begin(&mut page, primary, &lists, skip);
            fixed = fixed_part(op, rule, &page);
        } else {
            skip = 0;
        }
        let following = next_token(rule, &page);
        let items = page.get_mut(primary).and_then(Value::as_array_mut);
        let count = items.as_ref().map_or(0, |items| items.len() as u64);
        if let Some(max) = paging.max_items
            && total + count > max
        {
            let keep = max - total;
            if let Some(items) = items {
                items.truncate(usize::try_from(keep).unwrap_or(usize::MAX));
            }
            pages.push(page);
            next.insert("boto_truncate_amount".into(), (keep + skip as u64).into());
            resume = Some(next);
            break;
        }
        pages.push(page);
        total += count;
        let Some(following) = following else { break };
        if paging.max_items == Some(total) {
            resume = Some(following);
            break;
        }
        if following == next {
            return Err(Failure::General(
                "Error during pagination: The same next token was received twice.".into(),
            ));
        }
        inject(&mut input, &following);
        next = following;
    }
    Ok(assemble(&lists, pages, fixed, resume))
}

/// Puts the tokens of the next page into the input.
fn inject(input: &mut Map<String, Value>, token: &Map<String, Value>) {
    for (name, value) in token {
        if value.is_null() {
            input.remove(name);
        } else {
            input.insert(name.clone(), value.clone());
        }
    }
}

/// Leaves out what was shown before, when an earlier answer ended in the middle of this page.
fn begin(page: &mut Value, primary: &str, lists: &[&str], skip: usize) {
    if skip == 0 {
        return;
    }
    for name in lists {
        if let Some(items) = page.get_mut(*name).and_then(Value::as_array_mut) {
            let gone = if *name == primary { skip.min(items.len()) } else { items.len() };
            items.drain(..gone);
        }
    }
}

/// What is shown beside the lists, out of the first page.
fn fixed_part(op: &OpDef, rule: &Rule, page: &Value) -> Map<String, Value> {
    let output = (op.output)();
    let known = rule.known.iter().filter(|name| output.member(name).is_some());
    let names = rule.shown.iter().chain(known);
    names
        .map(|name| ((*name).to_owned(), page.get(*name).cloned().unwrap_or(Value::Null)))
        .collect()
}

/// Where the next page begins, if there is one.
fn next_token(rule: &Rule, page: &Value) -> Option<Map<String, Value>> {
    if rule.more.is_some_and(|more| page.get(more) != Some(&Value::Bool(true))) {
        return None;
    }
    let mut token = Map::new();
    for (input, output) in rule.input.iter().zip(rule.output) {
        let mut value = page.get(*output).cloned().unwrap_or(Value::Null);
        if let (true, Some((list, member))) = (value.is_null(), rule.last) {
            let last = page.get(list).and_then(Value::as_array).and_then(|items| items.last());
            value = last.and_then(|item| item.get(member)).cloned().unwrap_or(Value::Null);
        }
        if value == "" {
            value = Value::Null;
        }
        token.insert((*input).to_owned(), value);
    }
    token.values().any(|v| !v.is_null()).then_some(token)
}

fn assemble(
    lists: &[&str],
    pages: Vec<Value>,
    fixed: Map<String, Value>,
    resume: Option<Map<String, Value>>,
) -> Pages {
    let mut full = Map::new();
    let mut each = Vec::new();
    for (number, mut page) in pages.into_iter().enumerate() {
        let mut shown = if number == 0 { fixed.clone() } else { Map::new() };
        for name in lists {
            let found = page.get_mut(*name).map_or(Value::Null, Value::take);
            shown.insert((*name).to_owned(), found.clone());
            match (full.get_mut(*name), found) {
                (Some(Value::Array(all)), Value::Array(items)) => all.extend(items),
                (None, found @ Value::Array(_)) => {
                    full.insert((*name).to_owned(), found);
                }
                _ => {}
            }
        }
        each.push(Value::Object(shown));
    }
    full.extend(fixed);
    if let Some(resume) = resume {
        let token = Value::String(seal_token(&resume));
        let mut last = Map::new();
        last.insert("NextToken".into(), token.clone());
        full.insert("NextToken".into(), token);
        each.push(serde_json::json!({ "NextToken": last }));
    }
    Pages { full: Value::Object(full), each }
}

/// A token in the client's own form: base64 of JSON with blanks behind `:` and `,`.
fn seal_token(token: &Map<String, Value>) -> String {
    let pairs: Vec<String> = token
        .iter()
        .map(|(name, value)| format!("{}: {value}", Value::String(name.clone())))
        .collect();
    BASE64.encode(format!("{{{}}}", pairs.join(", ")))
}

/// Reads a token: where the page begins, and how many of its items were shown before.
fn open_token(text: &str, rule: &Rule) -> Result<(Map<String, Value>, usize), Failure> {
    let bad = || Failure::General(format!("Error during pagination: Bad starting token: {text}"));
    let decoded = BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let parsed = decoded.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let Some(Value::Object(mut map)) = parsed else {
        // A token of the service itself is taken as it is, where one is all there is.
        let [name] = rule.input else { return Err(bad()) };
        let mut map = Map::new();
        map.insert((*name).to_owned(), Value::String(text.to_owned()));
        return Ok((map, 0));
    };
    let skip = map.remove("boto_truncate_amount").and_then(|v| v.as_u64()).unwrap_or(0);
    if map.keys().any(|key| !rule.input.contains(&key.as_str())) {
        return Err(bad());
    }
    Ok((map, usize::try_from(skip).unwrap_or(usize::MAX)))
}
