//! The larger stand-ins at work: a web server that serves and a database that stores. Skipped with a
//! word without an engine, or where genuine images are there; fails when `DISTLAB_REQUIRE_DOCKER=1`
//! and there is no engine.

use std::time::{Duration, Instant};

use distlab::docker::{Engine, block_on};

use crate::support::Home;

/// The program, with the engine's `docker` command in the world that `serve` has.
struct Bench {
    home: Home,
}

impl Bench {
    fn new(image: &str) -> Option<Self> {
        if let Err(why) = block_on(Engine::connect(None)) {
            let required = std::env::var("DISTLAB_REQUIRE_DOCKER").is_ok_and(|v| v == "1");
            assert!(!required, "an engine is required: {why}");
            eprintln!("skipped {image}: {why}");
            return None;
        }
        let home = Home::new();
        home.expect(0, &["images", "get", image]);
        Some(Self { home })
    }

    fn docker(&self, line: &str) -> (i32, String, String) {
        let words = shlex::split(line).expect("words");
        let args: Vec<&str> = ["exec", "serve", "--", "docker"]
            .into_iter()
            .chain(words.iter().map(String::as_str))
            .collect();
        let ran = self.home.run(&args);
        (ran.code, ran.out, ran.err)
    }

    /// Standard output, once the line works.
    fn soon(&self, line: &str) -> String {
        let began = Instant::now();
        loop {
            let (code, out, err) = self.docker(line);
            if code == 0 {
                return out;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "{line}: {err}");
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

#[test]
fn nginx_serves_a_page_and_logs_it() {
    let Some(bench) = Bench::new("nginx") else { return };
    let name = format!("it-nginx-{}", std::process::id());
    assert_eq!(bench.docker(&format!("run -d --name {name} nginx")).0, 0);
    let page = bench.soon(&format!("exec {name} sh -c 'wget -qO- localhost || curl -s localhost'"));
    let (_, logs, _) = bench.docker(&format!("logs {name}"));
    let ports = bench.docker(&format!("inspect -f '{{{{json .Config.ExposedPorts}}}}' {name}")).1;
    let stopped = Instant::now();
    bench.docker(&format!("stop {name}"));
    let gently = stopped.elapsed() < Duration::from_secs(8);
    bench.docker(&format!("rm -f {name}"));
    assert!(page.contains("Welcome to nginx!"), "{page}");
    assert!(logs.contains("GET / HTTP/1.1"), "{logs}");
    assert_eq!(ports, "{\"80/tcp\":{}}\n");
    assert!(gently, "its stop signal is heard");
}

#[test]
fn mysql_asks_for_a_password_and_keeps_rows() {
    let Some(bench) = Bench::new("mysql") else { return };
    let name = format!("it-mysql-{}", std::process::id());
    let (code, _, refused) = bench.docker("run --rm mysql");
    assert_eq!(code, 1);
    assert!(refused.contains("You need to specify one of the following"), "{refused}");
    assert!(refused.contains("MYSQL_ROOT_PASSWORD"), "{refused}");
    let env = "-e MYSQL_ROOT_PASSWORD=s3cret -e MYSQL_DATABASE=app -e MYSQL_USER=joe -e MYSQL_PASSWORD=pw";
    assert_eq!(bench.docker(&format!("run -d --name {name} {env} mysql")).0, 0);
    let sql = |user: &str, password: &str, sql: &str| {
        format!("exec {name} mysql --user={user} --password={password} -N -e '{sql}'")
    };
    bench.soon(&sql("joe", "pw", "create table app.t (a int); insert into app.t values (7)"));
    let row = bench.docker(&sql("root", "s3cret", "select a from app.t")).1;
    let version = bench.docker(&format!("exec {name} mysql --user=root --version")).1;
    let (wrong, _, denied) = bench.docker(&sql("root", "guess", "select 1"));
    bench.docker(&format!("rm -f -v {name}"));
    assert_eq!(row, "7\n");
    assert!(version.contains("Ver "), "{version}");
    assert_eq!(wrong, 1);
    assert!(denied.contains("Access denied"), "{denied}");
}

#[test]
fn busybox_has_its_small_servers() {
    let Some(bench) = Bench::new("busybox") else { return };
    let line = "run --rm busybox sh -c 'mkdir w; echo hi >w/x; httpd -p 8000 -h w; sleep 1; wget -qO- localhost:8000/x; nc --help 2>&1 | head -1'";
    let (code, out, err) = bench.docker(line);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("hi\n") && out.contains("BusyBox"), "{out}");
}
