//! Signatures made by botocore 1.43 at a fixed instant, the chunk example of the S3 API reference,
//! and what must not pass.

use bytes::Bytes;

use super::chunked::Decoder;
use super::*;
use sim::api::ApiError;

const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "TOKEN//abc==";
/// 2026-11-22T10:00:00Z
const NOW: Time = Time(1_795_341_600_000);
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

struct Case {
    rules: Rules,
    service: &'static str,
    method: &'static str,
    target: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    token: bool,
    body_sha256: Option<&'static str>,
    wall: Time,
    lab: Time,
    expires: Option<Time>,
}

fn case(
    method: &'static str,
    target: &'static str,
    headers: &[(&'static str, &'static str)],
) -> Case {
    Case {
        rules: Rules::S3,
        service: "s3",
        method,
        target,
        headers: headers.to_vec(),
        token: false,
        body_sha256: None,
        wall: NOW,
        lab: Time(0),
        expires: None,
    }
}

fn common(case: Case, service: &'static str) -> Case {
    Case { rules: Rules::Common, service, ..case }
}

impl Case {
    fn with_token(mut self) -> Self {
        self.token = true;
        self
    }

    fn at(mut self, wall: Time) -> Self {
        self.wall = wall;
        self
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    fn run(&self) -> Result<Option<Verified>, ApiError> {
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        let headers = self.headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let mut head = Head::new(self.method, path, query, headers);
        head.set_header("host", "127.0.0.1:4566");
        let Some(claim) = Claim::read(&head, self.rules)? else { return Ok(None) };
        let credential = Credential {
            access_key_id: ID.into(),
            secret_access_key: SECRET.into(),
            session_token: self.token.then(|| TOKEN.into()),
            principal: Principal::User("alice".into()),
            expires: self.expires,
        };
        let subject = Subject {
            head: &head,
            sent_path: path,
            rules: self.rules,
            service: self.service,
            body_sha256: self.body_sha256,
        };
        let known = (claim.access_key_id == ID).then_some(&credential);
        verify(&claim, &subject, known, Clocks { wall: self.wall, lab: self.lab }).map(Some)
    }
}

#[track_caller]
fn passes(case: &Case) {
    let verified = case.run().expect("accepted").expect("signed");
    assert_eq!(verified.principal, Principal::User("alice".into()));
}

#[track_caller]
fn refuses(case: &Case, code: &str) -> ApiError {
    let error = case.run().expect_err("refused");
    assert_eq!(error.code, code, "{error:?}");
    error
}

fn get_odd_names() -> Case {
    case(
        "GET",
        "/notes/a%20b/%C3%A9%2B%28x%29~.txt?versionId=a%2Fb&response-content-type=text%2Fplain",
        &[
            ("X-Amz-Meta-Two", "  a   b "),
            ("Range", "bytes=0-3"),
            ("User-Agent", "x"),
            ("X-Amz-Date", "20261122T100000Z"),
            ("X-Amz-Content-SHA256", EMPTY_SHA256),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request, \
                 SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-meta-two, \
                 Signature=fc570a9946c575c15edbc47ab528ec83946049fa1145b7899a37fdadc11685a9",
            ),
        ],
    )
}

fn put_with_token() -> Case {
    case(
        "PUT",
        "/notes/k",
        &[
            ("Content-Type", "text/plain"),
            ("X-Amz-Date", "20261122T100000Z"),
            ("X-Amz-Security-Token", TOKEN),
            ("X-Amz-Content-SHA256", HELLO),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;\
                 x-amz-security-token, \
                 Signature=516c582a4f18987864a85528b4d4376b205975ffd15a492695cd4b211aaef0c4",
            ),
        ],
    )
    .with_token()
}

const PRESIGNED: &str = "/notes/a%20b?versionId=7&X-Amz-Algorithm=AWS4-HMAC-SHA256&\
    X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&\
    X-Amz-Date=20261122T100000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&\
    X-Amz-Security-Token=TOKEN%2F%2Fabc%3D%3D&\
    X-Amz-Signature=ddd92f9f10c90303eb496ebb04c357fb9149f92e2edae7a10668a9ec00a64d98";

const PRESIGNED_V2: &str = "/notes/a%20b?response-content-type=text%2Fplain&\
    AWSAccessKeyId=AKIDEXAMPLE&Signature=imDO3M3UIjBjwkfs6Xgkuz1HZo8%3D&\
    x-amz-security-token=TOKEN%2F%2Fabc%3D%3D&Expires=1795345200";

fn sts() -> Case {
    let signed = case(
        "POST",
        "/",
        &[
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("X-Amz-Date", "20261122T100000Z"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/sts/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date, \
                 Signature=7fac9cd9c3a8a9da3a52c9d6059d0e3aeef8c60e634388570cc19de578c7909a",
            ),
        ],
    );
    let hash =
        Box::leak(sha256_hex(b"Action=GetCallerIdentity&Version=2011-06-15").into_boxed_str());
    Case { body_sha256: Some(hash), ..common(signed, "sts") }
}

#[test]
fn what_botocore_signs_in_headers_passes() {
    passes(&get_odd_names());
    passes(&put_with_token());
    passes(&case(
        "GET",
        "/notes?acl",
        &[
            ("X-Amz-Date", "20261122T100000Z"),
            ("X-Amz-Content-SHA256", EMPTY_SHA256),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request, \
                 SignedHeaders=host;x-amz-content-sha256;x-amz-date, \
                 Signature=5fb8b9bdcc60aba28306e5f5dea67b0f9314319e8480a538e7bf08e67c439a18",
            ),
        ],
    ));
    passes(&sts());
    passes(&common(
        case(
            "GET",
            "/a//b/../c%20d/",
            &[
                ("X-Amz-Date", "20261122T100000Z"),
                (
                    "Authorization",
                    "AWS4-HMAC-SHA256 \
                     Credential=AKIDEXAMPLE/20261122/us-east-1/lambda/aws4_request, \
                     SignedHeaders=host;x-amz-date, \
                     Signature=4282faf06ba6bc303e980325f9f9a574bd7189c48b3ab5eb1c1141beb0e4df2f",
                ),
            ],
        ),
        "lambda",
    ));
}

#[test]
fn what_botocore_presigns_passes_in_both_versions() {
    passes(&case("GET", PRESIGNED, &[]).with_token());
    passes(&case(
        "PUT",
        "/notes/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&\
         X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Feu-west-1%2Fs3%2Faws4_request&\
         X-Amz-Date=20261122T100000Z&X-Amz-Expires=60&\
         X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-acl&\
         X-Amz-Signature=0a086aa6769aec9b27ddd0011f59f3821562f0af6285c554c3ea47c738c16e1d",
        &[("Content-Type", "text/plain"), ("x-amz-acl", "private")],
    ));
    passes(&case("GET", PRESIGNED_V2, &[]).with_token());
    let put = "/notes/k?AWSAccessKeyId=AKIDEXAMPLE&Signature=9I0q6OSQrYEOXleHiaeAyFkl%2Bfc%3D&\
               content-type=text%2Fplain&x-amz-acl=public-read&Expires=1795345200";
    passes(&case("PUT", put, &[("Content-Type", "text/plain"), ("x-amz-acl", "public-read")]));
    passes(&case(
        "PUT",
        "/notes/a%20b?acl&versionId=x%2Fy&ignored=1",
        &[
            ("Content-Type", "text/plain"),
            ("x-amz-meta-b", "2"),
            ("x-amz-acl", "private"),
            ("Date", "Sun, 22 Nov 2026 10:00:00 GMT"),
            ("Authorization", "AWS AKIDEXAMPLE:dgcOqY9VIsME88QjGPjKFKATIfA="),
        ],
    ));
    passes(&common(
        case(
            "GET",
            "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&\
             X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fsts%2Faws4_request&\
             X-Amz-Date=20261122T100000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&\
             X-Amz-Signature=8ff8a5e98feffad693220adf19914965a8cc8276b1554f73ade008e0ef2f9357",
            &[],
        ),
        "sts",
    ));
}

#[test]
fn a_changed_request_is_refused_with_what_was_computed() {
    let mut moved = get_odd_names();
    moved.target = "/notes/other";
    let error = refuses(&moved, "SignatureDoesNotMatch");
    let names: Vec<&str> = error.fields.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(
        names,
        [
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
            "CanonicalRequest",
            "CanonicalRequestBytes"
        ]
    );
    let canonical = &error.fields[4].1;
    assert!(canonical.starts_with("GET\n/notes/other\n\nhost:127.0.0.1:4566\n"), "{canonical}");
    let mut body = sts();
    body.body_sha256 = Some(HELLO);
    assert_eq!(refuses(&body, "SignatureDoesNotMatch").status, 403);
    let mut elsewhere = sts();
    elsewhere.service = "iam";
    let error = refuses(&elsewhere, "SignatureDoesNotMatch");
    assert_eq!(error.message, "Credential should be scoped to correct service: 'iam'. ");
    refuses(&get_odd_names().with("x-amz-acl", "public-read"), "AccessDenied");
}

#[test]
fn clocks_are_the_walls_and_tokens_end_by_the_labs() {
    let minutes = |n: i64| Time(NOW.0 + n * 60_000);
    passes(&get_odd_names().at(minutes(15)));
    passes(&get_odd_names().at(minutes(-15)));
    let error = refuses(&get_odd_names().at(minutes(16)), "RequestTimeTooSkewed");
    assert_eq!(error.fields[1], ("ServerTime".into(), "2026-11-22T10:16:00Z".into()));
    let error = refuses(&sts().at(minutes(20)), "SignatureDoesNotMatch");
    assert_eq!(
        error.message,
        "Signature expired: 20261122T100000Z is now earlier than 20261122T100500Z \
         (20261122T102000Z - 15 min.)"
    );
    passes(&case("GET", PRESIGNED, &[]).with_token().at(minutes(60)));
    let late = case("GET", PRESIGNED, &[]).with_token().at(minutes(61));
    assert_eq!(refuses(&late, "AccessDenied").message, "Request has expired");
    let late = case("GET", PRESIGNED_V2, &[]).with_token().at(minutes(61));
    assert_eq!(refuses(&late, "AccessDenied").message, "Request has expired");
    let mut ended = put_with_token();
    ended.expires = Some(Time(1000));
    passes(&ended);
    ended.lab = Time(1000);
    refuses(&ended, "ExpiredToken");
}

#[test]
fn keys_and_tokens_must_be_known() {
    let mut stranger = get_odd_names();
    stranger.headers[5].1 = "AWS4-HMAC-SHA256 Credential=AKIDOTHER/20261122/us-east-1/s3/aws4_request, \
         SignedHeaders=host, Signature=00";
    let error = refuses(&stranger, "InvalidAccessKeyId");
    assert_eq!(error.fields, [("AWSAccessKeyId".to_owned(), "AKIDOTHER".to_owned())]);
    // A temporary key without its token is as good as unknown.
    let mut bare = get_odd_names();
    bare.token = true;
    refuses(&bare, "InvalidAccessKeyId");
    let mut wrong = put_with_token();
    wrong.headers[2].1 = "another";
    refuses(&wrong, "InvalidToken");
    let mut needless = put_with_token();
    needless.token = false;
    refuses(&needless, "InvalidToken");
    let mut stranger = sts();
    stranger.headers[2].1 = "AWS4-HMAC-SHA256 Credential=X/20261122/us-east-1/sts/aws4_request, \
                             SignedHeaders=host, Signature=00";
    refuses(&stranger, "InvalidClientTokenId");
}

#[test]
fn badly_said_claims_are_refused() {
    assert!(case("GET", "/notes", &[]).run().expect("accepted").is_none(), "anonymous");
    let header = |text| case("GET", "/", &[("Authorization", text)]);
    refuses(&header("Basic Zm9v"), "InvalidArgument");
    refuses(&header("AWS4-HMAC-SHA256 Credential=x"), "AuthorizationHeaderMalformed");
    refuses(
        &header("AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0"),
        "AuthorizationHeaderMalformed",
    );
    let error = refuses(
        &common(header("AWS4-HMAC-SHA256 SignedHeaders=host"), "sts"),
        "IncompleteSignature",
    );
    assert!(
        error.message.starts_with(
            "Authorization header requires 'Credential' parameter. Authorization header requires \
             'Signature' parameter. Authorization="
        ),
        "{}",
        error.message
    );
    let query = |text: &'static str| case("GET", text, &[]);
    refuses(&query("/k?X-Amz-Algorithm=AWS4-HMAC-SHA256"), "AuthorizationQueryParametersError");
    refuses(&query("/k?Signature=x"), "AccessDenied");
    let long = "/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-SignedHeaders=host&\
                X-Amz-Credential=A/20261122/r/s3/aws4_request&X-Amz-Date=20261122T100000Z&\
                X-Amz-Expires=604801";
    let error = refuses(&query(long), "AuthorizationQueryParametersError");
    assert!(error.message.contains("less than a week"), "{}", error.message);
    // Odd bytes where a date should be must not break anything.
    refuses(&get_odd_names_dated("2026112é100000Z"), "AccessDenied");
}

fn get_odd_names_dated(date: &'static str) -> Case {
    let mut case = get_odd_names();
    case.headers[3].1 = date;
    case
}

/// The example of "Transferring payload in multiple chunks": 65 KiB of `a` in two chunks.
fn documented_chain() -> Chain {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let day = hmac_sha256(format!("AWS4{secret}").as_bytes(), b"20130524");
    let region = hmac_sha256(&day, b"us-east-1");
    let service = hmac_sha256(&region, b"s3");
    let key = hmac_sha256(&service, b"aws4_request");
    Chain::new(
        key,
        "20130524T000000Z".into(),
        "20130524/us-east-1/s3/aws4_request".into(),
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9".into(),
    )
}

fn documented_body() -> Vec<u8> {
    let mut body = Vec::new();
    for (size, signature) in [
        (65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
        (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
        (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
    ] {
        body.extend(format!("{size:x};chunk-signature={signature}\r\n").bytes());
        body.extend(std::iter::repeat_n(b'a', size));
        body.extend(b"\r\n");
    }
    body
}

/// Feeds a body in pieces of `step` bytes.
fn decode(
    mut decoder: Decoder,
    body: &[u8],
    step: usize,
    expected: Option<u64>,
) -> Result<(usize, Vec<(String, String)>), ApiError> {
    let mut out = Vec::new();
    for piece in body.chunks(step) {
        decoder.feed(Bytes::copy_from_slice(piece), &mut out)?;
    }
    let trailers = decoder.finish(expected)?;
    Ok((out.iter().map(Bytes::len).sum(), trailers))
}

#[test]
fn signed_chunks_pass_in_any_slicing_and_a_changed_byte_does_not() {
    let body = documented_body();
    for step in [1, 7, 1000, body.len()] {
        let decoder = Decoder::new(Some(documented_chain()), false);
        let (len, trailers) = decode(decoder, &body, step, Some(66_560)).expect("decoded");
        assert_eq!((len, trailers.len()), (66_560, 0));
    }
    let check = |body: &[u8], expected: Option<u64>, code: &str| {
        let decoder = Decoder::new(Some(documented_chain()), false);
        let error = decode(decoder, body, 4096, expected).expect_err("refused");
        assert_eq!(error.code, code);
    };
    let mut changed = body.clone();
    changed[70_000 - 4000] = b'b';
    check(&changed, None, "SignatureDoesNotMatch");
    check(&body, Some(66_561), "IncompleteBody");
    check(&body[..60_000], None, "IncompleteBody");
    check(b"zz\r\n", None, "InvalidRequest");
    check(&[b'1'; 5000], None, "InvalidRequest");
    check(b"3\r\nabcdef\r\n", None, "InvalidRequest");
}

#[test]
fn trailers_come_out_and_must_come() {
    let body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32: NhCmhg==\r\n\r\n";
    for step in [1, 3, 100] {
        let (len, trailers) =
            decode(Decoder::new(None, true), body, step, Some(5)).expect("decoded");
        assert_eq!(len, 5);
        assert_eq!(trailers, [("x-amz-checksum-crc32".to_owned(), "NhCmhg==".to_owned())]);
    }
    let error = decode(Decoder::new(None, true), b"0\r\n\r\n", 10, None).expect_err("refused");
    assert_eq!(error.code, "MalformedTrailerError");
    let body = b"0\r\nno colon\r\n\r\n";
    let error = decode(Decoder::new(None, true), body, 10, None).expect_err("refused");
    assert_eq!(error.code, "MalformedTrailerError");
}

#[test]
fn signed_trailers_are_verified() {
    let mut chain = documented_chain();
    let mut body = Vec::new();
    let mut previous =
        String::from("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    let mut sign = |kind: &str, hashes: &str| {
        let scope = "20130524T000000Z\n20130524/us-east-1/s3/aws4_request";
        let string = format!("AWS4-HMAC-SHA256-{kind}\n{scope}\n{previous}\n{hashes}");
        previous = documented_chain_sign(&string);
        previous.clone()
    };
    let data = sign("PAYLOAD", &format!("{EMPTY_SHA256}\n{HELLO}"));
    let last = sign("PAYLOAD", &format!("{EMPTY_SHA256}\n{EMPTY_SHA256}"));
    let trailer = sign("TRAILER", &sha256_hex(b"x-amz-checksum-crc32:NhCmhg==\n"));
    body.extend(
        format!("5;chunk-signature={data}\r\nhello\r\n0;chunk-signature={last}\r\n").bytes(),
    );
    body.extend(b"x-amz-checksum-crc32:NhCmhg==\r\n");
    let unsigned = body.clone();
    body.extend(format!("x-amz-trailer-signature:{trailer}\r\n\r\n").bytes());
    decode(Decoder::new(Some(chain.clone()), true), &body, 9, Some(5)).expect("decoded");
    chain = documented_chain();
    let error = decode(Decoder::new(Some(chain), true), &unsigned, 9, Some(5));
    assert_eq!(error.expect_err("refused").code, "SignatureDoesNotMatch");
}

fn documented_chain_sign(string: &str) -> String {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let day = hmac_sha256(format!("AWS4{secret}").as_bytes(), b"20130524");
    let region = hmac_sha256(&day, b"us-east-1");
    let key = hmac_sha256(&hmac_sha256(&region, b"s3"), b"aws4_request");
    base::blob::hex(&hmac_sha256(&key, string.as_bytes()))
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever comes in, nothing breaks.
    #[test]
    fn no_claim_and_no_body_breaks_anything(
        authorization in "(AWS4-HMAC-SHA256 )?(Credential=[^,]{0,40}, ?)?(SignedHeaders=\\PC{0,9}, ?)?(Signature=)?\\PC{0,20}",
        date in "\\PC{0,17}",
        query in "(X-Amz-(Algorithm|Date|Expires|Credential)=[^ ]{0,20}&){0,5}",
        body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
    ) {
        let headers = [("authorization", authorization), ("x-amz-date", date)];
        let headers = headers.map(|(n, v)| (n.to_owned(), v));
        for rules in [Rules::S3, Rules::Common] {
            let _ = Claim::read(&Head::new("GET", "/b/k", &query, headers.clone()), rules);
            let _ = Claim::read(&Head::new("GET", "/b/k", &query, []), rules);
        }
        let _ = decode(Decoder::new(None, true), &body, 3, None);
        let _ = decode(Decoder::new(Some(documented_chain()), true), &body, 64, None);
    }
}
