//! Making, changing and taking away stacks.

use std::sync::Arc;

use aws::place::Place;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

use super::changes::{self, Plan};
use super::draft::{self, Draft, Where};
use super::source;
use crate::State;
use crate::engine::{
    At, begin_create, begin_delete, begin_update, cancel_update, continue_rollback,
};
use crate::errors::{constraint, invalid, no_stack};
use crate::shapes::{Failing, StackStatus, TemplateGiven, Wanted};
use crate::state::{OnFailure, Stack};

/// # Errors
/// No stack may be named so.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    let mut chars = name.chars();
    let good = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !good {
        let must = "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
        return Err(constraint(name, "stackName", must));
    }
    if name.len() > 128 {
        let must = "Member must have length less than or equal to 128";
        return Err(constraint(name, "stackName", must));
    }
    Ok(())
}

impl From<Failing> for OnFailure {
    fn from(given: Failing) -> Self {
        match given {
            Failing::Rollback => Self::Rollback,
            Failing::DoNothing => Self::DoNothing,
            Failing::Delete => Self::Delete,
        }
    }
}

sim::operation! {
    /// Creates a stack as specified in the template.
    write CreateStack in "cloudformation" = "POST /";
    input {
        ..template: TemplateGiven,
        ..wanted: Wanted,
        /// The stack's name, which no other stack of the region has.
        stack_name: String => "StackName",
        /// Whether what was made stays when something fails.
        disable_rollback: Option<bool> => "DisableRollback",
        /// After how many minutes the stack has failed.
        timeout_in_minutes: Option<i64> => "TimeoutInMinutes",
        /// What becomes of the stack when something fails.
        on_failure: Option<Failing> => "OnFailure",
        /// What may be changed later.
        _stack_policy_body: Refused<String> => "StackPolicyBody",
        /// The same in S3.
        _stack_policy_url: Refused<String> => "StackPolicyURL",
        /// A token by which the request is known again.
        token: Option<String> => "ClientRequestToken",
        /// Whether the stack cannot be deleted.
        protected: Option<bool> => "EnableTerminationProtection",
        /// Whether a deletion policy of `Retain` counts only once the stack is made.
        retain_except_on_create: Option<bool> => "RetainExceptOnCreate",
    }
    output CreateStackOutput {
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
        /// The id of the operation.
        pub operation_id: Option<String> => "OperationId",
    }
    errors [
        "AlreadyExistsException", "InsufficientCapabilitiesException", "LimitExceededException",
        "TokenAlreadyExistsException",
    ]
    access {
        "cloudformation:CreateStack" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
            keys { "cloudformation:TemplateUrl": "TemplateURL" }
    }
    takes time
}

impl Write for CreateStack {
    type Output = CreateStackOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.stack_name)?;
        let on_failure = match (self.disable_rollback, self.on_failure) {
            (Some(_), Some(_)) => {
                return Err(invalid("Only one of DisableRollback and OnFailure may be specified"));
            }
            (Some(true), None) => OnFailure::DoNothing,
            (_, on_failure) => on_failure.map(OnFailure::from).unwrap_or_default(),
        };
        if self.timeout_in_minutes.is_some_and(|minutes| minutes < 1) {
            let must = "Member must have value greater than or equal to 1";
            let value = self.timeout_in_minutes.unwrap_or_default().to_string();
            return Err(constraint(&value, "timeoutInMinutes", must));
        }
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        if region.is_some_and(|region| region.names.contains_key(&self.stack_name)) {
            let message = format!("Stack [{}] already exists", self.stack_name);
            return Err(ApiError::new(400, "AlreadyExistsException", message));
        }
        let text = source::given(world, cx, &self.template)?.ok_or_else(no_template)?;
        let nameless = At { place: place.clone(), id: String::new() };
        let at = Where { at: &nameless, name: &self.stack_name, caller: cx.caller };
        let draft = Draft::of(&self.wanted, None)?;
        let revision = draft::revision(world, &at, &text, draft, None)?;
        let id = draft::stack_id(world, &place, &self.stack_name);
        let stack = Stack {
            id: id.clone(),
            name: self.stack_name.clone(),
            created: cx.at,
            caller: cx.caller.clone(),
            token: self.token,
            revision: Arc::new(revision),
            on_failure,
            timeout_minutes: self.timeout_in_minutes,
            protected: self.protected.unwrap_or(false),
            retain_except_on_create: self.retain_except_on_create.unwrap_or(false),
            ..Stack::default()
        };
        let region = world.get_mut::<State>().region_mut(&place);
        region.names.insert(self.stack_name, id.clone());
        region.stacks.insert(id.clone(), stack);
        begin_create(world, &At { place, id: id.clone() });
        Ok(CreateStackOutput { stack_id: Some(id), operation_id: None })
    }
}

pub(super) fn no_template() -> ApiError {
    invalid("Either Template URL or Template Body must be specified.")
}

/// The id of a stack that may be changed now.
///
/// # Errors
/// There is none, or something is under way.
pub(super) fn changeable(
    world: &World,
    place: &Place,
    name: &str,
    may: impl Fn(StackStatus) -> bool,
    verb: &str,
) -> Result<At, ApiError> {
    let stack = world.get::<State>().find(place, name).filter(|stack| stack.is_live());
    let stack = stack.ok_or_else(|| no_stack(name))?;
    if !may(stack.status) {
        let status = stack.status.as_str();
        return Err(invalid(format!(
            "Stack:{} is in {status} state and can not be {verb}.",
            stack.id
        )));
    }
    Ok(At { place: place.clone(), id: stack.id.clone() })
}

sim::operation! {
    /// Updates a stack as specified in the template.
    write UpdateStack in "cloudformation" = "POST /";
    input {
        ..template: TemplateGiven,
        ..wanted: Wanted,
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// Whether it keeps its template.
        use_previous_template: Option<bool> => "UsePreviousTemplate",
        /// What may be changed for now.
        _stack_policy_during_update_body: Refused<String> => "StackPolicyDuringUpdateBody",
        /// The same in S3.
        _stack_policy_during_update_url: Refused<String> => "StackPolicyDuringUpdateURL",
        /// What may be changed later.
        _stack_policy_body: Refused<String> => "StackPolicyBody",
        /// The same in S3.
        _stack_policy_url: Refused<String> => "StackPolicyURL",
        /// Whether what was done stays when something fails.
        _disable_rollback: Refused<bool> => "DisableRollback",
        /// A token by which the request is known again.
        token: Option<String> => "ClientRequestToken",
        /// Whether a deletion policy of `Retain` does not count for what this update makes.
        _retain_except_on_create: Refused<bool> => "RetainExceptOnCreate",
    }
    output UpdateStackOutput {
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
        /// The id of the operation.
        pub operation_id: Option<String> => "OperationId",
    }
    errors ["InsufficientCapabilitiesException", "TokenAlreadyExistsException"]
    access {
        "cloudformation:UpdateStack" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
            keys { "cloudformation:TemplateUrl": "TemplateURL" }
    }
    takes time
}

impl Write for UpdateStack {
    type Output = UpdateStackOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let may = StackStatus::can_be_updated;
        let at = changeable(world, &place, &self.stack_name, may, "updated")?;
        let stack = world.get::<State>().stack(&place, &at.id)?;
        let (before, name) = (Arc::clone(&stack.revision), stack.name.clone());
        let previous = self.use_previous_template == Some(true);
        let text = match source::given(world, cx, &self.template)? {
            Some(_) if previous => {
                return Err(invalid("Template and usePreviousTemplate cannot both be specified"));
            }
            Some(text) => text,
            None if previous => before.template.text.clone(),
            None => return Err(no_template()),
        };
        let to = Where { at: &at, name: &name, caller: cx.caller };
        let draft = Draft::of(&self.wanted, Some(&before))?;
        let revision = draft::revision(world, &to, &text, draft, Some(&before))?;
        let plan = Plan { at: &at, caller: cx.caller, before: &before, after: &revision };
        if changes::compute(world, &plan).is_empty() && !changes::beside(&before, &revision) {
            return Err(invalid("No updates are to be performed."));
        }
        if let Some(stack) = crate::engine::stack(world, &at) {
            stack.caller = cx.caller.clone();
            stack.token = self.token;
        }
        begin_update(world, &at, Arc::new(revision));
        Ok(UpdateStackOutput { stack_id: Some(at.id), operation_id: None })
    }
}

sim::operation! {
    /// Deletes a specified stack.
    write DeleteStack in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// The resources that stay, of a stack that could not be deleted.
        retain: Vec<String> => "RetainResources",
        /// A role to act as.
        _role_arn: Refused<String> => "RoleARN",
        /// A token by which the request is known again.
        token: Option<String> => "ClientRequestToken",
        /// Whether what cannot be deleted is left alone.
        _deletion_mode: Refused<String> => "DeletionMode",
    }
    output DeleteStackOutput {}
    errors ["TokenAlreadyExistsException"]
    access {
        "cloudformation:DeleteStack" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
    takes time
}

impl Write for DeleteStack {
    type Output = DeleteStackOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let state = world.get::<State>();
        let Some(stack) = state.find(&place, &self.stack_name).filter(|stack| stack.is_live())
        else {
            return Ok(DeleteStackOutput {});
        };
        let at = At { place: place.clone(), id: stack.id.clone() };
        if stack.protected {
            return Err(invalid(format!(
                "Stack [{}] cannot be deleted while TerminationProtection is enabled",
                stack.name
            )));
        }
        if stack.status == StackStatus::DeleteInProgress {
            return Ok(DeleteStackOutput {});
        }
        if !self.retain.is_empty() && stack.status != StackStatus::DeleteFailed {
            return Err(invalid(format!(
                "Invalid operation on stack [{}]. When you delete a stack, specify which resources \
                 to retain only when the stack is in the DELETE_FAILED state.",
                stack.id
            )));
        }
        let region = state.region(&place);
        for (name, export) in region.into_iter().flat_map(|region| &region.exports) {
            let user = export.users.iter().find(|user| **user != at.id);
            if let Some(user) = user.filter(|_| export.stack == at.id) {
                let user = state.find(&place, user).map_or("", |stack| stack.name.as_str());
                return Err(invalid(format!(
                    "Export {name} cannot be deleted as it is in use by {user}"
                )));
            }
        }
        let review = stack.status == StackStatus::ReviewInProgress;
        if let Some(stack) = crate::engine::stack(world, &at) {
            stack.caller = cx.caller.clone();
            stack.token = self.token;
            stack.retained = self.retain.into_iter().collect();
            if review {
                stack.change_sets.clear();
            }
        }
        begin_delete(world, &at, Some("User Initiated".into()));
        Ok(DeleteStackOutput {})
    }
}

sim::operation! {
    /// Cancels an update on the specified stack, which goes back to what it was.
    write CancelUpdateStack in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// A token by which the request is known again.
        token: Option<String> => "ClientRequestToken",
    }
    output CancelUpdateStackOutput {}
    errors ["TokenAlreadyExistsException"]
    access {
        "cloudformation:CancelUpdateStack" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
    takes time
}

impl Write for CancelUpdateStack {
    type Output = CancelUpdateStackOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let stack = world.get::<State>().find(&place, &self.stack_name);
        let stack =
            stack.filter(|stack| stack.is_live()).ok_or_else(|| no_stack(&self.stack_name))?;
        if stack.status != StackStatus::UpdateInProgress {
            return Err(invalid("CancelUpdateStack cannot be called from current stack status"));
        }
        let at = At { place, id: stack.id.clone() };
        if let Some(stack) = crate::engine::stack(world, &at) {
            stack.token = self.token;
        }
        cancel_update(world, &at);
        Ok(CancelUpdateStackOutput {})
    }
}

sim::operation! {
    /// Continues the way back of a stack whose update could not be rolled back.
    write ContinueUpdateRollback in "cloudformation" = "POST /";
    input {
        /// The name or the id of the stack.
        stack_name: String => "StackName",
        /// A role to act as.
        _role_arn: Refused<String> => "RoleARN",
        /// The resources that are left as they are.
        skipped: Vec<String> => "ResourcesToSkip",
        /// A token by which the request is known again.
        token: Option<String> => "ClientRequestToken",
    }
    output ContinueUpdateRollbackOutput {}
    errors ["TokenAlreadyExistsException"]
    access {
        "cloudformation:ContinueUpdateRollback" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
    takes time
}

impl Write for ContinueUpdateRollback {
    type Output = ContinueUpdateRollbackOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let stack = world.get::<State>().find(&place, &self.stack_name);
        let stack =
            stack.filter(|stack| stack.is_live()).ok_or_else(|| no_stack(&self.stack_name))?;
        if stack.status != StackStatus::UpdateRollbackFailed {
            return Err(invalid(format!(
                "Stack:{} is in {} state and can not continue rollback.",
                stack.id,
                stack.status.as_str()
            )));
        }
        if let Some(wrong) = self.skipped.iter().find(|name| !stack.undo.contains_key(*name)) {
            return Err(invalid(format!(
                "Resources [{wrong}] cannot be skipped: only resources in the UPDATE_FAILED state can \
                 be"
            )));
        }
        let at = At { place, id: stack.id.clone() };
        if let Some(stack) = crate::engine::stack(world, &at) {
            stack.caller = cx.caller.clone();
            stack.token = self.token;
        }
        continue_rollback(world, &at, &self.skipped);
        Ok(ContinueUpdateRollbackOutput {})
    }
}

sim::operation! {
    /// Updates termination protection for the specified stack.
    write UpdateTerminationProtection in "cloudformation" = "POST /";
    input {
        /// Whether the stack cannot be deleted.
        protected: bool => required "EnableTerminationProtection",
        /// The name or the id of the stack.
        stack_name: String => "StackName",
    }
    output UpdateTerminationProtectionOutput {
        /// The stack's id.
        pub stack_id: Option<String> => "StackId",
    }
    errors []
    access {
        "cloudformation:UpdateTerminationProtection" on
            "arn:aws:cloudformation:{region}:{account}:stack/{StackName}/*"
    }
}

impl Write for UpdateTerminationProtection {
    type Output = UpdateTerminationProtectionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let stack = world.get::<State>().find(&place, &self.stack_name);
        let stack =
            stack.filter(|stack| stack.is_live()).ok_or_else(|| no_stack(&self.stack_name))?;
        if stack.parent.is_some() {
            return Err(invalid(
                "Termination protection cannot be updated on nested stacks. Update it on the root \
                 stack.",
            ));
        }
        let at = At { place, id: stack.id.clone() };
        if let Some(stack) = crate::engine::stack(world, &at) {
            stack.protected = self.protected;
        }
        Ok(UpdateTerminationProtectionOutput { stack_id: Some(at.id) })
    }
}
