//! Clusters.

use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

use super::tags::{self, joined};
use crate::acting;
use crate::faults::{Has, client, cluster_has, invalid};
use crate::names::{self, is_name, last};
use crate::page;
use crate::shapes::cluster::{Cluster, ClusterConfiguration, ClusterSetting, SettingName};
use crate::shapes::common::{
    Anything, CapacityProviderStrategyItem, Failure, KeyValuePair, LaunchType, Tag,
};
use crate::state::{Phase, State, Unit, shown};
use aws::place::Place;

sim::string_enum! {
    /// What a description is to have beside the usual.
    pub enum ClusterField {
        Attachments = "ATTACHMENTS",
        Configurations = "CONFIGURATIONS",
        Settings = "SETTINGS",
        Statistics = "STATISTICS",
        Tags = "TAGS",
    }
}

/// Every field.
const ALL: [ClusterField; 4] = [
    ClusterField::Configurations,
    ClusterField::Settings,
    ClusterField::Statistics,
    ClusterField::Tags,
];

/// A cluster as it is told, with what was asked for.
pub(crate) fn told(unit: &Unit, fields: &[ClusterField]) -> Cluster {
    let asked = |field| fields.contains(&field);
    let in_phase = |running: bool, launch: Option<LaunchType>| {
        let runs = unit.tasks.values().filter(|run| {
            let there =
                if running { run.phase == Phase::Running } else { run.phase < Phase::Running };
            there && (launch.is_none() || run.task.launch_type == launch)
        });
        i64::try_from(runs.count()).unwrap_or(0)
    };
    let services = |launch: Option<LaunchType>, status: &str| {
        let own = unit.services.values().filter(|kept| {
            kept.service.status == status
                && (launch.is_none() || kept.service.launch_type == launch)
        });
        i64::try_from(own.count()).unwrap_or(0)
    };
    let mut statistics = Vec::new();
    if asked(ClusterField::Statistics) {
        let (ec2, fargate) = (Some(LaunchType::Ec2), Some(LaunchType::Fargate));
        for (name, count) in [
            ("runningEC2TasksCount", in_phase(true, ec2)),
            ("runningFargateTasksCount", in_phase(true, fargate)),
            ("pendingEC2TasksCount", in_phase(false, ec2)),
            ("pendingFargateTasksCount", in_phase(false, fargate)),
            ("activeEC2ServiceCount", services(ec2, "ACTIVE")),
            ("activeFargateServiceCount", services(fargate, "ACTIVE")),
            ("drainingEC2ServiceCount", services(ec2, "DRAINING")),
            ("drainingFargateServiceCount", services(fargate, "DRAINING")),
        ] {
            statistics.push(KeyValuePair::new(name, count.to_string()));
        }
    }
    Cluster {
        instances: i64::try_from(unit.instances.len()).unwrap_or(0),
        running: in_phase(true, None),
        pending: in_phase(false, None),
        services: services(None, "ACTIVE"),
        statistics,
        tags: if asked(ClusterField::Tags) { shown(&unit.tags) } else { Vec::new() },
        settings: if asked(ClusterField::Settings) { unit.settings.clone() } else { Vec::new() },
        configuration: unit.configuration.clone().filter(|_| asked(ClusterField::Configurations)),
        ..unit.cluster.clone()
    }
}

/// Holds settings to what can be set.
fn settled(given: &[ClusterSetting]) -> Result<Vec<ClusterSetting>, ApiError> {
    for setting in given {
        let value = setting.value.as_deref().unwrap_or_default();
        if value != "disabled" {
            let message = format!(
                "Invalid value for containerInsights: {value}. Container Insights are not simulated \
                 here, so they can only be disabled"
            );
            return Err(invalid(message));
        }
    }
    Ok(vec![ClusterSetting {
        name: Some(SettingName::ContainerInsights),
        value: Some("disabled".into()),
    }])
}

sim::operation! {
    /// Creates a cluster, or tells of it when it is there. Without a name it is the one that everybody
    /// means who names none: `default`.
    write CreateCluster in "ecs" = "POST /";
    input {
        /// The name: up to 255 letters, digits, hyphens and underscores.
        cluster_name: Option<String> => "clusterName",
        /// Its tags.
        tags: Vec<Tag> => "tags",
        /// Its settings.
        settings: Vec<ClusterSetting> => "settings",
        /// How commands are run in its containers.
        configuration: Option<ClusterConfiguration> => "configuration",
        /// The capacity providers that may be used: `FARGATE`, `FARGATE_SPOT`.
        capacity_providers: Vec<String> => "capacityProviders",
        /// What is used when nothing is said.
        default_strategy: Vec<CapacityProviderStrategyItem> => "defaultCapacityProviderStrategy",
        /// Names for services; not simulated.
        _service_connect: Refused<Anything> => "serviceConnectDefaults",
    }
    output CreateClusterOutput {
        /// The cluster.
        pub cluster: Cluster => "cluster",
    }
    errors ["ClientException", "InvalidParameterException"]
    access {
        "ecs:CreateCluster" on "arn:aws:ecs:{region}:{account}:cluster/{clusterName}"
            keys { "aws:TagKeys": "tags.key" },
    }
}

impl Write for CreateCluster {
    type Output = CreateClusterOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let name = self.cluster_name.unwrap_or_else(|| names::DEFAULT_CLUSTER.to_owned());
        if !is_name(&name) {
            return Err(invalid("Invalid cluster name."));
        }
        crate::providers::check(&self.capacity_providers, &self.default_strategy)?;
        let settings = settled(&self.settings)?;
        let tags = joined(&tags::Tags::new(), self.tags)?;
        let there = world.get::<State>().find(&place, &name);
        if let Some(unit) = there.filter(|unit| unit.is_active()) {
            return Ok(CreateClusterOutput { cluster: told(unit, &ALL) });
        }
        acting::link(world, cx);
        let unit = Unit {
            cluster: Cluster {
                arn: names::cluster_arn(&place, &name),
                name: name.clone(),
                status: "ACTIVE".into(),
                capacity_providers: self.capacity_providers,
                default_strategy: self.default_strategy,
                ..Cluster::default()
            },
            configuration: self.configuration,
            settings,
            tags,
            ..Unit::default()
        };
        let cluster = told(&unit, &ALL);
        world.get_mut::<State>().region_mut(&place).clusters.insert(name, unit);
        Ok(CreateClusterOutput { cluster })
    }
}

sim::operation! {
    /// Deletes a cluster in which nothing is left. It is shown as `INACTIVE` for a while.
    write DeleteCluster in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: String => "cluster",
    }
    output DeleteClusterOutput {
        /// The cluster.
        pub cluster: Cluster => "cluster",
    }
    errors ["ClientException", "ClusterContainsContainerInstancesException",
        "ClusterContainsServicesException", "ClusterContainsTasksException",
        "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:DeleteCluster" on "arn:aws:ecs:{region}:{account}:cluster/{cluster}" }
}

impl Write for DeleteCluster {
    type Output = DeleteClusterOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, name) = (Place::of(cx), names::cluster(Some(&self.cluster)));
        let unit = world.get::<State>().find(&place, &name);
        let unit = unit.ok_or_else(crate::faults::no_cluster)?;
        if !unit.instances.is_empty() {
            return Err(cluster_has(Has::Instances));
        }
        if unit.services.values().any(|kept| !kept.is_over()) {
            return Err(cluster_has(Has::Services));
        }
        if unit.tasks.values().any(|run| run.phase != Phase::Stopped) {
            return Err(cluster_has(Has::Tasks));
        }
        let unit = world.get_mut::<State>().find_mut(&place, &name);
        let unit = unit.ok_or_else(crate::faults::no_cluster)?;
        "INACTIVE".clone_into(&mut unit.cluster.status);
        unit.services.clear();
        Ok(DeleteClusterOutput { cluster: told(unit, &ALL) })
    }
}

sim::operation! {
    /// Describes clusters.
    read DescribeClusters in "ecs" = "POST /";
    input {
        /// Names or ARNs: up to 100; `default` when there are none.
        clusters: Vec<String> => "clusters",
        /// What is told beside the usual.
        include: Vec<ClusterField> => "include",
    }
    output DescribeClustersOutput {
        /// The clusters.
        pub clusters: Vec<Cluster> => "clusters",
        /// Those that are not there.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "InvalidParameterException"]
    access { "ecs:DescribeClusters" on "arn:aws:ecs:{region}:{account}:cluster/{clusters}" }
}

impl Read for DescribeClusters {
    type Output = DescribeClustersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.clusters.len() > 100 {
            return Err(invalid("Clusters can not have more than 100 elements."));
        }
        let place = Place::of(cx);
        let mut names = self.clusters;
        if names.is_empty() {
            names.push(names::DEFAULT_CLUSTER.to_owned());
        }
        let mut out = DescribeClustersOutput::default();
        for given in names {
            let name = last(&given);
            match world.get::<State>().find(&place, name) {
                Some(unit) => out.clusters.push(told(unit, &self.include)),
                None => out.failures.push(Failure::missing(names::cluster_arn(&place, name))),
            }
        }
        Ok(out)
    }
}

sim::operation! {
    /// Lists clusters.
    read ListClusters in "ecs" = "POST /";
    input {
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
    }
    output ListClustersOutput {
        /// Their ARNs.
        pub arns: Vec<String> => "clusterArns",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClientException", "InvalidParameterException"]
    access { "ecs:ListClusters" on "*" }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["clusterArns"],
    }
}

impl Read for ListClusters {
    type Output = ListClustersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().places.get(&Place::of(cx));
        let all = region.into_iter().flat_map(|region| region.clusters.values());
        let arns = all.filter(|unit| unit.is_active()).map(|unit| unit.cluster.arn.clone());
        let token = self.next_token.as_deref();
        let (arns, next_token) =
            page::cut(arns.collect(), String::as_str, token, self.max_results)?;
        Ok(ListClustersOutput { arns, next_token })
    }
}

sim::operation! {
    /// Changes how a cluster is set up.
    write UpdateCluster in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: String => "cluster",
        /// Its settings.
        settings: Vec<ClusterSetting> => "settings",
        /// How commands are run in its containers.
        configuration: Option<ClusterConfiguration> => "configuration",
        /// Names for services; not simulated.
        _service_connect: Refused<Anything> => "serviceConnectDefaults",
    }
    output UpdateClusterOutput {
        /// The cluster.
        pub cluster: Cluster => "cluster",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:UpdateCluster" on "arn:aws:ecs:{region}:{account}:cluster/{cluster}" }
}

impl Write for UpdateCluster {
    type Output = UpdateClusterOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = names::cluster(Some(&self.cluster));
        world.get::<State>().unit(&Place::of(cx), &name)?;
        let settings = settled(&self.settings)?;
        let unit = world.get_mut::<State>().unit_mut(&Place::of(cx), &name)?;
        unit.settings = settings;
        if self.configuration.is_some() {
            unit.configuration = self.configuration;
        }
        Ok(UpdateClusterOutput { cluster: told(unit, &ALL) })
    }
}

sim::operation! {
    /// Changes the settings of a cluster.
    write UpdateClusterSettings in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: String => "cluster",
        /// Its settings.
        settings: Vec<ClusterSetting> => required "settings",
    }
    output UpdateClusterSettingsOutput {
        /// The cluster.
        pub cluster: Cluster => "cluster",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:UpdateClusterSettings" on "arn:aws:ecs:{region}:{account}:cluster/{cluster}" }
}

impl Write for UpdateClusterSettings {
    type Output = UpdateClusterSettingsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = names::cluster(Some(&self.cluster));
        world.get::<State>().unit(&Place::of(cx), &name)?;
        if self.settings.is_empty() {
            return Err(client("Settings should not be null or empty."));
        }
        let settings = settled(&self.settings)?;
        let unit = world.get_mut::<State>().unit_mut(&Place::of(cx), &name)?;
        unit.settings = settings;
        Ok(UpdateClusterSettingsOutput { cluster: told(unit, &ALL) })
    }
}
