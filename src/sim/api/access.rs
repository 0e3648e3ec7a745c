//! Who may: what an operation says of its authorization, and the questions that follow from an
//! input.
//!
//! It asks nobody. The kernel hands an operation and its input to an [`Authorize`], which puts each
//! [`Question`] to the account's access rules before the operation runs.

use serde_json::Value;

use super::{ApiError, OpDef};
use crate::{Cx, World};

/// What an operation says of its authorization.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Nothing, which a test finds.
    Unsaid,
    /// The operation judges: its rules need what is stored.
    Itself,
    /// Whoever has signed.
    Open,
    /// Anybody, signed or not.
    Unsigned,
    /// Whoever the account's policies let do all of this.
    Asks(&'static [Grant]),
}

/// One action upon the resources that an input names.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// `dynamodb:PutItem`
    pub action: &'static str,
    /// `arn:aws:dynamodb:{region}:{account}:table/{TableName}`: beside `region` and `account` stand
    /// members of the input, with dots to those inside (`{Target.Arn}`). One that is a list names
    /// several resources, one that is not there makes its part `*`, and one that is an ARN itself
    /// stands for all up to its end.
    pub resource: &'static str,
    /// Condition keys, and the members that hold their values.
    pub keys: &'static [(&'static str, &'static str)],
}

/// One question to the access rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    pub action: &'static str,
    pub resource: String,
    pub conditions: Vec<(&'static str, String)>,
}

/// How the kernel asks before an operation runs. It answers with the service's own refusal.
pub type Authorize = fn(&World, &Cx<'_>, &OpDef, &Value) -> Result<(), ApiError>;

/// The questions that must all be answered with yes before the operation runs on this input.
#[must_use]
pub fn questions(op: &OpDef, input: &Value, region: &str, account: &str) -> Vec<Question> {
    let Access::Asks(grants) = op.access else { return Vec::new() };
    let mut questions = Vec::new();
    for grant in grants {
        let conditions = conditions(grant, input);
        for resource in fill(grant.resource, input, region, account) {
            let conditions = conditions.clone();
            questions.push(Question { action: grant.action, resource, conditions });
        }
    }
    questions
}

fn conditions(grant: &Grant, input: &Value) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (key, member) in grant.keys {
        found.extend(texts(input, member).into_iter().map(|text| (*key, text)));
    }
    found
}

/// The resources that a template stands for.
fn fill(template: &str, input: &Value, region: &str, account: &str) -> Vec<String> {
    let mut done = vec![String::new()];
    let mut rest = template;
    while let Some((before, name, after)) = hole(rest) {
        let mut values = match name {
            "region" => vec![region.to_owned()],
            "account" => vec![account.to_owned()],
            member => texts(input, member),
        };
        if values.is_empty() {
            values.push("*".to_owned());
        }
        let join = |start: &str, value: &str| {
            if value.starts_with("arn:") {
                value.to_owned()
            } else {
                format!("{start}{before}{value}")
            }
        };
        done = done.iter().flat_map(|start| values.iter().map(move |v| join(start, v))).collect();
        rest = after;
    }
    done.into_iter().map(|start| start + rest).collect()
}

/// What stands before the next braces, in them and behind them.
fn hole(text: &str) -> Option<(&str, &str, &str)> {
    let (before, behind) = text.split_once('{')?;
    let (name, after) = behind.split_once('}')?;
    Some((before, name, after))
}

/// The texts that a path of members leads to.
fn texts(value: &Value, path: &str) -> Vec<String> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match value {
        Value::Array(items) => items.iter().flat_map(|item| texts(item, path)).collect(),
        Value::Object(map) if !first.is_empty() => {
            map.get(first).map(|value| texts(value, rest)).unwrap_or_default()
        }
        _ if !path.is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(whether) => vec![whether.to_string()],
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fill, texts};

    #[test]
    fn templates_are_filled_from_the_input() {
        let input = json!({
            "Name": "t", "Ids": ["a", "b"], "Arn": "arn:aws:x:r:1:table/u", "In": {"Deep": [{"N": 7}]},
        });
        let check = |template: &str, want: &[&str]| {
            assert_eq!(fill(template, &input, "us-east-1", "42"), want, "{template}");
        };
        check("*", &["*"]);
        check("arn:aws:x:{region}:{account}:t/{Name}", &["arn:aws:x:us-east-1:42:t/t"]);
        check("arn:aws:x:::i/{Ids}", &["arn:aws:x:::i/a", "arn:aws:x:::i/b"]);
        check(
            "arn:aws:x:::{Ids}/{Ids}",
            &["arn:aws:x:::a/a", "arn:aws:x:::a/b", "arn:aws:x:::b/a", "arn:aws:x:::b/b"],
        );
        check("arn:aws:x:::i/{Missing}", &["arn:aws:x:::i/*"]);
        check("arn:aws:x:::i/{In.Deep.N}", &["arn:aws:x:::i/7"]);
        check("arn:aws:x:::i/{Arn}", &["arn:aws:x:r:1:table/u"]);
        check("arn:aws:x:::i/{Arn}/index/{Name}", &["arn:aws:x:r:1:table/u/index/t"]);
    }

    #[test]
    fn paths_lead_through_lists() {
        let input = json!({"Tags": [{"Key": "a"}, {"Key": "b"}, {}], "On": true, "None": null});
        let check = |path: &str, want: &[&str]| assert_eq!(texts(&input, path), want, "{path}");
        check("Tags.Key", &["a", "b"]);
        check("Tags", &[]);
        check("On", &["true"]);
        check("On.Deeper", &[]);
        check("None", &[]);
    }
}
