//! What a viewer gets of an answer, and what is remembered of it.

use std::time::Duration;

use base::Slice;
use base::Time;
use base::range::{self, Wanted};
use base::rng::ALNUM;

use crate::edge::cache::{Answer, Content};
use crate::edge::outcome::{How, Outcome};
use crate::edge::record::Record;
use crate::edge::site::Site;
use crate::edge::{Header, Location, Request, ServeOutput};
use crate::logging;
use crate::state::State;
use aws::metrics::Measured;
use aws::place::Place;
use sim::World;
use sim::api::Body;

/// How many paths of a distribution are counted by themselves.
const PATHS_MAX: usize = 1_000;
/// Under which the others are.
const OTHERS: &str = "(others)";

/// Headers of an origin that say nothing to a viewer.
const HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "upgrade",
    "via",
    "x-cache",
];

/// The answer as the viewer gets it.
pub(crate) fn finish(
    world: &mut World,
    request: &Request,
    (site, place): (Option<&Site>, &'static Location),
    outcome: Outcome,
    now: Time,
) -> ServeOutput {
    let Outcome { mut answer, result, took_ms, age } = outcome;
    conditional(request, &mut answer);
    part(request, &mut answer);
    let bodiless = request.method == "HEAD" || answer.status == 304;
    let bytes = if bodiless { 0 } else { answer.content.len() };
    let length = answer.content.len();
    let mut headers: Vec<Header> = Vec::new();
    let mut put = |name: &str, value: String| {
        headers.push(Header { name: name.to_owned(), value });
    };
    let (status, detail) = (answer.status, answer.detail);
    for (name, value) in answer.headers {
        if !HOP.contains(&name.to_ascii_lowercase().as_str()) {
            put(&name, value);
        }
    }
    if status != 304 {
        put("Content-Length", length.to_string());
    }
    put("X-Cache", result.as_str().to_owned());
    put("Via", place.via());
    put("X-Amz-Cf-Pop", place.name.to_owned());
    put("X-Amz-Cf-Id", format!("{}==", world.rng::<State>().text(ALNUM, 54)));
    if let Some(age) = age {
        put("Age", age.to_string());
    }
    if let Some(site) = site {
        count(world, &site.id, request, (result, status), bytes);
        measure(world, &site.id, status, bytes, now);
        let spent = Duration::from_millis(u64::try_from(took_ms).unwrap_or(0));
        let record = Record {
            request,
            domain: &site.domain,
            place,
            at: now.plus(spent),
            took_ms,
            status,
            headers: &headers,
            bytes,
            result: result.word(),
            detail: if detail.is_empty() { result.word() } else { detail },
            cookies: false,
        };
        log(world, site, record);
    }
    let (body, text) = match answer.content {
        _ if bodiless => (Body::default(), None),
        Content::Slices(slices) => (Body(slices), None),
        Content::Text(text) => (Body::default(), Some(text)),
    };
    ServeOutput { status, headers, body, text, took_ms, ..ServeOutput::default() }
}

/// What a viewer has already is not sent again (RFC 9110, 13).
fn conditional(request: &Request, answer: &mut Answer) {
    if answer.status != 200 || !matches!(request.method.as_str(), "GET" | "HEAD") {
        return;
    }
    let unchanged = match (request.header("if-none-match"), request.header("if-modified-since")) {
        (Some(tags), _) => {
            let own = answer.header("etag").map(|tag| tag.trim_start_matches("W/"));
            tags.split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || Some(tag.trim_start_matches("W/")) == own)
        }
        (None, Some(since)) => {
            let since = Time::parse_http(since);
            let own = answer.header("last-modified").and_then(Time::parse_http);
            since.zip(own).is_some_and(|(since, own)| own <= since)
        }
        (None, None) => false,
    };
    if unchanged {
        answer.status = 304;
        answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        answer.content = Content::Text(String::new());
    }
}

/// Only the bytes that were asked for.
fn part(request: &Request, answer: &mut Answer) {
    let Some(wanted) = request.header("range").filter(|_| answer.status == 200) else { return };
    let Content::Slices(slices) = &answer.content else { return };
    let len = answer.content.len();
    match range::parse(wanted, len) {
        Wanted::Whole | Wanted::Backwards => {}
        Wanted::Bytes(first, last) => {
            let cut: Vec<Slice> = range::cut(slices, first, last);
            answer.status = 206;
            answer.content = Content::Slices(cut);
            let range = format!("bytes {first}-{last}/{len}");
            answer.headers.push(("Content-Range".to_owned(), range));
        }
        Wanted::Unsatisfiable => {
            answer.status = 416;
            answer.content = Content::Text(String::new());
            answer.headers.push(("Content-Range".to_owned(), format!("bytes */{len}")));
        }
    }
}

/// Writes the log, where the distribution has one.
fn log(world: &mut World, site: &Site, record: Record<'_>) {
    let Some(logging) = logging::of(&site.config) else { return };
    let (at, cookies) = (record.at, logging.include_cookies == Some(true));
    let line = Record { cookies, ..record }.line();
    logging::write(world, (&site.id, &site.arn), logging, at, &line);
}

fn count(world: &mut World, site: &str, request: &Request, result: (How, i64), bytes: u64) {
    let Some(found) = world.get_mut::<State>().distributions.get_mut(site) else { return };
    let known = found.traffic.contains_key(&request.path) || found.traffic.len() < PATHS_MAX;
    let path = if known { request.path.as_str() } else { OTHERS };
    let traffic = found.traffic.entry(path.to_owned()).or_default();
    traffic.bytes += bytes;
    match result.0 {
        How::Hit | How::RefreshHit => traffic.hits += 1,
        How::Miss => traffic.misses += 1,
        How::Error => traffic.errors += 1,
        How::Redirect => {}
    }
}

/// What CloudWatch is told, in the region where it keeps what is global.
fn measure(world: &mut World, site: &str, status: i64, bytes: u64, now: Time) {
    let account = world.config().account.clone();
    let share = |hit: bool| if hit { 100.0 } else { 0.0 };
    let (client, server) = ((400..500).contains(&status), (500..600).contains(&status));
    let values = [
        ("Requests", "None", 1.0),
        ("BytesDownloaded", "None", bytes as f64),
        ("4xxErrorRate", "Percent", share(client)),
        ("5xxErrorRate", "Percent", share(server)),
        ("TotalErrorRate", "Percent", share(client || server)),
    ];
    for (name, unit, value) in values {
        world.tell(&Measured {
            place: Place { account: account.clone(), region: "us-east-1".to_owned() },
            namespace: "AWS/CloudFront".to_owned(),
            name: name.to_owned(),
            dimensions: vec![
                ("DistributionId".to_owned(), site.to_owned()),
                ("Region".to_owned(), "Global".to_owned()),
            ],
            unit: Some(unit.to_owned()),
            value,
            at: now,
        });
    }
}
