//! Lists, their order and their pages.

use serde_json::{Value, json};

use super::{Lab, plain, text};

fn names(listed: &Value) -> Vec<String> {
    let sets = listed["ResourceRecordSets"].as_array().expect("sets");
    sets.iter().map(|set| format!("{} {}", text(&set["Name"]), text(&set["Type"]))).collect()
}

#[test]
fn record_sets_are_listed_by_their_last_labels() {
    let (mut lab, zone) = Lab::with_zone();
    lab.change(
        &zone,
        json!([
            plain("CREATE", "www.shop.net", "TXT", &["\"x\""]),
            plain("CREATE", "www.shop.net", "A", &["192.0.2.1"]),
            plain("CREATE", "a.z.shop.net", "A", &["192.0.2.1"]),
            plain("CREATE", "b.a.shop.net", "A", &["192.0.2.1"]),
            plain("CREATE", "*.shop.net", "A", &["192.0.2.1"]),
        ]),
    );
    let want = [
        "shop.net. NS",
        "shop.net. SOA",
        "\\052.shop.net. A",
        "b.a.shop.net. A",
        "www.shop.net. A",
        "www.shop.net. TXT",
        "a.z.shop.net. A",
    ];
    assert_eq!(names(&lab.ask("ListResourceRecordSets", json!({"HostedZoneId": zone}))), want);
    let mut found = Vec::new();
    let mut input = json!({"HostedZoneId": zone, "MaxItems": "2"});
    loop {
        let page = lab.ask("ListResourceRecordSets", input.clone());
        found.extend(names(&page));
        if page["IsTruncated"] == false {
            break;
        }
        input["StartRecordName"] = page["NextRecordName"].clone();
        input["StartRecordType"] = page["NextRecordType"].clone();
    }
    assert_eq!(found, want);
    let from = json!({"HostedZoneId": zone, "StartRecordName": "m.shop.net"});
    assert_eq!(names(&lab.ask("ListResourceRecordSets", from)), want[4..]);
    let typed = json!({"HostedZoneId": zone, "StartRecordType": "A"});
    assert_eq!(lab.refused("ListResourceRecordSets", typed).code, "InvalidInput");
}

#[test]
fn zones_are_listed_in_pages() {
    let mut lab = Lab::new(3);
    for name in ["b.net", "a.org", "a.net"] {
        lab.zone(name, None);
    }
    assert_eq!(lab.ask("GetHostedZoneCount", json!({}))["HostedZoneCount"], 3);
    let zone_names = |listed: &Value| -> Vec<String> {
        listed["HostedZones"].as_array().expect("zones").iter().map(|z| text(&z["Name"])).collect()
    };
    let by_name = lab.ask("ListHostedZonesByName", json!({"MaxItems": "2"}));
    assert_eq!(zone_names(&by_name), ["a.net.", "b.net."]);
    assert_eq!(by_name["NextDNSName"], "a.org.");
    let rest =
        json!({"DNSName": by_name["NextDNSName"], "HostedZoneId": by_name["NextHostedZoneId"]});
    assert_eq!(zone_names(&lab.ask("ListHostedZonesByName", rest)), ["a.org."]);
    let first = lab.ask("ListHostedZones", json!({"MaxItems": "2"}));
    assert_eq!(zone_names(&first).len(), 2);
    let next = lab.ask("ListHostedZones", json!({"Marker": first["NextMarker"]}));
    assert_eq!((zone_names(&next).len(), &next["IsTruncated"]), (1, &json!(false)));
    let private = lab.ask("ListHostedZones", json!({"HostedZoneType": "PrivateHostedZone"}));
    assert!(zone_names(&private).is_empty());
}
