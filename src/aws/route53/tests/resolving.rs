//! What names stand for, to whom.

use serde_json::json;

use super::{Lab, alias, plain, text, weighted};

#[test]
fn a_zone_answers_for_its_names() {
    let (mut lab, zone) = Lab::with_zone();
    lab.change(
        &zone,
        json!([
            plain("CREATE", "a.shop.net", "A", &["192.0.2.1", "192.0.2.2"]),
            plain("CREATE", "c.shop.net", "CNAME", &["a.shop.net"]),
            plain("CREATE", "out.shop.net", "CNAME", &["www.iana.org"]),
            plain("CREATE", "*.wild.shop.net", "A", &["192.0.2.9"]),
            plain("CREATE", "deep.one.wild.shop.net", "A", &["192.0.2.8"]),
        ]),
    );
    let check = |name: &str, kind: &str, want: &[&str]| {
        assert_eq!(lab.values(name, kind, None), want, "{name} {kind}");
    };
    check("a.shop.net", "A", &["192.0.2.1", "192.0.2.2"]);
    check("c.shop.net", "A", &["a.shop.net", "192.0.2.1", "192.0.2.2"]);
    check("c.shop.net", "CNAME", &["a.shop.net"]);
    check("a.shop.net", "TXT", &["NOERROR"]);
    check("none.shop.net", "A", &["NXDOMAIN"]);
    check("x.wild.shop.net", "A", &["192.0.2.9"]);
    check("x.y.wild.shop.net", "A", &["192.0.2.9"]);
    // What exists is no wildcard's affair, and neither is what is below it.
    check("one.wild.shop.net", "A", &["NOERROR"]);
    check("two.one.wild.shop.net", "A", &["NXDOMAIN"]);
    check("www.other.net", "A", &["unknown"]);
    let out = lab.look("out.shop.net", "A", None).expect("an answer");
    assert_eq!(out.beyond.as_deref(), Some("www.iana.org"));
}

#[test]
fn a_name_leads_to_a_door() {
    let (mut lab, zone) = Lab::with_zone();
    let dns = lab.balancer();
    lab.change(
        &zone,
        json!([
            alias("CREATE", "shop.net", "Z35SXDOTRQ7X7K", &format!("dualstack.{dns}")),
            alias("CREATE", "www.shop.net", &zone, "shop.net"),
            plain("CREATE", "c.shop.net", "CNAME", &["www.shop.net"]),
            plain("CREATE", "ip.shop.net", "A", &["192.0.2.1"]),
            plain("CREATE", "out.shop.net", "CNAME", &["www.iana.org."]),
            plain("CREATE", "round.shop.net", "CNAME", &["round.shop.net"]),
            plain("CREATE", "mail.shop.net", "MX", &["10 mx.shop.net"]),
        ]),
    );
    let mut check = |name: &str, want: serde_json::Value| {
        assert_eq!(lab.lead(name), want, "{name}");
    };
    let to = |target: &str| json!({"known": true, "target": target});
    check("c.shop.net", to(&dns.to_lowercase()));
    check("SHOP.net.", to(&dns.to_lowercase()));
    check("ip.shop.net", to("192.0.2.1"));
    check("out.shop.net", to("www.iana.org"));
    check("no.shop.net", json!({"known": true, "why": "NXDOMAIN"}));
    check("round.shop.net", json!({"known": true, "why": "SERVFAIL"}));
    check("mail.shop.net", json!({"known": true, "why": "the name has no address"}));
    check("www.iana.org", json!({"known": false}));
    assert_eq!(lab.values("c.shop.net", "A", None).len(), 3);
}

#[test]
fn a_part_of_a_domain_is_given_away_by_its_name_servers() {
    let (mut lab, zone) = Lab::with_zone();
    let part = lab.zone("dev.shop.net", None);
    lab.change(&part, json!([plain("CREATE", "a.dev.shop.net", "A", &["192.0.2.1"])]));
    // Nobody has said that the part's name servers are to be asked.
    assert_eq!(lab.values("a.dev.shop.net", "A", None), ["NXDOMAIN"]);
    let told = lab.ask("GetHostedZone", json!({"Id": part}));
    let servers = told["DelegationSet"]["NameServers"].as_array().expect("servers").clone();
    let servers: Vec<String> = servers.iter().map(text).collect();
    let servers: Vec<&str> = servers.iter().map(String::as_str).collect();
    lab.change(&zone, json!([plain("CREATE", "dev.shop.net", "NS", &servers)]));
    assert_eq!(lab.values("a.dev.shop.net", "A", None), ["192.0.2.1"]);
    lab.change(&zone, json!([plain("UPSERT", "dev.shop.net", "NS", &["ns.other.org"])]));
    assert_eq!(lab.values("a.dev.shop.net", "A", None), ["SERVFAIL"]);
}

#[test]
fn a_network_asks_its_private_zones_first() {
    let (mut lab, zone) = Lab::with_zone();
    let vpc = lab.vpc();
    let inside = lab.zone("shop.net", Some(&vpc));
    lab.change(
        &zone,
        json!([
            plain("CREATE", "www.shop.net", "A", &["192.0.2.1"]),
            plain("CREATE", "public.shop.net", "A", &["192.0.2.2"]),
        ]),
    );
    lab.change(&inside, json!([plain("CREATE", "www.shop.net", "A", &["10.0.0.1"])]));
    assert_eq!(lab.values("www.shop.net", "A", None), ["192.0.2.1"]);
    assert_eq!(lab.values("www.shop.net", "A", Some(&vpc)), ["10.0.0.1"]);
    // What the private zone does not have is not looked for elsewhere.
    assert_eq!(lab.values("public.shop.net", "A", Some(&vpc)), ["NXDOMAIN"]);
    let off = json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": false}});
    lab.of("ec2", "ModifyVpcAttribute", off);
    assert_eq!(lab.values("www.shop.net", "A", Some(&vpc)), ["192.0.2.1"]);
}

#[test]
fn hosts_have_names_in_their_network() {
    let mut lab = Lab::new(2);
    let vpc = lab.vpc();
    let name = "ip-172-31-0-5.ec2.internal";
    assert_eq!(lab.values(name, "A", Some(&vpc)), ["172.31.0.5"]);
    assert_eq!(lab.values(name, "A", None), ["unknown"]);
    assert_eq!(lab.values("other.ec2.internal", "A", Some(&vpc)), ["NXDOMAIN"]);
    let public = "ec2-3-80-1-2.compute-1.amazonaws.com";
    assert_eq!(lab.values(public, "A", None), ["3.80.1.2"]);
}

#[test]
fn weights_share_the_answers_out() {
    let (mut lab, zone) = Lab::with_zone();
    lab.change(
        &zone,
        json!([
            weighted("CREATE", "w.shop.net", "a", 3, "192.0.2.1"),
            weighted("CREATE", "w.shop.net", "b", 1, "192.0.2.2"),
            weighted("CREATE", "w.shop.net", "c", 0, "192.0.2.3"),
        ]),
    );
    let mut counts = [0; 3];
    for _ in 0..400 {
        let found = lab.values("w.shop.net", "A", None);
        let [address] = found.as_slice() else { panic!("{found:?}") };
        // Within the time for which it may be kept the answer stays.
        assert_eq!(lab.values("w.shop.net", "A", None), found);
        let at = address.as_bytes()[address.len() - 1] - b'1';
        counts[usize::from(at)] += 1;
        lab.pass(300);
    }
    assert_eq!(counts[2], 0);
    assert!((260..340).contains(&counts[0]), "{counts:?}");
    let told = lab.ask(
        "TestDNSAnswer",
        json!({"HostedZoneId": zone, "RecordName": "w.shop.net", "RecordType": "A"}),
    );
    assert_eq!(told["ResponseCode"], "NOERROR");
    assert_eq!(told["RecordData"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_multivalue_name_has_all_its_addresses() {
    let (mut lab, zone) = Lab::with_zone();
    let changes: Vec<serde_json::Value> = (1..=10)
        .map(|n| {
            let mut change = plain("CREATE", "m.shop.net", "A", &[&format!("192.0.2.{n}")]);
            change["ResourceRecordSet"]["SetIdentifier"] = n.to_string().into();
            change["ResourceRecordSet"]["MultiValueAnswer"] = true.into();
            change
        })
        .collect();
    lab.change(&zone, json!(changes));
    assert_eq!(lab.values("m.shop.net", "A", None).len(), 8);
}
