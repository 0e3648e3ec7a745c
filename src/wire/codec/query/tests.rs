//! EC2's manner of the query protocol, and what only it or other services than IAM have.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{decode, encode};
use crate::codec::{BodyOut, form_pairs};
use base::Time;
use sim::api::{ApiError, Double, Protocol, Read, Refused, Service};
use sim::{Cx, World};

sim::structure! {
    /// A label.
    pub struct Tag {
        /// Its key.
        pub key: String => "Key",
        /// Its value.
        pub value: Option<String> => "Value",
    }
}

sim::structure! {
    /// Labels of what is made.
    pub struct TagSpecification {
        /// Of which kind.
        pub resource_type: Option<String> => "ResourceType",
        /// The labels.
        pub tags: Vec<Tag> => "Tags" Xml("Tag"),
        /// Not simulated.
        pub owner: Refused<Value> => "Owner",
    }
}

sim::structure! {
    /// A machine.
    pub struct Instance {
        /// Its id.
        pub instance_id: Option<String> => "InstanceId",
        /// Its labels.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
    }
}

sim::operation! {
    /// Starts.
    read RunInstances in "test" = "";
    input {
        /// How many at least.
        pub min_count: i64 => "MinCount",
        /// Whether only to look.
        pub dry_run: Option<bool> => "DryRun" Xml("dryRun"),
        /// Addresses.
        pub addresses: Vec<String> => "PrivateIpAddresses" Ec2("privateIpAddressesSet", "PrivateIpAddress"),
        /// Labels.
        pub tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// What it costs at most.
        pub price: Option<Double> => "MaxPrice",
        /// By name.
        pub more: BTreeMap<String, i64> => "More",
        /// Bytes.
        pub data: Option<Vec<u8>> => "UserData",
    }
    output RunInstancesOutput {
        /// Of this reservation.
        pub reservation_id: Option<String> => "ReservationId",
        /// The machines.
        pub instances: Vec<Instance> => "Instances" Xml("instancesSet"),
        /// When.
        pub launch_time: Option<Time> => "LaunchTime",
        /// By name.
        pub more: BTreeMap<String, i64> => "More",
    }
    errors []
}

impl Read for RunInstances {
    type Output = RunInstancesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        Ok(RunInstancesOutput::default())
    }
}

const QUERY: Service = Service {
    name: "test",
    title: "Test",
    protocol: Protocol::Query,
    signing_name: "test",
    api_version: "2016-11-15",
    xml_namespace: "urn:ec2",
    operations: &[&RunInstances::DEF],
    refused: &[],
};

static TEST: Service = Service { protocol: Protocol::Ec2, ..QUERY };
static OTHER: Service = QUERY;

fn read(service: &Service, form: &str) -> Result<Value, String> {
    decode(service, &RunInstances::DEF, &form_pairs(form))
        .map_err(|e| format!("{}: {}", e.code, e.message))
}

#[test]
fn lists_of_ec2_have_no_member() {
    let check = |form: &str, want: Value| assert_eq!(read(&TEST, form), Ok(want), "{form}");
    check("MinCount=1&DryRun=true", json!({"MinCount": 1, "DryRun": true}));
    check(
        "MinCount=1&PrivateIpAddress.2=10.0.0.2&PrivateIpAddress.1=10.0.0.1",
        json!({"MinCount": 1, "PrivateIpAddresses": ["10.0.0.1", "10.0.0.2"]}),
    );
    check(
        "MinCount=1&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=a\
         &TagSpecification.1.Tag.1.Value=b&UserData=AAE%3D&MaxPrice=0.05",
        json!({
            "MinCount": 1,
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}],
            "UserData": "AAE=",
            "MaxPrice": 0.05,
        }),
    );
}

#[test]
fn a_refused_member_is_given_whatever_it_holds() {
    let want = json!({"MinCount": 1, "TagSpecifications": [{"Owner": true}]});
    for given in ["Owner=x", "Owner.Name=x", "Owner.member.1.Name=x", "Owner="] {
        let form = format!("MinCount=1&TagSpecification.1.{given}");
        assert_eq!(read(&TEST, &form).as_ref(), Ok(&want), "{form}");
    }
}

#[test]
fn each_manner_has_its_own_refusals() {
    let check = |service: &Service, form: &str, want: &str| {
        assert_eq!(read(service, form), Err(want.to_owned()), "{form}");
    };
    check(&TEST, "", "MissingParameter: The request must contain the parameter MinCount");
    check(
        &TEST,
        "MinCount=1&TagSpecification.1.Tag.2.Value=x",
        "MissingParameter: The request must contain the parameter TagSpecification.1.Tag.2.Key",
    );
    check(&TEST, "MinCount=x", "InvalidParameterValue: Invalid value 'x' for MinCount.");
    check(
        &OTHER,
        "MaxPrice=x",
        "ValidationError: 2 validation errors detected: Value null at 'minCount' failed to satisfy \
         constraint: Member must not be null; Value 'x' at 'maxPrice' failed to satisfy \
         constraint: Member must be a number",
    );
}

#[test]
fn maps_hold_what_their_shape_says() {
    let form = "MinCount=1&More.entry.1.key=a&More.entry.1.value=7";
    assert_eq!(read(&OTHER, form), Ok(json!({"MinCount": 1, "More": {"a": 7}})));
    let got = encode(&OTHER, &RunInstances::DEF, &json!({"More": {"a": 7}}), "id");
    let want = "<RunInstancesResponse xmlns=\"urn:ec2\"><RunInstancesResult><More><entry><key>a\
                </key><value>7</value></entry></More></RunInstancesResult><ResponseMetadata>\
                <RequestId>id</RequestId></ResponseMetadata></RunInstancesResponse>";
    assert_eq!(got.body, BodyOut::Text(want.into()));
}

#[test]
fn answers_of_ec2_begin_in_lower_case() {
    let output = json!({
        "ReservationId": "r-1",
        "Instances": [{"InstanceId": "i-1", "Tags": [{"Key": "a", "Value": "b"}]}],
        "LaunchTime": 1_795_341_600_000_i64,
    });
    let got = encode(&TEST, &RunInstances::DEF, &output, "id-1");
    let want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<RunInstancesResponse xmlns=\"urn:ec2\">\
                <requestId>id-1</requestId><reservationId>r-1</reservationId><instancesSet><item>\
                <instanceId>i-1</instanceId><tagSet><item><key>a</key><value>b</value></item>\
                </tagSet></item></instancesSet><launchTime>2026-11-22T10:00:00.000Z</launchTime>\
                </RunInstancesResponse>";
    assert_eq!(got.body, BodyOut::Text(want.into()));
}
