//! A made-up system that answers at every address of every network.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use base::Rng;
use sim::traffic::{Answer, Endpoint, HttpResponse, Question};
use sim::{Config, Never, World};

/// How an address answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Manner {
    Status(u16),
    Slow(u64),
    Refused,
    Silent,
}

#[derive(Hash, Debug, Default)]
pub(super) struct State {
    pub(super) manners: BTreeMap<Ipv4Addr, Manner>,
}

pub(super) static SYSTEM: sim::System = sim::System::of::<State>(&[]).answering(answer);

impl sim::State for State {
    const NAME: &'static str = "behind";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

/// Says the method, the target, the headers and its own address.
#[allow(clippy::unnecessary_wraps, reason = "a system answers so")]
fn answer(world: &mut World, at: &Endpoint, question: &Question) -> Option<Answer> {
    let Question::Http(request) = question else { return Some(Answer::Connected) };
    let manner = world.get::<State>().manners.get(&at.address).copied();
    let (status, took) = match manner.unwrap_or(Manner::Status(200)) {
        Manner::Status(status) => (status, Duration::ZERO),
        Manner::Slow(seconds) => (200, Duration::from_secs(seconds)),
        Manner::Refused => return Some(Answer::Refused),
        Manner::Silent => return Some(Answer::Silent),
    };
    let mut body = format!("{}\n{} {}\n", at.address, request.method, request.target);
    for (name, value) in &request.headers {
        body = body + name + ": " + value + "\n";
    }
    let headers = vec![("Content-Type".to_owned(), "text/plain".to_owned())];
    let headers = if request.target.starts_with("/login") {
        headers
            .into_iter()
            .chain([("Set-Cookie".to_owned(), "SESSION=1; Path=/".to_owned())])
            .collect()
    } else {
        headers
    };
    Some(Answer::Http(HttpResponse { status, headers, body: body.into_bytes(), took }))
}
