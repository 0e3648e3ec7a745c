//! Profiles that name a role: `role_arn`, with `source_profile` or `credential_source` saying whose keys
//! ask for it. As the real client does, the temporary keys are kept in `cli/cache` (beside the config
//! file) and used until a quarter of an hour before they expire, which is lab time here.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::Client;
use super::config::{Config, Key};
use super::fail::Failure;
use super::globals::Globals;
use base::Digest;
use gateway::Gateway;

/// Keys that expire sooner are asked for anew (botocore's `DEFAULT_EXPIRY_WINDOW_SECONDS`).
const EXPIRES_SOON_MS: i64 = 15 * 60 * 1000;

/// A way to the world, with the credentials that are set.
///
/// # Errors
/// As [`key`].
pub(super) fn client<'a>(
    gateway: &'a dyn Gateway,
    config: &Config,
    globals: &Globals,
) -> Result<Client<'a>, Failure> {
    let region = config.region(globals).unwrap_or_else(|| gateway.place().region);
    if globals.no_sign {
        return Ok(Client::anonymous(gateway, region));
    }
    let key = key(gateway, config, &region)?;
    Client::with_key(gateway, &region, key.as_ref())
}

/// The key that a request is made with: the environment's, the profile's own, or that of the profile's
/// role.
///
/// # Errors
/// The client's words for settings that lead nowhere, the service's for a role that may not be assumed.
pub(super) fn key(
    gateway: &dyn Gateway,
    config: &Config,
    region: &str,
) -> Result<Option<Key>, Failure> {
    if let Some(key) = config.env_key()? {
        return Ok(Some(key));
    }
    if config.file("role_arn").is_some() {
        return Roles { gateway, config, region, visited: vec![config.profile.clone()] }
            .assume(&config.profile)
            .map(Some);
    }
    config.static_key(&config.profile)
}

struct Roles<'a> {
    gateway: &'a dyn Gateway,
    config: &'a Config,
    region: &'a str,
    /// The profiles on the way, the first one first.
    visited: Vec<String>,
}

impl Roles<'_> {
    fn assume(&mut self, profile: &str) -> Result<Key, Failure> {
        let setting = |key: &str| self.config.file_of(profile, key).map(str::to_owned);
        if setting("mfa_serial").is_some() {
            return Err(Failure::General(format!(
                "The profile \"{profile}\" has an mfa_serial, and this aws asks for no code at a prompt: \
                 use aws sts assume-role with --serial-number and --token-code."
            )));
        }
        let source =
            self.source(profile, setting("source_profile"), setting("credential_source"))?;
        let mut input = json!({"RoleArn": setting("role_arn")});
        let name = setting("role_session_name");
        for (member, value) in [
            ("RoleSessionName", name.clone().map(Value::from)),
            ("ExternalId", setting("external_id").map(Value::from)),
            (
                "DurationSeconds",
                setting("duration_seconds").and_then(|s| s.parse::<i64>().ok()).map(Value::from),
            ),
        ] {
            if let Some(value) = value {
                input[member] = value;
            }
        }
        let file = self.cache_file(&input);
        if let Some(kept) = file.as_ref().and_then(|file| self.kept(file)) {
            return Ok(kept);
        }
        if name.is_none() {
            let now = self.gateway.now().map_err(|e| Failure::General(e.to_string()))?;
            input["RoleSessionName"] =
                format!("botocore-session-{}", now.0.div_euclid(1000)).into();
        }
        let client = Client::with_key(self.gateway, self.region, Some(&source))?;
        let answer = client.ask("sts", "AssumeRole", input)?;
        if let Some(file) = file {
            keep(&file, &answer)?;
        }
        read(&answer["Credentials"])
            .ok_or_else(|| Failure::General("AssumeRole answered without credentials".to_owned()))
    }

    /// The keys that ask for a profile's role.
    fn source(
        &mut self,
        profile: &str,
        from_profile: Option<String>,
        from: Option<String>,
    ) -> Result<Key, Failure> {
        let wrong = |message: String| Failure::General(message);
        match (from_profile, from) {
            (Some(_), Some(_)) => Err(wrong(format!(
                "The profile \"{profile}\" contains both source_profile and credential_source."
            ))),
            (None, None) => Err(wrong(
                "Partial credentials found in assume-role, missing: source_profile or \
                 credential_source"
                    .to_owned(),
            )),
            (None, Some(from)) => {
                let known = ["environment", "ec2instancemetadata", "ecscontainer"];
                if !known.contains(&from.to_lowercase().as_str()) {
                    return Err(wrong(format!(
                        "The credential source \"{from}\" referenced in profile \"{profile}\" is not \
                         valid."
                    )));
                }
                // A lab's shell runs on no instance and in no task.
                let key = if from.eq_ignore_ascii_case("environment") {
                    self.config.any_env_key()?
                } else {
                    None
                };
                key.ok_or_else(|| {
                    wrong(format!(
                        "Error when retrieving credentials from {from}: No credentials found in \
                         credential_source referenced in profile {profile}"
                    ))
                })
            }
            (Some(source), None) => self.source_profile(profile, &source),
        }
    }

    fn source_profile(&mut self, profile: &str, source: &str) -> Result<Key, Failure> {
        if !self.config.profiles().iter().any(|known| known == source) {
            return Err(Failure::General(format!(
                "The source_profile \"{source}\" referenced in the profile \"{profile}\" does not exist."
            )));
        }
        let has = |key: &str| self.config.file_of(source, key).is_some();
        let has_keys = has("aws_access_key_id") || has("aws_secret_access_key");
        let has_role = has("role_arn");
        // A profile may name itself when it has keys beside its role.
        if self.visited.iter().any(|seen| seen == source) && !(source == profile && has_keys) {
            let visited: Vec<String> = self.visited.iter().map(|p| format!("'{p}'")).collect();
            return Err(Failure::General(format!(
                "Infinite loop in credential configuration detected. Attempting to load from profile \
                 {source} which has already been visited. Visited profiles: [{}]",
                visited.join(", ")
            )));
        }
        self.visited.push(source.to_owned());
        if has_role && !has_keys {
            return self.assume(source);
        }
        self.config.static_key(source)?.ok_or_else(|| {
            Failure::General(format!("The source profile \"{source}\" must have credentials."))
        })
    }

    /// Where the keys of such a request are kept; nowhere without a config file.
    fn cache_file(&self, input: &Value) -> Option<PathBuf> {
        let folder = self.config.settings_path.as_ref()?.parent()?;
        Some(folder.join(format!("cli/cache/{}.json", Digest::of(input.to_string().as_bytes()))))
    }

    /// Keys that were asked for before, if the world knows them and they hold long enough.
    fn kept(&self, file: &PathBuf) -> Option<Key> {
        let answer: Value = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
        let key = read(&answer["Credentials"])?;
        // An undo may have taken them back.
        let known = self.gateway.credential(&key.id).ok()??;
        let left = known.expires?.0 - self.gateway.now().ok()?.0;
        let same = known.secret_access_key == key.secret && known.session_token == key.token;
        (same && left >= EXPIRES_SOON_MS).then_some(key)
    }
}

fn keep(file: &PathBuf, answer: &Value) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    // Only its owner may read such a file from the beginning, and nobody sees half of it.
    let mut waiting = tempfile::NamedTempFile::new_in(folder)?;
    waiting.write_all(answer.to_string().as_bytes())?;
    waiting.persist(file).map_err(|e| e.error)?;
    Ok(())
}

fn read(credentials: &Value) -> Option<Key> {
    let text = |name: &str| credentials[name].as_str().map(str::to_owned);
    Some(Key {
        id: text("AccessKeyId")?,
        secret: text("SecretAccessKey")?,
        token: text("SessionToken"),
        source: "assume-role",
    })
}
