//! The high-level `aws logs tail`: the events of a log group as lines, and those that come in while
//! somebody looks.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::argv::{self, Opt, Parsed, Takes};
use super::client::Client;
use super::fail::Failure;
use super::globals::Globals;
use super::output::{pretty, timestamp};
use super::value::time;
use super::{Context, help};
use crate::Host;
use base::Time;

/// Between two looks with `--follow`, of the clock: lab time goes with it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

const FORMATS: &[&str] = &["detailed", "short", "json"];

/// The options with a line of help each.
const TABLE: &[(&str, Takes, &str)] = &[
    (
        "--since",
        Takes::One,
        "From when on: a time of ISO 8601, or a number and s, m, h, d or w, such as 5m. Ten minutes by \
         default.",
    ),
    ("--follow", Takes::Nothing, "Goes on and shows what comes in, until you press Ctrl-C."),
    (
        "--format",
        Takes::One,
        "detailed (the default), short (without streams and fractions of seconds) or json (with \
         messages that are JSON over several lines).",
    ),
    ("--filter-pattern", Takes::One, "What the events are like. All are shown by default."),
    ("--log-stream-names", Takes::Many, "The streams to look at."),
    (
        "--log-stream-name-prefix",
        Takes::One,
        "What the names of the streams to look at begin with.",
    ),
];

fn parse(args: &[String]) -> Result<Parsed, Failure> {
    let option = |(name, takes, _): &(&str, Takes, &str)| {
        let option = Opt::new(*name, *takes);
        if *name == "--format" { Opt { choices: FORMATS, ..option } } else { option }
    };
    let table: Vec<Opt> = TABLE.iter().map(option).collect();
    argv::parse(args, &table, 1)
}

/// Whether these arguments behind `aws logs tail` only look, and come to an end.
pub(super) fn read_only(args: &[String]) -> bool {
    parse(args).is_ok_and(|parsed| !parsed.has("--follow"))
}

/// Runs the arguments behind `aws logs tail`.
pub(super) fn run(args: &[String], globals: &Globals, host: &mut Host<'_>) -> Result<u8, Failure> {
    if args.len() == 1 && args[0] == "help" {
        return page(host);
    }
    let parsed = parse(args)?;
    let missing = if parsed.positional.is_empty() { vec!["group_name".to_owned()] } else { vec![] };
    argv::finish(&parsed, &missing)?;
    let context = Context::new(globals, host)?;
    let client = &context.client;
    let input = input(&parsed, client.now()?)?;
    let lines = Lines {
        format: parsed.one("--format").unwrap_or(FORMATS[0]).to_owned(),
        color: context.style.color,
    };
    if parsed.has("--follow") {
        let mut wait = || {
            std::thread::sleep(LOOK_EVERY);
            true
        };
        return follow(client, input, &lines, host, &mut wait);
    }
    let mut input = input;
    loop {
        let answer = ask(client, &input)?;
        for event in events(&answer) {
            host.stdout.write_all(lines.line(event).as_bytes())?;
        }
        match answer.get("nextToken") {
            Some(token) if token.is_string() => input.insert("nextToken".into(), token.clone()),
            _ => return Ok(0),
        };
    }
}

fn ask(client: &Client<'_>, input: &Map<String, Value>) -> Result<Value, Failure> {
    client.ask("logs", "FilterLogEvents", Value::Object(input.clone()))
}

fn events(answer: &Value) -> impl Iterator<Item = &Value> {
    answer.get("events").and_then(Value::as_array).into_iter().flatten()
}

/// Shows what is there, and what comes in as long as `wait` says so. What is as old as the newest that
/// was shown is asked for again, since more of that age may come in.
fn follow(
    client: &Client<'_>,
    mut input: Map<String, Value>,
    lines: &Lines,
    host: &mut Host<'_>,
    wait: &mut dyn FnMut() -> bool,
) -> Result<u8, Failure> {
    let mut newest = i64::MIN;
    let mut shown = BTreeSet::new();
    loop {
        let answer = ask(client, &input)?;
        for event in events(&answer) {
            let at = event.get("timestamp").and_then(Value::as_i64).unwrap_or_default();
            if at > newest {
                newest = at;
                shown.clear();
            }
            let id = event.get("eventId").and_then(Value::as_str).unwrap_or_default();
            if at == newest && !shown.insert(id.to_owned()) {
                continue;
            }
            host.stdout.write_all(lines.line(event).as_bytes())?;
        }
        host.stdout.flush()?;
        if let Some(token) = answer.get("nextToken").filter(|token| token.is_string()) {
            input.insert("nextToken".into(), token.clone());
            continue;
        }
        input.shift_remove("nextToken");
        if newest > i64::MIN {
            input.insert("startTime".into(), newest.into());
        }
        if !wait() {
            return Ok(0);
        }
    }
}

/// What the service is asked for.
fn input(parsed: &Parsed, now: Time) -> Result<Map<String, Value>, Failure> {
    let mut input = Map::new();
    let group = parsed.positional.first().cloned().unwrap_or_default();
    input.insert("logGroupName".into(), group.into());
    input.insert("interleaved".into(), true.into());
    let since = parsed.one("--since").unwrap_or("10m");
    let since = since_when(since, now).ok_or_else(|| {
        Failure::General(format!("Invalid timestamp \"{since}\": Unknown string format: {since}"))
    })?;
    input.insert("startTime".into(), since.0.into());
    if let Some(pattern) = parsed.one("--filter-pattern") {
        input.insert("filterPattern".into(), pattern.into());
    }
    if let Some(names) = parsed.options.get("--log-stream-names") {
        input.insert("logStreamNames".into(), json!(names));
    }
    if let Some(prefix) = parsed.one("--log-stream-name-prefix") {
        input.insert("logStreamNamePrefix".into(), prefix.into());
    }
    Ok(input)
}

/// `5m` ago, or at a time.
fn since_when(text: &str, now: Time) -> Option<Time> {
    const UNITS: [(char, i64); 5] =
        [('s', 1), ('m', 60), ('h', 3600), ('d', 24 * 3600), ('w', 7 * 24 * 3600)];
    let relative = |(unit, seconds): &(char, i64)| Some((text.strip_suffix(*unit)?, *seconds));
    match UNITS.iter().find_map(relative) {
        Some((number, seconds)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            let ago = number.parse::<i64>().ok()?.checked_mul(seconds * 1000)?;
            Some(Time(now.0.saturating_sub(ago).max(0)))
        }
        _ => time(text),
    }
}

/// How events become lines.
struct Lines {
    format: String,
    color: bool,
}

impl Lines {
    fn line(&self, event: &Value) -> String {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let at = Time(event.get("timestamp").and_then(Value::as_i64).unwrap_or_default());
        let (stream, message) = (self.dyed(text("logStreamName"), "36"), text("message"));
        let line = match self.format.as_str() {
            "short" => {
                format!("{} {message}", self.dyed(&at.format("%Y-%m-%dT%H:%M:%S"), "32"))
            }
            "json" => {
                format!("{} {stream} {}", self.dyed(&timestamp(at), "32"), over_lines(message))
            }
            _ => {
                let time = at.format("%Y-%m-%dT%H:%M:%S");
                let time = format!("{time}.{:03}000+00:00", at.0.rem_euclid(1000));
                format!("{} {stream} {message}", self.dyed(&time, "32"))
            }
        };
        format!("{}\n", line.trim_end())
    }

    fn dyed(&self, text: &str, color: &str) -> String {
        if self.color { format!("\u{1b}[{color}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A message that is JSON, over several lines and in ASCII; any other as it is.
fn over_lines(message: &str) -> String {
    let Ok(document) = serde_json::from_str::<Value>(message) else { return message.to_owned() };
    let mut text = String::from("\n");
    for c in pretty(&document).chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let units = c.encode_utf16(&mut [0; 2]).to_vec();
            text.extend(units.into_iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// `aws logs tail help`
fn page(host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = help::Page::new(host);
    page.section("NAME");
    page.raw(1, "tail -");
    page.section("DESCRIPTION");
    page.paragraph(
        1,
        "Shows the events of a log group as lines: of all its streams, and of the last ten minutes \
         unless you say otherwise.",
    );
    page.section("SYNOPSIS");
    page.raw(2, "tail");
    page.raw(1, "<group_name>");
    for (name, takes, _) in TABLE {
        let value = if *takes == Takes::Nothing { "" } else { " <value>" };
        page.raw(1, &format!("[{name}{value}]"));
    }
    page.section("OPTIONS");
    for (name, takes, text) in TABLE {
        let kind = if *takes == Takes::Nothing { "boolean" } else { "string" };
        page.option(&format!("{name} ({kind})"), text);
    }
    page.print(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Aws;
    use crate::aws::config::Config;
    use crate::testing::Lab;
    use gateway::Gateway as _;
    use std::collections::BTreeMap;

    /// A lab with a group and a stream, and these events.
    fn lab(messages: &[(i64, &str)]) -> Lab {
        let lab = Lab::new();
        let run = |line: &str| assert_eq!(lab.run(&Aws, line).err, "", "{line}");
        run("logs create-log-group --log-group-name g");
        run("logs create-log-stream --log-group-name g --log-stream-name s");
        put(&lab, messages);
        lab
    }

    /// Puts events that are so many milliseconds old.
    fn put(lab: &Lab, messages: &[(i64, &str)]) {
        let now = lab.now().expect("a time").0;
        let event = |(ago, text): &(i64, &str)| json!({"timestamp": now - ago, "message": text});
        let events: Vec<Value> = messages.iter().map(event).collect();
        let events = json!(events).to_string();
        let args = ["logs", "put-log-events", "--log-group-name", "g", "--log-stream-name", "s"];
        let args = [&args[..], &["--log-events", &events]].concat();
        let answer = lab.run_with(&Aws, &args, b"", lab.env());
        assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    }

    #[test]
    fn tail_prints_in_each_format() {
        let lab = lab(&[(700_000, "too old"), (2000, "one\n"), (500, r#"{"a":[1,"é"]}"#)]);
        let check = |line: &str, want: &str| {
            let answer = lab.run(&Aws, line);
            assert_eq!((answer.code, answer.out.as_str()), (0, want), "{line} {}", answer.err);
            let args = shlex::split(line).expect("words");
            assert!(crate::Command::read_only(&Aws, &args), "{line}");
        };
        let json = r#"{"a":[1,"é"]}"#;
        check(
            "logs tail g",
            &format!(
                "2026-11-22T09:59:58.000000+00:00 s one\n2026-11-22T09:59:59.500000+00:00 s {json}\n"
            ),
        );
        check(
            "logs tail g --format short",
            &format!("2026-11-22T09:59:58 one\n2026-11-22T09:59:59 {json}\n"),
        );
        check(
            "logs tail g --format json --since 1s",
            "2026-11-22T09:59:59.500000+00:00 s \n{\n    \"a\": [\n        1,\n        \"\\u00e9\"\n    ]\n}\n",
        );
        check(
            "logs tail g --since 1h --filter-pattern '\"too old\"' --format short",
            "2026-11-22T09:48:20 too old\n",
        );
        check(
            "logs tail g --log-stream-names s --since 2026-11-22T09:59:59.200Z --format short",
            &format!("2026-11-22T09:59:59 {json}\n"),
        );
        check("logs tail g --log-stream-name-prefix other", "");
        check(
            "logs tail g --color on --format short --since 3s --filter-pattern one",
            "\u{1b}[32m2026-11-22T09:59:58\u{1b}[0m one\n",
        );
    }

    #[test]
    fn tail_refuses_what_it_cannot_read() {
        let lab = lab(&[(0, "x")]);
        let check = |line: &str, code: u8, part: &str| {
            let answer = lab.run(&Aws, line);
            assert!(answer.code == code && answer.err.contains(part), "{line}: {answer:?}");
        };
        check("logs tail", 252, "the following arguments are required: group_name");
        check("logs tail g --format none", 252, "argument --format: Invalid choice");
        check("logs tail g --since yore", 255, "yore");
        check("logs tail h", 254, "(ResourceNotFoundException) when calling the FilterLogEvents");
        check("logs tails", 252, "maybe you meant:\n\n  * tail");
        assert!(!crate::Command::read_only(
            &Aws,
            &shlex::split("logs tail g --follow").expect("words")
        ));
        assert!(lab.run(&Aws, "logs tail help").out.contains("--log-stream-name-prefix"));
    }

    #[test]
    fn following_shows_each_event_once() {
        let lab = lab(&[(1000, "one")]);
        let config = Config::load(&lab.env(), &lab.work(), &Globals::default()).expect("settings");
        let client = Client::new(&lab, &config, &Globals::default()).expect("a client");
        let parsed = parse(&["g".to_owned()]).expect("arguments");
        let input = input(&parsed, lab.now().expect("a time")).expect("input");
        let lines = Lines { format: "short".into(), color: false };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut host = Host {
            gateway: &lab,
            cwd: lab.work(),
            env: BTreeMap::new(),
            stdin: &mut &b""[..],
            stdout: &mut out,
            stderr: &mut err,
            terminal: None,
            interactive: false,
            lab: "test".into(),
        };
        let mut rounds = 0;
        let mut wait = || {
            rounds += 1;
            match rounds {
                1 => put(&lab, &[(1000, "two"), (500, "three")]),
                3 => put(&lab, &[(500, "four")]),
                _ => {}
            }
            rounds < 5
        };
        follow(&client, input, &lines, &mut host, &mut wait).expect("followed");
        let told = String::from_utf8(out).expect("text");
        let words: Vec<&str> = told.lines().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(words, ["one", "two", "three", "four"]);
    }
}
