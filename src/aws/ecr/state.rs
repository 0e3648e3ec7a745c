//! What ECR keeps: repositories by account and region, with their settings, and what it knows of the
//! images that the embedded registry has under their names.

use std::collections::BTreeMap;

use base::Time;
use registry::digest::ContentDigest;

use super::errors::repository_not_found;
use super::finding::Scan;
use super::lifecycle::rules::{self, Preview};
use super::place::Place;
use super::wildcard;
use crate::policy::Policy;
use sim::api::ApiError;

/// All repositories.
#[derive(Hash, Debug, Default)]
pub struct State {
    places: BTreeMap<Place, BTreeMap<String, Repository>>,
}

/// One repository.
#[derive(Hash, Debug)]
pub(super) struct Repository {
    pub(super) created_at: Time,
    pub(super) mutability: Mutability,
    /// Patterns of tags for which the opposite holds.
    pub(super) exclusions: Vec<String>,
    pub(super) scan_on_push: bool,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) policy: Option<Policy>,
    pub(super) lifecycle: Option<Lifecycle>,
    pub(super) preview: Option<Preview>,
    pub(super) images: BTreeMap<ContentDigest, ImageInfo>,
}

sim::string_enum! {
    /// Whether a tag may be moved to another image.
    pub enum Mutability {
        Mutable = "MUTABLE",
        Immutable = "IMMUTABLE",
        ImmutableWithExclusion = "IMMUTABLE_WITH_EXCLUSION",
        MutableWithExclusion = "MUTABLE_WITH_EXCLUSION",
    }
}

/// A lifecycle policy that is in force.
#[derive(Hash, Debug)]
pub(super) struct Lifecycle {
    pub(super) policy: rules::Policy,
    /// Since when it is in force: an evaluation of an older one does nothing.
    pub(super) since: Time,
    pub(super) evaluated_at: Option<Time>,
}

/// What is known of an image beside its manifest.
#[derive(Clone, Hash, Debug)]
pub(super) struct ImageInfo {
    pub(super) pushed_at: Time,
    pub(super) scan: Option<Scan>,
}

/// What happens by itself in a repository.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(super) place: Place,
    pub(super) repository: String,
    pub(super) what: What,
}

/// What happens. Each carries the moment of its beginning, by which it is known whether it still
/// counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum What {
    Scanned(ContentDigest, Time),
    Evaluate(Time),
    Previewed(Time),
}

impl State {
    /// Every repository of a registry, by name.
    pub(super) fn all(&self, place: &Place) -> impl Iterator<Item = (&String, &Repository)> {
        self.places.get(place).into_iter().flatten()
    }

    /// Every registry in which something is or was.
    pub(super) fn places(&self) -> impl Iterator<Item = (&Place, &BTreeMap<String, Repository>)> {
        self.places.iter()
    }

    pub(super) fn find(&self, place: &Place, name: &str) -> Option<&Repository> {
        self.places.get(place)?.get(name)
    }

    /// # Errors
    /// There is no repository of that name.
    pub(super) fn repository(&self, place: &Place, name: &str) -> Result<&Repository, ApiError> {
        self.find(place, name).ok_or_else(|| repository_not_found(place, name))
    }

    pub(super) fn find_mut(&mut self, place: &Place, name: &str) -> Option<&mut Repository> {
        self.places.get_mut(place)?.get_mut(name)
    }

    /// # Errors
    /// There is no repository of that name.
    pub(super) fn repository_mut(
        &mut self,
        place: &Place,
        name: &str,
    ) -> Result<&mut Repository, ApiError> {
        self.find_mut(place, name).ok_or_else(|| repository_not_found(place, name))
    }

    pub(super) fn insert(&mut self, place: &Place, name: &str, repository: Repository) {
        self.places.entry(place.clone()).or_default().insert(name.to_owned(), repository);
    }

    pub(super) fn remove(&mut self, place: &Place, name: &str) {
        if let Some(all) = self.places.get_mut(place) {
            all.remove(name);
        }
    }
}

impl Repository {
    /// Whether a tag stays with the image that it was given to.
    pub(super) fn is_immutable(&self, tag: &str) -> bool {
        let excluded = self.exclusions.iter().any(|pattern| wildcard::fits(pattern, tag));
        match self.mutability {
            Mutability::Mutable => false,
            Mutability::Immutable => true,
            Mutability::ImmutableWithExclusion => !excluded,
            Mutability::MutableWithExclusion => excluded,
        }
    }
}
