//! The fields of a form by which a browser uploads a file, up to that file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::body::{Source, malformed_form};
use super::unknown::takes;
use crate::codec::Head;
use crate::codec::multipart::{Event, Multipart, Part};
use crate::codec::rest::{malformed_xml, not_implemented};
use crate::codec::xml;
use crate::sigv4::missing_field;
use sim::api::{ApiError, OpDef};

/// The file itself is not counted.
const FIELDS_MAX: usize = 20_480;

/// Fields of the signature, which say nothing of the object.
const SIGNATURE: [&str; 5] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-signature",
    "x-amz-security-token",
];

/// Fields that stand for a header of another name.
const HEADERS: [(&str, &str); 2] =
    [("acl", "x-amz-acl"), ("x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm")];

/// The fields before the file.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// Of the address, not of a field.
    bucket: String,
    /// As they are spelled, with what stood for the file's name filled in. Several of one name are one,
    /// with commas.
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads a form up to its file, which is what the rest of it is then asked for.
    ///
    /// # Errors
    /// `MalformedPOSTRequest`; `MaxPostPreDataLengthExceeded`; `InvalidArgument` without a file or a key.
    pub(super) async fn read(
        source: &mut Source,
        head: &Head,
        bucket: String,
    ) -> Result<(Self, Multipart), ApiError> {
        let kind = head.header("content-type").unwrap_or_default();
        let mut multipart = Multipart::new(kind).ok_or_else(malformed_form)?;
        let mut form = Self { bucket, fields: Vec::new() };
        let mut size = 0;
        let mut field: Option<(String, Vec<u8>)> = None;
        loop {
            let Some(event) = multipart.event().map_err(|_| malformed_form())? else {
                let Some(piece) = source.next().await? else {
                    multipart.finish().map_err(|_| malformed_form())?;
                    return Err(no_file());
                };
                multipart.feed(&piece);
                continue;
            };
            match event {
                Event::Part(Part { name, file_name }) if name.eq_ignore_ascii_case("file") => {
                    form.name_file(file_name.as_deref());
                    form.check_key()?;
                    return Ok((form, multipart));
                }
                Event::Part(part) => {
                    size += part.name.len();
                    field = Some((part.name, Vec::new()));
                }
                Event::Data(data) => {
                    size += data.len();
                    if let Some((_, value)) = &mut field {
                        value.extend_from_slice(&data);
                    }
                }
                Event::End => {
                    if let Some((name, value)) = field.take() {
                        form.add(name, &String::from_utf8_lossy(&value));
                    }
                }
            }
            if size > FIELDS_MAX {
                return Err(too_long());
            }
        }
    }

    /// A form with these fields.
    #[cfg(test)]
    pub(super) fn of(bucket: &str, fields: &[(&str, &str)]) -> Self {
        let mut form = Self { bucket: bucket.into(), fields: Vec::new() };
        for (name, value) in fields {
            form.add((*name).to_owned(), value);
        }
        form
    }

    fn add(&mut self, name: String, value: &str) {
        // What a part is called that is none of a form's.
        if name.is_empty() {
            return;
        }
        match self.fields.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(&name)) {
            Some((_, before)) => {
                before.push(',');
                before.push_str(value);
            }
            None => self.fields.push((name, value.to_owned())),
        }
    }

    /// Fills in what the file is called, without its folder. A file that is called nothing leaves the
    /// fields as they are.
    fn name_file(&mut self, file_name: Option<&str>) {
        let Some(file_name) = file_name else { return };
        let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
        for (_, value) in &mut self.fields {
            if value.contains("${filename}") {
                *value = value.replace("${filename}", name);
            }
        }
    }

    fn check_key(&self) -> Result<(), ApiError> {
        match self.get("key") {
            None => Err(missing_field("key")),
            Some("") => {
                let message = "User key must have a length greater than 0.";
                Err(ApiError::new(400, "InvalidArgument", message)
                    .with("ArgumentName", "key")
                    .with("ArgumentValue", ""))
            }
            Some(_) => Ok(()),
        }
    }

    /// The field of this name, which is in lower case. Whatever a field says, the bucket is that of the
    /// address.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        if name == "bucket" {
            return Some(&self.bucket);
        }
        let found = self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The names of what the form says, the bucket among them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let named = self.fields.iter().map(|(name, _)| name.as_str());
        named.chain(["bucket"])
    }

    /// The request that puts the file: what the form says of it as headers of that operation. Fields
    /// that mean nothing to S3 are passed over, as S3 does.
    ///
    /// # Errors
    /// `MalformedXML` for tags; `NotImplemented` for what the operation does not take.
    pub(super) fn request(&self, put: &OpDef, path: &str) -> Result<Head, ApiError> {
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &self.fields {
            let lower = name.to_ascii_lowercase();
            if lower == "tagging" {
                headers.insert("x-amz-tagging".into(), tags(value)?);
                continue;
            }
            let header = HEADERS.iter().find(|(field, _)| *field == lower);
            let header = header.map_or(lower.as_str(), |(_, header)| header);
            if takes(put, header) {
                if value.chars().any(char::is_control) {
                    let message = "Header value cannot be represented using ISO-8859-1.";
                    return Err(ApiError::new(400, "InvalidArgument", message)
                        .with("ArgumentName", name.as_str())
                        .with("ArgumentValue", value.as_str()));
                }
                headers.insert(header.to_owned(), value.clone());
            } else if header.starts_with("x-amz-") && !SIGNATURE.contains(&header) {
                return Err(not_implemented().with("Header", name.as_str()));
            }
        }
        let key = self.get("key").unwrap_or_default();
        let path = format!("{path}/{}", encoded(key));
        Ok(Head::new("PUT", &path, "", headers))
    }
}

/// A key as S3 writes it into the address of an upload: slashes are encoded too.
pub(super) fn encoded(key: &str) -> Cow<'_, str> {
    const KEPT: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(key, KEPT).into()
}

/// The tags of a document as the header says them. A document of something else has none.
fn tags(document: &str) -> Result<String, ApiError> {
    let root = xml::parse(document).ok_or_else(malformed_xml)?;
    let set = Some(&root).filter(|root| root.name == "Tagging").and_then(|r| r.child("TagSet"));
    let tags = set.map(|set| set.children.as_slice()).unwrap_or_default();
    let text = |tag: &xml::Element<'_>, name: &str| {
        tag.child(name).map_or_else(String::new, |element| encoded(&element.text).into_owned())
    };
    let pairs = tags.iter().filter(|tag| tag.name == "Tag");
    let pairs: Vec<String> =
        pairs.map(|tag| format!("{}={}", text(tag, "Key"), text(tag, "Value"))).collect();
    Ok(pairs.join("&"))
}

fn no_file() -> ApiError {
    ApiError::new(400, "InvalidArgument", "POST requires exactly one file upload per request.")
        .with("ArgumentName", "file")
        .with("ArgumentValue", "0")
}

fn too_long() -> ApiError {
    let message = "Your POST request fields preceeding the upload file was too large.";
    ApiError::new(400, "MaxPostPreDataLengthExceeded", message)
        .with("MaxPostPreDataLengthBytes", FIELDS_MAX.to_string())
}
