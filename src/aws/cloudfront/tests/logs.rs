//! Standard logs: who may write them, and what stands in them.

use serde_json::{Value, json};

use super::{Lab, OPTIMIZED, request};
use aws::delivery::{Deliver, Waiting, WaitingOutput};
use base::{Blob, Digest};
use sim::Caller;
use sim::api::{Map, Shaped as _};

impl Lab {
    fn waiting(&mut self) -> WaitingOutput {
        let (at, nothing) = (self.world.now(), Value::Object(Map::new()));
        let told = self.world.apply(at, &Caller::default(), &Waiting::DEF, nothing);
        WaitingOutput::from_value(told.expect("an answer")).expect("files")
    }

    /// Puts every file that waits into its bucket, as what is outside does; how many were let in.
    fn deliver(&mut self) -> usize {
        let files = self.waiting().files;
        let mut let_in = 0;
        for file in files {
            let digest = Digest::of(file.text.as_bytes());
            let (len, md5) = (file.text.len() as u64, "0".repeat(32));
            let body = Blob { digest, len, md5, ..Blob::default() };
            let told = Deliver { number: file.number, body }.into_value();
            let at = self.world.now();
            let done = self.world.apply(at, &Caller::default(), &Deliver::DEF, told);
            let_in += usize::from(done.expect("an answer")["delivered"] == true);
        }
        let_in
    }

    fn keys(&mut self, bucket: &str) -> Vec<String> {
        let told = self.ok("s3", "ListObjectsV2", json!({"Bucket": bucket}));
        let all = told["Contents"].as_array().cloned().unwrap_or_default();
        all.iter().map(|one| one["Key"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn logging(bucket: &str, prefix: &str) -> Value {
    json!({"Logging": {
        "Enabled": true, "IncludeCookies": true, "Bucket": bucket, "Prefix": prefix,
    }})
}

/// A bucket for logs, with ACLs.
fn with_logs(lab: &mut Lab) {
    let ownership = "BucketOwnerPreferred";
    lab.ok("s3", "CreateBucket", json!({"Bucket": "logs", "ObjectOwnership": ownership}));
}

#[test]
fn a_line_says_what_a_viewer_asked_and_got() {
    let (mut lab, _, _) = Lab::with_site();
    with_logs(&mut lab);
    let rule = json!({"CachePolicyId": OPTIMIZED});
    let (id, domain) = lab.site(logging("logs.s3.amazonaws.com", "edge"), rule);
    lab.allow(&id);
    let acl = lab.ok("s3", "GetBucketAcl", json!({"Bucket": "logs"}));
    assert!(acl.to_string().contains(aws::couriers::EDGES_ID), "{acl}");
    let url = format!("https://{domain}/a.svg?x=%201");
    let headers = [("Host", domain.as_str()), ("User-Agent", "a b"), ("Cookie", "c=1")];
    lab.ask(request(&url, &headers));
    lab.ask(request(&url, &[("Range", "bytes=1-3")]));
    lab.get(&format!("http://{domain}/none.svg"));
    assert!(lab.waiting().files.is_empty() && lab.waiting().more);
    lab.pass(20 * 60);
    let files = lab.waiting().files;
    let lines: Vec<&str> = files[0].text.lines().collect();
    assert_eq!((files.len(), lines.len(), lines[0]), (1, 5, "#Version: 1.0"));
    let names: Vec<&str> = lines[1].split(' ').skip(1).collect();
    assert_eq!(names.len(), 33);
    let field = |line: usize, name: &str| {
        let at = names.iter().position(|own| *own == name).expect(name);
        let fields: Vec<&str> = lines[line].split('\t').collect();
        assert_eq!(fields.len(), 33);
        fields[at].to_owned()
    };
    let check = |line: usize, name: &str, want: &str| assert_eq!(field(line, name), want, "{name}");
    check(2, "x-edge-location", "IAD89-C1");
    check(2, "cs-method", "GET");
    check(2, "cs(Host)", &domain);
    check(2, "cs-uri-stem", "/a.svg");
    check(2, "cs-uri-query", "x=%25201");
    check(2, "sc-status", "200");
    check(2, "cs(User-Agent)", "a%20b");
    check(2, "cs(Referer)", "-");
    check(2, "cs(Cookie)", "c=1");
    check(2, "x-edge-result-type", "Miss");
    check(2, "x-edge-detailed-result-type", "Miss");
    check(2, "cs-protocol", "https");
    check(2, "ssl-protocol", "-");
    check(2, "sc-content-type", "image/svg+xml");
    check(2, "sc-content-len", "5");
    check(3, "sc-status", "206");
    check(3, "x-edge-result-type", "Hit");
    check(3, "sc-range-start", "1");
    check(3, "sc-range-end", "3");
    check(4, "sc-status", "301");
    check(4, "x-edge-result-type", "Redirect");
    assert_eq!(lab.deliver(), 1);
    let keys = lab.keys("logs");
    let tail = keys[0].strip_prefix(&format!("edge/{id}.")).expect("the name of a log");
    assert!(
        tail.rsplit('.').next() == Some("gz") && tail.len() == "2026-11-22-10.01234567.gz".len(),
        "{tail}"
    );
    // Nobody asked for anything since, so nothing more is written.
    lab.pass(3600);
    assert!(lab.waiting().files.is_empty() && !lab.waiting().more);
}

#[test]
fn a_bucket_must_let_logs_in() {
    let (mut lab, _, _) = Lab::with_site();
    let good = super::config("", &json!({"CachePolicyId": OPTIMIZED}));
    let mut check = |bucket: &str, want: &str| {
        let mut config = good.clone();
        config["Logging"] = logging(bucket, "")["Logging"].clone();
        let told = lab.err("CreateDistribution", json!({"DistributionConfig": config}));
        assert!(told.starts_with(want), "{told}");
    };
    check(
        "pics.s3.amazonaws.com",
        "InvalidArgument: The S3 bucket that you specified for CloudFront logs does not enable ACL \
         access: pics.s3.amazonaws.com",
    );
    check("nobody.s3.amazonaws.com", "InvalidArgument: The parameter Logging Bucket");
    check("pics", "InvalidArgument: The parameter Logging Bucket");
    check("", "InvalidArgument: The parameter Logging Bucket");
    // Where a log would go that is switched off is not kept.
    let off = json!({"Logging": {"Enabled": false, "IncludeCookies": false,
        "Bucket": "pics.s3.amazonaws.com", "Prefix": "x"}});
    let (id, _) = lab.site(off, json!({"CachePolicyId": OPTIMIZED}));
    let read = lab.ok("cloudfront", "GetDistributionConfig", json!({"Id": id}));
    assert_eq!(read["DistributionConfig"]["Logging"]["Bucket"], "");
}

#[test]
fn what_is_not_let_in_is_lost() {
    let (mut lab, _, _) = Lab::with_site();
    with_logs(&mut lab);
    let rule = json!({"CachePolicyId": OPTIMIZED});
    let (_, domain) = lab.site(logging("logs.s3.us-east-1.amazonaws.com", ""), rule);
    let ask = |lab: &mut Lab| {
        lab.get(&format!("http://{domain}/x"));
        lab.pass(20 * 60);
        lab.deliver()
    };
    assert_eq!(ask(&mut lab), 1);
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}]});
    lab.ok("s3", "PutBucketPolicy", json!({"Bucket": "logs", "Policy": deny.to_string()}));
    assert_eq!(ask(&mut lab), 0, "a policy refuses it");
    lab.ok("s3", "DeleteBucketPolicy", json!({"Bucket": "logs"}));
    assert_eq!(ask(&mut lab), 1);
    lab.ok("s3", "PutBucketAcl", json!({"Bucket": "logs", "ACL": "private"}));
    assert_eq!(ask(&mut lab), 0, "the ACL names it no more");
    assert_eq!(lab.keys("logs").len(), 2);
}
