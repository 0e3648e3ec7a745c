//! How a service speaks on the wire, and the refusals that differ with it.

use super::{ApiError, Location, StructShape};

/// How a service speaks on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    RestXml,
    /// Form-encoded in, XML out (IAM, STS, …).
    Query,
    /// The query protocol as only EC2 speaks it.
    Ec2,
    /// JSON in, JSON out; the operation is named by a header.
    Json {
        /// `1.0` or `1.1`
        version: &'static str,
        /// What stands before the operation's name in `X-Amz-Target`: `DynamoDB_20120810`.
        target: &'static str,
        /// What stands before `#` in the type of an error: `com.amazonaws.dynamodb.v20120810`. Where
        /// it is empty, errors are told by their bare codes.
        errors: &'static str,
    },
    /// Path, query and headers as in `RestXml`, and JSON in the body.
    RestJson,
    /// A Hadoop service: reached by its own commands and, later, by `WebHDFS`.
    Hadoop,
    /// The learner's hands: reached by commands of the lab only, since nothing real is like it.
    Lab,
    /// The OCI distribution protocol: a registry of images.
    Distribution,
}

impl Protocol {
    /// Whether method, path and query say which operation is meant.
    #[must_use]
    pub fn is_rest(self) -> bool {
        matches!(self, Self::RestXml | Self::RestJson)
    }

    /// Whether AWS's own clients speak it, so that the AWS endpoint and the `aws` command serve it.
    #[must_use]
    pub fn is_aws(self) -> bool {
        !matches!(self, Self::Hadoop | Self::Lab | Self::Distribution)
    }

    /// The refusal of an account's access rules, as services of this protocol word it.
    #[must_use]
    pub fn denied(self, message: &str) -> ApiError {
        match self {
            Self::Json { .. } => ApiError::new(400, "AccessDeniedException", message),
            Self::RestJson => ApiError::new(403, "AccessDeniedException", message),
            Self::Ec2 => ApiError::new(
                403,
                "UnauthorizedOperation",
                format!("You are not authorized to perform this operation. {message}"),
            ),
            _ => ApiError::new(403, "AccessDenied", message),
        }
    }

    /// The refusal of a member that is given and not simulated, as services of this protocol word
    /// it. The path leads to it from the operation's input.
    #[must_use]
    pub fn refused_member(self, input: &StructShape, path: &str) -> ApiError {
        let plain = format!("The parameter {path} is not simulated here, so it cannot be given");
        match self {
            // S3 speaks of a header whatever it is, and names it beside the message.
            Self::RestXml => {
                let name = match input.member(path).map(|member| member.location) {
                    Some(Location::Header(name) | Location::Query(name)) => name,
                    _ => path,
                };
                ApiError::new(
                    501,
                    "NotImplemented",
                    "A header you provided implies functionality that is not implemented",
                )
                .with("Header", name)
            }
            Self::Json { .. } => {
                let message = format!(
                    "One or more parameter values were invalid: {path} is not simulated here, so \
                     it cannot be given"
                );
                ApiError::new(400, "ValidationException", message)
            }
            Self::RestJson => ApiError::new(400, "ValidationException", plain),
            Self::Ec2 => ApiError::new(400, "UnsupportedOperation", plain),
            Self::Hadoop => ApiError::new(500, "UnsupportedOperationException", plain),
            Self::Distribution => ApiError::new(405, "UNSUPPORTED", plain),
            Self::Query | Self::Lab => ApiError::new(501, "NotImplemented", plain),
        }
    }

    /// The refusal of an operation that the real service of this title has and that is not
    /// simulated, as services of this protocol word it.
    #[must_use]
    pub fn refused_operation(self, title: &str, name: &str) -> ApiError {
        let message = format!("The operation {name} of {title} is not simulated here");
        match self {
            Self::Json { .. } => ApiError::new(400, "UnknownOperationException", message),
            Self::RestJson => ApiError::new(404, "UnknownOperationException", message),
            Self::Ec2 => ApiError::new(400, "UnsupportedOperation", message),
            Self::Hadoop => ApiError::new(500, "UnsupportedOperationException", message),
            Self::Distribution => ApiError::new(405, "UNSUPPORTED", message),
            Self::RestXml | Self::Query | Self::Lab => {
                ApiError::new(501, "NotImplemented", message)
            }
        }
    }

    /// The refusal of a request that nobody has signed.
    #[must_use]
    pub fn unsigned(self) -> ApiError {
        let message = "Request is missing Authentication Token";
        match self {
            Self::Json { .. } => ApiError::new(400, "MissingAuthenticationTokenException", message),
            Self::RestJson => ApiError::new(403, "MissingAuthenticationTokenException", message),
            Self::Ec2 => ApiError::new(
                401,
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
            ),
            _ => ApiError::new(403, "MissingAuthenticationToken", message),
        }
    }

    /// A refusal of a signature, which the query services word so, as services of this protocol
    /// word it.
    #[must_use]
    pub fn worded(self, mut error: ApiError) -> ApiError {
        let Some((_, json, ec2)) = SIGNATURES.iter().find(|(code, ..)| *code == error.code) else {
            return error;
        };
        match self {
            Self::Json { .. } => {
                (*json).clone_into(&mut error.code);
                error.status = 400;
            }
            Self::RestJson => (*json).clone_into(&mut error.code),
            Self::Ec2 if *ec2 == "AuthFailure" => return self.unsigned(),
            Self::Ec2 => (*ec2).clone_into(&mut error.code),
            _ => {}
        }
        error
    }
}

/// The refusals of a signature: of the query services, of the JSON services, and of EC2.
const SIGNATURES: &[(&str, &str, &str)] = &[
    ("SignatureDoesNotMatch", "InvalidSignatureException", "SignatureDoesNotMatch"),
    ("IncompleteSignature", "IncompleteSignatureException", "IncompleteSignature"),
    ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"),
    ("ExpiredToken", "ExpiredTokenException", "RequestExpired"),
];
