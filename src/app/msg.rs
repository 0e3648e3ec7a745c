//! The only way into the program's state ([`Msg`]) and the only way out of it ([`Effect`]).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};

use base::{Digest, Time};
use course::Lab;
use session::consent::NotAllowed;
use session::{Change, LastChange, LiveView, Picture, StepState};

use super::ports::{Catalog, Found, Note, NoteCard};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    Key(KeyEvent),
    Paste(String),
    Mouse(MouseEvent),
    Resize {
        cols: u16,
        rows: u16,
    },
    /// Milliseconds on a clock that only runs forward; sent once a second.
    Tick {
        wall_ms: u64,
    },
    /// The answer to [`Effect::Request`]; an error is a sentence for the learner.
    Reply {
        job: Job,
        reply: Result<Reply, String>,
    },
    /// News of the open lab.
    Change(Change),
    /// What the programs in the shell wrote.
    ShellOutput {
        shell: u64,
        bytes: Vec<u8>,
    },
    /// The shell is gone; the sentence says how.
    ShellEnded {
        shell: u64,
        how: String,
    },
    /// The learner's editor was left; the sentence says what went wrong.
    Edited(Result<(), String>),
    /// An effect without a reply could not be performed.
    Problem(String),
    /// The program is asked to end (a signal).
    Quit,
}

/// What came of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    Catalog(Catalog),
    /// The lab of this name is not opened before that is allowed.
    Asks(String, Box<NotAllowed>),
    /// The lab as it is after the request.
    Lab(Box<Snapshot>),
    /// What a view shows, for which it was asked.
    View(&'static LiveView, Box<Picture>),
    /// Why the real engine cannot be used, if it cannot: a sentence with what mends it.
    EngineProblem(Option<String>),
    Notes(Vec<NoteCard>),
    Note(Note),
    Hits(Found),
    /// What an undo would take back, if there is anything.
    LastChange(Option<LastChange>),
    /// It is kept in the profile.
    Kept,
    OwnNote(OwnNote),
}

/// What the learner wrote on a step, and what with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnNote {
    /// The step's id.
    pub step: String,
    pub text: String,
    pub file: PathBuf,
    /// The learner's editor, if one is chosen.
    pub editor: Option<String>,
}

/// An open lab at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub lab: Arc<Lab>,
    pub steps: Vec<StepState>,
    pub now: Time,
    pub speed: u32,
    /// Where the simulated world can be reached: each door's name and address.
    pub doors: Vec<(String, String)>,
    /// The live nodes of the lab, each with a shell of its own.
    pub nodes: Vec<String>,
    /// What was done, as a sentence, where that is not plain to see.
    pub notice: Option<String>,
}

/// What a job is about. Of each there is one current job; replies of older ones are dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    Catalog,
    Open,
    Check,
    Act,
    Refresh,
    View,
    Engine,
    Notes,
    Note,
    Search,
    Keep,
    OwnNote,
}

impl Slot {
    pub const COUNT: usize = Self::OwnNote as usize + 1;
}

/// The number of a request; numbers only grow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Job {
    pub slot: Slot,
    pub number: u64,
}

/// Something to do outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Answered by one [`Msg::Reply`] with the same job.
    Request {
        job: Job,
        request: Request,
    },
    /// The lab is left: its news are no longer wanted.
    CloseLab,
    /// Starts the learner's shell at the open lab, or a node's; its output carries this number.
    ShellStart {
        shell: u64,
        node: Option<String>,
        cols: u16,
        rows: u16,
    },
    ShellInput {
        shell: u64,
        bytes: Vec<u8>,
    },
    ShellResize {
        shell: u64,
        cols: u16,
        rows: u16,
    },
    ShellStop {
        shell: u64,
    },
    /// Gives the terminal to the learner's editor until that is left; answered by [`Msg::Edited`].
    Edit {
        editor: String,
        file: PathBuf,
    },
    /// Takes the mouse from the terminal, or gives it back.
    Mouse(bool),
    /// Puts text on the clipboard (OSC 52).
    Copy(String),
    /// Draws every cell anew.
    Repaint,
    Quit,
}

/// A request to the classroom or the open lab.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// The labs; every file is read `whole`, which takes longer.
    Catalog {
        whole: bool,
    },
    Open {
        lab: String,
        /// Having allowed this before: the lab it is about, and which text.
        allow: Option<(String, Digest)>,
    },
    /// Checks a step, or all. `settle` waits a moment first, so that a burst of changes is one check.
    Check {
        step: Option<String>,
        settle: bool,
    },
    Answer {
        step: String,
        ask: usize,
        text: String,
    },
    Hint(String),
    /// What an undo would take back.
    LastChange,
    /// Takes back the change of this number, unless another has followed it.
    Undo(u64),
    /// What the learner wrote on a step.
    OwnNote(String),
    KeepNote {
        step: String,
        text: String,
    },
    Reset(Option<String>),
    Advance(Duration),
    /// Steps, lab text and clock, without checking.
    Refresh,
    View(&'static LiveView),
    EngineProblem,
    Notes,
    Note(String),
    Search(String),
    /// Keeps the lesson's part of a lab's columns.
    KeepShare(u16),
}
