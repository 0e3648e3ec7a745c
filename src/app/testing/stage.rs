//! A program without a terminal, with made-up labs; keys are written as names.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::Demo;
use crate::lab::Focus;
use crate::runtime::Scripted;
use crate::{Msg, Options, Start};

/// A program of a given size.
pub struct Stage(Scripted);

impl Deref for Stage {
    type Target = Scripted;
    fn deref(&self) -> &Scripted {
        &self.0
    }
}

impl DerefMut for Stage {
    fn deref_mut(&mut self) -> &mut Scripted {
        &mut self.0
    }
}

impl Stage {
    pub fn new(cols: u16, rows: u16, start: Start) -> Self {
        Self(Scripted::new(Arc::new(Demo::default()), start, Options::default(), (cols, rows)))
    }

    /// In a lab, with the focus on its lesson.
    pub fn in_lab(cols: u16, rows: u16) -> Self {
        let mut stage = Self::opened(cols, rows);
        if let Some(lab) = stage.app.lab.as_mut() {
            lab.focus = Focus::Lesson;
        }
        stage
    }

    /// In a lab, as it is found.
    pub fn opened(cols: u16, rows: u16) -> Self {
        let mut stage = Self::new(cols, rows, Start::Lab("s3-versions".into()));
        stage.shell(
            "\x1b[32mada@lab\x1b[0m:~/s3$ aws s3 ls\r\n\
             2026-11-22 10:00:00 notes-ada-x7k2p9\r\n\x1b[32mada@lab\x1b[0m:~/s3$ ",
        );
        stage.app.message = None;
        stage
    }

    /// Types keys, written as `F3`, `Ctrl-P`, `Enter`, `Esc`, `Up`, `Leader`, or a text.
    pub fn keys(&mut self, keys: &[&str]) {
        for event in keys.iter().flat_map(|key| events(key)) {
            self.send(Msg::Key(event));
        }
    }
}

/// The key events of a name or a text.
pub fn events(name: &str) -> Vec<crossterm::event::KeyEvent> {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Tab" => KeyCode::Tab,
        "Backspace" => KeyCode::Backspace,
        "Leader" => return vec![KeyEvent::new(KeyCode::Char(']'), KeyModifiers::CONTROL)],
        "Shift-PgUp" => return vec![KeyEvent::new(KeyCode::PageUp, KeyModifiers::SHIFT)],
        "Alt-n" => return vec![KeyEvent::new(KeyCode::Char('n'), KeyModifiers::ALT)],
        "Alt-Right" => return vec![KeyEvent::new(KeyCode::Right, KeyModifiers::ALT)],
        "Alt-PgDn" => return vec![KeyEvent::new(KeyCode::PageDown, KeyModifiers::ALT)],
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
