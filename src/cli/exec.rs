//! `distlab exec`, `distlab shell`, `distlab nodes`, and the lab's commands under their own names.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::Command as Process;

use anyhow::{Context, bail};

use super::lab_session::{LabSession, labs_variable, look_again, wall};
use super::lazy::Lazy;
use super::{Args, Stop};
use command::{self, Command, Host};
use course::Need;
use gateway::Gateway;
use session::profile::SERVE;
use session::{Mode, Session, shell};

/// Runs a command under its own name: in the lab that the environment names.
pub(super) fn shim(found: &dyn Command, args: &[String]) -> anyhow::Result<u8> {
    let lab = std::env::var("DISTLAB_LAB").ok().filter(|l| !l.is_empty());
    let lab = lab.unwrap_or_else(|| SERVE.into());
    let environment = Args::of_environment();
    let gateway = Lazy::new(&environment, &lab)?;
    if found.uses_world() {
        gateway.open()?;
    } else if lab != SERVE && std::env::var_os("REGISTRY").is_some() {
        // The registry listens while its lab is open. What does not need it works without.
        let _ = gateway.open();
    }
    let code = run(found, args, &lab, &gateway, &[])?;
    after(&environment, found, args, &lab);
    Ok(code)
}

impl Args {
    /// The arguments of a command that takes none of `distlab`'s.
    pub(crate) fn of_environment() -> Self {
        Self { home: None, labs: None, course: None, plain: false, verb: None }
    }

    /// The same place, for a verb that looks for labs by itself.
    pub(crate) fn same_place(&self) -> Self {
        Self { home: self.home.clone(), labs: self.labs.clone(), ..Self::of_environment() }
    }
}

/// What a command did at an engine may change what a check sees.
fn after(own: &Args, found: &dyn Command, args: &[String], lab: &str) {
    if !found.uses_world() && !found.read_only(args) {
        look_again(own, lab);
    }
}

fn run(
    found: &dyn Command,
    args: &[String],
    lab: &str,
    gateway: &dyn Gateway,
    env: &[(String, String)],
) -> io::Result<u8> {
    let both = io::stdin().is_terminal() && io::stdout().is_terminal();
    let terminal =
        io::stdout().is_terminal().then(|| crossterm::terminal::size().unwrap_or((80, 24)));
    let all: BTreeMap<String, String> = std::env::vars().chain(env.iter().cloned()).collect();
    let mut stdout = io::stdout();
    let mut host = Host {
        gateway,
        cwd: std::env::current_dir()?,
        env: all,
        stdin: &mut io::stdin(),
        stdout: &mut stdout,
        stderr: &mut io::stderr(),
        terminal,
        interactive: both,
        lab: lab.to_owned(),
    };
    let code = found.run(args, &mut host);
    io::Write::flush(&mut stdout)?;
    Ok(code)
}

/// Runs one command for a lab, from the folder where the caller is: files are named as seen from
/// there. The lab's own commands run in this process; any other program runs with the lab's
/// environment.
pub(super) fn exec(
    args: &Args,
    lab: &str,
    node: Option<&str>,
    words: &[String],
) -> anyhow::Result<u8> {
    let (name, rest) = words.split_first().context("there is no command")?;
    let Some(found) = command::find(name) else {
        return run_program(args, lab, node, words, Some(std::env::current_dir()?));
    };
    let mut of_node = of_node(lab, node)?;
    of_node.push(shell::logins(&args.profile()?, lab));
    let gateway = Lazy::new(args, lab)?;
    if !found.uses_world() && !has_registry(args, lab) {
        let code = run(found, rest, lab, &gateway, &of_node)?;
        after(args, found, rest, lab);
        return Ok(code);
    }
    gateway.open()?;
    let profile = args.profile()?;
    let key = gateway.root_credential()?;
    let mut env = shell::environment(&profile, lab, &gateway.place(), &key)?;
    env.extend(shell::nodes_environment(&profile, &args.lab(lab, &profile)?));
    // Whom to be on the simulated machines is the caller's choice; real keys must not get in.
    env.retain(|(name, _)| name != "HADOOP_USER_NAME" || std::env::var_os(name).is_none());
    env.extend(of_node);
    Ok(run(found, rest, lab, &gateway, &env)?)
}

/// What the shell of a node has in its environment; nothing without a node.
fn of_node(lab: &str, node: Option<&str>) -> anyhow::Result<Vec<(String, String)>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let live = docker::live_nodes(lab);
    let Some((_, host)) = live.iter().find(|(name, _)| name == node) else {
        let names: Vec<&str> = live.iter().map(|(name, _)| name.as_str()).collect();
        let names = if names.is_empty() { "none".into() } else { names.join(", ") };
        return Err(Stop::usage(format!(
            "{node} is not a live node of {lab}; the live ones are: {names}"
        )));
    };
    Ok(shell::node_environment(node, host))
}

/// Whether the lab has a registry: it listens only while the lab is open, and the engine must reach it
/// while `docker push` runs.
fn has_registry(args: &Args, lab: &str) -> bool {
    lab != SERVE && args.listing().get(lab).is_ok_and(|l| l.needs.contains(&Need::Registry))
}

/// Runs an interactive shell in the lab's folder, or a command as if it was typed into one.
pub(super) fn shell(
    args: &Args,
    lab: &str,
    node: Option<&str>,
    words: &[String],
) -> anyhow::Result<u8> {
    run_program(args, lab, node, words, None)
}

/// Runs a program, or without words a shell, with the lab's environment and endpoint. It runs in the
/// lab's folder unless another is given.
fn run_program(
    args: &Args,
    lab: &str,
    node: Option<&str>,
    words: &[String],
    folder: Option<PathBuf>,
) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let of_node = of_node(lab, node)?;
    let program = shell::own();
    let lab_session = LabSession::find(args, lab)?;
    let (env, workspace, held) = match lab_session.session() {
        None => {
            let key = lab_session.root_credential()?;
            let mut env = shell::environment(&profile, lab, &lab_session.place(), &key)?;
            env.extend(shell::nodes_environment(&profile, &args.lab(lab, &profile)?));
            (env, profile.workspace(lab), None)
        }
        Some(passing) => {
            // A session for one command has no running clock; the shell wants one.
            drop((passing, lab_session));
            let session = Session::open(&profile, args.lab(lab, &profile)?, Mode::Live, wall())?;
            session.open_doors(wire::aws::Options::default())?;
            // The rest was said when it was looked for.
            session.door_troubles().iter().for_each(|trouble| super::lab_session::tell(trouble));
            session.begin_step()?;
            session.look_around()?;
            session.watch(true)?;
            (session.shell_env()?, session.workspace(), Some(session))
        }
    };
    let mut process = if let Some((name, rest)) = words.split_first() {
        let mut process = Process::new(name);
        process.args(rest);
        process
    } else {
        let mut process = Process::new(&program);
        if program.ends_with("bash") {
            process.arg("--rcfile").arg(shell::rc_file(&profile, lab)?);
        }
        process
    };
    process
        .envs(env)
        .envs(labs_variable(args.labs_folder().as_deref()))
        .envs(of_node)
        .current_dir(folder.unwrap_or(workspace));
    let status = process.status();
    if let Some(session) = held {
        session.take_leave();
    }
    let status = match status {
        Ok(status) => status,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(Stop {
                code: 127,
                message: format!("{}: command not found", words.join(" ")),
            }
            .into());
        }
        Err(e) => return Err(e).context("the shell cannot be started"),
    };
    Ok(status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(1))
}

/// `distlab nodes …`: the command `nodes` in the lab that is meant.
pub(super) fn nodes(args: &Args, lab: Option<&str>, words: &[String]) -> anyhow::Result<u8> {
    let named = lab;
    let lab = Args::here(named)?;
    let Some(found) = command::find("nodes") else { bail!("this program knows no machines") };
    let list = ["ls".to_owned()];
    let words = if words.is_empty() { &list } else { words };
    let gateway = Lazy::new(args, &lab)?;
    let profile = args.profile()?;
    let real = if named.is_some() {
        shell::nodes_environment(&profile, &args.lab(&lab, &profile)?)
    } else {
        // The lab's own shell says it already. (A lab that is being proved is on no list.)
        let folder = std::env::var(command::FOLDER_VARIABLE).ok().filter(|f| !f.is_empty());
        folder.map(|folder| (command::FOLDER_VARIABLE.to_owned(), folder)).into_iter().collect()
    };
    if real.is_empty() {
        gateway.open()?;
    }
    Ok(run(found, words, &lab, &gateway, &real)?)
}
