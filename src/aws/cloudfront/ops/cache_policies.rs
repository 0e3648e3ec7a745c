//! Cache policies.

use crate::check::quantity;
use crate::faults::{illegal_update, invalid, matches};
use crate::ids;
use crate::managed;
use crate::ops::location;
use crate::page::page;
use crate::rules::{DEFAULT_TTL, MAX_TTL};
use crate::shapes::behavior::Rule;
use crate::shapes::policy::{
    CachePolicy, CachePolicyConfig, CachePolicyList, CachePolicySummary, HeaderSelection,
    PolicyType, Selection,
};
use crate::state::{Kept, State};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// The longest name and comment, in characters.
const NAME_MAX: usize = 128;

/// Whether a selection goes by names.
fn is_some(selection: Selection) -> bool {
    matches!(selection, Selection::Whitelist | Selection::AllExcept)
}

fn unfit(what: &str) -> ApiError {
    invalid(format!("The parameter {what} does not fit the behavior that is given beside it."))
}

sim::operation! {
    /// Makes a cache policy.
    write CreateCachePolicy in "cloudfront" = "POST /2020-05-31/cache-policy" (201);
    input {
        /// What it says.
        config: CachePolicyConfig => "CachePolicyConfig" Payload("CachePolicyConfig"),
    }
    output CreateCachePolicyResult {
        /// What was made.
        pub made: Option<CachePolicy> => "CachePolicy" Payload("CachePolicy"),
        /// Its address in the API.
        pub location: Option<String> => "Location" Header("Location"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "CachePolicyAlreadyExists", "InconsistentQuantities", "InvalidArgument"]
    access { "cloudfront:CreateCachePolicy" on "arn:aws:cloudfront::{account}:cache-policy/*" }
}

impl Write for CreateCachePolicy {
    type Output = CreateCachePolicyResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        judge(world.get::<State>(), &self.config, None)?;
        let rng = world.rng::<State>();
        let (id, etag) = (ids::uuid(rng), ids::e(rng));
        let kept = Kept { config: self.config, etag: etag.clone(), modified: cx.at };
        let made = Some(told(&id, &kept));
        let location = Some(location(&format!("cache-policy/{id}")));
        world.get_mut::<State>().cache_policies.insert(id, kept);
        Ok(CreateCachePolicyResult { made, location, etag: Some(etag) })
    }
}

sim::operation! {
    /// Tells of a cache policy.
    read GetCachePolicy in "cloudfront" = "GET /2020-05-31/cache-policy/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetCachePolicyResult {
        /// What was asked for.
        pub found: Option<CachePolicy> => "CachePolicy" Payload("CachePolicy"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchCachePolicy"]
    access { "cloudfront:GetCachePolicy" on "arn:aws:cloudfront::{account}:cache-policy/{Id}" }
}

impl Read for GetCachePolicy {
    type Output = GetCachePolicyResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = find(world.get::<State>(), &self.id)?;
        Ok(GetCachePolicyResult { found: Some(told(&self.id, &kept)), etag: Some(kept.etag) })
    }
}

sim::operation! {
    /// Tells what a cache policy says, with the version to change it from.
    read GetCachePolicyConfig in "cloudfront" = "GET /2020-05-31/cache-policy/{Id}/config";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetCachePolicyConfigResult {
        /// What it says.
        pub config: Option<CachePolicyConfig> => "CachePolicyConfig" Payload("CachePolicyConfig"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchCachePolicy"]
    access { "cloudfront:GetCachePolicyConfig" on "arn:aws:cloudfront::{account}:cache-policy/{Id}" }
}

impl Read for GetCachePolicyConfig {
    type Output = GetCachePolicyConfigResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = find(world.get::<State>(), &self.id)?;
        Ok(GetCachePolicyConfigResult { config: Some(kept.config), etag: Some(kept.etag) })
    }
}

sim::operation! {
    /// Changes what a cache policy says, as a whole.
    write UpdateCachePolicy in "cloudfront" = "PUT /2020-05-31/cache-policy/{Id}";
    input {
        /// What it says.
        config: CachePolicyConfig => "CachePolicyConfig" Payload("CachePolicyConfig"),
        /// Its id.
        id: String => "Id" Uri,
        /// The version that the change was made from.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output UpdateCachePolicyResult {
        /// What it is now.
        pub changed: Option<CachePolicy> => "CachePolicy" Payload("CachePolicy"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "CachePolicyAlreadyExists", "IllegalUpdate", "InconsistentQuantities", "InvalidArgument", "InvalidIfMatchVersion", "NoSuchCachePolicy", "PreconditionFailed"]
    access { "cloudfront:UpdateCachePolicy" on "arn:aws:cloudfront::{account}:cache-policy/{Id}" }
}

impl Write for UpdateCachePolicy {
    type Output = UpdateCachePolicyResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let kept = find(state, &self.id)?;
        if !state.cache_policies.contains_key(&self.id) {
            return Err(illegal_update("The policies of AWS cannot be changed."));
        }
        matches(self.if_match.as_deref(), &kept.etag)?;
        judge(state, &self.config, Some(&self.id))?;
        let etag = ids::e(world.rng::<State>());
        let kept = Kept { config: self.config, etag: etag.clone(), modified: cx.at };
        let changed = Some(told(&self.id, &kept));
        world.get_mut::<State>().cache_policies.insert(self.id, kept);
        Ok(UpdateCachePolicyResult { changed, etag: Some(etag) })
    }
}

sim::operation! {
    /// Removes a cache policy that no distribution uses.
    write DeleteCachePolicy in "cloudfront" = "DELETE /2020-05-31/cache-policy/{Id}" (204);
    input {
        /// Its id.
        id: String => "Id" Uri,
        /// Its version.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output DeleteCachePolicyOutput {}
    errors ["AccessDenied", "CachePolicyInUse", "IllegalDelete", "InvalidIfMatchVersion", "NoSuchCachePolicy", "PreconditionFailed"]
    access { "cloudfront:DeleteCachePolicy" on "arn:aws:cloudfront::{account}:cache-policy/{Id}" }
}

impl Write for DeleteCachePolicy {
    type Output = DeleteCachePolicyOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let kept = find(state, &self.id)?;
        if !state.cache_policies.contains_key(&self.id) {
            let message = "You cannot delete a managed policy.";
            return Err(ApiError::new(400, "IllegalDelete", message));
        }
        matches(self.if_match.as_deref(), &kept.etag)?;
        if used(state, &self.id) {
            let message = "Cannot delete the cache policy because it is attached to one or more \
                           cache behaviors.";
            return Err(ApiError::new(409, "CachePolicyInUse", message));
        }
        world.get_mut::<State>().cache_policies.remove(&self.id);
        Ok(DeleteCachePolicyOutput {})
    }
}

sim::operation! {
    /// Lists cache policies: those of AWS, then the account's own.
    read ListCachePolicies in "cloudfront" = "GET /2020-05-31/cache-policy";
    input {
        /// Only those of AWS, or the account's own.
        kind: Option<PolicyType> => "Type" Query("Type"),
        /// Where to go on.
        marker: Option<String> => "Marker" Query("Marker"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("MaxItems"),
    }
    output ListCachePoliciesResult {
        /// A page of them.
        pub list: Option<CachePolicyList> => "CachePolicyList" Payload("CachePolicyList"),
    }
    errors ["AccessDenied", "InvalidArgument", "NoSuchCachePolicy"]
    access { "cloudfront:ListCachePolicies" on "arn:aws:cloudfront::{account}:cache-policy/*" }
}

impl Read for ListCachePolicies {
    type Output = ListCachePoliciesResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let of_aws = managed::cache_policies()
            .map(|policy| CachePolicySummary { kind: PolicyType::Managed, policy });
        let own = world.get::<State>().cache_policies.iter();
        let own = own.map(|(id, kept)| CachePolicySummary {
            kind: PolicyType::Custom,
            policy: told(id, kept),
        });
        let all = of_aws.chain(own).filter(|one| self.kind.is_none_or(|kind| kind == one.kind));
        let all = all.map(|one| (one.policy.id.clone(), one));
        let page = page(all, self.marker.as_deref(), self.max_items.as_deref())?;
        let list = CachePolicyList {
            quantity: page.quantity(),
            next_marker: page.next,
            max_items: page.max_items,
            items: page.items.into(),
        };
        Ok(ListCachePoliciesResult { list: Some(list) })
    }
}

fn told(id: &str, kept: &Kept<CachePolicyConfig>) -> CachePolicy {
    CachePolicy {
        id: id.to_owned(),
        last_modified_time: kept.modified,
        config: kept.config.clone(),
    }
}

/// The one of that id.
///
/// # Errors
/// There is none.
fn find(state: &State, id: &str) -> Result<Kept<CachePolicyConfig>, ApiError> {
    let missing = || ApiError::new(404, "NoSuchCachePolicy", "The cache policy does not exist.");
    let of_aws = || {
        let policy = managed::cache_policy(id)?;
        let etag = managed::ETAG.to_owned();
        Some(Kept { config: policy.config, etag, modified: policy.last_modified_time })
    };
    state.cache_policies.get(id).cloned().or_else(of_aws).ok_or_else(missing)
}

/// Whether a behaviour of a distribution names it.
fn used(state: &State, id: &str) -> bool {
    let names = |rule: &Rule| rule.cache_policy_id.as_deref() == Some(id);
    state.distributions.values().any(|distribution| {
        let config = &distribution.kept.config;
        let behaviors = config.cache_behaviors.iter().flat_map(|all| &all.items);
        names(&config.default_cache_behavior.rule) || behaviors.map(|b| &b.rule).any(names)
    })
}

/// Whether a policy may say this.
fn judge(state: &State, config: &CachePolicyConfig, own: Option<&str>) -> Result<(), ApiError> {
    if config.name.is_empty() || config.name.chars().count() > NAME_MAX {
        return Err(invalid("The parameter Name is too short or too long."));
    }
    if config.comment.as_ref().is_some_and(|text| text.chars().count() > NAME_MAX) {
        return Err(invalid("The parameter Comment is too long."));
    }
    let mut all = state.cache_policies.iter();
    let taken = all.any(|(id, kept)| kept.config.name == config.name && own != Some(id.as_str()));
    let of_aws = managed::cache_policies().any(|policy| policy.config.name == config.name);
    if taken || of_aws {
        let message = "A cache policy with this name already exists. Names must be unique.";
        return Err(ApiError::new(409, "CachePolicyAlreadyExists", message));
    }
    let min = config.min_ttl;
    let default = config.default_ttl.unwrap_or(DEFAULT_TTL).max(min);
    let max = config.max_ttl.unwrap_or(MAX_TTL).max(default);
    if min < 0
        || config.default_ttl.is_some_and(|ttl| ttl < min)
        || config.max_ttl.is_some_and(|ttl| ttl < default && config.default_ttl.is_some())
        || max < default
    {
        return Err(invalid("The parameter MinTTL, DefaultTTL or MaxTTL is out of order."));
    }
    let Some(parameters) = &config.parameters else { return Ok(()) };
    let count = |what, names: Option<(i64, usize)>, some: bool| match names {
        Some((said, len)) => {
            quantity(what, said, len)?;
            if some == (len > 0) { Ok(()) } else { Err(unfit(what)) }
        }
        None if some => Err(unfit(what)),
        None => Ok(()),
    };
    let headers = parameters.headers.headers.as_ref().map(|n| (n.quantity, n.items.len()));
    count("Headers", headers, parameters.headers.behavior == HeaderSelection::Whitelist)?;
    let cookies = parameters.cookies.cookies.as_ref().map(|n| (n.quantity, n.items.len()));
    count("Cookies", cookies, is_some(parameters.cookies.behavior))?;
    let query =
        parameters.query_strings.query_strings.as_ref().map(|n| (n.quantity, n.items.len()));
    count("QueryStrings", query, is_some(parameters.query_strings.behavior))
}
