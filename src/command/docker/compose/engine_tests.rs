//! What commands of `compose` ask of an engine and print of its answers; the rest is in `tests`.

use serde_json::{Value, json};

use crate::testing::run_on;

fn container(service: &str, number: &str, state: &str) -> Value {
    json!({
        "Id": format!("{service}{number}"),
        "Names": [format!("/shop-{service}-{number}")],
        "Image": format!("{service}:9"),
        "ImageID": format!("sha256:{service}0123456789ab"),
        "State": state,
        "Status": "Up 5 minutes",
        "Created": 0,
        "Ports": [{ "IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp" }],
        "Labels": {
            super::PROJECT: "shop", super::SERVICE: service, super::NUMBER: number,
            super::FILES: "/shop/compose.yaml",
        },
    })
}

fn answers() -> Vec<(&'static str, Value)> {
    let processes = json!({
        "Titles": ["UID", "PID", "CMD"],
        "Processes": [["root", "1", "sleep 1"], ["root", "1234567", "sh"]],
    });
    vec![
        (
            "GET /containers/json",
            json!([
                container("web", "2", "running"),
                container("web", "1", "running"),
                container("db", "1", "exited"),
            ]),
        ),
        ("GET /containers/web1/top", processes.clone()),
        ("GET /containers/web2/top", processes),
        ("GET /images/sha256:web0123456789ab/json", json!({ "Id": "w", "Size": 1_234_567 })),
        ("GET /images/sha256:db0123456789ab/json", json!({ "Id": "d", "Size": 5 })),
    ]
}

#[test]
fn what_runs_is_printed() {
    let check = |line: &str, want: &str| {
        let ran = run_on(&answers(), &format!("compose -p shop {line}"));
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, want, ""), "{line}");
        assert_eq!(ran.changes, [], "{line}");
    };
    let web = "UID    PID       CMD\nroot   1         sleep 1   \nroot   1234567   sh        \n";
    check("top", &format!("shop-web-1\n{web}\nshop-web-2\n{web}\n"));
    check("top db", "");
    check("port web 80", "[::]:8080\n");
    check("port --index 2 web 80", "[::]:8080\n");
    check(
        "ls",
        "NAME                STATUS                  CONFIG FILES\nshop                exited(1), running(2)   /shop/compose.yaml\n",
    );
    check("ls -q --filter name=ho", "shop\n");
    check("ls -q --filter name=x", "");
    check("ps -q web", "web1\nweb2\n");
    check("ps --services", "web\n");
    check(
        "ps -a --format '{{.Name}} {{.Service}} {{.State}}'",
        "shop-db-1 db exited\nshop-web-1 web running\nshop-web-2 web running\n",
    );
    check("images -q", "db0123456789ab\nweb0123456789ab\n");
    check(
        "images --format json db",
        "[{\"ID\":\"sha256:db0123456789ab\",\"ContainerName\":\"shop-db-1\",\"Repository\":\"db\",\"Tag\":\"9\",\"Size\":5}]\n",
    );
}

#[test]
fn what_does_not_run_is_refused() {
    let check = |line: &str, want: &str| {
        let ran = run_on(&answers(), &format!("compose -p shop {line}"));
        assert_eq!((ran.code, ran.out.as_str(), ran.err.trim_end()), (1, "", want), "{line}");
        assert_eq!(ran.changes, [], "{line}");
    };
    check("exec db ls", "service \"db\" is not running");
    check("exec --index 3 web ls", "service \"web\" is not running container #3");
    check("attach nosuch", "service \"nosuch\" is not running");
    check("port web x", "strconv.ParseUint: parsing \"x\": invalid syntax");
    check("port web 81", "no port 81/tcp for container shop-web-1: 8080/tcp");
    check("port --protocol UDP web 80", "no port 80/udp for container shop-web-1: 8080/tcp");
    check("ls --filter foo=bar", "invalid filter 'foo'");
}

#[test]
fn what_exec_passes_on() {
    let mut answers = answers();
    answers.push(("GET /containers/web2/json", json!({ "Id": "web2" })));
    answers.push(("POST /containers/web2/exec", json!({ "Id": "e1" })));
    answers.push(("POST /exec/e1/start", Value::Null));
    let check = |flags: &str, at: &str, want: Value| {
        let line = format!("compose -p shop exec --detach --index 2 {flags} web echo a");
        let ran = run_on(&answers, &line);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{line}");
        let (path, body) = &ran.changes[0];
        assert_eq!(path, "POST /containers/web2/exec", "{line}");
        assert_eq!(body.get(at).cloned().unwrap_or_default(), want, "{line}: {body}");
    };
    check("", "Cmd", json!(["echo", "a"]));
    check("-e A=1 -e B=2", "Env", json!(["A=1", "B=2"]));
    check("-u me", "User", json!("me"));
    check("-w /w", "WorkingDir", json!("/w"));
    check("--privileged", "Privileged", json!(true));
    check("", "Privileged", json!(false));
}
