//! Who may speak to an endpoint at all, before it is asked who signed.
//!
//! Pages in the learner's browser reach loopback too. A signature tells them from the learner's own
//! programs; where any key is taken there is none, so there the browser's own words do: where a page is
//! from (`Origin`, and `Sec-Fetch-Site` of Fetch Metadata), and by which name it found this machine.
//! A page whose own name leads here (DNS rebinding) is told by that name.

use super::handle::Endpoint;
use super::route::{is_loopback, without_port};
use super::{names, verify};
use crate::codec::Head;
use crate::sigv4::{Claim, Rules, Subject, same, sha256_hex};
use sim::api::ApiError;
use sim::principal::Principal;

/// The header that has the profile's token.
const TOKEN: &str = "x-distlab-token";

/// Whether a host is one by which a learner's programs find this machine: itself, a name below
/// `localhost`, a name of AWS (by the session's proxy), or what containers and tools call it.
pub(crate) fn is_ours(host: &str) -> bool {
    let name = without_port(host);
    name.is_empty()
        || is_loopback(host)
        || [".localhost", ".localhost.localstack.cloud"].iter().any(|end| name.ends_with(end))
        || ["localhost.localstack.cloud", "host.docker.internal"].contains(&name)
        || names::read(host).is_some()
}

/// Whether a browser sends this for a page of another site.
pub(super) fn cross_site(head: &Head) -> bool {
    if head.header("sec-fetch-site").is_some_and(|site| site.eq_ignore_ascii_case("cross-site")) {
        return true;
    }
    let Some(origin) = head.header("origin") else { return false };
    // A page without an origin of its own (`null`) may be anybody's.
    !origin.split_once("://").is_some_and(|(_, host)| !host.is_empty() && is_ours(host))
}

/// What such a page is told.
pub(super) fn page_of_another_site() -> ApiError {
    ApiError::new(
        403,
        "AccessDenied",
        "This endpoint takes any key (--no-auth), so it takes no requests from pages of other sites. A \
         bucket's own CORS rules may allow them; without --no-auth a signature does.",
    )
}

/// What is told whoever found this machine by another name.
pub(super) fn another_host(host: &str) -> ApiError {
    let message = format!(
        "This endpoint takes any key (--no-auth), so it answers only by names of this machine, and \
         {host} is none: use localhost."
    );
    ApiError::new(403, "AccessDenied", message)
}

impl Endpoint {
    /// Whether a request for the endpoint itself may change something: it has the profile's token, or
    /// the signature of the account's root. Where any key is taken everybody here may.
    pub(super) fn may_change(&self, head: &Head) -> bool {
        if self.options.no_auth {
            return true;
        }
        if let (Some(token), Some(given)) = (&self.options.token, head.header(TOKEN)) {
            return same(token, given);
        }
        let Some(scope) = Claim::scope_of(head) else { return false };
        let nothing = sha256_hex(b"");
        let subject = Subject {
            head,
            sent_path: &head.path,
            rules: Rules::Common,
            service: &scope.service,
            body_sha256: Some(&nothing),
        };
        let wall = (self.options.clock)();
        let signer = verify::signer(&*self.gateway, &subject, false, wall);
        signer.is_ok_and(|signer| signer.verified.principal == Principal::Root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_this_machine() {
        let check = |host: &str, ours: bool| assert_eq!(is_ours(host), ours, "{host}");
        for host in ["", "localhost", "localhost:4566", "127.0.0.1:80", "[::1]:4566"] {
            check(host, true);
        }
        for host in
            ["notes.localhost:4566", "notes.s3.amazonaws.com", "sts.eu-west-1.amazonaws.com"]
        {
            check(host, true);
        }
        for host in
            ["example.org", "localhost.example.org", "127.0.0.1.example.org", "evillocalhost"]
        {
            check(host, false);
        }
        check("notes.s3.localhost.localstack.cloud:4566", true);
        check("amazonaws.com.example.org", false);
    }

    #[test]
    fn pages_of_other_sites() {
        let check = |headers: &[(&str, &str)], other: bool| {
            let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
            let head = Head::new("POST", "/", "", headers);
            assert_eq!(cross_site(&head), other, "{:?}", head.headers);
        };
        check(&[], false);
        check(&[("sec-fetch-site", "same-origin")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("sec-fetch-site", "cross-site")], true);
        check(&[("sec-fetch-site", "Cross-Site"), ("origin", "http://localhost")], true);
        check(&[("origin", "http://localhost:3000")], false);
        check(&[("origin", "http://127.0.0.1:4566")], false);
        check(&[("origin", "http://notes.localhost")], false);
        for origin in ["https://example.org", "null", "", "http://", "http://localhost.example.org"]
        {
            check(&[("origin", origin)], true);
        }
    }
}
