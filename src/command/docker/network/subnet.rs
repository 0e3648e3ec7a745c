//! Subnets as the client compares them before it asks the engine.

use std::net::IpAddr;

/// `10.5.0.0/16`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subnet {
    /// The address before the slash, host bits and all.
    address: IpAddr,
    bits: u32,
}

impl Subnet {
    /// # Errors
    /// The words of Go's `net.ParseCIDR`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("invalid CIDR address: {text}");
        let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        if bits.is_empty() || !bits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let bits: u32 = bits.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }

    /// Whether that address, or the first of that subnet, lies in this one.
    pub(super) fn holds(&self, text: &str) -> bool {
        let address = Self::parse(text).map(|s| s.address).or_else(|_| text.parse());
        address.is_ok_and(|address| self.contains(address))
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }

    fn contains(&self, address: IpAddr) -> bool {
        let masked = |address: IpAddr| match address {
            IpAddr::V4(a) => u128::from(a.to_bits()).checked_shr(32 - self.bits.min(32)),
            IpAddr::V6(a) => a.to_bits().checked_shr(128 - self.bits),
        };
        self.address.is_ipv4() == address.is_ipv4() && masked(self.address) == masked(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lie_in_subnets() {
        let check = |subnet: &str, address: &str, want: bool| {
            let found = Subnet::parse(subnet).unwrap().holds(address);
            assert_eq!(found, want, "{address} in {subnet}");
        };
        check("10.5.0.0/16", "10.5.255.1", true);
        check("10.5.0.0/16", "10.6.0.1", false);
        check("10.5.0.0/16", "10.5.3.0/24", true);
        check("0.0.0.0/0", "192.168.1.1", true);
        check("10.5.0.0/32", "10.5.0.1", false);
        check("10.5.0.0/16", "fd00::1", false);
        check("fd00:1::/64", "fd00:1::7", true);
        check("::/0", "fd00:1::7", true);
        check("10.5.0.0/16", "foo", false);
    }

    #[test]
    fn what_is_no_subnet_is_refused() {
        for text in ["foo", "10.5.0.0", "10.5.0.0/33", "10.5.0.0/", "10.5.0/16", "::/129", "::/+1"]
        {
            assert_eq!(Subnet::parse(text), Err(format!("invalid CIDR address: {text}")));
        }
    }
}
