//! What listeners and commands of the lab ask of hosts: for the lab itself only.

pub mod find;
pub mod look;
pub mod session;

use sim::api::{ApiError, OpDef};
use sim::{Cx, Principal};

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[
    &find::FindHost::DEF,
    &find::TraceConnection::DEF,
    &find::CheckKey::DEF,
    &find::FetchPage::DEF,
    &session::OpenSession::DEF,
    &session::TypeInput::DEF,
    &session::Interrupt::DEF,
    &session::ResizeTerminal::DEF,
    &session::ReadSession::DEF,
    &session::CloseSession::DEF,
    &session::Complete::DEF,
    &session::TransferFiles::DEF,
    &session::LookAtFiles::DEF,
    &look::LookInside::DEF,
];

/// That the lab itself asks.
///
/// # Errors
/// `AccessControlException` for everybody else.
fn hands(cx: &Cx<'_>) -> Result<(), ApiError> {
    if cx.caller.principal == Principal::Lab {
        return Ok(());
    }
    let message = "Only the lab itself can touch the hosts behind instances.";
    Err(ApiError::new(403, "AccessControlException", message))
}

/// That there is no such host, or that it is not up.
fn no_host(instance: &str) -> ApiError {
    ApiError::new(404, "NoSuchHost", format!("there is no host behind {instance}"))
}

/// That a session is over.
fn no_session(number: u64) -> ApiError {
    ApiError::new(404, "NoSuchSession", format!("The session {number} is over"))
}
