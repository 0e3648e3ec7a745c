//! The program behind the screen: [`App`] is its whole state, [`update`] the only thing that
//! changes it. Neither reads a clock, a file or a socket; the [`runtime`] does that for them.
//!
//! How the state looks is not said here: the runtime is given a function that draws it.

pub mod act;
pub mod actions;
pub mod checks;
pub mod draft;
pub mod editor;
pub mod emulator;
pub mod encode;
pub mod flow;
pub mod home;
pub mod input;
pub mod jobs;
pub mod keymap;
pub mod lab;
pub mod lay;
pub mod layout;
pub mod leader;
pub mod msg;
pub mod notes;
pub mod overlay;
mod panics;
pub mod plain;
pub mod ports;
pub mod runtime;
mod script;
pub mod shell;
mod table;
#[cfg(any(test, feature = "demo"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod update;

pub use actions::{ACTIONS, Action};
pub use lab::LabState;
pub use msg::{Effect, Msg};
pub use update::update;

use flow::Tone;
use home::Home;
use jobs::Jobs;
use layout::Window;
use notes::Notes;
use overlay::Overlay;

/// Everything the program knows while it runs.
pub struct App {
    pub options: Options,
    pub cols: u16,
    pub rows: u16,
    /// Milliseconds on the clock of [`Msg::Tick`].
    pub wall_ms: u64,
    pub screen: Screen,
    pub home: Home,
    pub lab: Option<Box<LabState>>,
    pub notes: Notes,
    /// The topmost is the last; only it gets keys.
    pub overlays: Vec<Overlay>,
    /// Whether the leader key was pressed and its letter is still to come.
    pub leader: bool,
    pub message: Option<Message>,
    pub mouse: bool,
    pub border: Border,
    pub(crate) jobs: Jobs,
    /// The number the next shell gets.
    pub(crate) next_shell: u64,
}

/// The border between a lab's lesson and its shell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Border {
    /// The lesson's part of the columns in thousandths, where the learner has chosen one.
    pub share: Option<u16>,
    /// The part that the profile has, or is being given.
    pub(crate) kept: Option<u16>,
    /// Whether the lesson is folded away.
    pub folded: bool,
    /// Whether the arrow keys move the border.
    pub sizing: bool,
    /// Whether the mouse has hold of it.
    pub(crate) dragging: bool,
}

/// What a person may choose about the look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Whether colours may be used (`NO_COLOR` is not set).
    pub color: bool,
    /// Line mode instead of the screen.
    pub plain: bool,
    /// The lesson's part of a lab's columns in thousandths, as the learner left it.
    pub share: Option<u16>,
    /// The letter that is the leader together with Ctrl.
    pub leader: char,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: true, plain: false, share: None, leader: leader::LEADER_LETTER }
    }
}

/// Where the program begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Start {
    Home,
    Lab(String),
    /// The notes, searched for this when given.
    Notes(Option<String>),
}

/// What fills the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Screen {
    #[default]
    Home,
    Lab,
    Notes,
}

/// A sentence for the learner, for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// [`Tone::Good`], [`Tone::Bad`] or [`Tone::Plain`].
    pub tone: Tone,
    pub text: String,
    pub until_ms: u64,
}

/// How long a message stays, without and with a problem in it.
const MESSAGE_MS: u64 = 8_000;
const PROBLEM_MS: u64 = 20_000;

impl App {
    /// A program that has asked for nothing yet; see [`update::begin`].
    #[must_use]
    pub fn new(options: Options, cols: u16, rows: u16) -> Self {
        Self {
            options,
            cols,
            rows,
            wall_ms: 0,
            screen: Screen::Home,
            home: Home::default(),
            lab: None,
            notes: Notes::default(),
            overlays: Vec::new(),
            leader: false,
            message: None,
            mouse: false,
            border: Border { share: options.share, kept: options.share, ..Border::default() },
            jobs: Jobs::default(),
            next_shell: 0,
        }
    }

    pub fn tell(&mut self, tone: Tone, text: impl Into<String>) {
        let stay = if tone == Tone::Bad { PROBLEM_MS } else { MESSAGE_MS };
        self.message = Some(Message { tone, text: text.into(), until_ms: self.wall_ms + stay });
    }

    /// What a lab's panes are laid out in.
    #[must_use]
    pub fn window(&self) -> Window {
        Window {
            cols: self.cols,
            rows: self.rows,
            share: self.border.share,
            folded: self.border.folded,
        }
    }

    /// Whether plain letters go to the shell or into a line of text, so that they are no commands.
    #[must_use]
    pub fn typing(&self) -> bool {
        keymap::place(self).typing()
    }

    /// What is being waited for, as a word for the status line.
    #[must_use]
    pub fn busy(&self) -> Option<&'static str> {
        self.jobs.busy()
    }

    /// The lab on the screen, if that is what is shown.
    #[must_use]
    pub fn lab_shown(&self) -> Option<&LabState> {
        self.lab.as_deref().filter(|_| self.screen == Screen::Lab)
    }
}
