//! `aws s3 ls`, and the walk over all pages of a listing that the transfers use too.
//!
//! Times are shown in UTC: a lab has no time zone.

use serde_json::{Map, Value, json};

use super::progress::human_size;
use super::{Parsed, S3, path, say};
use crate::Host;
use crate::aws::client::Client;
use crate::aws::fail::Failure;
use base::Time;

/// Calls `page` with each page of the objects below a prefix.
pub(super) fn objects(
    client: &Client<'_>,
    bucket: &str,
    prefix: &str,
    delimiter: bool,
    page_size: Option<i64>,
    page: &mut dyn FnMut(&Value) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut input = Map::new();
    input.insert("Bucket".into(), bucket.into());
    input.insert("Prefix".into(), prefix.into());
    if delimiter {
        input.insert("Delimiter".into(), "/".into());
    }
    if let Some(size) = page_size {
        input.insert("MaxKeys".into(), size.into());
    }
    loop {
        let answer = client.ask(S3, "ListObjectsV2", Value::Object(input.clone()))?;
        page(&answer)?;
        let next = answer.get("NextContinuationToken").and_then(Value::as_str);
        match next {
            Some(token) if answer.get("IsTruncated") == Some(&Value::Bool(true)) => {
                input.insert("ContinuationToken".into(), token.into());
            }
            _ => return Ok(()),
        }
    }
}

/// The items of a list, none when it is absent.
pub(super) fn items<'a>(answer: &'a Value, list: &str) -> &'a [Value] {
    answer.get(list).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A string member, empty when it is absent.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A size.
pub(super) fn size(value: &Value, member: &str) -> u64 {
    value.get(member).and_then(Value::as_u64).unwrap_or_default()
}

/// A time.
pub(super) fn time(value: &Value, member: &str) -> Time {
    Time(value.get(member).and_then(Value::as_i64).unwrap_or_default())
}

/// `2026-11-22 10:00:00`
fn stamp(time: Time) -> String {
    time.format("%Y-%m-%d %H:%M:%S")
}

struct Listing {
    human: bool,
    full_names: bool,
    objects: u64,
    bytes: u64,
    lines: u64,
}

impl Listing {
    fn size(&self, bytes: u64) -> String {
        if self.human { human_size(bytes) } else { bytes.to_string() }
    }

    fn page(&mut self, answer: &Value, host: &mut Host<'_>) -> Result<(), Failure> {
        for group in items(answer, "CommonPrefixes") {
            let prefix = text(group, "Prefix").trim_end_matches('/');
            let name = prefix.rsplit('/').next().unwrap_or_default();
            say(host, &format!("{:>30} {name}/", "PRE"))?;
            self.lines += 1;
        }
        for object in items(answer, "Contents") {
            let bytes = size(object, "Size");
            let key = text(object, "Key");
            let name =
                if self.full_names { key } else { key.rsplit('/').next().unwrap_or_default() };
            let at = stamp(time(object, "LastModified"));
            say(host, &format!("{at} {:>10} {name}", self.size(bytes)))?;
            self.objects += 1;
            self.bytes += bytes;
            self.lines += 1;
        }
        Ok(())
    }
}

/// Runs `aws s3 ls`.
pub(super) fn run(
    parsed: &Parsed,
    client: &Client<'_>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let argument = parsed.positional.first().map_or("", String::as_str);
    let (bucket, key) = path::split(argument.strip_prefix("s3://").unwrap_or(argument));
    let page_size = parsed.number("--page-size")?;
    let mut listing = Listing {
        human: parsed.has("--human-readable"),
        full_names: parsed.has("--recursive"),
        objects: 0,
        bytes: 0,
        lines: 0,
    };
    if bucket.is_empty() {
        buckets(parsed, client, host, page_size)?;
    } else {
        let delimiter = !listing.full_names;
        objects(client, bucket, key, delimiter, page_size, &mut |page| listing.page(page, host))?;
    }
    if parsed.has("--summarize") {
        say(host, &format!("\nTotal Objects: {}", listing.objects))?;
        say(host, &format!("{:>15}{}", "Total Size: ", listing.size(listing.bytes)))?;
    }
    // Looking for a key that is not there is the one way not to succeed.
    Ok(u8::from(!bucket.is_empty() && !key.is_empty() && listing.lines == 0))
}

fn buckets(
    parsed: &Parsed,
    client: &Client<'_>,
    host: &mut Host<'_>,
    page_size: Option<i64>,
) -> Result<(), Failure> {
    let mut input = Map::new();
    let wanted = [("--bucket-name-prefix", "Prefix"), ("--bucket-region", "BucketRegion")];
    for (flag, member) in wanted {
        if let Some(value) = parsed.one(flag) {
            input.insert(member.into(), value.into());
        }
    }
    if let Some(size) = page_size {
        input.insert("MaxBuckets".into(), json!(size));
    }
    loop {
        let answer = client.ask(S3, "ListBuckets", Value::Object(input.clone()))?;
        for bucket in items(&answer, "Buckets") {
            let at = stamp(time(bucket, "CreationDate"));
            say(host, &format!("{at} {}", text(bucket, "Name")))?;
        }
        let next = text(&answer, "ContinuationToken");
        if next.is_empty() {
            return Ok(());
        }
        input.insert("ContinuationToken".into(), next.into());
    }
}
