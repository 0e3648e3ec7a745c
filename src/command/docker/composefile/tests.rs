//! Whole files, right and wrong.

use serde_json::json;

use super::*;

fn how(compose: bool) -> How<'static> {
    fn lookup(name: &str) -> Option<String> {
        match name {
            "TAG" => Some("2".into()),
            "HOME" => Some("/root".into()),
            _ => None,
        }
    }
    How { dir: Path::new("/here"), lookup: &lookup, interpolate: true, compose }
}

fn stack(text: &str) -> Result<String, String> {
    match load(&[text.to_owned()], &how(false)) {
        Ok(loaded) => Ok(emit(&loaded.root, loaded.dialect)),
        Err(Wrong::Text(why) | Wrong::Invalid(_, why) | Wrong::Missing(why)) => Err(why),
        Err(Wrong::Forbidden(_)) => Err("forbidden".into()),
    }
}

#[test]
fn wrong_files_are_refused_in_the_references_words() {
    let check = |text: &str, want: &str| assert_eq!(stack(text), Err(want.into()), "{text}");
    check("services: {web: {image: a, ports: 80}}", "services.web.ports must be a list");
    check(
        "services: {web: {image: a, foo: 1, bar: 2}}",
        "services.web Additional property bar is not allowed",
    );
    check(
        "services: {web: {image: x, ports: ['a:b']}}",
        "services.web.ports.0 Does not match format 'ports'",
    );
    check("services: {web: 5}", "services.web must be a mapping");
    check("services: [a]", "services must be a mapping");
    check("", "top-level object must be a mapping");
    check("foo: 1", "(root) Additional property foo is not allowed");
    check("version: '2'\nservices: {}", "unsupported Compose file version: 2");
    check("version: 3\nservices: {}", "version must be a string");
    check("version: '3.99'", "unsupported Compose file version: 3.99");
    check(
        "version: '3.0'\nservices: {web: {image: a, configs: [a]}}",
        "services.web Additional property configs is not allowed",
    );
    check(
        "services: {web: {image: '${A:?need a}'}}",
        "invalid interpolation format for services.web.image: \"required variable A is missing a value: need a\"; you may need to escape any $ with another $",
    );
    check(
        "services: {web: {image: a, environment: {A: [1]}}}",
        "services.web.environment.A must be a string, number or null",
    );
    check(
        "services: {web: {image: a, deploy: {replicas: a}}}",
        "services.web.deploy.replicas must be a integer",
    );
    check("services: {web: {image: a, mem_limit: 5}}", "forbidden");
}

#[test]
fn wrong_values_are_refused_in_the_references_words() {
    let check = |text: &str, want: &str| assert_eq!(stack(text), Err(want.into()), "{text}");
    check(
        "services: {web: {image: a, depends_on: {db: {condition: service_started}}}}",
        "services.web.depends_on must be a list",
    );
    check(
        "services: {web: {image: a, healthcheck: {interval: 5x}}}",
        "services.web.healthcheck.interval Does not match format 'duration'",
    );
    check("services: {web: {image: a, command: 5}}", "services.web.command must be a string");
    check(
        "services: {web: {image: a, env_file: nofile}}",
        "open /here/nofile: no such file or directory",
    );
    check("services: {'we b': {image: a}}", "services Additional property we b is not allowed");
    check(
        "services: {web: {image: a, deploy: {update_config: {order: foo}}}}",
        "services.web.deploy.update_config.order services.web.deploy.update_config.order must be one of the following: \"start-first\", \"stop-first\"",
    );
    check(
        "services: {web: {image: a, ports: ['80:80', '80:80']}}",
        "services.web.ports array items[0,1] must be unique",
    );
    check(
        "services: {web: {image: a, ulimits: {nofile: {soft: 1}}}}",
        "services.web.ulimits.nofile hard is required",
    );
    check(
        "services: {web: {image: a, tty: '${NOPE:-x}'}}",
        "error while interpolating services.web.tty: failed to cast to expected type: invalid boolean: x",
    );
    check(
        "services: {web: {image: a, networks: {a: 5}}}",
        "services.web.networks.a must be a mapping",
    );
    check(
        "services: {web: {image: a}}\nvolumes: {n: {external: true, driver: x}}",
        "conflicting parameters \"external\" and \"driver\" specified for volume \"n\"",
    );
}

#[test]
fn files_get_one_long_form() {
    let check = |text: &str, want: &str| {
        let found = stack(&format!("services: {{web: {{image: a, {text}}}}}"));
        let want = format!("version: \"3.13\"\nservices:\n  web:\n{want}");
        assert_eq!(found, Ok(want), "{text}");
    };
    check("tty: false", "    image: a\n");
    check(
        "ports: ['8080:80', 9000]",
        "    image: a\n    ports:\n      - mode: ingress\n        target: 80\n        published: 8080\n        protocol: tcp\n      - mode: ingress\n        target: 9000\n        protocol: tcp\n",
    );
    // A service has every port of a range.
    check(
        "ports: ['7000-7001:70']",
        "    image: a\n    ports:\n      - mode: ingress\n        target: 70\n        published: 7000\n        protocol: tcp\n      - mode: ingress\n        target: 70\n        published: 7001\n        protocol: tcp\n",
    );
    check(
        "command: sh -c 'echo $$X'",
        "    command:\n      - sh\n      - -c\n      - echo $X\n    image: a\n",
    );
    check(
        "volumes: ['data:/d:ro', './x:/y', '/anon']",
        "    image: a\n    volumes:\n      - type: volume\n        source: data\n        target: /d\n        read_only: true\n      - type: bind\n        source: /here/x\n        target: /y\n      - type: volume\n        target: /anon\n",
    );
    check(
        "environment: ['B=1', TAG, 'C']",
        "    environment:\n      B: \"1\"\n      C: null\n      TAG: \"2\"\n    image: a\n",
    );
    check("stop_grace_period: 90s", "    image: a\n    stop_grace_period: 1m30s\n");
    check("deploy: {replicas: '${NOPE:-3}'}", "    deploy:\n      replicas: 3\n    image: a\n");
}

#[test]
fn compose_takes_more_than_stack() {
    let check = |service: &str, pointer: &str, want: Value| {
        let text = format!("services: {{web: {{image: a, {service}}}}}");
        let loaded = load(&[text], &how(true)).expect(service);
        let root = Value::Object(loaded.root);
        assert_eq!(root.pointer(&format!("/services/web{pointer}")), Some(&want), "{service}");
    };
    check(
        "depends_on: [db]",
        "/depends_on/db",
        json!({ "condition": "service_started", "required": true }),
    );
    check("ports: ['127.0.0.1:80:81']", "/ports/0/host_ip", json!("127.0.0.1"));
    check("ports: [{target: '80', published: 8080}]", "/ports/0/published", json!("8080"));
    // A container has one of them, the first that the engine finds free.
    check("ports: ['7000-7001:70']", "/ports/0/published", json!("7000-7001"));
    check("environment: {A: true}", "/environment/A", json!("true"));
    check("mem_limit: 5m", "/mem_limit", json!("5242880"));
    check("devices: [/dev/x]", "/devices/0", json!("/dev/x"));
    check("devices: [{source: /dev/x}]", "/devices/0", json!("/dev/x:/dev/x:rwm"));
    check("group_add: [5]", "/group_add/0", json!("5"));
    check("secrets: [s]", "/secrets/0/target", json!("/run/secrets/s"));
    check("build: x", "/build/context", json!("/here/x"));
    check("build: {args: [TAG, NOPE]}", "/build/args", json!({ "TAG": "2" }));
    check("extra_hosts: ['a=1.1.1.1']", "/extra_hosts/0", json!("a:1.1.1.1"));
    check("scale: '3'", "/scale", json!(3));
    check("profiles: [x]", "/profiles/0", json!("x"));
    check(
        "deploy: {resources: {limits: {cpus: 0.5}}}",
        "/deploy/resources/limits/cpus",
        json!("0.5"),
    );
}

#[test]
fn compose_refuses_in_its_own_words() {
    let check = |service: &str, want: Wrong| {
        let text = format!("services: {{web: {service}}}");
        let found = load(&[text], &how(true)).map(drop);
        assert_eq!(found, Err(want), "{service}");
    };
    let text = |why: &str| Wrong::Text(why.to_owned());
    let invalid = |why: &str| Wrong::Invalid(0, why.to_owned());
    check("5", text("services.web must be a mapping"));
    check("{foo: 1}", invalid("services.web Additional property foo is not allowed"));
    check("{tty: 5}", invalid("services.web.tty must be a boolean or string"));
    check("{ports: ['a:b']}", text("Invalid containerPort: b"));
    check("{ports: ['99999:80']}", text("Invalid hostPort: 99999"));
    check("{ports: ['80:']}", text("No port specified: 80:<empty>"));
    check(
        "{ports: ['80-82:80-81']}",
        text("Invalid ranges specified for container and host Ports: 80-81 and 80-82"),
    );
    check(
        "{volumes: [{source: x}]}",
        text("service volume services.web.volumes.[0] is missing a mount target"),
    );
    check(
        "{mem_limit: 5q}",
        text(
            "decoding failed due to the following error(s):\n\nerror decoding 'services[web].mem_limit': invalid size: '5q'",
        ),
    );
    check(
        "{image: '${NOPE:?why}'}",
        text(
            "error while interpolating services.web.image: required variable NOPE is missing a value: why",
        ),
    );
    check(
        "{env_file: nofile}",
        Wrong::Missing(
            "env file /here/nofile not found: stat /here/nofile: no such file or directory".into(),
        ),
    );
}

#[test]
fn variables_without_a_value_are_warned_of() {
    let check = |text: &str, want: &[&str]| {
        let text = format!("services: {{web: {{image: '{text}'}}}}");
        let found = load(std::slice::from_ref(&text), &how(true)).expect("a file");
        assert_eq!(found.warnings, want, "{text}");
    };
    check("a$TAG", &[]);
    check("a${NOPE:-b}", &[]);
    check("a$NOPE", &["The \"NOPE\" variable is not set. Defaulting to a blank string."]);
}

#[test]
fn later_files_win() {
    let files = [
        "services: {web: {image: a, command: x, environment: {A: 1, B: 2}, ports: ['80:80'], dns: 1.1.1.1}}",
        "services: {web: {image: b, command: [y], environment: [B=3], ports: ['80:81', '70:70'], dns: 2.2.2.2}}",
    ];
    let files: Vec<String> = files.iter().map(|f| (*f).to_owned()).collect();
    let loaded = load(&files, &how(false)).expect("two files");
    let root = Value::Object(loaded.root);
    let check = |pointer: &str, want: Value| {
        assert_eq!(root.pointer(&format!("/services/web{pointer}")), Some(&want), "{pointer}");
    };
    check("/image", json!("b"));
    check("/command", json!(["y"]));
    check("/environment", json!({ "A": "1", "B": "3" }));
    check("/ports/0/published", json!(70));
    check("/ports/1/target", json!(81));
    check("/dns", json!(["1.1.1.1", "2.2.2.2"]));
}
