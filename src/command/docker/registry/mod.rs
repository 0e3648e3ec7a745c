//! Registries as the client knows them: who logs in where, and where that is kept.

mod credentials;
pub(super) mod header;
mod helper;
pub(super) mod login;
pub(super) mod logout;
mod settings;
#[cfg(test)]
mod tests;

pub(super) use settings::Settings;

/// Under which name credentials for the Docker Hub are kept.
const HUB: &str = "https://index.docker.io/v1/";

/// `https://localhost:5000/v2/` is `localhost:5000`.
fn hostname(server: &str) -> &str {
    let rest = server.strip_prefix("http://").or_else(|| server.strip_prefix("https://"));
    rest.unwrap_or(server).split('/').next().unwrap_or_default()
}
