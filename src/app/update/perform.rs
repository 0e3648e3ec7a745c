//! What each thing to do does: one function, one line for each. The functions it calls stand in the
//! files of this folder, each about one part of the program; none of them comes back here.

use crate::act::Act;
use crate::actions::Action;
use crate::flow::Tone;
use crate::leader::leader_name;
use crate::{App, Effect, layout};

use super::{find, home, lab, lists, nav, notes, own_note, panes, shell, typing};

/// Does it.
pub(super) fn perform(app: &mut App, act: Act, effects: &mut Vec<Effect>) {
    match act {
        Act::Leader => app.leader = true,
        Act::Named(name) => named(app, name, effects),
        Act::NotNow(name) => not_now(app, name),
        Act::NoKey => no_key(app),
        Act::Nothing => {}

        Act::Help => lists::help(app),
        Act::Palette => lists::palette(app),
        Act::Steps => lists::steps(app),
        Act::Links => lists::links(app),
        Act::Examples => lists::examples(app),
        Act::Find => find::open(app),
        Act::AskReset => lab::ask_reset_step(app),
        Act::AskResetLab => lab::ask_reset_lab(app),
        Act::AskTime => lab::ask_time(app),
        Act::Choose => answered(app, lists::take_chosen, effects),
        Act::Confirm => answered(app, lists::take_confirmed, effects),
        Act::Submit => lab::submit_time(app, effects),
        Act::Close => drop(app.overlays.pop()),

        Act::Type(key) => typing::edit(app, |line| _ = line.key(key), effects),
        Act::Insert(text) => typing::edit(app, |line| line.insert(&text), effects),
        Act::StopTyping => typing::stop(app),

        Act::Scroll(lines) => nav::scroll(app, lines),
        Act::Page(pages) => nav::scroll(app, pages * nav::page(app)),
        Act::NextPane => nav::next_pane(app),
        Act::Open => nav::open(app, effects),
        Act::Escape => nav::escape(app, effects),
        Act::Leave => nav::leave(app, effects),
        Act::Reload => home::reload(app, effects),
        Act::OpenLab(id) => home::open(app, &id, effects),
        Act::AllowLab { lab, about, text } => {
            home::open_allowed(app, &lab, Some((about, text)), effects);
        }
        Act::OpenNotes => notes::open(app, effects),
        Act::OpenNote(id) => notes::open_page(app, &id, effects),

        Act::SwitchFocus => lab::switch_focus(app),
        Act::Fold => panes::fold(app),
        Act::MoveBorder(cols) => panes::move_border(app, cols),
        Act::NextLab => home::open_next(app, effects),
        Act::Check => lab::check(app, effects),
        Act::Hint => lab::hint(app, effects),
        Act::AskUndo => lab::look_before_undo(app, effects),
        Act::Undo(change) => lab::undo(app, change, effects),
        Act::OwnNote => own_note::open(app, effects),
        Act::Write(key) => own_note::write(app, |draft| draft.key(key)),
        Act::WriteText(text) => own_note::write(app, |draft| draft.insert(&text)),
        Act::KeepNote => own_note::keep(app, effects),
        Act::Reset(step) => lab::reset(app, step, effects),
        Act::NextView => lab::next_view(app),
        Act::FocusView => lab::focus_view(app),
        Act::StepBy(steps) => lab::step_by(app, steps),
        Act::GoToStep(step) => lab::go_to_step(app, step),
        Act::LessonPage(pages) => lab::lesson_by(app, pages * lab::lesson_page(app)),
        Act::LessonLine(lines) => lab::lesson_by(app, lines),
        Act::ShowLesson { line, marked } => lab::show_lesson(app, line, marked),
        Act::Answer => lab::answer(app),
        Act::Question(by) => lab::question_by(app, by),
        Act::SubmitAnswer => lab::submit_answer(app, effects),

        Act::ToShell(key) => shell::key(app, key, effects),
        Act::Paste(text) => shell::paste(app, &text, effects),
        Act::TypeCommand(command) => shell::type_command(app, &command, effects),
        Act::NewShell => shell::renew(app, effects),
        Act::ShellPage(pages) => shell::page(app, pages),
        Act::ShowShell(back) => shell::show(app, back),
        Act::NodeTab(places) => shell::turn(app, places, effects),

        Act::Copy(text) => copy(app, text, effects),
        Act::Mouse => mouse(app, effects),
        Act::Repaint => effects.push(Effect::Repaint),
    }
}

/// Does what a list or a question was about.
fn answered(app: &mut App, take: fn(&mut App) -> Option<Act>, effects: &mut Vec<Effect>) {
    if let Some(act) = take(app) {
        perform(app, act, effects);
    }
}

fn no_key(app: &mut App) {
    let leader = leader_name(app.options.leader);
    let text = format!("That key does nothing here. {leader} before it sends it to the shell.");
    app.tell(Tone::Plain, text);
}

fn copy(app: &mut App, text: String, effects: &mut Vec<Effect>) {
    app.tell(Tone::Plain, format!("Copied: {text}"));
    effects.push(Effect::Copy(text));
}

/// Does an action where it is possible; what lies over the screen is closed for it.
fn named(app: &mut App, name: &str, effects: &mut Vec<Effect>) {
    let Some(action) = Action::named(name) else { return };
    if (action.when)(app) {
        app.overlays.clear();
        perform(app, action.act.clone(), effects);
    } else {
        not_now(app, name);
    }
}

/// Says why an action does nothing now.
fn not_now(app: &mut App, name: &str) {
    let text = match name {
        "hint" => "This step has no hints.".to_owned(),
        "next" | "next-plain" => "This is the last step.".to_owned(),
        "back" | "back-plain" => "This is the first step.".to_owned(),
        "answer" => "No question of this step is open.".to_owned(),
        "node-next" | "node-back" => "This lab has no nodes now, so there is one shell.".to_owned(),
        "fold" => format!(
            "Lesson and shell stand side by side from {} columns on; here each has them all.",
            layout::PANES_COLS_MIN
        ),
        name => {
            let Some(action) = Action::named(name) else { return };
            format!("“{}” is not possible here.", action.title)
        }
    };
    app.tell(Tone::Plain, text);
}

fn mouse(app: &mut App, effects: &mut Vec<Effect>) {
    app.mouse = !app.mouse;
    effects.push(Effect::Mouse(app.mouse));
    let text = if app.mouse {
        "The mouse scrolls and focuses panes now."
    } else {
        "The mouse belongs to the terminal again."
    };
    app.tell(Tone::Plain, text);
}
