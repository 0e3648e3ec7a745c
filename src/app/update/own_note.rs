//! The learner's own notes on a step: in an editor where one is chosen, in a field here otherwise.

use crate::draft::Draft;
use crate::flow::Tone;
use crate::msg::{OwnNote, Request, Slot};
use crate::overlay::Overlay;
use crate::{App, Effect};

pub(crate) const KEPT: &str = "Your notes on this step are kept. distlab log writes all of them.";
pub(crate) const GONE: &str = "Your notes on this step are taken away.";

/// Asks for what stands there already.
pub(super) fn open(app: &mut App, effects: &mut Vec<Effect>) {
    let step = app.lab.as_ref().and_then(|lab| lab.step()).map(|step| step.id.clone());
    if let Some(step) = step {
        effects.push(app.jobs.start(Slot::OwnNote, Request::OwnNote(step)));
    }
}

/// It has come.
pub(super) fn opened(app: &mut App, note: OwnNote, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab_shown() else { return };
    if let Some(editor) = note.editor {
        effects.push(Effect::Edit { editor, file: note.file });
        return;
    }
    let title = lab.lab.step(&note.step).map_or("", |step| step.title.as_str());
    let draft = Draft::new(&note.step, title, &note.text);
    app.overlays.push(Overlay::Draft(draft));
}

pub(super) fn write(app: &mut App, write: impl FnOnce(&mut Draft)) {
    if let Some(Overlay::Draft(draft)) = app.overlays.last_mut() {
        write(draft);
    }
}

/// Keeps what was written. The field stays as it is until that has begun.
pub(super) fn keep(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(Overlay::Draft(draft)) = app.overlays.last() else { return };
    if draft.changed() {
        if app.jobs.running(Slot::Act) {
            app.tell(Tone::Plain, "One moment: the last thing you asked for is not done yet.");
            return;
        }
        let request = Request::KeepNote { step: draft.step.clone(), text: draft.text() };
        effects.push(app.jobs.start(Slot::Act, request));
    }
    app.overlays.pop();
}
