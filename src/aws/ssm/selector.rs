//! What a request names: a parameter by name or ARN, and with it a version or a label.

use std::collections::BTreeSet;

use sim::api::ApiError;

use super::faults::{no_version, not_found};
use super::parameter::{Parameter, ParameterTier, ParameterType, Version, arn};
use super::public;
use super::state::State;
use crate::place::Place;

/// A parameter as a request names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// A version or a label.
    pub(crate) selector: Option<String>,
}

impl Named {
    /// `/a/b`, `/a/b:3`, `/a/b:label`, or an ARN and the same.
    pub(crate) fn read(state: &State, place: &Place, text: &str) -> Self {
        let own = arn(place, "");
        let shared = own.replace(&format!(":{}:", place.account), "::");
        let inside = text.strip_prefix(&own).or_else(|| text.strip_prefix(&shared));
        let Some(inside) = inside else {
            if text.starts_with("arn:") {
                return Self { name: text.to_owned(), selector: None };
            }
            return Self::split(text);
        };
        // An ARN does not tell whether the name begins with a slash.
        let slashed = Self::split(&format!("/{inside}"));
        let plain = Self::split(inside);
        let is_there = state.region(place).is_some_and(|region| region.contains_key(&plain.name));
        if is_there && !inside.contains('/') { plain } else { slashed }
    }

    fn split(text: &str) -> Self {
        match text.split_once(':') {
            Some((name, selector)) => {
                Self { name: name.to_owned(), selector: Some(selector.to_owned()) }
            }
            None => Self { name: text.to_owned(), selector: None },
        }
    }

    /// The ARN that policies know it by.
    pub(crate) fn arn(&self, place: &Place) -> String {
        if self.name.starts_with("arn:") {
            return self.name.clone();
        }
        if is_public(&self.name) { public_arn(place, &self.name) } else { arn(place, &self.name) }
    }
}

/// A version of a parameter that was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) selector: Option<String>,
    pub(crate) number: i64,
    pub(crate) version: Version,
    pub(crate) arn: String,
}

impl State {
    /// # Errors
    /// The account has no parameter of that name.
    pub(crate) fn parameter(&self, place: &Place, name: &str) -> Result<&Parameter, ApiError> {
        self.region(place).and_then(|region| region.get(name)).ok_or_else(|| not_found(name))
    }

    /// # Errors
    /// The account has no parameter of that name.
    pub(crate) fn parameter_mut(
        &mut self,
        place: &Place,
        name: &str,
    ) -> Result<&mut Parameter, ApiError> {
        self.region_mut(place).get_mut(name).ok_or_else(|| not_found(name))
    }

    /// What a request names: of the account, or public.
    ///
    /// # Errors
    /// There is no such parameter, or no such version of it.
    pub(crate) fn find(&self, place: &Place, named: &Named) -> Result<Found, ApiError> {
        let (name, selector) = (&named.name, named.selector.as_deref());
        let missing = || no_version(name, selector.unwrap_or_default());
        let (number, version) = if is_public(name) {
            let version = public_version(place, name).ok_or_else(|| not_found(name))?;
            if selector.is_some_and(|selector| selector != "1") {
                return Err(missing());
            }
            (1, version)
        } else {
            let parameter = self.parameter(place, name)?;
            let (number, version) = parameter.select(selector).ok_or_else(missing)?;
            (number, version.clone())
        };
        let selector = selector.map(|selector| format!(":{selector}"));
        Ok(Found { name: name.clone(), selector, number, version, arn: named.arn(place) })
    }
}

/// Whether a name is one of those that everybody can read.
pub(crate) fn is_public(name: &str) -> bool {
    name.strip_prefix(public::ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A public parameter as one of the account's own is kept.
pub(crate) fn public_version(place: &Place, name: &str) -> Option<Version> {
    Some(Version {
        kind: ParameterType::String,
        value: public::value(&place.region, name)?,
        at: public::WRITTEN,
        by: String::new(),
        description: None,
        allowed_pattern: None,
        tier: ParameterTier::Standard,
        data_type: public::data_type(name).to_owned(),
        labels: BTreeSet::new(),
    })
}

fn public_arn(place: &Place, name: &str) -> String {
    format!("arn:aws:ssm:{}::parameter{name}", place.region)
}
