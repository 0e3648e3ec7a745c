//! The questions and answers of `docker builder`.

use serde_json::json;

use crate::testing::{run_on, run_typing};

#[test]
fn what_is_kept_is_said_to_the_engine() {
    let answers = [(
        "POST /build/prune",
        json!({ "CachesDeleted": ["one", "two"], "SpaceReclaimed": 1_234_567 }),
    )];
    let check = |flags: &str, want: &[&str]| {
        let ran = run_on(&answers, &format!("builder prune -f {flags}"));
        let gone = "Deleted build cache objects:\none\ntwo\n\nTotal reclaimed space: 1.235MB\n";
        assert_eq!((ran.code, ran.out.as_str()), (0, gone), "{flags}");
        let asked = &ran.changes[0].0;
        let query = asked.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let mut parts: Vec<&str> = query.split('&').filter(|part| !part.is_empty()).collect();
        parts.sort_unstable();
        assert_eq!(parts, want, "{asked}");
    };
    check("", &[]);
    check("-a", &["all=1"]);
    check("--keep-storage 1k", &["keep-storage=1024"]);
    check("-a --keep-storage 2m", &["all=1", "keep-storage=2097152"]);
}

#[test]
fn it_asks_first() {
    let answers = [("POST /build/prune", json!({ "SpaceReclaimed": 0 }))];
    let check = |flags: &str, typed: &str, question: &str, goes_on: bool| {
        let ran = run_typing(&answers, &format!("builder prune {flags}"), typed);
        let freed = if goes_on { "Total reclaimed space: 0B\n" } else { "" };
        let want = format!(
            "WARNING! This will remove all {question}. Are you sure you want to continue? [y/N] {freed}"
        );
        assert_eq!((ran.code, ran.out, ran.changes.len()), (0, want, usize::from(goes_on)));
    };
    check("", "y\n", "dangling build cache", true);
    check("", "n\n", "dangling build cache", false);
    check("", "", "dangling build cache", false);
    check("-a", "Y\n", "build cache", true);
    check("-a", "yes\n", "build cache", false);
}

#[test]
fn an_engines_refusal_is_passed_on() {
    let ran = run_on(&[], "builder prune -f");
    assert_eq!(ran.code, 1);
    assert_eq!(ran.err, "Error response from daemon: nothing at /build/prune\n");
}
