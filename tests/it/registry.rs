//! The registry over real sockets: the specification's flows in raw HTTP, and what a kill leaves.

use std::net::SocketAddr;
use std::time::Duration;

use distlab::base::Digest;
use distlab::gateway::Gateway as _;
use distlab::wire::door::Port;
use distlab::wire::registry::{Access, Account, Options};
use serde_json::{Value, json};

use crate::http::{Answer, Client};
use crate::support::Home;
use crate::wire::{Lab, with_door};

const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OPEN: Access = Access::Open;

/// Runs `test` against a registry.
fn with_registry(access: Access, test: impl FnOnce(SocketAddr, &Lab)) {
    with_door("registry", |_, doors| doors.wish(Options { port: Port::Free, access }), test);
}

fn sha256(text: &str) -> String {
    format!("sha256:{}", Digest::of(text.as_bytes()))
}

/// The code of a refusal, which must be in the registry's form.
fn code(answer: &Answer) -> String {
    let body: Value =
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("no JSON ({e}): {answer:?}"));
    let error = &body["errors"][0];
    assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()), "{answer:?}");
    error["code"].as_str().expect("a code").to_owned()
}

fn refused(answer: &Answer, status: u16, want: &str) {
    assert_eq!((answer.status, code(answer).as_str()), (status, want), "{answer:?}");
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.header(name).unwrap_or_else(|| panic!("no {name} in {answer:?}"))
}

/// Begins an upload; gives its location.
fn begin(client: &mut Client, name: &str) -> String {
    let begun = client.ask(&format!("POST /v2/{name}/blobs/uploads/"), &[], "");
    assert_eq!((begun.status, header(&begun, "range")), (202, "0-0"), "{begun:?}");
    let location = header(&begun, "location");
    assert!(location.ends_with(header(&begun, "docker-upload-uuid")), "{begun:?}");
    location.to_owned()
}

fn push(client: &mut Client, name: &str, bytes: &str) -> String {
    let digest = sha256(bytes);
    let line = format!("POST /v2/{name}/blobs/uploads/?digest={digest}");
    let kept = client.ask(&line, &[], bytes);
    assert_eq!(kept.status, 201, "{kept:?}");
    digest
}

fn image(config: &str) -> String {
    json!({
        "schemaVersion": 2, "mediaType": IMAGE, "layers": [],
        "config": {"mediaType": "a/config", "digest": config, "size": 6},
    })
    .to_string()
}

#[test]
fn a_blob_goes_up_in_one_piece_in_two_steps_or_in_many() {
    with_registry(OPEN, |addr, lab| {
        let mut client = Client::anonymous(addr);
        let greeting = client.ask("GET /v2/", &[], "");
        assert_eq!((greeting.status, greeting.body.as_str()), (200, "{}"));
        assert_eq!(header(&greeting, "docker-distribution-api-version"), "registry/2.0");
        let body = "hello, blob";
        let digest = sha256(body);
        let location = format!("/v2/team/app/blobs/{digest}");
        refused(&client.ask(&format!("GET {location}"), &[], ""), 404, "BLOB_UNKNOWN");

        let upload = begin(&mut client, "team/app");
        let kept = client.ask(&format!("PUT {upload}?digest={digest}"), &[], body);
        assert_eq!((kept.status, header(&kept, "location")), (201, location.as_str()), "{kept:?}");
        assert_eq!(header(&kept, "docker-content-digest"), digest);
        let got = client.ask(&format!("GET {location}"), &[], "");
        assert_eq!((got.status, got.body.as_str()), (200, body));
        assert_eq!(header(&got, "docker-content-digest"), digest);
        let told = client.ask(&format!("HEAD {location}"), &[], "");
        assert_eq!((told.status, header(&told, "content-length")), (200, "11"));
        let tag = header(&told, "etag").to_owned();
        let same = client.ask(&format!("GET {location}"), &[("If-None-Match", &tag)], "");
        assert_eq!(same.status, 304);

        let upload = begin(&mut client, "many");
        let pieces = [("0-4", "hello"), ("5-6", ", ")];
        for (range, piece) in pieces {
            let added = client.ask(&format!("PATCH {upload}"), &[("Content-Range", range)], piece);
            assert_eq!(added.status, 202, "{added:?}");
            assert_eq!(header(&added, "range"), format!("0-{}", &range[2..]));
        }
        let status = client.ask(&format!("GET {upload}"), &[], "");
        assert_eq!((status.status, header(&status, "range")), (204, "0-6"), "{status:?}");
        let end = format!("PUT {upload}?digest={digest}");
        let kept = client.ask(&end, &[("Content-Range", "7-10")], "blob");
        assert_eq!(kept.status, 201, "{kept:?}");
        refused(&client.ask(&end, &[], ""), 404, "BLOB_UPLOAD_UNKNOWN");

        // One that is complete when the digest comes, as docker sends it: chunked, without a length.
        let upload = begin(&mut client, "chunked");
        client.send(
            format!(
                "PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
                 5\r\nhello\r\n6\r\n, blob\r\n0\r\n\r\n"
            )
            .as_bytes(),
        );
        let added = client.answer(false);
        assert_eq!((added.status, header(&added, "range")), (202, "0-10"), "{added:?}");
        let kept = client.ask(&format!("PUT {upload}?digest={digest}"), &[], "");
        assert_eq!(kept.status, 201, "{kept:?}");
        push(&mut client, "empty", "");
        let files = std::fs::read_dir(lab.blobs().dir()).expect("listed").flatten();
        assert!(files.into_iter().all(|f| f.path().is_dir()), "no temporary file is left");
    });
}

#[test]
fn what_does_not_belong_to_an_upload_is_refused_without_a_5xx() {
    with_registry(OPEN, |addr, _| {
        let mut client = Client::anonymous(addr);
        let upload = begin(&mut client, "app");
        let patch = format!("PATCH {upload}");
        let early = client.ask(&patch, &[("Content-Range", "5-9")], "later");
        refused(&early, 416, "RANGE_INVALID");
        assert_eq!((header(&early, "location"), header(&early, "range")), (upload.as_str(), "0-0"));
        let added = client.ask(&patch, &[("Content-Range", "0-4")], "hello");
        assert_eq!(added.status, 202, "{added:?}");
        let again = client.ask(&patch, &[("Content-Range", "0-4")], "hello");
        refused(&again, 416, "RANGE_INVALID");
        assert_eq!(header(&again, "range"), "0-4");
        refused(&client.ask(&patch, &[("Content-Range", "5-9")], "no"), 400, "SIZE_INVALID");
        for wrong in ["x", "9-5", "5", "-", "5-99999999999999999999"] {
            let answer = client.ask(&patch, &[("Content-Range", wrong)], "hello");
            refused(&answer, 400, "BLOB_UPLOAD_INVALID");
        }
        let put = |digest: &str| format!("PUT {upload}?digest={digest}");
        refused(&client.ask(&format!("PUT {upload}"), &[], ""), 400, "DIGEST_INVALID");
        refused(&client.ask(&put("sha256:short"), &[], ""), 400, "DIGEST_INVALID");
        // The wrong content ends the upload.
        refused(&client.ask(&put(&sha256("other")), &[], ""), 400, "DIGEST_INVALID");
        refused(&client.ask(&patch, &[], "more"), 404, "BLOB_UPLOAD_UNKNOWN");

        let upload = begin(&mut client, "app");
        let other = upload.replace("/v2/app/", "/v2/other/");
        refused(&client.ask(&format!("PATCH {other}"), &[], "x"), 404, "BLOB_UPLOAD_UNKNOWN");
        let cancelled = client.ask(&format!("DELETE {upload}"), &[], "");
        assert_eq!(cancelled.status, 204, "{cancelled:?}");
        refused(&client.ask(&format!("GET {upload}"), &[], ""), 404, "BLOB_UPLOAD_UNKNOWN");
        refused(&client.ask("POST /v2/App/blobs/uploads/", &[], ""), 400, "NAME_INVALID");
        let wrong = "POST /v2/app/blobs/uploads/?digest=md5:0";
        refused(&client.ask(wrong, &[], "x"), 400, "DIGEST_INVALID");
        let refusal = client.ask("PUT /v2/app/blobs/uploads/", &[], "x");
        refused(&refusal, 405, "UNSUPPORTED");
        assert_eq!(header(&refusal, "allow"), "POST");
        refused(&client.ask("GET /v2/app", &[], ""), 404, "UNSUPPORTED");
        refused(&client.ask("POST /token", &[], "grant_type=password"), 405, "UNSUPPORTED");
        let page = [("Origin", "http://example.org")];
        refused(&client.ask("POST /v2/app/blobs/uploads/", &page, ""), 403, "DENIED");
        // A page whose own name leads here needs to show no origin, and is told by its name.
        let rebound = [("Host", "rebound.example.org:5000")];
        refused(&client.ask("GET /v2/_catalog", &rebound, ""), 403, "DENIED");
        refused(&client.ask("POST /v2/app/blobs/uploads/", &rebound, ""), 403, "DENIED");
    });
}

#[test]
fn an_upload_that_breaks_off_goes_on_where_it_was() {
    with_registry(OPEN, |addr, _| {
        let mut client = Client::anonymous(addr);
        let upload = begin(&mut client, "app");
        let mut other = Client::anonymous(addr);
        let head = format!(
            "PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhello"
        );
        other.send(head.as_bytes());
        std::thread::sleep(Duration::from_millis(100));
        drop(other);
        // Waits until the piece is down.
        let status = client.ask(&format!("GET {upload}"), &[], "");
        assert_eq!((status.status, header(&status, "range")), (204, "0-4"), "{status:?}");
        let end = format!("PUT {upload}?digest={}", sha256("hello, blob"));
        let kept = client.ask(&end, &[("Content-Range", "5-10")], ", blob");
        assert_eq!(kept.status, 201, "{kept:?}");
    });
}

#[test]
fn a_long_blob_streams_both_ways_and_in_part() {
    with_registry(OPEN, |addr, _| {
        let mut client = Client::anonymous(addr);
        let numbers: Vec<String> = (0..400_000).map(|n: u32| format!("{n:07}")).collect();
        let body = numbers.join(" ");
        let digest = push(&mut client, "app", &body);
        let line = format!("GET /v2/app/blobs/{digest}");
        let whole = client.ask(&line, &[], "");
        assert!(whole.body == body, "the body came back changed");
        let mut check = |range: &str, status: u16, from: usize, to: usize| {
            let part = client.ask(&line, &[("Range", range)], "");
            assert_eq!(part.status, status, "{range}");
            assert!(part.body == body[from..to], "{range}: {} bytes", part.body.len());
            if status == 206 {
                let want = format!("bytes {from}-{}/{}", to - 1, body.len());
                assert_eq!(header(&part, "content-range"), want);
            }
        };
        check("bytes=8-14", 206, 8, 15);
        check("bytes=3000000-", 206, 3_000_000, body.len());
        check("bytes=-9", 206, body.len() - 9, body.len());
        check("bytes=0-999999999", 206, 0, body.len());
        check("lines=1-2", 200, 0, body.len());
        for range in ["bytes=999999999-", "bytes=500-0"] {
            let nothing = client.ask(&line, &[("Range", range)], "");
            refused(&nothing, 416, "RANGE_INVALID");
            assert_eq!(header(&nothing, "content-range"), format!("bytes */{}", body.len()));
        }

        let sha512 = distlab::registry::digest::ContentDigest::of(
            distlab::registry::digest::Algorithm::Sha512,
            body.as_bytes(),
        );
        let upload = begin(&mut client, "app");
        let wrong = sha512.as_str().replace(['0', '1'], "2");
        refused(
            &client.ask(&format!("PUT {upload}?digest={wrong}"), &[], &body),
            400,
            "DIGEST_INVALID",
        );
        let upload = begin(&mut client, "app");
        let kept = client.ask(&format!("PUT {upload}?digest={sha512}"), &[], &body);
        assert_eq!((kept.status, header(&kept, "docker-content-digest")), (201, sha512.as_str()));
        let told = client.ask(&format!("HEAD /v2/app/blobs/{sha512}"), &[], "");
        assert_eq!(header(&told, "content-length"), body.len().to_string());
    });
}

#[test]
fn blobs_are_mounted_deleted_and_mended() {
    with_registry(OPEN, |addr, lab| {
        let mut client = Client::anonymous(addr);
        let digest = push(&mut client, "one", "shared");
        let mount =
            |name: &str, more: &str| format!("POST /v2/{name}/blobs/uploads/?mount={digest}{more}");
        let mounted = client.ask(&mount("two", "&from=one"), &[], "");
        let place = format!("/v2/two/blobs/{digest}");
        assert_eq!((mounted.status, header(&mounted, "location")), (201, place.as_str()));
        for more in ["", "&from=none", "&from=Bad"] {
            let begun = client.ask(&mount("three", more), &[], "");
            assert_eq!(begun.status, 202, "{more}: {begun:?}");
            assert!(header(&begun, "location").starts_with("/v2/three/blobs/uploads/"));
        }
        let delete = format!("DELETE /v2/one/blobs/{digest}");
        assert_eq!(client.ask(&delete, &[], "").status, 202);
        refused(&client.ask(&delete, &[], ""), 404, "BLOB_UNKNOWN");
        refused(&client.ask(&format!("GET /v2/one/blobs/{digest}"), &[], ""), 404, "BLOB_UNKNOWN");
        assert_eq!(client.ask(&format!("GET {place}"), &[], "").body, "shared");
        refused(&client.ask("GET /v2/one/blobs/sha256:x", &[], ""), 400, "DIGEST_INVALID");
        refused(&client.ask(&format!("GET /v2/One/blobs/{digest}"), &[], ""), 400, "NAME_INVALID");

        // A file cut short by a power cut: the blob is not there, and is pushed again.
        let path = lab.blobs().path(&Digest::of(b"shared"));
        std::fs::write(&path, "sha").expect("cut short");
        assert_eq!(client.ask(&format!("HEAD {place}"), &[], "").status, 404);
        push(&mut client, "two", "shared");
        assert_eq!(client.ask(&format!("GET {place}"), &[], "").body, "shared");
    });
}

#[test]
fn manifests_are_kept_found_and_deleted() {
    with_registry(OPEN, |addr, _| {
        let mut client = Client::anonymous(addr);
        let config = push(&mut client, "app", "config");
        let (text, typed) = (image(&config), [("Content-Type", IMAGE)]);
        let digest = sha256(&text);
        let kept = client.ask("PUT /v2/app/manifests/1.0", &typed, &text);
        assert_eq!(kept.status, 201, "{kept:?}");
        assert_eq!(header(&kept, "location"), format!("/v2/app/manifests/{digest}"));
        assert_eq!(header(&kept, "docker-content-digest"), digest);
        let accept: Vec<(&str, &str)> =
            ["a/b", IMAGE, INDEX].iter().map(|t| ("Accept", *t)).collect();
        for reference in ["1.0", &digest] {
            let got = client.ask(&format!("GET /v2/app/manifests/{reference}"), &accept, "");
            assert_eq!((got.status, got.body.as_str()), (200, text.as_str()));
            assert_eq!(
                (header(&got, "content-type"), header(&got, "docker-content-digest")),
                (IMAGE, digest.as_str())
            );
            let told = client.ask(&format!("HEAD /v2/app/manifests/{reference}"), &accept, "");
            assert_eq!(
                (told.status, header(&told, "content-length")),
                (200, text.len().to_string().as_str())
            );
        }
        let unknown = image(&sha256("nowhere"));
        let mut check = |line: &str, body: &str, status: u16, want: &str| {
            refused(&client.ask(line, &typed, body), status, want);
        };
        check("PUT /v2/app/manifests/2", &unknown, 400, "MANIFEST_BLOB_UNKNOWN");
        check("PUT /v2/app/manifests/2", "{", 400, "MANIFEST_INVALID");
        check("PUT /v2/app/manifests/2", "", 400, "MANIFEST_INVALID");
        check("PUT /v2/app/manifests/sha256:totallywrong", &text, 400, "DIGEST_INVALID");
        check(&format!("PUT /v2/app/manifests/{config}"), &text, 400, "DIGEST_INVALID");
        check("PUT /v2/app/manifests/.bad", &text, 400, "MANIFEST_INVALID");
        check("PUT /v2/App/manifests/1", &text, 400, "NAME_INVALID");
        check("PUT /v2/app/manifests/2", &" ".repeat((4 << 20) + 1), 413, "SIZE_INVALID");
        check("GET /v2/app/manifests/.INVALID", "", 404, "MANIFEST_UNKNOWN");
        check("GET /v2/none/manifests/1", "", 404, "MANIFEST_UNKNOWN");
        check("POST /v2/app/manifests/1", &text, 405, "UNSUPPORTED");
        assert_eq!(client.ask("HEAD /v2/app/manifests/2", &[], "").status, 404);

        let delete = format!("DELETE /v2/app/manifests/{digest}");
        assert_eq!(client.ask(&delete, &[], "").status, 202);
        refused(&client.ask(&delete, &[], ""), 404, "MANIFEST_UNKNOWN");
        refused(&client.ask("GET /v2/app/manifests/1.0", &[], ""), 404, "MANIFEST_UNKNOWN");
        let tags = client.ask("GET /v2/app/tags/list", &[], "");
        assert_eq!(tags.body, r#"{"name":"app","tags":[]}"#);
    });
}

#[test]
fn what_is_about_a_manifest_is_told_and_filtered() {
    with_registry(OPEN, |addr, _| {
        let mut client = Client::anonymous(addr);
        let config = push(&mut client, "app", "config");
        let subject = sha256("a manifest");
        let line = format!("GET /v2/app/referrers/{subject}");
        let none = client.ask(&line, &[], "");
        assert_eq!((none.status, header(&none, "content-type")), (200, INDEX));
        let list = |answer: &Answer| {
            let value: Value = serde_json::from_str(&answer.body).expect("JSON");
            assert_eq!((&value["schemaVersion"], &value["mediaType"]), (&json!(2), &json!(INDEX)));
            value["manifests"].as_array().expect("a list").clone()
        };
        assert!(list(&none).is_empty());
        let mut value: Value = serde_json::from_str(&image(&config)).expect("JSON");
        value["subject"] = json!({"mediaType": IMAGE, "digest": subject, "size": 10});
        value["annotations"] = json!({"by": "ada"});
        let text = value.to_string();
        let digest = sha256(&text);
        let put = format!("PUT /v2/app/manifests/{digest}");
        let kept = client.ask(&put, &[("Content-Type", IMAGE)], &text);
        assert_eq!((kept.status, header(&kept, "oci-subject")), (201, subject.as_str()));
        let all = client.ask(&line, &[], "");
        assert_eq!(all.header("oci-filters-applied"), None);
        let want = json!({"mediaType": IMAGE, "digest": digest, "size": text.len(),
            "artifactType": "a/config", "annotations": {"by": "ada"}});
        assert_eq!(list(&all), [want]);
        for (kind, count) in [("a/config", 1), ("a/other", 0)] {
            let some = client.ask(&format!("{line}?artifactType={kind}"), &[], "");
            assert_eq!(header(&some, "oci-filters-applied"), "artifactType");
            assert_eq!(list(&some).len(), count, "{kind}");
        }
        refused(&client.ask("GET /v2/app/referrers/x", &[], ""), 400, "DIGEST_INVALID");
    });
}

#[test]
fn lists_lead_from_page_to_page() {
    with_registry(OPEN, |addr, _| {
        let mut client = Client::anonymous(addr);
        for name in ["b", "a/x"] {
            let config = push(&mut client, name, "config");
            for tag in ["1", "2", "3", "4", "5"] {
                let put = format!("PUT /v2/{name}/manifests/{tag}");
                let kept = client.ask(&put, &[("Content-Type", IMAGE)], &image(&config));
                assert_eq!(kept.status, 201, "{kept:?}");
            }
        }
        let mut follow = |start: &str, key: &str| {
            let (mut found, mut pages, mut next) = (Vec::new(), 0, start.to_owned());
            loop {
                let page = client.ask(&format!("GET {next}"), &[], "");
                assert_eq!(page.status, 200, "{page:?}");
                let value: Value = serde_json::from_str(&page.body).expect("JSON");
                let names = value[key].as_array().expect("a list");
                found.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
                pages += 1;
                let Some(link) = page.header("link") else { return (found.join(" "), pages) };
                let (target, rest) = link[1..].split_once('>').expect("a target");
                assert_eq!(rest, r#"; rel="next""#);
                next = target.to_owned();
            }
        };
        let mut check = |start: &str, key: &str, want: &str, pages: usize| {
            assert_eq!(follow(start, key), (want.to_owned(), pages), "{start}");
        };
        check("/v2/_catalog", "repositories", "a/x b", 1);
        check("/v2/_catalog?n=1", "repositories", "a/x b", 2);
        check("/v2/a/x/tags/list", "tags", "1 2 3 4 5", 1);
        check("/v2/a/x/tags/list?n=2", "tags", "1 2 3 4 5", 3);
        check("/v2/a/x/tags/list?n=5", "tags", "1 2 3 4 5", 1);
        check("/v2/a/x/tags/list?n=0", "tags", "", 1);
        check("/v2/a/x/tags/list?last=3", "tags", "4 5", 1);
        refused(&client.ask("GET /v2/none/tags/list", &[], ""), 404, "NAME_UNKNOWN");
        let wrong = client.ask("GET /v2/b/tags/list?n=many", &[], "");
        refused(&wrong, 400, "PAGINATION_NUMBER_INVALID");
    });
}

#[test]
fn a_refused_stranger_hears_why_even_with_a_long_body() {
    let account = Account { user: "ada".into(), password: "secret".into() };
    with_registry(Access::Private(account), |addr, _| {
        let mut client = Client::anonymous(addr);
        let line = "POST /v2/app/blobs/uploads/?digest=x";
        let answer = client.ask(line, &[], &"x".repeat(1 << 20));
        refused(&answer, 401, "UNAUTHORIZED");
        assert_eq!(header(&answer, "www-authenticate"), r#"Basic realm="distlab""#);
        let right = [("Authorization", "Basic YWRhOnNlY3JldA==")];
        assert_eq!(client.ask("GET /v2/", &right, "").status, 200);
        // A client that waits for our word before it sends a body is not waited for.
        client.send(b"PUT /v2/app/manifests/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
        assert_eq!(client.answer(false).status, 401);
    });
}

#[test]
fn a_killed_server_keeps_every_image_it_acknowledged() {
    let home = Home::new();
    let mut server = home.serve(&["--no-auth"]);
    let address = server.registry.replace("localhost", "127.0.0.1");
    let mut client = Client::anonymous(&address);
    let config = push(&mut client, "app", "config");
    let pid = server.child.id();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().expect("killed");
    });
    let mut acknowledged = 0;
    let text = image(&config);
    for number in 0..10_000 {
        let line = format!("PUT /v2/app/manifests/{number:05}");
        match client.try_ask(&line, &[("Content-Type", IMAGE)], &text) {
            Some(answer) if answer.status == 201 => acknowledged = number + 1,
            _ => break,
        }
    }
    killer.join().expect("the killer ends");
    let _ = server.child.wait();
    assert!(acknowledged > 0, "some pushes were acknowledged before the kill");

    let again = home.serve(&["--no-auth"]);
    let address = again.registry.replace("localhost", "127.0.0.1");
    let mut client = Client::anonymous(&address);
    let tags: Value =
        serde_json::from_str(&client.ask("GET /v2/app/tags/list", &[], "").body).expect("JSON");
    let kept = tags["tags"].as_array().expect("a list").len();
    assert!(kept == acknowledged || kept == acknowledged + 1, "{kept} of {acknowledged}");
    assert_eq!(client.ask(&format!("GET /v2/app/blobs/{config}"), &[], "").body, "config");
    // A reset empties it, for test suites that want to begin anew.
    let reset = Client::new(&again.address).ask("POST /_distlab/reset", &[], "");
    assert_eq!(reset.status, 200);
    assert_eq!(client.ask("GET /v2/_catalog", &[], "").body, r#"{"repositories":[]}"#);
}

/// A lab with a registry, in a folder of its own.
fn lab_with_registry(home: &Home) -> String {
    home.write(
        "labs/containers/01-pushing/lab.md",
        "+++\nformat = 1\nid = \"pushing\"\ntitle = \"Pushing\"\ntrack = \"containers\"\nminutes = 1\n\
         needs = [\"docker\", \"registry\"]\n+++\n# Pushing\n\n## Push {#push}\n\nTo {{registry}}.\n",
    );
    home.path().join("labs").display().to_string()
}

#[test]
fn a_labs_registry_is_where_the_lesson_says_and_only_while_it_is_open() {
    let home = Home::new();
    let labs = lab_with_registry(&home);
    let run = |args: &[&str]| home.expect(0, &[&["--labs", &labs], args].concat());
    let env = run(&["env", "pushing"]).out;
    let value = |name: &str| {
        let line = env.lines().find_map(|l| l.strip_prefix(&format!("export {name}=")));
        line.unwrap_or_else(|| panic!("no {name} in {env}")).to_owned()
    };
    let (registry, password) = (value("REGISTRY"), value("REGISTRY_PASSWORD"));
    let port: u16 =
        registry.strip_prefix("localhost:").and_then(|p| p.parse().ok()).expect("a port");
    assert!((5100..5900).contains(&port), "{registry}");
    assert_eq!((value("REGISTRY_USER").as_str(), password.len()), ("ada", 12));
    let folder = value("DOCKER_CONFIG");
    assert!(folder.ends_with("/home/labs/pushing/docker"), "{folder}");
    let reach = format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached");
    let reached = home.run(&["--labs", &labs, "exec", "pushing", "--", "bash", "-c", &reach]);
    assert!(
        reached.out.contains("reached") || reached.err.contains("cannot listen"),
        "{reached:#?}"
    );
    assert_eq!(run(&["exec", "pushing", "--", "registry", "ls"]).out, "REPOSITORY  TAGS\n");
    // Another program has the port: said in a sentence, and everything else goes on.
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port));
    let other = run(&["exec", "pushing", "--", "registry", "ls"]);
    assert_eq!(other.out, "REPOSITORY  TAGS\n");
    assert!(other.err.contains(&format!("cannot listen on {registry}")), "{other:#?}");
    assert!(!env.contains("{{registry}}"));
}
