//! Images whose parts lie outside of any engine: what was pushed to a registry of the lab's own, on its
//! way into the engine without any registry between.

use std::io::{self, Read, Write};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::archive::{self, hex};
use super::send;
use crate::{Engine, EngineError, LABEL};

/// What such images are called on an engine.
const REPOSITORY: &str = "distlab/stored";
/// So many digits of an image's digest tell it from others.
const TAG_LEN: usize = 16;

/// The archive of a layer, compressed or not, and its length in bytes.
pub type Layer = (u64, Box<dyn Read + Send>);

/// An image in parts.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// The digest of its configuration: `sha256:…`.
    pub id: &'a str,
    pub config: &'a [u8],
}

impl Stored<'_> {
    /// Makes sure that the engine has it, and returns the name by which it does. One that was built or
    /// pulled there is the same image. Another is brought, with the label of the lab that it is for, so
    /// that it is cleared away with all else of the lab; its layers are read only then.
    ///
    /// # Errors
    /// When its configuration is none, a layer cannot be read, or the engine refuses.
    pub async fn ensure(
        &self,
        engine: &Engine,
        lab: &str,
        layers: impl FnOnce() -> io::Result<Vec<Layer>>,
    ) -> Result<String, EngineError> {
        if engine.find_image(self.id).await?.is_some() {
            return Ok(self.id.to_owned());
        }
        let config = labelled(self.config, lab).ok_or_else(|| {
            EngineError::Broken("its configuration is not one of an image".into())
        })?;
        let digest = hex(&Sha256::digest(config.as_bytes()));
        let name = format!("{REPOSITORY}:{}", &digest[..TAG_LEN]);
        if engine.find_image(&name).await?.is_some() {
            return Ok(name);
        }
        let layers = layers().map_err(|error| EngineError::Broken(error.to_string()))?;
        let tag = name.clone();
        send(engine, move |out| write(&tag, &digest, &config, layers, out)).await?;
        Ok(name)
    }
}

/// The configuration with the label of a lab.
fn labelled(config: &[u8], lab: &str) -> Option<String> {
    let mut value: Value = serde_json::from_slice(config).ok()?;
    let own = value.as_object_mut()?.entry("config").or_insert_with(|| json!({}));
    let labels = own.as_object_mut()?.entry("Labels").or_insert_with(|| json!({}));
    if labels.is_null() {
        *labels = json!({});
    }
    labels.as_object_mut()?.insert(LABEL.to_owned(), lab.into());
    Some(value.to_string())
}

fn write(
    name: &str,
    digest: &str,
    config: &str,
    layers: Vec<Layer>,
    mut out: &mut dyn Write,
) -> io::Result<()> {
    let config_name = format!("{digest}.json");
    archive::member(&mut out, &config_name, config.as_bytes())?;
    let mut names = Vec::new();
    for (at, (len, mut layer)) in layers.into_iter().enumerate() {
        let name = format!("{at}/layer.tar");
        archive::stream(&mut out, &name, len, &mut layer)?;
        names.push(name);
    }
    let manifest = json!([{ "Config": config_name, "RepoTags": [name], "Layers": names }]);
    archive::member(&mut out, "manifest.json", manifest.to_string().as_bytes())?;
    archive::end(&mut out)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::labelled;
    use crate::LABEL;

    #[test]
    fn a_configuration_gets_the_label_and_keeps_all_else() {
        let check = |config: Value, others: Value| {
            let text = labelled(config.to_string().as_bytes(), "try").expect("a configuration");
            let got: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(got["config"]["Labels"][LABEL], "try", "{text}");
            assert_eq!(got["rootfs"], json!({"type": "layers"}), "{text}");
            assert_eq!(got["config"]["Labels"]["a"], others, "{text}");
        };
        let rootfs = json!({"type": "layers"});
        check(json!({"rootfs": rootfs}), Value::Null);
        check(json!({"rootfs": rootfs, "config": {"Labels": null}}), Value::Null);
        check(json!({"rootfs": rootfs, "config": {"Labels": {"a": "b"}}}), json!("b"));
        assert_eq!(labelled(b"[]", "try"), None);
        assert_eq!(labelled(b"\x1f\x8b", "try"), None);
    }
}
