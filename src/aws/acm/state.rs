//! The certificates, by account and region.

use std::collections::{BTreeMap, BTreeSet};

use aws::place::Place;
use base::Time;
use sim::World;
use sim::api::ApiError;

use crate::faults::{bad_arn, not_found};
use crate::key::PrivateKey;
use crate::x509::Facts;

/// Everything.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(crate) places: BTreeMap<Place, BTreeMap<String, Certificate>>,
}

/// A certificate.
#[derive(Clone, Hash, Debug)]
pub struct Certificate {
    pub(crate) facts: Facts,
    pub(crate) body: String,
    pub(crate) chain: Option<String>,
    pub(crate) key: PrivateKey,
    pub(crate) created: Time,
    pub(crate) imported: Time,
    pub(crate) tags: BTreeMap<String, String>,
    /// The ARNs of what serves by it.
    pub(crate) in_use_by: BTreeSet<String>,
}

impl Certificate {
    /// The hosts that it is for, with asterisks.
    #[must_use]
    pub fn domains(&self) -> Vec<String> {
        self.facts.domains().1
    }

    /// Whether its key and its signature are such that services take them, and until when it holds.
    #[must_use]
    pub fn is_supported(&self, at: Time) -> bool {
        let named = self.domains().iter().any(|name| name.contains('.'));
        let strong = self.facts.key.as_deref().is_some_and(|key| key != "RSA-1024");
        named && strong && self.facts.signature.is_some() && self.facts.not_after > at
    }

    /// Itself and its chain, as text.
    #[must_use]
    pub fn pem(&self) -> String {
        format!("{}{}", self.body, self.chain.as_deref().unwrap_or_default())
    }

    /// Its private key.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }
}

impl State {
    /// # Errors
    /// There is none of this ARN, or it is none.
    pub(crate) fn certificate(&self, place: &Place, arn: &str) -> Result<&Certificate, ApiError> {
        if !arn.starts_with("arn:aws:acm:") || !arn.contains(":certificate/") {
            return Err(bad_arn(arn));
        }
        let own = self.places.get(place).and_then(|all| all.get(arn));
        own.ok_or_else(|| not_found(arn))
    }

    /// # Errors
    /// As [`State::certificate`].
    pub(crate) fn certificate_mut(
        &mut self,
        place: &Place,
        arn: &str,
    ) -> Result<&mut Certificate, ApiError> {
        self.certificate(place, arn)?;
        let own = self.places.get_mut(place).and_then(|all| all.get_mut(arn));
        own.ok_or_else(|| not_found(arn))
    }
}

/// The certificate of this ARN, if it is in this place.
#[must_use]
pub fn find<'w>(world: &'w World, place: &Place, arn: &str) -> Option<&'w Certificate> {
    world.get::<State>().places.get(place)?.get(arn)
}

/// Says by which certificates something serves from now on.
pub fn uses(world: &mut World, place: &Place, user: &str, certificates: &BTreeSet<String>) {
    let known = world.get::<State>().places.get(place);
    let changes = known.into_iter().flatten().any(|(arn, certificate)| {
        certificates.contains(arn) != certificate.in_use_by.contains(user)
    });
    if !changes {
        return;
    }
    for (arn, certificate) in world.get_mut::<State>().places.entry(place.clone()).or_default() {
        if certificates.contains(arn) {
            certificate.in_use_by.insert(user.to_owned());
        } else {
            certificate.in_use_by.remove(user);
        }
    }
}
