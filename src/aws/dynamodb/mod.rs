//! DynamoDB (API version 2012-08-10): values, numbers and
//! expressions; and the state machine of tables, indexes, streams and backups
//! that they act on ([`state::State`]). The operations over it are in [`ops`].
//! Source: the DynamoDB developer guide and API reference.

pub mod backup;
pub mod batch;
pub mod capacity;
pub mod context;
mod error;
pub mod expression;
pub mod failure;
pub mod item;
pub mod key;
pub mod legacy;
pub mod number;
pub mod ops;
pub mod place;
pub mod query;
pub mod read;
pub mod recovery;
pub mod rows;
pub mod scan;
pub mod state;
pub mod stream;
pub mod table;
pub mod tags;
pub mod throttle;
pub mod time;
mod tokens;
pub mod transact;
pub mod ttl;
pub mod value;
mod view;
pub mod write;

#[cfg(test)]
mod tests;

use base::Rng;
pub use error::ApiError;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE, &STREAMS]).with_view(view::view);

/// How the service speaks.
pub(crate) const PROTOCOL: Protocol = Protocol::Json {
    version: "1.0",
    target: "DynamoDB_20120810",
    errors: "com.amazonaws.dynamodb.v20120810",
};

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "dynamodb",
    title: "Amazon DynamoDB",
    protocol: PROTOCOL,
    signing_name: "dynamodb",
    api_version: "2012-08-10",
    xml_namespace: "",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

/// The registry entry of the streams of changes.
pub static STREAMS: Service = Service {
    name: "dynamodbstreams",
    title: "Amazon DynamoDB Streams",
    protocol: Protocol::Json {
        version: "1.0",
        target: "DynamoDBStreams_20120810",
        errors: "com.amazonaws.dynamodb.v20120810",
    },
    signing_name: "dynamodb",
    api_version: "2012-08-10",
    xml_namespace: "",
    operations: ops::streams::ALL,
    refused: &[],
};

impl sim::State for State {
    const NAME: &'static str = "dynamodb";
    type Event = context::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: context::Event) {
        let now = world.now();
        let (state, rng) = world.parts::<Self>();
        let mut draw = || rng.next_u64();
        let mut cx = context::Cx::new(event.place.clone(), now, &mut draw);
        state.happen(&mut cx, &event);
        for (at, event) in cx.events {
            world.schedule::<Self>(at, event);
        }
    }
}
