//! What tells copies apart.

use crate::edge::Request;
use crate::edge::cache::Key;
use crate::rules::{Pick, Rules};

/// The key of a request under these rules.
pub(crate) fn of(rules: &Rules, request: &Request, path: &str) -> Key {
    let mut rest = String::new();
    let mut line = |name: &str, value: &str| {
        rest.push_str(name);
        rest.push('=');
        rest.push_str(value);
        rest.push('\n');
    };
    if request.method == "OPTIONS" {
        line(":method", "OPTIONS");
    }
    for (name, value) in headers(&rules.key.headers, request) {
        line(&name, &value);
    }
    let cookies = cookies(&rules.key.cookies, request);
    if !cookies.is_empty() {
        line("cookie", &cookies);
    }
    let encoding = encoding(rules, request);
    if !encoding.is_empty() {
        line("accept-encoding", encoding);
    }
    Key { path: path.to_owned(), query: query(&rules.key.query, &request.query), rest }
}

/// The headers that count, by name, in its order.
pub(crate) fn headers(pick: &Pick, request: &Request) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), header.value.clone()))
        // Cookies have a choice of their own, and encodings a form of their own.
        .filter(|(name, _)| name != "cookie" && name != "accept-encoding" && pick.takes(name))
        .collect();
    found.sort();
    found
}

/// The cookies that count, in the order of their names.
pub(crate) fn cookies(pick: &Pick, request: &Request) -> String {
    let lines = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("cookie"));
    let pairs = lines.flat_map(|header| header.value.split(';')).map(str::trim);
    let mut found: Vec<&str> = pairs
        .filter(|pair| !pair.is_empty())
        .filter(|pair| pick.takes(pair.split('=').next().unwrap_or_default()))
        .collect();
    found.sort_unstable();
    found.join("; ")
}

/// The parameters of a query that count, in the order in which they were asked.
pub(crate) fn query(pick: &Pick, query: &str) -> String {
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
    let found: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && pick.takes(&name(pair))).collect();
    found.join("&")
}

/// What of gzip and Brotli the viewer reads, in the service's own order.
pub(crate) fn encoding(rules: &Rules, request: &Request) -> &'static str {
    let reads = |wanted: &str| {
        let mut lines =
            request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("accept-encoding"));
        lines.any(|header| {
            header.value.split(',').any(|one| {
                let (name, weight) = one.split_once(';').unwrap_or((one, ""));
                let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
                name.trim() == wanted && !refused
            })
        })
    };
    match (rules.brotli && reads("br"), rules.gzip && reads("gzip")) {
        (true, true) => "br,gzip",
        (true, false) => "br",
        (false, true) => "gzip",
        (false, false) => "",
    }
}
