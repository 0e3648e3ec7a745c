//! Origin access controls.

use crate::faults::{invalid, matches, not_simulated};
use crate::ids;
use crate::ops::location;
use crate::page::page;
use crate::shapes::access::{
    OriginAccessControl, OriginAccessControlConfig, OriginAccessControlList,
    OriginAccessControlSummary, OriginType,
};
use crate::state::{Kept, State};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// The longest name and description, in characters.
const NAME_MAX: usize = 64;
const DESCRIPTION_MAX: usize = 256;

sim::operation! {
    /// Makes an origin access control.
    write CreateOriginAccessControl in "cloudfront" = "POST /2020-05-31/origin-access-control" (201);
    input {
        /// What it says.
        config: OriginAccessControlConfig => "OriginAccessControlConfig" Payload("OriginAccessControlConfig"),
    }
    output CreateOriginAccessControlResult {
        /// What was made.
        pub made: Option<OriginAccessControl> => "OriginAccessControl" Payload("OriginAccessControl"),
        /// Its address in the API.
        pub location: Option<String> => "Location" Header("Location"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["InvalidArgument", "OriginAccessControlAlreadyExists"]
    access { "cloudfront:CreateOriginAccessControl" on "arn:aws:cloudfront::{account}:origin-access-control/*" }
}

impl Write for CreateOriginAccessControl {
    type Output = CreateOriginAccessControlResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        judge(world.get::<State>(), &self.config, None)?;
        let rng = world.rng::<State>();
        let (id, etag) = (ids::e(rng), ids::e(rng));
        let kept = Kept { config: self.config, etag: etag.clone(), modified: cx.at };
        let made = Some(told(&id, &kept));
        let location = Some(location(&format!("origin-access-control/{id}")));
        world.get_mut::<State>().controls.insert(id, kept);
        Ok(CreateOriginAccessControlResult { made, location, etag: Some(etag) })
    }
}

sim::operation! {
    /// Tells of an origin access control.
    read GetOriginAccessControl in "cloudfront" = "GET /2020-05-31/origin-access-control/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetOriginAccessControlResult {
        /// What was asked for.
        pub found: Option<OriginAccessControl> => "OriginAccessControl" Payload("OriginAccessControl"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchOriginAccessControl"]
    access { "cloudfront:GetOriginAccessControl" on "arn:aws:cloudfront::{account}:origin-access-control/{Id}" }
}

impl Read for GetOriginAccessControl {
    type Output = GetOriginAccessControlResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = find(world.get::<State>(), &self.id)?;
        Ok(GetOriginAccessControlResult {
            found: Some(told(&self.id, &kept)),
            etag: Some(kept.etag),
        })
    }
}

sim::operation! {
    /// Tells what an origin access control says, with the version to change it from.
    read GetOriginAccessControlConfig in "cloudfront" = "GET /2020-05-31/origin-access-control/{Id}/config";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetOriginAccessControlConfigResult {
        /// What it says.
        pub config: Option<OriginAccessControlConfig> => "OriginAccessControlConfig" Payload("OriginAccessControlConfig"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "NoSuchOriginAccessControl"]
    access { "cloudfront:GetOriginAccessControlConfig" on "arn:aws:cloudfront::{account}:origin-access-control/{Id}" }
}

impl Read for GetOriginAccessControlConfig {
    type Output = GetOriginAccessControlConfigResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = find(world.get::<State>(), &self.id)?;
        Ok(GetOriginAccessControlConfigResult { config: Some(kept.config), etag: Some(kept.etag) })
    }
}

sim::operation! {
    /// Changes what an origin access control says, as a whole.
    write UpdateOriginAccessControl in "cloudfront" = "PUT /2020-05-31/origin-access-control/{Id}/config";
    input {
        /// What it says.
        config: OriginAccessControlConfig => "OriginAccessControlConfig" Payload("OriginAccessControlConfig"),
        /// Its id.
        id: String => "Id" Uri,
        /// The version that the change was made from.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output UpdateOriginAccessControlResult {
        /// What it is now.
        pub changed: Option<OriginAccessControl> => "OriginAccessControl" Payload("OriginAccessControl"),
        /// Its version.
        pub etag: Option<String> => "ETag" Header("ETag"),
    }
    errors ["AccessDenied", "InvalidArgument", "InvalidIfMatchVersion", "NoSuchOriginAccessControl", "OriginAccessControlAlreadyExists", "PreconditionFailed"]
    access { "cloudfront:UpdateOriginAccessControl" on "arn:aws:cloudfront::{account}:origin-access-control/{Id}" }
}

impl Write for UpdateOriginAccessControl {
    type Output = UpdateOriginAccessControlResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let kept = find(state, &self.id)?;
        matches(self.if_match.as_deref(), &kept.etag)?;
        judge(state, &self.config, Some(&self.id))?;
        let etag = ids::e(world.rng::<State>());
        let kept = Kept { config: self.config, etag: etag.clone(), modified: cx.at };
        let changed = Some(told(&self.id, &kept));
        world.get_mut::<State>().controls.insert(self.id, kept);
        Ok(UpdateOriginAccessControlResult { changed, etag: Some(etag) })
    }
}

sim::operation! {
    /// Removes an origin access control that no distribution uses.
    write DeleteOriginAccessControl in "cloudfront" = "DELETE /2020-05-31/origin-access-control/{Id}" (204);
    input {
        /// Its id.
        id: String => "Id" Uri,
        /// Its version.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output DeleteOriginAccessControlOutput {}
    errors ["AccessDenied", "InvalidIfMatchVersion", "NoSuchOriginAccessControl", "OriginAccessControlInUse", "PreconditionFailed"]
    access { "cloudfront:DeleteOriginAccessControl" on "arn:aws:cloudfront::{account}:origin-access-control/{Id}" }
}

impl Write for DeleteOriginAccessControl {
    type Output = DeleteOriginAccessControlOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let kept = find(state, &self.id)?;
        matches(self.if_match.as_deref(), &kept.etag)?;
        if used(state, &self.id) {
            let message = "Cannot delete the origin access control because it is attached to one or more \
                           distributions.";
            return Err(ApiError::new(409, "OriginAccessControlInUse", message));
        }
        world.get_mut::<State>().controls.remove(&self.id);
        Ok(DeleteOriginAccessControlOutput {})
    }
}

sim::operation! {
    /// Lists the account's origin access controls.
    read ListOriginAccessControls in "cloudfront" = "GET /2020-05-31/origin-access-control";
    input {
        /// Where to go on.
        marker: Option<String> => "Marker" Query("Marker"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("MaxItems"),
    }
    output ListOriginAccessControlsResult {
        /// A page of them.
        pub list: Option<OriginAccessControlList> => "OriginAccessControlList" Payload("OriginAccessControlList"),
    }
    errors ["InvalidArgument"]
    access {
        "cloudfront:ListOriginAccessControls" on "arn:aws:cloudfront::{account}:origin-access-control/*",
    }
    pages {
        input: &["Marker"],
        output: &["OriginAccessControlList.NextMarker"],
        limit: Some("MaxItems"),
        results: &["OriginAccessControlList.Items"],
    }
}

impl Read for ListOriginAccessControls {
    type Output = ListOriginAccessControlsResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let all = world.get::<State>().controls.iter().map(|(id, kept)| {
            let config = kept.config.clone();
            let summary = OriginAccessControlSummary {
                id: id.clone(),
                description: config.description.unwrap_or_default(),
                name: config.name,
                signing_protocol: config.signing_protocol,
                signing_behavior: config.signing_behavior,
                origin_type: config.origin_type,
            };
            (id.clone(), summary)
        });
        let page = page(all, self.marker.as_deref(), self.max_items.as_deref())?;
        let list = OriginAccessControlList {
            quantity: page.quantity(),
            marker: page.marker,
            is_truncated: page.next.is_some(),
            next_marker: page.next,
            max_items: page.max_items,
            items: page.items.into(),
        };
        Ok(ListOriginAccessControlsResult { list: Some(list) })
    }
}

fn told(id: &str, kept: &Kept<OriginAccessControlConfig>) -> OriginAccessControl {
    OriginAccessControl { id: id.to_owned(), config: Some(kept.config.clone()) }
}

/// The one of that id.
///
/// # Errors
/// There is none.
fn find(state: &State, id: &str) -> Result<Kept<OriginAccessControlConfig>, ApiError> {
    let missing = || {
        ApiError::new(404, "NoSuchOriginAccessControl", "The origin access control does not exist.")
    };
    state.controls.get(id).cloned().ok_or_else(missing)
}

/// Whether an origin of a distribution names it.
fn used(state: &State, id: &str) -> bool {
    let mut origins = state.distributions.values().flat_map(|d| &d.kept.config.origins.items);
    origins.any(|origin| origin.origin_access_control_id.as_deref() == Some(id))
}

/// Whether a control may say this.
fn judge(
    state: &State,
    config: &OriginAccessControlConfig,
    own: Option<&str>,
) -> Result<(), ApiError> {
    if config.name.is_empty() || config.name.chars().count() > NAME_MAX {
        return Err(invalid("The parameter Name is too short or too long."));
    }
    let long = |text: &String| text.chars().count() > DESCRIPTION_MAX;
    if config.description.as_ref().is_some_and(long) {
        return Err(invalid("The parameter Description is too long."));
    }
    if config.origin_type != OriginType::S3 {
        return Err(not_simulated("OriginAccessControlOriginType"));
    }
    let mut all = state.controls.iter();
    if all.any(|(id, kept)| kept.config.name == config.name && own != Some(id.as_str())) {
        let message = "An origin access control with the specified parameters already exists.";
        return Err(ApiError::new(409, "OriginAccessControlAlreadyExists", message));
    }
    Ok(())
}
