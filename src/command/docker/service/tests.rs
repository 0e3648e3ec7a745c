//! What lines of `docker service` send to an engine, and what becomes of its answers.

use serde_json::{Value, json};

use crate::testing::{Ran, run_on};

/// The request that a line makes beside questions, and what it is sent with.
fn sent(answers: &[(&'static str, Value)], line: &str) -> (String, Value) {
    let Ran { code, err, mut changes, .. } = run_on(answers, line);
    assert_eq!((code, err.as_str()), (0, ""), "{line}");
    assert_eq!(changes.len(), 1, "{line}: {changes:?}");
    changes.remove(0)
}

/// Holds one place of the spec that flags of `create` become against what is wanted there.
fn check_created(flags: &str, at: &str, want: &Value) {
    let line = format!("service create --detach --no-resolve-image {flags} web:1 serve -p 80");
    let answers = [
        ("POST /services/create", json!({ "ID": "s1" })),
        ("GET /networks/front", json!({ "Id": "n2" })),
        ("GET /networks/back", json!({ "Id": "n1" })),
        ("GET /secrets", json!([{ "ID": "k1", "Spec": { "Name": "key" } }])),
    ];
    let (path, spec) = sent(&answers, &line);
    assert_eq!(path, "POST /services/create", "{line}");
    assert_eq!(spec.pointer(at).unwrap_or(&Value::Null), want, "{line}: {at}");
}

#[test]
fn flags_of_create_say_what_the_service_is() {
    let check = |flags: &str, at: &str, want: Value| check_created(flags, at, &want);
    check("--name web", "/Name", json!("web"));
    check("", "/Labels", json!({ "distlab": "test" }));
    check("-l a=b -l c", "/Labels", json!({ "a": "b", "c": "", "distlab": "test" }));
    check("", "/Mode", json!({ "Replicated": {} }));
    check("--replicas 3", "/Mode", json!({ "Replicated": { "Replicas": 3 } }));
    check("--mode global", "/Mode", json!({ "Global": {} }));
    check(
        "--mode replicated-job --replicas 4",
        "/Mode",
        json!({ "ReplicatedJob": { "MaxConcurrent": 4, "TotalCompletions": 4 } }),
    );
    check(
        "--mode replicated-job --replicas 4 --max-concurrent 2",
        "/Mode/ReplicatedJob/MaxConcurrent",
        json!(2),
    );
    check("", "/UpdateConfig", Value::Null);
    check(
        "--update-parallelism 2 --update-order start-first",
        "/UpdateConfig",
        json!({
            "Parallelism": 2, "FailureAction": "pause", "Monitor": 5_000_000_000_u64,
            "MaxFailureRatio": 0, "Order": "start-first",
        }),
    );
    check("--rollback-delay 1s", "/RollbackConfig/Delay", json!(1_000_000_000));
    check("", "/EndpointSpec", json!({ "Mode": "vip" }));
    check(
        "-p 8080:80 --endpoint-mode DNSRR",
        "/EndpointSpec",
        json!({
            "Mode": "dnsrr",
            "Ports": [{ "Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress" }],
        }),
    );
}

#[test]
fn flags_of_create_say_how_its_tasks_run() {
    let check = |flags: &str, at: &str, want: Value| check_created(flags, at, &want);
    check(
        "--limit-cpu 0.5 --limit-memory 64m --limit-pids 9 --reserve-memory 1k",
        "/TaskTemplate/Resources",
        json!({
            "Limits": { "NanoCPUs": 500_000_000, "MemoryBytes": 64 << 20, "Pids": 9 },
            "Reservations": { "MemoryBytes": 1024 },
        }),
    );
    check("", "/TaskTemplate/RestartPolicy", Value::Null);
    check(
        "--restart-condition none",
        "/TaskTemplate/RestartPolicy",
        json!({ "Condition": "none", "Delay": 5_000_000_000_u64, "MaxAttempts": 0 }),
    );
    check(
        "--constraint node.role==worker --placement-pref spread=node.labels.z --replicas-max-per-node 2",
        "/TaskTemplate/Placement",
        json!({
            "Constraints": ["node.role==worker"],
            "Preferences": [{ "Spread": { "SpreadDescriptor": "node.labels.z" } }],
            "MaxReplicas": 2,
        }),
    );
    check(
        "--network front --network back",
        "/TaskTemplate/Networks",
        json!([{ "Target": "n1" }, { "Target": "n2" }]),
    );
    check(
        "--log-driver none --log-opt a=b",
        "/TaskTemplate/LogDriver",
        json!({ "Name": "none", "Options": { "a": "b" } }),
    );
}

#[test]
fn flags_of_create_say_what_its_containers_are() {
    let check = |flags: &str, at: &str, want: Value| {
        check_created(flags, &format!("/TaskTemplate/ContainerSpec/{at}"), &want);
    };
    check("", "Image", json!("web:1"));
    check("", "Args", json!(["serve", "-p", "80"]));
    check("--entrypoint 'sh -c'", "Command", json!(["sh", "-c"]));
    check("-e A=1 -e HERE -e GONE -e A=2", "Env", json!(["HERE=h", "GONE", "A=2"]));
    check("--hostname h -w /w -u me", "Dir", json!("/w"));
    check("--init", "Init", json!(true));
    check("", "Init", json!(false));
    check("--stop-grace-period 1m", "StopGracePeriod", json!(60_000_000_000_u64));
    check("--host a:1.2.3.4", "Hosts", json!(["1.2.3.4 a"]));
    check(
        "--dns 1.1.1.1 --dns-search x",
        "DNSConfig",
        json!({ "Nameservers": ["1.1.1.1"], "Search": ["x"] }),
    );
    check("--cap-add net_admin", "CapabilityAdd", json!(["CAP_NET_ADMIN"]));
    check("--ulimit nofile=1:2", "Ulimits", json!([{ "Name": "nofile", "Hard": 2, "Soft": 1 }]));
    check("--sysctl a=1", "Sysctls", json!({ "a": "1" }));
    check(
        "--mount type=volume,source=v,target=/d",
        "Mounts/0/VolumeOptions/Labels",
        json!({ "distlab": "test" }),
    );
    check("--secret key", "Secrets/0/SecretID", json!("k1"));
    check("--secret key", "Secrets/0/File/Name", json!("key"));
    check(
        "--health-cmd true --health-interval 2s --health-retries 3",
        "Healthcheck",
        json!({ "Test": ["CMD-SHELL", "true"], "Interval": 2_000_000_000_u64, "Retries": 3 }),
    );
    check("--no-healthcheck", "Healthcheck", json!({ "Test": ["NONE"] }));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let check = |flags: &str, want: &str| {
        let ran = run_on(&[], &format!("service create {flags} web"));
        assert_eq!((ran.code, ran.err.trim_end()), (1, want), "{flags}");
        assert_eq!(ran.changes, [], "{flags}");
    };
    check("--max-concurrent 1", "max-concurrent can only be used with replicated-job mode");
    check(
        "--mode global --replicas 1",
        "replicas can only be used with replicated or replicated-job mode",
    );
    check(
        "--mode global --replicas-max-per-node 1",
        "replicas-max-per-node can only be used with replicated or replicated-job mode",
    );
    check(
        "--mode global-job --update-delay 1s",
        "update and rollback configuration is not supported for jobs",
    );
    check("--mode foo", "Unknown mode: foo, only replicated and global supported");
    check("--no-healthcheck --health-cmd x", "--no-healthcheck conflicts with --health-* options");
    check("--secret a --secret source=b,target=a", "duplicate secret target for b not allowed");
}

/// A service that has something of everything that an update may change.
fn service() -> Value {
    json!({
        "ID": "s1",
        "Version": { "Index": 7 },
        "Spec": {
            "Name": "web",
            "Labels": { "a": "1", "b": "2" },
            "Mode": { "Replicated": { "Replicas": 2 } },
            "TaskTemplate": {
                "ForceUpdate": 3,
                "ContainerSpec": {
                    "Image": "web:1",
                    "Args": ["x"],
                    "Env": ["B=2", "A=1"],
                    "Hosts": ["1.1.1.1 one", "2.2.2.2 one two"],
                    "CapabilityAdd": ["CAP_NET_ADMIN"],
                    "Mounts": [{ "Type": "bind", "Source": "/s", "Target": "/t" }],
                    "Healthcheck": { "Test": ["CMD-SHELL", "true"], "Retries": 2 },
                    "DNSConfig": {},
                },
                "Resources": { "Limits": { "NanoCPUs": 1, "MemoryBytes": 2 }, "Reservations": {} },
                "RestartPolicy": { "Condition": "any", "Delay": 1, "MaxAttempts": 0 },
                "Placement": { "Constraints": ["b", "a"], "MaxReplicas": 2 },
            },
            "UpdateConfig": { "Parallelism": 4, "Order": "stop-first" },
            "EndpointSpec": {
                "Mode": "vip",
                "Ports": [{ "Protocol": "tcp", "TargetPort": 80, "PublishedPort": 80, "PublishMode": "ingress" }],
            },
        },
    })
}

#[test]
fn an_update_changes_what_was_named_and_sends_back_the_rest() {
    let answers = [("GET /services/web", service()), ("POST /services/s1/update", json!({}))];
    let check = |flags: &str, at: &str, want: Value| {
        let line = format!("service update --detach {flags} web");
        let (path, spec) = sent(&answers, &line);
        assert!(path.starts_with("POST /services/s1/update?version=7"), "{path}");
        assert_eq!(spec.pointer(at).cloned().unwrap_or_default(), want, "{line}: {at}");
    };
    let container = "/TaskTemplate/ContainerSpec";
    check("", "", service()["Spec"].clone());
    check("--label-add c=3 --label-rm a", "/Labels", json!({ "b": "2", "c": "3" }));
    check("--replicas 5", "/Mode", json!({ "Replicated": { "Replicas": 5 } }));
    check("--image web:2 --no-resolve-image", &format!("{container}/Image"), json!("web:2"));
    check("--args 'y z'", &format!("{container}/Args"), json!(["y", "z"]));
    check(
        "--env-add B=3 --env-add C=4 --env-rm A",
        &format!("{container}/Env"),
        json!(["B=3", "C=4"]),
    );
    check("--env-rm A --env-rm B", &format!("{container}/Env"), Value::Null);
    check("--host-rm one:1.1.1.1", &format!("{container}/Hosts"), json!(["2.2.2.2 one two"]));
    check("--host-rm one", &format!("{container}/Hosts"), Value::Null);
    check("--host-add three:3.3.3.3", &format!("{container}/Hosts/2"), json!("3.3.3.3 three"));
    check("--cap-drop net_admin", &format!("{container}/CapabilityAdd"), Value::Null);
    check("--cap-drop net_admin", &format!("{container}/CapabilityDrop"), Value::Null);
    check("--cap-drop chown", &format!("{container}/CapabilityDrop"), json!(["CAP_CHOWN"]));
    check("--mount-rm /t", &format!("{container}/Mounts"), Value::Null);
    check(
        "--health-retries 5",
        &format!("{container}/Healthcheck"),
        json!({ "Test": ["CMD-SHELL", "true"], "Retries": 5 }),
    );
    check("--no-healthcheck", &format!("{container}/Healthcheck"), json!({ "Test": ["NONE"] }));
    check(
        "--limit-cpu 0 --limit-memory 1k",
        "/TaskTemplate/Resources/Limits",
        json!({ "MemoryBytes": 1024 }),
    );
    check(
        "--restart-max-attempts 3",
        "/TaskTemplate/RestartPolicy",
        json!({ "Condition": "any", "Delay": 1, "MaxAttempts": 3 }),
    );
    check(
        "--constraint-add c --constraint-rm b",
        "/TaskTemplate/Placement/Constraints",
        json!(["a", "c"]),
    );
    check("--replicas-max-per-node 0", "/TaskTemplate/Placement/MaxReplicas", Value::Null);
    check("--force", "/TaskTemplate/ForceUpdate", json!(4));
    check(
        "--update-order start-first",
        "/UpdateConfig",
        json!({ "Parallelism": 4, "Order": "start-first" }),
    );
    check("--publish-rm 80", "/EndpointSpec", json!({ "Mode": "vip" }));
    check("--publish-add 81:81/udp", "/EndpointSpec/Ports/1/Protocol", json!("udp"));
    check("--endpoint-mode dnsrr", "/EndpointSpec/Mode", json!("dnsrr"));
}

#[test]
fn services_are_scaled_one_by_one() {
    let global =
        json!({ "ID": "g", "Version": { "Index": 1 }, "Spec": { "Mode": { "Global": {} } } });
    let answers = [
        ("GET /services/web", service()),
        ("GET /services/all", global),
        ("POST /services/s1/update", json!({})),
    ];
    let check = |words: &str, code: u8, out: &str, err: &str, counts: &[u64]| {
        let ran = run_on(&answers, &format!("service scale -d {words}"));
        assert_eq!((ran.code, ran.out.as_str(), ran.err.trim_end()), (code, out, err), "{words}");
        let set: Vec<Option<u64>> = ran
            .changes
            .iter()
            .map(|(_, spec)| spec["Mode"]["Replicated"]["Replicas"].as_u64())
            .collect();
        assert_eq!(set, counts.iter().map(|n| Some(*n)).collect::<Vec<_>>(), "{words}");
    };
    check("web=3", 0, "web scaled to 3\n", "", &[3]);
    check("web=0 web=4", 0, "web scaled to 0\nweb scaled to 4\n", "", &[0, 4]);
    check(
        "all=2 web=1",
        1,
        "web scaled to 1\n",
        "all: scale can only be used with replicated or replicated-job mode",
        &[1],
    );
    check(
        "web=x",
        1,
        "",
        "web: invalid replicas value x: strconv.ParseUint: parsing \"x\": invalid syntax",
        &[],
    );
    let ran = run_on(&answers, "service scale web");
    assert_eq!(ran.err.lines().next(), Some("invalid scale specifier 'web'."));
}

#[test]
fn the_page_for_people_has_what_was_said() {
    let mut shown = service();
    shown["Spec"]["TaskTemplate"]["Networks"] = json!([{ "Target": "n1" }, { "Target": "n2" }]);
    shown["Endpoint"] = json!({ "Ports": shown["Spec"]["EndpointSpec"]["Ports"] });
    let answers = [("GET /services/web", shown), ("GET /networks/n1", json!({ "Name": "front" }))];
    let ran = run_on(&answers, "service inspect --pretty web");
    let want = "
ID:\t\ts1
Name:\t\tweb
Labels:
 a=1
 b=2
Service Mode:\tReplicated
 Replicas:\t2
Placement:
 Constraints:\t[b a]
 Max Replicas Per Node:   2
UpdateConfig:
 Parallelism:\t4
 On failure:\t
 Max failure ratio: null
 Update order:      stop-first
ContainerSpec:
 Image:\t\tweb:1
 Args:\t\tx\u{20}
 Env:\t\tB=2 A=1\u{20}
Capabilities:
 Add: CAP_NET_ADMIN
Mounts:
 Target:\t/t
  Source:\t/s
  ReadOnly:\tfalse
  Type:\t\tbind
Resources:
 Limits:
  CPU:\t\t0.000000001
  Memory:\t2B
Networks: front n2\u{20}
Endpoint Mode:\tvip
Ports:
 PublishedPort = 80
  Protocol = tcp
  TargetPort = 80
  PublishMode = ingress\u{20}
 Healthcheck:
  Interval = 0s
  Retries = 2
  StartPeriod =\t0s
  Timeout =\t0s
  Tests:
\t Test = CMD-SHELL
\t Test = true\u{20}

";
    assert_eq!((ran.code, ran.out.as_str()), (0, want));
    let ran = run_on(&answers, "service inspect --pretty nosuch");
    assert_eq!((ran.code, ran.err.as_str()), (1, "Error: no such service: nosuch\n"));
}

#[test]
fn services_and_tasks_are_listed_by_name() {
    let named = |id: &str, name: &str| {
        let mut service = service();
        service["ID"] = id.into();
        service["Spec"]["Name"] = name.into();
        service["ServiceStatus"] = json!({ "RunningTasks": 1, "DesiredTasks": 2 });
        service
    };
    let task = |id: &str, slot: u64, made: &str, desired: &str| {
        json!({
            "ID": id, "ServiceID": "s1", "NodeID": "n1", "Slot": slot, "CreatedAt": made,
            "DesiredState": desired,
            "Spec": { "ContainerSpec": { "Image": "web:1@sha256:00" } },
            "Status": { "State": desired, "Err": "", "Timestamp": "2026-01-01T00:00:00Z" },
        })
    };
    let answers = [
        ("GET /services", json!([named("s1", "web10"), named("s2", "web2")])),
        ("GET /services/s1", named("s1", "web10")),
        ("GET /nodes/n1", json!({ "Description": { "Hostname": "node1" } })),
        (
            "GET /tasks",
            json!([
                task("t1", 1, "2026-01-01T00:00:01Z", "shutdown"),
                task("t2", 1, "2026-01-01T00:00:02Z", "running"),
                task("t3", 2, "2026-01-01T00:00:00Z", "running"),
            ]),
        ),
    ];
    let check = |line: &str, want: &str| {
        let ran = run_on(&answers, line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, want, ""), "{line}");
    };
    check("service ls -q", "s2\ns1\n");
    check(
        "service ls",
        "ID        NAME      MODE         REPLICAS               IMAGE     PORTS\n\
         s2        web2      replicated   1/2 (max 2 per node)   web:1     \n\
         s1        web10     replicated   1/2 (max 2 per node)   web:1     \n",
    );
    check(
        "service ls --format '{{.Name}} {{.Replicas}}'",
        "web2 1/2 (max 2 per node)\nweb10 1/2 (max 2 per node)\n",
    );
    check("service ps -q s1", "t2\nt1\nt3\n");
    check(
        "service ps --format '{{.Name}} {{.Node}} {{.DesiredState}}' s1",
        "web10.1 node1 Running\nweb10.1 node1 Shutdown\nweb10.2 node1 Running\n",
    );
    check(
        "service ps --format 'table {{.Name}}\\t{{.DesiredState}}' s1",
        "NAME          DESIRED STATE\nweb10.1       Running\n \\_ web10.1   Shutdown\nweb10.2       Running\n",
    );
    let ran = run_on(&answers, "service ps nosuch s1");
    assert_eq!((ran.code, ran.err.as_str()), (1, "no such service: nosuch\n"));
    assert_eq!(ran.out.lines().count(), 4);
}
