//! Files as what the swarm is asked for, and what is said when stacks go.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::spec::{self, Maker};
use super::{deploy, files, ls, members, rm};
use crate::composefile::model::File;
use crate::composefile::{self, How};
use crate::testing::run_on;

/// A file whose one service has these lines, and what stands behind the services.
fn file(service: &str, rest: &str) -> File {
    let text = format!("services: {{web: {{image: nginx, {service}}}}}\n{rest}");
    let how = How { dir: Path::new("/here"), lookup: &|_| None, interpolate: true, compose: false };
    let loaded = composefile::load(std::slice::from_ref(&text), &how);
    loaded.unwrap_or_else(|why| panic!("{text}: {why:?}")).file().expect("a file")
}

fn made(service: &str, rest: &str) -> Result<Value, String> {
    let file = file(service, rest);
    let ids = |name: &str| BTreeMap::from([(format!("shop_{name}"), format!("{name}-id"))]);
    let maker = Maker {
        stack: "shop",
        lab: "lab",
        file: &file,
        secrets: &ids("key"),
        configs: &ids("page"),
    };
    maker.service("web", &file.services["web"])
}

#[test]
fn a_service_becomes_a_spec() {
    let check = |service: &str, pointer: &str, want: Value| {
        let spec = made(service, "").expect("a spec");
        let found = spec.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(found, want, "{service} at {pointer}");
    };
    let container = |key: &str| format!("/TaskTemplate/ContainerSpec/{key}");
    check("", "/Name", "shop_web".into());
    check("", "/Labels/com.docker.stack.image", "nginx".into());
    check("", "/Labels/com.docker.stack.namespace", "shop".into());
    check("", "/Mode", json!({ "Replicated": {} }));
    check("", "/TaskTemplate/Networks", json!([{ "Target": "shop_default", "Aliases": ["web"] }]));
    check("deploy: {replicas: 3}", "/Mode", json!({ "Replicated": { "Replicas": 3 } }));
    check("deploy: {mode: global}", "/Mode", json!({ "Global": {} }));
    check(
        "deploy: {mode: replicated-job, replicas: 2}",
        "/Mode",
        json!({ "ReplicatedJob": { "MaxConcurrent": 2, "TotalCompletions": 2 } }),
    );
    check("command: sleep 5", &container("Args"), json!(["sleep", "5"]));
    check("entrypoint: [a, b]", &container("Command"), json!(["a", "b"]));
    check("environment: {B: 2, A: x}", &container("Env"), json!(["A=x", "B=2"]));
    check("extra_hosts: ['db:10.0.0.5']", &container("Hosts"), json!(["10.0.0.5 db"]));
    check("stop_grace_period: 2s", &container("StopGracePeriod"), 2_000_000_000_i64.into());
    check("healthcheck: {disable: true}", &container("Healthcheck"), json!({ "Test": ["NONE"] }));
    check(
        "cap_add: [net_admin, CAP_CHOWN]",
        &container("CapabilityAdd"),
        json!(["CAP_CHOWN", "CAP_NET_ADMIN"]),
    );
    check("cap_add: [ALL], cap_drop: [ALL, chown]", &container("CapabilityDrop"), Value::Null);
    let policy = "/TaskTemplate/RestartPolicy";
    check("restart: always", policy, json!({ "Condition": "any" }));
    check("restart: 'no'", policy, json!({ "Condition": "none" }));
    check(
        "restart: 'on-failure:3'",
        policy,
        json!({ "Condition": "on-failure", "MaxAttempts": 3 }),
    );
    check(
        "restart: always, deploy: {restart_policy: {condition: none}}",
        policy,
        json!({ "Condition": "none" }),
    );
    check(
        "deploy: {resources: {limits: {cpus: '0.5', memory: 50M}}}",
        "/TaskTemplate/Resources",
        json!({ "Limits": { "NanoCPUs": 500_000_000, "MemoryBytes": 52_428_800 } }),
    );
    check(
        "deploy: {placement: {constraints: [node.role==worker], max_replicas_per_node: 1}}",
        "/TaskTemplate/Placement",
        json!({ "Constraints": ["node.role==worker"], "MaxReplicas": 1 }),
    );
    check(
        "deploy: {update_config: {delay: 5s, order: start-first}}",
        "/UpdateConfig",
        json!({ "Parallelism": 1, "MaxFailureRatio": 0.0, "Order": "start-first", "Delay": 5_000_000_000_i64 }),
    );
    check("", "/UpdateConfig", Value::Null);
    // Ports stand in the order in which they are published.
    check("ports: ['8081:81', '8080:80']", "/EndpointSpec/Ports/0/PublishedPort", 8080.into());
    check("ports: ['8080:80']", "/EndpointSpec/Ports/0/PublishMode", "ingress".into());
}

#[test]
fn parts_of_the_file_are_named_after_the_stack() {
    let check = |service: &str, rest: &str, pointer: &str, want: Value| {
        let spec = made(service, rest).expect("a spec");
        let found = spec.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(found, want, "{service} {rest} at {pointer}");
    };
    let mount = "/TaskTemplate/ContainerSpec/Mounts/0";
    check(
        "volumes: ['data:/data:ro']",
        "volumes: {data: {}}",
        &format!("{mount}/Source"),
        "shop_data".into(),
    );
    check(
        "volumes: ['data:/data:ro']",
        "volumes: {data: {}}",
        &format!("{mount}/ReadOnly"),
        true.into(),
    );
    check(
        "volumes: ['data:/data']",
        "volumes: {data: {name: own}}",
        &format!("{mount}/Source"),
        "own".into(),
    );
    check("volumes: ['./x:/x']", "", &format!("{mount}/Source"), "/here/x".into());
    check(
        "networks: [back]",
        "networks: {back: {}}",
        "/TaskTemplate/Networks/0/Target",
        "shop_back".into(),
    );
    check(
        "networks: [back]",
        "networks: {back: {name: own}}",
        "/TaskTemplate/Networks/0/Target",
        "own".into(),
    );
    let secret = "/TaskTemplate/ContainerSpec/Secrets/0";
    check(
        "secrets: [key]",
        "secrets: {key: {file: ./key}}",
        &format!("{secret}/SecretID"),
        "key-id".into(),
    );
    check(
        "secrets: [key]",
        "secrets: {key: {file: ./key}}",
        &format!("{secret}/File/Mode"),
        0o444.into(),
    );
    check(
        "configs: [{source: page, target: /page, uid: '5'}]",
        "configs: {page: {file: ./page}}",
        "/TaskTemplate/ContainerSpec/Configs/0/File",
        json!({ "Name": "/page", "UID": "5", "GID": "0", "Mode": 0o444 }),
    );
}

#[test]
fn what_no_swarm_takes_is_refused() {
    let check = |service: &str, rest: &str, want: &str| {
        let found = made(service, rest).expect_err(service);
        assert_eq!(found, format!("service web: {want}"), "{service} {rest}");
    };
    check("networks: [back]", "", "undefined network \"back\"");
    check("volumes: ['data:/data']", "", "undefined volume \"data\"");
    check("secrets: [key]", "", "undefined secret \"key\"");
    check("secrets: [other]", "secrets: {other: {file: ./x}}", "secret not found: shop_other");
    check("restart: sometimes", "", "unknown restart policy: sometimes");
    check("deploy: {mode: some}", "", "Unknown mode: some");
    check(
        "deploy: {mode: global, replicas: 2}",
        "",
        "replicas can only be used with replicated or replicated-job mode",
    );
    check(
        "healthcheck: {disable: true, test: [CMD, x]}",
        "",
        "test and disable can't be set at the same time",
    );
}

#[test]
fn what_is_left_aside_is_said() {
    let check = |service: Value, want: &[&str]| {
        let raw = json!({ "web": service });
        let said = deploy::ignored(&[raw.as_object().cloned().unwrap_or_default()]);
        assert_eq!(said.len(), want.len(), "{said:?}");
        for (said, want) in said.iter().zip(want) {
            assert!(said.starts_with(want), "{said:?} is not {want:?}");
        }
    };
    check(json!({ "image": "a" }), &[]);
    check(
        json!({ "restart": "no", "build": "." }),
        &["Ignoring unsupported options: build, restart\n"],
    );
    check(
        json!({ "links": [], "expose": ["80"] }),
        &[
            "Ignoring unsupported options: links\n",
            "Ignoring deprecated options:\n\nexpose: Exposing",
        ],
    );
}

#[test]
fn images_are_looked_at_before_anything_is_made() {
    let check = |image: &str, want: Option<&str>| {
        let mut file = file("", "");
        file.services.get_mut("web").expect("a service").image = Some(image.to_owned());
        let found = deploy::check_images(&file).err().map(|fail| fail.text);
        let want = want.map(|why| format!("invalid image reference for service web: {why}"));
        assert_eq!(found, want, "{image}");
    };
    check("nginx:1.27", None);
    check("", Some("no image specified"));
    check(
        "Nginx",
        Some("invalid reference format: repository name (library/Nginx) must be lowercase"),
    );
}

#[test]
fn networks_are_made_of_what_the_file_says() {
    let check = |service: &str, rest: &str, name: &str, pointer: &str, want: Value| {
        let file = file(service, rest);
        assert!(deploy::used_networks(&file).contains(name), "{service}");
        let network = file.networks.get(name).cloned().unwrap_or_default();
        let body = deploy::network_body("full", "shop", "lab", &network);
        assert_eq!(body.pointer(pointer).cloned().unwrap_or_default(), want, "{rest} at {pointer}");
    };
    check("", "", "default", "/Driver", "overlay".into());
    check("", "", "default", "/IPAM", Value::Null);
    check(
        "networks: [back]",
        "networks: {back: {internal: true}}",
        "back",
        "/Internal",
        true.into(),
    );
    check(
        "networks: [back]",
        "networks: {back: {ipam: {config: [{subnet: 10.1.0.0/16}]}}}",
        "back",
        "/IPAM",
        json!({ "Driver": "", "Config": [{ "Subnet": "10.1.0.0/16" }] }),
    );
}

#[test]
fn stacks_are_counted_in_the_order_of_people() {
    let check = |stacks: &[&str], want: &[(&str, &str)]| {
        let service = |stack: &&str| json!({ "Spec": { "Labels": { super::NAMESPACE: stack } } });
        let rows = ls::rows(&stacks.iter().map(service).collect());
        let found: Vec<_> = rows.iter().map(|r| (r.text("Name"), r.text("Services"))).collect();
        assert_eq!(found, want, "{stacks:?}");
    };
    check(&[], &[]);
    check(&["web10", "web2", "web10"], &[("web2", "1"), ("web10", "2")]);
}

#[test]
fn members_are_found_by_filters_and_known_by_name() {
    let check = |item: Value, name: &str, id: &str| {
        assert_eq!((members::name(&item).as_str(), members::id(&item)), (name, id), "{item}");
    };
    check(json!({ "ID": "1", "Spec": { "Name": "shop_web" } }), "shop_web", "1");
    check(json!({ "Id": "2", "Name": "shop_default" }), "shop_default", "2");
    let path = |path: &str| members::filtered(path, &json!({ "label": ["a/b:c"] }));
    assert!(path("/services").starts_with("/services?filters="), "{}", path("/services"));
    assert!(path("/services?status=1").contains("&filters="), "{}", path("/services?status=1"));
    assert!(path("/x").ends_with("a%2Fb%3Ac%22%5D%7D"), "{}", path("/x"));
}

#[test]
fn names_tasks_and_folders() {
    let scoped = |own: Option<&str>, want: &str| assert_eq!(spec::scoped("shop", "web", own), want);
    scoped(None, "shop_web");
    scoped(Some(""), "shop_web");
    scoped(Some("own"), "own");
    let over = |state: &str, want: bool| {
        assert_eq!(rm::over(&json!({ "Status": { "State": state } })), want, "{state}");
    };
    over("running", false);
    over("preparing", false);
    over("shutdown", true);
    over("failed", true);
    let folder = |name: &str, want: &str| {
        assert_eq!(files::folder(Path::new("/here"), name), Path::new(want), "{name}");
    };
    folder("-", "/here");
    folder("stack.yml", "/here");
    folder("sub/../other/stack.yml", "/here/other");
    folder("/there/stack.yml", "/there");
}

#[test]
fn what_cannot_be_removed_is_named_and_the_rest_is_removed() {
    let answers = [
        ("GET /services", json!([{ "ID": "s1", "Spec": { "Name": "shop_web" } }])),
        ("GET /secrets", json!([])),
        ("GET /configs", json!([{ "ID": "c1", "Spec": { "Name": "shop_page" } }])),
        ("GET /networks", json!([{ "Id": "n1", "Name": "shop_default" }])),
        ("DELETE /services/s1", json!({})),
        ("DELETE /networks/n1", json!({})),
    ];
    let ran = run_on(&answers, "stack rm shop");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            1,
            "Removing service shop_web\nRemoving config shop_page\nRemoving network shop_default\n"
        )
    );
    assert_eq!(
        ran.err,
        "Failed to remove config c1: Error response from daemon: nothing at /configs/c1failed to remove some resources from stack: shop\n"
    );
    let asked: Vec<&str> = ran.changes.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(asked, ["DELETE /services/s1", "DELETE /configs/c1", "DELETE /networks/n1"]);
    let nothing = ["GET /services", "GET /secrets", "GET /configs", "GET /networks"]
        .map(|question| (question, json!([])));
    let ran = run_on(&nothing, "stack rm a b");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "Nothing found in stack: a\nNothing found in stack: b\n");
}
