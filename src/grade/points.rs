//! Points as grades need them: parts of a point can be earned, and sums stay exact.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Hundredths of a point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Points(pub u32);

impl Points {
    #[must_use]
    pub fn whole(points: u32) -> Self {
        Self(points.saturating_mul(100))
    }

    /// `part` of `of` parts, rounded to the nearest hundredth; nothing of nothing.
    #[must_use]
    pub fn share(self, part: u32, of: u32) -> Self {
        if of == 0 {
            return Self(0);
        }
        let (all, part, of) = (u64::from(self.0), u64::from(part), u64::from(of));
        Self(u32::try_from((all * part * 2 + of) / (2 * of)).unwrap_or(u32::MAX))
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self(0), Add::add)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        let text = match rest {
            0 => whole.to_string(),
            _ if rest.is_multiple_of(10) => format!("{whole}.{}", rest / 10),
            _ => format!("{whole}.{rest:02}"),
        };
        f.pad(&text)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(100) {
            to.serialize_u32(self.0 / 100)
        } else {
            to.serialize_f64(f64::from(self.0) / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let hundredths = (f64::deserialize(from)? * 100.0).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
        Ok(Self(hundredths.clamp(0.0, f64::from(u32::MAX)) as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_points_add_up_and_read_well() {
        let check = |points: Points, want: &str| {
            assert_eq!(points.to_string(), want);
            let text = serde_json::to_string(&points).unwrap();
            assert_eq!(serde_json::from_str::<Points>(&text).unwrap(), points, "{text}");
        };
        check(Points::whole(3), "3");
        check(Points::whole(3).share(1, 2), "1.5");
        check(Points::whole(2).share(1, 3), "0.67");
        check(Points::whole(2).share(1, 0), "0");
        check([Points(50), Points(5)].into_iter().sum(), "0.55");
    }
}
