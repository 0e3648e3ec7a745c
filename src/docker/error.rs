//! Why the engine gave no answer, each in one sentence with its remedy.

use std::error::Error as _;
use std::io::ErrorKind;
use std::path::Path;

/// The oldest engine API that the program was made for (Engine 18.09).
pub(super) const OLDEST_API: (u32, u32) = (1, 39);

/// What can go wrong between the program and an engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error(
        "There is no Docker Engine on this machine ({host}); install it with `sudo apt-get install docker.io` or follow https://docs.docker.com/engine/install/."
    )]
    NotInstalled { host: String },
    #[error(
        "The Docker Engine at {host} is not running; start it with `sudo systemctl start docker`."
    )]
    NotRunning { host: String },
    #[error(
        "You may not use the Docker Engine at {host}; join its group with `sudo usermod -aG docker $USER` and log in again."
    )]
    Denied { host: String },
    #[error(
        "The Docker Engine at {host} is too old (its API is {found}, {}.{} is needed); update it as described at https://docs.docker.com/engine/install/.",
        OLDEST_API.0,
        OLDEST_API.1
    )]
    TooOld { host: String, found: String },
    #[error(
        "The engine at {host} cannot be reached from here; only unix:// sockets can. Unset DOCKER_HOST, or name a socket in it."
    )]
    Unsupported { host: String },
    #[error(
        "The Docker Engine at {host} accepts requests but does not answer them; restart it with `sudo systemctl restart docker`."
    )]
    Silent { host: String },
    /// The engine answered and refused; the text is its own.
    #[error("Error response from daemon: {message}")]
    Refused { status: u16, message: String },
    /// What went wrong after the engine had begun to answer, in its own words; the client shows them
    /// as they are.
    #[error("{message}")]
    Reported { message: String },
    /// A file of the host that a stand-in image needs.
    #[error(
        "The stand-in for {name} needs {missing}; install it with `sudo apt-get install {package}`."
    )]
    Ingredient { name: String, missing: String, package: String },
    /// What goes wrong with a lab's nodes; the text says all.
    #[error("{0}")]
    Nodes(String),
    #[error("The Docker Engine's answer could not be used: {0}.")]
    Broken(String),
}

impl EngineError {
    /// Whether the engine says that the thing does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Words of the engine that came by another way than an answer's status.
    #[must_use]
    pub fn said(message: &str) -> Self {
        Self::Refused { status: 500, message: message.to_owned() }
    }

    /// A registry that does not say its first word in time.
    #[must_use]
    pub fn silent_registry(image: &str) -> Self {
        Self::Refused { status: 504, message: format!("the registry of {image} does not answer") }
    }

    /// The learner's own engine did not answer in time.
    #[must_use]
    pub fn silent() -> Self {
        Self::Silent { host: super::own_host().unwrap_or_default() }
    }

    /// Whether there was no engine to talk to.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::NotInstalled { .. }
                | Self::NotRunning { .. }
                | Self::Denied { .. }
                | Self::TooOld { .. }
                | Self::Unsupported { .. }
                | Self::Silent { .. }
        )
    }

    /// Whether an image was asked for and no registry could be reached for it (or Docker Hub gives
    /// this address no more for now). A registry that answers and refuses is another matter.
    #[must_use]
    pub fn is_without_registry(&self) -> bool {
        const WAYS: &[&str] = &[
            "no such host",
            "network is unreachable",
            "no route to host",
            "server misbehaving",
            "failure in name resolution",
            "Client.Timeout exceeded",
            "i/o timeout",
            "TLS handshake timeout",
            "connection refused",
            "toomanyrequests",
        ];
        let (Self::Refused { message, .. } | Self::Reported { message }) = self else {
            return false;
        };
        matches!(self, Self::Refused { status: 504, .. })
            || WAYS.iter().any(|w| message.contains(w))
    }

    /// The engine's own words, without the prefix.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Refused { message, .. } | Self::Reported { message } => message.clone(),
            other => other.to_string(),
        }
    }

    /// What bollard reports, said for people.
    pub(super) fn from_bollard(host: &str, error: bollard::errors::Error) -> Self {
        use bollard::errors::Error;
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                Self::Refused { status: status_code, message: message.trim_end().to_owned() }
            }
            Error::DockerStreamError { error } => Self::Reported { message: error },
            Error::SocketNotFoundError(_) => Self::no_socket(host),
            other => {
                let mut cause = other.source();
                while let Some(inner) = cause {
                    if let Some(io) = inner.downcast_ref::<std::io::Error>() {
                        return Self::from_io(host, io);
                    }
                    cause = inner.source();
                }
                Self::Broken(other.to_string())
            }
        }
    }

    /// A failed connection, said for people.
    pub(super) fn from_io(host: &str, error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::no_socket(host),
            ErrorKind::ConnectionRefused => Self::NotRunning { host: host.to_owned() },
            ErrorKind::PermissionDenied => Self::Denied { host: host.to_owned() },
            _ => Self::Broken(error.to_string()),
        }
    }

    /// There is no socket: the engine is installed but down, or was never installed.
    pub(super) fn no_socket(host: &str) -> Self {
        const PLACES: &[&str] = &["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/snap/bin"];
        let installed = PLACES.iter().any(|dir| Path::new(dir).join("dockerd").exists());
        let host = host.to_owned();
        if installed { Self::NotRunning { host } } else { Self::NotInstalled { host } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_that_refuses_was_reached() {
        let check = |message: &str, want: bool| {
            assert_eq!(EngineError::said(message).is_without_registry(), want, "{message}");
        };
        let hub = "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io";
        check(&format!("{hub}: no such host"), true);
        check(&format!("{hub} on 10.0.0.1:53: read udp: i/o timeout"), true);
        check("toomanyrequests: You have reached your pull rate limit.", true);
        check("pull access denied for nosuch, repository does not exist", false);
        check("write /var/lib/docker/tmp/x: no space left on device", false);
        assert!(EngineError::silent_registry("alpine").is_without_registry());
        assert!(!EngineError::NotRunning { host: String::new() }.is_without_registry());
    }
}
