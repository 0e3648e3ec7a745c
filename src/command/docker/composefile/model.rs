//! A Compose file as types: what is left when everything has its long form.
//!
//! Durations stay as Go spells them and sizes as bytes; whoever needs a number reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A mapping of texts; a name may stand without a value.
pub(in crate::command::docker) type Texts = BTreeMap<String, Option<String>>;

/// A whole file, or several merged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct File {
    pub(in crate::command::docker) name: Option<String>,
    pub(in crate::command::docker) services: BTreeMap<String, Service>,
    pub(in crate::command::docker) networks: BTreeMap<String, Network>,
    pub(in crate::command::docker) volumes: BTreeMap<String, Volume>,
    pub(in crate::command::docker) secrets: BTreeMap<String, Stored>,
    pub(in crate::command::docker) configs: BTreeMap<String, Stored>,
}

/// One service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the format by that name")]
pub(in crate::command::docker) struct Service {
    pub(in crate::command::docker) build: Option<Build>,
    pub(in crate::command::docker) cap_add: Vec<String>,
    pub(in crate::command::docker) cap_drop: Vec<String>,
    pub(in crate::command::docker) cgroup_parent: Option<String>,
    pub(in crate::command::docker) command: Option<Vec<String>>,
    pub(in crate::command::docker) configs: Vec<FileRef>,
    pub(in crate::command::docker) container_name: Option<String>,
    pub(in crate::command::docker) cpu_shares: Option<Value>,
    pub(in crate::command::docker) cpus: Option<Value>,
    pub(in crate::command::docker) cpuset: Option<String>,
    pub(in crate::command::docker) credential_spec: Option<Credential>,
    #[serde(deserialize_with = "dependencies")]
    pub(in crate::command::docker) depends_on: BTreeMap<String, Dependency>,
    pub(in crate::command::docker) deploy: Option<Deploy>,
    pub(in crate::command::docker) devices: Vec<String>,
    pub(in crate::command::docker) dns: Vec<String>,
    pub(in crate::command::docker) dns_opt: Vec<String>,
    pub(in crate::command::docker) dns_search: Vec<String>,
    pub(in crate::command::docker) domainname: Option<String>,
    pub(in crate::command::docker) entrypoint: Option<Vec<String>>,
    pub(in crate::command::docker) environment: Texts,
    pub(in crate::command::docker) expose: Vec<String>,
    pub(in crate::command::docker) extra_hosts: Vec<String>,
    pub(in crate::command::docker) group_add: Vec<Value>,
    pub(in crate::command::docker) healthcheck: Option<Health>,
    pub(in crate::command::docker) hostname: Option<String>,
    pub(in crate::command::docker) image: Option<String>,
    pub(in crate::command::docker) init: Option<bool>,
    pub(in crate::command::docker) ipc: Option<String>,
    pub(in crate::command::docker) isolation: Option<String>,
    pub(in crate::command::docker) labels: Texts,
    pub(in crate::command::docker) links: Vec<String>,
    pub(in crate::command::docker) logging: Option<Logging>,
    pub(in crate::command::docker) mac_address: Option<String>,
    pub(in crate::command::docker) mem_limit: Option<Value>,
    pub(in crate::command::docker) mem_reservation: Option<Value>,
    pub(in crate::command::docker) network_mode: Option<String>,
    pub(in crate::command::docker) networks: BTreeMap<String, Option<Joined>>,
    pub(in crate::command::docker) oom_score_adj: Option<i64>,
    pub(in crate::command::docker) pid: Option<String>,
    pub(in crate::command::docker) pids_limit: Option<Value>,
    pub(in crate::command::docker) platform: Option<String>,
    pub(in crate::command::docker) ports: Vec<Port>,
    pub(in crate::command::docker) privileged: bool,
    pub(in crate::command::docker) profiles: Vec<String>,
    pub(in crate::command::docker) pull_policy: Option<String>,
    pub(in crate::command::docker) read_only: bool,
    pub(in crate::command::docker) restart: Option<String>,
    pub(in crate::command::docker) runtime: Option<String>,
    pub(in crate::command::docker) scale: Option<u64>,
    pub(in crate::command::docker) secrets: Vec<FileRef>,
    pub(in crate::command::docker) security_opt: Vec<String>,
    pub(in crate::command::docker) shm_size: Option<Value>,
    pub(in crate::command::docker) stdin_open: bool,
    pub(in crate::command::docker) stop_grace_period: Option<String>,
    pub(in crate::command::docker) stop_signal: Option<String>,
    pub(in crate::command::docker) sysctls: Texts,
    pub(in crate::command::docker) tmpfs: Vec<String>,
    pub(in crate::command::docker) tty: bool,
    pub(in crate::command::docker) ulimits: BTreeMap<String, Limit>,
    pub(in crate::command::docker) user: Option<String>,
    pub(in crate::command::docker) userns_mode: Option<String>,
    pub(in crate::command::docker) volumes: Vec<Mount>,
    pub(in crate::command::docker) working_dir: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Build {
    pub(in crate::command::docker) context: Option<String>,
    pub(in crate::command::docker) dockerfile: Option<String>,
    pub(in crate::command::docker) dockerfile_inline: Option<String>,
    pub(in crate::command::docker) args: Texts,
    pub(in crate::command::docker) labels: Texts,
    pub(in crate::command::docker) cache_from: Vec<String>,
    pub(in crate::command::docker) network: Option<String>,
    pub(in crate::command::docker) target: Option<String>,
    pub(in crate::command::docker) no_cache: bool,
}

/// What a service waits for.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::command::docker) struct Dependency {
    pub(in crate::command::docker) condition: String,
    #[serde(default = "yes")]
    pub(in crate::command::docker) required: bool,
    #[serde(default)]
    pub(in crate::command::docker) restart: bool,
}

fn yes() -> bool {
    true
}

/// `docker stack` keeps a list of names, which means nothing there.
fn dependencies<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, Dependency>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Names(Vec<String>),
        Full(BTreeMap<String, Dependency>),
    }
    Ok(match Either::deserialize(from)? {
        Either::Full(map) => map,
        Either::Names(names) => {
            let started = || Dependency {
                condition: "service_started".into(),
                required: true,
                restart: false,
            };
            names.into_iter().map(|name| (name, started())).collect()
        }
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Credential {
    pub(in crate::command::docker) config: String,
    pub(in crate::command::docker) file: String,
    pub(in crate::command::docker) registry: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Deploy {
    pub(in crate::command::docker) mode: Option<String>,
    pub(in crate::command::docker) replicas: Option<Value>,
    pub(in crate::command::docker) labels: Texts,
    pub(in crate::command::docker) update_config: Option<Change>,
    pub(in crate::command::docker) rollback_config: Option<Change>,
    pub(in crate::command::docker) resources: Resources,
    pub(in crate::command::docker) restart_policy: Option<Restart>,
    pub(in crate::command::docker) placement: Placement,
    pub(in crate::command::docker) endpoint_mode: Option<String>,
}

/// How tasks are replaced.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Change {
    pub(in crate::command::docker) parallelism: Option<u64>,
    pub(in crate::command::docker) delay: Option<String>,
    pub(in crate::command::docker) failure_action: Option<String>,
    pub(in crate::command::docker) monitor: Option<String>,
    pub(in crate::command::docker) max_failure_ratio: f64,
    pub(in crate::command::docker) order: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Resources {
    pub(in crate::command::docker) limits: Option<Amount>,
    pub(in crate::command::docker) reservations: Option<Amount>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Amount {
    pub(in crate::command::docker) cpus: Option<String>,
    /// Bytes.
    pub(in crate::command::docker) memory: Option<String>,
    pub(in crate::command::docker) pids: Option<Value>,
    pub(in crate::command::docker) generic_resources: Vec<Generic>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Generic {
    pub(in crate::command::docker) discrete_resource_spec: Discrete,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Discrete {
    pub(in crate::command::docker) kind: String,
    pub(in crate::command::docker) value: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Restart {
    pub(in crate::command::docker) condition: Option<String>,
    pub(in crate::command::docker) delay: Option<String>,
    pub(in crate::command::docker) max_attempts: Option<u64>,
    pub(in crate::command::docker) window: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Placement {
    pub(in crate::command::docker) constraints: Vec<String>,
    pub(in crate::command::docker) preferences: Vec<Preference>,
    pub(in crate::command::docker) max_replicas_per_node: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Preference {
    pub(in crate::command::docker) spread: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Health {
    pub(in crate::command::docker) test: Vec<String>,
    pub(in crate::command::docker) timeout: Option<String>,
    pub(in crate::command::docker) interval: Option<String>,
    pub(in crate::command::docker) retries: Option<f64>,
    pub(in crate::command::docker) start_period: Option<String>,
    pub(in crate::command::docker) disable: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Logging {
    pub(in crate::command::docker) driver: Option<String>,
    pub(in crate::command::docker) options: Texts,
}

/// How a service stands in a network.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Joined {
    pub(in crate::command::docker) aliases: Vec<String>,
    pub(in crate::command::docker) ipv4_address: Option<String>,
    pub(in crate::command::docker) ipv6_address: Option<String>,
    pub(in crate::command::docker) driver_opts: Texts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Port {
    pub(in crate::command::docker) mode: Option<String>,
    pub(in crate::command::docker) target: u16,
    /// A number for `docker stack`, a text for `docker compose`.
    pub(in crate::command::docker) published: Option<Value>,
    pub(in crate::command::docker) protocol: Option<String>,
    pub(in crate::command::docker) host_ip: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct FileRef {
    pub(in crate::command::docker) source: String,
    pub(in crate::command::docker) target: Option<String>,
    pub(in crate::command::docker) uid: Option<String>,
    pub(in crate::command::docker) gid: Option<String>,
    pub(in crate::command::docker) mode: Option<Value>,
}

/// One number for both sides, or two.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::command::docker) enum Limit {
    Both(i64),
    Each { soft: i64, hard: i64 },
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Mount {
    #[serde(rename = "type")]
    pub(in crate::command::docker) kind: String,
    pub(in crate::command::docker) source: Option<String>,
    pub(in crate::command::docker) target: String,
    pub(in crate::command::docker) read_only: bool,
    pub(in crate::command::docker) consistency: Option<String>,
    pub(in crate::command::docker) bind: Option<Bind>,
    pub(in crate::command::docker) volume: Option<OfVolume>,
    pub(in crate::command::docker) tmpfs: Option<Tmpfs>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Bind {
    pub(in crate::command::docker) propagation: Option<String>,
    pub(in crate::command::docker) create_host_path: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct OfVolume {
    pub(in crate::command::docker) nocopy: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Tmpfs {
    pub(in crate::command::docker) size: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the format by that name")]
pub(in crate::command::docker) struct Network {
    pub(in crate::command::docker) name: Option<String>,
    pub(in crate::command::docker) driver: Option<String>,
    pub(in crate::command::docker) driver_opts: Texts,
    pub(in crate::command::docker) ipam: Ipam,
    pub(in crate::command::docker) external: bool,
    pub(in crate::command::docker) internal: bool,
    pub(in crate::command::docker) attachable: bool,
    pub(in crate::command::docker) enable_ipv6: bool,
    pub(in crate::command::docker) labels: Texts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Ipam {
    pub(in crate::command::docker) driver: Option<String>,
    pub(in crate::command::docker) config: Vec<Pool>,
    pub(in crate::command::docker) options: Texts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Pool {
    pub(in crate::command::docker) subnet: Option<String>,
    pub(in crate::command::docker) ip_range: Option<String>,
    pub(in crate::command::docker) gateway: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Volume {
    pub(in crate::command::docker) name: Option<String>,
    pub(in crate::command::docker) driver: Option<String>,
    pub(in crate::command::docker) driver_opts: Texts,
    pub(in crate::command::docker) external: bool,
    pub(in crate::command::docker) labels: Texts,
}

/// A secret or a config.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::command::docker) struct Stored {
    pub(in crate::command::docker) name: Option<String>,
    pub(in crate::command::docker) file: Option<String>,
    pub(in crate::command::docker) content: Option<String>,
    pub(in crate::command::docker) environment: Option<String>,
    pub(in crate::command::docker) external: bool,
    pub(in crate::command::docker) labels: Texts,
    pub(in crate::command::docker) driver: Option<String>,
    pub(in crate::command::docker) driver_opts: Texts,
    pub(in crate::command::docker) template_driver: Option<String>,
}
