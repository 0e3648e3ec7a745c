//! Names of images, checked as the client checks them before it asks the engine.
//!
//! Source: distribution/reference (grammar), and the client's answers to wrong names.

/// An image name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// As given, without tag and digest.
    pub(super) repository: String,
    pub(super) tag: Option<String>,
    /// `sha256:…`
    pub(super) digest: Option<String>,
}

impl Reference {
    /// Without tag and digest, the usual registry and the folder of official images.
    pub(super) fn name(&self) -> &str {
        let name = self.repository.strip_prefix("docker.io/").unwrap_or(&self.repository);
        name.strip_prefix("library/").unwrap_or(name)
    }

    /// The registry it is in: `docker.io` unless said.
    pub(super) fn domain(&self) -> String {
        split_domain(&self.repository).0
    }

    /// The repository with its registry: `docker.io/library/alpine`.
    pub(super) fn qualified(&self) -> String {
        let (domain, path) = split_domain(&self.repository);
        format!("{domain}/{path}")
    }

    /// With the tag that it has unless said: `alpine:latest`, without the usual registry.
    pub(super) fn familiar(&self) -> String {
        let name = self.name();
        match (&self.tag, &self.digest) {
            (_, Some(digest)) => format!("{name}@{digest}"),
            (Some(tag), None) => format!("{name}:{tag}"),
            (None, None) => format!("{name}:latest"),
        }
    }

    /// What is pulled: the tag, the digest, or `latest`.
    pub(super) fn tag_or_digest(&self) -> &str {
        self.digest.as_deref().or(self.tag.as_deref()).unwrap_or("latest")
    }

    /// The registry-qualified form that a pull ends with: `docker.io/library/alpine:latest`.
    pub(super) fn canonical(&self) -> String {
        let join = if self.digest.is_some() { '@' } else { ':' };
        format!("{}{join}{}", self.qualified(), self.tag_or_digest())
    }
}

/// Reads an image name.
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn parse(text: &str) -> Result<Reference, String> {
    const INVALID: &str = "invalid reference format";
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f')) {
        return Err(format!(
            "invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
        ));
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest.to_owned())),
        None => (text, None),
    };
    let (repository, tag) = match rest.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag.to_owned())),
        _ => (rest, None),
    };
    let (_, path) = split_domain(repository);
    if path.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(format!("{INVALID}: repository name ({path}) must be lowercase"));
    }
    let tag_ok = tag.as_deref().is_none_or(|t| {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        t.len() <= 128
            && t.starts_with(word)
            && t.chars().all(|c| word(c) || matches!(c, '.' | '-'))
    });
    let digest_ok = digest.as_deref().is_none_or(|d| {
        d.strip_prefix("sha256:").is_some_and(|hex| {
            hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        })
    });
    if !tag_ok || !digest_ok || !path.split('/').all(component) {
        return Err(INVALID.to_owned());
    }
    Ok(Reference { repository: repository.to_owned(), tag, digest })
}

/// One part of a path: words of letters and digits with single separators between.
fn component(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut run = String::new();
    for c in part.chars() {
        if alphanumeric(c) {
            let fine =
                matches!(run.as_str(), "" | "." | "_" | "__") || run.chars().all(|c| c == '-');
            if !fine {
                return false;
            }
            run.clear();
        } else if matches!(c, '.' | '_' | '-') {
            run.push(c);
        } else {
            return false;
        }
    }
    run.is_empty() && part.starts_with(alphanumeric)
}

/// The registry and the path on it, with the usual ones filled in.
fn split_domain(name: &str) -> (String, String) {
    const HUB: &str = "docker.io";
    match name.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.chars().any(|c| c.is_ascii_uppercase()) =>
        {
            if first == HUB && !rest.contains('/') {
                (HUB.to_owned(), format!("library/{rest}"))
            } else {
                (first.to_owned(), rest.to_owned())
            }
        }
        Some(_) => (HUB.to_owned(), name.to_owned()),
        None => (HUB.to_owned(), format!("library/{name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let check = |text: &str, familiar: &str, canonical: &str| {
            let found = parse(text).unwrap();
            assert_eq!((found.familiar(), found.canonical()), (familiar.into(), canonical.into()));
        };
        check("alpine", "alpine:latest", "docker.io/library/alpine:latest");
        check("me/web:2", "me/web:2", "docker.io/me/web:2");
        check("localhost:5000/web", "localhost:5000/web:latest", "localhost:5000/web:latest");
        check("docker.io/library/alpine", "alpine:latest", "docker.io/library/alpine:latest");
    }

    #[test]
    fn wrong_names_are_refused_in_the_clients_words() {
        let check = |text: &str, want: &str| assert_eq!(parse(text).unwrap_err(), want, "{text}");
        check("BAD", "invalid reference format: repository name (library/BAD) must be lowercase");
        check("", "invalid reference format");
        check("a b", "invalid reference format");
        check("web:", "invalid reference format");
        check("web:ta g", "invalid reference format");
        check("-web", "invalid reference format");
        check("a..b", "invalid reference format");
        check("web@sha256:12", "invalid reference format");
    }
}
