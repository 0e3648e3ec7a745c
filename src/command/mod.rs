//! What a learner types: `docker`, `aws`, `hdfs`, … Each turns arguments into requests and answers
//! into text, in the layout of the real client.
//!
//! A command runs where it is typed (in the learner's shell, with its folder, files and terminal) and
//! reaches the world through a [`Gateway`]. Checks run the same code with captured output.

mod access;
mod aws;
mod edge;
mod hadoop;
mod inside;
mod nodes;
mod reach;
mod registry;
mod ssh;
#[cfg(test)]
pub(crate) mod testing;
mod zones;

pub use gateway::{Command, Host};
pub use nodes::FOLDER_VARIABLE;

pub use command_docker::only_looks_inside;

/// Every command, in alphabetical order.
pub static COMMANDS: &[&dyn Command] = &[
    &access::Access,
    &aws::Aws,
    &command_docker::Docker,
    &edge::Edge,
    &hadoop::Hadoop,
    &hadoop::Hdfs,
    &inside::Inside,
    &nodes::Nodes,
    &reach::Reach,
    &registry::Registry,
    &ssh::Scp,
    &ssh::Sftp,
    &ssh::Ssh,
    &zones::Zones,
];

/// Why a command does not do it: its exit code and what to say.
type Problem = (u8, String);

/// Writes what a command has to say; its exit code.
fn finish(done: Result<String, Problem>, host: &mut Host<'_>) -> u8 {
    match done {
        Ok(text) => {
            let _ = host.stdout.write_all(text.as_bytes());
            0
        }
        Err(problem) => refuse(problem, host),
    }
}

/// Writes why it is not done; the exit code.
fn refuse((code, text): Problem, host: &mut Host<'_>) -> u8 {
    let _ = host.stderr.write_all(text.as_bytes());
    code
}

/// The command of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Command> {
    COMMANDS.iter().copied().find(|c| c.name() == name)
}
