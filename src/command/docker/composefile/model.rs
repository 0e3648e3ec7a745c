//! A Compose file as types: what is left when everything has its long form.
//!
//! Durations stay as Go spells them and sizes as bytes; whoever needs a number reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A mapping of texts; a name may stand without a value.
pub(crate) type Texts = BTreeMap<String, Option<String>>;

/// A whole file, or several merged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    pub(crate) name: Option<String>,
    pub(crate) services: BTreeMap<String, Service>,
    pub(crate) networks: BTreeMap<String, Network>,
    pub(crate) volumes: BTreeMap<String, Volume>,
    pub(crate) secrets: BTreeMap<String, Stored>,
    pub(crate) configs: BTreeMap<String, Stored>,
}

/// One service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the format by that name")]
pub(crate) struct Service {
    pub(crate) build: Option<Build>,
    pub(crate) cap_add: Vec<String>,
    pub(crate) cap_drop: Vec<String>,
    pub(crate) cgroup_parent: Option<String>,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) configs: Vec<FileRef>,
    pub(crate) container_name: Option<String>,
    pub(crate) cpu_shares: Option<Value>,
    pub(crate) cpus: Option<Value>,
    pub(crate) cpuset: Option<String>,
    pub(crate) credential_spec: Option<Credential>,
    #[serde(deserialize_with = "dependencies")]
    pub(crate) depends_on: BTreeMap<String, Dependency>,
    pub(crate) deploy: Option<Deploy>,
    pub(crate) devices: Vec<String>,
    pub(crate) dns: Vec<String>,
    pub(crate) dns_opt: Vec<String>,
    pub(crate) dns_search: Vec<String>,
    pub(crate) domainname: Option<String>,
    pub(crate) entrypoint: Option<Vec<String>>,
    pub(crate) environment: Texts,
    pub(crate) expose: Vec<String>,
    pub(crate) extra_hosts: Vec<String>,
    pub(crate) group_add: Vec<Value>,
    pub(crate) healthcheck: Option<Health>,
    pub(crate) hostname: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) init: Option<bool>,
    pub(crate) ipc: Option<String>,
    pub(crate) isolation: Option<String>,
    pub(crate) labels: Texts,
    pub(crate) links: Vec<String>,
    pub(crate) logging: Option<Logging>,
    pub(crate) mac_address: Option<String>,
    pub(crate) mem_limit: Option<Value>,
    pub(crate) mem_reservation: Option<Value>,
    pub(crate) network_mode: Option<String>,
    pub(crate) networks: BTreeMap<String, Option<Joined>>,
    pub(crate) oom_score_adj: Option<i64>,
    pub(crate) pid: Option<String>,
    pub(crate) pids_limit: Option<Value>,
    pub(crate) platform: Option<String>,
    pub(crate) ports: Vec<Port>,
    pub(crate) privileged: bool,
    pub(crate) profiles: Vec<String>,
    pub(crate) pull_policy: Option<String>,
    pub(crate) read_only: bool,
    pub(crate) restart: Option<String>,
    pub(crate) runtime: Option<String>,
    pub(crate) scale: Option<u64>,
    pub(crate) secrets: Vec<FileRef>,
    pub(crate) security_opt: Vec<String>,
    pub(crate) shm_size: Option<Value>,
    pub(crate) stdin_open: bool,
    pub(crate) stop_grace_period: Option<String>,
    pub(crate) stop_signal: Option<String>,
    pub(crate) sysctls: Texts,
    pub(crate) tmpfs: Vec<String>,
    pub(crate) tty: bool,
    pub(crate) ulimits: BTreeMap<String, Limit>,
    pub(crate) user: Option<String>,
    pub(crate) userns_mode: Option<String>,
    pub(crate) volumes: Vec<Mount>,
    pub(crate) working_dir: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Build {
    pub(crate) context: Option<String>,
    pub(crate) dockerfile: Option<String>,
    pub(crate) dockerfile_inline: Option<String>,
    pub(crate) args: Texts,
    pub(crate) labels: Texts,
    pub(crate) cache_from: Vec<String>,
    pub(crate) network: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) no_cache: bool,
}

/// What a service waits for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) condition: String,
    #[serde(default = "yes")]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) restart: bool,
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
pub(crate) struct Credential {
    pub(crate) config: String,
    pub(crate) file: String,
    pub(crate) registry: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Deploy {
    pub(crate) mode: Option<String>,
    pub(crate) replicas: Option<Value>,
    pub(crate) labels: Texts,
    pub(crate) update_config: Option<Change>,
    pub(crate) rollback_config: Option<Change>,
    pub(crate) resources: Resources,
    pub(crate) restart_policy: Option<Restart>,
    pub(crate) placement: Placement,
    pub(crate) endpoint_mode: Option<String>,
}

/// How tasks are replaced.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Change {
    pub(crate) parallelism: Option<u64>,
    pub(crate) delay: Option<String>,
    pub(crate) failure_action: Option<String>,
    pub(crate) monitor: Option<String>,
    pub(crate) max_failure_ratio: f64,
    pub(crate) order: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Resources {
    pub(crate) limits: Option<Amount>,
    pub(crate) reservations: Option<Amount>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Amount {
    pub(crate) cpus: Option<String>,
    /// Bytes.
    pub(crate) memory: Option<String>,
    pub(crate) pids: Option<Value>,
    pub(crate) generic_resources: Vec<Generic>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Generic {
    pub(crate) discrete_resource_spec: Discrete,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Discrete {
    pub(crate) kind: String,
    pub(crate) value: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Restart {
    pub(crate) condition: Option<String>,
    pub(crate) delay: Option<String>,
    pub(crate) max_attempts: Option<u64>,
    pub(crate) window: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Placement {
    pub(crate) constraints: Vec<String>,
    pub(crate) preferences: Vec<Preference>,
    pub(crate) max_replicas_per_node: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Preference {
    pub(crate) spread: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Health {
    pub(crate) test: Vec<String>,
    pub(crate) timeout: Option<String>,
    pub(crate) interval: Option<String>,
    pub(crate) retries: Option<f64>,
    pub(crate) start_period: Option<String>,
    pub(crate) disable: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Logging {
    pub(crate) driver: Option<String>,
    pub(crate) options: Texts,
}

/// How a service stands in a network.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Joined {
    pub(crate) aliases: Vec<String>,
    pub(crate) ipv4_address: Option<String>,
    pub(crate) ipv6_address: Option<String>,
    pub(crate) driver_opts: Texts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Port {
    pub(crate) mode: Option<String>,
    pub(crate) target: u16,
    /// A number for `docker stack`, a text for `docker compose`.
    pub(crate) published: Option<Value>,
    pub(crate) protocol: Option<String>,
    pub(crate) host_ip: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FileRef {
    pub(crate) source: String,
    pub(crate) target: Option<String>,
    pub(crate) uid: Option<String>,
    pub(crate) gid: Option<String>,
    pub(crate) mode: Option<Value>,
}

/// One number for both sides, or two.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Limit {
    Both(i64),
    Each { soft: i64, hard: i64 },
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Mount {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) source: Option<String>,
    pub(crate) target: String,
    pub(crate) read_only: bool,
    pub(crate) consistency: Option<String>,
    pub(crate) bind: Option<Bind>,
    pub(crate) volume: Option<OfVolume>,
    pub(crate) tmpfs: Option<Tmpfs>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Bind {
    pub(crate) propagation: Option<String>,
    pub(crate) create_host_path: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OfVolume {
    pub(crate) nocopy: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tmpfs {
    pub(crate) size: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the format by that name")]
pub(crate) struct Network {
    pub(crate) name: Option<String>,
    pub(crate) driver: Option<String>,
    pub(crate) driver_opts: Texts,
    pub(crate) ipam: Ipam,
    pub(crate) external: bool,
    pub(crate) internal: bool,
    pub(crate) attachable: bool,
    pub(crate) enable_ipv6: bool,
    pub(crate) labels: Texts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ipam {
    pub(crate) driver: Option<String>,
    pub(crate) config: Vec<Pool>,
    pub(crate) options: Texts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pool {
    pub(crate) subnet: Option<String>,
    pub(crate) ip_range: Option<String>,
    pub(crate) gateway: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Volume {
    pub(crate) name: Option<String>,
    pub(crate) driver: Option<String>,
    pub(crate) driver_opts: Texts,
    pub(crate) external: bool,
    pub(crate) labels: Texts,
}

/// A secret or a config.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Stored {
    pub(crate) name: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) external: bool,
    pub(crate) labels: Texts,
    pub(crate) driver: Option<String>,
    pub(crate) driver_opts: Texts,
    pub(crate) template_driver: Option<String>,
}
