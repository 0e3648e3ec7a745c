//! The services of AWS that put files into other people's buckets, and the accounts they do it by, where
//! a policy or an ACL names those instead.

/// Who delivers the access logs of load balancers.
pub const BALANCERS: &str = "logdelivery.elasticloadbalancing.amazonaws.com";
/// Who delivers the standard logs of CloudFront: an account of AWS, which no policy names as a service.
pub const EDGES: &str = "awslogsdelivery";
/// The canonical user id of that account (CloudFront developer guide, "Configure standard logging
/// (legacy)").
pub const EDGES_ID: &str = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";

/// The canonical user id by which an ACL may name a service; nothing where it has none.
pub(crate) fn canonical_id(service: &str) -> Option<&'static str> {
    (service == EDGES).then_some(EDGES_ID)
}

/// The account by which policies may name a service in a region; nothing where it has none.
///
/// Source: User Guide for Application Load Balancers, "Access logs": the regions that were there before
/// August 2022 have one, in others only the service's own name counts.
pub(crate) fn account(service: &str, region: &str) -> &'static str {
    if service != BALANCERS {
        return "";
    }
    match region {
        "us-east-1" => "127311923021",
        "us-east-2" => "033677994240",
        "us-west-1" => "027434742980",
        "us-west-2" => "797873946194",
        "af-south-1" => "098369216593",
        "ap-east-1" => "754344448648",
        "ap-northeast-1" => "582318560864",
        "ap-northeast-2" => "600734575887",
        "ap-northeast-3" => "383597477331",
        "ap-south-1" => "718504428378",
        "ap-southeast-1" => "114774131450",
        "ap-southeast-2" => "783225319266",
        "ap-southeast-3" => "589379963580",
        "ca-central-1" => "985666609251",
        "eu-central-1" => "054676820928",
        "eu-north-1" => "897822967062",
        "eu-south-1" => "635631232127",
        "eu-west-1" => "156460612806",
        "eu-west-2" => "652711504416",
        "eu-west-3" => "009996457667",
        "me-south-1" => "076674570225",
        "sa-east-1" => "507241528517",
        _ => "",
    }
}
