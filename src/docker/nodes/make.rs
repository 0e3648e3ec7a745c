//! What a node is made of: its network, its folder, its volume and its container.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{ADDRESS_LABEL, LABEL, NODE_LABEL, Nodes, OWN_LABEL, SOCKET_LABEL};
use crate::{EngineError, images};
use base::Digest;

/// The image that a node runs.
pub(super) const IMAGE: &str = "docker:dind";

/// The file of a node's socket. Short: the whole path has to fit into a socket's address.
pub(super) const SOCKET: &str = "s";
const SOCKET_PATH_MAX: usize = 99;

/// Where the folder of the socket is inside the node.
const INSIDE: &str = "/distlab";

/// The engine's own control groups are made writable where the node may; then the image's start.
///
/// Managers speak to each other over connections that nothing keeps alive. One on which a message was
/// lost tries again after pauses that double, so after a cut it stays dead for up to as long again as
/// the cut was (two minutes at most), as between real machines; and a manager that comes back late
/// disturbs those who have found a leader meanwhile. With five attempts a connection is given up after
/// about 13 s, and a manager dials again every 8 s at most. Seen with Docker 20.10 and three managers,
/// the leader cut off for a minute: all three agreed again 24 s after `heal`, and 75 s without this.
const PREPARE: &str = "\
echo 5 > /proc/sys/net/ipv4/tcp_retries2 2>/dev/null
for group in /sys/fs/cgroup /sys/fs/cgroup/*; do
    if [ -d \"$group\" ]; then mount -o remount,bind,rw \"$group\" \"$group\" 2>/dev/null; fi
done
exec dockerd-entrypoint.sh \"$@\"
";

/// What an engine needs beyond what every container may, where `--privileged` is not to be had.
const CAPABILITIES: &[&str] =
    &["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "IPC_LOCK", "SYS_NICE"];

/// The public registry's names. Where it was not there for the node's own image it is not there for
/// the node either, which then learns that at once instead of after ten seconds for each task.
const REGISTRY: &[&str] =
    &["docker.io:127.0.0.1", "index.docker.io:127.0.0.1", "registry-1.docker.io:127.0.0.1"];

/// How much a node's container may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rights {
    Privileged,
    /// A list of capabilities, for machines that cannot give all.
    Listed,
}

/// What all nodes of a lab have in common.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// `10.213.0`
    pub(super) subnet: String,
    /// The folder of all sockets.
    pub(super) folder: PathBuf,
    /// The learner's group, which may use the socket.
    pub(super) group: u32,
    /// Whether the node's image is a stand-in: no registry answered then.
    pub(super) offline: bool,
}

impl Plan {
    pub(super) fn socket(&self, name: &str) -> PathBuf {
        self.folder.join(name).join(SOCKET)
    }

    pub(super) fn address(&self, name: &str) -> String {
        format!("{}.{}", self.subnet, 10 + super::number(name))
    }
}

/// The folder for sockets: the wanted one, or one in the system's temporary folder under a name made
/// from it when its paths are too long for a socket.
pub(super) fn folder(wanted: &Path) -> Result<PathBuf, EngineError> {
    let longest = wanted.join(format!("node{}", super::NODES_MAX)).join(SOCKET);
    let path = if longest.as_os_str().len() <= SOCKET_PATH_MAX {
        wanted.to_owned()
    } else {
        let name = Digest::of(wanted.as_os_str().as_encoded_bytes()).to_string();
        std::env::temp_dir().join(format!("distlab-n-{}", &name[..16]))
    };
    let wrong = |what: &dyn std::fmt::Display| {
        EngineError::Nodes(format!("the folder {} for the nodes' sockets: {what}", path.display()))
    };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|e| wrong(&e))?;
    }
    private(&path).map_err(|e| wrong(&e))?;
    // Somebody else may have made it, where everybody may write.
    let found = fs::symlink_metadata(&path).map_err(|e| wrong(&e))?;
    let learner = fs::metadata("/proc/self").map_or(found.uid(), |own| own.uid());
    if !found.is_dir() || found.uid() != learner || found.mode() & 0o077 != 0 {
        return Err(wrong(&"it is not yours alone"));
    }
    Ok(path)
}

/// Makes a folder that only the learner may enter.
fn private(path: &Path) -> std::io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

impl Nodes {
    /// The lab's network, made when it is not there; its first three numbers.
    pub(super) async fn ensure_network(&self) -> Result<String, EngineError> {
        let name = self.network();
        match self.engine.get_json(&format!("/networks/{name}")).await {
            Ok(network) => {
                let subnet = network.pointer("/IPAM/Config/0/Subnet").and_then(Value::as_str);
                let prefix = subnet.and_then(|s| s.strip_suffix(".0/24"));
                return prefix.map(str::to_owned).ok_or_else(|| {
                    EngineError::Nodes(format!("the network {name} exists and is not distlab's"))
                });
            }
            Err(e) if e.is_not_found() => {}
            Err(e) => return Err(e),
        }
        let mut last = None;
        for third in 0..=255 {
            let prefix = format!("10.213.{third}");
            let body = json!({
                "Name": name,
                "Driver": "bridge",
                "CheckDuplicate": true,
                "Labels": { LABEL: self.lab },
                "IPAM": { "Config": [{ "Subnet": format!("{prefix}.0/24") }] },
            });
            match self.engine.post_json("/networks/create", Some(&body)).await {
                Ok(_) => return Ok(prefix),
                Err(e) if e.message().contains("overlap") => last = Some(e),
                Err(e) => return Err(e),
            }
        }
        Err(last.unwrap_or_else(|| EngineError::Nodes("there is no free subnet".into())))
    }

    /// Makes and starts the container of a node; what is left of an earlier try goes first.
    pub(super) async fn create(
        &self,
        name: &str,
        plan: &Plan,
        rights: Rights,
    ) -> Result<(), EngineError> {
        let socket = plan.socket(name);
        let folder = socket.parent().unwrap_or(&plan.folder);
        let made = |e: std::io::Error| EngineError::Nodes(format!("{}: {e}", folder.display()));
        private(folder).map_err(made)?;
        let thing = self.thing(name);
        let volume = json!({ "Name": thing, "Labels": { LABEL: self.lab } });
        self.engine.post_json("/volumes/create", Some(&volume)).await?;
        let body = self.body(name, plan, rights);
        self.engine.post_json(&format!("/containers/create?name={thing}"), Some(&body)).await?;
        self.engine.start(&thing).await
    }

    fn body(&self, name: &str, plan: &Plan, rights: Rights) -> Value {
        let thing = self.thing(name);
        let address = plan.address(name);
        let socket = plan.socket(name);
        let mut host = json!({
            "CgroupnsMode": "private",
            // What a machine forgets when it loses power.
            "Tmpfs": { "/run": "mode=755" },
            "Mounts": [
                { "Type": "bind", "Source": socket.parent(), "Target": INSIDE },
                { "Type": "volume", "Source": thing, "Target": "/var/lib/docker" },
            ],
            "ExtraHosts": if plan.offline { REGISTRY } else { &[] },
            "NetworkMode": self.network(),
        });
        match rights {
            Rights::Privileged => host["Privileged"] = true.into(),
            Rights::Listed => {
                host["CapAdd"] = json!(CAPABILITIES);
                host["SecurityOpt"] = json!(["seccomp=unconfined", "apparmor=unconfined"]);
                host["MaskedPaths"] = json!([]);
                host["ReadonlyPaths"] = json!([]);
                host["DeviceCgroupRules"] = json!(["a *:* rwm"]);
            }
        }
        let mut networks = serde_json::Map::new();
        let place = json!({ "IPAMConfig": { "IPv4Address": address }, "Aliases": [name] });
        networks.insert(self.network(), place);
        json!({
            "Image": IMAGE,
            "Hostname": name,
            "Entrypoint": ["sh", "-c", PREPARE, "node"],
            "Cmd": [
                "dockerd",
                format!("--host=unix://{INSIDE}/{SOCKET}"),
                format!("--group={}", plan.group),
            ],
            "Env": ["DOCKER_TLS_CERTDIR="],
            "Labels": {
                LABEL: self.lab,
                NODE_LABEL: name,
                ADDRESS_LABEL: address,
                SOCKET_LABEL: socket,
            },
            "HostConfig": host,
            "NetworkingConfig": { "EndpointsConfig": networks },
        })
    }

    /// Takes away a node and all that belongs to it alone.
    pub(super) async fn remove(&self, name: &str) -> Result<(), EngineError> {
        let thing = self.thing(name);
        let gone = |done: Result<(), EngineError>| match done {
            Err(e) if e.is_not_found() => Ok(()),
            other => other,
        };
        gone(self.engine.remove(&thing, true, true, false).await)?;
        gone(self.engine.delete(&format!("/volumes/{thing}")).await.map(drop))
    }

    /// Makes the learner's own engine the lab's one node, and remembers why.
    pub(super) async fn take_own(&self, why: &str) -> Result<(), EngineError> {
        let body = json!({
            "Name": self.own_volume(),
            "Labels": { LABEL: self.lab, OWN_LABEL: why },
        });
        self.engine.post_json("/volumes/create", Some(&body)).await.map(drop)
    }

    /// Whether the node's image is a stand-in, once it is here.
    pub(super) async fn offline(&self) -> Result<bool, EngineError> {
        let Some(need) = images::find(IMAGE) else { return Ok(false) };
        Ok(images::is_stand_in(&self.engine, need).await? == Some(true))
    }
}
