//! The flags that say what a container is like, shared by `create` and `run`.

use std::fs;

use crate::cx::Cx;
use crate::values;
use command_line::flags::{Flag, Parsed, flag, int, switch};

use super::{devices, mounts, networks};

pub(super) static FLAGS: &[Flag] = &[
    flag("add-host", "list", "Add a line to /etc/hosts (host:ip)").check(values::extra_host),
    flag("attach", "list", "Attach to STDIN, STDOUT or STDERR").short('a').check(values::stream),
    flag("annotation", "map", "Add an annotation, for the container's runtime"),
    flag("blkio-weight", "uint16", "Weight of its block I/O (10 to 1000, 0 for none)")
        .check(values::weight),
    flag("blkio-weight-device", "list", "Weight of its block I/O on one device (path:weight)")
        .check(devices::check_weight),
    flag("cap-add", "list", "Give a Linux capability"),
    flag("cap-drop", "list", "Take a Linux capability away"),
    flag("cgroup-parent", "string", "Parent of its control group"),
    flag("cgroupns", "string", "Namespace of control groups (host|private)"),
    flag("cidfile", "string", "Write the container's id to this file"),
    flag("cpu-period", "int", "Length of a scheduling period, in microseconds").check(int),
    flag("cpu-quota", "int", "Processor time per period, in microseconds").check(int),
    flag("cpu-rt-period", "int", "Real-time period, in microseconds").check(int),
    flag("cpu-rt-runtime", "int", "Real-time processor time, in microseconds").check(int),
    flag("cpu-shares", "int", "Weight among containers").short('c').check(int),
    flag("cpus", "decimal", "Number of processors it may use").check(values::cpus),
    flag("cpuset-cpus", "string", "Which processors it may use (0-3, 0,1)"),
    flag("cpuset-mems", "string", "Which memory nodes it may use (0-3, 0,1)"),
    flag("device", "list", "Add a device of the host (path[:path[:rwm]])"),
    flag("device-cgroup-rule", "list", "Allow devices by a rule (c 1:3 rwm)").check(devices::rule),
    flag("device-read-bps", "list", "Bytes it may read from a device in a second (path:rate)")
        .check(devices::check_bytes),
    flag("device-read-iops", "list", "Reads from a device in a second (path:rate)")
        .check(devices::check_operations),
    flag("device-write-bps", "list", "Bytes it may write to a device in a second (path:rate)")
        .check(devices::check_bytes),
    flag("device-write-iops", "list", "Writes to a device in a second (path:rate)")
        .check(devices::check_operations),
    flag("dns", "list", "Use this name server").check(values::address),
    flag("dns-option", "list", "Set an option of name resolution"),
    flag("dns-search", "list", "Set a search domain"),
    flag("domainname", "string", "Domain name of the container"),
    flag("entrypoint", "string", "Run this instead of the image's ENTRYPOINT"),
    flag("env", "list", "Set an environment variable").short('e').check(values::env),
    flag("env-file", "list", "Read environment variables from a file"),
    flag("expose", "list", "Expose a port or a range of ports"),
    flag("gpus", "gpu-request", "GPUs to add ('all' for all of them)").check(devices::check_gpus),
    flag("group-add", "list", "Add a group"),
    flag("health-cmd", "string", "Command that tells whether it is healthy"),
    flag("health-interval", "duration", "Time between two such commands").check(values::duration),
    flag("health-retries", "int", "How many must fail in a row").check(int),
    flag("health-start-interval", "duration", "Time between two while it gets ready")
        .check(values::duration),
    flag("health-start-period", "duration", "Time to get ready").check(values::duration),
    flag("health-timeout", "duration", "Time each may take").check(values::duration),
    flag("hostname", "string", "Host name of the container").short('h'),
    switch("init", "Run a small init as its first process"),
    switch("interactive", "Keep standard input open").short('i'),
    flag("ip", "string", "Its IPv4 address (172.30.100.104)"),
    flag("ip6", "string", "Its IPv6 address (2001:db8::33)"),
    flag("ipc", "string", "Namespace of shared memory and semaphores"),
    flag("isolation", "string", "How it is kept apart from others"),
    flag("kernel-memory", "bytes", "Most memory of the kernel it may use").check(values::size),
    flag("label", "list", "Set a label").short('l').check(values::label),
    flag("label-file", "list", "Read labels from a file"),
    flag("link", "list", "Link to another container").check(values::link),
    flag("link-local-ip", "list", "A link-local address of it").check(values::address),
    flag("log-driver", "string", "Where its output goes"),
    flag("log-opt", "list", "Option of the log driver"),
    flag("mac-address", "string", "Its MAC address"),
    flag("memory", "bytes", "Most memory it may use").short('m').check(values::size),
    flag("memory-reservation", "bytes", "Memory it is meant to use").check(values::size),
    flag("memory-swap", "bytes", "Most memory and swap together; -1 for any")
        .check(values::size_or_unlimited),
    flag("memory-swappiness", "int", "How readily its memory is swapped out (0 to 100)").check(int),
    flag("mount", "mount", "Mount a volume, a folder or memory").check(mounts::check_mount),
    flag("network", "network", "Connect it to a network").check(networks::check),
    flag("net", "network", "Connect it to a network (older spelling)").check(networks::check),
    flag("network-alias", "list", "Another name of it on that network"),
    switch("no-healthcheck", "Do not use the image's health check"),
    switch("oom-kill-disable", "Do not kill it when memory runs out"),
    flag("oom-score-adj", "int", "How soon it is killed then (-1000 to 1000)").check(int),
    flag("pid", "string", "Namespace of processes"),
    flag("pids-limit", "int", "Most processes it may have; -1 for any").check(int),
    switch("privileged", "Give it extended rights"),
    flag("publish", "list", "Publish a port on the host").short('p'),
    switch("publish-all", "Publish all exposed ports on random ports").short('P'),
    switch("read-only", "Mount its file system read-only"),
    flag(
        "restart",
        "string",
        "What to do when it ends (no, on-failure[:n], always, unless-stopped)",
    ),
    switch("rm", "Remove it when it ends"),
    flag("runtime", "string", "Runtime to use"),
    flag("security-opt", "list", "Security option"),
    flag("shm-size", "bytes", "Size of /dev/shm").check(values::size),
    flag("stop-signal", "string", "Signal that stops it"),
    flag("stop-timeout", "int", "Seconds before it is killed").check(int),
    flag("storage-opt", "list", "Option of its storage"),
    flag("sysctl", "map", "Kernel parameter"),
    flag("tmpfs", "list", "Mount memory as a folder"),
    switch("tty", "Give it a terminal").short('t'),
    flag("ulimit", "ulimit", "Limit of its processes").check(values::ulimit),
    switch("use-api-socket", "Mount the socket of the engine, with what is known of registries"),
    flag("user", "string", "User to run as (name or id, with a group or without)").short('u'),
    flag("userns", "string", "Namespace of users"),
    flag("uts", "string", "Namespace of host names"),
    flag("volume", "list", "Mount a volume or a folder of the host").short('v'),
    flag("volume-driver", "string", "Driver of its volumes"),
    flag("volumes-from", "list", "Mount the volumes of another container"),
    flag("workdir", "string", "Folder to run in").short('w'),
];

/// Environment variables: files first, then flags; a name alone takes its value from here.
///
/// # Errors
/// The client's words for a file that cannot be read.
pub(crate) fn environment(cx: &Cx<'_, '_>, given: &Parsed) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut add = |entry: &str| {
        if entry.contains('=') {
            found.push(entry.to_owned());
        } else if let Some(value) = cx.env(entry) {
            found.push(format!("{entry}={value}"));
        }
    };
    for file in given.all("env-file") {
        for line in lines(cx, file)? {
            let name = line.split('=').next().unwrap_or_default();
            if name.is_empty() {
                return Err(format!("no variable name on line '{line}'"));
            }
            if name.contains(char::is_whitespace) {
                return Err(format!("variable '{name}' contains whitespaces"));
            }
            add(&line);
        }
    }
    given.all("env").iter().for_each(|entry| add(entry));
    Ok(found)
}

/// The lines of a file of names and values, without comments.
///
/// # Errors
/// The client's words for a file that cannot be read.
pub(crate) fn lines(cx: &Cx<'_, '_>, file: &str) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(cx.host.cwd.join(file)).map_err(|e| {
        let why = match e.kind() {
            std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => e.to_string(),
        };
        format!("open {file}: {why}")
    })?;
    let lines = text.lines().map(str::trim_start);
    Ok(lines.filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect())
}
