//! Answers that a load balancer gives by itself.

use base::Time;

use super::Field;
use crate::shapes::rule::FixedResponseActionConfig;

/// An answer to a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<Field>,
    pub(crate) body: Vec<u8>,
}

/// What a load balancer calls itself.
pub(crate) const SERVER: &str = "awselb/2.0";

/// The phrase behind a status, where a load balancer says another than RFC 9110 does.
#[must_use]
pub fn phrase(status: u16) -> Option<&'static str> {
    Some(match status {
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        414 => "Request-URI Too Large",
        405 => "Not Allowed",
        413 => "Request Entity Too Large",
        _ => return None,
    })
}

fn known(status: u16) -> &'static str {
    match status {
        301 => "Moved Permanently",
        302 => "Found",
        400 => "Bad Request",
        405 => "Not Allowed",
        408 => "Request Time-out",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Large",
        502 => "Bad Gateway",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => "",
    }
}

fn own(status: u16, at: Time, kind: &str, body: Vec<u8>) -> Answer {
    let headers = vec![
        Field::new("Server", SERVER),
        Field::new("Date", at.http_date()),
        Field::new("Content-Type", kind),
        Field::new("Content-Length", body.len().to_string()),
        Field::new("Connection", "keep-alive"),
    ];
    Answer { status, headers, body }
}

/// A small page with the status as its heading.
pub(crate) fn page(status: u16, at: Time) -> Answer {
    let title = format!("{status} {}", known(status));
    let title = title.trim_end();
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         </body>\r\n</html>\r\n"
    );
    own(status, at, "text/html", body.into_bytes())
}

/// A redirection.
pub(crate) fn redirect(status: u16, location: &str, at: Time) -> Answer {
    let mut answer = page(status, at);
    answer.headers.push(Field::new("Location", location));
    answer
}

/// The answer that a rule says.
pub(crate) fn fixed(config: &FixedResponseActionConfig, at: Time) -> Answer {
    let status = config.status_code.parse().unwrap_or(200);
    let body = config.message_body.clone().unwrap_or_default();
    let kind = config.content_type.as_deref().unwrap_or("text/plain");
    own(status, at, &format!("{kind}; charset=utf-8"), body.into_bytes())
}
