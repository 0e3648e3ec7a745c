//! What several structures have.

use sim::api::{Shape, Shaped, Value, Wrong};

/// What stands in the place of a structure that is refused whatever is in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Anything;

impl Shaped for Anything {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::Document
    }
    fn from_value(_: Value) -> Result<Self, Wrong> {
        Ok(Self)
    }
    fn into_value(self) -> Value {
        Value::Null
    }
    fn is_absent(&self) -> bool {
        true
    }
}

sim::structure! {
    /// A label of a resource.
    pub struct Tag {
        /// Its key: up to 128 characters.
        pub key: Option<String> => "key",
        /// Its value: up to 256 characters.
        pub value: Option<String> => "value",
    }
}

sim::structure! {
    /// A name and a value.
    pub struct KeyValuePair {
        /// The name.
        pub name: Option<String> => "name",
        /// The value.
        pub value: Option<String> => "value",
    }
}

impl KeyValuePair {
    pub(crate) fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: Some(name.to_owned()), value: Some(value.into()) }
    }
}

sim::structure! {
    /// What something has beside itself: a network interface, of a task.
    pub struct Attachment {
        /// Its id.
        pub id: String => "id",
        /// `ElasticNetworkInterface`
        pub kind: String => "type",
        /// `PRECREATED`, `CREATED`, `ATTACHING`, `ATTACHED`, `DETACHING`, `DETACHED`, `DELETED`
        pub status: String => "status",
        /// What is known of it.
        pub details: Vec<KeyValuePair> => "details",
    }
}

sim::string_enum! {
    /// What attributes are of.
    pub enum TargetType {
        ContainerInstance = "container-instance",
    }
}

sim::structure! {
    /// Something that is said of a container instance, by which tasks are placed.
    pub struct Attribute {
        /// The name.
        pub name: String => "name",
        /// The value.
        pub value: Option<String> => "value",
        /// What it is of.
        pub target_type: Option<TargetType> => "targetType",
        /// Which one: its id or ARN.
        pub target_id: Option<String> => "targetId",
    }
}

impl Attribute {
    pub(crate) fn bare(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub(crate) fn valued(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: Some(value.to_owned()), ..Self::default() }
    }
}

sim::structure! {
    /// One of several things that could not be done.
    pub struct Failure {
        /// What it was to be done with.
        pub arn: Option<String> => "arn",
        /// Why not: `MISSING`, `RESOURCE:MEMORY`, …
        pub reason: String => "reason",
        /// More of it.
        pub detail: Option<String> => "detail",
    }
}

impl Failure {
    pub(crate) fn missing(arn: String) -> Self {
        Self { arn: Some(arn), reason: "MISSING".into(), detail: None }
    }
}

sim::string_enum! {
    /// What tasks run on.
    pub enum LaunchType {
        Ec2 = "EC2",
        Fargate = "FARGATE",
        External = "EXTERNAL",
        ManagedInstances = "MANAGED_INSTANCES",
    }
}

sim::structure! {
    /// How much of what is to run on a capacity provider.
    pub struct CapacityProviderStrategyItem {
        /// `FARGATE`
        pub capacity_provider: String => "capacityProvider",
        /// Its share of the tasks beyond the bases.
        pub weight: Option<i64> => "weight",
        /// How many tasks it has at least.
        pub base: Option<i64> => "base",
    }
}

sim::string_enum! {
    /// Whether an interface has a public address.
    pub enum AssignPublicIp {
        Disabled = "DISABLED",
        Enabled = "ENABLED",
    }
}

sim::structure! {
    /// Where the interfaces of tasks stand.
    pub struct AwsVpcConfiguration {
        /// The subnets, of one network: up to 16.
        pub subnets: Vec<String> => required "subnets",
        /// The security groups: up to five; the network's default group when there are none.
        pub security_groups: Vec<String> => "securityGroups",
        /// Whether they have public addresses.
        pub assign_public_ip: Option<AssignPublicIp> => "assignPublicIp",
    }
}

sim::structure! {
    /// How tasks are in the network.
    pub struct NetworkConfiguration {
        /// Of tasks with interfaces of their own.
        pub awsvpc: Option<AwsVpcConfiguration> => "awsvpcConfiguration",
    }
}

sim::string_enum! {
    /// What a constraint asks for.
    pub enum ConstraintType {
        DistinctInstance = "distinctInstance",
        MemberOf = "memberOf",
    }
}

sim::structure! {
    /// What an instance must be like for a task to be placed on it.
    pub struct PlacementConstraint {
        /// What is asked for.
        pub kind: Option<ConstraintType> => "type",
        /// Which instances, in the cluster query language, of `memberOf`.
        pub expression: Option<String> => "expression",
    }
}

sim::string_enum! {
    /// How an instance is chosen.
    pub enum StrategyType {
        Random = "random",
        Spread = "spread",
        Binpack = "binpack",
    }
}

sim::structure! {
    /// How an instance is chosen among those that would do.
    pub struct PlacementStrategy {
        /// How.
        pub kind: Option<StrategyType> => "type",
        /// By what: `attribute:ecs.availability-zone`, `instanceId`, `cpu`, `memory`.
        pub field: Option<String> => "field",
    }
}

sim::string_enum! {
    /// Whose tags tasks have.
    pub enum PropagateTags {
        None = "NONE",
        TaskDefinition = "TASK_DEFINITION",
        Service = "SERVICE",
    }
}

sim::string_enum! {
    /// What a description is to have beside the usual.
    pub enum IncludeTags {
        Tags = "TAGS",
    }
}

/// A list that must have nothing in it, as what AWS describes has it: what would stand in it is not
/// simulated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Empty<T>(std::marker::PhantomData<T>);

impl<T: Shaped> Shaped for Empty<T> {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Shape::List(T::shape)
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::Array(items) if items.is_empty() => Ok(Self(std::marker::PhantomData)),
            _ => Err(Wrong::Refused(String::new())),
        }
    }
    fn into_value(self) -> Value {
        Value::Array(Vec::new())
    }
}
