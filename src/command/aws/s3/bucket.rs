//! `aws s3 mb` and `aws s3 rb`.

use serde_json::{Map, Value, json};

use super::{Parsed, S3, options, path, require_s3, say, transfer};
use crate::Host;
use crate::aws::client::Client;
use crate::aws::fail::Failure;
use crate::aws::flags::bucket_name;

fn spec(name: &str) -> Result<&'static options::Spec, Failure> {
    options::find(name).ok_or_else(|| Failure::General(format!("no command {name}")))
}

/// Calls, and says in one line how it went.
fn attempt(
    what: &str,
    argument: &str,
    bucket: &str,
    answer: Result<Value, Failure>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    match answer {
        Ok(_) => {
            say(host, &format!("{what}: {bucket}"))?;
            Ok(0)
        }
        Err(failure) => {
            writeln!(host.stderr, "{what} failed: {argument} {failure}")?;
            Ok(1)
        }
    }
}

/// `aws s3 mb s3://bucket`
pub(super) fn make(
    parsed: &Parsed,
    client: &Client<'_>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let argument = &parsed.positional[0];
    let (bucket, _) = path::split(require_s3(spec("mb")?, argument)?);
    let mut input = Map::new();
    input.insert("Bucket".into(), bucket.into());
    let mut configuration = Map::new();
    if client.region != "us-east-1" {
        configuration.insert("LocationConstraint".into(), client.region.clone().into());
    }
    let tags: Vec<Value> = parsed
        .ordered
        .iter()
        .filter(|(name, _)| name == "--tags")
        .filter_map(|(_, values)| Some(json!({ "Key": values.first()?, "Value": values.get(1)? })))
        .collect();
    if !tags.is_empty() {
        configuration.insert("Tags".into(), Value::Array(tags));
    }
    if !configuration.is_empty() {
        input.insert("CreateBucketConfiguration".into(), Value::Object(configuration));
    }
    let answer =
        bucket_name(bucket).and_then(|()| client.ask(S3, "CreateBucket", Value::Object(input)));
    attempt("make_bucket", argument, bucket, answer, host)
}

/// `aws s3 rb s3://bucket [--force]`
pub(super) fn remove(
    parsed: &Parsed,
    client: &Client<'_>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let argument = &parsed.positional[0];
    let (bucket, key) = path::split(require_s3(spec("rb")?, argument)?);
    if !key.is_empty() {
        return Err(Failure::Invalid(format!(
            "Please specify a valid bucket name only. E.g. s3://{bucket}"
        )));
    }
    if parsed.has("--force") {
        let rm = spec("rm")?;
        let args = [argument.clone(), "--recursive".into()];
        if transfer::run(rm, &rm.parse(&args)?, client, host)? != 0 {
            return Err(Failure::General(
                "remove_bucket failed: Unable to delete all objects in the bucket, bucket will \
                 not be deleted."
                    .into(),
            ));
        }
    }
    let answer = bucket_name(bucket)
        .and_then(|()| client.ask(S3, "DeleteBucket", json!({ "Bucket": bucket })));
    attempt("remove_bucket", argument, bucket, answer, host)
}
