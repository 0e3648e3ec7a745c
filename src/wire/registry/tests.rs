//! Paths, credentials and what a client accepts, by request heads alone. The flows are tested over a
//! real listener in `tests/it/registry.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;

use super::access::{Access, Account};
use super::manifests::accepted;
use super::route::{Route, route};
use super::uploads::Uploads;
use crate::codec::Head;
use base::Time;

const NOW: Time = Time(1_795_341_600_000);

fn head(line: &str, headers: &[(&str, &str)]) -> Head {
    let (method, path) = line.split_once(' ').expect("a request line");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    Head::new(method, path, query, headers)
}

#[test]
fn paths_are_read_from_their_end() {
    let check = |path: &str, want: Option<Route>| assert_eq!(route(path), want, "{path}");
    let (a, d) = (|| "a".to_owned(), || "sha256:0".to_owned());
    check("/v2", Some(Route::Base));
    check("/v2/", Some(Route::Base));
    check("/v2/_catalog", Some(Route::Catalog));
    check("/token", Some(Route::Token));
    check("/v2/a/tags/list", Some(Route::Tags(a())));
    check("/v2/a/b/c/tags/list", Some(Route::Tags("a/b/c".into())));
    check("/v2/a/manifests/1", Some(Route::Manifest(a(), "1".into())));
    check("/v2/a/manifests/sha256:0", Some(Route::Manifest(a(), d())));
    check("/v2/a/manifests/sha256%3A0", Some(Route::Manifest(a(), d())));
    check("/v2/manifests/manifests/1", Some(Route::Manifest("manifests".into(), "1".into())));
    check("/v2/a/blobs/sha256:0", Some(Route::Blob(a(), d())));
    check("/v2/a/blobs/uploads/", Some(Route::Uploads(a())));
    check("/v2/a/blobs/uploads", Some(Route::Uploads(a())));
    check("/v2/a/blobs/uploads/id", Some(Route::Upload(a(), "id".into())));
    check("/v2/a/blobs/uploads/blobs/uploads/", Some(Route::Uploads("a/blobs/uploads".into())));
    check("/v2/a/referrers/sha256:0", Some(Route::Referrers(a(), d())));
    for nothing in ["/", "/v1/", "/v2x", "/v2/a", "/v2/a/b", "/v2/a/things/1", "/v2/%ff/tags/list"]
    {
        check(nothing, None);
    }
}

#[test]
fn all_lines_of_accept_count() {
    let given = head(
        "GET /v2/a/manifests/1",
        &[("Accept", "a/b"), ("accept", "c/d;q=0.5, e/f"), ("ACCEPT", "")],
    );
    assert_eq!(accepted(&given), ["a/b", "c/d", "e/f"]);
}

fn account() -> Account {
    Account { user: "ada".into(), password: "secret".into() }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// Who is let in, or how it is asked for.
fn verdict(access: &Access, line: &str, authorization: Option<&str>, now: Time) -> String {
    let mut headers = vec![("Host", "localhost:5237")];
    headers.extend(authorization.map(|value| ("Authorization", value)));
    let head = head(line, &headers);
    match access.admit(&head, Some("app"), now) {
        Ok(principal) => principal.to_string(),
        Err(reply) => {
            let response = reply.finish(false);
            assert_eq!(response.status(), 401);
            let challenge = response.headers().get("www-authenticate").expect("a challenge");
            challenge.to_str().expect("text").to_owned()
        }
    }
}

#[test]
fn a_private_registry_asks_everybody() {
    let check = |access: &Access, authorization: Option<&str>, want: &str| {
        assert_eq!(verdict(access, "GET /v2/", authorization, NOW), want, "{authorization:?}");
    };
    let private = Access::Private(account());
    let asked = r#"Basic realm="distlab""#;
    check(&private, None, asked);
    check(&private, Some(&basic("ada", "wrong")), asked);
    check(&private, Some(&basic("eve", "secret")), asked);
    check(&private, Some("Basic !"), asked);
    check(&private, Some("Bearer x"), asked);
    check(&private, Some("Digest x"), asked);
    check(&private, Some(&basic("ada", "secret")), "unix/ada");
    check(&Access::Open, None, "anonymous");
    check(&Access::Open, Some("nonsense"), "anonymous");
}

/// A token that the registry hands out, or the words of its refusal.
fn token(access: &Access, authorization: Option<&str>) -> String {
    let headers: Vec<_> = authorization.map(|v| ("Authorization", v)).into_iter().collect();
    let response = access.token(&head("GET /token", &headers), NOW).finish(false);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let body = runtime.block_on(response.into_body().collect()).expect("a body").to_bytes();
    let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    value["token"].as_str().or(value["errors"][0]["message"].as_str()).expect("either").to_owned()
}

#[test]
fn a_public_registry_lets_strangers_pull_and_only_its_account_push() {
    let public = Access::PublicPull(account());
    let bearer = |token: &str| format!("Bearer {token}");
    let (stranger, own) =
        (bearer(&token(&public, None)), bearer(&token(&public, Some(&basic("ada", "secret")))));
    assert_eq!(token(&public, Some(&basic("ada", "wrong"))), "incorrect username or password");
    let (get, post) = ("GET /v2/app/manifests/1", "POST /v2/app/blobs/uploads/");
    let check = |line: &str, authorization: Option<&str>, want: &str| {
        let got = verdict(&public, line, authorization, NOW);
        assert!(got.contains(want), "{line} {authorization:?}: {got}");
    };
    let realm = r#"Bearer realm="http://localhost:5237/token",service="localhost:5237""#;
    check("GET /v2/", None, realm);
    check("GET /v2/", Some(&stranger), "anonymous");
    check("GET /v2/", Some(&own), "unix/ada");
    check("GET /v2/", Some(&basic("ada", "secret")), "unix/ada");
    check(get, None, "anonymous");
    check(get, Some(&stranger), "anonymous");
    check(get, Some(&basic("ada", "wrong")), r#"error="invalid_token""#);
    check(post, None, r#"scope="repository:app:pull,push""#);
    check(post, Some(&stranger), r#"error="insufficient_scope""#);
    check(post, Some(&own), "unix/ada");
    check("DELETE /v2/app/manifests/1", Some(&stranger), r#"repository:app:delete""#);
    // Made up, altered, and too old.
    check(post, Some("Bearer account.9999999999.00"), "invalid_token");
    check(post, Some(&stranger.replace("stranger", "account")), "invalid_token");
    check(post, Some("Bearer "), "invalid_token");
    let later = Time(NOW.0 + 301_000);
    assert!(verdict(&public, post, Some(&own), later).contains("invalid_token"));
    let other = Access::PublicPull(Account { password: "other".into(), ..account() });
    assert!(verdict(&other, post, Some(&own), NOW).contains("invalid_token"));
}

#[test]
fn uploads_are_found_in_their_repository_and_not_without_end() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let blobs = store::BlobStore::open(dir.path()).expect("a blob store");
    let uploads = Uploads::default();
    let begin = || uploads.begin("app", blobs.writer().expect("a writer"));
    let first = begin().expect("begun");
    assert!(uploads.find("app", &first.id).is_ok());
    assert!(uploads.find("other", &first.id).is_err());
    let error = std::iter::repeat_with(begin).find_map(Result::err).expect("there is an end");
    assert_eq!((error.status, error.code.as_str()), (429, "TOOMANYREQUESTS"));
    uploads.end(&first.id);
    assert!(uploads.find("app", &first.id).is_err());
    begin().expect("there is room again");
    uploads.forget();
    begin().expect("all were given up");
}
