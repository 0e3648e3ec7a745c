//! Tests of parameters, as requests see them.

use serde_json::{Value, json};

use base::Time;
use sim::{Caller, Config, Principal, System, World};

/// 2026-11-22T10:00:00Z.
const START: Time = Time(1_795_341_600_000);

static SYSTEMS: &[&System] = &[&super::SYSTEM, &crate::iam::SYSTEM, &crate::sts::SYSTEM];

struct Lab {
    world: World,
}

impl Lab {
    fn new() -> Self {
        let world = World::new(SYSTEMS, Config::new(5, START));
        Self { world: world.authorized_by(crate::authorize_operation) }
    }

    fn ask(&mut self, who: Principal, name: &str, input: Value) -> Result<Value, String> {
        let op = super::SERVICE.operation(name).expect(name);
        let at = self.world.now();
        self.world.apply(at, &Caller::from(who), op, input).map_err(|e| e.to_string())
    }

    fn call(&mut self, name: &str, input: Value) -> Result<Value, String> {
        self.ask(Principal::Root, name, input)
    }

    fn ok(&mut self, name: &str, input: Value) -> Value {
        self.call(name, input).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn refused(&mut self, name: &str, input: Value, want: &str) {
        let got = self.call(name, input).expect_err(name);
        assert!(got.starts_with(want), "{got}");
    }

    fn put(&mut self, name: &str, value: &str) {
        self.ok("PutParameter", json!({"Name": name, "Value": value, "Type": "String"}));
    }

    fn value(&mut self, name: &str) -> Value {
        self.ok("GetParameter", json!({"Name": name, "WithDecryption": true}))["Parameter"]["Value"]
            .clone()
    }
}

fn names(answer: &Value) -> Vec<&str> {
    let all = answer["Parameters"].as_array().expect("parameters");
    all.iter().map(|p| p["Name"].as_str().expect("a name")).collect()
}

#[test]
fn parameters_are_written_and_overwritten() {
    let mut lab = Lab::new();
    let input = json!({"Name": "/a/b", "Value": "1", "Type": "String", "Description": "d"});
    let made = lab.ok("PutParameter", input.clone());
    assert_eq!(made, json!({"Version": 1, "Tier": "Standard"}));
    lab.refused("PutParameter", input, "ParameterAlreadyExists: The parameter already exists.");
    let again = lab.ok("PutParameter", json!({"Name": "/a/b", "Value": "2", "Overwrite": true}));
    assert_eq!(again["Version"], 2);
    let got = lab.ok("GetParameter", json!({"Name": "/a/b"}));
    let want = json!({"Name": "/a/b", "Type": "String", "Value": "2", "Version": 2, "DataType": "text",
        "LastModifiedDate": START.0, "ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/a/b"});
    assert_eq!(got["Parameter"], want);
    assert_eq!(lab.value("/a/b:1"), "1");
    assert_eq!(lab.value("arn:aws:ssm:us-east-1:123456789012:parameter/a/b"), "2");
    lab.refused(
        "GetParameter",
        json!({"Name": "/a/c"}),
        "ParameterNotFound: Parameter /a/c not found.",
    );
    lab.refused(
        "GetParameter",
        json!({"Name": "/a/b:7"}),
        "ParameterVersionNotFound: Systems Manager could not find version 7 of /a/b.",
    );
    lab.put("plain", "x");
    assert_eq!(lab.value("arn:aws:ssm:us-east-1:123456789012:parameter/plain"), "x");
    lab.ok("DeleteParameter", json!({"Name": "/a/b"}));
    lab.refused("DeleteParameter", json!({"Name": "/a/b"}), "ParameterNotFound");
    let gone = lab.ok("DeleteParameters", json!({"Names": ["plain", "/no"]}));
    assert_eq!(gone, json!({"DeletedParameters": ["plain"], "InvalidParameters": ["/no"]}));
}

/// A parameter that is refused, as it differs from a sound one.
fn refused(lab: &mut Lab, change: &Value, want: &str) {
    let mut input = json!({"Name": "n", "Value": "v", "Type": "String"});
    for (key, value) in change.as_object().expect("an object") {
        input[key] = value.clone();
    }
    lab.refused("PutParameter", input, want);
}

#[test]
fn names_and_values_have_their_rules() {
    let mut lab = Lab::new();
    let mut check = |change: Value, want: &str| refused(&mut lab, &change, want);
    check(
        json!({"Name": "/aws/x"}),
        "AccessDeniedException: No access to reserved parameter name: /aws/x.",
    );
    check(
        json!({"Name": "aws-x"}),
        "ValidationException: Parameter name: can't be prefixed with \"aws\" or \"ssm\"",
    );
    check(
        json!({"Name": "/ssm/x"}),
        "ValidationException: Parameter name: can't be prefixed with \"ssm\"",
    );
    check(json!({"Name": "a b"}), "ValidationException: Parameter name: can't be prefixed");
    check(
        json!({"Name": "a/b"}),
        "ValidationException: Parameter name must be a fully qualified name.",
    );
    check(
        json!({"Name": "/a".repeat(16)}),
        "HierarchyLevelLimitExceededException: A hierarchy can have a maximum of 15",
    );
    check(
        json!({"Value": ""}),
        "ValidationException: 1 validation error detected: Value '' at 'value' failed",
    );
    check(
        json!({"Value": "x".repeat(4097)}),
        "ValidationException: Standard tier parameters support a maximum",
    );
    check(
        json!({"Value": "x".repeat(8193), "Tier": "Advanced"}),
        "ValidationException: Advanced tier",
    );
    check(json!({"Value": "{{ssm:other}}"}), "ValidationException: Parameter value can't nest");
    check(
        json!({"Type": null}),
        "ValidationException: A parameter type is required when you create a parameter.",
    );
    check(
        json!({"AllowedPattern": "^\\d+$"}),
        "ParameterPatternMismatchException: Parameter value, cannot be validated against allowedPattern: ^\\d+$",
    );
    check(json!({"AllowedPattern": "("}), "InvalidAllowedPatternException");
}

#[test]
fn keys_types_and_policies_have_their_rules() {
    let mut lab = Lab::new();
    let mut check = |change: Value, want: &str| refused(&mut lab, &change, want);
    check(
        json!({"KeyId": "alias/aws/ssm"}),
        "ValidationException: KeyId is required for SecureString",
    );
    check(
        json!({"Type": "SecureString", "KeyId": "alias/mine"}),
        "InvalidKeyId: Alias arn:aws:kms:us-east-1:123456789012:alias/mine is not found.",
    );
    check(
        json!({"DataType": "Text"}),
        "ValidationException: The following data type is not supported: Text",
    );
    check(
        json!({"DataType": "aws:ec2:image"}),
        "ValidationException: One or more parameter values were invalid: DataType is not simulated",
    );
    check(
        json!({"Overwrite": true, "Tags": [{"Key": "a", "Value": "b"}]}),
        "ValidationException: Invalid request: tags and overwrite",
    );
    check(
        json!({"Policies": "[]"}),
        "ValidationException: One or more parameter values were invalid: Policies is not simulated",
    );
}

#[test]
fn tiers_only_go_up() {
    let mut lab = Lab::new();
    let long = "x".repeat(5000);
    let mut put = |value: &str, tier: Value| {
        let input =
            json!({"Name": "n", "Value": value, "Type": "String", "Tier": tier, "Overwrite": true});
        lab.call("PutParameter", input).map(|answer| answer["Tier"].clone())
    };
    assert_eq!(put("x", json!("Intelligent-Tiering")), Ok(json!("Standard")));
    assert_eq!(put(&long, json!("Intelligent-Tiering")), Ok(json!("Advanced")));
    assert_eq!(put("x", Value::Null), Ok(json!("Advanced")));
    let refused = put("x", json!("Standard")).expect_err("refused");
    assert!(refused.contains("You can't downgrade a parameter"), "{refused}");
}

#[test]
fn a_secret_is_told_to_whoever_asks_for_it_decrypted() {
    let mut lab = Lab::new();
    let op = super::SERVICE.operation("PutParameter").expect("an operation");
    let input = json!({"Name": "pw", "Value": "swordfish", "Type": "SecureString", "KeyId": "alias/aws/ssm"});
    // As a session does it, before the request is written down.
    let sealed = op.sealed(input);
    assert!(!sealed.to_string().contains("swordfish"), "{sealed}");
    lab.ok("PutParameter", sealed);
    assert_eq!(lab.value("pw"), "swordfish");
    let hidden = lab.ok("GetParameter", json!({"Name": "pw"}))["Parameter"]["Value"].clone();
    assert!(hidden.as_str().is_some_and(|text| text.starts_with("AQICAHh")), "{hidden}");
    let history = lab.ok("GetParameterHistory", json!({"Name": "pw"}))["Parameters"][0].clone();
    assert_eq!((&history["Value"], &history["KeyId"]), (&hidden, &json!("alias/aws/ssm")));
    let view = format!("{:?}", super::view::view(&lab.world));
    assert!(view.contains("(secret)") && !view.contains("swordfish"), "{view}");
}

#[test]
fn several_are_given_at_once() {
    let mut lab = Lab::new();
    lab.put("b", "2");
    lab.put("/a", "1");
    let answer = lab.ok("GetParameters", json!({"Names": ["b", "/a:1", "c"]}));
    assert_eq!(names(&answer), ["/a", "b"]);
    assert_eq!(answer["Parameters"][0]["Selector"], ":1");
    assert_eq!(answer["InvalidParameters"], json!(["c"]));
    let many: Vec<String> = (0..11).map(|i| format!("n{i}")).collect();
    lab.refused(
        "GetParameters",
        json!({"Names": many}),
        "ValidationException: 1 validation error detected: Value '[n0,",
    );
}

#[test]
fn paths_lead_to_what_is_below() {
    let mut lab = Lab::new();
    for name in ["/app/db/host", "/app/db/port", "/app/name", "/apple", "loose"] {
        lab.put(name, "v");
    }
    let mut check = |input: Value, want: &[&str]| {
        assert_eq!(names(&lab.ok("GetParametersByPath", input.clone())), want, "{input}");
    };
    check(json!({"Path": "/app"}), &["/app/name"]);
    check(json!({"Path": "/app/"}), &["/app/name"]);
    check(
        json!({"Path": "/app", "Recursive": true}),
        &["/app/db/host", "/app/db/port", "/app/name"],
    );
    check(json!({"Path": "/"}), &["/apple", "loose"]);
    check(json!({"Path": "/none", "Recursive": true}), &[]);
    let first =
        lab.ok("GetParametersByPath", json!({"Path": "/app", "Recursive": true, "MaxResults": 2}));
    assert_eq!(names(&first), ["/app/db/host", "/app/db/port"]);
    let next = json!({"Path": "/app", "Recursive": true, "MaxResults": 2, "NextToken": first["NextToken"]});
    let rest = lab.ok("GetParametersByPath", next);
    assert_eq!((names(&rest), rest.get("NextToken")), (vec!["/app/name"], None));
    lab.refused(
        "GetParametersByPath",
        json!({"Path": "app"}),
        "ValidationException: The parameter doesn't meet",
    );
    lab.refused(
        "GetParametersByPath",
        json!({"Path": "/", "MaxResults": 11}),
        "ValidationException: 1 validation error",
    );
    lab.refused("GetParametersByPath", json!({"Path": "/", "NextToken": "?"}), "InvalidNextToken");
    lab.ok("PutParameter", json!({"Name": "/app/name", "Value": "w", "Overwrite": true}));
    lab.ok(
        "LabelParameterVersion",
        json!({"Name": "/app/name", "ParameterVersion": 1, "Labels": ["old"]}),
    );
    let label = json!([{"Key": "Label", "Values": ["old"]}]);
    let labelled =
        lab.ok("GetParametersByPath", json!({"Path": "/app", "ParameterFilters": label}));
    assert_eq!(
        (names(&labelled), &labelled["Parameters"][0]["Value"]),
        (vec!["/app/name"], &json!("v"))
    );
}

#[test]
fn parameters_are_described_by_filters() {
    let mut lab = Lab::new();
    lab.put("/app/db/host", "v");
    lab.ok(
        "PutParameter",
        json!({"Name": "/app/pw", "Value": "s", "Type": "SecureString",
        "Tags": [{"Key": "team", "Value": "red"}]}),
    );
    lab.put("loose", "v");
    let mut check = |filters: Value, want: &[&str]| {
        let answer = lab.ok("DescribeParameters", json!({"ParameterFilters": filters.clone()}));
        assert_eq!(names(&answer), want, "{filters}");
    };
    check(json!([]), &["/app/db/host", "/app/pw", "loose"]);
    check(
        json!([{"Key": "Name", "Option": "Contains", "Values": ["pp"]}]),
        &["/app/db/host", "/app/pw"],
    );
    check(json!([{"Key": "Name", "Option": "BeginsWith", "Values": ["app/p"]}]), &["/app/pw"]);
    check(json!([{"Key": "Name", "Values": ["loose"]}]), &["loose"]);
    check(json!([{"Key": "Path", "Values": ["/app"]}]), &["/app/pw"]);
    check(
        json!([{"Key": "Path", "Option": "Recursive", "Values": ["/app"]}]),
        &["/app/db/host", "/app/pw"],
    );
    check(json!([{"Key": "Type", "Values": ["SecureString"]}]), &["/app/pw"]);
    check(json!([{"Key": "KeyId", "Values": ["alias/aws/ssm"]}]), &["/app/pw"]);
    check(json!([{"Key": "tag:team"}]), &["/app/pw"]);
    check(json!([{"Key": "tag:team", "Values": ["blue"]}]), &[]);
    check(
        json!([{"Key": "Tier", "Values": ["Standard"]}, {"Key": "DataType", "Values": ["text"]}]),
        &["/app/db/host", "/app/pw", "loose"],
    );
    let mut refuses = |filter: Value, want: &str| {
        lab.refused("DescribeParameters", json!({"ParameterFilters": filter}), want);
    };
    refuses(
        json!([{"Key": "Label", "Values": ["x"]}]),
        "InvalidFilterKey: The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier, DataType].",
    );
    refuses(
        json!([{"Key": "Path", "Option": "Equals", "Values": ["/"]}]),
        "InvalidFilterOption: The following filter option is not valid: Equals. Valid options include: [Recursive, OneLevel].",
    );
    refuses(
        json!([{"Key": "Type", "Values": ["Text"]}]),
        "InvalidFilterValue: The following filter value is not valid: Text.",
    );
    refuses(
        json!([{"Key": "Name"}]),
        "InvalidFilterValue: The following filter values are missing",
    );
    refuses(
        json!([{"Key": "X"}]),
        "ValidationException: 1 validation error detected: Value 'X' at 'parameterFilters.1.member.key'",
    );
    let old =
        lab.ok("DescribeParameters", json!({"Filters": [{"Key": "Name", "Values": ["/app"]}]}));
    assert_eq!(names(&old), ["/app/db/host", "/app/pw"]);
    assert_eq!(old["Parameters"][0]["LastModifiedUser"], "arn:aws:iam::123456789012:root");
}

#[test]
fn versions_have_labels() {
    let mut lab = Lab::new();
    lab.put("n", "1");
    lab.ok("PutParameter", json!({"Name": "n", "Value": "2", "Overwrite": true}));
    let label = |version: Value, labels: Value| json!({"Name": "n", "ParameterVersion": version, "Labels": labels});
    let done =
        lab.ok("LabelParameterVersion", label(json!(1), json!(["good", "1bad", "aws-x", "a b"])));
    assert_eq!(done, json!({"InvalidLabels": ["1bad", "aws-x", "a b"], "ParameterVersion": 1}));
    assert_eq!(lab.value("n:good"), "1");
    lab.ok("LabelParameterVersion", label(Value::Null, json!(["good"])));
    assert_eq!(lab.value("n:good"), "2");
    let history = lab.ok("GetParameterHistory", json!({"Name": "n"}));
    assert_eq!(history["Parameters"][1]["Labels"], json!(["good"]));
    let gone = lab.ok("UnlabelParameterVersion", label(json!(2), json!(["good", "other"])));
    assert_eq!(gone, json!({"RemovedLabels": ["good"], "InvalidLabels": ["other"]}));
    lab.refused("GetParameter", json!({"Name": "n:good"}), "ParameterVersionNotFound");
    lab.refused("LabelParameterVersion", label(json!(9), json!(["x"])), "ParameterVersionNotFound");
    let ten: Vec<String> = (0..10).map(|i| format!("l{i}")).collect();
    lab.ok("LabelParameterVersion", label(json!(1), json!(ten)));
    lab.refused(
        "LabelParameterVersion",
        label(json!(1), json!(["more"])),
        "ParameterVersionLabelLimitExceeded: A parameter version can have maximum 10 labels.",
    );
    for i in 3..=100 {
        lab.ok("PutParameter", json!({"Name": "n", "Value": i.to_string(), "Overwrite": true}));
    }
    let more = json!({"Name": "n", "Value": "101", "Overwrite": true});
    lab.refused(
        "PutParameter",
        more.clone(),
        "ParameterMaxVersionLimitExceeded: You attempted to create a new version of n",
    );
    lab.ok("LabelParameterVersion", label(json!(2), json!(ten)));
    lab.ok("PutParameter", more);
    lab.refused("GetParameter", json!({"Name": "n:1"}), "ParameterVersionNotFound");
}

#[test]
fn parameters_have_tags() {
    let mut lab = Lab::new();
    lab.put("/n", "v");
    let of = |more: Value| {
        let mut input = json!({"ResourceType": "Parameter", "ResourceId": "/n"});
        for (key, value) in more.as_object().expect("an object") {
            input[key] = value.clone();
        }
        input
    };
    lab.ok(
        "AddTagsToResource",
        of(json!({"Tags": [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": ""}]})),
    );
    lab.ok("RemoveTagsFromResource", of(json!({"TagKeys": ["a", "z"]})));
    assert_eq!(
        lab.ok("ListTagsForResource", of(json!({})))["TagList"],
        json!([{"Key": "b", "Value": "1"}])
    );
    lab.refused("ListTagsForResource", of(json!({"ResourceId": "/m"})), "InvalidResourceId");
    lab.refused(
        "ListTagsForResource",
        of(json!({"ResourceType": "Document"})),
        "InvalidResourceId",
    );
    let many: Vec<Value> = (0..51).map(|i| json!({"Key": format!("k{i}"), "Value": ""})).collect();
    lab.refused("AddTagsToResource", of(json!({"Tags": many})), "TooManyTagsError");
}

#[test]
fn public_parameters_name_images() {
    let mut lab = Lab::new();
    let name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    let got = lab.ok("GetParameter", json!({"Name": name}))["Parameter"].clone();
    let id = got["Value"].as_str().expect("an identifier");
    assert!(id.starts_with("ami-0") && id.len() == 21, "{id}");
    assert_eq!(got["ARN"], format!("arn:aws:ssm:us-east-1::parameter{name}"));
    assert_eq!((&got["DataType"], &got["Version"]), (&json!("aws:ec2:image"), &json!(1)));
    let all =
        lab.ok("GetParametersByPath", json!({"Path": "/aws/service/ami-amazon-linux-latest"}));
    assert_eq!(names(&all).len(), 10);
    let ecs = "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended";
    let whole: Value =
        serde_json::from_str(lab.value(ecs).as_str().expect("a document")).expect("JSON");
    assert_eq!(whole["image_id"], lab.value(&format!("{ecs}/image_id")));
    assert_eq!(whole["os"], "Amazon Linux 2");
    lab.refused("GetParameter", json!({"Name": "/aws/service/none"}), "ParameterNotFound");
    for name in super::public::names() {
        assert!(super::public::value("eu-west-1", &name).is_some(), "{name}");
    }
    for (name, id) in crate::ec2::image_parameters("eu-west-1") {
        assert_eq!(super::public::value("eu-west-1", name), Some(id), "{name}");
    }
    assert_eq!(names(&lab.ok("DescribeParameters", json!({}))), [""; 0]);
}

#[test]
fn policies_say_who_may() {
    let mut lab = Lab::new();
    lab.put("/app/x", "v");
    let iam = |lab: &mut Lab, name: &str, input: Value| {
        let op = crate::iam::SERVICE.operation(name).expect("an operation");
        lab.world.apply(START, &Caller::from(Principal::Root), op, input).expect(name);
    };
    iam(&mut lab, "CreateUser", json!({"UserName": "ada"}));
    let ada = || Principal::User("ada".into());
    let denied = lab.ask(ada(), "GetParameter", json!({"Name": "/app/x"})).expect_err("denied");
    assert!(denied.contains("ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/app/x because"), "{denied}");
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "ssm:Get*", "Resource": "arn:aws:ssm:*:*:parameter/app/*"}]});
    iam(
        &mut lab,
        "PutUserPolicy",
        json!({"UserName": "ada", "PolicyName": "p", "PolicyDocument": document.to_string()}),
    );
    lab.ask(ada(), "GetParameter", json!({"Name": "/app/x"})).expect("allowed");
    lab.ask(ada(), "GetParametersByPath", json!({"Path": "/app/"})).expect("allowed");
    let denied = lab.ask(ada(), "GetParameter", json!({"Name": "/other"}));
    assert!(denied.expect_err("denied").starts_with("AccessDeniedException"));
    let denied =
        lab.ask(ada(), "PutParameter", json!({"Name": "/app/y", "Value": "v", "Type": "String"}));
    assert!(denied.expect_err("denied").contains("ssm:PutParameter on resource"));
}
