//! The registry's rules: names, digests, manifests, listings, and that a history gives one world.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::digest::{Algorithm, ContentDigest};
use super::names::{check_name, is_tag};
use super::{SERVICE, manifest};
use base::{Blob, Digest, Time};
use sim::api::ApiError;
use sim::{Caller, Config, Principal, World};

const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";

static SYSTEMS: &[&sim::System] = &[&super::SYSTEM];

fn world() -> World {
    World::new(SYSTEMS, Config::new(7, Time(1_000)))
}

fn ask(world: &mut World, op: &str, input: Value) -> Result<Value, ApiError> {
    let op = SERVICE.operation(op).expect("an operation of the registry");
    let now = world.now();
    world.apply(now, &Caller::from(Principal::Anonymous), op, input)
}

/// The code of a refusal, or nothing.
fn code(outcome: &Result<Value, ApiError>) -> &str {
    outcome.as_ref().map_or_else(|e| e.code.as_str(), |_| "")
}

fn sha256(bytes: &str) -> String {
    ContentDigest::of(Algorithm::Sha256, bytes.as_bytes()).to_string()
}

fn blob(bytes: &str) -> Blob {
    Blob { digest: Digest::of(bytes.as_bytes()), len: bytes.len() as u64, ..Blob::default() }
}

/// Pushes a blob of these bytes; gives its digest.
fn push_blob(world: &mut World, name: &str, bytes: &str) -> String {
    let digest = sha256(bytes);
    let input = json!({"name": name, "digest": digest, "content": blob(bytes)});
    ask(world, "PutBlob", input).expect("pushed");
    digest
}

fn descriptor(kind: &str, digest: &str) -> Value {
    json!({"mediaType": kind, "digest": digest, "size": 3})
}

/// The text of an image with this configuration and these layers.
fn image(config: &str, layers: &[&str]) -> Value {
    let layers: Vec<Value> = layers.iter().map(|l| descriptor("a/layer", l)).collect();
    json!({
        "schemaVersion": 2, "mediaType": IMAGE,
        "config": descriptor("a/config", config), "layers": layers,
    })
}

fn put(world: &mut World, name: &str, reference: &str, text: &str) -> Result<Value, ApiError> {
    let input = json!({"name": name, "reference": reference, "manifest": text});
    ask(world, "PutManifest", input)
}

#[test]
fn names_and_tags_follow_the_grammar() {
    let long = "a".repeat(255);
    let longer = "a".repeat(256);
    let check = |name: &str, want: bool| assert_eq!(check_name(name).is_ok(), want, "{name}");
    for good in ["a", "a/b", "a.b", "a_b", "a__b", "a-b", "a---b", "1/2/3", "a1.b2-c3/d", &long] {
        check(good, true);
    }
    for bad in [
        "", "/", "a/", "/a", "a//b", "A", "a..b", "a___b", "a._b", "-a", "a-", ".a", "a b", "é",
        "a:b", "_token", &longer,
    ] {
        check(bad, false);
    }
    let check = |tag: &str, want: bool| assert_eq!(is_tag(tag), want, "{tag}");
    let long = "t".repeat(128);
    for good in ["latest", "1.0", "_x", "A-b.c", &long] {
        check(good, true);
    }
    for bad in ["", ".x", "-x", "a b", "a:b", "é", &format!("{long}t")] {
        check(bad, false);
    }
}

#[test]
fn digests_are_held_to_their_form() {
    let check = |text: &str, want: bool| {
        let read = ContentDigest::parse(text);
        assert_eq!(read.is_ok(), want, "{text}");
        if let Err(error) = read {
            assert_eq!((error.status, error.code.as_str()), (400, "DIGEST_INVALID"));
        }
    };
    check(&format!("sha256:{}", "0".repeat(64)), true);
    check(&format!("sha512:{}", "f".repeat(128)), true);
    check(&format!("sha256:{}", "F".repeat(64)), false);
    check(&format!("sha256:{}", "0".repeat(63)), false);
    check(&format!("sha512:{}", "0".repeat(64)), false);
    check(&format!("md5:{}", "0".repeat(32)), false);
    check("sha256:", false);
    check("", false);
    // The published value of SHA-512 of nothing begins so.
    let empty = ContentDigest::of(Algorithm::Sha512, b"");
    assert!(empty.as_str().starts_with("sha512:cf83e1357eefb8bd"), "{empty}");
}

#[test]
fn manifests_are_read_as_far_as_a_registry_must() {
    let digest = sha256("x");
    let check = |value: Value, content_type: Option<&str>, want: &str| {
        let read = manifest::read(&value.to_string(), content_type);
        let got = match &read {
            Ok(facts) => format!("{} blobs, {} manifests", facts.blobs.len(), facts.children.len()),
            Err(error) => {
                assert_eq!((error.status, error.code.as_str()), (400, "MANIFEST_INVALID"));
                error.fields.first().map(|(_, why)| why.clone()).unwrap_or_default()
            }
        };
        assert!(got.contains(want), "{value} as {content_type:?}: {got}, not {want}");
    };
    let without = |key: &str| {
        let mut value = image(&digest, &[&digest]);
        value.as_object_mut().expect("an object").remove(key);
        value
    };
    let with = |key: &str, inner: Value| {
        let mut value = image(&digest, &[&digest]);
        value[key] = inner;
        value
    };
    check(image(&digest, &[&digest]), None, "2 blobs, 0 manifests");
    check(image(&digest, &[]), Some(IMAGE), "1 blobs");
    check(
        image(&digest, &[]),
        Some("application/vnd.oci.image.manifest.v1+json; charset=utf-8"),
        "1 blobs",
    );
    check(image(&digest, &[]), Some(DOCKER), "mediaType is");
    check(without("mediaType"), Some(DOCKER), "2 blobs");
    check(without("mediaType"), None, "neither it nor the request");
    check(without("schemaVersion"), Some(IMAGE), "schemaVersion");
    check(with("schemaVersion", json!(1)), None, "schemaVersion");
    check(without("config"), None, "no config");
    check(without("layers"), None, "layers is not a list");
    check(with("layers", json!({})), None, "layers is not a list");
    check(
        with("layers", json!([{"digest": "sha256:x", "size": 1}])),
        None,
        "digest is \"sha256:x\"",
    );
    check(with("layers", json!([{"digest": digest}])), None, "no size");
    check(with("layers", json!([{"digest": digest, "size": -1}])), None, "no size");
    check(
        with("layers", json!([{"digest": digest, "size": 1, "urls": ["http://x"]}])),
        None,
        "1 blobs",
    );
    check(with("manifests", json!([])), None, "an image has no manifests");
    check(with("annotations", json!({"a": 1})), None, "annotations");
    check(with("subject", json!({"size": 1})), None, "digest is");
    check(with("mediaType", json!("text/plain")), None, "text/plain is not a media type");
    check(with("mediaType", json!(7)), None, "mediaType is not a text");
    let index = json!({"schemaVersion": 2, "manifests": [descriptor(IMAGE, &digest)]});
    check(index.clone(), Some(INDEX), "0 blobs, 1 manifests");
    check(
        json!({"schemaVersion": 2, "layers": [], "manifests": []}),
        Some(INDEX),
        "an index has no",
    );
    check(json!({"schemaVersion": 2}), Some(INDEX), "manifests is not a list");
    check(json!([]), Some(IMAGE), "not a JSON object");
    check(json!("x"), Some(IMAGE), "not a JSON object");
    let heavy = format!("{}{}", index, " ".repeat(manifest::BYTES_MAX));
    let error = manifest::read(&heavy, Some(INDEX)).expect_err("too heavy");
    assert_eq!((error.status, error.code.as_str()), (413, "SIZE_INVALID"));
}

#[test]
fn an_image_needs_its_blobs_and_is_found_by_tag_and_digest() {
    let mut world = world();
    let config = sha256("config");
    let text = image(&config, &[]).to_string();
    let digest = sha256(&text);
    assert_eq!(code(&put(&mut world, "app", "1", &text)), "MANIFEST_BLOB_UNKNOWN");
    push_blob(&mut world, "other", "config");
    assert_eq!(code(&put(&mut world, "app", "1", &text)), "MANIFEST_BLOB_UNKNOWN");
    let mount = json!({"name": "app", "digest": config, "from": "other"});
    ask(&mut world, "MountBlob", mount.clone()).expect("mounted");
    assert_eq!(put(&mut world, "app", "1", &text).expect("pushed"), json!({"digest": digest}));
    put(&mut world, "app", &digest, &text).expect("pushed by digest");
    assert_eq!(code(&put(&mut world, "app", &config, &text)), "DIGEST_INVALID");
    assert_eq!(code(&put(&mut world, "app", "sha256:wrong", &text)), "DIGEST_INVALID");
    assert_eq!(code(&put(&mut world, "app", ".bad", &text)), "MANIFEST_INVALID");
    assert_eq!(code(&put(&mut world, "App", "1", &text)), "NAME_INVALID");
    let mut get = |name: &str, reference: &str| {
        let input = json!({"name": name, "reference": reference});
        ask(&mut world, "GetManifest", input)
    };
    for reference in ["1", &digest] {
        let found = get("app", reference).expect("found");
        assert_eq!(found["manifest"], text.as_str());
        assert_eq!(
            (&found["digest"], &found["mediaType"]),
            (&digest.as_str().into(), &IMAGE.into())
        );
    }
    for (name, reference) in [("app", "2"), ("none", "1"), ("app", ".bad"), ("app", "sha256:x")] {
        assert_eq!(code(&get(name, reference)), "MANIFEST_UNKNOWN", "{name} {reference}");
    }
    let delete = |reference: &str| json!({"name": "app", "reference": reference});
    ask(&mut world, "DeleteManifest", delete("1")).expect("untagged");
    assert_eq!(code(&ask(&mut world, "DeleteManifest", delete("1"))), "MANIFEST_UNKNOWN");
    ask(&mut world, "DeleteManifest", delete(&digest)).expect("deleted");
    assert_eq!(code(&ask(&mut world, "DeleteManifest", delete(&digest))), "MANIFEST_UNKNOWN");
    let blob = json!({"name": "app", "digest": config});
    ask(&mut world, "DeleteBlob", blob.clone()).expect("deleted");
    assert_eq!(code(&ask(&mut world, "GetBlob", blob)), "BLOB_UNKNOWN");
    ask(&mut world, "MountBlob", mount).expect("the other repository has it still");
    let wrong = json!({"name": "app", "digest": sha256("y"), "content": blob_json("x")});
    assert_eq!(code(&ask(&mut world, "PutBlob", wrong)), "DIGEST_INVALID");
}

fn blob_json(bytes: &str) -> Value {
    serde_json::to_value(blob(bytes)).expect("a blob is JSON")
}

#[test]
fn a_client_of_single_images_gets_the_usual_one_out_of_an_index() {
    let mut world = world();
    let config = push_blob(&mut world, "app", "config");
    let text = image(&config, &[]).to_string();
    let child = sha256(&text);
    put(&mut world, "app", &child, &text).expect("pushed");
    let mut entry = descriptor(IMAGE, &child);
    entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let missing = json!({"schemaVersion": 2, "mediaType": INDEX,
        "manifests": [descriptor(IMAGE, &sha256("none"))]});
    assert_eq!(code(&put(&mut world, "app", "all", &missing.to_string())), "MANIFEST_BLOB_UNKNOWN");
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).to_string();
    put(&mut world, "app", "all", &index).expect("pushed");
    let own = sha256(&index);
    let mut check = |reference: &str, accept: &[&str], want: &str| {
        let input = json!({"name": "app", "reference": reference, "accept": accept});
        let found = ask(&mut world, "GetManifest", input).expect("found");
        assert_eq!(found["digest"], want, "{reference} {accept:?}");
    };
    check("all", &[], &own);
    check("all", &["*/*"], &own);
    check("all", &[IMAGE, INDEX], &own);
    check("all", &[IMAGE, "*/*"], &own);
    check("all", &["application/json"], &own);
    check("all", &[DOCKER], &own);
    check("all", &[IMAGE], &child);
    check(&own, &[IMAGE], &own);
}

#[test]
fn lists_come_in_pages_and_in_order() {
    let mut world = world();
    for name in ["b", "a/x", "a"] {
        let config = push_blob(&mut world, name, "config");
        for tag in ["2", "10", "latest", "Latest", "Z"] {
            put(&mut world, name, tag, &image(&config, &[]).to_string()).expect("pushed");
        }
    }
    let mut check = |op: &str, input: Value, want: Value| {
        let found = ask(&mut world, op, input.clone()).expect("listed");
        let names = found.get("tags").or_else(|| found.get("repositories")).cloned();
        assert_eq!(json!([names, found["more"]]), want, "{op} {input}");
    };
    check("ListRepositories", json!({}), json!([["a", "a/x", "b"], false]));
    check("ListRepositories", json!({"n": 2}), json!([["a", "a/x"], true]));
    check("ListRepositories", json!({"n": 2, "last": "a/x"}), json!([["b"], false]));
    check("ListRepositories", json!({"n": 0}), json!([[], false]));
    check("ListTags", json!({"name": "a"}), json!([["10", "2", "Latest", "latest", "Z"], false]));
    check("ListTags", json!({"name": "a", "n": 3}), json!([["10", "2", "Latest"], true]));
    check(
        "ListTags",
        json!({"name": "a", "n": 5}),
        json!([["10", "2", "Latest", "latest", "Z"], false]),
    );
    check("ListTags", json!({"name": "a", "last": "3"}), json!([["Latest", "latest", "Z"], false]));
    check("ListTags", json!({"name": "a", "last": "latest"}), json!([["Z"], false]));
    check("ListTags", json!({"name": "a", "last": "Z"}), json!([[], false]));
    assert_eq!(code(&ask(&mut world, "ListTags", json!({"name": "none"}))), "NAME_UNKNOWN");
}

#[test]
fn what_is_about_a_manifest_is_listed_with_it() {
    let mut world = world();
    let config = push_blob(&mut world, "app", "config");
    // The subject may come later, or never.
    let subject = sha256("not pushed");
    let about = |kind: Option<&str>, note: &str| {
        let mut value = image(&config, &[]);
        value["subject"] = descriptor(IMAGE, &subject);
        value["annotations"] = json!({"note": note});
        if let Some(kind) = kind {
            value["artifactType"] = kind.into();
        }
        value.to_string()
    };
    let signature = about(Some("a/signature"), "one");
    let plain = about(None, "two");
    let kept = put(&mut world, "app", &sha256(&signature), &signature).expect("pushed");
    assert_eq!(kept["subject"], subject.as_str());
    put(&mut world, "app", "plain", &plain).expect("pushed");
    let mut check = |name: &str, kind: Option<&str>, want: &[&str]| {
        let mut input = json!({"name": name, "digest": subject});
        if let Some(kind) = kind {
            input["artifactType"] = kind.into();
        }
        let found = ask(&mut world, "ListReferrers", input).expect("listed");
        let mut kinds: Vec<String> = Vec::new();
        for one in found["manifests"].as_array().expect("a list") {
            kinds.push(format!("{} {}", one["artifactType"], one["annotations"]["note"]));
        }
        kinds.sort();
        assert_eq!(kinds, want, "{name} {kind:?}");
    };
    let (first, second) = (r#""a/config" "two""#, r#""a/signature" "one""#);
    check("app", None, &[first, second]);
    check("app", Some("a/signature"), &[second]);
    check("app", Some("a/other"), &[]);
    check("none", None, &[]);
    let delete = json!({"name": "app", "reference": sha256(&signature)});
    ask(&mut world, "DeleteManifest", delete).expect("deleted");
    let input = json!({"name": "app", "digest": subject});
    let left = ask(&mut world, "ListReferrers", input).expect("listed");
    assert_eq!(left["manifests"].as_array().map(Vec::len), Some(1));
    let wrong = json!({"name": "app", "digest": "sha256:x"});
    assert_eq!(code(&ask(&mut world, "ListReferrers", wrong)), "DIGEST_INVALID");
}

/// A few names, bytes and tags only, so that requests meet what earlier ones made.
fn requests() -> impl Strategy<Value = (&'static str, Value)> {
    let name = || prop::sample::select(vec!["a", "b/c", "Bad"]);
    let bytes = || prop::sample::select(vec!["x", "y", "z"]);
    let tag = || prop::sample::select(vec!["1", "2", ".bad"]);
    let manifest = (bytes(), bytes(), any::<bool>()).prop_map(|(config, other, about)| {
        let mut value = image(&sha256(config), &[]);
        if about {
            value["subject"] = descriptor(IMAGE, &sha256(other));
        }
        value.to_string()
    });
    prop_oneof![
        (name(), bytes(), bytes()).prop_map(|(name, digest, content)| {
            let input = json!({"name": name, "digest": sha256(digest), "content": blob(content)});
            ("PutBlob", input)
        }),
        (name(), name(), bytes()).prop_map(|(name, from, digest)| {
            ("MountBlob", json!({"name": name, "digest": sha256(digest), "from": from}))
        }),
        (name(), bytes()).prop_map(|(name, digest)| {
            ("DeleteBlob", json!({"name": name, "digest": sha256(digest)}))
        }),
        (name(), bytes()).prop_map(|(name, digest)| {
            ("GetBlob", json!({"name": name, "digest": sha256(digest)}))
        }),
        (name(), tag(), manifest.clone()).prop_map(|(name, tag, text)| {
            ("PutManifest", json!({"name": name, "reference": tag, "manifest": text}))
        }),
        (name(), manifest.clone()).prop_map(|(name, text)| {
            let digest = sha256(&text);
            ("PutManifest", json!({"name": name, "reference": digest, "manifest": text}))
        }),
        (name(), tag()).prop_map(|(name, tag)| {
            ("DeleteManifest", json!({"name": name, "reference": tag}))
        }),
        (name(), manifest).prop_map(|(name, text)| {
            ("DeleteManifest", json!({"name": name, "reference": sha256(&text)}))
        }),
        (name(), bytes()).prop_map(|(name, digest)| {
            ("ListReferrers", json!({"name": name, "digest": sha256(digest)}))
        }),
        name().prop_map(|name| ("ListTags", json!({"name": name}))),
    ]
}

/// Every tag leads to a manifest, and every manifest that is about another is listed with it.
fn sound(world: &World) -> bool {
    world.get::<crate::State>().repositories.values().all(|repository| {
        let tags = repository.tags.values().all(|d| repository.manifests.contains_key(d));
        let listed = repository.manifests.iter().all(|(digest, manifest)| {
            manifest.facts.subject.as_ref().is_none_or(|subject| {
                repository.referrers.get(subject).is_some_and(|about| about.contains(digest))
            })
        });
        let about = repository.referrers.values();
        let count: usize = about.map(std::collections::BTreeSet::len).sum();
        let with_subject =
            repository.manifests.values().filter(|m| m.facts.subject.is_some()).count();
        tags && listed && count == with_subject
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_history_gives_one_world_and_refusals_leave_it(
        inputs in prop::collection::vec(requests(), 1..40),
    ) {
        let (mut one, mut two) = (world(), world());
        for (op, input) in &inputs {
            let before = one.digest();
            let outcome = ask(&mut one, op, input.clone());
            prop_assert_eq!(&outcome, &ask(&mut two, op, input.clone()));
            let reads = SERVICE.operation(op).is_some_and(sim::api::OpDef::read_only);
            if outcome.is_err() || reads {
                prop_assert_eq!(one.digest(), before, "{} {}", op, input);
            }
            prop_assert!(sound(&one), "{} {}", op, input);
        }
        prop_assert_eq!(one.digest(), two.digest());
    }
}
