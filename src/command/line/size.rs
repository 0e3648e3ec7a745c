//! Sizes in bytes, as clients written in Go spell and read them.
//!
//! Source: docker/go-units.

/// Bytes in powers of 1000 with that many digits: `1.98MB`.
pub fn decimal(bytes: u64, digits: usize) -> String {
    scaled(bytes as f64, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB", "EB"], digits)
}

/// Bytes in powers of 1024: `23.54GiB`.
pub fn binary(bytes: u64) -> String {
    scaled(bytes as f64, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], 4)
}

fn scaled(mut value: f64, base: f64, units: &[&str], digits: usize) -> String {
    let mut unit = 0;
    while value >= base && unit + 1 < units.len() {
        value /= base;
        unit += 1;
    }
    format!("{}{}", significant(value, digits), units[unit])
}

/// A number with that many significant digits and no zeros at its end (`%.3g` of C, without its
/// exponents: sizes stay below them except just under the next unit).
fn significant(value: f64, digits: usize) -> String {
    let whole = (1..=4).find(|n| value < 10_f64.powi(*n)).unwrap_or(4);
    let places = digits.saturating_sub(usize::try_from(whole).unwrap_or(1));
    let mut text = format!("{value:.places$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    } else if text.len() > digits {
        // 1000 with three digits is 1e+03.
        let exponent = text.len() - 1;
        let lead = text.chars().next().unwrap_or('1');
        text = format!("{lead}e+{exponent:02}");
    }
    text
}

/// Bytes, in powers of 1024: `64m`, `1.5g`, `512`.
pub fn parse(text: &str) -> Result<i64, String> {
    let wrong = || format!("invalid size: '{text}'");
    let end = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ').ok_or_else(wrong)?;
    let (number, unit) = text.split_at(end + 1);
    let value: f64 = number.trim_end_matches(' ').parse().map_err(|_| wrong())?;
    if value < 0.0 {
        return Err(wrong());
    }
    let lower = unit.to_ascii_lowercase();
    let power = match lower.strip_suffix("ib").or(lower.strip_suffix('b')).unwrap_or(&lower) {
        "" if lower != "ib" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        // A unit that is too long is not looked at further.
        _ => {
            return Err(format!(
                "invalid suffix: '{}'",
                if unit.len() > 3 { unit } else { &lower }
            ));
        }
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a size beyond i64 is saturated, then refused"
    )]
    Ok((value * 1024_f64.powi(power)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_have_their_digits() {
        let check = |bytes: u64, want: &str| assert_eq!(decimal(bytes, 3), want, "{bytes}");
        check(0, "0B");
        check(999, "999B");
        check(1_984_162, "1.98MB");
        check(7_330_000, "7.33MB");
        check(125_000_000, "125MB");
        check(13_300, "13.3kB");
        check(1_000, "1kB");
        check(999_999, "1e+03kB");
        assert_eq!(decimal(1_984_162, 4), "1.984MB");
        assert_eq!(binary(25_275_884_544), "23.54GiB");
    }

    #[test]
    fn units_are_powers_of_1024() {
        let check = |text: &str, want: Option<i64>| assert_eq!(parse(text).ok(), want, "{text}");
        check("64m", Some(64 << 20));
        check("1.5g", Some(3 << 29));
        check("512", Some(512));
        check("1KiB", Some(1024));
        check("2 kb", Some(2048));
        check("abc", None);
        check("", None);
        check("5x", None);
    }
}
