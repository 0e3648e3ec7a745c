//! `curl`, `wget`, `ping`, `ip`: what they ask, the world answers.

use std::time::Duration;

use super::{Call, Ran, Wait};
use crate::outside::{Answer, Ask, Failure, Http};

/// How long a connection that nobody answers is waited for: Linux gives up after six attempts.
const CONNECT: Duration = Duration::from_secs(131);

/// Redirections that `curl -L` follows.
const FOLLOW_MAX: u32 = 50;

/// The parts of an address; nothing when it is none.
fn url(text: &str) -> Option<Http> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (place, path) = rest.split_at(end);
    let place = place.rsplit('@').next().unwrap_or(place);
    let default = if scheme == "https" { 443 } else { 80 };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (place, default),
    };
    if host.is_empty() {
        return None;
    }
    let path = path.split('#').next().unwrap_or_default();
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    Some(Http {
        method: "GET".into(),
        scheme: scheme.to_owned(),
        host: host.to_owned(),
        port,
        path,
        headers: Vec::new(),
        body: Vec::new(),
    })
}

#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are switches")]
struct Wish {
    urls: Vec<String>,
    method: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    output: Option<String>,
    own_name: bool,
    silent: bool,
    show_error: bool,
    fail: bool,
    follow: bool,
    include: bool,
    head: bool,
    write_out: Option<String>,
    limit: Option<Duration>,
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
fn curl_arguments(call: &mut Call<'_>) -> Result<Wish, Result<i32, Wait>> {
    let mut wish = Wish::default();
    let args = call.args();
    let mut words = args.into_iter();
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word == "-" {
            wish.urls.push(word);
            continue;
        }
        let list: Vec<(String, Option<String>)> = if word.starts_with("--") {
            vec![(word.clone(), None)]
        } else {
            let letters: Vec<char> = word[1..].chars().collect();
            let valued = letters.iter().position(|c| "XHdowmuA".contains(*c));
            let end = valued.map_or(letters.len(), |n| n + 1);
            let rest: String = letters[end..].iter().collect();
            letters[..end]
                .iter()
                .enumerate()
                .map(|(n, c)| {
                    (format!("-{c}"), (n + 1 == end && !rest.is_empty()).then(|| rest.clone()))
                })
                .collect()
        };
        for (option, value) in list {
            let mut value = || value.clone().or_else(|| words.next()).unwrap_or_default();
            match option.as_str() {
                "-X" | "--request" => wish.method = Some(value()),
                "-H" | "--header" => {
                    let text = value();
                    if let Some((name, value)) = text.split_once(':') {
                        wish.headers.push((name.trim().to_owned(), value.trim().to_owned()));
                    }
                }
                "-d" | "--data" | "--data-raw" | "--data-binary" => {
                    let text = value();
                    let bytes = match text.strip_prefix('@') {
                        Some(file) if option != "--data-raw" => match call.read(file) {
                            Ok(bytes) => bytes.unwrap_or_default(),
                            Err(wait) => return Err(Err(wait)),
                        },
                        _ => text.into_bytes(),
                    };
                    let body = wish.body.get_or_insert_with(Vec::new);
                    if !body.is_empty() {
                        body.push(b'&');
                    }
                    body.extend(bytes);
                }
                "-o" | "--output" => wish.output = Some(value()),
                "-w" | "--write-out" => wish.write_out = Some(value()),
                "-m" | "--max-time" | "--connect-timeout" => {
                    let secs = value().parse::<f64>().unwrap_or(0.0);
                    wish.limit = Duration::try_from_secs_f64(secs).ok().filter(|d| !d.is_zero());
                }
                "-A" | "--user-agent" => wish.headers.push(("User-Agent".into(), value())),
                "-O" | "--remote-name" => wish.own_name = true,
                "-s" | "--silent" => wish.silent = true,
                "-S" | "--show-error" => wish.show_error = true,
                "-f" | "--fail" => wish.fail = true,
                "-L" | "--location" => wish.follow = true,
                "-i" | "--include" => wish.include = true,
                "-I" | "--head" => wish.head = true,
                "-k" | "--insecure" | "-4" | "-g" | "-#" => {}
                other => {
                    call.err(format!("curl: option {other}: is unknown"));
                    call.err("curl: try 'curl --help' or 'curl --manual' for more information");
                    return Err(Ok(2));
                }
            }
        }
    }
    Ok(wish)
}

fn failed(call: &mut Call<'_>, wish: &Wish, number: i32, text: &str) -> i32 {
    if !wish.silent || wish.show_error {
        call.err(format!("curl: ({number}) {text}"));
    }
    number
}

pub(super) fn curl(call: &mut Call<'_>) -> Ran {
    let wish = match curl_arguments(call) {
        Ok(wish) => wish,
        Err(ran) => return ran,
    };
    if wish.urls.is_empty() {
        call.err("curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information");
        return Ok(2);
    }
    let mut status = 0;
    for text in wish.urls.clone() {
        status = fetch(call, &wish, &text)?;
    }
    Ok(status)
}

fn fetch(call: &mut Call<'_>, wish: &Wish, text: &str) -> Ran {
    let Some(mut request) = url(text) else {
        return Ok(failed(call, wish, 3, "URL using bad/illegal format or missing URL"));
    };
    if !matches!(request.scheme.as_str(), "http" | "https") {
        let text = format!("Protocol \"{}\" not supported or disabled in libcurl", request.scheme);
        return Ok(failed(call, wish, 1, &text));
    }
    request.headers.push(("Host".into(), request.host.clone()));
    if !wish.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
        request.headers.push(("User-Agent".into(), "curl/8.5.0".into()));
    }
    request.headers.push(("Accept".into(), "*/*".into()));
    request.headers.extend(wish.headers.clone());
    if let Some(body) = &wish.body {
        request.method = "POST".into();
        request.body.clone_from(body);
        request.headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    }
    if wish.head {
        request.method = "HEAD".into();
    }
    if let Some(method) = &wish.method {
        request.method.clone_from(method);
    }
    for _ in 0..FOLLOW_MAX {
        let answer = call.ask(Ask::Http(request.clone()))?;
        let Answer::Http { status, reason, headers, body, took, .. } = answer else {
            return no_answer(call, wish, &request, &answer);
        };
        call.sleep(took)?;
        let find = |wanted: &str| {
            headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.clone())
        };
        let mut shown = String::new();
        if wish.include || wish.head {
            shown = format!("HTTP/1.1 {status} {reason}\r\n");
            for (name, value) in &headers {
                shown.push_str(&format!("{name}: {value}\r\n"));
            }
            shown.push_str("\r\n");
        }
        if wish.follow
            && (300..400).contains(&status)
            && let Some(place) = find("location")
        {
            let full = if place.contains("://") {
                place
            } else {
                format!("{}://{}:{}{place}", request.scheme, request.host, request.port)
            };
            if let Some(next) = url(&full) {
                request = Http { headers: request.headers, ..next };
                continue;
            }
        }
        if wish.fail && status >= 400 {
            let text = format!("The requested URL returned error: {status}");
            return Ok(failed(call, wish, 22, &text));
        }
        let mut bytes = shown.into_bytes();
        if !wish.head {
            bytes.extend(&body);
        }
        let code = put(call, wish, &request, &bytes);
        if let Some(pattern) = &wish.write_out {
            let unescaped = pattern.replace("\\n", "\n").replace("\\t", "\t");
            let text = unescaped
                .replace("%{http_code}", &status.to_string())
                .replace("%{response_code}", &status.to_string())
                .replace("%{size_download}", &body.len().to_string())
                .replace("%{time_total}", &format!("{:.6}", took.as_secs_f64()));
            call.out(text);
        }
        return Ok(code);
    }
    Ok(failed(call, wish, 47, "Maximum (50) redirects followed"))
}

fn no_answer(call: &mut Call<'_>, wish: &Wish, request: &Http, answer: &Answer) -> Ran {
    let (host, port) = (&request.host, request.port);
    let failure = if let Answer::Failed(failure) = answer { *failure } else { Failure::Silent };
    let (number, text) = match failure {
        Failure::UnknownHost => (6, format!("Could not resolve host: {host}")),
        Failure::Refused => (
            7,
            format!(
                "Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server"
            ),
        ),
        Failure::NoRoute | Failure::NoProgram => (
            7,
            format!(
                "Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server"
            ),
        ),
        Failure::Certificate => {
            (60, "SSL certificate problem: unable to get local issuer certificate".into())
        }
        Failure::Silent => {
            let span = wish.limit.unwrap_or(CONNECT);
            call.sleep(span)?;
            let millis = span.as_millis();
            let text = match wish.limit {
                Some(_) => format!("Connection timed out after {millis} milliseconds"),
                None => format!(
                    "Failed to connect to {host} port {port} after {millis} ms: Couldn't connect to server"
                ),
            };
            (28, text)
        }
    };
    if let Some(pattern) = &wish.write_out {
        let text = pattern.replace("\\n", "\n").replace("%{http_code}", "000");
        call.out(text);
    }
    Ok(failed(call, wish, number, &text))
}

fn put(call: &mut Call<'_>, wish: &Wish, request: &Http, bytes: &[u8]) -> i32 {
    let own = wish
        .own_name
        .then(|| super::base(request.path.split('?').next().unwrap_or("/")).to_owned());
    let Some(file) = own.or_else(|| wish.output.clone()).filter(|file| file != "-") else {
        call.out(bytes);
        return 0;
    };
    match call.host.open(call.pid, &file, crate::calls::Mode::Write) {
        Ok(open) => {
            call.host.set_fd(call.pid, 99, open);
            let _ = call.host.write(call.pid, 99, bytes);
            call.host.close_fd(call.pid, 99);
            0
        }
        Err(_) => failed(call, wish, 23, "Failure writing output to destination"),
    }
}

pub(super) fn wget(call: &mut Call<'_>) -> Ran {
    let (mut quiet, mut output, mut urls) = (false, None, Vec::new());
    let args = call.args();
    let mut words = args.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-q" | "--quiet" => quiet = true,
            "-nv" => {}
            "-O" => output = words.next(),
            "-qO-" => {
                quiet = true;
                output = Some("-".into());
            }
            "-qO" => {
                quiet = true;
                output = words.next();
            }
            option if option.starts_with('-') && option.len() > 1 => {
                call.complain(format!("unrecognized option '{option}'"));
                call.err("Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.");
                return Ok(2);
            }
            _ => urls.push(word),
        }
    }
    let Some(text) = urls.first() else {
        call.complain("missing URL");
        call.err("Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.");
        return Ok(1);
    };
    let Some(mut request) = url(text) else {
        call.err(format!("{text}: Invalid host name."));
        return Ok(1);
    };
    request.headers = vec![
        ("Host".into(), request.host.clone()),
        ("User-Agent".into(), "Wget/1.21.3".into()),
        ("Accept".into(), "*/*".into()),
    ];
    let host = request.host.clone();
    match call.ask(Ask::Http(request.clone()))? {
        Answer::Http { status, reason, body, took, .. } => {
            call.sleep(took)?;
            if status >= 400 {
                if !quiet {
                    let now = call.host.now.format("%Y-%m-%d %H:%M:%S");
                    call.err(format!("{now} ERROR {status}: {reason}."));
                }
                return Ok(8);
            }
            let name = super::base(request.path.split('?').next().unwrap_or("/")).to_owned();
            let name = if name == "/" { "index.html".to_owned() } else { name };
            let wish =
                Wish { output: Some(output.unwrap_or(name)), silent: true, ..Wish::default() };
            Ok(if put(call, &wish, &request, &body) == 0 { 0 } else { 3 })
        }
        Answer::Failed(Failure::UnknownHost) => {
            call.err(format!("wget: unable to resolve host address '{host}'"));
            Ok(4)
        }
        Answer::Failed(Failure::Silent) => {
            call.sleep(CONNECT)?;
            call.err("failed: Connection timed out.");
            Ok(4)
        }
        _ => {
            call.err("failed: Connection refused.");
            Ok(4)
        }
    }
}

pub(super) fn ping(call: &mut Call<'_>) -> Ran {
    let (mut count, mut target) = (None, None);
    let args = call.args();
    let mut words = args.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" => count = words.next().and_then(|n| n.parse::<u32>().ok()),
            "-W" | "-i" | "-w" | "-s" => drop(words.next()),
            "-q" | "-n" | "-4" => {}
            short if short.starts_with("-c") => count = short[2..].parse().ok(),
            option if option.starts_with('-') => {
                call.complain(format!("invalid option -- '{}'", option.trim_start_matches('-')));
                return Ok(2);
            }
            _ => target = Some(word),
        }
    }
    let Some(target) = target else {
        call.err("ping: usage error: Destination address required");
        return Ok(1);
    };
    const BYTES: u32 = 56;
    let (mut got, mut sent, mut times) = (0_u32, 0_u32, Vec::new());
    for n in 1..=count.unwrap_or(100) {
        let answer = call.ask(Ask::Ping { target: target.clone(), bytes: BYTES })?;
        sent += 1;
        match answer {
            Answer::Echo { address, ttl, took } => {
                if n == 1 {
                    call.line(format!(
                        "PING {target} ({address}) {BYTES}({}) bytes of data.",
                        BYTES + 28
                    ));
                }
                got += 1;
                let millis = took.as_secs_f64() * 1000.0;
                times.push(millis);
                call.line(format!(
                    "64 bytes from {address}: icmp_seq={n} ttl={ttl} time={millis:.3} ms"
                ));
            }
            Answer::Failed(Failure::UnknownHost) => {
                call.complain(format!("{target}: Name or service not known"));
                return Ok(2);
            }
            _ if n == 1 => call
                .line(format!("PING {target} ({target}) {BYTES}({}) bytes of data.", BYTES + 28)),
            _ => {}
        }
        if Some(n) != count {
            call.sleep(Duration::from_secs(1))?;
        }
    }
    let lost = (sent - got) * 100 / sent.max(1);
    let span = u64::from(sent.saturating_sub(1)) * 1000;
    call.line(format!("\n--- {target} ping statistics ---"));
    call.line(format!(
        "{sent} packets transmitted, {got} received, {lost}% packet loss, time {span}ms"
    ));
    if !times.is_empty() {
        let (low, high) =
            times.iter().fold((f64::MAX, 0.0_f64), |(a, b), t| (a.min(*t), b.max(*t)));
        let mean = times.iter().sum::<f64>() / f64::from(got);
        let spread = times.iter().map(|t| (t - mean).abs()).sum::<f64>() / f64::from(got);
        call.line(format!("rtt min/avg/max/mdev = {low:.3}/{mean:.3}/{high:.3}/{spread:.3} ms"));
    }
    Ok(i32::from(got == 0))
}

pub(super) fn ip(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let words: Vec<&str> =
        args.iter().map(String::as_str).filter(|w| !w.starts_with('-')).collect();
    let shape = call.host.shape.clone();
    let network = |bits: u8| {
        let parts: Vec<u32> = shape.address.split('.').filter_map(|n| n.parse().ok()).collect();
        let whole = parts.iter().fold(0_u32, |sum, part| (sum << 8) | part);
        let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
        whole & mask
    };
    let dotted = |n: u32| n.to_be_bytes().map(|b| b.to_string()).join(".");
    match words.first().copied() {
        Some("a" | "addr" | "address") => {
            let high = dotted(
                network(shape.prefix) | u32::MAX.checked_shr(u32::from(shape.prefix)).unwrap_or(0),
            );
            call.line("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000");
            call.line("    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00");
            call.line("    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever");
            call.line("2: enX0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc fq_codel state UP group default qlen 1000");
            call.line(format!("    link/ether {} brd ff:ff:ff:ff:ff:ff", shape.mac));
            call.line(format!(
                "    inet {}/{} metric 512 brd {high} scope global dynamic enX0\n       valid_lft 3600sec preferred_lft 3600sec",
                shape.address, shape.prefix
            ));
            Ok(0)
        }
        Some("r" | "route") => {
            let (net, gateway) = (dotted(network(shape.prefix)), dotted(network(shape.prefix) + 1));
            let address = &shape.address;
            call.line(format!(
                "default via {gateway} dev enX0 proto dhcp src {address} metric 512"
            ));
            call.line(format!(
                "{net}/{} dev enX0 proto kernel scope link src {address} metric 512",
                shape.prefix
            ));
            Ok(0)
        }
        Some(other) => {
            call.err(format!("Object \"{other}\" is unknown, try \"ip help\"."));
            Ok(1)
        }
        None => {
            call.err("Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }");
            Ok(255)
        }
    }
}
