//! Published and exposed ports.
//!
//! Source: docker/go-connections (`nat`), read by its answers.

use std::collections::BTreeMap;

use docker::models::PortBinding;

/// Ports by `80/tcp`, each with where it is published; empty where it is only exposed.
pub(crate) type Ports = BTreeMap<String, Vec<PortBinding>>;

/// Reads `[[address:]port:]port[/protocol]`, with ranges.
///
/// # Errors
/// The client's words for what is wrong.
pub(crate) fn publish(text: &str, ports: &mut Ports) -> Result<(), String> {
    let (address, host, container) = split(text);
    let (container, protocol) = container.rsplit_once('/').unwrap_or((container, "tcp"));
    let protocol = protocol.to_ascii_lowercase();
    if !["tcp", "udp", "sctp"].contains(&protocol.as_str()) {
        return Err(format!("invalid proto: {protocol}"));
    }
    if container.is_empty() {
        return Err(format!("no port specified: {text}<empty>"));
    }
    let address = address.trim_start_matches('[').trim_end_matches(']');
    if !address.is_empty() && address.parse::<std::net::IpAddr>().is_err() {
        return Err(format!("invalid IP address: {address}"));
    }
    let (first, last) =
        range(container).ok_or_else(|| format!("invalid containerPort: {container}"))?;
    let published = match host {
        "" => None,
        host => Some(range(host).ok_or_else(|| format!("invalid hostPort: {host}"))?),
    };
    if let Some((low, high)) = published
        && high - low != last - first
        && first != last
    {
        return Err(format!(
            "invalid ranges specified for container and host Ports: {container} and {host}"
        ));
    }
    for (offset, port) in (first..=last).enumerate() {
        let host_port = match published {
            None => String::new(),
            // One port published somewhere in a range: the engine picks.
            Some((low, high)) if first == last && low != high => format!("{low}-{high}"),
            Some((low, _)) => (usize::from(low) + offset).to_string(),
        };
        let binding = PortBinding { host_ip: Some(address.to_owned()), host_port: Some(host_port) };
        ports.entry(format!("{port}/{protocol}")).or_default().push(binding);
    }
    Ok(())
}

/// Reads `--expose`: a port or a range, with a protocol or without.
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn expose(text: &str, ports: &mut Ports) -> Result<(), String> {
    if text.contains(':') {
        return Err(format!("invalid port format for --expose: {text}"));
    }
    let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = range(numbers).ok_or_else(|| {
        format!(
            "invalid range format for --expose: {numbers}, error: strconv.ParseUint: parsing {numbers:?}: invalid syntax"
        )
    })?;
    for port in first..=last {
        ports.entry(format!("{port}/{protocol}")).or_default();
    }
    Ok(())
}

/// Address, host port and container port; an address may hold colons.
fn split(text: &str) -> (&str, &str, &str) {
    match text.rsplit_once(':') {
        None => ("", "", text),
        Some((rest, container)) => match rest.rsplit_once(':') {
            None => ("", rest, container),
            Some((address, host)) => (address, host, container),
        },
    }
}

/// `8000-8010`, or one port.
pub(crate) fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_published() {
        let check = |text: &str, want: &[(&str, &str, &str)]| {
            let mut ports = Ports::new();
            publish(text, &mut ports).unwrap();
            let found: Vec<(String, String, String)> = ports
                .into_iter()
                .flat_map(|(port, list)| {
                    list.into_iter().map(move |b| {
                        (
                            port.clone(),
                            b.host_ip.unwrap_or_default(),
                            b.host_port.unwrap_or_default(),
                        )
                    })
                })
                .collect();
            let want: Vec<_> =
                want.iter().map(|(a, b, c)| ((*a).into(), (*b).into(), (*c).into())).collect();
            assert_eq!(found, want, "{text}");
        };
        check("80", &[("80/tcp", "", "")]);
        check("8080:80", &[("80/tcp", "", "8080")]);
        check("127.0.0.1:8080:80/udp", &[("80/udp", "127.0.0.1", "8080")]);
        check("127.0.0.1::80", &[("80/tcp", "127.0.0.1", "")]);
        check("[::1]:8080:80", &[("80/tcp", "::1", "8080")]);
        check("8000-8001:80-81", &[("80/tcp", "", "8000"), ("81/tcp", "", "8001")]);
        check("8000-8010:80", &[("80/tcp", "", "8000-8010")]);
    }

    #[test]
    fn wrong_ports_are_named() {
        let check = |text: &str, want: &str| {
            assert_eq!(publish(text, &mut Ports::new()).unwrap_err(), want, "{text}");
        };
        check("abc", "invalid containerPort: abc");
        check("99999:80", "invalid hostPort: 99999");
        check("80:80:80:80", "invalid IP address: 80:80");
        check("80/foo", "invalid proto: foo");
    }
}
