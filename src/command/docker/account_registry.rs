//! Images of the simulated account's own registry (ECR).
//!
//! The engine is the learner's own and cannot resolve `123456789012.dkr.ecr.eu-west-1.amazonaws.com`. So
//! it is told the name of the local door instead, `localhost:PORT/HOST/REPOSITORY`, with the credentials
//! of the host, and what it says is put back into the words and names that were typed.

use serde_json::Value;

use super::cx::{Cx, Fail};
use super::reference::Reference;
use docker::{Engine, EngineError};

/// The name of the door in the world's table.
const DOOR: &str = "ecr";

/// Where the engine finds the registry of a simulated account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Way {
    /// `123456789012.dkr.ecr.eu-west-1.amazonaws.com`
    host: String,
    /// `localhost:34567`
    door: String,
}

/// Whether a registry is one of a simulated account.
pub(super) fn is_simulated(domain: &str) -> bool {
    domain.split_once(".dkr.ecr.").is_some_and(|(account, rest)| {
        let twelve = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        twelve && rest.ends_with(".amazonaws.com")
    })
}

/// The way to a registry; nothing where the engine finds it by itself.
///
/// # Errors
/// It is a simulated one whose door is not open.
pub(super) fn way(cx: &Cx<'_, '_>, domain: &str) -> Result<Option<Way>, EngineError> {
    if !is_simulated(domain) {
        return Ok(None);
    }
    let place = cx.host.gateway.place();
    let Some(door) = place.door(DOOR) else {
        return Err(EngineError::Reported {
            message: format!(
                "distlab: {domain} is the registry of a simulated account. It listens while a lab or \
                 `distlab serve` is open; use docker in the lab's shell."
            ),
        });
    };
    Ok(Some(Way { host: domain.to_owned(), door: door.address.clone() }))
}

impl Way {
    /// The registry's name for the engine.
    pub(super) fn door(&self) -> &str {
        &self.door
    }

    /// An image's name for the engine.
    pub(super) fn local(&self, image: &Reference) -> Reference {
        let repository = format!("{}/{}", self.door, image.repository);
        Reference { repository, ..image.clone() }
    }

    /// What the engine says, in the names that were typed.
    pub(super) fn words(&self, text: &str) -> String {
        let Self { host, door } = self;
        text.replace(&format!("http://{door}/v2/{host}/"), &format!("https://{host}/v2/"))
            .replace(&format!("{door}/{host}"), host)
            .replace(&format!("http://{door}"), &format!("https://{host}"))
            .replace(door.as_str(), host)
            // The name of a repository alone.
            .replace(&format!("from {host}/"), "from ")
    }

    /// A message of the engine, in the names that were typed.
    pub(super) fn message(&self, mut message: Value) -> Value {
        self.rename(&mut message);
        message
    }

    fn rename(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.words(text),
            Value::Array(all) => all.iter_mut().for_each(|one| self.rename(one)),
            Value::Object(all) => all.values_mut().for_each(|one| self.rename(one)),
            _ => {}
        }
    }

    /// The same of what went wrong.
    pub(super) fn error(&self, error: EngineError) -> EngineError {
        match error {
            EngineError::Refused { status, message } => {
                EngineError::Refused { status, message: self.words(&message) }
            }
            EngineError::Reported { message } => {
                EngineError::Reported { message: self.words(&message) }
            }
            other => other,
        }
    }

    /// The same of how a command ends.
    pub(super) fn fail(&self, mut fail: Fail) -> Fail {
        fail.text = self.words(&fail.text);
        fail
    }
}

/// The tags of a repository that the engine has.
///
/// # Errors
/// When the engine cannot be asked.
pub(super) async fn tags(engine: &Engine, repository: &str) -> Result<Vec<String>, EngineError> {
    let filter = serde_json::json!({ "reference": [repository] }).to_string();
    let listed =
        engine.get_json(&format!("/images/json?filters={}", Engine::escape(&filter))).await?;
    let names = listed.as_array().into_iter().flatten();
    let names = names.filter_map(|image| image.get("RepoTags")?.as_array()).flatten();
    let front = format!("{repository}:");
    Ok(names.filter_map(|name| Some(name.as_str()?.strip_prefix(&front)?.to_owned())).collect())
}

/// Gives images another name as well, one for each tag.
///
/// # Errors
/// There is no such image, or the engine refuses.
pub(super) async fn name_too(
    engine: &Engine,
    from: &Reference,
    to: &Reference,
    tags: &[String],
) -> Result<(), EngineError> {
    for tag in tags {
        engine.tag(&format!("{}:{tag}", from.repository), &to.repository, tag).await?;
    }
    Ok(())
}

/// Takes names away again that were given for the engine alone. That one is gone already is no trouble.
pub(super) async fn unname(engine: &Engine, name: &Reference, tags: &[String]) {
    for tag in tags {
        let _ = engine.remove_image(&format!("{}:{tag}", name.repository), false, true).await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference;
    use super::{Way, is_simulated};

    const HOST: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

    fn way() -> Way {
        Way { host: HOST.into(), door: "localhost:4321".into() }
    }

    #[test]
    fn hosts_of_accounts_are_known() {
        assert!(is_simulated(HOST));
        for other in
            ["docker.io", "localhost:5000", "public.ecr.aws", "1.dkr.ecr.us-east-1.amazonaws.com"]
        {
            assert!(!is_simulated(other), "{other}");
        }
    }

    #[test]
    fn the_engine_is_told_the_door_and_the_learner_the_host() {
        let image = reference::parse(&format!("{HOST}/team/web:1")).expect("a name");
        let local = way().local(&image);
        assert_eq!(local.familiar(), format!("localhost:4321/{HOST}/team/web:1"));
        let check = |said: &str, want: &str| assert_eq!(way().words(said), want);
        check(
            &format!("The push refers to repository [localhost:4321/{HOST}/team/web]"),
            &format!("The push refers to repository [{HOST}/team/web]"),
        );
        check(
            &format!(
                "Head \"http://localhost:4321/v2/{HOST}/team/web/manifests/1\": no basic auth credentials"
            ),
            &format!("Head \"https://{HOST}/v2/team/web/manifests/1\": no basic auth credentials"),
        );
        check(&format!("Pulling from {HOST}/team/web"), "Pulling from team/web");
        check(
            "login attempt to http://localhost:4321/v2/ failed with status: 400 Bad Request",
            &format!("login attempt to https://{HOST}/v2/ failed with status: 400 Bad Request"),
        );
        check("nothing of it", "nothing of it");
    }
}
