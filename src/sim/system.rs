//! What a simulated system is to the kernel: one registry entry, a state, and what happens by itself.

use std::any::{Any, TypeId};
use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use super::api::{OpDef, Service};
use super::names::Naming;
use super::outside::{Observation, RunId};
use super::shape::Part;
use super::traffic::Answering;
use super::view::View;
use super::{Config, World};
use base::Rng;

/// The state of a system. The kernel keeps it in a slot of its own, found by its type, beside a
/// generator labelled with the system's name: one more draw here changes no identifier elsewhere.
pub trait State: Hash + Any + Send + Sync {
    /// The system's name, the label of its generator and of its events: `s3`. It never changes, since
    /// identifiers hang on it.
    const NAME: &'static str;
    /// What happens by itself in it; [`Never`] when nothing does.
    type Event: Hash + Any + Send + Sync + Debug;

    /// The state at the world's start: nothing but a function of these.
    fn new(config: &Config, rng: &mut Rng) -> Self;

    /// Schedules what happens from the start on. The state stands in its slot already.
    fn begin(_world: &mut World) {}

    /// Lets a scheduled event happen, at [`World::now`].
    fn happen(world: &mut World, event: Self::Event);

    /// Hears what was seen of a run that it wanted ([`World::want`]).
    fn observed(_world: &mut World, _run: &RunId, _seen: &Observation) {}
}

/// What a system does when another tells of something that it stands on: a machine that lost its
/// power. The teller names nobody; who wants to know says so in its entry, with a
/// [`Subscription`].
pub trait Subscriber<N>: State {
    fn notify(world: &mut World, news: &N);
}

/// That a system is told news of one kind. A system that begins to be told is touched by that, so it
/// changes the digests of worlds in which it was untouched: that raises [`MODEL`](super::MODEL).
pub struct Subscription {
    pub(crate) news: TypeId,
    pub(crate) notify: fn(&mut World, &dyn Any),
}

impl Subscription {
    /// The system with state `S` is told of `N`.
    #[must_use]
    pub const fn of<S: Subscriber<N>, N: Any>() -> Self {
        Self {
            news: TypeId::of::<N>(),
            notify: |world, news| {
                if let Some(news) = news.downcast_ref::<N>() {
                    S::notify(world, news);
                }
            },
        }
    }
}

/// The event of a system in which nothing happens by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Never {}

/// A simulated system: what one line of the list of systems adds.
pub struct System {
    /// `s3`
    pub name: &'static str,
    /// What it can be asked: one service, or several that share a state.
    pub services: &'static [&'static Service],
    /// Its live view, made of general parts; its title is its first service's.
    pub view: Option<fn(&World) -> View>,
    /// The part of a world's shape that it reads.
    pub part: Option<Part>,
    pub(crate) answering: Option<Answering>,
    pub(crate) awaiting: Option<fn(&World) -> bool>,
    pub(crate) naming: Option<Naming>,
    pub(crate) subscriptions: &'static [Subscription],
    pub(crate) state: TypeId,
    pub(crate) make: fn(&Config, &mut Rng) -> Box<dyn AnyState>,
    pub(crate) begin: fn(&mut World),
    pub(crate) happen: fn(&mut World, Box<dyn AnyEvent>),
    pub(crate) observed: fn(&mut World, &RunId, &Observation),
}

impl System {
    /// The entry of the system with state `S`.
    #[must_use]
    pub const fn of<S: State>(services: &'static [&'static Service]) -> Self {
        Self {
            name: S::NAME,
            services,
            view: None,
            part: None,
            answering: None,
            awaiting: None,
            naming: None,
            subscriptions: &[],
            state: TypeId::of::<S>(),
            make: |config, rng| Box::new(S::new(config, rng)),
            begin: S::begin,
            happen: |world, event| {
                let event: Box<dyn Any> = event;
                if let Ok(event) = event.downcast::<S::Event>() {
                    S::happen(world, *event);
                }
            },
            observed: S::observed,
        }
    }

    /// This system, told of what others do.
    #[must_use]
    pub const fn subscribed(mut self, subscriptions: &'static [Subscription]) -> Self {
        self.subscriptions = subscriptions;
        self
    }

    /// This system, reading a part of the world's shape.
    #[must_use]
    pub const fn shaped_by(mut self, part: Part) -> Self {
        self.part = Some(part);
        self
    }

    /// This system, answering at addresses of the simulated network.
    #[must_use]
    pub const fn answering(mut self, answering: Answering) -> Self {
        self.answering = Some(answering);
        self
    }

    /// This system, which says whether it waits for something outside that is no run: who lets lab time
    /// pass lets it come first.
    #[must_use]
    pub const fn awaiting(mut self, awaiting: fn(&World) -> bool) -> Self {
        self.awaiting = Some(awaiting);
        self
    }

    /// This system, knowing what names of the simulated network stand for.
    #[must_use]
    pub const fn naming(mut self, naming: Naming) -> Self {
        self.naming = Some(naming);
        self
    }

    /// This system with a live view.
    #[must_use]
    pub const fn with_view(mut self, view: fn(&World) -> View) -> Self {
        self.view = Some(view);
        self
    }

    /// The operation of that name, of one of its services.
    #[must_use]
    pub fn operation(&self, service: &str, name: &str) -> Option<&'static OpDef> {
        let service = self.services.iter().find(|s| s.name == service)?;
        service.operation(name)
    }
}

impl Debug for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A [`State`] whose type is known to its own system only.
pub(crate) trait AnyState: Any + Send + Sync {
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<S: State> AnyState for S {
    fn feed(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// An event whose type is known to its own system only.
pub(crate) trait AnyEvent: Any + Send + Sync + Debug {
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<E: Hash + Any + Send + Sync + Debug> AnyEvent for E {
    fn feed(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}
