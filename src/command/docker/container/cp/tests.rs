//! Paths as tables; no engine is asked.

use super::outward::{inside, rename, stays};
use super::*;

#[test]
fn words_are_containers_or_files() {
    let check = |word: &str, container: Option<&str>, path: &str| {
        assert_eq!(split(word), (container, path), "{word}");
    };
    check("web:/etc", Some("web"), "/etc");
    check("web:", Some("web"), "");
    check("/web:x", None, "/web:x");
    check("./web:x", None, "./web:x");
    check("file", None, "file");
    check(":x", None, ":x");
}

#[test]
fn paths_keep_what_their_end_says() {
    let check = |path: &str, want: &str| assert_eq!(local(Path::new("/w"), path), want, "{path}");
    check("a", "/w/a");
    check("a/", "/w/a/");
    check("a/.", "/w/a/.");
    check(".", "/w/.");
    check("..", "/");
    check("/", "/");
    check("/b//c/../d", "/b/d");
}

#[test]
fn the_last_part_is_found() {
    let check = |path: &str, folder: &str, base: &str| {
        assert_eq!(entry(path), (folder.to_owned(), base.to_owned()), "{path}");
    };
    check("/a/b", "/a", "b");
    check("/a/b/", "/a", "b");
    check("/a/b/.", "/a/b", ".");
    check("/a", "/", "a");
    check("/", "/", "/");
    check("a", ".", "a");
}

#[test]
fn entries_take_the_new_name_and_stay_inside() {
    let check = |path: &str, base: &str, want: &str| {
        assert_eq!(rename(path, base, Some("new")), want, "{path}");
    };
    check("etc", "etc", "new");
    check("etc/hosts", "etc", "new/hosts");
    check("etcetera", "etc", "etcetera");
    check("./a", ".", "new/a");
    check("/a", "/", "new/a");
    assert_eq!(rename("etc/a", "etc", None), "etc/a");
    assert_eq!(inside("/a/./b").unwrap(), Path::new("a/b"));
    assert!(inside("a/../../b").is_err());
}

#[test]
fn a_link_stays_below_the_target() {
    let check = |target: &str, link: &str, want: Option<&str>| {
        let refused = stays(Path::new("/w/out"), Path::new(target), Path::new(link)).err();
        assert_eq!(refused.as_deref(), want, "{target} -> {link}");
    };
    check("/w/out/a", "b", None);
    check("/w/out/d/a", "../b", None);
    check("/w/out/d/a", "..", None);
    // An absolute link is the container's, and means nothing here until it is followed.
    check("/w/out/a", "/etc/passwd", None);
    let refused = r#"invalid symlink "/w/out/d/a" -> "../../etc""#;
    check("/w/out/d/a", "../../etc", Some(refused));
    check("/w/out/a", "..", Some(r#"invalid symlink "/w/out/a" -> "..""#));
}
