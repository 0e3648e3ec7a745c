//! Batches of changes: what is taken, what is refused and in which words.

use serde_json::{Value, json};

use super::{Lab, alias, plain, text, weighted};

#[test]
fn a_batch_is_made_whole_or_not_at_all() {
    let (mut lab, zone) = Lab::with_zone();
    let wrong = lab.wrong(
        &zone,
        json!([
            plain("CREATE", "a.shop.net", "A", &["192.0.2.1"]),
            plain("DELETE", "b.shop.net", "A", &["192.0.2.1"]),
            plain("DELETE", "c.shop.net", "TXT", &["\"x\""]),
        ]),
    );
    assert_eq!(
        wrong,
        "InvalidChangeBatch: [Tried to delete resource record set [name='b.shop.net.', type='A'] but \
         it was not found, Tried to delete resource record set [name='c.shop.net.', type='TXT'] but \
         it was not found]"
    );
    lab.change(&zone, json!([plain("CREATE", "a.shop.net", "A", &["192.0.2.1"])]));
    lab.change(
        &zone,
        json!([
            plain("DELETE", "a.shop.net", "A", &["192.0.2.1"]),
            plain("CREATE", "a.shop.net", "CNAME", &["www.shop.net"]),
            plain("UPSERT", "b.shop.net", "MX", &["10 mail.shop.net"]),
        ]),
    );
    assert_eq!(lab.values("b.shop.net", "MX", None), ["10 mail.shop.net"]);
}

#[test]
fn wrong_changes_are_told_in_the_services_words() {
    let (mut lab, zone) = Lab::with_zone();
    lab.change(
        &zone,
        json!([
            plain("CREATE", "www.shop.net", "A", &["192.0.2.1"]),
            plain("CREATE", "old.shop.net", "CNAME", &["www.shop.net"]),
        ]),
    );
    let mut check = |change: Value, want: &str| {
        let got = lab.wrong(&zone, json!([change]));
        assert_eq!(got, format!("InvalidChangeBatch: [{want}]"));
    };
    check(
        plain("CREATE", "www.shop.net", "A", &["192.0.2.2"]),
        "Tried to create resource record set [name='www.shop.net.', type='A'] but it already exists",
    );
    check(
        plain("DELETE", "www.shop.net", "A", &["192.0.2.2"]),
        "Tried to delete resource record set [name='www.shop.net.', type='A'] but the values provided \
         do not match the current values",
    );
    check(
        plain("CREATE", "www.other.net", "A", &["192.0.2.2"]),
        "RRSet with DNS name www.other.net. is not permitted in zone shop.net.",
    );
    check(
        plain("CREATE", "shop.net", "CNAME", &["www.shop.net"]),
        "RRSet of type CNAME with DNS name shop.net. is not permitted at apex in zone shop.net.",
    );
    check(
        plain("CREATE", "www.shop.net", "CNAME", &["old.shop.net"]),
        "RRSet of type CNAME with DNS name www.shop.net. is not permitted as it conflicts with other \
         records with the same DNS name in zone shop.net.",
    );
    check(
        plain("CREATE", "old.shop.net", "A", &["192.0.2.2"]),
        "RRSet of type A with DNS name old.shop.net. is not permitted because a conflicting RRSet of \
         type CNAME with the same DNS name already exists in zone shop.net.",
    );
    check(
        plain("CREATE", "x.shop.net", "A", &["x"]),
        "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 \
         address) encountered with 'x''",
    );
    check(
        plain("CREATE", "x.shop.net", "A", &["192.0.2.1", "192.0.2.1"]),
        "Duplicate Resource Record: '192.0.2.1'",
    );
    check(
        plain("CREATE", "x..shop.net", "A", &["192.0.2.1"]),
        "FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'x..shop.net'",
    );
}

#[test]
fn a_zone_keeps_what_it_began_with() {
    let (mut lab, zone) = Lab::with_zone();
    let listed = lab.ask("ListResourceRecordSets", json!({"HostedZoneId": zone}));
    let delete = |at: usize| json!({"Action": "DELETE", "ResourceRecordSet": listed["ResourceRecordSets"][at]});
    let wrong = lab.wrong(&zone, json!([delete(0), delete(1)]));
    assert_eq!(
        wrong,
        "InvalidChangeBatch: [A HostedZone must contain at least one NS record for the zone itself., A \
         HostedZone must contain exactly one SOA record.]"
    );
}

#[test]
fn a_change_says_neither_too_little_nor_too_much() {
    let (mut lab, zone) = Lab::with_zone();
    let mut check = |members: Value, want: &str| {
        let mut set = json!({"Name": "a.shop.net", "Type": "A"});
        for (name, value) in members.as_object().expect("members") {
            set[name] = value.clone();
        }
        let got = lab.wrong(&zone, json!([{"Action": "CREATE", "ResourceRecordSet": set}]));
        assert!(got.starts_with(want), "{got}");
    };
    let values = json!([{"Value": "192.0.2.1"}]);
    let target =
        json!({"HostedZoneId": "Z1", "DNSName": "b.shop.net", "EvaluateTargetHealth": false});
    check(
        json!({}),
        "InvalidInput: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and \
         ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with [Action=CREATE, \
         Name=a.shop.net, Type=A, SetIdentifier=null]",
    );
    check(
        json!({"ResourceRecords": values}),
        "InvalidInput: Invalid request: Expected exactly one of",
    );
    check(json!({"TTL": 60, "AliasTarget": target}), "InvalidInput: Invalid request: Expected");
    let whole = json!({"TTL": 60, "ResourceRecords": values});
    let with = |more: Value| {
        let mut all = whole.clone();
        for (name, value) in more.as_object().expect("members") {
            all[name] = value.clone();
        }
        all
    };
    check(
        with(json!({"SetIdentifier": "a"})),
        "InvalidInput: Invalid request: Expected exactly one",
    );
    check(
        with(json!({"Weight": 1})),
        "InvalidInput: Invalid request: Missing field 'SetIdentifier'",
    );
    check(with(json!({"Weight": 256, "SetIdentifier": "a"})), "InvalidInput: ");
    check(with(json!({"TTL": -1})), "InvalidInput: ");
    for (name, value) in [
        ("Region", json!("us-east-1")),
        ("Failover", json!("PRIMARY")),
        ("HealthCheckId", json!("abc")),
        ("GeoLocation", json!({"CountryCode": "DE"})),
    ] {
        check(with(json!({name: value})), "NotImplemented: ");
    }
}

#[test]
fn one_name_and_type_has_one_way_to_be_chosen() {
    let (mut lab, zone) = Lab::with_zone();
    lab.change(&zone, json!([weighted("CREATE", "w.shop.net", "a", 1, "192.0.2.1")]));
    let wrong = lab.wrong(&zone, json!([plain("CREATE", "w.shop.net", "A", &["192.0.2.2"])]));
    assert_eq!(
        wrong,
        "InvalidChangeBatch: [RRSet with DNS name w.shop.net., type A, SetIdentifier null cannot be \
         created as other RRSets exist with the same name and type.]"
    );
    let mut other = weighted("CREATE", "w.shop.net", "b", 1, "192.0.2.2");
    other["ResourceRecordSet"]["TTL"] = 60.into();
    let wrong = lab.wrong(&zone, json!([other]));
    assert!(wrong.contains("weighted sets must contain the same TTL."), "{wrong}");
    let twice = plain("UPSERT", "t.shop.net", "A", &["192.0.2.2"]);
    let wrong = lab.wrong(&zone, json!([twice, twice]));
    assert!(wrong.contains("an invalid set of changes for a resource record set 'A t.shop.net.'"));
}

#[test]
fn an_alias_leads_to_something() {
    let (mut lab, zone) = Lab::with_zone();
    let dns = lab.balancer();
    let elb = "Z35SXDOTRQ7X7K";
    lab.change(&zone, json!([alias("CREATE", "shop.net", elb, &dns)]));
    lab.change(&zone, json!([alias("CREATE", "www.shop.net", &zone, "shop.net")]));
    let listed = lab.ask("ListResourceRecordSets", json!({"HostedZoneId": zone}));
    let target = &listed["ResourceRecordSets"][0]["AliasTarget"];
    assert_eq!(text(&target["DNSName"]), format!("{}.", dns.to_lowercase()));
    assert!(listed["ResourceRecordSets"][0].get("ResourceRecords").is_none());
    let gone = lab.wrong(&zone, json!([alias("CREATE", "x.shop.net", &zone, "nowhere.shop.net")]));
    assert_eq!(
        gone,
        format!(
            "InvalidChangeBatch: [Tried to create an alias that targets nowhere.shop.net., type A in \
             zone {zone}, but that target was not found]"
        )
    );
    let wrong_zone = lab.wrong(&zone, json!([alias("CREATE", "x.shop.net", "Z1", &dns)]));
    assert!(wrong_zone.contains("but the alias target name does not lie within the target zone"));
    let missing = "none-1.us-east-1.elb.amazonaws.com";
    let missing = lab.wrong(&zone, json!([alias("CREATE", "x.shop.net", elb, missing)]));
    assert!(missing.contains("but that target was not found"), "{missing}");
    assert!(!missing.contains("does not lie"), "{missing}");
}
