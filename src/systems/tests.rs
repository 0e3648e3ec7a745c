//! The kernel's promises, kept by every system that there is.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{empty, service, services};
use base::{Digest, Time};
use sim::api::{OpDef, Protocol, Shape, StructShape};
use sim::{Caller, Config, Principal, World};

/// One input of a world: how much later than the last, by whom, what.
#[derive(Clone, Debug)]
struct Input {
    wait_ms: i64,
    caller: Principal,
    op: &'static OpDef,
    members: Value,
}

impl Input {
    fn run(&self, world: &mut World) -> Result<Value, sim::api::ApiError> {
        let at = Time(world.now().0 + self.wait_ms);
        world.apply(at, &Caller::from(self.caller.clone()), self.op, self.members.clone())
    }
}

fn op(service_name: &str, name: &str) -> &'static OpDef {
    service(service_name).and_then(|s| s.operation(name)).expect(name)
}

fn callers() -> impl Strategy<Value = Principal> {
    // Root most of the time, so that most requests get somewhere.
    prop_oneof![
        5 => Just(Principal::Root),
        1 => Just(Principal::Anonymous),
        2 => name().prop_map(Principal::User),
        1 => (name(), name()).prop_map(|(role, session)| Principal::Role { role, session }),
    ]
}

/// A few names only, so that requests meet what earlier ones made.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["ann", "bob", "Ann", "c c"]).prop_map(str::to_owned)
}

fn policy() -> impl Strategy<Value = String> {
    let document = |effect: &str, action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action,
            "Resource": "*"}]})
        .to_string()
    };
    prop::sample::select(vec![
        document("Allow", "iam:*"),
        document("Deny", "iam:Create*"),
        document("Allow", "sts:AssumeRole"),
        "{".to_owned(),
    ])
}

/// Requests of IAM and STS, right and wrong ones.
fn requests() -> impl Strategy<Value = (&'static OpDef, Value)> {
    let trust = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "sts:AssumeRole"}})
    .to_string();
    let user = |name: &'static str| {
        super::tests::name().prop_map(move |n| (op("iam", name), json!({"UserName": n})))
    };
    let member = |op_name: &'static str| {
        (name(), name()).prop_map(move |(user, group)| {
            (op("iam", op_name), json!({"UserName": user, "GroupName": group}))
        })
    };
    prop_oneof![
        user("CreateUser"),
        user("DeleteUser"),
        user("GetUser"),
        user("CreateAccessKey"),
        user("ListAccessKeys"),
        member("AddUserToGroup"),
        member("RemoveUserFromGroup"),
        (name(), name()).prop_map(|(old, new)| {
            (op("iam", "UpdateUser"), json!({"UserName": old, "NewUserName": new}))
        }),
        name().prop_map(|n| (op("iam", "CreateGroup"), json!({"GroupName": n}))),
        name().prop_map(move |n| {
            let input = json!({"RoleName": n, "AssumeRolePolicyDocument": trust});
            (op("iam", "CreateRole"), input)
        }),
        name().prop_map(|n| (op("iam", "DeleteRole"), json!({"RoleName": n}))),
        (name(), name(), policy()).prop_map(|(user, name, text)| {
            let input = json!({"UserName": user, "PolicyName": name, "PolicyDocument": text});
            (op("iam", "PutUserPolicy"), input)
        }),
        (name(), policy()).prop_map(|(name, text)| {
            (op("iam", "CreatePolicy"), json!({"PolicyName": name, "PolicyDocument": text}))
        }),
        (name(), name()).prop_map(|(user, name)| {
            let arn = format!("arn:aws:iam::123456789012:policy/{name}");
            (op("iam", "AttachUserPolicy"), json!({"UserName": user, "PolicyArn": arn}))
        }),
        Just((op("iam", "ListUsers"), json!({}))),
        Just((op("iam", "GetAccountSummary"), json!({}))),
        Just((op("sts", "GetCallerIdentity"), json!({}))),
        Just((op("sts", "GetSessionToken"), json!({}))),
        (name(), name()).prop_map(|(role, session)| {
            let arn = format!("arn:aws:iam::123456789012:role/{role}");
            (op("sts", "AssumeRole"), json!({"RoleArn": arn, "RoleSessionName": session}))
        }),
    ]
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let one = (0i64..2_000_000, callers(), requests())
        .prop_map(|(wait_ms, caller, (op, members))| Input { wait_ms, caller, op, members });
    prop::collection::vec(one, 1..24)
}

fn world(seed: u64) -> World {
    empty(Config::new(seed, Time(1_000)))
}

/// What a world is after these inputs.
fn after(seed: u64, inputs: &[Input]) -> Digest {
    let mut world = world(seed);
    for input in inputs {
        // Refusals are part of what is to be repeated.
        let _refused = input.run(&mut world).is_err();
    }
    world.digest()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_seed_and_inputs_give_the_same_world(seed in any::<u64>(), inputs in inputs()) {
        prop_assert_eq!(after(seed, &inputs), after(seed, &inputs));
    }

    #[test]
    fn time_may_pass_in_one_step_or_in_many(
        seed in any::<u64>(),
        steps in prop::collection::vec(0i64..900_000, 1..12),
        inputs in inputs(),
    ) {
        let (mut once, mut often) = (world(seed), world(seed));
        for input in &inputs {
            prop_assert_eq!(input.run(&mut once), input.run(&mut often));
            let end = Time(once.now().0 + steps.iter().sum::<i64>());
            once.advance(end);
            for step in &steps {
                let now = often.now();
                often.advance(Time(now.0 + step));
            }
        }
        prop_assert_eq!(once.digest(), often.digest());
    }

    #[test]
    fn what_only_reads_or_fails_changes_nothing(seed in any::<u64>(), inputs in inputs()) {
        let mut world = world(seed);
        for input in &inputs {
            // The clock moves even then, so both digests are taken at the same instant.
            world.advance(Time(world.now().0 + input.wait_ms));
            let before = world.digest();
            let refused = Input { wait_ms: 0, ..input.clone() }.run(&mut world).is_err();
            if refused || input.op.read_only() {
                prop_assert_eq!(world.digest(), before, "{:?} {}", input.op, &input.members);
            }
        }
    }
}

/// A system that the next version brings, say.
#[derive(Hash, Debug)]
struct Newcomer(u64);

impl sim::State for Newcomer {
    const NAME: &'static str = "a newcomer";
    type Event = sim::Never;

    fn new(_: &Config, rng: &mut base::Rng) -> Self {
        Self(rng.next_u64())
    }

    fn happen(_: &mut World, event: sim::Never) {
        match event {}
    }
}

static NEWCOMER: sim::System = sim::System::of::<Newcomer>(&[]);

#[test]
fn old_journals_lead_to_the_same_world_when_a_system_has_been_added() {
    let more: Vec<&sim::System> =
        std::iter::once(&NEWCOMER).chain(super::SYSTEMS.iter().copied()).collect();
    let more: &'static [&'static sim::System] = more.leak();
    let run = |mut world: World| {
        let calls = [
            ("iam", "CreateUser", json!({"UserName": "ann"})),
            ("iam", "CreateAccessKey", json!({"UserName": "ann"})),
            ("s3", "CreateBucket", json!({"Bucket": "a-bucket"})),
            ("hdfs", "Mkdirs", json!({"Path": "/user"})),
            ("machines", "KillMachine", json!({"names": ["dn1"]})),
        ];
        for (minute, (service, name, members)) in calls.into_iter().enumerate() {
            let input = Input {
                wait_ms: i64::try_from(minute).expect("small") * 60_000,
                caller: Principal::Root,
                op: op(service, name),
                members,
            };
            // What is refused is refused in both.
            let _refused = input.run(&mut world).is_err();
        }
        world.advance(Time(world.now().0 + 3_600_000));
        world.digest()
    };
    let config = || Config::new(11, Time(1_000));
    assert_eq!(run(World::new(super::SYSTEMS, config())), run(World::new(more, config())));
}

#[test]
fn unequal_inputs_give_unequal_digests() {
    let create = |name: &str| {
        vec![Input {
            wait_ms: 5,
            caller: Principal::Root,
            op: op("iam", "CreateUser"),
            members: json!({"UserName": name}),
        }]
    };
    assert_eq!(after(1, &create("ann")), after(1, &create("ann")));
    assert_ne!(after(1, &create("ann")), after(2, &create("ann")));
    assert_ne!(after(1, &create("ann")), after(1, &create("bob")));
}

/// A structure and every structure in it, each once.
fn structures(
    shape: &'static StructShape,
    seen: &mut BTreeSet<*const StructShape>,
) -> Vec<&'static StructShape> {
    if !seen.insert(std::ptr::from_ref(shape)) {
        return Vec::new();
    }
    let mut found = vec![shape];
    for member in shape.members {
        let mut kind = (member.shape)();
        while let Shape::List(inner) | Shape::Map(inner) = kind {
            kind = inner();
        }
        if let Some(inner) = kind.members() {
            found.extend(structures(inner, seen));
        }
    }
    found
}

#[test]
fn every_operation_describes_itself() {
    let mut wrong = Vec::new();
    let mut taken = BTreeSet::new();
    for service in services() {
        if !taken.insert(service.name) {
            wrong.push(format!("{}: the name is taken", service.name));
        }
        let mut names = BTreeSet::new();
        for op in service.operations {
            let mut say = |what: &str| wrong.push(format!("{op:?}: {what}"));
            if op.service != service.name {
                say("stands in another service's list");
            }
            if !names.insert(op.kebab()) {
                say("the name is taken");
            }
            if op.doc.trim().is_empty() {
                say("has no documentation");
            }
            if !(200..300).contains(&op.status) {
                say("answers success with a status that is none");
            }
            check_more(op, &mut say);
            let errors: BTreeSet<_> = op.errors.iter().collect();
            if errors.len() != op.errors.len() || errors.iter().any(|e| e.is_empty()) {
                say("lists an error twice, or an empty one");
            }
            let mut seen = BTreeSet::new();
            for shape in [(op.input)(), (op.output)()] {
                for shape in structures(shape, &mut seen) {
                    check_members(shape, &mut say);
                }
            }
            if matches!(service.protocol, Protocol::RestXml | Protocol::RestJson) {
                check_http(op, &mut say);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// That what an operation says beyond its fields names members that there are.
fn check_more(op: &OpDef, say: &mut impl FnMut(&str)) {
    use sim::api::Access;
    let (input, output) = ((op.input)(), (op.output)());
    let known = |shape: &'static StructShape, path: &str| {
        shape.member(path.split('.').next().unwrap_or_default()).is_some()
    };
    match op.access {
        Access::Unsaid => say("does not say who may call it"),
        Access::Asks(grants) => {
            for grant in grants {
                let holes = grant.resource.split('{').skip(1).filter_map(|t| t.split('}').next());
                let holes = holes.filter(|name| !["region", "account"].contains(name));
                for path in holes.chain(grant.keys.iter().map(|(_, member)| *member)) {
                    if !known(input, path) {
                        say(&format!("asks by {path}, which it has not"));
                    }
                }
            }
        }
        Access::Itself | Access::Open | Access::Unsigned => {}
    }
    if let Some(pages) = op.pages {
        for path in pages.input.iter().chain(&pages.limit) {
            if !known(input, path) {
                say(&format!("pages by {path}, which it has not"));
            }
        }
        for path in pages.output.iter().chain(&pages.more).chain(pages.results.first()) {
            if !known(output, path) {
                say(&format!("pages by {path}, which its answer has not"));
            }
        }
        if pages.input.len() != pages.output.len() || pages.input.is_empty() {
            say("does not say where its pages begin");
        }
    }
    if op.token.is_some_and(|token| !known(input, token)) {
        say("has no member for its token");
    }
    for waiter in op.waiters {
        if waiter.acceptors.is_empty() || waiter.attempts_max == 0 || waiter.delay_s == 0 {
            say(&format!("cannot be waited for by {}", waiter.name));
        }
    }
}

fn check_members(shape: &StructShape, say: &mut impl FnMut(&str)) {
    let mut names = BTreeSet::new();
    for member in shape.members {
        if member.doc.trim().is_empty() {
            say(&format!("{}.{} has no documentation", shape.name, member.name));
        }
        if !names.insert(member.name) {
            say(&format!("{}.{} stands there twice", shape.name, member.name));
        }
    }
}

/// Ends of names that only secrets have.
const SECRETS: [&str; 3] = ["Password", "SecretAccessKey", "CustomerKey"];
/// Members of other names that may hold one.
const MAYBE_SECRET: [(&str, &str); 2] =
    [("ImportCertificate", "PrivateKey"), ("PutParameter", "Value")];

#[test]
fn what_clients_keep_secret_is_sealed_before_it_is_written_down() {
    let mut sealed = 0;
    for op in services().flat_map(|s| s.operations.iter().copied()) {
        let input = (op.input)();
        for member in input.members {
            let named = SECRETS.iter().any(|end| member.name.ends_with(end));
            // A flag of that name is none.
            let named = named && matches!((member.shape)(), Shape::String)
                || MAYBE_SECRET.contains(&(op.name, member.name));
            assert_eq!(named, member.seal.is_some(), "{op:?} {}", member.name);
            sealed += usize::from(named);
        }
        // Requests are sealed by their own members alone.
        for inner in structures(input, &mut BTreeSet::new()).into_iter().skip(1) {
            assert!(inner.members.iter().all(|m| m.seal.is_none()), "{op:?} {}", inner.name);
        }
    }
    assert!(sealed > 10, "only {sealed} secrets were found");
}

/// That the line has a method and a path, and that labels and members agree.
fn check_http(op: &OpDef, say: &mut impl FnMut(&str)) {
    let Some((method, target)) = op.http.split_once(' ') else {
        return say("its http line has no method and path");
    };
    if !["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"].contains(&method) {
        say("its method is none");
    }
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    if !path.starts_with('/') {
        say("its path does not begin with a slash");
    }
    let labels: BTreeSet<&str> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|label| label.trim_end_matches('+'))
        .collect();
    let uris: BTreeSet<&str> = (op.input)()
        .members
        .iter()
        .filter(|m| m.location == sim::api::Location::Uri)
        .map(|m| m.name)
        .collect();
    if labels != uris {
        say("the labels of its path are not the members that travel there");
    }
}
