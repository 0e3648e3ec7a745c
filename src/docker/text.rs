//! How the reference client spells ports, names and ids.
//!
//! Source: the columns of `docker ps` on a real engine.

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
