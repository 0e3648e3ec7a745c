//! Launch templates, and network interfaces of one's own.

use serde_json::{Value, json};

use super::{ask, image, pass, refusal, text, world};
use sim::World;

fn template(world: &mut World) -> String {
    let data = json!({"ImageId": image("us-east-1"), "InstanceType": "t3.micro",
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "1"}]}]});
    let input = json!({"LaunchTemplateName": "web", "LaunchTemplateData": data});
    text(&ask(world, "CreateLaunchTemplate", input), "/LaunchTemplate/LaunchTemplateId")
}

#[test]
fn a_launch_follows_a_version() {
    let mut world = world();
    let id = template(&mut world);
    let input = json!({"LaunchTemplateId": id, "SourceVersion": "$Latest",
        "LaunchTemplateData": {"InstanceType": "t3.small"}});
    ask(&mut world, "CreateLaunchTemplateVersion", input);
    let mut run = |more: Value| {
        let mut input = json!({"MinCount": 1, "MaxCount": 1});
        let more = more.as_object().cloned().expect("an object");
        input.as_object_mut().expect("an object").extend(more);
        ask(&mut world, "RunInstances", input)["Instances"][0].clone()
    };
    let of = |version: &str| json!({"LaunchTemplate": {"LaunchTemplateName": "web", "Version": version}});
    assert_eq!(run(of("$Default"))["InstanceType"], "t3.micro");
    assert_eq!(run(of("$Latest"))["InstanceType"], "t3.small");
    let mut more = of("2");
    more["InstanceType"] = json!("t3.medium");
    more["TagSpecifications"] = json!([{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}]}]);
    let made = run(more);
    assert_eq!(made["InstanceType"], "t3.medium");
    let tags: Vec<String> = made["Tags"]
        .as_array()
        .expect("tags")
        .iter()
        .map(|tag| format!("{}={}", text(tag, "/Key"), text(tag, "/Value")))
        .collect();
    assert_eq!(
        tags,
        [
            "a=2",
            &format!("aws:ec2launchtemplate:id={id}"),
            "aws:ec2launchtemplate:version=2",
            "b=3"
        ]
        .map(str::to_owned)
    );
}

#[test]
fn what_is_not_there_is_refused() {
    let mut world = world();
    let id = template(&mut world);
    let mut check = |op: &str, input: Value, want: &str| {
        assert_eq!(refusal(&mut world, op, input), want);
    };
    let data = json!({"InstanceType": "t3.micro"});
    check(
        "CreateLaunchTemplate",
        json!({"LaunchTemplateName": "web", "LaunchTemplateData": data}),
        "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use.",
    );
    check(
        "DescribeLaunchTemplates",
        json!({"LaunchTemplateNames": ["x"]}),
        "InvalidLaunchTemplateName.NotFoundException: The specified launch template, with template name x, \
         does not exist.",
    );
    check(
        "RunInstances",
        json!({"MinCount": 1, "MaxCount": 1,
            "LaunchTemplate": {"LaunchTemplateId": id, "Version": "7"}}),
        &format!(
            "InvalidLaunchTemplateId.VersionNotFound: Could not find the specified version 7 for the launch \
             template with ID {id}."
        ),
    );
    // Reserved tags are AWS's own.
    check(
        "RunInstances",
        json!({"MinCount": 1, "MaxCount": 1, "LaunchTemplate": {"LaunchTemplateId": id},
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "aws:x", "Value": ""}]}]}),
        "InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use",
    );
}

#[test]
fn the_number_of_a_deleted_version_does_not_come_again() {
    let mut world = world();
    let id = template(&mut world);
    let more = json!({"LaunchTemplateId": id, "LaunchTemplateData": {"InstanceType": "t3.small"}});
    ask(&mut world, "CreateLaunchTemplateVersion", more.clone());
    let input = json!({"LaunchTemplateId": id, "Versions": ["1", "2"]});
    let told = ask(&mut world, "DeleteLaunchTemplateVersions", input);
    assert_eq!(told["SuccessfullyDeletedLaunchTemplateVersions"][0]["VersionNumber"], 2);
    assert_eq!(told["UnsuccessfullyDeletedLaunchTemplateVersions"][0]["VersionNumber"], 1);
    let made = ask(&mut world, "CreateLaunchTemplateVersion", more);
    assert_eq!(made["LaunchTemplateVersion"]["VersionNumber"], 3);
    ask(&mut world, "DeleteLaunchTemplate", json!({"LaunchTemplateId": id}));
    assert_eq!(ask(&mut world, "DescribeLaunchTemplates", json!({}))["LaunchTemplates"], json!([]));
}

#[test]
fn an_interface_goes_from_instance_to_instance() {
    let mut world = world();
    template(&mut world);
    let run =
        json!({"MinCount": 1, "MaxCount": 1, "LaunchTemplate": {"LaunchTemplateName": "web"}});
    let made = ask(&mut world, "RunInstances", run.clone());
    let (first, subnet) =
        (text(&made, "/Instances/0/InstanceId"), text(&made, "/Instances/0/SubnetId"));
    let second = text(&ask(&mut world, "RunInstances", run), "/Instances/0/InstanceId");
    pass(&mut world, 20);
    let input = json!({"SubnetId": subnet, "Description": "floating"});
    let made = ask(&mut world, "CreateNetworkInterface", input);
    let id = text(&made, "/NetworkInterface/NetworkInterfaceId");
    assert_eq!(made["NetworkInterface"]["Status"], "available");
    let attach = |instance: &str| json!({"NetworkInterfaceId": id, "InstanceId": instance, "DeviceIndex": 1});
    let told = ask(&mut world, "AttachNetworkInterface", attach(&first));
    assert_eq!(
        refusal(&mut world, "AttachNetworkInterface", attach(&second)),
        format!("InvalidNetworkInterface.InUse: Network interface '{id}' is currently in use.")
    );
    let input = json!({"AttachmentId": text(&told, "/AttachmentId")});
    ask(&mut world, "DetachNetworkInterface", input);
    ask(&mut world, "AttachNetworkInterface", attach(&second));
    let told = ask(&mut world, "DescribeInstances", json!({"InstanceIds": [second]}));
    let own = &told["Reservations"][0]["Instances"][0]["NetworkInterfaces"];
    assert_eq!(own.as_array().map(Vec::len), Some(2));
    // It outlives the instance.
    ask(&mut world, "TerminateInstances", json!({"InstanceIds": [second]}));
    pass(&mut world, 60);
    let told = ask(&mut world, "DescribeNetworkInterfaces", json!({"NetworkInterfaceIds": [id]}));
    assert_eq!(told["NetworkInterfaces"][0]["Status"], "available");
    ask(&mut world, "DeleteNetworkInterface", json!({"NetworkInterfaceId": id}));
}
