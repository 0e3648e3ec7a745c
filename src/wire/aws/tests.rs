//! Where requests go, by their heads. Listening itself is tested in `tests/it/wire.rs`.

use super::names;
use super::route::{Target, bucket_in_host, by_action, is_loopback, target};
use crate::codec::Head;
use crate::codec::error::Dialect;
use sim::api::{OpDef, Protocol, Service};

#[test]
fn buckets_are_found_in_host_names() {
    let check = |host: &str, want: Option<&str>| assert_eq!(bucket_in_host(host), want, "{host}");
    check("127.0.0.1:4566", None);
    check("localhost:4566", None);
    check("[::1]:4566", None);
    check("s3.amazonaws.com", None);
    check("s3.localhost:4566", None);
    check("notes.s3.amazonaws.com", Some("notes"));
    check("notes.s3.eu-west-1.amazonaws.com", Some("notes"));
    check("notes.s3-eu-west-1.amazonaws.com:80", Some("notes"));
    check("my.dotted.notes.s3.us-east-1.amazonaws.com", Some("my.dotted.notes"));
    check("notes.s3.localhost.localstack.cloud:4566", Some("notes"));
    check("notes.localhost:4566", Some("notes"));
    check("example.org", None);
    check("", None);
}

#[test]
fn hosts_of_others_are_told_apart() {
    let check = |host: &str, want: bool| assert_eq!(is_loopback(host), want, "{host}");
    check("127.0.0.1:4566", true);
    check("localhost", true);
    check("[::1]:4566", true);
    check("notes.localhost:4566", false);
    check("notes.s3.amazonaws.com", false);
    check("192.168.0.1", false);
    check("", false);
}

#[test]
fn the_service_is_told_by_target_then_scope_then_form() {
    let check = |line: &str, headers: &[(&str, &str)], want: &str| {
        let (method, path) = line.split_once(' ').expect("a request line");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let head = Head::new(method, path, query, headers);
        let got = match target(&systems::services().collect::<Vec<_>>(), &head) {
            Target::Rest(service) => format!("rest {}", service.name),
            Target::Form(services) => {
                let name = if let [only] = services.as_slice() { only.name } else { "?" };
                format!("form {name}")
            }
            Target::Document(service) => format!("document {}", service.name),
            Target::Json(service, op) => format!("json {} {op}", service.name),
            Target::Unknown(Dialect::JSON, error) => format!("json {}", error.code),
            Target::Unknown(_, error) => format!("xml {}", error.code),
        };
        assert_eq!(got, want, "{line}");
    };
    let scope = |service: &str| {
        format!("AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/{service}/aws4_request, S=1")
    };
    let form = ("content-type", "application/x-www-form-urlencoded");
    check("GET /b", &[], "rest s3");
    check("GET /b", &[("authorization", &scope("s3"))], "rest s3");
    check("POST /", &[("authorization", &scope("iam")), form], "form iam");
    check("POST /", &[form], "form ?");
    check("GET /?Action=GetCallerIdentity&Version=2011-06-15", &[], "form ?");
    check("GET /?X-Amz-Credential=A/20261122/us-east-1/sts/aws4_request", &[], "form sts");
    check("POST /", &[("authorization", &scope("ec2")), form], "form ec2");
    check("POST /", &[("authorization", &scope("redshift")), form], "xml InvalidAction");
    check("POST /", &[("authorization", &scope("lambda"))], "json UnknownOperationException");
    let target = ("x-amz-target", "DynamoDB_20120810.PutItem");
    check("POST /", &[target, ("authorization", &scope("dynamodb"))], "json dynamodb PutItem");
    let target = ("x-amz-target", "Kinesis_20131202.PutRecord");
    check(
        "POST /",
        &[target, ("authorization", &scope("kinesis"))],
        "json UnknownOperationException",
    );
    // A version 2 signature is S3's.
    check("GET /b", &[("authorization", "AWS AKID:sig=")], "rest s3");
}

sim::operation! {
    /// Lists.
    read ListFunctions in "lambda" = "GET /2015-03-31/functions";
    input {}
    output ListFunctionsOutput {}
    errors []
    access open
}

impl sim::api::Read for ListFunctions {
    type Output = ListFunctionsOutput;
    fn read(self, _: &sim::World, _: &sim::Cx<'_>) -> Result<Self::Output, sim::api::ApiError> {
        Ok(ListFunctionsOutput {})
    }
}

const fn made(
    name: &'static str,
    protocol: Protocol,
    signing_name: &'static str,
    api_version: &'static str,
    operations: &'static [&'static OpDef],
) -> Service {
    let (xml_namespace, refused) = ("", &["Forget"]);
    Service {
        name,
        title: name,
        protocol,
        signing_name,
        api_version,
        xml_namespace,
        operations,
        refused,
    }
}

const fn json(target: &'static str) -> Protocol {
    Protocol::Json { version: "1.0", target, errors: "" }
}

static TABLES: Service = made("dynamodb", json("DynamoDB_20120810"), "dynamodb", "2012-08-10", &[]);
static STREAMS: Service =
    made("streams", json("DynamoDBStreams_20120810"), "dynamodb", "2012-08-10", &[]);
static LAMBDA: Service =
    made("lambda", Protocol::RestJson, "lambda", "2015-03-31", &[&ListFunctions::DEF]);
static CLASSIC: Service =
    made("elb", Protocol::Query, "elasticloadbalancing", "2012-06-01", &[&ListFunctions::DEF]);
static BALANCER: Service =
    made("elbv2", Protocol::Query, "elasticloadbalancing", "2015-12-01", &[&ListFunctions::DEF]);
static STORE: Service = made("s3", Protocol::RestXml, "s3", "2006-03-01", &[]);

const MADE: &[&Service] = &[&STORE, &TABLES, &STREAMS, &LAMBDA, &CLASSIC, &BALANCER];

#[test]
fn a_request_says_which_of_several_services_it_means() {
    let check = |line: &str, headers: &[(&str, &str)], want: &str| {
        let (method, path) = line.split_once(' ').expect("a request line");
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let head = Head::new(method, path, "", headers);
        let got = match target(MADE, &head) {
            Target::Rest(service) => format!("rest {}", service.name),
            Target::Form(services) => {
                let names: Vec<&str> = services.iter().map(|s| s.name).collect();
                format!("form {}", names.join(" "))
            }
            Target::Document(service) => format!("document {}", service.name),
            Target::Json(service, op) => format!("json {} {op}", service.name),
            Target::Unknown(dialect, error) => format!("{dialect:?} {}", error.code),
        };
        assert_eq!(got, want, "{line} {:?}", head.headers);
    };
    let scope = |service: &str| {
        format!("AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/{service}/aws4_request, S=1")
    };
    check("POST /", &[("x-amz-target", "DynamoDB_20120810.PutItem")], "json dynamodb PutItem");
    let shards = [
        ("x-amz-target", "DynamoDBStreams_20120810.ListStreams"),
        ("authorization", &scope("dynamodb")),
    ];
    check("POST /", &shards, "json streams ListStreams");
    check(
        "POST /",
        &[("authorization", &scope("dynamodb"))],
        "Json { version: \"1.0\", errors: \"\" } UnknownOperationException",
    );
    check("POST /", &[("authorization", &scope("elasticloadbalancing"))], "form elb elbv2");
    check("GET /2015-03-31/functions", &[("authorization", &scope("lambda"))], "document lambda");
    check("GET /elsewhere", &[("authorization", &scope("lambda"))], "document lambda");
    check("GET /2015-03-31/functions", &[], "document lambda");
    check("GET /2015-03-31", &[("authorization", &scope("s3"))], "rest s3");
    check("GET /bucket/key", &[], "rest s3");
}

#[test]
fn the_version_of_a_form_says_which_service_it_is_for() {
    let check = |version: &str, action: &str, want: &str| {
        let form = [("Action", action), ("Version", version)];
        let form = form.map(|(n, v)| (n.to_owned(), v.to_owned()));
        let mut dialect = Dialect::Query("?");
        let got = by_action(&[&CLASSIC, &BALANCER], &form, &mut dialect);
        let got =
            got.map_or_else(|e| e.code, |(service, op)| format!("{} {}", service.name, op.name));
        assert_eq!(got, want, "{version} {action}");
    };
    check("2012-06-01", "ListFunctions", "elb ListFunctions");
    check("2015-12-01", "ListFunctions", "elbv2 ListFunctions");
    check("2015-12-01", "Other", "InvalidAction");
    check("2020-01-01", "ListFunctions", "InvalidAction");
    check("2015-12-01", "Forget", "NotImplemented");
    check("2020-01-01", "Forget", "InvalidAction");
    check("2015-12-01", "", "MissingAction");
}

#[test]
fn names_of_aws_say_service_and_region() {
    let check = |host: &str, want: &str| {
        let got = names::read(host).map_or_else(
            || "none".to_owned(),
            |n| format!("{} {}", n.service, n.region.as_deref().unwrap_or("-")),
        );
        assert_eq!(got, want, "{host}");
    };
    check("s3.amazonaws.com", "s3 -");
    check("S3.AmazonAWS.com.:443", "s3 -");
    check("notes.s3.amazonaws.com", "s3 -");
    check("my.dotted.notes.s3.eu-west-1.amazonaws.com", "s3 eu-west-1");
    check("notes.s3-eu-west-1.amazonaws.com", "s3 eu-west-1");
    check("notes.s3.dualstack.us-gov-west-1.amazonaws.com", "s3 us-gov-west-1");
    check("s3-fips.us-east-1.amazonaws.com", "s3 us-east-1");
    check("s3-external-1.amazonaws.com", "s3 -");
    check("s3.cn-north-1.amazonaws.com.cn", "s3 cn-north-1");
    check("notes.s3-website-us-east-1.amazonaws.com", "s3-website us-east-1");
    check("notes.s3-website.eu-central-1.amazonaws.com", "s3-website eu-central-1");
    check("123456789012.s3-control.us-east-1.amazonaws.com", "s3-control us-east-1");
    check("dynamodb.us-east-1.amazonaws.com", "dynamodb us-east-1");
    check("streams.dynamodb.us-east-1.amazonaws.com", "dynamodb us-east-1");
    check("dynamodb-fips.us-east-1.amazonaws.com", "dynamodb us-east-1");
    check("lambda.us-east-1.api.aws", "lambda us-east-1");
    check("iam.amazonaws.com", "iam -");
    check("sts.ap-southeast-2.amazonaws.com", "sts ap-southeast-2");
    check("web-1234.us-east-1.elb.amazonaws.com", "elb us-east-1");
    check("amazonaws.com", " -");
    check("notamazonaws.com", "none");
    check("amazonaws.com.example.org", "none");
    check("127.0.0.1:4566", "none");
    check("notes.localhost:4566", "none");
    check("", "none");
}

#[test]
fn a_host_counts_where_the_head_says_nothing_and_for_the_kin_of_s3() {
    let services: Vec<&Service> = systems::services().collect();
    let scope = |service: &str| {
        format!("AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/{service}/aws4_request, S=1")
    };
    let check = |host: &str, signed: Option<&str>, want: &str| {
        let headers = signed.map(|s| ("authorization".to_owned(), scope(s)));
        let head = Head::new("GET", "/", "", headers);
        let got = match names::target(&services, host, &head) {
            Target::Rest(service) => format!("rest {}", service.name),
            Target::Form(services) => format!("form {}", services.first().map_or("?", |s| s.name)),
            Target::Document(service) | Target::Json(service, _) => service.name.to_owned(),
            Target::Unknown(_, error) => error.code.clone(),
        };
        assert_eq!(got, want, "{host} {signed:?}");
    };
    check("127.0.0.1:4566", None, "rest s3");
    check("127.0.0.1:4566", Some("iam"), "form iam");
    check("iam.amazonaws.com", None, "form iam");
    check("sts.us-east-1.amazonaws.com", None, "form sts");
    check("notes.s3.amazonaws.com", None, "rest s3");
    check("lambda.us-east-1.amazonaws.com", None, "UnknownOperationException");
    check("iam.amazonaws.com", Some("sts"), "form sts");
    // It signs as S3 does, and its paths are not S3's.
    check("1.s3-control.us-east-1.amazonaws.com", Some("s3"), "NotImplemented");
    check("notes.s3-accelerate.amazonaws.com", Some("s3"), "NotImplemented");
}

#[test]
fn one_host_tells_its_visitors_their_address() {
    let check = |host: &str, want: bool| {
        assert_eq!(super::names::tells_address(host), want, "{host}");
    };
    check("checkip.amazonaws.com", true);
    check("CheckIP.amazonaws.com:443", true);
    check("s3.amazonaws.com", false);
    check("checkip.example.com", false);
}
