//! Words that lead nowhere, pages, and what is read-only; no engine is asked.

use super::*;
use testing::{Ran, run};

#[test]
fn wrong_lines_are_refused_in_the_clients_words() {
    let check = |line: &str, code: u8, first: &str| {
        let ran = run(line);
        assert_eq!((ran.code, ran.err.lines().next()), (code, Some(first)), "{line}");
    };
    check("foo", 1, "docker: unknown command: docker foo");
    check("container foo", 1, "docker: unknown command: docker container foo");
    check("ps --foo", 125, "unknown flag: --foo");
    check("ps -z", 125, "unknown shorthand flag: 'z' in -z");
    check("run -itx a", 125, "unknown shorthand flag: 'x' in -x");
    check("ps extra", 1, "docker: 'docker ps' accepts no arguments");
    check("run", 1, "docker: 'docker run' requires at least 1 argument");
    check("container ps x", 1, "docker: 'docker container ls' accepts no arguments");
    check("run --name", 125, "flag needs an argument: --name");
    check("run -e", 125, "flag needs an argument: 'e' in -e");
    check(
        "run -m abc x",
        125,
        "invalid argument \"abc\" for \"-m, --memory\" flag: invalid size: 'abc'",
    );
    check("run -p abc x", 125, "docker: invalid containerPort: abc");
    check(
        "run BAD",
        125,
        "docker: invalid reference format: repository name (library/BAD) must be lowercase",
    );
    check("run -it x", 1, "the input device is not a TTY");
    check(
        "inspect --type foo x",
        1,
        "unknown type: \"foo\": must be one of \"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\"",
    );
}

#[test]
fn a_missing_engine_is_said_with_its_remedy() {
    let Ran { code, err, .. } = run("ps");
    assert_eq!(code, 1);
    let mut lines = err.lines();
    assert_eq!(
        lines.next(),
        Some(
            "Cannot connect to the Docker daemon at unix:///nowhere/docker.sock. Is the docker daemon running?"
        )
    );
    assert!(lines.next().is_some_and(|l| l.starts_with("distlab: ")), "{err}");
}

#[test]
fn a_machine_of_a_lab_that_is_down_is_started_by_the_lab() {
    let said = |host: &str| cx::error_text(&docker::EngineError::NotRunning { host: host.into() });
    assert!(said("unix:///home/ada/labs/swarm/nodes/node3/s").contains("nodes start node3"));
    assert!(said("unix:///var/run/docker.sock").contains("systemctl start docker"));
    assert!(said("unix:///srv/nodes/s").contains("systemctl start docker"));
}

#[test]
fn every_command_has_a_page_and_is_found_by_each_of_its_names() {
    for verb in tree::verbs() {
        let paths = std::iter::once(&verb.name)
            .chain(verb.aliases)
            .filter(|_| !verb.group.is_empty())
            .map(|name| format!("{} {name}", verb.group))
            .chain(verb.top.map(str::to_owned));
        for path in paths {
            let ran = run(&format!("{path} --help"));
            assert_eq!(ran.code, 0, "{path}");
            assert!(ran.out.starts_with("Usage:  docker "), "{path}");
            assert!(ran.out.contains(verb.about), "{path}");
        }
    }
}

#[test]
fn flags_are_listed_once_and_in_order() {
    for verb in tree::verbs() {
        for table in verb.flags {
            let mut seen = std::collections::BTreeSet::new();
            for flag in *table {
                assert!(seen.insert(flag.long), "{} --{}", verb.name, flag.long);
                assert!(!flag.help.is_empty(), "{} --{}", verb.name, flag.long);
            }
        }
    }
}

#[test]
fn a_copy_only_looks_when_it_goes_to_standard_output() {
    let check = |line: &str, want: bool| {
        assert_eq!(Docker.read_only(&shlex::split(line).unwrap()), want, "{line}");
    };
    check("cp x:/etc/hosts -", true);
    check("container cp --archive x:/etc/hosts -", true);
    check("cp x:/etc/hosts hosts", false);
    check("cp - x:/etc", false);
    check("cp hosts x:/etc/hosts", false);
    check("cp ./x:hosts -", false);
}

#[test]
fn only_what_looks_is_read_only() {
    let check = |line: &str, want: bool| {
        assert_eq!(Docker.read_only(&shlex::split(line).unwrap()), want, "{line}");
    };
    for line in [
        "ps -a",
        "container ls",
        "images",
        "image ls",
        "inspect x",
        "logs x",
        "top x",
        "port x",
        "diff x",
        "history x",
        "version",
        "info",
        "events --until 1",
        "run --help",
        "exec x cat /etc/hosts",
        "exec x ls -l",
        "exec x env",
        "exec x hostname",
        "container inspect x",
        "swarm join-token worker",
        "swarm ca",
        "node ls",
        "node ps",
        "service ls",
        "service ps x",
        "service inspect --pretty x",
        "service logs x",
        "secret ls",
        "config inspect x",
        "exec x tail -n 3 /x",
    ] {
        check(line, true);
    }
    for line in [
        "run x",
        "rm x",
        "start x",
        "stop x",
        "pull x",
        "rmi x",
        "tag a b",
        "logs -f x",
        "events",
        "exec x sh -c ls",
        "exec x env sh",
        "exec x hostname y",
        "exec -d x ls",
        "exec -it x ls",
        "exec x tail -f /x",
        "exec x /evil/ls",
        "attach x",
        "swarm join-token --rotate worker",
        "swarm ca --rotate",
        "swarm init",
        "node update x",
        "service create x",
        "service scale x=1",
        "service logs -f x",
        "secret create x -",
        "wait x",
        "foo",
        "ps --foo",
        "container prune -f",
    ] {
        check(line, false);
    }
}
