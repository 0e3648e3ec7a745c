//! What an edge compresses, and what then is said of it.
//!
//! Source: developer guide, "Serve compressed files". The world has no bytes: it says which are to be
//! compressed, and is asked again with what came of that. Brotli is not spoken: a viewer that reads both
//! gets gzip, as from an edge that has a gzip copy already, and one that reads Brotli alone gets the bytes
//! as they are, as from an edge that has skipped compression.

use base::Slice;

use crate::edge::Request;
use crate::edge::cache::{Answer, Content};
use crate::rules::Rules;
use sim::api::Body;

/// How long an object may be to be compressed, in bytes.
const LEN_MIN: u64 = 1_000;
const LEN_MAX: u64 = 10_000_000;
/// With which statuses.
const STATUSES: &[i64] = &[200, 403, 404];

/// What is compressed: the list of the developer guide.
const TYPES: &[&str] = &[
    "application/dash+xml",
    "application/eot",
    "application/font",
    "application/font-sfnt",
    "application/javascript",
    "application/json",
    "application/opentype",
    "application/otf",
    "application/pdf",
    "application/pkcs7-mime",
    "application/protobuf",
    "application/rss+xml",
    "application/truetype",
    "application/ttf",
    "application/vnd.apple.mpegurl",
    "application/vnd.mapbox-vector-tile",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/x-font-opentype",
    "application/x-font-truetype",
    "application/x-font-ttf",
    "application/x-httpd-cgi",
    "application/x-javascript",
    "application/x-mpegurl",
    "application/x-opentype",
    "application/x-otf",
    "application/x-perl",
    "application/x-ttf",
    "application/xhtml+xml",
    "application/xml",
    "font/eot",
    "font/opentype",
    "font/otf",
    "font/ttf",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/js",
    "text/plain",
    "text/richtext",
    "text/tab-separated-values",
    "text/x-component",
    "text/x-java-source",
    "text/x-script",
    "text/xml",
    "vnd.apple.mpegurl",
];

/// The bytes of an answer that edges compress under these rules, for viewers that read it.
fn fit<'a>(rules: &Rules, answer: &'a Answer) -> Option<&'a [Slice]> {
    let Content::Slices(slices) = &answer.content else { return None };
    let kind = answer.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kept_as_is = answer.header("cache-control").is_some_and(|text| {
        text.split(',').any(|word| word.trim().eq_ignore_ascii_case("no-transform"))
    });
    let fits = rules.compress
        && rules.gzip
        && STATUSES.contains(&answer.status)
        && (LEN_MIN..=LEN_MAX).contains(&answer.content.len())
        && answer.header("content-encoding").is_none()
        && !kept_as_is
        && TYPES.contains(&kind.as_str());
    fits.then_some(slices)
}

/// An answer of an origin as the edge serves it to viewers who read this encoding.
///
/// # Errors
/// The bytes that are to be compressed first.
pub(crate) fn served(
    rules: &Rules,
    request: &Request,
    encoding: &str,
    mut answer: Answer,
) -> Result<Answer, Vec<Slice>> {
    let Some(slices) = fit(rules, &answer) else { return Ok(answer) };
    let slices = slices.to_vec();
    vary(&mut answer);
    if !encoding.split(',').any(|one| one == "gzip") {
        return Ok(answer);
    }
    let mut done = request.compressed.iter();
    let Some(done) = done.find(|one| one.from == Body(slices.clone())) else { return Err(slices) };
    let Some(blob) = &done.blob else { return Ok(answer) };
    let whole = Slice { digest: blob.digest, offset: 0, len: blob.len };
    answer.content = Content::Slices(vec![whole]);
    answer.origin_etag = answer.header("etag").map(str::to_owned);
    answer.headers.retain(|(name, _)| {
        let gone = ["accept-ranges", "content-length", "content-md5"];
        !gone.contains(&name.to_ascii_lowercase().as_str())
    });
    answer.headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
    // Other bytes than those that the tag was made of: it is a weak one now, and one that is none is gone.
    answer.headers.retain_mut(|(name, value)| {
        if !name.eq_ignore_ascii_case("etag") {
            return true;
        }
        if !value.starts_with("W/") {
            value.insert_str(0, "W/");
        }
        value.starts_with("W/\"") && value.ends_with('"')
    });
    Ok(answer)
}

/// Says that the answer depends on what the viewer reads.
fn vary(answer: &mut Answer) {
    let told = answer.header("vary").is_some_and(|text| {
        text.split(',').any(|word| word.trim().eq_ignore_ascii_case("accept-encoding"))
    });
    if !told {
        answer.headers.push(("Vary".to_owned(), "Accept-Encoding".to_owned()));
    }
}
