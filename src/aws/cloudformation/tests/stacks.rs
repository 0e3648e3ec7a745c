//! Stacks as requests and lab time change them.

use serde_json::json;
use sim::Principal;

use super::{
    NETWORK, ask, ask_as, create, events, of, output, pass, refusal, settle, status, update, world,
};

const GROUP: &str =
    "Resources: {G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: 7}}}";

#[test]
fn the_courses_network_is_made_and_taken_away() {
    let mut world = world();
    let id = create(&mut world, "demo", NETWORK);
    assert_eq!(settle(&mut world, "demo"), "CREATE_COMPLETE", "{:#?}", events(&mut world, "demo"));
    let network = output(&mut world, "demo", "NetworkId");
    assert!(network.starts_with("vpc-"), "{network}");
    assert!(output(&mut world, "demo", "ImageId").starts_with("ami-"));
    let subnets = of(
        &mut world,
        "ec2",
        "DescribeSubnets",
        json!({
            "Filters": [{"Name": "vpc-id", "Values": [network]}],
        }),
    );
    let mut blocks: Vec<_> = subnets["Subnets"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|subnet| subnet["CidrBlock"].as_str().unwrap_or_default().to_owned())
        .collect();
    blocks.sort();
    assert_eq!(blocks, ["10.0.0.0/24", "10.0.1.0/24"]);
    let groups = of(&mut world, "logs", "DescribeLogGroups", json!({}));
    assert_eq!(groups["logGroups"][0]["retentionInDays"], 14);
    ask(&mut world, "DeleteStack", json!({"StackName": "demo"}));
    assert_eq!(settle(&mut world, &id), "DELETE_COMPLETE", "{:#?}", events(&mut world, &id));
    let groups = of(&mut world, "logs", "DescribeLogGroups", json!({}));
    assert_eq!(groups["logGroups"], json!([]));
    let told = refusal(&mut world, "DescribeStacks", json!({"StackName": "demo"}));
    assert_eq!(told, "ValidationError: Stack with id demo does not exist");
}

#[test]
fn events_come_in_the_services_order_and_words() {
    let mut world = world();
    create(&mut world, "s", GROUP);
    settle(&mut world, "s");
    assert_eq!(
        events(&mut world, "s"),
        [
            "s CREATE_IN_PROGRESS User Initiated",
            "G CREATE_IN_PROGRESS",
            "G CREATE_IN_PROGRESS Resource creation Initiated",
            "G CREATE_COMPLETE",
            "s CREATE_COMPLETE",
        ]
    );
    update(&mut world, "s", &GROUP.replace('7', "14"));
    assert_eq!(settle(&mut world, "s"), "UPDATE_COMPLETE");
    assert_eq!(
        events(&mut world, "s")[5..],
        [
            "s UPDATE_IN_PROGRESS User Initiated",
            "G UPDATE_IN_PROGRESS",
            "G UPDATE_COMPLETE",
            "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "s UPDATE_COMPLETE",
        ]
    );
}

#[test]
fn an_update_that_changes_what_cannot_be_changed_replaces() {
    let mut world = world();
    let named = |name: &str| {
        format!(
            "Resources: {{G: {{Type: 'AWS::Logs::LogGroup', Properties: {{LogGroupName: {name}}}}}}}"
        )
    };
    create(&mut world, "s", &named("a"));
    settle(&mut world, "s");
    update(&mut world, "s", &named("b"));
    assert_eq!(settle(&mut world, "s"), "UPDATE_COMPLETE");
    assert_eq!(
        events(&mut world, "s")[5..],
        [
            "s UPDATE_IN_PROGRESS User Initiated",
            "G UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence \
         creating one.",
            "G UPDATE_IN_PROGRESS Resource creation Initiated",
            "G UPDATE_COMPLETE",
            "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "G DELETE_IN_PROGRESS",
            "G DELETE_COMPLETE",
            "s UPDATE_COMPLETE",
        ]
    );
    let told =
        refusal(&mut world, "UpdateStack", json!({"StackName": "s", "TemplateBody": named("b")}));
    assert_eq!(told, "ValidationError: No updates are to be performed.");
}

#[test]
fn what_fails_goes_back() {
    let mut world = world();
    let bad = format!("{GROUP}\n").replace(
        "}}}\n",
        "}}, B: {Type: 'AWS::IAM::ManagedPolicy', DependsOn: G, Properties: {PolicyDocument: {}}}}",
    );
    create(&mut world, "s", &bad);
    assert_eq!(settle(&mut world, "s"), "ROLLBACK_COMPLETE");
    let all = events(&mut world, "s");
    let end: Vec<&str> = all.iter().rev().take(4).rev().map(String::as_str).collect();
    assert_eq!(
        end,
        [
            "s ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [B]. Rollback requested by \
         user.",
            "G DELETE_IN_PROGRESS",
            "G DELETE_COMPLETE",
            "s ROLLBACK_COMPLETE",
        ]
    );
    assert!(
        all.iter()
            .any(|line| line.starts_with("B CREATE_FAILED Resource handler returned message: \"")),
        "{all:#?}"
    );
    let told = refusal(
        &mut world,
        "UpdateStack",
        json!({
            "StackName": "s", "TemplateBody": GROUP, "Capabilities": ["CAPABILITY_IAM"],
        }),
    );
    assert!(told.contains("is in ROLLBACK_COMPLETE state and can not be updated."), "{told}");
    ask(&mut world, "DeleteStack", json!({"StackName": "s"}));
    // The update of one that stands.
    create(&mut world, "t", GROUP);
    settle(&mut world, "t");
    update(&mut world, "t", &bad.replace('7', "14"));
    assert_eq!(
        settle(&mut world, "t"),
        "UPDATE_ROLLBACK_COMPLETE",
        "{:#?}",
        events(&mut world, "t")
    );
    let groups = of(&mut world, "logs", "DescribeLogGroups", json!({}));
    assert_eq!(groups["logGroups"][0]["retentionInDays"], 7);
}

#[test]
fn exports_are_held_fast() {
    let mut world = world();
    let giver = format!("{GROUP}\nOutputs: {{O: {{Value: !Ref G, Export: {{Name: shared}}}}}}");
    let taker = "Resources: {P: {Type: 'AWS::SSM::Parameter', Properties: {Type: String, Value: \
                 !ImportValue shared}}}";
    create(&mut world, "giver", &giver);
    settle(&mut world, "giver");
    create(&mut world, "taker", taker);
    assert_eq!(settle(&mut world, "taker"), "CREATE_COMPLETE");
    assert_eq!(
        ask(&mut world, "ListImports", json!({"ExportName": "shared"}))["Imports"],
        json!(["taker"])
    );
    let told = refusal(&mut world, "DeleteStack", json!({"StackName": "giver"}));
    assert_eq!(told, "ValidationError: Export shared cannot be deleted as it is in use by taker");
    update(&mut world, "giver", GROUP);
    assert_eq!(settle(&mut world, "giver"), "UPDATE_ROLLBACK_COMPLETE");
    ask(&mut world, "DeleteStack", json!({"StackName": "taker"}));
    pass(&mut world, 60);
    ask(&mut world, "DeleteStack", json!({"StackName": "giver"}));
    pass(&mut world, 60);
    assert_eq!(ask(&mut world, "ListExports", json!({}))["Exports"], json!([]));
}

#[test]
fn change_sets_are_looked_at_first() {
    let mut world = world();
    let set = |name: &str, kind: &str, template: &str| json!({"StackName": "s", "ChangeSetName": name, "ChangeSetType": kind, "TemplateBody": template});
    ask(&mut world, "CreateChangeSet", set("a", "CREATE", GROUP));
    pass(&mut world, 10);
    assert_eq!(status(&mut world, "s"), "REVIEW_IN_PROGRESS");
    let shown =
        ask(&mut world, "DescribeChangeSet", json!({"StackName": "s", "ChangeSetName": "a"}));
    assert_eq!(shown["Status"], "CREATE_COMPLETE");
    assert_eq!(shown["Changes"][0]["ResourceChange"]["Action"], "Add");
    ask(&mut world, "ExecuteChangeSet", json!({"StackName": "s", "ChangeSetName": "a"}));
    assert_eq!(settle(&mut world, "s"), "CREATE_COMPLETE");
    ask(&mut world, "CreateChangeSet", set("b", "UPDATE", GROUP));
    pass(&mut world, 10);
    let shown =
        ask(&mut world, "DescribeChangeSet", json!({"StackName": "s", "ChangeSetName": "b"}));
    assert_eq!(
        (&shown["Status"], &shown["ExecutionStatus"]),
        (&json!("FAILED"), &json!("UNAVAILABLE"))
    );
    let other = GROUP.replace("RetentionInDays: 7", "LogGroupName: named");
    ask(&mut world, "CreateChangeSet", set("c", "UPDATE", &other));
    pass(&mut world, 10);
    let shown =
        ask(&mut world, "DescribeChangeSet", json!({"StackName": "s", "ChangeSetName": "c"}));
    assert_eq!(shown["Changes"][0]["ResourceChange"]["Replacement"], "True");
}

#[test]
fn rights_are_the_callers() {
    let mut world = world();
    of(&mut world, "iam", "CreateUser", json!({"UserName": "ann"}));
    let allow = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "*"}]});
    of(
        &mut world,
        "iam",
        "PutUserPolicy",
        json!({
            "UserName": "ann", "PolicyName": "p", "PolicyDocument": allow.to_string(),
        }),
    );
    let input = json!({"StackName": "s", "TemplateBody": GROUP});
    let ann = Principal::User("ann".into());
    ask_as(&mut world, ann.clone(), "cloudformation", "CreateStack", input.clone()).expect("made");
    assert_eq!(settle(&mut world, "s"), "ROLLBACK_COMPLETE");
    let all = events(&mut world, "s");
    assert!(
        all.iter()
            .any(|line| line.contains("logs:CreateLogGroup") && line.contains("AccessDenied")),
        "{all:#?}"
    );
    let bob = Principal::User("bob".into());
    of(&mut world, "iam", "CreateUser", json!({"UserName": "bob"}));
    let error =
        ask_as(&mut world, bob, "cloudformation", "CreateStack", input).expect_err("refused");
    assert_eq!(error.code, "AccessDenied");
}

#[test]
fn capabilities_protection_and_signals() {
    let mut world = world();
    let told =
        refusal(&mut world, "CreateStack", json!({"StackName": "s", "TemplateBody": NETWORK}));
    assert_eq!(told, "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]");
    ask(
        &mut world,
        "CreateStack",
        json!({
            "StackName": "s", "EnableTerminationProtection": true, "TemplateBody":
            "Parameters: {N: {Type: Number, Default: 2}}\nResources: {W: {Type: \
             'AWS::CloudFormation::WaitCondition', CreationPolicy: {ResourceSignal: {Count: !Ref N, \
             Timeout: PT5M}}}}",
        }),
    );
    pass(&mut world, 60);
    for who in ["a", "b"] {
        // One signal is not enough.
        assert_eq!(status(&mut world, "s"), "CREATE_IN_PROGRESS");
        ask(
            &mut world,
            "SignalResource",
            json!({
                "StackName": "s", "LogicalResourceId": "W", "UniqueId": who, "Status": "SUCCESS",
            }),
        );
    }
    assert_eq!(settle(&mut world, "s"), "CREATE_COMPLETE");
    assert_eq!(
        refusal(&mut world, "DeleteStack", json!({"StackName": "s"})),
        "ValidationError: Stack [s] cannot be deleted while TerminationProtection is enabled"
    );
    ask(
        &mut world,
        "CreateStack",
        json!({"StackName": "t", "TemplateBody":
        "Resources: {W: {Type: 'AWS::CloudFormation::WaitCondition', Properties: {Timeout: 30}}}"}),
    );
    assert_eq!(settle(&mut world, "t"), "ROLLBACK_COMPLETE");
    let all = events(&mut world, "t");
    assert!(
        all.contains(
            &"W CREATE_FAILED WaitCondition timed out. Received 0 conditions when expecting 1"
                .to_owned()
        ),
        "{all:#?}"
    );
}

#[test]
fn nested_stacks_read_their_templates_in_s3() {
    let mut world = world();
    of(&mut world, "s3", "CreateBucket", json!({"Bucket": "texts"}));
    let child = "Parameters: {Days: {Type: Number}}\nResources: {G: {Type: 'AWS::Logs::LogGroup', \
                 Properties: {RetentionInDays: !Ref Days}}}\nOutputs: {Name: {Value: !Ref G}}";
    let digest = base::Digest::of(child.as_bytes());
    of(
        &mut world,
        "s3",
        "PutObject",
        json!({
            "Bucket": "texts", "Key": "child.yml",
            "Body": {"digest": digest.to_string(), "len": child.len(), "md5": "", "crc32": 0, "crc32c": 0,
                "crc64nvme": 0, "sha1": ""},
        }),
    );
    let parent = "Resources: {Child: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: \
                  'https://texts.s3.amazonaws.com/child.yml', Parameters: {Days: 3}}}}\n\
                  Outputs: {O: {Value: !GetAtt Child.Outputs.Name}}";
    create(&mut world, "unknown", parent);
    assert_eq!(settle(&mut world, "unknown"), "ROLLBACK_COMPLETE");
    of(&mut world, "cloudformation-texts", "KeepTemplate", json!({"Text": child}));
    let id = create(&mut world, "parent", parent);
    assert_eq!(
        settle(&mut world, "parent"),
        "CREATE_COMPLETE",
        "{:#?}",
        events(&mut world, "parent")
    );
    assert!(output(&mut world, "parent", "O").starts_with("parent-Child-"));
    ask(&mut world, "DeleteStack", json!({"StackName": "parent"}));
    assert_eq!(settle(&mut world, &id), "DELETE_COMPLETE");
    let groups = of(&mut world, "logs", "DescribeLogGroups", json!({}));
    assert_eq!(groups["logGroups"], json!([]));
}
