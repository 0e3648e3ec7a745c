//! Compose projects on the real engine: made, changed, looked at and taken away. Skipped without an
//! engine, as the other tests of `docker` are.

use std::fs;

use crate::docker::Lab;

/// A project in a folder of its own; what it made is gone when it is dropped.
struct Project {
    lab: Lab,
    dir: tempfile::TempDir,
}

impl Project {
    fn new(test: &str, files: &[(&str, &str)]) -> Option<Self> {
        let lab = Lab::new(test)?;
        lab.image("busybox");
        let project = Self { lab, dir: tempfile::tempdir().expect("a folder") };
        for (name, text) in files {
            project.write(name, text);
        }
        Some(project)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join(name), text).expect("a file");
    }

    /// Exit code, standard output and standard error.
    fn run(&self, line: &str) -> (u8, String, String) {
        let file = self.dir.path().join("compose.yaml");
        self.lab.docker(&format!("compose -f {} -p {{n}} {line}", file.display()), b"")
    }

    /// Standard output of a line that must work.
    fn output(&self, line: &str) -> String {
        let (code, stdout, stderr) = self.run(line);
        assert_eq!(code, 0, "compose {line}: {stderr}");
        stdout
    }
}

const SHOP: &str = "
services:
  web:
    image: busybox
    command: sh -c 'echo hello from web; exec sleep 1000'
    init: true
    depends_on:
      prepare: {condition: service_completed_successfully}
      db: {condition: service_healthy}
    volumes: ['data:/data']
    networks: {default: {aliases: [shop]}}
  db:
    image: busybox
    command: sleep 1000
    init: true
    healthcheck: {test: 'true', interval: 1s, retries: 3}
  prepare:
    image: busybox
    command: 'true'
  tool:
    image: busybox
    profiles: [tools]
volumes:
  data:
";

#[test]
fn a_project_lives_and_dies_as_typed() {
    let Some(project) = Project::new("compose", &[("compose.yaml", SHOP)]) else { return };
    let (code, _, stderr) = project.run("up -d");
    assert_eq!(code, 0, "{stderr}");
    let name = project.lab.name();
    for part in [
        format!(" Network {name}_default  Created"),
        format!(" Volume \"{name}_data\"  Created"),
        format!(" Container {name}-db-1  Healthy"),
        format!(" Container {name}-prepare-1  Exited"),
        format!(" Container {name}-web-1  Started"),
    ] {
        assert!(stderr.contains(&part), "no {part:?} in:\n{stderr}");
    }
    assert_eq!(project.output("ps --services"), "db\nweb\n");
    assert!(project.output("ps -a").contains(&format!("{name}-prepare-1")));
    // The container has been started; that it has said something already is not promised.
    let said = (0..50).map(|_| project.output("logs web")).find(|said| {
        std::thread::sleep(std::time::Duration::from_millis(if said.is_empty() { 100 } else { 0 }));
        !said.is_empty()
    });
    assert_eq!(said.as_deref(), Some("\x1b[2Kweb-1  | hello from web\n"));
    assert_eq!(project.output("logs --no-log-prefix web"), "\x1b[2Khello from web\n");
    let resolved = project.output("exec -T db nslookup shop");
    assert!(resolved.contains("Address"), "{resolved}");

    // Nothing has changed, so nothing is made anew; then one service changes.
    let ids = project.output("ps -q");
    project.output("up -d");
    assert_eq!(project.output("ps -q"), ids);
    project.write("compose.yaml", &SHOP.replace("hello from web", "hello again"));
    let (_, _, stderr) = project.run("up -d");
    assert!(stderr.contains(&format!(" Container {name}-web-1  Recreated")), "{stderr}");
    assert!(stderr.contains(&format!(" Container {name}-db-1  Running")), "{stderr}");

    project.output("up -d --scale web=2");
    assert_eq!(project.output("ps -q web").lines().count(), 2);
    project.output("stop web");
    assert_eq!(project.output("ps --services"), "db\n");
    let (code, _, stderr) = project.run("down -v -t 0");
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains(&format!(" Network {name}_default  Removed")), "{stderr}");
    assert!(stderr.contains(&format!(" Volume {name}_data  Removed")), "{stderr}");
    assert_eq!(project.output("ps -aq"), "");
}

#[test]
fn attached_containers_are_followed_to_their_end() {
    let file = "
services:
  one: {image: busybox, command: sh -c 'echo first; exit 3'}
  second: {image: busybox, command: echo second}
";
    let Some(project) = Project::new("attached", &[("compose.yaml", file)]) else { return };
    let (code, stdout, stderr) = project.run("up");
    assert_eq!(code, 0, "{stderr}");
    for line in [
        "Attaching to one-1, second-1",
        "one-1     | first",
        "second-1  | second",
        "one-1 exited with code 3",
        "second-1 exited with code 0",
    ] {
        assert!(
            stdout.lines().any(|l| l.trim_start_matches("\x1b[2K") == line),
            "no {line:?} in:\n{stdout}"
        );
    }
    project.output("down");
}

#[test]
fn wrong_projects_are_refused() {
    let Some(project) = Project::new("wrong", &[]) else { return };
    let check = |text: &str, line: &str, want: &str| {
        project.write("compose.yaml", text);
        let (code, _, stderr) = project.run(line);
        let is_name = line.ends_with("nope");
        assert_eq!(code, if is_name { 1 } else { 15 }, "{text}: {stderr}");
        assert!(stderr.contains(want), "{text}: {stderr}");
    };
    check("services: {web: {}}", "up", "has neither an image nor a build context specified");
    check("services: {web: {image: a, networks: [x]}}", "up", "refers to undefined network x");
    check("services: {web: {image: a, volumes: ['x1:/x']}}", "up", "undefined volume x1");
    check("services: {web: {image: a, depends_on: [db]}}", "up", "depends on undefined service");
    check("services: {web: {image: a}}", "up nope", "no such service: nope");
    check("services: {web: {image: a, foo: 1}}", "config", "Additional property foo");
    let cycle = "services: {a: {image: a, depends_on: [b]}, b: {image: b, depends_on: [a]}}";
    check(cycle, "up", "dependency cycle detected: a -> b -> a");
}

#[test]
fn commands_run_beside_and_inside_services() {
    let file = "
services:
  web:
    image: busybox
    command: sleep 1000
    init: true
    ports: ['80']
    depends_on: [db]
    configs: [page]
  db: {image: busybox, command: sleep 1000, init: true}
configs:
  page: {content: \"from the file\"}
";
    let Some(project) = Project::new("beside", &[("compose.yaml", file)]) else { return };
    let name = project.lab.name().to_owned();
    let (code, stdout, stderr) = project.run("run --rm -T -e A=b web sh -c 'echo $A; exit 4'");
    assert_eq!((code, stdout.as_str()), (4, "b\n"), "{stderr}");
    assert!(stderr.contains(&format!(" Container {name}-db-1  Started")), "{stderr}");
    project.output("create web");
    project.output("start web");
    assert_eq!(project.output("exec -T web cat /page"), "from the file");
    assert!(project.output("port web 80").starts_with("0.0.0.0:"));
    let (_, _, stderr) = project.run("pause db");
    assert_eq!(stderr, format!(" Container {name}-db-1  Paused\n"));
    project.output("unpause db");
    let copy = project.dir.path().join("copy");
    project.output(&format!("cp web:/page {}", copy.display()));
    assert_eq!(fs::read_to_string(&copy).expect("a copy"), "from the file");
    let (code, stdout, _) = project.run("kill db");
    assert_eq!((code, stdout.as_str()), (0, ""));
    let (code, _, stderr) = project.run("wait db");
    assert_eq!(code, 1, "{stderr}");
    let (code, _, stderr) = project.run("exec -T db true");
    assert_eq!((code, stderr.as_str()), (1, "service \"db\" is not running\n"));
    project.output("down -t 0");
}
