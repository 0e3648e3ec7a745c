//! The program without a terminal and without a shell: every request is answered before the next
//! message is taken. For pictures of the screen and for tests.

use std::sync::Arc;

use super::requests::{Done, perform};
use crate::msg::{Effect, Msg, Reply};
use crate::ports::{Classroom, OpenLab};
use crate::update::{begin, update};
use crate::{App, Options, Start};

/// A program that stands still between messages.
pub struct Scripted {
    pub app: App,
    classroom: Arc<dyn Classroom>,
    lab: Option<Arc<dyn OpenLab>>,
    /// Everything that was to be done outside so far.
    pub effects: Vec<Effect>,
}

impl Scripted {
    /// Starts it in a window of this size and answers what it asks for first.
    #[must_use]
    pub fn new(
        classroom: Arc<dyn Classroom>,
        start: Start,
        options: Options,
        (cols, rows): (u16, u16),
    ) -> Self {
        let app = App::new(options, cols, rows);
        let mut program = Self { app, classroom, lab: None, effects: Vec::new() };
        let effects = begin(&mut program.app, start);
        program.perform(effects);
        program
    }

    /// Takes a message and everything that follows from it.
    pub fn send(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        self.perform(effects);
    }

    /// Shows what a program in the open lab's shell would have written.
    pub fn shell(&mut self, text: &str) {
        let shell = self.app.lab.as_ref().map_or(0, |l| l.shell.id);
        self.send(Msg::ShellOutput { shell, bytes: text.as_bytes().to_vec() });
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effects.push(effect.clone());
            let Effect::Request { job, request } = effect else { continue };
            let reply = match perform(request, self.classroom.as_ref(), self.lab.clone()) {
                Ok(Done::Reply(reply)) => reply,
                Ok(Done::Opened(lab, snapshot)) => {
                    self.lab = Some(lab);
                    Ok(Reply::Lab(snapshot))
                }
                Err(error) => Err(format!("{error:#}")),
            };
            self.send(Msg::Reply { job, reply });
        }
    }
}
