//! The one error of every simulated service: the real code and wording, as a result to be seen.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A refusal, as the real service words it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ApiError {
    /// `NoSuchBucket`
    pub code: String,
    pub message: String,
    /// HTTP status.
    pub status: u16,
    /// Further members of the error, in order: `("BucketName", "…")`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
    /// Members that are no text, which only the JSON services have: `("CancellationReasons", […])`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<(String, serde_json::Value)>,
}

impl ApiError {
    #[must_use]
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status,
            fields: Vec::new(),
            documents: Vec::new(),
        }
    }

    /// This error with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// This error with one more member that is no text.
    #[must_use]
    pub fn with_document(mut self, name: &str, value: impl super::Shaped) -> Self {
        self.documents.push((name.into(), value.into_value()));
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ApiError {}
