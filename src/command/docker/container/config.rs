//! From flags to the body of the engine's create call.

use std::collections::HashMap;

use crate::cx::Cx;
use crate::values;
use command_line::duration;
use command_line::flags::Parsed;
use command_line::size;
use docker::LABEL;
use docker::models::{
    ContainerCreateBody, DeviceMapping, HealthConfig, HostConfig, HostConfigCgroupnsModeEnum,
    HostConfigIsolationEnum, HostConfigLogConfig, Mount, MountBindOptions, MountType,
    RestartPolicy, RestartPolicyNameEnum,
};

use super::mounts::{self, Volume};
use super::ports::{self, Ports};
use super::{devices, networks, options};

/// A create call, and the named volumes it mentions.
pub(super) struct Body {
    pub(super) request: ContainerCreateBody,
    pub(super) volumes: Vec<String>,
    /// Whether a network was given a MAC address for the container.
    pub(super) own_mac: bool,
}

/// Which streams are attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Streams {
    pub(super) stdin: bool,
    pub(super) stdout: bool,
    pub(super) stderr: bool,
}

/// The streams that the flags ask for: outputs unless said, input with `-i`.
pub(super) fn streams(given: &Parsed) -> Streams {
    let asked = given.all("attach");
    let has = |name: &str| asked.iter().any(|a| a.eq_ignore_ascii_case(name));
    if !asked.is_empty() {
        return Streams { stdin: has("stdin"), stdout: has("stdout"), stderr: has("stderr") };
    }
    let attached = !given.is("detach");
    Streams { stdin: attached && given.is("interactive"), stdout: attached, stderr: attached }
}

/// Builds the call.
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn body(cx: &Cx<'_, '_>, given: &Parsed) -> Result<Body, String> {
    let mut exposed = Ports::new();
    for text in given.all("publish") {
        ports::publish(text, &mut exposed)?;
    }
    let bindings = exposed.clone();
    for text in given.all("expose") {
        ports::expose(text, &mut exposed)?;
    }
    let mut host = host_config(cx, given)?;
    let networks = networks::networks(given)?;
    host.network_mode = Some(networks.mode);
    host.port_bindings = Some(bindings.into_iter().map(|(p, b)| (p, Some(b))).collect());
    let mut volumes = Vec::new();
    let mut anonymous = Vec::new();
    let mut binds = Vec::new();
    for text in given.all("volume") {
        match mounts::volume(text, &cx.host.cwd)? {
            Volume::Anonymous(path) => anonymous.push(path),
            Volume::Bind(bind, name) => {
                binds.push(bind);
                volumes.extend(name);
            }
        }
    }
    for mount in host.mounts.iter().flatten() {
        if mount.typ == Some(MountType::VOLUME) {
            volumes.extend(mount.source.clone());
        }
    }
    host.binds = (!binds.is_empty()).then_some(binds);
    let streams = streams(given);
    let open = given.is("interactive");
    let command = given.args[1..].to_vec();
    let text = |name: &str| given.text(name).map(str::to_owned);
    let request = ContainerCreateBody {
        image: Some(given.args[0].clone()),
        hostname: text("hostname"),
        domainname: text("domainname"),
        user: text("user"),
        working_dir: text("workdir"),
        attach_stdin: Some(streams.stdin),
        attach_stdout: Some(streams.stdout),
        attach_stderr: Some(streams.stderr),
        tty: Some(given.is("tty")),
        open_stdin: Some(open),
        stdin_once: Some(open && streams.stdin),
        env: Some(options::environment(cx, given)?),
        cmd: (!command.is_empty()).then_some(command),
        // An empty entry point is one that takes the image's away.
        entrypoint: given.get("entrypoint").map(|e| vec![e.to_owned()]),
        exposed_ports: (!exposed.is_empty()).then(|| exposed.into_keys().collect()),
        volumes: (!anonymous.is_empty()).then_some(anonymous),
        labels: Some(labels(cx, given)?),
        healthcheck: health(given)?,
        stop_signal: text("stop-signal"),
        stop_timeout: given.number("stop-timeout"),
        networking_config: networks.endpoints,
        host_config: Some(host),
        ..ContainerCreateBody::default()
    };
    Ok(Body { request, volumes, own_mac: networks.own_mac })
}

fn labels(cx: &Cx<'_, '_>, given: &Parsed) -> Result<HashMap<String, String>, String> {
    let mut labels = HashMap::new();
    let mut add = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        labels.insert(name.to_owned(), value.to_owned());
    };
    for file in given.all("label-file") {
        options::lines(cx, file)?.iter().for_each(|line| add(line));
    }
    given.all("label").iter().for_each(|text| add(text));
    labels.insert(LABEL.to_owned(), cx.lab().to_owned());
    Ok(labels)
}

fn health(given: &Parsed) -> Result<Option<HealthConfig>, String> {
    let span = |name: &str| given.get(name).and_then(|t| duration::parse(t).ok());
    let asked = ["cmd", "interval", "timeout", "start-interval", "start-period", "retries"]
        .iter()
        .any(|part| given.get(&format!("health-{part}")).is_some());
    if given.is("no-healthcheck") {
        if asked {
            return Err("--no-healthcheck conflicts with --health-* options".to_owned());
        }
        let test = Some(vec!["NONE".to_owned()]);
        return Ok(Some(HealthConfig { test, ..HealthConfig::default() }));
    }
    Ok(asked.then(|| HealthConfig {
        test: given.text("health-cmd").map(|c| vec!["CMD-SHELL".to_owned(), c.to_owned()]),
        interval: span("health-interval"),
        timeout: span("health-timeout"),
        start_period: span("health-start-period"),
        start_interval: span("health-start-interval"),
        retries: given.number("health-retries"),
    }))
}

fn restart(given: &Parsed) -> Result<RestartPolicy, String> {
    let text = given.text("restart").unwrap_or("no");
    if given.is("rm") && text != "no" {
        return Err("conflicting options: cannot specify both --restart and --rm".to_owned());
    }
    restart_policy(text)
}

/// `on-failure:3`
///
/// # Errors
/// The client's or the engine's words for what is wrong.
pub(super) fn restart_policy(text: &str) -> Result<RestartPolicy, String> {
    let (name, count) = text.split_once(':').map_or((text, None), |(n, c)| (n, Some(c)));
    let count = count.map(str::parse::<i64>).transpose().map_err(|_| {
        "invalid restart policy format: maximum retry count must be an integer".to_owned()
    })?;
    let known = match name {
        "no" => RestartPolicyNameEnum::NO,
        "always" => RestartPolicyNameEnum::ALWAYS,
        "on-failure" => RestartPolicyNameEnum::ON_FAILURE,
        "unless-stopped" => RestartPolicyNameEnum::UNLESS_STOPPED,
        // The engine's words: the model has no place for a policy it does not know.
        _ => return Err(format!("Error response from daemon: invalid restart policy '{name}'")),
    };
    Ok(RestartPolicy { name: Some(known), maximum_retry_count: Some(count.unwrap_or(0)) })
}

/// What the container may use of the machine, and the rest of what stands between the two.
fn host_config(cx: &Cx<'_, '_>, given: &Parsed) -> Result<HostConfig, String> {
    let text = |name: &str| given.text(name).map(str::to_owned);
    let size = |name: &str| given.text(name).and_then(|t| size::parse(t).ok());
    let host = surroundings(cx, given)?;
    Ok(HostConfig {
        memory: size("memory"),
        memory_reservation: size("memory-reservation"),
        memory_swap: given.text("memory-swap").map(|t| size::parse(t).unwrap_or(-1)),
        memory_swappiness: swappiness(given)?,
        nano_cpus: given.get("cpus").and_then(|t| values::nano_cpus(t).ok()),
        cpu_shares: given.number("cpu-shares"),
        cpu_period: given.number("cpu-period"),
        cpu_quota: given.number("cpu-quota"),
        cpuset_cpus: text("cpuset-cpus"),
        cpuset_mems: text("cpuset-mems"),
        cpu_realtime_period: given.number("cpu-rt-period"),
        cpu_realtime_runtime: given.number("cpu-rt-runtime"),
        pids_limit: given.number("pids-limit"),
        oom_kill_disable: given.is("oom-kill-disable").then_some(true),
        oom_score_adj: given.number("oom-score-adj"),
        ulimits: Some(given.all("ulimit").iter().filter_map(|u| values::limit(u).ok()).collect()),
        // The client sends these lists although they are empty, and `inspect` shows them.
        blkio_weight_device: Some(each(given, "blkio-weight-device", devices::weight)?),
        blkio_device_read_bps: Some(each(given, "device-read-bps", devices::bytes)?),
        blkio_device_write_bps: Some(each(given, "device-write-bps", devices::bytes)?),
        blkio_device_read_iops: Some(each(given, "device-read-iops", devices::operations)?),
        blkio_device_write_iops: Some(each(given, "device-write-iops", devices::operations)?),
        blkio_weight: given.number("blkio-weight").and_then(|w| u16::try_from(w).ok()),
        shm_size: size("shm-size"),
        storage_opt: storage(given)?,
        ..host
    })
}

fn surroundings(cx: &Cx<'_, '_>, given: &Parsed) -> Result<HostConfig, String> {
    let text = |name: &str| given.text(name).map(str::to_owned);
    let list = |name: &str| {
        let all = given.all(name);
        (!all.is_empty()).then(|| all.to_vec())
    };
    let mounts: Result<Vec<_>, String> =
        given.all("mount").iter().map(|m| mounts::mount(m, &cx.host.cwd)).collect();
    let mut mounts = mounts?;
    if given.is("use-api-socket") {
        mounts.push(api_socket(cx)?);
    }
    Ok(HostConfig {
        cgroup_parent: text("cgroup-parent"),
        cgroupns_mode: match given.get("cgroupns") {
            Some("host") => Some(HostConfigCgroupnsModeEnum::HOST),
            Some("private") => Some(HostConfigCgroupnsModeEnum::PRIVATE),
            Some("") | None => None,
            Some(_) => return Err("--cgroupns: invalid CGROUP mode".to_owned()),
        },
        devices: Some(given.all("device").iter().map(|d| device(d)).collect()),
        device_cgroup_rules: list("device-cgroup-rule"),
        device_requests: some(each(given, "gpus", devices::gpus)?),
        isolation: given.text("isolation").map(isolation).transpose()?,
        volume_driver: text("volume-driver"),
        annotations: map(given.all("annotation"), '='),
        init: given.get("init").map(|_| given.is("init")),
        mounts: some(mounts),
        tmpfs: map(given.all("tmpfs"), ':'),
        volumes_from: list("volumes-from"),
        links: list("link"),
        publish_all_ports: Some(given.is("publish-all")),
        dns: Some(given.all("dns").to_vec()),
        dns_options: Some(given.all("dns-option").to_vec()),
        dns_search: Some(given.all("dns-search").to_vec()),
        extra_hosts: some(given.all("add-host").iter().map(|h| h.replacen('=', ":", 1)).collect()),
        group_add: list("group-add"),
        ipc_mode: text("ipc"),
        pid_mode: text("pid"),
        uts_mode: text("uts"),
        userns_mode: text("userns"),
        privileged: Some(given.is("privileged")),
        readonly_rootfs: Some(given.is("read-only")),
        cap_add: some(given.all("cap-add").iter().map(|c| capability(c)).collect()),
        cap_drop: some(given.all("cap-drop").iter().map(|c| capability(c)).collect()),
        security_opt: security(cx, given)?,
        sysctls: map(given.all("sysctl"), '='),
        runtime: text("runtime"),
        restart_policy: Some(restart(given)?),
        auto_remove: Some(given.is("rm")),
        log_config: log(given),
        console_size: Some(vec![0, 0]),
        container_id_file: text("cidfile"),
        ..HostConfig::default()
    })
}

/// The values of a flag, read.
fn each<T>(
    given: &Parsed,
    flag: &str,
    read: fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    given.all(flag).iter().map(|text| read(text)).collect()
}

/// Which isolation; one that no engine has is refused in the engine's words, since the model has no
/// place for it.
fn isolation(text: &str) -> Result<HostConfigIsolationEnum, String> {
    text.to_ascii_lowercase().parse().map_err(|_| {
        format!(
            "Error response from daemon: Invalid isolation: {text:?} - linux only supports 'default'"
        )
    })
}

fn swappiness(given: &Parsed) -> Result<Option<i64>, String> {
    match given.number("memory-swappiness") {
        Some(wrong) if !(-1..=100).contains(&wrong) => {
            Err(format!("invalid value: {wrong}. Valid memory swappiness range is 0-100"))
        }
        found => Ok(found),
    }
}

/// The engine's socket, where a client in the container looks for it.
fn api_socket(cx: &Cx<'_, '_>) -> Result<Mount, String> {
    let engine = cx.engine().map_err(|fail| fail.text)?;
    let host = engine.host();
    let Some(path) = host.strip_prefix("unix://") else {
        return Err(format!(
            "flag --use-api-socket can only be used with unix sockets: docker endpoint {host} incompatible"
        ));
    };
    Ok(Mount {
        typ: Some(MountType::BIND),
        source: Some(path.to_owned()),
        target: Some("/var/run/docker.sock".to_owned()),
        bind_options: Some(MountBindOptions::default()),
        ..Mount::default()
    })
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// `name=value` pairs, or none.
fn map(list: &[String], between: char) -> Option<HashMap<String, String>> {
    let pair = |text: &String| {
        let (name, value) = text.split_once(between).unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    (!list.is_empty()).then(|| list.iter().map(pair).collect())
}

fn log(given: &Parsed) -> Option<HostConfigLogConfig> {
    let typ = given.text("log-driver").map(str::to_owned);
    let config = map(given.all("log-opt"), '=');
    (typ.is_some() || config.is_some()).then_some(HostConfigLogConfig { typ, config })
}

fn storage(given: &Parsed) -> Result<Option<HashMap<String, String>>, String> {
    let list = given.all("storage-opt");
    if list.iter().any(|text| !text.contains('=')) {
        return Err("invalid storage option".to_owned());
    }
    Ok(map(list, '='))
}

/// Security options; a seccomp profile is read here and sent.
fn security(cx: &Cx<'_, '_>, given: &Parsed) -> Result<Option<Vec<String>>, String> {
    let mut found = Vec::new();
    for text in given.all("security-opt") {
        let Some((name, value)) = text.split_once('=').or_else(|| text.split_once(':')) else {
            if text != "no-new-privileges" {
                return Err(format!("Invalid --security-opt: {text:?}"));
            }
            found.push(text.clone());
            continue;
        };
        if name == "seccomp" && !["unconfined", "builtin"].contains(&value) {
            let profile = std::fs::read_to_string(cx.host.cwd.join(value))
                .map_err(|e| format!("opening seccomp profile ({value}) failed: {e}"))?;
            found.push(format!("seccomp={profile}"));
        } else {
            found.push(text.clone());
        }
    }
    Ok(some(found))
}

/// `net_raw` is `CAP_NET_RAW`.
fn capability(text: &str) -> String {
    let name = text.to_ascii_uppercase();
    if name == "ALL" || name.starts_with("CAP_") { name } else { format!("CAP_{name}") }
}

/// `/dev/x[:/dev/y[:rwm]]`
fn device(text: &str) -> DeviceMapping {
    let parts: Vec<&str> = text.splitn(3, ':').collect();
    let rights = |t: &str| !t.is_empty() && t.chars().all(|c| "rwm".contains(c));
    let (inside, access) = match parts.as_slice() {
        [_, second] if rights(second) => (parts[0], *second),
        [_, second] => (*second, "rwm"),
        [_, second, third] => (*second, *third),
        _ => (parts[0], "rwm"),
    };
    DeviceMapping {
        path_on_host: Some(parts[0].to_owned()),
        path_in_container: Some(inside.to_owned()),
        cgroup_permissions: Some(access.to_owned()),
    }
}
