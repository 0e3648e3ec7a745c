//! Shells as the thread that draws has them: read and written without waiting.

use std::time::Duration;

use portable_pty::CommandBuilder;
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{CHUNK, Event, Pty, UNSENT_MAX, output};
use crate::msg::Msg;

/// What does not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Programs in pseudo-terminals, and what they wrote.
struct Shells {
    ptys: Vec<Pty>,
    texts: Vec<String>,
    ends: mpsc::Receiver<Event>,
}

impl Shells {
    /// A shell for each script, numbered from 0; they are under way.
    fn starting(scripts: &[&str]) -> Self {
        let (sender, ends) = mpsc::channel(16);
        let start = |(id, script): (u64, &&str)| {
            let script = (*script).to_owned();
            let command = move || {
                let mut command = CommandBuilder::new("/bin/sh");
                command.args(["-c", &script]);
                command
            };
            super::run(id, command, (80, 24), sender.clone())
        };
        let ptys = (0..).zip(scripts).map(start).collect();
        Self { ptys, texts: vec![String::new(); scripts.len()], ends }
    }

    /// As [`Self::starting`], and they are there.
    async fn start(scripts: &[&str]) -> Self {
        let mut shells = Self::starting(scripts);
        for _ in scripts {
            shells.began().await;
        }
        shells
    }

    async fn began(&mut self) {
        match timeout(PATIENCE, self.ends.recv()).await.unwrap() {
            Some(Event::Began { shell, begun }) => {
                self.pty(shell).began(begun.unwrap()).unwrap();
            }
            _ => panic!("a shell was to be started"),
        }
    }

    fn pty(&mut self, id: u64) -> &mut Pty {
        self.ptys.iter_mut().find(|pty| pty.id == id).unwrap()
    }

    /// Reads until a shell has written this.
    async fn until(&mut self, id: usize, wanted: &str) {
        let mut buffer = Vec::new();
        let text = async {
            while !self.texts[id].contains(wanted) {
                let read = output(&mut self.ptys, &mut buffer).await;
                let text = &mut self.texts[usize::try_from(read.shell).unwrap()];
                text.push_str(&String::from_utf8_lossy(&buffer[..read.read]));
                // Of a flood its end is enough.
                text.drain(..text.len().saturating_sub(CHUNK + 64));
                tokio::task::yield_now().await;
            }
        };
        let in_time = timeout(PATIENCE, text).await.is_ok();
        assert!(in_time, "waited for {wanted:?}; there is {:?}", self.texts[id]);
    }

    /// Reads until no program is left that could write, and says how the shell ended.
    async fn end(&mut self) -> String {
        let mut buffer = Vec::new();
        let over = async { while output(&mut self.ptys, &mut buffer).await.read > 0 {} };
        timeout(PATIENCE, over).await.unwrap();
        match timeout(PATIENCE, self.ends.recv()).await.unwrap() {
            Some(Event::Msg(Msg::ShellEnded { how, .. })) => how,
            _ => panic!("the shell's end was to be told"),
        }
    }
}

fn run(test: impl Future<Output = ()>) {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

#[test]
fn what_is_typed_is_echoed() {
    run(async {
        let mut shells = Shells::start(&["exec cat"]).await;
        shells.pty(0).write(b"one\n").unwrap();
        shells.until(0, "one\r\none").await;
        shells.pty(0).write(b"two\n").unwrap();
        shells.until(0, "two\r\ntwo").await;
    });
}

#[test]
fn what_a_program_does_not_read_yet_waits_for_it() {
    let count = "stty raw -echo; echo ready; sleep 0.2; head -c 300000 | wc -c; sleep 20";
    run(async {
        let mut shells = Shells::start(&[count]).await;
        shells.until(0, "ready").await;
        shells.pty(0).write(&vec![b'x'; 299_999]).unwrap();
        shells.pty(0).write(b"y").unwrap();
        shells.until(0, "300000").await;
    });
}

#[test]
fn what_no_program_reads_is_refused_in_the_end() {
    run(async {
        let mut shells = Shells::start(&["stty raw -echo; echo ready; sleep 20"]).await;
        shells.until(0, "ready").await;
        let text = vec![b'x'; UNSENT_MAX / 2];
        let refused = (0..4).find_map(|_| shells.pty(0).write(&text).err());
        assert!(refused.unwrap().to_string().contains("does not read"));
    });
}

#[test]
fn a_flood_in_one_shell_holds_up_no_other() {
    run(async {
        let mut shells = Shells::start(&["exec yes flood", "exec cat"]).await;
        shells.until(0, "flood").await;
        for word in ["one", "two", "three"] {
            shells.pty(1).write(format!("{word}\n").as_bytes()).unwrap();
            shells.until(1, &format!("{word}\r\n{word}")).await;
        }
        // What interrupts it is not kept behind what it has written.
        shells.pty(0).write(b"\x03").unwrap();
        shells.until(0, "^C").await;
    });
}

#[test]
fn a_shell_is_over_when_it_has_ended_and_all_is_read() {
    run(async {
        let mut shells = Shells::start(&["echo bye; exit 3"]).await;
        shells.until(0, "bye").await;
        assert!(!shells.pty(0).is_over());
        assert_eq!(shells.end().await, "The shell has ended with exit code 3.");
        assert!(!shells.pty(0).is_over());
        shells.pty(0).ended();
        assert!(shells.pty(0).is_over());
        // Nobody is there to take it, and that is no trouble.
        shells.pty(0).write(b"x").unwrap();
    });
}

#[test]
fn what_is_typed_before_the_shell_is_there_waits_for_it() {
    run(async {
        let mut shells = Shells::starting(&["read word; echo got $word; stty size; sleep 20"]);
        shells.pty(0).write(b"early\n").unwrap();
        shells.pty(0).resize(100, 30).unwrap();
        assert!(!shells.pty(0).is_over());
        shells.began().await;
        shells.until(0, "got early\r\n30 100").await;
    });
}

#[test]
fn a_shell_that_cannot_be_started_says_why_and_is_over() {
    run(async {
        let (sender, mut ends) = mpsc::channel(16);
        let none = || CommandBuilder::new("/nowhere/is/no/shell");
        let mut pty = super::run(7, none, (80, 24), sender);
        let told = timeout(PATIENCE, ends.recv()).await.unwrap();
        let Some(Event::Began { shell: 7, begun: Err(error) }) = told else {
            panic!("the reason was to be told")
        };
        assert!(format!("{error:#}").contains("/nowhere/is/no/shell"), "{error:#}");
        pty.ended();
        assert!(pty.is_over());
    });
}
