//! The statuses by which a health check goes well.

use super::probe::Outcome;

/// The ranges of a matcher: `200`, `200,202`, `200-299`, between 200 and 499.
pub(crate) fn ranges(codes: &str) -> Option<Vec<(u16, u16)>> {
    let number = |text: &str| text.parse::<u16>().ok().filter(|code| (200..=499).contains(code));
    codes
        .split(',')
        .map(|part| match part.split_once('-') {
            Some((low, high)) => Some((number(low)?, number(high)?)).filter(|(l, h)| l <= h),
            None => number(part).map(|code| (code, code)),
        })
        .collect()
}

/// Whether a status is one of those wanted.
pub(crate) fn judge(matcher: &str, status: u16) -> Outcome {
    let wanted = ranges(matcher).unwrap_or_default();
    if wanted.iter().any(|(low, high)| (*low..=*high).contains(&status)) {
        return Outcome::Passed;
    }
    if (100..600).contains(&status) { Outcome::Code(status) } else { Outcome::Failed }
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn matchers_are_read() {
        let check = |text: &str, want: Option<&[(u16, u16)]>| {
            assert_eq!(ranges(text).as_deref(), want, "{text}");
        };
        check("200", Some(&[(200, 200)]));
        check("200,202", Some(&[(200, 200), (202, 202)]));
        check("200-299,404", Some(&[(200, 299), (404, 404)]));
        check("299-200", None);
        check("500", None);
        check("", None);
    }
}
