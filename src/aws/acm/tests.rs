//! Certificates as clients see them.

use serde_json::{Value, json};

use base::Time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::{Caller, Config, Principal, System, World};

static SYSTEMS: &[&System] =
    &[&crate::SYSTEM, &aws::iam::SYSTEM, &aws::sts::SYSTEM, &aws::ssm::SYSTEM];

const RSA: &str = include_str!("testdata/rsa.pem");
const RSA_KEY: &str = include_str!("testdata/rsa.key");
const RSA_OLDER_KEY: &str = include_str!("testdata/rsa1.key");
const EC: &str = include_str!("testdata/ec.pem");
const EC_KEY: &str = include_str!("testdata/ec.key");
const EC_NEWER_KEY: &str = include_str!("testdata/ec8.key");
const ENCRYPTED: &str = include_str!("testdata/enc.key");

struct Lab(World);

impl Lab {
    fn new(at: i64) -> Self {
        let world = World::new(SYSTEMS, Config::new(7, Time(at)));
        Self(world.authorized_by(aws::authorize_operation))
    }

    fn call(&mut self, name: &str, input: Value) -> Result<Value, String> {
        let op = self.0.operation("acm", name).expect(name);
        let now = self.0.now();
        let done = self.0.apply(now, &Caller::from(Principal::Root), op, op.sealed(input));
        done.map_err(|error| format!("{}: {}", error.code, error.message))
    }

    fn ok(&mut self, name: &str, input: Value) -> Value {
        self.call(name, input).expect(name)
    }

    #[allow(clippy::needless_pass_by_value, reason = "tests write values where they are used")]
    fn import(&mut self, certificate: &str, key: &str, more: Value) -> Result<String, String> {
        let mut input = json!({
            "Certificate": STANDARD.encode(certificate), "PrivateKey": STANDARD.encode(key),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        let made = self.call("ImportCertificate", input)?;
        Ok(made["CertificateArn"].as_str().unwrap_or_default().to_owned())
    }
}

const NOW: i64 = 1_795_341_600_000;

#[test]
fn an_imported_certificate_is_told_about() {
    let mut lab = Lab::new(NOW);
    let arn = lab.import(RSA, RSA_KEY, json!({"Tags": [{"Key": "a"}]})).expect("an ARN");
    assert!(arn.starts_with("arn:aws:acm:us-east-1:123456789012:certificate/"), "{arn}");
    let told = lab.ok("DescribeCertificate", json!({"CertificateArn": arn}));
    let told = &told["Certificate"];
    let check = |name: &str, want: Value| assert_eq!(told[name], want, "{name}");
    check("DomainName", json!("www.example.com"));
    check("SubjectAlternativeNames", json!(["www.example.com", "*.shop.example.com"]));
    check("Subject", json!("C=DE,O=Example Org,CN=www.example.com"));
    check("Issuer", json!("Example Org"));
    check("Status", json!("ISSUED"));
    check("Type", json!("IMPORTED"));
    check("KeyAlgorithm", json!("RSA-2048"));
    check("SignatureAlgorithm", json!("SHA256WITHRSA"));
    check("KeyUsages", json!([{"Name": "DIGITAL_SIGNATURE"}, {"Name": "KEY_ENCIPHERMENT"}]));
    check(
        "ExtendedKeyUsages",
        json!([{"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"}]),
    );
    let given = lab.ok("GetCertificate", json!({"CertificateArn": arn}));
    assert_eq!(given["Certificate"], RSA);
    let tags = lab.ok("ListTagsForCertificate", json!({"CertificateArn": arn}));
    assert_eq!(tags["Tags"], json!([{"Key": "a", "Value": ""}]));
    lab.ok("DeleteCertificate", json!({"CertificateArn": arn}));
    let gone = lab.call("DescribeCertificate", json!({"CertificateArn": arn}));
    assert!(gone.expect_err("nothing").starts_with("ResourceNotFoundException"));
}

#[test]
fn keys_of_every_form_are_held_to_their_certificates() {
    let check = |certificate: &str, key: &str, want: &str| {
        let told = Lab::new(NOW).import(certificate, key, json!({}));
        let told = told.map_or_else(|error| error, |_| "ok".to_owned());
        assert!(told.starts_with(want), "{told}");
    };
    check(RSA, RSA_KEY, "ok");
    check(RSA, RSA_OLDER_KEY, "ok");
    check(EC, EC_KEY, "ok");
    check(EC, EC_NEWER_KEY, "ok");
    check(EC, RSA_KEY, "ValidationException: The private key does not match");
    check(RSA, ENCRYPTED, "ValidationException: The private key must not be encrypted");
    check(RSA, "key", "ValidationException: The private key is not in a valid PEM format");
    check(RSA, RSA, "ValidationException: The private key is not in a valid PEM format");
    check("x", RSA_KEY, "ValidationException: The certificate body");
    check(&RSA.repeat(2), RSA_KEY, "ValidationException: The certificate field contains more");
    let late = Lab::new(5_000_000_000_000).import(RSA, RSA_KEY, json!({}));
    assert!(late.expect_err("a refusal").contains("expired"));
    let chain = |text: &str| json!({"CertificateChain": STANDARD.encode(text)});
    assert!(Lab::new(NOW).import(EC, EC_KEY, chain(EC)).is_ok());
    let wrong = Lab::new(NOW).import(EC, EC_KEY, chain(RSA)).expect_err("a refusal");
    assert!(wrong.ends_with("invalid certificate is: 0"), "{wrong}");
}

#[test]
fn lists_have_the_usual_keys_unless_others_are_asked_for() {
    let mut lab = Lab::new(NOW);
    lab.import(RSA, RSA_KEY, json!({})).expect("an ARN");
    let arn = lab.import(EC, EC_KEY, json!({})).expect("an ARN");
    let list = |lab: &mut Lab, input: Value| {
        let told = lab.ok("ListCertificates", input);
        let all = told["CertificateSummaryList"].as_array().cloned().unwrap_or_default();
        all.iter().map(|one| one["DomainName"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let names: Vec<String> = list(&mut lab, json!({}));
    assert_eq!(names, ["www.example.com"]);
    let ec = json!({"Includes": {"keyTypes": ["EC_prime256v1"]}});
    let names: Vec<String> = list(&mut lab, ec);
    assert_eq!(names, ["ec.example.com"]);
    // Another in the place of one that is there.
    let again = lab.import(RSA, RSA_KEY, json!({"CertificateArn": arn})).expect("an ARN");
    assert_eq!(again, arn);
    let names: Vec<String> = list(&mut lab, json!({"MaxItems": 2}));
    assert_eq!(names, ["www.example.com", "www.example.com"]);
}

#[test]
fn what_is_in_use_stays() {
    let mut lab = Lab::new(NOW);
    let arn = lab.import(RSA, RSA_KEY, json!({})).expect("an ARN");
    let place = aws::place::Place { account: "123456789012".into(), region: "us-east-1".into() };
    crate::uses(&mut lab.0, &place, "arn:lb", &[arn.clone()].into());
    let told = lab.ok("DescribeCertificate", json!({"CertificateArn": arn}));
    assert_eq!(told["Certificate"]["InUseBy"], json!(["arn:lb"]));
    let kept = lab.call("DeleteCertificate", json!({"CertificateArn": arn}));
    assert!(kept.expect_err("a refusal").starts_with("ResourceInUseException"));
    crate::uses(&mut lab.0, &place, "arn:lb", &[].into());
    lab.ok("DeleteCertificate", json!({"CertificateArn": arn}));
}

#[test]
fn a_key_is_not_written_down() {
    let op = crate::ops::import::ImportCertificate::DEF;
    let key = STANDARD.encode(EC_KEY);
    let sealed = op.sealed(json!({"PrivateKey": key}));
    assert!(!sealed.to_string().contains(&key[100..120]), "{sealed}");
}
