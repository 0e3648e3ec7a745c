//! The lab's own programs: what an image does where there is no engine, said by itself as data.
//!
//! An image carries the label `distlab.program` with a JSON object:
//!
//! ```text
//! port            the port that it listens on
//! start_s         seconds until it does
//! prints          lines that it prints at its start
//! log             the line for each request: {method} {path} {status} {ms} are filled in
//! ms              milliseconds that a request takes
//! memory_mib      memory that it uses
//! exit            {code, after_s} or {code, after_requests}: it ends by itself
//! stop            {code, after_s}: how it ends when it is asked to; at once with 0 unless said
//! data            lists by name, that routes answer from
//! routes          [{path, text | json | list | first | all, status, headers, method}]
//! commands        by a command line: members that are otherwise when that is what is run
//! ```
//! A route's path may have names in braces. `list` answers all of a list of `data`; `first: [list,
//! member, name]` the first of its objects whose member is the number behind that name in the path,
//! and 404 when there is none; `all` all such. `${NAME}` in a text is a variable of the environment.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};
use sim::traffic::{HttpRequest, HttpResponse};

/// What an image does.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Program {
    /// The object, as text; its routes are read when somebody asks.
    text: String,
    pub(crate) port: Option<u16>,
    pub(crate) start: Duration,
    pub(crate) prints: Vec<String>,
    log: Option<String>,
    took: Duration,
    pub(crate) memory_mib: i64,
    pub(crate) exit: Option<Exit>,
    pub(crate) stop_code: i64,
    pub(crate) stop_after: Duration,
}

/// How a program ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Exit {
    pub(crate) code: i64,
    pub(crate) after: Option<Duration>,
    pub(crate) after_requests: Option<u64>,
}

/// The label that holds a program.
pub(crate) const LABEL: &str = "distlab.program";

/// What an image's configuration says of its program, and of what it runs.
pub(crate) struct Described {
    object: Map<String, Value>,
    /// Variables that the image brings.
    pub(crate) environment: BTreeMap<String, String>,
}

/// Reads an image's configuration.
pub(crate) fn described(configuration: &str) -> Option<Described> {
    let value: Value = serde_json::from_str(configuration).ok()?;
    let config = value.get("config")?;
    let label = config.get("Labels")?.get(LABEL)?.as_str()?;
    let Value::Object(object) = serde_json::from_str(label).ok()? else { return None };
    let variables = config.get("Env").and_then(Value::as_array).into_iter().flatten();
    let pairs = variables.filter_map(|pair| pair.as_str()?.split_once('='));
    let environment = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Some(Described { object, environment })
}

/// What a program of this text does; for images that every account finds.
pub(crate) fn known(text: &str) -> Option<Described> {
    let Value::Object(object) = serde_json::from_str(text).ok()? else { return None };
    Some(Described { object, environment: BTreeMap::new() })
}

impl Described {
    /// The program, run as its image says or by this command; nothing when it does not know the
    /// command.
    pub(crate) fn run(mut self, command: &[String]) -> Option<Program> {
        if !command.is_empty() {
            let line = command.join(" ");
            let other = self.object.get("commands").and_then(|commands| commands.get(&line));
            let other = other.and_then(Value::as_object)?.clone();
            self.object.extend(other);
        }
        Some(program(&self.object))
    }
}

fn seconds(value: Option<&Value>) -> Duration {
    Duration::from_secs(value.and_then(Value::as_u64).unwrap_or_default())
}

fn program(object: &Map<String, Value>) -> Program {
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let exit = object.get("exit").map(|exit| Exit {
        code: exit.get("code").and_then(Value::as_i64).unwrap_or_default(),
        after: exit.get("after_s").map(|after| seconds(Some(after))),
        after_requests: exit.get("after_requests").and_then(Value::as_u64),
    });
    let stop = object.get("stop");
    let prints = object.get("prints").and_then(Value::as_array).into_iter().flatten();
    Program {
        text: Value::Object(object.clone()).to_string(),
        port: object.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()),
        start: seconds(object.get("start_s")),
        prints: prints.filter_map(|line| line.as_str().map(str::to_owned)).collect(),
        log: text("log"),
        took: Duration::from_millis(object.get("ms").and_then(Value::as_u64).unwrap_or(2)),
        memory_mib: object.get("memory_mib").and_then(Value::as_i64).unwrap_or_default(),
        exit,
        stop_code: stop.and_then(|stop| stop.get("code")?.as_i64()).unwrap_or_default(),
        stop_after: seconds(stop.and_then(|stop| stop.get("after_s"))),
    }
}

impl Program {
    /// What it answers to a request, and the line that it prints.
    pub(crate) fn answer(
        &self,
        request: &HttpRequest,
        environment: &BTreeMap<String, String>,
    ) -> (HttpResponse, Option<String>) {
        let object: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let path = request.target.split('?').next().unwrap_or_default();
        let routes = object.get("routes").and_then(Value::as_array);
        let found = routes.into_iter().flatten().find_map(|route| {
            let method = route.get("method").and_then(Value::as_str).unwrap_or("GET");
            let asked = if request.method == "HEAD" { "GET" } else { &request.method };
            let names = fits(route.get("path")?.as_str()?, path)?;
            (method == asked).then(|| respond(&object, route, &names, environment))
        });
        let mut response = found.unwrap_or_else(not_found);
        response.took = self.took;
        response.headers.push(("content-length".into(), response.body.len().to_string()));
        if request.method == "HEAD" {
            response.body.clear();
        }
        let line = self.log.as_ref().map(|log| {
            log.replace("{method}", &request.method)
                .replace("{path}", &request.target)
                .replace("{status}", &response.status.to_string())
                .replace("{ms}", &self.took.as_millis().to_string())
        });
        (response, line)
    }
}

/// The values of a path's names, where a request's path is like it.
fn fits<'p>(pattern: &'p str, path: &'p str) -> Option<BTreeMap<&'p str, &'p str>> {
    let mut names = BTreeMap::new();
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(names),
            (Some(want), Some(got)) => {
                let name = want.strip_prefix('{').and_then(|want| want.strip_suffix('}'));
                match name {
                    Some(name) if !got.is_empty() => {
                        names.insert(name, got);
                    }
                    None if want == got => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

fn respond(
    object: &Value,
    route: &Value,
    names: &BTreeMap<&str, &str>,
    environment: &BTreeMap<String, String>,
) -> HttpResponse {
    let status = route.get("status").and_then(Value::as_u64).and_then(|s| u16::try_from(s).ok());
    let list = |name: Option<&Value>| {
        let name = name.and_then(Value::as_str).unwrap_or_default();
        object.get("data").and_then(|data| data.get(name)).and_then(Value::as_array)
    };
    let same = |query: &Value, item: &Value| {
        let name = query.get(2).and_then(Value::as_str).unwrap_or_default();
        let number = names.get(name).and_then(|text| leading_number(text));
        let member = query.get(1).and_then(Value::as_str).unwrap_or_default();
        number.is_some() && item.get(member).and_then(Value::as_i64) == number
    };
    let body = if let Some(text) = route.get("text").and_then(Value::as_str) {
        let plain = ("text/plain; charset=utf-8", filled(text, environment));
        Some(plain)
    } else if let Some(json) = route.get("json") {
        Some((JSON, json.to_string()))
    } else if let Some(name) = route.get("list") {
        list(Some(name)).map(|items| (JSON, Value::Array(items.clone()).to_string()))
    } else if let Some(query) = route.get("first") {
        let items = list(query.get(0)).into_iter().flatten();
        let first = items.into_iter().find(|item| same(query, item));
        first.map(|item| (JSON, item.to_string()))
    } else if let Some(query) = route.get("all") {
        let items = list(query.get(0)).into_iter().flatten();
        let all = items.filter(|item| same(query, item)).cloned().collect();
        Some((JSON, Value::Array(all).to_string()))
    } else {
        Some(("text/plain; charset=utf-8", String::new()))
    };
    let Some((kind, body)) = body else { return not_found() };
    let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
    for (name, value) in route.get("headers").and_then(Value::as_object).into_iter().flatten() {
        headers.push((name.to_ascii_lowercase(), value.as_str().unwrap_or_default().to_owned()));
    }
    HttpResponse {
        status: status.unwrap_or(200),
        headers,
        body: body.into_bytes(),
        took: Duration::ZERO,
    }
}

const JSON: &str = "application/json; charset=utf-8";

fn not_found() -> HttpResponse {
    HttpResponse {
        status: 404,
        headers: vec![("content-type".into(), "text/plain; charset=utf-8".into())],
        body: b"Not Found".to_vec(),
        took: Duration::ZERO,
    }
}

/// The number that a text begins with, as `parseInt` of JavaScript reads it.
fn leading_number(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// A text with variables of the environment filled in.
fn filled(text: &str, environment: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else { break };
        out.push_str(before);
        out.push_str(environment.get(name).map_or("", String::as_str));
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use sim::traffic::HttpRequest;

    use super::known;

    #[test]
    fn routes_answer_from_data() {
        let object = json!({
            "port": 3000, "log": "{method} {path} - {ms}", "ms": 3,
            "data": {"users": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
                "posts": [{"user": 1}, {"user": 2}, {"user": 1}]},
            "routes": [
                {"path": "/", "text": "Ready ${WHERE}"},
                {"path": "/users", "list": "users"},
                {"path": "/users/{id}", "first": ["users", "id", "id"]},
                {"path": "/posts/by/{id}", "all": ["posts", "user", "id"]},
                {"path": "/broken", "status": 500, "json": {"wrong": true}},
            ],
        });
        let program = known(&object.to_string()).expect("an object").run(&[]).expect("a program");
        let environment = BTreeMap::from([("WHERE".to_owned(), "here".to_owned())]);
        let check = |target: &str, status: u16, body: &str| {
            let request = HttpRequest {
                method: "GET".into(),
                target: target.into(),
                ..HttpRequest::default()
            };
            let (response, line) = program.answer(&request, &environment);
            let got = String::from_utf8(response.body).expect("text");
            assert_eq!((response.status, got.as_str()), (status, body), "{target}");
            assert_eq!(line, Some(format!("GET {target} - 3")));
        };
        check("/", 200, "Ready here");
        check("/users", 200, r#"[{"id":1,"name":"a"},{"id":2,"name":"b"}]"#);
        check("/users/2", 200, r#"{"id":2,"name":"b"}"#);
        check("/users/2x?y", 200, r#"{"id":2,"name":"b"}"#);
        check("/users/3", 404, "Not Found");
        check("/users/", 404, "Not Found");
        check("/posts/by/1", 200, r#"[{"user":1},{"user":1}]"#);
        check("/posts/by/9", 200, "[]");
        check("/broken", 500, r#"{"wrong":true}"#);
        check("/other", 404, "Not Found");
    }

    #[test]
    fn a_command_that_an_image_does_not_know_is_not_run() {
        let object = json!({"port": 80, "commands": {"migrate now": {"port": null, "exit": {"code": 0,
            "after_s": 1}}}});
        let run = |command: &[&str]| {
            let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
            known(&object.to_string()).expect("an object").run(&command)
        };
        assert_eq!(run(&[]).expect("as it is").port, Some(80));
        let other = run(&["migrate", "now"]).expect("known");
        assert_eq!((other.port, other.exit.map(|exit| exit.code)), (None, Some(0)));
        assert_eq!(run(&["sh"]), None);
    }
}
