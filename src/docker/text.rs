//! How the reference client spells durations, sizes, ports and ids.
//!
//! Source: docker/go-units (durations, sizes) and the columns of `docker ps` on a real engine.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bollard::models::PortSummary;

/// The first 12 digits of an id, without `sha256:`.
#[must_use]
pub fn short_id(id: &str) -> &str {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.get(..12).unwrap_or(digits)
}

/// A container's own name among those it is known by (links add `/other/alias`), without the slash.
#[must_use]
pub fn own_name(names: &[String]) -> String {
    let stripped = names.iter().map(|n| n.trim_start_matches('/'));
    stripped.into_iter().find(|n| !n.contains('/')).unwrap_or_default().to_owned()
}

/// An image's name without the tag that it has unless said.
#[must_use]
pub fn untagged(name: &str) -> &str {
    name.strip_suffix(":latest").unwrap_or(name)
}

/// `About a minute`, `3 hours`, `2 weeks`.
#[must_use]
pub fn duration(seconds: i64) -> String {
    // The client rounds hours and truncates everything else.
    let hours = (seconds + 1800) / 3600;
    match seconds {
        ..1 => "Less than a second".into(),
        1 => "1 second".into(),
        2..60 => format!("{seconds} seconds"),
        60..120 => "About a minute".into(),
        120..3600 => format!("{} minutes", seconds / 60),
        _ if hours == 1 => "About an hour".into(),
        _ if hours < 48 => format!("{hours} hours"),
        _ if hours < 24 * 14 => format!("{} days", hours / 24),
        _ if hours < 24 * 60 => format!("{} weeks", hours / 24 / 7),
        _ if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", seconds / 3600 / 24 / 365),
    }
}

/// Nanoseconds as Go spells a duration: `1m30s`, `500ms`, `0s`.
#[must_use]
pub fn go_duration(nanoseconds: u64) -> String {
    let fraction = |whole: u64, rest: u64, digits: usize, unit: &str| {
        let point = format!("{whole}.{rest:0digits$}");
        format!("{}{unit}", point.trim_end_matches('0').trim_end_matches('.'))
    };
    match nanoseconds {
        0 => "0s".to_owned(),
        n @ 1..1_000 => format!("{n}ns"),
        n @ 1_000..1_000_000 => fraction(n / 1_000, n % 1_000, 3, "µs"),
        n @ 1_000_000..1_000_000_000 => fraction(n / 1_000_000, n % 1_000_000, 6, "ms"),
        n => {
            let (seconds, rest) = (n / 1_000_000_000, n % 1_000_000_000);
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            let mut text = String::new();
            if hours > 0 {
                let _ = write!(text, "{hours}h");
            }
            if hours > 0 || minutes > 0 {
                let _ = write!(text, "{minutes}m");
            }
            text + &fraction(seconds % 60, rest, 9, "s")
        }
    }
}

/// Bytes in powers of 1000 with that many digits: `1.98MB`.
#[must_use]
pub fn size(bytes: u64, digits: usize) -> String {
    scaled(bytes as f64, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB", "EB"], digits)
}

/// Bytes in powers of 1024: `23.54GiB`.
#[must_use]
pub fn binary_size(bytes: u64) -> String {
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

/// The PORTS column: `0.0.0.0:8080->80/tcp, 443/tcp`. Neighbours that map to themselves become a
/// range.
#[must_use]
pub fn ports(ports: &[PortSummary]) -> String {
    let mut sorted: Vec<Port> = ports.iter().map(Port::of).collect();
    sorted.sort();
    let mut order: Vec<(String, String)> = Vec::new();
    let mut open: BTreeMap<(String, String), (u16, u16)> = BTreeMap::new();
    let mut done = Vec::new();
    let mut moved = Vec::new();
    for port in sorted {
        if !port.ip.is_empty() && port.public != port.private {
            let from = join(&port.ip, &port.public.to_string());
            moved.push(format!("{from}->{}/{}", port.private, port.kind));
            continue;
        }
        let key = (port.ip, port.kind);
        match open.get_mut(&key) {
            None => {
                order.push(key.clone());
                open.insert(key, (port.private, port.private));
            }
            Some((_, last)) if port.private == *last + 1 => *last = port.private,
            Some(range) => {
                done.push(group(&key, *range));
                *range = (port.private, port.private);
            }
        }
    }
    done.extend(order.iter().map(|key| group(key, open[key])));
    done.extend(moved);
    done.join(", ")
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Port {
    private: u16,
    ip: String,
    public: u16,
    kind: String,
}

impl Port {
    fn of(port: &PortSummary) -> Self {
        Self {
            private: port.private_port,
            ip: port.ip.clone().unwrap_or_default(),
            public: port.public_port.unwrap_or_default(),
            kind: port.typ.map(|t| t.to_string()).unwrap_or_default(),
        }
    }
}

fn group((ip, kind): &(String, String), (first, last): (u16, u16)) -> String {
    let mut range = first.to_string();
    if last != first {
        let _ = write!(range, "-{last}");
    }
    if ip.is_empty() {
        format!("{range}/{kind}")
    } else {
        format!("{}->{range}/{kind}", join(ip, &range))
    }
}

/// `127.0.0.1:80`, `[::]:80`
#[must_use]
pub fn join(ip: &str, port: &str) -> String {
    if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
}

#[cfg(test)]
mod tests {
    use bollard::models::PortSummaryTypeEnum;

    use super::*;

    #[test]
    fn durations_are_the_clients() {
        let check = |seconds: i64, want: &str| assert_eq!(duration(seconds), want, "{seconds}");
        check(0, "Less than a second");
        check(1, "1 second");
        check(59, "59 seconds");
        check(60, "About a minute");
        check(119, "About a minute");
        check(120, "2 minutes");
        check(3599, "59 minutes");
        check(3600, "About an hour");
        check(5399, "About an hour");
        check(5400, "2 hours");
        check(47 * 3600, "47 hours");
        check(48 * 3600, "2 days");
        check(14 * 86_400, "2 weeks");
        check(60 * 86_400, "2 months");
        check(800 * 86_400, "2 years");
    }

    #[test]
    fn durations_are_gos() {
        let check = |nanoseconds: u64, want: &str| assert_eq!(go_duration(nanoseconds), want);
        check(0, "0s");
        check(1_500_000, "1.5ms");
        check(5_000_000_000, "5s");
        check(90_500_000_000, "1m30.5s");
        check(7_776_000_000_000_000, "2160h0m0s");
    }

    #[test]
    fn sizes_are_the_clients() {
        let check = |bytes: u64, want: &str| assert_eq!(size(bytes, 3), want, "{bytes}");
        check(0, "0B");
        check(999, "999B");
        check(1_984_162, "1.98MB");
        check(7_330_000, "7.33MB");
        check(125_000_000, "125MB");
        check(13_300, "13.3kB");
        check(1_000, "1kB");
        check(999_999, "1e+03kB");
        assert_eq!(size(1_984_162, 4), "1.984MB");
        assert_eq!(binary_size(25_275_884_544), "23.54GiB");
    }

    #[test]
    fn ports_are_grouped() {
        let port = |ip: &str, public: u16, private: u16| PortSummary {
            ip: (!ip.is_empty()).then(|| ip.to_owned()),
            private_port: private,
            public_port: (public > 0).then_some(public),
            typ: Some(PortSummaryTypeEnum::TCP),
        };
        let check = |given: &[PortSummary], want: &str| assert_eq!(ports(given), want);
        check(&[], "");
        check(&[port("", 0, 443), port("", 0, 80)], "80/tcp, 443/tcp");
        check(&[port("", 0, 81), port("", 0, 80), port("", 0, 82)], "80-82/tcp");
        check(
            &[port("0.0.0.0", 8080, 80), port("::", 8080, 80)],
            "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
        );
        check(&[port("0.0.0.0", 80, 80), port("0.0.0.0", 81, 81)], "0.0.0.0:80-81->80-81/tcp");
    }

    #[test]
    fn names_leave_links_out() {
        assert_eq!(own_name(&["/web/db".into(), "/db".into()]), "db");
        assert_eq!(short_id("sha256:91a5a28fc3ebf308"), "91a5a28fc3eb");
    }
}
