//! What a door is: a listener that the session, or something in its world, wants now.
//!
//! A door is one file with an `impl Door` and one line in [`DOORS`](super::doors::DOORS). It says which
//! ports are wanted and makes a [`Server`], which serves one connection at a time through the site's
//! gateway. Opening, closing and the table of what stands open are the same for all of them
//! (`doors.rs`), whether they speak HTTP or a protocol of their own.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use gateway::Gateway;

/// One entry of the list of doors.
pub trait Door: Sync {
    /// `aws`: how the table, the environment and lessons call it.
    fn name(&self) -> &'static str;

    /// `AWS endpoint`: what a sentence calls it.
    fn title(&self) -> &'static str;

    /// What there should be now. Asked after each change of the world, so it must be quick: it looks at
    /// the site's wishes, or asks the gateway for something that is only read.
    fn wanted(&self, site: &Site) -> Vec<Opening>;

    /// Who serves the connections of one opening; nothing when it is not wanted any more. What all of
    /// them share lives in it.
    fn server(&self, site: &Site, opening: &Opening) -> Option<Arc<dyn Server>>;
}

/// One listener that a door wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// What tells it apart from the door's others: an instance's id, say. Most doors have one opening,
    /// and its name is the door's.
    pub name: String,
    /// How its address begins: `127.0.0.1`, or `localhost` where a client wants a name.
    pub host: &'static str,
    pub port: Port,
}

/// Which port an opening takes. It is always on 127.0.0.1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Port {
    /// Any that is free.
    Free,
    /// This one; where it is taken, as soon as it is free.
    Fixed(u16),
    /// This one if it is free, else any other.
    Preferred(u16),
}

impl Port {
    /// A port as it is typed: 0 takes a free one.
    #[must_use]
    pub fn of(number: u16) -> Self {
        if number == 0 { Self::Free } else { Self::Fixed(number) }
    }
}

/// Serves the connections of one opening.
pub trait Server: Send + Sync {
    /// Serves one connection to its end. It ends soon after `connection.stopped` changes.
    fn serve(self: Arc<Self>, stream: Stream, connection: ConnectionInfo) -> Served;

    /// The URL of an address of it.
    fn url(&self, address: &str) -> String {
        format!("http://{address}")
    }

    /// How it answers to a name of the simulated world at a port, when the name is its own. Asked by the
    /// session's proxy; a name that somebody answers never reaches the real network.
    fn answers(&self, host: &str, port: u16) -> Option<Transport> {
        let _ = (host, port);
        None
    }

    /// Whether a client's own word for the host is handed on, where it differs from the name by which it
    /// came through the session's proxy (`curl -H 'Host: …'`).
    fn keeps_host(&self) -> bool {
        false
    }

    /// Forgets what is under way, for a world that begins anew.
    fn forget(&self) {}
}

/// A connection that is being served.
pub type Served = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is spoken at a simulated name's port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// The server's protocol, at once.
    Plain,
    /// The same inside TLS.
    Tls,
    /// Nothing: the machine is there, and nobody listens.
    Refused,
}

/// Bytes in both directions: a socket, or what TLS or the proxy made of one.
pub type Stream = Box<dyn Io>;

/// What a [`Stream`] can do.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// One connection's circumstances.
#[derive(Clone)]
pub struct ConnectionInfo {
    /// From where it comes.
    pub peer: IpAddr,
    /// Whether it came through TLS.
    pub secure: bool,
    /// What was agreed there, where it is not only said.
    pub tls: Option<Tls>,
    /// Changes when the door is closed.
    pub stopped: watch::Receiver<bool>,
}

/// What both ends of a connection agreed to speak, in the words of OpenSSL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tls {
    /// `TLSv1.3`
    pub protocol: &'static str,
    /// `TLS_AES_128_GCM_SHA256`
    pub cipher: &'static str,
}

/// What every door of a session may look at.
#[derive(Clone)]
pub struct Site {
    pub gateway: Arc<dyn Gateway>,
    pub wishes: Wishes,
    /// The servers that stand open, for whoever must find one by a name.
    pub servers: Servers,
}

/// What the session wants of its doors, by type: each door has a type of its own, and stays closed
/// without it. (A door that the world wants needs none.)
#[derive(Clone, Default)]
pub struct Wishes(BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Wishes {
    /// Wants this, in the place of what was wanted by this type before.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, wish: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Arc::new(wish));
        self
    }

    /// What is wanted by this type.
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }
}

/// The servers of all open doors.
#[derive(Clone, Default)]
pub struct Servers(Arc<Mutex<Vec<Arc<dyn Server>>>>);

impl Servers {
    pub(super) fn set(&self, servers: Vec<Arc<dyn Server>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = servers;
    }

    /// Who answers to this name, and how.
    #[must_use]
    pub fn find(&self, host: &str, port: u16) -> Option<(Arc<dyn Server>, Transport)> {
        let servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        servers.iter().find_map(|k| Some((Arc::clone(k), k.answers(host, port)?)))
    }
}
