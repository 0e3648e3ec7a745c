//! Distributions.

use std::collections::BTreeMap;

use crate::faults::{illegal_update, matches};
use crate::ops::location;
use crate::ops::tags::judged;
use crate::page::page;
use crate::shapes::distribution::{
    self, ActiveSigners, DistributionConfig, DistributionConfigWithTags, DistributionList,
    DistributionSummary,
};
use crate::state::{DEPLOYMENT, Distribution, Event, Kept, State};
use crate::{check, defaults, ids, logging};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// How many an account may have (quota; adjustable in reality).
const DISTRIBUTIONS_MAX: usize = 500;

sim::operation! {
    /// Makes a distribution. It takes a few minutes until all edges know it.
    write CreateDistribution in "cloudfront" = "POST /2020-05-31/distribution" (201);
    input {
        /// What it is to do.
        config: DistributionConfig => "DistributionConfig" Payload("DistributionConfig"),
    }
    output CreateDistributionResult {
        /// The distribution.
        pub distribution: Option<distribution::Distribution> => "Distribution" Payload("Distribution"),
        /// Its address in the API.
        pub location: Option<String> => "Location" Header("Location"),
        /// The version of its configuration.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors [
        "AccessDenied", "DistributionAlreadyExists", "InconsistentQuantities", "InvalidArgument",
        "InvalidDefaultRootObject", "InvalidDomainNameForOriginAccessControl", "InvalidErrorCode",
        "InvalidGeoRestrictionParameter", "InvalidLocationCode", "InvalidMinimumProtocolVersion",
        "InvalidOrigin", "InvalidOriginAccessControl", "InvalidResponseCode", "InvalidTTLOrder",
        "InvalidViewerCertificate", "NoSuchCachePolicy", "NoSuchOrigin",
        "NoSuchOriginRequestPolicy", "TooManyCacheBehaviors", "TooManyDistributions",
        "TooManyOrigins",
    ]
    access { "cloudfront:CreateDistribution" on "arn:aws:cloudfront::{account}:distribution/*" }
    takes time
}

impl Write for CreateDistribution {
    type Output = CreateDistributionResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (distribution, etag) = create(world, cx, self.config, BTreeMap::new())?;
        let location = Some(location(&format!("distribution/{}", distribution.id)));
        Ok(CreateDistributionResult {
            distribution: Some(distribution),
            location,
            etag: Some(etag),
        })
    }
}

sim::operation! {
    /// Makes a distribution that has tags from the beginning.
    write CreateDistributionWithTags in "cloudfront" = "POST /2020-05-31/distribution?WithTags" (201);
    input {
        /// What it is to do, and its tags.
        config: DistributionConfigWithTags => "DistributionConfigWithTags" Payload("DistributionConfigWithTags"),
    }
    output CreateDistributionWithTagsResult {
        /// The distribution.
        pub distribution: Option<distribution::Distribution> => "Distribution" Payload("Distribution"),
        /// Its address in the API.
        pub location: Option<String> => "Location" Header("Location"),
        /// The version of its configuration.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors [
        "AccessDenied", "DistributionAlreadyExists", "InconsistentQuantities", "InvalidArgument",
        "InvalidTagging", "TooManyDistributions",
    ]
    access {
        "cloudfront:CreateDistribution" on "arn:aws:cloudfront::{account}:distribution/*",
        "cloudfront:TagResource" on "arn:aws:cloudfront::{account}:distribution/*",
    }
    takes time
}

impl Write for CreateDistributionWithTags {
    type Output = CreateDistributionWithTagsResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = judged(BTreeMap::new(), self.config.tags)?;
        let (distribution, etag) = create(world, cx, self.config.config, tags)?;
        let location = Some(location(&format!("distribution/{}", distribution.id)));
        let distribution = Some(distribution);
        Ok(CreateDistributionWithTagsResult { distribution, location, etag: Some(etag) })
    }
}

fn create(
    world: &mut World,
    cx: &Cx<'_>,
    mut config: DistributionConfig,
    tags: BTreeMap<String, String>,
) -> Result<(distribution::Distribution, String), ApiError> {
    let state = world.get::<State>();
    let mut all = state.distributions.iter();
    let same = all.find(|(_, d)| d.kept.config.caller_reference == config.caller_reference);
    if let Some((id, _)) = same {
        let message = format!(
            "The caller reference that you are using to create a distribution is associated with \
             another distribution. Already exists: {id}"
        );
        return Err(ApiError::new(409, "DistributionAlreadyExists", message));
    }
    if state.distributions.len() >= DISTRIBUTIONS_MAX {
        let message = "Processing your request would cause you to exceed the maximum number of \
                       distributions allowed.";
        return Err(ApiError::new(400, "TooManyDistributions", message));
    }
    check::config(state, &config)?;
    logging::open_bucket(world, cx, &config)?;
    defaults::complete(&mut config);
    let rng = world.rng::<State>();
    let (id, domain, etag) = (ids::e(rng), ids::domain(rng), ids::e(rng));
    let made = Distribution {
        arn: format!("arn:aws:cloudfront::{}:distribution/{id}", cx.account),
        domain,
        kept: Kept { config, etag: etag.clone(), modified: cx.at },
        version: 1,
        live: None,
        deployed: false,
        tags,
        invalidations: Vec::new(),
        traffic: BTreeMap::new(),
    };
    let told = told(&id, &made);
    let state = world.get_mut::<State>();
    state.domains.insert(made.domain.clone(), id.clone());
    state.distributions.insert(id.clone(), made);
    world.schedule::<State>(cx.at.plus(DEPLOYMENT), Event::Deployed { id, version: 1 });
    Ok((told, etag))
}

/// A distribution as the API tells of it.
fn told(id: &str, distribution: &Distribution) -> distribution::Distribution {
    distribution::Distribution {
        id: id.to_owned(),
        arn: distribution.arn.clone(),
        status: distribution.status().to_owned(),
        last_modified_time: distribution.kept.modified,
        in_progress_invalidation_batches: i64::try_from(distribution.invalidating()).unwrap_or(0),
        domain_name: distribution.domain.clone(),
        active_trusted_signers: Some(ActiveSigners::default()),
        active_trusted_key_groups: Some(ActiveSigners::default()),
        config: distribution.kept.config.clone(),
    }
}

sim::operation! {
    /// Tells of a distribution.
    read GetDistribution in "cloudfront" = "GET /2020-05-31/distribution/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetDistributionResult {
        /// The distribution.
        pub distribution: Option<distribution::Distribution> => "Distribution" Payload("Distribution"),
        /// The version of its configuration.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchDistribution"]
    access { "cloudfront:GetDistribution" on "arn:aws:cloudfront::{account}:distribution/{Id}" }
    waiters [
        waiter("DistributionDeployed", 60, 35, &[success(Path("Distribution.Status", "Deployed"))]),
    ]
}

impl Read for GetDistribution {
    type Output = GetDistributionResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().distribution(&self.id)?;
        let etag = Some(found.kept.etag.clone());
        Ok(GetDistributionResult { distribution: Some(told(&self.id, found)), etag })
    }
}

sim::operation! {
    /// Tells what a distribution is to do, with the version to change it from.
    read GetDistributionConfig in "cloudfront" = "GET /2020-05-31/distribution/{Id}/config";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetDistributionConfigResult {
        /// What it is to do.
        pub config: Option<DistributionConfig> => "DistributionConfig" Payload("DistributionConfig"),
        /// The version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchDistribution"]
    access {
        "cloudfront:GetDistributionConfig" on "arn:aws:cloudfront::{account}:distribution/{Id}",
    }
}

impl Read for GetDistributionConfig {
    type Output = GetDistributionConfigResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = &world.get::<State>().distribution(&self.id)?.kept;
        let (config, etag) = (Some(kept.config.clone()), Some(kept.etag.clone()));
        Ok(GetDistributionConfigResult { config, etag })
    }
}

sim::operation! {
    /// Gives a distribution another configuration, a whole one. It takes a few minutes until all edges
    /// know it.
    write UpdateDistribution in "cloudfront" = "PUT /2020-05-31/distribution/{Id}/config";
    input {
        /// What it is to do.
        config: DistributionConfig => "DistributionConfig" Payload("DistributionConfig"),
        /// Its id.
        id: String => "Id" Uri,
        /// The version that the change was made from.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output UpdateDistributionResult {
        /// The distribution.
        pub distribution: Option<distribution::Distribution> => "Distribution" Payload("Distribution"),
        /// The version of its configuration.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors [
        "AccessDenied", "IllegalUpdate", "InconsistentQuantities", "InvalidArgument",
        "InvalidDefaultRootObject", "InvalidDomainNameForOriginAccessControl", "InvalidErrorCode",
        "InvalidGeoRestrictionParameter", "InvalidIfMatchVersion", "InvalidLocationCode",
        "InvalidMinimumProtocolVersion", "InvalidOriginAccessControl", "InvalidResponseCode",
        "InvalidTTLOrder", "InvalidViewerCertificate", "NoSuchCachePolicy", "NoSuchDistribution",
        "NoSuchOrigin", "NoSuchOriginRequestPolicy", "PreconditionFailed", "TooManyCacheBehaviors",
        "TooManyOrigins",
    ]
    access { "cloudfront:UpdateDistribution" on "arn:aws:cloudfront::{account}:distribution/{Id}" }
    takes time
}

impl Write for UpdateDistribution {
    type Output = UpdateDistributionResult;
    fn apply(mut self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let found = state.distribution(&self.id)?;
        matches(self.if_match.as_deref(), &found.kept.etag)?;
        if found.kept.config.caller_reference != self.config.caller_reference {
            return Err(illegal_update(
                "The caller reference of a distribution cannot be changed.",
            ));
        }
        check::config(state, &self.config)?;
        logging::open_bucket(world, cx, &self.config)?;
        defaults::complete(&mut self.config);
        let (state, rng) = world.parts::<State>();
        let found = state.distribution_mut(&self.id)?;
        let etag = ids::e(rng);
        found.kept = Kept { config: self.config, etag: etag.clone(), modified: cx.at };
        found.version += 1;
        found.deployed = false;
        let version = found.version;
        let distribution = Some(told(&self.id, found));
        let event = Event::Deployed { id: self.id, version };
        world.schedule::<State>(cx.at.plus(DEPLOYMENT), event);
        Ok(UpdateDistributionResult { distribution, etag: Some(etag) })
    }
}

sim::operation! {
    /// Removes a distribution that is disabled, once all edges know that it is.
    write DeleteDistribution in "cloudfront" = "DELETE /2020-05-31/distribution/{Id}" (204);
    input {
        /// Its id.
        id: String => "Id" Uri,
        /// The version of its configuration.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output DeleteDistributionOutput {}
    errors [
        "AccessDenied", "DistributionNotDisabled", "InvalidIfMatchVersion", "NoSuchDistribution",
        "PreconditionFailed",
    ]
    access { "cloudfront:DeleteDistribution" on "arn:aws:cloudfront::{account}:distribution/{Id}" }
}

impl Write for DeleteDistribution {
    type Output = DeleteDistributionOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().distribution(&self.id)?;
        matches(self.if_match.as_deref(), &found.kept.etag)?;
        if found.kept.config.enabled || !found.deployed {
            let message = "The distribution you are trying to delete has not been disabled.";
            return Err(ApiError::new(409, "DistributionNotDisabled", message));
        }
        let state = world.get_mut::<State>();
        if let Some(gone) = state.distributions.remove(&self.id) {
            state.domains.remove(&gone.domain);
        }
        state.edges.remove(&self.id);
        Ok(DeleteDistributionOutput {})
    }
}

sim::operation! {
    /// Lists the account's distributions.
    read ListDistributions in "cloudfront" = "GET /2020-05-31/distribution";
    input {
        /// Where to go on.
        marker: Option<String> => "Marker" Query("Marker"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("MaxItems"),
    }
    output ListDistributionsResult {
        /// A page of them.
        pub list: Option<DistributionList> => "DistributionList" Payload("DistributionList"),
    }
    errors ["InvalidArgument"]
    access { "cloudfront:ListDistributions" on "*" }
    pages {
        input: &["Marker"],
        output: &["DistributionList.NextMarker"],
        more: Some("DistributionList.IsTruncated"),
        limit: Some("MaxItems"),
        results: &["DistributionList.Items"],
    }
}

impl Read for ListDistributions {
    type Output = ListDistributionsResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let all = world.get::<State>().distributions.iter();
        let all = all.map(|(id, found)| (id.clone(), summary(id, found)));
        let page = page(all, self.marker.as_deref(), self.max_items.as_deref())?;
        let list = DistributionList {
            quantity: page.quantity(),
            marker: page.marker,
            is_truncated: page.next.is_some(),
            next_marker: page.next,
            max_items: page.max_items,
            items: page.items.into(),
        };
        Ok(ListDistributionsResult { list: Some(list) })
    }
}

fn summary(id: &str, found: &Distribution) -> DistributionSummary {
    let config = found.kept.config.clone();
    DistributionSummary {
        id: id.to_owned(),
        arn: found.arn.clone(),
        etag: Some(found.kept.etag.clone()),
        status: found.status().to_owned(),
        last_modified_time: found.kept.modified,
        domain_name: found.domain.clone(),
        aliases: config.aliases.unwrap_or_default(),
        origins: config.origins,
        origin_groups: config.origin_groups,
        default_cache_behavior: config.default_cache_behavior,
        cache_behaviors: config.cache_behaviors.unwrap_or_default(),
        custom_error_responses: config.custom_error_responses.unwrap_or_default(),
        comment: config.comment,
        price_class: config.price_class.unwrap_or_default(),
        enabled: config.enabled,
        viewer_certificate: config.viewer_certificate.unwrap_or_default(),
        restrictions: config.restrictions.unwrap_or_default(),
        web_acl_id: config.web_acl_id.unwrap_or_default(),
        http_version: config.http_version.unwrap_or_default(),
        is_ipv6_enabled: config.is_ipv6_enabled.unwrap_or_default(),
        staging: config.staging.unwrap_or_default(),
    }
}
