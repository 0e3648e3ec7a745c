//! The session's doors: the one place that opens and closes them, after each change of the world, and
//! tells where they are.
//!
//! A session may be opened where no runtime is; the doors have the process's. Another program may have
//! a port; then everything else goes on, and the door opens as soon as the port is free.

use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

use super::engine::{Engine, Line};
use super::{Change, Session};
use course::Need;
use gateway::Address;
use wire::door::Port;
use wire::proxy::Former;
use wire::tls::Authority;
use wire::{Doors, Row, aws, proxy, registry, ssh};

/// How long until a port that was taken is tried again.
const RETRY: Duration = Duration::from_secs(2);
/// How long changes gather after one that was looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// The doors of a world; none is open yet.
pub(super) fn of(engine: &Arc<Engine>) -> Arc<Doors> {
    Arc::new(Doors::new(Arc::new(Line::separate(Arc::clone(engine)))))
}

impl Session {
    /// Opens what a lab needs whatever the session is opened for: its registry, since the engine comes
    /// to it from outside.
    pub(super) fn open_needed(&self) -> anyhow::Result<()> {
        if !self.lab().needs.contains(&Need::Registry) {
            return Ok(());
        }
        let port = self.profile.learner.registry_port();
        if self.read_only() {
            // Known even where nothing listens: a login must not end up in the learner's own files.
            let address = format!("localhost:{port}");
            let url = format!("http://{address}");
            self.engine.set_doors(vec![Address { name: registry::DOOR.into(), address, url }]);
            return Ok(());
        }
        let access = registry::Access::PublicPull(self.profile.registry_account());
        self.want(registry::Options { port: Port::Fixed(port), access })
    }

    /// Opens the ways in for the learner's own clients: the AWS endpoint, and the proxy that leads to it
    /// under the names that AWS has.
    pub fn open_doors(&self, options: aws::Options) -> anyhow::Result<()> {
        match self.proxy() {
            Ok(options) => self.doors.wish(options),
            Err(why) => {
                *self.without_proxy.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
            }
        }
        self.doors.wish(ssh::Options);
        self.want(options)
    }

    /// Wants something of a door, and opens it.
    pub fn want<T: Send + Sync + 'static>(&self, wish: T) -> anyhow::Result<()> {
        self.doors.wish(wish);
        settle(&self.doors, &self.engine);
        if !self.followed.swap(true, std::sync::atomic::Ordering::Relaxed) {
            follow(&self.doors, &self.engine)?;
        }
        self.publish()
    }

    /// How the session's proxy serves, or a sentence why it does not.
    fn proxy(&self) -> Result<proxy::Options, String> {
        let env = |name: &str| std::env::var(name).ok();
        let former = Former::read(&env)?;
        let folder = self.profile.authority();
        let made = Authority::open(&folder).and_then(|authority| {
            authority.publish(&folder, &env)?;
            Ok((authority, proxy::token()?))
        });
        let (authority, token) = made.map_err(|e| {
            format!(
                "The real names of simulated services (https://…amazonaws.com) do not work in this \
                 lab's shell; everything else does: {e:#}"
            )
        })?;
        Ok(proxy::Options { token, authority: Arc::new(authority), former })
    }

    /// The doors that should stand open, and what keeps one from it.
    #[must_use]
    pub fn doors(&self) -> Vec<Row> {
        self.doors.rows()
    }

    /// Why doors do not stand open that should, a sentence each.
    #[must_use]
    pub fn door_troubles(&self) -> Vec<String> {
        let without = self.without_proxy.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let sentence = |row: Row| {
            let why = row.trouble?;
            Some(format!(
                "The lab's {} {why}. It will listen as soon as it can; everything else works.",
                row.title
            ))
        };
        self.doors.rows().into_iter().filter_map(sentence).chain(without).collect()
    }

    /// Forgets what is under way at the doors, for a world that begins anew.
    pub fn forgetting(&self) -> impl Fn() + Send + Sync + 'static {
        let doors = Arc::downgrade(&self.doors);
        move || {
            if let Some(doors) = doors.upgrade() {
                doors.forget();
            }
        }
    }
}

/// Opens and closes doors as the world wants it now, and tells where they are.
fn settle(doors: &Doors, engine: &Engine) {
    for row in doors.settle() {
        engine.tell(&Change::Notice(format!(
            "The {} is now listening on {}.",
            row.title, row.address
        )));
    }
    let address = |row: Row| Address { name: row.name, address: row.address, url: row.url };
    engine.set_doors(doors.rows().into_iter().map(address).collect());
}

/// Settles after each change of the world, and while a port is taken every two seconds, as long as the
/// session is there.
fn follow(doors: &Arc<Doors>, engine: &Arc<Engine>) -> anyhow::Result<()> {
    let changes = engine.listen();
    let (doors, engine) = (Arc::downgrade(doors), Arc::downgrade(engine));
    thread::Builder::new().name("doors".into()).spawn(move || {
        loop {
            let waits =
                doors.upgrade().is_some_and(|d| d.rows().iter().any(|r| r.trouble.is_some()));
            let heard = if waits {
                changes.recv_timeout(RETRY)
            } else {
                changes.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match heard {
                Ok(Change::World) | Err(RecvTimeoutError::Timeout) => {}
                Ok(_) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // What has come meanwhile is answered by the same look.
            while changes.try_recv().is_ok() {}
            let (Some(doors), Some(engine)) = (doors.upgrade(), engine.upgrade()) else { return };
            settle(&doors, &engine);
            drop((doors, engine));
            // The first of many changes is looked at once, and then a hundred together: this thread would
            // cost a flood of requests more than their work.
            thread::sleep(PAUSE);
        }
    })?;
    Ok(())
}
