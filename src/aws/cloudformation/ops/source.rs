//! Where the text of a template comes from: the request, or an object in S3.
//!
//! S3 keeps no bytes here, only facts about them. So whoever asks the world for a template in S3 first
//! hands it the text ([`KeepTemplate`]), which is known again by the digest of its bytes.

use base::Digest;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use sim::api::{ApiError, Protocol, Service, Write};
use sim::{Caller, Cx, World};

use crate::State;
use crate::errors::{constraint, invalid};
use crate::shapes::TemplateGiven;
use crate::template::{BODY_MAX, OBJECT_MAX};
use aws::place::Place;

/// The texts of templates, which only the program itself hands over.
pub static TEXTS: Service = Service {
    name: "cloudformation-texts",
    title: "Texts of templates",
    protocol: Protocol::Lab,
    signing_name: "",
    api_version: "",
    xml_namespace: "",
    operations: &[&KeepTemplate::DEF],
    refused: &[],
};

sim::operation! {
    /// Hands over the text of a template that is in S3.
    write KeepTemplate in "cloudformation-texts" = "";
    input {
        /// The text.
        pub text: String => "Text",
    }
    output KeepTemplateOutput {}
    errors []
    access open
}

impl Write for KeepTemplate {
    type Output = KeepTemplateOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let digest = Digest::of(self.text.as_bytes());
        world.get_mut::<State>().texts.insert(digest, self.text);
        Ok(KeepTemplateOutput {})
    }
}

/// The bucket and the key of an object's address, in any of the forms that the service takes.
#[must_use]
pub fn template_object(url: &str) -> Option<(String, String)> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    if let Some(bucket) = host.split_once(".s3").filter(|(bucket, _)| !bucket.is_empty()) {
        return Some((bucket.0.to_owned(), decoded(path)));
    }
    let is_s3 = host.starts_with("s3.") || host.starts_with("s3-");
    // The address of the simulation's own endpoint, with the bucket in the path.
    let is_local = host.starts_with("127.0.0.1") || host.starts_with("localhost");
    let (bucket, key) = path.split_once('/').filter(|_| is_s3 || is_local)?;
    Some((bucket.to_owned(), decoded(key)))
}

/// The addresses of the templates that a request leads to: its own, and those that the template in it
/// names.
#[must_use]
pub fn template_urls(input: &Value) -> Vec<String> {
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    let own = text("TemplateURL").map(str::to_owned);
    let nested = text("TemplateBody").map(nested_template_urls).unwrap_or_default();
    own.into_iter().chain(nested).collect()
}

/// The addresses of the templates that this one names. Those that a function makes are not known
/// before.
#[must_use]
pub fn nested_template_urls(text: &str) -> Vec<String> {
    if !text.contains("TemplateURL") {
        return Vec::new();
    }
    let template = crate::template::value(text).unwrap_or_default();
    let resources = template.get("Resources").and_then(Value::as_object);
    let urls = resources.into_iter().flat_map(|resources| resources.values());
    let urls = urls.filter_map(|one| one.pointer("/Properties/TemplateURL")?.as_str());
    urls.map(str::to_owned).collect()
}

/// Whether the world has this text already.
#[must_use]
pub fn knows_template(world: &World, text: &str) -> bool {
    world.get::<State>().texts.contains_key(&Digest::of(text.as_bytes()))
}

/// The text of a template in S3, as this caller may read it.
///
/// # Errors
/// It is nowhere, or may not be read.
pub(crate) fn object(
    world: &mut World,
    place: &Place,
    caller: &Caller,
    url: &str,
) -> Result<String, ApiError> {
    let (bucket, key) =
        template_object(url).ok_or_else(|| invalid("TemplateURL must be a supported URL."))?;
    let cx = Cx { at: world.now(), caller, account: &place.account, region: &place.region };
    let answer = world.call(&cx, "s3", "GetObject", json!({"Bucket": bucket, "Key": key}));
    let answer = answer.map_err(|error| match error.code.as_str() {
        "AccessDenied" | "NoSuchKey" | "NoSuchBucket" => invalid(format!(
            "S3 error: {}\nFor more information check \
             http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
            error.message
        )),
        _ => error,
    })?;
    let slices = answer.get("Body").and_then(Value::as_array).cloned().unwrap_or_default();
    let length: u64 = slices.iter().filter_map(|slice| slice.get("len")?.as_u64()).sum();
    if length > OBJECT_MAX {
        return Err(invalid(format!("Template may not exceed {OBJECT_MAX} bytes in size.")));
    }
    let digest = match slices.as_slice() {
        [slice] => slice.get("digest").and_then(Value::as_str).and_then(|d| d.parse().ok()),
        _ => None,
    };
    let text = digest.and_then(|digest: Digest| world.get::<State>().texts.get(&digest));
    text.cloned().ok_or_else(|| {
        invalid(format!(
            "The text of the template at {url} is not known here, so it cannot be used"
        ))
    })
}

/// The text of the template that a request gives; nothing where it gives none.
///
/// # Errors
/// It gives two, or one that is too long or cannot be had.
pub(crate) fn given(
    world: &mut World,
    cx: &Cx<'_>,
    template: &TemplateGiven,
) -> Result<Option<String>, ApiError> {
    match (&template.body, &template.url) {
        (Some(_), Some(_)) => {
            Err(invalid("Either Template URL or Template Body must be specified."))
        }
        (None, None) => Ok(None),
        (Some(text), None) => checked(text).map(Some),
        (None, Some(url)) => object(world, &Place::of(cx), cx.caller, url).map(Some),
    }
}

fn checked(text: &str) -> Result<String, ApiError> {
    if text.is_empty() {
        return Err(constraint(
            "",
            "templateBody",
            "Member must have length greater than or equal to 1",
        ));
    }
    if text.len() > BODY_MAX {
        let must = format!("Member must have length less than or equal to {BODY_MAX}");
        return Err(constraint(text, "templateBody", &must));
    }
    Ok(text.to_owned())
}
