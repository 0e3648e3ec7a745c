//! `docker build`: an image from a Dockerfile, by the engine's classic builder.
//!
//! The image carries the lab's label. Images that the Dockerfile begins with and that no registry
//! has are made available as stand-ins first.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::cx::{Cx, Fail};
use crate::files;
use crate::progress::Display;
use crate::pull::To;
use crate::reference;
use crate::registry::header;
use crate::values;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, int, switch};
use command_line::size;
use command_line::text::io_error;
use docker::{Engine, EngineError, LABEL, Method, Upload, build, images};

use super::context::{self, Context, Source};
use super::inherit::{Inherited, Pull};
use super::unlabelled::Unlabelled;

/// How many bytes go by until the size on the screen changes.
const SENDING_STEP: u64 = 512 << 10;

/// How long a size stays on the screen at least.
const SENDING_PAUSE: Duration = Duration::from_millis(100);

/// `--build-arg`; a variable without a value has none here either.
type Arguments = BTreeMap<String, Option<String>>;

static FLAGS: &[Flag] = &[
    flag("add-host", "list", "Add a line to /etc/hosts (host:ip)").check(values::extra_host),
    flag("build-arg", "list", "Set a variable of the build").check(values::env),
    flag("cache-from", "strings", "Images whose layers may be used again"),
    flag("cgroup-parent", "string", "Parent of the control groups of RUN"),
    switch("compress", "Taken and without effect: the engine is on this machine"),
    flag("cpu-period", "int", "Length of a scheduling period, in microseconds").check(int),
    flag("cpu-quota", "int", "Processor time per period, in microseconds").check(int),
    flag("cpu-shares", "int", "Weight among containers").short('c').check(int),
    flag("cpuset-cpus", "string", "Which processors RUN may use (0-3, 0,1)"),
    flag("cpuset-mems", "string", "Which memory nodes RUN may use (0-3, 0,1)"),
    switch("disable-content-trust", "Skip image verification (default true)"),
    flag("file", "string", "Where the Dockerfile is (default: PATH/Dockerfile)").short('f'),
    switch("force-rm", "Remove intermediate containers even when the build fails"),
    flag("iidfile", "string", "Write the image's id to this file"),
    flag("isolation", "string", "How containers are isolated"),
    flag("label", "list", "Set a label of the image").check(values::label),
    flag("memory", "bytes", "Most memory RUN may use").short('m').check(values::size),
    flag("memory-swap", "bytes", "Most memory and swap together; -1 for any")
        .check(values::size_or_unlimited),
    flag("network", "string", "Network of RUN (default \"default\")"),
    switch("no-cache", "Use nothing of earlier builds"),
    flag("platform", "string", "Platform of the image"),
    switch("pull", "Look for a newer base image in any case"),
    switch("quiet", "Print the image's id alone").short('q'),
    switch("rm", "Remove intermediate containers (default true)"),
    flag("security-opt", "strings", "Security option"),
    flag("shm-size", "bytes", "Size of /dev/shm").check(values::size),
    switch("squash", "Make one layer of the new ones"),
    flag("tag", "list", "Name of the image, with a tag or without").short('t').check(tag),
    flag("target", "string", "Stage of the Dockerfile to build"),
    flag("ulimit", "ulimit", "Limit of the processes of RUN").check(values::ulimit),
];

static TABLES: &[&[Flag]] = &[FLAGS];

pub(crate) static VERB: Verb = verb("image", Some("build"));

/// The same as `docker builder build`.
pub(crate) static OF_BUILDER: Verb = verb("builder", None);

const fn verb(group: &'static str, top: Option<&'static str>) -> Verb {
    Verb {
        group,
        name: "build",
        aliases: &[],
        top,
        usage: "[OPTIONS] PATH | URL | -",
        about: "Build an image from a Dockerfile",
        flags: TABLES,
        args: Args::Exactly(1),
        interspersed: true,
        looks: never,
        run,
    }
}

fn tag(text: &str) -> Result<(), String> {
    reference::parse(text).map(drop)
}

fn run(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if given.is("squash") {
        return Err(Fail::new(
            1,
            "\"--squash\" is only supported on a Docker daemon with experimental features enabled",
        ));
    }
    let iidfile = given.text("iidfile").map(|name| (name, cx.host.cwd.join(name)));
    if let Some((name, path)) = &iidfile
        && let Err(e) = fs::remove_file(path)
        && e.kind() != io::ErrorKind::NotFound
    {
        let why = files::wrong("remove", name, &e);
        return Err(Fail::new(1, format!("Removing image ID file: {why}")));
    }
    let mut source = context::find(cx, &given.args[0], given.text("file"))?;
    let engine = cx.engine()?;
    let mut pull = given.is("pull");
    let args = arguments(cx, given);
    let known = known(&args);
    if let Some(text) = &source.text {
        let (runtime, err) = (&cx.runtime, &mut cx.host.stderr);
        // There is nothing newer to look for when no registry answers.
        pull &= !stand_ins(runtime, &engine, text, given, &known, err)?;
    }
    let mut inherited = Inherited::default();
    // What is asked of certain images must be asked of them under their own names.
    if ["platform", "cache-from"].iter().all(|flag| given.get(flag).is_none()) {
        let to = if given.is("quiet") { To::Nowhere } else { To::Stdout };
        let pulls = Pull { always: pull, to };
        inherited = Inherited::found(cx, &engine, &mut source, &known, pulls)?;
        pull &= !inherited.whole;
    }
    let hollow = source.text.as_deref().is_some_and(build::is_hollow);
    let labels = labels(cx, given, inherited.whole || hollow);
    let query = query(given, &source, &args, &labels, pull);
    let work = Work { source: &source, known: &known, labels: &labels, query: &query };
    let id = build(cx, &engine, given, &work, &mut inherited)
        .inspect_err(|_| inherited.forget(cx, &engine))?;
    if let Some((name, path)) = iidfile {
        if id.is_empty() {
            let why = format!("Server did not provide an image ID. Cannot write {name}");
            return Err(Fail::new(1, why));
        }
        fs::write(&path, id).map_err(|e| Fail::new(1, files::wrong("open", name, &e)))?;
    }
    Ok(0)
}

/// The values of `--build-arg`; a name alone takes its value from here, and has none when there is
/// none.
fn arguments(cx: &Cx<'_, '_>, given: &Parsed) -> Arguments {
    let value = |text: &String| match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.clone(), cx.env(text).map(str::to_owned)),
    };
    given.all("build-arg").iter().map(value).collect()
}

/// The values that are given.
fn known(args: &Arguments) -> BTreeMap<String, String> {
    args.iter().filter_map(|(n, v)| Some((n.clone(), v.clone()?))).collect()
}

/// Makes images available that the Dockerfile begins with, when the engine has none and a stand-in
/// exists; says what it does to `err`. Whether a stand-in is among them.
///
/// # Errors
/// When the engine cannot be asked, or a stand-in lacks an ingredient.
fn stand_ins(
    runtime: &Runtime,
    engine: &Engine,
    dockerfile: &str,
    given: &Parsed,
    known: &BTreeMap<String, String>,
    err: &mut dyn Write,
) -> Result<bool, EngineError> {
    let quiet = given.is("quiet");
    let mut among = false;
    for name in build::bases(dockerfile, known) {
        let Ok(image) = reference::parse(&name) else { continue };
        let Some(need) = images::find(&image.familiar()) else { continue };
        let mut say = |line: String| {
            if !quiet || line.starts_with("distlab: ") {
                let _ = writeln!(err, "{line}");
            }
        };
        let source = runtime.block_on(images::ensure(engine, need.name, &mut say))?;
        among |= source == images::Source::StandIn;
    }
    Ok(among)
}

/// The query of the engine's build call.
fn query(
    given: &Parsed,
    source: &Source,
    args: &Arguments,
    labels: &BTreeMap<String, String>,
    pull: bool,
) -> String {
    let mut fields: Vec<(&str, String)> = vec![("version", "1".into())];
    let mut on = |name: &'static str, value: bool| {
        if value {
            fields.push((name, "1".into()));
        }
    };
    on("q", given.is("quiet"));
    on("nocache", given.is("no-cache"));
    on("forcerm", given.is("force-rm"));
    on("pull", pull);
    fields.push(("rm", u8::from(given.is_unless_off("rm")).to_string()));
    fields.extend(given.all("tag").iter().map(|tag| ("t", tag.clone())));
    let hosts = given.all("add-host").iter().map(|h| h.replacen('=', ":", 1));
    fields.extend(hosts.map(|host| ("extrahosts", host)));
    for (field, name) in [
        ("cgroupparent", "cgroup-parent"),
        ("cpuperiod", "cpu-period"),
        ("cpuquota", "cpu-quota"),
        ("cpusetcpus", "cpuset-cpus"),
        ("cpusetmems", "cpuset-mems"),
        ("cpushares", "cpu-shares"),
        ("isolation", "isolation"),
        ("platform", "platform"),
        ("target", "target"),
    ] {
        fields.extend(given.text(name).map(|value| (field, value.to_owned())));
    }
    fields.push(("networkmode", given.get("network").unwrap_or("default").to_owned()));
    let size = |name: &str| given.text(name).map(|t| size::parse(t).unwrap_or(-1).to_string());
    for (field, name) in [("memory", "memory"), ("memswap", "memory-swap"), ("shmsize", "shm-size")]
    {
        fields.extend(size(name).map(|value| (field, value)));
    }
    let listed = |name: &str| -> Vec<String> {
        given.all(name).iter().flat_map(|t| t.split(',')).map(str::to_owned).collect()
    };
    fields.extend(listed("security-opt").into_iter().map(|option| ("securityopt", option)));
    fields.push(("cachefrom", json!(listed("cache-from")).to_string()));
    fields.push(("buildargs", json!(args).to_string()));
    fields.push(("labels", json!(labels).to_string()));
    let limits: Vec<_> = given.all("ulimit").iter().filter_map(|u| values::limit(u).ok()).collect();
    if !limits.is_empty() {
        fields.push(("ulimits", json!(limits).to_string()));
    }
    if !source.dockerfile.is_empty() {
        fields.push(("dockerfile", source.dockerfile.clone()));
    }
    if let Context::Remote(address) = &source.context {
        fields.push(("remote", address.clone()));
    }
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", Engine::escape(value))).collect();
    fields.join("&")
}

/// The labels that the engine sets in steps of their own, in its order.
/// The lab's is among them unless something else sees to it.
fn labels(cx: &Cx<'_, '_>, given: &Parsed, without: bool) -> BTreeMap<String, String> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    let mut labels: BTreeMap<String, String> = given.all("label").iter().map(pair).collect();
    if !without || labels.contains_key(LABEL) {
        labels.insert(LABEL.to_owned(), cx.lab().to_owned());
    }
    labels
}

/// What is built, and how.
struct Work<'a> {
    source: &'a Source,
    /// Values of build arguments.
    known: &'a BTreeMap<String, String>,
    labels: &'a BTreeMap<String, String>,
    query: &'a str,
}

/// Sends the context, prints what the engine says, and returns the image's id.
fn build(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    work: &Work<'_>,
    inherited: &mut Inherited,
) -> Result<String, Fail> {
    let Work { source, known, labels, query } = *work;
    let quiet = given.is("quiet");
    let filter = labels.contains_key(LABEL).then(|| {
        let after = labels.keys().filter(|name| name.as_str() > LABEL).count();
        Unlabelled::new(LABEL, cx.lab(), after)
    });
    let headers = header::of_all(cx);
    let Cx { host, runtime, .. } = cx;
    let terminal = host.terminal.filter(|_| !quiet).map(|(columns, _)| columns);
    let mut kept = Vec::new();
    let out: &mut dyn Write = if quiet { &mut kept } else { &mut host.stdout };
    let display = Display::new(terminal);
    let screen = RefCell::new(Screen {
        out,
        display,
        inherited,
        filter,
        terminal,
        id: String::new(),
        failed: None,
    });
    let mut receive = |message: Value| screen.borrow_mut().receive(message);
    let path = format!("/build?{query}");
    let upload = Upload::begin(runtime, engine, Method::POST, path, headers, &mut receive);
    let mut sent = Sent { upload, screen: &screen, shown: (0, None) };
    let mut unmade = None;
    let mut seen = |text: &str| {
        unmade = stand_ins(runtime, engine, text, given, known, &mut host.stderr).err();
    };
    let written = context::write(source, &mut host.stdin, &mut sent, &mut seen);
    let Sent { upload, .. } = sent;
    let length = match written {
        // The engine's reason why it takes no more is better than ours.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => upload.written(),
        written => written.map_err(|e| Fail::new(1, io_error(&e)))?,
    };
    if !matches!(source.context, Context::Remote(_)) {
        screen.borrow_mut().sending(length, true);
    }
    let ended = upload.finish();
    let Screen { failed, id, .. } = screen.into_inner().end();
    let failed = ended.map_err(Fail::from).err().or(failed).or(unmade.map(Fail::from));
    let (out, err) = (&mut host.stdout, &mut host.stderr);
    if let Some(fail) = failed {
        let _ = err.write_all(&kept);
        return Err(fail);
    }
    // What is kept begins with the size of the context; the id stands below it.
    let answer = kept.split(|b| *b == b'\n').nth(1).unwrap_or_default();
    if quiet {
        let answer = [answer, b"\n"].concat();
        let _ = out.write_all(&answer);
        return Ok(String::from_utf8_lossy(&answer).into_owned());
    }
    Ok(id)
}

/// What is printed during a build.
struct Screen<'a> {
    out: &'a mut dyn Write,
    display: Display,
    inherited: &'a mut Inherited,
    /// Where the label is set in a step.
    filter: Option<Unlabelled>,
    terminal: Option<u16>,
    /// The id of the image, once there is one.
    id: String,
    failed: Option<Fail>,
}

impl Screen<'_> {
    fn receive(&mut self, message: Value) {
        if let Some(id) = message.pointer("/aux/ID").and_then(Value::as_str) {
            id.clone_into(&mut self.id);
        }
        let message = self.inherited.pass(message);
        match &mut self.filter {
            None => self.show(&message),
            Some(filter) => {
                for message in filter.pass(message) {
                    self.show(&message);
                }
            }
        }
    }

    fn show(&mut self, message: &Value) {
        // What follows an error is nothing new.
        if self.failed.is_none() {
            self.failed = self.display.show(message, self.out).err();
        }
    }

    fn end(mut self) -> Self {
        if let Some(message) = self.filter.as_mut().and_then(Unlabelled::rest) {
            self.show(&message);
        }
        self
    }

    /// How much of the context is sent; without a terminal only the whole is said.
    fn sending(&mut self, bytes: u64, all: bool) {
        if self.terminal.is_none() && !all {
            return;
        }
        let size = size::decimal(bytes, 4);
        let end = if all { "\r\n" } else { "" };
        let line = format!("Sending build context to Docker daemon {size:>8}\r{end}");
        let _ = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush());
    }
}

/// An upload that says how far it is.
struct Sent<'s, 'u, 'o> {
    upload: Upload<'u>,
    screen: &'s RefCell<Screen<'o>>,
    /// What the screen says, and since when.
    shown: (u64, Option<Instant>),
}

impl Write for Sent<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.upload.write(bytes)?;
        let (bytes, since) = self.shown;
        let due = since.is_none_or(|since| since.elapsed() >= SENDING_PAUSE);
        if due && self.upload.written() > bytes + SENDING_STEP {
            self.shown = (self.upload.written(), Some(Instant::now()));
            self.screen.borrow_mut().sending(self.shown.0, false);
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.upload.flush()
    }
}
