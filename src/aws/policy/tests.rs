//! The policy language, case by case.

use serde_json::{Value, json};

use super::{
    Access, Context, Denied, EffectivePolicies, Kind, Policy, Reason, Requester, RequesterKind,
    Source, decide,
};

const ACCOUNT: &str = "123456789012";

fn alice() -> Requester {
    Requester {
        kind: RequesterKind::User,
        account: ACCOUNT.into(),
        arn: format!("arn:aws:iam::{ACCOUNT}:user/alice"),
        principal_arn: format!("arn:aws:iam::{ACCOUNT}:user/alice"),
        user_id: "AIDAALICEALICEALICE23".into(),
        user_name: "alice".into(),
        tags: vec![("team".into(), "blue".into())],
        ..Requester::default()
    }
}

fn role() -> Requester {
    Requester {
        kind: RequesterKind::AssumedRole,
        account: ACCOUNT.into(),
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/s1"),
        principal_arn: format!("arn:aws:iam::{ACCOUNT}:role/worker"),
        user_id: "AROAWORKERWORKERWORKE:s1".into(),
        ..Requester::default()
    }
}

fn root() -> Requester {
    let arn = format!("arn:aws:iam::{ACCOUNT}:root");
    Requester {
        kind: RequesterKind::Root,
        account: ACCOUNT.into(),
        principal_arn: arn.clone(),
        arn,
        ..Requester::default()
    }
}

/// A document of these statements.
fn document(statements: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn identity(statements: &Value) -> Policy {
    Policy::identity(&document(statements)).expect("an identity policy")
}

fn resource(statements: &Value) -> Policy {
    Policy::parse(&document(statements)).expect("a resource policy")
}

#[test]
fn a_resource_policy_is_refused_in_the_words_of_s3() {
    let check = |text: &str, want: &str| {
        let error = Policy::parse(text).expect_err(text);
        assert_eq!((error.code, error.message.as_str()), ("MalformedPolicy", want), "{text}");
    };
    let not_json = "Policies must be valid JSON and the first byte must be '{'";
    check("", not_json);
    check("[]", not_json);
    check("{", not_json);
    check("{}", "Missing required field Statement");
    check(r#"{"Statement":[]}"#, "Invalid policy syntax.");
    check(r#"{"Statement":[],"Foo":1}"#, "Unknown field Foo");
    check(
        r#"{"Version":"2020-01-01","Statement":{}}"#,
        "The policy must contain a valid version string",
    );
    let of = |statement: Value| json!({"Statement": [statement]}).to_string();
    check(&of(json!({})), "Missing required field Effect");
    check(&of(json!({"Effect": "allow"})), "Invalid effect: allow");
    check(&of(json!({"Effect": "Allow"})), "Missing required field Principal");
    check(&of(json!({"Effect": "Allow", "Principal": "*"})), "Missing required field Action");
    check(
        &of(json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"})),
        "Missing required field Resource",
    );
    for principal in [
        json!("alice"),
        json!({"AWS": "alice"}),
        json!({"AWS": "arn:aws:iam::123456789012:user/*"}),
        json!({"AWS": "12345"}),
        json!({"Everyone": "*"}),
    ] {
        check(
            &of(json!({"Effect": "Allow", "Principal": principal})),
            "Invalid principal in policy",
        );
    }
    let with = |extra: Value| {
        let mut statement =
            json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"});
        for (key, value) in extra.as_object().expect("an object") {
            statement[key] = value.clone();
        }
        of(statement)
    };
    check(&with(json!({"NotAction": "s3:Put*"})), "Invalid policy syntax.");
    check(
        &with(json!({"Condition": {"StringIs": {}}})).replace("{}", r#"{"a":"b"}"#),
        "Invalid Condition type : StringIs",
    );
    check(&with(json!({"Action": "GetObject"})), "Policy has invalid action");
}

/// That IAM refuses a document of this kind with these words.
fn refused(kind: Kind, text: &str, want: &str) {
    let read = match kind {
        Kind::Trust => Policy::trust,
        Kind::Managed => Policy::managed,
        _ => Policy::identity,
    };
    let error = read(text).expect_err(text);
    assert_eq!((error.code, error.message.as_str()), ("MalformedPolicyDocument", want), "{text}");
}

/// A good statement with some elements replaced; those that are null are left out.
fn changed(kind: Kind, extra: &Value) -> String {
    let mut statement = match kind {
        Kind::Trust => json!({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}),
        _ => json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}),
    };
    let fields = statement.as_object_mut().expect("an object");
    for (name, value) in extra.as_object().expect("an object") {
        fields.insert(name.clone(), value.clone());
    }
    fields.retain(|_, value| !value.is_null());
    document(&json!([statement]))
}

#[test]
fn iam_reads_the_syntax_of_a_document_first() {
    let check = |text: &str| refused(Kind::Identity, text, "Syntax errors in policy.");
    let bad = |extra: Value| check(&changed(Kind::Identity, &extra));
    for text in ["{", "[]", "{}", r#"{"Version":"2013-01-01","Statement":{}}"#] {
        check(text);
    }
    check(&document(&json!([])));
    check(&document(&json!(["s3:*"])));
    bad(json!({"Effect": null}));
    bad(json!({"Effect": "Perhaps"}));
    bad(json!({"Sid": 1}));
    bad(json!({"Frequency": "daily"}));
    bad(json!({"NotAction": "s3:PutObject"}));
    bad(json!({"NotResource": "*"}));
    bad(json!({"Action": 1}));
    bad(json!({"Resource": [["*"]]}));
    bad(json!({"Condition": []}));
    bad(json!({"Condition": {"StringIs": {"aws:username": "alice"}}}));
    bad(json!({"Condition": {"StringEquals": {"aws:username": {}}}}));
    bad(json!({"Condition": {"NullIfExists": {"aws:username": "true"}}}));
}

#[test]
fn iam_reads_versions_and_the_values_of_conditions() {
    let old =
        r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    Policy::identity(old).expect("an inline policy may be old");
    refused(Kind::Managed, old, "Policy document must be version 2012-10-17 or greater.");
    let legacy = "The policy failed legacy parsing";
    let when = |operator: &str, value: &str| {
        changed(Kind::Identity, &json!({"Condition": {operator: {"aws:x": ["${aws:y}", value]}}}))
    };
    let check = |operator: &str, good: &[&str], bad: &[&str]| {
        for value in good {
            Policy::identity(&when(operator, value)).expect(value);
        }
        for value in bad {
            refused(Kind::Identity, &when(operator, value), legacy);
        }
    };
    let days = ["2026-11", "2026-11-22", "2026-11-22T10:00Z", "2026-11-22T10:00:00+01:00", "0"];
    check("DateLessThan", &days, &["2026-13-01", "tomorrow", "2026-11-22T25:00:00Z"]);
    check("NumericEqualsIfExists", &["10", "-1.5"], &["ten", "", "inf"]);
    check("Bool", &["true", "False"], &["yes", "1"]);
    check("ForAnyValue:NotIpAddress", &["10.0.0.0/8", "::1"], &["10.0.0.0/33", "host", "10.0.0"]);
    check("Null", &["true"], &["null"]);
    check("StringLike", &["anything at all"], &[]);
    refused(Kind::Identity, &changed(Kind::Identity, &json!({"Effect": "allow"})), legacy);
}

#[test]
fn iam_reads_the_forms_of_actions_and_resources() {
    let check = |extra: Value, want: &str| {
        refused(Kind::Identity, &changed(Kind::Identity, &extra), want);
    };
    let vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    check(json!({"Action": "GetObject"}), vendor);
    check(json!({"Action": ["s3:*", ""]}), vendor);
    check(json!({"Condition": {"StringEquals": {"username": "alice"}}}), vendor);
    check(json!({"Action": "s3:Get:Object"}), "Actions/Condition can contain only one colon.");
    check(json!({"Action": "a_b:GetObject"}), "Vendor a_b is not valid");
    check(json!({"Action": null}), "Policy statement must contain actions.");
    check(json!({"Action": []}), "Policy statement must contain actions.");
    check(json!({"Resource": null}), "Policy statement must contain resources.");
    check(json!({"Resource": []}), "Policy statement must contain resources.");
    check(json!({"Principal": "*"}), "Policy document should not specify a principal.");
    let target = |arn: &str, want: &str| {
        check(json!({"Resource": arn}), want);
        check(json!({"Resource": null, "NotResource": ["*", arn]}), want);
    };
    target("notes", "Resource notes must be in ARN format or \"*\".");
    target("", "Resource  must be in ARN format or \"*\".");
    target("arn::s3:::a", "Partition \"\" is not valid for resource \"arn::s3:::a\".");
    target("arn:aws2:s3", "Partition \"aws2\" is not valid for resource \"arn:aws2:s3:*:*:*\".");
    let vague = "Resource vendor must be fully qualified and cannot contain regexes.";
    target("arn:aws", vague);
    target("arn:aws:s*:::a", vague);
    target("arn:aws::::a", "The policy failed legacy parsing");
    target("arn:aws:s3::a", "The policy failed legacy parsing");
    let region = "Resource arn:aws:s3:us-east-1::a can not contain region information.";
    target("arn:aws:s3:us-east-1::a", region);
    let region = "IAM resource arn:aws:iam:us-east-1::user/a cannot contain region information.";
    target("arn:aws:iam:us-east-1::user/a", region);
    target(
        "arn:aws:iam::123456789012:alice",
        "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, \
         instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, \
         oidc-provider/, report/, access-report/.",
    );
    for good in ["arn:aws:iam::*:role/*", "arn:*:s3:::a", "arn:aws:sns:us-east-1:1:a:b"] {
        Policy::identity(&changed(Kind::Identity, &json!({"Resource": good}))).expect(good);
    }
    let two = |sid: &str, other: &str| {
        let one = |sid: &str| json!({"Sid": sid, "Effect": "Deny", "Action": "*", "Resource": "*"});
        document(&json!([one(sid), one(other)]))
    };
    let twice = "Statement IDs (SID) in a single policy must be unique.";
    refused(Kind::Identity, &two("a", "a"), twice);
    Policy::identity(&two("", "")).expect("no names");
    let odd = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the \
               regular expression [0-9A-Za-z]*";
    refused(Kind::Identity, &two("a b", "c"), odd);
}

#[test]
fn iam_reads_whom_a_role_trusts_and_with_what() {
    let check = |extra: Value, want: &str| {
        refused(Kind::Trust, &changed(Kind::Trust, &extra), want);
    };
    check(json!({"Principal": null}), "Missing required field Principal");
    check(
        json!({"Principal": {"AWS": "nobody"}}),
        "Invalid principal in policy: \"AWS\":\"nobody\"",
    );
    check(json!({"Resource": "*"}), "Has prohibited field Resource");
    check(json!({"NotResource": "*"}), "Has prohibited field NotResource");
    let other = "AssumeRole policy may only specify STS AssumeRole actions.";
    check(json!({"Action": "s3:GetObject"}), other);
    check(json!({"Action": "*"}), other);
    check(
        json!({"Action": ["sts:AssumeRole", "sts:AssumeRoot"]}),
        "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and \
         sts:AssumeRoleWithWebIdentity",
    );
    let tags = json!({"Action": ["sts:AssumeRole", "sts:TagSession"]});
    Policy::trust(&changed(Kind::Trust, &tags)).expect("a trust policy");
}

#[test]
fn a_bucket_takes_only_policies_about_itself() {
    let check = |action: Value, target: Value, want: Result<(), &str>| {
        let statement =
            json!([{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": target}]);
        let got = resource(&statement).check_bucket("notes").map_err(|e| e.message);
        assert_eq!(got, want.map_err(str::to_owned), "{statement}");
    };
    let (bucket, objects) = ("arn:aws:s3:::notes", "arn:aws:s3:::notes/*");
    let mismatch = Err("Action does not apply to any resource(s) in statement");
    check(json!("s3:GetObject"), json!(objects), Ok(()));
    check(json!("s3:GetObject"), json!(bucket), mismatch);
    check(json!("s3:ListBucket"), json!(objects), mismatch);
    check(json!("s3:ListBucket"), json!(bucket), Ok(()));
    check(json!(["s3:ListBucket", "s3:GetObject"]), json!([bucket, objects]), Ok(()));
    check(json!(["s3:ListBucket", "s3:GetObject"]), json!([objects]), mismatch);
    check(json!("s3:*"), json!(objects), Ok(()));
    check(json!("s3:Get*"), json!("*"), Ok(()));
    check(json!("s3:getobject"), json!("arn:aws:s3:::notes/a.txt"), Ok(()));
    check(json!("s3:GetObject"), json!("arn:aws:s3:::other/*"), Err("Policy has invalid resource"));
    check(json!("s3:GetObject"), json!("notes/*"), Err("Policy has invalid resource"));
    check(json!("s3:Frobnicate"), json!(objects), Err("Policy has invalid action"));
    check(json!("ec2:RunInstances"), json!("*"), Err("Policy has invalid action"));
}

#[test]
fn public_means_everyone_without_a_fixed_condition() {
    let check = |extra: Value, want: bool| {
        let mut statement =
            json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"});
        for (key, value) in extra.as_object().expect("an object") {
            statement[key] = value.clone();
        }
        assert_eq!(resource(&json!([statement])).is_public(), want, "{statement}");
    };
    let when =
        |operator: &str, key: &str, value: &str| json!({"Condition": {operator: {key: value}}});
    check(json!({}), true);
    check(json!({"Principal": {"AWS": ["123456789012", "*"]}}), true);
    check(json!({"Principal": {"AWS": "123456789012"}}), false);
    check(json!({"Effect": "Deny"}), false);
    check(when("IpAddress", "aws:SourceIp", "203.0.113.0/24"), false);
    check(when("IpAddress", "aws:sourceip", "10.0.0.0/8"), false);
    check(when("IpAddress", "aws:SourceIp", "0.0.0.0/1"), true);
    check(when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), true);
    check(when("StringEquals", "aws:SourceVpc", "vpc-91237329"), false);
    check(when("StringLike", "aws:SourceVpc", "vpc-*"), true);
    check(when("StringLike", "aws:userid", "AROADBQP57FF2AEXAMPLE:*"), false);
    check(when("StringEquals", "aws:PrincipalArn", "${aws:PrincipalArn}"), true);
    check(when("StringEquals", "aws:Referer", "https://example.org/"), true);
    check(when("StringEqualsIfExists", "aws:SourceVpc", "vpc-91237329"), true);
    check(when("Bool", "aws:SecureTransport", "true"), true);
}

#[test]
fn conditions_hold_or_not() {
    let check = |operator: &str, key: &str, values: Value, want: bool| {
        let who = alice();
        let mut context = Context::of_principal(&who, base::Time(1_795_341_600_000));
        context.add("aws:SourceIp", "203.0.113.7");
        context.add("s3:prefix", "home/alice/");
        context.add("s3:max-keys", "10");
        context.add("aws:SourceArn", "arn:aws:sns:us-east-1:123456789012:topic/a:b");
        context.add("aws:TagKeys", "team");
        context.add("aws:TagKeys", "cost");
        let policy = identity(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Condition": {operator: {key: values}}}]));
        let effective = EffectivePolicies {
            who: alice(),
            identity: vec![&policy],
            ..EffectivePolicies::default()
        };
        let access = Access {
            action: "s3:ListBucket",
            resource: "arn:aws:s3:::notes",
            resource_policy: None,
            acl_allows: false,
        };
        let got = decide(&effective, access, &context).is_ok();
        assert_eq!(got, want, "{operator} {key} {values}");
    };
    check("StringEquals", "aws:username", json!("alice"), true);
    check("StringEquals", "AWS:UserName", json!(["bob", "alice"]), true);
    check("StringEquals", "aws:username", json!("Alice"), false);
    check("StringEqualsIgnoreCase", "aws:username", json!("Alice"), true);
    check("StringNotEquals", "aws:username", json!(["bob", "alice"]), false);
    check("StringLike", "s3:prefix", json!("home/${aws:username}/*"), true);
    check("StringEquals", "s3:prefix", json!("home/*"), false);
    check("StringEquals", "aws:PrincipalTag/team", json!("blue"), true);
    check("StringEquals", "aws:absent", json!("x"), false);
    check("StringNotEquals", "aws:absent", json!("x"), true);
    check("StringEqualsIfExists", "aws:absent", json!("x"), true);
    check("Null", "aws:absent", json!("true"), true);
    check("Null", "aws:username", json!(true), false);
    check("NumericLessThanEquals", "s3:max-keys", json!(10), true);
    check("NumericGreaterThan", "s3:max-keys", json!("10"), false);
    check("DateGreaterThan", "aws:CurrentTime", json!("2026-11-22T09:59:59Z"), true);
    check("DateLessThan", "aws:CurrentTime", json!("2026-11-22"), false);
    check("DateLessThan", "aws:EpochTime", json!("1795341601"), true);
    check("IpAddress", "aws:SourceIp", json!("203.0.113.0/24"), true);
    check("IpAddress", "aws:SourceIp", json!("203.0.113.8"), false);
    check("IpAddress", "aws:SourceIp", json!("0.0.0.0/0"), true);
    check("IpAddress", "aws:SourceIp", json!("::/0"), false);
    check("NotIpAddress", "aws:SourceIp", json!("198.51.100.0/24"), true);
    check("ArnLike", "aws:SourceArn", json!("arn:aws:sns:*:123456789012:topic/*"), true);
    check("ArnEquals", "aws:SourceArn", json!("arn:aws:*:topic/a:b"), false);
    check("ForAnyValue:StringEquals", "aws:TagKeys", json!(["cost", "x"]), true);
    check("ForAllValues:StringEquals", "aws:TagKeys", json!(["cost", "x"]), false);
    check("ForAllValues:StringEquals", "aws:TagKeys", json!(["cost", "team"]), true);
    check("ForAllValues:StringEquals", "aws:absent", json!("x"), true);
    check("ForAnyValue:StringEquals", "aws:absent", json!("x"), false);
}

#[test]
fn variables_stand_for_values_and_never_for_patterns() {
    let check = |version: &str, target: &str, name: &str, asked: &str, want: bool| {
        let text = json!({"Version": version, "Statement": {"Effect": "Allow",
            "Action": "s3:GetObject", "Resource": target}});
        let policy = Policy::identity(&text.to_string()).expect("a policy");
        let who = Requester { user_name: name.into(), ..alice() };
        let effective =
            EffectivePolicies { who, identity: vec![&policy], ..EffectivePolicies::default() };
        let context = Context::of_principal(&effective.who, base::Time(0));
        let access = Access {
            action: "s3:GetObject",
            resource: asked,
            resource_policy: None,
            acl_allows: false,
        };
        let got = decide(&effective, access, &context).is_ok();
        assert_eq!(got, want, "{version} {target} {name} {asked}");
    };
    let home = "arn:aws:s3:::b/${aws:username}/*";
    check("2012-10-17", home, "alice", "arn:aws:s3:::b/alice/x", true);
    check("2012-10-17", home, "alice", "arn:aws:s3:::b/bob/x", false);
    check("2012-10-17", home, "*", "arn:aws:s3:::b/bob/x", false);
    check("2008-10-17", home, "alice", "arn:aws:s3:::b/alice/x", false);
    check("2012-10-17", "arn:aws:s3:::b/${aws:none}", "alice", "arn:aws:s3:::b/", false);
    check("2012-10-17", "arn:aws:s3:::b/${aws:none, 'all'}", "alice", "arn:aws:s3:::b/all", true);
    check("2012-10-17", "arn:aws:s3:::b/${*}", "alice", "arn:aws:s3:::b/*", true);
    check("2012-10-17", "arn:aws:s3:::b/${*}", "alice", "arn:aws:s3:::b/x", false);
    check("2012-10-17", "arn:aws:s3:::b/?.txt", "alice", "arn:aws:s3:::b/é.txt", true);
    check("2012-10-17", "arn:aws:s3:::b/*a*b", "alice", "arn:aws:s3:::b/xaab", true);
}

/// Who asks, with what policies, and what comes of it.
struct Case<'a> {
    who: Requester,
    identity: &'a [Policy],
    resource: Option<Policy>,
    boundary: Option<Policy>,
    session: Option<Policy>,
    acl: bool,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            who: alice(),
            identity: &[],
            resource: None,
            boundary: None,
            session: None,
            acl: false,
        }
    }
}

fn ask(case: &Case<'_>) -> Result<(), Reason> {
    let effective = EffectivePolicies {
        who: case.who.clone(),
        identity: case.identity.iter().collect(),
        boundary: case.boundary.as_ref(),
        session: case.session.as_ref().map(|p| vec![p]),
    };
    let access = Access {
        action: "s3:GetObject",
        resource: "arn:aws:s3:::notes/a",
        resource_policy: case.resource.as_ref(),
        acl_allows: case.acl,
    };
    decide(&effective, access, &Context::of_principal(&case.who, base::Time(0)))
}

fn rule(effect: &str, principal: &Value) -> Policy {
    resource(&json!([{"Effect": effect, "Principal": principal, "Action": "s3:Get*",
        "Resource": "arn:aws:s3:::notes/*"}]))
}

fn own(effect: &str) -> Policy {
    identity(&json!([{"Effect": effect, "Action": "s3:*", "Resource": "*"}]))
}

#[test]
fn deny_comes_before_allow_and_allow_before_nothing() {
    use Reason::{Explicit, Implicit};
    let check = |case: Case<'_>, want| assert_eq!(ask(&case), want);
    let (allow, deny) = (own("Allow"), own("Deny"));
    let others = identity(&json!([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]));
    let elsewhere = identity(&json!([{"Effect": "Allow", "Action": "*",
        "NotResource": "arn:aws:s3:::notes/*"}]));
    let both = [allow.clone(), deny];
    let case = Case::default;
    check(case(), Err(Implicit(Source::Identity)));
    check(Case { identity: &both[..1], ..case() }, Ok(()));
    check(Case { identity: &both, ..case() }, Err(Explicit(Source::Identity)));
    check(Case { identity: &[others], ..case() }, Err(Implicit(Source::Identity)));
    check(Case { identity: &[elsewhere], ..case() }, Err(Implicit(Source::Identity)));
    check(Case { acl: true, ..case() }, Ok(()));
    let denied = Some(rule("Deny", &json!("*")));
    check(
        Case { identity: &both[..1], resource: denied.clone(), ..case() },
        Err(Explicit(Source::Resource)),
    );
    check(Case { acl: true, resource: denied.clone(), ..case() }, Err(Explicit(Source::Resource)));
    check(Case { who: root(), ..case() }, Ok(()));
    check(Case { who: root(), resource: denied, ..case() }, Err(Explicit(Source::Resource)));
    let spared = json!({"AWS": [format!("arn:aws:iam::{ACCOUNT}:user/alice")]});
    let all_but = resource(&json!([{"Effect": "Deny", "NotPrincipal": spared, "Action": "s3:*",
        "Resource": "*"}]));
    check(Case { identity: &both[..1], resource: Some(all_but.clone()), ..case() }, Ok(()));
    check(
        Case { who: role(), identity: &both[..1], resource: Some(all_but), ..case() },
        Err(Explicit(Source::Resource)),
    );
}

#[test]
fn a_resource_policy_names_accounts_users_roles_sessions_or_everyone() {
    use Reason::Implicit;
    let check = |who: Requester, principal: Value, want| {
        let case = Case { who, resource: Some(rule("Allow", &principal)), ..Case::default() };
        assert_eq!(ask(&case), want, "{principal}");
    };
    let nobody = Requester::default;
    let user = format!("arn:aws:iam::{ACCOUNT}:user/alice");
    check(nobody(), json!("*"), Ok(()));
    check(nobody(), json!({"AWS": "*"}), Ok(()));
    check(nobody(), json!({"AWS": ACCOUNT}), Err(Implicit(Source::Resource)));
    check(alice(), json!("*"), Ok(()));
    check(alice(), json!({"AWS": user}), Ok(()));
    check(alice(), json!({"AWS": "AIDAALICEALICEALICE23"}), Ok(()));
    // The account only hands the decision on to its identity policies.
    check(alice(), json!({"AWS": ACCOUNT}), Err(Implicit(Source::Identity)));
    check(alice(), json!({"Service": "s3.amazonaws.com"}), Err(Implicit(Source::Identity)));
    check(role(), json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:role/worker")}), Ok(()));
    check(role(), json!({"AWS": format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/s1")}), Ok(()));
    check(
        role(),
        json!({"AWS": format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/s2")}),
        Err(Implicit(Source::Identity)),
    );
}

#[test]
fn boundaries_and_session_policies_limit_but_do_not_give() {
    use Reason::{Explicit, Implicit};
    let check = |case: Case<'_>, want| assert_eq!(ask(&case), want);
    let allow = [own("Allow")];
    let read = identity(&json!([{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]));
    let case = || Case { identity: &allow, ..Case::default() };
    check(
        Case { boundary: Some(own("Allow")), ..Case::default() },
        Err(Implicit(Source::Identity)),
    );
    check(Case { boundary: Some(own("Allow")), ..case() }, Ok(()));
    check(Case { boundary: Some(read.clone()), ..case() }, Err(Implicit(Source::Boundary)));
    check(Case { boundary: Some(own("Deny")), ..case() }, Err(Explicit(Source::Boundary)));
    let session = |policy| Case { who: role(), session: Some(policy), ..case() };
    check(session(own("Allow")), Ok(()));
    check(session(read.clone()), Err(Implicit(Source::Session)));
    check(session(own("Deny")), Err(Explicit(Source::Session)));
    // A user named by a resource policy is not held back by the boundary; a role is.
    let user = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:user/alice")});
    let named = Some(rule("Allow", &user));
    check(Case { boundary: Some(read.clone()), resource: named, ..case() }, Ok(()));
    let worker = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:role/worker")});
    let named = Some(rule("Allow", &worker));
    let bounded = Case { who: role(), boundary: Some(read), resource: named, ..case() };
    check(bounded, Err(Implicit(Source::Boundary)));
}

#[test]
fn the_root_user_can_always_mend_a_bucket_policy() {
    let locked = resource(&json!([{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": "*"}]));
    let effective = EffectivePolicies { who: root(), ..EffectivePolicies::default() };
    let check = |action: &str, want: bool| {
        let access = Access {
            action,
            resource: "arn:aws:s3:::notes",
            resource_policy: Some(&locked),
            acl_allows: false,
        };
        assert_eq!(decide(&effective, access, &Context::default()).is_ok(), want, "{action}");
    };
    check("s3:DeleteBucketPolicy", true);
    check("s3:ListBucket", false);
}

#[test]
fn the_sentence_names_the_reason() {
    let check = |reason: Reason, want: &str| {
        let denied = Denied { principal: "arn:aws:iam::1:user/a".into(), reason };
        assert_eq!(
            denied.message("s3:GetObject", "arn:aws:s3:::b/k"),
            format!(
                "User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on \
                 resource: arn:aws:s3:::b/k {want}"
            )
        );
    };
    check(
        Reason::Implicit(Source::Identity),
        "because no identity-based policy allows the s3:GetObject action",
    );
    check(
        Reason::Implicit(Source::Boundary),
        "because no permissions boundary allows the s3:GetObject action",
    );
    check(Reason::Explicit(Source::Resource), "with an explicit deny in a resource-based policy");
    check(Reason::Explicit(Source::Identity), "with an explicit deny in an identity-based policy");
}

#[test]
fn statements_are_found_in_the_text() {
    let check = |text: &str, want: &[(i64, i64, i64, i64)]| {
        let policy = Policy::identity(text).expect("a policy");
        let got: Vec<_> =
            policy.positions().iter().map(|(a, b)| (a.line, a.column, b.line, b.column)).collect();
        assert_eq!(got, want, "{text}");
    };
    let rule = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a{]/*"}"#;
    let len = i64::try_from(rule.len()).expect("short");
    check(&format!(r#"{{"Statement": {rule}}}"#), &[(1, 15, 1, 14 + len)]);
    check(
        &format!("{{\"Version\": \"2012-10-17\",\n\"Statement\": [\n  {rule},\n{rule}]}}"),
        &[(3, 3, 3, 2 + len), (4, 1, 4, len)],
    );
}
