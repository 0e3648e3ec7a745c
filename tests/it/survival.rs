//! `kill -9` loses nothing that was acknowledged.

use std::collections::BTreeSet;
use std::time::Duration;

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
    screen.wait_for("1 of 16 points");
    screen.child.kill().expect("killed");
    let _ = screen.child.wait();
    drop(screen);
    let listed = home.expect(0, &["exec", "s3", "--", "aws", "s3", "ls"]);
    assert!(listed.out.contains("kill-me-not") && listed.out.contains(&bucket), "{listed:#?}");
    let mut screen = Screen::open(&home, &["open", "s3"], 120, 40);
    screen.wait_for("step 2 of 11 · 1 of 16 points");
    screen.command("aws s3 ls");
    screen.wait_for("kill-me-not");
}
