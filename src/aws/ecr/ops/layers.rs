//! `BatchCheckLayerAvailability`, `GetDownloadUrlForLayer`. Layers come in by `docker push`.

use crate::ecr::errors::{invalid, other};
use crate::ecr::permit::open;
use crate::ecr::token;
use registry::digest::ContentDigest;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::string_enum! {
    /// Whether a layer is there.
    pub enum LayerAvailability {
        Available = "AVAILABLE",
        Unavailable = "UNAVAILABLE",
        Archived = "ARCHIVED",
    }
}

sim::structure! {
    /// A layer.
    pub struct Layer {
        /// Its digest.
        pub layer_digest: String => "layerDigest",
        /// Whether it is there.
        pub layer_availability: LayerAvailability => "layerAvailability",
        /// Bytes.
        pub layer_size: Option<u64> => "layerSize",
    }
}

sim::structure! {
    /// Something that is no layer's digest.
    pub struct LayerFailure {
        /// What was given.
        pub layer_digest: String => "layerDigest",
        /// What is wrong.
        pub failure_code: String => "failureCode",
        /// The same as a sentence.
        pub failure_reason: String => "failureReason",
    }
}

sim::operation! {
    /// Says which layers a repository has.
    read BatchCheckLayerAvailability in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The digests of the layers.
        layer_digests: Vec<String> => required "layerDigests",
    }
    output BatchCheckLayerAvailabilityOutput {
        /// The layers.
        pub layers: Vec<Layer> => "layers",
        /// What is no digest.
        pub failures: Vec<LayerFailure> => "failures",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Read for BatchCheckLayerAvailability {
    type Output = BatchCheckLayerAvailabilityOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), &self.repository_name);
        let (place, _) = open(world, cx, "ecr:BatchCheckLayerAvailability", registry, name)?;
        let must = match self.layer_digests.len() {
            0 => Some("Member must have length greater than or equal to 1"),
            1..=100 => None,
            _ => Some("Member must have length less than or equal to 100"),
        };
        if let Some(must) = must {
            return Err(invalid("layerDigests", must));
        }
        let uri = place.uri(name);
        let mut told = BatchCheckLayerAvailabilityOutput::default();
        for layer_digest in self.layer_digests {
            if ContentDigest::parse(&layer_digest).is_err() {
                let failure_reason = "Invalid request parameters: layer digest should satisfy the \
                                      regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
                    .to_owned();
                let failure_code = "InvalidLayerDigest".to_owned();
                told.failures.push(LayerFailure { layer_digest, failure_code, failure_reason });
                continue;
            }
            let layer_size =
                world.get::<registry::State>().layer(&uri, &layer_digest).map(|slice| slice.len);
            let layer_availability = match layer_size {
                Some(_) => LayerAvailability::Available,
                None => LayerAvailability::Unavailable,
            };
            told.layers.push(Layer { layer_digest, layer_availability, layer_size });
        }
        Ok(told)
    }
}

sim::operation! {
    /// Gives a link by which a layer can be got for a while.
    read GetDownloadUrlForLayer in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The digest of the layer.
        layer_digest: String => "layerDigest",
    }
    output GetDownloadUrlForLayerOutput {
        /// The link.
        pub download_url: String => "downloadUrl",
        /// The digest of the layer.
        pub layer_digest: String => "layerDigest",
    }
    errors ["InvalidParameterException", "LayersNotFoundException", "RepositoryNotFoundException"]
    access itself
}

impl Read for GetDownloadUrlForLayer {
    type Output = GetDownloadUrlForLayerOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), &self.repository_name);
        let (place, _) = open(world, cx, "ecr:GetDownloadUrlForLayer", registry, name)?;
        let (uri, layer_digest) = (place.uri(name), self.layer_digest);
        if ContentDigest::parse(&layer_digest).is_err() {
            let must = "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";
            return Err(invalid("layerDigest", must));
        }
        if world.get::<registry::State>().layer(&uri, &layer_digest).is_none() {
            let why = format!(
                "Layers with digests '[{layer_digest}]' do not exist in the repository with name \
                 '{name}' in the registry with id '{}'",
                place.account
            );
            return Err(other("LayersNotFoundException", why));
        }
        let expires = cx.at.plus(token::LINK_HOLDS);
        let signature = token::link(world.config(), &uri, &layer_digest, expires);
        let (host, seconds) = (place.host(), expires.secs());
        let download_url = format!(
            "https://{host}/v2/{name}/blobs/{layer_digest}?X-Amz-Expires={seconds}&X-Amz-Signature={signature}"
        );
        Ok(GetDownloadUrlForLayerOutput { download_url, layer_digest })
    }
}
