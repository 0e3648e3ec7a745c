//! The client's own flags of `aws cloudfront`: `create-invalidation --paths` and `create-distribution
//! --origin-domain-name`, in the place of whole documents.
//!
//! Source: the AWS CLI's reference of these commands.

use serde_json::{Value, json};

use super::argv::{self, Opt, Parsed, Takes};
use super::fail::Failure;
use super::token::token;

/// The arguments behind an operation's name with the client's own flags written out.
pub(super) fn expand(name: &str, args: Vec<String>) -> Result<Vec<String>, Failure> {
    match name {
        "create-invalidation" => {
            let table = [Opt::new("--paths", Takes::Many)];
            replaced(args, &table, "--invalidation-batch", |parsed| {
                parsed.options.get("--paths").map(|paths| {
                    json!({
                        "Paths": {"Quantity": paths.len(), "Items": paths},
                        "CallerReference": reference(),
                    })
                })
            })
        }
        "create-distribution" => {
            let table = [
                Opt::new("--origin-domain-name", Takes::One),
                Opt::new("--default-root-object", Takes::One),
            ];
            replaced(args, &table, "--distribution-config", |parsed| {
                let one = |name: &str| parsed.options.get(name).and_then(|all| all.first());
                let root = one("--default-root-object").map_or("", String::as_str);
                one("--origin-domain-name").map(|domain| distribution(domain, root))
            })
        }
        _ => Ok(args),
    }
}

/// What makes the request one of its own.
fn reference() -> String {
    format!("cli-{}", token())
}

/// Takes the client's own flags out and puts a document in their place.
fn replaced(
    args: Vec<String>,
    own: &[Opt],
    flag: &str,
    document: impl FnOnce(&Parsed) -> Option<Value>,
) -> Result<Vec<String>, Failure> {
    let is_own = |arg: &String| own.iter().any(|opt| opt.name == *arg);
    if !args.iter().any(is_own) {
        return Ok(args);
    }
    let (mut mine, mut others) = (Vec::new(), Vec::new());
    let mut taken = false;
    for arg in args {
        if arg.starts_with("--") {
            taken = is_own(&arg);
        }
        if taken { mine.push(arg) } else { others.push(arg) }
    }
    let parsed = argv::parse(&mine, own, 0)?;
    if let Some(document) = document(&parsed) {
        if others.iter().any(|arg| arg == flag) {
            let named = mine.first().map_or("", String::as_str);
            return Err(Failure::Usage(format!(
                "argument {named}: not allowed with argument {flag}"
            )));
        }
        others.push(flag.to_owned());
        others.push(document.to_string());
    }
    Ok(others)
}

/// The configuration that the client makes of an origin's name.
fn distribution(domain: &str, root: &str) -> Value {
    let reference = reference();
    let id = format!("{domain}-{reference}");
    let mut origin = json!({"Id": id, "DomainName": domain, "OriginPath": ""});
    if domain.contains(".s3.") || domain.contains(".s3-") {
        origin["S3OriginConfig"] = json!({"OriginAccessIdentity": ""});
    } else {
        origin["CustomOriginConfig"] =
            json!({"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"});
    }
    json!({
        "CallerReference": reference,
        "DefaultRootObject": root,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": id,
            "ForwardedValues": {
                "QueryString": false,
                "Cookies": {"Forward": "none"},
                "Headers": {"Quantity": 0},
            },
            "TrustedSigners": {"Enabled": false, "Quantity": 0},
            "ViewerProtocolPolicy": "allow-all",
            "MinTTL": 0,
        },
        "Comment": "",
        "Enabled": true,
    })
}
