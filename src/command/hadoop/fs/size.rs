//! Sizes as the shell prints them.

use base::text::binary_prefix;

/// A count of bytes: the number, or with `-h` a short form (`300 M`).
pub(super) fn format(bytes: u64, human: bool) -> String {
    if human { binary_prefix(bytes, "", 1) } else { bytes.to_string() }
}

/// Reads a size with an optional prefix: `1048576`, `1m`.
pub(super) fn parse(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let shift = ["k", "m", "g", "t", "p", "e"].iter().position(|p| lower.ends_with(p));
    let (digits, bits) = match shift {
        Some(at) => (&lower[..lower.len() - 1], 10 * (at + 1)),
        None => (lower.as_str(), 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << bits)
}
