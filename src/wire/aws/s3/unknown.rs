//! What a request says to S3 and its operation does not take: it is refused, never passed over.

use crate::codec::Head;
use crate::codec::rest::not_implemented;
use sim::api::{ApiError, Location, OpDef};

/// Headers of the exchange, which belong to no operation: the signature, the framing of the body and the
/// checksums of documents read them.
const OF_THE_EXCHANGE: [&str; 13] = [
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-security-token",
    "x-amz-te",
    "x-amz-trailer",
    "x-amz-user-agent",
];

/// Parameters of a signature in the query, beside those.
const OF_THE_SIGNATURE: [&str; 5] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-expires",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// Whether an operation has a member in this header that may be given.
pub(super) fn takes(op: &OpDef, header: &str) -> bool {
    (op.input)().members.iter().filter(|member| !member.refused).any(|member| {
        match member.location {
            Location::Header(name) => name.eq_ignore_ascii_case(header),
            Location::Headers(prefix) => header.len() > prefix.len() && header.starts_with(prefix),
            _ => false,
        }
    })
}

/// Whether the operation takes everything that the head says.
///
/// # Errors
/// `NotImplemented` names what it does not take; `InvalidRequest` for a checksum that is announced and
/// does not come.
pub(super) fn check(op: &OpDef, head: &Head) -> Result<(), ApiError> {
    let presigned = head.presigned();
    let hoisted = head.query.iter().filter(|_| presigned);
    for (name, _) in head.headers.iter().chain(hoisted) {
        let lower = name.to_ascii_lowercase();
        // Metadata is said of what is written; elsewhere it is nobody's.
        let nothing = !lower.starts_with("x-amz-") || lower.starts_with("x-amz-meta-");
        let exchange = OF_THE_EXCHANGE.contains(&lower.as_str())
            || (presigned && OF_THE_SIGNATURE.contains(&lower.as_str()));
        if !(nothing || exchange || takes(op, &lower)) {
            return Err(not_implemented().with("Header", name.as_str()));
        }
    }
    check_announced(head)
}

/// A checksum's algorithm stands beside the checksum, in the head or behind the body.
fn check_announced(head: &Head) -> Result<(), ApiError> {
    let Some(algorithm) = head.header("x-amz-sdk-checksum-algorithm") else { return Ok(()) };
    let header = format!("x-amz-checksum-{}", algorithm.to_ascii_lowercase());
    let comes = head.header(&header).is_some()
        || head
            .header("x-amz-trailer")
            .is_some_and(|trailer| trailer.eq_ignore_ascii_case(&header));
    if comes {
        return Ok(());
    }
    Err(ApiError::new(
        400,
        "InvalidRequest",
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or \
         x-amz-trailer headers were found.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operation_does_not_take_is_refused_by_name() {
        let s3 = systems::services().find(|s| s.name == "s3").expect("S3");
        let check = |op: &str, query: &str, header: (&str, &str), want: &str| {
            let op = s3.operation(op).expect("an operation");
            let header = (header.0.to_owned(), header.1.to_owned());
            let head = Head::new("PUT", "/b/k", query, [header]);
            let got = match check(op, &head) {
                Ok(()) => String::new(),
                Err(error) => {
                    let named = error.fields.first().map(|(_, value)| format!(" {value}"));
                    format!("{}{}", error.code, named.unwrap_or_default())
                }
            };
            assert_eq!(got, want, "{} {query} {}", op.name, head.headers[0].0);
        };
        check("PutObject", "", ("x-amz-acl", "private"), "");
        check("PutObject", "", ("X-Amz-Meta-A", "1"), "");
        check("GetObject", "", ("x-amz-meta-a", "1"), "");
        check("GetObject", "", ("x-amz-acl", "private"), "NotImplemented x-amz-acl");
        check("PutObject", "", ("x-amz-fancy", "1"), "NotImplemented x-amz-fancy");
        let context = "x-amz-server-side-encryption-context";
        check("PutObject", "", (context, "e30="), &format!("NotImplemented {context}"));
        check(
            "PutObject",
            "",
            ("x-amz-write-offset-bytes", "1"),
            "NotImplemented x-amz-write-offset-bytes",
        );
        check(
            "PutObject",
            "",
            ("x-amz-checksum-sha512", "x"),
            "NotImplemented x-amz-checksum-sha512",
        );
        check("GetObject", "", ("x-amz-request-payer", "requester"), "");
        check(
            "HeadBucket",
            "",
            ("x-amz-request-payer", "requester"),
            "NotImplemented x-amz-request-payer",
        );
        check("GetObject", "", ("range", "bytes=0-1"), "");
        let signed = "X-Amz-Algorithm=A&X-Amz-Signature=S&X-Amz-SignedHeaders=host&X-Amz-Expires=9";
        check("PutObject", signed, ("host", "h"), "");
        let acl = format!("{signed}&x-amz-acl=private");
        check("PutObject", &acl, ("host", "h"), "");
        check("GetObject", &acl, ("host", "h"), "NotImplemented x-amz-acl");
        check("GetObject", "x-amz-acl=private", ("host", "h"), "");
        check("PutObject", "", ("x-amz-sdk-checksum-algorithm", "CRC32"), "InvalidRequest");
        check("PutObject", "", ("x-amz-trailer", "x-amz-checksum-crc32"), "");
    }
}
