//! Who may assume what, and for how long.

use crate::iam::credentials::credential;
use crate::iam::mfa;
use serde_json::{Value, json};

use crate::testing::{self, service};
use base::Time;
use sim::{Caller, Config, Principal, World};

const ROLE: &str = "arn:aws:iam::123456789012:role/worker";

fn call(world: &mut World, who: &str, name: &str, input: Value) -> Result<Value, String> {
    let find = |s: &str| service(s).and_then(|s| s.operation(name));
    let op = find("sts").or_else(|| find("iam")).expect(name);
    let caller = Caller::from(who.parse::<Principal>().expect(who));
    let at = world.now();
    world.apply(at, &caller, op, input).map_err(|e| e.to_string())
}

/// A world with the users alice and bob, and a role that trusts whom it is told.
fn world(trust: &Value) -> World {
    let mut world = testing::world(Config::new(3, Time(0)));
    for name in ["alice", "bob"] {
        call(&mut world, "root", "CreateUser", json!({"UserName": name})).expect("a user");
    }
    let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": trust, "Action": "sts:AssumeRole"}});
    let role = json!({"RoleName": "worker", "AssumeRolePolicyDocument": document.to_string(),
        "MaxSessionDuration": 7200});
    call(&mut world, "root", "CreateRole", role).expect("a role");
    world
}

/// The code that a device shows so many steps from the beginning of the world.
fn code(seed: &str, from_now: i64) -> String {
    mfa::code(seed, mfa::step(Time(0)) + from_now)
}

fn assume(extra: &Value) -> Value {
    let mut input = json!({"RoleArn": ROLE, "RoleSessionName": "s1"});
    for (key, value) in extra.as_object().expect("an object") {
        input[key] = value.clone();
    }
    input
}

#[test]
fn every_kind_of_caller_learns_who_it_is() {
    let mut world = world(&json!("*"));
    let check = |world: &mut World, who: &str, arn: &str, id: &str| {
        let got = call(world, who, "GetCallerIdentity", json!({})).expect(who);
        assert_eq!(got["Arn"], arn);
        assert_eq!(got["Account"], "123456789012");
        let user_id = got["UserId"].as_str().expect("an id");
        assert!(user_id.starts_with(id), "{user_id}");
    };
    check(&mut world, "root", "arn:aws:iam::123456789012:root", "123456789012");
    check(&mut world, "user/alice", "arn:aws:iam::123456789012:user/alice", "AIDA");
    let session = "arn:aws:sts::123456789012:assumed-role/worker/s1";
    check(&mut world, "role/worker/s1", session, "AROA");
    assert_eq!(
        call(&mut world, "anonymous", "GetCallerIdentity", json!({})),
        Err("MissingAuthenticationToken: Request is missing Authentication Token".into())
    );
}

#[test]
fn a_role_is_assumed_by_whom_it_trusts() {
    let denied = |user: &str, why: &str| {
        Err(format!(
            "AccessDenied: User: arn:aws:iam::123456789012:user/{user} is not authorized to \
             perform: sts:AssumeRole on resource: {ROLE}{why}"
        ))
    };
    let check = |trust: Value, allowed_by_own: bool, who: &str, want: Result<(), String>| {
        let mut world = world(&trust);
        if allowed_by_own {
            let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
            let input = json!({"UserName": who, "PolicyArn": arn});
            call(&mut world, "root", "AttachUserPolicy", input).expect("attached");
        }
        let got = call(&mut world, &format!("user/{who}"), "AssumeRole", assume(&json!({})));
        assert_eq!(got.map(|_| ()), want, "{trust} {who}");
    };
    let alice = json!({"AWS": "arn:aws:iam::123456789012:user/alice"});
    let account = json!({"AWS": "arn:aws:iam::123456789012:root"});
    let service = json!({"Service": "ec2.amazonaws.com"});
    let own = " because no identity-based policy allows the sts:AssumeRole action";
    let trust = " because no role trust policy allows the sts:AssumeRole action";
    check(alice.clone(), false, "alice", Ok(()));
    check(alice.clone(), false, "bob", denied("bob", own));
    check(alice, true, "bob", denied("bob", trust));
    check(account.clone(), false, "alice", denied("alice", own));
    check(account, true, "alice", Ok(()));
    check(service, true, "alice", denied("alice", trust));
}

#[test]
fn the_form_of_a_request_is_checked() {
    let check = |who: &str, extra: Value, want: &str| {
        let mut world = world(&json!("*"));
        let before = world.digest();
        let got = call(&mut world, who, "AssumeRole", assume(&extra)).expect_err(want);
        assert_eq!(got, want);
        assert_eq!(world.digest(), before);
    };
    let at = |value: &str, member: &str, rule: &str| {
        format!(
            "ValidationError: 1 validation error detected: Value '{value}' at '{member}' failed to \
             satisfy constraint: Member must {rule}"
        )
    };
    check("root", json!({}), "AccessDenied: Roles may not be assumed by root accounts.");
    check(
        "user/alice",
        json!({"RoleSessionName": "a b"}),
        &at("a b", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"),
    );
    check(
        "user/alice",
        json!({"DurationSeconds": 60}),
        &at("60", "durationSeconds", "have value greater than or equal to 900"),
    );
    check(
        "user/alice",
        json!({"DurationSeconds": 9000}),
        "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for \
         this role.",
    );
    check(
        "role/worker/s0",
        json!({"DurationSeconds": 7200}),
        "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles \
         assumed by role chaining",
    );
    check(
        "user/alice",
        json!({"Policy": "{"}),
        "MalformedPolicyDocument: Syntax errors in policy.",
    );
}

#[test]
fn temporary_credentials_end() {
    let mut world = world(&json!("*"));
    let got =
        call(&mut world, "user/alice", "AssumeRole", assume(&json!({"DurationSeconds": 900})))
            .expect("assumed");
    let id = got["Credentials"]["AccessKeyId"].as_str().expect("an id");
    assert!(id.starts_with("ASIA"), "{id}");
    assert_eq!(got["Credentials"]["Expiration"], 900_000);
    let role_id = got["AssumedRoleUser"]["AssumedRoleId"].as_str().expect("an id");
    assert!(role_id.starts_with("AROA") && role_id.ends_with(":s1"), "{role_id}");
    let found = credential(&world, id).expect("in force");
    assert_eq!(found.expires, Some(Time(900_000)));
    assert_eq!(found.session_token.as_deref(), got["Credentials"]["SessionToken"].as_str());
    let session = Principal::Role { role: "worker".into(), session: "s1".into() };
    assert_eq!(found.principal, session);
    let info = call(&mut world, "root", "GetAccessKeyInfo", json!({"AccessKeyId": id}));
    assert_eq!(info, Ok(json!({"Account": "123456789012"})));
    call(&mut world, "root", "DeleteRole", json!({"RoleName": "worker"})).expect("deleted");
    assert_eq!(credential(&world, id), None);
}

#[test]
fn session_tokens_are_for_users() {
    let mut world = world(&json!("*"));
    let mut check = |who: &str, secs: Option<i64>, want: Result<i64, &str>| {
        let input = secs.map_or_else(|| json!({}), |s| json!({"DurationSeconds": s}));
        let got = call(&mut world, who, "GetSessionToken", input);
        let end = got.map(|out| out["Credentials"]["Expiration"].as_i64().expect("an instant"));
        assert_eq!(end, want.map_err(str::to_owned), "{who}");
    };
    check("user/alice", None, Ok(43_200_000));
    check("user/alice", Some(900), Ok(900_000));
    check("root", None, Ok(3_600_000));
    check("root", Some(129_600), Ok(3_600_000));
    let denied = "AccessDenied: Cannot call GetSessionToken with session credentials";
    check("role/worker/s1", None, Err(denied));
}

#[test]
fn a_session_policy_limits_the_session() {
    let mut world = world(&json!("*"));
    let admin = json!({"RoleName": "worker",
        "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    call(&mut world, "root", "AttachRolePolicy", admin).expect("attached");
    let limit = json!({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}]});
    call(&mut world, "user/alice", "AssumeRole", assume(&limit)).expect("assumed");
    call(&mut world, "role/worker/s1", "ListUsers", json!({})).expect("allowed");
    let input = json!({"UserName": "carol"});
    let got = call(&mut world, "role/worker/s1", "CreateUser", input.clone()).expect_err("limited");
    assert!(got.ends_with("because no session policy allows the iam:CreateUser action"), "{got}");
    call(&mut world, "role/worker/s2", "CreateUser", input).expect("another session");
}

/// A user's device: its serial number and its seed.
fn device(world: &mut World, user: &str) -> (String, String) {
    let name = json!({"VirtualMFADeviceName": user});
    let made = call(world, "root", "CreateVirtualMFADevice", name).expect("made");
    let text = |name: &str| made["VirtualMFADevice"][name].as_str().expect(name).to_owned();
    let (serial, seed) = (text("SerialNumber"), text("Base32StringSeed"));
    let seed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, seed);
    let seed = String::from_utf8(seed.expect("base64")).expect("text");
    let codes = json!({"UserName": user, "SerialNumber": serial,
        "AuthenticationCode1": code(&seed, -1), "AuthenticationCode2": code(&seed, 0)});
    call(world, "root", "EnableMFADevice", codes).expect("enabled");
    (serial, seed)
}

#[test]
fn a_code_of_a_device_shows_in_the_session() {
    let mut world = world(&json!("*"));
    let (serial, seed) = device(&mut world, "alice");
    let with = |serial: &str, code: &str| json!({"SerialNumber": serial, "TokenCode": code});
    let refused = |world: &mut World, who: &str, input: Value, want: &str| {
        let before = world.digest();
        let got = call(world, who, "GetSessionToken", input).expect_err(want);
        assert_eq!(got, format!("AccessDenied: MultiFactorAuthentication failed{want}"));
        assert_eq!(world.digest(), before);
    };
    let foreign = ", unable to validate MFA code.  Please verify your MFA serial number is valid \
                   and associated with this user.";
    let half = ", must provide both MFA serial number and one time pass code.";
    let wrong = " with invalid MFA one time pass code.";
    refused(&mut world, "user/bob", with(&serial, &code(&seed, 1)), foreign);
    refused(&mut world, "user/alice", json!({"SerialNumber": serial}), half);
    refused(&mut world, "user/alice", json!({"TokenCode": "123456"}), half);
    refused(&mut world, "user/alice", with(&serial, &code(&seed, 0)), wrong);
    let careful = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*",
         "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
        {"Effect": "Deny", "Action": "iam:ListMFADevices", "Resource": "*",
         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
        {"Effect": "Deny", "Action": "iam:GetUser", "Resource": "*",
         "Condition": {"Null": {"aws:MultiFactorAuthAge": "true"}}}]});
    let put =
        json!({"UserName": "alice", "PolicyName": "p", "PolicyDocument": careful.to_string()});
    call(&mut world, "root", "PutUserPolicy", put).expect("put");
    let mut session = |input: Value| {
        let got = call(&mut world, "user/alice", "GetSessionToken", input).expect("given");
        got["Credentials"]["AccessKeyId"].as_str().expect("an id").to_owned()
    };
    let bare = session(json!({}));
    let shown = session(with(&serial, &code(&seed, 1)));
    let mut check = |key: &str, name: &str, allowed: bool| {
        let mut caller = Caller::from(Principal::User("alice".into()));
        key.clone_into(&mut caller.via.access_key);
        let op = service("iam").and_then(|s| s.operation(name)).expect(name);
        let got = world.apply(world.now(), &caller, op, json!({}));
        assert_eq!(got.is_ok(), allowed, "{key} {name} {got:?}");
    };
    // A long-term key says nothing of a device: the one condition needs the key, the other does not.
    check("", "ListUsers", false);
    check("", "ListMFADevices", true);
    check(&bare, "ListMFADevices", false);
    check(&shown, "ListMFADevices", true);
    check(&bare, "ListUsers", false);
    check(&shown, "ListUsers", true);
    check(&bare, "GetUser", false);
    check(&shown, "GetUser", true);
}

fn trusting(statement: &Value) -> World {
    let mut world = world(&json!("*"));
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let update = json!({"RoleName": "worker", "PolicyDocument": document});
    call(&mut world, "root", "UpdateAssumeRolePolicy", update).expect("updated");
    world
}

#[test]
fn a_trust_policy_asks_for_what_a_request_brings() {
    let check = |condition: Value, extra: Value, want: bool| {
        let mut world = trusting(&json!({"Effect": "Allow", "Principal": "*",
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            "Condition": condition}));
        let got = call(&mut world, "user/alice", "AssumeRole", assume(&extra));
        assert_eq!(got.is_ok(), want, "{condition} {extra} {got:?}");
    };
    let equals = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let tags = |value: &str| json!({"Tags": [{"Key": "team", "Value": value}]});
    check(equals("sts:ExternalId", "e1"), json!({"ExternalId": "e1"}), true);
    check(equals("sts:ExternalId", "e1"), json!({"ExternalId": "e2"}), false);
    check(equals("sts:ExternalId", "e1"), json!({}), false);
    check(equals("sts:RoleSessionName", "s1"), json!({}), true);
    check(equals("sts:SourceIdentity", "ann"), json!({"SourceIdentity": "ann"}), true);
    check(equals("sts:SourceIdentity", "ann"), json!({"SourceIdentity": "bob"}), false);
    check(equals("aws:RequestTag/team", "blue"), tags("blue"), true);
    check(equals("aws:RequestTag/team", "blue"), tags("red"), false);
    check(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), json!({}), false);
}

#[test]
fn a_trust_policy_asks_for_a_device() {
    let mut world = trusting(&json!({"Effect": "Allow", "Principal": "*",
        "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}));
    let (serial, seed) = device(&mut world, "alice");
    let extra = json!({"SerialNumber": serial, "TokenCode": code(&seed, 1)});
    call(&mut world, "user/alice", "AssumeRole", assume(&extra)).expect("with a code");
    let again = call(&mut world, "user/alice", "AssumeRole", assume(&extra)).expect_err("twice");
    assert!(again.ends_with("with invalid MFA one time pass code."), "{again}");
}

#[test]
fn tags_of_a_session_are_those_of_its_principal_and_some_go_on() {
    let mut world = trusting(&json!({"Effect": "Allow", "Principal": "*",
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}));
    let own = json!({"RoleName": "worker", "Tags": [{"Key": "Team", "Value": "red"}]});
    call(&mut world, "root", "TagRole", own).expect("tagged");
    let allow = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "iam:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}]});
    let put = json!({"RoleName": "worker", "PolicyName": "p", "PolicyDocument": allow.to_string()});
    call(&mut world, "root", "PutRolePolicy", put).expect("put");
    let mut tagged = |who: &str, session: &str, extra: Value| {
        let mut input = assume(&extra);
        input["RoleSessionName"] = json!(session);
        call(&mut world, who, "AssumeRole", input).map(|got| got["SourceIdentity"].clone())
    };
    let blue = json!([{"Key": "team", "Value": "blue"}]);
    assert_eq!(tagged("user/alice", "plain", json!({})), Ok(Value::Null));
    let first = json!({"Tags": blue, "TransitiveTagKeys": ["team"], "SourceIdentity": "alice"});
    assert_eq!(tagged("user/alice", "first", first), Ok(json!("alice")));
    assert_eq!(tagged("role/worker/first", "second", json!({})), Ok(json!("alice")));
    let clash = tagged("role/worker/first", "third", json!({"Tags": blue})).expect_err("clash");
    assert!(clash.starts_with("InvalidParameterValue: One of the specified"), "{clash}");
    let other = tagged("role/worker/first", "third", json!({"SourceIdentity": "bob"}));
    assert_eq!(
        other.expect_err("another"),
        "AccessDenied: You cannot change the source identity of a role session."
    );
    let absent = tagged("user/alice", "x1", json!({"TransitiveTagKeys": ["team"]}));
    assert_eq!(
        absent.expect_err("no such tag"),
        "ValidationError: The specified transitive tag key must be included in the requested tags."
    );
    let mut check = |session: &str, allowed: bool| {
        let got = call(&mut world, &format!("role/worker/{session}"), "ListUsers", json!({}));
        assert_eq!(got.is_ok(), allowed, "{session} {got:?}");
    };
    check("plain", false);
    check("first", true);
    check("second", true);
}

#[test]
fn tags_and_source_identities_need_an_allowance_of_their_own() {
    let check = |extra: Value, action: &str| {
        let mut world = world(&json!("*"));
        let got = call(&mut world, "user/alice", "AssumeRole", assume(&extra)).expect_err(action);
        let want = format!("is not authorized to perform: {action} on resource: {ROLE}");
        assert!(got.contains(&want), "{got}");
    };
    check(json!({"Tags": [{"Key": "a", "Value": "b"}]}), "sts:TagSession");
    check(json!({"SourceIdentity": "alice"}), "sts:SetSourceIdentity");
}
