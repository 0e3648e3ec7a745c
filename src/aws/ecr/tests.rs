//! Repositories and their images, as the API and the registry's host show them.

use serde_json::{Value, json};
use std::time::Duration;

use crate::testing;
use base::{Blob, Digest, Time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::{Caller, Config, Principal, Shape, World};

const HOST: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const IMAGE: &str = "application/vnd.docker.distribution.manifest.v2+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn facts(bytes: &[u8]) -> Value {
    let blob = Blob { digest: Digest::of(bytes), len: bytes.len() as u64, ..Blob::default() };
    serde_json::to_value(blob).expect("facts")
}

struct Lab {
    world: World,
    who: Principal,
}

impl Lab {
    fn new() -> Self {
        Self::of(Config::new(11, Time(1_795_341_600_000)))
    }

    fn of(config: Config) -> Self {
        Self { world: testing::world(config), who: Principal::Root }
    }

    /// With the repository `app`.
    fn with_app() -> Self {
        let mut lab = Self::new();
        lab.ok("CreateRepository", json!({"repositoryName": "app"}));
        lab
    }

    fn call(&mut self, service: &str, name: &str, input: Value) -> Result<Value, String> {
        let op = testing::service(service).and_then(|s| s.operation(name)).expect(name);
        let (at, caller) = (self.world.now(), Caller::from(self.who.clone()));
        let done = self.world.apply(at, &caller, op, input);
        done.map_err(|e| format!("{}: {}", e.code, e.message))
    }

    fn ok(&mut self, name: &str, input: Value) -> Value {
        self.call("ecr", name, input).expect(name)
    }

    fn err(&mut self, name: &str, input: Value) -> String {
        self.call("ecr", name, input).expect_err(name)
    }

    fn host(&mut self, name: &str, input: Value) -> Result<Value, String> {
        self.call("ecr-distribution", name, input)
    }

    fn later(&mut self, by: Duration) {
        let at = self.world.now().plus(by);
        self.world.advance(at);
    }

    /// Pushes a layer, as `docker` does; its digest.
    fn layer(&mut self, repository: &str, bytes: &[u8]) -> String {
        let digest = format!("sha256:{}", Digest::of(bytes));
        let content = facts(bytes);
        let name = format!("{HOST}/{repository}");
        let input = json!({"name": name, "digest": digest, "content": content});
        self.host("PutBlob", input).expect("a layer");
        digest
    }

    /// The manifest of an image with this one layer, which is pushed.
    fn manifest(&mut self, repository: &str, layer: &str) -> String {
        let config = self.layer(repository, b"{}");
        let digest = self.layer(repository, layer.as_bytes());
        json!({"schemaVersion": 2, "mediaType": IMAGE,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": config},
            "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": layer.len(), "digest": digest}]})
        .to_string()
    }

    /// Pushes an image as `docker` does; its digest.
    fn push(&mut self, repository: &str, layer: &str, tag: &str) -> Result<String, String> {
        let manifest = self.manifest(repository, layer);
        let name = format!("{HOST}/{repository}");
        let input =
            json!({"name": name, "reference": tag, "mediaType": IMAGE, "manifest": manifest});
        let kept = self.host("PutManifest", input)?;
        Ok(kept["digest"].as_str().expect("a digest").to_owned())
    }

    fn ids(&mut self, filter: &Value) -> Vec<(String, String)> {
        let listed = self.ok("ListImages", json!({"repositoryName": "app", "filter": filter}));
        let text = |id: &Value, key: &str| id[key].as_str().unwrap_or_default().to_owned();
        let ids = listed["imageIds"].as_array().expect("a list");
        ids.iter().map(|id| (text(id, "imageDigest"), text(id, "imageTag"))).collect()
    }

    fn tags(&mut self) -> Vec<String> {
        let mut tags: Vec<String> = self.ids(&json!({})).into_iter().map(|(_, tag)| tag).collect();
        tags.sort();
        tags
    }
}

fn app(mut with: Value) -> Value {
    with["repositoryName"] = json!("app");
    with
}

fn by_tag(tag: &str) -> Value {
    json!({"imageTag": tag})
}

#[test]
fn a_repository_is_made_described_and_deleted() {
    let mut lab = Lab::new();
    let made = lab.ok(
        "CreateRepository",
        json!({"repositoryName": "team/web", "tags": [{"Key": "k", "Value": "v"}]}),
    );
    let repository = &made["repository"];
    assert_eq!(repository["repositoryUri"], format!("{HOST}/team/web"));
    let arn = "arn:aws:ecr:us-east-1:123456789012:repository/team/web";
    assert_eq!(repository["repositoryArn"], arn);
    assert_eq!(repository["imageTagMutability"], "MUTABLE");
    assert_eq!(repository["encryptionConfiguration"], json!({"encryptionType": "AES256"}));
    assert_eq!(
        lab.err("CreateRepository", json!({"repositoryName": "team/web"})),
        "RepositoryAlreadyExistsException: The repository with name 'team/web' already exists in the \
         registry with id '123456789012'"
    );
    for bad in ["A", "a", "Web", "-web", "web-", "a//b", "a..b"] {
        let refused = lab.err("CreateRepository", json!({"repositoryName": bad}));
        assert!(
            refused.starts_with("InvalidParameterException: Invalid parameter at 'repositoryName'"),
            "{bad}"
        );
    }
    let kms =
        json!({"repositoryName": "kept", "encryptionConfiguration": {"encryptionType": "KMS"}});
    assert!(lab.err("CreateRepository", kms).contains("KMS is not simulated here"));
    let described = lab.ok("DescribeRepositories", json!({}));
    assert_eq!(described["repositories"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        lab.ok("ListTagsForResource", json!({"resourceArn": arn}))["tags"],
        json!([{"Key": "k", "Value": "v"}])
    );
    lab.ok("UntagResource", json!({"resourceArn": arn, "tagKeys": ["k"]}));
    assert_eq!(lab.ok("ListTagsForResource", json!({"resourceArn": arn}))["tags"], json!([]));
    lab.ok("DeleteRepository", json!({"repositoryName": "team/web"}));
    assert_eq!(
        lab.err("DescribeRepositories", json!({"repositoryNames": ["team/web"]})),
        "RepositoryNotFoundException: The repository with name 'team/web' does not exist in the \
         registry with id '123456789012'"
    );
}

#[test]
fn regions_have_registries_of_their_own() {
    let mut lab = Lab::with_app();
    let op = testing::service("ecr").and_then(|s| s.operation("DescribeRepositories")).expect("op");
    let mut caller = Caller::from(Principal::Root);
    caller.scope.region = "eu-west-1".into();
    let at = lab.world.now();
    let told = lab.world.apply(at, &caller, op, json!({})).expect("a list");
    assert_eq!(told["repositories"], json!([]));
}

#[test]
fn what_is_pushed_is_listed_and_described() {
    let mut lab = Lab::with_app();
    let first = lab.push("app", "one layer", "v1").expect("pushed");
    let manifest = lab.manifest("app", "one layer");
    lab.ok("PutImage", app(json!({"imageManifest": manifest, "imageTag": "latest"})));
    assert_eq!(
        lab.err("PutImage", app(json!({"imageManifest": manifest, "imageTag": "latest"}))),
        format!(
            "ImageAlreadyExistsException: Image with digest '{first}' and tag 'latest' already exists \
                 in the repository with name 'app' in registry with id '123456789012'"
        )
    );
    assert_eq!(lab.tags(), ["latest", "v1"]);
    let told = lab.ok("DescribeImages", app(json!({"imageIds": [by_tag("v1")]})));
    let image = &told["imageDetails"][0];
    assert_eq!(image["imageDigest"], first.as_str());
    assert_eq!(image["imageSizeInBytes"], 9);
    assert_eq!(image["imageTags"], json!(["latest", "v1"]));
    assert_eq!(image["imagePushedAt"], lab.world.now().0);
    assert_eq!(
        lab.err("DescribeImages", app(json!({"imageIds": [by_tag("v9")]}))),
        "ImageNotFoundException: The image with imageId {imageDigest:'null', imageTag:'v9'} does not \
         exist within the repository with name 'app' in the registry with id '123456789012'"
    );
    // A tag that moves leaves an image without one.
    let second = lab.push("app", "another", "latest").expect("pushed");
    let third = lab.push("app", "a third", "latest").expect("pushed");
    let untagged = lab.ids(&json!({"tagStatus": "UNTAGGED"}));
    assert_eq!(untagged, [(second.clone(), String::new())]);
    let got = lab.ok(
        "BatchGetImage",
        app(json!({"imageIds": [by_tag("latest"), {"imageDigest": second}, {}, by_tag("no"),
        {"imageDigest": "x"}, {"imageDigest": first, "imageTag": "latest"}]})),
    );
    assert_eq!(got["images"].as_array().map(Vec::len), Some(2));
    assert_eq!(got["images"][0]["imageId"], json!({"imageDigest": third, "imageTag": "latest"}));
    let codes: Vec<&str> = got["failures"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| f["failureCode"].as_str().expect("a code"))
        .collect();
    let want = [
        "MissingDigestAndTag",
        "ImageNotFound",
        "InvalidImageDigest",
        "ImageTagDoesNotMatchDigest",
    ];
    assert_eq!(codes, want);
    // Pages.
    let page = lab.ok("ListImages", app(json!({"maxResults": 2})));
    let rest = lab.ok("ListImages", app(json!({"maxResults": 2, "nextToken": page["nextToken"]})));
    assert_eq!(page["imageIds"].as_array().map(Vec::len), Some(2));
    assert_eq!(rest["imageIds"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest["nextToken"], Value::Null);
    assert!(
        lab.err("DeleteRepository", app(json!({})))
            .contains("cannot be deleted because it still contains images")
    );
    lab.ok("DeleteRepository", app(json!({"force": true})));
    lab.ok("CreateRepository", app(json!({})));
    assert_eq!(lab.tags(), [""; 0]);
}

#[test]
fn the_parts_of_an_image_must_be_there() {
    let mut lab = Lab::with_app();
    let digest = format!("sha256:{}", "0".repeat(64));
    let manifest = json!({"schemaVersion": 2, "mediaType": IMAGE,
        "config": {"size": 1, "digest": digest}, "layers": []})
    .to_string();
    let put = |manifest: &str| app(json!({"imageManifest": manifest}));
    assert_eq!(
        lab.err("PutImage", put(&manifest)),
        format!(
            "LayersNotFoundException: Layers with digests '[{digest}]' required for pushing image into \
                 repository with name 'app' in the registry with id '123456789012' do not exist"
        )
    );
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [{"mediaType": IMAGE, "size": 1, "digest": digest}]});
    assert!(
        lab.err("PutImage", put(&index.to_string()))
            .starts_with("ReferencedImagesNotFoundException: Images")
    );
    assert!(
        lab.err("PutImage", put("{"))
            .starts_with("InvalidParameterException: Invalid parameter at 'ImageManifest'")
    );
    let told = lab.ok("BatchCheckLayerAvailability", app(json!({"layerDigests": [digest, "x"]})));
    assert_eq!(
        told["layers"],
        json!([{"layerDigest": digest, "layerAvailability": "UNAVAILABLE"}])
    );
    assert_eq!(told["failures"][0]["failureCode"], "InvalidLayerDigest");
}

#[test]
fn an_index_holds_its_images() {
    let mut lab = Lab::with_app();
    let digest = lab.push("app", "a layer", "v1").expect("pushed");
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [{"mediaType": IMAGE, "size": 1, "digest": digest}]});
    let put =
        lab.ok("PutImage", app(json!({"imageManifest": index.to_string(), "imageTag": "all"})));
    let of_index = put["image"]["imageId"]["imageDigest"].clone();
    let delete = app(json!({"imageIds": [{"imageDigest": digest}]}));
    let told = lab.ok("BatchDeleteImage", delete.clone());
    assert_eq!(told["failures"][0]["failureCode"], "ImageReferencedByManifestList");
    let scan = app(json!({"imageId": by_tag("all")}));
    assert!(lab.err("StartImageScan", scan).starts_with("UnsupportedImageTypeException"));
    let told = lab.ok("BatchDeleteImage", app(json!({"imageIds": [by_tag("all")]})));
    assert_eq!(told["imageIds"], json!([{"imageDigest": of_index, "imageTag": "all"}]));
    let told = lab.ok("BatchDeleteImage", delete);
    assert_eq!(told["imageIds"], json!([{"imageDigest": digest, "imageTag": "v1"}]));
    assert_eq!(lab.tags(), [""; 0]);
}

#[test]
fn a_tag_goes_alone_and_the_last_one_takes_its_image_along() {
    let mut lab = Lab::with_app();
    let digest = lab.push("app", "a layer", "v1").expect("pushed");
    lab.push("app", "a layer", "v2").expect("pushed");
    let delete = |tag: &str| app(json!({"imageIds": [by_tag(tag)]}));
    let told = lab.ok("BatchDeleteImage", delete("v1"));
    assert_eq!(told["imageIds"], json!([{"imageDigest": digest, "imageTag": "v1"}]));
    assert_eq!(lab.tags(), ["v2"]);
    lab.ok("BatchDeleteImage", delete("v2"));
    assert_eq!(lab.tags(), [""; 0]);
}

#[test]
fn an_immutable_tag_stays() {
    let mut lab = Lab::with_app();
    let put = |lab: &mut Lab, how: &str, filters: Value| {
        let mut input = app(json!({"imageTagMutability": how}));
        if !filters.is_null() {
            input["imageTagMutabilityExclusionFilters"] = filters;
        }
        lab.call("ecr", "PutImageTagMutability", input)
    };
    put(&mut lab, "IMMUTABLE", Value::Null).expect("set");
    lab.push("app", "one", "v1").expect("pushed");
    lab.push("app", "one", "v1").expect("the same again");
    let refused = "TAG_INVALID: The image tag 'v1' already exists in the 'app' repository and cannot be \
                   overwritten because the repository is immutable.";
    assert_eq!(lab.push("app", "two", "v1"), Err(refused.to_owned()));
    let filters = json!([{"filterType": "WILDCARD", "filter": "dev*"}]);
    put(&mut lab, "IMMUTABLE", filters.clone()).expect_err("filters do not go with it");
    put(&mut lab, "IMMUTABLE_WITH_EXCLUSION", Value::Null).expect_err("there are none");
    put(&mut lab, "IMMUTABLE_WITH_EXCLUSION", filters.clone()).expect("set");
    lab.push("app", "one", "dev-1").expect("pushed");
    lab.push("app", "two", "dev-1").expect("moved");
    lab.push("app", "two", "v1").expect_err("immutable");
    put(&mut lab, "MUTABLE_WITH_EXCLUSION", filters).expect("set");
    lab.push("app", "two", "v1").expect("moved");
    lab.push("app", "one", "dev-1").expect_err("immutable");
    let manifest = lab.manifest("app", "three");
    let refused = lab.err("PutImage", app(json!({"imageManifest": manifest, "imageTag": "dev-1"})));
    assert!(refused.starts_with("ImageTagAlreadyExistsException"));
}

fn policy_of(count: i64) -> String {
    json!({"rules": [{"rulePriority": 1, "description": "no more than a few images are kept here",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count},
        "action": {"type": "expire"}}]})
    .to_string()
}

#[test]
fn a_lifecycle_policy_is_previewed_and_applied_in_a_day() {
    let mut lab = Lab::with_app();
    for (layer, tag) in [("1", "v1"), ("2", "v2"), ("3", "v3")] {
        lab.push("app", layer, tag).expect("pushed");
        lab.later(Duration::from_mins(1));
    }
    let text = policy_of(2);
    assert_eq!(
        lab.err("GetLifecyclePolicy", app(json!({}))),
        "LifecyclePolicyNotFoundException: Lifecycle policy does not exist for the repository with \
         name 'app' in the registry with id '123456789012'"
    );
    lab.ok("StartLifecyclePolicyPreview", app(json!({"lifecyclePolicyText": text})));
    assert!(
        lab.err("StartLifecyclePolicyPreview", app(json!({"lifecyclePolicyText": text})))
            .starts_with("LifecyclePolicyPreviewInProgressException")
    );
    lab.later(Duration::from_secs(5));
    let told = lab.ok("GetLifecyclePolicyPreview", app(json!({})));
    assert_eq!(told["status"], "COMPLETE");
    assert_eq!(told["summary"], json!({"expiringImageTotalCount": 1}));
    assert_eq!(told["previewResults"][0]["imageTags"], json!(["v1"]));
    assert_eq!(told["previewResults"][0]["appliedRulePriority"], 1);
    assert_eq!(lab.tags(), ["v1", "v2", "v3"]);
    lab.ok("PutLifecyclePolicy", app(json!({"lifecyclePolicyText": text})));
    lab.later(Duration::from_hours(23));
    assert_eq!(lab.tags(), ["v1", "v2", "v3"]);
    lab.later(Duration::from_hours(1));
    assert_eq!(lab.tags(), ["v2", "v3"]);
    let told = lab.ok("GetLifecyclePolicy", app(json!({})));
    assert_eq!(told["lastEvaluatedAt"], lab.world.now().0);
    // A policy that was taken away does nothing any more.
    lab.ok("PutLifecyclePolicy", app(json!({"lifecyclePolicyText": policy_of(1)})));
    lab.ok("DeleteLifecyclePolicy", app(json!({})));
    lab.later(Duration::from_hours(72));
    assert_eq!(lab.tags(), ["v2", "v3"]);
}

#[test]
fn a_scan_finds_what_the_world_says() {
    let mut config = Config::new(11, Time(0));
    let findings = json!({"findings": [
        {"repository": "a*", "name": "CVE-1", "severity": "LOW"},
        {"tag": "v1", "name": "CVE-2", "severity": "CRITICAL", "package": "xz", "version": "5.6.0"},
        {"repository": "other", "name": "CVE-3", "severity": "HIGH"},
    ]});
    config.shape = Shape { parts: [("ecr".to_owned(), findings)].into(), ..Shape::default() };
    let mut lab = Lab::of(config);
    lab.ok("CreateRepository", app(json!({})));
    lab.push("app", "1", "v1").expect("pushed");
    let image = || app(json!({"imageId": by_tag("v1")}));
    assert_eq!(
        lab.err("DescribeImageScanFindings", image()),
        "ScanNotFoundException: Image scan does not exist for the image with '{imageDigest:'null', \
         imageTag:'v1'}' in the repository with name 'app' in the registry with id '123456789012'"
    );
    lab.ok("StartImageScan", image());
    let told = lab.ok("DescribeImageScanFindings", image());
    assert_eq!(told["imageScanStatus"]["status"], "IN_PROGRESS");
    lab.later(Duration::from_secs(20));
    let told = lab.ok("DescribeImageScanFindings", image());
    assert_eq!(told["imageScanStatus"]["status"], "COMPLETE");
    let found = &told["imageScanFindings"];
    assert_eq!(found["findingSeverityCounts"], json!({"CRITICAL": 1, "LOW": 1}));
    assert_eq!(found["findings"][0]["name"], "CVE-2");
    assert_eq!(
        found["findings"][0]["attributes"][1],
        json!({"key": "package_name", "value": "xz"})
    );
    assert!(
        lab.err("StartImageScan", image()).starts_with("LimitExceededException: The scan quota")
    );
    lab.later(Duration::from_hours(24));
    lab.ok("StartImageScan", image());
    // On push.
    lab.ok(
        "PutImageScanningConfiguration",
        app(json!({"imageScanningConfiguration": {"scanOnPush": true}})),
    );
    lab.push("app", "2", "v2").expect("pushed");
    lab.later(Duration::from_secs(20));
    let told = lab.ok("DescribeImages", app(json!({"imageIds": [by_tag("v2")]})));
    let counts = &told["imageDetails"][0]["imageScanFindingsSummary"]["findingSeverityCounts"];
    assert_eq!(*counts, json!({"LOW": 1}));
}

/// The header that `docker` sends after `aws ecr get-login-password`.
fn header(lab: &mut Lab) -> String {
    let told = lab.ok("GetAuthorizationToken", json!({}));
    let data = &told["authorizationData"][0];
    assert_eq!(data["proxyEndpoint"], format!("https://{HOST}"));
    format!("Basic {}", data["authorizationToken"].as_str().expect("a token"))
}

#[test]
fn a_password_holds_for_twelve_hours() {
    let mut lab = Lab::with_app();
    let header = header(&mut lab);
    let ask = |lab: &mut Lab, authorization: &str| {
        lab.host("Authenticate", json!({"authorization": authorization}))
    };
    assert_eq!(ask(&mut lab, &header).expect("let in")["principal"], "root");
    lab.later(Duration::from_secs(12 * 3600 - 1));
    ask(&mut lab, &header).expect("let in");
    lab.later(Duration::from_secs(1));
    let expired = "DENIED: Your authorization token has expired. Reauthenticate and try again.";
    assert_eq!(ask(&mut lab, &header), Err(expired.to_owned()));
    let invalid = "DENIED: Your Authorization Token is invalid.";
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    for wrong in ["", "Bearer x", "Basic !", &basic("AWS"), &basic("AWS:x"), &basic("eve:x")] {
        assert_eq!(ask(&mut lab, wrong), Err(invalid.to_owned()), "{wrong}");
    }
}

#[test]
fn policies_of_users_and_of_the_repository_are_enforced() {
    let mut lab = Lab::with_app();
    lab.push("app", "1", "v1").expect("pushed");
    lab.call("iam", "CreateUser", json!({"UserName": "ada"})).expect("a user");
    let root = std::mem::replace(&mut lab.who, Principal::User("ada".into()));
    let arn = "arn:aws:ecr:us-east-1:123456789012:repository/app";
    let denied = |action: &str| {
        format!(
            "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: ecr:{action} on \
             resource: {arn} because no identity-based policy allows the ecr:{action} action"
        )
    };
    let list = app(json!({}));
    assert_eq!(
        lab.err("ListImages", list.clone()),
        format!("AccessDeniedException: {}", denied("ListImages"))
    );
    let name = format!("{HOST}/app");
    let get = json!({"name": name, "reference": "v1"});
    assert_eq!(
        lab.host("GetManifest", get.clone()),
        Err(format!("DENIED: {}", denied("BatchGetImage")))
    );
    let begin = json!({"name": name});
    assert_eq!(
        lab.host("BeginUpload", begin),
        Err(format!("DENIED: {}", denied("InitiateLayerUpload")))
    );
    // The repository lets her pull.
    let ada = std::mem::replace(&mut lab.who, root.clone());
    let policy = json!({"Version": "2008-10-17", "Statement": [{"Sid": "pull", "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:user/ada"},
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}]});
    let set = app(json!({"policyText": policy.to_string()}));
    lab.ok("SetRepositoryPolicy", set);
    assert_eq!(lab.ok("GetRepositoryPolicy", app(json!({})))["policyText"], policy.to_string());
    lab.who = ada.clone();
    lab.host("GetManifest", get.clone()).expect("let in");
    lab.err("ListImages", list.clone());
    // And keeps even root away, which must be forced where it is for good.
    lab.who = root;
    let closed = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": ["ecr:ListImages", "ecr:SetRepositoryPolicy"]}});
    let mut set = app(json!({"policyText": closed.to_string()}));
    assert!(lab.err("SetRepositoryPolicy", set.clone()).starts_with("InvalidParameterException"));
    set["force"] = json!(true);
    lab.ok("SetRepositoryPolicy", set);
    assert!(
        lab.err("ListImages", list).ends_with("with an explicit deny in a resource-based policy")
    );
    lab.ok("DeleteRepositoryPolicy", app(json!({})));
    assert!(
        lab.err("GetRepositoryPolicy", app(json!({})))
            .starts_with("RepositoryPolicyNotFoundException: Repository policy does not exist")
    );
    let bad = app(json!({"policyText": "{}"}));
    assert_eq!(
        lab.err("SetRepositoryPolicy", bad),
        "InvalidParameterException: Invalid parameter at 'PolicyText' failed to satisfy constraint: \
         'Invalid repository policy provided'"
    );
}

#[test]
fn the_host_speaks_in_its_own_words() {
    let mut lab = Lab::with_app();
    let name = format!("{HOST}/none");
    assert_eq!(
        lab.host("BeginUpload", json!({"name": name})),
        Err(
            "NAME_UNKNOWN: The repository with name 'none' does not exist in the registry with id \
             '123456789012'"
                .to_owned()
        )
    );
    let name = format!("{HOST}/app");
    let get = json!({"name": name, "reference": "v1"});
    assert_eq!(
        lab.host("GetManifest", get),
        Err("MANIFEST_UNKNOWN: Requested image not found".to_owned())
    );
    assert_eq!(lab.host("ListTags", json!({"name": name})).expect("a list")["tags"], json!([]));
    lab.push("app", "1", "v1").expect("pushed");
    assert_eq!(lab.host("ListTags", json!({"name": name})).expect("a list")["tags"], json!(["v1"]));
    // The lab's own registry does not list what the account's has.
    let listed = lab.call("registry", "ListRepositories", json!({})).expect("a list");
    assert_eq!(listed["repositories"], json!([]));
}

#[test]
fn a_link_leads_to_its_layer_for_an_hour() {
    let mut lab = Lab::with_app();
    let digest = lab.layer("app", b"bytes");
    let told = lab.ok("GetDownloadUrlForLayer", app(json!({"layerDigest": digest})));
    let url = told["downloadUrl"].as_str().expect("a link").to_owned();
    assert!(
        url.starts_with(&format!("https://{HOST}/v2/app/blobs/{digest}?X-Amz-Expires=")),
        "{url}"
    );
    let (_, query) = url.split_once("X-Amz-Expires=").expect("a query");
    let (expires, signature) = query.split_once("&X-Amz-Signature=").expect("both");
    let expires: i64 = expires.parse().expect("a number");
    let follow = |lab: &mut Lab, signature: &str| {
        let name = format!("{HOST}/app");
        let input =
            json!({"name": name, "digest": digest, "expires": expires, "signature": signature});
        lab.host("FollowLink", input)
    };
    follow(&mut lab, signature).expect("the layer");
    assert!(follow(&mut lab, "00").expect_err("another").contains("does not match"));
    lab.later(Duration::from_hours(1));
    assert_eq!(follow(&mut lab, signature), Err("DENIED: Request has expired".to_owned()));
}

#[test]
fn the_view_shows_repositories_and_images() {
    let mut lab = Lab::new();
    let text = |lab: &Lab| format!("{:?}", super::view::view(&lab.world));
    assert!(text(&lab).contains("There is no repository yet"));
    lab.ok("CreateRepository", app(json!({})));
    assert!(text(&lab).contains("No image yet."));
    lab.push("app", "1", "v1").expect("pushed");
    let shown = text(&lab);
    assert!(shown.contains("v1") && shown.contains(HOST), "{shown}");
}
