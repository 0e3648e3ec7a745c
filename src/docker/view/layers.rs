//! The layers of images, so that what they share can be shown.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ImageView, LayerView};
use crate::{Engine, EngineError, text};

impl Engine {
    pub(super) async fn add_layers(&self, images: &mut [ImageView]) -> Result<(), EngineError> {
        let mut known: BTreeMap<String, Vec<LayerView>> = BTreeMap::new();
        for image in images {
            if !known.contains_key(&image.id) {
                let layers = match self.layers_of(&image.id).await {
                    // It was removed since the list was made.
                    Err(error) if error.is_not_found() => Vec::new(),
                    other => other?,
                };
                known.insert(image.id.clone(), layers);
            }
            image.layers = known.get(&image.id).cloned().unwrap_or_default();
        }
        Ok(())
    }

    async fn layers_of(&self, id: &str) -> Result<Vec<LayerView>, EngineError> {
        let image = self.inspect_image(id).await?;
        let digests = image.pointer("/RootFS/Layers").and_then(Value::as_array);
        let digests: Vec<&str> = digests.into_iter().flatten().filter_map(Value::as_str).collect();
        let history = self.get_json(&format!("/images/{}/history", Self::escape(id))).await?;
        let sizes = sizes(&history, digests.len());
        let layer = |(digest, size): (&str, Option<u64>)| LayerView {
            digest: text::short_id(digest).to_owned(),
            size,
        };
        Ok(digests.into_iter().zip(sizes).map(layer).collect())
    }
}

/// The size of each layer from the bottom up. The history, newest first, has a step for each layer
/// and steps without any, which hold nothing; which of two steps that hold nothing made a layer
/// cannot be told, and need not be.
fn sizes(history: &Value, layers: usize) -> Vec<Option<u64>> {
    let steps = history.as_array().into_iter().flatten().rev();
    let mut steps: Vec<u64> =
        steps.map(|s| s.get("Size").and_then(Value::as_u64).unwrap_or_default()).collect();
    while steps.len() > layers {
        let Some(empty) = steps.iter().position(|size| *size == 0) else { break };
        steps.remove(empty);
    }
    if steps.len() == layers { steps.into_iter().map(Some).collect() } else { vec![None; layers] }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_come_from_the_steps_that_made_layers() {
        let check = |steps: &[u64], layers: usize, want: &[Option<u64>]| {
            let history: Value = steps.iter().map(|s| json!({ "Size": s })).collect();
            assert_eq!(sizes(&history, layers), want, "{steps:?}");
        };
        check(&[0, 30, 0, 20], 2, &[Some(20), Some(30)]);
        check(&[30, 20], 2, &[Some(20), Some(30)]);
        check(&[0, 20], 2, &[Some(20), Some(0)]);
        check(&[30, 20], 1, &[None]);
        check(&[20], 2, &[None, None]);
    }
}
