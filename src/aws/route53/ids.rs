//! Identifiers and name servers, as the service forms them.

use base::Rng;
use base::rng::UPPER;

/// Digits and characters behind the first letter of an id.
const DIGITS: usize = 7;
const LEN: usize = 12;

/// Of a hosted zone (`Z`) or a change (`C`): `Z08782082QMC46JWBY29W`.
pub(crate) fn id(rng: &mut Rng, letter: char) -> String {
    format!("{letter}0{}{}", rng.text(b"0123456789", DIGITS), rng.text(UPPER, LEN))
}

/// An id without the path that answers have before it (`/hostedzone/Z…`).
pub(crate) fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// The name servers of a public zone: one under each of four domains, with the numbers that go with
/// them.
pub(crate) fn name_servers(rng: &mut Rng) -> [String; 4] {
    let mut server = |from: u64, domain: &str| self::server(from + rng.below(512), domain);
    [server(1536, "co.uk"), server(0, "com"), server(512, "net"), server(1024, "org")]
}

/// The name servers that every private zone says it has.
pub(crate) fn private_name_servers() -> [String; 4] {
    [server(1536, "co.uk"), server(0, "com"), server(1024, "org"), server(512, "net")]
}

fn server(number: u64, domain: &str) -> String {
    format!("ns-{number}.awsdns-{:02}.{domain}", number / 8 % 64)
}
