//! Projects as tables: what a file means, in which order, and what is asked of the engine. No engine
//! is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::containers::{self, Found};
use super::create_body::{Made, OneOff};
use super::plan::{self, MAKING, Plan};
use super::project::Project;
use super::start::{Reached, Why};
use super::{
    config, converge, cp, down, events, extends, lifecycle, load, ls, ps, run, secrets, start,
    validate,
};
use crate::composefile::{self, How};
use crate::cx::Fail;
use command_line::flags;
use command_line::flags::{Flag, Parsed};

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn given(line: &str, flags: &[&'static [Flag]]) -> Parsed {
    flags::parse(&words(line), flags, false).expect(line)
}

/// The project `shop` of this file, in `/here`.
fn read(text: &str) -> Result<Project, Fail> {
    let dir = Path::new("/here");
    let file = dir.join("compose.yaml");
    let how = How { dir, lookup: &|_| None, interpolate: true, compose: true };
    let loaded = composefile::load(&[text.to_owned()], &how);
    let mut loaded = loaded.unwrap_or_else(|why| panic!("{text}: {why:?}"));
    extends::extend(&mut loaded, &file, &how)?;
    let (name, dir, env) = ("shop".to_owned(), dir.to_owned(), BTreeMap::new());
    let parsed = loaded.file().expect("a file");
    Ok(Project { name, dir, files: vec![file], env, root: loaded.root, file: parsed })
}

fn project(text: &str) -> Project {
    read(text).unwrap_or_else(|fail| panic!("{text}: {}", fail.text))
}

/// A project with one service that has these keys.
fn web(service: &str) -> Project {
    project(&format!("services: {{web: {{image: nginx, {service}}}}}"))
}

#[test]
fn flags_make_a_plan() {
    let check = |line: &str, want: Result<&[(&str, u64)], &str>| {
        let given = given(line, &[MAKING]);
        let found = plan::check(&given).and_then(|()| Plan::read(&given));
        let want = want.map(|all| all.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect());
        assert_eq!(
            found.map(|plan| plan.scale).map_err(|f| f.text),
            want.map_err(str::to_owned),
            "{line}"
        );
    };
    check("", Ok(&[]));
    check("--scale web=3 --scale db=1", Ok(&[("web", 3), ("db", 1)]));
    check("--scale web", Err("invalid --scale option \"web\". Should be SERVICE=NUM"));
    check("--scale web=x", Err("strconv.Atoi: parsing \"x\": invalid syntax"));
    check("--pull missing", Ok(&[]));
    check("--pull policy", Ok(&[]));
    check("--pull often", Err("invalid --pull option \"often\""));
    check("--build --no-build", Err("--build and --no-build are incompatible"));
    check(
        "--force-recreate --no-recreate",
        Err("--force-recreate and --no-recreate are incompatible"),
    );
}

const CHAIN: &str = "services: {web: {image: a, depends_on: [api]}, \
                     api: {image: a, depends_on: {db: {condition: service_healthy}}}, \
                     db: {image: a}, tool: {image: a, profiles: [dev]}}";

#[test]
fn what_others_wait_for_comes_first() {
    let check = |names: &[&str], with_deps: bool, want: Result<&[&str], &str>| {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let found = project(CHAIN).ordered(&names, with_deps).map_err(|fail| fail.text);
        let want = want.map(|all| all.iter().map(|n| (*n).to_owned()).collect());
        assert_eq!(found, want.map_err(str::to_owned), "{names:?}");
    };
    check(&[], true, Ok(&["db", "api", "tool", "web"]));
    check(&["web"], true, Ok(&["db", "api", "web"]));
    check(&["web"], false, Ok(&["web"]));
    check(&["web", "db"], false, Ok(&["web", "db"]));
    check(&["cache"], true, Err("no such service: cache"));
    let circle = "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}";
    let found = project(circle).ordered(&[], true).map_err(|fail| fail.text);
    assert_eq!(found, Err("dependency cycle detected: a -> b -> a".into()));
}

#[test]
fn profiles_choose_services() {
    let check = |profiles: &[&str], want: &[&str]| {
        let mut project = project(CHAIN);
        project.select(&profiles.iter().map(|p| (*p).to_owned()).collect());
        let found: Vec<&str> = project.file.services.keys().map(String::as_str).collect();
        assert_eq!(found, want, "{profiles:?}");
        // A service that does not take part is known all the same.
        assert!(project.known(&words("tool web")).is_ok());
        assert!(project.known(&words("lost")).is_err());
        assert_eq!(project.profiles(), BTreeSet::from(["dev".to_owned()]));
    };
    check(&[], &["api", "db", "web"]);
    check(&["dev"], &["api", "db", "tool", "web"]);
    check(&["*"], &["api", "db", "tool", "web"]);
    check(&["other"], &["api", "db", "web"]);
}

#[test]
fn parts_that_do_not_fit_are_named() {
    let check = |text: &str, want: Option<&str>| {
        let found = validate::check(&project(text)).err().map(|fail| fail.text);
        let want = want.map(|why| format!("{why}: invalid compose project"));
        assert_eq!(found, want, "{text}");
    };
    check("services: {web: {image: a}}", None);
    check("services: {web: {build: .}}", None);
    check(
        "services: {web: {command: x}}",
        Some("service \"web\" has neither an image nor a build context specified"),
    );
    check(
        "services: {web: {image: a, networks: [back]}}",
        Some("service \"web\" refers to undefined network back"),
    );
    check("services: {web: {image: a, networks: [default]}}", None);
    check(
        "services: {web: {image: a, network_mode: host, networks: [default]}}",
        Some("service web declares mutually exclusive `network_mode` and `networks`"),
    );
    check(
        "services: {web: {image: a, depends_on: [db]}}",
        Some("service \"web\" depends on undefined service \"db\""),
    );
    check(
        "services: {web: {image: a, depends_on: {db: {condition: service_started, required: false}}}}",
        None,
    );
    check(
        "services: {web: {image: a, network_mode: 'service:db'}}",
        Some("service \"web\" depends on undefined service \"db\""),
    );
    check(
        "services: {web: {image: a, volumes: ['data:/data']}}",
        Some("service \"web\" refers to undefined volume data"),
    );
    check(
        "services: {web: {image: a, secrets: [key]}}",
        Some("service \"web\" refers to undefined secret key"),
    );
    check(
        "services: {web: {image: a, scale: 2, deploy: {replicas: 3}}}",
        Some("services.web: can't set distinct values on 'scale' and 'deploy.replicas'"),
    );
    check("services: {web: {image: a, scale: 2, deploy: {replicas: 2}}}", None);
    check(
        "services: {web: {image: a, scale: 2, container_name: x}}",
        Some("services.scale: can't set container_name and web as container name must be unique"),
    );
}

#[test]
fn services_extend_others() {
    let check = |text: &str, pointer: &str, want: Value| {
        let root = Value::Object(project(text).root);
        assert_eq!(root.pointer(pointer).cloned().unwrap_or_default(), want, "{text} at {pointer}");
    };
    let file = "services: {base: {image: a, environment: {A: 1, B: 1}}, \
                web: {extends: base, environment: {B: 2}}}";
    check(file, "/services/web/image", "a".into());
    check(file, "/services/web/environment", json!({ "A": "1", "B": "2" }));
    check(file, "/services/web/extends", Value::Null);
    let wrong = |text: &str, want: &str| {
        assert_eq!(read(text).map(|_| ()).map_err(|fail| fail.text), Err(want.into()), "{text}");
    };
    wrong(
        "services: {web: {extends: {service: lost}}}",
        "cannot extend service \"web\" in /here/compose.yaml: service \"lost\" not found",
    );
    wrong(
        "services: {a: {extends: b}, b: {extends: a}}",
        "Circular reference:\n  a in /here/compose.yaml\n  extends b in /here/compose.yaml\n  \
         extends a in /here/compose.yaml",
    );
}

#[test]
fn names_of_projects_are_proper_or_refused() {
    let check = |name: &str, want: bool| assert_eq!(load::proper(name).is_ok(), want, "{name}");
    check("shop", true);
    check("shop_2-x", true);
    check("Shop", false);
    check("_shop", false);
    check("", false);
    let over = |service: &str, want: &[&str]| {
        assert_eq!(load::passed_over(&web(service)), want, "{service}");
    };
    over("tty: true", &[]);
    over("links: [db], build: {context: ., tags: [x]}", &["web.links", "web.build.tags"]);
}

fn made(project: &Project, one_off: Option<OneOff>) -> Value {
    let made = Made {
        project,
        name: "web",
        service: &project.file.services["web"],
        number: 2,
        hash: "h",
        lab: "lab",
        kept: vec!["abc:/kept:rw".to_owned()],
        image: "sha256:1",
        one_off,
    };
    made.body().expect("a body")
}

#[test]
fn a_service_becomes_a_container() {
    let check = |service: &str, pointer: &str, want: Value| {
        let body = made(&web(service), None);
        assert_eq!(
            body.pointer(pointer).cloned().unwrap_or_default(),
            want,
            "{service} at {pointer}"
        );
    };
    check("", "/Image", "nginx".into());
    check("", "/Labels/com.docker.compose.container-number", "2".into());
    check("", "/Labels/com.docker.compose.oneoff", "False".into());
    check("", "/Labels/distlab", "lab".into());
    check("", "/HostConfig/NetworkMode", "shop_default".into());
    check("", "/NetworkingConfig/EndpointsConfig/shop_default/Aliases", json!(["web"]));
    check("", "/HostConfig/Binds", json!(["abc:/kept:rw"]));
    check("command: echo 'a b'", "/Cmd", json!(["echo", "a b"]));
    check("environment: [A=1, B]", "/Env", json!(["A=1"]));
    check("expose: [81]", "/ExposedPorts", json!({ "81/tcp": {} }));
    check(
        "ports: ['127.0.0.1:8080:80/udp']",
        "/HostConfig/PortBindings",
        json!({ "80/udp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }] }),
    );
    check("volumes: ['./x:/x:ro']", "/HostConfig/Binds/1", "/here/x:/x:ro".into());
    check("volumes: ['data:/data']", "/HostConfig/Binds/1", "shop_data:/data:rw".into());
    check("mem_limit: 50m", "/HostConfig/Memory", 52_428_800.into());
    check("cpus: 0.5", "/HostConfig/NanoCpus", 500_000_000.into());
    check("stop_grace_period: 90s", "/StopTimeout", 90.into());
    check("network_mode: host", "/HostConfig/NetworkMode", "host".into());
    check("network_mode: host", "/NetworkingConfig", Value::Null);
    check("network_mode: 'service:db'", "/HostConfig/NetworkMode", "container:shop-db-1".into());
    check("tmpfs: '/run:size=1m'", "/HostConfig/Tmpfs", json!({ "/run": "size=1m" }));
}

#[test]
fn flags_of_run_change_the_service() {
    let check = |line: &str, pointer: &str, want: Value| {
        let mut project = web("ports: ['80:80'], restart: always, command: serve, tty: true");
        let given = given(line, &[run::FLAGS]);
        let service = run::changed(&project.file.services["web"], &given, false).expect(line);
        project.file.services.insert("web".into(), service);
        let one = OneOff {
            name: "shop-web-run-1".into(),
            slug: "1".into(),
            aliases: given.is("use-aliases"),
            remove: given.is("rm"),
        };
        let body = made(&project, Some(one));
        assert_eq!(body.pointer(pointer).cloned().unwrap_or_default(), want, "{line} at {pointer}");
    };
    check("web", "/Cmd", json!(["serve"]));
    check("web sh -c ls", "/Cmd", json!(["sh", "-c", "ls"]));
    check("--entrypoint sh web", "/Entrypoint", json!(["sh"]));
    check("--entrypoint sh web", "/Cmd", json!([]));
    check("web", "/HostConfig/PortBindings", json!({}));
    check(
        "-p 8080:80 web",
        "/HostConfig/PortBindings",
        json!({ "80/tcp": [{ "HostIp": "", "HostPort": "8080" }] }),
    );
    check("-e A=1 web", "/Env", json!(["A=1"]));
    check("-u ada -w /tmp web", "/User", "ada".into());
    check("--rm web", "/HostConfig/AutoRemove", true.into());
    check("web", "/Labels/com.docker.compose.oneoff", "True".into());
    check("web", "/NetworkingConfig/EndpointsConfig/shop_default/Aliases", json!([]));
    check(
        "--use-aliases web",
        "/NetworkingConfig/EndpointsConfig/shop_default/Aliases/0",
        "web".into(),
    );
    check("-v /a:/b:ro web", "/HostConfig/Binds/1", "/a:/b:ro".into());
}

/// Containers as the engine lists them: project, service, number, state.
fn listed(all: &[(&str, &str, &str, &str)]) -> Value {
    all.iter()
        .map(|(project, service, number, state)| {
            json!({
                "Id": format!("{service}{number}"),
                "Names": [format!("/{project}-{service}-{number}")],
                "State": state,
                "Labels": {
                    super::PROJECT: project, super::SERVICE: service, super::NUMBER: number,
                    super::FILES: "/here/compose.yaml",
                },
            })
        })
        .collect()
}

#[test]
fn containers_stand_by_service_and_number() {
    let all = listed(&[
        ("shop", "web", "10", "running"),
        ("shop", "db", "1", "exited"),
        ("shop", "web", "2", "running"),
    ]);
    let check = |services: &str, want: &[&str]| {
        let found = containers::read(&all, &words(services));
        let names: Vec<String> = found.iter().map(Found::short).collect();
        assert_eq!(names, want, "{services:?}");
    };
    check("", &["db-1", "web-2", "web-10"]);
    check("web", &["web-2", "web-10"]);
    check("cache", &[]);
    let mut own = containers::read(&all, &words("db"));
    own[0].name = "postgres".into();
    assert_eq!(own[0].short(), "postgres", "a name of its own is shown in whole");
    let chain = project("services: {web: {image: a, depends_on: [db]}, db: {image: a}}");
    let ordered = lifecycle::dependents_first(Some(&chain), containers::read(&all, &[]));
    let names: Vec<&str> = ordered.iter().map(|c| c.service.as_str()).collect();
    assert_eq!(names, ["web", "web", "db"], "what is waited for stops last");
}

#[test]
fn projects_are_listed_with_their_states() {
    let all = listed(&[
        ("shop", "web", "1", "running"),
        ("shop", "db", "1", "running"),
        ("shop", "old", "1", "exited"),
        ("blog", "web", "1", "paused"),
    ]);
    let check = |wanted: &str, want: &[(&str, &str)]| {
        let rows = ls::rows(&all, &words(wanted));
        let found: Vec<_> = rows
            .iter()
            .map(|r| (r["Name"].as_str().unwrap_or(""), r["Status"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(found, want, "{wanted:?}");
    };
    check("", &[("blog", "paused(1)"), ("shop", "exited(1), running(2)")]);
    check("sho", &[("shop", "exited(1), running(2)")]);
    check("none", &[]);
}

#[test]
fn a_row_of_ps_says_how_a_container_is() {
    let check = |more: Value, field: &str, want: Value| {
        let mut all = listed(&[("shop", "web", "1", "running")]);
        let container = all[0].as_object_mut().expect("a container");
        container.extend(more.as_object().cloned().unwrap_or_default());
        let row = ps::row(&containers::read(&all, &[])[0], "shop", false);
        assert_eq!(row.fields[field], want, "{field} of {more}");
    };
    check(json!({}), "Name", "shop-web-1".into());
    check(json!({ "Status": "Exited (3) 2 days ago" }), "ExitCode", 3.into());
    check(json!({ "Status": "Up 2 minutes (healthy)" }), "Health", "healthy".into());
    check(json!({ "Status": "Up 1 second (health: starting)" }), "Health", "starting".into());
    check(json!({ "Status": "Up 1 second" }), "Health", "".into());
    check(
        json!({ "Command": "sleep 1000000000000000" }),
        "Command",
        "\"sleep 1000000000000…\"".into(),
    );
    check(json!({}), "Publishers", Value::Null);
}

#[test]
fn how_many_containers_there_are_to_be() {
    let check = |service: &str, asked: Option<u64>, want: u64| {
        let found = converge::wanted(&web(service).file.services["web"], asked);
        assert_eq!(found, want, "{service} {asked:?}");
    };
    check("", None, 1);
    check("scale: 2", None, 2);
    check("deploy: {replicas: 3}", None, 3);
    check("scale: 2", Some(5), 5);
    check("scale: 2", Some(0), 0);
}

#[test]
fn networks_and_volumes_are_those_that_are_used() {
    let file = project(
        "services: {web: {image: a, networks: [back], volumes: ['data:/data', './x:/x']}, \
         db: {image: a}, sys: {image: a, network_mode: host}}\n\
         networks: {back: {internal: true, ipam: {config: [{subnet: 10.1.0.0/16}]}}, idle: {}}\n\
         volumes: {data: {driver_opts: {o: ro}}, idle: {}}",
    );
    let check = |services: &str, networks: &[&str], volumes: &[&str]| {
        let set = |all: &[&str]| all.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
        let found = converge::used(&file, &words(services));
        assert_eq!(found, (set(networks), set(volumes)), "{services}");
    };
    check("web db sys", &["back", "default"], &["data"]);
    check("db", &["default"], &[]);
    check("sys", &[], &[]);
    let network = converge::network_body(&file, "back", "lab");
    assert_eq!(network["Name"], "shop_back");
    assert_eq!(network["Internal"], true);
    assert_eq!(network["IPAM"]["Config"], json!([{ "Subnet": "10.1.0.0/16" }]));
    assert_eq!(network["Labels"]["distlab"], "lab");
    let volume = converge::volume_body(&file, "data", "lab");
    assert_eq!((&volume["Name"], &volume["DriverOpts"]["o"]), (&"shop_data".into(), &"ro".into()));
    assert!(config::used(&file)[0].1.contains("default"), "{:?}", config::used(&file));
    assert!(config::full(&file, &words("web"))["networks"].get("idle").is_none());
    assert!(down::has_networks(&file));
    assert!(!down::has_networks(&web("network_mode: host")));
}

#[test]
fn volumes_without_a_name_are_kept() {
    let name = "0123456789abcdef".repeat(4);
    let check = |mount: Value, want: &[&str]| {
        let found = converge::nameless(&json!({ "Mounts": [mount] }));
        assert_eq!(found, want, "{mount}");
    };
    let kept = format!("{name}:/data:rw");
    check(json!({ "Type": "volume", "Name": name, "Destination": "/data" }), &[&kept]);
    check(json!({ "Type": "volume", "Name": "data", "Destination": "/data" }), &[]);
    check(json!({ "Type": "bind", "Name": name, "Destination": "/data" }), &[]);
}

#[test]
fn conditions_are_settled_or_waited_for() {
    let check = |state: &str, health: Option<&str>, condition: &str, want: Option<Reached>| {
        let mut whole = json!({ "State": { "Status": state, "ExitCode": 3 } });
        if let Some(health) = health {
            whole["State"]["Health"] = json!({ "Status": health });
        }
        assert_eq!(start::settled(&whole, condition), want, "{state} {health:?} {condition}");
    };
    let (done, healthy) = ("service_completed_successfully", "service_healthy");
    check("running", None, done, None);
    check("exited", None, done, Some(Reached::No(Why::Code(3))));
    check("exited", None, healthy, Some(Reached::No(Why::Exited(3))));
    check("running", None, healthy, Some(Reached::No(Why::NoCheck)));
    check("running", Some("starting"), healthy, None);
    check("running", Some("healthy"), healthy, Some(Reached::Yes("Healthy")));
    check("running", Some("unhealthy"), healthy, Some(Reached::No(Why::Unhealthy)));
    check("running", None, "running_or_healthy", Some(Reached::Yes("Healthy")));
    check("created", None, "running_or_healthy", None);
    let well = json!({ "State": { "Status": "exited", "ExitCode": 0 } });
    assert_eq!(start::settled(&well, done), Some(Reached::Yes("Exited")));
}

#[test]
fn small_things_are_read() {
    let copied =
        |text: &str, want: Option<(&str, &str)>| assert_eq!(cp::split(text), want, "{text}");
    copied("web:/etc/x", Some(("web", "/etc/x")));
    copied("./a:b", None);
    copied("/a:b", None);
    copied("file", None);
    let mode = |given: Option<Value>, want: u32| {
        assert_eq!(secrets::mode(given.as_ref()), want, "{given:?}");
    };
    mode(None, 0o444);
    mode(Some(256.into()), 0o400);
    mode(Some("0440".into()), 0o440);
    mode(Some("x".into()), 0o444);
    let tagged = |image: &str, want: &str| assert_eq!(down::tagged(image.to_owned()), want);
    tagged("shop-web", "shop-web:latest");
    tagged("localhost:5000/web", "localhost:5000/web:latest");
    tagged("nginx:1.27", "nginx:1.27");
    tagged("nginx@sha256:1", "nginx@sha256:1");
}

#[test]
fn an_event_is_a_line_or_an_object() {
    let change = json!({
        "Action": "start",
        "timeNano": 1_764_000_000_123_456_789_i64,
        "Actor": { "ID": "c1", "Attributes": {
            "name": "shop-web-1", "image": "nginx", "com.docker.compose.project": "shop",
        } },
    });
    let line = events::line(&change);
    assert_eq!(
        line,
        "2025-11-24 16:00:00.123456 container start c1 (image=nginx, name=shop-web-1)\n"
    );
    let fields = events::fields(&change, "web");
    assert_eq!(fields["time"], "2025-11-24T16:00:00.123456789Z");
    assert_eq!(fields["attributes"], json!({ "image": "nginx", "name": "shop-web-1" }));
}
