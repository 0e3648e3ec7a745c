//! What the integration tests share: a profile in a temporary folder and the program run in it.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use tui_term::vt100;

/// A profile that is gone when the test ends.
pub(crate) struct Home {
    dir: tempfile::TempDir,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The program with this profile, ready to be given arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(program());
        command
            .env("DISTLAB_HOME", self.path().join("home"))
            .env("DISTLAB_LEARNER", "ada")
            .env("DISTLAB_CONFIG", self.path().join("config.toml"))
            .env_remove("DISTLAB_LAB")
            .env_remove("DISTLAB_INSIDE")
            .env_remove("DISTLAB_LABS")
            .env_remove("DISTLAB_REQUIRE_DOCKER")
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.command().args(args).output().expect("the program runs").into()
    }

    /// Runs the program to its end and takes nothing but this exit code.
    pub(crate) fn expect(&self, code: i32, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "distlab {args:?} ended otherwise: {ran:#?}");
        ran
    }

    /// Runs the program, which succeeds, and reads what it prints as JSON.
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        self.expect(0, args).json()
    }

    /// Runs the program where no Docker engine answers.
    pub(crate) fn without_engine(&self, args: &[&str]) -> Ran {
        let mut command = self.command();
        command.env("DOCKER_HOST", "unix:///nonexistent.sock").args(args);
        command.output().expect("the program runs").into()
    }

    /// Runs a line of shell in a lab's folder, with the lab's environment.
    pub(crate) fn shell(&self, lab: &str, line: &str) -> Ran {
        self.run(&["shell", lab, "--", "bash", "-c", line])
    }

    /// Runs the program with this text as its input.
    pub(crate) fn typed(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self
            .command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(input.as_bytes()).expect("typed");
        drop(stdin);
        child.wait_with_output().expect("it ends").into()
    }

    /// Writes a file below the folder of the profile, and gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, text).expect("written");
        path
    }

    /// Starts `distlab serve` on a free port.
    pub(crate) fn serve(&self, more: &[&str]) -> Server {
        let mut child = self
            .command()
            .args(["serve", "--port", "0", "--registry-port", "0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut printed = |start: &str| {
            let mut rest = lines.by_ref().map_while(Result::ok);
            let found = rest.find_map(|line| line.strip_prefix(start).map(str::to_owned));
            found.unwrap_or_else(|| panic!("{start} is printed"))
        };
        let address = printed("AWS_ENDPOINT_URL=http://");
        let registry = printed("REGISTRY=");
        Server { child, address, registry, _out: lines }
    }
}

impl Ran {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("no JSON ({e}): {self:#?}"))
    }

    /// What it printed, on both streams.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_distlab"))
}

/// A running `distlab serve`; killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    /// `127.0.0.1:PORT`
    pub(crate) address: String,
    /// `localhost:PORT`
    pub(crate) registry: String,
    /// Held open: the program may go on printing.
    _out: Lines<BufReader<ChildStdout>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program in a pseudo-terminal, with the screen that a person would see.
pub(crate) struct Screen {
    pub(crate) child: Box<dyn portable_pty::Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    bytes: Receiver<Vec<u8>>,
    /// Everything the program wrote to its terminal.
    pub(crate) raw: Vec<u8>,
    pub(crate) parser: vt100::Parser,
}

impl Screen {
    pub(crate) fn open(home: &Home, args: &[&str], columns: u16, rows: u16) -> Self {
        Self::open_with(home, args, (columns, rows), &[])
    }

    /// With more variables in the environment.
    pub(crate) fn open_with(
        home: &Home,
        args: &[&str],
        (columns, rows): (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        // The prompt of whoever runs the tests must not matter.
        home.write(".bashrc", "PS1='$ '\nunset PROMPT_COMMAND\n");
        let mut command = CommandBuilder::new(program());
        command.args(args);
        command.env("HOME", home.path());
        command.env("DISTLAB_HOME", home.path().join("home"));
        command.env("DISTLAB_LEARNER", "ada");
        command.env("DISTLAB_CONFIG", home.path().join("config.toml"));
        command.env("TERM", "xterm-256color");
        command.env("SHELL", "/bin/bash");
        for name in ["NO_COLOR", "DISTLAB_LAB", "DISTLAB_LABS"] {
            command.env_remove(name);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).expect("the program runs");
        drop(pair.slave);
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
        let parser = vt100::Parser::new(rows, columns, 0);
        Self { child, master: pair.master, writer, bytes, raw: Vec::new(), parser }
    }

    pub(crate) fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).expect("typed");
        self.writer.flush().expect("typed");
    }

    /// Types a command in the lab's shell, after going there if need be.
    pub(crate) fn command(&mut self, line: &str) {
        self.go_to_shell();
        self.keys(&format!("{line}\r"));
    }

    /// Goes to the shell, wherever the program put the focus, and waits for the prompt.
    pub(crate) fn go_to_shell(&mut self) {
        let there = |text: &str| text.contains("▸ Shell");
        self.wait_until("a lab", |text| text.contains("▸ "));
        if !there(&self.text()) {
            self.keys(F2);
            self.wait_until("the focus on the shell", there);
        }
        // Trailing blanks that nobody wrote are not part of a line.
        let prompt = |line: &str| line.contains("$ ") || line.trim_end().ends_with('$');
        self.wait_until("the prompt", |text| text.lines().any(prompt));
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("resized");
        self.parser.screen_mut().set_size(rows, columns);
    }

    /// What stands on the screen.
    pub(crate) fn text(&mut self) -> String {
        while let Ok(bytes) = self.bytes.try_recv() {
            self.take(&bytes);
        }
        self.parser.screen().contents()
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
    }

    /// Waits until the screen shows something.
    pub(crate) fn wait_for(&mut self, what: &str) -> String {
        self.wait_until(what, |text| text.contains(what))
    }

    pub(crate) fn wait_until(&mut self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let text = self.text();
            if holds(&text) {
                return text;
            }
            assert!(began.elapsed() < PATIENCE, "waited for {what:?}; the screen shows:\n{text}");
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(50)) {
                self.take(&bytes);
            }
        }
    }

    /// Waits for the program's end; gives its exit code.
    pub(crate) fn wait_end(&mut self) -> u32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("waited for") {
                // What it wrote last may still be on its way.
                while let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(200)) {
                    self.take(&bytes);
                }
                return status.exit_code();
            }
            let text = self.text();
            assert!(began.elapsed() < PATIENCE, "it does not end; the screen shows:\n{text}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Nothing that these tests wait for takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The function keys, as a terminal sends them.
pub(crate) const F1: &str = "\x1bOP";
pub(crate) const F2: &str = "\x1bOQ";
pub(crate) const F3: &str = "\x1bOR";
pub(crate) const F4: &str = "\x1bOS";
pub(crate) const F5: &str = "\x1b[15~";
pub(crate) const F6: &str = "\x1b[17~";
pub(crate) const F7: &str = "\x1b[18~";
pub(crate) const F8: &str = "\x1b[19~";
pub(crate) const F9: &str = "\x1b[20~";
pub(crate) const F10: &str = "\x1b[21~";

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
