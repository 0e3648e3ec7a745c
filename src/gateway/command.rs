//! A program of the lab: what it gets and what it must say of itself.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;

use super::Gateway;

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
    /// Whether its answers come from outside the simulated world, so that they do not replay and are
    /// only attested. `real_nodes` says that the lab's nodes are real engines.
    fn attested(&self, real_nodes: bool) -> bool {
        let _ = real_nodes;
        !self.uses_world()
    }
    /// Whether these arguments only look. A check may only look; what is not known to be
    /// read-only is not.
    fn read_only(&self, args: &[String]) -> bool;
}
