//! Programs that keep credentials: `docker-credential-NAME get | store | erase | list`.
//!
//! Source: the protocol of docker-credential-helpers.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::credentials::Credentials;
use command_line::text::io_error;

/// What a helper says when it knows nothing.
const UNKNOWN: &str = "credentials not found in native keychain";

/// The user's name when the secret is a token.
const TOKEN: &str = "<token>";

pub(super) fn get(search: &str, helper: &str, server: &str) -> Result<Option<Credentials>, String> {
    let answer = match ask(search, helper, "get", server) {
        Err(why) if why.ends_with(UNKNOWN) => return Ok(None),
        other => other?,
    };
    let answer: Value = serde_json::from_str(&answer).map_err(|e| e.to_string())?;
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (user, secret) = (text("Username"), text("Secret"));
    Ok(Some(if user == TOKEN {
        Credentials { user: String::new(), password: String::new(), token: Some(secret) }
    } else {
        Credentials { user, password: secret, token: None }
    }))
}

pub(super) fn store(
    search: &str,
    helper: &str,
    server: &str,
    who: &Credentials,
) -> Result<(), String> {
    let (user, secret) = match &who.token {
        Some(token) => (TOKEN, token.as_str()),
        None => (who.user.as_str(), who.password.as_str()),
    };
    let said = json!({ "ServerURL": server, "Username": user, "Secret": secret });
    ask(search, helper, "store", &said.to_string()).map(drop)
}

pub(super) fn erase(search: &str, helper: &str, server: &str) -> Result<(), String> {
    ask(search, helper, "erase", server).map(drop)
}

/// The servers it knows; none when it cannot say.
pub(super) fn list(search: &str, helper: &str) -> Vec<String> {
    let answer = ask(search, helper, "list", "unused").ok();
    let answer: Option<Value> = answer.and_then(|text| serde_json::from_str(&text).ok());
    let known = answer.as_ref().and_then(Value::as_object).into_iter().flatten();
    known.map(|(server, _)| server.clone()).collect()
}

fn ask(search: &str, helper: &str, action: &str, said: &str) -> Result<String, String> {
    let program = format!("docker-credential-{helper}");
    let failed = |why: &str| format!("error getting credentials - err: {why}");
    let found = std::env::split_paths(search).map(|f| f.join(&program)).find(|p| p.is_file());
    let Some(path) = found else {
        return Err(failed(&format!(
            "exec: {program:?}: executable file not found in $PATH, out: ``"
        )));
    };
    let child = Command::new(path)
        .arg(action)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn();
    let mut child = child.map_err(|e| failed(&io_error(&e)))?;
    if let Some(mut input) = child.stdin.take() {
        // A helper that needs no input may be gone already.
        let _ = input.write_all(said.as_bytes());
    }
    let done = child.wait_with_output().map_err(|e| failed(&io_error(&e)))?;
    let out = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    if done.status.success() {
        return Ok(out);
    }
    if out == UNKNOWN {
        return Err(out);
    }
    let code = done.status.code().unwrap_or(1);
    Err(failed(&format!("exit status {code}, out: `{out}`")))
}
