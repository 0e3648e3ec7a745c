//! What can be done: what a key, an item of a list or a confirmed question stands for. Which key
//! stands for what says `keymap`; what comes of it says `update::perform`.

use crossterm::event::KeyEvent;

use base::Digest;

/// One thing to do. A direction is -1 or 1, back or forward.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// Waits for the letter behind the leader key.
    Leader,
    /// The action of this name, if it is possible now; says so otherwise.
    Named(&'static str),
    /// Ends what came before, and does nothing.
    Nothing,
    /// A function key that nothing has.
    NoKey,
    /// The action of this name has the key, and is not possible now.
    NotNow(&'static str),

    // What lies over the screen.
    Help,
    Palette,
    Steps,
    Links,
    Examples,
    /// In a lab: the list of what was found; elsewhere the line to search by.
    Find,
    AskReset,
    AskResetLab,
    AskTime,
    /// What the chosen item of the list stands for.
    Choose,
    /// What the question asks for.
    Confirm,
    /// Takes the line that was typed into the prompt.
    Submit,
    Close,

    // The line that is being typed, wherever that is.
    Type(KeyEvent),
    Insert(String),
    StopTyping,

    /// Writes into the notes on a step.
    Write(KeyEvent),
    WriteText(String),
    /// Keeps what was written, and closes.
    KeepNote,

    // Moving about.
    Scroll(isize),
    Page(isize),
    NextPane,
    Open,
    Escape,
    Leave,
    Reload,
    OpenLab(String),
    /// Opens a lab, after what one (itself, or one that it goes on from) does here is allowed.
    AllowLab {
        lab: String,
        about: String,
        text: Digest,
    },
    OpenNotes,
    OpenNote(String),

    // The lab.
    SwitchFocus,
    /// Folds the lesson away, or brings it back.
    Fold,
    /// Moves the border between lesson and shell by so many columns.
    MoveBorder(i16),
    /// The lab that comes next.
    NextLab,
    Check,
    Hint,
    /// Asks before the last change is taken back.
    AskUndo,
    /// Takes back the change of this number.
    Undo(u64),
    /// The learner's own notes on the step: in an editor, or in a field here.
    OwnNote,
    /// Starts a step anew, or the whole lab.
    Reset(Option<String>),
    NextView,
    FocusView,
    StepBy(isize),
    GoToStep(usize),
    LessonPage(isize),
    LessonLine(isize),
    /// Shows a line of the lesson, and marks this text (in small letters) in it.
    ShowLesson {
        line: usize,
        marked: String,
    },
    Answer,
    Question(isize),
    SubmitAnswer,

    // Its shells.
    ToShell(KeyEvent),
    Paste(String),
    /// Types a command into the shell, without running it.
    TypeCommand(String),
    NewShell,
    ShellPage(isize),
    /// Scrolls the shell so that this many lines lie below.
    ShowShell(usize),
    NodeTab(isize),

    // The terminal.
    Copy(String),
    Mouse,
    Repaint,
}
