//! Patterns, Dockerfiles and archives as tables; no engine is asked.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;

use super::*;

#[test]
fn ignored_files_stay_out() {
    let check = |lines: &str, out: &[&str], kept: &[&str]| {
        let ignore = Ignore::parse(lines).expect(lines);
        for path in out {
            assert!(ignore.excludes_deep(path), "{lines:?} lets {path} through");
        }
        for path in kept {
            assert!(!ignore.excludes_deep(path), "{lines:?} keeps {path} out");
        }
    };
    check("", &[], &["a", "a/b"]);
    check("# a\n\n  b  ", &["b", "b/c"], &["a", "ab"]);
    check(" # a", &[" # a".trim()], &["a"]);
    check("/a", &["a", "a/b"], &["b/a"]);
    check("a/", &["a", "a/b"], &["b/a"]);
    check("./a/../b", &["b"], &["a"]);
    check("*.md", &["x.md"], &["a/x.md", "x.mdx"]);
    check("*/*.md", &["a/x.md"], &["x.md", "a/b/x.md"]);
    check("**/*.md", &["x.md", "a/x.md", "a/b/x.md"], &["x.txt"]);
    check("**/target", &["target", "a/target", "a/target/x"], &["targets"]);
    check("a/**", &["a/b", "a/b/c"], &["a", "b/a"]);
    check("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a", "b"]);
    check("**", &["a", "a/b"], &[]);
    check("temp?", &["temp1", "temp1/x"], &["temp", "temp12", "temp/"]);
    check("[a-c]x", &["ax", "cx"], &["dx", "x"]);
    check("[^a-c]x", &["dx"], &["ax"]);
    check("\\*x", &["*x"], &["ax"]);
    check("a.b+(c)", &["a.b+(c)"], &["axb+(c)"]);
    check("*\n!a", &["b"], &["a", "a/b"]);
    check("*\n!a\na/c", &["b", "a/c"], &["a", "a/b"]);
    check("*.md\n!README*.md\nREADME-secret.md", &["x.md", "README-secret.md"], &["README.md"]);
    check("*.md\nREADME-secret.md\n!README*.md", &["x.md"], &["README.md", "README-secret.md"]);
    check("a\n!a/b", &["a", "a/c"], &["a/b", "a/b/c"]);
    check("\u{feff}a", &["a"], &["b"]);
    check("ü?", &["üx"], &["ü"]);
}

#[test]
fn patterns_that_cannot_be_read_are_named() {
    let check = |line: &str, want: &str| assert_eq!(Ignore::parse(line).unwrap_err(), want);
    check("[a", "syntax error in pattern");
    check("a\\", "syntax error in pattern");
    check("[]", "syntax error in pattern");
    check("!", "illegal exclusion pattern: \"!\"");
}

#[test]
fn only_folders_that_an_exception_names_are_entered() {
    let ignore = Ignore::parse("*\n!a/b/c").unwrap();
    assert!(ignore.reaches_below("a"));
    assert!(ignore.reaches_below("a/b"));
    assert!(!ignore.reaches_below("b"));
}

#[test]
fn the_images_of_a_dockerfile_are_found() {
    let given = BTreeMap::from([("V".to_owned(), "3".to_owned())]);
    let check = |text: &str, want: &[&str]| assert_eq!(bases(text, &given), want, "{text}");
    check("", &[]);
    check("FROM alpine", &["alpine"]);
    check(
        "# syntax=x\n\nfrom alpine:3 as build\nRUN x\nFROM scratch\nCOPY --from=build /a /",
        &["alpine:3"],
    );
    check("FROM a AS b\nFROM B\nFROM a", &["a"]);
    check("FROM --platform=linux/amd64 a", &["a"]);
    check("ARG T=1\nFROM a:$T\nFROM b:${T}\nFROM c:${X:-2}", &["a:1", "b:1", "c:2"]);
    check("ARG V=1\nFROM a:$V", &["a:3"]);
    check("ARG V\nFROM a:${V:+x}", &["a:x"]);
    check("ARG I=\"a:1\"\nFROM $I", &["a:1"]);
    check("FROM a\nARG T=1\nFROM b:$T", &["a", "b:"]);
    check("FROM \\\n  a \\\n  as b\nCOPY --from=0 x y\nCOPY --from=c x y", &["a", "c"]);
    check("# escape=`\nFROM `\n  a", &["a"]);
    check("RUN echo FROM b", &[]);
    check("FROM", &[]);
}

#[test]
fn another_image_stands_in_the_place_of_each_root() {
    let given = BTreeMap::from([("V".to_owned(), "3".to_owned())]);
    let check = |text: &str, images: &[&str], want: &str| {
        let roots = roots(text, &given);
        let found: Vec<&str> = roots.iter().map(|r| r.image.as_str()).collect();
        assert_eq!(found, images, "{text}");
        let places = roots.iter().filter(|r| r.words(text).is_some()).map(|r| (r, "ID"));
        assert_eq!(replant(text, places), want, "{text}");
    };
    check("", &[], "");
    check("FROM alpine", &["alpine"], "FROM ID");
    check(
        "\u{feff}# x\nARG V\n  from  froma:$V  AS b\r\nRUN x\n",
        &["froma:3"],
        "\u{feff}# x\nARG V\n  from  ID  AS b\r\nRUN x\n",
    );
    check(
        "FROM a AS b\nRUN x\nFROM B\nFROM a",
        &["a", "a"],
        "FROM ID AS b\nRUN x\nFROM B\nFROM ID",
    );
    check(
        "FROM a AS b\nFROM scratch\nCOPY --from=c x y",
        &["a", "scratch"],
        "FROM ID AS b\nFROM scratch\nCOPY --from=c x y",
    );
    check("FROM --platform=x a", &["a"], "FROM --platform=x a");
    check("FROM \\\n a", &["a"], "FROM \\\n a");
    check("FROM $N", &[""], "FROM $N");
}

#[test]
fn an_image_of_nothing_is_none() {
    let check = |text: &str, want: bool| assert_eq!(is_hollow(text), want, "{text:?}");
    check("", false);
    check("# x\nARG A\nfrom scratch AS x\n", true);
    check("FROM a AS b\nFROM scratch", true);
    check("FROM scratch\nCMD x", false);
    check("FROM a", false);
}

#[test]
fn a_folder_becomes_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let long = "n".repeat(120);
    fs::create_dir(at("sub")).unwrap();
    fs::write(at("b"), "bee").unwrap();
    fs::write(at("sub/x.md"), "x").unwrap();
    fs::write(at("sub/y"), vec![7; 600]).unwrap();
    fs::write(at(&long), "long").unwrap();
    fs::write(at(".dockerignore"), "**/*.md").unwrap();
    fs::hard_link(at("b"), at("c")).unwrap();
    symlink("b", at("d")).unwrap();
    let ignore = Ignore::parse("**/*.md").unwrap();
    let list = |added: Option<&Added<'_>>| {
        let mut archive = Vec::new();
        let told = pack(folder.path(), &ignore, added, &mut archive).unwrap();
        if !added.is_some_and(|a| a.silent) {
            assert_eq!(told, archive.len() as u64);
        }
        if added.is_none() {
            assert_eq!(archive.len() % 512, 0);
        }
        archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
        let mut found = Vec::new();
        for entry in tar::Archive::new(archive.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
            let link = entry.link_name().unwrap().map(|l| l.display().to_string());
            found.push((entry.path().unwrap().display().to_string(), link.unwrap_or(text)));
        }
        found
    };
    let sevens = "\u{7}".repeat(600);
    let plain = [
        (".dockerignore", "**/*.md"),
        ("b", "bee"),
        ("c", "b"),
        ("d", "b"),
        (long.as_str(), "long"),
        ("sub/", ""),
        ("sub/y", sevens.as_str()),
    ];
    let owned = |list: &[(&str, &str)]| {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(list(None), owned(&plain));
    let mut more = plain;
    more[0].1 = "**/*.md\n.dockerfile.1\n";
    let added = Added { name: ".dockerfile.1", content: b"FROM a", silent: false };
    let mut want = owned(&more);
    want.extend(owned(&[(".dockerfile.1", "FROM a")]));
    assert_eq!(list(Some(&added)), want);
}

#[test]
fn what_is_added_silently_is_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b"), "bee").unwrap();
    let check = |rules: &str, want: &[&str]| {
        let content = [b'x'; 700];
        let added = Added { name: "secret", content: &content, silent: true };
        let list = |added: Option<&Added<'_>>| {
            let ignore = Ignore::parse(rules).unwrap();
            let mut archive = Vec::new();
            let told = pack(folder.path(), &ignore, added, &mut archive).unwrap();
            // The engine's reader does not mind that the last block is short.
            archive.resize(archive.len().next_multiple_of(512), 0);
            let names: Vec<String> = tar::Archive::new(&archive[..])
                .entries()
                .unwrap()
                .map(|e| e.unwrap().path().unwrap().display().to_string())
                .collect();
            (told, names)
        };
        let (told, names) = list(Some(&added));
        assert_eq!(names, want);
        assert_eq!(told, list(None).0, "{rules:?}");
    };
    check("", &["b", "secret", ".dockerignore"]);
    fs::write(folder.path().join(".dockerignore"), "sec*").unwrap();
    check("sec*", &[".dockerignore", "b", "secret"]);
    fs::write(folder.path().join("secret"), "FROM x").unwrap();
    check("", &[".dockerignore", "b", "secret"]);
}

#[test]
fn a_name_that_stays_out_is_found() {
    let check = |rules: &str, want: Option<&str>| {
        let ignore = Ignore::parse(rules).unwrap();
        assert_eq!(ignore.unseen(&["Dockerfile"]).as_deref(), want, "{rules:?}");
    };
    check("", None);
    check("# x\n\n!a", None);
    check("Dockerfile\na/b\n[ab]\n**/.git/\n", Some(".git"));
    check("*.log\n!x.log\nt?p", Some("txp"));
    check("a\n!a/b\n*", Some("x"));
    check("**", Some("xx"));
}
