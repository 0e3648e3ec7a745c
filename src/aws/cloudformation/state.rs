//! Everything that is kept, by account and region.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws::place::Place;
use base::Time;
use base::rng::HEX;
use serde_json::Value;
use sim::api::ApiError;
use sim::{Caller, World};

use crate::errors::no_stack_with_id;
use crate::job::{Job, Leftover, Phase, Undo};
use crate::kinds::Properties;
use crate::shapes::{ResourceChange, ResourceStatus, StackStatus, Tag};
use crate::template::Template;

/// The service.
#[derive(Hash, Debug, Default)]
pub struct State {
    places: BTreeMap<Place, Region>,
    /// Texts of templates in S3, by the digests of their bytes, which are all that S3 has here.
    pub(crate) texts: BTreeMap<base::Digest, String>,
}

/// The stacks of an account's region.
#[derive(Hash, Debug, Default)]
pub(crate) struct Region {
    /// By their ids, deleted ones too.
    pub(crate) stacks: BTreeMap<String, Stack>,
    /// The ids of those that are not deleted, by name.
    pub(crate) names: BTreeMap<String, String>,
    pub(crate) exports: BTreeMap<String, Export>,
}

/// A value that other stacks may use.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Export {
    pub(crate) stack: String,
    pub(crate) value: String,
    /// The ids of the stacks that use it.
    pub(crate) users: BTreeSet<String>,
}

/// What a stack is to be: a template with values.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Revision {
    pub(crate) template: Template,
    /// As they were given.
    pub(crate) parameters: BTreeMap<String, String>,
    /// What Systems Manager had for those that name a parameter there.
    pub(crate) stored: BTreeMap<String, String>,
    /// As functions see them.
    pub(crate) seen: BTreeMap<String, Value>,
    pub(crate) conditions: BTreeMap<String, bool>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) capabilities: Vec<String>,
}

/// A stack.
#[derive(Hash, Debug, Default)]
pub(crate) struct Stack {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: StackStatus,
    pub(crate) reason: Option<String>,
    pub(crate) created: Time,
    pub(crate) updated: Option<Time>,
    pub(crate) deleted: Option<Time>,
    /// Who asked for what is under way.
    pub(crate) caller: Caller,
    pub(crate) token: Option<String>,
    /// What it is, or is becoming.
    pub(crate) revision: Arc<Revision>,
    /// What it goes back to.
    pub(crate) before: Option<Arc<Revision>>,
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) outputs: Vec<Output>,
    /// The oldest first.
    pub(crate) events: Vec<StackEvent>,
    pub(crate) change_sets: BTreeMap<String, ChangeSet>,
    pub(crate) change_set_id: Option<String>,
    pub(crate) on_failure: OnFailure,
    pub(crate) timeout_minutes: Option<i64>,
    pub(crate) protected: bool,
    pub(crate) retain_except_on_create: bool,
    /// The stack of which this is a resource, its root, and the resource's name.
    pub(crate) parent: Option<Parent>,
    /// The number of the operation, and of its part, that is under way: what was planned before is
    /// overtaken.
    pub(crate) run: u32,
    pub(crate) phase: Phase,
    pub(crate) jobs: Vec<Job>,
    /// How many jobs are not done.
    pub(crate) open: usize,
    pub(crate) failed: BTreeSet<String>,
    pub(crate) undo: BTreeMap<String, Undo>,
    /// What is taken away at the end of an update.
    pub(crate) leftovers: Vec<Leftover>,
    pub(crate) retained: BTreeSet<String>,
    /// The exports that were used since its last update began.
    pub(crate) imports: BTreeSet<String>,
}

/// The stack above a nested one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Parent {
    pub(crate) id: String,
    pub(crate) root: String,
}

/// What becomes of a stack that could not be made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum OnFailure {
    #[default]
    Rollback,
    DoNothing,
    Delete,
}

/// A resource of a stack.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Resource {
    pub(crate) kind: String,
    pub(crate) physical: Option<String>,
    pub(crate) status: ResourceStatus,
    pub(crate) reason: Option<String>,
    pub(crate) at: Time,
    /// As it was made with them.
    pub(crate) properties: Properties,
    pub(crate) metadata: Option<Value>,
    pub(crate) deletion_policy: Option<String>,
    /// The signals that it got, by who sent them: whether all is well.
    pub(crate) signals: BTreeMap<String, bool>,
    /// What was put to its address, by who sent it, if it is the handle of a wait condition.
    pub(crate) heard: BTreeMap<String, Heard>,
}

/// A signal to the handle of a wait condition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Heard {
    pub(crate) well: bool,
    pub(crate) reason: String,
    pub(crate) data: String,
}

/// An output with its value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Output {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) description: Option<String>,
    pub(crate) export: Option<String>,
}

/// Something that happened to a stack or to one of its resources.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct StackEvent {
    pub(crate) id: String,
    pub(crate) logical: String,
    pub(crate) physical: String,
    pub(crate) kind: String,
    pub(crate) at: Time,
    pub(crate) status: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) properties: Option<String>,
    pub(crate) token: Option<String>,
}

/// Changes that may be made.
#[derive(Hash, Debug, Default)]
pub(crate) struct ChangeSet {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created: Time,
    pub(crate) status: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) execution: &'static str,
    pub(crate) is_create: bool,
    pub(crate) on_failure: Option<OnFailure>,
    pub(crate) revision: Arc<Revision>,
    pub(crate) changes: Vec<ResourceChange>,
}

/// The type of a stack itself.
pub(crate) const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

impl State {
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Place, &Region)> {
        self.places.iter()
    }

    pub(crate) fn region(&self, place: &Place) -> Option<&Region> {
        self.places.get(place)
    }

    pub(crate) fn region_mut(&mut self, place: &Place) -> &mut Region {
        self.places.entry(place.clone()).or_default()
    }

    /// A stack by name, or by id, which finds deleted ones too.
    pub(crate) fn find(&self, place: &Place, name: &str) -> Option<&Stack> {
        let region = self.places.get(place)?;
        let id = region.names.get(name).map_or(name, String::as_str);
        region.stacks.get(id)
    }

    /// # Errors
    /// There is no such stack.
    pub(crate) fn stack(&self, place: &Place, name: &str) -> Result<&Stack, ApiError> {
        self.find(place, name).ok_or_else(|| no_stack_with_id(name))
    }

    pub(crate) fn by_id(&mut self, place: &Place, id: &str) -> Option<&mut Stack> {
        self.places.get_mut(place)?.stacks.get_mut(id)
    }
}

impl Revision {
    pub(crate) fn is_active(&self, condition: Option<&String>) -> bool {
        condition.is_none_or(|name| self.conditions.get(name).copied().unwrap_or(false))
    }
}

impl Stack {
    /// What the handle of a wait condition has heard.
    pub(crate) fn heard(&self, condition: &Resource) -> BTreeMap<String, Heard> {
        let handle = condition.properties.get("Handle").and_then(crate::text::text_of);
        let mut all = self.resources.values();
        let own = all.find(|other| handle.is_some() && other.physical == handle);
        own.map(|own| own.heard.clone()).unwrap_or_default()
    }

    /// Records what became of the stack itself.
    pub(crate) fn turn(
        &mut self,
        now: Time,
        status: StackStatus,
        reason: Option<String>,
        id: String,
    ) {
        self.status = status;
        self.reason.clone_from(&reason);
        self.events.push(StackEvent {
            id,
            logical: self.name.clone(),
            physical: self.id.clone(),
            kind: STACK_TYPE.to_owned(),
            at: now,
            status: status.as_str(),
            reason,
            properties: None,
            token: self.token.clone(),
        });
    }

    /// Records what became of a resource.
    pub(crate) fn resource_turn(
        &mut self,
        now: Time,
        logical: &str,
        status: ResourceStatus,
        reason: Option<String>,
        properties: Option<&Properties>,
    ) {
        let Some(resource) = self.resources.get_mut(logical) else { return };
        resource.status = status;
        resource.reason.clone_from(&reason);
        resource.at = now;
        let (kind, physical) = (resource.kind.clone(), resource.physical.clone());
        let properties = properties.map(|p| Value::Object(p.clone()).to_string());
        let event = event(now, logical, &kind, physical.as_deref(), status, reason);
        let token = self.token.clone();
        self.events.push(StackEvent { properties, token, ..event });
    }

    /// The name, or the empty text, by which it was asked for last.
    pub(crate) fn is_live(&self) -> bool {
        self.deleted.is_none()
    }
}

/// An event of a resource.
pub(crate) fn event(
    now: Time,
    logical: &str,
    kind: &str,
    physical: Option<&str>,
    status: ResourceStatus,
    reason: Option<String>,
) -> StackEvent {
    StackEvent {
        id: format!("{logical}-{}-{}", status.as_str(), now.iso_millis()),
        logical: logical.to_owned(),
        physical: physical.unwrap_or_default().to_owned(),
        kind: kind.to_owned(),
        at: now,
        status: status.as_str(),
        reason,
        properties: None,
        token: None,
    }
}

/// A unique id, as the service makes them.
pub(crate) fn uuid(world: &mut World) -> String {
    let rng = world.rng::<State>();
    let part = |rng: &mut base::Rng, length| rng.text(HEX, length);
    let (first, second) = (part(rng, 8), part(rng, 4));
    let (third, fourth) = (part(rng, 3), part(rng, 3));
    format!("{first}-{second}-4{third}-8{fourth}-{}", part(rng, 12))
}
