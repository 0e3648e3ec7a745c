//! What a path means.

use percent_encoding::percent_decode_str;

/// A path of the protocol. Names and references are not looked at yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Route {
    /// `/v2/`
    Base,
    /// `/token`: where a name and a password become a token.
    Token,
    /// `/v2/_catalog`
    Catalog,
    /// `/v2/NAME/tags/list`
    Tags(String),
    /// `/v2/NAME/manifests/REFERENCE`
    Manifest(String, String),
    /// `/v2/NAME/referrers/DIGEST`
    Referrers(String, String),
    /// `/v2/NAME/blobs/DIGEST`
    Blob(String, String),
    /// `/v2/NAME/blobs/uploads/`
    Uploads(String),
    /// `/v2/NAME/blobs/uploads/ID`
    Upload(String, String),
}

/// What a path means, if anything. The name of a repository has slashes of its own, so the end is
/// looked at first.
pub(super) fn route(path: &str) -> Option<Route> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if path == "/token" {
        return Some(Route::Token);
    }
    let inside = path.strip_prefix("/v2")?;
    if inside.is_empty() {
        return Some(Route::Base);
    }
    let inside = inside.strip_prefix('/')?;
    match inside {
        "" => return Some(Route::Base),
        "_catalog" => return Some(Route::Catalog),
        _ => {}
    }
    if let Some(name) = inside.strip_suffix("/tags/list") {
        return Some(Route::Tags(name.to_owned()));
    }
    if let Some(name) =
        inside.strip_suffix("/blobs/uploads/").or_else(|| inside.strip_suffix("/blobs/uploads"))
    {
        return Some(Route::Uploads(name.to_owned()));
    }
    let (front, last) = inside.rsplit_once('/')?;
    let last = last.to_owned();
    if let Some(name) = front.strip_suffix("/blobs/uploads") {
        return Some(Route::Upload(name.to_owned(), last));
    }
    let (name, kind) = front.rsplit_once('/')?;
    let name = name.to_owned();
    match kind {
        "blobs" => Some(Route::Blob(name, last)),
        "manifests" => Some(Route::Manifest(name, last)),
        "referrers" => Some(Route::Referrers(name, last)),
        _ => None,
    }
}

impl Route {
    /// The methods it takes, for `Allow`.
    pub(super) fn methods(&self) -> &'static [&'static str] {
        match self {
            Self::Base | Self::Catalog | Self::Tags(_) | Self::Referrers(..) => &["GET", "HEAD"],
            Self::Token => &["GET"],
            Self::Manifest(..) => &["GET", "HEAD", "PUT", "DELETE"],
            Self::Blob(..) => &["GET", "HEAD", "DELETE"],
            Self::Uploads(_) => &["POST"],
            Self::Upload(..) => &["GET", "PATCH", "PUT", "DELETE"],
        }
    }

    /// The repository it is about.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Base | Self::Token | Self::Catalog => None,
            Self::Tags(name)
            | Self::Uploads(name)
            | Self::Manifest(name, _)
            | Self::Referrers(name, _)
            | Self::Blob(name, _)
            | Self::Upload(name, _) => Some(name),
        }
    }

    /// The same, to be changed.
    pub(super) fn name_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Base | Self::Token | Self::Catalog => None,
            Self::Tags(name)
            | Self::Uploads(name)
            | Self::Manifest(name, _)
            | Self::Referrers(name, _)
            | Self::Blob(name, _)
            | Self::Upload(name, _) => Some(name),
        }
    }
}
