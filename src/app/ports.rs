//! What the screen needs of the rest of the program, as two traits: a [`Classroom`] (all labs and
//! notes) and a [`OpenLab`] (one learner in one lab).
//!
//! Every method may block; the runtime calls them on threads of its own, never while drawing. An
//! error is shown to the learner as it stands, so it is one plain sentence.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

use base::{Digest, Time};
use course::{Block, Lab, Need};
use session::{Change, LastChange, LiveView, Picture, StepState};

/// All labs and notes, and how far the learner is.
pub trait Classroom: Send + Sync {
    /// The course with its labs. A lab file with an error is listed too, with its
    /// [`LabCard::problem`], as far as files are read: `whole`, or only what a list needs.
    fn catalog(&self, whole: bool) -> anyhow::Result<Catalog>;

    /// One sentence when the Docker Engine cannot be used: the cause and what mends it. The list of
    /// labs does not wait for it.
    fn engine_problem(&self) -> Option<String>;

    /// Opens a lab where the learner left it. One that nobody has allowed to run here is refused with
    /// [`session::consent::NotAllowed`].
    fn open(&self, lab: &str) -> anyhow::Result<Arc<dyn OpenLab>>;

    /// The learner has seen what this text of a lab does here, and allows it.
    fn allow(&self, lab: &str, text: Digest) -> anyhow::Result<()>;

    /// Keeps how much of a lab's columns its lesson has (thousandths), for the next time.
    fn keep_share(&self, share: u16) -> anyhow::Result<()>;

    /// The course notes in reading order.
    fn notes(&self) -> anyhow::Result<Vec<NoteCard>>;

    /// One page of the notes. `id` is what follows `notes:` in a link, so it may name a section.
    fn note(&self, id: &str) -> anyhow::Result<Note>;

    /// Sections that `query` means, best first, at most 50.
    fn search(&self, query: &str) -> anyhow::Result<Found>;
}

/// One learner in one lab.
pub trait OpenLab: Send + Sync {
    /// The lab as it stands now; another `Arc` after its file was saved anew.
    fn lab(&self) -> Arc<Lab>;

    /// How each step stands, in the order of the lab, without checking anything.
    fn steps(&self) -> Vec<StepState>;

    /// Checks one step, or all, and keeps what came of it.
    fn check(&self, step: Option<&str>) -> anyhow::Result<()>;

    /// Answers the question `ask` (counted from 0) of a step.
    fn answer(&self, step: &str, ask: usize, text: &str) -> anyhow::Result<()>;

    /// Shows the next hint of a step.
    fn hint(&self, step: &str) -> anyhow::Result<()>;

    /// What an undo would take back now; `None` when there is nothing.
    fn last_change(&self) -> anyhow::Result<Option<LastChange>>;

    /// Takes back the change of this number, if it is still the last; answers what it was, as a
    /// sentence.
    fn undo(&self, change: u64) -> anyhow::Result<String>;

    /// What the learner wrote on a step; empty where that is nothing.
    fn own_note(&self, step: &str) -> anyhow::Result<String>;

    /// Keeps what the learner wrote on a step.
    fn keep_note(&self, step: &str, text: &str) -> anyhow::Result<()>;

    /// The file that [`OpenLab::own_note`] stands in, for an editor.
    fn note_file(&self, step: &str) -> anyhow::Result<PathBuf>;

    /// Starts a step, or the whole lab, anew; answers what was done, as a sentence.
    fn reset(&self, step: Option<&str>) -> anyhow::Result<String>;

    /// Lab time.
    fn now(&self) -> Time;

    /// Lab seconds per second of the wall clock.
    fn speed(&self) -> u32;

    /// Moves lab time on.
    fn advance(&self, span: Duration) -> anyhow::Result<()>;

    /// What a live view shows now.
    fn view(&self, view: &LiveView) -> Picture;

    /// What happens from now on. A reader that falls behind loses the oldest news, not the lab.
    fn changes(&self) -> broadcast::Receiver<Change>;

    /// What the learner's shell has in its environment beside the program's own (`PATH` included).
    fn shell_env(&self) -> Vec<(String, String)>;

    /// Where the simulated world can be reached: each door's name and address.
    fn doors(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The live nodes of a lab whose nodes are real engines.
    fn nodes(&self) -> Vec<String> {
        Vec::new()
    }

    /// What the shell of a node, one of the last answer of [`OpenLab::nodes`], has in its environment
    /// beyond [`OpenLab::shell_env`]. Asks no engine: the shell starts while the screen waits.
    fn node_env(&self, _node: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    /// A file that bash reads instead of `~/.bashrc` when it starts (and that may source it): the
    /// lab's folder is first on `PATH` only if it is put there after the learner's own settings.
    fn shell_rc(&self) -> Option<PathBuf> {
        None
    }

    /// The folder the learner's shell starts in.
    fn workspace(&self) -> PathBuf;
}

/// What the home screen shows: the course, with how far the learner is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Catalog {
    /// What the course is called.
    pub title: String,
    pub rounds: Vec<RoundCard>,
    /// The parts of the rounds, in their order. Every lab and every page stands in one.
    pub parts: Vec<PartCard>,
    /// In the order of the course; those that stand nowhere in it come behind it.
    pub labs: Vec<LabCard>,
    /// The pages that the course has.
    pub pages: Vec<PageCard>,
    /// Whether every file was read whole, so that no other has a problem.
    pub whole: bool,
    /// The lab that was open last.
    pub last: Option<String>,
    /// Why the teacher's course is not the one that is shown.
    pub problem: Option<String>,
}

/// A round of the course.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RoundCard {
    pub title: String,
    /// What it is for; may be empty.
    pub about: String,
}

/// What is done of one topic in one round.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PartCard {
    /// Counted in [`Catalog::rounds`].
    pub round: usize,
    /// The topic's id.
    pub topic: String,
    pub title: String,
    pub items: Vec<Place>,
}

/// Where to find an item of a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Counted in [`Catalog::labs`].
    Lab(usize),
    /// Counted in [`Catalog::pages`].
    Page(usize),
}

/// One lab with the learner's progress.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LabCard {
    pub id: String,
    pub title: String,
    pub track: String,
    pub minutes: u32,
    pub steps: usize,
    pub steps_done: usize,
    /// The title of each step, and whether it is done.
    pub outline: Vec<(String, bool)>,
    pub points: u32,
    pub points_earned: u32,
    pub needs: Vec<Need>,
    /// Ids of the labs that are better done before.
    pub after: Vec<String>,
    /// What is wrong with its file; the lab cannot be opened then.
    pub problem: Option<String>,
}

/// A page of the notes in its place in the course.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PageCard {
    pub id: String,
    pub title: String,
    pub minutes: u32,
    /// Whether the learner has opened it.
    pub read: bool,
}

/// A page of the notes in a list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NoteCard {
    pub id: String,
    pub title: String,
    pub track: String,
}

/// A page of the notes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Note {
    pub id: String,
    pub title: String,
    pub blocks: Vec<Block>,
    /// The section that was asked for, as places in `blocks`; all of them when it was the page.
    pub section: Range<usize>,
}

/// What a search found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// What was searched for, when that is not what was typed.
    pub meant: Option<String>,
}

/// A section that holds what was searched for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hit {
    /// The page, or `PAGE#SECTION`.
    pub id: String,
    pub title: String,
    /// The words around the first place, on one line.
    pub snippet: String,
}
