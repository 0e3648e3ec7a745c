//! Signed requests (AWS Signature Version 4), as whole texts ready to be sent.

use distlab::base::blob::hex;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// A key and the place it is used at.
pub(crate) struct Signer {
    pub(crate) host: String,
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
}

/// What is asked. The query is in canonical form: names sorted, `name=value`.
pub(crate) struct Ask<'a> {
    pub(crate) service: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) kind: &'a str,
    /// `X-Amz-Target`, for services that name the operation there; otherwise empty.
    pub(crate) target: &'a str,
    pub(crate) body: &'a [u8],
}

impl Signer {
    /// The request, head and body, as it goes over the wire.
    pub(crate) fn request(&self, ask: &Ask<'_>) -> Vec<u8> {
        let iso = distlab::wire::aws::wall_clock().iso_millis();
        let digits: String = iso.chars().filter(char::is_ascii_digit).take(14).collect();
        let (date, time) = digits.split_at(8);
        let stamp = format!("{date}T{time}Z");
        let payload = hex(&Sha256::digest(ask.body));
        let mut headers = format!(
            "content-type:{}\nhost:{}\nx-amz-content-sha256:{payload}\nx-amz-date:{stamp}\n",
            ask.kind, self.host
        );
        let mut names = "content-type;host;x-amz-content-sha256;x-amz-date".to_owned();
        let mut target = String::new();
        if !ask.target.is_empty() {
            let _ = writeln!(headers, "x-amz-target:{}", ask.target);
            names += ";x-amz-target";
            target = format!("X-Amz-Target: {}\r\n", ask.target);
        }
        let canonical =
            format!("{}\n{}\n{}\n{headers}\n{names}\n{payload}", ask.method, ask.path, ask.query);
        let scope = format!("{date}/us-east-1/{}/aws4_request", ask.service);
        let hashed = hex(&Sha256::digest(canonical.as_bytes()));
        let string = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}");
        let mut key = mac(format!("AWS4{}", self.secret).as_bytes(), date);
        for part in ["us-east-1", ask.service, "aws4_request"] {
            key = mac(&key, part);
        }
        let signature = hex(&mac(&key, &string));
        let mark = if ask.query.is_empty() { "" } else { "?" };
        let head = format!(
            "{} {}{mark}{} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nX-Amz-Date: {stamp}\r\n\
             X-Amz-Content-SHA256: {payload}\r\n{target}Authorization: AWS4-HMAC-SHA256 \
             Credential={}/{scope}, SignedHeaders={names}, Signature={signature}\r\n\
             Content-Length: {}\r\n\r\n",
            ask.method,
            ask.path,
            ask.query,
            self.host,
            ask.kind,
            self.access_key_id,
            ask.body.len()
        );
        [head.as_bytes(), ask.body].concat()
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = <Hmac<Sha256>>::new_from_slice(key).expect("keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
