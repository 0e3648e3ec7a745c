//! The tree of an instance's metadata (EC2 User Guide, "Instance metadata categories").

use std::collections::BTreeMap;

use aws::ec2::guests::Facts;
use serde_json::json;
use sim::World;

use super::profile;

/// What stands at a path: its type and its bytes.
pub(super) fn find(
    world: &mut World,
    facts: &Facts,
    path: &str,
) -> Option<(&'static str, Vec<u8>)> {
    const TEXT: &str = "text/plain";
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return Some((TEXT, b"1.0\n2007-01-19\n2021-03-23\nlatest".to_vec()));
    }
    let (version, rest) = path.split_once('/').unwrap_or((path, ""));
    if version != "latest" && !version.starts_with("20") && version != "1.0" {
        return None;
    }
    let rest = rest.trim_end_matches('/');
    if rest.is_empty() {
        let data = if facts.user_data.is_some() { "\nuser-data" } else { "" };
        return Some((TEXT, format!("dynamic\nmeta-data{data}").into_bytes()));
    }
    if rest == "user-data" {
        return Some(("application/octet-stream", facts.user_data.clone()?));
    }
    if let Some(leaf) = rest.strip_prefix("dynamic") {
        let leaf = leaf.trim_start_matches('/');
        return match leaf {
            "" => Some((TEXT, b"instance-identity/".to_vec())),
            "instance-identity" => Some((TEXT, b"document".to_vec())),
            "instance-identity/document" => Some((TEXT, document(facts).into_bytes())),
            _ => None,
        };
    }
    let leaf = rest.strip_prefix("meta-data")?.trim_start_matches('/');
    if leaf.starts_with("iam") {
        return iam(world, facts, leaf).map(|text| (TEXT, text.into_bytes()));
    }
    let mut leaves = leaves(facts);
    if profile::role(world, facts).is_some() {
        leaves.insert("iam/info".into(), String::new());
    }
    if let Some(text) = leaves.get(leaf) {
        return Some((TEXT, text.clone().into_bytes()));
    }
    list(&leaves, leaf).map(|text| (TEXT, text.into_bytes()))
}

/// The names below a path, those of folders with a slash.
fn list(leaves: &BTreeMap<String, String>, folder: &str) -> Option<String> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut names: Vec<String> = Vec::new();
    for rest in leaves.keys().filter_map(|path| path.strip_prefix(&prefix)) {
        let name = match rest.split_once('/') {
            Some((name, _)) => format!("{name}/"),
            None => rest.to_owned(),
        };
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join("\n"))
}

fn leaves(facts: &Facts) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut put = |path: &str, text: &str| drop(all.insert(path.to_owned(), text.to_owned()));
    put("ami-id", &facts.image);
    put("ami-launch-index", &facts.index.to_string());
    put("ami-manifest-path", "(unknown)");
    put("hostname", &facts.name);
    put("instance-action", "none");
    put("instance-id", &facts.instance);
    put("instance-life-cycle", "on-demand");
    put("instance-type", &facts.kind);
    put("local-hostname", &facts.name);
    put("local-ipv4", &facts.address.to_string());
    put("mac", &facts.mac);
    put("placement/availability-zone", &facts.zone);
    put("placement/availability-zone-id", &facts.zone_id);
    put("placement/region", &facts.place.region);
    put("profile", "default-hvm");
    put("reservation-id", &facts.reservation);
    let names: Vec<&str> = facts.groups.iter().map(|(name, _)| name.as_str()).collect();
    put("security-groups", &names.join("\n"));
    put("services/domain", "amazonaws.com");
    put("services/partition", "aws");
    if let Some((address, name)) = &facts.public {
        put("public-ipv4", &address.to_string());
        put("public-hostname", name);
    }
    if let Some((name, line)) = &facts.key {
        put("public-keys/0", &format!("0={name}"));
        if let Some(line) = line {
            put("public-keys/0/openssh-key", line);
        }
    }
    let card = format!("network/interfaces/macs/{}", facts.mac);
    let ids: Vec<&str> = facts.groups.iter().map(|(_, id)| id.as_str()).collect();
    put(&format!("{card}/device-number"), "0");
    put(&format!("{card}/interface-id"), &facts.interface);
    put(&format!("{card}/local-ipv4s"), &facts.address.to_string());
    put(&format!("{card}/mac"), &facts.mac);
    put(&format!("{card}/owner-id"), &facts.place.account);
    put(&format!("{card}/security-group-ids"), &ids.join("\n"));
    put(&format!("{card}/subnet-id"), &facts.subnet);
    put(&format!("{card}/subnet-ipv4-cidr-block"), &facts.subnet_block);
    put(&format!("{card}/vpc-id"), &facts.vpc);
    put(&format!("{card}/vpc-ipv4-cidr-block"), &facts.vpc_block);
    if facts.metadata.tags {
        for (key, value) in &facts.tags {
            put(&format!("tags/instance/{key}"), value);
        }
    }
    all
}

/// What is below `iam/`.
fn iam(world: &mut World, facts: &Facts, path: &str) -> Option<String> {
    let role = profile::role(world, facts)?;
    let (arn, id) = facts.profile.clone()?;
    let name = path.strip_prefix("iam")?.trim_start_matches('/');
    match name {
        "" => Some("info\nsecurity-credentials/".into()),
        "info" => {
            let made = profile::credentials(world, facts, &role)?;
            let info = json!({
                "Code": "Success",
                "LastUpdated": made.since.iso_secs(),
                "InstanceProfileArn": arn,
                "InstanceProfileId": id,
            });
            serde_json::to_string_pretty(&info).ok()
        }
        "security-credentials" => Some(role),
        _ if name.strip_prefix("security-credentials/") == Some(role.as_str()) => {
            let Some(made) = profile::credentials(world, facts, &role) else {
                let now = world.now().iso_secs();
                let failed = json!({
                    "Code": "AssumeRoleUnauthorizedAccess",
                    "Message": "EC2 cannot assume the role.",
                    "LastUpdated": now,
                });
                return serde_json::to_string_pretty(&failed).ok();
            };
            let told = json!({
                "Code": "Success",
                "LastUpdated": made.since.iso_secs(),
                "Type": "AWS-HMAC",
                "AccessKeyId": made.key,
                "SecretAccessKey": made.secret,
                "Token": made.token,
                "Expiration": made.expires.iso_secs(),
            });
            serde_json::to_string_pretty(&told).ok()
        }
        _ => None,
    }
}

/// The identity document; it is not signed here.
fn document(facts: &Facts) -> String {
    let document = json!({
        "accountId": facts.place.account,
        "architecture": facts.architecture,
        "availabilityZone": facts.zone,
        "billingProducts": null,
        "devpayProductCodes": null,
        "marketplaceProductCodes": null,
        "imageId": facts.image,
        "instanceId": facts.instance,
        "instanceType": facts.kind,
        "kernelId": null,
        "pendingTime": facts.launched.iso_secs(),
        "privateIp": facts.address.to_string(),
        "ramdiskId": null,
        "region": facts.place.region,
        "version": "2017-09-30",
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}
