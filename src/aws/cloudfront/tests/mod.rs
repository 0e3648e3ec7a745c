//! Distributions, and what their edges answer, as clients and viewers see it.

mod compression;
mod logs;

use std::time::Duration;

use serde_json::{Value, json};

use crate::edge::{Header, Serve, ServeOutput};
use base::{Blob, Digest, Time};
use sim::api::{Body, Shaped as _};
use sim::{Caller, Config, Principal, System, World};

static SYSTEMS: &[&System] = &[
    &crate::SYSTEM,
    &aws::delivery::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::iam::SYSTEM,
    &aws::sts::SYSTEM,
    &aws::ec2::SYSTEM,
    &registry::SYSTEM,
];

const OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";

struct Lab {
    world: World,
}

/// A viewer's answer, with its headers by name.
struct Got {
    status: i64,
    headers: Vec<Header>,
    bytes: u64,
    text: String,
    ask: Option<crate::edge::OriginRequest>,
    compress: Vec<base::Slice>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        let mut all = self.headers.iter();
        all.find(|h| h.name.eq_ignore_ascii_case(name)).map_or("", |h| h.value.as_str())
    }

    fn cache(&self) -> &str {
        self.header("x-cache").split(' ').next().unwrap_or_default()
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the tests write their values where they are used"
)]
impl Lab {
    fn new() -> Self {
        let world = World::new(SYSTEMS, Config::new(7, Time(1_795_341_600_000)));
        Self { world: world.authorized_by(aws::authorize_operation) }
    }

    /// With a bucket `pics`, an access control and a distribution that is deployed.
    fn with_site() -> (Self, String, String) {
        let mut lab = Self::new();
        lab.ok("s3", "CreateBucket", json!({"Bucket": "pics"}));
        let (id, domain) = lab.site(json!({}), json!({"CachePolicyId": OPTIMIZED}));
        lab.put("a.svg", b"first", json!({}));
        lab.allow(&id);
        (lab, id, domain)
    }

    fn site(&mut self, more: Value, rule: Value) -> (String, String) {
        let control = self.ok(
            "cloudfront",
            "CreateOriginAccessControl",
            json!({"OriginAccessControlConfig": {
                "Name": format!("oac-{}", self.world.get::<crate::State>().controls.len()),
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always", "OriginAccessControlOriginType": "s3",
            }}),
        );
        let control = control["OriginAccessControl"]["Id"].as_str().expect("an id").to_owned();
        let mut config = config(&control, &rule);
        for (name, value) in more.as_object().expect("an object") {
            config[name] = value.clone();
        }
        let made =
            self.ok("cloudfront", "CreateDistribution", json!({"DistributionConfig": config}));
        let text = |name: &str| made["Distribution"][name].as_str().expect("a text").to_owned();
        assert_eq!(text("Status"), "InProgress");
        self.pass(240);
        (text("Id"), text("DomainName"))
    }

    fn allow(&mut self, id: &str) {
        let arn = format!("arn:aws:cloudfront::123456789012:distribution/{id}");
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::pics/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
        }]});
        let policy = policy.to_string();
        self.ok("s3", "PutBucketPolicy", json!({"Bucket": "pics", "Policy": policy}));
    }

    fn put(&mut self, key: &str, bytes: &[u8], more: Value) {
        let digest = Digest::of(bytes);
        let md5 = digest.to_string()[..32].to_owned();
        let blob = Blob { digest, len: bytes.len() as u64, md5, ..Blob::default() };
        let mut input = json!({"Bucket": "pics", "Key": key, "ContentType": "image/svg+xml"});
        input["Body"] = serde_json::to_value(blob).expect("facts");
        for (name, value) in more.as_object().expect("an object") {
            input[name] = value.clone();
        }
        self.ok("s3", "PutObject", input);
    }

    fn call(&mut self, service: &str, name: &str, input: Value) -> Result<Value, String> {
        let op = self.world.operation(service, name).expect(name);
        let at = self.world.now();
        let done = self.world.apply(at, &Caller::from(Principal::Root), op, input);
        done.map_err(|e| format!("{}: {}", e.code, e.message))
    }

    fn ok(&mut self, service: &str, name: &str, input: Value) -> Value {
        self.call(service, name, input).expect(name)
    }

    fn err(&mut self, name: &str, input: Value) -> String {
        self.call("cloudfront", name, input).expect_err(name)
    }

    fn pass(&mut self, secs: u64) {
        let to = self.world.now().plus(Duration::from_secs(secs));
        self.world.advance(to);
    }

    fn ask(&mut self, serve: Serve) -> Got {
        let at = self.world.now();
        let told = self.world.apply(at, &Caller::default(), &Serve::DEF, serve.into_value());
        let told = ServeOutput::from_value(told.expect("an answer")).expect("an output");
        let Body(slices) = told.body;
        let text = told.text.unwrap_or_default();
        let bytes = slices.iter().map(|s| s.len).sum::<u64>() + text.len() as u64;
        let (ask, Body(compress)) = (told.ask, told.compress);
        Got { status: told.status, headers: told.headers, bytes, text, ask, compress }
    }

    fn get(&mut self, url: &str) -> Got {
        self.ask(request(url, &[]))
    }
}

fn request(url: &str, headers: &[(&str, &str)]) -> Serve {
    let (scheme, rest) = url.split_once("://").expect("a scheme");
    let (host, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |(name, value): &(&str, &str)| Header {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    Serve {
        host: host.to_owned(),
        secure: scheme == "https",
        method: "GET".into(),
        path: if path.is_empty() { "/".into() } else { path.into() },
        query: query.into(),
        viewer: "127.0.0.1".into(),
        headers: headers.iter().map(header).collect(),
        ..Serve::default()
    }
}

fn config(control: &str, rule: &Value) -> Value {
    let mut behavior = json!({"TargetOriginId": "b", "ViewerProtocolPolicy": "redirect-to-https"});
    for (name, value) in rule.as_object().expect("an object") {
        behavior[name] = value.clone();
    }
    json!({
        "CallerReference": format!("r-{control}"), "Comment": "pictures", "Enabled": true,
        "Origins": {"Quantity": 1, "Items": [{
            "Id": "b", "DomainName": "pics.s3.us-east-1.amazonaws.com",
            "OriginAccessControlId": control, "S3OriginConfig": {"OriginAccessIdentity": ""},
        }]},
        "DefaultCacheBehavior": behavior,
    })
}

#[test]
fn the_bucket_lets_in_the_edge_and_nobody_else() {
    let (mut lab, id, domain) = Lab::with_site();
    let url = format!("https://{domain}/a.svg");
    let got = lab.get(&url);
    assert_eq!((got.status, got.cache(), got.bytes), (200, "Miss", 5), "{}", got.text);
    assert_eq!(got.header("content-type"), "image/svg+xml");
    let op = lab.world.operation("s3", "GetObject").expect("s3");
    let stranger = Caller::default();
    let at = lab.world.now();
    let refused = lab.world.apply(at, &stranger, op, json!({"Bucket": "pics", "Key": "a.svg"}));
    assert_eq!(refused.expect_err("a refusal").status, 403);
    // A policy that names another distribution lets this one not in.
    lab.allow("EOTHER");
    lab.put("b.svg", b"second", json!({}));
    let got = lab.get(&format!("https://{domain}/b.svg"));
    assert_eq!((got.status, got.cache()), (403, "Error"));
    assert!(got.text.contains("<Code>AccessDenied</Code>"), "{}", got.text);
    // The copy is there whatever the bucket says now.
    assert_eq!(lab.get(&url).cache(), "Hit");
    lab.allow(&id);
    assert_eq!(lab.get(&format!("https://{domain}/b.svg")).status, 200);
}

#[test]
fn a_copy_is_served_until_it_is_stale() {
    let (mut lab, _, domain) = Lab::with_site();
    lab.put("t.svg", b"one", json!({"CacheControl": "max-age=60"}));
    let url = format!("https://{domain}/t.svg");
    assert_eq!(lab.get(&url).cache(), "Miss");
    lab.pass(59);
    let got = lab.get(&url);
    assert_eq!((got.cache(), got.header("age")), ("Hit", "59"));
    // Another location has a cache of its own.
    assert_eq!(lab.get(&format!("https://nrt.{domain}/t.svg")).cache(), "Miss");
    lab.pass(1);
    assert_eq!(lab.get(&url).cache(), "RefreshHit");
    let edges = lab.ok("edge", "DescribeEdges", json!({}));
    let copies = &edges["Distributions"][0]["Copies"];
    let one = copies.as_array().and_then(|all| all.iter().find(|one| one["Location"] == "IAD"));
    let one = one.expect("a copy");
    assert_eq!((&one["Age"], &one["KeptFor"]), (&json!(0), &json!(60)));
    lab.put("t.svg", b"changed", json!({"CacheControl": "max-age=60"}));
    let got = lab.get(&url);
    assert_eq!((got.cache(), got.bytes), ("Hit", 3), "the old copy");
    lab.pass(60);
    let got = lab.get(&url);
    assert_eq!((got.cache(), got.bytes), ("Miss", 7));
}

#[test]
fn what_an_origin_says_is_bounded_by_the_policy() {
    let check = |control: &str, rule: Value, secs: u64, then: &str| {
        let (mut lab, _, _) = Lab::with_site();
        let (id, domain) = lab.site(json!({}), rule);
        lab.allow(&id);
        lab.put("c.svg", b"one", json!({"CacheControl": control}));
        let url = format!("https://{domain}/c.svg");
        assert_eq!(lab.get(&url).cache(), "Miss", "{control}");
        lab.pass(secs);
        assert_eq!(lab.get(&url).cache(), then, "{control} after {secs}");
    };
    let values = |min: i64, default: i64, max: i64| {
        json!({
            "ForwardedValues": {"QueryString": false, "Cookies": {"Forward": "none"}},
            "MinTTL": min, "DefaultTTL": default, "MaxTTL": max,
        })
    };
    check("max-age=5", values(0, 100, 1000), 4, "Hit");
    check("max-age=5", values(0, 100, 1000), 5, "RefreshHit");
    check("max-age=5", values(30, 100, 1000), 29, "Hit");
    check("max-age=5000", values(0, 100, 1000), 1000, "RefreshHit");
    check("public", values(0, 100, 1000), 99, "Hit");
    check("public", values(0, 100, 1000), 100, "RefreshHit");
    check("s-maxage=50, max-age=5", values(0, 100, 1000), 49, "Hit");
    check("no-store", values(0, 100, 1000), 1, "Miss");
    check("private", values(0, 100, 1000), 1, "Miss");
    check("no-cache", values(0, 100, 1000), 1, "RefreshHit");
    check("no-store", values(30, 100, 1000), 29, "Hit");
    check("max-age=50", json!({"CachePolicyId": DISABLED}), 1, "Miss");
}

#[test]
fn an_invalidation_forgets_what_was_there() {
    let (mut lab, id, domain) = Lab::with_site();
    let url = format!("https://{domain}/a.svg");
    lab.get(&url);
    lab.put("a.svg", b"changed", json!({}));
    assert_eq!(lab.get(&url).bytes, 5);
    let batch = |paths: Value, reference: &str| {
        let count = paths.as_array().map_or(0, Vec::len);
        json!({"DistributionId": id, "InvalidationBatch": {
            "Paths": {"Quantity": count, "Items": paths}, "CallerReference": reference,
        }})
    };
    let made = lab.ok("cloudfront", "CreateInvalidation", batch(json!(["/a*"]), "1"));
    assert_eq!(made["Invalidation"]["Status"], "InProgress");
    assert_eq!(lab.get(&url).cache(), "Hit");
    lab.pass(60);
    let got = lab.get(&url);
    assert_eq!((got.cache(), got.bytes), ("Miss", 7));
    let again = lab.ok("cloudfront", "CreateInvalidation", batch(json!(["/a*"]), "1"));
    assert_eq!(again["Invalidation"]["Status"], "Completed");
    let err = lab.err("CreateInvalidation", batch(json!(["a.svg"]), "2"));
    assert!(err.starts_with("InvalidArgument"), "{err}");
    let err = lab.err("CreateInvalidation", batch(json!(["/*/a"]), "3"));
    assert!(err.starts_with("InvalidArgument"), "{err}");
}

#[test]
fn the_key_is_what_the_policy_says() {
    let (mut lab, _, _) = Lab::with_site();
    let policy = |query: Value, cookies: Value, headers: Value| {
        json!({"CachePolicyConfig": {
            "Name": format!("p{query}{cookies}").len().to_string() + &headers.to_string(),
            "MinTTL": 0, "DefaultTTL": 100, "MaxTTL": 100,
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": true, "HeadersConfig": headers,
                "CookiesConfig": cookies, "QueryStringsConfig": query,
            },
        }})
    };
    let list = |name: &str| json!({"Quantity": 1, "Items": [name]});
    let made = lab.ok(
        "cloudfront",
        "CreateCachePolicy",
        policy(
            json!({"QueryStringBehavior": "whitelist", "QueryStrings": list("size")}),
            json!({"CookieBehavior": "whitelist", "Cookies": list("lang")}),
            json!({"HeaderBehavior": "whitelist", "Headers": list("X-Shape")}),
        ),
    );
    let policy = made["CachePolicy"]["Id"].as_str().expect("an id");
    let (id, domain) = lab.site(json!({}), json!({"CachePolicyId": policy}));
    lab.allow(&id);
    let mut check = |target: &str, headers: &[(&str, &str)], want: &str| {
        let got = lab.ask(request(&format!("https://{domain}/{target}"), headers));
        assert_eq!(got.cache(), want, "{target} {headers:?}");
    };
    check("a.svg", &[], "Miss");
    check("a.svg?utm=1", &[], "Hit");
    check("a.svg?size=2&utm=1", &[], "Miss");
    check("a.svg?utm=2&size=2", &[], "Hit");
    check("a.svg", &[("Cookie", "lang=de; id=1")], "Miss");
    check("a.svg", &[("cookie", "id=2; lang=de")], "Hit");
    check("a.svg", &[("X-SHAPE", "round")], "Miss");
    check("a.svg", &[("User-Agent", "x")], "Hit");
    check("a.svg", &[("Accept-Encoding", "gzip, br")], "Miss");
    check("a.svg", &[("Accept-Encoding", "deflate, gzip;q=0.5")], "Hit");
}

#[test]
fn errors_are_kept_for_a_while_and_have_pages() {
    let (mut lab, _, _) = Lab::with_site();
    let errors = json!({"CustomErrorResponses": {"Quantity": 1, "Items": [{
        "ErrorCode": 403, "ResponsePagePath": "/sorry.html", "ResponseCode": "404",
        "ErrorCachingMinTTL": 30,
    }]}});
    let (id, domain) = lab.site(errors, json!({"CachePolicyId": OPTIMIZED}));
    lab.allow(&id);
    let url = format!("https://{domain}/none.svg");
    assert_eq!(lab.get(&url).status, 403, "the page is not there either");
    lab.pass(30);
    lab.put("sorry.html", b"<p>sorry", json!({}));
    let got = lab.get(&url);
    assert_eq!((got.status, got.cache(), got.bytes), (404, "Error", 8));
    lab.put("none.svg", b"there", json!({}));
    assert_eq!(lab.get(&url).status, 404, "the error is kept");
    lab.pass(30);
    assert_eq!(lab.get(&url).status, 200);
}

#[test]
fn a_viewer_is_judged_before_the_cache_is() {
    let (mut lab, _, domain) = Lab::with_site();
    let got = lab.get(&format!("http://{domain}/a.svg?x=1"));
    let location = format!("https://{domain}/a.svg?x=1");
    assert_eq!((got.status, got.header("location")), (301, location.as_str()));
    assert_eq!(got.cache(), "Redirect");
    let post = Serve { method: "POST".into(), ..request(&format!("https://{domain}/a.svg"), &[]) };
    let got = lab.ask(post);
    assert_eq!((got.status, got.cache()), (403, "Error"));
    assert!(got.text.contains("supports only cachable requests"), "{}", got.text);
    assert_eq!(lab.get("https://dnobody.cloudfront.net/").status, 403);
    let more = json!({
        "DefaultRootObject": "a.svg", "PriceClass": "PriceClass_100",
        "Restrictions": {"GeoRestriction":
            {"RestrictionType": "blacklist", "Quantity": 1, "Items": ["JP"]}},
    });
    let (id, other) = lab.site(more, json!({"CachePolicyId": OPTIMIZED}));
    lab.allow(&id);
    assert_eq!(lab.get(&format!("https://nrt.{other}/a.svg")).status, 403);
    let got = lab.get(&format!("https://syd.{other}/"));
    assert_eq!((got.status, got.header("x-amz-cf-pop")), (200, "SFO53-C1"));
    let head = Serve { method: "HEAD".into(), ..request(&format!("https://{other}/"), &[]) };
    let got = lab.ask(head);
    assert_eq!((got.status, got.bytes, got.header("content-length")), (200, 0, "5"));
    let etag = got.header("etag").to_owned();
    let url = format!("https://{other}/a.svg");
    let got = lab.ask(request(&url, &[("If-None-Match", &etag)]));
    assert_eq!((got.status, got.bytes), (304, 0));
    let got = lab.ask(request(&url, &[("Range", "bytes=1-3")]));
    assert_eq!((got.status, got.bytes, got.header("content-range")), (206, 3, "bytes 1-3/5"));
}

#[test]
fn a_server_is_asked_from_outside() {
    let (mut lab, _, _) = Lab::with_site();
    let more = json!({"Origins": {"Quantity": 1, "Items": [{
        "Id": "b", "DomainName": "lb.example.com", "OriginPath": "/v1",
        "CustomHeaders": {"Quantity": 1, "Items":
            [{"HeaderName": "X-Secret", "HeaderValue": "s"}]},
        "CustomOriginConfig":
            {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
    }]}});
    let rule = json!({"CachePolicyId": OPTIMIZED, "OriginRequestPolicyId": ALL_VIEWER});
    let (_, domain) = lab.site(more, rule);
    let url = format!("https://{domain}/posts?page=2");
    let asked = lab.get(&url).ask.expect("a question");
    assert_eq!((asked.host.as_str(), asked.port), ("lb.example.com", 80));
    assert_eq!(asked.target, "/v1/posts?page=2");
    assert!(asked.headers.iter().any(|h| h.name == "x-secret"), "{:?}", asked.headers);
    let before = lab.world.get::<crate::State>().edges.len();
    let mut serve = request(&url, &[]);
    serve.answers.push(crate::edge::OriginAnswer {
        host: asked.host.clone(),
        target: asked.target.clone(),
        status: 200,
        headers: vec![Header { name: "cache-control".into(), value: "max-age=9".into() }],
        ..Default::default()
    });
    let got = lab.ask(serve);
    assert_eq!((got.status, got.cache()), (200, "Miss"));
    assert!(lab.world.get::<crate::State>().edges.len() > before);
    assert_eq!(lab.get(&url).cache(), "Hit");
    lab.pass(9);
    let mut serve = request(&url, &[]);
    serve.answers.push(crate::edge::OriginAnswer {
        host: asked.host.clone(),
        target: asked.target,
        failure: Some("refused".into()),
        ..Default::default()
    });
    assert_eq!(lab.ask(serve).cache(), "Hit", "an old copy is better than none");
    let mut serve = request(&format!("https://{domain}/other"), &[]);
    serve.answers.push(crate::edge::OriginAnswer {
        host: asked.host,
        target: "/v1/other".into(),
        failure: Some("unresolved".into()),
        ..Default::default()
    });
    assert_eq!(lab.ask(serve).status, 502);
}

#[test]
fn a_distribution_is_changed_by_version_and_removed_when_disabled() {
    let (mut lab, id, domain) = Lab::with_site();
    let read = lab.ok("cloudfront", "GetDistributionConfig", json!({"Id": id}));
    let (mut config, etag) = (read["DistributionConfig"].clone(), read["ETag"].clone());
    config["Enabled"] = false.into();
    let update = |config: &Value, etag: &Value| json!({"Id": id, "DistributionConfig": config, "IfMatch": etag});
    let err = lab.err("UpdateDistribution", json!({"Id": id, "DistributionConfig": config}));
    assert!(err.starts_with("InvalidIfMatchVersion"), "{err}");
    let err = lab.err("UpdateDistribution", update(&config, &json!("EOLD")));
    assert!(err.starts_with("PreconditionFailed"), "{err}");
    let err = lab.err("DeleteDistribution", json!({"Id": id, "IfMatch": etag}));
    assert!(err.starts_with("DistributionNotDisabled"), "{err}");
    let done = lab.ok("cloudfront", "UpdateDistribution", update(&config, &etag));
    assert_eq!(done["Distribution"]["Status"], "InProgress");
    let url = format!("https://{domain}/a.svg");
    assert_eq!(lab.get(&url).status, 200, "the edges do not know yet");
    let etag = done["ETag"].clone();
    let err = lab.err("DeleteDistribution", json!({"Id": id, "IfMatch": etag}));
    assert!(err.starts_with("DistributionNotDisabled"), "{err}");
    lab.pass(240);
    assert_eq!(lab.get(&url).status, 403);
    lab.ok("cloudfront", "DeleteDistribution", json!({"Id": id, "IfMatch": etag}));
    let err = lab.err("GetDistribution", json!({"Id": id}));
    assert!(err.starts_with("NoSuchDistribution"), "{err}");
}

#[test]
fn what_cannot_be_served_is_refused() {
    let mut lab = Lab::new();
    let good = config("", &json!({"CachePolicyId": OPTIMIZED}));
    let mut check = |path: &str, value: Value, want: &str| {
        let mut config = good.clone();
        *config.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        let err = lab.err("CreateDistribution", json!({"DistributionConfig": config}));
        assert!(err.starts_with(want), "{path}: {err}");
    };
    let rule = "/DefaultCacheBehavior";
    let with = |more: Value| {
        let mut behavior = good["DefaultCacheBehavior"].clone();
        for (name, value) in more.as_object().expect("an object") {
            behavior[name] = value.clone();
        }
        behavior
    };
    check("/Origins/Quantity", json!(2), "InconsistentQuantities");
    check("/Origins/Items/0/Id", json!("x"), "NoSuchOrigin");
    check("/Origins/Items/0/DomainName", json!("pics.example.com"), "InvalidArgument");
    check("/Origins/Items/0/OriginAccessControlId", json!("E1"), "InvalidOriginAccessControl");
    check(rule, with(json!({"CachePolicyId": "x"})), "NoSuchCachePolicy");
    check(rule, with(json!({"CachePolicyId": ""})), "InvalidArgument");
    check(rule, with(json!({"MinTTL": 1})), "InvalidArgument");
    check(rule, with(json!({"SmoothStreaming": true})), "NotImplemented");
    let methods = json!({"Quantity": 1, "Items": ["GET"]});
    check(rule, with(json!({"AllowedMethods": methods})), "InvalidArgument");
    let signers = json!({"Enabled": true, "Quantity": 0});
    check(rule, with(json!({"TrustedSigners": signers})), "NotImplemented");
}

#[test]
fn every_seed_plays_twice_alike() {
    let play = || {
        let (mut lab, id, domain) = Lab::with_site();
        for name in ["a.svg", "a.svg?x=1", "b.svg"] {
            lab.get(&format!("https://{domain}/{name}"));
            lab.get(&format!("https://fra.{domain}/{name}"));
        }
        let batch = json!({"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "1"});
        let input = json!({"DistributionId": id, "InvalidationBatch": batch});
        lab.ok("cloudfront", "CreateInvalidation", input);
        lab.pass(600);
        lab.get(&format!("https://{domain}/a.svg"));
        lab.world.digest()
    };
    assert_eq!(play(), play());
}

#[test]
fn advancing_at_once_or_in_steps_is_the_same() {
    let play = |steps: u64| {
        let (mut lab, id, _) = Lab::with_site();
        let batch = json!({"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "1"});
        let input = json!({"DistributionId": id, "InvalidationBatch": batch});
        lab.ok("cloudfront", "CreateInvalidation", input);
        (0..steps).for_each(|_| lab.pass(600 / steps));
        lab.world.digest()
    };
    assert_eq!(play(1), play(100));
}
