//! The small languages inside a Compose file: durations, sizes, ports, commands.

use crate::container::ports::range;
use command_line::duration;
use std::fmt::Write as _;

pub(super) fn not_empty(text: &str) -> bool {
    !text.is_empty()
}

/// A name of a service, network, volume, secret or config.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

pub(super) fn is_lower(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase())
}

pub(super) fn is_duration(text: &str) -> bool {
    duration::parse(text).is_ok()
}

/// What `expose` takes: a port or a range, with a protocol or without.
pub(super) fn is_exposed(text: &str) -> bool {
    let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    ["tcp", "udp", "sctp"].contains(&protocol) && range(numbers).is_some()
}

/// `[[address:]port:]port[/protocol]`, with ranges.
pub(super) fn is_port(text: &str) -> bool {
    ports(text).is_ok()
}

/// A duration as Go prints it: `2m0s`, `1.5s`, `500ms`.
pub(super) fn duration(nanoseconds: i64) -> String {
    let fraction = |value: u64, unit: u64| {
        let (whole, part) = (value / unit, value % unit);
        if part == 0 {
            return whole.to_string();
        }
        let digits = unit.ilog10() as usize;
        format!("{whole}.{}", format!("{part:0digits$}").trim_end_matches('0'))
    };
    let value = nanoseconds.unsigned_abs();
    let mut text = String::from(if nanoseconds < 0 { "-" } else { "" });
    match value {
        0 => text.push_str("0s"),
        1..1_000 => drop(write!(text, "{value}ns")),
        1_000..1_000_000 => drop(write!(text, "{}µs", fraction(value, 1_000))),
        1_000_000..1_000_000_000 => drop(write!(text, "{}ms", fraction(value, 1_000_000))),
        _ => {
            let minutes = value / 60_000_000_000;
            if minutes >= 60 {
                let _ = write!(text, "{}h", minutes / 60);
            }
            if minutes > 0 {
                let _ = write!(text, "{}m", minutes % 60);
            }
            let _ = write!(text, "{}s", fraction(value % 60_000_000_000, 1_000_000_000));
        }
    }
    text
}

/// A port of a container and where it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) address: String,
    /// `8080`, empty, or `8080-8089`, of which the engine takes the first that is free.
    pub(crate) published: String,
    pub(crate) target: u16,
    pub(crate) protocol: String,
}

/// What is wrong with a port, for the words of `docker compose`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadPort {
    Nothing(String),
    Container(String),
    Host(String),
    Protocol(String),
    Address(String),
    Ranges(String, String),
}

impl BadPort {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Nothing(before) => format!("No port specified: {before}<empty>"),
            Self::Container(text) => format!("Invalid containerPort: {text}"),
            Self::Host(text) => format!("Invalid hostPort: {text}"),
            Self::Protocol(text) => format!("Invalid proto: {text}"),
            Self::Address(text) => format!("Invalid ip address: {text}"),
            Self::Ranges(container, host) => format!(
                "Invalid ranges specified for container and host Ports: {container} and {host}"
            ),
        }
    }
}

/// Reads the short form of a port.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn ports(text: &str) -> Result<Vec<Port>, BadPort> {
    let (rest, container) = text.rsplit_once(':').unwrap_or(("", text));
    let (address, host) = match rest.rsplit_once(':') {
        Some((address, host)) => (address.trim_matches(['[', ']']), host),
        None => ("", rest),
    };
    if !address.is_empty() && address.parse::<std::net::IpAddr>().is_err() {
        return Err(BadPort::Address(address.to_owned()));
    }
    let (container, protocol) = container.split_once('/').unwrap_or((container, "tcp"));
    if container.is_empty() {
        let before = if rest.is_empty() { String::new() } else { format!("{rest}:") };
        return Err(BadPort::Nothing(before));
    }
    let protocol = protocol.to_ascii_lowercase();
    let (first, last) = range(container).ok_or_else(|| BadPort::Container(container.to_owned()))?;
    let published = match host {
        "" => None,
        host => Some(range(host).ok_or_else(|| BadPort::Host(host.to_owned()))?),
    };
    if !["tcp", "udp", "sctp"].contains(&protocol.as_str()) {
        return Err(BadPort::Protocol(protocol));
    }
    let one = |target: u16, published: String| Port {
        address: address.to_owned(),
        published,
        target,
        protocol: protocol.clone(),
    };
    Ok(match published {
        None => (first..=last).map(|port| one(port, String::new())).collect(),
        Some((low, high)) if first == last && low < high => {
            vec![one(first, format!("{low}-{high}"))]
        }
        Some((low, high)) if high - low == last - first => {
            (first..=last).map(|port| one(port, (low + (port - first)).to_string())).collect()
        }
        Some(_) => return Err(BadPort::Ranges(container.to_owned(), host.to_owned())),
    })
}

/// Splits a command as a shell does.
pub(crate) fn command(text: &str) -> Result<Vec<String>, String> {
    shlex::split(text).ok_or_else(|| "EOF found when expecting closing quote".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        let check = |text: &str, want: Option<(i64, &str)>| {
            let found = duration::parse(text).ok().map(|n| (n, duration(n)));
            assert_eq!(found, want.map(|(n, t)| (n, t.to_owned())), "{text}");
        };
        check("120s", Some((120_000_000_000, "2m0s")));
        check("1500ms", Some((1_500_000_000, "1.5s")));
        check("1h", Some((3_600_000_000_000, "1h0m0s")));
        check("50ms", Some((50_000_000, "50ms")));
        check("0", Some((0, "0s")));
        check("5", None);
        check("5x", None);
        check("", None);
    }

    #[test]
    fn sizes_are_powers_of_1024() {
        let check = |text: &str, want: Result<i64, &str>| {
            assert_eq!(command_line::size::parse(text), want.map_err(str::to_owned), "{text}");
        };
        check("50M", Ok(50 << 20));
        check("20mb", Ok(20 << 20));
        check("1.5g", Ok(3 << 29));
        check("512", Ok(512));
        check("512b", Ok(512));
        check("5q", Err("invalid suffix: 'q'"));
        check("x", Err("invalid size: 'x'"));
    }

    #[test]
    fn ports_are_taken_apart() {
        let check = |text: &str, want: &[(&str, &str, u16, &str)]| {
            let found = ports(text).unwrap_or_default();
            let found: Vec<_> = found
                .iter()
                .map(|p| (p.address.as_str(), p.published.as_str(), p.target, p.protocol.as_str()))
                .collect();
            assert_eq!(found, want, "{text}");
        };
        check("80", &[("", "", 80, "tcp")]);
        check("8080:80", &[("", "8080", 80, "tcp")]);
        check("127.0.0.1:8080:80/udp", &[("127.0.0.1", "8080", 80, "udp")]);
        check("[::1]:8080:80", &[("::1", "8080", 80, "tcp")]);
        check("8000-8001:80-81", &[("", "8000", 80, "tcp"), ("", "8001", 81, "tcp")]);
        check("8000-8001:80", &[("", "8000-8001", 80, "tcp")]);
        check("a:b", &[]);
        check("80:80:80:80", &[]);
        check("80/x", &[]);
        check("8000-8002:80-81", &[]);
    }
}
