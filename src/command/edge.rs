//! `edge`: what edge locations of CloudFront answer and keep. `curl` asks them as well, by the names of
//! distributions; this needs no proxy and no certificate, and a check of a lab can look with it.

use super::{Command, Host, Problem, finish};
use base::text::nearest;
use cloudfront::edge::{Compressed, Header, LOCATIONS, Serve, ServeOutput, of_city};
use gateway::CallError;
use serde_json::{Value, json};
use sim::Caller;
use sim::api::{Body, OpDef, Shaped as _};

/// The command.
pub(super) struct Edge;

const USAGE: &str = "\
Usage: edge get [--from CITY] [--header 'NAME: VALUE'] [--head] [--body] URL
       edge copies [DISTRIBUTION]
       edge locations

get asks an edge location of CloudFront as a viewer does, and prints the head of the answer;
with --body the body follows. Without --from it is the location that is nearest to you.
copies prints as JSON what the locations keep, and how viewers fared; it only looks.

    edge get --from fra https://d111111abcdef8.cloudfront.net/sheep.svg
    edge copies
";

impl Command for Edge {
    fn name(&self) -> &'static str {
        "edge"
    }

    fn about(&self) -> &'static str {
        "What edge locations of CloudFront answer and keep."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["get", rest @ ..] => match get(rest, host) {
                Ok(code) => code,
                Err(problem) => super::refuse(problem, host),
            },
            ["copies"] => finish(copies(None, host), host),
            ["copies", distribution] if !distribution.starts_with('-') => {
                finish(copies(Some(distribution), host), host)
            }
            ["locations"] => finish(Ok(locations()), host),
            [] | ["help" | "-h" | "--help"] => finish(Ok(USAGE.into()), host),
            [word, ..] => {
                let known = nearest(word, ["get", "copies", "locations"]);
                let meant = known.map_or(String::new(), |k| format!(" (did you mean {k}?)"));
                super::refuse((2, format!("edge: {word} is not known{meant}\n{USAGE}")), host)
            }
        }
    }

    fn read_only(&self, args: &[String]) -> bool {
        args.first().is_none_or(|word| word != "get")
    }
}

/// Asks the world.
fn ask(host: &Host<'_>, op: &'static OpDef, input: Value) -> Result<Value, Problem> {
    host.gateway.call(&Caller::default(), op, input).map_err(|error| match error {
        CallError::Api(error) => (1, format!("edge: {} ({})\n", error.message, error.code)),
        broken @ CallError::Broken(_) => (1, format!("edge: {broken}\n")),
    })
}

fn copies(distribution: Option<&str>, host: &Host<'_>) -> Result<String, Problem> {
    let Some(op) = systems::operation("edge", "DescribeEdges") else {
        return Err((1, "edge: this program has no CloudFront\n".into()));
    };
    let input = distribution.map_or_else(|| json!({}), |d| json!({"Distribution": d}));
    let told = ask(host, op, input)?;
    let text = serde_json::to_string_pretty(&told).unwrap_or_default();
    Ok(text + "\n")
}

fn locations() -> String {
    let line = |l: &cloudfront::edge::Location| format!("{}  {}  {}\n", l.city, l.country, l.name);
    LOCATIONS.iter().map(line).collect()
}

/// What a viewer asks.
#[derive(Default)]
struct Wanted<'a> {
    url: &'a str,
    from: Option<&'a str>,
    headers: Vec<Header>,
    head: bool,
    body: bool,
}

fn wanted<'a>(words: &[&'a str]) -> Result<Wanted<'a>, Problem> {
    let wrong = |text: String| (2, format!("edge: {text}\n{USAGE}"));
    let mut wanted = Wanted::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "--head" | "-I" => wanted.head = true,
            "--body" => wanted.body = true,
            "--from" | "--header" | "-H" => {
                let value = words.next().ok_or_else(|| wrong(format!("{word} needs a value")))?;
                if word == "--from" {
                    wanted.from = Some(value);
                    continue;
                }
                let (name, value) = value
                    .split_once(':')
                    .ok_or_else(|| wrong(format!("{value} is no header: write NAME: VALUE")))?;
                let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
                wanted.headers.push(Header { name, value });
            }
            flag if flag.starts_with('-') => return Err(wrong(format!("{flag} is not known"))),
            url => wanted.url = url,
        }
    }
    if wanted.url.is_empty() {
        return Err(wrong("a URL is needed".into()));
    }
    if let Some(city) = wanted.from.filter(|city| of_city(city).is_none()) {
        return Err(wrong(format!("{city} is no location: edge locations lists them")));
    }
    Ok(wanted)
}

/// What the edge answers.
fn serve(host: &Host<'_>, input: &Serve) -> Result<ServeOutput, Problem> {
    let told = ask(host, &Serve::DEF, input.clone().into_value())?;
    ServeOutput::from_value(told).map_err(|e| (1, format!("edge: {e}\n")))
}

fn get(words: &[&str], host: &mut Host<'_>) -> Result<u8, Problem> {
    let wanted = wanted(words)?;
    let (scheme, rest) = wanted.url.split_once("://").unwrap_or(("https", wanted.url));
    let (name, target) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let from = wanted.from.map_or(String::new(), |city| format!("{city}."));
    let mut input = Serve {
        host: format!("{from}{name}"),
        secure: scheme == "https",
        method: if wanted.head { "HEAD" } else { "GET" }.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        viewer: "127.0.0.1".to_owned(),
        headers: wanted.headers,
        ..Serve::default()
    };
    let mut told = serve(host, &input)?;
    if !told.compress.0.is_empty() {
        let blobs = host.gateway.blobs();
        let stored = blobs.collect(&told.compress.0).and_then(|bytes| blobs.put_compressed(&bytes));
        let blob =
            stored.map_err(|e| (1, format!("edge: the body cannot be compressed: {e}\n")))?;
        input.compressed.push(Compressed { from: told.compress, blob: Some(blob) });
        told = serve(host, &input)?;
    }
    if let Some(asked) = told.ask {
        let text = format!(
            "edge: this needs an answer of {}, which only `curl` gets: it goes through the doors of \
             the session\n",
            asked.host
        );
        return Err((1, text));
    }
    let mut text = format!("HTTP/1.1 {}\n", told.status);
    for header in &told.headers {
        text.extend([header.name.as_str(), ": ", header.value.as_str(), "\n"]);
    }
    let _ = host.stdout.write_all(text.as_bytes());
    if wanted.body {
        let Body(slices) = told.body;
        let bytes = match told.text {
            Some(text) => text.into_bytes(),
            None => host
                .gateway
                .blobs()
                .collect(&slices)
                .map_err(|e| (1, format!("edge: the body cannot be read: {e}\n")))?,
        };
        let _ = host.stdout.write_all(b"\n");
        let _ = host.stdout.write_all(&bytes);
    }
    Ok(if told.status < 400 { 0 } else { 22 })
}
