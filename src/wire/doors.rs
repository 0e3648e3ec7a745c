//! The list of doors, and the one table of those that stand open.
//!
//! [`Doors::settle`] compares what the doors want with what is open, and does what is missing. A port
//! that another program has is tried again at each settling.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::courier::Courier;
use super::door::{Door, Opening, Port, Server, Servers, Site, Wishes};
use super::listen::{self, Listening};
use super::{aws, balancer, cloudfront, proxy, registry, ssh};
use gateway::Gateway;

/// Every door there is: a line for each file.
pub static DOORS: &[&dyn Door] = &[
    &aws::Aws,
    &registry::Registry,
    &registry::AccountRegistry,
    &ssh::Ssh,
    &ssh::Pages,
    &balancer::Balancers,
    &cloudfront::Cloudfront,
    &proxy::Proxy,
];

/// The doors of one session. They close when this is dropped.
pub struct Doors {
    /// Nothing once they are closed for good.
    site: Mutex<Option<Site>>,
    open: Mutex<Vec<Open>>,
}

/// An opening that is wanted, and whether it is open.
struct Open {
    door: &'static dyn Door,
    opening: Opening,
    server: Arc<dyn Server>,
    state: Result<Listening, String>,
}

/// A row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// `registry`
    pub name: String,
    /// `registry`, in a sentence.
    pub title: &'static str,
    /// `localhost:5237`: where it listens, or would if the port were free.
    pub address: String,
    /// `http://localhost:5237`
    pub url: String,
    /// Why it does not listen: `cannot listen on localhost:5237: …`.
    pub trouble: Option<String>,
}

impl Doors {
    /// The doors of a world; none is open yet.
    #[must_use]
    pub fn new(gateway: Arc<dyn Gateway>) -> Self {
        let wishes = Wishes::default().with(Arc::new(Courier::default()));
        let site = Site { gateway, wishes, servers: Servers::default() };
        Self { site: Mutex::new(Some(site)), open: Mutex::default() }
    }

    fn site(&self) -> MutexGuard<'_, Option<Site>> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> MutexGuard<'_, Vec<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wants something of a door from the next settling on. An opening that stands open already keeps
    /// serving as it does.
    pub fn wish<T: Send + Sync + 'static>(&self, wish: T) {
        if let Some(site) = &mut *self.site() {
            site.wishes = std::mem::take(&mut site.wishes).with(wish);
        }
    }

    /// Closes what is not wanted any more and opens what is missing. Returns the rows that were in
    /// trouble before and listen now.
    pub fn settle(&self) -> Vec<Row> {
        let mut open = self.open();
        let Some(site) = self.site().clone() else { return Vec::new() };
        let wanted: Vec<(&'static dyn Door, Opening)> = DOORS
            .iter()
            .flat_map(|door| door.wanted(&site).into_iter().map(|opening| (*door, opening)))
            .collect();
        let is = |one: &Open, door: &dyn Door, opening: &Opening| {
            one.door.name() == door.name() && one.opening == *opening
        };
        let (kept, gone) = std::mem::take(&mut *open)
            .into_iter()
            .partition(|one| wanted.iter().any(|(door, opening)| is(one, *door, opening)));
        *open = kept;
        close(gone);
        let mut mended = Vec::new();
        for one in open.iter_mut().filter(|one| one.state.is_err()) {
            one.state = listen(&one.server, &one.opening);
            if one.state.is_ok() {
                mended.push(one.row());
            }
        }
        for (door, opening) in wanted {
            if open.iter().any(|one| is(one, door, &opening)) {
                continue;
            }
            let Some(server) = door.server(&site, &opening) else { continue };
            let state = listen(&server, &opening);
            open.push(Open { door, opening, server, state });
        }
        // Load balancers know their own names; to the AWS endpoint each of AWS's is one that it has to
        // answer for.
        let is_balancer = |one: &&Open| one.door.name() == balancer::DOOR;
        let (own, others): (Vec<_>, Vec<_>) = open.iter().partition(is_balancer);
        let servers = own.into_iter().chain(others).map(|one| Arc::clone(&one.server));
        site.servers.set(servers.collect());
        if site.wishes.get::<aws::Options>().is_some()
            && let Some(courier) = site.wishes.get::<Arc<Courier>>()
        {
            courier.go(&site.gateway);
        }
        mended
    }

    /// The table, in the order of the list.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let open = self.open();
        let of = |door: &'static dyn Door| {
            open.iter().filter(move |one| one.door.name() == door.name()).map(Open::row)
        };
        DOORS.iter().flat_map(|door| of(*door)).collect()
    }

    /// Closes all doors for good, after the answers under way.
    pub fn close(&self) {
        if let Some(site) = self.site().take() {
            // Servers that know the others would keep each other alive.
            site.servers.set(Vec::new());
        }
        let open = std::mem::take(&mut *self.open());
        close(open);
    }

    /// Forgets what is under way at every door, for a world that begins anew.
    pub fn forget(&self) {
        self.open().iter().for_each(|one| one.server.forget());
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.close();
    }
}

impl Open {
    fn row(&self) -> Row {
        let port = match (&self.state, self.opening.port) {
            (Ok(server), _) => server.addr.port(),
            (Err(_), Port::Fixed(port) | Port::Preferred(port)) => port,
            (Err(_), Port::Free) => 0,
        };
        let address = format!("{}:{port}", self.opening.host);
        Row {
            name: self.opening.name.clone(),
            title: self.door.title(),
            url: self.server.url(&address),
            address,
            trouble: self.state.as_ref().err().cloned(),
        }
    }
}

/// All at once: each may take two seconds.
fn close(open: Vec<Open>) {
    open.iter().filter_map(|one| one.state.as_ref().ok()).for_each(Listening::stop);
    drop(open);
}

fn listen(server: &Arc<dyn Server>, opening: &Opening) -> Result<Listening, String> {
    let on = |port| listen::open(Arc::clone(server), port);
    let refused = |port: u16, error: io::Error| {
        let why = if error.kind() == io::ErrorKind::AddrInUse {
            "another open lab or program has that port".to_owned()
        } else {
            error.to_string()
        };
        format!("cannot listen on {}:{port}: {why}", opening.host)
    };
    match opening.port {
        Port::Free => on(0).map_err(|e| refused(0, e)),
        Port::Fixed(port) => on(port).map_err(|e| refused(port, e)),
        Port::Preferred(port) => on(port).or_else(|_| on(0)).map_err(|e| refused(port, e)),
    }
}
