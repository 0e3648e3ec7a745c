//! Files on their way into buckets of the account: the logs of load balancers and of distributions.
//!
//! A service of AWS writes lines to logs ([`write`]). Those of an interval are a file, which waits when its
//! time has come. Whoever stands outside of the world compresses it and keeps it among the blobs; then the
//! bucket judges whether it is let in, as it judges every request. A file that is not let in is lost, as it
//! is on AWS.

use std::collections::BTreeMap;

use base::{Blob, Rng, Time};
use serde_json::json;
use sim::api::{ApiError, Protocol, Read, Service, Shaped as _, Write};
use sim::principal::Via;
use sim::{Caller, Config, Cx, Principal, System, World};

use crate::place::Place;
use crate::s3::delivery::ACL;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]);

/// The registry entry: a service of the lab's own.
static SERVICE: Service = Service {
    name: "delivery",
    title: "Deliveries of AWS, from the outside",
    protocol: Protocol::Lab,
    signing_name: "delivery",
    api_version: "",
    xml_namespace: "",
    operations: &[&Deliver::DEF, &Waiting::DEF],
    refused: &[],
};

/// A file on its way to a bucket.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct File {
    /// In whose name it comes.
    pub by: Caller,
    pub bucket: String,
    /// It ends in `.gz`: the text is compressed on its way.
    pub key: String,
    pub text: String,
}

/// Which file of a log a line belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interval {
    /// The ARN of what the log is about.
    pub log: String,
    /// The end of the interval.
    pub until: Time,
}

/// The files of all logs.
#[derive(Hash, Debug, Default)]
pub struct State {
    /// Those that are being written.
    open: BTreeMap<Interval, File>,
    /// Those that wait for their buckets, by number.
    waiting: BTreeMap<u64, File>,
    /// How many have waited.
    count: u64,
}

impl sim::State for State {
    const NAME: &'static str = "delivery";
    type Event = Interval;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    /// A file is ready.
    fn happen(world: &mut World, event: Interval) {
        let state = world.get_mut::<Self>();
        let Some(file) = state.open.remove(&event) else { return };
        state.count += 1;
        state.waiting.insert(state.count, file);
    }
}

/// A service that delivers for a resource in a place.
#[must_use]
pub fn courier(place: &Place, service: &str, source_arn: &str) -> Caller {
    // What a service sends goes by TLS.
    let via = Via { secure: true, source_arn: source_arn.to_owned(), ..Via::default() };
    Caller { via, ..place.caller(Principal::Service(service.to_owned())) }
}

/// Writes a line to a log. The first of an interval begins a file, which is ready when it is due.
pub fn write(
    world: &mut World,
    interval: &Interval,
    due: Time,
    line: &str,
    begin: impl FnOnce(&mut World) -> File,
) {
    if !world.get::<State>().open.contains_key(interval) {
        let file = begin(world);
        world.get_mut::<State>().open.insert(interval.clone(), file);
        world.schedule::<State>(due, interval.clone());
    }
    if let Some(file) = world.get_mut::<State>().open.get_mut(interval) {
        file.text.push_str(line);
        file.text.push('\n');
    }
}

sim::structure! {
    /// A file that waits for its bucket.
    pub struct FileWaiting {
        /// Its number.
        pub number: u64 => "number",
        /// What is in it.
        pub text: String => "text",
    }
}

sim::operation! {
    /// Lists the files that wait.
    read Waiting in "delivery" = "";
    input {}
    output WaitingOutput {
        /// The files.
        pub files: Vec<FileWaiting> => "files",
        /// Whether others are being written.
        pub more: bool => "more",
    }
    errors []
    access unsigned
}

impl Read for Waiting {
    type Output = WaitingOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let files = state.waiting.iter();
        let files =
            files.map(|(number, file)| FileWaiting { number: *number, text: file.text.clone() });
        Ok(WaitingOutput { files: files.collect(), more: !state.open.is_empty() })
    }
}

sim::operation! {
    /// Puts a file into its bucket.
    write Deliver in "delivery" = "";
    input {
        /// Its number.
        pub number: u64 => "number",
        /// Its bytes, compressed, as they are kept.
        pub body: Blob => "body",
    }
    output DeliverOutput {
        /// Whether the bucket let it in.
        pub delivered: bool => "delivered",
    }
    errors []
    access unsigned
}

impl Write for Deliver {
    type Output = DeliverOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let Some(file) = world.get_mut::<State>().waiting.remove(&self.number) else {
            return Ok(DeliverOutput { delivered: false });
        };
        let input = json!({
            "Bucket": file.bucket, "Key": file.key, "Body": self.body.into_value(),
            "ACL": ACL,
        });
        let put = world.call_by(&file.by, "s3", "PutObject", input);
        Ok(DeliverOutput { delivered: put.is_ok() })
    }
}
