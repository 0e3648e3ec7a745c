//! What a distlab of other rules wrote (`tests/data`): it is not comparable, and nothing of it is lost or
//! accused.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Home;

fn written_by(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(version)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() { copy(&path, &target) } else { drop(fs::copy(&path, &target)) }
    }
}

#[test]
fn a_submission_of_other_rules_gets_neither_points_nor_blame() {
    let home = Home::new();
    let file = written_by("0.1").join("s3.dlab");
    let file = file.to_str().expect("text");
    let table = home.expect(0, &["grade", file]);
    for words in ["1 not comparable", "distlab 0.1.0 grades it"] {
        assert!(table.out.contains(words), "{words}: {table:#?}");
    }
    assert!(!table.out.contains("contradicted"), "{table:#?}");
    let graded = home.json(&["grade", file, "--format", "json"]);
    let text = graded.to_string();
    assert!(text.contains(r#""verdict":"not comparable""#), "{text}");
    assert!(text.contains(r#""replayed":0"#), "{text}");
}

#[test]
fn a_lab_begun_by_other_rules_is_kept_and_can_be_begun_anew() {
    let home = Home::new();
    let profile = home.path().join("home");
    copy(&written_by("0.1").join("profile"), &profile);
    let refused = home.run(&["exec", "s3", "--", "aws", "s3", "mb", "s3://another-bucket"]);
    assert_ne!(refused.code, 0, "{refused:#?}");
    let said = format!("{}{}", refused.out, refused.err);
    for words in ["went by other rules", "distlab 0.1;", "distlab repair s3"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let handed = home.run(&["submit", "s3", "--out", "ada.dlab"]);
    assert_ne!(handed.code, 0, "{handed:#?}");

    let repaired = home.expect(0, &["repair", "s3"]);
    let kept = profile.join("labs/s3/journal-before-repair-1.jsonl");
    let journal = fs::read_to_string(&kept).unwrap_or_else(|e| panic!("{e}: {repaired:#?}"));
    // Its record, and each entry.
    assert_eq!(journal.lines().count(), 9, "{journal}");
    assert!(journal.contains("PutBucketVersioning"), "{journal}");
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://another-bucket"]);
}
