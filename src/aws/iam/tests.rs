//! IAM, case by case.

use crate::iam::credentials::credential;
use crate::iam::credentials::root_credential;
use crate::iam::mfa;
use crate::iam::password::{CharKind, Password, PasswordPolicy};
use serde_json::{Value, json};

use crate::testing::{service, world};
use base::Time;
use sim::{Caller, Config, Principal, World};

/// A world and who acts in it.
struct Lab {
    world: World,
    caller: Principal,
}

impl Lab {
    fn new() -> Self {
        Self { world: world(Config::new(7, Time(1_000_000))), caller: Principal::Root }
    }

    fn call(&mut self, op: &str, input: Value) -> Result<Value, String> {
        let op = service("iam").and_then(|s| s.operation(op)).expect(op);
        let caller = Caller::from(self.caller.clone());
        let at = self.world.now();
        self.world.apply(at, &caller, op, input).map_err(|e| e.to_string())
    }

    fn ok(&mut self, op: &str, input: Value) -> Value {
        self.call(op, input).unwrap_or_else(|e| panic!("{op}: {e}"))
    }

    fn refused(&mut self, op: &str, input: Value, want: &str) {
        let before = self.world.digest();
        assert_eq!(self.call(op, input).expect_err(op), want, "{op}");
        assert_eq!(self.world.digest(), before, "{op} changed something though it failed");
    }

    fn is(&mut self, principal: &str) {
        self.caller = principal.parse().expect(principal);
    }
}

fn policy(effect: &str, action: &str, resource: &str) -> String {
    json!({"Version": "2012-10-17",
        "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]})
    .to_string()
}

#[test]
fn users_come_and_go() {
    let mut lab = Lab::new();
    let made = lab.ok(
        "CreateUser",
        json!({"UserName": "alice", "Path": "/team/",
        "Tags": [{"Key": "team", "Value": "blue"}]}),
    );
    assert_eq!(made["User"]["Arn"], "arn:aws:iam::123456789012:user/team/alice");
    let id = made["User"]["UserId"].as_str().expect("an id").to_owned();
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
    assert_eq!(lab.ok("GetUser", json!({"UserName": "alice"}))["User"], made["User"]);
    let exists = "EntityAlreadyExists: User with name ALICE already exists.";
    lab.refused("CreateUser", json!({"UserName": "ALICE"}), exists);
    let absent = "NoSuchEntity: The user with name bob cannot be found.";
    lab.refused("GetUser", json!({"UserName": "bob"}), absent);
    lab.refused("DeleteUser", json!({"UserName": "bob"}), absent);
    lab.refused(
        "CreateUser",
        json!({"UserName": "a b"}),
        "ValidationError: The specified value for userName is invalid. It must contain only \
         alphanumeric characters and/or the following: +=,.@_-",
    );
    lab.ok("CreateGroup", json!({"GroupName": "devs"}));
    lab.ok("AddUserToGroup", json!({"GroupName": "devs", "UserName": "alice"}));
    lab.ok("UpdateUser", json!({"UserName": "alice", "NewUserName": "carol", "NewPath": "/"}));
    let group = lab.ok("GetGroup", json!({"GroupName": "devs"}));
    assert_eq!(group["Users"][0]["Arn"], "arn:aws:iam::123456789012:user/carol");
    assert_eq!(group["Users"][0]["UserId"], id.as_str());
    lab.refused(
        "DeleteGroup",
        json!({"GroupName": "devs"}),
        "DeleteConflict: Cannot delete entity, must remove users from group first.",
    );
    lab.ok("RemoveUserFromGroup", json!({"GroupName": "devs", "UserName": "carol"}));
    lab.ok("DeleteUser", json!({"UserName": "carol"}));
    assert_eq!(lab.ok("ListUsers", json!({}))["Users"], json!([]));
}

#[test]
fn listings_come_in_pages() {
    let mut lab = Lab::new();
    for name in ["d", "B", "a", "c"] {
        lab.ok("CreateUser", json!({"UserName": name}));
    }
    let mut seen = Vec::new();
    let mut marker = Value::Null;
    loop {
        let mut input = json!({"MaxItems": 3});
        if !marker.is_null() {
            input["Marker"] = marker;
        }
        let page = lab.ok("ListUsers", input);
        let users = page["Users"].as_array().expect("users");
        seen.extend(users.iter().map(|u| u["UserName"].as_str().expect("a name").to_owned()));
        marker = page["Marker"].clone();
        assert_eq!(page["IsTruncated"], !marker.is_null());
        if marker.is_null() {
            break;
        }
    }
    assert_eq!(seen, ["a", "B", "c", "d"]);
    lab.refused(
        "ListUsers",
        json!({"MaxItems": 0}),
        "ValidationError: 1 validation error detected: Value '0' at 'maxItems' failed to satisfy \
         constraint: Member must have value greater than or equal to 1",
    );
}

#[test]
fn access_keys_open_the_account_until_they_are_inactive() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    let key = lab.ok("CreateAccessKey", json!({"UserName": "alice"}))["AccessKey"].clone();
    let id = key["AccessKeyId"].as_str().expect("an id").to_owned();
    assert!(id.starts_with("AKIA") && id.len() == 20, "{id}");
    let found = credential(&lab.world, &id).expect("active");
    assert_eq!(found.principal, Principal::User("alice".into()));
    assert_eq!(found.secret_access_key, key["SecretAccessKey"].as_str().expect("a secret"));
    lab.ok("UpdateUser", json!({"UserName": "alice", "NewUserName": "bob"}));
    let found = credential(&lab.world, &id).expect("active");
    assert_eq!(found.principal, Principal::User("bob".into()));
    let off = json!({"UserName": "bob", "AccessKeyId": id, "Status": "Inactive"});
    lab.ok("UpdateAccessKey", off);
    assert_eq!(credential(&lab.world, &id), None);
    let listed = lab.ok("ListAccessKeys", json!({"UserName": "bob"}));
    assert_eq!(listed["AccessKeyMetadata"][0]["Status"], "Inactive");
    assert_eq!(listed["AccessKeyMetadata"][0].get("SecretAccessKey"), None);
    lab.ok("CreateAccessKey", json!({"UserName": "bob"}));
    lab.refused(
        "CreateAccessKey",
        json!({"UserName": "bob"}),
        "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2",
    );
    lab.refused(
        "DeleteUser",
        json!({"UserName": "bob"}),
        "DeleteConflict: Cannot delete entity, must delete access keys first.",
    );
    lab.refused(
        "DeleteAccessKey",
        json!({"UserName": "bob", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}),
        "NoSuchEntity: The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.",
    );
    let root = root_credential(&lab.world);
    assert_eq!(credential(&lab.world, &root.access_key_id), Some(root));
}

#[test]
fn policies_of_user_and_group_open_calls() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    lab.ok("CreateGroup", json!({"GroupName": "admins"}));
    lab.is("user/alice");
    let denied = "AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to \
                  perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/bob because \
                  no identity-based policy allows the iam:CreateUser action";
    lab.refused("CreateUser", json!({"UserName": "bob"}), denied);
    lab.is("root");
    let arn = "arn:aws:iam::aws:policy/IAMFullAccess";
    lab.ok("AttachGroupPolicy", json!({"GroupName": "admins", "PolicyArn": arn}));
    lab.ok("AddUserToGroup", json!({"GroupName": "admins", "UserName": "alice"}));
    lab.is("user/alice");
    lab.ok("CreateUser", json!({"UserName": "bob"}));
    assert_eq!(lab.ok("GetUser", json!({}))["User"]["UserName"], "alice");
    let deny = policy("Deny", "iam:*", "arn:aws:iam::123456789012:user/bob");
    lab.ok(
        "PutUserPolicy",
        json!({"UserName": "alice", "PolicyName": "no", "PolicyDocument": deny}),
    );
    lab.refused(
        "DeleteUser",
        json!({"UserName": "bob"}),
        "AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
         iam:DeleteUser on resource: arn:aws:iam::123456789012:user/bob with an explicit deny in \
         an identity-based policy",
    );
    lab.is("anonymous");
    let unsigned = "MissingAuthenticationToken: Request is missing Authentication Token";
    lab.refused("ListUsers", json!({}), unsigned);
}

#[test]
fn inline_policies_are_kept_as_given_and_come_back_encoded() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    let text = policy("Allow", "s3:*", "*");
    let put = json!({"UserName": "alice", "PolicyName": "p", "PolicyDocument": text});
    lab.ok("PutUserPolicy", put);
    let got = lab.ok("GetUserPolicy", json!({"UserName": "alice", "PolicyName": "p"}));
    let encoded = got["PolicyDocument"].as_str().expect("text");
    assert!(encoded.starts_with("%7B%22Version%22%3A%222012-10-17%22"), "{encoded}");
    let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8().expect("UTF-8");
    assert_eq!(decoded, text);
    lab.refused(
        "PutUserPolicy",
        json!({"UserName": "alice", "PolicyName": "p", "PolicyDocument": "{"}),
        "MalformedPolicyDocument: Syntax errors in policy.",
    );
    let long = policy("Allow", "s3:*", &format!("arn:aws:s3:::{}", "x".repeat(2048)));
    lab.refused(
        "PutUserPolicy",
        json!({"UserName": "alice", "PolicyName": "q", "PolicyDocument": long}),
        "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user alice",
    );
    lab.refused(
        "DeleteUser",
        json!({"UserName": "alice"}),
        "DeleteConflict: Cannot delete entity, must delete policies first.",
    );
    lab.ok("DeleteUserPolicy", json!({"UserName": "alice", "PolicyName": "p"}));
    lab.refused(
        "GetUserPolicy",
        json!({"UserName": "alice", "PolicyName": "p"}),
        "NoSuchEntity: The user policy with name p cannot be found.",
    );
}

#[test]
fn managed_policies_have_versions_and_attachments() {
    let mut lab = Lab::new();
    let text = policy("Allow", "s3:GetObject", "*");
    let made = lab.ok("CreatePolicy", json!({"PolicyName": "read", "PolicyDocument": text}));
    let arn = "arn:aws:iam::123456789012:policy/read";
    assert_eq!(made["Policy"]["Arn"], arn);
    assert_eq!(made["Policy"]["DefaultVersionId"], "v1");
    lab.ok("CreateRole", json!({"RoleName": "worker", "AssumeRolePolicyDocument": trust("*")}));
    lab.ok("AttachRolePolicy", json!({"RoleName": "worker", "PolicyArn": arn}));
    assert_eq!(lab.ok("GetPolicy", json!({"PolicyArn": arn}))["Policy"]["AttachmentCount"], 1);
    let entities = lab.ok("ListEntitiesForPolicy", json!({"PolicyArn": arn}));
    assert_eq!(entities["PolicyRoles"][0]["RoleName"], "worker");
    for _ in 0..4 {
        let new = json!({"PolicyArn": arn, "PolicyDocument": text, "SetAsDefault": true});
        lab.ok("CreatePolicyVersion", new);
    }
    lab.refused(
        "CreatePolicyVersion",
        json!({"PolicyArn": arn, "PolicyDocument": text}),
        "LimitExceeded: A managed policy can have up to 5 versions. Before you create a new \
         version, you must delete an existing version.",
    );
    lab.refused(
        "DeletePolicyVersion",
        json!({"PolicyArn": arn, "VersionId": "v5"}),
        "DeleteConflict: Cannot delete the default version of a policy.",
    );
    lab.ok("DeletePolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"}));
    lab.ok("SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v2"}));
    let versions = lab.ok("ListPolicyVersions", json!({"PolicyArn": arn}));
    let ids: Vec<&str> = versions["Versions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|v| v["VersionId"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids, ["v5", "v4", "v3", "v2"]);
    lab.refused(
        "DeletePolicy",
        json!({"PolicyArn": arn}),
        "DeleteConflict: Cannot delete a policy attached to entities.",
    );
    lab.ok("DetachRolePolicy", json!({"RoleName": "worker", "PolicyArn": arn}));
    lab.refused(
        "AttachRolePolicy",
        json!({"RoleName": "worker", "PolicyArn": "arn:aws:iam::aws:policy/NoSuchAccess"}),
        "NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuchAccess does not exist or is not \
         attachable.",
    );
    lab.refused(
        "GetPolicy",
        json!({"PolicyArn": "arn:aws:iam::123456789012:policy/none"}),
        "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/none was not found.",
    );
    let local = lab.ok("ListPolicies", json!({"Scope": "Local"}));
    assert_eq!(local["Policies"].as_array().map(Vec::len), Some(1));
}

fn trust(principal: &str) -> String {
    let principal = if principal == "*" { json!("*") } else { json!({"AWS": principal}) };
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal,
        "Action": "sts:AssumeRole"}]})
    .to_string()
}

#[test]
fn roles_and_instance_profiles_hold_together() {
    let mut lab = Lab::new();
    lab.refused(
        "CreateRole",
        json!({"RoleName": "r", "AssumeRolePolicyDocument":
            trust("arn:aws:iam::123456789012:user/nobody")}),
        "MalformedPolicyDocument: Invalid principal in policy: \
         \"AWS\":\"arn:aws:iam::123456789012:user/nobody\"",
    );
    lab.ok("CreateRole", json!({"RoleName": "web", "AssumeRolePolicyDocument": trust("*")}));
    lab.ok("CreateInstanceProfile", json!({"InstanceProfileName": "web"}));
    let add = json!({"InstanceProfileName": "web", "RoleName": "web"});
    lab.ok("AddRoleToInstanceProfile", add.clone());
    lab.refused(
        "AddRoleToInstanceProfile",
        add.clone(),
        "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    );
    let conflict =
        "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.";
    lab.refused("DeleteRole", json!({"RoleName": "web"}), conflict);
    lab.refused("DeleteInstanceProfile", json!({"InstanceProfileName": "web"}), conflict);
    let shown = lab.ok("GetInstanceProfile", json!({"InstanceProfileName": "web"}));
    assert_eq!(shown["InstanceProfile"]["Roles"][0]["RoleName"], "web");
    lab.ok("RemoveRoleFromInstanceProfile", add);
    lab.ok("DeleteInstanceProfile", json!({"InstanceProfileName": "web"}));
    lab.ok("DeleteRole", json!({"RoleName": "web"}));
}

#[test]
fn a_boundary_limits_what_a_user_may_do() {
    let mut lab = Lab::new();
    let arn = |name: &str| format!("arn:aws:iam::aws:policy/{name}");
    lab.ok(
        "CreateUser",
        json!({"UserName": "alice", "PermissionsBoundary":
        arn("IAMReadOnlyAccess")}),
    );
    let admin = json!({"UserName": "alice", "PolicyArn": arn("AdministratorAccess")});
    lab.ok("AttachUserPolicy", admin);
    lab.is("user/alice");
    lab.ok("ListUsers", json!({}));
    let got = lab.call("CreateGroup", json!({"GroupName": "g"})).expect_err("bounded");
    assert!(got.ends_with("because no permissions boundary allows the iam:CreateGroup action"));
}

#[test]
fn the_simulator_says_which_statement_decides() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    let allow = policy("Allow", "s3:*", "arn:aws:s3:::notes/${aws:username}/*");
    lab.ok(
        "PutUserPolicy",
        json!({"UserName": "alice", "PolicyName": "p", "PolicyDocument": allow}),
    );
    let mut check = |action: &str, key: &str, want: &str, source: Option<&str>| {
        let deny = policy("Deny", "s3:DeleteObject", "*");
        let out = lab.ok(
            "SimulatePrincipalPolicy",
            json!({
            "PolicySourceArn": "arn:aws:iam::123456789012:user/alice",
            "PolicyInputList": [deny],
            "ActionNames": [action],
            "ResourceArns": [format!("arn:aws:s3:::notes/{key}")]}),
        );
        let result = &out["EvaluationResults"][0];
        assert_eq!(result["EvalDecision"], want, "{action} {key}");
        let by = result["MatchedStatements"][0]["SourcePolicyId"].as_str();
        assert_eq!(by, source, "{action} {key}");
    };
    check("s3:GetObject", "alice/a", "allowed", Some("user_alice_p"));
    check("s3:GetObject", "bob/a", "implicitDeny", None);
    check("s3:DeleteObject", "alice/a", "explicitDeny", Some("PolicyInputList.1"));
    let custom = json!({"PolicyInputList": [json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
         "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}).to_string()],
        "ActionNames": ["s3:ListBucket"]});
    let out = lab.ok("SimulateCustomPolicy", custom.clone());
    assert_eq!(out["EvaluationResults"][0]["EvalDecision"], "implicitDeny");
    assert_eq!(out["EvaluationResults"][0]["MissingContextValues"], json!(["aws:SourceIp"]));
    let mut known = custom;
    known["ContextEntries"] = json!([{"ContextKeyName": "aws:SourceIp",
        "ContextKeyValues": ["203.0.113.9"], "ContextKeyType": "ip"}]);
    let out = lab.ok("SimulateCustomPolicy", known);
    assert_eq!(out["EvaluationResults"][0]["EvalDecision"], "allowed");
}

#[test]
fn tags_aliases_and_the_summary() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let tags = json!({"UserName": "alice", "Tags": [tag("b", "1"), tag("a", "2")]});
    lab.ok("TagUser", tags);
    lab.ok("TagUser", json!({"UserName": "alice", "Tags": [tag("B", "3")]}));
    let listed = lab.ok("ListUserTags", json!({"UserName": "alice"}));
    assert_eq!(listed["Tags"], json!([tag("B", "3"), tag("a", "2")]));
    lab.refused(
        "TagUser",
        json!({"UserName": "alice", "Tags": [tag("x", "1"), tag("X", "2")]}),
        "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
    lab.ok("UntagUser", json!({"UserName": "alice", "TagKeys": ["a"]}));
    lab.ok("CreateAccountAlias", json!({"AccountAlias": "course"}));
    assert_eq!(lab.ok("ListAccountAliases", json!({}))["AccountAliases"], json!(["course"]));
    assert_eq!(lab.ok("GetAccountSummary", json!({}))["SummaryMap"]["Users"], 1);
}

#[test]
fn passwords_are_what_the_account_asks_for() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    let alice = |password: &str| json!({"UserName": "alice", "Password": password});
    let weak = "PasswordPolicyViolation: Password does not conform to the account password policy.";
    let none = "NoSuchEntity: Login Profile for User alice cannot be found.";
    lab.refused("GetLoginProfile", json!({"UserName": "alice"}), none);
    lab.refused("UpdateLoginProfile", alice("Secret12"), none);
    lab.refused("DeleteLoginProfile", json!({"UserName": "alice"}), none);
    lab.refused("CreateLoginProfile", alice("secret12"), weak);
    let made = lab.ok("CreateLoginProfile", alice("Secret12"))["LoginProfile"].clone();
    assert_eq!(made, lab.ok("GetLoginProfile", json!({"UserName": "alice"}))["LoginProfile"]);
    assert_eq!(made["PasswordResetRequired"], false);
    lab.refused(
        "CreateLoginProfile",
        alice("Secret12"),
        "EntityAlreadyExists: Login Profile for user alice already exists.",
    );
    lab.refused(
        "GetAccountPasswordPolicy",
        json!({}),
        "NoSuchEntity: The Password Policy with domain name 123456789012 cannot be found.",
    );
    lab.refused(
        "UpdateAccountPasswordPolicy",
        json!({"MinimumPasswordLength": 5}),
        "ValidationError: 1 validation error detected: Value '5' at 'minimumPasswordLength' failed \
         to satisfy constraint: Member must have value greater than or equal to 6",
    );
    let strict = json!({"RequireSymbols": true, "PasswordReusePrevention": 2, "MaxPasswordAge": 9});
    lab.ok("UpdateAccountPasswordPolicy", strict);
    let policy = lab.ok("GetAccountPasswordPolicy", json!({}))["PasswordPolicy"].clone();
    assert_eq!(
        (&policy["MinimumPasswordLength"], &policy["ExpirePasswords"]),
        (&json!(6), &json!(true))
    );
    lab.refused("UpdateLoginProfile", alice("Secret12"), weak);
    lab.ok("UpdateLoginProfile", alice("first!"));
    lab.ok("UpdateLoginProfile", alice("second!"));
    lab.refused("UpdateLoginProfile", alice("first!"), weak);
    lab.ok("UpdateLoginProfile", alice("third!"));
    lab.ok("UpdateLoginProfile", alice("first!"));
    lab.refused(
        "DeleteUser",
        json!({"UserName": "alice"}),
        "DeleteConflict: Cannot delete entity, must delete login profile first.",
    );
    lab.ok("DeleteLoginProfile", json!({"UserName": "alice"}));
    lab.ok("DeleteUser", json!({"UserName": "alice"}));
    lab.ok("DeleteAccountPasswordPolicy", json!({}));
    lab.refused(
        "DeleteAccountPasswordPolicy",
        json!({}),
        "NoSuchEntity: The account policy with name PasswordPolicy cannot be found.",
    );
}

#[test]
fn users_change_their_passwords_when_they_may() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    lab.ok("CreateLoginProfile", json!({"UserName": "alice", "Password": "First-12"}));
    let change = |old: &str, new: &str| json!({"OldPassword": old, "NewPassword": new});
    lab.refused(
        "ChangePassword",
        change("First-12", "fourth!"),
        "InvalidUserType: Only IAM Users can change their own password",
    );
    lab.is("user/alice");
    lab.refused(
        "ChangePassword",
        change("First-12", "fourth!"),
        "AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: \
         iam:ChangePassword on resource: arn:aws:iam::123456789012:user/alice because no \
         identity-based policy allows the iam:ChangePassword action",
    );
    lab.is("root");
    lab.ok("UpdateAccountPasswordPolicy", json!({"AllowUsersToChangePassword": true}));
    lab.is("user/alice");
    lab.refused(
        "ChangePassword",
        change("third!", "fourth!"),
        "AccessDenied: The old password was incorrect.",
    );
    lab.ok("ChangePassword", change("First-12", "fourth!"));
    lab.ok("ChangePassword", change("fourth!", "fifth!"));
}

#[test]
fn devices_are_made_enabled_and_taken_back() {
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "alice"}));
    let made = lab.ok("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "phone"}));
    let device = &made["VirtualMFADevice"];
    let serial = "arn:aws:iam::123456789012:mfa/phone";
    assert_eq!(device["SerialNumber"], serial);
    let bytes = |name: &str| {
        base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            device[name].as_str().expect(name),
        )
        .expect(name)
    };
    assert!(bytes("QRCodePNG").starts_with(b"\x89PNG\r\n\x1a\n"));
    let seed = String::from_utf8(bytes("Base32StringSeed")).expect("text");
    assert_eq!(seed.len(), 64);
    lab.refused(
        "CreateVirtualMFADevice",
        json!({"VirtualMFADeviceName": "phone"}),
        "EntityAlreadyExists: MFADevice entity at the same path and name already exists.",
    );
    let now = mfa::step(lab.world.now());
    let codes = |first: i64, serial: &str| {
        json!({"UserName": "alice", "SerialNumber": serial,
            "AuthenticationCode1": mfa::code(&seed, now + first),
            "AuthenticationCode2": mfa::code(&seed, now + first + 1)})
    };
    let wrong = "InvalidAuthenticationCode: Authentication code for device is not valid.";
    let other = "arn:aws:iam::123456789012:mfa/other";
    let unknown =
        format!("NoSuchEntity: VirtualMFADevice with serial number {other} doesn't exist.");
    lab.refused("EnableMFADevice", codes(0, other), &unknown);
    lab.refused("EnableMFADevice", codes(5, serial), wrong);
    let unassigned = json!({"AssignmentStatus": "Unassigned"});
    let listed = lab.ok("ListVirtualMFADevices", unassigned.clone());
    assert_eq!(listed["VirtualMFADevices"], json!([{"SerialNumber": serial}]));
    lab.ok("EnableMFADevice", codes(-1, serial));
    lab.refused(
        "EnableMFADevice",
        codes(0, serial),
        "EntityAlreadyExists: MFADevice is already in use.",
    );
    assert_eq!(lab.ok("ListVirtualMFADevices", unassigned)["VirtualMFADevices"], json!([]));
    let listed = lab.ok("ListMFADevices", json!({"UserName": "alice"}));
    assert_eq!(listed["MFADevices"][0]["SerialNumber"], serial);
    assert_eq!(lab.ok("GetAccountSummary", json!({}))["SummaryMap"]["MFADevicesInUse"], 1);
    lab.refused("ResyncMFADevice", codes(-1, serial), wrong);
    lab.ok("ResyncMFADevice", codes(100, serial));
    lab.refused(
        "DeleteUser",
        json!({"UserName": "alice"}),
        "DeleteConflict: Cannot delete entity, must delete MFA device first.",
    );
    lab.refused(
        "DeleteVirtualMFADevice",
        json!({"SerialNumber": serial}),
        "DeleteConflict: MFA VirtualDevice in use. Must deactivate first.",
    );
    let mine = json!({"UserName": "alice", "SerialNumber": serial});
    lab.ok("DeactivateMFADevice", mine.clone());
    lab.refused("DeactivateMFADevice", mine, "NoSuchEntity: MFA device invalid for user.");
    lab.ok("DeleteVirtualMFADevice", json!({"SerialNumber": serial}));
    lab.ok("DeleteUser", json!({"UserName": "alice"}));
}

#[test]
fn codes_are_those_of_rfc_6238() {
    // Appendix B, whose key is "12345678901234567890"; six of its eight digits.
    let seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let check = |secs: i64, want: &str| {
        assert_eq!(mfa::code(seed, mfa::step(Time(secs * 1000))), want, "{secs}");
    };
    check(59, "287082");
    check(1_111_111_109, "081804");
    check(1_234_567_890, "005924");
    check(20_000_000_000, "353130");
}

#[test]
fn a_code_is_taken_once_and_only_about_its_time() {
    let at = Time(1_000_000_000);
    let now = mfa::step(at);
    let of = |step: i64| mfa::code("GEZDGNBVGY3TQOJQ", step);
    let new = || mfa::Device::new("GEZDGNBVGY3TQOJQ".into(), Vec::new());
    let check = |first: i64, second: i64, want: bool| {
        let got = new().enable("alice", at, (&of(now + first), &of(now + second)));
        assert_eq!(got, want, "{first} {second}");
    };
    check(-1, 0, true);
    check(0, 1, true);
    check(0, 0, false);
    check(1, 0, false);
    check(-4, -3, false);
    check(2, 3, false);
    let mut device = new();
    assert!(device.enable("alice", at, (&of(now - 1), &of(now))));
    assert_eq!(device.step_of(at, &of(now)), None);
    let next = device.step_of(at, &of(now + 1)).expect("the next code");
    device.take(next);
    assert_eq!(device.step_of(at, &of(now + 1)), None);
    let late = at.plus(std::time::Duration::from_mins(50));
    assert_eq!(device.step_of(late, &of(now + 2)), None);
    assert!(device.resync(late, (&of(now + 2), &of(now + 3))));
    assert_eq!(device.step_of(late, &of(now + 4)), Some(now + 4));
}

#[test]
fn a_password_is_long_and_mixed() {
    let strict = PasswordPolicy {
        len_min: 6,
        kinds: [CharKind::Symbol, CharKind::Uppercase].into(),
        users_change: false,
        age_max: None,
        reuse_prevention: None,
        hard_expiry: None,
    };
    let check = |policy: Option<&PasswordPolicy>, password: &str, want: bool| {
        assert_eq!(Password::of(password).conforms(policy), want, "{password}");
    };
    check(None, "Secret12", true);
    check(None, "secret-12", true);
    check(None, "secret12", false);
    check(None, "Secre12", false);
    check(Some(&strict), "ABCDE!", true);
    check(Some(&strict), "ABCDEF", false);
    check(Some(&strict), "abcde!", false);
    check(Some(&strict), "ABCD!", false);
}

#[test]
fn only_services_have_roles_where_theirs_stand() {
    let mut lab = Lab::new();
    let role =
        |path: &str| json!({"RoleName": "r", "Path": path, "AssumeRolePolicyDocument": trust("*")});
    // The words that the service was seen to answer (github.com/tilfin/aws-iam-policy-tool/pull/9).
    let refused = "InvalidInput: Path prefix '/aws-service-role/' can only be used for AWS Service \
                   linked Roles";
    lab.refused("CreateRole", role("/aws-service-role/"), refused);
    lab.refused("CreateRole", role("/aws-service-role/ecs.amazonaws.com/"), refused);
    lab.ok("CreateRole", role("/service-role/"));
}

#[test]
fn a_service_brings_its_role_and_nobody_else_changes_it() {
    let mut lab = Lab::new();
    let made = lab.ok(
        "CreateServiceLinkedRole",
        json!({"AWSServiceName": "autoscaling.amazonaws.com", "Description": "d", "CustomSuffix": "x"}),
    );
    let role = &made["Role"];
    assert_eq!(role["RoleName"], "AWSServiceRoleForAutoScaling_x");
    assert_eq!(
        role["Arn"],
        "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/\
         AWSServiceRoleForAutoScaling_x"
    );
    assert!(role["AssumeRolePolicyDocument"].as_str().is_some_and(|t| t.contains("autoscaling")));
    let name = json!({"RoleName": "AWSServiceRoleForAutoScaling_x"});
    let arn = "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy";
    let attached = lab.ok("ListAttachedRolePolicies", name.clone());
    assert_eq!(attached["AttachedPolicies"][0]["PolicyArn"], arn);
    lab.ok("GetPolicy", json!({"PolicyArn": arn}));

    let create = |lab: &mut Lab, input: Value, want: &str| {
        lab.refused("CreateServiceLinkedRole", input, &format!("InvalidInput: {want}"));
    };
    create(
        &mut lab,
        json!({"AWSServiceName": "autoscaling.amazonaws.com", "CustomSuffix": "x"}),
        "Service role name AWSServiceRoleForAutoScaling_x has been taken in this account, please try \
         a different suffix.",
    );
    create(
        &mut lab,
        json!({"AWSServiceName": "ecs.amazonaws.com", "CustomSuffix": "x"}),
        "Custom suffix is not allowed for ecs.amazonaws.com",
    );
    create(
        &mut lab,
        json!({"AWSServiceName": "nothing.amazonaws.com"}),
        "Cannot find Service Linked Role template for nothing.amazonaws.com",
    );

    let protected = "UnmodifiableEntity: Cannot perform the operation on the protected role \
                     'AWSServiceRoleForAutoScaling_x' - this role is only modifiable by AWS";
    let allow = policy("Allow", "s3:*", "*");
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    lab.ok("CreateInstanceProfile", json!({"InstanceProfileName": "p"}));
    for (op, more) in [
        ("DeleteRole", json!({})),
        ("AttachRolePolicy", json!({"PolicyArn": admin})),
        ("DetachRolePolicy", json!({"PolicyArn": arn})),
        ("PutRolePolicy", json!({"PolicyName": "p", "PolicyDocument": allow})),
        ("DeleteRolePolicy", json!({"PolicyName": "p"})),
        ("PutRolePermissionsBoundary", json!({"PermissionsBoundary": admin})),
        ("DeleteRolePermissionsBoundary", json!({})),
        ("UpdateAssumeRolePolicy", json!({"PolicyDocument": trust("*")})),
        ("UpdateRole", json!({"MaxSessionDuration": 7200})),
        ("AddRoleToInstanceProfile", json!({"InstanceProfileName": "p"})),
    ] {
        let mut input = more;
        input["RoleName"] = name["RoleName"].clone();
        lab.refused(op, input, protected);
    }
    let described = json!({"RoleName": name["RoleName"], "Description": "e"});
    lab.ok("UpdateRole", described.clone());
    assert_eq!(lab.ok("UpdateRoleDescription", described)["Role"]["Description"], "e");
    lab.ok("CreateUser", json!({"UserName": "ann"}));
    lab.refused(
        "AttachUserPolicy",
        json!({"UserName": "ann", "PolicyArn": arn}),
        "PolicyNotAttachable: Cannot attach a Service Role Policy to a Customer Role.",
    );
}

#[test]
fn a_service_lets_go_of_its_role_in_a_while() {
    let mut lab = Lab::new();
    lab.ok("CreateServiceLinkedRole", json!({"AWSServiceName": "ecs.amazonaws.com"}));
    let name = json!({"RoleName": "AWSServiceRoleForECS"});
    let task = lab.ok("DeleteServiceLinkedRole", name.clone())["DeletionTaskId"].clone();
    let prefix = "task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/";
    assert!(task.as_str().is_some_and(|t| t.starts_with(prefix) && t.len() == prefix.len() + 36));
    let status = |lab: &mut Lab| {
        let input = json!({"DeletionTaskId": task});
        lab.ok("GetServiceLinkedRoleDeletionStatus", input)["Status"].clone()
    };
    assert_eq!(status(&mut lab), "IN_PROGRESS");
    assert_eq!(lab.ok("DeleteServiceLinkedRole", name.clone())["DeletionTaskId"], task);
    lab.ok("GetRole", name.clone());
    lab.world.advance(Time(lab.world.now().0 + 5_000));
    assert_eq!(status(&mut lab), "SUCCEEDED");
    let gone = "NoSuchEntity: The role with name AWSServiceRoleForECS cannot be found.";
    lab.refused("GetRole", name.clone(), gone);
    // Its name is free again, and the next deletion is another task.
    lab.ok("CreateServiceLinkedRole", json!({"AWSServiceName": "ecs.amazonaws.com"}));
    assert_ne!(lab.ok("DeleteServiceLinkedRole", name)["DeletionTaskId"], task);

    lab.ok("CreateRole", json!({"RoleName": "r", "AssumeRolePolicyDocument": trust("*")}));
    let none = "NoSuchEntity: The role with name r cannot be found.";
    lab.refused("DeleteServiceLinkedRole", json!({"RoleName": "r"}), none);
    let ask = "GetServiceLinkedRoleDeletionStatus";
    let bad = "InvalidInput: Invalid deletion task id: x";
    lab.refused(ask, json!({"DeletionTaskId": "x"}), bad);
    let other = format!("{prefix}0");
    let none = format!("NoSuchEntity: Deletion task {other} cannot be found.");
    lab.refused(ask, json!({"DeletionTaskId": other}), &none);
}

#[test]
fn everything_that_can_has_tags() {
    let mut lab = Lab::new();
    let trust = trust("*");
    lab.ok("CreateUser", json!({"UserName": "n"}));
    lab.ok("CreateRole", json!({"RoleName": "n", "AssumeRolePolicyDocument": trust}));
    lab.ok("CreateInstanceProfile", json!({"InstanceProfileName": "n"}));
    let allow = policy("Allow", "s3:*", "*");
    let made = lab.ok("CreatePolicy", json!({"PolicyName": "n", "PolicyDocument": allow}));
    let arn = made["Policy"]["Arn"].clone();
    let device = lab.ok("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "n"}));
    let serial = device["VirtualMFADevice"]["SerialNumber"].clone();
    for (kind, owner) in [
        ("User", json!({"UserName": "n"})),
        ("Role", json!({"RoleName": "n"})),
        ("InstanceProfile", json!({"InstanceProfileName": "n"})),
        ("Policy", json!({"PolicyArn": arn})),
        ("MFADevice", json!({"SerialNumber": serial})),
    ] {
        let with = |more: Value| {
            let (Value::Object(mut all), Value::Object(more)) = (owner.clone(), more) else {
                unreachable!("both are objects")
            };
            all.extend(more);
            Value::Object(all)
        };
        let tags = json!([{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]);
        lab.ok(&format!("Tag{kind}"), with(json!({"Tags": tags})));
        lab.ok(&format!("Tag{kind}"), with(json!({"Tags": [{"Key": "A", "Value": "3"}]})));
        let listed = lab.ok(&format!("List{kind}Tags"), with(json!({"MaxItems": 1})));
        assert_eq!(listed["Tags"], json!([{"Key": "A", "Value": "3"}]), "{kind}");
        assert_eq!(listed["IsTruncated"], true, "{kind}");
        lab.ok(&format!("Untag{kind}"), with(json!({"TagKeys": ["a"]})));
        let listed = lab.ok(&format!("List{kind}Tags"), owner.clone());
        assert_eq!(listed["Tags"], json!([{"Key": "b", "Value": "2"}]), "{kind}");
    }
    let theirs = "arn:aws:iam::aws:policy/AdministratorAccess";
    let input = json!({"PolicyArn": theirs, "Tags": [{"Key": "a", "Value": "1"}]});
    assert!(lab.call("TagPolicy", input).is_err_and(|e| e.starts_with("AccessDenied")));
    assert_eq!(lab.ok("ListPolicyTags", json!({"PolicyArn": theirs}))["Tags"], json!([]));
    let none = "NoSuchEntity: VirtualMFADevice with serial number arn:aws:iam::123456789012:mfa/no \
                doesn't exist.";
    let no = json!({"SerialNumber": "arn:aws:iam::123456789012:mfa/no"});
    lab.refused("ListMFADeviceTags", no, none);
}

#[test]
fn the_first_use_in_a_quarter_of_an_hour_counts() {
    use crate::iam::last_use::{counts, record};
    use sim::principal::{Scope, Via};
    let mut lab = Lab::new();
    lab.ok("CreateUser", json!({"UserName": "ann"}));
    let key = lab.ok("CreateAccessKey", json!({"UserName": "ann"}));
    let key = key["AccessKey"]["AccessKeyId"].as_str().expect("an id").to_owned();
    let role =
        lab.ok("CreateRole", json!({"RoleName": "r", "AssumeRolePolicyDocument": trust("*")}));
    assert_eq!(role["Role"].get("RoleLastUsed"), None);
    let caller = |principal: &str, key: &str, region: &str| {
        let scope = Scope { region: region.into(), ..Scope::default() };
        Caller::signed(principal.parse().expect("one"), key.into(), Via::default(), scope)
    };
    let used = |lab: &mut Lab| {
        lab.ok("GetAccessKeyLastUsed", json!({"AccessKeyId": key}))["AccessKeyLastUsed"].clone()
    };
    assert_eq!(used(&mut lab), json!({"ServiceName": "N/A", "Region": "N/A"}));
    let ann = caller("user/ann", &key, "");
    record(&mut lab.world, &ann, Time(2_000_000), "s3");
    let first = json!({"LastUsedDate": 2_000_000, "ServiceName": "s3", "Region": "us-east-1"});
    assert_eq!(used(&mut lab), first);
    // Another service within the span is not recorded, and one at its end is.
    let abroad = caller("user/ann", &key, "eu-west-1");
    assert!(!counts(&lab.world, &abroad, Time(2_899_999)));
    record(&mut lab.world, &abroad, Time(2_899_999), "sts");
    assert_eq!(used(&mut lab), first);
    record(&mut lab.world, &abroad, Time(2_900_000), "sts");
    let second = json!({"LastUsedDate": 2_900_000, "ServiceName": "sts", "Region": "eu-west-1"});
    assert_eq!(used(&mut lab), second);

    record(&mut lab.world, &caller("role/r/s", "ASIAX", ""), Time(3_000_000), "s3");
    let role = lab.ok("GetRole", json!({"RoleName": "r"}));
    let want = json!({"LastUsedDate": 3_000_000, "Region": "us-east-1"});
    assert_eq!(role["Role"]["RoleLastUsed"], want);
    // Nothing is recorded of who signed nothing, of the root user, and of what is gone.
    for nobody in
        [caller("root", "AKIAX", ""), caller("user/no", "AKIANO", ""), caller("role/no/s", "A", "")]
    {
        assert!(!counts(&lab.world, &nobody, Time(9_000_000)), "{nobody:?}");
    }
}
