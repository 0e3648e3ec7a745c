//! What `docker` asks of the registry's host: the operations of the embedded registry with the same
//! members, under ECR's rules. Whoever pulls and pushes needs the permissions of the API operations
//! that each stands for (user guide, "Private registry authentication", "IAM permissions for pushing").
//! The name of a repository has the host in front.

use registry::ops::blobs::{GetBlob as Fetch, PutBlob as Store};
use registry::ops::listing::ListTags as Names;
use registry::ops::manifests::GetManifest as Manifest;
use registry::{Refusal, refusal};

use super::permit::ask;
use super::place::Place;
use super::push::{self, Push};
use super::state::State;
use super::token;
use base::{Blob, Time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::{ApiError, Body, OpDef, Read, Write};
use sim::{Cx, World};

/// Every operation.
pub static ALL: &[&OpDef] = &[
    &Authenticate::DEF,
    &BeginUpload::DEF,
    &GetBlob::DEF,
    &FollowLink::DEF,
    &GetManifest::DEF,
    &ListTags::DEF,
    &PutBlob::DEF,
    &PutManifest::DEF,
];

/// The operation that stands in the place of one of the embedded registry's; nothing where the host
/// does not know it.
#[must_use]
pub fn in_place_of(name: &str) -> Option<&'static OpDef> {
    ALL.iter().copied().find(|op| op.name == name)
}

/// The repository that a name with a host means, if the caller may do `action` with it.
fn open(
    world: &World,
    cx: &Cx<'_>,
    actions: &[&str],
    name: &str,
) -> Result<(Place, String), ApiError> {
    let (host, repository) = name.split_once('/').unwrap_or((name, ""));
    let place = Place::of_host(host);
    let place = place.ok_or_else(|| refusal(Refusal::NameInvalid).with("name", name))?;
    for action in actions {
        ask(world, cx, action, &place, repository).map_err(worded)?;
    }
    world.get::<State>().repository(&place, repository).map_err(worded)?;
    Ok((place, repository.to_owned()))
}

/// ECR's refusal as the registry's host tells it.
fn worded(error: ApiError) -> ApiError {
    let (status, code) = match error.code.as_str() {
        "RepositoryNotFoundException" => (404, "NAME_UNKNOWN"),
        "AccessDeniedException" => (403, "DENIED"),
        "ImageTagAlreadyExistsException" => (400, "TAG_INVALID"),
        "MissingAuthenticationTokenException" => (401, "UNAUTHORIZED"),
        _ => return error,
    };
    ApiError::new(status, code, error.message)
}

sim::operation! {
    /// Says whose credentials these are.
    read Authenticate in "ecr-distribution" = "GET /v2/";
    input {
        /// The header of that name.
        pub authorization: String => "authorization" Header("Authorization"),
    }
    output AuthenticateOutput {
        /// Who it is.
        pub principal: String => "principal",
    }
    errors ["DENIED", "UNAUTHORIZED"]
    access unsigned
}

impl Read for Authenticate {
    type Output = AuthenticateOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let invalid = || ApiError::new(400, "DENIED", "Your Authorization Token is invalid.");
        let (scheme, pair) = self.authorization.split_once(' ').ok_or_else(invalid)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(invalid());
        }
        let pair = STANDARD.decode(pair.trim()).ok().and_then(|pair| String::from_utf8(pair).ok());
        let pair = pair.ok_or_else(invalid)?;
        let (user, password) = pair.split_once(':').ok_or_else(invalid)?;
        let opened = token::open(world.config(), password).filter(|_| user == token::USER);
        let opened = opened.ok_or_else(invalid)?;
        if opened.expires <= cx.at {
            let why = "Your authorization token has expired. Reauthenticate and try again.";
            return Err(ApiError::new(403, "DENIED", why));
        }
        Ok(AuthenticateOutput { principal: opened.principal.to_string() })
    }
}

sim::operation! {
    /// Says whether the upload of a layer may begin.
    read BeginUpload in "ecr-distribution" = "POST /v2/{name+}/blobs/uploads/";
    input {
        /// The repository.
        pub name: String => "name" Uri,
    }
    output BeginUploadOutput {}
    errors ["DENIED", "NAME_UNKNOWN"]
    access itself
}

impl Read for BeginUpload {
    type Output = BeginUploadOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        open(world, cx, &["ecr:InitiateLayerUpload"], &self.name)?;
        Ok(BeginUploadOutput {})
    }
}

sim::operation! {
    /// Gets a layer, or says that it is there.
    read GetBlob in "ecr-distribution" = "GET /v2/{name+}/blobs/{digest}";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// The digest of the layer.
        pub digest: String => "digest" Uri,
        /// Whether nothing but its being there is asked for.
        pub told_only: bool => "toldOnly",
    }
    output GetBlobOutput {
        /// The bytes.
        pub content: Body => "content" Payload("content"),
    }
    errors ["BLOB_UNKNOWN", "DENIED", "DIGEST_INVALID", "NAME_UNKNOWN"]
    access itself
}

impl Read for GetBlob {
    type Output = GetBlobOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let action = if self.told_only {
            "ecr:BatchCheckLayerAvailability"
        } else {
            "ecr:GetDownloadUrlForLayer"
        };
        open(world, cx, &[action], &self.name)?;
        let found = Fetch { name: self.name, digest: self.digest }.read(world, cx)?;
        Ok(GetBlobOutput { content: found.content })
    }
}

sim::operation! {
    /// Gets a layer by a link that was handed out.
    read FollowLink in "ecr-distribution" = "GET /v2/{name+}/blobs/{digest}?X-Amz-Signature";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// The digest of the layer.
        pub digest: String => "digest" Uri,
        /// Until when the link holds, in seconds since 1970.
        pub expires: i64 => "expires" Query("X-Amz-Expires"),
        /// The code of the link.
        pub signature: String => "signature" Query("X-Amz-Signature"),
    }
    output FollowLinkOutput {
        /// The bytes.
        pub content: Body => "content" Payload("content"),
    }
    errors ["BLOB_UNKNOWN", "DENIED"]
    access unsigned
}

impl Read for FollowLink {
    type Output = FollowLinkOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let expires = Time(self.expires.saturating_mul(1000));
        let wanted = token::link(world.config(), &self.name, &self.digest, expires);
        if self.signature != wanted {
            let why =
                "The request signature we calculated does not match the signature you provided.";
            return Err(ApiError::new(403, "DENIED", why));
        }
        if expires <= cx.at {
            return Err(ApiError::new(403, "DENIED", "Request has expired"));
        }
        let found = Fetch { name: self.name, digest: self.digest }.read(world, cx)?;
        Ok(FollowLinkOutput { content: found.content })
    }
}

sim::operation! {
    /// Keeps a layer whose upload is complete.
    write PutBlob in "ecr-distribution" = "PUT /v2/{name+}/blobs/uploads/{upload}?digest" (201);
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// The digest that the client gave.
        pub digest: String => "digest" Query("digest"),
        /// The bytes.
        pub content: Blob => "content" Payload("content"),
        /// The same bytes, of an image's configuration that says how it runs where there is no engine.
        pub text: Option<String> => "text" Header("X-Distlab-Text"),
    }
    output PutBlobOutput {
        /// The digest it is kept under.
        pub digest: String => "digest" Header("Docker-Content-Digest"),
    }
    errors ["DENIED", "DIGEST_INVALID", "NAME_UNKNOWN"]
    access itself
}

impl Write for PutBlob {
    type Output = PutBlobOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        open(world, cx, &["ecr:UploadLayerPart", "ecr:CompleteLayerUpload"], &self.name)?;
        let input =
            Store { name: self.name, digest: self.digest, content: self.content, text: self.text };
        Ok(PutBlobOutput { digest: input.apply(world, cx)?.digest })
    }
}

sim::operation! {
    /// Gets a manifest by its tag or digest.
    read GetManifest in "ecr-distribution" = "GET /v2/{name+}/manifests/{reference}";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// A tag or a digest.
        pub reference: String => "reference" Uri,
        /// The media types that the client takes; any when it names none.
        pub accept: Vec<String> => "accept" Header("Accept"),
    }
    output GetManifestOutput {
        /// The manifest, as it was pushed.
        pub manifest: String => "manifest" Payload("manifest"),
        /// What kind of manifest it is.
        pub media_type: String => "mediaType" Header("Content-Type"),
        /// Its digest.
        pub digest: String => "digest" Header("Docker-Content-Digest"),
    }
    errors ["DENIED", "MANIFEST_UNKNOWN", "NAME_UNKNOWN"]
    access itself
}

impl Read for GetManifest {
    type Output = GetManifestOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        open(world, cx, &["ecr:BatchGetImage"], &self.name)?;
        let input = Manifest { name: self.name, reference: self.reference, accept: self.accept };
        let found = input.read(world, cx).map_err(|mut error| {
            if error.code == "MANIFEST_UNKNOWN" {
                "Requested image not found".clone_into(&mut error.message);
            }
            error
        })?;
        let (manifest, media_type, digest) = (found.manifest, found.media_type, found.digest);
        Ok(GetManifestOutput { manifest, media_type, digest })
    }
}

sim::operation! {
    /// Keeps an image.
    write PutManifest in "ecr-distribution" = "PUT /v2/{name+}/manifests/{reference}" (201);
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// A tag, or the manifest's digest.
        pub reference: String => "reference" Uri,
        /// What kind of manifest it is; else it says so itself.
        pub media_type: Option<String> => "mediaType" Header("Content-Type"),
        /// The manifest.
        pub manifest: String => "manifest" Payload("manifest"),
    }
    output PutManifestOutput {
        /// Its digest.
        pub digest: String => "digest" Header("Docker-Content-Digest"),
        /// The manifest that this one is about.
        pub subject: Option<String> => "subject" Header("OCI-Subject"),
    }
    errors ["DENIED", "DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN", "MANIFEST_INVALID", "NAME_UNKNOWN",
        "TAG_INVALID"]
    access itself
}

impl Write for PutManifest {
    type Output = PutManifestOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, name) = open(world, cx, &["ecr:PutImage"], &self.name)?;
        let pushed = Push {
            reference: self.reference,
            manifest: self.manifest,
            media_type: self.media_type,
        };
        let kept = push::push(world, cx, &place, &name, pushed).map_err(worded)?;
        Ok(PutManifestOutput { digest: kept.digest, subject: kept.subject })
    }
}

sim::operation! {
    /// Lists the tags of a repository.
    read ListTags in "ecr-distribution" = "GET /v2/{name+}/tags/list";
    input {
        /// The repository.
        pub name: String => "name" Uri,
        /// How many at most; all when it is not given.
        pub n: Option<u64> => "n" Query("n"),
        /// The tag that the last page ended with.
        pub last: Option<String> => "last" Query("last"),
    }
    output ListTagsOutput {
        /// The repository.
        pub name: String => "name",
        /// The tags.
        pub tags: Vec<String> => "tags",
        /// Whether there are more behind them.
        pub more: bool => "more",
    }
    errors ["DENIED", "NAME_UNKNOWN"]
    access itself
}

impl Read for ListTags {
    type Output = ListTagsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (_, repository) = open(world, cx, &["ecr:ListImages"], &self.name)?;
        // Nothing was ever pushed into a repository that the embedded registry does not know.
        let empty = world.get::<registry::State>().images(&self.name).next().is_none();
        if empty {
            return Ok(ListTagsOutput { name: repository, ..ListTagsOutput::default() });
        }
        let input = Names { name: self.name, n: self.n, last: self.last };
        let found = input.read(world, cx)?;
        Ok(ListTagsOutput { name: repository, tags: found.tags, more: found.more })
    }
}
