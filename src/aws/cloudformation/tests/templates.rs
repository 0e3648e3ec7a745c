//! Templates that are taken, and those that are not.

use serde_json::json;

use super::{NETWORK, ask, refusal, world};

fn check(template: &str, want: &str) {
    let mut world = world();
    let told = refusal(&mut world, "ValidateTemplate", json!({"TemplateBody": template}));
    assert_eq!(told, format!("ValidationError: {want}"), "{template}");
}

const TOPIC: &str = "Resources: {A: {Type: 'AWS::Logs::LogGroup'}}";

#[test]
fn templates_are_refused_in_the_services_words() {
    check("hello", "Template format error: unsupported structure.");
    check("{\"a\": }", "Template format error: JSON not well-formed. (line 1, column 7)");
    check("{}", "Template format error: At least one Resources member must be defined.");
    check("Resources: {}", "Template format error: At least one Resources member must be defined.");
    check(&format!("{TOPIC}\nX: 1"), "Invalid template property or properties [X]");
    check(
        "Resources: {A: {Type: 'AWS::No::Such'}}",
        "Template format error: Unrecognized resource types: [AWS::No::Such]",
    );
    check(
        "Resources: {A-b: {Type: 'AWS::Logs::LogGroup'}}",
        "Template format error: Resource name A-b is non alphanumeric.",
    );
    check(
        "Resources: {A: {Properties: {}}}",
        "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
    );
    check(
        "Resources: {A: {Type: 'AWS::Logs::LogGroup', DependsOn: B}}",
        "Template format error: Unresolved resource dependencies [B] in the Resources block of the \
         template",
    );
    check(
        "Resources: {A: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !Ref B}}}",
        "Template format error: Unresolved resource dependencies [B] in the Resources block of the \
         template",
    );
    check(
        "Resources:\n  A: {Type: 'AWS::Logs::LogGroup', DependsOn: B}\n  \
         B: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !Sub '${A}-x'}}",
        "Circular dependency between resources: [A, B]",
    );
    check(
        &format!("{TOPIC}\nOutputs: {{O: {{Value: !GetAtt B.Arn}}}}"),
        "Template error: instance of Fn::GetAtt references undefined resource B",
    );
    check(
        &format!("{TOPIC}\nOutputs: {{O: {{Value: !GetAtt A.Name}}}}"),
        "Template error: resource A does not support attribute type Name in Fn::GetAtt",
    );
    check(
        &format!("{TOPIC}\nParameters: {{P: {{Type: Text}}}}"),
        "Template format error: Unrecognized parameter type: Text",
    );
    check(
        "a: &x 1\nb: *x",
        "Template error: YAML aliases are not allowed in CloudFormation templates",
    );
}

#[test]
fn a_template_tells_what_it_needs() {
    let mut world = world();
    let told = ask(&mut world, "ValidateTemplate", json!({"TemplateBody": NETWORK}));
    assert_eq!(told["Capabilities"], json!(["CAPABILITY_IAM"]));
    let keys: Vec<_> = told["Parameters"].as_array().into_iter().flatten().collect();
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0]["DefaultValue"], "10.0.0.0/16");
}

#[test]
fn parameters_are_held_to_what_is_declared() {
    let template = |declared: &str| format!("{TOPIC}\nParameters: {{P: {{{declared}}}}}");
    let check = |declared: &str, value: Option<&str>, want: &str| {
        let mut world = world();
        let given: Vec<_> = value
            .map(|value| json!({"ParameterKey": "P", "ParameterValue": value}))
            .into_iter()
            .collect();
        let told = refusal(
            &mut world,
            "CreateStack",
            json!({
                "StackName": "s", "TemplateBody": template(declared), "Parameters": given,
            }),
        );
        assert_eq!(told, format!("ValidationError: {want}"), "{declared}");
    };
    check("Type: String", None, "Parameters: [P] must have values");
    check("Type: Number", Some("x"), "Parameter 'P' must be a number");
    check(
        "Type: String, AllowedValues: [a, b]",
        Some("c"),
        "Parameter 'P' must be one of AllowedValues",
    );
    check(
        "Type: String, AllowedPattern: '[a-z]+'",
        Some("a1"),
        "Parameter 'P' must match pattern [a-z]+",
    );
    check(
        "Type: String, MinLength: 3",
        Some("a"),
        "Parameter 'P' must contain at least 3 characters",
    );
    check(
        "Type: Number, MaxValue: 5",
        Some("6"),
        "Parameter 'P' must be a number not greater than 5",
    );
    check(
        "Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: small letters",
        Some("A"),
        "Parameter 'P' failed to satisfy constraint: small letters",
    );
    check(
        "Type: 'AWS::SSM::Parameter::Value<String>'",
        Some("/none"),
        "Unable to fetch parameters [/none] from parameter store for this account.",
    );
}

#[test]
fn comments_of_yaml_say_nothing() {
    let mut world = world();
    let body = "# Why there is a group of logs.\nResources: # all of them\n  # The group.\n  \
                Group:\n    Type: AWS::Logs::LogGroup # no more\n    Properties:\n      # Days.\n      \
                RetentionInDays: 14\n# The end.\n";
    let told = ask(&mut world, "ValidateTemplate", serde_json::json!({"TemplateBody": body}));
    assert_eq!(told["Parameters"], serde_json::json!([]));
}
