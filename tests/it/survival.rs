//! `kill -9` loses nothing that was acknowledged.

use std::collections::BTreeSet;
use std::time::Duration;

use distlab::base::Time;
use distlab::course::Lab;
use distlab::session::profile::{Holder, Profile};
use distlab::session::{Mode, Session};
use distlab::sim::{Caller, Principal};
use distlab::systems::service;

use crate::http::Client;
use crate::support::{Home, Screen};

/// Keys in a bucket, read by paging through the real listing.
fn keys(address: &str) -> BTreeSet<String> {
    let mut client = Client::new(address);
    let mut found = BTreeSet::new();
    let mut token = String::new();
    loop {
        let answer = client.ask(&format!("GET /uploads?list-type=2{token}"), &[], "");
        assert_eq!(answer.status, 200, "{answer:?}");
        let text = answer.body;
        found.extend(
            text.split("<Key>").skip(1).filter_map(|p| Some(p.split_once("</Key>")?.0.to_owned())),
        );
        match text.split_once("<NextContinuationToken>") {
            Some((_, rest)) => {
                let next = rest.split_once('<').expect("closed").0;
                token = format!(
                    "&continuation-token={}",
                    next.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
                );
            }
            None => return found,
        }
    }
}

#[test]
fn a_killed_server_keeps_every_upload_it_acknowledged() {
    let home = Home::new();
    let mut server = home.serve(&["--no-auth"]);
    let mut client = Client::new(&server.address);
    let made = client.ask("PUT /uploads", &[], "");
    assert_eq!(made.status, 200, "{made:?}");
    let mut acknowledged = BTreeSet::new();
    let pid = server.child.id();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().expect("killed");
    });
    for number in 0..1000 {
        let key = format!("object-{number:04}");
        let body = format!("body of {key}");
        match client.try_ask(&format!("PUT /uploads/{key}"), &[], &body) {
            Some(answer) if answer.status == 200 => acknowledged.insert(key),
            _ => break,
        };
    }
    killer.join().expect("the killer ends");
    let _ = server.child.wait();
    assert!(!acknowledged.is_empty(), "some uploads were acknowledged before the kill");

    let again = home.serve(&["--no-auth"]);
    let found = keys(&again.address);
    let lost: Vec<&String> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    // At most the one upload that was under way is there without having been acknowledged.
    assert!(
        found.len() <= acknowledged.len() + 1,
        "{} kept, {} acknowledged",
        found.len(),
        acknowledged.len()
    );
    let mut client = Client::new(&again.address);
    for key in &acknowledged {
        let answer = client.ask(&format!("GET /uploads/{key}"), &[], "");
        assert_eq!(answer.body, format!("body of {key}"));
    }
}

#[test]
fn a_killed_screen_comes_back_to_the_same_place() {
    let home = Home::new();
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.command("aws s3 mb s3://kill-me-not && echo made-$((40+2))");
    screen.wait_for("made-42");
    let bucket = home.expect(1, &["check", "s3", "--json"]).json()[0]["cards"][0]["command"]
        .as_str()
        .and_then(|run| run.rsplit(' ').next())
        .expect("the card names the bucket")
        .to_owned();
    screen.command(&format!(
        "aws s3 mb s3://{bucket} && aws s3api put-bucket-versioning --bucket {bucket} \
         --versioning-configuration Status=Enabled"
    ));
    screen.wait_for("1 of 18 points");
    screen.child.kill().expect("killed");
    let _ = screen.child.wait();
    drop(screen);
    let listed = home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    assert!(listed.out.contains("kill-me-not") && listed.out.contains(&bucket), "{listed:#?}");
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.wait_for("step 2 of 12 · 1 of 18 points");
    screen.command("aws s3 ls");
    screen.wait_for("kill-me-not");
}

#[test]
fn many_uploads_at_once_are_kept_when_their_server_is_killed() {
    let home = Home::new();
    let mut server = home.serve(&["--no-auth"]);
    let made = Client::new(&server.address).ask("PUT /uploads", &[], "");
    assert_eq!(made.status, 200, "{made:?}");
    let address = server.address.clone();
    let uploading: Vec<_> = (0..16)
        .map(|client| {
            let address = address.clone();
            std::thread::spawn(move || {
                let mut http = Client::new(&address);
                let keys = (0..1000).map(|number| format!("object-{client:02}-{number:04}"));
                let put = |key: &String| {
                    let answer = http.try_ask(&format!("PUT /uploads/{key}"), &[], key);
                    answer.is_some_and(|answer| answer.status == 200)
                };
                keys.take_while(put).collect::<Vec<String>>()
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(600));
    server.child.kill().expect("killed");
    let _ = server.child.wait();
    let acknowledged: BTreeSet<String> =
        uploading.into_iter().flat_map(|client| client.join().expect("it ends")).collect();
    assert!(!acknowledged.is_empty(), "some uploads were acknowledged before the kill");

    let again = home.serve(&["--no-auth"]);
    let found = keys(&again.address);
    let lost: Vec<&String> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(found.len() <= acknowledged.len() + 16, "at most those under way are more");
}

/// Who has the world `serve` open.
fn holder(profile: &Profile) -> Holder {
    profile.holder("serve")
}

#[test]
fn a_loop_of_commands_plays_a_long_history_once() {
    let home = Home::new();
    // The program makes the profile, so that it is this one's learner and seed.
    home.expect(0, &["exec", "serve", "--", "aws", "s3", "ls"]);
    let profile = Profile::open(&home.path().join("home")).expect("the profile");
    assert_eq!(holder(&profile), Holder::default(), "a short history needs no session");
    let lab = Lab { id: "serve".into(), speed: 1, ..Lab::default() };
    let session = Session::open(&profile, lab, Mode::Once, Time(0)).expect("opens");
    let op = service("s3").and_then(|s| s.operation("CreateBucket")).expect("known");
    let root = Caller::from(Principal::Root);
    for _ in 0..2_000 {
        let input = serde_json::json!({"Bucket": "made-before"});
        session.engine().call(1, &root, op, input).expect("made");
    }
    drop(session);

    let run = |words: &[&str]| home.expect(0, &[&["exec", "serve", "--"], words].concat());
    run(&["aws", "s3", "mb", "s3://made-by-exec"]);
    let first = holder(&profile);
    assert!(first.lingers, "{first:?}");
    let listed = run(&["aws", "s3", "ls"]).out;
    assert!(listed.contains("made-before") && listed.contains("made-by-exec"), "{listed}");
    assert_eq!(holder(&profile).pid, first.pid, "the same session answered");

    // Killed, it costs a replay and nothing else.
    let killed = std::process::Command::new("kill").args(["-9", &first.pid.to_string()]).status();
    assert!(killed.expect("killed").success());
    let listed = run(&["aws", "s3", "ls"]).out;
    assert!(listed.contains("made-before") && listed.contains("made-by-exec"), "{listed}");
    let second = holder(&profile);
    assert!(second.lingers && second.pid != first.pid, "{second:?}");

    // Several that come at once share one.
    let killed = std::process::Command::new("kill").args(["-9", &second.pid.to_string()]).status();
    assert!(killed.expect("killed").success());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| run(&["aws", "s3", "ls"]));
        }
    });
    assert!(holder(&profile).lingers);

    // Whoever wants the world for more than a command gets it; what was one command is one change.
    let undone = home.expect(0, &["undo", "serve"]);
    assert!(undone.out.contains("s3 CreateBucket made-by-exec is taken back"), "{undone:?}");
    assert_eq!(holder(&profile), Holder::default());
    let listed = run(&["aws", "s3", "ls"]).out;
    assert!(!listed.contains("made-by-exec"), "{listed}");
    assert!(holder(&profile).lingers);
    let server = home.serve(&["--no-auth"]);
    assert!(!holder(&profile).lingers);
    let answer = Client::new(&server.address).ask("GET /", &[], "");
    assert!(answer.body.contains("made-before"), "{answer:?}");
}

#[test]
fn a_damaged_journal_is_kept_and_gone_on_from() {
    let home = Home::new();
    for bucket in ["one", "two", "three"] {
        home.expect(
            0,
            &["exec", "serve", "--", "aws", "s3", "mb", &format!("s3://bucket-{bucket}")],
        );
    }
    let sound = home.expect(0, &["repair", "serve"]);
    assert!(sound.out.contains("is sound to its last entry, number 3"), "{sound:?}");
    let db = rusqlite::Connection::open(home.path().join("home/distlab.db")).expect("opens");
    let sql = "UPDATE entry SET body = replace(body, 'two', 'owt') WHERE body LIKE '%bucket-two%'";
    assert_eq!(db.execute(sql, []).expect("altered"), 1);
    let refused = home.run(&["exec", "serve", "--", "aws", "s3", "mb", "s3://bucket-four"]);
    assert!(refused.code != 0 && refused.all().contains("distlab repair serve"), "{refused:?}");
    let repaired = home.expect(0, &["repair", "serve"]);
    assert!(repaired.out.contains("entry 2 was altered"), "{repaired:?}");
    assert!(repaired.out.contains("goes on from entry 1"), "{repaired:?}");
    let kept = home.path().join("home/labs/serve/journal-before-repair-1.jsonl");
    let kept = std::fs::read_to_string(kept).expect("the whole journal is kept");
    // Its record, and each entry.
    assert!(kept.lines().count() == 4 && kept.contains("bucket-three"), "{kept}");
    home.expect(0, &["exec", "serve", "--", "aws", "s3", "mb", "s3://bucket-four"]);
    let listed = home.expect(0, &["exec", "serve", "--", "aws", "s3", "ls"]).out;
    assert!(listed.contains("bucket-one") && listed.contains("bucket-four"), "{listed}");
    assert!(!listed.contains("bucket-two") && !listed.contains("bucket-three"), "{listed}");
}
