//! `AWS::ECR::Repository`

use serde_json::{Value, json};

use super::call::{tag_changes, tag_list};
use super::{
    Call, Kind, Outcome, PLAIN, Properties, Tags, at, changed, document, flag, pick, text,
};

pub(super) static REPOSITORY: Kind = Kind {
    name: "AWS::ECR::Repository",
    properties: "EmptyOnDelete EncryptionConfiguration! ImageScanningConfiguration \
                 ImageTagMutability ImageTagMutabilityExclusionFilters LifecyclePolicy \
                 RepositoryName! RepositoryPolicyText Tags",
    attributes: "Arn RepositoryUri",
    named_by: Some("RepositoryName"),
    tags: Tags::List,
    create,
    update,
    delete: |call, id, properties| {
        let force = flag(properties, "EmptyOnDelete").unwrap_or(false);
        call.end("ecr", "DeleteRepository", json!({"repositoryName": id, "force": force}))
    },
    attribute: |call, id, _, name| {
        let found = call.ask("ecr", "DescribeRepositories", json!({"repositoryNames": [id]}))?;
        let member = if name == "Arn" { "repositoryArn" } else { "repositoryUri" };
        Ok(at(&found, &format!("/repositories/0/{member}")).into())
    },
    ..PLAIN
};

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "RepositoryName") {
        Some(name) => name,
        None => call.lower_name(256),
    };
    let members = [
        "EncryptionConfiguration",
        "ImageScanningConfiguration",
        "ImageTagMutability",
        "ImageTagMutabilityExclusionFilters",
    ];
    let mut input = pick(properties, &members);
    input.insert("RepositoryName".into(), name.as_str().into());
    input.insert("Tags".into(), tag_list(properties).into());
    call.ask("ecr", "CreateRepository", Value::Object(input))?;
    call.made = Some(name.clone());
    policies(call, &name, &Properties::new(), properties)?;
    Ok(name)
}

fn policies(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    for name in changed(old, new) {
        let value = new.get(name);
        match (name, value) {
            ("LifecyclePolicy", Some(policy)) => {
                let text = at(policy, "/LifecyclePolicyText");
                let input = json!({"repositoryName": id, "lifecyclePolicyText": text});
                call.ask("ecr", "PutLifecyclePolicy", input)?;
            }
            ("LifecyclePolicy", None) => {
                call.end("ecr", "DeleteLifecyclePolicy", json!({"repositoryName": id}))?;
            }
            ("RepositoryPolicyText", Some(policy)) => {
                let input = json!({"repositoryName": id, "policyText": document(policy)});
                call.ask("ecr", "SetRepositoryPolicy", input)?;
            }
            ("RepositoryPolicyText", None) => {
                call.end("ecr", "DeleteRepositoryPolicy", json!({"repositoryName": id}))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn update(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    policies(call, id, old, new)?;
    let differs = changed(old, new);
    if differs.contains(&"ImageTagMutability") {
        let mutability = text(new, "ImageTagMutability").unwrap_or_else(|| "MUTABLE".to_owned());
        let input = json!({"repositoryName": id, "imageTagMutability": mutability});
        call.ask("ecr", "PutImageTagMutability", input)?;
    }
    if differs.contains(&"ImageScanningConfiguration") {
        let usual = json!({"ScanOnPush": false});
        let wanted = new.get("ImageScanningConfiguration").unwrap_or(&usual);
        let input = json!({"repositoryName": id, "imageScanningConfiguration": wanted});
        call.ask("ecr", "PutImageScanningConfiguration", input)?;
    }
    if differs.contains(&"Tags") {
        let found = call.ask("ecr", "DescribeRepositories", json!({"repositoryNames": [id]}))?;
        let arn = at(&found, "/repositories/0/repositoryArn");
        let (gone, set) = tag_changes(old, new);
        if !gone.is_empty() {
            call.ask("ecr", "UntagResource", json!({"resourceArn": arn, "tagKeys": gone}))?;
        }
        if !set.is_empty() {
            call.ask("ecr", "TagResource", json!({"resourceArn": arn, "tags": set}))?;
        }
    }
    Ok(())
}
