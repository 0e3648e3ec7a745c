//! Origin request policies.

use crate::check::quantity;
use crate::faults::{illegal_update, invalid, matches, not_simulated};
use crate::ids;
use crate::managed;
use crate::ops::location;
use crate::page::page;
use crate::shapes::behavior::Rule;
use crate::shapes::policy::{
    OriginHeaderSelection, OriginRequestPolicy, OriginRequestPolicyConfig, OriginRequestPolicyList,
    OriginRequestPolicySummary, PolicyType, Selection,
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
    /// Makes an origin request policy.
    write CreateOriginRequestPolicy in "cloudfront" = "POST /2020-05-31/origin-request-policy" (201);
    input {
        /// What it says.
        config: OriginRequestPolicyConfig => "OriginRequestPolicyConfig" Payload("OriginRequestPolicyConfig"),
    }
    output CreateOriginRequestPolicyResult {
        /// What was made.
        pub made: Option<OriginRequestPolicy> => "OriginRequestPolicy" Payload("OriginRequestPolicy"),
        /// Its address in the API.
        pub location: Option<String> => "Location" Header("Location"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "OriginRequestPolicyAlreadyExists", "InconsistentQuantities", "InvalidArgument"]
    access { "cloudfront:CreateOriginRequestPolicy" on "arn:aws:cloudfront::{account}:origin-request-policy/*" }
}

impl Write for CreateOriginRequestPolicy {
    type Output = CreateOriginRequestPolicyResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        judge(world.get::<State>(), &self.config, None)?;
        let rng = world.rng::<State>();
        let (id, etag) = (ids::uuid(rng), ids::e(rng));
        let kept = Kept { config: self.config, etag: etag.clone(), modified: cx.at };
        let made = Some(told(&id, &kept));
        let location = Some(location(&format!("origin-request-policy/{id}")));
        world.get_mut::<State>().origin_request_policies.insert(id, kept);
        Ok(CreateOriginRequestPolicyResult { made, location, etag: Some(etag) })
    }
}

sim::operation! {
    /// Tells of an origin request policy.
    read GetOriginRequestPolicy in "cloudfront" = "GET /2020-05-31/origin-request-policy/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetOriginRequestPolicyResult {
        /// What was asked for.
        pub found: Option<OriginRequestPolicy> => "OriginRequestPolicy" Payload("OriginRequestPolicy"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchOriginRequestPolicy"]
    access { "cloudfront:GetOriginRequestPolicy" on "arn:aws:cloudfront::{account}:origin-request-policy/{Id}" }
}

impl Read for GetOriginRequestPolicy {
    type Output = GetOriginRequestPolicyResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = find(world.get::<State>(), &self.id)?;
        Ok(GetOriginRequestPolicyResult {
            found: Some(told(&self.id, &kept)),
            etag: Some(kept.etag),
        })
    }
}

sim::operation! {
    /// Tells what an origin request policy says, with the version to change it from.
    read GetOriginRequestPolicyConfig in "cloudfront" = "GET /2020-05-31/origin-request-policy/{Id}/config";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetOriginRequestPolicyConfigResult {
        /// What it says.
        pub config: Option<OriginRequestPolicyConfig> => "OriginRequestPolicyConfig" Payload("OriginRequestPolicyConfig"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchOriginRequestPolicy"]
    access { "cloudfront:GetOriginRequestPolicyConfig" on "arn:aws:cloudfront::{account}:origin-request-policy/{Id}" }
}

impl Read for GetOriginRequestPolicyConfig {
    type Output = GetOriginRequestPolicyConfigResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = find(world.get::<State>(), &self.id)?;
        Ok(GetOriginRequestPolicyConfigResult { config: Some(kept.config), etag: Some(kept.etag) })
    }
}

sim::operation! {
    /// Changes what an origin request policy says, as a whole.
    write UpdateOriginRequestPolicy in "cloudfront" = "PUT /2020-05-31/origin-request-policy/{Id}";
    input {
        /// What it says.
        config: OriginRequestPolicyConfig => "OriginRequestPolicyConfig" Payload("OriginRequestPolicyConfig"),
        /// Its id.
        id: String => "Id" Uri,
        /// The version that the change was made from.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output UpdateOriginRequestPolicyResult {
        /// What it is now.
        pub changed: Option<OriginRequestPolicy> => "OriginRequestPolicy" Payload("OriginRequestPolicy"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "OriginRequestPolicyAlreadyExists", "IllegalUpdate", "InconsistentQuantities", "InvalidArgument", "InvalidIfMatchVersion", "NoSuchOriginRequestPolicy", "PreconditionFailed"]
    access { "cloudfront:UpdateOriginRequestPolicy" on "arn:aws:cloudfront::{account}:origin-request-policy/{Id}" }
}

impl Write for UpdateOriginRequestPolicy {
    type Output = UpdateOriginRequestPolicyResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let kept = find(state, &self.id)?;
        if !state.origin_request_policies.contains_key(&self.id) {
            return Err(illegal_update("The policies of AWS cannot be changed."));
        }
        matches(self.if_match.as_deref(), &kept.etag)?;
        judge(state, &self.config, Some(&self.id))?;
        let etag = ids::e(world.rng::<State>());
        let kept = Kept { config: self.config, etag: etag.clone(), modified: cx.at };
        let changed = Some(told(&self.id, &kept));
        world.get_mut::<State>().origin_request_policies.insert(self.id, kept);
        Ok(UpdateOriginRequestPolicyResult { changed, etag: Some(etag) })
    }
}

sim::operation! {
    /// Removes an origin request policy that no distribution uses.
    write DeleteOriginRequestPolicy in "cloudfront" = "DELETE /2020-05-31/origin-request-policy/{Id}" (204);
    input {
        /// Its id.
        id: String => "Id" Uri,
        /// Its version.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output DeleteOriginRequestPolicyOutput {}
    errors ["AccessDenied", "OriginRequestPolicyInUse", "IllegalDelete", "InvalidIfMatchVersion", "NoSuchOriginRequestPolicy", "PreconditionFailed"]
    access { "cloudfront:DeleteOriginRequestPolicy" on "arn:aws:cloudfront::{account}:origin-request-policy/{Id}" }
}

impl Write for DeleteOriginRequestPolicy {
    type Output = DeleteOriginRequestPolicyOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let kept = find(state, &self.id)?;
        if !state.origin_request_policies.contains_key(&self.id) {
            let message = "You cannot delete a managed policy.";
            return Err(ApiError::new(400, "IllegalDelete", message));
        }
        matches(self.if_match.as_deref(), &kept.etag)?;
        if used(state, &self.id) {
            let message = "Cannot delete the origin request policy because it is attached to one or more \
                           cache behaviors.";
            return Err(ApiError::new(409, "OriginRequestPolicyInUse", message));
        }
        world.get_mut::<State>().origin_request_policies.remove(&self.id);
        Ok(DeleteOriginRequestPolicyOutput {})
    }
}

sim::operation! {
    /// Lists origin request policies: those of AWS, then the account's own.
    read ListOriginRequestPolicies in "cloudfront" = "GET /2020-05-31/origin-request-policy";
    input {
        /// Only those of AWS, or the account's own.
        kind: Option<PolicyType> => "Type" Query("Type"),
        /// Where to go on.
        marker: Option<String> => "Marker" Query("Marker"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("MaxItems"),
    }
    output ListOriginRequestPoliciesResult {
        /// A page of them.
        pub list: Option<OriginRequestPolicyList> => "OriginRequestPolicyList" Payload("OriginRequestPolicyList"),
    }
    errors ["AccessDenied", "InvalidArgument", "NoSuchOriginRequestPolicy"]
    access { "cloudfront:ListOriginRequestPolicies" on "arn:aws:cloudfront::{account}:origin-request-policy/*" }
}

impl Read for ListOriginRequestPolicies {
    type Output = ListOriginRequestPoliciesResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let of_aws = managed::origin_request_policies()
            .map(|policy| OriginRequestPolicySummary { kind: PolicyType::Managed, policy });
        let own = world.get::<State>().origin_request_policies.iter();
        let own = own.map(|(id, kept)| OriginRequestPolicySummary {
            kind: PolicyType::Custom,
            policy: told(id, kept),
        });
        let all = of_aws.chain(own).filter(|one| self.kind.is_none_or(|kind| kind == one.kind));
        let all = all.map(|one| (one.policy.id.clone(), one));
        let page = page(all, self.marker.as_deref(), self.max_items.as_deref())?;
        let list = OriginRequestPolicyList {
            quantity: page.quantity(),
            next_marker: page.next,
            max_items: page.max_items,
            items: page.items.into(),
        };
        Ok(ListOriginRequestPoliciesResult { list: Some(list) })
    }
}

fn told(id: &str, kept: &Kept<OriginRequestPolicyConfig>) -> OriginRequestPolicy {
    OriginRequestPolicy {
        id: id.to_owned(),
        last_modified_time: kept.modified,
        config: kept.config.clone(),
    }
}

/// The one of that id.
///
/// # Errors
/// There is none.
fn find(state: &State, id: &str) -> Result<Kept<OriginRequestPolicyConfig>, ApiError> {
    let missing = || {
        ApiError::new(404, "NoSuchOriginRequestPolicy", "The origin request policy does not exist.")
    };
    let of_aws = || {
        let policy = managed::origin_request_policy(id)?;
        let etag = managed::ETAG.to_owned();
        Some(Kept { config: policy.config, etag, modified: policy.last_modified_time })
    };
    state.origin_request_policies.get(id).cloned().or_else(of_aws).ok_or_else(missing)
}

/// Whether a behaviour of a distribution names it.
fn used(state: &State, id: &str) -> bool {
    let names = |rule: &Rule| rule.origin_request_policy_id.as_deref() == Some(id);
    state.distributions.values().any(|distribution| {
        let config = &distribution.kept.config;
        let behaviors = config.cache_behaviors.iter().flat_map(|all| &all.items);
        names(&config.default_cache_behavior.rule) || behaviors.map(|b| &b.rule).any(names)
    })
}

/// Whether a policy may say this.
fn judge(
    state: &State,
    config: &OriginRequestPolicyConfig,
    own: Option<&str>,
) -> Result<(), ApiError> {
    if config.name.is_empty() || config.name.chars().count() > NAME_MAX {
        return Err(invalid("The parameter Name is too short or too long."));
    }
    if config.comment.as_ref().is_some_and(|text| text.chars().count() > NAME_MAX) {
        return Err(invalid("The parameter Comment is too long."));
    }
    let mut all = state.origin_request_policies.iter();
    let taken = all.any(|(id, kept)| kept.config.name == config.name && own != Some(id.as_str()));
    let of_aws = managed::origin_request_policies().any(|policy| policy.config.name == config.name);
    if taken || of_aws {
        let message =
            "An origin request policy with this name already exists. Names must be unique.";
        return Err(ApiError::new(409, "OriginRequestPolicyAlreadyExists", message));
    }
    let some = match config.headers.behavior {
        OriginHeaderSelection::Whitelist | OriginHeaderSelection::AllExcept => true,
        OriginHeaderSelection::None | OriginHeaderSelection::AllViewer => false,
        OriginHeaderSelection::AllViewerAndWhitelistCloudFront => {
            return Err(not_simulated("HeadersConfig.HeaderBehavior"));
        }
    };
    let count = |what, names: Option<(i64, usize)>, some: bool| match names {
        Some((said, len)) => {
            quantity(what, said, len)?;
            if some == (len > 0) { Ok(()) } else { Err(unfit(what)) }
        }
        None if some => Err(unfit(what)),
        None => Ok(()),
    };
    let headers = config.headers.headers.as_ref().map(|n| (n.quantity, n.items.len()));
    count("Headers", headers, some)?;
    let cookies = config.cookies.cookies.as_ref().map(|n| (n.quantity, n.items.len()));
    count("Cookies", cookies, is_some(config.cookies.behavior))?;
    let query = config.query_strings.query_strings.as_ref().map(|n| (n.quantity, n.items.len()));
    count("QueryStrings", query, is_some(config.query_strings.behavior))
}
