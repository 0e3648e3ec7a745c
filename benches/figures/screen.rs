//! A program in a pseudo-terminal, and what it shows: start to first full frame, rest.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tui_term::vt100;

use distlab::base::Time;
use distlab::course::{Catalog, Lab};
use distlab::session::profile::Profile;
use distlab::session::{Mode, Session};

use crate::machine;
use crate::sheet::{Bar, Sheet, median, percentile, times};
use crate::tmux::Tmux;

const COLUMNS: u16 = 120;
const ROWS: u16 = 40;
/// Starts of which the median is taken.
const STARTS: usize = 15;
/// How long the program is watched at rest.
const REST: Duration = Duration::from_secs(10);
/// A screen that does not come by then will not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program on a screen.
pub(crate) struct Screen {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    bytes: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    pub(crate) began: Instant,
}

impl Screen {
    /// `distlab` with these arguments and this profile.
    pub(crate) fn ours(home: &Path, args: &[&str]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_distlab"));
        command.args(args);
        command.env("DISTLAB_HOME", home);
        command.env("DISTLAB_LEARNER", "ada");
        command.env_remove("DISTLAB_LAB");
        command.env_remove("DISTLAB_LABS");
        Self::open(command, home)
    }

    /// Any program, in this folder.
    pub(crate) fn open(mut command: CommandBuilder, folder: &Path) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        command.env("TERM", "xterm-256color");
        command.env("SHELL", "/bin/bash");
        // The learner's own settings are not what is measured.
        command.env("HOME", folder);
        command.env_remove("NO_COLOR");
        command.cwd(folder);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(read) = reader.read(&mut buffer) {
                if read == 0 || sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        let writer = pair.master.take_writer().expect("a writer");
        let began = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program runs");
        let parser = vt100::Parser::new(ROWS, COLUMNS, 0);
        Self { child, _master: pair.master, writer, bytes, parser, began }
    }

    pub(crate) fn press(&mut self, keys: &[u8]) {
        self.writer.write_all(keys).expect("typed");
        self.writer.flush().expect("typed");
    }

    /// Waits until all of this stands on the screen; how long since `from`, in milliseconds.
    pub(crate) fn wait(&mut self, from: Instant, all: &[&str]) -> f64 {
        self.wait_until(from, &format!("{all:?}"), |text| all.iter().all(|p| text.contains(p)))
    }

    /// Waits until the screen is as wanted; how long since `from`, in milliseconds.
    pub(crate) fn wait_until(
        &mut self,
        from: Instant,
        what: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> f64 {
        loop {
            while let Ok(bytes) = self.bytes.try_recv() {
                self.parser.process(&bytes);
            }
            let text = self.parser.screen().contents();
            if wanted(&text) {
                return from.elapsed().as_secs_f64() * 1e3;
            }
            assert!(from.elapsed() < PATIENCE, "waited for {what}; the screen shows:\n{text}");
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(50)) {
                self.parser.process(&bytes);
            }
        }
    }

    /// Takes in what comes during `span`.
    pub(crate) fn watch(&mut self, span: Duration) {
        let end = Instant::now() + span;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if let Ok(bytes) = self.bytes.recv_timeout(left) {
                self.parser.process(&bytes);
            }
        }
    }

    fn pid(&self) -> u32 {
        self.child.process_id().unwrap_or(0)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lab's frame is whole: its title, its lesson, its shell and the keys that are valid in it.
pub(crate) const LAB: &[&str] = &["S3: who may read it", "Lesson", "▸ Shell", "F3 check"];
/// The home screen's: its labs, what the chosen one is, and the keys.
const HOME: &[&str] = &["S3: who may read it", "Enter opens", "F10 quit"];

/// Start to first full frame, beside that of tmux with a shell in it.
pub(crate) fn start(sheet: &mut Sheet) {
    let starts = times(STARTS);
    let peer = Tmux::found().map(|tmux| {
        let mut took: Vec<f64> = (0..starts)
            .map(|_| {
                let mut there = tmux.start();
                let began = there.screen.began;
                there.screen.wait(began, &[Tmux::FRAME, Tmux::PROMPT])
            })
            .collect();
        median(&mut took)
    });
    let labs = tempfile::tempdir().expect("a temporary folder");
    more_labs(labs.path());
    let folder = labs.path().to_str().expect("a path");
    for (what, args, frame) in [
        ("open s3", &["open", "s3"][..], LAB),
        ("home screen", &[][..], HOME),
        ("home screen, forty labs begun", &["--labs", folder][..], HOME),
    ] {
        let home = tempfile::tempdir().expect("a temporary folder");
        if args.contains(&folder) {
            begin_all(home.path(), labs.path());
        }
        let first = {
            let mut screen = Screen::ours(home.path(), args);
            screen.wait(screen.began, frame)
        };
        let (mut again, mut cpu) = (Vec::new(), Vec::new());
        for _ in 0..starts {
            let mut screen = Screen::ours(home.path(), args);
            again.push(screen.wait(screen.began, frame));
            cpu.push(machine::cpu_seconds(screen.pid()) * 1e3);
        }
        let (middle, least) = (median(&mut again), percentile(&mut again, 0));
        let note = format!(
            "median of {starts}; least {least:.1} ms, processor {:.0} ms; new profile {first:.0} ms; {}",
            cpu.iter().sum::<f64>() / cpu.len() as f64,
            Tmux::beside(middle, peer)
        );
        let what = format!("start to first full frame, {what}");
        sheet.add("start", what, middle, "ms", Bar::AtMost(25.0), note);
    }
}

/// How many labs the home screen is to bear.
const LABS: usize = 40;
/// Entries in the journal of each.
const ENTRIES: usize = 250;

/// Labs for a folder of one's own, so that there are forty with the built-in ones. (They are read from
/// files, which costs more than built-in ones do.)
fn more_labs(folder: &Path) {
    let catalog = Catalog::load(None);
    let text = catalog.source("s3").expect("a lab").text;
    for number in catalog.entries().len()..LABS {
        let id = format!("more-{number}");
        let lab = folder.join("cloud").join(format!("{number}-{id}"));
        std::fs::create_dir_all(&lab).expect("a folder");
        let text = text.replacen(r#""s3""#, &format!("{id:?}"), 1);
        std::fs::write(lab.join("lab.md"), text).expect("a file");
    }
}

/// Begins all labs: a journal for each.
fn begin_all(home: &Path, labs: &Path) {
    let profile = Profile::open(home).expect("a profile");
    for entry in Catalog::load(Some(labs)).entries() {
        let lab = Lab { id: entry.id.clone(), speed: 1, ..Lab::default() };
        let start = Time(1_772_438_400_000);
        let session = Session::open(&profile, lab, Mode::Once, start).expect("a session");
        for _ in 0..ENTRIES {
            session.engine().advance(Duration::from_secs(1)).expect("time moves on");
        }
    }
}

/// What an open lab costs while nobody touches it.
pub(crate) fn idle(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut screen = Screen::ours(home.path(), &["open", "s3"]);
    screen.wait(screen.began, LAB);
    screen.watch(Duration::from_secs(3));
    let pid = screen.pid();
    let (before, cpu) = (machine::sleeps(pid), machine::cpu_seconds(pid));
    screen.watch(REST);
    let (after, used) = (machine::sleeps(pid), machine::cpu_seconds(pid) - cpu);
    let mut woke: Vec<(u64, &str)> = after
        .iter()
        .enumerate()
        .map(|(i, (name, n))| (n - before.get(i).map_or(0, |(_, b)| *b.min(n)), name.as_str()))
        .collect();
    // The first thread is the one that updates and draws: it has the clock's tick and nothing else.
    let main = woke.first().map_or(0, |(n, _)| *n);
    let all: u64 = woke.iter().map(|(n, _)| n).sum();
    woke.retain(|(n, _)| *n > 0);
    let names: Vec<String> = woke.iter().map(|(n, name)| format!("{name} {n}")).collect();
    let per_second = |n: u64| n as f64 / REST.as_secs_f64();
    let note = "the clock ticks once a second";
    let what = "idle: wake-ups of the main thread";
    sheet.add("idle", what, per_second(main), "/s", Bar::AtMost(1.1), note);
    let note = format!("over 10 s: {}; processor {used:.2} s", names.join(", "));
    sheet.add("idle", "idle: wake-ups of all threads", per_second(all), "/s", Bar::None, note);
    let rss = machine::mebibytes(pid, "status", "VmRSS");
    let note = format!(
        "private {:.1} MiB, of the program's file {:.1} MiB, {} threads",
        machine::mebibytes(pid, "smaps_rollup", "Private_Dirty"),
        machine::mebibytes(pid, "status", "RssFile"),
        after.len()
    );
    sheet.add("idle", "idle: resident memory", rss, "MiB", Bar::AtMost(40.0), note);
}
