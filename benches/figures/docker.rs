//! `docker` against the reference client, in turns on the same engine, which is left as it was found.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use distlab::course::Lab;
use distlab::session::profile::Profile;
use distlab::session::{Mode, Session};

use crate::sheet::{Bar, Sheet, median, times};

/// Runs of a `docker` command on each side.
const LOOKS: usize = 25;
const CONTAINERS: usize = 9;
const IMAGE: &str = "alpine";
/// The image that is built.
const BUILT: &str = "distlab-figures";

/// What these runs make on the engine. It goes when this is dropped, also when reading the figures
/// ends in a panic; what others make meanwhile is not touched.
struct Made<'a> {
    client: &'a Path,
    images: RefCell<Vec<String>>,
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        for image in self.images.borrow().iter().rev() {
            // With an image go the nameless ones that it alone was made from.
            let _ = client(self.client).args(["image", "rm", "--force", image]).status();
        }
    }
}

/// A client, to be given arguments.
fn client(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_remove("DISTLAB_LAB")
        // The builder that every engine has, and whose cache is images.
        .env("DOCKER_BUILDKIT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// One run of a client, in milliseconds, and what it printed; `None` when it fails.
fn run(program: &Path, home: &Path, args: &[&str]) -> Option<(f64, String)> {
    let began = Instant::now();
    let mut command = client(program);
    let done = command.args(args).env("DISTLAB_HOME", home).stdout(Stdio::piped()).output().ok()?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    done.status.success().then(|| (took, String::from_utf8_lossy(&done.stdout).trim().to_owned()))
}

/// The reference client: the `docker` of the PATH.
fn reference() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join("docker")).find(|p| p.is_file())
}

/// `docker` against the reference client on the same engine, in turns.
pub(crate) fn docker(sheet: &mut Sheet) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ours = dir.path().join("docker");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_distlab"), &ours).expect("a link");
    let home = dir.path().join("home");
    let Some(theirs) = reference() else {
        return sheet.absent("docker", "docker", "the reference client is not here");
    };
    if run(&theirs, &home, &["version"]).is_none() {
        return sheet.absent("docker", "docker", "no engine answers the reference client");
    }
    let made = Made { client: &theirs, images: RefCell::default() };
    let profile = Profile::open(&home).expect("a profile");
    let clients = Clients { ours: &ours, theirs: &theirs, home: &home, made: &made };
    compare(sheet, "docker ps", LOOKS, 1.0, &["ps"], &clients);
    let open = Session::open(&profile, serve(), Mode::Live, distlab::wire::aws::wall_clock());
    let open = open.expect("a session");
    compare(sheet, "docker ps, lab open", LOOKS, 1.0, &["ps"], &clients);
    // Genuine or a stand-in: both sides run the same.
    let there = run(&theirs, &home, &["image", "inspect", IMAGE]).is_some();
    if !there {
        if run(&ours, &home, &["pull", "--quiet", IMAGE]).is_none() {
            let why = format!("the image {IMAGE} cannot be had");
            return sheet.absent("docker", "docker run", why);
        }
        made.images.borrow_mut().push(IMAGE.to_owned());
    }
    let args = ["run", "--rm", IMAGE, "true"];
    let what = "docker run --rm alpine true, lab open";
    compare(sheet, what, CONTAINERS, 1.1, &args, &clients);
    let context = dir.path().join("context");
    make_context(&context);
    let context = context.to_str().expect("text");
    let args = ["build", "--quiet", "--no-cache", "--tag", BUILT, context];
    let what = "docker build --no-cache of 4 MiB, 3 steps";
    compare(sheet, what, CONTAINERS, 1.1, &args, &clients);
    let args = ["build", "--quiet", "--tag", BUILT, context];
    compare(sheet, "the same from the cache", LOOKS, 1.1, &args, &clients);
    drop(open);
}

/// What `docker build` is given: a Dockerfile and files of 4 MiB that do not shrink when packed.
fn make_context(dir: &Path) {
    let files = dir.join("files");
    std::fs::create_dir_all(&files).expect("a folder");
    let dockerfile = format!("FROM {IMAGE}\nCOPY files /files\nRUN true\n");
    std::fs::write(dir.join("Dockerfile"), dockerfile).expect("written");
    let mut state = 1_u64;
    for number in 0..64 {
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .take(64 << 10)
        .collect();
        std::fs::write(files.join(format!("file-{number}")), noise).expect("written");
    }
}

fn serve() -> Lab {
    Lab { id: "serve".into(), speed: 1, ..Lab::default() }
}

/// Both clients, and what they make.
struct Clients<'a> {
    ours: &'a Path,
    theirs: &'a Path,
    home: &'a Path,
    made: &'a Made<'a>,
}

fn compare(
    sheet: &mut Sheet,
    what: &str,
    turns: usize,
    bar: f64,
    args: &[&str],
    clients: &Clients<'_>,
) {
    let turns = times(turns);
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    let builds = args.first() == Some(&"build");
    // The first turn warms both.
    for turn in 0..=turns {
        for (program, took) in [(clients.ours, &mut mine), (clients.theirs, &mut other)] {
            let Some((ms, out)) = run(program, clients.home, args) else {
                return sheet.absent("docker", what, "one of the clients failed");
            };
            if builds {
                // `--quiet` prints the id alone, and whatever is said before it.
                clients.made.images.borrow_mut().extend(out.lines().last().map(str::to_owned));
            }
            if turn > 0 {
                took.push(ms);
            }
        }
    }
    let (mine, other) = (median(&mut mine), median(&mut other));
    let note = format!("medians of {turns} in turns: {mine:.1} ms, reference {other:.1} ms");
    let what = format!("{what}, time against the reference");
    sheet.add("docker", what, mine / other, "x", Bar::AtMost(bar), note);
}
