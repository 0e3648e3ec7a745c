//! Listeners that speak TLS.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Balancer, Lab, header, text};
use crate::front::certificates::choose;

const RSA: (&str, &str) =
    (include_str!("../../acm/testdata/rsa.pem"), include_str!("../../acm/testdata/rsa.key"));
const EC: (&str, &str) =
    (include_str!("../../acm/testdata/ec.pem"), include_str!("../../acm/testdata/ec.key"));

impl Lab {
    fn import(&mut self, (certificate, key): (&str, &str)) -> String {
        let input = json!({"Certificate": STANDARD.encode(certificate), "PrivateKey": STANDARD.encode(key)});
        let made = self.try_ask("acm", "ImportCertificate", input).expect("an ARN");
        text(&made["CertificateArn"])
    }

    fn users_of(&mut self, certificate: &str) -> usize {
        let input = json!({"CertificateArn": certificate});
        let told = self.try_ask("acm", "DescribeCertificate", input).expect("it is there");
        told["Certificate"]["InUseBy"].as_array().map_or(0, Vec::len)
    }

    fn arrive(&mut self, balancer: &Balancer, port: i64, tls: &Value) -> Value {
        let input = json!({"name": balancer.dns, "port": port, "method": "GET", "target": "/a?b=1",
            "headers": [{"name": "host", "value": "www.example.com"}], "long": false, "tls": tls});
        self.try_ask("elb-front", "Arrive", input).expect("an answer")
    }
}

fn spoken(name: &str) -> Value {
    json!({"protocol": "TLSv1.3", "cipher": "TLS_AES_128_GCM_SHA256", "name": name})
}

#[test]
fn certificates_are_kept_while_a_listener_speaks_by_them() {
    let mut lab = Lab::new(21);
    let group = lab.open_group();
    let balancer = lab.balancer("demo", &group);
    let (first, second) = (lab.import(RSA), lab.import(EC));
    let redirect = json!([{"Type": "redirect", "RedirectConfig":
        {"Host": "new.example.com", "StatusCode": "HTTP_302"}}]);
    let made = lab.ask(
        "CreateListener",
        json!({"LoadBalancerArn": balancer.arn, "Protocol": "HTTPS", "Port": 443,
            "Certificates": [{"CertificateArn": first}], "DefaultActions": redirect}),
    );
    let made = &made["Listeners"][0];
    let listener = text(&made["ListenerArn"]);
    assert_eq!(made["SslPolicy"], "ELBSecurityPolicy-2016-08");
    assert_eq!(made["Certificates"], json!([{"CertificateArn": first}]));
    let other = json!({"ListenerArn": listener, "Certificates": [{"CertificateArn": second}]});
    lab.ask("AddListenerCertificates", other.clone());
    assert_eq!((lab.users_of(&first), lab.users_of(&second)), (1, 1));
    let answer = lab.arrive(&balancer, 443, &spoken("ec.example.com"));
    let location = header(&answer, "location");
    assert_eq!(location.as_deref(), Some("https://new.example.com:443/a?b=1"));
    // What does not fit to the listener was meant for another one.
    assert_eq!(lab.arrive(&balancer, 443, &Value::Null)["act"], "refused");
    assert_eq!(lab.arrive(&balancer, 80, &spoken("x"))["act"], "refused");
    let shown = json!({"name": balancer.dns, "port": 443});
    let shown = lab.try_ask("elb-front", "Presented", shown).expect("certificates");
    assert_eq!(shown["certificates"].as_array().map(Vec::len), Some(2));
    assert_eq!(shown["certificates"][0]["domains"][0], "www.example.com");
    assert_eq!(shown["protocols"], json!(["TLSv1", "TLSv1.1", "TLSv1.2"]));
    lab.ask("RemoveListenerCertificates", other);
    assert_eq!((lab.users_of(&first), lab.users_of(&second)), (1, 0));
    let swap = json!({"ListenerArn": listener, "Certificates": [{"CertificateArn": second}]});
    lab.ask("ModifyListener", swap);
    assert_eq!((lab.users_of(&first), lab.users_of(&second)), (0, 1));
    lab.ask("DeleteLoadBalancer", json!({"LoadBalancerArn": balancer.arn}));
    assert_eq!(lab.users_of(&second), 0);
}

#[test]
fn a_target_hears_how_the_client_came() {
    let mut lab = Lab::new(22);
    let group = lab.open_group();
    let balancer = lab.balancer("demo", &group);
    let ids = lab.instances(1, &group);
    lab.register(&balancer.group, &ids);
    lab.pass(60);
    let certificate = lab.import(RSA);
    let change = json!({"ListenerArn": balancer.listener, "Protocol": "HTTPS", "Port": 443,
        "Certificates": [{"CertificateArn": certificate}]});
    lab.ask("ModifyListener", change);
    let answer = lab.arrive(&balancer, 443, &spoken("www.example.com"));
    let heard = super::body(&answer).to_lowercase();
    assert!(heard.contains("x-forwarded-proto: https"), "{heard}");
    assert!(heard.contains("x-forwarded-port: 443"), "{heard}");
}

#[test]
fn the_name_chooses() {
    let check = |host: Option<&str>, want: usize| {
        let all: [&[&str]; 4] =
            [&["a.example.com"], &["*.example.com"], &["b.example.com", "c.org"], &["*.b.org"]];
        let owned: Vec<Vec<String>> =
            all.iter().map(|own| own.iter().map(|name| (*name).to_owned()).collect()).collect();
        let shown: Vec<&[String]> = owned.iter().map(Vec::as_slice).collect();
        assert_eq!(choose(&shown, host), want, "{host:?}");
    };
    check(None, 0);
    check(Some("nobody.net"), 0);
    check(Some("A.example.com"), 0);
    check(Some("z.example.com"), 1);
    check(Some("b.example.com"), 2);
    check(Some("y.z.example.com"), 0);
    check(Some("c.org"), 2);
    check(Some("a.b.org"), 3);
    check(Some("b.org"), 0);
}
