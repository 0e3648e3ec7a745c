//! Sizes and tables as the shell prints them.

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

/// Lines up rows in columns two blanks apart; the columns named in `right` on their right side.
/// The last column is not filled up when it stands on the left.
pub(super) fn table(rows: &[Vec<String>], right: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|r| r.get(column)).map(|c| c.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                out.push_str("  ");
            }
            let fill = " ".repeat(widths[column] - cell.chars().count());
            if right.contains(&column) {
                out.push_str(&fill);
                out.push_str(cell);
            } else {
                out.push_str(cell);
                if column + 1 < columns {
                    out.push_str(&fill);
                }
            }
        }
        out.push('\n');
    }
    out
}
