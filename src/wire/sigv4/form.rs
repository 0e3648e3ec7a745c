//! Who signed a form: the fields of its signature, which covers the policy in the form and nothing
//! else.
//!
//! Follows the S3 API reference, "Authenticating requests in browser-based uploads using POST", and
//! the S3 User Guide for version 2. The words of refusals are those that S3 was seen to answer.
//!
//! How old a signature may be, its policy says by its expiration; the documentation names no bound to
//! that, unlike the week of a presigned address, and a form's date is held to its credential's alone.

use super::claim::{Scope, parse_stamp};
use super::{Rules, Verified, hmac_sha256, refuse, same, usable, v2, v4};
use base::Time;
use base::blob::hex;
use sim::Credential;
use sim::api::ApiError;

/// The fields of a signature of version 4, as S3 spells them.
const FIELDS: [&str; 4] = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"];

/// What a form says about its signer.
#[derive(Debug, PartialEq, Eq)]
pub struct FormClaim<'a> {
    pub access_key_id: &'a str,
    /// In base64, as it was sent: just this is signed.
    pub policy: &'a str,
    /// Of version 4.
    pub scope: Option<Scope>,
    token: Option<&'a str>,
    signature: &'a str,
}

impl<'a> FormClaim<'a> {
    /// What the form says, or `None` when nobody signed it. `field` finds a field by its name in lower
    /// case.
    ///
    /// # Errors
    /// When a field is missing that belongs to the others, or says nothing sound.
    pub fn read(field: impl Fn(&str) -> Option<&'a str>) -> Result<Option<Self>, ApiError> {
        let get = |name: &str| {
            field(&name.to_ascii_lowercase()).ok_or_else(|| refuse::missing_field(name))
        };
        let given = |names: &[&str]| names.iter().any(|n| field(&n.to_ascii_lowercase()).is_some());
        let (access_key_id, signature, scope) = if given(&FIELDS) {
            for name in FIELDS {
                get(name)?;
            }
            let algorithm = get("X-Amz-Algorithm")?;
            if algorithm != "AWS4-HMAC-SHA256" {
                let message =
                    "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"";
                return Err(refuse::field(message, "X-Amz-Algorithm", algorithm));
            }
            let date = get("X-Amz-Date")?;
            if parse_stamp(date).is_none() {
                let message = "X-Amz-Date must be formated via ISO8601 Long format";
                return Err(refuse::field(message, "X-Amz-Date", date));
            }
            let text = get("X-Amz-Credential")?;
            let (id, scope) = credential(text)?;
            if !date.starts_with(&scope.date) {
                let message = format!(
                    "Invalid credential date \"{}\". This date is not the same as X-Amz-Date: \
                     \"{}\".",
                    scope.date,
                    &date[..8]
                );
                return Err(refuse::field(message, "X-Amz-Credential", text));
            }
            (id, get("X-Amz-Signature")?, Some(scope))
        } else if given(&["AWSAccessKeyId", "Signature"]) {
            (get("AWSAccessKeyId")?, get("Signature")?, None)
        } else {
            return Ok(None);
        };
        let (policy, token) = (get("policy")?, field("x-amz-security-token"));
        Ok(Some(Self { access_key_id, policy, scope, token, signature }))
    }

    /// Holds the claim against the credential it names (`None` when there is none of that id).
    ///
    /// # Errors
    /// Unknown key, wrong token, or signature.
    pub fn verify(&self, credential: Option<&Credential>, lab: Time) -> Result<Verified, ApiError> {
        let credential = usable(credential, self.access_key_id, self.token, Rules::S3, lab)?;
        let secret = &credential.secret_access_key;
        let computed = match &self.scope {
            Some(scope) => {
                hex(&hmac_sha256(&v4::signing_key(secret, scope), self.policy.as_bytes()))
            }
            None => v2::signature(secret, self.policy),
        };
        if !same(&computed, self.signature) {
            return Err(refuse::mismatch(
                Rules::S3,
                &refuse::Computed {
                    access_key_id: self.access_key_id,
                    string_to_sign: self.policy,
                    provided: self.signature,
                    canonical_request: None,
                },
            ));
        }
        let access_key = credential.access_key_id.clone();
        Ok(Verified { principal: credential.principal.clone(), access_key, chain: None })
    }
}

/// `AKID/20261122/us-east-1/s3/aws4_request`
fn credential(text: &str) -> Result<(&str, Scope), ApiError> {
    let wrong = |message: String| refuse::field(message, "X-Amz-Credential", text);
    let mut parts = text.rsplitn(5, '/');
    let (Some(end), Some(service), Some(region), Some(date), Some(id)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong(
            "the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
                .into(),
        ));
    };
    if end != "aws4_request" {
        return Err(wrong(format!(
            "incorrect terminal \"{end}\". This endpoint uses \"aws4_request\"."
        )));
    }
    if service != "s3" {
        return Err(wrong(format!(
            "incorrect service \"{service}\". This endpoint belongs to \"s3\"."
        )));
    }
    if date.len() != 8 || !date.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong(format!(
            "incorrect date format \"{date}\". This date in the credential must be in the format \
             \"yyyyMMdd\"."
        )));
    }
    if id.is_empty() {
        return Err(wrong(
            "a non-empty Access Key (AKID) must be provided in the credential.".into(),
        ));
    }
    Ok((id, Scope { date: date.into(), region: region.into(), service: service.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Principal;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    /// What botocore's `generate_presigned_post` made on 2015-12-29, with the key of AWS's examples.
    const POLICY: &str = "eyJleHBpcmF0aW9uIjogIjIwMTUtMTItMjlUMDE6MDA6MDBaIiwgImNvbmRpdGlvbnMiOiBbey\
        JidWNrZXQiOiAic2lndjRleGFtcGxlYnVja2V0In0sIHsia2V5IjogInVzZXIvdXNlcjEvcGhvdG8uanBnIn0sIHsi\
        eC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwgeyJ4LWFtei1jcmVkZW50aWFsIjogIkFLSUFJT1\
        NGT0ROTjdFWEFNUExFLzIwMTUxMjI5L3VzLWVhc3QtMS9zMy9hd3M0X3JlcXVlc3QifSwgeyJ4LWFtei1kYXRlIjog\
        IjIwMTUxMjI5VDAwMDAwMFoifV19";
    const SIGNATURE: &str = "3364624b39010d9b06f5d9b8c9a18a6e478d261c048159c92f2fd6fa885f14e6";
    const V4: [(&str, &str); 5] = [
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"),
        ("x-amz-date", "20151229T000000Z"),
        ("x-amz-signature", SIGNATURE),
        ("policy", POLICY),
    ];

    fn credential(token: Option<&str>, expires: Option<Time>) -> Credential {
        Credential {
            access_key_id: ID.into(),
            secret_access_key: SECRET.into(),
            session_token: token.map(str::to_owned),
            expires,
            principal: Principal::Root,
        }
    }

    /// Who signed the form, in a word.
    fn signer(fields: &[(&str, &str)], credential: Option<&Credential>) -> String {
        let field = |name: &str| fields.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        let told = |error: ApiError| format!("{}: {}", error.code, error.message);
        match FormClaim::read(field) {
            Ok(None) => "nobody".into(),
            Err(error) => told(error),
            Ok(Some(claim)) => match claim.verify(credential, Time(1000)) {
                Ok(verified) => verified.principal.to_string(),
                Err(error) => told(error),
            },
        }
    }

    fn changed<'a>(name: &str, value: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
        let mut fields: Vec<(&str, &str)> = V4.to_vec();
        match value {
            Some(value) => {
                for (n, v) in &mut fields {
                    if *n == name {
                        *v = value;
                    }
                }
            }
            None => fields.retain(|(n, _)| *n != name),
        }
        fields
    }

    #[test]
    fn a_signature_holds_or_says_why_not() {
        let long = credential(None, None);
        let check = |fields: &[(&str, &str)], credential: Option<&Credential>, want: &str| {
            let got = signer(fields, credential);
            assert!(got.starts_with(want), "{got}, not {want}");
        };
        check(&V4, Some(&long), "root");
        check(&V4, None, "InvalidAccessKeyId");
        check(&changed("x-amz-signature", Some("00")), Some(&long), "SignatureDoesNotMatch");
        check(&changed("policy", Some("e30=")), Some(&long), "SignatureDoesNotMatch");
        check(&[("key", "k"), ("policy", POLICY)], Some(&long), "nobody");
        let v2 = v2::signature(SECRET, POLICY);
        let v2 = [("awsaccesskeyid", ID), ("signature", v2.as_str()), ("policy", POLICY)];
        check(&v2, Some(&long), "root");
        check(
            &v2[1..],
            Some(&long),
            "InvalidArgument: Bucket POST must contain a field named 'AWSA",
        );
        check(
            &[v2[0], v2[2]],
            Some(&long),
            "InvalidArgument: Bucket POST must contain a field named 'Sig",
        );
        let session = credential(Some("t"), Some(Time(2000)));
        let with = |token| [&V4[..], &[("x-amz-security-token", token)]].concat();
        check(&with("t"), Some(&session), "root");
        check(&with("u"), Some(&session), "InvalidToken");
        check(&with("t"), Some(&long), "InvalidToken");
        check(&V4, Some(&session), "InvalidAccessKeyId");
        check(&with("t"), Some(&credential(Some("t"), Some(Time(1000)))), "ExpiredToken");
    }

    #[test]
    fn fields_that_are_missing_or_wrong_are_named() {
        let long = credential(None, None);
        for name in FIELDS.iter().copied().chain(["policy"]) {
            let got = signer(&changed(&name.to_ascii_lowercase(), None), Some(&long));
            let want =
                format!("InvalidArgument: Bucket POST must contain a field named '{name}'.  If");
            assert!(got.starts_with(&want), "{got}, not {want}");
        }
        let check = |name: &str, value: &str, want: &str| {
            let got = signer(&changed(name, Some(value)), Some(&long));
            assert_eq!(got, format!("InvalidArgument: {want}"));
        };
        check("x-amz-date", "2015-12-29", "X-Amz-Date must be formated via ISO8601 Long format");
        check(
            "x-amz-date",
            "20151230T000000Z",
            "Invalid credential date \"20151229\". This date is not the same as X-Amz-Date: \
             \"20151230\".",
        );
        check(
            "x-amz-credential",
            "A/20151229/us-east-1/ec2/aws4_request",
            "incorrect service \"ec2\". This endpoint belongs to \"s3\".",
        );
        check(
            "x-amz-credential",
            "/20151229/us-east-1/s3/aws4_request",
            "a non-empty Access Key (AKID) must be provided in the credential.",
        );
        check(
            "x-amz-credential",
            "A/2015/us-east-1/s3/aws4_request",
            "incorrect date format \"2015\". This date in the credential must be in the format \
             \"yyyyMMdd\".",
        );
        check(
            "x-amz-credential",
            "A/20151229/us-east-1/s3/aws4",
            "incorrect terminal \"aws4\". This endpoint uses \"aws4_request\".",
        );
        check(
            "x-amz-credential",
            "A",
            "the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        );
        check(
            "x-amz-algorithm",
            "AWS4-HMAC-SHA1",
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
        );
    }
}
