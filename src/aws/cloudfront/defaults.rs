//! What a configuration says where nobody has said anything: the service writes it down, so whoever
//! reads it back finds every setting.

use crate::rules::{DEFAULT_TTL, MAX_TTL};
use crate::shapes::behavior::{
    AllowedMethods, CacheBehaviors, CachedMethods, FunctionAssociations, GrpcConfig,
    LambdaFunctionAssociations, Method, Rule, TrustedKeyGroups, TrustedSigners,
};
use crate::shapes::distribution::{
    Aliases, CustomErrorResponses, DistributionConfig, GeoRestriction, HttpVersion, LoggingConfig,
    PriceClass, Restrictions, ViewerCertificate,
};
use crate::shapes::origin::{CustomHeaders, Origin, OriginGroups, OriginShield};
use sim::api::Refused;

/// Says nothing where nothing is said.
fn empty(text: &mut Option<String>) {
    text.get_or_insert_default();
}

/// Fills in what is not said.
pub(crate) fn complete(config: &mut DistributionConfig) {
    config.aliases.get_or_insert_with(Aliases::default);
    empty(&mut config.default_root_object);
    config.origin_groups.get_or_insert_with(OriginGroups::default);
    config.cache_behaviors.get_or_insert_with(CacheBehaviors::default);
    config.custom_error_responses.get_or_insert_with(CustomErrorResponses::default);
    config.price_class.get_or_insert(PriceClass::All);
    config
        .restrictions
        .get_or_insert_with(|| Restrictions { geo_restriction: GeoRestriction::default() });
    empty(&mut config.web_acl_id);
    config.http_version.get_or_insert(HttpVersion::Http2);
    config.is_ipv6_enabled.get_or_insert(false);
    empty(&mut config.continuous_deployment_policy_id);
    config.staging.get_or_insert(false);
    logging(config.logging.get_or_insert_with(LoggingConfig::default));
    certificate(config.viewer_certificate.get_or_insert_with(ViewerCertificate::default));
    config.origins.items.iter_mut().for_each(origin);
    rule(&mut config.default_cache_behavior.rule);
    for behavior in config.cache_behaviors.iter_mut().flat_map(|all| all.items.iter_mut()) {
        rule(&mut behavior.rule);
    }
    for response in config.custom_error_responses.iter_mut().flat_map(|all| all.items.iter_mut()) {
        empty(&mut response.response_page_path);
        empty(&mut response.response_code);
        response.error_caching_min_ttl.get_or_insert(crate::edge::ERROR_TTL_S);
    }
}

fn logging(logging: &mut LoggingConfig) {
    logging.enabled.get_or_insert(false);
    logging.include_cookies.get_or_insert(false);
    if logging.enabled == Some(false) {
        // Where a log would go that is switched off is not kept (API reference, LoggingConfig).
        (logging.bucket, logging.prefix) = (None, None);
    }
    empty(&mut logging.bucket);
    empty(&mut logging.prefix);
}

fn certificate(certificate: &mut ViewerCertificate) {
    certificate.default_certificate = Some(true);
    certificate.ssl_support_method.get_or_insert_with(|| "vip".to_owned());
    // With its own certificate the service takes this one, whatever was asked for.
    certificate.minimum_protocol_version = Some("TLSv1".to_owned());
    certificate.certificate_source = Some("cloudfront".to_owned());
}

fn origin(origin: &mut Origin) {
    empty(&mut origin.origin_path);
    origin.custom_headers.get_or_insert_with(CustomHeaders::default);
    origin.connection_attempts.get_or_insert(3);
    origin.connection_timeout.get_or_insert(10);
    origin
        .origin_shield
        .get_or_insert_with(|| OriginShield { enabled: false, region: Refused::default() });
    empty(&mut origin.origin_access_control_id);
    if let Some(custom) = &mut origin.custom_origin_config {
        custom.origin_read_timeout.get_or_insert(30);
        custom.origin_keepalive_timeout.get_or_insert(5);
    }
}

fn rule(rule: &mut Rule) {
    rule.trusted_signers.get_or_insert_with(TrustedSigners::default);
    rule.trusted_key_groups.get_or_insert_with(TrustedKeyGroups::default);
    let methods = rule.allowed_methods.get_or_insert_with(|| AllowedMethods {
        quantity: 2,
        items: vec![Method::Head, Method::Get].into(),
        cached_methods: None,
    });
    methods.cached_methods.get_or_insert_with(|| CachedMethods {
        quantity: 2,
        items: vec![Method::Head, Method::Get].into(),
    });
    rule.smooth_streaming.get_or_insert(false);
    rule.compress.get_or_insert(false);
    rule.lambda_function_associations.get_or_insert_with(LambdaFunctionAssociations::default);
    rule.function_associations.get_or_insert_with(FunctionAssociations::default);
    empty(&mut rule.field_level_encryption_id);
    rule.grpc_config.get_or_insert_with(GrpcConfig::default);
    if rule.forwarded_values.is_some() {
        let min = *rule.min_ttl.get_or_insert(0);
        let max = *rule.max_ttl.get_or_insert(MAX_TTL.max(min));
        rule.default_ttl.get_or_insert(DEFAULT_TTL.clamp(min, max.max(min)));
    }
}
