//! Where requests went before a lab's shell was led through the session's proxy: the learner's own
//! proxies, as curl and its kin read them from the environment.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::USER;

/// The learner's own proxies. The default is none: everything is reached directly.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Former {
    http: Option<Upstream>,
    https: Option<Upstream>,
    direct: Vec<String>,
    words: Vec<(&'static str, String)>,
}

/// One proxy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Upstream {
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`.
    pub(super) authorization: Option<String>,
}

/// Each setting: the names it is read from, the first that is set counts, and the name under which a
/// lab's shell keeps it for the labs that are opened from there.
const SETTINGS: [(&[&str], &str); 3] = [
    (&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"], "DISTLAB_FORMER_HTTP_PROXY"),
    (&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"], "DISTLAB_FORMER_HTTPS_PROXY"),
    (&["no_proxy", "NO_PROXY"], "DISTLAB_FORMER_NO_PROXY"),
];

impl Former {
    /// Reads the environment. In a lab's shell, whose proxy is a session's, what was there before counts.
    ///
    /// # Errors
    /// A sentence, when a proxy is of a kind that cannot be passed on to.
    pub fn read(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let set = |name: &str| env(name).filter(|value| !value.trim().is_empty());
        let ours = SETTINGS[..2].iter().flat_map(|(names, _)| *names).any(|name| {
            set(name).is_some_and(|value| value.starts_with(&format!("http://{USER}:")))
        });
        let value = |(names, kept): (&[&str], &str)| {
            if ours { set(kept) } else { names.iter().find_map(|name| set(name)) }
        };
        let [http, https, direct] = SETTINGS.map(value);
        let words = SETTINGS.iter().zip([&http, &https, &direct]);
        let words = words.filter_map(|((_, kept), value)| Some((*kept, value.clone()?))).collect();
        let upstream = |value: Option<String>| value.map(|v| Upstream::read(&v)).transpose();
        let direct = direct.unwrap_or_default();
        let direct = direct.split([',', ' ']).map(str::trim).filter(|e| !e.is_empty());
        Ok(Self {
            http: upstream(http)?,
            https: upstream(https)?,
            direct: direct.map(str::to_ascii_lowercase).collect(),
            words,
        })
    }

    /// What a lab's shell keeps, so that a lab opened from there goes the same way.
    #[must_use]
    pub fn words(&self) -> &[(&'static str, String)] {
        &self.words
    }

    /// The proxy that a host is reached through; nothing when it is reached directly.
    pub(super) fn toward(&self, secure: bool, host: &str, port: u16) -> Option<&Upstream> {
        let upstream = if secure { &self.https } else { &self.http };
        upstream.as_ref().filter(|_| !self.is_direct(host, port))
    }

    fn is_direct(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let ip = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        // The former proxy's loopback is another machine's.
        if host == "localhost"
            || host.ends_with(".localhost")
            || ip.is_some_and(|ip| ip.is_loopback())
        {
            return true;
        }
        self.direct.iter().any(|entry| excepted(entry, &host, ip, port))
    }
}

/// Whether an entry of `no_proxy` means this host.
fn excepted(entry: &str, host: &str, ip: Option<IpAddr>, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Some(ip) = ip {
        if let Some((network, bits)) = entry.split_once('/') {
            let (Ok(network), Ok(bits)) = (network.parse(), bits.parse()) else { return false };
            return within(ip, network, bits);
        }
        let bare = entry.trim_matches(['[', ']']);
        return bare.parse().is_ok_and(|other: IpAddr| other == ip)
            || entry.rsplit_once(':').is_some_and(|(name, p)| {
                p.parse() == Ok(port) && name.trim_matches(['[', ']']).parse() == Ok(ip)
            });
    }
    let name = match entry.rsplit_once(':') {
        Some((name, p)) if p.parse() == Ok(port) => name,
        Some(_) => return false,
        None => entry,
    };
    let name = name.strip_prefix('*').unwrap_or(name).trim_start_matches('.');
    !name.is_empty()
        && host.strip_suffix(name).is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

fn within(ip: IpAddr, network: IpAddr, bits: u32) -> bool {
    let (ip, network, width) = match (ip, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    let Some(rest) = u32::checked_sub(width, bits) else { return false };
    ip.checked_shr(rest).unwrap_or(0) == network.checked_shr(rest).unwrap_or(0)
}

impl Upstream {
    /// `http://user:password@proxy:3128/`, or without the scheme.
    fn read(text: &str) -> Result<Self, String> {
        let told = |why: &str| {
            // The value may hold a password.
            let shown = text.rsplit_once('@').map_or(text, |(_, host)| host);
            format!(
                "the proxy {shown} of your environment {why}, so the lab's shell keeps it as it is: \
                 everything works but the real names of simulated services (https://…amazonaws.com); \
                 AWS_ENDPOINT_URL leads to them all the same"
            )
        };
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("http", text.trim()));
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(told(&format!("speaks {scheme}, and distlab passes on by HTTP only")));
        }
        let rest = rest.split('/').next().unwrap_or_default();
        let (user, address) = match rest.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, rest),
        };
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, port.parse().map_err(|_| told("has a port that is not a number"))?)
            }
            // curl's own default.
            _ => (address, 1080),
        };
        if host.is_empty() {
            return Err(told("names no host"));
        }
        let authorization = user.map(|user| {
            let user = percent_decode_str(user).collect::<Vec<u8>>();
            format!("Basic {}", STANDARD.encode(user))
        });
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, authorization })
    }
}
