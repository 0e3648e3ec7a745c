//! `AWS::EC2::EIP`, its association, and `AWS::EC2::KeyPair`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{Call, Kind, Outcome, PLAIN, Properties, Tags, at, pick, text};

pub(super) static EIP: Kind = Kind {
    name: "AWS::EC2::EIP",
    properties: "Address! Domain InstanceId NetworkBorderGroup! PublicIpv4Pool Tags",
    attributes: "AllocationId PublicIp",
    tags: Tags::List,
    makes_s: 15,
    create: |call, properties| {
        let members = ["Address", "Domain", "NetworkBorderGroup", "PublicIpv4Pool"];
        let mut input = pick(properties, &members);
        input.insert("TagSpecifications".into(), ec2_specification(properties, "elastic-ip"));
        let made = call.ask("ec2", "AllocateAddress", Value::Object(input))?;
        let address = at(&made, "/PublicIp");
        call.made = Some(address.clone());
        if let Some(instance) = text(properties, "InstanceId") {
            let allocation = at(&made, "/AllocationId");
            let input = json!({"AllocationId": allocation, "InstanceId": instance});
            call.ask("ec2", "AssociateAddress", input)?;
        }
        Ok(address)
    },
    update: |call, id, old, new| {
        let found = address(call, id)?;
        if old.get("InstanceId") != new.get("InstanceId") {
            let association = at(&found, "/AssociationId");
            if !association.is_empty() {
                call.end("ec2", "DisassociateAddress", json!({"AssociationId": association}))?;
            }
            if let Some(instance) = text(new, "InstanceId") {
                let allocation = at(&found, "/AllocationId");
                let input = json!({"AllocationId": allocation, "InstanceId": instance});
                call.ask("ec2", "AssociateAddress", input)?;
            }
        }
        ec2_tags(call, &at(&found, "/AllocationId"), old, new)
    },
    delete: |call, id, _| {
        let found = match address(call, id) {
            Err(failure) if failure.is_absent() => return Ok(()),
            found => found?,
        };
        let association = at(&found, "/AssociationId");
        if !association.is_empty() {
            call.end("ec2", "DisassociateAddress", json!({"AssociationId": association}))?;
        }
        let allocation = at(&found, "/AllocationId");
        if allocation.is_empty() {
            return Ok(());
        }
        call.end("ec2", "ReleaseAddress", json!({"AllocationId": allocation}))
    },
    attribute: |call, id, _, name| {
        if name == "PublicIp" {
            return Ok(id.into());
        }
        Ok(at(&address(call, id)?, "/AllocationId").into())
    },
    ..PLAIN
};

fn address(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let filters = json!([{"Name": "public-ip", "Values": [id]}]);
    let found = call.ask("ec2", "DescribeAddresses", json!({"Filters": filters}))?;
    Ok(found.pointer("/Addresses/0").cloned().unwrap_or_default())
}

pub(super) static ASSOCIATION: Kind = Kind {
    name: "AWS::EC2::EIPAssociation",
    properties: "AllocationId! EIP! InstanceId! NetworkInterfaceId! PrivateIpAddress!",
    attributes: "Id",
    create: |call, properties| {
        let members = ["AllocationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress"];
        let mut input = pick(properties, &members);
        if let Some(address) = properties.get("EIP") {
            input.insert("PublicIp".into(), address.clone());
        }
        let made = call.ask("ec2", "AssociateAddress", Value::Object(input))?;
        Ok(at(&made, "/AssociationId"))
    },
    delete: |call, id, _| call.end("ec2", "DisassociateAddress", json!({"AssociationId": id})),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

pub(super) static KEY_PAIR: Kind = Kind {
    name: "AWS::EC2::KeyPair",
    properties: "KeyFormat! KeyName*! KeyType! PublicKeyMaterial! Tags!",
    attributes: "KeyFingerprint KeyPairId",
    named_by: Some("KeyName"),
    tags: Tags::List,
    create: create_key,
    delete: |call, id, _| {
        let (pair, _) = key(call, id)?;
        let parameter = format!("/ec2/keypair/{pair}");
        call.end("ssm", "DeleteParameter", json!({"Name": parameter}))?;
        call.end("ec2", "DeleteKeyPair", json!({"KeyName": id}))
    },
    attribute: |call, id, _, name| {
        let (pair, print) = key(call, id)?;
        Ok(if name == "KeyPairId" { pair } else { print }.into())
    },
    ..PLAIN
};

/// The private half of a new pair is kept as a parameter of Systems Manager, named by the pair's id.
fn create_key(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = text(properties, "KeyName").unwrap_or_default();
    let tags = ec2_specification(properties, "key-pair");
    if let Some(public) = text(properties, "PublicKeyMaterial") {
        let public = STANDARD.encode(public);
        let input =
            json!({"KeyName": name, "PublicKeyMaterial": public, "TagSpecifications": tags});
        call.ask("ec2", "ImportKeyPair", input)?;
        return Ok(name);
    }
    let mut input = pick(properties, &["KeyFormat", "KeyName", "KeyType"]);
    input.insert("TagSpecifications".into(), tags);
    let made = call.ask("ec2", "CreateKeyPair", Value::Object(input))?;
    call.made = Some(name.clone());
    let parameter = format!("/ec2/keypair/{}", at(&made, "/KeyPairId"));
    let material = at(&made, "/KeyMaterial");
    let input = json!({"Name": parameter, "Value": material, "Type": "SecureString"});
    call.ask("ssm", "PutParameter", input)?;
    Ok(name)
}

/// Its id and fingerprint.
fn key(call: &mut Call<'_>, name: &str) -> Outcome<(String, String)> {
    let filters = json!([{"Name": "key-name", "Values": [name]}]);
    let found = call.ask("ec2", "DescribeKeyPairs", json!({"Filters": filters}))?;
    Ok((at(&found, "/KeyPairs/0/KeyPairId"), at(&found, "/KeyPairs/0/KeyFingerprint")))
}
