//! Tests of groups, streams, events and filters, as requests see them.

mod events;
mod filters;
mod groups;
mod patterns;

use serde_json::{Value, json};

use crate::metrics::Measured;
use base::{Rng, Time};
use sim::{Caller, Config, Never, Principal, State, Subscriber, Subscription, System, World};

/// 2026-11-22T10:00:00Z.
const START: Time = Time(1_795_341_600_000);
const DAY: i64 = 24 * 3600 * 1000;

/// What was measured, as `namespace name{dimensions} value at`.
#[derive(Hash, Default)]
struct Ear(Vec<String>);

impl State for Ear {
    const NAME: &'static str = "ear";
    type Event = Never;
    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }
    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

impl Subscriber<Measured> for Ear {
    fn notify(world: &mut World, news: &Measured) {
        let dimensions: Vec<String> =
            news.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (at, unit) = (news.at.0 - START.0, news.unit.clone().unwrap_or_default());
        let dimensions = dimensions.join(",");
        let line =
            format!("{} {}{{{dimensions}}} {}{unit} {at}", news.namespace, news.name, news.value);
        world.get_mut::<Self>().0.push(line);
    }
}

static EAR: System = System::of::<Ear>(&[]).subscribed(&[Subscription::of::<Ear, Measured>()]);
static SYSTEMS: &[&System] = &[&super::SYSTEM, &crate::iam::SYSTEM, &crate::sts::SYSTEM, &EAR];

/// A world, and whoever asks in it.
struct Lab {
    world: World,
}

impl Lab {
    fn new() -> Self {
        let world = World::new(SYSTEMS, Config::new(5, START));
        Self { world: world.authorized_by(crate::authorize_operation) }
    }

    /// With a group `g` and a stream `s`.
    fn with_stream() -> Self {
        let mut lab = Self::new();
        lab.ok("CreateLogGroup", json!({"logGroupName": "g"}));
        lab.ok("CreateLogStream", json!({"logGroupName": "g", "logStreamName": "s"}));
        lab
    }

    fn ask(&mut self, who: Principal, name: &str, input: Value) -> Result<Value, String> {
        let op = super::SERVICE.operation(name).expect(name);
        let at = self.world.now();
        self.world.apply(at, &Caller::from(who), op, input).map_err(|e| e.to_string())
    }

    fn call(&mut self, name: &str, input: Value) -> Result<Value, String> {
        self.ask(Principal::Root, name, input)
    }

    fn ok(&mut self, name: &str, input: Value) -> Value {
        self.call(name, input).expect(name)
    }

    fn refused(&mut self, name: &str, input: Value, want: &str) {
        let got = self.call(name, input).expect_err(name);
        assert_eq!(got, want, "{name}");
    }

    fn pass(&mut self, ms: i64) {
        self.world.advance(Time(self.world.now().0 + ms));
    }

    /// Puts events at these milliseconds from now into stream `s` of `g`.
    fn put(&mut self, events: &[(i64, &str)]) -> Value {
        let now = self.world.now().0;
        let event = |(at, text): &(i64, &str)| json!({"timestamp": now + at, "message": text});
        let events: Vec<Value> = events.iter().map(event).collect();
        let input = json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events});
        self.ok("PutLogEvents", input)
    }

    /// The messages that a search finds.
    fn search(&mut self, mut input: Value) -> Vec<String> {
        input["logGroupName"] = json!("g");
        messages(&self.ok("FilterLogEvents", input))
    }

    /// A page of `s` of `g`.
    fn page(&mut self, mut input: Value) -> Value {
        input["logGroupName"] = json!("g");
        input["logStreamName"] = json!("s");
        self.ok("GetLogEvents", input)
    }
}

fn messages(answer: &Value) -> Vec<String> {
    let events = answer["events"].as_array().expect("events");
    events.iter().map(|e| e["message"].as_str().expect("a message").to_owned()).collect()
}
