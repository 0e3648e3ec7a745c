//! The refusals of authentication, in each service family's own words.

use super::{Rules, SKEW_MAX};
use base::Time;
use sim::api::ApiError;

pub(super) fn unknown_key(rules: Rules, id: &str) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        )
        .with("AWSAccessKeyId", id),
        Rules::Common => ApiError::new(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
    }
}

pub(super) fn wrong_token(rules: Rules, token: Option<&str>) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(
            400,
            "InvalidToken",
            "The provided token is malformed or otherwise invalid.",
        )
        .with("Token-0", token.unwrap_or_default()),
        Rules::Common => ApiError::new(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
        ),
    }
}

pub(super) fn expired_token(rules: Rules, token: Option<&str>) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(400, "ExpiredToken", "The provided token has expired.")
            .with("Token-0", token.unwrap_or_default()),
        Rules::Common => ApiError::new(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
    }
}

pub(super) fn skewed(rules: Rules, stamp: &str, time: Time, wall: Time) -> ApiError {
    let millis = SKEW_MAX.as_millis();
    match rules {
        Rules::S3 => ApiError::new(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .with("RequestTime", stamp)
        .with("ServerTime", wall.iso_secs())
        .with("MaxAllowedSkewMilliseconds", millis.to_string()),
        Rules::Common => {
            let spell = |t: Time| t.format("%Y%m%dT%H%M%SZ");
            let now = spell(wall);
            let minutes = SKEW_MAX.as_secs() / 60;
            let back = Time(wall.0 - i64::try_from(millis).unwrap_or(0));
            let message = if time < wall {
                let edge = spell(back);
                format!(
                    "Signature expired: {stamp} is now earlier than {edge} ({now} - {minutes} min.)"
                )
            } else {
                let edge = spell(wall.plus(SKEW_MAX));
                format!(
                    "Signature not yet current: {stamp} is still later than {edge} \
                     ({now} + {minutes} min.)"
                )
            };
            ApiError::new(403, "SignatureDoesNotMatch", message)
        }
    }
}

pub(super) fn not_yet(rules: Rules, stamp: &str, wall: Time) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(403, "AccessDenied", "Request is not valid yet")
            .with("X-Amz-Date", stamp)
            .with("ServerTime", wall.iso_secs()),
        Rules::Common => skewed(rules, stamp, Time(i64::MAX), wall),
    }
}

/// A presigned request past its end.
pub(super) fn expired(rules: Rules, secs: Option<i64>, end: Time, wall: Time) -> ApiError {
    if rules == Rules::Common {
        let spell = |t: Time| t.format("%Y%m%dT%H%M%SZ");
        return ApiError::new(
            403,
            "SignatureDoesNotMatch",
            format!("Signature expired: {} is now earlier than {}", spell(end), spell(wall)),
        );
    }
    let error = ApiError::new(403, "AccessDenied", "Request has expired");
    let error = match secs {
        Some(secs) => error.with("X-Amz-Expires", secs.to_string()),
        None => error,
    };
    error.with("Expires", end.iso_secs()).with("ServerTime", wall.iso_secs())
}

/// What was signed, as the service sees it.
pub(super) struct Computed<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) string_to_sign: &'a str,
    pub(super) provided: &'a str,
    /// Version 2 has none.
    pub(super) canonical_request: Option<&'a str>,
}

pub(super) fn mismatch(rules: Rules, computed: &Computed<'_>) -> ApiError {
    if rules == Rules::Common {
        return ApiError::new(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        );
    }
    let error = ApiError::new(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your \
         key and signing method.",
    )
    .with("AWSAccessKeyId", computed.access_key_id)
    .with("StringToSign", computed.string_to_sign)
    .with("SignatureProvided", computed.provided)
    .with("StringToSignBytes", spaced_hex(computed.string_to_sign));
    match computed.canonical_request {
        Some(text) => {
            error.with("CanonicalRequest", text).with("CanonicalRequestBytes", spaced_hex(text))
        }
        None => error,
    }
}

fn spaced_hex(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|b| format!("{b:02x}")).collect();
    bytes.join(" ")
}

pub(super) fn not_signed(rules: Rules, names: &[&str]) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(
            403,
            "AccessDenied",
            "There were headers present in the request which were not signed",
        )
        .with("HeadersNotSigned", names.join(", ")),
        Rules::Common => ApiError::new(
            403,
            "SignatureDoesNotMatch",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ),
    }
}

pub(super) fn unsupported(rules: Rules, text: &str) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(400, "InvalidArgument", "Unsupported Authorization Type")
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", text),
        Rules::Common => ApiError::new(
            403,
            "IncompleteSignature",
            format!("Unsupported AWS 'algorithm': '{}'.", text.split(' ').next().unwrap_or("")),
        ),
    }
}

pub(super) fn incomplete(rules: Rules, text: &str, fields: [Option<&str>; 3]) -> ApiError {
    let names = ["Credential", "SignedHeaders", "Signature"];
    let missing: Vec<&str> =
        names.into_iter().zip(fields).filter(|(_, f)| f.is_none()).map(|(n, _)| n).collect();
    match rules {
        Rules::S3 => ApiError::new(
            400,
            "AuthorizationHeaderMalformed",
            format!(
                "The authorization header is malformed; the authorization header requires three \
                 components: Credential, SignedHeaders, and Signature. Missing: {}.",
                missing.join(", ")
            ),
        ),
        Rules::Common => {
            let said: Vec<String> = missing
                .iter()
                .map(|n| format!("Authorization header requires '{n}' parameter."))
                .collect();
            ApiError::new(
                403,
                "IncompleteSignature",
                format!("{} Authorization=AWS4-HMAC-SHA256{text}", said.join(" ")),
            )
        }
    }
}

pub(super) fn bad_credential(rules: Rules, credential: &str) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        ),
        Rules::Common => ApiError::new(
            403,
            "IncompleteSignature",
            format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            ),
        ),
    }
}

pub(super) fn wrong_service(rules: Rules, got: &str, want: &str) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(
            400,
            "AuthorizationHeaderMalformed",
            format!(
                "The authorization header is malformed; incorrect service \"{got}\". This endpoint \
                 belongs to \"{want}\"."
            ),
        ),
        Rules::Common => ApiError::new(
            403,
            "SignatureDoesNotMatch",
            format!("Credential should be scoped to correct service: '{want}'. "),
        ),
    }
}

pub(super) fn scope_date(rules: Rules, got: &str, want: &str) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(
            400,
            "AuthorizationHeaderMalformed",
            format!(
                "The authorization header is malformed; Invalid credential date \"{got}\". This \
                 date is not the same as X-Amz-Date: \"{want}\"."
            ),
        ),
        Rules::Common => ApiError::new(
            403,
            "SignatureDoesNotMatch",
            format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{got}' != '{want}'."
            ),
        ),
    }
}

pub(super) fn no_date(rules: Rules) -> ApiError {
    match rules {
        Rules::S3 => ApiError::new(
            403,
            "AccessDenied",
            "AWS authentication requires a valid Date or x-amz-date header",
        ),
        Rules::Common => ApiError::new(
            403,
            "IncompleteSignature",
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
    }
}

pub(super) fn payload_missing() -> ApiError {
    ApiError::new(
        400,
        "InvalidRequest",
        "Missing required header for this request: x-amz-content-sha256",
    )
}

pub(super) fn payload_kind(text: &str) -> ApiError {
    ApiError::new(
        400,
        "InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
         STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, or a valid \
         sha256 value.",
    )
    .with("ArgumentName", "x-amz-content-sha256")
    .with("ArgumentValue", text)
}

pub(super) fn query_parameters(rules: Rules, message: &str) -> ApiError {
    let code = match rules {
        Rules::S3 => "AuthorizationQueryParametersError",
        Rules::Common => "IncompleteSignature",
    };
    ApiError::new(if rules == Rules::S3 { 400 } else { 403 }, code, message)
}

pub(super) fn v2_parameters() -> ApiError {
    ApiError::new(
        403,
        "AccessDenied",
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    )
}

pub(super) fn v2_expires(text: &str) -> ApiError {
    ApiError::new(
        403,
        "AccessDenied",
        format!(
            "Invalid date (should be seconds since epoch): {}",
            text.chars().take(32).collect::<String>()
        ),
    )
}

/// A field of a form is not what it should be.
pub(super) fn field(message: impl Into<String>, name: &str, value: &str) -> ApiError {
    ApiError::new(400, "InvalidArgument", message)
        .with("ArgumentName", name)
        .with("ArgumentValue", value)
}

/// A field of a form is not there, or behind the file.
pub(crate) fn missing_field(name: &str) -> ApiError {
    let message = format!(
        "Bucket POST must contain a field named '{name}'.  If it is specified, please check the order \
         of the fields."
    );
    field(message, name, "")
}
