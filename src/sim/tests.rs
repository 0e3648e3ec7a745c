//! The kernel's promises, whatever services there are.

use serde_json::json;

use super::{Caller, Config, Principal, World, service};
use crate::base::Time;

#[test]
fn equal_inputs_give_equal_digests_and_unequal_ones_do_not() {
    let run = |seed: u64, name: &str| {
        let mut world = World::new(Config::new(seed, Time(0)));
        let op = service("s3").and_then(|s| s.operation("CreateBucket")).expect("registered");
        world
            .apply(Time(5), &Caller::from(Principal::Root), op, json!({"Bucket": name}))
            .expect("created");
        world.digest()
    };
    assert_eq!(run(1, "notes"), run(1, "notes"));
    assert_ne!(run(1, "notes"), run(2, "notes"));
    assert_ne!(run(1, "notes"), run(1, "other"));
}
