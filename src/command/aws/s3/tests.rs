//! Tests of `aws s3` that need no service: names, patterns, sizes, signatures.

use std::path::Path;

use super::filter::{Filter, matches};
use super::path::{End, Root};
use super::progress::human_size;
use super::{mime, presign};
use crate::base::Time;
use crate::sim::Principal;
use crate::sim::aws::iam::Credential;

#[test]
fn patterns_match_as_in_a_shell_but_across_slashes() {
    let check = |pattern: &str, text: &str, want: bool| {
        assert_eq!(matches(pattern, text), want, "{pattern} {text}");
    };
    check("b/*", "b/x/y.txt", true);
    check("*.txt", "a/b.txt", true);
    check("*.txt", "a/b.txt.gz", false);
    check("a?c", "abc", true);
    check("[a-c]x", "bx", true);
    check("[!a-c]x", "bx", false);
    check("[]]", "]", true);
    check("[x", "[x", true);
    check("*a*b*c", "xxaxxbxxc", true);
}

#[test]
fn the_last_filter_wins() {
    let check = |rules: &[(&str, &str)], path: &str, want: bool| {
        let rules: Vec<(String, Vec<String>)> =
            rules.iter().map(|(n, p)| ((*n).into(), vec![(*p).into()])).collect();
        assert_eq!(Filter::new(&rules, "/home/lea", "b/").takes(path), want, "{rules:?} {path}");
    };
    check(&[], "/home/lea/a", true);
    check(&[("--exclude", "*")], "/home/lea/a", false);
    check(&[("--exclude", "*"), ("--include", "*.txt")], "/home/lea/a.txt", true);
    check(&[("--include", "*.txt"), ("--exclude", "*")], "/home/lea/a.txt", false);
    check(&[("--exclude", "*.txt")], "b/x/y.txt", false);
}

#[test]
fn ends_are_shown_from_where_one_stands() {
    let check = |path: &str, want: &str| {
        assert_eq!(End::Local(path.into()).show(Path::new("/home/lea")), want);
    };
    check("/home/lea/a.txt", "./a.txt");
    check("/home/lea/d/a.txt", "d/a.txt");
    check("/home/a.txt", "../a.txt");
    check("/tmp/x/a.txt", "../../tmp/x/a.txt");
    check("/home/lea/d/", "d/");
}

#[test]
fn destinations_keep_names_where_they_are_folders() {
    let check = |argument: &str, recursive: bool, name: &str, want: &str| {
        let root = Root::new(argument, recursive, Path::new("/nowhere"));
        assert_eq!(root.place(name), want, "{argument}");
    };
    check("s3://b", false, "a.txt", "b/a.txt");
    check("s3://b/p/", false, "a.txt", "b/p/a.txt");
    check("s3://b/p", false, "a.txt", "b/p");
    check("s3://b/p", true, "x/a.txt", "b/p/x/a.txt");
    check("out", false, "a.txt", "/nowhere/out");
    check("./out/", false, "a.txt", "/nowhere/out/a.txt");
    check("../out", true, "x/a.txt", "/out/x/a.txt");
}

#[test]
fn sizes_and_types_are_those_of_the_real_client() {
    let check = |bytes: u64, want: &str| assert_eq!(human_size(bytes), want);
    check(0, "0 Bytes");
    check(1, "1 Byte");
    check(1023, "1023 Bytes");
    check(1024, "1.0 KiB");
    check(1536, "1.5 KiB");
    check(1024 * 1024 - 1, "1.0 MiB");
    check(10 * 1024 * 1024, "10.0 MiB");
    assert_eq!(mime::guess("d/a.TXT"), Some("text/plain"));
    assert_eq!(mime::guess("a.tar.gz"), Some("application/x-tar"));
    assert_eq!(mime::guess("Makefile"), None);
}

/// The worked example of the S3 API Reference, "Authenticating Requests: Using Query Parameters".
#[test]
fn a_presigned_url_has_the_published_signature() {
    let credential = Credential {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        session_token: None,
        principal: Principal::Root,
        expires: None,
    };
    let now = Time::parse_iso("2013-05-24T00:00:00Z").expect("a time");
    let url = "https://examplebucket.s3.amazonaws.com/test.txt";
    assert_eq!(
        presign::sign(url, &credential, "us-east-1", now, 86400),
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&\
         X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&\
         X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&\
         X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}
