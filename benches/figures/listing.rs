//! A listing of a large bucket, page after page, beside the peers in the same run.

use std::time::Instant;

use crate::http::Http;
use crate::requests::s3;
use crate::serve::{self, Server, beside};
use crate::sheet::{Bar, Sheet, median, times};

/// Keys in the bucket.
const KEYS: usize = 10_000;
/// Keys of a page, which is the most that S3 gives.
const PAGE: usize = 1_000;
/// Listings of which the median is taken.
const LISTINGS: usize = 7;

pub(crate) fn listing(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let keys = times(KEYS);
    let what = format!("S3 ListObjectsV2 of {keys} keys, {PAGE} a page");
    let ours = match read(&serve::ours(home.path()), keys) {
        Ok(took) => took,
        Err(why) => return sheet.absent("listing", &what, why),
    };
    let peers: Vec<_> =
        serve::peers().into_iter().map(|(name, peer)| (name, read(&peer, keys))).collect();
    let note = format!("median of {LISTINGS}, one connection; {}", beside(ours, &peers, "ms"));
    sheet.add("listing", what, ours, "ms", Bar::None, note);
}

/// Fills a bucket and lists it; milliseconds for the whole listing.
fn read(server: &Server, keys: usize) -> Result<f64, String> {
    let mut http = server.connect().ok_or("it does not listen")?;
    http.ask(&s3(&server.signer, "PUT", "/many", "", b""))?;
    for number in 0..keys {
        let path = format!("/many/folder-{:02}/key-{number:06}", number % 100);
        http.ask(&s3(&server.signer, "PUT", &path, "", b"x"))?;
    }
    let mut took = Vec::new();
    for _ in 0..LISTINGS {
        let began = Instant::now();
        let found = whole(server, &mut http)?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        if found != keys {
            return Err(format!("{found} of {keys} keys were listed"));
        }
    }
    Ok(median(&mut took))
}

/// Lists all pages; how many keys there were.
fn whole(server: &Server, http: &mut Http) -> Result<usize, String> {
    let mut found = 0;
    let mut token = String::new();
    loop {
        let query = format!("{token}list-type=2&max-keys={PAGE}");
        let page = http.ask(&s3(&server.signer, "GET", "/many", &query, b""))?;
        found += page.matches("<Key>").count();
        let next = page.split_once("<NextContinuationToken>").and_then(|(_, rest)| {
            rest.split_once("</NextContinuationToken>").map(|(token, _)| token)
        });
        let Some(next) = next else { return Ok(found) };
        token = format!("continuation-token={}&", encoded(next));
    }
}

/// A value in a canonical query.
fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    let each = |b: u8| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(each).collect()
}
