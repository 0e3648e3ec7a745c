//! What is done in a lab line by line: checks, hints, answers, reset, time, the shell.

use std::io::BufRead;
use std::process::Command;
use std::sync::Arc;

use anyhow::Context as _;

use super::{Plain, passed, word};
use crate::checks::{EARLY, observed};
use crate::runtime::pty::{shell_arguments, shell_program};
use base::text::span;
use base::time::parse_span;
use session::{StepState, Verdict};

impl Plain<'_> {
    /// The state of the step the learner is at.
    pub(super) fn state(&self) -> anyhow::Result<StepState> {
        let opened = self.opened()?;
        opened.lab.steps().into_iter().nth(opened.step).context("The lab has no steps")
    }

    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        let id = self.state()?.id;
        self.opened()?.lab.check(Some(&id))?;
        let state = self.state()?;
        self.say(&format!("{}: {}.", state.title, word(state.verdict)))?;
        for card in &state.cards {
            if state.verdict == Verdict::Open {
                self.say(&format!("To do: {}", card.message))?;
                continue;
            }
            self.say(&format!("Not yet: {}", card.message))?;
            let rows = [
                ("Expected: ", card.expected.as_str()),
                ("Observed: ", observed(card)),
                ("See it: ", &card.command),
            ];
            for (label, text) in rows.into_iter().filter(|(_, t)| !t.is_empty()) {
                self.item(&format!("  {label}"), text)?;
            }
        }
        if !passed(&state) {
            self.asks(&state)?;
        }
        Ok(())
    }

    pub(super) fn hint(&mut self) -> anyhow::Result<()> {
        let state = self.state()?;
        if state.hints_shown >= state.hints {
            let text = if state.hints == 0 {
                "This step has no hints."
            } else {
                "There are no more hints."
            };
            return self.say(text);
        }
        let opened = self.opened()?;
        opened.lab.hint(&state.id)?;
        let (lab, at) = (opened.lab.lab(), opened.step);
        match lab.steps.get(at).and_then(|s| s.hints.get(state.hints_shown)) {
            Some(hint) => self.blocks(hint),
            None => Ok(()),
        }
    }

    pub(super) fn answer(&mut self, rest: &str, input: &mut dyn BufRead) -> anyhow::Result<()> {
        let state = self.state()?;
        let Some(open) = state.asks.iter().position(|a| !a.right) else {
            return self.say("This step has no open question.");
        };
        // A leading number names the question only where there are several and more text follows.
        let named =
            rest.split_once(' ').and_then(|(n, text)| Some((n.parse::<usize>().ok()?, text)));
        let (ask, mut text) = match named {
            Some((n, text)) if state.asks.len() > 1 && (1..=state.asks.len()).contains(&n) => {
                (n - 1, text.trim().to_owned())
            }
            _ => (open, rest.to_owned()),
        };
        if text.is_empty() {
            self.say(&state.asks[ask].question)?;
            write!(self.output, "answer> ")?;
            self.output.flush()?;
            input.read_line(&mut text)?;
        }
        let typed = text.trim();
        let number = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let text =
            number.and_then(|n| state.asks[ask].choices.get(n)).map_or(typed, String::as_str);
        if text.is_empty() {
            return Ok(());
        }
        self.opened()?.lab.answer(&state.id, ask, text)?;
        let state = self.state()?;
        match state.asks.get(ask) {
            Some(now) if now.right => {
                let why = now.why.clone().unwrap_or_default();
                self.say(&format!("That is right. {why}"))
            }
            Some(now) if now.early => self.say(EARLY),
            now => {
                let why = now.and_then(|now| now.why_not.clone());
                self.say(why.as_deref().unwrap_or("That is not the answer."))
            }
        }
    }

    pub(super) fn reset(&mut self, what: &str, input: &mut dyn BufRead) -> anyhow::Result<()> {
        let step = if what == "lab" { None } else { Some(self.state()?.id) };
        let lab = self.opened()?.lab.lab();
        let of = step.as_deref().and_then(|id| lab.step(id));
        self.say(&session::reset_takes(&lab, of))?;
        if !self.confirmed("Type yes to do it> ", input)? {
            return self.say("Nothing was changed.");
        }
        let done = self.opened()?.lab.reset(step.as_deref())?;
        self.say(&done)
    }

    pub(super) fn undo(&mut self, input: &mut dyn BufRead) -> anyhow::Result<()> {
        let Some(change) = self.opened()?.lab.last_change()? else {
            return self.say(session::NOTHING_TO_UNDO);
        };
        let at = change.at.format("%Y-%m-%d %H:%M:%S");
        self.say(&format!("The last change is {}, at {at} lab time.", change.what))?;
        if !change.steps.is_empty() {
            let steps = change.steps.join(", ");
            self.say(&format!("What was passed since then is open again: {steps}."))?;
        }
        self.say(
            "Lab time is not set back, your files and a real engine stay as they are, and an undo \
             cannot be undone.",
        )?;
        if !self.confirmed("Type yes to take it back> ", input)? {
            return self.say("Nothing was changed.");
        }
        let done = self.opened()?.lab.undo(change.number)?;
        self.say(&done)
    }

    pub(super) fn time(&mut self, text: &str) -> anyhow::Result<()> {
        let text = text.trim_start_matches('+');
        if !text.is_empty() {
            let Some(by) = parse_span(text) else {
                return self
                    .say(&format!("“{text}” is not a span of time. Type 45s, 11m or 1h30m."));
            };
            self.opened()?.lab.advance(by)?;
            self.say(&format!("Lab time moved on by {}.", span(by)))?;
        }
        let lab = &self.opened()?.lab;
        let now = format!("Lab time is {}.", lab.now().format("%Y-%m-%d %H:%M:%S"));
        self.say(&now)
    }

    /// The learner's shell, or one command in it, with the terminal to itself.
    pub(super) fn shell(&mut self, command: Option<&str>) -> anyhow::Result<()> {
        self.output.flush()?;
        let lab = Arc::clone(&self.opened()?.lab);
        let program = shell_program();
        let mut child = Command::new(&program);
        match command {
            Some(text) => child.args(["-c", text]),
            None => child.args(shell_arguments(&program, lab.as_ref())),
        };
        child.current_dir(lab.workspace()).envs(lab.shell_env());
        if command.is_none() {
            self.say("This is your shell; exit leaves it.")?;
        }
        let status = child.status().with_context(|| format!("{program} cannot be started"))?;
        if let Some(code) = status.code().filter(|c| *c != 0 && command.is_some()) {
            self.say(&format!("Exit code {code}."))?;
        }
        self.check_quietly()
    }

    /// Checks the step after something may have changed, and says so only when it is done now.
    fn check_quietly(&mut self) -> anyhow::Result<()> {
        let before = self.state()?;
        if passed(&before) {
            return Ok(());
        }
        self.opened()?.lab.check(Some(&before.id))?;
        if passed(&self.state()?) {
            self.say(&format!("{}: done. Type next to go on.", before.title))?;
        }
        Ok(())
    }
}
