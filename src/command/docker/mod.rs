//! `docker`: the reference client's command lines and printed layout, on the learner's own engine.
//!
//! Everything it makes carries the lab's label; that apart it does what the client does. It
//! knows no TLS.
//!
//! Source: the reference client 28.2 on Engine 20.10, compared line by line (`tests/peers`).

mod account_registry;
mod builder;
mod compose;
mod composefile;
mod container;
mod context;
mod cx;
mod files;
mod filters;
mod format;
mod help;
mod image;
mod live_lines;
mod moment;
mod network;
mod node;
mod progress;
mod prune;
mod pull;
mod reference;
mod registry;
mod remedy;
mod secret;
mod service;
mod shapes;
mod stack;
mod stream;
mod swarm;
mod system;
mod task;
mod template;
mod terminal;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tree;
mod values;
mod verb;
mod volume;

use command_line::flags::{Flag, Help, Parsed, flag, switch};
use cx::{Cx, Fail};
use gateway::{Command, Host};
use tree::Found;

/// The `docker` command.
pub struct Docker;

/// Whether a command in a container, as the engine tells of it, only looks.
#[must_use]
pub fn only_looks_inside(line: &str) -> bool {
    container::only_looks_inside(line)
}

/// Flags of `docker` itself. Those of TLS and contexts are read and mean nothing on a socket.
static GLOBAL: &[Flag] = &[
    flag("config", "string", "Folder of the client's settings"),
    flag("context", "string", "Name of the context").short('c'),
    switch("debug", "Debug mode").short('D'),
    flag("host", "list", "Address of the engine").short('H'),
    flag("log-level", "string", "How much to log").short('l'),
    switch("tls", "Use TLS"),
    flag("tlscacert", "string", "Trusted authority"),
    flag("tlscert", "string", "Certificate"),
    flag("tlskey", "string", "Key"),
    switch("tlsverify", "Use TLS and verify"),
    switch("version", "Print version information and quit").short('v'),
];

impl Command for Docker {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn about(&self) -> &'static str {
        "containers and images on your own Docker Engine"
    }

    fn uses_world(&self) -> bool {
        false
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        match dispatch(args, host) {
            Ok(code) => code,
            Err(fail) => {
                if !fail.text.is_empty() {
                    let _ = writeln!(host.stderr, "{}", fail.text);
                }
                fail.code
            }
        }
    }

    fn read_only(&self, args: &[String]) -> bool {
        let Ok(global) = command_line::flags::parse(args, &[GLOBAL], false) else { return false };
        match tree::find(&global.args) {
            Found::Verb(verb, call) => verb
                .parse(&call.path, call.words)
                .is_ok_and(|p| p.help.is_some() || (verb.looks)(&p)),
            Found::Group(..) | Found::Nothing => true,
            Found::Unknown(..) | Found::Wrong(..) => false,
        }
    }
}

fn dispatch(args: &[String], host: &mut Host<'_>) -> Result<u8, Fail> {
    let global = command_line::flags::parse(args, &[GLOBAL], false).map_err(|why| {
        Fail::new(
            125,
            format!(
                "{why}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information"
            ),
        )
    })?;
    if global.is("version") {
        let version = env!("CARGO_PKG_VERSION");
        return Ok(page(host, &format!("Docker version {version}, build distlab\n")));
    }
    if let Some(folder) = global.text("config") {
        host.env.insert("DOCKER_CONFIG".to_owned(), folder.to_owned());
    }
    let mut words = global.args.as_slice();
    let mut wants_page = global.help.is_some();
    if words.first().is_some_and(|w| w == "help") {
        words = &words[1..];
        wants_page = true;
    }
    match tree::find(words) {
        Found::Nothing => Ok(page(host, &help::all())),
        Found::Group(group, words) => {
            let unknown = command_line::flags::parse(words, &[], true).err();
            match unknown {
                Some(why) => Err(wrong_flag(why, group.name)),
                None => Ok(page(host, &help::group(group))),
            }
        }
        Found::Unknown(None, word) => Err(Fail::new(
            1,
            format!(
                "docker: unknown command: docker {word}\n\nRun 'docker --help' for more information"
            ),
        )),
        Found::Unknown(Some(group), word) => Err(unknown(group, word)),
        Found::Wrong(group, why) => Err(wrong_flag(why, group.name)),
        Found::Verb(verb, call) if wants_page => Ok(page(host, &help::verb(verb, &call.path))),
        Found::Verb(verb, call) => {
            let parsed = verb.parse(&call.path, call.words)?;
            if let Some(help) = parsed.help {
                if help == Help::Deprecated {
                    let _ =
                        writeln!(host.stderr, "Flag shorthand -h has been deprecated, use --help");
                }
                return Ok(page(host, &help::verb(verb, &call.path)));
            }
            run(verb, call.path, call.group, (&global, &parsed), host)
        }
    }
}

/// Runs a verb at the engine of the current context.
fn run(
    verb: &verb::Verb,
    path: String,
    group: Parsed,
    (global, parsed): (&Parsed, &Parsed),
    host: &mut Host<'_>,
) -> Result<u8, Fail> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Fail::new(1, format!("distlab: {e}")))?;
    let (address, context) = (None, String::new());
    let mut cx = Cx { host, path, group, address, context, runtime, runs: tree::run };
    cx.context = context::current(global, &cx);
    // Commands about contexts work where the current one is not there, and talk to no engine.
    if verb.group != "context" {
        cx.address = context::address(global, &cx)?;
    }
    (verb.run)(&mut cx, parsed).map_err(|mut fail| {
        if let Some(line) = remedy::line(&cx, &fail.text) {
            fail.text = format!("{}\n{line}", fail.text);
        }
        fail
    })
}

fn wrong_flag(why: String, group: &str) -> Fail {
    if group == verb::PLUGIN {
        return Fail::new(16, why);
    }
    Fail::new(125, group_usage(&why, group))
}

fn unknown(group: &str, word: &str) -> Fail {
    if group == verb::PLUGIN {
        let page = "Run 'docker compose --help' for more information";
        return Fail::new(16, format!("unknown docker command: \"compose {word}\"\n\n{page}"));
    }
    let why = format!("docker: unknown command: docker {group} {word}");
    Fail::new(1, group_usage(&why, group))
}

fn group_usage(why: &str, group: &str) -> String {
    let flags = tree::GROUPS.iter().any(|g| g.name == group && !g.flags.is_empty());
    // The client names the command for this group alone.
    let rest = match (flags, group) {
        (true, _) => " [OPTIONS]",
        (false, "volume") => " COMMAND",
        _ => "",
    };
    format!(
        "{why}\n\nUsage:  docker {group}{rest}\n\nRun 'docker {group} --help' for more information"
    )
}

/// Prints a page; the exit code.
fn page(host: &mut Host<'_>, text: &str) -> u8 {
    // A reader that went away is no error.
    let _ = host.stdout.write_all(text.as_bytes());
    0
}
