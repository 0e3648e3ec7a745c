//! The networks that a new container joins, and how it stands on each.

use std::collections::HashMap;

use command_line::flags::Parsed;
use docker::models::{EndpointIpamConfig, EndpointSettings, NetworkingConfig};

/// The networks of a create call.
pub(super) struct Networks {
    /// The first one's name, or what stands in for one: `default`, `host`, `container:web`.
    pub(super) mode: String,
    pub(super) endpoints: Option<NetworkingConfig>,
    /// Whether one of them was given a MAC address of its own, which older engines do not know.
    pub(super) own_mac: bool,
}

/// One `--network`: a name, or `name=web,alias=db,ip=10.5.0.9`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Target {
    name: String,
    aliases: Vec<String>,
    links: Vec<String>,
    ipv4: Option<String>,
    ipv6: Option<String>,
    mac: Option<String>,
    link_local: Vec<String>,
    options: HashMap<String, String>,
    priority: Option<i64>,
}

/// What is wrong with a `--network`.
pub(super) fn check(text: &str) -> Result<(), String> {
    parse(text).map(drop)
}

fn parse(text: &str) -> Result<Target, String> {
    let mut target = Target::default();
    if !text.contains('=') {
        text.clone_into(&mut target.name);
        return Ok(target);
    }
    for field in text.split(',') {
        let (key, value) = field.split_once('=').ok_or_else(|| format!("invalid field {field}"))?;
        let value = value.trim();
        let key = key.trim().to_lowercase();
        match key.as_str() {
            "name" => value.clone_into(&mut target.name),
            "alias" => target.aliases.push(value.to_owned()),
            "ip" => target.ipv4 = Some(value.to_owned()),
            "ip6" => target.ipv6 = Some(value.to_owned()),
            "mac-address" => target.mac = Some(value.to_owned()),
            "link-local-ip" => target.link_local.push(value.to_owned()),
            "driver-opt" => {
                let (name, value) = value
                    .split_once('=')
                    .ok_or("invalid key value pair format in driver options")?;
                target.options.insert(name.trim().to_lowercase(), value.trim().to_lowercase());
            }
            "gw-priority" => {
                let number = value.parse::<i64>();
                let wrong = format!("invalid gw-priority ({value}): invalid syntax");
                target.priority = Some(number.map_err(|_| wrong)?);
            }
            _ => return Err(format!("invalid field key {key}")),
        }
    }
    if target.name.is_empty() {
        return Err("network name/id is not specified".to_owned());
    }
    Ok(target)
}

impl Target {
    /// Whether it is a network of its own, not a mode.
    fn is_user_defined(&self) -> bool {
        !["default", "bridge", "host", "none"].contains(&self.name.as_str())
            && !self.name.starts_with("container:")
    }

    /// Takes over the older flags, which speak of the first network.
    fn take_flags(&mut self, given: &Parsed) -> Result<(), String> {
        let conflict = |flag: &str, what: &str| {
            Err(format!("conflicting options: cannot specify both --{flag} and per-network {what}"))
        };
        let aliases = given.all("network-alias");
        if !aliases.is_empty() {
            if !self.aliases.is_empty() {
                return conflict("network-alias", "alias");
            }
            self.aliases = aliases.to_vec();
        }
        // Links on the engine's own network are the container's, not the network's.
        let links = given.all("link");
        if self.is_user_defined() && !links.is_empty() {
            self.links = links.to_vec();
        }
        for (flag, what, field) in [
            ("ip", "IPv4 address", &mut self.ipv4),
            ("ip6", "IPv6 address", &mut self.ipv6),
            ("mac-address", "MAC address", &mut self.mac),
        ] {
            if let Some(text) = given.text(flag) {
                if field.is_some() {
                    return conflict(flag, what);
                }
                *field = Some(text.to_owned());
            }
        }
        let link_local = given.all("link-local-ip");
        if !link_local.is_empty() {
            if !self.link_local.is_empty() {
                return conflict("link-local-ip", "link-local IP addresses");
            }
            self.link_local = link_local.to_vec();
        }
        Ok(())
    }

    fn endpoint(self) -> Result<EndpointSettings, String> {
        if self.name.trim().is_empty() {
            return Err("no name set for network".to_owned());
        }
        if !self.is_user_defined() {
            let only = "are only supported for user-defined networks";
            if !self.aliases.is_empty() {
                return Err(format!("network-scoped aliases {only}"));
            }
            if !self.links.is_empty() {
                return Err(format!("links {only}"));
            }
        }
        let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
        let addressed = self.ipv4.is_some() || self.ipv6.is_some() || !self.link_local.is_empty();
        Ok(EndpointSettings {
            aliases: some(self.aliases),
            links: some(self.links),
            ipam_config: addressed.then_some(EndpointIpamConfig {
                ipv4_address: self.ipv4,
                ipv6_address: self.ipv6,
                link_local_ips: some(self.link_local),
            }),
            mac_address: self.mac,
            driver_opts: (!self.options.is_empty()).then_some(self.options),
            gw_priority: self.priority,
            ..EndpointSettings::default()
        })
    }
}

/// Reads every `--network`.
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn networks(given: &Parsed) -> Result<Networks, String> {
    let texts = [given.all("network"), given.all("net")].concat();
    let mut targets: Vec<Target> =
        texts.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
    if targets.is_empty() {
        targets.push(Target { name: "default".to_owned(), ..Target::default() });
    }
    let mode = targets[0].name.clone();
    let own_mac = targets.iter().any(|t| t.mac.is_some());
    targets[0].take_flags(given)?;
    let (alone, named) = (targets.len() == 1, !texts.is_empty());
    let (own, modes): (Vec<bool>, Vec<bool>) =
        targets.iter().map(|t| (t.is_user_defined(), !t.is_user_defined())).unzip();
    let mut endpoints = HashMap::new();
    for target in targets {
        let name = target.name.clone();
        let endpoint = target.endpoint()?;
        if endpoints.contains_key(&name) {
            return Err(format!("network {name:?} is specified multiple times"));
        }
        // The engine makes one by itself where nothing more is said.
        if !(alone && endpoint == EndpointSettings::default()) {
            endpoints.insert(name, endpoint);
        }
    }
    if named && own.contains(&true) && modes.contains(&true) {
        let why = "cannot attach both user-defined and non-user-defined network-modes";
        return Err(format!("conflicting options: {why}"));
    }
    let endpoints =
        (!endpoints.is_empty()).then_some(NetworkingConfig { endpoints_config: Some(endpoints) });
    Ok(Networks { mode, endpoints, own_mac })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_or_refused() {
        let refused = |text: &str, want: &str| assert_eq!(parse(text).unwrap_err(), want, "{text}");
        refused("name=a,foo=x", "invalid field key foo");
        refused("alias=x", "network name/id is not specified");
        refused("a,alias=x", "invalid field a");
        refused("name=a,driver-opt=x", "invalid key value pair format in driver options");
        let found = parse("name=a,alias=x,alias=y,ip=10.5.0.9,driver-opt=k=v").unwrap();
        assert_eq!((found.name.as_str(), found.aliases.len()), ("a", 2));
        assert_eq!(found.ipv4.as_deref(), Some("10.5.0.9"));
        assert_eq!(found.options.get("k").map(String::as_str), Some("v"));
        assert_eq!(parse("web").unwrap().name, "web");
    }
}
