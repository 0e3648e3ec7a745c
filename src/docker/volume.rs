//! Volumes of the engine.

use bollard::models::VolumeCreateRequest;
use serde_json::Value;

use super::{Engine, EngineError};

impl Engine {
    /// Makes a volume unless one of that name exists; that one is left as it is.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn ensure_volume(
        &self,
        name: &str,
        request: VolumeCreateRequest,
    ) -> Result<(), EngineError> {
        match self.inspect_volume(name).await {
            Err(e) if e.is_not_found() => {
                self.docker.create_volume(request).await.map(drop).map_err(|e| self.explain(e))
            }
            other => other.map(drop),
        }
    }

    /// A volume with every field that the engine sends.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn inspect_volume(&self, name: &str) -> Result<Value, EngineError> {
        self.get_json(&format!("/volumes/{}", Self::escape(name))).await
    }
}
