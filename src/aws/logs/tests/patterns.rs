//! What filter patterns match, and what is none.

use proptest::prelude::*;

use super::super::pattern::Pattern;

#[track_caller]
fn check(pattern: &str, yes: &[&str], no: &[&str]) {
    let parsed = Pattern::parse(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
    for message in yes {
        assert!(parsed.matches(message), "{pattern} should match {message}");
    }
    for message in no {
        assert!(!parsed.matches(message), "{pattern} should not match {message}");
    }
}

#[track_caller]
fn refuses(pattern: &str, want: &str) {
    let error = Pattern::parse(pattern).expect_err(pattern);
    assert_eq!((error.code.as_str(), error.message.as_str()), ("InvalidParameterException", want));
}

#[test]
fn terms_are_searched_for_in_the_text() {
    check("", &["", "anything"], &[]);
    check("\" \"", &["anything"], &[]);
    check("ERROR", &["[ERROR] fatal", "Exiting with ERRORCODE: -1"], &["error", ""]);
    check("ERROR Exception", &["[ERROR] Caught IllegalArgumentException"], &["ERROR", "Exception"]);
    check("\"INTERNAL SERVER ERROR\"", &["[ERROR 500] INTERNAL SERVER ERROR"], &["SERVER ERROR"]);
    check(r#""say \"hi\"""#, &[r#"they say "hi""#], &["they say hi"]);
    check("ERROR -ARGUMENTS", &["ERROR 1"], &["ERROR INVALID ARGUMENTS", "x"]);
    check("-ERROR", &["fine"], &["ERROR"]);
    check("-\"not this\"", &["this"], &["it is not this"]);
    check("?ERROR ?WARN", &["ERROR a", "WARN b", "ERROR WARN"], &["INFO"]);
    // Beside other terms, a question mark means nothing.
    check("?ERROR ?WARN REQUEST", &["REQUEST"], &["ERROR"]);
    check("?ERROR -WARN", &["INFO"], &["ERROR WARN"]);
    check("%Exit[0-9]+%", &["Exit42 now"], &["Exit now"]);
    check("%^a|b$%", &["axx", "xxb"], &["xax"]);
    check(r"%\d\x28%", &["7("], &["7"]);
    check("%er+or% -x", &["errror"], &["errorx"]);
}

#[test]
fn conditions_look_into_json() {
    let trail = r#"{"eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": null, "ThisFlag": true, "n": 404, "f": 1.5e3, "a.b": {"c-d": "x"}}"#;
    let yes = |pattern: &str| check(pattern, &[trail], &["UpdateTrail", "[1]", "{", ""]);
    let no = |pattern: &str| check(pattern, &[], &[trail]);
    yes(r#"{ $.eventType = "UpdateTrail" }"#);
    yes("{ $.eventType = UpdateTrail }");
    yes("{ $.sourceIPAddress != 123.123.* }");
    no("{ $.sourceIPAddress != 111.111.* }");
    yes(r#"{ $.arrayKey[0] = "value" }"#);
    yes("{ $.objectList[1].id = 2 }");
    yes("{ $.objectList[*].id = 2 }");
    no("{ $.objectList[2].id = 2 }");
    yes("{ $.SomeObject IS NULL }");
    yes("{ $.ThisFlag IS TRUE }");
    no("{ $.ThisFlag IS FALSE }");
    yes("{$.n IS NULL || $.n=404}");
    no("{ $.SomeObject NOT EXISTS }");
    yes(r#"{ $.eventType = "*Trail" }"#);
    yes(r#"{ $.eventType = "Update*" }"#);
    yes(r#"{ $.eventType = "*dateTr*" }"#);
    no(r#"{ $.eventType = "Up*Trail" }"#);
    yes("{ $.eventType = * }");
    no("{ $.gone = * }");
    no("{ $.gone != x }");
    // What is no text and no number is not compared.
    no("{ $.arrayKey = * }");
    no("{ $.arrayKey != 1 }");
    yes("{ $.n > 400 && $.n <= 404.0 && $.n >= +404 && $.n < 4.05e2 && $.n != 500 }");
    yes("{ $.n = 4* }");
    yes("{ $.f = 1500 }");
    no(r#"{ $.n = "404" }"#);
    no("{ $.eventType > 3 }");
    yes("{ $.['a.b'].c-d = x }");
    yes(r#"{ $["a.b"].* = x }"#);
    yes("{ $.eventType = %Trail$% }");
    no("{ $.eventType = %^Trail% }");
}

#[test]
fn and_binds_closer_than_or() {
    let users = r#"{"user": {"id": 1, "email": "J@x"}, "users": [{"id": 2, "email": "D@x"}],
        "actions": ["GET", "PUT", "DELETE"], "coordinates": [[0, 1, 2], [4, 5, 6]]}"#;
    check(r#"{ ($.user.id = 1) && ($.users[0].email = "D@x") }"#, &[users], &[]);
    check(
        r#"{ ($.user.id = 2 && $.users[0].email = "no") || $.actions[2] = "GET" }"#,
        &[],
        &[users],
    );
    let either = r#"$.user.email = "J@x" || $.coordinates[0][1] = no"#;
    check(&format!("{{ {either} && $.actions[2] = no }}"), &[users], &[]);
    check(&format!("{{ ({either}) && $.actions[2] = no }}"), &[], &[users]);
}

/// A line of a web server.
fn line(status: u32, bytes: u32) -> String {
    let date = "[10/Oct/2000:13:25:15 -0700]";
    format!("127.0.0.1 - frank {date} \"GET /index.html HTTP/1.0\" {status} {bytes}")
}

#[test]
fn fields_stand_between_spaces() {
    let (found, missing) = (line(200, 1534), line(404, 500));
    let check = |pattern: &str, wants: [bool; 2]| {
        let parsed = Pattern::parse(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
        assert_eq!([parsed.matches(&found), parsed.matches(&missing)], wants, "{pattern}");
    };
    check("[ip, id, user, timestamp, request, status, bytes]", [true, true]);
    check("[ip, id, user, timestamp, request, status]", [false, false]);
    check("[ip, id, user, timestamp, request, status, bytes > 1000]", [true, false]);
    check("[ip, id, user, timestamp, request, status = 4*, bytes]", [false, true]);
    check(
        "[ip, id, user, timestamp, request = *html*, status = 200 || status = 404, bytes]",
        [true, true],
    );
    check("[..., status = 4* && status != 403, bytes]", [false, true]);
    check("[ip=127.0.0.1, ..., bytes >= 500.0]", [true, true]);
    check("[ip, ...]", [true, true]);
    check("[..., request = *.html*, status = 4*, ]", [false, true]);
    check(r#"[ip, id, user = "frank", timestamp = "10/Oct*", ...]"#, [true, true]);
    check("[ip, id, user = %^f.+k$%, ...]", [true, true]);
    check("[a, b, c, d, e, f, g, h, ...]", [false, false]);
}

#[test]
fn fields_may_be_words_of_text() {
    check("[w1=ERROR, w2]", &["ERROR message"], &["ERROR WARN message", "WARN message"]);
    check("[w1=ERROR || w1=WARN, w2]", &["ERROR message", "WARN message"], &["INFO message"]);
    check("[w1!=ERROR&&w1!=WARN, w2]", &["INFO message"], &["ERROR message", "WARN message"]);
    check("[w1=!ERROR&&w1=!WARN, w2]", &["INFO message"], &["ERROR message"]);
    check("[a, b]", &["x [y z]", "\"x y\" z", "[unclosed z"], &["x y z"]);
}

#[test]
fn what_is_found_has_names() {
    let found = Pattern::parse("[..., request=*.html*, status_code=4*,]").expect("a pattern");
    let found = found.find(&line(404, 1534)).expect("a match").values();
    let pairs: Vec<String> = found.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let want = [
        "$1=127.0.0.1",
        "$2=-",
        "$3=frank",
        "$4=10/Oct/2000:13:25:15 -0700",
        "$7=1534",
        "$request=GET /index.html HTTP/1.0",
        "$status_code=404",
    ];
    assert_eq!(pairs, want);
}

#[test]
fn what_is_no_pattern_is_refused() {
    let term = |what: &str| format!("Invalid character(s) in term '{what}'");
    refuses("foo:bar", &term(":"));
    refuses("?Status: timeout", &term(":"));
    refuses("[ab", "If a filter pattern starts with '[' it must end with ']'");
    refuses("{ $.a = 1", "If a filter pattern starts with '{' it must end with '}'");
    refuses("\"\"", &term("\"\""));
    refuses("a - b", &term("-"));
    refuses("x[", &term("["));
    refuses("\"open", "Invalid filter pattern");
    refuses("%a(b)%", &term("("));
    refuses("%a b%", &term(" "));
    refuses("%a[%", "Invalid filter pattern");
    refuses("%a", "Invalid filter pattern");
    refuses(r#"{ $."sc-status" = 5* }"#, &term("$.\""));
    refuses("{ a = 1 }", &term("a"));
    refuses("{ $.a }", "Invalid filter pattern");
    refuses("{ $.a = }", "Invalid filter pattern");
    refuses("{ $.a = 1 & $.b = 2 }", &term("&"));
    refuses("{ $.a > x }", "Invalid filter pattern");
    refuses("{ ($.a = 1 }", "Invalid filter pattern");
    refuses("{ $.a IS NOTHING }", "Invalid filter pattern");
    refuses("{ $.a[*].b[*] = 1 }", "Invalid filter pattern");
    refuses("{ $.a = %a% || $.a = %b% || $.a = %c% }", "Invalid filter pattern");
    refuses(
        &format!("{{ {}$.a = 1{} }}", "(".repeat(99), ")".repeat(99)),
        "Invalid filter pattern",
    );
    refuses("[a, a]", "Invalid filter pattern");
    refuses("[..., a, ...]", "Invalid filter pattern");
    refuses("[status = 4* && bytes > 1000]", "Invalid filter pattern");
    refuses("[a = ]", "Invalid filter pattern");
    refuses("[a b]", &term("b"));
}

proptest! {
    /// No text brings a pattern or a search to its knees.
    #[test]
    fn any_text_is_a_pattern_or_none(pattern in "\\PC{0,40}", message in "\\PC{0,40}") {
        if let Ok(parsed) = Pattern::parse(&pattern) {
            let _ = parsed.matches(&message);
        }
    }

    #[test]
    fn any_condition_is_one_or_none(
        inner in "[$.a\\[\\]*=!<>&|()%\"' 0-9ISNULL]{0,30}", message in "\\{\"a\":[0-9]\\}",
    ) {
        for text in [format!("{{{inner}}}"), format!("[{inner}]")] {
            if let Ok(parsed) = Pattern::parse(&text) {
                let _ = parsed.find(&message).map(|found| found.get("$.a"));
            }
        }
    }

    /// A quoted phrase matches what has it, and with a minus what has it not.
    #[test]
    fn a_phrase_and_its_exclusion_are_opposites(
        phrase in "[a-c :]{1,3}", message in "[a-c :]{0,12}",
    ) {
        prop_assume!(!phrase.trim().is_empty());
        let has = Pattern::parse(&format!("\"{phrase}\"")).expect("a phrase").matches(&message);
        let has_not = Pattern::parse(&format!("-\"{phrase}\"")).expect("one").matches(&message);
        prop_assert_eq!(has, message.contains(&phrase));
        prop_assert_ne!(has, has_not);
    }

    /// Comparisons of numbers are those of numbers.
    #[test]
    fn numbers_are_compared_as_numbers(have in -1000_i32..1000, want in -1000_i32..1000) {
        let is = |op: &str| {
            let pattern = Pattern::parse(&format!("{{ $.n {op} {want} }}")).expect("a condition");
            pattern.matches(&format!("{{\"n\": {have}}}"))
        };
        prop_assert_eq!(is("<"), have < want);
        prop_assert_eq!(is(">="), have >= want);
        prop_assert_eq!(is("="), have == want);
        prop_assert_eq!(is("!="), have != want);
    }
}
