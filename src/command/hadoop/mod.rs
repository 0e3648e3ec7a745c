//! The `hdfs` and `hadoop` commands, in the words and layouts of Hadoop 3.3.
//!
//! Each is a dispatcher: `hdfs dfs` and `hadoop fs` are the file system shell (`fs`), the rest are
//! the administrator's tools. Programs that run on the cluster (`hadoop jar`, YARN) are not built.

mod admin;
mod client;
mod fs;
mod fsck;

#[cfg(test)]
mod tests;

use super::{Command, Host};
use client::Client;
use hadoop::hdfs::config;
use hadoop::hdfs::ops::admin::{GetProperty, GetPropertyOutput};

/// `hdfs`
pub(super) struct Hdfs;
/// `hadoop`
pub(super) struct Hadoop;

/// The Hadoop release whose words these are.
const VERSION: &str = "Hadoop 3.3.4\n";

impl Command for Hdfs {
    fn name(&self) -> &'static str {
        "hdfs"
    }

    fn about(&self) -> &'static str {
        "The Hadoop distributed file system: files, health, administration."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        let Some((first, rest)) = args.split_first() else {
            return usage(host, HDFS_USAGE, 1);
        };
        match first.as_str() {
            "dfs" => fs::run(rest, host),
            "dfsadmin" => admin::run(rest, host),
            "fsck" => fsck::run(rest, host),
            "getconf" => getconf(rest, host),
            "version" => version(host),
            "--help" | "-help" | "-h" => usage(host, HDFS_USAGE, 0),
            other if LATER.contains(&other) => later(host, &format!("hdfs {other}")),
            other => {
                say(
                    host,
                    &format!("ERROR: {other} is not COMMAND nor fully qualified CLASSNAME.\n"),
                );
                usage(host, HDFS_USAGE, 1)
            }
        }
    }

    fn read_only(&self, args: &[String]) -> bool {
        let Some((first, rest)) = args.split_first() else { return true };
        match first.as_str() {
            "dfs" => fs::read_only(rest),
            "dfsadmin" => admin::read_only(rest),
            "fsck" | "getconf" | "version" => true,
            _ => false,
        }
    }
}

impl Command for Hadoop {
    fn name(&self) -> &'static str {
        "hadoop"
    }

    fn about(&self) -> &'static str {
        "Hadoop's own command: the file system shell, and programs on the cluster."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        let Some((first, rest)) = args.split_first() else {
            return usage(host, HADOOP_USAGE, 1);
        };
        match first.as_str() {
            "fs" => fs::run(rest, host),
            // The old names; the real ones warn and go on.
            "dfs" | "dfsadmin" | "fsck" => {
                say(host, "WARNING: Use of this script to execute this command is deprecated.\n");
                say(host, "WARNING: Attempting to execute replacement \"hdfs\" instead.\n\n");
                Hdfs.run(args, host)
            }
            "version" => version(host),
            "--help" | "-help" | "-h" => usage(host, HADOOP_USAGE, 0),
            other if LATER.contains(&other) => later(host, &format!("hadoop {other}")),
            other => {
                say(
                    host,
                    &format!("ERROR: {other} is not COMMAND nor fully qualified CLASSNAME.\n"),
                );
                usage(host, HADOOP_USAGE, 1)
            }
        }
    }

    fn read_only(&self, args: &[String]) -> bool {
        match args.split_first() {
            None => true,
            Some((first, rest)) if first == "fs" => fs::read_only(rest),
            Some((first, _)) => first == "version" || Hdfs.read_only(args),
        }
    }
}

/// Real subcommands that this lab's cluster has no machinery for yet.
const LATER: &[&str] = &[
    "archive",
    "balancer",
    "cacheadmin",
    "checknative",
    "classpath",
    "credential",
    "crypto",
    "daemonlog",
    "datanode",
    "debug",
    "dfsrouteradmin",
    "diskbalancer",
    "distcp",
    "ec",
    "envvars",
    "fetchdt",
    "groups",
    "haadmin",
    "jar",
    "jnipath",
    "job",
    "journalnode",
    "key",
    "kms",
    "lsSnapshottableDir",
    "mover",
    "namenode",
    "oev",
    "oiv",
    "pipes",
    "queue",
    "secondarynamenode",
    "snapshotDiff",
    "storagepolicies",
    "trace",
    "zkfc",
];

const HDFS_USAGE: &str = "\
Usage: hdfs [OPTIONS] SUBCOMMAND [SUBCOMMAND OPTIONS]

  OPTIONS is none or any of:

--help                                usage information

  SUBCOMMAND is one of:

    Admin Commands:

dfsadmin             run a DFS admin client
fsck                 run a DFS filesystem checking utility

    Client Commands:

dfs                  run a filesystem command on the file system
getconf              get config values from configuration
version              print the version

SUBCOMMAND may print help when invoked w/o parameters or with -h.
";

const HADOOP_USAGE: &str = "\
Usage: hadoop [OPTIONS] SUBCOMMAND [SUBCOMMAND OPTIONS]

  OPTIONS is none or any of:

--help                                usage information

  SUBCOMMAND is one of:

    Client Commands:

fs                   run a generic filesystem user client
version              print the version

SUBCOMMAND may print help when invoked w/o parameters or with -h.
";

/// Writes to standard error. That it is closed is nothing a command can mend.
fn say(host: &mut Host<'_>, text: &str) {
    let _ = host.stderr.write_all(text.as_bytes());
}

/// Writes to standard output.
fn print(host: &mut Host<'_>, text: &str) {
    let _ = host.stdout.write_all(text.as_bytes());
}

fn usage(host: &mut Host<'_>, text: &str, code: u8) -> u8 {
    if code == 0 {
        print(host, text);
    } else {
        say(host, text);
    }
    code
}

fn later(host: &mut Host<'_>, what: &str) -> u8 {
    say(host, &format!("{what} is not part of this lab's cluster yet.\n"));
    1
}

fn version(host: &mut Host<'_>) -> u8 {
    print(host, VERSION);
    0
}

const GETCONF_USAGE: &str = "\
hdfs getconf is utility for getting configuration information from the config file.

hadoop getconf 
\t[-namenodes]\t\t\tgets list of namenodes in the cluster.
\t[-secondaryNameNodes]\t\tgets list of secondary namenodes in the cluster.
\t[-backupNodes]\t\t\tgets list of backup nodes in the cluster.
\t[-journalNodes]\t\t\tgets list of journal nodes in the cluster.
\t[-includeFile]\t\t\tgets the include file path that defines the datanodes that can join the cluster.
\t[-excludeFile]\t\t\tgets the exclude file path that defines the datanodes that need to decommissioned.
\t[-nnRpcAddresses]\t\tgets the namenode rpc addresses
\t[-confKey [key]]\t\tgets a specific key from the configuration

";

/// `hdfs getconf`
fn getconf(args: &[String], host: &mut Host<'_>) -> u8 {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["-namenodes"] => print(host, &format!("{}\n", config::NAMENODE)),
        ["-nnRpcAddresses"] => print(host, &format!("{}\n", config::NAMENODE_RPC)),
        ["-secondaryNameNodes" | "-backupNodes"] => print(host, "0.0.0.0\n"),
        ["-confKey", key] => {
            let asked = GetProperty { name: (*key).to_owned() };
            let client = Client::new(host.gateway, &host.env);
            match client.call::<GetPropertyOutput>(&GetProperty::DEF, &asked).map(|o| o.value) {
                Ok(Some(value)) => print(host, &format!("{value}\n")),
                Ok(None) => {
                    say(host, &format!("Configuration {key} is missing.\n"));
                    return 255;
                }
                Err(failure) => {
                    say(host, &format!("getconf: {}\n", failure.line()));
                    return 255;
                }
            }
        }
        _ => {
            say(host, GETCONF_USAGE);
            return 255;
        }
    }
    0
}
