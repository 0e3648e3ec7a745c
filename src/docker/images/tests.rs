//! Names, programs and archives; the engine's side is in `tests/it`.

use super::*;

#[test]
fn names_are_found_in_every_spelling() {
    let check =
        |name: &str, want: Option<&str>| assert_eq!(find(name).map(|n| n.name), want, "{name}");
    check("alpine", Some("alpine:latest"));
    check("alpine:latest", Some("alpine:latest"));
    check("library/alpine", Some("alpine:latest"));
    check("docker.io/library/hello-world:latest", Some("hello-world:latest"));
    check("alpine:3.19", None);
    check("me/alpine", None);
}

#[test]
fn needs_are_in_order() {
    assert!(NEEDS.is_sorted_by_key(|n| n.name));
}

#[test]
fn tags_are_split_off() {
    let check = |name: &str, want: (&str, &str)| assert_eq!(split_tag(name), want, "{name}");
    check("alpine", ("alpine", "latest"));
    check("alpine:3", ("alpine", "3"));
    check("localhost:5000/web", ("localhost:5000/web", "latest"));
    check("localhost:5000/web:1", ("localhost:5000/web", "1"));
    check("web@sha256:00", ("web", "sha256:00"));
}

#[test]
fn the_same_files_give_the_same_archive() {
    let make = || {
        let start = archive::Start { command: &["/bin/sh"], ..archive::Start::default() };
        let mut image = Archive::new(start, "a test");
        image.file("usr/bin/x", 0o755, "x");
        image.link("bin/y", "/usr/bin/x");
        image.folder("tmp", 0o1777);
        let mut bytes = Vec::new();
        image.write("test:latest", &mut bytes).expect("memory takes all");
        bytes
    };
    assert_eq!(make(), make());
    let packed = make();
    let mut paths = Vec::new();
    for entry in tar::Archive::new(packed.as_slice()).entries().unwrap() {
        paths.push(entry.unwrap().path().unwrap().display().to_string());
    }
    assert_eq!(paths[1..], ["layer.tar", "manifest.json"]);
}

#[test]
fn a_recipe_is_known_by_all_that_it_says() {
    let recipe = |change: &dyn Fn(&mut Archive), command: &'static [&'static str]| {
        let start = archive::Start { command, ..archive::Start::default() };
        let mut image = Archive::new(start, "a test");
        image.file("etc/x", 0o644, "x");
        image.host("bin/y", "/bin/y");
        change(&mut image);
        image.recipe("test:latest")
    };
    let known = recipe(&|_| (), &["sh"]);
    assert_eq!(known, recipe(&|_| (), &["sh"]));
    assert_ne!(known, recipe(&|_| (), &["bash"]));
    let check = |change: &dyn Fn(&mut Archive)| assert_ne!(known, recipe(change, &["sh"]));
    check(&|image| image.file("etc/x", 0o644, "y"));
    check(&|image| image.file("etc/x", 0o600, "x"));
    check(&|image| image.file("etc/z", 0o644, ""));
    check(&|image| image.folder("tmp", 0o1777));
    check(&|image| image.link("bin/z", "y"));
    check(&|image| image.host("bin/y", "/usr/bin/y"));
    check(&|image| image.env("A=1".into()));
}

#[test]
fn programs_with_a_loader_are_told_apart() {
    assert!(!recipe::is_static(b"#!/bin/sh\n"));
    assert!(!recipe::is_static(b""));
    let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert!(!recipe::is_static(&this), "the test program is linked dynamically");
}
