//! How a request on items fails: with an error, or with one that carries items.

use std::sync::Arc;

use super::error::ApiError;
use super::value::Item;

/// Why one item of a transaction was not written or read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// `None` for an item that nothing was wrong with.
    pub code: &'static str,
    pub message: Option<String>,
    pub item: Option<Arc<Item>>,
}

impl Reason {
    pub(crate) fn none() -> Self {
        Self { code: "None", message: None, item: None }
    }

    /// The reason that an error of one item is in a transaction.
    pub(crate) fn of(failure: Failure) -> Self {
        let (error, item) = match failure {
            Failure::Condition { item } => {
                let message = Some(CONDITION_FAILED.to_owned());
                return Self { code: "ConditionalCheckFailed", message, item };
            }
            failure => (failure.error(), None),
        };
        let code = match error.code.as_str() {
            "ItemCollectionSizeLimitExceededException" => "ItemCollectionSizeLimitExceeded",
            "ProvisionedThroughputExceededException" => "ProvisionedThroughputExceeded",
            "ThrottlingException" => "ThrottlingError",
            _ => "ValidationError",
        };
        Self { code, message: Some(error.message), item }
    }
}

/// Why a request was not done. Nothing has changed then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    Refused(ApiError),
    /// The condition did not hold; the item, if the request wants to see it and there is one.
    Condition {
        item: Option<Arc<Item>>,
    },
    /// A transaction was not done; a reason for each of its items, in their order.
    Cancelled(Vec<Reason>),
}

const CONDITION_FAILED: &str = "The conditional request failed";

impl Failure {
    /// The error without the items: `Item` and `CancellationReasons` come beside it.
    pub fn error(&self) -> ApiError {
        match self {
            Self::Refused(error) => error.clone(),
            Self::Condition { .. } => {
                ApiError::new(400, "ConditionalCheckFailedException", CONDITION_FAILED)
            }
            Self::Cancelled(reasons) => {
                let codes: Vec<_> = reasons.iter().map(|reason| reason.code).collect();
                let message = format!(
                    "Transaction cancelled, please refer cancellation reasons for specific reasons \
                     [{}]",
                    codes.join(", ")
                );
                ApiError::new(400, "TransactionCanceledException", message)
            }
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}
