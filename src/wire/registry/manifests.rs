//! Manifests over HTTP.

use super::handle::{Endpoint, Fault, Inbound};
use super::reply::Reply;
use crate::codec::Head;
use registry::ops::manifests::{
    DeleteManifest, DeleteManifestOutput, GetManifest, GetManifestOutput, PutManifest,
    PutManifestOutput,
};
use registry::{MANIFEST_BYTES_MAX, Refusal, refusal};

impl Endpoint {
    /// GET and HEAD.
    pub(super) async fn get_manifest(
        &self,
        name: String,
        reference: String,
        inbound: &Inbound,
    ) -> Result<Reply, Fault> {
        let input = GetManifest { name, reference, accept: accepted(&inbound.head) };
        let found: GetManifestOutput = self.ask(inbound, &GetManifest::DEF, &input).await?;
        let etag = format!("\"{}\"", found.digest);
        if inbound.head.header("if-none-match") == Some(&etag) {
            return Ok(Reply::new(304).header("ETag", &etag));
        }
        Ok(Reply::text(200, &found.media_type, found.manifest)
            .header("Docker-Content-Digest", &found.digest)
            .header("ETag", &etag))
    }

    /// PUT.
    pub(super) async fn put_manifest(
        &self,
        name: String,
        reference: String,
        inbound: &mut Inbound,
    ) -> Result<Reply, Fault> {
        let manifest = self.manifest_text(inbound).await?;
        let media_type = inbound.head.header("content-type").map(str::to_owned);
        let path = format!("/v2/{name}/manifests/");
        let input = PutManifest { name, reference, media_type, manifest };
        let kept: PutManifestOutput = self.ask(inbound, &PutManifest::DEF, &input).await?;
        let mut reply = Reply::new(201)
            .header("Location", &format!("{path}{}", kept.digest))
            .header("Docker-Content-Digest", &kept.digest);
        if let Some(subject) = &kept.subject {
            reply = reply.header("OCI-Subject", subject);
        }
        Ok(reply)
    }

    /// The body, when it is text of a bearable length.
    async fn manifest_text(&self, inbound: &mut Inbound) -> Result<String, Fault> {
        let too_large = || Fault::from(refusal(Refusal::ManifestTooLarge));
        let said = inbound.head.header("content-length").and_then(|n| n.parse::<usize>().ok());
        if said.is_some_and(|n| n > MANIFEST_BYTES_MAX) {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(said.unwrap_or_default());
        while let Some(piece) = inbound.body.next().await.map_err(|_| cut_short())? {
            if bytes.len() + piece.len() > MANIFEST_BYTES_MAX {
                return Err(too_large());
            }
            bytes.extend_from_slice(&piece);
        }
        let no_text = |_| refusal(Refusal::ManifestInvalid).with("reason", "it is not UTF-8");
        Ok(String::from_utf8(bytes).map_err(no_text)?)
    }

    /// DELETE.
    pub(super) async fn delete_manifest(
        &self,
        name: String,
        reference: String,
        inbound: &Inbound,
    ) -> Result<Reply, Fault> {
        let input = DeleteManifest { name, reference };
        self.ask::<DeleteManifestOutput>(inbound, &DeleteManifest::DEF, &input).await?;
        Ok(Reply::new(202))
    }
}

/// The body ended before its time.
pub(super) fn cut_short() -> Fault {
    refusal(Refusal::SizeInvalid).with("reason", "the body broke off").into()
}

/// The media types that the client takes, out of all `Accept` headers.
pub(super) fn accepted(head: &Head) -> Vec<String> {
    let lines = head.headers.iter().filter(|(name, _)| name == "accept");
    let types = lines.flat_map(|(_, line)| line.split(','));
    let bare = types.map(|t| t.split(';').next().unwrap_or_default().trim().to_owned());
    bare.filter(|t| !t.is_empty()).collect()
}
