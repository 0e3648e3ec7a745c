//! A service of a Compose file as the swarm's own description of one.
//!
//! Source: Docker Engine API 1.41, "ServiceSpec", and what the reference client sends for each key.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::NAMESPACE;
use crate::composefile::model::{
    Amount, Change, Deploy, File, Health, Limit, Mount, Placement, Port, Preference, Restart,
    Service, Texts,
};
use crate::values::nano_cpus;
use command_line::duration;
use docker::LABEL;

/// What a service is made with.
pub(super) struct Maker<'a> {
    pub(super) stack: &'a str,
    pub(super) lab: &'a str,
    pub(super) file: &'a File,
    /// Ids of secrets and configs by their names on the swarm.
    pub(super) secrets: &'a BTreeMap<String, String>,
    pub(super) configs: &'a BTreeMap<String, String>,
}

/// The name of something of a stack, unless it has one of its own.
pub(super) fn scoped(stack: &str, name: &str, own: Option<&str>) -> String {
    own.filter(|n| !n.is_empty()).map_or_else(|| format!("{stack}_{name}"), str::to_owned)
}

/// Labels of the file, of the stack and of the lab.
pub(super) fn labels(stack: &str, lab: &str, own: &Texts) -> Map<String, Value> {
    let mut all: Map<String, Value> = own
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().unwrap_or_default().into()))
        .collect();
    all.insert(NAMESPACE.into(), stack.into());
    all.insert(LABEL.into(), lab.into());
    all
}

/// Texts as the API takes them.
pub(super) fn texts(own: &Texts) -> Map<String, Value> {
    own.iter().map(|(k, v)| (k.clone(), v.clone().unwrap_or_default().into())).collect()
}

/// Puts a value under a key unless it says nothing.
fn put(map: &mut Value, key: &str, value: impl Into<Value>) {
    let value = value.into();
    let nothing = match &value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Bool(true) => false,
    };
    if !nothing {
        map[key] = value;
    }
}

fn nanoseconds(text: Option<&String>) -> Option<i64> {
    text.and_then(|t| duration::parse(t).ok())
}

impl Maker<'_> {
    /// The description of a service.
    ///
    /// # Errors
    /// What cannot be asked of a swarm, in the reference's words.
    pub(super) fn service(&self, name: &str, service: &Service) -> Result<Value, String> {
        self.unnamed(name, service).map_err(|why| format!("service {name}: {why}"))
    }

    fn unnamed(&self, name: &str, service: &Service) -> Result<Value, String> {
        let nothing = Deploy::default();
        let deploy = service.deploy.as_ref().unwrap_or(&nothing);
        let mut task = json!({ "ContainerSpec": self.container(service)? });
        task["Resources"] = resources(deploy)?;
        let restart = service.restart.as_deref().unwrap_or_default();
        put(&mut task, "RestartPolicy", restart_policy(restart, deploy.restart_policy.as_ref())?);
        task["Placement"] = placement(&deploy.placement);
        put(&mut task, "Networks", self.networks(name, service)?);
        if let Some(logging) = &service.logging {
            task["LogDriver"] = json!({
                "Name": logging.driver.clone().unwrap_or_default(),
                "Options": texts(&logging.options),
            });
        }
        let mut labels = labels(self.stack, self.lab, &deploy.labels);
        labels.insert(super::IMAGE.into(), service.image.clone().unwrap_or_default().into());
        let mut spec = json!({
            "Name": scoped(self.stack, name, None),
            "Labels": labels,
            "TaskTemplate": task,
            "Mode": mode(deploy)?,
        });
        put(&mut spec, "UpdateConfig", change(deploy.update_config.as_ref()));
        put(&mut spec, "RollbackConfig", change(deploy.rollback_config.as_ref()));
        spec["EndpointSpec"] = endpoint(deploy.endpoint_mode.as_deref(), &service.ports);
        Ok(spec)
    }

    fn container(&self, service: &Service) -> Result<Value, String> {
        let mut spec = json!({
            "Image": service.image.clone().unwrap_or_default(),
            "Labels": labels(self.stack, self.lab, &service.labels),
            "DNSConfig": dns(service),
        });
        put(&mut spec, "Command", service.entrypoint.clone().unwrap_or_default());
        put(&mut spec, "Args", service.command.clone().unwrap_or_default());
        put(&mut spec, "Hostname", service.hostname.clone());
        put(&mut spec, "Hosts", hosts(&service.extra_hosts));
        put(&mut spec, "Env", environment(&service.environment));
        put(&mut spec, "Dir", service.working_dir.clone());
        put(&mut spec, "User", service.user.clone());
        put(&mut spec, "TTY", service.tty);
        put(&mut spec, "OpenStdin", service.stdin_open);
        put(&mut spec, "ReadOnly", service.read_only);
        put(&mut spec, "StopSignal", service.stop_signal.clone());
        put(&mut spec, "StopGracePeriod", nanoseconds(service.stop_grace_period.as_ref()));
        put(&mut spec, "Isolation", service.isolation.clone());
        put(&mut spec, "Sysctls", texts(&service.sysctls));
        put(&mut spec, "OomScoreAdj", service.oom_score_adj);
        if let Some(init) = service.init {
            spec["Init"] = init.into();
        }
        if let Some(health) = &service.healthcheck {
            spec["Healthcheck"] = health_check(health)?;
        }
        let (add, drop) = capabilities(&service.cap_add, &service.cap_drop);
        put(&mut spec, "CapabilityAdd", add);
        put(&mut spec, "CapabilityDrop", drop);
        put(&mut spec, "Ulimits", ulimits(&service.ulimits));
        spec["Privileges"] = self.privileges(service)?;
        let mounts: Result<Vec<Value>, String> =
            service.volumes.iter().map(|mount| self.mount(mount)).collect();
        put(&mut spec, "Mounts", mounts?);
        put(&mut spec, "Secrets", self.stored("Secret", service)?);
        put(&mut spec, "Configs", self.stored("Config", service)?);
        Ok(spec)
    }

    fn privileges(&self, service: &Service) -> Result<Value, String> {
        let Some(given) = &service.credential_spec else {
            return Ok(json!({ "CredentialSpec": null, "SELinuxContext": null }));
        };
        let named: Vec<&str> =
            [("Config", &given.config), ("File", &given.file), ("Registry", &given.registry)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, _)| name)
                .collect();
        if named.len() > 1 {
            let quoted: Vec<String> = named.iter().map(|n| format!("{n:?}")).collect();
            return Err(format!(
                "invalid credential spec: cannot specify both {}",
                quoted.join(" and ")
            ));
        }
        let mut spec = json!({});
        put(&mut spec, "File", given.file.clone());
        put(&mut spec, "Registry", given.registry.clone());
        if !given.config.is_empty() {
            let full = scoped(self.stack, &given.config, None);
            let id = self.configs.get(&full).ok_or_else(|| {
                format!("invalid credential spec: spec specifies config {}, but no such config can be found", given.config)
            })?;
            put(&mut spec, "Config", id.clone());
        }
        Ok(json!({ "CredentialSpec": spec, "SELinuxContext": null }))
    }

    fn networks(&self, name: &str, service: &Service) -> Result<Vec<Value>, String> {
        if service.networks.is_empty() {
            let target = self.network_name("default");
            return Ok(vec![json!({ "Target": target, "Aliases": [name] })]);
        }
        let mut found = Vec::new();
        for (network, joined) in &service.networks {
            if network != "default" && !self.file.networks.contains_key(network) {
                return Err(format!("undefined network {network:?}"));
            }
            let joined = joined.clone().unwrap_or_default();
            let target = self.network_name(network);
            let mut aliases = joined.aliases;
            // The engine's own networks know no names.
            if !["bridge", "host", "none"].contains(&target.as_str()) {
                aliases.push(name.to_owned());
            }
            let mut one = json!({ "Target": target });
            put(&mut one, "Aliases", aliases);
            put(&mut one, "DriverOpts", texts(&joined.driver_opts));
            found.push(one);
        }
        found.sort_by_key(|n| n["Target"].as_str().map(str::to_owned));
        Ok(found)
    }

    fn network_name(&self, network: &str) -> String {
        let own = self.file.networks.get(network).and_then(|n| n.name.as_deref());
        scoped(self.stack, network, own)
    }

    fn mount(&self, mount: &Mount) -> Result<Value, String> {
        let kinds = ["volume", "bind", "tmpfs", "npipe", "cluster"];
        if !kinds.contains(&mount.kind.as_str()) {
            return Err("volume type must be volume, bind, tmpfs, npipe, or cluster".into());
        }
        let mut spec = json!({ "Type": mount.kind, "Target": mount.target });
        put(&mut spec, "ReadOnly", mount.read_only);
        put(&mut spec, "Consistency", mount.consistency.clone());
        let source = mount.source.clone().unwrap_or_default();
        match mount.kind.as_str() {
            "tmpfs" => {
                if !source.is_empty() {
                    return Err("invalid tmpfs source, source must be empty".into());
                }
                if let Some(size) = mount.tmpfs.as_ref().map(|t| t.size) {
                    spec["TmpfsOptions"] = json!({ "SizeBytes": size });
                }
            }
            "volume" => self.volume(mount, &source, &mut spec)?,
            _ => {
                spec["Source"] = source.into();
                let propagation = mount.bind.as_ref().and_then(|b| b.propagation.clone());
                if let Some(propagation) = propagation {
                    spec["BindOptions"] = json!({ "Propagation": propagation });
                }
            }
        }
        Ok(spec)
    }

    fn volume(&self, mount: &Mount, source: &str, spec: &mut Value) -> Result<(), String> {
        // Without a name it is the task's own.
        if source.is_empty() {
            return Ok(());
        }
        let volume =
            self.file.volumes.get(source).ok_or_else(|| format!("undefined volume {source:?}"))?;
        let mut options = json!({});
        put(&mut options, "NoCopy", mount.volume.as_ref().is_some_and(|v| v.nocopy));
        spec["Source"] = scoped(self.stack, source, volume.name.as_deref()).into();
        if !volume.external {
            options["Labels"] = labels(self.stack, self.lab, &volume.labels).into();
            if volume.driver.is_some() || !volume.driver_opts.is_empty() {
                let mut driver = json!({});
                put(&mut driver, "Name", volume.driver.clone());
                put(&mut driver, "Options", texts(&volume.driver_opts));
                options["DriverConfig"] = driver;
            }
        }
        put(spec, "VolumeOptions", options);
        Ok(())
    }

    /// The secrets or configs of a service.
    fn stored(&self, kind: &str, service: &Service) -> Result<Vec<Value>, String> {
        let word = kind.to_lowercase();
        let (refs, defined, ids) = match kind {
            "Secret" => (&service.secrets, &self.file.secrets, self.secrets),
            _ => (&service.configs, &self.file.configs, self.configs),
        };
        let mut found = Vec::new();
        for given in refs {
            let source = &given.source;
            let stored =
                defined.get(source).ok_or_else(|| format!("undefined {word} {source:?}"))?;
            let full = scoped(self.stack, source, stored.name.as_deref());
            let id = ids.get(&full).ok_or_else(|| format!("{word} not found: {full}"))?;
            let target = given.target.as_deref().filter(|t| !t.is_empty());
            // A config stands in the root of the container, a secret in its own folder.
            let target = target.unwrap_or(source);
            let mode = given.mode.as_ref().and_then(Value::as_u64).unwrap_or(0o444);
            let zero = || "0".to_owned();
            found.push(json!({
                "File": {
                    "Name": target,
                    "UID": given.uid.clone().unwrap_or_else(zero),
                    "GID": given.gid.clone().unwrap_or_else(zero),
                    "Mode": mode,
                },
                format!("{kind}ID"): id,
                format!("{kind}Name"): full,
            }));
        }
        found.sort_by_key(|f| f[format!("{kind}Name")].as_str().map(str::to_owned));
        Ok(found)
    }
}

fn dns(service: &Service) -> Value {
    let mut config = json!({});
    put(&mut config, "Nameservers", service.dns.clone());
    put(&mut config, "Search", service.dns_search.clone());
    config
}

/// `name:address` as the lines of a hosts file.
fn hosts(given: &[String]) -> Vec<String> {
    let split = |line: &String| {
        line.split_once([':', '=']).map(|(name, address)| format!("{address} {name}"))
    };
    given.iter().filter_map(split).collect()
}

fn environment(given: &Texts) -> Vec<String> {
    let line = |(name, value): (&String, &Option<String>)| match value {
        Some(value) => format!("{name}={value}"),
        None => name.clone(),
    };
    given.iter().map(line).collect()
}

fn health_check(health: &Health) -> Result<Value, String> {
    if health.disable {
        if !health.test.is_empty() && health.test != ["NONE"] {
            return Err("test and disable can't be set at the same time".into());
        }
        return Ok(json!({ "Test": ["NONE"] }));
    }
    let mut check = json!({});
    put(&mut check, "Test", health.test.clone());
    put(&mut check, "Interval", nanoseconds(health.interval.as_ref()));
    put(&mut check, "Timeout", nanoseconds(health.timeout.as_ref()));
    put(&mut check, "StartPeriod", nanoseconds(health.start_period.as_ref()));
    #[expect(clippy::cast_possible_truncation, reason = "the format allows 3.0; nobody means 3.5")]
    put(&mut check, "Retries", health.retries.map(|n| n as i64));
    Ok(check)
}

/// Capabilities by their full names; what is added is not dropped.
fn capabilities(add: &[String], drop: &[String]) -> (Vec<String>, Vec<String>) {
    let full = |name: &String| {
        let name = name.trim().to_uppercase();
        if name == "ALL" || name == "RESET" || name.starts_with("CAP_") {
            name
        } else {
            format!("CAP_{name}")
        }
    };
    let tidy = |names: &[String]| {
        let names: std::collections::BTreeSet<String> = names.iter().map(full).collect();
        names.into_iter().collect::<Vec<_>>()
    };
    let (mut add, mut drop) = (tidy(add), tidy(drop));
    if add.iter().any(|n| n == "ALL") {
        add = vec!["ALL".into()];
    }
    if drop.iter().any(|n| n == "ALL") {
        drop = vec!["ALL".into()];
    }
    drop.retain(|name| !add.contains(name));
    (add, drop)
}

fn ulimits(given: &BTreeMap<String, Limit>) -> Vec<Value> {
    let one = |(name, limit): (&String, &Limit)| {
        let (soft, hard) = match limit {
            Limit::Both(n) => (n, n),
            Limit::Each { soft, hard } => (soft, hard),
        };
        json!({ "Name": name, "Soft": soft, "Hard": hard })
    };
    given.iter().map(one).collect()
}

fn resources(deploy: &Deploy) -> Result<Value, String> {
    let amount = |amount: &Amount| -> Result<Value, String> {
        let mut found = json!({});
        if let Some(cpus) = &amount.cpus {
            put(&mut found, "NanoCPUs", nano_cpus(cpus)?);
        }
        put(&mut found, "MemoryBytes", amount.memory.as_ref().and_then(|m| m.parse::<i64>().ok()));
        put(&mut found, "Pids", amount.pids.clone().unwrap_or_default());
        let generic: Vec<Value> = amount
            .generic_resources
            .iter()
            .map(|g| &g.discrete_resource_spec)
            .map(|g| json!({ "DiscreteResourceSpec": { "Kind": g.kind, "Value": g.value } }))
            .collect();
        put(&mut found, "GenericResources", generic);
        Ok(found)
    };
    let mut found = json!({});
    if let Some(limits) = &deploy.resources.limits {
        found["Limits"] = amount(limits)?;
    }
    if let Some(reservations) = &deploy.resources.reservations {
        found["Reservations"] = amount(reservations)?;
    }
    Ok(found)
}

/// The policy of `deploy`, or what `restart` says in its place.
fn restart_policy(restart: &str, given: Option<&Restart>) -> Result<Value, String> {
    if let Some(given) = given {
        let mut policy = json!({});
        put(&mut policy, "Condition", given.condition.clone());
        if let Some(delay) = nanoseconds(given.delay.as_ref()) {
            policy["Delay"] = delay.into();
        }
        if let Some(attempts) = given.max_attempts {
            policy["MaxAttempts"] = attempts.into();
        }
        if let Some(window) = nanoseconds(given.window.as_ref()) {
            policy["Window"] = window.into();
        }
        return Ok(policy);
    }
    let (name, attempts) = restart.split_once(':').unwrap_or((restart, ""));
    let attempts: Option<u64> = attempts.parse().ok();
    Ok(match name {
        "" => Value::Null,
        "no" => json!({ "Condition": "none" }),
        "always" | "unless-stopped" => json!({ "Condition": "any" }),
        "on-failure" => {
            let mut policy = json!({ "Condition": "on-failure" });
            if let Some(attempts) = attempts {
                policy["MaxAttempts"] = attempts.into();
            }
            policy
        }
        other => return Err(format!("unknown restart policy: {other}")),
    })
}

fn placement(given: &Placement) -> Value {
    let mut placement = json!({});
    put(&mut placement, "Constraints", given.constraints.clone());
    let spread = |p: &Preference| json!({ "Spread": { "SpreadDescriptor": p.spread } });
    put(&mut placement, "Preferences", given.preferences.iter().map(spread).collect::<Vec<_>>());
    put(&mut placement, "MaxReplicas", given.max_replicas_per_node);
    placement
}

fn mode(deploy: &Deploy) -> Result<Value, String> {
    let replicas = deploy.replicas.as_ref().and_then(Value::as_u64);
    let counted = |key: &str| replicas.map_or_else(|| json!({}), |n| json!({ key: n }));
    let mode = deploy.mode.as_deref().unwrap_or_default();
    if mode.starts_with("global") && replicas.is_some() {
        return Err("replicas can only be used with replicated or replicated-job mode".into());
    }
    Ok(match mode {
        "global" => json!({ "Global": {} }),
        "global-job" => json!({ "GlobalJob": {} }),
        "replicated" | "" => json!({ "Replicated": counted("Replicas") }),
        "replicated-job" => {
            let mut job = counted("MaxConcurrent");
            if let Some(count) = replicas {
                job["TotalCompletions"] = count.into();
            }
            json!({ "ReplicatedJob": job })
        }
        other => return Err(format!("Unknown mode: {other}")),
    })
}

fn change(given: Option<&Change>) -> Value {
    let Some(given) = given else { return Value::Null };
    let mut change = json!({
        "Parallelism": given.parallelism.unwrap_or(1),
        "MaxFailureRatio": given.max_failure_ratio,
        "Order": given.order.clone().unwrap_or_default(),
    });
    put(&mut change, "Delay", nanoseconds(given.delay.as_ref()));
    put(&mut change, "Monitor", nanoseconds(given.monitor.as_ref()));
    put(&mut change, "FailureAction", given.failure_action.clone());
    change
}

fn endpoint(mode: Option<&str>, ports: &[Port]) -> Value {
    let mut endpoint = json!({});
    put(&mut endpoint, "Mode", mode.map(str::to_lowercase));
    let number = |port: &Port| port.published.as_ref().and_then(Value::as_u64).unwrap_or(0);
    let mut sorted: Vec<&Port> = ports.iter().collect();
    sorted.sort_by_key(|port| number(port));
    let one = |port: &Port| {
        let mut one = json!({});
        put(&mut one, "Protocol", port.protocol.clone());
        put(&mut one, "TargetPort", port.target);
        put(&mut one, "PublishedPort", number(port));
        put(&mut one, "PublishMode", port.mode.clone());
        one
    };
    put(&mut endpoint, "Ports", sorted.into_iter().map(one).collect::<Vec<_>>());
    endpoint
}
