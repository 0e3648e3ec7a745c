//! Images: found, pulled as a role that may pull them, and understood.

use aws::place::Place;
use serde_json::{Value, json};
use sim::World;
use sim::api::ApiError;
use sim::outside::{Image, StoredImage};

use super::acting;
use super::known;
use super::program::{self, Described};

/// An image that was pulled.
pub(crate) struct Pulled {
    pub(crate) digest: Option<String>,
    /// What it does without an engine; nothing when it does not say.
    pub(crate) described: Option<Described>,
    /// What an engine would run; nothing when there is no such image for one.
    pub(crate) for_engine: Option<Image>,
}

/// The parts of an image's name.
pub(crate) struct Reference<'a> {
    /// Host and path.
    pub(crate) name: &'a str,
    tag: &'a str,
    digest: Option<&'a str>,
}

/// Reads an image's name: `HOST/PATH:TAG`, `PATH@DIGEST`.
pub(crate) fn reference(image: &str) -> Reference<'_> {
    let (name, digest) = match image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image, None),
    };
    match name.rsplit_once(':') {
        // A colon before the last slash is that of a port.
        Some((name, tag)) if !tag.contains('/') => Reference { name, tag, digest },
        _ => Reference { name, tag: "latest", digest },
    }
}

/// The registry of the account that an image is in, and its repository.
pub(crate) fn of_account(image: &str) -> Option<(Place, &str)> {
    let (host, repository) = reference(image).name.split_once('/')?;
    Some((Place::of_host(host)?, repository))
}

/// Pulls an image as a role, in the words of the agent when it cannot.
///
/// # Errors
/// Why not.
pub(crate) fn pull(world: &mut World, image: &str, role: Option<&str>) -> Result<Pulled, String> {
    let Some((place, repository)) = of_account(image) else { return Ok(public(image)) };
    let reference = reference(image);
    let Some(role) = role else {
        return Err(format!(
            "CannotPullContainerError: Error response from daemon: Head \
             \"https://{}/v2/{repository}/manifests/{}\": no basic auth credentials",
            place.host(),
            reference.tag
        ));
    };
    let who = (role, "ecs-agent");
    acting::ask(world, &place, who, ("ecr", "GetAuthorizationToken"), json!({})).map_err(
        |error| {
            format!(
                "CannotPullECRContainerError: unable to pull secrets or registry auth: \
                 {}",
                denied(&error)
            )
        },
    )?;
    let id = match reference.digest {
        Some(digest) => json!({ "imageDigest": digest }),
        None => json!({ "imageTag": reference.tag }),
    };
    let input =
        json!({ "repositoryName": repository, "registryId": place.account, "imageIds": [id] });
    let got = acting::ask(world, &place, who, ("ecr", "BatchGetImage"), input);
    let wanted = format!("{}:{}", reference.name, reference.digest.unwrap_or(reference.tag));
    let got = got.map_err(|error| match error.code.as_str() {
        "RepositoryNotFoundException" => format!(
            "CannotPullContainerError: Error response from daemon: repository {} not found: name \
             unknown: {}",
            reference.name, error.message
        ),
        _ => format!(
            "CannotPullContainerError: Error response from daemon: pull access denied for \
             {}, repository does not exist or may require 'docker login': denied: {}",
            reference.name, error.message
        ),
    })?;
    let digest = got["images"][0]["imageId"]["imageDigest"].as_str().map(str::to_owned);
    let Some(digest) = digest else {
        return Err(format!(
            "CannotPullContainerError: Error response from daemon: manifest for {wanted} not found: \
             manifest unknown: Requested image not found"
        ));
    };
    let known = world.get::<registry::State>();
    let found = known.image(reference.name, &digest).and_then(|image| image.usual());
    let described = found.and_then(|i| i.configuration()).and_then(program::described);
    let stored = found.and_then(|image| stored(known, reference.name, &wanted, image.text()));
    Ok(Pulled { digest: Some(digest), described, for_engine: stored.map(Image::Stored) })
}

/// The parts of an image, by its manifest.
fn stored(
    known: &registry::State,
    repository: &str,
    name: &str,
    manifest: &str,
) -> Option<StoredImage> {
    let manifest: Value = serde_json::from_str(manifest).ok()?;
    let part = |descriptor: &Value| known.layer(repository, descriptor["digest"].as_str()?);
    let layers = manifest["layers"].as_array()?.iter().map(part).collect::<Option<Vec<_>>>()?;
    let config = &manifest["config"];
    Some(StoredImage {
        name: name.to_owned(),
        id: config["digest"].as_str()?.to_owned(),
        config: part(config)?,
        layers,
    })
}

fn denied(error: &ApiError) -> String {
    format!("execution resource retrieval failed: {}: {}", error.code, error.message)
}

/// An image that everybody may pull. What it does is known of those of the labs.
fn public(image: &str) -> Pulled {
    let reference = reference(image);
    let described = known::program(reference.name).and_then(program::known);
    // Those of the labs exist only as programs.
    let for_engine = described.is_none().then(|| Image::Named(image.to_owned()));
    Pulled { digest: None, described, for_engine }
}

/// Why an image that does not say what it does is not run.
pub(crate) fn needs_engine(image: &str) -> String {
    format!(
        "CannotStartContainerError: this image can only run with Docker Engine: {image} has no label \
         {} that would say what it does without one",
        program::LABEL
    )
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn names_have_parts() {
        let check = |image: &str, name: &str, tag: &str, digest: Option<&str>| {
            let got = reference(image);
            assert_eq!((got.name, got.tag, got.digest), (name, tag, digest), "{image}");
        };
        check("nginx", "nginx", "latest", None);
        check("nginx:1.27", "nginx", "1.27", None);
        check("localhost:5000/web", "localhost:5000/web", "latest", None);
        check("h.dkr.ecr.r.amazonaws.com/a/b:v1", "h.dkr.ecr.r.amazonaws.com/a/b", "v1", None);
        check("a@sha256:12", "a", "latest", Some("sha256:12"));
    }
}
