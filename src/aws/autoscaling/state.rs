//! Everything that is kept, by account and region.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws::place::Place;
use base::Time;
use sim::World;
use sim::api::ApiError;

use super::faults::no_group;
use super::refreshes::Refresh;
use super::shapes::activity::Activity;
use super::shapes::configuration::LaunchConfiguration;
use super::shapes::group::{LaunchTemplateSpecification, LifecycleState};
use super::shapes::policy::ScalingPolicy;
use super::shapes::refresh::InstanceRefreshStatus;
use super::shapes::rest::{LifecycleHook, ScheduledUpdateGroupAction};

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    pub(crate) places: BTreeMap<Place, Region>,
}

/// What an account has in a region.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Region {
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) configurations: BTreeMap<String, LaunchConfiguration>,
    /// The groups of instances, by their ids.
    pub(crate) members: BTreeMap<String, String>,
    /// The activities of groups that are gone, the oldest first.
    pub(crate) past: Vec<Activity>,
}

/// A group of a place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Whose {
    pub(crate) place: Place,
    pub(crate) group: String,
}

/// Something that happens in a group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(crate) whose: Whose,
    /// The group that it was scheduled for; one of the same name may have taken its place.
    pub(crate) id: String,
    pub(crate) what: What,
}

/// What happens.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum What {
    /// The group compares what it has with what it should have.
    Look,
    /// A health check meets an instance.
    Checked { instance: String },
    /// The time of a lifecycle action is over, unless it was given more.
    WaitEnds { instance: String, token: String },
    /// Whether the load balancer has let go of an instance.
    Drained { instance: String },
    /// The load balancer's view of the targets is looked at.
    TargetsChecked,
    /// A scheduled action is due.
    Scheduled { action: String, at: Time },
    /// The metrics are published.
    Minute,
    /// A refresh goes on.
    Refresh,
}

/// What instances are launched from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Source {
    Configuration(String),
    Template(LaunchTemplateSpecification),
}

impl Source {
    pub(crate) fn configuration(&self) -> Option<String> {
        match self {
            Self::Configuration(name) => Some(name.clone()),
            Self::Template(_) => None,
        }
    }

    pub(crate) fn template(&self) -> Option<LaunchTemplateSpecification> {
        match self {
            Self::Configuration(_) => None,
            Self::Template(template) => Some(template.clone()),
        }
    }
}

/// Where a group launches: a zone, and the subnet there when it names one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Spot {
    pub(crate) zone: String,
    pub(crate) subnet: Option<String>,
}

/// A tag of a group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct GroupTag {
    pub(crate) value: String,
    pub(crate) at_launch: bool,
}

/// A scheduled action, and when it is due.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Scheduled {
    pub(crate) action: ScheduledUpdateGroupAction,
    pub(crate) next: Option<Time>,
}

/// An Auto Scaling group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// The UUID in its ARN.
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) created: Time,
    pub(crate) source: Source,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) desired: i64,
    pub(crate) cooldown_s: i64,
    pub(crate) spots: Vec<Spot>,
    /// `EC2`, or with the load balancer's: `ELB`.
    pub(crate) health_type: String,
    pub(crate) grace_s: i64,
    pub(crate) termination: Vec<String>,
    /// Whether new instances are protected from scale-in.
    pub(crate) protects: bool,
    pub(crate) warmup_s: Option<i64>,
    /// Why each process is suspended that is.
    pub(crate) suspended: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, GroupTag>,
    /// The ARNs of target groups.
    pub(crate) targets: Vec<String>,
    pub(crate) hooks: BTreeMap<String, LifecycleHook>,
    pub(crate) policies: BTreeMap<String, ScalingPolicy>,
    pub(crate) scheduled: BTreeMap<String, Scheduled>,
    pub(crate) metrics: BTreeSet<String>,
    pub(crate) members: BTreeMap<String, Member>,
    /// The oldest first.
    pub(crate) activities: Vec<Activity>,
    /// What changed the desired capacity since instances were last launched or terminated.
    pub(crate) causes: Vec<String>,
    /// The oldest first; none but the last is under way.
    pub(crate) refreshes: Vec<Refresh>,
    /// How many unhealthy instances are still to be replaced.
    pub(crate) replacing: i64,
    /// The cooldown of the simple policy that has changed the capacity last, in seconds, while what it
    /// asked for is under way: it counts in the place of the group's.
    pub(crate) own_cooldown_s: Option<i64>,
    /// Until when simple scaling keeps still.
    pub(crate) calm_until: Option<Time>,
    /// When it looks next.
    pub(crate) looks_at: Option<Time>,
    /// How many launches have failed in a row.
    pub(crate) failures: u32,
    pub(crate) going: bool,
    /// Whether the load balancer's view is looked at regularly, and the metrics published.
    pub(crate) ticking: Ticking,
}

/// What a group does again and again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Ticking {
    pub(crate) targets: bool,
    pub(crate) metrics: bool,
}

/// A lifecycle action that is waited for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Wait {
    pub(crate) hook: String,
    pub(crate) token: String,
    pub(crate) until: Time,
    /// When it ends whatever heartbeats come.
    pub(crate) at_most: Time,
    /// The hooks behind it.
    pub(crate) next: Vec<String>,
}

/// An instance of a group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) spot: Spot,
    pub(crate) phase: LifecycleState,
    pub(crate) healthy: bool,
    pub(crate) protected: bool,
    pub(crate) source: Source,
    pub(crate) launched: Time,
    pub(crate) in_service: Option<Time>,
    /// The activity that is under way with it.
    pub(crate) activity: Option<String>,
    pub(crate) wait: Option<Wait>,
}

impl Member {
    /// Whether it counts as capacity that the group has.
    pub(crate) fn counts(&self) -> bool {
        use LifecycleState::{InService, Pending, PendingProceed, PendingWait};
        matches!(self.phase, Pending | PendingWait | PendingProceed | InService)
    }

    /// Whether it is on its way out.
    pub(crate) fn leaves(&self) -> bool {
        use LifecycleState::{Terminated, Terminating, TerminatingProceed, TerminatingWait};
        matches!(self.phase, Terminating | TerminatingWait | TerminatingProceed | Terminated)
    }

    pub(crate) fn serves(&self) -> bool {
        self.phase == LifecycleState::InService
    }
}

impl Group {
    /// How many instances it has that count.
    pub(crate) fn actual(&self) -> i64 {
        let count = self.members.values().filter(|member| member.counts()).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// The refresh that is under way.
    pub(crate) fn refresh(&self) -> Option<&Refresh> {
        self.refreshes.last().filter(|refresh| refresh.is_active())
    }

    /// The same, to be changed.
    pub(crate) fn refresh_mut(&mut self) -> Option<&mut Refresh> {
        self.refreshes.last_mut().filter(|refresh| refresh.is_active())
    }

    /// What instances are launched from now: what a refresh wants counts before what the group has.
    pub(crate) fn launches_from(&self) -> Source {
        use InstanceRefreshStatus::{Baking, InProgress};
        let wanted = self
            .refresh()
            .filter(|refresh| matches!(refresh.status, InProgress | Baking))
            .and_then(|refresh| refresh.wanted.as_ref()?.launch_template.clone());
        wanted.map_or_else(|| self.source.clone(), Source::Template)
    }

    pub(crate) fn is_suspended(&self, process: &str) -> bool {
        self.suspended.contains_key(process)
    }

    /// The zones that it launches in, each once.
    pub(crate) fn zones(&self) -> Vec<String> {
        let zones: BTreeSet<&String> = self.spots.iter().map(|spot| &spot.zone).collect();
        zones.into_iter().cloned().collect()
    }

    /// How long a new instance is not counted on, in seconds.
    pub(crate) fn warmup_s(&self, policy: &ScalingPolicy) -> i64 {
        policy.estimated_instance_warmup.or(self.warmup_s).unwrap_or(self.cooldown_s)
    }

    /// An activity has come to its end: from now on simple scaling keeps still for a while.
    pub(crate) fn calm_down(&mut self, now: Time) {
        let seconds = self.own_cooldown_s.unwrap_or(self.cooldown_s);
        self.calm_until = Some(now.plus(Duration::from_secs(seconds.unsigned_abs())));
        let idle = |member: &Member| member.activity.is_none();
        if self.desired == self.actual() && self.members.values().all(idle) {
            self.own_cooldown_s = None;
        }
    }

    /// How many instances that serve are still warming up.
    pub(crate) fn warming(&self, warmup_s: i64, now: Time) -> i64 {
        let cold = |member: &&Member| {
            member.counts()
                && member.in_service.is_none_or(|since| now.secs() - since.secs() < warmup_s)
        };
        i64::try_from(self.members.values().filter(cold).count()).unwrap_or(i64::MAX)
    }

    /// Notes why the desired capacity is another, and sets it, within the bounds.
    pub(crate) fn set_desired(&mut self, desired: i64, why: impl FnOnce(i64, i64) -> String) {
        let (before, after) = (self.desired, desired.clamp(self.min, self.max));
        if before != after {
            self.desired = after;
            self.own_cooldown_s = None;
            self.causes.push(why(before, after));
        }
    }
}

impl State {
    pub(crate) fn region(&self, place: &Place) -> Option<&Region> {
        self.places.get(place)
    }

    pub(crate) fn region_mut(&mut self, place: &Place) -> &mut Region {
        self.places.entry(place.clone()).or_default()
    }

    /// # Errors
    /// There is no such group.
    pub(crate) fn group(&self, place: &Place, name: &str) -> Result<&Group, ApiError> {
        self.region(place).and_then(|region| region.groups.get(name)).ok_or_else(|| no_group(name))
    }
}

/// The group, to be looked at.
pub(crate) fn group<'w>(world: &'w World, whose: &Whose) -> Option<&'w Group> {
    world.get::<State>().region(&whose.place)?.groups.get(&whose.group)
}

/// The group, to be changed.
pub(crate) fn group_mut<'w>(world: &'w mut World, whose: &Whose) -> Option<&'w mut Group> {
    world.get_mut::<State>().places.get_mut(&whose.place)?.groups.get_mut(&whose.group)
}

/// Lets something happen in the group.
pub(crate) fn schedule(world: &mut World, whose: &Whose, at: Time, what: What) {
    let Some(group) = group(world, whose) else { return };
    let id = group.id.clone();
    world.schedule::<State>(at, Event { whose: whose.clone(), id, what });
}

/// A UUID.
pub(crate) fn uuid(world: &mut World) -> String {
    world.rng::<State>().uuid()
}

impl Member {
    /// Whether nothing is under way with it.
    pub(crate) fn serves_or_stands_by(&self) -> bool {
        matches!(self.phase, LifecycleState::InService | LifecycleState::Standby)
    }
}
