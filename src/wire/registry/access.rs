//! Who may do what, and how a client is asked who it is.
//!
//! A private registry (the way of ECR) asks everybody for a name and a password, by Basic
//! authentication. A public one (the way of Docker Hub) lets everybody pull, and only who has logged
//! in push. That cannot be said with Basic authentication, since an engine without a password gives
//! up at such a challenge; so there a token is handed out, to strangers too, and the engine goes on
//! with that. The tokens open this registry only, and hold for some minutes.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::reply::Reply;
use crate::codec::Head;
use crate::sigv4::{hmac_sha256, same};
use base::Time;
use base::blob::hex;
use registry::{Refusal, refusal};
use sim::api::ApiError;
use sim::principal::Principal;

/// How long a token holds, in seconds.
const TOKEN_SECS: i64 = 300;

/// The one who may log in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    pub user: String,
    pub password: String,
}

/// Who may do what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Access {
    /// Everybody may do everything.
    Open,
    /// Everybody may pull; only the account may push and delete.
    PublicPull(Account),
    /// Only the account may do anything.
    Private(Account),
}

/// What a request's credentials come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    /// A stranger's token.
    Stranger,
    /// The account's password, or its token.
    Account,
    Wrong,
}

impl Access {
    /// Who asks; refused when that one may not.
    ///
    /// # Errors
    /// The answer that asks for credentials.
    pub(super) fn admit(
        &self,
        head: &Head,
        name: Option<&str>,
        now: Time,
    ) -> Result<Principal, Box<Reply>> {
        let (account, public) = match self {
            Self::Open => return Ok(Principal::Anonymous),
            Self::PublicPull(account) => (account, true),
            Self::Private(account) => (account, false),
        };
        let shown = account.judge(head, now);
        let reads = matches!(head.method.as_str(), "GET" | "HEAD");
        // `GET /v2/` is how a client finds out how to log in: it is challenged there even where
        // strangers may read, and comes back with the token of one.
        let greeting = head.path == "/v2/" || head.path == "/v2";
        match shown {
            Shown::Account => Ok(Principal::Unix(account.user.clone())),
            Shown::Stranger if public && reads => Ok(Principal::Anonymous),
            Shown::Nothing if public && reads && !greeting => Ok(Principal::Anonymous),
            _ if public => Err(Box::new(bearer_challenge(head, name, shown))),
            _ => {
                let refused = Reply::error(&refusal(Refusal::Unauthorized));
                Err(Box::new(refused.header("WWW-Authenticate", r#"Basic realm="distlab""#)))
            }
        }
    }

    /// Answers `GET /token`: a token for the account, or for a stranger.
    pub(super) fn token(&self, head: &Head, now: Time) -> Reply {
        let Self::PublicPull(account) = self else {
            return Reply::error(&refusal(Refusal::NotFound));
        };
        let subject = match account.judge(head, now) {
            Shown::Nothing => "stranger",
            Shown::Account => "account",
            Shown::Stranger | Shown::Wrong => {
                let mut error = refusal(Refusal::Unauthorized);
                error.message = "incorrect username or password".into();
                return Reply::error(&error).header("WWW-Authenticate", r#"Basic realm="distlab""#);
            }
        };
        let token = account.token(subject, now.0 / 1000 + TOKEN_SECS);
        Reply::json(
            200,
            "application/json",
            &json!({"token": token, "access_token": token, "expires_in": TOKEN_SECS}),
        )
    }
}

impl Account {
    fn judge(&self, head: &Head, now: Time) -> Shown {
        let Some(header) = head.header("authorization") else { return Shown::Nothing };
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("basic") {
            let right = format!("{}:{}", self.user, self.password);
            let given = STANDARD.decode(rest).unwrap_or_default();
            let given = String::from_utf8_lossy(&given);
            return if same(&given, &right) { Shown::Account } else { Shown::Wrong };
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Shown::Wrong;
        }
        let mut parts = rest.splitn(3, '.');
        let (Some(subject), Some(until), Some(_)) = (parts.next(), parts.next(), parts.next())
        else {
            return Shown::Wrong;
        };
        let Ok(until) = until.parse::<i64>() else { return Shown::Wrong };
        if until.saturating_mul(1000) < now.0 || !same(rest, &self.token(subject, until)) {
            return Shown::Wrong;
        }
        if subject == "account" { Shown::Account } else { Shown::Stranger }
    }

    /// `account.1795341900.` and a code over both that only this account's registry can make.
    fn token(&self, subject: &str, until_s: i64) -> String {
        let text = format!("{subject}.{until_s}");
        let code = hex(&hmac_sha256(self.password.as_bytes(), text.as_bytes()));
        format!("{text}.{code}")
    }
}

/// Sends the client to the place where it gets a token.
fn bearer_challenge(head: &Head, name: Option<&str>, shown: Shown) -> Reply {
    let host = head.header("host").unwrap_or("localhost");
    let mut challenge = format!(r#"Bearer realm="http://{host}/token",service="{host}""#);
    let mut error: ApiError = refusal(Refusal::Unauthorized);
    if let Some(name) = name {
        let action = match head.method.as_str() {
            "GET" | "HEAD" => "pull",
            "DELETE" => "delete",
            _ => "pull,push",
        };
        let _ = write!(challenge, r#",scope="repository:{name}:{action}""#);
        error = error.with("name", name).with("action", action);
    }
    match shown {
        Shown::Stranger => challenge.push_str(r#",error="insufficient_scope""#),
        Shown::Wrong => challenge.push_str(r#",error="invalid_token""#),
        Shown::Nothing | Shown::Account => {}
    }
    Reply::error(&error).header("WWW-Authenticate", &challenge)
}
