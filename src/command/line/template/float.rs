//! Fractions as Go prints them.

/// A number with as few digits as tell it from all others.
pub(super) fn shortest(number: f64) -> String {
    let text = format!("{number:e}");
    match text.split_once('e').and_then(|(_, power)| power.parse::<i32>().ok()) {
        Some(power) if !(-4..6).contains(&power) => exponent(&text),
        _ => format!("{number}"),
    }
}

/// A number with that many digits at most.
pub(super) fn general(number: f64, digits: usize) -> String {
    let text = format!("{number:.*e}", digits - 1);
    let Some((mantissa, power)) = text.split_once('e') else { return text };
    let power: i32 = power.parse().unwrap_or(0);
    let trim = |text: &str| {
        let end = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
        if text.contains('.') { end(text) } else { text.to_owned() }
    };
    if power < -4 || usize::try_from(power).is_ok_and(|p| p >= digits) {
        return exponent(&format!("{}e{power}", trim(mantissa)));
    }
    let behind = i32::try_from(digits).unwrap_or(i32::MAX) - 1 - power;
    trim(&format!("{number:.*}", usize::try_from(behind).unwrap_or(0)))
}

/// `1.5e3` as `1.5e+03`.
pub(super) fn exponent(text: &str) -> String {
    let Some((mantissa, power)) = text.split_once('e') else { return text.to_owned() };
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |p| ('-', p));
    format!("{mantissa}e{sign}{power:0>2}")
}
