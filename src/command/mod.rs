//! What a learner types: `docker`, `aws`, `hdfs`, … Each turns arguments into requests and answers
//! into text, in the layout of the real client.
//!
//! A command runs where it is typed (in the learner's shell, with its folder, files and terminal) and
//! reaches the world through a [`Gateway`]. Checks run the same code with captured output.

mod aws;
mod docker;
mod hadoop;
mod nodes;
mod registry;
#[cfg(test)]
pub(crate) mod testing;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;

use crate::wire::Gateway;
pub use nodes::FOLDER_VARIABLE;

/// Whether a command in a container, as a Docker engine tells of it, only looks.
#[must_use]
pub fn only_looks_inside(line: &str) -> bool {
    docker::only_looks_inside(line)
}

/// Everything a command may touch.
pub struct Host<'a> {
    pub gateway: &'a dyn Gateway,
    /// The folder it is run in.
    pub cwd: PathBuf,
    pub env: BTreeMap<String, String>,
    pub stdin: &'a mut (dyn Read + Send),
    pub stdout: &'a mut (dyn Write + Send),
    pub stderr: &'a mut (dyn Write + Send),
    /// Columns and rows, when output goes to a terminal.
    pub terminal: Option<(u16, u16)>,
    /// Whether the process's own standard input and output are a terminal that may be put into raw
    /// mode (`docker run -it`). Never in checks.
    pub interactive: bool,
    /// The lab this runs for: its id is the value of the `distlab` label of everything made on the engine.
    pub lab: String,
}

/// A program of the lab.
pub trait Command: Sync {
    /// `aws`
    fn name(&self) -> &'static str;
    /// One line for `distlab` itself.
    fn about(&self) -> &'static str;
    /// Runs with the arguments behind the name, and returns the exit code of the real client.
    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8;
    /// Whether it speaks to the simulated world; one that does not works without opening it.
    fn uses_world(&self) -> bool {
        true
    }
    /// Whether these arguments only look. A check may only look; what is not known to be
    /// read-only is not.
    fn read_only(&self, args: &[String]) -> bool;
}

/// Every command, in alphabetical order.
pub static COMMANDS: &[&dyn Command] = &[
    &aws::Aws,
    &docker::Docker,
    &hadoop::Hadoop,
    &hadoop::Hdfs,
    &nodes::Nodes,
    &registry::Registry,
];

/// The command of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Command> {
    COMMANDS.iter().copied().find(|c| c.name() == name)
}
