//! What moves the program: bounded inboxes, `update` for each message, the effects performed, and
//! frames. What the learner does has an inbox of its own that is always looked at first, and is drawn
//! at once; so is what a shell answers to a key. Everything else is drawn at most once in a
//! [`FRAME_GAP`].
//!
//! A frame is never waited for: everything that may take time (the open lab, the engine) runs on other
//! threads and comes back as a message. Shells are read and written by the thread that draws, as far as
//! that needs no waiting. Idle, it wakes once a second for the clock.

mod clock;
mod keys;
pub(super) mod pty;
mod requests;
mod scripted;
mod terminal;
#[cfg(test)]
mod tests;

use std::future::{poll_fn, ready};
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossterm::event::MouseEventKind;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use tokio::runtime::{Builder, Handle};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::msg::{Effect, Job, Msg, Slot, Snapshot};
use super::ports::{Classroom, OpenLab};
use super::update::{begin, update};
use super::{App, Options, Start, editor, plain};
use clock::Clock;
use keys::Keys;
use pty::{Begun, Output, Pty, output, poll_output, start};
use requests::Requests;
pub use scripted::Scripted;
use terminal::Screen;

/// Draws the state, on top of an earlier frame when one is given: then nothing but what a shell shows
/// has changed since that. It must neither block nor change anything.
pub type Draw = fn(&App, Option<&Buffer>, &mut Frame);

/// What has changed since the last frame, from the least.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Changed {
    #[default]
    Nothing,
    /// What a shell shows, and no more: the echo of a key, a line of a flood.
    Shell,
    More,
}

/// Messages that may wait. Senders wait when it is full, so nothing grows without bound.
const INBOX: usize = 256;
/// Keys taken at once before the screen is drawn.
const BATCH: usize = 64;
/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);
/// The least time between two frames that no key asked for.
const FRAME_GAP: Duration = Duration::from_millis(7);
/// For so long what a shell writes counts as its answer to a key, and is drawn as soon as no more of
/// it waits.
const ANSWER: Duration = Duration::from_millis(50);

/// What the environment of a shell inside the screen has: the name of its lab.
pub const INSIDE: &str = "DISTLAB_INSIDE";

/// What arrives in the inbox.
enum Event {
    Msg(Msg),
    /// A lab was opened: the open lab, beside the message for the state.
    Opened {
        job: Job,
        lab: Arc<dyn OpenLab>,
        snapshot: Box<Snapshot>,
    },
    /// A shell was started, or could not be.
    Began {
        shell: u64,
        begun: anyhow::Result<Begun>,
    },
    /// The learner's editor was left.
    Edited(Result<(), String>),
}

/// Runs the program until the learner leaves it or a signal ends it. Where the terminal cannot
/// carry the screen (too small, `TERM=dumb`, not a terminal) or `plain` is asked for, line mode
/// runs instead. Requests are answered on `workers`; this thread has nothing but the screen, the keys
/// and the shells.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub fn run(
    classroom: Arc<dyn Classroom>,
    first: Start,
    options: Options,
    draw: Draw,
    workers: &Handle,
) -> anyhow::Result<()> {
    let size = crossterm::terminal::size().unwrap_or((0, 0));
    if options.plain || !terminal::suits(size) {
        let mut output = std::io::stdout().lock();
        let input = &mut std::io::stdin().lock();
        return plain::run(classroom.as_ref(), first, input, &mut output, terminal::width);
    }
    let screen = Screen::enter(size).context("the terminal cannot be prepared")?;
    let (sender, inbox) = mpsc::channel(INBOX);
    let (keys, input) = mpsc::channel(INBOX);
    let keys = Keys::read(keys)?;
    let mut app = App::new(options, size.0, size.1);
    let effects = begin(&mut app, first);
    let mut runtime = Runtime {
        app,
        draw,
        screen,
        keys,
        editing: false,
        requests: Requests::new(classroom, sender.clone(), workers.clone()),
        sender,
        ptys: Vec::new(),
        read: Vec::new(),
        changed: Changed::More,
        typed: None,
        done: false,
        began: Instant::now(),
    };
    // One that waits on this thread: what another thread waits for has to be handed over.
    let waits = Builder::new_current_thread().enable_all().build();
    waits.context("the system offers no way to wait for keys")?.block_on(async {
        runtime.perform(effects);
        runtime.frame()?;
        runtime.turn(input, inbox).await
    })
}

struct Runtime {
    app: App,
    draw: Draw,
    screen: Screen,
    keys: Keys,
    /// Whether the learner's editor has the terminal: nothing is drawn then, and nothing read.
    editing: bool,
    requests: Requests,
    sender: mpsc::Sender<Event>,
    /// One for each shell that was started.
    ptys: Vec<Pty>,
    /// What was read from a shell last.
    read: Vec<u8>,
    changed: Changed,
    /// When the learner last typed into a shell.
    typed: Option<Instant>,
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
        // The first frame has the time it begins with.
        let mut clock = Clock::every(TICK).context("the system offers no timer")?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut last_frame = Instant::now();
        while !self.done {
            let wait = FRAME_GAP.saturating_sub(last_frame.elapsed());
            let answer = self.dirty() && self.typed.is_some_and(|typed| typed.elapsed() < ANSWER);
            let mut gap = FRAME_GAP;
            tokio::select! {
                biased;
                signal = signals.next() => self.signalled(signal)?,
                ticked = clock.tick() => {
                    ticked?;
                    self.tick();
                }
                _ = input.recv_many(&mut batch, BATCH) => {
                    for msg in newest(&mut batch) {
                        let before = std::mem::take(&mut self.changed);
                        self.take(msg);
                        if self.dirty() {
                            gap = Duration::ZERO;
                        }
                        self.changed = self.changed.max(before);
                    }
                    // However fast keys come, the shell's output (their echo) is read on.
                    self.take_waiting_output().await;
                }
                // A frame that is due goes before more output: one chunk takes long enough.
                () = sleep(wait), if self.dirty() => {}
                output = output(&mut self.ptys, &mut self.read) => {
                    self.take_output(&output);
                    // Nothing else would be waited for as long as there is more.
                    tokio::task::yield_now().await;
                }
                Some(event) = inbox.recv() => {
                    if is_screen(&event) {
                        gap = Duration::ZERO;
                    }
                    self.take_event(event)?;
                }
                () = ready(()), if answer => gap = Duration::ZERO,
            }
            if self.dirty() && last_frame.elapsed() >= gap && !self.done {
                self.frame()?;
                last_frame = Instant::now();
            }
        }
        Ok(())
    }

    fn dirty(&self) -> bool {
        self.changed != Changed::Nothing
    }

    /// Takes what a shell has written already, if it has.
    async fn take_waiting_output(&mut self) {
        let (ptys, read) = (&mut self.ptys, &mut self.read);
        let waiting = poll_fn(|cx| match poll_output(ptys, read, cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Poll::Ready(None),
        });
        if let Some(output) = waiting.await {
            self.take_output(&output);
        }
    }

    fn take_output(&mut self, output: &Output) {
        if output.read > 0 {
            let bytes = self.read[..output.read].to_vec();
            self.take(Msg::ShellOutput { shell: output.shell, bytes });
        }
        self.ptys.retain(|pty| !pty.is_over());
    }

    fn tick(&mut self) {
        let wall_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.take(Msg::Tick { wall_ms });
    }

    fn take_event(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Msg(msg) => self.take(msg),
            Event::Opened { job, lab, snapshot } => {
                // An open lab whose request was given up meanwhile is closed by being dropped.
                if self.app.jobs.wanted(job) {
                    self.requests.enter(lab);
                    let reply = Ok(super::msg::Reply::Lab(snapshot));
                    self.take(Msg::Reply { job, reply });
                }
            }
            Event::Began { shell, begun } => self.began(shell, begun),
            Event::Edited(how) => self.edited(how)?,
        }
        Ok(())
    }

    fn began(&mut self, shell: u64, begun: anyhow::Result<Begun>) {
        // One that is not wanted any more ends with its terminal.
        let Some(pty) = self.pty(shell) else { return };
        if let Err(error) = begun.and_then(|begun| pty.began(begun)) {
            let how = "The shell could not be started.".to_owned();
            self.take(Msg::ShellEnded { shell, how });
            self.take(Msg::Problem(format!("the shell could not be started: {error:#}")));
        }
    }

    fn take(&mut self, msg: Msg) {
        let key = matches!(msg, Msg::Key(_));
        let typing = key || matches!(msg, Msg::Paste(_));
        if let Msg::ShellEnded { shell, .. } = &msg {
            if let Some(pty) = self.pty(*shell) {
                pty.ended();
            }
            self.ptys.retain(|pty| !pty.is_over());
        }
        let output = matches!(msg, Msg::ShellOutput { .. });
        let leader = self.app.leader;
        let effects = update(&mut self.app, msg);
        if typing && effects.iter().any(|e| matches!(e, Effect::ShellInput { .. })) {
            self.typed = Some(Instant::now());
        }
        // A key that only went to the shell changes nothing yet: its echo will be drawn, and is not
        // kept waiting behind a frame that shows nothing new.
        let to_shell = key && !leader && matches!(effects.as_slice(), [Effect::ShellInput { .. }]);
        let changed = match effects.as_slice() {
            _ if to_shell => Changed::Nothing,
            [] | [Effect::ShellInput { .. }] if output => Changed::Shell,
            _ => Changed::More,
        };
        self.changed = self.changed.max(changed);
        self.perform(effects);
    }

    fn pty(&mut self, shell: u64) -> Option<&mut Pty> {
        self.ptys.iter_mut().find(|pty| pty.id == shell)
    }

    /// A signal: the window has another size, or the program is to end. One that the learner's editor is
    /// sent from the keyboard comes here too, and means the editor.
    fn signalled(&mut self, signal: SignalKind) -> anyhow::Result<()> {
        if signal == SignalKind::window_change() {
            return if self.editing { Ok(()) } else { self.keys.nudge() };
        }
        if signal != SignalKind::interrupt() || !self.editing {
            self.take(Msg::Quit);
        }
        Ok(())
    }

    /// Gives the terminal to the learner's editor.
    fn edit(&mut self, editor: String, file: PathBuf) -> anyhow::Result<()> {
        if self.editing {
            return Ok(());
        }
        self.keys.let_go()?;
        Screen::leave();
        self.editing = true;
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let how = editor::run(&editor, &file);
            let _ = sender.blocking_send(Event::Edited(how));
        });
        Ok(())
    }

    /// The editor was left.
    fn edited(&mut self, how: Result<(), String>) -> anyhow::Result<()> {
        self.editing = false;
        self.screen.come_back(self.app.mouse)?;
        self.keys.take_up();
        if let Ok((cols, rows)) = crossterm::terminal::size() {
            self.take(Msg::Resize { cols, rows });
        }
        self.take(Msg::Edited(how));
        Ok(())
    }

    fn frame(&mut self) -> anyhow::Result<()> {
        if self.editing {
            self.changed = Changed::Nothing;
            return Ok(());
        }
        let all = std::mem::take(&mut self.changed) == Changed::More;
        let (app, draw) = (&self.app, self.draw);
        let size = (app.cols, app.rows);
        self.screen
            .draw(size, all, |last, frame| draw(app, last, frame))
            .context("the terminal cannot be written to")
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Err(error) = self.perform_one(effect) {
                // Not through `take`: a problem of an effect must not begin a chain of effects.
                self.changed = Changed::More;
                let _ = update(&mut self.app, Msg::Problem(format!("{error:#}")));
            }
        }
    }

    fn perform_one(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Request { job, request } => self.requests.ask(job, request),
            Effect::CloseLab => self.requests.leave(),
            Effect::ShellStart { shell, node, cols, rows } => {
                if let Some(lab) = self.requests.lab().cloned() {
                    self.ptys.push(start(shell, node, lab, (cols, rows), self.sender.clone()));
                }
            }
            Effect::ShellInput { shell, bytes } => {
                if let Some(pty) = self.pty(shell) {
                    pty.write(&bytes)?;
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
            Effect::Edit { editor, file } => self.edit(editor, file)?,
            Effect::Mouse(on) => terminal::mouse(on)?,
            Effect::Copy(text) => terminal::copy(&text)?,
            Effect::Repaint => self.screen.clear()?,
            Effect::Quit => self.done = true,
        }
        Ok(())
    }
}

/// What is to be taken of some messages: of a window or a border that is being dragged, only where it
/// is now. Each place between would be a lesson laid out and a terminal broken anew.
fn newest(batch: &mut Vec<Msg>) -> Vec<Msg> {
    let moves = |msg: &Msg| match msg {
        Msg::Resize { .. } => Some(0),
        Msg::Mouse(event) if matches!(event.kind, MouseEventKind::Drag(_)) => Some(1),
        _ => None,
    };
    let mut left = batch.drain(..).peekable();
    let mut taken = Vec::with_capacity(left.len());
    while let Some(msg) = left.next() {
        let kind = moves(&msg);
        if kind.is_none() || left.peek().and_then(moves) != kind {
            taken.push(msg);
        }
    }
    taken
}

/// Whether it brings the screen that the learner waits for.
fn is_screen(event: &Event) -> bool {
    match event {
        Event::Opened { .. } | Event::Edited(_) => true,
        Event::Msg(Msg::Reply { job, .. }) => job.slot == Slot::Catalog,
        Event::Msg(_) | Event::Began { .. } => false,
    }
}

/// The signals that end a program, and the one of a window that has another size.
struct Signals([(SignalKind, Signal); 4]);

impl Signals {
    fn new() -> anyhow::Result<Self> {
        let listen = |kind| anyhow::Ok((kind, signal(kind)?));
        Ok(Self([
            listen(SignalKind::terminate())?,
            listen(SignalKind::hangup())?,
            listen(SignalKind::interrupt())?,
            listen(SignalKind::window_change())?,
        ]))
    }

    async fn next(&mut self) -> SignalKind {
        poll_fn(|cx| {
            let came = self
                .0
                .iter_mut()
                .find_map(|(kind, signal)| signal.poll_recv(cx).is_ready().then_some(*kind));
            came.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
