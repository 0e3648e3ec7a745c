//! What a key stands for: one table for whoever has the keys. Looks at the state and changes nothing.
//!
//! The order is always the same: the leader's letter; the actions, as far as they may be taken where
//! something is typed; the table of the place; and what every other key means there.

use crossterm::event::{KeyCode, KeyEvent};

use super::act::Act;
use super::actions::{ACTIONS, Action, Press, lesson_beside};
use super::lab::Focus;
use super::leader::is_leader;
use super::overlay::Overlay;
use super::{App, LabState, Screen};

/// Who has the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// A list over the screen, with its line to search by.
    List,
    /// A question over the screen.
    Question,
    /// A line to type over the screen.
    Prompt,
    /// A field for notes over the screen.
    Draft,
    /// The line that the labs at home are filtered by.
    Filter,
    /// The line that the notes are searched by.
    Query,
    /// The line that an answer is typed in.
    Answer,
    /// A shell that runs.
    Shell,
    /// A shell that has ended.
    EndedShell,
    /// Whatever is read: nothing is typed.
    Page,
}

/// The keys of a place.
struct Keys {
    /// Whether actions are looked for first.
    actions: bool,
    table: &'static [(Press, Act)],
    /// What every other key means.
    other: Option<fn(KeyEvent) -> Act>,
    /// What pasted text means.
    paste: Option<fn(String) -> Act>,
}

/// Who has the keys now.
#[must_use]
pub fn place(app: &App) -> Place {
    match app.overlays.last() {
        Some(Overlay::List(_)) => return Place::List,
        Some(Overlay::Confirm(_)) => return Place::Question,
        Some(Overlay::Prompt(_)) => return Place::Prompt,
        Some(Overlay::Draft(_)) => return Place::Draft,
        None => {}
    }
    match app.screen {
        Screen::Home if app.home.filtering => Place::Filter,
        Screen::Notes if app.notes.searching => Place::Query,
        Screen::Home | Screen::Notes => Place::Page,
        Screen::Lab => app.lab.as_ref().map_or(Place::Page, |lab| match lab.focus {
            Focus::Shell if lab.shell.ended.is_some() => Place::EndedShell,
            Focus::Shell => Place::Shell,
            Focus::Checks if lab.answering && lab.asking() => Place::Answer,
            Focus::Checks | Focus::Lesson | Focus::View => Place::Page,
        }),
    }
}

impl Place {
    /// Whether letters are typed here, so that they are no commands.
    #[must_use]
    pub fn typing(self) -> bool {
        self != Self::Page
    }

    #[must_use]
    pub fn is_shell(self) -> bool {
        matches!(self, Self::Shell | Self::EndedShell)
    }

    fn keys(self) -> &'static Keys {
        match self {
            Self::List => &LIST,
            Self::Question => &QUESTION,
            Self::Prompt => &PROMPT,
            Self::Draft => &DRAFT,
            Self::Filter => &FILTER,
            Self::Query => &QUERY,
            Self::Answer => &ANSWER,
            Self::Shell => &SHELL,
            Self::EndedShell => &ENDED_SHELL,
            Self::Page => &PAGE,
        }
    }
}

/// What a key stands for now, if for anything.
#[must_use]
pub fn act(app: &App, key: KeyEvent) -> Option<Act> {
    let place = place(app);
    if app.leader {
        return behind_leader(app, place, key);
    }
    if app.border.sizing
        && let Some(act) = sizing(key)
    {
        return Some(act);
    }
    if is_leader(key, app.options.leader) {
        return Some(Act::Leader);
    }
    let keys = place.keys();
    let taken =
        |press: &Press| press.is(key) && (!place.typing() || press.always(place.is_shell()));
    let possible = |action: &&Action| action.keys.iter().any(taken) && (action.when)(app);
    if let Some(action) = ACTIONS.iter().find(possible).filter(|_| keys.actions) {
        return Some(action.act.clone());
    }
    if keys.actions
        && let Some(act) = idle(app, place, key)
    {
        return Some(act);
    }
    let listed = keys.table.iter().find(|(press, _)| press.is(key)).map(|(_, act)| act.clone());
    listed.or_else(|| keys.other.map(|act| act(key)))
}

/// Columns that a key moves the border by.
const BORDER_COLS: i16 = 2;

/// The keys that move the border, for as long as no other is pressed.
fn sizing(key: KeyEvent) -> Option<Act> {
    match key.code {
        KeyCode::Left | KeyCode::Char('-') => Some(Act::MoveBorder(-BORDER_COLS)),
        KeyCode::Right | KeyCode::Char('+') => Some(Act::MoveBorder(BORDER_COLS)),
        // It ends that, and does nothing else.
        KeyCode::Esc | KeyCode::Enter => Some(Act::Nothing),
        _ => None,
    }
}

/// A key of the program's that means nothing at the moment. It goes nowhere: at a prompt nothing is
/// bound to it, and the end of what it sends would be typed, a `~`. A program that has the whole
/// terminal may know it.
fn idle(app: &App, place: Place, key: KeyEvent) -> Option<Act> {
    let whole = |lab: &LabState| lab.shell.screen().alternate_screen();
    if place == Place::Shell && app.lab.as_deref().is_some_and(whole) {
        return None;
    }
    let has = |action: &&Action| action.keys.iter().any(|k| k.always(true) && k.is(key));
    match ACTIONS.iter().find(has) {
        Some(action) => Some(Act::NotNow(action.name)),
        None if place == Place::Shell && matches!(key.code, KeyCode::F(_)) => Some(Act::NoKey),
        None => None,
    }
}

/// What pasted text stands for now: it goes where letters go.
#[must_use]
pub fn pasted(app: &App, text: String) -> Option<Act> {
    place(app).keys().paste.map(|act| act(text))
}

/// The key behind the leader: an action's letter; the leader again, or a key that is no letter and
/// that the program would take, goes to the shell as it is.
fn behind_leader(app: &App, place: Place, key: KeyEvent) -> Option<Act> {
    let taken = |a: &Action| a.keys.iter().any(|k| k.always(true) && k.is(key));
    if is_leader(key, app.options.leader)
        || matches!(key.code, KeyCode::F(_))
        || ACTIONS.iter().any(taken)
    {
        return (place == Place::Shell).then_some(Act::ToShell(key));
    }
    if lesson_beside(app)
        && let Some(act @ Act::MoveBorder(_)) = sizing(key)
    {
        return Some(act);
    }
    let KeyCode::Char(letter) = key.code else { return None };
    ACTIONS.iter().find(|a| a.leader == Some(letter)).map(|a| Act::Named(a.name))
}

/// Lines that a page of a list has, and of the questions.
const LIST_PAGE: isize = 10;
const QUESTIONS_PAGE: isize = 4;

static LIST: Keys = Keys {
    actions: false,
    table: &[
        (Press::Any(KeyCode::Esc), Act::Close),
        (Press::Any(KeyCode::F(1)), Act::Close),
        (Press::Any(KeyCode::F(10)), Act::Close),
        (Press::Ctrl('c'), Act::Close),
        (Press::Any(KeyCode::Enter), Act::Choose),
        (Press::Any(KeyCode::Up), Act::Scroll(-1)),
        (Press::Any(KeyCode::Down), Act::Scroll(1)),
        (Press::Any(KeyCode::PageUp), Act::Scroll(-LIST_PAGE)),
        (Press::Any(KeyCode::PageDown), Act::Scroll(LIST_PAGE)),
    ],
    other: Some(Act::Type),
    paste: Some(Act::Insert),
};

static QUESTION: Keys = Keys {
    actions: false,
    table: &[
        (Press::Any(KeyCode::Esc), Act::Close),
        (Press::Any(KeyCode::F(1)), Act::Close),
        (Press::Any(KeyCode::F(10)), Act::Close),
        (Press::Ctrl('c'), Act::Close),
        (Press::Char('n'), Act::Close),
        (Press::Char('N'), Act::Close),
        (Press::Char('q'), Act::Close),
        (Press::Any(KeyCode::Up), Act::Scroll(-1)),
        (Press::Any(KeyCode::Down), Act::Scroll(1)),
        (Press::Any(KeyCode::PageUp), Act::Scroll(-LIST_PAGE)),
        (Press::Any(KeyCode::PageDown), Act::Scroll(LIST_PAGE)),
        (Press::Char('y'), Act::Confirm),
        (Press::Char('Y'), Act::Confirm),
    ],
    other: None,
    paste: None,
};

static PROMPT: Keys = Keys {
    actions: false,
    table: &[
        (Press::Any(KeyCode::Esc), Act::Close),
        (Press::Any(KeyCode::F(1)), Act::Close),
        (Press::Any(KeyCode::F(10)), Act::Close),
        (Press::Ctrl('c'), Act::Close),
        (Press::Any(KeyCode::Enter), Act::Submit),
    ],
    other: Some(Act::Type),
    paste: Some(Act::Insert),
};

static DRAFT: Keys = Keys {
    actions: false,
    table: &[
        (Press::Any(KeyCode::Esc), Act::KeepNote),
        (Press::Any(KeyCode::F(10)), Act::KeepNote),
        (Press::Ctrl('s'), Act::KeepNote),
        (Press::Ctrl('c'), Act::Close),
    ],
    other: Some(Act::Write),
    paste: Some(Act::WriteText),
};

static FILTER: Keys = Keys {
    actions: true,
    table: &[
        (Press::Any(KeyCode::Esc), Act::StopTyping),
        (Press::Any(KeyCode::Enter), Act::Open),
        (Press::Any(KeyCode::Up), Act::Scroll(-1)),
        (Press::Any(KeyCode::Down), Act::Scroll(1)),
    ],
    other: Some(Act::Type),
    paste: Some(Act::Insert),
};

static QUERY: Keys = Keys {
    actions: true,
    table: &[
        (Press::Any(KeyCode::Esc), Act::StopTyping),
        (Press::Any(KeyCode::Enter), Act::Open),
        (Press::Any(KeyCode::Up), Act::Scroll(-1)),
        (Press::Any(KeyCode::Down), Act::Scroll(1)),
    ],
    other: Some(Act::Type),
    paste: Some(Act::Insert),
};

static ANSWER: Keys = Keys {
    actions: true,
    table: &[
        (Press::Any(KeyCode::Esc), Act::StopTyping),
        (Press::Any(KeyCode::Enter), Act::SubmitAnswer),
        (Press::Any(KeyCode::Tab), Act::NextPane),
        (Press::Any(KeyCode::Up), Act::Question(-1)),
        (Press::Any(KeyCode::Down), Act::Question(1)),
        (Press::Any(KeyCode::PageUp), Act::Scroll(-QUESTIONS_PAGE)),
        (Press::Any(KeyCode::PageDown), Act::Scroll(QUESTIONS_PAGE)),
    ],
    other: Some(Act::Type),
    paste: Some(Act::Insert),
};

static SHELL: Keys =
    Keys { actions: true, table: &[], other: Some(Act::ToShell), paste: Some(Act::Paste) };

static ENDED_SHELL: Keys = Keys {
    actions: true,
    table: &[(Press::Any(KeyCode::Enter), Act::NewShell)],
    other: None,
    paste: None,
};

static PAGE: Keys = Keys { actions: true, table: &[], other: None, paste: None };
