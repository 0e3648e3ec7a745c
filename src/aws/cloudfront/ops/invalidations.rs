//! Invalidations.

use crate::check::quantity;
use crate::faults::{invalid, no_such_invalidation};
use crate::ids;
use crate::ops::location;
use crate::page::page;
use crate::shapes::invalidation::{self, InvalidationBatch, InvalidationList, InvalidationSummary};
use crate::state::{Event, INVALIDATION, Invalidation, State};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// How many paths may be under way, and how many of them with an asterisk (quotas).
const PATHS_MAX: usize = 3_000;
const WILD_PATHS_MAX: usize = 15;

sim::operation! {
    /// Has all edges forget what they have under some paths.
    write CreateInvalidation in "cloudfront" = "POST /2020-05-31/distribution/{DistributionId}/invalidation" (201);
    input {
        /// The distribution's id.
        distribution_id: String => "DistributionId" Uri,
        /// The paths.
        batch: InvalidationBatch => "InvalidationBatch" Payload("InvalidationBatch"),
    }
    output CreateInvalidationResult {
        /// Its address in the API.
        pub location: Option<String> => "Location" Header("Location"),
        /// The invalidation.
        pub invalidation: Option<invalidation::Invalidation> => "Invalidation" Payload("Invalidation"),
    }
    errors [
        "AccessDenied", "BatchTooLarge", "InconsistentQuantities", "InvalidArgument",
        "NoSuchDistribution", "TooManyInvalidationsInProgress",
    ]
    access {
        "cloudfront:CreateInvalidation" on "arn:aws:cloudfront::{account}:distribution/{DistributionId}",
    }
    takes time
}

impl Write for CreateInvalidation {
    type Output = CreateInvalidationResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().distribution(&self.distribution_id)?;
        let paths = &self.batch.paths;
        quantity("Paths", paths.quantity, paths.items.len())?;
        let wrong = |path: &&String| !path.starts_with('/') || early_star(path);
        if let Some(path) = paths.items.iter().find(wrong) {
            return Err(invalid(format!(
                "Your request contains one or more invalid invalidation paths: {path}"
            )));
        }
        if paths.items.is_empty() {
            return Err(invalid("The parameter Paths is required."));
        }
        let mut all = found.invalidations.iter();
        let same = all.find(|one| one.batch.caller_reference == self.batch.caller_reference);
        if let Some(same) = same {
            if same.batch != self.batch {
                return Err(invalid(
                    "Your request contains a caller reference that was used for a previous \
                     invalidation batch for the same distribution.",
                ));
            }
            return Ok(answer(&self.distribution_id, same));
        }
        bounds(&found.invalidations, &paths.items)?;
        let id = ids::invalidation(world.rng::<State>());
        let made =
            Invalidation { id: id.clone(), batch: self.batch, created: cx.at, completed: false };
        let answer = answer(&self.distribution_id, &made);
        let found = world.get_mut::<State>().distribution_mut(&self.distribution_id)?;
        found.invalidations.push(made);
        let event = Event::Invalidated { id: self.distribution_id, invalidation: id };
        world.schedule::<State>(cx.at.plus(INVALIDATION), event);
        Ok(answer)
    }
}

/// Whether a path has an asterisk that is not its end.
fn early_star(path: &str) -> bool {
    path.strip_suffix('*').unwrap_or(path).contains('*')
}

/// Holds what is under way to its bounds.
fn bounds(all: &[Invalidation], more: &[String]) -> Result<(), ApiError> {
    if more.len() > PATHS_MAX {
        let message = "Your request contains too many invalidation paths.";
        return Err(ApiError::new(413, "BatchTooLarge", message));
    }
    let running = all.iter().filter(|one| !one.completed);
    let paths: Vec<&String> = running.flat_map(|one| &one.batch.paths.items).chain(more).collect();
    let wild = paths.iter().filter(|path| path.ends_with('*')).count();
    if paths.len() > PATHS_MAX || wild > WILD_PATHS_MAX {
        let message = "Processing your request will cause you to exceed the maximum number of \
                       in-progress wildcard invalidations.";
        return Err(ApiError::new(400, "TooManyInvalidationsInProgress", message));
    }
    Ok(())
}

fn told(one: &Invalidation) -> invalidation::Invalidation {
    invalidation::Invalidation {
        id: one.id.clone(),
        status: one.status().to_owned(),
        create_time: one.created,
        batch: one.batch.clone(),
    }
}

fn answer(distribution: &str, one: &Invalidation) -> CreateInvalidationResult {
    CreateInvalidationResult {
        location: Some(location(&format!("distribution/{distribution}/invalidation/{}", one.id))),
        invalidation: Some(told(one)),
    }
}

sim::operation! {
    /// Tells of an invalidation.
    read GetInvalidation in "cloudfront" = "GET /2020-05-31/distribution/{DistributionId}/invalidation/{Id}";
    input {
        /// The distribution's id.
        distribution_id: String => "DistributionId" Uri,
        /// The invalidation's id.
        id: String => "Id" Uri,
    }
    output GetInvalidationResult {
        /// The invalidation.
        pub invalidation: Option<invalidation::Invalidation> => "Invalidation" Payload("Invalidation"),
    }
    errors ["AccessDenied", "NoSuchDistribution", "NoSuchInvalidation"]
    access {
        "cloudfront:GetInvalidation" on "arn:aws:cloudfront::{account}:distribution/{DistributionId}",
    }
    waiters [
        waiter("InvalidationCompleted", 20, 30, &[success(Path("Invalidation.Status", "Completed"))]),
    ]
}

impl Read for GetInvalidation {
    type Output = GetInvalidationResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().distribution(&self.distribution_id)?;
        let mut all = found.invalidations.iter();
        let one = all.find(|one| one.id == self.id).ok_or_else(no_such_invalidation)?;
        Ok(GetInvalidationResult { invalidation: Some(told(one)) })
    }
}

sim::operation! {
    /// Lists the invalidations of a distribution, the newest first.
    read ListInvalidations in "cloudfront" = "GET /2020-05-31/distribution/{DistributionId}/invalidation";
    input {
        /// The distribution's id.
        distribution_id: String => "DistributionId" Uri,
        /// Where to go on.
        marker: Option<String> => "Marker" Query("Marker"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("MaxItems"),
    }
    output ListInvalidationsResult {
        /// A page of them.
        pub list: Option<InvalidationList> => "InvalidationList" Payload("InvalidationList"),
    }
    errors ["AccessDenied", "InvalidArgument", "NoSuchDistribution"]
    access {
        "cloudfront:ListInvalidations" on "arn:aws:cloudfront::{account}:distribution/{DistributionId}",
    }
    pages {
        input: &["Marker"],
        output: &["InvalidationList.NextMarker"],
        more: Some("InvalidationList.IsTruncated"),
        limit: Some("MaxItems"),
        results: &["InvalidationList.Items"],
    }
}

impl Read for ListInvalidations {
    type Output = ListInvalidationsResult;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = world.get::<State>().distribution(&self.distribution_id)?;
        let all = found.invalidations.iter().rev().map(|one| {
            let summary = InvalidationSummary {
                id: one.id.clone(),
                create_time: one.created,
                status: one.status().to_owned(),
            };
            (one.id.clone(), summary)
        });
        let page = page(all, self.marker.as_deref(), self.max_items.as_deref())?;
        let list = InvalidationList {
            quantity: page.quantity(),
            marker: page.marker,
            is_truncated: page.next.is_some(),
            next_marker: page.next,
            max_items: page.max_items,
            items: page.items.into(),
        };
        Ok(ListInvalidationsResult { list: Some(list) })
    }
}
