//! Requests to services that take forms.

use std::fmt::Write as _;

use crate::sign::{Ask, Signer};

/// A request of that version of a service's API, as it goes over the wire.
pub(crate) fn request(signer: &Signer, service: &str, version: &str, body: &str) -> Vec<u8> {
    signer.request(&Ask {
        service,
        method: "POST",
        path: "/",
        query: "",
        kind: "application/x-www-form-urlencoded; charset=utf-8",
        target: "",
        body: format!("{body}&Version={version}").as_bytes(),
    })
}

/// A value in a form.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(2 * text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
