//! What moves the program: bounded inboxes, `update` for each message, the effects performed, and
//! frames. What the learner does has an inbox of its own that is always looked at first, and is drawn
//! at once; everything else is drawn at most once in a [`FRAME_GAP`].
//!
//! A frame is never waited for: everything that may take time (the desk, the engine, the shell)
//! runs on other threads and comes back as a message. Idle, it wakes once a second for the clock.

pub(super) mod pty;
mod requests;
mod scripted;
mod terminal;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossterm::event::Event as InputEvent;
use ratatui::Frame;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::msg::{Effect, Job, Msg, Snapshot};
use super::ports::{Classroom, Desk};
use super::update::{begin, update};
use super::{App, Options, Start, plain};
use pty::Pty;
use requests::Requests;
pub use scripted::Scripted;
use terminal::Screen;

/// Draws the state; must neither block nor change anything.
pub type Draw = fn(&App, &mut Frame);

/// Messages that may wait. Senders wait when it is full, so nothing grows without bound.
const INBOX: usize = 256;
/// Keys taken at once before the screen is drawn.
const BATCH: usize = 64;
/// The least time between two frames that no key asked for.
const FRAME_GAP: Duration = Duration::from_millis(7);

/// What arrives in the inbox.
enum Event {
    Msg(Msg),
    /// A lab was opened: its desk, beside the message for the state.
    Opened {
        job: Job,
        desk: Arc<dyn Desk>,
        snapshot: Box<Snapshot>,
    },
}

/// Runs the program until the learner leaves it or a signal ends it. Where the terminal cannot
/// carry the screen (too small, `TERM=dumb`, not a terminal) or `plain` is asked for, line mode
/// runs instead.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub async fn run(
    classroom: Arc<dyn Classroom>,
    start: Start,
    options: Options,
    draw: Draw,
) -> anyhow::Result<()> {
    let size = crossterm::terminal::size().unwrap_or((0, 0));
    if options.plain || !terminal::suits(size) {
        let lines = move || {
            let mut output = std::io::stdout().lock();
            plain::run(classroom.as_ref(), start, &mut std::io::stdin().lock(), &mut output)
        };
        return tokio::task::spawn_blocking(lines).await.context("line mode ended badly")?;
    }
    let screen = Screen::enter().context("the terminal cannot be prepared")?;
    let (sender, inbox) = mpsc::channel(INBOX);
    let (keys, input) = mpsc::channel(INBOX);
    read_input(keys);
    let mut app = App::new(options, size.0, size.1);
    let effects = begin(&mut app, start);
    let mut runtime = Runtime {
        app,
        draw,
        screen,
        requests: Requests::new(classroom, sender.clone()),
        sender,
        ptys: Vec::new(),
        dirty: true,
        done: false,
        began: Instant::now(),
    };
    runtime.perform(effects);
    runtime.frame()?;
    runtime.turn(input, inbox).await
}

struct Runtime {
    app: App,
    draw: Draw,
    screen: Screen,
    requests: Requests,
    sender: mpsc::Sender<Event>,
    /// One for each shell that was started.
    ptys: Vec<Pty>,
    /// Whether something changed since the last frame.
    dirty: bool,
    done: bool,
    began: Instant,
}

impl Runtime {
    async fn turn(
        &mut self,
        mut input: mpsc::Receiver<Msg>,
        mut inbox: mpsc::Receiver<Event>,
    ) -> anyhow::Result<()> {
        let mut signals = Signals::new()?;
        let mut clock = interval(Duration::from_secs(1));
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut batch = Vec::with_capacity(BATCH);
        let mut last_frame = Instant::now();
        while !self.done {
            let wait = FRAME_GAP.saturating_sub(last_frame.elapsed());
            let mut gap = FRAME_GAP;
            tokio::select! {
                biased;
                () = signals.next() => self.take(Msg::Quit),
                _ = clock.tick() => self.tick(),
                _ = input.recv_many(&mut batch, BATCH) => {
                    for msg in batch.drain(..) {
                        let before = std::mem::take(&mut self.dirty);
                        self.take(msg);
                        if self.dirty {
                            gap = Duration::ZERO;
                        }
                        self.dirty |= before;
                    }
                }
                // A frame that is due goes before more output: one chunk takes long enough.
                () = tokio::time::sleep(wait), if self.dirty => {}
                Some(event) = inbox.recv() => self.take_event(event),
            }
            if self.dirty && last_frame.elapsed() >= gap && !self.done {
                self.frame()?;
                last_frame = Instant::now();
            }
            // However fast keys come, the shell's output (their echo) is read on.
            if let Ok(event) = inbox.try_recv() {
                self.take_event(event);
            }
        }
        Ok(())
    }

    fn tick(&mut self) {
        let wall_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.take(Msg::Tick { wall_ms });
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::Msg(msg) => self.take(msg),
            Event::Opened { job, desk, snapshot } => {
                // A desk whose request was given up meanwhile is closed by being dropped.
                if self.app.jobs.wanted(job) {
                    self.requests.open_desk(desk);
                    let reply = Ok(super::msg::Reply::Desk(snapshot));
                    self.take(Msg::Reply { job, reply });
                }
            }
        }
    }

    fn take(&mut self, msg: Msg) {
        let key = matches!(msg, Msg::Key(_));
        let output = match &msg {
            Msg::ShellOutput { shell, .. } => Some(*shell),
            _ => None,
        };
        let leader = self.app.leader;
        let effects = update(&mut self.app, msg);
        // A key that only went to the shell changes nothing yet: its echo will be drawn, and is not
        // kept waiting behind a frame that shows nothing new.
        let to_shell = key && !leader && matches!(effects.as_slice(), [Effect::ShellInput { .. }]);
        self.dirty |= !to_shell;
        if let Some(pty) = output.and_then(|shell| self.pty(shell)) {
            pty.read_on();
        }
        self.perform(effects);
    }

    fn pty(&self, shell: u64) -> Option<&Pty> {
        self.ptys.iter().find(|pty| pty.id == shell)
    }

    fn frame(&mut self) -> anyhow::Result<()> {
        self.dirty = false;
        let (app, draw) = (&self.app, self.draw);
        self.screen.draw(|frame| draw(app, frame)).context("the terminal cannot be written to")
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Err(error) = self.perform_one(effect) {
                // Not through `take`: a problem of an effect must not begin a chain of effects.
                self.dirty = true;
                let _ = update(&mut self.app, Msg::Problem(format!("{error:#}")));
            }
        }
    }

    fn perform_one(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Request { job, request } => self.requests.ask(job, request),
            Effect::CloseDesk => self.requests.close_desk(),
            Effect::ShellStart { shell, node, cols, rows } => {
                if let Some(desk) = self.requests.desk() {
                    let sender = self.sender.clone();
                    match Pty::start(shell, node.as_deref(), desk.as_ref(), (cols, rows), sender) {
                        Ok(pty) => self.ptys.push(pty),
                        Err(error) => {
                            let how = "The shell could not be started.".to_owned();
                            let _ = update(&mut self.app, Msg::ShellEnded { shell, how });
                            return Err(error.context("the shell could not be started"));
                        }
                    }
                }
            }
            Effect::ShellInput { shell, bytes } => {
                if let Some(pty) = self.pty(shell) {
                    pty.write(bytes)?;
                }
            }
            Effect::ShellResize { shell, cols, rows } => {
                if let Some(pty) = self.pty(shell) {
                    pty.resize(cols, rows)?;
                }
            }
            Effect::ShellStop { shell } => {
                self.ptys.retain(|pty| pty.id != shell);
            }
            Effect::Mouse(on) => terminal::mouse(on)?,
            Effect::Copy(text) => terminal::copy(&text)?,
            Effect::Repaint => self.screen.clear()?,
            Effect::Quit => self.done = true,
        }
        Ok(())
    }
}

/// Reads keys on a thread of its own until the program ends: the terminal's input cannot be
/// awaited, and a wait with a timeout would wake an idle machine.
fn read_input(sender: mpsc::Sender<Msg>) {
    std::thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            let msg = match event {
                InputEvent::Key(key) => Msg::Key(key),
                InputEvent::Paste(text) => Msg::Paste(text),
                InputEvent::Mouse(event) => Msg::Mouse(event),
                InputEvent::Resize(cols, rows) => Msg::Resize { cols, rows },
                InputEvent::FocusGained | InputEvent::FocusLost => continue,
            };
            if sender.blocking_send(msg).is_err() {
                return;
            }
        }
        let _ = sender.blocking_send(Msg::Quit);
    });
}

/// The signals that end a program.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    fn new() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
            signal(SignalKind::interrupt())?,
        ]))
    }

    async fn next(&mut self) {
        let [terminate, hangup, interrupt] = &mut self.0;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
