//! A service as the body of the engine's create call.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::project::Project;
use super::{
    DEPENDS, FILES, FOLDER, HASH, IMAGE, NUMBER, ONE_OFF, PROJECT, SERVICE, SLUG, VERSION,
};
use crate::composefile::model::{Dependency, Limit, Mount, Service};
use crate::values::nano_cpus;
use command_line::duration;
use command_line::size;
use docker::LABEL;

/// What a container is made of beside its service.
pub(super) struct Made<'a> {
    pub(super) project: &'a Project,
    pub(super) name: &'a str,
    pub(super) service: &'a Service,
    pub(super) number: u32,
    pub(super) hash: &'a str,
    pub(super) lab: &'a str,
    /// Volumes without a name that the container before it had, each with its place.
    pub(super) kept: Vec<String>,
    /// The id of its image.
    pub(super) image: &'a str,
    /// What makes it one that `run` asked for.
    pub(super) one_off: Option<OneOff>,
}

/// A container beside those of the file.
#[derive(Clone)]
pub(super) struct OneOff {
    pub(super) name: String,
    /// Tells it from others.
    pub(super) slug: String,
    /// Whether others find it by the service's name.
    pub(super) aliases: bool,
    /// Whether it goes away by itself.
    pub(super) remove: bool,
}

/// A hash of everything that makes a container what it is.
pub(super) fn hash(project: &Project, name: &str) -> String {
    use sha2::Digest as _;
    let service = project.root.get("services").and_then(|s| s.get(name));
    let mut service = service.and_then(Value::as_object).cloned().unwrap_or_default();
    // How many there are and what they wait for changes no container.
    for key in ["build", "depends_on", "profiles", "scale", "pull_policy", "extends"] {
        service.remove(key);
    }
    if let Some(Value::Object(deploy)) = service.get_mut("deploy") {
        deploy.remove("replicas");
    }
    let sorted: BTreeMap<&String, &Value> = service.iter().collect();
    let text = serde_json::to_string(&sorted).unwrap_or_default();
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The name of a service's container.
pub(super) fn container_name(project: &Project, name: &str, number: u32) -> String {
    let own = project.file.services.get(name).and_then(|s| s.container_name.clone());
    own.unwrap_or_else(|| format!("{}-{name}-{number}", project.name))
}

/// The networks of a service by their names on the engine, each with its settings there.
pub(super) fn networks(
    project: &Project,
    name: &str,
    service: &Service,
    named: bool,
) -> Vec<(String, Value)> {
    if service.network_mode.is_some() {
        return Vec::new();
    }
    let aliases = |own: Vec<String>| -> Vec<String> {
        if !named {
            return Vec::new();
        }
        std::iter::once(name.to_owned()).chain(own).collect()
    };
    if service.networks.is_empty() {
        return vec![(project.network("default"), json!({ "Aliases": aliases(Vec::new()) }))];
    }
    let one = |key: &String| {
        let joined = service.networks.get(key).cloned().flatten().unwrap_or_default();
        let mut settings = json!({ "Aliases": aliases(joined.aliases) });
        if joined.ipv4_address.is_some() || joined.ipv6_address.is_some() {
            settings["IPAMConfig"] =
                json!({ "IPv4Address": joined.ipv4_address, "IPv6Address": joined.ipv6_address });
        }
        (project.network(key), settings)
    };
    service.networks.keys().map(one).collect()
}

impl Made<'_> {
    /// The whole body, with the first network; the others are joined afterwards.
    ///
    /// # Errors
    /// A value that is no size or number.
    pub(super) fn body(&self) -> Result<Value, String> {
        let service = self.service;
        let mut exposed = Map::new();
        for port in &service.ports {
            exposed.insert(port_key(port.target, port.protocol.as_deref()), json!({}));
        }
        for port in &service.expose {
            let key = if port.contains('/') { port.clone() } else { format!("{port}/tcp") };
            exposed.insert(key, json!({}));
        }
        let mut body = json!({
            "Image": self.project.image(self.name, service),
            "Labels": self.labels(),
            "Env": environment(service),
            "ExposedPorts": exposed,
            "Tty": service.tty,
            "OpenStdin": service.stdin_open,
            "StdinOnce": service.stdin_open && self.one_off.is_some(),
            "AttachStdout": true,
            "AttachStderr": true,
            "HostConfig": self.host()?,
        });
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                body[key] = value;
            }
        };
        put("Hostname", json!(service.hostname));
        put("Domainname", json!(service.domainname));
        put("User", json!(service.user));
        put("WorkingDir", json!(service.working_dir));
        put("Cmd", json!(service.command));
        put("Entrypoint", json!(service.entrypoint));
        put("StopSignal", json!(service.stop_signal));
        put("MacAddress", json!(service.mac_address));
        let grace = service.stop_grace_period.as_deref().and_then(|t| duration::parse(t).ok());
        put("StopTimeout", json!(grace.map(|n| n / 1_000_000_000)));
        put("Healthcheck", health(service));
        if let Some((network, settings)) = self.networks().first() {
            body["NetworkingConfig"] = json!({ "EndpointsConfig": { network: settings } });
        }
        Ok(body)
    }

    /// The networks that it joins, each with its settings there.
    pub(super) fn networks(&self) -> Vec<(String, Value)> {
        let named = self.one_off.as_ref().is_none_or(|one| one.aliases);
        networks(self.project, self.name, self.service, named)
    }

    /// Its own name.
    pub(super) fn title(&self) -> String {
        match &self.one_off {
            Some(one) => one.name.clone(),
            None => container_name(self.project, self.name, self.number),
        }
    }

    /// What it waits for, as the reference notes it: `db:service_healthy:false`.
    fn depends(&self) -> String {
        let one = |(name, how): (&String, &Dependency)| {
            format!("{name}:{}:{}", how.condition, how.restart)
        };
        self.service.depends_on.iter().map(one).collect::<Vec<_>>().join(",")
    }

    fn labels(&self) -> Map<String, Value> {
        let project = self.project;
        let mut labels: Map<String, Value> = self
            .service
            .labels
            .iter()
            .map(|(k, v)| (k.clone(), v.clone().unwrap_or_default().into()))
            .collect();
        let files: Vec<String> = project.files.iter().map(|f| f.display().to_string()).collect();
        for (key, value) in [
            (PROJECT, project.name.clone()),
            (SERVICE, self.name.to_owned()),
            (NUMBER, self.number.to_string()),
            (HASH, self.hash.to_owned()),
            (ONE_OFF, if self.one_off.is_some() { "True" } else { "False" }.to_owned()),
            (IMAGE, self.image.to_owned()),
            (DEPENDS, self.depends()),
            (VERSION, concat!(env!("CARGO_PKG_VERSION"), "-distlab").to_owned()),
            (FOLDER, project.dir.display().to_string()),
            (FILES, files.join(",")),
            (LABEL, self.lab.to_owned()),
        ] {
            labels.insert(key.to_owned(), value.into());
        }
        if let Some(one) = &self.one_off {
            labels.insert(SLUG.to_owned(), one.slug.clone().into());
        }
        labels
    }

    fn host(&self) -> Result<Value, String> {
        let service = self.service;
        let mut host = json!({
            "Binds": self.binds(),
            "Mounts": self.mounts()?,
            "PortBindings": bindings(service),
            "CapAdd": service.cap_add,
            "CapDrop": service.cap_drop,
            "Dns": service.dns,
            "DnsOptions": service.dns_opt,
            "DnsSearch": service.dns_search,
            "ExtraHosts": service.extra_hosts,
            "Privileged": service.privileged,
            "ReadonlyRootfs": service.read_only,
            "SecurityOpt": service.security_opt,
            "GroupAdd": service.group_add.iter().map(text).collect::<Vec<_>>(),
            "RestartPolicy": restart(service),
            "Ulimits": ulimits(service),
            "Devices": devices(service),
            "NetworkMode": self.network_mode(),
            "AutoRemove": self.one_off.as_ref().is_some_and(|one| one.remove),
        });
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                host[key] = value;
            }
        };
        put("Init", json!(service.init));
        put("IpcMode", json!(service.ipc));
        put("PidMode", json!(service.pid));
        put("UsernsMode", json!(service.userns_mode));
        put("Runtime", json!(service.runtime));
        put("Isolation", json!(service.isolation));
        put("CgroupParent", json!(service.cgroup_parent));
        put("OomScoreAdj", json!(service.oom_score_adj));
        put("CpusetCpus", json!(service.cpuset));
        put(
            "CpuShares",
            json!(service.cpu_shares.as_ref().and_then(|v| text(v).parse::<i64>().ok())),
        );
        put("ShmSize", size(service.shm_size.as_ref())?);
        put("MemoryReservation", size(service.mem_reservation.as_ref())?);
        if let Some(logging) = &service.logging {
            put("LogConfig", json!({ "Type": logging.driver, "Config": texts(&logging.options) }));
        }
        if !service.sysctls.is_empty() {
            put("Sysctls", texts(&service.sysctls));
        }
        let tmpfs: Map<String, Value> = service
            .tmpfs
            .iter()
            .map(|t| t.split_once(':').unwrap_or((t, "")))
            .map(|(path, options)| (path.to_owned(), options.into()))
            .collect();
        put("Tmpfs", Value::Object(tmpfs));
        let limits = service.deploy.as_ref().and_then(|d| d.resources.limits.as_ref());
        let memory = match limits.and_then(|l| l.memory.clone()) {
            Some(memory) => json!(memory.parse::<i64>().ok()),
            None => size(service.mem_limit.as_ref())?,
        };
        put("Memory", memory);
        let cpus = limits.and_then(|l| l.cpus.clone()).or(service.cpus.as_ref().map(text));
        put("NanoCpus", json!(cpus.map(|c| nano_cpus(&c)).transpose()?));
        let pids = limits.and_then(|l| l.pids.clone()).or(service.pids_limit.clone());
        put("PidsLimit", json!(pids.and_then(|p| text(&p).parse::<i64>().ok())));
        Ok(host)
    }

    fn network_mode(&self) -> String {
        match self.service.network_mode.as_deref() {
            Some(mode) => match mode.strip_prefix("service:") {
                Some(other) => format!("container:{}", container_name(self.project, other, 1)),
                None => mode.to_owned(),
            },
            None => self
                .networks()
                .first()
                .map_or_else(|| "default".to_owned(), |(name, _)| name.clone()),
        }
    }

    /// Mounts in the engine's short form, which makes a missing folder of the host.
    fn binds(&self) -> Vec<String> {
        let mut binds = self.kept.clone();
        for mount in self.service.volumes.iter().filter(|m| is_short(m)) {
            let source = mount.source.clone().unwrap_or_default();
            let source = if mount.kind == "volume" { self.project.volume(&source) } else { source };
            let mut options = vec![if mount.read_only { "ro" } else { "rw" }];
            options.extend(mount.bind.as_ref().and_then(|b| b.propagation.as_deref()));
            if mount.volume.as_ref().is_some_and(|v| v.nocopy) {
                options.push("nocopy");
            }
            binds.push(format!("{source}:{}:{}", mount.target, options.join(",")));
        }
        for (kind, refs, all) in [
            ("/run/secrets/", &self.service.secrets, &self.project.file.secrets),
            ("/", &self.service.configs, &self.project.file.configs),
        ] {
            for given in refs {
                let Some(file) = all.get(&given.source).and_then(|s| s.file.clone()) else {
                    continue;
                };
                let target = given.target.clone().unwrap_or_else(|| given.source.clone());
                let target =
                    if target.starts_with('/') { target } else { format!("{kind}{target}") };
                binds.push(format!("{file}:{target}:ro"));
            }
        }
        binds
    }

    fn mounts(&self) -> Result<Vec<Value>, String> {
        let taken: Vec<&str> = self.kept.iter().filter_map(|k| k.split(':').nth(1)).collect();
        let mut mounts = Vec::new();
        for mount in self.service.volumes.iter().filter(|m| !is_short(m)) {
            if taken.contains(&mount.target.as_str()) {
                continue;
            }
            let mut one = json!({
                "Type": mount.kind,
                "Target": mount.target,
                "ReadOnly": mount.read_only,
            });
            match mount.kind.as_str() {
                "bind" => one["Source"] = json!(mount.source),
                "tmpfs" => {
                    if let Some(tmpfs) = &mount.tmpfs {
                        one["TmpfsOptions"] = json!({ "SizeBytes": tmpfs.size });
                    }
                }
                "volume" => {}
                other => return Err(format!("unsupported volume type {other}")),
            }
            mounts.push(one);
        }
        Ok(mounts)
    }
}

/// Whether it goes into `Binds`: named volumes, and folders that may have to be made.
fn is_short(mount: &Mount) -> bool {
    match mount.kind.as_str() {
        "volume" => mount.source.is_some(),
        "bind" => mount.bind.as_ref().is_some_and(|b| b.create_host_path == Some(true)),
        _ => false,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn texts(given: &BTreeMap<String, Option<String>>) -> Value {
    given.iter().map(|(k, v)| (k.clone(), Value::from(v.clone().unwrap_or_default()))).collect()
}

fn size(value: Option<&Value>) -> Result<Value, String> {
    value.map(|v| size::parse(&text(v))).transpose().map(|bytes| json!(bytes))
}

fn environment(service: &Service) -> Vec<String> {
    // A name without a value that has none here either is not passed on.
    let line = |(name, value): (&String, &Option<String>)| {
        value.as_ref().map(|value| format!("{name}={value}"))
    };
    service.environment.iter().filter_map(line).collect()
}

fn health(service: &Service) -> Value {
    let Some(health) = &service.healthcheck else { return Value::Null };
    if health.disable {
        return json!({ "Test": ["NONE"] });
    }
    let span = |t: &Option<String>| t.as_deref().and_then(|t| duration::parse(t).ok()).unwrap_or(0);
    #[expect(clippy::cast_possible_truncation, reason = "a count of tries")]
    let retries = health.retries.unwrap_or(0.0) as i64;
    json!({
        "Test": health.test,
        "Interval": span(&health.interval),
        "Timeout": span(&health.timeout),
        "StartPeriod": span(&health.start_period),
        "Retries": retries,
    })
}

fn port_key(target: u16, protocol: Option<&str>) -> String {
    format!("{target}/{}", protocol.unwrap_or("tcp"))
}

fn bindings(service: &Service) -> Value {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for port in &service.ports {
        let published = port.published.as_ref().map(text).unwrap_or_default();
        let address = port.host_ip.clone().unwrap_or_default();
        all.entry(port_key(port.target, port.protocol.as_deref()))
            .or_default()
            .push(json!({ "HostIp": address, "HostPort": published }));
    }
    json!(all)
}

fn restart(service: &Service) -> Value {
    let given = service.restart.as_deref().unwrap_or_default();
    if let (true, Some(policy)) =
        (given.is_empty(), service.deploy.as_ref().and_then(|d| d.restart_policy.as_ref()))
    {
        let name = match policy.condition.as_deref() {
            Some("none") => "no",
            Some("on-failure") => "on-failure",
            _ => "unless-stopped",
        };
        let tries = if name == "on-failure" { policy.max_attempts.unwrap_or(0) } else { 0 };
        return json!({ "Name": name, "MaximumRetryCount": tries });
    }
    let (name, tries) = given.split_once(':').unwrap_or((given, "0"));
    let name = if name.is_empty() { "no" } else { name };
    json!({ "Name": name, "MaximumRetryCount": tries.parse::<u64>().unwrap_or(0) })
}

fn ulimits(service: &Service) -> Vec<Value> {
    let one = |(name, limit): (&String, &Limit)| {
        let (soft, hard) = match limit {
            Limit::Both(n) => (n, n),
            Limit::Each { soft, hard } => (soft, hard),
        };
        json!({ "Name": name, "Soft": soft, "Hard": hard })
    };
    service.ulimits.iter().map(one).collect()
}

fn devices(service: &Service) -> Vec<Value> {
    let one = |text: &String| {
        let mut parts = text.split(':');
        let host = parts.next().unwrap_or_default();
        let inside = parts.next().unwrap_or(host);
        let rights = parts.next().unwrap_or("rwm");
        json!({ "PathOnHost": host, "PathInContainer": inside, "CgroupPermissions": rights })
    };
    service.devices.iter().map(one).collect()
}
