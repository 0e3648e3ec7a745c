//! Task definitions.

use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

use super::tags::{self, joined};
use crate::acting::{self, TASKS};
use crate::check;
use crate::durations::DEFINITION_DELETION;
use crate::faults::{client, invalid};
use crate::names::{self, is_name};
use crate::page;
use crate::shapes::absent::{Accelerator, Volume};
use crate::shapes::common::{Anything, Attribute, Empty, Failure, IncludeTags, Tag};
use crate::shapes::container::ContainerDefinition;
use crate::shapes::definition::{
    Compatibility, DefinitionConstraint, DefinitionStatus, NetworkMode, RuntimePlatform,
    TaskDefinition,
};
use crate::state::{Event, Revision, State, shown};
use aws::place::Place;

sim::operation! {
    /// Registers a task definition: the next revision of its family.
    write RegisterTaskDefinition in "ecs" = "POST /";
    input {
        /// The name that its revisions share: up to 255 letters, digits, hyphens and underscores.
        family: String => "family",
        /// The role of its containers.
        task_role_arn: Option<String> => "taskRoleArn",
        /// The role of who starts them: who pulls images, fetches secrets and writes logs.
        execution_role_arn: Option<String> => "executionRoleArn",
        /// How its containers are in the network; `bridge` unless said.
        network_mode: Option<NetworkMode> => "networkMode",
        /// Its containers.
        containers: Vec<ContainerDefinition> => required "containerDefinitions",
        /// Volumes; not simulated.
        volumes: Empty<Volume> => "volumes",
        /// What an instance must be like.
        constraints: Vec<DefinitionConstraint> => "placementConstraints",
        /// What it is made for; it is held to what that asks for.
        requires_compatibilities: Vec<Compatibility> => "requiresCompatibilities",
        /// CPU units of a task: `256`, `.25 vCPU`.
        cpu: Option<String> => "cpu",
        /// MiB of a task: `512`, `1 GB`.
        memory: Option<String> => "memory",
        /// Its tags.
        tags: Vec<Tag> => "tags",
        /// Which processes containers see; not simulated.
        _pid_mode: Refused<Anything> => "pidMode",
        /// What they share; not simulated.
        _ipc_mode: Refused<Anything> => "ipcMode",
        /// A proxy; not simulated.
        _proxy: Refused<Anything> => "proxyConfiguration",
        /// Accelerators; not simulated.
        _accelerators: Empty<Accelerator> => "inferenceAccelerators",
        /// Storage; not simulated.
        _ephemeral_storage: Refused<Anything> => "ephemeralStorage",
        /// The platform: Linux on x86-64.
        runtime_platform: Option<RuntimePlatform> => "runtimePlatform",
        /// Faults that AWS FIS injects; not simulated.
        _fault_injection: Refused<bool> => "enableFaultInjection",
    }
    output RegisterTaskDefinitionOutput {
        /// The task definition.
        pub definition: TaskDefinition => "taskDefinition",
        /// Its tags.
        pub tags: Vec<Tag> => "tags",
    }
    errors ["ClientException", "InvalidParameterException"]
    access {
        "ecs:RegisterTaskDefinition" on
            "arn:aws:ecs:{region}:{account}:task-definition/{family}:*"
            keys { "aws:TagKeys": "tags.key" },
    }
}

impl Write for RegisterTaskDefinition {
    type Output = RegisterTaskDefinitionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        if self.family.is_empty() {
            return Err(client("Family should not be null or empty."));
        }
        if !is_name(&self.family) {
            return Err(client("Family contains invalid characters."));
        }
        let tags = joined(&tags::Tags::new(), self.tags)?;
        let size = |given: Option<String>, what: &str| match given {
            None => Ok(None),
            Some(text) => match check::number(&text) {
                Some(number @ 1..) => Ok(Some(number.to_string())),
                _ => Err(client(format!("Invalid '{what}' setting for task."))),
            },
        };
        let mut definition = TaskDefinition {
            containers: self.containers,
            family: self.family,
            task_role_arn: self.task_role_arn,
            execution_role_arn: self.execution_role_arn,
            network_mode: self.network_mode,
            volumes: self.volumes,
            status: DefinitionStatus::Active,
            constraints: self.constraints,
            runtime_platform: self.runtime_platform,
            requires_compatibilities: self.requires_compatibilities,
            cpu: size(self.cpu, "cpu")?,
            memory: size(self.memory, "memory")?,
            registered_at: Some(cx.at),
            registered_by: Some(who(world, cx)),
            ..TaskDefinition::default()
        };
        check::definition(world, &definition)?;
        for role in [&definition.task_role_arn, &definition.execution_role_arn] {
            acting::may_pass(world, cx, role.as_deref(), TASKS)?;
        }
        complete(&mut definition);
        let region = world.get_mut::<State>().region_mut(&place);
        let family = region.families.entry(definition.family.clone()).or_default();
        family.last += 1;
        definition.revision = family.last;
        definition.arn = names::definition_arn(&place, &definition.family, family.last);
        let told = shown(&tags);
        let revision = Revision { definition: definition.clone(), tags };
        family.revisions.insert(family.last, revision);
        Ok(RegisterTaskDefinitionOutput { definition, tags: told })
    }
}

/// The ARN of whoever asks.
fn who(world: &World, cx: &Cx<'_>) -> String {
    use sim::Principal;
    let account = &world.config().account;
    match &cx.caller.principal {
        Principal::User(name) => format!("arn:aws:iam::{account}:user/{name}"),
        Principal::Role { role, session } => {
            format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
        }
        _ => format!("arn:aws:iam::{account}:root"),
    }
}

/// Fills in what follows from what was given, as the service tells it.
fn complete(definition: &mut TaskDefinition) {
    let mode = definition.mode();
    for container in &mut definition.containers {
        container.cpu.get_or_insert(0);
        container.essential.get_or_insert(true);
        for mapping in &mut container.port_mappings {
            let same = matches!(mode, NetworkMode::Awsvpc | NetworkMode::Host);
            let usual = if same { mapping.container_port } else { Some(0) };
            mapping.host_port = mapping.host_port.filter(|port| *port > 0).or(usual);
            mapping.protocol.get_or_insert_default();
        }
    }
    let fargate =
        mode == NetworkMode::Awsvpc && definition.cpu.is_some() && definition.memory.is_some();
    definition.compatibilities = vec![Compatibility::Ec2];
    if fargate {
        definition.compatibilities.push(Compatibility::Fargate);
    }
    let mut needs = vec!["com.amazonaws.ecs.capability.docker-remote-api.1.18"];
    if definition.containers.iter().any(|c| c.log_configuration.is_some()) {
        needs.push("com.amazonaws.ecs.capability.logging-driver.awslogs");
    }
    if definition.task_role_arn.is_some() {
        needs.push("com.amazonaws.ecs.capability.task-iam-role");
    }
    if mode == NetworkMode::Awsvpc {
        needs.push("ecs.capability.task-eni");
    }
    if definition.containers.iter().any(|c| crate::image::of_account(c.image()).is_some()) {
        needs.push("com.amazonaws.ecs.capability.ecr-auth");
    }
    definition.requires_attributes = needs.into_iter().map(Attribute::bare).collect();
}

/// The revision that a request means.
///
/// # Errors
/// There is none; the words differ between operations.
pub(crate) fn find<'w>(
    world: &'w World,
    place: &Place,
    given: &str,
    none: impl Fn() -> ApiError,
) -> Result<&'w Revision, ApiError> {
    let (family, revision) = names::definition(given)?;
    let families = world.get::<State>().places.get(place).map(|region| &region.families);
    let family = families.and_then(|families| families.get(&family)).ok_or_else(&none)?;
    let found = match revision {
        Some(number) => family.revisions.get(&number),
        None => family.newest(),
    };
    found.ok_or_else(none)
}

fn not_described() -> ApiError {
    client("Unable to describe task definition.")
}

sim::operation! {
    /// Describes a task definition.
    read DescribeTaskDefinition in "ecs" = "POST /";
    input {
        /// Its family, family and revision, or ARN; no revision means the newest that is active.
        task_definition: String => "taskDefinition",
        /// What is told beside the usual.
        include: Vec<IncludeTags> => "include",
    }
    output DescribeTaskDefinitionOutput {
        /// The task definition.
        pub definition: TaskDefinition => "taskDefinition",
        /// Its tags.
        pub tags: Vec<Tag> => "tags",
    }
    errors ["ClientException", "InvalidParameterException"]
    access { "ecs:DescribeTaskDefinition" on "*" }
}

impl Read for DescribeTaskDefinition {
    type Output = DescribeTaskDefinitionOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found = find(world, &Place::of(cx), &self.task_definition, not_described)?;
        let tags = if self.include.is_empty() { Vec::new() } else { shown(&found.tags) };
        Ok(DescribeTaskDefinitionOutput { definition: found.definition.clone(), tags })
    }
}

sim::operation! {
    /// Puts a task definition out of use: nothing new is made of it, and what runs stays.
    write DeregisterTaskDefinition in "ecs" = "POST /";
    input {
        /// Its family and revision, or ARN.
        task_definition: String => "taskDefinition",
    }
    output DeregisterTaskDefinitionOutput {
        /// The task definition.
        pub definition: TaskDefinition => "taskDefinition",
    }
    errors ["ClientException", "InvalidParameterException"]
    access { "ecs:DeregisterTaskDefinition" on "*" }
}

impl Write for DeregisterTaskDefinition {
    type Output = DeregisterTaskDefinitionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let (_, revision) = names::definition(&self.task_definition)?;
        if revision.is_none() {
            return Err(invalid("Task Definition can not be blank and must have a revision."));
        }
        let not_there = || client("The specified task definition does not exist.");
        let found = find(world, &place, &self.task_definition, not_there)?;
        if found.definition.status != DefinitionStatus::Active {
            return Ok(DeregisterTaskDefinitionOutput { definition: found.definition.clone() });
        }
        let (family, revision) = (found.definition.family.clone(), found.definition.revision);
        let found = revision_mut(world, &place, &family, revision).ok_or_else(not_there)?;
        found.definition.status = DefinitionStatus::Inactive;
        found.definition.deregistered_at = Some(cx.at);
        Ok(DeregisterTaskDefinitionOutput { definition: found.definition.clone() })
    }
}

fn revision_mut<'w>(
    world: &'w mut World,
    place: &Place,
    family: &str,
    revision: i64,
) -> Option<&'w mut Revision> {
    let region = world.get_mut::<State>().places.get_mut(place)?;
    region.families.get_mut(family)?.revisions.get_mut(&revision)
}

sim::operation! {
    /// Deletes task definitions that are out of use, once nothing is made of them any more.
    write DeleteTaskDefinitions in "ecs" = "POST /";
    input {
        /// Their families and revisions, or ARNs: up to 10.
        task_definitions: Vec<String> => required "taskDefinitions",
    }
    output DeleteTaskDefinitionsOutput {
        /// The task definitions.
        pub definitions: Vec<TaskDefinition> => "taskDefinitions",
        /// Those that cannot be deleted.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "InvalidParameterException"]
    access {
        "ecs:DeleteTaskDefinitions" on
            "arn:aws:ecs:{region}:{account}:task-definition/{taskDefinitions}",
    }
    takes time
}

impl Write for DeleteTaskDefinitions {
    type Output = DeleteTaskDefinitionsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        if self.task_definitions.is_empty() || self.task_definitions.len() > 10 {
            return Err(invalid("Task definitions must have between 1 and 10 elements."));
        }
        for given in &self.task_definitions {
            if names::definition(given)?.1.is_none() {
                return Err(invalid("Task Definition can not be blank and must have a revision."));
            }
        }
        let mut out = DeleteTaskDefinitionsOutput::default();
        for given in self.task_definitions {
            let found = find(world, &place, &given, not_described).ok();
            let fit = found.filter(|found| found.definition.status == DefinitionStatus::Inactive);
            let Some(fit) = fit else {
                let there = found.is_some();
                let detail = there.then(|| {
                    "The specified task definition is still in ACTIVE status. Please deregister the \
                     target and try again."
                        .to_owned()
                });
                let reason = if there {
                    "The specified task definition is still in ACTIVE status."
                } else {
                    "The specified task definition does not exist."
                };
                out.failures.push(Failure { arn: Some(given), reason: reason.into(), detail });
                continue;
            };
            let (family, revision) = (fit.definition.family.clone(), fit.definition.revision);
            if let Some(found) = revision_mut(world, &place, &family, revision) {
                found.definition.status = DefinitionStatus::DeleteInProgress;
                found.definition.delete_requested_at = Some(cx.at);
                out.definitions.push(found.definition.clone());
            }
            let event = Event::DeleteDefinition(place.clone(), family, revision);
            world.schedule::<State>(cx.at.plus(DEFINITION_DELETION), event);
        }
        Ok(out)
    }
}

/// Deletes a definition unless something is made of it; then later.
pub(crate) fn delete(world: &mut World, place: &Place, name: &str, revision: i64) {
    let Some(region) = world.get_mut::<State>().places.get_mut(place) else { return };
    let mut runs = region.clusters.values().flat_map(|unit| unit.tasks.values());
    if runs.any(|run| run.family == name && run.revision == revision) {
        let at = world.now().plus(DEFINITION_DELETION);
        let event = Event::DeleteDefinition(place.clone(), name.to_owned(), revision);
        world.schedule::<State>(at, event);
        return;
    }
    if let Some(family) = region.families.get_mut(name) {
        family.revisions.remove(&revision);
    }
}

sim::string_enum! {
    /// In which order a list comes.
    pub enum SortOrder {
        Asc = "ASC",
        Desc = "DESC",
    }
}

sim::operation! {
    /// Lists task definitions.
    read ListTaskDefinitions in "ecs" = "POST /";
    input {
        /// The family; all when it is not given.
        family_prefix: Option<String> => "familyPrefix",
        /// Where they are in their life; `ACTIVE` unless said.
        status: Option<DefinitionStatus> => "status",
        /// By family and revision, from the first or from the last.
        sort: Option<SortOrder> => "sort",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
    }
    output ListTaskDefinitionsOutput {
        /// Their ARNs.
        pub arns: Vec<String> => "taskDefinitionArns",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClientException", "InvalidParameterException"]
    access { "ecs:ListTaskDefinitions" on "*" }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["taskDefinitionArns"],
    }
}

impl Read for ListTaskDefinitions {
    type Output = ListTaskDefinitionsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().places.get(&Place::of(cx));
        let wanted = self.status.unwrap_or_default();
        let families = region.into_iter().flat_map(|region| &region.families);
        let meant = families
            .filter(|(name, _)| self.family_prefix.as_ref().is_none_or(|prefix| prefix == *name));
        let all = meant.flat_map(|(_, family)| family.revisions.values());
        let fitting = all.filter(|revision| revision.definition.status == wanted);
        let mut arns: Vec<String> = fitting.map(|own| own.definition.arn.clone()).collect();
        if self.sort == Some(SortOrder::Desc) {
            arns.reverse();
        }
        let token = self.next_token.as_deref();
        let (arns, next_token) = page::cut(arns, String::as_str, token, self.max_results)?;
        Ok(ListTaskDefinitionsOutput { arns, next_token })
    }
}

sim::string_enum! {
    /// Which families are listed.
    pub enum FamilyStatus {
        Active = "ACTIVE",
        Inactive = "INACTIVE",
        All = "ALL",
    }
}

sim::operation! {
    /// Lists families of task definitions.
    read ListTaskDefinitionFamilies in "ecs" = "POST /";
    input {
        /// What their names begin with.
        family_prefix: Option<String> => "familyPrefix",
        /// Those with an active revision, those without, or all; all unless said.
        status: Option<FamilyStatus> => "status",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
    }
    output ListTaskDefinitionFamiliesOutput {
        /// Their names.
        pub families: Vec<String> => "families",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClientException", "InvalidParameterException"]
    access { "ecs:ListTaskDefinitionFamilies" on "*" }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["families"],
    }
}

impl Read for ListTaskDefinitionFamilies {
    type Output = ListTaskDefinitionFamiliesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().places.get(&Place::of(cx));
        let prefix = self.family_prefix.unwrap_or_default();
        let families = region.into_iter().flat_map(|region| &region.families);
        let meant = families.filter(|(name, family)| {
            name.starts_with(&prefix)
                && match self.status {
                    Some(FamilyStatus::Active) => family.newest().is_some(),
                    Some(FamilyStatus::Inactive) => family.newest().is_none(),
                    _ => !family.revisions.is_empty(),
                }
        });
        let names = meant.map(|(name, _)| name.clone()).collect();
        let token = self.next_token.as_deref();
        let (families, next_token) = page::cut(names, String::as_str, token, self.max_results)?;
        Ok(ListTaskDefinitionFamiliesOutput { families, next_token })
    }
}
