//! The `aws` command, in the layout of AWS CLI version 2: every operation of every simulated service
//! with its members as options, and the high-level `aws s3` and `aws logs tail`.
//!
//! Derived from the operations' definitions; only the high-level commands, and what the real command
//! adds to EC2's options, know any by name. Signatures
//! and the wire are deliberately absent: a call goes straight to the session's gateway.

mod argv;
mod client;
mod cloudformation;
mod cloudfront;
mod config;
mod configure;
mod ec2;
mod ecr;
mod ecs;
mod fail;
mod flags;
mod globals;
mod help;
mod logs;
mod operation;
mod output;
mod own;
mod paging;
mod role;
mod route53;
mod s3;
mod shorthand;
mod skeleton;
#[cfg(test)]
mod tests;
mod token;
mod value;
mod wait;

use super::{Command, Host};
use client::Client;
use config::Config;
use fail::{Failure, invalid_choice};
use globals::{Globals, split_first};
use output::{Format, Query, Style};
use sim::api::Service;

/// The registry entry.
pub(super) struct Aws;

impl Command for Aws {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn about(&self) -> &'static str {
        "The simulated AWS account: aws s3, aws s3api, aws iam, …"
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        match run(args, host) {
            Ok(code) => code,
            Err(failure) => {
                // Nobody is left to tell when standard error is gone.
                let _ = failure.write(host.stderr);
                failure.code()
            }
        }
    }

    fn read_only(&self, args: &[String]) -> bool {
        let Ok((globals, args)) = globals::extract(args) else { return false };
        if globals.version {
            return true;
        }
        let Some((name, args)) = split_first(&args) else { return false };
        if name == "help" || args.last().is_some_and(|last| last == "help") {
            return true;
        }
        match name.as_str() {
            "configure" => configure::read_only(&args),
            "s3" => s3::read_only(&args),
            name => service(name).is_some_and(|s| operation::read_only(s, &args)),
        }
    }
}

/// The name of a service on this command line: `aws s3` is the high-level command.
fn command_name(service: &Service) -> &'static str {
    if service.name == "s3" { "s3api" } else { service.name }
}

/// The services that are AWS's.
fn services() -> impl Iterator<Item = &'static Service> {
    systems::services().filter(|s| s.protocol.is_aws())
}

fn service(name: &str) -> Option<&'static Service> {
    services().find(|s| command_name(s) == name)
}

/// All commands, sorted.
fn command_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = services().map(command_name).chain(["configure", "s3"]).collect();
    names.sort_unstable();
    names
}

fn run(args: &[String], host: &mut Host<'_>) -> Result<u8, Failure> {
    let (globals, args) = globals::extract(args)?;
    if globals.version {
        writeln!(host.stdout, "aws-cli/2 (simulated) distlab/{}", env!("CARGO_PKG_VERSION"))?;
        return Ok(0);
    }
    let Some((name, args)) = split_first(&args) else {
        argv::finish(&argv::parse(&args, &[], 0)?, &["command".to_owned()])?;
        return Ok(0);
    };
    if name == "help" {
        return help::top(host);
    }
    if name == "configure" {
        return configure::run(&args, &globals, host);
    }
    if name == "s3" {
        return s3::run(&args, &globals, host);
    }
    if let Some(service) = service(&name) {
        return operation::run(service, &args, &globals, host);
    }
    let mut names = command_names();
    names.push("help");
    Err(invalid_choice("command", &name, &names))
}

/// What every command that calls needs: settings, and somebody to ask as.
struct Context<'a> {
    client: Client<'a>,
    style: Style,
}

impl<'a> Context<'a> {
    fn new(globals: &Globals, host: &Host<'a>) -> Result<Self, Failure> {
        let config = Config::load(&host.env, &host.cwd, globals)?;
        config.check_profile()?;
        let query = globals.query.as_deref().map(Query::new).transpose()?;
        let format = match globals.output {
            Some(format) => format,
            None => default_format(&config)?,
        };
        let client = role::client(host.gateway, &config, globals)?;
        let width = host.terminal.map_or(80, |(columns, _)| usize::from(columns));
        let color = match globals.color.as_deref() {
            Some(choice) => choice == "on",
            None => host.terminal.is_some() && !host.env.contains_key("NO_COLOR"),
        };
        Ok(Self { client, style: Style { format, query, width, color } })
    }
}

fn default_format(config: &Config) -> Result<Format, Failure> {
    let name = config.env("AWS_DEFAULT_OUTPUT").or_else(|| config.file("output"));
    let Some(name) = name else { return Ok(Format::default()) };
    Format::named(name).ok_or_else(|| Failure::General(format!("Unknown output type: {name}")))
}

/// The operation of a service by its command-line name.
fn find_operation(service: &Service, name: &str) -> Option<&'static sim::api::OpDef> {
    service.operations.iter().copied().find(|op| op.kebab() == name)
}
