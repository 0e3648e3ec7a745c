//! The settings file and helper programs; no engine and no registry is asked.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use super::credentials::Credentials;
use super::hostname;
use super::settings::Settings;

fn who(user: &str, password: &str) -> Credentials {
    Credentials { user: user.into(), password: password.into(), token: None }
}

fn with_settings(folder: &Path, act: impl FnOnce(&mut Settings)) {
    let search = format!("{}:/usr/bin:/bin", folder.display());
    let (mut settings, wrong) = Settings::read(folder, search);
    assert_eq!(wrong, None);
    act(&mut settings);
}

#[test]
fn servers_are_known_by_their_host() {
    let check = |server: &str, want: &str| assert_eq!(hostname(server), want, "{server}");
    check("localhost:5000", "localhost:5000");
    check("https://localhost:5000/v2/", "localhost:5000");
    check("http://example.org", "example.org");
}

#[test]
fn what_is_kept_is_found_and_the_rest_of_the_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    fs::write(&file, r#"{"psFormat":"x","auths":{"https://old.org/v1/":{"auth":"bWU6cHc="}}}"#)
        .unwrap();
    with_settings(folder.path(), |settings| {
        assert_eq!(settings.get("old.org").unwrap(), Some(who("me", "pw")));
        assert_eq!(settings.get("new.org").unwrap(), None);
        settings.store("new.org", &who("you", "a:b")).unwrap();
        assert_eq!(settings.get("new.org").unwrap(), Some(who("you", "a:b")));
        assert_eq!(settings.every().len(), 2);
    });
    let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept["psFormat"], json!("x"));
    assert_eq!(kept["auths"]["new.org"], json!({ "auth": "eW91OmE6Yg==" }));
    with_settings(folder.path(), |settings| {
        settings.erase("new.org").unwrap();
        assert_eq!(settings.get("new.org").unwrap(), None);
    });
}

#[test]
fn a_new_file_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new");
    with_settings(&folder, |settings| settings.store("a.org", &who("me", "pw")).unwrap());
    let mode = fs::metadata(folder.join("config.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_helper_keeps_what_the_file_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("docker-credential-test");
    let kept = folder.path().join("kept").display().to_string();
    let text = format!(
        "#!/bin/sh\ncase $1 in\nstore) cat >{kept};;\nget) cat >/dev/null; test -s {kept} && cat {kept} && exit 0; echo credentials not found in native keychain; exit 1;;\nerase) cat >/dev/null; rm {kept};;\nesac\n"
    );
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("config.json"), r#"{"credsStore":"test"}"#).unwrap();
    with_settings(folder.path(), |settings| {
        assert_eq!(settings.get("a.org").unwrap(), None);
        settings.store("a.org", &who("me", "pw")).unwrap();
        assert_eq!(settings.get("a.org").unwrap(), Some(who("me", "pw")));
    });
    let file = fs::read_to_string(folder.path().join("config.json")).unwrap();
    assert!(!file.contains("\"auth\""), "{file}");
    with_settings(folder.path(), |settings| {
        settings.erase("a.org").unwrap();
        assert_eq!(settings.get("a.org").unwrap(), None);
    });
    fs::write(folder.path().join("config.json"), r#"{"credHelpers":{"b.org":"nosuch"}}"#).unwrap();
    with_settings(folder.path(), |settings| {
        let why = settings.get("b.org").unwrap_err();
        assert!(why.contains("\"docker-credential-nosuch\": executable file not found"), "{why}");
        assert_eq!(settings.get("a.org").unwrap(), None);
    });
}
