//! What an edge compresses.

use serde_json::{Value, json};

use super::{Got, Lab, OPTIMIZED, request};
use crate::edge::{Compressed, Serve};
use base::{Blob, Digest};
use sim::api::Body;

/// A site that compresses.
fn site() -> (Lab, String) {
    let (mut lab, _, _) = Lab::with_site();
    let rule = json!({"CachePolicyId": OPTIMIZED, "Compress": true});
    let (id, domain) = lab.site(json!({}), rule);
    lab.allow(&id);
    (lab, domain)
}

impl Lab {
    fn put_text(&mut self, key: &str, kind: &str, len: usize, more: &Value) {
        let mut facts = json!({"ContentType": kind});
        for (name, value) in more.as_object().into_iter().flatten() {
            facts[name] = value.clone();
        }
        self.put(key, &vec![b'a'; len], facts);
    }

    /// The answer, with whatever is to be compressed as short as its first half.
    fn compressing(&mut self, mut serve: Serve) -> Got {
        let got = self.ask(serve.clone());
        if got.compress.is_empty() {
            return got;
        }
        let len = got.compress.iter().map(|slice| slice.len).sum::<u64>() / 2;
        let blob = Blob { digest: Digest::of(b"short"), len, ..Blob::default() };
        serve.compressed.push(Compressed { from: Body(got.compress), blob: Some(blob) });
        self.ask(serve)
    }
}

#[test]
fn what_is_worth_it_is_compressed() {
    let (mut lab, domain) = site();
    let mut check = |kind: &str, len: usize, more: Value, accepts: &str, want: &str| {
        let key = format!(
            "{}-{len}-{}",
            kind.replace('/', "-"),
            more.as_object().map_or(0, serde_json::Map::len)
        );
        lab.put_text(&key, kind, len, &more);
        let url = format!("https://{domain}/{key}");
        let got = lab.compressing(request(&url, &[("Accept-Encoding", accepts)]));
        assert_eq!(got.status, 200, "{key}");
        assert_eq!(got.header("content-encoding"), want, "{key} for {accepts}");
        let half = if want == "gzip" && more == json!({}) { 2 } else { 1 };
        assert_eq!(got.bytes, len as u64 / half, "{key}");
    };
    let none = || json!({});
    check("text/html", 1_000, none(), "gzip", "gzip");
    check("text/html; charset=utf-8", 2_000, none(), "deflate, gzip, br", "gzip");
    check("application/json", 10_000_000, none(), "gzip;q=0.5", "gzip");
    check("text/html", 999, none(), "gzip", "");
    check("text/html", 10_000_001, none(), "gzip", "");
    check("image/png", 5_000, none(), "gzip", "");
    check("text/css", 5_000, none(), "", "");
    check("text/css", 5_001, none(), "br", "");
    check("text/css", 5_002, none(), "gzip;q=0, br", "");
    check("text/plain", 5_000, json!({"CacheControl": "max-age=60, no-transform"}), "gzip", "");
    check("text/plain", 5_001, json!({"ContentEncoding": "gzip"}), "gzip", "gzip");
}

#[test]
fn each_form_is_a_copy_of_its_own() {
    let (mut lab, domain) = site();
    lab.put_text("a.txt", "text/plain", 4_000, &json!({"CacheControl": "max-age=60"}));
    let url = format!("https://{domain}/a.txt");
    let ask = |lab: &mut Lab, accepts: &str| {
        lab.compressing(request(&url, &[("Accept-Encoding", accepts)]))
    };
    let plain = ask(&mut lab, "");
    assert_eq!((plain.cache(), plain.header("vary")), ("Miss", "Accept-Encoding"));
    let strong = plain.header("etag").to_owned();
    assert!(strong.starts_with('"'), "{strong}");
    let short = ask(&mut lab, "gzip");
    assert_eq!((short.cache(), short.header("vary")), ("Miss", "Accept-Encoding"));
    assert_eq!(short.header("etag"), format!("W/{strong}"));
    assert_eq!(short.header("accept-ranges"), "");
    assert_eq!(ask(&mut lab, "gzip, deflate").cache(), "Hit");
    assert_eq!(ask(&mut lab, "").cache(), "Hit");
    // The origin is asked by the tag that it gave.
    lab.pass(60);
    let again = ask(&mut lab, "gzip");
    assert_eq!((again.cache(), again.bytes), ("RefreshHit", 2_000));
    assert_eq!(again.header("content-encoding"), "gzip");
    let serve =
        request(&url, &[("Accept-Encoding", "gzip"), ("If-None-Match", &format!("W/{strong}"))]);
    assert_eq!(lab.compressing(serve).status, 304);
}

#[test]
fn asking_for_compression_changes_nothing() {
    let (mut lab, domain) = site();
    lab.put_text("a.txt", "text/plain", 4_000, &json!({}));
    let serve = request(&format!("https://{domain}/a.txt"), &[("Accept-Encoding", "gzip")]);
    let before = lab.world.digest();
    assert_eq!(lab.ask(serve).compress.len(), 1);
    assert_eq!(lab.world.digest(), before);
}
