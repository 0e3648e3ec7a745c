//! The data plane.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::behind::{self, Manner};
use super::{Balancer, Lab, body, header, text};

/// A load balancer before so many healthy targets.
fn ready(seed: u64, count: usize) -> (Lab, Balancer, Vec<String>) {
    let mut lab = Lab::new(seed);
    let open = lab.open_group();
    let ids = lab.instances(count, &open);
    let balancer = lab.balancer("demo", &open);
    lab.register(&balancer.group, &ids);
    lab.pass(6);
    (lab, balancer, ids)
}

fn everyone(lab: &mut Lab, ids: &[String], manner: Manner) {
    let told = lab.ec2("DescribeInstances", json!({"InstanceIds": ids}));
    for reservation in told["Reservations"].as_array().into_iter().flatten() {
        let address = text(&reservation["Instances"][0]["PrivateIpAddress"]);
        let address: Ipv4Addr = address.parse().expect("an address");
        lab.world.get_mut::<behind::State>().manners.insert(address, manner);
    }
}

/// Who answered.
fn by(answer: &Value) -> String {
    body(answer).lines().next().unwrap_or_default().to_owned()
}

#[allow(clippy::needless_pass_by_value, reason = "each is made for the call")]
fn rule(lab: &mut Lab, balancer: &Balancer, priority: i64, condition: Value, action: Value) {
    lab.ask(
        "CreateRule",
        json!({"ListenerArn": balancer.listener, "Priority": priority, "Conditions": [condition],
            "Actions": [action]}),
    );
}

fn fixed(text: &str) -> Value {
    json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200",
        "ContentType": "text/plain", "MessageBody": text}})
}

#[test]
fn requests_go_round() {
    let (mut lab, balancer, _) = ready(1, 3);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..30 {
        let answer = lab.request(&balancer, "/x?y=1", &[("user-agent", "t")]);
        assert_eq!(answer["status"], 200);
        *counts.entry(by(&answer)).or_default() += 1;
    }
    assert_eq!(counts.into_values().collect::<Vec<_>>(), [10, 10, 10]);
    let answer = lab.request(&balancer, "/x?y=1", &[("X-Forwarded-For", "1.2.3.4")]);
    let heard = body(&answer);
    for line in [
        "GET /x?y=1",
        "X-Forwarded-For: 1.2.3.4, 203.0.113.25",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Port: 80",
        "X-Amzn-Trace-Id: Root=1-",
    ] {
        assert!(heard.contains(line), "{line} in {heard}");
    }
}

#[test]
fn statuses_of_its_own() {
    let (mut lab, balancer, ids) = ready(2, 1);
    assert_eq!(lab.status(&balancer, "/"), 200);
    everyone(&mut lab, &ids, Manner::Refused);
    assert_eq!(lab.status(&balancer, "/"), 502);
    everyone(&mut lab, &ids, Manner::Silent);
    let answer = lab.request(&balancer, "/", &[]);
    assert_eq!((&answer["status"], &answer["waitMs"]), (&json!(504), &json!(10_000)));
    everyone(&mut lab, &ids, Manner::Slow(61));
    let answer = lab.request(&balancer, "/", &[]);
    assert_eq!((&answer["status"], &answer["waitMs"]), (&json!(504), &json!(60_000)));
    everyone(&mut lab, &ids, Manner::Slow(2));
    let answer = lab.request(&balancer, "/", &[]);
    assert_eq!((&answer["status"], &answer["waitMs"]), (&json!(200), &json!(2_000)));
    // All targets unhealthy: better those than none.
    everyone(&mut lab, &ids, Manner::Status(500));
    lab.pass(60);
    assert_eq!(lab.health(&balancer.group)[0].0, "unhealthy");
    assert_eq!(lab.status(&balancer, "/"), 500);
    let gone = json!({"TargetGroupArn": balancer.group, "Targets": [{"Id": ids[0]}]});
    lab.ask("DeregisterTargets", gone);
    let answer = lab.request(&balancer, "/", &[]);
    assert_eq!(answer["status"], 503);
    assert_eq!(header(&answer, "server").as_deref(), Some("awselb/2.0"));
    assert!(body(&answer).contains("503 Service Temporarily Unavailable"));
    let trace = json!({"name": balancer.dns, "port": 80, "method": "TRACE", "target": "/",
        "headers": [{"name": "host", "value": "x"}], "long": false});
    let answer = lab.try_ask("elb-front", "Arrive", trace).expect("an answer");
    assert_eq!(answer["status"], 405);
    let many = vec!["1.1.1.1"; 31].join(",");
    let answer = lab.request(&balancer, "/", &[("x-forwarded-for", &many)]);
    assert_eq!(answer["status"], 463);
    let closed = json!({"name": balancer.dns, "port": 81, "method": "GET", "target": "/",
        "headers": [], "long": false});
    let answer = lab.try_ask("elb-front", "Arrive", closed).expect("an answer");
    assert_eq!(answer["act"], "refused");
}

#[test]
fn rules_choose() {
    let (mut lab, balancer, _) = ready(3, 1);
    let path = json!({"Field": "path-pattern", "Values": ["/api/*"]});
    rule(&mut lab, &balancer, 10, path, fixed("path"));
    let host = json!({"Field": "host-header", "Values": ["*.example.com"]});
    rule(&mut lab, &balancer, 20, host, fixed("host"));
    let agent = json!({"Field": "http-header",
        "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["*Robot*"]}});
    rule(&mut lab, &balancer, 30, agent, fixed("header"));
    let query = json!({"Field": "query-string",
        "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2*"}]}});
    rule(&mut lab, &balancer, 40, query, fixed("query"));
    let source = json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}});
    let redirect = json!({"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302",
        "Host": "other.example.com", "Path": "/new/#{path}"}});
    rule(&mut lab, &balancer, 50, source, redirect);
    let mut check = |target: &str, headers: &[(&str, &str)], want: &str| {
        let answer = lab.request(&balancer, target, headers);
        let got = header(&answer, "location").unwrap_or_else(|| body(&answer));
        assert_eq!(got, want, "{target}");
    };
    check("/api/users", &[], "path");
    check("/", &[("host", "WWW.example.com:80")], "host");
    check("/", &[("User-Agent", "a robot of ours")], "header");
    check("/?a=1&V=23", &[], "query");
    check("/old?q=1", &[], "http://other.example.com:80/new/old?q=1");
}

#[test]
fn weights_divide() {
    let (mut lab, balancer, _) = ready(4, 1);
    let empty = lab.group("empty");
    let groups = json!([{"TargetGroupArn": balancer.group, "Weight": 3},
        {"TargetGroupArn": empty, "Weight": 1}]);
    let set = |groups: &Value, sticky: bool| {
        json!({"ListenerArn": balancer.listener, "DefaultActions": [{"Type": "forward",
            "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig":
                {"Enabled": sticky, "DurationSeconds": 100}}}]})
    };
    lab.ask("ModifyListener", set(&groups, false));
    let good = (0..400).filter(|_| lab.status(&balancer, "/") == 200).count();
    assert!((270..330).contains(&good), "{good}");
    lab.ask("ModifyListener", set(&groups, true));
    let mut first = lab.request(&balancer, "/", &[]);
    while first["status"] != 200 {
        first = lab.request(&balancer, "/", &[]);
    }
    let cookie = header(&first, "set-cookie").expect("a cookie");
    assert!(cookie.starts_with("AWSALBTG="), "{cookie}");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let stuck =
        |lab: &mut Lab| lab.request(&balancer, "/", &[("cookie", &cookie)])["status"] == 200;
    assert!((0..50).all(|_| stuck(&mut lab)));
    lab.pass(101);
    assert!(!(0..50).all(|_| stuck(&mut lab)));
}

#[test]
fn sessions_stick() {
    let (mut lab, balancer, _) = ready(5, 3);
    let set = |pairs: &[(&str, &str)]| {
        let pairs: Vec<Value> =
            pairs.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        json!({"TargetGroupArn": balancer.group, "Attributes": pairs})
    };
    let change = "ModifyTargetGroupAttributes";
    lab.ask(
        change,
        set(&[("stickiness.enabled", "true"), ("stickiness.lb_cookie.duration_seconds", "60")]),
    );
    let first = lab.request(&balancer, "/", &[]);
    let cookie = header(&first, "set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    assert!(cookie.starts_with("AWSALB="), "{cookie}");
    let again =
        |lab: &mut Lab, cookie: &str| by(&lab.request(&balancer, "/", &[("cookie", cookie)]));
    for _ in 0..10 {
        assert_eq!(again(&mut lab, &cookie), by(&first));
    }
    let forged = format!("{}A", &cookie[..cookie.len() - 4]);
    let all: Vec<String> = (0..3).map(|_| again(&mut lab, &forged)).collect();
    assert!(all.iter().any(|who| *who != by(&first)), "{all:?}");
    lab.pass(61);
    let all: Vec<String> = (0..3).map(|_| again(&mut lab, &cookie)).collect();
    assert!(all.iter().any(|who| *who != by(&first)), "{all:?}");
    let app = [("stickiness.type", "app_cookie"), ("stickiness.app_cookie.cookie_name", "SESSION")];
    lab.ask(change, set(&app));
    assert_eq!(header(&lab.request(&balancer, "/", &[]), "set-cookie"), None);
    let first = lab.request(&balancer, "/login", &[]);
    let fields = first["headers"].as_array().cloned().unwrap_or_default();
    let own = fields.iter().map(|f| text(&f["value"])).find(|v| v.starts_with("AWSALBAPP-0="));
    let own = own.expect("a cookie").split(';').next().unwrap_or_default().to_owned();
    let both = format!("SESSION=1; {own}");
    for _ in 0..10 {
        assert_eq!(again(&mut lab, &both), by(&first));
    }
}

#[test]
fn a_new_target_starts_slowly() {
    let (mut lab, balancer, _) = ready(6, 1);
    let set = json!({"TargetGroupArn": balancer.group,
        "Attributes": [{"Key": "slow_start.duration_seconds", "Value": "100"}]});
    lab.ask("ModifyTargetGroupAttributes", set);
    lab.pass(200);
    let open = {
        let told = lab.ec2("DescribeSecurityGroups", json!({"GroupNames": ["open"]}));
        text(&told["SecurityGroups"][0]["GroupId"])
    };
    let new = lab.instances(1, &open);
    lab.register(&balancer.group, &new);
    lab.pass(15);
    let told = lab.ec2("DescribeInstances", json!({"InstanceIds": new}));
    let address = text(&told["Reservations"][0]["Instances"][0]["PrivateIpAddress"]);
    let share = |lab: &mut Lab| {
        (0..100).filter(|_| by(&lab.request(&balancer, "/", &[])) == address).count()
    };
    let early = share(&mut lab);
    assert!((1..20).contains(&early), "{early}");
    lab.pass(100);
    let full = share(&mut lab);
    assert!((49..=51).contains(&full), "{full}");
}

#[test]
fn what_happened_is_measured() {
    let (mut lab, balancer, _) = ready(7, 2);
    for _ in 0..5 {
        lab.status(&balancer, "/");
    }
    let path = balancer.arn.split_once("loadbalancer/").map(|(_, path)| path.to_owned());
    let begin = lab.world.now();
    lab.pass(120);
    let end = lab.world.now();
    let told = lab
        .try_ask(
            "cloudwatch",
            "GetMetricStatistics",
            json!({"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount",
                "Dimensions": [{"Name": "LoadBalancer", "Value": path}],
                "StartTime": begin.0 - 60_000, "EndTime": end.0, "Period": 600,
                "Statistics": ["Sum"]}),
        )
        .expect("statistics");
    let sum: f64 = told["Datapoints"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|point| point["Sum"].as_f64())
        .sum();
    assert!((sum - 5.0).abs() < 0.001, "{told}");
}

#[test]
fn logs_wait_for_their_bucket() {
    let (mut lab, balancer, _) = ready(8, 1);
    let set = json!({"LoadBalancerArn": balancer.arn, "Attributes": [
        {"Key": "access_logs.s3.enabled", "Value": "true"},
        {"Key": "access_logs.s3.bucket", "Value": "my-logs"}]});
    let refused = lab.refused("ModifyLoadBalancerAttributes", set.clone());
    assert_eq!(refused, "InvalidConfigurationRequest");
    lab.try_ask("s3", "CreateBucket", json!({"Bucket": "my-logs"})).expect("a bucket");
    assert_eq!(lab.refused("ModifyLoadBalancerAttributes", set.clone()), refused);
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::127311923021:root"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::my-logs/AWSLogs/*"}]});
    let put = json!({"Bucket": "my-logs", "Policy": policy.to_string()});
    lab.try_ask("s3", "PutBucketPolicy", put).expect("a policy");
    lab.ask("ModifyLoadBalancerAttributes", set);
    lab.status(&balancer, "/a");
    lab.pass(300);
    let waiting = lab.try_ask("delivery", "Waiting", json!({})).expect("files");
    let files = waiting["files"].as_array().cloned().unwrap_or_default();
    assert_eq!((files.len(), &waiting["more"]), (1, &json!(false)));
    let log = text(&files[0]["text"]);
    assert!(log.contains("\"GET http://demo-"), "{log}");
    let body = serde_json::to_value(base::Blob::default()).expect("facts");
    let done = json!({"number": files[0]["number"], "body": body});
    let done = lab.try_ask("delivery", "Deliver", done).expect("an answer");
    assert_eq!(done["delivered"], true);
    let told = lab.try_ask("s3", "ListObjectsV2", json!({"Bucket": "my-logs"})).expect("a list");
    let key = text(&told["Contents"][0]["Key"]);
    assert!(key.starts_with("AWSLogs/"), "{key}");
    assert!(key.contains("/elasticloadbalancing/us-east-1/"), "{key}");
}

#[test]
fn an_internal_balancer_answers_inside_only() {
    let mut lab = Lab::new(9);
    let open = lab.open_group();
    let ids = lab.instances(1, &open);
    let subnets = lab.subnets();
    let made = lab.ask(
        "CreateLoadBalancer",
        json!({"Name": "inner", "Subnets": subnets, "SecurityGroups": [open], "Scheme": "internal"}),
    );
    let made = &made["LoadBalancers"][0];
    let (arn, dns) = (text(&made["LoadBalancerArn"]), text(&made["DNSName"]));
    assert!(dns.starts_with("internal-inner-"), "{dns}");
    let action = json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]);
    lab.ask(
        "CreateListener",
        json!({"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80, "DefaultActions": action}),
    );
    lab.pass(200);
    let told = lab.ec2("DescribeInstances", json!({"InstanceIds": ids}));
    let interfaces = &told["Reservations"][0]["Instances"][0]["NetworkInterfaces"];
    let own = text(&interfaces[0]["NetworkInterfaceId"]);
    let mut asks = |from: Option<&str>| {
        let input = json!({"name": dns, "port": 80, "method": "GET", "target": "/", "long": false,
            "headers": [{"name": "host", "value": dns}], "from": from});
        lab.try_ask("elb-front", "Arrive", input).expect("an answer")
    };
    assert_eq!(asks(None)["act"], "silent");
    assert_eq!(asks(Some(&own))["status"], 200);
}
