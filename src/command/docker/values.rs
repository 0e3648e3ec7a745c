//! Values of flags: sizes, durations, limits. Each reader gives the client's words for what
//! is wrong.

use command_line::{duration, size};
use docker::models::ResourcesUlimits;

pub(crate) fn size(text: &str) -> Result<(), String> {
    size::parse(text).map(drop)
}

/// A size, or -1 for no limit.
pub(crate) fn size_or_unlimited(text: &str) -> Result<(), String> {
    if text == "-1" { Ok(()) } else { size(text) }
}

/// Processors as billionths: `1.5` is 1 500 000 000.
pub(crate) fn nano_cpus(text: &str) -> Result<i64, String> {
    let wrong = || format!("failed to parse {text} as a rational number");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    if part.len() > 9 {
        return Err("value is too precise".to_owned());
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| wrong())? };
    let part: i64 = format!("{part:0<9}").parse().map_err(|_| wrong())?;
    whole.checked_mul(1_000_000_000).and_then(|w| w.checked_add(part)).ok_or_else(wrong)
}

/// A number of 16 bits, in the words of Go.
pub(crate) fn weight(text: &str) -> Result<(), String> {
    let why = match text.parse::<u16>() {
        Ok(_) => return Ok(()),
        Err(e) if *e.kind() == std::num::IntErrorKind::PosOverflow => "value out of range",
        Err(_) => "invalid syntax",
    };
    Err(format!("strconv.ParseUint: parsing {text:?}: {why}"))
}

pub(crate) fn cpus(text: &str) -> Result<(), String> {
    nano_cpus(text).map(drop)
}

pub(crate) fn duration(text: &str) -> Result<(), String> {
    duration::parse(text).map(drop)
}

/// `nofile=1024:2048`
pub(crate) fn limit(text: &str) -> Result<ResourcesUlimits, String> {
    const NAMES: &[&str] = &[
        "core",
        "cpu",
        "data",
        "fsize",
        "locks",
        "memlock",
        "msgqueue",
        "nice",
        "nofile",
        "nproc",
        "rss",
        "rtprio",
        "rttime",
        "sigpending",
        "stack",
    ];
    let wrong = || format!("invalid ulimit argument: {text}");
    let (name, values) = text.split_once('=').ok_or_else(wrong)?;
    if !NAMES.contains(&name) {
        return Err(format!("invalid ulimit type: {name}"));
    }
    let number = |t: &str| {
        t.parse::<i64>().map_err(|_| format!("strconv.ParseInt: parsing {t:?}: invalid syntax"))
    };
    let (soft, hard) = match values.split_once(':') {
        Some((soft, hard)) => (number(soft)?, number(hard)?),
        None => (number(values)?, number(values)?),
    };
    if hard != -1 && (soft > hard || soft == -1) {
        return Err(format!(
            "ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}"
        ));
    }
    Ok(ResourcesUlimits { name: Some(name.to_owned()), soft: Some(soft), hard: Some(hard) })
}

pub(crate) fn ulimit(text: &str) -> Result<(), String> {
    limit(text).map(drop)
}

/// `NAME=value`, or `NAME` alone for the value it has here.
pub(crate) fn env(text: &str) -> Result<(), String> {
    if text.is_empty() || text.starts_with('=') {
        return Err(format!("invalid environment variable: {text}"));
    }
    Ok(())
}

pub(crate) fn stream(text: &str) -> Result<(), String> {
    match text.to_ascii_lowercase().as_str() {
        "stdin" | "stdout" | "stderr" => Ok(()),
        _ => Err("valid streams are STDIN, STDOUT and STDERR".to_owned()),
    }
}

/// `name:address`, or with `=` between.
pub(crate) fn extra_host(text: &str) -> Result<(), String> {
    let (name, address) = text
        .split_once('=')
        .or_else(|| text.split_once(':'))
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| format!("bad format for add-host: {text:?}"))?;
    let _ = name;
    let bare = address.trim_start_matches('[').trim_end_matches(']');
    if address == "host-gateway" || bare.parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    Err(format!("invalid IP address in add-host: {address:?}"))
}

pub(crate) fn address(text: &str) -> Result<(), String> {
    match text.trim().parse::<std::net::IpAddr>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("IP address is not correctly formatted: {text}")),
    }
}

/// A label: `name`, or `name=value`.
pub(crate) fn label(text: &str) -> Result<(), String> {
    if text.is_empty() || text.starts_with('=') {
        return Err(format!("invalid label '{text}': empty name"));
    }
    Ok(())
}

/// A link to another container: `name`, or `name:alias`.
pub(crate) fn link(text: &str) -> Result<(), String> {
    match text.split(':').count() {
        _ if text.is_empty() => Err("empty string specified for links".to_owned()),
        1 | 2 => Ok(()),
        _ => Err(format!("bad format for links: {text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpus_are_exact() {
        let check =
            |text: &str, want: Option<i64>| assert_eq!(nano_cpus(text).ok(), want, "{text}");
        check("1.5", Some(1_500_000_000));
        check(".25", Some(250_000_000));
        check("2", Some(2_000_000_000));
        check("x", None);
        check("", None);
        check("1.x", None);
    }

    #[test]
    fn limits_have_two_sides() {
        let check = |text: &str, want: Option<(i64, i64)>| {
            let found = limit(text).ok().and_then(|l| l.soft.zip(l.hard));
            assert_eq!(found, want, "{text}");
        };
        check("nofile=1024:2048", Some((1024, 2048)));
        check("nproc=5", Some((5, 5)));
        check("foo", None);
        check("foo=1", None);
        check("nofile=9:3", None);
    }
}
