//! Random batches in worlds of random seeds: each twice with equal digests, and what a zone has is what
//! was put into it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Lab, batch, plain, text};
use base::Rng;

/// Plays some batches, most of them wrong somewhere; what ought to be there by then.
fn played(seed: u64) -> (Lab, BTreeMap<String, String>) {
    let mut lab = Lab::new(seed);
    let zone = lab.zone("shop.net", None);
    let mut rng = Rng::new(seed);
    let mut want = BTreeMap::new();
    for _ in 0..60 {
        let mut next = want.clone();
        let mut changes: Vec<Value> = Vec::new();
        let mut named = std::collections::BTreeSet::new();
        let mut good = true;
        for _ in 0..=rng.below(3) {
            let name = format!("h{}.shop.net.", rng.below(6));
            if !named.insert(name.clone()) {
                continue;
            }
            let address = format!("192.0.2.{}", rng.below(3));
            let action = *rng.pick(&["CREATE", "UPSERT", "DELETE"]).expect("one");
            changes.push(plain(action, &name, "A", &[&address]));
            good &= match action {
                "CREATE" => !next.contains_key(&name),
                "DELETE" => next.get(&name) == Some(&address),
                _ => true,
            };
            match action {
                "DELETE" => drop(next.remove(&name)),
                _ => drop(next.insert(name, address)),
            }
        }
        let done = lab.apply("route53", "ChangeResourceRecordSets", batch(&zone, json!(changes)));
        assert_eq!(done.is_ok(), good, "{changes:?}: {done:?}");
        if good {
            want = next;
        }
        lab.pass(rng.below(90));
    }
    lab.pass(61);
    (lab, want)
}

#[test]
fn a_zone_has_what_was_put_into_it() {
    for seed in 0..12 {
        let (mut lab, want) = played(seed);
        let (again, _) = played(seed);
        assert_eq!(lab.world.digest(), again.world.digest());
        let zones = lab.ask("ListHostedZones", json!({}));
        let zone = text(&zones["HostedZones"][0]["Id"]);
        let listed = lab.ask("ListResourceRecordSets", json!({"HostedZoneId": zone}));
        let sets = listed["ResourceRecordSets"].as_array().expect("sets");
        let found: BTreeMap<String, String> = sets
            .iter()
            .filter(|set| set["Type"] == "A")
            .map(|set| (text(&set["Name"]), text(&set["ResourceRecords"][0]["Value"])))
            .collect();
        assert_eq!(found, want, "seed {seed}");
        for n in 0..6 {
            let name = format!("h{n}.shop.net");
            let answer = lab.values(&name, "A", None);
            let kept = want.get(&format!("{name}.")).map_or("NXDOMAIN", String::as_str);
            assert_eq!(answer, [kept], "seed {seed}, {name}");
        }
    }
}
