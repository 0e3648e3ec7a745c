//! Who somebody is at a registry.

use serde_json::Value;

/// Who somebody is at a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
    /// What a registry gave in place of a password.
    pub(crate) token: Option<String>,
}

impl Credentials {
    /// As the engine takes them.
    pub(super) fn json(&self, server: &str) -> Value {
        let said = [
            ("username", self.user.as_str()),
            ("password", &self.password),
            ("serveraddress", server),
            ("identitytoken", self.token.as_deref().unwrap_or_default()),
        ];
        said.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}
