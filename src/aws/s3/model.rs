//! Random operations against a simple model of a bucket: a list of versions for each key.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::{Lab, body, names, on};
use base::Digest;

const KEYS: &[&str] = &["a", "a/b", "a/c/d", "b", "é"];

/// One random operation; numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Versioning(bool),
    Put(usize, u8),
    Delete(usize),
    DeleteMany(usize, usize),
    DeleteVersion(usize, usize),
    Copy(usize, usize),
    Multipart(usize, u8),
    Abandoned(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..KEYS.len();
    prop_oneof![
        1 => any::<bool>().prop_map(Step::Versioning),
        5 => (key.clone(), any::<u8>()).prop_map(|(k, b)| Step::Put(k, b)),
        3 => key.clone().prop_map(Step::Delete),
        1 => (key.clone(), key.clone()).prop_map(|(a, b)| Step::DeleteMany(a, b)),
        3 => (key.clone(), 0..4_usize).prop_map(|(k, n)| Step::DeleteVersion(k, n)),
        2 => (key.clone(), key.clone()).prop_map(|(from, to)| Step::Copy(from, to)),
        1 => (key.clone(), any::<u8>()).prop_map(|(k, b)| Step::Multipart(k, b)),
        1 => key.prop_map(Step::Abandoned),
    ]
}

/// What a version holds: the digest of its bytes, or nothing for a delete marker.
type Held = Option<Digest>;

/// The bucket as it should be: versions newest first, with their ids.
#[derive(Default)]
struct Model {
    versioning: Option<bool>,
    keys: BTreeMap<&'static str, Vec<(String, Held)>>,
}

impl Model {
    fn push(&mut self, key: &'static str, id: Option<&str>, held: Held) {
        let versions = self.keys.entry(key).or_default();
        let id = id.unwrap_or("null").to_owned();
        versions.retain(|(old, _)| *old != id);
        versions.insert(0, (id, held));
    }

    fn current(&self, key: &str) -> Held {
        self.keys.get(key)?.first()?.1
    }

    fn delete(&mut self, key: &'static str, marker: Option<&str>) {
        if self.versioning.is_some() {
            self.push(key, marker, None);
        } else {
            self.keys.remove(key);
        }
    }

    fn remove(&mut self, key: &str, at: usize) {
        if let Some(versions) = self.keys.get_mut(key) {
            versions.remove(at);
            if versions.is_empty() {
                self.keys.remove(key);
            }
        }
    }

    /// Keys that a plain listing shows.
    fn live(&self) -> Vec<&'static str> {
        self.keys.keys().filter(|key| self.current(key).is_some()).copied().collect()
    }
}

fn text(answer: &Value, member: &str) -> Option<String> {
    answer[member].as_str().map(str::to_owned)
}

fn run(lab: &mut Lab, model: &mut Model, step: &Step) {
    match *step {
        Step::Versioning(on) => {
            lab.versioning(if on { "Enabled" } else { "Suspended" });
            model.versioning = Some(on);
        }
        Step::Put(key, byte) => {
            let answer = lab.put(KEYS[key], &[byte]);
            model.push(KEYS[key], text(&answer, "VersionId").as_deref(), Some(Digest::of(&[byte])));
        }
        Step::Delete(key) => {
            let answer = lab.ok("DeleteObject", on(KEYS[key], json!({})));
            model.delete(KEYS[key], text(&answer, "VersionId").as_deref());
        }
        Step::DeleteMany(a, b) => {
            let objects = json!([{"Key": KEYS[a]}, {"Key": KEYS[b]}]);
            let answer = lab.ok("DeleteObjects", on("", json!({"Delete": {"Objects": objects}})));
            for (index, key) in [a, b].into_iter().enumerate() {
                let marker = text(&answer["Deleted"][index], "DeleteMarkerVersionId");
                model.delete(KEYS[key], marker.as_deref());
            }
        }
        Step::DeleteVersion(key, at) => {
            let versions = model.keys.get(KEYS[key]);
            let Some((id, _)) = versions.and_then(|v| v.get(at)).cloned() else { return };
            lab.ok("DeleteObject", on(KEYS[key], json!({"VersionId": id})));
            model.remove(KEYS[key], at);
        }
        Step::Copy(from, to) => {
            let source = format!("bkt/{}", KEYS[from]);
            let input = on(KEYS[to], json!({"CopySource": source, "MetadataDirective": "REPLACE"}));
            match model.current(KEYS[from]) {
                None => assert_eq!(lab.err("CopyObject", input).code, "NoSuchKey"),
                held => {
                    let answer = lab.ok("CopyObject", input);
                    model.push(KEYS[to], text(&answer, "VersionId").as_deref(), held);
                }
            }
        }
        Step::Multipart(key, byte) => multipart(lab, model, KEYS[key], byte),
        Step::Abandoned(key) => {
            lab.ok("CreateMultipartUpload", on(KEYS[key], json!({})));
        }
    }
}

fn multipart(lab: &mut Lab, model: &mut Model, key: &'static str, byte: u8) {
    let id = lab.ok("CreateMultipartUpload", on(key, json!({})))["UploadId"].clone();
    let part = json!({"UploadId": id, "PartNumber": 1, "Body": body(&[byte])});
    let etag = lab.ok("UploadPart", on(key, part))["ETag"].clone();
    let parts = json!({"Parts": [{"PartNumber": 1, "ETag": etag}]});
    let answer = lab
        .ok("CompleteMultipartUpload", on(key, json!({"UploadId": id, "MultipartUpload": parts})));
    model.push(key, text(&answer, "VersionId").as_deref(), Some(Digest::of(&[byte])));
}

/// The listings, in pages of `page`, and the newest of each key are what the model says.
fn compare(lab: &mut Lab, model: &Model, page: usize) {
    let mut seen = Vec::new();
    let mut input = on("", json!({"MaxKeys": page}));
    loop {
        let answer = lab.ok("ListObjectsV2", input.clone());
        seen.extend(names(&answer, "Contents", "Key"));
        match answer.get("NextContinuationToken") {
            Some(token) => input["ContinuationToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(seen, model.live());

    let all = lab.ok("ListObjectVersions", on("", json!({})));
    for (key, versions) in &model.keys {
        let ids = |list: &str| -> Vec<String> {
            let items = all[list].as_array().cloned().unwrap_or_default();
            let of_key = items.iter().filter(|item| item["Key"] == *key);
            of_key.filter_map(|item| text(item, "VersionId")).collect()
        };
        let want = |marker: bool| -> Vec<String> {
            let fitting = versions.iter().filter(|(_, held)| held.is_none() == marker);
            fitting.map(|(id, _)| id.clone()).collect()
        };
        assert_eq!((ids("Versions"), ids("DeleteMarkers")), (want(false), want(true)), "{key}");
    }
    for key in KEYS {
        let got = lab.call(sim::Principal::Root, "GetObject", on(key, json!({})));
        let got = got.ok().and_then(|answer| text(&answer["Body"][0], "digest"));
        assert_eq!(got, model.current(key).map(|digest| digest.to_string()), "{key}");
    }
}

/// Runs the steps in a fresh world, comparing after each, and answers its digest.
fn play(steps: &[Step]) -> Digest {
    let mut lab = Lab::bucket();
    let mut model = Model::default();
    for (index, step) in steps.iter().enumerate() {
        run(&mut lab, &mut model, step);
        compare(&mut lab, &model, 1 + index % 3);
    }
    lab.world.digest()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn random_operations_keep_to_the_model(steps in prop::collection::vec(step(), 1..40)) {
        prop_assert_eq!(play(&steps), play(&steps));
    }
}
