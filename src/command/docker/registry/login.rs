//! `docker login`: says who one is at a registry, and keeps that for later.

use serde_json::Value;

use crate::account_registry::{self, Way};
use crate::cx::{Cx, Fail};
use crate::terminal::Raw;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::io_error;
use docker::{Engine, EngineError};

use super::credentials::Credentials;
use super::settings::Settings;
use super::{HUB, hostname};

static FLAGS: &[Flag] = &[
    flag("password", "string", "Password or personal access token").short('p'),
    switch("password-stdin", "Read the password from standard input"),
    flag("username", "string", "Who logs in").short('u'),
];

pub(crate) static VERB: Verb = Verb {
    group: "",
    name: "login",
    aliases: &[],
    top: Some("login"),
    usage: "[OPTIONS] [SERVER]",
    about: "Authenticate to a registry",
    flags: &[FLAGS],
    args: Args::AtMost(1),
    interspersed: true,
    looks: never,
    run: login,
};

fn login(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let user = given.text("username").unwrap_or_default().to_owned();
    let password = password(cx, given, &user)?;
    let server = match given.args.first().map(String::as_str) {
        None | Some("" | "docker.io" | HUB) => HUB.to_owned(),
        Some(server) => hostname(server).to_owned(),
    };
    let mut settings = Settings::open_for(cx, &server);
    let engine = cx.engine()?;
    let mut usual = String::new();
    if user.is_empty() && password.is_empty() {
        let known = settings.get(&server).map_err(|why| Fail::new(1, why));
        let known = known?.filter(|who| !who.user.is_empty() && !who.password.is_empty());
        if let Some(who) = known {
            if let Some(status) = again(cx, &engine, &mut settings, &server, &who)? {
                cx.out(format!("{status}\n"));
                return Ok(0);
            }
            usual = who.user;
        }
    }
    if (user.is_empty() || password.is_empty()) && !cx.host.interactive {
        let why = "Error: Cannot perform an interactive login from a non TTY device";
        return Err(Fail::new(1, why));
    }
    let who = prompt(cx, &server, &user, password, &usual)?;
    let (status, who) = ask(cx, &engine, &server, who)?;
    keep(cx, &mut settings, &server, &who)?;
    if !status.is_empty() {
        cx.out(format!("{status}\n"));
    }
    Ok(0)
}

/// The password that the flags give, or standard input.
fn password(cx: &mut Cx<'_, '_>, given: &Parsed, user: &str) -> Result<String, Fail> {
    let piped = given.is("password-stdin");
    if let Some(password) = given.text("password") {
        if piped {
            return Err(Fail::new(
                1,
                "conflicting options: cannot specify both --password and --password-stdin",
            ));
        }
        cx.complain("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        return Ok(password.to_owned());
    }
    if !piped {
        return Ok(String::new());
    }
    if user.is_empty() {
        let why = "the --password-stdin option requires --username to be set";
        return Err(Fail::new(1, why));
    }
    let mut text = String::new();
    let read = cx.host.stdin.read_to_string(&mut text);
    read.map_err(|e| Fail::new(1, io_error(&e)))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// Tries what is kept. Nothing when the registry does not take it any more.
fn again(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    settings: &mut Settings,
    server: &str,
    who: &Credentials,
) -> Result<Option<String>, Fail> {
    let head = format!("Authenticating with existing credentials... [Username: {}]", who.user);
    let note = "To login with a different account, run 'docker logout' followed by 'docker login'";
    let note = match cx.host.terminal {
        Some(_) => format!(
            "\x1b[1m\x1b[106m\x1b[30mi\x1b[0m\x1b[0m \x1b[96mInfo → \x1b[0m\x1b[0m\x1b[3m{note}\x1b[0m"
        ),
        None => format!(" Info -> {note}"),
    };
    cx.complain(format!("{head}\n\n{note}\n\n"));
    match ask(cx, engine, server, who.clone()) {
        Ok((status, who)) => {
            saved(settings.store(server, &who))?;
            Ok(Some(status))
        }
        Err(fail) => {
            if fail.text.contains("unauthorized") {
                cx.complain("Stored credentials invalid or expired");
            } else {
                cx.complain(format!("Login did not succeed, error: {}", fail.text));
            }
            Ok(None)
        }
    }
}

/// Asks for what is missing.
fn prompt(
    cx: &mut Cx<'_, '_>,
    server: &str,
    user: &str,
    password: String,
    usual: &str,
) -> Result<Credentials, Fail> {
    let mut user = user.trim().to_owned();
    if user.is_empty() {
        if server == HUB {
            cx.out(
                "Log in with your Docker ID or email address to push and pull images from Docker Hub. If you don't have a Docker ID, head over to https://hub.docker.com/ to create one.\n",
            );
        }
        let question = match usual {
            "" => "Username: ".to_owned(),
            usual => format!("Username ({usual}): "),
        };
        user = line(cx, &question);
        if user.is_empty() {
            usual.clone_into(&mut user);
        }
        if user.is_empty() {
            return Err(Fail::new(1, "Error: Non-null Username Required"));
        }
    }
    let mut password = password;
    if password.trim().is_empty() {
        password = secret(cx, "Password: ")?;
        cx.out("\n");
        if password.is_empty() {
            return Err(Fail::new(1, "Error: Password Required"));
        }
    }
    Ok(Credentials { user, password, token: None })
}

/// Reads a line; the terminal shows what is typed.
fn line(cx: &mut Cx<'_, '_>, question: &str) -> String {
    cx.out(question);
    let _ = cx.host.stdout.flush();
    let mut typed = Vec::new();
    let mut byte = [0];
    while let Ok(1) = cx.host.stdin.read(&mut byte) {
        if byte[0] == b'\n' {
            break;
        }
        typed.push(byte[0]);
    }
    String::from_utf8_lossy(&typed).trim().to_owned()
}

/// Reads a line that is not shown.
fn secret(cx: &mut Cx<'_, '_>, question: &str) -> Result<String, Fail> {
    const INTERRUPT: u8 = 3;
    const END: u8 = 4;
    const DELETE: u8 = 127;
    let _raw = Raw::enter().map_err(|e| Fail::new(1, e.to_string()))?;
    cx.out(question);
    let _ = cx.host.stdout.flush();
    let mut typed = Vec::new();
    let mut byte = [0];
    while let Ok(1) = cx.host.stdin.read(&mut byte) {
        match byte[0] {
            b'\r' | b'\n' | END => break,
            INTERRUPT => return Err(Fail::new(130, "")),
            DELETE => drop(typed.pop()),
            letter => typed.push(letter),
        }
    }
    Ok(String::from_utf8_lossy(&typed).into_owned())
}

/// Lets the engine ask the registry. What the registry gave in place of the password replaces it.
fn ask(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    server: &str,
    who: Credentials,
) -> Result<(String, Credentials), Fail> {
    let way = account_registry::way(cx, server)?;
    let known = way.as_ref().map_or(server, Way::door);
    let answer = cx.runtime.block_on(engine.post_json("/auth", Some(&who.json(known))));
    let answer = answer.map_err(|error: EngineError| {
        Fail::from(way.as_ref().map_or_else(|| error.clone(), |way| way.error(error.clone())))
    })?;
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let token = Some(text("IdentityToken")).filter(|t| !t.is_empty());
    let who = match token {
        Some(_) => Credentials { password: String::new(), token, ..who },
        None => who,
    };
    Ok((text("Status"), who))
}

/// Keeps the credentials, and warns when that is in the clear.
fn keep(
    cx: &mut Cx<'_, '_>,
    settings: &mut Settings,
    server: &str,
    who: &Credentials,
) -> Result<(), Fail> {
    saved(settings.store(server, who))?;
    if settings.helper(server).is_none() && who.token.is_none() {
        cx.complain(format!(
            "\nWARNING! Your credentials are stored unencrypted in '{}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n",
            settings.path().display()
        ));
    }
    Ok(())
}

fn saved(outcome: Result<(), String>) -> Result<(), Fail> {
    outcome.map_err(|why| Fail::new(1, format!("Error saving credentials: {why}")))
}
