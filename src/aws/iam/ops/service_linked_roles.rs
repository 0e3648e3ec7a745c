//! Roles that belong to a service: made by its name, and deleted by a task that one may ask after.
//! Nobody but the service changes them.

use std::time::Duration;

use crate::iam;
use crate::iam::rules::{self, bad_input, check_access, check_named, constraint, missing};
use crate::iam::service_linked;
use crate::iam::shapes::{Detail, Role};
use crate::iam::state::{self, Deletion, Entity, Event, Kind, arn};
use crate::policy::Policy;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::roles::SESSION_SECS;

/// How long a service takes to let go of its role. AWS names no time; its console asks after the task
/// every few seconds.
const DELETION: Duration = Duration::from_secs(5);
/// The most characters of a role's name, which a suffix must leave room for.
const NAME_LEN_MAX: usize = 64;

sim::operation! {
    /// Creates an IAM role that is linked to a specific AWS service. The service says which policies
    /// it has, and nobody else can change them.
    write CreateServiceLinkedRole in "iam" = "POST /";
    input {
        /// The service principal for the service: `autoscaling.amazonaws.com`.
        service: String => "AWSServiceName",
        /// The description of the role.
        description: Option<String> => "Description",
        /// What is put behind the role's name, of services that can have several.
        suffix: Option<String> => "CustomSuffix",
    }
    output CreateServiceLinkedRoleOutput {
        /// The new role.
        pub role: Option<Role> => "Role",
    }
    errors ["InvalidInput", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for CreateServiceLinkedRole {
    type Output = CreateServiceLinkedRoleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.service, "aWSServiceName", 128)?;
        if let Some(suffix) = &self.suffix {
            rules::name(suffix, "customSuffix", NAME_LEN_MAX)?;
        }
        let account = world.config().account.clone();
        let linked = service_linked::of_service(&self.service);
        let name = match (linked, &self.suffix) {
            (Some(linked), Some(suffix)) => format!("{}_{suffix}", linked.role),
            (Some(linked), None) => linked.role.to_owned(),
            (None, _) => "*".to_owned(),
        };
        let path = service_linked::path(&self.service);
        let resource = arn(&account, Kind::Role, &path, &name);
        let conditions = vec![("iam:AWSServiceName", self.service.clone())];
        check_access(world, cx, "iam:CreateServiceLinkedRole", &resource, conditions)?;
        let Some(linked) = linked else {
            let message = format!("Cannot find Service Linked Role template for {}", self.service);
            return Err(bad_input(message));
        };
        if self.suffix.is_some() && !linked.suffix {
            return Err(bad_input(format!("Custom suffix is not allowed for {}", self.service)));
        }
        rules::name(&name, "roleName", NAME_LEN_MAX)?;
        if world.get::<iam::State>().roles.check_free(&name).is_err() {
            return Err(bad_input(format!(
                "Service role name {name} has been taken in this account, please try a different \
                 suffix."
            )));
        }
        let trust = Policy::trust(&linked.trust())?;
        let mut entity = Entity::new(
            Kind::Role,
            &account,
            &linked.path(),
            &name,
            cx.at,
            world.rng::<iam::State>(),
        );
        entity.attached.insert(linked.policy_arn());
        let role = state::Role {
            entity,
            description: self.description,
            trust,
            session_secs_max: SESSION_SECS,
            last_used: None,
            service: Some(self.service),
        };
        let mut shown = Role::of(&role, Detail::Full);
        (shown.max_session_duration, shown.last_used) = (None, None);
        world.get_mut::<iam::State>().roles.insert(role);
        Ok(CreateServiceLinkedRoleOutput { role: Some(shown) })
    }
}

sim::operation! {
    /// Submits a service-linked role deletion request and returns the id of the task, which tells
    /// whether the service has let go of it.
    write DeleteServiceLinkedRole in "iam" = "POST /";
    input {
        /// The name of the service-linked role.
        role_name: String => "RoleName",
    }
    output DeleteServiceLinkedRoleOutput {
        /// The id of the task.
        pub task: String => "DeletionTaskId",
    }
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
    takes time
}

impl Write for DeleteServiceLinkedRole {
    type Output = DeleteServiceLinkedRoleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.role_name, "roleName", NAME_LEN_MAX)?;
        let roles = &world.get::<iam::State>().roles;
        check_named(world, cx, "iam:DeleteServiceLinkedRole", roles, &self.role_name)?;
        let role = roles.get(&self.role_name)?;
        let Some(service) = role.service.clone() else {
            return Err(Kind::Role.missing(&self.role_name));
        };
        // Whoever asks again is told the task that is under way.
        let under_way = |(_, deletion): &(&String, &Deletion)| {
            !deletion.done && deletion.role == role.entity.id
        };
        if let Some((task, _)) = world.get::<iam::State>().deletions.iter().find(under_way) {
            return Ok(DeleteServiceLinkedRoleOutput { task: task.clone() });
        }
        let deletion = Deletion { role: role.entity.id.clone(), done: false };
        let (state, rng) = world.parts::<iam::State>();
        let task = format!("task/aws-service-role/{service}/{}/{}", self.role_name, rng.uuid());
        state.deletions.insert(task.clone(), deletion);
        world.schedule::<iam::State>(cx.at.plus(DELETION), Event::RoleGoes { task: task.clone() });
        Ok(DeleteServiceLinkedRoleOutput { task })
    }
}

sim::string_enum! {
    /// How far a deletion is.
    pub enum DeletionStatus {
        Succeeded = "SUCCEEDED",
        InProgress = "IN_PROGRESS",
        Failed = "FAILED",
        NotStarted = "NOT_STARTED",
    }
}

sim::structure! {
    /// Where a role is used.
    pub struct RoleUsage {
        /// The Region.
        pub region: Option<String> => "Region",
        /// The resources that use it.
        pub resources: Vec<String> => "Resources",
    }
}

sim::structure! {
    /// Why a role could not be deleted.
    pub struct DeletionFailure {
        /// In words.
        pub reason: Option<String> => "Reason",
        /// Where it is used.
        pub usage: Vec<RoleUsage> => "RoleUsageList",
    }
}

sim::operation! {
    /// Retrieves the status of your service-linked role deletion.
    read GetServiceLinkedRoleDeletionStatus in "iam" = "POST /";
    input {
        /// The id of the task, as `DeleteServiceLinkedRole` answered it.
        task: String => "DeletionTaskId",
    }
    output GetServiceLinkedRoleDeletionStatusOutput {
        /// How far it is.
        pub status: DeletionStatus => "Status",
        /// Why it failed, if it did.
        pub reason: Option<DeletionFailure> => "Reason",
    }
    errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Read for GetServiceLinkedRoleDeletionStatus {
    type Output = GetServiceLinkedRoleDeletionStatusOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.task.is_empty() {
            return Err(missing("deletionTaskId"));
        }
        if self.task.len() > 1000 {
            let rule = "have length less than or equal to 1000";
            return Err(constraint(&self.task, "deletionTaskId", rule));
        }
        let parts: Vec<&str> = self.task.split('/').collect();
        let ["task", "aws-service-role", service, name, _] = parts.as_slice() else {
            return Err(bad_input(format!("Invalid deletion task id: {}", self.task)));
        };
        let path = format!("/aws-service-role/{service}/");
        let resource = arn(&world.config().account, Kind::Role, &path, name);
        let action = "iam:GetServiceLinkedRoleDeletionStatus";
        check_access(world, cx, action, &resource, Vec::new())?;
        let Some(deletion) = world.get::<iam::State>().deletions.get(&self.task) else {
            let message = format!("Deletion task {} cannot be found.", self.task);
            return Err(ApiError::new(404, "NoSuchEntity", message));
        };
        let status =
            if deletion.done { DeletionStatus::Succeeded } else { DeletionStatus::InProgress };
        Ok(GetServiceLinkedRoleDeletionStatusOutput { status, reason: None })
    }
}
