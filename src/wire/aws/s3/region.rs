//! Which region's endpoint a request reached, and whether its bucket is there.
//!
//! Follows the S3 User Guide, "Making requests", and what S3 was seen to answer. The endpoint on
//! loopback is that of every region: the signature says which one is meant, and who does not sign
//! finds every bucket.

use serde_json::{Value, json};

use super::super::handle::Endpoint;
use super::super::{names, route};
use crate::codec::Head;
use crate::codec::rest::Matched;
use crate::sigv4::Claim;
use aws::s3::ops::bucket_region::BucketRegion;
use gateway::CallError;
use sim::Caller;
use sim::api::ApiError;
use sim::principal::Principal;

/// The region of the endpoints whose names have none.
const NAMELESS: &str = "us-east-1";

/// Operations on a bucket that any region answers.
const ANYWHERE: [&str; 2] = ["CreateBucket", "GetBucketLocation"];

/// Where a request was sent, and for which region it was signed.
struct Sent<'a> {
    /// The region of the host, where it is a name of AWS's.
    host: Option<&'a str>,
    /// Whether the host names the bucket and no region, so that its address is that of the bucket.
    follows: bool,
    signed: Option<&'a str>,
    presigned: bool,
}

impl Sent<'_> {
    /// Whether a bucket of this region is found so. Without a bucket, whether the region is right.
    fn judge(&self, bucket: Option<(&str, &str)>) -> Result<(), ApiError> {
        let there = bucket.map(|(_, region)| region);
        let reached = if self.follows { there.or(self.host) } else { self.host };
        if let (Some(signed), Some(reached)) = (self.signed, reached)
            && signed != reached
        {
            return Err(named(self.wrong(signed, reached), there));
        }
        match (bucket, reached.or(self.signed)) {
            (Some((name, there)), Some(here)) if there != here => {
                Err(named(moved(name, there), Some(there)))
            }
            _ => Ok(()),
        }
    }

    fn wrong(&self, signed: &str, reached: &str) -> ApiError {
        let said = format!("the region '{signed}' is wrong; expecting '{reached}'");
        let (code, message) = if self.presigned {
            let code = "AuthorizationQueryParametersError";
            (code, format!("Error parsing the X-Amz-Credential parameter; {said}"))
        } else {
            let code = "AuthorizationHeaderMalformed";
            (code, format!("The authorization header is malformed; {said}"))
        };
        ApiError::new(400, code, message).with("Region", reached)
    }
}

fn moved(bucket: &str, region: &str) -> ApiError {
    let dot = if region == NAMELESS { String::new() } else { format!(".{region}") };
    ApiError::new(
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please \
         send all future requests to this endpoint.",
    )
    .with("Endpoint", format!("{bucket}.s3{dot}.amazonaws.com"))
    .with("Bucket", bucket)
}

/// An error with the header by which clients find the bucket.
fn named(error: ApiError, region: Option<&str>) -> ApiError {
    match region {
        Some(region) => error.with("x-amz-bucket-region", region),
        None => error,
    }
}

impl Endpoint {
    /// Whether a request was sent to the region where its bucket is.
    ///
    /// # Errors
    /// `AuthorizationHeaderMalformed`, `PermanentRedirect`.
    pub(super) fn check_region(
        &self,
        head: &Head,
        host: &str,
        matched: &Matched,
    ) -> Result<(), CallError> {
        let signed = Claim::scope_of(head).map(|scope| scope.region);
        let named = names::read(host);
        let nameless = named.as_ref().is_some_and(|named| named.region.is_none());
        let region = named.map(|named| named.region.unwrap_or_else(|| NAMELESS.into()));
        let sent = Sent {
            host: region.as_deref(),
            follows: nameless && route::bucket_in_host(host).is_some(),
            signed: signed.as_deref(),
            presigned: head.presigned(),
        };
        if sent.host.is_none() && sent.signed.is_none() {
            return Ok(());
        }
        let bucket = matched.label("Bucket").filter(|_| !ANYWHERE.contains(&matched.op.name));
        let there = match bucket {
            Some(bucket) => self.bucket_region(bucket)?,
            None => None,
        };
        Ok(sent.judge(bucket.zip(there.as_deref()))?)
    }

    /// The gateway is asked on this thread, as it is for keys.
    pub(super) fn bucket_region(&self, bucket: &str) -> Result<Option<String>, CallError> {
        let caller = Caller::from(Principal::Anonymous);
        let output: Value =
            self.gateway.call(&caller, &BucketRegion::DEF, json!({ "Bucket": bucket }))?;
        Ok(output["Region"].as_str().map(str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_sent_to_where_its_bucket_is() {
        let check = |host: &str, signed: Option<&str>, bucket: Option<&str>, want: &str| {
            let region = match host {
                "" => None,
                "s3" | "b.s3" => Some("us-east-1"),
                region => Some(region),
            };
            let follows = host == "b.s3";
            let sent = Sent { host: region, follows, signed, presigned: false };
            let got = match sent.judge(bucket.map(|region| ("b", region))) {
                Ok(()) => String::new(),
                Err(error) => {
                    let fields = error.fields.iter().map(|(name, value)| format!("{name}={value}"));
                    let fields: Vec<String> = fields.collect();
                    format!("{} {} {}", error.status, error.code, fields.join(" "))
                }
            };
            assert_eq!(got, want, "{host} {signed:?} {bucket:?}");
        };
        let (us, eu, ap) = ("us-east-1", "eu-west-1", "ap-south-1");
        let wrong = |region| format!("400 AuthorizationHeaderMalformed Region={region}");
        let there = |region| format!("x-amz-bucket-region={region}");
        let moved = "301 PermanentRedirect Endpoint=b.s3.eu-west-1.amazonaws.com Bucket=b \
                     x-amz-bucket-region=eu-west-1";
        // On loopback the signature says which region is meant.
        check("", None, Some(eu), "");
        check("", Some(eu), Some(eu), "");
        check("", Some(us), Some(eu), moved);
        check("", Some(ap), None, "");
        check(
            "",
            Some(eu),
            Some(us),
            "301 PermanentRedirect Endpoint=b.s3.amazonaws.com Bucket=b x-amz-bucket-region=us-east-1",
        );
        // A name with a region is that region's endpoint.
        check(eu, Some(eu), Some(eu), "");
        check(eu, Some(us), Some(eu), &format!("{} {}", wrong(eu), there(eu)));
        check(eu, Some(us), None, &wrong(eu));
        check(us, Some(us), Some(eu), moved);
        check(us, None, Some(eu), moved);
        // A name without one is that of the first region, unless it names the bucket.
        check("s3", Some(us), Some(us), "");
        check("s3", Some(us), Some(eu), moved);
        check("s3", Some(eu), Some(eu), &format!("{} {}", wrong(us), there(eu)));
        check("b.s3", Some(eu), Some(eu), "");
        check("b.s3", None, Some(eu), "");
        check("b.s3", Some(us), Some(eu), &format!("{} {}", wrong(eu), there(eu)));
        check("b.s3", Some(us), None, "");
    }
}
