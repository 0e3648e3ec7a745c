//! Tests of the derived commands: what is read, what is shown, what is refused.

use serde_json::{Map, Value, json};

use super::argv::{self, Opt, Takes};
use super::output::{Answer, Format, Query, Style};
use super::*;
use crate::testing::Lab;
use gateway::Gateway as _;
use sim::api::OpDef;

fn aws(lab: &Lab, line: &str) -> crate::testing::Answer {
    lab.run(&Aws, line)
}

fn show(format: Format, query: Option<&str>, value: &Value) -> String {
    let query = query.map(|q| Query::new(q).expect("a query"));
    let style = Style { format, query, width: 80, color: false };
    let mut bytes = Vec::new();
    style.print("ListThings", Answer::One(value.clone()), &mut bytes).expect("shown");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn json_keeps_order_and_says_nothing_of_nothing() {
    let check = |value: Value, want: &str| assert_eq!(show(Format::Json, None, &value), want);
    check(json!({}), "");
    check(json!({"B": "ü", "A": []}), "{\n    \"B\": \"ü\",\n    \"A\": []\n}\n");
    check(json!(null), "null\n");
}

#[test]
fn text_has_sections_and_sorted_columns() {
    let check = |value: Value, want: &str| assert_eq!(show(Format::Text, None, &value), want);
    check(
        json!({"TagSet": [{"Value": "b", "Key": "a"}, {"Key": "c"}], "Flag": true}),
        "True\nTAGSET\ta\tb\nTAGSET\tc\t\n",
    );
    check(json!({"Names": ["a", "b"], "Gone": null}), "None\nNAMES\ta\nNAMES\tb\n");
    check(json!(["a", "b"]), "a\tb\n");
    check(json!([["a", 1], ["b", 2]]), "a\t1\nb\t2\n");
    check(json!("bare"), "bare\n");
    check(json!([]), "");
}

/// As AWS CLI 1.45 drew it.
const BUCKETS: &str = "\
-------------------------------------------------------
|                     ListThings                      |
+-----------------------------+-----------------------+
|  Prefix                     |  None                 |
+-----------------------------+-----------------------+
||                      Buckets                      ||
|+---------------------------------------+-----------+|
||             CreationDate              |   Name    ||
|+---------------------------------------+-----------+|
||  2026-11-22T11:32:24.000Z             |  bkt1     ||
||  2026-11-22T11:32:25.000Z             |  bkt2     ||
|+---------------------------------------+-----------+|
||                       Owner                       ||
|+--------------+------------------------------------+|
||  DisplayName |                ID                  ||
|+--------------+------------------------------------+|
||  webfile     |  bcaf1ffd86f41161ca5fb16fd081034f  ||
|+--------------+------------------------------------+|
";

/// The same, with one row too wide for 80 columns.
const TURNED: &str = "\
--------------------------------------------------------
|                      ListThings                      |
+------------------------------------------------------+
||                        Users                       ||
|+-------------+--------------------------------------+|
||  Arn        |  arn:aws:iam::123456789012:user/bob  ||
||  CreateDate |  2026-11-22T11:37:18.974513Z         ||
||  Path       |  /                                   ||
||  UserId     |  cqavxp9nwagj8ln8otqj                ||
||  UserName   |  bob                                 ||
|+-------------+--------------------------------------+|
";

#[test]
fn tables_are_drawn_as_the_real_client_draws_them() {
    let buckets = json!({
        "Buckets": [
            {"Name": "bkt1", "CreationDate": "2026-11-22T11:32:24.000Z"},
            {"Name": "bkt2", "CreationDate": "2026-11-22T11:32:25.000Z"},
        ],
        "Owner": {"DisplayName": "webfile", "ID": "bcaf1ffd86f41161ca5fb16fd081034f"},
        "Prefix": null,
    });
    assert_eq!(show(Format::Table, None, &buckets), BUCKETS);
    let users = json!({"Users": [{
        "Path": "/", "UserName": "bob", "UserId": "cqavxp9nwagj8ln8otqj",
        "Arn": "arn:aws:iam::123456789012:user/bob", "CreateDate": "2026-11-22T11:37:18.974513Z",
    }]});
    assert_eq!(show(Format::Table, None, &users), TURNED);
    assert_eq!(show(Format::Table, None, &json!({})), "");
}

#[test]
fn yaml_quotes_only_what_would_be_misread() {
    let check = |value: Value, want: &str| assert_eq!(show(Format::Yaml, None, &value), want);
    check(
        json!({"Users": [{"UserName": "bob", "Path": "/", "Tags": []}], "Id": "123456789012"}),
        "Id: '123456789012'\nUsers:\n- Path: /\n  Tags: []\n  UserName: bob\n",
    );
    check(
        json!({"A": "2026-11-22T10:00:00+00:00", "B": "\"etag\"", "C": true, "D": "", "E": "no"}),
        "A: '2026-11-22T10:00:00+00:00'\nB: '\"etag\"'\nC: true\nD: ''\nE: 'no'\n",
    );
    check(json!({"Nested": [["a", "b"]]}), "Nested:\n- - a\n  - b\n");
    let stream = show(Format::YamlStream, None, &json!({"A": 1, "B": [2]}));
    assert_eq!(stream, "- A: 1\n  B:\n  - 2\n");
}

#[test]
fn a_query_may_have_words_without_quotes_between_backquotes() {
    let value = json!({"Roles": [{"Name": "Machines"}, {"Name": "42"}, {"Name": "other"}]});
    let check = |query: &str, want: &str| {
        assert_eq!(show(Format::Text, Some(query), &value).trim_end(), want, "{query}");
    };
    check("Roles[?Name==`Machines`].Name", "Machines");
    check("Roles[?Name==`\"Machines\"`].Name", "Machines");
    check("Roles[?contains(Name,`chin`) && `1`==`1`].Name", "Machines");
}

#[test]
fn queries_keep_the_order_of_the_answer_and_of_the_query() {
    let value = json!({"Contents": [{"Key": "a", "ETag": "x", "Size": 3}]});
    let check = |query: &str, want: &str| {
        let found = Query::new(query).expect("a query").apply(&value).expect("found");
        assert_eq!(found.to_string(), want, "{query}");
    };
    check("Contents[0]", r#"{"Key":"a","ETag":"x","Size":3}"#);
    check("Contents[].{Size:Size,Key:Key}", r#"[{"Size":3,"Key":"a"}]"#);
    check("length(Contents)", "1");
    check("sum(Contents[].Size)", "3");
    check("Nothing", "null");
    assert!(
        matches!(Query::new("Contents["), Err(Failure::Invalid(m)) if m.starts_with("Bad value for --query Contents[: "))
    );
}

#[test]
fn arguments_are_read_as_argparse_reads_them() {
    let table = [
        Opt::new("--bucket", Takes::One),
        Opt::new("--max-keys", Takes::One),
        Opt::new("--max-items", Takes::One),
        Opt::new("--tags", Takes::Many),
        Opt::new("--quiet", Takes::Nothing),
    ];
    let read = |line: &str| {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        argv::parse(&args, &table, 1).map(|p| (p.options, p.positional, p.rest))
    };
    let (options, positional, rest) =
        read("--buck=a=b out --tags x y --quiet -5 --foo z").expect("read");
    assert_eq!(options["--bucket"], ["a=b"]);
    assert_eq!(options["--tags"], ["x", "y"]);
    assert_eq!(positional, ["out"]);
    assert_eq!(rest, ["-5", "--foo", "z"]);
    let fails = |line: &str, want: &str| {
        let error = read(line).expect_err("refused").to_string();
        assert_eq!(error, want);
    };
    fails("--bucket --quiet", "argument --bucket: expected one argument");
    fails("--max 1", "ambiguous option: --max could match --max-keys, --max-items");
}

#[test]
fn shorthand_is_read_and_its_mistakes_are_shown() {
    let check = |text: &str, want: Value| assert_eq!(shorthand::parse(text), Ok(want), "{text}");
    check("Status=Enabled", json!({"Status": "Enabled"}));
    check("a=b,c=d", json!({"a": "b", "c": "d"}));
    check("a=b,c,d=e", json!({"a": ["b", "c"], "d": "e"}));
    check("a=b\\,c", json!({"a": "b,c"}));
    check("a='x, y=z',b=\"q\\\"\"", json!({"a": "x, y=z", "b": "q\""}));
    check("T=[{K=a,V=b},{K=c, V=d}]", json!({"T": [{"K": "a", "V": "b"}, {"K": "c", "V": "d"}]}));
    check("a={b=[1,2],c={d=e}},f=", json!({"a": {"b": ["1", "2"], "c": {"d": "e"}}, "f": ""}));
    check("url=http://x/?a=b", json!({"url": "http://x/?a=b"}));
    let fails = |text: &str, want: &str| assert_eq!(shorthand::parse(text).unwrap_err(), want);
    fails("Foo", "Expected: '=', received: 'EOF' for input:\nFoo\n   ^");
    fails("foo==b", "Expected: ',', received: '=' for input:\nfoo==b\n    ^");
    fails("a=[b", "Expected: ',', received: 'EOF' for input:\na=[b\n    ^");
}

/// An operation with one of each, which is never run.
#[allow(unreachable_pub, reason = "the macros make public items")]
mod zoo {
    use std::collections::BTreeMap;

    use base::Time;
    use sim::api::{ApiError, Read};
    use sim::{Cx, World};

    sim::structure! {
        /// A pair.
        pub struct Pair {
            /// Its key.
            pub key: String => "Key",
            /// Its value.
            pub value: String => "Value",
            /// A number.
            pub weight: Option<i64> => "Weight",
        }
    }

    sim::operation! {
        /// Lists animals. At length.
        read ListAnimals in "zoo" = "GET /{Bucket}";
        input {
            /// The cage.
            pub bucket: String => "Bucket" Uri,
            /// How many.
            pub max_keys: Option<i64> => "MaxKeys",
            /// Where it begins.
            pub continuation_token: Option<String> => "ContinuationToken",
            /// Whether they are fed.
            pub fed: Option<bool> => "Fed",
            /// Since when.
            pub since: Option<Time> => "Since",
            /// Labels.
            pub labels: Vec<String> => "Labels",
            /// Pairs.
            pub pairs: Vec<Pair> => "Pairs",
            /// The best pair.
            pub best: Option<Pair> => "Best",
            /// Anything.
            pub metadata: BTreeMap<String, String> => "Metadata",
        }
        output ListAnimalsOutput {
            /// Whether there is more.
            pub is_truncated: Option<bool> => "IsTruncated",
            /// The animals.
            pub contents: Vec<Pair> => "Contents" XmlFlat("Contents"),
            /// Kinds.
            pub kinds: Vec<String> => "Kinds",
            /// Where the next page begins.
            pub next: Option<String> => "NextContinuationToken",
            /// When it was opened.
            pub opened: Option<Time> => "Opened",
            /// A header.
            pub tag: Option<String> => "ETag" Header("ETag"),
            /// Headers.
            pub notes: BTreeMap<String, String> => "Notes" Headers("x-note-"),
        }
        errors []
        access open
        pages {
            input: &["ContinuationToken"],
            output: &["NextContinuationToken"],
            more: Some("IsTruncated"),
            limit: Some("MaxKeys"),
            results: &["Contents", "Kinds"],
            shown: &["RequestCharged", "Prefix"],
        }
    }

    impl Read for ListAnimals {
        type Output = ListAnimalsOutput;
        fn read(self, _world: &World, _cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
            Ok(ListAnimalsOutput::default())
        }
    }

    pub(super) static LIST: sim::api::OpDef = ListAnimals::DEF;
}

fn read_zoo(line: &str) -> Result<flags::Call, Failure> {
    let args = shlex::split(line).expect("a line");
    let manner = flags::Manner { paginate: true, raw: false };
    match flags::read(&zoo::LIST, &args, manner, std::path::Path::new("/nowhere"))? {
        flags::Request::Call(call) => Ok(call),
        flags::Request::Skeleton(kind) => panic!("a skeleton of {kind}"),
    }
}

#[test]
fn members_become_options_of_their_shape() {
    let check = |line: &str, want: Value| {
        let mut input = read_zoo(&format!("--bucket b {line}")).expect("read").input;
        input.as_object_mut().and_then(|m| m.remove("Bucket"));
        assert_eq!(input, want, "{line}");
    };
    check("--max-keys 7", json!({"MaxKeys": 7}));
    check("--fed", json!({"Fed": true}));
    check("--fed --no-fed", json!({"Fed": false}));
    check("--since 2026-11-22T10:00:00Z", json!({"Since": 1_795_341_600_000_i64}));
    check("--since 2026-11-22", json!({"Since": 1_795_305_600_000_i64}));
    check("--labels a b", json!({"Labels": ["a", "b"]}));
    check("--labels '[\"a\",\"b\"]'", json!({"Labels": ["a", "b"]}));
    check(
        "--pairs Key=a,Value=b Key=c,Value=d,Weight=3",
        json!({"Pairs": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d", "Weight": 3}]}),
    );
    check("--best '{\"Key\": \"a\", \"Value\": \"\"}'", json!({"Best": {"Key": "a", "Value": ""}}));
    check("--metadata a=b,c=d", json!({"Metadata": {"a": "b", "c": "d"}}));
    check("--cli-input-json '{\"MaxKeys\": 3}' --max-keys 4", json!({"MaxKeys": 4}));
    check("--page-size 5", json!({"MaxKeys": 5}));
}

#[test]
fn wrong_values_are_refused_in_the_client_s_words() {
    let check = |line: &str, code: u8, want: &str| {
        let failure = read_zoo(line).expect_err("refused");
        assert_eq!((failure.code(), failure.to_string().as_str()), (code, want), "{line}");
    };
    check("", 252, "the following arguments are required: --bucket");
    check("--bucket b --foo bar", 252, "Unknown options: --foo, bar");
    check("--bucket b --max-keys abc", 255, "invalid literal for int() with base 10: 'abc'");
    check("--bucket b --max-items x", 252, "argument --max-items: invalid int value: 'x'");
    check(
        "--bucket b --best Foo=bar,Key=a",
        252,
        "Parameter validation failed:\nMissing required parameter in Best: \"Value\"\nUnknown \
         parameter in Best: \"Foo\", must be one of: Key, Value, Weight",
    );
    check(
        "--bucket b --pairs Key=a Value=b",
        252,
        "Parameter validation failed:\nMissing required parameter in Pairs[0]: \"Value\"\nMissing \
         required parameter in Pairs[1]: \"Key\"",
    );
    check(
        "--bucket b --best '{\"Key\":1,\"Value\":[\"a\"]}'",
        252,
        "Parameter validation failed:\nInvalid type for parameter Best.Key, value: 1, type: \
         <class 'int'>, valid types: <class 'str'>\nInvalid type for parameter Best.Value, value: \
         ['a'], type: <class 'list'>, valid types: <class 'str'>",
    );
    check(
        "--bucket b --best '{\"Key\":}'",
        252,
        "Error parsing parameter '--best': Invalid JSON: Expecting value: line 1 column 8 (char \
         7)\nJSON received: {\"Key\":}",
    );
    check(
        "--bucket b --since soon",
        252,
        "Parameter validation failed:\nInvalid type for parameter Since, value: soon, type: <class \
         'str'>, valid types: <class 'datetime.datetime'>, timestamp-string",
    );
    check(
        "--bucket file://nope",
        252,
        "Error parsing parameter '--bucket': Unable to load paramfile file://nope: [Errno 2] No \
         such file or directory: 'nope'",
    );
    assert_eq!(read_zoo("--bucket ''").expect_err("refused").code(), 252);
}

#[test]
fn answers_are_shown_as_they_would_be_parsed() {
    let value = json!({
        "IsTruncated": false, "Contents": [], "Kinds": [], "Opened": 1_795_341_600_120_i64,
        "ETag": "\"x\"",
    });
    let shown = output::display(&value, (zoo::LIST.output)());
    assert_eq!(
        shown.to_string(),
        r#"{"ETag":"\"x\"","Notes":{},"IsTruncated":false,"Kinds":[],"Opened":"2026-11-22T10:00:00.120000+00:00"}"#
    );
}

/// A service of `total` animals, three to a page, asked with this paging.
fn pages(line: &str, total: usize) -> (Value, usize) {
    let call = read_zoo(&format!("--bucket b {line}")).expect("read");
    let Value::Object(input) = call.input else { panic!("no structure") };
    let paging: paging::Paging = call.paging.expect("paged");
    let mut calls = 0;
    let mut ask = |input: Value| {
        calls += 1;
        let start: usize =
            input["ContinuationToken"].as_str().map_or(0, |t| t.parse().expect("a number"));
        let end = (start + 3).min(total);
        let mut page = Map::new();
        page.insert("IsTruncated".into(), (end < total).into());
        let items: Vec<Value> = (start..end).map(|n| json!({"Key": n.to_string()})).collect();
        if !items.is_empty() {
            page.insert("Contents".into(), items.into());
        }
        if end < total {
            page.insert("NextContinuationToken".into(), end.to_string().into());
        }
        Ok(Value::Object(page))
    };
    let pages = paging::follow(&zoo::LIST, input, &paging, &mut ask).expect("followed");
    (pages.full, calls)
}

#[test]
fn pages_are_followed_and_cut_at_max_items() {
    let keys = |full: &Value| -> Vec<String> {
        let items = full["Contents"].as_array().cloned().unwrap_or_default();
        items.iter().map(|i| i["Key"].as_str().expect("a key").to_owned()).collect()
    };
    let (full, calls) = pages("", 8);
    assert_eq!((keys(&full).len(), calls), (8, 3));
    assert_eq!(full["RequestCharged"], Value::Null);
    assert!(full.get("NextToken").is_none());
    let (full, _) = pages("", 0);
    assert_eq!(full.to_string(), r#"{"RequestCharged":null,"Prefix":null}"#);
    // Every length of a bite gets all of them once, in order.
    for bite in 1..=9 {
        let mut seen = Vec::new();
        let mut token = String::new();
        loop {
            let (full, _) = pages(&format!("--max-items {bite} {token}"), 8);
            seen.extend(keys(&full));
            let Some(next) = full.get("NextToken").and_then(Value::as_str) else { break };
            token = format!("--starting-token {next}");
        }
        let all: Vec<String> = (0..8).map(|n| n.to_string()).collect();
        assert_eq!(seen, all, "{bite} at a time");
    }
    let (full, _) = pages("--max-items 2", 8);
    assert_eq!(
        full["NextToken"],
        "eyJDb250aW51YXRpb25Ub2tlbiI6IG51bGwsICJib3RvX3RydW5jYXRlX2Ftb3VudCI6IDJ9",
        "as the real client spells it"
    );
    assert!(read_zoo("--bucket b --continuation-token x").expect("read").paging.is_none());
}

#[test]
fn bytes_may_be_typed_as_they_are() {
    use sim::api::{Location, Member, Shape, StructShape};
    const MEMBERS: &[Member] = &[
        Member {
            name: "Data",
            doc: "",
            required: false,
            location: Location::Body,
            shape: || Shape::Binary,
            refused: false,
            seal: None,
        },
        Member {
            name: "Name",
            doc: "",
            required: false,
            location: Location::Body,
            shape: || Shape::String,
            refused: false,
            seal: None,
        },
    ];
    const RECORD: StructShape = StructShape { name: "Record", doc: "", members: MEMBERS };
    const RECORDS: Shape = Shape::List(|| Shape::Structure(|| &RECORD));
    let mut value = json!([{"Data": "{\"a\": 1}", "Name": "n"}, {"Name": "m"}]);
    super::value::from_raw(&mut value, RECORDS);
    assert_eq!(value, json!([{"Data": "eyJhIjogMX0=", "Name": "n"}, {"Name": "m"}]));
}

#[test]
fn waiting_goes_on_until_it_is_decided() {
    use sim::api::{ApiError, On, failure, retry, success, waiter};
    const ACCEPTORS: &[sim::api::Acceptor] = &[
        success(On::Path("State", "running")),
        success(On::All("Parts[].State", "done")),
        failure(On::Any("Parts[].State", "broken")),
        failure(On::Is("Lost", true)),
        failure(On::Status(403)),
        retry(On::Error("NotYet")),
    ];
    const WAITER: sim::api::Waiter = waiter("ThingReady", 15, 3, ACCEPTORS);
    let error = |code: &str, status: u16| Err(ApiError::new(status, code, "Why"));
    let check = |answers: Vec<Result<Value, ApiError>>, want: &str, secs: u64| {
        let mut passed = 0;
        let shown = format!("{answers:?}");
        let mut answers = answers.into_iter();
        let mut ask = || Ok(answers.next().expect("asked once too often"));
        let mut pass = |by: std::time::Duration| {
            passed += by.as_secs();
            Ok(())
        };
        let end = super::wait::wait(&WAITER, 200, &mut ask, &mut pass);
        let end = end.map_or_else(|e| e.to_string(), |()| "there".to_owned());
        assert_eq!(end.trim_start_matches("Waiter ThingReady failed: "), want, "{shown}");
        assert_eq!(passed, secs, "{shown}");
    };
    let terminal = "Waiter encountered a terminal failure state: ";
    check(vec![Ok(json!({"State": "running"}))], "there", 0);
    check(vec![error("NotYet", 404), Ok(json!({"State": "running"}))], "there", 15);
    check(vec![Ok(json!({"Parts": [{"State": "done"}, {"State": "done"}]}))], "there", 0);
    check(vec![Ok(json!({"Parts": []})), Ok(json!({"State": "running"}))], "there", 15);
    check(
        vec![Ok(json!({"Parts": [{"State": "done"}, {"State": "broken"}]}))],
        &format!(
            "{terminal}For expression \"Parts[].State\" we matched expected path: \"broken\" at \
             least once"
        ),
        0,
    );
    check(
        vec![Ok(json!({"Lost": true}))],
        &format!("{terminal}For expression \"Lost\" we matched expected path: \"True\""),
        0,
    );
    check(
        vec![error("Forbidden", 403)],
        &format!("{terminal}Matched expected HTTP status code: 403"),
        0,
    );
    check(vec![error("Odd", 400)], "An error occurred (Odd): Why", 0);
    check(vec![Ok(json!({})), Ok(json!({})), Ok(json!({}))], "Max attempts exceeded", 30);
    check(
        vec![error("NotYet", 404), Ok(json!({})), Ok(json!({}))],
        "Max attempts exceeded. Previously accepted state: Matched expected service error code: \
         NotYet",
        30,
    );
}

#[test]
fn every_operation_of_every_service_has_a_page_and_a_skeleton() {
    let lab = Lab::new();
    for service in services() {
        let name = command_name(service);
        assert!(service.protocol.is_aws());
        for op in service.operations {
            let kebab = op.kebab();
            let help = aws(&lab, &format!("{name} {kebab} help"));
            assert_eq!(help.code, 0);
            assert!(help.out.starts_with(&format!("NAME\n       {kebab} -\n\nDESCRIPTION\n")));
            for member in (op.input)().members {
                assert!(help.out.contains(&flags::name(member)), "{kebab} {}", member.name);
            }
            let skeleton = aws(&lab, &format!("{name} {kebab} --generate-cli-skeleton"));
            assert_eq!((skeleton.code, skeleton.err.as_str()), (0, ""));
            let given = (op.input)().members.iter().filter(|m| !m.refused);
            let names: Vec<&str> = given.map(|m| m.name).collect();
            if !names.is_empty() {
                let input: Value = serde_json::from_str(&skeleton.out).expect("JSON");
                assert_eq!(input.as_object().expect("a map").keys().collect::<Vec<_>>(), names);
            }
            assert!(Aws.read_only(&[name.into(), kebab, "help".into()]));
        }
    }
}

#[test]
fn no_two_members_of_an_operation_share_an_option() {
    let check = |op: &OpDef| {
        let mut names: Vec<String> = (op.input)().members.iter().map(flags::name).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(before, names.len(), "{op:?}");
    };
    services().flat_map(|s| s.operations).copied().for_each(check);
}

const ASK: &str = "sts get-caller-identity";

#[test]
fn credentials_decide_who_asks() {
    let lab = Lab::new();
    let check = |set: &[(&str, &str)], line: &str, code: u8, err: &str| {
        let mut env = lab.env();
        for (name, value) in set {
            env.insert((*name).into(), (*value).into());
        }
        let args: Vec<&str> = line.split(' ').collect();
        let answer = lab.run_with(&Aws, &args, b"", env);
        assert_eq!((answer.code, answer.err.trim()), (code, err), "{line}");
    };
    check(&[], ASK, 0, "");
    check(
        &[("AWS_ACCESS_KEY_ID", "")],
        ASK,
        253,
        "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
    );
    check(
        &[("AWS_ACCESS_KEY_ID", "AKIANOBODY")],
        ASK,
        254,
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: \
         The security token included in the request is invalid.",
    );
    check(
        &[("AWS_SECRET_ACCESS_KEY", "guess")],
        ASK,
        254,
        "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: \
         The request signature we calculated does not match the signature you provided. Check your \
         AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
    check(&[("AWS_PROFILE", "lea")], ASK, 255, "The config profile (lea) could not be found");
}

#[test]
fn profiles_live_in_the_files_that_the_environment_names() {
    let lab = Lab::new();
    let root = lab.root_credential();
    let root = root.expect("a root credential");
    let run = |line: &str| {
        let mut env = lab.env();
        env.remove("AWS_ACCESS_KEY_ID");
        env.insert("AWS_CONFIG_FILE".into(), "aws/config".into());
        env.insert("AWS_SHARED_CREDENTIALS_FILE".into(), "aws/credentials".into());
        let args: Vec<&str> = line.split(' ').collect();
        lab.run_with(&Aws, &args, b"", env)
    };
    for line in [
        format!("configure set aws_access_key_id {} --profile lea", root.access_key_id),
        format!("configure set profile.lea.aws_secret_access_key {}", root.secret_access_key),
        "configure set output text --profile lea".into(),
        "configure set region eu-west-1".into(),
    ] {
        let answer = run(&line);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{line}");
    }
    let config = std::fs::read_to_string(lab.work().join("aws/config")).expect("written");
    assert_eq!(config, "[profile lea]\noutput = text\n[default]\nregion = eu-west-1\n");
    assert_eq!(run("configure list-profiles").out, "default\nlea\n");
    assert_eq!(run("configure get region").out, "eu-west-1\n");
    assert_eq!(run("configure get lea.output").out, "text\n");
    assert_eq!(run("configure get nothing").code, 1);
    let who = run("sts get-caller-identity --profile lea");
    assert_eq!(who.out, "123456789012\tarn:aws:iam::123456789012:root\t123456789012\n");
    assert_eq!(run("sts get-caller-identity").code, 253);
    let without = aws(&lab, "configure set region eu-west-1");
    assert_eq!(without.code, 255, "the learner's own files stay as they are");
}

#[test]
fn policies_are_shown_as_what_they_are() {
    let lab = Lab::new();
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let check = |line: &str, query: &str, want: &str| {
        let mut args: Vec<&str> = line.split(' ').collect();
        args.extend(["--output", "json", "--query", query]);
        let args: Vec<&str> = args
            .into_iter()
            .map(|a| if a == "POLICY" { policy } else { a })
            .map(|a| if a == "TRUST" { trust } else { a })
            .collect();
        let answer = lab.run_with(&Aws, &args, b"", lab.env());
        assert_eq!((answer.out.trim(), answer.err.as_str()), (want, ""), "{line}");
    };
    let first = "Statement[0].Action";
    check("iam create-user --user-name lea", "User.Path", "\"/\"");
    check("iam put-user-policy --user-name lea --policy-name p --policy-document POLICY", "@", "");
    check(
        "iam get-user-policy --user-name lea --policy-name p",
        &format!("PolicyDocument.{first}"),
        "\"*\"",
    );
    let role = format!("Role.AssumeRolePolicyDocument.{first}");
    check(
        "iam create-role --role-name r --assume-role-policy-document TRUST",
        &role,
        "\"sts:AssumeRole\"",
    );
    check(
        "iam list-roles",
        "Roles[?RoleName=='r'].AssumeRolePolicyDocument.Statement[].Action | [0]",
        "\"sts:AssumeRole\"",
    );
    check(
        "iam create-policy --policy-name p --policy-document POLICY",
        "Policy.DefaultVersionId",
        "\"v1\"",
    );
    check(
        "iam get-policy-version --policy-arn arn:aws:iam::123456789012:policy/p --version-id v1",
        &format!("PolicyVersion.Document.{first}"),
        "\"*\"",
    );
}

/// A lab with a user lea, a role audit that trusts EC2, and a profile for each.
struct WithRole(Lab);

impl WithRole {
    fn new() -> Self {
        let lab = Self(Lab::new());
        lab.done("iam create-user --user-name lea");
        let keys = lab.done(
            "iam create-access-key --user-name lea --output text \
             --query AccessKey.[AccessKeyId,SecretAccessKey]",
        );
        let (id, secret) = keys.trim().split_once('\t').expect("two columns");
        let trust = Self::trust(r#"{"Service":"ec2.amazonaws.com"}"#);
        lab.done(&format!(
            "iam create-role --role-name audit --assume-role-policy-document '{trust}'"
        ));
        for line in [
            format!("aws_access_key_id {id} --profile lea"),
            format!("aws_secret_access_key {secret} --profile lea"),
            "role_arn arn:aws:iam::123456789012:role/audit --profile audit".into(),
            "source_profile lea --profile audit".into(),
        ] {
            lab.done(&format!("configure set {line}"));
        }
        lab
    }

    fn trust(who: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{who},"Action":"sts:AssumeRole"}}]}}"#
        )
    }

    fn run(&self, line: &str) -> crate::testing::Answer {
        let args = shlex::split(line).expect("words");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut env = self.0.env();
        env.insert("AWS_CONFIG_FILE".into(), "aws/config".into());
        env.insert("AWS_SHARED_CREDENTIALS_FILE".into(), "aws/credentials".into());
        self.0.run_with(&Aws, &args, b"", env)
    }

    fn done(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{line}");
        answer.out
    }

    fn pass(&self, minutes: u64) {
        self.0.advance(std::time::Duration::from_mins(minutes)).expect("time passes");
    }
}

#[test]
fn a_profile_may_name_a_role() {
    let lab = WithRole::new();
    let who = "sts get-caller-identity --query Arn --output text --profile audit";
    let refused = lab.run(who);
    assert_eq!(refused.code, 254);
    assert!(refused.err.contains("calling the AssumeRole operation"), "{}", refused.err);
    let trust = WithRole::trust(r#"{"AWS":"arn:aws:iam::123456789012:user/lea"}"#);
    lab.done(&format!(
        "iam update-assume-role-policy --role-name audit --policy-document '{trust}'"
    ));
    let first = lab.done(who);
    let start = "arn:aws:sts::123456789012:assumed-role/audit/botocore-session-";
    assert!(first.starts_with(start), "{first}");
    // The keys are kept, until they are about to expire.
    lab.pass(44);
    assert_eq!(lab.done(who), first);
    lab.pass(2);
    assert_ne!(lab.done(who), first);
    assert!(lab.done("configure list --profile audit").contains("assume-role"));
    // A role may ask for another one, if that one trusts it.
    for line in [
        "role_session_name two",
        "role_arn arn:aws:iam::123456789012:role/audit",
        "source_profile audit",
    ] {
        lab.done(&format!("configure set {line} --profile other"));
    }
    let refused = lab.run("sts get-caller-identity --profile other");
    assert!(refused.err.contains("not authorized to perform: sts:AssumeRole"), "{}", refused.err);
}

#[test]
fn settings_that_lead_to_no_role_are_told_in_the_clients_words() {
    let lab = WithRole::new();
    lab.done("configure set role_arn arn:aws:iam::123456789012:role/audit --profile other");
    let check = |setting: &str, err: &str| {
        if !setting.is_empty() {
            lab.done(&format!("configure set {setting} --profile other"));
        }
        let answer = lab.run("sts get-caller-identity --profile other");
        assert_eq!((answer.code, answer.err.trim()), (255, err), "{setting}");
    };
    check(
        "",
        "Partial credentials found in assume-role, missing: source_profile or credential_source",
    );
    check(
        "credential_source Nowhere",
        "The credential source \"Nowhere\" referenced in profile \"other\" is not valid.",
    );
    check(
        "credential_source Ec2InstanceMetadata",
        "Error when retrieving credentials from Ec2InstanceMetadata: No credentials found in \
         credential_source referenced in profile other",
    );
    check(
        "source_profile nobody",
        "The profile \"other\" contains both source_profile and credential_source.",
    );
    lab.done("configure set role_arn arn:aws:iam::123456789012:role/audit --profile third");
    lab.done("configure set source_profile third --profile third");
    let answer = lab.run("sts get-caller-identity --profile third");
    let circle = "Infinite loop in credential configuration detected. Attempting to load from profile \
                  third which has already been visited. Visited profiles: ['third']";
    assert_eq!((answer.code, answer.err.trim()), (255, circle));
    lab.done("configure set source_profile nobody --profile third");
    let answer = lab.run("sts get-caller-identity --profile third");
    let nobody =
        "The source_profile \"nobody\" referenced in the profile \"third\" does not exist.";
    assert_eq!((answer.code, answer.err.trim()), (255, nobody));
}

#[test]
fn typos_get_the_usage_and_what_was_meant() {
    let lab = Lab::new();
    let answer = aws(&lab, "sts get-caler-identity");
    assert_eq!(answer.code, 252);
    assert!(answer.err.starts_with("\nusage: aws [options] <command> <subcommand>"));
    assert!(
        answer
            .err
            .contains("\naws: error: argument operation: Invalid choice, valid choices are:\n\n")
    );
    assert!(answer.err.contains("maybe you meant:\n\n  * get-caller-identity\n"), "{}", answer.err);
    let none = aws(&lab, "");
    assert!(none.err.ends_with("\naws: error: the following arguments are required: command\n"));
    let output = aws(&lab, "sts get-caller-identity --output xml");
    assert!(output.err.contains("argument --output: Invalid choice"), "{}", output.err);
}

#[test]
fn what_is_not_simulated_is_refused_as_the_service_would() {
    let lab = Lab::new();
    let check = |line: &str, want: &str| {
        let answer = aws(&lab, line);
        assert_eq!((answer.code, answer.err.as_str()), (254, want), "{line}");
    };
    check(
        "iam create-saml-provider --name x --saml-metadata-document y",
        "\nAn error occurred (NotImplemented) when calling the CreateSAMLProvider operation: The \
         operation CreateSAMLProvider of AWS Identity and Access Management is not simulated \
         here\n",
    );
    check(
        "iam simulate-custom-policy --policy-input-list {} --action-names s3:GetObject \
         --resource-owner arn:aws:iam::123456789012:root",
        "\nAn error occurred (NotImplemented) when calling the SimulateCustomPolicy operation: The \
         parameter ResourceOwner is not simulated here, so it cannot be given\n",
    );
    check(
        "dynamodb update-table --table-name notes --replica-updates Create={RegionName=eu-west-1}",
        "\nAn error occurred (ValidationException) when calling the UpdateTable operation: One or \
         more parameter values were invalid: ReplicaUpdates is not simulated here, so it cannot \
         be given\n",
    );
}

#[test]
fn rules_of_groups_and_counts_are_said_in_few_words() {
    let lab = Lab::new();
    let done = |line: &str| {
        let answer = aws(&lab, line);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{line}");
        answer.out.trim().to_owned()
    };
    let group = done(
        "ec2 create-security-group --group-name web --description web --query GroupId --output text",
    );
    let rule = format!("ec2 authorize-security-group-ingress --group-id {group}");
    done(&format!("{rule} --protocol tcp --port 22 --cidr 0.0.0.0/0"));
    done(&format!("{rule} --protocol tcp --port 8000-8010 --source-group {group}"));
    let ports = done(&format!(
        "ec2 describe-security-groups --group-ids {group} --output text --query \
         sort(SecurityGroups[].IpPermissions[].ToPort)"
    ));
    assert_eq!(ports, "22\t8010");
    let answer = aws(&lab, &format!("{rule} --protocol tpc --port 1 --cidr 0.0.0.0/0"));
    assert_eq!(answer.code, 255);
    assert!(answer.err.contains("protocol parameter should be one of"), "{}", answer.err);
    let image = done(
        "ec2 describe-images --owners amazon --filters Name=name,Values=al2023-ami-2023*x86_64 \
         --query Images[0].ImageId --output text",
    );
    let run = format!("ec2 run-instances --image-id {image} --instance-type t3.micro");
    let ids = done(&format!("{run} --count 2 --query Instances[].InstanceId --output text"));
    assert_eq!(ids.split('\t').count(), 2, "{ids}");
    let one = done(&format!(
        "{run} --user-data hello --no-associate-public-ip-address --output text --query \
         Instances[0].InstanceId"
    ));
    let data = done(&format!(
        "ec2 describe-instance-attribute --instance-id {one} --attribute userData --query \
         UserData.Value --output text"
    ));
    assert_eq!(data, "aGVsbG8=");
}

#[test]
fn metadata_that_no_header_holds_is_refused_before_it_is_sent() {
    let lab = Lab::new();
    // botocore's own words (`validate_ascii_metadata`).
    let answer = aws(&lab, "s3api put-object --bucket b --key k --metadata a=b,n=\u{e9}");
    let want = "\nParameter validation failed:\nNon ascii characters found in S3 metadata for key \
                \"n\", value: \"\u{e9}\".  \nS3 metadata can only contain ASCII characters. \n";
    assert_eq!((answer.code, answer.err.as_str()), (252, want));
}

#[test]
fn what_only_looks_is_known() {
    let check = |line: &str, want: bool| {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        assert_eq!(Aws.read_only(&args), want, "{line}");
    };
    check("sts get-caller-identity --query Arn", true);
    check("s3api create-bucket --bucket b", false);
    check("s3api create-bucket --generate-cli-skeleton", true);
    check("s3 ls s3://b --recursive", true);
    check("s3 presign s3://b/k", true);
    check("s3 cp s3://b/k -", true);
    check("s3 cp - s3://b/k", false);
    check("s3 cp s3://b/k .", false);
    check("s3 rm s3://b/k", false);
    check("configure get region", true);
    check("configure set region x", false);
    check("help", true);
    check("s3 frobnicate", false);
    check("hdfs mkdirs --path /x", false);
    check("", false);
}
