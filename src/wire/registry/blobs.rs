//! Blobs over HTTP, and their uploads.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use sha2::Digest as _;

use super::handle::{Endpoint, Fault, Inbound};
use super::manifests::cut_short;
use super::reply::Reply;
use super::uploads::Upload;
use crate::codec::Head;
use crate::stream::{Inflow, Pieces, Pour};
use base::range::{self, Wanted};
use base::{Blob, Slice};
use registry::digest::{Algorithm, ContentDigest};
use registry::ops::blobs::{
    DeleteBlob, DeleteBlobOutput, GetBlob, GetBlobOutput, MountBlob, MountBlobOutput, PutBlob,
    PutBlobOutput, TEXT_BYTES_MAX,
};
use registry::{Refusal, account_host, check_name, refusal};
use sim::api::ApiError;
use store::BlobWriter;

/// The longest blob, in bytes.
const BLOB_BYTES_MAX: u64 = 64 << 30;

impl Endpoint {
    /// GET and HEAD.
    pub(super) async fn get_blob(
        &self,
        name: String,
        digest: String,
        inbound: &Inbound,
    ) -> Result<Reply, Fault> {
        let slice = self.stored(name, &digest, inbound).await?;
        let etag = format!("\"{digest}\"");
        let told = |reply: Reply| {
            reply
                .header("Docker-Content-Digest", &digest)
                .header("Accept-Ranges", "bytes")
                .header("ETag", &etag)
                .header("Cache-Control", "max-age=31536000")
        };
        if inbound.head.header("if-none-match") == Some(&etag) {
            return Ok(told(Reply::new(304)));
        }
        if inbound.head.method == "HEAD" {
            return Ok(told(Reply::told(slice.len)));
        }
        let wanted = inbound.head.header("range").map(|r| range::parse(r, slice.len));
        let (status, part, range) = match wanted {
            None | Some(Wanted::Whole) => (200, slice, None),
            Some(Wanted::Bytes(first, last)) => {
                let range = format!("bytes {first}-{last}/{}", slice.len);
                let part = Slice { offset: first, len: last - first + 1, ..slice };
                (206, part, Some(range))
            }
            Some(Wanted::Unsatisfiable | Wanted::Backwards) => {
                let refused = Reply::error(&refusal(Refusal::RangeInvalid));
                let range = format!("bytes */{}", slice.len);
                return Ok(refused.header("Content-Range", &range));
            }
        };
        let (blobs, length) = (self.gateway.blobs().clone(), part.len);
        let opened = tokio::task::spawn_blocking(move || Pieces::open(blobs, vec![part]));
        let pieces = opened.await.map_err(io::Error::other)??;
        let reply = told(Reply::blob(status, pieces, length));
        Ok(match range {
            Some(range) => reply.header("Content-Range", &range),
            None => reply,
        })
    }

    /// Where a blob's bytes are. One whose file is gone or cut short (after a power cut) is not
    /// there, so that a client pushes it again.
    async fn stored(&self, name: String, digest: &str, inbound: &Inbound) -> Result<Slice, Fault> {
        let input = GetBlob { name, digest: digest.to_owned() };
        let found: GetBlobOutput = self.ask(inbound, &GetBlob::DEF, &input).await?;
        let slice = found.content.0.into_iter().next().unwrap_or_default();
        let path = self.gateway.blobs().path(&slice.digest);
        let length = tokio::task::spawn_blocking(move || std::fs::metadata(path).map(|m| m.len()));
        match length.await {
            Ok(Ok(length)) if length == slice.len => Ok(slice),
            _ => Err(refusal(Refusal::BlobUnknown).with("digest", digest).into()),
        }
    }

    /// DELETE.
    pub(super) async fn delete_blob(
        &self,
        name: String,
        digest: String,
        inbound: &Inbound,
    ) -> Result<Reply, Fault> {
        let input = DeleteBlob { name, digest };
        self.ask::<DeleteBlobOutput>(inbound, &DeleteBlob::DEF, &input).await?;
        Ok(Reply::new(202))
    }

    /// POST: begins an upload, takes a whole blob, or mounts one that another repository has.
    pub(super) async fn begin_upload(
        &self,
        name: String,
        inbound: &mut Inbound,
    ) -> Result<Reply, Fault> {
        check_name(&name)?;
        if inbound.of_account {
            self.may_begin(&name, inbound).await?;
        }
        let param = |key: &str| inbound.head.param(key).map(str::to_owned);
        let (mount, from, digest) = (param("mount"), param("from"), param("digest"));
        // An account's own registry lets none of its repositories have another's blobs.
        let from = from.filter(|from| !inbound.of_account && account_host(from).is_none());
        if let (Some(digest), Some(from)) = (mount, from) {
            // Asked first: a blob that is not there is no refusal, it is uploaded instead.
            if self.stored(from.clone(), &digest, inbound).await.is_ok() {
                let input = MountBlob { name: name.clone(), digest, from };
                let kept: MountBlobOutput = self.ask(inbound, &MountBlob::DEF, &input).await?;
                return Ok(created(&name, &kept.digest));
            }
        }
        let digest = digest.map(|text| ContentDigest::parse(&text)).transpose()?;
        let upload = self.uploads.begin(&name, self.gateway.blobs().writer()?)?;
        if let Some(digest) = digest {
            return self.complete(&upload, &digest, inbound).await;
        }
        Ok(under_way(202, &upload, 0))
    }

    /// GET: how far an upload is.
    pub(super) async fn upload_status(&self, name: &str, id: &str) -> Result<Reply, Fault> {
        let upload = self.uploads.find(name, id)?;
        let writer = upload.writer.lock().await;
        let written = writer.as_ref().ok_or_else(|| ended(id))?.written();
        Ok(under_way(204, &upload, written))
    }

    /// PATCH: the next piece.
    pub(super) async fn add_to_upload(
        &self,
        name: &str,
        id: &str,
        inbound: &mut Inbound,
    ) -> Result<Reply, Fault> {
        let upload = self.uploads.find(name, id)?;
        let mut writer = upload.writer.lock().await;
        add(&mut writer, &upload, &inbound.head, &mut inbound.body).await?;
        let written = writer.as_ref().map_or(0, BlobWriter::written);
        Ok(under_way(202, &upload, written))
    }

    /// PUT: the last piece, which may be empty, and the digest of all.
    pub(super) async fn end_upload(
        &self,
        name: &str,
        id: &str,
        inbound: &mut Inbound,
    ) -> Result<Reply, Fault> {
        let upload = self.uploads.find(name, id)?;
        let digest = ContentDigest::parse(inbound.head.param("digest").unwrap_or_default())?;
        self.complete(&upload, &digest, inbound).await
    }

    /// DELETE.
    pub(super) async fn cancel_upload(&self, name: &str, id: &str) -> Result<Reply, Fault> {
        let upload = self.uploads.find(name, id)?;
        self.uploads.end(id);
        upload.writer.lock().await.take();
        Ok(Reply::new(204))
    }

    /// Takes the last piece in, and keeps the blob when it is the one that was promised.
    async fn complete(
        &self,
        upload: &Arc<Upload>,
        digest: &ContentDigest,
        inbound: &mut Inbound,
    ) -> Result<Reply, Fault> {
        let mut guard = upload.writer.lock().await;
        add(&mut guard, upload, &inbound.head, &mut inbound.body).await?;
        // From here on the upload has ended, well or not.
        let writer = guard.take().ok_or_else(|| ended(&upload.id))?;
        self.uploads.end(&upload.id);
        let wanted = digest.clone();
        let kept = tokio::task::spawn_blocking(move || keep(writer, &wanted));
        let (blob, text) = kept.await.map_err(io::Error::other)??;
        let content =
            blob.ok_or_else(|| refusal(Refusal::DigestInvalid).with("digest", digest.as_str()))?;
        let name = upload.repository.clone();
        let input = PutBlob { name, digest: digest.to_string(), content, text };
        let kept: PutBlobOutput = self.ask(inbound, &PutBlob::DEF, &input).await?;
        Ok(created(&upload.repository, &kept.digest))
    }
}

/// What stands in an image's configuration that says how the image runs without an engine.
const PROGRAM_LABEL: &str = "\"distlab.program\"";

/// Stores a blob if its digest is this one, and gives its text where the world reads that.
fn keep(
    mut writer: BlobWriter,
    digest: &ContentDigest,
) -> io::Result<(Option<Blob>, Option<String>)> {
    let computed = match digest.algorithm() {
        Algorithm::Sha256 => ContentDigest::from(writer.sha256()),
        Algorithm::Sha512 => {
            let mut sha512 = Hashing(sha2::Sha512::new());
            writer.read_back(&mut sha512)?;
            ContentDigest::sha512(&sha512.0.finalize())
        }
    };
    if computed != *digest {
        return Ok((None, None));
    }
    let mut text = None;
    if usize::try_from(writer.written()).is_ok_and(|len| len <= TEXT_BYTES_MAX) {
        let mut bytes = Vec::new();
        writer.read_back(&mut bytes)?;
        text = String::from_utf8(bytes).ok().filter(|text| text.contains(PROGRAM_LABEL));
    }
    Ok((Some(writer.finish()?), text))
}

/// A writer that only computes.
struct Hashing(sha2::Sha512);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Adds a request's body to an upload, after looking whether it belongs there. What has come stays,
/// also of a body that breaks off: the client asks how far the upload is and goes on.
async fn add(
    writer: &mut Option<BlobWriter>,
    upload: &Upload,
    head: &Head,
    body: &mut Inflow,
) -> Result<(), Fault> {
    let have = writer.as_ref().ok_or_else(|| ended(&upload.id))?.written();
    let said = head.header("content-length").and_then(|n| n.trim().parse::<u64>().ok());
    let range = head.header("content-range").map(content_range).transpose()?;
    if let Some((first, last)) = range {
        if first != have {
            let refused = refusal(Refusal::RangeInvalid).with("reason", "out of order");
            return Err(Fault::Answered(Box::new(located(Reply::error(&refused), upload, have))));
        }
        if said.is_some_and(|n| n != last - first + 1) {
            return Err(refusal(Refusal::SizeInvalid).into());
        }
    }
    let expected = said.or(range.map(|(first, last)| last - first + 1));
    let room = BLOB_BYTES_MAX.saturating_sub(have);
    let most = expected.unwrap_or(room);
    if most > room {
        return Err(too_long().into());
    }
    let Some(first) = body.next().await.map_err(|_| cut_short())? else {
        let short = expected.is_some_and(|n| n > 0);
        return if short { Err(refusal(Refusal::SizeInvalid).into()) } else { Ok(()) };
    };
    let pour = Pour::begin(writer.take().ok_or_else(|| ended(&upload.id))?);
    let outcome = pour_all(&pour, first, body, most).await;
    *writer = Some(pour.end().await?);
    match (outcome?, expected) {
        (came, Some(expected)) if came != expected => Err(refusal(Refusal::SizeInvalid).into()),
        (came, None) if came > room => Err(too_long().into()),
        _ => Ok(()),
    }
}

/// Writes a body down as long as it has no more than so many bytes; says how many came.
async fn pour_all(pour: &Pour, first: Bytes, body: &mut Inflow, most: u64) -> Result<u64, Fault> {
    let mut came = 0;
    let mut next = Some(first);
    while let Some(piece) = next {
        came += piece.len() as u64;
        if came > most || !pour.take(piece).await {
            break;
        }
        next = body.next().await.map_err(|_| cut_short())?;
    }
    Ok(came)
}

/// `0-1023`; some clients put the unit in front.
fn content_range(text: &str) -> Result<(u64, u64), ApiError> {
    let plain = text.trim();
    let plain =
        plain.strip_prefix("bytes").map_or(plain, |rest| rest.trim_start_matches(['=', ' ']));
    let plain = plain.split('/').next().unwrap_or_default();
    let ends = plain.split_once('-').and_then(|(first, last)| {
        Some((first.trim().parse::<u64>().ok()?, last.trim().parse::<u64>().ok()?))
    });
    let ordered = ends.filter(|(first, last)| first <= last && *last < BLOB_BYTES_MAX);
    ordered.ok_or_else(|| refusal(Refusal::BlobUploadInvalid).with("Content-Range", text))
}

fn too_long() -> ApiError {
    let mut error = refusal(Refusal::SizeInvalid);
    error.status = 413;
    error
}

fn ended(id: &str) -> ApiError {
    refusal(Refusal::BlobUploadUnknown).with("id", id)
}

/// The answer to a blob that is kept now.
fn created(name: &str, digest: &str) -> Reply {
    Reply::new(201)
        .header("Location", &format!("/v2/{name}/blobs/{digest}"))
        .header("Docker-Content-Digest", digest)
}

/// The answer to an upload that goes on.
fn under_way(status: u16, upload: &Upload, written: u64) -> Reply {
    located(Reply::new(status), upload, written)
}

fn located(reply: Reply, upload: &Upload, written: u64) -> Reply {
    reply
        .header("Location", &upload.location())
        .header("Range", &format!("0-{}", written.saturating_sub(1)))
        .header("Docker-Upload-UUID", &upload.id)
}
