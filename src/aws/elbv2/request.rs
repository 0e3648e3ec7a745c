//! A request as a load balancer sees it.

use std::net::Ipv4Addr;

use base::Time;

/// A request as a balancer sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With the query, beginning with `/`.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    /// Who asks.
    pub(crate) client: Ipv4Addr,
    /// Of the listener.
    pub(crate) port: u16,
    pub(crate) at: Time,
    /// What was agreed on, where it came by TLS.
    pub(crate) tls: Option<Spoken>,
}

sim::structure! {
    /// By which TLS a client came.
    pub struct Spoken {
        /// `TLSv1.3`
        pub protocol: String => "protocol",
        /// `TLS_AES_128_GCM_SHA256`
        pub cipher: String => "cipher",
        /// The name that the client asked for.
        pub name: Option<String> => "name",
    }
}

impl Request {
    /// The first header of this name.
    pub(crate) fn header<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// All headers of this name.
    pub(crate) fn all<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let own = self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str())
    }

    /// `http` or `https`
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// The host that is asked for, without a port.
    pub(crate) fn host(&self) -> &str {
        let host = self.header("host").unwrap_or_default();
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        }
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("/")
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}
