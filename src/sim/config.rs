//! What a world is made from.

use super::shape::Shape;
use base::Time;

/// What a new world is made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    pub seed: u64,
    /// Twelve digits.
    pub account: String,
    pub region: String,
    /// The lab time at which the world begins.
    pub start: Time,
    /// What its systems find otherwise than by default.
    pub shape: Shape,
}

impl Config {
    /// The default account and region, with this seed, from this instant.
    #[must_use]
    pub fn new(seed: u64, start: Time) -> Self {
        let (account, region) = ("123456789012".into(), "us-east-1".into());
        Self { seed, account, region, start, shape: Shape::default() }
    }

    /// Whether there is a region of that name in this world.
    #[must_use]
    pub fn has_region(&self, name: &str) -> bool {
        let regions = &self.shape.regions;
        regions.is_empty() || name == self.region || regions.iter().any(|region| region == name)
    }
}
