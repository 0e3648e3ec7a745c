//! Tests of `aws s3`: names, patterns, sizes and signatures, then whole commands against a world.

use std::path::Path;

use super::filter::{Filter, matches};
use super::path::{End, Root};
use super::progress::human_size;
use super::{mime, presign};
use crate::aws::Aws;
use crate::testing::Lab;
use base::Time;
use sim::Credential;
use sim::Principal;

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

/// Runs lines one after the other; each gives its exit code and everything that was written.
fn check(lab: &Lab, steps: &[(&str, u8, &str)]) {
    for (line, code, want) in steps {
        let answer = lab.run(&Aws, line);
        assert_eq!(
            (format!("{}{}", answer.out, answer.err).as_str(), answer.code),
            (*want, *code),
            "aws {line}"
        );
    }
}

fn lab() -> Lab {
    let lab = Lab::new();
    lab.file("a.txt", "hi");
    lab.file("d/1.txt", "one");
    lab.file("d/sub/2.txt", "two");
    lab.file("d/z.log", "x");
    check(&lab, &[("s3 mb s3://bkt1", 0, "make_bucket: bkt1\n")]);
    lab
}

#[test]
fn buckets_are_made_and_removed() {
    let lab = lab();
    check(
        &lab,
        &[
            ("s3 mb bkt1", 252, "\n<S3Uri>\nError: Invalid argument type\n"),
            ("s3 cp a.txt s3://bkt1", 0, "upload: ./a.txt to s3://bkt1/a.txt\n"),
            (
                "s3 rb s3://bkt1",
                1,
                "remove_bucket failed: s3://bkt1 An error occurred (BucketNotEmpty) when calling \
                 the DeleteBucket operation: The bucket you tried to delete is not empty\n",
            ),
            ("s3 rb s3://bkt1 --force", 0, "delete: s3://bkt1/a.txt\nremove_bucket: bkt1\n"),
            ("s3 ls", 0, ""),
            ("s3 mb s3://bkt2 --region eu-west-1", 0, "make_bucket: bkt2\n"),
            ("s3api get-bucket-location --bucket bkt2 --output text", 0, "eu-west-1\n"),
        ],
    );
}

#[test]
fn files_are_copied_listed_moved_and_removed() {
    let lab = lab();
    check(
        &lab,
        &[
            (
                "s3 cp d s3://bkt1/p --recursive --exclude '*' --include '*.txt'",
                0,
                "upload: d/1.txt to s3://bkt1/p/1.txt\nupload: d/sub/2.txt to s3://bkt1/p/sub/2.txt\n",
            ),
            (
                "s3 ls s3://bkt1/p/",
                0,
                "                           PRE sub/\n2026-11-22 10:00:00          3 1.txt\n",
            ),
            ("s3 ls s3://bkt1/nope", 1, ""),
            (
                "s3 ls bkt1 --recursive --human-readable --summarize --page-size 1",
                0,
                "2026-11-22 10:00:00    3 Bytes p/1.txt\n2026-11-22 10:00:00    3 Bytes \
                 p/sub/2.txt\n\nTotal Objects: 2\n   Total Size: 6 Bytes\n",
            ),
            (
                "s3 mv s3://bkt1/p/1.txt s3://bkt1/q/ --metadata a=b",
                0,
                "move: s3://bkt1/p/1.txt to s3://bkt1/q/1.txt\n",
            ),
            (
                "s3api head-object --bucket bkt1 --key q/1.txt --query '[Metadata.a,ContentLength]' \
                 --output text",
                0,
                "b\t3\n",
            ),
            ("s3 cp s3://bkt1/q/1.txt -", 0, "one"),
            ("s3 cp s3://bkt1/q/1.txt out/", 0, "download: s3://bkt1/q/1.txt to out/1.txt\n"),
            (
                "s3 rm s3://bkt1/p --recursive --dryrun",
                0,
                "(dryrun) delete: s3://bkt1/p/sub/2.txt\n",
            ),
            ("s3 rm s3://bkt1/p --recursive --quiet", 0, ""),
            ("s3 mv a.txt s3://bkt1/q/b.txt", 0, "move: ./a.txt to s3://bkt1/q/b.txt\n"),
            (
                "s3 ls s3://bkt1 --recursive",
                0,
                "2026-11-22 10:00:00          3 q/1.txt\n2026-11-22 10:00:00          2 q/b.txt\n",
            ),
        ],
    );
    assert!(!lab.work().join("a.txt").exists(), "a move takes its source away");
    let answer = lab.run_with(&Aws, &["s3", "cp", "-", "s3://bkt1/in"], b"from a pipe", lab.env());
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "", ""));
    check(&lab, &[("s3 cp s3://bkt1/in -", 0, "from a pipe")]);
}

const NO_BUCKET: &str = "The specified bucket does not exist\n";

#[test]
fn what_fails_is_told_in_the_words_of_the_real_client() {
    let lab = lab();
    check(
        &lab,
        &[
            (
                "s3 cp a.txt s3://nope/",
                1,
                &format!(
                    "upload failed: ./a.txt to s3://nope/a.txt An error occurred (NoSuchBucket) when \
                     calling the PutObject operation: {NO_BUCKET}"
                ),
            ),
            (
                "s3 sync d s3://nope",
                1,
                &format!(
                    "fatal error: An error occurred (NoSuchBucket) when calling the ListObjectsV2 \
                     operation: {NO_BUCKET}"
                ),
            ),
            (
                "s3 ls s3://nope",
                254,
                &format!(
                    "\nAn error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: \
                     {NO_BUCKET}"
                ),
            ),
            (
                "s3 cp s3://bkt1/nok .",
                1,
                "fatal error: An error occurred (404) when calling the HeadObject operation: Key \
                 \"nok\" does not exist\n",
            ),
            ("s3 cp nofile s3://bkt1/", 255, "\nThe user-provided path nofile does not exist.\n"),
            (
                "s3 cp a b",
                252,
                "\nusage: aws s3 cp <LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>\n\
                 Error: Invalid argument type\n",
            ),
            (
                "s3 mv s3://bkt1/a s3://bkt1/",
                252,
                "\nCannot mv a file onto itself: s3://bkt1/a - s3://bkt1/\n",
            ),
            ("s3 ls --foo", 252, "\nUnknown options: --foo\n"),
            (
                "s3api get-object --bucket bkt1 --key nokey o.txt",
                254,
                "\nAn error occurred (NoSuchKey) when calling the GetObject operation: The specified \
                 key does not exist.\n",
            ),
            (
                "s3api head-object --bucket bkt1 --key nokey",
                254,
                "\nAn error occurred (404) when calling the HeadObject operation: Not Found\n",
            ),
            (
                "s3api list-objects-v2 --bucket bkt1 --no-sign-request",
                254,
                "\nAn error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access \
                 Denied\n",
            ),
        ],
    );
}

#[test]
fn sync_copies_what_differs_and_nothing_twice() {
    let lab = lab();
    check(
        &lab,
        &[
            (
                "s3 sync d s3://bkt1/s",
                0,
                "upload: d/1.txt to s3://bkt1/s/1.txt\nupload: d/sub/2.txt to \
                 s3://bkt1/s/sub/2.txt\nupload: d/z.log to s3://bkt1/s/z.log\n",
            ),
            ("s3 sync d s3://bkt1/s", 0, ""),
        ],
    );
    lab.file("d/1.txt", "ones");
    std::fs::remove_file(lab.work().join("d/z.log")).expect("removed");
    check(
        &lab,
        &[
            ("s3 sync d s3://bkt1/s --size-only", 0, "upload: d/1.txt to s3://bkt1/s/1.txt\n"),
            ("s3 sync d s3://bkt1/s --delete", 0, "delete: s3://bkt1/s/z.log\n"),
            (
                "s3 sync s3://bkt1/s out",
                0,
                "download: s3://bkt1/s/1.txt to out/1.txt\ndownload: s3://bkt1/s/sub/2.txt to \
                 out/sub/2.txt\n",
            ),
            ("s3 sync s3://bkt1/s out", 0, ""),
            ("s3 sync out s3://bkt1/s", 0, ""),
        ],
    );
    lab.file("out/mine", "x");
    check(&lab, &[("s3 sync s3://bkt1/s out --delete", 0, "delete: out/mine\n")]);
}

#[test]
fn large_objects_go_in_parts_both_ways() {
    let lab = lab();
    let bytes: Vec<u8> = (0..9_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    lab.file("big.bin", &bytes);
    check(
        &lab,
        &[
            (
                "s3 cp big.bin s3://bkt1/ --metadata k=v --content-type text/x-big",
                0,
                "upload: ./big.bin to s3://bkt1/big.bin\n",
            ),
            (
                "s3 cp s3://bkt1/big.bin s3://bkt1/two",
                0,
                "copy: s3://bkt1/big.bin to s3://bkt1/two\n",
            ),
            ("s3api head-object --bucket bkt1 --key two --query ContentLength", 0, "9000000\n"),
            (
                "s3api head-object --bucket bkt1 --key two --output text --query \
                 \"[ContentType,Metadata.k,ends_with(ETag,'-2\\\"')]\"",
                0,
                "text/x-big\tv\tTrue\n",
            ),
            ("s3 cp s3://bkt1/two back.bin", 0, "download: s3://bkt1/two to ./back.bin\n"),
            ("s3api list-multipart-uploads --bucket bkt1 --query Uploads", 0, "null\n"),
        ],
    );
    assert!(std::fs::read(lab.work().join("back.bin")).expect("there") == bytes);
}

#[test]
fn a_terminal_sees_progress_and_a_pipe_does_not() {
    let mut lab = lab();
    lab.terminal = Some((80, 24));
    let answer = lab.run(&Aws, "s3 cp a.txt s3://bkt1/");
    let (progress, line) = answer.out.split_once('\r').expect("a line that is written over");
    assert!(progress.starts_with("Completed 2 Bytes/2 Bytes ("), "{progress}");
    assert!(progress.ends_with("/s) with 1 file(s) remaining"), "{progress}");
    assert_eq!(line.trim_end(), "upload: ./a.txt to s3://bkt1/a.txt");
    assert_eq!(line.trim_end_matches('\n').len(), progress.len(), "padded over what stood there");
    let silent = lab.run(&Aws, "s3 cp a.txt s3://bkt1/ --no-progress");
    assert_eq!(silent.out, "upload: ./a.txt to s3://bkt1/a.txt\n");
}

#[test]
fn a_presigned_url_names_the_endpoint() {
    let mut lab = lab();
    lab.endpoint = Some("http://127.0.0.1:4566".into());
    let url = lab.run(&Aws, "s3 presign 's3://bkt1/a b+c' --expires-in 60").out;
    let start = "http://127.0.0.1:4566/bkt1/a%20b%2Bc?X-Amz-Algorithm=AWS4-HMAC-SHA256&";
    assert!(url.starts_with(start), "{url}");
    // Dated by the wall clock: that is what an endpoint judges a URL by.
    let date = url.split_once("&X-Amz-Date=").expect("dated").1;
    assert_eq!(date.get(15..34), Some("Z&X-Amz-Expires=60&"), "{url}");
}

#[test]
fn keys_that_climb_out_of_the_folder_stay_where_they_are() {
    let lab = lab();
    check(
        &lab,
        &[
            (
                "s3 cp a.txt s3://bkt1/t/../../evil",
                0,
                "upload: ./a.txt to s3://bkt1/t/../../evil\n",
            ),
            (
                "s3 cp s3://bkt1/t out --recursive",
                2,
                "warning: Skipping file bkt1/t/../../evil. File references a parent directory.\n",
            ),
        ],
    );
}

#[test]
fn odd_names_survive_a_copy() {
    let lab = lab();
    lab.file("ü b.txt", "hé");
    check(
        &lab,
        &[
            ("s3 cp 'ü b.txt' s3://bkt1/", 0, "upload: ./ü b.txt to s3://bkt1/ü b.txt\n"),
            (
                "s3 cp 's3://bkt1/ü b.txt' 's3://bkt1/a+b %41?.txt'",
                0,
                "copy: s3://bkt1/ü b.txt to s3://bkt1/a+b %41?.txt\n",
            ),
            (
                "s3api copy-object --bucket bkt1 --key c --copy-source 'bkt1/a+b %41?.txt' --query Gone",
                0,
                "null\n",
            ),
            ("s3 cp s3://bkt1/c -", 0, "hé"),
        ],
    );
}
