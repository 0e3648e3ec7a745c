//! Edge locations: a few of some hundreds, in every part of the world that has prices of its own.
//!
//! Source: developer guide, "Choose the price class for a distribution"; the letters are those of the
//! nearest airport, as in the real names.

use crate::shapes::distribution::PriceClass;
use base::Digest;

/// One location.
#[derive(PartialEq, Eq, Debug)]
pub struct Location {
    /// `FRA`: how a viewer chooses it.
    pub city: &'static str,
    /// `FRA56-P1`: how it calls itself.
    pub name: &'static str,
    /// In which a viewer is who asks there: `DE`.
    pub country: &'static str,
    /// The part of the world, as the names of regions begin.
    part: &'static str,
    /// The cheapest price class that has it, as a count from the cheapest.
    class: u8,
    /// Who serves its viewers where the price class does not have it.
    instead: &'static str,
}

/// Every location.
pub static LOCATIONS: &[Location] = &[
    place("IAD", "IAD89-C1", "US", "us", 0, "IAD"),
    place("SFO", "SFO53-C1", "US", "us", 0, "SFO"),
    place("YUL", "YUL62-P1", "CA", "ca", 0, "YUL"),
    place("LHR", "LHR61-P2", "GB", "eu", 0, "LHR"),
    place("FRA", "FRA56-P1", "DE", "eu", 0, "FRA"),
    place("VIE", "VIE50-C1", "AT", "eu", 0, "VIE"),
    place("CDG", "CDG52-P1", "FR", "eu", 0, "CDG"),
    place("JNB", "JNB50-C1", "ZA", "af", 1, "LHR"),
    place("DXB", "DXB52-P1", "AE", "me", 1, "FRA"),
    place("BOM", "BOM78-P1", "IN", "ap", 1, "FRA"),
    place("SIN", "SIN52-C1", "SG", "ap", 1, "SFO"),
    place("NRT", "NRT57-P1", "JP", "ap", 1, "SFO"),
    place("SYD", "SYD62-P1", "AU", "ap", 2, "SIN"),
    place("GRU", "GRU1-C1", "BR", "sa", 2, "IAD"),
];

const fn place(
    city: &'static str,
    name: &'static str,
    country: &'static str,
    part: &'static str,
    class: u8,
    instead: &'static str,
) -> Location {
    Location { city, name, country, part, class, instead }
}

/// The location that a viewer's choice means, whatever its case.
#[must_use]
pub fn of_city(city: &str) -> Option<&'static Location> {
    LOCATIONS.iter().find(|place| place.city.eq_ignore_ascii_case(city))
}

/// The location nearest to a region of AWS: where a viewer is who has chosen none.
#[must_use]
pub fn near(region: &str) -> &'static Location {
    let city = match region {
        "us-west-1" | "us-west-2" => "SFO",
        "eu-central-1" => "FRA",
        "eu-central-2" | "eu-south-1" => "VIE",
        "eu-west-3" => "CDG",
        "ap-northeast-1" => "NRT",
        "ap-south-1" | "ap-south-2" => "BOM",
        "ap-southeast-2" => "SYD",
        _ => "",
    };
    let part = region.split('-').next().unwrap_or_default();
    let first = LOCATIONS.iter().find(|place| place.part == part);
    of_city(city).or(first).unwrap_or(&LOCATIONS[0])
}

impl Location {
    /// The location that serves a viewer here, in this price class.
    pub(crate) fn serving(&'static self, class: PriceClass) -> &'static Self {
        let most = match class {
            PriceClass::Class100 => 0,
            PriceClass::Class200 => 1,
            PriceClass::All => 2,
        };
        let mut place = self;
        while place.class > most {
            place = of_city(place.instead).unwrap_or(&LOCATIONS[0]);
        }
        place
    }

    /// How it calls itself to both ends, in `Via`.
    pub(crate) fn via(&self) -> String {
        let mut name = Digest::of(self.name.as_bytes()).to_string();
        name.truncate(32);
        format!("1.1 {name}.cloudfront.net (CloudFront)")
    }

    /// How long a word takes to another location and back, in milliseconds of lab time: rough figures
    /// of public networks, for the eye.
    pub(crate) fn round_trip_ms(&self, other: &Self) -> i64 {
        trip(self.city == other.city, self.part, other.part)
    }

    /// The same to a region of AWS.
    pub(crate) fn round_trip_to_ms(&self, region: &str) -> i64 {
        let part = region.split('-').next().unwrap_or_default();
        trip(near(region).city == self.city, self.part, part)
    }
}

fn trip(same_city: bool, one: &str, other: &str) -> i64 {
    let far = |part: &str| matches!(part, "ap" | "sa" | "af" | "me");
    match (same_city, one == other, far(one) || far(other)) {
        (true, ..) => 4,
        (_, true, false) => 25,
        (_, true, true) => 70,
        (_, false, false) => 90,
        (_, false, true) => 180,
    }
}
