//! Change sets: changes that are looked at before they are made.

use std::sync::Arc;

use aws::place::Place;
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

use super::changes::{self, Plan};
use super::draft::{self, Draft, Where};
use super::source;
use super::stacks::{check_name, no_template};
use crate::State;
use crate::durations::CHANGE_SET;
use crate::engine::{At, Event, What, begin_create, begin_update};
use crate::errors::{constraint, invalid, no_change_set, no_stack};
use crate::shapes::{Failing, StackStatus, TemplateGiven, Wanted};
use crate::state::{ChangeSet, OnFailure, Stack, uuid};

sim::string_enum! {
    /// What a change set is for.
    pub enum ChangeSetType {
        Update = "UPDATE",
        Create = "CREATE",
        Import = "IMPORT",
    }
}

sim::operation! {
    /// Creates a list of changes that will be applied to a stack so that you can review the changes
    /// before executing them.
    write CreateChangeSet in "cloudformation" = "POST /";
    input {
        ..template: TemplateGiven,
        ..wanted: Wanted,
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// Whether it keeps its template.
        use_previous_template: Option<bool> => "UsePreviousTemplate",
        /// The change set's name.
        change_set_name: String => "ChangeSetName",
        /// A token by which the request is known again.
        client_token: Option<String> => "ClientToken",
        /// What is said of it.
        description: Option<String> => "Description",
        /// Whether the stack is to be made or changed.
        kind: Option<ChangeSetType> => "ChangeSetType",
        /// Resources that exist already.
        _resources_to_import: Refused<Value> => "ResourcesToImport",
        /// Whether nested stacks are looked into.
        _include_nested_stacks: Refused<bool> => "IncludeNestedStacks",
        /// What becomes of the stack when something fails.
        on_stack_failure: Option<Failing> => "OnStackFailure",
        /// Whether resources that exist already are taken over.
        _import_existing_resources: Refused<bool> => "ImportExistingResources",
        /// How drift is treated.
        _deployment_mode: Refused<String> => "DeploymentMode",
    }
    output CreateChangeSetOutput {
        /// The change set's id.
        pub id: Option<String> => "Id",
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
    }
    errors [
        "AlreadyExistsException", "InsufficientCapabilitiesException", "LimitExceededException",
    ]
    access {
        "cloudformation:CreateChangeSet" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
            keys {
                "cloudformation:ChangeSetName": "ChangeSetName",
                "cloudformation:TemplateUrl": "TemplateURL",
            }
    }
    takes time
}

impl Write for CreateChangeSet {
    type Output = CreateChangeSetOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_change_set_name(&self.change_set_name)?;
        let place = Place::of(cx);
        let is_create = match self.kind {
            Some(ChangeSetType::Import) => {
                return Err(ApiError::new(
                    501,
                    "NotImplemented",
                    "The change set type IMPORT is not simulated here",
                ));
            }
            kind => kind == Some(ChangeSetType::Create),
        };
        let known = self.checked_stack(world, &place, is_create)?;
        let before = known.as_ref().map(|(_, _, revision)| Arc::clone(revision));
        let previous = self.use_previous_template == Some(true);
        let text = match (source::given(world, cx, &self.template)?, &before) {
            (Some(text), _) => text,
            (None, Some(before)) if previous => before.template.text.clone(),
            (None, _) => return Err(no_template()),
        };
        let name = known.as_ref().map_or(self.stack_name.as_str(), |(_, name, _)| name).to_owned();
        let nameless = At { place: place.clone(), id: String::new() };
        let at = known.as_ref().map_or(&nameless, |(at, _, _)| at);
        let to = Where { at, name: &name, caller: cx.caller };
        let before = before.filter(|_| !is_create);
        let draft = Draft::of(&self.wanted, before.as_deref())?;
        let revision = draft::revision(world, &to, &text, draft, before.as_deref())?;
        let at = match known {
            Some((at, _, _)) => at,
            None => reviewed(world, cx, &place, &name),
        };
        let id = place
            .arn("cloudformation", &format!("changeSet/{}/{}", self.change_set_name, uuid(world)));
        let made = ChangeSet {
            id: id.clone(),
            name: self.change_set_name.clone(),
            description: self.description,
            created: cx.at,
            status: "CREATE_PENDING",
            reason: None,
            execution: "UNAVAILABLE",
            is_create,
            on_failure: self.on_stack_failure.map(OnFailure::from),
            revision: Arc::new(revision),
            changes: Vec::new(),
        };
        let Some(stack) = crate::engine::stack(world, &at) else {
            return Err(no_stack(&self.stack_name));
        };
        stack.caller = cx.caller.clone();
        stack.change_sets.insert(self.change_set_name.clone(), made);
        let what = What::ChangeSet(self.change_set_name);
        let event = Event { at: at.clone(), run: 0, what };
        world.schedule::<State>(cx.at.plus(CHANGE_SET), event);
        Ok(CreateChangeSetOutput { id: Some(id), stack_id: Some(at.id) })
    }
}

fn check_change_set_name(name: &str) -> Result<(), ApiError> {
    let mut chars = name.chars();
    let good = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '-')
        && name.len() <= 128;
    if good {
        return Ok(());
    }
    let must = "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
    Err(constraint(name, "changeSetName", must))
}

/// A stack with its name and what it is.
type Known = (At, String, Arc<crate::state::Revision>);

impl CreateChangeSet {
    /// The stack, if it is there and may have such a change set.
    fn checked_stack(
        &self,
        world: &World,
        place: &Place,
        is_create: bool,
    ) -> Result<Option<Known>, ApiError> {
        let stack = world.get::<State>().find(place, &self.stack_name);
        let stack = stack.filter(|stack| stack.is_live());
        let Some(stack) = stack else {
            if is_create {
                check_name(&self.stack_name)?;
                return Ok(None);
            }
            return Err(no_stack(&self.stack_name));
        };
        let review = stack.status == StackStatus::ReviewInProgress;
        if is_create && !review {
            return Err(invalid(format!(
                "Stack [{}] already exists and cannot be created again with the changeSet [{}].",
                stack.name, self.change_set_name
            )));
        }
        if !is_create && review {
            return Err(no_stack(&self.stack_name));
        }
        if !is_create && !stack.status.can_be_updated() {
            return Err(invalid(format!(
                "Stack:{} is in {} state and can not be updated.",
                stack.id,
                stack.status.as_str()
            )));
        }
        if stack.change_sets.contains_key(&self.change_set_name) {
            let message = format!("ChangeSet {} already exists", self.change_set_name);
            return Err(ApiError::new(400, "AlreadyExistsException", message));
        }
        let at = At { place: place.clone(), id: stack.id.clone() };
        Ok(Some((at, stack.name.clone(), Arc::clone(&stack.revision))))
    }
}

/// A stack that is nothing yet but a change set.
fn reviewed(world: &mut World, cx: &Cx<'_>, place: &Place, name: &str) -> At {
    let id = draft::stack_id(world, place, name);
    let event = uuid(world);
    let mut stack = Stack {
        id: id.clone(),
        name: name.to_owned(),
        created: cx.at,
        caller: cx.caller.clone(),
        ..Stack::default()
    };
    let said = Some("User Initiated".to_owned());
    stack.turn(cx.at, StackStatus::ReviewInProgress, said, event);
    let region = world.get_mut::<State>().region_mut(place);
    region.names.insert(name.to_owned(), id.clone());
    region.stacks.insert(id.clone(), stack);
    At { place: place.clone(), id }
}

/// A change set is computed.
pub(crate) fn compute_change_set(world: &mut World, at: &At, name: &str) {
    let Some(stack) = crate::engine::stack(world, at) else { return };
    let (before, caller) = (Arc::clone(&stack.revision), stack.caller.clone());
    let Some(set) = stack.change_sets.get(name) else { return };
    let (after, is_create) = (Arc::clone(&set.revision), set.is_create);
    let plan = Plan { at, caller: &caller, before: &before, after: &after };
    let found = changes::compute(world, &plan);
    let nothing = !is_create && found.is_empty() && !changes::beside(&before, &after);
    let Some(stack) = crate::engine::stack(world, at) else { return };
    let Some(set) = stack.change_sets.get_mut(name) else { return };
    set.changes = found;
    if nothing {
        set.status = "FAILED";
        let reason = "The submitted information didn't contain changes. Submit different information \
                      to create a change set.";
        set.reason = Some(reason.to_owned());
    } else {
        (set.status, set.execution) = ("CREATE_COMPLETE", "AVAILABLE");
    }
}

/// A change set by name and stack, or by its own id.
pub(super) fn find<'w>(
    world: &'w World,
    cx: &Cx<'_>,
    stack: Option<&str>,
    name: &str,
) -> Result<(&'w Stack, &'w ChangeSet), ApiError> {
    let place = Place::of(cx);
    let state = world.get::<State>();
    if name.starts_with("arn:") {
        let region = state.region(&place);
        let stacks = region.into_iter().flat_map(|region| region.stacks.values());
        let mut all = stacks.flat_map(|s| s.change_sets.values().map(move |set| (s, set)));
        return all.find(|(_, set)| set.id == name).ok_or_else(|| no_change_set(name));
    }
    let Some(stack) = stack else {
        return Err(invalid(
            "StackName must be specified if ChangeSetName is not specified as an ARN.",
        ));
    };
    let found = state.find(&place, stack).ok_or_else(|| no_stack(stack))?;
    let set = found.change_sets.get(name).ok_or_else(|| no_change_set(name))?;
    Ok((found, set))
}

sim::operation! {
    /// Updates a stack using the input information that was provided when the specified change set
    /// was created.
    write ExecuteChangeSet in "cloudformation" = "POST /";
    input {
        /// The name or the id of the change set.
        change_set_name: String => "ChangeSetName",
        /// The name or the id of the stack.
        stack_name: Option<String> => "StackName",
        /// A token by which the request is known again.
        token: Option<String> => "ClientRequestToken",
        /// Whether what was done stays when something fails.
        disable_rollback: Option<bool> => "DisableRollback",
        /// Whether a deletion policy of `Retain` counts only once the stack is made.
        retain_except_on_create: Option<bool> => "RetainExceptOnCreate",
    }
    output ExecuteChangeSetOutput {}
    errors [
        "InvalidChangeSetStatus", "ChangeSetNotFound", "InsufficientCapabilitiesException",
        "TokenAlreadyExistsException",
    ]
    access {
        "cloudformation:ExecuteChangeSet" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
            keys { "cloudformation:ChangeSetName": "ChangeSetName" }
    }
    takes time
}

impl Write for ExecuteChangeSet {
    type Output = ExecuteChangeSetOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (stack, set) = find(world, cx, self.stack_name.as_deref(), &self.change_set_name)?;
        if set.execution != "AVAILABLE" {
            let message = format!(
                "ChangeSet [{}] cannot be executed in its current status of [{}]",
                set.id, set.status
            );
            return Err(ApiError::new(400, "InvalidChangeSetStatus", message));
        }
        let status = stack.status;
        if !status.can_be_updated() && status != StackStatus::ReviewInProgress {
            return Err(invalid(format!(
                "Stack:{} is in {} state and can not be updated.",
                stack.id,
                status.as_str()
            )));
        }
        let disables = self.disable_rollback == Some(true);
        if disables && !set.is_create {
            let plain =
                "The parameter DisableRollback is not simulated here, so it cannot be given";
            return Err(ApiError::new(501, "NotImplemented", plain));
        }
        let at = At { place: Place::of(cx), id: stack.id.clone() };
        let (name, id, is_create) = (set.name.clone(), set.id.clone(), set.is_create);
        let on_failure = set.on_failure.unwrap_or_default();
        let revision = Arc::clone(&set.revision);
        let Some(stack) = crate::engine::stack(world, &at) else {
            return Err(no_change_set(&name));
        };
        stack.caller = cx.caller.clone();
        stack.token = self.token;
        stack.change_set_id = Some(id);
        // The others were made for a stack that is no longer so.
        stack.change_sets.clear();
        if is_create {
            stack.on_failure = if disables { OnFailure::DoNothing } else { on_failure };
            stack.retain_except_on_create = self.retain_except_on_create.unwrap_or(false);
            stack.revision = revision;
            begin_create(world, &at);
        } else {
            begin_update(world, &at, revision);
        }
        Ok(ExecuteChangeSetOutput {})
    }
}

sim::operation! {
    /// Deletes the specified change set.
    write DeleteChangeSet in "cloudformation" = "POST /";
    input {
        /// The name or the id of the change set.
        change_set_name: String => "ChangeSetName",
        /// The name or the id of the stack.
        stack_name: Option<String> => "StackName",
    }
    output DeleteChangeSetOutput {}
    errors ["InvalidChangeSetStatus"]
    access {
        "cloudformation:DeleteChangeSet" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
            keys { "cloudformation:ChangeSetName": "ChangeSetName" }
    }
}

impl Write for DeleteChangeSet {
    type Output = DeleteChangeSetOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = find(world, cx, self.stack_name.as_deref(), &self.change_set_name);
        let (stack, set) = match found {
            Err(error) if error.code == "ChangeSetNotFound" => return Ok(DeleteChangeSetOutput {}),
            found => found?,
        };
        let (at, name) = (At { place: Place::of(cx), id: stack.id.clone() }, set.name.clone());
        if let Some(stack) = crate::engine::stack(world, &at) {
            stack.change_sets.remove(&name);
        }
        Ok(DeleteChangeSetOutput {})
    }
}
