//! Blocks of IPv4 addresses.

use std::fmt;
use std::net::Ipv4Addr;

use super::error::invalid;
use sim::api::ApiError;

/// `10.0.0.0/16`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Cidr {
    first: u32,
    bits: u8,
}

impl Cidr {
    /// Everything.
    pub(crate) const ALL: Self = Self { first: 0, bits: 0 };

    /// The block of this many leading bits around an address.
    pub(crate) fn around(address: Ipv4Addr, bits: u8) -> Self {
        let bits = bits.min(32);
        Self { first: u32::from(address) & mask(bits), bits }
    }

    /// Reads a block as it is written; one whose address has bits behind its length is taken for the
    /// block around it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let digits = (1..=2).contains(&bits.len()) && bits.bytes().all(|b| b.is_ascii_digit());
        let bits: u8 = bits.parse().ok().filter(|bits| digits && *bits <= 32)?;
        Some(Self::around(address.parse().ok()?, bits))
    }

    /// The same, or the refusal of a parameter.
    pub(crate) fn read(text: &str, parameter: &str) -> Result<Self, ApiError> {
        Self::parse(text).ok_or_else(|| {
            invalid(format!(
                "Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block."
            ))
        })
    }

    /// How many leading bits all of it shares.
    pub(crate) fn bits(self) -> u8 {
        self.bits
    }

    /// How many addresses are in it.
    pub(crate) fn size(self) -> u64 {
        1 << (32 - u32::from(self.bits))
    }

    /// The address this far behind the first, when that is still in it.
    pub(crate) fn nth(self, n: u64) -> Option<Ipv4Addr> {
        let n = u32::try_from(n).ok().filter(|_| n < self.size())?;
        Some(Ipv4Addr::from(self.first | n))
    }

    pub(crate) fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.bits) == self.first
    }

    /// Whether all of the other one is in it.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.bits <= other.bits && other.first & mask(self.bits) == self.first
    }

    /// Whether an address is in both.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.covers(other) || other.covers(self)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.first), self.bits)
    }
}

fn mask(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Cidr;

    #[test]
    fn blocks_are_read_as_they_are_written() {
        let check = |text: &str, want: Option<&str>| {
            let got = Cidr::parse(text).map(|cidr| cidr.to_string());
            assert_eq!(got.as_deref(), want, "{text}");
        };
        check("10.0.0.0/16", Some("10.0.0.0/16"));
        check("10.0.3.7/16", Some("10.0.0.0/16"));
        check("0.0.0.0/0", Some("0.0.0.0/0"));
        check("1.2.3.4/32", Some("1.2.3.4/32"));
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0/16", "10.0.0.0/+8", "10.0.0.0/", "::/0"] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn blocks_overlap_where_one_covers_the_other(
            a in any::<u32>(), b in any::<u32>(), m in 0u8..=32, n in 0u8..=32,
        ) {
            let (one, other) = (Cidr::around(a.into(), m), Cidr::around(b.into(), n));
            prop_assert!(one.contains(a.into()));
            prop_assert_eq!(one.overlaps(other), other.overlaps(one));
            prop_assert_eq!(one.covers(other) && other.covers(one), one == other);
            if one.covers(other) {
                prop_assert!(one.contains(b.into()) && one.size() >= other.size());
            }
            prop_assert_eq!(Cidr::parse(&one.to_string()), Some(one));
            let last = one.nth(one.size() - 1);
            prop_assert!(last.is_some_and(|last| one.contains(last)));
            prop_assert_eq!(one.nth(one.size()), None);
        }
    }
}
