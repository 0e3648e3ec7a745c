//! The kernel's promises, with systems made up for it.

use serde_json::{Value, json};

use super::api::{ApiError, OpDef, Protocol, Read, Refused, Service, Write};
use super::{Beginning, Caller, Config, Cx, Never, Principal, Scope, State, System, World};
use base::{Digest, Rng, Time};

/// Counts what it is told, and ticks by itself once it has been begun.
#[derive(Hash, Debug)]
struct Counter {
    id: u64,
    count: i64,
    ticks: u64,
}

#[derive(Hash, Debug)]
enum Tick {
    Minute,
}

const MINUTE: i64 = 60_000;

impl State for Counter {
    const NAME: &'static str = "counter";
    type Event = Tick;

    fn new(_: &Config, rng: &mut Rng) -> Self {
        Self { id: rng.next_u64(), count: 0, ticks: 0 }
    }

    fn begin(world: &mut World) {
        let at = Time(world.now().0 + MINUTE);
        world.schedule::<Self>(at, Tick::Minute);
    }

    fn happen(world: &mut World, event: Tick) {
        match event {
            Tick::Minute => world.get_mut::<Self>().ticks += 1,
        }
        Self::begin(world);
    }
}

/// Draws identifiers, and does nothing by itself.
#[derive(Hash, Debug, Default)]
struct Names(Vec<u64>);

impl State for Names {
    const NAME: &'static str = "names";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

crate::structure! {
    /// Where something comes from.
    pub struct Source {
        /// Its name.
        pub name: Option<String> => "Name",
        /// How sure that is; not simulated.
        pub doubt: Refused<bool> => "Doubt",
    }
}

crate::operation! {
    /// Adds to the count.
    write Add in "counter" = "";
    input {
        /// How much; what is negative is refused.
        by: i64 => "By",
        /// Where from; not simulated.
        _from: Vec<Source> => "From",
    }
    output AddOutput {
        /// What it is then.
        pub count: i64 => "Count",
    }
    errors ["Negative"]
    access open
}

impl Write for Add {
    type Output = AddOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<AddOutput, ApiError> {
        // It is touched before it is known whether anything will change.
        let counter = world.get_mut::<Counter>();
        if self.by < 0 {
            return Err(ApiError::new(400, "Negative", "The count does not go back."));
        }
        counter.count += self.by;
        Ok(AddOutput { count: counter.count })
    }
}

crate::operation! {
    /// Answers what is there and where it was asked.
    read Show in "counter" = "";
    input {}
    output ShowOutput {
        /// The count.
        pub count: i64 => "Count",
        /// How often a minute has passed.
        pub ticks: i64 => "Ticks",
        /// The account and region of the request.
        pub place: String => "Place",
    }
    errors []
    access open
}

impl Read for Show {
    type Output = ShowOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<ShowOutput, ApiError> {
        let Counter { count, ticks, .. } = world.get::<Counter>();
        let ticks = i64::try_from(*ticks).unwrap_or(i64::MAX);
        let place = format!("{} {}", cx.account, cx.region);
        Ok(ShowOutput { count: *count, ticks, place })
    }
}

crate::operation! {
    /// Makes a name, and counts it with the other system.
    write Make in "names" = "";
    input {
        /// How much is counted for it.
        by: i64 => "By",
    }
    output MakeOutput {}
    errors ["Negative"]
    access open
}

impl Write for Make {
    type Output = MakeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<MakeOutput, ApiError> {
        world.call(cx, "counter", "Add", json!({"By": self.by}))?;
        let (names, rng) = world.parts::<Names>();
        names.0.push(rng.next_u64());
        Ok(MakeOutput {})
    }
}

const fn service(name: &'static str, operations: &'static [&'static OpDef]) -> Service {
    Service {
        name,
        title: name,
        protocol: Protocol::Hadoop,
        signing_name: name,
        api_version: "1",
        xml_namespace: "",
        operations,
        refused: &["Forget"],
    }
}

static COUNTER_SERVICE: Service = service("counter", &[&Add::DEF, &Show::DEF]);
static NAMES_SERVICE: Service = service("names", &[&Make::DEF]);
static COUNTER: System = System::of::<Counter>(&[&COUNTER_SERVICE]);
static NAMES: System = System::of::<Names>(&[&NAMES_SERVICE]);
static ONE: &[&System] = &[&COUNTER];
static BOTH: &[&System] = &[&NAMES, &COUNTER];

fn world(systems: &'static [&'static System]) -> World {
    World::new(systems, Config::new(7, Time(0)))
}

fn ask(world: &mut World, at: i64, op: &str, input: Value) -> Result<Value, ApiError> {
    let (service, op) = op.split_once(' ').expect("a service and an operation");
    let op = world.operation(service, op).expect("an operation");
    world.apply(Time(at), &Caller::from(Principal::Lab), op, input)
}

fn after(systems: &'static [&'static System], inputs: &[(i64, &str, Value)]) -> Digest {
    let mut world = world(systems);
    for (at, op, input) in inputs {
        let _refused = ask(&mut world, *at, op, input.clone()).is_err();
    }
    world.digest()
}

#[test]
fn a_system_that_is_added_changes_nothing_in_a_world_that_never_used_it() {
    let inputs = [
        (10, "counter Add", json!({"By": 2})),
        (5 * MINUTE, "counter Show", json!({})),
        (6 * MINUTE, "counter Add", json!({"By": -1})),
        (7 * MINUTE, "counter Add", json!({"By": 3})),
    ];
    assert_eq!(after(ONE, &inputs), after(BOTH, &inputs));
}

#[test]
fn a_reader_of_an_untouched_system_sees_it_as_it_has_become_and_leaves_nothing() {
    let mut world = world(ONE);
    world.advance(Time(3 * MINUTE + 5));
    let before = world.digest();
    let seen = ask(&mut world, 3 * MINUTE + 5, "counter Show", json!({})).expect("shown");
    assert_eq!(seen["Ticks"], 3);
    assert_eq!((world.digest(), world.next_event()), (before, None));
    let seen = ask(&mut world, 5 * MINUTE, "counter Show", json!({})).expect("shown");
    assert_eq!(seen["Ticks"], 5, "it goes on as time does");
    ask(&mut world, 5 * MINUTE + 1, "counter Add", json!({"By": 1})).expect("added");
    assert_eq!(world.next_event(), Some(Time(6 * MINUTE)));
    let seen = ask(&mut world, 8 * MINUTE, "counter Show", json!({})).expect("shown");
    assert_eq!((&seen["Count"], &seen["Ticks"]), (&json!(1), &json!(8)));
}

#[test]
fn when_a_system_is_touched_makes_no_difference() {
    let early = [
        (1, "counter Add", json!({"By": 0})),
        (4 * MINUTE, "counter Add", json!({"By": 1})),
        (9 * MINUTE, "counter Show", json!({})),
    ];
    assert_eq!(after(ONE, &early), after(ONE, &early[1..]));
}

#[test]
fn what_is_refused_leaves_untouched_what_it_was_the_first_to_touch() {
    let mut world = world(BOTH);
    let before = world.digest();
    let refused = ask(&mut world, 0, "names Make", json!({"By": -1}));
    assert_eq!(refused.map_err(|e| e.code), Err("Negative".into()));
    assert_eq!((world.digest(), world.next_event()), (before, None));
    ask(&mut world, 0, "names Make", json!({"By": 1})).expect("made");
    assert_ne!(world.digest(), before);
    assert_eq!(world.get::<Names>().0.len(), 1);
}

#[test]
fn a_generator_belongs_to_its_system() {
    let id = |systems, first: Option<&str>| {
        let mut world = world(systems);
        if let Some(op) = first {
            ask(&mut world, 0, op, json!({"By": 1})).expect("done");
        }
        world.get::<Counter>().id
    };
    assert_eq!(id(ONE, None), id(BOTH, Some("names Make")));
    assert_eq!(id(ONE, None), id(ONE, Some("counter Add")));
}

#[test]
fn a_request_turns_to_an_account_and_a_region() {
    let check = |account: &str, region: &str, want: &str| {
        let mut world = world(ONE);
        let scope = Scope { account: account.into(), region: region.into() };
        let caller = Caller { scope, ..Caller::from(Principal::Root) };
        let seen = world.apply(Time(0), &caller, &Show::DEF, json!({})).expect("shown");
        assert_eq!(seen["Place"], want);
    };
    check("", "", "123456789012 us-east-1");
    check("", "eu-west-1", "123456789012 eu-west-1");
    check("210987654321", "", "210987654321 us-east-1");
}

#[test]
fn a_member_that_is_not_simulated_must_not_be_given() {
    let check = |input: Value, want: Result<(), &str>| {
        let mut world = world(ONE);
        let before = world.digest();
        let done = ask(&mut world, 0, "counter Add", input).map(drop).map_err(|e| e.to_string());
        assert_eq!(done, want.map_err(str::to_owned));
        assert_eq!(world.digest() == before, want.is_err(), "a refusal changes nothing");
    };
    check(json!({"By": 1, "From": [{"Name": "a"}, {"Name": "b", "Doubt": null}]}), Ok(()));
    check(
        json!({"By": 1, "From": [{}, {"Doubt": true}]}),
        Err(
            "UnsupportedOperationException: The parameter From.Doubt is not simulated here, so it \
             cannot be given",
        ),
    );
    let refused = COUNTER_SERVICE.refusal("Forget").map(|error| error.to_string());
    let want =
        "UnsupportedOperationException: The operation Forget of counter is not simulated here";
    assert_eq!(refused.as_deref(), Some(want));
    assert_eq!(COUNTER_SERVICE.refusal("Add"), None);
}

#[test]
fn each_protocol_words_its_refusals() {
    let check = |protocol: Protocol, member: (u16, &str), operation: (u16, &str)| {
        let of = |error: &ApiError| (error.status, error.code.clone());
        let told = protocol.refused_member(Source::SHAPE, "Doubt");
        assert_eq!(of(&told), (member.0, member.1.to_owned()), "{protocol:?}");
        let told = protocol.refused_operation("Names", "Forget");
        assert_eq!(of(&told), (operation.0, operation.1.to_owned()), "{protocol:?}");
    };
    let json = Protocol::Json { version: "1.0", target: "", errors: "" };
    check(Protocol::RestXml, (501, "NotImplemented"), (501, "NotImplemented"));
    check(Protocol::Query, (501, "NotImplemented"), (501, "NotImplemented"));
    check(Protocol::Ec2, (400, "UnsupportedOperation"), (400, "UnsupportedOperation"));
    check(json, (400, "ValidationException"), (400, "UnknownOperationException"));
    let rest = Protocol::RestJson;
    check(rest, (400, "ValidationException"), (404, "UnknownOperationException"));
}

#[test]
fn a_service_that_is_not_there_is_named() {
    let mut world = world(ONE);
    let caller = Caller::from(Principal::Lab);
    let cx = Cx { at: Time(0), caller: &caller, account: "1", region: "r" };
    let answer = world.call(&cx, "nobody", "Nothing", json!({}));
    assert_eq!(
        answer.map_err(|e| e.to_string()),
        Err("UnknownOperationException: nobody has no operation Nothing here".into())
    );
}

#[test]
fn what_a_shape_lists_exists_before_the_first_input() {
    let shaped = |list: &[(&str, Value)]| {
        let mut config = Config::new(7, Time(0));
        config.shape.exists = list
            .iter()
            .map(|(op, input)| {
                let (service, op) = op.split_once(' ').expect("a service and an operation");
                Beginning {
                    service: service.into(),
                    op: op.into(),
                    region: String::new(),
                    input: input.clone(),
                }
            })
            .collect();
        let mut world = World::new(BOTH, config);
        world.begin().map(|()| world)
    };
    let list = [("names Make", json!({"By": 2})), ("counter Add", json!({"By": 3}))];
    let mut world = shaped(&list).expect("begun");
    assert_eq!((world.get::<Counter>().count, world.get::<Names>().0.len()), (5, 1));
    assert_eq!(world.digest(), shaped(&list).expect("begun").digest());
    assert_ne!(world.digest(), shaped(&list[..1]).expect("begun").digest());
    // A refusal afterwards leaves what exists.
    let refused = ask(&mut world, 0, "names Make", json!({"By": -1}));
    assert!(refused.is_err() && world.get::<Names>().0.len() == 1);
    let refused = |list: &[(&str, Value)]| {
        shaped(list).map(drop).map_err(|refused| (refused.at, refused.error.code))
    };
    assert_eq!(
        refused(&[list[0].clone(), ("counter Add", json!({"By": -1}))]),
        Err((1, "Negative".into()))
    );
    assert_eq!(
        refused(&[("counter Sub", json!({}))]),
        Err((0, "UnknownOperationException".into()))
    );
}
