//! A program without a terminal: requests are answered at once, keys are written as names.

use std::sync::Arc;

use super::Demo;
use crate::app::msg::{Reply, Request, Snapshot};
use crate::app::ports::{Classroom, Desk};
use crate::app::update::{begin, update};
use crate::app::{App, Effect, Msg, Options, Start};

/// A program of a given size with the effects answered as the runtime would, at once and without a
/// shell.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) effects: Vec<Effect>,
    desk: Option<Arc<dyn Desk>>,
}

impl Stage {
    pub(crate) fn new(cols: u16, rows: u16, start: Start) -> Self {
        let app = App::new(Options::default(), cols, rows);
        let mut stage = Self { app, effects: Vec::new(), desk: None };
        let effects = begin(&mut stage.app, start);
        stage.perform(effects);
        stage
    }

    pub(crate) fn in_lab(cols: u16, rows: u16) -> Self {
        let mut stage = Self::new(cols, rows, Start::Lab("s3-versions".into()));
        let prompt = "\x1b[32mada@lab\x1b[0m:~/s3$ aws s3 ls\r\n2026-11-22 10:00:00 notes-ada-x7k2p9\r\n\
                      \x1b[32mada@lab\x1b[0m:~/s3$ ";
        stage.shell(prompt);
        stage.app.message = None;
        stage
    }

    pub(crate) fn shell(&mut self, text: &str) {
        let shell = self.app.lab.as_ref().map_or(0, |l| l.shell.id);
        self.send(Msg::ShellOutput { shell, bytes: text.as_bytes().to_vec() });
    }

    pub(crate) fn send(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Request { job, request } = effect.clone() {
                let reply = self.answer(request).map_err(|e| format!("{e:#}"));
                self.send(Msg::Reply { job, reply });
            }
            self.effects.push(effect);
        }
    }

    fn answer(&mut self, request: Request) -> anyhow::Result<Reply> {
        let notice = match (request, self.desk.clone()) {
            (Request::Catalog, _) => return Ok(Reply::Catalog(Demo.catalog()?)),
            (Request::Notes, _) => return Ok(Reply::Notes(Demo.notes()?)),
            (Request::Note(id), _) => return Ok(Reply::Note(Demo.note(&id)?)),
            (Request::Search(query), _) => return Ok(Reply::Hits(Demo.search(&query)?)),
            (Request::Open(id), _) => {
                self.desk = Some(Demo.open(&id)?);
                None
            }
            (Request::Views, Some(desk)) => return Ok(Reply::Views(Box::new(desk.views()))),
            (Request::Check { step, .. }, Some(desk)) => {
                desk.check(step.as_deref()).map(|()| None)?
            }
            (Request::Answer { step, ask, text }, Some(desk)) => {
                desk.answer(&step, ask, &text).map(|()| None)?
            }
            (Request::Hint(step), Some(desk)) => desk.hint(&step).map(|()| None)?,
            (Request::Undo, Some(desk)) => Some(desk.undo()?),
            (Request::Reset(step), Some(desk)) => Some(desk.reset(step.as_deref())?),
            (Request::Advance(span), Some(desk)) => desk.advance(span).map(|()| None)?,
            (_, _) => None,
        };
        let Some(desk) = &self.desk else { anyhow::bail!("No lab is open.") };
        Ok(Reply::Desk(Box::new(Snapshot {
            lab: desk.lab(),
            steps: desk.steps(),
            now: desk.now(),
            speed: desk.speed(),
            notice,
        })))
    }

    /// Types keys, written as `F3`, `Ctrl-P`, `Enter`, `Esc`, `Up`, `Leader`, or a text.
    pub(crate) fn keys(&mut self, keys: &[&str]) {
        for key in keys {
            for event in events(key) {
                self.send(Msg::Key(event));
            }
        }
    }
}

/// The key events of a name or a text.
pub(crate) fn events(name: &str) -> Vec<crossterm::event::KeyEvent> {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Tab" => KeyCode::Tab,
        "Backspace" => KeyCode::Backspace,
        "Leader" => return vec![KeyEvent::new(KeyCode::Char(']'), KeyModifiers::CONTROL)],
        "Shift-PgUp" => return vec![KeyEvent::new(KeyCode::PageUp, KeyModifiers::SHIFT)],
        name => {
            if let Some(n) = name.strip_prefix('F').and_then(|n| n.parse().ok()) {
                KeyCode::F(n)
            } else if let Some(c) = name.strip_prefix("Ctrl-") {
                let c = c.to_lowercase().chars().next().unwrap_or(' ');
                return vec![KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)];
            } else {
                return name
                    .chars()
                    .map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))
                    .collect();
            }
        }
    };
    vec![KeyEvent::new(code, KeyModifiers::NONE)]
}
