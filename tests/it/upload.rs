//! A browser's forms to S3, over real sockets. Signatures are judged by boto3's in `tests/peers`.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::http::{Answer, Client};
use crate::wire::with_endpoint;

const TYPE: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=edge");

/// A form with these fields and this file.
fn form(fields: &[(&str, &str)], file: &str) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"");
        body.extend(["--edge\r\n", &head, "\r\n\r\n", value, "\r\n"]);
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\notes\\a b.txt\"";
    body + &format!("--edge\r\n{head}\r\nContent-Type: image/png\r\n\r\n{file}\r\n--edge--\r\n")
}

/// A page sends a form: without a key in its head.
fn post(addr: SocketAddr, fields: &[(&str, &str)], file: &str) -> Answer {
    Client::anonymous(addr).ask("POST /notes", &[TYPE], &form(fields, file))
}

/// Fields that say a key signed a policy with these conditions. The endpoint believes any key.
fn signed(conditions: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let policy = format!(
        "{{\"expiration\": \"2999-01-01T00:00:00Z\", \"conditions\": [{{\"bucket\": \"notes\"}}, \
         [\"starts-with\", \"$key\", \"\"], {conditions}]}}"
    );
    let policy = STANDARD.encode(policy);
    let signature = [("AWSAccessKeyId", "any"), ("signature", "any"), ("policy", &policy)];
    let all = fields.iter().chain(&signature);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn post_signed(addr: SocketAddr, conditions: &str, fields: &[(&str, &str)], file: &str) -> Answer {
    let fields = signed(conditions, fields);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    post(addr, &fields, file)
}

const NO_MORE: &str = "[\"starts-with\", \"$key\", \"\"]";

#[test]
fn a_form_puts_its_file_with_what_the_fields_say() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        let fields = [
            ("key", "in/${filename}"),
            ("Content-Type", "text/plain"),
            ("x-amz-meta-From", "a page"),
            ("x-amz-storage-class", "STANDARD_IA"),
            (
                "tagging",
                "<Tagging><TagSet><Tag><Key>a b</Key><Value>1+2</Value></Tag></TagSet></Tagging>",
            ),
        ];
        let conditions = r#"{"key": "in/a b.txt"}, ["starts-with", "$content-type", "text/"],
            {"x-amz-meta-from": "a page"}, {"x-amz-storage-class": "STANDARD_IA"},
            ["starts-with", "$tagging", ""]"#;
        let put = post_signed(addr, conditions, &fields, "hello");
        let tag = Some("\"5d41402abc4b2a76b9719d911017c592\"");
        assert_eq!((put.status, put.header("etag")), (204, tag), "{}", put.body);
        assert_eq!(put.header("location"), Some("http://127.0.0.1/notes/in%2Fa%20b.txt"));
        let got = client.ask("GET /notes/in/a%20b.txt", &[], "");
        assert_eq!(got.body, "hello");
        assert_eq!(got.header("content-type"), Some("text/plain"));
        assert_eq!(got.header("x-amz-meta-from"), Some("a page"));
        assert_eq!(got.header("x-amz-storage-class"), Some("STANDARD_IA"));
        let tags = client.ask("GET /notes/in/a%20b.txt?tagging", &[], "");
        assert_eq!((tags.element("Key"), tags.element("Value")), (Some("a b"), Some("1+2")));
    });
}

#[test]
fn the_form_says_what_the_browser_sees_next() {
    with_endpoint(true, |addr, _| {
        Client::new(addr).ask("PUT /notes", &[], "");
        let check = |field: (&str, &str), status: u16, location: &str| {
            let condition = format!("{{\"{}\": \"{}\"}}", field.0, field.1);
            let put = post_signed(addr, &condition, &[("key", "a/b c"), field], "hello");
            assert_eq!((put.status, put.header("location")), (status, Some(location)), "{field:?}");
            put
        };
        let object = "http://127.0.0.1/notes/a%2Fb%20c";
        check(("success_action_status", "200"), 200, object);
        check(("success_action_status", "404"), 204, object);
        let told = check(("success_action_status", "201"), 201, object);
        assert_eq!(told.element("Location"), Some(object));
        assert_eq!((told.element("Bucket"), told.element("Key")), (Some("notes"), Some("a/b c")));
        assert_eq!(told.element("ETag"), Some("&quot;5d41402abc4b2a76b9719d911017c592&quot;"));
        let result = "bucket=notes&key=a%2Fb+c&etag=%225d41402abc4b2a76b9719d911017c592%22";
        let page = ("success_action_redirect", "http://a.example/done");
        check(page, 303, &format!("http://a.example/done?{result}"));
        let page = ("redirect", "https://a.example/?x=1");
        check(page, 303, &format!("https://a.example/?x=1&{result}"));
        check(("success_action_redirect", "/nowhere"), 204, object);
        // What stands behind the file is ignored; what would stand for a header is not.
        let late = form(&[("key", "late"), ("acl", "private")], "x").replace(
            "--edge--",
            "--edge\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nother\r\n--edge--",
        );
        let refused = Client::anonymous(addr).ask("POST /notes", &[TYPE], &late);
        assert_eq!(refused.element("Code"), Some("AccessDenied"), "a stranger may not");
    });
}

#[test]
fn a_form_is_refused_in_the_words_of_s3() {
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        let key = ("key", "k");
        let check = |answer: &Answer, status: u16, code: &str, message: &str| {
            assert_eq!(
                (answer.status, answer.element("Code")),
                (status, Some(code)),
                "{}",
                answer.body
            );
            assert_eq!(answer.element("Message"), Some(message));
        };
        check(&post(addr, &[key], "x"), 403, "AccessDenied", "Access Denied");
        let missing = "Bucket POST must contain a field named 'key'.  If it is specified, please check \
                       the order of the fields.";
        check(&post(addr, &[], "x"), 400, "InvalidArgument", missing);
        let extra = "Invalid according to Policy: Extra input fields: acl";
        let refused = post_signed(addr, NO_MORE, &[key, ("acl", "private")], "x");
        check(&refused, 403, "AccessDenied", extra);
        let failed = "Invalid according to Policy: Policy Condition failed: [&quot;eq&quot;, \
                      &quot;$key&quot;, &quot;other&quot;]";
        let refused = post_signed(addr, r#"{"key": "other"}"#, &[key], "x");
        check(&refused, 403, "AccessDenied", failed);
        let range = r#"["content-length-range", 2, 4]"#;
        let refused = post_signed(addr, range, &[key], "x");
        let small = "Your proposed upload is smaller than the minimum allowed size";
        check(&refused, 400, "EntityTooSmall", small);
        assert_eq!(
            (refused.element("ProposedSize"), refused.element("MinSizeAllowed")),
            (Some("1"), Some("2"))
        );
        let refused = post_signed(addr, range, &[key], &"x".repeat(3_000_000));
        let large = "Your proposed upload exceeds the maximum allowed size";
        check(&refused, 400, "EntityTooLarge", large);
        assert_eq!(refused.element("ProposedSize"), Some("3000000"));
        assert_eq!(refused.element("MaxSizeAllowed"), Some("4"));
        assert_eq!(post_signed(addr, range, &[key], "1234").status, 204);
        let any = "[\"starts-with\", \"$x-amz-copy-source\", \"\"]";
        let refused = post_signed(addr, any, &[key, ("x-amz-copy-source", "notes/k")], "x");
        assert_eq!((refused.status, refused.element("Header")), (501, Some("x-amz-copy-source")));
        let long = "x".repeat(20_481);
        let refused = post(addr, &[key, ("x-ignore-a", &long)], "x");
        assert_eq!(refused.element("MaxPostPreDataLengthBytes"), Some("20480"), "{}", refused.body);
        let mut page = Client::anonymous(addr);
        let malformed = "The body of your POST request is not well-formed multipart/form-data.";
        let cut = form(&[key], "x").replace("--edge--", "");
        check(&page.ask("POST /notes", &[TYPE], &cut), 400, "MalformedPOSTRequest", malformed);
        let kind = [("Content-Type", "text/plain")];
        let refused = page.ask("POST /notes", &kind, "x");
        assert_eq!((refused.status, refused.element("Code")), (412, Some("PreconditionFailed")));
        let refused =
            page.ask("POST /notes", &[TYPE, ("x-amz-acl", "public-read")], &form(&[key], "x"));
        check(
            &refused,
            400,
            "InvalidRequest",
            "Conflicting values provided in HTTP headers and POST form fields.",
        );
        let keyed = client.ask("POST /notes", &[TYPE], &form(&[key], "x"));
        check(&keyed, 400, "InvalidArgument", "Unsupported Authorization Type");
        // The connection lives on behind every refusal.
        assert_eq!(page.ask("GET /", &[], "").status, 403);
    });
}

#[test]
fn a_page_of_another_origin_hears_the_answer_to_its_form() {
    let rules = "<CORSConfiguration><CORSRule><AllowedOrigin>http://a.example</AllowedOrigin>\
                 <AllowedMethod>POST</AllowedMethod></CORSRule></CORSConfiguration>";
    with_endpoint(true, |addr, _| {
        let mut client = Client::new(addr);
        client.ask("PUT /notes", &[], "");
        assert_eq!(client.ask("PUT /notes?cors", &[], rules).status, 200);
        let fields = signed(NO_MORE, &[("key", "k")]);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let from = ("Origin", "http://a.example");
        let body = form(&fields, "x");
        let put = Client::anonymous(addr).ask("POST /notes", &[TYPE, from], &body);
        assert_eq!((put.status, put.header("access-control-allow-origin")), (204, Some(from.1)));
    });
}
