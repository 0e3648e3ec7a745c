//! A host as a whole: scripts, terminals, user data, rights.

use super::*;
use crate::outside::Nothing;
use crate::shell::parse::Reader;
use proptest::prelude::*;

const STEPS: u64 = 5_000_000;

fn host() -> Host {
    Host::new(Shape::default(), Time(1_795_341_600_000), 7)
}

/// Lets a host run until nothing more happens; answers its time.
fn settle(host: &mut Host, steps: u64) -> Time {
    let mut now = host.now;
    for _ in 0..1_000_000 {
        match host.run(now, &mut Nothing, steps) {
            Next::Idle => break,
            Next::At(time) => now = time,
            Next::Busy => {}
        }
    }
    now
}

fn bash(text: &str) -> (i32, String) {
    let mut host = host();
    for name in [".bash_profile", ".bashrc"] {
        let path = format!("/home/ec2-user/{name}");
        host.files.unlink(&crate::files::Who::root(), &path, host.now).unwrap();
    }
    let pid = host.remote("ec2-user", text).unwrap();
    settle(&mut host, STEPS);
    let shown = String::from_utf8_lossy(&host.shown(pid)).into_owned();
    (host.status(pid).unwrap_or(-1), shown)
}

/// Scripts with what bash 5.2 and GNU's tools made of them (`tests/peers/host_shell.py` compares anew).
#[test]
fn as_in_bash() {
    let mut wrong = Vec::new();
    for case in include_str!("tests/table.txt").split("\n----\n") {
        let (script, expected) = case.split_once("\n====\n").expect("a script and what it shows");
        let (status, output) = expected.split_once('\n').expect("a status and an output");
        let ours = bash(script);
        if ours != (status.parse().unwrap(), output.to_owned()) {
            wrong
                .push(format!("{script}\nwanted {status} {output:?}\ngot {} {:?}", ours.0, ours.1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_terminal_prompts_and_remembers() {
    let mut host = host();
    let pid = host.login("ec2-user").unwrap();
    settle(&mut host, STEPS);
    assert_eq!(host.prompt(pid).as_deref(), Some("[ec2-user@ip-10-0-0-12 ~]$ "));
    host.type_line(pid, "cd /var/log; if true");
    settle(&mut host, STEPS);
    assert_eq!(host.prompt(pid).as_deref(), Some("> "));
    host.type_line(pid, "then ll -d .; fi; nope");
    settle(&mut host, STEPS);
    let shown = String::from_utf8_lossy(&host.shown(pid)).into_owned();
    assert!(shown.starts_with("drwxr-xr-x "), "{shown}");
    assert!(shown.ends_with("-bash: nope: command not found\n"), "{shown}");
    assert_eq!(host.prompt(pid).as_deref(), Some("[ec2-user@ip-10-0-0-12 log]$ "));
    host.type_line(pid, "sleep 100");
    assert!(matches!(host.run(host.now, &mut Nothing, STEPS), Next::At(_)));
    host.interrupt(pid);
    assert_eq!(host.run(host.now, &mut Nothing, STEPS), Next::Idle);
    host.shown(pid);
    host.type_line(pid, "echo $?; exit 3");
    settle(&mut host, STEPS);
    assert_eq!(host.shown(pid), b"130\nlogout\n");
    assert_eq!(host.status(pid), Some(3));
}

#[test]
fn user_data_makes_a_web_server() {
    let mut host = host();
    let text = "#!/bin/bash\nyum install -y httpd\nsystemctl enable --now httpd\n\
                echo \"<h1>$(hostname)</h1>\" > /var/www/html/index.html\n";
    let pid = host.script(text, Some("/var/log/cloud-init-output.log"));
    let began = host.now;
    let ended = settle(&mut host, STEPS);
    assert_eq!(host.status(pid), Some(0), "{}", host.system_text("/var/log/cloud-init-output.log"));
    assert!(ended > began, "installing takes lab time");
    assert!(host.listens(80));
    let page = host.get(80, "/").unwrap();
    assert_eq!((page.status, page.body), (200, b"<h1>ip-10-0-0-12.ec2.internal</h1>\n".to_vec()));
    assert!(host.system_text("/var/log/cloud-init-output.log").contains("Complete!"));
    host.stop_service("httpd");
    assert!(!host.listens(80));
}

#[test]
fn an_answer_may_come_later() {
    struct Slow;
    impl Outside for Slow {
        fn ask(&mut self, _: &Ask) -> Option<Answer> {
            None
        }
    }
    let mut host = host();
    let pid = host.remote("ec2-user", "x=$(curl -s http://a.example/); echo \"[$x]\"").unwrap();
    assert_eq!(host.run(host.now, &mut Slow, STEPS), Next::Idle);
    let (asking, ask) = host.asks().pop().expect("a request");
    assert!(matches!(ask, Ask::Http(http) if http.host == "a.example" && http.port == 80));
    let answer = Answer::Http {
        status: 200,
        reason: "OK".into(),
        headers: Vec::new(),
        body: b"hi\n".to_vec(),
        address: "10.0.0.9".into(),
        took: std::time::Duration::from_millis(20),
    };
    host.answer(asking, answer);
    settle(&mut host, STEPS);
    assert_eq!(host.shown(pid), b"[hi]\n");
}

#[test]
fn loops_without_end_are_busy_and_can_be_killed() {
    let mut host = host();
    let pid = host.remote("ec2-user", "while true; do :; done").unwrap();
    assert_eq!(host.run(host.now, &mut Nothing, 10_000), Next::Busy);
    host.signal(pid, 9);
    assert_eq!(host.run(host.now, &mut Nothing, 10_000), Next::Idle);
    assert_eq!(host.status(pid), Some(137));
}

#[test]
fn rights_are_kept() {
    let check = |text: &str, want: (i32, &str)| {
        assert_eq!(bash(text), (want.0, want.1.to_owned()), "{text}");
    };
    check("cat /etc/shadow", (1, "cat: /etc/shadow: Permission denied\n"));
    check("sudo cat /etc/shadow | head -1 | cut -d: -f1", (0, "root\n"));
    check("echo x > /etc/x", (1, "bash: line 1: /etc/x: Permission denied\n"));
    check(
        "sudo useradd bob; sudo su - bob -c 'whoami; pwd; sudo id' 2>&1 | head -2",
        (0, "bob\n/home/bob\n"),
    );
    check("id -un; sudo -u root whoami", (0, "ec2-user\nroot\n"));
    check("kill 1", (1, "bash: line 1: kill: (1) - Operation not permitted\n"));
    check("ping -c1 nowhere.example", (2, "ping: nowhere.example: Name or service not known\n"));
    check("curl -s nowhere.example", (6, ""));
    check("rpm -q bash httpd | cut -d- -f1", (0, "bash\npackage httpd is not installed\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_survives_quoting(text in "[ -~]{0,40}") {
        let quoted = escape::single(&text);
        prop_assert_eq!(bash(&format!("x={quoted}; printf %s \"$x\" {quoted}")), (0, format!("{text}{text}")));
    }

    #[test]
    fn reading_never_panics(text in r#"[a-z $(){}\[\]`"'\\<>|&;#!\n=*?-]{0,60}"#) {
        let aliases = BTreeMap::new();
        let mut reader = Reader::new(&text, 1, &aliases);
        while let Ok(Some(_)) = reader.next_list() {}
    }

    #[test]
    fn steps_taken_in_pieces_come_to_the_same(steps in 1_u64..200) {
        let text = "for i in 1 2 3; do echo $i | tr 1-3 a-c >> f; sleep 1 & done; wait; cat f; x=$(wc -l < f); echo $x";
        let mut whole = host();
        let first = whole.remote("ec2-user", text).unwrap();
        settle(&mut whole, STEPS);
        let mut pieces = host();
        let second = pieces.remote("ec2-user", text).unwrap();
        settle(&mut pieces, steps);
        prop_assert_eq!(whole.shown(first), pieces.shown(second));
        prop_assert_eq!(whole.files, pieces.files);
    }
}

#[test]
fn nesting_has_a_bound() {
    for (open, close) in
        [("(", ")"), ("$(", ")"), ("{ ", ";}"), ("\"$(", ")\""), ("((", "))"), ("${a:-", "}")]
    {
        let text = format!("{}x{}", open.repeat(5000), close.repeat(5000));
        let aliases = BTreeMap::new();
        let _ = Reader::new(&text, 1, &aliases).next_list();
    }
    let (status, shown) = bash("f() { f; }; f");
    assert_eq!(status, 1);
    assert!(shown.contains("maximum function nesting level exceeded"), "{shown}");
}

#[test]
fn whoever_listens_is_known() {
    let mut host = host();
    assert!(host.listens(22) && !host.listens(8000));
    let begin =
        "mkdir site; echo hi > site/a.html; cd site; python3 -m http.server & sleep 1; ss -lt";
    let pid = host.remote("ec2-user", begin).unwrap();
    settle(&mut host, STEPS);
    let shown = String::from_utf8_lossy(&host.shown(pid)).into_owned();
    assert!(shown.contains("0.0.0.0:8000"), "{shown}");
    let page = host.get(8000, "/a.html").unwrap();
    assert_eq!((page.status, page.kind, page.body), (200, "text/html", b"hi\n".to_vec()));
    assert!(String::from_utf8(host.get(8000, "/").unwrap().body).unwrap().contains("a.html"));
    assert_eq!(host.get(8000, "/../../../etc/passwd").unwrap().status, 404);
    assert_eq!(host.get(22, "/"), None, "sshd speaks no HTTP");
    let again = host.remote("ec2-user", "python3 -m http.server 8000").unwrap();
    settle(&mut host, STEPS);
    assert_eq!(host.status(again), Some(1));
    assert!(String::from_utf8_lossy(&host.shown(again)).contains("Address already in use"));
    let low = host.remote("ec2-user", "nc -l 80").unwrap();
    settle(&mut host, STEPS);
    assert_eq!(host.status(low), Some(2));
}

#[test]
fn power_comes_and_goes() {
    let mut host = host();
    let pid = host.remote("ec2-user", "echo kept > f; sleep 1000").unwrap();
    host.run(host.now, &mut Nothing, STEPS);
    let denied = host.remote("ec2-user", "shutdown -h now").unwrap();
    host.run(host.now, &mut Nothing, STEPS);
    assert_eq!((host.status(denied), host.take_wish()), (Some(1), None));
    host.remote("ec2-user", "sudo reboot").unwrap();
    host.run(host.now, &mut Nothing, STEPS);
    assert_eq!(host.take_wish(), Some(Wish::Again));
    host.power_off(host.now);
    assert_eq!((host.processes.len(), host.listens(22)), (1, false));
    assert!(!host.processes.contains_key(&pid));
    host.power_on(Time(host.now.0 + 60_000));
    assert!(host.listens(22));
    let pid = host.remote("ec2-user", "cat f; uptime | cut -d, -f1").unwrap();
    settle(&mut host, STEPS);
    let shown = String::from_utf8_lossy(&host.shown(pid)).into_owned();
    assert!(shown.starts_with("kept\n") && shown.contains("up 0 min"), "{shown}");
}

#[test]
fn words_are_completed() {
    let mut host = host();
    let pid = host.login("ec2-user").unwrap();
    settle(&mut host, STEPS);
    let check = |host: &Host, line: &str, want: &[&str]| {
        assert_eq!(host.complete(pid, line), want, "{line}");
    };
    check(&host, "hostn", &["hostname"]);
    check(&host, "sudo systemc", &["systemctl"]);
    check(&host, "cat /etc/os-r", &["/etc/os-release"]);
    check(&host, "cd /et", &["/etc/"]);
    check(&host, "cat nothing", &[]);
}
