//! The learner's side of a lab: the workspace with its files, the environment of the shell, and
//! scripts run in it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::profile::Profile;
use command::FOLDER_VARIABLE;
use course::{Lab, Need};
use gateway::Place;
use sim::Credential;
use wire::proxy::{self, Former};
use wire::tls;

/// Puts the files that a lab gives into the workspace. Those that are there already stay as they are.
pub fn lay_out(workspace: &Path, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    fs::create_dir_all(workspace)
        .with_context(|| format!("the workspace {} cannot be made", workspace.display()))?;
    for (name, bytes) in files {
        let path = workspace.join(name);
        if path.exists() {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// What the lab's shell has in its environment beside the learner's own: the lab's commands first
/// on PATH, the way to the session, and credentials that open this world only.
pub fn environment(
    profile: &Profile,
    world: &str,
    place: &Place,
    key: &Credential,
) -> anyhow::Result<Vec<(String, String)>> {
    let home = profile.world_dir(world);
    let aws = home.join("aws");
    fs::create_dir_all(&aws)?;
    write_once(
        &aws.join("credentials"),
        &format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            key.access_key_id, key.secret_access_key
        ),
    )?;
    write_once(&aws.join("config"), &format!("[default]\nregion = {}\n", place.region))?;
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into());
    let bin = profile.bin().display().to_string();
    let path = if path.split(':').any(|p| p == bin) { path } else { format!("{bin}:{path}") };
    let mut env = vec![
        ("PATH".to_owned(), path),
        ("DISTLAB_HOME".into(), profile.home.display().to_string()),
        ("DISTLAB_LAB".into(), world.into()),
        ("AWS_ACCESS_KEY_ID".into(), key.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY".into(), key.secret_access_key.clone()),
        ("AWS_REGION".into(), place.region.clone()),
        ("AWS_DEFAULT_REGION".into(), place.region.clone()),
        ("AWS_SHARED_CREDENTIALS_FILE".into(), aws.join("credentials").display().to_string()),
        ("AWS_CONFIG_FILE".into(), aws.join("config").display().to_string()),
        // The real metadata service of a cloud machine must not answer for the lab's.
        ("AWS_EC2_METADATA_DISABLED".into(), "true".into()),
        ("AWS_PAGER".into(), String::new()),
        ("HADOOP_USER_NAME".into(), profile.learner.name.clone()),
    ];
    env.push(logins(profile, world));
    // Known hosts of the simulation are no business of the learner's own file.
    env.push(("DISTLAB_SSH".into(), home.join("ssh").display().to_string()));
    if let Some(endpoint) = place.endpoint() {
        env.push(("AWS_ENDPOINT_URL".into(), endpoint.to_owned()));
    }
    if let Some(proxy) = place.door(proxy::DOOR) {
        env.extend(simulated_names(profile, &proxy.url, &|name| std::env::var(name).ok()));
    }
    if let Some(address) = place.registry() {
        // `docker login` writes the password down: here, and not among the learner's own.
        let docker = docker_folder(profile, world);
        fs::create_dir_all(&docker)?;
        let account = profile.registry_account();
        env.extend([
            ("REGISTRY".to_owned(), address.to_owned()),
            ("REGISTRY_USER".into(), account.user),
            ("REGISTRY_PASSWORD".into(), account.password),
            ("DOCKER_CONFIG".into(), docker.display().to_string()),
        ]);
    }
    Ok(env)
}

/// What is reached past the session's proxy: this machine, and the networks that Docker gives to
/// containers (without 172.31, where the simulated default VPC is). Each client understands some of
/// these forms.
const PAST_PROXY: &str = "localhost,127.0.0.1,::1,.localhost,127.0.0.0/8,172.16.0.0/13,\
                          172.24.0.0/14,172.28.0.0/15,172.30.0.0/16,192.168.0.0/16";

/// What makes simulated names work: the way through the session's proxy, and its certificates.
fn simulated_names(
    profile: &Profile,
    url: &str,
    env: &dyn Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let mut past = PAST_PROXY.to_owned();
    // An engine elsewhere is spoken to by connections that no proxy carries.
    let engine = env("DOCKER_HOST");
    let engine = engine.as_deref().and_then(|host| host.strip_prefix("tcp://"));
    if let Some(host) = engine.and_then(|address| address.rsplit_once(':').map(|(host, _)| host)) {
        past.push(',');
        past.push_str(host.trim_matches(['[', ']']));
    }
    let proxies = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
    let mut all: Vec<(String, String)> =
        proxies.into_iter().map(|name| (name.to_owned(), url.to_owned())).collect();
    all.extend(["no_proxy", "NO_PROXY"].map(|name| (name.to_owned(), past.clone())));
    let former = Former::read(env).unwrap_or_default();
    all.extend(former.words().iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let trust = tls::environment(&profile.authority(), env);
    all.extend(trust.into_iter().map(|(name, path)| (name.to_owned(), path.display().to_string())));
    all
}

/// What a lab whose nodes are real engines has in its environment beside: where their sockets are.
#[must_use]
pub fn nodes_environment(profile: &Profile, lab: &Lab) -> Vec<(String, String)> {
    if !lab.needs.contains(&Need::Swarm) {
        return Vec::new();
    }
    let folder = profile.world_dir(&lab.id).join("nodes");
    vec![(FOLDER_VARIABLE.to_owned(), folder.display().to_string())]
}

/// What the shell of a node has in its environment beside: docker, ours and the reference client,
/// speaks to that node's engine.
#[must_use]
pub fn node_environment(node: &str, host: &str) -> Vec<(String, String)> {
    let mut env = vec![
        ("DOCKER_CONTEXT".to_owned(), node.to_owned()),
        ("DOCKER_HOST".to_owned(), host.to_owned()),
        (NODE_VARIABLE.to_owned(), node.to_owned()),
    ];
    env.extend(docker::own_host().map(|own| (docker::OWN_VARIABLE.to_owned(), own)));
    env
}

/// Names the node whose shell it is: the prompt begins with it.
const NODE_VARIABLE: &str = "DISTLAB_NODE";

/// Where the logins of a world's registry are kept.
fn docker_folder(profile: &Profile, world: &str) -> PathBuf {
    profile.world_dir(world).join("docker")
}

/// Where `docker` keeps the logins of simulated registries when it keeps others elsewhere: they are no
/// business of the learner's own file.
#[must_use]
pub fn logins(profile: &Profile, world: &str) -> (String, String) {
    ("DISTLAB_DOCKER_LOGINS".into(), docker_folder(profile, world).display().to_string())
}

/// Forgets the logins: a lab that begins anew begins as a stranger.
pub fn log_out(profile: &Profile, world: &str) {
    // Most labs have none.
    let _ = fs::remove_file(docker_folder(profile, world).join("config.json"));
}

/// A file that bash reads in place of `~/.bashrc`: the learner's own settings first, then the lab's
/// commands put in front of whatever PATH those made.
pub fn rc_file(profile: &Profile, world: &str) -> anyhow::Result<PathBuf> {
    let path = profile.world_dir(world).join("bashrc");
    let bin = profile.bin().display().to_string().replace('\'', r"'\''");
    // Blanks for a whole line and a return: after output without a line end (`curl`) the prompt
    // begins on a line of its own, else nothing is seen of them.
    let text = format!(
        "[ -f ~/.bashrc ] && . ~/.bashrc\nexport PATH='{bin}':\"$PATH\"\nhash -r\nPROMPT_DIRTRIM=1\n\
         PROMPT_COMMAND=\"${{PROMPT_COMMAND:+$PROMPT_COMMAND$'\\n'}}\"\
         'printf \"%*s\\r\" $((COLUMNS-1)) \"\"'\n\
         [ -n \"${{DISTLAB_NODE}}\" ] && PS1=\"${{DISTLAB_NODE}}\\$ \"\n"
    );
    fs::write(&path, text)?;
    Ok(path)
}

/// Writes a file that only the learner may read, unless it is there: the learner may have changed it.
fn write_once(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if path.exists() {
        return Ok(());
    }
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => Ok(file.write_all(text.as_bytes())?),
        // Another command of the same lab was faster.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e).with_context(|| format!("{} cannot be written", path.display())),
    }
}

/// The shell that a learner chose, if one did.
static CHOSEN: OnceLock<PathBuf> = OnceLock::new();

/// Makes a shell the one that the learner works in. Only the first choice counts.
pub fn choose(shell: PathBuf) {
    let _ = CHOSEN.set(shell);
}

/// The shell that the learner works in: the one chosen, else the one of scripts.
#[must_use]
pub fn own() -> PathBuf {
    CHOSEN.get().cloned().unwrap_or_else(program)
}

/// The shell that lab scripts run in: the learner's where it is bash, else bash, else sh.
#[must_use]
pub fn program() -> PathBuf {
    let wanted = std::env::var_os("SHELL").map(PathBuf::from).filter(|s| s.ends_with("bash"));
    let known = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/bin/sh"].map(PathBuf::from);
    wanted.into_iter().chain(known).find(|s| s.is_file()).unwrap_or_else(|| "/bin/sh".into())
}

/// How a script ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ran {
    pub ok: bool,
    /// What it printed, both streams.
    pub output: String,
}

/// No script of a lab may take longer.
const SCRIPT_TIME_MAX: Duration = Duration::from_mins(5);
/// Of a script's output the last so many bytes are kept.
const SCRIPT_OUTPUT_MAX: u64 = 64 * 1024;

/// Runs a lab's script in the workspace; it stops at the first command that fails.
pub fn script(text: &str, workspace: &Path, env: &[(String, String)]) -> anyhow::Result<Ran> {
    // A file rather than a pipe: a background process that keeps it open cannot hold us up.
    let mut output = tempfile(workspace)?;
    let mut child = Command::new(program())
        .arg("-e")
        .arg("-c")
        .arg(text)
        .current_dir(workspace)
        .envs(env.iter().cloned().collect::<BTreeMap<_, _>>())
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?)
        .spawn()
        .context("the lab's script cannot be started")?;
    let status = wait(&mut child)?;
    let len = output.metadata()?.len();
    output.seek(std::io::SeekFrom::Start(len.saturating_sub(SCRIPT_OUTPUT_MAX)))?;
    let mut bytes = Vec::new();
    output.read_to_end(&mut bytes)?;
    Ok(Ran { ok: status.success(), output: String::from_utf8_lossy(&bytes).into_owned() })
}

fn wait(child: &mut std::process::Child) -> anyhow::Result<ExitStatus> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() > SCRIPT_TIME_MAX {
            let _ = child.kill();
            let _ = child.wait();
            bail!("the lab's script ran longer than {} s and was ended", SCRIPT_TIME_MAX.as_secs());
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// A file without a name, beside the workspace.
fn tempfile(workspace: &Path) -> anyhow::Result<File> {
    let dir = workspace.parent().unwrap_or(workspace);
    let path = dir.join(format!(".output-{}", store::unguessable()));
    let file = File::options().create_new(true).read(true).write(true).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}
