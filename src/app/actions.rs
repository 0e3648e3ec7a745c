//! Everything the learner can do with a key, in one list: it feeds the dispatch of keys, the
//! footer, the help list and the palette. What an action does stands in `update::perform`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::act::Act;
use super::lab::Focus;
use super::{App, Screen};

/// One thing to do.
pub struct Action {
    /// Its name, unique in the list.
    pub name: &'static str,
    pub keys: &'static [Press],
    /// The letter that does it after the leader key.
    pub leader: Option<char>,
    /// A word or two for the footer; empty when it is not shown there.
    pub short: &'static str,
    pub title: &'static str,
    /// A sentence.
    pub help: &'static str,
    /// Whether it can be done now.
    pub when: fn(&App) -> bool,
    pub act: Act,
}

/// A key that does something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Press {
    /// A function key: works always, in the shell too.
    F(u8),
    /// With Ctrl; the shell gets it when it has the focus.
    Ctrl(char),
    /// A letter or sign; only where nothing is typed.
    Char(char),
    /// A key with a name; only where nothing is typed.
    Code(KeyCode),
    /// A key with a name, whatever is held with it; only where a table of `keymap` has it.
    Any(KeyCode),
    /// A key with a name and Shift; works always.
    Shift(KeyCode),
    /// A key with a name and Alt; works always.
    Alt(KeyCode),
}

impl Press {
    #[must_use]
    pub fn is(self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        match self {
            Self::F(n) => key.code == KeyCode::F(n) && !ctrl && !alt && !shift,
            Self::Ctrl(c) => key.code == KeyCode::Char(c) && ctrl && !alt,
            Self::Char(c) => key.code == KeyCode::Char(c) && !ctrl && !alt,
            Self::Code(code) => key.code == code && !ctrl && !alt && !shift,
            Self::Any(code) => key.code == code,
            Self::Shift(code) => key.code == code && shift && !ctrl && !alt,
            Self::Alt(code) => key.code == code && alt && !ctrl && !shift,
        }
    }

    /// Whether the key is taken although something is typed.
    #[must_use]
    pub fn always(self, shell: bool) -> bool {
        match self {
            Self::F(_) | Self::Shift(_) | Self::Alt(_) => true,
            Self::Ctrl(_) => !shell,
            Self::Char(_) | Self::Code(_) | Self::Any(_) => false,
        }
    }

    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::F(n) => format!("F{n}"),
            Self::Ctrl(c) => format!("Ctrl-{}", c.to_ascii_uppercase()),
            Self::Char(' ') => "Space".into(),
            Self::Char(c) => c.to_string(),
            Self::Code(code) | Self::Any(code) => code_name(code).into(),
            Self::Shift(code) => format!("Shift-{}", code_name(code)),
            Self::Alt(KeyCode::Char(c)) => format!("Alt-{c}"),
            Self::Alt(code) => format!("Alt-{}", code_name(code)),
        }
    }
}

fn code_name(code: KeyCode) -> &'static str {
    match code {
        KeyCode::Up => "Up",
        KeyCode::Left => "Left",
        KeyCode::Right => "Right",
        KeyCode::Down => "Down",
        KeyCode::PageUp => "PgUp",
        KeyCode::PageDown => "PgDn",
        KeyCode::Home => "Home",
        KeyCode::End => "End",
        KeyCode::Enter => "Enter",
        KeyCode::Esc => "Esc",
        KeyCode::Tab => "Tab",
        KeyCode::BackTab => "Shift-Tab",
        _ => "?",
    }
}

impl Action {
    /// All its keys, as text: `F3, Ctrl-] c`.
    #[must_use]
    pub fn key_names(&self, leader: char) -> String {
        let keys = self.keys.iter().map(|k| k.name());
        let leader = self.leader.map(|c| format!("{} {c}", super::leader::leader_name(leader)));
        keys.chain(leader).collect::<Vec<_>>().join(", ")
    }

    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|a| a.name == name)
    }
}

/// More lines than anything has.
const FAR: isize = 1_000_000;

fn always(_: &App) -> bool {
    true
}

fn in_lab(app: &App) -> bool {
    app.lab_shown().is_some()
}

fn at_home(app: &App) -> bool {
    app.screen == Screen::Home
}

fn in_notes(app: &App) -> bool {
    app.screen == Screen::Notes
}

fn outside_notes(app: &App) -> bool {
    !in_notes(app)
}

fn can_ask(app: &App) -> bool {
    app.lab_shown().and_then(|l| l.state()).is_some_and(|s| s.asks.iter().any(|a| !a.right))
}

fn has_hint(app: &App) -> bool {
    app.lab_shown().and_then(|l| l.state()).is_some_and(|s| s.hints > 0)
}

fn has_next(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| l.current + 1 < l.lab.steps.len())
}

fn has_back(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| l.current > 0)
}

fn has_nodes(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| !l.nodes.is_empty())
}

fn has_view(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| l.view.is_some())
}

/// Whether the lesson stands beside what else there is, so that it can be read from there.
pub(super) fn lesson_beside(app: &App) -> bool {
    in_lab(app) && app.window().beside()
}

/// Whether there is room for a lesson beside the shell, so that it can be folded away.
fn can_fold(app: &App) -> bool {
    in_lab(app) && app.window().wide()
}

fn has_next_lab(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| l.complete() && l.next.is_some())
}

fn reading_checks(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| l.focus == Focus::Checks) && can_ask(app)
}

fn shell_shown(app: &App) -> bool {
    app.lab_shown().is_some_and(|l| l.focus == Focus::Shell)
}

fn reading(app: &App) -> bool {
    !at_home(app) && !shell_shown(app)
}

/// Everything, in the order of the footer and of the help.
#[rustfmt::skip]
pub static ACTIONS: &[Action] = &[
    Action { name: "help", keys: &[Press::F(1), Press::Char('?')], leader: Some('?'), short: "help", title: "Help", help: "Lists everything you can do, and does what you choose.", when: always, act: Act::Help },
    Action { name: "focus", keys: &[Press::F(2)], leader: Some('f'), short: "lesson/shell", title: "Switch between lesson and shell", help: "The shell takes all letters while it has the focus.", when: in_lab, act: Act::SwitchFocus },
    Action { name: "fold", keys: &[Press::F(12)], leader: Some('z'), short: "fold", title: "Fold the lesson away, or bring it back", help: "The shell gets the whole width; F2 still shows the lesson.", when: can_fold, act: Act::Fold },
    Action { name: "check", keys: &[Press::F(3)], leader: Some('c'), short: "check", title: "Check this step", help: "Checks also run by themselves when something changes.", when: in_lab, act: Act::Check },
    Action { name: "hint", keys: &[Press::F(4)], leader: Some('h'), short: "hint", title: "Show a hint", help: "Goes to the hints, which appear below the step's text, one more each time.", when: has_hint, act: Act::Hint },
    Action { name: "views", keys: &[Press::F(5)], leader: Some('v'), short: "views", title: "Show another live view", help: "What the lab has: containers, networks, swarm; S3, HDFS; then the shell.", when: in_lab, act: Act::NextView },
    Action { name: "node-next", keys: &[Press::Alt(KeyCode::Right)], leader: Some('>'), short: "next node", title: "Shell of the next node", help: "The lab's own shell, then each node's: docker speaks to that node there.", when: has_nodes, act: Act::NodeTab(1) },
    Action { name: "node-back", keys: &[Press::Alt(KeyCode::Left)], leader: Some('<'), short: "", title: "Shell of the previous node", help: "Ends at the lab's own shell.", when: has_nodes, act: Act::NodeTab(-1) },
    Action { name: "undo", keys: &[Press::F(6)], leader: Some('u'), short: "undo", title: "Undo the last change", help: "Says what it would take back in the simulated world, and asks first.", when: in_lab, act: Act::AskUndo },
    Action { name: "next", keys: &[Press::F(7)], leader: Some('n'), short: "next step", title: "Next step", help: "Goes to the next step, done or not.", when: has_next, act: Act::StepBy(1) },
    Action { name: "reset", keys: &[Press::F(8)], leader: Some('r'), short: "reset", title: "Reset this step", help: "Starts the step over, after asking.", when: in_lab, act: Act::AskReset },
    Action { name: "lesson-down", keys: &[Press::Alt(KeyCode::PageDown)], leader: Some('j'), short: "read on", title: "Scroll the lesson on", help: "One page, wherever the focus is; the shell keeps it.", when: lesson_beside, act: Act::LessonPage(1) },
    Action { name: "lesson-up", keys: &[Press::Alt(KeyCode::PageUp)], leader: Some('k'), short: "", title: "Scroll the lesson back", help: "One page, wherever the focus is; the shell keeps it.", when: lesson_beside, act: Act::LessonPage(-1) },
    Action { name: "lesson-line-down", keys: &[Press::Alt(KeyCode::Down)], leader: None, short: "", title: "Scroll the lesson a line on", help: "Wherever the focus is.", when: lesson_beside, act: Act::LessonLine(1) },
    Action { name: "lesson-line-up", keys: &[Press::Alt(KeyCode::Up)], leader: None, short: "", title: "Scroll the lesson a line back", help: "Wherever the focus is.", when: lesson_beside, act: Act::LessonLine(-1) },
    Action { name: "answer", keys: &[Press::Char('a')], leader: Some('a'), short: "answer", title: "Answer a question", help: "Goes to the first open question of the step.", when: can_ask, act: Act::Answer },
    Action { name: "note", keys: &[Press::Alt(KeyCode::Char('n')), Press::Char('N')], leader: Some('i'), short: "your notes", title: "Write notes of your own on this step", help: "In your editor, or in a field here. A reset keeps them; distlab log has all.", when: in_lab, act: Act::OwnNote },
    Action { name: "notes", keys: &[Press::F(9)], leader: Some('o'), short: "notes", title: "Read the course notes", help: "Opens the notes; Esc leads back.", when: outside_notes, act: Act::OpenNotes },
    Action { name: "open", keys: &[Press::Code(KeyCode::Enter)], leader: None, short: "open", title: "Open what is chosen", help: "A lab at home, a page in the notes, the line for an answer among the checks.", when: |app| at_home(app) || in_notes(app) || reading_checks(app), act: Act::Open },
    Action { name: "find", keys: &[Press::Char('/')], leader: Some('/'), short: "find", title: "Find", help: "In a lab: lesson, shell, notes. At home: labs. In the notes: all pages.", when: always, act: Act::Find },
    Action { name: "palette", keys: &[Press::Ctrl('p')], leader: Some('p'), short: "palette", title: "Palette", help: "Goes to a lab or a page, or does something, by a few letters of its name.", when: always, act: Act::Palette },
    Action { name: "time", keys: &[], leader: Some('t'), short: "", title: "Move lab time on", help: "By a span such as 11m. What was due by then happens at once.", when: in_lab, act: Act::AskTime },
    Action { name: "steps", keys: &[Press::Char('s')], leader: Some('s'), short: "", title: "Go to a step", help: "Lists the steps and their state.", when: in_lab, act: Act::Steps },
    Action { name: "back", keys: &[], leader: Some('b'), short: "", title: "Step before", help: "Goes back one step.", when: has_back, act: Act::StepBy(-1) },
    Action { name: "examples", keys: &[Press::Char('e')], leader: Some('e'), short: "commands", title: "Put a command of the step into the shell", help: "Lists the commands of this step and types the one you choose; you run it.", when: in_lab, act: Act::Examples },
    Action { name: "border-left", keys: &[], leader: Some('-'), short: "", title: "Make the lesson narrower", help: "Or the prefix and the left arrow; more arrows move it on. It is kept.", when: lesson_beside, act: Act::MoveBorder(-2) },
    Action { name: "border-right", keys: &[], leader: Some('+'), short: "", title: "Make the lesson wider", help: "Or the prefix and the right arrow; more arrows move it on. It is kept.", when: lesson_beside, act: Act::MoveBorder(2) },
    Action { name: "next-lab", keys: &[], leader: Some('N'), short: "next lab", title: "Open the next lab", help: "Once every step of this one is done: the next in the course that is not.", when: has_next_lab, act: Act::NextLab },
    Action { name: "links", keys: &[Press::Char('l')], leader: Some('l'), short: "", title: "Follow a link", help: "Lists the links of the lesson or the page.", when: |app| !at_home(app), act: Act::Links },
    Action { name: "reset-lab", keys: &[], leader: Some('R'), short: "", title: "Reset the whole lab", help: "Starts the lab over, after asking.", when: in_lab, act: Act::AskResetLab },
    Action { name: "shell-new", keys: &[], leader: Some('x'), short: "", title: "Start a new shell", help: "Ends the running shell and starts another.", when: in_lab, act: Act::NewShell },
    Action { name: "view-focus", keys: &[], leader: Some('w'), short: "", title: "Go to the live view", help: "So that the arrow keys scroll it.", when: has_view, act: Act::FocusView },
    Action { name: "pane", keys: &[Press::Code(KeyCode::Tab)], leader: Some('g'), short: "next pane", title: "Next pane", help: "Lesson, checks, view; in the notes, list and page. F2 goes to the shell.", when: reading, act: Act::NextPane },
    Action { name: "shell-up", keys: &[Press::Shift(KeyCode::PageUp)], leader: Some('['), short: "", title: "Scroll the shell back", help: "Any letter goes back to the end.", when: in_lab, act: Act::ShellPage(1) },
    Action { name: "shell-down", keys: &[Press::Shift(KeyCode::PageDown)], leader: None, short: "", title: "Scroll the shell forward", help: "Down to where the shell is now.", when: in_lab, act: Act::ShellPage(-1) },
    Action { name: "up", keys: &[Press::Code(KeyCode::Up), Press::Char('k')], leader: None, short: "", title: "Up", help: "One line up.", when: always, act: Act::Scroll(-1) },
    Action { name: "down", keys: &[Press::Code(KeyCode::Down), Press::Char('j')], leader: None, short: "", title: "Down", help: "One line down.", when: always, act: Act::Scroll(1) },
    Action { name: "page-up", keys: &[Press::Code(KeyCode::PageUp)], leader: None, short: "", title: "Page up", help: "One page up.", when: always, act: Act::Page(-1) },
    Action { name: "page-down", keys: &[Press::Code(KeyCode::PageDown), Press::Char(' ')], leader: None, short: "", title: "Page down", help: "One page down.", when: always, act: Act::Page(1) },
    Action { name: "top", keys: &[Press::Code(KeyCode::Home), Press::Char('g')], leader: None, short: "", title: "To the top", help: "To the first line.", when: always, act: Act::Scroll(-FAR) },
    Action { name: "bottom", keys: &[Press::Code(KeyCode::End), Press::Char('G')], leader: None, short: "", title: "To the end", help: "To the last line.", when: always, act: Act::Scroll(FAR) },
    Action { name: "next-plain", keys: &[Press::Char('n')], leader: None, short: "", title: "Next step, from the lesson", help: "As F7.", when: has_next, act: Act::StepBy(1) },
    Action { name: "back-plain", keys: &[Press::Char('b')], leader: None, short: "", title: "Previous step, from the lesson", help: "Goes back one step.", when: has_back, act: Act::StepBy(-1) },
    Action { name: "reload", keys: &[Press::Char('r')], leader: None, short: "", title: "Reload the list of labs", help: "After a lab file or the Docker Engine changed.", when: at_home, act: Act::Reload },
    Action { name: "mouse", keys: &[], leader: Some('m'), short: "", title: "Mouse on or off", help: "On: scroll, click, drag the border. Off: the terminal selects text.", when: always, act: Act::Mouse },
    Action { name: "repaint", keys: &[Press::Ctrl('l')], leader: Some('L'), short: "", title: "Redraw the screen", help: "When something else wrote over it.", when: always, act: Act::Repaint },
    Action { name: "escape", keys: &[Press::Code(KeyCode::Esc)], leader: None, short: "", title: "Back", help: "From the notes to where you came from; clears the search and its marks.", when: always, act: Act::Escape },
    Action { name: "leave", keys: &[Press::F(10), Press::Char('q')], leader: Some('q'), short: "leave", title: "Leave", help: "Leaves the lab or the notes, and at home the program. Your work is kept.", when: always, act: Act::Leave },
];
