//! The instance metadata service (EC2 User Guide, "Use instance metadata to manage your EC2
//! instance"): version 2 with tokens, version 1 where the instance lets it.

use std::time::Duration;

use aws::ec2::guests::Facts;
use base::rng::ALNUM;
use sim::World;
use sim::traffic::{HttpRequest, HttpResponse};

use super::{OWN, tree};
use crate::state::State;

/// Seconds for which a token may be good ("Use the Instance Metadata Service").
const TTL_S: std::ops::RangeInclusive<u64> = 1..=21_600;
/// Characters of a token before the two signs that end it.
const TOKEN_LEN: usize = 54;
/// Tokens that are kept of one instance: the oldest go first.
const TOKENS_MAX: usize = 128;

const TTL_HEADER: &str = "X-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "X-aws-ec2-metadata-token";

/// Answers one request of a host.
pub(super) fn answer(world: &mut World, facts: &Facts, request: &HttpRequest) -> HttpResponse {
    let header = |wanted: &str| {
        let found = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    if !facts.metadata.enabled {
        return refused(403);
    }
    let path = request.target.split(['?', '#']).next().unwrap_or("/");
    if request.method == "PUT" {
        if path != "/latest/api/token" {
            return refused(405);
        }
        // A request that somebody forwarded gets no token.
        if header("X-Forwarded-For").is_some() {
            return refused(403);
        }
        return match header(TTL_HEADER).and_then(|text| text.parse::<u64>().ok()) {
            Some(secs) if TTL_S.contains(&secs) => token(world, &facts.instance, secs),
            _ => refused(400),
        };
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return refused(405);
    }
    let now = world.now();
    let guest = world.get::<State>().guests.get(&facts.instance);
    let good = header(TOKEN_HEADER).map(|given| {
        guest.and_then(|guest| guest.tokens.get(given)).is_some_and(|until| *until > now)
    });
    if good == Some(false) || (good.is_none() && facts.metadata.token_required) {
        return refused(401);
    }
    let mut response = match tree::find(world, facts, path) {
        Some((kind, body)) => text(200, kind, body),
        None => refused(404),
    };
    if request.method == "HEAD" {
        response.body.clear();
    }
    response
}

fn token(world: &mut World, instance: &str, secs: u64) -> HttpResponse {
    let now = world.now();
    let (state, rng) = world.parts::<State>();
    let token = format!("{}==", rng.text(ALNUM, TOKEN_LEN));
    if let Some(guest) = state.guests.get_mut(instance) {
        guest.tokens.retain(|_, until| *until > now);
        if guest.tokens.len() >= TOKENS_MAX
            && let Some(first) =
                guest.tokens.iter().min_by_key(|(_, until)| **until).map(|(name, _)| name.clone())
        {
            guest.tokens.remove(&first);
        }
        guest.tokens.insert(token.clone(), now.plus(Duration::from_secs(secs)));
    }
    let mut response = text(200, "text/plain", token);
    response.headers.push((TTL_HEADER.to_owned(), secs.to_string()));
    response
}

fn text(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> HttpResponse {
    let body = body.into();
    let headers = vec![
        ("Content-Type".to_owned(), kind.to_owned()),
        ("Content-Length".to_owned(), body.len().to_string()),
        ("Server".to_owned(), "EC2ws".to_owned()),
    ];
    HttpResponse { status, headers, body, took: OWN }
}

fn refused(status: u16) -> HttpResponse {
    let name = super::reason(status);
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\n \
         <head>\n  <title>{status} - {name}</title>\n </head>\n <body>\n  <h1>{status} - {name}</h1>\n \
         </body>\n</html>\n"
    );
    text(status, "text/html", body)
}
