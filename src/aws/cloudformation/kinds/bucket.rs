//! `AWS::S3::Bucket` and its policy.

use serde_json::{Map, Value, json};

use super::call::tag_list;
use super::{Call, Failure, Kind, Outcome, PLAIN, Properties, Tags, changed, document, flag, text};

pub(super) static BUCKET: Kind = Kind {
    name: "AWS::S3::Bucket",
    properties: "AccelerateConfiguration AccessControl BucketEncryption BucketName! \
                 CorsConfiguration LifecycleConfiguration LoggingConfiguration \
                 NotificationConfiguration ObjectLockEnabled! OwnershipControls \
                 PublicAccessBlockConfiguration ReplicationConfiguration Tags \
                 VersioningConfiguration WebsiteConfiguration",
    attributes: "Arn DomainName DualStackDomainName RegionalDomainName",
    named_by: Some("BucketName"),
    tags: Tags::List,
    // It is waited for until the name is known everywhere.
    makes_s: 20,
    create,
    update: |call, id, old, new| configure(call, id, old, new),
    delete: |call, id, _| call.end("s3", "DeleteBucket", json!({"Bucket": id})),
    attribute: |call, id, _, name| {
        let region = call.place.region.clone();
        Ok(match name {
            "Arn" => format!("arn:aws:s3:::{id}"),
            "DomainName" => format!("{id}.s3.amazonaws.com"),
            "DualStackDomainName" => format!("{id}.s3.dualstack.{region}.amazonaws.com"),
            _ => format!("{id}.s3.{region}.amazonaws.com"),
        }
        .into())
    },
    ..PLAIN
};

/// Canned ACLs as a template and as a request spell them.
const ACLS: &[(&str, &str)] = &[
    ("AuthenticatedRead", "authenticated-read"),
    ("AwsExecRead", "aws-exec-read"),
    ("BucketOwnerFullControl", "bucket-owner-full-control"),
    ("BucketOwnerRead", "bucket-owner-read"),
    ("LogDeliveryWrite", "log-delivery-write"),
    ("Private", "private"),
    ("PublicRead", "public-read"),
    ("PublicReadWrite", "public-read-write"),
];

fn acl(properties: &Properties) -> Outcome<Option<&'static str>> {
    let Some(given) = text(properties, "AccessControl") else { return Ok(None) };
    let found = ACLS.iter().find(|(name, _)| *name == given);
    let found =
        found.ok_or_else(|| Failure::Plain(format!("{given} is not a valid enum value")))?;
    Ok(Some(found.1))
}

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "BucketName") {
        Some(name) => name,
        None => call.lower_name(63),
    };
    let mut input = Map::new();
    input.insert("Bucket".into(), name.as_str().into());
    if call.place.region != "us-east-1" {
        let place = json!({"LocationConstraint": call.place.region});
        input.insert("CreateBucketConfiguration".into(), place);
    }
    if let Some(acl) = acl(properties)? {
        input.insert("ACL".into(), acl.into());
    }
    if let Some(ownership) = properties.get("OwnershipControls") {
        let ownership = ownership.pointer("/Rules/0/ObjectOwnership").cloned();
        input.insert("ObjectOwnership".into(), ownership.unwrap_or_default());
    }
    if flag(properties, "ObjectLockEnabled") == Some(true) {
        input.insert("ObjectLockEnabledForBucket".into(), true.into());
    }
    call.ask("s3", "CreateBucket", Value::Object(input))?;
    call.made = Some(name.clone());
    let mut made = Properties::new();
    for known in ["AccessControl", "OwnershipControls"] {
        made.extend(properties.get(known).map(|value| (known.to_owned(), value.clone())));
    }
    configure(call, &name, &made, properties)?;
    Ok(name)
}

/// Sets every part of a bucket that is to be otherwise.
fn configure(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    for name in changed(old, new) {
        let value = new.get(name);
        match name {
            "BucketName" | "ObjectLockEnabled" => {}
            "VersioningConfiguration" => {
                let status = value.and_then(|v| v.get("Status")).cloned();
                let status = status.unwrap_or_else(|| "Suspended".into());
                let input = json!({"Bucket": id, "VersioningConfiguration": {"Status": status}});
                call.ask("s3", "PutBucketVersioning", input)?;
            }
            "AccessControl" => {
                let acl = acl(new)?.unwrap_or("private");
                call.ask("s3", "PutBucketAcl", json!({"Bucket": id, "ACL": acl}))?;
            }
            "Tags" => {
                let tags = tag_list(new);
                if tags.is_empty() {
                    call.end("s3", "DeleteBucketTagging", json!({"Bucket": id}))?;
                } else {
                    let input = json!({"Bucket": id, "Tagging": {"TagSet": tags}});
                    call.ask("s3", "PutBucketTagging", input)?;
                }
            }
            name => part(call, id, name, value)?,
        }
    }
    Ok(())
}

/// Puts or takes away one configuration.
fn part(call: &mut Call<'_>, id: &str, name: &str, value: Option<&Value>) -> Outcome<()> {
    let (member, put, delete) = match name {
        "BucketEncryption" => {
            ("ServerSideEncryptionConfiguration", "PutBucketEncryption", "DeleteBucketEncryption")
        }
        "CorsConfiguration" => ("CORSConfiguration", "PutBucketCors", "DeleteBucketCors"),
        "LifecycleConfiguration" => {
            ("LifecycleConfiguration", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle")
        }
        "OwnershipControls" => {
            ("OwnershipControls", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls")
        }
        "PublicAccessBlockConfiguration" => {
            ("PublicAccessBlockConfiguration", "PutPublicAccessBlock", "DeletePublicAccessBlock")
        }
        name => {
            return Err(Failure::Plain(format!(
                "The property {name} of a bucket is not simulated here"
            )));
        }
    };
    let Some(value) = value else {
        return call.end("s3", delete, json!({"Bucket": id}));
    };
    let value = match name {
        "BucketEncryption" => encryption(value),
        "CorsConfiguration" => cors(value),
        "LifecycleConfiguration" => lifecycle(value)?,
        _ => value.clone(),
    };
    call.ask("s3", put, json!({"Bucket": id, member: value})).map(|_| ())
}

/// A copy of an object with some members under other names.
fn renamed(value: &Value, names: &[(&str, &str)]) -> Value {
    let Some(map) = value.as_object() else { return value.clone() };
    let member = |(key, value): (&String, &Value)| {
        let name = names.iter().find(|(from, _)| from == key).map_or(key.as_str(), |(_, to)| to);
        (name.to_owned(), value.clone())
    };
    Value::Object(map.iter().map(member).collect())
}

fn rules(value: &Value, list: &str, each: impl Fn(&Value) -> Value) -> Value {
    let rules = value.get(list).and_then(Value::as_array);
    rules.into_iter().flatten().map(each).collect()
}

fn encryption(value: &Value) -> Value {
    const NAMES: &[(&str, &str)] =
        &[("ServerSideEncryptionByDefault", "ApplyServerSideEncryptionByDefault")];
    json!({"Rules": rules(value, "ServerSideEncryptionConfiguration", |r| renamed(r, NAMES))})
}

fn cors(value: &Value) -> Value {
    const NAMES: &[(&str, &str)] =
        &[("ExposedHeaders", "ExposeHeaders"), ("Id", "ID"), ("MaxAge", "MaxAgeSeconds")];
    json!({"CORSRules": rules(value, "CorsRules", |r| renamed(r, NAMES))})
}

fn lifecycle(value: &Value) -> Outcome<Value> {
    let mut done = Vec::new();
    for rule in value.get("Rules").and_then(Value::as_array).into_iter().flatten() {
        let mut rule = rule.as_object().cloned().unwrap_or_default();
        let mut made = Map::new();
        made.extend(rule.remove("Id").map(|id| ("ID".to_owned(), id)));
        made.extend(rule.remove("Status").map(|status| ("Status".to_owned(), status)));
        let prefix = rule.remove("Prefix").unwrap_or_else(|| "".into());
        made.insert("Filter".into(), json!({"Prefix": prefix}));
        if let Some(days) = rule.remove("ExpirationInDays") {
            made.insert("Expiration".into(), json!({"Days": days}));
        }
        if let Some(days) = rule.remove("NoncurrentVersionExpirationInDays") {
            made.insert("NoncurrentVersionExpiration".into(), json!({"NoncurrentDays": days}));
        }
        for same in ["NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"] {
            made.extend(rule.remove(same).map(|value| (same.to_owned(), value)));
        }
        if let Some(other) = rule.keys().next() {
            return Err(Failure::Plain(format!(
                "The property {other} of a lifecycle rule is not simulated here"
            )));
        }
        done.push(made);
    }
    Ok(json!({"Rules": done}))
}

pub(super) static POLICY: Kind = Kind {
    name: "AWS::S3::BucketPolicy",
    properties: "Bucket*! PolicyDocument*",
    create: |call, properties| {
        put_policy(call, properties)?;
        Ok(text(properties, "Bucket").unwrap_or_default())
    },
    update: |call, _, _, new| put_policy(call, new),
    delete: |call, id, _| call.end("s3", "DeleteBucketPolicy", json!({"Bucket": id})),
    ..PLAIN
};

fn put_policy(call: &mut Call<'_>, properties: &Properties) -> Outcome<()> {
    let text = properties.get("PolicyDocument").map(document);
    let input = json!({"Bucket": properties.get("Bucket"), "Policy": text});
    call.ask("s3", "PutBucketPolicy", input).map(|_| ())
}
