//! `aws configure set|get|list|list-profiles`, on the files that the environment names.
//!
//! The dialogue of plain `aws configure` asks on the terminal, as the real one does.

use std::io::{BufRead as _, BufReader};

use super::argv;
use super::config::{self, Config};
use super::fail::{Failure, invalid_choice};
use super::globals::{Globals, split_first};
use super::help::Page;
use super::role;
use crate::Host;

const SUBCOMMANDS: &[&str] = &["list", "get", "set", "list-profiles"];
/// Settings that live in the credentials file.
const SECRET: &[&str] = &["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// Whether these arguments only look.
pub(super) fn read_only(args: &[String]) -> bool {
    split_first(args).is_some_and(|(name, _)| ["list", "get", "list-profiles"].contains(&&*name))
}

/// Runs `aws configure`.
pub(super) fn run(args: &[String], globals: &Globals, host: &mut Host<'_>) -> Result<u8, Failure> {
    let config = Config::load(&host.env, &host.cwd, globals)?;
    let Some((name, args)) = split_first(args) else {
        argv::finish(&argv::parse(args, &[], 0)?, &[])?;
        return dialogue(&config, host);
    };
    if name == "help" {
        return help(host);
    }
    let positions = match name.as_str() {
        "set" => 2,
        "get" => 1,
        _ => 0,
    };
    let parsed = argv::parse(&args, &[], positions)?;
    let wanted = ["varname", "value"].into_iter().take(positions).skip(parsed.positional.len());
    argv::finish(&parsed, &wanted.map(str::to_owned).collect::<Vec<_>>())?;
    match name.as_str() {
        "set" => set(&config, &parsed.positional[0], &parsed.positional[1]),
        "get" => get(&config, &parsed.positional[0], host),
        "list" => list(&config, globals, host),
        "list-profiles" => {
            for profile in config.profiles() {
                writeln!(host.stdout, "{profile}")?;
            }
            Ok(0)
        }
        other => Err(invalid_choice("subcommand", other, SUBCOMMANDS)),
    }
}

fn help(host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    page.section("NAME");
    page.raw(1, "configure -");
    page.section("DESCRIPTION");
    page.paragraph(
        1,
        "Settings of your profiles, in the files that AWS_CONFIG_FILE and \
         AWS_SHARED_CREDENTIALS_FILE name. The files in your home folder are left alone. Without a \
         subcommand it asks for the settings one after the other.",
    );
    page.section("AVAILABLE COMMANDS");
    page.option(
        "list",
        "Shows the profile, the keys and the region in use, and where they are from.",
    );
    page.option("get <name>", "Prints a setting: region, default.region, profile.lea.region.");
    page.option("set <name> <value>", "Changes a setting.");
    page.option("list-profiles", "Lists the names of the profiles.");
    page.print(host)
}

/// Profile and setting of `region`, `default.region` or `profile.dev.region`.
fn locate<'a>(config: &'a Config, name: &'a str) -> (&'a str, &'a str) {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["profile", profile, key, ..] | [profile @ "default", key, ..] => (profile, key),
        [profile, key] if config.profiles().iter().any(|p| p == profile) => (profile, key),
        _ => (&config.profile, name),
    }
}

fn set(config: &Config, name: &str, value: &str) -> Result<u8, Failure> {
    let (profile, key) = locate(config, name);
    let (path, variable, section) = if SECRET.contains(&key) {
        (&config.credentials_path, "AWS_SHARED_CREDENTIALS_FILE", profile.to_owned())
    } else {
        (&config.settings_path, "AWS_CONFIG_FILE", config::section_of(profile))
    };
    let Some(path) = path else {
        return Err(Failure::General(format!(
            "{variable} is not set. The lab does not touch the files in your home folder; name a \
             file of its own first: export {variable}=$PWD/aws-{}",
            if variable == "AWS_CONFIG_FILE" { "config" } else { "credentials" }
        )));
    };
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e.into()),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, config::set(&before, &section, key, value))?;
    Ok(0)
}

fn get(config: &Config, name: &str, host: &mut Host<'_>) -> Result<u8, Failure> {
    let (profile, key) = locate(config, name);
    let Some(value) = config.file_of(profile, key) else { return Ok(1) };
    writeln!(host.stdout, "{value}")?;
    Ok(0)
}

/// All but the last four characters hidden.
fn masked(secret: &str) -> String {
    let tail: String = secret.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    format!("****************{tail}")
}

fn list(config: &Config, globals: &Globals, host: &mut Host<'_>) -> Result<u8, Failure> {
    const UNSET: [&str; 3] = ["<not set>", "None", "None"];
    let region = config.region(globals).unwrap_or_else(|| host.gateway.place().region);
    let key = role::key(host.gateway, config, &region)?;
    let mut row = |name: &str, cells: [&str; 3]| {
        let [value, kind, place] = cells;
        writeln!(host.stdout, "{name:<10} : {value:<24} : {kind:<16} : {place}")
    };
    row("NAME", ["VALUE", "TYPE", "LOCATION"])?;
    let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
    let variables = "['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']";
    let from_env = named.iter().find_map(|n| config.env(n));
    match (&globals.profile, from_env) {
        (Some(profile), _) => row("profile", [profile, "manual", "--profile"])?,
        (None, Some(profile)) => row("profile", [profile, "env", variables])?,
        (None, None) => row("profile", UNSET)?,
    }
    if let Some(key) = key {
        row("access_key", [&masked(&key.id), key.source, ""])?;
        row("secret_key", [&masked(&key.secret), key.source, ""])?;
    } else {
        row("access_key", UNSET)?;
        row("secret_key", UNSET)?;
    }
    let env = config.env("AWS_REGION").or_else(|| config.env("AWS_DEFAULT_REGION"));
    let path = config.settings_path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
    match (env, config.file("region")) {
        (Some(region), _) => {
            row("region", [region, "env", "['AWS_REGION', 'AWS_DEFAULT_REGION']"])?;
        }
        (None, Some(region)) => row("region", [region, "config-file", &path])?,
        (None, None) => row("region", UNSET)?,
    }
    Ok(0)
}

/// Asks for the four settings; an empty answer keeps what is there.
fn dialogue(config: &Config, host: &mut Host<'_>) -> Result<u8, Failure> {
    const QUESTIONS: [(&str, &str); 4] = [
        ("aws_access_key_id", "AWS Access Key ID"),
        ("aws_secret_access_key", "AWS Secret Access Key"),
        ("region", "Default region name"),
        ("output", "Default output format"),
    ];
    let mut answers = BufReader::new(&mut *host.stdin);
    for (key, question) in QUESTIONS {
        let present = config.file(key);
        let shown = match present {
            Some(value) if SECRET.contains(&key) => masked(value),
            Some(value) => value.to_owned(),
            None => "None".into(),
        };
        write!(host.stdout, "{question} [{shown}]: ")?;
        host.stdout.flush()?;
        let mut line = String::new();
        if answers.read_line(&mut line)? == 0 {
            writeln!(host.stdout)?;
            return Ok(130);
        }
        let answer = line.trim();
        if !answer.is_empty() {
            set(config, key, answer)?;
        }
    }
    Ok(0)
}
