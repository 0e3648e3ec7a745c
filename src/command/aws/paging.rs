//! Following pages, with `--max-items`, `--page-size` and `--starting-token`, in the manner of
//! botocore's paginator. How an operation pages is said in its definition.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};

use super::fail::Failure;
use sim::api::{OpDef, Pages};

/// The client's own options for paging; on a paged operation they shadow the members of that name.
pub(super) const OPTIONS: &[&str] = &["--starting-token", "--page-size", "--max-items"];

/// The paging the learner wants.
#[derive(Clone, Debug)]
pub(super) struct Paging {
    pub(super) rule: &'static Pages,
    pub(super) starting_token: Option<String>,
    pub(super) max_items: Option<u64>,
}

/// What a path of members leads to: `DistributionList.Items`.
fn at<'v>(page: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(page, |value, name| value.get(name))
}

fn at_mut<'v>(page: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.').try_fold(page, |value, name| value.get_mut(name))
}

/// Puts a value where the path leads, making what is missing on the way.
fn set(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// The lists that pages carry; the first is the one that `--max-items` counts.
fn lists(op: &OpDef, rule: &Pages) -> Vec<&'static str> {
    let known = |path: &&&str| {
        let first = path.split('.').next().unwrap_or_default();
        (op.output)().member(first).is_some()
    };
    rule.results.iter().filter(known).copied().collect()
}

/// All pages.
pub(super) struct Followed {
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
) -> Result<Followed, Failure> {
    let rule = paging.rule;
    let lists = lists(op, rule);
    let Some(primary) = lists.first().copied() else {
        let page = call(Value::Object(input))?;
        return Ok(Followed { each: vec![page.clone()], full: page });
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
            fixed = fixed_part(rule, &page);
        } else {
            skip = 0;
        }
        let following = next_token(rule, &page);
        let items = at_mut(&mut page, primary).and_then(Value::as_array_mut);
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
        if let Some(items) = at_mut(page, name).and_then(Value::as_array_mut) {
            let gone = if *name == primary { skip.min(items.len()) } else { items.len() };
            items.drain(..gone);
        }
    }
}

/// What is shown beside the lists, out of the first page.
fn fixed_part(rule: &Pages, page: &Value) -> Map<String, Value> {
    let mut fixed = Map::new();
    for path in rule.shown {
        set(&mut fixed, path, at(page, path).cloned().unwrap_or(Value::Null));
    }
    fixed
}

/// Where the next page begins, if there is one.
fn next_token(rule: &Pages, page: &Value) -> Option<Map<String, Value>> {
    if rule.more.is_some_and(|more| at(page, more) != Some(&Value::Bool(true))) {
        return None;
    }
    let mut token = Map::new();
    for (input, output) in rule.input.iter().zip(rule.output) {
        let mut value = at(page, output).cloned().unwrap_or(Value::Null);
        if let (true, Some((list, member))) = (value.is_null(), rule.last) {
            let last = at(page, list).and_then(Value::as_array).and_then(|items| items.last());
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
) -> Followed {
    let mut full = Value::Object(Map::new());
    let mut each = Vec::new();
    for (number, mut page) in pages.into_iter().enumerate() {
        let mut shown = if number == 0 { fixed.clone() } else { Map::new() };
        for name in lists {
            let found = at_mut(&mut page, name).map_or(Value::Null, Value::take);
            set(&mut shown, name, found.clone());
            match (at_mut(&mut full, name), found) {
                (Some(Value::Array(all)), Value::Array(items)) => all.extend(items),
                (None, found @ Value::Array(_)) => {
                    if let Value::Object(full) = &mut full {
                        set(full, name, found);
                    }
                }
                _ => {}
            }
        }
        each.push(Value::Object(shown));
    }
    if let Value::Object(full) = &mut full {
        for (name, value) in fixed {
            merge(full, name, value);
        }
        if let Some(resume) = resume {
            let token = Value::String(seal_token(&resume));
            let mut last = Map::new();
            last.insert("NextToken".into(), token.clone());
            full.insert("NextToken".into(), token);
            each.push(serde_json::json!({ "NextToken": last }));
        }
    }
    Followed { full, each }
}

/// Adds what is shown beside the lists, into structures that hold one of them too.
fn merge(full: &mut Map<String, Value>, name: String, value: Value) {
    match (full.get_mut(&name), value) {
        (Some(Value::Object(there)), Value::Object(more)) => {
            for (name, value) in more {
                merge(there, name, value);
            }
        }
        (_, value) => {
            full.insert(name, value);
        }
    }
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
fn open_token(text: &str, rule: &Pages) -> Result<(Map<String, Value>, usize), Failure> {
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
