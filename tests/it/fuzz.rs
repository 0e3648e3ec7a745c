//! What reads bytes of strangers is fed with mutated ones: each target is a function that may refuse its
//! input in whatever words, but neither break down nor take long.
//!
//! The gate tries some hundred of each, always the same. For longer, and each time others:
//!
//! ```text
//! DISTLAB_FUZZ_S=600 cargo test --test it fuzz::lesson -- --nocapture
//! ```
//!
//! An input is kept for further mutations when it is answered in words that no input was answered in
//! before, so that the mutations get past the first refusal without a compiler that counts branches.
//! What was found stands as a test beside the code that it broke.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use distlab::base::{Rng, Time};
use distlab::command_line::flags::{self, Flag, flag, switch};
use distlab::command_line::template::{Data, Shape, Template};
use distlab::course::{self, Learner, WorldSpec, catalog};
use distlab::gateway::{Gateway, Host};
use distlab::grade::{roster, submission};
use distlab::session::class::Class;
use distlab::session::history::{self, Act, Gist, Kept};
use distlab::sim::api::{Protocol, Service};
use distlab::sim::{Caller, Config, Principal};
use distlab::store::BlobStore;
use distlab::wire::codec::multipart::Multipart;
use distlab::wire::codec::rest::{BodyIn, Router};
use distlab::wire::codec::{self, Head, json, query, rest, xml};
use distlab::wire::sigv4::chunked::Decoder;
use distlab::wire::sigv4::{Claim, FormClaim, Payload, Rules};
use distlab::{command, systems};

use crate::support::Home;
use crate::wire::Lab;

/// How many mutations of its seeds each target gets in the gate.
const ROUNDS: u64 = 300;
/// One input may be worked on for so long, by a build that is not optimized.
const LONG: Duration = Duration::from_secs(10);
/// No target is given more.
const BYTES_MAX: usize = 64 << 10;
/// How many inputs are kept for further mutations.
const KEPT_MAX: usize = 4_096;

/// Feeds a target with its seeds and their mutations.
fn fuzz(name: &str, seeds: Vec<Vec<u8>>, target: impl Fn(&[u8]) -> String) {
    let time = std::env::var("DISTLAB_FUZZ_S").ok().and_then(|text| text.parse().ok());
    let time = time.map(Duration::from_secs);
    let began = Instant::now();
    let chance = time.map_or(7, |_| {
        u64::from(std::process::id()) ^ distlab::wire::wall_clock().0.unsigned_abs()
    });
    let mut rng = Rng::labelled(chance, name);
    let words: Vec<Vec<u8>> = words_of(&seeds);
    let mut answers = BTreeSet::new();
    let mut kept = Vec::new();
    let mut tried = 0;
    let kept_input = std::env::temp_dir().join(format!("distlab-fuzz-{}", name.replace(' ', "-")));
    let mut queue = seeds;
    loop {
        let input = match queue.pop() {
            Some(seed) => seed,
            None if time.map_or(tried >= ROUNDS, |time| began.elapsed() >= time) => break,
            None => mutated(&mut rng, &kept, &words),
        };
        tried += 1;
        if time.is_some() {
            // Also known after an overflow of the stack, which nothing catches.
            std::fs::write(&kept_input, &input).expect("the input is written down");
        }
        let started = worked();
        let answer = catch_unwind(AssertUnwindSafe(|| target(&input)));
        let took = worked().saturating_sub(started);
        let answer = answer.unwrap_or_else(|panic| {
            std::fs::write(&kept_input, &input).expect("the input is written down");
            eprintln!("{name} breaks down; the input is in {}", kept_input.display());
            resume_unwind(panic)
        });
        if took > LONG {
            std::fs::write(&kept_input, &input).expect("the input is written down");
            panic!("{name} took {took:?}; the input is in {}", kept_input.display());
        }
        let answer: String = answer.chars().filter(|c| !c.is_ascii_digit()).take(160).collect();
        if answers.insert(answer) && kept.len() < KEPT_MAX || kept.is_empty() {
            kept.push(input);
        }
    }
    if time.is_some() {
        let _ = std::fs::remove_file(&kept_input);
        eprintln!(
            "{name}: {tried} inputs, {} kinds of answers in {:?}",
            answers.len(),
            began.elapsed()
        );
    }
}

/// How long this thread has worked: a machine that does much else lets it wait.
fn worked() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let worked = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    worked.map(Duration::from_nanos).unwrap_or_default()
}

/// The words and signs of some seeds.
fn words_of(seeds: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut all = BTreeSet::new();
    for seed in seeds {
        for word in seed.split_inclusive(|b| !b.is_ascii_alphanumeric()).take(2_000) {
            all.insert(word.to_vec());
        }
    }
    let odd = [
        "\0",
        "\u{feff}",
        "\u{202e}",
        "ß",
        "😀",
        "\r\n",
        "%00",
        "%zz",
        "-1",
        "0",
        "1e999",
        "NaN",
        "{{",
        "}}",
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775808",
        "null",
        "true",
        "[]",
        "{}",
        "<!--",
        "]]>",
        "&#x110000;",
        "```",
        "+++",
        "..",
        "*",
        "&a",
        "*a",
        "\\u0000",
        "--",
        "=",
    ];
    all.extend(odd.iter().map(|word| word.as_bytes().to_vec()));
    all.into_iter().collect()
}

fn place(rng: &mut Rng, length: usize) -> usize {
    usize::try_from(rng.below(length as u64 + 1)).unwrap_or(0)
}

/// A part of some bytes, mostly a short one.
fn part(rng: &mut Rng, bytes: &[u8]) -> std::ops::Range<usize> {
    let from = place(rng, bytes.len());
    let most = if rng.below(4) == 0 { bytes.len() } else { 16 };
    from..(from + place(rng, most)).min(bytes.len())
}

fn mutated(rng: &mut Rng, kept: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut input = rng.pick(kept).cloned().unwrap_or_default();
    for _ in 0..=rng.below(6) {
        match rng.below(9) {
            0 => {
                let at = place(rng, input.len());
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << rng.below(8);
                }
            }
            1 => {
                input.drain(part(rng, &input));
            }
            2 => input.truncate(place(rng, input.len())),
            3 | 4 => {
                let word = rng.pick(words).cloned().unwrap_or_default();
                let range = part(rng, &input);
                let at = if rng.below(2) == 0 { range } else { range.start..range.start };
                input.splice(at, word);
            }
            5 => {
                // One part of another that was kept.
                let other = rng.pick(kept).cloned().unwrap_or_default();
                let taken = other[part(rng, &other)].to_vec();
                let at = place(rng, input.len());
                input.splice(at..at, taken);
            }
            6 => {
                let copied = input[part(rng, &input)].to_vec();
                let at = place(rng, input.len());
                input.splice(at..at, copied);
            }
            7 => {
                // Depth and length.
                let copied = input[part(rng, &input)].to_vec();
                let times = 1 << rng.below(12);
                let at = place(rng, input.len());
                input.splice(at..at, copied.repeat(times));
            }
            _ => {
                let (one, other) = (part(rng, &input), part(rng, &input));
                let taken = input[one].to_vec();
                input.splice(other, taken);
            }
        }
        input.truncate(BYTES_MAX);
    }
    input
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn seeds(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The texts of files in a folder of this repository, by their ending.
fn files(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = std::fs::read(path).expect("read");
                found.push(text[..text.len().min(12 << 10)].to_vec());
            }
        }
    }
    found.sort();
    found
}

fn learner() -> Learner {
    Learner { name: "ada".into(), seed: 7 }
}

#[test]
fn lesson() {
    let mut all = files("labs", "lab.md");
    all.extend(seeds(&[include_str!("../../src/course/example.md")]));
    fuzz("lesson", all, |bytes| {
        let text = text(bytes);
        let blocks = course::lesson::parse(&text);
        let _ = (course::lesson::text_of(&blocks), course::lesson::links(&blocks).len());
        let source =
            catalog::Source { path: "lab.md".into(), text, files: Vec::new(), began: None };
        match source.parse(&learner()) {
            Ok(lab) => format!("{} steps of {}", lab.steps.len(), lab.track),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        }
    });
}

#[test]
fn world_file() {
    let all = seeds(&[
        "account = \"123456789012\"\nregion = \"eu-west-1\"\nseed = 7\nstart = \"2026-01-01T00:00:00Z\"\n",
        "[dynamodb]\nthrottling = true\n[[exists]]\nrun = \"s3 CreateBucket\"\ninput = { Bucket = \"b\" }\n",
        "[hdfs]\nreplication = 2\nblock_size = \"1 MB\"\n[[machines]]\nname = \"dn1\"\nrack = \"/r1\"\n",
    ]);
    fuzz("world file", all, |bytes| match WorldSpec::parse("world.toml", &text(bytes)) {
        Ok(spec) => format!("{spec:?}"),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    });
}

#[test]
fn journal() {
    let root = r#"{"principal":"root","service":"s3","op":"CreateBucket","input":{"Bucket":"first"},"ok":true}"#;
    let user = r#"{"principal":"user/ada","via":{"source_ip":"127.0.0.1"},"scope":{"region":"eu-west-1"},"service":"iam","op":"CreateUser","input":{"UserName":"ada"},"ok":true}"#;
    let put = r#"{"principal":"root","service":"s3","op":"PutObject","input":{"Bucket":"first","Key":"k","Body":{"digest":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","len":0,"md5":"d41d8cd98f00b204e9800998ecf8427e","crc32":0,"crc32c":0,"crc64nvme":0,"sha1":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}},"ok":true}"#;
    let table = r#"{"principal":"root","service":"dynamodb","op":"CreateTable","input":{"TableName":"t","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]},"ok":true}"#;
    let all = [
        ("call", root),
        ("call", user),
        ("call", put),
        ("call", table),
        ("use", r#"{"principal":"root","service":"s3"}"#),
        ("advance", "{}"),
        ("undo", "{}"),
        ("reset", r#"{"keep":1}"#),
        ("begin", r#"{"step":"first","wall":1772438400000}"#),
        ("answer", r#"{"step":"first","ask":0,"given":"42","right":true}"#),
        (
            "pass",
            r#"{"step":"first","facts":[{"run":"aws s3 ls","attested":false,"code":0,"stdout":"","stderr":""}]}"#,
        ),
        ("observed", r#"{"system":"s3","cause":1,"number":0,"seen":"Begun"}"#),
    ];
    let all = all.iter().map(|(kind, body)| format!("{kind}\n{body}").into_bytes()).collect();
    fuzz("journal", all, |bytes| {
        let text = text(bytes);
        let (kind, body) = text.split_once('\n').unwrap_or(("call", &text));
        let gist = Gist::of(1, kind, body);
        let act = match Act::decode(1, kind, body) {
            Ok(act) => act,
            Err(error) => return format!("{error:#}"),
        };
        assert_eq!(gist.expect("what can be decoded has a gist").0, act.gist());
        let (kind, again) = act.encode().expect("what was read can be written");
        assert_eq!(Act::decode(1, &kind, &again).expect("and read again"), act);
        let start = Time(1_772_438_400_000);
        let mut world = systems::empty(Config::new(7, start));
        let kept = Kept { seq: 1, at: start, group: 1, act };
        match history::apply(&mut world, kept) {
            Ok(Ok(())) => format!("{kind} is done"),
            Ok(Err(refused)) => format!("{} {}", refused.code, refused.message),
            Err(error) => format!("{error:#}"),
        }
    });
}

#[test]
fn submitted() {
    let home = Home::new();
    home.expect(0, &["exec", "s3", "--", "aws", "s3", "mb", "s3://first-bucket"]);
    let file = home.path().join("work.dlab");
    home.expect(0, &["submit", "s3", "--out", file.to_str().expect("text")]);
    let whole = std::fs::read(&file).expect("a submission");
    let blobs = BlobStore::open(&home.path().join("taken")).expect("a store");
    let fed = home.path().join("fed.dlab");
    fuzz("submission", vec![whole], |bytes| {
        std::fs::write(&fed, bytes).expect("written");
        match submission::read(&fed, &blobs) {
            Ok(_) => "read".into(),
            Err(error) => format!("{error:#}").replace(&fed.display().to_string(), ""),
        }
    });
}

#[test]
fn class_and_roster() {
    let all = seeds(&[
        "number,name,mail\n1,Ada,ada@example.org\n2,\"Lovelace, Ada\",\n",
        "name;number\r\n\"a \"\"b\"\"\";3\r\n",
        r#"{"terms":"{}","signature":"00","teacher":"00"}"#,
    ]);
    fuzz("class", all, |bytes| {
        let text = text(bytes);
        let roster = roster::read(&text).map(|all| all.len().to_string());
        let class = Class::read(&text).map(|class| class.terms.name);
        let said = |outcome: anyhow::Result<String>| outcome.unwrap_or_else(|e| format!("{e:#}"));
        format!("{} {}", said(roster), said(class))
    });
}

/// The fields of a form, which are written as a query is.
fn form_pairs(text: &str) -> Vec<(String, String)> {
    Head::new("POST", "/", text, []).query
}

/// A request on its way to an operation: decoded by its service's codec, done, and the answer encoded.
fn asked(lab: &Lab, service: &'static Service, name: &str, rest: &[u8]) -> String {
    let words = text(rest);
    let decoded = if service.protocol.is_rest() {
        let mut lines = words.splitn(2, '\n');
        let mut line = lines.next().unwrap_or_default().splitn(2, ' ');
        let (method, target) = (line.next().unwrap_or("GET"), line.next().unwrap_or("/"));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = [("x-amz-acl".to_owned(), name.to_owned())];
        let head = Head::new(method, path, query, headers);
        let matched = match Router::new(service).find(&head) {
            Ok(matched) => matched,
            Err(error) => return format!("{} {}", error.code, error.message),
        };
        let body = lines.next().unwrap_or_default().as_bytes();
        if rest::takes_stream(matched.op) {
            let blob = lab.blobs().put(&mut &body[..]).expect("stored");
            rest::decode(&matched, &head, BodyIn::Blob(&blob)).map(|input| (matched.op, input))
        } else {
            rest::decode(&matched, &head, BodyIn::Bytes(body)).map(|input| (matched.op, input))
        }
    } else {
        let Some(op) = service.operation(name) else { return format!("no {name}") };
        match service.protocol {
            Protocol::Query | Protocol::Ec2 => {
                query::decode(service, op, &form_pairs(&words)).map(|input| (op, input))
            }
            _ => json::decode(op, rest).map(|input| (op, input)),
        }
    };
    let answered = decoded.map_err(distlab::gateway::CallError::from).and_then(|(op, input)| {
        // The test's own world breaks on purpose for this one.
        let input = if input["Bucket"] == "panic" { serde_json::json!({}) } else { input };
        lab.call(&Caller::from(Principal::Root), op, input).map(|output| (op, output))
    });
    match answered {
        Ok((op, output)) => {
            let _ = codec::encode(service, op, &output, "id");
            format!("{} is done", op.name)
        }
        Err(distlab::gateway::CallError::Api(error)) => format!("{} {}", error.code, error.message),
        Err(distlab::gateway::CallError::Broken(error)) => panic!("{error:#}"),
    }
}

/// Feeds the operations of the services that speak like this; the first line names one.
fn codec(name: &str, speaks: impl Fn(&Service) -> bool, bodies: &[&str]) {
    let services: Vec<&'static Service> = systems::services().filter(|s| speaks(s)).collect();
    let mut all = Vec::new();
    for service in &services {
        for op in service.operations {
            for body in bodies {
                all.push(format!("{} {}\n{body}", service.name, op.name).into_bytes());
            }
        }
    }
    let lab = Lab::new(Time(1_772_438_400_000));
    fuzz(name, all, |bytes| {
        let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
        let (first, rest) = bytes.split_at(end);
        let first = text(first);
        let (service, op) = first.split_once(' ').unwrap_or((&first, ""));
        let found = services.iter().find(|s| s.name == service).or(services.first());
        found.map_or_else(String::new, |found| {
            asked(&lab, found, op, rest.get(1..).unwrap_or_default())
        })
    });
}

#[test]
fn codec_json() {
    let key = r##"{"TableName":"t","Key":{"id":{"S":"a"}},"Item":{"id":{"S":"a"},"n":{"N":"1.5e10"},"l":{"L":[{"M":{"b":{"BOOL":true}}},{"NULL":true},{"BS":["AA=="]}]}},"ConditionExpression":"attribute_not_exists(#a) AND (size(id) > :n OR id IN (:s))","UpdateExpression":"SET #a = if_not_exists(#a, :n) + :n REMOVE l[0] ADD n :n DELETE s :s","FilterExpression":"begins_with(id, :s)","ProjectionExpression":"id, l[1].b","KeyConditionExpression":"id = :s","ExpressionAttributeNames":{"#a":"n"},"ExpressionAttributeValues":{":n":{"N":"1"},":s":{"S":"a"}},"Statement":"SELECT * FROM t WHERE id = 'a'"}"##;
    let table = r#"{"TableName":"t","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}"#;
    codec("codec json", |s| !s.protocol.is_rest() && !form(s), &["{}", key, table]);
}

fn form(service: &Service) -> bool {
    matches!(service.protocol, Protocol::Query | Protocol::Ec2)
}

#[test]
fn codec_query() {
    let bodies = [
        "UserName=ada&Path=/&Tags.member.1.Key=a&Tags.member.1.Value=b&MaxItems=10&Marker=x",
        "RoleName=r&PolicyName=p&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A*%22%2C%22Resource%22%3A%22*%22%7D%5D%7D&AssumeRolePolicyDocument=%7B%7D&DurationSeconds=900",
        "PolicyArn=arn:aws:iam::123456789012:policy/p&ActionNames.member.1=s3:*&GroupName=g&TagKeys.member.1=a",
    ];
    codec("codec query", form, &bodies);
}

#[test]
fn codec_rest() {
    let bodies = [
        "PUT /notes\n<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
        "PUT /notes/a%20b?tagging\n<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
        "POST /notes?delete\n<Delete><Object><Key>a</Key></Object><Quiet>true</Quiet></Delete>",
        "GET /notes?list-type=2&prefix=a&delimiter=/&max-keys=2&continuation-token=x&encoding-type=url\n",
        "PUT /notes?lifecycle\n<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter><Prefix>a</Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
        "PUT /notes?policy\n{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::notes/*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}}]}",
    ];
    codec("codec rest", |s| s.protocol.is_rest(), &bodies);
}

#[test]
fn documents() {
    let all = seeds(&[
        "<a b=\"c\"><!-- x --><d>&lt;&#65;</d><![CDATA[e]]></a>",
        "<?xml version=\"1.0\"?><x:a xmlns:x=\"u\"><x:b/></x:a>",
        "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''a%20b\r\n\r\nx\r\n--b--\r\n",
    ]);
    fuzz("documents", all, |bytes| {
        let text = text(bytes);
        let element = xml::parse(&text).map(|e| format!("{e:?}"));
        let mut form = Multipart::new("multipart/form-data; boundary=b").expect("a boundary");
        let mut seen = String::new();
        // Nobody goes on with what is no form.
        'fed: for piece in bytes.chunks(7) {
            form.feed(piece);
            loop {
                match form.event() {
                    Ok(Some(event)) => seen.push_str(&format!("{event:?}")[..1]),
                    Ok(None) => break,
                    Err(_) => break 'fed,
                }
            }
        }
        format!("{element:?} {seen} {:?}", form.finish())
    });
}

#[test]
fn signatures() {
    let all = seeds(&[
        "GET /k?a=b\nauthorization: AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=00\nx-amz-date: 20261122T120000Z\nhost: localhost\n",
        "GET /k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T120000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00\n",
        "GET /k?AWSAccessKeyId=AKID&Expires=1772438400&Signature=x%3D\nauthorization: AWS AKID:c2ln\n",
        "PUT /k\nx-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\n\n5;chunk-signature=00\r\nhello\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:AAAA\r\nx-amz-trailer-signature:00\r\n\r\n",
        "PUT /k\n\n5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
    ]);
    fuzz("signatures", all, |bytes| {
        let text = text(bytes);
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let (method, target) = lines.next().and_then(|l| l.split_once(' ')).unwrap_or(("GET", "/"));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let header = |line: &str| line.split_once(": ").map(|(n, v)| (n.to_owned(), v.to_owned()));
        let head = Head::new(method, path, query, lines.filter_map(header));
        let mut said = String::new();
        for rules in [Rules::S3, Rules::Common] {
            match Claim::read(&head, rules) {
                Ok(claim) => said.push_str(if claim.is_some() { "claim " } else { "none " }),
                Err(error) => said.push_str(&error.message),
            }
        }
        if let Some(Err(error)) = head.header("x-amz-content-sha256").map(Payload::parse) {
            said.push_str(&error.message);
        }
        let pairs = form_pairs(query);
        let field = |name: &str| {
            pairs.iter().find(|(n, _)| n.to_ascii_lowercase() == name).map(|(_, v)| v.as_str())
        };
        if let Err(error) = FormClaim::read(field) {
            said.push_str(&error.message);
        }
        for trailer in [false, true] {
            let mut decoder = Decoder::new(None, trailer);
            let mut out = Vec::new();
            let mut pieces = body.as_bytes().chunks(5).map(Bytes::copy_from_slice);
            match pieces.try_for_each(|piece| decoder.feed(piece, &mut out)) {
                Ok(()) => {
                    said.push_str(if decoder.finish(None).is_ok() { "whole " } else { "cut " });
                }
                Err(error) => said.push_str(&error.message),
            }
        }
        said
    });
}

/// Runs a program of the lab in a folder of its own. No engine is there for it.
fn line(lab: &Lab, folder: &Path, words: &[String]) -> String {
    let Some((name, rest)) = words.split_first() else { return "nothing".into() };
    let Some(found) = command::find(name) else { return "no such command".into() };
    let home = folder.display().to_string();
    let env = [
        ("HOME", home.as_str()),
        ("DOCKER_HOST", "unix:///nonexistent.sock"),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ];
    let env: BTreeMap<String, String> =
        env.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut host = Host {
        gateway: lab,
        cwd: folder.to_path_buf(),
        env,
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        terminal: None,
        interactive: false,
        lab: "fuzz".into(),
    };
    let code = found.run(rest, &mut host);
    format!("{code} {} {}", text(&stderr), text(&stdout))
}

static FLAGS: &[Flag] =
    &[flag("name", "string", "A name").short('n'), switch("all", "All").short('a')];

/// Whether a word leads out of the folder in which commands are run.
fn leads_away(word: &str) -> bool {
    let mut word = word;
    while let Some((_, rest)) = word.split_once('=') {
        word = rest;
    }
    word.starts_with('/') || word.contains("..") || word.starts_with('~') || word.contains("file:")
}

#[test]
fn command_lines() {
    let all = seeds(&[
        "aws s3 mb s3://notes",
        "aws s3 ls s3://notes --recursive --human-readable",
        "aws s3 rm s3://notes/a --recursive --exclude '*' --include 'b*'",
        "aws s3api list-objects-v2 --bucket notes --query 'Contents[?Size > `1`].[Key,Size]' --output table",
        "aws s3api put-bucket-tagging --bucket notes --tagging 'TagSet=[{Key=a,Value=b}]'",
        "aws iam create-user --user-name ada --tags Key=a,Value=b --output yaml",
        "aws iam create-role --role-name r --assume-role-policy-document '{\"Version\":\"2012-10-17\"}'",
        "aws dynamodb put-item --table-name t --item '{\"id\":{\"S\":\"a\"}}' --return-values ALL_OLD",
        "aws dynamodb query --table-name t --key-condition-expression 'id = :a' --expression-attribute-values '{\":a\":{\"S\":\"x\"}}'",
        "aws sts get-caller-identity --no-cli-pager --cli-input-json '{}'",
        "aws configure list",
        "hdfs dfs -ls -R -h hdfs:///",
        "hdfs dfs -mkdir -p a/b",
        "hdfs fsck hdfs:/// -files -blocks -locations",
        "hdfs dfsadmin -report -live",
        "hdfs dfs -find hdfs:/// -name 'a*' -print",
        "hdfs dfs -stat '%n %o %r %u %b' hdfs:///",
    ]);
    let lab = Lab::new(Time(1_772_438_400_000));
    let folder = tempfile::tempdir().expect("a folder");
    fuzz("command lines", all, |bytes| {
        let text = text(bytes);
        let _ = command::only_looks_inside(&text);
        let Some(words) = shlex::split(&text) else { return "quotes".into() };
        for interspersed in [false, true] {
            let _ = flags::parse(&words, &[FLAGS], interspersed);
        }
        let simulated = matches!(words.first().map(String::as_str), Some("aws" | "hdfs"));
        if !simulated || words.iter().any(|word| leads_away(word)) {
            return "elsewhere".into();
        }
        line(&lab, folder.path(), &words)
    });
}

#[test]
fn templates() {
    let all = seeds(&[
        "{{.Names}}\t{{.ID}}",
        "table {{.Names}}\\t{{.Status}}",
        "{{range $i, $p := .Ports}}{{if $i}}, {{end}}{{$p.Private | printf \"%05d\"}}{{else}}none{{end}}",
        "{{with .Config}}{{json .Labels}}{{end}} {{index .Config.Labels \"a\"}} {{len .Ports}}",
        "{{define \"x\"}}{{upper .}}{{end}}{{template \"x\" .Names}}",
        "{{if and (eq .ID \"a\") (not .Nothing)}}{{join .List \", \"}}{{else if or .A .B}}{{end}}",
        "{{- /* a comment */ -}} {{println (slice .ID 0 2)}} {{split .ID \"\" | len}}",
    ]);
    let value = serde_json::json!({
        "Names": "web", "ID": "abcdef", "Status": "Up", "List": ["a", "b"],
        "Ports": [{"Private": 80}, {"Private": 443}], "Config": {"Labels": {"a": "b"}}, "Nothing": null,
    });
    fuzz("templates", all, |bytes| {
        let template = match Template::parse(&text(bytes)) {
            Ok(template) => template,
            Err(error) => return error,
        };
        let data = Data { value: &value, shape: &Shape::Any, type_name: None, methods: &[] };
        template.apply(&data).unwrap_or_else(|error| error)
    });
}

#[test]
fn compose_files() {
    let all = seeds(&[
        "services:\n  web:\n    image: nginx:${TAG:-1}\n    ports: [\"8080:80\", \"443\"]\n    depends_on:\n      db: {condition: service_healthy}\n  db:\n    image: postgres\n    volumes: [\"data:/var/lib\", \"./a:/b:ro\"]\n    healthcheck: {test: [CMD, true], interval: 1m30s}\nvolumes: {data: {}}\n",
        "x-common: &c\n  restart: always\nservices:\n  a:\n    <<: *c\n    build: {context: ., args: {A: b}}\n    environment: [A=b, C]\n    deploy: {replicas: 2, resources: {limits: {cpus: '0.5', memory: 50M}}}\nnetworks:\n  n: {driver: bridge, ipam: {config: [{subnet: 10.0.0.0/24}]}}\n",
        "name: a\nservices:\n  a: {image: \"${A:?needed}\", command: 'sh -c \"a b\"', secrets: [s], configs: [c]}\nsecrets: {s: {file: ./s}}\nconfigs: {c: {content: x}}\n",
    ]);
    let lab = Lab::new(Time(0));
    let folder = tempfile::tempdir().expect("a folder");
    let file: PathBuf = folder.path().join("compose.yaml");
    let words = ["docker", "compose", "-f", "compose.yaml", "config"].map(str::to_owned);
    fuzz("compose files", all, |bytes| {
        // Another file of this machine is nothing that this reads.
        let text = text(bytes);
        if text.contains("include") || text.contains("extends") || text.contains("env_file") {
            return "elsewhere".into();
        }
        std::fs::write(&file, bytes).expect("written");
        line(&lab, folder.path(), &words)
    });
}
