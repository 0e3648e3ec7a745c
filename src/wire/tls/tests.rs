//! The authority on disk and what clients are told of it. That clients believe it is tested over sockets
//! in `tests/it/proxy.rs`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{Authority, environment};

const FAKE: &str = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

fn file(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("readable")
}

#[test]
fn an_authority_is_made_once_and_only_its_owner_reads_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("authority");
    let one = Authority::open(&folder).expect("made");
    let path = folder.join("authority.pem");
    let mode = fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = Authority::open(&folder).expect("read");
    assert_eq!(one.pem(), again.pem());
    let config = again.config("notes.s3.amazonaws.com").expect("signed");
    assert!(std::sync::Arc::ptr_eq(
        &config,
        &again.config("notes.s3.amazonaws.com").expect("kept")
    ));
    assert!(again.config("näme").is_err());
    // One that may sign for other names is of no use any more.
    let text = file(&folder, "authority.pem").replacen("amazonaws.com", "example.org", 1);
    fs::write(&path, text).expect("written");
    assert_ne!(Authority::open(&folder).expect("made anew").pem(), one.pem());
    // A damaged one is not thrown away by itself.
    let head = file(&folder, "authority.pem");
    fs::write(&path, head.lines().next().expect("a line").to_owned() + "\n").expect("written");
    let why = format!("{:#}", Authority::open(&folder).err().expect("damaged"));
    assert!(why.contains("delete the file") && why.contains("authority.pem"), "{why}");
}

#[test]
fn clients_trust_what_they_trusted_and_ours() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("authority");
    let authority = Authority::open(&folder).expect("made");
    let company = dir.path().join("company.pem");
    fs::write(&company, FAKE.trim_end()).expect("written");
    let company = company.display().to_string();
    let check = |env: &[(&str, &str)], roots: bool| {
        let get = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        authority.publish(&folder, &get).expect("written");
        let bundle = file(&folder, "bundle.pem");
        assert!(bundle.ends_with(authority.pem()), "{env:?}");
        assert_eq!(bundle.matches(FAKE).count(), usize::from(roots), "{env:?}");
        let told = environment(&folder, &get);
        let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, super::TRUST_VARIABLES);
        let node = told.iter().find(|(name, _)| *name == "NODE_EXTRA_CA_CERTS").expect("told");
        let own = env.iter().any(|(name, _)| *name == "NODE_EXTRA_CA_CERTS");
        assert_eq!(node.1.ends_with("bundle.pem"), own, "{env:?}");
    };
    check(&[("SSL_CERT_FILE", &company)], true);
    check(&[("SSL_CERT_FILE", &company), ("CURL_CA_BUNDLE", &company)], true);
    check(&[("SSL_CERT_FILE", &company), ("NODE_EXTRA_CA_CERTS", &company)], true);
    // In a lab's shell the bundle of that lab is not a root of the learner's.
    let bundle = folder.join("bundle.pem").display().to_string();
    check(&[("SSL_CERT_FILE", &company), ("REQUESTS_CA_BUNDLE", &bundle)], true);
}
