//! Making the containers that the file says, and leaving alone those that are as it says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::containers::{self, Found};
use super::create_body::{self, Made};
use super::project::Project;
use super::{HASH, NETWORK, PROJECT, VOLUME, secrets, step};
use crate::composefile::model::Service;
use crate::container::create::own_anonymous;
use crate::cx::{Cx, Fail};
use docker::{Engine, EngineError, LABEL};

/// How containers are made.
pub(super) struct How<'a> {
    /// Make all anew.
    pub(super) force: bool,
    /// Make none anew.
    pub(super) keep: bool,
    /// How many of a service there are to be.
    pub(super) scale: &'a BTreeMap<String, u64>,
    /// The ids of the services' images.
    pub(super) images: &'a BTreeMap<String, String>,
    /// Leave no volumes without a name to the new ones.
    pub(super) renew: bool,
    /// Seconds that a container has to end.
    pub(super) timeout: Option<i32>,
}

/// Makes networks and named volumes that are missing.
///
/// # Errors
/// The engine's refusal, or an outside network or volume that is not there.
pub(super) fn networks_and_volumes(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    services: &[String],
) -> Result<(), Fail> {
    let (networks, volumes) = used(project, services);
    for key in networks {
        network(cx, engine, project, &key)?;
    }
    for key in volumes {
        volume(cx, engine, project, &key)?;
    }
    Ok(())
}

/// The networks and the named volumes that services use, by their keys in the file.
pub(super) fn used(project: &Project, services: &[String]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut networks, mut volumes) = (BTreeSet::new(), BTreeSet::new());
    for service in services.iter().filter_map(|name| project.file.services.get(name)) {
        if service.network_mode.is_none() {
            networks.extend(service.networks.keys().cloned());
            if service.networks.is_empty() {
                networks.insert("default".to_owned());
            }
        }
        let named = service.volumes.iter().filter(|m| m.kind == "volume");
        volumes.extend(named.filter_map(|m| m.source.clone()));
    }
    (networks, volumes)
}

fn labels(
    lab: &str,
    project: &Project,
    own: &BTreeMap<String, Option<String>>,
    key: (&str, &str),
) -> Value {
    let mut labels: serde_json::Map<String, Value> =
        own.iter().map(|(k, v)| (k.clone(), v.clone().unwrap_or_default().into())).collect();
    labels.insert(PROJECT.into(), project.name.clone().into());
    labels.insert(key.0.into(), key.1.into());
    labels.insert(LABEL.into(), lab.into());
    Value::Object(labels)
}

fn network(cx: &mut Cx<'_, '_>, engine: &Engine, project: &Project, key: &str) -> Result<(), Fail> {
    let given = project.file.networks.get(key).cloned().unwrap_or_default();
    let name = project.network(key);
    let found =
        cx.runtime.block_on(engine.get_json(&format!("/networks/{}", Engine::escape(&name))));
    match found {
        Ok(_) => return Ok(()),
        Err(error) if !error.is_not_found() => return Err(error.into()),
        Err(_) if given.external => {
            return Err(Fail::new(
                1,
                format!("Error response from daemon: network {name} not found"),
            ));
        }
        Err(_) => {}
    }
    let body = network_body(project, key, cx.lab());
    step(cx, "Network", &name, "Creating");
    cx.wait(engine.post_json("/networks/create", Some(&body)))?;
    step(cx, "Network", &name, "Created");
    Ok(())
}

/// What a network of the project is made of.
pub(super) fn network_body(project: &Project, key: &str, lab: &str) -> Value {
    let given = project.file.networks.get(key).cloned().unwrap_or_default();
    let texts = |own: &BTreeMap<String, Option<String>>| -> Value {
        own.iter().map(|(k, v)| (k.clone(), Value::from(v.clone().unwrap_or_default()))).collect()
    };
    let mut body = json!({
        "Name": project.network(key),
        "CheckDuplicate": true,
        "Driver": given.driver.clone().unwrap_or_else(|| "bridge".into()),
        "Internal": given.internal,
        "Attachable": given.attachable,
        "EnableIPv6": given.enable_ipv6,
        "Options": texts(&given.driver_opts),
        "Labels": labels(lab, project, &given.labels, (NETWORK, key)),
    });
    if given.ipam.driver.is_some() || !given.ipam.config.is_empty() {
        let pool = |p: &crate::composefile::model::Pool| {
            let mut one = serde_json::Map::new();
            for (name, value) in
                [("Subnet", &p.subnet), ("IPRange", &p.ip_range), ("Gateway", &p.gateway)]
            {
                if let Some(value) = value {
                    one.insert(name.into(), value.clone().into());
                }
            }
            Value::Object(one)
        };
        body["IPAM"] = json!({
            "Driver": given.ipam.driver.clone().unwrap_or_else(|| "default".into()),
            "Config": given.ipam.config.iter().map(pool).collect::<Vec<_>>(),
            "Options": texts(&given.ipam.options),
        });
    }
    body
}

fn volume(cx: &mut Cx<'_, '_>, engine: &Engine, project: &Project, key: &str) -> Result<(), Fail> {
    let given = project.file.volumes.get(key).cloned().unwrap_or_default();
    let name = project.volume(key);
    match cx.runtime.block_on(engine.inspect_volume(&name)) {
        Ok(_) => return Ok(()),
        Err(error) if !error.is_not_found() => return Err(error.into()),
        Err(_) if given.external => {
            return Err(Fail::new(1, format!("external volume {name:?} not found")));
        }
        Err(_) => {}
    }
    let body = volume_body(project, key, cx.lab());
    let shown = format!("{name:?}");
    step(cx, "Volume", &shown, "Creating");
    cx.wait(engine.post_json("/volumes/create", Some(&body)))?;
    step(cx, "Volume", &shown, "Created");
    Ok(())
}

/// What a volume of the project is made of.
pub(super) fn volume_body(project: &Project, key: &str, lab: &str) -> Value {
    let given = project.file.volumes.get(key).cloned().unwrap_or_default();
    let options: serde_json::Map<String, Value> = given
        .driver_opts
        .iter()
        .map(|(k, v)| (k.clone(), v.clone().unwrap_or_default().into()))
        .collect();
    json!({
        "Name": project.volume(key),
        "Driver": given.driver.clone().unwrap_or_else(|| "local".into()),
        "DriverOpts": options,
        "Labels": labels(lab, project, &given.labels, (VOLUME, key)),
    })
}

/// How many containers of a service there are to be: as asked, or as the file says.
pub(super) fn wanted(service: &Service, asked: Option<u64>) -> u64 {
    let replicas = service
        .deploy
        .as_ref()
        .and_then(|d| d.replicas.as_ref())
        .and_then(|r| r.as_u64().or_else(|| r.as_str().and_then(|t| t.parse().ok())));
    asked.or(service.scale).or(replicas).unwrap_or(1)
}

/// Makes a service's containers; those that are as they should be stay.
///
/// # Errors
/// The engine's refusal, or an image that cannot be had.
pub(super) fn service(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    project: &Project,
    name: &str,
    how: &How<'_>,
) -> Result<(), Fail> {
    let Some(service) = project.file.services.get(name) else { return Ok(()) };
    let image = how.images.get(name).map(String::as_str).unwrap_or_default();
    let wanted = wanted(service, how.scale.get(name).copied());
    if let (true, Some(own)) = (wanted > 1, &service.container_name) {
        return Err(Fail::new(
            1,
            format!(
                "WARNING: The {name:?} service is using the custom container name {own:?}. Docker requires each container to have a unique name. Remove the custom name to scale the service.\n"
            ),
        ));
    }
    let hash = create_body::hash(project, name);
    let make = |number: u32, kept: Vec<String>| Made {
        project,
        name,
        service,
        number,
        hash: &hash,
        lab: "",
        kept,
        image,
        one_off: None,
    };
    let present = containers::list(cx, engine, &project.name, &[name.to_owned()])?;
    let mut numbers: Vec<u32> = Vec::new();
    for (at, found) in present.iter().enumerate() {
        if at as u64 >= wanted {
            remove(cx, engine, found, how.timeout, false)?;
            continue;
        }
        numbers.push(found.number);
        let same_image = found.listed.get("ImageID").and_then(Value::as_str) == Some(image);
        let same = found.label(HASH) == hash && same_image;
        if how.keep || same && !how.force {
            match found.state.as_str() {
                "running" => step(cx, "Container", &found.name, "Running"),
                "exited" => step(cx, "Container", &found.name, "Created"),
                _ => {}
            }
            continue;
        }
        step(cx, "Container", &found.name, "Recreate");
        let kept = if how.renew { Vec::new() } else { anonymous(cx, engine, found)? };
        cx.wait(engine.stop(&found.id, None, how.timeout))?;
        cx.wait(engine.remove(&found.id, true, false, false))?;
        create(cx, engine, make(found.number, kept))?;
        step(cx, "Container", &found.name, "Recreated");
    }
    let mut number = 1;
    while (numbers.len() as u64) < wanted {
        if !numbers.contains(&number) {
            let full = create_body::container_name(project, name, number);
            step(cx, "Container", &full, "Creating");
            create(cx, engine, make(number, Vec::new()))?;
            step(cx, "Container", &full, "Created");
            numbers.push(number);
        }
        number += 1;
    }
    Ok(())
}

/// The volumes without a name that a container has, as binds for the one after it.
fn anonymous(cx: &Cx<'_, '_>, engine: &Engine, found: &Found) -> Result<Vec<String>, Fail> {
    Ok(nameless(&cx.wait(engine.inspect(&found.id))?))
}

/// Those of a container that is known in whole.
pub(super) fn nameless(whole: &Value) -> Vec<String> {
    let text =
        |m: &Value, key: &str| m.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_nameless = |name: &str| name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
    whole
        .get("Mounts")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|m| text(m, "Type") == "volume" && is_nameless(&text(m, "Name")))
        .map(|m| format!("{}:{}:rw", text(m, "Name"), text(m, "Destination")))
        .collect()
}

/// Makes a container; its id.
///
/// # Errors
/// The engine's refusal, or a value of the file that cannot be read.
pub(super) fn create(cx: &mut Cx<'_, '_>, engine: &Engine, made: Made<'_>) -> Result<String, Fail> {
    secrets::check(made.project, made.service)?;
    let lab = cx.lab().to_owned();
    let made = Made { lab: &lab, ..made };
    let body = made.body().map_err(|why| Fail::new(1, format!("services.{}: {why}", made.name)));
    let mut body = body?;
    let image = body["Image"].as_str().unwrap_or_default().to_owned();
    own_anonymous(cx, engine, &image, &mut body);
    let full = made.title();
    let platform = made.service.platform.as_deref().unwrap_or_default();
    let path = format!(
        "/containers/create?name={}&platform={}",
        containers::query(&full),
        containers::query(platform)
    );
    let answer = cx.runtime.block_on(engine.post_json(&path, Some(&body))).map_err(|error| {
        let image = body["Image"].as_str().unwrap_or_default();
        let text = Fail::from(error).text;
        let gone =
            text.replace(": No such image", &format!(": no such image: {image}: No such image"));
        Fail::new(1, gone)
    })?;
    for warning in answer.get("Warnings").and_then(Value::as_array).into_iter().flatten() {
        cx.complain(format!(" {}", warning.as_str().unwrap_or_default()));
    }
    let id = answer.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (network, settings) in made.networks().iter().skip(1) {
        let body = json!({ "Container": id, "EndpointConfig": settings });
        let path = format!("/networks/{}/connect", Engine::escape(network));
        cx.wait(engine.post_json(&path, Some(&body)))?;
    }
    secrets::put(cx, engine, &id, made.project, made.service)?;
    Ok(id)
}

/// Stops a container and removes it, with its volumes without a name if asked.
///
/// # Errors
/// The engine's refusal; a container that is gone already is none.
pub(super) fn remove(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    found: &Found,
    timeout: Option<i32>,
    volumes: bool,
) -> Result<(), Fail> {
    let gone = |done: Result<(), EngineError>| match done {
        Err(e) if e.is_not_found() => Ok(()),
        other => other,
    };
    step(cx, "Container", &found.name, "Stopping");
    gone(cx.runtime.block_on(engine.stop(&found.id, None, timeout)))?;
    step(cx, "Container", &found.name, "Stopped");
    step(cx, "Container", &found.name, "Removing");
    gone(cx.runtime.block_on(engine.remove(&found.id, true, volumes, false)))?;
    step(cx, "Container", &found.name, "Removed");
    Ok(())
}
