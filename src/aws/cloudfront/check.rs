//! What a configuration may say.
//!
//! A setting that would have no effect here is refused unless it says what is the case anyway: clients
//! send back whole configurations, with every neutral value in them.

use std::collections::BTreeSet;

use crate::faults::{inconsistent, invalid, not_simulated};
use crate::rules::{DEFAULT_TTL, MAX_TTL};
use crate::shapes::behavior::{CacheBehavior, ForwardedValues, Method, Rule};
use crate::shapes::distribution::{
    CustomErrorResponse, DistributionConfig, GeoRestriction, GeoRestrictionType,
};
use crate::shapes::origin::Origin;
use crate::state::State;
use sim::api::ApiError;

/// The statuses that a page may stand in for (developer guide, "HTTP 4xx and 5xx status codes that
/// CloudFront caches").
const ERRORS: &[i64] = &[400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
/// The statuses that such a page may be served with.
const PAGES: &[&str] =
    &["200", "400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504"];
/// The longest comment, in characters.
const COMMENT_MAX: usize = 128;
/// How many origins and behaviours a distribution may have (quotas; adjustable in reality).
const ORIGINS_MAX: usize = 100;
const BEHAVIORS_MAX: usize = 75;

/// Holds a `Quantity` to its list.
///
/// # Errors
/// `InconsistentQuantities`
pub(crate) fn quantity(what: &str, said: i64, len: usize) -> Result<(), ApiError> {
    if usize::try_from(said) == Ok(len) { Ok(()) } else { Err(inconsistent(what)) }
}

fn refuse(given: bool, what: &str) -> Result<(), ApiError> {
    if given { Err(not_simulated(what)) } else { Ok(()) }
}

fn given(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}

/// Whether a configuration can be served.
///
/// # Errors
/// The first thing that is wrong in it.
pub(crate) fn config(state: &State, config: &DistributionConfig) -> Result<(), ApiError> {
    if config.comment.chars().count() > COMMENT_MAX {
        return Err(invalid("The parameter Comment is too big."));
    }
    neutral(config)?;
    root_object(config.default_root_object.as_deref().unwrap_or_default())?;
    origins(state, config)?;
    let behaviors = config.cache_behaviors.as_ref();
    let items = behaviors.map_or(&[][..], |all| &all.items);
    quantity("CacheBehaviors", behaviors.map_or(0, |all| all.quantity), items.len())?;
    if items.len() > BEHAVIORS_MAX {
        let message =
            "Your request contains more CacheBehaviors than are allowed per distribution.";
        return Err(ApiError::new(400, "TooManyCacheBehaviors", message));
    }
    rule(state, config, &config.default_cache_behavior.rule)?;
    patterns(items)?;
    for behavior in items {
        rule(state, config, &behavior.rule)?;
    }
    let responses = config.custom_error_responses.as_ref();
    let items = responses.map_or(&[][..], |all| &all.items);
    quantity("CustomErrorResponses", responses.map_or(0, |all| all.quantity), items.len())?;
    items.iter().try_for_each(error_response)?;
    config.restrictions.as_ref().map_or(Ok(()), |all| countries(&all.geo_restriction))
}

/// Refuses what is not simulated.
fn neutral(config: &DistributionConfig) -> Result<(), ApiError> {
    refuse(config.aliases.as_ref().is_some_and(|all| all.quantity != 0), "Aliases")?;
    refuse(config.origin_groups.as_ref().is_some_and(|all| all.quantity != 0), "OriginGroups")?;
    refuse(given(config.web_acl_id.as_ref()), "WebACLId")?;
    let partly = given(config.continuous_deployment_policy_id.as_ref());
    refuse(partly, "ContinuousDeploymentPolicyId")?;
    refuse(config.staging == Some(true), "Staging")?;
    let Some(certificate) = &config.viewer_certificate else { return Ok(()) };
    if certificate.default_certificate == Some(false) {
        let message = "The specified SSL certificate doesn't exist, isn't valid, or doesn't include \
                       a valid certificate chain.";
        return Err(ApiError::new(400, "InvalidViewerCertificate", message));
    }
    let method = certificate.ssl_support_method.as_deref();
    refuse(method.is_some_and(|m| m == "static-ip"), "ViewerCertificate.SSLSupportMethod")?;
    let source = certificate.certificate_source.as_deref();
    refuse(source.is_some_and(|s| s != "cloudfront"), "ViewerCertificate.CertificateSource")?;
    // Any that is named counts as the oldest, as long as the certificate is CloudFront's own.
    let oldest = certificate.minimum_protocol_version.as_deref();
    if oldest.is_some_and(|text| !text.starts_with("TLSv1") && text != "SSLv3") {
        let message = "The minimum protocol version is not valid.";
        return Err(ApiError::new(400, "InvalidMinimumProtocolVersion", message));
    }
    Ok(())
}

fn root_object(name: &str) -> Result<(), ApiError> {
    if name.starts_with('/') || name.len() > 255 || name.contains(['"', '<', '>', ' ']) {
        let message = "The default root object file name is too big or contains an invalid \
                       character.";
        return Err(ApiError::new(400, "InvalidDefaultRootObject", message));
    }
    Ok(())
}

fn origins(state: &State, config: &DistributionConfig) -> Result<(), ApiError> {
    let all = &config.origins.items;
    quantity("Origins", config.origins.quantity, all.len())?;
    if all.is_empty() {
        return Err(invalid("The parameter Origins is required."));
    }
    if all.len() > ORIGINS_MAX {
        let message = "You cannot create more origins for the distribution.";
        return Err(ApiError::new(400, "TooManyOrigins", message));
    }
    let ids: BTreeSet<&str> = all.iter().map(|origin| origin.id.as_str()).collect();
    if ids.len() != all.len() {
        return Err(invalid("The parameter Origin Id must be unique within the distribution."));
    }
    all.iter().try_for_each(|one| origin(state, one))
}

fn origin(state: &State, origin: &Origin) -> Result<(), ApiError> {
    let headers = origin.custom_headers.as_ref();
    let items = headers.map_or(&[][..], |all| &all.items);
    quantity("CustomHeaders", headers.map_or(0, |all| all.quantity), items.len())?;
    let path = origin.origin_path.as_deref().unwrap_or_default();
    if !path.is_empty() && (!path.starts_with('/') || path.ends_with('/')) {
        return Err(invalid(
            "The parameter OriginPath must begin with a slash and must not end with one.",
        ));
    }
    let within = |value: Option<i64>, most| value.is_none_or(|n| (1..=most).contains(&n));
    if !within(origin.connection_attempts, 3) || !within(origin.connection_timeout, 10) {
        return Err(invalid(
            "The parameter ConnectionAttempts must be 1 to 3, and ConnectionTimeout 1 to 10.",
        ));
    }
    refuse(origin.origin_shield.as_ref().is_some_and(|shield| shield.enabled), "OriginShield")?;
    let control = origin.origin_access_control_id.as_deref().filter(|id| !id.is_empty());
    match (&origin.s3_origin_config, &origin.custom_origin_config) {
        (Some(bucket), None) => {
            refuse(!bucket.origin_access_identity.is_empty(), "OriginAccessIdentity")?;
            // Only its own time-out would be left to wait for, and a bucket answers at once.
            refuse(bucket.origin_read_timeout.is_some_and(|s| s != 30), "OriginReadTimeout")?;
            if crate::edge::origin::bucket(&origin.domain_name).is_none() {
                return Err(invalid(
                    "The parameter Origin DomainName does not refer to a valid S3 bucket.",
                ));
            }
            if control.is_some_and(|id| !state.controls.contains_key(id)) {
                let message = "The origin access control is not valid.";
                return Err(ApiError::new(400, "InvalidOriginAccessControl", message));
            }
            Ok(())
        }
        (None, Some(custom)) => {
            if control.is_some() {
                let message = "An origin access control is associated with an origin whose domain \
                               name is not supported.";
                return Err(ApiError::new(400, "InvalidDomainNameForOriginAccessControl", message));
            }
            let port = |n: i64| n == 80 || n == 443 || (1024..=65_535).contains(&n);
            if !port(custom.http_port) || !port(custom.https_port) {
                return Err(invalid(
                    "The parameter HTTPPort or HTTPSPort must be 80, 443 or 1024 to 65535.",
                ));
            }
            let protocols = custom.ssl_protocols.as_ref();
            let items = protocols.map_or(0, |all| all.items.len());
            quantity("OriginSslProtocols", protocols.map_or(0, |all| all.quantity), items)?;
            refuse(custom.origin_read_timeout.is_some_and(|s| s != 30), "OriginReadTimeout")?;
            let keep = custom.origin_keepalive_timeout;
            refuse(keep.is_some_and(|s| s != 5), "OriginKeepaliveTimeout")?;
            let ours = origin.domain_name.to_ascii_lowercase();
            refuse(ours.ends_with(crate::edge::DOMAIN), "Origin DomainName")
        }
        _ => Err(ApiError::new(
            400,
            "InvalidOrigin",
            "An origin must have either an S3OriginConfig or a CustomOriginConfig.",
        )),
    }
}

fn patterns(behaviors: &[CacheBehavior]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    for behavior in behaviors {
        let pattern = behavior.path_pattern.trim_start_matches('/');
        if pattern.is_empty() || behavior.path_pattern.len() > 255 {
            return Err(invalid("The parameter PathPattern is not valid."));
        }
        if !seen.insert(pattern) {
            return Err(invalid("The parameter PathPattern must be unique."));
        }
    }
    Ok(())
}

fn rule(state: &State, config: &DistributionConfig, rule: &Rule) -> Result<(), ApiError> {
    let mut origins = config.origins.items.iter();
    let target = origins.find(|origin| origin.id == rule.target_origin_id);
    let target = target.ok_or_else(|| {
        let message = "One or more of your origins or origin groups do not exist.";
        ApiError::new(404, "NoSuchOrigin", message)
    })?;
    let signers = rule.trusted_signers.as_ref();
    refuse(signers.is_some_and(|all| all.enabled || all.quantity != 0), "TrustedSigners")?;
    let groups = rule.trusted_key_groups.as_ref();
    refuse(groups.is_some_and(|all| all.enabled || all.quantity != 0), "TrustedKeyGroups")?;
    refuse(rule.smooth_streaming == Some(true), "SmoothStreaming")?;
    let lambdas = rule.lambda_function_associations.as_ref();
    refuse(lambdas.is_some_and(|all| all.quantity != 0), "LambdaFunctionAssociations")?;
    let functions = rule.function_associations.as_ref();
    refuse(functions.is_some_and(|all| all.quantity != 0), "FunctionAssociations")?;
    refuse(given(rule.field_level_encryption_id.as_ref()), "FieldLevelEncryptionId")?;
    refuse(rule.grpc_config.as_ref().is_some_and(|grpc| grpc.enabled), "GrpcConfig")?;
    methods(rule, target)?;
    policies(state, rule)
}

fn methods(rule: &Rule, target: &Origin) -> Result<(), ApiError> {
    let Some(allowed) = &rule.allowed_methods else { return Ok(()) };
    quantity("AllowedMethods", allowed.quantity, allowed.items.len())?;
    let set: BTreeSet<Method> = allowed.items.iter().copied().collect();
    let read = BTreeSet::from([Method::Get, Method::Head]);
    let asked = BTreeSet::from([Method::Get, Method::Head, Method::Options]);
    if set != read && set != asked && set.len() != 7 {
        return Err(invalid("The parameter AllowedMethods is not a valid combination of methods."));
    }
    // What is written through an edge would go to the bucket.
    refuse(set.len() == 7 && target.s3_origin_config.is_some(), "AllowedMethods")?;
    refuse(set.contains(&Method::Options) && target.s3_origin_config.is_some(), "AllowedMethods")?;
    let Some(cached) = &allowed.cached_methods else { return Ok(()) };
    quantity("CachedMethods", cached.quantity, cached.items.len())?;
    let kept: BTreeSet<Method> = cached.items.iter().copied().collect();
    if (kept != read && kept != asked) || !kept.is_subset(&set) {
        return Err(invalid("The parameter CachedMethods is not a valid combination of methods."));
    }
    Ok(())
}

fn policies(state: &State, rule: &Rule) -> Result<(), ApiError> {
    let policy = rule.cache_policy_id.as_deref().filter(|id| !id.is_empty());
    let ttls = [rule.min_ttl, rule.default_ttl, rule.max_ttl];
    let told = rule.origin_request_policy_id.as_deref().filter(|id| !id.is_empty());
    match (policy, &rule.forwarded_values) {
        (Some(_), Some(_)) => {
            return Err(invalid(
                "The parameter ForwardedValues cannot be used when a cache policy is associated to \
                 the cache behavior.",
            ));
        }
        (Some(_), None) if ttls.iter().any(Option::is_some) => {
            return Err(invalid(
                "The parameter MinTTL, DefaultTTL or MaxTTL cannot be used when a cache policy is \
                 associated to the cache behavior.",
            ));
        }
        (Some(id), None) => {
            let missing =
                || ApiError::new(404, "NoSuchCachePolicy", "The cache policy does not exist.");
            let policy = state.cache_policy(id).ok_or_else(missing)?;
            let parameters = policy.parameters;
            let brotli_alone = parameters.is_some_and(|p| p.brotli == Some(true) && !p.gzip);
            refuse(brotli_alone && rule.compress == Some(true), "Compress with Brotli alone")?;
        }
        (None, None) => return Err(invalid("The parameter ForwardedValues is required.")),
        (None, Some(_)) if told.is_some() => {
            return Err(invalid(
                "The parameter OriginRequestPolicyId cannot be used without a cache policy.",
            ));
        }
        (None, Some(values)) => {
            forwarded(values)?;
            let min = rule.min_ttl.unwrap_or(0);
            let max = rule.max_ttl.unwrap_or(MAX_TTL.max(min));
            ttl(
                min,
                rule.default_ttl.unwrap_or_else(|| DEFAULT_TTL.clamp(min, max.max(min))),
                max,
            )?;
        }
    }
    if let Some(id) = told {
        let missing = || {
            let message = "The origin request policy does not exist.";
            ApiError::new(404, "NoSuchOriginRequestPolicy", message)
        };
        state.origin_request_policy(id).ok_or_else(missing)?;
    }
    Ok(())
}

/// Holds the seconds that copies are good to their order.
///
/// # Errors
/// `InvalidTTLOrder`
pub(crate) fn ttl(min: i64, default: i64, max: i64) -> Result<(), ApiError> {
    if 0 <= min && min <= default && default <= max {
        return Ok(());
    }
    let message = "The TTL order specified isn't valid: MinTTL must not be greater than DefaultTTL, \
                   nor DefaultTTL than MaxTTL.";
    Err(ApiError::new(400, "InvalidTTLOrder", message))
}

fn forwarded(values: &ForwardedValues) -> Result<(), ApiError> {
    if let Some(headers) = &values.headers {
        quantity("Headers", headers.quantity, headers.items.len())?;
    }
    if let Some(names) = &values.cookies.whitelisted_names {
        quantity("WhitelistedNames", names.quantity, names.items.len())?;
    }
    match &values.query_string_cache_keys {
        Some(keys) => quantity("QueryStringCacheKeys", keys.quantity, keys.items.len()),
        None => Ok(()),
    }
}

fn error_response(response: &CustomErrorResponse) -> Result<(), ApiError> {
    if !ERRORS.contains(&response.error_code) {
        let message = "An invalid error code was specified.";
        return Err(ApiError::new(400, "InvalidErrorCode", message));
    }
    let page = response.response_page_path.as_deref().unwrap_or_default();
    let code = response.response_code.as_deref().unwrap_or_default();
    if page.is_empty() != code.is_empty() || (!code.is_empty() && !PAGES.contains(&code)) {
        let message = "A response code is not valid.";
        return Err(ApiError::new(400, "InvalidResponseCode", message));
    }
    if !page.is_empty() && !page.starts_with('/') {
        return Err(invalid("The parameter ResponsePagePath must begin with a slash."));
    }
    if response.error_caching_min_ttl.is_some_and(|ttl| ttl < 0) {
        return Err(invalid("The parameter ErrorCachingMinTTL is not valid."));
    }
    Ok(())
}

fn countries(geo: &GeoRestriction) -> Result<(), ApiError> {
    quantity("GeoRestriction", geo.quantity, geo.items.len())?;
    if (geo.restriction_type == GeoRestrictionType::None) != geo.items.is_empty() {
        let message = "The specified geo restriction parameter is not valid.";
        return Err(ApiError::new(400, "InvalidGeoRestrictionParameter", message));
    }
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if geo.items.iter().all(is_code) {
        return Ok(());
    }
    let message = "The location code specified is not valid.";
    Err(ApiError::new(400, "InvalidLocationCode", message))
}
