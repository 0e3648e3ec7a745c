//! Encryption with a key that the client keeps (SSE-C): it comes with every request, and only its
//! digest stays here. It is sealed before the request is written down.
//!
//! Follows the S3 User Guide, "Using server-side encryption with customer-provided keys". Nothing is
//! encrypted: bodies lie in the blob store as they came. S3 takes such a key over TLS alone. The
//! endpoint here has none and binds nothing but loopback, where nobody listens in, so a request from
//! loopback counts as secure; one that comes from another address without TLS is refused.

use std::net::IpAddr;

use md5::Digest as _;

use super::errors::{argument, bad, request};
use super::object::Encryption;
use base::Digest;
use base::blob::{hex, unhex};
use sim::Cx;
use sim::api::{ApiError, Secret};

sim::group! {
    /// The key that the client wants an object encrypted with.
    pub struct CustomerKey {
        /// The algorithm of the key: `AES256`.
        pub(super) algorithm: Option<String> => "SSECustomerAlgorithm" Header("x-amz-server-side-encryption-customer-algorithm"),
        /// The key: 32 bytes, in base64.
        pub(super) key: Option<Secret> => "SSECustomerKey" Header("x-amz-server-side-encryption-customer-key"),
        /// The MD5 of the key, in base64.
        pub(super) md5: Option<String> => "SSECustomerKeyMD5" Header("x-amz-server-side-encryption-customer-key-MD5"),
    }
}

sim::group! {
    /// The key that the source of a copy is encrypted with.
    pub struct SourceCustomerKey {
        /// The algorithm of the source's key: `AES256`.
        pub(super) algorithm: Option<String> => "CopySourceSSECustomerAlgorithm" Header("x-amz-copy-source-server-side-encryption-customer-algorithm"),
        /// The source's key: 32 bytes, in base64.
        pub(super) key: Option<Secret> => "CopySourceSSECustomerKey" Header("x-amz-copy-source-server-side-encryption-customer-key"),
        /// The MD5 of the source's key, in base64.
        pub(super) md5: Option<String> => "CopySourceSSECustomerKeyMD5" Header("x-amz-copy-source-server-side-encryption-customer-key-MD5"),
    }
}

sim::structure! {
    /// What answers say of the key.
    pub struct CustomerKeyAnswer {
        /// The algorithm of the key: `AES256`.
        pub algorithm: Option<String> => "SSECustomerAlgorithm" Header("x-amz-server-side-encryption-customer-algorithm"),
        /// The MD5 of the key, in base64.
        pub md5: Option<String> => "SSECustomerKeyMD5" Header("x-amz-server-side-encryption-customer-key-MD5"),
    }
}

const KEY_LEN: usize = 32;

impl CustomerKey {
    /// Whether the request says anything of a key.
    pub(super) fn is_given(&self) -> bool {
        self.algorithm.is_some() || self.key.is_some() || self.md5.is_some()
    }

    /// The digest of the key, when there is one and it is sound. `sse` is the other encryption that
    /// the request asks for.
    ///
    /// # Errors
    /// `InvalidRequest` without TLS; `InvalidArgument`, `InvalidEncryptionAlgorithmError`.
    pub(super) fn digest(
        &self,
        cx: &Cx<'_>,
        sse: Option<&str>,
    ) -> Result<Option<Digest>, ApiError> {
        if !self.is_given() {
            return Ok(None);
        }
        if !is_secure(cx) {
            return Err(request(
                "Requests specifying Server Side Encryption with Customer provided keys must be made \
                 over a secure connection.",
            ));
        }
        let header = "x-amz-server-side-encryption";
        if let Some(sse) = sse {
            let message = "Server Side Encryption with Customer provided key is incompatible with the \
                           encryption method specified";
            return Err(argument(message, header, sse));
        }
        let wrong = |message: &str| argument(message, header, "null");
        let must =
            "Requests specifying Server Side Encryption with Customer provided keys must provide";
        let algorithm = self.algorithm.as_deref();
        let algorithm =
            algorithm.ok_or_else(|| wrong(&format!("{must} a valid encryption algorithm.")))?;
        let key = self.key.as_ref();
        let key = key.ok_or_else(|| wrong(&format!("{must} an appropriate secret key.")))?;
        if algorithm != "AES256" {
            let message =
                "The Encryption request you specified is not valid. Supported value: AES256.";
            return Err(bad("InvalidEncryptionAlgorithmError", message)
                .with("ArgumentName", header)
                .with("ArgumentValue", algorithm));
        }
        let md5 = self.md5.as_deref().ok_or_else(|| {
            wrong(&format!("{must} the client calculated MD5 of the secret key."))
        })?;
        let unusable = || wrong("The secret key was invalid for the specified algorithm.");
        let len = key.len.ok_or_else(unusable)?;
        if key.md5 != md5 {
            return Err(wrong(
                "The calculated MD5 hash of the key did not match the hash that was provided.",
            ));
        }
        if len != KEY_LEN {
            return Err(unusable());
        }
        Ok(Some(key.digest))
    }

    /// Whether what is encrypted so may be read with this key.
    ///
    /// # Errors
    /// `InvalidRequest` when one of the two has no key; `AccessDenied` when they are different.
    pub(super) fn opens(&self, cx: &Cx<'_>, encryption: &Encryption) -> Result<(), ApiError> {
        let sent = self.digest(cx, None)?;
        match (encryption.customer, sent) {
            (None, None) => Ok(()),
            (Some(_), None) => Err(request(
                "The object was stored using a form of Server Side Encryption. The correct parameters \
                 must be provided to retrieve the object.",
            )),
            (None, Some(_)) => {
                Err(request("The encryption parameters are not applicable to this object."))
            }
            (Some(kept), Some(sent)) if kept == sent => Ok(()),
            (Some(_), Some(_)) => Err(ApiError::new(
                403,
                "AccessDenied",
                "Requests specifying Server Side Encryption with Customer provided keys must provide \
                 the correct secret key.",
            )),
        }
    }

    /// Whether a part may be added with this key to an upload that is encrypted so.
    ///
    /// # Errors
    /// `InvalidRequest` when it is not the upload's own.
    pub(super) fn fits_upload(&self, cx: &Cx<'_>, upload: &Encryption) -> Result<(), ApiError> {
        match (upload.customer, self.digest(cx, None)?) {
            (None, None) => Ok(()),
            (Some(kept), Some(sent)) if kept == sent => Ok(()),
            (Some(_), Some(_)) => Err(request(
                "The provided encryption parameters did not match the ones used originally.",
            )),
            _ => Err(request(
                "The multipart upload initiate requested encryption. Subsequent part requests must \
                 include the appropriate encryption parameters.",
            )),
        }
    }

    /// What the answer says of it.
    pub(super) fn answer(&self) -> CustomerKeyAnswer {
        CustomerKeyAnswer { algorithm: self.algorithm.clone(), md5: self.md5.clone() }
    }
}

impl SourceCustomerKey {
    /// The key as that of an object to be read.
    pub(super) fn key(&self) -> CustomerKey {
        CustomerKey {
            algorithm: self.algorithm.clone(),
            key: self.key.clone(),
            md5: self.md5.clone(),
        }
    }
}

/// Whether nobody can have read the request on its way.
fn is_secure(cx: &Cx<'_>) -> bool {
    let via = &cx.caller.via;
    let near = || via.source_ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    via.secure || via.source_ip.is_empty() || near()
}

/// The entity tag of bytes with this MD5 once they are encrypted so: with the client's key it is not
/// the MD5, but has its form.
pub(super) fn etag(md5: String, encryption: &Encryption) -> String {
    let Some(key) = encryption.customer else { return md5 };
    let mut sum = md5::Md5::new();
    sum.update(key.0);
    sum.update(unhex(&md5).unwrap_or_default());
    hex(&sum.finalize())
}
