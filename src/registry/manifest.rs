//! What a registry reads out of a manifest, and what it holds one to.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::digest::ContentDigest;
use super::errors::{Refusal, refusal};
use sim::api::ApiError;

/// The heaviest manifest that is taken, in bytes.
pub const BYTES_MAX: usize = 4 << 20;

const DOCKER_IMAGE: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Whether manifests of this type name other manifests.
pub(super) fn is_index(media_type: &str) -> bool {
    matches!(media_type, DOCKER_LIST | OCI_INDEX)
}

/// Whether manifests of this type are images.
pub(super) fn is_image(media_type: &str) -> bool {
    matches!(media_type, DOCKER_IMAGE | OCI_IMAGE)
}

/// What is known of a manifest.
#[derive(Clone, Hash, Debug, Default)]
pub(super) struct Facts {
    pub(super) media_type: String,
    /// The blobs that must be there.
    pub(super) blobs: Vec<ContentDigest>,
    /// The manifests that must be there, of an index.
    pub(super) children: Vec<Child>,
    /// The manifest that this one is about; it need not be there.
    pub(super) subject: Option<ContentDigest>,
    /// What kind of thing this is, for whoever looks for what is about another manifest.
    pub(super) artifact_type: Option<String>,
    pub(super) annotations: BTreeMap<String, String>,
}

/// One manifest of an index.
#[derive(Clone, Hash, Debug)]
pub(super) struct Child {
    pub(super) digest: ContentDigest,
    pub(super) media_type: String,
    /// `linux/amd64`; empty when it is not said.
    pub(super) platform: String,
}

/// Reads a manifest that was sent with this `Content-Type`.
///
/// # Errors
/// `MANIFEST_INVALID` with the reason, and `SIZE_INVALID` when it is too large.
pub(super) fn read(text: &str, content_type: Option<&str>) -> Result<Facts, ApiError> {
    if text.len() > BYTES_MAX {
        return Err(refusal(Refusal::ManifestTooLarge));
    }
    let value: Value = serde_json::from_str(text).map_err(|e| invalid(e.to_string()))?;
    let object = value.as_object().ok_or_else(|| invalid("it is not a JSON object"))?;
    if object.get("schemaVersion").and_then(Value::as_u64) != Some(2) {
        return Err(invalid("schemaVersion is not 2"));
    }
    let media_type = media_type(object, content_type)?;
    let mut facts = Facts {
        subject: object.get("subject").filter(|s| !s.is_null()).map(digest_of).transpose()?,
        annotations: annotations(object)?,
        ..Facts::default()
    };
    let own_type = text_of(object, "artifactType")?;
    if is_index(&media_type) {
        if object.contains_key("layers") || object.contains_key("config") {
            return Err(invalid("an index has no config and no layers"));
        }
        let list = list_of(object, "manifests")?;
        facts.children = list.iter().map(child).collect::<Result<_, _>>()?;
        facts.artifact_type = own_type;
    } else {
        if object.contains_key("manifests") {
            return Err(invalid("an image has no manifests"));
        }
        let config = object.get("config").ok_or_else(|| invalid("there is no config"))?;
        facts.blobs.push(digest_of(config)?);
        for layer in list_of(object, "layers")? {
            let digest = digest_of(layer)?;
            if !is_elsewhere(layer) {
                facts.blobs.push(digest);
            }
        }
        let of_config = config.get("mediaType").and_then(Value::as_str).map(str::to_owned);
        facts.artifact_type = own_type.or(of_config);
    }
    facts.media_type = media_type;
    Ok(facts)
}

fn invalid(reason: impl Into<String>) -> ApiError {
    refusal(Refusal::ManifestInvalid).with("reason", reason)
}

/// What the manifest is: its own word and the header's must agree.
fn media_type(object: &Map<String, Value>, content_type: Option<&str>) -> Result<String, ApiError> {
    let header = content_type.map(|t| t.split(';').next().unwrap_or_default().trim());
    let header = header.filter(|t| !t.is_empty());
    let own = text_of(object, "mediaType")?;
    let media_type = match (header, own) {
        (Some(header), Some(own)) if header != own => {
            let reason = format!("mediaType is {own}, and it was sent as {header}");
            return Err(invalid(reason));
        }
        (Some(header), _) => header.to_owned(),
        (None, Some(own)) => own,
        (None, None) => return Err(invalid("neither it nor the request says its media type")),
    };
    if is_image(&media_type) || is_index(&media_type) {
        return Ok(media_type);
    }
    Err(invalid(format!("{media_type} is not a media type of manifests")))
}

fn text_of(object: &Map<String, Value>, key: &str) -> Result<Option<String>, ApiError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|t| !t.is_empty())),
        Some(_) => Err(invalid(format!("{key} is not a text"))),
    }
}

fn list_of<'a>(object: &'a Map<String, Value>, key: &str) -> Result<&'a Vec<Value>, ApiError> {
    let list = object.get(key).and_then(Value::as_array);
    list.ok_or_else(|| invalid(format!("{key} is not a list")))
}

fn annotations(object: &Map<String, Value>) -> Result<BTreeMap<String, String>, ApiError> {
    let Some(value) = object.get("annotations").filter(|v| !v.is_null()) else {
        return Ok(BTreeMap::new());
    };
    let pairs = value.as_object().and_then(|pairs| {
        pairs.iter().map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
    });
    pairs.ok_or_else(|| invalid("annotations are not texts"))
}

/// The digest of a descriptor, which must have a length too.
fn digest_of(descriptor: &Value) -> Result<ContentDigest, ApiError> {
    if descriptor.get("size").and_then(Value::as_u64).is_none() {
        return Err(invalid("a descriptor has no size"));
    }
    let text = descriptor.get("digest").and_then(Value::as_str).unwrap_or_default();
    ContentDigest::parse(text).map_err(|_| invalid(format!("a descriptor's digest is {text:?}")))
}

fn child(descriptor: &Value) -> Result<Child, ApiError> {
    let platform = descriptor.get("platform");
    let word = |key: &str| platform.and_then(|p| p.get(key)).and_then(Value::as_str);
    Ok(Child {
        digest: digest_of(descriptor)?,
        media_type: descriptor
            .get("mediaType")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        platform: match (word("os"), word("architecture")) {
            (Some(os), Some(architecture)) => format!("{os}/{architecture}"),
            _ => String::new(),
        },
    })
}

/// A layer that is fetched from its maker and not from registries.
fn is_elsewhere(layer: &Value) -> bool {
    let kind = layer.get("mediaType").and_then(Value::as_str).unwrap_or_default();
    let urls = layer.get("urls").and_then(Value::as_array).is_some_and(|urls| !urls.is_empty());
    urls || kind.contains(".foreign.") || kind.contains(".nondistributable.")
}
