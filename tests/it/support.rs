//! What the integration tests share: a profile in a temporary folder and the program run in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use tui_term::vt100;

/// A profile that is gone when the test ends.
pub struct Home {
    dir: tempfile::TempDir,
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
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
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The program with this profile, ready to be given arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(program());
        command
            .env("DISTLAB_HOME", self.path().join("home"))
            .env("DISTLAB_LEARNER", "ada")
            .env_remove("DISTLAB_LAB")
            .env_remove("DISTLAB_LABS")
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.command().args(args).output().expect("the program runs").into()
    }

    /// Runs a line of shell in a lab.
    pub fn shell(&self, lab: &str, line: &str) -> Ran {
        self.run(&["shell", lab, "--", "bash", "-c", line])
    }

    /// Starts `distlab serve` on a free port.
    pub fn serve(&self, more: &[&str]) -> Server {
        let mut child = self
            .command()
            .args(["serve", "--port", "0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let endpoint = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("AWS_ENDPOINT_URL=http://").map(str::to_owned))
            .expect("the endpoint is printed");
        Server { child, address: endpoint }
    }
}

pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_distlab"))
}

/// A running `distlab serve`; killed when dropped.
pub struct Server {
    pub child: Child,
    /// `127.0.0.1:PORT`
    pub address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One keep-alive HTTP connection, as plain as can be.
pub struct Http {
    stream: BufReader<TcpStream>,
}

/// A status and a body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Http {
    pub fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("set");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
        Self { stream: BufReader::new(stream) }
    }

    /// Sends a request; `None` when the connection ends before the answer is whole.
    pub fn try_send(&mut self, method: &str, path: &str, body: &[u8]) -> Option<Answer> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut whole = head.into_bytes();
        whole.extend_from_slice(body);
        self.stream.get_mut().write_all(&whole).ok()?;
        let mut line = String::new();
        self.stream.read_line(&mut line).ok()?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            line.clear();
            if self.stream.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let lower = line.trim().to_lowercase();
            if lower.is_empty() {
                break;
            }
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some(Answer { status, body })
    }

    pub fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.try_send(method, path, body).expect("an answer")
    }
}

/// The program in a pseudo-terminal, with the screen that a person would see.
pub struct Screen {
    pub child: Box<dyn portable_pty::Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    bytes: Receiver<Vec<u8>>,
    pub parser: vt100::Parser,
}

impl Screen {
    pub fn open(home: &Home, args: &[&str], columns: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program());
        command.args(args);
        command.env("DISTLAB_HOME", home.path().join("home"));
        command.env("DISTLAB_LEARNER", "ada");
        command.env("TERM", "xterm-256color");
        command.env("SHELL", "/bin/bash");
        command.env("PS1", "$ ");
        command.env_remove("NO_COLOR");
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).expect("the program runs");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(read) = reader.read(&mut buffer) {
                if read == 0 || sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        let writer = pair.master.take_writer().expect("a writer");
        let parser = vt100::Parser::new(rows, columns, 0);
        Self { child, master: pair.master, writer, bytes, parser }
    }

    pub fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).expect("typed");
        self.writer.flush().expect("typed");
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("resized");
        self.parser.screen_mut().set_size(rows, columns);
    }

    /// What stands on the screen.
    pub fn text(&mut self) -> String {
        while let Ok(bytes) = self.bytes.try_recv() {
            self.parser.process(&bytes);
        }
        self.parser.screen().contents()
    }

    /// Waits until the screen shows something.
    pub fn wait_for(&mut self, what: &str) -> String {
        self.wait_until(what, |text| text.contains(what))
    }

    pub fn wait_until(&mut self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let text = self.text();
            if holds(&text) {
                return text;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "waited for {what:?}; the screen shows:\n{text}"
            );
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(50)) {
                self.parser.process(&bytes);
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
